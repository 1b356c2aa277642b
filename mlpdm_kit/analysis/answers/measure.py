"""All that a log says of one option's answers, on the rows that it was tried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mlpdm_kit.analysis.answers.attacks import success_rates, worst
from mlpdm_kit.analysis.answers.flips import by_repeat, differing, saved_by_voting, variances
from mlpdm_kit.analysis.answers.mixed import Cells, cells_of
from mlpdm_kit.analysis.answers.prices import mean_of, per_accepted, percentiles
from mlpdm_kit.analysis.answers.seen import Seen
from mlpdm_kit.analysis.errors.costs import Estimate
from mlpdm_kit.analysis.grading.graded import PEOPLE, outcome_places
from mlpdm_kit.analysis.trial.compare import estimate
from mlpdm_kit.analysis.trial.luck import with_luck
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution
from mlpdm_kit.analysis.uncertainty.shares import row_means
from mlpdm_kit.analysis.worth.tasks import Shares
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.grades import Gradings
from mlpdm_kit.case.incidents import INJECTION, INVENTION
from mlpdm_kit.case.kinds import PAIR
from mlpdm_kit.case.logs.coding import UNANSWERED
from mlpdm_kit.case.predictions import Predictions

ENOUGH = 10  # repeats of an item that are asked for
GRADED = ("multiclass", "extraction", "generation")  # tasks whose answers have grades
ERRORS = ("wrong", "harmful")  # grades that say that something untrue was asserted
UNVOTED = ("generation", "search")  # a vote sees neither texts nor ranks
USUAL = ("words",)  # what every log of its kind says
_Z = 1.959963984540054  # of a 95% interval


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a log says of an option's answers; None where it does not say it.

    All but attacks are as production mixes the segments. ``accuracy`` is the share of
    good answers (the task's good outcome) at the production base rate, as people would grade
    where some did; ``repeats`` the most answers to one item and ``each`` the accuracy of each
    repeat by the grades as given. ``flips`` is the chance that two answers to one item
    differ, of those of which it is known what they say, and none where no answer says
    anything; ``saved`` what a vote over the repeats would cost less per case. Where a vote
    sees nothing, ``repeatability`` is how far one answer costs more or less than the mean of
    its repeats (a standard deviation, in money). ``seconds`` are percentiles of the latency,
    ``late`` the share of answers that takes longer than it may. ``cost`` and tokens are of
    one answer, retries included;
    ``accepted`` is what an answer that is good costs, by ``accuracy`` and its interval where
    people graded. ``invented_wrong`` is how many invented answers are errors by their grade,
    and how many of them were graded.
    """

    rows: int
    answers: int
    repeats: int
    accuracy: Seen | None = None
    each: tuple[float, ...] = ()
    flips: Seen | None = None
    saved: Estimate | None = None
    repeatability: Estimate | None = None
    invented: Seen | None = None
    refused: Seen | None = None
    failed: Seen | None = None
    attacks: Mapping[str, Seen] = field(default_factory=dict)
    seconds: tuple[float, float, float] | None = None
    late: float | None = None
    attempts: float | None = None
    cost: Distribution | None = None
    tokens_in: Distribution | None = None
    tokens_out: Distribution | None = None
    accepted: Estimate | None = None
    invented_wrong: tuple[int, int] | None = None


def incident_rates(
    given: Predictions, data: Dataset, mix: Mapping[str, float]
) -> dict[str, Distribution]:
    """How often each incident happens, by a log: of injection the kind that may do most.

    Who attacks takes what works, and a kind that was tried little may work. Inventions are
    counted by segments as ``mix`` has them, where it is not empty.
    """
    found = {}
    cells = cells_of(data.segment, mix, data.target)
    invented = cells.seen(given.said["invented"]) if "invented" in given.said else None
    if invented is not None:
        found[INVENTION] = invented.posterior
    rates = {} if given.attacks is None else success_rates(given.attacks)
    kind = worst(rates)
    if kind is not None:
        found[INJECTION] = rates[kind].posterior
    return found


def says_more(given: Predictions) -> bool:
    """Whether a log says more than one answer to each item."""
    return given.repeats > 1 or given.attacks is not None or bool(set(given.said) - set(USUAL))


