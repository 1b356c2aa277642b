"""What answers are graded against: references in the data, and people's grades in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.grades import Gradings, read_grades
from mlpdm_kit.case.grading import Grading, reference_faults
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.case.model import Data
from mlpdm_kit.case.predictions import Predictions, ids_of
from mlpdm_kit.case.tables import Table
from mlpdm_kit.case.values import as_object
from mlpdm_kit.errors import Fault, raise_all, refuse

if TYPE_CHECKING:
    import numpy as np


def references(table: Table, data: Data, grading: Grading | None) -> np.ndarray[Any, Any] | None:
    """The reference of each row, as text; for fields a mapping, None where nothing stands.

    None where answers are graded by people, or as the task does it by itself.

    Raises
    ------
    InputError
        A column is missing, or holds what the grader cannot read.
    """
    import numpy as np

    if grading is None or grading.grader == "people":
        return None
    found = np.empty(len(table), dtype=object)
    if grading.grader != "fields":
        texts = table.texts(str(data.target), "data.target")
        kind = "amount" if grading.grader == "numeric" else ""
        raise_all(reference_faults(kind, texts, "data.target"))
        found[:] = texts
        return found
    parts = _parts(table, data, grading)
    faults: list[Fault] = []
    for name, rules in grading.fields.items():
        faults += reference_faults(rules.kind, parts[name], f"grading.fields.{name}")
    raise_all(faults)
    for row in range(len(table)):
        told = {name: values[row] for name, values in parts.items()}
        found[row] = told if any(text is not None for text in told.values()) else None
    return found


def _parts(table: Table, data: Data, grading: Grading) -> dict[str, list[str | None]]:
    """References by field: columns of the data, else what the target's JSON objects hold."""
    own = {name: one for name, one in grading.fields.items() if one.column or not data.target}
    found = {
        name: table.texts(one.column or name, f"grading.fields.{name}") for name, one in own.items()
    }
    rest = [name for name in grading.fields if name not in own]
    if rest:
        read = []
        for row, text in enumerate(table.texts(str(data.target), "data.target"), start=1):
            told = as_object(text)
            if told is None and text is not None:
                raise refuse("reference-object", "data.target", text, row=row)
            read.append(told or {})
        found |= {name: [_as_text(told.get(name)) for told in read] for name in rest}
    return found


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def has_reference(found: np.ndarray[Any, Any] | None, rows: int) -> np.ndarray[Any, Any]:
    """Where there is something to grade against; everywhere where nothing is needed."""
    import numpy as np

    if found is None:
        return np.full(rows, True)
    return np.array([one is not None for one in found], dtype=bool)


def peoples_grades(
    folder: Path,
    table: Table,
    data: Data,
    task: str,
    grading: Grading | None,
    predictions: Mapping[str, Predictions],
) -> dict[str, Gradings]:
    """People's grades by option; none where the case has no file of them.

    Raises
    ------
    InputError
        As `read_grades` does, or an option's answers are to be graded and nobody did.
    """
    known = {
        name: one.numbers
        for name, one in predictions.items()
        if one.is_answer and (one.texts is not None or TASK_KINDS[task].answers == "grade")
    }
    ungraded = [name for name in known if predictions[name].texts is not None]
    if TASK_KINDS[task].answers == "grade" and ungraded and grading is None:
        raise refuse("grading-none", f"options.{ungraded[0]}.predictions", ungraded[0])
    if data.grades is None:
        return {}
    found = read_grades(folder, data.grades, ids_of(table, data), known, TASK_KINDS[task].outcomes)
    if grading is not None and grading.grader == "people":
        for name in ungraded:
            if name not in found:
                raise refuse("grades-none", "data.grades", name)
    return found
