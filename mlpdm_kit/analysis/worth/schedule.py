"""Money over the months: when an option is at work, on how much, and how good it still is.

A month of the horizon counts with its discount factor, money at its end. In it an option
works for the part that lies after its delay; on a share of the cases that rises to its
adoption over the ramp; on a volume that grows; and with errors that have grown since it
was last trained. `Months` holds the sums over the horizon that net benefit needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.worth.discounting import MONTHS_PER_YEAR, discounted_months

Draws = Mapping[str, Array]
RETRAINING = (1.0, 3.0, 6.0, 12.0, 24.0)  # months between two trainings that are tried

_ZERO = np.zeros(1)


def _none() -> Array:
    return _ZERO


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How an option comes into use and how it ages, by draw.

    ``delay`` and ``ramp`` in months, ``growth`` of the volume and ``drift`` of the errors
    per year, ``discount`` per year, ``retrain_every`` months or never.
    """

    discount: Array
    delay: Array = field(default_factory=_none)
    ramp: Array = field(default_factory=_none)
    growth: Array = field(default_factory=_none)
    drift: Array = field(default_factory=_none)
    retrain_every: float | None = None

    @property
    def is_even(self) -> bool:
        """Whether each month of use is like any other."""
        return not (self.ramp.any() or self.growth.any() or self.drift.any())


@dataclass(frozen=True, kw_only=True)
class Months:
    """Sums over the horizon, by draw.

    ``at_work`` discounted months after the delay; ``used`` the same weighted by ramp and
    growth of the volume; ``errors`` how many times as many errors there are on average as
    when freshly trained; ``trainings`` discounted number of retrainings.
    """

    at_work: Array
    used: Array
    errors: Array
    trainings: Array


def over(months: float, pace: Pace) -> Months:
    """The sums for an option over so many months.

    Examples
    --------
    >>> found = over(24, Pace(discount=np.zeros(1), delay=np.array([3.5])))
    >>> float(found.at_work[0]), float(found.used[0]), float(found.errors[0])
    (20.5, 20.5, 1.0)
    >>> ramped = over(24, Pace(discount=np.zeros(1), ramp=np.array([12.0])))
    >>> float(ramped.used[0])  # half of twelve months, and twelve whole ones
    18.0
    """
    at_work = np.atleast_1d(discounted_months(pace.discount, months, pace.delay))
    trainings = _trainings(months, pace)
    if pace.is_even:
        return Months(at_work=at_work, used=at_work, errors=np.ones(1), trainings=trainings)
    used, aged = _ZERO, _ZERO
    growing = np.log1p(pace.growth) / MONTHS_PER_YEAR
    falling = -np.log1p(pace.discount) / MONTHS_PER_YEAR
    worsening = np.log1p(pace.drift) / MONTHS_PER_YEAR
    counted, each = np.exp(growing / 2 + falling), np.exp(growing + falling)
    before = _reached(_ZERO, pace.ramp)
    for month in range(int(np.ceil(months))):
        end = min(month + 1.0, months)
        now = np.maximum(end - pace.delay, 0.0)  # age at the end of the month
        reached = _reached(now, pace.ramp)
        weight = (reached - before) * counted
        used = used + weight
        if pace.drift.any():
            age = np.maximum(now - np.minimum(now, end - month) / 2, 0.0)
            since = age if pace.retrain_every is None else np.mod(age, pace.retrain_every)
            aged = aged + weight * np.exp(since * worsening)
        before, counted = reached, counted * each
    errors = np.ones(1)
    if pace.drift.any():
        errors = np.where(used > 0, aged / np.where(used > 0, used, 1.0), 1.0)
    return Months(
        at_work=at_work, used=np.atleast_1d(used), errors=np.atleast_1d(errors), trainings=trainings
    )


def _reached(age: Array, ramp: Array) -> Array:
    """Months of full use that an age comes to: what lies under the ramp until then."""
    if not ramp.any():
        return age
    length = np.where(ramp > 0, ramp, 1.0)
    within = np.minimum(age, length)
    return np.asarray(np.where(ramp > 0, within**2 / (2 * length) + (age - within), age))


def _trainings(months: float, pace: Pace) -> Array:
    """Discounted number of retrainings until the end of the horizon."""
    if pace.retrain_every is None:
        return _ZERO
    falling = -np.log1p(pace.discount) / MONTHS_PER_YEAR
    found = _ZERO
    for count in range(1, int(months / pace.retrain_every) + 1):
        when = pace.delay + count * pace.retrain_every
        found = found + np.where(when < months, np.exp(when * falling), 0.0)
    return np.asarray(found)
