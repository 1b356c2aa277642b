"""The calibration drill: ranges, the equivalent bet, the truth, and what it offers a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from mlpdm_kit.case.editing.file import CaseFile, read_state
from mlpdm_kit.case.quantity import Malformed
from mlpdm_kit.case.units import Units
from mlpdm_kit.course.calibration import (
    LEVEL,
    Question,
    RoundScore,
    questions_for,
    read_range,
    scored,
    wider_by,
)
from mlpdm_kit.course.learner import BETS, Round
from mlpdm_kit.course.widening import Wider, case_name, widen, wider_ranges
from mlpdm_kit.errors import InputError, raise_all
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import Cell, Head, Table
from mlpdm_kit.text import Text
from mlpdm_kit.view import html
from mlpdm_kit.view.bundles import as_html
from mlpdm_kit.view.forms.base import stacked
from mlpdm_kit.view.forms.style import STYLE
from mlpdm_kit.view.page import find_case

if TYPE_CHECKING:
    from mlpdm_kit.view.lesson.opened import Lesson


class Drill:
    """The drill of one learner, in one bank."""

    def __init__(self, lesson: Lesson, bank: str) -> None:
        self.lesson, self.bank, self.lang, self.text = lesson, bank, lesson.lang, lesson.text
        self.box = widgets.VBox()
        self.box.add_class("mlpdm-form")

    @property
    def rounds(self) -> list[RoundScore]:
        """The rounds that the learner has played in this bank."""
        return [scored(one) for one in self.lesson.learner.rounds if one.bank == self.bank]

    def shown(self) -> None:
        """Show how the last round went, or the first as a form; in a report all rounds."""
        if self.lesson.mode == "workshop":
            import IPython.display

            if self.rounds:
                self._after(self.rounds[-1])
            else:
                self._play()
            display: Callable[[Any], None] = IPython.display.display
            display(self.box)
            return
        intro = self.text.say("drill.intro", level=LEVEL)
        shown = html.words(intro, lang=self.lang)
        if not self.rounds:
            questions = questions_for(self.lesson.learner, self.bank)
            asked = "".join(f"<li>{escape(one.ask)}</li>" for one in questions)
            shown += f'<ol class="mathjax_ignore">{asked}</ol>'
        for found in self.rounds:
            shown += self._told(found)
        self.lesson.show(as_html(shown, intro))

    # --- playing ------------------------------------------------------------------------

    def _play(self) -> None:
        """The form of the next round."""
        self.questions = questions_for(self.lesson.learner, self.bank)
        if not self.questions:
            done = html.words(self.text.say("drill.done"), lang=self.lang)
            self.box.children = [widgets.HTML(done)]
            return
        self.ranges = {one.id: self._range(n, one) for n, one in enumerate(self.questions, 1)}
        self.bets = {one.id: self._bet() for one in self.questions}
        rows = []
        for one in self.questions:
            row = widgets.HBox([self.ranges[one.id], self.bets[one.id]])
            row.add_class("mlpdm-row")
            rows.append(row)
        go = self._button("drill.check", self._check)
        self.said = widgets.HTML()
        intro = widgets.HTML(
            html.words(self.text.say("drill.intro", level=LEVEL), lang=self.lang)
            + html.words(self.text.say("drill.bet.intro"), lang=self.lang)
        )
        self.box.children = [widgets.HTML(STYLE), intro, *rows, go, self.said]

    def _range(self, number: int, question: Question) -> Any:
        label = f"{number}. {question.ask} [{question.unit}]"
        line = widgets.Text(description=escape(label), description_allow_html=True,
                            placeholder=self.text.say("drill.example"))  # fmt: skip
        return stacked(line, "mlpdm-wide")

    def _bet(self) -> Any:
        options = [(self.text.say("course.choose"), "")]
        options += [(self.text.say(f"drill.bet.{bet}"), bet) for bet in BETS]
        return stacked(widgets.Dropdown(description=self.text.say("drill.bet"), options=options))

    def _check(self, _: Any) -> None:
        faults = list(self._faults())
        if faults:
            lead = self.text.say("drill.faults")
            self.said.value = html.faults(lead, faults, lang=self.lang)
            return
        given = {name: line.value.strip() for name, line in self.ranges.items()}
        bets = {name: bet.value for name, bet in self.bets.items() if bet.value}
        played = Round(bank=self.bank, ranges=given, bets=bets)
        try:
            self.lesson.change(lambda learner: learner.with_round(played))
        except InputError as error:
            lead = self.text.say("course.not-kept")
            self.said.value = html.faults(lead, error.sentences(self.lang), lang=self.lang)
            return
        self._after(self.rounds[-1])

    def _faults(self) -> Any:
        """What is wrong with the ranges; nobody sees a truth before all can be read."""
        for number, question in enumerate(self.questions, 1):
            written = self.ranges[question.id].value.strip()
            try:
                low, high = read_range(written or "-", question)
                if low == high:
                    yield self.text.say("drill.point", n=number)
            except Malformed as error:
                code = "drill.positive" if error.code == "range-positive" else "drill.unreadable"
                code = code if written else "drill.unwritten"
                yield self.text.say(code, n=number)

    def _after(self, found: RoundScore) -> None:
        again = self._button("drill.again", lambda _: self._play())
        self.offer = widgets.VBox()
        self.box.children = [widgets.HTML(STYLE), widgets.HTML(self._told(found)), again,
                             self.offer]  # fmt: skip
        factor = wider_by(self.rounds)
        if factor > 1:
            self._offer(factor)

    def _button(self, code: str, act: Callable[[Any], None]) -> Any:
        button = widgets.Button(description=self.text.say(code), button_style="primary")
        button.layout.align_self = "flex-start"  # as wide as its words
        button.on_click(act)
        return button

    # --- what it says -------------------------------------------------------------------

    def _told(self, found: RoundScore) -> str:
        lang, say = self.lang, self.text.say
        heads = ("question", "range", "truth", "hit", "score")
        rows = tuple(
            (
                Cell(text=row.question.ask, note=self._source(row.question)),
                Cell(text=Units().write(row.low, row.high, dimension="number"), number=True),
                Cell(text=f"{_plain(row.question)} {row.question.unit}", number=True),
                Cell(text=say("drill.hit" if row.hit else "drill.missed"),
                     mark="✓" if row.hit else "✕"),
                Cell(text=f"{row.score:.2f}", number=True),
            )
            for row in found.rows
        )  # fmt: skip
        table = Table(
            caption=say("drill.caption"),
            heads=tuple(
                Head(text=say(f"drill.head.{one}"), number=one in ("range", "truth", "score"))
                for one in heads
            ),
            rows=rows,
            title=0,
        )
        large = say("drill.hits", n=found.hits, of=len(found.rows))
        small = [say(f"drill.reading.{found.reading}"),
                 say("drill.score", score=found.score, width=found.width)]  # fmt: skip
        for bet in ("wheel", "range"):
            if found.preferring(bet):
                small.append(say(f"drill.{bet}", n=found.preferring(bet)))
        return html.bottom_line(large, small, lang=lang) + html.table(table, lang=lang)

    def _source(self, question: Question) -> str:
        return self.text.say("drill.source", source=question.source)

    # --- the offer to a case ------------------------------------------------------------

    def _offer(self, factor: float) -> None:
        """Offer to look what a case's assumed ranges would be; nothing is written unasked."""
        self.where = stacked(widgets.Text(description=self.text.say("drill.offer.case")))
        look = self._button("drill.offer.look", lambda _: self._look(factor))
        self.wider = widgets.VBox()
        lead = html.words(self.text.say("drill.offer", factor=factor), lang=self.lang)
        self.offer.children = [widgets.HTML(lead), self.where, look, self.wider]

    def _look(self, factor: float) -> None:
        try:
            case = find_case(self.where.value.strip())
            state = read_state(case)
            raise_all(state.faults)
            found = wider_ranges(state, factor)
            says = Sentences.of_case(state.case, self.lang) if state.case else Text(self.lang)
        except (InputError, OSError) as error:
            self._refuse(error)
            return
        if self.lesson.learner.has_widened(case_name(case)):
            said = self.text.say("drill.offer.already", case=case.as_posix())
            self.wider.children = [widgets.HTML(html.words(said, lang=self.lang))]
            return
        if not found:
            none = html.words(self.text.say("drill.offer.none"), lang=self.lang)
            self.wider.children = [widgets.HTML(none)]
            return
        write = self._button("drill.offer.write", lambda _: self._write(case, found))
        table = html.table(wider_table(found, says, self.lang), lang=self.lang)
        self.wider.children = [widgets.HTML(table), write]

    def _write(self, case: Path, found: tuple[Wider, ...]) -> None:
        name = case_name(case)
        try:
            self.lesson.change(lambda learner: learner.widening(name))
            file = widen(case, found)
        except (InputError, OSError) as error:
            self._refuse(error)
            return
        undo = self._button("form.undo", lambda _: self._undo(file, case))
        said = html.words(self.text.say("drill.offer.written", n=len(found), file=str(case)),
                          lang=self.lang)  # fmt: skip
        self.wider.children = [widgets.HTML(said), undo]

    def _undo(self, file: CaseFile, case: Path) -> None:
        file.undo()
        self.lesson.change(lambda learner: learner.widening(case_name(case), back=True))
        said = html.words(self.text.say("drill.offer.undone"), lang=self.lang)
        self.wider.children = [widgets.HTML(said)]

    def _refuse(self, error: Exception) -> None:
        told = error.sentences(self.lang) if isinstance(error, InputError) else [str(error)]
        said = html.faults(self.text.say("page.faults"), told, lang=self.lang)
        self.wider.children = [widgets.HTML(said)]


def wider_table(found: tuple[Wider, ...], says: Text, lang: str) -> Table:
    """Assumed ranges as they are, and as much wider as a learner's calibration says."""

    def shown(low: float, high: float, one: Wider) -> str:
        return f"{says.quantity(low, one.dimension)} – {says.quantity(high, one.dimension)}"

    heads: Mapping[str, bool] = {"input": False, "now": True, "wider": True}
    return Table(
        caption=says.say("drill.offer.caption"),
        heads=tuple(Head(text=says.say(f"drill.offer.{h}"), number=n) for h, n in heads.items()),
        rows=tuple(
            (
                Cell(text=says.name("input", one.input)),
                Cell(text=shown(one.low, one.high, one), number=True),
                Cell(text=shown(one.wider_low, one.wider_high, one), number=True),
            )
            for one in found
        ),
        title=0,
    )


def _plain(question: Question) -> str:
    truth = question.truth
    if question.scale == "years":
        return f"{truth:.0f}"
    return f"{truth:,.0f}" if truth == int(truth) else f"{truth:,}"
