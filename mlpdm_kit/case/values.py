"""Texts as values: one spelling of a text, an amount with its currency, a day.

Japanese forms are read like any other: full-width signs, 万 and 億, 令和8年11月24日.
What can be read in two ways, as 01/02/2026, is not read at all.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Date
from functools import cache
from typing import Any

SILENT = frozenset({
    "", "-", "–", "—", "n/a", "na", "none", "null", "nil", "nan", "unknown", "not found",
    "not stated", "不明", "なし", "無し", "該当なし", "記載なし", "未記載",
})  # fmt: skip
_FIGURES = {"〇": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
            "八": 8, "九": 9}  # fmt: skip
_TENS = {"十": 10.0, "百": 100.0, "千": 1000.0}
_MYRIADS = {"万": 1e4, "億": 1e8, "兆": 1e12}
_WORDS = {"k": 1e3, "thousand": 1e3, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_CURRENCIES = {
    "¥": "JPY", "円": "JPY", "yen": "JPY", "$": "USD", "us$": "USD", "dollar": "USD",
    "dollars": "USD", "ドル": "USD", "米ドル": "USD", "€": "EUR", "euro": "EUR", "euros": "EUR",
    "ユーロ": "EUR", "£": "GBP", "pound": "GBP", "pounds": "GBP", "ポンド": "GBP", "元": "CNY",
    "人民元": "CNY", "₩": "KRW", "ウォン": "KRW",
}  # fmt: skip
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_PART = rf"(?:{_DIGITS}|[〇零一二三四五六七八九十百千]+)\s*[十百千]*[万億兆]?"
_SIGN = r"[-+−▲△]?"
_PARTS = rf"(?:{_PART}\s*)+"
_BEFORE = r"[^\d\s.,;:()〇零一二三四五六七八九十百千万億兆]{1,6}"
_AFTER = r"%|percent|[^\d\s.,;:()]{1,10}"
_AMOUNT = re.compile(
    rf"(?P<sign>{_SIGN})\s*(?P<before>{_BEFORE})?\s*(?P<inner>{_SIGN})\s*(?P<number>{_PARTS})"
    rf"(?P<word>[kK](?![a-z])|[Tt]housand|mn|MN|[Mm]illion|bn|BN|[Bb]illion|M|B)?\s*"
    rf"(?P<after>{_AFTER})?"
)
_PIECE = rf"(?:{_DIGITS})(?:\s*千?[万億兆]|\s*千)?"
_ONE_NUMBER = re.compile(
    rf"(?:(?P<before>[¥$€£₩]|us\$)\s*)?(?P<sign>{_SIGN})(?P<number>{_PIECE}(?:{_PIECE})*)"
    r"(?P<after>\s*(?:%|円|ドル|ユーロ|ポンド|元|[A-Z]{3}\b))?"
)
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018, "m": 1867,
         "t": 1911, "s": 1925, "h": 1988, "r": 2018}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<name>[a-z]{3,9})\.?"
_DAYS = tuple(
    re.compile(form)
    for form in (
        r"(?P<era>明治|大正|昭和|平成|令和|[mtshr])\.?\s*(?P<year>元|\d{1,2})\s*[年./-]\s*"
        r"(?P<month>\d{1,2})\s*[月./-]\s*(?P<day>\d{1,2})日?",
        r"(?P<year>\d{4})\s*[年./-]\s*(?P<month>\d{1,2})\s*[月./-]\s*(?P<day>\d{1,2})日?",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?{_MONTH}[\s,-]+(?P<year>\d{{4}})",
        rf"{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
        r"(?P<one>\d{1,2})[./-](?P<other>\d{1,2})[./-](?P<year>\d{4})",
    )
)
_BESIDE_DAY = re.compile(
    r"\s*[(\[]?(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[)\].,]*\s*"
    r"|\s*[(\[]?[月火水木金土日](?:曜日?)?[)\]]\s*|[t\s]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*"
    r"(?:z|utc|[+-]\d{2}:?\d{2})?$"
)


def plain(value: Any) -> str:
    """A text in one spelling: NFKC, no capitals, single spaces.

    Examples
    --------
    >>> plain(" ＡＢＣ　ｶﾅ ")
    'abc カナ'
    """
    text = unicodedata.normalize("NFKC", "" if value is None or value != value else str(value))
    folded = unicodedata.normalize("NFKC", text.casefold())  # ẞ and the like fold into more
    return " ".join(folded.split())


def bare(value: Any) -> str:
    """The same without spaces, punctuation and signs; a decimal point and a first minus stay.

    Examples
    --------
    >>> bare("株式会社　サンプル（東京）。"), bare("No. 1,234.50")
    ('株式会社サンプル東京', 'no1234.50')
    """
    text = plain(value)
    kept = [
        sign
        for index, sign in enumerate(text)
        if unicodedata.category(sign)[0] not in "PZSC" or _counts(text, index)
    ]
    return unicodedata.normalize("NFKC", "".join(kept))  # an accent may now stand by its letter


def _counts(text: str, index: int) -> bool:
    """Whether a sign is part of a number, so that leaving it out would make another one."""
    sign, after = text[index], text[index + 1 : index + 2]
    before = text[index - 1 : index]
    if sign == ".":
        return before.isdigit() and after.isdigit()
    if sign in "-−":
        return index == 0 and after.isdigit()
    return sign == "%" or unicodedata.category(sign) == "Sc"


def is_silent(value: Any) -> bool:
    """Whether a text says that there is nothing, or nothing at all."""
    return plain(value).strip(" .。") in SILENT


@dataclass(frozen=True)
class Amount:
    """A number, and the unit that stands with it (empty where none does).

    A currency is its ISO code. A percentage is a share: 12% is 0.12.
    """

    value: float
    unit: str = ""


def read_amount(value: Any) -> Amount | None:
    """The one amount in a text; None where there is none, or more than one.

    Examples
    --------
    >>> read_amount("￥１，２３４"), read_amount("1億2,000万円")
    (Amount(value=1234.0, unit='JPY'), Amount(value=120000000.0, unit='JPY'))
    >>> read_amount("12.5%"), read_amount("3 to 5")
    (Amount(value=0.125, unit=''), None)
    """
    text = unicodedata.normalize("NFKC", "" if value is None or value != value else str(value))
    text = text.strip().rstrip(".。")
    minus = re.fullmatch(r"\((.+)\)", text)  # as bookkeepers write a negative one
    found = _AMOUNT.fullmatch(minus[1].strip() if minus else text)
    read = None if found is None else _amount(found.groupdict())
    if read is not None:
        return Amount(-abs(read.value), read.unit) if minus else read
    inside = [found for found in _ONE_NUMBER.finditer(text) if _is_apart(text, found)]
    return _amount(inside[0].groupdict()) if len(inside) == 1 else None


def _is_apart(text: str, found: re.Match[str]) -> bool:
    """Whether a number stands by itself, and is no part of a name or code, as in A4."""
    before, after = text[: found.start()], text[found.end() :]
    return not re.search(r"[A-Za-z\d.,/-]$", before) and not re.match(r"[A-Za-z/-]|[.,]?\d", after)


def _amount(parts: dict[str, str | None]) -> Amount | None:
    number = _number(parts["number"] or "")
    times = (parts.get("word") or "").strip()
    units = [(parts.get(side) or "").strip() for side in ("before", "after")]
    percent = any(unit.casefold() in ("%", "percent") for unit in units)
    read = {unit for unit in units if unit and unit.casefold() not in ("%", "percent")}
    known = {_CURRENCIES.get(unit.casefold(), unit.upper()) for unit in read}
    other = known - _codes()
    if other == known and units[0] == "" and re.fullmatch(r"[a-z]{1,4}", units[1]):
        known, other = {units[1]}, set()  # kg, or m
    if number is None or other or len(known) > 1 or (percent and known):
        return None
    number *= {"M": 1e6, "B": 1e9}.get(times, _WORDS.get(times.casefold(), 1.0))
    signs = (parts.get("sign") or "") + (parts.get("inner") or "")
    negative = any(sign in "-−▲△" for sign in signs)
    value = (-number if negative else number) / (100.0 if percent else 1.0)
    return Amount(value, "".join(known))


@cache
def _codes() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


def _number(text: str) -> float | None:
    """A number of digits, kanji and both, as 3万5千; None where it is none."""
    total, section, run = 0.0, 0.0, ""
    last, size = float("inf"), float("inf")
    text = re.sub(r"(?<=\d)\s+(?=\d)", "x", text.strip())  # 1 2 are two numbers
    for sign in re.sub(r"[,\s]", "", text):
        if sign.isdecimal() or sign in "." or sign in _FIGURES:
            run += str(_FIGURES.get(sign, sign))
        elif sign in _TENS or sign in _MYRIADS:
            if run.count(".") > 1 or run == ".":
                return None
            if sign in _TENS:
                if _TENS[sign] >= size:
                    return None  # the larger comes first
                section, size = section + float(run or 1) * _TENS[sign], _TENS[sign]
            else:
                if _MYRIADS[sign] >= last or not (run or section):
                    return None
                total += (section + float(run or 0)) * _MYRIADS[sign]
                section, last, size = 0.0, _MYRIADS[sign], float("inf")
            run = ""
        else:
            return None
    if run.count(".") > 1 or run == ".":
        return None
    return total + section + float(run or 0)


def read_day(value: Any) -> Date | None:
    """The day that a text names; None where it names none, or may mean two.

    Examples
    --------
    >>> read_day("令和8年11月24日"), read_day("Nov 24, 2026"), read_day("01/02/2026")
    (datetime.date(2026, 11, 24), datetime.date(2026, 11, 24), None)
    """
    text = _BESIDE_DAY.sub("", plain(value)).strip(" .。")
    for form in _DAYS:
        found = form.fullmatch(text)
        if found is not None:
            return _day(found.groupdict())
    return None


def _day(parts: dict[str, str]) -> Date | None:
    year = 1 if parts["year"] == "元" else int(parts["year"])
    year += _ERAS[parts["era"]] if "era" in parts else 0
    if "name" in parts:
        if parts["name"][:3] not in _MONTHS:
            return None
        month, day = _MONTHS.index(parts["name"][:3]) + 1, int(parts["day"])
    elif "one" in parts:
        one, other = int(parts["one"]), int(parts["other"])
        if one <= 12 and other <= 12 and one != other:
            return None
        month, day = (one, other) if one <= 12 else (other, one)
    else:
        month, day = int(parts["month"]), int(parts["day"])
    try:
        return Date(year, month, day)
    except ValueError:
        return None


def as_object(text: Any) -> Mapping[str, Any] | None:
    """The JSON object in an answer, in a fence or between other words; None without one.

    Examples
    --------
    >>> as_object('Here it is: {"total": 1200}'), as_object("1200")
    ({'total': 1200}, None)
    """
    if isinstance(text, Mapping):
        return text
    found = re.search(r"\{.*\}", "" if text is None or text != text else str(text), re.DOTALL)
    try:
        read = json.loads(found[0]) if found else None
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None
