"""The control for a rule: tried on the case's data at every key, written when somebody pauses."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.writing import Value
from mlpdm_kit.errors import InputError
from mlpdm_kit.view.forms.base import Control
from mlpdm_kit.view.forms.trial import said_faults, said_of

PAUSE = 0.8  # seconds without a key before it is written


class Rule(Control):
    """A condition or a formula on the columns of the data."""

    def _parts(self) -> Sequence[Any]:
        self.input = self.titled(widgets.Textarea(continuous_update=True))
        self.live, self.offer = widgets.HTML(), widgets.HTML()
        self._soon: Any = None
        self._offered: Any = None
        self._listen(self.input)
        return [self.input, self.live, self.offer]

    def _put(self, value: Any) -> None:
        if self._soon is None:  # else somebody is typing
            self.input.value = "" if value is None else str(value)
        self.attempt()
        self._offer()

    def value(self) -> Value | None:
        """The rule; None for an empty one."""
        return self.input.value.strip() or None

    def _on_change(self, change: Any) -> None:
        if self._quiet:
            return
        self.attempt()
        loop = _loop()
        if loop is None:
            self.finish()
            return
        if self._soon is not None:
            self._soon.cancel()
        self._soon = loop.call_later(PAUSE, self.finish)

    def finish(self) -> None:
        """Write the rule as it stands, if it is one."""
        self._soon = None
        faults = self.attempt()
        if faults:
            state = self.around.state
            self.kept = (None if state.broken else state.document.at(self.field.path),)
            self.live.value = ""
            self.tell(faults)
            return
        self.kept = None
        self._changed(self)

    def attempt(self) -> list[str]:
        """Try it on the data, say what comes of it, and give what is wrong with it."""
        around, rule = self.around, self.input.value.strip()
        try:
            trial = around.trials.of(around.state) if rule else None
            if trial is None:
                unread = bool(rule) and not around.state.document.at(("data", "file"))
                self._say("mlpdm-lack", [around.text.say("form.rule.no-data")] if unread else [])
                return []
            tally = trial.tried(rule, around.state.case)
        except InputError as error:
            named = InputError(*(replace(f, field=self._field_of(f.field)) for f in error.faults))
            told = said_faults(named, around.text.lang)
            self._say("mlpdm-lack", told)
            return told
        except Exception as error:  # a callback's own error would be seen by nobody
            self._say("mlpdm-lack", [f"{type(error).__name__}: {error}"])
            return []
        self._say("mlpdm-live", [said_of(tally, trial.task, around.text)])
        return []

    def _field_of(self, field: str) -> str:
        return self.label if field in ("when", "predict") else field

    def _say(self, kind: str, lines: Sequence[str]) -> None:
        said = "".join(f'<p class="{kind}">{escape(line)}</p>' for line in lines)
        self.live.value = f'<div role="status">{said}</div>'

    def _offer(self) -> None:
        """Name the columns there are, and the values of those that have few."""
        try:
            trial = self.around.trials.of(self.around.state)
        except InputError:
            trial = None
        if trial is None or trial is self._offered:
            return
        self._offered = trial
        text = self.around.text
        names = []
        for column, values in trial.offered():
            inside = f" ({escape(text.say('list.join').join(values))})" if values else ""
            names.append(f"<code>{escape(column)}</code>{inside}")
        title = escape(text.say("form.columns"))
        shown = text.say("list.join").join(names)
        inside = f"<summary>{title}</summary>{shown}"
        self.offer.value = f'<details class="mlpdm-help">{inside}</details>'


def _loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


__all__ = ["PAUSE", "Rule"]
