"""One option of the ladder: how good it is, what it takes, how it comes into use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, ValidationInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

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
from mlpdm_kit.case.words import Day, Truth


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


class Tokens(Frozen):
    """What a provider asks per token read and per token written, and on which day."""

    input: MoneyPerToken
    output: MoneyPerToken
    as_of: Day


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
    incidents: dict[str, Share] = Field(default_factory=dict)
    of: str | None = None
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
