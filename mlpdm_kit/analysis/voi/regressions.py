"""What one would expect of the options if an input were known: regressions on each.

Net benefit is regressed on one input; the fitted values stand for what is expected once
it is known (Strong, Oakley & Brennan, Med Decis Making 2014).

What the other inputs do by themselves is noise to the regression on some. It is taken off
first, as far as they are independent of those: the same regression on each gives their
parts, and the second regression is on what these leave. For groups, so are products that a
wholly independent input outside takes part in: whatever the group, their mean is 0.

What one input is worth is found in the cells of its ranks (`mlpdm_kit.analysis.voi.cells`); what
groups and studies need by draw is worked out when they ask.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.voi.cells import Cells, cells, plain_cells, tied_starts
from mlpdm_kit.analysis.voi.information import checked, evpi, options_first
from mlpdm_kit.analysis.voi.products import Crossed, crossed
from mlpdm_kit.analysis.voi.splines import (
    basis_on,
    middle_ranks,
    ordering,
    places,
    plain_basis,
    plain_shares,
    standard,
)
from mlpdm_kit.errors import refuse

MIN_DRAWS = 64


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """One input: its order, the cells of its ranks and what it does by itself.

    Attributes
    ----------
    order : array of int, shape (draws,)
        The draws, the lowest value of the input first; equal ones as they came.
    basis : array, shape (draws, columns)
        Orthonormal, in that order; the constant lies in its span.
    shares : array, shape (draws,)
        Middle ranks as shares in (0, 1), in that order.
    values : array, shape (draws,)
        The input, in that order.
    cells : Cells
        Of that order.
    slopes : array, shape (columns, options)
        What the input does to net benefit by itself, about 0, on the basis.
    """

    order: Any
    basis: Array
    shares: Array
    values: Array
    cells: Cells
    slopes: Array

    @cached_property
    def places(self) -> Any:
        """Place of each draw in the order; shape (draws,)."""
        return places(self.order)

    @cached_property
    def by_draw(self) -> Array:
        """Shares by draw."""
        return np.asarray(self.shares.take(self.places))

    @cached_property
    def part(self) -> Array:
        """What the input does by itself, by draw; shape (draws, options)."""
        return np.asarray((self.basis @ self.slopes).take(self.places, axis=0))

    @cached_property
    def steps(self) -> Array:
        """The same by cell; shape (cells, options)."""
        return np.asarray(self.cells.basis @ self.slopes)

    @property
    def rough(self) -> Array:
        """The same by draw, as it is on average over the draw's cell."""
        labels = np.empty_like(self.order)
        labels[self.order] = self.cells.labels
        return np.asarray(self.steps.take(labels, axis=0))


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
    def most(self) -> float:
        """What knowing everything is worth."""
        return evpi(self.values)

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

    @cached_property
    def _alone(self) -> Array:
        """Net benefit less what every input does by itself, by cells, shape (draws, options)."""
        found = self.values.copy()
        for one in self.ranked.values():
            found -= one.rough
        return found

    def worth(self, name: str) -> float:
        """What knowing one input is worth: between 0 and what knowing everything is."""
        one, index = self.ranked[name], self.moving.index(name)
        sums = one.cells.sums(self._alone, one.order) + one.cells.counts[:, None] * one.steps
        linked = ~self.independent.to_numpy()[index]  # an input is never independent of itself
        others = [other for other in np.flatnonzero(linked) if other != index]
        if others:
            every = list(self.ranked.values())
            stay = np.sum([every[other].rough for other in others], axis=0)
            sums += one.cells.sums(stay, one.order)
        return min(one.cells.worth(one.basis, one.cells.solver @ sums), self.most)


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
    centred = values - options_first(values).mean(axis=1)
    found = {}
    for name, column in zip(inputs.columns, table.T, strict=True):
        one = ranked(np.ascontiguousarray(column), centred)
        if one is not None:
            found[name] = one
    return Regressions(values=values, table=inputs, ranked=found, independent=_independent(found))


def ranked(column: Array, centred: Array) -> Ranked | None:
    """Rank an input; None for one that never moves."""
    order = ordering(column)
    values = column.take(order)
    if values[0] == values[-1]:
        return None
    draws = len(column)
    if (values[1:] > values[:-1]).all():
        shares, basis, found = plain_shares(draws), plain_basis(draws), plain_cells(draws)
    else:
        shares = (middle_ranks(values) - 0.5) / draws
        basis = basis_on(shares)
        found = cells(basis, tied_starts(values))
    return Ranked(
        order=order,
        basis=basis,
        shares=shares,
        values=values,
        cells=found,
        slopes=found.slopes(centred, order),
    )


def _independent(found: Mapping[str, Ranked]) -> pd.DataFrame:
    """Which inputs show no more rank correlation than independent draws would."""
    names = list(found)
    if not names:
        return pd.DataFrame()
    scores = np.empty((len(names), len(found[names[0]].order)))
    for row, one in zip(scores, found.values(), strict=True):
        row[one.order] = one.shares - 0.5
    gram = scores @ scores.T
    sizes = np.sqrt(np.diag(gram))
    clear = np.abs(gram) < 4 / math.sqrt(scores.shape[1]) * np.outer(sizes, sizes)
    np.fill_diagonal(clear, False)
    return pd.DataFrame(clear, index=names, columns=names)
