"""CSV files as text: what they are written in, and what is wrong with them.

The delimiter is read off the header, never guessed from the rows, so that a ragged file is
refused instead of being taken for a table of one column.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from mlpdm_kit.errors import Fault, InputError, refuse

SUFFIXES = (".csv", ".tsv", ".txt")
DELIMITERS = (",", ";", "\t", "|")
MAX_HEADER = 1_000_000
MAX_LINE = 2_000_000
MAX_FAULTS = 50
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_BLOCK = 1 << 20


def delimiter(path: Path, field: str, name: str) -> str:
    """What stands between the columns.

    Raises
    ------
    InputError
        The file is empty, is no text in UTF-8, or names a column twice.
    """
    _refuse_other_text(path, field, name)
    with path.open("rb") as stream:
        head = stream.read(MAX_HEADER)
    text = codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    if not text.strip():
        raise refuse("data-empty", field, name)
    headers = {sign: _header(text, sign) for sign in DELIMITERS}
    found = max(DELIMITERS, key=lambda sign: len(headers[sign]))
    seen: set[str] = set()
    for column in headers[found]:
        key = column.strip().lower()
        if key in seen:
            twice = Fault(code="data-column-twice", field=field, value=column.strip())
            raise InputError(twice.at(file=str(path), line=1))
        seen |= {key} - {""}
    return found


def _header(text: str, sign: str) -> list[str]:
    try:
        return next(_records(io.StringIO(text, newline=""), sign), [])
    except csv.Error:
        return []


def _records(lines: Iterable[str], sign: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_LINE)
    return csv.reader(lines, delimiter=sign, strict=True)


def _refuse_other_text(path: Path, field: str, name: str) -> None:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line = 1
    with path.open("rb") as stream:
        block = stream.read(_BLOCK)
        if block.startswith(_OFFICE):
            raise refuse("data-binary", field, name)
        if block.startswith(_WIDE):
            raise InputError(Fault(code="data-encoding", field=field, value=name, file=str(path)))
        while True:
            if b"\x00" in block:
                raise refuse("data-binary", field, name)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                line += block[: error.start].count(b"\n")
                code = "data-shift-jis" if _is_shift_jis(path) else "data-encoding"
                fault = Fault(code=code, field=field, value=name, file=str(path), line=line)
                raise InputError(fault) from error
            if not block:
                return
            line += block.count(b"\n")
            block = stream.read(_BLOCK)


def _is_shift_jis(path: Path) -> bool:
    """Whether it reads as what Excel in Japanese saves as CSV."""
    with path.open("rb") as stream:
        head = stream.read(MAX_HEADER)
    try:
        text = codecs.getincrementaldecoder("cp932")().decode(head)
    except UnicodeDecodeError:
        return False
    return any("\u3040" <= sign <= "\u9fff" for sign in text)


def faults(path: Path, field: str, name: str) -> list[Fault]:
    """Which lines are to blame, for a CSV file that DuckDB would not read."""
    if path.suffix.lower() not in SUFFIXES:
        return []
    found: list[Fault] = []

    def fault(code: str, value: int | None = None, **figures: int) -> None:
        found.append(
            Fault(code=code, field=field, value=value, figures=figures, file=str(path), line=line)
        )

    sign, wanted, line = delimiter(path, field, name), 0, 1
    with path.open(encoding="utf-8-sig", newline="") as stream:
        records = csv.reader(stream, delimiter=sign, strict=True)
        try:
            for record in records:
                wanted = wanted or len(record)
                if record and len(record) != wanted:
                    fault("data-ragged", len(record), wanted=wanted)
                elif sum(map(len, record)) > MAX_LINE // 4:
                    fault("data-line-long")
                if len(found) == MAX_FAULTS:
                    break
                line = records.line_num + 1
        except csv.Error as error:
            fault("data-line-long" if "limit" in str(error) else "data-quote")
    return found
