"""How sure the best threshold is: what it would be on other samples of the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.errors.costs import (
    BOOTSTRAPS,
    Costs,
    as_costs,
    truth_and_score,
)
from mlpdm_kit.analysis.errors.resampling import multinomial
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.errors import refuse

BINS = 1_024
_CELLS = 4_000_000  # of the largest array that is held at once


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Middle and ends of an interval."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, kw_only=True)
class ThresholdBand:
    """How far the best threshold moves from sample to sample.

    ``cost`` is the least cost on the sample that the threshold was chosen on: it flatters.
    ``never`` and ``always`` are the shares of samples on which acting on nothing, or on
    everything, is cheapest; the threshold is then infinite, or the lowest score.
    """

    threshold: Spread
    cost: Spread
    never: float
    always: float


def threshold_band(
    y: ArrayLike,
    score: ArrayLike,
    costs: Costs | Mapping[str, float],
    prevalence: ArrayLike | None = None,
    *,
    clusters: ArrayLike | None = None,
    level: float = 0.9,
    bootstraps: int = BOOTSTRAPS,
    seed: int = 0,
) -> ThresholdBand:
    """Bootstrap of the best threshold.

    Parameters
    ----------
    y, score : array, shape (rows,)
        Truth in {0, 1}; predicted score, higher for more likely.
    costs : Costs or mapping
        Cost of each outcome per case.
    prevalence : float or array, shape (bootstraps,), optional
        Share of positives in production, or draws of it: rows are then drawn within each
        class. By default it is as uncertain as the rows make it.
    clusters : array, shape (rows,), optional
        Group of each row; rows of one group are drawn together.
    level : float
        Of the central interval, in (0, 1).
    bootstraps, seed : int

    Raises
    ------
    InputError
        As in `best_threshold`; a prevalence outside [0, 1].

    Notes
    -----
    A bootstrap sample is a multinomial sample of the cells class times bin of the score;
    with at most 1,024 scores that differ the bins are the scores, else quantiles. The cost
    at every cut is then one cumulative sum. The best cut converges at the cube root of the
    rows, for which the bootstrap is not exact (Abrevaya & Huang, On the Bootstrap of the
    Maximum Score Estimator, Econometrica 2005): read the band as its size.

    Examples
    --------
    >>> y = [0, 0, 0, 0, 1, 1]
    >>> score = [0.1, 0.2, 0.3, 0.6, 0.5, 0.9]
    >>> band = threshold_band(y, score, Costs(false_positive=1, false_negative=10))
    >>> band.threshold.low <= 0.4 <= band.threshold.high
    True
    """
    truth, scores = truth_and_score(y, score)
    price = as_costs(costs)
    share = _checked(truth, prevalence, level, bootstraps)
    bins, lows, highs = quantile_bins(scores, BINS)
    number = len(lows)
    cells = bins + number * (truth == 1)
    if clusters is not None:
        drawn = _cells_of_groups(cells, np.asarray(clusters), 2 * number, bootstraps, seed)
    else:
        counts = np.bincount(cells, minlength=2 * number)
        drawn = _cells_of_rows(counts, share is not None, bootstraps, seed)
    whole = np.bincount(cells, minlength=2 * number)
    cuts = np.concatenate([lows[:1], (highs[:-1] + lows[1:]) / 2, [np.inf]])
    indices, least, done = [], [], 0
    for sample in drawn:
        part = None if share is None else share[done : done + len(sample)]
        index, cost = _best_cut(sample, whole, price, part)
        indices.append(index)
        least.append(cost)
        done += len(sample)
    index, cost = np.concatenate(indices), np.concatenate(least)
    return ThresholdBand(
        threshold=_spread(cuts[index], level),
        cost=_spread(cost, level),
        never=float((index == number).mean()),
        always=float((index == 0).mean()),
    )


def _checked(
    truth: Array, prevalence: ArrayLike | None, level: float, bootstraps: int
) -> Array | None:
    if not 0 < level < 1:
        raise refuse("number-range", "level", level, range="(0, 1)")
    positives = int(truth.sum())
    if positives in (0, len(truth)):
        raise refuse("target-classes", "y", "y", count=1, found=str(int(truth[0])))
    if prevalence is None:
        return None
    share = np.asarray(prevalence, dtype=float)
    if not ((share >= 0) & (share <= 1)).all():
        raise refuse("number-range", "prevalence", prevalence, range="[0, 1]")
    if share.shape not in ((), (bootstraps,)):
        raise refuse("array", "prevalence", share.shape, shape=f"() or ({bootstraps},)")
    return np.broadcast_to(share, (bootstraps,))


def quantile_bins(values: Array, number: int) -> tuple[Any, Array, Array]:
    """Bins of about equal count; equal values are never parted.

    Returns
    -------
    bin : array of int, shape (rows,)
    low, high : array, shape (bins,)
        Least and greatest value of each; at most ``number`` bins, none empty.

    Examples
    --------
    >>> quantile_bins(np.array([3.0, 1.0, 1.0, 2.0]), 2)[0]
    array([1, 0, 0, 1])
    """
    distinct, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    if len(distinct) <= number:
        return place, distinct, distinct
    before = np.cumsum(counts) - counts
    wanted = before * number // len(values)
    first = np.flatnonzero(np.diff(wanted, prepend=-1))
    bins = np.searchsorted(first, np.arange(len(distinct)), side="right") - 1
    last = np.concatenate([first[1:] - 1, [len(distinct) - 1]])
    return bins[place], distinct[first], distinct[last]


def _cells_of_rows(counts: Any, by_class: bool, bootstraps: int, seed: int) -> Iterator[Array]:
    """Counts of the cells in bootstrap samples of rows, shape (block, cells)."""
    rng = np.random.default_rng(seed)
    step = max(1, _CELLS // len(counts))
    parts = np.split(counts, 2) if by_class else [counts]
    for done in range(0, bootstraps, step):
        size = min(step, bootstraps - done)
        yield np.hstack([multinomial(part, size, rng) for part in parts])


def _cells_of_groups(
    cells: Any, clusters: np.ndarray[Any, Any], number: int, bootstraps: int, seed: int
) -> Iterator[Array]:
    """The same in samples of whole groups."""
    from scipy.sparse import coo_array

    rng = np.random.default_rng(seed)
    groups = pd.factorize(pd.Series(clusters).astype(str))[0]
    count = int(groups.max()) + 1
    held = coo_array((np.ones(len(cells)), (cells, groups)), shape=(number, count)).tocsr()
    step = max(1, _CELLS // max(number, count))
    for done in range(0, bootstraps, step):
        size = min(step, bootstraps - done)
        times = rng.multinomial(count, np.full(count, 1 / count), size=size)
        yield np.asarray((held @ times.T).T, dtype=float)


def _best_cut(
    sample: Array, whole: Any, price: Costs, prevalence: Array | None
) -> tuple[Any, Array]:
    """Index of the cheapest cut of each sample, the middle one of several, and its cost."""
    number = sample.shape[1] // 2
    negative, positive = sample[:, :number], sample[:, number:]
    if prevalence is not None:  # a class that the sample lacks is as in all rows
        negative = np.where(negative.sum(axis=1, keepdims=True) > 0, negative, whole[:number])
        positive = np.where(positive.sum(axis=1, keepdims=True) > 0, positive, whole[number:])
    many, few = negative.sum(axis=1), positive.sum(axis=1)
    share = few / (many + few) if prevalence is None else prevalence
    harm = price.false_positive - price.true_negative
    relief = price.false_negative - price.true_positive
    cost = np.empty((len(sample), number + 1))
    cost[:, 0] = share * price.true_positive + (1 - share) * price.false_positive
    step = (share * relief / np.maximum(few, 1))[:, None] * positive
    step -= ((1 - share) * harm / np.maximum(many, 1))[:, None] * negative
    np.cumsum(step, axis=1, out=cost[:, 1:])
    cost[:, 1:] += cost[:, :1]
    least = cost.min(axis=1)
    near = cost <= (least + 1e-9 * np.maximum(1e-3, np.abs(cost).max(axis=1)))[:, None]
    rank = np.cumsum(near, axis=1)
    return np.argmax(rank > rank[:, -1:] // 2, axis=1), least


def _spread(values: Array, level: float) -> Spread:
    """Quantiles that are values themselves: infinity has no middle with a number."""
    ranked = np.sort(values)
    tail = (1 - level) / 2
    low, median, high = (
        float(ranked[min(int(np.ceil(p * len(ranked))), len(ranked)) - 1])
        for p in (tail, 0.5, 1 - tail)
    )
    return Spread(low=low, median=median, high=high)
