"""Makes the data files of the case library again.

    python data/make_cases.py [--into FOLDER] [CASE...]

Each case that has data has a module of its name in ``data/generators``, whose ``FILES`` gives
a maker for each file: a table (written as CSV) or a text. A module of another name says in
``CASE`` whose data it makes: a flawed case names its maker to learners, and its own name would
give the flaw away. Real data comes out of packages (``vega_datasets``, ``scikit-learn``); the
rest is simulated from a seed, with its assumptions and their sources at the top of the module.
A test makes all again and compares the bytes.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
CASES = HERE / "cases"


def makers(cases: list[str]) -> Iterator[tuple[str, Callable[[], pd.DataFrame | str]]]:
    """Every file of the library, as ``case/file``, with what makes it."""
    sys.path.insert(0, str(HERE))
    try:
        for path in sorted((HERE / "generators").glob("[a-z]*.py")):
            module = importlib.import_module(f"generators.{path.stem}")
            case = getattr(module, "CASE", path.stem.replace("_", "-"))
            if not cases or case in cases:
                for name, make in getattr(module, "FILES", {}).items():
                    yield f"{case}/{name}", make
    finally:
        sys.path.remove(str(HERE))


def main(folder: Path = CASES, cases: list[str] | None = None) -> list[str]:
    """Write the data files of some cases (all by default) below a folder."""
    written = []
    for name, make in makers(cases or []):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        made = make()
        text = made if isinstance(made, str) else made.to_csv(index=False, lineterminator="\n")
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(name)
    return written


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the data files of the case library again.")
    parser.add_argument("cases", nargs="*", metavar="CASE")
    parser.add_argument("--into", type=Path, default=CASES, metavar="FOLDER")
    said = parser.parse_args()
    for name in main(said.into, said.cases):
        print(name)
