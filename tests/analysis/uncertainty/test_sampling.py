"""Joint draws: measured correlations, and rank correlations that people state."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mlpdm_kit import InputError
from mlpdm_kit.analysis.uncertainty.distributions import Distribution, from_interval, widened
from mlpdm_kit.analysis.uncertainty.sampling import draw, quantiles
from mlpdm_kit.case.correlations import clash, score_correlation

INPUTS = {
    "volume": from_interval(8000, 12_000),
    "prevalence": from_interval(0.004, 0.011, family="beta"),
    "build": from_interval(5, 12, middle=7),
    "delay": from_interval(0, 6),
    "fixed": from_interval(3, 3),
}


@pytest.mark.parametrize("rank", [-1.0, -0.7, -0.3, 0.0, 0.4, 0.95, 1.0])
def test_the_draws_have_the_rank_correlation_that_was_asked_for(rank: float):
    for seed in range(3):
        theta = draw(INPUTS, seed=seed, ranks={("volume", "delay"): rank})
        found = stats.spearmanr(theta["volume"], theta["delay"]).statistic
        assert found == pytest.approx(rank, abs=0.01)


def test_three_pairs_and_a_measured_one_hold_together():
    names = ["prevalence", "build"]
    measured = pd.DataFrame([[1, 0.5], [0.5, 1]], index=names, columns=names)
    ranks = {("volume", "prevalence"): 0.5, ("volume", "build"): -0.2, ("delay", "build"): 0.3}
    theta = draw(INPUTS, correlation=measured, ranks=ranks)
    wanted = {**ranks, ("prevalence", "build"): 6 / np.pi * np.arcsin(0.25)}
    for pair in combinations(("volume", "prevalence", "build", "delay"), 2):
        rank = wanted.get(pair, wanted.get(pair[::-1], 0.0))
        found = stats.spearmanr(*(theta[name] for name in pair)).statistic
        assert found == pytest.approx(rank, abs=0.015), pair


def test_what_is_stated_moves_no_margin():
    free, tied = draw(INPUTS), draw(INPUTS, ranks={("volume", "delay"): 0.6})
    for name in INPUTS:
        assert tied[name].mean() == pytest.approx(free[name].mean(), rel=2e-3)
    assert (free["build"] == tied["build"]).all()


def test_scores_and_ranks_agree():
    """Pearson (1907): rho = 6/pi arcsin(r/2) for two normals."""
    for rank in (-0.9, -0.2, 0.0, 0.5, 0.99):
        assert 6 / np.pi * np.arcsin(score_correlation(rank) / 2) == pytest.approx(rank)


@pytest.mark.parametrize(
    ("pair", "rank", "code"),
    [
        (("volume", "prevalnce"), 0.4, "correlation-unknown"),
        (("volume", "fixed"), 0.4, "correlation-point"),
        (("volume", "volume"), 0.4, "correlation-two"),
        (("volume", "delay"), 1.3, "correlation-range"),
        (("volume", "delay"), float("nan"), "correlation-range"),
    ],
)
def test_a_wrong_pair_is_refused(pair: tuple[str, str], rank: float, code: str):
    with pytest.raises(InputError) as caught:
        draw(INPUTS, draws=256, ranks={pair: rank})
    assert [fault.code for fault in caught.value.faults] == [code]
    if code == "correlation-unknown":
        assert "Did you mean: prevalence" in str(caught.value)


def test_pairs_that_cannot_hold_together_are_named():
    ranks = {("volume", "delay"): 0.9, ("delay", "build"): 0.9, ("volume", "build"): -0.9,
             ("volume", "prevalence"): 0.1}  # fmt: skip
    with pytest.raises(InputError, match=r"at 5\d% of what they are") as caught:
        draw(INPUTS, draws=256, ranks=ranks)
    for name in ("volume", "delay", "build"):
        assert name in str(caught.value)
    shrunk = {pair: 0.5 * rank for pair, rank in ranks.items()}
    assert len(draw(INPUTS, draws=256, ranks=shrunk)["volume"]) == 256


def test_a_lopsided_matrix_is_refused():
    names = ["volume", "build"]
    wrong = pd.DataFrame([[1, 0.5], [0.2, 1]], index=names, columns=names)
    with pytest.raises(InputError, match="symmetric"):
        draw(INPUTS, draws=256, correlation=wrong)


def test_the_share_to_which_all_must_come_is_enough_and_no_less_than_needed():
    rng = np.random.default_rng(5)
    tried = 0
    for _ in range(40):
        ranks = np.triu(rng.uniform(-1, 1, (4, 4)), 1)
        ranks += ranks.T
        found = clash("abcd", 2 * np.sin(np.pi * ranks / 6) + np.eye(4))
        if found is None:
            continue
        tried += 1
        for share, sound in ((found[1], True), (found[1] + 0.01, False)):
            eased = 2 * np.sin(np.pi * share * ranks / 6) + np.eye(4)
            assert (clash("abcd", eased) is None) == sound
    assert tried > 5


def test_a_point_moves_with_nothing():
    with pytest.raises(InputError, match="one figure"):
        draw({"x": Distribution("point", (1.0,)), "y": INPUTS["delay"]}, draws=64,
             ranks={("x", "y"): 0.5})  # fmt: skip


@pytest.mark.parametrize("factor", [1.0, 2.177])
@pytest.mark.parametrize(
    "dist",
    [
        from_interval(0.1, 0.3, family="beta"),
        from_interval(1e-6, 0.999, family="beta"),
        from_interval(0, 0.05, family="beta"),
        Distribution("beta", (0.5, 5_000.5)),
        Distribution("beta", (20_000.5, 0.5)),
        from_interval(5, 12, family="gamma"),
        from_interval(1e-6, 1e3, family="gamma"),
        from_interval(5, 12, family="pert", middle=5),
        from_interval(5, 12, family="pert", middle=7),
    ],
    ids=lambda dist: f"{dist.family} {dist.parameters[0]:.3g}",
)
def test_quantiles_by_a_spline_are_those_of_the_distribution(dist: Distribution, factor: float):
    dist = widened(dist, factor)
    p = np.random.default_rng(3).permutation((np.arange(2**14) + 0.5) / 2**14)
    found, exact = quantiles(dist, p), dist.quantile(p)
    assert np.abs(found - exact).max() < 1e-8 * dist.sd
    assert (np.abs(found - exact) <= 1e-6 * np.abs(exact) + 1e-300).all()
