"""A flawed case looked into: its record's tables, its data, and lines that mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.editing.file import read_state
from mlpdm_kit.case.load import file_in
from mlpdm_kit.course.flaws import flaws, written_mend
from mlpdm_kit.course.lessons import exercise_of
from mlpdm_kit.text import LANGUAGES, Text
from mlpdm_kit.view.lesson.form import ExerciseForm
from mlpdm_kit.view.lesson.look import columns_of, lines

NAMES = sorted(flaws())
both = pytest.mark.parametrize("lang", LANGUAGES)


def lines_of(name: str, lang: str) -> dict[str, str]:
    return dict(lines(read_state(file_in(flaws()[name].folder, lang)), Text(lang)))


def form_of(name: str, lang: str) -> ExerciseForm:
    def keep(_: Any) -> Any:
        raise AssertionError("nothing is checked here")

    return ExerciseForm(exercise_of(name), {}, lang, keep)


@both
@pytest.mark.parametrize("name", NAMES)
def test_the_place_of_every_flaw_is_in_the_list(name: str, lang: str) -> None:
    found = lines_of(name, lang)
    flaw = flaws()[name]
    places = {line.partition(":")[0].removesuffix(".value") for line in found.values()}
    if flaw.where == "options":
        assert any(line.startswith("options.new.kind: rule") for line in found.values())
    else:
        assert {path.removesuffix(".value") for path in flaw.mend} <= places
    assert len(set(found)) == len(found) > 20


@pytest.mark.parametrize("name", NAMES)
def test_a_line_that_is_taken_and_changed_mends(name: str) -> None:
    """Whoever takes the flawed line and writes the teacher's value behind it is right."""
    flaw = flaws()[name]
    if flaw.where == "options":
        mend = written_mend(flaw).replace("kind: process", "kind: rule")
    else:
        taken = [line.partition(":")[0] for line in lines_of(name, "en").values()]
        mend = "\n".join(
            f"{path}: {value}"
            for wanted, value in flaw.mend.items()
            for path in taken
            if path.removesuffix(".value") == wanted.removesuffix(".value")
        )
    judge = exercise_of(name).fields[1].judge
    assert judge is not None
    assert judge(mend + "\ngrowth: ") == []


@both
def test_a_line_that_is_chosen_goes_into_the_mend(lang: str) -> None:
    form = form_of("bakery", lang)
    assert form.look is not None
    form.look.list.value = next(line for line in form.look.lines.values() if "run" in line)
    form.look.list.value = next(line for line in form.look.lines.values() if "volume" in line)
    assert form.look.list.value == ""
    first, second = form.fields["mend"].value.splitlines()
    assert first.startswith("options.")
    assert second.startswith("volume")


@both
def test_the_button_shows_the_tables_and_folds_them_away(lang: str) -> None:
    form = form_of("bakery", lang)
    assert form.look is not None
    form.look.button.click()
    assert form.look.shown.value.count("<table") >= 3
    assert "flaw-monthly-per-day" not in form.look.shown.value
    form.look.button.click()
    assert form.look.shown.value == ""


@both
def test_a_data_file_tells_its_columns(lang: str) -> None:
    folder = flaws()["leaving-customers"].folder
    table = columns_of(folder, "customers.csv", Text(lang))
    assert "desk_note" in {row[0].text for row in table.rows}
    assert all(row[1].text for row in table.rows)


def test_columns_of_what_people_write(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("<b>,n,void\n=1+1,1,\n赤,2.5,\n赤,,\n", encoding="utf-8")
    rows = columns_of(tmp_path, "a.csv", Text("ja")).rows
    assert [row[0].text for row in rows] == ["<b>", "n", "void"]
    assert [row[2].text for row in rows] == ["0", "1", "3"]
    assert rows[0][1].text == "赤, =1+1"
    assert rows[1][1].text == "1から2.5まで"


def test_only_flawed_cases_are_looked_into() -> None:
    assert form_of("threshold", "en").look is None
