"""The folded part on chains of steps: how errors add up, and where a person should look."""

from __future__ import annotations

from collections.abc import Sequence

from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import NONE, Cell, Fold, Head, Table, figure, heads, money_beside
from mlpdm_kit.record.valued import POINT, Chain, ChainStep, Places

MOST_PLACES = 8


def chain_fold(record: DecisionRecord, says: Sentences) -> Fold | None:
    """Every chain: its steps, and every set of places to look."""
    found = record.chains
    if not found:
        return None
    tables = [
        table
        for one in found
        for table in (_steps(one, record, says), _places(one, record, says))
        if table is not None
    ]
    return Fold(
        key="chain",
        heading=says.say("record.heading.chain"),
        summary=places_said(found[0].after, says) if found[0].places else "",
        notes=(*(_said(one, record, says) for one in found), says.sentence("chain.independent")),
        pictures=("looks",),
        tables=tuple(tables),
    )


def places_said(after: Sequence[str], says: Sentences) -> str:
    """Where a person looks, in words."""
    if not after:
        return says.say("chain.look.nowhere")
    *some, last = [says.step(step) for step in after]
    code = "chain.look.many" if some else "chain.look.one"
    return says.say(code, some=says.listed(some), step=last)


def most_lost(chain: Chain) -> ChainStep | None:
    """The step that brings in most of what is lost."""
    found = max(chain.steps, key=lambda step: step.lost)
    return found if found.lost > 0 else None


def in_force(chain: Chain) -> Places | None:
    """The places to look that are in force."""
    return next((one for one in chain.places if one.after == chain.after), None)


def listed_places(chain: Chain) -> list[Places]:
    """The best sets of places, and always what is in force and looking nowhere."""
    kept = chain.places[:MOST_PLACES]
    always = [one for one in chain.places if one.after in ((), chain.after)]
    return [one for one in chain.places if one in kept or one in always]


def _said(chain: Chain, record: DecisionRecord, says: Sentences) -> str:
    """What a chain comes to, which step costs most, and where to look."""
    last, lost = chain.steps[-1], most_lost(chain)
    end = says.sentence("chain.end", option=chain.option, alone=last.alone.mean)
    if chain.after:
        end = says.sentence(
            "chain.end.looked", option=chain.option, alone=last.alone.mean, good=last.good.mean,
            places=places_said(chain.after, says),
        )  # fmt: skip
    told = [end]
    if lost is not None:
        told.append(says.sentence("chain.lost", step=says.step(lost.step), amount=lost.lost))
    told.append(look_said(chain, record.months, says))
    able = [step for step in chain.steps if step.better is not None and step.better > 0]
    if len(able) > 1:
        best = max(able, key=lambda step: step.better or 0.0)
        code = "chain.better" if best.brings.mean > POINT else "chain.better.all"
        told.append(
            says.sentence(code, step=says.step(best.step), amount=best.better,
                          months=record.months)
        )  # fmt: skip
    return says.together(*told)


def plan_said(chain: Chain, says: Sentences) -> str:
    """Where a person looks, to stand beside the option."""
    code = "chain.plan.settled" if chain.settled else "chain.plan.best"
    return says.say(code, places=places_said(chain.after, says))


def look_said(chain: Chain, months: float, says: Sentences, prefix: str = "chain") -> str:
    """Where a look is worth most, and by how much; whether what is settled is that."""
    if not chain.places:
        return ""
    best, now = chain.places[0], in_force(chain)
    assert now is not None
    figures = {"option": chain.option, "months": months, "best": places_said(best.after, says)}
    if chain.settled and best.after != chain.after:
        gain = best.expected_net_benefit.mean - now.expected_net_benefit.mean
        return says.sentence(f"{prefix}.other", now=places_said(now.after, says),
                             amount=gain, **figures)  # fmt: skip
    if not now.after:
        return says.sentence(f"{prefix}.nowhere", **figures)
    code = "settled" if chain.settled else "best"
    return says.sentence(f"{prefix}.{code}", amount=now.difference.mean, low=now.difference.p5,
                         high=now.difference.p95, **figures)  # fmt: skip


def _steps(chain: Chain, record: DecisionRecord, says: Sentences) -> Table:
    looked = bool(chain.after)
    names = ["step", "brings", "alone", *(["good"] if looked else []), "lost", "better"]
    most = most_lost(chain)
    return Table(
        caption=says.say("chain.steps.caption", option=chain.option),
        heads=heads(says, "chain.head", *names, numbers=len(names) - 1),
        rows=tuple(_step_row(step, looked, step is most, says) for step in chain.steps),
        foot=says.sentence("chain.steps.foot", months=record.months),
    )


def _step_row(step: ChainStep, looked: bool, most: bool, says: Sentences) -> tuple[Cell, ...]:
    shares = [step.brings, step.alone, *([step.good] if looked else [])]
    return (
        Cell(text=says.step_name(step.step)),
        *(
            figure(
                says.share(one.mean),
                note="" if one.p5 == one.p95 else says.range(one.p5, one.p95, "share"),
            )
            for one in shares
        ),
        figure(says.money(step.lost), strong=most),
        figure(NONE if step.better is None else says.money(step.better)),
    )


def _places(chain: Chain, record: DecisionRecord, says: Sentences) -> Table | None:
    if not chain.places:
        return None
    shown = listed_places(chain)
    rest = len(chain.places) - len(shown)
    return Table(
        caption=says.say("chain.places.caption", option=chain.option, months=record.months),
        heads=(
            Head(text=says.say("chain.head.places")),
            *heads(says, "chain.head", "worth", "difference", "looks", numbers=3),
        ),
        rows=tuple(_place_row(one, chain, says) for one in shown),
        foot=says.sentence("chain.places.rest", n=rest) if rest else "",
    )


def _place_row(one: Places, chain: Chain, says: Sentences) -> tuple[Cell, ...]:
    chosen = one.after == chain.after
    code = "chain.tag.settled" if chain.settled else "chain.tag.best"
    hours = says.say("chain.hours", hours=one.hours) if one.hours else ""
    return (
        Cell(text=says.sentence("chain.places.row", places=places_said(one.after, says)),
             tag=says.say(code) if chosen else "", strong=chosen),
        figure(says.money(one.expected_net_benefit.mean),
               note=money_beside(one.expected_net_benefit, says), strong=chosen),
        figure(says.money(one.difference.mean) if one.after else NONE,
               note=money_beside(one.difference, says) if one.after else ""),
        figure(says.count(one.looks) if one.after else NONE, note=hours),
    )  # fmt: skip
