"""How far a case is, step by step, from the case file and from what the steps have left.

Each step asks for certain answers; a step that nobody has answered holds up no later one.

What counts as answered
-----------------------
``problem_framing``
    User, problem, decision, status quo, the goal's metric and the one who decides are
    written; each gate that a person has to answer, and that concerns the options of the
    case, has yes, no or n/a. How many are open is counted as everywhere else, in
    `mlpdm_kit.record.openness`: one that is only assumed is.
``baseline_comparison``
    There is an option without ML that is more than nothing, everything or the same for all;
    each option says how good it is, or is tried on data.
``cost_of_errors``
    Of each group of outcomes that the task needs, one has a price.
``expected_value``
    Volume and horizon, for yes-or-no cases without data the prevalence; and of each option
    with ML, or bought, something that it takes: to build, to run or for each case.
``decision_record``
    Who decides, when it is looked at again, and how it will be seen that it was right.

An answer with a fault in it is none, and a step is not complete while anything that belongs to
it has a fault, as a study that does not say what it looks at. Where a gate has stopped the
whole case, the three steps in the middle ask for nothing, and no gate has to be answered any
more.

What counts as looked at, and as stale
--------------------------------------
A step has been looked at when its section (the record, for the last one) lies in the output
folder. It is stale when an answer of an *earlier* step, one that figures or gates stand on,
has changed since; a title, a note or other wording is no such answer. The record is stale
when anything has changed. A case that cannot be read at all makes nothing stale.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from mlpdm_kit.analysis.ladder import ladder
from mlpdm_kit.case.checks import CHECKS, HARD, Check
from mlpdm_kit.case.editing.file import State, lacks
from mlpdm_kit.case.editing.option_fields import WORTH
from mlpdm_kit.case.editing.today import today_unmarked
from mlpdm_kit.case.kinds import OPTION_KINDS, TASK_KINDS, TaskKind
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.gates import answered, standing
from mlpdm_kit.record.openness import counted
from mlpdm_kit.record.parts import CheckResult

STEPS = (
    "problem_framing",
    "baseline_comparison",
    "cost_of_errors",
    "expected_value",
    "decision_record",
)
Status = Literal["untouched", "partial", "complete", "stale", "spared"]

FRAMED = ("framing.user", "framing.problem", "framing.decision", "framing.status_quo",
          "framing.goal.metric", "people.decider")  # fmt: skip
RECORDED = ("people.decider", "review_on", "confirmation")
_AT_THE_END = ("review_on", "confirmation", "status", "date", "supersedes")
_NO_REAL_OPTION = frozenset({"none", "all", "constant"})
_TAKES = ("build", "run", "cost_per_case", "tokens")
_WORDING = frozenset({"note", "source", "owner", "label"})
_TERMS = frozenset(WORTH) | {"tokens", "stages", "inputs"}
_STANDS_ON = {  # the parts of a case on which later steps stand, by the step that asks for them
    "problem_framing": ("task", "unit", "currency", "target_unit", "hit_at", "checks", "design",
                        "evaluation", "collection", "governance"),
    "baseline_comparison": ("data", "grading"),
    "cost_of_errors": ("outcomes", "incidents"),
    "expected_value": ("volume", "growth", "prevalence", "action_success", "inputs", "budget",
                       "horizon", "discount", "studies", "correlations"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One answer that a step asks for: whether it is there, and whether it is only assumed."""

    name: str
    answered: bool
    assumed: bool = False


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How far one step is.

    Parameters
    ----------
    step : str
        One of `STEPS`.
    status : {"untouched", "partial", "complete", "stale", "spared"}
        Nothing answered and never looked at; some answered, or all and not looked at yet;
        all answered and looked at; looked at before an earlier answer changed; asked for
        nothing, as a gate has stopped the case.
    answered, asked, assumed : int
        How many answers there are, of how many, and how many of them are only assumed.
    seen : bool
        Whether the step has been looked at.
    changed : tuple of str
        The earlier steps whose answers have changed since, as far as that is known.
    gates : int
        How many gates that people answer are open, as `mlpdm_kit.record.openness` counts them.
    waits, free : tuple of str
        The options with ML that wait for one of these, and those that wait for none.
    stopped : bool
        Whether a gate that people answer in it has stopped the case.
    today : str
        How it is done today, where no option is marked as that.
    faults : int
        In how many places something written in it has to be put right or made whole first.
    """

    step: str
    status: Status
    answered: int
    asked: int
    assumed: int = 0
    seen: bool = False
    changed: tuple[str, ...] = ()
    gates: int = 0
    waits: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    stopped: bool = False
    today: str = ""
    faults: int = 0


@dataclass(frozen=True, kw_only=True)
class Left:
    """What lies in an output folder.

    Parameters
    ----------
    stands_on : mapping
        Of each section by its step: the fingerprints of the answers it was made from.
    record : str
        Digest of the case that the record was made from; empty where there is none.
    """

    stands_on: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    record: str = ""


def stages(state: State, left: Left | None = None, *, data_digest: str = "") -> tuple[Stage, ...]:
    """How far each step of a case is, whether or not it is a valid case yet.

    Parameters
    ----------
    state : State
        The case file as it was read.
    left : Left, optional
        What the steps have left; without it only answers count, as in a report that is
        just being made.
    data_digest : str
        SHA-256 over the case's data, as the sections were made with it.
    """
    now = {} if state.case is None else fingerprints(state.case, data_digest)
    asked = asks(state)
    wrong, written = _at_fault(state, asked), _at_fault(state, asked, lacking=False)
    stopped = _stopped(state)
    if stopped:
        first = asked[STEPS[0]]
        asked[STEPS[0]] = tuple(ask for ask in first if ask.answered or ask.name in FRAMED)
    found = []
    for step in STEPS:
        spared = stopped and step in STEPS[1:4]
        some = () if spared else asked[step]
        seen, stale, changed = (True, False, ()) if left is None else _stand(step, state, left, now)
        done = sum(ask.answered for ask in some)
        status: Status = "partial"
        if spared:
            status = "spared"
        elif seen and stale:
            status = "stale"
        elif seen and done == len(some) and not (wrong[step] and not spared):
            status = "complete"
        elif not done and (not seen or left is None):
            status = "untouched"
        assumed = sum(ask.assumed for ask in some)
        waits, free = _waiting(state) if step == STEPS[0] else ((), ())
        found.append(Stage(step=step, status=status, answered=done, asked=len(some),
                           assumed=assumed, seen=seen, changed=changed,
                           gates=_gates_open(state, some) if step == STEPS[0] else 0,
                           waits=waits, free=free, stopped=stopped and step == STEPS[0],
                           today=today_unmarked(state) if step == STEPS[1] else "",
                           faults=0 if spared else
                           len((written if status == "untouched" else wrong)[step])))  # fmt: skip
    return tuple(found)


def asks(state: State) -> dict[str, tuple[Ask, ...]]:
    """The answers that each step asks for."""
    return {
        "problem_framing": (*(_ask(state, name) for name in FRAMED), *_gates(state)),
        "baseline_comparison": tuple(_options(state)),
        "cost_of_errors": tuple(_prices(state)),
        "expected_value": tuple(_amounts(state)),
        "decision_record": tuple(_ask(state, name) for name in RECORDED),
    }


def fingerprints(case: Case, data_digest: str = "") -> dict[str, str]:
    """Of each step but the last a digest of those of its answers that later steps stand on.

    Examples
    --------
    >>> from mlpdm_kit import load_case, shipped
    >>> case = load_case(shipped.cases() / "urgent-mail")
    >>> reworded = case.model_copy(update={"title": "Another title?"})
    >>> fingerprints(reworded) == fingerprints(case)
    True
    """
    plain = _bare(case.model_dump(mode="json"))
    parts: dict[str, dict[str, Any]] = {
        step: {name: plain.get(name) for name in names} for step, names in _STANDS_ON.items()
    }
    framing = plain.get("framing") or {}
    parts["problem_framing"] |= {n: framing.get(n) for n in ("decision", "status_quo")}
    options = plain.get("options") or {}
    for step, wanted in (("baseline_comparison", False), ("expected_value", True)):
        parts[step]["options"] = {
            name: {key: value for key, value in option.items() if (key in _TERMS) == wanted}
            for name, option in options.items()
        }
    parts["baseline_comparison"]["files"] = data_digest
    return {
        step: sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:16]
        for step, part in parts.items()
    }


def left_in(out: Path) -> Left:
    """What the steps have left in an output folder; what cannot be read is not there."""
    stands_on = {}
    for step in STEPS[:-1]:
        found = _json(out / "sections" / f"{step}.json").get("stands_on")
        if isinstance(found, dict) and found:
            stands_on[step] = found
    made = _json(out / "record.json").get("provenance")
    digest = made.get("case_digest") if isinstance(made, dict) else ""
    return Left(stands_on=stands_on, record=str(digest or ""))


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _bare(value: Any) -> Any:
    """A value without the wording in it."""
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if key not in _WORDING}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def _stand(
    step: str, state: State, left: Left, now: Mapping[str, str]
) -> tuple[bool, bool, tuple[str, ...]]:
    """Whether a step has been looked at, whether it is stale by now, and by what."""
    if step == STEPS[-1]:
        changed = state.case is not None and left.record != state.case.digest
        return bool(left.record), changed, ()
    then = left.stands_on.get(step)
    if then is None:
        return False, False, ()
    earlier = STEPS[: STEPS.index(step)]
    moved = tuple(name for name in earlier if now and then.get(name) != now.get(name))
    return True, bool(moved), moved


def _written(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    return value is not None and value != {} and value != []


def _sound(state: State, name: str) -> bool:
    return not any(not lacks(fault) for fault in state.faults_at(tuple(name.split("."))))


def _ask(state: State, name: str) -> Ask:
    value = state.document.at(tuple(name.split(".")))
    return Ask(name=name, answered=_written(value) and _sound(state, name))


def _figure(state: State, name: str) -> Ask:
    """A figure, which says where it comes from or is assumed."""
    ask = _ask(state, name)
    value = state.document.at(tuple(name.split(".")))
    evidence = value.get("evidence") if isinstance(value, dict) else None
    return Ask(name=name, answered=ask.answered,
               assumed=ask.answered and evidence in (None, "", "assumed"))  # fmt: skip


def _kinds(state: State) -> dict[str, str]:
    options = state.document.at(("options",))
    return {
        str(name): str(option.get("kind"))
        for name, option in (options.items() if isinstance(options, dict) else ())
        if isinstance(option, dict)
    }


def _gate_results(state: State) -> tuple[CheckResult, ...]:
    """The gates that people answer and that concern the case, as far as it can be read."""
    if state.case is None:
        return ()
    found = answered(state.case, ladder(state.case))
    return tuple(result for result in found if result.kind in HARD)


def _gates(state: State) -> Iterator[Ask]:
    if state.case is None:
        known = [c for c in CHECKS.values() if c.hard and c.asked and c.scope == "case"]
    else:
        known = [CHECKS[name] for name in dict.fromkeys(r.id for r in _gate_results(state))]
    for check in known:
        yield _gate(state, check)


def _gates_open(state: State, asked: Iterable[Ask]) -> int:
    if state.case is None:
        return sum(not ask.answered for ask in asked if ask.name.startswith("checks."))
    if _stopped(state):
        return 0
    return len(counted(_gate_results(state)).gates.open)


def _waiting(state: State) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The options with ML that a gate which people answer holds back, and the others."""
    if state.case is None:
        return (), ()
    results, rungs = _gate_results(state), ladder(state.case)
    held = {rung.id: bool(standing(results, rung)[1]) for rung in rungs
            if rung.is_ml and rung.priced}  # fmt: skip
    return (tuple(name for name, waits in held.items() if waits),
            tuple(name for name, waits in held.items() if not waits))  # fmt: skip


