"""The six lessons and their exercises, in order: one entry each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from mlpdm_kit.course.exercise import Exercise
from mlpdm_kit.errors import refuse


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A lesson: its number, the case of the library that is its story, its minutes."""

    id: str
    number: int
    case: str
    minutes: int

    @property
    def notebook(self) -> str:
        """The name of its notebook, without the ending."""
        return f"lesson_{self.number}_{self.id}"

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """Its exercises, in order."""
        found: tuple[Exercise, ...] = import_module(
            f"mlpdm_kit.course.exercises.{self.id}"
        ).EXERCISES
        return found


_ENTRIES = (
    ("framing", "sales-call-log", 50),
    ("alternatives", "expense-claims", 55),
    ("errors", "churn", 60),
    ("value", "invoice-extraction", 60),
    ("operation", "report-summaries", 55),
    ("decision", "screening", 60),
)
LESSONS: Mapping[str, Lesson] = {
    name: Lesson(id=name, number=number, case=case, minutes=minutes)
    for number, (name, case, minutes) in enumerate(_ENTRIES, 1)
}
EXERCISES: Mapping[str, Exercise] = {
    exercise.id: exercise for lesson in LESSONS.values() for exercise in lesson.exercises
}


@cache
def all_exercises() -> Mapping[str, Exercise]:
    """Those of the lessons, then the flawed cases of the library, by id."""
    from mlpdm_kit.course.flaws import flaw_exercises

    return {**EXERCISES, **{one.id: one for one in flaw_exercises()}}


def exercise_of(name: str) -> Exercise:
    """The exercise of a name.

    Raises
    ------
    InputError
        There is none.
    """
    known = all_exercises()
    if name not in known:
        raise refuse("exercise-unknown", "exercise", name, near=near(name))
    return known[name]


def near(name: str) -> str:
    """The name of the exercise that is most like one that is none.

    Examples
    --------
    >>> near("treshold"), near("baserate")
    ('threshold', 'base-rate')
    """
    from rapidfuzz import process

    return str(process.extractOne(name, list(all_exercises()))[0])
