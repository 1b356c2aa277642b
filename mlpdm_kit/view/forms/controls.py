"""The kinds of fields, one control each: what stands in the file goes in, what to write comes out.

A control checks nothing. What somebody typed goes to the case file's own reading, and what
that refuses is said under the field, with what was typed still in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from html import escape
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.document import Value
from mlpdm_kit.case.editing.fields import Field
from mlpdm_kit.case.editing.quantities import Written, taken_apart, units_of
from mlpdm_kit.case.quantity import Malformed, points
from mlpdm_kit.case.units import Units
from mlpdm_kit.text import Text
from mlpdm_kit.view.forms.said import choice_name, unit_name

EVIDENCE = ("assumed", "quoted", "measured")
_ORIGIN = ("evidence", "source", "owner", "note")


@dataclass(frozen=True, kw_only=True)
class Around:
    """What a control must know of the case: its words, and the names there are to choose."""

    text: Text
    units: Units
    names: Mapping[str, Sequence[str]]


class Control:
    """One field: a widget with its label, its help, and what is wrong with it.

    Parameters
    ----------
    field : Field
    around : Around
    changed : callable
        What is called with this control when somebody has committed another value.
    """

    def __init__(self, field: Field, around: Around, changed: Callable[[Control], None]) -> None:
        self.field, self.around, self._changed = field, around, changed
        self._quiet = False
        self._shown: Any = None
        self.said = widgets.HTML()
        self.box = widgets.VBox([*self._parts(), self.said])
        self.box.add_class("mlpdm-field")
        self.tell(())

    def show(self, value: Any) -> None:
        """Put in what stands in the file, without anybody having typed it."""
        self._quiet = True
        try:
            self._put(value)
        finally:
            self._quiet = False

    def value(self) -> Value | None:
        """What is to be written; None for nothing."""
        raise NotImplementedError

    def tell(self, lines: Iterable[str], lacking: Iterable[str] = ()) -> None:
        """Say what is wrong with the field, what is still to be written, or how it is filled in."""
        help_ = self.field.help(self.around.text)
        found = [f'<p class="mlpdm-help">{escape(help_)}</p>'] if help_ else []
        found += [f'<p class="mlpdm-echo">{escape(echo)}</p>' for echo in self.echo()]
        found += [f'<p class="mlpdm-fault" role="alert">{escape(line)}</p>' for line in lines]
        found += [f'<p class="mlpdm-lack">{escape(line)}</p>' for line in lacking]
        self.said.value = "".join(found)

    def echo(self) -> Iterable[str]:
        """How the kit has read what was typed."""
        return ()

    def _parts(self) -> Sequence[Any]:
        raise NotImplementedError

    def _put(self, value: Any) -> None:
        raise NotImplementedError

    def _listen(self, *inputs: Any) -> None:
        for one in inputs:
            one.observe(self._on_change, names="value")

    def _on_change(self, _: Any) -> None:
        if not self._quiet:
            self._changed(self)

    @property
    def label(self) -> str:
        """What stands above the field."""
        return self.field.label(self.around.text)


def _stacked(widget: Any, *classes: str) -> Any:
    for name in ("mlpdm-stacked", *classes):
        widget.add_class(name)
    widget.style.description_width = "initial"
    widget.layout.width = "auto"
    return widget


def _within(whole: str, part: str) -> str:
    """A label of a part of a field, which says to those who don't see the page whose it is."""
    return f'<span class="mlpdm-hide">{escape(whole)}: </span>{escape(part)}'


class Line(Control):
    """A text on one line."""

    def _parts(self) -> Sequence[Any]:
        self.input = _stacked(widgets.Text(description=self.label, continuous_update=False))
        self._listen(self.input)
        return [self.input]

    def _put(self, value: Any) -> None:
        self.input.value = "" if value is None else str(value)

    def value(self) -> Value | None:
        """The text; None for an empty one."""
        return self.input.value.strip() or None


