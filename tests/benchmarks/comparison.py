"""One comparison in a process of its own: `python -m tests.benchmarks.comparison FOLDER`."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path


def compared(folder: Path) -> None:
    """From the case folder to the comparison section; prints seconds and peak memory."""
    from mlpdm_kit import load_case
    from mlpdm_kit.analysis.ladder import ladder
    from mlpdm_kit.case.dataset import load_data
    from mlpdm_kit.record.comparison import compare_section

    case = load_case(folder)
    section = compare_section(case, load_data(case), ladder(case), 0)
    assert section.data is not None
    assert section.data.folds == 5
    assert {option.id for option in section.options if option.source == "measured"} == {
        "rule", "one-measurement", "model",
    }  # fmt: skip


if __name__ == "__main__":
    compared(Path(sys.argv[1]))
    # kilobytes on Linux, bytes on a Mac
    unit = 1e9 if sys.platform == "darwin" else 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(json.dumps({"seconds": time.process_time(), "peak_gb": peak}))
