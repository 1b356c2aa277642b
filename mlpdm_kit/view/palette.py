"""Colours, markers and lines of all charts, each with one meaning.

The colours are those of Okabe and Ito, which colour-blind people tell apart, and greys.
Colour never stands alone: a circle needs no ML and a diamond is ML, a dotted line is ML, a
thick line is the choice, hollow cannot be chosen yet, and parts of bars have patterns.
Words have no colour of their own here: the page that shows a chart gives them one that
fits its background.
"""

from __future__ import annotations

from dataclasses import dataclass

FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Hiragino Sans", "Yu Gothic UI", '
    '"Noto Sans JP", "Noto Sans CJK JP", "Noto Sans", sans-serif'
)
TEXT, SMALL = 13, 12

CHOSEN = "#0072b2"
PLAIN = "#6b7784"
ML = "#d55e00"

FAILED = "#14181f"
OPEN = "#cc79a7"
PASSED = "#009e73"

MISSES = "#56b4e9"
ALARMS = "#e69f00"
RUNNING = "#8d97a3"
GAINS = "#009e73"
CAUGHT = "#f0e442"
KNOWING = MISSES

TRACK = "rgba(127,127,127,0.13)"
GRID = "rgba(127,127,127,0.30)"
ZERO = "rgba(127,127,127,0.95)"
HOVER, HOVER_TEXT = "#14181f", "#ffffff"


@dataclass(frozen=True, kw_only=True)
class Style:
    """How an option is drawn: colour, marker, and the line of its range."""

    colour: str
    symbol: str
    size: int
    width: int
    dash: str


def option_style(*, is_ml: bool, chosen: bool = False, possible: bool = True) -> Style:
    """Style of an option.

    Examples
    --------
    >>> option_style(is_ml=True, possible=False).symbol
    'diamond-open'
    >>> option_style(is_ml=False, chosen=True).colour == CHOSEN
    True
    """
    symbol = "diamond" if is_ml else "circle"
    return Style(
        colour=CHOSEN if chosen else ML if is_ml else PLAIN,
        symbol=symbol if possible else f"{symbol}-open",
        size=15 if chosen else 11,
        width=6 if chosen else 4,
        dash="dot" if is_ml else "solid",
    )


@dataclass(frozen=True, kw_only=True)
class Fill:
    """How a part of a bar is drawn: colour and pattern."""

    colour: str
    pattern: str = ""


def flip_fill(*, is_ml: bool) -> Fill:
    """Where another option is best, by whether that is ML.

    Examples
    --------
    >>> flip_fill(is_ml=True).pattern, flip_fill(is_ml=False).pattern
    ('/', 'x')
    """
    return Fill(colour=ML if is_ml else PLAIN, pattern="/" if is_ml else "x")


OUTCOME_FILLS = {
    "false_negative": Fill(colour=MISSES),
    "false_positive": Fill(colour=ALARMS, pattern="/"),
    "under": Fill(colour=MISSES),
    "over": Fill(colour=ALARMS, pattern="/"),
    "true_positive": Fill(colour=CAUGHT, pattern="\\"),
    "true_negative": Fill(colour=PLAIN, pattern="x"),
    "reviewed_positive": Fill(colour=OPEN, pattern="-"),
    "reviewed_negative": Fill(colour=OPEN, pattern="+"),
    "right": Fill(colour=CAUGHT, pattern="\\"),
    "wrong": Fill(colour=ALARMS, pattern="/"),
    "unanswered": Fill(colour=PLAIN, pattern="-"),
    "hit": Fill(colour=CAUGHT, pattern="\\"),
    "miss": Fill(colour=MISSES),
    "wrong_top": Fill(colour=ALARMS, pattern="/"),
    "missing": Fill(colour=MISSES),
    "usable": Fill(colour=CAUGHT, pattern="\\"),
    "needs_editing": Fill(colour=OPEN, pattern="-"),
    "harmful": Fill(colour=FAILED),
    "value": Fill(colour=MISSES),
    "injection": Fill(colour=FAILED, pattern="x"),
    "invention": Fill(colour=OPEN, pattern="."),
    "other_pairs": Fill(colour=PLAIN, pattern="+"),
    "running": Fill(colour=RUNNING, pattern="."),
}
PAIR_FILLS = (
    Fill(colour=ML, pattern="|"),
    Fill(colour=CHOSEN, pattern="\\"),
    Fill(colour=OPEN, pattern="x"),
)
REST_FILL = Fill(colour=PLAIN, pattern="|")
GAIN_FILL = Fill(colour=GAINS, pattern="\\")

WAY_FILLS = {
    "leave": Fill(colour=PLAIN, pattern="."),
    "review": Fill(colour=OPEN, pattern="/"),
    "act": Fill(colour=CHOSEN),
}

STATUS_FILLS = {
    "failed": Fill(colour=FAILED),
    "open": Fill(colour=OPEN, pattern="/"),
    "passed": Fill(colour=PASSED),
}
STATUS_MARKS = {"failed": "✕", "open": "?", "passed": "✓"}
