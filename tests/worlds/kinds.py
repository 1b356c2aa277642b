"""Kinds of worlds, one entry for each kind of task in `KINDS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.worlds import amounts, binary, shares
from tests.worlds.flaws import Plan, planned
from tests.worlds.world import World


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How worlds of one kind of task are made, and how often."""

    make: Callable[[np.random.Generator, Plan], World | None]
    weight: float
    with_data: bool = True


KINDS: dict[str, Kind] = {
    "binary": Kind(make=binary.make, weight=0.75),
    "regression": Kind(make=amounts.make, weight=0.25),
    **{task: Kind(make=shares.maker(task), weight=0.08, with_data=False) for task in shares.SHARES},
}


def make_world(family: str, rng: np.random.Generator) -> World:
    """A world of a family; one whose table is too small for its class is thrown away.

    Throwing away by what is handed over leaves the posterior given it as it is.
    """
    while True:
        plan = planned(family, rng)
        names = [name for name, kind in KINDS.items() if kind.with_data or not plan.data]
        weights = np.array([KINDS[name].weight for name in names])
        kind = names[int(rng.choice(len(names), p=weights / weights.sum()))]
        world = KINDS[kind].make(rng, plan)
        if world is not None:
            return world
