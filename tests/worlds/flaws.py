"""Flaws of real life, one entry each: what they do to the making of a world.

Some are seen in what is handed over (few rows, an action that seldom works), some are
not (a column that leaks, ranges too narrow); of those the ideal decider knows only how
often they come. That production drifts away from the table is said in half of the worlds,
as errors online for each offline, and in the other half nobody knows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tests.worlds.signals import Drift

STEADY = Drift()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a world is to be made; the chances are what the ideal decider knows."""

    data: bool = False
    few_rows: bool = False
    few_errors: bool = False
    other_base_rate: bool = False
    seldom_works: bool = False
    drift_said: bool = False
    leak_chance: float = 0.0
    drift: Drift = STEADY
    overconfident_chance: float = 0.0
    naive: bool = False


CHANCE = 0.4
SEEN = {
    "few_rows": CHANCE,
    "few_errors": CHANCE,
    "other_base_rate": CHANCE,
    "seldom_works": CHANCE / 2,
}
UNSEEN = Plan(
    leak_chance=CHANCE, drift=Drift(chance=CHANCE), overconfident_chance=CHANCE, naive=True
)

FAMILIES = {
    "ranges": Plan(),
    "clean": Plan(data=True),
    "flawed": replace(UNSEEN, data=True),
}


def planned(family: str, rng: np.random.Generator) -> Plan:
    """The plan of one world of a family."""
    plan = FAMILIES[family]
    if not plan.naive:
        return plan
    drawn = {name: bool(rng.random() < chance) for name, chance in SEEN.items()}
    if rng.random() < 0.5:  # somebody has looked into it
        drawn["drift_said"] = bool(rng.random() < CHANCE)
        plan = replace(plan, drift=STEADY)
    return replace(plan, **drawn)  # type: ignore[arg-type]
