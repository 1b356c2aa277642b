"""The questions and gates, one entry each; their sentences stand in the catalogues.

Kinds, and what failing one does:

====  ==========================  =====================================================
kind  meaning                     a failure
====  ==========================  =====================================================
S     do not use ML               removes the options in its scope
N     not allowed                 removes the options in its scope
D     not enough data             removes the options in its scope
F     fix first                   keeps the options in its scope from being chosen yet
C     consider                    is shown
====  ==========================  =====================================================

S, N and D are hard: an answer that is only assumed cannot pass them, nor can silence.
Checks are never added up.
"""

from __future__ import annotations

from dataclasses import dataclass

HARD = frozenset("SND")
AREAS = ("framing", "need", "output", "evaluation", "collection", "governance", "record")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One question to ask before anyone builds.

    Parameters
    ----------
    id, area, kind : str
        Name, one of `AREAS`, and S, N, D, F or C.
    passes : {"yes", "no"}
        The answer that speaks for going on.
    neutral : {"", "yes", "no"}
        An answer that speaks for nothing, and against nothing either.
    scope : {"case", "ml", "unreviewed", "learns", "llm"}
        What a failure stops: the whole case, every ML option, ML that nobody reviews,
        what is trained on the data, LLMs.
    measured : bool
        Whether the kit computes it where it can; then no answer is asked for.
    asked : bool
        Whether a person can answer it too.
    threshold : float or None
        The default bound of a measured check, which a case may change with a reason.
    only : str
        What a task must have for the question to be asked of it, as ``TASK_KINDS`` says.
    """

    id: str
    area: str
    kind: str
    passes: str = "yes"
    neutral: str = ""
    scope: str = "ml"
    measured: bool = False
    asked: bool = True
    threshold: float | None = None
    only: str = ""

    @property
    def hard(self) -> bool:
        """Whether a failure is a veto."""
        return self.kind in HARD

    @property
    def no_is_fine(self) -> bool:
        """Whether "no" is no bad news, so that its name has to be read the other way round."""
        return "no" in (self.passes, self.neutral)

    def against(self, answer: str) -> bool:
        """Whether an answer speaks against going on.

        Examples
        --------
        >>> CHECKS["forbidden"].against("yes"), CHECKS["rules-grown"].against("no")
        (True, False)
        """
        return answer in {"yes", "no"} - {self.passes, self.neutral}


def _checks() -> tuple[Check, ...]:
    ask = Check
    return (
        ask(id="goal-without-ml", area="framing", kind="F"),
        ask(id="real-user", area="framing", kind="F"),
        ask(id="frequency", area="framing", kind="F"),
        ask(id="decision-changes", area="framing", kind="S", scope="case"),
        ask(id="decider", area="framing", kind="F"),
        ask(id="owner", area="framing", kind="F"),
        ask(id="value-formula", area="framing", kind="F"),
        ask(id="kpi-link", area="framing", kind="F"),
        ask(id="metric-gaming", area="framing", kind="F", passes="no"),
        ask(id="behaviour", area="framing", kind="F"),
        ask(id="outside-evidence", area="framing", kind="C"),
        ask(id="positive-reason", area="need", kind="S"),
        ask(id="plain-solution", area="need", kind="S", passes="no"),
        ask(id="predictability", area="need", kind="S", passes="no"),
        ask(id="heuristic-tried", area="need", kind="F", measured=True),
        ask(id="rules-grown", area="need", kind="C", neutral="no"),
        ask(id="beats-baseline", area="need", kind="S", measured=True, asked=False),
        ask(id="gain-pays", area="need", kind="S", measured=True, asked=False),
        ask(id="volume", area="need", kind="S", measured=True, asked=False),
        ask(id="experts-agree", area="need", kind="F", scope="unreviewed", measured=True,
            threshold=0.667),
        ask(id="perfection", area="need", kind="S", passes="no", scope="unreviewed"),
        ask(id="budget", area="need", kind="S", scope="llm", measured=True),
        ask(id="no-task", area="need", kind="S", passes="no", scope="case"),
        ask(id="catastrophe", area="output", kind="S", passes="no", scope="unreviewed"),
        ask(id="detectable", area="output", kind="F"),
        ask(id="error-cases", area="output", kind="F"),
        ask(id="recovery", area="output", kind="F"),
        ask(id="spread", area="output", kind="F", scope="llm", measured=True, threshold=0.05),
        ask(id="hallucination", area="output", kind="F", scope="llm", passes="no", measured=True,
            threshold=0.03),
        ask(id="injection", area="output", kind="F", scope="llm", measured=True, threshold=0.05),
        ask(id="privilege", area="output", kind="F", scope="llm", passes="no"),
        ask(id="liability", area="output", kind="F", scope="llm"),
        ask(id="rollback", area="output", kind="F"),
        ask(id="cost-first", area="evaluation", kind="F", measured=True, asked=False),
        ask(id="precision-recall", area="evaluation", kind="F", measured=True, asked=False,
            only="positives"),
        ask(id="base-rate", area="evaluation", kind="F", measured=True, asked=False,
            only="positives"),
        ask(id="action-success", area="evaluation", kind="F", measured=True),
        ask(id="segments", area="evaluation", kind="F", measured=True, threshold=0.1),
        ask(id="explanation", area="evaluation", kind="N"),
        ask(id="online-test", area="evaluation", kind="F"),
        ask(id="answer-in-data", area="collection", kind="D", scope="learns"),
        ask(id="volume-of-data", area="collection", kind="D", scope="learns", measured=True,
            asked=False, threshold=10),
        ask(id="available-then", area="collection", kind="D", scope="learns", measured=True),
        ask(id="empty-columns", area="collection", kind="F", scope="learns", measured=True,
            asked=False, threshold=0.5),
        ask(id="representative", area="collection", kind="D", scope="learns"),
        ask(id="annotation", area="collection", kind="F", scope="learns"),
        ask(id="logging", area="collection", kind="F"),
        ask(id="forbidden", area="governance", kind="N", passes="no", scope="case"),
        ask(id="purpose", area="governance", kind="N"),
        ask(id="terms", area="governance", kind="N"),
        ask(id="crosstalk", area="governance", kind="N", passes="no", scope="llm"),
        ask(id="deletion", area="governance", kind="F"),
        ask(id="approver", area="governance", kind="F"),
        ask(id="two-options", area="record", kind="F", measured=True, asked=False),
        ask(id="gate-named", area="record", kind="F", measured=True, asked=False),
        ask(id="confirmation", area="record", kind="F", measured=True, asked=False),
        ask(id="review", area="record", kind="F", measured=True, asked=False),
    )  # fmt: skip


CHECKS = {check.id: check for check in _checks()}
