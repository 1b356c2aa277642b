"""What forms are made of: blocks of fields, blocks within them, and what can be added."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from mlpdm_kit.case.editing.fields import EVERYWHERE, Field, fields_of, order_of
from mlpdm_kit.case.editing.file import State
from mlpdm_kit.case.kinds import TASK_KINDS, TaskKind
from mlpdm_kit.text import Text

Path_ = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Adds:
    """What can be added to a mapping or a list of the file.

    Parameters
    ----------
    what : str
        Its name in the catalogues, as in ``form.add.<what>``.
    path : tuple of str
        Where it is added.
    asks : {"name", "option", "pair", "related"}
        What is asked for: a name; a name and a kind of option; two classes; two inputs and
        how closely they move together.
    slugged : bool
        Whether the file gets a short name out of what was typed.
    label_at : str
        Where what was typed stands in the new entry.
    in_list : bool
        Whether it is one more item of a list.
    entry : mapping or None
        What the new entry holds; None leaves its name open, to be filled in.
    """

    what: str
    path: Path_
    asks: str = "name"
    slugged: bool = False
    label_at: str = ""
    in_list: bool = False
    entry: Any = None


@dataclass(frozen=True, kw_only=True)
class Block:
    """Fields under one heading.

    Parameters
    ----------
    code : str
        Of its heading in the catalogues; empty for none.
    fields : tuple of Field
    order : tuple of str
        The names of the mapping that the fields stand in, in the order of the model.
    name : str
        What the heading is about, where that is a name that people gave.
    about : tuple of str
        Kind and key of a name in the catalogues that it is about.
    folded : bool
        Whether it is opened only by who wants it.
    blocks : tuple of Block
        What stands within it, under the fields.
    adds : Adds, optional
        What can be added here.
    removes : tuple of str
        The path that can be taken away with all in it.
    renames : bool
        Whether that can be given another name.
    slugged : bool
        Whether the file then gets a short name out of what was typed.
    leaves : tuple of paths
        What the task has no use for, to be taken away with one button.
    opens : bool
        Whether it stands open while something in it is missing or wrong.
    asks, said : str
        A question of its own in the catalogues, and what people wrote that it is about.
    """

    code: str = ""
    fields: tuple[Field, ...] = ()
    order: tuple[str, ...] = ()
    name: str = ""
    about: tuple[str, str] = ("", "")
    folded: bool = False
    blocks: tuple[Block, ...] = ()
    adds: Adds | None = None
    removes: Path_ = ()
    renames: bool = False
    slugged: bool = False
    leaves: tuple[Path_, ...] = ()
    opens: bool = False
    asks: str = ""
    said: str = ""

    def title(self, text: Text) -> str:
        """Its heading."""
        name = text.name(*self.about) if self.about[0] else self.name
        said = text.say(self.code, name=name) if self.code else ""
        bare = "words." in self.code or "words." in self.about[0]  # begun small, for mid-sentence
        return said[:1].upper() + said[1:] if bare else said

    def all_fields(self) -> Iterator[tuple[Field, str]]:
        """Its fields and those of the blocks within it, with the name that each is about."""
        for field in self.fields:
            yield field, self.name
        for inner in self.blocks:
            for field, name in inner.all_fields():
                yield field, name or self.name


Blocks = Callable[[State], Iterator[Block]]


def task_of(state: State) -> TaskKind:
    """The task of a case, as far as it is written."""
    return TASK_KINDS.get(str(state.document.at(("task",))), TASK_KINDS["binary"])


def some(part_: type[BaseModel], names: Sequence[str], path: Path_ = ()) -> tuple[Field, ...]:
    """Some fields of a part of the case, in the order of their names."""
    found = {field.path[-1]: field for field in fields_of(part_, path)}
    return tuple(found[name] for name in names if name in found)


def part(model: type[BaseModel], path: Path_, code: str, **more: Any) -> Block:
    """All fields of a part of the case; where it comes from is one field at the end."""
    fields = list(fields_of(model, path))
    if "evidence" in model.model_fields:
        fields = [field for field in fields if field.path[-1] not in EVERYWHERE]
        fields.append(Field(path=path, kind="origin", place="origin"))
    return Block(code=code, fields=tuple(fields), **{"order": order_of(model), **more})


def mapping(
    state: State, path: Path_, what: str, *, dimension: str, place: str = ""
) -> Iterator[Block]:
    """Quantities under names that people give: each with its name, and one more to add."""
    for name in state.document.at(path) or {}:
        own = (*path, name)
        field = Field(path=own, kind="quantity", place=place or ".".join(path),
                      dimension=dimension, called="form.about", about=("", name))  # fmt: skip
        yield Block(fields=(field,), name=name, removes=own, renames=True)
    yield Block(adds=Adds(what=what, path=path))
