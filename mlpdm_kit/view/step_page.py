"""One step of one case, as a notebook shows it: one call, one thing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from mlpdm_kit.case.areas import FOUR_AREAS
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.editing.document import Document
from mlpdm_kit.case.editing.file import State
from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.case.load import CASE_FILE
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.area_folds import area_fold
from mlpdm_kit.record.areas import area_of, areas
from mlpdm_kit.record.assets import FILES, address, write_assets
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.page import is_simulated
from mlpdm_kit.record.parts import Section
from mlpdm_kit.record.sections import FramingSection
from mlpdm_kit.record.sentences import Named, Sentences
from mlpdm_kit.record.stages import stages
from mlpdm_kit.record.stamp import moment, written_at
from mlpdm_kit.record.steps import STEPS, Walk
from mlpdm_kit.view import html
from mlpdm_kit.view.bundles import PLOTLY_MIME, as_html, for_notebook
from mlpdm_kit.view.canvas import Figure
from mlpdm_kit.view.charts import CHARTS, sections_of
from mlpdm_kit.view.forms.said import form_table
from mlpdm_kit.view.group_parts import estimates_shown, patterns_shown
from mlpdm_kit.view.lines import LINES
from mlpdm_kit.view.only import elsewhere, not_here
from mlpdm_kit.view.panels.desk import Desk, Nothing, own_values
from mlpdm_kit.view.panels.registry import PANELS, Ground
from mlpdm_kit.view.record_pages import record_pages
from mlpdm_kit.view.stage_bar import stage_bar
from mlpdm_kit.view.tables import TABLES
from mlpdm_kit.view.telling import Show, faults_said, refuse_unknown

SVG_MIME = "image/svg+xml"
RECORD_STEP = STEPS[-1]
_SECTIONS = {
    "problem_framing": "framing",
    "baseline_comparison": "comparison",
    "cost_of_errors": "errors",
    "expected_value": "value",
}  # name of the section, and the step of a walk that gives it
_LINE_NEEDS = {
    **{name: (name,) for name in _SECTIONS},
    "baseline_comparison": ("baseline_comparison", "cost_of_errors"),
}


class Page:
    """One step of one case, as a notebook shows it."""

    def __init__(
        self,
        walk: Walk,
        *,
        step: str,
        mode: str,
        lang: str,
        show: Show,
        overrides: Mapping[str, Any] | None = None,
    ) -> None:
        self.overrides = dict(overrides or {})
        self.walk, self.step, self.mode, self.lang, self.show = walk, step, mode, lang, show
        ladder = [Named(id=rung.id, kind=rung.kind, label=rung.option.label) for rung in walk.rungs]
        self.says = Sentences.of_case(walk.case, lang, options=ladder)
        self._drawn: dict[str, Figure | None] = {}

    def __repr__(self) -> str:
        return f"<Page {self.step} of {self.case.name}>"

    @property
    def case(self) -> Case:
        """The case that the page is about."""
        return self.walk.case

    @cached_property
    def record(self) -> DecisionRecord:
        """The decision record."""
        return self.walk.record()

    @property
    def simulated(self) -> bool:
        """Whether any of it stands on data that was made up."""
        data = self.case.data
        return self.case.simulated or (data is not None and data.simulated)

    def sections(self, names: tuple[str, ...]) -> dict[str, Section]:
        """Sections by name; at the last step those of the record."""
        if self.step == RECORD_STEP:
            return {name: self._of_record[name] for name in names}
        return {name: getattr(self.walk, _SECTIONS[name])() for name in names}

    @cached_property
    def _of_record(self) -> dict[str, Section]:
        return sections_of(self.record)

    def bottom_line(self) -> None:
        """Show the answer of the step."""
        with faults_said(self.lang, self.show):
            if self.step == RECORD_STEP:
                large, small = LINES[self.step](self.record, says=self.says)
            elif self._stopped() and self.step != STEPS[0]:
                large, small = self._why_stopped(), []
            else:
                line = LINES[self.step]
                names = _LINE_NEEDS[self.step]
                large, small = line(*self.sections(names).values(), says=self.says)
            shown = html.bottom_line(large, small, lang=self.lang)
            self.show(as_html(shown, "\n".join([large, *small])))

    def picture(self, name: str) -> None:
        """Show a chart under the sentence that says what it shows."""
        with faults_said(self.lang, self.show):
            if self._elsewhere("picture", name):
                return
            figure = self._draw(name)
            if figure is None:
                self._say_nothing(name)
                return
            title = figure["layout"]["meta"]["title"]
            self.show(as_html(html.heading(title, lang=self.lang), title))
            self.show({PLOTLY_MIME: for_notebook(figure), "text/plain": title})

    def reading(self, name: str) -> None:
        """Show how to read a chart."""
        with faults_said(self.lang, self.show):
            if self._elsewhere("reading", name):
                return
            figure = self._draw(name)
            if figure is not None:
                text = figure["layout"]["meta"]["reading"]
                self.show(as_html(html.words(text, lang=self.lang), text))

    def table(self, name: str) -> None:
        """Show a table."""
        with faults_said(self.lang, self.show):
            if self._elsewhere("table", name):
                return
            entry = TABLES[name]
            found = entry.make(self.sections(entry.needs), self.says)
            if not found.rows:
                why = self._why_stopped() if self._stopped() else self.says.say(f"page.none.{name}")
                self.show(as_html(html.words(why, lang=self.lang, kind="none"), why))
                return
            self.show(as_html(html.table(found, lang=self.lang), found.caption))

    def stages(self) -> None:
        """Show how far the case is, step by step; only answers count in a report."""
        with faults_said(self.lang, self.show):
            self.show(stage_bar(stages(self._state()), here=self.step, text=self.says))

    def _state(self) -> State:
        """The case file as it was read, with what was given in its place."""
        return State(document=self._document(), case=self.case, faults=())

    def form(self, name: str) -> None:
        """Show what the case file says in one of its parts; a workshop shows a form there."""
        with faults_said(self.lang, self.show):
            found = form_table(name, self._state(), self.says)
            if not found.rows:
                why = self.says.say(f"page.none.form.{name}")
                self.show(as_html(html.words(why, lang=self.lang, kind="none"), why))
                return
            self.show(as_html(html.table(found, lang=self.lang), found.caption))

    def panel(self, name: str) -> None:
        """Show a picture that a workshop can move, as it stands in the case."""
        with faults_said(self.lang, self.show):
            refuse_unknown("panel", name, tuple(PANELS))
            if self._elsewhere("panel", name):
                return
            desk = self.desk(name)
            if isinstance(desk, Nothing):
                self.show(as_html(html.words(desk.said, lang=self.lang, kind="none"), desk.said))
                return
            picked = desk.pick.first if desk.pick else ""
            shown = desk.shown(picked, own_values(desk.rows(picked)))
            picture, beside = shown.picture, shown.beside
            self.show(as_html(html.heading(picture.title, lang=self.lang), picture.title))
            self.show({SVG_MIME: picture.svg(alone=True), "text/plain": picture.title})
            self.show(as_html(beside.html(self.lang), "\n".join(beside.words)))

    def desk(self, name: str) -> Desk | Nothing:
        """What stands behind a panel, or why there is nothing to move."""
        if self._stopped():
            return Nothing(said=self._why_stopped())
        return PANELS[name].open(self._ground)

    @cached_property
    def _ground(self) -> Ground:
        return Ground(self.walk, self._document(), self.says)

    def _document(self) -> Document:
        """The case file, with the values that were given in its place."""
        file = self.case.folder / CASE_FILE
        document = Document(file.read_text(encoding="utf-8-sig"))
        for path, value in self.overrides.items():
            document = document.put(tuple(path.split(".")), value)
        return document

    def area(self, name: str) -> None:
        """Show one of the four areas: what is answered, then what nobody has answered yet."""
        with faults_said(self.lang, self.show):
            refuse_unknown("area", name, FOUR_AREAS)
            framing = self.walk.framing()
            found = areas(framing.checks, framing.written, framing.labels)
            fold = area_fold(
                next(one for one in found if one.area == name), framing.checks, self.says
            )
            later = [
                check.id
                for check in CHECKS.values()
                if area_of(check.id) == name
                and not check.asked
                and not self.walk.stopped
                and (not check.only or check.only in self.case.of_task.has)
            ]
            notes = fold.notes
            if later:
                notes = (*notes, self.says.sentence("areas.later", checks=later))
            if not fold.tables:
                notes = (self.says.sentence("areas.none"), *notes)
            shown = html.fold(replace(fold, notes=notes), lang=self.lang)
            self.show(as_html(shown, "\n".join([fold.heading, fold.summary, *notes])))

    def patterns(self) -> None:
        """Show the signs that a group fools itself; in figures too at the last step."""
        with faults_said(self.lang, self.show):
            record = self.record if self.step == RECORD_STEP else None
            self.show(patterns_shown(self.case, record, self.says))

    def estimates(self) -> None:
        """Show the ranges that people gave alone; a workshop shows the form for them."""
        with faults_said(self.lang, self.show):
            for bundle in estimates_shown(self.case.folder, self.says):
                self.show(bundle)

    def save(self) -> None:
        """Write what the step leaves, and say where."""
        with faults_said(self.lang, self.show):
            paths = self._save_record() if self.step == RECORD_STEP else [self._save_section()]
            lead = self.says.say("page.saved.record" if len(paths) > 1 else "page.saved")
            if len(paths) > 1 and FILES in os.environ:
                made = self.says.say("record.made.at", moment=written_at(paths[0], self.says))
                lead = self.says.say("join.sentences", one=lead, other=made)
            shown = [(address(path.as_posix()), path.as_posix()) for path in paths]
            text = html.saved(lead, shown, lang=self.lang)
            self.show(as_html(text, "\n".join([lead, *(name for _, name in shown)])))

    def _save_section(self) -> Path:
        return self.walk.save(getattr(self.walk, _SECTIONS[self.step])())

    def _save_record(self) -> list[Path]:
        """The two renderings, then the record itself: where it is, they are too."""
        out = self.walk.out
        assert out is not None
        write_assets(out.resolve().parent)
        alone = FILES in os.environ  # in a workshop a record is looked at, and sent, by itself
        made = moment(datetime.now(), self.says) if alone else ""
        pages = record_pages(self.record, self.lang, embed=alone, made=made)
        texts = {**pages, "record.json": self.record.to_json()}
        return [write_atomically(out / name, text) for name, text in texts.items()]

    def _elsewhere(self, method: str, name: str) -> bool:
        """Say so where something is only for other kinds of task; whether it is."""
        found = elsewhere(method, name, self.case.of_task)
        if found:
            self.show(not_here(self.says))
        return found

    def _draw(self, name: str) -> Figure | None:
        if name not in self._drawn:
            chart = CHARTS[name]
            simulated = is_simulated(self.record) if self.step == RECORD_STEP else self.simulated
            self._drawn[name] = chart.wide(
                self.sections(chart.needs), self.says, simulated=simulated
            )
        return self._drawn[name]

    def _stopped(self) -> tuple[str, ...]:
        framing: FramingSection = self.walk.framing()
        return framing.stopped_by

    def _why_stopped(self) -> str:
        return self.says.sentence("chart.stopped", checks=list(self._stopped()))

    def _say_nothing(self, name: str) -> None:
        why = self._why_stopped() if self._stopped() else self.says.say(f"chart.{name}.none")
        self.show(as_html(html.words(why, lang=self.lang, kind="none"), why))
