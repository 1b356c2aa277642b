"""Section 02's closer looks as parts of it: reliability, thresholds, reviews, segments, data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlpdm_kit.analysis.errors.calibration import Calibration
from mlpdm_kit.analysis.errors.costs import Estimate
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.trial.closer import Closer, Learnt, look_closer
from mlpdm_kit.analysis.trial.compare import Comparison
from mlpdm_kit.analysis.trial.folds import Split
from mlpdm_kit.analysis.trial.segments import LEAST_CASES, without_each
from mlpdm_kit.analysis.trial.setting import Setting
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.gates import computed
from mlpdm_kit.record.measured import (
    Curve,
    Learning,
    LearningPoint,
    Reliability,
    ReliabilityBin,
    Segment,
    SegmentDropped,
    SegmentGap,
    ThreeWays,
)
from mlpdm_kit.record.operating import cut_tables, offset_tables
from mlpdm_kit.record.parts import CheckResult, Range, Status

FURTHER = 10.0  # times the rows that the fitted line is drawn to
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, kw_only=True)
class Looked:
    """Parts for the section, and the checks that follow from them."""

    curves: tuple[Curve, ...]
    parts: dict[str, Any]
    checks: tuple[CheckResult, ...]


def looked(
    case: Case,
    rungs: Sequence[Rung],
    data: Dataset,
    split: Split,
    setting: Setting,
    result: Comparison,
) -> Looked:
    """Everything that a closer look shows."""
    found = look_closer(data, split, setting, result)
    gaps = _gaps(case, found)
    parts = {
        "reliability": tuple(
            _reliability(name, one.calibration)
            for name, one in result.tried.items()
            if one.calibration is not None
        ),
        "cuts": cut_tables(case, data, split, setting, result),
        "offsets": offset_tables(data, split, setting, result),
        "reviews": tuple(_three_ways(case, setting, result)),
        "segments": tuple(_segments(found)),
        "gaps": gaps,
        "dropped": tuple(
            SegmentDropped(
                segment=one.segment,
                share=one.share,
                rates={
                    option: {name: (d.family, d.parameters) for name, d in rates.items()}
                    for option, rates in one.rates.items()
                },
                base_rate=None
                if one.base_rate is None or setting.prevalence is not None
                else ("beta", (one.base_rate[0] + 0.5, one.base_rate[1] - one.base_rate[0] + 0.5)),
            )
            for one in without_each(result.tried, data, split.tested, setting)
        ),
        "learning": None if found.learnt is None else _learning(found.learnt, result),
    }
    curves = tuple(_curve(name, result, found) for name in result.curves)
    return Looked(curves=curves, parts=parts, checks=tuple(_checks(rungs, gaps)))


def as_range(estimate: Estimate) -> Range:
    """An estimate as a part of the record."""
    return Range(mean=estimate.mean, p5=estimate.low, p95=estimate.high)


def finite(value: float | None) -> float | None:
    """The number, or nothing where it is infinite."""
    return value if value is not None and np.isfinite(value) else None


def _curve(name: str, result: Comparison, found: Closer) -> Curve:
    points, cost = result.curves[name]
    one, band = result.tried[name], found.bands.get(name)
    tuning = found.tuning.get(name)
    return Curve(
        option=name,
        points=tuple(float(x) for x in points),
        cost=tuple(float(x) for x in cost),
        chosen=finite(one.point),
        tuned=finite(one.tuned),
        chosen_cost=result.measured[name].cost.mean,
        tuned_cost=result.measured[name].tuned_cost,
        tuned_low=None if band is None else finite(band.threshold.low),
        tuned_high=None if band is None else finite(band.threshold.high),
        difference=None if tuning is None else as_range(tuning),
    )


def _reliability(name: str, found: Calibration) -> Reliability:
    slope = found.slope
    return Reliability(
        option=name,
        verdict=found.verdict,
        bins=tuple(
            ReliabilityBin(
                predicted=one.predicted,
                observed=Range(mean=one.observed, p5=one.low, p95=one.high),
                rows=one.rows,
            )
            for one in found.table
        ),
        slope=None if slope is None else Range(mean=slope.value, p5=slope.low, p95=slope.high),
        predicted=found.predicted,
        observed=found.observed,
        brier=found.brier,
        expected_error=found.expected_error,
        by_chance=found.expected_error_by_chance,
    )


def _three_ways(case: Case, setting: Setting, result: Comparison) -> list[ThreeWays]:
    found = []
    for name, one in result.tried.items():
        if one.review is None:
            continue
        policy, option = one.review, case.options[name]
        time = option.review_time
        hour = None
        if time is not None and time.low > 0:
            hour = policy.shadow_price * SECONDS_PER_HOUR / ((time.low + time.high) / 2)
        share = setting.prevalence
        classes = policy.counts.sum(axis=1)
        weight = np.array([1.0, 1.0]) if share is None else np.array([1 - share, share])
        mix = weight * (classes / classes.sum() if share is None else 1.0)
        shares = (policy.counts / classes[:, None] * mix[:, None]).sum(axis=0)
        found.append(
            ThreeWays(
                option=name,
                base=option.of or "",
                low=float(policy.low),
                high=float(policy.high),
                share=policy.share,
                wanted=policy.wanted_share,
                left=float(shares[0]),
                acted=float(shares[2]),
                cost=policy.cost,
                cost_without=policy.planned_without,
                cost_all=policy.planned_all,
                shadow_price=policy.shadow_price,
                per_hour=hour,
            )
        )
    return found


def _segments(found: Closer) -> list[Segment]:
    return [
        Segment(
            option=name,
            segment=one.segment,
            rows=one.rows,
            cases=one.cases,
            quality=as_range(one.quality),
            cost=as_range(one.cost),
            ranked=one.cases >= LEAST_CASES,
        )
        for name, rows in found.served.items()
        for one in rows
    ]


def _gaps(case: Case, found: Closer) -> tuple[SegmentGap, ...]:
    """The worst gap of each option against the bound that the case sets."""
    answer = case.checks.get("segments")
    default = CHECKS["segments"].threshold or 0.0
    bound = answer.threshold if answer and answer.threshold is not None else default
    plan = case.evaluation.segments
    if plan is not None and plan.bound is not None:
        bound = plan.bound.low
    return tuple(
        SegmentGap(option=name, segment=gap.segment, amount=gap.amount, low=gap.low, bound=bound)
        for name, gap in found.gaps.items()
    )


def _checks(rungs: Sequence[Rung], gaps: Sequence[SegmentGap]) -> list[CheckResult]:
    """Whether any segment is worse off beyond the bound, by option of ML."""
    ml = {rung.id for rung in rungs if rung.is_ml and rung.priced}
    results = []
    for gap in gaps:
        if gap.option not in ml:
            continue
        status: Status = (
            "passed" if gap.amount <= gap.bound else "failed" if gap.low > gap.bound else "open"
        )
        figures = gap.model_dump()
        results.append(
            computed("segments", rungs, status, f"segments-{status}", figures, [gap.option])
        )
    return results


def _learning(found: Learnt, result: Comparison) -> Learning:
    curve, cross = found.curve, found.crossing
    last = float(curve.sizes[-1])
    ahead = np.geomspace(float(curve.sizes[0]), last * FURTHER, 30)
    ensemble = found.law.draws_at(ahead)
    assert curve.level is not None
    levels = np.full(2, curve.level) if curve.level_draws is None else curve.level_draws
    return Learning(
        option=found.option,
        against=result.best_without_ml or "",
        points=tuple(
            LearningPoint(rows=float(n), cost=Range(mean=float(m), p5=float(a), p95=float(b)))
            for n, m, a, b in zip(curve.sizes, curve.cost, curve.low, curve.high, strict=True)
        ),
        line=tuple(
            LearningPoint(rows=float(n), cost=_spread(column, float(found.law.at(n))))
            for n, column in zip(ahead, ensemble.T, strict=True)
        ),
        level=_spread(levels, curve.level),
        code="unclear" if cross is None else cross.code,
        low=None if cross is None else finite(cross.low),
        median=None if cross is None else finite(cross.median),
        high=None if cross is None else finite(cross.high),
        never=0.0 if cross is None else cross.never,
    )


def _spread(values: Array, mean: float) -> Range:
    low, high = np.quantile(values, [0.05, 0.95])
    return Range(mean=mean, p5=float(low), p95=float(high))
