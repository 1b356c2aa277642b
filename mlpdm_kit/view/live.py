"""The page of a workshop: the same things as in a report, alive, and forms between them.

What a notebook shows stands in a spot. When the case file changes (by a form here, by
another window, by hand) every spot is shown again from the file. Nothing is kept in
widgets: running all cells brings everything back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.file import CaseFile
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.text import Text
from mlpdm_kit.view import html
from mlpdm_kit.view.bundles import PLOTLY_MIME, for_notebook
from mlpdm_kit.view.forms.blocks import BESIDE
from mlpdm_kit.view.forms.form import Form
from mlpdm_kit.view.group_parts import patterns_shown

Show = Callable[[Mapping[str, Any]], None]
Open = Callable[[Path, Show], Any]

QUIET = 0.25  # seconds without a change before all is worked out again
LOOK = 1.0  # seconds between looks at the file


@dataclass(frozen=True)
class Spot:
    """A place in the notebook, what is shown there, and by which call."""

    place: Any
    method: str
    arguments: tuple[Any, ...]


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
    """

    def __init__(
        self, file: CaseFile, open_page: Open, text: Text, display: Callable[[Any], None]
    ) -> None:
        self.file, self.text = file, text
        self._open, self._display = open_page, display
        self._spots: list[Spot] = []
        self._forms: list[Any] = []
        self._soon: Any = None
        self._page: Any = None
        self._faults: InputError | None = None
        self._bundles: list[Mapping[str, Any]] = []
        self._reopen()
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
        """Show how far the case is, step by step."""
        self._spot("stages")

    def save(self) -> None:
        """Write what the step leaves, and say where."""
        self._spot("save")

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
            return None if self._page is None else self._page.walk.value()
        return None

    def refresh(self) -> None:
        """Work everything out again from the file as it is, and show it."""
        self._soon = None
        for form in self._forms:
            form.refresh()
        self._reopen()
        for spot in self._spots:
            self._fill(spot)

    def _reopen(self) -> None:
        self._page, self._faults = None, None
        try:
            self._page = self._open(self.file.path, lambda bundle: self._bundles.append(bundle))
        except InputError as error:
            self._faults = error

    def _spot(self, method: str, *arguments: Any) -> None:
        beside = BESIDE.get((method, *map(str, arguments)))
        if beside is not None:
            self.form(beside)
        spot = Spot(widgets.VBox(), method, arguments)
        self._spots.append(spot)
        self._fill(spot)
        self._display(spot.place)

    def _fill(self, spot: Spot) -> None:
        self._bundles = []
        try:
            if self._page is not None:
                getattr(self._page, spot.method)(*spot.arguments)
        except InputError as error:
            self._faults = self._faults or error
        except Exception as error:  # nobody would see it: a callback has no cell
            said = self.text.say("page.broken", said=f"{type(error).__name__}: {error}")
            self._bundles = [{"text/html": html.faults(said, [], lang=self.text.lang)}]
        if self._faults is not None:
            self._bundles = [self._unfinished(self._faults)] if spot is self._spots[0] else []
            draft = self.file.state.case
            if spot.method == "patterns" and draft is not None:
                self._bundles.append(
                    patterns_shown(draft, None, Sentences.of_case(draft, self.text.lang))
                )
        spot.place.children = _shown(self._bundles, spot.place.children)

    def _unfinished(self, error: InputError) -> Mapping[str, Any]:
        said = html.faults(self.text.say("page.unfinished"), error.sentences(self.text.lang),
                           lang=self.text.lang)  # fmt: skip
        return {"text/html": said}

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
        if loop is None:
            return
        with contextlib.suppress(InputError, OSError):  # the next look, or the next change, says it
            if self.file.reread():
                self.refresh()
                for form in self._forms:
                    form.say("form.changed-outside")
        loop.call_later(LOOK, self._watch)


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
        plain = "text/html" in bundle
        kind = widgets.HTML if plain else widgets.Output
        one = old if type(old) is kind else kind()
        if plain:
            if one.value != bundle["text/html"]:
                one.value = bundle["text/html"]
        else:
            output = {"output_type": "display_data", "data": dict(bundle), "metadata": {}}
            if one.outputs != (output,):
                one.outputs = (output,)
        found.append(one)
    return found
