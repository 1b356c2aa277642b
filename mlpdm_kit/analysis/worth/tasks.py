"""Task kinds in arithmetic: how rates become outcomes, and outcomes become money.

Every task is the same to the decision model: an option leads to an amount of each outcome
per case, and an outcome has a price. A task kind says how amounts follow from an option's
rates, and, on data, which outcome each row comes to. There are four kinds of arithmetic,
one entry in `_MAKERS` each: acting or not (`Binary`), an amount that is too small or too
large (`Amounts`), one outcome a case (`Shares`: classes, search, extraction, generation),
and a formula of the case's own (`Formula`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from mlpdm_kit.analysis.errors.costs import Costs, newsvendor_quantile
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.kinds import PAIR, TaskKind
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.predictions import UNANSWERED

Draws = Mapping[str, Array]
LOOKED_AT = 0.5  # the answer of an option that leaves a case to a person
_ZERO = np.zeros(1)
_ONE = np.ones(1)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """How a rate is read off rows: the mean of an outcome's amounts.

    Parameters
    ----------
    outcome : str
    among : float, optional
        Only rows whose target is this.
    is_share : bool
        Whether it lies in [0, 1].
    prior : float
        Mean of a share before a case is seen, which weighs one case.
    """

    outcome: str
    among: float | None = None
    is_share: bool = True
    prior: float = 0.5


COUNTED = ("flagged_positive", "flagged_negative")  # for rates; no outcomes by themselves
REVIEWED = {  # what a reviewed option leaves to a person, by class
    name: Measure(outcome=name, among=among)
    for name, among in (("reviewed_positive", 1.0), ("reviewed_negative", 0.0))
}


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What is known of the rows on which answers are judged.

    ``target`` what happened (0 or 1, an amount, the code of a class); ``columns`` the amount
    of an outcome by row, where it is priced by a column; ``classes`` the names of codes;
    ``hit_at`` how far down a list one looks; ``works`` how often an action succeeds.
    """

    target: Array
    columns: Mapping[str, Array] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    hit_at: int = 1
    works: float = 1.0

    def at(self, index: Any) -> Rows:
        """The same of some of the rows."""
        columns = {name: values[index] for name, values in self.columns.items()}
        return replace(self, target=self.target[index], columns=columns)


class Task(Protocol):
    """What the decision model needs to know of a task."""

    @property
    def measures(self) -> dict[str, Measure]:
        """How each rate is read off data."""

    @property
    def errors(self) -> tuple[str, ...]:
        """Outcomes that are errors."""

    def amounts(self, rates: Draws, theta: Draws) -> dict[str, Array]:
        """How much of each outcome there is per case."""

    def worth(self, theta: Draws, signs: Mapping[str, int]) -> dict[str, Array]:
        """What one of each outcome is worth, in money; a cost is negative."""

    def known_rates(self, kind: str) -> dict[str, float]:
        """Rates of an option kind that are known without data, such as of acting on all."""

    def worsened(self, rates: Draws, times: Array) -> dict[str, Array]:
        """Rates with so many times the errors."""

    def operating_point(self, worth: Mapping[str, float]) -> float:
        """Probability from which acting pays, or the quantile to choose; else NaN."""

    def outcomes(self, rows: Rows, answer: Array) -> dict[str, Array]:
        """How much of each outcome every row comes to, given an option's answers."""


