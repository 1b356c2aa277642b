"""The commands of the course: what they print, where they write, how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mlpdm_kit.case.template import new_case
from mlpdm_kit.cli import app
from mlpdm_kit.course.learner import Learner, read_learner, write_learner
from mlpdm_kit.course.lessons import EXERCISES, all_exercises
from mlpdm_kit.course.words import right_answers
from mlpdm_kit.errors import InputError
from tests.course.test_calibration import played


def call(*words: object, ends: int = 0) -> Result:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == ends, done.output
    return done


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_exercise_is_listed_and_shown(lang: str) -> None:
    listed = call("exercise", "list", "--lang", lang).output
    assert all(f"  {name}: " in listed for name in all_exercises())
    for name in EXERCISES:
        shown = call("exercise", "show", name, "--lang", lang).output
        assert f"  {name}:" in shown
        assert all(f"    {field.name}:" in shown for field in EXERCISES[name].fields)


def test_what_is_shown_can_be_filled_in_and_checked(tmp_path: Path) -> None:
    name = "base-rate"
    lines = call("exercise", "show", name).output.split("answers:\n")[1].splitlines()
    right = right_answers(EXERCISES[name], "en")
    filled = [f"{line} {right[line.strip().rstrip(':')]}"
              if line.strip().rstrip(":") in right else line for line in lines]  # fmt: skip
    file = tmp_path / "aki.yaml"
    file.write_text("\n".join(["learner: Aki", "answers:", *filled]) + "\n", encoding="utf-8")
    assert "All right." in call("exercise", "check", file).output


def test_checking_ends_with_one_while_something_is_not_right(tmp_path: Path) -> None:
    learner = Learner(name="Aki").answering("threshold", {"threshold": "90%"}, tried=True)
    file = write_learner(learner, tmp_path / "a.yaml")
    assert "swapped" in call("exercise", "check", file, ends=1).output
    told = json.loads(call("exercise", "check", file, "--json", ends=1).output)
    assert told["exercises"][0]["state"] == "hint"
    write_learner(learner.answering("threshold", {"threshold": "1割"}, tried=True), file)
    call("exercise", "check", file, "--exercise", "threshold")
    call("exercise", "check", write_learner(Learner(name="b"), tmp_path / "b.yaml"), ends=1)
    with pytest.raises(InputError, match="threshold"):
        call("exercise", "check", file, "--exercise", "treshold")
    with pytest.raises(InputError, match="no file"):
        call("exercise", "check", tmp_path / "c.yaml")


def test_copies_are_built_and_a_class_is_reported(tmp_path: Path) -> None:
    said = call("course", "build", tmp_path / "l", "--lang", "ja").output
    assert "mlpdm course open" in said
    call("course", "build", tmp_path / "s", "--for", "solution")
    with pytest.raises(InputError, match="--replace"):
        call("course", "build", tmp_path / "l", "--for", "solution")
    call("course", "build", tmp_path / "l", "--for", "solution", "--replace")

    room = tmp_path / "room"
    assert "holds" in call("course", "report", write_learner(Learner(name="a"), room / "x").parent,
                           ends=1).output  # fmt: skip
    write_learner(Learner(name="Aki").with_round(played(9)), room / "a.yaml")
    assert "Aki" in call("course", "report", room).output
    assert (room / "class.html").is_file()
    (room / "b.yaml").write_text("learner: [", encoding="utf-8")
    done = call("course", "report", room, "--json", "--out", tmp_path / "page.html", ends=1)
    assert json.loads(done.stdout)["learners"][0]["name"] == "Aki"
    assert (tmp_path / "page.html").is_file()
    with pytest.raises(InputError):
        call("course", "report", tmp_path / "nothing")


def test_ranges_are_widened_once_and_only_when_asked(tmp_path: Path) -> None:
    case = new_case(tmp_path / "case")
    before = case.read_text(encoding="utf-8")
    file = write_learner(Learner(name="Aki").with_round(played(2)), tmp_path / "a.yaml")
    assert "->" in call("course", "widen", file, case).output
    assert case.read_text(encoding="utf-8") == before
    call("course", "widen", file, case, "--write")
    after = case.read_text(encoding="utf-8")
    assert after != before
    assert read_learner(file).widened == {"case": 1}
    assert "already" in call("course", "widen", file, case, "--write").output
    assert case.read_text(encoding="utf-8") == after
    calm = write_learner(Learner(name="Ken").with_round(played(9)), tmp_path / "k.yaml")
    assert "does not say" in call("course", "widen", calm, case).output


def test_a_flawed_case_is_copied(tmp_path: Path) -> None:
    assert "mine" in call("exercise", "copy", "leaving-customers", tmp_path / "mine").output
    assert not (tmp_path / "mine" / "flaw.yaml").exists()
