"""Products of inputs that show in what the single inputs leave of net benefit.

A column is a product of columns of the inputs' own tables, one input a factor. The tables
hold zero-mean columns: splines of the input, the input itself, its own curve (the one that
explains most of what it does to the options), and an orthonormal form of a few of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.voi.splines import standard, turn

SURE = 4.0  # standard errors from 0 at which a product is kept
SLIGHT = 1e-6  # share of the variance below which it is not worth a column
WIDEST = 64  # products kept of any one order
HIGHEST = 6  # factors in a product
FEW = 4  # inputs of which every product is looked at
LOOKED_AT = 8192  # draws on which products are sought to be taken off
TRIED = 128  # wider products that are looked at, with more inputs
Column = tuple[tuple[int, int], ...]  # input and column of its table, for each factor


def made(columns: Sequence[Column], tables: Sequence[Array]) -> Array:
    """Products of columns of the tables."""
    found = np.ones((len(columns), len(tables[0])))
    turned = [np.ascontiguousarray(table.T) for table in tables]
    for row, factors in zip(found, columns, strict=True):
        for one, column in factors:
            row *= turned[one][column]
    return found.T


def bent(fitted: Array, table: Array) -> Array:
    """An input's table with what products are made of behind it.

    Its curve: the one that explains most of what it does to the options. Then an
    orthonormal form of its score, the score's square, the input itself and its curve.
    """
    curves, raw = table[:, :-1], table[:, -1]
    slopes = curves.T @ (fitted - fitted.mean(axis=0))
    own = standard(curves @ np.linalg.svd(slopes, full_matrices=False)[0][:, 0])
    few = np.column_stack([curves[:, :2], raw, own])
    return np.column_stack([table, own, few @ turn(few) * np.sqrt(len(raw))])


def products(
    values: Array,
    left: Array,
    tables: Sequence[Array],
    *,
    raw: int,
    first: int,
) -> Iterator[Column]:
    """Products that show in what the single inputs leave, the strongest of each order.

    Parameters
    ----------
    values, left : array, shape (draws, options)
        Net benefit, and what the single inputs leave of it.
    tables : sequence of array
        By input; column ``raw`` is the input, the next its curve, and pairs are made of the
        columns from ``first`` on.
    """
    spread, total, inputs = left.var(axis=0), values.var(axis=0), len(tables)
    shown = (spread > 1e-12 * total.max()) & (total > 1e-24 * (values**2).mean(axis=0))
    if not shown.any():
        return
    seen = _Left(values=left[:, shown], total=total[shown])
    found = list(_pairs(seen, tables, first))[:WIDEST]
    for order in range(3, min(HIGHEST, inputs) + 2):
        yield from found
        wider = _wider(found, inputs, order, raw) if order <= inputs else []
        if not wider:
            return
        strengths = seen.strength(made(wider, tables))
        ranking = [i for i in np.argsort(-strengths, kind="stable") if strengths[i] > 0]
        found = [wider[i] for i in ranking[:WIDEST]]


def _wider(found: Sequence[Column], inputs: int, order: int, raw: int) -> list[Column]:
    """Products with one factor more: all of few inputs, else those about the strongest."""
    if inputs <= FEW:
        sets = {frozenset(some) for some in combinations(range(inputs), order)}
    else:
        strongest = list(dict.fromkeys(frozenset(one for one, _ in column) for column in found))
        strongest = strongest[: max(TRIED // inputs, 1)]
        sets = {some | {one} for some in strongest for one in range(inputs) if one not in some}
    return [
        tuple((one, kind) for one in sorted(some))
        for some in sorted(sets, key=sorted)
        for kind in (raw, raw + 1)
    ]


@dataclass(frozen=True, kw_only=True)
class Crossed:
    """What inputs do together, as products of zero-mean columns.

    Attributes
    ----------
    sets : tuple of frozenset of int
        The inputs in each product.
    columns : array, shape (draws, products)
    slopes : array, shape (products, options)
    """

    sets: tuple[frozenset[int], ...]
    columns: Array
    slopes: Array

    @cached_property
    def _all(self) -> Array:
        return np.asarray(self.columns @ self.slopes)

    def part(self, chosen: Sequence[bool]) -> Array:
        """What some of the products do, by draw."""
        rest = np.flatnonzero(~np.asarray(chosen))
        if not len(rest):
            return self._all
        return np.asarray(self._all - self.columns[:, rest] @ self.slopes[rest])


def crossed(values: Array, left: Array, tables: Sequence[Array]) -> Crossed | None:
    """The products that show; tables hold each input and its curve."""
    if len(tables) < 2:
        return None
    # what shows on a part of the draws is all that is worth taking off
    thin = slice(None, None, max(len(values) // LOOKED_AT, 1))
    few = [table[thin] for table in tables]
    found = list(products(values[thin], left[thin], few, raw=0, first=0))
    if not found:
        return None
    columns = made(found, tables)
    turned = turn(columns)
    slopes = turned @ (turned.T @ (columns.T @ left))
    sets = tuple(frozenset(one for one, _ in column) for column in found)
    return Crossed(sets=sets, columns=columns, slopes=slopes)


def _pairs(seen: _Left, tables: Sequence[Array], first: int) -> Iterator[Column]:
    """Products of two inputs, in their bent columns."""
    owners = [(i, c) for i, table in enumerate(tables) for c in range(first, table.shape[1])]
    strengths = seen.strength_of_pairs(np.hstack([table[:, first:] for table in tables]))
    inputs = np.array([i for i, _ in owners])
    strengths[inputs[:, None] >= inputs] = 0
    for flat in np.argsort(-strengths, axis=None, kind="stable")[:WIDEST]:
        one, other = divmod(int(flat), len(owners))
        if strengths[one, other] <= 0:
            return
        yield owners[one], owners[other]


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
        moments = np.stack(
            [columns.T @ (columns * one[:, None]) for one in self.values.T], axis=-1
        )  # what is left has mean 0, so that the products need no centring
        return self._sure(moments, sizes[..., None])

    def _sure(self, moments: Array, sizes: Array) -> Array:
        draws, spread = len(self.values), self.values.var(axis=0)
        explained = (moments / draws) ** 2 / np.where(sizes > 1e-12, sizes, np.inf)
        sure = (explained * draws > SURE**2 * spread) & (explained > SLIGHT * self.total)
        return np.asarray(np.where(sure, explained / self.total, 0).max(axis=-1))
