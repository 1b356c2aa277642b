"""Under what a case's options are tried: every input at its mean, the production base rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mlpdm_kit.analysis.answers.measure import incident_rates
from mlpdm_kit.analysis.trial.setting import Review, Setting
from mlpdm_kit.analysis.uncertainty.distributions import Distribution
from mlpdm_kit.analysis.uncertainty.stated import means, signs, stated_inputs
from mlpdm_kit.analysis.worth.tasks import task_of
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.answers import cost_of


def setting(case: Case, data: Dataset | None, seed: int) -> Setting:
    """Point values to compare under: every input at its mean, the production base rate."""
    inputs = stated_inputs(case)
    theta = means(inputs)
    if case.task == "binary" and "prevalence" not in theta and data is not None:
        theta["prevalence"] = np.array([data.target.mean()])
    task = task_of(case)
    worth = {name: float(value[0]) for name, value in task.worth(theta, signs(case)).items()}
    works = theta.get("action_success")
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
        running=_running(case, data, theta),
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


def _running(case: Case, data: Dataset | None, theta: Mapping[str, Any]) -> dict[str, float]:
    """What a case costs to run under each option, as stated, else as its file says, and what
    incidents cost it."""
    found = {}
    for name in case.options:
        given = data.predictions.get(name) if data is not None else None
        stated = theta.get(f"options.{name}.cost_per_case")
        cost = cost_of(case, name, given) if given else None
        value = float(stated[0]) if stated is not None else known_mean(cost)
        fixed = _fixed(case, name, theta) + _incidents(case, name, data, theta)
        if value is not None or fixed:
            found[name] = (value or 0.0) + fixed
    return found


def _incidents(case: Case, name: str, data: Dataset | None, theta: Mapping[str, Any]) -> float:
    """What incidents cost a case, at the means: those of a reviewed option are its base's."""
    base = case.options[name].of or name
    rates: dict[str, float] = {}
    if data is not None and name in data.predictions:
        given = data.predictions[name]
        rates = {n: d.mean for n, d in incident_rates(given, data, mix_of(case)).items()}
    found = 0.0
    for kind in case.incidents:
        stated = theta.get(f"options.{name}.incidents.{kind}",
                           theta.get(f"options.{base}.incidents.{kind}"))  # fmt: skip
        rate = rates.get(kind, 0.0) if stated is None else float(stated[0])
        share = theta.get(f"incidents.{kind}.share")
        cost = float(theta[f"incidents.{kind}.cost"][0])
        found += rate * cost * (1.0 if share is None else float(share[0]))
    return found


def _fixed(case: Case, name: str, theta: Mapping[str, Any]) -> float:
    """What an option without ML takes beside its errors, spread over the cases: ML need not
    beat errors that are only that few because so much is paid for them."""
    option = case.options[name]
    base = case.options.get(option.of or "", option)
    if base.of_kind.is_ml or case.horizon is None:
        return 0.0
    run, build = (float(theta[f"options.{name}.{what}"][0])
                  if f"options.{name}.{what}" in theta else 0.0
                  for what in ("run", "build"))  # fmt: skip
    volume = max(float(theta["volume"][0]), 1e-300)
    return (run + (0.0 if option.status_quo else build / case.horizon.low)) / volume


def known_mean(values: Any) -> float | None:
    """Mean of the values that are known; none where none is."""
    known = None if values is None else values[np.isfinite(values)]
    return float(known.mean()) if known is not None and len(known) else None


def known_p95(values: Any) -> float | None:
    """95% point of the values that are known; none where none is."""
    known = None if values is None else values[np.isfinite(values)]
    return float(np.quantile(known, 0.95)) if known is not None and len(known) else None
