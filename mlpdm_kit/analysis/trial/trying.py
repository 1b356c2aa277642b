"""Trying one option on the data: what it would have done on rows it was not fitted on.

The threshold (or, for amounts, the offset) of an option is chosen on other rows than those
its cost is reported on. `_FITTED` has one entry for each option kind that the kit finds by
itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from mlpdm_kit.analysis.errors.review import review_policy
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.trial.folds import Split
from mlpdm_kit.analysis.trial.models import (
    best_cut,
    best_line,
    classify_fold,
    measurements,
    orders,
    predict_fold,
)
from mlpdm_kit.analysis.trial.points import choose_point, gain_of_acting, on_tested
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.uncertainty.shares import row_means
from mlpdm_kit.analysis.worth.tasks import LOOKED_AT, losses
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.predictions import UNANSWERED
from mlpdm_kit.errors import refuse


def try_option(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried | None:
    """What an option would have done; None where the data cannot judge it.

    Stated rates need no trial, and a reviewed option follows from its base.
    """
    if rung.option.rates or rung.kind == "review":
        return None
    if rung.id in data.acts:
        return Tried(rung=rung, outcome=on_tested(data.acts[rung.id], split))
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
    chances = (base.chances if base.each_chances is None else base.each_chances)[rows]
    there = ~np.isnan(chances)  # each repeat by itself: nobody sees the others of a case
    of_row = np.broadcast_to(np.arange(len(rows)).reshape(-1, *[1] * (chances.ndim - 1)),
                             chances.shape)[there]  # fmt: skip
    found = review_policy(
        data.target[rows][of_row],
        np.clip(chances[there], 0, 1),
        setting.costs,
        review.cost,
        review.error,
        capacity_share=review.capacity_share,
        prevalence=setting.prevalence,
    )
    answer, lost = np.full((len(data), *chances.shape[1:]), np.nan), np.full(chances.shape, np.nan)
    said = np.full(chances.shape, np.nan)
    said[there] = np.array([0.0, LOOKED_AT, 1.0])[found.action]
    answer[rows], lost[there] = said, found.losses
    return Tried(rung=rung, outcome=answer, review=replace(found, losses=row_means(lost)))


def _always(act: float) -> Callable[[Rung, Dataset, Split, Setting], Tried]:
    def maker(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
        return Tried(rung=rung, outcome=on_tested(np.full(len(data), act), split))

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


def _try_cut(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
    values = measurements(data.features)
    order = orders(values)
    found = np.full(len(data), np.nan)
    for train, test in split.folds:
        gain, among = np.zeros(len(data)), np.zeros(len(data), bool)
        gain[train], among[train] = gain_of_acting(data, train, setting), True
        cut = best_cut(values, gain, order, among)
        if cut is None:  # the better of acting on all and on none
            found[test] = float(gain.sum() > 0)
        else:
            found[test] = cut.acts({name: column[test] for name, column in values.items()})
    final = best_cut(values, gain_of_acting(data, slice(None), setting), order)
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
        return Tried(rung=rung, outcome=on_tested(given.score, split))
    chances = rung.option.probability
    seen = given.score[~np.isnan(given.score)]
    score = _mean_score(given.score, float(seen.min()) if len(seen) and not chances else 0.0)
    each, silent = given.score, given.silent
    if chances and silent is not None:
        each = np.where(silent, 0.0, each)
    return choose_point(
        rung, score, data, split, setting, probability=chances, fitted=False,
        each=each, silent=silent,
    )  # fmt: skip


def _mean_score(score: Array, least: float) -> Array:
    """Mean over the repeats; the least there is where all were refused."""
    found = row_means(score)
    return np.where(np.isnan(found), least, found)


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
    return Tried(rung=rung, outcome=on_tested(np.full(len(data), nothing), split))


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
