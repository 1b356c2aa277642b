"""What a point of recall and one of precision are worth: by hand, and against counting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit.analysis.errors.points import points_in_money, precision

shares = st.floats(0.05, 0.9)


def one(value: float) -> Any:
    return np.array([value])


def prices(miss: float, alarm: float, hit: float = 0.0, left: float = 0.0) -> dict[str, Any]:
    return {
        "true_positive": one(-hit),
        "false_positive": one(-alarm),
        "false_negative": one(-miss),
        "true_negative": one(-left),
    }


@pytest.mark.parametrize(
    ("miss", "alarm", "recall_point", "precision_point"),
    [
        # 1,000 cases, 100 positive: 80 found, 20 missed, 45 false alarms of 900; precision 64%.
        # One of the hundred more is found: one miss less. At 65% there are 80 * 35 / 65 =
        # 43.0769 false alarms for 80 found: 1.9231 fewer.
        (100.0, 10.0, 100.0, 19.2308),
        (10.0, 100.0, 10.0, 192.3077),
    ],
)
def test_by_hand(miss: float, alarm: float, recall_point: float, precision_point: float) -> None:
    found = points_in_money(
        one(0.1), one(0.8), one(0.05), worth=prices(miss, alarm), volume_per_month=one(1000.0)
    )
    assert found.recall[0] == pytest.approx(recall_point)
    assert found.precision[0] == pytest.approx(precision_point, rel=1e-5)


def test_a_hit_that_costs_and_a_case_left_alone_count_too() -> None:
    """A hit costs 30 where a miss costs 100; a false alarm 10 where leaving costs 4."""
    found = points_in_money(
        one(0.1), one(0.8), one(0.05), worth=prices(100, 10, 30, 4), volume_per_month=one(1000.0)
    )
    assert found.recall[0] == pytest.approx(70)
    assert found.precision[0] == pytest.approx(80 * (1 / 0.64 - 1 / 0.65) * 6)


@given(share=shares, recall=st.floats(0.05, 0.98), alarms=shares, miss=shares, alarm=shares)
def test_it_is_what_counting_both_worlds_gives(
    share: float, recall: float, alarms: float, miss: float, alarm: float
) -> None:
    """Cost a month before less cost after, each counted from its four cells."""

    def cost(found: float, in_vain: float) -> float:
        return miss * (500 * share - found) + alarm * in_vain

    volume, hits, vain = 500.0, 500 * share * recall, 500 * (1 - share) * alarms
    at = precision(one(share), one(recall), one(alarms))[0]
    found = points_in_money(
        one(share), one(recall), one(alarms), worth=prices(miss, alarm),
        volume_per_month=one(volume),
    )  # fmt: skip
    more = cost(hits, vain) - cost(volume * share * (recall + 0.01), vain)
    assert found.recall[0] == pytest.approx(more, rel=1e-6)
    if at <= 0.99:
        fewer = hits * (1 - at - 0.01) / (at + 0.01)
        less = cost(hits, vain) - cost(hits, fewer)
        assert found.precision[0] == pytest.approx(less, rel=1e-6)


def test_where_nearly_all_flags_are_right_the_last_point_is_taken() -> None:
    """Precision 99.5%: there is no point more, the last was from 98.5% to 99.5%."""
    alarms = 0.8 * 0.1 * (1 / 0.995 - 1) / 0.9
    found = points_in_money(
        one(0.1), one(0.8), one(alarms), worth=prices(100, 10), volume_per_month=one(1000.0)
    )
    assert found.precision[0] == pytest.approx(80 * (1 / 0.985 - 1 / 0.995) * 10)


def test_an_option_that_finds_nothing_has_no_precision_to_raise() -> None:
    found = points_in_money(
        one(0.1), one(0.0), one(0.05), worth=prices(100, 10), volume_per_month=one(1000.0)
    )
    assert found.precision[0] == 0
    assert found.recall[0] == pytest.approx(100)
