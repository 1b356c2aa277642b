"""The data of a case, ready for analysis: what is known, what happened, what was predicted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.ask import files_asked_with
from mlpdm_kit.case.columns import (
    at,
    classes_of,
    column_faults,
    id_column,
    is_known,
    numbers,
    target_values,
)
from mlpdm_kit.case.documents import Corpus, read_corpus
from mlpdm_kit.case.grades import Gradings
from mlpdm_kit.case.incidents import untold
from mlpdm_kit.case.model import Case, Data
from mlpdm_kit.case.predictions import Predictions, answer_codes, read_predictions
from mlpdm_kit.case.references import has_reference, peoples_grades, references
from mlpdm_kit.case.tables import Table, digest, inside
from mlpdm_kit.errors import raise_all, refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """The rows that have an answer, in file order.

    Parameters
    ----------
    features : DataFrame
        What may be known when the prediction is made.
    target : array
        0 and 1 for a binary task, the amount, or the code of a class.
    classes : tuple of str
        Names of the classes, in the order of their codes.
    columns : mapping
        By outcome that is priced by a column, that column's amounts.
    time, group, segment : array or None
        Columns that say how to split, and whom to compare.
    acts : mapping
        What each rule says: 0 and 1, or the predicted amount.
    by : mapping
        By option with a list for each kind of row, that kind.
    rule_columns : mapping
        Which columns each rule looks at.
    predictions : mapping
        What came as files, by option.
    corpus : Corpus or None
        The documents that are searched, and what was asked on each row.
    references : array or None
        What a grader holds the answers of each row against: texts, or mappings of fields.
    said : mapping
        What each rule answers as text, where a grader looks at it.
    gradings : mapping
        People's grades, by option.
    rows_without_target : int
        Rows left out because nothing is known of them.
    copies, copies_dropped : int
        Rows that are the same as an earlier one in every column; they are dropped where an
        id or a time among the columns shows that it is the same case again.
    digest : str
        SHA-256 over every file read.
    """

    features: pd.DataFrame
    target: np.ndarray[Any, Any]
    time: np.ndarray[Any, Any] | None = None
    group: np.ndarray[Any, Any] | None = None
    segment: np.ndarray[Any, Any] | None = None
    acts: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    by: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    rule_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    predictions: Mapping[str, Predictions] = field(default_factory=dict)
    corpus: Corpus | None = None
    references: np.ndarray[Any, Any] | None = None
    said: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    gradings: Mapping[str, Gradings] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    columns: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    rows_without_target: int = 0
    copies: int = 0
    copies_dropped: int = 0
    repeated_ids: int = 0
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
    import numpy as np

    if case.data is None:
        return None
    data = case.data
    with Table(case.folder, data.file) as table:
        raise_all(column_faults(table, data))
        frame = table.frame()
        row_id = id_column(table, data)
        target = target_values(table, data, case.task)
        held = references(table, data, case.grading)
        kept = is_known(target) & has_reference(held, len(table))
        classes = classes_of(table, data, case.task)
        amounts = {
            name: priced_column(table, outcome.column, f"outcomes.{name}.column")
            for name, outcome in case.outcomes.items()
            if outcome.column
        }
        corpus = read_corpus(case.folder, table, data, case.options, classes, kept)
        acts, predictions, looks, said = {}, {}, {}, {}
        for name, option in case.options.items():
            rule = option.when or option.predict
            if rule:
                where = f"options.{name}.{'when' if option.when else 'predict'}"
                looks[name] = tuple(table.rule(rule, where).columns())
            if option.when:
                acts[name] = act_values(table, data, option.when, f"options.{name}.when")
            if option.predict:
                acts[name] = predicted_values(
                    table, data, option.predict, f"options.{name}.predict", case.task
                )
                if held is not None:
                    said[name] = table.values(option.predict, where, gives="text")
            if option.predictions:
                predictions[name] = read_predictions(
                    case.folder, table, data, name, option, case.task, kept, classes,
                    currency=case.currency, grading=case.grading,
                )  # fmt: skip
                raise_all(untold(case.incidents, name, option, predictions[name]))
        gradings = peoples_grades(case.folder, table, data, case.task, case.grading, predictions)
    again = _copies(frame, row_id) & kept
    dropped = int(again.sum()) if row_id is not None or data.time is not None else 0
    without_target = int((~kept).sum())
    if dropped:
        kept = kept & ~again
    ids = frame[row_id][kept] if row_id is not None and row_id in frame else None
    own = {data.target, row_id, data.time, data.group, data.query, *data.leave_out} - {None}
    own |= set(() if case.grading is None else case.grading.columns)
    features = frame.drop(columns=[column for column in own if column in frame]).loc[kept]

    def pick(column: str | None) -> np.ndarray[Any, Any] | None:
        return None if column is None else frame[column].to_numpy()[kept]

    for name, option in case.options.items():
        if option.by and option.by not in frame:
            raise refuse("column-missing", f"options.{name}.by", option.by,
                         known=", ".join(map(str, frame.columns[:12])))  # fmt: skip
    return Dataset(
        by={name: frame[o.by].to_numpy()[kept] for name, o in case.options.items() if o.by},
        features=features.reset_index(drop=True),
        target=target[kept],
        time=pick(data.time),
        group=pick(data.group),
        segment=pick(data.segment),
        corpus=corpus and corpus.at(kept),
        acts={name: values[kept] for name, values in acts.items()},
        references=None if held is None else held[kept],
        said={name: np.asarray(values)[kept] for name, values in said.items()},
        gradings={name: values.at(kept) for name, values in gradings.items()},
        classes=classes,
        columns={name: values[kept] for name, values in amounts.items()},
        predictions={name: values.at(kept) for name, values in predictions.items()},
        rule_columns=looks,
        rows_without_target=without_target,
        copies=int(again.sum()),
        copies_dropped=dropped,
        repeated_ids=0 if ids is None else int(ids[ids.duplicated()].nunique()),
        digest=data_digest(case),
    )


def _copies(frame: pd.DataFrame, row_id: str | None) -> np.ndarray[Any, Any]:
    """Rows that are the same as an earlier one in every column."""
    import numpy as np

    if row_id is not None and row_id in frame and frame[row_id].is_unique:
        return np.zeros(len(frame), bool)
    return np.asarray(frame.duplicated())


def files_of(case: Case) -> list[str]:
    """Names of the files that the case reads, as the case writes them, each once."""
    if case.data is None:
        return []
    names = [name for name in (case.data.file, case.data.grades) if name]
    names += [case.data.documents.file] if case.data.documents else []
    files = [
        name
        for option in case.options.values()
        for name in (option.predictions, option.synonyms, option.pinned)
    ]
    for option in case.options.values():
        files += files_asked_with(option.ask) if option.ask else []
    return names + sorted({name for name in files if name and isinstance(name, str)})


def data_digest(case: Case) -> str:
    """SHA-256 over the files that the case reads; empty where it reads none."""
    from hashlib import sha256

    if case.data is None:
        return ""
    hashes = [digest(inside(case.folder, name, "data.file")) for name in files_of(case)]
    return sha256("\n".join(hashes).encode()).hexdigest()


def act_values(table: Table, data: Data, when: str, field: str) -> np.ndarray[Any, Any]:
    """Where a rule acts, as 0 and 1; a rule that knows nothing does not act."""
    import numpy as np
    import pandas as pd

    _refuse_target(table, data, when, field)
    values = pd.Series(table.values(when, field, gives="truth"), dtype="boolean")
    return np.asarray(values.fillna(False), dtype=float)


def predicted_values(
    table: Table, data: Data, predict: str, field: str, task: str = "regression"
) -> np.ndarray[Any, Any]:
    """What a rule predicts: an amount, or the code of the class or text that it gives."""
    import numpy as np

    _refuse_target(table, data, predict, field)
    if task in ("multiclass", "extraction"):
        texts = table.values(predict, field, gives="text")
        return answer_codes(texts, classes_of(table, data, task))
    values = np.asarray(table.values(predict, field, gives="number"), dtype=float)
    if figures := at(table, ~np.isfinite(values)):
        raise refuse("rule-unknown", field, predict, **figures)
    return values


def priced_column(table: Table, column: str, field: str) -> np.ndarray[Any, Any]:
    """Amounts by row that an outcome is priced by: numbers, not negative, none missing."""
    import numpy as np

    found = numbers(table, column, field)
    if figures := at(table, np.isnan(found)):
        raise refuse("column-gaps", field, column, **figures)
    if figures := at(table, found < 0):
        raise refuse("column-negative", field, column, **figures)
    return found


def _refuse_target(table: Table, data: Data, expression: str, field: str) -> None:
    """A rule that looks at the answer knows what it should find out."""
    columns = [name.lower() for name in table.rule(expression, field).columns()]
    if data.target is not None and data.target.lower() in columns:
        raise refuse("rule-target", field, expression, column=data.target)


__all__ = [
    "Dataset",
    "Predictions",
    "act_values",
    "data_digest",
    "load_data",
    "predicted_values",
    "priced_column",
]
