"""The two notebooks of a group's own: silent estimates, and groups side by side."""

from __future__ import annotations

import ast
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlpdm_kit import shipped
from mlpdm_kit.shipped import import_root
from mlpdm_kit.text import catalogue

FOLDER = shipped.notebooks() / "workshop"
ESTIMATES, COMPARISON = FOLDER / "silent_estimates.ipynb", FOLDER / "comparison.ipynb"
each = pytest.mark.parametrize("file", [ESTIMATES, COMPARISON], ids=lambda file: file.stem)


def read(file: Path) -> Any:
    return nbformat.read(file, as_version=4)


def tagged(cell: Any) -> bool:
    return "parameters" in cell.metadata.get("tags", ())


@each
def test_is_kept_as_the_five_are(file: Path) -> None:
    notebook = read(file)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in notebook.cells]
    assert [name for name in ids if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name)] == []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\d", re.sub(r"\]\(\d\d_\w+\.ipynb\)", "", cell.source))
        elif not tagged(cell):
            assert cell.outputs == []
            assert cell.source.startswith("# Nothing to edit here")
            assert len(cell.source.splitlines()) <= 5
            assert cell.metadata.jupyter.source_hidden is True
    heads = [line for c in notebook.cells for line in c.source.splitlines()
             if c.cell_type == "markdown" and line.startswith("# ")]  # fmt: skip
    assert len(heads) == 1
    assert heads[0].endswith("?")


@each
def test_every_thing_shown_has_its_question_before_it(file: Path) -> None:
    cells = read(file).cells
    for before, cell in zip(cells, cells[1:], strict=False):  # noqa: RUF007
        shows = cell.cell_type == "code" and not tagged(cell) and "import" not in cell.source
        if shows and "bottom_line" not in cell.source:
            assert re.match(r"## .+\?\n", before.source), cell.id


@each
def test_its_prose_is_in_both_languages(file: Path) -> None:
    known = catalogue("ja")
    prose = [cell.id for cell in read(file).cells if cell.cell_type == "markdown"]
    assert [name for name in prose if f"notebook.{file.stem}.{name}" not in known] == []


@pytest.mark.parametrize(
    ("file", "minutes", "mode"), [(ESTIMATES, 10, "solo"), (COMPARISON, 15, "all")]
)
def test_has_its_box_of_time(file: Path, minutes: int, mode: str) -> None:
    plan = read(file).metadata.mlpdm
    assert (plan.minutes, plan.mode) == (minutes, mode)
    assert plan.if_late.endswith(".")


def test_parameters_are_literals_with_their_meaning() -> None:
    five = next(
        c.source for c in read(FOLDER.parent / "01_problem_framing.ipynb").cells if tagged(c)
    )
    assert next(c.source for c in read(ESTIMATES).cells if tagged(c)) == five
    own = next(c.source for c in read(COMPARISON).cells if tagged(c))
    lines = ast.parse(own).body
    names = [ast.unparse(line).partition(" = ")[0] for line in lines]
    assert names == ["folder", "out", "mode", "lang", "names", "draws"]
    assert all("  # " in line for line in own.splitlines())


@pytest.fixture
def kernels_find_the_kit(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [str(import_root()), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in paths if path))


@pytest.mark.usefixtures("kernels_find_the_kit")
@pytest.mark.filterwarnings("ignore::Warning")  # kernels and papermill warn of their own parts
def test_both_run_headless_without_widgets(make_case: Callable[..., Path], tmp_path: Path) -> None:
    from papermill import execute_notebook

    room = tmp_path / "room"
    for name, volume in (("one", "900..1100 per month"), ("two", "9000..11000 per month")):
        (room / name).mkdir(parents=True)
        shutil.move(make_case(name, volume=volume), room / name / "case")
    case = str(room / "one" / "case")
    for file, given in ((ESTIMATES, {"case": case}), (COMPARISON, {"folder": str(room)}),
                        (COMPARISON, {})):  # fmt: skip
        executed = execute_notebook(
            file, None, {**given, "draws": 256}, cwd=tmp_path, kernel_name="python3",
            progress_bar=False,
        )  # fmt: skip
        shown = [o for cell in executed.cells if cell.cell_type == "code" for o in cell.outputs]
        assert shown
        assert {output.output_type for output in shown} == {"display_data"}
        assert "widget" not in str([list(output.data) for output in shown])
    assert (room / "comparison" / "comparison.html").is_file()
