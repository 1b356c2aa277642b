"""The paper that charts are drawn on: rows of words and bars, from top to bottom.

The vertical axis counts pixels, so that words and bars never meet whatever the width is;
only the horizontal axis stretches. Words stand above what they name, from the left edge, a
figure at the right edge. As the browser does not break them, every chart is laid out for two
rooms: one that reads at 360 pixels, and one for a page that has about twice as much, as a
notebook has on a small laptop.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import Axis
from mlpdm_kit.view.palette import Fill, Style
from mlpdm_kit.view.wrap import columns, inert, lines, wrapped

Figure = dict[str, Any]

_LEADING = 1.3
_EDGE = 7


@dataclass(frozen=True, kw_only=True)
class Room:
    """How many columns of words a line of a chart may hold.

    Parameters
    ----------
    line, small : int
        Of a row's name with its figure, and of the smaller words.
    half, whole : int
        Of a name in the key, in half a line and in a whole one.
    pixels : int
        How wide a chart must be for it.
    """

    line: int
    small: int
    half: int
    whole: int
    pixels: int


NARROW = Room(line=39, small=46, half=18, whole=40, pixels=300)
WIDE = Room(line=78, small=86, half=35, whole=76, pixels=570)
_room: ContextVar[Room] = ContextVar("room", default=NARROW)


@contextmanager
def laid_out_for(room: Room) -> Iterator[None]:
    """Lay out what is drawn inside for a room."""
    token = _room.set(room)
    try:
        yield
    finally:
        _room.reset(token)


def small_columns() -> int:
    """How many columns of smaller words a line may hold where a chart is being drawn."""
    return _room.get().small


def in_both_rooms(draw: Callable[[], Figure | None]) -> Figure | None:
    """A chart for a narrow screen, with its twin for a wide one in ``layout.meta.wide``."""
    with laid_out_for(NARROW):
        narrow = draw()
    if narrow is None:
        return None
    with laid_out_for(WIDE):
        wide = draw()
    assert wide is not None
    del wide["layout"]["meta"]
    narrow["layout"]["meta"]["wide"] = wide
    return narrow


def wide_twin(figure: Mapping[str, Any]) -> Figure:
    """The chart as it is laid out for a page that has room; the chart itself where it has none.

    Examples
    --------
    >>> wide_twin({"data": [], "layout": {"height": 90}})
    {'data': [], 'layout': {'height': 90}}
    """
    found: Figure = figure["layout"].get("meta", {}).get("wide") or dict(figure)
    return found


class Canvas:
    """A chart in the making.

    Parameters
    ----------
    axis : Axis
        What is drawn horizontally.
    zero : float, optional
        Where a strong line marks the start of bars, or what options are compared with.
    """

    def __init__(self, axis: Axis, *, zero: float | None = None) -> None:
        self.axis, self.zero = axis, zero
        self._at = 2.0
        self._traces: list[dict[str, Any]] = []
        self._shapes: list[dict[str, Any]] = []
        self._words: list[dict[str, Any]] = []
        self._foot: list[str] = []

    # --- words ----------------------------------------------------------------------------

    def row(self, name: str, figure: str = "", *, strong: bool = False) -> None:
        """The line above a bar: what it is, and its figure at the right edge."""
        room = _room.get().line - (columns(figure) + 2 if figure else 0)
        told = lines(name, max(room, 12))
        said, shown = "<br>".join(map(inert, told)), inert(figure)
        if strong:
            said, shown = f"<b>{said}</b>", f"<b>{shown}</b>" if shown else ""
        self._put(said, x=0.0, anchor="left")
        if shown:
            self._put(shown, x=1.0, anchor="right")
        self._at += len(told) * palette.TEXT * _LEADING + 3

    def note(self, text: str, *, right: bool = False) -> None:
        """A smaller line."""
        told = wrapped(text, small_columns())
        self._put(told, x=1.0 if right else 0.0, anchor="right" if right else "left", small=True)
        self._at += (told.count("<br>") + 1) * palette.SMALL * _LEADING + 2

    def gap(self, pixels: float = 12) -> None:
        """Room between rows."""
        self._at += pixels

    def foot(self, text: str) -> None:
        """A line below the axis: what signs mean, where figures come from."""
        if text:
            self._foot.append(text)

    def key(self, entries: Sequence[tuple[Fill, str]]) -> None:
        """What the parts of the bars are, two in a line where both are short."""
        span, height = self.axis.high - self.axis.low, 14.0
        right = False
        for place, (fill, name) in enumerate(entries):
            following = entries[place + 1][1] if place + 1 < len(entries) else None
            start = self.axis.low + right * span / 2
            middle = self._at + height / 2
            self.bar(
                middle, start=start, end=start + 0.06 * span, fill=fill, height=height, hover=name
            )
            told, *more = lines(name, _room.get().whole)
            shown = f"{told}…" if more else told
            self.at_value(start + 0.075 * span, shown, middle, anchor="left")
            right = not right and _short(name) and following is not None and _short(following)
            if not right:
                self._at += height + 8
        self.gap(6)

    def at_value(
        self, value: float, text: str, y: float, *, inside: str = "", anchor: str = "center"
    ) -> None:
        """A sign on a bar."""
        self._words.append(
            {"x": value, "xref": "x", "y": y, "yref": "y",
             "text": f"<b>{inert(text)}</b>" if inside else inert(text),
             "showarrow": False, "xanchor": anchor, "yanchor": "middle",
             "font": {"size": palette.SMALL, **({"color": inside} if inside else {})}}
        )  # fmt: skip

    def _put(self, text: str, *, x: float, anchor: str, small: bool = False) -> None:
        self._words.append(
            {"x": x, "xref": "paper", "y": self._at, "yref": "y", "text": text,
             "showarrow": False, "xanchor": anchor, "yanchor": "top", "align": anchor,
             "borderpad": 0, "opacity": 0.85 if small else 1.0,
             "font": {"size": palette.SMALL if small else palette.TEXT}}
        )  # fmt: skip

    # --- marks ----------------------------------------------------------------------------

    def band(self, height: float = 18) -> float:
        """A track on which the axis says nothing; returns its middle."""
        top = self._at
        self._box(self.axis.low, self.axis.high, top, top + height, palette.TRACK)
        self._at += height
        return top + height / 2

    def track(self, height: float = 18) -> float:
        """The band that a row is drawn on; returns its middle."""
        top, middle = self._at, self._at + height / 2
        self._box(self.axis.low, self.axis.high, top, top + height, palette.TRACK)
        for value, _ in self.axis.ticks:
            if value != self.zero:
                self._line(value, top, top + height, palette.GRID, 1)
        if self.zero is not None and self.axis.holds(self.zero):
            self._line(self.zero, top - 2, top + height + 2, palette.ZERO, 2)
        self._at += height
        return middle

    def spread(
        self, y: float, *, low: float, mean: float, high: float, style: Style, hover: str
    ) -> None:
        """A range with its expectation; ends beyond the axis are cut and marked."""
        axis = self.axis
        if low < high and low <= axis.high and high >= axis.low:
            ends = [max(low, axis.low), min(high, axis.high)]
            self._traces.append(
                {"type": "scatter", "mode": "lines", "x": ends, "y": [y, y], "hoverinfo": "skip",
                 "line": {"color": style.colour, "width": style.width, "dash": style.dash}}
            )  # fmt: skip
        if axis.holds(mean):
            self._mark(mean, y, style.symbol, style.size, style.colour, hover)
        if high > axis.high:
            self._mark(axis.high, y, "triangle-right", 12, style.colour, hover)
        if low < axis.low:
            self._mark(axis.low, y, "triangle-left", 12, style.colour, hover)

    def bar(self, y: float, *, start: float, end: float, fill: Fill, hover: str,
            height: float = 18, gap: bool = False) -> None:  # fmt: skip
        """A bar from one value to another, cut at the end of the axis."""
        low, high = sorted((start, end))
        low, high = max(low, self.axis.low), min(high, self.axis.high)
        if high <= low:
            return
        pattern = {"shape": fill.pattern, "fillmode": "overlay", "fgcolor": "#ffffff",
                   "fgopacity": 0.75, "size": 6, "solidity": 0.25}  # fmt: skip
        self._traces.append(
            {"type": "bar", "orientation": "h", "base": [low], "x": [high - low], "y": [y],
             "width": [height], "hovertext": [wrapped_hover(hover)], "hoverinfo": "text",
             "marker": {"color": fill.colour,
                        "line": {"width": 2 if gap else 0.5, "color": "#ffffff"},
                        **({"pattern": pattern} if fill.pattern else {})}}
        )  # fmt: skip

    def cut(self, y: float, hover: str, *, left: bool = False) -> None:
        """The sign for a bar that goes on beyond the axis."""
        value = self.axis.low if left else self.axis.high
        self._mark(value, y, f"triangle-{'left' if left else 'right'}", 13, palette.FAILED, hover)

    def zone(self, start: float, end: float, middle: float, height: float, colour: str) -> None:
        """A stretch of a track."""
        self._box(start, end, middle - height / 2, middle + height / 2, colour)

    def stop(self, value: float, middle: float, height: float, colour: str) -> None:
        """A short upright line on a track."""
        self._line(value, middle - height / 2, middle + height / 2, colour, 3)

    def _mark(self, x: float, y: float, symbol: str, size: int, colour: str, hover: str) -> None:
        self._traces.append(
            {"type": "scatter", "mode": "markers", "x": [x], "y": [y], "cliponaxis": False,
             "marker": {"symbol": symbol, "size": size, "color": colour,
                        "line": {"width": 2 if symbol.endswith("-open") else 0, "color": colour}},
             "hovertext": [wrapped_hover(hover)], "hoverinfo": "text"}
        )  # fmt: skip

    def _box(self, x0: float, x1: float, y0: float, y1: float, colour: str) -> None:
        self._shapes.append(
            {"type": "rect", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "layer": "below",
             "fillcolor": colour, "line": {"width": 0}}
        )  # fmt: skip

    def _line(self, x: float, y0: float, y1: float, colour: str, width: int) -> None:
        self._shapes.append(
            {"type": "line", "x0": x, "x1": x, "y0": y0, "y1": y1, "layer": "below",
             "line": {"color": colour, "width": width}}
        )  # fmt: skip

    # --- the whole ------------------------------------------------------------------------

    def figure(self, *, title: str, reading: str) -> Figure:
        """The chart as a plain plotly figure; its title and reading stand in ``meta``."""
        inner = self._at + 4
        axis = self.axis
        x = {"range": [axis.low, axis.high], "tickmode": "array",
             "tickvals": [value for value, _ in axis.ticks],
             "ticktext": [inert(label) for _, label in axis.ticks],
             "visible": bool(axis.ticks or axis.title)}  # fmt: skip
        return finished(
            self._traces,
            title=title,
            reading=reading,
            inner=inner,
            x=x,
            y={"range": [inner, 0], "visible": False},
            x_title=axis.title,
            foot=self._foot,
            shapes=self._shapes,
            annotations=self._words,
        )


def _short(name: str) -> bool:
    return columns(name) <= _room.get().half


def wrapped_hover(text: str) -> str:
    """Lines of a hover text, each broken where it is long."""
    return "<br>".join(wrapped(line, 40) for line in text.splitlines())


def finished(
    traces: Sequence[Mapping[str, Any]],
    *,
    title: str,
    reading: str,
    inner: float,
    x: Mapping[str, Any],
    y: Mapping[str, Any],
    x_title: str = "",
    foot: Sequence[str] = (),
    shapes: Sequence[Mapping[str, Any]] = (),
    annotations: Sequence[Mapping[str, Any]] = (),
    left: float = _EDGE,
    top: float = 2,
) -> Figure:
    """A plain plotly figure in the look that all charts share."""
    from plotly.io import to_json

    said = wrapped(x_title, small_columns()) if x_title else ""
    below = 24.0 if x.get("visible", True) else 6.0
    if said:
        below += (said.count("<br>") + 1) * palette.SMALL * _LEADING + 4
    words = list(annotations)
    for line in foot:
        told = wrapped(line, small_columns())
        words.append(_foot_words(told, below, left))
        below += (told.count("<br>") + 1) * palette.SMALL * _LEADING + 2
    look = {"fixedrange": True, "showgrid": False, "zeroline": False, "automargin": False}
    layout = {
        "template": {},
        "autosize": True,
        "height": round(top + inner + below + 4),
        "margin": {"l": left, "r": _EDGE, "t": top, "b": round(below + 4)},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": palette.FONT, "size": palette.TEXT},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverdistance": 30,
        "barmode": "overlay",
        "hoverlabel": {"align": "left", "bgcolor": palette.HOVER, "bordercolor": palette.HOVER,
                       "font": {"color": palette.HOVER_TEXT, "size": palette.SMALL}},
        "xaxis": {**look, "ticks": "outside", "ticklen": 4, "tickcolor": palette.GRID,
                  "tickangle": 0, "tickfont": {"size": palette.SMALL}, **x,
                  **({"title": {"text": said, "standoff": 6, "font": {"size": palette.SMALL}}}
                     if said else {})},
        "yaxis": {**look, "tickfont": {"size": palette.SMALL}, **y},
        "shapes": list(shapes),
        "annotations": words,
        "meta": {"title": title, "reading": reading},
    }  # fmt: skip
    # as plotly writes it, but not held against its schema each time: a test does that
    plain: Figure = json.loads(to_json({"data": list(traces), "layout": layout}, validate=False))
    return {"data": plain["data"], "layout": plain["layout"]}


def _foot_words(text: str, below: float, left: float) -> dict[str, Any]:
    return {
        "x": 0.0, "xref": "paper", "xanchor": "left", "align": "left", "text": text,
        "y": 0.0, "yref": "paper", "yanchor": "top", "yshift": -below, "borderpad": 0,
        "xshift": _EDGE - left, "showarrow": False, "opacity": 0.85,
        "font": {"size": palette.SMALL},
    }  # fmt: skip
