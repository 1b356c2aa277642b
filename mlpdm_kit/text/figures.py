"""Numbers, money and dates as a reader of one language writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

_MINUS, _LESS, _MORE = "−", "<", ">"
_MOST_DIGITS = 6  # behind the point


def _plain_minus(shown: str) -> str:
    return shown.replace("-", _MINUS, 1) if shown.startswith("-") or "-" in shown[:3] else shown


def unbroken(text: str) -> str:
    """A minus stays on the line of its currency sign, a Japanese "per" with its number."""
    return text.replace(_MINUS, f"{_MINUS}\u2060").replace("／", "\u2060／")


@lru_cache(maxsize=8_192)
def _said(by: Callable[..., str], amount: float, *given: str, **more: str | int | bool) -> str:
    """What Babel makes of a number; the same ones come back on every page of a case."""
    return by(amount, *given, **more)


def significant(value: float, figures: int = 3) -> float:
    """Value rounded to so many significant figures.

    Examples
    --------
    >>> significant(11_386), significant(0.012345), significant(0)
    (11400.0, 0.0123, 0.0)
    """
    if value == 0 or not math.isfinite(value):
        return float(value)
    return round(float(value), figures - 1 - math.floor(math.log10(abs(value))))


class Figures:
    """Formats for one language and currency; Babel holds the locale's facts.

    Examples
    --------
    >>> Figures("en", "JPY").price(11_386.2)
    '¥11,400'
    >>> Figures("en", "USD").price(0.0123), Figures("en", "USD").price(1e-9)
    ('$0.0123', '<$0.000001')
    """

    def __init__(self, lang: str, currency: str) -> None:
        self.lang = lang
        self.currency = currency

    def money(self, amount: float) -> str:
        """Compact amount of money, two or three figures."""
        from babel.numbers import format_compact_currency, format_compact_decimal

        amount = significant(amount, 3)
        if amount == 0:
            return self.price(0)
        scale = 10_000 if self.lang == "ja" else 1_000
        if abs(amount) < scale * 10:
            return self.price(amount)
        step = math.floor(math.log10(abs(amount)) / math.log10(scale))
        lead = abs(amount) / scale**step
        digits = 0 if lead >= 100 else 2 if scale == 10_000 and lead < 10 else 1
        if self.lang == "ja":
            shown = _said(format_compact_decimal, amount, locale=self.lang, fraction_digits=digits)
            return self._named(re.sub(r"(\d)(\d{3})(?=\D)", r"\1,\2", shown))
        return _plain_minus(
            _said(
                format_compact_currency,
                amount,
                self.currency,
                locale=self.lang,
                fraction_digits=digits,
            )
        )

    def price(self, amount: float) -> str:
        """Amount of money to three figures, written out."""
        from babel.numbers import format_currency, format_decimal

        amount = significant(amount, 3)
        size = abs(amount)
        least = 10**-_MOST_DIGITS
        if 0 < size < least:
            sign = _LESS if amount > 0 else _MORE
            return sign + self.price(math.copysign(least, amount))
        digits = 0 if size >= 100 or amount == 0 else max(0, 2 - math.floor(math.log10(size)))
        digits = min(digits, _MOST_DIGITS)
        if float(amount).is_integer():
            digits = 0
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        if self.lang == "ja":
            return self._named(_said(format_decimal, amount, pattern, locale=self.lang))
        shown = _said(
            format_currency,
            amount,
            self.currency,
            "¤" + pattern,
            locale=self.lang,
            currency_digits=False,
        )
        return _plain_minus(shown)

    def _named(self, shown: str) -> str:
        """Japanese readers write 501万円 and 104万ユーロ, the currency's name behind."""
        from babel.numbers import get_currency_name

        name = "円" if self.currency == "JPY" else get_currency_name(self.currency, locale="ja")
        return _plain_minus(shown) + name.replace(" ", "")

    def share(self, value: float) -> str:
        """Percentage: two figures below ten percent, none after the point above."""
        percent = 100 * float(value)
        size = abs(percent)
        if percent == 0:
            return "0%"
        if size >= 99.95 or (size >= 10 and abs(percent - round(percent)) < 0.05):
            digits = 0
        elif size >= 1:
            digits = 1
        else:
            digits = min(6, 1 - math.floor(math.log10(size)))
        shown = f"{percent:.{digits}f}"
        if "." in shown:
            shown = shown.rstrip("0").rstrip(".")
        return _plain_minus(f"{shown}%")

    def count(self, value: float) -> str:
        """Whole number with its groups."""
        from babel.numbers import format_decimal

        return _plain_minus(_said(format_decimal, round(value), format="#,##0", locale=self.lang))

    def number(self, value: float) -> str:
        """Number to three figures."""
        from babel.numbers import format_decimal

        shown = significant(value, 3)
        return _plain_minus(_said(format_decimal, shown, format="#,##0.######", locale=self.lang))

    def day(self, value: date | str) -> str:
        """Calendar day."""
        from babel.dates import format_date

        day = date.fromisoformat(value) if isinstance(value, str) else value
        return format_date(day, format="long", locale=self.lang)
