"""How much less the rows of groups say than as many independent ones.

Rows of one document, shop or customer are alike. How alike is seen from how far whole groups
lie apart; where little was seen, it is taken from what groups usually are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mlpdm_kit.analysis.uncertainty.distributions import Array

ALIKE = 0.3  # correlation within groups before any is seen: the upper end of what is usual
AS_ONE = 1  # what that weighs, in groups; of repeats, in rows with the rarer answer


@dataclass(frozen=True, kw_only=True)
class Apart:
    """How far groups lie apart in some rows.

    ``effect`` is the variance of the mean between groups over that between rows (Kish's
    design effect, 1965), ``most`` the same if rows of a group were all alike, and ``free``
    how many groups may differ: their number less one for each set of cells with no group in
    common.
    """

    effect: float
    most: float
    free: float

    @property
    def before(self) -> float:
        """What is taken for the effect before any is seen, 1 + `ALIKE` (most - 1); where no
        cell has two groups it is the most."""
        return self.most if self.free < 1 else 1 + ALIKE * (self.most - 1)


INDEPENDENT = Apart(effect=1.0, most=1.0, free=float("inf"))


def apart(off: Array, weights: Array, groups: Any, cells: Any = None) -> Apart:
    """How far whole groups lie apart in a weighted mean.

    Parameters
    ----------
    off : array, shape (rows,)
        Of each row, how far it lies from the mean of its cell.
    weights : array, shape (rows,)
        What each row counts for in the mean.
    groups : array, shape (rows,), optional
        Without them rows are independent.
    cells : array of int, shape (rows,), optional
        Segment or class of each row, with a share that is given; by default there is one.

    Notes
    -----
    The variance of a weighted mean of strata from the totals of its clusters, G / (G - 1)
    sum (sum w (x - mean))^2 (Cochran 1977, 11.5), with as many lost as there are sets of
    cells without a common group; both variances are unbiased.

    Examples
    --------
    >>> found = apart(np.array([-1.0, -1.0, 1.0, 1.0]), np.full(4, 0.25), ["a", "a", "b", "b"])
    >>> found.effect, found.most, found.free
    (2.0, 2.0, 1)
    """
    if groups is None or len(off) < 2:
        return INDEPENDENT
    codes, names = pd.factorize(pd.Series(np.asarray(groups)).astype(str))
    number, rows = len(names), len(off)
    places = np.zeros(rows, int) if cells is None else np.asarray(cells)
    strata = len(np.unique(places))
    free = number - _sets(codes, places, number)
    square = float((weights**2).sum())
    most = float((np.bincount(codes, weights=weights) ** 2).sum()) / square
    between = float((np.bincount(codes, weights=weights * off) ** 2).sum())
    within = float(((weights * off) ** 2).sum())
    effect = 1.0
    if free > 0 and within > 0:
        effect = between / within * number / free * (rows - strata) / rows
    return Apart(effect=float(np.clip(effect, 1.0, most)), most=most, free=free)


def _sets(groups: Any, cells: Any, number: int) -> int:
    """Sets of cells that have groups in common."""
    size = number + int(cells.max()) + 1
    links = coo_array((np.ones(len(groups)), (groups, number + cells)), shape=(size, size))
    labels = connected_components(links, directed=False)[1]
    return len(np.unique(labels[groups]))


def effect_of_groups(off: Array, weights: Array, groups: Any, cells: Any = None) -> float:
    """By how much more the mean of grouped amounts varies than that of independent ones.

    Parameters
    ----------
    off, weights, groups, cells
        As in `apart`; without groups it is 1.

    Notes
    -----
    What was seen (`apart`), weighed by how many groups tell it, together with `AS_ONE` group
    whose effect is what is taken beforehand (`before`). Where no cell has two groups, rows of
    a group count as one. For a share see `share_of`.

    Examples
    --------
    >>> off = np.array([-1.0, -1.0, 1.0, 1.0])
    >>> effect_of_groups(off, np.full(4, 0.25), ["a", "a", "b", "b"])  # (2 + 1.3) / 2
    1.65
    """
    seen = apart(off, weights, groups, cells)
    if not np.isfinite(seen.free):
        return seen.effect
    return (seen.free * seen.effect + AS_ONE * seen.before) / (seen.free + AS_ONE)
