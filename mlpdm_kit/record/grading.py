"""How answers were graded, as a part of section 02, and the check that follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mlpdm_kit.analysis.errors.costs import Estimate
from mlpdm_kit.analysis.grading.agreement import Agreement
from mlpdm_kit.analysis.grading.graded import Marks, agreed
from mlpdm_kit.analysis.grading.graders import never_given
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.trial.compare import Comparison
from mlpdm_kit.analysis.trial.findings import Finding
from mlpdm_kit.analysis.trial.folds import Split
from mlpdm_kit.analysis.trial.setting import Setting
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.model import Case
from mlpdm_kit.errors import refuse
from mlpdm_kit.record.gates import computed
from mlpdm_kit.record.graded import FieldMarks, GradedOption, HowGraded, Kappa, PeopleAgree
from mlpdm_kit.record.parts import CheckResult, Status

GIVEN, USUAL = "given", "usual"  # grades that came with the answers; the task's own way
ORDERED = ("generation",)  # tasks whose outcomes are steps from good to bad
ENOUGH = 10  # answers below which an interval of agreement says nothing


def how_it_was_graded(
    case: Case,
    data: Dataset,
    marks: Mapping[str, Marks],
    result: Comparison,
    setting: Setting,
    split: Split,
) -> HowGraded | None:
    """All of it; None where the task grades by itself and no person looked."""
    if case.grading is None and not data.gradings:
        return None
    texts = any(one.texts is not None for one in data.predictions.values())
    grader = case.grading.grader if case.grading else USUAL if texts else GIVEN
    names = case.of_task.outcomes
    corrected = any(one.graded is not None for one in result.tried.values())
    options = tuple(
        _option(name, data, marks, result, setting, split)
        for name in result.tried
        if name in marks or (corrected and (name in data.predictions or name in data.acts))
    )
    return HowGraded(
        grader=grader,
        outcomes=names,
        options=options,
        fields=tuple(_fields(case, marks)),
        agreement=_agreement(case, data, setting),
    )


def out_of_sight(case: Case, marks: Mapping[str, Marks], result: Comparison) -> list[Finding]:
    """Outcomes with a price that an option's grader cannot give, where no person looked.

    Their shares rest on nothing but what is believed before a case is seen.
    """
    if case.grading is None:
        return []
    return [
        Finding(
            code="grader-blind",
            figures={
                "option": option,
                "grader": case.grading.grader,
                "outcome": outcome,
                "share": result.measured[option].rates[outcome].mean,
            },
        )
        for option in marks
        if option in result.tried and result.tried[option].graded is None
        for outcome in never_given(case.grading, case.task)
        if outcome in case.outcomes and outcome in result.measured[option].rates
    ]


def _option(
    name: str,
    data: Dataset,
    marks: Mapping[str, Marks],
    result: Comparison,
    setting: Setting,
    split: Split,
) -> GradedOption:
    one, rows = result.tried[name], split.tested
    found, mark, people = one.graded, marks.get(name), data.gradings.get(name)
    before = setting.outcomes(data, one.outcome, rows)
    after = setting.outcomes_of(one, data, rows)
    checked = {(int(r), int(k)) for r, k in zip(people.row, people.repeat, strict=True)} if (
        people is not None) else set()  # fmt: skip
    return GradedOption(
        option=name,
        answers=mark.answers if mark else int(np.isfinite(one.outcome[rows]).sum()),
        checked=len(checked),
        graders=0 if people is None else len(set(people.grader)),
        before={key: float(values.mean()) for key, values in before.items()},
        after={} if found is None else {k: float(values.mean()) for k, values in after.items()},
        counts=() if found is None else _plain(found.counts),
        unreadable=mark.unreadable if mark else 0,
        compared=0 if found is None else found.compared,
    )


def _plain(counts: Array) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(x) for x in row) for row in counts)


def _fields(case: Case, marks: Mapping[str, Marks]) -> list[FieldMarks]:
    if case.grading is None:
        return []
    said = {None: "", True: "yes", False: "no"}
    return [
        FieldMarks(
            option=option,
            field=name,
            severe=said[case.grading.fields[name].severe],
            right=counts.get("right", 0),
            missing=counts.get("missing", 0),
            wrong=counts.get("wrong", 0),
        )
        for option, mark in marks.items()
        for name, counts in mark.fields.items()
    ]


def _agreement(case: Case, data: Dataset, setting: Setting) -> PeopleAgree | None:
    names = case.of_task.outcomes
    found: Agreement | None = agreed(
        data.gradings, names, ordered=case.task in ORDERED, seed=setting.seed
    )
    if found is None:
        return None
    answer, check = case.checks.get("experts-agree"), CHECKS["experts-agree"]
    limit = answer.threshold if answer and answer.threshold is not None else check.threshold
    assert limit is not None
    if not 0 < limit <= 1:
        raise refuse("number-range", "checks.experts-agree.threshold", limit, range="(0, 1]")
    return PeopleAgree(
        graders=found.graders,
        items=found.items,
        kappa=_kappa(found.kappa),
        weighted=_kappa(found.weighted),
        same=found.same,
        word=found.word,
        counts=_plain(found.counts),
        limit=limit,
    )


def _kappa(found: Estimate | None) -> Kappa | None:
    if found is None or np.isnan(found.mean):
        return None
    return Kappa(mean=found.mean, low=found.low, high=found.high)


def checks_on_graders(
    case: Case, rungs: Sequence[Rung], how: HowGraded | None
) -> list[CheckResult]:
    """Whether people agree on what is right: passed and failed only where it is clear.

    That is where all of kappa's 95% interval lies on one side of the limit, and people graded
    at least `ENOUGH` answers in common.
    """
    found = how.agreement if how is not None else None
    if found is None:
        return []
    best = found.weighted or found.kappa
    figures: dict[str, Any] = {
        "measure": "kappa" if found.weighted is None else "weighted",
        "limit": found.limit, "items": found.items, "graders": len(found.graders),
        "same": found.same, "enough": ENOUGH,
    }  # fmt: skip
    if best is None:
        return [computed("experts-agree", rungs, "open", "experts-undefined", figures)]
    figures |= {"kappa": best.mean, "low": best.low, "high": best.high}
    if found.items < ENOUGH:
        return [computed("experts-agree", rungs, "open", "experts-few", figures)]
    status: Status = (
        "passed" if best.low >= found.limit else "failed" if best.high < found.limit else "open"
    )
    return [computed("experts-agree", rungs, status, f"experts-{status}", figures)]
