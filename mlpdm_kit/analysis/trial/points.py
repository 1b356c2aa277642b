"""Where an option begins to act: the operating point, chosen on other rows than the tested."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from mlpdm_kit.analysis.errors.calibration import at_base_rate, calibration
from mlpdm_kit.analysis.errors.costs import best_threshold
from mlpdm_kit.analysis.errors.losses import instance_thresholds
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.trial.folds import Split, prior_shift, rows_of_others
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.worth.tasks import Rows, losses
from mlpdm_kit.case.dataset import Dataset

# no probabilities to act on, unless acting on them costs less than a tuned threshold does
OFF = ("too-sure", "too-unsure", "too-high", "too-low")  # no probabilities to act on


def on_tested(values: Array, split: Split) -> Array:
    """Values of the tested rows; NaN on the others."""
    found = np.full(values.shape, np.nan)
    found[split.tested] = values[split.tested]
    return found


def gain_of_acting(data: Dataset, index: Any, setting: Setting) -> Array:
    """What acting on each row gains against leaving it, weighted to production."""
    left, acted = np.zeros(len(data)), np.ones(len(data))
    gain = setting.losses(data, left, index) - setting.losses(data, acted, index)
    return gain * weights(data.target[index], setting)


def weights(target: Array, setting: Setting) -> Array:
    """What each row counts for at the production base rate."""
    share, here = setting.prevalence, float(target.mean())
    if share is None or not 0 < here < 1:
        return np.ones(len(target))
    return np.where(target == 1, share / here, (1 - share) / (1 - here))


def choose_point(
    rung: Rung,
    score: Array,
    data: Dataset,
    split: Split,
    setting: Setting,
    *,
    probability: bool,
    fitted: bool = True,
    before: tuple[Any, Array] | None = None,
    each: Array | None = None,
    silent: Array | None = None,
) -> Tried:
    """Put an operating point on scores, fold by fold, from other rows than the fold's.

    ``before`` are rows and scores for the first fold, where no other fold lies before it.
    Where items were scored several times, ``each`` holds the scores by repeat, shape (rows,
    repeats), and ``score`` their means: the point is chosen on these and put on each. Where
    ``silent``, of the same shape, no score was given, and nothing is done.
    """
    binary = setting.task == "binary"
    choose = _tune_threshold if binary else _tune_offset
    each = score if each is None else each
    tuned_outcome, fixed_outcome, each_chances = (np.full(each.shape, np.nan) for _ in range(3))
    chances = np.full(len(data), np.nan)
    production = _production(data, setting) if binary else 0.0
    for index, (train, test) in enumerate(split.folds):
        rows = rows_of_others(split, index) if fitted else train
        known = score
        if len(rows) == 0 and before is not None:
            rows, known = before
        tuned = choose(known, data, rows, setting)
        tuned_outcome[test] = _apply(each[test], tuned, setting)
        if binary and probability:
            base = float(data.target[train].mean()) if fitted else production
            chances[test] = at_base_rate(score[test], base, production)
            each_chances[test] = _each_at(each[test], base, production)
            point = np.atleast_1d(_points(data, test, setting))
            point = point if each.ndim == 1 else point[:, None]
            fixed_outcome[test] = _apply(each_chances[test], point, setting)
    if silent is not None:
        for outcome in (tuned_outcome, fixed_outcome):
            outcome[split.tested] = np.where(silent[split.tested], 0.0, outcome[split.tested])
    tested = np.flatnonzero(np.isfinite(score))
    final = choose(score, data, tested, setting)
    if not binary:
        return Tried(rung=rung, outcome=tuned_outcome, score=on_tested(score, split),
                     point_kind="offset", point=final, tuned=final)  # fmt: skip
    checked = None
    if probability:
        checked = calibration(
            data.target[split.tested], chances[split.tested], prevalence=setting.prevalence,
            clusters=None if data.group is None else data.group[split.tested],
        )  # fmt: skip
    trusted = checked is not None and (
        checked.verdict not in OFF
        or _mean_loss(fixed_outcome, data, split, setting)
        <= _mean_loss(tuned_outcome, data, split, setting)
    )
    base = float(data.target.mean()) if fitted else production
    from_costs = prior_shift(setting.point, base, production)
    return Tried(
        rung=rung,
        outcome=fixed_outcome if trusted else tuned_outcome,
        score=on_tested(score, split),
        chances=chances if probability else None,
        each_chances=each_chances if probability and each.ndim > 1 else None,
        calibration=checked,
        point_kind="from_costs" if trusted else "tuned",
        point=None if trusted and data.columns else from_costs if trusted else final,
        tuned=final,
        tuned_outcome=tuned_outcome,
        fixed_outcome=fixed_outcome if probability else None,
    )


def _each_at(score: Array, base: float, production: float) -> Array:
    """Probabilities at the production base rate; NaN where there is none."""
    there = ~np.isnan(score)
    found = np.full(score.shape, np.nan)
    found[there] = at_base_rate(score[there], base, production)
    return found


def _mean_loss(outcome: Array, data: Dataset, split: Split, setting: Setting) -> float:
    """Cost per case of production, on the tested rows."""
    rows = split.tested
    return float(
        np.average(setting.losses(data, outcome, rows), weights=weights(data.target[rows], setting))
    )


def _production(data: Dataset, setting: Setting) -> float:
    return float(data.target.mean()) if setting.prevalence is None else setting.prevalence


def _points(data: Dataset, index: Any, setting: Setting) -> Any:
    """Probability from which acting pays, by row where a cost is a column."""
    if not data.columns:
        return setting.point
    rows = setting.rows(data).at(index)
    return instance_thresholds(row_costs_of(setting, rows))


def row_costs_of(setting: Setting, rows: Rows) -> dict[str, Array]:
    """Costs of the four outcomes row by row, as if each row were of either class."""
    size = len(rows.target)

    def lost(target: float, act: float) -> Array:
        there = replace(rows, target=np.full(size, target))
        return losses(setting.of_task.outcomes(there, np.full(size, act)), setting.worth)

    return {
        "true_positive": lost(1, 1),
        "false_positive": lost(0, 1),
        "false_negative": lost(1, 0),
        "true_negative": lost(0, 0),
    }


def _tune_threshold(score: Array, data: Dataset, rows: Any, setting: Setting) -> float:
    truth = data.target[rows]
    if len(rows) == 0 or truth.min() == truth.max():
        return setting.point
    if data.columns:
        return _best_by_row(score[rows], gain_of_acting(data, rows, setting))
    return best_threshold(truth, score[rows], setting.costs, setting.prevalence)


def _best_by_row(score: Array, gain: Array) -> float:
    """The cut on a score that gains most, where each row has its own gain."""
    order = np.argsort(score, kind="stable")
    ranked, gains = score[order], gain[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(ranked)) + 1, [len(ranked)]])
    upto = np.concatenate([[0.0], np.cumsum(gains)])
    index = int(np.argmax(upto[-1] - upto[starts]))
    if index == 0:
        return float(ranked[0])
    if index == len(starts) - 1:
        return float("inf")
    return float((ranked[starts[index]] + ranked[starts[index] - 1]) / 2)


def _tune_offset(score: Array, data: Dataset, rows: Any, setting: Setting) -> float:
    if len(rows) == 0:
        return 0.0
    return float(np.quantile(data.target[rows] - score[rows], setting.point))


def _apply(score: Array, point: Any, setting: Setting) -> Array:
    """What is done at a point; NaN where there is no score."""
    if setting.task == "binary":
        return np.asarray(np.where(np.isnan(score), np.nan, (score >= point).astype(float)))
    return np.asarray(score + point)
