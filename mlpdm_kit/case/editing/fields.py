"""The fields of a case file as a form shows them, read off the case model.

The model is the only place where a field is written down. What a form needs beside that
(in how many lines a text is written, which names can be chosen) stands in the annotation
as `Shown`; the label and the help stand in the catalogues under the field's place, as in
``label.options.build`` and ``field.options.build``.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date as Date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from rapidfuzz import fuzz

from mlpdm_kit.case.inputs import In, Input
from mlpdm_kit.case.translate import HIDDEN
from mlpdm_kit.case.words import Shown
from mlpdm_kit.text import Text

PLACES = {  # where the fields of each part stand in a case, as the catalogue names them
    "Case": "",
    "People": "people.",
    "Framing": "framing.",
    "Goal": "framing.goal.",
    "Answer": "checks.",
    "Data": "data.",
    "Documents": "data.documents.",
    "Grading": "grading.",
    "GradedField": "grading.fields.",
    "Tolerance": "grading.tolerance.",
    "Option": "options.",
    "Stages": "options.stages.",
    "Ask": "options.ask.",
    "Tokens": "options.tokens.",
    "Stage": "stages.",
    "Look": "check.",
    "Study": "studies.",
    "Incident": "incidents.",
    "Budget": "budget.",
    "Related": "correlations.",
    "Design": "design.",
    "ErrorCase": "design.errors.",
    "Rollback": "design.rollback.",
    "Evaluation": "evaluation.",
    "KpiLink": "evaluation.kpi.",
    "SegmentsPlan": "evaluation.segments.",
    "Explanation": "evaluation.explanation.",
    "LiveTest": "evaluation.live_test.",
    "Collection": "collection.",
    "Logged": "collection.log.",
    "Annotation": "collection.annotation.",
    "Governance": "governance.",
    "Policy": "governance.policy.",
    "Deletion": "governance.deletion.",
}
EVERYWHERE = ("evidence", "source", "note", "owner")  # said the same way of whatever it is


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a case file.

    Parameters
    ----------
    path : tuple of str
        Where it stands in the file.
    kind : str
        How it is filled in: a key of the forms' own kinds, as ``line`` or ``quantity``.
    place : str
        Its name in the catalogues, as ``options.build``.
    dimension : str
        Of a quantity, in which it is read.
    choices : tuple of str
        Of a choice, the words of the case file.
    least, most : float or None
        Bounds of a count.
    required : bool
        Whether a case cannot be read without it.
    value_at : str
        The name under which a quantity's figure stands beside its evidence.
    called : str
        Code of its label, where its place is not enough to name it.
    about : tuple of str
        Kind and key of a name that its label holds, as ``("outcome", "wrong")``.
    """

    path: tuple[str, ...]
    kind: str
    place: str
    dimension: str = ""
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    required: bool = False
    value_at: str = "value"
    called: str = ""
    about: tuple[str, str] = ("", "")

    @property
    def name(self) -> str:
        """Its dotted path, as faults name it."""
        return ".".join(self.path)

    def label(self, text: Text) -> str:
        """What stands above it."""
        if self.called:
            kind, key = self.about
            return text.say(self.called, about=text.name(kind, key) if kind else key)
        return _catalogued("label", self.place, text) or text.name("label", self.path[-1])

    def help(self, text: Text) -> str:
        """What is to be written, with an example; nothing where that is what the label says.

        Of a choice whose words are explained, a line for each.
        """
        own = f"{'.'.join(self.about)}.help"
        said = text.say(own) if text.knows(own) else _catalogued("field", self.place, text)
        same = fuzz.ratio(_bare(said), _bare(self.label(text))) >= _SAME
        told = [] if same or not said else [said]
        return "\n".join([*told, *choices_told(self.place, self.choices, text)])


def choices_told(place: str, choices: Iterable[str], text: Text) -> list[str]:
    """Of each choice that is explained, a line with an example."""
    return [
        text.say("form.choice.help", choice=text.say(code), help=text.say(f"{code}.help"))
        for code in (f"choice.{place}.{word}" for word in choices)
        if text.knows(f"{code}.help")
    ]


_SAME = 86  # of 100: what differs is a word or two
_FILLING = re.compile(r"^(whether|the|under|on)\s+|\b(a|an|the)\s+|(です|かどうか)?[.。]$|[\s、]")


def _bare(said: str) -> str:
    """A sentence without what makes it one, to be held against a label."""
    return _FILLING.sub("", said.lower())


def _catalogued(kind: str, place: str, text: Text) -> str:
    own, last = f"{kind}.{place}", place.rpartition(".")[2]
    for code in (own, f"{kind}.input.{last}"):
        if text.knows(code):
            return text.say(code)
    return ""


def fields_of(
    part: type[BaseModel], path: tuple[str, ...] = (), *, place: str | None = None
) -> Iterator[Field]:
    """The fields of a part of a case, in the order of its model; parts within it are theirs.

    Parameters
    ----------
    part : a model of the case
    path : tuple of str
        Where the part stands in the file.
    place : str, optional
        Its place in the catalogues; by default that of the model.

    Examples
    --------
    >>> from mlpdm_kit.case.option import Option
    >>> build = next(f for f in fields_of(Option, ("options", "rule")) if f.path[-1] == "build")
    >>> build.name, build.kind, build.dimension
    ('options.rule.build', 'quantity', 'money')
    """
    where = PLACES[part.__name__] if place is None else place
    for name, info in part.model_fields.items():
        if name in HIDDEN:
            continue
        annotation = (
            Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
        )
        said = _kind(annotation)
        if said is None:
            continue
        kind, rest = said
        yield Field(
            path=(*path, name),
            kind=kind,
            place=f"{where}{name}",
            required=info.is_required(),
            **rest,
        )


def order_of(part: type[BaseModel]) -> tuple[str, ...]:
    """The names of a part in the order in which its model has them."""
    return tuple(name for name in part.model_fields if name not in HIDDEN)


def _kind(annotation: Any) -> tuple[str, dict[str, Any]] | None:
    """How something of this type is filled in; None for what is a part or a mapping itself."""
    bare, notes = _plain(annotation)
    for note in notes:
        if isinstance(note, Shown):
            return note.kind, {"choices": note.choices}
        if isinstance(note, In):
            return "quantity", {"dimension": note.dimension}
    if bare is Input:
        return None
    if get_origin(bare) is Literal:
        return "choice", {"choices": tuple(map(str, get_args(bare)))}
    if bare in (int, float):
        return "count", _bounds(notes)
    simple = {str: "line", bool: "tick", Date: "day"}.get(bare)
    if simple is not None:
        return simple, {}
    if bare == tuple[str, ...]:
        return "names", {}
    return None


def _plain(annotation: Any) -> tuple[Any, list[Any]]:
    """The type itself, without what may be missing, and all that is noted of it."""
    notes: list[Any] = []
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            notes += more
        elif origin in (Union, types.UnionType):
            some = [arm for arm in get_args(annotation) if arm is not type(None)]
            annotation = some[0]
        else:
            return annotation, notes


def _bounds(notes: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for note in notes:
        for name, own in (("ge", "least"), ("gt", "least"), ("le", "most"), ("lt", "most")):
            if getattr(note, name, None) is not None:
                found[own] = float(getattr(note, name))
    return found
