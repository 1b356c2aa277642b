"""A log as a table: CSV or Parquet, read as the case's data is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlpdm_kit.case.logs.columns import ALIASES, COLUMNS
from mlpdm_kit.case.tables import Table

if TYPE_CHECKING:
    import pandas as pd


def recognises(path: Path, head: bytes) -> bool:
    """Anything but JSON: what is no table either is refused by its own reader."""
    return not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))


def read(folder: Path, name: str, field: str) -> pd.DataFrame:
    """The columns of a log that the table has; ``row`` is that of a spreadsheet.

    Raises
    ------
    InputError
        It is no table with rows.
    """
    import pandas as pd

    with Table(folder, name, field) as table:
        wanted = [column for column in table.columns if column in {*COLUMNS, *ALIASES}]
        found = pd.DataFrame({c: table.written(c, field) for c in wanted}, dtype=object)
        found.attrs["columns"] = table.columns
        found.attrs["counted"] = table.row(0).counted
        found["row"] = table.rows
        return found
