"""Results that are known without the kit, each with its source."""

from __future__ import annotations

import math
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mlpdm_kit import InputError
from mlpdm_kit.analysis.errors.costs import (
    Costs,
    best_threshold,
    bootstrap_cost,
    cost_curve,
    net_benefit_curve,
    newsvendor_quantile,
)
from mlpdm_kit.analysis.trial.models import pinball
from mlpdm_kit.analysis.uncertainty.distributions import Distribution, from_interval
from mlpdm_kit.analysis.uncertainty.sampling import draw
from mlpdm_kit.analysis.voi.information import evpi, expected_regret, probability_best
from mlpdm_kit.analysis.worth.discounting import annuity, discounted_months

SCRAMBLES = range(5)
NORMAL = Distribution("normal", (0, 1))


def drawn(seed: int, **inputs: Distribution) -> dict[str, np.ndarray]:
    return draw(inputs, draws=2**14, seed=seed)


# --- distributions: closed forms ------------------------------------------------------


def test_lognormal_from_interval():
    d = from_interval(5, 10)
    assert d.family == "lognormal"
    assert d.parameters == pytest.approx((1.9560115027, 0.2107017820), abs=1e-9)
    assert (d.mean, d.sd) == pytest.approx((7.2297837323, 1.5403928682), abs=1e-9)
    assert (d.quantile(0.05), d.quantile(0.95)) == pytest.approx((5, 10), abs=1e-9)


def test_normal_from_interval():
    d = from_interval(5, 10, family="normal")
    assert (d.mean, d.sd) == pytest.approx((7.5, 1.5198920798), abs=1e-9)


def test_beta_from_interval():
    d = from_interval(0.1, 0.3, family="beta")
    assert d.parameters == pytest.approx((7.7197134034, 32.6506457066), rel=1e-9)


def test_pert():
    """PERT(1, 2, 4) is Beta(7/3, 11/3), scaled to 1 and 4; its mean is 13/6."""
    d = from_interval(1, 4, family="pert", middle=2)
    oracle = stats.beta(7 / 3, 11 / 3, loc=1, scale=3)
    assert (d.mean, d.sd) == pytest.approx((13 / 6, oracle.std()), abs=1e-12)
    assert d.quantile([0.05, 0.5, 0.95]) == pytest.approx(oracle.ppf([0.05, 0.5, 0.95]), abs=1e-9)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (0.004, 0.011),
        (0.98, 0.999),
        (1e-5, 3e-5),
        (0.01, 0.99),
        (0.45, 0.55),
        (1e-8, 0.5),
        (1e-6, 0.999),
        (0.2, 1 - 1e-9),
    ],
)
def test_beta_holds_its_interval(low: float, high: float):
    # oracle: scipy's distribution function, not the fit's own equations
    a, b = from_interval(low, high, family="beta").parameters
    assert stats.beta.cdf([low, high], a, b) == pytest.approx([0.05, 0.95], abs=1e-7)


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.05), (0.95, 1.0)])
def test_beta_touching_a_bound_is_one_sided(low: float, high: float):
    a, b = from_interval(low, high, family="beta").parameters
    inner = high if low == 0 else low
    assert stats.beta.cdf(inner, a, b) == pytest.approx(0.95 if low == 0 else 0.05, abs=1e-12)


def test_amount_from_zero_is_exponential():
    d = from_interval(0, 30)
    assert d.quantile(0.95) == pytest.approx(30)
    assert d.mean == pytest.approx(30 / -math.log(0.05))


# --- value of information -------------------------------------------------------------


@pytest.mark.parametrize(
    ("u", "loss"),
    [(0, 0.3989422804), (0.5, 0.1977965574), (1, 0.0833154706), (2, 0.0084907026)],
)
def test_evpi_is_the_unit_normal_loss(u: float, loss: float):
    """Value N(-u, 1) against 0: EVPI is L(u) (Raiffa & Schlaifer 1961)."""
    found = [
        evpi(np.column_stack([drawn(s, x=NORMAL)["x"] - u, np.zeros(2**14)])) for s in SCRAMBLES
    ]
    assert found == pytest.approx([loss] * 5, rel=2e-3)


def test_evpi_of_two_normals():
    """The vignette of the R package voi: p1 - p2 against 0."""
    for seed in SCRAMBLES:
        theta = drawn(seed, p1=Distribution("normal", (1, 1)), p2=Distribution("normal", (0, 2)))
        benefit = np.column_stack([theta["p1"] - theta["p2"], np.zeros(2**14)])
        assert evpi(benefit) == pytest.approx(0.4798107063, rel=2e-3)


def test_evpi_of_a_rate():
    """100 theta - 50 against 0, theta ~ Beta(2, 3): 35/8."""
    theta = drawn(0, theta=Distribution("beta", (2, 3)))["theta"]
    assert evpi(np.column_stack([100 * theta - 50, 0 * theta])) == pytest.approx(35 / 8, rel=2e-3)


