"""EVPPI against closed forms, and what must hold of it for any numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpdm_kit import InputError
from mlpdm_kit.analysis.uncertainty.distributions import Distribution, from_interval
from mlpdm_kit.analysis.uncertainty.sampling import draw
from mlpdm_kit.analysis.voi.conjugate import unit_normal_loss
from mlpdm_kit.analysis.voi.information import evpi
from mlpdm_kit.analysis.voi.partial import evppi

DRAWS = 2**14


@pytest.mark.parametrize("seed", range(5))
def test_two_normals(seed: int):
    """The vignette of the R package voi: p1 - p2 against 0."""
    theta = draw(
        {"p1": Distribution("normal", (1, 1)), "p2": Distribution("normal", (0, 2))},
        draws=DRAWS,
        seed=seed,
    )
    benefit = np.column_stack([theta["p1"] - theta["p2"], np.zeros(DRAWS)])
    found = evppi(benefit, pd.DataFrame(theta))
    assert found.loc["p1", "value"] == pytest.approx(0.0833154706, rel=5e-3)
    assert found.loc["p2", "value"] == pytest.approx(0.3955931148, rel=5e-3)


@pytest.mark.parametrize("seed", range(5))
def test_product_of_two_lognormals(seed: int):
    theta = draw({"v": from_interval(1e5, 4e5), "r": from_interval(0.5, 2)}, draws=DRAWS, seed=seed)
    benefit = np.column_stack([theta["v"] * theta["r"] - 250_000, np.zeros(DRAWS)])
    found = evppi(benefit, pd.DataFrame(theta))["value"]
    assert found.tolist() == pytest.approx([35_458.0096] * 2, rel=5e-3)


def test_one_input_that_is_all_there_is():
    """Knowing the only input is knowing everything."""
    x = draw({"x": Distribution("normal", (0.3, 1))}, draws=DRAWS)["x"]
    benefit = np.column_stack([x, np.zeros(DRAWS), 0.5 * x + 0.1])
    found = evppi(benefit, pd.DataFrame({"x": x}))
    assert found.loc["x", "value"] == pytest.approx(evpi(benefit), rel=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_correlated_inputs(seed: int):
    """x + y against 0, both N(0, 1) with correlation r: knowing x one expects (1 + r) x."""
    names, r = ["x", "y"], 0.6
    wanted = pd.DataFrame([[1, r], [r, 1]], index=names, columns=names)
    normal = Distribution("normal", (0, 1))
    theta = draw({"x": normal, "y": normal}, draws=DRAWS, seed=seed, correlation=wanted)
    benefit = np.column_stack([theta["x"] + theta["y"], np.zeros(DRAWS)])
    found = evppi(benefit, pd.DataFrame(theta))["value"]
    assert found.tolist() == pytest.approx([(1 + r) * 0.3989422804] * 2, rel=1e-2)


def test_what_says_nothing_lies_at_the_noise_floor():
    rng = np.random.default_rng(3)
    x = pd.DataFrame(rng.normal(size=(4096, 21)), columns=[f"x{i}" for i in range(21)])
    benefit = np.column_stack([x["x0"], np.zeros(4096)])
    found = evppi(benefit, x)
    silent = found.drop(index="x0")
    assert found.loc["x0", "value"] > 10 * found.loc["x0", "noise_floor"]
    assert (silent["value"] <= silent["noise_floor"]).mean() >= 0.8
    assert silent["value"].mean() < 0.05 * found.loc["x0", "value"]


def test_rounding_is_worth_nothing():
    """One option is always best: what its figures differ by at the last digit is no worth."""
    rng = np.random.default_rng(0)
    theta = pd.DataFrame({name: rng.normal(size=4096) for name in "abc"})
    best = 1e8 / 3 + 1e6 * theta["c"]
    benefit = np.column_stack([best, best / 3 + 1e6 * theta["a"], -1e8 * np.exp(theta["b"] / 9)])
    assert (evppi(benefit, theta) == 0).all(axis=None)


def test_ties_and_constants():
    """A coin that decides which option is better, and an input that never moves."""
    rng = np.random.default_rng(1)
    coin = rng.integers(0, 2, 4096).astype(float)
    benefit = np.column_stack([2 * coin - 1, np.zeros(4096)])
    found = evppi(benefit, pd.DataFrame({"coin": coin, "still": 7.0}))["value"]
    assert found["coin"] == pytest.approx(evpi(benefit), rel=1e-9)
    assert found["still"] == 0


# --- groups ----------------------------------------------------------------------------

V, R, P = from_interval(1e5, 4e5), from_interval(0.5, 2), from_interval(0.8, 1.6)
BIG = 2**17
Table = Mapping[str, np.ndarray]


def against_nothing(worth: np.ndarray) -> np.ndarray:
    return np.column_stack([worth, np.zeros(len(worth))])


def group_of(
    inputs: Mapping[str, Distribution],
    worth: Callable[[Table], np.ndarray],
    names: list[str],
    expected: Callable[[Table], np.ndarray],
    correlation: pd.DataFrame | None = None,
) -> tuple[list[float], float]:
    """EVPPI of a group on three scrambles, and by what is expected in closed form."""
    found = []
    for seed in range(3):
        theta = draw(inputs, draws=DRAWS, seed=seed, correlation=correlation)
        table = evppi(
            against_nothing(worth(theta)), pd.DataFrame(theta), groups={"them": names}, seed=seed
        )
        found.append(table.loc["them", "value"])
        members = table.loc[names, "value"]
        assert (table.loc["them", "value"] >= members - table.loc["them", "noise_floor"]).all()
    many = draw(inputs, draws=BIG, seed=99, correlation=correlation)
    return found, evpi(against_nothing(expected(many)))


def test_group_of_two_in_a_product_of_three():
    found, truth = group_of(
        {"v": V, "r": R, "p": P},
        lambda t: t["v"] * t["r"] * t["p"] - 280_000,
        ["v", "r"],
        lambda t: t["v"] * t["r"] * P.mean - 280_000,
    )
    assert found == pytest.approx([truth] * 3, rel=5e-3)


def test_group_in_a_product_plus_a_third():
    found, truth = group_of(
        {"v": V, "r": R, "c": Distribution("normal", (-260_000, 100_000))},
        lambda t: t["v"] * t["r"] + t["c"],
        ["v", "r"],
        lambda t: t["v"] * t["r"] - 260_000,
    )
    assert found == pytest.approx([truth] * 3, rel=5e-3)


def test_group_in_a_ratio():
    cost = from_interval(0.3, 3)
    found, truth = group_of(
        {"a": from_interval(1, 3), "b": from_interval(0.5, 2), "cost": cost},
        lambda t: t["a"] / t["b"] * t["cost"] - 2.6,
        ["a", "b"],
        lambda t: t["a"] / t["b"] * cost.mean - 2.6,
    )
    assert found == pytest.approx([truth] * 3, rel=5e-3)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_group_of_a_sum_of_six_normals(size: int):
    """What is expected is N(0.3, sd sqrt(size)): its unit normal loss."""
    inputs = {f"x{i}": Distribution("normal", (0.1 * i - 0.2, 1)) for i in range(6)}
    for seed in range(3):
        theta = draw(inputs, draws=DRAWS, seed=seed)
        benefit = against_nothing(np.sum(list(theta.values()), axis=0))
        found = evppi(benefit, pd.DataFrame(theta), groups={"g": [f"x{i}" for i in range(size)]})
        truth = np.sqrt(size) * unit_normal_loss(0.3 / np.sqrt(size))
        assert found.loc["g", "value"] == pytest.approx(truth, rel=5e-3)


RANK = 0.6
SCORE = 2 * np.sin(np.pi * RANK / 6)  # Pearson's r of the normal scores
TWO = pd.DataFrame([[1, SCORE], [SCORE, 1]], index=["x", "y"], columns=["x", "y"])


def test_group_of_correlated_inputs():
    found, truth = group_of(
        {"x": V, "y": R, "w": P},
        lambda t: t["x"] * t["y"] * t["w"] - 320_000,
        ["x", "y"],
        lambda t: t["x"] * t["y"] * P.mean - 320_000,
        TWO,
    )
    assert found == pytest.approx([truth] * 3, rel=5e-3)


def test_group_that_tells_of_an_input_outside():
    """Knowing x one expects of y the lognormal mean at its conditional score."""
    (_, wide), (low, high) = V.parameters, R.parameters

    def expected(t: Table) -> np.ndarray:
        score = (np.log(t["x"]) - V.parameters[0]) / wide
        y = np.exp(low + high * SCORE * score + high**2 * (1 - SCORE**2) / 2)
        return t["x"] * t["w"] * y - 320_000

    found, truth = group_of(
        {"x": V, "y": R, "w": P},
        lambda t: t["x"] * t["y"] * t["w"] - 320_000,
        ["x", "w"],
        expected,
        TWO,
    )
    assert found == pytest.approx([truth] * 3, rel=1e-2)


def decision(t: Table) -> np.ndarray:
    """Volume x prevalence x recall x price less alarms, a model, nothing and a rule."""
    alarms = (1 - t["prevalence"]) * t["fpr"] * t["alarm"]
    model = t["volume"] * (t["prevalence"] * t["recall"] * t["price"] - alarms) - 18_000
    rule = 0.45 * t["volume"] * t["prevalence"] * t["price"] - 9_000
    return np.column_stack([model, np.zeros(len(model)), rule])


DECISION = {
    "recall": Distribution("beta", (8, 4)),
    "prevalence": Distribution("beta", (3, 30)),
    "price": from_interval(50, 400),
    "volume": from_interval(1e3, 6e3),
    "fpr": Distribution("beta", (3, 40)),
    "alarm": from_interval(20, 80),
}


@pytest.mark.parametrize(
    ("names", "within"),
    [
        (["recall", "prevalence", "price"], 0.01),
        (["volume", "prevalence"], 0.015),
        (["recall", "fpr", "prevalence", "price", "volume"], 0.005),
    ],
)
def test_groups_of_a_decision_model(names: list[str], within: float):
    """The model is multilinear: what is expected has the others at their means."""
    many = draw(DECISION, draws=BIG, seed=99)
    means = {n: np.full(BIG, dist.mean) for n, dist in DECISION.items()}
    truth = evpi(decision({**means, **{name: many[name] for name in names}}))
    for seed in range(2):
        theta = draw(DECISION, draws=DRAWS, seed=seed)
        found = evppi(decision(theta), pd.DataFrame(theta), groups={"g": names}, seed=seed)
        assert found.loc["g", "value"] == pytest.approx(truth, rel=within)


def test_silent_groups_lie_at_their_own_floor():
    rng = np.random.default_rng(5)
    x = pd.DataFrame(rng.normal(size=(4096, 22)), columns=[f"x{i}" for i in range(22)])
    benefit = np.column_stack([x["x0"] + 3 * rng.normal(size=4096), np.zeros(4096)])
    groups = {f"g{i}": [f"x{3 * i + j}" for j in (1, 2, 3)] for i in range(7)}
    found = evppi(benefit, x, groups=groups).loc[list(groups)]
    assert (found["value"] <= found["noise_floor"]).mean() >= 0.7
    assert found["noise_floor"].nunique() == 7


def test_luck_is_taken_off_a_wide_basis():
    """Without it this group of five shows 0.63 on average, of a true 0.40."""
    found, inputs = [], [f"x{i}" for i in range(6)]
    for seed in range(8):
        rng = np.random.default_rng(seed)
        x = pd.DataFrame(rng.normal(size=(1024, 6)), columns=inputs)
        benefit = against_nothing((x["x0"] + 6 * rng.normal(size=1024)).to_numpy())
        found.append(evppi(benefit, x, groups={"g": inputs[:5]}).loc["g", "value"])
    assert np.mean(found) == pytest.approx(0.3989, abs=0.12)


def test_groups_of_one_all_and_nothing_that_moves():
    rng = np.random.default_rng(2)
    x = pd.DataFrame(rng.normal(size=(512, 3)), columns=list("abc")).assign(still=1.0)
    benefit = against_nothing((x["a"] * x["b"] + x["c"]).to_numpy())
    groups = {"one": ["a"], "all": ["c", "b", "a"], "none": ["still"], "with": ["a", "still"]}
    found = evppi(benefit, x, groups=groups)
    assert list(found.index) == ["a", "b", "c", "still", "one", "all", "none", "with"]
    assert found.loc["one"].tolist() == found.loc["a"].tolist()
    assert found.loc["all", "value"] == evpi(benefit)
    assert found.loc["none", "value"] == 0
    assert found.loc["with"].tolist() == found.loc["a"].tolist()


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ({"g": ["a", "nobody"]}, "groups.g must be one of a or b, got nobody"),
        ({"g": []}, "groups.g must be one of"),
        ({"a": ["b"]}, "groups.a bears the name of an input"),
    ],
)
def test_bad_groups_are_refused(groups: dict[str, list[str]], said: str):
    x = pd.DataFrame({"a": np.arange(99.0), "b": np.arange(99.0) % 7})
    with pytest.raises(InputError, match=said):
        evppi(np.zeros((99, 2)), x, groups=groups)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 1e6), st.floats(-1e6, 1e6))
def test_invariants(seed: int, scale: float, constant: float):
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.lognormal(size=(256, 3)), columns=list("abc"))
    benefit = np.column_stack([x["a"] * x["b"] - 1, np.zeros(256), x["c"] - 1.5])
    found = evppi(benefit, x)["value"]
    assert ((found >= 0) & (found <= evpi(benefit) + 1e-12)).all()
    moved = evppi(scale * benefit + constant, x)["value"]
    tolerance = 1e-9 * (scale + abs(constant))
    assert moved.tolist() == pytest.approx((scale * found).tolist(), rel=1e-6, abs=tolerance)
    copied = evppi(np.hstack([benefit, benefit[:, :1]]), x)["value"]
    assert copied.tolist() == pytest.approx(found.tolist(), abs=1e-9)


@pytest.mark.parametrize(
    "inputs",
    [
        pd.DataFrame({"x": np.arange(99.0)}),
        pd.DataFrame({"x": [np.nan] * 100}),
        pd.DataFrame({"x": [np.inf] * 100}),
    ],
    ids=["length", "nan", "infinite"],
)
def test_bad_inputs_are_refused(inputs: pd.DataFrame):
    with pytest.raises(InputError, match="inputs must be"):
        evppi(np.zeros((100, 2)), inputs)


def test_too_few_draws_are_refused():
    with pytest.raises(InputError, match="draws must lie"):
        evppi(np.zeros((10, 2)), pd.DataFrame({"x": np.arange(10.0)}))
