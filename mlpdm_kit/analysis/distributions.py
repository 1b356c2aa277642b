"""Distributions from the intervals that people give.

The family follows from the support unless it is named: an amount is lognormal, a share is
beta, a quantity that may be negative is normal. A range that starts at 0 (or, for a share,
ends at 1) is one-sided: its other end is met, and the density is highest at the bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from mlpdm_kit.errors import refuse

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Distribution:
    """A distribution of one uncertain input.

    Parameters
    ----------
    family : str
        ``lognormal`` (mu, sigma of the logarithm), ``normal`` (mean, sd), ``beta`` (a, b),
        ``uniform`` (low, high), ``exponential`` (mean) or ``point`` (value).
    parameters : tuple of float
        In the order above.

    Examples
    --------
    >>> Distribution("beta", (2, 3)).mean
    0.4
    >>> Distribution("normal", (0, 1)).quantile(0.5)
    0.0
    """

    family: str
    parameters: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Expectation."""
        return float(_FAMILIES[self.family].mean(*self.parameters))

    @property
    def sd(self) -> float:
        """Standard deviation."""
        return float(_FAMILIES[self.family].sd(*self.parameters))

    def quantile(self, p: ArrayLike) -> Any:
        """Value below which a share ``p`` of the probability lies; a float for a float."""
        share = np.asarray(p, dtype=float)
        if np.any(~((share >= 0) & (share <= 1))):
            raise refuse("number-range", "p", p, range="[0, 1]")
        found = np.asarray(_FAMILIES[self.family].quantile(share, *self.parameters), dtype=float)
        return float(found) if found.ndim == 0 else found

    @cached_property
    def is_point(self) -> bool:
        """Whether it is one value."""
        return self.family == "point"


@dataclass(frozen=True, kw_only=True)
class Family:
    """What a distribution family can do."""

    mean: Callable[..., float]
    sd: Callable[..., float]
    quantile: Callable[..., Any]


def _beta_sd(a: float, b: float) -> float:
    return math.sqrt(a * b / (a + b + 1)) / (a + b)


_FAMILIES = {
    "lognormal": Family(
        mean=lambda mu, sigma: math.exp(mu + sigma**2 / 2),
        sd=lambda mu, sigma: math.exp(mu + sigma**2 / 2) * math.sqrt(math.expm1(sigma**2)),
        quantile=lambda p, mu, sigma: np.exp(mu + sigma * special.ndtri(p)),
    ),
    "normal": Family(
        mean=lambda mean, sd: mean,
        sd=lambda mean, sd: sd,
        quantile=lambda p, mean, sd: mean + sd * special.ndtri(p),
    ),
    "beta": Family(
        mean=lambda a, b: a / (a + b),
        sd=_beta_sd,
        quantile=lambda p, a, b: special.betaincinv(a, b, p),
    ),
    "uniform": Family(
        mean=lambda low, high: (low + high) / 2,
        sd=lambda low, high: (high - low) / math.sqrt(12),
        quantile=lambda p, low, high: low + (high - low) * p,
    ),
    "exponential": Family(
        mean=lambda mean: mean,
        sd=lambda mean: mean,
        quantile=lambda p, mean: -mean * np.log1p(-p),
    ),
    "point": Family(
        mean=lambda value: value,
        sd=lambda value: 0.0,
        quantile=lambda p, value: np.full(np.shape(p), value),
    ),
}


