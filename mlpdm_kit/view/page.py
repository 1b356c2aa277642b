"""What a notebook shows: one call, one thing.

`open_page` reads the case; each method of `Page` then shows one thing, so that a notebook
needs no code of its own. What comes in wrong is said in sentences, and then raised, so that
a run without anybody watching fails too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date as Date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit import shipped
from mlpdm_kit.case.load import load_case
from mlpdm_kit.case.model import Case
from mlpdm_kit.errors import refuse
from mlpdm_kit.record.steps import DEFAULT_DRAWS, STEPS, Walk
from mlpdm_kit.text import LANGUAGES, Text
from mlpdm_kit.view.step_page import Page
from mlpdm_kit.view.telling import MODES, Show, faults_said, in_notebook, refuse_unknown

if TYPE_CHECKING:
    from mlpdm_kit.view.live import LivePage


def open_page(
    step: str,
    *,
    case: str,
    out: str = "",
    mode: str = "report",
    lang: str = "en",
    seed: int = 0,
    draws: int = DEFAULT_DRAWS,
    day: str | None = "",
    overrides: Mapping[str, Any] | None = None,
    show: Show | None = None,
) -> Page | LivePage:
    """Open a case at one step.

    Parameters
    ----------
    step : str
        One of `STEPS`.
    case : str
        A case folder, its ``case.yaml``, or the name of a case of the library.
    out : str
        Folder of this case's record; without it ``records/<case id>`` where the notebook is,
        or beside the folder of the notebooks.
    mode : {"report", "workshop"}
        Whether anybody is there to fill in forms.
    lang : {"en", "ja"}
        The reader's language.
    seed, draws : int
        Of the simulation.
    day : str, optional
        Date of the record, ``2027-01-31``; without it the case's own, else today.
    overrides : mapping, optional
        Values by dotted path that replace those of the case file.
    show : callable, optional
        What takes each thing that is shown, as a MIME bundle; by default the notebook.

    Raises
    ------
    InputError
        After its faults are shown as sentences.
    """
    if mode == "workshop":
        return _live(step, case=case, out=out, lang=lang, seed=seed, draws=draws, day=day,
                     overrides=overrides)  # fmt: skip
    show = show or in_notebook
    with faults_said(lang if lang in LANGUAGES else "en", show):
        refuse_unknown("step", step, STEPS)
        refuse_unknown("mode", mode, MODES)
        refuse_unknown("lang", lang, LANGUAGES)
        found = load_case(find_case(case), overrides)
        return _page_of(found, step, out=out, mode=mode, lang=lang, seed=seed, draws=draws, day=day,
                        overrides=overrides, show=show)  # fmt: skip


def _page_of(
    found: Case,
    step: str,
    *,
    out: str,
    seed: int,
    draws: int,
    day: str | None,
    **more: Any,
) -> Page:
    """The page of a case that has been read."""
    where = Path(out) if out else _home() / "records" / found.name
    walk = Walk(found, seed=seed, draws=draws, out=where, day=_day(day))
    return Page(walk, step=step, **more)


def _live(step: str, *, case: str, lang: str, **more: Any) -> LivePage:
    """The page of a workshop, whose case may not be one yet."""
    import IPython.display

    from mlpdm_kit.case.editing.file import CaseFile
    from mlpdm_kit.view.live import LivePage
    from mlpdm_kit.view.stage_bar import StageSpot

    with faults_said(lang if lang in LANGUAGES else "en", in_notebook):
        refuse_unknown("lang", lang, LANGUAGES)
        found = find_case(case)
        if found.parent == shipped.cases():
            raise refuse("workshop-library", "case", case)
        file = CaseFile(found)
    where = Path(more["out"] or _home() / "records" / file.path.resolve().parent.name)

    def reopen(path: Path, show: Show, draft: Case | None = None) -> Page:
        if draft is not None:
            return _page_of(draft, step, mode="report", lang=lang, show=show, **more)
        page = open_page(step, case=str(path), lang=lang, show=show, **more)
        assert isinstance(page, Page)
        return page

    display: Callable[[Any], None] = IPython.display.display
    return LivePage(file, reopen, Text(lang), display, StageSpot(step, where))


def find_case(case: str) -> Path:
    """A path from here or from beside the notebooks, else the library's case of this name.

    Examples
    --------
    >>> find_case("no/such/case").as_posix()
    'no/such/case'
    """
    path = Path(case)
    if not path.exists() and (_home() / path).exists():
        return _home() / path
    in_library = shipped.cases() / path.name
    if not path.exists() and path.name == case and in_library.is_dir():
        return in_library
    return path


def _home() -> Path:
    """Where records go and cases lie: here, or above the folder of the notebooks."""
    here = Path.cwd()
    if here.parent.name == "notebooks" and (here.parent / "01_problem_framing.ipynb").is_file():
        return Path("../..")
    inside = (here / "01_problem_framing.ipynb").is_file() and here.name == "notebooks"
    return Path("..") if inside else Path()


def _day(day: str | None) -> Date | None:
    try:
        return Date.fromisoformat(day) if day else None
    except ValueError:
        raise refuse("page-day", "day", day) from None
