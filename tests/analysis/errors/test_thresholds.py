"""Costs by row, thresholds by row, and the band of the best threshold."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.metrics import roc_curve

from mlpdm_kit import InputError
from mlpdm_kit.analysis.errors.costs import Costs, best_threshold, bootstrap_cost, cost_curve
from mlpdm_kit.analysis.errors.losses import (
    cost_difference,
    harm_and_relief,
    instance_thresholds,
    losses,
    row_costs,
)
from mlpdm_kit.analysis.errors.thresholds import quantile_bins, threshold_band

FIVE = Costs(false_positive=1, false_negative=5)


def world(rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows whose probability is known."""
    p = expit(-2 + 1.5 * rng.normal(size=rows))
    return (rng.random(rows) < p).astype(float), p


# --- losses and thresholds by row -----------------------------------------------------


def test_losses_by_hand():
    costs = {"false_positive": [1, 2, 3, 4], "false_negative": [10, 20, 30, 40],
             "true_positive": -5, "true_negative": [0, 0, 0, 0.5]}  # fmt: skip
    assert losses([0, 1, 1, 0], [1, 0, 1, 0], costs).tolist() == [1, 20, -5, 0.5]


def test_losses_of_one_cost_are_those_of_the_curve(rng: np.random.Generator):
    y, p = world(300, rng)
    curve = cost_curve(y, p, FIVE)
    for row in curve.iloc[[0, 10, 200, 300]].itertuples():
        assert losses(y, p >= row.threshold, FIVE).mean() == pytest.approx(row.cost)


def test_thresholds_by_hand():
    # harm and relief: 5 and 95; 5 and 5; acting always pays; never; neither matters
    costs = {"false_positive": [5, 5, -1, 5, 0], "false_negative": [95, 5, 9, -2, 0]}
    assert instance_thresholds(costs).tolist() == [0.05, 0.5, 0, np.inf, np.inf]
    assert instance_thresholds(FIVE, 3) == pytest.approx([1 / 6] * 3)
    assert instance_thresholds(FIVE)[0] == pytest.approx(FIVE.threshold)


AMOUNT = st.floats(-100, 100).map(lambda x: round(x, 2))


@given(st.lists(st.tuples(AMOUNT, AMOUNT, AMOUNT, AMOUNT), min_size=1, max_size=20),
       st.floats(0.001, 0.999))  # fmt: skip
def test_a_rows_threshold_is_where_acting_pays(rows: list[tuple[float, ...]], p: float):
    fp, fn, tp, tn = np.array(rows).T
    costs = row_costs({"false_positive": fp, "false_negative": fn, "true_positive": tp,
                       "true_negative": tn})  # fmt: skip
    if ((fp < tn) & (fn < tp)).any():
        with pytest.raises(InputError, match="acting pays when it is wrong"):
            instance_thresholds(costs)
        return
    gain = (p * fn + (1 - p) * tn) - (p * tp + (1 - p) * fp)
    acts = p >= instance_thresholds(costs)
    clear = np.abs(gain) > 1e-9
    assert (acts == (gain > 0))[clear].all()


def test_thresholds_by_row_cost_least(rng: np.random.Generator):
    """On probabilities that are right no single threshold is cheaper."""
    y, p = world(20_000, rng)
    costs = {"false_positive": 1.0, "false_negative": rng.lognormal(1, 1.2, size=len(y))}
    own = losses(y, p >= instance_thresholds(costs), costs)
    for cut in (0.02, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5, 0.9):
        more = cost_difference(losses(y, p >= cut, costs), own, bootstraps=200)
        assert more.mean > 0
        assert more.low > 0


def test_shares_of_a_bad_array_are_refused():
    with pytest.raises(InputError, match=r"costs.false_negative"):
        losses([0, 1], [0, 1], {"false_positive": 1, "false_negative": [1, 2, 3]})
    with pytest.raises(InputError, match=r"costs.false_positive"):
        row_costs({"false_positive": [1, np.nan], "false_negative": 1})
    with pytest.raises(InputError, match="false_negatives"):
        row_costs({"false_positive": 1, "false_negatives": 1})
    with pytest.raises(InputError, match="act"):
        losses([0, 1], [0, 0.5], FIVE)
    with pytest.raises(InputError, match="row 1"):
        harm_and_relief(row_costs({"false_positive": [1, -1], "false_negative": -2}))


# --- the cost of a difference ---------------------------------------------------------