def _at_fault(
    state: State, asked: Mapping[str, tuple[Ask, ...]], *, lacking: bool = True
) -> dict[str, set[str]]:
    """Of each step the places that have a fault and that it does not ask for anyway.

    Without what is ``lacking``, only those where something is written that is wrong.
    """
    missing = [ask.name for asks_ in asked.values() for ask in asks_ if not ask.answered]
    found: dict[str, set[str]] = {step: set() for step in STEPS}
    for fault in state.faults:
        if lacks(fault) and not lacking:
            continue
        name = f"{fault.field}."
        if not any(name.startswith(f"{one}.") or one.startswith(name) for one in missing):
            found[_step_of(fault.field)].add(".".join(fault.field.split(".")[:2]))
    return found


def _step_of(name: str) -> str:
    """The step in which something of the case file is filled in."""
    first, *rest = name.split(".")
    if first == "options":
        return STEPS[3] if rest[1:2] and rest[1] in _TERMS else STEPS[1]
    if first in _AT_THE_END:
        return STEPS[4]
    return next((step for step, names in _STANDS_ON.items() if first in names), STEPS[0])


def _gate(state: State, check: Check) -> Ask:
    name = f"checks.{check.id}"
    said = state.document.at(("checks", check.id))
    answer = str(said.get("answer", "")) if isinstance(said, dict) else str(said or "")
    answered = answer.strip().lower() in ("yes", "no", "n/a", "true", "false")
    answered = answered and _sound(state, name)
    evidence = said.get("evidence") if isinstance(said, dict) else None
    return Ask(name=name, answered=answered,
               assumed=answered and evidence in (None, "", "assumed"))  # fmt: skip


