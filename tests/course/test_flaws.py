"""Find the flaw: named and mended, the verdict changes; mended elsewhere, it does not count."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mlpdm_kit.course.checking import check
from mlpdm_kit.course.copies import asked_in, lessons
from mlpdm_kit.course.flaws import (
    FLAWS,
    case_text,
    copy_case,
    flaw_exercises,
    flaws,
    mended,
    written_mend,
)
from mlpdm_kit.course.lessons import exercise_of
from mlpdm_kit.course.words import task, title, worked
from mlpdm_kit.errors import Fault, InputError
from mlpdm_kit.text import LANGUAGES
from mlpdm_kit.view.lesson.parts import statement

NAMES = sorted(flaws())
SMALL = "bakery"


def test_every_flaw_of_the_library_is_an_exercise_with_words_for_its_kind() -> None:
    assert len(NAMES) >= 8
    for name in NAMES:
        exercise = exercise_of(name)
        assert flaws()[name].flaw in FLAWS
        for lang in LANGUAGES:
            assert title(exercise, lang)
            assert len(worked(exercise, lang)) == 2
            assert flaws()[name].before in ("use_ml", "use_non_ml", "find_out_first")
            said = " ".join([title(exercise, lang), *task(exercise, lang)])
            assert flaws()[name].answer not in said
            assert flaws()[name].case not in said  # the folder's name gives the flaw away


@pytest.mark.parametrize("name", NAMES)
def test_the_teachers_mend_turns_the_verdict(name: str) -> None:
    flaw = flaws()[name]
    answers = {"flaw": flaw.flaw, "mend": written_mend(flaw)}
    assert check(exercise_of(name), answers).state == "pass"
    found = mended(flaw, flaw.mend)
    assert (found.before, found.after) == (flaw.before, flaw.after)


def test_another_value_at_the_right_place_counts_too() -> None:
    mend = "options.model.run: 1350 EUR per month  # what the offer says"
    found = check(exercise_of(SMALL), {"flaw": "1", "mend": mend})
    assert found.state == "pass"


@pytest.mark.parametrize(
    ("mend", "code"),
    [
        ("options.model.run: 44000 EUR per month", "exercise.flaw.mistake.same-verdict"),
        ("volume: 300000 per month", "exercise.flaw.mistake.elsewhere"),
        ("[]", "exercise.flaw.mistake.no-values"),
        ("volume:\ngrowth: ", "exercise.flaw.mistake.no-values"),
        ("just words", "exercise.flaw.mistake.no-values"),
        ("options.model.run: much", "quantity-number"),
        ("colour: red", "unknown-field"),
        ("title: [", "yaml-bracket"),
        ("options.model.run.deeper.down: 3", ""),
    ],
)
def test_a_mend_that_does_not_mend(mend: str, code: str) -> None:
    found = check(exercise_of(SMALL), {"flaw": "monthly-per-day", "mend": mend})
    judged = found.fields[1]
    assert (judged.state, found.state) == ("wrong", "partial")
    assert judged.hints
    for lang in LANGUAGES:
        assert found.sentences(judged, lang)
    if code.startswith("exercise."):
        assert judged.hints[0].code == code


def test_the_wrong_name_is_told_what_to_ask() -> None:
    found = check(exercise_of(SMALL), {"flaw": "leakage"})
    assert found.fields[0].state == "wrong"
    assert found.fields[0].hints[0].code == "exercise.flaw.flaw.hint"


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        (SMALL, "options.model.run: 0 EUR per month"),
        (SMALL, "options.model.run: 1200..1800 EUR per year"),
        ("read-next", "outcomes.true_positive.gain: 0 GBP per message"),
        ("cash-machines", "action_success: 0%"),
        ("appointments", "options.model.kind: rule"),
        ("appointments", "options.model.value: flagged * 0"),
        ("credit-check", "options.llm.kind: rule"),
        ("leaving-customers", "data.leave_out: [region, plan, desk_note]"),
        (SMALL, "options.model.run: [[a]]"),
        (SMALL, "volume: 3 per month\noptions.model.run: 1500 EUR per month"),
    ],
)
def test_a_mend_that_only_turns_the_verdict_does_not_count(name: str, mend: str) -> None:
    found = check(exercise_of(name), {"flaw": flaws()[name].flaw, "mend": mend})
    assert found.fields[1].state == "wrong", found.to_dict()
    assert found.sentences(found.fields[1], "ja")


def test_a_copy_leaves_the_answer_behind(tmp_path: Path) -> None:
    copied = copy_case("leaving-customers", tmp_path / "mine")
    assert sorted(file.name for file in copied.iterdir()) == ["case.yaml", "customers.csv"]
    with pytest.raises(InputError):
        copy_case("leaving-customers", tmp_path / "mine")
    with pytest.raises(InputError):
        copy_case("churn", tmp_path / "other")


def test_flawed_cases_come_in_the_order_of_their_notebook() -> None:
    (file,) = (one for one in lessons() if one.stem == "find_the_flaw")
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    asked = [name for cell in cells if (name := asked_in(cell))]
    assert asked == list(flaws()) == [one.id for one in flaw_exercises()]


def plain(text: str) -> str:
    """One spelling for all, so that none hides a name."""
    return re.sub(r"[-_\s]+", "-", text.lower())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_a_learner_is_given_names_the_flaw(
    name: str, lang: str, tmp_path: Path
) -> None:
    flaw = flaws()[name]
    copied = copy_case(name, tmp_path / "mine", lang)
    files = [file for file in copied.iterdir() if file.suffix in (".yaml", ".csv")]
    assert len(files) == len(list(copied.iterdir()))
    given = [case_text(name, lang), statement(exercise_of(name), lang),
             *(file.read_text(encoding="utf-8") for file in files)]  # fmt: skip
    for text in (plain(one) for one in given):
        assert flaw.case not in text
        assert flaw.case.removeprefix("flaw-") not in text
        assert flaw.flaw not in text


def test_a_fault_of_a_mend_names_no_file_of_the_case() -> None:
    for name, mend in (
        ("appointments", "options.new.kind: rule\noptions.new.value: none_known * 2"),
        ("second-look", "options.vendor.predictions: nothing.csv"),
        ("small-operator", "prevalence: 100"),
        (SMALL, "options.model.run: much"),
        (SMALL, "title: ["),
    ):
        found = check(exercise_of(name), {"flaw": "", "mend": mend})
        assert found.fields[1].hints
        for hint in found.fields[1].hints:
            assert isinstance(hint, Fault)
            assert (hint.file, hint.line) == (None, None)
        for lang in LANGUAGES:
            said = " ".join(found.sentences(found.fields[1], lang))
            assert flaws()[name].case not in said
            assert ".yaml" not in said


def test_a_mend_is_read_as_a_japanese_keyboard_writes_it() -> None:
    flaw = flaws()["bakery"]
    written = written_mend(flaw)
    assert ": " in written
    found = check(
        exercise_of(flaw.exercise), {"flaw": flaw.flaw, "mend": written.replace(": ", "：")}
    )
    assert found.state == "pass"
    said = found.sentences(found.fields[1], "ja")[0]
    assert said.startswith("正解です。結論は")


def test_a_place_that_is_none_is_called_so() -> None:
    flaw = flaws()["bakery"]
    (path, value), *_ = flaw.mend.items()
    for wrong in (path.removeprefix("options."), f"{path}x"):
        found = check(exercise_of(flaw.exercise), {"flaw": flaw.flaw, "mend": f"{wrong}: {value}"})
        (hint, *_) = found.fields[1].hints
        assert isinstance(hint, Fault), hint
        assert wrong.rpartition(".")[0] in hint.sentence("en") or wrong in hint.sentence("en")


def test_the_name_of_an_exercise_does_not_give_its_flaw_away() -> None:
    said = {word for flaw in FLAWS for word in flaw.split("-")}
    for name in NAMES:
        assert not said & set(name.split("-")), name