def test_a_difference_is_paired(rng: np.random.Generator):
    """Rows that both policies pay for do not blur what lies between them."""
    common = rng.lognormal(3, 2, size=1_000)
    first, second = common + (rng.random(1_000) < 0.2), common
    found = cost_difference(first, second)
    apart = bootstrap_cost(first)
    assert found.low < 0.2 < found.high
    assert found.high - found.low < 0.05 < apart.high - apart.low


def test_a_difference_turns_round_and_is_nothing_with_itself(rng: np.random.Generator):
    y, p = world(500, rng)
    one, other = losses(y, p >= 0.1, FIVE), losses(y, p >= 0.4, FIVE)
    there = cost_difference(one, other, strata=y.astype(int), shares=[0.9, 0.1])
    back = cost_difference(other, one, strata=y.astype(int), shares=[0.9, 0.1])
    assert there.mean == pytest.approx(-back.mean)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=0.02)
    same = cost_difference(one, one)
    assert (same.mean, same.low, same.high) == (0, 0, 0)
    with pytest.raises(InputError, match="first, second"):
        cost_difference(one, other[:-1])


# --- the band -------------------------------------------------------------------------


def by_curves(y, score, costs, prevalence, bootstraps, rng):
    """The oracle: rows drawn again, and the curve worked out on each sample."""
    cuts, least = [], []
    for _ in range(bootstraps):
        if prevalence is None:
            rows = rng.integers(0, len(y), len(y))
        else:
            rows = np.concatenate(
                [rng.choice(np.flatnonzero(y == k), int((y == k).sum())) for k in (0, 1)]
            )
        cuts.append(best_threshold(y[rows], score[rows], costs, prevalence))
        least.append(cost_curve(y[rows], score[rows], costs, prevalence).cost.min())
    return np.quantile(cuts, [0.05, 0.5, 0.95]), np.quantile(least, [0.05, 0.5, 0.95])


@pytest.mark.parametrize("prevalence", [None, 0.3])
def test_the_band_is_that_of_rows_drawn_again(prevalence, rng: np.random.Generator):
    y, p = world(800, rng)
    band = threshold_band(y, p, FIVE, prevalence, bootstraps=2_000)
    cuts, least = by_curves(y, p, FIVE, prevalence, 600, rng)
    got = band.threshold
    assert logit([got.low, got.median, got.high]) == pytest.approx(logit(cuts), abs=0.25)
    got = band.cost
    assert [got.low, got.median, got.high] == pytest.approx(least, rel=0.03)


def test_the_band_by_hand():
    """Scores that tell all: every sample with both classes has the one best cut, at no cost."""
    band = threshold_band([0] * 20 + [1] * 20, [0.2] * 20 + [0.8] * 20, FIVE)
    assert (band.threshold.low, band.threshold.median, band.threshold.high) == (0.5, 0.5, 0.5)
    assert (band.cost.low, band.cost.high) == (0, 0)
    assert (band.never, band.always) == (0, 0)


def test_of_cuts_that_cost_the_same_the_middle_one_is_taken():
    """Nothing lies between 0.19 and 0.8, whichever rows a sample has."""
    score = np.concatenate([np.arange(20) / 100, 0.8 + np.arange(20) / 100])
    band = threshold_band([0] * 20 + [1] * 20, score, FIVE)
    assert band.threshold.median == pytest.approx((0.19 + 0.8) / 2)
    assert band.threshold.low < 0.19 < 0.8 < band.threshold.high


def test_never_and_always_are_said():
    y, score = [0, 1] * 50, np.tile([0.4, 0.6, 0.6, 0.4], 25)
    dear = Costs(false_positive=100, false_negative=1)
    band = threshold_band(y, score, dear)
    assert band.never == 1
    assert band.threshold.low == np.inf
    cheap = threshold_band(y, score, Costs(false_positive=1, false_negative=100))
    assert (cheap.always, cheap.threshold.high) == (1, 0.4)


def test_the_median_is_near_the_best_threshold(rng: np.random.Generator):
    y, p = world(50_000, rng)
    band = threshold_band(y, p, FIVE, bootstraps=300)
    assert band.threshold.low <= best_threshold(y, p, FIVE) <= band.threshold.high
    assert band.threshold.high - band.threshold.low < 0.05
    assert band.cost.median == pytest.approx(cost_curve(y, p, FIVE).cost.min(), rel=0.01)


