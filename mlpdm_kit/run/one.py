"""One case: all its faults first, then its five notebooks, in a work folder of its own.

Nothing is put in place here: the folder holds a whole record when this is done, or what was
done so far and ``failure.json``, and in both cases a manifest, written last.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager

from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.case.load import CASE_FILE, check_case, load_case
from mlpdm_kit.case.model import Case
from mlpdm_kit.errors import Fault, InputError, RunError, raise_all, refuse
from mlpdm_kit.record.manifest import (
    RECORD_FILES,
    key_of,
    read_manifest,
    save_manifest,
    write_manifest,
)
from mlpdm_kit.record.page import verdict
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.steps import Walk
from mlpdm_kit.run.kernels import Kernels
from mlpdm_kit.run.notebooks import NOTEBOOKS, run_notebook
from mlpdm_kit.run.places import Place, start
from mlpdm_kit.run.result import (
    CaseResult,
    Failure,
    Progress,
    Report,
    Settings,
    State,
    failure_content,
)
from mlpdm_kit.run.taken import FAILURE_FILE, read_record
from mlpdm_kit.text import Text


def decided(place: Place, settings: Settings, kernels: Kernels, tell: Report) -> CaseResult:
    """Decide a case in ``place.work``; whatever goes wrong is the result's to say.

    A failed case for which no folder can be made has none: its result says why.
    """
    key = ""
    with _own_event_loop():
        try:
            case = checked(place, settings)
            key = key_for(case, settings)
            start(place)
            _notebooks(place, case, settings, kernels, tell)
            _refuse_changed(place, case, settings)
            _list_files(place, settings, "done", key)
            return of_record(place, settings, "done")
        except InputError as error:
            return failed(place, settings, faults=error.faults, key=key)
        except RunError as error:
            failure = Failure(notebook=error.notebook, cell=error.cell, reason=error.reason)
        except Exception as error:  # a full disk, say; the other cases go on
            said = f"{type(error).__name__}: {error}"
            failure = Failure(reason=Text(settings.lang).say("run.broken", said=said))
    return failed(place, settings, failure=failure, key=key)


def of_record(place: Place, settings: Settings, state: State) -> CaseResult:
    """The result that a record in the work folder, or one put in place, stands for."""
    folder = place.folder if state == "kept" else place.work
    record = read_record(folder)
    return CaseResult(
        id=place.id,
        case=place.case,
        state=state,
        outcome=record.verdict.outcome,
        verdict=verdict(record, Sentences.of_record(record, settings.lang)),
    )


def key_for(case: Case, settings: Settings) -> str:
    """Digest of all that the record of a case is made from."""
    return key_of(case, Walk(case).data_digest, settings.as_plain(), settings.notebooks)


def kept(place: Place, settings: Settings) -> CaseResult | None:
    """The result of an earlier run, where its record is whole and would be made the same."""
    manifest = read_manifest(place.folder)
    if manifest is None or manifest.state != "done" or place.fault:
        return None
    try:
        case = load_case(place.case, settings.overrides)
        if manifest.key != key_for(case, settings) or not manifest.holds(place.folder):
            return None
        if (place.folder / FAILURE_FILE).exists():
            return None  # the index would say otherwise
        if settings.anew and read_record(place.folder).date != settings.date_of(case.date):
            return None
        return of_record(place, settings, "kept").at(place.folder)
    except (InputError, OSError, ValueError):
        return None


def pointed(place: Place) -> bool:
    """Have the manifest of a kept record say where the case lies now, if it had moved."""
    manifest = read_manifest(place.folder)
    if manifest is None or manifest.case == place.known_as:
        return False
    save_manifest(place.folder, manifest.model_copy(update={"case": place.known_as}))
    return True


def checked(place: Place, settings: Settings) -> Case:
    """All faults of the case at once, before the first kernel starts."""
    faults = [place.fault] if place.fault else []
    if place.case.is_file():  # the notebooks, too, look for case.yaml
        faults.append(Fault(code="case-misnamed", field="CASE", value=place.case.name,
                            file=str(place.case)))  # fmt: skip
    raise_all([*faults, *check_case(place.case, settings.overrides)])
    case = load_case(place.case, settings.overrides)
    if case.name != place.id:
        raise refuse("id", "id", place.id)
    return case


def _notebooks(
    place: Place, case: Case, settings: Settings, kernels: Kernels, tell: Report
) -> None:
    if kernels.warm is not None:
        kernels.warm.read(case.folder / CASE_FILE)
    for name in NOTEBOOKS:
        tell(Progress(case=place.id, notebook=name))
        run_notebook(
            settings.notebooks / f"{name}.ipynb",
            out=place.work,
            parameters=settings.parameters(place.case, case.date),
            lang=settings.lang,
            known_as=place.source,
            limits=settings.limits,
            kernels=kernels,
            execute=settings.execute,
        )


def _refuse_changed(place: Place, case: Case, settings: Settings) -> None:
    """Refuse a record of another case than the one that was checked: it changed meanwhile."""
    made = read_record(place.work).provenance
    if (made.case_digest, made.data_digest) != (case.digest, Walk(case).data_digest):
        raise RunError("05_decision_record", "", Text(settings.lang).say("run.changed"))


def failed(
    place: Place,
    settings: Settings,
    *,
    faults: tuple[Fault, ...] = (),
    failure: Failure | None = None,
    key: str = "",
) -> CaseResult:
    """The result of a case that failed; what there is of it stays, but no record."""
    result = CaseResult(id=place.id, case=place.case, state="failed", faults=faults,
                        failure=failure)  # fmt: skip
    if place.fault:
        return result
    try:
        if faults or not place.work.exists():
            start(place)
        for name in RECORD_FILES:
            (place.work / name).unlink(missing_ok=True)
        content = {**failure_content(result, settings.lang), "case": place.known_as}
        said = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        write_atomically(place.work / FAILURE_FILE, said)
        _list_files(place, settings, "failed", key)
    except OSError:  # the disk is full or gone: the result still says what failed first
        pass
    return result


def _list_files(place: Place, settings: Settings, state: State, key: str) -> None:
    write_manifest(place.work, id=place.id, state=state, key=key,
                   case=place.known_as, settings=settings.as_plain())  # fmt: skip


@contextmanager
def _own_event_loop() -> Iterator[None]:
    """Close the event loop that Jupyter makes for this thread when its case is done."""
    from jupyter_core.utils import ensure_event_loop

    try:
        yield
    finally:
        ensure_event_loop().close()
        asyncio.set_event_loop(None)
