"""Regressions on cells of ranks against those on every draw, and the order behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special

from mlpdm_kit.analysis.voi.cells import WIDEST, plain_cells, plain_starts, tied_starts
from mlpdm_kit.analysis.voi.information import evpi
from mlpdm_kit.analysis.voi.partial import evppi
from mlpdm_kit.analysis.voi.regressions import Ranked, ranked, regressions
from mlpdm_kit.analysis.voi.splines import ordering, plain_basis, plain_shares, worth

ANY = arrays(float, st.integers(1, 60), elements=st.floats(allow_nan=False, allow_infinity=False))
FEW = arrays(float, st.integers(1, 60), elements=st.sampled_from([-0.0, 0.0, 5e-324, -1.0, 3.0]))


@given(ANY | FEW)
@example(np.array([1e308, -1e308, 0.0]))
@example(np.array([1.0, 1.0 + 1e-15, 1.0, 1.0 - 1e-15, 1e9]))
def test_the_order_is_that_of_a_stable_sort(column: np.ndarray):
    assert ordering(column).tolist() == np.argsort(column, kind="stable").tolist()


@pytest.mark.parametrize("spread", [0.1, 3.0, 30.0])
def test_the_order_of_many_draws_however_skewed(spread: float):
    rng = np.random.default_rng(0)
    for column in (rng.lognormal(sigma=spread, size=4096), rng.integers(0, 99, 4096).astype(float)):
        assert (ordering(column) == np.argsort(column, kind="stable")).all()


@pytest.mark.parametrize("draws", [64, 500, 1024, 10_000, 2**14, 2**17])
def test_cells_are_narrow_and_hold_every_draw_once(draws: int):
    starts = plain_starts(draws)
    counts = np.diff(starts, append=draws)
    assert starts[0] == 0
    assert 0 < counts.min() <= counts.max() <= draws / 512 + 1
    scores = special.ndtri(plain_shares(draws))
    widths = scores[starts + counts - 1] - scores[starts]
    assert widths.max() <= WIDEST + 1e-9
    assert len(starts) == draws if draws <= 512 else len(starts) < 900
    assert plain_cells(draws).labels.tolist() == np.repeat(np.arange(len(starts)), counts).tolist()


def test_a_cell_holds_all_of_equal_values():
    few = np.repeat([0.0, 0.5, 1.0], [8000, 5, 8379])
    assert tied_starts(few).tolist() == [0, 8000, 8005]
    many = np.sort(np.random.default_rng(0).normal(size=2**14).round(3))
    starts = tied_starts(many)
    assert 300 < len(starts) < 900
    assert (many[starts[1:]] > many[starts[1:] - 1]).all()


def taken(column: np.ndarray, values: np.ndarray) -> tuple[Ranked, float]:
    """An input, and the gain of its fit by its cells."""
    found = ranked(column, values)
    assert found is not None
    return found, found.cells.worth(found.basis, found.slopes)


@pytest.mark.parametrize("draws", [1024, 2**14])
def test_what_the_splines_hold_is_found_exactly(draws: int):
    """In the span of the basis cells lose nothing, not even where the best changes."""
    rng = np.random.default_rng(draws)
    basis = plain_basis(draws)
    curves = basis @ rng.normal(size=(basis.shape[1], 4))
    order = rng.permutation(draws)
    column = np.empty(draws)
    column[order] = np.arange(draws)
    values = curves.take(column.astype(int), axis=0)
    found, gain = taken(column, values)
    assert found.part == pytest.approx(values, abs=1e-12)
    assert gain == pytest.approx(worth(values), rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_with_noise_cells_give_what_every_draw_gives(seed: int):
    """Oracle: least squares on the whole basis, draw by draw."""
    rng = np.random.default_rng(seed)
    column = rng.normal(size=2**14)
    values = np.column_stack([np.sin(2 * column), 0.3 * column, 0 * column])
    values += 2 * rng.normal(size=values.shape)
    order, basis = np.argsort(column), plain_basis(2**14)
    whole = worth(basis @ (basis.T @ values[order]))
    assert taken(column, values)[1] == pytest.approx(whole, rel=1e-3)


def test_the_value_of_an_input_of_few_values_is_that_of_its_groups():
    """Oracle: means by value. One value comes up in 5 draws of 16,384."""
    rng = np.random.default_rng(0)
    x = rng.permutation(np.repeat([0.0, 0.5, 1.0], [8000, 5, 8379]))
    benefit = np.column_stack([np.where(x == 0, -1.0, 1.0), np.where(x == 0.5, 500.0, 0.0)])
    by_value = pd.DataFrame(benefit).groupby(x).mean()
    weights = pd.Series(x).value_counts(normalize=True).loc[by_value.index].to_numpy()
    oracle = weights @ by_value.max(axis=1) - (weights @ by_value).max()
    noisy = benefit + rng.normal(size=(len(x), 1))  # the same for both options
    assert evppi(noisy, pd.DataFrame({"x": x})).loc["x", "value"] == pytest.approx(oracle, rel=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_equal_draws_may_come_in_any_order(seed: int):
    """Draws shuffled, ties and all: the same value but for the rounding of sums."""
    rng = np.random.default_rng(seed)
    x = pd.DataFrame({"a": rng.integers(0, 5, 2048), "b": rng.normal(size=2048).round(1)})
    benefit = np.column_stack([x["a"] - 2 + rng.normal(size=2048), x["b"]])
    mixed = rng.permutation(2048)
    plain, other = regressions(benefit, x), regressions(benefit[mixed], x.iloc[mixed])
    for name in x:
        assert plain.worth(name) == pytest.approx(other.worth(name), rel=1e-9, abs=1e-12)
        assert 0 <= plain.worth(name) <= evpi(benefit)
