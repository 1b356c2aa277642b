"""Section 02: what needs no ML against what does, on the case's own data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mlpdm_kit.analysis.compare import FEW_ERRORS, Comparison, compare
from mlpdm_kit.analysis.distributions import Distribution
from mlpdm_kit.analysis.findings import (
    TOO_GOOD,
    Finding,
    base_rate_differs,
    leaks,
    oddities,
    separation,
)
from mlpdm_kit.analysis.folds import Split, split
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.tasks import task_of
from mlpdm_kit.analysis.trying import Review, Setting, Tried
from mlpdm_kit.analysis.value import means, signs, stated_inputs
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.closer import as_range, finite, looked
from mlpdm_kit.record.gates import answered, computed, standing
from mlpdm_kit.record.inputs import usual_ends
from mlpdm_kit.record.model import (
    CheckResult,
    Compared,
    ComparisonSection,
    Correlation,
    DataProfile,
    OperatingPoint,
    Rate,
    Said,
    Status,
)


def setting(case: Case, data: Dataset | None, seed: int) -> Setting:
    """Point values to compare under: every input at its mean, the production base rate."""
    inputs = stated_inputs(case)
    theta = means(inputs)
    if case.task == "binary" and "prevalence" not in theta and data is not None:
        theta["prevalence"] = np.array([data.target.mean()])
    task = task_of(case)
    worth = {name: float(value[0]) for name, value in task.worth(theta, signs(case)).items()}
    works = theta.get("action_success")
    return Setting(
        task=case.task,
        of_task=task,
        worth=worth,
        works=1.0 if works is None else float(works[0]),
        hit_at=case.hit_at,
        good=case.of_task.good,
        reviews=_reviews(case, theta),
        point=task.operating_point(worth),
        prevalence=None if case.prevalence is None else float(theta["prevalence"][0]),
        seed=seed,
        prevalence_range=inputs.get("prevalence"),
        running=_running(case, data, theta),
    )


def _reviews(case: Case, theta: Mapping[str, Any]) -> dict[str, Review]:
    """What a review takes with each option that is one, at the means."""
    found = {}
    for name, option in case.options.items():
        if option.kind != "review":
            continue
        given = {
            key: float(theta[full][0])
            for key in ("review", "capacity", "reviewer_error", "adoption")
            if (full := f"options.{name}.{key}") in theta
        }
        volume = float(theta["volume"][0]) * given.get("adoption", 1.0)
        share = min(1.0, given["capacity"] / volume) if "capacity" in given else None
        found[name] = Review(
            cost=given["review"], error=given.get("reviewer_error", 0.0), capacity_share=share
        )
    return found


def _running(case: Case, data: Dataset | None, theta: Mapping[str, Any]) -> dict[str, float]:
    """What a case costs to run under each option: as stated, else as its file says."""
    found = {}
    for name in case.options:
        given = data.predictions.get(name) if data is not None else None
        stated = theta.get(f"options.{name}.cost_per_case")
        value = float(stated[0]) if stated is not None else _mean(given.cost) if given else None
        if value is not None:
            found[name] = value
    return found


def compare_section(
    case: Case, data: Dataset | None, rungs: Sequence[Rung], seed: int
) -> ComparisonSection:
    """The whole section; without data only what is stated and what needs no data."""
    if data is None:
        options = tuple(_unmeasured(case, rung) for rung in rungs)
        return ComparisonSection(options=options, checks=tuple(_checks_on_people(case, rungs)))
    vouched = {*(case.data.known_then if case.data else ()), *_in_use(rungs, data)}
    found = leaks(data.features, data.target, case.task, known_then=vouched)
    leaking = [finding.figures["column"] for finding in found]
    profile_features = data.features
    data = replace(data, features=data.features.drop(columns=leaking))
    split_ = split(data, case.task, seed)
    here = setting(case, data, seed)
    result = compare(data, tuple(rungs), split_, here, _removed(case, rungs, data, leaking))
    closer = looked(case, rungs, data, split_, here, result)
    good = _too_good(case, data, result)
    findings = [*found, *good, *oddities(profile_features), *_on_rows(case, data, result)]
    options = tuple(
        _compared(rung, result, data, here) if rung.id in result.tried else _unmeasured(case, rung)
        for rung in rungs
        if rung.priced or rung.id in result.tried
    )
    return ComparisonSection(
        data=_profile(case, data, profile_features.shape[1], split_, findings),
        findings=tuple(Said(code=f.code, figures=f.figures) for f in findings),
        options=options,
        best_without_ml=result.best_without_ml,
        correlation=Correlation(
            names=result.correlation_names,
            matrix=tuple(tuple(float(x) for x in row) for row in result.correlation),
        ),
        curves=closer.curves,
        **closer.parts,
        checks=(
            *_checks_on_people(case, rungs),
            *_checks_on_data(case, rungs, data, result, findings),
            *closer.checks,
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


def _compared(rung: Rung, result: Comparison, data: Dataset, here: Setting) -> Compared:
    tried, measured = result.tried[rung.id], result.measured[rung.id]
    given = data.predictions.get(rung.id)
    difference = result.differences.get(rung.id)
    reference = here.task == "binary" and rung.kind in ("none", "all")
    rows = int(np.isfinite(tried.outcome).sum())
    return Compared(
        id=rung.id,
        kind=rung.kind,
        is_ml=rung.is_ml,
        priced=rung.priced,
        source="reference" if reference else "measured",
        rows=rows,
        cells=measured.cells,
        rates={name: _rate(dist, "measured") for name, dist in measured.rates.items()},
        cost_per_case=as_range(measured.cost),
        difference=None if difference is None else as_range(difference),
        costly_errors=measured.costly_errors,
        few_errors=not reference and measured.costly_errors < FEW_ERRORS,
        precision=_precision(measured.rates, data, here),
        operating_point=_point(tried, measured.tuned_cost),
        predicted_cost=_mean(given.cost) if given else None,
        latency_p95=_p95(given.latency) if given else None,
    )


def _precision(rates: Mapping[str, Distribution], data: Dataset, here: Setting) -> float | None:
    """Share of the flagged that is right, at the production base rate."""
    if here.task != "binary":
        return None
    share = float(data.target.mean()) if here.prevalence is None else here.prevalence
    hits = share * rates["recall"].mean
    flagged = hits + (1 - share) * rates["false_positive_rate"].mean
    return hits / flagged if flagged > 0 else None


def _mean(values: Any) -> float | None:
    known = None if values is None else values[np.isfinite(values)]
    return float(known.mean()) if known is not None and len(known) else None


def _p95(values: Any) -> float | None:
    known = None if values is None else values[np.isfinite(values)]
    return float(np.quantile(known, 0.95)) if known is not None and len(known) else None


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
    elif rung.option.rates:
        stated = stated_inputs(case)
        source, evidence = "stated", next(iter(rung.option.rates.values())).evidence
        dists = {name: stated[f"options.{rung.id}.{name}"] for name in rung.option.rates}
    else:
        source, dists, evidence = "derived", {}, "measured"
    return Compared(
        id=rung.id,
        kind=rung.kind,
        is_ml=rung.is_ml,
        priced=rung.priced,
        source=source,
        rates={name: _rate(dist, evidence) for name, dist in dists.items()},
    )


def _profile(
    case: Case, data: Dataset, columns: int, split_: Split, findings: Sequence[Finding]
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
        duplicates=data.copies,
        simulated=case.data.simulated or case.simulated,
        source=case.data.source,
        licence=case.data.licence,
        note=case.data.note,
    )


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
        reference = case.task == "binary" and result.tried[name].rung.kind in ("none", "all")
        if not reference and one.costly_errors < FEW_ERRORS:
            figures = {"option": name, "n": one.costly_errors}
            found.append(Finding(code="few-errors", figures=figures))
    return found


def _checks_on_people(case: Case, rungs: Sequence[Rung]) -> list[CheckResult]:
    """Checks that the case file answers by what is in it."""
    results = []
    if case.outcomes:
        results.append(
            computed("cost-first", rungs, "passed", "cost-stated", {"n": len(case.outcomes)})
        )
    if case.task == "binary" and {"false_positive", "false_negative"} <= set(case.outcomes):
        price = {name: stated_inputs(case)[f"outcomes.{name}"].mean
                 for name in ("false_positive", "false_negative")}  # fmt: skip
        if price["false_positive"] > 0:
            ratio = price["false_negative"] / price["false_positive"]
            results.append(
                computed("precision-recall", rungs, "passed", "cost-ratio", {"ratio": ratio})
            )
    real = [r for r in rungs if not r.is_ml and r.kind not in ("none", "all", "constant")]
    status: Status = "passed" if len(real) and len(rungs) > 1 else "failed"
    results.append(computed("two-options", rungs, status, "two-options", {"n": len(real)}))
    if case.action_success is not None:
        share = stated_inputs(case)["action_success"].mean
        results.append(computed("action-success", rungs, "passed", "action-success",
                                {"share": share}))  # fmt: skip
    return results


def _checks_on_data(
    case: Case,
    rungs: Sequence[Rung],
    data: Dataset,
    result: Comparison,
    findings: Sequence[Finding],
) -> list[CheckResult]:
    binary = case.task == "binary"
    least = int(min(data.target.sum(), (1 - data.target).sum())) if binary else len(data)
    answer = case.checks.get("volume-of-data")
    default = CHECKS["volume-of-data"].threshold or FEW_ERRORS
    limit = answer.threshold if answer and answer.threshold is not None else default
    results = [
        computed(
            "volume-of-data",
            rungs,
            "passed" if least >= limit else "failed",
            "volume-of-data",
            {"n": least, "limit": limit},
        )
    ]
    empty = [f.figures["column"] for f in findings if f.code == "empty-column"]
    results.append(
        computed("empty-columns", rungs, "open", "empty-columns", {"columns": empty})
        if empty
        else computed("empty-columns", rungs, "passed", "no-empty")
    )
    rate = next((f for f in findings if f.code == "base-rate"), None)
    if binary:
        results.append(
            computed("base-rate", rungs, "passed", "base-rate", dict(rate.figures))
            if rate
            else computed("base-rate", rungs, "passed", "base-rate-ok")
        )
    rules = [n for n, one in result.tried.items() if one.rung.kind in ("rule", "lookup")]
    if rules:
        results.append(computed("heuristic-tried", rungs, "passed", "heuristic-measured",
                                {"option": rules[0]}))  # fmt: skip
    results += _known_then(case, rungs, data, findings)
    results += _against_baseline(rungs, result)
    results += _budget(case, rungs, data)
    return results


def _on_leaks(data: Dataset, leaking: Sequence[str]) -> list[str]:
    """Rules that look at a column that gives the answer away."""
    lower = {column.lower() for column in leaking}
    return [
        name
        for name, columns in data.rule_columns.items()
        if lower & {column.lower() for column in columns}
    ]


def _in_use(rungs: Sequence[Rung], data: Dataset) -> list[str]:
    """Columns that today's rule reads: who decides by them today has them in time."""
    today = next((rung.id for rung in rungs if rung.status_quo), "")
    read = {column.lower() for column in data.rule_columns.get(today, ())}
    return [str(name) for name in data.features.columns if str(name).lower() in read]


