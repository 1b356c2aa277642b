"""The index of a folder of records: what was run now, and what lay there before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlpdm_kit.record.index import IndexRow, write_index
from mlpdm_kit.record.manifest import RECORD_FILES
from mlpdm_kit.run.taken import FAILURE_FILE, LAST, read_failure, read_record
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
    """The row of a record's folder, also of one that cannot be read; None where there is none."""
    if folder.name.startswith(".") or not folder.is_dir():
        return None
    failure = read_failure(folder)
    if failure is not None:
        row = failed_row({**failure, "id": folder.name}, f"{folder.name}/{FAILURE_FILE}")
        if (folder / LAST / "record.html").is_file():
            said = Text(lang).say("run.last", folder=f"{folder.name}/{LAST}")
            row = row.model_copy(update={"error": f"{row.error}\n{said}"})
        return row
    if not (folder / RECORD_FILES[0]).is_file():
        return None
    try:
        link = f"{folder.name}/record.html"
        return IndexRow.of_record(read_record(folder), link=link, lang=lang)
    except (OSError, ArithmeticError, ValueError, KeyError):  # that no run of this kit has written
        said = Text(lang).say("run.unread", file=f"{folder.name}/{RECORD_FILES[0]}")
        return failed_row({"id": folder.name, "message": said})
