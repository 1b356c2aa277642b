"""Discounting over months, continuous at a rate of zero."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.errors import refuse

MONTHS_PER_YEAR = 12


def discount_factors(rate: ArrayLike, periods: int, *, timing: str = "end") -> Array:
    """What one unit of money in each period is worth today.

    Parameters
    ----------
    rate : float or array
        Rate per period; above -1.
    periods : int
        Number of periods.
    timing : {"end", "mid"}
        Whether money flows at the end or in the middle of each period.

    Returns
    -------
    array, shape (..., periods)
        (1 + rate)^-t with t = 1, 2, ... or 0.5, 1.5, ...

    Examples
    --------
    >>> round(float(discount_factors(0.10, 5).sum()), 10)
    3.7907867694
    """
    when = {"end": 1.0, "mid": 0.5}.get(timing)
    if when is None:
        raise refuse("not-one-of", "timing", timing, known="end, mid")
    base = np.asarray(rate, dtype=float)[..., np.newaxis]
    if np.any(base <= -1):
        raise refuse("number-range", "rate", float(np.min(base)), range="above -1")
    return np.asarray((1 + base) ** -(np.arange(periods) + when))


def annuity(rate: ArrayLike, periods: int, *, timing: str = "end") -> Array:
    """Worth today of one unit of money in each period.

    Examples
    --------
    >>> round(float(annuity(0.10, 5, timing="mid")), 10), float(annuity(0, 5))
    (3.9758107053, 5.0)
    """
    return np.asarray(discount_factors(rate, periods, timing=timing).sum(axis=-1))


def discounted_months(rate_per_year: ArrayLike, months: float, delay: ArrayLike = 0.0) -> Array:
    """Discounted number of months that are left after a delay.

    Parameters
    ----------
    rate_per_year : array, shape (draws,) or scalar
        Discount rate per year; compounded to months, money at the end of each month.
    months : float
        Horizon; of a month that it cuts only that part counts.
    delay : array, shape (draws,) or scalar
        Months until the option is at work; a month that it meets half is half there.

    Returns
    -------
    array, shape (draws,)

    Examples
    --------
    >>> float(discounted_months(0.0, 24, 3.5))
    20.5
    """
    log_factor = -np.log1p(np.asarray(rate_per_year, dtype=float)) / MONTHS_PER_YEAR
    late = np.clip(np.asarray(delay, dtype=float), 0.0, float(months))
    return np.asarray(_until(log_factor, np.asarray(float(months))) - _until(log_factor, late))


def _until(log_factor: Array, month: Array) -> Array:
    """Sum of the factors of the months up to a point in time, a part of a month in part."""
    whole = np.floor(month)
    steep = np.abs(log_factor) > 1e-14
    safe = np.where(steep, log_factor, -1.0)
    # a geometric series, and its limit where nothing is discounted
    series = np.where(
        steep, np.exp(safe) * np.expm1(whole * safe) / np.expm1(safe), whole + 0 * safe
    )
    return np.asarray(series + (month - whole) * np.exp((whole + 1) * log_factor))
