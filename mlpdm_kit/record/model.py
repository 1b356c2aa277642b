"""What the five steps leave: four sections and the decision record.

Everything here is plain data: codes and figures, no sentences, no pictures. A sentence is
made when somebody reads it (``mlpdm_kit.text``), a picture when somebody looks
(``mlpdm_kit.view``). Money is in the case's currency, shares lie in [0, 1], time is in
months unless a name says otherwise.
"""

from __future__ import annotations

from datetime import date as Date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = "mlpdm-record/1"

Outcome = Literal["use_ml", "use_non_ml", "find_out_first", "do_nothing", "stop"]
Status = Literal["passed", "failed", "open"]


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


class CheckResult(Part):
    """One check and how it stands for the options that it concerns.

    ``options`` are the ids it concerns; a case-level check concerns the whole case.
    ``measured`` says that the kit computed it, from ``finding``. An open one that does not
    ``hold`` leaves the choice to the expected net benefit.
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
    holds: bool = True
    finding: Said | None = None


class Section(Part):
    """Base of what a notebook leaves; ``made_from`` is the digest of all it stands on."""

    name: str
    made_from: str = ""


class FramingSection(Section):
    """01: checks and gates as answered; ``stopped_by`` are failed case-level gates."""

    name: str = "problem_framing"
    checks: tuple[CheckResult, ...]
    stopped_by: tuple[str, ...] = ()


class DataProfile(Part):
    """What the data is; ``positives`` and shares for a binary task only.

    ``mixed_base_rate`` are the parameters of the beta of the base rate where production
    mixes the segments otherwise than the file.
    """

    file: str
    rows: int
    rows_without_target: int
    columns: int
    split: Literal["time", "group", "stratified", "shuffled"]
    folds: int
    tested_rows: int
    positives: int | None = None
    base_rate: float | None = None
    production_low: float | None = None
    production_high: float | None = None
    mixed_base_rate: tuple[float, float] | None = None
    duplicates: int = 0
    simulated: bool = False
    source: str = ""
    licence: str = ""
    note: str = ""


class OperatingPoint(Part):
    """Where an option begins to act, or by how much it adds to its prediction.

    ``kind``: ``from_costs`` (a probability from the costs), ``tuned`` (least cost on other
    rows), ``cut`` (one measurement: ``column`` ``direction`` ``value``), ``offset``
    (regression). ``tuned`` is the tuned threshold beside one from costs, and
    ``tuned_cost`` its cost per case on rows that it was not chosen on.
    """

    kind: Literal["from_costs", "tuned", "cut", "offset"]
    value: float | None
    column: str = ""
    direction: Literal["", "at_least", "at_most"] = ""
    tuned: float | None = None
    tuned_cost: float | None = None


class Rate(Part):
    """How good an option is in one respect, as a distribution."""

    mean: float
    low: float
    high: float
    family: str
    parameters: tuple[float, ...]
    evidence: str


class Compared(Part):
    """One option in the comparison.

    ``source``: ``measured`` on the data, ``stated`` as ranges, ``reference`` (none, all:
    known without data), ``derived`` (review of another option). ``cells`` are counts for a
    binary task (TP, FP, FN, TN by outcome name), mean amounts per case for regression.
    ``cost_per_case`` holds errors only, at the production base rate, with the bootstrap
    interval; ``difference`` is that against the best option without ML, paired by row.
    """

    id: str
    kind: str
    is_ml: bool
    priced: bool
    source: Literal["measured", "stated", "reference", "derived"]
    rows: int = 0
    cells: dict[str, float] = Field(default_factory=dict)
    rates: dict[str, Rate] = Field(default_factory=dict)
    cost_per_case: Range | None = None
    difference: Range | None = None
    costly_errors: int | None = None
    few_errors: bool = False
    precision: float | None = None
    operating_point: OperatingPoint | None = None
    predicted_cost: float | None = None
    latency_p95: float | None = None


class Correlation(Part):
    """Correlation of measured rates that share their rows (normal scores)."""

    names: tuple[str, ...] = ()
    matrix: tuple[tuple[float, ...], ...] = ()


class ReliabilityBin(Part):
    """Cases of about the same probability: predicted, what happened, and how many."""

    predicted: float
    observed: Range
    rows: int


class Reliability(Part):
    """Whether an option's probabilities can be taken at their word.

    ``verdict``: ``calibrated``, ``too-sure``, ``too-unsure``, ``too-high``, ``too-low``, or
    ``unclear`` where there are too few cases to say. ``slope`` is 1 and ``expected_error``
    near ``by_chance`` where they can.
    """

    option: str
    verdict: str
    bins: tuple[ReliabilityBin, ...]
    slope: Range | None = None
    predicted: float
    observed: float
    brier: float
    expected_error: float
    by_chance: float


class ThreeWays(Part):
    """Leave, review, act: the probabilities between which a person looks.

    Shares are of the cases of production: ``share`` is reviewed, ``wanted`` would be with
    all the time in the world. ``shadow_price`` is what one more review would save, in money,
    ``per_hour`` an hour more of a reviewer, where the time for a review is known.
    """

    option: str
    base: str
    low: float
    high: float
    share: float
    wanted: float
    left: float
    acted: float
    cost: float
    cost_without: float
    cost_all: float
    shadow_price: float
    per_hour: float | None = None


class Segment(Part):
    """How one option serves one segment, on how many cases.

    ``cases`` are those that say how well it is served: the positives of a binary task.
    ``quality`` is the share of these that goes well, or, for amounts, cost against that over
    all. ``cost`` per case. A segment with few cases is not ``ranked``.
    """

    option: str
    segment: str
    rows: int
    cases: int
    quality: Range
    cost: Range
    ranked: bool


class SegmentGap(Part):
    """How far an option's worst served segment is behind the others; at least ``low``."""

    option: str
    segment: str
    amount: float
    low: float
    bound: float


