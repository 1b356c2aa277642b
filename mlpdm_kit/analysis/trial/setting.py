"""Under what options are tried, and what trying one gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlpdm_kit.analysis.errors.calibration import Calibration
from mlpdm_kit.analysis.errors.costs import BOOTSTRAPS, Costs
from mlpdm_kit.analysis.errors.review import ReviewPolicy
from mlpdm_kit.analysis.grading.error import Corrected
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution
from mlpdm_kit.analysis.uncertainty.shares import row_means
from mlpdm_kit.analysis.worth.tasks import Rows, Task, losses
from mlpdm_kit.case.dataset import Dataset


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the comparison is made under: point values, at the means of the inputs.

    ``task`` is the name of the task's kind and ``of_task`` its arithmetic; ``worth`` what
    each outcome is worth (costs negative); ``prevalence`` the production base rate of a
    binary task, ``prevalence_range`` what is believed of it, ``works`` how often an action
    succeeds, ``good`` the outcome that is no error, ``price_ends`` the worth of
    each outcome at both ends of its range, ``mix`` the share of each segment in
    production, ``reviews`` what a review takes by option,
    ``hit_at`` how far down a list one looks, ``grader`` what grades answers, and
    ``running`` what a case costs to run under an option, by id, incidents included, and
    ``running_off`` how far that may be off: joint draws about 0 of shape (`BOOTSTRAPS`,).
    ``looks`` are those of a person at answers, by option; their price is in ``running``.
    """

    task: str
    of_task: Task
    worth: Mapping[str, float]
    point: float
    prevalence: float | None
    seed: int
    prevalence_range: Distribution | None = None
    running: Mapping[str, float] = field(default_factory=dict)
    running_off: Mapping[str, Array] = field(default_factory=dict)
    looks: Mapping[str, Look] = field(default_factory=dict)
    works: float = 1.0
    good: str = ""
    price_ends: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    mix: Mapping[str, float] = field(default_factory=dict)
    reviews: Mapping[str, Review] = field(default_factory=dict)
    hit_at: int = 1
    grader: str = ""

    def rows(self, data: Dataset) -> Rows:
        """What answers on this data are judged by."""
        return Rows(
            target=data.target,
            columns=data.columns,
            classes=data.classes,
            hit_at=self.hit_at,
            works=self.works,
        )

    def outcomes(self, data: Dataset, answer: Array, index: Any = slice(None)) -> dict[str, Array]:
        """How much of each outcome every row comes to: the mean over its repeats.

        ``answer`` has the shape (rows,) or (rows, repeats), NaN where a repeat is missing.
        """
        rows = self.rows(data).at(index)
        return _over_repeats(lambda said: self.of_task.outcomes(rows, said), answer[index])

    def happened(self, data: Dataset, answer: Array, index: Any = slice(None)) -> dict[str, Array]:
        """Share of each row's repeats that come to each outcome, whatever its amount."""
        rows = self.rows(data).at(index)

        def so(said: Array) -> dict[str, Array]:
            found = self.of_task.outcomes(rows, said)
            return {name: (amount > 0).astype(float) for name, amount in found.items()}

        return _over_repeats(so, answer[index])

    def losses(self, data: Dataset, answer: Array, index: Any = slice(None)) -> Array:
        """What each row costs under an option's answers, in money."""
        return losses(self.outcomes(data, answer, index), self.worth)

    def losses_of(self, one: Tried, data: Dataset, index: Any) -> Array:
        """What each row costs under an option as it was tried, reviews included."""
        if one.review is not None:
            return one.review.losses
        return losses(self.left_of(one, data, index), self.worth) + self.mending(one, data, index)

    def left_of(self, one: Tried, data: Dataset, index: Any) -> dict[str, Array]:
        """How much of each outcome is left of every row, where a person looks at answers."""
        outcomes, look = self.outcomes_of(one, data, index), self.looks.get(one.rung.id)
        if look is None:
            return outcomes
        found = look.share * look.finds.mean
        left = {name: amount * (1 - found) for name, amount in outcomes.items()}
        return left | {self.good: found + left[self.good]}  # each row is one case

    def mending(self, one: Tried, data: Dataset, index: Any) -> Array | float:
        """What mending costs every row, of what a person's looks find."""
        look = self.looks.get(one.rung.id)
        if look is None:
            return 0.0
        wrong = 1 - self.outcomes_of(one, data, index)[self.good]
        return np.asarray(look.share * look.finds.mean * look.mend * wrong)

    def outcomes_of(self, one: Tried, data: Dataset, index: Any) -> dict[str, Array]:
        """How much of each outcome every row comes to, as people grade it where they did."""
        if one.graded is None:
            return self.outcomes(data, one.outcome, index)
        return {name: one.graded.outcomes[index, i] for i, name in enumerate(one.graded.names)}

    def happened_of(self, one: Tried, data: Dataset, index: Any) -> dict[str, Array]:
        """The same as shares of each row's answers, whatever their amounts."""
        if one.graded is None:
            return self.happened(data, one.outcome, index)
        return self.outcomes_of(one, data, index)

    def more_to_run(self, one: str, other: str) -> Array:
        """Draws of what a case costs more to run under one option than under another."""
        more = self.running.get(one, 0.0) - self.running.get(other, 0.0)
        off = [self.running_off.get(name, np.zeros(BOOTSTRAPS)) for name in (one, other)]
        return np.asarray(more + off[0] - off[1])

    @property
    def costs(self) -> Costs:
        """Costs of the four outcomes of a binary task."""
        return Costs(**{name: -value for name, value in self.worth.items()})

    @property
    def under_over(self) -> tuple[float, float]:
        """Costs of a unit too few and too many."""
        return -self.worth["under"], -self.worth["over"]


