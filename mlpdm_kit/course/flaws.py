"""Find the flaw: cases of the library with a planted flaw, to be named and mended.

The teacher's answer lies beside the case as ``flaw.yaml``: which flaw, where, what is wrong,
the values that mend it, and the verdict before and after; what the exercise is called, for the
case's own name gives the flaw away; and its place in the lesson. A mend counts if the kit
decides the mended case as it decides the teacher's: the values may be others.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mlpdm_kit import shipped
from mlpdm_kit.case.kinds import OPTION_KINDS
from mlpdm_kit.case.load import CASE_FILE, TOLD, file_in, load_case
from mlpdm_kit.case.rules import named_inputs
from mlpdm_kit.case.template import FLAW_FILE
from mlpdm_kit.case.yaml_text import parse_yaml, read_yaml, text_of
from mlpdm_kit.course.exercise import Exercise, Field, Hint
from mlpdm_kit.errors import Fault, InputError, refuse
from mlpdm_kit.record.steps import decide

DRAWS = 4_096
MOST_VALUES = 12  # of a mend
_WIDE_COLON = re.compile(r"^(\s*[\w.-]+)：[ \u3000]*", re.MULTILINE)  # of a Japanese keyboard
NEAR = 2.0  # times that the middle of a mended range may lie beyond the teacher's
FLAWS = (
    "monthly-per-day",
    "threshold-chosen-and-reported-on-the-same-rows",
    "base-rate-of-the-test-set",
    "no-baseline",
    "all-never-tried",
    "leakage",
    "action-never-succeeds",
    "metric-rises-without-benefit",
    "counted-twice",
    "miss-priced-at-nothing",
    "accuracy-at-a-low-base-rate",
)  # those of the library, and others that a learner may suspect


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """The teacher's answer to one flawed case; ``exercise`` is what learners call it by.

    ``place`` is its number in the lesson, from 1.
    """

    exercise: str
    place: int
    case: str
    flaw: str
    where: str
    answer: str
    mend: Mapping[str, str]
    before: str
    after: str

    @property
    def folder(self) -> Path:
        """The case."""
        return shipped.cases() / self.case


@dataclass(frozen=True, kw_only=True)
class Mended:
    """Outcomes of a case as it stands and with some values in their place."""

    before: str
    after: str


@cache
def flaws() -> Mapping[str, Flaw]:
    """The flawed cases of the library in the lesson's order, by the names of their exercises.

    Examples
    --------
    >>> flaws()["leaving-customers"].flaw
    'leakage'
    >>> list(flaws())[:2]
    ['bakery', 'credit-check']
    """
    found = []
    for file in sorted(shipped.cases().glob(f"*/{FLAW_FILE}")):
        said = read_yaml(file)[0]
        one = Flaw(
            exercise=said["exercise"],
            place=int(said["place"]),
            case=file.parent.name,
            flaw=said["flaw"],
            where=said["where"],
            answer=said["answer"],
            mend=dict(said["mend"]),
            before=said["verdict"]["before"],
            after=said["verdict"]["after"],
        )
        found.append(one)
    return {one.exercise: one for one in sorted(found, key=lambda one: one.place)}


def flaw_exercises() -> tuple[Exercise, ...]:
    """An exercise for each flawed case."""
    return tuple(_exercise(one) for one in flaws().values())


def mended(flaw: Flaw, values: Mapping[str, Any]) -> Mended:
    """How the case is decided with values in the place of its own, by dotted path.

    Raises
    ------
    InputError
        The case is none with them.
    """
    return Mended(before=flaw.before, after=_decided(flaw.case, json.dumps(dict(values))))


def copy_case(name: str, folder: Path, lang: str = "en") -> Path:
    """Copy a flawed case with all that lies beside it, but for the teacher's answer.

    The file is that in the reader's language, where there is one.

    Raises
    ------
    InputError
        There is no such case, or the folder is taken.
    """
    if name not in flaws():
        raise refuse("not-one-of", "EXERCISE", name, known=list(flaws()))
    if folder.exists():
        raise refuse("folder-taken", "DIR", folder)
    hidden = shutil.ignore_patterns(FLAW_FILE, CASE_FILE, TOLD)
    shutil.copytree(flaws()[name].folder, folder, ignore=hidden)
    shutil.copyfile(file_in(flaws()[name].folder, lang), folder / CASE_FILE)
    return folder


def case_text(name: str, lang: str = "en") -> str:
    """The case file of a flawed case, in the reader's language where there is one."""
    return text_of(file_in(flaws()[name].folder, lang))


