"""A run that has begun and not ended: what it was, so that it can be gone on with alike."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from pathlib import Path
from typing import Any

from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.errors import refuse
from mlpdm_kit.run.result import Settings
from mlpdm_kit.run.taken import RUN_FILE, read_mapping

LONGEST = timedelta(days=366)  # that a run may have been left alone before it is gone on with


@dataclass
class Run:
    """A run of a folder of records.

    ``anew`` says that it began without keeping anything: records of another day are then of
    an earlier run. ``whole`` is set once every case has been gone through.
    """

    today: Date
    anew: bool = False
    whole: bool = False


@contextlib.contextmanager
def begun(out: Path, settings: Settings, *, resume: bool) -> Iterator[Run]:
    """Note that a run has begun; the note goes when the run is whole.

    A run that is gone on with has the day on which it began, so that its records are those
    of an undisturbed run, though midnight came between.
    """
    said: dict[str, Any] = {"settings": settings.as_plain(), "today": settings.today.isoformat(),
                            "anew": not resume}  # fmt: skip
    earlier = read_mapping(out / RUN_FILE) if resume else None
    if earlier is not None and earlier.get("settings") == said["settings"]:
        with contextlib.suppress(KeyError, TypeError, ValueError):
            began = Date.fromisoformat(earlier["today"])
            if timedelta(0) <= settings.today - began <= LONGEST:
                said |= {"today": began.isoformat(), "anew": earlier.get("anew") is True}
    try:
        write_atomically(out / RUN_FILE, json.dumps(said) + "\n")
    except OSError as error:
        raise refuse("out-folder", "--out", out, reason=error.strerror or str(error)) from error
    run = Run(today=Date.fromisoformat(said["today"]), anew=said["anew"])
    yield run
    if run.whole:
        (out / RUN_FILE).unlink(missing_ok=True)
