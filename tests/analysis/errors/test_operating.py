"""Operating points: held against counting row by row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit.analysis.errors.costs import Costs, cost_curve
from mlpdm_kit.analysis.errors.operating import (
    cost_of_cuts,
    table_of_cuts,
    table_of_offsets,
    three_ways,
)
from mlpdm_kit.errors import InputError

COSTS = Costs(false_positive=7, false_negative=60, true_positive=-5, true_negative=0.5)
rows = st.lists(
    st.tuples(st.booleans(), st.integers(0, 12), st.integers(1, 3)), min_size=4, max_size=60
).filter(lambda found: 0 < sum(hit for hit, *_ in found) < len(found))


def by_hand(hit: bool, act: bool) -> float:
    if hit:
        return COSTS.true_positive if act else COSTS.false_negative
    return COSTS.false_positive if act else COSTS.true_negative


@given(rows, st.floats(0.05, 0.95))
def test_counts_and_costs_are_those_of_counting(found, share):
    y = np.array([float(hit) for hit, *_ in found])
    score = np.array([level / 12 for _, level, _ in found])
    weights = np.array([float(weight) for *_, weight in found])
    table = table_of_cuts(y, score, weights=weights, also=[0.37])
    costs = cost_of_cuts(table, COSTS, share)
    assert 0.37 in table.cuts
    assert np.isinf(table.cuts[-1])
    for place, cut in enumerate(table.cuts):
        assert table.positives[place] == ((score < cut) & (y == 1)).sum()
        assert table.negatives[place] == ((score < cut) & (y == 0)).sum()
        expected = 0.0
        for kind, part in ((1.0, share), (0.0, 1 - share)):
            here = y == kind
            lost = [by_hand(bool(kind), bool(s >= cut)) for s in score[here]]
            expected += part * float(np.average(lost, weights=weights[here]))
        assert costs[place] == pytest.approx(expected)


@given(rows, st.integers(0, 12), st.integers(0, 12), st.floats(0.05, 0.95))
def test_three_ways_are_those_of_counting(found, one, other, share):
    y = np.array([float(hit) for hit, *_ in found])
    score = np.array([level / 12 for _, level, _ in found])
    low, high = sorted((one / 12, other / 12))
    table = table_of_cuts(y, score, also=[low, high])
    ways = three_ways(
        table, table.place(low), table.place(high), costs=COSTS, prevalence=share,
        review_cost=2.0, reviewer_error=0.1,
    )  # fmt: skip
    cost = left = looked = missed = alarms = 0.0
    for hit, s in zip(y == 1, score, strict=True):
        weigh = share / y.sum() if hit else (1 - share) / (1 - y).sum()
        if s < low:
            cost += weigh * by_hand(hit, False)
            left += weigh
            missed += weigh * hit
        elif s >= high:
            cost += weigh * by_hand(hit, True)
            alarms += weigh * (not hit)
        else:
            right = 0.9 * by_hand(hit, hit) + 0.1 * by_hand(hit, not hit)
            cost += weigh * (2.0 + right)
            looked += weigh
            missed += weigh * 0.1 * hit
            alarms += weigh * 0.1 * (not hit)
    assert ways.cost == pytest.approx(cost)
    assert (ways.left, ways.reviewed) == pytest.approx((left, looked))
    assert ways.acted == pytest.approx(1 - left - looked)
    assert (ways.missed, ways.alarms) == pytest.approx((missed, alarms))


def test_the_cost_is_that_of_the_curve():
    rng = np.random.default_rng(5)
    y, score = (rng.random(300) < 0.3).astype(float), rng.random(300)
    table = table_of_cuts(y, score)
    curve = cost_curve(y, score, COSTS, 0.2)
    assert table.cuts.tolist() == curve["threshold"].tolist()
    assert cost_of_cuts(table, COSTS, 0.2) == pytest.approx(curve["cost"].to_numpy())


def test_many_scores_make_no_more_cuts_than_asked():
    rng = np.random.default_rng(5)
    y, score = (rng.random(9_000) < 0.3).astype(float), rng.random(9_000)
    table = table_of_cuts(y, score, also=[0.123456], most=64)
    assert len(table.cuts) == 66
    place = int(np.flatnonzero(table.cuts == 0.123456)[0])
    assert table.positives[place] == ((score < 0.123456) & (y == 1)).sum()


def test_a_row_answered_twice_counts_half_each_time():
    table = table_of_cuts([1, 1, 0], [0.2, 0.8, 0.5], counts=[0.5, 0.5, 1])
    assert table.positives[table.place(0.5)] == 0.5


def test_the_nearest_cut_is_found():
    table = table_of_cuts([0, 1, 1], [0.2, 0.4, 0.8])
    assert [table.place(cut) for cut in (-1, 0.2, 0.29, 0.31, 0.79, 0.8, 0.81)] == [
        0, 0, 0, 1, 2, 2, 3,
    ]  # fmt: skip


def test_one_class_is_refused():
    with pytest.raises(InputError):
        table_of_cuts([1, 1], [0.1, 0.2])
    table = table_of_cuts([0, 1], [0.1, 0.2])
    with pytest.raises(InputError):
        three_ways(table, 1, 0, costs=COSTS, prevalence=0.5, review_cost=1, reviewer_error=0)


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=40))
def test_offsets_are_those_of_counting(found):
    y, score = (np.array(column, dtype=float) for column in zip(*found, strict=True))
    table = table_of_offsets(y, score, also=[0.5, -3.0], most=9)
    assert {0.5, -3.0} <= set(table.offsets.tolist())
    for place, offset in enumerate(table.offsets):
        short = y - (score + offset)
        assert table.under[place] == pytest.approx(np.maximum(short, 0).mean(), abs=1e-9)
        assert table.over[place] == pytest.approx(np.maximum(-short, 0).mean(), abs=1e-9)
        if offset in (0.5, -3.0):
            assert table.enough[place] == (y - score <= offset).mean()
