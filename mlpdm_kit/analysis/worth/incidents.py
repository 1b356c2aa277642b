"""What incidents beside wrong answers cost a case: injection that succeeds, invention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.worth.terms import base_of
from mlpdm_kit.case.incidents import INVENTION
from mlpdm_kit.case.model import Case

Draws = Mapping[str, Array]
_ONE = np.ones(1)


def incidents(
    case: Case, rungs: Sequence[Rung], rung: Rung, theta: Draws, found_out: Array | None = None
) -> dict[str, Array]:
    """What each kind of incident is worth per case under an option; a cost is negative.

    The option's rate, times the share of cases to which it can happen, times what one costs.
    A reviewed option has the rate of what it reviews, unless its own is known; an option of
    which nothing is known, and that is no LLM, has none. ``found_out`` is the share of
    inventions that a person who looks at the answers finds before they do harm; an attack
    has done its own by then.
    """
    found = {}
    for name in case.incidents:
        rate = theta.get(f"options.{rung.id}.incidents.{name}")
        if rate is None and rung.kind == "review":
            base = base_of(rungs, rung)
            rate = theta.get(f"options.{base.id}.incidents.{name}")
        if rate is not None:
            share = theta.get(f"incidents.{name}.share", _ONE)
            if name == INVENTION and found_out is not None:
                rate = rate * (1 - found_out)
            found[name] = np.asarray(-rate * share * theta[f"incidents.{name}.cost"])
    return found
