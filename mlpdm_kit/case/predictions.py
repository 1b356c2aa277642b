"""Answers that came as a file: how an LLM's or a vendor's answers arrive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.columns import NO, YES, id_column, numbers, word
from mlpdm_kit.case.model import Data, Option
from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """Answers that came as a file, in the order of the data's rows.

    ``score`` holds scores, or 0 and 1 where the file gives answers (``is_answer``); rows
    without a prediction are NaN. ``cost`` and ``latency`` are per row, where given.
    """

    score: np.ndarray[Any, Any]
    is_answer: bool
    cost: np.ndarray[Any, Any] | None = None
    latency: np.ndarray[Any, Any] | None = None


def read_predictions(
    folder: Path,
    table: Table,
    data: Data,
    name: str,
    option: Option,
    task: str,
    known: np.ndarray[Any, Any] | None = None,
) -> Predictions:
    """Answers or scores of one option, put in the order of the data's rows.

    The file has ``id`` (the data's id column, else its row number from 1), ``score`` or
    ``answer``, and may have ``option``, ``cost`` and ``latency``. Rows outside ``known``
    need no prediction.
    """
    import numpy as np
    import pandas as pd

    where = f"options.{name}.predictions"
    assert option.predictions is not None
    with Table(folder, option.predictions, where) as file:
        columns = set(file.columns)
        said = columns & {"score", "answer"}
        if "id" not in columns or len(said) != 1:
            raise refuse("predictions-columns", where, ", ".join(file.columns[:12]))
        said_as = said.pop()
        found = pd.DataFrame({"id": file.texts("id", where), said_as: file.texts(said_as, where)})
        for extra in columns & {"cost", "latency"}:
            found[extra] = _positive_numbers(file.column(extra, where), where, extra)
        if "option" in columns:
            found = found[[text == name for text in file.texts("option", where)]]
    found, rows = _matched(found, _ids(table, data), where, data.file, option.predictions)
    needed = np.full(len(rows), True) if known is None else known
    is_answer = said_as == "answer" and task == "binary"
    score = (
        _answers(found[said_as], where) if is_answer else numbers(found[said_as], where, said_as)
    )
    empty = np.isnan(score) & needed
    if empty.any():
        figures = {"count": int(empty.sum()), "rows": int(needed.sum()), "first": rows[empty][0]}
        raise refuse("predictions-missing", where, option.predictions, **figures)
    seen = score[~np.isnan(score)]
    if option.probability and not is_answer and ((seen < 0) | (seen > 1)).any():
        odd = seen[(seen < 0) | (seen > 1)][0]
        raise refuse("predictions-probability", where, f"{odd:g}")
    return Predictions(
        score=score,
        is_answer=is_answer,
        cost=found["cost"].to_numpy(dtype=float) if "cost" in columns else None,
        latency=found["latency"].to_numpy(dtype=float) if "latency" in columns else None,
    )


def _ids(table: Table, data: Data) -> list[str | None]:
    column = id_column(table, data)
    if column is None:
        return [str(number) for number in range(1, len(table) + 1)]
    return table.texts(column, "data.id")


def _matched(
    found: pd.DataFrame, ids: list[str | None], where: str, file: str, predictions: str
) -> tuple[pd.DataFrame, np.ndarray[Any, Any]]:
    """Predictions in the order of the data's rows; a row without one is empty."""
    import pandas as pd

    rows, keys = pd.Series(ids, dtype=object), pd.Series(list(found["id"]), dtype=object)
    for column, name in ((rows, file), (keys, predictions)):
        if column.isna().any():
            raise refuse("id-empty", where, name, count=int(column.isna().sum()))
        if column.duplicated().any():
            raise refuse("id-twice", where, column[column.duplicated()].iloc[0], file=name)
    found = found.set_index(pd.Index(keys, dtype=object))
    return found.reindex(pd.Index(rows, dtype=object)), rows.to_numpy()


def _positive_numbers(values: Any, field: str, name: str) -> np.ndarray[Any, Any]:
    found = numbers(values, field, name)
    if (found < 0).any():
        raise refuse("column-negative", field, name)
    return found


def _answers(values: Any, field: str) -> np.ndarray[Any, Any]:
    import numpy as np

    words = [None if value is None or value != value else word(value) for value in values]
    odd = next((said for said in words if said is not None and said not in YES | NO), None)
    if odd is not None:
        raise refuse("predictions-answer", field, odd)
    return np.array([np.nan if said is None else float(said in YES) for said in words])
