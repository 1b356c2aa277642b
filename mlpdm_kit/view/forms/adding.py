"""Adding to a mapping or a list of the file, renaming and taking away what people named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.file import CaseFile, Change
from mlpdm_kit.case.editing.option_fields import kinds_for
from mlpdm_kit.case.kinds import PAIR, TASK_KINDS, TaskKind
from mlpdm_kit.view.forms.base import Around, same_name, stacked, within
from mlpdm_kit.view.forms.parts import Adds, Block
from mlpdm_kit.view.forms.said import known_name

Do = Callable[..., list[str]]  # makes changes, and gives what is wrong with them, in words
Say = Callable[..., None]  # says how it stands, in the bar above the form


class Adding:
    """A row that adds to the case file.

    Parameters
    ----------
    adds : Adds
    file : CaseFile
    around : Around
    do : callable
        What makes changes to the file and gives the faults that were found, as lines.
    say : callable
    lead : str
        What it adds to, for those who don't see under which heading it stands.
    """

    def __init__(
        self, adds: Adds, file: CaseFile, around: Around, do: Do, say: Say, lead: str = ""
    ) -> None:
        self.adds, self.file, self.around, self._do, self._lead = adds, file, around, do, lead
        self._say = say
        self.button = widgets.Button(description=self._says(""))
        self.told = widgets.HTML()
        self.button.on_click(self._add)
        self.inputs = getattr(self, f"_asks_{adds.asks}")()
        for one in self.inputs:
            stacked(one)
        row = widgets.HBox([*self.inputs, self.button])
        row.add_class("mlpdm-row")
        self.widget = widgets.VBox([row, self.told])
        self.widget.add_class("mlpdm-field")
        if adds.slugged:
            self.called.observe(self._foretell, names="value")

    def after_removal(self, undo: Any) -> None:
        """Say here that something is gone, and how it comes back: its own place is gone too."""
        said = escape(self.around.text.say("form.removed"))
        gone = widgets.HTML(f'<p class="mlpdm-echo" role="status">{said}</p>')
        row = widgets.HBox([gone, undo])
        row.add_class("mlpdm-bar")
        self.widget.children = [*self.widget.children[:2], row]
        self.inputs[0].focus()

    def settle(self) -> None:
        """Say no more of what was removed."""
        self.widget.children = self.widget.children[:2]

    def _foretell(self, _: Any) -> None:
        """Say under what name the file will keep what is being typed."""
        label = str(self.called.value or "").strip()
        name = name_of(label, self._taken(), self.adds.path[-1]) if label else ""
        said = self.around.text.say("form.id.will", id=name) if name != label else ""
        self.told.value = f'<p class="mlpdm-echo" role="status">{escape(said)}</p>' if said else ""

    def _taken(self) -> Any:
        return self.file.state.document.at(self.adds.path) or {}

    def _says(self, part: str) -> str:
        return self.around.text.say(f"form.add.{self.adds.what}{part}")

    def _named(self, widget: Any, label: str) -> Any:
        widget.description_allow_html = True
        widget.description = within(self._lead, label) if self._lead else escape(label)
        return widget

    def _asks_name(self) -> list[Any]:
        self.called = self._named(widgets.Text(), self._says(".called"))
        return [self.called]

    def _asks_option(self) -> list[Any]:
        text = self.around.text
        kinds = [(text.name("kind", kind), kind) for kind in kinds_for(_task(self.file))]
        self.kind = self._named(widgets.Dropdown(options=kinds), text.say("label.options.kind"))
        return [*self._asks_name(), self.kind]

    def _asks_pair(self) -> list[Any]:
        self.other = self._named(widgets.Text(), self._says(".other"))
        return [*self._asks_name(), self.other]

    def _asks_related(self) -> list[Any]:
        known = [(known_name("inputs", name, self.around.text), name)
                 for name in self.around.names.get("inputs", ())]  # fmt: skip
        self.called, self.other = (
            self._named(widgets.Dropdown(options=known), self._says(part))
            for part in (".called", ".other")
        )
        self.rank = self._named(widgets.Text(), self.around.text.say("label.correlations.rank"))
        return [self.called, self.other, self.rank]

    def _add(self, _: Any) -> None:
        label = str(self.called.value or "").strip()
        if not label:
            self._tell([self._says(".unnamed")])
            return
        if self.adds.asks == "option":
            other = same_name(label, self.around.state)
            if other:
                self._tell([self.around.text.say("form.option.twice", other=other)])
                return
        change = self._change(label)
        faults = self._do(change)
        self._tell(faults)
        if self.adds.slugged and not faults and change.path[-1] != label:
            self._say("form.id.made", label=label, id=change.path[-1])

    def _tell(self, lines: Any) -> None:
        self.told.value = "".join(
            f'<p class="mlpdm-fault" role="alert">{escape(line)}</p>' for line in lines
        )

    def _change(self, label: str) -> Change:
        adds, path = self.adds, self.adds.path
        taken = self._taken()
        if adds.in_list or adds.asks == "related":
            item: Any = {adds.label_at: label}
            if adds.asks == "related":
                item = {"between": [label, self.other.value], "rank": self.rank.value.strip()}
            if not taken:
                return Change(path=path, value=[item])
            return Change(path=(*path, str(len(taken))), value=item)
        name = name_of(label, taken, path[-1]) if adds.slugged else label
        entry = adds.entry
        if adds.asks == "pair":
            name = f"{label} {PAIR} {self.other.value.strip()}"
        elif adds.asks == "option":
            entry = {"kind": self.kind.value, "label": label}
        elif adds.label_at:
            entry = {adds.label_at: label}
        if name in taken:
            return Change(path=(*path, name), value=taken[name])
        return Change(path=(*path, name), value=entry, opened=entry is None)


class Named:
    """What people named: another name for it, and a button that takes it away."""

    def __init__(self, block: Block, around: Around, do: Do, say: Say, lead: str = "") -> None:
        self.block, self.around, self._do, self._say = block, around, do, say
        text, parts = around.text, []
        self.told = widgets.HTML()
        if block.renames:
            whole = lead if block.code else ": ".join(filter(None, (lead, block.name)))
            part = within(whole, text.say("form.rename.called"))
            self.called = stacked(widgets.Text(value=block.name, description=part,
                                               continuous_update=False))  # fmt: skip
            self.called.description_allow_html = True
            self.called.observe(self._rename, names="value")
            parts.append(self.called)
        self.button = widgets.Button(description=text.say("form.remove", name=block.name))
        self.button.on_click(self._remove)
        row = widgets.HBox([*parts, self.button])
        row.add_class("mlpdm-row")
        self.widget = widgets.VBox([row, self.told])
        self.widget.add_class("mlpdm-field")
        own = block.removes[-1]
        if block.name != own and not own.isdecimal():  # an item of a list has no name
            said = text.say("form.id", id=own)
            self.told.value = f'<p class="mlpdm-echo">{escape(said)}</p>'

    def _rename(self, change: Any) -> None:
        label = name = str(change["new"]).strip()
        if name and self.block.slugged:
            name = name_of(name, (), self.block.removes[-2])
        if name and name != self.block.name:
            faults = self._do(Change(path=self.block.removes, name=name))
            self._tell(faults)
            if name != label and not faults:
                self._say("form.id.made", label=label, id=name)

    def _remove(self, _: Any) -> None:
        self._tell(self._do(Change(path=self.block.removes)))

    def _tell(self, lines: Any) -> None:
        self.told.value = "".join(
            f'<p class="mlpdm-fault" role="alert">{escape(line)}</p>' for line in lines
        )


def _task(file: CaseFile) -> TaskKind:
    return TASK_KINDS.get(str(file.state.document.at(("task",))), TASK_KINDS["binary"])


def name_of(label: str, taken: Any, what: str) -> str:
    """A short name for the file, out of what people call it.

    Examples
    --------
    >>> name_of("Amount and vendor!", {}, "options")
    'amount-and-vendor'
    >>> name_of("Amount", {"amount": {}}, "options")
    'amount-2'
    """
    plain = unicodedata.normalize("NFKC", label).lower()
    words = re.sub(r"[^\w]+", "-", plain).strip("-_")[:40] or what.rstrip("s")
    name, number = words, 1
    while name in taken:
        number += 1
        name = f"{words}-{number}"
    return name
