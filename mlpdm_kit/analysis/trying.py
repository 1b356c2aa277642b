"""Trying one option on the data: what it would have done on rows it was not fitted on.

The threshold (or, for amounts, the offset) of an option is chosen on other rows than those
its cost is reported on. `_FITTED` has one entry for each option kind that the kit finds by
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mlpdm_kit.analysis.calibration import Calibration, at_base_rate, calibration
from mlpdm_kit.analysis.costs import Costs, best_threshold
from mlpdm_kit.analysis.distributions import Array, Distribution
from mlpdm_kit.analysis.folds import Split, prior_shift, rows_of_others
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.losses import instance_thresholds
from mlpdm_kit.analysis.models import (
    best_cut,
    best_line,
    classify_fold,
    measurements,
    orders,
    predict_fold,
)
from mlpdm_kit.analysis.review import ReviewPolicy, review_policy
from mlpdm_kit.analysis.tasks import LOOKED_AT, Rows, Task, losses
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.predictions import UNANSWERED
from mlpdm_kit.errors import refuse

OFF = ("too-sure", "too-unsure", "too-high", "too-low")  # no probabilities to act on


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the comparison is made under: point values, at the means of the inputs.

    ``task`` is the name of the task's kind and ``of_task`` its arithmetic; ``worth`` what
    each outcome is worth (costs negative); ``prevalence`` the production base rate of a
    binary task, ``prevalence_range`` what is believed of it, ``works`` how often an action
    succeeds, ``good`` the outcome that is no error, ``mix`` the share of each segment in
    production, ``reviews`` what a review takes by option,
    ``hit_at`` how far down a list one looks, and ``running`` what a case costs to
    run under an option, by id.
    """

    task: str
    of_task: Task
    worth: Mapping[str, float]
    point: float
    prevalence: float | None
    seed: int
    prevalence_range: Distribution | None = None
    running: Mapping[str, float] = field(default_factory=dict)
    works: float = 1.0
    good: str = ""
    mix: Mapping[str, float] = field(default_factory=dict)
    reviews: Mapping[str, Review] = field(default_factory=dict)
    hit_at: int = 1

    def rows(self, data: Dataset) -> Rows:
        """What answers on this data are judged by."""
        return Rows(
            target=data.target,
            columns=data.columns,
            classes=data.classes,
            hit_at=self.hit_at,
            works=self.works,
        )

    def losses(self, data: Dataset, answer: Array, index: Any = slice(None)) -> Array:
        """What each row costs under an option's answers, in money."""
        rows = self.rows(data).at(index)
        return losses(self.of_task.outcomes(rows, answer[index]), self.worth)

    def losses_of(self, one: Tried, data: Dataset, index: Any) -> Array:
        """What each row costs under an option as it was tried, reviews included."""
        if one.review is not None:
            return one.review.losses
        return self.losses(data, one.outcome, index)

    @property
    def costs(self) -> Costs:
        """Costs of the four outcomes of a binary task."""
        return Costs(**{name: -value for name, value in self.worth.items()})

    @property
    def under_over(self) -> tuple[float, float]:
        """Costs of a unit too few and too many."""
        return -self.worth["under"], -self.worth["over"]


