"""A panel in a workshop: fields and sliders beside a picture that follows them.

While somebody types or drags, only the latest values are worked out, quickly; once the hand
rests, all of it. Nothing is kept here: what is not put into the case file is a thought.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.file import CaseFile
from mlpdm_kit.text import Text
from mlpdm_kit.view import html
from mlpdm_kit.view.forms.style import STYLE
from mlpdm_kit.view.only import not_here
from mlpdm_kit.view.palette import CHOSEN, KNOWING, RUNNING
from mlpdm_kit.view.panels.desk import Desk, Knob, Nothing, Refused, Row, Shown, own_values
from mlpdm_kit.view.panels.tornado import TornadoDesk

BEAT = 0.002  # seconds in which what else has come in is taken in too
FOLLOW = 0.12  # seconds after which what stands under a picture follows it
REST = 0.35  # seconds without a change after which all is worked out
STEPS = 400  # of a slider
PANEL_STYLE = f"""<style>
.mlpdm-panel {{max-width: 70rem; overflow: visible}}
.mlpdm-panel .widget-slider {{width: 100%; height: auto; margin: 0; overflow: visible}}
.mlpdm-panel .slider-container {{margin: 0.3em 10px}}
.mlpdm-panel .noUi-handle:focus-visible {{outline: 3px solid {CHOSEN}; outline-offset: 1px}}
.mlpdm-panel .mlpdm-knob {{flex: 1 1 14em; min-width: 12em; overflow: visible; width: auto}}
.mlpdm-panel .mlpdm-picture {{width: 100%; margin: 0; overflow: visible}}
.mlpdm-panel .mlpdm-picture .widget-html-content {{width: 100%}}
.mlpdm-panel .widget-html-content {{line-height: 1.4}}
.mlpdm-panel p.mlpdm-said {{margin: 0.25em 0}}
.mlpdm-panel .mlpdm-table {{margin-top: 0.8em}}
.mlpdm-panel .mlpdm-svg {{display: block; overflow: visible}}
.mlpdm-panel .mlpdm-panel-title {{font-size: 1.15em; margin: 0.6em 0 0.3em; line-height: 1.35}}
.mlpdm-panel button.mlpdm-choice {{
  width: 100%; text-align: left; margin: 0 0 0.35em; padding: 0.25em 0.7em 0.9em;
  white-space: normal; line-height: 1.35; background-color: transparent;
  color: var(--jp-content-font-color1); border: 1px solid var(--jp-border-color2);
  background-position: left bottom; background-repeat: no-repeat}}
.mlpdm-panel button.mlpdm-chosen {{border: 3px solid {CHOSEN}; font-weight: 700}}
</style>"""


class Latest:
    """Calls that come in faster than they can be answered: only the latest is.

    Parameters
    ----------
    call : callable
    wait : float
        Seconds to wait for a later one.
    again : bool
        Whether each call that comes in begins the wait anew.
    """

    def __init__(self, call: Callable[[], None], wait: float, *, again: bool = False) -> None:
        self._call, self._wait, self._again = call, wait, again
        self._soon: asyncio.TimerHandle | None = None

    def ask(self) -> None:
        """Have it called soon; at once where nothing else can happen meanwhile."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._call()
            return
        if self._soon is not None:
            if not self._again:
                return
            self._soon.cancel()
        self._soon = loop.call_later(self._wait, self._go)

    def _go(self) -> None:
        self._soon = None
        self._call()


