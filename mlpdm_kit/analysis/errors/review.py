"""Who decides a case: leave it, act on it, or have a person look first.

Chow's rule with three actions. At a probability p each action has an expected cost that is a
straight line in p; a review pays where its line is lowest, which is one stretch around the
threshold. Where reviewers have less time than that stretch asks for, a price on each review,
the same for all, makes it fit: the shadow price, what one more review would save.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.errors.costs import truth_and_score
from mlpdm_kit.analysis.errors.losses import CostsLike, RowCosts, harm_and_relief, row_costs
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.errors import refuse

LEAVE, REVIEW, ACT = 0, 1, 2


def review_band(
    costs: CostsLike | RowCosts,
    review_cost: ArrayLike,
    reviewer_error: ArrayLike,
    shadow: float = 0.0,
) -> tuple[Any, Any]:
    """Probabilities between which a review costs less than leaving and than acting.

    Parameters
    ----------
    costs : Costs, RowCosts or mapping
        Of the four outcomes; each a number or an array of shape (rows,).
    review_cost : float or array
        Of one review; at least 0.
    reviewer_error : float or array
        Share of reviews that end wrong, whichever way the case is; in [0, 1].
    shadow : float
        Price of a reviewer's time beyond its cost, per review; at least 0.

    Returns
    -------
    low, high : float, or array of shape (rows,) where something is an array
        Leave below ``low``, act from ``high``, review in between. Where no review pays,
        both are the threshold of acting (0 or 1 where acting always or never pays).

    Raises
    ------
    InputError
        A negative cost of review, an error outside [0, 1], costs as in `losses`.

    Notes
    -----
    With harm h = FP - TN, relief r = FN - TP, error e and price c: reviewing costs less than
    leaving by p (1 - e) r - (1 - p) e h - c, and less than acting by
    (1 - p) (1 - e) h - p e r - c. Without error, and with errors of cost 1, this is the
    reject rule of Chow, On Optimum Recognition Error and Reject Tradeoff, IEEE Trans Inf
    Theory 1970: review where both probabilities are below 1 - c.

    Examples
    --------
    >>> low, high = review_band({"false_positive": 1, "false_negative": 9}, 0.2, 0.05)
    >>> round(low, 4), round(high, 4)
    (0.0291, 0.5357)
    >>> review_band({"false_positive": 1, "false_negative": 1}, 0.5, 0)
    (0.5, 0.5)
    """
    price, cost, error = _checked(costs, review_cost, reviewer_error, None)
    if not (np.isfinite(shadow) and shadow >= 0):
        raise refuse("number-range", "shadow", shadow, range="[0, ...)")
    spent = cost + shadow
    harm, relief = harm_and_relief(price)
    # gains of a review as start + slope * p, over leaving and over acting
    first = _stretch(-error * harm - spent, (1 - error) * relief + error * harm)
    other = _stretch((1 - error) * harm - spent, -error * relief - (1 - error) * harm)
    low, high = np.maximum(first[0], other[0]), np.minimum(first[1], other[1])
    cut = _cut(harm, relief)
    empty = ~(low < high)
    low, high = np.where(empty, cut, low), np.where(empty, cut, high)
    return (float(low), float(high)) if low.ndim == 0 else (low, high)


def _stretch(start: Array, slope: Array) -> tuple[Array, Array]:
    """Where in [0, 1] a line is at least 0; reversed where nowhere."""
    start, slope = np.broadcast_arrays(start, slope)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        root = np.clip(-start / slope, 0.0, 1.0)
    everywhere, nowhere = (
        np.minimum(start, start + slope) >= 0,
        np.maximum(start, start + slope) < 0,
    )
    low = np.where(everywhere | (slope < 0), 0.0, root)
    high = np.where(everywhere | (slope > 0), 1.0, root)
    return np.where(nowhere, 1.0, low), np.where(nowhere, 0.0, high)


def _cut(harm: Array, relief: Array) -> Array:
    """Probability from which acting pays, within [0, 1]."""
    total = np.maximum(harm, 0) + relief
    share = np.maximum(harm, 0) / np.where(total > 0, total, 1.0)
    return np.where((relief < 0) | ((relief == 0) & (harm >= 0)), 1.0, share)


@dataclass(frozen=True, kw_only=True, eq=False)
class ReviewPolicy:
    """What is done with each case, what that costs, and what a reviewer's time is worth.

    Shares and costs are per case of production.

    Parameters
    ----------
    low, high : float or array, shape (rows,)
        The band at the shadow price: leave below, act from ``high``, review in between.
    shadow_price : float
        What one more review would save, in money; 0 where reviewers have time to spare.
    share : float
        Of cases that are reviewed.
    wanted_share : float
        Of cases that would be, if reviewers had all the time.
    cost : float
        On the data, by what happened; a review costs what it is expected to.
    planned_cost, planned_without, planned_all : float
        What the probabilities let expect: of this policy, of the best without review, and
        of reviewing every case.
    action : array of int, shape (rows,)
        0 leave, 1 review, 2 act. On rows that are reviewed in part, what most meet.
    reviewed : array, shape (rows,)
        Share of cases like this row that are reviewed: 0 or 1, or between where cases gain
        the same by it and the time runs out among them.
    losses : array, shape (rows,)
        Cost of each row by what happened, for `bootstrap_cost`.
    counts : array, shape (2, 3)
        Rows among negatives and positives that are left, reviewed, acted on.
    """

    low: Any
    high: Any
    shadow_price: float
    share: float
    wanted_share: float
    cost: float
    planned_cost: float
    planned_without: float
    planned_all: float
    action: np.ndarray[Any, Any]
    reviewed: Array
    losses: Array
    counts: Array


def review_policy(
    y: ArrayLike,
    probability: ArrayLike,
    costs: CostsLike | RowCosts,
    review_cost: ArrayLike,
    reviewer_error: ArrayLike,
    capacity_share: float | None = None,
    prevalence: float | None = None,
) -> ReviewPolicy:
    """The cheapest of all ways to leave, review and act, as far as the probabilities tell.

    Parameters
    ----------
    y, probability : array, shape (rows,)
        What happened, 0 or 1; the calibrated probability of it, at the base rate of
        production (see `at_base_rate`), on rows that were not fitted on.
    costs : Costs, RowCosts or mapping
        Of the four outcomes; each a number or an array of shape (rows,).
    review_cost, reviewer_error : float or array
        As in `review_band`.
    capacity_share : float, optional
        Greatest share of cases that reviewers have time for, in [0, 1]; by default all.
    prevalence : float, optional
        Share of positives in production, in (0, 1); by default that of ``y``.

    Raises
    ------
    InputError
        A probability or share out of its range; one class, where a prevalence is given.

    Notes
    -----
    Each row stands for cases of production, weighted by its class. Reviews go where they
    gain most until the time is used up, in part on the last: the linear programme of a
    fractional knapsack (Dantzig, Discrete-Variable Extremum Problems, Oper Res 1957), whose
    dual is the shadow price. It is the slope of the least planned cost by the capacity.

    Examples
    --------
    >>> found = review_policy(
    ...     [0, 0, 1, 1], [0.1, 0.4, 0.6, 0.9], {"false_positive": 10, "false_negative": 10},
    ...     review_cost=2, reviewer_error=0, capacity_share=0.25)
    >>> found.shadow_price, found.share, round(found.planned_cost, 2)
    (2.0, 0.25, 2.0)
    """
    truth, p = truth_and_score(y, probability)
    if not ((p >= 0) & (p <= 1)).all():
        raise refuse("number-range", "probability", probability, range="[0, 1]")
    price, cost, error = _checked(costs, review_cost, reviewer_error, len(truth))
    room = 1.0 if capacity_share is None else capacity_share
    if not 0 <= room <= 1:
        raise refuse("number-range", "capacity_share", capacity_share, range="[0, 1]")
    weights = _weights(truth, prevalence)
    left = p * price.false_negative + (1 - p) * price.true_negative
    acted = p * price.true_positive + (1 - p) * price.false_positive
    right = p * price.true_positive + (1 - p) * price.true_negative
    wrong = p * price.false_negative + (1 - p) * price.false_positive
    looked = cost + (1 - error) * right + error * wrong
    best = np.minimum(left, acted)
    gain = best - looked
    size = 1e-12 * max(1e-300, float(np.abs([left, acted, right, wrong]).max() + cost.max()))
    reviewed, shadow = _fill(np.where(gain > size, gain, 0.0), weights, room)
    acts = acted <= left
    return _policy(
        truth, weights, price, cost, error, reviewed=reviewed, acts=acts,
        band=review_band(price, cost if cost.ndim else float(cost),
                         error if error.ndim else float(error), shadow),
        shadow=shadow, wanted=float(weights[gain > size].sum()),
        planned=(best, looked),
    )  # fmt: skip


def _policy(
    truth: Array,
    weights: Array,
    price: RowCosts,
    cost: Array,
    error: Array,
    *,
    reviewed: Array,
    acts: Any,
    band: tuple[Any, Any],
    shadow: float,
    wanted: float,
    planned: tuple[Array, Array],
) -> ReviewPolicy:
    best, looked = planned
    hit = truth == 1
    right = np.where(hit, price.true_positive, price.true_negative)
    wrong = np.where(hit, price.false_negative, price.false_positive)
    plain = np.where(acts == hit, right, wrong)
    lost = reviewed * (cost + (1 - error) * right + error * wrong) + (1 - reviewed) * plain
    otherwise = np.where(acts, ACT, LEAVE)
    parts = np.column_stack([(1 - reviewed) * ~acts, reviewed, (1 - reviewed) * acts])
    return ReviewPolicy(
        low=band[0],
        high=band[1],
        shadow_price=shadow,
        share=float(weights @ reviewed),
        wanted_share=wanted,
        cost=float(weights @ lost),
        planned_cost=float(weights @ (best + reviewed * (looked - best))),
        planned_without=float(weights @ best),
        planned_all=float(weights @ looked),
        action=np.where(reviewed >= 0.5, REVIEW, otherwise),
        reviewed=reviewed,
        losses=np.asarray(lost, dtype=float),
        counts=np.vstack([parts[~hit].sum(axis=0), parts[hit].sum(axis=0)]),
    )


def _checked(
    costs: CostsLike | RowCosts, review_cost: ArrayLike, reviewer_error: ArrayLike, rows: int | None
) -> tuple[RowCosts, Array, Array]:
    price = row_costs(costs, rows)
    cost, error = np.asarray(review_cost, dtype=float), np.asarray(reviewer_error, dtype=float)
    for name, value in (("review_cost", cost), ("reviewer_error", error)):
        if not np.isfinite(value).all() or value.ndim > 1:
            raise refuse("array", name, f"shape {value.shape}", shape="() or (rows,)")
        if value.ndim and rows is not None and len(value) != rows:
            raise refuse("array", name, f"shape {value.shape}", shape=f"() or ({rows},)")
    if not (cost >= 0).all():
        raise refuse("number-range", "review_cost", review_cost, range="[0, ...)")
    if not ((error >= 0) & (error <= 1)).all():
        raise refuse("number-range", "reviewer_error", reviewer_error, range="[0, 1]")
    return price, cost, error


def _weights(truth: Array, prevalence: float | None) -> Array:
    """Share of production that each row stands for."""
    if prevalence is None:
        return np.full(len(truth), 1 / len(truth))
    if not 0 < prevalence < 1:
        raise refuse("number-range", "prevalence", prevalence, range="(0, 1)")
    positives = truth.sum()
    if positives in (0, len(truth)):
        raise refuse("target-classes", "y", "y", count=1, found=str(int(truth[0])))
    negatives = len(truth) - positives
    shares = np.where(truth == 1, prevalence / positives, (1 - prevalence) / negatives)
    return np.asarray(shares, dtype=float)


def _fill(gain: Array, weights: Array, room: float) -> tuple[Array, float]:
    """Share of each row that is reviewed, most gain first; and the gain of the next one.

    Rows of the same gain share what room is left to them.
    """
    levels, place = np.unique(-gain, return_inverse=True)  # most gain first
    held = np.bincount(place, weights=weights)
    before = np.cumsum(held) - held
    part = np.clip((room - before) / held, 0.0, 1.0)
    part[np.abs(part - 1) < 1e-9] = 1.0
    part[part < 1e-9] = 0.0
    part[levels >= 0] = 0.0  # nothing is gained there
    short = np.flatnonzero((part < 1) & (levels < 0))
    return part[place], float(-levels[short[0]]) if len(short) else 0.0
