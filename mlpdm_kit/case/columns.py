"""Columns of the data: those that the case names, and what happened as numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.model import Data
from mlpdm_kit.case.tables import NESTED, NUMBER, Table
from mlpdm_kit.errors import Fault, InputError, refuse

if TYPE_CHECKING:
    import numpy as np

YES = {"1", "1.0", "true", "yes", "y", "t", "はい", "有", "positive"}
NO = {"0", "0.0", "false", "no", "n", "f", "いいえ", "無", "negative"}
_NUMBER = re.compile(r"([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?")
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ t]0{1,2}:00(?::00(?:\.0+)?)?)?")


def id_column(table: Table, data: Data) -> str | None:
    """The column that names a row: as the case says, else one that is called id."""
    return data.id or ("id" if "id" in table.columns and data.target != "id" else None)


def id_faults(
    table: Table, ids: Sequence[str | None], field: str, key: Callable[[str], str] = str
) -> Iterator[Fault]:
    """Rows without an id, and those whose id an earlier one has."""
    empty = [place for place, one in enumerate(ids) if one is None]
    if empty:
        yield Fault(code="id-empty", field=field, value=table.name,
                    figures={"count": len(empty), "row": table.row(empty[0])})  # fmt: skip
    seen: dict[str, int] = {}
    for place, one in enumerate(ids):
        first = place if one is None else seen.setdefault(key(one), place)
        if first != place:
            figures: dict[str, Any] = {
                "file": table.name,
                "row": table.row(place),
                "first": table.row(first),
            }
            yield Fault(code="id-twice", field=field, value=one, figures=figures)


def column_faults(table: Table, data: Data) -> list[Fault]:
    """What is wrong with the columns that the case names, and with those that are left."""
    named: list[tuple[str, str]] = [
        (f"data.{key}", column)
        for key in ("target", "id", "time", "group", "segment")
        if (column := getattr(data, key)) is not None
    ]
    for key in ("leave_out", "known_then"):
        named += [(f"data.{key}", column) for column in getattr(data, key)]
    found = [fault for field, column in named for fault in try_faults(table.need, column, field)]
    used = [column for column in table.columns if column not in data.leave_out]
    found += [
        Fault(code="column-nested", field="data.file", value=column)
        for column in used
        if NESTED.search(table.types[column])
    ]
    for column in used:
        if figures := table.infinite(column):
            found.append(
                Fault(code="column-infinite", field="data.file", value=column, figures=figures)
            )
    if not any(fault.code == "column-missing" for fault in found):
        found += _gaps(table, data)
    return found


def _gaps(table: Table, data: Data) -> Iterator[Fault]:
    """Columns that must say something on each row whose answer is known."""
    for key in ("time", "group"):
        column = getattr(data, key)
        if column is None:
            continue
        kind = table.types[column]
        if key == "time" and not (kind.startswith(("DATE", "TIMESTAMP")) or NUMBER.match(kind)):
            yield Fault(code="column-time", field="data.time", value=column)
            continue
        if data.target is None:
            continue
        if figures := table.empty_where_known(column, data.target):
            yield Fault(code="column-gaps", field=f"data.{key}", value=column, figures=figures)


def try_faults(call: Any, *args: Any) -> list[Fault]:
    """Faults of one call, as a list instead of an error."""
    try:
        call(*args)
    except InputError as error:
        return list(error.faults)
    return []


def target_values(table: Table, data: Data, task: str) -> np.ndarray[Any, Any]:
    """What happened, as numbers; NaN where nothing is known.

    Raises
    ------
    InputError
        The column is not there, holds one class, or classes of which none is the positive.
    """
    return _TARGETS[task](table, data)


def classes_of(table: Table, data: Data, task: str) -> tuple[str, ...]:
    """Names of the classes, in the order of their codes; none where the task has none."""
    if task not in ("multiclass", "extraction", "search") or data.target is None:
        return ()
    read = table.texts if task == "multiclass" else table.written
    texts = read(data.target, "data.target")
    spelled = {spelling(text): text.strip() for text in reversed(texts) if text is not None}
    return tuple(spelled[key] for key in sorted(spelled))


def _ungraded(table: Table, data: Data) -> np.ndarray[Any, Any]:
    """Answers that carry their own grade are held against nothing."""
    import numpy as np

    return np.zeros(len(table))


def _amount(table: Table, data: Data) -> np.ndarray[Any, Any]:
    import numpy as np

    column = str(data.target)
    found = numbers(table, column, "data.target")
    if len(np.unique(found[~np.isnan(found)])) < 2:
        raise refuse("target-constant", "data.target", column)
    return found


def _classes(table: Table, data: Data) -> np.ndarray[Any, Any]:
    import numpy as np

    column = str(data.target)
    codes = class_codes(classes_of(table, data, "multiclass"))
    if len(codes) < 2:
        code = "target-empty" if not codes else "target-classes"
        raise refuse(code, "data.target", column, found=", ".join(codes), count=len(codes))
    texts = table.texts(column, "data.target")
    return np.array([np.nan if text is None else codes[spelling(text)] for text in texts])


def _texts(table: Table, data: Data) -> np.ndarray[Any, Any]:
    import numpy as np

    codes = class_codes(classes_of(table, data, "extraction"))
    if data.target is None:  # its fields stand in columns of their own
        return _ungraded(table, data)
    if not codes:
        raise refuse("target-empty", "data.target", data.target, found="", count=0)
    texts = table.written(str(data.target), "data.target")
    return np.array([np.nan if text is None else codes[spelling(text)] for text in texts])


def class_codes(classes: Iterable[str]) -> dict[str, float]:
    """Code of each class, by its spelling."""
    return {spelling(name): float(code) for code, name in enumerate(classes)}


def _two_classes(table: Table, data: Data) -> np.ndarray[Any, Any]:
    import numpy as np

    column = str(data.target)
    texts = table.texts(column, "data.target")
    missing = np.array([text is None for text in texts])
    words = np.array(["" if text is None else word(text) for text in texts])
    classes = sorted({text.strip() for text in texts if text is not None}, key=word)
    spelled = {word(text): text for text in reversed(classes)}
    if len(spelled) != 2:
        code = "target-empty" if not spelled else "target-classes"
        shown = ", ".join(list(spelled.values())[::-1][:5])
        raise refuse(code, "data.target", column, found=shown, count=len(spelled))
    positive = _positive(data, spelled)
    return np.where(missing, np.nan, (words == positive).astype(float))


_TARGETS: Mapping[str, Callable[[Table, Data], np.ndarray[Any, Any]]] = {
    "binary": _two_classes,
    "multiclass": _classes,
    "regression": _amount,
    "search": _texts,
    "extraction": _texts,
    "generation": _ungraded,
    "formula": _ungraded,
}


def _positive(data: Data, spelled: Mapping[str, str]) -> str:
    """Which of the two classes is the one to act on."""
    known = sorted(spelled)
    yes, no = [w for w in known if w in YES], [w for w in known if w in NO]
    clear = len(yes) == len(no) == 1
    if data.positive is None and clear:
        return yes[0]
    wanted = word(data.positive or "")
    if wanted in known:
        return wanted
    if clear and wanted in YES | NO:  # yes, where the column says TRUE
        return yes[0] if wanted in YES else no[0]
    found = ", ".join(spelled[word] for word in known)
    if data.positive is None:
        raise refuse("target-positive", "data.positive", data.target, found=found)
    raise refuse("target-positive-other", "data.positive", data.positive, found=found)


def is_known(target: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Where the target says what happened."""
    import numpy as np

    return np.asarray(~np.isnan(target))