@pytest.mark.parametrize(("k", "expected"), [(2, 0.5641895835), (3, 0.8462843753)])
def test_evpi_of_k_options(k: int, expected: float):
    """Expected maximum of k standard normals."""
    theta = drawn(0, **{f"x{i}": NORMAL for i in range(k)})
    benefit = np.column_stack([theta[f"x{i}"] for i in range(k)])
    assert evpi(benefit) == pytest.approx(expected, rel=2e-3)


def test_product_of_two_lognormals():
    for seed in SCRAMBLES:
        theta = drawn(seed, v=from_interval(1e5, 4e5), r=from_interval(0.5, 2))
        benefit = np.column_stack([theta["v"] * theta["r"] - 250_000, np.zeros(2**14)])
        assert benefit[:, 0].mean() == pytest.approx(-11_135.0498, abs=200)
        assert evpi(benefit) == pytest.approx(51_860.3507, rel=2e-3)
        assert probability_best(benefit)[0] == pytest.approx(0.3540420529, abs=2e-3)


def test_regret_of_the_best_is_the_evpi():
    theta = drawn(3, a=NORMAL, b=NORMAL)
    benefit = np.column_stack([theta["a"] + 0.2, theta["b"], np.zeros(2**14)])
    assert expected_regret(benefit).min() == pytest.approx(evpi(benefit), abs=1e-12)


# --- money over time ------------------------------------------------------------------


def test_annuity():
    assert annuity(0.10, 5) == pytest.approx(3.7907867694, abs=1e-9)
    assert annuity(0.10, 5, timing="mid") == pytest.approx(3.9758107053, abs=1e-9)


def test_annuity_is_continuous_at_zero():
    assert annuity(0.0, 5) == 5
    assert annuity(1e-9, 5) == pytest.approx(5, abs=1e-7)
    assert discounted_months(1e-13, 24, 2.25) == pytest.approx(21.75, abs=1e-9)


@pytest.mark.parametrize("months", [1, 12, 12.25, 2.96])
@pytest.mark.parametrize("delay", [0.0, 0.4, 2.5, 3.5, 11.99, 12.0, 12.1, 40.0])
def test_discounted_months_by_adding_them_up(delay: float, months: float):
    rate = 0.08
    by_hand = sum(
        max(min(t, months) - max(t - 1, delay), 0.0) * (1 + rate) ** (-t / 12) for t in range(1, 14)
    )
    assert discounted_months(rate, months, delay) == pytest.approx(by_hand, abs=1e-12)


# --- costs of errors ------------------------------------------------------------------


def test_elkan():
    assert Costs(false_positive=5, false_negative=95).threshold == 0.05


def test_threshold_keeps_its_place_when_all_costs_scale():
    small, large = (
        Costs(false_positive=2, false_negative=9),
        Costs(false_positive=2e6, false_negative=9e6),
    )
    assert small.threshold == pytest.approx(large.threshold, abs=1e-15)


def test_newsvendor():
    """N(100, 20), under 4, over 1 (closed form of the newsvendor's cost)."""
    share = newsvendor_quantile(4, 1)
    order = Distribution("normal", (100, 20)).quantile(share)
    assert order == pytest.approx(116.8324246715, abs=1e-9)
    demand = draw({"d": Distribution("normal", (100, 20))}, draws=2**14)["d"]
    assert pinball(demand, order, 4, 1).mean() == pytest.approx(27.9961920408, rel=2e-3)


def df_binary() -> pd.DataFrame:
    with (files("dcurves") / "data" / "df_binary.csv").open() as stream:
        return pd.read_csv(stream)


def test_net_benefit_of_acting_on_all():
    """df_binary of the package dcurves (Apache 2.0), 750 rows, 105 of them positive."""
    frame = df_binary()
    curve = net_benefit_curve(frame["cancer"], frame["cancerpredmarker"], [0.05, 0.1, 0.2, 0.3])
    assert curve["all"].tolist() == pytest.approx(
        [0.0947368421, 0.0444444444, -0.0750000000, -0.2285714286], abs=1e-9
    )


def test_net_benefit_curve_against_dcurves():
    import dcurves

    frame = df_binary()
    cuts = np.arange(0.01, 0.99, 0.01)
    theirs = dcurves.dca(
        data=frame, outcome="cancer", modelnames=["cancerpredmarker"], thresholds=cuts
    )
    theirs = theirs[theirs["model"] == "cancerpredmarker"].sort_values("threshold")
    ours = net_benefit_curve(frame["cancer"], frame["cancerpredmarker"], cuts)
    assert ours["net_benefit"].to_numpy() == pytest.approx(
        theirs["net_benefit"].to_numpy(), abs=1e-12
    )


