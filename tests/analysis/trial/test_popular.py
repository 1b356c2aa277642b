"""Lists of what is wanted most, on tables worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit import InputError, decide, load_case
from mlpdm_kit.analysis.trial.popular import latest, places

items = st.integers(0, 5)


@given(st.lists(st.tuples(items, st.sampled_from("ab")), min_size=1, max_size=40))
def test_a_list_is_that_of_sorted_counts(rows: list[tuple[int, str]]):
    wanted, whose = np.array([r[0] for r in rows], float), np.array([r[1] for r in rows])
    asked = np.repeat(np.array(["a", "b", "c"]), 7)
    found = places(wanted, whose, np.tile(np.arange(7.0), 3), asked)
    for group, place in zip("abc", found.reshape(3, 7), strict=True):
        counts = {i: sum(r == (i, group) for r in rows) for i in range(7)}
        overall = {i: sum(r[0] == i for r in rows) for i in range(7)}
        listed = sorted((i for i in range(7) if overall[i]),
                        key=lambda i: (-counts[i], -overall[i], i))  # fmt: skip
        assert [int(place[i]) for i in listed] == list(range(1, len(listed) + 1))
        assert place[6] == 0


@pytest.mark.parametrize(("half_life", "place"), [(2.0, 2), (1.0, 1), (0.9, 1)])
def test_half_after_a_half_life(half_life: float, place: int):
    """Three choices of a day, two of the day after: 3/2 to 2 where it halves in a day."""
    days = np.array(["2026-01-01"] * 3 + ["2026-01-02"] * 2 + ["2026-01-03"], "datetime64[us]")
    found = latest(np.array([0.0, 0, 0, 1, 1, 1]), days, np.zeros(6), half_life)
    assert found.tolist() == [0, 0, 0, 0, 0, place]


@given(st.lists(st.tuples(items, st.sampled_from("ab"), st.integers(0, 5)), min_size=1))
def test_without_forgetting_the_latest_is_all_before(rows: list[tuple[int, str, int]]):
    """Each row's place is the one among all rows of days before, counted plainly."""
    wanted, whose = np.array([r[0] for r in rows], float), np.array([r[1] for r in rows])
    day = np.array([r[2] for r in rows])
    days = np.datetime64("2026-01-01") + day.astype("timedelta64[D]")
    found = latest(wanted, days, whose, np.inf)
    for row in range(len(rows)):
        earlier, one = day < day[row], slice(row, row + 1)
        expected = 0.0
        if earlier.any():
            before = wanted[earlier], whose[earlier]
            expected = float(places(*before, wanted[one], whose[one])[0])
        assert found[row] == expected


def _case(make_case: Any, name: str = "c", day: str = "day", **popular: Any) -> Any:
    """Sixty choices in six blocks of ten: at first b and c, from the fourth block on a."""
    rows = [
        (
            i,
            "ab"[i % 2],
            "z" if i >= 30 else "xy"[i % 2],
            f"2026-{1 + i // 10:02d}-{1 + i % 10:02d}",
        )
        for i in range(60)
    ]
    text = "\n".join(f"{i},{who},{item},{when},{n}" for n, (i, who, item, when) in enumerate(rows))
    data = {"file": "d.csv", "target": "item", "time": day, "leave_out": ["n", "day"]}
    return load_case(
        make_case(
            name=name,
            files={"d.csv": f"id,who,item,day,n\n{text}\n"},
            task="search",
            hit_at=1,
            prevalence=None,
            data=data,
            outcomes={"miss": {"cost": "10 JPY per claim"}},
            options={
                "list": {"kind": "popular", **popular},
                "now": {"kind": "process", "status_quo": True, "rates": {"hit": "10%"}},
            },
        )
    )


def test_it_is_fitted_on_what_comes_before(make_case: Any):
    """Blocks 2 and 3 are hit by segment; of blocks 4 to 6 (all z) what has been seen enough."""

    def hits(name: str, **popular: Any) -> float:
        record = decide(_case(make_case, name, **popular), draws=64)
        found = next(o for o in record.baseline.options if o.id == "list")
        assert found.cells["hit"] + found.cells["miss"] == 50
        return found.cells["hit"]

    assert hits("by", by="who") == 20  # z never has more than 10 of 25 of a segment
    # for all: x and y have 15 each, and z 0, 10, 20 in the last three blocks
    assert hits("plain") == 20 / 2 + 10
    # z is ahead from its second day on: of its 30 only the two of the first are missed
    assert hits("fresh", by="who", half_life="0.1 days") == 20 + 28


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"by": "team"}, "column-missing"),
        ({"half_life": "1..2 months"}, "half-life-point"),
        ({"half_life": "1 month", "day": "n"}, "half-life-days"),
        ({"synonyms": "s.csv"}, "not-for-kind"),
    ],
)
def test_what_is_wrong_is_named(make_case: Any, changes: dict[str, Any], code: str):
    with pytest.raises(InputError) as caught:
        decide(_case(make_case, **changes), draws=64)
    assert [fault.code for fault in caught.value.faults] == [code]
