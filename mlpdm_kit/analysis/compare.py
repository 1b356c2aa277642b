"""The ladder on the data: every option's errors, on the same rows.

`mlpdm_kit.analysis.trying` says what an option would have done; here it is counted, priced
and held against the best that needs no ML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlpdm_kit.analysis.costs import Estimate, bootstrap_cost, cost_curve
from mlpdm_kit.analysis.distributions import Array, Distribution, lognormal_from_moments
from mlpdm_kit.analysis.folds import Split
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.models import pinball
from mlpdm_kit.analysis.trying import Setting, Tried, try_option
from mlpdm_kit.case.dataset import Dataset

FEW_ERRORS = 10
CURVE_POINTS = 60


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Figures of one option on the tested rows."""

    cells: dict[str, float]
    rates: dict[str, Distribution]
    cost: Estimate
    costly_errors: int
    tuned_cost: float | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All options on the same tested rows."""

    tried: dict[str, Tried]
    measured: dict[str, Measured]
    best_without_ml: str | None
    differences: dict[str, Estimate]
    correlation_names: tuple[str, ...]
    correlation: Array
    curves: dict[str, tuple[Array, Array]] = field(default_factory=dict)


def compare(data: Dataset, rungs: tuple[Rung, ...], split: Split, setting: Setting) -> Comparison:
    """Try every option that the data can judge.

    Raises
    ------
    InputError
        A fold cannot be fitted.
    """
    tried = {
        rung.id: found
        for rung in rungs
        if (found := try_option(rung, data, split, setting)) is not None
    }
    rows = split.tested
    measured = {name: _measure(one, data, rows, setting) for name, one in tried.items()}
    plain = [name for name, one in tried.items() if not one.rung.is_ml]
    best = min(plain, key=lambda name: measured[name].cost.mean) if plain else None
    differences = {
        name: _paired(one, tried[best], data, rows, setting)
        for name, one in tried.items()
        if best is not None and one.rung.is_ml
    }
    names, matrix = _correlation(tried, data, rows, setting)
    return Comparison(
        tried=tried,
        measured=measured,
        best_without_ml=best,
        differences=differences,
        correlation_names=names,
        correlation=matrix,
        curves={
            name: _curve(one, data, rows, setting)
            for name, one in tried.items()
            if one.score is not None
        },
    )


def _losses(outcome: Array, target: Array, setting: Setting) -> Array:
    if setting.task != "binary":
        return pinball(target, outcome, *setting.under_over)
    costs = setting.costs
    return np.where(
        target == 1,
        np.where(outcome == 1, costs.true_positive, costs.false_negative),
        np.where(outcome == 1, costs.false_positive, costs.true_negative),
    )


def _estimate(losses: Array, target: Array, setting: Setting) -> Estimate:
    if setting.task != "binary":
        return bootstrap_cost(losses, seed=setting.seed)
    share = setting.prevalence
    return bootstrap_cost(
        losses,
        strata=target,
        shares=None if share is None else [1 - share, share],
        seed=setting.seed,
    )


def _measure(one: Tried, data: Dataset, rows: Any, setting: Setting) -> Measured:
    target, outcome = data.target[rows], one.outcome[rows]
    cost = _estimate(_losses(outcome, target, setting), target, setting)
    tuned_cost = None
    if one.tuned_outcome is not None:
        tuned = _losses(one.tuned_outcome[rows], target, setting)
        tuned_cost = _estimate(tuned, target, setting).mean
    if setting.task != "binary":
        under, over = np.maximum(target - outcome, 0), np.maximum(outcome - target, 0)
        root = np.sqrt(len(rows))
        return Measured(
            cells={"under": float(under.mean()), "over": float(over.mean())},
            rates={
                name: lognormal_from_moments(float(part.mean()), float(part.std(ddof=1) / root))
                for name, part in (("under_per_case", under), ("over_per_case", over))
            },
            cost=cost,
            costly_errors=int(((under if _under_is_dear(setting) else over) > 0).sum()),
        )
    hit, act = target == 1, outcome == 1
    cells = {
        "true_positive": float((hit & act).sum()),
        "false_positive": float((~hit & act).sum()),
        "false_negative": float((hit & ~act).sum()),
        "true_negative": float((~hit & ~act).sum()),
    }
    worse_miss = setting.costs.false_negative >= setting.costs.false_positive
    return Measured(
        cells=cells,
        rates=_binary_rates(one, cells),
        cost=cost,
        costly_errors=int(cells["false_negative" if worse_miss else "false_positive"]),
        tuned_cost=tuned_cost,
    )


def _under_is_dear(setting: Setting) -> bool:
    under, over = setting.under_over
    return under >= over


def _binary_rates(one: Tried, cells: Mapping[str, float]) -> dict[str, Distribution]:
    """Posterior of recall and false-positive rate, with Jeffreys' prior."""
    if one.rung.kind in ("none", "all"):
        value = 1.0 if one.rung.kind == "all" else 0.0
        point = Distribution("point", (value,))
        return {"recall": point, "false_positive_rate": point}
    tp, fn = cells["true_positive"], cells["false_negative"]
    fp, tn = cells["false_positive"], cells["true_negative"]
    return {
        "recall": Distribution("beta", (tp + 0.5, fn + 0.5)),
        "false_positive_rate": Distribution("beta", (fp + 0.5, tn + 0.5)),
    }