def _over_repeats(outcomes: Callable[[Array], dict[str, Array]], answer: Array) -> dict[str, Array]:
    """Outcomes by row: those of its one answer, or the mean over its repeats."""
    if answer.ndim == 1:
        return outcomes(answer)
    each = [outcomes(answer[:, repeat]) for repeat in range(answer.shape[1])]
    missing = np.isnan(answer)
    return {
        name: row_means(np.where(missing, np.nan, np.column_stack([one[name] for one in each])))
        for name in each[0]
    }


@dataclass(frozen=True, kw_only=True)
class Review:
    """What a review takes, at the means: money, the reviewer's errors, and for what share
    of the cases there is time."""

    cost: float
    error: float
    capacity_share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Look:
    """A person's look at answers: the share of the cases for which there is time, the share
    of wrong ones that it finds, and at the means what it costs and what mending does."""

    share: float
    finds: Distribution
    price: float
    mend: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One option as tried on the data.

    ``outcome`` is the answer by row: 0 or 1 where the task is to act, the amount where it
    is to choose one, the code of a class, rank or grade else; NaN on rows that are not
    tested. Where items were answered several times it has a column for each repeat, NaN for
    one that is missing. ``score`` is what the operating point was chosen on, where there is
    one; ``chances`` the same as probabilities at the production base rate, if it is that,
    both means over the repeats (``each_chances`` are those of each), and ``calibration``
    whether they can be taken at their word. ``review`` is the three-way policy of a
    reviewed option: its answers are 1 to act, 0 to leave, and `LOOKED_AT`. ``graded`` are
    its outcomes as people grade them, where people checked the grader.
    """

    rung: Rung
    outcome: Array
    score: Array | None = None
    chances: Array | None = None
    each_chances: Array | None = None
    calibration: Calibration | None = None
    review: ReviewPolicy | None = None
    point_kind: str = ""
    point: float | None = None
    tuned: float | None = None
    tuned_outcome: Array | None = None
    fixed_outcome: Array | None = None
    column: str = ""
    direction: str = ""
    graded: Corrected | None = None

    def answers(self, index: Any = slice(None)) -> Array:
        """How many answers each of some rows has."""
        found = np.isfinite(self.outcome[index])
        return np.asarray(found if found.ndim == 1 else found.sum(axis=1), dtype=float)

    def looks(self, index: Any = slice(None)) -> Array:
        """How many answers each of some rows says something by; what is corrected by one."""
        found = self.answers(index)
        return found if self.graded is None else np.ones(len(found))
