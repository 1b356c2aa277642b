"""Pure numbers: arrays in, arrays and small frozen values out; no files, no sentences.

Its public functions can be had from here too; each is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

PLACES = {
    "Sample": "observing",
    "best_study": "study",
    "best_threshold": "costs",
    "bootstrap_cost": "costs",
    "enbs": "study",
    "evpi": "information",
    "evppi": "partial",
    "evsi": "study",
    "from_interval": "distributions",
    "net_benefit_curve": "costs",
}


def __getattr__(name: str) -> Any:
    if name in PLACES:
        return getattr(import_module(f"{__name__}.{PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
