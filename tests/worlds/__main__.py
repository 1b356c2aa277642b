"""Play many worlds and print what they say: ``python -m tests.worlds``."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is imported: two processes share

import argparse
import json
import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.readme import into_readme
from tests.worlds.flaws import FAMILIES
from tests.worlds.play import DRAWS, play
from tests.worlds.report import KEPT, figures, table


def main() -> None:
    """Read the command line, play, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.worlds", description=__doc__)
    parser.add_argument("--family", choices=list(FAMILIES), action="append")
    parser.add_argument("--worlds", type=int, default=300, help="of each family")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=DRAWS, help="of the kit")
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    parser.add_argument("--rows", type=Path, help="write every world as a line of JSON")
    said = parser.parse_args()
    families = said.family or list(FAMILIES)
    results = []
    with open(said.rows or os.devnull, "w", encoding="utf-8") as rows:
        for one in each(families, said.worlds, said.seed, said.jobs, said.draws):
            results.append(one)
            print(json.dumps(one), file=rows, flush=True)
    found = figures(results, said.seed, said.draws)
    print(table(found))
    if said.readme:
        KEPT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        into_readme("worlds", table(found))


def each(
    families: list[str], worlds: int, seed: int, jobs: int, draws: int
) -> Iterator[dict[str, Any]]:
    """Play so many worlds of each family, in so many processes, the families in turn."""
    tasks = [(family, seed, index, draws) for index in range(worlds) for family in families]
    if jobs == 1:
        yield from (play(*task) for task in tasks)
        return
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(_play, tasks, chunksize=2)


def _play(task: tuple[str, int, int, int]) -> dict[str, Any]:
    return play(*task)


def run(families: list[str], worlds: int, seed: int, jobs: int, draws: int) -> list[dict[str, Any]]:
    """The same as a list."""
    return list(each(families, worlds, seed, jobs, draws))


if __name__ == "__main__":
    main()
