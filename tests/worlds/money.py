"""What options are worth, in the generator's own arithmetic: month by month.

Written from the words of the kit's README and case files, so that it checks the kit's
arithmetic as well: nothing here calls the kit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Theta = Mapping[str, Any]
Rates = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Task:
    """A kind of task: its rates, what a case is worth, and the rates with more errors."""

    rates: tuple[str, ...]
    worth: Callable[[Theta, Mapping[str, Any]], Any]
    worse: Callable[[Mapping[str, Any], Any], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An option that a decider may choose."""

    id: str
    kind: str
    is_ml: bool = False
    of: str | None = None


@dataclass(frozen=True, kw_only=True)
class Money:
    """Prices of a world's options.

    ``months`` is the horizon, ``later`` by how much everything begins later, and
    ``instead`` what takes the place of an option that fails its pilot.
    """

    offers: Sequence[Offer]
    status_quo: str
    task: Task
    months: float
    theta: Theta
    rates: Rates
    later: Any = 0.0
    instead: str | None = None
    _base: list[Any] = field(default_factory=list, repr=False)

    def benefit(self) -> np.ndarray:
        """Shape (draws, offers): worth over the horizon against the status quo."""
        columns = [self.of(offer) for offer in self.offers]
        size = max(np.size(column) for column in (*columns, *self.theta.values()))
        return np.column_stack([np.broadcast_to(column, size) for column in columns])

    def of(self, offer: Offer) -> Any:
        """Worth of one option over the horizon."""
        if offer.id == self.status_quo:
            return 0.0
        if not self._piloted(offer):
            return self._plain(offer, self.later)
        name = f"options.{offer.id}.stages.pilot"
        after = self.later + self.theta[f"{name}.time"]
        passed = self.theta[f"{name}.luck"] < self.theta[f"{name}.passes"]
        other = next((one for one in self.offers if one.id == self.instead), None)
        failed = 0.0 if other is None else self._plain(other, after)
        spent = self.theta[f"{name}.price"] * self._today(self.later)
        return np.where(passed, self._plain(offer, after), failed) - spent

    def fallback(self) -> str | None:
        """What would be best in the place of what fails its pilot; None for nothing."""
        waits = [self.theta[f"options.{one.id}.stages.pilot.time"]
                 for one in self.offers if self._piloted(one)]  # fmt: skip
        if not waits:
            return None
        plain = [o for o in self.offers
                 if not o.is_ml and not self._piloted(o) and o.id != self.status_quo]  # fmt: skip
        worths = {one.id: float(np.mean(self._plain(one, waits[0]))) for one in plain}
        best = max(worths, key=lambda name: worths[name], default=None)
        return best if best is not None and worths[best] > 0 else None

    def _piloted(self, offer: Offer) -> bool:
        return f"options.{offer.id}.stages.pilot.passes" in self.theta

    def _today(self, later: Any) -> Any:
        return (1 + self.theta["discount"]) ** (-later / 12)

    def _plain(self, offer: Offer, later: Any) -> Any:
        """Gains of each month, with the errors of that month, less what it takes."""
        theta, own = self.theta, offer.of or offer.id
        known = {"build": 0.0, "run": 0.0, "delay": 0.0, "adoption": 1.0, "overrun": 0.0,
                 "ramp": 0.0, "drift": 0.0, "online": 1.0}  # fmt: skip
        found = {term: theta.get(f"options.{own}.{term}", none) for term, none in known.items()}
        delay, total, gain = found["delay"] + later, 0.0, None
        growth, discount = theta.get("growth", 0.0), theta["discount"]
        for month in range(1, math.ceil(self.months) + 1):
            end = min(float(month), self.months)
            active = np.clip(end - np.maximum(delay, month - 1), 0, 1)
            age = np.maximum(end - delay, 0.0)
            used = _full(age, found["ramp"]) - _full(
                np.maximum(month - 1 - delay, 0.0), found["ramp"]
            )
            used = used * (1 + growth) ** ((month - 0.5) / 12)
            if gain is None or np.any(found["drift"]):
                aged = (1 + found["drift"]) ** ((age - active / 2) / 12)
                gain = self._case(offer, found["online"] * aged) - self._standing()
            money = found["adoption"] * theta["volume"] * gain * used - found["run"] * active
            total = total + money * (1 + discount) ** (-month / 12)
        return total - found["build"] * (1 + found["overrun"]) * self._today(later)

    def _standing(self) -> Any:
        """A case under the status quo."""
        if not self._base:
            worth = self.task.worth(self.theta, self.rates[self.status_quo])
            paid = self.theta.get(f"options.{self.status_quo}.cost_per_case", 0.0)
            self._base.append(worth - paid)
        return self._base[0]

    def _case(self, offer: Offer, errors: Any) -> Any:
        """A case under an option that makes so many times its errors."""
        rates = self.rates[offer.of or offer.id]
        worse = self.task.worse(rates, errors) if np.any(errors != 1) else rates
        if offer.of is not None:
            return self._reviewed(offer, worse)
        return self.task.worth(self.theta, worse) - self.theta.get(
            f"options.{offer.id}.cost_per_case", 0.0
        )

    def _reviewed(self, offer: Offer, plain: Mapping[str, Any]) -> Any:
        """A person looks at what is flagged, as far as capacity reaches, and errs either way."""
        theta, name = self.theta, f"options.{offer.id}"
        share = theta["prevalence"]
        flagged = share * plain["recall"] + (1 - share) * plain["false_positive_rate"]
        looked: Any = 1.0
        if f"{name}.capacity" in theta:
            adoption = theta.get(f"options.{offer.of}.adoption", 1.0)
            asked = np.maximum(theta["volume"] * adoption * flagged, 1e-300)
            looked = np.minimum(1.0, theta[f"{name}.capacity"] / asked)
        error = theta.get(f"{name}.reviewer_error", 0.0)
        after = {
            "recall": plain["recall"] * (1 - looked * error),
            "false_positive_rate": plain["false_positive_rate"] * (1 - looked * (1 - error)),
        }
        worth = self.task.worth(theta, after) - theta.get(f"options.{offer.of}.cost_per_case", 0.0)
        return worth - looked * flagged * theta[f"{name}.review"]


