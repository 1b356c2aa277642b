"""A closer look at what was tried: thresholds, reviews, segments, and more data.

The comparison says how good each option is; here is what an analyst asks next. How sure is
the threshold, and what does a tuned one gain? Whom does an option serve worst? Would more
data help ML past the best that needs none?
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlpdm_kit.analysis.errors.costs import Estimate
from mlpdm_kit.analysis.errors.thresholds import ThresholdBand, threshold_band
from mlpdm_kit.analysis.trial.compare import Comparison, estimate
from mlpdm_kit.analysis.trial.folds import Split
from mlpdm_kit.analysis.trial.learning import (
    LearningCurve,
    encoded_scores,
    learning_curve,
    looked_at,
)
from mlpdm_kit.analysis.trial.points import choose_point, weights
from mlpdm_kit.analysis.trial.power_law import Crossing, PowerLaw, crossing, fit_power_law
from mlpdm_kit.analysis.trial.segments import Gap, Served, served, worst_gap
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.errors import InputError

LEARNERS = ("binary", "regression")
LEAST_TO_LEARN = 100  # rows below which a learning curve is noise
REPEATS = 3
MANY_ROWS = 20_000  # beyond which rows drawn anew differ little


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """How the cost of one model falls with rows to learn from, and where it crosses."""

    option: str
    curve: LearningCurve
    law: PowerLaw
    crossing: Crossing | None


@dataclass(frozen=True, kw_only=True)
class Closer:
    """By option: how far the tuned threshold moves, what it gains, and whom it serves."""

    bands: Mapping[str, ThresholdBand] = field(default_factory=dict)
    tuning: Mapping[str, Estimate] = field(default_factory=dict)
    served: Mapping[str, list[Served]] = field(default_factory=dict)
    gaps: Mapping[str, Gap] = field(default_factory=dict)
    learnt: Learnt | None = None


def look_closer(data: Dataset, split: Split, setting: Setting, result: Comparison) -> Closer:
    """All of it, for the options that have it."""
    rows = split.tested
    scored = {
        name: one
        for name, one in result.tried.items()
        if one.fixed_outcome is not None and one.tuned_outcome is not None
    }
    people = {
        name: one
        for name, one in result.tried.items()
        if data.segment is not None and (one.rung.is_ml or name == result.best_without_ml)
    }
    found = {name: served(one, data, rows, setting) for name, one in people.items()}
    gaps = {name: worst_gap(rows_, setting.task) for name, rows_ in found.items()}
    return Closer(
        bands={
            name: _band(one, data, rows, setting)
            for name, one in scored.items()
            if not data.columns
        },
        tuning={name: _tuning(one, data, rows, setting) for name, one in scored.items()},
        served=found,
        gaps={name: gap for name, gap in gaps.items() if gap is not None},
        learnt=_learnt(data, split, setting, result),
    )


def _band(one: Tried, data: Dataset, rows: Any, setting: Setting) -> ThresholdBand:
    assert one.score is not None
    return threshold_band(
        data.target[rows],
        one.score[rows],
        setting.costs,
        setting.prevalence,
        clusters=None if data.group is None else data.group[rows],
        seed=setting.seed,
    )


def _tuning(one: Tried, data: Dataset, rows: Any, setting: Setting) -> Estimate:
    """What the threshold from costs costs more than the tuned one, on the same rows."""
    assert one.fixed_outcome is not None
    assert one.tuned_outcome is not None
    fixed = setting.losses(data, one.fixed_outcome, rows)
    tuned = setting.losses(data, one.tuned_outcome, rows)
    return estimate(fixed - tuned, data, rows, setting)


def _learnt(data: Dataset, split: Split, setting: Setting, result: Comparison) -> Learnt | None:
    """The model's learning curve in money, against the best option without ML."""
    one = next(
        (
            found
            for found in result.tried.values()
            if found.rung.kind == "model" and found.score is not None
        ),
        None,
    )
    best = result.best_without_ml
    few = len(data) < LEAST_TO_LEARN or setting.task not in LEARNERS
    if one is None or best is None or few or one.rung.id in data.predictions:
        return None
    rows = split.tested
    running = setting.running
    try:
        curve = learning_curve(
            split,
            _row_losses(one, data, split, setting),
            strata=data.target.astype(int) if setting.task == "binary" else None,
            clusters=data.group,
            weights=weights(data.target, setting),
            baseline=setting.losses_of(result.tried[best], data, rows) + running.get(best, 0.0),
            full=setting.losses_of(one, data, rows) + running.get(one.rung.id, 0.0),
            repeats=REPEATS if len(rows) <= MANY_ROWS else 1,
            seed=setting.seed,
        )
    except InputError:  # too few rows of a class for two sizes: there is no curve to draw
        return None
    if not (curve.error > 1e-9 * max(map(abs, setting.worth.values()))).all():
        return None  # it never errs, or always alike: there is nothing to learn from
    law = fit_power_law(curve.sizes, curve.cost, curve.error, draws=curve.draws,
                        floor=float("-inf"), seed=setting.seed)  # fmt: skip
    level = curve.level_draws if curve.level_draws is not None else curve.level
    cross = None if level is None else crossing(law, level, float(curve.sizes[-1]))
    return Learnt(option=one.rung.id, curve=curve, law=law, crossing=cross)


def _row_losses(
    one: Tried, data: Dataset, split: Split, setting: Setting
) -> Callable[[Split], Array]:
    """Losses of the tested rows of any split, with the operating point from other rows."""
    known = looked_at(split, setting.seed)
    scores = encoded_scores(setting.task, data.features, data.target, setting.seed, rows=known)
    running = setting.running.get(one.rung.id, 0.0)

    def lost(part: Split) -> Array:
        score = np.full(len(data), np.nan)
        for train, test in part.folds:
            score[test] = scores(train, test)
        tried = choose_point(one.rung, score, data, part, setting, probability=True)
        return setting.losses_of(tried, data, part.tested) + running

    return lost