def answers_of(
    given: Predictions,
    one: Tried,
    data: Dataset,
    rows: Any,
    setting: Setting,
    cost: Array | None = None,
    limit: float | None = None,
) -> Answers:
    """All figures of one option.

    Parameters
    ----------
    given : Predictions
        As the log says.
    one : Tried
        What follows from the answers.
    data, rows, setting
        The rows that it is tested on, and the prices.
    cost : array, shape (rows,) or (rows, repeats), optional
        Price of each answer; by default as the log says.
    limit : float, optional
        Seconds that an answer may take.
    """
    said = {name: values[rows] for name, values in given.said.items()}
    cost = said.get("cost") if cost is None else cost[rows]
    outcome, count = one.outcome[rows], one.answers(rows)
    known = one.graded is not None or not _is_placeholder(given, setting)
    good = _good(one, data, rows, setting) if known else None
    segment, target = None if data.segment is None else data.segment[rows], data.target[rows]
    cells = cells_of(segment, setting.mix, target)
    by_class = cells_of(segment, setting.mix, target, setting.prevalence)
    weigh = by_class.weights()
    found: dict[str, Any] = {}
    if good is not None:
        found["accuracy"] = _with_grader(
            by_class.seen_on(row_means(good), one.looks(rows)), one, setting
        )
        found["accepted"] = None if cost is None else per_accepted(cost, good, by_class)
        if cost is not None and found["accepted"] is not None and one.graded is not None:
            found["accepted"] = _per_good(mean_of(cost, by_class), found["accuracy"])
    if outcome.ndim > 1:
        words = said.get("words", outcome)
        found["flips"] = cells.seen_on(*differing(_really_said(given, one, data, rows, setting)))
        if setting.task in UNVOTED:
            found["repeatability"] = _repeatability(given, one, data, rows, setting)
        else:
            lost = _losses_by_repeat(one.outcome, data, rows, setting)
            saved = saved_by_voting(lost, words, amounts=setting.task == "regression")
            found["saved"] = estimate(saved, data, rows, setting)
        if good is not None:
            given_ = _good(replace(one, graded=None), data, rows, setting)
            assert given_ is not None
            found["each"] = tuple(float(share) for share in by_repeat(given_, weigh))
    for name in ("invented", "refused", "failed"):
        if name in said:
            found[name] = cells.seen(said[name])
    for name in ("tokens_in", "tokens_out"):
        if name in said:
            found[name] = mean_of(said[name], cells)
    if "latency" in said:
        found["seconds"] = percentiles(said["latency"], cells)
        found["late"] = _late(said["latency"], cells, limit)
    attempts = cells.mean(row_means(said["attempts"])) if "attempts" in said else None
    return Answers(
        rows=len(rows),
        answers=int(count.sum()),
        repeats=int(count.max()),
        attacks={} if given.attacks is None else success_rates(given.attacks),
        attempts=None if attempts is None else attempts[0],
        cost=None if cost is None else mean_of(cost, cells),
        invented_wrong=_invented_wrong(given, one, data, rows, setting),
        **found,
    )


def _invented_wrong(
    given: Predictions, one: Tried, data: Dataset, rows: Any, setting: Setting
) -> tuple[int, int] | None:
    """Of invented answers how many have a grade that is priced as an error, and any grade.

    A person's grade goes before the grader's; one that is a placeholder is none.
    """
    task = setting.of_task
    if "invented" not in given.said or setting.task not in GRADED or not isinstance(task, Shares):
        return None
    names, here = task.kind.outcomes, setting.rows(data).at(rows)
    places = outcome_places(lambda x: task.outcomes(here, x), one.outcome[rows], names).astype(
        float
    )
    shape = (len(data), places.shape[1])
    if _is_placeholder(given, setting):
        places[:] = -1
    people = _by_people(data.gradings.get(one.rung.id), shape)[rows]
    places = np.where(np.isnan(people), places, people)
    wrong = [
        place
        for place, name in enumerate(names)
        if (name in ERRORS or PAIR in name) and setting.worth.get(name, 0.0) < 0
    ]
    there = (given.said["invented"][rows].reshape(places.shape) == 1) & (places >= 0)
    return int((there & np.isin(places, wrong)).sum()), int(there.sum())


def _is_placeholder(given: Predictions, setting: Setting) -> bool:
    """Whether texts count as usable until a person says what they are."""
    return setting.task == "generation" and setting.grader == PEOPLE and given.texts is not None


def _really_said(
    given: Predictions, one: Tried, data: Dataset, rows: Any, setting: Setting
) -> Array:
    """A code for what each answer says, of shape (rows, repeats); NaN where nobody knows.

    Words where the answers are words, else grades; a refusal, or a call that failed, is
    `UNANSWERED`. Where only people grade, it is their grades, and a refusal counts only beside
    answers that are all graded: else it would be seen more often than they are.
    Where no answer says anything, all of them are NaN.
    """
    quiet = np.full(one.outcome.shape, False)
    for name in ("refused", "failed"):
        if name in given.said:
            quiet |= given.said[name] == 1
    found = given.said.get("words", one.outcome)
    if setting.task in GRADED:
        quiet |= found == UNANSWERED
        if _is_placeholder(given, setting):
            found = _by_people(data.gradings.get(one.rung.id), one.outcome.shape)
            given_ = ~np.isnan(found)
            whole = (given_ | quiet | np.isnan(one.outcome)).all(axis=1) & given_.any(axis=1)
            found = np.where(quiet, np.where(whole[:, None], UNANSWERED, np.nan), found)
        else:
            found = np.where(quiet, UNANSWERED, found)
    found, quiet = found[rows], quiet[rows]
    if not (~np.isnan(found) & ~quiet).any():
        return np.full(found.shape, np.nan)
    return np.asarray(found)


