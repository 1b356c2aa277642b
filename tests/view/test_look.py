"""A flawed case looked into: its record's tables, its data, and lines that mend it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.editing.file import read_state
from mlpdm_kit.case.load import file_in, load_case
from mlpdm_kit.course.flaws import flaws, written_mend
from mlpdm_kit.course.lessons import exercise_of
from mlpdm_kit.text import LANGUAGES, Text
from mlpdm_kit.view.lesson.form import ExerciseForm
from mlpdm_kit.view.lesson.look import columns_of, lines
from mlpdm_kit.view.lesson.noted import checks_of, notes_of

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


def said_before(shown: str, line: str) -> str:
    """What an entry of the list says before its value."""
    path, _, value = line.partition(": ")
    for end in (f" ({path})", f"（{path}）", value or "–"):
        shown = shown.removesuffix(end)
    return shown


@both
@pytest.mark.parametrize("name", NAMES)
def test_the_list_tells_what_is_written_first_and_nothing_twice(name: str, lang: str) -> None:
    *found, _ = lines_of(name, lang).items()
    written = [bool(line.partition(": ")[2]) for _, line in found]
    assert written == sorted(written, reverse=True)
    assert 5 < sum(written) < len(written)
    said = [said_before(*one) for one in found]
    assert len(set(said)) == len(said)
    for one in said:
        *_, label = (part for part in re.split(r"[:：]\s*", one) if part)
        assert f"{label}: {label}" not in one
        assert f"{label}：{label}" not in one
    for _, line in found:
        path, _, value = line.partition(": ")
        seldom = {"stages", "incidents", "budget", "tokens", "ask", "retrain", "column"}
        assert value or not seldom & set(path.split("."))


def test_an_input_of_an_option_is_told_with_its_option() -> None:
    shown = " ".join(lines_of("appointments", "ja"))
    assert "来院予測モデル：recall：60%..75%" in shown
    assert "no_show：6%..9%" in shown
    assert "recall * no_show" in shown  # a formula is a value too


@both
@pytest.mark.parametrize("name", NAMES)
def test_all_that_people_wrote_stands_in_the_tables(name: str, lang: str) -> None:
    """Every note, source and formula of the file, and every answer to a check."""
    state, text = read_state(file_in(flaws()[name].folder, lang)), Text(lang)
    told = [row for table in (notes_of(state, text), checks_of(state, text)) for row in table.rows]
    shown = " ".join(f"{cell.text} {cell.note}" for row in told for cell in row)
    for found in written_in(state.document.values):
        assert found in shown
    assert len(checks_of(state, text).rows) == len(state.document.at(("checks",)))
    for about, *_ in notes_of(state, text).rows:
        assert not about.text.startswith(("options.", "outcomes.", "inputs."))


def written_in(values: dict[str, Any]) -> list[str]:
    own = [value for key, value in values.items()
           if key in ("note", "source", "when", "predictions")]  # fmt: skip
    inner = [one for value in values.values() if isinstance(value, dict)
             for one in written_in(value)]  # fmt: skip
    return [*own, *inner]


def test_a_note_is_told_with_the_label_of_its_option() -> None:
    state = read_state(flaws()["second-look"].folder / "case.yaml")
    rows = {tuple(cell.text for cell in row) for row in notes_of(state, Text("en")).rows}
    option = "Vendor's score, cut by branch"
    said = "the vendor cut the score branch by branch on the applications we sent"
    assert (option, "What a reader should know of it", said) in rows
    assert (f"{option}: Cost to run it", "Source", "offer") in rows
    assert (option, "Answers as a file", "answers.csv") in rows


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
    assert form.look.shown.value.count("<table") >= 6
    framing = load_case(file_in(flaws()["bakery"].folder, lang)).framing
    for fact in (framing.user, framing.problem, framing.decision, framing.status_quo):
        assert fact
        assert fact in unescape(form.look.shown.value).partition("</table>")[0]
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
