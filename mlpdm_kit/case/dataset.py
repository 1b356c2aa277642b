"""The data of a case, ready for analysis: what is known, what happened, what was predicted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.model import Case, Data, Option
from mlpdm_kit.case.tables import Table, digest, inside
from mlpdm_kit.errors import refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_YES = {"1", "1.0", "true", "yes", "y", "t", "はい", "有", "positive"}
_NO = {"0", "0.0", "false", "no", "n", "f", "いいえ", "無", "negative"}


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


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """The rows that have an answer, in file order.

    Parameters
    ----------
    features : DataFrame
        What may be known when the prediction is made.
    target : array
        0 and 1 for a binary task, else the amount.
    time, group, segment : array or None
        Columns that say how to split, and whom to compare.
    acts : mapping
        What each rule says: 0 and 1, or the predicted amount.
    predictions : mapping
        What came as files, by option.
    rows_without_target : int
        Rows left out because nothing is known of them.
    digest : str
        SHA-256 over every file read.
    """

    features: pd.DataFrame
    target: np.ndarray[Any, Any]
    time: np.ndarray[Any, Any] | None = None
    group: np.ndarray[Any, Any] | None = None
    segment: np.ndarray[Any, Any] | None = None
    acts: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    predictions: Mapping[str, Predictions] = field(default_factory=dict)
    rows_without_target: int = 0
    digest: str = ""

    def __len__(self) -> int:
        return len(self.target)


def load_data(case: Case) -> Dataset | None:
    """The case's data, or None where it has none.

    Raises
    ------
    InputError
        A file, column, class, rule or prediction is at fault.
    """
    if case.data is None:
        return None
    import numpy as np

    data = case.data
    with Table(case.folder, data.file) as table:
        for key in ("target", "id", "time", "group", "segment"):
            column = getattr(data, key)
            if column is not None:
                table.need(column, f"data.{key}")
        frame = table.frame()
        row_id = id_column(table, data)
        target = target_values(table, data, case.task)
        acts, predictions = {}, {}
        for name, option in case.options.items():
            if option.when:
                acts[name] = act_values(table, option.when, f"options.{name}.when")
            if option.predict:
                acts[name] = predicted_values(table, option.predict, f"options.{name}.predict")
            if option.predictions:
                predictions[name] = read_predictions(
                    case.folder, table, data, name, option, case.task
                )
    kept = ~np.isnan(target)
    own = {data.target, row_id, data.group, *data.leave_out} - {None}
    features = frame.drop(columns=[column for column in own if column in frame]).loc[kept]

    def pick(column: str | None) -> np.ndarray[Any, Any] | None:
        return None if column is None else frame[column].to_numpy()[kept]

    return Dataset(
        features=features.reset_index(drop=True),
        target=target[kept],
        time=pick(data.time),
        group=pick(data.group),
        segment=pick(data.segment),
        acts={name: values[kept] for name, values in acts.items()},
        predictions={name: _kept(values, kept) for name, values in predictions.items()},
        rows_without_target=int((~kept).sum()),
        digest=data_digest(case),
    )


def data_digest(case: Case) -> str:
    """SHA-256 over the files that the case reads; empty where it reads none."""
    from hashlib import sha256

    if case.data is None:
        return ""
    names = [case.data.file]
    names += sorted({o.predictions for o in case.options.values() if o.predictions})
    hashes = [digest(inside(case.folder, name, "data.file")) for name in names]
    return sha256("\n".join(hashes).encode()).hexdigest()


def _kept(values: Predictions, kept: np.ndarray[Any, Any]) -> Predictions:
    return Predictions(
        score=values.score[kept],
        is_answer=values.is_answer,
        cost=None if values.cost is None else values.cost[kept],
        latency=None if values.latency is None else values.latency[kept],
    )


def id_column(table: Table, data: Data) -> str | None:
    """The column that names a row: as the case says, else one that is called id."""
    return data.id or ("id" if "id" in table.columns and data.target != "id" else None)


def target_values(table: Table, data: Data, task: str) -> np.ndarray[Any, Any]:
    """What happened, as numbers; NaN where nothing is known.

    Raises
    ------
    InputError
        The column is not there, holds one class, or classes of which none is the positive.
    """
    import numpy as np

    column = data.target
    values = table.column(column, "data.target")
    if task == "regression":
        return _numbers(values, "data.target", column)
    missing = np.array([value is None or value != value for value in values])
    words = np.array(["" if m else _word(v) for v, m in zip(values, missing, strict=True)])
    found = sorted(set(words[~missing]))
    if len(found) != 2:
        raise refuse("target-classes", "data.target", column,
                     found=", ".join(found[:5]) or "-", count=len(found))  # fmt: skip
    if data.positive is not None:
        positive = _word(data.positive)
        if positive not in found:
            raise refuse("target-positive", "data.positive", data.positive,
                         found=", ".join(found))  # fmt: skip
    else:
        named = [word for word in found if word in _YES]
        if len(named) != 1 or not set(found) - set(named) <= _NO:
            raise refuse("target-positive", "data.positive", "", found=", ".join(found))
        positive = named[0]
    return np.where(missing, np.nan, (words == positive).astype(float))


def _word(value: Any) -> str:
    return str(value).strip().casefold()


def _numbers(values: Any, field: str, name: str) -> np.ndarray[Any, Any]:
    import numpy as np
    import pandas as pd

    try:
        found = np.asarray(pd.to_numeric(pd.Series(values)), dtype=float)
    except (ValueError, TypeError) as error:
        raise refuse("column-numbers", field, name) from error
    if np.isinf(found).any():
        raise refuse("column-numbers", field, name)
    return found


def act_values(table: Table, when: str, field: str) -> np.ndarray[Any, Any]:
    """Where a rule acts, as 0 and 1; a rule that knows nothing does not act."""
    import numpy as np
    import pandas as pd

    values = pd.Series(table.values(when, field))
    known = values[values.notna()]
    if len(known) and not all(isinstance(value, (bool, np.bool_)) for value in known.unique()):
        raise refuse("rule-boolean", field, when)
    return np.asarray(values.fillna(False).astype(bool), dtype=float)


def predicted_values(table: Table, predict: str, field: str) -> np.ndarray[Any, Any]:
    """What amount a rule predicts."""
    import numpy as np

    values = _numbers(table.values(predict, field), field, predict)
    if np.isnan(values).any():
        raise refuse("rule-unknown", field, predict, count=int(np.isnan(values).sum()))
    return values


def read_predictions(
    folder: Path, table: Table, data: Data, name: str, option: Option, task: str
) -> Predictions:
    """Answers or scores of one option, put in the order of the data's rows.

    The file has ``id`` (the data's id column, else its row number from 1), ``score`` or
    ``answer``, and may have ``option``, ``cost`` and ``latency``.
    """
    import numpy as np
    import pandas as pd

    where = f"options.{name}.predictions"
    assert option.predictions is not None
    with Table(folder, option.predictions, where) as file:
        found = file.frame()
        columns = set(file.columns)
        said = columns & {"score", "answer"}
        if "id" not in columns or len(said) != 1:
            raise refuse("predictions-columns", where, ", ".join(file.columns))
    if "option" in columns:
        found = found[found["option"].astype(str) == name]
    column = id_column(table, data)
    if column is not None:
        ids = pd.Series(table.column(column, "data.id")).astype(str)
    else:
        ids = pd.Series(np.arange(1, len(table) + 1)).astype(str)
    keys = found["id"].astype(str)
    for twice, file_name in ((ids, data.file), (keys, option.predictions)):
        if twice.duplicated().any():
            raise refuse("id-twice", where, twice[twice.duplicated()].iloc[0], file=file_name)
    matched = ids.isin(set(keys))
    if not matched.all():
        raise refuse("predictions-missing", where, option.predictions,
                     count=int((~matched).sum()), rows=len(ids),
                     first=ids[~matched].iloc[0])  # fmt: skip
    found = found.set_index(keys).reindex(ids)
    word = said.pop()
    is_answer = word == "answer" and task == "binary"
    score = _answers(found[word], where) if is_answer else _numbers(found[word], where, word)
    if np.isnan(score).any():
        raise refuse("predictions-missing", where, option.predictions,
                     count=int(np.isnan(score).sum()), rows=len(ids),
                     first=ids[np.isnan(score)].iloc[0])  # fmt: skip
    return Predictions(
        score=score,
        is_answer=is_answer,
        cost=_numbers(found["cost"], where, "cost") if "cost" in columns else None,
        latency=_numbers(found["latency"], where, "latency") if "latency" in columns else None,
    )


def _answers(values: Any, field: str) -> np.ndarray[Any, Any]:
    import numpy as np

    words = [_word(value) for value in values]
    odd = next((word for word in words if word not in _YES | _NO), None)
    if odd is not None:
        raise refuse("predictions-answer", field, odd)
    return np.array([1.0 if word in _YES else 0.0 for word in words])
