"""From a folder or file to a `Case`, or to every fault that is in it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.correlations import drawn_name
from mlpdm_kit.case.data_rules import data_faults
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.option_rules import stopping_checks
from mlpdm_kit.case.overrides import override
from mlpdm_kit.case.quantity import Units
from mlpdm_kit.case.rules import rule_faults
from mlpdm_kit.case.translate import fault_of, location
from mlpdm_kit.case.yaml_text import MAX_FAULTS, Lines, parse_yaml, read_yaml
from mlpdm_kit.errors import Fault, InputError, raise_all, refuse

CASE_STEM = "case"
CASE_FILE = f"{CASE_STEM}.yaml"
TOLD = f"{CASE_STEM}.*.yaml"  # the same case in other languages
_OURS = ("folder", "digest", "overridden")  # where a case lies, what it is: no file says that


def load_case(path: str | Path, overrides: Mapping[str, Any] | None = None) -> Case:
    """A validated case.

    Parameters
    ----------
    path : str or path
        A case folder, or its ``case.yaml``.
    overrides : mapping, optional
        Values by dotted path that replace the file's, as ``{"volume": "500 per month"}``.

    Raises
    ------
    InputError
        With every fault of the file, each with its line; nothing is guessed.

    Examples
    --------
    >>> load_case("no/such/case")
    Traceback (most recent call last):
        ...
    mlpdm_kit.errors.InputError: no/such/case/case.yaml: there is no file case.yaml. ...
    """
    reading = _read(path, overrides)
    raise_all(reading.in_order())
    assert reading.case is not None
    return reading.case


def file_in(folder: Path, lang: str) -> Path:
    """A case folder's file in a reader's language, such as ``case.ja.yaml``, else its own.

    The figures of both are the same; what people read is told in another language.
    """
    told = folder / f"{CASE_STEM}.{lang}.yaml"
    return told if told.is_file() else folder / CASE_FILE


def check_case(path: str | Path, overrides: Mapping[str, Any] | None = None) -> list[Fault]:
    """Every fault of a case and of the data beside it; an empty list means sound."""
    try:
        reading = _read(path, overrides)
    except InputError as error:
        return list(error.faults)
    case = reading.case
    if case is not None:
        reading.add_of_files(data_faults(case))
    return reading.in_order()


@dataclass
class _Reading:
    """A file as far as it could be read, and what is wrong with it."""

    file: Path
    lines: Lines
    overridden: tuple[str, ...] = ()
    case: Case | None = None
    faults: list[Fault] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def add(self, faults: Iterable[Fault]) -> None:
        """Note faults with their places; what a noted fault brings along is left out."""
        known: dict[str, int] = {".".join(map(str, key)): line for key, line in self.lines.items()}
        noted = [fault.field for fault in self.faults] + self.refused
        for fault in faults:
            if not _follows(fault, noted):
                self.faults.append(self._placed(fault, known))

    def add_of_files(self, faults: Iterable[Fault]) -> None:
        """Note faults of the files beside the case; only what could not be read hides them."""
        known: dict[str, int] = {".".join(map(str, key)): line for key, line in self.lines.items()}
        noted = [fault.field for fault in self.faults] + self.refused
        hidden = [name for name in noted if name in ("task", "data") or name.startswith("data.")]
        for fault in faults:
            follows = _follows(fault, hidden) or fault.field in noted
            if not follows and not any(_within(fault.field, name) for name in self.refused):
                self.faults.append(self._placed(fault, known))

    def _placed(self, fault: Fault, known: Mapping[str, int]) -> Fault:
        """The fault with its file and the line of the nearest thing that has one."""
        if fault.file is not None or any(_within(fault.field, name) for name in self.overridden):
            return fault  # its place is a data file, or the command line
        path = fault.field
        if path not in known and any(_within(name, path) for name in self.overridden):
            return fault  # what the file does not have the command line has put there
        while path not in known:
            path = path.rpartition(".")[0]
        return fault.at(file=str(self.file), line=known[path])

    def in_order(self) -> list[Fault]:
        """All faults in the order of the file, the number of them within bounds."""
        found = sorted(self.faults, key=lambda fault: fault.line or 0)
        if len(found) > MAX_FAULTS:
            more = Fault(code="more-faults", value=len(found) - MAX_FAULTS, file=str(self.file))
            return [*found[:MAX_FAULTS], more]
        return found


def read_text(text: str, file: Path) -> tuple[Case | None, list[Fault]]:
    """The case that a text would be as a file, as far as it can be read, and its faults.

    The faults are those of `load_case`; the data beside the file is not looked into.
    """
    try:
        values, lines = parse_yaml(text, str(file))
        reading = _reading(values, lines, file, None)
    except InputError as error:
        return None, list(error.faults)
    return reading.case, reading.in_order()


def _read(path: str | Path, overrides: Mapping[str, Any] | None) -> _Reading:
    file = _case_file(Path(path))
    _refuse_misnamed(file)
    values, lines = read_yaml(file)
    return _reading(values, lines, file, overrides)


def _reading(
    values: Any, lines: Lines, file: Path, overrides: Mapping[str, Any] | None
) -> _Reading:
    if not isinstance(values, dict):
        code = "file-empty" if values is None else "file-mapping"
        raise InputError(Fault(code=code, field="case", value=file.name, file=str(file), line=1))
    override(values, overrides or {})
    reading = _Reading(file, lines, tuple(overrides or {}))
    errors, case = _sound_part(values)
    found = [fault_of(item) for item in errors]
    if case is not None and stopping_checks(case):  # then nothing has to be compared any more
        found = [one for one in found if one.code != "field-empty" or one.field not in _COMPARED]
    reading.add(_own_faults(found))
    reading.refused = [fault.field for fault in found]
    if case is not None:
        put = {name: str(value) for name, value in (overrides or {}).items()}
        case = case.model_copy(update={"folder": file.parent.resolve(), "overridden": put})
        reading.add(rule_faults(case))
        reading.case = with_digest(case)
    return reading


_COMPARED = ("outcomes", "options")  # parts that a template leaves open, to be filled in


def _case_file(place: Path) -> Path:
    try:
        is_folder = place.is_dir()
    except OSError as error:
        raise InputError(Fault(code="path-missing", field="CASE", value=place)) from error
    return place / CASE_FILE if is_folder or place.suffix not in (".yaml", ".yml") else place


def _refuse_misnamed(file: Path) -> None:
    """Refuse a file that is called almost as a case is, where there is none called so."""
    try:
        if file.name != CASE_FILE or os.path.lexists(file):
            return
        there = sorted(os.listdir(file.parent))
    except (OSError, ValueError):  # told where it is read
        return
    for name in there:
        if _LIKE_CASE.fullmatch(name):
            here = str(file.with_name(name))
            raise InputError(Fault(code="case-misnamed", field="CASE", value=here, file=here))


def _sound_part(values: dict[str, Any]) -> tuple[list[Any], Case | None]:
    """What the model refuses, and the case that is left without it.

    The rules that need more than one field then look at what is left, so that their faults
    are told in the same go.
    """
    context = {"units": _units(values), "task": _task(values)}
    left = deepcopy(values)
    ours = [{"type": "extra_forbidden", "loc": (name,), "input": left.pop(name)}
            for name in _OURS if name in left]  # fmt: skip
    refused: list[Any] = []
    for _ in range(8):
        try:
            return [*ours, *refused], Case.model_validate(left, context=context)
        except ValidationError as error:
            found = error.errors(include_url=False)
            refused = refused or found
            for item in found:
                _cut(left, location(item), missing=item["type"] == "missing")
    return [*ours, *refused], None


def _cut(values: dict[str, Any], loc: list[str], *, missing: bool) -> None:
    """Take out what is at fault, or fill in what must be there."""
    if missing and loc[0] in ("title", "framing") and len(loc) <= 2:
        here = values if len(loc) == 1 else values["framing"]
        here[loc[-1]] = {} if loc == ["framing"] else "-"
        return
    *parents, last = loc[:-1] if missing and len(loc) > 1 else loc
    here = values
    for name in parents:
        inner = here.get(name)
        if not isinstance(inner, dict):
            last = name
            break
        here = inner
    here.pop(last, None)


def _within(field: str, whole: str) -> bool:
    return field == whole or field.startswith(f"{whole}.")


_BRINGS = {  # the faults that a word of the case brings along where it is at fault itself
    "currency": "currency-other",
    "unit": "unit-wrong",
    "target_unit": "unit-wrong",
}
_STOPPING = {f"checks.{c.id}" for c in CHECKS.values() if c.hard and c.scope == "case"}


_IN_TASK = re.compile(r"^options\.[^.]+\.(?:rates|steps)")  # words that the task explains


def _own_faults(faults: list[Fault]) -> list[Fault]:
    """The faults that are not only there because a word of the case could not be read."""
    brought = {_BRINGS[fault.field] for fault in faults if fault.field in _BRINGS}
    task_sound = not any(fault.field == "task" for fault in faults)
    meant = {  # a name with a slip in it is not missing too
        ".".join([*fault.field.split(".")[:-1], fault.figures["known"]])
        for fault in faults
        if fault.code == "unknown-key"
    }
    return [
        fault
        for fault in faults
        if (fault.code != "missing" or fault.field not in meant)
        and fault.code not in brought
        and (
            task_sound or not (fault.field.startswith("outcomes.") or _IN_TASK.search(fault.field))
        )
    ]


def _follows(fault: Fault, noted: list[str]) -> bool:
    """Whether a fault of a rule only follows from one that is already noted."""
    if any(_within(fault.field, other) or _within(other, fault.field) for other in noted):
        return bool(fault.field)
    if fault.code == "correlation-unknown":
        name = drawn_name(str(fault.value))
        return any(_within(drawn_name(n), name) or _within(name, n) for n in noted)
    if fault.code == "option-missing":
        return f"options.{fault.value}" in {".".join(n.split(".")[:2]) for n in noted}
    if fault.code == "check-alone":
        return f"{fault.field.removesuffix('check')}steps" in noted
    if fault.code in ("missing-input", "outcome-missing", "source-none", "source-needs-data"):
        causes = {"data", "task", "outcomes" if fault.code == "outcome-missing" else "data"}
        return any(
            other.partition(".")[0] in causes or ".".join(other.split(".")[:2]) in _STOPPING
            for other in noted
        )
    return "task" in noted and fault.code in (
        "not-for-task", "not-for-kind", "kind-not-for-task", "outcome-unknown", "rate-unknown",
    )  # fmt: skip


def with_digest(case: Case) -> Case:
    """The case with the digest of what it says."""
    return case.model_copy(update={"digest": _digest(case)})


def _digest(case: Case) -> str:
    order = {name: list(option.steps) for name, option in case.options.items()}
    canonical = json.dumps(
        {**case.model_dump(mode="json"), "name": case.name, "order": order},
        sort_keys=True,
        ensure_ascii=False,
    )
    return sha256(canonical.encode()).hexdigest()


def _units(values: Mapping[str, Any]) -> Units:
    words = {
        key: str(values[key])
        for key in ("currency", "unit", "target_unit")
        if isinstance(values.get(key), str) and values[key].strip()
    }
    return Units(**words)


def _task(values: Mapping[str, Any]) -> str:
    task = values.get("task", "binary")
    return task if isinstance(task, str) and task in TASK_KINDS else "binary"


def find_cases(paths: list[Path]) -> list[Path]:
    """Case folders that the paths mean: a case, its file, or a folder of cases.

    Raises
    ------
    InputError
        A path is not there, or holds no case.
    """
    found: list[Path] = []
    for path in paths:
        try:
            found += _cases_at(path)
        except OSError as error:
            raise refuse("path-unreadable", "CASE", path, reason=error.strerror or "") from error
    return list(dict.fromkeys(found))


def _cases_at(path: Path) -> list[Path]:
    if path.is_file():
        return [path.parent if path.name == CASE_FILE else path]
    if not path.is_dir():
        raise refuse("path-missing", "CASE", path)
    if CASE_FILE in os.listdir(path):
        return [path]
    inside = sorted(one for one in path.iterdir() if _may_be_case(one))
    if not inside:
        raise refuse("no-cases", "CASE", path)
    return inside


def _may_be_case(folder: Path) -> bool:
    """Whether a folder is a case, or somebody means it to be: nobody's case is passed over."""
    try:
        return any(map(_LIKE_CASE.fullmatch, os.listdir(folder)))
    except NotADirectoryError:
        return False
    except OSError:  # nobody may look into it: it is named when it is read
        return True


# and what programs and people make of it: case.yml, case.yaml.txt, case (1).yaml, cases.yaml
_LIKE_CASE = re.compile(r"cases?(?: ?\(\d+\)| copy)?\.(?:ya?ml(?:\.txt)?|json)", re.IGNORECASE)


__all__ = ["CASE_FILE", "check_case", "find_cases", "load_case", "with_digest"]
