"""Pictures drawn anew at every key: inline SVG, small and fast.

Across, places are in percent, so that a picture fits any width and its words keep their size;
upright they are in pixels. Words stand in rows of their own or beside the picture, so that
none lies over another. Every picture is one image to a screen reader, named by a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from mlpdm_kit.view.axis import labelled
from mlpdm_kit.view.palette import FONT, GRID, SMALL, Fill, Style

WIDTH = 720  # of a picture that stands alone, in pixels
MARGIN = 3.0  # percent of the width at either side
INK = "var(--jp-content-font-color1, #767c85)"
PAPER = "var(--jp-layout-color0, transparent)"
DISC = "var(--jp-layout-color0, #ffffff)"  # behind a sign, also where the theme is not known
_DASHES = {"solid": "", "dot": "2 5", "dash": "9 5"}
_ID = "mlpdm-svg-@"  # until the whole picture is known


@dataclass(frozen=True, kw_only=True)
class Across:
    """An axis across the picture; what lies beyond its ends is drawn at them."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Where a value lies, in percent of the width.

        Examples
        --------
        >>> Across(low=0, high=10).at(5), Across(low=0, high=10).at(99)
        (50.0, 97.0)
        """
        span = (self.high - self.low) or 1.0
        share = min(1.0, max(0.0, (value - self.low) / span))
        return MARGIN + share * (100 - 2 * MARGIN)

    def holds(self, value: float) -> bool:
        """Whether a value lies between its ends."""
        return self.low <= value <= self.high


class Picture:
    """A picture in the making, from the top down.

    Parameters
    ----------
    title : str
        What it shows, as a sentence.
    lang : str

    Examples
    --------
    >>> picture = Picture("Half & half", "en")
    >>> picture.text(50, 14, "a < b")
    >>> picture.height = 20
    >>> "Half &amp; half" in picture.svg() and "a &lt; b" in picture.svg()
    True
    """

    def __init__(self, title: str, lang: str) -> None:
        self.title, self.lang, self.height = title, lang, 0.0
        self._parts: list[str] = []
        self._patterns: dict[Fill, str] = {}

    def text(
        self, x: float, y: float, said: str, *, anchor: str = "middle", strong: bool = False,
        paper: bool = False,
    ) -> None:  # fmt: skip
        """Words at a place; on ``paper`` they can be read over lines."""
        weight = ' font-weight="700"' if strong else ""
        halo = f' style="paint-order:stroke;stroke:{PAPER};stroke-width:4px"' if paper else ""
        self._parts.append(
            f'<text x="{x:.2f}%" y="{y:.1f}" text-anchor="{anchor}"{weight}{halo}>{escape(said)}'
            "</text>"
        )

    def beside(self, x: float, y: float, said: str, *, strong: bool = False) -> None:
        """Words to the right of a place, or to its left where it lies in the right half."""
        right = x > 50
        self.text(x + (-1.2 if right else 1.2), y, said, anchor="end" if right else "start",
                  strong=strong, paper=True)  # fmt: skip

    def rect(
        self, x: float, width: float, y: float, height: float, fill: Fill, *, faint: bool = False
    ) -> None:
        """A bar, in percent across and pixels down."""
        paint = self._paint(fill)
        light = ' fill-opacity="0.2"' if faint else ""
        self._parts.append(
            f'<rect x="{x:.2f}%" width="{max(width, 0):.2f}%" y="{y:.1f}" height="{height:.1f}" '
            f'fill="{paint}"{light}/>'
        )

    def frame(self, x: float, width: float, y: float, height: float, colour: str) -> None:
        """A box with a dashed line around it."""
        self._parts.append(
            f'<rect x="{x:.2f}%" width="{max(width, 0):.2f}%" y="{y:.1f}" height="{height:.1f}" '
            f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="6 4"/>'
        )

    def upright(
        self, x: float, y: float, height: float, colour: str, *, width: float = 2.0,
        dash: str = "solid",
    ) -> None:  # fmt: skip
        """A line from a height down."""
        self._line(f"{x:.2f}%", y, f"{x:.2f}%", y + height, colour, width, dash)

    def level(
        self, x: float, end: float, y: float, colour: str, *, width: float = 1.0,
        dash: str = "solid",
    ) -> None:  # fmt: skip
        """A line across."""
        self._line(f"{x:.2f}%", y, f"{end:.2f}%", y, colour, width, dash)

    def _line(
        self, x: str, y: float, end: str, low: float, colour: str, width: float, dash: str
    ) -> None:
        dashes = f' stroke-dasharray="{_DASHES[dash]}"' if _DASHES[dash] else ""
        self._parts.append(
            f'<line x1="{x}" x2="{end}" y1="{y:.1f}" y2="{low:.1f}" stroke="{colour}" '
            f'stroke-width="{width:g}"{dashes}/>'
        )

    def curve(
        self, xs: Sequence[float], ys: Sequence[float], colour: str, *, width: float = 2.5,
        dash: str = "solid", top: float = 0.0, height: float = 0.0,
    ) -> None:  # fmt: skip
        """A line through places, in percent across and pixels down from ``top``.

        What lies outside ``height`` is not drawn.
        """
        points = " ".join(f"{x * 10:.1f},{y - top:.1f}" for x, y in zip(xs, ys, strict=True))
        dashes = f' stroke-dasharray="{_DASHES[dash]}"' if _DASHES[dash] else ""
        self._parts.append(
            f'<svg x="0" y="{top:.1f}" width="100%" height="{height:.1f}" '
            f'viewBox="0 0 1000 {height:.1f}" preserveAspectRatio="none"><polyline '
            f'points="{points}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashes} '
            'vector-effect="non-scaling-stroke" stroke-linejoin="round"/></svg>'
        )

    def mark(self, x: float, y: float, style: Style) -> None:
        """The marker of an option: a circle, or a diamond for ML; hollow where not possible."""
        hollow = style.symbol.endswith("open")
        fill = DISC if hollow else style.colour
        size = style.size / 2
        look = f'fill="{fill}" stroke="{style.colour}" stroke-width="2.5"'
        if style.symbol.startswith("diamond"):
            shape = f'<path d="M0,{-size:g}L{size:g},0L0,{size:g}L{-size:g},0Z" {look}/>'
        else:
            shape = f'<circle r="{size * 0.9:g}" {look}/>'
        self._at(x, y, shape)

    def badge(self, x: float, y: float, said: str, colour: str) -> None:
        """A short name on a disc, that stands on a line and names it."""
        self._at(
            x, y,
            f'<circle r="9" fill="{DISC}" stroke="{colour}" stroke-width="2"/>'
            f'<text y="4" text-anchor="middle" font-weight="700">{escape(said)}</text>',
        )  # fmt: skip

    def pointer(self, x: float, y: float, colour: str, *, left: bool) -> None:
        """An arrow at an edge: there is more beyond."""
        d = "M0,-6L-9,0L0,6Z" if left else "M0,-6L9,0L0,6Z"
        self._at(x, y, f'<path d="{d}" fill="{colour}"/>')

    def _at(self, x: float, y: float, shape: str) -> None:
        self._parts.append(f'<svg x="{x:.2f}%" y="{y:.1f}" overflow="visible">{shape}</svg>')

    def axis(self, across: Across, shown: Callable[[float], str], title: str, y: float) -> None:
        """Ticks with their labels below a height, and the axis' title under them."""
        width = WIDTH / 2
        for value, label in labelled(across.low, across.high, shown, width=width):
            x = across.at(value)
            self.upright(x, y, 5, GRID, width=1)
            self.text(x, y + 18, label)
        self.text(50, y + 36, title)
        self.height = max(self.height, y + 44)

    def svg(self, *, alone: bool = False) -> str:
        """The element; one that stands ``alone`` has a size and a name space.

        Its ids come from what it shows, so that the same picture is the same text.
        """
        size = (
            f'xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{self.height:.0f}" '
            f'viewBox="0 0 {WIDTH} {self.height:.0f}"'
            if alone
            else f'width="100%" height="{self.height:.0f}"'
        )
        patterns = "".join(_pattern(fill, name) for fill, name in self._patterns.items())
        whole = (
            f'<svg class="mlpdm-svg" {size} role="img" aria-labelledby="{_ID}" '
            f'lang="{escape(self.lang)}" font-family="{escape(FONT)}" font-size="{SMALL}" '
            f'fill="{INK}"><title id="{_ID}">{escape(self.title)}</title>'
            f"<defs>{patterns}</defs>{''.join(self._parts)}</svg>"
        )
        return whole.replace(_ID, f"{_ID[:-1]}{sha256(whole.encode()).hexdigest()[:10]}")

    def _paint(self, fill: Fill) -> str:
        if not fill.pattern:
            return fill.colour
        name = self._patterns.setdefault(fill, f"{_ID}-{len(self._patterns)}")
        return f"url(#{name})"


