"""Costs of errors on data: thresholds, net-benefit curves, bootstrap of a cost.

``y`` holds what happened, 0 or 1; ``score`` what was predicted, higher for more likely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.errors.cuts import Classes, between, cuts_near_the_best, cuts_of, reached_by
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.errors import refuse

BOOTSTRAPS = 1_000
FEW_CELLS = 8


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What each outcome costs per case; a gain is a negative cost.

    Examples
    --------
    >>> Costs(false_positive=5, false_negative=95).threshold
    0.05
    """

    false_positive: float
    false_negative: float
    true_positive: float = 0.0
    true_negative: float = 0.0

    @property
    def threshold(self) -> float:
        """Probability from which acting pays.

        Notes
        -----
        (FP - TN) / (FP - TN + FN - TP): Elkan, The Foundations of Cost-Sensitive
        Learning, IJCAI 2001, equation 2.
        """
        harm = self.false_positive - self.true_negative
        help_ = self.false_negative - self.true_positive
        if help_ <= 0:
            return 1.0 if harm >= 0 else float(harm / (harm + help_))
        return float(max(harm, 0.0) / (max(harm, 0.0) + help_))


def as_costs(costs: Costs | Mapping[str, float]) -> Costs:
    """Costs by name, checked."""
    if isinstance(costs, Costs):
        return costs
    known = [field.name for field in fields(Costs)]
    for name, value in costs.items():
        if name not in known:
            raise refuse("outcome-unknown", "costs", name, known=", ".join(known))
        if not np.isfinite(value):
            raise refuse("array", f"costs.{name}", value, shape="()")
    for name in ("false_positive", "false_negative"):
        if name not in costs:
            raise refuse("missing", f"costs.{name}")
    return Costs(**costs)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An estimate with its interval."""

    mean: float
    low: float
    high: float


def truth_and_score(y: ArrayLike, score: ArrayLike) -> tuple[Array, Array]:
    """Both as arrays of one length, y of 0 and 1, nothing missing; refused otherwise."""
    truth, scores = np.asarray(y, dtype=float), np.asarray(score, dtype=float)
    if truth.ndim != 1 or truth.shape != scores.shape or not len(truth):
        raise refuse("array", "y, score", f"{truth.shape}, {scores.shape}", shape="(rows,) each")
    if not ((truth == 0) | (truth == 1)).all():
        raise refuse("array", "y", "other values", shape="0 and 1")
    if not np.isfinite(scores).all():
        raise refuse("array", "score", "NaN or infinity", shape="(rows,)")
    return truth, scores


def net_benefit_curve(y: ArrayLike, score: ArrayLike, thresholds: ArrayLike) -> pd.DataFrame:
    """Net benefit of decision curve analysis, in true positives per case.

    Parameters
    ----------
    y, score : array, shape (rows,)
        Truth in {0, 1}; predicted probability.
    thresholds : array
        Each in (0, 1); a row acts where its score is at least the threshold.

    Returns
    -------
    DataFrame
        ``threshold``, ``net_benefit`` = TP/n - FP/n * t/(1 - t), and the same for acting
        on ``all``; ``none`` is 0.

    Notes
    -----
    Vickers & Elkin, Decision Curve Analysis, Med Decis Making 2006. One sort serves all
    thresholds.

    Examples
    --------
    >>> net_benefit_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], [0.5])["net_benefit"].tolist()
    [0.25]
    """
    truth, scores = truth_and_score(y, score)
    cuts = np.atleast_1d(np.asarray(thresholds, dtype=float))
    if not ((cuts > 0) & (cuts < 1)).all():
        raise refuse("number-range", "thresholds", cuts, range="(0, 1)")
    ordered, back = np.unique(cuts, return_inverse=True)
    reached, n = reached_by(ordered, scores), len(truth)
    # acts on the rows that reach the cut, those that reach more cuts included
    acts, found = (
        np.cumsum(np.bincount(reached, weights=each, minlength=len(ordered) + 1)[:0:-1])[::-1][back]
        for each in (None, truth)
    )
    odds = cuts / (1 - cuts)
    share = truth.mean()
    return pd.DataFrame(
        {
            "threshold": cuts,
            "net_benefit": found / n - (acts - found) / n * odds,
            "all": share - (1 - share) * odds,
        }
    )


def cost_curve(
    y: ArrayLike,
    score: ArrayLike,
    costs: Costs | Mapping[str, float],
    prevalence: float | None = None,
) -> pd.DataFrame:
    """Cost per case at every cut that differs.

    Parameters
    ----------
    y, score : array, shape (rows,)
    costs : Costs or mapping
        Cost of each outcome per case; as a mapping by name.
    prevalence : float, optional
        Share of positives in production; by default that of ``y``.

    Returns
    -------
    DataFrame
        ``threshold`` (act where the score is at least that; the first row acts on all, the
        last, at infinity, on none), ``cost``, ``recall``, ``false_positive_rate``.

    Examples
    --------
    >>> cost_curve([0, 1], [0.2, 0.8], Costs(false_positive=1, false_negative=10)).cost.tolist()
    [0.5, 0.0, 5.0]
    """
    truth, scores = truth_and_score(y, score)
    at = _classes(truth, as_costs(costs), prevalence)
    cuts, below, missed = cuts_of(truth, scores)
    recall, alarm, cost = at.priced(below, missed)
    return pd.DataFrame(
        {"threshold": cuts, "cost": cost, "recall": recall, "false_positive_rate": alarm}
    )


def _classes(truth: Array, costs: Costs, prevalence: float | None) -> Classes:
    positives = float(truth.sum())
    if positives in (0, len(truth)):
        raise refuse("target-classes", "y", "y", count=1, found=str(int(truth[0])))
    share = float(truth.mean()) if prevalence is None else prevalence
    return Classes(positives=positives, negatives=len(truth) - positives, share=share, costs=costs)


def best_threshold(
    y: ArrayLike,
    score: ArrayLike,
    costs: Costs | Mapping[str, float],
    prevalence: float | None = None,
) -> float:
    """Cut with the least cost on these rows, midway to the next score below it.

    Where several cuts cost the same, the middle one. Report its cost on other rows.

    Parameters
    ----------
    y, score : array, shape (rows,)
        Truth in {0, 1}; predicted score, higher for more likely.
    costs : Costs or mapping
        Cost of each outcome per case; as a mapping by name.
    prevalence : float, optional
        Share of positives in production; by default that of ``y``.

    Returns
    -------
    float
        Act where the score is at least this; infinity where acting never pays.

    Raises
    ------
    InputError
        Scores that are not finite, a truth of one class, costs with an unknown name.

    Examples
    --------
    >>> costs = {"false_positive": 1, "false_negative": 10}
    >>> best_threshold([0, 0, 1], [0.1, 0.3, 0.7], costs)
    0.5
    """
    truth, scores = truth_and_score(y, score)
    at = _classes(truth, as_costs(costs), prevalence)
    cuts, below, missed = cuts_near_the_best(truth, scores, at)
    cost = at.priced(below, missed)[2]
    best = np.flatnonzero(cost <= cost.min() + 1e-12 * max(1.0, abs(cost.min())))
    index = int(best[len(best) // 2])
    if index == 0:
        return float(cuts[0])
    if not np.isfinite(cuts[index]):
        return float("inf")
    return between(cuts[index - 1], cuts[index])


def bootstrap_cost(
    losses: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    shares: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    beside: ArrayLike = 0.0,
    level: float = 0.9,
    bootstraps: int = BOOTSTRAPS,
    seed: int = 0,
) -> Estimate:
    """Mean loss per case with its bootstrap interval.

    Rows that lose the same are one cell, and a bootstrap sample of rows is a multinomial
    sample of cells: the same distribution, without touching the rows again.

    Parameters
    ----------
    losses : array, shape (rows,)
        Loss of each case at a fixed policy, in money.
    strata : array of int, shape (rows,), optional
        Class of each row (its true outcome); resampled within the class.
    shares : array, shape (classes,) or (bootstraps, classes), optional
        Share of each class in production, or draws of it; by default that of the rows.
    clusters : array, shape (rows,), optional
        Group of each row; rows of one group are drawn together, as they are alike.
    beside : float or array, shape (bootstraps,)
        What every case costs beside its loss; where it is uncertain draws of it, that have
        nothing to do with the rows.
    level : float
        Of the central interval.
    bootstraps, seed : int

    Examples
    --------
    >>> e = bootstrap_cost([0, 0, 0, 10])
    >>> e.mean, e.low, e.high
    (2.5, 0.0, 5.0)
    >>> e = bootstrap_cost([0, 0], beside=np.linspace(0, 100, 1000))
    >>> round(e.mean, 9), round(e.low, 9), round(e.high, 9)
    (50.0, 5.0, 95.0)
    """
    loss = np.asarray(losses, dtype=float)
    if loss.ndim != 1 or not len(loss) or not np.isfinite(loss).all():
        raise refuse("array", "losses", f"shape {loss.shape}", shape="(rows,)")
    if not 0 < level < 1:
        raise refuse("number-range", "level", level, range="(0, 1)")
    if strata is None:
        kinds, here = np.zeros(1, int), [np.ones(len(loss), bool)]
        parts = [loss]
    else:
        classes = np.asarray(strata, dtype=int)
        kinds = np.unique(classes)
        here = [classes == kind for kind in kinds]
        parts = [loss[rows] for rows in here]
    weights = (
        np.array([len(part) / len(loss) for part in parts])
        if shares is None
        else np.asarray(shares, dtype=float)[..., kinds]
    )
    rng = np.random.default_rng(seed)
    extra = np.asarray(beside, dtype=float)
    means = np.array([part.mean() for part in parts])
    if clusters is None:
        drawn = [_by_cell(part, bootstraps, rng) for part in parts]
    else:
        drawn = _by_cluster(loss, here, np.asarray(clusters), bootstraps, rng)
    totals = (weights * np.column_stack(drawn)).sum(axis=1) + extra
    tail = (1 - level) / 2
    low, high = np.quantile(totals, [tail, 1 - tail])
    mean = float((np.atleast_2d(weights).mean(axis=0) * means).sum() + extra.mean())
    return Estimate(mean=mean, low=float(low), high=float(high))


def _by_cell(loss: Array, bootstraps: int, rng: np.random.Generator) -> Array:
    """Mean losses over bootstrap samples, a few at a time where there are many cells."""
    cells, counts = _cells(loss)
    step = max(1, 4_000_000 // len(cells))
    totals = [
        rng.multinomial(len(loss), counts / len(loss), size=min(step, bootstraps - done)) @ cells
        for done in range(0, bootstraps, step)
    ]
    return np.concatenate(totals) / len(loss)


def _cells(loss: Array) -> tuple[Array, np.ndarray]:
    """Losses that differ, ascending, and how often each occurs; few of them without a sort."""
    found: dict[float, int] = {}
    left = np.ones(len(loss), bool)
    while len(found) < FEW_CELLS:
        value = loss[np.argmax(left)]
        same = loss == value
        found[float(value)] = int(np.count_nonzero(same))
        if sum(found.values()) == len(loss):
            cells = np.array(sorted(found))
            return cells, np.array([found[cell] for cell in cells])
        left &= ~same
    return np.unique(loss, return_counts=True)


def _by_cluster(
    loss: Array,
    classes: list[np.ndarray],
    clusters: np.ndarray,
    bootstraps: int,
    rng: np.random.Generator,
) -> list[Array]:
    """Mean losses by class over samples of whole groups."""
    groups = pd.factorize(pd.Series(clusters).astype(str))[0]
    number = int(groups.max()) + 1
    times = rng.multinomial(number, np.full(number, 1 / number), size=bootstraps)
    found = []
    for here in classes:
        size = times @ np.bincount(groups[here], minlength=number)
        total = times @ np.bincount(groups[here], weights=loss[here], minlength=number)
        mean = float(loss[here].mean())  # for samples that hold no row of the class
        found.append(np.where(size > 0, total / np.maximum(size, 1), mean))
    return found


def design_effect(values: ArrayLike, clusters: ArrayLike | None) -> float:
    """How much less than as many independent rows the rows of groups say; at least 1.

    The variance of the mean between whole groups, over that between rows (Kish 1965).

    Examples
    --------
    >>> design_effect([0, 0, 1, 1], ["a", "a", "b", "b"])
    2.0
    """
    x = np.asarray(values, dtype=float)
    if clusters is None or len(x) < 2 or x.std() == 0:
        return 1.0
    groups = pd.factorize(pd.Series(np.asarray(clusters)).astype(str))[0]
    number = int(groups.max()) + 1
    if number < 2:
        return float(len(x))
    off = np.bincount(groups, weights=x - x.mean(), minlength=number)
    between = number / (number - 1) * float(off @ off) / len(x) ** 2
    return float(np.clip(between / (x.var() / len(x)) * (number - 1) / number, 1.0, len(x)))


def newsvendor_quantile(under: float, over: float) -> float:
    """Share of cases that should fall below the amount chosen.

    Parameters
    ----------
    under, over : float
        Cost per unit of too little and of too much; positive.

    Notes
    -----
    under / (under + over): the critical fractile of Arrow, Harris & Marschak (1951).

    Examples
    --------
    >>> newsvendor_quantile(4, 1)
    0.8
    """
    if under <= 0 or over <= 0:
        raise refuse("number-range", "under, over", f"{under}, {over}", range="above 0")
    return under / (under + over)
