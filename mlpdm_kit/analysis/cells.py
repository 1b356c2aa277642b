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

from mlpdm_kit.analysis.distributions import Array
from mlpdm_kit.analysis.splines import best_of, plain_basis, plain_shares

CELLS = 512  # of equal counts where draws are dense
WIDEST = 0.02  # normal scores that a cell spans where they are not


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Cells of the draws in the order of an input.

    Attributes
    ----------
    starts : array of int, shape (cells + 1,)
        First draw of each, and the number of all draws.
    labels : array of int, shape (draws,)
        The cell of each draw, in the order of the input.
    basis : array, shape (cells, columns)
        Mean of the basis in each.
    solver : array, shape (columns, cells)
        Times sums by cell: slopes of the least squares.
    """

    starts: Any
    labels: Any
    basis: Array
    solver: Array

    @property
    def counts(self) -> Array:
        """Draws in each."""
        return np.diff(self.starts)

    def sums(self, values: Array, order: Any) -> Array:
        """Sums by cell of what stands by draw."""
        return np.asarray(np.add.reduceat(values.take(order, axis=0), self.starts[:-1], axis=0))

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
        changes = np.flatnonzero(np.diff(leaders))
        total = float(counts @ best_of(fitted))
        for cell in sorted({*changes.tolist(), *(changes + 1).tolist()}):
            rows = basis[self.starts[cell] : self.starts[cell + 1]] @ slopes
            total += float(best_of(rows).sum() - len(rows) * fitted[cell].max())
        return max((total - float((counts @ fitted).max())) / len(self.labels), 0.0)


def cells(basis: Array, starts: Any) -> Cells:
    """Cells of an orthonormal basis that start at these draws."""
    ends = np.append(starts, len(basis))
    counts = np.diff(ends)
    means = np.add.reduceat(basis, starts, axis=0) / counts[:, None]
    gram = means.T @ (counts[:, None] * means)  # all but the unit matrix
    labels = np.repeat(np.arange(len(starts)), counts)
    return Cells(starts=ends, labels=labels, basis=means, solver=np.linalg.solve(gram, means.T))


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
    """Where the cells start of sorted values: the plain ones, none within equal values."""
    plain = plain_starts(len(ordered))
    return np.unique(np.searchsorted(ordered, ordered[plain], side="left"))