def _paired(one: Tried, base: Tried, data: Dataset, rows: Any, setting: Setting) -> Estimate:
    target = data.target[rows]
    lost = _losses(one.outcome[rows], target, setting)
    less = _losses(base.outcome[rows], target, setting)
    return _estimate(lost - less, target, setting)


def _correlation(
    tried: Mapping[str, Tried], data: Dataset, rows: Any, setting: Setting
) -> tuple[tuple[str, ...], Array]:
    """Correlation of the options' error rates: they stem from the same rows."""
    target = data.target[rows]
    blocks: dict[str, tuple[Array, Any]] = {}
    for name, one in tried.items():
        outcome = one.outcome[rows]
        if setting.task == "binary":
            if one.rung.kind in ("none", "all"):
                continue
            blocks[f"options.{name}.recall"] = (outcome, target == 1)
            blocks[f"options.{name}.false_positive_rate"] = (outcome, target == 0)
        else:
            everything = np.ones(len(target), bool)
            blocks[f"options.{name}.under_per_case"] = (
                np.maximum(target - outcome, 0),
                everything,
            )
            blocks[f"options.{name}.over_per_case"] = (np.maximum(outcome - target, 0), everything)
    names = tuple(blocks)
    matrix = np.eye(len(names))
    for i, first in enumerate(names):
        for j in range(i):
            (x, here), (z, there) = blocks[first], blocks[names[j]]
            if here is there or bool((here == there).all()):
                matrix[i, j] = matrix[j, i] = _pearson(x[here], z[here])
    return names, matrix


def _pearson(x: Array, z: Array) -> float:
    if len(x) < 2 or x.std() == 0 or z.std() == 0:
        return 0.0
    return float(np.clip(np.corrcoef(x, z)[0, 1], -1, 1))


def _curve(one: Tried, data: Dataset, rows: Any, setting: Setting) -> tuple[Array, Array]:
    """Cost per case over the operating points, on scores of rows not fitted on."""
    assert one.score is not None
    target, score = data.target[rows], one.score[rows]
    if setting.task == "binary":
        curve = cost_curve(target, score, setting.costs, setting.prevalence)
        finite = curve[np.isfinite(curve["threshold"])]
        points, costs = finite["threshold"].to_numpy(), finite["cost"].to_numpy()
        keep = np.unique(np.linspace(0, len(points) - 1, CURVE_POINTS).round().astype(int))
        keep = np.union1d(keep, [int(np.argmin(costs))])
        return points[keep], costs[keep]
    residual = target - score
    points = np.unique(np.quantile(residual, np.linspace(0.02, 0.98, CURVE_POINTS)))
    under, over = setting.under_over
    return points, np.array([pinball(residual, p, under, over).mean() for p in points])
