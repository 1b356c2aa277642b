"""Every task kind: amounts, worth and rows, each worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit.analysis.worth.tasks import Amounts, Binary, Rows, Shares, losses
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.case.predictions import OTHER, UNANSWERED

SHARED = [kind for kind in TASK_KINDS.values() if kind.rest]


def one(**values: float) -> dict[str, np.ndarray]:
    return {name: np.array([value]) for name, value in values.items()}


def test_classes_are_right_wrong_a_priced_pair_or_unanswered():
    kind = TASK_KINDS["multiclass"].with_pairs(["wrong", "refund > spam"])
    rows = Rows(target=np.array([0.0, 0, 0, 1, 2]), classes=("refund", "question", "spam"))
    answer = np.array([0.0, 2, UNANSWERED, OTHER, 0])
    found = Shares(kind).outcomes(rows, answer)
    shown = {name: values.tolist() for name, values in found.items()}
    assert shown == {
        "right": [1, 0, 0, 0, 0],
        "wrong": [0, 0, 0, 1, 1],
        "unanswered": [0, 0, 1, 0, 0],
        "refund > spam": [0, 1, 0, 0, 0],
    }
    worth = {"right": 1.0, "wrong": -5.0, "unanswered": 0.0, "refund > spam": -40.0}
    assert losses(found, worth).tolist() == [-1, 40, 0, 5, 5]


def test_a_search_hits_as_far_down_as_people_look():
    task = Shares(TASK_KINDS["search"])
    rows = Rows(target=np.zeros(4), hit_at=3)
    found = task.outcomes(rows, np.array([1.0, 3, 4, 0]))
    assert found["hit"].tolist() == [1, 1, 0, 0]
    assert found["miss"].tolist() == [0, 0, 1, 1]


def test_a_grade_is_its_outcome():
    task = Shares(TASK_KINDS["generation"])
    found = task.outcomes(Rows(target=np.zeros(3)), np.array([0.0, 3, UNANSWERED]))
    assert found["usable"].tolist() == [1, 0, 0]
    assert found["harmful"].tolist() == [0, 1, 0]
    assert found["unanswered"].tolist() == [0, 0, 1]


@pytest.mark.parametrize("kind", SHARED, ids=lambda kind: kind.name)
@given(parts=st.lists(st.floats(0, 1), min_size=6, max_size=6), times=st.floats(0.2, 30))
def test_shares_sum_to_one_however_much_worse(kind, parts: list[float], times: float):
    task = Shares(kind)
    rates = {name: np.array([part]) for name, part in zip(kind.rates, parts, strict=False)}
    worse = task.worsened(rates, np.array([times]))
    for amounts in (task.amounts(rates, {}), task.amounts(worse, {})):
        assert sum(float(value[0]) for value in amounts.values()) == pytest.approx(1)
        assert all(float(value[0]) >= -1e-12 for value in amounts.values())
    now, then = task.amounts(rates, {})[kind.good], task.amounts(worse, {})[kind.good]
    assert float(1 - then[0]) == pytest.approx(min(1.0, times * float(1 - now[0])), abs=1e-9)


@pytest.mark.parametrize("kind", SHARED, ids=lambda kind: kind.name)
def test_doing_nothing_gives_no_answer(kind):
    task = Shares(kind)
    known = {name: np.array([value]) for name, value in task.known_rates("none").items()}
    amounts = task.amounts(known, {})
    assert {name: float(value[0]) for name, value in amounts.items() if value[0]} == {
        kind.silent: 1.0
    }


def test_a_cost_by_column_is_what_stands_there():
    """Two positives of 100 and 900, the small one caught; two negatives, one flagged."""
    task = Binary(columns=("false_negative",))
    rows = Rows(
        target=np.array([1.0, 1, 0, 0]), columns={"false_negative": np.array([100.0, 900, 5, 5])}
    )
    found = task.outcomes(rows, np.array([1.0, 0, 1, 0]))
    assert found["false_negative"].tolist() == [0, 900, 0, 0]
    worth = {
        "true_positive": 0.0,
        "false_positive": -7.0,
        "false_negative": -0.8,
        "true_negative": 0.0,
    }
    assert losses(found, worth).tolist() == [0, 720, 7, 0]
    measure = task.measures["false_negative_amount"]
    assert (measure.outcome, measure.among, measure.is_share) == ("false_negative", 1.0, False)
    theta = one(prevalence=0.1, **{"options.none.false_negative_amount": 500.0}, action_success=0.5)
    rates = one(recall=0.5, false_positive_rate=0.5, false_negative_amount=450.0)
    amounts = task.amounts(rates, theta)
    # missed 450 a positive, and half of the 50 caught is lost as well
    assert float(amounts["false_negative"][0]) == pytest.approx(0.1 * (450 + 25))


def test_worse_binary_errors_are_capped_at_all():
    rates = one(recall=0.4, false_positive_rate=0.3)
    found = Binary().worsened(rates, np.array([2.0]))
    assert float(found["recall"][0]) == 0.0
    assert float(found["false_positive_rate"][0]) == pytest.approx(0.6)


def test_amounts_off_grow_in_proportion():
    found = Amounts().worsened(one(under_per_case=2.0, over_per_case=0.5), np.array([1.5]))
    assert {name: float(value[0]) for name, value in found.items()} == {
        "under_per_case": 3.0,
        "over_per_case": 0.75,
    }


def test_what_stands_first_counts_where_it_is_priced():
    plain, kind = TASK_KINDS["search"], TASK_KINDS["search"].with_pairs(["miss", "wrong_top"])
    assert plain.with_pairs(["miss"]) is plain
    assert "wrong_top" in kind.may_miss
    rows = Rows(target=np.zeros(5), hit_at=3)
    found = Shares(kind).outcomes(rows, np.array([1.0, 2.0, 3.0, 4.0, 0.0]))
    assert found["hit"].tolist() == [1, 0, 0, 0, 0]
    assert found["wrong_top"].tolist() == [0, 1, 1, 0, 0]
    assert found["miss"].tolist() == [0, 0, 0, 1, 1]
