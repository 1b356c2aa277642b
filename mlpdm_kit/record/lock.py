"""A lock on a folder, held by the operating system for as long as we live."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from mlpdm_kit.errors import refuse

LOCK_FILE = ".lock"
_PAUSE = 0.02  # seconds between two looks


@contextlib.contextmanager
def locked(
    folder: Path, name: str = LOCK_FILE, code: str = "locked", *, patience: float = 0
) -> Iterator[None]:
    """Hold the lock of a folder; it ends with the process, however that ends.

    Parameters
    ----------
    folder, name : path, str
        The folder, and the file in it that is the lock.
    code : str
        The fault if it is held.
    patience : float
        Seconds to wait for it meanwhile.

    Raises
    ------
    InputError
        Another run holds it.
    """
    path = folder / name
    until = time.monotonic() + patience
    while True:
        held = open(path, "a+", encoding="ascii", opener=_opened)  # noqa: SIM115 (it outlives this loop)
        if not _take(held):
            held.seek(0)
            pid = held.read(20).strip() or "?"
            held.close()
            if time.monotonic() < until:
                time.sleep(_PAUSE)
                continue
            raise refuse(code, "--out", folder, pid=pid)
        if _same_file(held, path):
            break
        held.close()  # its last holder removed it between our opening and our locking
    try:
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows keeps an open file
            path.unlink()
        held.close()


def _opened(path: str, flags: int) -> int:
    """Open the lock itself: where it is a link or a pipe, somebody has planted it."""
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    return os.open(path, flags, 0o666)


def _same_file(held: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(held.fileno()), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":

    def _take(held: IO[str]) -> bool:
        import msvcrt

        try:
            held.seek(1_000)  # beyond the process id, which others may read
            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _take(held: IO[str]) -> bool:
        import fcntl

        try:
            fcntl.flock(held.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
