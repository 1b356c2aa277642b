"""The columns of a log of answers, and what their values must be.

A reader of a format gives a table of raw values; `normal` makes of it what the rest of the
kit works on, and names every value that cannot be what its column says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.columns import NO, YES, word
from mlpdm_kit.case.tables import GROUPED, NOTHING
from mlpdm_kit.errors import Fault, Row

if TYPE_CHECKING:
    import pandas as pd

ANSWERS = ("answer", "score", "rank", "grade")
TEXTS = ("id", *ANSWERS, "attack", "option", "error")
AMOUNTS = ("tokens_in", "tokens_out", "latency", "cost", "attempts")
TRUTHS = ("refused", "succeeded", "invented")
COLUMNS = (*TEXTS, "repeat", *AMOUNTS, *TRUTHS)
ALIASES = {"item": "id", "price": "cost"}
ROW = "row"  # where an answer stands in its file: the row of a table, the line of a text
NEVER = 0  # the repeat of an answer that says none that can be


def normal(frame: pd.DataFrame, field: str, name: str) -> tuple[pd.DataFrame, list[Fault]]:
    """A log as the kit works on it, and a fault for each value that its column cannot hold.

    Parameters
    ----------
    frame : DataFrame
        An answer a row, columns as in `COLUMNS` (or `ALIASES`), values as they came; further
        columns are left out. ``row`` says where each stands, by default its place from 1, and
        ``attrs["counted"]`` how that is counted (`mlpdm_kit.errors.Row`).
    field, name : str
        Where the case names the file, and how.

    Returns
    -------
    DataFrame
        The columns that are there: texts as text or None, ``repeat`` whole numbers (1 where
        there is no such column), amounts as numbers or NaN, yes and no as 1, 0 or NaN; and
        ``row``. What its column cannot hold is nothing, a repeat `NEVER`.
    list of Fault
        One for each such value.
    """
    import pandas as pd

    found: dict[str, Any] = {ROW: list(frame.get(ROW, range(1, len(frame) + 1)))}
    faults: list[Fault] = []
    counted = frame.attrs.get("counted", "row")
    for column in COLUMNS:
        said = _said_as(frame, column)
        if said is None:
            continue
        found[column] = []
        for row, value in zip(found[ROW], frame[said], strict=True):
            try:
                found[column].append(_READERS[column](value))
            except Odd as odd:
                found[column].append(NEVER if column == "repeat" else None)
                figures = {"file": name, "row": Row(row, counted), "column": said}
                shown = "-" if is_nothing(value) else value
                faults.append(Fault(code=odd.code, field=field, value=shown, figures=figures))
    found.setdefault("repeat", [1] * len(frame))
    kept = pd.DataFrame({column: _typed(column, values) for column, values in found.items()})
    kept = kept.drop(columns=list(_idle(kept)))
    kept.attrs["columns"] = frame.attrs.get(
        "columns", list(frame.columns.drop(ROW, errors="ignore"))
    )
    kept.attrs["counted"] = counted
    return kept, faults


def without_empty(frame: pd.DataFrame) -> pd.DataFrame:
    """The table without columns that say nothing; ``id`` and ``answer`` stay."""
    kept = [name for name in frame if name in ("id", "answer") or frame[name].notna().any()]
    return frame[kept]


def _said_as(frame: pd.DataFrame, column: str) -> str | None:
    """How a log calls a column, if it has it."""
    names = [column, *(alias for alias, means in ALIASES.items() if means == column)]
    return next((name for name in names if name in frame), None)


def _idle(frame: pd.DataFrame) -> Iterator[str]:
    """Columns for answers that hold none, where another one does."""
    there = [column for column in ANSWERS if column in frame]
    used = [column for column in there if frame[column].notna().any()]
    return (column for column in there if used and column not in used)


def _typed(column: str, values: list[Any]) -> Any:
    import pandas as pd

    if column in (ROW, "repeat"):
        return pd.Series(values, dtype=object if column == ROW else int)
    return pd.Series(values, dtype=float if column in (*AMOUNTS, *TRUTHS) else object)


class Odd(Exception):
    """A value that its column cannot hold; ``code`` says why, ``figures`` what to say of it."""

    def __init__(self, code: str, **figures: Any) -> None:
        self.code, self.figures = code, figures


def is_nothing(value: Any) -> bool:
    """Whether a cell is empty."""
    return value is None or (isinstance(value, float) and value != value)


def _text(value: Any) -> str | None:
    if is_nothing(value) or (isinstance(value, str) and value in NOTHING):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return re.sub(r"(?<=\d)\.0$", "", value if isinstance(value, str) else str(value))


def number(value: Any) -> float:
    """A finite number, as 1200 or 1,200, NaN where the cell is empty; else raises `Odd`."""
    if is_nothing(value) or (isinstance(value, str) and value in NOTHING):
        return float("nan")
    if isinstance(value, str) and re.fullmatch(GROUPED, value.strip()):
        value = value.replace(",", "")
    try:
        found = float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError, OverflowError):
        found = None
    if found is None or found in (float("inf"), float("-inf")):
        raise Odd("log-number")
    return found


def _amount(value: Any) -> float:
    found = number(value)
    if found < 0:
        raise Odd("log-negative")
    return found


def _repeat(value: Any) -> int:
    try:
        found = number(value)
    except Odd:
        found = 0.0
    if not (found >= 1 and found == int(found)):
        raise Odd("log-repeat")
    return int(found)


def _truth(value: Any) -> float:
    said = "" if is_nothing(value) else word(value)
    if said not in YES | NO | {""}:
        raise Odd("log-yes-no")
    return float(said in YES) if said else float("nan")


_READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(AMOUNTS, _amount),
    **dict.fromkeys(TRUTHS, _truth),
    "repeat": _repeat,
}
