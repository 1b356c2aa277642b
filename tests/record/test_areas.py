"""The four areas in a record: how each question stands, what words answer, what labels cost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit import decide, load_case
from mlpdm_kit.record.area_folds import area_fold
from mlpdm_kit.record.areas import Area, Question
from mlpdm_kit.record.folds import folds
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.render import render_html, render_markdown
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.steps import Walk
from mlpdm_kit.record.tables import Fold
from tests.conftest import GATES

MakeCase = Callable[..., Path]
ERRORS = {
    name: {"seen": "it is shown", "recovery": "by hand", "owner": "Clerk", "evidence": "quoted"}
    for name in ("false-trigger", "missed-trigger", "ambiguity", "plausible-but-wrong", "stale")
}
ROLLBACK = {"metric": "misses a month", "at": "ten", "owner": "Head", "evidence": "measured",
            "source": "plan 3"}  # fmt: skip
LABELS = {"items": 50, "each": 2, "by": ["clerks"], "price": "100 JPY per claim"}


def record(folder: Path) -> DecisionRecord:
    return decide(load_case(folder), draws=256)


def area(found: DecisionRecord, name: str) -> Area:
    return next(one for one in found.areas if one.area == name)


def question(found: DecisionRecord, name: str) -> Question:
    return next(q for one in found.areas for q in one.questions if q.check == name)


def answers(**more: Any) -> dict[str, Any]:
    return {**GATES, **more}


def worth(found: DecisionRecord, option: str) -> float:
    amount = next(o for o in found.options if o.id == option).expected_net_benefit
    assert amount is not None
    return amount.mean


# --- how a question stands --------------------------------------------------------------


def test_words_answer_a_check_with_their_evidence(make_case: MakeCase) -> None:
    found = record(make_case(design={"errors": ERRORS, "rollback": ROLLBACK}))
    assert [question(found, name).state for name in ("error-cases", "recovery", "rollback")] == [
        "written", "written", "written",
    ]  # fmt: skip
    gates = {gate.id: gate for gate in found.gates}
    rollback = gates["rollback"]
    assert (rollback.status, rollback.answer, rollback.evidence) == ("passed", "yes", "measured")
    assert (rollback.source, rollback.owner) == ("plan 3", "Head")
    assert gates["error-cases"].evidence == "quoted"


def test_the_least_sure_of_the_words_says_how_sure_the_answer_is(make_case: MakeCase) -> None:
    errors = {**ERRORS, "stale": {**ERRORS["stale"], "evidence": "assumed"}}
    found = record(make_case(design={"errors": errors}))
    gate = next(gate for gate in found.gates if gate.id == "error-cases")
    assert gate.evidence == "assumed"


def test_what_is_only_begun_answers_nothing_and_says_what_is_left(make_case: MakeCase) -> None:
    errors = {"stale": {"seen": "old prices"}, "ambiguity": {"applies": "no", "note": "a number"}}
    rollback = {"metric": "misses a month"}
    found = record(make_case(design={"errors": errors, "rollback": rollback}))
    assert question(found, "error-cases").state == "partly"
    assert question(found, "error-cases").missing == (
        "design.errors.false-trigger",
        "design.errors.missed-trigger",
        "design.errors.plausible-but-wrong",
    )
    assert "design.errors.stale" in question(found, "recovery").missing
    assert "design.errors.ambiguity" not in question(found, "recovery").missing
    assert question(found, "rollback").missing == (
        "design.rollback:at", "design.rollback:owner",
    )  # fmt: skip
    assert next(g for g in found.gates if g.id == "rollback").status == "open"


def test_a_yes_with_nothing_written_down_is_only_claimed(make_case: MakeCase) -> None:
    yes = {"answer": "yes", "evidence": "quoted"}
    found = record(make_case(checks=answers(rollback=yes, detectable=yes)))
    assert question(found, "rollback").state == "claimed"
    assert question(found, "detectable").state == "answered"  # there is nothing to write beside
    half = make_case(name="half", checks=answers(rollback=yes), design={"rollback": {"at": "10"}})
    assert question(record(half), "rollback").state == "half-written"
    markdown = render_markdown(found)
    assert "Answered, but no particulars are written down." in markdown


def test_a_no_stays_a_no_whatever_is_written(make_case: MakeCase) -> None:
    checks = answers(rollback={"answer": "no", "evidence": "quoted"})
    found = record(make_case(checks=checks, design={"rollback": ROLLBACK}))
    assert question(found, "rollback").state == "against"
    assert next(g for g in found.gates if g.id == "rollback").status == "failed"


@pytest.mark.parametrize("said", [{}, {"answer": "yes", "evidence": "assumed"}])
def test_free_text_opens_no_gate(make_case: MakeCase, said: dict[str, Any]) -> None:
    told = {"how": "as the notice says", "evidence": "measured", "source": "notice"}
    checks = {name: answer for name, answer in GATES.items() if name != "purpose"}
    checks |= {"purpose": said} if said else {}
    governance = {"consent": told, "purpose": told, "training": told}
    found = record(make_case(checks=checks, governance=governance))
    gate = next(gate for gate in found.gates if gate.id == "purpose")
    assert gate.status == "open"
    assert gate.evidence == "assumed"
    assert question(found, "purpose").state == ("assumed" if said else "partly")
    assert found.verdict.outcome == "find_out_first"


def test_an_unanswered_question_is_in_no_count_of_answers(make_case: MakeCase) -> None:
    found = record(make_case())
    said = Sentences.of_record(found)
    fold = next(fold for fold in folds(found, said) if fold.key == "areas")
    part = next(part for part in fold.parts if part.key == "area-output")
    states = [one.state for one in area(found, "output").questions]
    left = states.count("unanswered")
    assert left > 2
    assert f"{left} left to answer" in part.summary
    whole = area_fold(area(found, "output"), found.gates, said)  # as the notebook shows it
    assert len(whole.tables[-1].rows) == left
    assert {row[0].mark for row in whole.tables[-1].rows} == {"?"}
    assert {row[0].text for row in whole.tables[-1].rows} == {"unanswered"}


def test_a_check_stands_in_one_fold_and_an_open_one_by_its_area(make_case: MakeCase) -> None:
    """What is failed or open stands under gates and checks, with all that is known of it;
    what is settled in one of the four areas stands there."""
    checks = answers(rollback={"answer": "no", "evidence": "quoted"})
    found = record(make_case(checks=checks, design={"rollback": ROLLBACK, "errors": ERRORS}))
    whole = {fold.key: fold for fold in folds(found, Sentences.of_record(found))}
    gates, parts = whole["gates"], {part.key: part for part in whole["gates"].parts}
    opened = parts["gates-open"]
    shown = {
        "failed": [row for table in gates.tables for row in table.rows],
        "open": [row for table in opened.tables for row in table.rows],
        "passed": [row for table in parts["gates-passed"].tables for row in table.rows],
    }
    for status in ("failed", "open"):
        assert len(shown[status]) == sum(gate.status == status for gate in found.gates)
    captions = [table.caption for table in opened.tables]
    output = next(table for table in opened.tables if table.caption.startswith("When the output"))
    assert len(captions) == len(set(captions))
    assert len(output.rows) == 1
    assert output.caption == "When the output is wrong (open: other questions 1)"
    here = {row[0].text for rows in shown.values() for row in rows}
    there = {row[1].text for part in whole["areas"].parts for table in part.tables
             for row in table.rows if table.title == 1}  # fmt: skip
    assert not here & there
    names = Sentences.of_record(found)
    assert here | there >= {names.checked(gate) for gate in found.gates}
    no = next(row for row in shown["failed"] if row[0].text == "Can be switched off")
    assert "misses a month" in no[2].text  # in people's words, and said nowhere else
    assert render_html(found, {}).count("misses a month") == 1
    assert "Can be switched off" in _part(found, "area-output").notes[-1]


def test_what_is_answered_comes_first(make_case: MakeCase) -> None:
    found = record(make_case(design={"rollback": ROLLBACK, "errors": ERRORS}))
    heads = {
        "en": ("Answered", "Only claimed, or not answered yet"),
        "ja": ("回答済み", "言っているだけのもの、まだ答えのないもの"),
    }
    for lang, words in heads.items():
        said = Sentences.of_record(found, lang)
        part = area_fold(area(found, "output"), found.gates, said)
        captions = [table.caption for table in part.tables]
        assert (captions[0], captions[-1]) == words


def _part(found: DecisionRecord, key: str, lang: str = "en") -> Fold:
    whole = folds(found, Sentences.of_record(found, lang))
    fold = next(fold for fold in whole if fold.key == "areas")
    return next(part for part in fold.parts if part.key == key)


def test_ways_of_being_wrong_follow_what_is_compared(make_case: MakeCase, rates: Any) -> None:
    """Cut off and injection are asked where an LLM is compared; a name of one's own is taken."""
    llm = {"kind": "llm", "rates": rates("80%", "10%")}
    errors = {**ERRORS, "wrong-speaker": ERRORS["stale"]}
    found = record(make_case(options={"rule": {"kind": "rule", "rates": rates("40%", "5%")},
                                      "llm": llm}, design={"errors": errors}))  # fmt: skip
    assert question(found, "error-cases").missing == (
        "design.errors.truncation", "design.errors.injection",
    )  # fmt: skip
    shown = [row[0].text for table in _part(found, "area-output").tables for row in table.rows]
    assert "Wrong speaker" in shown


