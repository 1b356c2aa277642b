"""Worlds in which an amount is chosen: on ranges only, or with a table of past cases."""

from __future__ import annotations

import numpy as np

from tests.worlds import money
from tests.worlds.flaws import Plan
from tests.worlds.laws import between
from tests.worlds.money import Offer
from tests.worlds.offered import offered
from tests.worlds.prices import common, ml_prices, priced, settled
from tests.worlds.signals import Amounts
from tests.worlds.world import World, tables


def make(rng: np.random.Generator, plan: Plan) -> World | None:
    """A world in which too little and too much cost by the unit."""
    months, stated = common(rng)
    over = between(rng, 0.1, 2)
    stated["outcomes.over"] = priced(rng, over)
    stated["outcomes.under"] = priced(rng, over * between(rng, 0.5, 8))
    volume = np.exp(stated["volume"].first)
    signals, files, data, extra = None, {}, None, {}
    if plan.data:
        rows = int(between(rng, 50, 120) if plan.few_rows else between(rng, 120, 1200))
        signals = Amounts.make(rng, rows, int(rng.integers(3, 8)), plan.drift)
        files, data = tables(signals), {"file": "past.csv", "target": "y", "id": "id"}
        offers = [Offer(id="none", kind="none"), Offer(id="constant", kind="constant")]
        offers += [Offer(id="rule", kind="rule"),
                   Offer(id="one-measurement", kind="one_measurement")]  # fmt: skip
        column = int(rng.integers(0, signals.features.shape[1])) + 1
        slope = rng.uniform(2, 9)
        extra["rule"] = {"predict": f"{rng.normal(102, 6):.3f} + {slope:.3f} * x{column}"}
        status_quo, loss = "none", 0.4 * 10 * over * 2
    else:
        offers = [Offer(id="today", kind="process"), Offer(id="rule", kind="rule")]
        status_quo, loss = "today", 0.0
        for name, best in (("today", 1.0), ("rule", 0.6), ("model", 0.35), ("bought", 0.4)):
            if name != "bought" or rng.random() < 0.5:
                if name == "bought":
                    offers.append(Offer(id="bought", kind="bought_ml", is_ml=True))
                for rate in ("under_per_case", "over_per_case"):
                    size = 10 * between(rng, best, 1.1)
                    stated[f"options.{name}.{rate}"] = priced(rng, size)
        loss = sum(
            stated[f"options.today.{rate}_per_case"].mean * stated[f"outcomes.{rate}"].mean
            for rate in ("under", "over")
        )
    offers.append(Offer(id="model", kind="model", is_ml=True))
    stake = float(months * volume * loss) * 0.6
    said = plan.drift_said if plan.data else None
    for offer in offers:
        if offer.id == "rule":
            stated["options.rule.build"] = priced(rng, stake * between(rng, 0.003, 0.1))
        if offer.is_ml:
            stated |= ml_prices(rng, offer.id, stake, months, pilot=not plan.data, online=said)
    studies = offered(rng, plan, stated, money.AMOUNTS, stake, months)
    truth, wide = settled(rng, plan, stated)
    return World(kind="regression", task=money.AMOUNTS, plan=plan, months=months, offers=offers,
                 status_quo=status_quo, stated=stated, truth=truth, extra=extra,
                 signals=signals, files=files, data=data, overconfident=wide,
                 studies=studies)  # fmt: skip
