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
from collections.abc import Mapping
from typing import Any

from mlpdm_kit.case.units import EXAMPLES, Units

DAYS_PER_YEAR = 365.0

# one unit in months
_TIME = {
    "second": 12 / (DAYS_PER_YEAR * 86_400),
    "minute": 12 / (DAYS_PER_YEAR * 1_440),
    "hour": 12 / (DAYS_PER_YEAR * 24),
    "day": 12 / DAYS_PER_YEAR,
    "week": 84 / DAYS_PER_YEAR,
    "month": 1.0,
    "quarter": 3.0,
    "year": 12.0,
}
_TIME_WORDS = {
    "s": "second", "sec": "second", "秒": "second", "min": "minute", "分": "minute",
    "h": "hour", "hr": "hour", "時間": "hour", "d": "day", "日": "day", "日間": "day",
    "wk": "week", "週": "week", "週間": "week", "mo": "month", "月": "month",
    "か月": "month", "ヶ月": "month", "カ月": "month", "ヵ月": "month", "ケ月": "month",
    "四半期": "quarter", "yr": "year", "年": "year", "年間": "year", "毎月": "month",
}  # fmt: skip
_SCALES = {
    "": 1.0, "%": 0.01, "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "千": 1e3, "万": 1e4,
    "百万": 1e6, "億": 1e8, "thousand": 1e3, "million": 1e6, "billion": 1e9,
}  # fmt: skip
_SYMBOLS = {"¥": ("JPY", "CNY"), "円": ("JPY",), "元": ("CNY",), "€": ("EUR",), "£": ("GBP",),
            "₩": ("KRW",), "$": ("USD", "CAD", "AUD", "SGD", "HKD", "NZD", "TWD")}  # fmt: skip
_PER_NEEDED = ("money/case", "money/month", "money/target", "money/token")
_CASE_WORDS = {"case", "cases", "件"}
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
_TOKENS = re.compile(
    r"""^(?:a\s+)?(?P<many>\d{1,3}(?:,\d{3})+|\d+)?
    \s*(?P<scale>百万|千|万|億|[kKMB](?=\s|$|[Tt]ok)|(?:thousand|million|billion)\b)?
    \s*(?P<noun>[Tt]ok(?:en)?s?|トークン)?$""",
    re.VERBOSE,
)
_OTHER_RANGE = re.compile(r"^(?:%|\w*\s)?\s*(?:-|–|—|to\b|から)\s*\d")
_PERCENT = re.compile(r"\s*(?:\bper\s?cent\b|パーセント)")


class Malformed(Exception):
    """A text is no quantity of the dimension; code and figures say why."""

    def __init__(self, code: str, **figures: Any) -> None:
        self.code, self.figures = code, figures
        super().__init__(code)


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
    factor = _factor(rest, scales[-1], dimension, units)
    if len(parts) == 3 and numbers != sorted(numbers):
        raise Malformed("points-order")
    if numbers[0] > numbers[-1]:
        raise Malformed("range-reversed", low=parts[0], high=parts[-1])
    found = [_scaled(number, factor, dimension, example) for number in numbers]
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
    return float(match["sign"] + digits) * _SCALES[scale], scale, f"{before} {rest}".strip()


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
    money, head = _currency(first)
    if money is not None and not head and _currency(last)[0] is None:
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


def _factor(rest: str, scale: str, dimension: str, units: Units) -> float:
    """What one written unit is in the kit's own, or a refusal."""
    wants_money = dimension.startswith("money")
    head, per = _split(rest)
    currency, head = _currency(head)
    head, per = _glued(head, per)
    if currency is not None and not wants_money:
        raise Malformed("unit-wrong", unit=rest, example=units.example(dimension))
    if wants_money:
        if currency is None:
            code = "unit-missing" if not rest else "unit-wrong" if head else "currency-missing"
            raise Malformed(code, unit=rest, example=units.example(dimension))
        if units.currency not in currency:
            raise Malformed("currency-other", unit=currency[0], currency=units.currency)
        if not head and per is None and dimension in _PER_NEEDED:
            raise Malformed("per-missing", unit=rest, example=units.example(dimension))
    wrong = Malformed(
        "unit-wrong" if rest else "unit-missing", unit=rest, example=units.example(dimension)
    )
    if scale == "%" and dimension not in ("share", "rate/year", "ratio", "number"):
        raise wrong
    return float(_RULES[dimension](head, per, units, wrong))


def _split(rest: str) -> tuple[str, str | None]:
    pieces = re.split(r"\bper\b|/|毎", rest, maxsplit=1)
    return pieces[0].strip(), pieces[1].strip() if len(pieces) == 2 else None


def _currency(head: str) -> tuple[tuple[str, ...] | None, str]:
    for symbol, codes in _SYMBOLS.items():
        if symbol in head:
            return codes, head.replace(symbol, " ").strip()
    match = re.match(r"^([A-Z]{3})\b\s*(.*)$", head)
    return ((match[1],), match[2].strip()) if match else (None, head)


def symbols_of(currency: str) -> tuple[str, ...]:
    """The signs that can mean a currency.

    Examples
    --------
    >>> symbols_of("JPY")
    ('¥', '円')
    """
    return tuple(symbol for symbol, codes in _SYMBOLS.items() if currency in codes)


