"""What one would expect of the options if some inputs were known: regressions on splines.

Net benefit is regressed on one input or on several; the fitted values stand for what is
expected once these are known (Strong, Oakley & Brennan, Med Decis Making 2014). The basis
is cubic B-splines on the normal scores of an input's ranks. Every input without ties has
the same ranks, so that the basis is made and factored once and serves them all.

What the other inputs do by themselves is noise to the regression on some. It is taken off
first, as far as they are independent of those: the same regression on each gives their
parts, and the second regression is on what these leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special
from scipy.interpolate import BSpline

from mlpdm_kit.analysis.distributions import Array
from mlpdm_kit.analysis.information import checked
from mlpdm_kit.errors import refuse

KNOTS = 8
MIN_DRAWS = 64


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """One input: its order and the basis on its ranks.

    Attributes
    ----------
    order : array of int, shape (draws,)
        The draws, the lowest value of the input first.
    basis : array, shape (draws, columns)
        Orthonormal, in that order; the constant lies in its span.
    shares : array, shape (draws,)
        Middle ranks as shares in (0, 1), in that order.
    values : array, shape (draws,)
        The input, in that order.
    part : array, shape (draws, options)
        What the input does to net benefit by itself, about 0, by draw.
    """

    order: Any
    basis: Array
    shares: Array
    values: Array
    part: Array

    @cached_property
    def by_draw(self) -> Array:
        """Shares by draw."""
        return scattered(self.shares, self.order)

    def fitted(self, ordered: Array) -> Array:
        """Values in the order of the input, smoothed over it."""
        return np.asarray(self.basis @ (self.basis.T @ ordered))


@dataclass(frozen=True, kw_only=True)
class Regressions:
    """Net benefit and the inputs, ranked once for every question about them.

    Parameters
    ----------
    values : array, shape (draws, options)
        Net benefit in money.
    table : DataFrame, shape (draws, inputs)
    """

    values: Array
    table: pd.DataFrame
    ranked: Mapping[str, Ranked]
    independent: pd.DataFrame

    @property
    def moving(self) -> list[str]:
        """Inputs that are not the same in every draw."""
        return list(self.ranked)

    def column(self, name: str) -> Array:
        """An input by draw."""
        return self.table[name].to_numpy(dtype=float)

    @cached_property
    def _together(self) -> Array:
        return np.asarray(np.sum([one.part for one in self.ranked.values()], axis=0))

    def without_others(self, names: Sequence[str]) -> Array:
        """Net benefit less what the others, independent of those named, do by themselves."""
        if not self.ranked:
            return self.values
        rows = self.independent.loc[list(names)].to_numpy()
        clear = rows.all(axis=0)  # an input is never independent of itself
        kept = [self.ranked[name].part for name, so in zip(self.moving, clear, strict=True) if so]
        if len(kept) * 2 <= len(clear):
            return np.asarray(self.values - np.sum(kept, axis=0)) if kept else self.values
        stay = [self.ranked[name].part for name, so in zip(self.moving, clear, strict=True) if not so]
        return np.asarray(self.values - self._together + np.sum(stay, axis=0))

    def expected(self, name: str) -> Array:
        """Expected net benefit if the input were known, in the order of the input."""
        one = self.ranked[name]
        return one.fitted(np.take(self.without_others([name]), one.order, axis=0))


def regressions(net_benefit: ArrayLike, inputs: pd.DataFrame) -> Regressions:
    """Rank the inputs and regress net benefit on each.

    Parameters
    ----------
    net_benefit : array, shape (draws, options)
        In money, on the same draws as the inputs.
    inputs : DataFrame, shape (draws, inputs)

    Raises
    ------
    InputError
        Too few draws, lengths that differ, or numbers that are not finite.
    """
    values = checked(net_benefit)
    draws = len(values)
    table = inputs.to_numpy(dtype=float)
    if draws < MIN_DRAWS:
        raise refuse("number-range", "draws", draws, range=f"[{MIN_DRAWS}, ...)")
    if table.shape[0] != draws or not np.isfinite(table).all():
        raise refuse("array", "inputs", f"shape {table.shape}", shape=f"({draws}, inputs)")
    centred = values - values.mean(axis=0)
    found = {}
    for name, column in zip(inputs.columns, table.T, strict=True):
        one = ranked(column, centred)
        if one is not None:
            found[name] = one
    return Regressions(values=values, table=inputs, ranked=found, independent=_independent(found))


def ranked(column: Array, centred: Array) -> Ranked | None:
    """Rank an input; None for one that never moves."""
    draws = len(column)
    order = np.argsort(column)
    values = column[order]
    if values[0] == values[-1]:
        return None
    if (np.diff(values) > 0).all():
        shares, basis = plain_shares(draws), plain_basis(draws)
    else:
        shares = (middle_ranks(values) - 0.5) / draws
        basis = _basis(shares)
    part = scattered(basis @ (basis.T @ np.take(centred, order, axis=0)), order)
    return Ranked(order=order, basis=basis, shares=shares, values=values, part=part)


def scattered(ordered: Array, order: Any) -> Array:
    """Values in the order of an input, put back by draw."""
    found = np.empty_like(ordered)
    found[order] = ordered
    return found


@lru_cache(maxsize=4)
def plain_shares(draws: int) -> Array:
    """Ranks without ties, as shares in (0, 1)."""
    found = (np.arange(draws) + 0.5) / draws
    found.flags.writeable = False
    return found


@lru_cache(maxsize=4)
def plain_basis(draws: int) -> Array:
    """The basis of every input without ties."""
    found = np.ascontiguousarray(_basis(plain_shares(draws)))
    found.flags.writeable = False
    return found


def middle_ranks(ordered: Array) -> Array:
    """Ranks from 1 of sorted values, equal values at the middle of theirs."""
    first = np.searchsorted(ordered, ordered, side="left")
    last = np.searchsorted(ordered, ordered, side="right")
    return np.asarray((first + last + 1) / 2)


def _independent(found: Mapping[str, Ranked]) -> pd.DataFrame:
    """Which inputs show no more rank correlation than independent draws would."""
    names = list(found)
    if not names:
        return pd.DataFrame()
    scores = np.column_stack([one.by_draw for one in found.values()]) - 0.5
    sizes = np.linalg.norm(scores, axis=0)
    scaled = scores / np.where(sizes > 0, sizes, 1.0)
    clear = np.abs(scaled.T @ scaled) < 4 / np.sqrt(len(scores))
    np.fill_diagonal(clear, False)
    return pd.DataFrame(clear, index=names, columns=names)


def _basis(shares: Array) -> Array:
    """Orthonormal columns that span the splines on the normal scores of sorted shares."""
    scores = special.ndtri(shares)
    inner = np.unique(np.quantile(scores, np.arange(1, KNOTS + 1) / (KNOTS + 1)))
    inner = inner[(inner > scores[0]) & (inner < scores[-1])]
    knots = np.concatenate([[scores[0]] * 4, inner, [scores[-1]] * 4])
    splines = BSpline.design_matrix(scores, knots, 3).toarray()
    left, sizes, _ = np.linalg.svd(splines, full_matrices=False)
    # ties can leave splines with no point under them
    return np.asarray(left[:, sizes > 1e-10 * sizes[0]])


def best_of(options: Array) -> Array:
    """Largest of each row; faster by column than NumPy's over short rows."""
    return np.asarray(np.ascontiguousarray(options.T).max(axis=0))


def worth(fitted: Array) -> float:
    """Gain of choosing by fitted values, shape (draws, options), over choosing once."""
    return max(float(best_of(fitted).mean() - fitted.mean(axis=0).max()), 0.0)


def gains(joint: Array, slopes: Sequence[Array]) -> Array:
    """Gain of choosing by a fit over choosing once, for each of many slopes.

    Parameters
    ----------
    joint : array, shape (outcomes, columns)
        The basis at each outcome, times the outcome's probability.
    slopes : sequence of array, shape (columns, options)

    Returns
    -------
    array, shape (slopes,)
        In money; none below 0.
    """
    options = slopes[0].shape[1]
    fitted = np.hstack(slopes).T @ joint.T
    by_slopes = fitted.reshape(len(slopes), options, len(joint))
    found = by_slopes.max(axis=1).sum(axis=1) - by_slopes.sum(axis=2).max(axis=1)
    return np.asarray(np.maximum(found, 0.0))