def test_screening_counts():
    """scikit-learn by hand: StandardScaler, LogisticRegression, five stratified folds."""
    from sklearn.datasets import load_breast_cancer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, benign = load_breast_cancer(return_X_y=True)
    y = 1 - benign
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    score = cross_val_predict(model, x, y, cv=folds, method="predict_proba")[:, 1]
    costs = Costs(false_positive=1, false_negative=10)
    assert costs.threshold == pytest.approx(1 / 11)
    for cut, counts, total in (
        (costs.threshold, (209, 34, 3, 323), 64),
        (0.5, (None, 3, 9, None), 93),
    ):
        act = score >= cut
        found = ((act & (y == 1)).sum(), (act & (y == 0)).sum(), (~act & (y == 1)).sum(),
                 (~act & (y == 0)).sum())  # fmt: skip
        assert all(want is None or want == got for want, got in zip(counts, found, strict=True))
        loss = np.where(y == 1, np.where(act, 0, 10), np.where(act, 1, 0))
        assert bootstrap_cost(loss).mean * len(y) == pytest.approx(total)
    curve = cost_curve(y, score, costs)
    assert curve["cost"].iloc[-1] * len(y) == pytest.approx(2120)  # none
    assert curve["cost"].iloc[0] * len(y) == pytest.approx(357)  # all


# --- thresholds and bootstraps --------------------------------------------------------


def test_best_threshold_is_the_best_of_all_cuts(rng: np.random.Generator):
    y = (rng.random(400) < 0.3).astype(float)
    score = np.round(np.clip(0.3 * y + rng.normal(0.4, 0.2, 400), 0, 1), 2)
    costs = Costs(false_positive=1, false_negative=4)

    def cost(cut: float) -> float:
        act = score >= cut
        return float(np.where(y == 1, np.where(act, 0, 4), np.where(act, 1, 0)).mean())

    tried = [cost(cut) for cut in [*np.unique(score), np.inf]]
    assert cost(best_threshold(y, score, costs)) == pytest.approx(min(tried))


def test_cost_curve_at_another_base_rate(rng: np.random.Generator):
    """Weighting the rows to the production base rate by hand gives the same costs."""
    y = (rng.random(300) < 0.5).astype(float)
    score = rng.random(300)
    curve = cost_curve(y, score, Costs(false_positive=2, false_negative=7), prevalence=0.1)
    weight = np.where(y == 1, 0.1 / y.mean(), 0.9 / (1 - y.mean()))
    for row in curve.iloc[[3, 150, 290]].itertuples():
        act = score >= row.threshold
        loss = np.where(y == 1, np.where(act, 0, 7), np.where(act, 2, 0))
        assert row.cost == pytest.approx((weight * loss).mean())


def test_bootstrap_against_scipy(rng: np.random.Generator):
    loss = rng.choice([0, 1, 10], p=[0.9, 0.07, 0.03], size=500)
    ours = bootstrap_cost(loss, bootstraps=4000)
    theirs = stats.bootstrap(
        (loss,), np.mean, confidence_level=0.9, method="percentile", n_resamples=4000, rng=rng
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.02)


def test_stratified_bootstrap_is_reweighted():
    loss, y = np.array([0, 0, 0, 1.0, 10, 10]), np.array([0, 0, 0, 0, 1, 1])
    found = bootstrap_cost(loss, strata=y, shares=[0.99, 0.01])
    assert found.mean == pytest.approx(0.99 * 0.25 + 0.01 * 10)
    assert found.low <= found.mean <= found.high


def test_draws_follow_their_correlation():
    names = ["a", "b"]
    wanted = pd.DataFrame([[1, 0.8], [0.8, 1]], index=names, columns=names)
    theta = draw({"a": NORMAL, "b": NORMAL}, draws=2**13, correlation=wanted)
    assert np.corrcoef(theta["a"], theta["b"])[0, 1] == pytest.approx(0.8, abs=0.01)


def test_a_singular_correlation_is_fine():
    names = ["a", "b"]
    same = pd.DataFrame(1.0, index=names, columns=names)
    theta = draw({"a": NORMAL, "b": NORMAL}, draws=256, correlation=same)
    assert theta["a"] == pytest.approx(theta["b"], abs=1e-9)


@pytest.mark.parametrize(
    "costs",
    [
        {"false_positive": 1},
        {"false_positive": 1, "false_negatives": 2},
        {"false_positive": float("nan"), "false_negative": 2},
    ],
)
def test_bad_costs_are_refused(costs: dict[str, float]):
    with pytest.raises(InputError):
        best_threshold([0, 1], [0.2, 0.8], costs)


@pytest.mark.parametrize(
    ("y", "score"), [([], []), ([0, 1], [0.5]), ([0, 2], [0.1, 0.2]), ([0, 1], [0.1, np.nan])]
)
def test_bad_scores_are_refused(y: list[float], score: list[float]):
    with pytest.raises(InputError):
        net_benefit_curve(y, score, [0.5])
