"""Seconds and memory: one thread, sides in turn, the median of several.

Seconds are CPU seconds of the process. Everything here runs in one thread, so that they are
what the clock shows on a core that nobody else uses.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

ROOT = Path(__file__).resolve().parents[2]
SHORTEST = 0.02  # a call that takes less is repeated until it takes that long
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def seconds(call: Callable[[], Any], times: int = 1) -> float:
    """CPU seconds of one call, averaged over so many."""
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) / times


def medians(*calls: Callable[[], Any], rounds: int = 5) -> list[float]:
    """Median seconds of each call; all are called in turn in every round."""
    with threadpool_limits(1):
        repeats = [max(1, round(SHORTEST / max(seconds(call), 1e-6))) for call in calls]
        found = [
            [seconds(call, times) for call, times in zip(calls, repeats, strict=True)]
            for _ in range(rounds)
        ]
    return [statistics.median(column) for column in zip(*found, strict=True)]


@dataclass(frozen=True, kw_only=True)
class Process:
    """What a process of its own took."""

    seconds: float
    peak_gb: float


def in_a_process(module: str, *arguments: str) -> Process:
    """Run a module by itself; its last line says what it took, as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, **ONE_THREAD},
        check=True,
        capture_output=True,
        text=True,
    )
    return Process(**json.loads(done.stdout.splitlines()[-1]))
