"""From an interval, and a middle where there is one, to the parameters of a family.

Every fit meets the ends that it is given, or is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from mlpdm_kit.analysis.uncertainty.families import Array, gamma_log_quantile
from mlpdm_kit.analysis.uncertainty.metalog import LINKS
from mlpdm_kit.case.shapes import MIDDLES, NARROW, coefficients
from mlpdm_kit.errors import InputError, refuse

MISS = 1e-7  # of the normal score of an end: far below what a draw could show


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a person said: two ends, the level between them, perhaps a middle."""

    low: float
    high: float
    level: float
    family: str
    middle: float = math.nan

    @property
    def upper(self) -> float:
        """Probability at the high end."""
        return (1 + self.level) / 2

    @property
    def z(self) -> float:
        """Normal score of the high end."""
        return float(special.ndtri(self.upper))

    def crosses(self) -> InputError:
        """The refusal of an interval that the family cannot hold."""
        return refuse(
            "interval-support", "low, high", f"{self.low}..{self.high}",
            family=self.family, low=self.low, high=self.high,
        )  # fmt: skip


def _lognormal(given: Given) -> tuple[float, ...]:
    if given.low <= 0:
        raise given.crosses()
    low, high = math.log(given.low), math.log(given.high)
    return (low + high) / 2, (high - low) / (2 * given.z)


def _exponential(given: Given) -> tuple[float, ...]:
    if given.low != 0:
        raise given.crosses()
    return (-given.high / math.log1p(-given.upper),)


def _normal(given: Given) -> tuple[float, ...]:
    half = (given.high - given.low) / 2
    return given.low + half, half / given.z


def _uniform(given: Given) -> tuple[float, ...]:
    beyond = (given.high - given.low) / given.level * (1 - given.level) / 2
    return given.low - beyond, given.high + beyond


def _gamma(given: Given) -> tuple[float, ...]:
    """Solve for the shape by the ratio of the two quantiles, which falls as it grows."""
    if given.low <= 0:
        raise given.crosses()
    shares = np.array([1 - given.upper, given.upper])
    wanted = math.log(given.high) - math.log(given.low)

    def miss(log_shape: float) -> float:
        ends = gamma_log_quantile(shares, math.exp(log_shape))
        return float(ends[1] - ends[0]) - wanted

    if wanted <= 0 or miss(-12.0) < 0 or miss(50.0) > 0:
        raise given.crosses()
    shape = math.exp(optimize.brentq(miss, -12.0, 50.0, xtol=1e-15, rtol=1e-15))
    log_scale = math.log(given.high) - float(gamma_log_quantile(given.upper, shape))
    if abs(log_scale) > 700:
        raise given.crosses()
    scale = given.high / float(special.gammaincinv(shape, given.upper) or math.nan)
    return shape, scale if math.isfinite(scale) else math.exp(log_scale)


def _beta(given: Given) -> tuple[float, ...]:
    low, high, upper = given.low, given.high, given.upper
    if low < 0 or high > 1:
        raise given.crosses()
    if low == 0 and high == 1:
        return 1.0, 1.0
    if low == 0:
        return 1.0, math.log1p(-upper) / math.log1p(-high)
    if high == 1:
        return math.log1p(-upper) / math.log(low), 1.0
    if low + high > 1:  # the mirror image keeps the digits of small parameters
        a, b = _beta_parameters(given, 1 - high, 1 - low)
        return b, a
    return _beta_parameters(given, low, high)


def _beta_parameters(given: Given, low: float, high: float) -> tuple[float, float]:
    """Solve I_low(a, b) = (1-level)/2 and I_high(a, b) = (1+level)/2.

    The unknowns are the mean's logit, in units of the interval's own width, and the
    logarithm of a + b; then those of a and of b; then a alone.
    """
    ends = special.logit([low, high])
    centre, sd = float(ends.mean()), float(ends[1] - ends[0]) / (2 * given.z)
    if ends[1] - ends[0] < NARROW:
        raise refuse("interval-narrow", "low, high", f"{given.low}..{given.high}")
    middle = float(special.expit(centre))
    total = max(1 / (sd**2 * middle * (1 - middle)), 0.5)
    wanted = special.ndtri([1 - given.upper, given.upper])

    def by_place(place: Array) -> tuple[float, float]:
        many = math.log(total) + float(np.clip(place[1], -40, 40))
        mean = centre + sd * float(place[0])
        both = np.exp(many + special.log_expit(np.array([mean, -mean])))
        return float(both[0]), float(both[1])

    def by_logs(logs: Array) -> tuple[float, float]:
        both = np.exp(np.clip(logs, -30, 40))
        return float(both[0]), float(both[1])

    def misses(at: Array, read: Callable[[Array], tuple[float, float]]) -> Array:
        a, b = read(at)
        shares = np.clip(special.betainc(a, b, [low, high]), 1e-300, 1 - 1e-16)
        return np.asarray(special.ndtri(shares) - wanted)

    logs = np.log([max(middle * total, 1e-3), max((1 - middle) * total, 1e-3)])
    for read, start in ((by_place, np.zeros(2)), (by_logs, logs)):
        for method in ("hybr", "lm"):
            found = optimize.root(misses, start, args=(read,), method=method, tol=1e-14).x
            if np.max(np.abs(misses(found, read))) < MISS:
                return read(found)
    return _by_one_parameter(given, low, high)


def _by_one_parameter(given: Given, low: float, high: float) -> tuple[float, float]:
    """The same for intervals that span orders of magnitude: a root in a alone.

    For each a there is one b that puts the upper end right.
    """
    upper = given.upper

    def miss(log_a: float) -> float:
        a = math.exp(log_a)
        return float(special.betainc(a, special.btdtrib(a, upper, high), low) - (1 - upper))

    try:
        log_a = optimize.brentq(miss, -12.0, 12.0, xtol=1e-13)
    except ValueError as error:
        raise given.crosses() from error
    a = math.exp(log_a)
    return a, float(special.btdtrib(a, upper, high))


def _between(given: Given) -> tuple[float, ...]:
    """PERT and triangular: the three points are the parameters."""
    return given.low, given.middle, given.high


def _metalog(given: Given) -> tuple[float, ...]:
    low, middle, high = given.low, given.middle, given.high
    share = given.family == "logit-metalog"
    if (given.family != "metalog" and low <= 0) or (share and high >= 1):
        raise given.crosses()
    least, most = MIDDLES[given.family](low, high, given.level)
    if not least < middle < most:
        code = "middle-infeasible" if least < most else "middle-none"
        said = f"{low}..{middle}..{high}"
        raise refuse(code, "middle", said, least=f"{least:.6g}", most=f"{most:.6g}")
    inwards = LINKS[given.family][1]
    points = [float(inwards(point)) for point in (low, middle, high)]
    return coefficients(points[0], points[1], points[2], given.level)


TWO_POINTS = {
    "lognormal": _lognormal,
    "normal": _normal,
    "beta": _beta,
    "gamma": _gamma,
    "uniform": _uniform,
    "exponential": _exponential,
}
THREE_POINTS = {
    "pert": _between,
    "triangular": _between,
    "metalog": _metalog,
    "log-metalog": _metalog,
    "logit-metalog": _metalog,
}
FITS: dict[str, Callable[[Given], tuple[float, ...]]] = {**TWO_POINTS, **THREE_POINTS}
