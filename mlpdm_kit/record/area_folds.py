"""The four areas as folded parts: first what is answered, then what nobody has answered yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.record.area_money import label_said, points_said, points_table
from mlpdm_kit.record.areas import (
    ANSWERED,
    ERRORS,
    Area,
    Question,
    State,
    Told,
    Written,
    topics_of,
    unsettled,
)
from mlpdm_kit.record.measured import PointsInMoney
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.parts import CheckResult
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import NONE, Cell, Fold, Table, heads

LOG = "collection.log"
ROLLBACK = "design.rollback"
TABLES_OF_THEIR_OWN = (ERRORS, LOG)
_MARKS = {
    "written": ("✓", "passed"),
    "answered": ("✓", "passed"),
    "computed": ("✓", "passed"),
    "not-here": ("–", "none"),
    "against": ("✕", "failed"),
    "claimed": ("!", "claimed"),
    "half-written": ("!", "claimed"),
    "assumed": ("!", "claimed"),
    "partly": ("?", "open"),
    "unanswered": ("?", "open"),
}
STATES = tuple(_MARKS)
_STATUS_MARKS = {"passed": ("✓", "passed"), "failed": ("✕", "failed"), "open": ("?", "open")}


def areas_fold(record: DecisionRecord, says: Sentences) -> Fold | None:
    """All four, each folded once more; none where nothing is asked."""
    found = [area for area in record.areas if area.questions]
    if not found:
        return None
    parts = [
        area_fold(
            area, record.gates, says, points=record.error_costs.points,
            elsewhere=unsettled(record.gates),
        )
        for area in found
    ]  # fmt: skip
    return Fold(
        key="areas",
        heading=says.say("areas.heading"),
        summary=_counted([q for area in found for q in area.questions], says),
        notes=(says.sentence("areas.lead"),),
        parts=tuple(parts),
    )


def area_fold(
    area: Area,
    checks: Iterable[CheckResult],
    says: Sentences,
    *,
    points: Sequence[PointsInMoney] = (),
    elsewhere: Collection[str] = (),
) -> Fold:
    """One area: what is answered, then what nobody has answered yet.

    Checks that are shown ``elsewhere`` are counted and named, and their rows left out.
    """
    results: dict[str, list[CheckResult]] = {}
    for check in checks:
        results.setdefault(check.id, []).append(check)
    order = list(STATES)
    asked = sorted(area.questions, key=lambda one: order.index(one.state))
    here = [one for one in asked if one.check not in elsewhere]
    done = [one for one in here if one.state in ANSWERED]
    rest = [one for one in here if one.state not in ANSWERED]
    made = (
        _answered(done, results, area, says),
        *_tables(area, says),
        points_table(points if area.area == "evaluation" else (), says),
        _left(rest, results, area, says, "claimed" if elsewhere else "left"),
    )
    notes = [label_said(area.labels, says)] if area.labels is not None else []
    if area.area == "evaluation":
        notes += [points_said(one, says) for one in points[-1:]]
    if len(here) < len(asked):
        named = [one.check for one in asked if one.check in elsewhere]
        gates = says.say("record.heading.gates")
        notes.append(says.sentence("areas.elsewhere", gates=gates, checks=named))
    return Fold(
        key=f"area-{area.area}",
        heading=says.name("area", area.area),
        summary=_counted(asked, says),
        notes=tuple(notes),
        tables=tuple(table for table in made if table.rows),
    )


def _counted(asked: Iterable[Question], says: Sentences) -> str:
    """How many questions are answered, only claimed, left; what there is none of is not said."""
    states = [one.state for one in asked]
    groups = {
        "answered": sum(state in ANSWERED for state in states),
        "claimed": sum(state in ("claimed", "half-written", "assumed") for state in states),
        "left": sum(state in ("partly", "unanswered") for state in states),
    }
    return says.listed(says.say(f"areas.count.{name}", n=n) for name, n in groups.items() if n)


# --- questions ----------------------------------------------------------------------------


def _answered(
    done: Sequence[Question],
    results: dict[str, list[CheckResult]],
    area: Area,
    says: Sentences,
) -> Table:
    return Table(
        caption=says.say("areas.answered.caption"),
        heads=heads(says, "areas.head", "stands", "question", "known", "evidence"),
        rows=tuple(_row(one, results.get(one.check, []), area, says) for one in done),
        title=1,
    )


def _left(
    rest: Sequence[Question],
    results: dict[str, list[CheckResult]],
    area: Area,
    says: Sentences,
    caption: str,
) -> Table:
    rows = []
    for one in rest:
        stands, question, known, sure = _row(one, results.get(one.check, []), area, says)
        claimed = says.sentence("areas.claimed") if one.state == "claimed" else ""
        left = says.together(claimed, _to_do(one, says))
        beside = says.parts(t for t in (known.text, known.note, sure.text) if t not in ("", NONE))
        rows.append((stands, question, Cell(text=left, note=beside)))
    return Table(
        caption=says.say(f"areas.{caption}.caption"),
        heads=heads(says, "areas.head", "stands", "question", "to-do"),
        rows=tuple(rows),
        title=1,
    )


def _row(
    one: Question, results: Sequence[CheckResult], area: Area, says: Sentences
) -> tuple[Cell, ...]:
    mark, tone = _MARKS[one.state]
    if one.state == "computed":
        worst = next(s for s in ("failed", "open", "passed") if s in {r.status for r in results})
        mark, tone = _STATUS_MARKS[worst]
    answers = dict.fromkeys(r.answer for r in results if r.answer != "unknown")
    failed = sorted(results, key=lambda r: r.status != "failed")
    paths = {topic.path for topic in topics_of(one.check)}
    told = [part for part in area.written if part.path in paths]
    return (
        Cell(
            text=says.say(f"areas.state.{one.state}"),
            mark=mark,
            tone=tone,
            note=says.listed(
                says.say(f"record.gates.answer.{a}") for a in answers if one.state != "not-here"
            ),
        ),
        Cell(
            text=_called(one, results, says),
            note=says.say(f"check.{one.check}.question"),
            tag=says.weight(failed[0]) if failed and one.state not in ANSWERED else "",
        ),
        Cell(text=_known(results, told, says) or NONE, note=_beside(results, told, says)),
        sure_of(results, says, [entry.evidence for part in told for entry in part.told]),
    )


def _called(one: Question, results: Sequence[CheckResult], says: Sentences) -> str:
    """What a question is called; as a good "no" is to be read where that is the answer."""
    no = CHECKS[one.check].no_is_fine and one.state in ("written", "answered", "claimed")
    if no and all(r.answer == "no" for r in results):
        return says.name("check", f"{one.check}.no")
    return says.checked(results[0]) if len(results) == 1 else says.name("check", one.check)


def sure_of(results: Iterable[CheckResult], says: Sentences, told: Iterable[str] = ()) -> Cell:
    """How sure an answer is, or from what the kit worked it out; else what is ``told``."""
    known = [r for r in results if r.answer in ("yes", "no", "n/a") or r.measured]
    by_kit = says.say("record.gates.computed")
    found = [by_kit if r.measured else says.name("evidence", r.evidence) for r in known]
    found = found or [says.name("evidence", evidence) for evidence in told]
    basis = [
        says.say(f"record.gates.basis.{r.basis}", evidence=r.evidence) for r in known if r.basis
    ]
    basis += [says.say("record.gates.no-source") for r in known if r.lacks_source]
    return Cell(
        text=says.listed(dict.fromkeys(found)) or NONE, note=says.parts(dict.fromkeys(basis))
    )


def known_of(gate: CheckResult, record: DecisionRecord, says: Sentences) -> Cell:
    """What is known of one result: people's words, a note, the kit's finding; and by whom."""
    paths = {topic.path for topic in topics_of(gate.id)}
    told = [part for area in record.areas for part in area.written if part.path in paths]
    return Cell(text=_known([gate], told, says) or NONE, note=_beside([gate], told, says))


def to_do(gate: CheckResult, record: DecisionRecord, says: Sentences) -> str:
    """What would settle a check that is open."""
    if gate.measured:
        special = f"need.{gate.id}.computed"
        need = says.say(special if says.knows(special) else f"need.{gate.id}")
        return says.sentence("areas.to-do.computed.need", need=need)
    state: State = "unanswered" if gate.answer == "unknown" else "assumed"
    found = Question(check=gate.id, state=state)
    asked = [one for area in record.areas for one in area.questions if one.check == gate.id]
    begun = [one for one in asked if one.state == "partly"]
    return _to_do(next(iter(begun), found), says)


def _known(results: Sequence[CheckResult], told: Sequence[Written], says: Sentences) -> str:
    """What is known: in people's own words, in a note, or by the kit's finding."""
    words = says.parts(_words(part, says) for part in told)
    notes = dict.fromkeys(r.note for r in results if r.note)
    found = [says.finding(r.finding) for r in results if r.finding is not None]
    return says.parts([words, *notes, says.together(*found)])


def _words(part: Written, says: Sentences) -> str:
    if part.path in TABLES_OF_THEIR_OWN:
        return says.say(f"words.{part.path}.count", n=len(part.told))
    only = part.path.startswith("governance.")
    return says.parts(
        says.parts([*_said(part.path, one, says, alone=only), one.note]) for one in part.told
    )


def _said(path: str, one: Told, says: Sentences, *, alone: bool = False) -> list[str]:
    """What one entry says, field by field; ``alone`` names the entry instead of its ``how``."""
    found = []
    for field, given in one.says.items():
        code = path if alone and field == "how" else f"{path}.{field}"
        shown = says.the(str(given)) if field == "to" and path == ROLLBACK else None
        text = shown or _shown(given, says)
        found.append(says.say("words.said", name=says.say(f"words.{code}"), text=text))
    return found


def _shown(given: Any, says: Sentences) -> str:
    if isinstance(given, dict):
        low, high = given["low"], given["high"]
        if given["dimension"] == "months" and low == high and low >= 24 and low % 12 == 0:
            return says.say("words.years", n=low / 12)
        return says.range(given["low"], given["high"], given["dimension"])
    if isinstance(given, (list, tuple)):
        return says.listed(str(item) for item in given)
    return says.count(given) if isinstance(given, int) else str(given)


def _beside(results: Sequence[CheckResult], told: Sequence[Written], says: Sentences) -> str:
    """Sources and owners, each once."""
    own = [entry for part in told if part.path not in TABLES_OF_THEIR_OWN for entry in part.told]
    found = []
    for name in ("source", "owner"):
        texts = dict.fromkeys(getattr(one, name) for one in (*own, *results))
        found += [says.say(f"record.gates.{name}", text=text) for text in texts if text]
    return " · ".join(found)


def _to_do(one: Question, says: Sentences) -> str:
    """What is left: to write down, to show, or to ask."""
    if one.missing and one.state in ("partly", "half-written"):
        names = [says.name("words", code.replace(":", ".")) for code in one.missing]
        return says.sentence("areas.to-do.partly", names=says.listed(names))
    need = f"need.{one.check}"
    code = f"areas.to-do.{one.state}"
    if says.knows(need):
        return says.sentence(f"{code}.need", need=says.say(need))
    return says.sentence(code)


# --- what has a table of its own ----------------------------------------------------------


def _tables(area: Area, says: Sentences) -> list[Table]:
    made = {ERRORS: _errors, LOG: _log}
    return [made[part.path](part, says) for part in area.written if part.path in made]


def _errors(part: Written, says: Sentences) -> Table:
    """Ways of being wrong: what the user sees, how it is set right, and by whom."""
    return Table(
        caption=says.say("areas.errors.caption"),
        heads=heads(says, "areas.errors", "kind", "seen", "recovery", "by", "evidence"),
        rows=tuple(_error_row(one, says) for one in part.told),
    )


def _error_row(one: Told, says: Sentences) -> tuple[Cell, ...]:
    name = Cell(text=says.name("words.design.errors", one.name))
    sure = Cell(
        text=says.name("evidence", one.evidence),
        note=says.say("record.gates.source", text=one.source) if one.source else "",
    )
    if not one.applies:
        none = Cell(text=NONE)
        return name, Cell(text=says.say("areas.errors.not-here"), note=one.note), none, none, sure

    def part(text: str, note: str = "") -> Cell:
        if text:
            return Cell(text=text, note=note)
        return Cell(text=says.say("areas.not-said"), mark="?", tone="open")

    return (
        name,
        part(one.says.get("seen", ""), one.note),
        part(one.says.get("recovery", "")),
        part(one.owner),
        sure,
    )


def _log(part: Written, says: Sentences) -> Table:
    """What is logged, how long it is kept, and what for."""

    def cell(one: Told, field: str) -> Cell:
        if field in one.says:
            return Cell(text=_shown(one.says[field], says))
        if field in one.missing:
            return Cell(text=says.say("areas.not-said"), mark="?", tone="open")
        return Cell(text=NONE)

    rows = []
    for one in part.told:
        known = (("source", one.source), ("owner", one.owner))
        sure = [says.say(f"record.gates.{name}", text=text) for name, text in known if text]
        first = cell(one, "what")
        rows.append(
            (
                Cell(text=first.text, note=one.note),
                cell(one, "keep"),
                cell(one, "purpose"),
                Cell(text=says.name("evidence", one.evidence), note=" · ".join(sure)),
            )
        )
    return Table(
        caption=says.say("areas.log.caption"),
        heads=heads(says, "areas.log", "what", "keep", "purpose", "evidence"),
        rows=tuple(rows),
    )


def rollback_said(record: DecisionRecord, says: Sentences) -> str:
    """On which figure and from what value it is switched off, and who does it; empty where
    not all of that is written down, or no ML is to be switched on."""
    is_ml = {option.id: option.is_ml for option in record.options}
    if not is_ml.get(record.verdict.option or ""):
        return ""
    for part in (part for area in record.areas for part in area.written):
        if part.path == ROLLBACK and not part.told[0].missing:
            one = part.told[0]
            figures = {name: one.says[name] for name in ("metric", "at")}
            return says.sentence("areas.rollback", **figures, owner=one.owner)
    return ""
