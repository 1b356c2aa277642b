"""The working folders of several groups: what each of them said, decided and left open."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from mlpdm_kit.case.answers import Given, read_answers
from mlpdm_kit.case.askable import askable
from mlpdm_kit.case.editing.file import read_state
from mlpdm_kit.case.load import CASE_FILE, load_case
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.yaml_text import text_of
from mlpdm_kit.errors import Fault, InputError, KitError, refuse
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.steps import DEFAULT_DRAWS, Walk

MOST_DEEP = 6
_NOT_LOOKED_INTO = frozenset({"node_modules", "site-packages", "__pycache__"})
_RECORD = "record.json"
Seen = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group's case.

    ``name`` is what it is called in all that is written, ``folder`` the folder below the
    one that was looked through, empty where groups are not named. ``faults`` are what is
    wrong with the case, its answers or its record; where the case is not whole yet there is
    no ``record``.
    """

    name: str
    case: Case
    folder: str = ""
    record: DecisionRecord | None = None
    given: Given = field(default_factory=Given)
    faults: tuple[Fault, ...] = ()

    @property
    def about(self) -> tuple[str, str, str]:
        """What tells one case from another: its id, else its title; currency and task."""
        said = unicodedata.normalize("NFKC", self.case.id or self.case.title)
        return " ".join(said.casefold().split()), self.case.currency, self.case.task


@dataclass(frozen=True, kw_only=True)
class Groups:
    """All groups found in a folder, and the files that had to be passed over."""

    groups: tuple[Group, ...] = ()
    broken: tuple[Fault, ...] = ()

    @property
    def faults(self) -> tuple[tuple[str, Fault], ...]:
        """Everything that is wrong, each with the group it concerns; empty for none."""
        inside = [(group.name, fault) for group in self.groups for fault in group.faults]
        return (*(("", fault) for fault in self.broken), *inside)


def read_groups(
    folder: Path,
    *,
    names: bool = False,
    draws: int = DEFAULT_DRAWS,
    label: str = "{name}",
    seen: Seen = lambda n, of: None,
) -> Groups:
    """Every case in the working folders of a folder.

    A record that was made from the case as it stands is read; else the case is decided
    anew, from the sections that are still true.

    Parameters
    ----------
    folder : path
        Holds a working folder for each group, a case somewhere in it.
    names : bool
        Call groups by their folders; else by letters, in an order that says nothing.
    draws : int
        Of the simulation, for a case without a record.
    label : str
        How a group is called, as ``"Group {name}"``.
    seen : callable
        Is told after each case how many have been read, and of how many.

    Raises
    ------
    InputError
        The folder is not there, or no case is in it.
    """
    if not folder.is_dir():
        raise refuse("path-missing", "DIR", folder)
    files = list(_files(folder, CASE_FILE))
    if not files:
        raise refuse("no-groups", "DIR", folder)
    found: list[Group] = []
    broken: list[Fault] = []
    in_order = sorted(files, key=lambda one: one if names else _mixed(one))
    for place, file in enumerate(in_order, 1):
        where = file.parent.relative_to(folder).as_posix()
        called = (
            (where if where != "." else folder.resolve().name) if names else _letter(len(found))
        )
        try:
            group = _group(file, folder, label.format(name=called), draws)
            found.append(_with_places(group, file, where if names else "", folder))
        except InputError as error:
            broken += [_shown(fault, folder) for fault in error.faults]
        seen(place, len(files))
    return Groups(groups=tuple(found), broken=tuple(broken))


def _files(folder: Path, name: str) -> Iterator[Path]:
    """Files of a name, as deep as a working folder goes."""
    for here, folders, files in os.walk(folder):
        deep = len(Path(here).relative_to(folder).parts)
        kept = sorted(
            one for one in folders if not one.startswith(".") and one not in _NOT_LOOKED_INTO
        )
        folders[:] = kept if deep < MOST_DEEP else []
        if name in files:
            yield Path(here) / name


def _mixed(file: Path) -> str:
    """By what groups without names are put in order."""
    try:
        return sha256(text_of(file).encode()).hexdigest() + file.as_posix()
    except InputError:
        return file.as_posix()


def _letter(number: int) -> str:
    """A, B, ... Z, AA, AB, ...

    Examples
    --------
    >>> _letter(0), _letter(25), _letter(26)
    ('A', 'Z', 'AA')
    """
    first, last = divmod(number, 26)
    return (_letter(first - 1) if first else "") + chr(ord("A") + last)


def _with_places(group: Group, file: Path, where: str, folder: Path) -> Group:
    """A group with its places; without names as seen from its own case folder only."""
    base = folder if where else file.parent
    faults = tuple(_shown(fault, base) for fault in group.faults)
    return replace(group, folder=where, faults=faults)


def _group(file: Path, folder: Path, name: str, draws: int) -> Group:
    try:
        state = read_state(file)
    except OSError as error:
        fault = Fault(code="file-unreadable", field="case", value=file.name, file=str(file))
        raise InputError(fault) from error
    case, faults = state.case, state.faults
    if case is None:
        raise InputError(*faults)
    given = read_answers(file.parent, askable(state), case.units)
    record, wrong = (None, ()) if faults else _record(file, folder, draws)
    told = (*faults, *given.faults, *wrong)
    return Group(name=name, case=case, record=record, given=given, faults=told)


def _record(file: Path, folder: Path, draws: int) -> tuple[DecisionRecord | None, Sequence[Fault]]:
    """The record of a case as it stands: read where it lies, else made."""
    try:
        case = load_case(file)
        own = _own(file, folder)
        for place in _files(own, _RECORD):
            record = _read(place)
            if record is not None and record.provenance.case_digest == case.digest:
                return record, ()
        sections = next((one.parent.parent for one in _files(own, "expected_value.json")), None)
        return Walk(case, draws=draws, out=sections).record(), ()
    except InputError as error:
        return None, error.faults
    except (KitError, OSError) as error:
        return None, [Fault(code="group-undecided", field="case", value=error, file=str(file))]


def _own(file: Path, folder: Path) -> Path:
    """The working folder that a case lies in."""
    inside = file.relative_to(folder).parts
    return folder / inside[0] if len(inside) > 1 else folder


def _read(place: Path) -> DecisionRecord | None:
    try:
        return DecisionRecord.model_validate_json(place.read_bytes()) if place.is_file() else None
    except (OSError, ValueError):  # it is made anew
        return None


def _shown(fault: Fault, folder: Path) -> Fault:
    """A fault with its file as seen from the folder of all groups."""
    if fault.file is None:
        return fault
    try:
        return fault.at(file=Path(fault.file).relative_to(folder).as_posix())
    except ValueError:
        return fault