def from_interval(
    low: float, high: float, level: float = 0.9, family: str | None = None
) -> Distribution:
    """Distribution whose central interval of the given level is ``low`` to ``high``.

    Parameters
    ----------
    low, high : float
        Ends of the interval; equal for a point.
    level : float
        Probability between them, in (0, 1).
    family : str, optional
        ``lognormal``, ``normal``, ``beta`` or ``uniform``. By default lognormal for a
        positive interval, normal for one that begins below zero.

    Raises
    ------
    InputError
        Not finite, reversed, or beyond the support of the family.

    Notes
    -----
    With z the normal quantile of (1 + level)/2: lognormal has mu = (ln low + ln high)/2
    and sigma = (ln high - ln low)/(2z); normal likewise without logarithms. The beta's two
    parameters solve its two quantile equations. An interval that begins at 0 gives the
    exponential, and for a share the beta with a = 1 (b = 1 where it ends at 1), whose
    quantile at (1 + level)/2 is the other end.

    Examples
    --------
    >>> d = from_interval(5, 10)
    >>> d.family, round(d.mean, 4), round(d.quantile(0.95), 10)
    ('lognormal', 7.2298, 10.0)
    >>> [round(p, 3) for p in from_interval(0.1, 0.3, family="beta").parameters]
    [7.72, 32.651]
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        raise refuse("array", "low, high", f"{low}, {high}", shape="two numbers")
    if low > high:
        raise refuse("range-reversed", "low, high", f"{low}..{high}", low=low, high=high)
    if not 0 < level < 1:
        raise refuse("number-range", "level", level, range="(0, 1)")
    if low == high:
        return Distribution("point", (float(low),))
    family = family or ("lognormal" if low >= 0 else "normal")
    if family not in _FITS:
        raise refuse("not-one-of", "family", family, known=", ".join(_FITS))
    return _FITS[family](float(low), float(high), level)


def _fit_lognormal(low: float, high: float, level: float) -> Distribution:
    if low < 0:
        raise refuse("interval-support", "low", low, family="lognormal", low=low, high=high)
    if low == 0:
        return Distribution("exponential", (-high / math.log1p(-(1 + level) / 2),))
    z = special.ndtri((1 + level) / 2)
    mu, width = (math.log(low) + math.log(high)) / 2, math.log(high) - math.log(low)
    return Distribution("lognormal", (mu, width / (2 * z)))


def _fit_normal(low: float, high: float, level: float) -> Distribution:
    z = special.ndtri((1 + level) / 2)
    return Distribution("normal", ((low + high) / 2, (high - low) / (2 * z)))


def _fit_uniform(low: float, high: float, level: float) -> Distribution:
    beyond = (high - low) / level * (1 - level) / 2
    return Distribution("uniform", (low - beyond, high + beyond))


def _fit_beta(low: float, high: float, level: float) -> Distribution:
    if low < 0 or high > 1:
        raise refuse("interval-support", "low, high", low, family="beta", low=low, high=high)
    upper = (1 + level) / 2
    if low == 0 and high == 1:
        return Distribution("beta", (1.0, 1.0))
    if low == 0:
        return Distribution("beta", (1.0, math.log1p(-upper) / math.log1p(-high)))
    if high == 1:
        return Distribution("beta", (math.log1p(-upper) / math.log(low), 1.0))
    if low + high > 1:  # the mirror image keeps the digits of small parameters
        a, b = _beta_parameters(1 - high, 1 - low, level)
        return Distribution("beta", (b, a))
    return Distribution("beta", _beta_parameters(low, high, level))


def _beta_parameters(low: float, high: float, level: float) -> tuple[float, float]:
    """Solve I_low(a, b) = (1-level)/2 and I_high(a, b) = (1+level)/2 in logits and logs."""
    z = special.ndtri((1 + level) / 2)
    ends = special.logit([low, high])
    middle = float(special.expit(ends.mean()))
    sd = float(ends[1] - ends[0]) / (2 * z)
    total = max(1 / (sd**2 * middle * (1 - middle)), 0.5)
    start = np.log([max(middle * total, 1e-3), max((1 - middle) * total, 1e-3)])
    wanted = special.ndtri([(1 - level) / 2, (1 + level) / 2])

    def misses(logs: Array) -> Array:
        a, b = np.exp(np.clip(logs, -30, 40))
        shares = np.clip(special.betainc(a, b, [low, high]), 1e-300, 1 - 1e-16)
        return np.asarray(special.ndtri(shares) - wanted)

    for method in ("hybr", "lm"):
        solved = optimize.root(misses, start, method=method, tol=1e-14)
        if np.max(np.abs(misses(solved.x))) < 1e-7:
            a, b = np.exp(solved.x)
            return float(a), float(b)
    return _by_one_parameter(low, high, level)


def _by_one_parameter(low: float, high: float, level: float) -> tuple[float, float]:
    """The same for intervals that span orders of magnitude: a root in a alone.

    For each a there is one b that puts the upper end right.
    """
    upper, lower = (1 + level) / 2, (1 - level) / 2

    def miss(log_a: float) -> float:
        a = math.exp(log_a)
        return float(special.betainc(a, special.btdtrib(a, upper, high), low) - lower)

    try:
        log_a = optimize.brentq(miss, -12.0, 12.0, xtol=1e-13)
    except ValueError as error:
        raise refuse(
            "interval-support", "low, high", f"{low}..{high}", family="beta", low=low, high=high
        ) from error
    a = math.exp(log_a)
    return a, float(special.btdtrib(a, upper, high))


_FITS = {
    "lognormal": _fit_lognormal,
    "normal": _fit_normal,
    "beta": _fit_beta,
    "uniform": _fit_uniform,
}


def lognormal_from_moments(mean: float, sd: float) -> Distribution:
    """Lognormal with this mean and standard deviation; a point where sd is 0.

    Examples
    --------
    >>> d = lognormal_from_moments(3.0, 0.5)
    >>> round(d.mean, 12), round(d.sd, 12)
    (3.0, 0.5)
    """
    if sd <= 0 or mean <= 0:
        return Distribution("point", (float(max(mean, 0.0)),))
    variance = math.log1p((sd / mean) ** 2)
    return Distribution("lognormal", (math.log(mean) - variance / 2, math.sqrt(variance)))
