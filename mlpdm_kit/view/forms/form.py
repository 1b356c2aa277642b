"""A form over a part of a case file: commit by commit into the file, and back from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.fields import Field
from mlpdm_kit.case.editing.file import CaseFile, Change, Commit, State, lacks
from mlpdm_kit.case.editing.rewording import WORDS, carried_on, no_longer
from mlpdm_kit.errors import Fault, InputError
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.text import Text
from mlpdm_kit.view.forms.adding import Adding, Named
from mlpdm_kit.view.forms.blocks import FORMS
from mlpdm_kit.view.forms.controls import CONTROLS, Around, Control
from mlpdm_kit.view.forms.faults_said import label_of, labels_of, said_on_page
from mlpdm_kit.view.forms.fold import Fold
from mlpdm_kit.view.forms.names import names_around
from mlpdm_kit.view.forms.parts import Block
from mlpdm_kit.view.forms.style import STYLE
from mlpdm_kit.view.forms.trial import Trials

_Key = tuple[Any, ...]
_Path = tuple[str, ...]


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
        self.controls: dict[_Path, Control] = {}
        self.adding: dict[_Path, Adding] = {}
        self.named: dict[_Path, Named] = {}
        self.folds: dict[_Key, Fold] = {}
        self._order: dict[_Path, Sequence[str]] = {}
        self._moves: dict[_Path, _Path] = {}
        self._trials = Trials()
        self.status = widgets.HTML()
        self.undo = self._button("undo", self.file.undo)
        self.redo = self._button("redo", self.file.redo)
        self.bar = widgets.HBox([self.undo, self.redo, self.status])
        self.bar.add_class("mlpdm-bar")
        self.rest = widgets.HTML()
        self.body = widgets.VBox()
        self.widget = widgets.VBox([widgets.HTML(STYLE), self.bar, self.body, self.rest])
        self.widget.add_class("mlpdm-form")
        self._layout: list[_Key] = []
        self._laid: list[list[Any]] = []
        self.refresh()

    def refresh(self) -> None:
        """Show what the file says now; what somebody is still typing stays."""
        state = self.file.state
        self.undo.disabled, self.redo.disabled = not self.file.can_undo, not self.file.can_redo
        if state.broken:  # nothing is written over it
            self.body.layout.display = "none"
            told = [fault.sentence(self.text.lang) for fault in state.faults]
            self._tell_rest([self.text.say("form.unreadable"), *told], [])
            return
        self.body.layout.display = None
        self._around = Around(text=self._says(state), units=state.units,
                              names=names_around(self.file), state=state,
                              trials=self._trials)  # fmt: skip
        blocks = list(FORMS[self.name](state))
        layout = [self._key(block) for block in blocks]
        for control in self.controls.values():
            control.around = self._around
        if layout != self._layout:
            pairs = list(zip(layout, self._layout, strict=False))
            same = next((n for n, (new, old) in enumerate(pairs) if new != old), len(pairs))
            self._layout = layout
            self._build(blocks, same)
        for control in self.controls.values():
            self._fill(control, state)
        self._tell_rest(*self._told_of_rest(blocks, state))

    def say(self, code: str, **figures: Any) -> None:
        """Say how it stands, in the bar above the form."""
        said = escape(self.text.say(code, **figures))
        self.status.value = f'<span role="status">{said}</span>'

    def commit(self, *changes: Change, label: str = "") -> list[str]:
        """Make changes to the file; gives what is wrong with them, in words.

        Where they are of one field, ``label`` is what people call it.
        """
        try:
            done = self.file.commit(*changes)
        except InputError as error:
            return error.sentences(self.text.lang)
        except Exception as error:  # a callback's own error would be seen by nobody
            return [self.text.say("form.broken", said=f"{type(error).__name__}: {error}")]
        if not done.saved:
            told, lacking = _told(done.faults, self.text, label)
            return [*told, *lacking]
        for adding in self.adding.values():
            adding.settle()
        self._moves = {one.path: (*one.path[:-1], one.name) for one in changes if one.name}
        self._saved(done)
        self._moves = {}
        for one in changes:
            if one.value is None and not one.name and one.path[:-1] in self.adding:
                self.adding[one.path[:-1]].after_removal(self.undo)
        return []

    def _says(self, state: State) -> Text:
        if state.case is not None:
            return Sentences.of_case(state.case, self.text.lang)
        units = state.units
        return Sentences(self.text.lang, currency=units.currency, unit=units.unit,
                         target_unit=units.target_unit)  # fmt: skip

    def _fill(self, control: Control, state: State) -> None:
        control.show(state.document.at(control.field.path))
        if control.kept is None:
            control.tell(*_told(control.faults(state), self._around.text, control.label))

    def _build(self, blocks: Sequence[Block], same: int) -> None:
        """Lay out the blocks; what is folded is built when somebody opens it.

        The first ``same`` blocks are what they were and stay as they are, with what
        somebody is typing in them.
        """
        kept, orders, adding = self.controls, self._order, self.adding
        named, folds = self.named, self.folds
        self.controls, self._order, self.adding, self.named, self.folds = {}, {}, {}, {}, {}
        for block in _with_inner(blocks[:same]):
            for field in block.fields:
                if _path_of(field) in kept:
                    self.controls[_path_of(field)] = kept[_path_of(field)]
                    self._order[_path_of(field)] = orders[_path_of(field)]
            if block.adds is not None and block.adds.path in adding:
                self.adding[block.adds.path] = adding[block.adds.path]
            if block.removes in named:
                self.named[block.removes] = named[block.removes]
            if _place_of(block) in folds:
                self.folds[_place_of(block)] = folds[_place_of(block)]
        opened = {_moved(key, self._moves) for key, fold in folds.items() if fold.opened}
        new = [list(self._lay(block, kept, opened)) for block in blocks[same:]]
        self._laid = [*self._laid[:same], *new]
        self.body.children = [one for laid in self._laid for one in laid]

    def _lay(
        self, block: Block, kept: dict[_Path, Control], opened: set[_Key], outer: str = ""
    ) -> Iterator[Any]:
        title = block.title(self._around.text)
        if not block.folded:
            if title:
                yield widgets.HTML(f'<p class="mlpdm-block">{escape(title)}</p>')
            yield widgets.VBox(self._inside(block, kept, opened, outer))
            return

        def fill() -> list[Any]:
            return self._inside(block, kept, opened, outer)

        fold = Fold(title, fill)
        fold.button.observe(lambda _: self._fill_all(block), names="value")
        key = _place_of(block)
        self.folds[key] = fold
        if key in opened or (block.opens and self._around.state.faults_at(block.removes)):
            fold.open()
        yield fold.widget

    def _fill_all(self, block: Block) -> None:
        """Show what the file says in what has just been opened."""
        for field, _ in block.all_fields():
            control = self.controls.get(_path_of(field))
            if control is not None:
                self._fill(control, self.file.state)

    def _inside(
        self, block: Block, kept: dict[_Path, Control], opened: set[_Key], outer: str
    ) -> list[Any]:
        inside: list[Any] = []
        if block.asks:
            text = self._around.text
            asked = escape(text.say(block.asks, said=block.said, nothing=text.say("kind.none"),
                                    label=text.say("label.options.status_quo")))  # fmt: skip
            inside.append(widgets.HTML(f'<p class="mlpdm-lack">{asked}</p>'))
        lead = _lead(outer, block, self._around.text)
        for field in block.fields:
            control = self._control(field, kept.get(_path_of(field)), lead)
            self.controls[_path_of(field)] = control
            self._order[_path_of(field)] = block.order
            inside.append(control.box)
        for inner in block.blocks:
            inside += self._lay(inner, kept, opened, lead)
        if block.adds is not None:
            adding = Adding(block.adds, self.file, self._around, self.commit, self.say, lead)
            self.adding[block.adds.path] = adding
            inside.append(adding.widget)
        if block.removes:
            self.named[block.removes] = named = Named(
                block, self._around, self.commit, self.say, lead
            )
            inside.append(named.widget)
        if block.leaves:
            inside += self._left(block.leaves)
        return inside

    def _control(self, field: Field, old: Control | None, lead: str) -> Control:
        """The control that a field had, with what is typed in it, or a new one."""
        now = (field, field.label(self._around.text), lead)
        if old is not None and (old.field, old.shown, old.lead) == now:
            return old
        return CONTROLS[field.kind](field, self._around, self._commit, lead)

    def _left(self, paths: Sequence[_Path]) -> Iterator[Any]:
        """What the task has no use for, and a button that takes it away."""
        text = self._around.text
        names = text.say("list.join").join(".".join(path) for path in paths)
        yield widgets.HTML(f"<p>{escape(text.say('form.left', names=names))}</p>")
        button = widgets.Button(description=text.say("form.left.drop"))
        button.on_click(lambda _: self.commit(*(Change(path=path) for path in paths)))
        self.leave = button
        yield button

    def _button(self, name: str, act: Callable[[], bool]) -> Any:
        button = widgets.Button(description=self.text.say(f"form.{name}"))

        def go(_: Any) -> None:
            try:
                done = act()
            except InputError as error:
                self._tell_rest(error.sentences(self.text.lang), [])
                return
            if done:
                for control in self.controls.values():
                    control.kept = None
                self._saved(None, f"form.{name}.done")

        button.on_click(go)
        return button

    def _commit(self, control: Control) -> None:
        """Write what somebody has committed, and say under the field what came of it."""
        path, state = control.field.path, self.file.state
        if refused := control.refusals():
            self._refuse(control, _told(refused, self._around.text, control.label)[0])
            return
        changes = control.changes(self._order[_path_of(control.field)])
        carried: list[Change] = []
        if len(path) == 1 and path[0] in WORDS and changes[0].value is not None:
            carried = carried_on(state, path[0], str(changes[0].value))
        was = getattr(state.units, path[0]) if path[0] in WORDS else ""
        told = self.commit(*changes, *carried, label=control.label)
        if told:
            self._refuse(control, told)
            return
        control.kept = None
        if carried:
            self.say(f"form.carried.{path[0]}", old=was, new=str(changes[0].value),
                     count=len(carried))  # fmt: skip
        elif path == ("task",) and no_longer(self.file.state):
            self.say("form.carried.task")

    def _refuse(self, control: Control, told: Sequence[str]) -> None:
        """Leave what was typed, to be set right, and say why the file does not have it."""
        control.kept = (self._at(control.field.path),)
        control.tell(told)
        self.say("form.refused", field=control.label)

    def _at(self, path: _Path) -> Any:
        """What the file says at a path; nothing where it cannot be read."""
        state = self.file.state
        return None if state.broken else state.document.at(path)

    def _saved(self, done: Commit | None, code: str = "form.saved") -> None:
        self.refresh()
        if done is not None and done.overwrote is not None:
            self.say("form.overwrote", said=str(done.overwrote))
        else:
            self.say(code)
        self._changed()

    def _key(self, block: Block) -> _Key:
        fields = tuple((field, field.label(self._around.text)) for field in block.fields)
        inner = tuple(map(self._key, block.blocks))
        adds = block.adds and (block.adds.path, block.adds.asks == "related" and tuple(
            self._around.names["inputs"]), block.adds.asks == "option" and self._around.state
            .document.at(("task",)))  # fmt: skip
        return (block.title(self._around.text), fields, inner, adds, block.removes, block.leaves,
                block.asks, block.said)  # fmt: skip

    def _told_of_rest(self, blocks: Sequence[Block], state: State) -> tuple[list[str], list[str]]:
        """The faults of this part of the file that stand under no field of any form."""
        fields = [field.path for block in blocks for field, _ in block.all_fields()]
        roots = {path[0] for path in fields}
        roots |= {block.adds.path[0] for block in blocks if block.adds is not None}
        mine = [f for f in state.faults if f.field.split(".")[0] in roots]
        if not mine:
            return [], []
        known = [".".join(path) for path in fields]
        for name in FORMS:
            if name != self.name:
                known += [f.name for b in FORMS[name](state) for f, _ in b.all_fields()]
        loose = [f for f in mine if not any(f"{f.field}.".startswith(f"{n}.") for n in known)]
        return _told(loose, self.text, labels=labels_of(state, self._around.text))

    def _tell_rest(self, told: Iterable[str], lacking: Iterable[str]) -> None:
        said = [f'<p class="mlpdm-fault" role="alert">{escape(line)}</p>' for line in told]
        said += [f'<p class="mlpdm-lack">{escape(line)}</p>' for line in lacking]
        if self.rest.value != "".join(said):
            self.rest.value = "".join(said)


def _path_of(field: Field) -> _Path:
    """Where a control is kept; an origin stands beside the fields of its part."""
    return (*field.path, "*") if field.kind == "origin" else field.path


def _with_inner(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks, and those within them."""
    for block in blocks:
        yield block
        yield from _with_inner(block.blocks)


