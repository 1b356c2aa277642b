"""The ladder on the data: every option's errors on rows that it was not fitted on.

The threshold (or, for amounts, the offset) of an option is chosen on other rows than those
its cost is reported on; all options are compared on the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlpdm_kit.analysis.costs import Costs, Estimate, best_threshold, bootstrap_cost, cost_curve
from mlpdm_kit.analysis.distributions import Array, Distribution, lognormal_from_moments
from mlpdm_kit.analysis.folds import Split, prior_shift, rows_of_others
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.models import (
    best_cut,
    best_line,
    measurements,
    pinball,
    predict_fold,
)
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.errors import refuse

FEW_ERRORS = 10
CURVE_POINTS = 60


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the comparison is made under: point values, at the means of the inputs.

    ``worth`` is what each outcome is worth (costs negative); ``prevalence`` the production
    base rate of a binary task.
    """

    task: str
    worth: Mapping[str, float]
    point: float
    prevalence: float | None
    seed: int

    @property
    def costs(self) -> Costs:
        """Costs of the four outcomes of a binary task."""
        return Costs(**{name: -value for name, value in self.worth.items()})

    @property
    def under_over(self) -> tuple[float, float]:
        """Costs of a unit too few and too many."""
        return -self.worth["under"], -self.worth["over"]


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One option as tried on the data.

    ``outcome`` is 0 or 1 by row where the task is to act, the amount where it is to choose
    one; NaN on rows that are not tested. ``score`` is what the operating point was chosen
    on, where there is one.
    """

    rung: Rung
    outcome: Array
    score: Array | None = None
    point_kind: str = ""
    point: float | None = None
    tuned: float | None = None
    tuned_outcome: Array | None = None
    column: str = ""
    direction: str = ""


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
        rung.id: found for rung in rungs if (found := _try(rung, data, split, setting)) is not None
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


# --- trying ---------------------------------------------------------------------------


def _try(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried | None:
    if rung.option.rates or rung.kind == "review":
        return None
    if rung.id in data.acts:
        return Tried(rung=rung, outcome=_on_tested(data.acts[rung.id], split))
    if rung.id in data.predictions:
        return _try_predictions(rung, data, split, setting)
    maker = _FITTED.get((setting.task, rung.kind))
    return maker(rung, data, split, setting) if maker else None


def _on_tested(values: Array, split: Split) -> Array:
    found = np.full(len(values), np.nan)
    found[split.tested] = values[split.tested]
    return found


def _always(act: float) -> Callable[[Rung, Dataset, Split, Setting], Tried]:
    def maker(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
        return Tried(rung=rung, outcome=_on_tested(np.full(len(data), act), split))

    return maker


def _try_mean(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
    found = np.full(len(data), np.nan)
    for train, test in split.folds:
        found[test] = data.target[train].mean()
    return Tried(rung=rung, outcome=found)


def _try_constant(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
    found = np.full(len(data), np.nan)
    for train, test in split.folds:
        found[test] = np.quantile(data.target[train], setting.point)
    final = float(np.quantile(data.target, setting.point))
    return Tried(rung=rung, outcome=found, point_kind="offset", point=final)


def _gain_of_acting(target: Array, setting: Setting) -> Array:
    """What acting on each row gains against leaving it, weighted to production."""
    worth = setting.worth
    gain = np.where(
        target == 1,
        worth["true_positive"] - worth["false_negative"],
        worth["false_positive"] - worth["true_negative"],
    )
    return gain * _weights(target, setting)


def _weights(target: Array, setting: Setting) -> Array:
    share, here = setting.prevalence, float(target.mean())
    if share is None or not 0 < here < 1:
        return np.ones(len(target))
    return np.where(target == 1, share / here, (1 - share) / (1 - here))


def _try_cut(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
    values = measurements(data.features)
    found = np.full(len(data), np.nan)
    for train, test in split.folds:
        gain = _gain_of_acting(data.target[train], setting)
        cut = best_cut({name: column[train] for name, column in values.items()}, gain)
        if cut is None:  # the better of acting on all and on none
            found[test] = float(gain.sum() > 0)
        else:
            found[test] = cut.acts({name: column[test] for name, column in values.items()})
    final = best_cut(values, _gain_of_acting(data.target, setting))
    return Tried(
        rung=rung,
        outcome=found,
        point_kind="cut",
        point=final.value if final else None,
        column=final.column if final else "",
        direction=final.direction if final else "",
    )


def _try_line(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
    values = measurements(data.features)
    under, over = setting.under_over
    found = np.full(len(data), np.nan)
    for train, test in split.folds:
        fitted = {name: column[train] for name, column in values.items()}
        line = best_line(fitted, data.target[train], under, over)
        tested = {name: column[test] for name, column in values.items()}
        found[test] = line.amounts(tested, len(test))
    final = best_line(values, data.target, under, over)
    return Tried(
        rung=rung, outcome=found, point_kind="offset", point=final.intercept, column=final.column
    )


def _try_model(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried | None:
    if data.features.shape[1] == 0 and not rung.priced:
        return None
    if data.features.shape[1] == 0:
        raise refuse("no-features", f"options.{rung.id}", rung.id)
    score = np.full(len(data), np.nan)
    for train, test in split.folds:
        score[test] = predict_fold(
            setting.task, data.features, data.target, train, test, setting.seed
        )
    return _choose(rung, score, data, split, setting, probability=True)


def _try_predictions(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
    given = data.predictions[rung.id]
    if given.is_answer:
        return Tried(rung=rung, outcome=_on_tested(given.score, split))
    return _choose(
        rung, given.score, data, split, setting, probability=rung.option.probability, fitted=False
    )


def _choose(
    rung: Rung,
    score: Array,
    data: Dataset,
    split: Split,
    setting: Setting,
    *,
    probability: bool,
    fitted: bool = True,
) -> Tried:
    """Put an operating point on scores, fold by fold, from other rows than the fold's."""
    choose = _tune_threshold if setting.task == "binary" else _tune_offset
    tuned_outcome = np.full(len(data), np.nan)
    fixed_outcome = np.full(len(data), np.nan)
    for index, (train, test) in enumerate(split.folds):
        rows = rows_of_others(split, index) if fitted else train
        tuned = choose(score, data.target, rows, setting)
        tuned_outcome[test] = _apply(score[test], tuned, setting)
        if setting.task == "binary":
            base = float(data.target[train].mean()) if fitted else _production(data, setting)
            cut = prior_shift(setting.point, base, _production(data, setting))
            fixed_outcome[test] = (score[test] >= cut).astype(float)
    known = np.flatnonzero(np.isfinite(score))
    final = choose(score, data.target, known, setting)
    if setting.task != "binary":
        return Tried(rung=rung, outcome=tuned_outcome, score=_on_tested(score, split),
                     point_kind="offset", point=final, tuned=final)  # fmt: skip
    base = float(data.target.mean()) if fitted else _production(data, setting)
    from_costs = prior_shift(setting.point, base, _production(data, setting))
    return Tried(
        rung=rung,
        outcome=fixed_outcome if probability else tuned_outcome,
        score=_on_tested(score, split),
        point_kind="from_costs" if probability else "tuned",
        point=from_costs if probability else final,
        tuned=final,
        tuned_outcome=tuned_outcome,
    )


