"""Every family against scipy, at its ends, and against its own definition."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import special, stats

from mlpdm_kit import InputError
from mlpdm_kit.analysis.uncertainty.distributions import Distribution, from_interval, widened
from mlpdm_kit.analysis.uncertainty.families import FAMILIES
from mlpdm_kit.case.shapes import (
    MIDDLES,
    STEEPEST,
    coefficients,
    log_middles,
    logit_middles,
    plain_middles,
)

LEVELS = (0.01, 0.5, 0.8, 0.9, 0.99, 0.9999)
RATIOS = (1.0001, 1.01, 1.5, 4, 100, 1e6)
ONE_OF_EACH = (
    from_interval(5, 10),
    from_interval(-5, 10),
    from_interval(0.1, 0.3, family="beta"),
    from_interval(5, 12, family="gamma"),
    from_interval(5, 12, family="uniform"),
    from_interval(0, 12),
    from_interval(5, 12, family="pert", middle=6),
    from_interval(5, 12, family="triangular", middle=11),
    from_interval(-5, 12, middle=1),
    from_interval(5, 12, middle=7),
    from_interval(0.1, 0.3, family="logit-metalog", middle=0.15),
)
by_family = pytest.mark.parametrize("dist", ONE_OF_EACH, ids=lambda dist: dist.family)
SHARES = np.array([1e-6, 0.001, 0.05, 0.3, 0.5, 0.7, 0.95, 0.999, 1 - 1e-6])


def scipy_of(dist: Distribution) -> Any:
    """The same distribution by scipy, from the parameters' meaning."""
    p = dist.parameters
    if dist.family in ("pert", "triangular"):
        width = p[2] - p[0]
        if dist.family == "triangular":
            return stats.triang((p[1] - p[0]) / width, loc=p[0], scale=width)
        a, b = 1 + 4 * (p[1] - p[0]) / width, 1 + 4 * (p[2] - p[1]) / width
        return stats.beta(a, b, loc=p[0], scale=width)
    return {
        "lognormal": lambda: stats.lognorm(p[1], scale=math.exp(p[0])),
        "normal": lambda: stats.norm(*p),
        "beta": lambda: stats.beta(*p),
        "gamma": lambda: stats.gamma(p[0], scale=p[1]),
        "uniform": lambda: stats.uniform(p[0], p[1] - p[0]),
        "exponential": lambda: stats.expon(scale=p[0]),
    }[dist.family]()


def ends(dist: Distribution, level: float) -> list[float]:
    return [dist.quantile((1 - level) / 2), dist.quantile((1 + level) / 2)]


def test_every_family_has_one_here():
    assert {dist.family for dist in ONE_OF_EACH} | {"point"} == set(FAMILIES)


@pytest.mark.parametrize(
    "dist", [d for d in ONE_OF_EACH if "metalog" not in d.family], ids=lambda dist: dist.family
)
def test_a_family_against_scipy(dist: Distribution):
    oracle = scipy_of(dist)
    assert (dist.mean, dist.sd) == pytest.approx((oracle.mean(), oracle.std()), rel=1e-12)
    assert dist.quantile(SHARES) == pytest.approx(oracle.ppf(SHARES), rel=1e-10)
    x = oracle.ppf(np.linspace(0.01, 0.99, 9))
    x = np.concatenate([x, [x[0] - 100, x[-1] + 1e4, -np.inf, np.inf]])
    assert dist.cdf(x) == pytest.approx(oracle.cdf(x), rel=1e-12, abs=1e-15)


@by_family
def test_the_cdf_undoes_the_quantile(dist: Distribution):
    assert dist.cdf(dist.quantile(SHARES)) == pytest.approx(SHARES, rel=1e-9)
    assert isinstance(dist.cdf(6.0), float)
    assert dist.cdf([-math.inf, math.inf]).tolist() == [0, 1]
    with pytest.raises(InputError):
        dist.cdf(math.nan)


@by_family
def test_both_tails_are_one_distribution(dist: Distribution):
    """``upper`` and ``above`` are the quantile and the share, seen from the other end."""
    family, own = FAMILIES[dist.family], dist.parameters
    assert family.upper(SHARES, *own) == pytest.approx(dist.quantile(1 - SHARES), rel=1e-8)
    x = dist.quantile(SHARES)
    assert family.above(x, *own) == pytest.approx(1 - dist.cdf(x), abs=1e-12)
    tail = family.above(family.upper(1e-12, *own), *own)
    assert tail == pytest.approx(1e-12, rel=0.2)


