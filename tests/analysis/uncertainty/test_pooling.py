"""The linear opinion pool, against quantiles of mixtures worked out by scipy alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from mlpdm_kit.analysis.uncertainty.distributions import Distribution, from_interval
from mlpdm_kit.analysis.uncertainty.pooling import Pool, pooled
from mlpdm_kit.errors import InputError

Z = float(stats.norm.ppf(0.95))


def lognormal(low: float, high: float) -> stats.rv_continuous:
    mu, sigma = (math.log(low) + math.log(high)) / 2, (math.log(high) - math.log(low)) / (2 * Z)
    return stats.lognorm(s=sigma, scale=math.exp(mu))


def mixture_quantile(parts: list[stats.rv_continuous], p: float) -> float:
    ends = [part.ppf(p) for part in parts]
    if min(ends) == max(ends):
        return float(ends[0])

    def miss(x: float) -> float:
        return float(np.mean([part.cdf(x) for part in parts])) - p

    return float(optimize.brentq(miss, min(ends), max(ends), xtol=1e-12, rtol=1e-14))


@pytest.mark.parametrize(
    "ranges",
    [
        [(10, 20), (15, 40)],
        [(10, 20), (40, 80)],
        [(1, 1000), (5, 6), (300, 400)],
        [(3000, 12000), (3000, 12000), (90000, 100000)],
    ],
)
def test_amounts_are_pooled_as_scipy_says(ranges: list[tuple[float, float]]) -> None:
    parts = [lognormal(*one) for one in ranges]
    found = pooled([from_interval(*one) for one in ranges])
    assert found == pytest.approx([mixture_quantile(parts, p) for p in (0.05, 0.95)], rel=1e-9)


def test_signed_quantities_are_pooled_as_scipy_says() -> None:
    ranges = [(-0.1, 0.3), (-0.5, -0.2)]
    parts = [stats.norm((a + b) / 2, (b - a) / (2 * Z)) for a, b in ranges]
    found = pooled([from_interval(*one) for one in ranges])
    assert found == pytest.approx([mixture_quantile(parts, p) for p in (0.05, 0.95)], rel=1e-9)


def test_shares_are_pooled_as_scipy_says() -> None:
    members = [from_interval(*one, family="beta") for one in ((0.01, 0.03), (0.2, 0.6))]
    parts = [stats.beta(*one.parameters) for one in members]
    low, high = pooled(members)
    assert (low, high) == pytest.approx(
        [mixture_quantile(parts, p) for p in (0.05, 0.95)], rel=1e-9
    )
    assert 0 < low < high < 1


def test_one_member_gets_back_what_they_said() -> None:
    assert pooled([from_interval(5, 10)]) == pytest.approx((5, 10), rel=1e-12)


def test_a_range_from_zero_stays_one_sided_where_all_say_so() -> None:
    members = [from_interval(0, 5), from_interval(0, 50)]
    low, high = pooled(members, least=0.0)
    assert low == 0
    assert 5 < high < 50
    free, _ = pooled([from_interval(0, 5), from_interval(3, 50)])
    assert free > 0


def test_single_figures_are_steps() -> None:
    pool = Pool((Distribution("point", (2.0,)), Distribution("point", (8.0,))))
    assert [pool.quantile(p) for p in (0.05, 0.5, 0.51, 0.95)] == [2, 2, 8, 8]
    assert [pool.cdf(x) for x in (1, 2, 7, 8)] == [0, 0.5, 0.5, 1]


def test_where_ranges_lie_apart_the_pool_covers_the_gap() -> None:
    low, high = pooled([from_interval(1, 2), from_interval(100, 200)])
    assert low < 2
    assert high > 100


def test_nobody_has_no_pool() -> None:
    with pytest.raises(InputError):
        Pool(())
    with pytest.raises(InputError):
        Pool((from_interval(1, 2),)).quantile(1.5)


ends = st.floats(1e-3, 1e6).flatmap(
    lambda low: st.floats(1.001, 1e3).map(lambda times: (low, low * times))
)


@given(st.lists(ends, min_size=1, max_size=6))
def test_the_pool_lies_within_what_members_say(ranges: list[tuple[float, float]]) -> None:
    low, high = pooled([from_interval(*one) for one in ranges])
    slack = 1 + 1e-9
    assert min(a for a, _ in ranges) / slack <= low <= max(a for a, _ in ranges) * slack
    assert min(b for _, b in ranges) / slack <= high <= max(b for _, b in ranges) * slack


@given(ends, st.integers(1, 8))
def test_people_who_agree_change_nothing(one: tuple[float, float], n: int) -> None:
    assert pooled([from_interval(*one)] * n) == pytest.approx(one, rel=1e-9)


@given(st.lists(ends, min_size=2, max_size=5), st.floats(1e-2, 1e2))
def test_another_unit_changes_nothing_else(ranges: list[tuple[float, float]], unit: float) -> None:
    plain = pooled([from_interval(*one) for one in ranges])
    scaled = pooled([from_interval(a * unit, b * unit) for a, b in ranges])
    assert scaled == pytest.approx([end * unit for end in plain], rel=1e-8)
