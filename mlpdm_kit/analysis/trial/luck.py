"""The luck of the folds: how far a measurement hangs on which rows were put together.

What the kit fits itself is fitted and tested again on other folds of the same rows; how far
the figures then lie apart comes on top of what the number of rows leaves open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mlpdm_kit.analysis.errors.costs import Estimate
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.trial.folds import Split, split
from mlpdm_kit.analysis.trial.learning import encoded_scores
from mlpdm_kit.analysis.trial.points import choose_point
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.trial.trying import try_option
from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution, lognormal_from_moments
from mlpdm_kit.analysis.worth.tasks import Measure, losses
from mlpdm_kit.case.dataset import Dataset

REPEATS = 4
MOST_ROWS = 20_000  # beyond which the folds hardly matter
FITTED = ("model", "one_measurement", "popular")
_Z = 1.6448536269514722  # of a 90% interval


@dataclass(frozen=True, kw_only=True)
class Luck:
    """Variance of an option's rates, and of its cost per case, beyond that of its rows:
    between ways to split, or between ways to grade."""

    rates: dict[str, float] = field(default_factory=dict)
    cost: float = 0.0

    def __add__(self, other: Luck) -> Luck:
        names = [*self.rates, *(name for name in other.rates if name not in self.rates)]
        return Luck(
            rates={n: self.rates.get(n, 0.0) + other.rates.get(n, 0.0) for n in names},
            cost=self.cost + other.cost,
        )


NONE = Luck()


def luck_of(
    one: Tried, measures: dict[str, Measure], data: Dataset, split_: Split, setting: Setting
) -> Luck:
    """How far an option's figures move with the folds; nothing where they cannot.

    By time there is one way to split, and what came from outside the folds does not hang
    on them.
    """
    given = one.rung.id in data.predictions or one.rung.kind not in FITTED
    if given or split_.kind == "time" or len(data) > MOST_ROWS:
        return NONE
    again = _again(one.rung, data, setting)
    found: list[tuple[dict[str, float], float]] = []
    for repeat in range(1, REPEATS + 1):
        other = split(data, setting.task, setting.seed + 7919 * repeat)
        tried = again(other)
        if tried is not None:
            found.append(_figures(tried, measures, data, other.tested, setting))
    if len(found) < 2:
        return NONE
    return Luck(
        rates={name: float(np.var([one[0][name] for one in found], ddof=1)) for name in measures},
        cost=float(np.var([one[1] for one in found], ddof=1)),
    )


def _again(rung: Rung, data: Dataset, setting: Setting) -> Callable[[Split], Tried | None]:
    """The option on other folds; the model with its columns made numbers once."""
    if rung.kind != "model" or setting.task not in ("binary", "regression"):
        return lambda other: try_option(rung, data, other, setting)
    scores = encoded_scores(setting.task, data.features, data.target, setting.seed)

    def fitted(other: Split) -> Tried:
        score = np.full(len(data), np.nan)
        for train, test in other.folds:
            score[test] = scores(train, test)
        return choose_point(rung, score, data, other, setting, probability=True)

    return fitted


def _figures(
    one: Tried, measures: dict[str, Measure], data: Dataset, rows: Any, setting: Setting
) -> tuple[dict[str, float], float]:
    outcomes, target = setting.outcomes(data, one.outcome, rows), data.target[rows]
    rates = {
        name: float(outcomes[m.outcome][_among(m, target)].mean()) for name, m in measures.items()
    }
    return rates, float(setting.losses_of(one, data, rows).mean())


def _among(measure: Measure, target: Array) -> Any:
    return slice(None) if measure.among is None else target == measure.among


def luck_of_look(one: Tried, data: Dataset, rows: Any, setting: Setting) -> Luck:
    """What it adds to the variance of the cost that nobody knows how much a look finds."""
    look = setting.looks.get(one.rung.id)
    if look is None:
        return NONE
    wrong = setting.outcomes_of(one, data, rows)
    good = setting.worth.get(setting.good, 0.0)
    saved = losses(wrong, setting.worth) + good - look.mend * (1 - wrong[setting.good])
    return Luck(rates={}, cost=(look.share * look.finds.sd * float(saved.mean())) ** 2)


def with_luck(rate: Distribution, variance: float) -> Distribution:
    """A rate's posterior with the variance of the folds on top; its mean stays.

    Examples
    --------
    >>> wider = with_luck(Distribution("beta", (30.0, 70.0)), 0.002)
    >>> round(wider.mean, 9), round(wider.sd**2, 6)
    (0.3, 0.004079)
    """
    if variance <= 0 or rate.is_point:
        return rate
    total = rate.sd**2 + variance
    if rate.family != "beta":
        return lognormal_from_moments(rate.mean, float(np.sqrt(total)))
    mean = rate.mean
    size = max(mean * (1 - mean) / total - 1, 1.0)
    return replace(rate, parameters=(mean * size, (1 - mean) * size))


def with_luck_of_cost(cost: Estimate, variance: float) -> Estimate:
    """An interval with the variance of the folds on top, about its mean."""
    if variance <= 0:
        return cost
    half = (cost.high - cost.low) / 2 / _Z
    wider = 1.0 if half <= 0 else float(np.sqrt(1 + variance / half**2))
    return Estimate(
        mean=cost.mean,
        low=cost.mean - wider * (cost.mean - cost.low),
        high=cost.mean + wider * (cost.high - cost.mean),
    )
