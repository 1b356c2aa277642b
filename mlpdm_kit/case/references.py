"""What answers are graded against: references in the data, and people's grades in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.grades import Gradings, read_grades
from mlpdm_kit.case.grading import Grading, reference_faults
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.case.model import Data
from mlpdm_kit.case.predictions import Predictions, can_be_graded, ids_of
from mlpdm_kit.case.tables import Table
from mlpdm_kit.case.values import as_object
from mlpdm_kit.errors import Fault, Faults, few, raise_all

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
        raise_all(reference_faults(kind, texts, "data.target", table.row))
        found[:] = texts
        return found
    parts, faults = _parts(table, data, grading)
    for name, rules in grading.fields.items():
        field = f"grading.fields.{name}"
        faults += reference_faults(rules.kind, parts.get(name, []), field, table.row)
    raise_all(faults)
    for row in range(len(table)):
        told = {name: values[row] for name, values in parts.items()}
        found[row] = told if any(text is not None for text in told.values()) else None
    return found


def _parts(
    table: Table, data: Data, grading: Grading
) -> tuple[dict[str, list[str | None]], Faults]:
    """References by field: columns of the data, else what the target's JSON objects hold."""
    own = {name: one for name, one in grading.fields.items() if one.column or not data.target}
    found: dict[str, list[str | None]] = {}
    faults = Faults()
    for name, one in own.items():
        texts = faults.tried(table.texts, one.column or name, f"grading.fields.{name}")
        found[name] = texts or []
    rest = [name for name in grading.fields if name not in own]
    if rest:
        texts = table.texts(str(data.target), "data.target")
        read = [as_object(text) for text in texts]
        faults += few(
            Fault(code="reference-object", field="data.target", value=text,
                  figures={"row": table.row(place)})
            for place, (text, told) in enumerate(zip(texts, read, strict=True))
            if told is None and text is not None
        )  # fmt: skip
        found |= {name: [_as_text((told or {}).get(name)) for told in read] for name in rest}
    return found, faults


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
    known: dict[str, Sequence[int] | None] = {
        name: one.numbers for name, one in predictions.items() if can_be_graded(one, task)
    }
    ungraded = [name for name in known if predictions[name].texts is not None]
    found, faults = grades_and_faults(
        folder, ids_of(table, data) if data.grades else None, data, task, grading, known, ungraded
    )
    raise_all(faults)
    return found


def grades_and_faults(
    folder: Path,
    ids: Sequence[str | None] | None,
    data: Data,
    task: str,
    grading: Grading | None,
    known: Mapping[str, Sequence[int] | None],
    ungraded: Sequence[str],
) -> tuple[dict[str, Gradings], list[Fault]]:
    """As `peoples_grades`, with all that is wrong with the file beside what can be read.

    ``known`` are the options whose answers can be graded, and the numbers of their repeats,
    or None where they could not be read; ``ungraded`` those whose answers are texts.
    """
    faults = Faults()
    if TASK_KINDS[task].answers == "grade" and ungraded and grading is None:
        faults.append(Fault(code="grading-none", field=f"options.{ungraded[0]}.predictions",
                            value=ungraded[0]))  # fmt: skip
    if data.grades is None:
        return {}, faults
    found, told = read_grades(folder, data.grades, ids, known, TASK_KINDS[task].outcomes)
    faults += told
    if grading is not None and grading.grader == "people" and not told:
        faults += [
            Fault(code="grades-none", field="data.grades", value=name)
            for name in ungraded
            if name not in found
        ]
    return found, faults
