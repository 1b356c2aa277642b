"""What is still open in a case, counted once for every place that says a number.

A *gate* is a question with a veto that concerns the options of the case, or all of it. One
that people answer is open while nobody has, and while the answer is only assumed; one that
is worked out from data and figures is open where these leave it so and it keeps ML from being
chosen. Questions that are no gates are counted apart, and so is what is worked out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mlpdm_kit.case.checks import HARD
from mlpdm_kit.record.parts import CheckResult
from mlpdm_kit.text import Text


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Questions by how they stand, each once; ``left`` are those that hold nothing back."""

    failed: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How the questions of a case stand.

    Parameters
    ----------
    gates : Tally
        Gates that people answer.
    worked_out : Tally
        Gates that the kit answers, from data and figures.
    questions : Tally
        Questions that people answer and that are no gates.
    checked : Tally
        Those that the kit answers.
    """

    gates: Tally
    worked_out: Tally
    questions: Tally
    checked: Tally


def counted(checks: Iterable[CheckResult]) -> Counted:
    """How the questions of a case stand; one that stands differently by option as the worst.

    Examples
    --------
    >>> from mlpdm_kit import load_case, shipped
    >>> from mlpdm_kit.analysis.ladder import ladder
    >>> from mlpdm_kit.record.gates import answered
    >>> case = load_case(shipped.cases() / "churn")
    >>> len(counted(answered(case, ladder(case))).gates.open)
    0
    """
    found = list(checks)
    return Counted(
        gates=_tally(c for c in found if c.kind in HARD and not c.measured),
        worked_out=_tally(c for c in found if c.kind in HARD and c.measured),
        questions=_tally(c for c in found if c.kind not in HARD and not c.measured),
        checked=_tally(c for c in found if c.kind not in HARD and c.measured),
    )


def _tally(checks: Iterable[CheckResult]) -> Tally:
    worst = ("failed", "open", "left", "passed")
    stands: dict[str, str] = {}
    for check in checks:
        hard = check.kind in HARD
        left = hard and check.status == "open" and check.measured and not check.holds
        now = "left" if left else str(check.status)
        stands[check.id] = min(now, stands.get(check.id, now), key=worst.index)
    return Tally(**{how: tuple(n for n, one in stands.items() if one == how) for how in worst})


def gates_open(n: int, text: Text) -> str:
    """How many gates are open, in the words that stand everywhere."""
    return text.say(f"open.gates.{_many(n)}", n=n)


def open_said(found: Counted, text: Text) -> str:
    """How many gates and other questions are open; what data and figures leave open is added."""
    told = [gates_open(len(found.gates.open), text)]
    for name in ("worked_out", "questions", "checked"):
        n = len(getattr(found, name).open)
        if n:
            told.append(text.say(f"open.{name}.{_many(n)}", n=n))
    return text.say("list.join").join(told)


def tallied(found: Counted, text: Text) -> list[str]:
    """How many of each failed, are open, passed: a sentence each."""
    told = []
    for name in ("gates", "worked_out", "questions", "checked"):
        tally: Tally = getattr(found, name)
        numbers = {how: len(getattr(tally, how)) for how in ("failed", "open", "passed", "left")}
        if any(numbers.values()):
            told.append(text.say(f"tally.{name}{'.left' if tally.left else ''}", **numbers))
    return told


def _many(n: int) -> str:
    return "none" if not n else "one" if n == 1 else "many"
