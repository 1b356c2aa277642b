"""Several groups side by side, as a notebook shows them: one call, one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mlpdm_kit.errors import InputError, refuse
from mlpdm_kit.record.rollup import Rollup, collect
from mlpdm_kit.record.rollup_page import write_rollup
from mlpdm_kit.record.rollup_said import BlockSaid, block_said, called, faults_table, lead
from mlpdm_kit.record.steps import DEFAULT_DRAWS
from mlpdm_kit.record.tables import Table
from mlpdm_kit.text import LANGUAGES, Text
from mlpdm_kit.view import html
from mlpdm_kit.view.bundles import Bundle, as_figure, as_html
from mlpdm_kit.view.interval_chart import rollup_pictures
from mlpdm_kit.view.telling import MODES, in_notebook

Show = Callable[[Bundle], None]


def open_comparison(
    *,
    folder: str,
    out: str = "",
    mode: str = "report",
    lang: str = "en",
    names: bool = False,
    draws: int = DEFAULT_DRAWS,
    show: Show = in_notebook,
) -> Comparison:
    """Open the working folders of groups.

    Parameters
    ----------
    folder : str
        Holds a working folder for each group; empty where nobody has named it yet.
    out : str
        Where the page, the table and the JSON go; empty for ``comparison`` in the folder.
    mode : {"report", "workshop"}
        Both show the same; running all cells reads the folders anew.
    lang : {"en", "ja"}
        The reader's language.
    names : bool
        Call groups by their folders, not by letters.
    draws : int
        Of the simulation, for a case without a record.
    show : callable
        What takes each thing that is shown, as a MIME bundle.

    Raises
    ------
    InputError
        After its faults are shown as sentences.
    """
    with _faults_said(lang if lang in LANGUAGES else "en", show):
        for field, value, known in (("lang", lang, LANGUAGES), ("mode", mode, MODES)):
            if value not in known:
                raise refuse("page-choice", field, value, known=", ".join(known))
        text = Text(lang)
        label = "{name}" if names else called(text)
        found = None
        if folder.strip():
            found = collect(Path(folder), names=names, draws=draws, label=label)
        where = Path(out) if out else Path(folder) / "comparison"
    return Comparison(found, where, text, show)


@contextmanager
def _faults_said(lang: str, show: Show) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        said, told = error.sentences(lang), Text(lang).say("page.faults")
        show(as_html(html.faults(told, said, lang=lang), "\n".join([told, *said])))
        raise


class Comparison:
    """Groups side by side; without a folder each thing says that none is named yet."""

    def __init__(self, found: Rollup | None, out: Path, text: Text, show: Show) -> None:
        self.found, self.out, self.text, self.show = found, out, text, show

    def bottom_line(self) -> None:
        """Show whether the groups agree, and what to talk about first."""
        if self.found is None:
            self._words("rollup.none.groups")
            return
        for said in self._blocks():
            large = said.large if len(self.found.blocks) == 1 else f"{said.title} – {said.large}"
            small = [lead(self.found, self.text), *said.small]
            shown = html.bottom_line(large, small, lang=self.text.lang)
            self.show(as_html(shown, "\n".join([large, *small])))

    def verdicts(self) -> None:
        """Show what each group decides, and what would change it."""
        for said in self._blocks():
            self._table(said.verdicts, said)

    def fields(self) -> None:
        """Show the inputs in which groups differ, as a table."""
        for said in self._blocks():
            self._table(said.fields, said, none="rollup.none.fields")

    def pictures(self) -> None:
        """Show the ranges of these inputs, group by group."""
        if self.found is None:
            return
        drawn = rollup_pictures(self.found, self.text.lang)
        for figure in drawn.values():
            for bundle in as_figure(figure, lang=self.text.lang):
                self.show(bundle)
        self._words("spread.reading" if drawn else "rollup.none.fields")

    def facts(self) -> None:
        """Show the inputs of which nobody has a fact, and those in which all agree."""
        for said in self._blocks():
            for heading, names in said.lists:
                shown = html.saved(heading, [], lang=self.text.lang)
                items = html.words(", ".join(names), lang=self.text.lang)
                self.show(as_html(shown + items, "\n".join([heading, *names])))

    def patterns(self) -> None:
        """Show the signs that a group fools itself."""
        for said in self._blocks():
            self._table(said.patterns, said, none="page.none.patterns")

    def broken(self) -> None:
        """Show what could not be read."""
        if self.found is None:
            return
        found = faults_table(self.found.found.faults, self.text)
        if not found.rows:
            self._words("rollup.none.broken")
            return
        self.show(as_html(html.table(found, lang=self.text.lang), found.caption))

    def save(self) -> None:
        """Write the page, the table and the JSON, and say where."""
        if self.found is None:
            return
        drawn = rollup_pictures(self.found, self.text.lang)
        paths = write_rollup(self.out, self.found, drawn, lang=self.text.lang)
        told = self.text.say("rollup.saved")
        places = [(path.as_posix(), path.as_posix()) for path in paths]
        shown = html.saved(told, places, lang=self.text.lang)
        self.show(as_html(shown, "\n".join([told, *(name for _, name in places)])))

    def _blocks(self) -> Iterator[BlockSaid]:
        if self.found is not None:
            for pair in zip(self.found.blocks, self.found.of_blocks, strict=True):
                yield block_said(*pair, self.text.lang)

    def _table(self, table: Table, said: BlockSaid, none: str = "") -> None:
        if self.found is not None and len(self.found.blocks) > 1:
            self.show(as_html(html.heading(said.title, lang=self.text.lang), said.title))
        if not table.rows and none:
            self._words(none)
        elif table.rows:
            self.show(as_html(html.table(table, lang=self.text.lang), table.caption))

    def _words(self, code: str) -> None:
        said = self.text.say(code)
        self.show(as_html(html.words(said, lang=self.text.lang), said))
