"""The page of a workshop: the same things as in a report, alive, and forms between them.

What a notebook shows stands in a spot. When the case file changes (by a form here, by
another window, by hand) every spot is shown again from the file. Nothing is kept in
widgets: running all cells brings everything back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import ipywidgets as widgets

from mlpdm_kit.case.editing.file import CaseFile, read_state
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.text import Text
from mlpdm_kit.view import html
from mlpdm_kit.view.bundles import PLOTLY_MIME, for_notebook
from mlpdm_kit.view.draft import draft_of, from_answers
from mlpdm_kit.view.forms.blocks import BESIDE
from mlpdm_kit.view.forms.faults_said import said_of_all
from mlpdm_kit.view.forms.form import Form
from mlpdm_kit.view.forms.parts import task_of
from mlpdm_kit.view.group_parts import patterns_shown
from mlpdm_kit.view.only import elsewhere, not_here
from mlpdm_kit.view.panels.alive import PanelBox
from mlpdm_kit.view.panels.desk import Desk, Nothing
from mlpdm_kit.view.stage_bar import StageSpot

Show = Callable[[Mapping[str, Any]], None]
Open = Callable[..., Any]  # from a path, what takes each thing shown, and a draft if there is one

QUIET = 0.25  # seconds without a change before all is worked out again
LOOK = 1.0  # seconds between looks at the file
_NEWEST: WeakValueDictionary[tuple[Path, str], LivePage] = WeakValueDictionary()
"""Each page as it was opened last: one that was reloaded is not worked out twice."""


@dataclass(frozen=True)
class Spot:
    """A place in the notebook, what is shown there, and by which call."""

    place: Any
    method: str
    arguments: tuple[Any, ...]

    def show(self, bundles: Sequence[Mapping[str, Any]]) -> None:
        """Put bundles in the place of those that stand there."""
        self.place.children = _shown(bundles, self.place.children)


class LivePage:
    """One step of one case, as a workshop sees it.

    Parameters
    ----------
    file : CaseFile
    open_page : callable
        From the case and what takes each thing shown to a page of a report.
    text : Text
    display : callable
        What puts a widget into the notebook.
    bar : StageSpot
        What shows how far the case is.
    """

    def __init__(
        self,
        file: CaseFile,
        open_page: Open,
        text: Text,
        display: Callable[[Any], None],
        bar: StageSpot,
    ) -> None:
        self.file, self.text, self.bar = file, text, bar
        self._open, self._display = open_page, display
        self._spots: list[Spot] = []
        self._forms: list[Any] = []
        self._panels: list[PanelBox] = []
        self._soon: Any = None
        self._work: asyncio.Task[None] | None = None
        self._changed = False
        self._shower = _Shower(self.file.path, open_page, text)
        self._key = (self.file.path.resolve(), bar.step)
        _NEWEST[self._key] = self
        self.status = widgets.HTML()
        self._display(self.status)
        self._watch()

    def bottom_line(self) -> None:
        """Show the answer of the step."""
        self._spot("bottom_line")

    def picture(self, name: str) -> None:
        """Show a chart."""
        self._spot("picture", name)

    def reading(self, name: str) -> None:
        """Show how to read a chart."""
        self._spot("reading", name)

    def table(self, name: str) -> None:
        """Show a table."""
        self._spot("table", name)

    def area(self, name: str) -> None:
        """Show one of the four areas."""
        self._spot("area", name)

    def stages(self) -> None:
        """Show how far the case is, step by step, whether or not it can be worked out yet."""
        self._display(self.bar.place)
        self.bar.fill(self.file, self.text)

    def save(self) -> None:
        """Write what the step leaves, and say where."""
        self._spot("save")
        self.bar.fill(self.file, self.text)

    def form(self, name: str) -> None:
        """Show a form to fill in."""
        form = Form(name, self.file, self.text, self._later)
        self._forms.append(form)
        self._display(form.widget)

    def estimates(self) -> None:
        """Show the form in which members give ranges alone."""
        from mlpdm_kit.view.forms.estimates import SilentEstimates

        def output(figure: Mapping[str, Any]) -> Any:
            return _shown([{PLOTLY_MIME: for_notebook(dict(figure))}], ())[0]

        form = SilentEstimates(self.file, self.text, self._later, value=self._worth, output=output)
        self._forms.append(form)
        self._display(form.widget)

    def patterns(self) -> None:
        """Show the signs that a group fools itself, also while the case is in the making."""
        self._spot("patterns")

    def _worth(self) -> Any:
        """What the case is worth as it stands; None where that cannot be said yet."""
        with contextlib.suppress(InputError):
            return None if self._shower.page is None else self._shower.page.walk.value()
        return None

    def panel(self, name: str) -> None:
        """Show a picture that follows the hand."""
        box = PanelBox(name, self.file, self.text, self._later, self._choose)
        self._panels.append(box)
        box.take(self._shower.desk(name))
        self._display(box.widget)

    def _choose(self, name: str) -> None:
        """Have the panels that are about one input be about this one."""
        for box in self._panels:
            box.choose(name)

    def refresh(self) -> None:
        """Work everything out again from the file as it is, and show it."""
        self._soon = None
        for form in self._forms:
            form.refresh()
        loop = _loop()
        if loop is None:
            shower = _Shower(self.file.path, self._open, self.text)
            for place, spot in enumerate(self._spots):
                spot.show(shower.one(spot, first=place == 0))
            self.bar.fill(self.file, self.text)
            for box in self._panels:
                box.take(shower.desk(box.name))
            return
        self._changed = True
        if self._work is None or self._work.done():
            self._work = loop.create_task(self._renew())

    async def _renew(self) -> None:
        """Work out beside the kernel's own thread, so that nobody waits to type on."""
        self._say("page.working")
        self.bar.fill(self.file, self.text)
        while self._changed:
            self._changed = False
            shower = await asyncio.to_thread(_Shower, self.file.path, self._open, self.text)
            for place, spot in enumerate(list(self._spots)):
                found = await asyncio.to_thread(shower.one, spot, first=place == 0)
                if self._changed:  # out of date already
                    break
                spot.show(found)
            for box in list(self._panels):
                if self._changed:
                    break
                desk = await asyncio.to_thread(shower.desk, box.name)
                if not self._changed:
                    box.take(desk)
            self._shower = shower
        self.bar.fill(self.file, self.text)  # what is saved has been looked at
        self._say("page.worked")

    def _say(self, code: str) -> None:
        said = self.text.say(code)
        self.status.value = f'<p class="mlpdm-status" role="status">{said}</p>'

    def _spot(self, method: str, *arguments: Any) -> None:
        beside = BESIDE.get((method, str(arguments[0]))) if arguments else None
        if beside is not None:
            self.form(beside)
        spot = Spot(widgets.VBox(), method, arguments)
        self._spots.append(spot)
        spot.show(self._shower.one(spot, first=len(self._spots) == 1))
        self._display(spot.place)

    def _later(self) -> None:
        """Work all out again as soon as nobody is typing."""
        loop = _loop()
        if loop is None:
            self.refresh()
            return
        if self._soon is not None:
            self._soon.cancel()
        self._soon = loop.call_later(QUIET, self.refresh)

    def _watch(self) -> None:
        """Look at the file now and then: another window, or a hand, may have changed it."""
        loop = _loop()
        if loop is None or _NEWEST.get(self._key) is not self:
            return
        with contextlib.suppress(InputError, OSError):  # the next look, or the next change, says it
            if self.file.reread():
                self.refresh()
                for form in self._forms:
                    form.say("form.changed-outside")
            elif self.bar.moved():  # another notebook has left something
                self.bar.fill(self.file, self.text)
        loop.call_later(LOOK, self._watch)


