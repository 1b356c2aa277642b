"""What answers take: seconds, tokens, and the price of one that can be used."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.answers.mixed import Cells, one_cell
from mlpdm_kit.analysis.errors.costs import Estimate
from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution, lognormal_from_moments
from mlpdm_kit.analysis.uncertainty.shares import row_means

_Z = 1.959963984540054  # of a 95% interval
POINTS = (0.5, 0.95, 0.99)


def percentiles(
    seconds: ArrayLike, cells: Cells | None = None
) -> tuple[float, float, float] | None:
    """The 50%, 95% and 99% points of what is known; None where nothing is.

    Parameters
    ----------
    seconds : array, shape (rows,) or (rows, repeats)
    cells : Cells, optional
        How production mixes the rows; by default all answers count alike.

    Notes
    -----
    Where it mixes several, an answer stands at the middle of its weight on the way from the
    shortest to the longest; between two answers the point lies on the line.

    Examples
    --------
    >>> percentiles([[1, 2], [3, np.nan]])
    (2.0, 2.9, 2.98)
    """
    x = np.asarray(seconds, dtype=float)
    there = np.isfinite(x)
    known = x[there]
    if not len(known):
        return None
    if cells is None or len(cells.shares) == 1:
        low, high, top = (float(np.quantile(known, point)) for point in POINTS)
        return low, high, top
    codes = np.broadcast_to(cells.codes.reshape(-1, *[1] * (x.ndim - 1)), x.shape)[there]
    order = np.argsort(known, kind="stable")
    known, each = known[order], replace(cells, codes=codes[order]).weights()
    at = (np.cumsum(each) - each / 2) / each.sum()
    low, high, top = (float(np.interp(point, at, known)) for point in POINTS)
    return low, high, top


def mean_of(values: ArrayLike, cells: Cells | None = None) -> Distribution | None:
    """What a case takes on average, as a distribution; None where nothing is known.

    Parameters
    ----------
    values : array, shape (rows,) or (rows, repeats)
        Money or tokens, at least 0; NaN where it is not known.
    cells : Cells, optional
        How production mixes the rows; by default all count alike.

    Notes
    -----
    Lognormal with the mean of the rows' own means and its standard error (`Cells.mean`): the
    rows are the sample, answers to one item cost alike.

    Examples
    --------
    >>> found = mean_of([[1, 3], [4, 4]])
    >>> round(found.mean, 6), round(found.sd, 6)
    (3.0, 1.0)
    """
    means = row_means(values)
    found = (one_cell(len(means)) if cells is None else cells).mean(means)
    if found is None:
        return None
    mean, error = found
    if mean <= 0 or error <= 1e-12 * mean:
        return Distribution("point", (mean,))
    return lognormal_from_moments(mean, error)


def per_accepted(
    cost: ArrayLike, accepted: ArrayLike, cells: Cells | None = None
) -> Estimate | None:
    """Price of an answer that is accepted: all that is paid, over what can be used of it.

    Parameters
    ----------
    cost, accepted : array, shape (rows,) or (rows, repeats)
        Price of each answer, and whether it is accepted (1 or 0); NaN where it is not known.
    cells : Cells, optional
        How production mixes the rows; by default all count alike.

    Returns
    -------
    Estimate or None
        With its 95% interval; None where no price is known or nothing is accepted.

    Notes
    -----
    A ratio of means, R = C / A, each as `Cells.mean` has it; its standard error is that of
    the mean of c - R a, by rows and within each cell, over A (the combined ratio estimate,
    Cochran 1977, 6.11), taken on the logarithm.

    Examples
    --------
    >>> found = per_accepted([2, 2, 2, 2], [1, 1, 1, 0])
    >>> round(found.mean, 4)
    2.6667
    """
    paid, used = row_means(cost), row_means(accepted)
    both = np.isfinite(paid) & np.isfinite(used)
    paid, used = np.where(both, paid, np.nan), np.where(both, used, np.nan)
    cells = one_cell(len(paid)) if cells is None else cells
    price, share = cells.mean(paid), cells.mean(used)
    if price is None or share is None or share[0] <= 0:
        return None
    ratio = price[0] / share[0]
    off = cells.mean(paid - ratio * used)
    assert off is not None
    reach = float(np.exp(_Z * off[1] / share[0] / ratio)) if ratio > 0 else 1.0
    return Estimate(mean=ratio, low=ratio / reach, high=ratio * reach)


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """What a review on top of an option's answers comes to, per case of production.

    ``looked`` is the share of cases that a person looks at, ``accepted`` the share that is
    right afterwards, ``price`` what an accepted answer costs with all reviews.
    """

    looked: float
    accepted: float
    price: float


def reviewed_price(
    cost: float,
    recall: float,
    false_positive_rate: float,
    prevalence: float,
    review: float,
    error: float,
    capacity_share: float | None = None,
) -> Reviewed:
    """Price of an accepted answer where a person looks at what was flagged.

    Parameters
    ----------
    cost, review : float
        Of an answer and of a review, in money.
    recall, false_positive_rate, prevalence, error : float
        Of the option, of production, and of the reviewer, who errs either way alike.
    capacity_share : float, optional
        Share of all cases for which there is time.

    Examples
    --------
    >>> reviewed_price(1.0, 0.8, 0.1, 0.5, review=2.0, error=0.0)
    Reviewed(looked=0.45, accepted=0.9, price=2.111111111111111)
    """
    flagged = prevalence * recall + (1 - prevalence) * false_positive_rate
    reach = 1.0 if capacity_share is None or flagged <= 0 else min(1.0, capacity_share / flagged)
    kept, left = 1 - reach * error, 1 - reach * (1 - error)
    accepted = prevalence * recall * kept + (1 - prevalence) * (1 - false_positive_rate * left)
    looked = reach * flagged
    price = (cost + looked * review) / accepted if accepted > 0 else float("inf")
    return Reviewed(looked=looked, accepted=accepted, price=price)


def looked_price(
    cost: float, good: float, *, price: float, finds: float, mend: float = 0.0, share: float = 1.0
) -> Reviewed:
    """Price of an accepted answer where a person looks at answers and mends what is wrong.

    Parameters
    ----------
    cost, price, mend : float
        Of an answer, of a look, and of mending what it finds, in money.
    good, finds : float
        Share of answers that are good, and share of the others that a look finds.
    share : float
        Share of the answers for which there is time.

    Notes
    -----
    (cost + s price + s f (1 - g) mend) / (g + s f (1 - g)), with s looked at, f found, g good.

    Examples
    --------
    >>> looked_price(1.0, 0.6, price=2.0, finds=0.5, mend=5.0)
    Reviewed(looked=1.0, accepted=0.8, price=5.0)
    """
    mended = share * finds * (1 - good)
    accepted = good + mended
    spent = cost + share * price + mended * mend
    return Reviewed(
        looked=share, accepted=accepted, price=spent / accepted if accepted > 0 else float("inf")
    )


def tokens_price(
    tokens_in: Array | None, tokens_out: Array | None, ask_in: float, ask_out: float
) -> Array | None:
    """Price of each answer by its tokens; None where neither kind was counted.

    Examples
    --------
    >>> tokens_price(np.array([1000.0]), None, 0.002, 0.006).tolist()
    [2.0]
    """
    parts = [(tokens_in, ask_in), (tokens_out, ask_out)]
    known = [tokens * ask for tokens, ask in parts if tokens is not None]
    return np.asarray(sum(known)) if known else None