def test_a_stopped_case_shows_what_its_answer_was(make_case: MakeCase) -> None:
    """No option is compared, and a no of the case file is not taken for an open question."""
    folder = make_case(
        checks={"forbidden": {"answer": "yes", "evidence": "quoted"},
                "purpose": {"answer": "no", "evidence": "quoted"}},
        governance={"purpose": {"how": "quality of service only", "evidence": "quoted"}},
        volume=None, prevalence=None, outcomes={}, options={}, horizon=None,
    )  # fmt: skip
    found = record(folder)
    assert question(found, "purpose").state == "against"
    assert render_html(found, {}, lang="ja").count("quality of service only") == 1


def test_it_is_codes_and_peoples_words_in_json(make_case: MakeCase) -> None:
    found = record(make_case(design={"errors": ERRORS}, collection={"annotation": {
        **LABELS, "repeat": "6 months", "counted": "included"}}))  # fmt: skip
    text = found.to_json()
    assert DecisionRecord.model_validate_json(text).to_json() == text
    assert "Nobody has answered" not in text
    assert area(found, "collection").labels is not None


def test_what_people_wrote_is_escaped(make_case: MakeCase) -> None:
    hostile = "<script>alert(1)</script> | {{7*7}}"
    errors = {**ERRORS, "stale": {**ERRORS["stale"], "seen": hostile}}
    found = record(make_case(design={"errors": errors, "rollback": {**ROLLBACK, "at": hostile}}))
    page = render_html(found, {})
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 2
    assert "<script>alert" not in render_markdown(found)


