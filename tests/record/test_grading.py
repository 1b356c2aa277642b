"""Answers that are texts, graded and checked by people, up to the record."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mlpdm_kit import decide, load_case
from mlpdm_kit.analysis.answers.measure import answers_of
from mlpdm_kit.analysis.grading.graded import graded
from mlpdm_kit.analysis.ladder import ladder
from mlpdm_kit.analysis.trial.compare import compare
from mlpdm_kit.analysis.trial.folds import split
from mlpdm_kit.case.dataset import load_data
from mlpdm_kit.case.load import check_case
from mlpdm_kit.record.grading_fold import grading_said
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.render import render_markdown
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.setting import setting
from mlpdm_kit.view.charts import pictures
from tests.graded import ROWS, invoices, summaries


def option(record: DecisionRecord, name: str) -> Any:
    return next(one for one in record.baseline.options if one.id == name)


def made(make_case: Any, changes: dict[str, Any], name: str = "small") -> DecisionRecord:
    folder = make_case(name, prevalence=None, **{"discount": "0% per year", **changes})
    assert check_case(folder) == []
    return decide(load_case(folder), draws=1024)


def test_fields_of_japanese_invoices(make_case: Any) -> None:
    record = made(make_case, invoices())
    cells = option(record, "llm").cells
    # unreadable 1, dates missing 20, minor notes wrong 10; totals wrong 10
    assert (cells["right"], cells["missing"], cells["wrong"]) == (159, 31, 10)
    how = record.baseline.graded
    assert how is not None
    counts = {one.field: (one.right, one.missing, one.wrong) for one in how.fields}
    assert counts == {"payee": (199, 1, 0), "issued": (179, 21, 0), "total": (189, 1, 10),
                      "note": (189, 1, 10)}  # fmt: skip
    assert how.options[0].unreadable == 1
    english, japanese = (render_markdown(record, lang=lang) for lang in ("en", "ja"))
    assert "How the answers were graded" in english
    assert "回答をどう採点したか" in japanese


def test_the_same_answers_in_a_column_each(make_case: Any) -> None:
    changes = invoices()
    rows = ["id,payee,issued,total,note"]
    for line in changes["files"].pop("a.jsonl").splitlines():
        one = json.loads(line)
        told = one["answer"] if isinstance(one["answer"], dict) else {}
        cells = (told.get(name, "") for name in ("payee", "issued", "total", "note"))
        rows.append(",".join([one["id"], *(f'"{cell}"' for cell in cells)]))
    changes["files"]["a.csv"] = "\n".join(rows) + "\n"
    changes["options"]["llm"]["predictions"] = "a.csv"
    cells = option(made(make_case, changes), "llm").cells
    assert (cells["right"], cells["missing"], cells["wrong"]) == (159, 31, 10)


def test_what_people_say_corrects_the_grader_and_widens(make_case: Any) -> None:
    changes = summaries()
    record = made(make_case, changes)
    changes["data"] = {"file": "d.csv", "target": "text"}
    plain = made(make_case, changes, "plain")
    before, after = option(plain, "llm").rates, option(record, "llm").rates
    assert before["needs_editing"].mean == pytest.approx(0.25, abs=0.01)
    assert after["needs_editing"].mean == pytest.approx(0.5, abs=0.06)
    width = {name: one["needs_editing"].high - one["needs_editing"].low
             for name, one in (("before", before), ("after", after))}  # fmt: skip
    assert width["after"] > 1.1 * width["before"]
    cost, less = option(record, "llm").cost_per_case, option(plain, "llm").cost_per_case
    assert cost.mean > less.mean + 10
    assert cost.p95 - cost.p5 > 1.1 * (less.p95 - less.p5)
    # and nothing is said of grades that nobody gave
    assert after["harmful"].mean < 0.01
    assert before["harmful"].mean < 0.01


def test_an_option_that_nobody_checked_is_taken_as_it_is(make_case: Any) -> None:
    changes = summaries()
    changes["files"]["b.csv"] = changes["files"]["a.csv"]
    changes["options"]["other"] = {"kind": "llm", "predictions": "b.csv"}
    record = made(make_case, changes)
    checked, other = (option(record, name).rates["needs_editing"] for name in ("llm", "other"))
    assert checked.mean == pytest.approx(0.5, abs=0.06)
    assert other.mean == pytest.approx(0.25, abs=0.01)
    how = record.baseline.graded
    assert how is not None
    found = {one.option: one for one in how.options}
    assert found["llm"].after
    assert (found["other"].checked, found["other"].after, found["other"].counts) == (0, {}, ())
    for lang in ("en", "ja"):
        says = Sentences.of_record(record, lang)
        said = says.sentence("grading.said.as-given", option="other")
        assert said in grading_said(how, record.task, says)


def test_it_reaches_the_decision_by_name(make_case: Any) -> None:
    record = made(make_case, summaries())
    row = next(one for one in record.inputs if one.name == "options.llm.needs_editing")
    rate = option(record, "llm").rates["needs_editing"]
    assert (row.low, row.high) == pytest.approx((rate.low, rate.high), abs=1e-4)
    assert row.evidence == "measured"


def test_people_who_agree_pass_the_check(make_case: Any) -> None:
    record = made(make_case, summaries())
    gate = next(one for one in record.gates if one.id == "experts-agree")
    assert (gate.status, gate.measured) == ("passed", True)
    how = record.baseline.graded
    assert how is not None
    assert how.agreement is not None
    assert how.agreement.kappa is not None
    assert (how.agreement.kappa.mean, how.agreement.items) == (1.0, 80)


def test_people_who_do_not_agree_fail_it(make_case: Any) -> None:
    record = made(make_case, summaries(strict=True))
    gate = next(one for one in record.gates if one.id == "experts-agree")
    assert gate.status == "failed"
    assert gate.options == ("llm",)
    loose = summaries(strict=True)
    loose["checks"] = {"experts-agree": {"answer": "unknown", "threshold": 0.01, "note": "why"}}
    again = next(one for one in made(make_case, loose, "loose").gates if one.id == "experts-agree")
    assert again.status != "failed"


@pytest.mark.parametrize(
    ("checked", "same", "status", "code"),
    [
        (1, True, "open", "experts-undefined"),
        (40, True, "open", "experts-undefined"),
        (9, False, "open", "experts-few"),
        (10, False, "passed", "experts-passed"),
    ],
)
def test_agreement_on_little_is_open(
    make_case: Any, checked: int, same: bool, status: str, code: str
) -> None:
    changes = summaries(checked=checked)
    if same:
        told = changes["files"]["g.csv"]
        changes["files"]["g.csv"] = told.replace("needs editing", "usable")
    record = made(make_case, changes)
    gate = next(one for one in record.gates if one.id == "experts-agree")
    assert gate.status == status
    assert gate.finding is not None
    assert (gate.finding.code, gate.finding.figures["items"]) == (code, checked)
    how = record.baseline.graded
    assert how is not None
    assert how.agreement is not None
    assert (how.agreement.kappa is None) == same
    for lang in ("en", "ja"):
        assert render_markdown(record, lang=lang)


def test_people_alone(make_case: Any) -> None:
    changes = summaries(checked=ROWS)
    changes["grading"] = {"grader": "people"}
    rates = option(made(make_case, changes), "llm").rates
    assert rates["needs_editing"].mean == pytest.approx(0.5, abs=0.02)
    assert rates["needs_editing"].high - rates["needs_editing"].low < 0.14
    some = summaries(checked=60, graders=1)
    some["grading"] = {"grader": "people"}
    rates = option(made(make_case, some, "some"), "llm").rates
    assert rates["needs_editing"].high - rates["needs_editing"].low > 0.18


def test_what_the_grader_cannot_see_rests_on_nothing_and_is_said(make_case: Any) -> None:
    changes = summaries()
    changes["data"] = {"file": "d.csv", "target": "text"}
    record = made(make_case, changes)
    blind = [one for one in record.baseline.findings if one.code == "grader-blind"]
    assert [one.figures["outcome"] for one in blind] == ["harmful"]  # overlap says wrong at most
    # none of 200 answers, and one case beforehand, a fifth of it for each of five outcomes
    assert blind[0].figures["share"] == pytest.approx(0.2 / 201, rel=1e-3)
    reason = next(one for one in record.verdict.reasons if one.code == "grader-blind")
    assert reason.figures["option"] == "llm"
    for lang, word in (("en", "can never say “harmful”"), ("ja", "判定されることがありません")):
        assert word in render_markdown(record, lang=lang).lower()


def test_what_people_looked_at_rests_on_their_grades(make_case: Any) -> None:
    record = made(make_case, summaries())
    assert not any(one.code == "grader-blind" for one in record.baseline.findings)
    # people called none of 80 answers harmful: a quarter of a case, on the 120 of 200 that
    # they did not see; and of all 200 a fifth of one
    harmful = option(record, "llm").rates["harmful"]
    assert harmful.mean == pytest.approx(0.25 / 81 * 0.6 + 0.2 / 201, rel=0.03)
    assert harmful.high > 0.005


@pytest.mark.parametrize(("graders", "word"), [(1, "Only one person"), (2, "as other people")])
def test_where_the_spread_of_people_is_from_is_said(
    make_case: Any, graders: int, word: str
) -> None:
    how = made(make_case, summaries(graders=graders)).baseline.graded
    assert how is not None
    (llm,) = [one for one in how.options if one.option == "llm"]
    assert llm.compared == (2 if graders == 2 else 0)
    notes = " ".join(grading_said(how, "generation", Sentences()))
    assert word in notes
    assert "5%" in notes


def test_a_judges_grades_are_corrected_too(make_case: Any) -> None:
    changes = summaries()
    judged = "\n".join(f"{i},usable" for i in range(ROWS))
    changes["files"]["a.csv"] = f"id,grade\n{judged}\n"
    changes["grading"] = None
    record = made(make_case, changes)
    rates = option(record, "llm").rates
    assert rates["needs_editing"].mean == pytest.approx(0.5, abs=0.06)
    assert record.baseline.graded is not None
    assert record.baseline.graded.grader == "given"


def test_what_a_log_says_of_accuracy_is_by_people_too(make_case: Any) -> None:
    case = load_case(make_case(prevalence=None, **summaries()))
    data = load_data(case)
    assert data is not None
    data, _ = graded(data, case.grading, case.task)
    split_, here = split(data, case.task, 0), setting(case, data, 0)
    result = compare(data, ladder(case), split_, here)
    given, one = data.predictions["llm"], result.tried["llm"]
    found = answers_of(given, one, data, split_.tested, here).accuracy
    assert found is not None
    assert found.mean == pytest.approx(0.5, abs=0.06)
    bare = answers_of(given, replace(one, graded=None), data, split_.tested, here).accuracy
    assert bare is not None
    assert (bare.mean, found.rows) == (0.75, ROWS)
    assert found.high - found.low > 1.1 * (bare.high - bare.low)


def test_price_per_good_answer_and_repeats_keep_to_the_accuracy(make_case: Any) -> None:
    case = load_case(make_case(prevalence=None, **summaries()))
    data = load_data(case)
    assert data is not None
    data, _ = graded(data, case.grading, case.task)
    split_, here = split(data, case.task, 0), setting(case, data, 0)
    given, one = data.predictions["llm"], compare(data, ladder(case), split_, here).tried["llm"]
    first = one.outcome.reshape(len(data), -1)[:, :1]
    second = np.where(np.arange(len(data))[:, None] < 100, 2.0, first)  # half of them wrong
    both = replace(one, outcome=np.hstack([first, second]))
    found = answers_of(given, both, data, split_.tested, here, np.full((len(data), 2), 3.0))
    usable = (first == 0).mean()
    assert found.each == pytest.approx((usable, usable / 2))  # by the grades as given
    accuracy, price = found.accuracy, found.accepted
    assert accuracy is not None
    assert price is not None
    expected = [3 / share for share in (accuracy.mean, accuracy.high, accuracy.low)]
    assert [price.mean, price.low, price.high] == pytest.approx(expected)
    free = answers_of(given, both, data, split_.tested, here, np.zeros((len(data), 2)))
    assert free.accepted is not None
    assert (free.accepted.low, free.accepted.high) == (0, 0)


def test_default_extraction_is_as_it_was(make_case: Any) -> None:
    from tests.kinds import extraction

    record = made(make_case, extraction())
    assert record.baseline.graded is None
    cells = option(record, "llm").cells
    assert (cells["right"], cells["missing"], cells["wrong"]) == (30, 6, 4)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_record_says_and_shows_it(make_case: Any, lang: str) -> None:
    record = made(make_case, summaries())
    text = render_markdown(record, lang=lang)
    assert Sentences(lang).say("record.heading.grading") in text
    assert "Krippendorff" in text
    drawn = pictures(record, Sentences.of_record(record, lang))
    assert "grading" in drawn
    assert drawn["grading"]["layout"]["meta"]["title"]


@pytest.mark.parametrize(
    ("changes", "code", "shown"),
    [
        ({"grades": "item,grader,grade\n999,a,usable\n"}, "grades-item", "999"),
        ({"grades": "item,grader,grade\n1,a,fine\n"}, "grades-grade", "fine"),
        ({"grades": "item,grader,grade\n1,a,usable\n1,a,wrong\n"}, "grades-twice", "a"),
        ({"grades": "item,grader,grade\n1,a,usable\n2,b,wrong\n"}, "grades-apart", "a"),
        ({"grades": "item,option,grader,grade\n1,gpt,a,usable\n"}, "grades-option", "gpt"),
        ({"grades": "item,grader,grade,repeat\n1,a,usable,3\n"}, "grades-repeat", "3"),
        ({"grades": "item,grader,grade\n1,,usable\n"}, "grades-empty", "grader"),
        ({"grades": "item,grade\n1,usable\n"}, "grades-columns", "item, grade"),
        ({"grading": {"grader": "overlap", "cutoffs": {"needs_editing": 0.5}}}, "missing-key", ""),
        ({"grading": {"grader": "overlap", "cutoffs": {"usable": 0.5, "needs_editing": 0.9}}},
         "cutoffs-order", "0.9"),
        ({"grading": {"grader": "overlap", "cutoffs": {"right": 0.5, "usable": 0.9}}},
         "cutoff-unknown", "right"),
        ({"grading": {"grader": "overlap", "cutoffs": {"usable": 2}}}, "cutoff", "2"),
        ({"grading": {"grader": "exact", "tolerance": 1}}, "grading-word", "exact"),
        ({"grading": {"grader": "numeric", "tolerance": "much"}}, "tolerance", "much"),
        ({"grading": {"grader": "fields"}}, "missing-key", ""),
        ({"grading": {"grader": "rouge"}}, "not-one-of", "rouge"),
        ({"grading": None}, "grading-none", "llm"),
        ({"data": {"file": "d.csv", "target": "text"}, "grading": {"grader": "people"}},
         "missing-key", ""),
    ],
)  # fmt: skip
def test_faults(make_case: Any, changes: dict[str, Any], code: str, shown: str) -> None:
    case = summaries()
    if "grades" in changes:
        case["files"]["g.csv"] = changes.pop("grades")
    folder = make_case(prevalence=None, **{**case, **changes})
    found = [fault for fault in check_case(folder) if fault.code == code]
    assert found
    assert shown in str(found[0].value or "")
    assert all(len(found[0].sentence(lang)) > 20 for lang in ("en", "ja"))
    if code.startswith("grades-") and code not in ("grades-columns",):
        assert found[0].figures["row"] in (1, 2, 3)  # with the header


@pytest.mark.parametrize(
    ("column", "fields", "code", "shown"),
    [
        ("total", {"total": {"kind": "amount"}}, "reference-amount", "much"),
        ("issued", {"issued": {"kind": "date"}}, "reference-date", "01/02/2026"),
    ],
)
def test_references_that_cannot_be_read(
    make_case: Any, column: str, fields: Any, code: str, shown: str
) -> None:
    case = invoices()
    lines = case["files"]["d.csv"].splitlines()
    cells = lines[3].split(",")
    cells[lines[0].split(",").index(column)] = shown
    case["files"]["d.csv"] = "\n".join([*lines[:3], ",".join(cells), *lines[4:]]) + "\n"
    case["grading"] = {"grader": "fields", "fields": fields}
    found = check_case(make_case(prevalence=None, **case))
    assert [(one.code, one.value, one.figures["row"]) for one in found] == [(code, shown, 4)]