def _glued(head: str, per: str | None) -> tuple[str, str | None]:
    """``a month`` and ``monthly`` are ``per month``."""
    match = re.match(r"^(.*?)\s*\b(?:a|an|each|every)\s+(\w+)$", head)
    if per is None and match:
        return match[1].strip(), match[2]
    return head, per


def _time(word: str | None) -> float | None:
    if word is None:
        return None
    word = word.strip().lower()
    name = _TIME_WORDS.get(word) or (word if word in _TIME else word.removesuffix("s"))
    return _TIME.get(_TIME_WORDS.get(name, name))


def _counted(per: str) -> tuple[float, str]:
    """``1,000 claims`` or ``thousand claims``: how many, and of what."""
    match = re.match(
        r"^(?:a\s+)?(\d{1,3}(?:,\d{3})+|\d+|thousand|million|hundred|千|万)?\s*(.*)$", per
    )
    if match is None:  # the pattern matches any text
        return 1.0, per
    many = {"": 1.0, "hundred": 100.0, **_SCALES}.get(match[1] or "")
    return (float(match[1].replace(",", "")) if many is None else many), match[2].strip()


def _is_case(noun: str, units: Units) -> bool:
    noun, unit = noun.casefold(), unicodedata.normalize("NFKC", units.unit).casefold()
    plurals = {unit, unit + "s", unit + "es", re.sub("y$", "ies", unit)}
    return noun in _CASE_WORDS or noun in plurals


def _is_target(noun: str, units: Units) -> bool:
    unit = unicodedata.normalize("NFKC", units.target_unit).casefold()
    return noun.casefold() in {unit, unit + "s", unit + "es"}


def _plain_money(head: str, per: str | None, units: Units, wrong: Malformed) -> float:
    if head or per is not None:
        raise wrong
    return 1.0


def _money_per_case(head: str, per: str | None, units: Units, wrong: Malformed) -> float:
    many, noun = _counted(per or "")
    if head or per is None or not _is_case(noun, units) or many == 0:
        raise wrong
    return 1 / many


def _money_said_per_case(head: str, per: str | None, units: Units, wrong: Malformed) -> float:
    """The field's own name says that it is per case; the unit may be left out."""
    if per is None and not head:
        return 1.0
    return _money_per_case(head, per, units, wrong)


def _money_per_target(head: str, per: str | None, units: Units, wrong: Malformed) -> float:
    many, noun = _counted(per or "")
    if head or per is None or not _is_target(noun, units) or many == 0:
        raise wrong
    return 1 / many


def _money_per_token(head: str, per: str | None, units: Units, wrong: Malformed) -> float:
    match = _TOKENS.match(per or "")
    if head or not per or match is None:
        raise wrong
    many = float((match["many"] or "1").replace(",", "")) * _SCALES[match["scale"] or ""]
    if many == 0:
        raise wrong
    return 1 / many


def _target_per_case(head: str, per: str | None, units: Units, wrong: Malformed) -> float:
    many, noun = _counted(per or "")
    if not _is_target(head, units) or per is None or not _is_case(noun, units) or many == 0:
        raise wrong
    return 1 / many


def _money_per_month(head: str, per: str | None, units: Units, wrong: Malformed) -> float:
    months = _time(per)
    if head or months is None:
        raise wrong
    return 1 / months


def _cases_per_month(head: str, per: str | None, units: Units, wrong: Malformed) -> float:
    many, noun = _counted(head) if head else (1.0, "")
    months = _time(per)
    if months is None or (noun and not _is_case(noun, units)):
        raise wrong
    return many / months


def _share(head: str, per: str | None, units: Units, wrong: Malformed) -> float:
    many, noun = _counted(per or "")
    if per is not None and _is_case(noun, units) and not head and many > 0:
        return 1 / many
    if head or per is not None:
        raise wrong
    return 1.0


def _bare(head: str, per: str | None, units: Units, wrong: Malformed) -> float:
    if head or per is not None:
        raise wrong
    return 1.0


def _rate_per_year(head: str, per: str | None, units: Units, wrong: Malformed) -> float:
    months = _time(per)
    if head or months is None:
        raise wrong
    return 12 / months


def _months(head: str, per: str | None, units: Units, wrong: Malformed) -> float:
    months = _time(head) if head else None
    if per is not None or months is None:
        raise wrong
    return months


def _seconds(head: str, per: str | None, units: Units, wrong: Malformed) -> float:
    milli = head in ("ms", "milliseconds", "millisecond", "ミリ秒")
    months = 0.001 * _TIME["second"] if milli else _time(head) if head else None
    if per is not None or months is None:
        raise wrong
    return months / _TIME["second"]


_RULES: Mapping[str, Any] = {
    "money": _plain_money,
    "money/case": _money_per_case,
    "money/case, said": _money_said_per_case,
    "money/target": _money_per_target,
    "money/token": _money_per_token,
    "target/case": _target_per_case,
    "money/month": _money_per_month,
    "cases/month": _cases_per_month,
    "share": _share,
    "ratio": _bare,
    "number": _bare,
    "rate/year": _rate_per_year,
    "months": _months,
    "seconds": _seconds,
}

__all__ = ["DAYS_PER_YEAR", "EXAMPLES", "Malformed", "Units", "parse", "point_groups", "points",
           "written_parts"]  # fmt: skip
