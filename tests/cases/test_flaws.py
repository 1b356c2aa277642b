"""Cases with a planted flaw: mending what the teacher's file names changes the verdict.

``flaw.yaml`` beside the case holds the answer: the exercise's name and place, the flaw,
where it sits, what is wrong, the mended values by dotted path (as ``--set`` and ``load_case``
take them), the verdict before and after, and the checks by which the kit names the flaw
itself, if any.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlpdm_kit import DecisionRecord, decide, load_case, shipped
from mlpdm_kit.case.template import new_case
from mlpdm_kit.case.yaml_text import read_yaml
from tests.cases.by_hand import middle, middle_share, months, record

FLAWED = sorted(path.parent.name for path in shipped.cases().glob("*/flaw.yaml"))


@cache
def answer(name: str) -> dict[str, Any]:
    return read_yaml(shipped.cases() / name / "flaw.yaml")[0]


@cache
def before_and_after(name: str) -> tuple[DecisionRecord, DecisionRecord]:
    mended = load_case(shipped.cases() / name, answer(name)["mend"])
    return record(name), decide(mended)


def worths(name: str, option: str) -> tuple[float, float]:
    found = []
    for one in before_and_after(name):
        benefit = next(o for o in one.options if o.id == option).expected_net_benefit
        assert benefit is not None
        found.append(benefit.mean)
    return found[0], found[1]


def test_every_flaw_of_the_list_is_there():
    assert sorted(path.name for path in shipped.cases().glob("flaw-*")) == FLAWED
    assert {answer(name)["flaw"] for name in FLAWED} == {
        "monthly-per-day", "threshold-chosen-and-reported-on-the-same-rows",
        "base-rate-of-the-test-set", "no-baseline", "all-never-tried", "leakage",
        "action-never-succeeds", "metric-rises-without-benefit",
    }  # fmt: skip


@pytest.mark.parametrize("name", FLAWED)
def test_mending_the_flaw_changes_the_verdict(name: str):
    before, after = before_and_after(name)
    said = answer(name)["verdict"]
    assert said["before"] != said["after"]
    assert (before.verdict.outcome, after.verdict.outcome) == (said["before"], said["after"])


@pytest.mark.parametrize("name", FLAWED)
def test_the_kit_names_what_the_teacher_says_it_names(name: str):
    before, after = before_and_after(name)
    for check in answer(name)["named_by"]:
        assert next(g for g in before.gates if g.id == check).status in ("failed", "open")
        assert next(g for g in after.gates if g.id == check).status == "passed"


@pytest.mark.parametrize("name", FLAWED)
def test_the_case_does_not_tell_its_flaw(name: str):
    case = read_yaml(shipped.cases() / name / "case.yaml")[0]
    said = answer(name)
    assert "flaw" not in case["note"].lower()
    assert set(said) == {
        "exercise", "place", "flaw", "where", "answer", "mend", "verdict", "named_by",
    }  # fmt: skip


def test_each_flaw_has_a_place_of_its_own():
    assert sorted(int(answer(name)["place"]) for name in FLAWED) == list(range(1, len(FLAWED) + 1))


@pytest.mark.parametrize("name", FLAWED)
def test_the_exercise_s_name_does_not_tell_the_flaw(name: str):
    told = {*words_in(name), *words_in(answer(name)["flaw"])} - {"never", "on"}
    assert not told & words_in(answer(name)["exercise"])


def words_in(name: str) -> set[str]:
    return set(name.split("-"))


def test_the_teacher_s_answer_is_not_copied_with_the_case(tmp_path: Path):
    new_case(tmp_path / "mine", like="flaw-leakage")
    assert sorted(p.name for p in (tmp_path / "mine").iterdir()) == ["case.yaml", "customers.csv"]


def test_a_price_per_day_is_counted_thirty_times():
    shop_days, share, live = middle(900, 1100), middle_share(0.15, 0.25), months(24, 0.04, 2.5)
    saved = share * middle_share(0.62, 0.76) * (middle(80, 140) - middle(10, 20))
    saved -= (1 - share) * middle_share(0.09, 0.15) * middle(25, 45)
    run, build = middle(1200, 1800), middle(30e3, 50e3)
    daily, monthly = worths("flaw-monthly-per-day", "model")
    assert monthly == pytest.approx((saved * shop_days - run) * live - build, rel=0.03)
    assert daily == pytest.approx((saved * shop_days - run * 365 / 12) * live - build, rel=0.03)


def test_a_warning_too_late_saves_nothing():
    share, live = middle_share(0.008, 0.014), months(36, 0.05, middle(4, 6))
    machines, price = middle(9000, 11000), middle(120e3, 200e3) + middle(5e3, 9e3) * live

    def model(works: float) -> float:
        saved = share * middle_share(0.7, 0.85) * (works * middle(1200, 2400) - middle(70, 120))
        alarm = (1 - share) * middle_share(0.01, 0.02) * middle(70, 120)
        return (saved - alarm) * machines * live - price

    before, _ = before_and_after("flaw-action-never-succeeds")
    stated = next(o for o in before.options if o.id == "model").expected_net_benefit
    assert stated is not None
    assert stated.mean == pytest.approx(model(1.0), rel=0.03)
    assert model(middle_share(0.005, 0.03)) < -price < 0  # even were it free of charge it loses


def test_a_click_that_replaces_a_visit_is_worth_little():
    share, live = middle_share(0.1, 0.16), months(24, 0.04, 2.5)

    def model(gain: float) -> float:
        each = share * middle_share(0.72, 0.84) * gain
        each -= (1 - share) * middle_share(0.08, 0.13) * middle(0.03, 0.06)
        return (each * middle(3e6, 4e6) - middle(3e3, 5e3)) * live - middle(40e3, 70e3)

    before, _ = before_and_after("flaw-metric-rises")
    stated = next(o for o in before.options if o.id == "model").expected_net_benefit
    assert stated is not None
    assert stated.mean == pytest.approx(model(middle(0.08, 0.14)), rel=0.03)
    assert model(middle(0.003, 0.008)) < 0


def test_a_rule_of_one_line_was_missing():
    share, orders = middle_share(0.008, 0.012), middle(2200, 2800)
    caught, alarm = middle(700, 1300) - middle(12, 20), middle(20, 40)
    each = share * middle_share(0.68, 0.8) * caught
    each -= (1 - share) * middle_share(0.03, 0.06) * alarm
    rule = each * orders * months(36, 0.05) - middle(500, 1500)
    _, after = before_and_after("flaw-no-baseline")
    found = {o.id: o.expected_net_benefit for o in after.options}
    assert found["new-and-large"] is not None
    assert found["llm"] is not None
    assert found["new-and-large"].mean == pytest.approx(rule, rel=0.03)
    assert found["new-and-large"].mean > found["llm"].mean > 0


def test_a_message_to_everyone_costs_less_than_it_keeps():
    kept = middle_share(0.06, 0.09) * middle_share(0.3, 0.45) * middle(5000, 8000)
    visits, live = middle(700, 900), months(36, 0.03)
    assert kept > 10 * middle(8, 12)
    everyone = (kept - middle(8, 12)) * visits * live
    _, after = before_and_after("flaw-all-never-tried")
    found = next(o for o in after.options if o.id == "everyone").expected_net_benefit
    assert found is not None
    assert found.mean == pytest.approx(everyone, rel=0.05)


def test_half_leavers_in_the_file_make_every_saving_fifty_times_too_large():
    before, after = before_and_after("flaw-base-rate")
    costs = [
        next(o for o in r.baseline.options if o.id == "none").cost_per_case for r in (before, after)
    ]
    lost = middle(17000, 23000)
    assert costs[0] is not None
    assert costs[1] is not None
    assert costs[0].mean == pytest.approx(247 / 500 * lost, rel=0.001)
    assert costs[1].mean == pytest.approx(middle_share(0.008, 0.012) * lost, rel=0.001)
    # at most an incentive that reached every leaver and no one else could keep this much a month
    most = 0.01 * (middle_share(0.03, 0.07) * lost - 500) * 10_000
    assert most < middle(100e3, 200e3)  # and the model alone costs more


def test_cuts_by_branch_are_fitted_to_their_own_rows():
    """The same score, cut once for all: what it saves is gone."""
    folder = shipped.cases() / "flaw-threshold-on-test"
    rows = pd.read_csv(folder / "applications.csv").set_index("application")
    late = rows["late"] == "yes"
    said = pd.read_csv(folder / "answers.csv").set_index("id")["answer"] == "yes"
    score = pd.read_csv(folder / "scores.csv").set_index("id")["score"]
    look, loss = middle(40, 60), middle(120, 180)

    def cost(read: pd.Series) -> float:
        return (read * look + (late & ~read) * loss).mean()

    none = cost(pd.Series(False, index=rows.index))
    best_single = min(cost(score >= cut) for cut in np.unique(score))
    assert cost(said) < 0.75 * none
    assert best_single > 0.95 * none  # even the luckiest single cut on these rows saves little
    before, after = before_and_after("flaw-threshold-on-test")
    found = [
        next(o for o in r.baseline.options if o.id == "vendor").cost_per_case
        for r in (before, after)
    ]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].mean == pytest.approx(cost(said), rel=0.001)
    assert found[1].mean > 0.95 * none


def test_a_note_made_afterwards_is_what_the_model_lives_on():
    table = pd.read_csv(shipped.cases() / "flaw-leakage" / "customers.csv")
    gone, noted = table["left"] == "yes", table["desk_note"] != "none"
    recall, alarm = noted[gone].mean(), noted[~gone].mean()
    assert recall > 0.6 > 0.05 > alarm
    lost, works, share = middle(160e3, 240e3), middle_share(0.04, 0.09), middle_share(0.008, 0.012)
    sent = middle(800, 1200)
    by_note = share * recall * (works * lost - sent) - (1 - share) * alarm * sent
    before, after = before_and_after("flaw-leakage")
    costs = [
        {o.id: o.cost_per_case.mean for o in r.baseline.options if o.cost_per_case}
        for r in (before, after)
    ]
    assert costs[0]["none"] - costs[0]["model"] == pytest.approx(by_note, rel=0.2)
    assert costs[1]["none"] - costs[1]["model"] < 0.05 * by_note
