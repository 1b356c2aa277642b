"""What everything that the steps leave is made of: codes and figures, no sentences, no pictures.

A sentence is made when somebody reads it (``mlpdm_kit.text``), a picture when somebody
looks (``mlpdm_kit.view``). Money is in the case's currency, shares lie in [0, 1], time is in
months unless a name says otherwise.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["passed", "failed", "open"]
Basis = Literal["", "data", "ranges", "both", "case"]


class Part(BaseModel):
    """Base of all parts: frozen, unknown keys refused, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Said(Part):
    """A code with its figures; ``text`` turns it into a sentence."""

    code: str
    figures: dict[str, Any] = Field(default_factory=dict)


class Range(Part):
    """Expectation and the 5% and 95% points."""

    mean: float
    p5: float
    p95: float


def few_errors(option: str, n: float) -> Said:
    """That an option made few errors of the dearest kind; a mean over answers is said as one.

    Examples
    --------
    >>> few_errors("llm", 0.3).code
    'few-errors-mean'
    """
    code = "few-errors" if n == int(n) else "few-errors-mean"
    return Said(code=code, figures={"option": option, "n": n})


class CheckResult(Part):
    """One check and how it stands for the options that it concerns.

    ``options`` are the ids it concerns; a case-level check concerns the whole case.
    ``measured`` says that the kit computed it, from ``finding``, and ``basis`` from what:
    ``evidence`` is then that of the least sure of it. An open one that ``holds`` keeps ML from
    being chosen yet; one that does not leaves the choice to the expected net benefit.
    """

    id: str
    area: str
    kind: str
    status: Status
    scope: str
    options: tuple[str, ...] = ()
    answer: str = "unknown"
    evidence: str = "assumed"
    source: str = ""
    note: str = ""
    owner: str = ""
    measured: bool = False
    basis: Basis = ""
    holds: bool = True
    finding: Said | None = None

    @property
    def lacks_source(self) -> bool:
        """Whether it is said to be quoted or measured, and nothing of where or by whom."""
        stated = self.answer in ("yes", "no") and not self.measured
        said = self.source or self.note or self.owner
        return stated and self.evidence != "assumed" and not said


class Section(Part):
    """Base of what a notebook leaves.

    ``made_from`` is the digest of all it stands on, ``stands_on`` that of each step's answers.
    """

    name: str
    made_from: str = ""
    stands_on: dict[str, str] = Field(default_factory=dict)
