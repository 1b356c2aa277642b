"""The formats in which a log of answers may come, one entry each.

To add one: a module with ``recognises(path, head)`` and ``read(folder, name, field)``, and
an entry in `FORMATS`. What a reader gives are raw values under the names of
`mlpdm_kit.case.logs.columns`; what they must be is checked there, for all formats alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlpdm_kit.case.logs import inspect_log, lines, promptfoo, table
from mlpdm_kit.case.logs.columns import normal
from mlpdm_kit.case.tables import inside
from mlpdm_kit.errors import Fault, few, raise_all, refuse

if TYPE_CHECKING:
    import pandas as pd

HEAD = 1 << 16  # bytes by which a format is recognised


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format of log.

    Parameters
    ----------
    name : str
        Its key.
    recognises : callable
        ``(path, head) -> bool``: whether a file is of it, by its content; ``head`` are the
        first `HEAD` bytes. It raises nothing.
    read : callable
        ``(folder, name, field) -> DataFrame``: its answers, a row each, values as they came,
        with a column ``row`` that says where each stands. It raises `InputError`.
    currency : str
        That of its costs; empty where they are in the case's.
    """

    name: str
    recognises: Callable[[Path, bytes], bool]
    read: Callable[[Path, str, str], pd.DataFrame]
    currency: str = ""


# the first that recognises a file reads it; a table is what is left
FORMATS = {
    one.name: one
    for one in (
        Format(name="promptfoo", recognises=promptfoo.recognises, read=promptfoo.read,
               currency="USD"),
        Format(name="inspect", recognises=inspect_log.recognises, read=inspect_log.read,
               currency="USD"),
        Format(name="lines", recognises=lines.recognises, read=lines.read),
        Format(name="table", recognises=table.recognises, read=table.read),
    )
}  # fmt: skip


def read_log(folder: Path, name: str, field: str = "predictions") -> pd.DataFrame:
    """A log of answers, whatever its format.

    Parameters
    ----------
    folder, name : path, str
        The case's folder, and the file in it.
    field : str
        Where the case names the file.

    Returns
    -------
    DataFrame
        An answer a row, in the order of the file: ``row`` (where it stands there),
        ``repeat``, and those of `mlpdm_kit.case.logs.columns.COLUMNS` that the log has.
        ``attrs`` say its ``columns``, its ``format``, the ``currency`` of its costs (empty:
        the case's), and how many answers were ``left_out``, by reason.

    Raises
    ------
    InputError
        The file is not there, lies outside, is of no known format, or holds values that
        cannot be what their column says.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> text = '{"id": "a", "repeat": 1, "answer": "yes", "price": 0.002}'
    >>> _ = (folder / "log.jsonl").write_text(text)
    >>> read_log(folder, "log.jsonl")[["id", "repeat", "answer", "cost"]].values.tolist()
    [['a', 1, 'yes', 0.002]]
    """
    found, faults = log_and_faults(folder, name, field)
    raise_all(few(faults))
    return found


def log_and_faults(folder: Path, name: str, field: str) -> tuple[pd.DataFrame, list[Fault]]:
    """As `read_log`, but with what is wrong with single values beside what can be read.

    Raises
    ------
    InputError
        The file cannot be read at all.
    """
    form = format_of(folder, name, field)
    raw = form.read(folder, name, field)
    found, faults = normal(raw, field, name)
    found.attrs |= {"format": form.name, "currency": form.currency,
                    "left_out": raw.attrs.get("left_out", {})}  # fmt: skip
    return found, faults


def format_of(folder: Path, name: str, field: str = "predictions") -> Format:
    """The format of a log, by its content.

    Raises
    ------
    InputError
        The file is not there, lies outside, or is of no known format.
    """
    path = inside(folder, name, field)
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    for one in FORMATS.values():
        if one.recognises(path, head):
            return one
    raise refuse("log-format", field, name, known=", ".join(FORMATS))
