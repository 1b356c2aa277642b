"""All that a log says of one option's answers, on the rows that it was tried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mlpdm_kit.analysis.answers.attacks import success_rates, worst
from mlpdm_kit.analysis.answers.flips import by_repeat, flip_rate, saved_by_voting
from mlpdm_kit.analysis.answers.prices import mean_of, per_accepted, percentiles
from mlpdm_kit.analysis.answers.seen import Seen, seen, seen_on
from mlpdm_kit.analysis.errors.costs import Estimate
from mlpdm_kit.analysis.trial.compare import estimate
from mlpdm_kit.analysis.trial.luck import with_luck
from mlpdm_kit.analysis.trial.mix import pooled
from mlpdm_kit.analysis.trial.points import weights
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution
from mlpdm_kit.analysis.uncertainty.shares import row_means
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.incidents import INJECTION, INVENTION
from mlpdm_kit.case.predictions import Predictions

ENOUGH = 10  # repeats of an item that are asked for
USUAL = ("words",)  # what every log of its kind says
_Z = 1.959963984540054  # of a 95% interval


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a log says of an option's answers; None where it does not say it.

    ``accuracy`` is the share of good answers (the task's good outcome) at the production
    base rate, as people would grade where some did; ``repeats`` the most answers to one item
    and ``each`` the accuracy of each repeat by the grades as given. ``flips`` is the chance
    that two answers to one item differ, ``saved`` what a vote over the repeats would cost
    less per case. ``seconds`` are percentiles of the latency; ``cost`` and tokens are of one
    answer, retries included; ``accepted`` is what an answer that is good costs, by
    ``accuracy`` and its interval where people graded.
    """

    rows: int
    answers: int
    repeats: int
    accuracy: Seen | None = None
    each: tuple[float, ...] = ()
    flips: Seen | None = None
    saved: Estimate | None = None
    invented: Seen | None = None
    refused: Seen | None = None
    failed: Seen | None = None
    attacks: Mapping[str, Seen] = field(default_factory=dict)
    seconds: tuple[float, float, float] | None = None
    attempts: float | None = None
    cost: Distribution | None = None
    tokens_in: Distribution | None = None
    tokens_out: Distribution | None = None
    accepted: Estimate | None = None


def incident_rates(given: Predictions) -> dict[str, Distribution]:
    """How often each incident happens, by a log: of injection the kind that does most.

    Who attacks takes what works.
    """
    found = {}
    invented = seen(given.said["invented"]) if "invented" in given.said else None
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
    """
    said = {name: values[rows] for name, values in given.said.items()}
    cost = said.get("cost") if cost is None else cost[rows]
    outcome, count = one.outcome[rows], one.answers(rows)
    good = _good(one, data, rows, setting)
    weigh = weights(data.target[rows], setting)
    found: dict[str, Any] = {}
    if good is not None:
        found["accuracy"] = _with_grader(
            _accuracy(row_means(good), one.looks(rows), data.target[rows], setting), one, setting
        )
        found["accepted"] = None if cost is None else per_accepted(cost, good, weigh)
        if found["accepted"] is not None and one.graded is not None:
            found["accepted"] = _per_good(cost, found["accuracy"], weigh)
    if outcome.ndim > 1:
        words = said.get("words", outcome)
        found["flips"] = flip_rate(words)
        if setting.task != "generation":  # no vote can be taken over texts that all differ
            lost = _losses_by_repeat(outcome, one, data, rows, setting)
            saved = saved_by_voting(lost, words, amounts=setting.task == "regression")
            found["saved"] = estimate(saved, data, rows, setting)
        if good is not None:
            given_ = _good(replace(one, graded=None), data, rows, setting)
            assert given_ is not None
            found["each"] = tuple(float(share) for share in by_repeat(given_, weigh))
    for name in ("invented", "refused", "failed"):
        if name in said:
            found[name] = seen(said[name])
    attempts = row_means(said["attempts"]) if "attempts" in said else np.full(1, np.nan)
    return Answers(
        rows=len(rows),
        answers=int(count.sum()),
        repeats=int(count.max()),
        attacks={} if given.attacks is None else success_rates(given.attacks),
        seconds=percentiles(said["latency"]) if "latency" in said else None,
        attempts=float(np.nanmean(attempts)) if np.isfinite(attempts).any() else None,
        cost=None if cost is None else mean_of(cost),
        tokens_in=mean_of(said["tokens_in"]) if "tokens_in" in said else None,
        tokens_out=mean_of(said["tokens_out"]) if "tokens_out" in said else None,
        **found,
    )


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


def _losses_by_repeat(
    outcome: Array, one: Tried, data: Dataset, rows: Any, setting: Setting
) -> Array:
    """What each row costs by each repeat; NaN where there is none."""
    return np.column_stack([
        np.where(np.isnan(outcome[:, r]), np.nan, setting.losses(data, one.outcome[:, r], rows))
        for r in range(outcome.shape[1])
    ])  # fmt: skip


def _with_grader(found: Seen | None, one: Tried, setting: Setting) -> Seen | None:
    """The same with the grader's own error in its interval."""
    if found is None or one.graded is None:
        return found
    good = np.array([float(name == setting.good) for name in one.graded.names])
    variance = one.graded.variance(good, counted=True)
    return replace(found, posterior=with_luck(found.posterior, variance))


def _per_good(cost: Array | None, accuracy: Seen | None, weigh: Array) -> Estimate | None:
    """Price of an answer over the share of good ones; the grader's error is in the interval.

    The variances of both on the logarithm add up; how the price goes with being good is not
    known of answers that no person graded.
    """
    if cost is None or accuracy is None or accuracy.mean <= 0:
        return None
    paid = row_means(cost)
    there = np.isfinite(paid)
    paid, weigh = paid[there], weigh[there]
    price = float((weigh * paid).sum() / weigh.sum())
    if price <= 0:
        return Estimate(mean=price, low=price, high=price)
    off = weigh * (paid - price)
    error = off.std(ddof=1) / np.sqrt(len(off)) / weigh.mean() / price if len(off) > 1 else 0.0
    mean, reach = price / accuracy.mean, _Z * error
    up = float(np.hypot(reach, np.log(accuracy.mean / max(accuracy.low, 1e-9))))
    down = float(np.hypot(reach, np.log(accuracy.high / accuracy.mean)))
    return Estimate(mean=mean, low=mean * float(np.exp(-down)), high=mean * float(np.exp(up)))


def _accuracy(good: Array, answers: Array, target: Array, setting: Setting) -> Seen | None:
    """Share of good answers; classes in the shares of production, where these are stated."""
    share = setting.prevalence
    if share is None or not 0 < target.mean() < 1:
        return seen_on(good, answers)
    parts = []
    for kind, part in ((1, share), (0, 1 - share)):
        one = seen_on(good[target == kind], answers[target == kind])
        assert one is not None
        parts.append((one, part))
    return Seen(
        mean=sum(one.mean * part for one, part in parts),
        rows=len(good),
        answers=int(answers.sum()),
        posterior=pooled([(one.posterior, part) for one, part in parts]),
    )
