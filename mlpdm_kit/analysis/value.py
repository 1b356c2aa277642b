"""Net benefit over the horizon: the decision model, on common draws for all options.

With N cases a month, v the worth of a case, k its running cost, A the adoption, L the
delay, F the monthly running cost and B the price of building, all uncertain:

    NB = (A N (v - k - v0) - F) * M(L) - B,

where v0 is what a case is worth under the status quo and M(L) the number of discounted
months left after the delay. Until an option is at work, and where it is not adopted, the
status quo goes on. Money flows at the end of each month; running costs begin with use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mlpdm_kit.analysis.discounting import discounted_months
from mlpdm_kit.analysis.distributions import Array, Distribution, from_interval
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.tasks import TASKS
from mlpdm_kit.case.model import Case, Input
from mlpdm_kit.case.rules import named_inputs

Draws = Mapping[str, Array]
_ZERO = np.zeros(1)
_ONE = np.ones(1)
_FIXED = ("horizon",)


def distribution(item: Input) -> Distribution:
    """The distribution of what a person wrote; the family follows from the support."""
    if item.is_point:
        return Distribution("point", (item.low,))
    return from_interval(item.low, item.high, item.level, item.shape, middle=item.middle)


def stated_inputs(case: Case) -> dict[str, Distribution]:
    """Distributions of every input that the case states, by name.

    A stated rate ``options.x.rates.recall`` goes by the name of a measured one,
    ``options.x.recall``.
    """
    return {
        name.replace(".rates.", "."): distribution(item)
        for name, item in named_inputs(case)
        if name not in _FIXED
    }


def signs(case: Case) -> dict[str, int]:
    """-1 for outcomes that cost, +1 for those that gain."""
    return {name: outcome.sign for name, outcome in case.outcomes.items()}


def means(inputs: Mapping[str, Distribution]) -> dict[str, Array]:
    """Every input at its mean, as draws of length one."""
    return {name: np.array([dist.mean]) for name, dist in inputs.items()}


@dataclass(frozen=True, kw_only=True)
class PerCase:
    """What one case is worth under one option, by draw.

    ``errors`` by outcome (costs negative), ``running`` the cost of handling a case.
    """

    errors: dict[str, Array]
    running: Array

    @property
    def worth(self) -> Array:
        """All of it."""
        return np.asarray(sum(self.errors.values(), _ZERO) - self.running)


def per_case(case: Case, rungs: Sequence[Rung], rung: Rung, theta: Draws) -> PerCase:
    """Worth of a case under an option."""
    task = TASKS[case.task]
    rates, running = _rates(case, rungs, rung, theta)
    amounts = task.amounts(rates, theta)
    worth = task.worth(theta, signs(case))
    return PerCase(
        errors={name: np.asarray(amount * worth[name]) for name, amount in amounts.items()},
        running=running,
    )


def _rates(
    case: Case, rungs: Sequence[Rung], rung: Rung, theta: Draws
) -> tuple[dict[str, Array], Array]:
    """How good an option is, and what a case costs to run, by draw."""
    running = theta.get(f"options.{rung.id}.cost_per_case", _ZERO)
    if rung.kind == "review":
        return _reviewed(case, rungs, rung, base_of(rungs, rung), theta, running)
    known = TASKS[case.task].known_rates(rung.kind)
    if known is not None:
        return {name: np.array([value]) for name, value in known.items()}, running
    return {name: theta[f"options.{rung.id}.{name}"] for name in case.of_task.rates}, running


def _reviewed(
    case: Case, rungs: Sequence[Rung], rung: Rung, base: Rung, theta: Draws, running: Array
) -> tuple[dict[str, Array], Array]:
    """A person looks at what the base option flags, as far as capacity reaches.

    The reviewer errs either way with the same rate; what nobody looks at is acted on as
    flagged. Only cases on which the option is used come to the reviewer.
    """
    rates, base_running = _rates(case, rungs, base, theta)
    share = theta["prevalence"]
    flagged = share * rates["recall"] + (1 - share) * rates["false_positive_rate"]
    capacity = theta.get(f"options.{rung.id}.capacity")
    looked = _ONE
    if capacity is not None:
        adoption = terms(rungs, rung, theta).adoption
        asked = np.maximum(theta["volume"] * adoption * flagged, 1e-300)
        looked = np.minimum(1.0, capacity / asked)
    error = theta.get(f"options.{rung.id}.reviewer_error", _ZERO)
    review = theta[f"options.{rung.id}.review"]
    return (
        {
            "recall": rates["recall"] * (1 - looked * error),
            "false_positive_rate": rates["false_positive_rate"] * (1 - looked * (1 - error)),
        },
        base_running + running + looked * flagged * review,
    )


def net_benefit(
    case: Case, rungs: Sequence[Rung], theta: Draws, among: Sequence[Rung] | None = None
) -> Array:
    """Net benefit of each option against the status quo, shape (draws, options).

    Parameters
    ----------
    case : Case
    rungs : sequence of Rung
        The whole ladder, the status quo among them.
    theta : mapping of str to array
        Draws of every named input, each of length ``draws`` or 1.
    among : sequence of Rung, optional
        The options wanted, a column each; by default the whole ladder.
    """
    assert case.horizon is not None
    months = case.horizon.low
    base = next(rung for rung in rungs if rung.status_quo)
    standing = per_case(case, rungs, base, theta).worth
    columns = []
    for rung in rungs if among is None else among:
        if rung.status_quo:
            columns.append(_ZERO)
            continue
        gain = per_case(case, rungs, rung, theta).worth - standing
        columns.append(_over_horizon(rungs, rung, gain, months, theta))
    size = max(len(column) for column in (*columns, *theta.values()))
    return np.column_stack([np.broadcast_to(column, size) for column in columns])


def _over_horizon(
    rungs: Sequence[Rung], rung: Rung, gain: Array, months: float, theta: Draws
) -> Array:
    takes = terms(rungs, rung, theta)
    monthly = takes.adoption * theta["volume"] * gain - takes.run
    return np.asarray(monthly * _left(takes, months, theta) - takes.build)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What an option takes, by draw: money to build and run, months until it is at work,
    and the share of cases that it is used on."""

    build: Array
    run: Array
    delay: Array
    adoption: Array


