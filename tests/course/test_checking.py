"""The one checking function: earlier values, tolerances, units, and what nobody can read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpdm_kit.case.quantity import Malformed
from mlpdm_kit.course.checking import Checked, check
from mlpdm_kit.course.kinds import KINDS
from mlpdm_kit.course.lessons import EXERCISES, exercise_of
from mlpdm_kit.course.words import chosen
from mlpdm_kit.errors import InputError


def states(checked: Checked) -> dict[str, str]:
    return {one.field.name: one.state for one in checked.fields}


def test_one_slip_is_not_punished_twice() -> None:
    found = check(EXERCISES["base-rate"], {"caught": "90", "false": "600", "precision": "13.04%"})
    assert states(found) == {"caught": "right", "false": "wrong", "precision": "right"}
    assert [one.follows for one in found.fields] == [False, False, True]
    assert found.state == "partial"
    assert "own earlier value" in found.sentences(found.fields[2], "en")[0]


def test_the_true_answer_counts_too_after_a_slip() -> None:
    found = check(EXERCISES["base-rate"], {"caught": "90", "false": "600", "precision": "15.4%"})
    assert found.fields[2].state == "right"
    assert not found.fields[2].follows


def test_what_is_missing_or_unreadable_stands_for_the_true_value() -> None:
    for caught in ("", "many"):
        found = check(EXERCISES["base-rate"], {"caught": caught, "precision": "15.4%"})
        assert found.fields[2].state == "right"


def test_a_choice_follows_the_own_figures() -> None:
    answers = {"low": "100000", "middle": "168000", "high": "234000", "best": "low"}
    found = check(EXERCISES["choose-cut"], answers)
    assert states(found) == {"low": "wrong", "middle": "right", "high": "right", "best": "right"}


def test_the_same_slip_side_by_side_takes_one_point() -> None:
    without_running = {"e_invoices": "5000000", "templates": "8000000", "llm": "9000000"}
    found = check(EXERCISES["incremental"], without_running)
    assert set(states(found).values()) == {"wrong", "missing"}
    assert [one.repeats for one in found.fields] == [False, True, True, False, False]
    assert (found.points, found.state) == (2, "partial")
    assert "no second point" in found.sentences(found.fields[1], "en")[-1]
    everything = {**without_running, "extra": "1000000", "best": "llm"}
    whole = check(EXERCISES["incremental"], everything)
    assert (whole.points, whole.exercise.points, whole.state) == (4, 5, "partial")


def test_slips_that_are_not_the_same_or_not_known_take_a_point_each() -> None:
    answers = {"low": "24000", "middle": "96000", "high": "1"}
    found = check(EXERCISES["choose-cut"], answers)
    assert [one.hints[0].code.rpartition(".")[2] for one in found.fields[:2]] == [  # type: ignore[union-attr]
        "misses-alone", "alarms-alone"]  # fmt: skip
    assert found.points == 0
    same = check(EXERCISES["choose-cut"], {"low": "1", "middle": "1", "high": "1"})
    assert same.points == 0


def test_a_figure_that_is_rounded_too_far_is_told_so() -> None:
    found = check(EXERCISES["price-errors"], {"threshold": "3%"})
    assert [hint.code for hint in found.fields[2].hints] == ["course.mistake.rounded"]  # type: ignore[union-attr]


def test_months_beyond_the_horizon_are_counted_as_the_learner_has_them() -> None:
    table = {row[0]: row[1] for row in EXERCISES["discounted"].grid.rows}  # type: ignore[union-attr]
    for at_work in (24, 27):
        answers = {"at_work": str(at_work), "counted": f"{table[at_work]:.2f}"}
        found = check(EXERCISES["discounted"], answers)
        assert states(found)["at_work"] == "wrong"
        assert found.fields[1].follows


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("share", "10%", 0.1), ("share", "０．１", 0.1), ("share", "１０％", 0.1),
        ("money", "3.6M", 3_600_000), ("money", "360万円", 3_600_000), ("money", "¥3,600,000",
         3_600_000), ("money", "△100,000", -100_000), ("money", "-100000", -100_000),
        ("money/month", "100,000", 100_000), ("money/month", "1.2M JPY per year", 100_000),
        ("money/case", "80円", 80), ("count", "1,200", 1_200), ("months", "6か月", 6),
        ("months", "6", 6),
    ],
)  # fmt: skip
def test_people_write_figures_in_many_ways(kind: str, written: str, value: float) -> None:
    assert KINDS[kind].read(written) == pytest.approx(value)


@pytest.mark.parametrize(
    ("written", "value"),
    [("8千7百円", 8_700), ("2万3千4百円", 23_400), ("5百円", 500), ("千円", 1_000),
     ("5百万円", 5e6), ("百万円", 1e6), ("2千500万円", 25e6), ("3億2千万円", 3.2e8),
     ("千5百円", 1_500)],
)  # fmt: skip
def test_money_with_japanese_units(written: str, value: float) -> None:
    assert KINDS["money"].read(written) == pytest.approx(value)
    assert KINDS["money/month"].read(f"月{written}") == pytest.approx(value)


@pytest.mark.parametrize(
    ("kind", "written"),
    [("money/case", "500円/月"), ("money/case", "¥500 per month"), ("money/month", "500円/件"),
     ("money", "500円/月"), ("money", "千千円"), ("money", "万円")],
)  # fmt: skip
def test_another_unit_is_no_answer(kind: str, written: str) -> None:
    with pytest.raises(Malformed):
        KINDS[kind].read(written)


@pytest.mark.parametrize("written", ["", "-", "x", "1..2", "nan", "inf", "1e999", "{}", "10"])
def test_what_is_no_share_is_refused(written: str) -> None:
    with pytest.raises(Malformed):
        KINDS["share"].read(written)


def test_a_percentage_without_its_sign_is_told_of_the_sign() -> None:
    found = check(EXERCISES["threshold"], {"threshold": "10"})
    assert found.fields[0].state == "unreadable"
    assert "15%" in found.sentences(found.fields[0], "en")[0]


def test_choices_are_understood_by_word_number_and_language() -> None:
    exercise = EXERCISES["who-bears"]
    field = exercise.fields[0]
    for written in ("customer", "2", "The person whose case it is", "その件の本人", " CUSTOMER "):
        assert chosen(exercise, field, written) == "customer"
    assert chosen(exercise, field, "7") is None


def test_it_can_be_written_for_machines_in_both_languages() -> None:
    answers = {"threshold": "0.9"}
    english, japanese = (check(EXERCISES["threshold"], answers).to_dict(lang)
                         for lang in ("en", "ja"))  # fmt: skip
    assert json.loads(json.dumps(english)) == english
    assert english["fields"]["threshold"]["hints"] == ["exercise.threshold.mistake.swapped"]
    assert english["fields"]["threshold"]["sentences"] != (
        japanese["fields"]["threshold"]["sentences"])  # fmt: skip


def test_an_exercise_that_is_none() -> None:
    with pytest.raises(InputError, match="mlpdm exercise list"):
        exercise_of("no-such-exercise")


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(EXERCISES)),
    written=st.one_of(st.text(max_size=60), st.floats().map(str), st.integers().map(str)),
    data=st.data(),
)
def test_nothing_that_is_written_breaks_it(name: str, written: str, data: Any) -> None:
    exercise = EXERCISES[name]
    fields = data.draw(st.lists(st.sampled_from([f.name for f in exercise.fields]), unique=True))
    found = check(exercise, dict.fromkeys(fields, written))
    assert 0 <= found.points <= exercise.points
    for lang in ("en", "ja"):
        assert all(found.sentences(one, lang) for one in found.fields)
