"""When an option is at work: sums over the months, against sums written out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit.analysis.worth.discounting import discounted_months
from mlpdm_kit.analysis.worth.schedule import Pace, over


def pace(**changes: float) -> Pace:
    every = changes.pop("retrain_every", None)
    values = {name: np.array([value]) for name, value in changes.items()}
    return Pace(**{"discount": np.zeros(1), **values}, retrain_every=every)


def test_ramp_growth_and_discount_month_by_month():
    """Three whole months of ramp after a wait of two, 12% growth and 6% discount a year."""
    found = over(8, pace(discount=0.06, delay=2.0, ramp=3.0, growth=0.12))
    shares = [0, 0, 1 / 6, 3 / 6, 5 / 6, 1, 1, 1]
    by_hand = sum(
        share * 1.12 ** ((month - 0.5) / 12) * 1.06 ** (-month / 12)
        for month, share in enumerate(shares, start=1)
    )
    assert found.used[0] == pytest.approx(by_hand, rel=1e-12)
    assert found.at_work[0] == pytest.approx(sum(1.06 ** (-m / 12) for m in range(3, 9)))


def test_errors_grow_and_start_again_with_each_training():
    never = over(12, pace(drift=0.5))
    grown = np.mean([1.5 ** ((month - 0.5) / 12) for month in range(1, 13)])
    assert never.errors[0] == pytest.approx(grown, rel=1e-12)
    quarterly = over(12, pace(drift=0.5, retrain_every=3.0))
    fresh = np.mean([1.5 ** (age / 12) for age in (0.5, 1.5, 2.5)])
    assert quarterly.errors[0] == pytest.approx(fresh, rel=1e-12)
    assert quarterly.trainings[0] == 3  # after 3, 6 and 9 months; the 12th is the end
    assert never.trainings[0] == 0


@given(
    delay=st.floats(0, 30),
    discount=st.floats(0, 0.5),
    months=st.floats(1, 40),
)
def test_an_even_pace_is_the_plain_sum(delay: float, discount: float, months: float):
    plain = discounted_months(discount, months, delay)
    nearly = over(months, pace(discount=discount, delay=delay, growth=1e-13))
    assert nearly.used[0] == pytest.approx(float(plain), rel=1e-9, abs=1e-9)


@given(ramp=st.floats(0.1, 24), delay=st.floats(0, 12))
def test_a_ramp_takes_half_of_its_months(ramp: float, delay: float):
    found = over(48, pace(ramp=ramp, delay=delay))
    assert found.used[0] == pytest.approx(48 - delay - ramp / 2, abs=1e-9)


def test_a_whole_horizon_of_waiting_is_never_at_work():
    found = over(6, pace(delay=9.0, ramp=2.0, drift=0.3))
    assert found.used[0] == 0
    assert found.errors[0] == 1
