"""What the asking of a model is doing: a bar on a terminal, now and then a line in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from mlpdm_kit.live import told
from mlpdm_kit.live.asking import Asked, Report
from mlpdm_kit.text import Text

LINES, SECONDS = 10, 30.0  # a line at each tenth, or when so long nothing was said


@contextmanager
def watching(text: Text) -> Iterator[Report]:
    """A report for `ask_all` that shows on standard error what is going on."""
    if sys.stderr.isatty():
        with _bar(text) as report:
            yield report
    else:
        yield _lines(text)


def _news(before: Asked | None, asked: Asked, text: Text) -> list[str]:
    """What must be said at once: the beginning, a question that failed, that it is stopping."""
    if before is None or before.option != asked.option:
        return told.begun(asked, text)
    lines = [
        text.say("cli.ask.failing", option=asked.option, id=one.id, repeat=one.repeat,
                 reason=told.failure(one, text))
        for one in asked.failed[len(before.failed) :]
    ]  # fmt: skip
    return [*lines, *([text.say("cli.ask.stopping")] if asked.stopping > before.stopping else [])]


def _lines(text: Text) -> Report:
    last: Asked | None = None
    said, tenth = time.monotonic(), 0

    def report(asked: Asked) -> None:
        nonlocal last, said, tenth
        news = _news(last, asked, text)
        part = (asked.total - asked.left) * LINES // max(1, asked.total)
        begins = last is None or last.option != asked.option
        if not begins and (part > tenth or time.monotonic() - said > SECONDS):
            news.append(told.standing(asked, text))
        if news:
            print("\n".join(news), file=sys.stderr, flush=True)
            said = time.monotonic()
        tenth, last = part, asked

    return report


@contextmanager
def _bar(text: Text) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    words = TextColumn("{task.description}", markup=False)
    money = TextColumn("{task.fields[money]}", markup=False)
    columns = (words, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), money)
    with Bars(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}
        last: Asked | None = None

        def report(asked: Asked) -> None:
            nonlocal last
            for line in _news(last, asked, text):
                console.print(line)
            if asked.option not in tasks:
                tasks[asked.option] = bars.add_task(asked.option, total=asked.total, money="")
            bars.update(tasks[asked.option], completed=asked.total - asked.left,
                        money=told.spent(asked, text))  # fmt: skip
            last = asked

        yield report
