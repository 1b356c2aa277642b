"""The members of an ``.eval`` file, a zip of JSON, without Inspect.

Inspect compresses them with zstd since late 2025, which the zip reader of Python 3.11 to 3.13
does not know; DuckDB does, and the kit has it for its tables.
"""

from __future__ import annotations

import json
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlpdm_kit.case.logs.json_text import MAX_BYTES
from mlpdm_kit.case.tables import SETTINGS
from mlpdm_kit.errors import InputError, refuse

ZSTD = 93
KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, ZSTD)
MAX_MEMBER = 64 << 20  # bytes of one sample, unpacked
_SAMPLE = re.compile(r"samples/[^/]+\.json")
_START, _END = "_journal/start.json", "header.json"  # one of them names the model
# what reading a zip of anything may come to
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError,
           NotImplementedError, RuntimeError, MemoryError)  # fmt: skip
_LOCAL = 30  # bytes of a member's own header, before its name


def members(path: Path, field: str, name: str) -> Iterator[tuple[str, Any]]:
    """Name and content of the header, then of each sample, in the order of the file.

    Raises
    ------
    InputError
        It is no log of Inspect, broken, too large, or packed in a way that cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            there = {info.filename: info for info in packed.infolist()}
            samples = [info for info in there.values() if _SAMPLE.fullmatch(info.filename)]
            header = there.get(_END) or there.get(_START)
            if header is None:
                raise refuse("log-eval-other", field, name)
            for info in (header, *samples):
                if max(info.file_size, info.compress_size) > MAX_MEMBER:
                    raise refuse("log-large", field, name, limit=MAX_BYTES >> 20)
                if info.compress_type not in KNOWN or info.flag_bits & 1:
                    raise refuse("log-eval-packed", field, name)
            yield from _contents(path, packed, [header, *samples])
    except InputError:
        raise
    except (*_BROKEN, RecursionError) as error:
        raise refuse("log-eval-broken", field, name) from error


def _contents(
    path: Path, packed: zipfile.ZipFile, wanted: list[zipfile.ZipInfo]
) -> Iterator[tuple[str, Any]]:
    with _Unpacker() as unpacker, path.open("rb") as stream:
        for info in wanted:
            if info.compress_type == ZSTD:
                raw = unpacker.unpacked(_packed(stream, info), info.file_size)
            else:
                with packed.open(info) as member:
                    raw = member.read(MAX_MEMBER + 1)
            if len(raw) > MAX_MEMBER:
                raise ValueError("more than it says")
            yield info.filename, json.loads(raw)


def _packed(stream: Any, info: zipfile.ZipInfo) -> bytes:
    """The bytes of a member as they stand in the zip."""
    stream.seek(info.header_offset)
    head = stream.read(_LOCAL)
    if head[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile
    name, extra = struct.unpack("<HH", head[26:_LOCAL])
    stream.seek(info.header_offset + _LOCAL + name + extra)
    return bytes(stream.read(info.compress_size))


class _Unpacker:
    """DuckDB, reading zstd: a file as lines of text, which JSON leaves as they are."""

    _QUERY = (
        "SELECT line FROM read_csv(?, auto_detect=false, columns={{'line': 'VARCHAR'}},"
        " header=false, delim='\x01', quote='', escape='', comment='', nullstr=['\x02'],"
        " compression='zstd', max_line_size={size}, buffer_size={size})"
    )

    def __enter__(self) -> _Unpacker:
        import duckdb

        self._error = duckdb.Error
        self._con = duckdb.connect(":memory:", config=SETTINGS)
        self._folder = tempfile.TemporaryDirectory()
        return self

    def __exit__(self, *_: object) -> None:
        self._con.close()
        self._folder.cleanup()

    def unpacked(self, packed: bytes, size: int) -> bytes:
        file = Path(self._folder.name) / "member.zst"
        file.write_bytes(packed)
        place = re.sub(r"([*?\[])", r"[\1]", str(file))
        try:
            query = self._QUERY.format(size=size + 1024)
            rows = self._con.execute(query, [place]).fetchall()
        except self._error as error:
            raise ValueError("no zstd, or no text") from error
        return "\n".join(row[0] for row in rows).encode()
