"""Where an input would have to be for the choice to change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution

STEPS = 24
REACH = 100.0


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
    by bisection between two neighbouring grid points that choose differently. The option
    is chosen over all draws; at the mean of one input another may be best. Then the range
    in which it is best lies to one side, and its ends are given all the same.

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
    ends = (_grid(mean, low_end, dimension), [mean], _grid(mean, high_end, dimension))
    grid = np.unique(np.concatenate(ends))
    chosen = np.array([int(np.argmax(expected(float(value)))) == best for value in grid])
    if not chosen.any():
        return None, None
    inside = np.flatnonzero(chosen)
    first = last = int(inside[np.argmin(np.abs(inside - np.searchsorted(grid, mean)))])
    while first > 0 and chosen[first - 1]:
        first -= 1
    while last < len(grid) - 1 and chosen[last + 1]:
        last += 1

    def edge(index: int, beyond: int) -> Crossing | None:
        if not 0 <= beyond < len(grid):
            return None
        return _bisect(expected, best, float(grid[index]), float(grid[beyond]))

    return edge(first, first - 1), edge(last, last + 1)


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


def _bisect(expected: Expected, best: int, inside: float, outside: float) -> Crossing:
    for _ in range(40):
        middle = (inside + outside) / 2
        if int(np.argmax(expected(middle))) == best:
            inside = middle
        else:
            outside = middle
        if abs(outside - inside) <= 1e-6 * max(abs(outside), 1e-12):
            break
    return Crossing(value=outside, option=int(np.argmax(expected(outside))))
