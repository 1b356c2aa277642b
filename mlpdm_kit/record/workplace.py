"""The working folder of a workshop: the case, the notebooks that are about it, the agenda.

A case of the library is copied into it; a case of one's own is the truth and is worked on
where it lies. What the folder is about stands in `PLACE_FILE`. Making it again adds only
what is missing; a notebook that has lost cells is put aside and made anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from mlpdm_kit import shipped
from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.case.load import CASE_FILE
from mlpdm_kit.case.template import new_case
from mlpdm_kit.case.words import slug
from mlpdm_kit.errors import refuse
from mlpdm_kit.record.agenda import PLANNED, plan
from mlpdm_kit.record.agenda_page import AGENDA, CLOCK, write_agenda
from mlpdm_kit.record.notebook_copy import (
    fill_in,
    say_at_last,
    say_how_to_begin,
    say_nothing_to_edit,
    translate,
)
from mlpdm_kit.record.stages import STEPS
from mlpdm_kit.text import Text

PLACE_FILE = "workshop.json"
START = "start.ipynb"
ESTIMATES, COMPARISON = "silent_estimates.ipynb", "comparison.ipynb"
_BESIDE = (START, ESTIMATES, COMPARISON)  # the notebooks that are no step
_ABOVE = ".."  # where the working folders of all groups lie
EMPTY = "empty"  # the word for a case to fill in from the start


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """What a working folder is about.

    Parameters
    ----------
    case : str
        The case folder, seen from the working folder; empty while none is chosen.
    lang : {"en", "ja"}
        Language of its pages.
    minutes, start : int, str
        Of the agenda.
    """

    case: str = ""
    lang: str = "en"
    minutes: int = PLANNED
    start: str = ""

    @property
    def out(self) -> str:
        """The folder of the case's record, seen from the working folder."""
        return f"records/{Path(self.case).name}" if self.case else ""


def folder_for(case: str) -> Path:
    """Where a workshop on a case works if nobody says where.

    Examples
    --------
    >>> folder_for("cases/churn").as_posix(), folder_for("").as_posix()
    ('workshop-churn', 'workshop')
    """
    name = _case_folder(Path(case)).resolve().name if case else ""
    return Path(f"workshop-{name}" if name else "workshop")


def open_place(folder: Path, case: str = "", lang: str = "en") -> tuple[Workplace, bool]:
    """Make a working folder, or go on with the one that is there.

    Parameters
    ----------
    folder : path
    case : str
        A case folder or its file, or a case of the library; empty to choose on the start
        page, or to go on with the case that is there.
    lang : {"en", "ja"}
        Language of a new one.

    Returns
    -------
    Workplace, bool
        What it is about, and whether it was there already.

    Raises
    ------
    InputError
        There is no such case; the folder is something else, is about another case, or
        cannot be written.
    """
    there = read_place(folder)
    try:
        if there is None:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise refuse("workshop-taken", "--dir", folder)
            known = _find(case) if case else None
            folder.mkdir(parents=True, exist_ok=True)
            place = Workplace(lang=lang)
            if known is not None:
                place = replace(place, case=_take(folder, known, lang))
            _complete(folder, place)
            return place, False
        if case and not _is_about(folder, there, case):
            raise refuse("workshop-other", "--dir", folder, case=there.case or "-")
        if case and not there.case:
            there = choose(folder, case)
        _complete(folder, there)
        return there, True
    except OSError as error:
        raise refuse("workshop-folder", "--dir", folder, reason=_reason(error)) from error


def choose(folder: Path, case: str, name: str = "") -> Workplace:
    """Take a case for a working folder that has none yet.

    Parameters
    ----------
    folder : path
    case : str
        As for `open_place`, or `EMPTY`.
    name : str
        Of the folder of an empty one.
    """
    place = read_place(folder) or Workplace()
    if case == EMPTY:
        if not slug(name):
            raise refuse("case-name", "name", name)
        new_case(folder / name, lang=place.lang, empty=True)
        taken = name
    else:
        taken = _take(folder, _find(case, folder), place.lang)
    place = replace(place, case=taken)
    for name_ in (ESTIMATES, *_steps()):
        _write_notebook(folder, name_, place)
    _keep(folder, place)
    return place


def keep_agenda(folder: Path, minutes: int, start: str) -> None:
    """Note the agenda where the folder is that of a workshop, so that its start page has it."""
    place = read_place(folder)
    if place is not None:
        _keep(folder, replace(place, minutes=minutes, start=start))