def _removed(
    case: Case, rungs: Sequence[Rung], data: Dataset, leaking: Sequence[str]
) -> frozenset[str]:
    """Options that a gate has removed before anything is tried."""
    checks = answered(case, rungs)
    failed = {rung.id for rung in rungs if standing(checks, rung)[0]}
    return frozenset(failed | set(_on_leaks(data, leaking)))


def _too_good(case: Case, data: Dataset, result: Comparison) -> list[Finding]:
    """Models that hardly err: more often a leak than a triumph."""
    known = case.data.known_then if case.data else ()
    if case.task != "binary" or set(data.features.columns) <= set(known):
        return []
    found = []
    for name, one in result.tried.items():
        if one.score is None or not one.rung.option.of_kind.learns:
            continue
        tested = np.isfinite(one.score)
        strength = separation(data.target[tested], one.score[tested])
        if strength >= TOO_GOOD:
            found.append(Finding(code="too-good", figures={"option": name, "strength": strength}))
    return found


def _known_then(
    case: Case, rungs: Sequence[Rung], data: Dataset, findings: Sequence[Finding]
) -> list[CheckResult]:
    """Columns that are hardly known beforehand hold back what learns, and stop a rule on them."""
    leaking = [f.figures["column"] for f in findings if f.code == "leak"]
    good = [f.figures["option"] for f in findings if f.code == "too-good"]
    results = []
    if leaking:
        figures = {"columns": leaking}
        results.append(computed("available-then", rungs, "open", "leaks", figures))
        on_leaks = _on_leaks(data, leaking)
        if on_leaks:
            results.append(computed("available-then", rungs, "failed", "leaks", figures, on_leaks))
    elif good:
        figures = {"option": good[0]}
        results.append(computed("available-then", rungs, "open", "too-good-gate", figures, good))
    return results


