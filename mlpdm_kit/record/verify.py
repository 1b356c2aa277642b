"""Whether a record still holds: made again from its case, and held against what is there.

What can be found, the gravest first:

``tampered``
    A file is not the one that was written, a page doesn't say what the record says, or the
    figures are not those that the same case, data and kit give.
``unreadable``
    There is no record that can be read, or the case can't be found or read.
``case-changed``, ``data-changed``
    The case says something else by now, or its data do; with what would come out now.
``kit-changed``
    Another version of the kit, or of a package, gives other figures; they are named.
``holds``
    Made again it is the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from mlpdm_kit.case.files import read_whole
from mlpdm_kit.case.load import load_case
from mlpdm_kit.case.model import Case
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.assemble import kit_version, packages
from mlpdm_kit.record.assets import ASSETS, PLOTLY, plotly_script
from mlpdm_kit.record.manifest import (
    MANIFEST,
    RECORD_FILES,
    SCHEMA,
    Manifest,
    digest_of,
    read_manifest,
)
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.parts import Said
from mlpdm_kit.record.stamp import unstamped
from mlpdm_kit.record.steps import Walk
from mlpdm_kit.text import LANGUAGES

State = Literal["tampered", "unreadable", "case-changed", "data-changed", "kit-changed", "holds"]
STATES: tuple[State, ...] = ("tampered", "unreadable", "case-changed", "data-changed",
                             "kit-changed", "holds")  # fmt: skip
RECORD_FILE = "record.json"
_MADE_BY = ("provenance", "made_from", "stands_on")  # not what is said, but what it is said by

Pages = Callable[[DecisionRecord, str], Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A figure or word of the record that would be another one: where, and both."""

    where: str
    was: Any
    now: Any


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What was found of one record; ``state`` is the gravest of ``findings``."""

    record: Path
    id: str = ""
    findings: tuple[Said, ...] = ()
    moved: tuple[Moved, ...] = ()

    @property
    def state(self) -> State:
        """One of `STATES`."""
        codes = {finding.code.partition(".")[0] for finding in self.findings}
        return next(state for state in STATES if state in codes)


@dataclass
class _Looking:
    """A record's folder, and what has been found so far."""

    file: Path
    manifest: Manifest | None
    findings: list[Said] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)

    def find(self, code: str, **figures: Any) -> None:
        self.findings.append(Said(code=code, figures=figures))

    def done(self, name: str) -> Verified:
        return Verified(record=self.file, id=name, findings=tuple(self.findings),
                        moved=tuple(self.moved))  # fmt: skip


def verify(place: str | Path, *, case: str | Path | None = None, pages: Pages) -> Verified:
    """Make a record again, and say whether it holds.

    Parameters
    ----------
    place : path
        A record's folder, or its ``record.json``.
    case : path, optional
        Where the case is; by default where the record's manifest says that it lay.
    pages : callable
        Takes a record and a language, gives by file name each text that its page may have.

    Returns
    -------
    Verified
    """
    file = Path(place)
    file = file / RECORD_FILE if file.is_dir() else file
    looking = _Looking(file, read_manifest(file.parent))
    try:
        raw = read_whole(file)
        record = DecisionRecord.model_validate_json(raw)
    except PermissionError as error:
        looking.find("unreadable.rights", file=str(file), reason=error.strerror or "")
        return looking.done("")
    except (OSError, ValueError):
        looking.find("unreadable.record", file=str(file))
        return looking.done("")
    _files(looking, record, raw)
    _pages(looking, record, pages)
    found = _case(looking, case)
    if found is not None:
        _made_again(looking, record, found)
    if not looking.findings:
        code = "holds" if looking.manifest is not None else "holds.alone"
        looking.find(code, kit=record.provenance.kit)
    return looking.done(record.id)


def broken(place: Path, reason: str) -> Verified:
    """What is said of a record that could not be looked at to the end."""
    looking = _Looking(place, None)
    looking.find("unreadable.broken", reason=reason)
    return looking.done("")


def _files(looking: _Looking, record: DecisionRecord, raw: bytes) -> None:
    """Whether each file is the one that was written, as far as a manifest says."""
    if raw != record.to_json().encode():
        looking.find("tampered.form", file=RECORD_FILE)
    if looking.manifest is None:
        return
    if not _speaks_of(looking.manifest, record):
        looking.find("tampered.file", file=MANIFEST)
    named = looking.manifest.files
    for name in sorted({*RECORD_FILES, *_of_the_kit(looking.file.parent)} - named.keys()):
        looking.find("tampered.unnamed", file=name)
    for name, known in named.items():
        file = looking.file.parent / name
        try:
            inside = file.resolve().is_relative_to(looking.file.parent.resolve())
            same = inside and digest_of(file) == known
        except (OSError, ValueError):
            looking.find("tampered.missing", file=name)
            continue
        if not same:
            looking.find("tampered.file", file=name)


def _speaks_of(manifest: Manifest, record: DecisionRecord) -> bool:
    """Whether a manifest says of the record what the record says of itself."""
    made, said = record.provenance, manifest.settings
    overrides = said.get("overrides")
    put = {k: str(v) for k, v in overrides.items()} if isinstance(overrides, dict) else None
    return (
        (manifest.schema_, manifest.id, manifest.state) == (SCHEMA, record.id, "done")
        and manifest.kit == made.kit
        and (said.get("seed"), said.get("draws"), put) == (made.seed, made.draws, made.overrides)
        and said.get("lang") in LANGUAGES
        and said.get("day") in (None, record.date.isoformat())
    )


