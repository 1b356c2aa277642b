"""Regression of net benefit on several inputs at once.

The basis holds what each input does by itself (cubic B-splines on normal scores, and the
input as it is) and those products of inputs that show in what the first leaves. A decision
model is mostly a sum of products, such as volume x prevalence x recall x price, so that
products of the inputs, and of the curves found for each, catch it with few columns; curved
pairs catch ratios and limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from scipy import special

from mlpdm_kit.analysis.distributions import Array
from mlpdm_kit.analysis.splines import middle_ranks, plain_basis, plain_shares, worth

SURE = 4.0  # standard errors from 0 at which a product is kept
SLIGHT = 1e-6  # share of the variance below which it is not worth a column
WIDEST = 64  # products kept of any one order
HIGHEST = 6  # factors in a product
FLIPS = 4
FEW = 4  # inputs of which every product is looked at
_Set = frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Surface:
    """Fitted net benefit over several inputs.

    Attributes
    ----------
    fitted, left : array, shape (draws, options)
        What is expected of the options at each draw, and what remains.
    basis : array, shape (draws, columns)
        Orthonormal.
    """

    fitted: Array
    left: Array
    basis: Array

    def worth(self, rng: np.random.Generator) -> float:
        """Gain of knowing the inputs, less what the fit shows by luck; at least 0."""
        return max(worth(self.fitted) - self.luck(rng), 0.0)

    def luck(self, rng: np.random.Generator) -> float:
        """What the errors of the coefficients add to the expected maximum.

        A maximum gains from every error in what it is taken of, and a wide basis has more
        of it. The errors are made again by giving the residuals signs at random (the wild
        bootstrap, which keeps their size where it is): what that adds to the fit once
        more is what it has added already, to the first order.
        """
        leverage = np.minimum((self.basis**2).sum(axis=1), 0.5)
        errors = self.left / np.sqrt(1 - leverage)[:, None]
        plain, added = worth(self.fitted), 0.0
        for _ in range(FLIPS):
            signs = rng.integers(0, 2, len(errors)) * 2.0 - 1
            moved = self.basis @ (self.basis.T @ (errors * signs[:, None]))
            for again in (self.fitted + moved, self.fitted - moved):
                added += worth(again) - plain
        return max(added / (2 * FLIPS), 0.0)

    def by_chance(self, values: Array, rng: np.random.Generator) -> float:
        """The same gain after a permutation, when the inputs say nothing."""
        mixed = np.take(values, rng.permutation(len(values)), axis=0)
        fitted = self.basis @ (self.basis.T @ mixed)
        return Surface(fitted=fitted, left=mixed - fitted, basis=self.basis).worth(rng)


def surface(values: Array, columns: Sequence[Array]) -> Surface:
    """Regress on several inputs.

    Parameters
    ----------
    values : array, shape (draws, options)
    columns : sequence of array, shape (draws,)
        The inputs; each moves.
    """
    curves = [_curve(column) for column in columns]
    raw = np.column_stack([_standard(column) for column in columns])
    mains = np.column_stack([np.ones(len(values)), *curves, raw])
    basis = _orthonormal(mains)
    coefficients = basis.T @ values
    left = values - basis @ coefficients
    found = list(_products(values - left, left, curves, raw)) if len(columns) > 1 else []
    if found:
        basis = _orthonormal(np.column_stack([mains, *found]))
        left = values - basis @ (basis.T @ values)
    return Surface(fitted=values - left, left=left, basis=basis)


def _curve(column: Array) -> Array:
    """Splines on the normal scores of one input by draw, each with mean 0."""
    order = np.argsort(column)
    ordered = column[order]
    table = _centred_basis(len(column))
    ranks = np.empty(len(column))
    if (np.diff(ordered) > 0).all():
        ranks[order] = np.arange(len(column))
        return np.take(table, ranks.astype(int), axis=0)
    ranks[order] = middle_ranks(ordered) - 1
    low = np.take(table, np.floor(ranks).astype(int), axis=0)
    return np.asarray((low + np.take(table, np.ceil(ranks).astype(int), axis=0)) / 2)


@lru_cache(maxsize=4)
def _centred_basis(draws: int) -> Array:
    """The plain basis, turned: the score and its square first, the constant left out."""
    basis, score = plain_basis(draws), special.ndtri(plain_shares(draws))
    first = basis.T @ np.column_stack([np.ones(draws), score, score**2])
    turned, _ = np.linalg.qr(np.column_stack([first, np.eye(len(first))]))
    found = np.ascontiguousarray(basis @ turned[:, 1 : len(first)])
    found.flags.writeable = False
    return found


def _standard(column: Array) -> Array:
    centred = column - column.mean(axis=0)
    sizes = np.sqrt((centred**2).mean(axis=0))
    return np.asarray(centred / np.where(sizes > 0, sizes, 1.0))


def _orthonormal(columns: Array) -> Array:
    """Orthonormal columns with the same span, by the eigenvectors of the Gram matrix."""
    sizes = np.linalg.norm(columns, axis=0)
    scaled = columns / np.where(sizes > 0, sizes, 1.0)
    values, vectors = np.linalg.eigh(scaled.T @ scaled)
    kept = values > 1e-9 * values[-1]
    return np.asarray(scaled @ (vectors[:, kept] / np.sqrt(values[kept])))


def _products(
    fitted: Array, left: Array, curves: Sequence[Array], raw: Array
) -> Iterator[Array]:
    """Products that show in what the single inputs leave, the strongest of each order."""
    spread, inputs = left.var(axis=0), raw.shape[1]
    shown = spread > 1e-12 * float((fitted.var(axis=0) + spread).max())
    if not shown.any():
        return
    seen = _Left(values=left[:, shown], total=(fitted.var(axis=0) + spread)[shown])
    shapes = np.column_stack([_shape(fitted, curve) for curve in curves])
    pairs = list(_pairs(seen, curves, raw, shapes))
    yield from (column for _, column in pairs)
    frontier = {one for one, _ in pairs}
    for order in range(3, min(HIGHEST, inputs) + 1):
        if inputs <= FEW:
            wider = {frozenset(some) for some in combinations(range(inputs), order)}
        else:
            wider = {some | {one} for some in frontier for one in range(inputs)} - frontier
        if not wider:
            return
        made = [
            (some, kind[:, sorted(some)].prod(axis=1))
            for some in sorted(wider, key=sorted)
            for kind in (raw, shapes)
        ]
        strengths = seen.strength(np.column_stack([column for _, column in made]))
        ranking = [i for i in np.argsort(-strengths, kind="stable") if strengths[i] > 0][:WIDEST]
        yield from (made[i][1] for i in ranking)
        frontier = {made[i][0] for i in ranking}


def _pairs(
    seen: _Left, curves: Sequence[Array], raw: Array, shapes: Array
) -> Iterator[tuple[_Set, Array]]:
    """Products of two inputs, each as its score, its square, itself and its own curve."""
    bent = [
        np.linalg.qr(np.column_stack([curve[:, :2], raw[:, i], shapes[:, i]]))[0]
        for i, curve in enumerate(curves)
    ]
    some = np.column_stack(bent) * np.sqrt(len(raw))
    strengths = seen.strength_of_pairs(some)
    owner = np.repeat(np.arange(len(bent)), bent[0].shape[1])
    strengths[owner[:, None] >= owner] = 0
    for flat in np.argsort(-strengths, axis=None, kind="stable")[:WIDEST]:
        one, other = divmod(int(flat), len(owner))
        if strengths[one, other] <= 0:
            return
        yield frozenset([int(owner[one]), int(owner[other])]), some[:, one] * some[:, other]


@dataclass(frozen=True, kw_only=True)
class _Left:
    """What the single inputs leave, and the variance that there was, by option."""

    values: Array
    total: Array

    def strength(self, columns: Array) -> Array:
        """Share of the variance that each column explains; 0 where it may be luck."""
        sizes = columns.var(axis=0)
        return self._sure((columns - columns.mean(axis=0)).T @ self.values, sizes[:, None])

    def strength_of_pairs(self, columns: Array) -> Array:
        """The same of the product of every two columns."""
        draws, means = len(columns), columns.T @ columns / len(columns)
        sizes = np.maximum((columns**2).T @ columns**2 / draws - means**2, 0)
        crossed = np.stack(
            [columns.T @ (columns * one[:, None]) for one in self.values.T], axis=-1
        )  # what is left has mean 0, so that the products need no centring
        return self._sure(crossed, sizes[..., None])

    def _sure(self, crossed: Array, sizes: Array) -> Array:
        draws, spread = len(self.values), self.values.var(axis=0)
        explained = (crossed / draws) ** 2 / np.where(sizes > 1e-12, sizes, np.inf)
        sure = (explained * draws > SURE**2 * spread) & (explained > SLIGHT * self.total)
        return np.asarray(np.where(sure, explained / self.total, 0).max(axis=-1))


def _shape(fitted: Array, curve: Array) -> Array:
    """The curve of one input that explains most of what it does to the options."""
    slopes = curve.T @ (fitted - fitted.mean(axis=0))
    leading = np.linalg.svd(slopes, full_matrices=False)[0][:, 0]
    return _standard(curve @ leading)
