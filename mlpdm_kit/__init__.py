"""Should we use ML, or an LLM, here at all?

The public names; each is loaded when it is first used, so that importing the kit is fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mlpdm_kit.analysis import PLACES

if TYPE_CHECKING:
    from mlpdm_kit.analysis.errors.costs import best_threshold, bootstrap_cost, net_benefit_curve
    from mlpdm_kit.analysis.uncertainty.distributions import from_interval
    from mlpdm_kit.analysis.voi.information import evpi
    from mlpdm_kit.analysis.voi.observing import Sample
    from mlpdm_kit.analysis.voi.partial import evppi
    from mlpdm_kit.analysis.voi.study import best_study, enbs, evsi
    from mlpdm_kit.case.load import load_case
    from mlpdm_kit.case.model import Case
    from mlpdm_kit.errors import InputError, KitError
    from mlpdm_kit.record.model import DecisionRecord
    from mlpdm_kit.record.steps import decide

_PLACES = {
    "Case": "case.model",
    "DecisionRecord": "record.model",
    "InputError": "errors",
    "KitError": "errors",
    "decide": "record.steps",
    "load_case": "case.load",
    **{name: f"analysis.{place}" for name, place in PLACES.items()},
}

__all__ = [
    "Case",
    "DecisionRecord",
    "InputError",
    "KitError",
    "Sample",
    "best_study",
    "best_threshold",
    "bootstrap_cost",
    "decide",
    "enbs",
    "evpi",
    "evppi",
    "evsi",
    "from_interval",
    "load_case",
    "net_benefit_curve",
]


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(import_module(f"mlpdm_kit.{_PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
