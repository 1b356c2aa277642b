"""Answers that came as a file: how an LLM's or a vendor's answers arrive, with repeats.

A log (`mlpdm_kit.case.logs`) holds answers in any order; here they are put in the order of
the data's rows, a column for each repeat. Rows of attacks are no items: they are kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.columns import id_column, id_faults, spelling
from mlpdm_kit.case.grading import Grading
from mlpdm_kit.case.kinds import TASK_KINDS, TaskKind
from mlpdm_kit.case.logs.choosing import in_currency, of_option
from mlpdm_kit.case.logs.coding import OTHER, UNANSWERED, answer_codes, scale_of
from mlpdm_kit.case.logs.columns import AMOUNTS, ROW, is_nothing
from mlpdm_kit.case.logs.faulty import Told, failed, truth
from mlpdm_kit.case.logs.fields import with_fields
from mlpdm_kit.case.logs.formats import log_and_faults
from mlpdm_kit.case.logs.placing import Place
from mlpdm_kit.case.model import Data, Option
from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import Fault, Faults, InputError, few, raise_all, refuse

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
    rows = Rows(ids=ids_of(table, data), known=known, classes=classes, file=data.file)
    found, faults = predictions_and_faults(
        folder, rows, name, option, task, currency=currency, grading=grading
    )
    raise_all(faults)
    assert found is not None
    return found


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What answers are held against: rows of the data, as far as they could be read.

    ``ids`` are None where the data's rows have none that can be read; ``known`` is where the
    outcome is, None for everywhere; ``file`` the data's name.
    """

    ids: Sequence[str | None] | None
    known: np.ndarray[Any, Any] | None
    classes: tuple[str, ...]
    file: str


def predictions_and_faults(
    folder: Path,
    rows: Rows,
    name: str,
    option: Option,
    task: str,
    *,
    currency: str = "",
    grading: Grading | None = None,
) -> tuple[Predictions | None, list[Fault]]:
    """As `read_predictions`, with all that is wrong with the file; None where anything is.

    Without the data's ids what needs them is not looked at.
    """
    import numpy as np

    where, faults, kind = f"options.{name}.predictions", Faults(), TASK_KINDS[task]
    assert option.predictions is not None
    try:
        log, odd = log_and_faults(folder, option.predictions, where)
        faults += odd
        if grading is not None and grading.fields and "answer" not in log:
            log = with_fields(folder, option.predictions, where, log, tuple(grading.fields))
        log = of_option(log, name, where, option.predictions)
        priced = faults.tried(in_currency, log, currency, where, option.predictions,
                              priced=option.tokens is not None)  # fmt: skip
        log = log.drop(columns="cost") if priced is None else priced
        said_as = _said_as(log, kind, where)
    except InputError as error:
        return None, few([*faults, *error.faults])
    told = Told(field=where, file=option.predictions, counted=log.attrs.get("counted", "row"))
    attacks, items = _apart(log)
    faults += told.attacks(attacks)
    silent = (truth(items, "refused") == 1) | (failed(items) == 1)
    scale = scale_of(kind, rows.classes, probability=option.probability)
    codes, odd = told.codes(items[said_as], items[ROW], scale, said_as, silent)
    faults += odd
    faults += told.items(items, rows.ids, rows.file)
    if rows.ids is None:
        return None, few(faults)
    there = set(rows.ids)
    here = np.array([one in there for one in items["id"]], dtype=bool)
    items, silent, codes = items[here], silent[here], codes[here]
    place = Place(rows.ids, items)
    score = place.put(codes)
    quiet = place.put(silent.astype(float)) == 1
    if not any(fault.code == "log-ids" for fault in faults):  # then all are missing, by a slip
        unnamed = sum(f.figures["count"] for f in faults if f.code == "id-empty")
        faults.tried(_refuse_gaps, score, quiet, rows, where, option.predictions, unnamed)
    if faults:
        return None, few(faults)
    is_answer = said_as != "score" and kind.answers != "amount"
    shown = said_as in _TEXTS.get(kind.answers, ())
    found = Predictions(
        score=score,
        is_answer=is_answer,
        silent=quiet if quiet.any() and not is_answer else None,
        texts=place.texts(items[said_as], silent) if shown else None,
        numbers=place.numbers,
        said={key: place.put(values) for key, values in _said(items, kind).items()},
        attacks=_attacks(attacks),
    )
    return found, []


