"""Tiny notebooks and cases, and an execution in this very process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as Date
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.case.load import load_case
from mlpdm_kit.record.steps import STEPS, Walk
from mlpdm_kit.run.notebooks import NOTEBOOKS, Executed, Task
from tests.benchmarks.batches import STOPPED_CASE

PARAMETERS = """\
case = "case"
out = ".."
mode = "live"
lang = "en"
seed = 0
draws = 1024
day = None
overrides = {}
"""

WALK = """\
from pathlib import Path
from mlpdm_kit.case.load import load_case
from mlpdm_kit.record.steps import Walk
walk = Walk(load_case(case, overrides), seed=seed, draws=draws, out=out)
walk.save(walk.framing())
"""


STEP_CELLS = (
    WALK,
    *(WALK.replace("framing", name) for name in ("comparison", "errors", "value")),
    WALK.replace("walk.save(walk.framing())", "record = walk.record()")
    + "for name, text in (('json', record.to_json()), ('md', 'x'), ('html', 'x')):\n"
    + "    (Path(out) / f'record.{name}').write_text(text)\n",
)


def notebook(*cells: str, title: str = "The problem") -> Any:
    """A notebook with prose, a parameters cell and these code cells."""
    new = nbformat.v4
    prose = new.new_markdown_cell(f"# {title}", id="title")
    parameters = new.new_code_cell(PARAMETERS, id="parameters", metadata={"tags": ["parameters"]})
    code = [new.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(cells, 1)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new.new_notebook(cells=[prose, parameters, *code], metadata={"kernelspec": kernel})


@pytest.fixture
def write_notebook(tmp_path: Path) -> Callable[..., Path]:
    def write(*cells: str, name: str = NOTEBOOKS[0]) -> Path:
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(notebook(*cells), path)
        return path

    return write


@pytest.fixture
def five_notebooks(write_notebook: Callable[..., Path]) -> Path:
    for name in NOTEBOOKS:
        written = write_notebook("save()", name=name)
    return written.parent


@pytest.fixture
def write_case(tmp_path: Path) -> Callable[..., Path]:
    """A case that a gate stops, so that deciding it takes no time."""

    def write(name: str, more: str = "", under: str = "cases") -> Path:
        folder = tmp_path / under / name
        folder.mkdir(parents=True)
        (folder / "case.yaml").write_text(STOPPED_CASE + more, encoding="utf-8")
        return folder

    return write


def walk_in_process(task: Task) -> Executed:
    """Do what a notebook of the kit does, here, without a kernel."""
    given = task.parameters
    out = task.folder / str(given["out"])
    case = load_case(given["case"], given["overrides"])
    day = Date.fromisoformat(given["day"]) if given.get("day") else None
    walk = Walk(case, seed=given["seed"], draws=given["draws"], out=out, day=day)
    done = [path.stem for path in (out / "sections").glob("*.json")]
    step = next((step for step in STEPS[:-1] if step not in done), STEPS[-1])
    if step == STEPS[-1]:
        record = walk.record()
        write_atomically(out / "record.json", record.to_json())
        write_atomically(out / "record.md", f"# {record.title}\n")
        write_atomically(out / "record.html", f"<h1>{record.title}</h1>\n")
    else:
        sections = dict(zip(STEPS, (walk.framing, walk.comparison, walk.errors, walk.value),
                            strict=False))  # fmt: skip
        walk.save(sections[step]())
    for n, cell in enumerate(cell for cell in task.notebook.cells if cell.cell_type == "code"):
        cell.execution_count = n + 1
        cell.metadata["papermill"] = {"status": "completed"}
    return Executed(notebook=task.notebook)