def test_many_scores_lose_little_in_bins(rng: np.random.Generator):
    """1,024 bins against every score: the same samples would differ by a bin at most."""
    y, p = world(3_000, rng)
    fine = threshold_band(y, p, FIVE, bootstraps=800)
    cuts, _ = by_curves(y, p, FIVE, None, 300, rng)
    assert logit([fine.threshold.low, fine.threshold.high]) == pytest.approx(
        logit(cuts[[0, 2]]), abs=0.25
    )


def test_groups_widen_the_band(rng: np.random.Generator):
    """Ten copies of each row say no more than one."""
    y, p = world(300, rng)
    once = threshold_band(y, p, FIVE)
    many, score = np.repeat(y, 10), np.repeat(p, 10)
    grouped = threshold_band(many, score, FIVE, clusters=np.repeat(np.arange(300), 10))
    naive = threshold_band(many, score, FIVE)

    def width(band):
        return band.cost.high - band.cost.low

    assert width(grouped) == pytest.approx(width(once), rel=0.15)
    assert width(naive) < 0.5 * width(once)
    shared = threshold_band(many, score, FIVE, 0.1, clusters=np.repeat(np.arange(300), 10))
    assert shared.cost.low < shared.cost.high


def test_an_uncertain_base_rate_widens_the_cost(rng: np.random.Generator):
    y, p = world(2_000, rng)
    fixed = threshold_band(y, p, FIVE, 0.2)
    drawn = threshold_band(y, p, FIVE, rng.uniform(0.1, 0.3, 1_000))
    assert drawn.cost.high - drawn.cost.low > 2 * (fixed.cost.high - fixed.cost.low)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60), st.integers(1, 8))
def test_bins_hold_equal_values_together(values: list[int], number: int):
    x = np.array(values, dtype=float)
    place, low, high = quantile_bins(x, number)
    assert len(low) == len(high) == len(np.unique(place)) <= number
    assert (low[place] <= x).all()
    assert (x <= high[place]).all()
    assert (high[:-1] < low[1:]).all()
    assert (low == [x[place == k].min() for k in range(len(low))]).all()


def test_bins_are_of_equal_count(rng: np.random.Generator):
    place, _, _ = quantile_bins(rng.normal(size=10_000), 16)
    assert np.bincount(place).tolist() == [625] * 16


@pytest.mark.parametrize(
    ("change", "told"),
    [({"prevalence": 1.3}, "prevalence"), ({"prevalence": [0.1, 0.2]}, "prevalence"),
     ({"level": 1.0}, "level"), ({"y": [0, 0, 0]}, "two classes")],
)  # fmt: skip
def test_a_bad_band_is_refused(change: dict, told: str):
    given_ = {"y": [0, 1, 1], "score": [0.1, 0.2, 0.3], "costs": FIVE, **change}
    with pytest.raises(InputError, match=told):
        threshold_band(**given_)


def test_seeds_and_blocks_repeat(rng: np.random.Generator):
    y, p = world(500, rng)
    assert threshold_band(y, p, FIVE, seed=3) == threshold_band(y, p, FIVE, seed=3)
    assert threshold_band(y, p, FIVE, seed=3) != threshold_band(y, p, FIVE, seed=4)


@pytest.mark.slow
def test_the_band_covers_the_threshold_of_the_costs():
    """Nominal 90%: measured where a sample holds ten costly errors and more."""
    rng = np.random.default_rng(5)
    held = 0
    for seed in range(300):
        y, p = world(2_000, rng)
        band = threshold_band(y, p, FIVE, bootstraps=300, seed=seed).threshold
        held += band.low <= FIVE.threshold <= band.high
    assert 0.85 <= held / 300 <= 0.97


@pytest.mark.slow
def test_the_band_is_many_times_faster_than_a_loop_of_curves():
    """A hundred times, as NUMBERS has it: ours against one curve a sample."""
    rng = np.random.default_rng(0)
    y, p = world(100_000, rng)

    def ours() -> None:
        threshold_band(y, p, FIVE, bootstraps=1_000)

    def curve() -> None:
        rows = rng.integers(0, len(y), len(y))
        alarms, recall, cuts = roc_curve(y[rows], p[rows])
        share = y[rows].mean()
        cuts[np.argmin((1 - share) * alarms + 5 * share * (1 - recall))]

    def seconds(of: Callable[[], None], times: int) -> float:  # of CPU, not of the wall
        start = time.process_time()
        for _ in range(times):
            of()
        return time.process_time() - start

    loop = min(seconds(curve, 10) for _ in range(3)) * 100
    assert loop / min(seconds(ours, 1) for _ in range(3)) > 100
