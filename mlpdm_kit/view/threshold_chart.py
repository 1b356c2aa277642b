"""Chart of 03: where the threshold goes, or by how much to add to a prediction."""

from __future__ import annotations

from collections.abc import Sequence

from mlpdm_kit.record.measured import Curve
from mlpdm_kit.record.sections import ErrorsSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import Axis, labelled
from mlpdm_kit.view.canvas import Figure
from mlpdm_kit.view.plane import DASH_SIGNS, DASHES, PLOT_WIDTH, Plane, upright_axis

_MOST_TIMES = 3.0
_BAND = "rgba(0,114,178,0.16)"


def threshold(errors: ErrorsSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """Cost per case over the threshold (for amounts, the offset) of every scored option."""
    curves = [curve for curve in errors.curves if curve.points]
    if not curves:
        return None
    kind = "offset" if errors.threshold is None else "threshold"
    plane = Plane(_across(curves, kind, says), _up(curves, says))
    for place, curve in enumerate(curves):
        _curve(plane, curve, place, kind, says)
        if len(curves) > 1:
            plane.say(f"{DASH_SIGNS[place % len(DASHES)]} {says.name('option', curve.option)}")
        _marks(plane, curve, kind, says)
        _band(plane, curve, place, kind, says)
        plane.say(difference_said(curve, says))
    plane.foot(says.say("chart.simulated") if simulated else "")
    return plane.figure(
        title=threshold_sentence(errors, says),
        reading=says.say(f"chart.threshold.reading.{kind}"),
    )


def threshold_sentence(errors: ErrorsSection, says: Sentences) -> str:
    """Where the cost is least on the first curve, and what the costs alone say."""
    curve = next(curve for curve in errors.curves if curve.points)
    best = curve.points[min(range(len(curve.cost)), key=lambda i: curve.cost[i])]
    chosen = curve.chosen if curve.chosen is not None else best
    if errors.threshold is None:
        return says.sentence(
            f"chart.threshold.offset.{'up' if chosen >= 0 else 'down'}",
            option=curve.option, value=abs(chosen),
        )  # fmt: skip
    cost = _cost_at(curve, chosen)
    code = "chosen" if curve.chosen != curve.tuned else "tuned"
    return says.sentence(f"chart.threshold.{code}", option=curve.option, value=chosen, cost=cost)


def difference_said(curve: Curve, says: Sentences) -> str:
    """What the threshold from the costs costs more than the tuned one, and how sure that is."""
    found = curve.difference
    if found is None or curve.chosen == curve.tuned:
        return ""
    code = "more" if found.p5 > 0 else "less" if found.p95 < 0 else "even"
    return says.sentence(
        f"chart.threshold.difference.{code}",
        amount=abs(found.mean), range=says.price_range(found),
    )  # fmt: skip


def _across(curves: Sequence[Curve], kind: str, says: Sentences) -> Axis:
    first, last = min(c.points[0] for c in curves), max(c.points[-1] for c in curves)
    room = 0.03 * ((last - first) or 1.0)
    low, high = first - room, last + room
    marks = labelled(low, high, lambda value: _shown(value, kind, says), width=PLOT_WIDTH)
    return Axis(low=low, high=high, ticks=marks, title=says.say(f"chart.threshold.axis.{kind}"))


def _up(curves: Sequence[Curve], says: Sentences) -> Axis:
    """The cost axis: what lies far above the least cost is cut off."""
    costs = [cost for curve in curves for cost in curve.cost]
    least, most = min(costs), max(costs)
    if least > 0:
        low, high = 0.0, 1.08 * min(most, _MOST_TIMES * least)
    else:
        room = 0.08 * ((most - least) or 1.0)
        low, high = least - room, most + room
    title = says.say("chart.threshold.up", currency=says.currency)
    return upright_axis(low, high, says.price, title)


def _cost_at(curve: Curve, value: float) -> float:
    """Cost at a point: as reported on other rows where it was chosen, else on the curve."""
    import numpy as np

    for point, cost in ((curve.chosen, curve.chosen_cost), (curve.tuned, curve.tuned_cost)):
        if value == point and cost is not None:
            return cost
    return float(np.interp(value, curve.points, curve.cost))


def _shown(value: float, kind: str, says: Sentences) -> str:
    return says.number(value) if kind == "offset" else says.share(value)


def _curve(plane: Plane, curve: Curve, place: int, kind: str, says: Sentences) -> None:
    name = says.name("option", curve.option)
    hover = [
        f"{name}\n{says.say(f'chart.threshold.hover.{kind}', value=x, cost=y)}"
        for x, y in zip(curve.points, curve.cost, strict=True)
    ]
    plane.line(curve.points, curve.cost, colour=palette.ML, dash=DASHES[place % len(DASHES)],
               hover=hover)  # fmt: skip


def _marks(plane: Plane, curve: Curve, kind: str, says: Sentences) -> None:
    """The point that is used, and the tuned one beside it."""
    found = []
    if curve.chosen is not None:
        code = "used" if curve.chosen == curve.tuned else "chosen"
        found.append((code, curve.chosen, "diamond", "◆"))
    if curve.tuned is not None and curve.tuned != curve.chosen:
        found.append(("tuned", curve.tuned, "square-open", "□"))
    for code, value, symbol, sign in found:
        cost = _cost_at(curve, value)
        said = says.say(f"chart.threshold.{kind}.{code}", value=value, cost=cost)
        plane.mark(value, cost, symbol=symbol, colour=palette.CHOSEN, hover=said)
        plane.say(f"{sign} {said}")


def _band(plane: Plane, curve: Curve, place: int, kind: str, says: Sentences) -> None:
    """Where the tuned one would be on other samples; drawn for the first curve, else in words."""
    low, high = curve.tuned_low, curve.tuned_high
    if low is None or high is None:
        return
    sign = ""
    if place == 0 and high > plane.across.low and low < plane.across.high:
        plane.zone((low, high), colour=_BAND)
        sign = "▒ "
    plane.say(f"{sign}{says.say(f'chart.threshold.band.{kind}', low=low, high=high)}")