def written_mend(flaw: Flaw) -> str:
    """The teacher's mend as a learner writes it: a line a value."""
    return "\n".join(f"{path}: {value}" for path, value in flaw.mend.items())


def _exercise(flaw: Flaw) -> Exercise:
    return Exercise(
        id=flaw.exercise,
        lesson="flaws",
        given={"case": flaw.case, "exercise": flaw.exercise,
               "before": flaw.before, "after": flaw.after},
        fields=(
            Field(name="flaw", kind="choice", choices=FLAWS, right=flaw.flaw),
            Field(name="mend", kind="words", right=written_mend(flaw),
                  judge=lambda written: _judged(flaw, written)),
        ),
        words="flaw",
    )  # fmt: skip


def _judged(flaw: Flaw, written: str) -> Sequence[Hint | Fault]:
    """What is wrong with a mend."""
    try:
        values = parse_yaml(_WIDE_COLON.sub(r"\1: ", written), "mend")[0]
        if not isinstance(values, Mapping) or not 0 < len(values) <= MOST_VALUES:
            return [Hint(code="exercise.flaw.mistake.no-values", figures={})]
        values = {str(path): value for path, value in values.items() if value is not None}
        if not values:
            return [Hint(code="exercise.flaw.mistake.no-values", figures={})]
        load_case(flaw.folder, values)  # says which place is none
        if not _mends(flaw, values):  # before anything is worked out
            verdicts = {"before": flaw.before}
            return [Hint(code="exercise.flaw.mistake.elsewhere", figures=verdicts)]
        found = mended(flaw, values)
    except InputError as error:
        return [fault.placeless() for fault in error.faults]  # the folder's name is the flaw's
    verdicts = {"before": found.before, "after": found.after}
    if found.after != flaw.after:
        same = found.after == found.before
        code = "exercise.flaw.mistake." + ("same-verdict" if same else "other-verdict")
        return [Hint(code=code, figures=verdicts)]
    if not _is_sound(flaw, values):
        return [Hint(code="exercise.flaw.mistake.too-far", figures=verdicts)]
    return []


def _mends(flaw: Flaw, values: Mapping[str, Any]) -> bool:
    """Whether every value stands where the flaw does, and nothing else is changed.

    Where an option is lacking, one is added that needs no ML; those that are there stay.
    """
    if flaw.where != "options":
        places = [flaw.where, *flaw.mend]
        return all(any(_within(path, one) or _within(one, path) for one in places)
                   for path in values)  # fmt: skip
    known = load_case(flaw.folder).options
    added = {path.split(".")[1] for path in values if path.startswith("options.")}
    return all(path.startswith("options.") for path in values) and not added & set(known)


def _within(path: str, other: str) -> bool:
    return f"{path}.".startswith(f"{other}.")


def _is_sound(flaw: Flaw, values: Mapping[str, Any]) -> bool:
    """Whether figures are near the teacher's, and an option that was added needs no ML."""
    mine, teachers = (load_case(flaw.folder, some) for some in (values, flaw.mend))
    left_out = [set(case.data.leave_out) if case.data else set() for case in (mine, teachers)]
    if left_out[0] != left_out[1]:
        return False
    if flaw.where == "options":
        new = [one for name, one in mine.options.items()
               if name not in load_case(flaw.folder).options]  # fmt: skip
        return all(not OPTION_KINDS[one.kind].is_ml for one in new)
    wanted, found = (dict(named_inputs(case)) for case in (teachers, mine))
    stated = [name for name in wanted if any(_within(path, name) or _within(name, path)
                                             for path in flaw.mend)]  # fmt: skip
    return all(
        name in found
        and wanted[name].low / NEAR <= (found[name].low + found[name].high) / 2
        and (found[name].low + found[name].high) / 2 <= wanted[name].high * NEAR
        for name in stated
    )


@cache
def _decided(case: str, values: str) -> str:
    """The outcome of a case with values as JSON; the same mend is tried more than once."""
    found = load_case(shipped.cases() / case, json.loads(values))
    return decide(found, draws=DRAWS).verdict.outcome
