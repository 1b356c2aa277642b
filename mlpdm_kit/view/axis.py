"""The one axis that stretches: its ends, its ticks, and what does not fit on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mlpdm_kit.view.wrap import columns

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_EDGE, _ROOM = 0.07, 0.09
NARROW, COLUMN, _APART = 330.0, 6.8, 8.0  # pixels: a narrow plot, one column of words, a gap


def ticks(low: float, high: float, *, most: int = 5) -> list[float]:
    """Round values between two ends, few enough for a narrow screen.

    Values that lie so near to an end that their label would be cut are left out.

    Examples
    --------
    >>> ticks(-4.2e6, 8.4e6)
    [-2000000.0, 0.0, 2000000.0, 4000000.0, 6000000.0]
    >>> ticks(0, 0.3)
    [0.05, 0.1, 0.15, 0.2, 0.25]
    """
    span = high - low
    if not (span > 1e-9 * max(abs(low), abs(high)) and math.isfinite(span)):
        return [low]
    power = 10.0 ** math.floor(math.log10(span / most))
    first, last = low + _EDGE * span, high - _EDGE * span
    for step in (power * factor for factor in (*_STEPS, 20.0, 50.0, 100.0)):
        found = [round(k * step, 12) + 0.0 for k in range(math.ceil(first / step),
                                                   math.floor(last / step) + 1)]  # fmt: skip
        if len(found) <= most:
            return [value for value in found if low <= value <= high] or [low]
    raise AssertionError("no step is wide enough")


def window(
    core: Iterable[tuple[float, float]], others: Iterable[tuple[float, float]], *, reach: float
) -> tuple[float, float]:
    """Ends of an axis on which the core can be told apart.

    Others are taken in as far as they lie within ``reach`` widths of the core; what lies
    beyond is drawn at the edge, with its figure beside it. A core of one value has no width:
    then the nearest other lies inside.

    Examples
    --------
    >>> window([(0, 10)], [(-100, -90), (5, 12)], reach=1.0)
    (-10.0, 12.0)
    >>> window([(0, 0)], [(-100, -90), (-1000, -900)], reach=0.5)
    (-100.0, 0.0)
    """
    ends = list(core)
    all_of_them = [*ends, *others]
    low, high = min(a for a, _ in ends), max(b for _, b in ends)
    room = reach * (high - low) or _nearest(low, all_of_them) or abs(high) or 1.0
    lowest, highest = min(a for a, _ in all_of_them), max(b for _, b in all_of_them)
    return float(max(lowest, low - room)), float(min(highest, high + room))


def _nearest(value: float, spans: Iterable[tuple[float, float]]) -> float:
    """How far the nearest span reaches from a value; 0 where none reaches anywhere."""
    reached = (max(abs(a - value), abs(b - value)) for a, b in spans)
    return min((far for far in reached if far > 0), default=0.0)


def labelled(
    low: float, high: float, shown: Callable[[float], str], *, width: float = NARROW
) -> tuple[tuple[float, str], ...]:
    """Round values with their labels, so few that labels do not meet on a narrow screen.

    Examples
    --------
    >>> [label for _, label in labelled(0, 1, "{:.1f}".format)]
    ['0.2', '0.4', '0.6', '0.8']
    >>> [label for _, label in labelled(0, 1, "{:.1f} of a very long name".format)]
    ['0.5 of a very long name']
    """
    for most in (5, 4, 3, 2, 1):
        found = ticks(low, high, most=most)
        marks = tuple((value, shown(value)) for value in found)
        marks = tuple(m for m in marks if _whole(*m, low, high, width)) or marks[:1]
        widest = max(columns(label) for _, label in marks) * COLUMN + _APART
        apart = (found[1] - found[0]) / (high - low) * width if len(marks) > 1 else width
        if widest <= apart:
            break
    return marks


def _whole(value: float, label: str, low: float, high: float, width: float) -> bool:
    """Whether a label at a value would not be cut at either end."""
    room = min(value - low, high - value) / (high - low) * width if high > low else width
    return columns(label) * COLUMN / 2 <= room + _APART


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Ends, tick values with their labels, and the title."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    title: str = ""

    @classmethod
    def over(
        cls,
        low: float,
        high: float,
        shown: Callable[[float], str],
        *,
        title: str,
        pad: float = 0.04,
    ) -> Axis:
        """An axis with some room at both ends."""
        room = _ROOM * ((high - low) or abs(high) or 1.0)
        low, high = low - room, high + room
        return cls(low=low, high=high, ticks=labelled(low, high, shown), title=title)

    def holds(self, value: float) -> bool:
        """Whether a value lies on it."""
        return self.low <= value <= self.high
