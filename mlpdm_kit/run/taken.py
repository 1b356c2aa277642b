"""What a run must not take out of the way: folders and files that no run has put there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlpdm_kit.case.files import read_whole
from mlpdm_kit.case.load import CASE_FILE
from mlpdm_kit.errors import Fault, InputError
from mlpdm_kit.record.assets import ASSETS, PLOTLY
from mlpdm_kit.record.index import SCHEMA
from mlpdm_kit.record.lock import LOCK_FILE
from mlpdm_kit.record.manifest import MANIFEST, RECORD_FILES, read_manifest
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.steps import STEPS

RUN_FILE = ".run.json"  # what a run is, until it has gone through every case
INDEX = ("index.html", "index.csv", "index.json")
RESERVED = frozenset({ASSETS, *INDEX})
FAILURE_FILE = "failure.json"
LAST = "last"  # the last record of a case that fails by now
FEW = 5  # names that are told

_SECTIONS = frozenset(f"sections/{step}.json" for step in STEPS)
_ALWAYS = frozenset({*RECORD_FILES, MANIFEST, FAILURE_FILE, *(f"{LAST}/{n}" for n in RECORD_FILES)})


def refuse_others(out: Path) -> None:
    """Refuse a folder for records in which lies what a run would write over and none has written.

    Raises
    ------
    InputError
        It is a case's own folder, or files of others have the names that the index needs.
    """
    if os.path.lexists(out / CASE_FILE):
        raise InputError(Fault(code="out-case", field="--out", value=out))
    names = [name for name in sorted({*RESERVED, RUN_FILE}) if os.path.lexists(out / name)]
    names += [LOCK_FILE] if not _is_lock(out / LOCK_FILE) else []
    wrong = [name for name in names
             if (out / name).is_dir() != (name == ASSETS) or name == LOCK_FILE]  # fmt: skip
    others = wrong if _is_ours(out) else [name for name in names if not _is_script(out / name)]
    if others:
        raise InputError(Fault(code="out-taken", field="--out", value=out,
                               figures={"names": others}))  # fmt: skip


def _is_ours(out: Path) -> bool:
    """Whether a run has written here, to its end or not."""
    index, run = read_mapping(out / "index.json") or {}, read_mapping(out / RUN_FILE) or {}
    known = str(index.get("schema")).partition("/")[0] == SCHEMA.partition("/")[0]
    return known or {"settings", "today"} <= run.keys()


def _is_lock(file: Path) -> bool:
    """Whether it is not there, or what a run has left: the number of its process."""
    try:
        return not os.path.lexists(file) or read_whole(file, 20).strip().isdigit()
    except (OSError, ValueError):
        return False


def _is_script(place: Path) -> bool:
    """Whether it is the folder of what records share, and nothing else in it."""
    if place.name != ASSETS or place.is_symlink() or not place.is_dir():
        return False
    return set(os.listdir(place)) <= {PLOTLY}


def taken(folder: Path, case: Path) -> Fault | None:
    """Why a record may not stand in its folder: a case lies there, or files of others."""
    if folder.is_symlink():
        return None  # the link alone goes
    if case.resolve().is_relative_to(folder.resolve()):
        return Fault(code="place-case", field="--out", value=folder)
    others = [] if _is_record(folder) else _not_steps(folder)
    if others:
        return Fault(code="place-taken", field="--out", value=folder,
                     figures={"names": others[:FEW], "n": len(others)})  # fmt: skip
    return None


def _is_record(folder: Path) -> bool:
    """Whether a run has put a record there; a file that is only called so does not count."""
    if read_manifest(folder) is not None:
        return True
    try:
        read_record(folder)
    except (OSError, ValueError):
        return False
    return True


def _not_steps(folder: Path) -> list[str]:
    """What lies in a folder without a record that the five steps have not left there."""
    try:
        there = set(os.listdir(folder))
        if "sections" in there:
            inside = {f"sections/{name}" for name in os.listdir(folder / "sections")}
            there -= {"sections"} if inside <= _SECTIONS else set()
    except NotADirectoryError:
        return [folder.name]
    except OSError:
        return []
    return sorted(there)


def carry(old: Path, new: Path) -> None:
    """Copy into a new record's folder what is to outlive the old one.

    What others have put there stays, beside the record or in its folders. Where a case fails
    that had a record, that record is kept in `LAST`.
    """
    if old.is_symlink() or not old.is_dir():
        return
    for name in foreign(old):
        if not os.path.lexists(new / name):
            _copy(old / name, new / name)
    if (new / FAILURE_FILE).is_file():
        for name in RECORD_FILES:
            there = next((one for one in (old / name, old / LAST / name)
                          if os.path.lexists(one)), None)  # fmt: skip
            if there is not None:
                _copy(there, new / LAST / name)


def foreign(folder: Path) -> list[str]:
    """What lies in a folder that no run has put there: files, and folders as a whole."""
    if folder.exists() and not folder.is_dir():
        return [folder.name]
    manifest = read_manifest(folder)
    ours = {*_ALWAYS, *_SECTIONS, *(manifest.files if manifest else ())}
    return list(_others(folder, "", ours))


def _others(folder: Path, inside: str, ours: set[str]) -> Iterator[str]:
    try:
        there = sorted(os.listdir(folder / inside))
    except OSError:
        return
    for name in (f"{inside}{one}" for one in there):
        if name in ours:
            continue
        if any(known.startswith(f"{name}/") for known in ours) and not (folder / name).is_symlink():
            yield from _others(folder, f"{name}/", ours)
        else:
            yield name


def _copy(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    if old.is_symlink() or old.is_file():
        shutil.copy2(old, new, follow_symlinks=False)
    elif old.is_dir():
        shutil.copytree(old, new, symlinks=True, copy_function=_copied)
    else:
        old.rename(new)  # a pipe or a socket holds nothing that could be copied


def _copied(old: str, new: str) -> None:
    _copy(Path(old), Path(new))


def read_record(folder: Path) -> DecisionRecord:
    """The record that lies in a folder."""
    return DecisionRecord.model_validate_json(read_whole(folder / RECORD_FILES[0]))


def read_failure(folder: Path) -> dict[str, Any] | None:
    """What an earlier run said of a case that failed."""
    return read_mapping(folder / FAILURE_FILE)


def read_mapping(file: Path) -> dict[str, Any] | None:
    """What a JSON file of a run says; None where it says nothing that a run would."""
    try:
        found = json.loads(read_whole(file))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
