"""What is expected of the options once a study's outcome is known, before it is.

Everything here ends in a matrix ``joint`` of shape (outcomes, columns): the basis of a
regression, expected given each outcome, times the outcome's probability. With it a study's
value is a sum of maxima for whatever coefficients (`mlpdm_kit.analysis.voi.splines.gains`), so
that noise and luck cost little more than the value itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.voi.observing import Bins, Sample, binned, channel
from mlpdm_kit.analysis.voi.regressions import Ranked, Regressions
from mlpdm_kit.analysis.voi.surfaces import Surface

TOGETHER = 12  # joint outcomes of several inputs, as a power of two


@dataclass(frozen=True, kw_only=True)
class One:
    """Regression on one input, and the bins of its draws."""

    basis: Array
    slopes: Array
    bins: Bins
    binned_basis: Array
    constant: Array
    left: Array

    @classmethod
    def of(cls, fits: Regressions, name: str) -> One:
        """Of an input that moves."""
        one, bins = fits.ranked[name], binned(fits.ranked[name])
        ordered = np.take(fits.without_others([name]), one.order, axis=0)
        slopes = one.basis.T @ ordered
        return cls(
            basis=one.basis,
            slopes=slopes,
            bins=bins,
            binned_basis=bins.means(one.basis),
            constant=one.basis.T @ np.ones(len(ordered)),
            left=ordered - one.basis @ slopes,
        )

    def joint(self, sample: Sample, cases: int) -> Array:
        """Outcomes of so many cases that bear on the input."""
        weighed = self.bins.weights[:, None] * self.binned_basis
        if sample.kind == "exact":
            return weighed
        return np.asarray(channel(sample, self.bins, cases).T @ weighed)

    def silent(self, values: Array, rng: np.random.Generator, count: int) -> list[Array]:
        """Slopes of values that the input says nothing of.

        A permutation's slopes are normal in the limit, with the covariance of the values.
        """
        level = np.outer(self.constant, values.mean(axis=0))
        return [level + noise for noise in self._noise(values, rng, count)]

    def errors(self, rng: np.random.Generator, count: int) -> list[Array]:
        """Errors of the slopes."""
        return list(self._noise(self.left, rng, count))

    def _noise(self, values: Array, rng: np.random.Generator, count: int) -> Iterator[Array]:
        sizes, vectors = np.linalg.eigh(np.cov(values.T).reshape(values.shape[1], -1))
        spread = vectors * np.sqrt(np.maximum(sizes, 0))
        along = self.constant / np.linalg.norm(self.constant)
        for _ in range(count):
            noise = rng.normal(size=self.slopes.shape) @ spread.T
            yield noise - np.outer(along, along @ noise)  # permuting keeps the mean


@dataclass(frozen=True, kw_only=True)
class Together:
    """Several independent inputs: their posteriors are independent too.

    What is expected of a product, given the outcomes, is then the product of what is
    expected of each factor. These come from each input's own bins; which outcomes meet is
    drawn by Sobol points, the same for every size of the study.
    """

    fit: Surface
    ranked: tuple[Ranked, ...]
    bins: tuple[Bins, ...]
    tables: tuple[Array, ...]
    binned: tuple[Array, ...]
    points: Array

    @classmethod
    def of(cls, fits: Regressions, names: Sequence[str], fit: Surface, seed: int) -> Together:
        """Of inputs that move, in the order of the fit."""
        from scipy.stats import qmc

        found = tuple(fits.ranked[name] for name in names)
        bins = tuple(binned(one) for one in found)
        pairs = zip(found, fit.tables, strict=True)
        tables = tuple(np.take(table, one.order, axis=0) for one, table in pairs)
        points = qmc.Sobol(len(names), scramble=True, rng=seed).random_base2(TOGETHER)
        return cls(
            fit=fit,
            ranked=found,
            bins=bins,
            tables=tables,
            binned=tuple(one.means(table) for one, table in zip(bins, tables, strict=True)),
            points=points,
        )

    def joint(self, samples: Sequence[Sample], n: int) -> Array:
        """Outcomes of a study of ``n`` cases."""
        tables = [self._expected(i, sample, sample.cases(n)) for i, sample in enumerate(samples)]
        return np.asarray(self.fit.basis_at(tables) / len(self.points))

    def _expected(self, i: int, sample: Sample, cases: int) -> Array:
        """Rows of an input's table, expected given the outcome at each point."""
        table, bins, at = self.tables[i], self.bins[i], self.points[:, i]
        if sample.kind == "exact":
            return np.take(table, (at * len(table)).astype(int), axis=0)
        if not cases:
            return np.broadcast_to(table.mean(axis=0), (len(at), table.shape[1]))
        likely = channel(sample, bins, cases).T
        chances = likely @ bins.weights
        chosen = np.searchsorted(np.cumsum(chances), at).clip(max=len(chances) - 1)
        expected = likely @ (bins.weights[:, None] * self.binned[i])
        return np.take(expected / np.maximum(chances, 1e-300)[:, None], chosen, axis=0)


def simulated(
    fits: Regressions, observed: Mapping[str, Sample], sizes: Sequence[int], seed: int
) -> Iterator[list[Array]]:
    """What a study of each size finds at each draw; a larger one adds cases to a smaller."""
    rng = np.random.default_rng(seed)
    seen = {name: (0, np.zeros(len(fits.values))) for name in observed}
    for size in sizes:
        outcomes = []
        for name, sample in observed.items():
            truth, (before, total) = fits.column(name), seen[name]
            cases = sample.cases(size)
            if sample.kind == "exact":
                outcomes.append(truth)
                continue
            if cases > before:
                total = total + _more(sample, truth, cases - before, rng)
                seen[name] = (cases, total)
            if cases and np.ptp(total) > 0:
                outcomes.append(total / cases)
        yield outcomes


def _more(sample: Sample, truth: Array, cases: int, rng: np.random.Generator) -> Array:
    """Sum over so many further cases."""
    if sample.kind == "rate":
        return rng.binomial(cases, truth).astype(float)
    return cases * truth + math.sqrt(cases) * sample.sd * rng.normal(size=len(truth))
