"""Section 03: what each kind of error costs, before anything is built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from mlpdm_kit.analysis.errors.points import points_in_money, precision
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.uncertainty.stated import signs
from mlpdm_kit.analysis.worth.per_case import Draws, per_case, rates_of
from mlpdm_kit.analysis.worth.tasks import task_of
from mlpdm_kit.analysis.worth.value import best_plans
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.inputs import Inputs
from mlpdm_kit.record.measured import ErrorCost, PointsInMoney
from mlpdm_kit.record.parts import Range
from mlpdm_kit.record.sections import ErrorsSection


def spread(values: Array) -> Range:
    """Mean and 5% and 95% points of draws."""
    low, high = np.quantile(values, [0.05, 0.95])
    return Range(mean=float(values.mean()), p5=float(low), p95=float(high))


def errors_section(
    case: Case, rungs: Sequence[Rung], inputs: Inputs, draws: int, seed: int
) -> ErrorsSection:
    """What each kind of error costs, per case and option, before building anything."""
    theta = inputs.draw(draws, seed)
    rungs = best_plans(case, rungs, theta)
    prices = {name: spread(theta[f"outcomes.{name}"]) for name in case.outcomes}
    mean = {name: np.array([values.mean()]) for name, values in theta.items()}
    task = task_of(case)
    worth = {n: float(v[0]) for n, v in task.worth(mean, signs(case)).items()}
    point = task.operating_point(worth)
    columns = {name: outcome.column for name, outcome in case.outcomes.items() if outcome.column}
    return ErrorsSection(
        prices=prices,
        columns=columns,
        gains=tuple(name for name, sign in signs(case).items() if sign > 0),
        threshold=point if case.task == "binary" and not columns else None,
        quantile=point if case.task == "regression" else None,
        options=tuple(
            _error_cost(case, rungs, rung, theta)
            for rung in rungs
            if any(option.id == rung.id for option in inputs.comparison.options)
        ),
        curves=inputs.comparison.curves,
        reliability=inputs.comparison.reliability,
        reviews=inputs.comparison.reviews,
        points=tuple(_points(case, rungs, inputs, theta)),
    )


def _points(
    case: Case, rungs: Sequence[Rung], inputs: Inputs, theta: Draws
) -> Iterator[PointsInMoney]:
    """What a point of recall and one of precision are worth under each option that errs."""
    known = case.of_task.known
    if case.task != "binary" or any(outcome.column for outcome in case.outcomes.values()):
        return
    worth = task_of(case).worth(theta, signs(case))
    for rung in rungs:
        there = any(option.id == rung.id for option in inputs.comparison.options)
        if rung.kind in known or not there or not rung.priced:
            continue
        rates = rates_of(case, rungs, rung, theta)
        recall, alarms = rates["recall"], rates["false_positive_rate"]
        if not (recall.mean() > 0 and alarms.mean() > 0):
            continue  # nothing is found, or nothing in vain: there is no point to win
        at = (theta["prevalence"], recall, alarms)
        found = points_in_money(*at, worth=worth, volume_per_month=theta["volume"])
        yield PointsInMoney(
            option=rung.id,
            recall=float(recall.mean()),
            precision=float(precision(*at).mean()),
            recall_point=spread(found.recall),
            precision_point=spread(found.precision),
        )


def _error_cost(case: Case, rungs: Sequence[Rung], rung: Rung, theta: Any) -> ErrorCost:
    one = per_case(case, rungs, rung, theta)
    cost = np.atleast_1d(-one.worth)
    month = np.atleast_1d(cost * theta["volume"])
    return ErrorCost(
        id=rung.id,
        kind=rung.kind,
        is_ml=rung.is_ml,
        per_case=spread(cost),
        by_outcome={name: float(-value.mean()) for name, value in one.errors.items()},
        running_per_case=float(one.running.mean()),
        per_month=spread(month),
    )
