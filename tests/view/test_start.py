"""The start page: as text and tables in a report, with the choice of a case in a workshop."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit import shipped
from mlpdm_kit.case.editing.file import CaseFile, Change
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.steps import STEPS
from mlpdm_kit.record.workplace import keep_agenda, open_place, read_place
from mlpdm_kit.shipped import import_root
from mlpdm_kit.text import LANGUAGES, Text
from mlpdm_kit.view.page import open_page
from mlpdm_kit.view.stage_bar import StageSpot
from mlpdm_kit.view.start import StartPage, open_start

START = shipped.notebooks() / "workshop" / "start.ipynb"
CALLS = ("choose", "stages", "people", "agenda", "figures", "record")


def plain(shown: list[dict[str, Any]]) -> str:
    return re.sub(r"<[^>]+>", " ", "".join(str(bundle.get("text/html")) for bundle in shown))


def all_of(page: StartPage) -> None:
    for call in CALLS:
        getattr(page, call)()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_the_notebook_calls_everything_once_folded_with_its_question_before_it() -> None:
    cells = json.loads(START.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert [re.findall(r"page\.(\w+)\(\)", text) for text in code[2:]] == [[c] for c in CALLS]
    for before, cell in zip(cells, cells[1:], strict=False):  # noqa: RUF007
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cell["id"])
        if re.search(r"page\.\w+\(", "".join(cell["source"])):
            assert re.match(r"## .+\?\n", "".join(before["source"]))
            assert cell["metadata"]["jupyter"]["source_hidden"] is True
            assert "".join(cell["source"]).startswith("# Nothing to edit here")
    assert "Run All Cells" in "".join(cells[0]["source"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_report_shows_everything_with_and_without_a_case(
    make_case: Callable[..., Path], here: Path, lang: str
) -> None:
    case = make_case("mine", people={"decider": "Ada"})
    shown: list[dict[str, Any]] = []
    all_of(open_start(case=str(case), lang=lang, show=shown.append))
    said = plain(shown)
    assert "Look into it?" in said
    assert "Ada" in said
    assert "records/mine/record.html" in said
    shown.clear()
    all_of(open_start(lang=lang, show=shown.append))
    assert "urgent-mail" in plain(shown)
    assert "flaw-" not in plain(shown)


def test_a_report_needs_no_widgets(here: Path) -> None:
    source = (
        "import sys\nfrom mlpdm_kit.view.start import open_start\n"
        "page = open_start(show=lambda bundle: None)\n"
        f"[getattr(page, call)() for call in {CALLS}]\n"
        "assert 'ipywidgets' not in sys.modules"
    )
    root = {"PYTHONPATH": str(import_root())} if import_root() else {}
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True,
                          check=False, env={**os.environ, **root})  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_figures_are_shown_with_what_the_kit_reads(here: Path) -> None:
    shown: list[dict[str, Any]] = []
    open_start(show=shown.append).figures()
    open_start(lang="ja", show=shown.append).figures()
    said = plain(shown)
    assert "$200 per case to $600 per case" in said
    assert "0.4%～1.1%" in said


def test_the_agenda_is_that_of_the_folder_and_linked_where_it_is_served(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLPDM_FILES", "http://127.0.0.1:8888/files/")
    shown: list[dict[str, Any]] = []
    open_start(show=shown.append).agenda()
    assert "180 minutes" in plain(shown)
    assert "<a " not in str(shown)
    open_place(here)
    keep_agenda(here, 120, "9:00")
    open_start(show=shown.append).agenda()
    assert "120 minutes, 9:00 to 11:00" in plain(shown)
    assert 'href="http://127.0.0.1:8888/files/clock.html"' in str(shown)


def test_a_record_that_is_there_is_linked(make_case: Callable[..., Path], here: Path) -> None:
    case = make_case("mine")
    (here / "records" / "mine").mkdir(parents=True)
    (here / "records" / "mine" / "record.html").touch()
    shown: list[dict[str, Any]] = []
    open_start(case=str(case), show=shown.append).record()
    assert 'href="/files/records/mine/record.html"' in str(shown)
    assert "The case has changed since" in plain(shown)  # it is no record of this case


def test_a_record_is_said_to_be_old_once_the_case_has_changed(
    make_case: Callable[..., Path], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ipywidgets")
    monkeypatch.setenv("MLPDM_FILES", "http://127.0.0.1:8888/files/")
    case, out = make_case("mine"), here / "records" / "mine"
    said: list[dict[str, Any]] = []
    open_page(STEPS[-1], case=str(case), draws=256, show=said.append).save()
    assert "This page was made on " in plain(said)
    file, bar, page = CaseFile(case), StageSpot(STEPS[0], out), out / "record.html"

    def told() -> tuple[bool, bool]:
        shown: list[dict[str, Any]] = []
        open_start(case=str(case), show=shown.append).record()
        bar.fill(file, Text("en"))
        html = page.read_text(encoding="utf-8")
        return "has changed since" in plain(shown), 'role="status">The case has changed' in html

    assert told() == (False, False)
    assert file.commit(Change(path=("title",), value="Another question?")).saved
    assert told() == (True, True)
    assert file.undo()
    assert told() == (False, False)


def test_what_comes_in_wrong_is_said_and_raised(here: Path) -> None:
    shown: list[dict[str, Any]] = []
    with pytest.raises(InputError):
        open_start(mode="live", show=shown.append)
    with pytest.raises(InputError):
        open_start(case="nowhere", show=shown.append).stages()
    assert len(shown) == 2


class TestChoosing:
    @pytest.fixture
    def page(self, here: Path) -> Any:
        open_place(here)
        page: Any = open_start(mode="workshop", show=lambda bundle: None)
        all_of(page)
        return page

    def choose(self, page: Any, which: str, name: str = "") -> str:
        page._choice.which.value = which
        if name:
            page._choice.name.value = name
        page._choice.go.click()
        return str(page._choice.said.value)

    def test_a_case_of_the_library(self, page: Any, here: Path) -> None:
        said = self.choose(page, "urgent-mail")
        assert 'role="status"' in said
        assert "1. Problem and gates" in said
        place = read_place(here)
        assert place is not None
        assert place.case == "urgent-mail"
        assert "01_problem_framing.ipynb" in str(page.bar.place.outputs)
        assert page.form is not None
        assert page._choice.go.disabled

    def test_an_empty_one_by_its_name(self, page: Any, here: Path) -> None:
        assert 'role="alert"' in self.choose(page, "empty", "a/b")
        assert not page._choice.go.disabled
        assert 'role="status"' in self.choose(page, "empty", "late-parcels")
        assert (here / "late-parcels" / "case.yaml").is_file()

    def test_a_folder_of_ones_own(
        self, page: Any, here: Path, make_case: Callable[..., Path]
    ) -> None:
        assert 'role="alert"' in self.choose(page, "own", "no/such/folder")
        case = make_case("mine")
        assert 'role="status"' in self.choose(page, "own", str(case))
        place = read_place(here)
        assert place is not None
        assert place.case == "../mine"

    def test_the_next_time_it_is_known(self, page: Any, here: Path) -> None:
        self.choose(page, "urgent-mail")
        shown: list[dict[str, Any]] = []
        again: Any = open_start(mode="workshop", show=shown.append)
        again.choose()
        assert "This workshop is about" in plain(shown)
        assert again.file is not None

    def test_the_field_is_named_for_what_the_choice_needs(self, page: Any) -> None:
        choice = page._choice
        choice.which.value = "own"
        assert choice.name.description == "The folder of your case"
        choice.which.value = "churn"
        assert choice.name.layout.display == "none"
        choice.which.value = "empty"
        assert (choice.name.value, choice.name.layout.display) == ("my-case", "")

    def test_a_failure_is_said_and_not_swallowed(
        self, page: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: Any) -> None:
            raise ZeroDivisionError("what?")

        monkeypatch.setattr(page, "take", broken)
        assert "ZeroDivisionError: what?" in self.choose(page, "churn")
