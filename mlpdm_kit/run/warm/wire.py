"""How a notebook's client and its child talk: a message of Jupyter a line, as JSON.

Nothing is sent but JSON, so a cell that writes rubbish into the socket is a child that has
died, and never code that runs in the caller.
"""

from __future__ import annotations

import base64
import json
import select
import socket
import threading
import time
from collections.abc import Mapping
from typing import Any

LONGEST = 256_000_000  # bytes of one message, above which no client would keep it
_PART = 1 << 18


class Gone(Exception):
    """The other side has ended."""


class Late(Exception):
    """Nothing came within the time."""


class Wire:
    """One end of a socket pair.

    Parameters
    ----------
    end : socket

    Examples
    --------
    >>> one, other = map(Wire, socket.socketpair())
    >>> one.write({"kind": "件"})
    >>> other.read(timeout=1)
    {'kind': '件'}
    >>> one.close()
    >>> other.read(timeout=1)
    Traceback (most recent call last):
    ...
    mlpdm_kit.run.warm.wire.Gone
    >>> other.close()
    """

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self._kept = bytearray()
        self._looked = 0
        self._lock = threading.RLock()

    def write(self, message: Mapping[str, Any]) -> None:
        """Send a message.

        Raises
        ------
        Gone
        """
        line = json.dumps(message, default=_plain, ensure_ascii=False, allow_nan=True)
        try:
            with self._lock:
                self.end.sendall(line.encode("utf-8", "surrogatepass") + b"\n")
        except OSError as error:
            raise Gone from error

    def read(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message.

        Raises
        ------
        Gone
            The other side has ended, or says what is no message.
        Late
        """
        until = None if timeout is None else time.monotonic() + timeout
        while (line := self.taken()) is None:
            left = None if until is None else until - time.monotonic()
            if left is not None and not _readable(self.end, max(left, 0.0)):
                raise Late
            self.fill()
        return line

    def fill(self) -> None:
        """Take in what has come; at least something has."""
        try:
            part = self.end.recv(_PART)
        except OSError as error:
            raise Gone from error
        if not part or len(self._kept) > LONGEST:
            raise Gone
        self._kept += part

    def taken(self) -> dict[str, Any] | None:
        """A message that has come as a whole, if there is one."""
        place = self._kept.find(b"\n", self._looked)
        if place < 0:
            self._looked = len(self._kept)
            return None
        line = bytes(self._kept[:place])
        del self._kept[: place + 1]
        self._looked = 0
        try:
            message = json.loads(line.decode("utf-8", "surrogatepass"))
        except ValueError as error:
            raise Gone from error
        if not isinstance(message, dict):
            raise Gone
        return message

    def close(self) -> None:
        """End it."""
        self.end.close()


def _readable(end: socket.socket, seconds: float) -> bool:
    poll = select.poll()  # select itself knows no number above 1,023
    poll.register(end, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _plain(value: Any) -> Any:
    """What JSON has no word for: days, bytes, figures of numpy."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(bytes(value)).decode("ascii")
    if hasattr(value, "item"):
        return value.item()
    return repr(value)
