"""Regression of net benefit on several inputs at once.

The basis holds what each input does by itself (cubic B-splines on normal scores, and the
input as it is) and those products of inputs that show in what the first leaves. A decision
model is mostly a sum of products, such as volume x prevalence x recall x price, so that
products of the inputs, and of the curves found for each, catch it with few columns; curved
pairs catch ratios and limits.

Every column is a product of columns of the inputs' own tables, one input a factor. Where
inputs are independent, what is expected of a product is the product of what is expected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from scipy import special

from mlpdm_kit.analysis.distributions import Array
from mlpdm_kit.analysis.splines import gains, middle_ranks, plain_basis, plain_shares, worth

SURE = 4.0  # standard errors from 0 at which a product is kept
SLIGHT = 1e-6  # share of the variance below which it is not worth a column
WIDEST = 64  # products kept of any one order
HIGHEST = 6  # factors in a product
FEW = 4  # inputs of which every product is looked at
FLIPS = 8
THIN = 4  # of so many draws one shows what luck adds
Column = tuple[tuple[int, int], ...]  # input and column of its table, for each factor


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value in money and the standard error that the fit leaves."""

    value: float
    standard_error: float


@dataclass(frozen=True, kw_only=True)
class Surface:
    """Fitted net benefit over several inputs.

    Attributes
    ----------
    values, left : array, shape (draws, options)
        What was fitted, and what remains of it.
    basis : array, shape (draws, columns)
        Orthonormal.
    slopes : array, shape (columns, options)
        The basis times these is the fit.
    tables : tuple of array, shape (draws, ...)
        What the columns are made of, by input.
    columns, turn
        The products, and the matrix that turns them into the basis.
    """

    values: Array
    left: Array
    basis: Array
    slopes: Array
    tables: tuple[Array, ...]
    columns: tuple[Column, ...]
    turn: Array

    @property
    def fitted(self) -> Array:
        """What is expected of the options at each draw."""
        return np.asarray(self.values - self.left)

    def basis_at(self, tables: Sequence[Array]) -> Array:
        """The basis where the inputs' tables have these rows."""
        return _made(self.columns, tables) @ self.turn

    def errors(self, rng: np.random.Generator) -> list[Array]:
        """Errors of the slopes, made again by the wild bootstrap.

        The residuals get signs at random, which keeps their size where it is.
        """
        draws, options = self.left.shape
        leverage = np.minimum((self.basis**2).sum(axis=1), 0.5)
        sized = self.left / np.sqrt(1 - leverage)[:, None]
        signs = rng.integers(0, 2, (draws, FLIPS, 1)) * 2.0 - 1
        found = self.basis.T @ (sized[:, None, :] * signs).reshape(draws, -1)
        return np.hsplit(found, range(options, FLIPS * options, options))

    def silent(self, rng: np.random.Generator, permutations: int) -> list[tuple[Array, Array]]:
        """Slopes after permutations, when the inputs say nothing, each with an error.

        Mixed rows spread evenly, so that the errors are normal with their covariance.
        """
        draws, options = self.values.shape
        mixed = [np.take(self.values, rng.permutation(draws), axis=0) for _ in range(permutations)]
        found = np.hsplit(
            self.basis.T @ np.hstack(mixed), range(options, permutations * options, options)
        )
        sizes, vectors = np.linalg.eigh(np.cov(self.values.T).reshape(options, options))
        spread = vectors * np.sqrt(np.maximum(sizes, 0))
        return [(one, rng.normal(size=one.shape) @ spread.T) for one in found]

    def worth(self, rng: np.random.Generator) -> Estimate:
        """Gain of knowing the inputs, less what the fit shows by luck; at least 0."""
        luck, error = luck_of(self._thin, self.slopes, self.errors(rng))
        return Estimate(value=max(worth(self.fitted) - luck, 0.0), standard_error=error)

    def floor(self, rng: np.random.Generator, permutations: int) -> float:
        """The gain that inputs which say nothing show at most in 19 of 20 permutations."""
        return floor_of(self._thin, self.silent(rng, permutations))

    @property
    def _thin(self) -> Array:
        basis = self.basis[::THIN]
        return np.asarray(basis / len(basis))


def luck_of(joint: Array, slopes: Array, errors: Sequence[Array]) -> tuple[float, float]:
    """What the errors of slopes add to a gain on average, and the gain's standard error.

    A maximum gains from every error in what it is taken of, and a wide basis has more of
    it. What errors of the same size add once more is what they have added already, to the
    first order. ``joint`` and ``slopes`` as in `mlpdm_kit.analysis.splines.gains`.
    """
    moved = [slopes + sign * error for error in errors for sign in (1, -1)]
    plain, *again = gains(joint, [slopes, *moved])
    return max(float(np.mean(again) - plain), 0.0), float(np.std(again))


