"""The cards at the top of a record's page: what to find out first, when to look again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.parts import Said
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.valued import StudyValue

MOST_NAMED = 2  # inputs of a study that stand in its card's large words


@dataclass(frozen=True, kw_only=True)
class Card:
    """A heading, a few large words, a sentence, and a list with the words before it."""

    heading: str
    large: str
    text: str = ""
    lead: str = ""
    items: tuple[str, ...] = ()


def find_out(record: DecisionRecord, says: Sentences) -> Card:
    """What to find out first, or that nothing is worth it."""
    heading, known = says.say("record.heading.find-out"), record.value_of_information
    missing = _checks_named(record.verdict.reasons, "gates-open")
    fixes = _checks_named(record.verdict.reasons, "to-fix")
    if record.verdict.outcome == "stop":
        return _card(heading, "record.find.stop", says)
    if missing or fixes:
        code, checks = "record.find." + ("questions" if missing else "fixes"), missing + fixes
        items = tuple(says.say(f"check.{check}.question") for check in checks)
        return Card(heading=heading, large=says.say(code), items=items)
    if known.evpi is None:
        return _card(heading, "record.find.unpriced", says)
    if known.study is not None and known.study["kind"] == "study":
        return _study(heading, known.study, record, says)
    if known.studies:
        return _decide_now(heading, known.studies[0], says)
    return _at_most(heading, record, known.evpi, says)


def _card(heading: str, code: str, says: Sentences, **figures: Any) -> Card:
    text = says.sentence(f"{code}.why", **figures)
    return Card(heading=heading, large=says.say(code, **figures), text=text)


def _study(heading: str, study: dict[str, Any], record: DecisionRecord, says: Sentences) -> Card:
    """What to find out, on how many cases, at what price, and what to do meanwhile."""
    named = study["of"]
    few = len(named) <= MOST_NAMED
    code = "record.find.study" if few else "record.find.study.many"
    items = () if few else tuple(says.name("input", name) for name in named)
    how = "once" if study["n"] == 1 else "cases"
    waits = study["months"] > 0
    text = says.together(
        says.sentence(f"record.find.study.{how}", n=study["n"], price=study["price"]),
        says.sentence("record.find.study.months", months=study["months"]) if waits else "",
        says.sentence("record.find.study.brings", enbs=study["enbs"], evsi=study["evsi"]),
        _meanwhile(study["meanwhile"], record, says) if waits else "",
    )
    return Card(
        heading=heading,
        large=says.sentence(code, inputs=named, n=len(named)),
        text=text,
        items=items,
    )


def _meanwhile(option: str, record: DecisionRecord, says: Sentences) -> str:
    today = any(one.id == option and one.status_quo for one in record.options)
    kind = "none" if today else says.options[option].kind if option in says.options else ""
    special = f"record.find.meanwhile.{kind}"
    return says.sentence(special if says.knows(special) else "record.find.meanwhile", option=option)


def _decide_now(heading: str, study: StudyValue, says: Sentences) -> Card:
    """Studies were priced, and none pays."""
    how = "once" if study.best.n == 1 else "cases"
    text = says.sentence(
        f"record.find.now.{how}",
        inputs=list(study.of),
        n=study.best.n,
        evsi=study.best.evsi,
        takes=study.best.price + study.delay,
    )
    why = says.sentence("record.find.now.close" if study.best.enbs > 0 else "record.find.now.less")
    return Card(heading=heading, large=says.say("record.find.now"), text=says.together(text, why))


def _at_most(heading: str, record: DecisionRecord, evpi: float, says: Sentences) -> Card:
    """No study is stated: what any could be worth at most."""
    code = "record.find.most" if evpi > 0 else "record.find.nothing"
    card = _card(heading, code, says, evpi=evpi)
    if evpi <= 0:
        return card
    known = record.value_of_information.evppi
    rows = [row for row in known if row.value > max(row.noise_floor, 0.0)]
    best = max(rows, key=lambda row: row.value, default=None)
    most = best is not None and best.value >= evpi / 2
    code = "record.find.top" if most else "worth.top"
    top = says.sentence(code, input=best.input, value=best.value) if best else ""
    text = says.together(card.text, top, says.sentence("record.find.say"))
    return Card(heading=heading, large=card.large, text=text)


def again(record: DecisionRecord, says: Sentences) -> Card:
    """When it is looked at again."""
    items = reopening(record, says)
    day = record.review_on
    lacking = "none" if day is None else "past" if day < record.date else ""
    return Card(
        heading=says.say("record.heading.again"),
        large=says.day(day) if day else says.say("record.again.none"),
        text=says.sentence(f"record.again.{lacking}.why") if lacking else "",
        lead=says.say("record.again.sooner") if items else "",
        items=items,
    )


def reopening(record: DecisionRecord, says: Sentences) -> tuple[str, ...]:
    """What re-opens the decision before its date, to follow the word "when"."""
    return tuple(
        says.reopening(said)
        for said in record.reopen_when
        if said.code != "date" or said.figures.get("day") != str(record.review_on)
    )


def _checks_named(reasons: Iterable[Said], code: str) -> list[str]:
    return [
        check
        for said in reasons
        if said.code == code
        for check in said.figures.get("checks", ())
    ]  # fmt: skip
