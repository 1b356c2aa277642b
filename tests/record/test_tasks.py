"""Odd prices, trials and mixes from the case file to the record, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from mlpdm_kit import InputError, decide, load_case
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.steps import Walk


def decided(make_case: Any, **changes: Any) -> DecisionRecord:
    folder = make_case(prevalence=None, **{"discount": "0% per year", **changes})
    return decide(load_case(folder), draws=1024)


def worth(record: DecisionRecord, option: str) -> float:
    found = next(one for one in record.options if one.id == option).expected_net_benefit
    assert found is not None
    return found.mean


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"options": {"a": {"kind": "process", "value": "clicks * price"}}}, "formula-unknown"),
        (
            {"options": {"a": {"kind": "process", "value": "1 / (clicks - clicks)"}}},
            "formula-infinite",
        ),
        ({"options": {"a": {"kind": "process", "value": "read_csv('x')"}}}, "rule-function"),
        ({"options": {"a": {"kind": "process"}}}, "missing-key"),
    ],
)
def test_a_wrong_formula_is_named(make_case: Any, changes: dict[str, Any], code: str):
    with pytest.raises(InputError) as caught:
        decided(make_case, task="formula", outcomes=None, inputs={"clicks": "1..3"}, **changes)
    assert {fault.code for fault in caught.value.faults} == {code}


def test_trials_that_fail_cost_what_was_spent_and_leave_the_best_without_ml(
    make_case: Any, rates: Any
):
    model = {
        "kind": "model",
        "rates": rates("80%", "10%"),
        "build": "100k JPY",
        "stages": {"pilot": {"price": "20k JPY", "time": "3 months", "passes": "60%"}},
    }
    record = decide(
        load_case(
            make_case(
                discount="0% per year",
                options={"rule": {"kind": "rule", "rates": rates("40%", "5%")}, "model": model},
            )
        )
    )
    rule = 1000 * (0.05 * 0.4 * 1000 - 0.95 * 0.05 * 100)
    full = 1000 * (0.05 * 0.8 * 1000 - 0.95 * 0.1 * 100)
    expected = 0.6 * (full * 21 - 100_000) + 0.4 * rule * 21 - 20_000
    assert worth(record, "model") == pytest.approx(expected, rel=0.005)
    names = {row.input for row in record.value_of_information.evppi}
    assert "options.model.stages.pilot.luck" in names


def test_retraining_is_as_frequent_as_pays(make_case: Any, rates: Any):
    def with_price(price: str) -> float | None:
        model = {
            "kind": "model",
            "rates": rates("80%", "10%"),
            "drift": "50% per year",
            "retrain": price,
        }
        folder = make_case(
            name=f"at-{price.split()[0]}",
            options={"rule": {"kind": "rule", "rates": rates("40%", "5%")}, "model": model},
        )
        record = decide(load_case(folder), draws=1024)
        return next(one for one in record.options if one.id == "model").retrain_every

    assert with_price("100 JPY") == 1.0
    assert with_price("10k JPY") in (3.0, 6.0, 12.0)
    assert with_price("10M JPY") is None


def test_segments_as_production_mixes_them(make_case: Any):
    """Half the rows are east, where the rule catches all; production is nine tenths west."""
    rows = [(i, int(i % 4 == 0), "east" if i < 80 else "west") for i in range(160)]
    text = "\n".join(f"{i},{bad},{side},{int(bad and i < 80)}" for i, bad, side in rows)
    base = {"file": "d.csv", "target": "bad", "segment": "side", "known_then": ["flag"]}
    folder = make_case(
        files={"d.csv": f"id,bad,side,flag\n{text}\n"},
        prevalence=None,
        data={**base, "mix": {"east": "10%", "west": "90%"}},
        options={"rule": {"kind": "rule", "when": "flag = 1"}, "model": {"kind": "model"}},
    )
    walk = Walk(load_case(folder), draws=1024)
    rule = next(one for one in walk.comparison().options if one.id == "rule")
    # east 20.5 of 21, west 0.5 of 21 (Jeffreys), a quarter of either is bad
    assert rule.rates["recall"].mean == pytest.approx((0.1 * 20.5 + 0.9 * 0.5) / 21)
    assert rule.cost_per_case is not None
    assert rule.cost_per_case.mean == pytest.approx(0.9 * 0.25 * 1000)
    wrong = make_case(
        name="wrong",
        files={"d.csv": f"id,bad,side,flag\n{text}\n"},
        prevalence=None,
        data={**base, "mix": {"east": "10%", "north": "90%"}},
        options={"rule": {"kind": "rule", "when": "flag = 1"}, "model": {"kind": "model"}},
    )
    with pytest.raises(InputError, match="north"):
        decide(load_case(wrong), draws=64)
