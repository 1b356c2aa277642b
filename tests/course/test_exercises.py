"""Every exercise: what it says, that its worked answer is right, and that each mistake is met."""

from __future__ import annotations

import re

import pytest

from mlpdm_kit.course.checking import COMMON, check
from mlpdm_kit.course.exercise import Exercise, Field
from mlpdm_kit.course.kinds import KINDS, same
from mlpdm_kit.course.lessons import EXERCISES, LESSONS, all_exercises
from mlpdm_kit.course.record_words import says_assumed
from mlpdm_kit.course.words import (
    choice_label,
    exercise_text,
    field_label,
    grid_lines,
    right_answers,
    task,
    title,
    worked,
)
from mlpdm_kit.text import LANGUAGES, catalogue

LEAST = 5
each = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
FIGURES = [
    (exercise, field)
    for exercise in EXERCISES.values()
    for field in exercise.fields
    if KINDS[field.kind].is_figure
]
each_figure = pytest.mark.parametrize(
    ("exercise", "field"), FIGURES, ids=lambda one: getattr(one, "id", getattr(one, "name", ""))
)


def test_six_lessons_with_at_least_five_exercises_each() -> None:
    assert [lesson.number for lesson in LESSONS.values()] == [1, 2, 3, 4, 5, 6]
    few = {name: len(one.exercises) for name, one in LESSONS.items() if len(one.exercises) < LEAST}
    assert few == {}
    assert all(45 <= lesson.minutes <= 60 for lesson in LESSONS.values())
    assert len(EXERCISES) == sum(len(one.exercises) for one in LESSONS.values())
    assert all(one.lesson == name for name, found in LESSONS.items() for one in found.exercises)


@each
@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_is_said_in_every_language(exercise: Exercise, lang: str) -> None:
    text = exercise_text(lang)
    said = [title(exercise, lang), *task(exercise, lang), *worked(exercise, lang)]
    said += [field_label(exercise, field, lang) for field in exercise.fields]
    said += grid_lines(exercise, lang)
    for field in exercise.fields:
        labels = [choice_label(exercise, field, choice, lang) for choice in field.choices]
        assert len(set(labels)) == len(labels), labels
        assert not set(labels) & set(field.choices), "a choice without words"
        for one in (*field.mistakes, *field.rules):
            own, shared = f"{exercise.code}.mistake.{one.code}", f"course.words.{one.code}"
            assert text.knows(own) or text.knows(shared), own
    assert all(line.strip() for line in said)


@each
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_worked_answer_is_right_and_nothing_is_empty(exercise: Exercise, lang: str) -> None:
    right = check(exercise, right_answers(exercise, lang))
    assert right.state == "pass", right.to_dict(lang)
    assert (right.points, right.exercise.points) == (len(exercise.fields), len(exercise.fields))
    empty = check(exercise, {})
    assert (empty.state, empty.points) == ("empty", 0)
    one = exercise.fields[0].name
    part = check(exercise, {one: right_answers(exercise, lang)[one]})
    assert part.state == ("pass" if len(exercise.fields) == 1 else "partial")


def written(value: float, field: Field) -> str:
    return f"{100 * value:.10g}%" if field.kind == "share" else f"{value:.10g}"


@each_figure
def test_every_mistake_is_met_and_is_not_the_right_answer(exercise: Exercise, field: Field) -> None:
    values = exercise.worked()
    right = float(field.answer(values))
    led = {}
    for mistake in field.mistakes:
        assert callable(mistake.leads_to)
        led[mistake.code] = float(mistake.leads_to(values))
    for code, value in led.items():
        assert not same(value, right, field.tolerance), code
        others = [c for c, v in led.items() if c != code and same(value, v, field.tolerance)]
        assert others == [], (code, value)
        answers = {**right_answers(exercise, "en"), field.name: written(value, field)}
        found = next(one for one in check(exercise, answers).fields if one.field is field)
        assert found.state == "wrong"
        assert found.hints[0].code.rpartition(".")[2] == code


@each_figure
def test_common_slips_are_named_where_no_own_mistake_fits(exercise: Exercise, field: Field) -> None:
    values = exercise.worked()
    right = float(field.answer(values))
    own = [float(one.leads_to(values)) for one in field.mistakes if callable(one.leads_to)]
    slips = [(code, times) for code, times, kinds in COMMON if field.kind in kinds]
    if not slips or right == 0 or (len(exercise.fields) > 1 and field is not exercise.fields[0]):
        return
    code, times = slips[0]
    if any(same(times * right, one, field.tolerance) for one in own):
        return
    answers = {**right_answers(exercise, "en"), field.name: written(times * right, field)}
    found = next(one for one in check(exercise, answers).fields if one.field is field)
    assert (found.state, found.hints[0].code) == ("wrong", f"course.mistake.{code}")


def test_every_wrong_choice_gets_a_hint_of_its_own_or_the_fields() -> None:
    bare = []
    for exercise in EXERCISES.values():
        for field in exercise.fields:
            accepted = field.answer(exercise.worked()) if field.kind == "choice" else ()
            accepted = (accepted,) if isinstance(accepted, str) else accepted
            for choice in set(field.choices) - set(accepted):
                answers = {**right_answers(exercise, "en"), field.name: choice}
                found = next(f for f in check(exercise, answers).fields if f.field is field)
                if [hint.code for hint in found.hints] == ["course.hint"]:
                    bare.append(f"{exercise.id}.{field.name}.{choice}")
    assert bare == []


def test_no_message_of_the_exercises_is_left_over() -> None:
    known = set(all_exercises()) | {"flaw"}
    foreign = [code for code in catalogue("en") if code.startswith("exercise.")
               and code.split(".")[1] not in known]  # fmt: skip
    assert foreign == []


def test_the_figures_of_the_course_are_those_worked_by_hand() -> None:
    found = {name: one.worked() for name, one in EXERCISES.items()}
    assert found["threshold"]["threshold"] == pytest.approx(0.10)
    assert found["base-rate"]["precision"] == pytest.approx(0.1538, abs=1e-4)
    assert found["ml-loses"]["difference"] == pytest.approx(-100_000)
    assert found["pilot-ceiling"]["expected"] == pytest.approx(2_000_000)
    assert found["pilot-ceiling"]["evpi"] == pytest.approx(3_600_000)
    assert found["review-drafts"]["break_even"] == pytest.approx(0.0267, abs=5e-5)
    assert found["review-drafts"]["break_even_partial"] == pytest.approx(0.0333, abs=5e-5)
    assert found["review-drafts"]["decision"] == "review"
    assert len(EXERCISES["sort-briefs"].fields) == 8
    assert len(EXERCISES["write-the-record"].fields) == 4


def test_titles_ask_or_tell_and_end_without_a_full_stop() -> None:
    titles = [title(one, "en") for one in EXERCISES.values()]
    assert [one for one in titles if re.search(r"[.:;,]$", one)] == []
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    "said",
    ["一件9,000円という見立て", "9,000円の見込み", "9,000円を想定した", "仮に9,000円とする",
     "社内の試算では9,000円", "9,000円と予想", "当て推量で9,000円", "担当者の勘で9,000円",
     "9,000円は暫定", "実際の費用は不明", "9,000円かもしれない", "おそらく9,000円",
     "9,000円とみている"],
)  # fmt: skip
def test_an_assumption_is_known_by_what_japanese_calls_it(said: str) -> None:
    assert says_assumed(said)


@pytest.mark.parametrize("said", ["一件9,000円", "勘定は9,000円", "勘違いは一件9,000円"])
def test_what_is_said_as_a_fact_is_no_assumption(said: str) -> None:
    assert not says_assumed(said)
