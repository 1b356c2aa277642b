"""What a record's page says, before it is HTML or Markdown: plain values and sentences.

The top of the page is made here, what is folded below it in ``mlpdm_kit.record.folds``.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from mlpdm_kit.record.cards import Card, again, find_out, reopening
from mlpdm_kit.record.chain_fold import places_said
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.openness import Counted, counted, open_said
from mlpdm_kit.record.parts import Range, Said
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.stress_fold import robustness
from mlpdm_kit.record.valued import BreakEven

MOST_REASONS = 3
MOST_CHANGES = 5
_SAID_BY_VERDICT = ("worth-more", "ml-worth-less")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One input that can change the choice: where it stands, and where the choice changes.

    ``flips`` are sentences, each with a note, empty where there is nothing to note.
    """

    input: str
    now: str
    flips: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Top:
    """The top of the page, which reads in a minute."""

    kicker: tuple[str, ...]
    simulated: bool
    question: str
    verdict: str
    figure: str
    robust: str
    reasons: tuple[str, ...]
    changes: tuple[Change, ...]
    change_note: str
    change_items: tuple[str, ...]
    cards: tuple[Card, ...]
    people: tuple[tuple[str, str], ...]
    confirmation: str


def top_of_page(record: DecisionRecord, says: Sentences) -> Top:
    """All that stands above the folded part."""
    changes = _changes(record, says)
    note, items = _change_note(record, says, bool(changes))
    return Top(
        kicker=_kicker(record, says),
        simulated=is_simulated(record),
        question=question(record, says),
        verdict=verdict(record, says),
        figure=says.together(verdict_figure(record, says), *_beside(record, says)),
        robust=robustness(record, says),
        reasons=_short_reasons(record, says),
        changes=changes,
        change_note=note,
        change_items=items,
        cards=(find_out(record, says), again(record, says)),
        people=people(record, says),
        confirmation=_confirmation(record, says),
    )


def is_simulated(record: DecisionRecord) -> bool:
    """Whether any of it stands on data that was made up."""
    return record.simulated or (record.baseline.data is not None and record.baseline.data.simulated)


def question(record: DecisionRecord, says: Sentences) -> str:
    """The decision that the record is about."""
    decision = record.framing.get("decision")
    return says.say("record.question", decision=decision) if decision else ""


def verdict(record: DecisionRecord, says: Sentences) -> str:
    """What is decided, in a few words."""
    said = record.verdict
    quo = {option.id for option in record.options if option.status_quo}
    return verdict_said(said.outcome, said.option, said.meanwhile, quo, says)


def verdict_said(
    outcome: str, option: str | None, meanwhile: str | None, quo: Container[str], says: Sentences
) -> str:
    """An outcome of the rule in a few words; ``quo`` are options that are what is done today."""
    code = f"verdict.{outcome}"
    if outcome == "find_out_first" and meanwhile is not None:
        code, option = f"{code}.meanwhile", meanwhile
        if option in quo:
            return says.sentence(f"{code}.none")
    kind = says.options[option].kind if option in says.options else ""
    special = f"{code}.{kind}"
    return says.sentence(special if says.knows(special) else code, option=option)


def _first_study(record: DecisionRecord) -> dict[str, Any] | None:
    """The study to make before deciding, where there is one."""
    study = record.value_of_information.study
    return study if study is not None and study["kind"] == "study" else None


def verdict_figure(record: DecisionRecord, says: Sentences) -> str:
    """The figure behind the verdict, as a sentence; empty where there is none."""
    said = record.verdict
    if said.outcome == "stop":
        return says.sentence("verdict.stop.why")
    if said.gain is not None and said.option and said.against:
        code = "verdict.gain"
        study = _first_study(record)
        if said.outcome == "find_out_first":
            code += ".find_out_first" if study is None or said.gain.mean < 0 else ".study"
        low, amount, high = said.gain.p5, said.gain.mean, said.gain.p95
        if amount < 0:
            code, low, amount, high = f"{code}.less", -high, -amount, -low
        return says.sentence(
            code, option=said.option, against=said.against, months=record.months,
            amount=amount, low=low, high=high,
        )  # fmt: skip
    chosen = next((option for option in record.options if option.id == said.option), None)
    worth = chosen.expected_net_benefit if chosen else None
    if chosen is None or worth is None or chosen.status_quo:
        return ""
    return says.sentence(
        "verdict.alone", option=chosen.id, months=record.months,
        amount=worth.mean, low=worth.p5, high=worth.p95,
    )  # fmt: skip


def against_today(record: DecisionRecord) -> Range | None:
    """What the verdict's option is worth more than what is done today; None where unknown."""
    chosen = next((one for one in record.options if one.id == record.verdict.option), None)
    return chosen.expected_net_benefit if chosen is not None else None


def _today(record: DecisionRecord, says: Sentences) -> list[str]:
    """The verdict's figure against what is done today, where its sentence names another."""
    said, worth = record.verdict, against_today(record)
    today = next((one.id for one in record.options if one.status_quo), None)
    if worth is None or said.gain is None or said.option == today:
        return []
    if said.against == today:
        return [says.sentence("verdict.today.same")]
    low, amount, high, code = worth.p5, worth.mean, worth.p95, "verdict.today"
    if amount < 0:
        low, amount, high, code = -high, -amount, -low, "verdict.today.less"
    return [says.sentence(code, amount=amount, low=low, high=high)]


