"""What must hold for any numbers (DESIGN section 3), found by hypothesis."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from mlpdm_kit import InputError, Sample, evppi, evsi
from mlpdm_kit.analysis.errors.costs import Costs, best_threshold, bootstrap_cost, net_benefit_curve
from mlpdm_kit.analysis.uncertainty.distributions import Distribution, from_interval
from mlpdm_kit.analysis.uncertainty.sampling import draw
from mlpdm_kit.analysis.voi.conjugate import evsi_rate
from mlpdm_kit.analysis.voi.information import (
    cvar,
    evpi,
    expected_regret,
    probability_best,
    probability_loss,
)
from mlpdm_kit.analysis.worth.discounting import annuity, discounted_months

AMOUNTS = st.floats(-1e6, 1e6, allow_nan=False)
BENEFITS = arrays(float, st.tuples(st.integers(1, 40), st.integers(1, 5)), elements=AMOUNTS)


@given(BENEFITS, AMOUNTS)
def test_a_constant_changes_nothing(benefit: np.ndarray, constant: float):
    assert evpi(benefit + constant) == pytest.approx(evpi(benefit), abs=1e-6)
    assert expected_regret(benefit + constant) == pytest.approx(expected_regret(benefit), abs=1e-6)


@given(BENEFITS, st.floats(0.01, 100))
def test_evpi_scales(benefit: np.ndarray, scale: float):
    assert evpi(scale * benefit) == pytest.approx(scale * evpi(benefit), rel=1e-9, abs=1e-6)


@given(BENEFITS)
def test_duplicate_and_dominated_options_leave_evpi(benefit: np.ndarray):
    worst = benefit.min(axis=1, keepdims=True) - 1
    assert evpi(np.hstack([benefit, benefit[:, :1]])) == pytest.approx(evpi(benefit), abs=1e-6)
    assert evpi(np.hstack([benefit, worst])) == pytest.approx(evpi(benefit), abs=1e-6)


@given(BENEFITS)
def test_shares_are_shares(benefit: np.ndarray):
    assert probability_best(benefit).sum() == pytest.approx(1)
    assert ((probability_loss(benefit) >= 0) & (probability_loss(benefit) <= 1)).all()
    assert evpi(benefit) >= 0
    assert (cvar(benefit) <= benefit.mean(axis=0) + 1e-6).all()
    assert (expected_regret(benefit) >= evpi(benefit) - 1e-6).all()


@pytest.mark.parametrize(
    "bad",
    [[], [[]], [1.0, 2.0], [[np.nan, 1.0]], [[np.inf, 1.0]], np.zeros((0, 3))],
    ids=["empty", "no options", "one axis", "nan", "inf", "no draws"],
)
def test_bad_net_benefit_is_refused(bad: object):
    with pytest.raises(InputError, match="net_benefit must be"):
        evpi(bad)  # type: ignore[arg-type]


@given(
    st.floats(1e-6, 1e6), st.floats(1.0001, 1e4), st.floats(0.5, 0.99),
)  # fmt: skip
def test_an_interval_is_kept(low: float, ratio: float, level: float):
    dist = from_interval(low, low * ratio, level=level)
    assert dist.quantile((1 - level) / 2) == pytest.approx(low, rel=1e-9)
    assert dist.quantile((1 + level) / 2) == pytest.approx(low * ratio, rel=1e-9)


@settings(deadline=None)
@given(st.floats(0.001, 0.98), st.floats(0.001, 0.98))
def test_a_share_is_kept_and_stays_a_share(one: float, other: float):
    low, high = min(one, other), max(one, other) + 0.01
    dist = from_interval(low, high, family="beta")
    assert dist.quantile(0.05) == pytest.approx(low, abs=1e-6)
    assert dist.quantile(0.95) == pytest.approx(high, abs=1e-6)
    assert 0 < dist.quantile(1e-9) < dist.quantile(1 - 1e-9) <= 1


@pytest.mark.parametrize(
    ("low", "high", "kwargs"),
    [
        (2, 1, {}),
        (float("nan"), 1, {}),
        (0, float("inf"), {}),
        (-1, 1, {"family": "lognormal"}),
        (0.5, 1.5, {"family": "beta"}),
        (1, 2, {"level": 1.0}),
        (1, 2, {"family": "cauchy"}),
    ],
)
def test_bad_intervals_are_refused(low: float, high: float, kwargs: dict[str, object]):
    with pytest.raises(InputError):
        from_interval(low, high, **kwargs)  # type: ignore[arg-type]


SEEDS = st.integers(0, 2**32 - 1)
STUDY = {"a": Sample(kind="rate"), "b": Sample(kind="mean", sd=1.0)}
ONE = {"a": Sample(kind="rate")}


def world(seed: int, correlated: bool = False) -> tuple[np.ndarray, pd.DataFrame]:
    """Three options over three inputs, a product and a sum among them."""
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(
        {"a": rng.beta(2, 3, 512), "b": rng.normal(1, 1, 512), "c": rng.lognormal(0, 1, 512)}
    )
    if correlated:
        x["b"] += 2 * x["a"]
    product = (x["a"] - rng.uniform()) * x["c"] + 0.2 * x["b"]
    return np.column_stack([product, np.zeros(512), x["b"] - 1 + rng.normal() / 2]), x


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.floats(0.01, 1e6), st.floats(-1e6, 1e6), st.booleans())
def test_information_scales_and_minds_no_constant(
    seed: int, scale: float, constant: float, correlated: bool
):
    benefit, x = world(seed, correlated)
    moved = scale * benefit + constant
    near = {"rel": 1e-6, "abs": 1e-8 * (scale + abs(constant))}
    known, again = (evppi(some, x, groups={"g": ["a", "b"]}) for some in (benefit, moved))
    assert again["value"].tolist() == pytest.approx((scale * known["value"]).tolist(), **near)
    for study in (ONE, STUDY):
        seen, after = (evsi(some, x, study, [5, 50])["value"] for some in (benefit, moved))
        assert after.tolist() == pytest.approx((scale * seen).tolist(), **near)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.booleans())
def test_information_lies_between_nothing_and_all(seed: int, correlated: bool):
    benefit, x = world(seed, correlated)
    most = evpi(benefit)
    known = evppi(benefit, x, groups={"g": ["a", "b"], "all": ["a", "b", "c"]})["value"]
    assert ((known >= 0) & (known <= most)).all()
    assert known["all"] == most
    for study, bound in ((ONE, known["a"]), (STUDY, known["g"])):
        seen = evsi(benefit, x, study, [1, 10, 100])["value"]
        assert ((seen >= 0) & (seen <= bound + 1e-9)).all()


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_a_duplicate_leaves_what_information_is_worth(seed: int):
    benefit, x = world(seed)
    copied = np.hstack([benefit, benefit[:, :1]])
    known, again = (evppi(some, x)["value"].tolist() for some in (benefit, copied))
    assert again == pytest.approx(known, rel=1e-9, abs=1e-12)
    seen, after = (evsi(some, x, ONE, [5, 50])["value"].tolist() for some in (benefit, copied))
    assert after == pytest.approx(seen, rel=1e-9, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_evsi_rises_to_evppi(seed: int):
    benefit, x = world(seed)
    most = evppi(benefit, x)["value"]["a"]
    seen = evsi(benefit, x, ONE, [1, 4, 16, 64, 256, 1024, 10**6, 10**8])["value"]
    assert (np.diff(seen) >= -1e-3 * most).all()
    assert seen.iloc[-1] == pytest.approx(most, rel=2e-2, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.2, 20), st.floats(0.2, 20), st.floats(0, 1), st.integers(1, 40), st.integers(1, 40)
)  # fmt: skip
def test_the_exact_evsi_rises_to_the_exact_evpi(a: float, b: float, cut: float, n: int, more: int):
    line = [[-cut, 1], [0, 0]]
    mean = a / (a + b)
    upper = mean * stats.beta.sf(cut, a + 1, b) - cut * stats.beta.sf(cut, a, b)
    most = upper - max(mean - cut, 0)
    fewer, larger = evsi_rate(a, b, line, n), evsi_rate(a, b, line, n + more)
    assert 0 <= fewer <= larger + 1e-12
    assert larger <= most + 1e-12
    assert evsi_rate(a, b, line, 100_000) == pytest.approx(most, abs=1e-4)


@given(st.floats(-1e-6, 1e-6), st.floats(0, 120), st.floats(0, 130))
def test_zero_discount_is_continuous(rate: float, months: float, delay: float):
    left = max(months - delay, 0)
    assert discounted_months(0.0, months, delay) == pytest.approx(left, abs=1e-9)
    assert discounted_months(rate, months, delay) == pytest.approx(left, abs=2e-3)
    assert annuity(rate, 24) == pytest.approx(24, abs=1e-3)


@given(st.integers(0, 2**32), st.floats(0.02, 0.98))
@settings(max_examples=20, deadline=None)
def test_the_same_seed_gives_the_same_draws(seed: int, mean: float):
    inputs = {"x": Distribution("beta", (mean, 1 - mean)), "n": Distribution("normal", (0, 1))}
    first, second = (draw(inputs, draws=256, seed=seed) for _ in range(2))
    assert all((first[name] == second[name]).all() for name in inputs)
    assert all(np.isfinite(values).all() for values in first.values())


@pytest.mark.parametrize("draws", [0, 1, 3, 1000, -8, 2**21])
def test_draws_must_be_a_power_of_two(draws: int):
    with pytest.raises(InputError, match="power of two"):
        draw({"x": Distribution("normal", (0, 1))}, draws=draws)


@given(st.floats(0.01, 1e3), st.floats(0.01, 1e3), st.floats(0.01, 1e3))
def test_scaling_all_costs_leaves_the_threshold(fp: float, fn: float, scale: float):
    one = Costs(false_positive=fp, false_negative=fn).threshold
    other = Costs(false_positive=scale * fp, false_negative=scale * fn).threshold
    assert one == pytest.approx(other)
    assert 0 <= one <= 1


ROWS = st.integers(2, 60).flatmap(
    lambda n: st.tuples(
        arrays(int, n, elements=st.integers(0, 1)).filter(lambda y: 0 < y.sum() < len(y)),
        arrays(float, n, elements=st.floats(0, 1)),
    )
)


@given(ROWS, st.floats(0.1, 10), st.floats(0.1, 10))
@example(rows=(np.array([0, 1]), np.array([0.0, 5e-324])), fp=1.0, fn=1.0)  # no middle of the two
@example(rows=(np.array([1, 0, 1]), np.array([0.5, 1 - 2**-53, 1.0])), fp=1.0, fn=1.0)
def test_no_cut_beats_the_best(rows: tuple[np.ndarray, np.ndarray], fp: float, fn: float):
    y, score = rows

    def cost(cut: float) -> float:
        act = score >= cut
        return float(np.where(y == 1, np.where(act, 0, fn), np.where(act, fp, 0)).mean())

    found = cost(best_threshold(y, score, Costs(false_positive=fp, false_negative=fn)))
    assert all(found <= cost(cut) + 1e-9 for cut in [*score, np.inf])


@given(ROWS, st.floats(0.01, 0.99))
def test_net_benefit_by_its_definition(rows: tuple[np.ndarray, np.ndarray], cut: float):
    y, score = rows
    act = score >= cut
    tp, fp = (act & (y == 1)).mean(), (act & (y == 0)).mean()
    found = net_benefit_curve(y, score, [cut])["net_benefit"].iloc[0]
    assert found == pytest.approx(tp - fp * cut / (1 - cut), abs=1e-12)


@given(arrays(float, st.integers(1, 50), elements=st.floats(-100, 100)))
@settings(max_examples=30, deadline=None)
def test_a_bootstrap_interval_holds_its_mean_and_the_losses(losses: np.ndarray):
    found = bootstrap_cost(losses, bootstraps=200)
    assert losses.min() - 1e-9 <= found.low <= found.high <= losses.max() + 1e-9
    assert found.mean == pytest.approx(losses.mean(), abs=1e-9)