@dataclass(frozen=True)
class Binary:
    """Act or not, rightly or wrongly: TP, FP, FN, TN.

    An outcome priced by a column has a rate of its own: its mean amount per case of its
    class, such as the money missed per positive.
    """

    columns: tuple[str, ...] = ()
    errors = ("false_negative", "false_positive")

    @property
    def measures(self) -> dict[str, Measure]:
        """Recall among the positives, false alarms among the negatives."""
        found = {
            "recall": Measure(outcome="flagged_positive", among=1.0),
            "false_positive_rate": Measure(outcome="flagged_negative", among=0.0),
        }
        for name in self.columns:
            among = 1.0 if name in ("true_positive", "false_negative") else 0.0
            found[amount_rate(name)] = Measure(outcome=name, among=among, is_share=False)
        return found

    def amounts(self, rates: Draws, theta: Draws) -> dict[str, Array]:
        """Shares of the four outcomes at the production base rate."""
        share = theta["prevalence"]
        recall, alarm = rates["recall"], rates["false_positive_rate"]
        found = {
            "true_positive": share * recall,
            "false_negative": share * (1 - recall),
            "false_positive": (1 - share) * alarm,
            "true_negative": (1 - share) * (1 - alarm),
        }
        for name in self.columns:
            here = share if self.measures[amount_rate(name)].among else 1 - share
            found[name] = here * rates[amount_rate(name)]
        if "false_negative" in self.columns:  # a hit whose action fails is lost as well
            missed = np.minimum(rates[_MISSED], all_missed(theta))
            failed = 1 - theta.get("action_success", _ONE)
            lost = missed + failed * (all_missed(theta) - missed)
            found["false_negative"] = np.asarray(share * lost)
        return found

    def worth(self, theta: Draws, signs: Mapping[str, int]) -> dict[str, Array]:
        """Worth of each outcome; a hit whose action fails is a miss that was acted on."""
        found = {
            name: signs[name] * theta[f"outcomes.{name}"] if name in signs else _ZERO
            for name in ("true_positive", "false_positive", "false_negative", "true_negative")
        }
        works = theta.get("action_success", _ONE)
        hit, miss = found["true_positive"], found["false_negative"]
        gained = hit if signs.get("true_positive", 0) < 0 else works * hit
        failed = _ZERO if "false_negative" in self.columns else (1 - works) * miss
        found["true_positive"] = np.asarray(gained + failed)
        return found

    def known_rates(self, kind: str) -> dict[str, float]:
        """None acts on nobody, all on everybody."""
        always = {"none": 0.0, "all": 1.0}.get(kind)
        if always is None:
            return {}
        found = {"recall": always, "false_positive_rate": always}
        nothing = ("true_positive", "false_positive") if always == 0 else (
            "false_negative", "true_negative")  # fmt: skip
        return {**found, **{amount_rate(n): 0.0 for n in self.columns if n in nothing}}

    def worsened(self, rates: Draws, times: Array) -> dict[str, Array]:
        """More misses and more false alarms, at most all."""
        found = {
            **rates,
            "recall": np.asarray(1 - np.minimum(1.0, (1 - rates["recall"]) * times)),
            "false_positive_rate": np.asarray(
                np.minimum(1.0, rates["false_positive_rate"] * times)
            ),
        }
        for name in set(self.columns) & {"false_negative", "false_positive"}:
            found[amount_rate(name)] = np.asarray(rates[amount_rate(name)] * times)
        return found

    def operating_point(self, worth: Mapping[str, float]) -> float:
        """Elkan's threshold."""
        return self.costs(worth).threshold

    @staticmethod
    def costs(worth: Mapping[str, float]) -> Costs:
        """The same as costs of errors on data."""
        return Costs(**{name: -value for name, value in worth.items()})

    def outcomes(self, rows: Rows, answer: Array) -> dict[str, Array]:
        """One outcome a row, as 1, or as the row's own amount."""
        hit, act, left = rows.target == 1, answer == 1, answer == 0
        found = {
            "true_positive": hit & act,
            "false_positive": ~hit & act,
            "false_negative": hit & left,
            "true_negative": ~hit & left,
            "reviewed_positive": hit & (answer == LOOKED_AT),
            "reviewed_negative": ~hit & (answer == LOOKED_AT),
        }
        amounts = {
            name: np.where(here, rows.columns.get(name, 1.0), 0.0) for name, here in found.items()
        }
        if "false_negative" in rows.columns:
            lost = np.where(found["true_positive"], rows.columns["false_negative"], 0.0)
            amounts["false_negative"] = amounts["false_negative"] + (1 - rows.works) * lost
        flagged = {"flagged_positive": hit & act, "flagged_negative": ~hit & act}
        return {**amounts, **{name: here.astype(float) for name, here in flagged.items()}}


