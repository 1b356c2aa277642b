"""The names that a form offers to choose from: files, columns of the data, options."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from mlpdm_kit.case.editing.file import CaseFile
from mlpdm_kit.case.rules import study_inputs

_TABLES = (".csv", ".parquet", ".jsonl", ".json", ".eval", ".tsv")


def names_around(file: CaseFile) -> Mapping[str, tuple[str, ...]]:
    """Names by the kind of field that chooses among them."""
    folder = file.path.parent
    case = file.state.case
    options = file.state.document.at(("options",))
    known = tuple(options) if isinstance(options, dict) else ()
    columns = _columns(folder, file.state.document.at(("data", "file")))
    return {
        "file": tuple(
            sorted(p.name for p in folder.iterdir()
                   if p.suffix.lower() in _TABLES and not p.name.startswith("."))
        ),
        "column": columns,
        "columns": columns,
        "option": known,
        "options": known,
        "inputs": tuple(study_inputs(case)) if case is not None else (),
    }  # fmt: skip


def _columns(folder: Path, name: object) -> tuple[str, ...]:
    path = folder / str(name)
    if not name or not path.is_file():
        return ()
    stat = path.stat()
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=16)
def _read(path: Path, stamp: int, size: int) -> tuple[str, ...]:
    from mlpdm_kit.case.tables import Table
    from mlpdm_kit.errors import InputError

    try:
        with Table(path.parent, path.name) as table:
            return tuple(table.columns)
    except InputError:  # said where the file is named
        return ()
