"""Studies simulated: what finding out first would have shown, one entry a kind of study.

A study that the record names is run on the truth, and the kit decides again with what it
found. Its price is charged, and its time as it passes: the option that the record puts to
work meanwhile is at work, and whatever is chosen then begins so much later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.worlds.laws import Law, point
from tests.worlds.world import World, tables


@dataclass(frozen=True, kw_only=True)
class After:
    """The world as it is handed over once a study is done."""

    name: str
    world: World
    price: float = 0.0
    wait: float = 0.0


def _gates(rng: np.random.Generator, world: World, study: Mapping[str, Any]) -> After | None:
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


def _study(rng: np.random.Generator, world: World, study: Mapping[str, Any]) -> After | None:
    """A study of inputs: rates are seen on cases, anything else is found out as it is."""
    said = world.studies[study["name"]]
    each = said.get("price_per_case")
    n = int(study["n"])
    known = [name for name in said["of"] if name in world.stated]
    laws = {
        name: point(world.truth[name])
        if each is None
        else _seen(rng, world.stated[name], n, world.truth, name)
        for name in known
    }
    found = replace(world, stated={**world.stated, **laws}, studies={})
    if len(known) < len(said["of"]):
        found = _longer(rng, found, n)
    price = said["price"].mean + (0.0 if each is None else n * each.mean)
    return After(name=study["name"], world=found, price=price, wait=said["time"].mean)


def _longer(rng: np.random.Generator, world: World, n: int) -> World:
    """So many more past cases in the table."""
    assert world.signals is not None
    signals = world.signals.longer(rng, n, world.truth.get("prevalence", 0.0))
    return replace(world, signals=signals, files=tables(signals))


def _seen(rng: np.random.Generator, law: Law, n: int, truth: Mapping[str, float], name: str) -> Law:
    """A share's beta after so many cases, of which only some bear on it."""
    last = name.rpartition(".")[2]
    share = truth.get("prevalence", 1.0)
    bears = {"recall": share, "false_positive_rate": 1 - share}.get(last, 1.0)
    cases = int(rng.binomial(n, bears))
    hits = int(rng.binomial(cases, truth[name]))
    return Law("beta", law.first + hits, law.second + cases - hits)


STUDIES: dict[str, Callable[[np.random.Generator, World, Mapping[str, Any]], After | None]] = {
    "gates": _gates,
    "study": _study,
}


def found_out(rng: np.random.Generator, world: World, record: Any) -> After | None:
    """What the study that a record names would lead to; None where it cannot be run."""
    study = record.value_of_information.study
    maker = STUDIES.get(study["kind"]) if study else None
    return maker(rng, world, study) if maker and study else None
