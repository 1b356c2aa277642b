"""Studies simulated: what finding out first would have shown, one entry a kind of study.

A study that the record names is run on the truth, and the kit decides again with what it
found; its price is charged, and its time as that share of the horizon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.worlds.kinds import World


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


STUDIES: dict[str, Callable[[World, Any, Mapping[str, Any]], After | None]] = {"gates": _gates}


def found_out(world: World, record: Any) -> After | None:
    """What the study that a record names would lead to; None where it cannot be run."""
    study = record.value_of_information.study
    maker = STUDIES.get(study["kind"]) if study else None
    return maker(world, record, study) if maker and study else None
