"""The same cells by ``exec`` in this very process: `python -m tests.benchmarks.floor CASE OUT N`.

Nothing is isolated, nothing is kept: the least that the notebooks can take.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import IPython.display
import nbformat

from mlpdm_kit import shipped
from mlpdm_kit.run.notebooks import NOTEBOOKS


def walked(case: Path, out: Path, cells: dict[str, list[str]]) -> None:
    """The five notebooks of one case."""
    work = out / "notebooks"
    work.mkdir(parents=True)
    os.chdir(work)
    for sources in cells.values():
        names: dict[str, object] = {}
        for place, source in enumerate(sources):
            exec(source, names)
            if place == 0:  # the parameters
                names.update(case=str(case), out="..")


def main() -> None:
    """Walk a case once to be warm, then so often as is asked; print seconds of CPU and wall."""
    case, out, times = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), int(sys.argv[3])
    IPython.display.display = lambda *shown, **more: None
    cells = {
        name: [cell.source for cell in nbformat.read(shipped.notebooks() / f"{name}.ipynb", 4).cells
               if cell.cell_type == "code"]
        for name in NOTEBOOKS
    }  # fmt: skip
    walked(case, out / "warm", cells)
    cpu, wall = time.process_time(), time.perf_counter()
    for number in range(times):
        walked(case, out / str(number), cells)
    print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}))


if __name__ == "__main__":
    main()
