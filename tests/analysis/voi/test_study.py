"""EVSI and ENBS against exact sums, closed forms and brute force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mlpdm_kit import InputError, Sample, best_study, enbs, evpi, evppi, evsi
from mlpdm_kit.analysis.uncertainty.distributions import Distribution
from mlpdm_kit.analysis.uncertainty.sampling import draw
from mlpdm_kit.analysis.voi.conjugate import evsi_normal, evsi_rate, unit_normal_loss
from mlpdm_kit.analysis.voi.regressions import regressions
from mlpdm_kit.analysis.voi.study import cost_of_delay, default_sizes

DRAWS = 2**14
SCRAMBLES = range(4)
RATE = Sample(kind="rate")
SIZES = [1, 5, 10, 50, 200, 1000, 10_000, 100_000]


def beta(a: float, b: float) -> Distribution:
    return Distribution("beta", (a, b))


def normal(mean: float, sd: float) -> Distribution:
    return Distribution("normal", (mean, sd))


def table(seed: int, correlation: pd.DataFrame | None = None, **inputs: Distribution):
    return pd.DataFrame(draw(inputs, draws=DRAWS, seed=seed, correlation=correlation))


def against_nothing(worth: pd.Series | np.ndarray) -> np.ndarray:
    return np.column_stack([worth, np.zeros(len(worth))])


def values(
    benefit: np.ndarray, x: pd.DataFrame, samples: Mapping[str, Sample], n: int | Sequence[int]
) -> list[float]:
    return evsi(benefit, x, samples, n)["value"].tolist()


# --- exact -----------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "expected"), [(1, 0), (5, 2.142857143), (10, 3.076923077)])
def test_evsi_of_a_rate_exactly(n: int, expected: float):
    """100 theta - 50 against 0, theta ~ Beta(2, 3): beta-binomial sums."""
    assert evsi_rate(2, 3, [[-50, 100], [0, 0]], n) == pytest.approx(expected, abs=1e-9)
    line = evsi_rate(2, 3, lambda theta: against_nothing(100 * theta - 50), n)
    assert line == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (2, 3), (7.7, 32.65), (300, 700)])
def test_quadrature_meets_the_moments(a: float, b: float):
    """A cubic against a line: the two ways to the same sum."""
    powers = np.array([[0.1, -2, 1, 4], [-0.2, 1, 0, 0]])

    def worth(theta: np.ndarray) -> np.ndarray:
        return theta[:, None] ** np.arange(4) @ powers.T

    for n in (3, 40, 501):
        exact = evsi_rate(a, b, powers, n)
        assert evsi_rate(a, b, worth, n) == pytest.approx(exact, rel=1e-9, abs=1e-12)


def test_evsi_of_a_rate_in_fractions():
    """Beta(1, 1), 2 theta - 1 against 0, n = 2: 0, 1, 2 cases found a third of the time each,
    posterior means 1/4, 1/2, 3/4; so (1/3)(2 * 3/4 - 1) = 1/6."""
    assert evsi_rate(1, 1, [[-1, 2], [0, 0]], 2) == pytest.approx(1 / 6, abs=1e-12)


@pytest.mark.parametrize(("n", "expected"), [(1, 0.0251272708), (10, 0.0723251203)])
def test_evsi_of_a_normal_exactly(n: int, expected: float):
    """The vignette of the R package voi: p1 - p2 against 0, study on p1."""
    assert evsi_normal(1, 1, n, sampling_sd=1) == pytest.approx(expected, abs=1e-9)
    turned = evsi_normal(3, 0.5, n, sampling_sd=0.5, gain=5, slope=-2)
    assert turned == pytest.approx(expected, abs=1e-9)


def test_evsi_of_a_normal_at_its_ends():
    assert evsi_normal(1, 0, 5, sampling_sd=0) == 0
    assert evsi_normal(1, 2, 5, sampling_sd=0) == pytest.approx(2 * unit_normal_loss(0.5))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: evsi_rate(0, 1, [[1.0]], 5), "a, b must lie"),
        (lambda: evsi_rate(1, 1, [[1.0]], 0), "n must lie"),
        (lambda: evsi_rate(1, 1, [[np.nan, 1.0]], 5), "worth must be"),
        (lambda: evsi_rate(1, 1, lambda theta: theta, 5), "worth must be"),
        (lambda: evsi_normal(0, 1, 0, sampling_sd=1), "n must lie"),
        (lambda: evsi_normal(0, -1, 1, sampling_sd=1), "sd, sampling_sd must lie"),
    ],
)
def test_bad_exact_studies_are_refused(call, said: str):
    with pytest.raises(InputError, match=said):
        call()


# --- one input -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SCRAMBLES)
def test_one_normal_of_two(seed: int):
    x = table(seed, p1=normal(1, 1), p2=normal(0, 2))
    found = values(against_nothing(x["p1"] - x["p2"]), x, {"p1": Sample(kind="mean", sd=1)}, SIZES)
    exact = [evsi_normal(1, 1, n, sampling_sd=1) for n in SIZES]
    assert found == pytest.approx(exact, rel=5e-3)


@pytest.mark.parametrize("seed", SCRAMBLES)
def test_one_rate(seed: int):
    x = table(seed, theta=beta(2, 3), other=normal(0, 30))
    found = values(against_nothing(100 * x["theta"] - 50 + x["other"]), x, {"theta": RATE}, SIZES)
    exact = [evsi_rate(2, 3, [[-50, 100], [0, 0]], n) for n in SIZES]
    assert found == pytest.approx(exact, rel=5e-3, abs=1e-3)


@pytest.mark.parametrize("seed", SCRAMBLES)
def test_a_rare_rate(seed: int):
    """Few cases are found, so that no normal approximation would do."""
    x = table(seed, theta=beta(2, 300))
    sizes = [20, 100, 1000, 20_000]
    found = values(against_nothing(100 * x["theta"] - 1), x, {"theta": RATE}, sizes)
    exact = [evsi_rate(2, 300, [[-1, 100], [0, 0]], n) for n in sizes]
    assert found == pytest.approx(exact, rel=5e-3)


def test_a_curved_worth():
    x = table(1, theta=beta(4, 2))
    found = values(against_nothing(100 * x["theta"] ** 3 - 30), x, {"theta": RATE}, [3, 30, 300])
    exact = [evsi_rate(4, 2, [[-30, 0, 0, 100], [0, 0, 0, 0]], n) for n in (3, 30, 300)]
    assert found == pytest.approx(exact, rel=5e-3)


@pytest.mark.parametrize("n", [1, 10, 100, 1000])
def test_mean_of_a_lognormal_by_brute_force(n: int):
    """A skewed prior, by a fine grid of amounts and outcomes."""
    grid = np.linspace(-7, 7, 2001)
    weights = stats.norm.pdf(grid) / stats.norm.pdf(grid).sum()
    amounts = np.exp(np.log(100) + 0.8 * grid)
    outcomes = np.linspace(-700, 5000, 3001)
    likely = stats.norm.pdf(outcomes, amounts[:, None], 150 / np.sqrt(n)) * weights[:, None]
    after = np.maximum((amounts - 150) @ likely, 0).sum() * (outcomes[1] - outcomes[0])
    exact = after - max(weights @ (amounts - 150), 0)
    x = table(0, amount=Distribution("lognormal", (np.log(100), 0.8)))
    sample = {"amount": Sample(kind="mean", sd=150)}
    found = values(against_nothing(x["amount"] - 150), x, sample, n)
    assert found == pytest.approx([exact], rel=5e-3)


def test_only_a_share_of_the_cases_bears_on_the_input():
    x = table(0, theta=beta(2, 3))
    benefit = against_nothing(100 * x["theta"] - 50)
    part = values(benefit, x, {"theta": Sample(kind="rate", share=0.1)}, [2, 50, 100])
    assert part == [0, *values(benefit, x, {"theta": RATE}, [5, 10])]


def test_found_out_exactly_is_the_evppi():
    x = table(0, p1=normal(1, 1), p2=normal(0, 2))
    benefit = against_nothing(x["p1"] - x["p2"])
    found = values(benefit, x, {"p1": Sample(kind="exact")}, [1, 50])
    assert found == [evppi(benefit, x).loc["p1", "value"]] * 2


def test_what_says_nothing_lies_at_the_noise_floor():
    rng = np.random.default_rng(7)
    x = pd.DataFrame(rng.beta(2, 3, size=(4096, 12)), columns=[f"x{i}" for i in range(12)])
    benefit = against_nothing(rng.normal(size=4096))
    rows = pd.concat([evsi(benefit, x, {name: RATE}, [10, 1000]) for name in x])
    assert (rows["value"] <= rows["noise_floor"]).mean() >= 0.8
    assert (rows["standard_error"] > 0).all()


# --- several inputs --------------------------------------------------------------------


@pytest.mark.parametrize("seed", SCRAMBLES)
def test_two_means_in_a_sum(seed: int):
    x = table(seed, a=normal(0.3, 1), b=normal(0, 2), c=normal(0, 1))
    benefit = against_nothing(x["a"] + x["b"] + x["c"])
    samples = {"b": Sample(kind="mean", sd=5), "a": Sample(kind="mean", sd=3)}
    sizes = [1, 5, 50, 1000]
    sds = [np.sqrt(1 / (1 + 9 / n) + 16 / (4 + 25 / n)) for n in sizes]
    exact = [sd * unit_normal_loss(0.3 / sd) for sd in sds]
    assert values(benefit, x, samples, sizes) == pytest.approx(exact, rel=5e-3)
    samples["b"] = Sample(kind="exact")
    sds = [np.sqrt(1 / (1 + 9 / n) + 4) for n in sizes]
    exact = [sd * unit_normal_loss(0.3 / sd) for sd in sds]
    assert values(benefit, x, samples, sizes) == pytest.approx(exact, rel=5e-3)


@pytest.mark.parametrize("seed", SCRAMBLES)
def test_two_rates_in_a_product(seed: int):
    """Exact sums over both numbers of cases found."""
    x = table(seed, r=beta(4, 3), s=beta(5, 2), w=normal(0, 10))
    benefit = against_nothing(100 * x["r"] * x["s"] - 45 + x["w"])
    exact = []
    for n in (5, 20, 100):
        k = np.arange(n + 1)
        chances = np.outer(stats.betabinom.pmf(k, n, 4, 3), stats.betabinom.pmf(k, n, 5, 2))
        worth = 100 * np.outer((4 + k) / (7 + n), (5 + k) / (7 + n)) - 45
        exact.append((chances * np.maximum(worth, 0)).sum() - max(100 * 4 / 7 * 5 / 7 - 45, 0))
    assert values(benefit, x, {"r": RATE, "s": RATE}, [5, 20, 100]) == pytest.approx(
        exact, rel=5e-3
    )


@pytest.mark.parametrize("seed", SCRAMBLES)
def test_two_means_that_hang_together(seed: int):
    """Bivariate normal with r = 0.6: the posterior mean's variance in closed form."""
    names, r = ["a", "b"], 0.6
    wanted = pd.DataFrame([[1, r], [r, 1]], index=names, columns=names)
    x = table(seed, wanted, a=normal(0.4, 1), b=normal(0, 1), c=normal(0, 1))
    benefit = against_nothing(x["a"] + x["b"] + x["c"])
    prior, exact, sizes = wanted.to_numpy(), [], [2, 10, 100]
    for n in sizes:
        seen = prior @ np.linalg.solve(prior + np.diag([4 / n, 9 / n]), prior)
        sd = np.sqrt(seen.sum())
        exact.append(sd * unit_normal_loss(0.4 / sd))
    samples = {"a": Sample(kind="mean", sd=2), "b": Sample(kind="mean", sd=3)}
    assert values(benefit, x, samples, sizes) == pytest.approx(exact, rel=3e-2)