def read_place(folder: Path) -> Workplace | None:
    """What a folder is about; None where it is no working folder."""
    try:
        said: Any = json.loads((folder / PLACE_FILE).read_bytes())
        return Workplace(**said)
    except (OSError, ValueError, TypeError):
        return None


def _complete(folder: Path, place: Workplace) -> None:
    """Write what is missing; ``PLACE_FILE`` comes last, so that half a folder is none."""
    for name in pages():
        if not _is_whole(folder / name):
            _put_aside(folder / name)
            _write_notebook(folder, name, place)
    if not (folder / AGENDA).exists() or not (folder / CLOCK).exists():
        agenda = plan(place.minutes, place.start or None)
        write_agenda(folder, agenda, lang=place.lang)
    _keep(folder, place)


def _is_whole(notebook: Path) -> bool:
    """Whether a notebook has all cells that it was made with; one's own beside them are no harm."""
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
        kinds = {cell.get("id"): cell.get("cell_type") for cell in cells}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    made = json.loads(_made_from(notebook.name).read_bytes())["cells"]
    return all(kinds.get(cell["id"]) == cell["cell_type"] for cell in made)


def _put_aside(notebook: Path) -> None:
    """Keep a notebook that has lost cells beside the one that takes its place."""
    number = 0
    while notebook.exists():
        number += 1
        aside = notebook.with_name(f"{notebook.stem}.before-{number}.ipynb")
        if not aside.exists():
            notebook.rename(aside)


def _made_from(name: str) -> Path:
    return shipped.notebooks() / ("workshop" if name in _BESIDE else ".") / name


def _keep(folder: Path, place: Workplace) -> None:
    text = json.dumps(asdict(place), indent=2, ensure_ascii=False) + "\n"
    if not (folder / PLACE_FILE).is_file() or read_place(folder) != place:
        write_atomically(folder / PLACE_FILE, text)


def pages() -> Iterator[str]:
    """The notebooks of a working folder."""
    yield from _BESIDE
    yield from _steps()


def _steps() -> Iterator[str]:
    return (f"{n:02}_{step}.ipynb" for n, step in enumerate(STEPS, 1))


def _write_notebook(folder: Path, name: str, place: Workplace) -> None:
    notebook = json.loads(_made_from(name).read_text(encoding="utf-8"))
    text = Text(place.lang)
    translate(name.removesuffix(".ipynb"), notebook, text)
    say_nothing_to_edit(notebook, text)
    values: dict[str, str | int] = {"mode": "workshop", "lang": place.lang}
    if name != START:
        say_how_to_begin(notebook, text)
        values |= {"case": place.case, "out": place.out}
    if name == next(_steps()):
        say_at_last(notebook, text.say("start.alone"))
    if name == COMPARISON:
        values = {"mode": "report", "lang": place.lang, "folder": _ABOVE}
    fill_in(notebook, values, text)
    write_atomically(folder / name, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def _case_folder(case: Path) -> Path:
    return case.parent if case.name == CASE_FILE else case


def _find(case: str, seen_from: Path | None = None) -> Path:
    """A case folder by its path, else a case of the library by its id."""
    library = shipped.cases()
    path = _case_folder(Path(case).expanduser())
    for place in (path, *([seen_from / path] if seen_from else [])):
        if (place / CASE_FILE).is_file():
            return place.resolve()
    if case == path.name and (library / case / CASE_FILE).is_file():
        return library / case
    names = sorted(file.parent.name for file in library.glob(f"*/{CASE_FILE}"))
    raise refuse("workshop-case", "CASE", case, known=", ".join(names) or "-")


def _in_library(case: Path) -> bool:
    return case.resolve().parent == shipped.cases().resolve()


def _take(folder: Path, case: Path, lang: str) -> str:
    """The case as the working folder has it: a copy from the library, or one's own."""
    if not _in_library(case):
        return _seen_from(folder, case)
    if not (folder / case.name / CASE_FILE).is_file():
        new_case(folder / case.name, case.name, lang)
    return case.name


def _seen_from(folder: Path, case: Path) -> str:
    try:
        return Path(os.path.relpath(case.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return case.resolve().as_posix()


def _is_about(folder: Path, place: Workplace, case: str) -> bool:
    if not place.case:
        return True
    found = _find(case)
    own = found.name if _in_library(found) else _seen_from(folder, found)
    return own == place.case or found == (folder / place.case).resolve()


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
