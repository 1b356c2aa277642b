"""Worlds in which one acts or does not: on ranges only, or with a table of past cases."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.worlds import money
from tests.worlds.flaws import Plan
from tests.worlds.laws import Law, between
from tests.worlds.money import Offer
from tests.worlds.offered import offered
from tests.worlds.prices import common, ml_prices, priced, settled, unsure
from tests.worlds.signals import Binary
from tests.worlds.world import BASE_RATE, World, tables

LEAST_POSITIVES = 12  # ten of a class are a gate; worlds are to be decided by figures


def make(rng: np.random.Generator, plan: Plan) -> World | None:
    """A world in which one acts or does not."""
    months, stated = common(rng)
    signals, files, data, prevalence, others = None, {}, None, 0.0, {}
    offers = [Offer(id="none", kind="none"), Offer(id="all", kind="all")]
    offers.append(Offer(id="rule", kind="rule"))
    if plan.data:
        if rng.random() < 0.5:
            others["llm"] = "answers"
        if rng.random() < 0.4:
            others["vendor"] = "score"
        target, law = _classes(rng, plan)
        if target is None:
            return None
        columns = int(rng.integers(3, 8))
        signals = Binary.make(rng, target, columns, others, plan.leak_chance, plan.drift)
        prevalence = law.mean if isinstance(law, Law) else float(target.mean())
        if isinstance(law, Law):
            stated["prevalence"] = law
        files, data = tables(signals), {"file": "past.csv", "target": "y", "id": "id"}
        offers.append(Offer(id="one-measurement", kind="one_measurement"))
    else:
        prevalence = between(rng, 0.02, 0.5)
        stated["prevalence"] = unsure(rng, prevalence)
        if rng.random() < 0.5:
            offers.append(Offer(id="process", kind="process"))
        if rng.random() < 0.5:
            others["llm"] = "stated"
    offers.append(Offer(id="model", kind="model", is_ml=True))
    if "llm" in others:
        offers.append(Offer(id="llm", kind="llm", is_ml=True))
    if "vendor" in others:
        offers.append(Offer(id="vendor", kind="bought_ml", is_ml=True))
    if not plan.data and rng.random() < 0.25:
        offers.append(Offer(id="reviewed", kind="review", is_ml=True, of="model"))
    stake = _binary_prices(rng, plan, stated, prevalence, months)
    status_quo = "rule" if rng.random() < 0.3 else "none"
    _binary_offers(rng, plan, stated, offers, status_quo, stake, months)
    extra: dict[str, dict[str, Any]] = {}
    if plan.data:
        # a rule that is at work today cannot read what is known only afterwards: the last column
        able = signals.features.shape[1] - (status_quo == "rule")  # type: ignore[union-attr]
        column = int(rng.integers(0, able)) + 1
        extra["rule"] = {"when": f"x{column} >= {rng.uniform(-0.2, 1.2):.3f}"}
        extra |= {name: {"predictions": f"{name}.csv"} for name in others}
    studies = offered(rng, plan, stated, money.BINARY, stake, months)
    truth, wide = settled(rng, plan, stated)
    if "prevalence" not in truth:
        truth["prevalence"] = float(law)  # type: ignore[arg-type]
    return World(kind="binary", task=money.BINARY, plan=plan, months=months, offers=offers,
                 status_quo=status_quo, stated=stated, truth=truth, extra=extra, signals=signals,
                 files=files, data=data, overconfident=wide, studies=studies)  # fmt: skip


def _classes(rng: np.random.Generator, plan: Plan) -> tuple[np.ndarray | None, Law | float]:
    """Classes of the table's rows, and the production base rate: stated, or as in the table."""
    rows = int(between(rng, 60, 160) if plan.few_rows else between(rng, 160, 1600))
    if plan.few_errors:
        rows = max(rows, 150)
        positives = int(rng.integers(LEAST_POSITIVES, 18))
    elif plan.other_base_rate or rng.random() < 0.5:
        positives = int(rows * rng.uniform(0.2, 0.5))
    else:
        base = float(rng.beta(*BASE_RATE))
        target = (rng.random(rows) < base).astype(int)
        enough = min(target.sum(), rows - target.sum()) >= LEAST_POSITIVES
        return (target if enough else None), base
    target = rng.permutation((np.arange(rows) < positives).astype(int))
    if min(positives, rows - positives) < LEAST_POSITIVES:
        return None, 0.0
    away = between(rng, 0.05, 0.4) if plan.other_base_rate else between(rng, 0.6, 1.3)
    return target, unsure(rng, min(positives / rows * away, 0.6))


def _binary_prices(
    rng: np.random.Generator, plan: Plan, stated: dict[str, Law], prevalence: float, months: int
) -> float:
    """Outcomes so that acting on all and on none are both in play; the stake over the horizon."""
    odds = prevalence / (1 - prevalence)
    alarm = between(rng, 1, 40)
    miss = alarm / odds * between(rng, 0.25, 4)
    stated["outcomes.false_positive"] = priced(rng, alarm)
    works = 1.0
    if plan.seldom_works or rng.random() < 0.25:
        works = rng.uniform(0.08, 0.4) if plan.seldom_works else rng.uniform(0.5, 0.95)
        stated["action_success"] = unsure(rng, works)
    gains = rng.random() < 0.2
    stated["outcomes.true_positive" if gains else "outcomes.false_negative"] = priced(rng, miss)
    worth = min(prevalence * miss, (1 - prevalence) * alarm)
    return float(months * np.exp(stated["volume"].first) * worth * max(works, 0.3))


def _binary_offers(
    rng: np.random.Generator,
    plan: Plan,
    stated: dict[str, Law],
    offers: list[Offer],
    status_quo: str,
    stake: float,
    months: int,
) -> None:
    """Prices of all options, and how good they are where there is no table."""
    # a reviewed option has no pilot of its own
    plain = not plan.data and not any(offer.of for offer in offers)
    said = plan.drift_said if plan.data else None
    per_case = stake / (months * np.exp(stated["volume"].first))
    good = {
        "rule": ((0.25, 0.75), (0.02, 0.25)),
        "process": ((0.5, 0.92), (0.01, 0.2)),
        "model": ((0.5, 0.96), (0.01, 0.25)),
        "llm": ((0.5, 0.96), (0.01, 0.3)),
    }
    for offer in offers:
        name = f"options.{offer.id}"
        if offer.id in good and not plan.data:
            recall, alarm = good[offer.id]
            stated[f"{name}.recall"] = unsure(rng, rng.uniform(*recall))
            stated[f"{name}.false_positive_rate"] = unsure(rng, between(rng, *alarm))
        if offer.id == "rule" and status_quo != "rule":
            stated[f"{name}.build"] = priced(rng, stake * between(rng, 0.003, 0.05))
        if offer.id == "process":
            stated[f"{name}.cost_per_case"] = priced(rng, per_case * between(rng, 0.05, 0.7))
        if offer.kind in ("model", "bought_ml", "llm"):
            stated |= ml_prices(rng, offer.id, stake, months, pilot=plain, online=said)
        if offer.kind in ("llm", "bought_ml"):
            stated[f"{name}.cost_per_case"] = priced(rng, per_case * between(rng, 0.02, 0.4))
        if offer.kind == "review":
            stated[f"{name}.review"] = priced(rng, per_case * between(rng, 0.1, 2))
            stated[f"{name}.reviewer_error"] = unsure(rng, rng.uniform(0.02, 0.2))
            if rng.random() < 0.5:
                volume = np.exp(stated["volume"].first)
                stated[f"{name}.capacity"] = priced(rng, volume * between(rng, 0.03, 0.6))
