"""What becomes code, papermill's parameters and a workshop's, is data again when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from papermill.execute import execute_notebook

from mlpdm_kit.errors import RunError
from mlpdm_kit.record.notebook_copy import fill_in
from mlpdm_kit.run.notebooks import run_notebook
from mlpdm_kit.shipped import notebooks
from mlpdm_kit.text import Text
from tests.hostile.corpus import TEXTS

CODE = [
    "'", '"', '"""', "'''", "\\", "\\'", '\\"', '"\nimport os\n"', "\n", "\r", "\\\n", "\x0cx",
    "\u2028x = 1", "\x85x", "#", "  # comment", "__import__('os').system('true')", "{x}", "%s",
    "f'{1}'", "\\N{BULLET}", "\\x41", "\\u0041", "None", "True", "nan", "${x}", "!ls", "%run x",
    "'; raise SystemExit; '", "}\nraise SystemExit\n{", "**x", "lambda: 0", "\ufeff", "\U0001f469",
]  # fmt: skip
HOSTILE = st.sampled_from(CODE + TEXTS) | st.text(max_size=30)
VALUES = st.recursive(
    HOSTILE | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False,
                                                                    allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
SOME = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
NOTEBOOK = notebooks() / "01_problem_framing.ipynb"


def opened() -> Any:
    read: Any = nbformat.read
    return read(NOTEBOOK, as_version=4)


def ran(notebook: Any, tag: str) -> dict[str, Any]:
    """The names that a cell leaves."""
    (source,) = [c.source for c in notebook.cells if tag in c.metadata.get("tags", ())]
    found: dict[str, Any] = {}
    exec(compile(source, "cell", "exec"), {"__builtins__": {}}, found)
    return found


@SOME
@given(overrides=st.dictionaries(HOSTILE, VALUES, max_size=3), case=HOSTILE)
def test_overrides_arrive_as_they_were(overrides: dict[str, Any], case: str) -> None:
    given_ = {"case": case, "overrides": overrides, "lang": "ja", "seed": 3}
    made = execute_notebook(opened(), None, given_, kernel_name="python3", prepare_only=True)
    assert ran(made, "injected-parameters") == given_


@SOME
@given(case=HOSTILE, again=HOSTILE)
def test_a_workshops_paths_are_data_however_often_they_are_filled_in(case: str, again: str) -> None:
    """A folder's name with a line separator in it was code at the second time."""
    notebook = opened()
    before = set(ran(notebook, "parameters"))
    for path in (case, again):
        fill_in(notebook, {"case": path, "seed": 3}, Text("ja"))
        found = ran(notebook, "parameters")
        assert (found["case"], found["seed"]) == (path, 3)
        assert set(found) == before


@pytest.mark.parametrize("name", ["x", "case = 1; import os", "__builtins__", "case\n", "", "os.x"])
def test_only_a_declared_name_is_a_parameter(tmp_path: Path, name: str) -> None:
    with pytest.raises(RunError):
        run_notebook(NOTEBOOK, out=tmp_path / "out", parameters={name: "1"})


@pytest.mark.parametrize(
    "value", [b"x", {1: 2}, {"a"}, (1,), float("nan"), float("inf"), type("S", (str,), {})("x"), 1j]
)
def test_only_a_plain_value_is_a_parameter(tmp_path: Path, value: Any) -> None:
    with pytest.raises(RunError):
        run_notebook(NOTEBOOK, out=tmp_path / "out", parameters={"overrides": {"a": [value]}})


def test_a_name_or_value_of_set_is_never_code(make_case: Any, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from mlpdm_kit import cli

    new = tmp_path / "new"
    code = f"\"]; open({str(new)!r}, 'w'); [\""
    for name in (
        f"title{code}",
        f"__import__('os').mkdir({str(new)!r})",
        "x y",
        "{0}",
        "{{7*7}}",
    ):
        words = ["decide", str(make_case()), "--out", str(tmp_path / "out"), "--json",
                 "--set", f"{name}={code}"]  # fmt: skip
        result = CliRunner().invoke(cli.app, words)
        assert result.exit_code in (1, 2), result.output
        (tmp_path / "small" / "case.yaml").unlink()
        (tmp_path / "small").rmdir()
        assert "override" in result.output or "unknown" in result.output, result.output
    assert not new.exists()