def test_evsi_rises_to_the_evppi():
    x = table(0, r=beta(4, 3), s=beta(5, 2), w=normal(0, 20))
    benefit = np.column_stack([100 * x["r"] * x["s"] - 45 + x["w"], 0 * x["r"], 50 * x["r"] - 30])
    known = evppi(benefit, x, groups={"both": ["r", "s"]})["value"]
    for samples, most in (({"r": RATE}, known["r"]), ({"r": RATE, "s": RATE}, known["both"])):
        found = values(benefit, x, samples, [1, 3, 10, 30, 100, 1000, 100_000])
        assert (np.diff(found) >= -1e-3 * most).all()
        assert found[0] > 0
        assert found[-1] == pytest.approx(most, rel=5e-3)
        assert max(found) <= most <= evpi(benefit)


def test_the_fits_may_be_handed_in():
    x = table(0, r=beta(4, 3), s=beta(5, 2))
    benefit = against_nothing(100 * x["r"] * x["s"] - 45)
    fits = regressions(benefit, x)
    for samples in ({"r": RATE}, {"r": RATE, "s": RATE}):
        plain = evsi(benefit, x, samples, [5, 50], seed=3)
        pd.testing.assert_frame_equal(plain, evsi(benefit, x, samples, [5, 50], seed=3, fits=fits))


