"""The decision record: everything that the five steps found, put together."""

from __future__ import annotations

from datetime import date as Date
from typing import Any, Literal

from pydantic import ConfigDict, Field

from mlpdm_kit.record.areas import Area
from mlpdm_kit.record.parts import CheckResult, Part, Range, Said
from mlpdm_kit.record.sections import ComparisonSection, ErrorsSection
from mlpdm_kit.record.valued import (
    BreakEven,
    Chain,
    InputRow,
    PartialValue,
    RankCorrelation,
    Stress,
    StudyValue,
    Valued,
)

SCHEMA = "mlpdm-record/1"


Outcome = Literal["use_ml", "use_non_ml", "find_out_first", "do_nothing", "stop"]


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
    """From what the record was made, so that it can be made again.

    ``overrides`` are the values, by dotted path, that were put in place of the case file's.
    """

    case_digest: str
    data_digest: str
    kit: str
    packages: dict[str, str]
    seed: int
    draws: int
    overrides: dict[str, str] = Field(default_factory=dict)


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
    areas: tuple[Area, ...] = ()
    baseline: ComparisonSection
    error_costs: ErrorsSection
    inputs: tuple[InputRow, ...] = ()
    correlations: tuple[RankCorrelation, ...] = ()
    input_findings: tuple[Said, ...] = ()
    months: float = 0.0
    discount: float = 0.0
    value_of_information: InformationValue = InformationValue()
    chains: tuple[Chain, ...] = ()
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