class _Shower:
    """Shows what spots are to show, as bundles, from the case file as it is now."""

    def __init__(self, path: Path, open_page: Open, text: Text) -> None:
        self.path, self.text = path, text
        self.page: Any = None
        self.faults: InputError | None = None
        self.left_out: tuple[str, ...] = ()
        self._early: Any = None  # shows what follows from the answers alone
        self._bundles: list[Mapping[str, Any]] = []
        try:
            self.page = open_page(path, self._take)
        except InputError as error:
            self.faults = error
            self._draft(open_page)

    def _take(self, bundle: Mapping[str, Any]) -> None:
        self._bundles.append(bundle)

    def _draft(self, open_page: Open) -> None:
        """Open what there is of a case that is not whole."""
        with contextlib.suppress(InputError):
            draft = draft_of(read_state(self.path))
            if draft is None:
                return
            page = open_page(self.path, self._take, draft.case)
            if draft.whole:
                self.page, self.faults, self.left_out = page, None, draft.left_out
            else:
                self._early = page

    def one(self, spot: Spot, *, first: bool) -> list[Mapping[str, Any]]:
        """The bundles of a spot; what is at fault is said once, in the first."""
        self._bundles.clear()
        if spot.arguments and self._elsewhere(spot.method, str(spot.arguments[0])):
            return [not_here(self.text)]
        if self.left_out and spot.method == "save":
            return [self._told("page.left-out.save")]
        page = self.page or self._early_for(spot)
        try:
            if page is not None:
                getattr(page, spot.method)(*spot.arguments)
        except InputError as error:
            self.faults = self.faults or error
        except Exception as error:  # nobody would see it: a callback has no cell
            said = self.text.say("page.broken", said=f"{type(error).__name__}: {error}")
            return [{"text/html": html.faults(said, [], lang=self.text.lang)}]
        if self.faults is not None:
            if spot.method == "patterns":
                return self._patterns()
            early = self._bundles if page is not None and page is self._early else []
            return [*([self._unfinished(self.faults)] if first else []), *early]
        weighed = spot.method == "picture" and spot.arguments == ("studies",)
        if self.left_out and (first or weighed):
            rest = self._bundles if first or page.case.studies else []  # else: that there is none
            return [self._told("page.left-out", studies=list(self.left_out)), *rest]
        return list(self._bundles)

    def _early_for(self, spot: Spot) -> Any:
        """The page of the draft, for what does not need the rest of it."""
        page = self._early
        if page is None or not from_answers(page.step, spot.method, spot.arguments):
            return None
        return page

    def _told(self, code: str, **figures: Any) -> Mapping[str, Any]:
        said = self.text.say(code, **figures)
        return {"text/html": html.words(said, lang=self.text.lang, kind="none")}

    def _elsewhere(self, method: str, name: str) -> bool:
        """Whether something is only for other kinds of task than the file says now."""
        with contextlib.suppress(InputError):
            state = read_state(self.path)
            return not state.broken and elsewhere(method, name, task_of(state))
        return False

    def _patterns(self) -> list[Mapping[str, Any]]:
        """How the draft of a case looks that cannot be worked out yet."""
        with contextlib.suppress(InputError):
            draft = read_state(self.path).case
            if draft is not None:
                return [patterns_shown(draft, None, Sentences.of_case(draft, self.text.lang))]
        return []

    def desk(self, name: str) -> Desk | Nothing:
        """What stands behind a panel, or why there is nothing."""
        if self._elsewhere("panel", name):
            return Nothing(said=self.text.say("page.not-here"), gone=True)
        try:
            if self.page is not None and self.faults is None:
                found: Desk | Nothing = self.page.desk(name)
                return found
        except InputError as error:
            self.faults = error
        except Exception as error:  # nobody would see it: a callback has no cell
            said = self.text.say("page.broken", said=f"{type(error).__name__}: {error}")
            return Nothing(said=said)
        return Nothing(said=self.text.say("panel.unfinished"))

    def _unfinished(self, error: InputError) -> Mapping[str, Any]:
        lead, lang = self.text.say("page.unfinished"), self.text.lang
        # the fields stand on these pages: nobody looks for a line of the file
        told = [replace(fault, file=None, line=None).sentence(lang) for fault in error.faults]
        with contextlib.suppress(InputError):  # a file that cannot be read has no fields
            state = read_state(self.path)
            if not state.broken:
                told = said_of_all(error.faults, state, self.text)
        return {"text/html": html.faults(lead, dict.fromkeys(told), lang=lang)}


def _loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _shown(bundles: Sequence[Mapping[str, Any]], before: Sequence[Any]) -> list[Any]:
    """Widgets that show bundles; those of before are filled anew where they fit."""
    found: list[Any] = []
    for place, bundle in enumerate(bundles):
        old = before[place] if place < len(before) else None
        # a link is JupyterLab's to follow only where it renders the HTML itself
        plain = "text/html" in bundle and "<a " not in bundle["text/html"]
        kind = widgets.HTML if plain else widgets.Output
        one: Any = old if type(old) is kind else kind()
        if plain:
            if one.value != bundle["text/html"]:
                one.value = bundle["text/html"]
        else:
            output = {"output_type": "display_data", "data": dict(bundle), "metadata": {}}
            if one.outputs != (output,):
                one.outputs = (output,)
        found.append(one)
    return found
