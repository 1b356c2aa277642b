"""The warm process seen from its caller: it is started, asked for children, and ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlpdm_kit.run.warm.wire import Gone, Late, Wire

START = 120.0  # seconds within which the warm process, or a child, must have come up
HEAP = {"MALLOC_MMAP_THRESHOLD_": str(1 << 26), "MALLOC_TRIM_THRESHOLD_": str(1 << 28)}
# what a notebook frees it takes again: columns of draws need not be asked of the system each time
MOMENT = 0.5  # seconds in which the end of a process is known that closed what it held open
_MANY = 60_000  # bytes of one word to the warm process


@dataclass(kw_only=True)
class Child:
    """A child of the warm process: the kernel of one notebook; ``origin`` is that process."""

    wire: Wire
    pid: int
    origin: subprocess.Popen[bytes]
    language_info: Mapping[str, Any] = field(default_factory=dict)

    def interrupt(self) -> None:
        """Interrupt the cell that it runs."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """End it, and all that it has started."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


class Warm:
    """A warm process; it is started at the first child, and again should it die.

    Parameters
    ----------
    environment : mapping
        Of the process.
    memory : int
        Bytes that a child may take beyond what it begins with; 0 for no limit.
    """

    def __init__(self, environment: Mapping[str, str], *, memory: int = 0) -> None:
        self._environment, self._memory = dict(environment), memory
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._alive: dict[int, Child] = {}
        self._starting, self._lock = threading.Lock(), threading.Lock()
        self.ended = False

    def another(self) -> Warm:
        """One like it, not started yet."""
        return Warm(self._environment, memory=self._memory)

    def child(self, folder: Path, seed: int) -> AbstractContextManager[Child]:
        """A kernel for one notebook; it is gone when the notebook is done.

        Raises
        ------
        Gone
            The warm process does not come up, or has ended.
        """
        return self._until_done(self._forked(folder, seed))

    @contextmanager
    def _until_done(self, child: Child) -> Iterator[Child]:
        try:
            yield child
        finally:
            with self._lock:
                self._alive.pop(child.pid, None)
            child.kill()
            child.wire.close()

    def learn(self, modules: Sequence[str]) -> None:
        """Have the next children find modules imported that a child had to import."""
        said: list[str] = []
        for name in (*modules, None):
            if name is None or len(json.dumps([*said, name])) > _MANY:
                if said:
                    self._tell(json.dumps({"modules": said}).encode())
                said = []
            if name is not None:
                said.append(name)

    def read(self, case: Path) -> None:
        """Have the next children find a case file parsed, if there is a process already."""
        if self._control is not None:
            with contextlib.suppress(Gone):
                self._tell(json.dumps({"case": str(case.resolve())}).encode())

    def end(self) -> None:
        """End it and all its children; nothing is started after."""
        with self._lock:
            self.ended = True
            alive, process = list(self._alive.values()), self._process
            control, self._control = self._control, None
        for child in alive:
            child.kill()
        if control is not None:
            control.close()
        if process is not None:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def has_orphaned(self, child: Child) -> bool:
        """Whether the process that a child came from has ended without having been ended.

        What it held open is closed a moment before the system says that it has ended: who
        asks because a child has fallen silent waits that moment.
        """
        if self.ended:
            return False
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.origin.wait(timeout=MOMENT)
        return child.origin.poll() is not None

    @property
    def pid(self) -> int | None:
        """Of the warm process, while it is there."""
        return None if self._process is None else self._process.pid

    def _forked(self, folder: Path, seed: int) -> Child:
        ours, theirs = socket.socketpair()
        wire = Wire(ours)
        try:
            with self._starting:
                self._start()
                with theirs:
                    try:
                        self._tell(b"fork", theirs.fileno())
                    except Gone:  # it was dying, and the system had not said so yet
                        self._bury()
                        self._start()
                        self._tell(b"fork", theirs.fileno())
                origin = self._process
            assert origin is not None
            wire.write({"folder": str(folder.resolve()), "environment": {}, "seed": seed,
                        "memory": self._memory})  # fmt: skip
            hello = wire.read(timeout=START)
        except (Gone, Late) as error:
            wire.close()
            raise Gone from error
        child = Child(wire=wire, pid=int(hello["pid"]), language_info=hello["language_info"],
                      origin=origin)  # fmt: skip
        with self._lock:
            self._alive[child.pid] = child
            ended = self.ended
        if ended:
            child.kill()
        return child

    def _start(self) -> None:
        if self.ended:
            raise Gone
        if self._process is not None and self._process.poll() is None:
            return
        if self._control is not None:
            self._control.close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            around = {**HEAP, **self._environment}
            program = "mlpdm_kit.run.warm.program"
            # -P: no file where the caller stands is taken for a module
            command = [sys.executable, "-P", "-m", program, str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=around,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self._control = ours
        ours.settimeout(START)
        try:
            warm = ours.recv(1)
        except OSError:
            warm = b""
        if not warm:
            raise Gone

    def _bury(self) -> None:
        """Wait for the end of a process that answers nobody any more."""
        if self._process is not None:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=START)

    def _tell(self, said: bytes, *files: int) -> None:
        control = self._control
        if control is None:
            raise Gone
        try:
            socket.send_fds(control, [said], list(files))
        except OSError as error:
            raise Gone from error
