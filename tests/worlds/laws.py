"""Laws of uncertain inputs: what is stated, what is believed, what is true.

Written without the kit, after the words of its case files: a range holds the truth nine
times out of ten, an amount is lognormal, a share is beta.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

Z = float(special.ndtri(0.95))
OVERCONFIDENCE = 2.177  # by how much too narrow untrained people's 90% ranges are


@dataclass(frozen=True)
class Law:
    """A point, a lognormal (mu, sigma of the logarithm), a beta (a, b), or even from 0 to 1."""

    family: str
    first: float
    second: float = 0.0

    def quantile(self, p: Any) -> Any:
        if self.family == "point":
            return np.full(np.shape(p), self.first)
        if self.family == "uniform":
            return np.asarray(p, dtype=float)
        if self.family == "beta":
            return special.betaincinv(self.first, self.second, p)
        return np.exp(self.first + self.second * special.ndtri(p))

    def draw(self, rng: np.random.Generator, size: int) -> np.ndarray:
        if self.family == "point":
            return np.full(size, self.first)
        if self.family == "uniform":
            return rng.random(size)
        if self.family == "beta":
            return rng.beta(self.first, self.second, size)
        return np.exp(self.first + self.second * rng.standard_normal(size))

    @property
    def mean(self) -> float:
        if self.family == "point":
            return self.first
        if self.family == "uniform":
            return 0.5
        if self.family == "beta":
            return self.first / (self.first + self.second)
        return math.exp(self.first + self.second**2 / 2)

    @property
    def ends(self) -> tuple[float, float]:
        low, high = self.quantile(np.array([0.05, 0.95]))
        return float(low), float(high)

    @property
    def middle(self) -> float:
        """Halfway between the ends: what somebody without a computer takes."""
        return sum(self.ends) / 2

    def narrowed(self, factor: float) -> Law:
        """The same centre, with a spread that is smaller by a factor."""
        if self.family == "lognormal":
            return Law("lognormal", self.first, self.second / factor)
        if self.family == "beta":
            total = (self.first + self.second + 1) * factor**2 - 1
            share = self.first / (self.first + self.second)
            return Law("beta", share * total, (1 - share) * total)
        return self

    def said(self, unit: str) -> str:
        """As a case file says it."""
        low, high = self.ends
        ends = f"{low:.10g}" if self.family == "point" else f"{low:.10g}..{high:.10g}"
        return f"{ends} {unit}".strip()


def point(value: float) -> Law:
    return Law("point", value)


def amount(median: float, sigma: float) -> Law:
    return Law("lognormal", math.log(median), sigma)


def share(mean: float, count: float) -> Law:
    """A share of this mean, as sure as ``count`` cases would make it."""
    return Law("beta", max(mean * count, 0.6), max((1 - mean) * count, 0.6))


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """Evenly between two magnitudes."""
    return float(np.exp(rng.uniform(math.log(low), math.log(high))))
