"""Silent estimates: each member gives ranges alone; nobody sees others' before all are shown.

The answers lie beside the case, one file for each member, and with them whether they have
been shown; a restart loses nothing but what nobody has saved yet. After somebody has saved,
the fields are empty again, so that one machine can go round.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.case.answers import (
    ANSWERS,
    Asked,
    faults_of,
    read_answers,
    read_asked,
    safe_initials,
    write_answers,
    write_asked,
    written_answers,
)
from mlpdm_kit.case.askable import Askable, askable, pooled_change
from mlpdm_kit.case.editing.file import CaseFile
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.estimates import LEAST_MEMBERS, missing, spreads, to_ask
from mlpdm_kit.record.rollup_said import input_name
from mlpdm_kit.record.sections import ValueSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.spread import Spread, short_ends
from mlpdm_kit.text import Text
from mlpdm_kit.view import html
from mlpdm_kit.view.forms.estimate_row import EstimateRow
from mlpdm_kit.view.forms.faults_said import label_of, labels_of, said_on_page
from mlpdm_kit.view.forms.style import STYLE
from mlpdm_kit.view.interval_chart import intervals

LOOK = 1.0  # seconds between looks at the answers of other windows

Outputs = Callable[[Mapping[str, Any]], Any]


class SilentEstimates:
    """The form for one case.

    Parameters
    ----------
    file : CaseFile
    text : Text
    changed : callable
        What is called after the case has been changed.
    value : callable
        What the case is worth as it stands, from which the inputs that are asked follow;
        None where it cannot be said yet.
    output : callable
        From a figure of plotly to the widget that shows it.
    """

    def __init__(
        self,
        file: CaseFile,
        text: Text,
        changed: Callable[[], None],
        *,
        value: Callable[[], ValueSection | None],
        output: Outputs,
    ) -> None:
        self.file, self.text, self._changed, self._output = file, text, changed, output
        self._value = value
        self.rows: dict[str, EstimateRow] = {}
        self._seen: tuple[Any, ...] = ()
        self._drawn: tuple[Any, ...] = ()
        self._done: dict[str, str] = {}  # what was last put into the case, by input
        self.status = widgets.HTML()
        self.counted = widgets.HTML()
        self.broken = widgets.HTML()
        self.why = widgets.HTML()
        self.members = _line(text.say("estimates.who"))
        self.by = _line(text.say("estimates.by"))
        self.known = widgets.HTML()
        self.body = widgets.VBox()
        self.save = self._button("estimates.save", self._save)
        self.again = self._button("estimates.again", self._save_again)
        self.again.layout.display = "none"
        self.reveal = self._button("estimates.reveal", self._reveal)
        self.without = self._button("estimates.reveal.without", self._reveal_without)
        self.without.layout.display = "none"
        self.names = widgets.Checkbox(description=text.say("estimates.names"), indent=False)
        self.names.style.description_width = "initial"
        self.names.layout.width = "auto"
        self.undo = self._button("form.undo", self._undo)
        self.shown = widgets.VBox()
        self.members.observe(self._guarded(self._expect), names="value")
        self.by.observe(self._guarded(self._who), names="value")
        self.names.observe(self._guarded(self._show), names="value")
        reveal = widgets.HBox([self.reveal, self.without])
        bar = widgets.HBox([self.save, self.again, self.status])
        for row in (reveal, bar):
            row.add_class("mlpdm-bar")
        intro = widgets.HTML(f"<p>{escape(text.say('estimates.intro'))}</p>")
        self.widget = widgets.VBox(
            [widgets.HTML(STYLE), intro, self.why, self.members, self.by, self.known, self.body,
             bar, self.counted, self.broken, reveal, self.shown]
        )  # fmt: skip
        self.widget.add_class("mlpdm-form")
        self.refresh()
        self._watch()

    # --- what is there ----------------------------------------------------------------------

    @property
    def folder(self) -> Any:
        """The case folder."""
        return self.file.path.parent

    def refresh(self) -> None:
        """Show what the case and the answers beside it say now."""
        known = askable(self.file.state)
        settled, wrong = read_asked(self.folder)
        given = read_answers(self.folder, known, self.file.state.units)
        self.asked = (
            settled if settled is not None and settled.asked else self._chosen(known, settled)
        )
        self.known_inputs, self.given = known, given
        self._build()
        faults = [fault.sentence(self.text.lang) for fault in (*wrong, *given.faults)]
        said = html.faults(self.text.say("estimates.broken"), faults, lang=self.text.lang)
        self.broken.value = said if faults else ""
        self._count()
        self._show(None)

    def say(self, code: str, **figures: Any) -> None:
        """Say how it stands, beside the button that saves."""
        self.status.value = f'<span role="status">{escape(self.text.say(code, **figures))}</span>'

    def _chosen(self, known: Mapping[str, Askable], settled: Asked | None) -> Asked:
        """What is asked as long as nobody has answered; members may be known already."""
        found = to_ask(known, self._value())
        if settled is None:
            return found
        return found.model_copy(update={"members": settled.members, "revealed": settled.revealed})

    @property
    def says(self) -> Sentences:
        """Sentences about the case as far as it goes."""
        state, lang = self.file.state, self.text.lang
        if state.case is not None:
            return Sentences.of_case(state.case, lang)
        return Sentences(lang, currency=state.units.currency, unit=state.units.unit)

    def _build(self) -> None:
        """A row for each input that is asked; what is being typed stays."""
        names = [name for name in self.asked.asked if name in self.known_inputs]
        units, says = self.file.state.units, self.says
        rows: dict[str, EstimateRow] = {}
        for name in names:
            old = self.rows.get(name)
            asked = self.known_inputs[name]
            fits = old is not None and (old.units, old.asked.dimension) == (units, asked.dimension)
            rows[name] = old if old is not None and fits else EstimateRow(asked, says, units)
        self.rows = rows
        boxes = [row.box for row in rows.values()]
        if list(self.body.children) != boxes:
            self.body.children = boxes
        why = self.text.say(f"estimates.chosen.{self.asked.chosen_by}")
        self.why.value = f'<p class="mlpdm-help">{escape(why)}</p>'
        members = ", ".join(self.asked.members)
        if not self.members.value:
            self.members.value = members

    def _count(self) -> None:
        """How many have answered, who is missing; never what they said."""
        n = len(self.given.answers)
        code = {0: "estimates.count.none", 1: "estimates.count.one"}.get(n, "estimates.count")
        told = [self.text.say(code, n=n)]
        late = missing(self.asked, (one.by for one in self.given.answers))
        if late:
            names = self.text.say("list.join").join(late)
            told.append(self.text.say("estimates.missing", names=names))
        said = f'<p role="status">{escape(" ".join(told))}</p>'
        if self.counted.value != said:
            self.counted.value = said
        self.reveal.layout.display = "none" if self.asked.revealed else None
        if self.asked.revealed or not late:
            self.without.layout.display = "none"

    # --- what people do ---------------------------------------------------------------------

    def _expect(self, _: Any) -> None:
        """Note who is in the group."""
        some = [one for one in re.split(r"[,、，;\s]+", self.members.value) if one.strip()]
        members = tuple(dict.fromkeys(map(safe_initials, some)))
        if members != self.asked.members:
            settled, _wrong = read_asked(self.folder)
            now = settled or Asked(asked=(), chosen_by=self.asked.chosen_by)
            write_asked(self.folder, now.model_copy(update={"members": members}))
            self.refresh()

    def _who(self, _: Any) -> None:
        """Say whether this member has answered, without showing what."""
        self.known.value = ""
        self.again.layout.display = "none"
        if self.by.value.strip():
            by = safe_initials(self.by.value)
            n = len(set(written_answers(self.folder, by)) & set(self.asked.asked))
            if n:
                said = self.text.say("estimates.known", by=by, n=n, of=len(self.asked.asked))
                self.known.value = f'<p class="mlpdm-echo" role="status">{escape(said)}</p>'

    def _save(self, _: Any) -> None:
        self._try_to_save(again=False)

    def _save_again(self, _: Any) -> None:
        """Save under initials that have answered already, as the same person."""
        self._try_to_save(again=True)

    def _try_to_save(self, *, again: bool) -> None:
        if not self.by.value.strip():
            self.say("estimates.initials")
            return
        by = safe_initials(self.by.value)
        typed = {name: row.said() for name, row in self.rows.items() if not row.is_empty}
        if not typed:
            self.say("estimates.nothing")
            return
        faults = faults_of(typed, self.known_inputs, self.file.state.units)
        halves = [name for name in typed if self.rows[name].is_half]
        for name, row in self.rows.items():
            told = [said_on_page(one, self.text, row.label) for one in faults.get(name, ())]
            half = [self.text.say("estimates.half")] if name in halves else []
            row.tell(half or told)
        if halves or faults:
            self.say("estimates.refused")
            return
        if not again and written_answers(self.folder, by):  # two people may have the same
            self.again.description = self.text.say("estimates.again.as", by=by)
            self.again.layout.display = None
            self.say("estimates.taken", by=by)
            return
        self._write(by, typed)

    def _write(self, by: str, typed: Mapping[str, Mapping[str, Any]]) -> None:
        settled, _wrong = read_asked(self.folder)
        if settled is None or not settled.asked:
            write_asked(self.folder, self.asked)
        marked = {"after_reveal": "yes"} if self.asked.revealed else {}
        merged = {**written_answers(self.folder, by),
                  **{name: {**said, **marked} for name, said in typed.items()}}  # fmt: skip
        path = write_answers(self.folder, by, merged)
        for row in self.rows.values():
            row.clear()
        self.by.value = ""
        self.refresh()
        self.say("estimates.saved", file=f"{ANSWERS}/{path.name}",
                 n=len(set(merged) & set(self.asked.asked)), of=len(self.asked.asked))  # fmt: skip

    def _reveal(self, _: Any) -> None:
        self.refresh()
        late = missing(self.asked, (one.by for one in self.given.answers))
        if len(self.given.answers) < LEAST_MEMBERS:
            self.say("estimates.reveal.few")
        elif late:
            self.say("estimates.missing", names=self.text.say("list.join").join(late))
            self.without.layout.display = None
        else:
            self._reveal_without(_)

    def _reveal_without(self, _: Any) -> None:
        write_asked(self.folder, self.asked.model_copy(update={"revealed": True}))
        self.refresh()
        self.say("estimates.revealed")

    def _undo(self, _: Any) -> None:
        if self.file.undo():
            self._done = {}
            self.refresh()
            self.say("form.undo.done")
            self._changed()

    # --- what is shown then -----------------------------------------------------------------

    def _show(self, _: Any) -> None:
        """The ranges of all, once they have been shown."""
        if not self.asked.revealed:
            self.shown.children, self._drawn = [], ()
            return
        found = spreads(self.asked, self.given)
        now = (found, self.names.value, self.file.state.document.text)
        if now == self._drawn:
            return
        self._drawn = now
        parts: list[Any] = [widgets.HTML(self._told()), self.names]
        for one in found:
            parts += self._spread(one)
        self.undo.disabled = not self.file.can_undo
        bar = widgets.HBox([self.undo])
        bar.add_class("mlpdm-bar")
        self.shown.children = [*parts, bar]

    def _told(self) -> str:
        late = sum(one.after_reveal for a in self.given.answers for one in a.estimates.values())
        said = [self.text.say("estimates.talk"), self.text.say("spread.reading")]
        said += [self.text.say("estimates.after", n=late)] if late else []
        return "".join(f"<p>{escape(line)}</p>" for line in said)

    def _spread(self, found: Spread) -> Sequence[Any]:
        says = self.says
        names = {one.by: one.by for one in found.held} if self.names.value else None
        figure = intervals(found, says=says, names=names)
        title = html.heading(figure["layout"]["meta"]["title"], lang=self.text.lang)
        one = self.known_inputs[found.input]
        units = self.file.state.units
        written = units.write(*short_ends(found.low, found.high), dimension=found.dimension)
        shown = says.range(*short_ends(found.low, found.high), found.dimension)
        now = self.text.say("estimates.now.nothing")
        if one.item is not None:
            stands = says.range(one.item.low, one.item.high, one.item.dimension)
            now = self.text.say("estimates.now", shown=stands)
        told = widgets.HTML(f'<p class="mlpdm-echo">{escape(now)}</p>')
        done = widgets.HTML(self._done.get(found.input, ""))
        accept = widgets.Button(description=self.text.say("estimates.accept", shown=shown),
                                tooltip=says.name("input", found.input))  # fmt: skip

        def put(_: Any) -> None:
            self._accept(one, written, shown, len(found.held), done)

        accept.on_click(self._guarded(put))
        row = widgets.HBox([accept, done])
        row.add_class("mlpdm-bar")
        return [widgets.HTML(title), self._output(figure), told, row]

    def _accept(self, one: Askable, written: str, shown: str, n: int, place: Any) -> None:
        """Put a pooled range into the case, with who answers for it."""
        note = self.text.say("estimates.note", n=n)
        owner = safe_initials(self.by.value) if self.by.value.strip() else ""
        change = pooled_change(one, self.file.state, written, owner=owner, note=note)
        if change is None:
            said = self.text.say("estimates.owner")
            place.value = f'<p class="mlpdm-fault" role="alert">{escape(said)}</p>'
            return
        done = self.file.commit(change)
        if not done.saved:
            labels = labels_of(self.file.state, self.says)
            why = " ".join(said_on_page(fault, self.says, label_of(fault, labels, self.says))
                           for fault in done.faults)  # fmt: skip
            said = self.text.say("estimates.refused.case", said=why)
            place.value = f'<p class="mlpdm-fault" role="alert">{escape(said)}</p>'
            return
        said = self.says.sentence("estimates.accepted", input=input_name(one.name), shown=shown)
        self._done = {one.name: f'<span role="status">{escape(said)}</span>'}
        self.refresh()
        self._changed()

    # --- the workings -----------------------------------------------------------------------

    def _button(self, code: str, act: Callable[[Any], None]) -> Any:
        button = widgets.Button(description=self.text.say(code))
        button.on_click(self._guarded(act))
        return button

    def _guarded(self, act: Callable[[Any], None]) -> Callable[[Any], None]:
        """What an act does, or why it did not: nobody sees a callback's own error."""

        def guarded(event: Any) -> None:
            try:
                act(event)
            except InputError as error:
                said = escape(" ".join(error.sentences(self.text.lang)))
                self.status.value = f'<span class="mlpdm-fault" role="alert">{said}</span>'
            except Exception as error:
                self.say("form.broken", said=f"{type(error).__name__}: {error}")

        return guarded

    def _watch(self) -> None:
        """Look now and then whether somebody has answered in another window."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._guarded(self._look)(None)
        loop.call_later(LOOK, self._watch)

    def _look(self, _: Any) -> None:
        place = self.folder / ANSWERS
        seen = tuple(sorted((f.name, f.stat().st_mtime_ns) for f in place.glob("*.yaml")))
        if seen != self._seen:
            first = not self._seen
            self._seen = seen
            if not first:
                self.refresh()


def _line(label: str) -> Any:
    line = widgets.Text(description=label, continuous_update=False)
    line.add_class("mlpdm-stacked")
    line.style.description_width = "initial"
    line.layout.width = "auto"
    return line
