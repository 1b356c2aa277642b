"""How a form says what stands in the file: choices and units by name, values as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlpdm_kit.case.editing.fields import Field
from mlpdm_kit.case.editing.file import State
from mlpdm_kit.record.tables import Cell, Head, Table
from mlpdm_kit.text import Text
from mlpdm_kit.view.forms.blocks import FORMS


def form_table(name: str, state: State, text: Text) -> Table:
    """What a form would show, as a table: what it is, what stands there, where it is from.

    Parameters
    ----------
    name : str
        A key of `FORMS`.
    state : State
    text : Text
    """
    heads = tuple(Head(text=text.say(f"form.table.{head}")) for head in ("field", "value", "from"))
    rows = tuple(_rows(name, state, text))
    return Table(caption=text.say("form.table"), heads=heads, rows=rows)


def _rows(name: str, state: State, text: Text) -> Iterator[tuple[Cell, ...]]:
    for block in FORMS[name](state):
        for field, name in block.all_fields():
            value = state.document.at(field.path)
            if value in (None, "", [], {}) or field.kind == "origin":
                continue
            said = value if isinstance(value, Mapping) else {}
            shown = said.get(field.value_at, said.get("answer")) if said else value
            label = field.label(text)
            yield (
                Cell(text=label, note=name),
                Cell(text=_value(field, shown, text)),
                Cell(text=_origin(said, text) if said or field.kind == "quantity" else ""),
            )


def _value(field: Field, value: Any, text: Text) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return choice_name(field, str(value), text) if field.choices else str(value)


def _origin(said: Mapping[str, Any], text: Text) -> str:
    word = str(said.get("evidence") or "assumed")
    code = f"choice.evidence.{word}"
    parts = [text.say(code) if text.knows(code) else word]
    parts += [str(said[name]) for name in ("source", "owner", "note") if said.get(name)]
    return "; ".join(parts)


def choice_name(field: Field, word: str, text: Text) -> str:
    """What people call a word of the case file."""
    for code in (f"choice.{field.place}.{word}", f"choice.{field.path[-1]}.{word}", f"kind.{word}"):
        if text.knows(code) and (not code.startswith("kind.") or field.path[-1] == "kind"):
            return text.say(code)
    return word


_KINDS = {"option": "option", "options": "option", "inputs": "input"}


def known_name(kind: str, word: str, text: Text) -> str:
    """What people call a name that there is around the case: an option, an input, a column."""
    return text.name(_KINDS[kind], word) if kind in _KINDS else word


def unit_name(unit: str, text: Text) -> str:
    """A unit as people say it; as it is written where the catalogue has no other word.

    Examples
    --------
    >>> unit_name("JPY per month", Text("ja")), unit_name("% per year", Text("en"))
    ('JPY/月', '% a year')
    """
    head, per, last = unit.rpartition("per ")
    if per:
        code = f"form.unit.per.{last}"
        code = code if text.knows(code) else "form.unit.per.other"
        return text.say(code, head=head.strip(), per=last).strip()
    code = f"form.unit.{unit}"
    return text.say(code) if text.knows(code) else unit or text.say("form.unit.none")