class Words(Line):
    """A text of several lines."""

    def _parts(self) -> Sequence[Any]:
        self.input = _stacked(widgets.Textarea(description=self.label, continuous_update=False))
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
        self.input = _stacked(widgets.Dropdown(description=self.label, options=self._options(None)))
        self._listen(self.input)
        return [self.input]

    def choices(self) -> Sequence[str]:
        """The words of the file that can be chosen."""
        return self.field.choices

    def _options(self, value: Any) -> list[tuple[str, str]]:
        text, some = self.around.text, list(self.choices())
        if value and value not in some:
            some.append(str(value))
        shown = [(choice_name(self.field, word, text), word) for word in some]
        return [("–", ""), *shown]

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


class Tick(Control):
    """Yes or no."""

    def _parts(self) -> Sequence[Any]:
        self.input = widgets.Checkbox(description=self.label, indent=False)
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
        self.input = _stacked(widgets.DatePicker(description=self.label))
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


class Origin:
    """Where a figure or an answer comes from: evidence and source, then owner and note."""

    def __init__(self, label: str, text: Text) -> None:
        def said(name: str) -> str:
            return _within(label, text.say(f"label.input.{name}"))

        options = [(text.say(f"choice.evidence.{word}"), word) for word in EVIDENCE]
        self.evidence = _stacked(
            widgets.Dropdown(description=said("evidence"), options=options, value="assumed")
        )
        self.source, self.owner, self.note = (
            _stacked(widgets.Text(description=said(name), continuous_update=False), "mlpdm-wide")
            for name in ("source", "owner", "note")
        )
        self.inputs = (self.evidence, self.source, self.owner, self.note)
        for one in self.inputs:
            one.description_allow_html = True

    def put(self, said: Mapping[str, Any]) -> None:
        """Show what a file says."""
        known = said.get("evidence") in EVIDENCE
        self.evidence.value = said["evidence"] if known else "assumed"
        for name in ("source", "owner", "note"):
            getattr(self, name).value = str(said.get(name) or "")

    def said(self) -> dict[str, Any]:
        """What to write, without what need not be said."""
        found = {name: getattr(self, name).value.strip() for name in _ORIGIN}
        if found["evidence"] == "assumed":
            found.pop("evidence")
        return {name: value for name, value in found.items() if value}


