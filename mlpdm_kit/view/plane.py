"""The paper for charts with two axes: lines, points and bands, their key in words above.

What is drawn is named above the plot, by the sign it is drawn with, so that no words meet
lines inside it whatever the width is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mlpdm_kit.record.parts import Range
from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import COLUMN, Axis, ticks
from mlpdm_kit.view.canvas import Figure, finished, small_columns, wrapped_hover
from mlpdm_kit.view.wrap import columns, inert, wrapped

PLOT, LEFT = 230.0, 58.0
PLOT_WIDTH = 275.0  # pixels on a narrow screen
DASHES = ("solid", "dash", "dot", "dashdot")
DASH_SIGNS = ("━━", "╍╍", "┅┅", "━╍")


@dataclass(frozen=True, kw_only=True)
class Log:
    """Places of counts on an axis on which every step is so many times the one before.

    Examples
    --------
    >>> log = Log(low=10, high=2000)
    >>> log.at(100), [n for n, _ in log.ticks()]
    (2.0, [10, 100, 1000])
    """

    low: float
    high: float

    def at(self, value: float) -> float:
        """Where a count lies."""
        return math.log10(max(value, 1e-9))

    def ticks(self) -> list[tuple[float, float]]:
        """Powers of ten, or where there are too few of these also their halves: count, place."""
        first, last = math.floor(self.at(self.low)), math.ceil(self.at(self.high))
        for steps in ((1,), (1, 3), (1, 2, 5)):
            found = [
                step * 10**power
                for power in range(first, last + 1)
                for step in steps
                if self.low * 0.999 <= step * 10**power <= self.high * 1.001
            ]
            if len(found) >= 3:
                break
        while len(found) > 5:
            found = found[::2]
        return [(n, self.at(n)) for n in found]


def upright_axis(low: float, high: float, shown: Callable[[float], str], title: str) -> Axis:
    """A vertical axis; its title is the last line above the plot."""
    marks = tuple((value, shown(value)) for value in ticks(low, high, most=5))
    return Axis(low=low, high=high, title=title, ticks=marks)


class Plane:
    """A chart with two axes in the making.

    Parameters
    ----------
    across, up : Axis
        What is drawn horizontally and vertically.
    """

    def __init__(self, across: Axis, up: Axis) -> None:
        self.across, self.up = across, up
        self._traces: list[dict[str, Any]] = []
        self._shapes: list[dict[str, Any]] = []
        self._told: list[str] = []
        self._foot: list[str] = []

    def say(self, text: str) -> None:
        """A line of the key above the plot."""
        self._told.append(text)

    def foot(self, text: str) -> None:
        """A line below the axis."""
        if text:
            self._foot.append(text)

    def line(
        self, x: Sequence[float], y: Sequence[float], *, colour: str, dash: str = "solid",
        width: int = 3, hover: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """A line through points."""
        told = {"hovertext": [wrapped_hover(text) for text in hover], "hoverinfo": "text"}
        self._traces.append(
            {"type": "scatter", "mode": "lines", "x": list(x), "y": list(y),
             "line": {"color": colour, "width": width, "dash": dash},
             **(told if hover else {"hoverinfo": "skip"})}
        )  # fmt: skip

    def fan(self, x: Sequence[float], spreads: Sequence[Range], colour: str) -> None:
        """The band between the ends of ranges."""
        ends = [*(one.p5 for one in spreads), *(one.p95 for one in reversed(spreads))]
        self._traces.append(
            {"type": "scatter", "mode": "lines", "x": [*x, *reversed(x)], "y": ends,
             "fill": "toself", "fillcolor": colour, "line": {"width": 0}, "hoverinfo": "skip"}
        )  # fmt: skip

    def mark(
        self, x: float, y: float, *, symbol: str, colour: str, hover: str, size: int = 14
    ) -> None:
        """One point; what lies beyond the plot stands at its edge."""
        hollow = symbol.endswith("open")
        self._traces.append(
            {"type": "scatter", "mode": "markers", "x": [_within(x, self.across)],
             "y": [_within(y, self.up)], "cliponaxis": False,
             "marker": {"symbol": symbol, "size": size, "color": colour,
                        "line": {"width": 3 if hollow else 0, "color": colour}},
             "hovertext": [wrapped_hover(hover)], "hoverinfo": "text"}
        )  # fmt: skip

    def upright(self, x: float, spread: Range, colour: str) -> None:
        """The range of a point."""
        ends = [_within(spread.p5, self.up), _within(spread.p95, self.up)]
        self.line([x, x], ends, colour=colour, width=2)

    def zone(
        self, x: tuple[float, float], y: tuple[float, float] | None = None, *, colour: str
    ) -> None:
        """A shaded stretch, over the whole height or between two heights."""
        high = y or (self.up.low, self.up.high)
        ends = [_within(value, self.across) for value in x]
        tops = [_within(value, self.up) for value in high]
        self._shapes.append(
            {"type": "rect", "x0": ends[0], "x1": ends[1], "y0": tops[0], "y1": tops[1],
             "layer": "below", "fillcolor": colour, "line": {"width": 0}}
        )  # fmt: skip

    def level(self, y: float, *, colour: str, dash: str = "solid", width: int = 2) -> None:
        """A line from side to side."""
        self._straight((self.across.low, self.across.high), (y, y), colour, dash, width)

    def post(self, x: float, *, colour: str, dash: str = "solid", width: int = 2) -> None:
        """A line from bottom to top."""
        self._straight((x, x), (self.up.low, self.up.high), colour, dash, width)

    def _straight(
        self, x: tuple[float, float], y: tuple[float, float], colour: str, dash: str, width: int
    ) -> None:
        self._shapes.append(
            {"type": "line", "x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1], "layer": "below",
             "line": {"color": colour, "width": width, "dash": dash}}
        )  # fmt: skip

    def figure(self, *, title: str, reading: str) -> Figure:
        """The chart as a plain plotly figure; its title and reading stand in ``meta``."""
        labels = [label for _, label in self.up.ticks]
        widest = max((columns(label) for label in labels), default=0)
        left = max(LEFT, widest * COLUMN + 14)
        words, top = _words([*self._told, self.up.title], left)
        return finished(
            self._traces,
            title=title,
            reading=reading,
            inner=PLOT,
            left=left,
            top=top,
            x=_shown(self.across),
            y={**_shown(self.up), "showgrid": True, "gridcolor": palette.GRID},
            x_title=self.across.title,
            foot=self._foot,
            shapes=self._shapes,
            annotations=words,
        )


def _within(value: float, axis: Axis) -> float:
    return min(max(value, axis.low), axis.high)


def _shown(axis: Axis) -> dict[str, Any]:
    return {
        "range": [axis.low, axis.high],
        "tickmode": "array",
        "tickvals": [value for value, _ in axis.ticks],
        "ticktext": [inert(label) for _, label in axis.ticks],
    }


def _words(told: Sequence[str], left: float) -> tuple[list[dict[str, Any]], float]:
    """Lines above the plot, and the room that they take."""
    text = "<br>".join(wrapped(line, small_columns()) for line in told if line)
    room = (text.count("<br>") + 1) * palette.SMALL * 1.3 + 8
    word = {"x": 0.0, "xref": "paper", "xanchor": "left", "xshift": 7 - left, "align": "left",
            "y": 1.0, "yref": "paper", "yanchor": "bottom", "showarrow": False, "text": text,
            "borderpad": 0, "font": {"size": palette.SMALL}}  # fmt: skip
    return [word], room