def _full(age: Any, ramp: Any) -> Any:
    """Months of full use by an age, where use rises evenly over the ramp."""
    if not np.any(ramp):
        return age
    inside = np.minimum(age, ramp)
    return inside**2 / (2 * np.maximum(ramp, 1e-12)) + age - inside


def net_benefit(
    offers: Sequence[Offer],
    status_quo: str,
    theta: Theta,
    rates: Rates,
    task: Task,
    months: float,
    **more: Any,
) -> np.ndarray:
    """Shape (draws, offers): worth over the horizon against the status quo."""
    return Money(
        offers=offers, status_quo=status_quo, theta=theta, rates=rates, task=task,
        months=months, **more,
    ).benefit()  # fmt: skip


def _binary_worth(theta: Theta, rates: Mapping[str, Any]) -> Any:
    """Worth of a case where one acts or does not; an action may fail."""
    share, works = theta["prevalence"], theta.get("action_success", 1.0)
    miss = theta.get("outcomes.false_negative", 0.0)
    hit = works * theta.get("outcomes.true_positive", 0.0) - (1 - works) * miss
    recall, alarm = rates["recall"], rates["false_positive_rate"]
    caught = share * (recall * hit - (1 - recall) * miss)
    return caught - (1 - share) * alarm * theta["outcomes.false_positive"]


def _binary_worse(rates: Mapping[str, Any], times: Any) -> Mapping[str, Any]:
    return {
        "recall": 1 - np.minimum(1.0, (1 - rates["recall"]) * times),
        "false_positive_rate": np.minimum(1.0, rates["false_positive_rate"] * times),
    }


def _amount_worth(theta: Theta, rates: Mapping[str, Any]) -> Any:
    """Worth of a case where an amount is chosen."""
    return -(
        rates["under_per_case"] * theta["outcomes.under"]
        + rates["over_per_case"] * theta["outcomes.over"]
    )


BINARY = Task(rates=("recall", "false_positive_rate"), worth=_binary_worth, worse=_binary_worse)
AMOUNTS = Task(
    rates=("under_per_case", "over_per_case"),
    worth=_amount_worth,
    worse=lambda rates, times: {name: value * times for name, value in rates.items()},
)


def shares_task(names: Sequence[str]) -> Task:
    """Each case comes to one outcome; what the shares leave over is the rest."""

    def worth(theta: Theta, rates: Mapping[str, Any]) -> Any:
        total = sum(rates[name] for name in names)
        costs = sum(rates[name] * theta.get(f"outcomes.{name}", 0.0) for name in names)
        rest = np.maximum(1 - total, 0.0) * theta.get("outcomes.miss", 0.0)
        return -(costs / np.maximum(total, 1.0) + rest)

    def worse(rates: Mapping[str, Any], times: Any) -> Mapping[str, Any]:
        if "hit" in rates:
            return {"hit": 1 - np.minimum(1.0, (1 - rates["hit"]) * times)}
        total = np.maximum(sum(rates[name] for name in names), 1e-300)
        scale = np.minimum(times, 1 / np.minimum(total, 1.0)) / np.maximum(total, 1.0)
        return {name: rates[name] * scale for name in names}

    return Task(rates=tuple(names), worth=worth, worse=worse)
