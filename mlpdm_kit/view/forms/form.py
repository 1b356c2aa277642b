"""A form over a part of a case file: commit by commit into the file, and back from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.file import CaseFile, Change, State, lacks
from mlpdm_kit.case.units import Units
from mlpdm_kit.errors import Fault
from mlpdm_kit.text import Text
from mlpdm_kit.view.forms.adding import Adding
from mlpdm_kit.view.forms.blocks import FORMS, Block
from mlpdm_kit.view.forms.controls import CONTROLS, Around, Control
from mlpdm_kit.view.forms.names import names_around
from mlpdm_kit.view.forms.style import STYLE

_Key = tuple[Any, ...]


class Form:
    """One form.

    Parameters
    ----------
    name : str
        A key of `FORMS`.
    file : CaseFile
    text : Text
    changed : callable
        What is called after a change has been saved.
    """

    def __init__(self, name: str, file: CaseFile, text: Text, changed: Callable[[], None]) -> None:
        self.name, self.file, self.text, self._changed = name, file, text, changed
        self.controls: dict[tuple[str, ...], Control] = {}
        self._built: dict[_Key, Any] = {}
        self._order: dict[tuple[str, ...], Sequence[str]] = {}
        self.status = widgets.HTML()
        self.undo = self._button("undo", self.file.undo)
        self.redo = self._button("redo", self.file.redo)
        self.bar = widgets.HBox([self.undo, self.redo, self.status])
        self.bar.add_class("mlpdm-bar")
        self.body = widgets.VBox()
        self.widget = widgets.VBox([widgets.HTML(STYLE), self.bar, self.body])
        self.widget.add_class("mlpdm-form")
        self._layout: list[_Key] = []
        self._around: Around | None = None
        self.refresh()

    def refresh(self) -> None:
        """Show what the file says now."""
        state = self.file.state
        around = Around(text=self.text, units=state.units, names=names_around(self.file))
        blocks = list(FORMS[self.name](state))
        layout = [_key(block, around.units) for block in blocks]
        if layout != self._layout or self._around is None or around.names != self._around.names:
            self._around, self._layout = around, layout
            self._build(blocks)
        for control in self.controls.values():
            self._fill(control, state)
        self.undo.disabled, self.redo.disabled = not self.file.can_undo, not self.file.can_redo

    def say(self, code: str, **figures: Any) -> None:
        """Say how it stands, in the bar above the form."""
        said = escape(self.text.say(code, **figures))
        self.status.value = f'<span role="status">{said}</span>'

    def _fill(self, control: Control, state: State) -> None:
        control.show(state.document.at(control.field.path))
        told, lacking = _told(state.faults_at(control.field.path), self.text)
        control.tell(told, lacking)

    def _build(self, blocks: Iterable[Block]) -> None:
        """Lay out the blocks; what is folded is built when somebody opens it."""
        kept, self.controls = self.controls, {}
        self._order = {}
        shown: list[Any] = []
        for block in blocks:
            body = widgets.VBox()
            if block.folded:
                was = self._built.get((block.code, block.name))
                shown.append(
                    self._fold(block, body, kept, opened=bool(was and was.selected_index == 0))
                )
                continue
            if block.code:
                title = self.text.say(block.code, name=block.name)
                shown.append(widgets.HTML(f'<p class="mlpdm-block">{escape(title)}</p>'))
            body.children = self._inside(block, kept)
            shown.append(body)
        self.body.children = shown

    def _fold(self, block: Block, body: Any, kept: dict[Any, Control], *, opened: bool) -> Any:
        title = self.text.say(block.code, name=block.name)
        fold = widgets.Accordion([body], titles=(title,), selected_index=None)

        def unfold(change: Any) -> None:
            if change["new"] == 0 and not body.children:
                body.children = self._inside(block, kept)
                for field in block.fields:
                    self._fill(self.controls[field.path], self.file.state)

        fold.observe(unfold, names="selected_index")
        if opened:
            fold.selected_index = 0
        self._built[(block.code, block.name)] = fold
        return fold

    def _inside(self, block: Block, kept: dict[Any, Control]) -> list[Any]:
        assert self._around is not None
        inside = []
        for field in block.fields:
            old = kept.get(field.path)
            if old is None or old.field != field or old.around != self._around:
                old = CONTROLS[field.kind](field, self._around, self._commit)
            self.controls[field.path] = old
            self._order[field.path] = block.order
            inside.append(old.box)
        if block.removes:
            inside.append(self._remover(block))
        if block.adds:
            inside.append(Adding(block.adds, self.file, self.text, self._saved).widget)
        return inside

    def _remover(self, block: Block) -> Any:
        label = self.text.say("form.remove", name=block.name)
        button = widgets.Button(description=label)

        def remove(_: Any) -> None:
            self.file.commit(Change(path=block.removes, value=None))
            self._saved()

        button.on_click(remove)
        return button

    def _button(self, name: str, act: Callable[[], bool]) -> Any:
        button = widgets.Button(description=self.text.say(f"form.{name}"))

        def go(_: Any) -> None:
            if act():
                self._saved(f"form.{name}.done")

        button.on_click(go)
        return button

    def _commit(self, control: Control) -> None:
        """Write what somebody has committed, and say under the field what came of it."""
        path = control.field.path
        try:
            done = self.file.commit(
                Change(path=path, value=control.value(), order=self._order[path])
            )
        except Exception as error:  # a callback's own error would be seen by nobody
            control.tell([self.text.say("form.broken", said=f"{type(error).__name__}: {error}")])
            return
        if not done.saved:
            told, lacking = _told(done.faults, self.text)
            control.tell([*told, *lacking])
            self.say("form.refused", field=control.label)
            return
        self._saved()

    def _saved(self, code: str = "form.saved") -> None:
        self.refresh()
        self.say(code)
        self._changed()


def _key(block: Block, units: Units) -> _Key:
    fields = tuple(
        (field.path, field.kind, field.dimension, field.value_at) for field in block.fields
    )
    return (block.code, block.name, block.adds, block.removes, fields, units)


def _told(faults: Iterable[Fault], text: Text) -> tuple[list[str], list[str]]:
    """What is wrong, and what is only still to be written, without file and line."""
    told, lacking = [], []
    for fault in faults:
        said = replace(fault, file=None, line=None).sentence(text.lang)
        (lacking if lacks(fault) else told).append(said)
    return told, lacking