@by_family
def test_moments_by_adding_up_the_quantiles(dist: Distribution):
    """Oracle: the quantile function alone, added up over finely spaced normal scores."""
    z = np.linspace(-8, 8, 64_001)
    weight = stats.norm.pdf(z) / stats.norm.pdf(z).sum()
    x = dist.quantile(special.ndtr(z))
    mean = float((x * weight).sum())
    assert dist.mean == pytest.approx(mean, rel=1e-7)
    assert dist.sd == pytest.approx(math.sqrt(((x - mean) ** 2 * weight).sum()), rel=1e-5)


@pytest.mark.parametrize("family", ["lognormal", "gamma", "normal", "uniform"])
def test_two_points_are_met_wherever_they_lie(family: str):
    for low, ratio, level in product((1e-9, 1.0, 1e9), RATIOS, LEVELS):
        high = low * ratio
        dist = from_interval(low, high, level, family)
        assert ends(dist, level) == pytest.approx(
            [low, high], abs=1e-8 * (high - low) + 1e-12 * low
        )


def test_a_share_is_met_wherever_it_lies():
    points = (1e-9, 1e-5, 0.001, 0.02, 0.3, 0.5, 0.9, 0.999, 1 - 1e-7)
    for (i, low), level in product(enumerate(points[:-1]), LEVELS):
        for high in points[i + 1 :]:
            found = ends(from_interval(low, high, level, "beta"), level)
            for got, want in zip(found, (low, high), strict=True):
                assert abs(got - want) < 1e-6 * min(want, 1 - want)


@pytest.mark.parametrize("level", LEVELS)
def test_a_range_from_zero_is_met_at_its_other_end(level: float):
    assert from_interval(0, 30, level).cdf(30) == pytest.approx((1 + level) / 2)
    assert from_interval(0, 0.3, level, "beta").cdf(0.3) == pytest.approx((1 + level) / 2)
    assert from_interval(0.7, 1, level, "beta").cdf(0.7) == pytest.approx((1 - level) / 2)


def test_three_points_are_met_wherever_they_lie():
    for low, ratio, level, place in product((1e-9, 1.0, 1e9), RATIOS, LEVELS, (0.05, 0.5, 0.95)):
        for family, limits in (("metalog", plain_middles), ("log-metalog", log_middles)):
            high = low * ratio
            least, most = limits(low, high, level)
            if least >= most:
                continue
            middle = least + place * (most - least)
            dist = from_interval(low, high, level, family, middle=middle)
            found = [*ends(dist, level), dist.quantile(0.5)]
            room = 1e-8 * (high - low) + 1e-12 * low
            assert found == pytest.approx([low, high, middle], abs=room)


@pytest.mark.parametrize(("low", "high"), [(1e-9, 0.5), (0.1, 0.3), (0.4, 1 - 1e-7), (1e-6, 1e-5)])
def test_three_points_of_a_share_are_met(low: float, high: float):
    for level, place in product(LEVELS, (0.05, 0.5, 0.95)):
        least, most = logit_middles(low, high, level)
        middle = least + place * (most - least)
        dist = from_interval(low, high, level, "logit-metalog", middle=middle)
        found = [*ends(dist, level), dist.quantile(0.5)]
        for got, want in zip(found, (low, high, middle), strict=True):
            assert abs(got - want) < 1e-8 * min(want, 1 - want)
        assert 0 <= dist.quantile(0) <= dist.quantile(1e-9) < dist.quantile(1 - 1e-9) <= 1


# --- the metalog's feasibility --------------------------------------------------------


def test_the_limit_is_keelins():
    """Keelin (2016) gives 2t as 1.66711 in k = (1 - 1.66711 (1/2 - alpha))/2."""
    assert STEEPEST * math.atanh(STEEPEST) == pytest.approx(1, abs=1e-15)
    assert pytest.approx(1.66711, abs=5e-6) == 2 * STEEPEST
    alpha = 0.1
    k = (1 - 1.66711 * (0.5 - alpha)) / 2
    assert plain_middles(0, 1, 1 - 2 * alpha) == pytest.approx((k, 1 - k), abs=1e-5)


def slope(a2: float, a3: float) -> float:
    """Least slope of the quantile function in s, on a fine grid: positive means a density."""
    s = np.linspace(-30, 30, 60_001)
    y = special.expit(s)
    return float((a2 + a3 * ((y - 0.5) + y * (1 - y) * s)).min())


@given(
    level=st.floats(0.01, 0.999), place=st.floats(0.0, 1.0), low=st.floats(-100, 100),
    width=st.floats(0.01, 100),
)  # fmt: skip
def test_the_density_is_positive_just_where_the_closed_form_says(
    level: float, place: float, low: float, width: float
):
    least, most = plain_middles(low, low + width, level)
    middle = low + place * width
    assume(min(abs(middle - least), abs(middle - most)) > 1e-4 * width)
    _, a2, a3 = coefficients(low, middle, low + width, level)
    assert (slope(a2, a3) > 0) == (least < middle < most)


