"""How answers that are texts are graded, as the case file says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from mlpdm_kit.case.inputs import Frozen
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.case.values import is_silent, read_amount, read_day
from mlpdm_kit.case.words import Column, Either, Shown
from mlpdm_kit.errors import Fault, Row

if TYPE_CHECKING:
    from mlpdm_kit.case.model import Case

GRADED_TASKS = tuple(sorted(kind.name for kind in TASK_KINDS.values() if "grades" in kind.has))
_LEVELS = {  # what a cutoff of overlap leads to, the best first
    "generation": ("usable", "needs_editing"),
    "extraction": ("right",),
    "multiclass": ("right",),
}


class Tolerance(Frozen):
    """How far a number may be off and still be right: by either of the two."""

    absolute: float = Field(default=0.0, ge=0)
    relative: float = Field(default=0.0, ge=0)


def _size(value: Any) -> Any:
    """A number as written: ``0.5``, ``1%``, ``1,000 JPY``."""
    read = None if isinstance(value, bool) else read_amount(value)
    if read is None or read.value < 0:
        raise PydanticCustomError("tolerance", "tolerance", {})
    return read.value


def _read_tolerance(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _size(v) if k in ("absolute", "relative") else v for k, v in value.items()}
    if isinstance(value, Tolerance):
        return value
    return {"relative" if "%" in str(value) else "absolute": _size(value)}


def _read_cutoff(value: Any) -> Any:
    found = _size(value)
    if not 0 < found <= 1:
        raise PydanticCustomError("cutoff", "cutoff", {})
    return found


Off = Annotated[Tolerance, BeforeValidator(_read_tolerance), Shown("line")]
Cutoff = Annotated[float, BeforeValidator(_read_cutoff)]


class GradedField(Frozen):
    """One field of an answer: how it is compared, and how bad it is to have it wrong.

    ``column`` is the data's column that holds the reference, where the target is no JSON
    object; without it, the one called like the field.
    """

    kind: Literal["text", "exact", "amount", "date"] = "text"
    column: Column = ""
    tolerance: Off = Tolerance()
    severe: Either | None = None


class Grading(Frozen):
    """The grader of a case's answers, and what it needs to know."""

    grader: Literal["exact", "normalised", "numeric", "fields", "overlap", "people"]
    tolerance: Off = Tolerance()
    fields: dict[str, GradedField] = Field(default_factory=dict)
    cutoffs: dict[str, Cutoff] = Field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the data that hold references, by field."""
        return tuple(field.column or name for name, field in self.fields.items())


def grading_faults(case: Case) -> Iterator[Fault]:
    """What does not fit together: grader, task, and what it needs."""
    grades = case.data.grades if case.data is not None else None
    if grades and case.task not in GRADED_TASKS:
        yield Fault(code="not-for-task", field="data.grades", value=case.task)
    grading = case.grading
    if grading is None:
        return
    if case.task not in GRADED_TASKS:
        yield Fault(code="not-for-task", field="grading", value=case.task)
        return
    if case.data is None:
        yield Fault(code="missing-key", field="data", figures={"example": "data: {file: a.csv}"})
        return
    if grading.grader == "people":
        if not grades:
            example = {"example": "grades: grades.csv"}
            yield Fault(code="missing-key", field="data.grades", figures=example)
    elif case.data.target is None and not grading.fields:
        yield Fault(code="missing-key", field="data.target", figures={"example": "target: total"})
    for word, grader in (("tolerance", "numeric"), ("fields", "fields"), ("cutoffs", "overlap")):
        if word in grading.model_fields_set and grading.grader != grader:
            figures = {"grader": grader}
            yield Fault(code="grading-word", field=f"grading.{word}", value=grading.grader,
                        figures=figures)  # fmt: skip
    if grading.grader == "fields" and not grading.fields:
        example = {"example": "fields: {total: {kind: amount, severe: yes}}"}
        yield Fault(code="missing-key", field="grading.fields", figures=example)
    if grading.grader == "overlap":
        yield from _cutoffs(case.task, grading)


def _cutoffs(task: str, grading: Grading) -> Iterator[Fault]:
    levels = _LEVELS[task]
    for name in grading.cutoffs:
        if name not in levels:
            figures = {"known": ", ".join(levels)}
            yield Fault(code="cutoff-unknown", field=f"grading.cutoffs.{name}", value=name,
                        figures=figures)  # fmt: skip
    if levels[0] not in grading.cutoffs:
        example = {"example": f"{levels[0]}: 0.8"}
        yield Fault(code="missing-key", field=f"grading.cutoffs.{levels[0]}", figures=example)
    known = [grading.cutoffs[name] for name in levels if name in grading.cutoffs]
    if any(lower >= upper for upper, lower in pairwise(known)):
        yield Fault(code="cutoffs-order", field="grading.cutoffs", value=known[-1])


def reference_faults(
    kind: str, references: list[str | None], field: str, place: Callable[[int], Row]
) -> list[Fault]:
    """References that a grader of amounts or days cannot read: the first, and how many.

    ``place`` says where a row stands in its file.
    """
    reader = {"amount": read_amount, "date": read_day}.get(kind)
    if reader is None:
        return []
    odd = [
        (row, text)
        for row, text in enumerate(references)
        if not is_silent(text) and reader(text) is None
    ]
    if not odd:
        return []
    figures = {"row": place(odd[0][0]), "count": len(odd)}
    return [Fault(code=f"reference-{kind}", field=field, value=odd[0][1], figures=figures)]
