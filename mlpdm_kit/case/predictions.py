"""Answers that came as a file: how an LLM's or a vendor's answers arrive, with repeats.

A log (`mlpdm_kit.case.logs`) holds answers in any order; here they are put in the order of
the data's rows, a column for each repeat. Rows of attacks are no items: they are kept apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.columns import id_column, spelling
from mlpdm_kit.case.grading import Grading
from mlpdm_kit.case.kinds import TASK_KINDS, TaskKind
from mlpdm_kit.case.logs.choosing import in_currency, of_option
from mlpdm_kit.case.logs.coding import (
    OTHER,
    READERS,
    SILENCE,
    UNANSWERED,
    Scale,
    answer_codes,
    scale_of,
)
from mlpdm_kit.case.logs.columns import AMOUNTS, ROW, Odd, few, is_nothing
from mlpdm_kit.case.logs.fields import with_fields
from mlpdm_kit.case.logs.formats import read_log
from mlpdm_kit.case.model import Data, Option
from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import Fault, raise_all, refuse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ANSWERED_BY = {  # columns that say how a task was answered, of which a log has one
    "act": ("score", "answer"),
    "amount": ("score", "answer"),
    "class": ("answer",),
    "text": ("answer",),
    "rank": ("rank",),
    "grade": ("grade", "answer"),
    "nothing": (),
}
_TEXTS = {  # those that a grader may look at, by what the task asks for
    "class": ("answer",),
    "text": ("answer",),
    "grade": ("answer",),
}


@dataclass(frozen=True, kw_only=True)
class Attacks:
    """Attempts to make an option do what it should not: kind, which one, and whether it did.

    ``succeeded`` is 1 or 0; one attack may have been tried several times.
    """

    kind: np.ndarray[Any, Any]
    id: np.ndarray[Any, Any]
    succeeded: np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """Answers that came as a file, in the order of the data's rows.

    ``score`` holds scores, or where the file gives answers (``is_answer``) 0 and 1, the code
    of a class or grade, or a rank; shape (rows,), or (rows, repeats) where items were
    answered more than once. NaN is where there is none: a row without a prediction, a
    repeat that is missing, or a score that was refused (then ``silent`` says so: nothing is
    done). ``said`` holds what else the log says of each answer, of the same shape: amounts
    (``cost``, ``latency``, ``tokens_in``, ``tokens_out``, ``attempts``) and ``refused``,
    ``failed``, ``invented`` as 1 and 0, NaN where it says nothing; and as ``words`` a code
    for each different text, of answers that are texts, -1 where nothing was said. ``texts``
    are these as they stand, of shape (rows, repeats), where a grader may look at them;
    ``numbers`` what the log calls its repeats.
    """

    score: np.ndarray[Any, Any]
    is_answer: bool
    silent: np.ndarray[Any, Any] | None = None
    texts: np.ndarray[Any, Any] | None = None
    numbers: tuple[int, ...] = (1,)
    said: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    attacks: Attacks | None = None

    @property
    def cost(self) -> np.ndarray[Any, Any] | None:
        """Price of each answer, where it is known."""
        return self.said.get("cost")

    @property
    def latency(self) -> np.ndarray[Any, Any] | None:
        """Seconds that each answer took, where it is known."""
        return self.said.get("latency")

    @property
    def repeats(self) -> int:
        """How often an item was answered, at most."""
        return 1 if self.score.ndim == 1 else int(self.score.shape[1])

    def at(self, index: Any) -> Predictions:
        """The same of some of the rows; attacks are of no row."""
        return replace(
            self,
            score=self.score[index],
            silent=None if self.silent is None else self.silent[index],
            texts=None if self.texts is None else self.texts[index],
            said={name: values[index] for name, values in self.said.items()},
        )


def read_predictions(
    folder: Path,
    table: Table,
    data: Data,
    name: str,
    option: Option,
    task: str,
    known: np.ndarray[Any, Any] | None = None,
    classes: tuple[str, ...] = (),
    *,
    currency: str = "",
    grading: Grading | None = None,
) -> Predictions:
    """Answers or scores of one option, put in the order of the data's rows.

    The file has ``id`` (the data's id column, else its row number from 1) and what the task
    asks for: ``score`` or ``answer`` (a class, a text), ``rank`` of the right one in a list,
    or ``grade``; and may have ``repeat`` and the other columns of a log. An empty answer,
    rank or grade is none. Rows outside ``known`` need no prediction. ``currency`` is the case's.

    Raises
    ------
    InputError
        The file cannot be read, has several options and not this one, has costs in other
        money, lacks an answer, holds two for one repeat or one of an item that the data does
        not know, or a value that its column cannot hold.
    """

    where = f"options.{name}.predictions"
    assert option.predictions is not None
    log = read_log(folder, option.predictions, where)
    if grading is not None and grading.fields and "answer" not in log:
        log = with_fields(folder, option.predictions, where, log, tuple(grading.fields))
    log = of_option(log, name, where, option.predictions)
    priced = option.tokens is not None
    log = in_currency(log, currency, where, option.predictions, priced=priced)
    kind = TASK_KINDS[task]
    said_as = _said_as(log, kind, where)
    ids = ids_of(table, data)
    told = _Told(field=where, file=option.predictions)
    attacks, items = _apart(log)
    raise_all(few([*told.attacks(attacks), *told.items(items, ids, data.file)]))
    place = _Place(ids, items)
    silent = (_truth(items, "refused") == 1) | (_failed(items) == 1)
    scale = scale_of(kind, classes, probability=option.probability)
    score = place.put(told.codes(items[said_as], items[ROW], scale, said_as, silent))
    quiet = place.put(silent.astype(float)) == 1
    _refuse_gaps(score, quiet, ids, known, where, option.predictions)
    is_answer = said_as != "score" and kind.answers != "amount"
    return Predictions(
        score=score,
        is_answer=is_answer,
        silent=quiet if quiet.any() and not is_answer else None,
        texts=place.texts(items[said_as], silent)
        if said_as in _TEXTS.get(kind.answers, ())
        else None,
        numbers=place.numbers,
        said={key: place.put(values) for key, values in _said(items, kind).items()},
        attacks=_attacks(attacks),
    )


def _said_as(log: pd.DataFrame, kind: TaskKind, where: str) -> str:
    """The column that holds the answers."""
    wanted = ANSWERED_BY[kind.answers]
    there = [column for column in wanted if column in log]
    if "id" not in log or len(there) != 1:
        shown = ", ".join(map(str, log.attrs["columns"][:12]))
        raise refuse("predictions-columns", where, shown, known=", ".join(wanted))
    return there[0]


def ids_of(table: Table, data: Data) -> list[str | None]:
    """Id of each row of the data, none of them twice."""
    column = id_column(table, data)
    if column is None:
        return [str(number) for number in range(1, len(table) + 1)]
    found = table.written(column, "data.id")
    seen: set[str] = set()
    for one in found:
        if one is None:
            raise refuse("id-empty", "data.id", data.file, count=found.count(None))
        if one in seen:
            raise refuse("id-twice", "data.id", one, file=data.file)
        seen.add(one)
    return found


def _apart(log: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of attacks, and rows of items."""
    import pandas as pd

    if "attack" not in log:
        return log.iloc[:0], log
    attack = pd.Series([not is_nothing(x) and bool(x.strip()) for x in log["attack"]], log.index)
    return log[attack], log[~attack]


def _truth(log: pd.DataFrame, column: str) -> np.ndarray[Any, Any]:
    """A column of yes and no; NaN throughout where the log has none."""
    import numpy as np

    return np.asarray(log[column] if column in log else np.full(len(log), np.nan), dtype=float)


def _failed(log: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Where the call failed for good; NaN throughout where the log does not say."""
    import numpy as np

    if "error" not in log:
        return np.full(len(log), np.nan)
    return np.array([float(not is_nothing(x) and bool(x.strip())) for x in log["error"]])


def _said(items: pd.DataFrame, kind: TaskKind) -> dict[str, np.ndarray[Any, Any]]:
    """What a log says of each answer beside the answer."""
    import numpy as np
    import pandas as pd

    found = {name: _truth(items, name) for name in (*AMOUNTS, "refused", "invented")}
    found["failed"] = _failed(items)
    if kind.answers in ("class", "text"):
        quiet = (_truth(items, "refused") == 1) | (found["failed"] == 1)
        words = np.array(["" if is_nothing(x) else spelling(x) for x in items["answer"]], object)
        codes = pd.factorize(words)[0].astype(float)
        found["words"] = np.where(quiet | (words == ""), UNANSWERED, codes)
    found = {name: values for name, values in found.items() if (values == values).any()}
    if "refused" in found:  # where a log says it of some answers, silence of others is a no
        found["refused"] = np.nan_to_num(found["refused"])
    return found


def _attacks(rows: pd.DataFrame) -> Attacks | None:
    """Attacks that came to an answer; a refused one has not succeeded."""
    import numpy as np

    if not len(rows):
        return None
    refused = _truth(rows, "refused") == 1
    succeeded = np.where(refused, 0.0, _truth(rows, "succeeded"))
    known = ~np.isnan(succeeded) & ~(_failed(rows) == 1)
    names = rows["id"] if "id" in rows else [None] * len(rows)
    ids = [str(row) if is_nothing(one) else one for one, row in zip(names, rows[ROW], strict=True)]
    return Attacks(
        kind=np.array([x.strip().casefold() for x in rows["attack"]], dtype=object)[known],
        id=np.array(ids, dtype=object)[known],
        succeeded=succeeded[known],
    )


@dataclass(frozen=True, kw_only=True)
class _Told:
    """Faults of a log, each with its file and row."""

    field: str
    file: str

    def fault(self, code: str, row: Any, value: Any, **figures: Any) -> Fault:
        known = {"file": self.file, "row": row, **figures}
        return Fault(code=code, field=self.field, value=value, figures=known)

    def attacks(self, rows: pd.DataFrame) -> Iterator[Fault]:
        """Attacks of which nobody says how they went."""
        if not len(rows):
            return
        went = (_truth(rows, "refused") == 1) | (_failed(rows) == 1)
        went |= _truth(rows, "succeeded") >= 0
        for row, attack in rows.loc[~went, [ROW, "attack"]].itertuples(index=False):
            yield self.fault("log-attack", row, attack)

    def items(self, rows: pd.DataFrame, ids: Collection[str | None], data: str) -> Iterator[Fault]:
        """Answers without an item, to one that is not in the data, or a second to a repeat."""
        empty = int(rows["id"].isna().sum())
        if empty:
            yield Fault(code="id-empty", field=self.field, value=self.file,
                        figures={"count": empty})  # fmt: skip
        known, said = set(ids), rows["id"].dropna()
        if len(said) and known.isdisjoint(said):
            first = next(iter(ids), "-")
            yield self.fault("log-ids", None, said.iloc[0], data=data, first=first)
            return
        seen: dict[tuple[str, int], Any] = {}
        for row, one, repeat in rows[[ROW, "id", "repeat"]].itertuples(index=False):
            if is_nothing(one):
                continue
            if one not in known:
                yield self.fault("log-unknown", row, one, data=data)
            elif (one, repeat) in seen:
                yield self.fault("log-twice", row, one, repeat=repeat, first=seen[one, repeat])
            seen.setdefault((one, repeat), row)

    def codes(
        self,
        values: pd.Series[Any],
        rows: pd.Series[Any],
        scale: Scale,
        column: str,
        silent: np.ndarray[Any, Any],
    ) -> np.ndarray[Any, Any]:
        """Code of each answer; where it was refused, or the call failed, that of silence."""
        import numpy as np

        quiet = np.nan if column == "score" else SILENCE.get(scale.kind.answers, np.nan)
        found, faults = np.full(len(values), quiet), []
        for index, (row, value) in enumerate(zip(rows, values, strict=True)):
            if silent[index]:
                if scale.kind.answers == "amount":
                    faults.append(self.fault("log-no-amount", row, column))
                continue
            try:
                found[index] = READERS[column](value, scale)
            except Odd as odd:
                figures = {"column": column, **odd.figures}
                faults.append(self.fault(odd.code, row, value, **figures))
        raise_all(few(faults))
        return found


class _Place:
    """Where each answer of a log belongs: the data's row, and the repeat."""

    def __init__(self, ids: Sequence[str | None], items: pd.DataFrame) -> None:
        import numpy as np

        row = {one: index for index, one in enumerate(ids)}
        self.row = np.array([row[one] for one in items["id"]], dtype=int)
        repeats, self.repeat = np.unique(items["repeat"].to_numpy(int), return_inverse=True)
        self.numbers = tuple(int(number) for number in repeats) or (1,)
        self.shape = (len(ids), max(len(repeats), 1))

    def put(self, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Values by row, or by row and repeat; NaN where there is none."""
        import numpy as np

        found = np.full(self.shape, np.nan)
        found[self.row, self.repeat] = values
        return found[:, 0] if self.shape[1] == 1 else found

    def texts(self, values: pd.Series[Any], silent: Any) -> np.ndarray[Any, Any]:
        """Texts by row and repeat; None where there is none, or the answer was refused."""
        import numpy as np

        found = np.full(self.shape, None, dtype=object)
        said = zip(values, silent, strict=True)
        found[self.row, self.repeat] = [None if quiet else text for text, quiet in said]
        return found


def _refuse_gaps(
    score: np.ndarray[Any, Any],
    quiet: np.ndarray[Any, Any],
    ids: Sequence[str | None],
    known: np.ndarray[Any, Any] | None,
    where: str,
    file: str,
) -> None:
    """Each row of the data whose outcome is known has an answer, at least one."""
    import numpy as np

    none = np.isnan(score) & ~quiet
    needed = np.full(len(ids), True) if known is None else known
    empty = (none if none.ndim == 1 else none.all(axis=1)) & needed
    if empty.any():
        figures = {
            "count": int(empty.sum()),
            "rows": int(needed.sum()),
            "first": ids[int(np.argmax(empty))],
        }
        raise refuse("predictions-missing", where, file, **figures)


__all__ = [
    "ANSWERED_BY",
    "OTHER",
    "UNANSWERED",
    "Attacks",
    "Predictions",
    "answer_codes",
    "ids_of",
    "read_predictions",
]
