"""Inventions of a log whose grade is priced as an error, and those that are left to price."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from mlpdm_kit.analysis.grading.graded import PEOPLE, outcome_places
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.worth.tasks import Rows, Shares
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.grades import Gradings
from mlpdm_kit.case.kinds import PAIR
from mlpdm_kit.case.predictions import Predictions

GRADED = ("multiclass", "extraction", "generation")  # tasks whose answers have grades
ERRORS = ("wrong", "harmful")  # grades that say that something untrue was asserted


def is_placeholder(given: Predictions, task: str, grader: str) -> bool:
    """Whether texts count as usable until a person says what they are."""
    return task == "generation" and grader == PEOPLE and given.texts is not None


def by_people(people: Gradings | None, shape: tuple[int, ...]) -> Array:
    """The grade that most people gave each answer, of several the better; NaN without one."""
    found = np.full(shape, np.nan)
    if people is None or not len(people):
        return found
    times = np.zeros((*shape, int(people.grade.max()) + 1))
    np.add.at(times, (people.row, people.repeat, people.grade), 1)
    return np.where(times.any(axis=-1), times.argmax(axis=-1), found)


def priced_as_errors(
    given: Predictions, data: Dataset, name: str, task: Shares, priced: Collection[str], grader: str
) -> Array:
    """Whether each answer's grade is priced as an error: 1 or 0, NaN without a grade.

    Parameters
    ----------
    given : Predictions
        The answers of the option ``name``.
    data : Dataset
        With people's grades: one goes before the grader's; a placeholder is none.
    task : Shares
    priced : collection of str
        Outcomes that cost something.
    grader : str
        What grades answers; empty where their file does.

    Returns
    -------
    array, shape (rows, repeats)
    """
    names = task.kind.outcomes
    rows = Rows(target=data.target, columns=data.columns, classes=data.classes)
    places = outcome_places(lambda said: task.outcomes(rows, said), given.score, names)
    grades = np.where(places < 0, np.nan, places.astype(float))
    if is_placeholder(given, task.kind.name, grader):
        grades[:] = np.nan
    people = by_people(data.gradings.get(name), grades.shape)
    grades = np.where(np.isnan(people), grades, people)
    wrong = [i for i, one in enumerate(names) if one in priced and (one in ERRORS or PAIR in one)]
    return np.where(np.isnan(grades), np.nan, np.isin(grades, wrong).astype(float))


def left_to_price(given: Predictions, errors: Array) -> Predictions:
    """A log whose inventions are those that are not priced as errors.

    An invention without a grade counts by the share of the graded ones that are errors, half
    of one of each kind beside them; where none is graded in full.
    """
    invented = given.said["invented"]
    wrong = errors.reshape(invented.shape)
    graded = (invented == 1) & ~np.isnan(wrong)
    share = (float(wrong[graded].sum()) + 0.5) / (graded.sum() + 1) if graded.any() else 0.0
    left = invented * (1 - np.where(np.isnan(wrong), share, wrong))
    return replace(given, said={**given.said, "invented": left})