class SegmentDropped(Part):
    """Rates of the options without one segment, which is ``share`` of the rows."""

    segment: str
    share: float
    rates: dict[str, dict[str, tuple[str, tuple[float, ...]]]]
    base_rate: tuple[str, tuple[float, ...]] | None = None


class LearningPoint(Part):
    """Cost per case of a model that learns from so many rows, running included."""

    rows: float
    cost: Range


class Learning(Part):
    """How much data ML would need: its cost by rows, and where it crosses the best without.

    ``code``: ``already``, ``later`` (from ``low``..``high`` rows on), ``never`` (within a
    hundred times the rows), or ``unclear``. ``line`` is the fitted law at rows beyond.
    """

    option: str
    against: str
    points: tuple[LearningPoint, ...]
    line: tuple[LearningPoint, ...] = ()
    level: Range
    code: str
    low: float | None = None
    median: float | None = None
    high: float | None = None
    never: float = 0.0


class Curve(Part):
    """Cost per case over the operating points of one option, on rows not fitted on.

    ``chosen_cost`` and ``tuned_cost`` are costs on rows that the point was not chosen on;
    the curve's own lowest point looks better than that. ``tuned_low`` to ``tuned_high`` is
    where the tuned threshold would be on other samples like this, and ``difference`` what
    the one from costs costs more than it, on the same rows.
    """

    option: str
    points: tuple[float, ...]
    cost: tuple[float, ...]
    chosen: float | None
    tuned: float | None
    chosen_cost: float | None = None
    tuned_cost: float | None = None
    tuned_low: float | None = None
    tuned_high: float | None = None
    difference: Range | None = None


class ComparisonSection(Section):
    """02: what needs no ML against what does, on the case's own data."""

    name: str = "baseline_comparison"
    data: DataProfile | None = None
    findings: tuple[Said, ...] = ()
    options: tuple[Compared, ...] = ()
    best_without_ml: str | None = None
    correlation: Correlation = Correlation()
    curves: tuple[Curve, ...] = ()
    reliability: tuple[Reliability, ...] = ()
    reviews: tuple[ThreeWays, ...] = ()
    segments: tuple[Segment, ...] = ()
    gaps: tuple[SegmentGap, ...] = ()
    dropped: tuple[SegmentDropped, ...] = ()
    learning: Learning | None = None
    checks: tuple[CheckResult, ...] = ()


class ErrorCost(Part):
    """Cost of one option per case: errors by outcome, then what a case costs to run.

    ``by_outcome`` is money per case, costs positive and gains negative.
    """

    id: str
    kind: str
    is_ml: bool
    per_case: Range
    by_outcome: dict[str, float]
    running_per_case: float
    per_month: Range


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


class InputRow(Part):
    """One named input: what was said, how it was read, where it comes from.

    ``low`` and ``high`` are the 5% and 95% points, whatever was written. Where that was
    something else it is ``written``, the ends at ``level``; ``middle`` is the third point:
    the median, or the mode of a PERT or triangular distribution.
    """

    name: str
    dimension: str
    low: float
    high: float
    mean: float
    family: str
    evidence: str
    level: float = 0.9
    middle: float | None = None
    written: tuple[float, float] | None = None
    note: str = ""
    owner: str = ""
    source: str = ""


class RankCorrelation(Part):
    """Two inputs that move together in the draws, as the case states: Spearman's rank."""

    between: tuple[str, str]
    rank: float


class Valued(Part):
    """One option's worth over the horizon against the status quo, in money.

    ``failed_gates`` removed it; ``open_gates`` and ``to_fix`` keep it from being chosen
    yet. An option that is not ``priced`` has no net benefit. ``price`` is what building
    and running it costs over the horizon, within its net benefit; ``unused`` what it would
    gain more if it were at work at once and on every case. ``retrain_every`` are the months
    between two trainings that are worth most; none where it is best never retrained.
    """

    id: str
    kind: str
    is_ml: bool
    label: str = ""
    status_quo: bool = False
    feasible: bool
    priced: bool = True
    failed_gates: tuple[str, ...] = ()
    open_gates: tuple[str, ...] = ()
    to_fix: tuple[str, ...] = ()
    expected_net_benefit: Range | None = None
    standard_error: float | None = None
    p_best: float | None = None
    expected_regret: float | None = None
    p_loss: float | None = None
    cvar5: float | None = None
    price: float | None = None
    unused: float | None = None
    retrain_every: float | None = None


