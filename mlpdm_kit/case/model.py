"""The case: what a case file may say, frozen and checked.

Inputs that carry uncertainty are `Input`; the alias (`Money`, `Share`, ...) says in which
dimension a field is written. Validation happens in the context of the case's own words
(`mlpdm_kit.case.quantity.Units`), which ``load_case`` reads first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from mlpdm_kit.case.kinds import OPTION_KINDS, TASK_KINDS, OptionKind, TaskKind
from mlpdm_kit.case.quantity import Malformed, Units, parse

Evidence = Literal["measured", "quoted", "assumed"]
Family = Literal["lognormal", "normal", "beta", "uniform"]


class Frozen(BaseModel):
    """Base of everything in a case: frozen, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, str_max_length=20_000
    )


def slug(name: str) -> bool:
    """Whether a name is safe as the name of a folder on any machine."""
    normal = unicodedata.normalize("NFC", name)
    return re.fullmatch(r"\w(?:[\w-]|\.(?!\.)){0,78}", normal) is not None and normal == name


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]


class Input(Frozen):
    """An uncertain input: a range, and where it comes from.

    ``low`` and ``high`` are the 5% and 95% points, in the kit's own units; equal for a
    figure that is taken as it is.
    """

    low: float
    high: float
    dimension: str
    evidence: Evidence = "assumed"
    note: str = ""
    owner: str = ""
    source: str = ""
    family: Family | None = None

    @property
    def is_point(self) -> bool:
        """Whether it is one figure, without a range."""
        return self.low == self.high


@dataclass(frozen=True)
class In:
    """In which dimension a field is written; turns its text into an `Input`."""

    dimension: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_before_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        written = {"type": ["string", "number"], "dimension": self.dimension}
        said: dict[str, Any] = {name: {"type": "string"} for name in ("note", "owner", "source")}
        said["evidence"] = {"enum": ["measured", "quoted", "assumed"]}
        said["family"] = {"enum": ["lognormal", "normal", "beta", "uniform"]}
        full = {
            "type": "object",
            "properties": {"value": written, **said},
            "required": ["value"],
            "additionalProperties": False,
        }
        return {"anyOf": [written, full], "dimension": self.dimension}

    def _read(self, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, Input):
            return value
        units: Units = (info.context or {}).get("units", Units())
        dimension = self.dimension
        said: dict[str, Any] = {}
        if isinstance(value, Mapping):
            said = dict(value)
            if "low" in said and "high" in said and "value" not in said:
                return said
            if "value" not in said:
                raise PydanticCustomError("missing", "missing", {"key": "value"})
            value = said.pop("value")
        if not isinstance(value, (str, int, float)) or isinstance(value, bool):
            raise PydanticCustomError(
                "quantity-number", "quantity", {"example": units.example(dimension)}
            )
        try:
            low, high = parse(str(value), dimension, units)
        except Malformed as fault:
            raise PydanticCustomError(
                fault.code, "quantity", {"value": value, **fault.figures}
            ) from fault
        return {"low": low, "high": high, "dimension": dimension.partition(",")[0], **said}


Money = Annotated[Input, In("money")]
MoneyPerCase = Annotated[Input, In("money/case")]
CostPerCase = Annotated[Input, In("money/case, said")]
MoneyPerMonth = Annotated[Input, In("money/month")]
CasesPerMonth = Annotated[Input, In("cases/month")]
Share = Annotated[Input, In("share")]
Months = Annotated[Input, In("months")]
RatePerYear = Annotated[Input, In("rate/year")]
Seconds = Annotated[Input, In("seconds")]


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

    answer: Literal["yes", "no", "unknown", "n/a"] = "unknown"
    evidence: Evidence = "assumed"
    source: str = ""
    note: str = ""
    owner: str = ""
    options: Names = ()
    threshold: float | None = None


