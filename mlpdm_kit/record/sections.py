"""What each of the first four steps leaves: one section a notebook."""

from __future__ import annotations

from pydantic import Field

from mlpdm_kit.record.areas import LabelCost, Written
from mlpdm_kit.record.cuts import CutTable, OffsetTable
from mlpdm_kit.record.graded import HowGraded
from mlpdm_kit.record.logged import Answers
from mlpdm_kit.record.measured import (
    Compared,
    Correlation,
    Curve,
    DataProfile,
    ErrorCost,
    Learning,
    PointsInMoney,
    Reliability,
    Segment,
    SegmentDropped,
    SegmentGap,
    ThreeWays,
)
from mlpdm_kit.record.parts import CheckResult, Range, Said, Section
from mlpdm_kit.record.valued import (
    BreakEven,
    Chain,
    Difference,
    InputRow,
    PartialValue,
    RankCorrelation,
    Stress,
    StudyValue,
    Valued,
)


class FramingSection(Section):
    """01: checks and gates as answered; ``stopped_by`` are failed case-level gates.

    ``written`` is what the case says of the four areas in its own words, ``labels`` what its
    plan to label costs.
    """

    name: str = "problem_framing"
    checks: tuple[CheckResult, ...]
    written: tuple[Written, ...] = ()
    labels: LabelCost | None = None
    stopped_by: tuple[str, ...] = ()


class ComparisonSection(Section):
    """02: what needs no ML against what does, on the case's own data.

    ``cuts`` and ``offsets`` are for moving a threshold; a record does not hold them.
    """

    name: str = "baseline_comparison"
    data: DataProfile | None = None
    findings: tuple[Said, ...] = ()
    options: tuple[Compared, ...] = ()
    best_without_ml: str | None = None
    correlation: Correlation = Correlation()
    curves: tuple[Curve, ...] = ()
    cuts: tuple[CutTable, ...] = ()
    offsets: tuple[OffsetTable, ...] = ()
    reliability: tuple[Reliability, ...] = ()
    reviews: tuple[ThreeWays, ...] = ()
    segments: tuple[Segment, ...] = ()
    gaps: tuple[SegmentGap, ...] = ()
    dropped: tuple[SegmentDropped, ...] = ()
    learning: Learning | None = None
    graded: HowGraded | None = None
    answers: tuple[Answers, ...] = ()
    checks: tuple[CheckResult, ...] = ()


class ErrorsSection(Section):
    """03: what each kind of error costs, and where the threshold goes.

    An outcome in ``columns`` is priced as a share of what stands in that column, row by row.
    """

    name: str = "cost_of_errors"
    prices: dict[str, Range] = Field(default_factory=dict)
    columns: dict[str, str] = Field(default_factory=dict)
    gains: tuple[str, ...] = ()
    threshold: float | None = None
    quantile: float | None = None
    options: tuple[ErrorCost, ...] = ()
    curves: tuple[Curve, ...] = ()
    reliability: tuple[Reliability, ...] = ()
    reviews: tuple[ThreeWays, ...] = ()
    points: tuple[PointsInMoney, ...] = ()


class ValueSection(Section):
    """04: which option is worth most, and how sure that is."""

    name: str = "expected_value"
    months: float = 0.0
    discount: float = 0.0
    draws: int = 0
    seed: int = 0
    inputs: tuple[InputRow, ...] = ()
    correlations: tuple[RankCorrelation, ...] = ()
    findings: tuple[Said, ...] = ()
    options: tuple[Valued, ...] = ()
    best: str | None = None
    best_without_ml: str | None = None
    best_ml: str | None = None
    differences: tuple[Difference, ...] = ()
    chains: tuple[Chain, ...] = ()
    evpi: float | None = None
    evppi: tuple[PartialValue, ...] = ()
    groups: tuple[PartialValue, ...] = ()
    studies: tuple[StudyValue, ...] = ()
    stress: tuple[Stress, ...] = ()
    break_even: tuple[BreakEven, ...] = ()
    checks: tuple[CheckResult, ...] = ()
