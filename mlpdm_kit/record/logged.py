"""Parts of 02: what a log says of an option's answers beside whether they are right."""

from __future__ import annotations

from mlpdm_kit.record.parts import Part


class SeenShare(Part):
    """A share as it was seen on so many rows and answers, with its 95% interval.

    ``limit`` is the most that is allowed of it, where a gate holds it against that.
    """

    mean: float
    low: float
    high: float
    rows: int
    answers: int
    limit: float | None = None


class AttackRate(Part):
    """How often one kind of attack got through; its rows are attacks, its answers tries."""

    kind: str
    rate: SeenShare


class Price(Part):
    """Money with its 95% interval."""

    mean: float
    low: float
    high: float


class PriceReviewed(Part):
    """Price of an accepted answer where a person looks at what is flagged (by an option of
    kind review), or at an option's answers (by its own check: ``option`` is itself then).

    ``looked`` and ``accepted`` are shares of the cases of production.
    """

    option: str
    looked: float
    accepted: float
    price: float


class Answers(Part):
    """The answers of one option as its log has them; None where it does not say it.

    ``accuracy`` is the share of the task's good outcome at the production base rate,
    ``lowest`` and ``highest`` that of the worst and the best repeat, by the grades as given
    where people graded too. ``flips`` is the chance that two answers to one item differ,
    ``saved`` what a vote over the repeats would save per case, ``repeatability`` of texts
    and ranks, that have no vote, how far one answer costs more or less than the mean of its
    repeats, a standard deviation (both with their 90% intervals).
    Attacks that got through are by kind, the kinds that nobody tried in ``untried``. Seconds
    are the 50%, 95% and 99% points, and ``late`` the share of answers beyond the budget of
    ``seconds_limit``. ``cost`` is of an answer with all its retries, ``per_accepted`` of
    one that is good. Of the invented answers ``invented_graded`` have a grade, and
    ``invented_wrong`` one that is priced as an error.
    """

    option: str
    rows: int
    answers: int
    repeats: int
    accuracy: SeenShare | None = None
    lowest: float | None = None
    highest: float | None = None
    flips: SeenShare | None = None
    saved: Price | None = None
    repeatability: Price | None = None
    invented: SeenShare | None = None
    invented_graded: int = 0
    invented_wrong: int = 0
    refused: SeenShare | None = None
    failed: SeenShare | None = None
    attacks: tuple[AttackRate, ...] = ()
    untried: tuple[str, ...] = ()
    seconds: tuple[float, float, float] | None = None
    seconds_limit: float | None = None
    late: float | None = None
    attempts: float | None = None
    tokens_in: float | None = None
    tokens_out: float | None = None
    cost: Price | None = None
    cost_limit: float | None = None
    per_accepted: Price | None = None
    reviewed: tuple[PriceReviewed, ...] = ()