def test_the_rollback_stands_with_how_it_is_confirmed(make_case: MakeCase) -> None:
    found = record(make_case(design={"rollback": ROLLBACK}))
    confirmed = render_markdown(found).partition("### Confirmation")[2].partition("## ")[0]
    assert "misses a month, from ten on. Head does it." in confirmed


# --- what labels cost -------------------------------------------------------------------


def test_the_plan_to_label_by_hand(make_case: MakeCase) -> None:
    """50 items, two labels each at 100: 10,000 a round; in 24 months at 0, 10 and 20: three."""
    plan = {**LABELS, "repeat": "10 months", "counted": "included"}
    labels = area(record(make_case(collection={"annotation": plan})), "collection").labels
    assert labels is not None
    assert (labels.labels, labels.cost.mean, labels.rounds) == (100, 10_000, 3)
    assert labels.total is not None
    assert labels.total.mean == 30_000


def test_labels_that_the_build_holds_are_not_counted_again(make_case: MakeCase) -> None:
    plain = record(make_case())
    plan = {**LABELS, "counted": "included"}
    found = record(make_case(name="labelled", collection={"annotation": plan}))
    assert worth(found, "model") == worth(plain, "model")
    assert [row.name for row in found.inputs] == [row.name for row in plain.inputs]
    assert "are not counted again" in _part(found, "area-collection").notes[0]