class KnobBox:
    """A number field, the slider beside it, and what is wrong with what was typed."""

    def __init__(self, knob: Knob, changed: Callable[[], None]) -> None:
        self.knob, self._changed, self._quiet = knob, changed, False
        lead = f'<span class="mlpdm-hide">{escape(knob.lead)}: </span>' if knob.lead else ""
        self.field = widgets.Text(
            value=knob.text, description=f"{lead}{escape(knob.label)}",
            description_allow_html=True, continuous_update=True,
        )  # fmt: skip
        self.field.add_class("mlpdm-stacked")
        self.field.style.description_width = "initial"
        self.field.layout.width = "auto"
        self.slider = widgets.FloatSlider(
            min=knob.low, max=knob.high, step=(knob.high - knob.low) / STEPS or 1.0,
            value=self._on_grid(knob.value), readout=False,
            continuous_update=True, tabbable=False,
        )  # fmt: skip
        self.slider.layout.width = "auto"
        self.said = widgets.HTML()
        self.box = widgets.VBox([self.field, self.slider, self.said])
        self.box.add_class("mlpdm-knob")

    def listen(
        self, written: Callable[[Knob, float], str], read: Callable[[Knob, str], float]
    ) -> None:
        """Keep field and slider together, and tell of what somebody has changed."""
        self._written, self._read = written, read
        self.field.observe(self._typed, names="value")
        self.slider.observe(self._dragged, names="value")

    def value(self) -> float:
        """The number that stands in the field."""
        return self._read(self.knob, self.field.value)

    def put(self, text: str) -> None:
        """Show a text, without anybody having typed it."""
        self._quiet = True
        try:
            self.field.value = text
            self.follow()
        finally:
            self._quiet = False

    def tell(self, said: str = "") -> None:
        """Say what is wrong, or nothing."""
        found = f'<p class="mlpdm-fault" role="alert">{escape(said)}</p>' if said else ""
        if self.said.value != found:
            self.said.value = found

    def _typed(self, _: Any) -> None:
        if not self._quiet:
            self._changed()

    def follow(self) -> None:
        """Bring the slider to what stands in the field."""
        try:
            value = self.value()
        except Refused:
            return  # said when the picture is drawn
        was, self._quiet = self._quiet, True
        try:
            self.slider.value = self._on_grid(value)
        finally:
            self._quiet = was

    def _on_grid(self, value: float) -> float:
        """The place of the slider for a value: one of its own steps, or it would move by itself."""
        knob = self.knob
        step = (knob.high - knob.low) / STEPS or 1.0
        steps = round((min(max(value, knob.low), knob.high) - knob.low) / step)
        self._at = knob.low + steps * step
        return self._at

    def _dragged(self, _: Any) -> None:
        if self._quiet or abs(self.slider.value - self._at) < self.slider.step / 2:
            return  # no hand: it has come to rest on one of its own steps
        self._at, self._quiet = self.slider.value, True
        try:
            self.field.value = self._written(self.knob, self.slider.value)
        finally:
            self._quiet = False
        self._changed()


