"""The case file on disk: changed one value at a time, each change a version to go back to.

The file is the only truth. It is read anew before every change, so that another window's
changes and those made by hand stay; what was undone, or overwritten, lies in `VERSIONS`
beside it until it is many changes old.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlpdm_kit.case.editing.document import Document, Path_
from mlpdm_kit.case.editing.writing import Value
from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.case.load import CASE_FILE, read_text
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.units import Units
from mlpdm_kit.case.yaml_text import text_of
from mlpdm_kit.errors import Fault, InputError

VERSIONS = ".versions"
MOST_VERSIONS = 200
_LACKING = frozenset(
    {
        "missing",
        "missing-key",
        "missing-input",
        "field-empty",
        "text-empty",
        "outcome-missing",
        "source-none",
        "source-needs-data",
        "step-empty",
        "steps-none",
        "status-quo-rates",
        "threshold-reason",
        "applies-reason",
        "annotation-counted",
        "annotation-nobody",
        "incident-rate",
        "middle-needed",
        "review-of",
        "file-empty",
    }
)  # faults that say what is still to be written, not that what was written is wrong


def lacks(fault: Fault) -> bool:
    """Whether a fault only says what is still to be written."""
    return fault.code in _LACKING


@dataclass(frozen=True, kw_only=True)
class Change:
    """A value for a path; None takes away what stands there.

    An ``opened`` path is a name with nothing behind it, to be filled in; a ``name`` is
    another one for what stands at the path.
    """

    path: Path_
    value: Value | None = None
    order: Sequence[str] = ()
    opened: bool = False
    name: str = ""

    def made(self, document: Document) -> Document:
        """The document with the change."""
        if self.name:
            return document.rename(self.path, self.name)
        if self.value is None and not self.opened:
            return document.drop(self.path)
        return document.put(self.path, self.value, order=self.order)


@dataclass(frozen=True, kw_only=True)
class State:
    """A case file as it was read: its document, the case if it is one, and its faults."""

    document: Document
    case: Case | None
    faults: tuple[Fault, ...]

    @property
    def broken(self) -> bool:
        """Whether the file cannot be read at all: nothing may then be written over it."""
        return self.case is None and any(
            fault.code.startswith(("yaml-", "file-")) and fault.code != "file-empty"
            for fault in self.faults
        )

    def faults_at(self, path: Path_) -> list[Fault]:
        """The faults of what stands at a path, and of what stands within it."""
        name = ".".join(path)
        return [f for f in self.faults if f.field == name or f.field.startswith(f"{name}.")]

    @property
    def units(self) -> Units:
        """What the words of the case mean, as far as they are written."""
        if self.broken:
            return Units()
        words = {n: self.document.at((n,)) for n in ("currency", "unit", "target_unit")}
        return Units(**{n: word.strip() for n, word in words.items()
                        if isinstance(word, str) and word.strip()})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Commit:
    """What became of a change: whether it was saved, and if not why not.

    ``overwrote`` is what somebody else had written there since this window last looked.
    """

    saved: bool
    state: State
    faults: tuple[Fault, ...] = ()
    overwrote: Any = None


class CaseFile:
    """A case file that forms write to.

    Parameters
    ----------
    path : path
        A case folder, or its ``case.yaml``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path / CASE_FILE if path.is_dir() else path
        self.state = self._read()
        if self._odd is None:
            self._keep(self.state.document.text)

    def reread(self) -> bool:
        """Read the file again if somebody else has changed it; whether they have."""
        if self._on_disk() == self.state.document.text:
            return False
        self.state = self._read()
        if self._odd is None:
            self._keep(self.state.document.text)
        return True

    def commit(self, *changes: Change) -> Commit:
        """Make changes to the file as it now is, all or none of them.

        A value that is wrong in itself is refused; one that only leaves something to be
        written elsewhere is saved, and what is to be written is among the state's faults.
        """
        seen = self.state
        self.reread()
        before, document = self.state, self.state.document
        if before.broken:
            return Commit(saved=False, state=before, faults=before.faults)
        for change in changes:
            document = change.made(document)
        if document.text == before.document.text:
            return Commit(saved=True, state=before)
        after = self._state(document)
        wrong = _wrong(before, after, changes)
        if wrong:
            return Commit(saved=False, state=before, faults=wrong)
        self._write(document.text)
        self._keep(document.text)
        self.state = after
        return Commit(saved=True, state=after, overwrote=_overwritten(seen, before, changes))

    def undo(self) -> bool:
        """Go back one version; whether there was one."""
        return self._go(-1)

    def redo(self) -> bool:
        """Take back the last undoing; whether there was one."""
        return self._go(1)

    @property
    def can_undo(self) -> bool:
        """Whether there is a version before this one."""
        before = self._at() - (1 if self._odd is None else 0)
        return self._version(before).is_file()

    @property
    def can_redo(self) -> bool:
        """Whether an undone version lies ahead."""
        return self._version(self._at() + 1).is_file()

    def _go(self, step: int) -> bool:
        self.reread()
        if self._odd is not None and step < 0:
            step = 0  # what is no text has no version of its own
        there = self._version(self._at() + step)
        if not there.is_file():
            return False
        text = there.read_text(encoding="utf-8")
        self._write(text)
        self._mark(self._at() + step)
        self.state = self._state(Document(text))
        return True

    def _read(self) -> State:
        text = self._on_disk()
        if self._odd is not None:
            fault = Fault(code="file-encoding", field="case", value=self.path.name)
            placed = fault.at(file=str(self.path), line=self._odd)
            return State(document=Document(text), case=None, faults=(placed,))
        return self._state(Document(text))

    def _on_disk(self) -> str:
        """The text of the file; how its lines end, and what is no text in it, is noted."""
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            fault = Fault(code="file-missing", field="case", value=self.path.name)
            raise InputError(fault.at(file=str(self.path), line=None)) from None
        self._mark_of_order = raw.startswith(codecs.BOM_UTF8)
        self._crlf = b"\r\n" in raw
        self._odd: int | None = None
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._odd = raw[: error.start].count(b"\n") + 1
            text = raw.decode("utf-8-sig", errors="replace")
        return text.replace("\r\n", "\n")

    def _state(self, document: Document) -> State:
        return _state(document, self.path)

    def _write(self, text: str) -> None:
        """As the file was: its line ends, and its mark of byte order if it had one."""
        text = text.replace("\n", "\r\n") if self._crlf else text
        mark = codecs.BOM_UTF8 if self._mark_of_order else b""
        write_atomically(self.path, mark + text.encode())

    @property
    def _folder(self) -> Path:
        return self.path.parent / VERSIONS

    def _version(self, number: int) -> Path:
        return self._folder / f"{number:06}.txt"

    def _at(self) -> int:
        """The number of the version that the file is."""
        try:
            return int((self._folder / "at").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return max((int(f.stem) for f in self._folder.glob("*.txt") if f.stem.isdigit()),
                       default=0)  # fmt: skip

    def _mark(self, number: int) -> None:
        write_atomically(self._folder / "at", str(number))

    def _keep(self, text: str) -> None:
        """Note a text as the latest version; what had been undone is gone by that."""
        at = self._at()
        here = self._version(at)
        if here.is_file() and here.read_text(encoding="utf-8") == text:
            return
        for later in self._folder.glob("*.txt"):
            if later.stem.isdigit() and int(later.stem) > at:
                later.unlink()
        write_atomically(self._version(at + 1), text)
        self._mark(at + 1)
        self._version(at + 1 - MOST_VERSIONS).unlink(missing_ok=True)


def read_state(path: Path) -> State:
    """A case file as it is now, without a version being kept.

    Raises
    ------
    InputError
        It is not there, or is no text.
    """
    file = path / CASE_FILE if path.is_dir() else path
    return _state(Document(_text(file)), file)


def _text(path: Path) -> str:
    return text_of(path).replace("\r\n", "\n")


def _state(document: Document, path: Path) -> State:
    case, faults = read_text(document.text, path)
    if case is not None:
        case = case.model_copy(update={"folder": path.parent.resolve()})
    return State(document=document, case=case, faults=tuple(faults))


def _wrong(before: State, after: State, changes: Sequence[Change]) -> tuple[Fault, ...]:
    """The faults of a change itself: in what it wrote, or in that the file is no longer one."""
    if after.broken or (after.case is None and before.case is not None):
        return after.faults
    known = {(fault.code, fault.field, str(fault.value)) for fault in before.faults}
    names = [".".join(change.path) for change in changes if change.value is not None]
    return tuple(
        fault
        for fault in after.faults
        if (fault.code, fault.field, str(fault.value)) not in known
        and not lacks(fault)
        and any(fault.field == name or fault.field.startswith(f"{name}.") for name in names)
    )


def _overwritten(seen: State, before: State, changes: Sequence[Change]) -> Any:
    """What somebody else had written in the meantime where a change now stands."""
    if seen is before or seen.broken:
        return None
    for change in changes:
        was, now = seen.document.at(change.path), before.document.at(change.path)
        if was != now and now != change.value:
            return now
    return None


__all__ = ["CaseFile", "Change", "Commit", "State", "lacks", "read_state"]