class Flip(Part):
    """At this value of an input another option becomes best."""

    value: float
    option: str


class BreakEven(Part):
    """Where one input would have to be for the choice to change."""

    input: str
    dimension: str
    mean: float
    low: float
    high: float
    below: Flip | None = None
    above: Flip | None = None


class PartialValue(Part):
    """What knowing one input is worth, in money, beside what chance alone would show.

    A group of inputs is named ``group.outcomes`` (what errors cost), ``group.assumed`` or
    ``group.options.<id>``; ``of`` are its members.
    """

    input: str
    value: float
    noise_floor: float
    of: tuple[str, ...] = ()


class Stress(Part):
    """Whether the choice survives one thing being otherwise.

    ``code`` says what, ``value`` how far (in ``dimension``, or the name of a segment in
    ``segment``). ``option`` is best under it; where it ``flips`` the choice, it does so from
    ``at`` on, to ``at_option`` there, and ``gain`` is what ``option`` is then worth more.
    """

    code: str
    value: float | None = None
    dimension: str = ""
    segment: str = ""
    option: str
    flips: bool
    at: float | None = None
    at_option: str | None = None
    gain: float = 0.0


class StudySize(Part):
    """One size of a study: what it would be worth, cost and bring, in money."""

    n: int
    evsi: float
    price: float
    enbs: float


class StudyValue(Part):
    """What finding out would bring: by size, the best one, and what to do meanwhile.

    ``evsi`` is the expected value of what the study would tell, ``price`` what it takes,
    ``delay`` what waiting for it costs, ``enbs`` what is left. ``best`` is the size with the
    highest; a study that finds out once and for all has n = 1.
    """

    name: str
    of: tuple[str, ...]
    sizes: tuple[StudySize, ...]
    best: StudySize
    delay: float
    months: float
    meanwhile: str
    pays: bool
    note: str = ""


class Difference(Part):
    """Net benefit of the chosen option less that of another, on the same draws."""

    option: str
    against: str
    amount: Range
    standard_error: float


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
    evpi: float | None = None
    evppi: tuple[PartialValue, ...] = ()
    groups: tuple[PartialValue, ...] = ()
    studies: tuple[StudyValue, ...] = ()
    stress: tuple[Stress, ...] = ()
    break_even: tuple[BreakEven, ...] = ()
    checks: tuple[CheckResult, ...] = ()


class Verdict(Part):
    """What is decided. ``option`` is chosen; ``against`` the best of the other side.

    ``meanwhile`` is what to do until what is to be found out is known.
    """

    outcome: Outcome
    option: str | None = None
    against: str | None = None
    gain: Range | None = None
    meanwhile: str | None = None
    robust: bool | None = None
    reasons: tuple[Said, ...] = ()


class InformationValue(Part):
    """What knowing more is worth, in money."""

    evpi: float | None = None
    evppi: tuple[PartialValue, ...] = ()
    groups: tuple[PartialValue, ...] = ()
    studies: tuple[StudyValue, ...] = ()
    study: dict[str, Any] | None = None


class Provenance(Part):
    """From what the record was made, so that it can be made again."""

    case_digest: str
    data_digest: str
    kit: str
    packages: dict[str, str]
    seed: int
    draws: int


class DecisionRecord(Part):
    """The decision record; `to_json` is its canonical form.

    Figures are rounded to what their Monte Carlo error allows.
    """

    schema_: str = Field(default=SCHEMA, alias="schema")
    id: str
    title: str
    note: str = ""
    status: str
    date: Date
    decision_makers: tuple[str, ...]
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    review_on: Date | None = None
    reopen_when: tuple[Said, ...] = ()
    supersedes: str = ""
    confirmation: str = ""
    currency: str
    unit: str
    target_unit: str = "unit"
    task: str
    simulated: bool = False
    framing: dict[str, Any]
    verdict: Verdict
    options: tuple[Valued, ...] = ()
    gates: tuple[CheckResult, ...] = ()
    baseline: ComparisonSection
    error_costs: ErrorsSection
    inputs: tuple[InputRow, ...] = ()
    correlations: tuple[RankCorrelation, ...] = ()
    input_findings: tuple[Said, ...] = ()
    months: float = 0.0
    discount: float = 0.0
    value_of_information: InformationValue = InformationValue()
    break_even: tuple[BreakEven, ...] = ()
    stress: tuple[Stress, ...] = ()
    provenance: Provenance

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True
    )

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, two spaces, UTF-8 text, one newline at the end."""
        import json

        plain = self.model_dump(mode="json", by_alias=True)
        return json.dumps(plain, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
