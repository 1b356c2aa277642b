"""What each row costs, with costs that may differ by row, and a threshold for each row.

A cost is one number for all rows or an array with a number for each: where one overlooked
invoice costs ten times another, no single threshold is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.errors.costs import (
    BOOTSTRAPS,
    Costs,
    Estimate,
    as_costs,
    bootstrap_cost,
    truth_and_score,
)
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.errors import refuse

CostsLike = Costs | Mapping[str, ArrayLike]


@dataclass(frozen=True, kw_only=True, eq=False)
class RowCosts:
    """Costs of the four outcomes, each an array of shape () or (rows,).

    ``harm`` is what acting on a negative costs more than leaving it, ``relief`` what acting
    on a positive costs less.
    """

    false_positive: Array
    false_negative: Array
    true_positive: Array
    true_negative: Array

    @property
    def harm(self) -> Array:
        """Cost of a false positive less that of a true negative."""
        return np.asarray(self.false_positive - self.true_negative)

    @property
    def relief(self) -> Array:
        """Cost of a false negative less that of a true positive."""
        return np.asarray(self.false_negative - self.true_positive)

    @property
    def by_row(self) -> bool:
        """Whether some cost differs by row."""
        return any(getattr(self, item.name).ndim for item in fields(self))


def row_costs(costs: CostsLike | RowCosts, rows: int | None = None) -> RowCosts:
    """Costs as arrays, checked.

    Parameters
    ----------
    costs : Costs, RowCosts or mapping
        By outcome; each a number or an array of shape (rows,). A mapping may leave out
        ``true_positive`` and ``true_negative``, which then cost nothing.
    rows : int, optional
        How many rows there are.

    Raises
    ------
    InputError
        An unknown or a missing name, NaN, or an array of another length.

    Examples
    --------
    >>> row_costs({"false_positive": 1, "false_negative": [5, 50]}, 2).relief
    array([ 5., 50.])
    """
    if isinstance(costs, RowCosts):
        given: Mapping[str, Any] = {f.name: getattr(costs, f.name) for f in fields(RowCosts)}
    elif isinstance(costs, Costs):
        given = {f.name: getattr(costs, f.name) for f in fields(Costs)}
    else:
        as_costs(dict.fromkeys(costs, 0.0))  # names alone
        given = costs
    length = rows
    found = {"true_positive": np.zeros(()), "true_negative": np.zeros(())}
    for name, value in given.items():
        array = np.asarray(value, dtype=float)
        wanted = "()" if length is None else f"() or ({length},)"
        if array.ndim > 1 or not np.isfinite(array).all():
            raise refuse("array", f"costs.{name}", f"shape {array.shape}", shape=wanted)
        if array.ndim and length is None:
            length = len(array)
        if array.ndim and len(array) != length:
            raise refuse("array", f"costs.{name}", f"shape {array.shape}", shape=wanted)
        found[name] = array
    return RowCosts(**found)


def losses(y: ArrayLike, act: ArrayLike, costs: CostsLike | RowCosts) -> Array:
    """What each row costs, acted on or left.

    Parameters
    ----------
    y, act : array, shape (rows,)
        What happened and what was done, 0 or 1.
    costs : Costs, RowCosts or mapping
        Each cost a number, or an array of shape (rows,).

    Returns
    -------
    array, shape (rows,)
        In money.

    Examples
    --------
    >>> losses([0, 0, 1], [0, 1, 0], {"false_positive": 1, "false_negative": [5, 5, 50]})
    array([ 0.,  1., 50.])
    """
    truth, done = truth_and_score(y, act)
    if not np.isin(done, (0.0, 1.0)).all():
        raise refuse("array", "act", "other values", shape="0 and 1")
    price = row_costs(costs, len(truth))
    return np.where(
        truth == 1,
        np.where(done == 1, price.true_positive, price.false_negative),
        np.where(done == 1, price.false_positive, price.true_negative),
    )


def instance_thresholds(costs: CostsLike | RowCosts, rows: int | None = None) -> Array:
    """Probability from which acting pays, row by row.

    Parameters
    ----------
    costs : Costs, RowCosts or mapping
        Each cost a number, or an array of shape (rows,).
    rows : int, optional
        How many rows there are, where no cost is an array.

    Returns
    -------
    array, shape (rows,)
        Act where the probability is at least this; 0 where acting always pays, infinity
        where it never does.

    Raises
    ------
    InputError
        A row on which acting pays when it is wrong and costs when it is right.

    Notes
    -----
    (FP - TN) / (FP - TN + FN - TP), with costs of the row: Elkan, The Foundations of
    Cost-Sensitive Learning, IJCAI 2001, section 2. At one cost for all it is
    `Costs.threshold`.

    Examples
    --------
    >>> instance_thresholds({"false_positive": 5, "false_negative": [5, 95]})
    array([0.5 , 0.05])
    """
    price = row_costs(costs, rows)
    harm, relief = harm_and_relief(price)
    if rows is not None:
        harm, relief = np.broadcast_to(harm, rows), np.broadcast_to(relief, rows)
    harm, relief = np.atleast_1d(harm), np.atleast_1d(relief)
    never = (relief < 0) | ((relief == 0) & (harm >= 0))
    total = np.where(never, 1.0, np.maximum(harm, 0) + relief)
    share = np.maximum(harm, 0) / np.where(total > 0, total, 1.0)
    return np.asarray(np.where(never, np.inf, share))


def harm_and_relief(price: RowCosts) -> tuple[Array, Array]:
    """Both as arrays of one shape.

    Raises
    ------
    InputError
        A row on which both are negative: its outcomes are mixed up.
    """
    harm, relief = np.broadcast_arrays(price.harm, price.relief)
    turned = (harm < 0) & (relief < 0)
    if turned.any():
        where = int(np.flatnonzero(np.atleast_1d(turned))[0])
        raise refuse("costs-turned", "costs", where, count=int(turned.sum()))
    return harm, relief


def cost_difference(
    first: ArrayLike,
    second: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    shares: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    level: float = 0.9,
    bootstraps: int = BOOTSTRAPS,
    seed: int = 0,
) -> Estimate:
    """What the first policy costs more per case than the second, on the same rows.

    Parameters
    ----------
    first, second : array, shape (rows,)
        Losses of each row under two policies, as from `losses`.
    strata, shares, clusters, level, bootstraps, seed
        As in `bootstrap_cost`.

    Notes
    -----
    Paired: both policies meet the same rows in every bootstrap sample, so what a hard row
    costs both of them does not blur the difference.

    Examples
    --------
    >>> cost_difference([0, 0, 5, 5], [0, 0, 3, 3]).mean
    1.0
    """
    one, other = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if one.shape != other.shape:
        raise refuse("array", "first, second", f"{one.shape}, {other.shape}", shape="(rows,) each")
    return bootstrap_cost(
        one - other,
        strata=strata,
        shares=shares,
        clusters=clusters,
        level=level,
        bootstraps=bootstraps,
        seed=seed,
    )