def baseline_finding(
    option: str, against: str, status: Status, low: float, high: float
) -> tuple[str, dict[str, Any]]:
    """Code and figures of ML against the best without it; what it costs more, or less."""
    if status == "passed":
        low, high = -high, -low
    code = {"passed": "baseline-won", "failed": "baseline-lost", "open": "beats-baseline"}[status]
    return code, {"option": option, "against": against, "low": low, "high": high}


def _against_baseline(rungs: Sequence[Rung], result: Comparison) -> list[CheckResult]:
    """ML against the best without it: failed where it is clearly dearer in errors alone."""
    results = []
    for name, difference in result.differences.items():
        if not result.tried[name].rung.priced:
            continue
        status: Status = (
            "passed" if difference.high < 0 else "failed" if difference.low > 0 else "open"
        )
        code, figures = baseline_finding(
            name, result.best_without_ml or "", status, difference.low, difference.high
        )
        results.append(
            computed("beats-baseline", rungs, status, code, figures, [name], holds=False)
        )
    return results


def _budget(case: Case, rungs: Sequence[Rung], data: Dataset) -> list[CheckResult]:
    """What a call takes against what the task bears, where both are known."""
    results = []
    for name, given in data.predictions.items():
        for what, limit, value in (
            ("cost", case.budget.cost, _mean(given.cost)),
            ("latency", case.budget.latency, _p95(given.latency)),
        ):
            if limit is not None and value is not None:
                status: Status = "passed" if value <= limit.high else "failed"
                figures = {"option": name, "value": value, "limit": limit.high}
                results.append(computed("budget", rungs, status, f"budget-{what}", figures, [name]))
    return results
