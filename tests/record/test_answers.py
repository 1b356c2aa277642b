"""A whole small case with a log, from its rows to the net benefit, calculated by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from mlpdm_kit import decide, load_case
from mlpdm_kit.case.load import check_case
from mlpdm_kit.record.answers_fold import answers_fold
from mlpdm_kit.record.logged import Answers
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view.charts import pictures
from tests.kinds import decided, generation, search, worth

ITEMS = 20
WRONG, SILENT, INVENTION = 50, 20, 30
LLM = {"kind": "llm", "predictions": "l.jsonl"}
ATTACKS = [("direct", "p", True), ("direct", "p", False), ("direct", "q", False),
           ("direct", "q", False), ("indirect", "r", False), ("indirect", "s", False)]  # fmt: skip


def log(**more: Any) -> str:
    """Two answers to each item: one item once wrong, one refused, one with an invention."""
    rows: list[dict[str, Any]] = []
    for item in range(ITEMS):
        for repeat in (1, 2):
            right = "ab"[item % 2]
            rows.append({
                "id": str(item), "repeat": repeat,
                "answer": "b" if (item, repeat) == (0, 1) else right,
                "refused": item == 1, "invented": item == 2,
                "tokens_in": 1000, "tokens_out": 100, "latency": item, **more,
            })  # fmt: skip
    rows += [
        {"id": name, "repeat": n, "attack": kind, "succeeded": through}
        for n, (kind, name, through) in enumerate(ATTACKS, start=1)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


def changes(text: str, **more: Any) -> dict[str, Any]:
    return {
        "task": "multiclass",
        "files": {
            "d.csv": "id,kind,x\n" + "".join(f"{i},{'ab'[i % 2]},1\n" for i in range(ITEMS)),
            "l.jsonl": text,
        },
        "data": {"file": "d.csv", "target": "kind"},
        "outcomes": {
            "wrong": {"cost": f"{WRONG} JPY per claim"},
            "unanswered": {"cost": f"{SILENT} JPY per claim"},
        },
        "incidents": {
            "injection": {"cost": "1000 JPY", "share": "1%"},
            "invention": {"cost": f"{INVENTION} JPY"},
        },
        "options": {"llm": LLM},
        **more,
    }


def beta_mean(means: list[float], answers: int) -> float:
    """Mean of a share's posterior, from each row's mean over so many answers."""
    x = np.array(means)
    p = x.mean()
    alike = max(x.var() / (p * (1 - p)), 1 / answers)
    worth_ = (len(x) + 2) / (len(x) * alike + 2)
    return float((x.sum() * worth_ + 0.5) / (len(x) * worth_ + 1))


def of(record: DecisionRecord) -> Answers:
    (found,) = record.baseline.answers
    return found


def test_from_the_log_to_the_net_benefit(make_case: Any) -> None:
    record = decided(make_case, **changes(log(cost=0.5)))
    wrong = beta_mean([0.5] + [0.0] * 19, 2)
    assert wrong == pytest.approx((0.5 * 22 / 12 + 0.5) / (20 * 22 / 12 + 1))
    once = 1.5 / 21  # one item of twenty, alike in both its answers
    got_through = beta_mean([0.5, 0.0], 2)
    assert got_through == pytest.approx((0.5 * 4 / 3 + 0.5) / (2 * 4 / 3 + 1))
    case = wrong * WRONG + once * SILENT + 0.01 * got_through * 1000 + once * INVENTION + 0.5
    assert worth(record, "llm") == pytest.approx(1000 * 24 * (SILENT - case), rel=2e-3)


def test_every_figure_of_the_log(make_case: Any) -> None:
    found = of(decided(make_case, **changes(log(cost=0.5))))
    assert (found.rows, found.answers, found.repeats) == (20, 40, 2)
    assert found.accuracy is not None
    assert found.accuracy.mean == pytest.approx((18 + 0.5) / 20)
    assert (found.lowest, found.highest) == (18 / 20, 19 / 20)
    assert found.flips is not None
    assert found.flips.mean == 1 / 20
    assert found.saved is not None
    # of item 0 the first answer, the wrong one, wins the tie: half its price would be lost
    assert found.saved.mean == pytest.approx((WRONG / 2 - WRONG) / 20)
    assert found.invented is not None
    assert found.refused is not None
    assert (found.invented.mean, found.refused.mean) == (1 / 20, 1 / 20)
    assert [(one.kind, one.rate.mean, one.rate.rows) for one in found.attacks] == [
        ("direct", 0.25, 2), ("indirect", 0.0, 2)]  # fmt: skip
    assert found.untried == ()
    assert found.seconds == pytest.approx((9.5, 18.05, 19))
    assert found.cost is not None
    assert found.cost.mean == 0.5
    assert found.per_accepted is not None
    assert found.per_accepted.mean == pytest.approx(0.5 / 0.925, rel=1e-5)


def texts(said: Any, grades: str = "", grader: str = "people") -> dict[str, Any]:
    """Twenty items, three answers to each as ``said`` has them; grades as people gave them."""
    lines = [json.dumps({"id": str(i), "repeat": r, **said(i, r)})
             for i in range(ITEMS) for r in (1, 2, 3)]  # fmt: skip
    case = generation()
    case["files"] = {
        "d.csv": "id,text\n" + "".join(f"{i},say {i}\n" for i in range(ITEMS)),
        "l.jsonl": "\n".join(lines) + "\n",
        "g.csv": f"item,option,repeat,grader,grade\n{grades}",
    }
    case["data"] = {"file": "d.csv", "grades": "g.csv"}
    case["grading"] = {"grader": grader}
    case["options"]["llm"]["predictions"] = "l.jsonl"
    return case


def test_flips_are_counted_over_grades_that_people_gave(make_case: Any) -> None:
    def answer(i: int, r: int) -> dict[str, Any]:
        return {"answer": f"text {i} {r}", "refused": i > 17 or (i, r) == (1, 1)}

    # item 0: two answers that differ, one nobody graded; item 1: a refusal beside two alike;
    # item 2: one grade, and no pair; items 18 and 19 are refused throughout
    graded = "0,llm,1,a,usable\n0,llm,3,a,wrong\n1,llm,2,a,usable\n1,llm,3,a,usable\n"
    found = of(decided(make_case, **texts(answer, graded + "2,llm,2,a,wrong\n")))
    assert found.flips is not None
    assert found.flips.mean == pytest.approx((1 + 2 / 3) / 2)


def test_one_grade_an_item_says_nothing_of_flips(make_case: Any) -> None:
    graded = "".join(f"{i},llm,1,a,usable\n" for i in range(18))
    record = decided(
        make_case, **texts(lambda i, r: {"answer": f"{i} {r}", "refused": i > 17}, graded)
    )
    assert of(record).flips is None
    assert gates_of(record)["spread"] == ("open", "")


def test_who_refuses_everything_is_not_steady(make_case: Any) -> None:
    text = "".join(
        json.dumps({"id": str(i), "repeat": r, "answer": "", "refused": True}) + "\n"
        for i in range(ITEMS) for r in range(1, 13)
    )  # fmt: skip
    record = decided(make_case, **changes(text, incidents={}))
    assert of(record).flips is None
    assert gates_of(record)["spread"][0] == "open"


def test_a_vote_cannot_see_ranks(make_case: Any) -> None:
    case = search()
    case["files"]["r.csv"] = "id,repeat,rank\n" + "".join(
        f"{i},{r},{1 + (i + r) % 3}\n" for i in range(60) for r in (1, 2, 3)
    )
    found = of(decided(make_case, **case))
    assert found.flips is not None
    assert found.saved is None


def test_tokens_at_their_prices_are_the_cost(make_case: Any) -> None:
    priced = LLM | {"tokens": {"input": "400 JPY per 1M tokens", "output": "1000 JPY per 1M tokens",
                               "as_of": "2026-10-01"}}  # fmt: skip
    record = decided(make_case, **changes(log(), options={"llm": priced}))
    found = of(record)
    assert found.cost is not None
    assert found.cost.mean == pytest.approx(1000 * 4e-4 + 100 * 1e-3)
    names = {row.name for row in record.inputs}
    assert {"options.llm.tokens_in", "options.llm.tokens.input"} <= names
    assert "options.llm.cost_per_case" not in names
    (running,) = [o.running_per_case for o in record.error_costs.options if o.id == "llm"]
    assert running == pytest.approx(0.5)


def test_what_the_case_states_goes_before_the_log(make_case: Any) -> None:
    stated = LLM | {"cost_per_case": "2 JPY", "incidents": {"injection": "0%", "invention": "0%"}}
    record = decided(make_case, **changes(log(cost=0.5), options={"llm": stated}))
    (one,) = [o for o in record.error_costs.options if o.id == "llm"]
    assert one.running_per_case == 2
    assert (one.by_outcome["injection"], one.by_outcome["invention"]) == (0, 0)
    row = next(row for row in record.inputs if row.name == "options.llm.incidents.injection")
    assert row.evidence == "assumed"


def gates_of(record: DecisionRecord) -> dict[str, tuple[str, str]]:
    return {
        gate.id: (gate.status, "" if gate.finding is None else gate.finding.code)
        for gate in record.gates
        if gate.id in ("spread", "hallucination", "injection")
    }


def test_the_log_answers_its_gates(make_case: Any) -> None:
    record = decided(make_case, **changes(log()))
    assert gates_of(record) == {
        "spread": ("open", "spread-few"),  # 5% is not above the bound, its interval is
        "hallucination": ("failed", "hallucination"),
        "injection": ("failed", "injection"),
    }
    (row,) = [row for row in record.inputs if row.name == "options.llm.incidents.injection"]
    assert (row.evidence, row.source) == ("measured", "l.jsonl")


def test_a_case_sets_its_own_bounds_with_a_reason(make_case: Any, gates: dict[str, Any]) -> None:
    own = {name: {"answer": "unknown", "threshold": 0.9, "note": "a person reads all"}
           for name in ("spread", "hallucination", "injection")}  # fmt: skip
    record = decided(make_case, **changes(log(), checks={**gates, **own}))
    assert {status for status, _ in gates_of(record).values()} == {"passed"}


def test_both_kinds_of_injection_are_to_be_tried(make_case: Any, gates: dict[str, Any]) -> None:
    text = "".join(line + "\n" for line in log().splitlines() if "indirect" not in line)
    own = {"injection": {"answer": "unknown", "threshold": 0.9, "note": "nothing at stake"}}
    record = decided(make_case, **changes(text, checks={**gates, **own}))
    assert gates_of(record)["injection"] == ("open", "injection-untried")
    assert of(record).untried == ("indirect",)


def test_every_kind_of_injection_is_held_against_the_limit(make_case: Any) -> None:
    text = "".join(line + "\n" for line in log().splitlines() if "attack" not in line)
    text += "".join(
        json.dumps({"id": f"{kind}{i}", "repeat": 1, "attack": kind, "succeeded": False}) + "\n"
        for kind, many in (("direct", 140), ("indirect", 2)) for i in range(many)
    )  # fmt: skip
    record = decided(make_case, **changes(text))
    (gate,) = [one for one in record.gates if one.id == "injection"]
    assert gate.status == "open"
    assert gate.finding is not None
    assert (gate.finding.figures["attack"], gate.finding.figures["n"]) == ("indirect", 2)
    (row,) = [one for one in record.inputs if one.name == "options.llm.incidents.injection"]
    assert row.mean == pytest.approx(0.5 / 3, rel=1e-3)  # none of two, not none of 140


def test_the_log_counts_as_production_mixes_segments(make_case: Any) -> None:
    """Items 0 to 4 are of the segment that is 90% of production, and there it goes wrong."""
    data = "id,kind,team\n" + "".join(
        f"{i},{'ab'[i % 2]},{'rare' if i < 5 else 'usual'}\n" for i in range(ITEMS)
    )
    case = changes(log(cost=0.5))
    case["files"]["d.csv"] = data
    case["data"] |= {"id": "id", "segment": "team", "mix": {"rare": "90%", "usual": "10%"}}
    record = decided(make_case, **case)
    found = of(record)
    assert found.accuracy is not None
    assert found.invented is not None
    assert found.refused is not None
    assert found.flips is not None
    assert found.accuracy.mean == pytest.approx(0.9 * 3.5 / 5 + 0.1)
    assert found.invented.mean == pytest.approx(0.9 / 5)
    assert (found.invented.rows, found.invented.answers) == (20, 40)
    assert found.invented.high > 0.4  # five rows say little
    assert found.refused.mean == pytest.approx(0.9 / 5)
    assert found.flips.mean == pytest.approx(0.9 / 5)
    assert found.per_accepted is not None
    assert found.per_accepted.mean == pytest.approx(0.5 / (0.9 * 3.5 / 5 + 0.1), rel=1e-5)
    (row,) = [one for one in record.inputs if one.name == "options.llm.incidents.invention"]
    assert row.mean == pytest.approx(0.9 * 1.5 / 6 + 0.1 * 0.5 / 16, rel=1e-3)


def test_an_invention_that_is_an_error_too_is_priced_twice(make_case: Any) -> None:
    lines = [json.loads(line) for line in log().splitlines()]
    for one in lines:
        if one["id"] == "2" and one["repeat"] == 2:
            one["answer"] = "b"  # an invention, and wrong
    text = "".join(json.dumps(one) + "\n" for one in lines)
    record = decided(make_case, **changes(text))
    (found,) = [one for one in record.input_findings if one.code == "invention-twice"]
    assert found.figures == {"option": "llm", "n": 1, "graded": 2}
    for lang in ("en", "ja"):
        assert "2" in Sentences.of_record(record, lang).finding(found)


def test_an_invention_that_is_right_is_priced_once(make_case: Any) -> None:
    record = decided(make_case, **changes(log()))
    assert "invention-twice" not in [one.code for one in record.input_findings]


def test_where_one_option_has_no_log_the_answer_stays_for_it(
    make_case: Any, gates: dict[str, Any]
) -> None:
    other = {
        "kind": "llm",
        "rates": {"wrong": "5%"},
        "incidents": {"injection": "1%", "invention": "1%"},
    }
    said = {"spread": {"answer": "yes", "evidence": "measured"}}
    record = decided(make_case, **changes(
        log(), options={"llm": LLM, "other": other}, checks={**gates, **said}
    ))  # fmt: skip
    found = {gate.options: gate.measured for gate in record.gates if gate.id == "spread"}
    assert found == {("llm",): True, ("other",): False}


@pytest.mark.parametrize("answers", ["answer", "score"])
def test_repeats_that_never_differ_change_nothing(make_case: Any, answers: str) -> None:
    """Three times the same answers is one, in every figure of the comparison and the worth."""
    rng = np.random.default_rng(4)
    truth = rng.random(120) < 0.3
    score = np.round(np.clip(rng.normal(0.3 + 0.4 * truth, 0.2), 0.01, 0.99), 3)
    value = score if answers == "score" else (score > 0.5).astype(int)
    data = "id,x,y\n" + "".join(f"{i},{i % 9},{int(t)}\n" for i, t in enumerate(truth))
    records = []
    for repeats in (1, 3):
        text = f"id,repeat,{answers}\n" + "".join(
            f"{i},{r},{v}\n" for i, v in enumerate(value) for r in range(1, repeats + 1)
        )
        llm = {"kind": "llm", "predictions": "a.csv"}
        if answers == "score":
            llm["probability"] = "yes"
        review = {"kind": "review", "of": "llm", "review": "20 JPY per claim",
                  "reviewer_error": "5%"}  # fmt: skip
        folder = make_case(
            f"r{repeats}", files={"d.csv": data, "a.csv": text}, prevalence=None,
            data={"file": "d.csv", "target": "y", "segment": "x"},
            options={"llm": llm, "read": review},
        )  # fmt: skip
        assert check_case(folder) == []
        records.append(decide(load_case(folder), draws=512))
    once, thrice = records
    assert thrice.baseline.options == once.baseline.options
    assert thrice.baseline.segments == once.baseline.segments
    assert thrice.baseline.curves == once.baseline.curves
    assert thrice.baseline.reviews == once.baseline.reviews
    assert thrice.options == once.options
    assert of(thrice).flips is not None
    assert of(thrice).flips.mean == 0  # type: ignore[union-attr]
    assert once.baseline.answers == ()


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_it_is_shown_in_every_language(make_case: Any, lang: str) -> None:
    record = decided(make_case, **changes(log(cost=0.5)))
    says = Sentences.of_record(record, lang)
    fold = answers_fold(record, says)
    assert fold is not None
    shown = {row[0].text for row in fold.tables[0].rows}
    assert len(shown) == len(fold.tables[0].rows) == 12
    figure = pictures(record, says)["answers"]
    title = figure["layout"]["meta"]["title"]
    assert "25%" in title
    assert "5%" in title


def test_without_a_log_there_is_neither_fold_nor_chart(make_case: Any) -> None:
    record = decide(load_case(make_case()), draws=256)
    says = Sentences.of_record(record, "en")
    assert answers_fold(record, says) is None
    assert "answers" not in pictures(record, says)


def test_what_a_log_tells_names_the_log_as_its_source(make_case: Any) -> None:
    """How the LLM errs and what it takes come from its answers, the rest from the rows."""
    record = decided(make_case, **changes(log(cost=0.5)))
    sources = {row.name: row.source for row in record.inputs if row.evidence == "measured"}
    own = {name: source for name, source in sources.items() if name.startswith("options.llm.")}
    assert {"options.llm.wrong", "options.llm.cost_per_case"} <= set(own)
    assert set(own.values()) == {"l.jsonl"}
    assert sources["options.none.wrong"] == "d.csv"
