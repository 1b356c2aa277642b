"""Asking a model all that a case asks: some calls at a time, each answer written at once.

What is answered on disk already is not asked again, so that a run that was stopped, by its
budget, by Ctrl-C or by a power cut, goes on where it was.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from dataclasses import field as also
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from mlpdm_kit.case.model import Case
from mlpdm_kit.errors import refuse
from mlpdm_kit.live.answers import answer_of, holds
from mlpdm_kit.live.budget import Ledger, Prices
from mlpdm_kit.live.calls import Answered, Caller, Limits, OutOfBudget
from mlpdm_kit.live.endpoint import Endpoint, endpoint_of, open_client
from mlpdm_kit.live.journal import Journal, Line, open_journal
from mlpdm_kit.live.questions import Question, Questions, questions_of
from mlpdm_kit.live.replies import Failure
from mlpdm_kit.record.lock import locked

Why = Literal["", "budget", "stopped", "failing"]


@dataclass(frozen=True, kw_only=True)
class Asking:
    """How to ask: so many calls at a time, each question so often, under a cap in money.

    ``limit`` is a number of rows: the first so many are asked and no attacks are tried.
    """

    jobs: int = 4
    repeats: int | None = None
    limit: int | None = None
    cap: float | None = None
    limits: Limits = also(default_factory=Limits)


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A question that failed for good: which line, and why."""

    id: str
    repeat: int
    code: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Where the asking of one option stands, or how it ended.

    Of ``total`` questions ``before`` were answered by earlier runs and ``done`` by this one;
    ``why`` says what ended it early. ``spent`` is what counts against the cap: at the upper
    end of the prices, and in full where nobody knows. ``likely_left`` and ``most_left`` are
    what the rest would take, ``next_most`` the most that one of its calls can cost. Of the
    attacks of all runs ``attacked`` are answered, and ``succeeded`` have worked.
    """

    option: str
    model: str
    host: str
    file: Path
    items: int
    attacks: int
    total: int
    before: int
    aside: int = 0
    aside_file: str = ""
    mended: bool = False
    done: int = 0
    refused: int = 0
    cut: int = 0
    unclear: int = 0
    attacked: int = 0
    succeeded: int = 0
    failed: tuple[Failed, ...] = ()
    spent: float | None = None
    cap: float | None = None
    why: Why = ""
    cause: Failed | None = None
    likely_left: float | None = None
    most_left: float | None = None
    next_most: float = 0.0
    stopping: bool = False

    @property
    def left(self) -> int:
        """Questions that nobody has put yet."""
        return self.total - self.before - self.done - len(self.failed)


Report = Callable[[Asked], None]


def ask_all(
    case: Case,
    options: list[str],
    *,
    environment: Mapping[str, str],
    asking: Asking | None = None,
    report: Report | None = None,
) -> list[Asked]:
    """Ask all that some options of a case ask, and write the answers beside the case.

    Parameters
    ----------
    case : Case
    options : list of str
        Those with an ``ask``.
    environment : mapping
        Where key, base URL and model are; see `endpoint_of`.
    asking : Asking
        How many at a time, how often, and the cap, which holds for all options together.
    report : callable, optional
        Told where an option stands, at its beginning and after each answer.

    Returns
    -------
    list of Asked
        One for each option that was begun.

    Raises
    ------
    InputError
        The case, the environment, or the file of answers is at fault; or there is a cap and
        an option has no prices per token.
    """
    settings = asking or Asking()
    runs = [_prepared(case, name, environment, settings) for name in options]
    return asyncio.run(_all(case, runs, settings, report or (lambda asked: None)))


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    """One option, ready to be asked."""

    option: str
    file: Path
    endpoint: Endpoint
    questions: Questions
    prices: Prices | None
    shared: bool


def _prepared(case: Case, name: str, environment: Mapping[str, str], asking: Asking) -> _Prepared:
    option = case.options[name]
    assert option.ask is not None
    assert option.predictions is not None
    where = f"options.{name}"
    if asking.cap is not None and option.tokens is None:
        raise refuse("budget-prices", "--budget", option=name)
    endpoint = endpoint_of(environment, option.ask.model, f"{where}.ask")
    used = [other.predictions for other in case.options.values()]
    return _Prepared(
        option=name,
        file=case.folder / option.predictions,
        endpoint=endpoint,
        questions=questions_of(case, name, endpoint.model, asking.repeats),
        prices=None if option.tokens is None else Prices.of(option.tokens),
        shared=used.count(option.predictions) > 1,
    )


async def _all(case: Case, runs: list[_Prepared], asking: Asking, report: Report) -> list[Asked]:
    """One option after the other, under one cap."""
    ledger = Ledger(asking.cap)
    found: list[Asked] = []
    for run in runs:
        with locked(case.folder, f".{run.file.name}.lock", "answers-locked"):
            found.append(await _Run(run, asking, ledger, report).go())
        if found[-1].why:
            break
    return found


class _Run:
    """The asking of one option."""

    def __init__(self, run: _Prepared, asking: Asking, ledger: Ledger, report: Report) -> None:
        self.run, self.asking, self.ledger, self._report = run, asking, ledger, report
        self.stop = asyncio.Event()
        self.in_a_row = 0
        questions = run.questions.all
        digests = {question.key: question.asked for question in questions}
        field = f"options.{run.option}.predictions"
        self.journal: Journal = open_journal(run.file, digests, run.option, field)
        wanted = self._within(questions)
        self.queue = deque(q for q in wanted if q.key not in self.journal.answered)
        self.begun = ledger.spent
        self.most_left = 0.0
        self.asked = Asked(
            option=run.option,
            model=run.endpoint.model,
            host=run.endpoint.host,
            file=run.file,
            items=run.questions.items if asking.limit is None
            else min(asking.limit, run.questions.items),
            attacks=run.questions.attacks if asking.limit is None else 0,
            total=len(wanted),
            before=len(wanted) - len(self.queue),
            aside=self.journal.aside,
            aside_file=self.journal.aside_file,
            mended=self.journal.mended,
            attacked=self.journal.attacks,
            succeeded=self.journal.succeeded,
            cap=ledger.cap,
        )  # fmt: skip

    def _within(self, questions: Sequence[Question]) -> list[Question]:
        """What this run asks: all, or the first so many rows."""
        if self.asking.limit is None:
            return list(questions)
        rows = questions[: min(self.asking.limit, self.run.questions.items)]
        first = {question.id for question in rows}
        return [one for one in questions if one.attack is None and one.id in first]

    async def go(self) -> Asked:
        """Ask, and say how it ended."""
        client = open_client(self.run.endpoint, self.asking.limits.timeout)
        self.caller = Caller(
            client, self.run.endpoint, self.run.questions.ask, ledger=self.ledger,
            prices=self.run.prices, limits=self.asking.limits, pause=self._pause,
            rng=random.Random(),
        )  # fmt: skip
        most = [self.caller.most(question.messages) for question in self.queue]
        self.most_left = sum(most)
        self._tell(next_most=max(most, default=0.0))
        try:
            async with client:
                await self._work_all()
        except OSError as error:
            reason = error.strerror or ""
            raise refuse("answers-write", "predictions", self.run.file.name, reason=reason) from (
                error
            )
        finally:
            self.journal.close()
        self._tell()
        return self.asked

    async def _work_all(self) -> None:
        jobs = min(self.asking.jobs, max(1, len(self.queue)))
        workers = [asyncio.create_task(self._work()) for _ in range(jobs)]
        try:
            await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
        except asyncio.CancelledError:  # Ctrl-C; what is under way may end, it is paid for
            if (task := asyncio.current_task()) is not None:
                task.uncancel()
            self._end("stopped")
            self._tell(stopping=True)
            await asyncio.wait(workers, timeout=self.asking.limits.grace)
        finally:
            for worker in workers:
                worker.cancel()
            ended = await asyncio.gather(*workers, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error

    async def _work(self) -> None:
        while self.queue and not self.stop.is_set():
            question = self._next()
            try:
                answered = await self.caller.put(question.messages)
            except OutOfBudget:
                self._leave(question)
                self._end("budget")
            except _Stopped:
                self._leave(question)
            except Failure as failure:
                self._fail(question, failure)
            else:
                self._take(question, answered)

    def _next(self) -> Question:
        question = self.queue.popleft()
        left = self.most_left - self.caller.most(question.messages)
        self.most_left = left if self.queue else 0.0
        return question

    def _leave(self, question: Question) -> None:
        """Put a question back that this run does not ask any more."""
        self.queue.appendleft(question)
        self.most_left += self.caller.most(question.messages)

    def _take(self, question: Question, answered: Answered) -> None:
        reply, attack = answered.reply, question.attack
        text = self.run.endpoint.scrub(reply.text)
        succeeded = attack is not None and not reply.refused and holds(text, attack.canary)
        said: Line = {}
        unclear = False
        if attack is not None:
            said["succeeded"] = succeeded
        elif not reply.refused:
            said["answer"] = answer_of(text, self.run.questions.wanted)
            unclear = said["answer"] is None and bool(text.strip())
        said |= {
            "tokens_in": reply.tokens_in, "tokens_out": reply.tokens_out,
            "latency": round(answered.latency, 4), "cost": answered.cost,
            "refused": reply.refused, "cut": reply.cut, "text": text,
        }  # fmt: skip
        self._write(question, answered.attempts, said)
        self.in_a_row = 0
        self._tell(
            done=self.asked.done + 1,
            refused=self.asked.refused + reply.refused,
            cut=self.asked.cut + reply.cut,
            unclear=self.asked.unclear + unclear,
            attacked=self.asked.attacked + (attack is not None),
            succeeded=self.asked.succeeded + succeeded,
        )

    def _fail(self, question: Question, failure: Failure) -> None:
        one = Failed(id=question.id, repeat=question.repeat, code=failure.code,
                     detail=failure.detail)  # fmt: skip
        if failure.stop:  # not this question's fault: it is left for the next run
            self._leave(question)
            self._end("failing", one)
            return
        said = f"{failure.code}: {failure.detail}" if failure.detail else failure.code
        self._write(question, failure.attempts, {"error": said})
        self.in_a_row += 1
        self._tell(failed=(*self.asked.failed, one))
        if self.in_a_row >= self.asking.limits.in_a_row:
            self._end("failing", one)

    def _write(self, question: Question, attempts: int, said: Line) -> None:
        """A line of the journal; tries of an earlier run, when it failed, are counted in."""
        run, before = self.run, self.journal.failed.get(question.key, {})
        line = {
            "id": question.id,
            "repeat": question.repeat,
            "option": run.option if run.shared else None,
            "attack": question.attack.kind if question.attack else None,
            **said,
            "attempts": attempts + int(before.get("attempts") or 0),
            "model": run.endpoint.model,
            "asked": question.asked,
            "settings": run.questions.settings,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        self.journal.append({key: value for key, value in line.items() if value is not None})

    def _end(self, why: Why, cause: Failed | None = None) -> None:
        """Begin no further call; the first reason is the one that is told."""
        if not self.stop.is_set():
            self.stop.set()
            self.asked = replace(self.asked, why=why, cause=cause)

    async def _pause(self, seconds: float) -> None:
        """Wait, unless the run is stopped meanwhile."""
        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), seconds)
        if self.stop.is_set():
            raise _Stopped

    def _tell(self, **changes: Any) -> None:
        """Note what has changed, and say where it stands."""
        asked = replace(self.asked, **changes)
        if self.run.prices is not None:
            spent = self.ledger.spent
            likely = (spent - self.begun) * len(self.queue) / asked.done if asked.done else None
            asked = replace(asked, spent=spent, most_left=self.most_left, likely_left=likely)
        self.asked = asked
        self._report(asked)


class _Stopped(Exception):
    """The run was stopped while a question waited for its turn."""
