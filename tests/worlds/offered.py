"""Studies that a world offers: one entry for each kind in `OFFERS`, with its prices.

Prices and waits are drawn so that they pay in perhaps a third of the worlds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tests.worlds.flaws import Plan
from tests.worlds.laws import Law, between
from tests.worlds.money import Task
from tests.worlds.prices import priced

MOST_ROWS = 2_000  # that a table can be made longer by
Stated = Mapping[str, Law]
STUDIES_CHANCE = 0.85


def _rates(task: Task, plan: Plan, stated: Stated) -> list[str]:
    """A look at how good the model is: on cases, or by longer tables of the past."""
    names = [f"options.model.{rate}" for rate in task.rates]
    return [name for name in names if plan.data or stated[name].family == "beta"]


def _share(name: str) -> Callable[[Task, Plan, Stated], list[str]]:
    return lambda task, plan, stated: [name] if name in stated else []


def _outcomes(task: Task, plan: Plan, stated: Stated) -> list[str]:
    return [name for name in stated if name.startswith("outcomes.")]


OFFERS: dict[str, tuple[Callable[[Task, Plan, Stated], list[str]], bool]] = {
    # what is looked at, and whether on cases (else it is asked, and known)
    "more-cases": (_rates, True),
    "count": (_share("prevalence"), True),
    "trial": (_share("action_success"), True),
    "survey": (_share("options.model.adoption"), True),
    "audit": (_outcomes, False),
    "quote": (_share("options.model.build"), False),
    "forecast": (_share("volume"), False),
}


def offered(
    rng: np.random.Generator, plan: Plan, stated: Stated, task: Task, stake: float, months: int
) -> dict[str, dict[str, Any]]:
    """One or two studies, in most worlds."""
    able = {name: found for name, (of, _) in OFFERS.items() if (found := of(task, plan, stated))}
    count = int(rng.random() < STUDIES_CHANCE) * int(rng.integers(1, 3))
    per_case = stake / (months * np.exp(stated["volume"].first))
    found = {}
    for name in rng.choice(list(able), size=min(count, len(able)), replace=False).tolist():
        study: dict[str, Any] = {
            "of": able[name],
            "price": priced(rng, stake * between(rng, 0.00002, 0.001)),
            "time": priced(rng, between(rng, 0.02, 0.3)),
        }
        if OFFERS[name][1]:
            study["price_per_case"] = priced(rng, per_case * between(rng, 0.01, 0.4))
            study["most"] = MOST_ROWS
        found[name] = study
    return found
