"""Notebooks per CPU second: the kit's engine, papermill as it comes, and the floor.

`python -m tests.benchmarks.engines` measures all in one run and writes the README's table;
`--check` fails where a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlpdm_kit.case.template import new_case
from mlpdm_kit.run.notebooks import NOTEBOOKS
from tests.benchmarks.measure import ONE_THREAD, ROOT
from tests.readme import into_readme

CASES = {"mlpdm": 100, "papermill": 6, "floor": 20}  # cases of five notebooks each
LEAST_TIMES, MOST_TIMES = 12.0, 2.0
NAMES = {
    "mlpdm": "a child of a warm process for each notebook",
    "papermill": "papermill as it comes, a kernel for each notebook",
    "floor": "the floor: the same cells by `exec` in one warm process, nothing isolated or kept",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One way of running notebooks: seconds for each, of CPU and of the wall."""

    name: str
    notebooks: int
    cpu: float
    wall: float


def measured(cases: dict[str, int]) -> list[Row]:
    """All ways, one after the other."""
    return [_floor(n) if name == "floor" else _engine(name, n) for name, n in cases.items()]


def _engine(name: str, number: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        new_case(root / "one")
        for n in range(number):
            shutil.copytree(root / "one", root / "cases" / f"case-{n}")
        command = [sys.executable, "-m", "mlpdm_kit", "decide", str(root / "cases"),
                   "--out", str(root / "out"), "--jobs", "2", "--engine", name]  # fmt: skip
        before, start = os.times(), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, **ONE_THREAD})
        wall, after = time.perf_counter() - start, os.times()
    cpu = (after.children_user + after.children_system
           - before.children_user - before.children_system)  # fmt: skip
    count = number * len(NOTEBOOKS)
    return Row(name=name, notebooks=count, cpu=cpu / count, wall=wall / count)


def _floor(number: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        new_case(root / "one")
        command = [sys.executable, "-m", "tests.benchmarks.floor", str(root / "one"),
                   str(root / "out"), str(number)]  # fmt: skip
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT,
                              env={**os.environ, **ONE_THREAD})  # fmt: skip
    found, count = json.loads(done.stdout.splitlines()[-1]), number * len(NOTEBOOKS)
    return Row(name="floor", notebooks=count, cpu=found["cpu"] / count, wall=found["wall"] / count)


def table(rows: Sequence[Row]) -> str:
    """The README's table."""
    known = {row.name: row for row in rows}
    ours = known["mlpdm"]
    lines = [
        "The five notebooks of a case of ranges alone, two cases at a time; measured in one run by"
        " `python -m tests.benchmarks.engines`, everything that starts and ends included.",
        "",
        "| notebooks run as | CPU each | wall each | CPU against ours | goal |",
        "|---|---|---|---|---|",
    ]
    more, over = known["papermill"].cpu / ours.cpu, ours.cpu / known["floor"].cpu
    goals = {
        "papermill": _goal(f"at least {LEAST_TIMES:g}", more >= LEAST_TIMES),
        "floor": _goal(f"ours at most {MOST_TIMES:g} of it", over <= MOST_TIMES),
    }
    for row in rows:
        ratio = "" if row is ours else f"{row.cpu / ours.cpu:.2g} times"
        name = f"{NAMES[row.name]} ({row.notebooks})"
        cells = (name, f"{row.cpu:.2f} s", f"{row.wall:.2f} s", ratio, goals.get(row.name, ""))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _goal(said: str, met: bool) -> str:
    return f"{said}: {'met' if met else '**missed**'}"


def missed(rows: Sequence[Row]) -> list[str]:
    """Goals that are not reached."""
    known = {row.name: row for row in rows}
    more = known["papermill"].cpu / known["mlpdm"].cpu
    over = known["mlpdm"].cpu / known["floor"].cpu
    found = [] if more >= LEAST_TIMES else [f"{more:.1f} times papermill, not {LEAST_TIMES:g}"]
    return found if over <= MOST_TIMES else [*found, f"{over:.1f} times the floor"]


def main() -> None:
    """Read the command line, measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.engines", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail where a goal is missed")
    said = parser.parse_args()
    rows = measured(CASES)
    text = table(rows)
    print(text)
    into_readme("engines", text)
    wrong = missed(rows)
    for line in wrong:
        print(f"missed: {line}")
    if said.check and wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
