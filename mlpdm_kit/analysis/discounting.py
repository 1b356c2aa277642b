"""Discounting over months, continuous at a rate of zero."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.distributions import Array
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


def discounted_months(rate_per_year: ArrayLike, months: int, delay: ArrayLike = 0.0) -> Array:
    """Discounted number of months that are left after a delay.

    Parameters
    ----------
    rate_per_year : array, shape (draws,) or scalar
        Discount rate per year; compounded to months, money at the end of each month.
    months : int
        Horizon.
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
    monthly = np.expm1(np.log1p(np.asarray(rate_per_year, dtype=float)) / MONTHS_PER_YEAR)
    factors = discount_factors(monthly, months)
    late = np.clip(np.asarray(delay, dtype=float), 0.0, float(months))
    # the sum of the factors after the delay, interpolated within the month it ends in
    ahead = np.concatenate(
        [np.cumsum(factors[..., ::-1], axis=-1)[..., ::-1], np.zeros((*factors.shape[:-1], 1))],
        axis=-1,
    )
    whole = np.minimum(np.floor(late), months - 1).astype(int)
    part = late - whole
    if ahead.ndim == 1:
        return np.asarray((1 - part) * ahead[whole] + part * ahead[whole + 1])
    rows = np.arange(ahead.shape[0])
    whole, part = np.broadcast_to(whole, rows.shape), np.broadcast_to(part, rows.shape)
    return np.asarray((1 - part) * ahead[rows, whole] + part * ahead[rows, whole + 1])
