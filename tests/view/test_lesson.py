"""A lesson as a notebook shows it: exercises in a report and in a form, the drill, progress."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.editing.file import CaseFile
from mlpdm_kit.case.template import new_case
from mlpdm_kit.course.calibration import bank
from mlpdm_kit.course.flaws import flaws, written_mend
from mlpdm_kit.course.learner import read_learner
from mlpdm_kit.course.lessons import EXERCISES, exercise_of
from mlpdm_kit.course.words import right_answers, worked
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.lock import locked
from mlpdm_kit.text import Text
from mlpdm_kit.view.lesson import Lesson, open_lesson, opened
from mlpdm_kit.view.lesson.drill import Drill
from mlpdm_kit.view.lesson.form import ExerciseForm

LANGUAGES = ("en", "ja")


@pytest.fixture
def shown() -> list[Any]:
    return []


def lesson_in(folder: Path, shown: list[Any], **more: str) -> Lesson:
    given = {"lesson": "errors", "mode": "report", **more}
    return open_lesson(given.pop("lesson"), learner="Aki", folder=str(folder), show=shown.append,
                       **given)  # fmt: skip


def told(shown: list[Any]) -> str:
    return "".join(str(one.get("text/html", "")) for one in shown)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_is_shown_answered_and_solved(
    name: str, lang: str, tmp_path: Path, shown: list[Any]
) -> None:
    lesson = lesson_in(tmp_path, shown, lang=lang)
    lesson.exercise(name)
    assert lesson.grade(name) == 0
    assert "mlpdm-asked" in told(shown)
    lesson.answer(name, right_answers(EXERCISES[name], lang))
    assert lesson.grade(name) == EXERCISES[name].points
    again = lesson_in(tmp_path, shown, lang=lang)  # the file is kept
    again.exercise(name)
    assert "mlpdm-feedback" in told(shown)
    again.solution(name)
    assert "mlpdm-worked" in told(shown)
    again.progress()
    assert read_learner(tmp_path / "Aki.yaml").answers[name]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_under_a_mend_that_is_right_stands_why_it_was_wrong(
    lang: str, tmp_path: Path, shown: list[Any]
) -> None:
    flaw = flaws()["bakery"]
    why = worked(exercise_of("bakery"), lang)[0]
    form = form_of(lesson_in(tmp_path, shown, lesson="flaws", lang=lang), "bakery")
    for named, mend, is_told in (
        ("leakage", written_mend(flaw), False),  # what it is called is still to be found
        (flaw.flaw, "volume: 3 per month", False),
        (flaw.flaw, written_mend(flaw), True),
    ):
        form.fields["flaw"].value, form.fields["mend"].value = named, mend
        form.button.click()
        assert (why in unescape(form.said.value)) is is_told
    lesson_in(tmp_path, shown, lesson="flaws", lang=lang).exercise("bakery")
    assert why in unescape(told(shown))
    assert told(shown).index("mlpdm-feedback") < told(shown).index("mlpdm-worked")


def test_what_is_hostile_is_shown_as_it_stands(tmp_path: Path, shown: list[Any]) -> None:
    bad = "<script>alert(1)</script>$x$"
    lesson = lesson_in(tmp_path, shown)
    lesson.answer("threshold", {"threshold": bad})
    lesson.answer("who-bears", {"held-payment": bad})
    lesson.answer("state-it", {"user": bad})
    assert "<script>" not in told(shown)
    assert "mathjax_ignore" in told(shown)


@pytest.mark.parametrize(
    "wrong",
    [{"lesson": "cooking"}, {"mode": "party"}, {"lang": "de"}],
)
def test_what_is_no_lesson_is_refused_in_sentences(
    wrong: dict[str, str], tmp_path: Path, shown: list[Any]
) -> None:
    with pytest.raises(InputError):
        lesson_in(tmp_path, shown, **wrong)
    assert "mlpdm-faults" in told(shown)


def test_a_field_that_is_none_and_a_broken_file_are_said(tmp_path: Path, shown: list[Any]) -> None:
    lesson = lesson_in(tmp_path, shown)
    with pytest.raises(InputError):
        lesson.answer("threshold", {"treshold": "1"})
    assert not (tmp_path / "Aki.yaml").exists()
    (tmp_path / "Aki.yaml").write_text("learner: [", encoding="utf-8")
    with pytest.raises(InputError):
        lesson_in(tmp_path, shown)
    assert (tmp_path / "Aki.yaml").read_text(encoding="utf-8") == "learner: ["


def form_of(lesson: Lesson, name: str) -> ExerciseForm:
    return ExerciseForm(exercise_of(name), lesson.learner.answers.get(name, {}), lesson.lang,
                        lambda said: lesson._kept(name, said))  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_form_keeps_what_is_written_and_says_how_it_did(
    lang: str, tmp_path: Path, shown: list[Any]
) -> None:
    lesson = lesson_in(tmp_path, shown, mode="workshop", lang=lang)
    form = form_of(lesson, "choose-cut")
    form.fields["low"].value = "272,000"
    form.fields["best"].value = "low"
    form.button.click()
    assert "○" in form.said.value
    assert "✓" in form.said.value
    kept = read_learner(tmp_path / "Aki.yaml").answers["choose-cut"]
    assert kept == {"low": "272,000", "middle": "", "high": "", "best": "low"}
    form.fields["best"].value = "middle"  # what was said of "low" says nothing of this
    assert "✓" not in form.said.value
    assert Text(lang).say("course.changed") in form.said.value
    again = form_of(lesson_in(tmp_path, shown, lang=lang), "choose-cut")
    assert "✓" in again.said.value  # how the answers stand is said as soon as it is opened
    again.fields["best"].value = "middle"
    assert "✓" not in again.said.value
    again = form_of(lesson_in(tmp_path, shown, lang=lang), "choose-cut")
    assert (again.fields["low"].value, again.fields["best"].value) == ("272,000", "low")


def test_a_form_of_nothing_says_nothing(tmp_path: Path, shown: list[Any]) -> None:
    assert form_of(lesson_in(tmp_path, shown), "threshold").said.value == ""


def test_a_form_over_a_file_that_was_broken_meanwhile_writes_nothing(
    tmp_path: Path, shown: list[Any]
) -> None:
    form = form_of(lesson_in(tmp_path, shown), "threshold")
    (tmp_path / "Aki.yaml").write_text("learner: [", encoding="utf-8")
    form.fields["threshold"].value = "10%"
    form.button.click()
    assert "mlpdm-faults" in form.said.value
    assert not form.button.disabled
    assert (tmp_path / "Aki.yaml").read_text(encoding="utf-8") == "learner: ["


def test_every_field_of_a_form_has_a_label_of_its_own(tmp_path: Path, shown: list[Any]) -> None:
    for lang in LANGUAGES:
        lesson = lesson_in(tmp_path, shown, lang=lang)
        for name in EXERCISES:
            labels = [field.description for field in form_of(lesson, name).fields.values()]
            assert all(labels)
            assert len(set(labels)) == len(labels), name


# --- the drill ------------------------------------------------------------------------------


def drill_of(folder: Path, shown: list[Any], lang: str = "en") -> Drill:
    lesson = lesson_in(folder, shown, lesson="calibration", mode="workshop", lang=lang)
    drill = lesson._drill(lang)
    drill._play()
    return drill


def answer_all(drill: Drill, *, hits: int) -> None:
    for place, question in enumerate(drill.questions):
        years = question.scale == "years"
        low = question.truth - 3 if years else question.truth * 0.9
        high = question.truth + 3 if years else question.truth * 1.1
        if place >= hits:
            low, high = (high + 10, high + 20) if years else (high * 2, high * 3)
        drill.ranges[question.id].value = f"{low}..{high}"
        drill.bets[question.id].value = "wheel"


def button(box: Any, name: str) -> Any:
    return next(one for one in box.children if getattr(one, "description", "") == name)


def test_no_truth_is_shown_before_all_ranges_can_be_read(tmp_path: Path, shown: list[Any]) -> None:
    drill = drill_of(tmp_path, shown)
    answer_all(drill, hits=10)
    first, second, third = list(drill.ranges.values())[:3]
    first.value, second.value, third.value = "", "9..1", "5"
    drill._check(None)
    assert "mlpdm-faults" in drill.said.value
    assert not (tmp_path / "Aki.yaml").exists()
    assert drill.said.value.count("<li") == 3


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_round_is_kept_told_and_followed_by_another(
    lang: str, tmp_path: Path, shown: list[Any]
) -> None:
    drill = drill_of(tmp_path, shown, lang)
    first = {one.id for one in drill.questions}
    answer_all(drill, hits=9)
    drill._check(None)
    kept = read_learner(tmp_path / "Aki.yaml").rounds
    assert [set(one.ranges) for one in kept] == [first]
    said = "".join(getattr(one, "value", "") for one in drill.box.children)
    assert said.count("✓") == 9
    assert all(bank(lang)[name].source.split("<")[0][:10] for name in first)
    assert drill.offer.children == ()
    drill._play()
    assert not first & {one.id for one in drill.questions}


def test_a_drill_that_is_opened_again_shows_its_last_round(
    tmp_path: Path, shown: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    drill = drill_of(tmp_path, shown)
    answer_all(drill, hits=2)
    drill._check(None)
    boxes: list[Any] = []
    monkeypatch.setattr("IPython.display.display", boxes.append)
    lesson_in(tmp_path, shown, lesson="calibration", mode="workshop").drill()
    said = "".join(getattr(one, "value", "") for one in boxes[0].children)
    assert "2 of 10 ranges" in said
    assert said.count("✕</span>") == 8
    button(boxes[0], "Another round").click()
    assert len([one for one in boxes[0].children if hasattr(one, "children")]) == 10


def test_narrow_ranges_bring_an_offer_that_writes_nothing_unasked(
    tmp_path: Path, shown: list[Any]
) -> None:
    case = new_case(tmp_path / "case")
    before = case.read_text(encoding="utf-8")
    drill = drill_of(tmp_path, shown)
    answer_all(drill, hits=2)
    drill._check(None)
    _, where, look, wider = drill.offer.children
    where.value = str(tmp_path / "nothing")
    look.click()
    assert "mlpdm-faults" in wider.children[0].value
    where.value = str(tmp_path / "case")
    look.click()
    assert "mlpdm-table" in wider.children[0].value
    assert case.read_text(encoding="utf-8") == before
    button(wider, "Write these into the case").click()
    assert case.read_text(encoding="utf-8") != before
    look.click()  # once for a round
    assert "already" in wider.children[0].value
    drill._undo(CaseFile(case), case)
    look.click()
    button(wider, "Write these into the case").click()
    button(wider, "Undo").click()
    assert case.read_text(encoding="utf-8") == before


def test_a_report_shows_the_questions_and_then_the_rounds(tmp_path: Path, shown: list[Any]) -> None:
    lesson = lesson_in(tmp_path, shown, lesson="calibration")
    lesson.drill()
    assert told(shown).count("<li>") == 10
    drill = drill_of(tmp_path, shown)
    answer_all(drill, hits=7)
    drill._check(None)
    lesson_in(tmp_path, shown, lesson="calibration").drill()
    assert "7 of 10 ranges" in told(shown)


def test_two_lessons_open_at_once_keep_each_others_answers(
    tmp_path: Path, shown: list[Any]
) -> None:
    drill = drill_of(tmp_path, shown)
    lesson = lesson_in(tmp_path, shown)
    lesson.answer("threshold", {"threshold": "10%"})
    answer_all(drill, hits=9)
    drill._check(None)
    lesson.answer("base-rate", {"caught": "90"})
    kept = read_learner(tmp_path / "Aki.yaml")
    assert set(kept.answers) == {"threshold", "base-rate"}
    assert len(kept.rounds) == 1


def test_windows_that_answer_at_the_same_instant_lose_nothing(
    tmp_path: Path, shown: list[Any]
) -> None:
    lesson = lesson_in(tmp_path, shown)
    fields = {name: exercise_of(name).fields[0].name for name in EXERCISES}
    others = [lesson_in(tmp_path, []) for _ in fields]
    with ThreadPoolExecutor(12) as pool:
        given = zip(others, fields.items(), strict=True)
        list(pool.map(lambda one: one[0].answer(one[1][0], {one[1][1]: "7"}), given))
    assert set(read_learner(tmp_path / "Aki.yaml").answers) == set(fields)
    assert [file.name for file in tmp_path.iterdir()] == ["Aki.yaml"]
    assert lesson.learner.answers == {}


def test_a_file_that_another_window_does_not_let_go_is_said(
    tmp_path: Path, shown: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "PATIENCE", 0.05)
    lesson = lesson_in(tmp_path, shown)
    with locked(tmp_path, ".Aki.yaml.lock"), pytest.raises(InputError) as raised:
        lesson.answer("threshold", {"threshold": "10%"})
    assert [fault.code for fault in raised.value.faults] == ["learner-locked"]
    assert "another window" in told(shown)
