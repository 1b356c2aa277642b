"""What happens at every operating point: rows on either side of a cut, and what they cost.

A table of cuts is made once; at any two of them the shares that are left, looked at and acted
on, and their cost, are then differences and products of a few numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.errors.costs import Costs, truth_and_score
from mlpdm_kit.analysis.errors.thresholds import quantile_bins
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.errors import refuse

MOST_CUTS = 512


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """Cuts, ascending, and what lies below each.

    Parameters
    ----------
    cuts : array, shape (cuts,)
        The last is infinite: nothing is acted on.
    negatives, positives : array, shape (cuts,)
        Rows of each class with a score below the cut; at the last all of them.
    spared, missed : array, shape (cuts,)
        The same as shares of each class in production.
    """

    cuts: Array
    negatives: Array
    positives: Array
    spared: Array
    missed: Array

    def place(self, cut: float) -> int:
        """Index of the cut that is nearest to a value; of two as near, the lower."""
        finite = self.cuts[:-1]
        if cut > finite[-1]:
            return len(finite)
        index = int(np.searchsorted(finite, cut))
        if index and cut - finite[index - 1] <= finite[index] - cut:
            return index - 1
        return index


def table_of_cuts(
    y: ArrayLike,
    score: ArrayLike,
    *,
    counts: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    also: Iterable[float] = (),
    most: int = MOST_CUTS,
) -> Table:
    """A table of cuts on a score.

    Parameters
    ----------
    y, score : array, shape (rows,)
        Truth in {0, 1}; higher for more likely.
    counts : array, shape (rows,), optional
        Of how many rows each says something: less than one where a row was answered several
        times. By default one.
    weights : array, shape (rows,), optional
        What each counts for in production; by default as ``counts``. Only their shares
        within a class matter.
    also : iterable of float
        Cuts that are to be in the table.
    most : int
        Of scores that differ so many become cuts, by their quantiles.

    Raises
    ------
    InputError
        Scores that are not finite, a truth of one class.

    Examples
    --------
    >>> found = table_of_cuts([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> found.cuts.tolist(), found.positives.tolist()
    ([0.1, 0.35, 0.4, 0.8, inf], [0.0, 0.0, 1.0, 1.0, 2.0])
    """
    truth, scores = truth_and_score(y, score)
    if truth.min() == truth.max():
        raise refuse("target-classes", "y", "y", count=1, found=str(int(truth[0])))
    _, lows, _ = quantile_bins(scores, most)
    cuts = np.unique(np.concatenate([lows, [cut for cut in also if np.isfinite(cut)], [np.inf]]))
    held = np.ones(len(truth)) if counts is None else np.asarray(counts, dtype=float)
    weigh = held if weights is None else np.asarray(weights, dtype=float)
    reached = np.searchsorted(cuts, scores, side="right")  # a score at a cut reaches it

    def below(values: Array) -> Array:
        held = np.bincount(reached, weights=values, minlength=len(cuts) + 1)
        return np.asarray(np.cumsum(held)[:-1], dtype=float)

    hit = truth == 1
    spared, missed = below(weigh * ~hit), below(weigh * hit)
    return Table(
        cuts=cuts,
        negatives=below(held * ~hit),
        positives=below(held * hit),
        spared=spared / spared[-1],
        missed=missed / missed[-1],
    )


def cost_of_cuts(table: Table, costs: Costs, prevalence: float) -> Array:
    """Cost per case of production at every cut, shape (cuts,).

    Examples
    --------
    >>> found = table_of_cuts([0, 1], [0.2, 0.8])
    >>> cost_of_cuts(found, Costs(false_positive=1, false_negative=10), 0.5).tolist()
    [0.5, 0.0, 5.0]
    """
    left = prevalence * costs.false_negative * table.missed
    left += (1 - prevalence) * costs.true_negative * table.spared
    acted = prevalence * costs.true_positive * (1 - table.missed)
    return np.asarray(left + acted + (1 - prevalence) * costs.false_positive * (1 - table.spared))


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Shares of all cases that are left, looked at by a person and acted on, and the cost.

    ``missed`` and ``alarms`` are the shares of all cases that end as a miss and as a false
    alarm, those of reviewers included; ``cost`` is per case, reviews included.
    """

    left: float
    reviewed: float
    acted: float
    missed: float
    alarms: float
    cost: float


def three_ways(
    table: Table,
    low: int,
    high: int,
    *,
    costs: Costs,
    prevalence: float,
    review_cost: float,
    reviewer_error: float,
) -> Ways:
    """What comes of leaving below one cut, acting from another, and looking in between.

    Parameters
    ----------
    table : Table
    low, high : int
        Indices of the two cuts.
    costs : Costs
    prevalence : float
        Share of positives in production.
    review_cost, reviewer_error : float
        Of one review; share of reviews that end wrong.

    Raises
    ------
    InputError
        The lower cut lies above the upper one.

    Examples
    --------
    >>> found = table_of_cuts([0, 0, 1, 1], [0.1, 0.4, 0.6, 0.9])
    >>> ways = three_ways(found, 1, 3, costs=Costs(false_positive=10, false_negative=10),
    ...                   prevalence=0.5, review_cost=2, reviewer_error=0)
    >>> ways.reviewed, ways.cost
    (0.5, 1.0)
    """
    if low > high:
        raise refuse("range-reversed", "low, high", f"{low}..{high}", low=low, high=high)
    share = np.array([1 - prevalence, prevalence])
    below = np.array([[table.spared[low], table.spared[high]],
                      [table.missed[low], table.missed[high]]])  # fmt: skip
    left, looked, acted = below[:, 0], below[:, 1] - below[:, 0], 1 - below[:, 1]
    if_left = np.array([costs.true_negative, costs.false_negative])
    if_acted = np.array([costs.false_positive, costs.true_positive])
    right, wrong = np.array([if_left[0], if_acted[1]]), np.array([if_acted[0], if_left[1]])
    if_looked = review_cost + (1 - reviewer_error) * right + reviewer_error * wrong
    lost = left * if_left + looked * if_looked + acted * if_acted
    return Ways(
        left=float(share @ left),
        reviewed=float(share @ looked),
        acted=float(share @ acted),
        missed=float(prevalence * (left[1] + reviewer_error * looked[1])),
        alarms=float((1 - prevalence) * (acted[0] + reviewer_error * looked[0])),
        cost=float(share @ lost),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Offsets:
    """What comes of adding an amount to every prediction: shape (offsets,) each.

    ``under`` and ``over`` are the mean units too few and too many per case, ``enough`` the
    share of cases in which the answer is at least what was needed.
    """

    offsets: Array
    under: Array
    over: Array
    enough: Array


def table_of_offsets(
    y: ArrayLike, score: ArrayLike, *, also: Iterable[float] = (), most: int = 128
) -> Offsets:
    """A table of offsets, from where one case in a hundred gets enough to where all but one do.

    Parameters
    ----------
    y, score : array, shape (rows,)
        What was needed, and what was predicted.
    also : iterable of float
        Offsets that are to be in the table.
    most : int
        How many there are beside these.

    Examples
    --------
    >>> found = table_of_offsets([3.0, 5.0], [4.0, 4.0], also=[0.0])
    >>> at = found.offsets.tolist().index(0.0)
    >>> float(found.under[at]), float(found.over[at]), float(found.enough[at])
    (0.5, 0.5, 0.5)
    """
    residual = np.sort(np.asarray(y, dtype=float) - np.asarray(score, dtype=float))
    if residual.ndim != 1 or not len(residual) or not np.isfinite(residual).all():
        raise refuse("array", "y, score", f"shape {residual.shape}", shape="(rows,) each")
    found = np.quantile(residual, np.linspace(0.01, 0.99, most))
    offsets = np.unique([*found, *also])
    count = np.searchsorted(residual, offsets, side="right")  # of rows that need no more
    upto = np.concatenate([[0.0], np.cumsum(residual)])
    n = len(residual)
    return Offsets(
        offsets=offsets,
        under=(upto[-1] - upto[count] - (n - count) * offsets) / n,
        over=(count * offsets - upto[count]) / n,
        enough=count / n,
    )
