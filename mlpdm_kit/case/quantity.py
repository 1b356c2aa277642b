"""Quantities as people write them: ``3000..12000 JPY per claim``, ``2%..5%``, ``8% per year``.

A quantity has a low and a high (the 5% and 95% points of what its writer believes; equal
for a single figure), perhaps a middle (``5..7..12``), and a dimension. The dimension that a
field wants is known; the unit that was written is checked against it and converted to the
kit's own: months, cases, the case's currency. Nothing is assumed: a missing unit is a fault.
"""

from __future__ import annotations

import math
import re
import unicodedata

from mlpdm_kit.case.conversion import DAYS_PER_YEAR, SCALES, Malformed, currency_of, factor
from mlpdm_kit.case.units import EXAMPLES, Units

_NUMBER = re.compile(
    r"""^(?P<sign>[+-]?)(?P<symbol>[¥$€£₩]?)\s*
    (?P<digits>(?:\d{1,3}(?:,\d{3})+|\d[\d_]*)(?:\.\d+)?|\.\d+)(?P<power>[eE][+-]?\d+)?
    (?:\s*(?P<scale>%|百万|千|万|億|[kKMB](?![A-Za-z])|(?:thousand|million|billion)\b))?""",
    re.VERBOSE,
)
# 9 000, 9'000 and 1 200 000: groups of three behind a space or an apostrophe, all the same
_GROUPS = re.compile(r"(?<![\w.,'’])[1-9]\d{0,2}(?:([ '’])\d{3})(?:\1\d{3})*(?![\d'’]|[ ,_]\d)")
_MORE_DIGITS = re.compile(r"^[ '’]*\d")
_POINT_GROUPS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_RANGE = re.compile(r"(?<!\.)\.{2,3}(?!\.)|~|〜")
_OTHER_RANGE = re.compile(r"^(?:%|\w*\s)?\s*(?:-|–|—|to\b|から)\s*\d")
_PERCENT = re.compile(r"\s*(?:\bper\s?cent\b|パーセント)")


def parse(text: str, dimension: str, units: Units) -> tuple[float, float]:
    """Low and high of a written quantity, in the kit's own units.

    Parameters
    ----------
    text : str
        What was written. Full-width digits, k, M, 万 and 億 are read, and groups of three
        digits with commas, spaces or apostrophes between them.
    dimension : str
        A key of `EXAMPLES`.
    units : Units
        The case's words.

    Raises
    ------
    Malformed
        No number, no or another unit, a reversed range, a share outside [0, 1].

    Examples
    --------
    >>> units = Units(currency="JPY", unit="claim")
    >>> parse("3000..12000 JPY per claim", "money/case", units)
    (3000.0, 12000.0)
    >>> parse("1.2M JPY per year", "money/month", units)
    (100000.0, 100000.0)
    >>> parse("２万〜３万円", "money", units)
    (20000.0, 30000.0)
    >>> parse("9 000..11'000 per month", "cases/month", units)
    (9000.0, 11000.0)
    >>> parse("2円/千トークン", "money/token", units)
    (0.002, 0.002)
    """
    low, _, high = points(text, dimension, units)
    return low, high


def points(text: str, dimension: str, units: Units) -> tuple[float, float | None, float]:
    """Low, middle and high of a written quantity; no middle where none was written.

    The same as `parse` for what has one or two points.

    Examples
    --------
    >>> points("５〜７〜１２円", "money", Units(currency="JPY"))
    (5.0, 7.0, 12.0)
    >>> points("2%..5%", "share", Units())
    (0.02, None, 0.05)
    """
    example = units.example(dimension)
    parts = _parts(str(text), example)
    ends = [_end(part, example) for part in parts]
    numbers, scales = [end[0] for end in ends], [end[1] for end in ends]
    if not any(numbers) and not any(end[2] for end in ends):
        return 0.0, None, 0.0  # nothing is nothing in every unit
    for part, number, scale in zip(parts[:-1], numbers, scales, strict=False):
        if scale != scales[-1] and not (scale == "" and number == 0):
            _refuse_mixed_scales([part, parts[-1]], [scale, scales[-1]], example)
    rest = _shared([end[2] for end in ends])
    if rest is None:
        raise Malformed("unit-mixed", low=parts[0], high=parts[-1], example=example)
    if len(parts) == 1 and _OTHER_RANGE.match(rest):
        raise Malformed("range-form", example=example)
    times = factor(rest, scales[-1], dimension, units)
    if len(parts) == 3 and numbers != sorted(numbers):
        raise Malformed("points-order")
    if numbers[0] > numbers[-1]:
        raise Malformed("range-reversed", low=parts[0], high=parts[-1])
    found = [_scaled(number, times, dimension, example) for number in numbers]
    _refuse_beyond(found[0], found[-1], dimension, percent="%" in scales, example=example)
    return found[0], found[1] if len(found) == 3 else None, found[-1]


