"""All lessons run headlessly, the learner's copy and the one with solutions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.course.copies import asked_in, build, lessons
from mlpdm_kit.course.learner import read_learner
from mlpdm_kit.course.lessons import exercise_of

NAMES = [file.stem for file in lessons()]
pytestmark = pytest.mark.xdist_group("lessons")  # they share one warm process


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copies")
    build("learner", folder / "learner", "ja", learner="Aki")
    build("solution", folder / "solution")
    return folder


def run(file: Path, **parameters: str) -> Any:
    from papermill import execute_notebook

    return execute_notebook(str(file), str(file.with_suffix(".done.ipynb")), parameters,
                            cwd=str(file.parent), engine_name="mlpdm", progress_bar=False,
                            request_save_on_cell_execute=False)  # fmt: skip


def shown(notebook: Any) -> str:
    return "".join(
        str(output.get("data", {}).get("text/html", ""))
        for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_copy_with_solutions_scores_full_marks(name: str, copies: Path) -> None:
    done = run(copies / "solution" / f"{name}.ipynb")
    asked = [exercise for cell in done.cells if (exercise := asked_in(cell))]
    file = copies / "solution" / "learners" / "solution.yaml"
    if asked:
        learner = read_learner(file)
        points = {name: learner.checked(name).points for name in asked}
        assert points == {name: exercise_of(name).points for name in asked}
        assert shown(done).count("mlpdm-worked") == len(asked)


@pytest.mark.parametrize("name", NAMES)
def test_the_learners_copy_runs_and_scores_nothing_by_itself(name: str, copies: Path) -> None:
    file = copies / "learner" / f"{name}.ipynb"
    if not file.exists():  # the instructor's guide is for no learner
        assert name == "instructor_guide"
        return
    done = run(file)  # with its forms, as nobody fills them in
    assert "mlpdm-faults" not in shown(done)
    assert not (file.parent / "learners").exists()


def test_a_report_shows_what_was_answered(copies: Path) -> None:
    name = "lesson_1_framing"
    run(copies / "solution" / f"{name}.ipynb")
    done = run(copies / "solution" / f"{name}.ipynb", mode="report")
    assert shown(done).count("mlpdm-feedback") == 6
    assert "mlpdm-asked" not in shown(done)
