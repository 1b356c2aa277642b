"""What every control of a form has: a label, a help, and what is wrong with it.

A control checks nothing. What somebody typed goes to the case file's own reading, and what
that refuses is said under the field, with what was typed still in it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.fields import Field
from mlpdm_kit.case.editing.file import Change, State
from mlpdm_kit.case.editing.writing import Value
from mlpdm_kit.case.units import Units
from mlpdm_kit.errors import Fault
from mlpdm_kit.text import Text
from mlpdm_kit.view.forms.trial import Trials


@dataclass(frozen=True, kw_only=True)
class Around:
    """What a control must know of the case: its words, and the names there are to choose."""

    text: Text
    units: Units
    names: Mapping[str, Sequence[str]]
    state: State
    trials: Trials


class Control:
    """One field: a widget with its label, its help, and what is wrong with it.

    Parameters
    ----------
    field : Field
    around : Around
    changed : callable
        What is called with this control when somebody has committed another value.
    lead : str
        What the field is a part of, for those who don't see under which heading it stands.
    """

    def __init__(
        self, field: Field, around: Around, changed: Callable[[Control], None], lead: str = ""
    ) -> None:
        self.field, self.around, self._changed, self.lead = field, around, changed, lead
        self._quiet = False
        self.kept: tuple[Any] | None = None  # what the file said when what stands here was refused
        self.shown = self.label
        self.said = widgets.HTML()
        self.box = widgets.VBox([*self._parts(), self.said])
        self.box.add_class("mlpdm-field")
        self.tell(())

    def show(self, value: Any) -> None:
        """Put in what stands in the file, without anybody having typed it.

        What was refused stays, so that it can be set right, until the file says something else.
        """
        if self.kept == (value,):
            return
        self.kept = None
        self._quiet = True
        try:
            self._put(value)
        finally:
            self._quiet = False

    def value(self) -> Value | None:
        """What is to be written; None for nothing."""
        raise NotImplementedError

    def changes(self, order: Sequence[str]) -> list[Change]:
        """What a commit of the field changes in the file."""
        return [Change(path=self.field.path, value=self.value(), order=order)]

    def refusals(self) -> list[Fault]:
        """What is wrong with what has just been typed, though a file may say it."""
        label = self.value() if self.field.place == "options.label" else None
        other = same_name(str(label), self.around.state, self.field.path[1]) if label else ""
        return [Fault(code="label-twice", field=self.field.name, value=other)] if other else []

    def faults(self, state: State) -> list[Fault]:
        """The faults of a file that are the field's own."""
        return state.faults_at(self.field.path)

    def tell(self, lines: Iterable[str], lacking: Iterable[str] = ()) -> None:
        """Say what is wrong with the field, what is still to be written, or how it is filled in."""
        help_ = self.help()
        found = [f'<p class="mlpdm-help">{escape(line)}</p>' for line in help_.splitlines()]
        found += [f'<p class="mlpdm-echo">{escape(echo)}</p>' for echo in self.echo()]
        found += [f'<p class="mlpdm-fault" role="alert">{escape(line)}</p>' for line in lines]
        found += [f'<p class="mlpdm-lack">{escape(line)}</p>' for line in lacking]
        self.said.value = "".join(found)

    def help(self) -> str:
        """What is to be written, with an example."""
        return self.field.help(self.around.text)

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

    def titled(self, widget: Any) -> Any:
        """The widget with the field's label above it."""
        return stacked(self.named(widget))

    def named(self, widget: Any) -> Any:
        """The widget with the field's label, which says to a screen reader whose it is."""
        widget.description_allow_html = True
        widget.description = within(self.lead, self.label) if self.lead else escape(self.label)
        return widget

    def part(self, name: str) -> str:
        """A label of a part of the field, as a description in HTML."""
        whole = f"{self.lead}: {self.label}" if self.lead else self.label
        return within(whole, name)


def same_name(label: str, state: State, but: str = "") -> str:
    """The option that is called the same but for capital letters and spaces; empty for none."""
    if state.broken:
        return ""
    options = state.document.at(("options",))
    for name, said in (options if isinstance(options, dict) else {}).items():
        own = said.get("label") if isinstance(said, dict) else None
        called = str(own or name)
        if name != but and _plain(called) == _plain(label):
            return called
    return ""


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def stacked(widget: Any, *classes: str) -> Any:
    """The widget with its label above it, as wide as its column."""
    for name in ("mlpdm-stacked", *classes):
        widget.add_class(name)
    widget.style.description_width = "initial"
    widget.layout.width = "auto"
    return widget


def within(whole: str, part: str) -> str:
    """A label of a part of a field, which says to those who don't see the page whose it is."""
    return f'<span class="mlpdm-hide">{escape(whole)}: </span>{escape(part)}'