def written_parts(text: str) -> tuple[tuple[str, ...], str]:
    """The figures of a written quantity as they stand, without their unit; and that unit.

    Percent signs count as the unit's.

    Examples
    --------
    >>> written_parts("1.2万〜3万円")
    (('1.2万', '3万'), '円')
    """
    found, unit = [], ""
    for part in _parts(str(text), ""):
        code = re.match(r"[A-Z]{3}\s*(?=[\d.])", part)
        bare = part[code.end() :] if code else part
        match = _NUMBER.match(bare)
        if match is None:
            raise Malformed("quantity-number", example="")
        scale = match["scale"] or ""
        kept = "" if scale == "%" else scale
        found.append(match["sign"] + match["digits"] + (match["power"] or "") + kept)
        before = code[0].strip() if code else match["symbol"]
        said = f"{before} {bare[match.end() :]}".strip()
        unit = f"{'%' if scale == '%' else ''} {said}".strip() or unit
    return tuple(found), unit


def point_groups(text: str, dimension: str) -> str:
    """The first figure whose decimal point others would write between groups of three.

    It is read as a decimal point; empty where there is none, or a thousand cannot be meant.

    Examples
    --------
    >>> point_groups("9.000..11.5 per month", "cases/month"), point_groups("9.00", "number")
    ('9.000', '')
    """
    if dimension in ("share", "ratio", "rate/year"):
        return ""
    try:
        figures, _ = written_parts(text)
    except Malformed:
        return ""
    return next((figure for figure in figures if _POINT_GROUPS.fullmatch(figure)), "")


def _parts(text: str, example: str) -> list[str]:
    """The one, two or three points that were written, in plain digits."""
    if any(unicodedata.decomposition(sign)[:6] in ("<super", "<sub> ", "<fract") for sign in text):
        raise Malformed("quantity-number", example=example)  # 5² is not 52
    written = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    written = _PERCENT.sub("%", written)
    parts = [_joined(part.strip()) for part in _RANGE.split(written)]
    if len(written) > 200 or len(parts) > 3 or not all(parts):
        raise Malformed("quantity-number", example=example)
    return parts


def _joined(part: str) -> str:
    """The same with the digits of each number in one piece."""
    return _GROUPS.sub(lambda group: re.sub(r"[ '’]", "", group[0]), part)


def _end(part: str, example: str) -> tuple[float, str, str]:
    """Number, scale and unit of one end."""
    code = re.match(r"[A-Z]{3}\s*(?=[\d.])", part)
    match = _NUMBER.match(part[code.end() :] if code else part)
    if match is None:
        raise Malformed("quantity-number", example=example)
    digits = match["digits"].replace(",", "").replace("_", "") + (match["power"] or "")
    scale = match["scale"] or ""
    before = code[0].strip() if code else match["symbol"]
    rest = (part[code.end() :] if code else part)[match.end() :]
    if _MORE_DIGITS.match(rest):  # 9 00 is neither 900 nor 9, and no unit begins with a digit
        raise Malformed("number-broken", example=example)
    return float(match["sign"] + digits) * SCALES[scale], scale, f"{before} {rest}".strip()


def _shared(units: list[str]) -> str | None:
    """The unit that all points share."""
    rest: str | None = units[-1]
    for unit in units[:-1]:
        rest = None if rest is None else _common(unit, rest)
    return rest


def _common(first: str, last: str) -> str | None:
    """The unit that both ends share; written at both, at the end, or the currency in front."""
    if first in ("", last, last.split(" ")[0]):
        return last
    money, head = currency_of(first)
    if money is not None and not head and currency_of(last)[0] is None:
        return f"{first} {last}"
    return None


def _refuse_beyond(low: float, high: float, dimension: str, *, percent: bool, example: str) -> None:
    if not all(abs(bound) < 1e15 for bound in (low, high)):
        raise Malformed("quantity-huge", example=example)
    if dimension == "share" and not (low >= 0 and high <= 1):
        raise Malformed("share-percent" if percent else "share-range")
    if dimension == "rate/year" and (low <= -1 or high > 10):
        raise Malformed("rate-range", example=example)
    if dimension not in ("rate/year", "number") and low < 0:
        raise Malformed("quantity-negative")


def _refuse_mixed_scales(parts: list[str], scales: list[str], example: str) -> None:
    # 1..1.5M could mean one unit or one million; 500k..2M can mean only one thing
    if scales[0] == "" or scales[1] == "" or "%" in scales:
        raise Malformed("range-scale", low=parts[0], high=parts[1], example=example)


def _scaled(number: float, factor: float, dimension: str, example: str) -> float:
    if dimension != "rate/year" or factor == 1:
        return number * factor
    if number <= -1 or factor * math.log1p(number) > 700:
        raise Malformed("rate-range", example=example)
    return float(math.expm1(factor * math.log1p(number)))  # a rate per month compounds to a year


__all__ = ["DAYS_PER_YEAR", "EXAMPLES", "Malformed", "Units", "parse", "point_groups", "points",
           "written_parts"]  # fmt: skip
