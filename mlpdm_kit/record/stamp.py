"""On a workshop's record page: when it was made, and whether the case has changed since.

A record fetches nothing, so a page that is old cannot find out by itself. The page holds the
line that says so, hidden; who sees the case change shows it, and the next look at the page,
in whatever window, says it.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from pathlib import Path

from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.text import LANGUAGES, Text

RECORD_PAGE = "record.html"
_LINE = '<p class="changed-since" role="status"'
_HIDDEN = f"{_LINE} hidden>"
_MOMENT = r"(?:[A-Z][a-z]{2,8} )?[\d年月日,: ]{6,30}"


@cache
def _stamps() -> tuple[re.Pattern[str], ...]:
    """The lines of a stamp in every language, and nothing else that anybody puts there."""
    texts = [Text(lang) for lang in LANGUAGES]
    made = [re.escape(text.say("record.made.at", moment="@")).replace("@", _MOMENT)
            for text in texts]  # fmt: skip
    changed = [re.escape(text.say("record.changed-since")) for text in texts]
    return (
        re.compile(rf'<p class="made">(?:{"|".join(made)})</p>\n?'),
        re.compile(rf"{re.escape(_LINE)}(?: hidden)?>(?:{'|'.join(changed)})</p>\n?"),
    )


def moment(when: datetime, text: Text) -> str:
    """Day and time of the day, in words.

    Examples
    --------
    >>> moment(datetime(2027, 3, 1, 9, 5), Text("en"))
    'March 1, 2027, 09:05'
    """
    return text.say("record.moment", day=when.date(), time=f"{when:%H:%M}")


def written_at(page: Path, text: Text) -> str:
    """When a record page was made, in words: its record is written with it, and not stamped."""
    record = page.with_name("record.json")
    made = (record if record.is_file() else page).stat().st_mtime
    return moment(datetime.fromtimestamp(made), text)


def stamp(page: Path, *, changed: bool) -> None:
    """Show or hide the line of a page that says that the case has changed since.

    The file gets a new time, so that no browser keeps its old copy. A page without the line
    stays as it is.

    Parameters
    ----------
    page : path
        A workshop's record page, whether or not it is there yet.
    changed : bool
    """
    if not page.is_file():
        return
    text = page.read_text(encoding="utf-8")
    old, new = (_HIDDEN, f"{_LINE}>") if changed else (f"{_LINE}>", _HIDDEN)
    if old in text:
        write_atomically(page, text.replace(old, new, 1))


def unstamped(page: str) -> str:
    """A page without what is said of its moment, as anybody can make it again."""
    for line in _stamps():
        page = line.sub("", page, count=1)
    return page
