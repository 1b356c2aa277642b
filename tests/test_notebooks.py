"""The five notebooks: how they are kept, and that they run."""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import sys
import tokenize
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlpdm_kit import shipped
from mlpdm_kit.case.areas import FOUR_AREAS
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.steps import STEPS
from mlpdm_kit.shipped import import_root
from mlpdm_kit.text import catalogue
from mlpdm_kit.view.charts import CHARTS
from mlpdm_kit.view.panels.registry import PANELS

NOTEBOOKS = sorted(shipped.notebooks().glob("*.ipynb"))
NAMES = [f"{n:02}_{step}" for n, step in enumerate(STEPS, 1)]
PARAMETERS = ["case", "out", "mode", "lang", "seed", "draws", "day", "overrides"]
MODES = ("all", "group", "pair", "solo")

each = pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)


def read(file: Path) -> Any:
    return nbformat.read(file, as_version=4)


def tagged(cell: Any) -> bool:
    return "parameters" in cell.metadata.get("tags", ())


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and not tagged(cell)]


def test_there_is_one_for_each_step() -> None:
    assert [file.stem for file in NOTEBOOKS] == NAMES


@each
def test_is_kept_without_outputs_in_the_newest_format(file: Path) -> None:
    notebook = read(file)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.outputs for cell in cells] == [[]] * len(cells)
    assert {cell.execution_count for cell in cells} == {None}


@each
def test_ids_are_words(file: Path) -> None:
    ids = [cell.id for cell in read(file).cells]
    assert [name for name in ids if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name)] == []
    assert len(set(ids)) == len(ids)


@each
def test_has_one_heading_of_the_first_order_and_it_asks(file: Path) -> None:
    prose = [cell.source for cell in read(file).cells if cell.cell_type == "markdown"]
    heads = [line for text in prose for line in text.splitlines() if re.match("# ", line)]
    assert len(heads) == 1
    assert prose[0].startswith(heads[0])
    assert heads[0].endswith("?")


@each
def test_prose_holds_no_figures(file: Path) -> None:
    for cell in read(file).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\d", re.sub(r"\]\(\d\d_\w+\.ipynb\)", "", cell.source))


@each
def test_code_has_no_machinery(file: Path) -> None:
    machinery = (ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try,
                 ast.With, ast.BinOp, ast.Compare, ast.comprehension, ast.Subscript)  # fmt: skip
    for cell in code(read(file)):
        assert len(cell.source.splitlines()) <= 5
        found = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, machinery)]
        assert found == []


@each
def test_code_is_folded_and_says_that_there_is_nothing_to_edit(file: Path) -> None:
    for cell in code(read(file)):
        assert cell.source.startswith("# Nothing to edit here")
        assert cell.metadata.jupyter.source_hidden is True


