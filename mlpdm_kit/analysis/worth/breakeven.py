"""Where an input would have to be for the choice to change.

The expected net benefit of an option is straight, or nearly so, along most inputs: a cost,
a rate, a volume. So a stretch of the way is halved only where that can matter, which takes a
fifth of the evaluations of a whole grid and finds the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution

STEPS = 24
REACH = 100.0
SURE = 4.0  # a lead so many times the bend of the way cannot be lost between its ends
STRAIGHT = 1e-9
CLOSE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """At ``value`` the option with index ``option`` overtakes the chosen one."""

    value: float
    option: int


Expected = Callable[[float], Array]


def crossings(
    expected: Expected, best: int, now: Distribution, dimension: str, months: float
) -> tuple[Crossing | None, Crossing | None]:
    """Nearest values below and above the mean at which another option becomes best.

    Parameters
    ----------
    expected : callable
        Expected net benefit of each option with the input fixed at a value.
    best : int
        Index of the chosen option.
    now : Distribution
        What is believed of the input.
    dimension : str
        A share is searched in [0, 1], a duration within the horizon, anything else from a
        hundredth to a hundred times its mean.
    months : float
        Horizon.

    Notes
    -----
    The root of the expected difference between the chosen option and the best other one,
    between two neighbouring points of a grid that choose differently. The option is chosen
    over all draws; at the mean of one input another may be best. Then the range in which it
    is best lies to one side, and its ends are given all the same.

    Along a stretch, with the expectations at its ends and its middle known, an option's way
    bends by at most twice what its middle lies off the chord, if it bends one way only. The
    stretch holds no change where the lead of the chosen option at its ends is more than what
    both may bend (and that taken twice, for ways that bend both ways); any other is halved,
    down to the grid.

    Examples
    --------
    >>> from mlpdm_kit.analysis.uncertainty.distributions import from_interval
    >>> below, above = crossings(
    ...     lambda x: np.array([x, 100.0]), 0, from_interval(150, 160), "money", 12
    ... )
    >>> round(below.value, 3), below.option, above
    (100.0, 1, None)
    """
    mean = now.mean
    if not np.isfinite(mean):
        return None, None
    low_end, high_end = _ends(mean, dimension, months)
    below = [mean, *_grid(mean, low_end, dimension)]
    above = [mean, *_grid(mean, high_end, dimension)]
    way = _Way(expected, best)
    if way.chosen(mean):
        return way.first_change(below), way.first_change(above)
    return _beside(way, np.unique([*below, *above]), mean)


def _beside(way: _Way, grid: Array, mean: float) -> tuple[Crossing | None, Crossing | None]:
    """Ends of the range nearest to the mean in which the option is best."""
    chosen = np.array([way.chosen(float(value)) for value in grid])
    if not chosen.any():
        return None, None
    inside = np.flatnonzero(chosen)
    first = last = int(inside[np.argmin(np.abs(inside - np.searchsorted(grid, mean)))])
    while first > 0 and chosen[first - 1]:
        first -= 1
    while last < len(grid) - 1 and chosen[last + 1]:
        last += 1
    below = way.root(grid[first], grid[first - 1]) if first > 0 else None
    above = way.root(grid[last], grid[last + 1]) if last < len(grid) - 1 else None
    return below, above


@dataclass(frozen=True)
class _Way:
    """The expectations along one input; none is computed twice."""

    expected: Expected
    best: int
    known: dict[float, Array] = field(default_factory=dict)

    def at(self, value: float) -> Array:
        found = self.known.get(value)
        if found is None:
            found = self.known[value] = np.asarray(self.expected(value))
        return found

    def chosen(self, value: float) -> bool:
        return int(np.argmax(self.at(value))) == self.best

    def first_change(self, points: list[float]) -> Crossing | None:
        """The first change on the way from the first point, where the option is best."""
        if len(points) < 2:
            return None
        start, end = float(points[0]), float(points[-1])
        if len(points) == 2:
            return None if self.chosen(end) else self.root(start, end)
        half = len(points) // 2
        middle = float(points[half])
        bend = self._bend(start, middle, end)
        if self._sure(start, end, bend):
            return None
        if np.all(bend == 0) and not self.chosen(end):
            return self._straight(start, end)
        if self.chosen(middle):
            return self.first_change(points[: half + 1]) or self.first_change(points[half:])
        return self.first_change(points[: half + 1])

    def _bend(self, start: float, middle: float, end: float) -> Array:
        """How far the middle lies off the chord, for each option; rounding is none."""
        part = (middle - start) / (end - start)
        first, between, last = self.at(start), self.at(middle), self.at(end)
        off = np.abs(between - (first + part * (last - first)))
        size = np.maximum(np.maximum(np.abs(first), np.abs(last)), np.abs(between))
        return np.where(off <= STRAIGHT * size, 0.0, off)

    def _sure(self, start: float, end: float, bend: Array) -> bool:
        if not self.chosen(end):
            return False
        others = np.arange(len(bend)) != self.best
        may = SURE * (bend + bend[self.best])[others]
        leads = [(self.at(x)[self.best] - self.at(x))[others] for x in (start, end)]
        return bool(np.all(np.minimum(*leads) >= may))

    def _straight(self, start: float, end: float) -> Crossing:
        """The first option that overtakes, where all go straight."""
        first = self.at(start)[self.best] - self.at(start)
        lost = first - (self.at(end)[self.best] - self.at(end))
        over = np.flatnonzero((first - lost <= 0) & (lost > 0))
        if not len(over):  # level all the way, and rounding tells which is taken
            return Crossing(value=end, option=int(np.argmax(self.at(end))))
        parts = first[over] / lost[over]
        value = start + float(parts.min()) * (end - start)
        return Crossing(value=value, option=int(over[np.argmin(parts)]))

    def root(self, inside: float, outside: float) -> Crossing:
        """The change between two points, of which one is in the range and one is not."""
        from scipy.optimize import brentq

        def lead(value: float) -> float:
            found = self.at(value)
            return float(found[self.best] - np.delete(found, self.best).max())

        inside, outside = float(inside), float(outside)
        if lead(inside) == 0:
            value = inside
        else:
            near = CLOSE * max(abs(inside), abs(outside))
            value = float(brentq(lead, inside, outside, xtol=max(near * 1e-3, 1e-300), rtol=CLOSE))
        others = self.at(value).copy()
        others[self.best] = -np.inf
        return Crossing(value=value, option=int(np.argmax(others)))


def _ends(mean: float, dimension: str, months: float) -> tuple[float, float]:
    if dimension == "share":
        return 0.0, 1.0
    if dimension == "months":
        return 0.0, months
    if dimension == "rate/year":
        return min(0.0, mean), max(1.0, mean)
    if mean == 0:
        return 0.0, 0.0
    return mean / REACH, mean * REACH


def _grid(mean: float, end: float, dimension: str) -> Array:
    if end == mean:
        return np.array([])
    if mean <= 0 or dimension == "months":
        return np.linspace(mean, end, STEPS + 1)[1:]
    if dimension in ("share", "rate/year"):
        # fine near the mean, and reaching the end
        near = mean + (end - mean) * np.linspace(0, 1, STEPS + 1)[1:] ** 2
        return np.asarray(near)
    return np.geomspace(mean, end, STEPS + 1)[1:]
