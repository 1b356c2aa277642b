"""The index of a folder of records: what was run now, and what lay there before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlpdm_kit.record.index import IndexRow, write_index
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.run.places import FAILURE_FILE, LAST, read_failure, read_record
from mlpdm_kit.text import Text


def write_rows(out: Path, failed: Sequence[IndexRow], lang: str, *, left: int = 0) -> None:
    """Write the index of everything in ``out``, whoever put it there.

    Parameters
    ----------
    out : path
        The folder of records.
    failed : sequence of IndexRow
        Cases that failed and have no folder, because their id can't be the name of one.
    lang : {"en", "ja"}
        The reader's language.
    left : int
        Cases that the run had not gone through when it was stopped.
    """
    lost = {row.id for row in failed}
    rows = [row for folder in sorted(out.iterdir())
            if (row := _row(folder, lang)) is not None and row.id not in lost]  # fmt: skip
    write_index(out, sorted([*rows, *failed], key=lambda row: row.id), lang=lang, left=left)


def failed_row(said: dict[str, Any], link: str = "") -> IndexRow:
    """The row of a case that failed, from what its ``failure.json`` says."""
    name = str(said.get("id", ""))
    return IndexRow(
        id=name,
        title=str(said.get("title") or name),
        status="failed",
        error=str(said.get("message", "")),
        link=link,
    )


def _row(folder: Path, lang: str) -> IndexRow | None:
    """The row of a record's folder; None where there is no record that can be read."""
    if folder.name.startswith(".") or not folder.is_dir():
        return None
    failure = read_failure(folder)
    if failure is not None:
        row = failed_row({**failure, "id": folder.name}, f"{folder.name}/{FAILURE_FILE}")
        if (folder / LAST / "record.html").is_file():
            said = Text(lang).say("run.last", folder=f"{folder.name}/{LAST}")
            row = row.model_copy(update={"error": f"{row.error}\n{said}"})
        return row
    record = _record(folder)
    if record is None:
        return None
    try:
        return IndexRow.of_record(record, link=f"{folder.name}/record.html", lang=lang)
    except (ArithmeticError, ValueError, KeyError):  # figures that no run of ours has written
        return None


def _record(folder: Path) -> DecisionRecord | None:
    try:
        return read_record(folder)
    except (OSError, ValueError):  # another kind of folder, or of a kit that is not this one
        return None
