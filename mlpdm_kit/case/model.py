"""The case: what a case file may say, frozen and checked.

Inputs that carry uncertainty are `Input`; the alias (`Money`, `Share`, ...) says in which
dimension a field is written. Validation happens in the context of the case's own words
(`mlpdm_kit.case.quantity.Units`), which ``load_case`` reads first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date as Date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from mlpdm_kit.case.inputs import (
    CasesPerMonth,
    CostPerCase,
    Evidence,
    Family,
    Frozen,
    In,
    Input,
    Money,
    MoneyPerCase,
    MoneyPerMonth,
    Months,
    Number,
    RatePerYear,
    Ratio,
    Seconds,
    Share,
    read_input,
    told_under,
)
from mlpdm_kit.case.kinds import OPTION_KINDS, TASK_KINDS, OptionKind, TaskKind
from mlpdm_kit.case.quantity import Units


def slug(name: str) -> bool:
    """Whether a name is safe as the name of a folder on any machine."""
    normal = unicodedata.normalize("NFC", name)
    return re.fullmatch(r"\w(?:[\w-]|\.(?!\.)){0,78}", normal) is not None and normal == name


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _list(value: Any) -> Any:
    if not isinstance(value, (list, tuple)):
        raise PydanticCustomError("correlation-list", "list", {})
    return value


def _day(value: Any) -> Any:
    """Only year-month-day is a day; a plain number is none."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        raise PydanticCustomError("date", "date", {})
    return value


def _yes_or_no(value: Any) -> Any:
    """``true`` and ``false`` are what some editors make of yes and no."""
    word = str(value).strip().lower()
    return {"true": "yes", "false": "no"}.get(word, word if isinstance(value, str) else value)


def _truth(value: Any) -> Any:
    word = _yes_or_no(value)
    if word not in ("yes", "no"):
        raise PydanticCustomError("yes-no", "truth", {})
    return word == "yes"


@cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


def _currency(value: str) -> str:
    if value not in _currencies():
        raise PydanticCustomError("currency", "currency", {})
    return value


Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
Currency = Annotated[str, AfterValidator(_currency)]
Day = Annotated[Date, BeforeValidator(_day)]
Truth = Annotated[bool, BeforeValidator(_truth)]
YesNo = Annotated[Literal["yes", "no", "unknown", "n/a"], BeforeValidator(_yes_or_no)]


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
    problem: str
    decision: str
    status_quo: str
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


class Data(Frozen):
    """The table of past cases beside the case file."""

    file: str
    target: str | None = None
    positive: str | None = None
    id: str | None = None
    time: str | None = None
    group: str | None = None
    segment: str | None = None
    mix: dict[str, Share] = Field(default_factory=dict)
    leave_out: Names = ()
    known_then: Names = ()
    simulated: Truth = False
    source: str = ""
    licence: str = ""
    note: str = ""


class Outcome(Frozen):
    """What one outcome is worth: a cost or a gain, both positive.

    With a ``column`` of the data it is so much of what stands there, row by row.
    """

    cost: Input | None = None
    gain: Input | None = None
    column: str = ""

    @property
    def sign(self) -> int:
        """-1 for a cost, +1 for a gain."""
        return -1 if self.cost is not None else 1

    @property
    def input(self) -> Input:
        """The amount, whichever it is."""
        amount = self.cost if self.cost is not None else self.gain
        assert amount is not None
        return amount


def _read_outcome(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, Mapping):
        return value
    prices = [value.get(word) for word in ("cost", "gain")]
    if any(isinstance(p, Input) or (isinstance(p, Mapping) and "dimension" in p) for p in prices):
        return value  # read already, or what model_dump gave
    said = dict(value)
    words = [word for word in ("cost", "gain") if word in said]
    if len(words) != 1:
        raise PydanticCustomError("outcome-word", "outcome", {})
    task = TASK_KINDS[(info.context or {}).get("task", "binary")]
    word = words[0]
    amount, column = said.pop(word), str(said.pop("column", "") or "")
    if isinstance(amount, Mapping) and "value" in amount:  # as evidence is given elsewhere
        said = {**said, **amount}
        amount, column = said.pop("value"), str(said.pop("column", column) or "")
    dimension = "ratio" if column else task.outcome_dimension
    return {word: read_input(amount, said, dimension, info, at=(word,)), "column": column}


PricedOutcome = Annotated[Outcome, BeforeValidator(_read_outcome)]


def _read_rates(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, Mapping):
        return value
    task = TASK_KINDS[(info.context or {}).get("task", "binary")]
    known = task.with_pairs(value).rates
    found: dict[str, Any] = {}
    faults: list[InitErrorDetails] = []
    for name, rate in value.items():
        try:
            if name not in known:
                raise PydanticCustomError("rate-unknown", "rate", {"known": ", ".join(known)})
            found[name] = In(known[name])._read(rate, info)
        except PydanticCustomError as fault:
            faults.append({"type": fault, "loc": (name,), "input": rate})
        except ValidationError as error:
            faults += told_under((name,), error)
    if faults:
        raise ValidationError.from_exception_data("Rates", faults)
    return found


