"""The folded part on stresses, and what the verdict says of them."""

from __future__ import annotations

from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import NONE, Cell, Fold, Table, figure, heads
from mlpdm_kit.record.valued import Stress


def robustness(record: DecisionRecord, says: Sentences) -> str:
    """Whether the choice survives the stresses; empty where none was tried."""
    said = record.verdict
    if said.robust is None or said.option is None or not record.stress:
        return ""
    flips = [one for one in record.stress if one.flips]
    code = "verdict.fragile" if flips else "verdict.robust"
    if said.outcome == "find_out_first":
        code += ".find_out_first"
    text = says.sentence(code, option=said.option, n=len(record.stress), k=len(flips))
    return says.together(text, flip_said(flips[0], record, says) if flips else "")


def stands_at(stress: Stress, record: DecisionRecord) -> float:
    """Where what a stress moves stands now."""
    if stress.code == "horizon":
        return record.months
    if stress.code == "discount":
        return record.discount
    name = {"base-rate": "prevalence", "action-success": "action_success"}.get(stress.code)
    return next((row.mean for row in record.inputs if row.name == name), 1.0)


def flip_said(stress: Stress, record: DecisionRecord, says: Sentences) -> str:
    """At which value, or without what, another option would be best."""
    at, now = stress.at, stands_at(stress, record)
    code = f"stress.said.{stress.code}"
    if at is not None and stress.code == "base-rate":
        code += ".less" if at < now else ".more"
    shown = "" if at is None else _shown(at, stress, says)
    return says.sentence(
        code,
        at=shown,
        now=_shown(now, stress, says),
        segment=stress.segment,
        option=stress.at_option or stress.option,
    )


def _shown(value: float, stress: Stress, says: Sentences) -> str:
    return says.quantity(value, stress.dimension)


def stress_fold(record: DecisionRecord, says: Sentences) -> Fold | None:
    """Each stress: what is changed, how far, whether the choice survives, where it flips."""
    if not record.stress:
        return None
    flips = sum(one.flips for one in record.stress)
    table = Table(
        caption=says.say("stress.caption"),
        heads=heads(says, "stress.head", "what", "how", "best", "at"),
        rows=tuple(_row(one, record, says) for one in record.stress),
    )
    return Fold(
        key="stress",
        heading=says.say("record.heading.stress"),
        summary=says.say("stress.counts", n=len(record.stress), k=flips),
        notes=(robustness(record, says) or says.sentence("stress.none"),),
        pictures=("stress",),
        tables=(table,),
    )


def _row(stress: Stress, record: DecisionRecord, says: Sentences) -> tuple[Cell, ...]:
    if stress.flips:
        gain = says.say("stress.gain", amount=stress.gain)
        best = Cell(text=says.say("stress.flips", option=stress.option), note=gain, strong=True)
    else:
        best = Cell(text=says.say("stress.stays"))
    at = NONE if stress.at is None else _shown(stress.at, stress, says)
    return (
        Cell(text=says.say(f"stress.{stress.code}")),
        _how(stress, record, says),
        best,
        figure(at),
    )


def _how(stress: Stress, record: DecisionRecord, says: Sentences) -> Cell:
    if stress.segment:
        return Cell(text=says.say("stress.without", segment=stress.segment))
    if stress.value is None:
        return Cell(text=says.say("stress.independent"))
    value = _shown(stress.value, stress, says)
    if stress.code == "overconfidence":
        return Cell(text=says.say("stress.wider", value=value))
    now = _shown(stands_at(stress, record), stress, says)
    return Cell(text=says.say("stress.instead", value=value, now=now))
