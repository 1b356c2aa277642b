"""Whose problem it is, who decides, and what was answered."""

from __future__ import annotations

from mlpdm_kit.case.inputs import Evidence, Frozen
from mlpdm_kit.case.words import Names, Words, YesNo


class People(Frozen):
    """Who decides, who is asked, who is told."""

    decider: str = ""
    consulted: Names = ()
    informed: Names = ()


class Goal(Frozen):
    """The OKR or KPI that is to move."""

    metric: str
    now: str = ""
    target: str = ""
    okr: str = ""


class Framing(Frozen):
    """Whose problem it is, and which decision changes."""

    user: str
    problem: Words
    decision: Words
    status_quo: Words
    goal: Goal | None = None


class Answer(Frozen):
    """Answer to one check, with its evidence."""

    answer: YesNo = "unknown"
    evidence: Evidence = "assumed"
    source: str = ""
    note: str = ""
    owner: str = ""
    options: Names = ()
    threshold: float | None = None
