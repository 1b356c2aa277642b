"""The case: what a case file may say, frozen and checked.

Inputs that carry uncertainty are `Input`; the alias (`Money`, `Share`, ...) says in which
dimension a field is written. Validation happens in the context of the case's own words
(`mlpdm_kit.case.quantity.Units`), which ``load_case`` reads first.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from mlpdm_kit.case.areas import Collection, Design, Evaluation, Governance
from mlpdm_kit.case.ask import Ask, with_answers_file
from mlpdm_kit.case.framing import Answer, Framing, Goal, People
from mlpdm_kit.case.grading import Grading
from mlpdm_kit.case.incidents import Incident
from mlpdm_kit.case.inputs import (
    CasesPerMonth,
    CostPerCase,
    Evidence,
    Family,
    Frozen,
    Input,
    Money,
    Months,
    Number,
    RatePerYear,
    Share,
    read_input,
)
from mlpdm_kit.case.kinds import TASK_KINDS, TaskKind
from mlpdm_kit.case.option import Budget, Option, Stage, Stages, Tokens
from mlpdm_kit.case.quantity import Units
from mlpdm_kit.case.words import (
    Column,
    Columns,
    Currency,
    Day,
    File,
    Inputs,
    Names,
    Truth,
    Words,
    slug,
)


class Documents(Frozen):
    """What is searched: a table of documents beside the case file, one row each."""

    file: File
    id: str
    text: Names = Field(min_length=1)


class Data(Frozen):
    """The table of past cases beside the case file."""

    file: File
    target: Column | None = None
    positive: str | None = None
    id: Column | None = None
    time: Column | None = None
    group: Column | None = None
    segment: Column | None = None
    mix: dict[str, Share] = Field(default_factory=dict)
    leave_out: Columns = ()
    known_then: Columns = ()
    query: Column | None = None
    documents: Documents | None = None
    grades: File | None = None
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


class Study(Frozen):
    """Something that could be found out before deciding, and what that takes.

    ``of`` are inputs by name. A share is seen on ``n`` cases, any other input on ``n``
    observations of relative spread ``spread``; without a price per case it is found out
    once and for all, as by asking.
    """

    of: Inputs = Field(min_length=1)
    price: Money | None = None
    price_per_case: CostPerCase | None = None
    time: Months | None = None
    most: int | None = Field(default=None, ge=1, le=10_000_000)
    spread: float | None = Field(default=None, gt=0, le=100)
    note: str = ""


def _list(value: Any) -> Any:
    if not isinstance(value, (list, tuple)):
        raise PydanticCustomError("correlation-list", "list", {})
    return value


class Related(Frozen):
    """Two inputs that move together: by how much, as Spearman's rank correlation."""

    between: Inputs
    rank: float


Pairs = Annotated[tuple[Related, ...], BeforeValidator(_list)]


Options = Annotated[dict[str, Option], BeforeValidator(with_answers_file)]


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
    confirmation: Words = ""
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
    design: Design = Design()
    evaluation: Evaluation = Evaluation()
    collection: Collection = Collection()
    governance: Governance = Governance()
    volume: CasesPerMonth | None = None
    growth: RatePerYear | None = None
    inputs: dict[str, Number] = Field(default_factory=dict)
    prevalence: Share | None = None
    data: Data | None = None
    grading: Grading | None = None
    outcomes: dict[str, PricedOutcome] = Field(default_factory=dict)
    incidents: dict[str, Incident] = Field(default_factory=dict)
    action_success: Share | None = None
    budget: Budget = Budget()
    options: Options = Field(default_factory=dict)
    studies: dict[str, Study] = Field(default_factory=dict)
    correlations: Pairs = ()
    horizon: Months | None = None
    discount: RatePerYear = Input(low=0, high=0, dimension="rate/year")
    like: str = Field(default="", exclude=True)
    folder: Path = Field(default=Path(), exclude=True)
    digest: str = Field(default="", exclude=True)
    overridden: Mapping[str, str] = Field(default_factory=dict, exclude=True)

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
    "Ask",
    "Budget",
    "Case",
    "Data",
    "Documents",
    "Evidence",
    "Family",
    "Framing",
    "Goal",
    "Grading",
    "Incident",
    "Input",
    "Option",
    "Outcome",
    "People",
    "Related",
    "Stage",
    "Stages",
    "Study",
    "Tokens",
    "slug",
]