def _beside(record: DecisionRecord, says: Sentences) -> list[str]:
    """The figure against today; the next best, where the verdict's figure is about another;
    and what is unanswered."""
    said, found = record.verdict, _today(record, says)
    worth = {o.id: o.expected_net_benefit.mean for o in record.options if o.expected_net_benefit}
    if said.option in worth and said.outcome != "find_out_first":
        rest = {name: value for name, value in worth.items() if name != said.option}
        second = max(rest, key=lambda name: rest[name], default=None)
        if second is not None and second != said.against:
            amount = worth[said.option] - rest[second]
            found.append(says.sentence("verdict.next", against=second, amount=amount))
    chain = next((one for one in record.chains if one.option == said.option), None)
    if chain is not None and chain.after:
        found.append(says.sentence("verdict.look", places=places_said(chain.after, says)))
    ml = {o.id for o in record.options if o.is_ml}
    if said.outcome == "find_out_first" and said.option in worth and said.option not in ml:
        found.append(says.sentence("verdict.no-ml-yet"))
    still = counted(record.gates)
    if still.gates.open and said.outcome not in ("find_out_first", "stop"):
        found.append(_unanswered(record, still, says))
    return found


def _unanswered(record: DecisionRecord, still: Counted, says: Sentences) -> str:
    """What is open, and that the chosen option does not wait for it where others do."""
    said, gates = record.verdict, set(still.gates.open) | set(still.worked_out.open)
    waits = [option.id for option in record.options if gates & set(option.open_gates)]
    beside = ".beside" if said.option and waits and said.option not in waits else ""
    return says.sentence(f"verdict.unanswered{beside}", open=open_said(still, says),
                         option=said.option, waits=waits)  # fmt: skip


def _kicker(record: DecisionRecord, says: Sentences) -> tuple[str, ...]:
    named = says.listed(record.decision_makers)
    code = "record.to-decide" if record.status in ("draft", "proposed") else "record.decided-by"
    parts = [
        says.say("record.kicker", id=record.id),
        says.name("record.status", record.status),
        says.day(record.date),
        says.say(code, people=named) if named else says.say("record.undecided"),
    ]
    if record.supersedes:
        parts.append(says.say("record.supersedes", id=record.supersedes))
    return tuple(parts)


def _short_reasons(record: DecisionRecord, says: Sentences) -> tuple[str, ...]:
    """At most three, without the one that the verdict's own sentence has said."""
    said = record.verdict
    pair = (said.option, said.against)
    reasons = [
        reason
        for reason in said.reasons
        if not (
            reason.code in _SAID_BY_VERDICT
            and said.gain is not None
            and (reason.figures.get("option"), reason.figures.get("against")) == pair
        )
    ]
    return tuple(reason_said(reason, record, says) for reason in reasons[:MOST_REASONS])


def reason_said(reason: Said, record: DecisionRecord, says: Sentences) -> str:
    """A reason as a sentence; a gate that nobody wrote a note on says what it found."""
    if reason.code == "options-removed" and not reason.figures.get("note"):
        removed = set(reason.figures["options"])
        for gate in record.gates:
            concerned = gate.id == reason.figures["check"] and removed & set(gate.options)
            if concerned and gate.status == "failed" and gate.finding is not None:
                figures = {**reason.figures, "note": says.finding(gate.finding)}
                return says.reason(Said(code=reason.code, figures=figures))
    return says.reason(reason)


def _nearness(found: BreakEven) -> tuple[bool, bool, float]:
    flips = [flip.value for flip in (found.below, found.above) if flip is not None]
    within = any(found.low <= value <= found.high for value in flips)
    point = found.low == found.high  # no range to be near by: it comes last
    span = (found.high - found.low) or abs(found.mean) or 1.0
    return not within, point, min(abs(value - found.mean) / span for value in flips)


def _changes(record: DecisionRecord, says: Sentences) -> tuple[Change, ...]:
    """Inputs that can change the choice, the likeliest first."""
    return tuple(change_of(found, says) for found in able_to_change(record)[:MOST_CHANGES])


def able_to_change(record: DecisionRecord) -> list[BreakEven]:
    """The inputs that can change the choice, the one that comes nearest to it first."""
    able = [found for found in record.break_even if found.below or found.above]
    return sorted(able, key=_nearness)


def change_of(found: BreakEven, says: Sentences) -> Change:
    """Where an input stands, and where the choice changes."""
    flips = []
    for side, flip in (("below", found.below), ("above", found.above)):
        if flip is not None:
            told = says.sentence(
                f"change.{side}", value=flip.value, dimension=found.dimension, option=flip.option
            )
            within = found.low <= flip.value <= found.high
            flips.append((told, says.sentence("change.within") if within else ""))
    code = "change.now" if found.low == found.high else "change.now.range"
    now = says.sentence(
        code,
        shown=says.quantity(found.mean, found.dimension),
        range=says.range(found.low, found.high, found.dimension),
    )
    return Change(input=says.name("input", found.input), now=now, flips=tuple(flips))


def _change_note(
    record: DecisionRecord, says: Sentences, some: bool
) -> tuple[str, tuple[str, ...]]:
    if some:
        return "", ()
    if record.break_even:
        return says.sentence("change.none"), ()
    items = reopening(record, says)
    return says.sentence("change.only-gates" if items else "change.unknown"), items


def people(record: DecisionRecord, says: Sentences) -> tuple[tuple[str, str], ...]:
    """Who decides, who is asked, who is told."""
    nobody = (says.say("record.people.nobody"),)
    named = (
        ("decider", record.decision_makers or nobody),
        ("consulted", record.consulted),
        ("informed", record.informed),
    )
    return tuple(
        (says.say(f"record.people.{role}"), says.listed(who)) for role, who in named if who
    )


def _confirmation(record: DecisionRecord, says: Sentences) -> str:
    if not record.confirmation:
        return ""
    return says.sentence("record.confirmation", text=record.confirmation)
