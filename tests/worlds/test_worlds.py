"""The worlds themselves: their law, their arithmetic, and a few of them played."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests import readme
from tests.worlds.__main__ import run
from tests.worlds.flaws import FAMILIES
from tests.worlds.kinds import make_world
from tests.worlds.laws import OVERCONFIDENCE, Law, point, share
from tests.worlds.money import AMOUNTS, BINARY, Money, Offer, net_benefit, shares_task
from tests.worlds.play import play, record_of
from tests.worlds.report import KEPT, RULES, SURE, figures, mean_error, table
from tests.worlds.signals import Amounts, Binary, Deployed, Drift
from tests.worlds.studies import found_out

FEW = 3


@pytest.fixture(scope="module")
def few():
    return run(list(FAMILIES), FEW, seed=7, jobs=1, draws=1024)


def test_net_benefit_by_hand():
    # 100 cases a month for the two months left after one; catching a tenth costs 200 to build
    theta = {"volume": 100.0, "discount": 0.0, "prevalence": 0.2, "outcomes.false_positive": 1.0,
             "outcomes.false_negative": 10.0, "options.model.build": 200.0,
             "options.model.delay": 1.0, "options.model.cost_per_case": 0.1}  # fmt: skip
    offers = [Offer(id="none", kind="none"), Offer(id="model", kind="model", is_ml=True)]
    rates = {"none": {"recall": 0.0, "false_positive_rate": 0.0},
             "model": {"recall": 0.5, "false_positive_rate": 0.25}}  # fmt: skip
    found = net_benefit(offers, "none", theta, rates, BINARY, 3)
    # a case gains 0.2 * 0.5 * 10 - 0.8 * 0.25 * 1 - 0.1 = 0.7
    assert found.tolist() == [[0.0, pytest.approx(0.7 * 100 * 2 - 200)]]


def test_amount_worth_by_hand():
    theta = {"outcomes.under": 4.0, "outcomes.over": 1.0}
    assert AMOUNTS.worth(theta, {"under_per_case": 2.0, "over_per_case": 3.0}) == -11.0


TODAY, MODEL, RULE = (Offer(id=name, kind=name, is_ml=name == "model")
                      for name in ("today", "model", "rule"))  # fmt: skip
UNITS_OFF = {name: {"under_per_case": off, "over_per_case": 0.0}
             for name, off in (("today", 1.0), ("model", 0.5), ("rule", 0.75))}  # fmt: skip


def amounts(months=4, later=0.0, **theta):
    """100 cases a month, a unit short costs 1: the model saves half, the rule a quarter."""
    known = {"volume": 100.0, "discount": 0.0, "outcomes.under": 1.0, "outcomes.over": 1.0}
    return Money(offers=[TODAY, MODEL, RULE], status_quo="today", task=AMOUNTS, months=months,
                 later=later, instead="rule", theta={**known, **theta},
                 rates=UNITS_OFF)  # fmt: skip


@pytest.mark.parametrize(("theta", "more", "worth"), [
    ({}, {}, 200.0),  # four months of 50
    ({"options.model.delay": 0.5}, {}, 175.0),
    ({}, {"later": 1.5}, 125.0),
    ({}, {"months": 0.5}, 25.0),
    ({"options.model.ramp": 2.0}, {}, 150.0),  # two months at half on average
    ({"options.model.build": 10.0, "options.model.overrun": 0.5}, {}, 185.0),
    ({"options.model.online": 1.5}, {}, 100.0),  # 75 are lost where 50 were thought
    ({"options.model.drift": 1.0}, {"months": 1}, 100 * (1 - 0.5 * 2 ** (1 / 24))),
    ({"growth": 1.0}, {"months": 1}, 50 * 2 ** (1 / 24)),
])  # fmt: skip
def test_terms_by_hand(theta, more, worth):
    assert np.squeeze(amounts(**more, **theta).of(MODEL)) == pytest.approx(worth)


@pytest.mark.parametrize(("luck", "worth"), [(0.2, 150.0 - 5.0), (0.7, 75.0 - 5.0)])
def test_a_pilot_that_fails_leaves_the_best_without_ml(luck, worth):
    trial = "options.model.stages.pilot"
    theta = {f"{trial}.passes": 0.6, f"{trial}.luck": luck, f"{trial}.time": 1.0,
             f"{trial}.price": 5.0}  # fmt: skip
    assert np.squeeze(amounts(**theta).of(MODEL)) == pytest.approx(worth)


def test_the_fallback_is_the_best_that_pays():
    trial = "options.model.stages.pilot"
    theta = {f"{trial}.passes": 0.6, f"{trial}.luck": 0.5, f"{trial}.time": 1.0,
             f"{trial}.price": 5.0}  # fmt: skip
    assert amounts(**theta).fallback() == "rule"
    assert amounts(**theta, **{"options.rule.build": 80.0}).fallback() is None
    assert amounts().fallback() is None


def test_shares_with_more_errors():
    task = shares_task(("wrong", "unanswered"))
    found = task.worse({"wrong": 0.2, "unanswered": 0.1}, 2.0)
    assert (found["wrong"], found["unanswered"]) == pytest.approx((0.4, 0.2))
    most = task.worse({"wrong": 0.2, "unanswered": 0.1}, 9.0)
    assert sum(most.values()) == pytest.approx(1.0)
    assert shares_task(("hit",)).worse({"hit": 0.8}, 2.0)["hit"] == pytest.approx(0.6)


def test_narrowed_beta_keeps_its_mean_and_divides_its_spread():
    law = share(0.2, 50)
    narrow = law.narrowed(OVERCONFIDENCE)
    sd = [np.sqrt(x.mean * (1 - x.mean) / (x.first + x.second + 1)) for x in (law, narrow)]
    assert narrow.mean == pytest.approx(law.mean)
    assert sd[0] / sd[1] == pytest.approx(OVERCONFIDENCE)
    assert narrow.narrowed(1 / OVERCONFIDENCE).first == pytest.approx(law.first)


def test_overconfident_range_holds_the_truth_about_55_times_in_100():
    wide = Law("lognormal", 1.0, 0.3)
    low, high = wide.narrowed(OVERCONFIDENCE).ends
    truth = wide.draw(np.random.default_rng(0), 200_000)
    assert np.mean((low <= truth) & (truth <= high)) == pytest.approx(0.55, abs=0.005)


@pytest.mark.parametrize("deployed", [
    Deployed(kind="linear", weights=np.array([1.0, -0.5, 0.2]), bias=0.1, cut=0.4),
    Deployed(kind="score", name="vendor", cut=0.3),
    Deployed(kind="constant", bias=1.0),
])  # fmt: skip
def test_binary_rates_are_those_of_a_huge_sample(deployed):
    rng = np.random.default_rng(3)
    target = rng.permutation(np.arange(200_000) % 2)
    signals = Binary.make(rng, target, 3, {"vendor": "score"}, 0.0, Drift())
    score = {"linear": deployed.bias + signals.features @ deployed.weights
             if len(deployed.weights) else 0.0,
             "score": signals.scores["vendor"], "constant": np.ones(len(target))}  # fmt: skip
    acts = score[deployed.kind] >= deployed.cut
    found = signals.rates(deployed, signals.truth)
    for name, here in (("recall", target == 1), ("false_positive_rate", target == 0)):
        assert acts[here].mean() == pytest.approx(float(np.squeeze(found[name])), abs=0.006)


def test_leaking_column_says_nothing_in_production():
    signals = Binary.make(np.random.default_rng(1), np.arange(40) % 2, 3, {}, 1.0, Drift())
    on_leak = Deployed(kind="linear", weights=np.array([0.0, 0.0, 1.0]))
    found = signals.rates(on_leak, signals.truth)
    assert found["recall"] == found["false_positive_rate"]


def test_amount_rates_are_those_of_a_huge_sample():
    rng = np.random.default_rng(5)
    signals = Amounts.make(rng, 200_000, 3, Drift())
    deployed = Deployed(kind="linear", bias=101.0, weights=np.array([3.0, 0.0, 2.0]))
    miss = signals.target - 101.0 - signals.features @ deployed.weights
    found = signals.rates(deployed, signals.truth)
    assert np.maximum(miss, 0).mean() == pytest.approx(found["under_per_case"][0], rel=0.02)
    assert np.maximum(-miss, 0).mean() == pytest.approx(found["over_per_case"][0], rel=0.02)


@pytest.mark.parametrize("kind", ["binary", "amounts"])
def test_posterior_is_calibrated(kind):
    """Truths fall evenly over the quantiles of the posteriors, as they must (Cook 2006)."""
    ranks = []
    for seed in range(300):
        rng = np.random.default_rng([11, seed])
        if kind == "binary":
            signals = Binary.make(rng, np.arange(80) % 4 // 3, 3, {"llm": "answers"}, 0.3, Drift())
            drawn, true = signals.posterior(rng, 200)["s"], signals.truth["s"]
        else:
            signals = Amounts.make(rng, 60, 3, Drift())
            drawn, true = signals.posterior(rng, 200)["slopes"], signals.truth["slopes"]
        ranks += (drawn < true).mean(axis=0).tolist()
    share_below = [np.mean(np.array(ranks) < q) for q in (0.05, 0.25, 0.5, 0.75, 0.95)]
    assert share_below == pytest.approx([0.05, 0.25, 0.5, 0.75, 0.95], abs=0.05)


def test_same_seed_makes_the_same_world():
    worlds = [make_world("flawed", np.random.default_rng([4, 2])) for _ in range(2)]
    assert worlds[0].case() == worlds[1].case()
    assert worlds[0].files == worlds[1].files
    assert worlds[0].truth == worlds[1].truth


@pytest.mark.parametrize("family", ["ranges", "flawed"])
def test_what_is_left_out_does_not_decide(family):
    world = make_world(family, np.random.default_rng([9, 1]))
    whole, part = (record_of(world, 1024, whole=whole) for whole in (True, False))
    assert whole.stress
    assert not part.stress
    assert part.verdict.model_copy(update={"robust": whole.verdict.robust}) == whole.verdict
    assert part.options == whole.options
    assert part.value_of_information.study == whole.value_of_information.study


def test_a_played_world_repeats(few):
    again = play("clean", 7, 0, draws=1024)
    first = next(r for r in few if r["family"] == "clean" and r["index"] == 0)
    assert {**again, "seconds": 0} == {**first, "seconds": 0}


def offering(family, name, kind):
    worlds = (make_world(family, np.random.default_rng([3, i])) for i in range(400))
    return next(world for world in worlds if name in world.studies and world.kind == kind)


def studied(world, name, n):
    record = {"kind": "study", "name": name, "n": n}
    asked = SimpleNamespace(value_of_information=SimpleNamespace(study=record))
    return found_out(np.random.default_rng(1), world, asked)


def test_a_look_at_cases_adds_its_counts_to_what_is_believed_and_costs_its_price():
    world = offering("ranges", "more-cases", "binary")
    after = studied(world, "more-cases", 100_000)
    name = "options.model.recall"
    assert after.world.stated[name].mean == pytest.approx(world.truth[name], abs=0.05)
    said = world.studies["more-cases"]
    assert after.price == said["price"].mean + 100_000 * said["price_per_case"].mean
    assert after.wait == said["time"].mean
    assert after.world.stated["volume"] == world.stated["volume"]


def test_what_is_asked_is_known():
    world = offering("clean", "quote", "regression")
    after = studied(world, "quote", 1)
    name = "options.model.build"
    assert after.world.stated[name] == point(world.truth[name])


@pytest.mark.parametrize("kind", ["binary", "regression"])
def test_more_cases_make_the_table_longer(kind):
    world = offering("clean", "more-cases", kind)
    after = studied(world, "more-cases", 500)
    assert len(after.world.signals.target) == len(world.signals.target) + 500
    assert after.world.files["past.csv"].startswith(world.files["past.csv"])


def test_longer_tables_follow_the_same_law():
    rng = np.random.default_rng(2)
    others = {"llm": "answers", "vendor": "score"}
    signals = Binary.make(rng, np.arange(200) % 2, 3, others, 1.0, Drift(chance=1.0))
    more = signals.longer(rng, 100_000, 0.3)
    yes = more.target[200:] == 1
    assert yes.mean() == pytest.approx(0.3, abs=0.01)
    gap = more.features[200:][yes].mean(axis=0) - more.features[200:][~yes].mean(axis=0)
    assert gap == pytest.approx(signals.truth["s"][0], abs=0.03)
    assert more.answers["llm"][200:][yes].mean() == pytest.approx(
        signals.truth["llm"][0][0], abs=0.01
    )
    apart = more.scores["vendor"][200:][yes].mean() - more.scores["vendor"][200:][~yes].mean()
    assert apart == pytest.approx(signals.truth["vendor"][0], abs=0.03)


def test_nobody_beats_the_oracle(few):
    for result in few:
        best = result["worth"]["oracle"]
        assert best >= max(result["true"].values())
        assert all(value <= best for value in result["worth"].values())
        unstudied = result["regret"].items() if not result["study"] else ()
        assert all(0 <= value <= 1 for _, value in unstudied)


def test_no_rule_beats_the_ideal_decider_beyond_chance(few):
    for name in RULES:
        lead = mean_error([r["regret"]["ideal"] - r["regret"][name] for r in few])
        assert lead["mean"] <= SURE * lead["error"] + 1e-3, name


def test_no_gate_decides_where_the_data_is_clean(few):
    for result in few:
        if result["family"] != "flawed":
            asked = {name for gates in result["gates"].values() for name in gates}
            assert asked <= {"beats-baseline", "available-then", "gain-pays"}
            for name, gates in result["gates"].items():  # a sure loss is never what is best
                if "gain-pays" in gates:
                    assert result["expected"][name] < max(result["expected"].values())
                    assert name != result["choice"]["ideal"]
            assert result["verdict"] != "stop"


def test_kit_and_generator_price_ranges_alike(few):
    """The kit's net benefit and the generator's own arithmetic, on the same beliefs."""
    compared = 0
    for result in few:
        if result["family"] == "ranges":
            for name, (mean, _, _) in result["ranges"].items():
                assert mean == pytest.approx(result["expected"][name], abs=0.04 * _size(result))
                compared += 1
    assert compared > FEW


def _size(result):
    return max(abs(high - low) for _, low, high in result["ranges"].values())


def test_report_counts_every_world(few):
    found = figures(few, seed=7, draws=1024)
    for own in found["families"].values():
        assert own["worlds"] == FEW
        assert sum(own["best"].values()) == FEW
        assert own["deciders"]["ideal"]["excess"]["mean"] == 0
    assert table(json.loads(json.dumps(found))) == table(found)


def test_readme_shows_the_kept_figures():
    assert readme.shown("worlds") == table(json.loads(Path(KEPT).read_text(encoding="utf-8")))


_WRONG = "wrong yes as often as wrong no: the first less the second"
NOT_MET = {(family, _WRONG) for family in FAMILIES}


def missed(found):
    return {
        (family, goal)
        for family, own in found["families"].items()
        for goal, figure in own["goals"].items()
        if not figure["met"]
    }


def test_kept_figures_miss_no_other_goal():
    assert missed(json.loads(Path(KEPT).read_text(encoding="utf-8"))) == NOT_MET


@pytest.mark.slow
def test_goals_are_met():
    """The README's run once more: every goal is met but one, in all three families.

    The kit says a wrong no more often, given that yes is right, than a wrong yes, given that
    no is: by 20, 8 and 16 points (300 worlds of seed 107). So does the ideal decider, by 21,
    5 and 13: where ML is the less likely to be right, doubt speaks against it.
    """
    kept = json.loads(Path(KEPT).read_text(encoding="utf-8"))
    worlds = max(own["worlds"] for own in kept["families"].values())
    results = run(list(FAMILIES), worlds, seed=kept["seed"], jobs=2, draws=kept["draws"])
    assert missed(figures(results, kept["seed"], kept["draws"])) <= NOT_MET
