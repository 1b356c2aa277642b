"""People's grades of answers: a file with item, option, repeat, grader and grade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.columns import word
from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import Fault, InputError, Row, few, refuse

if TYPE_CHECKING:
    import numpy as np

FIELD = "data.grades"
COLUMNS = ("item", "option", "repeat", "grader", "grade")
NEEDED = ("item", "grader", "grade")


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
    ids: Sequence[str | None] | None,
    answered: Mapping[str, Sequence[int] | None],
    outcomes: Sequence[str],
) -> tuple[dict[str, Gradings], list[Fault]]:
    """People's grades by option, and what is wrong with them: then there are none.

    A column may be missing; an item, option, repeat or grade not known; somebody may have
    graded one answer twice, or nothing that anybody else did. Every row is looked at.

    Parameters
    ----------
    folder, name : path, str
        The case's folder, and the file in it.
    ids : sequence of str
        Id of each row of the data; None where they could not be read, and are not looked at.
    answered : mapping
        Options whose answers can be graded, and the numbers of their repeats in order; None
        where the answers could not be read.
    outcomes : sequence of str
        The grades, as the task names them.
    """
    try:
        with Table(folder, name, FIELD) as table:
            if set(NEEDED) - set(table.columns):
                shown = ", ".join(table.columns[:12])
                raise refuse("grades-columns", FIELD, shown, known=", ".join(COLUMNS))
            there = [column for column in COLUMNS if column in table.columns]
            texts = {column: table.written(column, FIELD) for column in there}
            places = [table.row(place) for place in range(len(table))]
    except InputError as error:
        return {}, list(error.faults)
    rows = None if ids is None else {one: index for index, one in enumerate(ids)}
    sheet = _Sheet(file=name, answered=answered, outcomes=outcomes, rows=rows, places=places)
    faults = few([*sheet.read(texts), *sheet.apart()])
    return ({} if faults or ids is None else sheet.by_option()), faults


@dataclass(kw_only=True)
class _Sheet:
    """The gradings read so far: by option, row, repeat and grader the grade."""

    file: str
    answered: Mapping[str, Sequence[int] | None]
    outcomes: Sequence[str]
    rows: Mapping[str | None, int] | None
    places: Sequence[Row]
    found: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    first: dict[tuple[str, str, str, str], Row] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)  # who graded something that cannot be placed

    def read(self, texts: Mapping[str, Sequence[str | None]]) -> Iterator[Fault]:
        """Take in every row of the file; what is wrong with it, row by row."""
        if "option" not in texts and len(self.answered) != 1:
            known = ", ".join(self.answered) or "-"
            yield self._fault("grades-which", Row(1, self.places[0].counted), "", known=known)
        for place, row in enumerate(self.places):
            said = {name: (values[place] or "").strip() for name, values in texts.items()}
            faults = list(self._take(row, said))
            if faults:
                self.unsure.add(said["grader"])
            yield from faults

    def _take(self, row: Row, said: Mapping[str, str]) -> Iterator[Fault]:
        """Each cell by itself; what is sound is kept."""
        empty = [name for name in (*NEEDED, "option") if said.get(name) == ""]
        for name in empty:
            yield self._fault("grades-empty", row, name, column=name)
        option = said.get(
            "option", next(iter(self.answered), "") if len(self.answered) == 1 else ""
        )
        grade = word(said["grade"]).replace(" ", "_").replace("-", "_")
        sound = not empty
        if self.rows is not None and said["item"] and said["item"] not in self.rows:
            yield self._fault("grades-item", row, said["item"])
            sound = False
        if option and option not in self.answered:
            known = ", ".join(self.answered) or "-"
            yield self._fault("grades-option", row, option, known=known)
            sound = False
        if said["grade"] and grade not in self.outcomes:
            yield self._fault("grades-grade", row, said["grade"], known=", ".join(self.outcomes))
            sound = False
        if sound and option:
            yield from self._keep(row, option, grade, said)

    def _keep(self, row: Row, option: str, grade: str, said: Mapping[str, str]) -> Iterator[Fault]:
        known, number = self.answered[option], said.get("repeat", "").removesuffix(".0")
        wanted = number or (str(known[0]) if known else "")
        if known is not None and wanted not in map(str, known):
            shown = ", ".join(map(str, known[:12]))
            yield self._fault("grades-repeat", row, said.get("repeat", ""), known=shown)
            return
        key = (option, said["item"], wanted, said["grader"])
        if key in self.found:
            figures = {"item": said["item"], "first": self.first[key]}
            yield self._fault("grades-twice", row, said["grader"], **figures)
            return
        self.found[key], self.first[key] = self.outcomes.index(grade), row

    def apart(self) -> Iterator[Fault]:
        """Graders who graded nothing that anybody else graded, where there are several."""
        who: dict[tuple[str, str, str], set[str]] = {}
        for option, item, repeat, grader in self.found:
            who.setdefault((option, item, repeat), set()).add(grader)
        graders = {key[3]: self.first[key] for key in reversed(self.found)}
        shared = {name for names in who.values() if len(names) > 1 for name in names}
        for name, row in sorted(graders.items(), key=lambda one: one[1]):
            if len(graders) > 1 and name not in shared | self.unsure:
                yield self._fault("grades-apart", row, name)

    def by_option(self) -> dict[str, Gradings]:
        """What was read, option by option."""
        import numpy as np

        found, rows = {}, self.rows or {}
        for option, numbers in self.answered.items():
            place = {str(number): index for index, number in enumerate(numbers or ())}
            own = [
                (rows[item], place[repeat], grader, grade)
                for (name, item, repeat, grader), grade in self.found.items()
                if name == option and repeat in place
            ]
            if own:
                row, repeat, grader, grade = zip(*own, strict=True)
                found[option] = Gradings(
                    row=np.array(row, dtype=int),
                    repeat=np.array(repeat, dtype=int),
                    grader=np.array(grader, dtype=object),
                    grade=np.array(grade, dtype=int),
                )
        return found

    def _fault(self, code: str, row: Row, value: Any, **figures: Any) -> Fault:
        known = {"file": self.file, "row": row, **figures}
        return Fault(code=code, field=FIELD, value=value, figures=known)
