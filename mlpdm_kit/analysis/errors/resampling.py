"""Bootstrap samples of cells: exact multinomial counts, fast where there are many rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.uncertainty.distributions import Array

FEW_ROWS = 5_000  # below which drawing cell after cell is as fast
SHORT = 3.0  # standard deviations by which the first counts stay below the rows


def multinomial(counts: ArrayLike, size: int, rng: np.random.Generator) -> Array:
    """Counts of cells in samples of as many rows as there are, with replacement.

    Parameters
    ----------
    counts : array of int, shape (cells,)
        Rows in each cell.
    size : int
        Number of samples.
    rng : Generator

    Returns
    -------
    array, shape (size, cells)
        Each row sums to the number of rows.

    Notes
    -----
    Independent Poisson counts, given their sum, are multinomial; and two independent
    multinomials with the same shares add up to one. So a little fewer rows than wanted are
    drawn by Poisson counts, and the rest one by one. A sum that passes the number of rows
    says nothing of the shares: that sample is drawn anew.

    Examples
    --------
    >>> drawn = multinomial([900, 100], 3, np.random.default_rng(0))
    >>> drawn.shape, drawn.sum(axis=1).tolist()
    ((3, 2), [1000.0, 1000.0, 1000.0])
    """
    cells = np.asarray(counts, dtype=float)
    rows = int(cells.sum())
    shares = cells / max(rows, 1)
    if rows < FEW_ROWS:
        return rng.multinomial(rows, shares, size=size).astype(float)
    found = rng.poisson(shares * (rows - SHORT * np.sqrt(rows)), size=(size, len(cells)))
    left = rows - found.sum(axis=1)
    over = left < 0
    added = np.repeat(np.arange(size), np.where(over, 0, left))
    cell_of_row = np.repeat(np.arange(len(cells)), cells.astype(int))
    places = added * len(cells) + cell_of_row[rng.integers(0, rows, len(added))]
    found = found + np.bincount(places, minlength=found.size).reshape(found.shape)
    if over.any():
        found[over] = rng.multinomial(rows, shares, size=int(over.sum()))
    return found.astype(float)
