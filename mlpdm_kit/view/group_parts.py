"""What a notebook shows of a group: its silent estimates, and signs that it fools itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mlpdm_kit.case.answers import read_answers, read_asked
from mlpdm_kit.case.askable import askable
from mlpdm_kit.case.editing.file import read_state
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.estimates import spreads
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.patterns import patterns
from mlpdm_kit.record.rollup_said import input_name, patterns_table, pooled_range
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.spread import Spread
from mlpdm_kit.record.tables import Cell, Table, heads
from mlpdm_kit.view import html
from mlpdm_kit.view.bundles import Bundle, as_figure, as_html
from mlpdm_kit.view.interval_chart import intervals


def patterns_shown(case: Case, record: DecisionRecord | None, says: Sentences) -> Bundle:
    """The failure patterns of a case as a table; a sentence where there are none."""
    found = patterns_table([(said, "") for said in patterns(case, record)], says)
    if not found.rows:
        why = says.say("page.none.patterns")
        return as_html(html.words(why, lang=says.lang, kind="none"), why)
    return as_html(html.table(found, lang=says.lang), found.caption)


def estimates_shown(folder: Path, says: Sentences) -> Iterator[Bundle]:
    """The ranges that people gave alone, once they have been shown to all."""
    state = read_state(folder)
    asked, wrong = read_asked(folder)
    given = read_answers(folder, askable(state), state.units)
    faults = [fault.sentence(says.lang) for fault in (*wrong, *given.faults)]
    if faults:
        lead = says.say("estimates.broken")
        yield as_html(html.faults(lead, faults, lang=says.lang), "\n".join([lead, *faults]))
    if asked is None or not asked.revealed or not given.answers:
        code = "estimates.hidden" if given.answers else "estimates.none"
        why = says.say(code, n=len(given.answers))
        yield as_html(html.words(why, lang=says.lang, kind="none"), why)
        return
    found = spreads(asked, given)
    table = _table(found, says)
    yield as_html(html.table(table, lang=says.lang), table.caption)
    for one in found:
        yield from as_figure(intervals(one, says=says), lang=says.lang)
    reading = says.say("spread.reading")
    yield as_html(html.words(reading, lang=says.lang), reading)


def _table(found: tuple[Spread, ...], says: Sentences) -> Table:
    return Table(
        caption=says.say("estimates.table"),
        heads=heads(says, "estimates.col", "input", "n", "pooled", "apart"),
        rows=tuple(
            (
                Cell(text=says.name("input", input_name(one.input))),
                Cell(text=says.count(len(one.held))),
                Cell(text=pooled_range(one, says)),
                Cell(
                    text=says.say("rollup.gap" if one.gap > 0 else "rollup.gap.none", gap=one.gap)
                ),
            )
            for one in found
        ),
    )