def _options(state: State) -> Iterator[Ask]:
    kinds = {name: kind for name, kind in _kinds(state).items() if kind not in _NO_REAL_OPTION}
    plain = [
        name
        for name, kind in kinds.items()
        if kind in OPTION_KINDS and not OPTION_KINDS[kind].is_ml and kind != "review"
    ]
    yield Ask(name="options", answered=bool(plain))
    for name in kinds:
        terms = tuple(f"options.{name}.{term}" for term in _TERMS)
        faults = [f for f in state.faults_at(("options", name)) if not f.field.startswith(terms)]
        yield Ask(name=f"options.{name}", answered=not faults)


def _task(state: State) -> TaskKind:
    return TASK_KINDS.get(str(state.document.at(("task",))), TASK_KINDS["binary"])


def _prices(state: State) -> Iterator[Ask]:
    for names in _task(state).needed:
        some = [_figure(state, f"outcomes.{name}") for name in names]
        yield next((ask for ask in some if ask.answered), some[0])


def _amounts(state: State) -> Iterator[Ask]:
    yield _figure(state, "volume")
    yield _ask(state, "horizon")
    if "positives" in _task(state).has and (
        state.document.at(("prevalence",)) or not state.document.at(("data",))
    ):
        yield _figure(state, "prevalence")
    for name, kind in _kinds(state).items():
        if kind in OPTION_KINDS and (OPTION_KINDS[kind].is_ml or kind == "bought"):
            some = [_figure(state, f"options.{name}.{term}") for term in _TAKES]
            found = next((ask for ask in some if ask.answered), some[0])
            yield Ask(name=f"options.{name}", answered=found.answered, assumed=found.assumed)


def _stopped(state: State) -> bool:
    """Whether an answer that may stop the whole case does."""
    if state.case is None:
        return False
    for check in CHECKS.values():
        answer = state.case.checks.get(check.id)
        if answer is None or not check.hard or check.scope != "case":
            continue
        if check.against(answer.answer):
            return True
    return False
