"""The decision model against calculations by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlpdm_kit import load_case
from mlpdm_kit.analysis.ladder import ladder
from mlpdm_kit.record.sections import ValueSection
from mlpdm_kit.record.steps import Walk

MakeCase = Callable[..., Path]


def value(folder: Path, draws: int = 1024) -> ValueSection:
    return Walk(load_case(folder), draws=draws).value()


def mean(section: ValueSection, option: str) -> float:
    found = next(o for o in section.options if o.id == option).expected_net_benefit
    assert found is not None
    return found.mean


def test_points_by_hand(make_case: MakeCase):
    """1,000 a month, 5% positive: a miss ¥1,000, an alarm ¥100, 24 months, no discount.

    rule: gains .05*.4*1000 - .95*.05*100 = 15.25 a claim; model: .05*.8*1000 - .95*.1*100 =
    30.5 a claim, less ¥5,000 a month and ¥100,000; all: .05*1000 - .95*100 = -45 a claim.
    """
    found = value(make_case())
    assert mean(found, "none") == 0
    assert mean(found, "all") == pytest.approx(-45 * 1000 * 24)
    assert mean(found, "rule") == pytest.approx(15.25 * 1000 * 24)
    assert mean(found, "model") == pytest.approx(30.5 * 1000 * 24 - 5000 * 24 - 100_000)
    assert found.best == "model"
    assert found.evpi == 0


def test_the_course_s_third_exercise(make_case: MakeCase):
    """10,000 a month, 2%, rule 60%, ML 80%, ¥5,000 a catch, 300 alarms more at ¥500,
    ¥150,000 to run: ML brings ¥100,000 a month less."""
    folder = make_case(
        volume="10000 per month",
        prevalence="2%",
        outcomes={
            "true_positive": {"gain": "5000 JPY per claim"},
            "false_positive": {"cost": "500 JPY per claim"},
        },
        options={
            "rule": {"kind": "rule", "rates": {"recall": "60%", "false_positive_rate": "0"}},
            "ml": {
                "kind": "model",
                "rates": {"recall": "80%", "false_positive_rate": str(300 / 9800)},
                "run": "150k JPY per month",
            },
        },
        horizon="1 month",
    )
    found = value(folder)
    assert mean(found, "ml") - mean(found, "rule") == pytest.approx(-100_000)
    assert found.best == "rule"


def test_delay_adoption_and_discount_by_hand(make_case: MakeCase):
    options = {
        "model": {
            "kind": "model",
            "rates": {"recall": "80%", "false_positive_rate": "10%"},
            "build": "100k JPY",
            "run": "5k JPY per month",
            "delay": "3.5 months",
            "adoption": "60%",
            "cost_per_case": "2 JPY",
        },
        "rule": {"kind": "rule", "rates": {"recall": "40%", "false_positive_rate": "5%"}},
    }
    found = value(make_case(options=options, discount="8% per year"))
    live = sum(min(max(t - 3.5, 0), 1) * 1.08 ** (-t / 12) for t in range(1, 25))
    by_hand = (0.6 * 1000 * (30.5 - 2) - 5000) * live - 100_000
    assert mean(found, "model") == pytest.approx(by_hand, rel=1e-9)


def test_an_action_that_works_sometimes(make_case: MakeCase):
    """Half of the catches come to nothing: they cost what a miss costs."""
    found = value(make_case(action_success="50%"))
    assert mean(found, "rule") == pytest.approx((0.05 * 0.4 * 1000 * 0.5 - 4.75) * 1000 * 24)


def test_an_action_that_costs(make_case: MakeCase):
    """Acting on a positive costs ¥300, whether or not it works."""
    outcomes = {
        "false_positive": {"cost": "300 JPY per claim"},
        "true_positive": {"cost": "300 JPY per claim"},
        "false_negative": {"cost": "1000 JPY per claim"},
    }
    found = value(make_case(action_success="50%", outcomes=outcomes))
    gain = 0.05 * 0.4 * (1000 - 300 - 0.5 * 1000) - 0.95 * 0.05 * 300
    assert mean(found, "rule") == pytest.approx(gain * 1000 * 24)


def test_a_status_quo_that_is_not_nothing(make_case: MakeCase):
    options = {
        "rule": {
            "kind": "rule",
            "rates": {"recall": "40%", "false_positive_rate": "5%"},
            "status_quo": True,
        },
        "model": {"kind": "model", "rates": {"recall": "80%", "false_positive_rate": "10%"}},
    }
    found = value(make_case(options=options))
    assert mean(found, "rule") == 0
    assert mean(found, "none") == pytest.approx(-15.25 * 1000 * 24)
    assert mean(found, "model") == pytest.approx((30.5 - 15.25) * 1000 * 24)


def review(capacity: str | None) -> dict[str, Any]:
    found = {
        "model": {
            "kind": "model",
            "rates": {"recall": "80%", "false_positive_rate": "10%"},
            "build": "100k JPY",
        },
        "rule": {"kind": "rule", "rates": {"recall": "40%", "false_positive_rate": "5%"}},
        "reviewed": {"kind": "review", "of": "model", "review": "50 JPY per claim",
                     "reviewer_error": "10%"},
    }  # fmt: skip
    if capacity:
        found["reviewed"]["capacity"] = capacity
    return found


def test_review_by_hand(make_case: MakeCase):
    """135 of 1,000 are flagged (40 rightly); the reviewer errs in a tenth either way."""
    found = value(make_case(options=review(None)))
    gain = 0.04 * 0.9 * 1000 - 0.095 * 0.1 * 100 - 0.135 * 50
    assert mean(found, "reviewed") == pytest.approx(gain * 1000 * 24 - 100_000)


def test_review_under_capacity(make_case: MakeCase):
    """54 a month can be looked at, four tenths of the flagged; the rest is acted on."""
    found = value(make_case(options=review("54 per month")))
    looked = 0.4
    gain = 0.04 * (1 - looked * 0.1) * 1000 - 0.095 * (1 - looked * 0.9) * 100 - looked * 0.135 * 50
    assert mean(found, "reviewed") == pytest.approx(gain * 1000 * 24 - 100_000)


def test_capacity_is_asked_for_by_what_is_used(make_case: MakeCase):
    """Used on 40% of 1,000: 54 are flagged, and 54 can be looked at."""
    options = review("54 per month")
    options["reviewed"]["adoption"] = "40%"
    found = value(make_case(options=options))
    gain = 0.04 * 0.9 * 1000 - 0.095 * 0.1 * 100 - 0.135 * 50
    assert mean(found, "reviewed") == pytest.approx(0.4 * gain * 1000 * 24 - 100_000)


def test_a_review_s_own_price_comes_on_top(make_case: MakeCase):
    options = review(None)
    options["reviewed"]["build"] = "5k JPY"
    found = value(make_case(options=options))
    gain = 0.04 * 0.9 * 1000 - 0.095 * 0.1 * 100 - 0.135 * 50
    assert mean(found, "reviewed") == pytest.approx(gain * 1000 * 24 - 105_000)


def test_break_even_where_the_mean_chooses_otherwise(make_case: MakeCase, rates: Any):
    """Late on average, but best over all futures: the month in which it stops paying is told."""
    options = {"bought": {"kind": "bought", "rates": rates("80%", "10%"), "build": "150k JPY",
                          "delay": "1..60 months"}}  # fmt: skip
    found = value(make_case(options=options), draws=4096)
    assert found.best == "bought"
    row = next(r for r in found.break_even if r.input == "options.bought.delay")
    assert row.above is not None
    assert row.above.value == pytest.approx(24 - 150_000 / 30_500, abs=0.01)


def test_break_even_by_hand(make_case: MakeCase):
    """The model's lead over the rule, 15.25 N * 24 - 220,000, is nothing at N = 601.09."""
    found = {row.input: row for row in value(make_case()).break_even}
    volume = found["volume"]
    assert volume.below is not None
    assert (volume.below.value, volume.below.option) == (
        pytest.approx(220_000 / (15.25 * 24), rel=1e-5),
        "rule",
    )
    assert volume.above is None
    build = found["options.model.build"]
    assert build.above is not None
    assert build.above.value == pytest.approx(15.25 * 1000 * 24 - 120_000, rel=1e-5)
    assert build.below is None


