"""Many cases, some at a time: the five notebooks of each, then its record put in place.

A record is made in a work folder and moved in as a whole, so nobody ever sees half of one.
A case that fails doesn't stop the others: its folder holds what was done so far and
``failure.json``, and it stands in the index as failed.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field as also
from datetime import date as Date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mlpdm_kit import shipped
from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.case.load import check_case, load_case
from mlpdm_kit.errors import Fault, InputError, RunError, raise_all, refuse
from mlpdm_kit.record.lock import locked
from mlpdm_kit.record.page import verdict
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.steps import DEFAULT_DRAWS
from mlpdm_kit.run.kernels import Kernels, environment
from mlpdm_kit.run.notebooks import (
    NOTEBOOKS,
    RECORD_FILES,
    Execute,
    Limits,
    run_notebook,
    with_papermill,
)
from mlpdm_kit.run.places import (
    FAILURE_FILE,
    Place,
    case_title,
    places,
    publish,
    read_record,
    recover,
    remove,
    start,
)
from mlpdm_kit.text import Text

if TYPE_CHECKING:
    from mlpdm_kit.run.warm.process import Warm

FAILURE_SCHEMA = "mlpdm-failure/1"

State = Literal["done", "failed", "stopped"]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Where a case failed, and why; ``notebook`` is empty where none was at fault."""

    notebook: str = ""
    cell: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """What became of one case.

    ``stopped`` means that the run was stopped before the case was done: nothing of it was
    put in place. ``folder`` is None where nothing could be. ``outcome`` and ``verdict`` (its
    sentence) are those of the record.
    """

    id: str
    case: Path
    state: State
    folder: Path | None = None
    outcome: str = ""
    verdict: str = ""
    faults: tuple[Fault, ...] = ()
    failure: Failure | None = None

    def reasons(self, lang: str = "en") -> list[str]:
        """Why it failed, one line each."""
        said = [fault.sentence(lang) for fault in self.faults]
        if self.failure is not None:
            where = ", ".join(part for part in (self.failure.notebook, self.failure.cell) if part)
            said.append(f"{where}: {self.failure.reason}" if where else self.failure.reason)
        return said


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One step of a batch: a case at a notebook, or a case with its result."""

    case: str
    notebook: str = ""
    result: CaseResult | None = None


Report = Callable[[Progress], None]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What holds for every case of a batch."""

    seed: int = 0
    draws: int = DEFAULT_DRAWS
    day: Date | None = None
    lang: str = "en"
    mode: str = "report"
    overrides: Mapping[str, Any] = also(default_factory=dict)
    notebooks: Path = also(default_factory=shipped.notebooks)
    limits: Limits = also(default_factory=Limits)
    execute: Execute = with_papermill
    engine: str = "mlpdm"

    def parameters(self, case: Path) -> dict[str, Any]:
        """What goes into each notebook, as plain JSON values."""
        return {
            "case": str(case.resolve()),
            "mode": self.mode,
            "lang": self.lang,
            "seed": self.seed,
            "draws": self.draws,
            "day": None if self.day is None else self.day.isoformat(),
            "overrides": dict(self.overrides),
        }


def decide_all(
    cases: Sequence[Path],
    *,
    out: Path,
    jobs: int | None = None,
    settings: Settings | None = None,
    report: Report | None = None,
) -> list[CaseResult]:
    """Decide every case, and write its record and the index of all records in ``out``.

    Parameters
    ----------
    cases : sequence of path
        Case folders, as `mlpdm_kit.case.load.find_cases` gives them.
    out : path
        Folder of the records; made if it is not there.
    jobs : int, optional
        How many at a time; by default one for each processor.
    settings : Settings
        Seed, draws, language and so on, for all cases.
    report : callable, optional
        Told of each step, by one thread at a time.

    Returns
    -------
    list of CaseResult
        In the order of the cases. After Ctrl-C the cases not done are ``stopped``.

    Raises
    ------
    InputError
        Two cases have one id, another run is writing there, or ``out`` is no folder.
    """
    from mlpdm_kit.record.assets import write_assets
    from mlpdm_kit.run.rows import failed_row, write_rows

    settings = settings or Settings()
    found = places(cases, out, settings.overrides)
    _make(out)
    with locked(out):
        recover(out)
        write_assets(out)
        batch = _Batch(settings, report or (lambda progress: None))
        results = batch.run(found, jobs or min(processors(), max(1, len(found))))
        lost = [result for result in results if result.state == "failed" and not result.folder]
        rows = [failed_row(failure_content(result, settings.lang)) for result in lost]
        write_rows(out, rows, settings.lang)
    return results


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refuse("out-folder", "--out", out, reason=error.strerror or "") from error
    if not os.access(out, os.W_OK):
        raise refuse("out-folder", "--out", out, reason=os.strerror(13))


def _warm(settings: Settings) -> Warm | None:
    """The process that notebooks are forked from, where that can be and is wanted."""
    from mlpdm_kit.run.engine import COLD, ENGINES, can_fork

    if settings.engine not in ENGINES:
        raise refuse("not-one-of", "--engine", settings.engine, known=list(ENGINES))
    if ENGINES[settings.engine] == COLD or not can_fork():
        return None
    from mlpdm_kit.run.warm.process import Warm

    return Warm(environment(), memory=settings.limits.memory)


