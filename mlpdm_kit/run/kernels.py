"""The kernels of one batch: each with one thread and its own folder, ended all at once.

Where there is a warm process, they are its children; else each is a process of its own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.shipped import import_root

if TYPE_CHECKING:
    from mlpdm_kit.run.warm.process import Warm

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Kernels:
    """Starts kernels for papermill and can end them all from another thread.

    Examples
    --------
    >>> kernels = Kernels()
    >>> kernels.end()
    >>> kernels.ended
    True
    """

    def __init__(self, warm: Warm | None = None) -> None:
        self._lock = threading.Lock()
        self._alive: dict[int, Any] = {}
        self.warm, self.ended = warm, False
        self._apart: list[Kernels] = []

    @contextmanager
    def apart(self) -> Iterator[Kernels]:
        """Kernels with a warm process of their own, for one notebook that shall harm no other."""
        assert self.warm is not None
        own = Kernels(self.warm.another())
        with self._lock:
            self._apart.append(own)
            own.ended = self.ended
        try:
            yield own
        finally:
            with self._lock:
                self._apart.remove(own)
            own.end()

    def manager(self, folder: Path) -> type[Any]:
        """A kernel manager class whose kernels work in ``folder`` and are known here."""
        from jupyter_client.manager import AsyncKernelManager

        kernels = self

        class Manager(AsyncKernelManager):
            """Kernel manager of one notebook."""

            async def start_kernel(self, **kw: Any) -> None:  # type: ignore[override]
                await super().start_kernel(**{**kw, "cwd": str(folder), "env": environment()})
                kernels._add(self.provisioner)

            async def cleanup_resources(  # type: ignore[override]
                self, restart: bool = False
            ) -> None:
                kernels._forget(self.provisioner)
                await super().cleanup_resources(restart=restart)

        return Manager

    def end(self) -> None:
        """Kill every kernel that is alive; one that starts later is killed at once."""
        with self._lock:
            self.ended = True
            alive, apart = list(self._alive.values()), list(self._apart)
        for provisioner in alive:
            _kill(provisioner)
        for own in apart:
            own.end()
        if self.warm is not None:
            self.warm.end()

    def _add(self, provisioner: Any) -> None:
        with self._lock:
            self._alive[id(provisioner)] = provisioner
            ended = self.ended
        if ended:
            _kill(provisioner)

    def _forget(self, provisioner: Any) -> None:
        with self._lock:
            self._alive.pop(id(provisioner), None)


def environment() -> dict[str, str]:
    """The caller's environment; kernels import its kit, and nothing beside a case."""
    found = {**os.environ, **ONE_THREAD, "PYDEVD_DISABLE_FILE_VALIDATION": "1",
             "PYTHONSAFEPATH": "1"}  # fmt: skip
    root = import_root()
    if root is not None:
        others = os.environ.get("PYTHONPATH")
        found["PYTHONPATH"] = os.pathsep.join([str(root), *([others] if others else [])])
    return found


def _kill(provisioner: Any) -> None:
    process = getattr(provisioner, "process", None)
    if process is not None and process.poll() is None:
        process.kill()
