"""Answers of several fields that stand in a column each, where a log is a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from mlpdm_kit.case.logs.formats import format_of
from mlpdm_kit.case.tables import Table
from mlpdm_kit.case.values import is_silent

if TYPE_CHECKING:
    import pandas as pd


def with_fields(
    folder: Path, file: str, where: str, log: pd.DataFrame, fields: tuple[str, ...]
) -> pd.DataFrame:
    """A log whose answers stand in a column a field, as one column of JSON objects."""
    if format_of(folder, file, where).name != "table":
        return log
    with Table(folder, file, where) as table:
        texts = {name: table.texts(name, where) for name in fields if name in table.columns}
    if not texts:
        return log
    answers = []
    for place in range(len(log)):
        told = {name: values[place] for name, values in texts.items()}
        empty = all(is_silent(text) for text in told.values())
        answers.append(None if empty else json.dumps(told, ensure_ascii=False))
    return log.assign(answer=answers)
