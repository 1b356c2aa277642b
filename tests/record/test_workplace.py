"""The working folder of a workshop: made once, gone on with, never overwritten."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit import shipped
from mlpdm_kit.case.load import load_case
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.stages import STEPS
from mlpdm_kit.record.workplace import (
    EMPTY,
    Workplace,
    choose,
    folder_for,
    keep_agenda,
    open_place,
    read_place,
)
from mlpdm_kit.text import LANGUAGES

FIVE = [f"{n:02}_{step}.ipynb" for n, step in enumerate(STEPS, 1)]
ALL = [*FIVE, "agenda.html", "clock.html", "comparison.ipynb", "silent_estimates.ipynb",
       "start.ipynb", "workshop.json"]  # fmt: skip


def parameters(notebook: Path) -> dict[str, Any]:
    cell = next(
        cell
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if "parameters" in cell["metadata"].get("tags", ())
    )
    assert cell["metadata"]["jupyter"] == {"source_hidden": True}
    lines = ast.parse("".join(cell["source"])).body
    assert cell["source"].startswith("# ")
    return {
        ast.unparse(line.targets[0]): ast.literal_eval(line.value)
        for line in lines
        if isinstance(line, ast.Assign)
    }


def test_a_case_of_the_library_is_copied(tmp_path: Path) -> None:
    place, there = open_place(tmp_path / "w", "urgent-mail")
    assert (place.case, place.out, there) == ("urgent-mail", "records/urgent-mail", False)
    names = sorted(path.name for path in (tmp_path / "w").iterdir())
    assert names == sorted([*ALL, "urgent-mail"])
    library, copy = shipped.cases() / "urgent-mail", tmp_path / "w" / "urgent-mail"
    assert load_case(library).title in load_case(copy).title  # which is marked as a copy
    files = {path.name for path in library.iterdir() if not path.name.startswith(".")}
    assert files <= {path.name for path in copy.iterdir()}


def test_ones_own_case_is_worked_on_where_it_lies(
    make_case: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case("mine")
    monkeypatch.chdir(tmp_path)
    for given, folder in (("mine", "a"), ("mine/case.yaml", "b"), (str(case), "c")):
        place, _ = open_place(Path(folder), given)
        assert place.case == "../mine"
        assert not (Path(folder) / "mine").exists()
        assert parameters(Path(folder) / FIVE[0])["case"] == "../mine"
        assert parameters(Path(folder) / FIVE[0])["out"] == "records/mine"


def test_parameters_are_set_and_the_rest_of_their_cell_stays(tmp_path: Path) -> None:
    open_place(tmp_path, "urgent-mail", "ja")
    for name in FIVE:
        found = parameters(tmp_path / name)
        changed = {"case": "urgent-mail", "out": "records/urgent-mail", "mode": "workshop",
                   "lang": "ja"}  # fmt: skip
        assert {key: found[key] for key in changed} == changed
        assert (found["seed"], found["draws"], found["overrides"]) == (0, 16384, {})
    assert parameters(tmp_path / "start.ipynb") == {
        "case": "", "out": "", "mode": "workshop", "lang": "ja"
    }  # fmt: skip


def test_prose_is_in_the_readers_language_and_says_how_to_begin(tmp_path: Path) -> None:
    open_place(tmp_path / "en", "urgent-mail")
    open_place(tmp_path / "ja", "urgent-mail", "ja")
    first = {
        lang: json.loads((tmp_path / lang / FIVE[0]).read_text(encoding="utf-8"))["cells"][0]
        for lang in ("en", "ja")
    }
    assert "Run All Cells" in first["en"]["source"]
    assert "write its folder" not in first["en"]["source"]
    assert first["ja"]["source"].startswith("# だれの課題で")
    text = (tmp_path / "ja" / FIVE[2]).read_text(encoding="utf-8")
    assert "Nothing to edit" not in text


def test_the_first_notebook_leads_to_the_silent_estimates(tmp_path: Path) -> None:
    for lang in LANGUAGES:
        open_place(tmp_path / lang, "urgent-mail", lang)
        cells = json.loads((tmp_path / lang / FIVE[0]).read_bytes())["cells"]
        assert "(silent_estimates.ipynb)" in cells[-1]["source"]
        assert "(02_baseline_comparison.ipynb)" in cells[-1]["source"]


def test_it_is_gone_on_with_and_nothing_is_overwritten(tmp_path: Path) -> None:
    open_place(tmp_path, "urgent-mail")
    case = tmp_path / "urgent-mail" / "case.yaml"
    case.write_text(case.read_text() + "# mine\n")
    (tmp_path / FIVE[0]).write_text("{}")
    (tmp_path / FIVE[1]).unlink()
    for given in ("", "urgent-mail", str(tmp_path / "urgent-mail")):
        place, there = open_place(tmp_path, given)
        assert there
        assert place.case == "urgent-mail"
    assert case.read_text().endswith("# mine\n")
    aside = tmp_path / FIVE[0].replace(".ipynb", ".before-1.ipynb")
    assert aside.read_text() == "{}"  # put aside, and there is a whole one
    assert len(json.loads((tmp_path / FIVE[0]).read_text())["cells"]) > 5
    assert (tmp_path / FIVE[1]).is_file()  # what was missing is there again


def test_a_notebook_that_lost_a_form_is_whole_again(tmp_path: Path) -> None:
    open_place(tmp_path, "urgent-mail")
    whole = json.loads((tmp_path / FIVE[2]).read_text(encoding="utf-8"))
    own = {"cell_type": "markdown", "id": "ours", "metadata": {}, "source": "Ask Keiko."}
    (tmp_path / FIVE[1]).write_text(json.dumps(
        {**whole, "cells": [*json.loads((tmp_path / FIVE[1]).read_text())["cells"], own]}
    ))  # fmt: skip
    lost = [cell for cell in whole["cells"] if cell["id"] != whole["cells"][6]["id"]]
    (tmp_path / FIVE[2]).write_text(json.dumps({**whole, "cells": lost}))
    open_place(tmp_path)
    assert json.loads((tmp_path / FIVE[2]).read_text(encoding="utf-8")) == whole
    assert "Ask Keiko." in (tmp_path / FIVE[1]).read_text()  # a cell of one's own stays
    assert len(list(tmp_path.glob("*.before-1.ipynb"))) == 1


def test_another_case_or_another_folder_is_refused(tmp_path: Path) -> None:
    open_place(tmp_path / "w", "urgent-mail")
    with pytest.raises(InputError, match="is the working folder of the case urgent-mail"):
        open_place(tmp_path / "w", "churn")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match="is there already and is no working folder"):
        open_place(tmp_path / "full", "urgent-mail")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]
    with pytest.raises(InputError, match="There is no case nowhere"):
        open_place(tmp_path / "new", "nowhere")
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written: Not a directory"):
        open_place(tmp_path / "file" / "w", "urgent-mail")


def test_without_a_case_it_is_chosen_later(tmp_path: Path) -> None:
    place, _ = open_place(tmp_path)
    assert (place.case, place.out) == ("", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(ALL)
    choose(tmp_path, "urgent-mail")
    assert parameters(tmp_path / FIVE[4])["case"] == "urgent-mail"
    assert read_place(tmp_path) == Workplace(case="urgent-mail")
    assert open_place(tmp_path)[0].case == "urgent-mail"


def test_an_empty_case_has_a_name_of_its_own(tmp_path: Path) -> None:
    open_place(tmp_path)
    for bad in ("", "..", "a/b", "what?"):
        with pytest.raises(InputError, match="is no name for a folder"):
            choose(tmp_path, EMPTY, bad)
    assert choose(tmp_path, EMPTY, "late-parcels").case == "late-parcels"
    assert (tmp_path / "late-parcels" / "case.yaml").is_file()


def test_a_case_may_be_given_to_a_folder_that_has_none(tmp_path: Path) -> None:
    open_place(tmp_path)
    place, there = open_place(tmp_path, "urgent-mail")
    assert (place.case, there) == ("urgent-mail", True)


def test_the_agenda_is_kept_only_where_a_workshop_is(tmp_path: Path) -> None:
    keep_agenda(tmp_path, 120, "9:00")
    assert list(tmp_path.iterdir()) == []
    open_place(tmp_path)
    keep_agenda(tmp_path, 120, "9:00")
    assert read_place(tmp_path) == Workplace(minutes=120, start="9:00")


def test_names_of_working_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path / "mine")
    assert folder_for(".") == Path("workshop-mine")
    assert folder_for("churn") == Path("workshop-churn")


def test_a_broken_note_makes_a_folder_no_working_folder(tmp_path: Path) -> None:
    (tmp_path / "workshop.json").write_text('{"other": 1}')
    assert read_place(tmp_path) is None
