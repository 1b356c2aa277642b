"""Distributions from the intervals that people give.

The family follows from the support unless it is named: an amount is lognormal, a share is
beta, a quantity that may be negative is normal, and three points are a metalog. A range
that starts at 0 (or, for a share, ends at 1) is one-sided: its other end is met, and the
density is highest at the bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from mlpdm_kit.analysis.uncertainty.families import FAMILIES
from mlpdm_kit.analysis.uncertainty.fitting import FITS, THREE_POINTS, Given
from mlpdm_kit.errors import refuse

Array = NDArray[np.float64]

_NODES = np.linspace(-9.0, 9.0, 4_001)  # normal scores, for means that have no closed form


@dataclass(frozen=True)
class Distribution:
    """A distribution of one uncertain input.

    Parameters
    ----------
    family : str
        ``lognormal`` (mu, sigma of the logarithm), ``normal`` (mean, sd), ``beta`` (a, b),
        ``gamma`` (shape, scale), ``pert`` and ``triangular`` (least, mode, most),
        ``metalog`` (a1, a2, a3, and by how much it is widened; ``log-metalog`` on
        logarithms, ``logit-metalog`` on logits), ``uniform`` (low, high), ``exponential``
        (mean) or ``point`` (value).
    parameters : tuple of float
        In the order above.
    spread : float
        How much wider it is than the family with these parameters, in normal scores; see
        `widened`.

    Examples
    --------
    >>> Distribution("beta", (2, 3)).mean
    0.4
    >>> Distribution("normal", (0, 1)).quantile(0.5)
    0.0
    >>> Distribution("triangular", (0, 1, 3)).cdf([1, 3]).round(3).tolist()
    [0.333, 1.0]
    """

    family: str
    parameters: tuple[float, ...]
    spread: float = 1.0

    @cached_property
    def mean(self) -> float:
        """Expectation; infinite where the tail leaves none."""
        if self.spread == 1:
            return float(FAMILIES[self.family].mean(*self.parameters))
        return self._average(self._at_scores(_NODES))

    @cached_property
    def sd(self) -> float:
        """Standard deviation; infinite where the tail leaves none."""
        if self.spread == 1:
            return float(FAMILIES[self.family].sd(*self.parameters))
        return math.sqrt(self._average((self._at_scores(_NODES) - self.mean) ** 2))

    def quantile(self, p: ArrayLike) -> Any:
        """Value below which a share ``p`` of the probability lies; a float for a float."""
        share = np.asarray(p, dtype=float)
        if np.any(~((share >= 0) & (share <= 1))):
            raise refuse("number-range", "p", p, range="[0, 1]")
        if self.spread == 1:
            found = FAMILIES[self.family].quantile(share, *self.parameters)
        else:
            found = self._at_scores(special.ndtri(share))
        return _plain(found)

    def cdf(self, x: ArrayLike) -> Any:
        """Share of the probability that lies at ``x`` or below; a float for a float."""
        value = np.asarray(x, dtype=float)
        if np.any(np.isnan(value)):
            raise refuse("array", "x", x, shape="any")
        family = FAMILIES[self.family]
        share = family.cdf(value, *self.parameters)
        if self.spread != 1:  # each half from its own tail, which keeps its digits
            above = family.above(value, *self.parameters)
            score = np.where(share <= 0.5, special.ndtri(share), -special.ndtri(above))
            share = special.ndtr(score / self.spread)
        return _plain(share)

    @cached_property
    def is_point(self) -> bool:
        """Whether it is one value."""
        return self.family == "point"

    def _at_scores(self, z: Any) -> Any:
        """Quantiles at normal scores, widened."""
        family, wide = FAMILIES[self.family], self.spread * np.asarray(z)
        lower = family.quantile(special.ndtr(np.minimum(wide, 0.0)), *self.parameters)
        upper = family.upper(special.ndtr(-np.maximum(wide, 0.0)), *self.parameters)
        return np.where(wide <= 0, lower, upper)

    def _average(self, values: Array) -> float:
        """Mean over the standard normal, by the trapezoid rule."""
        weight = np.exp(-(_NODES**2) / 2)
        return float((values * weight).sum() / weight.sum())


def _plain(found: Any) -> Any:
    found = np.asarray(found, dtype=float)
    return float(found) if found.ndim == 0 else found


def from_interval(
    low: float,
    high: float,
    level: float = 0.9,
    family: str | None = None,
    *,
    middle: float | None = None,
) -> Distribution:
    """Distribution whose central interval of the given level is ``low`` to ``high``.

    Parameters
    ----------
    low, high : float
        Ends of the interval; equal for a point. For ``pert`` and ``triangular`` they are
        the least and the most that there can be, whatever the level.
    level : float
        Probability between them, in (0, 1).
    family : str, optional
        ``lognormal``, ``normal``, ``beta``, ``gamma``, ``uniform``, ``exponential`` (from 0
        only); with a middle ``metalog``, ``log-metalog``, ``logit-metalog``, ``pert`` or
        ``triangular``. By default lognormal for a positive interval, exponential for one
        from 0, normal for one that begins below zero; with a middle the metalog: on
        logarithms for a positive interval, unbounded for one that begins below zero.
    middle : float, optional
        The median for a metalog; the mode for ``pert`` and ``triangular``.

    Raises
    ------
    InputError
        Not finite, reversed, or beyond the support of the family; a middle that is missing,
        out of order, not for this family, or through which no metalog runs that has a
        density and an expectation.

    Notes
    -----
    With z the normal quantile of (1 + level)/2: lognormal has mu = (ln low + ln high)/2
    and sigma = (ln high - ln low)/(2z); normal likewise without logarithms. The beta's and
    the gamma's two parameters solve their two quantile equations. An interval that begins
    at 0 gives the exponential, and for a share the beta with a = 1 (b = 1 where it ends at
    1), whose quantile at (1 + level)/2 is the other end. A PERT is the beta with
    a = 1 + 4 (mode - low)/(high - low) and b = 1 + 4 (high - mode)/(high - low), scaled to
    its ends (Malcolm et al. 1959). The metalog is that of three terms through a symmetric
    triplet of percentiles (Keelin 2016), see `mlpdm_kit.case.shapes`.

    Examples
    --------
    >>> d = from_interval(5, 10)
    >>> d.family, round(d.mean, 4), round(d.quantile(0.95), 10)
    ('lognormal', 7.2298, 10.0)
    >>> [round(p, 3) for p in from_interval(0.1, 0.3, family="beta").parameters]
    [7.72, 32.651]
    >>> d = from_interval(5, 12, 0.8, middle=7)
    >>> d.family, [round(d.quantile(p), 10) for p in (0.1, 0.5, 0.9)]
    ('log-metalog', [5.0, 7.0, 12.0])
    """
    points = (low, high) if middle is None else (low, middle, high)
    if not all(math.isfinite(point) for point in points):
        said = ", ".join(str(point) for point in points)
        raise refuse("array", "low, high", said, shape="two or three numbers")
    if low > high:
        raise refuse("range-reversed", "low, high", f"{low}..{high}", low=low, high=high)
    if not 0 < level < 1:
        raise refuse("number-range", "level", level, range="(0, 1)")
    if middle is not None and not low <= middle <= high:
        raise refuse("points-order", "middle", f"{low}..{middle}..{high}")
    family = family or _by_default(low, middle is not None)
    if family not in FITS:
        raise refuse("not-one-of", "family", family, known=list(FITS))
    if (family in THREE_POINTS) != (middle is not None):
        code = "middle-needed" if middle is None else "middle-not-for"
        raise refuse(code, "middle", f"{low}..{high}", family=family, example="5..7..12")
    if low == high:
        return Distribution("point", (float(low),))
    given = Given(
        low=float(low),
        high=float(high),
        level=float(level),
        family=family,
        middle=math.nan if middle is None else float(middle),
    )
    return Distribution(family, FITS[family](given))


def _by_default(low: float, three: bool) -> str:
    """The family that the support asks for."""
    if three:
        return "log-metalog" if low >= 0 else "metalog"
    return "normal" if low < 0 else "exponential" if low == 0 else "lognormal"


def widened(distribution: Distribution, factor: float) -> Distribution:
    """What the same person would have meant with ``factor`` times the spread.

    Parameters
    ----------
    distribution : Distribution
        What was meant; its median stays.
    factor : float
        How much wider; 2.177 makes a 90% interval one that holds 55%.

    Returns
    -------
    Distribution
        Its quantile at p is the old one at Phi(factor Phi^-1(p)), which stays within the
        support. For the lognormal and the normal that is sigma times the factor. A metalog
        is widened in log odds instead, by the factor that leaves the old 90% interval the
        same share: by normal scores its tail would grow so fast that no mean were left.

    Raises
    ------
    InputError
        The factor is not a positive number.

    Notes
    -----
    Hubbard (2014, "How to Measure Anything"): ranges that untrained people call 90% hold
    the truth about 55% of the time, and z(0.95)/z(0.775) = 2.177.

    Examples
    --------
    >>> narrow = from_interval(5, 10)
    >>> wide = widened(narrow, 2.177)
    >>> round(wide.cdf(10) - wide.cdf(5), 3), round(wide.quantile(0.5), 3)
    (0.55, 7.071)
    """
    if not (math.isfinite(factor) and factor > 0):
        raise refuse("number-range", "factor", factor, range="(0, inf)")
    first, *rest = distribution.parameters
    if distribution.is_point:
        return distribution
    if distribution.family in ("lognormal", "normal"):
        return replace(distribution, parameters=(first, rest[0] * factor))
    if distribution.family.endswith("metalog"):
        held = special.ndtr(special.ndtri(0.95) / factor)
        times = float(special.logit(0.95) / special.logit(held))
        wide = times * (rest[2] if len(rest) > 2 else 1.0)
        return replace(distribution, parameters=(first, rest[0], rest[1], wide))
    return replace(distribution, spread=distribution.spread * factor)


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
