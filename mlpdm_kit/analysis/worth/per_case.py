"""What one case is worth under an option: its rates, a person's review, and the money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.uncertainty.stated import signs
from mlpdm_kit.analysis.worth.chain import Course, compound, steps_of
from mlpdm_kit.analysis.worth.incidents import incidents
from mlpdm_kit.analysis.worth.tasks import all_missed, amount_rate, task_of
from mlpdm_kit.analysis.worth.terms import base_of, terms
from mlpdm_kit.case.formula import evaluate
from mlpdm_kit.case.model import Case

_ONE = np.ones(1)

_ZERO = np.zeros(1)

Draws = Mapping[str, Array]


@dataclass(frozen=True, kw_only=True)
class PerCase:
    """What one case is worth under one option, by draw.

    ``errors`` by outcome (costs negative), incidents among them; ``running`` the cost of
    handling a case.
    """

    errors: dict[str, Array]
    running: Array

    @property
    def worth(self) -> Array:
        """All of it."""
        return np.asarray(sum(self.errors.values(), _ZERO) - self.running)


def per_case(
    case: Case,
    rungs: Sequence[Rung],
    rung: Rung,
    theta: Draws,
    errors: Array = _ONE,
    load: Array = _ONE,
) -> PerCase:
    """Worth of a case under an option that makes so many times its errors.

    ``load`` is what it works on against today's volume at full adoption, where a person's
    time for looking may run out.
    """
    task = task_of(case)
    rates, running = _rates(case, rungs, rung, theta, errors, load)
    amounts = task.amounts(rates, theta)
    worth = task.worth(theta, signs(case))
    priced = {name: np.asarray(amount * worth[name]) for name, amount in amounts.items()}
    return PerCase(errors=priced | incidents(case, rungs, rung, theta), running=running)


def rates_of(case: Case, rungs: Sequence[Rung], rung: Rung, theta: Draws) -> dict[str, Array]:
    """How good an option is, by draw, a person's review included."""
    return _rates(case, rungs, rung, theta, _ONE)[0]


def _rates(
    case: Case,
    rungs: Sequence[Rung],
    rung: Rung,
    theta: Draws,
    errors: Array,
    load: Array = _ONE,
) -> tuple[dict[str, Array], Array]:
    """How good an option is, and what a case costs to run, by draw."""
    running = _running(rung, theta)
    if rung.kind == "review":
        return _reviewed(case, rungs, rung, theta, running, errors, load)
    task = task_of(case)
    if rung.option.value is not None:
        return {"value": _formula(case, rung, theta)}, running
    if rung.option.steps:
        return _chained(case, rungs, rung, theta, running, errors, load)
    known = task.known_rates(rung.kind)
    names = [*known, *(name for name in task.measures if name not in known)]
    rates = {
        name: np.array([known[name]]) if name in known else _rate(case, rung, name, theta)
        for name in names
    }
    times = errors * theta.get(f"options.{rung.id}.online", _ONE)
    rates = task.worsened(rates, times) if np.any(times != 1) else rates
    if rung.looks:
        return _looked_at(case, rungs, rung, theta, rates, running, load)
    return rates, running


def _looked_at(
    case: Case,
    rungs: Sequence[Rung],
    rung: Rung,
    theta: Draws,
    rates: Draws,
    running: Array,
    load: Array,
) -> tuple[dict[str, Array], Array]:
    """What is left of an option's errors where a person looks at its answers, and what the
    looks and the mending of what they find cost."""
    own, kind = f"options.{rung.id}.check", case.of_task
    looked = _time_for(rungs, rung, theta, load)
    found = looked * theta[f"{own}.finds"]
    shares = task_of(case).amounts(rates, theta)
    mended = found * (1 - shares[kind.good])
    left = {name: share * (1 - found) for name, share in shares.items()}
    left[kind.good] = shares[kind.good] + mended
    spent = looked * theta[f"{own}.price"] + mended * theta.get(f"{own}.mend", _ZERO)
    return {name: np.asarray(left[name]) for name in rates}, running + spent


def _chained(
    case: Case,
    rungs: Sequence[Rung],
    rung: Rung,
    theta: Draws,
    running: Array,
    errors: Array,
    load: Array,
) -> tuple[dict[str, Array], Array]:
    """What a chain of steps comes to, and what its steps and the looks of a person cost."""
    own = f"options.{rung.id}"
    looked, course = course_of(case, rungs, rung, theta, errors, load)
    for step in rung.option.steps:
        running = running + theta.get(f"{own}.steps.{step}.cost_per_case", _ZERO)
    if rung.look_after:
        looks = looked * len(rung.look_after) * theta[f"{own}.check.price"]
        running = running + looks + course.mended * theta.get(f"{own}.check.mend", _ZERO)
    shares = dict(zip(case.of_task.severity, course.shares, strict=True))
    return {name: shares[name] for name in task_of(case).measures}, running


def course_of(
    case: Case,
    rungs: Sequence[Rung],
    rung: Rung,
    theta: Draws,
    errors: Array = _ONE,
    load: Array = _ONE,
) -> tuple[Array, Course]:
    """Share of the cases for which a person has time to look, and what the chain comes to."""
    own = f"options.{rung.id}"
    times = errors * theta.get(f"{own}.online", _ONE)
    steps = steps_of(case, rung, theta, times)
    looked = _time_for(rungs, rung, theta, load)
    found = looked * theta.get(f"{own}.check.finds", _ZERO)
    finds = dict.fromkeys(rung.look_after, found)
    return looked, compound(steps, finds, ends=bool(case.of_task.last))


