from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlpdm_kit.errors import RunError
from mlpdm_kit.record.steps import STEPS
from mlpdm_kit.run.kernels import Kernels
from mlpdm_kit.run.notebooks import (
    NOTEBOOKS,
    SECTIONS,
    Execute,
    Executed,
    Limits,
    Task,
    declared,
    run_notebook,
    with_papermill,
)

from .conftest import WALK, notebook, walk_in_process

Write = Callable[..., Path]


def run(path: Path, case: Path, out: Path, execute: Execute = with_papermill, **more: Any) -> Path:
    given = {"case": str(case), "mode": "report", "lang": "en", "seed": 0, "draws": 1024,
             "day": None, "overrides": {}}  # fmt: skip
    limits = Limits(cell=more.pop("seconds", 60))
    return run_notebook(
        path, out=out, parameters=given | more, limits=limits, execute=execute, lang="en"
    )


def test_there_is_a_notebook_for_each_step() -> None:
    assert [name[3:] for name in NOTEBOOKS] == list(STEPS)
    assert NOTEBOOKS[0] == "01_problem_framing"
    assert list(SECTIONS) == list(STEPS[:-1])


def test_papermill_runs_a_notebook_and_keeps_it(
    tmp_path: Path, write_notebook: Write, write_case: Write
) -> None:
    out = tmp_path / "out {draws} 件"  # papermill would format this
    shows = "import os\nprint(os.environ['OMP_NUM_THREADS'], out, repr(overrides))"
    overrides = {"title": 'a "quoted"\n\\ title'}
    saved = run(write_notebook(WALK, shows), write_case("moods"), out, overrides=overrides)
    kept = nbformat.read(saved, as_version=4)
    nbformat.validate(kept)
    assert saved == out / "notebooks" / "01_problem_framing.ipynb"
    injected = next(cell for cell in kept.cells if cell.id == "injected-parameters")
    assert injected.metadata["jupyter"] == {"source_hidden": True}
    assert kept.cells[-1].outputs[0].text == f"1 .. {overrides!r}\n"
    assert kept.metadata.papermill.input_path == "01_problem_framing.ipynb"
    assert "cells" not in kept.metadata.papermill
    section = json.loads((out / "sections" / "problem_framing.json").read_text())
    assert section["stopped_by"] == ["forbidden"]


@pytest.mark.parametrize(
    ("cells", "cell", "reason"),
    [
        ([WALK, "1 / 0"], "cell-2", "ZeroDivisionError: division by zero"),
        ([WALK, "import sys; sys.exit(0)", "1"], "cell-2", "SystemExit: 0"),
        ([WALK, "import os; os._exit(1)", "1"], "cell-2", "the kernel died"),
        ([WALK, "import time; time.sleep(60)"], "cell-2", "stopped after 3 seconds"),
        (["1"], "cell-1", "left no new sections/problem_framing.json"),
    ],
    ids=["error", "exit", "death", "time", "nothing"],
)
def test_success_is_not_papermills_word(
    tmp_path: Path, write_notebook: Write, write_case: Write, cells: list[str], cell: str,
    reason: str,
) -> None:  # fmt: skip
    out = tmp_path / "out"
    with pytest.raises(RunError, match=reason) as caught:
        run(write_notebook(*cells), write_case("moods"), out, seconds=3)
    assert (caught.value.notebook, caught.value.cell) == ("01_problem_framing", cell)
    kept = nbformat.read(out / "notebooks" / "01_problem_framing.ipynb", as_version=4)
    counts = [found.get("execution_count") for found in kept.cells]
    assert 1 in counts  # as far as it came


def test_a_section_of_an_earlier_run_is_no_success(
    tmp_path: Path, write_notebook: Write, write_case: Write
) -> None:
    case, path = write_case("moods"), write_notebook("save()")
    run(path, case, tmp_path, walk_in_process)

    def idle(task: Task) -> Executed:
        for cell in task.notebook.cells:
            cell["execution_count"] = 1
        return Executed(notebook=task.notebook)

    with pytest.raises(RunError, match="no new sections/problem_framing"):
        run(path, case, tmp_path, idle)


def test_a_section_must_be_valid(tmp_path: Path, write_notebook: Write, write_case: Write) -> None:
    def spoils(task: Task) -> Executed:
        executed = walk_in_process(task)
        (tmp_path / "sections" / "problem_framing.json").write_text('{"name": "problem_framing"')
        return executed

    with pytest.raises(RunError, match="not valid"):
        run(write_notebook("save()"), write_case("moods"), tmp_path, spoils)


class Text2(str):
    """A string that would be pasted into code as it says itself."""


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("color", "red", "has no color"),
        ("seed", {1, 2}, "seed is no plain value"),
        ("seed", float("nan"), "seed is no plain value"),
        ("overrides", {1: "x"}, "overrides is no plain value"),
        ("lang", Text2("en"), "lang is no plain value"),
        ("day", b"2027", "day is no plain value"),
    ],
)
def test_only_plain_values_under_known_names_are_pasted(
    tmp_path: Path, write_notebook: Write, write_case: Write, name: str, value: Any, reason: str
) -> None:
    def never(task: Task) -> Executed:
        raise AssertionError(task)

    path, case = write_notebook(WALK), write_case("moods")
    given = {"case": str(case), name: value}
    with pytest.raises(RunError, match=reason):
        run_notebook(path, out=tmp_path / "out", parameters=given, execute=never)


def test_parameters_are_read_from_the_cell_with_the_tag() -> None:
    assert declared(notebook("x = 1")) == {
        "case", "out", "mode", "lang", "seed", "draws", "day", "overrides"
    }  # fmt: skip
    assert declared(nbformat.v4.new_notebook()) == set()


def test_kernels_that_start_after_the_end_are_killed(
    tmp_path: Path, write_notebook: Write, write_case: Write
) -> None:
    kernels = Kernels()
    kernels.end()
    given = {"case": str(write_case("moods"))}
    path = write_notebook("import time; time.sleep(60)")
    with pytest.raises(RunError, match=r"could not be run|the kernel died"):
        run_notebook(path, out=tmp_path / "out", parameters=given, kernels=kernels)
