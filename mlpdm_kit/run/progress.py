"""What a batch is doing: bars on a terminal, a line a case in a log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mlpdm_kit.run.batch import Progress, Report
from mlpdm_kit.run.notebooks import NOTEBOOKS
from mlpdm_kit.text import Text


@contextmanager
def watching(cases: int, lang: str = "en") -> Iterator[Report]:
    """A report for `decide_all` that shows on standard error what is going on."""
    if sys.stderr.isatty():
        with _bars(cases, lang) as report:
            yield report
    else:
        yield _lines(cases, lang)


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


def _lines(cases: int, lang: str) -> Report:
    text = Text(lang)
    done = 0

    def report(progress: Progress) -> None:
        nonlocal done
        if progress.result is None:
            return
        done += 1
        state = progress.result.state
        said = text.say(f"cli.progress.{state}", case=progress.case, n=done, of=cases)
        lines = [said, *(f"  {reason}" for reason in progress.result.reasons(lang))]
        print("\n".join(lines), file=sys.stderr, flush=True)

    return report


@contextmanager
def _bars(cases: int, lang: str) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    text = Text(lang)
    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    words = TextColumn("{task.description}", markup=False)
    columns = (words, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console, transient=True) as bars:
        whole = bars.add_task(text.say("cli.progress.cases"), total=cases)
        at_work: dict[str, TaskID] = {}

        def report(progress: Progress) -> None:
            if progress.result is None:
                if progress.case not in at_work:
                    at_work[progress.case] = bars.add_task("", total=len(NOTEBOOKS))
                said = f"  {progress.case}  {progress.notebook}"
                step = NOTEBOOKS.index(progress.notebook)
                bars.update(at_work[progress.case], description=said, completed=step)
                return
            if progress.case in at_work:
                bars.remove_task(at_work.pop(progress.case))
            bars.advance(whole)
            for reason in progress.result.reasons(lang):
                said = text.say("cli.progress.reason", case=progress.case, reason=reason)
                console.print(said)

        yield report
