"""papermill's notebook client over the wire to a child of the warm process.

nbclient's own handling of messages makes the outputs; only how they come is ours, and how
a cell that does not end is ended.
"""

from __future__ import annotations

import base64
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from nbclient.exceptions import (
    CellExecutionComplete,
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)

from mlpdm_kit.run.engine import Client
from mlpdm_kit.run.warm.process import Child, Warm
from mlpdm_kit.run.warm.wire import Gone, Late

GRACE = 2.0  # seconds after an interrupt before a cell is killed


class Orphaned(DeadKernelError):
    """A child was ended because the warm process died, perhaps by no doing of its own."""


class WarmClient(Client):
    """The client of one notebook.

    Parameters
    ----------
    nb_man
        papermill's own manager of the notebook.
    warm : Warm
    folder : path
        Where the notebook works.
    seed : int
        Of the global generators.
    """

    def __init__(self, nb_man: Any, warm: Warm, folder: Any, seed: int, **named: Any) -> None:
        super().__init__(nb_man, **named)
        self._warm, self._folder, self._seed = warm, folder, seed
        self._child: Child | None = None

    def execute(self, **_: Any) -> Any:
        """Run the notebook as far as it goes."""
        self.reset_execution_trackers()
        try:
            kernel = self._warm.child(self._folder, self._seed)
        except Gone as error:
            raise RuntimeError("Kernel did not come up") from error
        with kernel as child:
            self._child = child
            _told(self.on_notebook_start, notebook=self.nb)
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = dict(child.language_info)
            self.set_widgets_metadata()
            self._learn(child)
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **_: Any) -> Any:
        """Run one cell."""
        _told(self.on_cell_start, cell=cell, cell_index=cell_index)
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        tags = cell.metadata.get("tags", [])
        if self.skip_cells_with_tag in tags:
            return cell
        if self.record_timing:
            cell["metadata"]["execution"] = {}
        allowed = not self.force_raise_errors and (self.allow_errors or "raises-exception" in tags)
        cell.outputs = []
        self.clear_before_next_output = False
        self.code_cells_executed += 1
        reply = self._answer(cell, cell_index, stop_on_error=not allowed)
        failed = reply["content"]["status"] == "error"
        if failed and not (allowed or reply["content"].get("ename") in self.allow_error_names):
            raise CellExecutionError.from_cell_and_msg(cell, reply["content"])
        return cell

    def _answer(self, cell: Any, cell_index: int, *, stop_on_error: bool) -> Any:
        """Ask, and take what is said until the cell has ended."""
        child = self._child
        assert child is not None
        asked = _request(cell.source, stop_on_error=stop_on_error)
        reply, done, limit = None, False, self._get_timeout(cell)
        try:
            child.wire.write(asked)
            until = None if limit is None else _now() + limit
            while reply is None or not done:
                message = child.wire.read(timeout=None if until is None else until - _now())
                if message.get("parent_header", {}).get("msg_id") != asked["header"]["msg_id"]:
                    continue
                if message["channel"] == "shell":
                    reply = message
                    continue
                try:
                    self.process_message(_of_jupyter(message), cell, cell_index)
                except CellExecutionComplete:
                    done = True
        except Late:
            self._end(cell, cell_index, asked)
            raise CellTimeoutError.error_from_timeout_and_cell(
                "Cell execution timed out", limit, cell
            ) from None
        except (Gone, KeyError, TypeError) as error:
            if self._warm.has_orphaned(child):
                raise Orphaned("Kernel died with the process that it came from") from error
            raise DeadKernelError("Kernel died") from error
        return reply

    def _end(self, cell: Any, cell_index: int, asked: Any) -> None:
        """Interrupt a cell that has had its time, take what it then says, and kill it."""
        child = self._child
        assert child is not None
        child.interrupt()
        until = _now() + GRACE
        try:
            while (left := until - _now()) > 0:
                message = child.wire.read(timeout=left)
                if message.get("channel") == "iopub" and (
                    message.get("parent_header", {}).get("msg_id") == asked["header"]["msg_id"]
                ):
                    self.process_message(_of_jupyter(message), cell, cell_index)
        except (Late, Gone, CellExecutionComplete):
            pass
        child.kill()

    def _learn(self, child: Child) -> None:
        """Ask what the notebook had to import, for those to come."""
        try:
            child.wire.write({"channel": "end"})
            while (message := child.wire.read(timeout=GRACE))["channel"] != "end":
                pass
            self._warm.learn(message["modules"])
        except (Gone, Late, KeyError):
            pass


def _request(source: str, *, stop_on_error: bool) -> dict[str, Any]:
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": "execute_request",
        "username": "mlpdm",
        "session": "mlpdm",
        "date": datetime.now(UTC).isoformat(),
        "version": "5.4",
    }
    content = {
        "code": source,
        "silent": False,
        "store_history": True,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": stop_on_error,
    }
    return {
        "header": header,
        "msg_id": header["msg_id"],
        "msg_type": header["msg_type"],
        "parent_header": {},
        "metadata": {},
        "content": content,
    }


def _of_jupyter(message: dict[str, Any]) -> dict[str, Any]:
    """A message as nbclient has it: its times are times, its buffers bytes."""
    header = message["header"]
    if isinstance(header.get("date"), str):
        header["date"] = datetime.fromisoformat(header["date"])
    message["buffers"] = [base64.b64decode(one) for one in message.get("buffers", ())]
    return message


def _told(hook: Any, **of: Any) -> None:
    if hook is not None:
        hook(**of)


def _now() -> float:
    return time.monotonic()
