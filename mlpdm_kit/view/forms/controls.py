"""The kinds of fields, one control each: in goes what the file says, out comes what to write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date as Date
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.writing import Value
from mlpdm_kit.case.words import currency_code
from mlpdm_kit.errors import Fault
from mlpdm_kit.view.forms.base import Around, Control
from mlpdm_kit.view.forms.origin import Answer, StatedFrom
from mlpdm_kit.view.forms.quantities import Quantity
from mlpdm_kit.view.forms.rules import Rule
from mlpdm_kit.view.forms.said import choice_name, known_name

_AHEAD = (("review_on",),)  # days that are to come
MOST_ROWS = 12  # of a list that holds more names than that


class Line(Control):
    """A text on one line."""

    def _parts(self) -> Sequence[Any]:
        self.input = self.titled(widgets.Text(continuous_update=False))
        self._listen(self.input)
        return [self.input]

    def _put(self, value: Any) -> None:
        self.input.value = "" if value is None else str(value)

    def value(self) -> Value | None:
        """The text; None for an empty one."""
        return self.input.value.strip() or None


class Currency(Line):
    """A currency, by its code or as people write it."""

    def value(self) -> Value | None:
        """Its code."""
        return currency_code(self.input.value) or None


class Words(Line):
    """A text of several lines."""

    def _parts(self) -> Sequence[Any]:
        self.input = self.titled(widgets.Textarea(continuous_update=False))
        self._listen(self.input)
        return [self.input]


class Names(Line):
    """Several names on one line, with commas between them."""

    def _put(self, value: Any) -> None:
        some = [value] if isinstance(value, str) else list(value or ())
        self.input.value = ", ".join(map(str, some))

    def value(self) -> Value | None:
        """The names; None for none."""
        some = [name.strip() for name in re.split(r"[,、，;\n]", self.input.value)]
        return [name for name in some if name] or None


class Choice(Control):
    """One of several words, or none of them."""

    def _parts(self) -> Sequence[Any]:
        self.input = self.titled(widgets.Dropdown(options=self._options(None)))
        self._listen(self.input)
        return [self.input]

    def choices(self) -> Sequence[str]:
        """The words of the file that can be chosen."""
        return self.field.choices

    def _options(self, value: Any) -> list[tuple[str, str]]:
        some = list(self.choices())
        if value and str(value) not in some:
            some.append(str(value))
        return [("–", ""), *((self._name(word), word) for word in some)]

    def _name(self, word: str) -> str:
        """What people call a word of the file."""
        return choice_name(self.field, word, self.around.text)

    def _put(self, value: Any) -> None:
        self.input.options = self._options(value)
        self.input.value = "" if value is None else str(value)

    def value(self) -> Value | None:
        """The word chosen."""
        return self.input.value or None


class Known(Choice):
    """One of the names that there are around the case: columns, files, options."""

    def choices(self) -> Sequence[str]:
        """The names there are."""
        return self.around.names.get(self.field.kind, ())

    def _name(self, word: str) -> str:
        return known_name(self.field.kind, word, self.around.text)


class Tick(Control):
    """Yes or no."""

    def _parts(self) -> Sequence[Any]:
        self.input = self.named(widgets.Checkbox(indent=False))
        self.input.style.description_width = "initial"
        self.input.layout.width = "auto"
        self._listen(self.input)
        return [self.input]

    def _put(self, value: Any) -> None:
        self.input.value = str(value).lower() in ("yes", "true")

    def value(self) -> Value | None:
        """``yes``, or nothing."""
        return "yes" if self.input.value else None


class Day(Control):
    """A day of the calendar."""

    def _parts(self) -> Sequence[Any]:
        self.input = self.titled(widgets.DatePicker())
        self._listen(self.input)
        return [self.input]

    def _put(self, value: Any) -> None:
        try:
            self.input.value = Date.fromisoformat(str(value)) if value else None
        except ValueError:
            self.input.value = None

    def value(self) -> Value | None:
        """Year, month and day."""
        return self.input.value.isoformat() if self.input.value else None

    def echo(self) -> Iterable[str]:
        """Whether the day to look again has passed meanwhile."""
        if self.kept is None and self._is_past:
            yield self.around.text.say("form.day.passed")

    def refusals(self) -> list[Fault]:
        """A day to look again is refused when it is set and has passed already.

        An old case may hold one; so only what is typed now is looked at.
        """
        if not self._is_past:
            return []
        return [Fault(code="day-past", field=self.field.name, value=self.value())]

    @property
    def _is_past(self) -> bool:
        day = self.input.value
        return day is not None and self.field.path in _AHEAD and day < Date.today()


class Count(Line):
    """A number without a range."""


class Several(Control):
    """Some of the names that there are around the case."""

    def known(self) -> Sequence[str]:
        """The names there are."""
        return self.around.names.get(self.field.kind, ())

    def _parts(self) -> Sequence[Any]:
        self.input = self.titled(widgets.SelectMultiple(rows=4))
        self._listen(self.input)
        return [self.input]

    def _put(self, value: Any) -> None:
        chosen = [value] if isinstance(value, str) else [str(one) for one in value or ()]
        known = list(self.known())
        known += [name for name in chosen if name not in known]
        kind, text = self.field.kind, self.around.text
        self.input.options = [(known_name(kind, name, text), name) for name in known]
        self.input.rows = min(max(len(known), 2), MOST_ROWS)
        self.input.value = tuple(chosen)

    def value(self) -> Value | None:
        """The names chosen; None for none."""
        return list(self.input.value) or None


class Steps(Several):
    """Some of the steps of the option that the field stands in."""

    def known(self) -> Sequence[str]:
        """The steps as they are written, in their order."""
        return list(self.around.state.document.at((*self.field.path[:2], "steps")) or ())


CONTROLS: Mapping[str, type[Control]] = {
    "line": Line,
    "currency": Currency,
    "words": Words,
    "names": Names,
    "choice": Choice,
    "column": Known,
    "file": Known,
    "option": Known,
    "columns": Several,
    "inputs": Several,
    "options": Several,
    "steps": Steps,
    "tick": Tick,
    "day": Day,
    "count": Count,
    "quantity": Quantity,
    "rule": Rule,
    "answer": Answer,
    "origin": StatedFrom,
}

__all__ = ["CONTROLS", "Around", "Control"]
