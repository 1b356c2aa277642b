"""Chart of 03: which cases are left, which a person looks at, which are acted on."""

from __future__ import annotations

from mlpdm_kit.record.measured import ThreeWays
from mlpdm_kit.record.sections import ErrorsSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view.axis import Axis, labelled
from mlpdm_kit.view.canvas import Canvas, Figure
from mlpdm_kit.view.palette import WAY_FILLS, Fill

_ROOM = 2.0  # times the last threshold that the axis reaches
_MOST = 3


def review(errors: ErrorsSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """The three zones over the probability, and how many cases each one holds."""
    found = _by_cost(errors)[:_MOST]
    if not found:
        return None
    high = min(1.0, _ROOM * max(one.high for one in found) or 1.0)
    marks = labelled(0.0, high, says.share)
    canvas = Canvas(Axis(low=0.0, high=high, ticks=marks, title=says.say("chart.review.axis")))
    for one in found:
        _zones(canvas, one, len(found) > 1, says)
    canvas.foot(says.say("chart.simulated") if simulated else "")
    return canvas.figure(
        title=review_sentence(found[0], says), reading=says.say("chart.review.reading")
    )


def _by_cost(errors: ErrorsSection) -> list[ThreeWays]:
    return sorted(errors.reviews, key=lambda one: one.cost)


def review_sentence(found: ThreeWays, says: Sentences) -> str:
    """Which cases a person looks at, and how many that is."""
    code = "nobody" if found.high <= found.low or found.share <= 0 else "some"
    return says.sentence(
        f"chart.review.{code}",
        option=found.option, low=found.low, high=found.high, share=found.share,
    )  # fmt: skip


def _zones(canvas: Canvas, found: ThreeWays, named: bool, says: Sentences) -> None:
    if named:
        canvas.row(says.name("option", found.option), strong=True)
    top = canvas.axis.high
    figures = {"low": found.low, "high": found.high}
    ways = (
        ("leave", 0.0, found.low, found.left),
        ("review", found.low, found.high, found.share),
        ("act", found.high, top, found.acted),
    )
    said = {
        way: says.say(f"chart.review.way.{way}", share=share, **figures)
        for way, _, _, share in ways
    }
    canvas.key([(WAY_FILLS[way], said[way]) for way in said])
    canvas.note(says.say("chart.review.track.chance"))
    middle = canvas.track(24)
    for way, start, end, _ in ways:
        _zone(canvas, middle, start, end, WAY_FILLS[way], said[way])
    canvas.gap(8)
    canvas.note(says.say("chart.review.track.cases"))
    middle, at = canvas.band(24), 0.0
    whole = sum(share for *_, share in ways) or 1.0
    for way, _, _, share in ways:
        _zone(canvas, middle, at, at + share / whole * top, WAY_FILLS[way], said[way])
        at += share / whole * top
    canvas.gap(8)
    for line in review_words(found, says):
        canvas.note(line)
    canvas.gap()


def _zone(
    canvas: Canvas, middle: float, start: float, end: float, fill: Fill, hover: str
) -> None:  # fmt: skip
    canvas.bar(middle, start=start, end=end, fill=fill, hover=hover, height=24, gap=True)


def review_words(found: ThreeWays, says: Sentences) -> list[str]:
    """What the limit of time costs, what one more review would save, and what it all brings."""
    told = []
    if found.wanted > found.share * 1.001:
        told.append(says.sentence("chart.review.short", wanted=found.wanted, share=found.share))
    elif found.share > 0:
        told.append(says.sentence("chart.review.enough"))
    if found.shadow_price > 0:
        told.append(says.sentence("chart.review.price", amount=found.shadow_price))
        if found.per_hour is not None:
            told.append(says.sentence("chart.review.hour", amount=found.per_hour))
    told.append(
        says.sentence(
            "chart.review.costs",
            cost=found.cost, without=found.cost_without, everything=found.cost_all,
        )
    )  # fmt: skip
    return told
