"""The four areas in people's own words: wrong output, measuring, data collection, governance.

A check is a yes or a no. What stands here says what was thought out: what a user sees when
it goes wrong, what is logged and for how long, how a deletion reaches the training data.
Everything is optional; what nobody has written is shown as such. `TOPICS` ties each part to
the check that it answers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from mlpdm_kit.case.inputs import Evidence, Frozen, MoneyPerCase, Months, Share
from mlpdm_kit.case.option import Option
from mlpdm_kit.case.words import Either, Names, OptionName, OptionNames, Words


class Stated(Frozen):
    """Base of what is written down: where it comes from, and who answers for it."""

    evidence: Evidence = "assumed"
    source: str = ""
    note: str = ""
    owner: str = ""


class ErrorCase(Stated):
    """One way in which the output can be wrong; the owner is who sets it right."""

    applies: Either = True
    seen: Words = ""
    recovery: Words = ""


class Rollback(Stated):
    """On which figure and from what value it is switched off; the owner pulls the trigger.

    ``to`` is the option that takes its place.
    """

    metric: str = ""
    at: str = ""
    to: OptionName = ""


class Design(Frozen):
    """What happens when the output is not what was meant."""

    errors: dict[str, ErrorCase] = Field(default_factory=dict)
    rollback: Rollback | None = None


class KpiLink(Stated):
    """How a figure of the option moves the business's own; without ``kpi`` the goal's."""

    metric: str = ""
    kpi: str = ""
    how: str = ""


class SegmentsPlan(Stated):
    """By what cases are told apart, and how far the worst served may be behind."""

    by: Names = ()
    bound: Share | None = None


class Explanation(Stated):
    """To whom an explanation is owed, on what basis, and how it is given."""

    to: str = ""
    basis: str = ""
    how: str = ""


class LiveTest(Stated):
    """How it is tried on live users, and on which figure that is judged."""

    how: str = ""
    metric: str = ""


class Evaluation(Frozen):
    """How it is seen whether it is any good, beside what is measured on data."""

    kpi: KpiLink | None = None
    segments: SegmentsPlan | None = None
    explanation: Explanation | None = None
    live_test: LiveTest | None = None


class Logged(Stated):
    """One thing that is logged, how long it is kept, and what for."""

    what: str = ""
    keep: Months | None = None
    purpose: str = ""


class Annotation(Stated):
    """A plan to label: ``items``, each labelled by ``each`` people, at a price per label.

    ``counted`` says whether build and run of the options that need it (``options``; by
    default those that learn) hold the labels already, or whether they come on top.
    """

    items: int | None = Field(default=None, ge=1, le=100_000_000)
    each: int = Field(default=1, ge=1, le=100)
    by: Names = ()
    price: MoneyPerCase | None = None
    repeat: Months | None = None
    agreement: Share | None = None
    counted: Literal["included", "apart"] | None = None
    options: OptionNames = ()

    @property
    def labels(self) -> int:
        """Labels of one round."""
        return (self.items or 0) * self.each

    def rounds(self, months: float) -> int:
        """Rounds of labels within so many months; the first is at once."""
        every = None if self.repeat is None else self.repeat.low
        return max(1, math.ceil(months / every)) if every else 1

    def needed_by(self, options: Mapping[str, Option]) -> tuple[str, ...]:
        """The options that cannot do without: those named, else those that learn."""
        return self.options or tuple(n for n, one in options.items() if one.of_kind.learns)


class Collection(Frozen):
    """Where what is to be learned and judged from comes from."""

    log: tuple[Logged, ...] = ()
    annotation: Annotation | None = None


class Policy(Stated):
    """How something is seen to."""

    how: str = ""


class Deletion(Stated):
    """What a deletion reaches, and within what time."""

    reaches: Names = ()
    within: Months | None = None
    how: str = ""


class Governance(Frozen):
    """What may be done with people's data, and how that is kept."""

    consent: Policy | None = None
    purpose: Policy | None = None
    training: Policy | None = None
    crosstalk: Policy | None = None
    deletion: Deletion | None = None


@dataclass(frozen=True, kw_only=True)
class ErrorKind:
    """A way of being wrong that is asked for.

    Parameters
    ----------
    id : str
    scope : {"ml", "llm"}
        Which options can be wrong in this way.
    tasks : tuple of str
        For which tasks it is asked; empty for all.
    """

    id: str
    scope: str = "ml"
    tasks: tuple[str, ...] = ()


ERROR_KINDS = {
    kind.id: kind
    for kind in (
        ErrorKind(id="false-trigger", tasks=("binary", "multiclass")),
        ErrorKind(id="missed-trigger", tasks=("binary", "multiclass")),
        ErrorKind(id="ambiguity"),
        ErrorKind(id="plausible-but-wrong"),
        ErrorKind(id="stale"),
        ErrorKind(id="truncation", scope="llm"),
        ErrorKind(id="injection", scope="llm"),
    )
}


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A part of the case file, and the check that it belongs to.

    Parameters
    ----------
    path : str
        Where it stands in the case file.
    check : str
        The check that it is about.
    needed : tuple of str
        Fields without which it is only begun.
    answers : bool
        Whether all of it answers the check. It never does where the check is a gate (free
        text opens none), nor where the check asks for a result.
    """

    path: str
    check: str
    needed: tuple[str, ...]
    answers: bool = True


TOPICS = (
    Topic(path="design.errors", check="error-cases", needed=("seen",)),
    Topic(path="design.errors", check="recovery", needed=("recovery", "owner")),
    Topic(path="design.rollback", check="rollback", needed=("metric", "at", "owner")),
    Topic(path="evaluation.kpi", check="kpi-link", needed=("metric", "kpi", "how")),
    Topic(path="evaluation.segments", check="segments", needed=("by", "bound"), answers=False),
    Topic(
        path="evaluation.explanation",
        check="explanation",
        needed=("to", "basis", "how"),
        answers=False,
    ),
    Topic(path="evaluation.live_test", check="online-test", needed=("how", "metric")),
    Topic(path="collection.log", check="logging", needed=("what", "keep")),
    Topic(
        path="collection.annotation",
        check="annotation",
        needed=("items", "by", "price", "repeat", "agreement"),
    ),
    Topic(path="governance.consent", check="purpose", needed=("how",), answers=False),
    Topic(path="governance.purpose", check="purpose", needed=("how",), answers=False),
    Topic(path="governance.training", check="purpose", needed=("how",), answers=False),
    Topic(path="governance.crosstalk", check="crosstalk", needed=("how",), answers=False),
    Topic(path="governance.deletion", check="deletion", needed=("reaches", "within")),
)

FOUR_AREAS = ("output", "evaluation", "collection", "governance")
ELSEWHERE = {"kpi-link": "evaluation"}  # checks that an area shows beside its own
