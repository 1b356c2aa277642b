"""An analyst's calculation by hand, with none of the kit's arithmetic; and what the kit says."""

from __future__ import annotations

import math
from functools import cache

from scipy import optimize, stats

from mlpdm_kit import DecisionRecord, decide, load_case, shipped


@cache
def record(name: str) -> DecisionRecord:
    return decide(load_case(shipped.cases() / name))


def middle(low: float, high: float) -> float:
    """Mean of the lognormal with the 90% interval low..high."""
    z = 1.6448536269514722
    mu, sigma = (math.log(low) + math.log(high)) / 2, math.log(high / low) / (2 * z)
    return math.exp(mu + sigma**2 / 2)


def middle_share(low: float, high: float) -> float:
    """Mean of the beta with the 90% interval low..high, found by trial."""
    start = math.log(max((low + high) / 2 * 100, 0.5)), math.log(100.0)

    def off(logs: list[float]) -> list[float]:
        found = stats.beta(math.exp(logs[0]), math.exp(logs[1])).ppf([0.05, 0.95])
        return [found[0] / low - 1, found[1] / high - 1]

    a, b = (math.exp(x) for x in optimize.fsolve(off, start))
    assert max(map(abs, off([math.log(a), math.log(b)]))) < 1e-6
    return a / (a + b)


def months(total: int, rate: float, delay: float = 0) -> float:
    """Discounted months after a delay."""
    return sum(min(max(t - delay, 0), 1) * (1 + rate) ** (-t / 12) for t in range(1, total + 1))


def worth(name: str, option: str) -> float:
    found = next(o for o in record(name).options if o.id == option).expected_net_benefit
    assert found is not None
    return found.mean


def cost(name: str, option: str) -> float:
    found = next(o for o in record(name).baseline.options if o.id == option).cost_per_case
    assert found is not None
    return found.mean
