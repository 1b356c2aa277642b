"""The start page of a workshop: what we do today, which case, how far it is, who does what.

In a report everything is shown as text and tables; a workshop's page (``start_live``) has
the choice of a case and the people's form in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from mlpdm_kit import shipped
from mlpdm_kit.case.editing.document import Document
from mlpdm_kit.case.editing.file import State
from mlpdm_kit.case.load import CASE_FILE, read_text
from mlpdm_kit.case.quantity import parse
from mlpdm_kit.case.units import Units
from mlpdm_kit.case.yaml_text import text_of
from mlpdm_kit.record.agenda import plan, roles
from mlpdm_kit.record.agenda_page import AGENDA, CLOCK, rows
from mlpdm_kit.record.assets import address
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.stages import left_in, stages
from mlpdm_kit.record.stamp import written_at
from mlpdm_kit.record.tables import Cell, Head, Table
from mlpdm_kit.record.workplace import Workplace, read_place
from mlpdm_kit.text import LANGUAGES, Text
from mlpdm_kit.view import html
from mlpdm_kit.view.forms.said import form_table
from mlpdm_kit.view.page import find_case
from mlpdm_kit.view.stage_bar import stage_bar
from mlpdm_kit.view.telling import MODES, Show, faults_said, in_notebook, refuse_unknown

EXAMPLES = {  # how figures are written: each is shown with what the kit reads in it
    "en": (
        ("8,000..12,000 per month", "cases/month"),
        ("200..600 USD per case", "money/case"),
        ("2M..5M USD", "money"),
        ("0.4%..1.1%", "share"),
        ("2..4 months", "months"),
    ),
    "ja": (
        ("8,000..12,000 件/月", "cases/month"),
        ("２００..６００ 円/件", "money/case"),
        ("200万..500万 JPY", "money"),
        ("０．４％..１．１％", "share"),
        ("2..4 か月", "months"),
    ),
}
_CURRENCY = {"en": "USD", "ja": "JPY"}


def open_start(
    *, case: str = "", out: str = "", mode: str = "report", lang: str = "en",
    show: Show | None = None,
) -> StartPage:  # fmt: skip
    """Open the start page.

    Parameters
    ----------
    case : str
        A case folder; empty for the one that has been chosen in this working folder.
    out : str
        Folder of its record; empty for ``records`` and the name of the case.
    mode : {"report", "workshop"}
    lang : {"en", "ja"}
    show : callable, optional
        What takes each thing that is shown, as a MIME bundle; by default the notebook.

    Raises
    ------
    InputError
        After its faults are shown as sentences.
    """
    show = show or in_notebook
    with faults_said(lang if lang in LANGUAGES else "en", show):
        refuse_unknown("mode", mode, MODES)
        refuse_unknown("lang", lang, LANGUAGES)
        place = read_place(Path()) or Workplace(lang=lang)
        path = case or place.case
        where = Path(out or (place.out if path == place.case else f"records/{Path(path).name}"))
        found = find_case(path) if path else None
        if mode == "workshop":
            from mlpdm_kit.view.start_live import LiveStart

            return LiveStart(found, where, place, lang, show)
        return StartPage(found, where, place, lang, show)


class StartPage:
    """The start page as text and tables.

    Parameters
    ----------
    case : path or None
        The case folder, if one has been chosen.
    out : path
        Folder of its record.
    place : Workplace
        What the working folder is about.
    lang : {"en", "ja"}
    show : callable
    """

    def __init__(
        self, case: Path | None, out: Path, place: Workplace, lang: str, show: Show
    ) -> None:
        self.case, self.out, self.place, self._show = case, out, place, show
        self.text = Text(lang)

    def choose(self) -> None:
        """Show which case it is, or which there are."""
        if self.case is None:
            self.show_table(library_table(self.text))
            return
        self.show_words(*self.about())

    def stages(self) -> None:
        """Show how far the case is."""
        if self.case is None:
            self.show_words(self.text.say("start.none"))
            return
        with faults_said(self.text.lang, self._show):
            state = self.state()
            says = (
                self.text if state.case is None else Sentences.of_case(state.case, self.text.lang)
            )
            self._show(stage_bar(stages(state, left_in(self.out)), text=says))

    def people(self) -> None:
        """Show who decides, and what each role does and brings."""
        if self.case is not None:
            with faults_said(self.text.lang, self._show):
                found = form_table("people", self.state(), self.text)
            if found.rows:
                self.show_table(found)
        self.show_table(roles_table(self.text))

    def agenda(self) -> None:
        """Show the boxes of time, with links to print and to project them."""
        self.show_table(agenda_table(self.place, self.text))
        links = [(AGENDA, "agenda.title"), (CLOCK, "agenda.clock")]
        there = [(address(name), self.text.say(code)) for name, code in links
                 if Path(name).is_file()]  # fmt: skip
        if there:
            lead = self.text.say("start.agenda.links")
            self._show(_html(links_said(lead, there, lang=self.text.lang), lead))

    def figures(self) -> None:
        """Show how figures are written, and what the kit reads."""
        self.show_table(figures_table(self.text))

    def record(self) -> None:
        """Show where the record is, or will be."""
        self._show(self.record_bundle())

    def about(self) -> list[str]:
        """Which case it is, and where its answers are kept."""
        assert self.case is not None
        title = self.state().document.at(("title",)) or self.case.name
        said = [self.text.say("start.about", title=title)]
        return [*said, self.text.say("start.about.where", folder=self.case.as_posix())]

    def state(self) -> State:
        """The case file as it is."""
        assert self.case is not None
        return read_state(self.case)

    def record_bundle(self) -> Mapping[str, Any]:
        """Where the record is, with a link once it is there."""
        file = self.out / "record.html"
        shown = file.as_posix() if self.place.case or self.case else "records/…/record.html"
        lead = self.text.say("start.record", file=shown)
        if self.case is not None and file.is_file():
            link = [(f"/files/{shown}", self.text.say("start.record.there"))]
            lead = self.text.say("join.sentences", one=lead, other=self._of_when(file))
            return _html(links_said(lead, link, lang=self.text.lang), lead)
        return _html(html.words(f"{lead} {self.text.say('start.record.not')}",
                                lang=self.text.lang), lead)  # fmt: skip

    def _of_when(self, file: Path) -> str:
        """From which moment the record is, and whether the case has changed since."""
        made = self.text.say("record.made.at", moment=written_at(file, self.text))
        case = self.state().case
        if case is not None and left_in(self.out).record == case.digest:
            return made
        changed = self.text.say("record.changed-since")
        return self.text.say("join.sentences", one=made, other=changed)

    def show_table(self, found: Table) -> None:
        """Show a table."""
        self._show(_html(html.table(found, lang=self.text.lang), found.caption))

    def show_words(self, *lines: str) -> None:
        """Show a paragraph for each line."""
        shown = "".join(html.words(line, lang=self.text.lang) for line in lines)
        self._show(_html(shown, "\n".join(lines)))


def read_state(case: Path) -> State:
    """A case file as it was read, whether or not it is a valid case yet.

    Raises
    ------
    InputError
        It is not there, or is no text.
    """
    file = case if case.name == CASE_FILE else case / CASE_FILE
    text = text_of(file)
    found, faults = read_text(text, file)
    return State(document=Document(text), case=found, faults=tuple(faults))


def library_cases(text: Text) -> list[dict[str, str]]:
    """Name, question, task and language of the library's cases, the reader's language first."""
    found = []
    for file in sorted(shipped.cases().glob(f"*/{CASE_FILE}")):
        if (file.parent / "flaw.yaml").is_file():  # for courses
            continue
        values = Document(file.read_text(encoding="utf-8-sig")).values
        lang = "ja" if any("\u3040" <= sign <= "\u30ff" for sign in str(values["title"])) else "en"
        found.append({"name": file.parent.name, "question": str(values["title"]), "lang": lang,
                      "task": text.say(f"task-short.{values.get('task', 'binary')}"),
                      "language": text.say(f"start.language.{lang}")})  # fmt: skip
    return sorted(found, key=lambda case: (case["lang"] != text.lang, case["name"]))


def library_table(text: Text) -> Table:
    """The cases of the library."""
    heads = ("question", "case", "task", "language")
    keys = ("question", "name", "task", "language")
    return Table(
        caption=text.say("start.cases"),
        heads=tuple(Head(text=text.say(f"start.cases.{head}")) for head in heads),
        rows=tuple(tuple(Cell(text=case[key]) for key in keys) for case in library_cases(text)),
    )


def roles_table(text: Text) -> Table:
    """The roles, with what each does and brings."""
    heads = ("role", "does", "brings")
    return Table(
        caption=text.say("agenda.roles"),
        heads=tuple(Head(text=text.say(f"agenda.column.{head}")) for head in heads),
        rows=tuple(
            tuple(Cell(text=text.say(f"role.{role}{end}")) for end in ("", ".does", ".brings"))
            for role in roles()
        ),
    )


def agenda_table(place: Workplace, text: Text) -> Table:
    """The boxes of time, as the printed page has them."""
    agenda = plan(place.minutes, place.start or None)
    heads = ("time", "box", "minutes", "mode")
    return Table(
        caption=text.say("agenda.lead", minutes=agenda.minutes, begin=agenda.clock(0),
                         end=agenda.clock(agenda.minutes)),
        heads=tuple(
            Head(text=text.say(f"agenda.column.{head}"), number=head == "minutes")
            for head in heads
        ),
        rows=tuple(
            (Cell(text=row["time"]), Cell(text=row["title"], note=row["does"]),
             Cell(text=str(row["minutes"]), number=True), Cell(text=row["mode"]))
            for row in rows(agenda, text)
        ),
        title=1,
        foot=text.say("agenda.leave"),
    )  # fmt: skip


def figures_table(text: Text) -> Table:
    """Examples of figures, each with what the kit reads in it."""
    units = Units(currency=_CURRENCY[text.lang])
    says = Text(text.lang, currency=units.currency)
    found = []
    for written, dimension in EXAMPLES[text.lang]:
        low, high = parse(written, dimension, units)
        kind = dimension.partition(",")[0]
        read = text.say("start.range", low=says.quantity(low, kind), high=says.quantity(high, kind))
        found.append((Cell(text=written), Cell(text=read)))
    return Table(
        caption=text.say("start.figures"),
        heads=tuple(Head(text=text.say(f"start.figures.{head}")) for head in ("written", "read")),
        rows=tuple(found),
        foot=text.say("start.figures.foot"),
    )


def links_said(lead: str, links: list[tuple[str, str]], *, lang: str) -> str:
    """A paragraph with links, each opened in a window of its own.

    Examples
    --------
    >>> links_said("See:", [("/files/a.html", "A")], lang="en").count("_blank")
    1
    """
    shown = " · ".join(
        f'<a href="{escape(to)}" target="_blank" rel="noopener">{escape(name)}</a>'
        for to, name in links
    )
    return f'<p class="mathjax_ignore" lang="{escape(lang)}">{escape(lead)} {shown}</p>'


def _html(shown: str, plain: str) -> dict[str, str]:
    return {"text/html": shown, "text/plain": plain}


__all__ = ["StartPage", "open_start"]
