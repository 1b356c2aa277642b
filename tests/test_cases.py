"""The case library: each verdict is the one that a careful analyst would give.

The analyst's calculation is done here by hand, from the data and the case's ranges, with
none of the kit's arithmetic.
"""

from __future__ import annotations

import importlib.util
import math
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlpdm_kit import DecisionRecord, decide, load_case, shipped
from mlpdm_kit.case.load import check_case
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view.charts import CHARTS, sections_of

LIBRARY = sorted(path.parent.name for path in shipped.cases().glob("*/case.yaml"))


@cache
def record(name: str) -> DecisionRecord:
    return decide(load_case(shipped.cases() / name))


def middle(low: float, high: float) -> float:
    """Mean of the lognormal with the 90% interval low..high."""
    z = 1.6448536269514722
    mu, sigma = (math.log(low) + math.log(high)) / 2, math.log(high / low) / (2 * z)
    return math.exp(mu + sigma**2 / 2)


def months(total: int, rate: float, delay: float = 0) -> float:
    """Discounted months after a delay."""
    return sum(min(max(t - delay, 0), 1) * (1 + rate) ** (-t / 12) for t in range(1, total + 1))


def worth(name: str, option: str) -> float:
    found = next(o for o in record(name).options if o.id == option).expected_net_benefit
    assert found is not None
    return found.mean


def cost(name: str, option: str) -> float:
    found = next(o for o in record(name).baseline.options if o.id == option).cost_per_case
    assert found is not None
    return found.mean


@pytest.mark.parametrize("name", LIBRARY)
def test_every_case_is_sound(name: str):
    assert check_case(shipped.cases() / name) == []


def test_the_verdicts_differ():
    found = {name: record(name).verdict.outcome for name in LIBRARY}
    assert set(found.values()) == {
        "use_ml", "use_non_ml", "find_out_first", "do_nothing", "stop",
    }  # fmt: skip


def test_rain_alert_needs_no_ml():
    """What an evening costs, over the days that the folds test on (after the first 244)."""
    days = pd.read_csv(shipped.cases() / "rain-alert" / "weather.csv")
    wet = days["rain_tomorrow"].eq("yes")[244:]
    cover, wetting = middle(80, 120), middle(110, 190)
    rained = (days["rain_mm"] > 0)[244:]
    rule = ((rained & ~wet).sum() * cover + (~rained & wet).sum() * wetting) / len(wet)
    assert cost("rain-alert", "rained-today") == pytest.approx(rule, rel=1e-5)
    assert cost("rain-alert", "all") == pytest.approx((~wet).mean() * cover, rel=1e-5)
    assert cost("rain-alert", "none") == pytest.approx(wet.mean() * wetting, rel=1e-5)
    # at most the model could save the rule's whole cost, and it saves none of it
    assert cost("rain-alert", "model") > rule
    found = record("rain-alert")
    assert (found.verdict.outcome, found.verdict.option) == ("use_non_ml", "rained-today")
    model = next(o for o in found.options if o.id == "model")
    assert model.failed_gates == ("beats-baseline",)
    # the rule's worth at the base rate of all days: what it saves, over 36 months at 5%
    share = days["rain_tomorrow"].eq("yes").mean()
    recall, alarm = rained[wet].mean(), rained[~wet].mean()
    saved = share * recall * wetting - (1 - share) * alarm * cover
    by_hand = saved * 30.4 * months(36, 0.05)
    assert worth("rain-alert", "rained-today") == pytest.approx(by_hand, rel=0.005)


def test_screening_is_right_for_ml():
    """Counts of NUMBERS: the model at 1/11 errs 34 + 3, the rule 29 + 17 of 569."""
    needless, missed = middle(60, 150), middle(600, 1500)
    model, rule = (34 * needless + 3 * missed) / 569, (29 * needless + 17 * missed) / 569
    found = record("screening")
    cells = next(o for o in found.baseline.options if o.id == "model").cells
    assert (cells["true_positive"], cells["false_positive"]) == (209, 34)
    assert (cells["false_negative"], cells["true_negative"]) == (3, 323)
    assert cost("screening", "model") == pytest.approx(model, rel=1e-5)
    assert cost("screening", "perimeter") == pytest.approx(rule, rel=1e-5)
    assert cost("screening", "none") / cost("screening", "all") == pytest.approx(
        2120 / 357, rel=1e-5
    )
    # over the horizon, against the rule that is in use: savings, running cost, price
    live = months(36, 0.05, middle(3, 6))
    saved = (rule - model) * middle(350, 600) * live
    net = saved - middle(1500, 3000) * live - middle(40e3, 90e3)
    assert net > 0
    assert worth("screening", "model") == pytest.approx(net, rel=0.06)
    assert (found.verdict.outcome, found.verdict.option) == ("use_ml", "model")


