"""What stands in a record's folder, and what it was made from: written last, so that it counts.

A folder without a manifest, or with files that are not those it names, is not whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from mlpdm_kit.case.files import read_whole, write_atomically
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.assemble import kit_version, packages
from mlpdm_kit.record.parts import Part

SCHEMA = "mlpdm-manifest/1"
MANIFEST = "manifest.json"
RECORD_FILES = ("record.json", "record.md", "record.html")


class Manifest(Part):
    """The files of one record, and from what they were made.

    ``key`` is the digest of all that they were made from; empty where the case could not be
    read. ``case`` is where the case lay, and ``settings`` what it was decided with.
    """

    schema_: str = Field(default=SCHEMA, alias="schema")
    id: str
    state: Literal["done", "failed"]
    key: str = ""
    case: str = ""
    kit: str = ""
    settings: dict[str, Any] = Field(default_factory=dict)
    files: dict[str, str]

    def holds(self, folder: Path) -> bool:
        """Whether every file is there as it was written."""
        if self.state == "done" and not self.files.keys() >= set(RECORD_FILES):
            return False
        try:
            return all(digest_of(folder / name) == known for name, known in self.files.items())
        except (OSError, ValueError):  # a name that no file can have
            return False


def key_of(case: Case, data_digest: str, settings: Mapping[str, Any], notebooks: Path) -> str:
    """Digest of all that a record is made from: case, data, settings, notebooks, kit.

    Parameters
    ----------
    case : Case
    data_digest : str
        SHA-256 over its data files.
    settings : mapping
        Plain values that the record shows: seed, draws, day, language.
    notebooks : path
        Folder of the notebooks.
    """
    stands_on = {
        "case": case.digest,
        "id": case.name,
        "data": data_digest,
        "settings": dict(settings),
        "notebooks": notebooks_digest(notebooks),
        "kit": kit_version(),
        "packages": packages(),
    }
    return sha256(json.dumps(stands_on, sort_keys=True).encode()).hexdigest()


@cache
def notebooks_digest(folder: Path) -> str:
    """SHA-256 over the notebooks of a folder."""
    found = [sha256(file.read_bytes()).hexdigest() for file in sorted(folder.glob("*.ipynb"))]
    return sha256("\n".join(found).encode()).hexdigest()


def digest_of(file: Path) -> str:
    """SHA-256 of a file."""
    return sha256(read_whole(file)).hexdigest()


def write_manifest(folder: Path, **known: Any) -> Manifest:
    """Name every file of a folder in its manifest; the fields of `Manifest` but the files."""
    files = {
        file.relative_to(folder).as_posix(): digest_of(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != MANIFEST and not _is_hidden(file, folder)
    }
    found = Manifest(kit=kit_version(), files=files, **known)
    save_manifest(folder, found)
    return found


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a manifest as it is."""
    plain = manifest.model_dump(mode="json", by_alias=True)
    write_atomically(folder / MANIFEST, json.dumps(plain, indent=1, ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder; None where there is none that can be read."""
    try:
        return Manifest.model_validate_json(read_whole(folder / MANIFEST))
    except (OSError, ValidationError):
        return None


def _is_hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)