def amount_rate(outcome: str) -> str:
    """Name of the rate of an outcome that is priced by a column."""
    return f"{outcome}_amount"


_MISSED = amount_rate("false_negative")


def all_missed(theta: Draws) -> Array:
    """Amount per positive where nobody acts: what there is to catch."""
    return theta[f"options.none.{_MISSED}"]


@dataclass(frozen=True)
class Amounts:
    """An amount is chosen; too little and too much cost by the unit."""

    errors = ("under", "over")

    @property
    def measures(self) -> dict[str, Measure]:
        """Mean units too few and too many per case."""
        return {f"{n}_per_case": Measure(outcome=n, is_share=False) for n in ("under", "over")}

    def amounts(self, rates: Draws, theta: Draws) -> dict[str, Array]:
        """Units too few and too many per case."""
        return {"under": rates["under_per_case"], "over": rates["over_per_case"]}

    def worth(self, theta: Draws, signs: Mapping[str, int]) -> dict[str, Array]:
        """What a unit too few or too many is worth."""
        return {name: signs[name] * theta[f"outcomes.{name}"] for name in ("under", "over")}

    def known_rates(self, kind: str) -> dict[str, float]:
        """Nothing is known without data."""
        return {}

    def worsened(self, rates: Draws, times: Array) -> dict[str, Array]:
        """So many times as far off."""
        return {name: np.asarray(value * times) for name, value in rates.items()}

    def operating_point(self, worth: Mapping[str, float]) -> float:
        """The newsvendor's quantile."""
        return newsvendor_quantile(-worth["under"], -worth["over"])

    def outcomes(self, rows: Rows, answer: Array) -> dict[str, Array]:
        """Units too few and too many of every row."""
        return {
            "under": np.maximum(rows.target - answer, 0.0),
            "over": np.maximum(answer - rows.target, 0.0),
        }


@dataclass(frozen=True)
class Shares:
    """Each case comes to exactly one outcome; the rates are the shares of all but the rest."""

    kind: TaskKind

    @property
    def errors(self) -> tuple[str, ...]:
        """All outcomes but the good one."""
        return tuple(name for name in self.kind.outcomes if name != self.kind.good)

    @property
    def measures(self) -> dict[str, Measure]:
        """The share of every outcome but the rest; beforehand all are alike (Perks, 1947)."""
        alike = 1 / len(self.kind.outcomes)
        return {name: Measure(outcome=name, prior=alike) for name in self.kind.rates}

    def amounts(self, rates: Draws, theta: Draws) -> dict[str, Array]:
        """Shares of all outcomes; where the drawn ones pass 1 together, in proportion."""
        known = {name: rates.get(name, _ZERO) for name in self.kind.rates}
        total = np.asarray(sum(known.values(), _ZERO))
        scale = 1 / np.maximum(total, 1.0)
        found = {name: np.asarray(value * scale) for name, value in known.items()}
        return {self.kind.rest: np.asarray(np.maximum(1 - total, 0.0)), **found}

    def worth(self, theta: Draws, signs: Mapping[str, int]) -> dict[str, Array]:
        """Worth of each outcome; a pair of classes without a price is as any other error."""
        return {
            name: signs[name] * theta[f"outcomes.{name}"] if name in signs else _ZERO
            for name in self.kind.outcomes
        }

    def known_rates(self, kind: str) -> dict[str, float]:
        """Where nothing is done there is no answer."""
        if kind != "none":
            return {}
        silent = self.kind.silent
        return {name: float(name == silent) for name in self.kind.rates}

    def worsened(self, rates: Draws, times: Array) -> dict[str, Array]:
        """So many times of every outcome but the good one, at most all."""
        now = self.amounts(rates, {})
        wrong = 1 - now[self.kind.good]
        scale = np.minimum(times, 1 / np.maximum(wrong, 1e-300))
        worse = {name: value * scale for name, value in now.items()}
        worse[self.kind.good] = 1 - wrong * scale
        return {name: np.asarray(worse[name]) for name in self.kind.rates}

    def operating_point(self, worth: Mapping[str, float]) -> float:
        """There is none: an answer is given, or none."""
        return float("nan")

    def outcomes(self, rows: Rows, answer: Array) -> dict[str, Array]:
        """One outcome a row."""
        name = _OUTCOME_OF[self.kind.answers](self.kind, rows, answer)
        return {one: np.asarray(name == i, float) for i, one in enumerate(self.kind.outcomes)}


