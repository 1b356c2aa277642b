"""Studies simulated: what finding out first would have shown, one entry a kind of study.

A study that the record names is run on the truth, and the kit decides again with what it
found; its price is charged, and its time as that share of the horizon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.worlds.kinds import World
from tests.worlds.laws import Law, point


@dataclass(frozen=True, kw_only=True)
class After:
    """The world as it is handed over once a study is done."""

    name: str
    world: World
    price: float = 0.0
    wait: float = 0.0


def _gates(world: World, record: Any, study: Mapping[str, Any]) -> After | None:
    """Somebody asks where the columns come from: those that leak are left out."""
    if study["checks"] != ["available-then"] or world.data is None or world.signals is None:
        return None
    columns = world.signals.features.shape[1]
    leak = int(world.signals.truth.get("leak", [-1])[0])
    known = [f"x{j + 1}" for j in range(columns) if j != leak]
    told = {"known_then": known} if leak < 0 else {
        "known_then": known, "leave_out": [f"x{leak + 1}"]
    }  # fmt: skip
    return After(name="gates", world=replace(world, data={**world.data, **told}))


def _study(world: World, record: Any, study: Mapping[str, Any]) -> After | None:
    """A study of inputs: rates are seen on cases, anything else is found out as it is."""
    if world.signals is not None:
        return None
    said = world.studies[study["name"]]
    each = said.get("price_per_case")
    n = int(study["n"])
    rng = np.random.default_rng(abs(hash_of(world)) % 2**32)
    stated = dict(world.stated)
    for name in said["of"]:
        if each is None:
            stated[name] = point(world.truth[name])
        else:
            stated[name] = _seen(rng, stated[name], n, world.truth, name)
    price = said["price"].mean + (0.0 if each is None else n * each.mean)
    return After(
        name=study["name"],
        world=replace(world, stated=stated, studies={}),
        price=price,
        wait=said["time"].mean,
    )


def hash_of(world: World) -> int:
    """A number that is the world's own, so that its study is the same each time."""
    return int(sum(world.truth.values()) * 1e6)


def _seen(rng: np.random.Generator, law: Law, n: int, truth: Mapping[str, float], name: str) -> Law:
    """A share's beta after so many cases, of which only some bear on it."""
    last = name.rpartition(".")[2]
    share = truth.get("prevalence", 1.0)
    bears = {"recall": share, "false_positive_rate": 1 - share}.get(last, 1.0)
    cases = int(rng.binomial(n, bears))
    hits = int(rng.binomial(cases, truth[name]))
    return Law("beta", law.first + hits, law.second + cases - hits)


STUDIES: dict[str, Callable[[World, Any, Mapping[str, Any]], After | None]] = {
    "gates": _gates,
    "study": _study,
}


def found_out(world: World, record: Any) -> After | None:
    """What the study that a record names would lead to; None where it cannot be run."""
    study = record.value_of_information.study
    maker = STUDIES.get(study["kind"]) if study else None
    return maker(world, record, study) if maker and study else None