@pytest.mark.parametrize("level", LEVELS)
def test_the_limit_is_sharp(level: float):
    for end, inwards in zip(plain_middles(0, 1, level), (1, -1), strict=True):
        for step, feasible in ((1e-6 * inwards, True), (-1e-6 * inwards, False)):
            _, a2, a3 = coefficients(0, end + step, 1, level)
            assert (slope(a2, a3) > 0) == feasible


@pytest.mark.parametrize("family", list(MIDDLES))
def test_an_infeasible_middle_is_refused_with_those_that_would_do(family: str):
    low, high = (0.1, 0.3) if family == "logit-metalog" else (5.0, 12.0)
    least, most = MIDDLES[family](low, high, 0.9)
    for middle in (least, most, low, high):
        with pytest.raises(InputError, match=f"A middle from {least:.6g} to {most:.6g}") as caught:
            from_interval(low, high, family=family, middle=middle)
        assert caught.value.faults[0].code == "middle-infeasible"
    inside = least + 1e-6 * (most - least)
    assert from_interval(low, high, family=family, middle=inside).quantile(0.5) == pytest.approx(
        inside
    )


def test_a_tail_without_an_average_is_refused():
    """On logarithms the tail falls as x^(-1/(a2 + a3/2)): at 1 the mean is infinite."""
    least, _ = log_middles(1, 100, 0.9)
    near = from_interval(1, 100, middle=least * (1 + 1e-9))
    _, a2, a3 = near.parameters
    assert a2 + a3 / 2 == pytest.approx(1, abs=1e-6)
    assert math.isinf(Distribution("log-metalog", (0.0, 0.8, 0.5)).mean)
    assert math.isinf(Distribution("log-metalog", (0.0, 0.5, 0.1)).sd)
    with pytest.raises(InputError, match="middle"):
        from_interval(1, 100, middle=least)
    with pytest.raises(InputError) as caught:
        from_interval(1, 1e16, middle=1e8)
    assert caught.value.faults[0].code == "middle-none"


def test_the_unbounded_metalog_in_closed_form():
    """Keelin (2016): mean a1 + a3/2, variance pi^2/3 a2^2 + (1/12 + pi^2/36) a3^2."""
    dist = from_interval(-3, 9, middle=0)
    a1, a2, a3 = dist.parameters
    assert dist.mean == pytest.approx(a1 + a3 / 2, rel=1e-12)
    variance = math.pi**2 / 3 * a2**2 + (1 / 12 + math.pi**2 / 36) * a3**2
    assert dist.sd == pytest.approx(math.sqrt(variance), rel=1e-12)


def test_a_symmetric_metalog_is_logistic():
    dist = from_interval(-3, 3, middle=0)
    logistic = stats.logistic(scale=3 / special.logit(0.95))
    assert dist.quantile(SHARES) == pytest.approx(logistic.ppf(SHARES), rel=1e-12)
    assert dist.sd == pytest.approx(logistic.std(), rel=1e-12)


def test_a_symmetric_metalog_on_logs_is_log_logistic():
    dist = from_interval(1, 16, middle=4)
    fisk = stats.fisk(special.logit(0.95) / math.log(4), scale=4)
    assert (dist.mean, dist.sd) == pytest.approx((fisk.mean(), fisk.std()), rel=1e-10)


