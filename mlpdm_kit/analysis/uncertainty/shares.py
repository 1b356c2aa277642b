"""Shares read off rows that were each looked at several times.

The rows are the sample; looking at a row again says more about that row and nothing about
the others. So a share is the mean of the rows' own means, and how sure it is follows from
how far these lie apart, put as a number of independent cases. Where production mixes segments
otherwise than the rows do, each segment's rows say what happens there, and the share is the
mean by what production holds of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.uncertainty.distributions import (
    Array,
    Distribution,
    lognormal_from_moments,
)
from mlpdm_kit.analysis.uncertainty.groups import AS_ONE, apart


def row_means(values: ArrayLike) -> Array:
    """Mean of each row over its repeats; NaN is a repeat that is missing.

    Parameters
    ----------
    values : array, shape (rows,) or (rows, repeats)

    Notes
    -----
    Counted from the row's first value, so that repeats that do not differ give exactly what
    one gives.

    Examples
    --------
    >>> row_means([[1, 0, 1, 0], [0.1, 0.1, 0.1, np.nan]]).tolist()
    [0.5, 0.1]
    """
    x = np.asarray(values, dtype=float)
    if x.ndim == 1:
        return x
    there = ~np.isnan(x)
    first = x[np.arange(len(x)), there.argmax(axis=1)]
    off = np.where(there, x - first[:, None], 0.0).sum(axis=1)
    return np.asarray(first + off / np.maximum(there.sum(axis=1), 1))


def worth_of_repeats(means: ArrayLike, answers: ArrayLike | None = None) -> float:
    """How many independent cases a row is worth, for a share of yes and no; at least 1.

    Parameters
    ----------
    means : array, shape (rows,)
        Share of yes among the answers to each row.
    answers : array, shape (rows,), optional
        How many answers that were; by default one each.

    Notes
    -----
    The variance of single answers, p (1 - p), over that of the rows' means, as for clusters
    of equal size (Kish 1965); at most as many as answers. Rows on which nothing happened do
    not tell whether repeats agree, so that variance is weighed by how many rows' worth of the
    rarer answer were seen, against `AS_ONE` whose repeats agree. In these terms one more yes
    never makes a share look lower: by as much as repeats are worth more, so many more yes
    had to be seen. Rows that are all yes or no give exactly 1.

    Examples
    --------
    >>> worth_of_repeats([1, 1, 0, 0], [5, 5, 5, 5])
    1.0
    >>> round(worth_of_repeats([0.5] * 98, [4] * 98), 3)  # (49 + 1) / (49 / 4 + 1)
    3.774
    """
    x = np.asarray(means, dtype=float)
    if not len(x):
        return 1.0
    return float(1 / _Rows.of(x, None, None).effects(answers, None)[0])


def share_of(
    values: ArrayLike,
    answers: ArrayLike | None = None,
    *,
    prior: float = 0.5,
    cells: Any = None,
    shares: Any = None,
    groups: Any = None,
) -> Distribution:
    """Posterior of a share, from the share of yes among the answers to each row.

    Parameters
    ----------
    values, answers
        As in `worth_of_repeats`.
    prior : float
        Mean of a prior that weighs one case; Jeffreys' by default.
    cells : array of int, shape (rows,), optional
        Segment or class of each row, counted from 0; by default there is one.
    shares : array, shape (cells,), optional
        What production holds of each; positive, with rows in each, and together 1.
    groups : array, shape (rows,), optional
        Group of each row; rows of one are alike (`apart`).

    Notes
    -----
    Of a cell with the share W the prior weighs W of a case: over all cells it weighs one
    case, however many cells there are. A cell's posterior is a beta, and their mean by W is
    a beta with its moments. How alike groups and repeats are is seen over all cells, as a group
    may have rows in many, and weighed in each cell by how many rows there have the rarer
    answer, as in `worth_of_repeats`: in units of what rows of groups are taken to be worth
    beforehand, and at most as many as there are groups.

    Examples
    --------
    >>> share_of([1, 0, 0, 0]).parameters
    (1.5, 3.5)
    >>> found = share_of(np.zeros(240), prior=0.2, cells=np.repeat(np.arange(8), 30),
    ...                  shares=np.full(8, 1 / 8))
    >>> round(found.mean, 7), round(share_of(np.zeros(240), prior=0.2).mean, 7)
    (0.0008299, 0.0008299)
    """
    x = np.asarray(values, dtype=float)
    if not len(x):
        return Distribution("beta", (prior, 1 - prior))
    rows = _Rows.of(x, cells, shares)
    effects = rows.effects(answers, groups).tolist()
    yes, no = (np.bincount(rows.cells, weights=part).tolist() for part in (x, 1 - x))
    parts = []
    for y, n, share, effect in zip(yes, no, rows.shares.tolist(), effects, strict=True):
        posterior = (y / effect + share * prior, n / effect + share * (1 - prior))
        parts.append((Distribution("beta", posterior), share))
    return pooled(parts)


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Rows by cells: what each counts for, its cell's mean, and how far it lies from that;
    ``rarer`` is how many rows of each cell are yes, or no, whichever are fewer."""

    cells: Any
    shares: Array
    weights: Array
    centre: Array
    off: Array
    rarer: Array

    @classmethod
    def of(cls, x: Array, cells: Any, shares: Any) -> _Rows:
        cells = np.zeros(len(x), int) if cells is None else np.asarray(cells)
        shares = np.ones(1) if shares is None else np.asarray(shares, dtype=float)
        counts = np.bincount(cells, minlength=len(shares))
        means = np.bincount(cells, weights=x) / counts
        return cls(
            cells=cells,
            shares=shares,
            weights=(shares / counts)[cells],
            centre=means[cells],
            off=x - means[cells],
            rarer=np.asarray(counts * np.minimum(means, 1 - means), dtype=float),
        )

    def effects(self, answers: ArrayLike | None, groups: Any) -> Array:
        """How many rows of each cell say what one independent case says."""
        seen = apart(self.off, self.weights, groups, self.cells)
        told = np.minimum(self.rarer / seen.before, seen.free * self.shares)
        beforehand = AS_ONE * self.shares
        alike = seen.effect * self._alike(answers)
        return np.asarray((told * alike + beforehand * seen.before) / (told + beforehand))

    def _alike(self, answers: ArrayLike | None) -> float:
        """Variance of the rows' means over that of single answers."""
        single = float((self.weights**2 * self.centre * (1 - self.centre)).sum())
        left = len(self.off) - len(self.shares)
        x = self.off + self.centre
        if answers is None or single <= 0 or left < 1 or bool(np.isin(x, (0.0, 1.0)).all()):
            return 1.0
        most = max(float(np.sum(np.asarray(answers))) / len(x), 1.0)
        between = float(((self.weights * self.off) ** 2).sum()) * len(x) / left
        return float(np.clip(between / single, 1 / most, 1.0))


def pooled(parts: list[tuple[Distribution, float]]) -> Distribution:
    """Mean of independent rates by their shares, as one distribution with its moments.

    Parameters
    ----------
    parts : list of (Distribution, float)
        Posterior of each segment's rate, and its share; the shares sum to 1.

    Examples
    --------
    >>> halves = [(Distribution("beta", (30, 70)), 0.5), (Distribution("beta", (10, 90)), 0.5)]
    >>> round(pooled(halves).mean, 9), round(pooled(halves).sd, 4)
    (0.2, 0.0273)
    """
    if len(parts) == 1:
        return parts[0][0]
    mean = sum(share * rate.mean for rate, share in parts)
    variance = sum((share * rate.sd) ** 2 for rate, share in parts)
    if all(rate.is_point for rate, _ in parts) or variance <= 0:
        return Distribution("point", (float(mean),))
    if any(rate.family == "lognormal" for rate, _ in parts):
        return lognormal_from_moments(float(mean), float(np.sqrt(variance)))
    size = max(mean * (1 - mean) / variance - 1, 1e-6)
    return Distribution("beta", (float(mean * size), float((1 - mean) * size)))
