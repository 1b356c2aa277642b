"""Whatever a notebook does, its own case fails by name in bounded time; the others are done."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mlpdm_kit.run.batch import decide_all
from mlpdm_kit.run.engine import can_fork
from mlpdm_kit.run.notebooks import NOTEBOOKS, Limits
from mlpdm_kit.run.result import Settings
from tests.benchmarks.batches import STOPPED_CASE
from tests.run.conftest import STEP_CELLS

pytestmark = [
    pytest.mark.filterwarnings("ignore::Warning"),  # kernels warn of their own parts
    pytest.mark.skipif(not can_fork(), reason="no fork here"),
]

DIED, LATE = "the kernel died", "was stopped after"
ENDS = {  # what the third notebook of a case does, and what is then said of the case
    "segfault": ("import ctypes; ctypes.string_at(0)", DIED),
    "sigkill": ("import os; os.kill(os.getpid(), 9)", DIED),
    "os-exit": ("import os; os._exit(0)", DIED),
    "sys-exit": ("import sys; sys.exit(0)", "SystemExit: 0"),
    "endless": ("while True: pass", LATE),
    "stubborn": (
        "while True:\n    try:\n        while True: pass\n    except KeyboardInterrupt: pass",
        LATE,
    ),
    "talkative": ("print('x' * 30_000_000)", "more than 20,000,000 letters"),
    "asks": ("input('?')", "StdinNotImplementedError"),
    "memory": ("x = bytearray(20_000_000_000)", "MemoryError"),
    "kills-warm": ("import os, time; os.kill(os.getppid(), 9); time.sleep(30)", DIED),
    "kills-too": ("import os, time; os.kill(os.getppid(), 9); time.sleep(30)", DIED),
    "raises": ("1 / 0", "ZeroDivisionError"),
}
GOOD = ("good-a", "good-b", "good-c")


def test_each_end_fails_its_own_case(write_notebook: Callable[..., Path], tmp_path: Path) -> None:
    sources = {name: source for name, (source, _) in ENDS.items()}
    nasty = f"exec({sources!r}.get(case.rpartition('/')[2], ''))"
    for name, cell in zip(NOTEBOOKS, STEP_CELLS, strict=True):
        cells = [nasty, cell] if name == NOTEBOOKS[2] else [cell]
        written = write_notebook(*cells, name=name)
    cases = []
    for name in [*ENDS, *GOOD]:
        folder = tmp_path / "cases" / name
        folder.mkdir(parents=True)
        (folder / "case.yaml").write_text(STOPPED_CASE, encoding="utf-8")
        cases.append(folder)
    settings = Settings(notebooks=written.parent, draws=256, limits=Limits(cell=3))
    began = time.monotonic()
    results = decide_all(cases, out=tmp_path / "out", jobs=2, settings=settings)
    assert time.monotonic() - began < 240
    said = {result.id: "\n".join(result.reasons()) for result in results}
    assert {name: words in said[name] for name, (_, words) in ENDS.items()} == dict.fromkeys(
        ENDS, True
    ), said
    assert all(said[name].startswith(f"{NOTEBOOKS[2]}, cell-1") for name in ENDS), said
    assert {result.id: result.state for result in results} == {
        **dict.fromkeys(ENDS, "failed"), **dict.fromkeys(GOOD, "done")
    }  # fmt: skip
    rows = json.loads((tmp_path / "out" / "index.json").read_text(encoding="utf-8"))["cases"]
    assert {row["id"] for row in rows if row["status"] == "failed"} == set(ENDS)
    assert not list((tmp_path / "out").glob(".work-*"))
