"""One learner's file: what they answered, first and last, and their calibration rounds.

It is read and written by people too: YAML, a line an answer. What was reached is not kept in
it but worked out again from the answers, so that a file says nothing that isn't so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date as Date
from io import StringIO
from pathlib import Path
from typing import Any

from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.case.words import slug
from mlpdm_kit.case.yaml_text import Lines, parse_yaml, read_yaml
from mlpdm_kit.course.checking import Checked, check
from mlpdm_kit.course.lessons import all_exercises, exercise_of, near
from mlpdm_kit.errors import Fault, InputError, raise_all, refuse

ENDING = ".yaml"
LONGEST = 2_000  # signs of one answer
MOST_ROUNDS = 50
BANKS = ("en", "ja")  # of questions of the calibration drill
BETS = ("range", "wheel", "same")
_KEYS = ("learner", "answers", "first", "tries", "calibration", "widened")


@dataclass(frozen=True, kw_only=True)
class Round:
    """One round of the calibration drill: the ranges as they were written, by question.

    ``bets`` say of a question what its range was preferred to: ``range``, ``wheel`` or
    ``same``; ``at`` is the day.
    """

    bank: str
    ranges: Mapping[str, str]
    bets: Mapping[str, str] = field(default_factory=dict)
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class Learner:
    """What one learner's file holds.

    Parameters
    ----------
    name : str
    answers : mapping
        By exercise and field, as they were written.
    first : mapping
        The first answer to each that was checked: what has been put right since is mended,
        and yet it is what a class learns from.
    tries : mapping
        How often each exercise was checked.
    rounds : tuple of Round
    widened : mapping
        Cases whose ranges were widened, by their folder's name: after how many rounds.
    """

    name: str
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    first: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tries: Mapping[str, int] = field(default_factory=dict)
    rounds: tuple[Round, ...] = ()
    widened: Mapping[str, int] = field(default_factory=dict)

    def has_widened(self, case: str) -> bool:
        """Whether a case's ranges were widened by the last round already."""
        return bool(self.rounds) and self.widened.get(case) == len(self.rounds)

    def widening(self, case: str, *, back: bool = False) -> Learner:
        """The same, with a case's ranges widened by the last round, or that taken back."""
        kept = {name: rounds for name, rounds in self.widened.items() if name != case}
        return replace(self, widened=kept if back else {**kept, case: len(self.rounds)})

    def checked(self, exercise: str) -> Checked:
        """How an exercise was answered."""
        return check(exercise_of(exercise), self.answers.get(exercise, {}))

    def checked_first(self, exercise: str) -> Checked:
        """How an exercise was answered at first; as it is now, where nobody has kept that."""
        given = {**self.answers.get(exercise, {}), **self.first.get(exercise, {})}
        return check(exercise_of(exercise), given)

    def results(self, lesson: str = "") -> Iterator[Checked]:
        """All exercises, or those of a lesson, in order, those that were not answered too."""
        for name, one in all_exercises().items():
            if not lesson or one.lesson == lesson:
                yield self.checked(name)

    def answering(self, exercise: str, answers: Mapping[str, str], *, tried: bool) -> Learner:
        """The same, with answers to an exercise; those that are not given stay."""
        kept = {k: str(v) for k, v in self.answers.get(exercise, {}).items()}
        given = {**kept, **{name: str(value).strip() for name, value in answers.items()}}
        found = replace(self, answers={**self.answers, exercise: given})
        return found._trying(exercise) if tried else found

    def _trying(self, exercise: str) -> Learner:
        """The same after one more try; the first answer to each field stays on record."""
        written = {name: value for name, value in self.answers[exercise].items() if value}
        first = {**self.first, exercise: {**written, **self.first.get(exercise, {})}}
        tries = {**self.tries, exercise: self.tries.get(exercise, 0) + 1}
        return replace(self, first=first, tries=tries)

    def with_round(self, found: Round) -> Learner:
        """The same, with one more round of calibration."""
        return replace(self, rounds=(*self.rounds, replace(found, at=Date.today().isoformat())))


def file_of(folder: Path, name: str) -> Path:
    """The file of a learner of this name.

    Raises
    ------
    InputError
        The name is none that a file can have.

    Examples
    --------
    >>> file_of(Path("learners"), "山田 Aki").as_posix()
    'learners/山田-Aki.yaml'
    """
    plain = re.sub(r"\s+", "-", unicodedata.normalize("NFC", name).strip())
    if not slug(plain):
        raise refuse("learner-name", "learner", name)
    return folder / f"{plain}{ENDING}"


def read_learner(file: Path) -> Learner:
    """What a learner's file holds.

    Raises
    ------
    InputError
        With every fault: no YAML, an exercise or field that is none, a value that is no text.
    """
    if not file.is_file():
        missing = Fault(code="learner-nofile", field="FILE", value=file.name, file=str(file))
        raise InputError(missing)
    return _learner_of(*read_yaml(file), file)


