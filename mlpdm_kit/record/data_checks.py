"""The checks that the data answers: enough rows, nothing known only afterwards, ML ahead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.trial.compare import FEW_ERRORS, Comparison
from mlpdm_kit.analysis.trial.findings import (
    TOO_GOOD,
    Finding,
    separation,
)
from mlpdm_kit.analysis.uncertainty.stated import stated_inputs
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.rules import named_inputs
from mlpdm_kit.record.answers import price_of, slow_of
from mlpdm_kit.record.gates import FROM_CASE, answered, computed, least_sure, standing
from mlpdm_kit.record.parts import Basis, CheckResult, Status
from mlpdm_kit.record.setting import mix_of

TAKES = ("cost_per_case", "tokens.", "review", "check.")  # what a case takes beside errors
HEURISTICS = ("rule", "lookup", "popular", "tfidf", "bm25")


def checks_on_people(case: Case, rungs: Sequence[Rung]) -> list[CheckResult]:
    """Checks that the case file answers by what is in it."""
    results = []
    on = _stated_by(case, "outcomes.")
    if case.outcomes:
        figures = {"n": len(case.outcomes)}
        results.append(
            computed("cost-first", rungs, "passed", "cost-stated", figures, stands_on=on)
        )
    plain = {name for name, outcome in case.outcomes.items() if not outcome.column}
    if case.task == "binary" and {"false_positive", "false_negative"} <= plain:
        price = {name: stated_inputs(case)[f"outcomes.{name}"].mean
                 for name in ("false_positive", "false_negative")}  # fmt: skip
        if price["false_positive"] > 0:
            ratio = price["false_negative"] / price["false_positive"]
            results.append(
                computed("precision-recall", rungs, "passed", "cost-ratio", {"ratio": ratio},
                         stands_on=on)
            )  # fmt: skip
    ml = [r for r in rungs if r.is_ml and r.priced]
    real = [r for r in rungs if not r.is_ml and r.kind not in ("none", "all", "constant")]
    status: Status = "passed" if len(real) and len(rungs) > 1 else "failed"
    results.append(
        computed("two-options", rungs, status, "two-options", {"n": len(real) + len(ml)},
                 stands_on=FROM_CASE)
    )  # fmt: skip
    if case.action_success is not None:
        share = stated_inputs(case)["action_success"].mean
        results.append(computed("action-success", rungs, "passed", "action-success",
                                {"share": share},
                                stands_on=_stated_by(case, "action_success")))  # fmt: skip
    return results


def _stated_by(case: Case, *starts: str, data: bool = False) -> tuple[str, Basis]:
    """How sure the least sure of some stated inputs is, and whether data stands beside them."""
    found = [item.evidence for name, item in named_inputs(case) if name.startswith(starts)]
    if not found:
        return "measured", "data"
    return least_sure(found), "both" if data else "ranges"


def checks_on_data(
    case: Case,
    rungs: Sequence[Rung],
    data: Dataset,
    result: Comparison,
    findings: Sequence[Finding],
) -> list[CheckResult]:
    """Checks that the data answers by itself, computed from it."""
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
            computed(
                "base-rate",
                rungs,
                "passed",
                "base-rate",
                dict(rate.figures),
                stands_on=_stated_by(case, "prevalence", data=True),
            )
            if rate
            else computed("base-rate", rungs, "passed", "base-rate-ok")
        )
    rules = [n for n, one in result.tried.items() if one.rung.kind in HEURISTICS]
    if rules:
        results.append(computed("heuristic-tried", rungs, "passed", "heuristic-measured",
                                {"option": rules[0]}))  # fmt: skip
    results += _known_then(case, rungs, data, findings)
    results += _against_baseline(case, rungs, result)
    results += _budget(case, rungs, data)
    return results


def in_use(rungs: Sequence[Rung], data: Dataset) -> list[str]:
    """Columns that today's rule reads: who decides by them today has them in time."""
    today = next((rung.id for rung in rungs if rung.status_quo), "")
    read = {column.lower() for column in data.rule_columns.get(today, ())}
    return [str(name) for name in data.features.columns if str(name).lower() in read]


def _on_leaks(data: Dataset, leaking: Sequence[str]) -> list[str]:
    """Rules that look at a column that gives the answer away."""
    lower = {column.lower() for column in leaking}
    return [
        name
        for name, columns in data.rule_columns.items()
        if lower & {column.lower() for column in columns}
    ]


def removed_before(
    case: Case, rungs: Sequence[Rung], data: Dataset, leaking: Sequence[str]
) -> frozenset[str]:
    """Options that a gate has removed before anything is tried."""
    checks = answered(case, rungs)
    failed = {rung.id for rung in rungs if standing(checks, rung)[0]}
    return frozenset(failed | set(_on_leaks(data, leaking)))


def too_good(case: Case, data: Dataset, result: Comparison) -> list[Finding]:
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


def _against_baseline(case: Case, rungs: Sequence[Rung], result: Comparison) -> list[CheckResult]:
    """ML against the best without it: failed where it is clearly dearer in errors alone."""
    results = []
    for name, difference in result.differences.items():
        if not result.tried[name].rung.priced:
            continue
        status: Status = (
            "passed" if difference.high < 0 else "failed" if difference.low > 0 else "open"
        )
        counted = [name, result.best_without_ml or name]
        takes = [f"options.{one}.{what}" for one in counted for what in TAKES]
        few = min(result.measured[one].costly_errors for one in counted) < FEW_ERRORS
        code, figures = baseline_finding(
            name, result.best_without_ml or "", status, difference.low, difference.high
        )
        if status == "failed" and (few or name in result.may_win):
            # too few errors to trust an interval, or it hangs on the prices
            status, code = "open", "baseline-few" if few else "baseline-prices"
        results.append(
            computed(
                "beats-baseline", rungs, status, code, figures, [name], holds=False,
                stands_on=_stated_by(case, "outcomes.", *takes, data=True),
            )
        )  # fmt: skip
    return results


def _budget(case: Case, rungs: Sequence[Rung], data: Dataset) -> list[CheckResult]:
    """What a call takes against what the task bears, where both are known."""
    results = []
    for name, given in data.predictions.items():
        for what, limit, value in (
            ("cost", case.budget.cost, price_of(case, name, given, data, mix_of(case))),
            ("latency", case.budget.latency, slow_of(given, data, mix_of(case))),
        ):
            if limit is not None and value is not None:
                status: Status = "passed" if value <= limit.high else "failed"
                figures = {"option": name, "value": value, "limit": limit.high}
                prices = f"options.{name}.tokens." if what == "cost" else "-"
                on = _stated_by(case, prices, data=True)
                results.append(computed("budget", rungs, status, f"budget-{what}", figures, [name],
                                        stands_on=on))  # fmt: skip
    return results