class _Batch:
    """The running of one batch."""

    def __init__(self, settings: Settings, report: Report) -> None:
        self.settings = settings
        self.kernels = Kernels(_warm(settings))
        self.stopped = False
        self._report = report
        self._lock = threading.Lock()

    def run(self, found: Sequence[Place], jobs: int) -> list[CaseResult]:
        results = {place.id: _stopped(place) for place in found}
        futures: list[Future[CaseResult]] = []
        with ThreadPoolExecutor(jobs, thread_name_prefix="mlpdm") as pool:
            try:
                futures += [pool.submit(self._decide, place) for place in found]
                for future in as_completed(futures):
                    self._take(future, results)
            except BaseException as error:
                self.stopped = True
                self.kernels.end()
                pool.shutdown(wait=False, cancel_futures=True)
                if not isinstance(error, KeyboardInterrupt):
                    raise
        self.kernels.end()
        for future in futures:  # those that were at work when it was stopped
            if not future.cancelled():
                self._take(future, results)
        return list(results.values())

    def _take(self, future: Future[CaseResult], results: dict[str, CaseResult]) -> None:
        result = future.result()
        results[result.id] = result

    def _tell(self, progress: Progress) -> None:
        with self._lock:
            self._report(progress)

    def _decide(self, place: Place) -> CaseResult:
        if self.stopped:
            return _stopped(place)
        with _own_event_loop():
            result = self._try(place)
        self._tell(Progress(case=place.id, result=result))
        return result

    def _try(self, place: Place) -> CaseResult:
        try:
            self._check(place)
            start(place)
            self._notebooks(place)
            return self._stop(place) if self.stopped else self._done(place)
        except InputError as error:
            return self._fail(place, faults=error.faults)
        except RunError as error:
            failure = Failure(notebook=error.notebook, cell=error.cell, reason=error.reason)
            return self._fail(place, failure=failure)
        except Exception as error:  # a full disk, say; the other cases go on
            reason = Text(self.settings.lang).say(
                "run.broken", said=f"{type(error).__name__}: {error}"
            )
            return self._fail(place, failure=Failure(reason=reason))

    def _check(self, place: Place) -> None:
        """All faults of the case at once, before the first kernel starts."""
        faults = [place.fault] if place.fault else []
        raise_all([*faults, *check_case(place.case, self.settings.overrides)])
        if load_case(place.case, self.settings.overrides).name != place.id:
            raise refuse("id", "id", place.id)

    def _notebooks(self, place: Place) -> None:
        settings = self.settings
        for name in NOTEBOOKS:
            self._tell(Progress(case=place.id, notebook=name))
            run_notebook(
                settings.notebooks / f"{name}.ipynb",
                out=place.work,
                parameters=settings.parameters(place.case),
                lang=settings.lang,
                limits=settings.limits,
                kernels=self.kernels,
                execute=settings.execute,
            )

    def _done(self, place: Place) -> CaseResult:
        record = read_record(place.work)
        publish(place)
        return CaseResult(
            id=place.id,
            case=place.case,
            state="done",
            folder=place.folder,
            outcome=record.verdict.outcome,
            verdict=verdict(record, Sentences.of_record(record, self.settings.lang)),
        )

    def _stop(self, place: Place) -> CaseResult:
        remove(place.work)
        return _stopped(place)

    def _fail(
        self, place: Place, *, faults: tuple[Fault, ...] = (), failure: Failure | None = None
    ) -> CaseResult:
        """Put what there is in place of any older record, which no longer holds."""
        if self.stopped:
            return self._stop(place)
        result = CaseResult(
            id=place.id, case=place.case, state="failed", faults=faults, failure=failure
        )
        if place.fault:
            return result
        try:
            if faults:
                start(place)
            for name in RECORD_FILES:
                (place.work / name).unlink(missing_ok=True)
            content = failure_content(result, self.settings.lang)
            said = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
            write_atomically(place.work / FAILURE_FILE, said)
            publish(place)
        except OSError:  # the disk is full or gone: the result still says what failed first
            return result
        return CaseResult(**{**vars(result), "folder": place.folder})


def _stopped(place: Place) -> CaseResult:
    return CaseResult(id=place.id, case=place.case, state="stopped")


def failure_content(result: CaseResult, lang: str) -> dict[str, Any]:
    """What ``failure.json`` says of a case that failed."""
    failure = result.failure or Failure()
    return {
        "schema": FAILURE_SCHEMA,
        "id": result.id,
        "title": case_title(result.case),
        "case": str(result.case),
        "message": "\n".join(result.reasons(lang)),
        "faults": [fault.to_dict(lang) for fault in result.faults],
        "notebook": failure.notebook,
        "cell": failure.cell,
        "reason": failure.reason,
    }


@contextmanager
def _own_event_loop() -> Iterator[None]:
    """Close the event loop that Jupyter makes for this thread when its case is done."""
    from jupyter_core.utils import ensure_event_loop

    try:
        yield
    finally:
        ensure_event_loop().close()
        asyncio.set_event_loop(None)
