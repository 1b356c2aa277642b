"""Narrow cells of an input's ranks: what a regression on it needs of thousands of draws.

A spline of a dozen columns hardly bends within a cell, so that it is fitted to sums of net
benefit by cell, weighed by their draws, instead of to every draw. What lies in the span of
the basis is found as exactly, and noise within a cell would not have shown anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import special

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.voi.splines import best_of, plain_basis, plain_shares

CELLS = 512  # of equal counts where draws are dense
WIDEST = 0.02  # normal scores that a cell spans where they are not


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Cells of the draws in the order of an input.

    Attributes
    ----------
    starts : array of int, shape (cells,)
        First draw of each.
    counts : array, shape (cells,)
        Draws in each.
    labels : array of int, shape (draws,)
        The cell of each draw, in the order of the input.
    basis : array, shape (cells, columns)
        Mean of the basis in each.
    solver : array, shape (columns, cells)
        Times sums by cell: slopes of the least squares.
    """

    starts: Any
    counts: Array
    labels: Any
    basis: Array
    solver: Array

    def sums(self, values: Array, order: Any) -> Array:
        """Sums by cell of what stands by draw."""
        return np.asarray(np.add.reduceat(values.take(order, axis=0), self.starts, axis=0))

    def slopes(self, values: Array, order: Any) -> Array:
        """Least squares of what stands by draw on the basis."""
        return np.asarray(self.solver @ self.sums(values, order))

    def worth(self, basis: Array, slopes: Array) -> float:
        """Gain of choosing by a fit over choosing once.

        The fit's mean over a cell is what its draws gain on average, but in cells where
        the best option changes; these are looked at draw by draw in the basis.
        """
        fitted = self.basis @ slopes
        leaders, counts = fitted.argmax(axis=1), self.counts
        changes = np.flatnonzero(leaders[1:] != leaders[:-1])
        near = np.zeros(len(counts), dtype=bool)
        near[changes] = near[changes + 1] = True
        rows = basis.take(np.flatnonzero(near.take(self.labels)), axis=0) @ slopes
        most = float(counts[~near] @ best_of(fitted[~near])) + float(best_of(rows).sum())
        return max((most - float((counts @ fitted).max())) / len(self.labels), 0.0)


def cells(basis: Array, starts: Any) -> Cells:
    """Cells of an orthonormal basis that start at these draws."""
    counts = np.diff(starts, append=len(basis))
    means = np.add.reduceat(basis, starts, axis=0) / counts[:, None]
    gram = means.T @ (counts[:, None] * means)  # all but the unit matrix
    return Cells(
        starts=starts,
        counts=counts.astype(float),
        labels=np.repeat(np.arange(len(starts)), counts),
        basis=means,
        solver=np.linalg.pinv(gram, rcond=1e-9, hermitian=True) @ means.T,
    )


@lru_cache(maxsize=4)
def plain_starts(draws: int) -> Any:
    """Where the cells start of an input without ties."""
    scores = special.ndtri(plain_shares(draws))
    steps = np.maximum(CELLS / draws, np.diff(scores, prepend=scores[0]) / WIDEST)
    return np.flatnonzero(np.diff(np.floor(np.cumsum(np.minimum(steps, 1.0))), prepend=-1))


@lru_cache(maxsize=4)
def plain_cells(draws: int) -> Cells:
    """The cells of every input without ties."""
    return cells(plain_basis(draws), plain_starts(draws))


def tied_starts(ordered: Array) -> Any:
    """Where the cells start of sorted values with ties: none within equal values.

    A cell for each value if they are few; else about the plain ones.
    """
    firsts = np.flatnonzero(np.diff(ordered, prepend=np.nan) != 0)
    if len(firsts) <= 2 * CELLS:
        return firsts
    plain = plain_starts(len(ordered))
    return np.unique(np.searchsorted(ordered, ordered[plain], side="left"))
