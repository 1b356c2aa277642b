"""People's words in charts: inert, and broken into lines that fit a narrow screen."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MOST_LINES = 8
_MARKUP = {ord(sign): f"&#{ord(sign)};" for sign in "&<>{}$%\\"}
_NOT_FIRST = frozenset("、。，．・：；？！）」』】〕〉》ーっゃゅょッャュョ々%)],.:;?!")
_NOT_LAST = frozenset("（「『【〔〈《([")


def inert(text: str) -> str:
    """Text that plotly shows as it stands: no markup, no template, no formula.

    Examples
    --------
    >>> inert("<b>a & ${b}</b>")
    '&#60;b&#62;a &#38; &#36;&#123;b&#125;&#60;/b&#62;'
    """
    return " ".join(text.split()).translate(_MARKUP)


def _signs(text: str) -> list[str]:
    """Characters with the marks that combine with them."""
    if text.isascii():
        return list(text)
    found: list[str] = []
    for sign in text:
        if found and (unicodedata.combining(sign) or sign in "\u200d\ufe0f"):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign[0]) in "WF"


def columns(text: str) -> int:
    """Width in columns, two for a full-width sign.

    Examples
    --------
    >>> columns("abc"), columns("領収書")
    (3, 6)
    """
    if text.isascii():
        return len(text)
    return sum(2 if _wide(sign) else 1 for sign in _signs(text))


def _pieces(text: str) -> list[str]:
    """What must not be broken: words, and full-width signs with their punctuation."""
    found: list[str] = []
    for word in re.findall(r"\S+\s*", text):
        part = ""
        for sign in _signs(word):
            before = part.rstrip()[-1:]
            breaks = part and (_wide(sign) or _wide(before))
            if breaks and sign[0] not in _NOT_FIRST and before not in _NOT_LAST:
                found.append(part)
                part = ""
            part += sign
        found.append(part)
    return found


def _hard(piece: str, width: int) -> list[str]:
    """A piece that is too long for a line, cut into pieces that fit."""
    found, part = [], ""
    for sign in _signs(piece):
        if part and columns((part + sign).rstrip()) > width:
            found.append(part)
            part = ""
        part += sign
    return [*found, part]


def lines(text: str, width: int) -> list[str]:
    """Plain text broken into lines of at most so many columns.

    Examples
    --------
    >>> lines("Amount and vendor", 10)
    ['Amount and', 'vendor']
    >>> lines("同じ店の領収書。", 8)
    ['同じ店の', '領収書。']
    """
    found, line = [], ""
    for piece in _pieces(" ".join(text.split())):
        if line and columns((line + piece).rstrip()) > width:
            found.append(line.rstrip())
            line = ""
        for part in _hard(piece, width):
            if line and columns((line + part).rstrip()) > width:
                found.append(line.rstrip())
                line = ""
            line += part
    found.append(line.rstrip())
    if len(found) > MOST_LINES:
        found = [*found[: MOST_LINES - 1], found[MOST_LINES - 1] + "…"]
    return found


@lru_cache(maxsize=4_096)
def wrapped(text: str, width: int) -> str:
    """Inert text with line breaks for a chart."""
    return "<br>".join(inert(line) for line in lines(text, width))
