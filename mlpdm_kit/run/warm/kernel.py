"""What a child of the warm process is: ipykernel's own kernel and shell, without ports.

The kernel is made once in the warm process; a child has a copy of it to itself. Requests
come in by one socket, and what a kernel says goes out by the same.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import sys
import threading
import time
from itertools import islice
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from jupyter_client.session import Session
from traitlets.config import Config

from mlpdm_kit.run.warm.wire import Gone, Wire

BEAT = 0.1  # seconds that printed words may wait for more
_FULL = 64_000  # letters that do not wait


class WiredSession(Session):
    """A session that sends messages as lines of JSON; to nobody while it has no wire."""

    wire: Wire | None = None

    def send(
        self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None,
        ident: Any = None, buffers: Any = None, track: bool = False, header: Any = None,
        metadata: Any = None,
    ) -> Any:  # fmt: skip
        """Send on the channel that ``stream`` names."""
        message = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(msg_or_type, content=content, parent=parent, header=header,
                               metadata=metadata)  # fmt: skip
        if self.wire is not None:
            said = {**message, "channel": stream, "buffers": list(buffers or ())}
            self.wire.write(said)
        return message


class Kernel(IPythonKernel):
    """ipykernel's kernel, asked one request at a time."""

    def _abort_queues(self, subshell_id: Any = None) -> None:
        """Nothing is queued: the client asks again only after an answer."""


class Stream(io.TextIOBase):
    """Standard output or error: what is printed goes out as messages, in its order."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, name: str, kernel: Kernel, lock: threading.RLock) -> None:
        self.name, self._kernel, self._lock = name, kernel, lock
        self._parts: list[str] = []
        self._size, self._since = 0, 0.0

    def write(self, text: str) -> int:
        """Print a text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        with self._lock:
            now = time.monotonic()
            if not self._parts:
                self._since = now
            self._parts.append(text)
            self._size += len(text)
            late = self._size > _FULL or now - self._since > BEAT
        if late:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what has been printed."""
        with self._lock:
            text = "".join(self._parts)
            self._parts, self._size = [], 0
            if text:
                kernel: Any = self._kernel
                content = {"name": self.name, "text": text}
                kernel.session.send("iopub", "stream", content, parent=kernel.get_parent("shell"))

    def fileno(self) -> int:
        """The file that programs started by a cell write into."""
        return 1 if self.name == "stdout" else 2

    def writable(self) -> bool:
        """Yes."""
        return True

    def isatty(self) -> bool:
        """No."""
        return False


class Drain(threading.Thread):
    """Takes what is written into a file by programs that a cell starts, and prints it."""

    def __init__(self, file: int, stream: Stream) -> None:
        super().__init__(daemon=True)
        self._stream = stream
        self._end, into = os.pipe()
        os.dup2(into, file)
        os.close(into)
        os.set_blocking(self._end, False)
        self._lock = threading.Lock()

    def run(self) -> None:
        """Take as it comes."""
        import select

        poll = select.poll()
        poll.register(self._end, select.POLLIN)
        while True:
            if poll.poll(1000):
                self.take()
            time.sleep(0.01)

    def take(self) -> None:
        """Take what is there."""
        with self._lock:
            while True:
                try:
                    part = os.read(self._end, 65_536)
                except BlockingIOError:
                    return
                if not part:
                    return
                self._stream.write(part.decode("utf-8", "replace"))


def made(folder: str) -> Kernel:
    """The kernel with its shell, before any notebook is known.

    Parameters
    ----------
    folder : str
        Where IPython may keep its own files.
    """
    from IPython.core.profiledir import ProfileDir

    config = Config()
    config.HistoryManager.enabled = False
    session = WiredSession(username="kernel", config=config)
    profile: Any = ProfileDir
    made_of: Any = Kernel
    kernel: Kernel = made_of(
        session=session, iopub_socket="iopub", config=config, log=logging.getLogger("mlpdm.kernel"),
        profile_dir=profile.create_profile_dir(folder),
    )  # fmt: skip
    kernel._execute_sleep = 0.0
    kernel.shell_channel_thread = SimpleNamespace(parent_thread=threading.main_thread())
    return kernel


def rehearse(kernel: Kernel) -> None:
    """Answer a request that says nothing, to nobody: what answering imports is then there."""
    session = kernel.session
    assert isinstance(session, WiredSession)
    request = session.msg("execute_request", {
        "code": "None", "silent": True, "store_history": False, "user_expressions": {},
        "allow_stdin": False, "stop_on_error": True,
    })  # fmt: skip

    async def answered() -> None:
        import IPython.core.logger  # noqa: F401 (the first cell that is kept asks for it)
        from tornado.ioloop import IOLoop

        kernel.io_loop = IOLoop.current()
        await _answer(kernel, request, [])

    asyncio.run(answered())


def serve(kernel: Kernel, wire: Wire) -> None:
    """Answer requests until the other side ends."""
    session = kernel.session
    assert isinstance(session, WiredSession)
    session.wire = wire
    lock = threading.RLock()
    sys.stdout, sys.stderr = (Stream(name, kernel, lock) for name in ("stdout", "stderr"))
    drains = [Drain(file, stream) for file, stream in ((1, sys.stdout), (2, sys.stderr))]
    for drain in drains:
        drain.start()
    wire.write({"channel": "hello", "pid": os.getpid(), "language_info": kernel.language_info})
    asyncio.run(_answering(kernel, wire, drains, there=len(sys.modules)))


async def _answering(kernel: Kernel, wire: Wire, drains: list[Drain], *, there: int) -> None:
    from tornado.ioloop import IOLoop

    kernel.io_loop = IOLoop.current()
    loop, requests = asyncio.get_running_loop(), asyncio.Queue[Any]()

    def come() -> None:
        try:
            wire.fill()
            while (request := wire.taken()) is not None:
                requests.put_nowait(request)
        except Gone:
            requests.put_nowait(None)

    loop.add_reader(wire.end, come)
    while (request := await requests.get()) is not None:
        if request.get("channel") == "end":
            # from the end: who looks at a name, or anything else, writes into its page of memory,
            # which the child then has to copy
            new = list(islice(reversed(sys.modules), max(0, len(sys.modules) - there)))
            wire.write({"channel": "end", "modules": new[::-1]})
            return
        await _answer(kernel, request, drains)


async def _answer(kernel: Any, request: dict[str, Any], drains: list[Drain]) -> None:
    kernel.set_parent([], request)
    kernel._publish_status("busy", "shell", parent=request)
    if request["header"]["msg_type"] == "execute_request":
        await kernel.execute_request("shell", [], request)
    for drain in drains:
        drain.take()
    sys.stdout.flush()
    sys.stderr.flush()
    kernel._publish_status("idle", "shell", parent=request)