def _time_for(rungs: Sequence[Rung], rung: Rung, theta: Draws, load: Array) -> Array:
    """Share of an option's cases for which there is time to look."""
    capacity = theta.get(f"options.{rung.id}.check.capacity")
    if capacity is None or not rung.looks:
        return _ONE
    cases = theta["volume"] * terms(rungs, rung, theta).adoption * load
    return _looked(cases, np.array([float(rung.looks)]), capacity)


def running_of(rungs: Sequence[Rung], rung: Rung, theta: Draws) -> Array:
    """What handling a case costs beside steps and reviews; a reviewed option has its base's."""
    own = _running(rung, theta)
    return own if rung.kind != "review" else own + running_of(rungs, base_of(rungs, rung), theta)


def _running(rung: Rung, theta: Draws) -> Array:
    """What handling a case costs: as stated or measured, or by its tokens at their prices."""
    own = f"options.{rung.id}"
    running = theta.get(f"{own}.cost_per_case", _ZERO)
    for tokens, side in (("tokens_in", "input"), ("tokens_out", "output")):
        if f"{own}.{tokens}" in theta:
            running = running + theta[f"{own}.{tokens}"] * theta[f"{own}.tokens.{side}"]
    return np.asarray(running)


def _rate(case: Case, rung: Rung, name: str, theta: Draws) -> Array:
    full = f"options.{rung.id}.{name}"
    return theta.get(full, _ZERO) if name in case.of_task.may_miss else theta[full]


def _formula(case: Case, rung: Rung, theta: Draws) -> Array:
    """The case's own formula on its named inputs; an option's own go before the case's."""
    assert rung.option.value is not None
    named = {name: theta[f"inputs.{name}"] for name in case.inputs}
    named |= {name: theta[f"options.{rung.id}.inputs.{name}"] for name in rung.option.inputs}
    return evaluate(rung.option.value, named, f"options.{rung.id}.value")


def _reviewed(
    case: Case,
    rungs: Sequence[Rung],
    rung: Rung,
    theta: Draws,
    running: Array,
    errors: Array,
    load: Array,
) -> tuple[dict[str, Array], Array]:
    """A person looks at what the base option flags, as far as capacity reaches.

    The reviewer errs either way with the same rate; what nobody looks at is acted on as
    flagged. Only cases on which the option is used come to the reviewer.
    """
    base = base_of(rungs, rung)
    if f"options.{rung.id}.reviewed_positive" in theta:
        return _three_ways(case, rungs, rung, base, theta, running, errors, load)
    rates, base_running = _rates(case, rungs, base, theta, errors)
    share = theta["prevalence"]
    flagged = share * rates["recall"] + (1 - share) * rates["false_positive_rate"]
    capacity = theta.get(f"options.{rung.id}.capacity")
    looked = _ONE
    if capacity is not None:
        looked = _looked(
            theta["volume"] * terms(rungs, rung, theta).adoption * load, flagged, capacity
        )
    error = theta.get(f"options.{rung.id}.reviewer_error", _ZERO)
    review = theta[f"options.{rung.id}.review"]
    kept, caught = 1 - looked * error, 1 - looked * (1 - error)
    found = {
        **rates,
        "recall": rates["recall"] * kept,
        "false_positive_rate": rates["false_positive_rate"] * caught,
    }
    missed, false = amount_rate("false_negative"), amount_rate("false_positive")
    if missed in rates:
        found[missed] = rates[missed] + (1 - kept) * (all_missed(theta) - rates[missed])
    if false in rates:
        found[false] = rates[false] * caught
    return found, base_running + running + looked * flagged * review


def _three_ways(
    case: Case,
    rungs: Sequence[Rung],
    rung: Rung,
    base: Rung,
    theta: Draws,
    running: Array,
    errors: Array,
    load: Array,
) -> tuple[dict[str, Array], Array]:
    """Acted on, left, or reviewed as far as capacity reaches; beyond it the base decides.

    What the base flags includes all that is acted on without a review.
    """
    online = theta.get(f"options.{base.id}.online", _ONE)
    fresh, base_running = _rates(case, rungs, base, theta, 1 / online)  # worse all together below
    share = theta["prevalence"]
    own = f"options.{rung.id}"
    looks = {"recall": theta[f"{own}.reviewed_positive"],
             "false_positive_rate": theta[f"{own}.reviewed_negative"]}  # fmt: skip
    asked = share * looks["recall"] + (1 - share) * looks["false_positive_rate"]
    capacity, looked = theta.get(f"{own}.capacity"), _ONE
    if capacity is not None:
        looked = _looked(
            theta["volume"] * terms(rungs, rung, theta).adoption * load, asked, capacity
        )
    error = theta.get(f"{own}.reviewer_error", _ZERO)
    rates = {}
    for name, sees in (("recall", 1 - error), ("false_positive_rate", error)):
        acted = theta[f"{own}.{name}"]
        else_flagged = np.maximum(fresh[name] - acted, 0.0)
        after = acted + looked * looks[name] * sees + (1 - looked) * else_flagged
        rates[name] = np.clip(after, 0.0, 1.0)
    spent = looked * asked * theta[f"{own}.review"]
    times = errors * online
    worse = task_of(case).worsened(rates, times) if np.any(times != 1) else rates
    return worse, base_running + running + spent


def _looked(cases: Array, share: Array, capacity: Array) -> Array:
    """Share of what should be looked at for which there is time."""
    return np.asarray(np.minimum(1.0, capacity / np.maximum(cases * share, 1e-300)))