class Quantity(Control):
    """A range with its unit, and where it comes from."""

    def _parts(self) -> Sequence[Any]:
        text, label = self.around.text, self.label
        self.low, self.middle, self.high = (
            _stacked(
                widgets.Text(
                    description=_within(label, text.say(f"form.quantity.{end}")),
                    continuous_update=False,
                )
            )
            for end in ("low", "middle", "high")
        )
        self.unit = _stacked(
            widgets.Dropdown(description=_within(label, text.say("form.quantity.unit")))
        )
        for one in (self.low, self.middle, self.high, self.unit):
            one.description_allow_html = True
        self.origin = Origin(label, text)
        self.rest: dict[str, Any] = {}
        self.unread: str | None = None
        self._units("")
        figures = widgets.HBox([self.low, self.high, self.unit, self.origin.evidence,
                                self.origin.source])  # fmt: skip
        more = widgets.HBox([self.middle, self.origin.owner, self.origin.note])
        for row in (figures, more):
            row.add_class("mlpdm-row")
        self.more = more
        self.more.layout.display = "none"
        self.toggle = widgets.ToggleButton(
            value=False,
            description=text.say("form.more"),
            tooltip=text.say("form.more.of", field=label),
        )
        self.toggle.layout.width = "auto"
        self.toggle.observe(self._unfold, names="value")
        figures.children = [*figures.children, self.toggle]
        self._listen(self.low, self.middle, self.high, self.unit, *self.origin.inputs)
        head = widgets.HTML(f'<p class="mlpdm-head">{escape(label)}</p>')
        return [head, figures, more]

    def _unfold(self, _: Any) -> None:
        self.more.layout.display = None if self.toggle.value else "none"

    def _units(self, own: str) -> None:
        known = list(units_of(self.field.dimension, self.around.units))
        if own not in known:
            known.append(own)
        text = self.around.text
        self.unit.options = [(unit_name(unit, text), unit) for unit in known]

    def _put(self, value: Any) -> None:
        said = dict(value) if isinstance(value, Mapping) else {self.field.value_at: value}
        written = said.pop(self.field.value_at, None)
        self.origin.put(said)
        self.rest = {name: item for name, item in said.items() if name not in _ORIGIN}
        found = taken_apart(str(written or ""), self.field.dimension, self.around.units)
        if found is None:  # shown as it stands, so that it can be set right
            found = Written(
                low=str(written), unit=units_of(self.field.dimension, self.around.units)[0]
            )
            self.unread = str(written)
        else:
            self.unread = None
        self._units(found.unit)
        self.low.value, self.middle.value, self.high.value = found.low, found.middle, found.high
        self.unit.value = found.unit
        if found.middle or self.origin.owner.value or self.origin.note.value:
            self.toggle.value = True
            self._unfold(None)

    @property
    def written(self) -> str:
        """The figures and their unit, as the file has them."""
        if self.unread is not None and self.low.value == self.unread:
            return self.unread
        return Written(low=self.low.value, middle=self.middle.value, high=self.high.value,
                       unit=self.unit.value or "").text  # fmt: skip

    def value(self) -> Value | None:
        """The quantity alone, or with what is said of it."""
        figures, said = self.written, {**self.rest, **self.origin.said()}
        if not figures:
            return None
        return (
            {self.field.value_at: figures, **said}
            if said or self.field.value_at != "value"
            else figures
        )

    def echo(self) -> Iterable[str]:
        """What the figures come to in the kit's own units."""
        written = self.written
        if not written:
            return
        try:
            low, middle, high = points(written, self.field.dimension, self.around.units)
        except Malformed:
            return
        unit = self.field.dimension.partition(",")[0]
        shown = [
            self.around.text.quantity(end, unit) for end in (low, middle, high) if end is not None
        ]
        code = {True: "form.echo.one", False: "form.echo"}[low == high]
        yield self.around.text.say(code, low=shown[0], high=shown[-1])


class Count(Line):
    """A number without a range."""


class Answer(Control):
    """The answer to a check, and its evidence."""

    def _parts(self) -> Sequence[Any]:
        text = self.around.text
        options = [(text.say(f"choice.answer.{word}"), word) for word in self.field.choices]
        self.input = _stacked(
            widgets.Dropdown(
                description=_within(self.label, text.say("label.checks.answer")), options=options
            )
        )
        self.input.description_allow_html = True
        self.origin = Origin(self.label, text)
        self.rest: dict[str, Any] = {}
        row = widgets.HBox([self.input, *self.origin.inputs])
        row.add_class("mlpdm-row")
        self._listen(self.input, *self.origin.inputs)
        return [widgets.HTML(f'<p class="mlpdm-head">{escape(self.label)}</p>'), row]

    def _put(self, value: Any) -> None:
        said = dict(value) if isinstance(value, Mapping) else {}
        word = {"true": "yes", "false": "no"}.get(
            str(said.get("answer")).lower(), said.get("answer")
        )
        self.input.value = word if word in self.field.choices else "unknown"
        self.origin.put(said)
        self.rest = {n: item for n, item in said.items() if n not in (*_ORIGIN, "answer")}

    def value(self) -> Value | None:
        """The answer with what is said of it."""
        return {"answer": self.input.value, **self.rest, **self.origin.said()}


CONTROLS: Mapping[str, type[Control]] = {
    "line": Line,
    "words": Words,
    "names": Names,
    "choice": Choice,
    "column": Known,
    "file": Known,
    "option": Known,
    "tick": Tick,
    "day": Day,
    "count": Count,
    "quantity": Quantity,
    "rule": Words,
    "answer": Answer,
}