class Data(Frozen):
    """The table of past cases beside the case file."""

    file: str
    target: str
    positive: str | None = None
    id: str | None = None
    time: str | None = None
    group: str | None = None
    segment: str | None = None
    leave_out: Names = ()
    known_then: Names = ()
    simulated: bool = False
    source: str = ""
    licence: str = ""
    note: str = ""


class Outcome(Frozen):
    """What one outcome is worth: a cost or a gain, both positive."""

    cost: Input | None = None
    gain: Input | None = None

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
    if not isinstance(value, Mapping) or isinstance(value.get("cost"), Mapping | Input):
        return value
    said = dict(value)
    words = [word for word in ("cost", "gain") if word in said]
    if len(words) != 1:
        raise PydanticCustomError("outcome-word", "outcome", {})
    context = info.context or {}
    dimension = TASK_KINDS[context.get("task", "binary")].outcome_dimension
    word = words[0]
    amount = In(dimension)._read({"value": said.pop(word), **said}, info)
    return {word: amount}


PricedOutcome = Annotated[Outcome, BeforeValidator(_read_outcome)]


def _read_rates(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, Mapping):
        return value
    known = TASK_KINDS[(info.context or {}).get("task", "binary")].rates
    found = {}
    for name, rate in value.items():
        if name not in known:
            raise PydanticCustomError(
                "rate-unknown", "rate", {"value": str(name), "known": ", ".join(known)}
            )
        found[name] = In(known[name])._read(rate, info)
    return found


Rates = Annotated[dict[str, Input], BeforeValidator(_read_rates)]


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
    probability: bool = False
    rates: Rates = Field(default_factory=dict)
    of: str | None = None
    status_quo: bool = False
    build: Money | None = None
    run: MoneyPerMonth | None = None
    delay: Months | None = None
    cost_per_case: CostPerCase | None = None
    adoption: Share | None = None
    review: MoneyPerCase | None = None
    capacity: CasesPerMonth | None = None
    reviewer_error: Share | None = None

    @property
    def of_kind(self) -> OptionKind:
        """Its entry among the option kinds."""
        return OPTION_KINDS[self.kind]


class Budget(Frozen):
    """What one call may take."""

    latency: Seconds | None = None
    cost: CostPerCase | None = None


class Case(Frozen):
    """One decision, as its people describe it.

    ``volume``, ``outcomes`` and ``horizon`` may be missing only where a gate has already
    stopped the case; `mlpdm_kit.case.rules` sees to that.
    """

    title: str = Field(min_length=1, max_length=300)
    id: str | None = None
    date: Date | None = None
    status: Literal["draft", "proposed", "accepted", "rejected", "superseded"] = "proposed"
    supersedes: str = ""
    people: People = People()
    review_on: Date | None = None
    confirmation: str = ""
    currency: str = "USD"
    unit: str = Field(default="case", min_length=1, max_length=40)
    task: Literal["binary", "regression"] = "binary"
    target_unit: str = "unit"
    simulated: bool = False
    framing: Framing
    checks: dict[str, Answer] = Field(default_factory=dict)
    volume: CasesPerMonth | None = None
    prevalence: Share | None = None
    data: Data | None = None
    outcomes: dict[str, PricedOutcome] = Field(default_factory=dict)
    action_success: Share | None = None
    budget: Budget = Budget()
    options: dict[str, Option] = Field(default_factory=dict)
    horizon: Months | None = None
    discount: RatePerYear = Input(low=0, high=0, dimension="rate/year")
    folder: Path = Field(default=Path(), exclude=True)
    digest: str = Field(default="", exclude=True)

    @property
    def of_task(self) -> TaskKind:
        """Its entry among the task kinds."""
        return TASK_KINDS[self.task]

    @property
    def units(self) -> Units:
        """What the words of this case mean."""
        return Units(currency=self.currency, unit=self.unit, target_unit=self.target_unit)

    @property
    def name(self) -> str:
        """Its id: as the file says, else the name of its folder."""
        return self.id or self.folder.name
