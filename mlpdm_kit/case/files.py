"""Writing files so that nobody ever reads half of one; reading none that never ends."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path


def _read_umask() -> int:
    """The process's mask, which can be read only by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


# once, at import: setting it from two threads at a time could leave it changed.
# mkstemp makes files that only their owner may read; the mask says who else may.
_UMASK = _read_umask()
MOST_BYTES = 1 << 28  # of a file that is read as a whole


def write_atomically(path: Path, content: str | bytes) -> Path:
    """Write a file under a temporary name in its folder, then move it into place.

    Parameters
    ----------
    path : Path
        Where the file is to stand; missing folders are made.
    content : str or bytes
        Text is written as UTF-8, its line ends as they are.

    Returns
    -------
    Path
        The path.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder) / "new" / "a.txt", "hello").read_text()
    'hello'
    """
    # a file name of another machine may hold what is no text: it is written as an escape
    data = content.encode(errors="backslashreplace") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, 0o666 & ~_UMASK)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def read_whole(path: Path, most: int = MOST_BYTES) -> bytes:
    """The content of a file; of a folder, a pipe or a device, nothing.

    Parameters
    ----------
    path : Path
        It may be a link.
    most : int
        Bytes that it may have.

    Raises
    ------
    OSError
        There is no file, or it is none that has an end, or it is too large.

    Examples
    --------
    >>> read_whole(Path("/dev/zero"))
    Traceback (most recent call last):
        ...
    OSError: [Errno 22] Invalid argument: '/dev/zero'
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
        found = stream.read(most + 1)
    if len(found) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return found