def _of_class(kind: TaskKind, rows: Rows, answer: Array) -> Array:
    """Right, unanswered, a pair with a price of its own, or wrong."""
    place = {name: index for index, name in enumerate(kind.outcomes)}
    found = np.where(answer == rows.target, place[kind.good], place["wrong"])
    found = np.where(answer == UNANSWERED, place[kind.silent], found)
    codes = {name.strip().casefold(): code for code, name in enumerate(rows.classes)}
    for name in kind.outcomes:
        true, _, said = name.partition(PAIR)
        pair = codes.get(true.strip().casefold()), codes.get(said.strip().casefold())
        if said and None not in pair:
            found = np.where((rows.target == pair[0]) & (answer == pair[1]), place[name], found)
    return np.asarray(found)


_NOT_FIRST = "wrong_top"


def _of_rank(kind: TaskKind, rows: Rows, answer: Array) -> Array:
    """Found as far down as one looks; where it matters, found but not first."""
    hit = (answer >= 1) & (answer <= rows.hit_at)
    found = np.where(hit, kind.outcomes.index(kind.good), kind.outcomes.index(kind.silent))
    if _NOT_FIRST in kind.outcomes:
        found = np.where(hit & (answer > 1), kind.outcomes.index(_NOT_FIRST), found)
    return found


def _of_grade(kind: TaskKind, rows: Rows, answer: Array) -> Array:
    silent = kind.outcomes.index(kind.silent)
    return np.where(answer == UNANSWERED, silent, answer)


_OUTCOME_OF = {"class": _of_class, "text": _of_class, "rank": _of_rank, "grade": _of_grade}


@dataclass(frozen=True)
class Formula:
    """The worth of a case is the case's own formula; nothing is counted by outcome."""

    errors = ()

    @property
    def measures(self) -> dict[str, Measure]:
        """There is no rate."""
        return {}

    def amounts(self, rates: Draws, theta: Draws) -> dict[str, Array]:
        """The value of a case, in money."""
        return {"value": rates.get("value", _ZERO)}

    def worth(self, theta: Draws, signs: Mapping[str, int]) -> dict[str, Array]:
        """Money is worth what it is."""
        return {"value": _ONE}

    def known_rates(self, kind: str) -> dict[str, float]:
        """Doing nothing is worth nothing, unless it has a formula itself."""
        return {"value": 0.0} if kind == "none" else {}

    def worsened(self, rates: Draws, times: Array) -> dict[str, Array]:
        """A formula has no errors that could grow."""
        return dict(rates)

    def operating_point(self, worth: Mapping[str, float]) -> float:
        """There is none."""
        return float("nan")

    def outcomes(self, rows: Rows, answer: Array) -> dict[str, Array]:
        """Nothing is judged by rows."""
        return {}


def task_of(case: Case) -> Task:
    """The arithmetic of a case's task."""
    maker = _MAKERS.get(case.task)
    return Shares(case.of_task) if maker is None else maker(case)


_MAKERS: dict[str, Callable[[Case], Task]] = {
    "binary": lambda case: Binary(tuple(n for n, o in case.outcomes.items() if o.column)),
    "regression": lambda case: Amounts(),
    "formula": lambda case: Formula(),
}


def losses(outcomes: Mapping[str, Array], worth: Mapping[str, float]) -> Array:
    """What every row costs: its outcomes at their prices."""
    return np.asarray(sum(-worth.get(name, 0.0) * amount for name, amount in outcomes.items()))
