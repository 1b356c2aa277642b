"""Adding an option or a study: what it is, what it is called, and it stands in the file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.file import CaseFile, Change
from mlpdm_kit.case.kinds import OPTION_KINDS, TASK_KINDS, TaskKind
from mlpdm_kit.text import Text


class Adding:
    """A row that adds to a mapping of the case file.

    Parameters
    ----------
    what : {"options", "studies"}
    file : CaseFile
    text : Text
    saved : callable
        What is called when it stands in the file.
    """

    def __init__(self, what: str, file: CaseFile, text: Text, saved: Callable[[], None]) -> None:
        self.what, self.file, self.text, self.saved = what, file, text, saved
        self.called = widgets.Text(description=text.say(f"form.add.{what}.called"))
        self.kind = widgets.Dropdown(description=text.say("label.options.kind"))
        self.button = widgets.Button(description=text.say(f"form.add.{what}"))
        self.told = widgets.HTML()
        self.button.on_click(self._add)
        parts: list[Any] = [self.called, self.button]
        if what == "options":
            self.kind.options = [(text.name("kind", kind), kind) for kind in kinds_for(_task(file))]
            parts.insert(1, self.kind)
        for part in parts[:-1]:
            part.add_class("mlpdm-stacked")
            part.style.description_width = "initial"
            part.layout.width = "auto"
        row = widgets.HBox(parts)
        row.add_class("mlpdm-row")
        self.widget = widgets.VBox([row, self.told])

    def _add(self, _: Any) -> None:
        label = self.called.value.strip()
        if not label:
            said = self.text.say(f"form.add.{self.what}.unnamed")
            self.told.value = f'<p class="mlpdm-fault" role="alert">{said}</p>'
            return
        taken = self.file.state.document.at((self.what,)) or {}
        name = name_of(label, taken, self.what)
        value: dict[str, Any] = {"note": label} if self.what == "studies" else {
            "kind": self.kind.value, "label": label}  # fmt: skip
        self.file.commit(Change(path=(self.what, name), value=value))
        self.saved()


def _task(file: CaseFile) -> TaskKind:
    return TASK_KINDS.get(str(file.state.document.at(("task",))), TASK_KINDS["binary"])


def kinds_for(task: TaskKind) -> list[str]:
    """The kinds of options that a case of a task can have."""
    known = [name for name in OPTION_KINDS if name not in ("none", "all", "constant")]
    search = ("popular", "tfidf", "bm25")
    found = [name for name in known if task.answers == "rank" or name not in search]
    return [name for name in found if task.name == "binary" or name != "review"]


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
