"""Chart of 03: where the threshold goes, or by how much to add to a prediction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlpdm_kit.record.model import Curve, ErrorsSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import ticks
from mlpdm_kit.view.canvas import SMALL_COLUMNS, Figure, finished, wrapped_hover
from mlpdm_kit.view.wrap import inert, wrapped

_PLOT, _LEFT = 230.0, 58.0
_DASHES = ("solid", "dash", "dot", "dashdot")
_MOST_TIMES = 3.0


def threshold(errors: ErrorsSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """Cost per case over the threshold (for amounts, the offset) of every scored option."""
    curves = [curve for curve in errors.curves if curve.points]
    if not curves:
        return None
    offset = errors.threshold is None
    low, high = _heights(curves)
    traces: list[dict[str, Any]] = []
    told: list[str] = []
    for place, curve in enumerate(curves):
        traces.append(_line(curve, place, offset, says))
        told += _key(curve, place, len(curves) > 1, offset, says)
        traces += _points(curve, offset, high, says)
    words, top = _words([*told, says.say("chart.threshold.up", currency=says.currency)])
    first, last = min(c.points[0] for c in curves), max(c.points[-1] for c in curves)
    room = 0.03 * ((last - first) or 1.0)
    across, up = ticks(first - room, last + room), ticks(low, high, most=5)
    kind = "offset" if offset else "threshold"
    return finished(
        traces,
        title=threshold_sentence(errors, says),
        reading=says.say(f"chart.threshold.reading.{kind}"),
        inner=_PLOT,
        left=_LEFT,
        top=top,
        x={"range": [first - room, last + room], "tickmode": "array", "tickvals": across,
           "ticktext": [inert(_shown(value, offset, says)) for value in across]},
        y={"range": [low, high], "tickmode": "array", "tickvals": up, "showgrid": True,
           "gridcolor": palette.GRID, "ticktext": [inert(says.price(value)) for value in up]},
        x_title=says.say(f"chart.threshold.axis.{kind}"),
        foot=[says.say("chart.simulated")] if simulated else [],
        annotations=words,
    )  # fmt: skip


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


def _heights(curves: Sequence[Curve]) -> tuple[float, float]:
    """Ends of the cost axis: what lies far above the least cost is cut off."""
    costs = [cost for curve in curves for cost in curve.cost]
    least, most = min(costs), max(costs)
    if least > 0:
        high = min(most, _MOST_TIMES * least)
        return 0.0, high + 0.08 * high
    room = 0.08 * ((most - least) or 1.0)
    return least - room, most + room


def _cost_at(curve: Curve, value: float) -> float:
    """Cost at a point: as reported on other rows where it was chosen, else on the curve."""
    import numpy as np

    for point, cost in ((curve.chosen, curve.chosen_cost), (curve.tuned, curve.tuned_cost)):
        if value == point and cost is not None:
            return cost
    return float(np.interp(value, curve.points, curve.cost))


def _shown(value: float, offset: bool, says: Sentences) -> str:
    return says.number(value) if offset else says.share(value)


def _line(curve: Curve, place: int, offset: bool, says: Sentences) -> dict[str, Any]:
    name = says.name("option", curve.option)
    at = "offset" if offset else "threshold"
    hover = [
        wrapped_hover(f"{name}\n{says.say(f'chart.threshold.hover.{at}', value=x, cost=y)}")
        for x, y in zip(curve.points, curve.cost, strict=True)
    ]
    return {"type": "scatter", "mode": "lines", "x": list(curve.points), "y": list(curve.cost),
            "line": {"color": palette.ML, "width": 3, "dash": _DASHES[place % len(_DASHES)]},
            "hovertext": hover, "hoverinfo": "text"}  # fmt: skip


def _marks(curve: Curve) -> list[tuple[str, float, str, str]]:
    """Name, value, marker and its sign of the points that are marked."""
    found = []
    if curve.chosen is not None:
        found.append(("chosen", curve.chosen, "diamond", "◆"))
    if curve.tuned is not None and curve.tuned != curve.chosen:
        found.append(("tuned", curve.tuned, "square-open", "□"))
    return found


def _points(curve: Curve, offset: bool, high: float, says: Sentences) -> list[dict[str, Any]]:
    found = []
    for name, value, symbol, _ in _marks(curve):
        cost = _cost_at(curve, value)
        hover = _said(curve, name, value, offset, says)
        found.append(
            {"type": "scatter", "mode": "markers", "x": [value], "y": [min(cost, high)],
             "marker": {"symbol": symbol, "size": 14, "color": palette.CHOSEN,
                        "line": {"width": 3 if symbol.endswith("open") else 0,
                                 "color": palette.CHOSEN}},
             "cliponaxis": False, "hovertext": [wrapped_hover(hover)], "hoverinfo": "text"}
        )  # fmt: skip
    return found


def _said(curve: Curve, name: str, value: float, offset: bool, says: Sentences) -> str:
    at = "offset" if offset else "threshold"
    kind = "tuned" if name == "chosen" and curve.chosen == curve.tuned else name
    return says.say(f"chart.threshold.{at}.{kind}", value=value, cost=_cost_at(curve, value))


def _key(curve: Curve, place: int, named: bool, offset: bool, says: Sentences) -> list[str]:
    told = []
    if named:
        dash = ("━━", "╍╍", "┅┅", "━╍")[place % len(_DASHES)]
        told.append(f"{dash} {says.name('option', curve.option)}")
    return told + [
        f"{sign} {_said(curve, name, value, offset, says)}"
        for name, value, _, sign in _marks(curve)
    ]


def _words(told: Sequence[str]) -> tuple[list[dict[str, Any]], float]:
    """Lines above the plot, and the room that they take."""
    text = "<br>".join(wrapped(line, SMALL_COLUMNS) for line in told)
    room = (text.count("<br>") + 1) * palette.SMALL * 1.3 + 8
    word = {"x": 0.0, "xref": "paper", "xanchor": "left", "xshift": -_LEFT + 7, "align": "left",
            "y": 1.0, "yref": "paper", "yanchor": "bottom", "showarrow": False, "text": text,
            "borderpad": 0, "font": {"size": palette.SMALL}}  # fmt: skip
    return [word], room
