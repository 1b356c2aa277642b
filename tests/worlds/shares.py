"""Worlds in which each case comes to one outcome; only ranges are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.worlds.flaws import Plan
from tests.worlds.laws import Law, between
from tests.worlds.money import Offer, shares_task
from tests.worlds.offered import offered
from tests.worlds.prices import common, ml_prices, priced, settled, unsure
from tests.worlds.world import World

# by kind of task: what an error costs against no answer, and how often it happens
SHARES: dict[str, dict[str, tuple[tuple[float, float], tuple[float, float]]]] = {
    "multiclass": {"wrong": ((0.4, 4), (0.02, 0.25)), "unanswered": ((1, 1), (0.02, 0.2))},
    "search": {"hit": ((0, 0), (0.4, 0.9)), "miss": ((1, 1), (0, 0))},
    "extraction": {"missing": ((1, 1), (0.02, 0.2)), "wrong": ((0.4, 5), (0.01, 0.15))},
    "generation": {
        "needs_editing": ((0.1, 0.6), (0.05, 0.4)),
        "wrong": ((0.6, 3), (0.01, 0.12)),
        "harmful": ((4, 40), (0.001, 0.015)),
        "unanswered": ((1, 1), (0.01, 0.1)),
    },
}


def maker(task: str) -> Callable[[np.random.Generator, Plan], World]:
    """Worlds in which each case comes to one outcome; only ranges are known."""

    names = tuple(name for name, (_, often) in SHARES[task].items() if often[1])

    def make(rng: np.random.Generator, plan: Plan) -> World:
        months, stated = common(rng)
        silent = between(rng, 1, 40)
        offers = [Offer(id="none", kind="none"), Offer(id="rule", kind="rule")]
        if rng.random() < 0.6:
            offers.append(Offer(id="process", kind="process"))
        offers.append(Offer(id="model", kind="model", is_ml=True))
        if rng.random() < 0.6:
            offers.append(Offer(id="llm", kind="llm", is_ml=True))
        for name, (price, often) in SHARES[task].items():
            if price[1]:
                stated[f"outcomes.{name}"] = priced(rng, silent * between(rng, *price))
            for offer in offers:
                if often[1] and offer.id != "none":
                    mean = between(rng, *often) * _clumsy(task, offer.id)
                    stated[f"options.{offer.id}.{name}"] = unsure(rng, mean)
        stake = float(months * np.exp(stated["volume"].first) * silent)
        _share_prices(rng, stated, offers, stake, silent, months)
        studies = offered(rng, plan, stated, shares_task(names), stake, months)
        truth, wide = settled(rng, plan, stated)
        return World(kind=task, task=shares_task(names), plan=plan, months=months, offers=offers,
                     status_quo="none", stated=stated, truth=truth, overconfident=wide,
                     studies=studies)  # fmt: skip

    return make


def _clumsy(task: str, option: str) -> float:
    if option != "rule":
        return 1.0
    return 0.5 if task == "search" else 2.2


def _share_prices(
    rng: np.random.Generator,
    stated: dict[str, Law],
    offers: list[Offer],
    stake: float,
    per_case: float,
    months: int,
) -> None:
    for offer in offers:
        name = f"options.{offer.id}"
        if offer.id == "rule":
            stated[f"{name}.build"] = priced(rng, stake * between(rng, 0.003, 0.1))
        if offer.id == "process":
            stated[f"{name}.cost_per_case"] = priced(rng, per_case * between(rng, 0.05, 0.7))
        if offer.is_ml:
            stated |= ml_prices(rng, offer.id, stake, months)
        if offer.kind == "llm":
            stated[f"{name}.cost_per_case"] = priced(rng, per_case * between(rng, 0.01, 0.2))
