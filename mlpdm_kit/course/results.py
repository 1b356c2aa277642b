"""How a class did: who did what, where it went wrong, and how well it is calibrated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlpdm_kit.course.calibration import RoundScore, scored
from mlpdm_kit.course.checking import Checked, totals
from mlpdm_kit.course.learner import Learner, learners_in
from mlpdm_kit.course.lessons import all_exercises
from mlpdm_kit.errors import Fault

Tell = Callable[[int, int], None]
FEW = 3  # mistakes that are named of one exercise
REFUSED = "course.refused"  # whatever rule of a case a mend breaks: each of them is one learner's


@dataclass(frozen=True, kw_only=True)
class Row:
    """One learner of a class.

    ``results`` are those of the answers as they stand, ``first`` those of the first that were
    checked; ``rounds`` are those of the calibration drill.
    """

    name: str
    file: str
    results: tuple[Checked, ...]
    first: tuple[Checked, ...]
    tries: int
    rounds: tuple[RoundScore, ...]

    @property
    def points(self) -> int:
        """Of all exercises."""
        return totals(self.results)[0]

    @property
    def of(self) -> int:
        """The most that there could be."""
        return totals(self.results)[1]

    @property
    def passed(self) -> int:
        """Exercises that are all right."""
        return sum(one.state == "pass" for one in self.results)


@dataclass(frozen=True, kw_only=True)
class Stumble:
    """Where a class went wrong in one exercise.

    ``passed`` have it right by now, ``at_once`` had at the first try. ``mistakes`` are the
    codes of the likely mistakes, each with how many learners made it, at first or still.
    """

    exercise: str
    begun: int
    passed: int
    at_once: int
    mistakes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True)
class ClassResults:
    """A whole class; ``faults`` are those of files that were passed over."""

    rows: tuple[Row, ...]
    stumbles: tuple[Stumble, ...]
    faults: tuple[Fault, ...]

    def to_dict(self, lang: str = "en") -> dict[str, Any]:
        """For machines."""
        return {
            "learners": [
                {
                    "name": row.name,
                    "file": row.file,
                    "points": row.points,
                    "of": row.of,
                    "passed": row.passed,
                    "tries": row.tries,
                    "exercises": {one.exercise.id: one.state for one in row.results},
                    "calibration": [
                        {"hits": one.hits, "of": len(one.rows),
                         "score": one.score if one.rows else None}
                        for one in row.rounds
                    ],
                }
                for row in self.rows
            ],
            "exercises": [
                {"exercise": one.exercise, "begun": one.begun, "passed": one.passed,
                 "at_once": one.at_once, "mistakes": dict(one.mistakes)}
                for one in self.stumbles
            ],
            "faults": [fault.to_dict(lang) for fault in self.faults],
        }  # fmt: skip


def class_results(folder: Path, tell: Tell = lambda n, of: None) -> ClassResults:
    """The results of all learners whose files lie in a folder.

    Parameters
    ----------
    folder : path
        Files that cannot be read are named and passed over.
    tell : callable
        Told after each learner how many are done, and of how many: flawed cases that were
        mended are decided anew, which takes seconds each.
    """
    found, faults = learners_in(folder)
    rows = []
    for number, (file, learner) in enumerate(found, 1):
        try:
            rows.append(_row(file, learner))
        except Exception as error:  # one learner's answers never end the report of a class
            faults.append(Fault(code="learner-unexpected", field="answers", file=str(file),
                                value=f"{type(error).__name__}: {error}"))  # fmt: skip
        tell(number, len(found))
    return ClassResults(
        rows=tuple(rows), stumbles=tuple(_stumbles(tuple(rows))), faults=tuple(faults)
    )


def _row(file: Path, learner: Learner) -> Row:
    return Row(
        name=learner.name,
        file=file.name,
        results=tuple(learner.results()),
        first=tuple(learner.checked_first(name) for name in all_exercises()),
        tries=sum(learner.tries.values()),
        rounds=tuple(scored(one) for one in learner.rounds),
    )


def _stumbles(rows: tuple[Row, ...]) -> Iterator[Stumble]:
    """Every exercise that somebody has begun, in order."""
    for place, name in enumerate(all_exercises()):
        tried = [(row.first[place], row.results[place]) for row in rows]
        begun = [both for both in tried if any(one.state != "empty" for one in both)]
        if not begun:
            continue
        made = Counter(code for both in begun for code in _codes(*both))
        yield Stumble(exercise=name, begun=len(begun),
                      passed=sum(now.state == "pass" for _, now in begun),
                      at_once=sum(first.state == "pass" for first, _ in begun),
                      mistakes=tuple(made.most_common(FEW)))  # fmt: skip


def _codes(*tries: Checked) -> set[str]:
    """The hints that somebody got, each once; faults of a value that no case can hold as one."""
    return {
        REFUSED if isinstance(hint, Fault) else hint.code
        for one in tries for field in one.fields for hint in field.hints
    }  # fmt: skip