def _by_people(people: Gradings | None, shape: tuple[int, ...]) -> Array:
    """The grade that most people gave each answer, of several the better; NaN without one."""
    found = np.full(shape, np.nan)
    if people is None or not len(people):
        return found
    times = np.zeros((*shape, int(people.grade.max()) + 1))
    np.add.at(times, (people.row, people.repeat, people.grade), 1)
    return np.where(times.any(axis=-1), times.argmax(axis=-1), found)


def _good(one: Tried, data: Dataset, rows: Any, setting: Setting) -> Array | None:
    """Which answers are good, by row and repeat; None where an amount is only near or far."""
    if setting.task == "regression":
        return None

    if one.graded is not None:  # as people would grade: of every answer as of its row
        share = setting.outcomes_of(one, data, rows)[setting.good]
        answer = one.outcome[rows]
        of_row = share if answer.ndim == 1 else share[:, None]
        return np.where(np.isnan(answer), np.nan, of_row)

    def right(outcome: Array) -> Array:
        if setting.task == "binary":
            return np.asarray(outcome[rows] == data.target[rows], dtype=float)
        return setting.happened(data, outcome, rows)[setting.good]

    if one.outcome.ndim == 1:
        return right(one.outcome)
    each = [right(one.outcome[:, repeat]) for repeat in range(one.outcome.shape[1])]
    return np.where(np.isnan(one.outcome[rows]), np.nan, np.column_stack(each))


def _losses_by_repeat(outcome: Array, data: Dataset, rows: Any, setting: Setting) -> Array:
    """What each of some rows costs by each repeat; NaN where there is none."""
    return np.column_stack([
        np.where(np.isnan(of_repeat[rows]), np.nan, setting.losses(data, of_repeat, rows))
        for of_repeat in outcome.T
    ])  # fmt: skip


def _repeatability(
    given: Predictions, one: Tried, data: Dataset, rows: Any, setting: Setting
) -> Estimate | None:
    """How far one answer costs more or less than the mean of its repeats (`variances`), by
    the grades as given; None where no item has two."""
    said = one.outcome
    if _is_placeholder(given, setting):
        said = np.full(one.outcome.shape, np.nan)
        said[rows] = _really_said(given, one, data, rows, setting)
    each = variances(_losses_by_repeat(said, data, rows, setting))
    there = np.isfinite(each)
    if not there.any():
        return None
    found = estimate(each[there], data, np.asarray(rows)[there], setting)
    low, mean, high = (float(np.sqrt(max(x, 0.0))) for x in (found.low, found.mean, found.high))
    return Estimate(mean=mean, low=low, high=high)


def _with_grader(found: Seen | None, one: Tried, setting: Setting) -> Seen | None:
    """The same with the grader's own error in its interval."""
    if found is None or one.graded is None:
        return found
    good = np.array([float(name == setting.good) for name in one.graded.names])
    variance = one.graded.variance(good, counted=True)
    return replace(found, posterior=with_luck(found.posterior, variance))


def _late(seconds: Array, cells: Cells, limit: float | None) -> float | None:
    """Share of answers beyond a limit."""
    if limit is None:
        return None
    over = np.where(np.isfinite(seconds), (seconds > limit).astype(float), np.nan)
    found = cells.mean(row_means(over))
    return None if found is None else found[0]


def _per_good(price: Distribution | None, accuracy: Seen | None) -> Estimate | None:
    """Price of an answer over the share of good ones; the grader's error is in the interval.

    The variances of both on the logarithm add up; how the price goes with being good is not
    known of answers that no person graded.
    """
    if price is None or accuracy is None or accuracy.mean <= 0:
        return None
    if price.mean <= 0:
        return Estimate(mean=price.mean, low=price.mean, high=price.mean)
    mean, reach = price.mean / accuracy.mean, _Z * price.sd / price.mean
    up = float(np.hypot(reach, np.log(accuracy.mean / max(accuracy.low, 1e-9))))
    down = float(np.hypot(reach, np.log(accuracy.high / accuracy.mean)))
    return Estimate(mean=mean, low=mean * float(np.exp(-down)), high=mean * float(np.exp(up)))
