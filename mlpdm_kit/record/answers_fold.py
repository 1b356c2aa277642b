"""Folded part on the answers of LLMs: every figure of their logs, an option a column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mlpdm_kit.record.logged import Answers, Price, SeenShare
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import Cell, Fold, Head, Table, figure

ENOUGH = 10  # repeats below which the spread is said to stand on few
_Shown = Callable[[Answers, Sentences], Cell | None]


def answers_fold(record: DecisionRecord, says: Sentences) -> Fold | None:
    """What the logs say: steadiness, inventions, attacks, seconds and prices."""
    found = record.baseline.answers
    if not found:
        return None
    rows = tuple(_rows(found, says))
    options = [Head(text=says.name("option", one.option), number=True) for one in found]
    table = Table(
        caption=says.say("answers.caption"),
        heads=(Head(text=says.say("answers.head.what")), *options),
        rows=rows,
        foot=says.sentence("answers.foot"),
    )
    notes = []
    for one in found:
        notes.append(says.sentence("answers.said", option=one.option, answers=one.answers,
                                   rows=one.rows, repeats=one.repeats))  # fmt: skip
        if 1 < one.repeats < ENOUGH:
            notes.append(says.sentence("answers.few", repeats=one.repeats, wanted=ENOUGH))
        if one.untried:
            kinds = [attack_name(kind, says) for kind in one.untried]
            notes.append(says.sentence("answers.untried", option=one.option, kinds=kinds))
    return Fold(
        key="answers",
        heading=says.say("record.heading.answers"),
        summary=says.say("answers.counts", n=sum(one.answers for one in found)),
        notes=tuple(notes),
        pictures=("answers",),
        tables=(table,),
    )


def attack_name(kind: str, says: Sentences) -> str:
    """What a kind of attack is called; one that the kit does not know by its own name."""
    return says.say(f"attack.{kind}") if says.knows(f"attack.{kind}") else kind


def _rows(found: Sequence[Answers], says: Sentences) -> Iterator[tuple[Cell, ...]]:
    """A row for each figure that at least one log has."""
    for name, shown in _FIGURES.items():
        cells = [shown(one, says) for one in found]
        if any(cell is not None for cell in cells):
            yield _row(says.say(f"answers.row.{name}"), cells)
    for kind in dict.fromkeys(one.kind for answers in found for one in answers.attacks):
        name = says.say("answers.row.attack", attack=attack_name(kind, says))
        yield _row(name, [_attack(answers, kind, says) for answers in found])
    for name, shown in _TAKEN.items():
        cells = [shown(one, says) for one in found]
        if any(cell is not None for cell in cells):
            yield _row(says.say(f"answers.row.{name}"), cells)
    for one in found:
        for review in one.reviewed:
            row = "looked" if review.option == one.option else "reviewed"
            name = says.say(f"answers.row.{row}", option=review.option)
            cell = figure(says.price(review.price), says.say(
                "answers.reviewed", looked=review.looked, accepted=review.accepted))  # fmt: skip
            yield _row(name, [cell if other is one else None for other in found])


def _row(name: str, cells: Sequence[Cell | None]) -> tuple[Cell, ...]:
    return (Cell(text=name), *(figure("") if cell is None else cell for cell in cells))


def _share(seen: SeenShare | None, says: Sentences) -> Cell | None:
    if seen is None:
        return None
    parts = [says.range(seen.low, seen.high, "share")]
    if seen.limit is not None:
        parts.append(says.say("answers.limit", shown=says.share(seen.limit)))
    return figure(says.share(seen.mean), says.parts(parts))


def _attack(answers: Answers, kind: str, says: Sentences) -> Cell | None:
    return _share(next((one.rate for one in answers.attacks if one.kind == kind), None), says)


def _repeats(one: Answers, says: Sentences) -> Cell | None:
    if one.lowest is None or one.highest is None:
        return None
    return figure(says.range(one.lowest, one.highest, "share"))


def _price(price: Price | None, says: Sentences, limit: float | None = None) -> Cell | None:
    if price is None:
        return None
    parts = [] if price.low == price.high else [says.range(price.low, price.high, "money")]
    if limit is not None:
        parts.append(says.say("answers.limit", shown=says.price(limit)))
    return figure(says.price(price.mean), says.parts(parts))


def _seconds(one: Answers, says: Sentences) -> Cell | None:
    if one.seconds is None:
        return None
    half, most, nearly_all = (says.quantity(value, "seconds") for value in one.seconds)
    parts = []
    if one.seconds_limit is not None:
        parts.append(says.say("answers.limit", shown=says.quantity(one.seconds_limit, "seconds")))
    if one.late is not None:
        parts.append(says.say("answers.late", share=one.late))
    return figure(f"{half} · {most} · {nearly_all}", says.parts(parts))


def _tokens(one: Answers, says: Sentences) -> Cell | None:
    if one.tokens_in is None and one.tokens_out is None:
        return None
    counts = [says.count(value or 0.0) for value in (one.tokens_in, one.tokens_out)]
    return figure(" + ".join(counts))


_FIGURES: dict[str, _Shown] = {
    "accuracy": lambda one, says: _share(one.accuracy, says),
    "repeats": _repeats,
    "flips": lambda one, says: _share(one.flips, says),
    "saved": lambda one, says: _price(one.saved, says),
    "repeatability": lambda one, says: _price(one.repeatability, says),
    "invented": lambda one, says: _share(one.invented, says),
    "refused": lambda one, says: _share(one.refused, says),
    "failed": lambda one, says: _share(one.failed, says),
}
_TAKEN: dict[str, _Shown] = {
    "seconds": _seconds,
    "attempts": lambda one, says: None if one.attempts is None else figure(
        says.number(one.attempts)),
    "tokens": _tokens,
    "cost": lambda one, says: _price(one.cost, says, one.cost_limit),
    "per_accepted": lambda one, says: _price(one.per_accepted, says),
}  # fmt: skip
