"""The path of a decision: five steps, each from the case and what the steps before left.

`Walk` computes each step once. What a step leaves is a section; one that lies in the
output folder and was made from the same case, data, seed, draws and kit is read instead of
computed, and a stale one is computed anew.
"""

from __future__ import annotations

import json
from datetime import date as Date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mlpdm_kit.case.dataset import data_digest
from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.case.model import Case
from mlpdm_kit.errors import StaleSection
from mlpdm_kit.record.areas import label_cost, written
from mlpdm_kit.record.gates import answered, stopped_by
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.parts import Section
from mlpdm_kit.record.sections import ComparisonSection, ErrorsSection, FramingSection, ValueSection
from mlpdm_kit.record.stages import STEPS, fingerprints

if TYPE_CHECKING:
    from mlpdm_kit.analysis.ladder import Rung

DEFAULT_DRAWS = 16_384

_Kind = TypeVar("_Kind", bound=Section)


class Walk:
    """One case on its way to a decision.

    Parameters
    ----------
    case : Case
    seed, draws : int
        Of the simulation; the same give the same figures.
    out : path, optional
        Folder of this case's record; sections are looked for in ``out/sections``.
    day : date, optional
        Date of the record: by default the case's own, else today.
    """

    def __init__(
        self,
        case: Case,
        *,
        seed: int = 0,
        draws: int = DEFAULT_DRAWS,
        out: str | Path | None = None,
        day: Date | None = None,
    ) -> None:
        self.case, self.seed, self.draws = case, seed, draws
        self.out = None if out is None else Path(out)
        self.day = day or case.date or Date.today()
        self._found: dict[str, Section] = {}

    @cached_property
    def rungs(self) -> tuple[Rung, ...]:
        """The ladder of options."""
        from mlpdm_kit.analysis.ladder import ladder

        return ladder(self.case)

    @cached_property
    def data_digest(self) -> str:
        """SHA-256 over the data files."""
        return "" if self.stopped else data_digest(self.case)

    @cached_property
    def stopped(self) -> bool:
        """Whether a case-level gate has stopped the case."""
        return bool(stopped_by(answered(self.case, self.rungs)))

    @cached_property
    def made_from(self) -> str:
        """Digest of all that a section stands on."""
        from mlpdm_kit.record.assemble import kit_version

        stands_on = [self.case.digest, self.data_digest, kit_version(), self.seed, self.draws]
        return sha256(json.dumps(stands_on).encode()).hexdigest()

    def framing(self) -> FramingSection:
        """01: checks and gates as answered."""
        return self._section(FramingSection, "problem_framing", self._frame)

    def comparison(self) -> ComparisonSection:
        """02: the options on the data."""
        return self._section(ComparisonSection, "baseline_comparison", self._compare)

    def errors(self) -> ErrorsSection:
        """03: what errors cost."""
        return self._section(ErrorsSection, "cost_of_errors", self._price_errors)

    def value(self) -> ValueSection:
        """04: net benefit over the horizon."""
        return self._section(ValueSection, "expected_value", self._value)

    def record(self) -> DecisionRecord:
        """05: the decision record."""
        from mlpdm_kit.record.assemble import assemble

        return assemble(
            self.case,
            self.rungs,
            self.framing(),
            self.comparison(),
            self.errors(),
            self.value(),
            day=self.day,
            data_digest=self.data_digest,
            seed=self.seed,
            draws=self.draws,
        )

    def save(self, section: Section) -> Path:
        """Write a section into the output folder, whole or not at all."""
        assert self.out is not None
        path = self.out / "sections" / f"{section.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        plain = section.model_dump(mode="json")
        write_atomically(path, json.dumps(plain, indent=1, ensure_ascii=False) + "\n")
        return path

    def _section(self, kind: type[_Kind], name: str, compute: Any) -> _Kind:
        if name not in self._found:
            self._found[name] = self._read(kind, name) or self._make(kind, compute)
        found = self._found[name]
        assert isinstance(found, kind)
        return found

    def _read(self, kind: type[_Kind], name: str) -> _Kind | None:
        try:
            return read_section(self.out, kind, name, self.made_from)
        except StaleSection:
            return None

    def _make(self, kind: type[_Kind], compute: Any) -> _Kind:
        # through JSON, so that the numbers are those that a reader of the file would get
        plain = json.loads(json.dumps(compute().model_dump(mode="json")))
        stands_on = fingerprints(self.case, self.data_digest)
        return kind.model_validate({**plain, "made_from": self.made_from, "stands_on": stands_on})

    def _frame(self) -> FramingSection:
        checks = answered(self.case, self.rungs)
        return FramingSection(
            checks=checks,
            stopped_by=stopped_by(checks),
            written=written(self.case, self.rungs),
            labels=label_cost(self.case),
        )

    def _compare(self) -> ComparisonSection:
        if self.stopped:
            return ComparisonSection()
        from mlpdm_kit.case.dataset import load_data
        from mlpdm_kit.record.comparison import compare_section

        return compare_section(self.case, load_data(self.case), self.rungs, self.seed)

    def _price_errors(self) -> ErrorsSection:
        if self.stopped:
            return ErrorsSection()
        from mlpdm_kit.record.error_costs import errors_section
        from mlpdm_kit.record.inputs import Inputs

        inputs = Inputs(self.case, self.comparison())
        return errors_section(self.case, self.rungs, inputs, self.draws, self.seed)

    def _value(self) -> ValueSection:
        if self.stopped:
            return ValueSection(draws=self.draws, seed=self.seed)
        from mlpdm_kit.record.worth import value_section

        return value_section(
            self.case,
            self.rungs,
            self.comparison(),
            self.framing().checks,
            self.draws,
            self.seed,
        )


def read_section(out: Path | None, kind: type[_Kind], name: str, made_from: str) -> _Kind:
    """A section from its file.

    Raises
    ------
    StaleSection
        It is not there, cannot be read, or was made from something else.
    """
    if out is None:
        raise StaleSection(name)
    try:
        text = (out / "sections" / f"{name}.json").read_text(encoding="utf-8")
        section = kind.model_validate_json(text)
    except (OSError, ValueError) as error:
        raise StaleSection(name) from error
    if section.made_from != made_from:
        raise StaleSection(name)
    return section


def decide(
    case: Case,
    *,
    seed: int = 0,
    draws: int = DEFAULT_DRAWS,
    day: Date | None = None,
) -> DecisionRecord:
    """The decision record of a case, with no notebook.

    Parameters
    ----------
    case : Case
        As `load_case` gives it.
    seed : int
        Of the simulation and the folds.
    draws : int
        Joint draws of the uncertain inputs; a power of two.
    day : date, optional
        Date of the record: by default the case's own, else today.

    Raises
    ------
    InputError
        The data or a rule of the case is at fault.

    Examples
    --------
    >>> from mlpdm_kit import load_case, shipped
    >>> record = decide(load_case(shipped.cases() / "urgent-mail"), draws=1024)
    >>> record.verdict.outcome
    'do_nothing'
    """
    return Walk(case, seed=seed, draws=draws, day=day).record()


__all__ = ["DEFAULT_DRAWS", "STEPS", "Walk", "decide", "read_section"]
