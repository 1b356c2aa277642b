"""What options are worth, in the generator's own arithmetic: month by month.

Written from the words of the kit's README and case files, so that it checks the kit's
arithmetic as well: nothing here calls the kit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Theta = Mapping[str, Any]
Rates = Mapping[str, Mapping[str, Any]]
PerCase = Callable[[Theta, Mapping[str, Any]], Any]


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An option that a decider may choose."""

    id: str
    kind: str
    is_ml: bool = False
    of: str | None = None


def months_left(delay: Any, months: int, discount: Any) -> Any:
    """Discounted months of use: money at the end of each, a month begun late in part."""
    total: Any = 0.0
    for month in range(1, months + 1):
        total = total + np.clip(month - delay, 0, 1) * (1 + discount) ** (-month / 12)
    return total


def net_benefit(
    offers: Sequence[Offer],
    status_quo: str,
    theta: Theta,
    rates: Rates,
    per_case: PerCase,
    months: int,
) -> np.ndarray:
    """Shape (draws, offers): worth over the horizon against the status quo."""
    base = per_case(theta, rates[status_quo])
    base = base - theta.get(f"options.{status_quo}.cost_per_case", 0.0)
    columns = []
    for offer in offers:
        if offer.id == status_quo:
            columns.append(0.0)
        elif offer.kind == "review":
            columns.append(_reviewed(offer, base, theta, rates, per_case, months))
        else:
            worth = per_case(theta, rates[offer.id])
            worth = worth - theta.get(f"options.{offer.id}.cost_per_case", 0.0)
            columns.append(_over(theta, worth - base, months, *_terms(theta, offer.id)))
    size = max(np.size(column) for column in (*columns, *theta.values()))
    return np.column_stack([np.broadcast_to(column, size) for column in columns])


def _terms(theta: Theta, name: str) -> tuple[Any, Any, Any, Any]:
    known = {"build": 0.0, "run": 0.0, "delay": 0.0, "adoption": 1.0}
    found = [theta.get(f"options.{name}.{term}", none) for term, none in known.items()]
    build = found[0] * (1 + theta.get(f"options.{name}.overrun", 0.0))
    return build, found[1], found[2], found[3]


def _over(
    theta: Theta, gain: Any, months: int, build: Any, run: Any, delay: Any, adoption: Any
) -> Any:
    monthly = adoption * theta["volume"] * gain - run
    return monthly * months_left(delay, months, theta["discount"]) - build


def _reviewed(
    offer: Offer, base: Any, theta: Theta, rates: Rates, per_case: PerCase, months: int
) -> Any:
    """A person looks at what is flagged, as far as capacity reaches, and errs either way."""
    assert offer.of is not None
    plain, name = rates[offer.of], f"options.{offer.id}"
    build, run, delay, adoption = _terms(theta, offer.of)
    share = theta["prevalence"]
    flagged = share * plain["recall"] + (1 - share) * plain["false_positive_rate"]
    looked: Any = 1.0
    if f"{name}.capacity" in theta:
        asked = np.maximum(theta["volume"] * adoption * flagged, 1e-300)
        looked = np.minimum(1.0, theta[f"{name}.capacity"] / asked)
    error = theta.get(f"{name}.reviewer_error", 0.0)
    after = {
        "recall": plain["recall"] * (1 - looked * error),
        "false_positive_rate": plain["false_positive_rate"] * (1 - looked * (1 - error)),
    }
    worth = per_case(theta, after) - theta.get(f"options.{offer.of}.cost_per_case", 0.0)
    worth = worth - looked * flagged * theta[f"{name}.review"]
    return _over(theta, worth - base, months, build, run, delay, adoption)


def binary_worth(theta: Theta, rates: Mapping[str, Any]) -> Any:
    """Worth of a case where one acts or does not; an action may fail."""
    share, works = theta["prevalence"], theta.get("action_success", 1.0)
    miss = theta.get("outcomes.false_negative", 0.0)
    hit = works * theta.get("outcomes.true_positive", 0.0) - (1 - works) * miss
    recall, alarm = rates["recall"], rates["false_positive_rate"]
    caught = share * (recall * hit - (1 - recall) * miss)
    return caught - (1 - share) * alarm * theta["outcomes.false_positive"]


def amount_worth(theta: Theta, rates: Mapping[str, Any]) -> Any:
    """Worth of a case where an amount is chosen."""
    return -(
        rates["under_per_case"] * theta["outcomes.under"]
        + rates["over_per_case"] * theta["outcomes.over"]
    )


def share_worth(names: Sequence[str]) -> PerCase:
    """Worth of a case that comes to one outcome; what the shares leave over is the rest."""

    def worth(theta: Theta, rates: Mapping[str, Any]) -> Any:
        total = sum(rates[name] for name in names)
        costs = sum(rates[name] * theta.get(f"outcomes.{name}", 0.0) for name in names)
        rest = np.maximum(1 - total, 0.0) * theta.get("outcomes.miss", 0.0)
        return -(costs / np.maximum(total, 1.0) + rest)

    return worth
