"""What is wrong with the rows of a log, each fault with its file and row."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.logs.coding import READERS, SILENCE, Scale
from mlpdm_kit.case.logs.columns import NEVER, ROW, Odd, is_nothing
from mlpdm_kit.errors import Fault, Row

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Told:
    """Faults of a log: ``field`` of the case that names it, its ``file``, and what it counts."""

    field: str
    file: str
    counted: str

    def fault(self, code: str, row: int, value: Any, **figures: Any) -> Fault:
        """One fault of one row."""
        known = {"file": self.file, "row": Row(row, self.counted), **figures}
        return Fault(code=code, field=self.field, value=value, figures=known)

    def attacks(self, rows: pd.DataFrame) -> Iterator[Fault]:
        """Attacks of which nobody says how they went."""
        if not len(rows):
            return
        went = (truth(rows, "refused") == 1) | (failed(rows) == 1)
        went |= truth(rows, "succeeded") >= 0
        for row, attack in rows.loc[~went, [ROW, "attack"]].itertuples(index=False):
            yield self.fault("log-attack", row, attack)

    def items(
        self, rows: pd.DataFrame, ids: Collection[str | None] | None, data: str
    ) -> Iterator[Fault]:
        """Answers without an item, to one that is not in the data, or a second to a repeat."""
        empty = rows.loc[rows["id"].isna(), ROW]
        if len(empty):
            yield self.fault("id-empty", empty.iloc[0], self.file, count=len(empty))
        said = rows["id"].dropna()
        known = set(said) if ids is None else set(ids)
        if len(said) and known.isdisjoint(said):
            first = next(iter(ids or ()), "-")
            yield self.fault("log-ids", rows[ROW].iloc[0], said.iloc[0], data=data, first=first)
            return
        seen: dict[tuple[str, int], Any] = {}
        for row, one, repeat in rows[[ROW, "id", "repeat"]].itertuples(index=False):
            if is_nothing(one) or repeat == NEVER:
                continue
            if one not in known:
                yield self.fault("log-unknown", row, one, data=data)
            elif (one, repeat) in seen:
                before = Row(seen[one, repeat], self.counted)
                yield self.fault("log-twice", row, one, repeat=repeat, first=before)
            seen.setdefault((one, repeat), row)

    def codes(
        self,
        values: pd.Series[Any],
        rows: pd.Series[Any],
        scale: Scale,
        column: str,
        silent: np.ndarray[Any, Any],
    ) -> tuple[np.ndarray[Any, Any], list[Fault]]:
        """Code of each answer (where it was refused, or the call failed, that of silence),
        and a fault for each that is none: its code is 0."""
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
                found[index] = 0.0
                figures = {"column": column, **odd.figures}
                faults.append(self.fault(odd.code, row, value, **figures))
        return found, faults


def truth(log: pd.DataFrame, column: str) -> np.ndarray[Any, Any]:
    """A column of yes and no; NaN throughout where the log has none."""
    import numpy as np

    return np.asarray(log[column] if column in log else np.full(len(log), np.nan), dtype=float)


def failed(log: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Where the call failed for good; NaN throughout where the log does not say."""
    import numpy as np

    if "error" not in log:
        return np.full(len(log), np.nan)
    return np.array([float(not is_nothing(x) and bool(x.strip())) for x in log["error"]])
