"""Trying one option on the data: what it would have done on rows it was not fitted on.

The threshold (or, for amounts, the offset) of an option is chosen on other rows than those
its cost is reported on. `_FITTED` has one entry for each option kind that the kit finds by
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlpdm_kit.analysis.costs import Costs, best_threshold
from mlpdm_kit.analysis.distributions import Array, Distribution
from mlpdm_kit.analysis.folds import Split, prior_shift, rows_of_others
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.models import best_cut, best_line, measurements, orders, predict_fold
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.errors import refuse


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the comparison is made under: point values, at the means of the inputs.

    ``worth`` is what each outcome is worth (costs negative); ``prevalence`` the production
    base rate of a binary task, ``prevalence_range`` what is believed of it, and ``running``
    what a case costs to run under an option, by id.
    """

    task: str
    worth: Mapping[str, float]
    point: float
    prevalence: float | None
    seed: int
    prevalence_range: Distribution | None = None
    running: Mapping[str, float] = field(default_factory=dict)

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


def try_option(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried | None:
    """What an option would have done; None where the data cannot judge it.

    Stated rates need no trial, and a reviewed option follows from its base.
    """
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
    order = orders(values)
    found = np.full(len(data), np.nan)
    for train, test in split.folds:
        gain, among = np.zeros(len(data)), np.zeros(len(data), bool)
        gain[train], among[train] = _gain_of_acting(data.target[train], setting), True
        cut = best_cut(values, gain, order, among)
        if cut is None:  # the better of acting on all and on none
            found[test] = float(gain.sum() > 0)
        else:
            found[test] = cut.acts({name: column[test] for name, column in values.items()})
    final = best_cut(values, _gain_of_acting(data.target, setting), order)
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

    def scored(train: Any, test: Any) -> Array:
        found = np.full(len(data), np.nan)
        found[test] = predict_fold(
            setting.task, data.features, data.target, train, test, setting.seed, rung.id
        )
        return found

    score = np.full(len(data), np.nan)
    for train, test in split.folds:
        score[test] = scored(train, test)[test]
    first = split.folds[0][0]
    early, later = np.array_split(first, 2)
    before = None
    if split.kind == "time" and (setting.task != "binary" or data.target[early].std() > 0):
        # nothing is tested before the first block: look ahead within what it is fitted on
        before = later, scored(early, later)
    return _choose(rung, score, data, split, setting, probability=True, before=before)


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
    before: tuple[Any, Array] | None = None,
) -> Tried:
    """Put an operating point on scores, fold by fold, from other rows than the fold's.

    ``before`` are rows and scores for the first fold, where no other fold lies before it.
    """
    choose = _tune_threshold if setting.task == "binary" else _tune_offset
    tuned_outcome = np.full(len(data), np.nan)
    fixed_outcome = np.full(len(data), np.nan)
    for index, (train, test) in enumerate(split.folds):
        rows = rows_of_others(split, index) if fitted else train
        known = score
        if len(rows) == 0 and before is not None:
            rows, known = before
        tuned = choose(known, data.target, rows, setting)
        tuned_outcome[test] = _apply(score[test], tuned, setting)
        if setting.task == "binary":
            base = float(data.target[train].mean()) if fitted else _production(data, setting)
            cut = prior_shift(setting.point, base, _production(data, setting))
            fixed_outcome[test] = (score[test] >= cut).astype(float)
    final = choose(score, data.target, np.flatnonzero(np.isfinite(score)), setting)
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
