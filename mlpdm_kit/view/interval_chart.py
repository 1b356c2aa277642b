"""Ranges of one input side by side: an interval dot plot with the pooled range below."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from mlpdm_kit.record.rollup import Rollup
from mlpdm_kit.record.rollup_said import block_said, input_name, pooled_range
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.spread import Held, Spread
from mlpdm_kit.view.axis import Axis
from mlpdm_kit.view.canvas import Canvas, Figure
from mlpdm_kit.view.palette import CHOSEN, PLAIN, Style

_FAR = 20.0  # highest over lowest, from which each step to the right is a multiple
_GUESS = Style(colour=PLAIN, symbol="circle-open", size=11, width=4, dash="solid")
_FACT = Style(colour=PLAIN, symbol="circle", size=11, width=4, dash="solid")
_POOLED = Style(colour=CHOSEN, symbol="square", size=12, width=7, dash="solid")


def intervals(found: Spread, *, says: Sentences, names: Mapping[str, str] | None = None) -> Figure:
    """A row for each range, its middle as a dot, and the pooled range at the end.

    Parameters
    ----------
    found : Spread
    says : Sentences
    names : mapping, optional
        How each of those who hold a range is called; without it they are numbered by where
        their middle lies, so that nobody can tell whose it is.
    """
    held = found.held if names else sorted(found.held, key=lambda one: one.middle)
    called = {
        one.by: names[one.by] if names else says.say("spread.one", n=place)
        for place, one in enumerate(held, 1)
    }
    axis, at = _axis(found, says)
    canvas = Canvas(axis)
    for one in held:
        _row(canvas, one, called[one.by], found, says, at)
    together = pooled_range(found, says)
    canvas.row(says.say("spread.pooled"), together, strong=True)
    canvas.spread(canvas.track(16), low=at(found.low), mean=at(found.middle),
                  high=at(found.high), style=_POOLED, hover=together)  # fmt: skip
    canvas.gap(6)
    if at is not float:
        canvas.foot(says.say("spread.log"))
    return canvas.figure(
        title=spread_sentence(found, says, called), reading=says.say("spread.reading")
    )


def _row(
    canvas: Canvas, one: Held, name: str, found: Spread, says: Sentences,
    at: Callable[[float], float],
) -> None:  # fmt: skip
    shown = says.range(one.low, one.high, found.dimension)
    canvas.row(name, shown)
    style = _GUESS if one.evidence == "assumed" else _FACT
    hover = f"{name}\n{shown}\n{says.name('evidence', one.evidence)}"
    canvas.spread(canvas.track(12), low=at(one.low), mean=at(one.middle), high=at(one.high),
                  style=style, hover=hover)  # fmt: skip
    canvas.gap(7)


def _axis(found: Spread, says: Sentences) -> tuple[Axis, Callable[[float], float]]:
    """The axis and where a value lies on it: on logarithms where ranges are far apart."""
    low = min(found.low, *(one.low for one in found.held))
    high = max(found.high, *(one.high for one in found.held))

    def shown(value: float) -> str:
        return says.quantity(value, found.dimension.partition("/")[0])

    if low <= 0 or high / low < _FAR or found.dimension == "share":
        return Axis.over(low, high, shown, title=""), float
    ends = math.log10(low), math.log10(high)
    room = 0.09 * (ends[1] - ends[0])
    start, end = ends[0] - room, ends[1] + room
    ticks = tuple((math.log10(value), shown(value)) for value in _round_values(start, end))
    return Axis(low=start, high=end, ticks=ticks), math.log10


def _round_values(start: float, end: float) -> list[float]:
    """Round values between two powers of ten, few enough for a narrow screen.

    Examples
    --------
    >>> _round_values(0.2, 4.1), _round_values(2.3, 4.0)
    ([10.0, 100.0, 1000.0, 10000.0], [500.0, 2000.0, 10000.0])
    """
    powers = [10.0**k for k in range(math.ceil(start), math.floor(end) + 1)]
    if len(powers) > 2:
        return powers[:: math.ceil(len(powers) / 4)]
    known = [m * 10.0**k for k in range(math.floor(start), math.ceil(end) + 1) for m in (1, 2, 5)]
    inside = [value for value in known if start + 0.05 < math.log10(value) <= end]
    return inside[-1 :: -max(2, math.ceil(len(inside) / 3))][::-1]


def spread_sentence(found: Spread, says: Sentences, called: Mapping[str, str]) -> str:
    """Whether all ranges of an input overlap, and which do not; what to do about a single one."""
    figures = {"input": input_name(found.input), "n": len(found.apart)}
    if len(found.held) == 1:
        return says.sentence("spread.title.alone", **figures)
    if not found.apart:
        return says.sentence("spread.title.together", **figures)
    if len(found.apart) > 1:
        return says.sentence("spread.title.apart", **figures)
    one, other = (name for by, name in called.items() if by in found.apart[0])
    return says.sentence("spread.title.pair", one=one, other=other, **figures)


def rollup_pictures(found: Rollup, lang: str) -> dict[tuple[int, str], Figure]:
    """A picture of each input that groups differ in, by block and input."""
    drawn = {}
    for place, pair in enumerate(zip(found.blocks, found.of_blocks, strict=True)):
        said = block_said(*pair, lang)
        for row in said.pictured:
            names = {one.by: one.by for one in row.held}
            drawn[place, row.input] = intervals(row, says=said.says, names=names)
    return drawn