def _learner_of(values: Any, lines: Lines, file: Path) -> Learner:
    faults: list[Fault] = []

    def fault(code: str, *path: str, value: Any = None, **figures: Any) -> None:
        where = ".".join(path)
        line = next((lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in lines), None)
        faults.append(Fault(code=code, field=where or "learner", value=value, figures=figures,
                            file=str(file), line=line))  # fmt: skip

    if not isinstance(values, Mapping):
        fault("learner-colon" if "：" in str(values) else "learner-file", value=values)
        raise InputError(*faults)
    for key in values:
        if key not in _KEYS:
            fault("not-one-of", key, value=key, known=list(_KEYS))
    name = values.get("learner")
    if name is None:
        fault("learner-missing", "learner")
    elif not isinstance(name, str) or not name.strip() or not _is_name(name):
        fault("learner-name", "learner", value=name)
    answers = _answers(values.get("answers"), "answers", fault)
    first = _answers(values.get("first"), "first", fault)
    tries = _numbers(values.get("tries"), "tries", all_exercises(), fault)
    widened = _numbers(values.get("widened"), "widened", None, fault)
    rounds = _rounds(values.get("calibration"), fault)
    raise_all(faults)
    return Learner(name=str(name), answers=answers, first=first, tries=tries, rounds=rounds,
                   widened=widened)  # fmt: skip


def read_or_begin(file: Path, name: str) -> Learner:
    """What the file holds, or a learner who has not answered anything yet.

    Raises
    ------
    InputError
        The file cannot be read, or is somebody else's.
    """
    if not file.exists():
        return Learner(name=name)
    found = read_learner(file)
    if _as_one(found.name) != _as_one(name):
        raise refuse("learner-other", "learner", name, other=found.name)
    return found


def _as_one(name: str) -> str:
    """A name as two people would still say that it is the same."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def write_learner(learner: Learner, file: Path) -> Path:
    """Write a learner's file, whole or not at all.

    Raises
    ------
    InputError
        It could not be read again: too long, or with signs that no text should hold. The
        file is then as it was.
    """
    from ruamel.yaml import YAML

    plain = {
        "learner": learner.name,
        "answers": {name: dict(given) for name, given in learner.answers.items()},
        "first": {name: dict(given) for name, given in learner.first.items()},
        "tries": dict(learner.tries),
        "calibration": [
            {"bank": one.bank, "at": one.at, "ranges": dict(one.ranges), "bets": dict(one.bets)}
            for one in learner.rounds
        ],
        "widened": dict(learner.widened),
    }
    yaml = YAML(typ="rt", pure=True)
    yaml.default_flow_style, yaml.allow_unicode, yaml.width = False, True, 4_096
    stream = StringIO()
    yaml.dump({key: value for key, value in plain.items() if value}, stream)
    _learner_of(*parse_yaml(stream.getvalue(), str(file)), file)
    return write_atomically(file, stream.getvalue())


def learners_in(folder: Path) -> tuple[list[tuple[Path, Learner]], list[Fault]]:
    """All learners of a folder, by file name, and what is wrong with files that are none."""
    found: list[tuple[Path, Learner]] = []
    faults: list[Fault] = []
    for file in sorted(folder.glob(f"*{ENDING}")):
        try:
            found.append((file, read_learner(file)))
        except InputError as error:
            faults += error.faults
    return found, faults


def _answers(values: Any, place: str, fault: Any) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, given in _mapping(values, place, fault).items():
        if name not in all_exercises():
            fault("exercise-unknown", place, name, value=name, near=near(name))
            continue
        kinds = {one.name: one.kind for one in exercise_of(name).fields}
        fields = list(kinds)
        for key, value in _mapping(given, f"{place}.{name}", fault).items():
            if isinstance(value, Mapping) and kinds.get(key) == "words":
                value = "\n".join(f"{path}: {one}" for path, one in value.items())
            if key not in fields:
                fault("not-one-of", place, name, key, value=key, known=fields)
            elif value is not None and not _is_answer(value):
                fault("learner-answer", place, name, key, value=value, most=LONGEST)
            else:
                found.setdefault(name, {})[key] = value or ""
    return found


def _numbers(
    values: Any, field_: str, known: Mapping[str, Any] | None, fault: Any
) -> dict[str, int]:
    found = {}
    for name, number in _mapping(values, field_, fault).items():
        if (known is None or name in known) and re.fullmatch(r"\d{1,6}", str(number)):
            found[name] = int(number)
        else:
            fault("learner-tries", field_, name, value=number)
    return found


def _rounds(values: Any, fault: Any) -> tuple[Round, ...]:
    rows = [] if values is None else values
    if not isinstance(rows, list) or len(rows) > MOST_ROUNDS:
        fault("learner-rounds", "calibration", value=values, most=MOST_ROUNDS)
        return ()
    found = []
    for row in rows:
        said = _mapping(row, "calibration", fault)
        ranges = _mapping(said.get("ranges"), "calibration.ranges", fault)
        bets = _mapping(said.get("bets"), "calibration.bets", fault)
        known = said.get("bank") in BANKS and set(bets.values()) <= {*BETS, ""}
        if not known or not all(map(_is_answer, (*ranges.values(), *bets.values()))):
            fault("learner-rounds", "calibration", value=said, most=MOST_ROUNDS)
            continue
        found.append(Round(bank=str(said.get("bank", "")), ranges=deepcopy(dict(ranges)),
                           bets=deepcopy(dict(bets)), at=str(said.get("at", ""))))  # fmt: skip
    return tuple(found)


def _is_name(name: str) -> bool:
    return len(name) <= 80 and name.isprintable()  # it stands in a line of a terminal


def _is_answer(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST


def _mapping(values: Any, field_: str, fault: Any) -> Mapping[str, Any]:
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        fault("learner-mapping", *field_.split("."), value=values)
        return {}
    return values
