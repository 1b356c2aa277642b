"""Section 02: what needs no ML against what does, on the case's own data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mlpdm_kit.analysis.grading.graded import graded
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.trial.compare import FEW_ERRORS, Comparison, compare, rate_of
from mlpdm_kit.analysis.trial.findings import (
    Finding,
    base_rate_differs,
    leaks,
    oddities,
)
from mlpdm_kit.analysis.trial.folds import Split, split
from mlpdm_kit.analysis.trial.mix import text_of
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.uncertainty.distributions import Distribution
from mlpdm_kit.analysis.uncertainty.stated import stated_inputs
from mlpdm_kit.analysis.worth.tasks import Measure, task_of
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.model import Case
from mlpdm_kit.errors import refuse
from mlpdm_kit.record.answers import (
    measured_incidents,
    on_answers,
    price_of,
    slow_of,
    taken_by,
)
from mlpdm_kit.record.chains import chain_rates
from mlpdm_kit.record.closer import as_range, finite, looked
from mlpdm_kit.record.data_checks import (
    checks_on_data,
    checks_on_people,
    in_use,
    removed_before,
    too_good,
)
from mlpdm_kit.record.grading import checks_on_graders, how_it_was_graded, out_of_sight
from mlpdm_kit.record.inputs import usual_ends
from mlpdm_kit.record.measured import Compared, Correlation, DataProfile, OperatingPoint, Rate
from mlpdm_kit.record.parts import Said, few_errors
from mlpdm_kit.record.sections import ComparisonSection
from mlpdm_kit.record.setting import setting


def compare_section(
    case: Case, data: Dataset | None, rungs: Sequence[Rung], seed: int
) -> ComparisonSection:
    """The whole section; without data only what is stated and what needs no data."""
    if data is None:
        options = tuple(_unmeasured(case, rung) for rung in rungs)
        return ComparisonSection(options=options, checks=tuple(checks_on_people(case, rungs)))
    _refuse_unknown_segments(case, data)
    data, marks = graded(data, case.grading, case.task)
    vouched = {*(case.data.known_then if case.data else ()), *in_use(rungs, data)}
    found = leaks(data.features, data.target, case.task, known_then=vouched)
    leaking = [finding.figures["column"] for finding in found]
    profile_features = data.features
    data = replace(data, features=data.features.drop(columns=leaking))
    split_ = split(data, case.task, seed)
    here = setting(case, data, seed)
    result = compare(data, tuple(rungs), split_, here, removed_before(case, rungs, data, leaking))
    closer = looked(case, rungs, data, split_, here, result)
    answers, on_log = on_answers(case, rungs, data, split_.tested, here, result)
    good = too_good(case, data, result)
    blind = out_of_sight(case, marks, result)
    findings = [*found, *good, *blind, *oddities(profile_features), *_on_rows(case, data, result)]
    how_graded = how_it_was_graded(case, data, marks, result, here, split_)
    options = tuple(
        _compared(case, rung, result, data, here)
        if rung.id in result.tried
        else _unmeasured(case, rung)
        for rung in rungs
        if rung.priced or rung.id in result.tried
    )
    return ComparisonSection(
        data=_profile(case, data, profile_features.shape[1], split_, findings, here),
        findings=tuple(Said(code=f.code, figures=f.figures) for f in findings),
        options=options,
        best_without_ml=result.best_without_ml,
        correlation=Correlation(
            names=result.correlation_names,
            matrix=tuple(tuple(float(x) for x in row) for row in result.correlation),
        ),
        curves=closer.curves,
        graded=how_graded,
        answers=answers,
        **closer.parts,
        checks=(
            *checks_on_people(case, rungs),
            *checks_on_data(case, rungs, data, result, findings),
            *closer.checks,
            *checks_on_graders(case, rungs, how_graded),
            *on_log,
        ),
    )


def _rate(dist: Distribution, evidence: str) -> Rate:
    return Rate(
        mean=dist.mean,
        low=dist.quantile(0.05),
        high=dist.quantile(0.95),
        family=dist.family,
        parameters=dist.parameters,
        evidence=evidence,
    )


def _rates(found: Mapping[str, Distribution]) -> dict[str, Rate]:
    return {name: _rate(dist, "measured") for name, dist in found.items()}


def _compared(case: Case, rung: Rung, result: Comparison, data: Dataset, here: Setting) -> Compared:
    tried, measured = result.tried[rung.id], result.measured[rung.id]
    given = data.predictions.get(rung.id)
    difference = result.differences.get(rung.id)
    reference = here.task == "binary" and rung.kind in ("none", "all")
    known = rung.kind in case.of_task.known  # how it errs is known without data
    rows = int((tried.answers() > 0).sum())
    return Compared(
        id=rung.id,
        kind=rung.kind,
        is_ml=rung.is_ml,
        priced=rung.priced,
        look=rung.option.check is not None,
        source="reference" if reference else "measured",
        rows=rows,
        cells=measured.cells,
        rates=_rates(measured.rates),
        cost_per_case=as_range(measured.cost),
        difference=None if difference is None else as_range(difference),
        costly_errors=measured.costly_errors,
        few_errors=not known and measured.costly_errors < FEW_ERRORS,
        precision=_precision(measured.rates, data, here),
        operating_point=_point(tried, measured.tuned_cost),
        taken=_rates(taken_by(case, rung.id, given, data, here.mix)) if given else {},
        incidents=_rates(measured_incidents(case, rung.id, given, data, here.mix)) if given else {},
        predicted_cost=price_of(case, rung.id, given, data, here.mix) if given else None,
        latency_p95=slow_of(given, data, here.mix) if given else None,
    )


def _precision(rates: Mapping[str, Distribution], data: Dataset, here: Setting) -> float | None:
    """Share of the flagged that is right, at the production base rate."""
    if here.task != "binary":
        return None
    share = float(data.target.mean()) if here.prevalence is None else here.prevalence
    hits = share * rates["recall"].mean
    flagged = hits + (1 - share) * rates["false_positive_rate"].mean
    return hits / flagged if flagged > 0 else None


def _point(tried: Tried, tuned_cost: float | None) -> OperatingPoint | None:
    if not tried.point_kind:
        return None
    return OperatingPoint(
        kind=tried.point_kind,
        value=finite(tried.point),
        column=tried.column,
        direction=tried.direction,
        tuned=finite(tried.tuned),
        tuned_cost=tuned_cost,
    )


def _unmeasured(case: Case, rung: Rung) -> Compared:
    known = task_of(case).known_rates(rung.kind)
    if known:
        source, dists = "reference", {n: Distribution("point", (v,)) for n, v in known.items()}
        evidence = "measured"
    elif rung.option.steps:
        source, evidence, dists = "chain", "", {}
    elif rung.option.rates:
        stated = stated_inputs(case)
        source, evidence = "stated", ""
        dists = {name: stated[f"options.{rung.id}.{name}"] for name in rung.option.rates}
    else:
        source, dists, evidence = "derived", {}, "measured"
    return Compared(
        id=rung.id,
        kind=rung.kind,
        is_ml=rung.is_ml,
        priced=rung.priced,
        look=rung.option.check is not None,
        source=source,
        rates=chain_rates(case, rung)
        if source == "chain"
        else {
            name: _rate(dist, evidence or rung.option.rates[name].evidence)
            for name, dist in dists.items()
        },
    )


def _profile(
    case: Case,
    data: Dataset,
    columns: int,
    split_: Split,
    findings: Sequence[Finding],
    here: Setting,
) -> DataProfile:
    assert case.data is not None
    binary, stated = case.task == "binary", case.prevalence
    return DataProfile(
        file=case.data.file,
        rows=len(data),
        rows_without_target=data.rows_without_target,
        columns=columns,
        split=split_.kind,
        folds=len(split_.folds),
        tested_rows=len(split_.tested),
        positives=int(data.target.sum()) if binary else None,
        base_rate=float(data.target.mean()) if binary else None,
        production_low=usual_ends(stated)[0] if stated else None,
        production_high=usual_ends(stated)[1] if stated else None,
        mixed_base_rate=_mixed_base_rate(data, here),
        duplicates=data.copies,
        documents=len(data.corpus) if data.corpus else None,
        documents_file=case.data.documents.file if case.data.documents else "",
        simulated=case.data.simulated or case.simulated,
        source=case.data.source,
        licence=case.data.licence,
        note=case.data.note,
    )


def _mixed_base_rate(data: Dataset, here: Setting) -> tuple[float, float] | None:
    if not here.mix or here.task != "binary":
        return None
    rows = np.arange(len(data))
    found = rate_of(Measure(outcome="positive"), data.target, data, rows, here)
    return (found.parameters[0], found.parameters[1]) if found.family == "beta" else None


def _on_rows(case: Case, data: Dataset, result: Comparison) -> list[Finding]:
    found = []
    if data.copies:
        code = "copies" if data.copies_dropped else "duplicates"
        figures: dict[str, Any] = {"n": data.copies, "rows": len(data) + data.copies_dropped}
        found.append(Finding(code=code, figures=figures))
    if data.repeated_ids:
        found.append(Finding(code="id-repeats", figures={"n": data.repeated_ids}))
    if data.rows_without_target:
        found.append(Finding(code="target-missing", figures={"n": data.rows_without_target}))
    stated = case.prevalence
    if case.task == "binary" and stated is not None:
        positives, (low, high) = int(data.target.sum()), usual_ends(stated)
        if base_rate_differs(positives, len(data), low, high):
            found.append(
                Finding(
                    code="base-rate",
                    figures={"data": positives / len(data), "low": low, "high": high},
                )
            )
    for name, one in result.measured.items():
        known = result.tried[name].rung.kind in case.of_task.known
        if not known and one.costly_errors < FEW_ERRORS:
            said = few_errors(name, one.costly_errors)
            found.append(Finding(code=said.code, figures=said.figures))
    return found


def _refuse_unknown_segments(case: Case, data: Dataset) -> None:
    """The mix of production must name the segments that the data holds, all of them."""
    if case.data is None or not case.data.mix or data.segment is None:
        return
    there = sorted({text_of(name) for name in data.segment})
    for name in case.data.mix:
        if name not in there:
            raise refuse("mix-unknown", f"data.mix.{name}", name, known=", ".join(there[:12]))
    for name in there:
        if name not in case.data.mix:
            raise refuse("mix-missing", "data.mix", name)
