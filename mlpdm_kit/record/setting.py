"""Under what a case's options are tried: every input at its mean, the production base rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mlpdm_kit.analysis.errors.costs import BOOTSTRAPS
from mlpdm_kit.analysis.ladder import Rung, ladder
from mlpdm_kit.analysis.trial.setting import Look, Review, Setting
from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution
from mlpdm_kit.analysis.uncertainty.sampling import draw
from mlpdm_kit.analysis.uncertainty.stated import means, signs, stated_inputs
from mlpdm_kit.analysis.worth.incidents import incidents
from mlpdm_kit.analysis.worth.per_case import running_of
from mlpdm_kit.analysis.worth.tasks import task_of
from mlpdm_kit.case.correlations import drawn_name
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.answers import measured_incidents, taken_by

_DRAWS = 1024  # a power of two, and at least as many as there are bootstrap samples


def setting(case: Case, data: Dataset | None, seed: int) -> Setting:
    """Point values to compare under: every input at its mean, the production base rate."""
    inputs = stated_inputs(case)
    theta = means(inputs)
    if case.task == "binary" and "prevalence" not in theta and data is not None:
        theta["prevalence"] = np.array([data.target.mean()])
    task = task_of(case)
    worth = {name: float(value[0]) for name, value in task.worth(theta, signs(case)).items()}
    works = theta.get("action_success")
    running, off = _running(case, data, inputs, seed)
    return Setting(
        task=case.task,
        of_task=task,
        worth=worth,
        works=1.0 if works is None else float(works[0]),
        hit_at=case.hit_at,
        good=case.of_task.good,
        grader="" if case.grading is None else case.grading.grader,
        mix=mix_of(case),
        price_ends=_price_ends(case, inputs),
        reviews=_reviews(case, theta),
        point=task.operating_point(worth),
        prevalence=None if case.prevalence is None else float(theta["prevalence"][0]),
        seed=seed,
        prevalence_range=inputs.get("prevalence"),
        running=running,
        running_off=off,
        looks=_looks(case, inputs),
    )


def mix_of(case: Case) -> dict[str, float]:
    """Share of each segment in production, where the case says it."""
    return {} if case.data is None else {n: one.low for n, one in case.data.mix.items()}


def _price_ends(case: Case, inputs: Mapping[str, Distribution]) -> dict[str, tuple[float, float]]:
    """What each outcome is worth at both ends of its 90% range."""
    return {
        name: (
            outcome.sign * inputs[f"outcomes.{name}"].quantile(0.05),
            outcome.sign * inputs[f"outcomes.{name}"].quantile(0.95),
        )
        for name, outcome in case.outcomes.items()
    }


def _reviews(case: Case, theta: Mapping[str, Any]) -> dict[str, Review]:
    """What a review takes with each option that is one, at the means."""
    found = {}
    for name, option in case.options.items():
        if option.kind != "review":
            continue
        given = {
            key: float(theta[full][0])
            for key in ("review", "capacity", "reviewer_error", "adoption")
            if (full := f"options.{name}.{key}") in theta
        }
        volume = float(theta["volume"][0]) * given.get("adoption", 1.0)
        share = min(1.0, given["capacity"] / volume) if "capacity" in given else None
        found[name] = Review(
            cost=given["review"], error=given.get("reviewer_error", 0.0), capacity_share=share
        )
    return found


def _looks(case: Case, inputs: Mapping[str, Distribution]) -> dict[str, Look]:
    """A person's looks at the answers of options without steps, at the means."""
    theta, found = means(inputs), {}
    for rung in ladder(case):
        if rung.looks and not rung.option.steps:
            own = f"options.{rung.id}.check"
            mend = theta.get(f"{own}.mend", np.zeros(1))
            found[rung.id] = Look(
                share=float(_time_for(rung, theta)[0]),
                finds=inputs[f"{own}.finds"],
                price=float(theta[f"{own}.price"][0]),
                mend=float(mend[0]),
            )
    return found


def _time_for(rung: Rung, theta: Mapping[str, Array]) -> Array:
    """Share of an option's cases for which there is time to look."""
    own = f"options.{rung.id}"
    if f"{own}.check.capacity" not in theta:
        return np.ones(1)
    cases = theta["volume"] * theta.get(f"{own}.adoption", 1.0)
    return np.minimum(1.0, theta[f"{own}.check.capacity"] / np.maximum(cases, 1e-300))


def _running(
    case: Case, data: Dataset | None, inputs: Mapping[str, Distribution], seed: int
) -> tuple[dict[str, float], dict[str, Array]]:
    """What a case costs to run under each option, incidents included: at the means, and how
    far off that may be, in joint draws of all prices and rates, stated or measured."""
    known = {**inputs, **_measured(case, data)}
    moving = {name for name, dist in known.items() if not dist.is_point}
    said = {(drawn_name(a), drawn_name(b)): one.rank
            for one in case.correlations for a, b in [one.between]}  # fmt: skip
    ranks = {pair: rank for pair, rank in said.items() if moving.issuperset(pair)}
    drawn = draw(known, draws=_DRAWS, seed=seed, ranks=ranks)
    mean, off = _by_option(case, means(known)), {}
    for name, values in _by_option(case, drawn).items():
        some = np.broadcast_to(values, _DRAWS)[:BOOTSTRAPS]
        off[name] = some - some.mean()
    return {name: float(value[0]) for name, value in mean.items()}, off


def _measured(case: Case, data: Dataset | None) -> dict[str, Distribution]:
    """What cases take, and how often incidents happen, by the options' logs."""
    found: dict[str, Distribution] = {}
    for name, given in ({} if data is None else data.predictions).items():
        assert data is not None
        mix, own = mix_of(case), f"options.{name}"
        taken = taken_by(case, name, given, data, mix)
        found |= {f"{own}.{what}": one for what, one in taken.items()}
        rates = measured_incidents(case, name, given, data, mix)
        found |= {f"{own}.incidents.{kind}": one for kind, one in rates.items()}
    return found


def _by_option(case: Case, theta: Mapping[str, Array]) -> dict[str, Array]:
    """What a case costs to run under each option, by draw."""
    rungs, found = ladder(case), {}
    for rung in rungs:
        lost = sum(incidents(case, rungs, rung, theta).values())
        looks = 0.0 if not rung.looks or rung.option.steps else (
            _time_for(rung, theta) * theta[f"options.{rung.id}.check.price"])  # fmt: skip
        found[rung.id] = running_of(rungs, rung, theta) + looks - lost + _fixed(case, rung, theta)
    return found


def _fixed(case: Case, rung: Rung, theta: Mapping[str, Array]) -> Array:
    """What an option without ML takes beside its errors, spread over the cases that are
    expected: ML need not beat errors that are only that few because so much is paid for them."""
    found = np.zeros(1)
    if rung.is_ml or case.horizon is None:
        return found
    for name in filter(None, (rung.id, rung.option.of)):
        found = found + theta.get(f"options.{name}.run", 0.0)
        if name in case.options and not case.options[name].status_quo:
            found = found + theta.get(f"options.{name}.build", 0.0) / case.horizon.low
    return np.asarray(found / max(float(theta["volume"].mean()), 1e-300))
