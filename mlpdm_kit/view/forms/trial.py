"""A rule tried on the case's data while it is typed: what it catches, misses, and costs.

The table stays open between keys, and so does the answer column; a key then costs one
expression of DuckDB and a few sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlpdm_kit.case.editing.file import State
from mlpdm_kit.case.model import Case, Data
from mlpdm_kit.errors import Fault, InputError
from mlpdm_kit.text import Text

SECONDS = 1.0  # how long a rule may take while somebody types
FEW_VALUES = 6
TRIED_TASKS = ("binary", "multiclass", "regression")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What a rule comes to on the data: rows by outcome, and money.

    Parameters
    ----------
    rows : int
        Rows with a known answer.
    counts : mapping
        Rows by outcome; of a regression how much too low and too high, all together.
    cost : float or None
        Per case of production, at the means of the present prices; None where there are none.
    """

    rows: int
    counts: Mapping[str, float]
    cost: float | None


class Trial:
    """The data of a case, open for trying rules; give it up with `close`.

    Parameters
    ----------
    folder : path
    data : Data
    task : str
    """

    def __init__(self, folder: Path, data: Data, task: str) -> None:
        from mlpdm_kit.case.columns import classes_of, is_known, target_values
        from mlpdm_kit.case.tables import Table

        self.data, self.task = data, task
        self.table = Table(folder, data.file, seconds=SECONDS)
        try:
            whole = target_values(self.table, data, task)
            self.known = is_known(whole)
            self.target = whole[self.known]
            self.classes = classes_of(self.table, data, task)
        except BaseException:
            self.table.close()
            raise

    def close(self) -> None:
        """Let the table go."""
        self.table.close()

    def tried(self, rule: str, case: Case | None) -> Tally:
        """What a rule comes to.

        Raises
        ------
        InputError
            It is no rule, or none on these columns.
        """
        from mlpdm_kit.case.dataset import act_values, predicted_values

        if self.task == "binary":
            said = act_values(self.table, self.data, rule, "when")[self.known]
        else:
            said = predicted_values(self.table, self.data, rule, "predict", self.task)[self.known]
        return Tally(rows=len(self.target), counts=self._counts(said), cost=self._cost(said, case))

    def _counts(self, said: Any) -> dict[str, float]:
        target = self.target
        if self.task == "binary":
            true, acts = target == 1, said == 1
            return {
                "true_positive": float((true & acts).sum()),
                "false_negative": float((true & ~acts).sum()),
                "false_positive": float((~true & acts).sum()),
                "true_negative": float((~true & ~acts).sum()),
            }
        if self.task == "multiclass":
            return {"right": float((said == target).sum()), "wrong": float((said != target).sum())}
        gap = said - target
        return {"under": float(-gap[gap < 0].sum()), "over": float(gap[gap > 0].sum())}

    def _cost(self, said: Any, case: Case | None) -> float | None:
        """Cost per case of production at the present prices."""
        import numpy as np
        import pandas as pd

        from mlpdm_kit.analysis.trial.points import weights
        from mlpdm_kit.case.dataset import Dataset, priced_column
        from mlpdm_kit.record.setting import setting

        if case is None or not case.outcomes:
            return None
        columns = {
            name: priced_column(self.table, outcome.column, f"outcomes.{name}")[self.known]
            for name, outcome in case.outcomes.items()
            if outcome.column
        }
        data = Dataset(features=pd.DataFrame(index=range(len(said))), target=self.target,
                       classes=self.classes, columns=columns)  # fmt: skip
        needed = case.of_task.needed
        if any(not set(some) & set(case.outcomes) for some in needed):
            return None  # some prices are still to come
        made = setting(case, data, 0)
        lost = made.losses(data, said)
        weight = weights(self.target, made) if self.task == "binary" else None
        return float(np.average(lost, weights=weight))

    def offered(self) -> list[tuple[str, tuple[str, ...]]]:
        """The columns that a rule may look at, with the values of those that have few."""
        hidden = {self.data.target, self.data.id, *self.data.leave_out}
        return [
            (column, self._few(column)) for column in self.table.columns if column not in hidden
        ]

    def _few(self, column: str) -> tuple[str, ...]:
        texts = self.table.texts(column, "data.file")
        found = list(dict.fromkeys(text for text in texts if text is not None))
        if len(found) > FEW_VALUES:
            return ()
        plain = self.table.types[column] != "VARCHAR"
        return tuple(text if plain else "'" + text.replace("'", "''") + "'" for text in found)


class Trials:
    """The trial of a case as it stands, opened anew when the data or what is said of it changes."""

    def __init__(self) -> None:
        self._key: Any = None
        self._trial: Trial | None = None
        self._fault: InputError | None = None

    def of(self, state: State) -> Trial | None:
        """The open trial; None where the case has no data that a rule could be tried on.

        Raises
        ------
        InputError
            The data cannot be read.
        """
        case = state.case
        if case is None or case.data is None or case.task not in TRIED_TASKS:
            return None
        path = case.folder / case.data.file
        stat = path.stat() if path.is_file() else None
        key = (path, stat and (stat.st_mtime_ns, stat.st_size), case.data, case.task)
        if key != self._key:
            self.close()
            self._key = key
            try:
                self._trial = Trial(case.folder, case.data, case.task)
            except InputError as error:
                self._fault = error
        if self._fault is not None:
            raise self._fault
        return self._trial

    def close(self) -> None:
        """Let the table go."""
        if self._trial is not None:
            self._trial.close()
        self._key = self._trial = self._fault = None


def said_of(tally: Tally, task: str, text: Text) -> str:
    """A tally as a line to read."""
    counts, rows = tally.counts, tally.rows
    if task == "binary":
        true = counts["true_positive"] + counts["false_negative"]
        false = rows - true
        line = text.say(
            "form.trial.binary",
            caught=counts["true_positive"], missed=counts["false_negative"],
            alarms=counts["false_positive"], positives=true, others=false,
            recall=counts["true_positive"] / true if true else 0.0,
            lost=counts["false_negative"] / true if true else 0.0,
            share=counts["false_positive"] / false if false else 0.0,
        )  # fmt: skip
    elif task == "multiclass":
        line = text.say("form.trial.multiclass", right=counts["right"], rows=rows,
                        share=counts["right"] / rows)  # fmt: skip
    else:
        line = text.say("form.trial.regression", under=counts["under"] / rows,
                        over=counts["over"] / rows, rows=rows)  # fmt: skip
    if tally.cost is None:
        return text.say("join.sentences", one=line, other=text.say("form.trial.unpriced"))
    cost = text.say("form.trial.cost" if tally.cost >= 0 else "form.trial.gain",
                    cost=abs(tally.cost))  # fmt: skip
    return text.say("join.sentences", one=line, other=cost)


def said_faults(error: InputError, lang: str) -> list[str]:
    """Why it is no rule yet, in words."""
    plain = [Fault(code=f.code, field=f.field, value=f.value, figures=f.figures)
             for f in error.faults]  # fmt: skip
    return [fault.sentence(lang) for fault in plain]