def test_break_even_is_the_root_of_the_expected_difference(make_case: MakeCase):
    """With ranges: simulate again with the input fixed there, and the lead is nothing."""
    ranges = {
        "volume": "800..1300 per month",
        "outcomes": {
            "false_positive": {"cost": "60..160 JPY per claim"},
            "false_negative": {"cost": "500..2000 JPY per claim"},
        },
    }
    first = value(make_case(**ranges), draws=4096)
    row = next(r for r in first.break_even if r.input == "outcomes.false_negative")
    assert row.below is not None
    at = {"false_positive": ranges["outcomes"]["false_positive"],
          "false_negative": {"cost": f"{row.below.value} JPY per claim"}}  # fmt: skip
    again = value(make_case(name="again", **{**ranges, "outcomes": at}), draws=4096)
    lead = mean(again, first.best or "") - mean(again, row.below.option)
    assert abs(lead) < 0.02 * abs(mean(first, first.best or ""))


def test_one_array_for_an_input_that_options_share(make_case: MakeCase):
    """Two options alike but in name are worth the same in every draw."""
    rule = {"kind": "rule", "rates": {"recall": "40%", "false_positive_rate": "5%"}}
    folder = make_case(
        volume="500..2000 per month",
        outcomes={
            "false_positive": {"cost": "50..200 JPY per claim"},
            "false_negative": {"cost": "500..2000 JPY per claim"},
        },
        options={"one": rule, "two": rule},
    )
    found = value(folder)
    pair = next(d for d in found.differences if {d.option, d.against} == {"one", "two"})
    assert (pair.amount.p5, pair.amount.p95) == (0, 0)


