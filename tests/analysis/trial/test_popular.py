"""Lists of what is wanted most, on tables worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit import InputError, decide, load_case
from mlpdm_kit.analysis.trial.popular import places, recency

items = st.integers(0, 5)


@given(st.lists(st.tuples(items, st.sampled_from("ab")), min_size=1, max_size=40))
def test_a_list_is_that_of_sorted_counts(rows: list[tuple[int, str]]):
    wanted, whose = np.array([r[0] for r in rows], float), np.array([r[1] for r in rows])
    asked = np.repeat(np.array(["a", "b", "c"]), 7)
    found = places(wanted, np.ones(len(rows)), whose, np.tile(np.arange(7.0), 3), asked)
    for group, place in zip("abc", found.reshape(3, 7), strict=True):
        counts = {i: sum(r == (i, group) for r in rows) for i in range(7)}
        overall = {i: sum(r[0] == i for r in rows) for i in range(7)}
        listed = sorted((i for i in range(7) if overall[i]),
                        key=lambda i: (-counts[i], -overall[i], i))  # fmt: skip
        assert [int(place[i]) for i in listed] == list(range(1, len(listed) + 1))
        assert place[6] == 0


def test_half_after_a_half_life():
    days = np.array(["2026-01-01", "2026-02-01"], dtype="datetime64[us]")
    one = recency(days, 1.0)
    assert one[1] == 1
    assert one[0] == pytest.approx(0.5 ** (31 / 30.4375))
    assert recency(days, 1e9) == pytest.approx([1, 1])


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
    # z has had all of the last month
    assert hits("fresh", by="who", half_life="10 days") == 20 + 20


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
