"""Whether the same question gets the same answer, and what it costs where it does not."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.answers.seen import Seen, seen_on
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.uncertainty.shares import row_means


def flip_rate(answers: ArrayLike) -> Seen | None:
    """Probability that two independent answers to the same item differ.

    Parameters
    ----------
    answers : array, shape (rows, repeats)
        A code for each answer, NaN where a repeat is missing.

    Returns
    -------
    Seen or None
        Of items with at least two answers; None where there is none.

    Notes
    -----
    Of an item with m answers, n of each kind, 1 - sum n (n - 1) / (m (m - 1)): the share of
    its pairs that differ, an unbiased estimate of the Gini-Simpson index (Simpson 1949).
    Pairs that share an answer are not independent, so an item counts for at most m / 2.

    Examples
    --------
    >>> found = flip_rate([[1, 1, 1, 1], [1, 1, 0, 0], [2, 2, np.nan, np.nan]])
    >>> round(found.mean, 4), found.rows  # (0 + 4/6 + 0) / 3
    (0.2222, 3)
    """
    return seen_on(*differing(answers))


def differing(answers: ArrayLike) -> tuple[Array, Array]:
    """Of each row the share of its pairs that differ (NaN without one), and what it counts for.

    Examples
    --------
    >>> share, counts = differing([[1, 1, 2, 2], [1, np.nan, np.nan, np.nan]])
    >>> share.round(3).tolist(), counts.tolist()
    ([0.667, nan], [2, 0])
    """
    x = np.atleast_2d(np.asarray(answers, dtype=float))
    there = ~np.isnan(x)
    many = there.sum(axis=1)
    alike = np.where(there, _as_many(x, there), 0)  # of each answer, how many say the same
    pairs = np.maximum(many * (many - 1), 1)
    differ = 1 - (alike.sum(axis=1) - many) / pairs
    return np.where(many > 1, differ, np.nan), many // 2


def _as_many(x: Array, there: Array) -> Array:
    """How many answers of its row are as each is."""
    found = np.zeros(x.shape)
    for repeat in range(x.shape[1]):
        found += there[:, [repeat]] & (x == x[:, [repeat]])
    return found


def voted(answers: ArrayLike, *, amounts: bool = False) -> Array:
    """Which repeat holds the answer that a vote over the repeats would give.

    Parameters
    ----------
    answers : array, shape (rows, repeats)
        At least one in each row; NaN where a repeat is missing.
    amounts : bool
        The middle one is wanted (of two the lower) instead of the most frequent.

    Returns
    -------
    array of int, shape (rows,)
        A tie goes to the answer that came first, which is any of them by chance.

    Examples
    --------
    >>> voted([[0, 1, 1], [0, 1, np.nan]]).tolist()
    [1, 0]
    >>> voted([[9, 1, 5]], amounts=True).tolist()
    [2]
    """
    x = np.atleast_2d(np.asarray(answers, dtype=float))
    there = ~np.isnan(x)
    if amounts:
        order = np.argsort(np.where(there, x, np.inf), axis=1, kind="stable")
        middle = np.maximum(there.sum(axis=1) - 1, 0) // 2
        return np.asarray(order[np.arange(len(x)), middle])
    return np.asarray(np.where(there, _as_many(x, there), -1).argmax(axis=1))


def saved_by_voting(losses: ArrayLike, answers: ArrayLike, *, amounts: bool = False) -> Array:
    """What each row would cost less if the answer were put to a vote, in money.

    Parameters
    ----------
    losses, answers : array, shape (rows, repeats)
        Loss of each answer, NaN where it is missing, and its code.

    Returns
    -------
    array, shape (rows,)
        Mean loss less the loss of the voted answer; below 0 where most answers are wrong.

    Examples
    --------
    >>> saved_by_voting([[0, 0, 9], [9, 9, 0]], [[1, 1, 2], [1, 1, 2]]).tolist()
    [3.0, -3.0]
    """
    lost = np.atleast_2d(np.asarray(losses, dtype=float))
    chosen = voted(answers, amounts=amounts)
    return np.asarray(row_means(lost) - lost[np.arange(len(lost)), chosen])


def variances(losses: ArrayLike) -> Array:
    """Variance of the loss of one answer among the answers to its item; NaN of one alone.

    Parameters
    ----------
    losses : array, shape (rows, repeats)
        Loss of each answer, in money; NaN where it is missing.

    Returns
    -------
    array, shape (rows,)
        In money squared, without bias (over the repeats less one). The root of its mean over
        items is the repeatability standard deviation of ISO 5725-2: how far one answer costs
        more or less than the mean of its repeats.

    Examples
    --------
    >>> variances([[0, 0, 9], [5, 5, np.nan], [1, np.nan, np.nan]]).tolist()
    [27.0, 0.0, nan]
    """
    x = np.atleast_2d(np.asarray(losses, dtype=float))
    many = (~np.isnan(x)).sum(axis=1)
    off = np.where(np.isnan(x), 0.0, x - row_means(x)[:, None])
    return np.where(many > 1, (off**2).sum(axis=1) / np.maximum(many - 1, 1), np.nan)


def by_repeat(good: ArrayLike, weights: ArrayLike | None = None) -> Array:
    """Share of good answers in each repeat, on the rows that it has; without rows it has none.

    Parameters
    ----------
    good : array, shape (rows, repeats)
        1 and 0, NaN where a repeat is missing.
    weights : array, shape (rows,), optional
        What each row counts for; by default all alike.

    Examples
    --------
    >>> by_repeat([[1, 1], [0, 1], [1, np.nan]]).round(3).tolist()
    [0.667, 1.0]
    """
    x = np.atleast_2d(np.asarray(good, dtype=float))
    there = ~np.isnan(x)
    weigh = there * (np.ones(len(x)) if weights is None else np.asarray(weights))[:, None]
    good_ones, all_ones = (weigh * np.where(there, x, 0.0)).sum(axis=0), weigh.sum(axis=0)
    return np.asarray(good_ones[all_ones > 0] / all_ones[all_ones > 0])