def test_evpi_by_brute_force(make_case: MakeCase):
    """Only the price of a miss is uncertain: integrate over its quantiles."""
    outcomes = {
        "false_positive": {"cost": "100 JPY per claim"},
        "false_negative": {"cost": "200..1500 JPY per claim"},
    }
    found = value(make_case(outcomes=outcomes), draws=2**14)
    from scipy import stats

    z = stats.norm.ppf(0.95)
    sigma = np.log(1500 / 200) / (2 * z)
    miss = np.exp(np.log(200 * 1500) / 2 + sigma * stats.norm.ppf((np.arange(200_000) + 0.5) / 2e5))
    worth = np.column_stack(
        [
            0 * miss,
            (0.05 * miss - 95) * 24_000,
            (0.02 * miss - 4.75) * 24_000,
            (0.04 * miss - 9.5) * 24_000 - 220_000,
        ]
    )
    expected = worth.max(axis=1).mean() - worth.mean(axis=0).max()
    assert found.evpi == pytest.approx(expected, rel=5e-3)


def test_the_ladder_always_has_none_and_all(make_case: MakeCase):
    rungs = ladder(load_case(make_case()))
    assert [rung.id for rung in rungs] == ["none", "all", "rule", "model"]
    assert [rung.id for rung in rungs if rung.status_quo] == ["none"]


def test_a_model_that_the_kit_adds_is_not_priced(make_case: MakeCase):
    rows = "\n".join(f"{i},{i % 7},{int(i % 7 > 4)}" for i in range(60))
    folder = make_case(
        files={"d.csv": "id,x,y\n" + rows},
        data={"file": "d.csv", "target": "y"},
        options={"rule": {"kind": "rule", "when": "x > 4"}},
    )
    found = value(folder)
    added = next(o for o in found.options if o.id == "simple-model")
    assert not added.priced
    assert added.expected_net_benefit is None
