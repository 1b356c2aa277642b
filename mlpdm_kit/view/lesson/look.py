"""A flawed case looked into without its file: what is written in it, what the kit says of it.

Whoever reads no YAML finds the flaw in tables of what people wrote, of the record and of the
data, and takes the line that mends it from a list of the case's values, instead of writing
its path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.fields import Field
from mlpdm_kit.case.editing.file import State, read_state
from mlpdm_kit.case.load import file_in, load_case
from mlpdm_kit.case.tables import Table as DataFile
from mlpdm_kit.course.flaws import DRAWS, flaws
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.folds import folds
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.steps import decide
from mlpdm_kit.record.tables import NONE, Cell, Head, Table
from mlpdm_kit.text import Text
from mlpdm_kit.view import html
from mlpdm_kit.view.forms.base import stacked
from mlpdm_kit.view.forms.blocks import FORMS
from mlpdm_kit.view.lesson.noted import about, checks_of, facts_of, fields_in, notes_of

TOLD = ("errors", "inputs", "options", "worth")  # parts of the record that are shown
PLACES = ("amounts", "outcomes", "options", "worth", "data")  # forms whose values can be flawed
KINDS = ("quantity", "column", "columns", "file", "rule", "count")
DATA = (".csv", ".parquet")
MOST_VALUES = 3  # of a column, that are shown
SELDOM = frozenset(
    {"stages", "incidents", "budget", "tokens", "ask", "retrain", "retrain_every", "column"}
)  # parts whose fields are listed only where they are written
NEW = ("kind: rule", "label: ", "build: ")  # of an option that is added, beside how good it is


class Look:
    """A button that shows the case, and a list of its values.

    Parameters
    ----------
    name : str
        The exercise.
    lang : {"en", "ja"}
    take : callable
        Takes a line for the mend.
    """

    def __init__(self, name: str, lang: str, take: Callable[[str], None]) -> None:
        self.lang, self.text, self._take = lang, Text(lang), take
        self.case = file_in(flaws()[name].folder, lang)
        self.button = widgets.Button(description=self.text.say("course.look"))
        self.button.layout.width = "auto"
        self.button.on_click(self._show)
        self.shown = widgets.HTML()
        self.lines = dict(lines(read_state(self.case), self.text))
        options = [(self.text.say("course.choose"), ""), *self.lines.items()]
        self.list = stacked(widgets.Dropdown(description=self.text.say("course.look.values"),
                                             options=options, value=""))  # fmt: skip
        self.list.observe(self._chosen, "value")
        self.above = widgets.VBox([self.button, self.shown])

    def _show(self, _: Any) -> None:
        if self.shown.value:
            self.shown.value = ""
            self.button.description = self.text.say("course.look")
            return
        self.button.disabled = True
        try:
            self.shown.value = looked_into(self.case, self.lang)
            self.button.description = self.text.say("course.look.away")
        except InputError as error:
            lead = self.text.say("page.faults")
            told = [fault.placeless().sentence(self.lang) for fault in error.faults]
            self.shown.value = html.faults(lead, told, lang=self.lang)
        finally:
            self.button.disabled = False

    def _chosen(self, change: Any) -> None:
        if change["new"]:
            self._take(change["new"])
            self.list.value = ""


def looked_into(case: Path, lang: str) -> str:
    """What is written in a case, what the kit says of it, and what its data hold."""
    text, state = Text(lang), read_state(case)
    record = decide(load_case(case), draws=DRAWS)
    says = Sentences.of_record(record, lang)
    parts = {one.key: one for one in folds(record, says)}
    said = _part(
        parts["question"].heading, html.table(facts_of(parts["question"], text), lang=lang)
    )
    answers = html.table(checks_of(state, text), lang=lang)
    lead = escape(text.say("course.look.checks"))
    said += f"<details><summary>{lead}</summary>{answers}</details>"
    notes = html.table(notes_of(state, text), lang=lang)
    said += _part(text.say("course.look.notes"), notes)
    said += "".join(
        _part(parts[key].heading, html.fold(parts[key], lang=lang)) for key in TOLD if key in parts
    )
    for file in sorted(case.parent.iterdir()):
        if file.suffix in DATA:
            said += html.table(columns_of(case.parent, file.name, text), lang=lang)
    return html.fitting(said, kind="look")


def _part(heading: str, inside: str) -> str:
    return f"<h4>{escape(heading)}</h4>{inside}"


def columns_of(folder: Path, name: str, text: Text) -> Table:
    """The columns of a data file: which values each has, and how many are missing."""
    with DataFile(folder, name) as data:
        frame = data.frame()
    rows = tuple(
        (
            Cell(text=str(column)),
            Cell(text=_values(frame[column], text)),
            Cell(text=text.count(int(frame[column].isna().sum())), number=True),
        )
        for column in frame.columns
    )
    heads = [Head(text=text.say(f"course.look.head.{one}"), number=one == "missing")
             for one in ("column", "values", "missing")]  # fmt: skip
    caption = text.say("course.look.data", file=name, n=len(frame))
    return Table(caption=caption, heads=tuple(heads), rows=rows)


def _values(column: Any, text: Text) -> str:
    """The ends of a column of numbers; of any other the values that stand in it most often."""
    known = column.dropna()
    if known.empty:
        return NONE
    if known.dtype.kind in "iuf":
        return text.say("course.look.between", low=float(known.min()), high=float(known.max()))
    often = [str(one) for one in known.value_counts().index[:MOST_VALUES]]
    code = "course.look.values.all" if known.nunique() <= MOST_VALUES else "course.look.values.some"
    return text.say(code, values=", ".join(often), n=int(known.nunique()))


def lines(state: State, text: Text) -> Iterator[tuple[str, str]]:
    """Each value of a case, as people call it, and the line that says it in a mend.

    Those that are written in the case come first, then those that could be.
    """
    found: dict[str, tuple[str, str, str]] = {}
    for form in PLACES:
        for lead, field in fields_in(FORMS[form](state), text):
            path, value = _written(field, state)
            if _is_value(field) and (value or not _is_seldom(field)):
                found.setdefault(field.name, (about(lead, field.label(text), text), path, value))
    for said, path, value in sorted(found.values(), key=lambda one: not one[2]):
        shown = text.say("course.look.line", about=said, value=value or NONE, path=path)
        yield shown, f"{path}: {value}"
    yield text.say("course.look.option"), "\n".join(f"options.new.{one}" for one in _new(state))


def _is_value(field: Field) -> bool:
    return field.kind in KINDS or (field.path[0], field.path[2:]) == ("options", ("value",))


def _is_seldom(field: Field) -> bool:
    """Whether it is seldom written; the name that people gave to an option says nothing of it."""
    return bool({field.path[0], *field.path[2:]} & SELDOM)


def _written(field: Field, state: State) -> tuple[str, str]:
    """Where its figure stands, and what is written there."""
    value = state.document.at(field.path)
    if isinstance(value, dict):
        return f"{field.name}.{field.value_at}", _plain(value.get(field.value_at))
    priced = field.path[0] == "outcomes" and field.kind == "quantity"  # as a cost or as a gain
    return f"{field.name}.{field.value_at}" if priced else field.name, _plain(value)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _new(state: State) -> Iterator[str]:
    """What an option without ML has to say."""
    yield from NEW[:2]
    if state.document.at(("task",)) == "formula":
        yield "value: "
    elif state.document.at(("data", "file")):
        yield "when: "
    else:
        yield from ("rates.recall: ", "rates.false_positive_rate: ")
    yield from NEW[2:]
