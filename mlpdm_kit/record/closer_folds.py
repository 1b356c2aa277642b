"""Folded parts on reviews, on segments, and on how much data ML would need."""

from __future__ import annotations

from mlpdm_kit.record.measured import Learning, Segment, SegmentGap, ThreeWays
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import (
    NONE,
    Cell,
    Fold,
    Head,
    Table,
    figure,
    heads,
    price_beside,
)

# --- leave, review, act -----------------------------------------------------------------


def review_fold(record: DecisionRecord, says: Sentences) -> Fold | None:
    """Between which probabilities a person looks, how often, and what one more would save."""
    found = record.error_costs.reviews
    if not found:
        return None
    table = Table(
        caption=says.say("review.caption"),
        heads=heads(
            says, "review.head", "option", "left", "share", "acted", "cost", "without", "all",
            "price", numbers=7,
        ),
        rows=tuple(_review_row(one, says) for one in found),
    )  # fmt: skip
    return Fold(
        key="review",
        heading=says.say("record.heading.review"),
        summary=says.say("review.counts", share=found[0].share),
        notes=tuple(_review_said(one, says) for one in found),
        pictures=("review",),
        tables=(table,),
    )


def _review_said(one: ThreeWays, says: Sentences) -> str:
    if one.share <= 0:
        return says.sentence("review.none", option=one.option)
    band = says.sentence(
        "review.band",
        option=one.option,
        low=one.low,
        high=one.high,
        left=one.left,
        share=one.share,
        acted=one.acted,
    )
    full = one.wanted > one.share
    wanted = says.sentence("review.wanted", wanted=one.wanted) if full else ""
    cost = says.sentence("review.cost", cost=one.cost, without=one.cost_without, all=one.cost_all)
    price = ""
    if one.shadow_price > 0:
        code = "review.price" if one.per_hour is None else "review.price.hour"
        price = says.sentence(code, price=one.shadow_price, hour=one.per_hour)
    return says.together(band, wanted, cost, price)


def _review_row(one: ThreeWays, says: Sentences) -> tuple[Cell, ...]:
    hour = "" if one.per_hour is None else says.say("review.hour", hour=one.per_hour)
    return (
        Cell(text=says.name("option", one.option)),
        figure(says.share(one.left), note=says.say("review.below", value=one.low)),
        figure(says.share(one.share), note=says.range(one.low, one.high, "share")),
        figure(says.share(one.acted), note=says.say("review.above", value=one.high)),
        figure(says.price(one.cost)),
        figure(says.price(one.cost_without)),
        figure(says.price(one.cost_all)),
        figure(says.price(one.shadow_price), note=hour),
    )


# --- segments -------------------------------------------------------------------------


def segments_fold(record: DecisionRecord, says: Sentences) -> Fold | None:
    """How well each option serves each segment, on how many cases, and the worst gap."""
    section = record.baseline
    if not section.segments:
        return None
    options = list(dict.fromkeys(one.option for one in section.segments))
    names = list(dict.fromkeys(one.segment for one in section.segments))
    found = {(one.option, one.segment): one for one in section.segments}
    kind = record.task if record.task in ("binary", "regression") else "shares"
    columns = [*heads(says, "segments.head", "segment", "cases", numbers=1)]
    columns += [Head(text=says.name("option", option), number=True) for option in options]
    rows = [_segment_row(name, options, found, says) for name in names]
    if section.gaps:
        rows.append(_gap_row(options, section.gaps, says))
    few = any(not one.ranked for one in section.segments)
    return Fold(
        key="segments",
        heading=says.say("record.heading.segments"),
        summary=says.say("segments.counts", n=len(names)),
        notes=tuple(_gap_said(gap, says) for gap in _gaps_first(record)),
        pictures=("segments",),
        tables=(
            Table(
                caption=says.say(f"segments.caption.{kind}"),
                heads=tuple(columns),
                rows=tuple(rows),
                foot=says.sentence("segments.few") if few else "",
            ),
        ),
    )


def _gaps_first(record: DecisionRecord) -> list[SegmentGap]:
    """The gap of the option that is chosen, or was best; else those of all."""
    gaps = list(record.baseline.gaps)
    wanted = (record.verdict.option, record.verdict.meanwhile, record.verdict.against)
    own = [gap for gap in gaps if gap.option in wanted]
    return own or gaps


def _gap_said(gap: SegmentGap, says: Sentences) -> str:
    status = "passed" if gap.amount <= gap.bound else "failed" if gap.low > gap.bound else "open"
    return says.sentence(f"finding.segments-{status}", **gap.model_dump())


def _segment_row(
    name: str, options: list[str], found: dict[tuple[str, str], Segment], says: Sentences
) -> tuple[Cell, ...]:
    of_all = [one for option in options if (one := found.get((option, name)))]
    most = max(of_all, key=lambda one: one.cases)
    few = "" if most.ranked else says.say("segments.tag")
    rows = says.say("segments.rows", n=most.rows) if most.rows != most.cases else ""
    cells = []
    for option in options:
        one = found.get((option, name))
        cells.append(
            figure("")
            if one is None
            else figure(
                says.share(one.quality.mean),
                note=says.range(one.quality.p5, one.quality.p95, "share"),
            )
        )
    return (
        Cell(text=says.segment_name(name), tag=few),
        figure(says.count(most.cases), note=rows),
        *cells,
    )


def _gap_row(options: list[str], gaps: tuple[SegmentGap, ...], says: Sentences) -> tuple[Cell, ...]:
    by_option = {gap.option: gap for gap in gaps}
    bound = says.say("segments.bound", bound=gaps[0].bound)
    cells = [
        figure(says.share(gap.amount), note=says.segment_name(gap.segment))
        if (gap := by_option.get(option))
        else figure("")
        for option in options
    ]
    return Cell(text=says.say("segments.gap"), note=bound), figure(NONE), *cells


# --- learning -------------------------------------------------------------------------


def learning_fold(record: DecisionRecord, says: Sentences) -> Fold | None:
    """On how many labelled cases ML would cost less than the best without it."""
    found = record.baseline.learning
    if found is None or not found.points:
        return None
    rows = [
        (
            Cell(text=says.count(point.rows)),
            figure(says.price(point.cost.mean), note=price_beside(point.cost, says)),
        )
        for point in found.points
    ]
    level = figure(says.price(found.level.mean), note=price_beside(found.level, says))
    against = Cell(text=says.name("option", found.against))
    table = Table(
        caption=says.say("learning.caption", option=found.option),
        heads=heads(says, "learning.head", "rows", "cost", numbers=1),
        rows=(*rows, (against, level)),
    )
    return Fold(
        key="learning",
        heading=says.say("record.heading.learning"),
        notes=(learning_said(found, says),),
        pictures=("learning",),
        tables=(table,),
    )


def learning_said(found: Learning, says: Sentences) -> str:
    """How much data ML would need, as a sentence."""
    code = f"learning.{found.code}"
    if found.code == "later":
        open_end = found.high is None
        code += ".open" if open_end else ""
        if found.low is None:
            code = "learning.later.far"
    first = says.sentence(
        code,
        option=found.option,
        against=found.against,
        rows=found.points[-1].rows,
        low=found.low,
        high=found.high,
    )
    chance = found.code == "later" and found.never > 0
    return says.together(
        first, says.sentence("learning.never.share", share=found.never) if chance else ""
    )