def _production(data: Dataset, setting: Setting) -> float:
    return float(data.target.mean()) if setting.prevalence is None else setting.prevalence


def _tune_threshold(score: Array, target: Array, rows: Any, setting: Setting) -> float:
    truth = target[rows]
    if len(rows) == 0 or truth.min() == truth.max():
        return setting.point
    return best_threshold(truth, score[rows], setting.costs, setting.prevalence)


def _tune_offset(score: Array, target: Array, rows: Any, setting: Setting) -> float:
    if len(rows) == 0:
        return 0.0
    return float(np.quantile(target[rows] - score[rows], setting.point))


def _apply(score: Array, point: float, setting: Setting) -> Array:
    if setting.task == "binary":
        return (score >= point).astype(float)
    return score + point


_FITTED: dict[tuple[str, str], Callable[[Rung, Dataset, Split, Setting], Tried | None]] = {
    ("binary", "none"): _always(0.0),
    ("binary", "all"): _always(1.0),
    ("binary", "one_measurement"): _try_cut,
    ("binary", "model"): _try_model,
    ("regression", "none"): _try_mean,
    ("regression", "constant"): _try_constant,
    ("regression", "one_measurement"): _try_line,
    ("regression", "model"): _try_model,
}


# --- measuring ------------------------------------------------------------------------


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