# --- what is refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "more", "code"),
    [
        (5, 12, {"family": "pert"}, "middle-needed"),
        (5, 12, {"family": "triangular"}, "middle-needed"),
        (5, 12, {"family": "metalog"}, "middle-needed"),
        (5, 12, {"family": "gamma", "middle": 7}, "middle-not-for"),
        (5, 12, {"middle": 13}, "points-order"),
        (5, 12, {"middle": 4, "family": "pert"}, "points-order"),
        (5, 12, {"middle": math.nan}, "array"),
        (0, 12, {"family": "gamma"}, "interval-support"),
        (0, 12, {"family": "lognormal"}, "interval-support"),
        (-1, 12, {"family": "gamma"}, "interval-support"),
        (1, 12, {"family": "exponential"}, "interval-support"),
        (0, 12, {"middle": 4}, "interval-support"),
        (0.2, 1, {"family": "logit-metalog", "middle": 0.4}, "interval-support"),
        (0.2, 0.200001, {"family": "beta"}, "interval-narrow"),
        (5, 12, {"level": 0}, "number-range"),
        (5, 12, {"level": 90}, "number-range"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(low: float, high: float, more: dict[str, Any], code: str):
    with pytest.raises(InputError) as caught:
        from_interval(low, high, **more)
    assert [fault.code for fault in caught.value.faults] == [code]
    assert caught.value.faults[0].sentence("ja")


def test_two_equal_ends_are_a_point():
    for more in ({}, {"family": "pert", "middle": 5}, {"middle": 5}):
        dist = from_interval(5, 5, **more)
        assert (dist.is_point, dist.mean, dist.sd, dist.cdf(4.9), dist.cdf(5)) == (
            True, 5, 0, 0, 1,
        )  # fmt: skip


@pytest.mark.parametrize("middle", [5, 12])
@pytest.mark.parametrize("family", ["pert", "triangular"])
def test_the_mode_may_be_an_end(family: str, middle: float):
    dist = from_interval(5, 12, family=family, middle=middle)
    assert (dist.quantile(0), dist.quantile(1)) == pytest.approx((5, 12))
    assert dist.cdf(dist.quantile(SHARES)) == pytest.approx(SHARES, rel=1e-9)


# --- widened --------------------------------------------------------------------------


@by_family
def test_widened_by_2_177_holds_55_percent_of_a_90_percent_range(dist: Distribution):
    """Hubbard (2014): untrained people's 90% ranges hold the truth about 55% of the time."""
    wide = widened(dist, 2.177)
    low, high = ends(dist, 0.9)
    assert wide.cdf(high) - wide.cdf(low) == pytest.approx(0.55, abs=1e-3)
    assert wide.quantile(0.5) == pytest.approx(dist.quantile(0.5))
    assert widened(dist, 1.0).quantile(SHARES) == pytest.approx(dist.quantile(SHARES))


@by_family
def test_widened_by_its_definition(dist: Distribution):
    wide = widened(dist, 1.5)
    inner = np.array([0.001, 0.1, 0.4, 0.6, 0.9, 0.999])
    if dist.family.endswith("metalog"):
        factor = special.logit(0.95) / special.logit(special.ndtr(special.ndtri(0.95) / 1.5))
        moved = special.expit(factor * special.logit(inner))
    else:
        moved = special.ndtr(1.5 * special.ndtri(inner))
    assert wide.quantile(inner) == pytest.approx(dist.quantile(moved), rel=1e-9)
    assert wide.cdf(wide.quantile(inner)) == pytest.approx(inner, abs=1e-9)


@by_family
def test_the_mean_of_what_was_widened(dist: Distribution):
    """Oracle: the mean of evenly spread quantiles."""
    wide = widened(dist, 1.5)
    shares = (np.arange(2**16) + 0.5) / 2**16
    drawn = wide.quantile(shares)
    assert wide.mean == pytest.approx(drawn.mean(), rel=5e-4)
    assert wide.sd == pytest.approx(drawn.std(), rel=0.05)


def test_sigma_is_widened_exactly():
    assert widened(from_interval(5, 10), 2.177).parameters == pytest.approx(
        (1.9560115027, 2.177 * 0.2107017820), abs=1e-9
    )
    point = from_interval(5, 5)
    assert widened(point, 2.177) == point
    twice = widened(widened(ONE_OF_EACH[3], 1.5), 2.0)
    assert twice.quantile(0.9) == pytest.approx(widened(ONE_OF_EACH[3], 3.0).quantile(0.9))
    for factor in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(InputError):
            widened(point, factor)


@by_family
def test_the_furthest_draws_of_what_was_widened_are_finite(dist: Distribution):
    furthest = widened(dist, 2.177).quantile([2.0**-33, 1 - 2.0**-33])
    assert np.isfinite(furthest).all()


@settings(deadline=None, max_examples=200)
@given(
    low=st.floats(1e-6, 1e6), ratio=st.floats(1.001, 30), level=st.floats(0.05, 0.99),
    place=st.floats(0.02, 0.98), share=st.floats(1e-6, 1 - 1e-6),
    family=st.sampled_from(["lognormal", "gamma", "uniform", "normal", "pert", "triangular",
                            "metalog", "log-metalog"]),
)  # fmt: skip
def test_any_quantile_is_undone_by_the_cdf(
    low: float, ratio: float, level: float, place: float, share: float, family: str
):
    high, middle = low * ratio, None
    if family in MIDDLES:
        least, most = MIDDLES[family](low, high, level)
        assume(least < most)
        middle = least + place * (most - least)
    elif family in ("pert", "triangular"):
        middle = low + place * (high - low)
    dist = from_interval(low, high, level, family, middle=middle)
    x = dist.quantile(share)
    assert dist.cdf(x) == pytest.approx(share, rel=1e-6, abs=1e-9)