@dataclass(frozen=True, kw_only=True)
class Review:
    """What a review takes, at the means: money, the reviewer's errors, and for what share
    of the cases there is time."""

    cost: float
    error: float
    capacity_share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One option as tried on the data.

    ``outcome`` is the answer by row: 0 or 1 where the task is to act, the amount where it
    is to choose one, the code of a class, rank or grade else; NaN on rows that are not
    tested. ``score`` is what the operating point was chosen on, where there is one;
    ``chances`` the same as probabilities at the production base rate, if it is that, and
    ``calibration`` whether they can be taken at their word. ``review`` is the three-way
    policy of a reviewed option: its answers are 1 to act, 0 to leave, and `LOOKED_AT`.
    """

    rung: Rung
    outcome: Array
    score: Array | None = None
    chances: Array | None = None
    calibration: Calibration | None = None
    review: ReviewPolicy | None = None
    point_kind: str = ""
    point: float | None = None
    tuned: float | None = None
    tuned_outcome: Array | None = None
    fixed_outcome: Array | None = None
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


def try_review(
    rung: Rung, base: Tried, data: Dataset, split: Split, setting: Setting
) -> Tried | None:
    """Three ways on the data: leave, review, act, under a reviewer's time and errors.

    None where what is reviewed gives no probabilities that can be taken at their word: then
    everything that it flags is reviewed.
    """
    if base.chances is None or base.point_kind != "from_costs" or data.columns:
        return None
    rows = split.tested
    review = setting.reviews[rung.id]
    found = review_policy(
        data.target[rows],
        np.clip(base.chances[rows], 0, 1),
        setting.costs,
        review.cost,
        review.error,
        capacity_share=review.capacity_share,
        prevalence=setting.prevalence,
    )
    answer = np.full(len(data), np.nan)
    answer[rows] = np.array([0.0, LOOKED_AT, 1.0])[found.action]
    return Tried(rung=rung, outcome=answer, review=found)


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


def _gain_of_acting(data: Dataset, index: Any, setting: Setting) -> Array:
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


def _try_cut(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
    values = measurements(data.features)
    order = orders(values)
    found = np.full(len(data), np.nan)
    for train, test in split.folds:
        gain, among = np.zeros(len(data)), np.zeros(len(data), bool)
        gain[train], among[train] = _gain_of_acting(data, train, setting), True
        cut = best_cut(values, gain, order, among)
        if cut is None:  # the better of acting on all and on none
            found[test] = float(gain.sum() > 0)
        else:
            found[test] = cut.acts({name: column[test] for name, column in values.items()})
    final = best_cut(values, _gain_of_acting(data, slice(None), setting), order)
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
    return choose_point(rung, score, data, split, setting, probability=True, before=before)


def _try_predictions(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
    given = data.predictions[rung.id]
    if given.is_answer or setting.task not in ("binary", "regression"):
        return Tried(rung=rung, outcome=_on_tested(given.score, split))
    return choose_point(
        rung, given.score, data, split, setting, probability=rung.option.probability, fitted=False
    )


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
) -> Tried:
    """Put an operating point on scores, fold by fold, from other rows than the fold's.

    ``before`` are rows and scores for the first fold, where no other fold lies before it.
    """
    binary = setting.task == "binary"
    choose = _tune_threshold if binary else _tune_offset
    tuned_outcome, fixed_outcome, chances = (np.full(len(data), np.nan) for _ in range(3))
    production = _production(data, setting) if binary else 0.0
    for index, (train, test) in enumerate(split.folds):
        rows = rows_of_others(split, index) if fitted else train
        known = score
        if len(rows) == 0 and before is not None:
            rows, known = before
        tuned = choose(known, data, rows, setting)
        tuned_outcome[test] = _apply(score[test], tuned, setting)
        if binary and probability:
            base = float(data.target[train].mean()) if fitted else production
            chances[test] = at_base_rate(score[test], base, production)
            fixed_outcome[test] = (chances[test] >= _points(data, test, setting)).astype(float)
    tested = np.flatnonzero(np.isfinite(score))
    final = choose(score, data, tested, setting)
    if not binary:
        return Tried(rung=rung, outcome=tuned_outcome, score=_on_tested(score, split),
                     point_kind="offset", point=final, tuned=final)  # fmt: skip
    checked = None
    if probability:
        checked = calibration(
            data.target[split.tested], chances[split.tested], prevalence=setting.prevalence,
            clusters=None if data.group is None else data.group[split.tested],
        )  # fmt: skip
    trusted = checked is not None and checked.verdict not in OFF
    base = float(data.target.mean()) if fitted else production
    from_costs = prior_shift(setting.point, base, production)
    return Tried(
        rung=rung,
        outcome=fixed_outcome if trusted else tuned_outcome,
        score=_on_tested(score, split),
        chances=chances if probability else None,
        calibration=checked,
        point_kind="from_costs" if trusted else "tuned",
        point=from_costs if trusted else final,
        tuned=final,
        tuned_outcome=tuned_outcome,
        fixed_outcome=fixed_outcome if probability else None,
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
        return _best_by_row(score[rows], _gain_of_acting(data, rows, setting))
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


def _apply(score: Array, point: float, setting: Setting) -> Array:
    if setting.task == "binary":
        return (score >= point).astype(float)
    return score + point


def _try_class(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
    """The class that costs least when it is said of every case."""
    found = np.full(len(data), np.nan)
    for train, test in split.folds:
        found[test] = _cheapest_class(data, train, setting)
    return Tried(rung=rung, outcome=found)


def _cheapest_class(data: Dataset, index: Any, setting: Setting) -> float:
    codes = np.unique(data.target[index])
    said = [np.full(len(data), code) for code in codes]
    return float(codes[np.argmin([setting.losses(data, one, index).mean() for one in said])])


def _try_popular(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
    """The same list for everyone: what was wanted most often, the most first."""
    found = np.full(len(data), np.nan)
    for train, test in split.folds:
        codes, counts = np.unique(data.target[train], return_counts=True)
        listed = codes[np.argsort(-counts, kind="stable")]
        place = {code: rank for rank, code in enumerate(listed, start=1)}
        found[test] = [place.get(code, 0) for code in data.target[test]]
    return Tried(rung=rung, outcome=found)


def _try_silence(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
    """Nothing is said of any case; a rank of none is 0."""
    nothing = 0.0 if setting.task == "search" else UNANSWERED
    return Tried(rung=rung, outcome=_on_tested(np.full(len(data), nothing), split))


def _classifier(*, single: bool) -> Callable[[Rung, Dataset, Split, Setting], Tried | None]:
    def maker(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried | None:
        if data.features.shape[1] == 0:
            if rung.priced and not single:
                raise refuse("no-features", f"options.{rung.id}", rung.id)
            return None
        prices = _prices_of_classes(data, setting)
        found, column = np.full(len(data), np.nan), ""
        for train, test in split.folds:
            found[test], column = classify_fold(
                data.features, data.target, train, test, prices,
                seed=setting.seed, option=rung.id, single=single,
            )  # fmt: skip
        return Tried(rung=rung, outcome=found, column=column)

    return maker


def _prices_of_classes(data: Dataset, setting: Setting) -> Array:
    """What it costs to say a class (column) of a case of another (row)."""
    codes = np.arange(len(data.classes), dtype=float)
    truth = np.repeat(codes, len(codes))
    rows = replace(setting.rows(data), target=truth)
    said = np.tile(codes, len(codes))
    return losses(setting.of_task.outcomes(rows, said), setting.worth).reshape(len(codes), -1)


_FITTED: dict[tuple[str, str], Callable[[Rung, Dataset, Split, Setting], Tried | None]] = {
    ("binary", "none"): _always(0.0),
    ("binary", "all"): _always(1.0),
    ("binary", "one_measurement"): _try_cut,
    ("binary", "model"): _try_model,
    ("multiclass", "none"): _try_silence,
    ("multiclass", "constant"): _try_class,
    ("multiclass", "one_measurement"): _classifier(single=True),
    ("multiclass", "model"): _classifier(single=False),
    ("search", "none"): _try_silence,
    ("search", "constant"): _try_popular,
    ("extraction", "none"): _try_silence,
    ("generation", "none"): _try_silence,
    ("regression", "none"): _try_mean,
    ("regression", "constant"): _try_constant,
    ("regression", "one_measurement"): _try_line,
    ("regression", "model"): _try_model,
}