Rates = Annotated[dict[str, Input], BeforeValidator(_read_rates)]


class Stage(Frozen):
    """One trial on the way to roll-out: its price, its time, and whether it is passed."""

    price: Money | None = None
    time: Months | None = None
    passes: Share


class Stages(Frozen):
    """Trials before an option is built, in their order; one that fails ends it."""

    offline: Stage | None = None
    pilot: Stage | None = None


class Study(Frozen):
    """Something that could be found out before deciding, and what that takes.

    ``of`` are inputs by name. A share is seen on ``n`` cases, any other input on ``n``
    observations of relative spread ``spread``; without a price per case it is found out
    once and for all, as by asking.
    """

    of: Names = Field(min_length=1)
    price: Money | None = None
    price_per_case: CostPerCase | None = None
    time: Months | None = None
    most: int | None = Field(default=None, ge=1, le=10_000_000)
    spread: float | None = Field(default=None, gt=0, le=100)
    note: str = ""


class Option(Frozen):
    """One option of the ladder, as the case file names it."""

    kind: Literal[
        "none", "all", "constant", "rule", "one_measurement", "lookup", "process",
        "bought", "bought_ml", "model", "llm", "review",
    ]  # fmt: skip
    label: str = ""
    note: str = ""
    when: str | None = None
    predict: str | None = None
    predictions: str | None = None
    probability: Truth = False
    rates: Rates = Field(default_factory=dict)
    of: str | None = None
    status_quo: Truth = False
    build: Money | None = None
    run: MoneyPerMonth | None = None
    delay: Months | None = None
    cost_per_case: CostPerCase | None = None
    adoption: Share | None = None
    ramp: Months | None = None
    overrun: Ratio | None = None
    online: Ratio | None = None
    drift: RatePerYear | None = None
    retrain: Money | None = None
    retrain_every: Months | None = None
    stages: Stages = Stages()
    value: str | None = None
    inputs: dict[str, Number] = Field(default_factory=dict)
    review: MoneyPerCase | None = None
    capacity: CasesPerMonth | None = None
    reviewer_error: Share | None = None
    review_time: Seconds | None = None

    @property
    def of_kind(self) -> OptionKind:
        """Its entry among the option kinds."""
        return OPTION_KINDS[self.kind]


class Budget(Frozen):
    """What one call may take."""

    latency: Seconds | None = None
    cost: CostPerCase | None = None


class Related(Frozen):
    """Two inputs that move together: by how much, as Spearman's rank correlation."""

    between: Names
    rank: float


Pairs = Annotated[tuple[Related, ...], BeforeValidator(_list)]


class Case(Frozen):
    """One decision, as its people describe it.

    ``volume``, ``outcomes`` and ``horizon`` may be missing only where a gate has already
    stopped the case; `mlpdm_kit.case.rules` sees to that.
    """

    title: str = Field(min_length=1, max_length=300)
    note: str = ""
    id: str | None = None
    date: Day | None = None
    status: Literal["draft", "proposed", "accepted", "rejected", "superseded"] = "proposed"
    supersedes: str = ""
    people: People = People()
    review_on: Day | None = None
    confirmation: str = ""
    currency: Currency = "USD"
    unit: str = Field(default="case", min_length=1, max_length=40)
    task: Literal[
        "binary", "multiclass", "regression", "search", "extraction", "generation", "formula"
    ] = "binary"
    hit_at: int = Field(default=5, ge=1, le=10_000)
    target_unit: str = Field(default="unit", min_length=1, max_length=40)
    simulated: Truth = False
    framing: Framing
    checks: dict[str, Answer] = Field(default_factory=dict)
    volume: CasesPerMonth | None = None
    growth: RatePerYear | None = None
    inputs: dict[str, Number] = Field(default_factory=dict)
    prevalence: Share | None = None
    data: Data | None = None
    outcomes: dict[str, PricedOutcome] = Field(default_factory=dict)
    action_success: Share | None = None
    budget: Budget = Budget()
    options: dict[str, Option] = Field(default_factory=dict)
    studies: dict[str, Study] = Field(default_factory=dict)
    correlations: Pairs = ()
    horizon: Months | None = None
    discount: RatePerYear = Input(low=0, high=0, dimension="rate/year")
    folder: Path = Field(default=Path(), exclude=True)
    digest: str = Field(default="", exclude=True)

    @property
    def of_task(self) -> TaskKind:
        """Its entry among the task kinds, with the pairs of classes that it prices."""
        return TASK_KINDS[self.task].with_pairs(self.outcomes)

    @property
    def units(self) -> Units:
        """What the words of this case mean."""
        return Units(currency=self.currency, unit=self.unit, target_unit=self.target_unit)

    @property
    def name(self) -> str:
        """Its id: as the file says, else the name of its folder."""
        return self.id or self.folder.name


__all__ = [
    "Answer",
    "Budget",
    "Case",
    "Data",
    "Evidence",
    "Family",
    "Framing",
    "Goal",
    "Input",
    "Option",
    "Outcome",
    "People",
    "Related",
    "Stage",
    "Stages",
    "Study",
    "slug",
]