def word(value: Any) -> str:
    """A class or answer as it is compared: without capitals or spaces around it."""
    return str(value).strip().casefold()


def spelling(value: Any) -> str:
    """A class or text as it is compared: amounts and days in whatever way they are written.

    Examples
    --------
    >>> spelling("1,200"), spelling("1200.00"), spelling("0012"), spelling("-0.50")
    ('1200', '1200', '12', '-0.5')
    >>> spelling("2026/1/2"), spelling("2026-01-02 00:00:00"), spelling(" Refund ")
    ('2026-01-02', '2026-01-02', 'refund')
    """
    said = word(value)
    if number := _NUMBER.fullmatch(said):
        sign, whole, rest = number.groups()
        digits = whole.replace(",", "").lstrip("0") or "0"
        found = f"{digits}.{rest or ''}".rstrip("0").removesuffix(".") if rest else digits
        return f"-{found}" if sign == "-" and found != "0" else found
    if day := _DAY.fullmatch(said):
        return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    return said


def numbers(table: Table, name: str, field: str) -> np.ndarray[Any, Any]:
    """A column as finite numbers; NaN where it is empty."""
    import numpy as np
    import pandas as pd

    values = table.column(name, field)
    try:
        found = np.asarray(pd.to_numeric(pd.Series(values)), dtype=float)
    except (ValueError, TypeError) as error:
        odd = [place for place, value in enumerate(values) if _is_odd(value)] or [0]
        shown = str(values[odd[0]])[:40]
        raise refuse("column-numbers", field, name, odd=shown, count=len(odd),
                     row=table.row(odd[0])) from error  # fmt: skip
    if figures := at(table, np.isinf(found)):
        raise refuse("column-infinite", field, name, **figures)
    return found


def at(table: Table, where: np.ndarray[Any, Any]) -> dict[str, Any]:
    """How many rows are meant, and which is the first; nothing where none is."""
    import numpy as np

    places = np.flatnonzero(where)
    return {"count": len(places), "row": table.row(int(places[0]))} if len(places) else {}


def _is_odd(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return value is not None
    return False
