"""Measure all rows, print them, and write the README's table."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.rows import FULL, GOALS, QUICK, Row, measured
from tests.readme import README, into_readme

PEERS = ("numpy", "scipy", "scikit-learn", "dcurves")
QUICK_SHARE = 0.2  # small sizes, and a machine that others use
# the R package is not run here: measured once, on 10,000 draws of 20 inputs and 4 options
RECORDED = (
    "| EVPPI of 20 inputs (10,000 draws, 4 options) | the GAM of the R package voi"
    " (Jackson, Heath, Baio & Strong) | – | 55 times | recorded once on a two-core machine,"
    " not run by this command |"
)


def times(ratio: float) -> str:
    """A ratio in words."""
    return f"{ratio:,.0f} times" if ratio >= 10 else f"{ratio:.1f} times"


def table(rows: Sequence[Row]) -> str:
    """The README's table."""
    packages = ", ".join(f"{name} {version(name)}" for name in PEERS)
    lines = [
        f"Measured in one run by `python -m tests.benchmarks`: Python {platform.python_version()},"
        f" {packages}; one thread, CPU seconds, medians.",
        "",
        "| what | against | goal | measured | ours and theirs |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        goal = GOALS[row.name]
        value = times(row.value) if goal.unit == "times" else row.detail
        detail = row.detail if goal.unit == "times" else ""
        lines.append(f"| {goal.what} | {goal.against} | {goal.said} | {value} | {detail} |")
        if row.name == "evppi":
            lines.append(RECORDED)
    return "\n".join(lines)


def missed(rows: Sequence[Row], share: float = 1.0) -> list[str]:
    """Rows that do not reach their goal, or whose numbers do not agree, each in a sentence."""
    found = []
    for row in rows:
        goal = GOALS[row.name]
        if not goal.met(row.value, share):
            found.append(f"{row.name}: {row.value:,.2f} {goal.unit}, the goal is {goal.said}")
        found += [f"{row.name}: not so: {fault}" for fault in row.faults]
    return found


def main(arguments: Sequence[str] | None = None, readme: Path = README) -> int:
    """Exit status: 1 where `--check` finds a goal missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="small sizes, a fifth of each goal; leaves the README alone",
    )
    parser.add_argument("--check", action="store_true", help="fail where a goal is missed")
    asked = parser.parse_args(arguments)
    rows = []
    for row in measured(QUICK if asked.quick else FULL):
        goal = GOALS[row.name]
        figure = times(row.value) if goal.unit == "times" else ""
        print(f"{row.name:12} {figure:>12}  {row.detail} ({goal.said})", flush=True)
        rows.append(row)
    if not asked.quick:
        into_readme("benchmarks", table(rows), readme)
    faults = missed(rows, QUICK_SHARE if asked.quick else 1.0)
    for fault in faults:
        print(f"missed: {fault}", file=sys.stderr)
    return 1 if asked.check and faults else 0


if __name__ == "__main__":
    sys.exit(main())
