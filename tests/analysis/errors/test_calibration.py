"""Calibration: known tables, scikit-learn as oracle, verdicts that do not overclaim."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit, logit
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss

from mlpdm_kit import InputError
from mlpdm_kit.analysis.errors.calibration import at_base_rate, calibration, recalibrated


def world(rows: int, seed: int, middle: float = -1.0) -> tuple[np.ndarray, np.ndarray]:
    """Rows and the log-odds that they were drawn from."""
    rng = np.random.default_rng(seed)
    logits = middle + 1.2 * rng.normal(size=rows)
    return (rng.random(rows) < expit(logits)).astype(float), logits


# --- known tables ---------------------------------------------------------------------


def test_two_groups_by_hand():
    """Two groups: the slope is the ratio of the distances in log-odds; its error, the
    root of the sum of one over each cell (Woolf 1955)."""
    y = [0] * 80 + [1] * 20 + [0] * 20 + [1] * 80
    found = calibration(y, [0.1] * 100 + [0.9] * 100)
    apart, told = logit(0.8) - logit(0.2), logit(0.9) - logit(0.1)
    assert found.slope.value == pytest.approx(apart / told)
    assert found.slope.error == pytest.approx(np.sqrt(2 / 80 + 2 / 20) / told)
    assert found.intercept.value == pytest.approx(0, abs=1e-9)
    assert found.in_the_large.value == pytest.approx(0, abs=1e-9)
    assert found.in_the_large.error == pytest.approx(1 / np.sqrt(200 * 0.09))
    assert found.brier == pytest.approx(0.8 * 0.01 + 0.2 * 0.81)
    assert found.expected_error == pytest.approx(0.1)
    assert [(b.predicted, b.observed, b.rows) for b in found.table] == [
        (pytest.approx(0.1), pytest.approx(0.2), 100),
        (pytest.approx(0.9), pytest.approx(0.8), 100),
    ]
    low, high = stats.beta.ppf([0.05, 0.95], 20.5, 80.5)
    assert (found.table[0].low, found.table[0].high) == pytest.approx((low, high))
    assert found.verdict == "too-sure"


def test_separated_groups_are_penalised_by_half_a_case():
    """Firth in a table of two by two is half a case in every cell."""
    found = calibration([0] * 10 + [1] * 10, [0.2] * 10 + [0.8] * 10)
    assert found.separated
    assert found.slope.value == pytest.approx(2 * np.log(10.5 / 0.5) / (2 * np.log(4)), rel=1e-6)
    assert np.isfinite(found.slope.error)


def test_every_cell_of_a_bin_keeps_its_bounds():
    found = calibration([0, 0, 0, 1, 1, 1], [0.1] * 3 + [0.9] * 3)
    assert (found.table[0].low, found.table[1].high) == (0, 1)
    assert found.table[0].high < 1
    assert found.verdict == "unclear"


# --- outside oracles ------------------------------------------------------------------


def test_against_scikit_learn():
    y, logits = world(2_000, 1)
    p = expit(1.6 * logits + 0.3)
    found = calibration(y, p)
    fit = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1_000).fit(logit(p)[:, None], y)
    assert found.slope.value == pytest.approx(fit.coef_[0, 0], abs=1e-5)
    assert found.intercept.value == pytest.approx(fit.intercept_[0], abs=1e-5)
    assert found.brier == pytest.approx(brier_score_loss(y, p))
    observed, predicted = calibration_curve(y, p, n_bins=10, strategy="quantile")
    assert [b.observed for b in found.table] == pytest.approx(observed)
    assert [b.predicted for b in found.table] == pytest.approx(predicted)
    off = np.abs(observed - predicted) @ np.array([b.rows for b in found.table]) / 2_000
    assert found.expected_error == pytest.approx(off)


def test_errors_are_those_of_samples():
    """Standard errors against the spread over samples, which they are to foretell."""
    slopes, lifts, told = [], [], []
    for seed in range(200):
        y, logits = world(600, seed)
        found = calibration(y, expit(logits))
        slopes.append(found.slope.value)
        lifts.append(found.in_the_large.value)
        told.append((found.slope.error, found.in_the_large.error))
    assert np.std(slopes) == pytest.approx(np.mean(told, axis=0)[0], rel=0.15)
    assert np.std(lifts) == pytest.approx(np.mean(told, axis=0)[1], rel=0.15)


def test_what_chance_makes_of_the_expected_error():
    """Against outcomes drawn at the predicted probabilities."""
    rng = np.random.default_rng(3)
    p = rng.uniform(0.02, 0.6, 400)
    drawn = [calibration((rng.random(400) < p).astype(float), p).expected_error for _ in range(150)]
    y = (rng.random(400) < p).astype(float)
    assert calibration(y, p).expected_error_by_chance == pytest.approx(np.mean(drawn), rel=0.06)


# --- verdicts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "verdict"),
    [(lambda x: x, "calibrated"), (lambda x: 2 * x, "too-sure"), (lambda x: x / 2, "too-unsure"),
     (lambda x: x + 1.5, "too-high"), (lambda x: x - 1.5, "too-low")],
    ids=["as it is", "times 2", "halved", "raised", "lowered"],
)  # fmt: skip
def test_a_verdict_says_what_is_off(change, verdict: str):
    y, logits = world(3_000, 4)
    assert calibration(y, expit(change(logits))).verdict == verdict


def test_few_rows_are_unclear():
    y, logits = world(40, 8)
    assert calibration(y, expit(logits)).verdict == "unclear"


def test_what_does_not_matter_is_not_off():
    """With a million rows a slope of 0.97 is certain, and good enough."""
    y, logits = world(400_000, 5)
    found = calibration(y, expit(logits / 0.97))
    assert found.slope.high < 1
    assert found.verdict == "calibrated"


def test_constant_predictions_have_no_slope():
    y = [0] * 300 + [1] * 100
    found = calibration(y, [0.25] * 400)
    assert (found.slope, found.intercept, found.separated) == (None, None, False)
    assert found.in_the_large.value == pytest.approx(0, abs=1e-9)
    assert found.verdict == "calibrated"
    assert calibration(y, [0.6] * 400).verdict == "too-high"


def test_sure_and_right_is_not_called_wrong():
    """A model that is right on all rows, and says so."""
    y = np.array([0.0, 1.0] * 30)
    found = calibration(y, np.where(y == 1, 0.98, 0.02))
    assert found.separated
    assert found.verdict in ("unclear", "too-unsure")
    assert found.slope.value > 0.9


def test_zero_and_one_are_counted():
    y = np.array([0.0, 1.0] * 50)
    y[0] = 1
    found = calibration(y, np.where(np.arange(100) % 2, 1.0, 0.0))
    assert found.at_ends == 100
    assert found.slope.value < 0.5
    assert found.verdict == "too-sure"


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=4, max_size=40))
def test_nothing_blows_up(rows: list[tuple[bool, float]]):
    y, p = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    if y.min() == y.max():
        with pytest.raises(InputError, match="two classes"):
            calibration(y, p)
        return
    found = calibration(y, p)
    numbers = [found.brier, found.expected_error, found.expected_error_by_chance]
    for one in (found.slope, found.intercept, found.in_the_large):
        numbers += [] if one is None else [one.value, one.error, one.low, one.high]
    assert np.isfinite(numbers).all()
    assert sum(b.rows for b in found.table) == len(y)
    assert all(b.low <= b.observed <= b.high for b in found.table)
    # the lift does bring the mean prediction to the share
    from mlpdm_kit.analysis.errors.logistic import log_odds

    lifted = expit(log_odds(p) + found.in_the_large.value).mean()
    assert lifted == pytest.approx(y.mean(), abs=1e-6)
    put_right = recalibrated(y, p)(np.linspace(0, 1, 11))
    assert ((put_right >= 0) & (put_right <= 1)).all()
    assert (np.diff(put_right) >= 0).all()


# --- production's base rate, groups, recalibration ------------------------------------


def test_rows_taken_by_class_are_judged_at_the_base_rate_of_production():
    """Cases kept and most others left out: calibrated where that is taken into account."""
    y, logits = world(200_000, 6, middle=-4.0)
    rng = np.random.default_rng(7)
    kept = (y == 1) | (rng.random(len(y)) < 0.05)
    found = calibration(y[kept], expit(logits[kept]), prevalence=float(y.mean()))
    assert found.verdict == "calibrated"
    whole = calibration(y, expit(logits))
    assert found.intercept.value == pytest.approx(whole.intercept.value, abs=0.15)
    assert found.expected_error_by_chance < 0.005
    assert found.brier == pytest.approx(whole.brier, rel=0.05)
    assert found.predicted == pytest.approx(whole.predicted, rel=0.03)
    assert calibration(y[kept], expit(logits[kept])).verdict == "too-low"


def test_copies_of_a_row_say_no_more_than_one():
    y, logits = world(500, 9)
    once = calibration(y, expit(logits))
    names = np.repeat(np.arange(500), 6)
    found = calibration(np.repeat(y, 6), np.repeat(expit(logits), 6), clusters=names)
    assert found.slope.value == pytest.approx(once.slope.value)
    assert found.slope.error == pytest.approx(once.slope.error, rel=0.15)
    assert found.in_the_large.error == pytest.approx(once.in_the_large.error, rel=0.1)
    wide = [b.high - b.low for b in found.table]
    assert wide == pytest.approx([b.high - b.low for b in once.table], rel=0.2, abs=0.02)


def test_put_right_on_the_rows_it_was_fitted_on():
    y, logits = world(800, 10)
    p = expit(2 * logits + 1)
    found = calibration(y, recalibrated(y, p)(p))
    assert found.slope.value == pytest.approx(1, abs=1e-6)
    assert found.intercept.value == pytest.approx(0, abs=1e-6)
    assert found.in_the_large.value == pytest.approx(0, abs=1e-6)


def test_put_right_on_other_rows():
    y, logits = world(4_000, 11)
    p = expit(2.5 * logits + 1.0)
    put_right = recalibrated(y[:2_000], p[:2_000])
    assert calibration(y[2_000:], p[2_000:]).verdict != "calibrated"
    assert calibration(y[2_000:], put_right(p[2_000:])).verdict == "calibrated"


def test_predictions_that_say_nothing_become_the_base_rate():
    y = np.array([1.0, 0, 1, 0, 0, 0, 1, 0])
    assert recalibrated(y, 1 - y * 0.5)([0.1, 0.9]) == pytest.approx([3 / 8] * 2)
    assert recalibrated(y, np.full(8, 0.3))([0.1, 0.9]) == pytest.approx([3 / 8] * 2)


@given(st.floats(0, 1), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_base_rates_there_and_back(p: float, here: float, there: float):
    assert at_base_rate(at_base_rate(p, here, there), there, here) == pytest.approx(p, abs=1e-9)
    assert at_base_rate(here, here, there) == pytest.approx(there)


def test_a_base_rate_is_bayes():
    """A test with recall 0.8 and false alarms 0.1, in 50% and in 2%."""
    assert at_base_rate(0.8 / 0.9, 0.5, 0.02) == pytest.approx(0.016 / (0.016 + 0.098))


@pytest.mark.parametrize(
    ("change", "told"),
    [({"probability": [0.1, 1.2]}, "probability"), ({"prevalence": 3}, "prevalence"),
     ({"prevalence": 0.0}, "prevalence"), ({"bins": 0}, "bins"), ({"level": 0.0}, "level"),
     ({"y": [1, 1]}, "two classes"), ({"clusters": ["a"]}, "clusters")],
)  # fmt: skip
def test_bad_calls_are_refused(change: dict, told: str):
    with pytest.raises(InputError, match=told):
        calibration(**{"y": [0, 1], "probability": [0.1, 0.2], **change})


def test_bad_shares_are_refused():
    with pytest.raises(InputError, match="production"):
        at_base_rate(0.5, 0.5, 1.0)
    with pytest.raises(InputError, match="probability"):
        at_base_rate([1.5], 0.5, 0.1)
    with pytest.raises(InputError, match="probability"):
        recalibrated([0, 1, 0, 1], [0.2, 0.3, 0.4, 0.1])([1.5])


@pytest.mark.slow
@pytest.mark.parametrize("rows", [150, 600])
def test_intervals_cover(rows: int):
    """Nominal 90% for slope and calibration in the large; and verdicts seldom cry wolf."""
    slope = large = wolf = 0
    for seed in range(600):
        y, logits = world(rows, 1_000 + seed)
        found = calibration(y, expit(logits))
        slope += found.slope.low <= 1 <= found.slope.high
        large += found.in_the_large.low <= 0 <= found.in_the_large.high
        wolf += found.verdict not in ("calibrated", "unclear")
    assert 0.87 <= slope / 600 <= 0.94
    assert 0.87 <= large / 600 <= 0.94
    assert wolf / 600 <= 0.06
