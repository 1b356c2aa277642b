"""Part of 02: how answers were graded, whether people agree, and how far the grader errs."""

from __future__ import annotations

from pydantic import Field

from mlpdm_kit.record.parts import Part


class FieldMarks(Part):
    """One field of an option's answers: how often it was right, missing and wrong.

    ``severe`` is ``yes`` or ``no`` where the case says so.
    """

    option: str
    field: str
    severe: str = ""
    right: int = 0
    missing: int = 0
    wrong: int = 0


class GradedOption(Part):
    """The answers of one option: as they were graded, and as people would grade them.

    ``checked`` answers were graded by people, ``graders`` of them; ``compared`` of these graded
    enough of the same answers to show how far people differ, else it is assumed. ``before``
    and ``after`` are shares of outcomes without and with what people said; ``counts`` has a
    row for each outcome by the grader and a column for each by people, in cases; ``after``
    and ``counts`` are empty where nobody checked it, and its grades are taken as they are.
    ``unreadable`` answers were no JSON object.
    """

    option: str
    answers: int
    checked: int = 0
    graders: int = 0
    compared: int = 0
    before: dict[str, float] = Field(default_factory=dict)
    after: dict[str, float] = Field(default_factory=dict)
    counts: tuple[tuple[float, ...], ...] = ()
    unreadable: int = 0


class Kappa(Part):
    """Cohen's kappa with its 95% interval."""

    mean: float
    low: float
    high: float


class PeopleAgree(Part):
    """Agreement of people on what they graded both; ``word`` is what it is sometimes called.

    ``weighted`` counts a disagreement by so many grades so many times; neither is there where
    people gave one and the same grade throughout. ``counts`` has a row
    for the grade of one and a column for that of another.
    """

    graders: tuple[str, ...]
    items: int
    kappa: Kappa | None = None
    weighted: Kappa | None = None
    same: float
    word: str
    counts: tuple[tuple[float, ...], ...]
    limit: float


class HowGraded(Part):
    """How answers were graded; ``grader`` is its name, ``given`` where the file has grades.

    ``outcomes`` are the names of rows and columns of all counts.
    """

    grader: str
    outcomes: tuple[str, ...]
    options: tuple[GradedOption, ...] = ()
    fields: tuple[FieldMarks, ...] = ()
    agreement: PeopleAgree | None = None
