"""Shares and means of a log as production mixes segments and classes, not as its rows do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.answers.seen import Seen, seen_on
from mlpdm_kit.analysis.trial.mix import class_shares, codes_of, pooled
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.uncertainty.shares import row_means


@dataclass(frozen=True, kw_only=True)
class Cells:
    """The cell of each row (its segment, its class), and each cell's share in production."""

    codes: Any
    shares: Array

    def weights(self) -> Array:
        """What each row counts for; on average 1.

        Examples
        --------
        >>> Cells(codes=np.array([0, 0, 0, 1]), shares=np.array([0.5, 0.5])).weights().tolist()
        [0.6666666666666666, 0.6666666666666666, 0.6666666666666666, 2.0]
        """
        counts = np.bincount(self.codes, minlength=len(self.shares))
        there = np.where(counts > 0, self.shares, 0.0)
        each = there / max(there.sum(), 1e-300) / np.maximum(counts, 1) * len(self.codes)
        return np.asarray(each[self.codes])

    def seen_on(self, means: Array, answers: Array) -> Seen | None:
        """As `seen.seen_on`: of each cell, pooled by the shares of those that are known."""
        parts = []
        for code, share in enumerate(self.shares):
            inside = self.codes == code
            one = seen_on(means[inside], answers[inside]) if share > 0 else None
            if one is not None:
                parts.append((one, float(share)))
        if len(parts) < 2:
            return parts[0][0] if parts else None
        known = sum(share for _, share in parts)
        return Seen(
            mean=sum(one.mean * share for one, share in parts) / known,
            rows=sum(one.rows for one, _ in parts),
            answers=sum(one.answers for one, _ in parts),
            posterior=pooled([(one.posterior, share / known) for one, share in parts]),
        )

    def mean(self, values: Array) -> tuple[float, float] | None:
        """Mean of an amount and its standard error; None where nothing is known.

        Parameters
        ----------
        values : array, shape (rows,)
            NaN where it is not known.

        Notes
        -----
        Of a stratified sample, sum W m and the root of sum W^2 s^2 / n, of the cells in
        which something is known (Cochran 1977, 5.3 and 5.6). One row alone says nothing of
        how far rows lie apart: its cell is taken to have the variance of all.

        Examples
        --------
        >>> cells = Cells(codes=np.array([0, 0, 1, 1]), shares=np.array([0.5, 0.5]))
        >>> mean, error = cells.mean(np.array([1.0, 3.0, 9.0, 9.0]))  # 2 ± 1 and 9 ± 0
        >>> mean, error
        (5.5, 0.5)
        """
        there = np.isfinite(values)
        x, codes = values[there], self.codes[there]
        held = [(code, share) for code, share in enumerate(self.shares)
                if share > 0 and (codes == code).any()]  # fmt: skip
        if not held:
            return None
        known, mean, variance = sum(share for _, share in held), 0.0, 0.0
        for code, share in held:
            own = x[codes == code]
            apart = own if len(own) > 1 else x
            mean += share / known * own.mean()
            variance += (share / known) ** 2 * _variance(apart) / len(own)
        return float(mean), float(np.sqrt(variance))

    def seen(self, values: ArrayLike) -> Seen | None:
        """As `seen.seen`.

        Examples
        --------
        >>> cells = Cells(codes=np.array([0, 0, 0, 1]), shares=np.array([0.5, 0.5]))
        >>> cells.seen([0, 0, 0, 1]).mean
        0.5
        """
        x = np.asarray(values, dtype=float)
        return self.seen_on(row_means(x), (~np.isnan(x)).reshape(len(x), -1).sum(axis=1))


def _variance(x: Array) -> float:
    return float(x.var(ddof=1)) if len(x) > 1 else 0.0


def one_cell(rows: int) -> Cells:
    """Rows that count alike.

    Examples
    --------
    >>> one_cell(2).weights().tolist()
    [1.0, 1.0]
    """
    return Cells(codes=np.zeros(rows, dtype=int), shares=np.ones(1))


def cells_of(
    segment: Any, mix: Mapping[str, float], target: Array, prevalence: float | None = None
) -> Cells:
    """Cells of some rows.

    Parameters
    ----------
    segment : array or None
        Of each row.
    mix : mapping
        Share of each segment in production; empty where the rows are as production.
    target : array
        Of each row, 0 or 1 where ``prevalence`` is given.
    prevalence : float, optional
        Share of positives in production, where it is stated: then each class has its share,
        and of it each segment what it holds.

    Examples
    --------
    >>> found = cells_of(np.array(["a", "a", "b"]), {"a": 0.2, "b": 0.8}, np.zeros(3))
    >>> found.codes.tolist(), found.shares.tolist()
    ([0, 0, 1], [0.2, 0.8])
    """
    codes, shares = np.zeros(len(target), dtype=int), np.ones(1)
    if mix and segment is not None:
        codes, shares = codes_of(segment, list(mix)), np.array(list(mix.values()))
    if prevalence is None or not 0 < target.mean() < 1:
        return Cells(codes=codes, shares=shares)
    inside = class_shares(codes, target, shares, np.array([0, 1]))
    within = inside / np.maximum(inside.sum(axis=0), 1e-300)
    both = within * np.array([1 - prevalence, prevalence])
    return Cells(codes=codes * 2 + target.astype(int), shares=both.ravel())
