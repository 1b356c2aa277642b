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

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.voi.products import Column, bent, made, products
from mlpdm_kit.analysis.voi.splines import curve, gains, standard, turn, worth

FLIPS = 8
THIN = 4  # of so many draws one shows what luck adds


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
        return made(self.columns, tables) @ self.turn

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
    first order. ``joint`` and ``slopes`` as in `mlpdm_kit.analysis.voi.splines.gains`.
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
    tables = [np.column_stack([curve(one), standard(one)]) for one in inputs]
    columns: list[Column] = [()]
    columns += [((i, c),) for i, table in enumerate(tables) for c in range(table.shape[1])]
    mains = np.column_stack([np.ones(len(values)), *tables])
    found: list[Column] = []
    if len(inputs) > 1:
        raw = tables[0].shape[1] - 1
        alone = turn(mains)
        fitted = mains @ (alone @ (alone.T @ (mains.T @ values)))
        tables = [bent(fitted, table) for table in tables]
        found = list(products(values, values - fitted, tables, raw=raw, first=raw + 2))
    if found:
        mains = np.column_stack([mains, made(found, tables)])
    turned = turn(mains)
    basis = mains @ turned
    slopes = basis.T @ values
    return Surface(
        values=values,
        left=values - basis @ slopes,
        basis=basis,
        slopes=slopes,
        tables=tuple(tables),
        columns=(*columns, *found),
        turn=turned,
    )
