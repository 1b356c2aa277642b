"""The four areas in a record: what is written down, how each question stands, what labels cost.

Codes and people's own words; what is said about them is made in ``mlpdm_kit.record.area_folds``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from pydantic import Field

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.case.areas import (
    ELSEWHERE,
    ERROR_KINDS,
    FOUR_AREAS,
    TOPICS,
    ErrorCase,
    Stated,
    Topic,
)
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.inputs import Input
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.parts import CheckResult, Part, Range
from mlpdm_kit.record.scopes import concerned

State = Literal[
    "written", "answered", "computed", "not-here", "against", "claimed", "assumed",
    "half-written", "partly", "unanswered",
]  # fmt: skip
ANSWERED = ("written", "answered", "computed", "not-here", "against")
EVIDENCE = ("assumed", "quoted", "measured")  # the least sure first
ERRORS = "design.errors"
ANSWER = "answer"  # what is left to say where all is written down and a gate still open
_OWN = frozenset(Stated.model_fields)
_NOT_SAID = ("applies", "counted", "options")  # said elsewhere


class Told(Part):
    """One thing that is written down, as people wrote it.

    ``says`` by field: a text, names, or a figure as its ``low``, ``high`` and ``dimension``.
    ``missing`` are fields that are left to say; a way of being wrong may not ``apply``.
    """

    name: str
    applies: bool = True
    says: dict[str, Any] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    evidence: str = "assumed"
    source: str = ""
    note: str = ""
    owner: str = ""


class Written(Part):
    """A part of the case file in people's own words; ``missing`` is what is not there at all.

    ``answers`` is what the case says, yes or no, to the checks that it is about.
    """

    path: str
    told: tuple[Told, ...]
    missing: tuple[str, ...] = ()
    answers: dict[str, str] = Field(default_factory=dict)


class LabelCost(Part):
    """What the plan to label costs.

    ``cost`` is that of one round of ``labels`` at ``price``; ``rounds`` are made within the
    horizon, for ``total``. ``counted`` is ``included`` or ``apart``; ``build`` what building
    the dearest of the ``options`` takes at most, where it is said to hold the labels.
    """

    items: int
    each: int
    labels: int
    price: Range
    cost: Range
    every: float | None = None
    rounds: int | None = None
    total: Range | None = None
    counted: str = ""
    options: tuple[str, ...] = ()
    build: float | None = None


class Question(Part):
    """How one question stands, and what is still to be written down about it."""

    check: str
    state: State
    missing: tuple[str, ...] = ()


class Area(Part):
    """One of the four areas: its questions, and what is written down."""

    area: str
    questions: tuple[Question, ...]
    written: tuple[Written, ...] = ()
    labels: LabelCost | None = None


# --- what is written down ---------------------------------------------------------------


def written(case: Case, rungs: Sequence[Rung]) -> tuple[Written, ...]:
    """All that the case says of the four areas in its own words, in the order of the topics."""
    found = []
    for path in dict.fromkeys(topic.path for topic in TOPICS):
        section, _, name = path.partition(".")
        value = getattr(getattr(case, section), name)
        entries = _entries(case, name, value)
        told = tuple(one for one in entries if one.says or not one.applies)
        if told:
            missing = _unnamed(case, rungs, told) if path == ERRORS else ()
            checks = [topic.check for topic in TOPICS if topic.path == path]
            answers = {name: case.checks[name].answer for name in checks if name in case.checks}
            found.append(Written(path=path, told=told, missing=missing, answers=answers))
    return tuple(found)


def _entries(case: Case, name: str, value: Any) -> Iterator[Told]:
    if isinstance(value, dict):
        for key, error in value.items():
            yield _told(key, error, ERRORS)
    elif isinstance(value, tuple):
        for entry in value:
            yield _told("log", entry, "collection.log")
    elif value is not None:
        goal = case.framing.goal
        more = {"kpi": goal.metric} if name == "kpi" and goal and not value.kpi else {}
        path = next(topic.path for topic in TOPICS if topic.path.endswith(f".{name}"))
        one = _told(name, value, path, more)
        if set(one.says) - set(more):
            yield one


def _told(name: str, value: Stated, path: str, more: dict[str, Any] | None = None) -> Told:
    order = dict.fromkeys(field for t in TOPICS if t.path == path for field in t.needed)
    given = {name: getattr(value, name) for name in type(value).model_fields if name not in _OWN}
    says = {
        name: _plain(one)
        for name, one in given.items()
        if name not in _NOT_SAID and one not in ("", (), None)
    }
    if set(says) <= {"each"}:
        says = {}
    says |= more or {}
    says = {name: says[name] for name in (*order, *says) if name in says}
    applies = value.applies if isinstance(value, ErrorCase) else True
    have = set(says) | ({"owner"} if value.owner else set())
    return Told(
        name=name,
        applies=applies,
        says=says,
        missing=tuple(name for name in order if name not in have) if applies else (),
        evidence=value.evidence,
        source=value.source,
        note=value.note,
        owner=value.owner,
    )


def _plain(given: Any) -> Any:
    if isinstance(given, Input):
        return {"low": given.low, "high": given.high, "dimension": given.dimension}
    return list(given) if isinstance(given, tuple) else given


def _unnamed(case: Case, rungs: Sequence[Rung], told: Sequence[Told]) -> tuple[str, ...]:
    """Ways of being wrong that concern the case's options, and that nobody has described."""
    asked = {"ml": CHECKS["error-cases"], "llm": CHECKS["injection"]}
    there = {scope for scope, check in asked.items() if concerned(check, rungs)}
    return tuple(
        kind.id
        for kind in ERROR_KINDS.values()
        if kind.scope in there
        and (not kind.tasks or case.task in kind.tasks)
        and kind.id not in {one.name for one in told}
    )


