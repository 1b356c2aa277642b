"""Copies of the lessons: what each holds, and what it must not hold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlpdm_kit.course.copies import (
    BEGIN,
    COPIES,
    END,
    GUIDE,
    asked_in,
    build,
    lessons,
    made_for,
    tags,
)
from mlpdm_kit.course.flaws import flaws
from mlpdm_kit.course.lessons import EXERCISES, LESSONS, all_exercises, exercise_of
from mlpdm_kit.course.words import worked
from mlpdm_kit.errors import InputError
from mlpdm_kit.run.lessons import open_lessons
from mlpdm_kit.text import LANGUAGES

WANTED = ("objectives", "minutes", "common-errors", "debrief", "instructor")
taught = pytest.mark.parametrize(
    "file", [file for file in lessons() if file.stem != GUIDE], ids=lambda file: file.stem
)


def read(file: Path) -> Any:
    return nbformat.read(file, as_version=4)


def exercises_of(notebook: Any) -> list[str]:
    return [name for cell in notebook.cells if (name := asked_in(cell))]


def test_there_is_a_notebook_for_each_lesson_and_for_what_is_beside() -> None:
    names = {file.stem for file in lessons()}
    assert names == {*(one.notebook for one in LESSONS.values()), "calibration", "find_the_flaw",
                     GUIDE}  # fmt: skip


@taught
def test_is_kept_without_outputs_in_the_newest_format(file: Path) -> None:
    notebook = read(file)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


@taught
def test_has_objectives_minutes_common_errors_debrief_and_notes(file: Path) -> None:
    notebook = read(file)
    found = [tag for cell in notebook.cells for tag in tags(cell) if tag in WANTED]
    assert sorted(found) == sorted(WANTED)
    minutes = next(cell for cell in notebook.cells if "minutes" in tags(cell)).source
    told = [int(n) for n in re.findall(r"\|\s*(\d+)\s*\|", minutes)]
    lesson = next((one for one in LESSONS.values() if one.notebook == file.stem), None)
    if lesson is not None:
        assert sum(told) == lesson.minutes
        assert exercises_of(notebook) == [one.id for one in lesson.exercises]
    else:
        assert 40 <= sum(told) <= 60


@taught
def test_reads_as_a_text_with_one_picture(file: Path) -> None:
    notebook = read(file)
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert prose[0].splitlines()[0].startswith("# ")
    assert prose[0].splitlines()[0].endswith("?")
    calls = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    pictures = sum("lesson.picture(" in call for call in calls)
    assert pictures == (1 if file.stem.startswith("lesson_") else 0)
    for name in exercises_of(notebook):
        assert f'lesson.solution("{name}")' in "\n".join(calls)


def test_all_exercises_stand_in_a_lesson() -> None:
    asked = [name for file in lessons() for name in exercises_of(read(file))]
    assert sorted(asked) == sorted(all_exercises())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_solution_stands_in_a_learners_copy(lang: str, tmp_path: Path) -> None:
    made = build("learner", tmp_path, lang)
    assert {file.stem for file in made} == {one.stem for one in lessons()} - {GUIDE}
    for file in made:
        text = file.read_text(encoding="utf-8")
        notebook = read(file)
        assert not any(tags(cell) & {"solution", "instructor"} for cell in notebook.cells)
        assert "lesson.solution" not in text
        assert BEGIN not in text
        assert f'lang = "{lang}"' in next(c for c in notebook.cells if c.id == "parameters").source
        for name in exercises_of(notebook):
            for paragraph in worked(exercise_of(name), lang):
                assert paragraph not in text
        notes = next(c for c in read(lesson_of(file)).cells if "instructor" in tags(c)).source
        assert notes not in text


def lesson_of(copy: Path) -> Path:
    return next(file for file in lessons() if file.stem == copy.stem)


def test_a_copy_in_japanese_has_japanese_prose(tmp_path: Path) -> None:
    for file in build("learner", tmp_path, "ja"):
        for cell in read(file).cells:
            if cell.cell_type == "markdown":
                assert re.search("[\u3040-\u30ff]", cell.source), (file.stem, cell.id)


def test_the_copy_with_solutions_keeps_everything_and_nobodys_answers(tmp_path: Path) -> None:
    made = build("solution", tmp_path)
    assert {file.stem for file in made} == {one.stem for one in lessons()}
    for file in made:
        source, copy = read(lesson_of(file)), read(file)
        kept = [cell.id for cell in copy.cells if cell.id != "next"]
        assert kept == [cell.id for cell in source.cells]
        if file.stem != GUIDE:
            given = next(cell for cell in copy.cells if cell.id == "parameters").source
            assert 'learner = "solution"' in given


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_lesson_says_which_it_is_and_links_to_the_next(tmp_path: Path, lang: str) -> None:
    copies = {file.name: read(file).cells for file in build("learner", tmp_path, lang)}
    for lesson in LESSONS.values():
        line = copies[f"{lesson.notebook}.ipynb"][0].source.splitlines()[2]
        assert [int(n) for n in re.findall(r"\d+", line)] == [lesson.number, 6, lesson.minutes]
    way, here = [], "lesson_1_framing.ipynb"
    while here:
        way.append(here)
        link = re.search(r"\[(.+)\]\((.+)\)$", copies[here][-1].source)
        here = link[2] if link else ""
        if link:
            assert copies[here][0].source.startswith(f"# {link[1]}\n")
    assert sorted(way) == sorted(copies)


def test_for_nbgrader_each_exercise_has_its_three_cells(tmp_path: Path) -> None:
    made = build("nbgrader", tmp_path)
    assert (tmp_path / "nbgrader_config.py").is_file()
    seen = []
    for file in made:
        assert file.relative_to(tmp_path).parts[:2] == ("source", file.stem)
        cells = {cell.id: cell for cell in read(file).cells}
        for name in exercises_of(read(file)):
            seen.append(name)
            marks = [cells[f"{name}{end}"].metadata.nbgrader if end else
                     next(c for c in cells.values() if asked_in(c) == name).metadata.nbgrader
                     for end in ("", "-answer", "-points")]  # fmt: skip
            assert [mark.schema_version for mark in marks] == [3, 3, 3]
            assert [mark.solution for mark in marks] == [False, True, False]
            assert [mark.grade for mark in marks] == [False, False, True]
            assert [mark.locked for mark in marks] == [True, False, True]
            assert marks[2].points == exercise_of(name).points
            answer = cells[f"{name}-answer"].source
            compile(answer, name, "exec")
            head, _, rest = answer.partition(BEGIN)
            assert rest.count(END) == 1
            given: dict[str, Any] = {}
            exec(head, {}, given)
            assert set(given["answers"].values()) == {""}
    assert sorted(seen) == sorted(all_exercises())


def test_a_copy_is_json_that_nobody_can_break_out_of(tmp_path: Path) -> None:
    for reader in COPIES:
        for file in build(reader, tmp_path / reader, "ja"):
            assert json.loads(file.read_text(encoding="utf-8"))["nbformat"] == 4


@pytest.mark.parametrize("lang", LANGUAGES)
def test_prose_gives_no_worked_answer_away(lang: str, tmp_path: Path) -> None:
    for file in build("learner", tmp_path, lang):
        prose = "\n".join(cell.source for cell in read(file).cells if cell.cell_type == "markdown")
        for exercise in all_exercises().values():
            assert not [line for line in worked(exercise, lang) if line in prose]
    assert len(EXERCISES) >= 30


def test_nobodys_work_is_written_over_unasked(tmp_path: Path) -> None:
    first, *_ = build("learner", tmp_path)
    first.write_text(first.read_text(encoding="utf-8").replace("Nothing", "Mine"), encoding="utf-8")
    mine = first.read_bytes()
    for reader in ("learner", "solution"):
        with pytest.raises(InputError, match=first.name):
            build(reader, tmp_path)
    assert first.read_bytes() == mine
    assert build("learner", tmp_path, keep=True) == []
    build("learner", tmp_path, replace=True)
    assert first.read_bytes() != mine
    build("nbgrader", tmp_path / "course")
    config = tmp_path / "course" / "nbgrader_config.py"
    config.write_text("c = 1\n", encoding="utf-8")
    build("nbgrader", tmp_path / "course")
    assert config.read_text(encoding="utf-8") == "c = 1\n"


def test_a_folder_of_lessons_keeps_its_learner_and_its_language(tmp_path: Path) -> None:
    assert made_for(tmp_path) is None
    build("learner", tmp_path, "ja", learner="Aki")
    assert made_for(tmp_path) == ("Aki", "ja")
    for wrong in ({"learner": "Bob", "lang": "ja"}, {"learner": "Aki", "lang": "en"}):
        with pytest.raises(InputError, match="Aki"):
            open_lessons(tmp_path, print, browser=False, **wrong)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_learner_s_copy_names_no_flaw(tmp_path: Path, lang: str) -> None:
    build("learner", tmp_path, lang)
    text = (tmp_path / "find_the_flaw.ipynb").read_text(encoding="utf-8")
    for flaw in flaws().values():
        assert f'"{flaw.exercise}"' in text
        assert flaw.case not in text
        assert flaw.flaw not in text.replace("_", "-")