@pytest.mark.parametrize(
    ("samples", "n", "said"),
    [
        ({"theta": RATE}, 0, "n must lie in"),
        ({"theta": RATE}, [5, -1], "n must lie in"),
        ({"theta": RATE}, 2.5, "n must lie in"),
        ({"theta": RATE}, [], "n must lie in"),
        ({}, 5, "samples must be one of"),
        ({"thta": RATE}, 5, "samples must be one of theta or amount, got thta"),
        ({"amount": RATE}, 5, "inputs.amount must be a share"),
        ({"amount": Sample(kind="mean")}, 5, r"samples.amount.sd must lie in \(0"),
        ({"theta": Sample(kind="rate", share=0.0)}, 5, "samples.theta.share must be a share"),
        ({"theta": Sample(kind="guess")}, 5, "samples.theta.kind must be one of"),  # type: ignore[arg-type]
    ],
)
def test_bad_studies_are_refused(samples: dict[str, Sample], n: object, said: str):
    rng = np.random.default_rng(0)
    x = pd.DataFrame({"theta": rng.uniform(size=128), "amount": rng.uniform(2, 3, size=128)})
    with pytest.raises(InputError, match=said):
        evsi(against_nothing(x["theta"]), x, samples, n)  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(bad: float):
    x = pd.DataFrame({"theta": np.linspace(0, 1, 128)})
    benefit = against_nothing(x["theta"])
    with pytest.raises(InputError, match="net_benefit must be"):
        evsi(np.where(benefit > 0.99, bad, benefit), x, {"theta": RATE}, 5)
    with pytest.raises(InputError, match="inputs must be"):
        evsi(benefit, x.replace(0.0, bad), {"theta": RATE}, 5)
    with pytest.raises(InputError, match="draws must lie"):
        evsi(benefit[:10], x[:10], {"theta": RATE}, 5)


