"""Whole batches by the command: how long, how much the parent holds; and by workers of Dask.

`python -m tests.benchmarks.batches` measures and writes the README's table: 1,000 cases of
ranges alone (ten minutes), 5,000 that a gate stops (half an hour), and a cluster (four).
`--only PART` measures one of these and takes the others as they were measured last; `--quick`
takes a tenth of the cases and leaves the table alone, `--check` fails where a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from mlpdm_kit.case.template import new_case
from tests.benchmarks.measure import ONE_THREAD
from tests.readme import into_readme

MEASURED = Path(__file__).with_suffix(".json")
RANGES, STOPPED, FAR = 1_000, 5_000, 60
WITHIN, GROWTH = 600.0, 1.25  # seconds for 1,000 cases; times what the parent holds at 100
EARLY = 100
PARTS = ("ranges", "stopped", "cluster")
STOPPED_CASE = """\
title: Read moods from faces?
currency: USD
unit: call
framing: {user: Agent, problem: Bad days, decision: Who gets a break, status_quo: They ask}
checks:
  forbidden: {answer: yes, evidence: quoted, source: policy 7}
"""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One batch: seconds of the wall, and megabytes that the parent held early and at the end."""

    cases: int
    wall: float
    early: float
    late: float
    caller: float = 0.0

    @property
    def each(self) -> float:
        """Seconds of the wall for a case."""
        return self.wall / self.cases


def cases_in(folder: Path, number: int, *, stopped: bool) -> Path:
    """So many cases: of ranges alone, or such as a gate stops."""
    new_case(folder / "one")
    if stopped:
        (folder / "one" / "case.yaml").write_text(STOPPED_CASE, encoding="utf-8")
    for n in range(number):
        shutil.copytree(folder / "one", folder / "cases" / f"case-{n:05}")
    return folder / "cases"


def batch(number: int, *more: str, stopped: bool = False, warm: int = 0) -> Batch:
    """Run the command, and look at the parent's memory meanwhile.

    ``warm`` cases are left out of the wall: what starts once is then done.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        cases = cases_in(root, number, stopped=stopped)
        command = [sys.executable, "-m", "mlpdm_kit", "decide", str(cases), "--out",
                   str(root / "out"), *more]  # fmt: skip
        began, early, late, done = time.perf_counter(), 0.0, 0.0, 0
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               text=True, env={**os.environ, **ONE_THREAD})  # fmt: skip
        assert run.stderr is not None
        for line in run.stderr:
            if not line.startswith("["):
                continue
            done += 1
            if done == warm:
                began = time.perf_counter()
            if done == min(EARLY, number // 2):
                early = held(run.pid)
            if done == number - 1:
                late = held(run.pid)
        _, status, used = os.wait4(run.pid, 0)
        wall = time.perf_counter() - began
        assert status == 0, line
        count = len(list((root / "out").glob("*/manifest.json")))
        assert count == number, count
    return Batch(cases=number - warm, wall=wall, early=early, late=late,
                 caller=(used.ru_utime + used.ru_stime) / number)  # fmt: skip


def held(pid: int) -> float:
    """Megabytes of memory that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


@contextmanager
def workers(number: int) -> Iterator[str]:
    """The address of a scheduler with so many workers of one thread."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        dask = [sys.executable, "-m", "dask"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
                   "--scheduler-file", str(file)]  # fmt: skip
        started = [subprocess.Popen(command, **quiet)]  # type: ignore[call-overload]
        while not file.exists():
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        command = [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                   "--local-directory", folder]  # fmt: skip
        started += [subprocess.Popen(command, **quiet) for _ in range(number)]  # type: ignore[call-overload]
        time.sleep(5)
        yield address
        for process in started[::-1]:
            process.kill()
            process.wait()


def far(number: int) -> dict[str, Batch]:
    """The same cases here, one at a time, and by one and two workers."""
    found = {"here": batch(number, "--jobs", "1", warm=2)}
    for count in (1, 2):
        with workers(count) as address:
            found[str(count)] = batch(number, "--scheduler", address, warm=2 * count)
    return found


def table(found: dict[str, Batch]) -> str:
    """The README's table, of the parts that were measured."""
    lines = [
        "Whole batches, measured by `python -m tests.benchmarks.batches` on two cores, everything"
        " that starts and ends included.",
        "",
        "| what | goal | measured |",
        "|---|---|---|",
    ]
    if "ranges" in found:
        ranges = found["ranges"]
        lines.append(
            f"| {ranges.cases:,} cases of ranges alone, two at a time | below {WITHIN / 60:g}"
            f" minutes: {_met(ranges.wall <= WITHIN)} | {ranges.wall / 60:.1f} minutes |"
        )
    if "stopped" in found:
        stopped = found["stopped"]
        lines += [
            f"| memory of the parent at {EARLY} cases and at {stopped.cases:,} | flat (at most"
            f" {GROWTH:g} times): {_met(stopped.late <= GROWTH * stopped.early)} |"
            f" {stopped.early:.0f} MB and {stopped.late:.0f} MB |",
            f"| {stopped.cases:,} cases that a gate stops, two at a time | – |"
            f" {stopped.wall / 60:.1f} minutes |",
        ]
    if "here" in found:
        here, one, two = (found[name] for name in ("here", "1", "2"))
        lines += [
            f"| a case by one worker of a cluster, against one at a time without | – |"
            f" {one.each:.2f} s against {here.each:.2f} s |",
            f"| two workers of one thread against one, on these two cores, which the caller and"
            f" the scheduler need too | – | {one.each / two.each:.2f} times as fast |",
            f"| CPU of the caller for each case that comes back | – | {one.caller * 1000:.0f} ms |",
        ]
    return "\n".join(lines)


def _met(reached: bool) -> str:
    return "met" if reached else "**missed**"


def missed(found: dict[str, Batch]) -> list[str]:
    """Goals that are not reached."""
    lines = []
    if "ranges" in found and found["ranges"].wall > WITHIN:
        lines.append(f"{found['ranges'].wall:.0f} s for {found['ranges'].cases} cases")
    if "stopped" in found and found["stopped"].late > GROWTH * found["stopped"].early:
        stopped = found["stopped"]
        lines.append(f"{stopped.late:.0f} MB, {stopped.early:.0f} MB at first")
    return lines


def measured(part: str, scale: int) -> dict[str, Batch]:
    """The batches of one part, by name."""
    if part == "ranges":
        return {"ranges": batch(RANGES // scale, "--jobs", "2")}
    if part == "stopped":
        return {"stopped": batch(STOPPED // scale, "--jobs", "2", stopped=True)}
    return far(FAR if scale == 1 else FAR // 3)


def main() -> None:
    """Read the command line, measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.batches", description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="measure this part alone")
    parser.add_argument("--quick", action="store_true", help="a tenth of the cases")
    parser.add_argument("--check", action="store_true", help="fail where a goal is missed")
    said = parser.parse_args()
    known = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    for part in [said.only] if said.only else PARTS:
        known |= {name: asdict(found) for name, found in
                  measured(part, 10 if said.quick else 1).items()}  # fmt: skip
    found = {name: Batch(**row) for name, row in known.items()}
    text = table(found)
    print(text)
    if not said.quick:
        MEASURED.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
        into_readme("batches", text)
    wrong = missed(found)
    for line in wrong:
        print(f"missed: {line}")
    if said.check and wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