def test_progression_waits_for_an_answer():
    """The newsvendor's costs by hand, for what needs no model; the model pays, gates are open."""
    score = pd.read_csv(shipped.cases() / "progression" / "patients.csv")
    under, over = middle(0.30, 0.50), middle(0.075, 0.125)
    need, bmi_rule = score["progression"], 10 * (score["bmi"] - 10)
    by_rule = np.where(need > bmi_rule, under * (need - bmi_rule), over * (bmi_rule - need)).mean()
    assert cost("progression", "bmi") == pytest.approx(by_rule, rel=1e-5)
    # the best constant is the 80% quantile; in-sample, so a little below what folds give
    constant = need.quantile(under / (under + over))
    at_best = np.where(need > constant, under * (need - constant), over * (constant - need)).mean()
    assert cost("progression", "constant") == pytest.approx(at_best, rel=0.02)
    assert cost("progression", "model") < cost("progression", "one-measurement") < at_best
    found = record("progression")
    assert (found.verdict.outcome, found.verdict.option) == ("find_out_first", "model")
    assert found.verdict.meanwhile == "one-measurement"
    model = next(o for o in found.options if o.id == "model")
    # an assumed yes passes no hard gate, and nobody has compared the populations
    assert set(model.open_gates) == {"representative", "purpose"}


def test_urgent_mail_is_left_alone():
    """Gain per mail of each option against its price, at the means of the ranges."""
    hit, alarm = middle(4000, 15000), middle(200, 500)
    share, mails = 0.0187, middle(250, 400)  # mean of the beta with 1%..3%
    live = months(24, 0.05)
    keywords = (share * 0.348 * hit - (1 - share) * 0.0757 * alarm) * mails * live
    assert keywords < middle(100e3, 250e3) + middle(5e3, 10e3) * live
    late = months(24, 0.05, middle(2, 4))
    llm = (share * 0.862 * hit - (1 - share) * 0.0609 * alarm - middle(1, 3)) * mails * late
    price = middle(1e6, 2.5e6) + middle(30e3, 60e3) * late
    assert worth("urgent-mail", "llm") == pytest.approx(llm - price, rel=0.05)
    assert llm - price < 0
    found = record("urgent-mail")
    assert (found.verdict.outcome, found.verdict.option) == ("do_nothing", "none")


def test_agent_moods_stops_at_the_gate():
    found = record("agent-moods")
    assert found.verdict.outcome == "stop"
    assert [r.figures["check"] for r in found.verdict.reasons] == ["forbidden"]
    assert found.options == ()
    assert [(s.code, s.figures["check"]) for s in found.reopen_when if s.code != "date"] == [
        ("gate-passes", "forbidden")
    ]


@pytest.mark.parametrize("name", ["rain-alert", "screening", "progression"])
def test_real_data_says_where_it_comes_from(name: str):
    data = record(name).baseline.data
    assert data is not None
    assert data.source
    assert data.licence


def test_the_data_files_are_made_again_byte_for_byte(tmp_path: Path):
    maker = Path(__file__).parents[1] / "data" / "make_cases.py"
    spec = importlib.util.spec_from_file_location("make_cases", maker)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main(tmp_path)
    for name in module.MAKERS:
        assert (tmp_path / name).read_bytes() == (shipped.cases() / name).read_bytes()


def test_the_record_is_the_same_bytes():
    case = load_case(shipped.cases() / "screening")
    assert decide(case).to_json() == record("screening").to_json()


def test_a_threshold_s_cost_is_that_on_rows_it_was_not_chosen_on():
    """The curve's lowest point is chosen and read on the same rows, and looks too good."""
    found = record("screening")
    curve = next(c for c in found.error_costs.curves if c.option == "model")
    model = next(o for o in found.baseline.options if o.id == "model")
    assert model.operating_point is not None
    assert curve.tuned_cost == model.operating_point.tuned_cost
    assert curve.chosen_cost == cost("screening", "model")
    assert curve.tuned_cost is not None
    assert curve.tuned_cost > min(curve.cost)
    chart = CHARTS["threshold"].draw(sections_of(found), Sentences.of_record(found, "en"))
    assert chart is not None
    shown = str(chart["layout"]["annotations"])
    assert "$13.2 per sample" in shown.replace("&#36;", "$")
    assert "$11.1 per sample" in shown.replace("&#36;", "$")
