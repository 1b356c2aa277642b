"""Words of a case file that are no quantity: names, days, yes and no, a currency."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date as Date
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError


@dataclass(frozen=True)
class Shown:
    """How a form shows a field, where its type does not say it.

    ``kind`` is that of the field, as ``words`` for a text of several lines, ``column`` for
    a column of the case's data, ``file`` for a file beside the case.
    """

    kind: str
    choices: tuple[str, ...] = ()


FIRST_YEAR, LAST_YEAR = 1970, 2200


_DEVICES = {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt")
                                           for n in range(1, 10)}  # fmt: skip


def slug(name: str) -> bool:
    """Whether a name is safe as the name of a folder on any machine."""
    normal = unicodedata.normalize("NFC", name)
    if name.partition(".")[0].casefold() in _DEVICES:
        return False
    return re.fullmatch(r"\w(?:[\w-]|\.(?!\.|$)){0,78}", normal) is not None and normal == name


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _day(value: Any) -> Any:
    """Only year-month-day is a day; a plain number is none."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        raise PydanticCustomError("date", "date", {})
    return value


def _known_year(value: Date) -> Date:
    """No year that a date picker gives while somebody types 2027."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError("year-unlikely", "year", {"first": FIRST_YEAR, "last": LAST_YEAR})
    return value


def _yes_or_no(value: Any) -> Any:
    """``true`` and ``false`` are what some editors make of yes and no."""
    word = str(value).strip().lower()
    return {"true": "yes", "false": "no"}.get(word, word if isinstance(value, str) else value)


def _truth(value: Any) -> Any:
    word = _yes_or_no(value)
    if word not in ("yes", "no"):
        raise PydanticCustomError("yes-no", "truth", {})
    return word == "yes"


@cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


CURRENCY_SIGNS = {  # how people write a currency whose code they do not
    "JPY": ("円", "¥", "日本円", "YEN"),
    "USD": ("$", "US$", "ドル", "米ドル", "DOLLAR", "DOLLARS"),
    "EUR": ("€", "ユーロ", "EURO", "EUROS"),
    "GBP": ("£", "ポンド"),
    "CNY": ("元", "人民元"),
    "KRW": ("₩", "ウォン"),
}


def currency_code(typed: str) -> str:
    """The code of a currency as somebody typed it; as it stands where it is none we know.

    Examples
    --------
    >>> currency_code("ｊｐｙ"), currency_code("円"), currency_code("$"), currency_code("shells")
    ('JPY', 'JPY', 'USD', 'shells')
    """
    plain = unicodedata.normalize("NFKC", typed).strip().upper()
    if plain in _currencies():
        return plain
    return next((code for code, signs in CURRENCY_SIGNS.items() if plain in signs), typed.strip())


def _currency(value: str) -> str:
    if value not in _currencies():
        raise PydanticCustomError("currency", "currency", {})
    return value


Words = Annotated[str, Shown("words")]
Column = Annotated[str, Shown("column")]
File = Annotated[str, Shown("file")]
Rule = Annotated[str, Shown("rule")]
OptionName = Annotated[str, Shown("option")]
Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
Columns = Annotated[Names, Shown("columns")]
Inputs = Annotated[Names, Shown("inputs")]
OptionNames = Annotated[Names, Shown("options")]
StepNames = Annotated[Names, Shown("steps")]
Currency = Annotated[str, AfterValidator(_currency), Shown("currency")]
Day = Annotated[Date, BeforeValidator(_day), AfterValidator(_known_year)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Either = Annotated[Truth, Shown("choice", ("yes", "no"))]  # where no is not the same as nothing
YesNo = Annotated[Literal["yes", "no", "unknown", "n/a"], BeforeValidator(_yes_or_no)]
