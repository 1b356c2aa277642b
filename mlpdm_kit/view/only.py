"""What of the notebooks only some kinds of task have; with another the section is not there.

Which kinds have it stands in ``TASK_KINDS``. The page says so in a line, and where the browser
can, the section goes with its heading and comes back when the task is another.
"""

from __future__ import annotations

from mlpdm_kit.case.kinds import TaskKind
from mlpdm_kit.text import Text
from mlpdm_kit.view import html
from mlpdm_kit.view.bundles import Bundle, as_html

ONLY = {  # what a task must have for something to be shown, by call and name
    ("picture", "learning"): "learning",
    ("picture", "grading"): "grades",
    ("table", "graded"): "grades",
    ("picture", "reliability"): "chances",
    ("picture", "threshold"): "threshold",
    ("panel", "threshold"): "threshold",
    ("table", "points"): "positives",
    ("picture", "review"): "review",
    ("panel", "review"): "review",
}
_GONE = (
    "<style>.jp-MarkdownCell:has(+ .jp-CodeCell .mlpdm-not-here),"
    ".jp-CodeCell:has(.mlpdm-not-here){display:none}</style>"
)


def elsewhere(method: str, name: str, task: TaskKind) -> bool:
    """Whether something is only for other kinds of task.

    Examples
    --------
    >>> from mlpdm_kit.case.kinds import TASK_KINDS
    >>> [elsewhere("reading", "threshold", TASK_KINDS[n]) for n in ("binary", "generation")]
    [False, True]
    """
    needed = ONLY.get(("picture" if method == "reading" else method, name))
    return needed is not None and needed not in task.has


def not_here(text: Text) -> Bundle:
    """A line in place of what is only for other kinds of task."""
    said = text.say("page.not-here")
    return as_html(_GONE + html.words(said, lang=text.lang, kind="not-here"), said)