def _lead(outer: str, block: Block, text: Text) -> str:
    """What the fields of a block are about, for those who don't see where they stand."""
    if not block.code:
        return outer
    if block.name or block.about[0]:
        own = text.name(*block.about) if block.about[0] else block.name
    else:
        more = bool(outer) == block.folded  # a fold within an option is only more of it
        own = "" if more else block.title(text)
    return ": ".join(part for part in (outer, own) if part)


def _place_of(block: Block) -> _Key:
    """Where a block is told again among others; by its path, as its name may change."""
    paths = tuple(field.path for field, _ in block.all_fields())
    return (block.code, "" if paths else block.name, block.about, paths[:1])


def _moved(place: _Key, moves: Mapping[_Path, _Path]) -> _Key:
    """The place of a block after some paths were given other names."""
    *head, paths = place
    for old, new in moves.items():
        paths = tuple((*new, *path[len(old) :]) if path[: len(old)] == old else path
                      for path in paths)  # fmt: skip
    return (*head, paths)


_OPEN = ("missing", "missing-key", "missing-input", "field-empty", "text-empty", "outcome-missing")


def _told(
    faults: Iterable[Fault],
    text: Text,
    label: str = "",
    labels: Mapping[str, str] | None = None,
) -> tuple[list[str], list[str]]:
    """What is wrong, and what is only still to be written, without file and line.

    Under a field, which has its own example, its label stands in place of its path;
    elsewhere that of the field by its path, out of ``labels``.
    """
    told: list[str] = []
    lacking: list[str] = []
    for fault in faults:
        own = f"form.lacking.{fault.field}"
        if fault.code in _OPEN and (label or text.knows(own)):
            lacking.append(text.say("form.lacking" if label else own))
            continue
        called = label or label_of(fault, labels or {}, text)
        (lacking if lacks(fault) else told).append(said_on_page(fault, text, called))
    return list(dict.fromkeys(told)), list(dict.fromkeys(lacking))
