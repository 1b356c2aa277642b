"""Records, and cases, that lie elsewhere: ``s3://…``, ``gs://…`` and whatever fsspec knows.

Work is done in a folder of this machine; a record goes to its place when it is whole, its
manifest last, and what an earlier run left there is brought here where it is asked for. An
object store cannot put a folder in place at once: while a record is being replaced it has no
manifest, so that nobody takes it for whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from mlpdm_kit.errors import refuse
from mlpdm_kit.record.lock import LOCK_FILE
from mlpdm_kit.record.manifest import MANIFEST
from mlpdm_kit.run.places import remove
from mlpdm_kit.run.taken import FAILURE_FILE, RUN_FILE

_ROW_FILES = ("record.json", FAILURE_FILE)
SETTLED = 1.0  # seconds after which a lock that two runs wrote at once is one of theirs


def is_elsewhere(place: str | Path) -> bool:
    """Whether a place is an address rather than a path.

    Examples
    --------
    >>> is_elsewhere("s3://bucket/records"), is_elsewhere("records"), is_elsewhere("C:/records")
    (True, False, False)
    """
    return "://" in str(place) and not str(place).startswith("file://")


def as_path(place: str | Path) -> Path:
    """A path, or a ``file://`` address, as a path."""
    said = str(place)
    return Path(url2pathname(urlsplit(said).path)) if said.startswith("file://") else Path(said)


@contextlib.contextmanager
def staged(out: str | Path) -> Iterator[tuple[Path, Store | None]]:
    """A folder to write into, and the store that it stands for, if it does."""
    if not is_elsewhere(out):
        yield as_path(out), None
        return
    with tempfile.TemporaryDirectory(prefix="mlpdm-out-") as folder:
        yield Path(folder), Store(str(out), Path(folder))


@dataclass
class Store:
    """A folder of records in an object store, and the folder here in which they grow."""

    url: str
    here: Path

    def __post_init__(self) -> None:
        self.url = self.url.rstrip("/")
        self._fs, self._root = _opened(self.url, "--out")
        self._root = self._root.rstrip("/")

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the store's lock: an object that says who writes there.

        Raises
        ------
        InputError
            Another run holds it, or one that was killed on another machine left it.
        """
        lock, mine = self._at(LOCK_FILE), uuid.uuid4().hex
        with _asking("--out", self.url):
            self._refuse_if_held(lock, mine)
            said = {"run": mine, "host": socket.gethostname(), "pid": os.getpid()}
            self._fs.pipe_file(lock, json.dumps(said).encode())
            time.sleep(SETTLED)
            self._refuse_if_held(lock, mine)
        try:
            yield
        finally:
            with contextlib.suppress(Exception):  # a store that is gone holds no lock for us
                self._fs.rm_file(lock)

    def _refuse_if_held(self, lock: str, mine: str) -> None:
        try:
            said = json.loads(self._fs.cat_file(lock))
        except FileNotFoundError:
            return
        except ValueError:
            said = {}
        if said.get("run") == mine or _has_ended(said):
            return
        where = f"{said.get('host', '?')}, {said.get('pid', '?')}"
        raise refuse("store-locked", "--out", self.url, run=where, lock=f"{self.url}/{LOCK_FILE}")

    def bring(self, name: str) -> None:
        """Bring a record's folder here, as far as it is there."""
        for file in self._files(name):
            self._bring_file(f"{name}/{file}")

    def bring_run(self) -> None:
        """Bring the note of a run that has begun and not ended."""
        with contextlib.suppress(FileNotFoundError):
            self._bring_file(RUN_FILE)

    def send(self, name: str) -> None:
        """Put a record in its place, its manifest last; of it here only the row's file stays."""
        folder, there = self.here / name, set(self._files(name))
        whole = {file.relative_to(folder).as_posix() for file in folder.rglob("*")
                 if file.is_file()}  # fmt: skip
        if MANIFEST in there:
            self._fs.rm_file(self._at(f"{name}/{MANIFEST}"))
        for file in sorted(whole - {MANIFEST}):
            self.send_file(f"{name}/{file}")
        for file in sorted(there - whole - {MANIFEST}):
            self._fs.rm_file(self._at(f"{name}/{file}"))
        self.send_file(f"{name}/{MANIFEST}")
        for inner in folder.iterdir():
            if inner.name not in _ROW_FILES:
                remove(inner)

    def send_file(self, name: str) -> None:
        """Put one file in its place."""
        self._fs.pipe_file(self._at(name), (self.here / name).read_bytes())

    def send_run(self) -> None:
        """Put the note that a run has begun in its place, or take it away."""
        if (self.here / RUN_FILE).is_file():
            self.send_file(RUN_FILE)
        else:
            with contextlib.suppress(FileNotFoundError):
                self._fs.rm_file(self._at(RUN_FILE))

    def bring_rows(self) -> None:
        """Bring what the index needs of the records that are there and not here."""
        for path in self._find():
            name, _, file = path.partition("/")
            if file in _ROW_FILES and not (self.here / name).exists():
                self._bring_file(path)

    def send_rest(self) -> None:
        """Put in place what all records share: the index, and the charts' script."""
        for file in sorted([*self.here.glob("index.*"), *self.here.glob("assets/*")]):
            self.send_file(file.relative_to(self.here).as_posix())

    def _files(self, name: str) -> list[str]:
        return [path.partition("/")[2] for path in self._find(name)]

    def _find(self, name: str = "") -> list[str]:
        """Paths below the store's root."""
        self._fs.invalidate_cache()
        top = self._at(name) if name else self._root
        return _below(self._fs, top, self._root)

    def _bring_file(self, name: str) -> None:
        file = _inside(self.here, name)
        content = self._fs.cat_file(self._at(name))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


