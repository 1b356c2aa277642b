"""A case as it travels to another machine, and what comes back: plain values and bytes.

A parcel holds all that a decision is made from, so that it is a pure function of it and no
disk is shared: the case's own files, the settings, and which kit it is meant for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date as Date
from pathlib import Path, PurePosixPath
from typing import Any

from mlpdm_kit.case.dataset import files_of
from mlpdm_kit.case.load import CASE_FILE
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.tables import inside
from mlpdm_kit.record.assemble import kit_version, packages
from mlpdm_kit.record.manifest import notebooks_digest
from mlpdm_kit.run.kernels import Kernels
from mlpdm_kit.run.one import decided, key_for
from mlpdm_kit.run.places import Place
from mlpdm_kit.run.result import CaseResult, Failure, Settings

ANSWERS = "answers"


class NotOurKit(RuntimeError):
    """A parcel was packed by another kit than the one that opens it."""


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One case with all that its decision is made from.

    Parameters
    ----------
    key : str
        Digest of all of it: the same parcel, the same record.
    id : str
    source : str
        Where the case came from.
    files : mapping
        The bytes of its files, by their path beside the case file.
    settings : mapping
        Of the run, as plain values.
    kit : mapping
        Which kit packed it.
    """

    key: str
    id: str
    source: str
    files: Mapping[str, bytes]
    settings: Mapping[str, Any]
    kit: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What came of a parcel: the record's files as bytes, or why there are none."""

    state: str
    files: Mapping[str, bytes]
    outcome: str = ""
    verdict: str = ""
    failure: tuple[str, str, str] | None = None

    def result(self, place: Place) -> CaseResult:
        """The result, for the one who sent the parcel."""
        names = ("notebook", "cell", "reason")
        failure = self.failure and Failure(**dict(zip(names, self.failure, strict=True)))
        return CaseResult(
            id=place.id,
            case=place.case,
            state="done" if self.state == "done" else "failed",
            outcome=self.outcome,
            verdict=self.verdict,
            failure=failure,
        )


def our_kit(settings: Settings) -> dict[str, Any]:
    """The kit, its notebooks and the packages that figures stand on, as plain values."""
    return {"kit": kit_version(), "packages": packages(),
            "notebooks": notebooks_digest(settings.notebooks)}  # fmt: skip


def packed(place: Place, case: Case, settings: Settings) -> Parcel:
    """A case ready to travel.

    Raises
    ------
    InputError, OSError
        One of its files can't be read.
    """
    files = {CASE_FILE: place.case / CASE_FILE if place.case.is_dir() else place.case}
    for name in files_of(case):
        files[PurePosixPath(name).as_posix()] = inside(case.folder, name, "data.file")
    for file in sorted((case.folder / ANSWERS).glob("*.yaml")):
        if file.is_file():
            name = f"{ANSWERS}/{file.name}"
            files[name] = inside(case.folder, name, ANSWERS)
    known = {
        **settings.as_plain(),
        "today": settings.today.isoformat(),
        "limits": dict(vars(settings.limits)),
        "engine": settings.engine,
    }
    return Parcel(
        key=f"{place.id}-{key_for(case, settings)}-{settings.today.isoformat()}",
        id=place.id,
        source=str(place.case.resolve()),
        files={name: file.read_bytes() for name, file in files.items()},
        settings=known,
        kit=our_kit(settings),
    )


def opened(parcel: Parcel, folder: Path, kernels: Kernels) -> Opened:
    """Decide the case of a parcel in a folder, which is empty and the caller's to remove."""
    settings = _settings(parcel.settings)
    if our_kit(settings) != dict(parcel.kit):
        raise NotOurKit(f"{our_kit(settings)}, not {dict(parcel.kit)}")
    case = folder / "cases" / parcel.id
    for name, content in parcel.files.items():
        file = (case / name).resolve()
        if not file.is_relative_to(case.resolve()):
            raise ValueError(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    place = Place(id=parcel.id, case=case, out=folder / "out", source=parcel.source)
    result = decided(place, settings, kernels, lambda progress: None)
    files = {file.relative_to(place.work).as_posix(): file.read_bytes()
             for file in sorted(place.work.rglob("*")) if file.is_file()}  # fmt: skip
    failure = result.failure
    if result.faults:
        failure = Failure(reason="\n".join(result.reasons(settings.lang)))
    return Opened(state=result.state, files=files, outcome=result.outcome, verdict=result.verdict,
                  failure=None if failure is None else
                  (failure.notebook, failure.cell, failure.reason))  # fmt: skip


def put_down(files: Mapping[str, bytes], folder: Path) -> None:
    """Write what came back into a work folder."""
    for name, content in files.items():
        file = (folder / name).resolve()
        if not file.is_relative_to(folder.resolve()):
            raise ValueError(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _settings(known: Mapping[str, Any]) -> Settings:
    """The settings of the sender, with this machine's own notebooks and limits."""
    day = known["day"]
    plain = Settings()
    return replace(
        plain,
        seed=known["seed"],
        draws=known["draws"],
        day=None if day is None else Date.fromisoformat(day),
        today=Date.fromisoformat(known["today"]),
        lang=known["lang"],
        mode=known["mode"],
        overrides=known["overrides"],
        limits=replace(plain.limits, **known["limits"]),
        engine=known["engine"],
    )
