"""Answers that came as a file: how an LLM's or a vendor's answers arrive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.columns import NO, YES, class_codes, id_column, numbers, word
from mlpdm_kit.case.kinds import TASK_KINDS, TaskKind
from mlpdm_kit.case.model import Data, Option
from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

UNANSWERED, OTHER = -1.0, -2.0  # codes of no answer, and of one that is no class


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """Answers that came as a file, in the order of the data's rows.

    ``score`` holds scores, or where the file gives answers (``is_answer``) 0 and 1, the code
    of a class or grade, or a rank; rows without a prediction are NaN.
    ``cost`` and ``latency`` are per row, where given.
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
    classes: tuple[str, ...] = (),
) -> Predictions:
    """Answers or scores of one option, put in the order of the data's rows.

    The file has ``id`` (the data's id column, else its row number from 1) and what the task
    asks for: ``score`` or ``answer`` (a class, a text), ``rank`` of the right one in a list,
    or ``grade``; and may have ``option``, ``cost`` and ``latency``. An empty answer, rank or
    grade is none. Rows outside ``known`` need no prediction.
    """
    import numpy as np
    import pandas as pd

    where = f"options.{name}.predictions"
    assert option.predictions is not None
    with Table(folder, option.predictions, where) as file:
        columns = set(file.columns)
        wanted = _COLUMNS[TASK_KINDS[task].answers]
        said = columns & set(wanted)
        if "id" not in columns or len(said) != 1:
            known_ = ", ".join(wanted)
            raise refuse("predictions-columns", where, ", ".join(file.columns[:12]), known=known_)
        said_as = said.pop()
        found = pd.DataFrame({"id": file.texts("id", where), said_as: file.texts(said_as, where)})
        for extra in columns & {"cost", "latency"}:
            found[extra] = _positive_numbers(file.column(extra, where), where, extra)
        if "option" in columns:
            found = found[[text == name for text in file.texts("option", where)]]
    found, rows = _matched(found, _ids(table, data), where, data.file, option.predictions)
    needed = np.full(len(rows), True) if known is None else known
    is_answer = said_as != "score" and task != "regression"
    there = found["\0there"].to_numpy() == 1
    score = _READERS[said_as if is_answer else "score"](
        found[said_as], where, said_as, classes, TASK_KINDS[task]
    )
    score = np.where(there, score, np.nan)
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
    found = found.assign(**{"\0there": 1.0}).set_index(pd.Index(keys, dtype=object))
    return found.reindex(pd.Index(rows, dtype=object)), rows.to_numpy()


def _positive_numbers(values: Any, field: str, name: str) -> np.ndarray[Any, Any]:
    found = numbers(values, field, name)
    if (found < 0).any():
        raise refuse("column-negative", field, name)
    return found


def _scores(
    values: Any, field: str, name: str, classes: tuple[str, ...], kind: TaskKind
) -> np.ndarray[Any, Any]:
    return numbers(values, field, name)


def _answers(
    values: Any, field: str, name: str, classes: tuple[str, ...], kind: TaskKind
) -> np.ndarray[Any, Any]:
    """Yes and no, or the code of a class or text."""
    import numpy as np

    if kind.answers != "act":
        return answer_codes(values, classes)
    words = [None if value is None or value != value else word(value) for value in values]
    odd = next((said for said in words if said is not None and said not in YES | NO), None)
    if odd is not None:
        raise refuse("predictions-answer", field, odd)
    return np.array([np.nan if said is None else float(said in YES) for said in words])


def _ranks(
    values: Any, field: str, name: str, classes: tuple[str, ...], kind: TaskKind
) -> np.ndarray[Any, Any]:
    """Place of the right one in the list, from 1; 0 where it is not in it."""
    import numpy as np

    found = numbers(values, field, name)
    odd = found[np.isfinite(found) & ((found < 0) | (found != np.round(found)))]
    if len(odd):
        raise refuse("predictions-rank", field, f"{odd[0]:g}")
    return np.asarray(np.nan_to_num(found, nan=0.0))


def _grades(
    values: Any, field: str, name: str, classes: tuple[str, ...], kind: TaskKind
) -> np.ndarray[Any, Any]:
    """Code of each grade; a row without one is unanswered."""
    import numpy as np

    codes = {name: float(code) for code, name in enumerate(kind.outcomes)}
    found = []
    for value in values:
        if value is None or value != value or not word(value):
            found.append(UNANSWERED)
            continue
        said = word(value).replace(" ", "_").replace("-", "_")
        if said not in codes:
            raise refuse("predictions-grade", field, value, known=", ".join(codes))
        found.append(codes[said])
    return np.array(found)


def answer_codes(values: Any, classes: tuple[str, ...]) -> np.ndarray[Any, Any]:
    """Code of each answer among the classes; none given is -1, any other -2."""
    import numpy as np

    codes = class_codes(classes)
    return np.array(
        [
            UNANSWERED
            if value is None or value != value or not word(value)
            else codes.get(re.sub(r"(?<=\d)\.0$", "", word(value)), OTHER)
            for value in values
        ]
    )


_COLUMNS = {
    "act": ("score", "answer"),
    "amount": ("score", "answer"),
    "class": ("answer",),
    "text": ("answer",),
    "rank": ("rank",),
    "grade": ("grade",),
    "nothing": (),
}
_READERS = {"score": _scores, "answer": _answers, "rank": _ranks, "grade": _grades}
