"""A log as JSON lines: one object a line, one line an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.logs.columns import ALIASES, COLUMNS
from mlpdm_kit.case.tables import inside
from mlpdm_kit.errors import Fault, InputError, Row, few, raise_all, refuse

if TYPE_CHECKING:
    import pandas as pd

MAX_LINE = 4_000_000  # characters
SUFFIXES = (".jsonl", ".ndjson")


def recognises(path: Path, head: bytes) -> bool:
    """Whether the first line is a JSON object by itself, or the name says that it is one."""
    text = head.decode("utf-8-sig", errors="replace").lstrip()
    first, end, _ = text.partition("\n")
    if not first.startswith("{"):
        return False
    if not end and path.stat().st_size > len(head):
        return True  # one long line: reading it will tell
    return path.suffix.lower() in SUFFIXES or isinstance(_object(first), dict)


def read(folder: Path, name: str, field: str) -> pd.DataFrame:
    """The objects as rows; ``row`` is the line.

    Raises
    ------
    InputError
        It is no text in UTF-8, holds no line, or lines that are no JSON objects.
    """
    import pandas as pd

    rows, faults = [], []
    for number, line in _lines(inside(folder, name, field), field, name):
        found = _object(line)
        if not isinstance(found, dict):
            figures = {"file": name, "row": Row(number, "line")}
            faults.append(Fault(code="log-line", field=field, value=line[:60], figures=figures))
            continue
        kept = {key: value for key, value in found.items() if key in {*COLUMNS, *ALIASES}}
        rows.append({**kept, "row": number})
    raise_all(few(faults))
    if not rows:
        raise refuse("data-empty", field, name)
    found = pd.DataFrame(rows, dtype=object)
    found.attrs["counted"] = "line"
    return found


def _lines(path: Path, field: str, name: str) -> Iterator[tuple[int, str]]:
    """Number and text of each line that says something."""
    number = 0
    with path.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            if len(raw) > MAX_LINE:
                raise _at("log-line-long", path, number, field, name)
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            except UnicodeDecodeError as error:
                raise _at("data-encoding", path, number, field, name) from error
            if text:
                yield number, text


def _at(code: str, path: Path, line: int, field: str, name: str) -> InputError:
    return InputError(Fault(code=code, field=field, value=name, file=str(path), line=line))


def _object(text: str) -> Any:
    """What a line of JSON says; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
