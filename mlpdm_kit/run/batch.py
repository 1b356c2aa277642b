"""Many cases, some at a time: each decided in a work folder, then put in place as a whole.

Nobody ever sees half a record. A case that fails doesn't stop the others: its folder holds
what was done so far and ``failure.json``, and it stands in the index as failed. A run that
was killed is taken up again (``resume``): what is whole and would be made the same is kept.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlpdm_kit.errors import InputError, refuse
from mlpdm_kit.record.lock import locked
from mlpdm_kit.record.manifest import MANIFEST
from mlpdm_kit.run.cluster import SchedulerGone, connected, reason, sent
from mlpdm_kit.run.kernels import Kernels
from mlpdm_kit.run.one import checked, decided, failed, kept, pointed
from mlpdm_kit.run.parcel import Opened, Parcel, packed, put_down
from mlpdm_kit.run.places import Place, places, publish, recover, remove, start
from mlpdm_kit.run.result import (
    CaseResult,
    Failure,
    IndexUnwritten,
    Progress,
    Report,
    Settings,
    failure_content,
)
from mlpdm_kit.run.stores import Store, staged
from mlpdm_kit.run.taken import refuse_others
from mlpdm_kit.run.unfinished import begun
from mlpdm_kit.run.warming import warm_for
from mlpdm_kit.text import Text

__all__ = ["CaseResult", "Progress", "Report", "Settings", "decide_all", "processors"]


def decide_all(
    cases: Sequence[Path],
    *,
    out: str | Path,
    jobs: int | None = None,
    settings: Settings | None = None,
    report: Report | None = None,
    resume: bool = False,
    scheduler: str = "",
    sources: Mapping[Path, str] | None = None,
) -> list[CaseResult]:
    """Decide every case, and write its record and the index of all records in ``out``.

    Parameters
    ----------
    cases : sequence of path
        Case folders, as `mlpdm_kit.case.load.find_cases` gives them.
    out : path or str
        Folder of the records; made if it is not there. Or an address that fsspec knows.
    jobs : int, optional
        How many at a time; by default one for each processor.
    settings : Settings
        Seed, draws, language and so on, for all cases.
    report : callable, optional
        Told of each step, by one thread at a time.
    resume : bool
        Keep the records that are whole and would be made the same; what failed is tried
        again. The records of a run that was stopped all have the date of its beginning.
    scheduler : str
        Address of a Dask scheduler (``tcp://…``, ``tls://…``) whose workers decide the cases,
        instead of this machine.
    sources : mapping, optional
        Where folders of cases that were fetched lay.

    Returns
    -------
    list of CaseResult
        In the order of the cases. After Ctrl-C the cases not done are ``stopped``.

    Raises
    ------
    InputError
        Another run is writing there, ``out`` is no folder or holds files of others, or
        nobody answers at the scheduler's address. Where only the index could not be written
        it is an `IndexUnwritten`, which has the results.
    """
    settings = settings or Settings()
    with staged(out) as (here, store):
        found = places(cases, here, settings.overrides, sources)
        _make(here)
        refuse_others(here)
        with store.locked() if store else locked(here):
            if store:
                store.bring_run()
            with begun(here, settings, resume=resume) as run:
                if store:
                    store.send_run()
                batch = _Batch(
                    replace(settings, today=run.today, anew=run.anew), report, store, resume=resume
                )
                recover(here)
                results = batch.all_of(found, jobs, scheduler)
                try:
                    batch.write_index(here, results)
                except OSError as error:  # a full disk: what was decided is said all the same
                    raise IndexUnwritten(out, error, results) from error
                run.whole = not batch.stopped
            if store:
                store.send_run()
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


class _Batch:
    """The running of one batch, here or by workers elsewhere."""

    def __init__(
        self, settings: Settings, report: Report | None, store: Store | None, *, resume: bool
    ) -> None:
        self.settings, self.store, self.resume = settings, store, resume
        self.stopped = False
        self._report = report
        self._lock = threading.Lock()

    def all_of(self, found: Sequence[Place], jobs: int | None, scheduler: str) -> list[CaseResult]:
        """Decide all cases, here or by the workers of a scheduler."""
        if scheduler:
            with connected(scheduler) as client:
                return self.send(found, client)
        return self.run(found, jobs or min(processors(), max(1, len(found))))

    def write_index(self, here: Path, results: Sequence[CaseResult]) -> None:
        """The index of everything that is there, and what its pages share."""
        from mlpdm_kit.record.assets import write_assets
        from mlpdm_kit.run.rows import failed_row, write_rows

        lost = [result for result in results if result.state == "failed" and not result.folder]
        lang = self.settings.lang
        if self.store:
            self.store.bring_rows()
        write_assets(here)
        left = sum(result.state == "stopped" for result in results)
        rows = [failed_row(failure_content(result, lang)) for result in lost]
        write_rows(here, rows, lang, left=left)
        if self.store:
            self.store.send_rest()

    def run(self, found: Sequence[Place], jobs: int) -> list[CaseResult]:
        """Decide cases on this machine, so many at a time."""
        self.kernels = Kernels(warm_for(self.settings.engine, self.settings.limits.memory))
        results = {place.case: _stopped(place) for place in found}
        futures: list[Future[CaseResult]] = []
        with ThreadPoolExecutor(jobs, thread_name_prefix="mlpdm") as pool:
            try:
                futures += [pool.submit(self._decide, place) for place in found]
                for future in as_completed(futures):
                    _take(future, results)
            except BaseException as error:
                self.stopped = True
                self.kernels.end()
                pool.shutdown(wait=False, cancel_futures=True)
                if not isinstance(error, KeyboardInterrupt):
                    raise
        self.kernels.end()
        for future in futures:  # those that were at work when it was stopped
            if not future.cancelled():
                _take(future, results)
        return list(results.values())

    def send(self, found: Sequence[Place], client: Any) -> list[CaseResult]:
        """Have the workers of a scheduler decide cases, and put in place what comes back."""
        results = {place.case: _stopped(place) for place in found}

        def pack(place: Place) -> Parcel | None:
            """A case's parcel; None where its result is known already."""
            result = self._kept(place)
            try:
                if result is None:
                    return packed(place, checked(place, self.settings), self.settings)
            except InputError as error:
                result = self._put(place, failed(place, self.settings, faults=error.faults))
            except OSError as error:
                result = self._put(place, self._broken(place, str(error)))
            self._say(result)
            results[place.case] = result
            return None

        try:
            for place, found_ in sent(client, found, pack, wanted=lambda: not self.stopped):
                result = self._put(place, self._unpacked(place, found_))
                self._say(result)
                results[place.case] = result
        except KeyboardInterrupt:
            self.stopped = True
        except SchedulerGone:
            self.stopped = True
            why = Failure(reason=Text(self.settings.lang).say("run.scheduler-gone"))
            return [replace(result, failure=why) if result.state == "stopped" else result
                    for result in results.values()]  # fmt: skip
        return list(results.values())

    def _tell(self, progress: Progress) -> None:
        if self._report is not None:
            with self._lock:
                self._report(progress)

    def _say(self, result: CaseResult) -> None:
        if result.state != "stopped":
            self._tell(Progress(case=result.id, result=result))

    def _decide(self, place: Place) -> CaseResult:
        if self.stopped:
            return _stopped(place)
        result = self._kept(place)
        if result is None:
            found = decided(place, self.settings, self.kernels, self._tell)
            result = self._put(place, found)
        self._say(result)
        return result

    def _unpacked(self, place: Place, found: Opened | Exception) -> CaseResult:
        """What came back, in the work folder."""
        if isinstance(found, Exception):
            return self._broken(place, reason(found, Text(self.settings.lang)), plain=True)
        try:
            start(place)
            put_down(found.files, place.work)
        except (OSError, ValueError) as error:
            return self._broken(place, str(error))
        return found.result(place)

    def _broken(self, place: Place, said: str, *, plain: bool = False) -> CaseResult:
        text = said if plain else Text(self.settings.lang).say("run.broken", said=said)
        return failed(place, self.settings, failure=Failure(reason=text))

    def _put(self, place: Place, result: CaseResult) -> CaseResult:
        """Put what a case left in place of any older record, which no longer holds."""
        if self.stopped:
            remove(place.work)
            return _stopped(place)
        if not (place.work / MANIFEST).is_file():  # nothing that counts: a full disk, say
            remove(place.work)
            return result
        try:
            publish(place)
            if self.store:
                self.store.send(place.id)
        except Exception as error:  # a full disk, a store that says no
            said = Text(self.settings.lang).say("run.broken", said=str(error))
            why = result.failure or Failure(reason=said)
            return replace(result, state="failed", failure=why)
        return result.at(place.folder, self._link(place))

    def _kept(self, place: Place) -> CaseResult | None:
        """The result of an earlier run that still holds, where that is wanted."""
        if not self.resume:
            return None
        try:
            if self.store:
                self.store.bring(place.id)
        except Exception:  # it is decided anew; a store that still says no fails it by name
            return None
        found = kept(place, self.settings)
        if found is None:
            return None
        try:
            if pointed(place) and self.store:
                self.store.send(place.id)
        except Exception:  # it is decided anew, and says then where it lies
            return None
        return found.at(place.folder, self._link(place))

    def _link(self, place: Place) -> str:
        return f"{self.store.url}/{place.id}" if self.store else ""


def _take(future: Future[CaseResult], results: dict[Path, CaseResult]) -> None:
    result = future.result()
    results[result.case] = result


def _stopped(place: Place) -> CaseResult:
    return CaseResult(id=place.id, case=place.case, state="stopped")
