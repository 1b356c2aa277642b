"""What one would expect of the options if an input were known: regressions on each.

Net benefit is regressed on one input; the fitted values stand for what is expected once
it is known (Strong, Oakley & Brennan, Med Decis Making 2014).

What the other inputs do by themselves is noise to the regression on some. It is taken off
first, as far as they are independent of those: the same regression on each gives their
parts, and the second regression is on what these leave. For groups, so are products that a
wholly independent input outside takes part in: whatever the group, their mean is 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.distributions import Array
from mlpdm_kit.analysis.information import checked
from mlpdm_kit.analysis.products import Crossed, crossed
from mlpdm_kit.analysis.splines import (
    basis_on,
    middle_ranks,
    plain_basis,
    plain_shares,
    scattered,
    standard,
)
from mlpdm_kit.errors import refuse

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
        return np.asarray(self.table[name].to_numpy(dtype=float))

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
        pairs = zip(self.moving, clear, strict=True)
        stay = [self.ranked[name].part for name, so in pairs if not so]
        return np.asarray(self.values - self._together + np.sum(stay, axis=0))

    @cached_property
    def _crossed(self) -> Crossed | None:
        centred = self.values - self.values.mean(axis=0)
        tables = []
        for name, one in self.ranked.items():
            # the combination of options that the input moves most
            leading = np.linalg.svd(one.part.T @ one.part)[0][:, 0]
            own = standard(one.part @ leading)
            tables.append(np.column_stack([standard(self.column(name)), own]))
        return crossed(self.values, centred - self._together, tables)

    @cached_property
    def _free(self) -> list[int]:
        clear = self.independent.to_numpy().sum(axis=1)
        return np.flatnonzero(clear == len(self.ranked) - 1).tolist()

    def cleared(self, names: Sequence[str]) -> Array:
        """Net benefit less what others do by themselves or in products.

        A product counts if an input outside takes part that is independent of all others:
        its mean is then 0 whatever the rest.
        """
        values, found = self.without_others(names), self._crossed
        if found is None or len(names) == len(self.moving):
            return values
        outside = {i for i in self._free if self.moving[i] not in names}
        chosen = [bool(some & outside) for some in found.sets]
        return np.asarray(values - found.part(chosen)) if any(chosen) else values

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
        basis = basis_on(shares)
    part = scattered(basis @ (basis.T @ np.take(centred, order, axis=0)), order)
    return Ranked(order=order, basis=basis, shares=shares, values=values, part=part)


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
