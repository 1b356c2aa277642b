"""What answers, incidents and looks cost: how sure that is, and as production mixes rows."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy import stats

from mlpdm_kit import load_case
from mlpdm_kit.case.dataset import load_data
from mlpdm_kit.record.logged import Answers
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.setting import setting
from tests.kinds import decided, generation, search

ITEMS, WRONG = 200, 50
DESK_WRONG, LLM_WRONG = 92, 12  # of the items, the first ones


def lines(rows: Any) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def answered(wrong: int) -> list[dict[str, Any]]:
    """The first answers wrong, the others right."""
    return [{"id": str(i), "answer": "abcd"[(i + (i < wrong)) % 4]} for i in range(ITEMS)]


def attacked(through: int, tried: int) -> list[dict[str, Any]]:
    return [{"id": f"try {n}", "attack": "direct", "succeeded": n < through} for n in range(tried)]


def against_the_desk(log: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """An LLM that errs 80 times less in 200 than the desk, and what goes wrong beside."""
    return {
        "task": "multiclass",
        "files": {
            "d.csv": "id,kind,x\n" + "".join(f"{i},{'abcd'[i % 4]},1\n" for i in range(ITEMS)),
            "desk.jsonl": lines(answered(DESK_WRONG)),
            "l.jsonl": lines(log),
        },
        "data": {"file": "d.csv", "target": "kind"},
        "outcomes": {
            "wrong": {"cost": f"{WRONG} JPY per claim"},
            "unanswered": {"cost": "49 JPY per claim"},
        },
        "incidents": {"injection": {"cost": "1000 JPY", "share": "10%"}},
        "options": {
            "desk": {"kind": "process", "predictions": "desk.jsonl"},
            "llm": {"kind": "llm", "predictions": "l.jsonl"},
        },
        **more,
    }


SAVED = (DESK_WRONG - LLM_WRONG) / ITEMS * WRONG  # per case, in errors
LUCK = WRONG * np.sqrt(0.4 * 0.6 / ITEMS)  # 80 of the rows save a wrong answer


def held(record: DecisionRecord) -> tuple[str, Any]:
    """How ML stands against the best without it, and what it costs more."""
    (gate,) = [g for g in record.gates if g.id == "beats-baseline" and "llm" in g.options]
    (one,) = [one for one in record.baseline.options if one.id == "llm"]
    return gate.status, one.difference


def around(extra: Any) -> tuple[float, float]:
    """5% and 95% points of draws of a cost beside, less what is saved in errors."""
    drawn = np.random.default_rng(5).normal(-SAVED, LUCK, len(extra)) + extra
    return float(np.quantile(drawn, 0.05)), float(np.quantile(drawn, 0.95))


def spread_of(dist: Any) -> Any:
    return dist.ppf((np.random.default_rng(6).permutation(40_000) + 0.5) / 40_000)


def test_three_attacks_do_not_fail_what_saves_errors(make_case: Any) -> None:
    log = [*answered(LLM_WRONG), *attacked(1, 3)]
    status, found = held(decided(make_case, **against_the_desk(log)))
    rate = stats.beta(1.5, 2.5)  # one of three, by Jeffreys
    low, high = around(100 * spread_of(rate))
    assert found.mean == pytest.approx(100 * 1.5 / 4 - SAVED, rel=1e-3)
    assert found.mean - 1.645 * LUCK > 0  # as if the rate were known
    assert (found.p5, found.p95) == pytest.approx((low, high), abs=1.5)
    assert status == "open"


def test_three_attacks_do_not_pass_it_either(make_case: Any) -> None:
    log = [*answered(LLM_WRONG), *attacked(0, 3)]
    status, found = held(decided(make_case, **against_the_desk(log)))
    low, high = around(100 * spread_of(stats.beta(0.5, 3.5)))
    assert found.mean == pytest.approx(100 * 0.5 / 4 - SAVED, rel=1e-3)
    assert found.mean + 1.645 * LUCK < 0
    assert (found.p5, found.p95) == pytest.approx((low, high), abs=1.5)
    assert status == "open"


@pytest.mark.parametrize(("through", "stands"), [(150, "failed"), (0, "passed")])
def test_many_attacks_decide(make_case: Any, through: int, stands: str) -> None:
    log = [*answered(LLM_WRONG), *attacked(through, 300)]
    status, _ = held(decided(make_case, **against_the_desk(log)))
    assert status == stands


def lognormal(low: float, high: float) -> Any:
    z = stats.norm.ppf(0.95)
    return stats.lognorm(np.log(high / low) / 2 / z, scale=np.sqrt(low * high))


@pytest.mark.parametrize(("incidents", "own", "extra"), [
    ({"injection": {"cost": "30..600 JPY"}}, {"incidents": {"injection": "30%"}},
     0.3 * spread_of(lognormal(30, 600))),
    ({}, {"cost_per_case": "10..60 JPY"}, spread_of(lognormal(10, 60))),
])  # fmt: skip
def test_prices_of_running_are_in_the_interval(
    make_case: Any, incidents: Any, own: Any, extra: Any
) -> None:
    case = against_the_desk(answered(LLM_WRONG), incidents=incidents)
    case["options"]["llm"] |= own
    status, found = held(decided(make_case, **case))
    assert (found.p5, found.p95) == pytest.approx(around(extra), abs=1.5, rel=0.03)
    assert status == "open"


def test_a_price_that_both_pay_makes_neither_less_sure(make_case: Any) -> None:
    case = against_the_desk(answered(LLM_WRONG), incidents={"injection": {"cost": "10..60 JPY"}})
    for option in case["options"].values():
        option["incidents"] = {"injection": "30%"}
    status, found = held(decided(make_case, **case))
    assert (found.p5, found.p95) == pytest.approx(around(np.zeros(40_000)), abs=1)
    assert status == "passed"


def test_what_is_paid_for_the_measured_answers_is_in_the_interval(make_case: Any) -> None:
    log = [row | {"cost": 60 if i % 10 == 0 else 0.0} for i, row in enumerate(answered(LLM_WRONG))]
    _, found = held(decided(make_case, **against_the_desk(log, incidents={})))
    error = np.std([60.0] * 20 + [0.0] * 180, ddof=1) / np.sqrt(ITEMS)
    assert found.mean == pytest.approx(6 - SAVED, rel=1e-3)
    both = 1.645 * np.hypot(error, LUCK)
    assert (found.p5, found.p95) == pytest.approx((6 - SAVED - both, 6 - SAVED + both), abs=0.6)


def test_a_review_pays_for_what_it_reviews(make_case: Any) -> None:
    rows = "".join(f"{i},{int(i % 4 == 0)}\n" for i in range(40))
    folder = make_case(
        files={"d.csv": f"id,y\n{rows}", "l.jsonl": lines([
            *({"id": str(i), "answer": i % 2, "cost": 3} for i in range(40)), *attacked(1, 1)])},
        data={"file": "d.csv", "target": "y"},
        incidents={"injection": {"cost": "8 JPY"}},
        options={
            "llm": {"kind": "llm", "predictions": "l.jsonl"},
            "read": {"kind": "review", "of": "llm", "review": "20 JPY per claim",
                     "cost_per_case": "2 JPY"},
        },
    )  # fmt: skip
    case = load_case(folder)
    found = setting(case, load_data(case), 0).running
    assert (found["llm"], found["read"]) == pytest.approx((3 + 8 * 0.75, 3 + 8 * 0.75 + 2))


MIXED = 20
DEAR = [6.0, 8.0, 10.0]  # rows of the segment that is rare in the file, 90% in production
GOOD = [1, 0, 1]


def mixed_log() -> dict[str, Any]:
    """Three dear items of 20, of which the second is wrong; the cheap ones are all right."""

    def of(i: int) -> dict[str, Any]:
        dear = i < len(DEAR)
        right = not dear or bool(GOOD[i])
        return {
            "id": str(i), "answer": "ab"[(i + (not right)) % 2],
            "cost": DEAR[i] if dear else 1.0, "tokens_in": 900 if dear else 100,
            "attempts": 3 if dear else 1, "latency": 9 if dear else 1,
        }  # fmt: skip

    rows = "".join(f"{i},{'ab'[i % 2]},{'dear' if i < 3 else 'cheap'}\n" for i in range(MIXED))
    return {
        "task": "multiclass",
        "files": {"d.csv": f"id,kind,team\n{rows}", "l.jsonl": lines(map(of, range(MIXED)))},
        "data": {"file": "d.csv", "target": "kind", "segment": "team",
                 "mix": {"dear": "90%", "cheap": "10%"}},
        "outcomes": {"wrong": {"cost": "50 JPY per claim"},
                     "unanswered": {"cost": "20 JPY per claim"}},
        "budget": {"latency": "5 seconds", "cost": "4 JPY"},
        "options": {"llm": {"kind": "llm", "predictions": "l.jsonl"}},
    }  # fmt: skip


def of(record: DecisionRecord) -> Answers:
    (found,) = record.baseline.answers
    return found


def test_prices_are_as_production_mixes_segments(make_case: Any) -> None:
    record = decided(make_case, **mixed_log())
    found = of(record)
    mean, error = 0.9 * 8 + 0.1 * 1, 0.9 * 2 / np.sqrt(3)  # the cheap ones all cost alike
    assert found.cost is not None
    assert found.cost.mean == pytest.approx(mean)
    sigma = np.sqrt(np.log1p((error / mean) ** 2))
    high = mean * np.exp(1.96 * sigma - sigma**2 / 2)
    assert found.cost.high == pytest.approx(high, rel=1e-3)
    assert found.tokens_in == pytest.approx(0.9 * 900 + 0.1 * 100)
    assert found.attempts == pytest.approx(0.9 * 3 + 0.1)
    assert found.late == pytest.approx(0.9)
    assert found.seconds is not None
    assert found.seconds[0] == pytest.approx(9)  # in the file the half has 1 second
    (row,) = [one for one in record.inputs if one.name == "options.llm.cost_per_case"]
    assert row.mean == pytest.approx(mean, rel=1e-3)
    gates = {g.finding.code: g.status for g in record.gates if g.id == "budget" and g.finding}
    assert gates == {"budget-cost": "failed", "budget-latency": "failed"}  # 2.05 JPY in the file


def test_the_price_of_a_good_answer_is_too(make_case: Any) -> None:
    found = of(decided(make_case, **mixed_log())).per_accepted
    share = 0.9 * 2 / 3 + 0.1
    ratio = 7.3 / share
    off = [paid - ratio * good for paid, good in zip(DEAR, GOOD, strict=True)]
    error = 0.9 * np.std(off, ddof=1) / np.sqrt(3) / share  # the cheap ones do not differ
    assert found is not None
    assert found.mean == pytest.approx(ratio, rel=1e-5)
    assert found.high == pytest.approx(ratio * np.exp(1.96 * error / ratio), rel=1e-3)
    assert found.low == pytest.approx(ratio / np.exp(1.96 * error / ratio), rel=1e-3)


def test_spread_of_texts_is_what_one_answer_costs_more_or_less(make_case: Any) -> None:
    """Grades to two answers of 20 items: three items differ, 60, 20 + 100 and 1000 + 100 apart."""
    case, apart = generation(), [("usable", "needs editing"), ("wrong", "usable"),
                                 ("harmful", "usable")]  # fmt: skip
    log = [{"id": str(i), "repeat": r + 1, "grade": apart[i][r] if i < 3 else "usable"}
           for i in range(20) for r in (0, 1)]  # fmt: skip
    case["files"] |= {"d.csv": "id,prompt\n" + "".join(f"{i},say\n" for i in range(20)),
                      "g.jsonl": lines(log)}  # fmt: skip
    case["options"]["llm"]["predictions"] = "g.jsonl"
    found = of(decided(make_case, **case))
    assert found.saved is None
    assert found.repeatability is not None
    by_hand = np.sqrt((60**2 + 120**2 + 1100**2) / 2 / 20)
    assert found.repeatability.mean == pytest.approx(by_hand, rel=1e-5)
    assert found.repeatability.low < by_hand < found.repeatability.high


def test_spread_of_ranks_too(make_case: Any) -> None:
    case = search()
    case["files"]["r.csv"] = "id,repeat,rank\n" + "".join(
        f"{i},{r},{9 if (i < 6 and r == 1) else 1}\n" for i in range(60) for r in (1, 2, 3)
    )
    found = of(decided(make_case, **case)).repeatability
    assert found is not None  # six of sixty miss once in three: 10 JPY or none
    assert found.mean == pytest.approx(np.sqrt(6 / 60 * np.var([10, 10, 0], ddof=1)), rel=1e-5)


def test_people_say_how_far_texts_that_they_grade_differ(make_case: Any) -> None:
    case = generation()
    log = [{"id": str(i), "repeat": r, "answer": f"{i} {r}"} for i in range(20) for r in (1, 2)]
    case["files"] = {
        "d.csv": "id,prompt\n" + "".join(f"{i},say\n" for i in range(20)),
        "g.jsonl": lines(log),
        "p.csv": "item,option,repeat,grader,grade\n0,llm,1,a,usable\n0,llm,2,a,wrong\n"
                 "1,llm,1,a,usable\n1,llm,2,a,usable\n2,llm,1,a,harmful\n",
    }  # fmt: skip
    case["data"] = {"file": "d.csv", "grades": "p.csv"}
    case["grading"] = {"grader": "people"}
    case["options"]["llm"]["predictions"] = "g.jsonl"
    found = of(decided(make_case, **case)).repeatability
    assert found is not None  # of two items with both answers graded one differs, by 120
    assert found.mean == pytest.approx(np.sqrt(120**2 / 2 / 2))