@contextlib.contextmanager
def fetched(places: Sequence[str | Path]) -> Iterator[tuple[list[Path], dict[Path, str]]]:
    """Places of cases on this machine, and for folders that were fetched where they lay.

    Raises
    ------
    InputError
        Nothing is there, or the store says no.
    """
    with tempfile.TemporaryDirectory(prefix="mlpdm-cases-") as folder:
        found, known = [], {}
        for n, place in enumerate(places):
            if not is_elsewhere(place):
                found.append(as_path(place))
                continue
            here = _fetched(str(place).rstrip("/"), Path(folder) / str(n))
            found.append(here)
            known[here] = str(place).rstrip("/")
        yield found, known


def _fetched(url: str, folder: Path) -> Path:
    fs, path = _opened(url, "CASE")
    path = path.rstrip("/")
    top = folder / path.rpartition("/")[2]
    with _asking("CASE", url):
        names = _below(fs, path, path)
        if not names:  # a file by itself, or nothing
            if not fs.isfile(path):
                raise refuse("path-missing", "CASE", url)
            names, top = [path.rpartition("/")[2]], folder
            path = path.rpartition("/")[0]
        for name in names:
            file = _inside(top, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(fs.cat_file(f"{path}/{name}"))
    return top / names[0] if top == folder else top


def _below(fs: Any, top: str, root: str) -> list[str]:
    """Paths of all files below a folder, seen from the root."""
    try:
        found = fs.find(top)
    except FileNotFoundError:
        return []
    lead = root.strip("/") + "/"
    seen = [str(path).lstrip("/") for path in found]
    return sorted(path[len(lead) :] for path in seen if path.startswith(lead))


def _inside(folder: Path, name: str) -> Path:
    """A file below a folder; a name that would lead out of it is refused."""
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise refuse("file-outside", "CASE", name)
    return file


def _opened(url: str, field: str) -> tuple[Any, str]:
    """The file system behind an address, and the path in it."""
    try:
        import fsspec.core

        _take_obstore(url)
        with _asking(field, url):
            fs, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise refuse("extra-missing", field, url, extra="stores") from error
    return fs, str(path)


def _take_obstore(url: str) -> None:
    """Have obstore serve a kind of address whose usual package is not installed."""
    from importlib.util import find_spec

    from fsspec.registry import known_implementations, registry

    kind = url.partition("://")[0]
    usual = {"s3": "s3fs", "gs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}.get(kind)
    if usual is None or kind in registry or find_spec(usual) or kind not in known_implementations:
        return
    from obstore.fsspec import register

    register(kind)


@contextlib.contextmanager
def _asking(field: str, url: str) -> Iterator[None]:
    """What a store refuses, as one sentence."""
    from mlpdm_kit.errors import InputError

    try:
        yield
    except (InputError, ImportError):
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".partition("\n")[0][:300]
        raise refuse("store", field, url, reason=reason) from error


def _has_ended(said: dict[str, Any]) -> bool:
    """Whether the run that left a lock was one of this machine, and is no more."""
    if said.get("host") != socket.gethostname():
        return False
    try:
        os.kill(int(said.get("pid", 0)), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return True
    except PermissionError:
        return False
    return False
