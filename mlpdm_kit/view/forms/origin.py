"""Where a figure, an answer or a plan comes from: one row that says it the same way of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.editing.file import Change, State
from mlpdm_kit.case.editing.writing import Value
from mlpdm_kit.errors import Fault
from mlpdm_kit.text import Text
from mlpdm_kit.view.forms.base import Control, stacked

EVIDENCE = ("assumed", "quoted", "measured")
SAID = ("evidence", "source", "owner", "note")


class Origin:
    """Where a figure or an answer comes from: evidence and source, then owner and note."""

    def __init__(self, part: Callable[[str], str], text: Text) -> None:
        def said(name: str) -> str:
            return part(text.say(f"label.input.{name}"))

        options = [(text.say(f"choice.evidence.{word}"), word) for word in EVIDENCE]
        self.evidence = stacked(
            widgets.Dropdown(description=said("evidence"), options=options, value="assumed")
        )
        self.source, self.owner, self.note = (
            stacked(widgets.Text(description=said(name), continuous_update=False), "mlpdm-wide")
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
        found = {name: getattr(self, name).value.strip() for name in SAID}
        if found["evidence"] == "assumed":
            found.pop("evidence")
        return {name: value for name, value in found.items() if value}


class StatedFrom(Control):
    """Where all that is written in a part of the case comes from."""

    def _parts(self) -> Sequence[Any]:
        self.origin = Origin(self.part, self.around.text)
        self.input = self.origin.evidence
        row = widgets.HBox(list(self.origin.inputs))
        row.add_class("mlpdm-row")
        self._listen(*self.origin.inputs)
        return [widgets.HTML(f'<p class="mlpdm-head">{escape(self.label)}</p>'), row]

    @property
    def label(self) -> str:
        """What stands above the row."""
        return self.around.text.say("form.origin")

    def help(self) -> str:
        """Nothing beyond its labels."""
        return ""

    def _put(self, value: Any) -> None:
        self.origin.put(value if isinstance(value, Mapping) else {})

    def changes(self, order: Sequence[str]) -> list[Change]:
        """One change for each of the four."""
        said = self.origin.said()
        return [Change(path=(*self.field.path, n), value=said.get(n), order=order) for n in SAID]

    def faults(self, state: State) -> list[Fault]:
        """The faults of the four, and of none of the fields beside them."""
        return [f for name in SAID for f in state.faults_at((*self.field.path, name))]


class Answer(Control):
    """The answer to a check, and its evidence."""

    def _parts(self) -> Sequence[Any]:
        text = self.around.text
        options = [(text.say(f"choice.answer.{word}"), word) for word in self.field.choices]
        self.input = stacked(
            widgets.Dropdown(
                description=self.part(text.say("label.checks.answer")), options=options
            )
        )
        self.input.description_allow_html = True
        self.origin = Origin(self.part, text)
        self.rest: dict[str, Any] = {}
        row = widgets.HBox([self.input, *self.origin.inputs])
        row.add_class("mlpdm-row")
        self._listen(self.input, *self.origin.inputs)
        check = CHECKS.get(self.field.path[-1])
        weight = text.name("weight", check.kind) if check is not None else ""
        note = f" <small>({escape(weight)})</small>" if weight else ""
        return [widgets.HTML(f'<p class="mlpdm-head">{escape(self.label)}{note}</p>'), row]

    def _put(self, value: Any) -> None:
        said = dict(value) if isinstance(value, Mapping) else {}
        word = {"true": "yes", "false": "no"}.get(
            str(said.get("answer")).lower(), said.get("answer")
        )
        self.input.value = word if word in self.field.choices else "unknown"
        self.origin.put(said)
        self.rest = {n: item for n, item in said.items() if n not in (*SAID, "answer")}

    def help(self) -> str:
        """Which way the question is asked where that is easily misread, and what settles it."""
        text, name = self.around.text, self.field.path[-1]
        check, need = CHECKS.get(name), f"need.{name}"
        told = [text.say("form.answer.needs", need=text.say(need))] if text.knows(need) else []
        if check is not None and check.no_is_fine:
            which = "neutral" if check.neutral else "good"
            told.insert(0, text.say(f"form.answer.no-is-{which}"))
        return "\n".join(told)

    def echo(self) -> Iterable[str]:
        """What follows from the answer, where a gate hangs on it."""
        check, answer = CHECKS.get(self.field.path[-1]), self.input.value
        if check is None or not check.hard or answer not in ("yes", "no"):
            return
        if check.against(answer):
            yield self.around.text.say(f"form.answer.stops.{check.scope}")
        elif self.origin.evidence.value == "assumed":
            yield self.around.text.say("form.answer.assumed")
        elif not {"source", "owner", "note"} & set(self.origin.said()):
            yield self.around.text.say("form.answer.no-source")

    def value(self) -> Value | None:
        """The answer with what is said of it."""
        return {"answer": self.input.value, **self.rest, **self.origin.said()}
