"""Chart of 02: how much data ML would need to beat the best option without it."""

from __future__ import annotations

from mlpdm_kit.record.measured import Learning
from mlpdm_kit.record.rounding import significant
from mlpdm_kit.record.sections import ComparisonSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import Axis
from mlpdm_kit.view.canvas import Figure
from mlpdm_kit.view.plane import Log, Plane, upright_axis

_FAN = "rgba(213,94,0,0.18)"
_LEVEL = "rgba(107,119,132,0.22)"


def learning(comparison: ComparisonSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """Cost per case of ML by labelled rows, against the best option without ML."""
    found = comparison.learning
    if found is None or not found.points:
        return None
    log = _log(found)
    plane = Plane(_across(log, says), _up(found, says))
    plane.zone((plane.across.low, plane.across.high), (found.level.p5, found.level.p95),
               colour=_LEVEL)  # fmt: skip
    plane.level(found.level.mean, colour=palette.PLAIN, width=3)
    _law(plane, found, log, says)
    _crossing(plane, found, log, says)
    for point in found.points:
        at = log.at(point.rows)
        plane.upright(at, point.cost, palette.ML)
        hover = says.say("chart.learning.hover", rows=point.rows, cost=point.cost.mean,
                         range=says.price_range(point.cost))  # fmt: skip
        plane.mark(at, point.cost.mean, symbol="diamond", colour=palette.ML, hover=hover, size=11)
    plane.foot(says.say("chart.simulated") if simulated else "")
    return plane.figure(
        title=learning_sentence(found, says), reading=says.say("chart.learning.reading")
    )


def learning_sentence(found: Learning, says: Sentences) -> str:
    """Whether ML is cheaper already, from how many rows on, never, or nobody can tell."""
    figures = {"option": found.option, "against": found.against, "rows": found.points[-1].rows}
    code = found.code
    if code == "later" and found.low is not None and found.high is not None:
        low, high = significant(found.low, 2), significant(found.high, 2)
        return says.sentence("chart.learning.later", low=low, high=high, **figures)
    return says.sentence(f"chart.learning.{'unclear' if code == 'later' else code}", **figures)


def _log(found: Learning) -> Log:
    rows = [point.rows for point in (*found.points, *found.line)]
    high = max(rows)
    if found.code == "later" and found.high is not None:
        high = max(high, found.high)
    return Log(low=min(rows), high=high)


def _across(log: Log, says: Sentences) -> Axis:
    room = 0.05 * ((log.at(log.high) - log.at(log.low)) or 1.0)
    marks = tuple((place, says.count(n)) for n, place in log.ticks())
    return Axis(low=log.at(log.low) - room, high=log.at(log.high) + room, ticks=marks,
                title=says.say("chart.learning.axis"))  # fmt: skip


def _up(found: Learning, says: Sentences) -> Axis:
    spreads = [point.cost for point in found.points] + [found.level]
    far = [point.cost for point in found.line]
    low = min([*(one.p5 for one in spreads), *(one.mean for one in far)])
    high = max([*(one.p95 for one in spreads), *(one.mean for one in far)])
    room = 0.1 * ((high - low) or abs(high) or 1.0)
    title = says.say("chart.learning.up", currency=says.currency)
    return upright_axis(low - 1.5 * room, high + room, says.price, title)


def _law(plane: Plane, found: Learning, log: Log, says: Sentences) -> None:
    """The fitted law as a line, and beyond what was tried a fan of what it may be."""
    plane.say(says.say("chart.learning.key.points", option=found.option))
    if found.line:
        last = found.points[-1].rows
        beyond = [point for point in found.line if point.rows >= last]
        if len(beyond) > 1:
            plane.fan([log.at(p.rows) for p in beyond], [p.cost for p in beyond], _FAN)
        plane.line([log.at(p.rows) for p in found.line], [p.cost.mean for p in found.line],
                   colour=palette.ML, dash="dot")  # fmt: skip
        plane.say(says.say("chart.learning.key.line"))
    plane.say(says.say("chart.learning.key.level", against=found.against, cost=found.level.mean))


def _crossing(plane: Plane, found: Learning, log: Log, says: Sentences) -> None:
    """A bar at the bottom from where to where the crossing may lie."""
    if found.code not in ("later", "unclear") or found.low is None:
        return
    start = log.at(found.low)
    end = plane.across.high if found.high is None else log.at(found.high)
    if start >= plane.across.high:
        return
    axis = plane.up
    y = axis.low + 0.03 * (axis.high - axis.low)
    ends = [max(start, plane.across.low), min(end, plane.across.high)]
    plane.line(ends, [y, y], colour=palette.CHOSEN, width=7)
    hover = says.say("chart.learning.key.crossing")
    if found.median is not None and plane.across.holds(log.at(found.median)):
        plane.mark(log.at(found.median), y, symbol="circle", colour=palette.CHOSEN, hover=hover,
                   size=12)  # fmt: skip
    if end > plane.across.high or found.high is None:
        plane.mark(plane.across.high, y, symbol="triangle-right", colour=palette.CHOSEN,
                   hover=hover, size=13)  # fmt: skip
    plane.say(hover)
