"""Parts of 04: what each option is worth, what would change the choice, what to find out."""

from __future__ import annotations

from mlpdm_kit.record.parts import Part, Range

POINT = 0.01  # one percentage point, by which a step is made better


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


class ChainStep(Part):
    """One step of a chain, in shares of all cases and in money.

    ``brings`` is the share of good cases that it makes worse, ``alone`` the share of all that
    is good after it where nobody looks, ``good`` the same with the looks of ``Chain.after``.
    ``lost`` is what a month's cases are worth less at the end by what it has brought in;
    ``better`` what one percentage point fewer of its errors, or all where they are fewer,
    brings over the horizon, with its standard error; none for what is done today.
    """

    step: str
    brings: Range
    alone: Range
    good: Range
    lost: float
    better: float | None = None
    better_error: float = 0.0


class Places(Part):
    """A set of steps after which a person looks, and what that is worth over the horizon.

    ``difference`` is against looking nowhere, on the same draws. ``looks`` are those of a
    month for which there is time, ``hours`` what they take.
    """

    after: tuple[str, ...]
    expected_net_benefit: Range
    standard_error: float
    difference: Range
    difference_error: float
    looks: float
    hours: float | None = None


class Chain(Part):
    """An option that is a chain of steps: how errors add up, and where a person looks.

    ``after`` are the places in force, ``settled`` by the case or found best; ``places`` is
    every set that there is, the one worth most first, empty where no look is offered.
    """

    option: str
    steps: tuple[ChainStep, ...]
    after: tuple[str, ...] = ()
    settled: bool = False
    places: tuple[Places, ...] = ()


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