class PanelBox:
    """One panel.

    Parameters
    ----------
    name : str
        A key of `PANELS`.
    file : CaseFile
    text : Text
    saved : callable
        What is called after something was put into the case file.
    chosen : callable
        What is called with an input that somebody has chosen here, to look at elsewhere.
    """

    def __init__(
        self, name: str, file: CaseFile, text: Text, saved: Callable[[], None],
        chosen: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.name, self.file, self.text = name, file, text
        self._saved, self._chosen = saved, chosen
        self.desk: Desk | Nothing | None = None
        self.knobs: dict[str, KnobBox] = {}
        self.pick = widgets.Dropdown()
        self.pick.add_class("mlpdm-stacked")
        self.pick.style.description_width = "initial"
        self.pick.layout.width = "auto"
        self.pick.observe(self._picked, names="value")
        self.rows = widgets.VBox()
        self.picture = widgets.HTML()
        self.picture.add_class("mlpdm-picture")
        self.beside = widgets.HTML()
        self.beside.add_class("mlpdm-picture")
        self.status = widgets.HTML()
        self.put = self._button("put", self._put)
        self.back = self._button("back", self._back)
        self.bar = widgets.HBox([self.put, self.back, self.status])
        self.bar.add_class("mlpdm-bar")
        self.widget = widgets.VBox()
        self.widget.add_class("mlpdm-form")
        self.widget.add_class("mlpdm-panel")
        self._quiet = False
        self._shown: Shown | None = None
        self._quickly = Latest(lambda: self._draw(whole=False), BEAT)
        self._beside = Latest(self._draw_beside, FOLLOW)
        self._wholly = Latest(lambda: self._draw(whole=True), REST, again=True)

    def take(self, desk: Desk | Nothing) -> None:
        """Show another desk; what somebody has set meanwhile stays set."""
        typed = {
            n: box.field.value for n, box in self.knobs.items() if box.field.value != box.knob.text
        }
        picked = self.pick.value
        self.desk = desk
        head = widgets.HTML(STYLE + PANEL_STYLE)
        if isinstance(desk, Nothing):
            self.knobs = {}
            said = html.words(desk.said, lang=self.text.lang, kind="none")
            if desk.gone:
                said = not_here(self.text)["text/html"]
            self.widget.children = [widgets.HTML(said)]
            return
        if isinstance(desk, TornadoDesk):
            self.widget.children = [head, self.picture, *self._bars(desk)]
            return
        if desk.pick is not None:
            self._quiet = True
            known = [key for _, key in desk.pick.choices]
            self.pick.description, self.pick.options = desk.pick.label, desk.pick.choices
            self.pick.value = picked if picked in known else desk.pick.first
            self._quiet = False
        self._set_up(typed)
        tops = [self.pick] if desk.pick is not None else []
        self.widget.children = [head, *tops, self.rows, self.bar, self.picture, self.beside]

    def choose(self, name: str) -> None:
        """Be about another input, if there is such a one."""
        if name in [key for _, key in self.pick.options if isinstance(key, str)]:
            self.pick.value = name

    @property
    def picked(self) -> str:
        """What the panel is about."""
        return str(self.pick.value or "")

    def _set_up(self, typed: dict[str, str]) -> None:
        desk = self._at_work()
        rows = desk.rows(self.picked)
        self.knobs = {}
        shown = []
        for row in rows:
            boxes = [self._knob(knob, typed.get(knob.name)) for knob in row.knobs]
            line = widgets.HBox([box.box for box in boxes])
            line.add_class("mlpdm-row")
            shown += [*self._head(row), line]
        self.rows.children = shown
        can_write = bool(rows) and self.name == "whatif"
        self.put.layout.display = None if can_write else "none"
        self._draw(whole=True)

    def _head(self, row: Row) -> list[Any]:
        if not row.label:
            return []
        note = f" <small>({escape(row.note)})</small>" if row.note else ""
        return [widgets.HTML(f'<p class="mlpdm-head">{escape(row.label)}{note}</p>')]

    def _knob(self, knob: Knob, typed: str | None) -> KnobBox:
        desk, lang = self._at_work(), self.text.lang
        box = KnobBox(knob, self._changed)
        box.listen(
            lambda one, value: one.written(value, desk.units),
            lambda one, text: one.read(text, desk.units, lang),
        )
        if typed is not None:
            box.put(typed)
        self.knobs[knob.name] = box
        return box

    def _bars(self, desk: TornadoDesk) -> list[Any]:
        """A button for each bar; its length stands in its background."""
        rules: list[str] = []
        buttons: list[Any] = []
        for place, bar in enumerate(desk.bars):
            button = widgets.Button(
                description=bar.said, tooltip=self.text.say("panel.tornado.choose")
            )
            button.layout.width = "100%"
            button.layout.height = "auto"
            name = f"mlpdm-bar-{id(self)}-{place}"
            button.add_class("mlpdm-choice")
            button.add_class(name)
            colour = KNOWING if bar.clear else RUNNING
            rules.append(
                f".mlpdm-panel button.{name} {{"
                f"background-image: linear-gradient({colour}, {colour}); "
                f"background-size: {100 * bar.share:.1f}% 0.55em}}"
            )
            button.on_click(lambda _, at=place: self._choose(desk, buttons, at))
            buttons.append(button)
        title = f'<p class="mlpdm-panel-title"><strong>{escape(desk.title)}</strong></p>'
        notes = "".join(html.words(note, lang=self.text.lang) for note in desk.notes)
        how = html.words(self.text.say("panel.tornado.how"), lang=self.text.lang)
        self.picture.value = title + how
        return [widgets.HTML(f"<style>{''.join(rules)}</style>"), *buttons, widgets.HTML(notes),
                self.status]  # fmt: skip

    def _choose(self, desk: TornadoDesk, buttons: list[Any], place: int) -> None:
        for at, button in enumerate(buttons):
            said = desk.bars[at].said
            button.description = f"▶ {said}" if at == place else said
            (button.add_class if at == place else button.remove_class)("mlpdm-chosen")
        name = desk.bars[place].name
        try:
            self._chosen(name)
        except Exception as error:
            self._broken(error)
            return
        self._say(desk.says.sentence("panel.tornado.chosen", input=name))

    def _picked(self, _: Any) -> None:
        if self._quiet or self.desk is None:
            return
        try:
            self._set_up({})
        except Exception as error:
            self._broken(error)

    def _changed(self) -> None:
        self._quickly.ask()
        self._wholly.ask()

    def _draw(self, *, whole: bool) -> None:
        """Show the latest values, or say which of them cannot be taken."""
        desk = self._at_work()
        try:
            values = {name: box.value() for name, box in self.knobs.items()}
            shown = desk.shown(self.picked, values, whole=whole)
        except Refused as refused:
            for name, box in self.knobs.items():
                if name == refused.knob:
                    box.tell(refused.said)
                else:
                    box.tell()
            return
        except Exception as error:  # a callback's own error would be seen by nobody
            self._broken(error)
            return
        for box in self.knobs.values():
            box.tell()
        self._shown = shown
        self.picture.value = shown.html(self.text.lang)
        if not whole:  # while somebody types: each thing that moves takes time
            self._beside.ask()
            return
        self._draw_beside()
        for box in self.knobs.values():
            box.follow()
        if values != own_values(desk.rows(self.picked)):
            self._say(shown.picture.title, hidden=True)

    def _draw_beside(self) -> None:
        """Show the key, the words and the table of the picture that stands there."""
        if self._shown is None:
            return
        try:
            said = self._shown.beside.html(self.text.lang)
        except Exception as error:
            self._broken(error)
            return
        if self.beside.value != said:
            self.beside.value = said

    def _put(self) -> None:
        """Write the ranges as they are set into the case file."""
        desk = self._at_work()
        try:
            values = {name: box.value() for name, box in self.knobs.items()}
            changes = desk.writes(self.picked, values)
        except Refused as refused:
            self.knobs[refused.knob].tell(refused.said)
            return
        if not changes:
            self._say(self.text.say("panel.put.nothing"))
            return
        done = self.file.commit(*changes)
        if not done.saved:
            said = [fault.sentence(self.text.lang) for fault in done.faults]
            self.status.value = f'<p class="mlpdm-fault" role="alert">{escape(" ".join(said))}</p>'
            return
        self._say(self.text.say("panel.put.done"))
        self._saved()

    def _back(self) -> None:
        """Set everything as the case has it."""
        for box in self.knobs.values():
            box.put(box.knob.text)
        self._draw(whole=True)
        self._say(self.text.say("panel.back.done"))

    def _button(self, name: str, act: Callable[[], None]) -> Any:
        button = widgets.Button(description=self.text.say(f"panel.{name}"))

        def go(_: Any) -> None:
            try:
                act()
            except Exception as error:
                self._broken(error)

        button.on_click(go)
        return button

    def _broken(self, error: Exception) -> None:
        said = self.text.say("form.broken", said=f"{type(error).__name__}: {error}")
        self.status.value = f'<p class="mlpdm-fault" role="alert">{escape(said)}</p>'

    def _say(self, said: str, *, hidden: bool = False) -> None:
        kind = ' class="mlpdm-hide"' if hidden else ""
        self.status.value = f'<span role="status"{kind}>{escape(said)}</span>'

    def _at_work(self) -> Desk:
        assert self.desk is not None
        assert not isinstance(self.desk, Nothing)
        return self.desk


__all__ = ["KnobBox", "Latest", "PanelBox"]
