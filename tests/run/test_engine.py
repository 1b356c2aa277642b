"""Widgets never keep a headless run from its end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlpdm_kit import shipped
from mlpdm_kit.run.engine import Client
from mlpdm_kit.run.notebooks import NOTEBOOKS, Limits, Task, run_notebook, with_papermill
from mlpdm_kit.shipped import import_root

LIMITS = Limits(start=60, cell=60)

pytestmark = [
    pytest.mark.filterwarnings("ignore::Warning"),  # kernels warn of their own parts
    pytest.mark.usefixtures("kernels_find_the_kit"),
]


@pytest.fixture
def kernels_find_the_kit(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [str(import_root()), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in paths if path))


def test_nobody_answers_for_a_widget() -> None:
    class Managed:
        nb = nbformat.v4.new_notebook()

    client = Client(Managed())
    assert client.comm_open_handlers == {}


def test_output_widgets_run_to_their_end(tmp_path: Path) -> None:
    new = nbformat.v4
    cells = [new.new_code_cell("import ipywidgets as w\nout = w.Output()\nout", id="open")]
    cells += [new.new_code_cell(f"with out:\n    print({n})", id=f"n{n}") for n in range(20)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = new.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    done = with_papermill(Task(notebook=book, parameters={}, folder=tmp_path, limits=LIMITS))
    assert done.error is None
    assert [cell.execution_count for cell in done.notebook.cells if cell.cell_type == "code"]


def test_all_notebooks_end_in_workshop_mode(make_case: Callable[..., Path], tmp_path: Path) -> None:
    case, out = make_case("small"), tmp_path / "records" / "small"
    given: dict[str, Any] = {"case": str(case), "mode": "workshop", "draws": 256}
    for name in NOTEBOOKS:
        run_notebook(shipped.notebooks() / f"{name}.ipynb", out=out, parameters=given,
                     limits=LIMITS)  # fmt: skip
    assert (out / "record.json").is_file()
    start = nbformat.read(shipped.notebooks() / "workshop" / "start.ipynb", as_version=4)
    chosen = {"mode": "workshop", "case": str(case)}
    done = with_papermill(Task(notebook=start, parameters=chosen, folder=tmp_path, limits=LIMITS))
    assert done.error is None


def test_papermills_own_command_finds_the_engine(tmp_path: Path) -> None:
    """In a process that has imported nothing of the kit, and in one that begins with it."""
    import subprocess
    import sys

    new = nbformat.v4
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = new.new_notebook(cells=[new.new_code_cell("6 * 7", id="sum")],
                            metadata={"kernelspec": kernel})  # fmt: skip
    nbformat.write(book, tmp_path / "in.ipynb")
    command = [sys.executable, "-m", "papermill", "--engine", "mlpdm", "--no-progress-bar",
               "in.ipynb", "out.ipynb"]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    made = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert made.cells[0].outputs[0].data["text/plain"] == "42"
    other = "import mlpdm_kit.run.engine as e; e.papermill_engines.get_engine('mlpdm')"
    assert subprocess.run([sys.executable, "-c", other], cwd=tmp_path, timeout=60).returncode == 0
