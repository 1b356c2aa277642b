"""EVPPI against closed forms, and what must hold of it for any numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpdm_kit import InputError
from mlpdm_kit.analysis.distributions import Distribution, from_interval
from mlpdm_kit.analysis.information import evpi
from mlpdm_kit.analysis.partial import evppi
from mlpdm_kit.analysis.sampling import draw

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


def test_ties_and_constants():
    """A coin that decides which option is better, and an input that never moves."""
    rng = np.random.default_rng(1)
    coin = rng.integers(0, 2, 4096).astype(float)
    benefit = np.column_stack([2 * coin - 1, np.zeros(4096)])
    found = evppi(benefit, pd.DataFrame({"coin": coin, "still": 7.0}))["value"]
    assert found["coin"] == pytest.approx(evpi(benefit), rel=1e-9)
    assert found["still"] == 0


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
