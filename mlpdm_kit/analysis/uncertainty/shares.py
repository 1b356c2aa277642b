"""Shares read off rows that were each looked at several times.

The rows are the sample; looking at a row again says more about that row and nothing about
the others. So a share is the mean of the rows' own means, and how sure it is follows from
how far these lie apart, put as a number of independent cases.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution

AS_ONE = 2  # rows on which repeats are taken to agree, before any is seen


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
    of equal size (Kish 1965); at most as many as answers. With few rows that variance is
    little known, so `AS_ONE` rows whose repeats agree are counted in. Rows that are all yes
    or no give exactly 1.

    Examples
    --------
    >>> worth_of_repeats([1, 1, 0, 0], [5, 5, 5, 5])
    1.0
    >>> round(worth_of_repeats([0.5] * 98, [4] * 98), 3)  # nearly 4: no row differs
    3.774
    """
    x = np.asarray(means, dtype=float)
    if answers is None or not len(x) or bool(np.isin(x, (0.0, 1.0)).all()):
        return 1.0
    most = max(float(np.sum(answers)) / len(x), 1.0)
    p = float(x.mean())
    alike = float(np.clip(x.var() / (p * (1 - p)), 1 / most, 1.0))
    return float((len(x) + AS_ONE) / (len(x) * alike + AS_ONE))


def share_of(
    values: ArrayLike, answers: ArrayLike | None = None, *, prior: float = 0.5
) -> Distribution:
    """Posterior of a share, from the share of yes among the answers to each row.

    Parameters
    ----------
    values, answers
        As in `worth_of_repeats`.
    prior : float
        Mean of a prior that weighs one case; Jeffreys' by default.

    Examples
    --------
    >>> share_of([1, 0, 0, 0]).parameters
    (1.5, 3.5)
    """
    x = np.asarray(values, dtype=float)
    worth = worth_of_repeats(x, answers)
    yes, no = float(x.sum()) * worth, float((1 - x).sum()) * worth
    return Distribution("beta", (yes + prior, no + 1 - prior))
