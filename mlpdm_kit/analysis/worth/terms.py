"""What an option takes: money to build, run and retrain, and how it comes into use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.uncertainty.stated import STAGES
from mlpdm_kit.analysis.worth.schedule import Pace, over

_ONE = np.ones(1)

_ZERO = np.zeros(1)

Draws = Mapping[str, Array]
LABEL_PRICE = "collection.annotation.price"


def trials(rungs: Sequence[Rung], rung: Rung) -> list[tuple[str, str]]:
    """Trials that an option must pass, in their order: whose they are, and the stage.

    A reviewed option passes those of what it reviews, and its own after them.
    """
    own = [(rung.id, name) for name in STAGES if getattr(rung.option.stages, name) is not None]
    return [*trials(rungs, base_of(rungs, rung)), *own] if rung.kind == "review" else own


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What an option takes, by draw: money to build (overrun included), to run a month and
    to retrain once, the share of cases that it is used on, and how it comes into use."""

    build: Array
    run: Array
    retrain: Array
    adoption: Array
    pace: Pace


def terms(rungs: Sequence[Rung], rung: Rung, theta: Draws) -> Terms:
    """Terms of an option; a reviewed option takes what its base takes, and its own on top."""
    name = f"options.{rung.id}"
    every = rung.option.retrain_every
    labels = _labelling(rung.labels, theta)
    own = Terms(
        build=theta.get(f"{name}.build", _ZERO) * (1 + theta.get(f"{name}.overrun", _ZERO))
        + labels,
        run=theta.get(f"{name}.run", _ZERO) + _labelling(rung.later_labels, theta),
        retrain=theta.get(f"{name}.retrain", _ZERO),
        adoption=theta.get(f"{name}.adoption", _ONE),
        pace=Pace(
            discount=theta["discount"],
            growth=theta.get("growth", _ZERO),
            delay=theta.get(f"{name}.delay", _ZERO),
            ramp=theta.get(f"{name}.ramp", _ZERO),
            drift=theta.get(f"{name}.drift", _ZERO),
            retrain_every=rung.retrain_every if every is None else every.low,
        ),
    )
    if rung.kind != "review":
        return own
    base = terms(rungs, base_of(rungs, rung), theta)
    return Terms(
        build=own.build + base.build,
        run=own.run + base.run,
        retrain=own.retrain + base.retrain,
        adoption=theta.get(f"{name}.adoption", base.adoption),
        pace=replace(
            base.pace,
            delay=np.maximum(own.pace.delay, base.pace.delay),
            ramp=theta.get(f"{name}.ramp", base.pace.ramp),
        ),
    )


def _labelling(labels: float, theta: Draws) -> Array:
    """What labels cost that come on top of the build.

    The first round is paid with the build; the later ones are saved up for, month by month.
    """
    return np.asarray(labels * theta[LABEL_PRICE]) if labels else _ZERO


def base_of(rungs: Sequence[Rung], rung: Rung) -> Rung:
    """What a reviewed option reviews."""
    return next(other for other in rungs if other.id == rung.option.of)


def price(rungs: Sequence[Rung], rung: Rung, months: float, theta: Draws) -> Array:
    """What building, trying, running and retraining an option is expected to cost, discounted.

    What comes after a trial counts by the chance of passing it.
    """
    takes = terms(rungs, rung, theta)
    spent, chance, wait = _ZERO, _ONE, _ZERO
    for owner, stage in trials(rungs, rung):
        name = f"options.{owner}.stages.{stage}"
        spent = spent + chance * theta.get(f"{name}.price", _ZERO)
        chance = chance * theta[f"{name}.passes"]
        wait = wait + theta.get(f"{name}.time", _ZERO)
    sums = over(months, replace(takes.pace, delay=takes.pace.delay + wait))
    running = takes.run * sums.at_work + takes.retrain * sums.trainings
    return np.asarray(spent + chance * (takes.build + running))
