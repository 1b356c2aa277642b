"""Every sentence that a person reads, by language.

Messages are gettext catalogues (``locales/<lang>/*.po``) keyed by code. A message holds
named figures with a format that belongs to the sentence, not to the analysis::

    msgid "verdict.use_non_ml"
    msgstr "Do not use ML. {option:option} is worth {amount:money} more."

Formats: ``money`` (whole, compact), ``price`` (exact), ``share``, ``count``, ``number``,
``date``, ``months``, ``quantity`` (a mapping of value and unit), ``say:PREFIX``, which
says the message ``PREFIX.<value>``, and for several at once ``list:FORMAT`` (a, b, c) and
``any:FORMAT`` (a, b or c). Adding a language is adding its catalogues and its name to
`LANGUAGES`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from mlpdm_kit.text.figures import Figures

LANGUAGES = ("en", "ja")
MANY = {"money/token": 1e6}  # said for so many of what it is per


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Messages of one language by code, out of all its catalogue files."""
    from babel.messages.pofile import read_po

    found: dict[str, str] = {}
    for file in sorted((files(__package__) / "locales" / lang).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".po"):
            with file.open("rb") as stream:
                found |= {str(m.id): str(m.string) for m in read_po(stream, locale=lang) if m.id}
    return found


_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def inert(text: str) -> str:
    """A text without the signs that command a terminal, or turn the direction of writing.

    Examples
    --------
    >>> print(inert("a\x1b]0;b\x07"))
    a\\x1b]0;b\\x07
    """
    return _COMMANDS.sub(lambda sign: ascii(sign[0])[1:-1], text)


class Text(string.Formatter):
    """Sentences in one language.

    Parameters
    ----------
    lang : {"en", "ja"}
        The reader's language.
    currency : str
        ISO 4217 code for amounts of money.
    unit : str
        The noun of one case, as the case file names it.
    labels : mapping
        Names that people gave, by code: ``{"option.rule": "Amount and vendor"}``.

    Examples
    --------
    >>> text = Text("en", currency="JPY")
    >>> text.money(5_012_345), text.share(0.0375), text.count(18204)
    ('¥5M', '3.8%', '18,204')
    >>> Text("ja", currency="JPY").money(5_012_345)
    '501万円'
    """

    def __init__(
        self,
        lang: str = "en",
        *,
        currency: str = "USD",
        unit: str = "case",
        labels: Mapping[str, str] | None = None,
    ) -> None:
        if lang not in LANGUAGES:
            from mlpdm_kit.errors import refuse

            raise refuse("language", "lang", lang, known=", ".join(LANGUAGES))
        self.lang = lang
        self.currency = currency
        self.unit = unit
        self.labels = dict(labels or {})
        self.figures = Figures(lang, currency)

    def knows(self, code: str) -> bool:
        """Whether the code has a message or a label."""
        return code in self.labels or code in catalogue(self.lang)

    def say(self, code: str, /, **figures: Any) -> str:
        """The sentence of a code with its figures.

        Raises
        ------
        KeyError
            The catalogue has no such message, or the sentence needs a figure that is
            not given: both are faults of the kit, and a test looks for them.
        """
        if code in self.labels:
            return self.labels[code]
        message = catalogue(self.lang)[code]
        return self.vformat(message, (), {"unit": self.unit, **figures})

    def name(self, kind: str, key: str) -> str:
        """Name of a thing: people's own label, the catalogue's, or the key in words."""
        code = f"{kind}.{key}"
        if self.knows(code):
            return self.say(code)
        words = key.replace("-", " ").replace("_", " ")
        return words[:1].upper() + words[1:]

    def money(self, amount: float) -> str:
        """Compact amount: ``¥5.1M``."""
        return self.figures.money(amount)

    def price(self, amount: float) -> str:
        """Amount in full, to three figures: ``¥11,400``."""
        return self.figures.price(amount)

    def share(self, value: float) -> str:
        """Percentage to two or three figures."""
        return self.figures.share(value)

    def count(self, value: float) -> str:
        """Whole number with its groups."""
        return self.figures.count(value)

    def number(self, value: float) -> str:
        """Number to three figures."""
        return self.figures.number(value)

    def day(self, value: date | str) -> str:
        """Calendar day, in words."""
        return self.figures.day(value)

    def quantity(self, value: float, unit: str) -> str:
        """Number with its unit: ``¥11,400 per claim``, ``78%``, ``9,800 a month``.

        Examples
        --------
        >>> Text("en").quantity(4e-07, "money/token")
        '$0.400 per 1M tokens'
        """
        kind = unit.partition("/")[0]
        shown = {
            "money": self.price,
            "share": self.share,
            "ratio": self.share,
            "rate": self.share,
            "cases": self.count,
            "months": self.number,
        }.get(kind, self.number)(value * MANY.get(unit, 1))
        code = f"unit.{unit}"
        if shown == "1" and self.knows(f"{code}.one"):
            code += ".one"
        return self.say(code, shown=shown) if self.knows(code) else shown

    def _any_of(self, shown: list[str]) -> str:
        *some, last = shown
        if not some:
            return last
        return self.say("list.any.last", some=self.say("list.any").join(some), last=last)

    def format_field(self, value: Any, format_spec: str) -> str:
        """Format one figure as the sentence asks."""
        kind, _, rest = format_spec.partition(":")
        if kind in ("option", "check", "input", "area", "outcome", "rate", "task", "evidence"):
            return self.name(kind, str(value))
        if kind == "say":
            return self.say(f"{rest}.{value}")
        if kind == "quantity":
            return self.quantity(value["value"], value["unit"])
        if kind == "list":
            return self.say("list.join").join(self.format_field(item, rest) for item in value)
        if kind == "any":
            return self._any_of([self.format_field(item, rest) for item in value])
        if kind == "date":
            return self.day(value)
        shown = getattr(self.figures, kind, None) if kind else None
        return inert(str(shown(value)) if shown else str(super().format_field(value, format_spec)))