@each
def test_parameters_are_typed_literals_with_their_meaning(file: Path) -> None:
    cells = [cell for cell in read(file).cells if tagged(cell)]
    assert len(cells) == 1
    assert "jupyter" not in cells[0].metadata
    lines = ast.parse(cells[0].source).body
    assert [ast.unparse(line).partition(" = ")[0] for line in lines] == PARAMETERS
    values = [ast.literal_eval(line.value) for line in lines if isinstance(line, ast.Assign)]
    assert [type(value) for value in values] == [str, str, str, str, int, int, str, dict]
    tokens = tokenize.generate_tokens(io.StringIO(cells[0].source).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    assert len(comments) == len(PARAMETERS)
    assert [comment for comment in comments if "=" in comment] == []


@each
def test_the_answer_comes_first_and_every_picture_says_how_to_read_it(file: Path) -> None:
    calls = [cell.source.splitlines()[-1] for cell in code(read(file))]
    assert calls[1:3] == ["page.stages()", "page.bottom_line()"]  # the way, then the answer
    assert calls[-1] == "page.save()"
    for place, call in enumerate(calls):
        if call.startswith("page.picture"):
            assert calls[place + 1] == call.replace("picture", "reading")


@each
def test_every_thing_shown_has_its_question_before_it(file: Path) -> None:
    cells = read(file).cells
    for before, cell in zip(cells, cells[1:], strict=False):  # noqa: RUF007
        if re.search(r"page\.(picture|table|area|panel)", cell.source):
            assert before.cell_type == "markdown"
            assert re.match(r"## .+\?\n", before.source)


def test_every_chart_has_its_place_in_the_notebook_of_its_step() -> None:
    for name, step in zip(NAMES[:-1], STEPS, strict=False):
        file = next(file for file in NOTEBOOKS if file.stem == name)
        drawn = re.findall(
            r'page\.picture\("(\w+)"\)', "\n".join(c.source for c in code(read(file)))
        )
        assert drawn == [chart.name for chart in CHARTS.values() if chart.step == step]


def test_every_panel_has_its_place_in_the_notebook_of_its_step() -> None:
    for name, step in zip(NAMES, STEPS, strict=True):
        file = next(file for file in NOTEBOOKS if file.stem == name)
        moved = re.findall(r'page\.panel\("(\w+)"\)', "\n".join(c.source for c in code(read(file))))
        assert moved == [panel.name for panel in PANELS.values() if panel.step == step]


def test_the_four_areas_follow_the_gates() -> None:
    calls = [cell.source.splitlines()[-1] for cell in code(read(NOTEBOOKS[0]))]
    shown = [call for call in calls if call.startswith("page.area")]
    assert shown == [f'page.area("{area}")' for area in FOUR_AREAS]
    assert calls.index(shown[0]) > calls.index('page.picture("gates")')


def test_a_question_before_a_picture_is_translated() -> None:
    known = catalogue("ja")
    asked = [
        f"notebook.{file.stem}.{cell.id}"
        for file in NOTEBOOKS
        for cell in read(file).cells
        if cell.cell_type == "markdown"
    ]
    assert [code for code in asked if code not in known] == []


@each
def test_links_lead_to_the_next_notebook(file: Path) -> None:
    last = read(file).cells[-1].source
    following = {name: NAMES[(n + 1) % len(NAMES)] for n, name in enumerate(NAMES)}
    assert re.findall(r"\((\w+)\.ipynb\)", last) == [following[file.stem]]


@each
def test_says_its_time_and_what_to_do_when_late(file: Path) -> None:
    plan = read(file).metadata.mlpdm
    assert 5 <= plan.minutes <= 30
    assert plan.mode in MODES
    assert plan.if_late.endswith(".")


def test_the_default_case_is_in_the_library() -> None:
    for file in NOTEBOOKS:
        source = next(cell.source for cell in read(file).cells if tagged(cell))
        assert (shipped.cases() / re.findall('case = "(.+?)"', source)[0]).is_dir()


ROWS = "amount,target\n" + "".join(
    f"{n % 50},{int(n % 50 > 30 or n % 13 == 0)}\n" for n in range(200)
)
MEASURED: dict[str, Any] = {
    "data": {"file": "rows.csv", "target": "target", "simulated": True},
    "options": {
        "rule": {"kind": "rule", "when": "amount > 30"},
        "lookup": {"kind": "lookup", "rates": {"recall": "40%", "false_positive_rate": "5%"}},
    },
}


@pytest.fixture
def kernels_find_the_kit(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [str(import_root()), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in paths if path))


@pytest.mark.usefixtures("kernels_find_the_kit")
@pytest.mark.filterwarnings("ignore::Warning")  # kernels and papermill warn of their own parts
def test_all_five_run_by_papermill(make_case: Callable[..., Path], tmp_path: Path) -> None:
    from papermill import execute_notebook

    case = make_case("small", {"rows.csv": ROWS}, **MEASURED)
    out = tmp_path / "records" / "small"
    work = out / "notebooks"
    work.mkdir(parents=True)
    for file in NOTEBOOKS:
        executed = execute_notebook(
            file, None, {"case": str(case), "out": "..", "draws": 256}, cwd=work,
            kernel_name="python3", progress_bar=False,
        )  # fmt: skip
        shown = [o for cell in executed.cells if cell.cell_type == "code" for o in cell.outputs]
        assert {output.output_type for output in shown} == {"display_data"}
        assert str(tmp_path) not in "".join(str(output.data) for output in shown)
    assert sorted(path.stem for path in (out / "sections").iterdir()) == sorted(STEPS[:-1])
    text = (out / "record.json").read_text(encoding="utf-8")
    assert DecisionRecord.model_validate_json(text).to_json() == text


@pytest.mark.usefixtures("kernels_find_the_kit")
def test_one_alone_runs_by_papermills_own_command(
    make_case: Callable[..., Path], tmp_path: Path
) -> None:
    case, out = make_case("small"), tmp_path / "records" / "small"
    done = subprocess.run(
        [sys.executable, "-m", "papermill", str(NOTEBOOKS[3]), str(tmp_path / "done.ipynb"),
         "-p", "case", str(case), "-p", "out", str(out), "-p", "draws", "256", "-k", "python3",
         "--no-progress-bar"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [path.stem for path in (out / "sections").iterdir()] == ["expected_value"]