def _of_the_kit(folder: Path) -> Iterator[str]:
    """What a run would have put into a record's folder, and named in its manifest."""
    for inside in ("notebooks", "sections"):
        for file in folder.glob(f"{inside}/**/*"):
            name = file.relative_to(folder)
            if file.is_file() and not any(part.startswith(".") for part in name.parts):
                yield name.as_posix()


def _pages(looking: _Looking, record: DecisionRecord, pages: Pages) -> None:
    """Whether the pages say what the record says; another kit may have written them otherwise."""
    lang = _language(looking)
    found = {said.figures.get("file") for said in looking.findings}
    untouched = looking.manifest.files if looking.manifest and RECORD_FILE in found else {}
    for name, texts in pages(record, lang).items():
        file = looking.file.parent / name
        if name in untouched and name not in found:
            continue  # it says what the record said before that was changed
        if file.is_file() and _plain(file) not in [unstamped(text) for text in texts]:
            looking.find(f"{_otherwise(record)}.page", file=name)
    script = looking.file.parent.parent / ASSETS / PLOTLY  # that every page beside it runs
    if script.is_file() and read_whole(script) != plotly_script():
        looking.find(f"{_otherwise(record)}.script", file=f"../{ASSETS}/{PLOTLY}")


def _otherwise(record: DecisionRecord) -> str:
    """What it means that something is not as this kit would write it."""
    return "tampered" if _same_kit(record) else "kit-changed"


def _plain(page: Path) -> str:
    """What a page says, but for the moment of its making; nothing where it is no text."""
    try:
        return unstamped(read_whole(page).decode())
    except (OSError, UnicodeDecodeError):
        return ""


def _language(looking: _Looking) -> str:
    said = looking.manifest.settings.get("lang") if looking.manifest is not None else None
    if said in LANGUAGES:
        return str(said)
    try:
        head = read_whole(looking.file.parent / "record.html").decode()[:500]
    except (OSError, UnicodeDecodeError):
        return "en"
    return "ja" if 'lang="ja"' in head else "en"


def _case(looking: _Looking, given: str | Path | None) -> Case | None:
    """The case as it is now; what is wrong with it is a finding."""
    known = looking.manifest
    place = given or (known.case if known is not None else "")
    if not place:
        looking.find("unreadable.no-case")
        return None
    if not given and ("://" in str(place) or "::" in str(place)):
        looking.find("unreadable.elsewhere", case=str(place))  # who wrote this may be anybody
        return None
    overrides = known.settings.get("overrides") if known is not None else None
    overrides = overrides if isinstance(overrides, dict) else {}
    try:
        return load_case(place, overrides)
    except InputError as error:
        looking.find("unreadable.case", case=str(place), reason=str(error.faults[0]))
        return None


def _made_again(looking: _Looking, record: DecisionRecord, case: Case) -> None:
    """Decide the case as the record was decided, and compare."""
    made = record.provenance
    walk = Walk(case, seed=made.seed, draws=made.draws, day=record.date)
    try:
        again = walk.record()
    except InputError as error:
        looking.find("unreadable.case", case=str(case.folder), reason=str(error.faults[0]))
        return
    except (OSError, ValueError, ArithmeticError) as error:  # a seed that is none, say
        looking.find("unreadable.case", case=str(case.folder), reason=str(error))
        return
    now = again.provenance
    changed = False
    if now.case_digest != made.case_digest:
        looking.find("case-changed", was=record.verdict.outcome, now=again.verdict.outcome)
        changed = True
    if now.data_digest != made.data_digest:
        looking.find("data-changed", was=record.verdict.outcome, now=again.verdict.outcome)
        changed = True
    looking.moved += moves(record, again)
    if changed or not looking.moved:
        return
    if _same_kit(record):
        looking.find("tampered.figures", n=len(looking.moved))
    else:
        looking.find("kit-changed", was=_versions(made.kit, made.packages),
                     now=_versions(now.kit, now.packages), n=len(looking.moved))  # fmt: skip


def moves(was: DecisionRecord, now: DecisionRecord) -> list[Moved]:
    """Every value that differs between two records, but for what they were made from."""
    return list(_moves(json.loads(was.to_json()), json.loads(now.to_json()), ""))


def _moves(was: Any, now: Any, where: str) -> Iterator[Moved]:
    if isinstance(was, dict) and isinstance(now, dict):
        for name in sorted((was.keys() | now.keys()) - set(_MADE_BY)):
            yield from _moves(was.get(name), now.get(name), f"{where}.{name}".lstrip("."))
    elif isinstance(was, list) and isinstance(now, list) and _named(was) and _named(now):
        yield from _moves(_by_name(was), _by_name(now), where)
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for n, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from _moves(one, other, f"{where}[{n}]")
    elif was != now:
        yield Moved(where=where, was=was, now=now)


_NAMES = ("id", "input", "option", "name", "code")


def _name(item: Any) -> str:
    return next((str(item[name]) for name in _NAMES if item.get(name)), "")


def _by_name(items: list[Any]) -> dict[str, Any]:
    return {_name(item): item for item in items}


def _named(items: list[Any]) -> bool:
    """Whether items of a list can be told apart by a name of their own."""
    names = [_name(item) for item in items if isinstance(item, dict)]
    return len(names) == len(items) == len(set(names)) and all(names)


def _same_kit(record: DecisionRecord) -> bool:
    made = record.provenance
    return made.kit == kit_version() and made.packages == packages()


def _versions(kit: str, others: Mapping[str, str]) -> str:
    return ", ".join([f"mlpdm_kit {kit}", *(f"{name} {v}" for name, v in sorted(others.items()))])
