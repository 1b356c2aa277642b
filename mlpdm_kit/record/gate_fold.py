"""The folded part on gates and checks: what failed, what is open by area, what passed.

A question of the four areas that is settled stands there with its words, and not here too.
"""

from __future__ import annotations

from collections.abc import Sequence

from mlpdm_kit.case.checks import AREAS, HARD
from mlpdm_kit.record.area_folds import known_of, sure_of, to_do
from mlpdm_kit.record.areas import area_of, unsettled
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.openness import counted, open_said, tallied
from mlpdm_kit.record.parts import CheckResult
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import Cell, Fold, Table, heads

MARKS = {"failed": "✕", "open": "?", "passed": "✓"}


def gates_fold(record: DecisionRecord, says: Sentences) -> Fold:
    """Every gate and check that is failed or open, and the passed ones of the other areas."""
    heading = says.say("record.heading.gates")
    if not record.gates:
        return Fold(key="gates", heading=heading, notes=(says.sentence("record.gates.none"),))
    still = counted(record.gates)
    failed = [gate for gate in record.gates if gate.status == "failed"]
    parts = (_open(record, says), _passed(record, says))
    return Fold(
        key="gates",
        heading=heading,
        summary=open_said(still, says),
        notes=(*tallied(still, says), says.sentence("record.gates.lead")),
        pictures=("gates",),
        tables=(_table("failed", failed, record, says),) if failed else (),
        parts=tuple(part for part in parts if part is not None),
    )


def _open(record: DecisionRecord, says: Sentences) -> Fold | None:
    """All that is open, a table for each area."""
    found = [gate for gate in record.gates if gate.status == "open"]
    if not found:
        return None
    by_area = {area: [g for g in found if area_of(g.id) == area] for area in AREAS}
    return Fold(
        key="gates-open",
        heading=says.say("record.gates.open"),
        summary=_rows_open(found, says),
        tables=tuple(
            Table(
                caption=says.say(
                    "record.gates.caption.open", area=area, open=_rows_open(gates, says)
                ),
                heads=heads(says, "record.gates", "check", "concerns", "what", "to-do"),
                rows=tuple(_open_row(gate, record, says) for gate in gates),
            )
            for area, gates in by_area.items()
            if gates
        ),
    )


def _rows_open(gates: Sequence[CheckResult], says: Sentences) -> str:
    """How many rows of a table are gates, and how many are other questions."""
    hard = sum(gate.kind in HARD for gate in gates)
    numbers = {"gates": hard, "others": len(gates) - hard}
    told = [says.say(f"record.gates.rows.{name}", n=n) for name, n in numbers.items() if n]
    return says.listed(told)


def _passed(record: DecisionRecord, says: Sentences) -> Fold | None:
    """The passed ones that no area shows."""
    passed = [gate for gate in record.gates if gate.status == "passed"]
    if not passed:
        return None
    asked = {question.check for area in record.areas for question in area.questions}
    elsewhere = asked - unsettled(record.gates)
    here = [gate for gate in passed if gate.id not in elsewhere]
    more = len(passed) - len(here)
    note = says.sentence("record.gates.elsewhere", n=more, areas=says.say("areas.heading"))
    return Fold(
        key="gates-passed",
        heading=says.say("record.gates.passed"),
        summary=says.count(len(passed)),
        notes=(note,) if more else (),
        tables=(_table("passed", here, record, says),) if here else (),
    )


def _table(
    status: str, gates: Sequence[CheckResult], record: DecisionRecord, says: Sentences
) -> Table:
    return Table(
        caption=says.say(f"record.gates.caption.{status}"),
        heads=heads(says, "record.gates", "check", "concerns", "what", "evidence"),
        rows=tuple(_row(gate, record, says) for gate in gates),
    )


def _row(gate: CheckResult, record: DecisionRecord, says: Sentences) -> tuple[Cell, ...]:
    return (*_named(gate, says), known_of(gate, record, says), sure_of([gate], says))


def _open_row(gate: CheckResult, record: DecisionRecord, says: Sentences) -> tuple[Cell, ...]:
    sure = sure_of([gate], says)
    basis = sure.flat(says) if gate.answer != "unknown" or gate.measured else ""
    return (
        *_named(gate, says),
        known_of(gate, record, says),
        Cell(text=to_do(gate, record, says), note=basis),
    )


def _named(gate: CheckResult, says: Sentences) -> tuple[Cell, Cell]:
    """What was asked, with the answer, and which options it concerns."""
    answered = gate.answer in ("yes", "no", "n/a")
    answer = says.say("record.gates.answered", answer=gate.answer) if answered else ""
    question = says.say(f"check.{gate.id}.question")
    check = Cell(
        text=says.checked(gate),
        note=says.parts([question, answer]),
        mark=MARKS[gate.status],
        tone=gate.status,
        tag="" if gate.status == "passed" else says.weight(gate),
    )
    return check, Cell(text=_concerns(gate, says))


def _concerns(gate: CheckResult, says: Sentences) -> str:
    if gate.scope == "case" or not gate.options:
        return says.say("concerns.case")
    return says.listed(says.name("option", option) for option in gate.options)
