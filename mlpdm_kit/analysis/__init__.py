"""Pure numbers: arrays in, arrays and small frozen values out; no files, no sentences.

Its public functions can be had from here too; each is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

PLACES = {
    "Sample": "voi.observing",
    "best_study": "voi.study",
    "best_threshold": "errors.costs",
    "bootstrap_cost": "errors.costs",
    "enbs": "voi.study",
    "evpi": "voi.information",
    "evppi": "voi.partial",
    "evsi": "voi.study",
    "from_interval": "uncertainty.distributions",
    "net_benefit_curve": "errors.costs",
}


def __getattr__(name: str) -> Any:
    if name in PLACES:
        return getattr(import_module(f"{__name__}.{PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
