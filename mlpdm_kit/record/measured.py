"""Parts of 02 and 03: what was measured on the case's own data, and what its errors cost."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlpdm_kit.record.parts import Part, Range


class DataProfile(Part):
    """What the data is; ``positives`` and shares for a binary task only, documents for a search.

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
    documents: int | None = None
    documents_file: str = ""
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
    ``taken`` is what a case takes by the option's log (``cost_per_case``, or tokens that have
    a price), ``incidents`` how often what is priced there happens. Where a person is to
    ``look`` at its answers, all figures here are those before anybody has.
    """

    id: str
    kind: str
    is_ml: bool
    priced: bool
    source: Literal["measured", "stated", "reference", "derived", "chain"]
    rows: int = 0
    cells: dict[str, float] = Field(default_factory=dict)
    rates: dict[str, Rate] = Field(default_factory=dict)
    cost_per_case: Range | None = None
    difference: Range | None = None
    costly_errors: int | float | None = None
    few_errors: bool = False
    precision: float | None = None
    operating_point: OperatingPoint | None = None
    taken: dict[str, Rate] = Field(default_factory=dict)
    incidents: dict[str, Rate] = Field(default_factory=dict)
    look: bool = False
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


class PointsInMoney(Part):
    """What one percentage point of recall is worth, and what one of precision, per month.

    ``recall`` and ``precision`` stand at the production base rate. A point of recall is one
    more of a hundred positives found, with as many false alarms; a point of precision is
    fewer false alarms, with as many found. ``recall_point`` and ``precision_point`` are
    money a month at the whole volume.
    """

    option: str
    recall: float
    precision: float
    recall_point: Range
    precision_point: Range
