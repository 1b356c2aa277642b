"""Many machines: cases as parcels to the workers of a Dask scheduler, one case a task.

A worker needs this kit and no shared disk. It keeps one warm process; each notebook runs in
a child of it, so that what kills a notebook leaves the worker alone. A worker that dies has
its tasks run by another. Only the caller writes records.
"""

from __future__ import annotations

import atexit
import logging
import math
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from mlpdm_kit.errors import refuse
from mlpdm_kit.run.kernels import Kernels
from mlpdm_kit.run.parcel import NotOurKit, Opened, Parcel, opened
from mlpdm_kit.run.places import Place
from mlpdm_kit.run.warming import warm_for
from mlpdm_kit.text import Text

RETRIES = 2  # of a task whose worker died
AHEAD = 3  # parcels under way for each thread of the workers
START = 30  # seconds to reach the scheduler
ASKED_EVERY = 5.0  # seconds between two questions how many workers there are


class SchedulerGone(RuntimeError):
    """The scheduler can't be reached any more."""


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address.

    Raises
    ------
    InputError
        Dask is not installed, or nobody answers there.
    """
    try:
        dask = _dask()
    except ModuleNotFoundError as error:
        raise refuse("extra-missing", "--scheduler", address, extra="cluster") from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # we say it ourselves
    try:
        client = dask.Client(address, timeout=START, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise refuse("scheduler", "--scheduler", address, reason=str(error) or "-") from error
    try:
        yield client
    finally:
        client.close(timeout=5)


def sent(
    client: Any,
    places: Sequence[Place],
    pack: Callable[[Place], Parcel | None],
    *,
    wanted: Callable[[], bool],
) -> Iterator[tuple[Place, Opened | Exception]]:
    """Send cases as parcels; what comes back, as it comes.

    Parameters
    ----------
    client
        As `connected` gives it.
    places : sequence of Place
    pack : callable
        Makes a case's parcel, just before it is sent; None where nothing is to be sent.
    wanted : callable
        Whether more is wanted; once it says no, what is under way is called off.
    """
    waiting = iter(places)
    under_way: dict[str, Place] = {}
    coming = _dask().as_completed([], loop=client.loop)

    def send() -> bool:
        for place in waiting:
            parcel = pack(place)
            if parcel is None:
                continue
            future = client.submit(work, parcel, key=f"mlpdm-{parcel.key}", retries=RETRIES,
                                   pure=True)  # fmt: skip
            under_way[future.key] = place
            coming.add(future)
            return True
        return False

    room = _Room(client)
    try:
        while len(under_way) < room() and send():
            pass
        while under_way and wanted():
            future = next(coming)
            place = under_way.pop(future.key)
            yield place, _outcome(future)
            future.release()
            while len(under_way) < room() and send():
                pass
    except OSError as error:  # what Dask raises when the other end is gone
        raise SchedulerGone from error
    finally:
        with suppress(Exception):  # nobody there to call it off
            client.cancel(list(coming.futures), force=True)


def _dask() -> Any:
    """Dask's part for many machines; it is an extra, and says nothing of its types."""
    import distributed

    return distributed


class _Room:
    """How many parcels may be under way: enough that no worker waits; workers come and go."""

    def __init__(self, client: Any) -> None:
        self._client, self._asked, self._threads = client, -math.inf, 0

    def __call__(self) -> int:
        if time.monotonic() - self._asked > ASKED_EVERY:
            self._threads = int(sum(self._client.nthreads().values()))
            self._asked = time.monotonic()
        return max(4, AHEAD * self._threads)


def _outcome(future: Any) -> Opened | Exception:
    if future.status in ("cancelled", "lost"):
        raise SchedulerGone
    error = future.exception()
    if error is None:
        found = future.result()
        assert isinstance(found, Opened)
        return found
    return error if isinstance(error, Exception) else RuntimeError(str(error))


def reason(error: Exception, text: Text) -> str:
    """Why a case came back without a record, for people."""
    if isinstance(error, NotOurKit):
        return text.say("run.other-kit", said=str(error))
    if type(error).__name__ == "KilledWorker":
        return text.say("run.killed-workers", n=RETRIES + 1)
    return text.say("run.broken", said=f"{type(error).__name__}: {error}")


def work(parcel: Parcel) -> Opened:
    """What a worker does with a parcel."""
    folder = Path(tempfile.mkdtemp(prefix="mlpdm-work-"))
    try:
        engine, memory = parcel.settings["engine"], parcel.settings["limits"]["memory"]
        return opened(parcel, folder, _kernels(engine, memory))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def _kernels(engine: str, memory: int) -> Kernels:
    """The kernels of this worker; they end with it."""
    kernels = Kernels(warm_for(engine, memory))
    atexit.register(kernels.end)
    return kernels
