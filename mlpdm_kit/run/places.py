"""Where each case's record goes: its id, a work folder, and the swap into place."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlpdm_kit.case.files import read_whole
from mlpdm_kit.case.load import CASE_FILE
from mlpdm_kit.case.model import slug
from mlpdm_kit.case.yaml_text import parse_yaml, read_yaml, text_of
from mlpdm_kit.errors import Fault, InputError, refuse
from mlpdm_kit.record.manifest import MANIFEST, RECORD_FILES, read_manifest
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.steps import STEPS

RESERVED = frozenset({"assets", "index.html", "index.csv", "index.json"})
FAILURE_FILE = "failure.json"
LAST = "last"  # the last record of a case that fails by now
OURS = frozenset({*RECORD_FILES, MANIFEST, FAILURE_FILE, LAST, "notebooks", "sections"})
FEW = 5  # names that are told

_WORK, _OLD = ".work-", ".old-"
_MAY_NAME_ITSELF = re.compile(r"""^[ \t]*(?:["']?id["']?[ \t]*:|\?)""", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Place:
    """One case of a batch: where it comes from, and where its record goes.

    ``source`` is what people know it by, where that is not the path ``case``.
    """

    id: str
    case: Path
    out: Path
    source: str = ""

    @property
    def known_as(self) -> str:
        """Where people find the case."""
        return self.source or str(self.case.resolve())

    @property
    def fault(self) -> Fault | None:
        """Why no folder can have this name, if so."""
        if self.id.casefold() in RESERVED:
            return Fault(code="id-reserved", field="id", value=self.id, file=str(self.case))
        if not slug(self.id):
            return Fault(code="id", field="id", value=self.id, file=str(self.case))
        return self._taken

    @property
    def _taken(self) -> Fault | None:
        """Why the record may not stand in its folder: a case lies there, or files of others."""
        if self.folder.is_symlink():
            return None  # the link alone goes
        if self.case.resolve().is_relative_to(self.folder.resolve()):
            return Fault(code="place-case", field="--out", value=self.folder)
        others = [] if _is_record(self.folder) else _not_steps(self.folder)
        if others:
            return Fault(code="place-taken", field="--out", value=self.folder,
                         figures={"names": others[:FEW], "n": len(others)})  # fmt: skip
        return None

    @property
    def folder(self) -> Path:
        """Where the record stands when it is whole."""
        return self.out / self.id

    @property
    def work(self) -> Path:
        """Where it grows; no process but this one, and what it starts, writes there."""
        return self.out / f"{_WORK}{self.id}.{os.getpid()}"


def places(
    cases: Sequence[Path],
    out: Path,
    overrides: Mapping[str, Any],
    sources: Mapping[Path, str] | None = None,
) -> list[Place]:
    """A place for each case; ``sources`` say of folders where they were fetched from.

    Raises
    ------
    InputError
        Two cases have the same id: one record would overwrite the other.
    """
    found = [
        Place(id=case_id(case, overrides), case=case, out=out, source=_source(case, sources or {}))
        for case in cases
    ]
    first: dict[str, Place] = {}
    for place in found:
        known = first.setdefault(place.id.casefold(), place)  # some disks know no case
        if known is not place:
            raise refuse("id-clash", "CASE", place.id, first=known.case, second=place.case)
    return found


def _source(case: Path, sources: Mapping[Path, str]) -> str:
    """Where a case lay before it was fetched; empty where it was not."""
    for folder, url in sources.items():
        if case == folder:
            return url
        if case.is_relative_to(folder):
            return f"{url}/{case.relative_to(folder).as_posix()}"
    return ""


def case_id(case: Path, overrides: Mapping[str, Any]) -> str:
    """The id of a case, sound or not: as its file says, else the name of its folder."""
    if overrides.get("id"):
        return str(overrides["id"])
    file = case / CASE_FILE if case.is_dir() else case
    own = None
    try:
        text = text_of(file)
        # parsing thousands of files twice takes minutes; most say no id
        if not re.search("^title[ \t]*:", text, re.MULTILINE) or _MAY_NAME_ITSELF.search(text):
            values = parse_yaml(text)[0]
            own = values.get("id") if isinstance(values, dict) else None
    except InputError:
        own = None
    return own if isinstance(own, str) and own else file.parent.resolve().name


def case_title(case: Path) -> str:
    """The title of a case that may be unsound; empty where it can't be read."""
    try:
        values = read_yaml(case / CASE_FILE if case.is_dir() else case)[0]
    except InputError:
        return ""
    title = values.get("title") if isinstance(values, dict) else None
    return title if isinstance(title, str) else ""


def start(place: Place) -> None:
    """An empty work folder."""
    remove(place.work)
    place.work.mkdir(parents=True)


def publish(place: Place) -> None:
    """Put the work folder where the record belongs; the old one goes as a whole.

    What others have put beside a record stays there. Where a case fails that had a record,
    that record is kept in `LAST`.
    """
    old = place.out / f"{_OLD}{place.id}"
    remove(old)
    if os.path.lexists(place.folder):
        _carry(place.folder, place.work)
        place.folder.rename(old)
    try:
        place.work.rename(place.folder)
    except OSError:
        if os.path.lexists(old):
            old.rename(place.folder)
        raise
    with suppress(OSError):  # the record is in place: `recover` tries again
        remove(old)


def _carry(old: Path, new: Path) -> None:
    """Copy into a new record's folder what is to outlive the old one."""
    if old.is_symlink() or not old.is_dir():
        return
    for name in foreign(old):
        _copy(old / name, new / name)
    if (new / FAILURE_FILE).is_file():
        for name in (*RECORD_FILES, LAST):
            if os.path.lexists(old / name):
                _copy(old / name, new / LAST if name == LAST else new / LAST / name)


def _copy(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    if old.is_dir() and not old.is_symlink():
        shutil.copytree(old, new, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy2(old, new, follow_symlinks=False)


def foreign(folder: Path) -> list[str]:
    """What lies in a folder that no run has put there, by name."""
    try:
        there = sorted(os.listdir(folder))
    except NotADirectoryError:
        return [folder.name]
    except OSError:
        return []
    manifest = read_manifest(folder)
    named = {name.partition("/")[0] for name in manifest.files} if manifest else set()
    return [name for name in there if name not in named | OURS]


def _not_steps(folder: Path) -> list[str]:
    """What lies in a folder without a record that the five steps have not left there."""
    steps = {f"{step}.json" for step in STEPS}
    try:
        there = set(os.listdir(folder))
        if "sections" in there and set(os.listdir(folder / "sections")) <= steps:
            there.remove("sections")
    except NotADirectoryError:
        return [folder.name]
    except OSError:
        return []
    return sorted(there)


def _is_record(folder: Path) -> bool:
    return read_manifest(folder) is not None or (folder / RECORD_FILES[0]).is_file()


def recover(out: Path) -> None:
    """Clear up what a run that was killed left behind; what it had moved away comes back."""
    for old in out.glob(f"{_OLD}*"):
        folder = out / old.name.removeprefix(_OLD)
        if os.path.lexists(folder):
            with suppress(OSError):  # somebody else's; it is in nobody's way
                remove(old)
        else:
            old.rename(folder)
    for work in out.glob(f"{_WORK}*"):
        remove(work)


def remove(path: Path) -> None:
    """Remove a folder or a link, if there is one."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def read_record(folder: Path) -> DecisionRecord:
    """The record that lies in a folder."""
    return DecisionRecord.model_validate_json(read_whole(folder / "record.json"))


def read_failure(folder: Path) -> dict[str, Any] | None:
    """What an earlier run said of a case that failed."""
    try:
        said = json.loads(read_whole(folder / FAILURE_FILE))
    except (OSError, ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
