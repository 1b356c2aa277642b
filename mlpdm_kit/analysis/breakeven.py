"""Where an input would have to be for the choice to change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlpdm_kit.analysis.distributions import Array, Distribution

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
    by bisection between the first two grid points that choose differently.
    """
    mean = now.mean
    if not np.isfinite(mean) or int(np.argmax(expected(mean))) != best:
        return None, None
    low_end, high_end = _ends(mean, dimension, months)
    return (
        _first(expected, best, mean, _grid(mean, low_end, dimension)),
        _first(expected, best, mean, _grid(mean, high_end, dimension)),
    )


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


def _first(expected: Expected, best: int, mean: float, grid: Array) -> Crossing | None:
    inside = mean
    for value in grid:
        if int(np.argmax(expected(float(value)))) != best:
            return _bisect(expected, best, inside, float(value))
        inside = float(value)
    return None


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
