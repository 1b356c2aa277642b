"""papermill's engines of the kit: one as papermill has it, one with a warm process.

nbclient answers for a widget as if it were a browser; with some of them it waits for an
answer for ever, and no time limit ends that. Here nobody answers: what a widget would show
is left out, and the notebook runs to its end.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.log import logger

if TYPE_CHECKING:
    from mlpdm_kit.run.warm.process import Warm

COLD, WARM = "mlpdm-cold", "mlpdm"
ENGINES = {"mlpdm": WARM, "papermill": COLD}  # what people call them
_TAKEN = frozenset(
    {"on_notebook_start", "on_cell_start", "log_output", "stdout_file", "stderr_file"}
)
MOST_SHOWN = 20_000_000  # letters of all that a notebook shows
_OURS = frozenset({"input_path", "timeout", "startup_timeout"})


def can_fork() -> bool:
    """Whether a warm process can be had here."""
    return sys.platform == "linux" and hasattr(os, "fork")


class Talkative(RuntimeError):
    """A notebook shows more than anybody keeps."""


class Client(PapermillNotebookClient):  # type: ignore[misc]
    """papermill's client, with nobody to answer for a widget, and an end to what is shown."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.comm_open_handlers: dict[str, Any] = {}
        self._shown = 0

    def process_message(self, msg: Any, *given: Any, **named: Any) -> Any:
        """Take what the kernel says.

        Raises
        ------
        Talkative
        """
        content = msg["content"]
        parts = [content.get("text", ""), *content.get("data", {}).values()]
        self._shown += sum(len(part) for part in parts if isinstance(part, str))
        if self._shown > MOST_SHOWN:
            raise Talkative
        return super().process_message(msg, *given, **named)


class Cold(NBClientEngine):  # type: ignore[misc]
    """A kernel of its own for each notebook, as papermill has it."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **more: Any,
    ) -> Any:
        """Run the notebook as papermill's own engine does, by our client."""
        given = {name: value for name, value in more.items() if name not in _OURS}
        client = Client(nb_man, **given, timeout=execution_timeout, startup_timeout=start_timeout,
                        kernel_name=kernel_name, log=logger, log_output=log_output,
                        stdout_file=stdout_file, stderr_file=stderr_file)  # fmt: skip
        return client.execute()


class Forking(NBClientEngine):  # type: ignore[misc]
    """A child of a warm process for each notebook; where there is no fork, as `Cold`."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        warm: Warm | None = None,
        folder: Path | None = None,
        cwd: str | None = None,
        **more: Any,
    ) -> Any:
        """Run the notebook in a child."""
        if not can_fork():
            return Cold.execute_managed_notebook(nb_man, kernel_name, cwd=cwd, **more)
        from mlpdm_kit.run.warm.client import WarmClient

        client = WarmClient(
            nb_man, warm or shared(), folder or Path(cwd or "."), seed_of(nb_man.nb),
            timeout=more.get("execution_timeout"), log=logger,
            **{name: given for name, given in more.items() if name in _TAKEN},
        )  # fmt: skip
        return client.execute()


def seed_of(notebook: Any) -> int:
    """The seed of the global generators: the same notebook draws the same figures."""
    code = json.dumps([cell.source for cell in notebook.cells if cell.cell_type == "code"])
    return int.from_bytes(sha256(code.encode("utf-8", "surrogatepass")).digest()[:4], "big")


@cache
def shared() -> Warm:
    """The warm process of whoever calls papermill alone; it ends with them."""
    from mlpdm_kit.run.kernels import environment
    from mlpdm_kit.run.warm.process import Warm

    found = Warm(environment())
    atexit.register(found.end)
    return found


papermill_engines.register(COLD, Cold)
papermill_engines.register(WARM, Forking)
