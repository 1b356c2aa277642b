"""One option of the ladder: how good it is, what it takes, how it comes into use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, ValidationInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from mlpdm_kit.case.ask import Ask
from mlpdm_kit.case.inputs import (
    CasesPerMonth,
    CostPerCase,
    Frozen,
    In,
    Input,
    Money,
    MoneyPerCase,
    MoneyPerMonth,
    MoneyPerToken,
    Months,
    Number,
    RatePerYear,
    Ratio,
    Seconds,
    Share,
    told_under,
)
from mlpdm_kit.case.kinds import OPTION_KINDS, TASK_KINDS, OptionKind
from mlpdm_kit.case.words import (
    Column,
    Day,
    File,
    Names,
    OptionName,
    Rule,
    Shown,
    StepNames,
    Truth,
    Words,
)


def _read_rates(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, Mapping):
        return value
    task = TASK_KINDS[(info.context or {}).get("task", "binary")]
    return _read_known(value, task.with_pairs(value).rates, info)


def _read_known(value: Mapping[str, Any], known: Mapping[str, str], info: ValidationInfo) -> Any:
    """Inputs under known names, each in its dimension."""
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


MENDS, STEP_COST = "mends", "cost_per_case"
_BESIDE_RATES = {MENDS: "share", STEP_COST: "money/case, said"}


def _read_steps(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, Mapping):
        return value
    if not value:
        raise PydanticCustomError("steps-none", "steps", {})
    kind = TASK_KINDS[(info.context or {}).get("task", "binary")]
    found: dict[str, Any] = {}
    faults: list[InitErrorDetails] = []
    for name, step in value.items():
        if not isinstance(step, Mapping):
            found[str(name)] = step
            continue
        errors = kind.with_pairs(step).severity[1:]
        # where a task has no chains that is the fault, not each of the names
        known = dict.fromkeys(errors or step, "share") | _BESIDE_RATES
        try:
            found[str(name)] = _read_known(step, known, info)
        except ValidationError as error:
            faults += told_under((str(name),), error)
    if faults:
        raise ValidationError.from_exception_data("Steps", faults)
    return found


Step = dict[str, Input]
Steps = Annotated[dict[str, Step], BeforeValidator(_read_steps)]


class Look(Frozen):
    """A person who looks at what an option has made, and mends what is found.

    ``after`` names the steps of a chain after which that is; without it the kit finds where
    it pays. Of an option without steps every answer is looked at.
    ``finds`` is the share of wrong cases that a look finds, ``price`` what a look costs,
    ``mend`` what mending a case costs more, ``time`` that of a look, ``capacity`` the looks
    for which there is time, at all places together.
    """

    after: StepNames | None = None
    price: MoneyPerCase
    finds: Share
    mend: CostPerCase | None = None
    time: Seconds | None = None
    capacity: CasesPerMonth | None = None


class Stage(Frozen):
    """One trial on the way to roll-out: its price, its time, and whether it is passed."""

    price: Money | None = None
    time: Months | None = None
    passes: Share


class Stages(Frozen):
    """Trials before an option is built, in their order; one that fails ends it."""

    offline: Stage | None = None
    pilot: Stage | None = None


class Tokens(Frozen):
    """What a provider asks per token read and per token written, and on which day."""

    input: MoneyPerToken
    output: MoneyPerToken
    as_of: Day


class Option(Frozen):
    """One option of the ladder, as the case file names it."""

    kind: Literal[
        "none", "all", "constant", "popular", "rule", "one_measurement", "lookup", "process",
        "tfidf", "bm25", "bought", "bought_ml", "model", "llm", "review",
    ]  # fmt: skip
    label: str = ""
    note: str = ""
    when: Rule | None = None
    predict: Rule | None = None
    predictions: File | None = None
    ask: Ask | None = None
    probability: Truth = False
    rates: Rates = Field(default_factory=dict)
    text: Names = ()
    synonyms: Annotated[str | dict[str, Names] | None, Shown("file")] = None
    pinned: Annotated[str | dict[str, str] | None, Shown("file")] = None
    by: Column | None = None
    half_life: Months | None = None
    steps: Steps = Field(default_factory=dict)
    check: Look | None = None
    incidents: dict[str, Share] = Field(default_factory=dict)
    of: OptionName | None = None
    status_quo: Truth = False
    build: Money | None = None
    run: MoneyPerMonth | None = None
    delay: Months | None = None
    cost_per_case: CostPerCase | None = None
    tokens: Tokens | None = None
    adoption: Share | None = None
    ramp: Months | None = None
    overrun: Ratio | None = None
    online: Ratio | None = None
    drift: RatePerYear | None = None
    retrain: Money | None = None
    retrain_every: Months | None = None
    stages: Stages = Stages()
    value: Words | None = None
    inputs: dict[str, Number] = Field(default_factory=dict)
    review: MoneyPerCase | None = None
    capacity: CasesPerMonth | None = None
    reviewer_error: Share | None = None
    review_time: Seconds | None = None

    @property
    def of_kind(self) -> OptionKind:
        """Its entry among the option kinds."""
        return OPTION_KINDS[self.kind]

    @property
    def reviewed(self) -> bool:
        """Whether a person looks before anything happens.

        With a chain of steps only where a look after the last of them is settled: one that
        is to be taken where it pays may not be; nor is every answer seen where the time for
        looks is limited.
        """
        if self.of_kind.reviewed or self.check is None:
            return self.of_kind.reviewed
        if not self.steps:
            return self.check.capacity is None
        return list(self.steps)[-1] in (self.check.after or ())

    @property
    def quality(self) -> dict[str, Input]:
        """All that is stated of how good it is: rates, or those of its steps and looks.

        The names are those of inputs, without ``options.<id>.`` before them.
        """
        steps = {
            f"steps.{step}.{name}": item
            for step, said in self.steps.items()
            for name, item in said.items()
            if name != STEP_COST
        }
        finds = {"check.finds": self.check.finds} if self.check is not None else {}
        return {**self.rates, **steps, **finds}


class Budget(Frozen):
    """What one call may take."""

    latency: Seconds | None = None
    cost: CostPerCase | None = None
