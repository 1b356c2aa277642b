"""What one written unit is in the kit's own: months, cases, the case's currency."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from mlpdm_kit.case.units import Units

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
SCALES = {
    "": 1.0, "%": 0.01, "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "千": 1e3, "万": 1e4,
    "百万": 1e6, "億": 1e8, "thousand": 1e3, "million": 1e6, "billion": 1e9,
}  # fmt: skip
_SYMBOLS = {"¥": ("JPY", "CNY"), "円": ("JPY",), "元": ("CNY",), "€": ("EUR",), "£": ("GBP",),
            "₩": ("KRW",), "$": ("USD", "CAD", "AUD", "SGD", "HKD", "NZD", "TWD")}  # fmt: skip
_PER_NEEDED = ("money/case", "money/month", "money/target", "money/token")
_CASE_WORDS = {"case", "cases", "件"}
_TOKENS = re.compile(
    r"""^(?:a\s+)?(?P<many>\d{1,3}(?:,\d{3})+|\d+)?
    \s*(?P<scale>百万|千|万|億|[kKMB](?=\s|$|[Tt]ok)|(?:thousand|million|billion)\b)?
    \s*(?P<noun>[Tt]ok(?:en)?s?|トークン)?$""",
    re.VERBOSE,
)


class Malformed(Exception):
    """A text is no quantity of the dimension; code and figures say why."""

    def __init__(self, code: str, **figures: Any) -> None:
        self.code, self.figures = code, figures
        super().__init__(code)


def factor(rest: str, scale: str, dimension: str, units: Units) -> float:
    """What one written unit is in the kit's own, or a refusal."""
    wants_money = dimension.startswith("money")
    head, per = _split(rest)
    currency, head = currency_of(head)
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


def currency_of(head: str) -> tuple[tuple[str, ...] | None, str]:
    """The codes that a unit's sign or code of a currency can mean, and the rest of it.

    Examples
    --------
    >>> currency_of("JPY"), currency_of("円"), currency_of("claims")
    ((('JPY',), ''), (('JPY',), ''), (None, 'claims'))
    """
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
    many = {"": 1.0, "hundred": 100.0, **SCALES}.get(match[1] or "")
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
    many = float((match["many"] or "1").replace(",", "")) * SCALES[match["scale"] or ""]
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
