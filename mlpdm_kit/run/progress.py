"""What a batch is doing: bars on a terminal, a line a case in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mlpdm_kit.run.notebooks import NOTEBOOKS
from mlpdm_kit.run.result import CaseResult, Progress, Report
from mlpdm_kit.text import Text

MOST_REASONS = 5
EVERY = 10.0  # seconds between two lines of a log that say how fast it goes


@contextmanager
def watching(
    cases: int, lang: str = "en", clock: Callable[[], float] = time.monotonic
) -> Iterator[Report]:
    """A report for `decide_all` that shows on standard error what is going on."""
    if sys.stderr.isatty():
        with _bars(cases, lang, clock) as report:
            yield report
    else:
        yield _lines(cases, lang, clock)


@contextmanager
def counted(code: str, lang: str = "en") -> Iterator[Callable[[int, int], None]]:
    """Shows on standard error how many of something are done: a bar, or a line each in a log.

    ``code`` is what is being done, in the catalogues; its lines are ``<code>.line``.
    """
    text = Text(lang)
    if not sys.stderr.isatty():
        yield lambda n, of: print(text.say(f"{code}.line", n=n, of=of), file=sys.stderr, flush=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(text.say(code), total=None)
        yield lambda n, of: bars.update(bar, completed=n, total=of)


def _reasons(result: CaseResult, text: Text) -> list[str]:
    """Why a case failed, as much as anybody reads meanwhile; all of it is in its folder."""
    found = result.reasons(text.lang)
    if len(found) <= MOST_REASONS:
        return found
    return [*found[:MOST_REASONS], text.say("cli.progress.more", n=len(found) - MOST_REASONS)]


class Pace:
    """How fast cases go, and how long the rest takes; what is kept takes no time.

    Parameters
    ----------
    cases : int
        All of them.
    clock : callable
        Seconds.

    Examples
    --------
    >>> seconds = iter([0.0, 60.0])
    >>> pace = Pace(10, clock=lambda: next(seconds))
    >>> pace.took("done")
    >>> pace.per_minute(), pace.left
    (1.0, 9.0)
    """

    def __init__(self, cases: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.cases, self.gone, self._made = cases, 0, 0
        self._clock, self._began = clock, clock()
        self._minutes = 0.0

    def took(self, state: str) -> None:
        """Count a case that has its result."""
        self.gone += 1
        self._made += state != "kept"
        self._minutes = (self._clock() - self._began) / 60

    def per_minute(self) -> float:
        """Cases that are decided a minute."""
        return self._made / self._minutes if self._minutes > 0 else 0.0

    @property
    def left(self) -> float:
        """Minutes that the rest takes at this pace."""
        pace = self.per_minute()
        return (self.cases - self.gone) / pace if pace > 0 else 0.0

    def said(self, text: Text) -> str:
        """Both in words; empty before anything can be said, and at the end."""
        if not self.left:
            return ""
        rate = text.say("cli.progress.rate", n=round(self.per_minute(), 1))
        return rate + text.say("cli.progress.left", n=max(1, round(self.left)))


def _lines(cases: int, lang: str, clock: Callable[[], float]) -> Report:
    text, pace = Text(lang), Pace(cases, clock)
    shown = clock()

    def report(progress: Progress) -> None:
        nonlocal shown
        if progress.result is None:
            return
        state = progress.result.state
        pace.took(state)
        said = text.say(f"cli.progress.{state}", case=progress.case, n=pace.gone, of=cases)
        lines = [said, *(f"  {reason}" for reason in _reasons(progress.result, text))]
        if clock() - shown > EVERY and (how := pace.said(text)):
            shown = clock()
            lines.append(how)
        print("\n".join(lines), file=sys.stderr, flush=True)

    return report


@contextmanager
def _bars(cases: int, lang: str, clock: Callable[[], float]) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars
    from rich.table import Column

    text, pace = Text(lang), Pace(cases, clock)
    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    whole_of_it = Column(no_wrap=True, min_width=len(str(cases)) * 2 + 1)
    words = TextColumn("{task.description}", markup=False, table_column=Column(ratio=1))
    how = TextColumn("{task.fields[pace]}", markup=False, table_column=Column(ratio=1))
    columns = (words, BarColumn(bar_width=12), MofNCompleteColumn(table_column=whole_of_it),
               TimeElapsedColumn(table_column=Column(no_wrap=True, min_width=7)), how)  # fmt: skip
    with Bars(*columns, console=console, transient=True) as bars:
        whole = bars.add_task(text.say("cli.progress.cases"), total=cases, pace="")
        at_work: dict[str, TaskID] = {}

        def report(progress: Progress) -> None:
            if progress.result is None:
                if progress.case not in at_work:
                    at_work[progress.case] = bars.add_task("", total=len(NOTEBOOKS), pace="")
                said = f"  {progress.case}  {progress.notebook}"
                step = NOTEBOOKS.index(progress.notebook)
                bars.update(at_work[progress.case], description=said, completed=step)
                return
            if progress.case in at_work:
                bars.remove_task(at_work.pop(progress.case))
            pace.took(progress.result.state)
            bars.update(whole, completed=pace.gone, pace=pace.said(text))
            for reason in _reasons(progress.result, text):
                said = text.say("cli.progress.reason", case=progress.case, reason=reason)
                console.print(said)

        yield report
