"""What makes up a world whatever its kind: volumes, prices, and the truth behind ranges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tests.worlds.flaws import Plan
from tests.worlds.laws import OVERCONFIDENCE, Law, amount, between, point, share


def unsure(rng: np.random.Generator, mean: float) -> Law:
    """A share of this mean, with a range of any width that a person may give."""
    return share(mean, between(rng, 4, 80) / min(mean, 1 - mean))


def priced(rng: np.random.Generator, median: float) -> Law:
    """An amount about this, with a range of any width that a person may give."""
    return amount(median, rng.uniform(0.08, 0.5))


def settled(
    rng: np.random.Generator, plan: Plan, stated: Mapping[str, Law]
) -> tuple[dict[str, float], bool]:
    """The truth behind ranges: within them as often as said, or far less often."""
    wide = bool(rng.random() < plan.overconfident_chance)
    return {
        name: float((law.narrowed(1 / OVERCONFIDENCE) if wide else law).draw(rng, 1)[0])
        for name, law in sorted(stated.items())
    }, wide


def common(rng: np.random.Generator) -> tuple[int, dict[str, Law]]:
    """Horizon, and what is stated of the case whatever its kind."""
    months = int(rng.choice([12, 24, 36]))
    stated = {
        "volume": amount(between(rng, 200, 40_000), rng.uniform(0.05, 0.5)),
        "discount": point(round(float(rng.uniform(0, 0.1)), 3)),
    }
    if rng.random() < 0.3:
        stated["growth"] = priced(rng, between(rng, 0.02, 0.4))
    return months, stated


@dataclass(frozen=True, kw_only=True)
class Term:
    """Something that may be said of an option with ML, how often it is, and its range."""

    chance: float
    law: Callable[[np.random.Generator], Law]


TERMS = {
    "overrun": Term(chance=0.4, law=lambda rng: priced(rng, rng.uniform(0.05, 0.6))),
    "ramp": Term(chance=0.3, law=lambda rng: priced(rng, between(rng, 1, 9))),
    "online": Term(chance=0.3, law=lambda rng: priced(rng, rng.uniform(1.0, 1.6))),
    "drift": Term(chance=0.3, law=lambda rng: priced(rng, between(rng, 0.05, 0.8))),
}
PILOT_CHANCE = 0.2


def ml_prices(
    rng: np.random.Generator,
    name: str,
    stake: float,
    months: int,
    *,
    pilot: bool = True,
    online: bool | None = None,
) -> dict[str, Law]:
    """What ML takes, as shares of all that perfection would gain, and how it comes into use.

    ``online`` says whether errors online are told of; by default as often as by chance.
    """
    own = f"options.{name}"
    found = {
        f"{own}.{term}": one.law(rng)
        for term, one in TERMS.items()
        if (rng.random() < one.chance if term != "online" or online is None else online)
    }
    if pilot and rng.random() < PILOT_CHANCE:
        trial = f"{own}.stages.pilot"
        found[f"{trial}.price"] = priced(rng, stake * between(rng, 0.001, 0.03))
        found[f"{trial}.time"] = priced(rng, between(rng, 0.3, 3))
        found[f"{trial}.passes"] = unsure(rng, rng.uniform(0.4, 0.95))
        found[f"{trial}.luck"] = Law("uniform", 0.0, 1.0)
    return found | {
        f"{own}.build": priced(rng, stake * between(rng, 0.01, 0.35)),
        f"{own}.run": priced(rng, stake / months * between(rng, 0.005, 0.1)),
        f"{own}.delay": priced(rng, rng.uniform(0.5, 4)),
        f"{own}.adoption": unsure(rng, rng.uniform(0.65, 0.97)),
    }