def test_an_input_that_never_moves_is_worth_nothing():
    x = table(0, theta=beta(2, 3)).assign(still=0.3)
    benefit = against_nothing(100 * x["theta"] - 50)
    assert values(benefit, x, {"still": RATE}, [5, 10]) == [0, 0]
    both = values(benefit, x, {"still": RATE, "theta": RATE}, [5, 10])
    assert both == values(benefit, x, {"theta": RATE}, [5, 10])


# --- which study -----------------------------------------------------------------------


def test_enbs_by_hand():
    found = pd.DataFrame({"value": [2.0, 9.0], "noise_floor": [0.1, 0.1]}, index=[10, 20])
    table = enbs(found, price=1, price_per_case=0.25, delay=1.5)
    assert table["price"].tolist() == [3.5, 6.0]
    assert table["enbs"].tolist() == [-3.0, 1.5]


def test_best_study_against_exact_sums():
    """Cases at 0.01 each and 2% lost by waiting; all by beta-binomial sums."""
    x = table(0, theta=beta(2, 3))
    benefit = against_nothing(100 * x["theta"] - 38)  # worth 2 on average
    found = best_study(benefit, 0.9 * benefit, x, {"theta": RATE}, price=1, price_per_case=0.01)
    worth = {n: 0.9 * evsi_rate(2, 3, [[-38, 100], [0, 0]], n) for n in default_sizes(2000)}
    nets = {n: worth[n] - 1 - 0.01 * n - 0.2 for n in worth}
    n = max(nets, key=lambda size: nets[size])
    assert found is not None
    assert found.n == n
    assert found.delay == pytest.approx(0.2, abs=0.01)
    assert found.price == pytest.approx(1 + 0.01 * n)
    assert found.enbs == pytest.approx(nets[n], rel=5e-3)


