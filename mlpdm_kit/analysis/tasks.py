"""Task kinds in arithmetic: how rates become outcomes, and outcomes become money.

A task kind says how often each outcome happens per case, given how good an option is
(its rates). What an outcome is worth is the case's. One entry in `TASKS` a kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mlpdm_kit.analysis.costs import Costs, newsvendor_quantile
from mlpdm_kit.analysis.distributions import Array

Draws = Mapping[str, Array]


class Task(Protocol):
    """What the decision model needs to know of a task kind."""

    def amounts(self, rates: Draws, theta: Draws) -> dict[str, Array]:
        """How much of each outcome there is per case."""

    def worth(self, theta: Draws, signs: Mapping[str, int]) -> dict[str, Array]:
        """What one of each outcome is worth, in money; a cost is negative."""

    def known_rates(self, kind: str) -> dict[str, float] | None:
        """Rates of an option kind that needs no data to be known, such as acting on all."""

    def operating_point(self, worth: Mapping[str, float]) -> float:
        """Probability from which acting pays, or the quantile to choose."""


_ZERO = np.zeros(1)
_ONE = np.ones(1)


@dataclass(frozen=True)
class Binary:
    """Act or not, rightly or wrongly: TP, FP, FN, TN."""

    def amounts(self, rates: Draws, theta: Draws) -> dict[str, Array]:
        """Shares of the four outcomes at the production base rate."""
        share = theta["prevalence"]
        recall, alarm = rates["recall"], rates["false_positive_rate"]
        return {
            "true_positive": share * recall,
            "false_negative": share * (1 - recall),
            "false_positive": (1 - share) * alarm,
            "true_negative": (1 - share) * (1 - alarm),
        }

    def worth(self, theta: Draws, signs: Mapping[str, int]) -> dict[str, Array]:
        """Worth of each outcome; a hit whose action fails is a miss that was acted on."""
        found = {
            name: signs[name] * theta[f"outcomes.{name}"] if name in signs else _ZERO
            for name in ("true_positive", "false_positive", "false_negative", "true_negative")
        }
        works = theta.get("action_success", _ONE)
        hit, miss = found["true_positive"], found["false_negative"]
        gained = hit if signs.get("true_positive", 0) < 0 else works * hit
        found["true_positive"] = gained + (1 - works) * miss
        return found

    def known_rates(self, kind: str) -> dict[str, float] | None:
        """None acts on nobody, all on everybody."""
        always = {"none": 0.0, "all": 1.0}.get(kind)
        return None if always is None else {"recall": always, "false_positive_rate": always}

    def operating_point(self, worth: Mapping[str, float]) -> float:
        """Elkan's threshold."""
        return self.costs(worth).threshold

    @staticmethod
    def costs(worth: Mapping[str, float]) -> Costs:
        """The same as costs of errors on data."""
        return Costs(**{name: -value for name, value in worth.items()})


@dataclass(frozen=True)
class Regression:
    """An amount is chosen; too little and too much cost by the unit."""

    def amounts(self, rates: Draws, theta: Draws) -> dict[str, Array]:
        """Units too few and too many per case."""
        return {"under": rates["under_per_case"], "over": rates["over_per_case"]}

    def worth(self, theta: Draws, signs: Mapping[str, int]) -> dict[str, Array]:
        """What a unit too few or too many is worth."""
        return {name: signs[name] * theta[f"outcomes.{name}"] for name in ("under", "over")}

    def known_rates(self, kind: str) -> dict[str, float] | None:
        """Nothing is known without data."""
        return None

    def operating_point(self, worth: Mapping[str, float]) -> float:
        """The newsvendor's quantile."""
        return newsvendor_quantile(-worth["under"], -worth["over"])


TASKS: dict[str, Task] = {"binary": Binary(), "regression": Regression()}
