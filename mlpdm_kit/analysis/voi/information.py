"""Expected loss and what removing it is worth: EVPI, regret, probability of being best.

The functions take ``net_benefit`` of shape (draws, options): the same draws of the
uncertain inputs in every column.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.errors import refuse


def checked(net_benefit: ArrayLike) -> Array:
    """Net benefit as an array of shape (draws, options), finite and not empty, or refused."""
    values = np.asarray(net_benefit, dtype=float)
    if values.ndim != 2 or 0 in values.shape or not np.isfinite(values).all():
        shown = f"shape {values.shape}" if values.size else "nothing"
        raise refuse("array", "net_benefit", shown, shape="(draws, options)")
    return values


def options_first(values: Array) -> Array:
    """Net benefit as (options, draws) in memory: what NumPy goes over fast, option by option."""
    return np.ascontiguousarray(values.T)


def evpi(net_benefit: ArrayLike) -> float:
    """Expected value of perfect information.

    Parameters
    ----------
    net_benefit : array, shape (draws, options)
        In money.

    Returns
    -------
    float
        E[max over options] - max over options of E, in money; never negative.

    Raises
    ------
    InputError
        Empty, not two-dimensional, or not finite.

    Notes
    -----
    Raiffa & Schlaifer, Applied Statistical Decision Theory (1961).

    Examples
    --------
    >>> evpi([[10.0, 0.0], [-10.0, 0.0]])
    5.0
    """
    values = options_first(checked(net_benefit))
    return float(max(values.max(axis=0).mean() - values.mean(axis=1).max(), 0.0))


def expected_regret(net_benefit: ArrayLike) -> Array:
    """Expected loss of choosing each option against knowing all; the least is the EVPI.

    Examples
    --------
    >>> expected_regret([[10.0, 0.0], [-10.0, 0.0]]).tolist()
    [5.0, 5.0]
    """
    values = options_first(checked(net_benefit))
    return np.asarray((values.max(axis=0) - values).mean(axis=1))


def probability_best(net_benefit: ArrayLike) -> Array:
    """Share of the draws in which each option is best; ties are shared.

    Examples
    --------
    >>> probability_best([[1.0, 0.0], [1.0, 1.0]]).tolist()
    [0.75, 0.25]
    """
    values = options_first(checked(net_benefit))
    best = values == values.max(axis=0)
    return np.asarray((best / best.sum(axis=0)).mean(axis=1))


def probability_loss(net_benefit: ArrayLike) -> Array:
    """Share of the draws in which each option is worth less than the status quo's 0."""
    return np.asarray((options_first(checked(net_benefit)) < 0).mean(axis=1))


def cvar(net_benefit: ArrayLike, tail: float = 0.05) -> Array:
    """Mean net benefit of each option over its worst draws.

    Parameters
    ----------
    net_benefit : array, shape (draws, options)
    tail : float
        Share of the draws that count as worst, in (0, 1].

    Examples
    --------
    >>> cvar([[0.0], [1.0], [2.0], [3.0]], tail=0.5).tolist()
    [0.5]
    """
    values = options_first(checked(net_benefit))
    if not 0 < tail <= 1:
        raise refuse("number-range", "tail", tail, range="(0, 1]")
    count = max(1, round(tail * values.shape[1]))
    return np.asarray(np.partition(values, count - 1, axis=1)[:, :count].mean(axis=1))
