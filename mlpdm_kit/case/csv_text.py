"""CSV files as text: what they are written in, and what is wrong with them.

The delimiter is read off the header, never guessed from the rows, so that a ragged file is
refused instead of being taken for a table of one column.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mlpdm_kit.errors import Fault, InputError, Row, few, refuse

SUFFIXES = (".csv", ".tsv", ".txt")
DELIMITERS = (",", ";", "\t", "|")
MAX_HEADER = 1_000_000
MAX_LINE = 2_000_000
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
    text = text.lstrip("\r\n")
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


def one_kind_of_line_end(path: Path, sign: str) -> bytes | None:
    """The file with ``\\n`` at the end of each row; None where it can be read as it is.

    Several programs (or people) on one file leave ``\\r\\n`` on some rows and ``\\n`` or
    ``\\r`` on others, which no reader takes for one table. Line breaks inside quotes stay. So
    do empty lines, but those before the header.
    """
    if not _may_mix(path):
        return None
    raw = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    # a quote opens a value only at its beginning: 5" is five inches
    piece = rb'(?<![^\r\n%s])"[^"]*(?:""[^"]*)*"|\r\n?|\n' % re.escape(sign.encode())
    seen: set[bytes] = set()

    def as_one(match: re.Match[bytes]) -> bytes:
        if match[0][:1] == b'"':
            return match[0]
        seen.add(match[0])
        return b"\n"

    found = re.sub(piece, as_one, raw)
    begins = found.lstrip(b"\n")
    return begins if len(seen) > 1 or begins != found else None


def _may_mix(path: Path) -> bool:
    """Whether lines end in several ways, be it inside quotes, or an empty one comes first."""
    pairs = returns = feeds = 0
    with path.open("rb") as stream:
        if stream.read(4).removeprefix(codecs.BOM_UTF8).startswith((b"\r", b"\n")):
            return True
        stream.seek(0)
        while block := stream.read(_BLOCK):
            block += stream.read(1) if block.endswith(b"\r") else b""
            pairs += block.count(b"\r\n")
            returns += block.count(b"\r")
            feeds += block.count(b"\n")
    return sum(map(bool, (pairs, returns - pairs, feeds - pairs))) > 1


def sheet_rows(path: Path, sign: str, rows: int) -> list[int]:
    """The row of a spreadsheet in which each row of the table stands; the header is row 1.

    A value with line breaks in it is one row there, an empty line is one too.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        try:
            records = list(map(len, _records(stream, sign)))
        except (csv.Error, UnicodeDecodeError):
            records = []
    header = next((place for place, columns in enumerate(records) if columns), 0)
    alone = bool(records) and records[header] == 1  # then an empty line is an empty value
    found = [
        place
        for place, columns in enumerate(records[header + 1 :], start=header + 2)
        if columns or alone
    ]
    return found if len(found) == rows else list(range(2, rows + 2))


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
    return few(_row_faults(path, field, name))


def _row_faults(path: Path, field: str, name: str) -> Iterator[Fault]:
    def fault(code: str, value: int | None = None, **figures: Any) -> Fault:
        figures["row"] = Row(row, "sheet")
        found = Fault(code=code, field=field, value=value, figures=figures)
        return found.at(file=str(path), line=line)

    sign, wanted, line, row = delimiter(path, field, name), 0, 1, 0
    with path.open(encoding="utf-8-sig", newline="") as stream:
        records = csv.reader(stream, delimiter=sign, strict=True)
        try:
            for record in records:
                row += 1
                wanted = wanted or len(record)
                if record and len(record) != wanted:
                    yield fault("data-ragged", len(record), wanted=wanted)
                elif sum(map(len, record)) > MAX_LINE // 4:
                    yield fault("data-line-long")
                line = records.line_num + 1
        except csv.Error as error:
            row += 1
            yield fault("data-line-long" if "limit" in str(error) else "data-quote")
