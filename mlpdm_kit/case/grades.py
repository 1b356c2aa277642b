"""People's grades of answers: a file with item, option, repeat, grader and grade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.columns import word
from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import Fault, raise_all, refuse

if TYPE_CHECKING:
    import numpy as np

FIELD = "data.grades"
COLUMNS = ("item", "option", "repeat", "grader", "grade")
NEEDED = ("item", "grader", "grade")
MAX_FAULTS = 20


@dataclass(frozen=True, kw_only=True)
class Gradings:
    """People's grades of one option's answers, one entry a grading.

    ``row`` and ``repeat`` say which answer (the data's row, and the place of the repeat from
    0), ``grader`` who, ``grade`` which outcome, by its place among those of the task.
    """

    row: np.ndarray[Any, Any]
    repeat: np.ndarray[Any, Any]
    grader: np.ndarray[Any, Any]
    grade: np.ndarray[Any, Any]

    def __len__(self) -> int:
        return len(self.row)

    def at(self, rows: np.ndarray[Any, Any]) -> Gradings:
        """Those of some of the rows (places, or where), numbered anew in their order."""
        import numpy as np

        kept = np.flatnonzero(rows) if rows.dtype == bool else rows
        place = np.full(max([*kept, *self.row], default=0) + 1, -1)
        place[kept] = np.arange(len(kept))
        here = place[self.row] >= 0
        return replace(
            self,
            row=place[self.row[here]],
            repeat=self.repeat[here],
            grader=self.grader[here],
            grade=self.grade[here],
        )


def read_grades(
    folder: Path,
    name: str,
    ids: Sequence[str | None],
    answered: Mapping[str, Sequence[int]],
    outcomes: Sequence[str],
) -> dict[str, Gradings]:
    """People's grades by option.

    Parameters
    ----------
    folder, name : path, str
        The case's folder, and the file in it.
    ids : sequence of str
        Id of each row of the data.
    answered : mapping
        Options whose answers can be graded, and the numbers of their repeats in order.
    outcomes : sequence of str
        The grades, as the task names them.

    Raises
    ------
    InputError
        A column is missing; an item, option, repeat or grade is not known; somebody graded
        one answer twice; or somebody graded nothing that anybody else did.
    """
    with Table(folder, name, FIELD) as table:
        if set(NEEDED) - set(table.columns):
            shown = ", ".join(table.columns[:12])
            raise refuse("grades-columns", FIELD, shown, known=", ".join(COLUMNS))
        there = [column for column in COLUMNS if column in table.columns]
        texts = {column: table.texts(column, FIELD) for column in there}
    sheet = _Sheet(file=name, answered=answered, outcomes=outcomes,
                   rows={one: index for index, one in enumerate(ids)})  # fmt: skip
    faults = list(sheet.read(texts))
    raise_all(faults[:MAX_FAULTS])
    raise_all(list(sheet.apart())[:MAX_FAULTS])
    return sheet.by_option()


@dataclass(kw_only=True)
class _Sheet:
    """The gradings read so far: by option, row, repeat and grader the grade."""

    file: str
    answered: Mapping[str, Sequence[int]]
    outcomes: Sequence[str]
    rows: Mapping[str | None, int]
    found: dict[tuple[str, int, int, str], int] = field(default_factory=dict)
    first: dict[tuple[str, int, int, str], int] = field(default_factory=dict)

    def read(self, texts: Mapping[str, Sequence[str | None]]) -> Iterator[Fault]:
        """Take in every row of the file; what is wrong with it, row by row."""
        if "option" not in texts and len(self.answered) != 1:
            known = ", ".join(self.answered) or "-"
            yield self._fault("grades-which", 1, "", known=known)
            return
        for row in range(len(texts["item"])):
            said = {name: (values[row] or "").strip() for name, values in texts.items()}
            yield from self._take(row + 1, said)

    def _take(self, row: int, said: Mapping[str, str]) -> Iterator[Fault]:
        empty = next((name for name in (*NEEDED, "option") if said.get(name) == ""), None)
        if empty is not None:
            yield self._fault("grades-empty", row, empty)
            return
        option = said.get("option", next(iter(self.answered), ""))
        grade = word(said["grade"]).replace(" ", "_").replace("-", "_")
        if said["item"] not in self.rows:
            yield self._fault("grades-item", row, said["item"])
        elif option not in self.answered:
            known = ", ".join(self.answered) or "-"
            yield self._fault("grades-option", row, option, known=known)
        elif grade not in self.outcomes:
            yield self._fault("grades-grade", row, said["grade"], known=", ".join(self.outcomes))
        else:
            yield from self._keep(row, option, grade, said)

    def _keep(self, row: int, option: str, grade: str, said: Mapping[str, str]) -> Iterator[Fault]:
        known, number = list(self.answered[option]), said.get("repeat", "")
        wanted = number.removesuffix(".0") or str(known[0])
        if wanted not in map(str, known):
            shown = ", ".join(map(str, known[:12]))
            yield self._fault("grades-repeat", row, number, known=shown)
            return
        repeat = list(map(str, known)).index(wanted)
        key = (option, self.rows[said["item"]], repeat, said["grader"])
        if key in self.found:
            figures = {"item": said["item"], "first": self.first[key]}
            yield self._fault("grades-twice", row, said["grader"], **figures)
            return
        self.found[key], self.first[key] = self.outcomes.index(grade), row

    def apart(self) -> Iterator[Fault]:
        """Graders who graded nothing that anybody else graded, where there are several."""
        who: dict[tuple[str, int, int], set[str]] = {}
        for option, row, repeat, grader in self.found:
            who.setdefault((option, row, repeat), set()).add(grader)
        graders = {key[3]: self.first[key] for key in reversed(self.found)}
        shared = {name for names in who.values() if len(names) > 1 for name in names}
        for name, row in sorted(graders.items(), key=lambda one: one[1]):
            if len(graders) > 1 and name not in shared:
                yield self._fault("grades-apart", row, name)

    def by_option(self) -> dict[str, Gradings]:
        """What was read, option by option."""
        import numpy as np

        found = {}
        for option in self.answered:
            own = [(*key[1:], grade) for key, grade in self.found.items() if key[0] == option]
            if own:
                row, repeat, grader, grade = zip(*own, strict=True)
                found[option] = Gradings(
                    row=np.array(row, dtype=int),
                    repeat=np.array(repeat, dtype=int),
                    grader=np.array(grader, dtype=object),
                    grade=np.array(grade, dtype=int),
                )
        return found

    def _fault(self, code: str, row: int, value: Any, **figures: Any) -> Fault:
        known = {"file": self.file, "row": row, **figures}
        return Fault(code=code, field=FIELD, value=value, figures=known)