_LINES = {"/": "M0,8L8,0", "\\": "M0,0L8,8", "x": "M0,8L8,0M0,0L8,8", "-": "M0,4L8,4",
          "|": "M4,0L4,8", "+": "M4,0L4,8M0,4L8,4", ".": "M3,4L5,4"}  # fmt: skip


def _pattern(fill: Fill, name: str) -> str:
    return (
        f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{fill.colour}" fill-opacity="0.35"/>'
        f'<path d="{_LINES[fill.pattern]}" stroke="{fill.colour}" stroke-width="2"/></pattern>'
    )


def swatch(
    colour: str = "", *, dash: str = "", fill: Fill | None = None, sign: str = "", width: float = 3
) -> str:
    """A sample of a line or of a bar, for the key beside a picture."""
    middle = 24 if sign and dash else 14
    inside = (f'<text x="{middle}" y="13" text-anchor="middle" fill="{INK}">{escape(sign)}'
              "</text>")  # fmt: skip
    defs = ""
    if fill is not None:
        name = f"mlpdm-key-{sha256(repr(fill).encode()).hexdigest()[:10]}"
        defs = _pattern(fill, name) if fill.pattern else ""
        paint = f"url(#{name})" if fill.pattern else fill.colour
        inside = f'<rect x="2" y="3" width="24" height="12" fill="{paint}"/>'
    elif dash:
        dashes = f' stroke-dasharray="{_DASHES[dash]}"' if _DASHES[dash] else ""
        line = (f'<line x1="0" x2="{2 * middle}" y1="9" y2="9" stroke="{colour}" '
                f'stroke-width="{width:g}"{dashes}/>')  # fmt: skip
        disc = (f'<circle cx="{middle}" cy="9" r="8" fill="{DISC}" stroke="{colour}" '
                'stroke-width="2"/>')  # fmt: skip
        inside = f"{line}{disc}{inside}" if sign else line
    return (
        f'<svg width="{2 * middle}" height="18" aria-hidden="true" focusable="false" '
        f'font-size="11" style="vertical-align:middle;flex:none">{defs}{inside}</svg>'
    )


def key(rows: Iterable[tuple[str, str]], lang: str) -> str:
    """The key beside a picture: samples, and what they are, in words that may break."""
    items = "".join(
        f'<li style="display:flex;gap:0.6em;align-items:baseline;margin:0.1em 0">{sample}'
        f"<span>{escape(said)}</span></li>"
        for sample, said in rows
    )
    return (
        f'<ul class="mlpdm-key mathjax_ignore" lang="{escape(lang)}" '
        f'style="list-style:none;margin:0.3em 0;padding:0;display:grid;gap:0 1.5em;'
        f'grid-template-columns:repeat(auto-fill,minmax(min(100%,21em),1fr))">{items}</ul>'
    )