def test_labels_on_top_of_the_build_are_paid_once(make_case: MakeCase) -> None:
    """10,000 with the build; again after 10 and 20 of the 24 months, as the record says."""
    plain = worth(record(make_case()), "model")
    once = record(make_case(name="once", collection={"annotation": {**LABELS, "counted": "apart"}}))
    assert plain - worth(once, "model") == pytest.approx(10_000)
    assert worth(once, "rule") == worth(record(make_case(name="again")), "rule")
    plan = {**LABELS, "counted": "apart", "repeat": "10 months"}
    found = record(make_case(name="repeated", collection={"annotation": plan}))
    assert plain - worth(found, "model") == pytest.approx(3 * 10_000)
    assert "collection.annotation.price" in [row.name for row in found.inputs]
    assert "added to what building" in _part(found, "area-collection").notes[0]


def test_a_review_of_what_is_labelled_pays_the_labels_once(make_case: MakeCase, rates: Any) -> None:
    options = {
        "rule": {"kind": "rule", "rates": rates("40%", "5%")},
        "model": {"kind": "model", "rates": rates("80%", "10%")},
        "looked": {"kind": "review", "of": "model", "review": "1 JPY per claim"},
    }
    plain = record(make_case(options=options))
    plan = {**LABELS, "counted": "apart", "options": ["model", "looked"]}
    found = record(make_case(name="labelled", options=options, collection={"annotation": plan}))
    for name in ("model", "looked"):
        assert worth(plain, name) - worth(found, name) == pytest.approx(10_000)


def test_labels_dearer_than_the_build_that_holds_them_are_noticed(make_case: MakeCase) -> None:
    plan = {**LABELS, "items": 2000, "counted": "included"}
    note = _part(record(make_case(collection={"annotation": plan})), "area-collection").notes[0]
    assert "more than the most that the whole build is said to cost" in note


# --- recall and precision in money ------------------------------------------------------


def test_a_point_of_recall_and_one_of_precision_in_the_record(make_case: MakeCase) -> None:
    """1,000 claims a month, 50 wrong; a miss costs 1,000, a false alarm 100. The model finds
    40 of 50 with 95 false alarms of 950: precision 40 of 135."""
    found = record(make_case())
    point = next(one for one in found.error_costs.points if one.option == "model")
    assert point.recall == pytest.approx(0.8)
    assert point.precision == pytest.approx(40 / 135, rel=1e-5)
    assert point.recall_point.mean == pytest.approx(0.5 * 1_000)
    fewer = 95 - 40 * (1 - 40 / 135 - 0.01) / (40 / 135 + 0.01)
    assert point.precision_point.mean == pytest.approx(fewer * 100, rel=1e-4)
    note = _part(found, "area-evaluation").notes[0]
    assert "one more point of recall is worth ¥500 a month, and one more of precision ¥441" in note
    assert {one.option for one in found.error_costs.points} == {"rule", "model"}


def test_it_is_said_only_where_it_can_be(make_case: MakeCase) -> None:
    folder = make_case(
        task="formula", prevalence=None, outcomes={}, inputs={"clicks": "3..5"},
        options={"rule": {"kind": "rule", "value": "clicks"},
                 "model": {"kind": "model", "value": "2 * clicks"}},
    )  # fmt: skip
    assert Walk(load_case(folder), draws=256).errors().points == ()
