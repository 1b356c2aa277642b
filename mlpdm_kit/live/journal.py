"""The answers on disk: JSON lines that are only ever appended to, so that a run resumes.

A line says with ``asked`` what it is an answer to: a digest of all that was sent. Answers to
something else than the case asks now are kept in a file of their own, never mixed in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.errors import refuse

SUFFIX = ".jsonl"
Line = dict[str, Any]
Key = tuple[str, int, str]  # id, repeat, attack


def key_of(line: Mapping[str, Any]) -> Key:
    """Which question a line answers."""
    return str(line["id"]), int(line["repeat"]), str(line.get("attack") or "")


@dataclass
class Journal:
    """The file of answers of one option.

    ``answered`` are the questions that need not be put again (``attacks`` of them were
    attacks, and ``succeeded`` of these have worked); ``failed`` the lines of those
    that failed for good, to be put again; ``aside`` how many lines went to the file
    ``aside_file``; ``mended`` whether a last line was torn.
    """

    path: Path
    answered: set[Key] = field(default_factory=set)
    attacks: int = 0
    succeeded: int = 0
    failed: dict[Key, Line] = field(default_factory=dict)
    aside: int = 0
    aside_file: str = ""
    mended: bool = False
    _stream: IO[bytes] | None = field(default=None, repr=False)

    def append(self, line: Line) -> None:
        """Write one answer; it is on its way to the disk when this returns."""
        if self._stream is None:
            self._stream = self.path.open("ab")
        self._stream.write(_written(line))
        self._stream.flush()

    def close(self) -> None:
        """Close the file, and take out failures that have an answer now."""
        if self._stream is None:
            return
        self._stream.close()
        self._stream = None
        lines, _ = _parsed(self.path)
        kept = _latest(lines)
        if len(kept) < len(lines):
            write_atomically(self.path, b"".join(map(_written, kept)))


def open_journal(path: Path, asked: Mapping[Key, str], option: str, field: str) -> Journal:
    """The journal of an option, mended, with what is not asked any more put aside.

    Parameters
    ----------
    path : path
        The file, which need not be there yet.
    asked : mapping
        For each question that the case asks now the digest of what is sent. A line is kept
        if it answers that, in whatever repeat.
    option : str
        Lines of other options in the same file are left alone.
    field : str
        Where the case names the file.

    Raises
    ------
    InputError
        The file is no ``.jsonl``, or holds lines that ``mlpdm ask`` did not write.
    """
    if path.suffix != SUFFIX:
        raise refuse("answers-suffix", field, path.name)
    journal = Journal(path)
    if not path.exists():
        return journal
    lines, torn = _parsed(path)
    if any("asked" not in line for line in lines):
        raise refuse("answers-foreign", field, path.name)
    digests = {(name, attack): digest for (name, _, attack), digest in asked.items()}
    kept: list[Line] = []
    aside: list[Line] = []
    for line in _latest(lines):
        name, _, attack = key_of(line)
        own = line.get("option") in (None, option)
        now = not own or digests.get((name, attack)) == line["asked"]
        (kept if now else aside).append(line)
        if own and now and line.get("error"):
            journal.failed[key_of(line)] = line
        elif own and now:
            journal.answered.add(key_of(line))
            journal.attacks += bool(attack)
            journal.succeeded += line.get("succeeded") is True
    journal.mended, journal.aside = torn, len(aside)
    if aside:
        journal.aside_file = _put_aside(path, aside)
    if aside or torn or len(kept) < len(lines):
        write_atomically(path, b"".join(map(_written, kept)))
    return journal


def _latest(lines: Sequence[Line]) -> list[Line]:
    """The lines without the failures that were followed by another try, and without doubles."""
    last: dict[tuple[Key, Any, Any], Line] = {}
    for line in lines:
        key = (key_of(line), line.get("option"), line["asked"])
        if key not in last or last[key].get("error"):
            last[key] = line
    return list(last.values())


def _parsed(path: Path) -> tuple[list[Line], bool]:
    """The lines of a file, and whether one was torn, as by a computer that was switched off."""
    lines, torn = [], False
    raw = path.read_bytes()
    for part in raw.split(b"\n"):
        if not part.strip():
            continue
        try:
            line = json.loads(part)
            key_of(line)
        except (ValueError, RecursionError, KeyError, TypeError):
            torn = True
        else:
            lines.append(line)
    return lines, torn or not raw.endswith(b"\n")


def _put_aside(path: Path, lines: Iterable[Line]) -> str:
    number = 1
    while (other := path.with_name(f"{path.stem}.old-{number}{SUFFIX}")).exists():
        number += 1
    write_atomically(other, b"".join(map(_written, lines)))
    return other.name


def _written(line: Line) -> bytes:
    return (json.dumps(line, ensure_ascii=False) + "\n").encode()