def floor_of(joint: Array, silent: Sequence[tuple[Array, Array]]) -> float:
    """Largest gain of 19 in 20 inputs that say nothing, each less its luck."""
    plain = gains(joint, [one for one, _ in silent])
    again = gains(joint, [one + sign * error for one, error in silent for sign in (1, -1)])
    luck = np.maximum(again.reshape(-1, 2).mean(axis=1) - plain, 0)
    return float(np.quantile(np.maximum(plain - luck, 0), 0.95))


def surface(values: Array, inputs: Sequence[Array]) -> Surface:
    """Regress on several inputs.

    Parameters
    ----------
    values : array, shape (draws, options)
    inputs : sequence of array, shape (draws,)
        Each moves.
    """
    tables = [np.column_stack([_curve(one), _standard(one)]) for one in inputs]
    columns: list[Column] = [()]
    columns += [((i, c),) for i, table in enumerate(tables) for c in range(table.shape[1])]
    mains = np.column_stack([np.ones(len(values)), *tables])
    turn = _turn(mains)
    basis = mains @ turn
    left = values - basis @ (basis.T @ values)
    products: list[Column] = []
    if len(inputs) > 1:
        tables = [_bent(values - left, table) for table in tables]
        products = list(_products(values, left, tables))
    if products:
        mains = np.column_stack([mains, _made(products, tables)])
        turn = _turn(mains)
        basis = mains @ turn
        left = values - basis @ (basis.T @ values)
    return Surface(
        values=values,
        left=left,
        basis=basis,
        slopes=basis.T @ values,
        tables=tuple(tables),
        columns=(*columns, *products),
        turn=turn,
    )


def _made(columns: Sequence[Column], tables: Sequence[Array]) -> Array:
    """Products of columns of the tables."""
    found = np.ones((len(columns), len(tables[0])))
    turned = [np.ascontiguousarray(table.T) for table in tables]
    for row, factors in zip(found, columns, strict=True):
        for one, column in factors:
            row *= turned[one][column]
    return found.T


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
    size = np.sqrt((centred**2).mean(axis=0))
    return np.asarray(centred / (size if size > 0 else 1.0))


def _turn(columns: Array) -> Array:
    """What turns columns into orthonormal ones, by the eigenvectors of their Gram matrix."""
    gram = columns.T @ columns
    sizes = np.sqrt(np.diag(gram))
    scales = 1 / np.where(sizes > 0, sizes, 1.0)
    values, vectors = np.linalg.eigh(scales[:, None] * gram * scales)
    kept = values > 1e-9 * values[-1]
    return np.asarray(scales[:, None] * vectors[:, kept] / np.sqrt(values[kept]))


def _bent(fitted: Array, table: Array) -> Array:
    """An input's table with what products are made of behind it.

    Its curve: the one that explains most of what it does to the options. Then an
    orthonormal form of its score, the score's square, the input itself and its curve.
    """
    curve, raw = table[:, :-1], table[:, -1]
    slopes = curve.T @ (fitted - fitted.mean(axis=0))
    own = _standard(curve @ np.linalg.svd(slopes, full_matrices=False)[0][:, 0])
    bent = np.column_stack([curve[:, :2], raw, own])
    return np.column_stack([table, own, bent @ _turn(bent) * np.sqrt(len(raw))])


def _products(values: Array, left: Array, tables: Sequence[Array]) -> Iterator[Column]:
    """Products that show in what the single inputs leave, the strongest of each order."""
    spread, inputs, raw = left.var(axis=0), len(tables), _centred_basis(len(left)).shape[1]
    shown = spread > 1e-12 * float(values.var(axis=0).max())
    if not shown.any():
        return
    seen = _Left(values=left[:, shown], total=values.var(axis=0)[shown])
    pairs = list(_pairs(seen, tables, raw + 2))
    yield from pairs
    frontier = {frozenset(one for one, _ in column) for column in pairs}
    for order in range(3, min(HIGHEST, inputs) + 1):
        if inputs <= FEW:
            wider = {frozenset(some) for some in combinations(range(inputs), order)}
        else:
            wider = {some | {one} for some in frontier for one in range(inputs)} - frontier
        if not wider:
            return
        made: list[Column] = [
            tuple((one, kind) for one in sorted(some))
            for some in sorted(wider, key=sorted)
            for kind in (raw, raw + 1)
        ]
        strengths = seen.strength(_made(made, tables))
        ranking = [i for i in np.argsort(-strengths, kind="stable") if strengths[i] > 0][:WIDEST]
        yield from (made[i] for i in ranking)
        frontier = {frozenset(one for one, _ in made[i]) for i in ranking}


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
        crossed = np.stack(
            [columns.T @ (columns * one[:, None]) for one in self.values.T], axis=-1
        )  # what is left has mean 0, so that the products need no centring
        return self._sure(crossed, sizes[..., None])

    def _sure(self, crossed: Array, sizes: Array) -> Array:
        draws, spread = len(self.values), self.values.var(axis=0)
        explained = (crossed / draws) ** 2 / np.where(sizes > 1e-12, sizes, np.inf)
        sure = (explained * draws > SURE**2 * spread) & (explained > SLIGHT * self.total)
        return np.asarray(np.where(sure, explained / self.total, 0).max(axis=-1))