# --- how a question stands --------------------------------------------------------------


def topics_of(check: str) -> tuple[Topic, ...]:
    """The parts of the case file that are about a check."""
    return tuple(topic for topic in TOPICS if topic.check == check)


def missing(topic: Topic, found: Iterable[Written]) -> tuple[str, ...] | None:
    """What is still to say of a topic, as ``path:field`` and ``path.kind``; None where
    nothing is written down."""
    part = next((one for one in found if one.path == topic.path), None)
    if part is None:
        return None
    left = [f"{topic.path}.{name}" for name in part.missing]
    for one in part.told:
        fields = [field for field in topic.needed if field in one.missing]
        if topic.path == ERRORS:
            left += [f"{topic.path}.{one.name}"] if fields else []
        else:
            left += [f"{topic.path}:{field}" for field in fields]
    return tuple(dict.fromkeys(left))


def answer_by_words(check: str, found: Sequence[Written]) -> dict[str, str] | None:
    """Evidence, source and owner of what answers a check in words; None if nothing does."""
    topics = topics_of(check)
    if not topics or CHECKS[check].hard or not all(topic.answers for topic in topics):
        return None
    if any(missing(topic, found) != () for topic in topics):
        return None
    paths = {topic.path for topic in topics}
    told = [one for part in found if part.path in paths for one in part.told if one.applies]
    if not told:
        return None
    return {
        "evidence": min((one.evidence for one in told), key=EVIDENCE.index),
        "source": "; ".join(dict.fromkeys(one.source for one in told if one.source)),
        "owner": "; ".join(dict.fromkeys(one.owner for one in told if one.owner)),
    }


def areas(
    checks: Iterable[CheckResult], found: Sequence[Written], labels: LabelCost | None
) -> tuple[Area, ...]:
    """The four areas as they stand."""
    results: dict[str, list[CheckResult]] = {}
    for check in checks:
        results.setdefault(check.id, []).append(check)
    return tuple(_area(area, results, found, labels) for area in FOUR_AREAS)


def area_of(check: str) -> str:
    """The area in which a check is shown."""
    return ELSEWHERE.get(check, CHECKS[check].area)


def unsettled(checks: Iterable[CheckResult]) -> frozenset[str]:
    """Checks that failed or are open for some option."""
    return frozenset(check.id for check in checks if check.status != "passed")


def _area(
    area: str,
    results: dict[str, list[CheckResult]],
    found: Sequence[Written],
    labels: LabelCost | None,
) -> Area:
    questions = []
    for name in sorted(CHECKS, key=lambda name: name not in ELSEWHERE):
        topics = topics_of(name)
        begun = any(missing(topic, found) is not None for topic in topics)
        if area_of(name) == area and (name in results or begun):
            questions.append(_question(name, results.get(name, []), found))
    own = {topic.path for topic in TOPICS if area_of(topic.check) == area}
    return Area(
        area=area,
        questions=tuple(questions),
        written=tuple(part for part in found if part.path in own),
        labels=labels if area == "collection" else None,
    )


def _question(name: str, results: Sequence[CheckResult], found: Sequence[Written]) -> Question:
    """How one question stands; an answer that speaks against going on hides nothing."""
    left = {topic.path: missing(topic, found) for topic in topics_of(name)}
    whole = bool(left) and all(one == () for one in left.values())
    begun = any(one is not None for one in left.values())
    to_say = [code for one in left.values() for code in one or ()]
    to_say += [path for path, one in left.items() if one is None and begun]
    state: State
    if not results:  # no option that it concerns: it stands as the case says
        said = {part.answers[name] for part in found if name in part.answers}
        against = any(map(CHECKS[name].against, said))
        state = "against" if against else "written" if whole else "half-written"
    elif any(r.status == "failed" for r in results):
        state = "against"
    elif any(r.answer == "n/a" for r in results):
        state = "not-here"
    elif any(r.measured for r in results):
        state = "computed"
    elif all(r.answer == "unknown" for r in results):
        state = "partly" if begun else "unanswered"
        to_say += [ANSWER] if whole else []
    elif all(r.status == "open" for r in results):
        state = "assumed"
    elif not left:
        state = "answered"
    else:
        state = "written" if whole else "half-written" if begun else "claimed"
    return Question(check=name, state=state, missing=tuple(to_say))


# --- what labels cost -------------------------------------------------------------------


def label_cost(case: Case) -> LabelCost | None:
    """What the plan to label costs, where it says how many and at what price."""
    from mlpdm_kit.analysis.uncertainty.stated import distribution

    plan = case.collection.annotation
    if plan is None or plan.price is None or plan.items is None:
        return None
    dist = distribution(plan.price)

    def times(many: int) -> Range:
        low, high = dist.quantile(0.05), dist.quantile(0.95)
        return Range(mean=many * dist.mean, p5=many * low, p95=many * high)

    months = None if case.horizon is None else case.horizon.low
    every = None if plan.repeat is None else plan.repeat.low
    rounds = None
    if months is not None:
        rounds = plan.rounds(months)
    needed = plan.needed_by(case.options)
    builds = [option.build.high for n in needed if (option := case.options[n]).build is not None]
    return LabelCost(
        items=plan.items,
        each=plan.each,
        labels=plan.labels,
        price=times(1),
        cost=times(plan.labels),
        every=every,
        rounds=rounds,
        total=None if rounds is None else times(plan.labels * rounds),
        counted=plan.counted or "",
        options=needed,
        build=max(builds) if plan.counted == "included" and builds else None,
    )
