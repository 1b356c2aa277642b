"""Where each case's record goes: its id, a work folder, and the swap into place."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlpdm_kit.case.load import CASE_FILE
from mlpdm_kit.case.model import slug
from mlpdm_kit.case.yaml_text import parse_yaml, read_yaml, text_of
from mlpdm_kit.errors import Fault, InputError
from mlpdm_kit.run.taken import RESERVED, carry, taken

_WORK, _OLD = ".work-", ".old-"
_OF_A_RUN = re.compile(r"(.+)\.\d+")  # behind these: the id of a case, and of a process
_MAY_NAME_ITSELF = re.compile(r"""^[ \t]*(?:["']?id["']?[ \t]*:|\?)""", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Place:
    """One case of a batch: where it comes from, and where its record goes.

    ``source`` is what people know it by, where that is not the path ``case``; ``clash`` is
    another case of the same id: neither has a place then, or one would overwrite the other.
    """

    id: str
    case: Path
    out: Path
    source: str = ""
    clash: Path | None = None

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
        if self.clash is not None:
            return Fault(code="id-clash", field="id", value=self.id, file=str(self.case),
                         figures={"first": self.case, "second": self.clash})  # fmt: skip
        return taken(self.folder, self.case)

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
    """A place for each case; ``sources`` say of folders where they were fetched from."""
    found = [
        Place(id=case_id(case, overrides), case=case, out=out, source=_source(case, sources or {}))
        for case in cases
    ]
    first: dict[str, Path] = {}
    clashes: dict[Path, Path] = {}
    for place in found:
        known = first.setdefault(place.id.casefold(), place.case)  # some disks know no case
        if known is not place.case:
            clashes |= {place.case: known, known: clashes.get(known, place.case)}
    return [replace(place, clash=clashes.get(place.case)) for place in found]


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
    if isinstance(own, str) and own:
        return own
    if not os.path.exists(case):  # a link to nowhere: its own name, not that of where it lies
        return case.absolute().name
    return file.parent.resolve().name


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
    old = place.out / f"{_OLD}{place.id}.{os.getpid()}"
    remove(old)
    if os.path.lexists(place.folder):
        carry(place.folder, place.work)
        place.folder.rename(old)
    try:
        place.work.rename(place.folder)
    except OSError:
        if os.path.lexists(old):
            old.rename(place.folder)
        raise
    with suppress(OSError):  # the record is in place: `recover` tries again
        remove(old)


def recover(out: Path) -> None:
    """Clear up what a run that was killed left behind; what it had moved away comes back."""
    for old, name in _left(out, _OLD):
        folder = out / name
        if os.path.lexists(folder):
            with suppress(OSError):  # somebody else's; it is in nobody's way
                remove(old)
        else:
            old.rename(folder)
    for work, _ in _left(out, _WORK):
        remove(work)


def _left(out: Path, sign: str) -> Iterator[tuple[Path, str]]:
    """Folders that a run has made by the way, each with the id of its case."""
    for found in sorted(out.glob(f"{sign}*")):
        named = _OF_A_RUN.fullmatch(found.name.removeprefix(sign))
        if named and (found.is_dir() or found.is_symlink()):
            yield found, named[1]


def remove(path: Path) -> None:
    """Remove a folder or a link, if there is one."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
