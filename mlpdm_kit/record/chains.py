"""Chains of steps in 04: how their errors add up in money, and where a person should look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.uncertainty.sampling import draw
from mlpdm_kit.analysis.uncertainty.stated import signs, stated_inputs
from mlpdm_kit.analysis.worth.chain import Course, compound, places, steps_of
from mlpdm_kit.analysis.worth.per_case import course_of
from mlpdm_kit.analysis.worth.tasks import task_of
from mlpdm_kit.analysis.worth.terms import terms
from mlpdm_kit.analysis.worth.value import Columns
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.error_costs import spread
from mlpdm_kit.record.measured import Rate
from mlpdm_kit.record.parts import Range
from mlpdm_kit.record.rounding import significant, to_error
from mlpdm_kit.record.stand import Stand
from mlpdm_kit.record.valued import POINT, Chain, ChainStep, Places

RATE_DRAWS = 2_048
SECONDS_PER_HOUR = 3_600


def chains(stand: Stand) -> tuple[Chain, ...]:
    """Every chain among the options that are left."""
    return tuple(_chain(stand, rung) for rung in stand.among if rung.option.steps)


def _chain(stand: Stand, rung: Rung) -> Chain:
    check = rung.option.check
    return Chain(
        option=rung.id,
        steps=_steps(stand, rung),
        after=rung.look_after,
        settled=check is not None and check.after is not None,
        places=_places(stand, rung) if check is not None and not rung.status_quo else (),
    )


# --- how errors add up ------------------------------------------------------------------


def _steps(stand: Stand, rung: Rung) -> tuple[ChainStep, ...]:
    course, alone = _course(stand, rung), _course(stand, replace(rung, look_after=()))
    cases = stand.theta["volume"] * terms(stand.rungs, rung, stand.theta).adoption
    rows = []
    for step, good, unlooked, brought in zip(
        steps_of(stand.case, rung, stand.theta, _online(stand, rung)),
        course.good,
        alone.good,
        course.brought,
        strict=True,
    ):
        better = _better(stand, rung, step.name)
        rows.append(
            ChainStep(
                step=step.name,
                brings=_range(step.brings.sum(axis=0)),
                alone=_range(unlooked),
                good=_range(good),
                lost=float((cases * (_worse_by(stand) * brought).sum(axis=0)).mean()),
                better=None if better is None else float(better.mean()),
                better_error=0.0 if better is None else _error(better),
            )
        )
    return tuple(rows)


def _range(values: Array) -> Range:
    return spread(np.atleast_1d(values))


def _online(stand: Stand, rung: Rung) -> Array:
    return stand.theta.get(f"options.{rung.id}.online", np.ones(1))


def _course(stand: Stand, rung: Rung) -> Course:
    return course_of(stand.case, stand.rungs, rung, stand.theta)[1]


def _worse_by(stand: Stand) -> Array:
    """What a case of each error is worth less than a good one, shape (errors, draws)."""
    worth = task_of(stand.case).worth(stand.theta, signs(stand.case))
    good, *errors = (worth[name] for name in stand.case.of_task.severity)
    return np.stack(np.broadcast_arrays(*(good - error for error in errors)))


def _better(stand: Stand, rung: Rung, step: str) -> Array | None:
    """What one percentage point fewer of a step's errors would bring, in proportion to all.

    All of them where they are fewer; None where the option is what all are held against.
    """
    own = f"options.{rung.id}.steps.{step}."
    theta = stand.theta
    names = [own + error for error in stand.case.of_task.severity[1:] if own + error in theta]
    share = np.asarray(sum(theta[name] for name in names))
    if rung.status_quo:
        return None
    kept = np.maximum(1 - POINT / np.maximum(share, 1e-300), 0.0)
    fewer = {**theta, **{name: theta[name] * kept for name in names}}
    return _worth(stand, rung, fewer) - _worth(stand, rung, theta)


def _worth(stand: Stand, rung: Rung, theta: Mapping[str, Array]) -> Array:
    """Net benefit of an option as it is run, all others as they are."""
    ladder = [rung if other.id == rung.id else other for other in stand.rungs]
    return Columns(stand.case, ladder, theta, [rung]).columns[0]


# --- where a person looks ---------------------------------------------------------------


def _places(stand: Stand, rung: Rung) -> tuple[Places, ...]:
    """Every set of places to look, the one worth most first; of equals the fewest looks."""
    nowhere = _worth(stand, replace(rung, look_after=()), stand.theta)
    rows = [_looked(stand, replace(rung, look_after=after), nowhere)
            for after in places(rung.option.steps)]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: -row.expected_net_benefit.mean))


def _looked(stand: Stand, rung: Rung, nowhere: Array) -> Places:
    worth = _worth(stand, rung, stand.theta)
    share, _ = course_of(stand.case, stand.rungs, rung, stand.theta)
    cases = stand.theta["volume"] * terms(stand.rungs, rung, stand.theta).adoption
    looks = cases * share * len(rung.look_after)
    time = stand.theta.get(f"options.{rung.id}.check.time")
    return Places(
        after=rung.look_after,
        expected_net_benefit=_range(worth),
        standard_error=_error(worth),
        difference=_range(worth - nowhere),
        difference_error=_error(worth - nowhere),
        looks=float(looks.mean()),
        hours=None if time is None else float((looks * time).mean()) / SECONDS_PER_HOUR,
    )


def _error(values: Array) -> float:
    return float(np.std(values) / np.sqrt(max(np.size(values), 1)))


def wrong_before(stand: Stand, name: str) -> float:
    """Share of the cases that are wrong where ``check.finds`` or ``mends`` of a step applies.

    With no look before it: at the end for a look, after the step before for what one mends.
    """
    _, option, what, *rest = name.split(".")
    rung = next(one for one in stand.rungs if one.id == option)
    steps = steps_of(stand.case, rung, stand.theta, _online(stand, rung))
    if what == "steps":
        steps = steps[: [one.name for one in steps].index(rest[0])]
    if not steps:
        return 0.0
    good = compound(steps, ends=bool(stand.case.of_task.last)).good[-1]
    return float(1 - good.mean())


def chain_rates(case: Case, rung: Rung) -> dict[str, Rate]:
    """What a chain comes to where nobody looks, by the draws of its own inputs alone."""
    inputs = {n: d for n, d in stated_inputs(case).items() if n.startswith(f"options.{rung.id}.")}
    theta = draw(inputs, draws=RATE_DRAWS, seed=0)
    online = theta.get(f"options.{rung.id}.online", np.ones(1))
    course = compound(steps_of(case, rung, theta, online), ends=bool(case.of_task.last))
    found = {n: _range(v) for n, v in zip(case.of_task.severity, course.shares, strict=True)}
    assumed = any(said.evidence == "assumed" for said in rung.option.quality.values())
    quoted = any(said.evidence == "quoted" for said in rung.option.quality.values())
    evidence = "assumed" if assumed else "quoted" if quoted else "measured"
    return {
        name: Rate(
            mean=found[name].mean, low=found[name].p5, high=found[name].p95, family="compound",
            parameters=(), evidence=evidence,
        )
        for name in task_of(case).measures
    }  # fmt: skip


def rounded_chain(chain: Chain) -> Chain:
    """Its money to what the Monte Carlo error of each difference allows."""
    steps = tuple(
        step.model_copy(
            update={
                "lost": significant(step.lost, 3),
                "better": None if step.better is None else to_error(step.better, step.better_error),
                "better_error": significant(step.better_error, 1),
            }
        )
        for step in chain.steps
    )
    return chain.model_copy(
        update={"steps": steps, "places": tuple(_rounded_places(one) for one in chain.places)}
    )


def _rounded_places(one: Places) -> Places:
    return one.model_copy(
        update={
            "expected_net_benefit": _to_error(one.expected_net_benefit, one.standard_error),
            "difference": _to_error(one.difference, one.difference_error),
            "standard_error": significant(one.standard_error, 1),
            "difference_error": significant(one.difference_error, 1),
            "looks": significant(one.looks, 3),
            "hours": None if one.hours is None else significant(one.hours, 3),
        }
    )


def _to_error(amount: Range, error: float) -> Range:
    return Range(**{end: to_error(value, error) for end, value in amount})
