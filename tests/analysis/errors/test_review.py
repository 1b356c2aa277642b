"""Three actions: leave, review, act. Held against brute force, Chow and derivatives."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit import InputError
from mlpdm_kit.analysis.errors.costs import Costs, bootstrap_cost
from mlpdm_kit.analysis.errors.losses import instance_thresholds
from mlpdm_kit.analysis.errors.review import ACT, LEAVE, REVIEW, review_band, review_policy

COSTS = Costs(false_positive=10, false_negative=90)


def lines(p, costs: Costs, review: float, error: float):
    """Expected cost of leaving, reviewing and acting, written out by outcome."""
    p = np.asarray(p, dtype=float)
    tp, fp = costs.true_positive, costs.false_positive
    fn, tn = costs.false_negative, costs.true_negative
    leave = p * fn + (1 - p) * tn
    act = p * tp + (1 - p) * fp
    looked = (
        p * ((1 - error) * tp + error * fn) + (1 - p) * ((1 - error) * tn + error * fp) + review
    )
    return leave, looked, act


# --- the band -------------------------------------------------------------------------


def test_a_band_by_hand():
    """Leaving costs 90 p, acting 10 (1 - p); a review 2 + 0.1 (90 p + 10 (1 - p))."""
    low, high = review_band(COSTS, 2, 0.1)
    assert low == pytest.approx(3 / 82)
    assert high == pytest.approx(7 / 18)


@pytest.mark.parametrize("cost", [0.01, 0.1, 0.3, 0.49])
def test_chows_reject_rule(cost: float):
    """Errors cost 1, a reject r: reject where both classes are less likely than 1 - r."""
    low, high = review_band(Costs(false_positive=1, false_negative=1), cost, 0)
    assert (low, high) == (pytest.approx(cost), pytest.approx(1 - cost))


@pytest.mark.parametrize("cost", [0.5, 0.8])
def test_chow_rejects_nothing_above_a_half(cost: float):
    assert review_band(Costs(false_positive=1, false_negative=1), cost, 0) == (0.5, 0.5)


def test_reviews_that_cost_nothing_and_never_err_take_all_that_is_uncertain():
    assert review_band(COSTS, 0, 0) == (0, 1)
    found = review_policy([0, 0, 1, 1, 1], [0, 0.2, 0.5, 0.9, 1], COSTS, 0, 0)
    assert found.action.tolist() == [LEAVE, REVIEW, REVIEW, REVIEW, ACT]
    assert (found.cost, found.planned_cost) == (0, 0)


MONEY = st.floats(-50, 100).map(lambda x: round(x, 1))


@given(MONEY, MONEY, MONEY, MONEY, st.floats(0, 30), st.floats(0, 1), st.floats(0, 20))
def test_a_band_is_where_the_line_of_a_review_is_lowest(fp, fn, tp, tn, review, error, shadow):
    costs = Costs(false_positive=fp, false_negative=fn, true_positive=tp, true_negative=tn)
    if fp < tn and fn < tp:
        with pytest.raises(InputError, match="acting pays when it is wrong"):
            review_band(costs, review, error)
        return
    low, high = review_band(costs, review, error, shadow)
    p = np.linspace(0, 1, 201)
    leave, looked, act = lines(p, costs, review + shadow, error)
    gain = np.minimum(leave, act) - looked
    inside = (low < p) & (p < high)
    assert (gain[inside] >= -1e-9).all()
    assert (gain[(p < low - 1e-9) | (p > high + 1e-9)] <= 1e-9).all()
    outside = ~inside & (np.abs(leave - act) > 1e-9) & (p > 0) & (p < 1)
    acts = p >= high
    assert (acts == (act < leave))[outside & (np.abs(gain) > 1e-9)].all()


def test_a_band_by_row():
    costs = {"false_positive": 10, "false_negative": np.array([90.0, 900.0, 90.0])}
    low, high = review_band(costs, np.array([2.0, 2.0, 50.0]), 0.1)
    assert low[0] == pytest.approx(3 / 82)
    assert low[1] < low[0]
    assert low[2] == high[2] == pytest.approx(instance_thresholds(COSTS)[0])


# --- the policy -----------------------------------------------------------------------

ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=25)


@st.composite
def settings_of_a_review(draw):
    y, p = zip(*draw(ROWS), strict=True)
    truth = np.array(y, dtype=float)
    both = 0 < truth.sum() < len(truth)
    return {
        "y": truth,
        "probability": np.array(p) / 20,
        "costs": Costs(
            false_positive=draw(st.floats(0.5, 20)),
            false_negative=draw(st.floats(0.5, 200)),
            true_positive=draw(st.floats(-3, 0.4)),
        ),
        "review_cost": draw(st.sampled_from([0.0, 0.1, 1.0, 5.0])),
        "reviewer_error": draw(st.sampled_from([0.0, 0.02, 0.2, 0.6])),
        "capacity_share": draw(st.sampled_from([None, 0.0, 0.05, 0.1, 0.25, 0.5, 1.0])),
        "prevalence": draw(st.sampled_from([None, 0.05, 0.5])) if both else None,
    }


def weights_of(given_: dict) -> np.ndarray:
    y, share = given_["y"], given_["prevalence"]
    share = y.mean() if share is None else share
    w = np.where(y == 1, share / max(y.sum(), 1), (1 - share) / max((1 - y).sum(), 1))
    return w / w.sum()


@given(settings_of_a_review())
def test_a_review_policy_never_costs_more(given_: dict):
    found = review_policy(**given_)
    room = given_["capacity_share"]
    assert found.planned_cost <= found.planned_without + 1e-9
    assert found.share <= (1 if room is None else room) + 1e-9
    assert found.share <= found.wanted_share + 1e-9
    assert found.shadow_price >= 0
    if room in (None, 1.0):
        assert found.planned_cost <= found.planned_all + 1e-9
        assert found.shadow_price == 0
    if found.shadow_price == 0:
        assert found.share == pytest.approx(found.wanted_share)
    elif room:
        assert found.share == pytest.approx(room)
    # what is planned and what is counted, each from the arrays that are given back
    w, p = weights_of(given_), given_["probability"]
    leave, looked, act = lines(p, given_["costs"], given_["review_cost"], given_["reviewer_error"])
    planned = found.reviewed * looked + (1 - found.reviewed) * np.minimum(leave, act)
    assert found.planned_cost == pytest.approx(w @ planned)
    assert found.cost == pytest.approx(w @ found.losses)
    assert found.counts.sum(axis=1) == pytest.approx(
        [(given_["y"] == 0).sum(), (given_["y"] == 1).sum()]
    )
    assert found.counts[:, REVIEW].sum() == pytest.approx(found.reviewed.sum())


@given(settings_of_a_review())
def test_no_band_is_cheaper(given_: dict):
    """All pairs of cuts between the probabilities that differ, by brute force."""
    found = review_policy(**given_)
    w, p = weights_of(given_), given_["probability"]
    leave, looked, act = lines(p, given_["costs"], given_["review_cost"], given_["reviewer_error"])
    cuts = [*np.unique(p), 1.1]
    room = 1 if given_["capacity_share"] is None else given_["capacity_share"]
    for low, high in product(cuts, cuts):
        reviewed = (p >= low) & (p < high)
        if low > high or w[reviewed].sum() > room + 1e-12:
            continue
        cost = w @ np.where(reviewed, looked, np.where(p >= high, act, leave))
        assert found.planned_cost <= cost + 1e-9


@given(settings_of_a_review(), st.floats(0.02, 0.98))
def test_the_shadow_price_is_the_slope_of_the_least_cost(given_: dict, room: float):
    def least(share: float) -> float:
        return review_policy(**{**given_, "capacity_share": share}).planned_cost

    found = review_policy(**{**given_, "capacity_share": room})
    step = 1e-7
    assert (least(room) - least(room + step)) / step == pytest.approx(
        found.shadow_price, abs=1e-5, rel=1e-5
    )


@given(settings_of_a_review())
def test_the_band_at_the_shadow_price_is_what_is_done(given_: dict):
    found = review_policy(**given_)
    p = given_["probability"]
    inside = (p > found.low + 1e-9) & (p < found.high - 1e-9)
    outside = (p < found.low - 1e-9) | (p > found.high + 1e-9)
    assert (found.reviewed[inside] == 1).all()
    assert (found.reviewed[outside] == 0).all()
    assert (found.action[outside & (p > found.high)] == ACT).all()
    assert (found.action[outside & (p < found.low)] == LEAVE).all()


def test_capacity_goes_where_it_gains_most():
    """Ten rows, room for two and a half of them."""
    p = np.linspace(0.05, 0.95, 10)
    y = (p > 0.5).astype(float)
    even = Costs(false_positive=10, false_negative=10)
    found = review_policy(y, p, even, 1, 0, capacity_share=0.25)
    # gains: 10 min(p, 1 - p) - 1, highest in the middle; the next best share what is left
    assert found.reviewed == pytest.approx([0, 0, 0, 0.25, 1, 1, 0.25, 0, 0, 0])
    assert found.shadow_price == pytest.approx(2.5)
    assert found.planned_without - found.planned_cost == pytest.approx((2 * 3.5 + 0.5 * 2.5) / 10)
    assert (found.low, found.high) == (pytest.approx(0.35), pytest.approx(0.65))
    assert found.counts.tolist() == [[3.75, 1.25, 0], [0, 1.25, 3.75]]


def test_dear_cases_are_reviewed_first():
    """Costs by row: at one probability the costly case goes to the reviewer."""
    costs = {"false_positive": 5.0, "false_negative": np.array([10.0, 10, 1_000, 10])}
    found = review_policy([0, 0, 1, 0], [0.3, 0.3, 0.3, 0.3], costs, 1, 0, capacity_share=0.25)
    assert found.reviewed.tolist() == [0, 0, 1, 0]
    assert found.low.shape == (4,)


def test_the_base_rate_of_production_counts(rng: np.random.Generator):
    """Of 100 rows half are positive; in production one in a hundred: reviews follow that."""
    y = np.repeat([0.0, 1.0], 50)
    p = np.where(y == 1, 0.3, 0.02)
    found = review_policy(y, p, COSTS, 1, 0.01, prevalence=0.01)
    assert found.share == pytest.approx(0.99 * found.reviewed[0] + 0.01 * found.reviewed[-1])
    again = bootstrap_cost(found.losses, strata=y.astype(int), shares=[0.99, 0.01])
    assert again.mean == pytest.approx(found.cost)


def test_on_true_probabilities_the_plan_is_the_cost(rng: np.random.Generator):
    p = rng.beta(1, 6, size=200_000)
    y = (rng.random(len(p)) < p).astype(float)
    found = review_policy(y, p, COSTS, 1, 0.05, capacity_share=0.2)
    assert found.cost == pytest.approx(found.planned_cost, rel=0.02)
    assert found.share == pytest.approx(0.2)
    assert found.planned_cost < found.planned_without
    plain = review_policy(y, p, COSTS, 1, 0.05, capacity_share=0)
    assert plain.planned_cost == plain.planned_without
    assert found.cost < plain.cost


@pytest.mark.parametrize(
    ("change", "told"),
    [({"probability": [0.1, 1.5]}, "probability"), ({"review_cost": -1}, "review_cost"),
     ({"reviewer_error": 1.1}, "reviewer_error"), ({"capacity_share": 2}, "capacity_share"),
     ({"prevalence": 0}, "prevalence"), ({"y": [0, 0], "prevalence": 0.1}, "two classes"),
     ({"review_cost": [1, 2, 3]}, "review_cost"), ({"review_cost": np.nan}, "review_cost"),
     ({"costs": {"false_positive": [1, 2, 3], "false_negative": 1}}, "costs.false_positive")],
)  # fmt: skip
def test_bad_calls_are_refused(change: dict, told: str):
    given_ = {"y": [0, 1], "probability": [0.1, 0.2], "costs": COSTS, "review_cost": 1,
              "reviewer_error": 0.1, **change}  # fmt: skip
    with pytest.raises(InputError, match=told):
        review_policy(**given_)


def test_a_negative_shadow_price_is_refused():
    with pytest.raises(InputError, match="shadow"):
        review_band(COSTS, 1, 0.1, -1)
