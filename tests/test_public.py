"""The public face: few names, sorted, each there and documented."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import mlpdm_kit


def test_names_are_sorted_and_known():
    assert mlpdm_kit.__all__ == sorted(mlpdm_kit.__all__)
    assert set(mlpdm_kit._PLACES) == set(mlpdm_kit.__all__)


@pytest.mark.parametrize("name", mlpdm_kit.__all__)
def test_a_public_name_is_documented(name: str):
    found = getattr(mlpdm_kit, name)
    said = inspect.getdoc(found) or ""
    assert len(said) > 40
    if inspect.isfunction(found):
        for section in ("Parameters", "Examples"):
            assert section in said, f"{name} has no {section}"


def test_other_names_are_refused():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = mlpdm_kit.nothing


def test_a_notebook_opens_its_case_without_what_only_the_figures_need() -> None:
    """Each of the five imports these first; a second more would be one for every notebook."""
    code = (
        "import sys; import mlpdm_kit.case.load, mlpdm_kit.record.steps;"
        "print([name for name in ('sklearn', 'scipy', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(Path(mlpdm_kit.__file__).parents[1])},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