def test_decide_now_where_nothing_pays():
    x = table(0, theta=beta(2, 3), silent=beta(2, 3))
    benefit = against_nothing(100 * x["theta"] - 38)
    paid = {"price": 0.5, "price_per_case": 0.01}
    assert best_study(benefit, benefit, x, {"theta": RATE}, **paid) is not None
    # dearer than perfect information; a ruinous delay; an input that tells nothing
    assert best_study(benefit, benefit, x, {"theta": RATE}, price=50) is None
    assert best_study(benefit, 0.01 * benefit, x, {"theta": RATE}, **paid) is None
    assert best_study(benefit, benefit, x, {"silent": RATE}) is None


def test_decide_now_needs_no_regression():
    """Its early way out looks at the EVPI alone: the input here would be refused."""
    benefit = against_nothing(np.linspace(-1, 1, 128))
    x = pd.DataFrame({"theta": np.full(128, np.nan)})
    assert best_study(benefit, benefit, x, {"theta": RATE}, price=9) is None
    with pytest.raises(InputError, match="inputs must be"):
        best_study(benefit, benefit, x, {"theta": RATE})


def test_sizes_and_population():
    assert default_sizes(7) == [7]
    assert default_sizes(500) == [10, 20, 50, 100, 200, 500]
    assert default_sizes()[-2:] == [50_000, 100_000]
    x = table(0, theta=beta(2, 3))
    benefit = against_nothing(100 * x["theta"] - 50)
    few = best_study(benefit, benefit, x, {"theta": RATE}, population=33)
    only = best_study(benefit, benefit, x, {"theta": RATE}, sizes=[4, 8])
    exact = best_study(benefit, benefit, x, {"theta": Sample(kind="exact")}, price=1)
    assert few is not None
    assert few.n == 33
    assert only is not None
    assert only.n == 8
    assert exact is not None
    assert exact.enbs == pytest.approx(evpi(benefit) - 1, rel=1e-3)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"price": -1.0}, "price must lie"),
        ({"price_per_case": np.nan}, "price_per_case must lie"),
        ({"population": 0}, "population must lie"),
        ({"sizes": [0]}, "n must lie"),
    ],
)
def test_bad_terms_are_refused(terms: dict, said: str):
    x = pd.DataFrame({"theta": np.linspace(0, 1, 128)})
    benefit = against_nothing(x["theta"] - 0.5)
    with pytest.raises(InputError, match=said):
        best_study(benefit, benefit, x, {"theta": RATE}, **terms)


def test_delay_is_of_the_same_shape():
    assert cost_of_delay([[3.0, 5.0]], [[3.0, 1.0]]) == 2
    with pytest.raises(InputError, match="delayed must be"):
        cost_of_delay([[3.0, 5.0]], [[3.0]])


@pytest.mark.parametrize("draws", [64, 1000])
@pytest.mark.parametrize("worth", ["nothing", "the same", "one option", "product"])
def test_degenerate_worlds_give_numbers(draws: int, worth: str):
    """Ties, copies of an input, options that never differ: finite, within the EVPI."""
    rng = np.random.default_rng(4)
    x = pd.DataFrame(rng.beta(2, 3, size=(draws, 3)), columns=["a", "b", "c"])
    x = x.assign(copy=x["a"], coin=rng.integers(0, 2, draws).astype(float), still=0.5)
    product = (x["a"] * x["b"] + x["c"] * x["coin"] - 0.3).to_numpy()
    benefit = {
        "nothing": np.zeros((draws, 3)),
        "the same": np.full((draws, 2), 7.0),
        "one option": product[:, None],
        "product": np.column_stack([product, 0 * product, product / 2]),
    }[worth]
    most = evpi(benefit) + 1e-12
    known = evppi(benefit, x, groups={"pair": ["a", "copy"], "three": ["a", "b", "coin"]})
    assert known["value"].between(0, most).all()
    for names in (["coin"], ["a", "copy"], ["a", "b", "coin"]):
        seen = evsi(benefit, x, dict.fromkeys(names, RATE), [1, 10, 10**6])
        assert seen["value"].between(0, most).all()
        assert np.isfinite(seen.to_numpy()).all()
