"""A real round trip through nbgrader: generate, hand in, autograde, feedback.

nbgrader is an instructor's extra. It lies in an environment of its own, ``.venv-course``, which
CI makes; where it is missing the test says so.
"""

from __future__ import annotations

import csv
import os
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlpdm_kit.course.copies import BEGIN, build

ROOT = Path(__file__).parents[2]
NBGRADER = ROOT / ".venv-course" / "bin" / "nbgrader"
LESSON = "lesson_1_framing"
IN_CI = bool(os.environ.get("CI"))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not NBGRADER.exists():
        if IN_CI:
            raise AssertionError(f"{NBGRADER} is not there")
        pytest.skip("no .venv-course with nbgrader, see .ci/run")
    folder = tmp_path_factory.mktemp("course")
    for file in build("nbgrader", folder):
        if file.stem != LESSON:  # one is enough to walk the whole way
            file.unlink()
            file.parent.rmdir()
    run(folder, "generate_assignment", LESSON, "--create")
    return folder


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [str(NBGRADER), *words], cwd=folder, capture_output=True, text=True, timeout=600,
        env={**os.environ, "PATH": f"{NBGRADER.parent}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout + done.stderr


def hand_in(folder: Path, student: str, notebook: Any) -> None:
    place = folder / "submitted" / student / LESSON
    place.mkdir(parents=True)
    nbformat.write(notebook, place / f"{LESSON}.ipynb")


def test_from_the_source_to_the_feedback(course: Path) -> None:
    released = course / "release" / LESSON / f"{LESSON}.ipynb"
    source = course / "source" / LESSON / f"{LESSON}.ipynb"
    text = released.read_text(encoding="utf-8")
    assert BEGIN not in text
    assert "lesson.solution" not in text

    hand_in(course, "full", nbformat.read(source, as_version=4))
    hand_in(course, "empty", nbformat.read(released, as_version=4))
    some = nbformat.read(released, as_version=4)
    answers = [cell for cell in some.cells if cell.id == "solution-or-problem-answer"]
    answers[0].source = answers[0].source.replace('": ""', '": "problem"')
    hand_in(course, "some", some)

    run(course, "autograde", LESSON, "--create")
    run(course, "export")
    with (course / "grades.csv").open(encoding="utf-8") as file:
        grades = {row["student_id"]: row for row in csv.DictReader(file)}
    most = float(grades["full"]["max_score"])
    assert most > 10
    assert float(grades["full"]["score"]) == most
    assert float(grades["empty"]["score"]) == 0
    assert 0 < float(grades["some"]["score"]) < 6  # those statements that are problems

    run(course, "generate_feedback", LESSON)
    told = (course / "feedback" / "some" / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
    assert "mlpdm-feedback" in told
