"""Graders: verdicts worked out by hand, and what holds for every text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit.analysis.grading.graders import GRADERS, grade, never_given, verdicts_as
from mlpdm_kit.analysis.grading.overlap import rouge_l, tokens
from mlpdm_kit.case.grading import GradedField, Grading
from mlpdm_kit.case.kinds import TASK_KINDS

EXACT, NORMAL = Grading(grader="exact"), Grading(grader="normalised")
INVOICE = Grading.model_validate(
    {
        "grader": "fields",
        "fields": {
            "payee": {"severe": "yes"},
            "date": {"kind": "date"},
            "total": {"kind": "amount", "tolerance": 1, "severe": "yes"},
            "note": {"severe": "no"},
        },
    }
)
TRUE = {"payee": "株式会社サンプル", "date": "2026-11-24", "total": "12,000円", "note": "tea"}


def verdict(answer: Any, reference: Any, rules: Grading) -> str:
    return grade(answer, reference, rules).verdict


@pytest.mark.parametrize(
    ("answer", "reference", "exact", "normalised"),
    [
        ("Acme Corp.", "Acme Corp.", "right", "right"),
        (" Acme Corp. ", "Acme Corp.", "right", "right"),
        ("acme corp", "Acme Corp.", "wrong", "right"),
        ("ACME, Corp", "Acme Corp.", "wrong", "right"),
        ("Acme Inc", "Acme Corp.", "wrong", "wrong"),
        ("", "Acme Corp.", "missing", "missing"),
        (None, "Acme Corp.", "missing", "missing"),
        ("Acme", "", "wrong", "wrong"),
        ("", "", "right", "right"),
        ("ｶﾌﾞｼｷｶﾞｲｼｬ ｻﾝﾌﾟﾙ", "カブシキガイシャサンプル", "wrong", "right"),
        ("株式会社サンプル（本社）", "株式会社 サンプル 本社", "wrong", "right"),
        ("株式会社サンプル", "有限会社サンプル", "wrong", "wrong"),
        ("１２３", "123", "wrong", "right"),
        ("1.5", "15", "wrong", "wrong"),
        ("-5", "5", "wrong", "wrong"),
        ("。", "、", "wrong", "wrong"),
    ],
)
def test_texts(answer: Any, reference: str, exact: str, normalised: str) -> None:
    assert verdict(answer, reference, EXACT) == exact
    assert verdict(answer, reference, NORMAL) == normalised


@pytest.mark.parametrize(
    ("answer", "reference", "tolerance", "expected"),
    [
        ("1,234", "1234", 0, "right"),
        ("¥1,234", "1234", 0, "right"),
        ("１，２３４円", "1234", 0, "right"),
        ("12.3万円", "123,000", 0, "right"),
        ("1億円", "100000000", 0, "right"),
        ("$1,234", "¥1,234", 0, "wrong"),
        ("1235", "1234", 0, "wrong"),
        ("1235", "1234", 1, "right"),
        ("1236", "1234", 1, "wrong"),
        ("101", "100", "1%", "right"),
        ("102", "100", "1%", "wrong"),
        ("102", "100", {"absolute": 2, "relative": "1%"}, "right"),
        ("12%", "0.12", 0, "right"),
        ("１２％", "12.0%", 0, "right"),
        ("0.30000000000000004", "0.3", 0, "right"),
        ("-5", "5", 0, "wrong"),
        ("about ten", "10", 0, "wrong"),
        ("10 or 20", "10", 0, "wrong"),
        ("不明", "10", 0, "missing"),
        ("", "10", 0, "missing"),
        ("n/a", "n/a", 0, "right"),
        ("10", "n/a", 0, "wrong"),
    ],
)
def test_numbers(answer: str, reference: str, tolerance: Any, expected: str) -> None:
    rules = Grading.model_validate({"grader": "numeric", "tolerance": tolerance})
    assert verdict(answer, reference, rules) == expected


@pytest.mark.parametrize(
    ("changes", "expected", "fields"),
    [
        ({}, "right", {}),
        ({"payee": "(株)サンプル"}, "severe", {"payee": "wrong"}),
        ({"date": "令和8年11月24日"}, "right", {}),
        ({"date": "Nov 24, 2026"}, "right", {}),
        ({"date": "2026-11-25"}, "wrong", {"date": "wrong"}),
        ({"date": "11月24日"}, "wrong", {"date": "wrong"}),
        ({"total": 12001}, "right", {}),
        ({"total": "１．２万円"}, "right", {}),
        ({"total": "12,002円"}, "severe", {"total": "wrong"}),
        ({"total": "$12,000"}, "severe", {"total": "wrong"}),
        ({"total": None}, "near", {"total": "missing"}),
        ({"note": "coffee"}, "near", {"note": "wrong"}),
        ({"note": "不明"}, "near", {"note": "missing"}),
        ({"date": "2026-11-25", "total": None}, "wrong", {"date": "wrong", "total": "missing"}),
        ({"date": "2026-11-25", "total": 1}, "severe", {"date": "wrong", "total": "wrong"}),
    ],
)
def test_fields(changes: dict[str, Any], expected: str, fields: dict[str, str]) -> None:
    answer = {key: one for key, one in {**TRUE, **changes}.items() if one is not None}
    found = grade(json.dumps(answer, ensure_ascii=False), TRUE, INVOICE)
    assert found.verdict == expected
    assert dict(found.fields) == {**dict.fromkeys(TRUE, "right"), **fields}


def test_an_answer_without_an_object_gives_no_field() -> None:
    found = grade("I could not read the invoice.", TRUE, INVOICE)
    assert (found.verdict, set(found.fields.values())) == ("missing", {"missing"})
    assert verdict("{}", TRUE, INVOICE) == "missing"
    assert verdict('```json\n{"payee": "株式会社サンプル"}```', TRUE, INVOICE) == "near"


def test_a_field_that_has_nothing_to_find_is_right_when_nothing_is_said() -> None:
    true = {**TRUE, "note": ""}
    answer = {key: one for key, one in TRUE.items() if key != "note"}
    assert verdict(json.dumps(answer), true, INVOICE) == "right"
    assert verdict(json.dumps(TRUE), true, INVOICE) == "near"  # it makes a note up


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("police kill the gunman", "police killed the gunman", 3 / 4),  # Lin 2004, section 3
        ("the gunman kill police", "police killed the gunman", 2 / 4),
        ("the cat", "the cat sat", 2 * 2 / 5),
        ("支払は3日です", "支払は５日です", 2 * 6 / 14),
        ("東京都港区", "東京都", 2 * 3 / 8),
        ("abc", "東京", 0.0),
        ("", "abc", 0.0),
    ],
)
def test_rouge_l(one: str, other: str, shared: float) -> None:
    assert rouge_l(one, other) == pytest.approx(shared)
    assert rouge_l(other, one) == pytest.approx(shared)


def test_tokens() -> None:
    assert tokens("GPT-4で３回、試した。") == ["gpt", "4", "で", "3", "回", "試", "し", "た"]
    assert tokens("Crème brûlée") == ["crème", "brûlée"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("a b c d", "right"), ("a b c x", "near"), ("a x y z", "wrong"), ("", "missing")],
)
def test_cutoffs(answer: str, expected: str) -> None:
    rules = Grading(grader="overlap", cutoffs={"usable": 0.9, "needs_editing": 0.5})
    assert verdict(answer, "a b c d", rules) == expected


def test_every_verdict_is_an_outcome_of_its_task() -> None:
    for task in ("extraction", "generation", "multiclass"):
        assert set(verdicts_as(task).values()) <= set(TASK_KINDS[task].outcomes)
        assert verdicts_as(task)["right"] == TASK_KINDS[task].good
        assert verdicts_as(task)["missing"] == TASK_KINDS[task].silent


def test_every_grader_of_the_case_file_is_there() -> None:
    words = Grading.model_fields["grader"].annotation.__args__  # type: ignore[union-attr]
    assert set(GRADERS) == {*words} - {"people"}


@pytest.mark.parametrize(
    ("rules", "hidden"),
    [
        ({"grader": "overlap", "cutoffs": {"usable": 0.8}}, ("needs_editing", "harmful")),
        ({"grader": "overlap", "cutoffs": {"usable": 0.8, "needs_editing": 0.4}}, ("harmful",)),
        ({"grader": "numeric"}, ("needs_editing", "harmful")),
        ({"grader": "fields", "fields": {"a": {}, "b": {"severe": "yes"}}}, ()),
        ({"grader": "fields", "fields": {"a": {}, "b": {"severe": "no"}}}, ("harmful",)),
        ({"grader": "fields", "fields": {"b": {"severe": "no"}}}, ("wrong", "harmful")),
        ({"grader": "people"}, ()),
    ],
)
def test_what_a_grader_cannot_see(rules: dict[str, Any], hidden: tuple[str, ...]) -> None:
    assert never_given(Grading.model_validate(rules), "generation") == hidden


RULES = {
    "exact": EXACT,
    "normalised": NORMAL,
    "overlap": Grading(grader="overlap", cutoffs={"usable": 1.0}),
    "fields": Grading(grader="fields", fields={"a": GradedField(), "b": GradedField(kind="exact")}),
}


@given(st.text(min_size=1, max_size=40), st.sampled_from(sorted(RULES)))
def test_an_answer_graded_against_itself_is_right(text: str, grader: str) -> None:
    answer = json.dumps({"a": text, "b": "x"}) if grader == "fields" else text
    assert verdict(answer, answer, RULES[grader]) == "right"


@given(st.floats(-1e9, 1e9).map(lambda x: round(x, 3)), st.sampled_from(["", " USD", "%", "円"]))
def test_a_number_graded_against_itself_is_right(value: float, unit: str) -> None:
    text = f"{value:.3f}{unit}"
    assert verdict(text, text, Grading(grader="numeric")) == "right"


@given(st.text(max_size=30), st.text(max_size=30))
def test_overlap_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0.0 <= rouge_l(one, other) <= 1.0
    assert rouge_l(one, other) == rouge_l(other, one)