def terms(rungs: Sequence[Rung], rung: Rung, theta: Draws) -> Terms:
    """Terms of an option; a reviewed option takes what its base takes, and its own on top."""
    name = f"options.{rung.id}"
    own = Terms(
        build=theta.get(f"{name}.build", _ZERO),
        run=theta.get(f"{name}.run", _ZERO),
        delay=theta.get(f"{name}.delay", _ZERO),
        adoption=theta.get(f"{name}.adoption", _ONE),
    )
    if rung.kind != "review":
        return own
    base = terms(rungs, base_of(rungs, rung), theta)
    return Terms(
        build=own.build + base.build,
        run=own.run + base.run,
        delay=np.maximum(own.delay, base.delay),
        adoption=theta.get(f"{name}.adoption", base.adoption),
    )


def base_of(rungs: Sequence[Rung], rung: Rung) -> Rung:
    """What a reviewed option reviews."""
    return next(other for other in rungs if other.id == rung.option.of)


def price(rungs: Sequence[Rung], rung: Rung, months: float, theta: Draws) -> Array:
    """What building and running an option costs over the horizon, discounted."""
    takes = terms(rungs, rung, theta)
    return np.asarray(takes.build + takes.run * _left(takes, months, theta))


def unused(case: Case, rungs: Sequence[Rung], rung: Rung, months: float, theta: Draws) -> Array:
    """What an option gains less than if it were at work at once and on every case."""
    base = next(other for other in rungs if other.status_quo)
    gain = per_case(case, rungs, rung, theta).worth - per_case(case, rungs, base, theta).worth
    takes = terms(rungs, rung, theta)
    whole = np.atleast_1d(discounted_months(theta["discount"], months))
    used = takes.adoption * _left(takes, months, theta)
    return np.asarray(theta["volume"] * gain * (whole - used))


def _left(takes: Terms, months: float, theta: Draws) -> Array:
    return np.atleast_1d(discounted_months(theta["discount"], months, takes.delay))
