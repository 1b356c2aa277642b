"""Odd prices, trials and mixes from the case file to the record, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from mlpdm_kit import InputError, decide, load_case
from mlpdm_kit.record.steps import Walk
from tests.kinds import decided, worth


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
    # 20 of 20 and 0 of 20, with a prior of one case in all at the rule's share of acting
    acts = 20.5 / 161
    east, west = (20 + 0.1 * acts) / 20.1, 0.9 * acts / 20.9
    assert rule.rates["recall"].mean == pytest.approx(0.1 * east + 0.9 * west)
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


def test_what_today_takes_to_run_is_saved_when_it_is_replaced(make_case: Any, rates: Any):
    """Twelve people cost the same written by the month or by the claim."""
    model = {"kind": "model", "rates": rates("90%", "5%"), "build": "100k JPY"}

    def gain(name: str, **cost: str) -> float:
        desk = {"kind": "process", "status_quo": True, "rates": rates("90%", "5%"), **cost}
        folder = make_case(name, options={"desk": desk, "model": model}, discount="0% per year")
        return worth(decide(load_case(folder), draws=64), "model")

    assert gain("month", run="500k JPY per month") == pytest.approx(24 * 500_000 - 100_000)
    assert gain("claim", cost_per_case="500 JPY") == pytest.approx(24 * 500_000 - 100_000)


def test_ml_is_not_held_against_a_dear_way_without_it(make_case: Any, rates: Any):
    """People who err a little less, for ten million a month, veto nothing."""
    options = {
        "people": {"kind": "process", "rates": rates("90%", "5%"), "run": "10M JPY per month"},
        "model": {"kind": "model", "rates": rates("85%", "5%"), "build": "100k JPY"},
    }
    record = decide(load_case(make_case(options=options)), draws=64)
    assert (record.verdict.outcome, record.verdict.option) == ("use_ml", "model")


def test_an_option_that_never_acts_is_worth_what_none_is(make_case: Any):
    rows = "\n".join(f"{i},{int(i < 10)},{i}" for i in range(1000))
    folder = make_case(
        files={"d.csv": f"id,bad,x\n{rows}\n"},
        prevalence=None,
        data={"file": "d.csv", "target": "bad", "leave_out": ["x"]},
        options={"rule": {"kind": "rule", "when": "x > 1000000"}, "model": {"kind": "process",
                 "rates": {"recall": "10%", "false_positive_rate": "50%"}}},
    )  # fmt: skip
    assert worth(decide(load_case(folder), draws=1024), "rule") == 0.0


@pytest.mark.parametrize("word", ["cost", "gain"])
def test_any_outcome_can_be_priced_by_a_column(make_case: Any, word: str):
    """Caught money is counted by the row; the share caught is not."""
    rows = [(i, int(i % 4 == 0), 1000 if i % 8 == 0 else 10) for i in range(80)]
    text = "\n".join(f"{i},{bad},{amount}" for i, bad, amount in rows)
    folder = make_case(
        files={"d.csv": f"id,bad,amount\n{text}\n"},
        prevalence=None,
        discount="0% per year",
        data={"file": "d.csv", "target": "bad", "known_then": ["amount"]},
        outcomes={
            "false_positive": {"cost": "10%", "column": "amount"},
            "true_positive": {word: "100%", "column": "amount"},
            "false_negative": {"cost": "1 JPY per claim"},
        },
        options={"rule": {"kind": "rule", "when": "amount > 500"}, "model": {"kind": "model"}},
    )
    walk = Walk(load_case(folder), draws=1024)
    rule = next(one for one in walk.comparison().options if one.id == "rule")
    assert rule.rates["recall"].mean == pytest.approx((10 + 10.5 / 81) / 21)
    assert rule.rates["true_positive_amount"].mean == pytest.approx(10 * 1000 / 20)
    assert rule.cost_per_case is not None
    sign = 1 if word == "cost" else -1
    assert rule.cost_per_case.mean == pytest.approx((sign * 10 * 1000 + 10) / 80)


def test_a_review_passes_the_trials_of_what_it_reviews(make_case: Any, rates: Any):
    model = {
        "kind": "model",
        "rates": rates("80%", "10%"),
        "stages": {"pilot": {"price": "20k JPY", "time": "3 months", "passes": "10%"}},
    }
    looked = {"kind": "review", "of": "model", "review": "0 JPY per claim"}

    def worths(name: str, **changes: Any) -> tuple[float, float]:
        options = {
            "rule": {"kind": "rule", "rates": rates("5%", "1%")},
            "model": {**model, **changes},
            "looked": looked,
        }
        found = decide(load_case(make_case(name, options=options)), draws=4096)
        return worth(found, "model"), worth(found, "looked")

    staged, free = worths("staged"), worths("free", stages={})
    assert staged[1] < 0.3 * free[1]
    assert staged[1] > staged[0]  # a perfect look for nothing can only help


def test_a_tie_goes_to_the_simpler_option(make_case: Any, rates: Any):
    alike = rates("60%..80%", "5%..10%")
    options = {"rule": {"kind": "rule", "rates": alike}, "model": {"kind": "model", "rates": alike}}
    folder = make_case(options=options, volume="500..2000 per month")
    chosen = {decide(load_case(folder), seed=seed, draws=4096).verdict.option for seed in range(6)}
    assert chosen == {"rule"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"prevalence": "0%"}, "prevalence-edge"),
        ({"volume": {"value": "500..2000 per month", "level": "1%"}}, "mean-infinite"),
        ({"horizon": "24 months", "action_success": "0%"}, ""),
    ],
)
def test_edges_are_refused_or_borne(make_case: Any, changes: dict[str, Any], code: str):
    folder = make_case(**changes)
    if not code:
        assert decide(load_case(folder), draws=64).verdict.outcome == "do_nothing"
        return
    with pytest.raises(InputError) as caught:
        decide(load_case(folder), draws=64)
    assert {fault.code for fault in caught.value.faults} == {code}
