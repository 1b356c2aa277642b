"""The start page of a workshop, alive: the case is chosen here, and the bar follows the files."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.file import CaseFile, State
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.stages import STEPS
from mlpdm_kit.record.workplace import EMPTY, Workplace, choose
from mlpdm_kit.view.forms.form import Form
from mlpdm_kit.view.forms.style import STYLE
from mlpdm_kit.view.stage_bar import StageSpot
from mlpdm_kit.view.start import StartPage, library_cases, roles_table
from mlpdm_kit.view.telling import Show

OWN = "own"
LOOK = 1.0  # seconds between looks at the files


class LiveStart(StartPage):
    """The start page with the choice of a case, and forms."""

    def __init__(
        self, case: Path | None, out: Path, place: Workplace, lang: str, show: Show
    ) -> None:
        super().__init__(case, out, place, lang, show)
        self.file = None if case is None else CaseFile(case)
        self.bar = StageSpot("", out)
        self.form: Form | None = None
        self._people = widgets.VBox()
        self._record = widgets.Output()
        self._choice = _Choice(self)
        self._watch()

    def choose(self) -> None:
        """Show the choice, or which case it is."""
        if self.case is not None:
            super().choose()
            return
        _display(self._choice.widget)

    def stages(self) -> None:
        """Show how far the case is; what has not been chosen yet is shown once it is."""
        _display(self.bar.place)
        self._fill()

    def people(self) -> None:
        """Show the people's form, and what each role does and brings."""
        _display(self._people)
        self._fill()
        self.show_table(roles_table(self.text))

    def record(self) -> None:
        """Show where the record is, or will be."""
        _display(self._record)
        self._fill()

    def state(self) -> State:
        """The case file as it is."""
        assert self.file is not None
        return self.file.state

    def take(self, case: str, name: str = "") -> str:
        """Take a case for this workshop; what to say of it."""
        self.place = choose(Path(), case, name)
        self.case, self.out = Path(self.place.case), Path(self.place.out)
        self.file = CaseFile(self.case)
        self.bar.out = self.out
        self._fill()
        first = self.text.say("stage.numbered", n=1, name=self.text.say(f"stage.{STEPS[0]}"))
        return self.text.say("start.chosen", name=self.case.name, step=first)

    def _fill(self) -> None:
        """Show everything as the files are."""
        _put(self._record, self.record_bundle())
        if self.file is None:
            return
        self.bar.fill(self.file, self.text)
        if self.form is None:
            self.form = Form("people", self.file, self.text, self._fill)
            self._people.children = [self.form.widget]

    def _watch(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        with contextlib.suppress(InputError, OSError):  # the next look says it
            if self.file is not None:
                changed = self.file.reread()
                if changed and self.form is not None:
                    self.form.refresh()
                if changed or self.bar.moved():
                    self._fill()
        loop.call_later(LOOK, self._watch)


class _Choice:
    """The choice of a case: one of the library, an empty one, or a folder of one's own."""

    def __init__(self, page: LiveStart) -> None:
        self.page, text = page, page.text
        known = [(text.say("start.case", **{k: case[k] for k in
                                            ("question", "name", "task", "language")}),
                  case["name"]) for case in library_cases(text)]  # fmt: skip
        options = [(text.say("start.choose.empty"), EMPTY),
                   (text.say("start.choose.own"), OWN), *known]  # fmt: skip
        self.which = widgets.RadioButtons(
            options=options, value=EMPTY, description=text.say("start.choose"),
            layout=widgets.Layout(width="auto", height="auto"),
        )  # fmt: skip
        self.which.add_class("mlpdm-stacked")
        self.which.add_class("mlpdm-choice")
        self.name = widgets.Text(value="my-case", continuous_update=False)
        self.name.add_class("mlpdm-stacked")
        self.go = widgets.Button(description=text.say("start.choose.go"), button_style="primary",
                                 layout=widgets.Layout(align_self="flex-start"))  # fmt: skip
        self.said = widgets.HTML()
        self.widget = widgets.VBox(
            [widgets.HTML(STYLE + _STYLE), self.which, self.name, self.go, self.said]
        )
        self.widget.add_class("mlpdm-form")
        self.which.observe(lambda _: self._label(), names="value")
        self.go.on_click(lambda _: self._take())
        self._label()

    def _label(self) -> None:
        """The field below the choice asks for what the choice needs."""
        code = {EMPTY: "start.choose.name", OWN: "start.choose.folder"}.get(self.which.value)
        self.name.layout.display = "" if code else "none"
        if code:
            self.name.description = self.page.text.say(code)
        if self.name.value in ("", "my-case"):
            self.name.value = "my-case" if self.which.value == EMPTY else ""

    def _take(self) -> None:
        which, name, text = self.which.value, self.name.value.strip(), self.page.text
        self.go.disabled = True  # once is enough
        try:
            said = self.page.take(*((name,) if which == OWN else (which, name)))
        except InputError as error:
            self._tell("alert", "mlpdm-fault", " ".join(error.sentences(text.lang)))
            self.go.disabled = False
        except Exception as error:  # nobody would see it: a callback has no cell
            broken = text.say("start.broken", said=f"{type(error).__name__}: {error}")
            self._tell("alert", "mlpdm-fault", broken)
            self.go.disabled = False
        else:
            self.which.disabled = self.name.disabled = True
            self._tell("status", "mlpdm-echo", said)

    def _tell(self, role: str, kind: str, said: str) -> None:
        self.said.value = f'<p role="{role}" class="{kind}">{escape(said)}</p>'


_STYLE = """<style>
.mlpdm-choice .widget-radio-box {max-width: none; width: 100%}
.mlpdm-choice .widget-radio-box label {height: auto; line-height: 1.5; white-space: normal;
  font-size: 1em; padding: 0.15em 0; display: flex; align-items: baseline;
  flex-direction: row-reverse; justify-content: flex-end}
.mlpdm-form .mlpdm-choice input {height: 1em !important; margin: 0 0.5em 0 0}
</style>"""


def _put(place: Any, bundle: Mapping[str, Any]) -> None:
    output = {"output_type": "display_data", "data": dict(bundle), "metadata": {}}
    if place.outputs != (output,):
        place.outputs = (output,)


def _display(widget: Any) -> None:
    import IPython.display

    show: Any = IPython.display.display
    show(widget)
