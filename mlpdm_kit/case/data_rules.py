"""What is wrong with the files of a case, all of them in one pass.

No fault in one file hides those in another. What cannot be looked at without a broken part
is left out, and the fault of that part says so (`mlpdm_kit.errors.Fault.hides`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.ask import answers_faults, ask_faults
from mlpdm_kit.case.columns import classes_of, column_faults, is_known, target_values
from mlpdm_kit.case.dataset import act_values, predicted_values, priced_column
from mlpdm_kit.case.documents import corpus_and_faults
from mlpdm_kit.case.incidents import untold
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.case.model import Case, Data, Option
from mlpdm_kit.case.predictions import (
    Predictions,
    Rows,
    can_be_graded,
    ids_needed,
    ids_of,
    predictions_and_faults,
)
from mlpdm_kit.case.references import grades_and_faults, has_reference, references
from mlpdm_kit.case.rules import MIN_CLASS, MIN_ROWS
from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import Fault, Faults

if TYPE_CHECKING:
    import numpy as np


def data_faults(case: Case) -> list[Fault]:
    """Faults that only the files show: tables, columns, classes, rules, answers, grades.

    Parameters
    ----------
    case : Case
        As far as it could be read; it may break rules of its own.
    """
    if case.data is None:
        return []
    table_faults = Faults()
    table = table_faults.tried(Table, case.folder, case.data.file)
    if table is None:
        look = _Look(case=case, data=case.data, table=None, faults=table_faults)
        look.everything()
    else:
        with table:
            look = _Look(case=case, data=case.data, table=table, faults=table_faults)
            look.everything()
    return [fault for place, fault in enumerate(look.faults) if fault not in look.faults[:place]]


@dataclass(kw_only=True)
class _Look:
    """One pass over the files of a case; ``table`` is None where the data cannot be read."""

    case: Case
    data: Data
    table: Table | None
    faults: Faults
    target: np.ndarray[Any, Any] | None = None
    known: np.ndarray[Any, Any] | None = None
    classes: tuple[str, ...] = ()
    ids: Sequence[str | None] | None = None
    read: dict[str, Predictions] = field(default_factory=dict)

    def everything(self) -> None:
        """Look at each part; what needs the data's rows goes by what of them was read."""
        if self.table is None:
            self.faults.hiding(0, self._needing_the_data())
        else:
            self._columns(self.table)
            self._target(self.table)
            self._ids(self.table)
        self._corpus()
        for name, option in self.case.options.items():
            if self.table is not None:
                self._rules(self.table, name, option)
            self._answers(name, option)
        self._grades()
        if self.target is not None and self.known is not None:
            self.faults += _few(self.target[self.known], self.data, self.case.task)

    def _needing_the_data(self) -> Iterator[str]:
        """Fields that say something about the data's rows."""
        for key in ("target", "segment", "time", "group", "query", "grades"):
            if getattr(self.data, key) is not None:
                yield f"data.{key}"
        if self.case.grading is not None and self.case.grading.fields:
            yield "grading.fields"
        for name, outcome in self.case.outcomes.items():
            if outcome.column:
                yield f"outcomes.{name}.column"
        for name, option in self.case.options.items():
            for key in ("by", "when", "predict", "ask", "predictions"):
                if getattr(option, key):
                    yield f"options.{name}.{key}"

    def _answering(self) -> list[str]:
        """Fields whose files name rows of the data."""
        found = [f"options.{n}.predictions" for n, o in self.case.options.items() if o.predictions]
        return found + (["data.grades"] if self.data.grades is not None else [])

    def _columns(self, table: Table) -> None:
        self.faults += column_faults(table, self.data)
        for name, outcome in self.case.outcomes.items():
            if outcome.column:
                self.faults.tried(priced_column, table, outcome.column, f"outcomes.{name}.column")
        for name, option in self.case.options.items():
            if option.by:
                self.faults.tried(table.need, option.by, f"options.{name}.by")

    def _target(self, table: Table) -> None:
        """What happened, and what answers are graded by."""
        start, task, grading = len(self.faults), self.case.task, self.case.grading
        unnamed = self.data.target is None and TASK_KINDS[task].answers != "grade"
        if unnamed and not (grading is not None and grading.fields):
            return  # told with the case
        if self.data.target is None or self.data.target in table.types:
            self.target = self.faults.tried(target_values, table, self.data, task)
            read = partial(references, table, self.data, grading)
            before = len(self.faults)
            held = self.faults.tried(read)
            sound = len(self.faults) == before
            self.classes = self.faults.tried(classes_of, table, self.data, task) or ()
            if self.target is not None and sound:
                self.known = is_known(self.target) & has_reference(held, len(table))
        if self.known is None:
            needing = [field for field in self._answering() if field != "data.grades"]
            needing += ["data.query"] if self.data.query is not None else []
            self.faults.hiding(self._first(start, "data.target"), needing)

    def _first(self, start: int, name: str) -> int:
        """The place of the fault that keeps a field from being read."""
        own = [place for place, fault in enumerate(self.faults) if fault.field == name]
        return own[0] if own else start

    def _ids(self, table: Table) -> None:
        if not ids_needed(self.data, self.case.options):
            return
        start = len(self.faults)
        if self.data.id is None or self.data.id in table.types:
            self.ids = self.faults.tried(ids_of, table, self.data)
        if self.ids is None:
            self.faults.hiding(self._first(start, "data.id"), self._answering())

    def _corpus(self) -> None:
        task = TASK_KINDS[self.case.task]
        if task.answers == "rank":
            _, found = corpus_and_faults(self.case.folder, self.table, self.data,
                                         self.case.options, self.classes, self.known)  # fmt: skip
            self.faults += found

    def _rules(self, table: Table, name: str, option: Option) -> None:
        if option.when:
            where = f"options.{name}.when"
            self.faults.tried(act_values, table, self.data, option.when, where)
        if option.predict and (self.target is not None or self.case.task == "regression"):
            where = f"options.{name}.predict"
            self.faults.tried(predicted_values, table, self.data, option.predict, where,
                              self.case.task)  # fmt: skip

    def _answers(self, name: str, option: Option) -> None:
        """What a model is asked, and what it or a vendor answered."""
        case, where = self.case, f"options.{name}"
        unasked: list[Fault] = []
        if option.ask is not None and option.predictions:
            self.faults += ask_faults(case.folder, self.table, self.data, f"{where}.ask",
                                      option.ask)  # fmt: skip
            unasked += answers_faults(case.folder, where, option.ask, option.predictions)
            self.faults += unasked
        if not option.predictions or unasked:
            return
        rows = Rows(ids=self.ids, known=self._needed(), classes=self.classes, file=self.data.file)
        found, faults = predictions_and_faults(
            case.folder, rows, name, option, case.task, currency=case.currency,
            grading=case.grading,
        )  # fmt: skip
        self.faults += faults
        if found is not None:
            self.read[name] = found
            self.faults += untold(case.incidents, name, option, found)

    def _needed(self) -> np.ndarray[Any, Any] | None:
        """Rows that must be answered; none where nobody knows which."""
        import numpy as np

        return np.zeros(len(self.ids or ()), bool) if self.known is None else self.known

    def _grades(self) -> None:
        """People's grades, of answers that were read and of those that could not be."""
        known: dict[str, Sequence[int] | None] = {}
        for name, option in self.case.options.items():
            if (found := self.read.get(name)) is not None:
                if can_be_graded(found, self.case.task):
                    known[name] = found.numbers
            elif option.predictions:
                known[name] = None
        ungraded = [name for name, one in self.read.items() if one.texts is not None]
        _, faults = grades_and_faults(self.case.folder, self.ids, self.data, self.case.task,
                                      self.case.grading, known, ungraded)  # fmt: skip
        unread = [name for name, numbers in known.items() if numbers is None]
        for name in unread if self.data.grades is not None else ():
            own = f"options.{name}.predictions"
            if any(fault.field == own for fault in self.faults):
                self.faults.hiding(self._first(0, own), ["data.grades"])
        self.faults += faults


def _few(target: Any, data: Data, task: str) -> Iterator[Fault]:
    """Too few rows, or too few of one class, to hold anything against anything."""
    if len(target) < MIN_ROWS:
        yield Fault(code="data-few", field="data.file", value=len(target),
                    figures={"limit": MIN_ROWS})  # fmt: skip
    elif task == "binary" and min(target.sum(), (1 - target).sum()) < MIN_CLASS:
        least = int(min(target.sum(), (1 - target).sum()))
        yield Fault(code="data-few", field="data.target", value=least,
                    figures={"limit": MIN_CLASS})  # fmt: skip