def _said_as(log: pd.DataFrame, kind: TaskKind, where: str) -> str:
    """The column that holds the answers."""
    wanted = ANSWERED_BY[kind.answers]
    there = [column for column in wanted if column in log]
    if "id" not in log or len(there) != 1:
        shown = ", ".join(map(str, log.attrs["columns"][:12]))
        raise refuse("predictions-columns", where, shown, known=", ".join(wanted))
    return there[0]


def can_be_graded(given: Predictions, task: str) -> bool:
    """Whether people can have graded these answers."""
    return given.is_answer and (given.texts is not None or TASK_KINDS[task].answers == "grade")


def ids_needed(data: Data, options: Mapping[str, Option]) -> bool:
    """Whether anything names rows of the data."""
    return data.grades is not None or any(option.predictions for option in options.values())


def ids_of(table: Table, data: Data) -> list[str | None]:
    """Id of each row of the data, none of them twice."""
    column = id_column(table, data)
    if column is None:
        return [str(number) for number in range(1, len(table) + 1)]
    found = table.written(column, "data.id")
    raise_all(few(id_faults(table, found, "data.id")))
    return found


def _apart(log: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of attacks, and rows of items."""
    import pandas as pd

    if "attack" not in log:
        return log.iloc[:0], log
    attack = pd.Series([not is_nothing(x) and bool(x.strip()) for x in log["attack"]], log.index)
    return log[attack], log[~attack]


def _said(items: pd.DataFrame, kind: TaskKind) -> dict[str, np.ndarray[Any, Any]]:
    """What a log says of each answer beside the answer."""
    import numpy as np
    import pandas as pd

    found = {name: truth(items, name) for name in (*AMOUNTS, "refused", "invented")}
    found["failed"] = failed(items)
    if kind.answers in ("class", "text"):
        quiet = (truth(items, "refused") == 1) | (found["failed"] == 1)
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
    refused = truth(rows, "refused") == 1
    succeeded = np.where(refused, 0.0, truth(rows, "succeeded"))
    known = ~np.isnan(succeeded) & ~(failed(rows) == 1)
    names = rows["id"] if "id" in rows else [None] * len(rows)
    ids = [str(row) if is_nothing(one) else one for one, row in zip(names, rows[ROW], strict=True)]
    return Attacks(
        kind=np.array([x.strip().casefold() for x in rows["attack"]], dtype=object)[known],
        id=np.array(ids, dtype=object)[known],
        succeeded=succeeded[known],
    )


def _refuse_gaps(
    score: np.ndarray[Any, Any],
    quiet: np.ndarray[Any, Any],
    rows: Rows,
    where: str,
    file: str,
    unnamed: int,
) -> None:
    """Each row of the data whose outcome is known has an answer, at least one.

    ``unnamed`` answers stand in the file without an id: as many rows may lack theirs by it.
    """
    import numpy as np

    assert rows.ids is not None
    none = np.isnan(score) & ~quiet
    needed = np.full(len(rows.ids), True) if rows.known is None else rows.known
    empty = (none if none.ndim == 1 else none.all(axis=1)) & needed
    if empty.sum() > unnamed:
        figures = {
            "count": int(empty.sum()),
            "rows": int(needed.sum()),
            "first": rows.ids[int(np.argmax(empty))],
        }
        raise refuse("predictions-missing", where, file, **figures)


__all__ = [
    "ANSWERED_BY",
    "OTHER",
    "UNANSWERED",
    "Attacks",
    "Predictions",
    "Rows",
    "answer_codes",
    "can_be_graded",
    "ids_needed",
    "ids_of",
    "predictions_and_faults",
    "read_predictions",
]
