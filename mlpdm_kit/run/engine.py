"""papermill's engine, with a client that leaves widgets alone.

nbclient answers for a widget as if it were a browser; with some of them it waits for an
answer for ever, and no time limit ends that. Here nobody answers: what a widget would show
is left out, and the notebook runs to its end.
"""

from __future__ import annotations

from typing import Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.log import logger

ENGINE = "mlpdm"
_OURS = frozenset({"input_path", "timeout", "startup_timeout"})


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.comm_open_handlers: dict[str, Any] = {}


class _Engine(NBClientEngine):  # type: ignore[misc]
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
        client = _Client(nb_man, **given, timeout=execution_timeout, startup_timeout=start_timeout,
                         kernel_name=kernel_name, log=logger, log_output=log_output,
                         stdout_file=stdout_file, stderr_file=stderr_file)  # fmt: skip
        return client.execute()


papermill_engines.register(ENGINE, _Engine)
