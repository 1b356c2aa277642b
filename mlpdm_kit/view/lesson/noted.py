"""What people have written in a case beside its figures: the question, answers, notes, formulas.

It is what a reader of the file sees and the record's tables leave out, or show elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.editing.fields import Field
from mlpdm_kit.case.editing.file import State
from mlpdm_kit.record.tables import NONE, Cell, Fold, Head, Table
from mlpdm_kit.text import Text
from mlpdm_kit.view.forms.blocks import FORMS
from mlpdm_kit.view.forms.parts import Block, Path_

PLACES = ("amounts", "outcomes", "options", "worth", "data", "record", "studies")
WRITTEN = ("note", "source", "when", "predictions", "confirmation")  # names of what is told


def fields_in(blocks: Any, text: Text, lead: str = "") -> Iterator[tuple[str, Field]]:
    """Those of a form's blocks, each with the name of the option that it is a part of.

    A name that the label says already is not said before it too.
    """
    for block in blocks:
        assert isinstance(block, Block)
        said = {field.label(text) for field in block.fields}
        own = lead if not block.name or said == {block.name} else block.name
        yield from ((own, field) for field in block.fields)
        yield from fields_in(block.blocks, text, own)


def about(lead: str, label: str, text: Text) -> str:
    """What something is called, after the name of what it is a part of."""
    return text.say("course.look.about", lead=lead, label=label) if lead else label


def facts_of(fold: Fold, text: Text) -> Table:
    """The facts of a part of a record as a table."""
    rows = tuple((Cell(text=name), Cell(text=said)) for name, said in fold.facts)
    return Table(caption="", heads=_heads(text, "about", "written"), rows=rows)


def checks_of(state: State, text: Text) -> Table:
    """How the checks were answered."""
    rows = []
    for name, answer in _mapping(state.document.at(("checks",))).items():
        said = _mapping(answer)
        given = str(said.get("answer", ""))
        code, source = f"record.gates.answer.{given}", said.get("source")
        if name in CHECKS:
            rows.append((
                Cell(text=text.say(f"check.{name}.question")),
                Cell(text=text.say(code) if text.knows(code) else given or NONE),
                Cell(text=text.name("evidence", str(said["evidence"]))
                     if said.get("evidence") else NONE),
                Cell(text=str(said.get("note") or NONE),
                     note=text.say("record.gates.source", text=source) if source else ""),
            ))  # fmt: skip
    heads = _heads(text, "check", "answer", "evidence", "note")
    return Table(caption="", heads=heads, rows=tuple(rows))


def notes_of(state: State, text: Text) -> Table:
    """Every note, source and formula of a case, and what each is about."""
    known = {
        field.path: (lead, field)
        for place in PLACES
        for lead, field in fields_in(FORMS[place](state), text)
    }
    rows = []
    for path, said in _leaves(state.document.values):
        if path[0] != "checks" and _is_told(path):
            concerns, kind = _concerns(path, known, state, text)
            rows.append((Cell(text=concerns), Cell(text=kind), Cell(text=said)))
    return Table(caption="", heads=_heads(text, "about", "kind", "written"), rows=tuple(rows))


def _is_told(path: Path_) -> bool:
    is_formula = path[0] == "options" and path[2:] == ("value",)
    return path[-1] in WRITTEN or is_formula


def _concerns(
    path: Path_, known: Mapping[Path_, tuple[str, Field]], state: State, text: Text
) -> tuple[str, str]:
    """What a text is about, and what it is."""
    if path in known:
        lead, field = known[path]
        return lead or _part(path, state, text), field.label(text)
    kind = text.say(code) if text.knows(code := f"label.input.{path[-1]}") else path[-1]
    kind = kind[:1].upper() + kind[1:]  # begun small, for mid-sentence
    for end in range(len(path) - 1, 0, -1):
        if path[:end] in known:
            lead, field = known[path[:end]]
            return about(lead, field.label(text), text), kind
    return _part(path, state, text), kind


def _part(path: Path_, state: State, text: Text) -> str:
    """The option, the data, or the whole case."""
    if path[0] == "options" and len(path) > 2:
        return str(state.document.at((*path[:2], "label")) or path[1])
    return text.say("course.look.about.data" if path[0] == "data" else "concerns.case")


def _leaves(values: Any, path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """Every text of a case with its path."""
    if isinstance(values, Mapping):
        for name, value in values.items():
            yield from _leaves(value, (*path, str(name)))
    elif isinstance(values, list):
        for place, value in enumerate(values):
            yield from _leaves(value, (*path, str(place)))
    elif isinstance(values, str) and path:
        yield path, values


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _heads(text: Text, *names: str) -> tuple[Head, ...]:
    return tuple(Head(text=text.say(f"course.look.head.{one}")) for one in names)
