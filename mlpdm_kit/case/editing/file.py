"""The case file on disk: changed one value at a time, each change a version to go back to.

The file is the only truth. It is read anew before every change, so that another window's
changes and those made by hand stay; what was undone, or overwritten, lies in `VERSIONS`
beside it until it is many changes old.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlpdm_kit.case.editing.document import Document, Path_, Value
from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.case.load import CASE_FILE, read_text
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.units import Units
from mlpdm_kit.errors import Fault, InputError

VERSIONS = ".versions"
MOST_VERSIONS = 200
_ONLY_LACKING = frozenset(
    {"missing", "missing-key", "missing-input", "outcome-missing", "source-none", "step-empty"}
)  # faults that say what is still to be written, not that what was written is wrong


def lacks(fault: Fault) -> bool:
    """Whether a fault only says what is still to be written."""
    return fault.code in _ONLY_LACKING


@dataclass(frozen=True, kw_only=True)
class Change:
    """A value for a path; None takes away what stands there."""

    path: Path_
    value: Value | None
    order: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class State:
    """A case file as it was read: its document, the case if it is one, and its faults."""

    document: Document
    case: Case | None
    faults: tuple[Fault, ...]

    def faults_at(self, path: Path_) -> list[Fault]:
        """The faults of what stands at a path, and of what stands within it."""
        name = ".".join(path)
        return [f for f in self.faults if f.field == name or f.field.startswith(f"{name}.")]

    @property
    def units(self) -> Units:
        """What the words of the case mean, as far as they are written."""
        words = {n: self.document.at((n,)) for n in ("currency", "unit", "target_unit")}
        return Units(**{n: word.strip() for n, word in words.items()
                        if isinstance(word, str) and word.strip()})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Commit:
    """What became of a change: whether it was saved, and if not why not."""

    saved: bool
    state: State
    faults: tuple[Fault, ...] = ()


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
        self._keep(self.state.document.text)

    def reread(self) -> bool:
        """Read the file again if somebody else has changed it; whether they have."""
        if self._on_disk() == self.state.document.text:
            return False
        self.state = self._read()
        self._keep(self.state.document.text)
        return True

    def commit(self, *changes: Change) -> Commit:
        """Make changes to the file as it now is, all or none of them.

        A value that is wrong in itself is refused; one that only leaves something to be
        written elsewhere is saved, and what is to be written is among the state's faults.
        """
        self.reread()
        before, document = self.state, self.state.document
        for change in changes:
            if change.value is None:
                document = document.drop(change.path)
            else:
                document = document.put(change.path, change.value, order=change.order)
        if document.text == before.document.text:
            return Commit(saved=True, state=before)
        after = self._state(document)
        wrong = _wrong(before, after, changes)
        if wrong:
            return Commit(saved=False, state=before, faults=wrong)
        self._write(document.text)
        self._keep(document.text)
        self.state = after
        return Commit(saved=True, state=after)

    def undo(self) -> bool:
        """Go back one version; whether there was one."""
        return self._go(-1)

    def redo(self) -> bool:
        """Take back the last undoing; whether there was one."""
        return self._go(1)

    @property
    def can_undo(self) -> bool:
        """Whether there is a version before this one."""
        return self._version(self._at() - 1).is_file()

    @property
    def can_redo(self) -> bool:
        """Whether an undone version lies ahead."""
        return self._version(self._at() + 1).is_file()

    def _go(self, step: int) -> bool:
        self.reread()
        there = self._version(self._at() + step)
        if not there.is_file():
            return False
        text = there.read_text(encoding="utf-8")
        self._write(text)
        self._mark(self._at() + step)
        self.state = self._state(Document(text))
        return True

    def _read(self) -> State:
        return read_state(self.path)

    def _on_disk(self) -> str:
        return _text(self.path)

    def _state(self, document: Document) -> State:
        return _state(document, self.path)

    def _write(self, text: str) -> None:
        write_atomically(self.path, text)

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
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        fault = Fault(code="file-missing", field="case", value=path.name)
        raise InputError(fault.at(file=str(path), line=None)) from None
    except UnicodeDecodeError as error:
        fault = Fault(code="file-encoding", field="case", value=path.name)
        raise InputError(fault.at(file=str(path), line=None)) from error


def _state(document: Document, path: Path) -> State:
    case, faults = read_text(document.text, path)
    if case is not None:
        case = case.model_copy(update={"folder": path.parent.resolve()})
    return State(document=document, case=case, faults=tuple(faults))


def _wrong(before: State, after: State, changes: Sequence[Change]) -> tuple[Fault, ...]:
    """The faults of a change itself: in what it wrote, or in that the file is no longer one."""
    if after.case is None and before.case is not None:
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


__all__ = ["CaseFile", "Change", "Commit", "State", "lacks", "read_state"]
