"""A written quantity as a form has it: low, middle and high, and a unit that is chosen."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from mlpdm_kit.case.quantity import Malformed, points, written_parts
from mlpdm_kit.case.units import Units
from mlpdm_kit.case.words import CURRENCY_SIGNS

PERCENT = "%"

_UNITS = {  # what stands behind the figures, the usual one first
    "money": ("{currency}",),
    "money/case": ("{currency} per {unit}",),
    "money/case, said": ("{currency} per {unit}",),
    "money/month": ("{currency} per month", "{currency} per year"),
    "money/target": ("{currency} per {target_unit}",),
    "money/token": ("{currency} per 1M tokens", "{currency} per 1k tokens"),
    "target/case": ("{target_unit} per {unit}",),
    "cases/month": ("per month", "per week", "per day", "per year"),
    "share": ("%", ""),
    "ratio": ("%", ""),
    "number": ("", "%"),
    "rate/year": ("% per year", "% per month"),
    "months": ("months", "weeks", "days", "years"),
    "seconds": ("seconds", "ms", "minutes"),
}


@dataclass(frozen=True, kw_only=True)
class Written:
    """Figures as somebody typed them, and their unit."""

    low: str = ""
    middle: str = ""
    high: str = ""
    unit: str = ""

    @property
    def text(self) -> str:
        """As the case file has it.

        Examples
        --------
        >>> Written(low="2", high="5", unit="%").text
        '2%..5%'
        >>> Written(low="1.2万", high="２万円", unit="JPY per month").text
        '1.2万..2万 JPY per month'
        """
        ends = [end.strip() for end in (self.low, self.middle, self.high) if end.strip()]
        if len(ends) == 2 and ends[0] == ends[1]:
            ends = ends[:1]
        unit = self.unit
        ends = [_without_sign(end, unit.partition(" ")[0]) for end in ends]
        if unit.startswith(PERCENT):
            ends = [end if end.endswith((PERCENT, "％")) else f"{end}%" for end in ends]
            unit = unit[1:].strip()
        return f"{'..'.join(ends)} {unit}".strip() if ends else ""


def _without_sign(end: str, code: str) -> str:
    """A figure without the sign of the currency that its unit names already."""
    signs = (code, *CURRENCY_SIGNS.get(code, ())) if len(code) == 3 and code.isupper() else ()
    plain = unicodedata.normalize("NFKC", end).strip()
    for sign in signs:
        if plain.upper().startswith(sign):
            return plain[len(sign) :].strip()
        if plain.upper().endswith(sign):
            return plain[: -len(sign)].strip()
    return end


def units_of(dimension: str, units: Units) -> tuple[str, ...]:
    """The units in which a quantity of a dimension can be written in a case.

    Examples
    --------
    >>> units_of("money/month", Units(currency="JPY"))
    ('JPY per month', 'JPY per year')
    """
    return tuple(
        unit.format(currency=units.currency, unit=units.unit, target_unit=units.target_unit)
        for unit in _UNITS[dimension]
    )


def taken_apart(text: str, dimension: str, units: Units) -> Written | None:
    """What a form shows of a written quantity; None where it cannot say the same.

    Examples
    --------
    >>> taken_apart("8000..12000 per month", "cases/month", Units())
    Written(low='8000', middle='', high='12000', unit='per month')
    >>> taken_apart("¥0.3万〜1.2万/件", "money/case", Units(currency="JPY"))
    Written(low='0.3万', middle='', high='1.2万', unit='JPY per case')
    >>> taken_apart("about ten", "share", Units()) is None
    True
    """
    if not text.strip():
        return Written(unit=units_of(dimension, units)[0])
    try:
        meant = points(text, dimension, units)
        figures, own = written_parts(text)
    except Malformed:
        return None
    low, middle, high = (
        (figures[0], "", "") if len(figures) == 1
        else (figures[0], "", figures[1]) if len(figures) == 2
        else figures
    )  # fmt: skip
    for unit in (*units_of(dimension, units), own):
        found = Written(low=low, middle=middle, high=high, unit=unit)
        try:
            if points(found.text, dimension, units) == meant:
                return found
        except Malformed:
            continue
    return None
