"""``mlpdm ask``: from what was typed to the answers, and how to go on."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlpdm_kit.case.load import check_case, find_cases, load_case
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.quantity import Malformed, parse
from mlpdm_kit.errors import Fault, InputError, refuse
from mlpdm_kit.live import told
from mlpdm_kit.live.asking import Asked, Asking, ask_all
from mlpdm_kit.live.progress import watching
from mlpdm_kit.text import Text


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was typed."""

    place: Path
    options: Sequence[str] = ()
    repeats: int | None = None
    budget: str | None = None
    jobs: int = 4
    limit: int | None = None
    lang: str = "en"

    def again(self, budget: str | None = None) -> str:
        """The command that goes on, perhaps with another budget."""
        words = ["mlpdm", "ask", str(self.place)]
        for name in self.options:
            words += ["--option", name]
        given = {"repeats": self.repeats, "budget": budget or self.budget, "limit": self.limit,
                 "jobs": None if self.jobs == 4 else self.jobs,
                 "lang": None if self.lang == "en" else self.lang}  # fmt: skip
        for name, value in given.items():
            words += [] if value is None else [f"--{name}", str(value)]
        return shlex.join(words)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What is to be said at the end, and how it went.

    ``faults`` are those of the case, which was not asked then; ``complete`` says whether
    all that was wished for is answered, ``stopped`` whether Ctrl-C ended it.
    """

    lines: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    complete: bool = False
    stopped: bool = False


def run(wish: Wish, environment: Mapping[str, str]) -> Ended:
    """Ask, with progress on standard error.

    Raises
    ------
    InputError
        The call or the environment is at fault.
    """
    place = _one(wish.place)
    try:
        case = load_case(place)
    except InputError as error:
        return Ended(faults=error.faults)
    faults = [fault for fault in check_case(place) if not _for_the_asking(fault, case)]
    if faults:
        return Ended(faults=tuple(faults))
    options = _options(case, wish.options)
    text = Text(wish.lang, currency=case.currency, unit=case.unit)
    asking = Asking(jobs=wish.jobs, repeats=wish.repeats, limit=wish.limit,
                    cap=_cap(case, wish.budget))  # fmt: skip
    with watching(text) as report:
        results = ask_all(case, options, environment=environment, asking=asking, report=report)
    lines = [line for asked in results for line in told.ended(asked, text)]
    last = results[-1]
    complete = not any(asked.left or asked.failed for asked in results)
    lines += _next(wish, case, last, options[len(results) :], complete, text)
    return Ended(lines=tuple(lines), complete=complete, stopped=last.why == "stopped")


def _one(place: Path) -> Path:
    found = find_cases([place])
    if len(found) != 1:
        raise refuse("ask-one", "CASE", place, count=len(found))
    return found[0]


def _for_the_asking(fault: Fault, case: Case) -> bool:
    """Whether a fault is just what asking is there to mend: of the answers themselves."""
    asked = [f"options.{name}" for name, option in case.options.items() if option.ask is not None]
    own = fault.code in ("answers-none", "answers-stale", "data-few")
    return own or any(fault.field == f"{field}.predictions" for field in asked)


def _options(case: Case, wanted: Sequence[str]) -> list[str]:
    """The options to ask: those named, else all that can be."""
    asked = [name for name, option in case.options.items() if option.ask is not None]
    if not asked:
        raise refuse("ask-none", "CASE", case.name)
    for name in wanted:
        if name not in asked:
            raise refuse("ask-option", "--option", name, known=", ".join(asked))
    return [name for name in asked if not wanted or name in wanted]


def _cap(case: Case, budget: str | None) -> float | None:
    if budget is None:
        return None
    try:
        _, most = parse(budget, "money", case.units)
    except Malformed as fault:
        figures = {"value": budget, **fault.figures}
        raise refuse(fault.code, "--budget", figures.pop("value"), **figures) from fault
    return most


def _next(
    wish: Wish, case: Case, last: Asked, others: Sequence[str], complete: bool, text: Text
) -> list[str]:
    """How to go on."""
    if last.why == "budget":
        more = told.enough(last, case.units)
        lines = [text.say("cli.ask.go-on", command=wish.again(budget=more))]
    elif last.why or not complete:
        lines = [text.say("cli.ask.go-on", command=wish.again())]
    elif wish.limit is not None:
        rest = Wish(place=wish.place, options=wish.options, repeats=wish.repeats,
                    budget=wish.budget, jobs=wish.jobs, lang=wish.lang)  # fmt: skip
        lines = [text.say("cli.ask.rest", command=rest.again())]
    else:
        lines = [text.say("cli.ask.next", command=shlex.join(["mlpdm", "decide", str(wish.place)]))]
    if others:
        lines.append(text.say("cli.ask.others", options=list(others)))
    return lines
