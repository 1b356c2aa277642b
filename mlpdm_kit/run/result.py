"""What holds for every case of a batch, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as also
from datetime import date as Date
from pathlib import Path
from typing import Any, Literal

from mlpdm_kit import shipped
from mlpdm_kit.errors import Fault, InputError
from mlpdm_kit.record.steps import DEFAULT_DRAWS
from mlpdm_kit.run.notebooks import Execute, Limits, with_papermill
from mlpdm_kit.run.places import case_title

FAILURE_SCHEMA = "mlpdm-failure/1"

State = Literal["done", "kept", "failed", "stopped"]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Where a case failed, and why; ``notebook`` is empty where none was at fault."""

    notebook: str = ""
    cell: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """What became of one case.

    ``kept`` means that its record was there already, made from the same. ``stopped`` means
    that the run was stopped before the case was done: nothing of it was put in place.
    ``folder`` is None where nothing could be, and ``link`` its address in a store.
    ``outcome`` and ``verdict`` (its sentence) are those of the record.
    """

    id: str
    case: Path
    state: State
    folder: Path | None = None
    link: str = ""
    outcome: str = ""
    verdict: str = ""
    faults: tuple[Fault, ...] = ()
    failure: Failure | None = None

    def reasons(self, lang: str = "en") -> list[str]:
        """Why it failed, one line each."""
        said = [fault.sentence(lang) for fault in self.faults]
        if self.failure is not None:
            where = ", ".join(part for part in (self.failure.notebook, self.failure.cell) if part)
            said.append(f"{where}: {self.failure.reason}" if where else self.failure.reason)
        return said

    @property
    def found_at(self) -> str:
        """Where people find it; empty where nothing could be put in place."""
        return self.link or ("" if self.folder is None else str(self.folder))

    def at(self, folder: Path, link: str = "") -> CaseResult:
        """The same, put in place there."""
        return replace(self, folder=folder, link=link)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One step of a batch: a case at a notebook, or a case with its result."""

    case: str
    notebook: str = ""
    result: CaseResult | None = None


Report = Callable[[Progress], None]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What holds for every case of a batch.

    ``day`` is the date of all records; without it each has its case's own, else ``today``,
    which is the day on which the batch began; ``anew`` says that it began without keeping
    any record, so that those of another day are not its own.
    """

    seed: int = 0
    draws: int = DEFAULT_DRAWS
    day: Date | None = None
    today: Date = also(default_factory=Date.today)
    anew: bool = False
    lang: str = "en"
    mode: str = "report"
    overrides: Mapping[str, Any] = also(default_factory=dict)
    notebooks: Path = also(default_factory=shipped.notebooks)
    limits: Limits = also(default_factory=Limits)
    execute: Execute = with_papermill
    engine: str = "mlpdm"

    def parameters(self, case: Path, own_day: Date | None = None) -> dict[str, Any]:
        """What goes into each notebook of a case, as plain JSON values."""
        return {
            "case": str(case.resolve()),
            "mode": self.mode,
            "lang": self.lang,
            "seed": self.seed,
            "draws": self.draws,
            "day": self.date_of(own_day).isoformat(),
            "overrides": dict(self.overrides),
        }

    def date_of(self, own_day: Date | None) -> Date:
        """The date of a record: that of all, else the case's own, else the batch's."""
        return self.day or own_day or self.today

    def as_plain(self) -> dict[str, Any]:
        """What shows in a record, as plain JSON values; not how it is run."""
        return {
            "seed": self.seed,
            "draws": self.draws,
            "day": None if self.day is None else self.day.isoformat(),
            "lang": self.lang,
            "mode": self.mode,
            "overrides": dict(self.overrides),
        }


class IndexUnwritten(InputError):
    """Every case has been gone through, and the index of the folder could not be written."""

    def __init__(self, out: str | Path, error: OSError, results: Sequence[CaseResult]) -> None:
        super().__init__(Fault(code="index-unwritten", field="--out", value=str(out),
                               figures={"reason": error.strerror or str(error)}))  # fmt: skip
        self.results = list(results)


def failure_content(result: CaseResult, lang: str) -> dict[str, Any]:
    """What ``failure.json`` says of a case that failed."""
    failure = result.failure or Failure()
    return {
        "schema": FAILURE_SCHEMA,
        "id": result.id,
        "title": case_title(result.case),
        "case": str(result.case),
        "message": "\n".join(result.reasons(lang)),
        "faults": [fault.to_dict(lang) for fault in result.faults],
        "notebook": failure.notebook,
        "cell": failure.cell,
        "reason": failure.reason,
    }
