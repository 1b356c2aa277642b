"""Small pieces of HTML for notebooks; everything that is said in them is escaped.

Styles stand in the elements, in the few properties that JupyterLab lets through in a
notebook that it does not trust. JupyterLab would take two amounts in dollars for a formula
between two signs, so every piece has the class that keeps it from looking for formulas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from mlpdm_kit.record.tables import Cell, Fold, Table
from mlpdm_kit.text.figures import unbroken
from mlpdm_kit.view.palette import CHOSEN, ML

INK = "#767c85"
"""Colour of words in a chart, of which the style sheet makes that of the reader's theme."""

_PLAIN = "mathjax_ignore"
_CODE = re.compile(r"`([^`\n]+)`")
_THEME = (
    "<style>.js-plotly-plot text[style*='rgb(118, 124, 133)'] "
    "{fill: var(--jp-content-font-color1, currentColor) !important}</style>"
)
_ROWS_AS_BLOCKS = (  # each row becomes a block, with its headings beside the cells
    "{0} table {{min-width: 0 !important; table-layout: auto !important}}"
    "{0} thead {{display: none}}"
    "{0} :is(table, caption, tbody, tr, th, td) {{display: block; text-align: left !important}}"
    "{0} tr {{padding: 0.5em 0}}"
    "{0} :is(th, td) {{padding: 0.1em 0 !important}}"
    "{0} :is(th, td)::before"
    " {{content: attr(data-label); display: block; font-size: 0.8em; font-weight: normal}}"
)
_NARROW = f"<style>@media (max-width: 40em) {{{_ROWS_AS_BLOCKS.format('.mlpdm-table')}}}</style>"
_WIDE = ".mlpdm-fitting .mlpdm-table:has(thead th:nth-child(5))"
_FITTING = (  # in the room that there is, which may be less than the window
    "<style>.mlpdm-fitting {container-type: inline-size; line-height: 1.5}"
    ".mlpdm-fitting :is(th, td, p) {overflow-wrap: anywhere}"
    ".mlpdm-fitting table {min-width: 0 !important}"
    f"@container (max-width: 70em) {{{_ROWS_AS_BLOCKS.format(_WIDE)}"
    f"{_WIDE} tbody tr {{display: grid; grid-template-columns: repeat(2, 1fr); gap: 0 1em}}"
    f"{_WIDE} tbody th {{grid-column: 1 / -1}}}}"
    f"@container (max-width: 41em) {{{_ROWS_AS_BLOCKS.format('.mlpdm-fitting .mlpdm-table')}}}"
    "</style>"
)
_SHORT = 14  # letters that stay on one line
_CELL = "text-align:{side};vertical-align:top;padding:0.4em 1em 0.4em 0;white-space:normal"


def said(sentence: str) -> str:
    """A sentence, with what stands between backquotes as code.

    Examples
    --------
    >>> said("Run `a <b>`.")
    'Run <code>a &lt;b&gt;</code>.'
    """
    return _CODE.sub(r"<code>\1</code>", escape(sentence))


def bottom_line(large: str, small: Iterable[str], *, lang: str) -> str:
    """The answer of a step: one sentence in large letters, the rest below it.

    Examples
    --------
    >>> bottom_line("Stop <here>.", [], lang="en").count("&lt;here&gt;")
    1
    """
    rest = "".join(f'<p style="margin:0.5em 0 0">{escape(line)}</p>' for line in small if line)
    return (
        f'<div class="mlpdm-line {_PLAIN}" lang="{escape(lang)}" '
        f'style="border-left:7px solid {CHOSEN};padding:0.6em 1.2em;margin:0.5em 0;'
        'font-size:1.15em"><p style="font-size:1.5em;font-weight:bold;line-height:1.25;margin:0">'
        f"{escape(unbroken(large))}</p>{rest}</div>"
    )


def heading(title: str, *, lang: str) -> str:
    """The sentence above a picture, which gives the picture's words the reader's theme."""
    return f'{_THEME}<h3 class="mlpdm-title {_PLAIN}" lang="{escape(lang)}">{escape(title)}</h3>'


def words(text: str, *, lang: str, kind: str = "reading") -> str:
    """A paragraph."""
    return f'<p class="mlpdm-{kind} {_PLAIN}" lang="{escape(lang)}">{said(text)}</p>'


def faults(lead: str, sentences: Iterable[str], *, lang: str) -> str:
    """Everything that is wrong with what came in."""
    items = "".join(f'<li style="margin:0.4em 0">{said(line)}</li>' for line in sentences)
    return (
        f'<div class="mlpdm-faults {_PLAIN}" role="alert" lang="{escape(lang)}" '
        f'style="border-left:7px solid {ML};padding:0.6em 1.2em;margin:0.5em 0">'
        '<p style="font-size:1.3em;'
        f'font-weight:bold;margin:0">{escape(lead)}</p><ul>{items}</ul></div>'
    )


def saved(lead: str, places: Iterable[tuple[str, str]], *, lang: str) -> str:
    """What was written and where; each place is a path and what to call it."""
    items = "".join(
        f'<li><a href="{escape(path)}">{escape(name)}</a></li>' for path, name in places
    )
    return (
        f'<div class="mlpdm-saved {_PLAIN}" lang="{escape(lang)}">'
        f"<p>{said(lead)}</p><ul>{items}</ul></div>"
    )


def table(found: Table, *, lang: str) -> str:
    """A table with its caption."""
    heads = "".join(
        f'<th scope="col" style="{_CELL.format(side="right" if head.number else "left")}">'
        f"{escape(head.text)}</th>"
        for head in found.heads
    )
    rows = "".join(
        "<tr>"
        + "".join(
            _cell(cell, found.heads[n].text, is_title=n == found.title)
            for n, cell in enumerate(row)
        )
        + "</tr>"
        for row in found.rows
    )
    foot = f"<p>{escape(found.foot)}</p>" if found.foot else ""
    return (
        f'{_NARROW}<div class="mlpdm-table {_PLAIN}" lang="{escape(lang)}">'
        '<table style="min-width:24em">'
        f'<caption style="text-align:left">{escape(found.caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{foot}</div>"
    )


def fold(found: Fold, *, lang: str) -> str:
    """A part of a record as a notebook shows it: what stands at its head, then its tables."""
    notes = "".join(f"<p>{escape(note)}</p>" for note in found.notes)
    head = f"<p><strong>{escape(found.summary)}</strong></p>" if found.summary else ""
    tables = "".join(table(one, lang=lang) for one in found.tables)
    return f'<div class="mlpdm-fold {_PLAIN}" lang="{escape(lang)}">{head}{notes}{tables}</div>'


def fitting(inside: str, *, kind: str) -> str:
    """What fits the room that it is given, whatever the window's: its widest tables turn."""
    return f'{_FITTING}<div class="mlpdm-{kind} mlpdm-fitting">{inside}</div>'


def _cell(cell: Cell, label: str, *, is_title: bool) -> str:
    tag = 'th scope="row"' if is_title else "td"
    style = _CELL.format(side="right" if cell.number else "left")
    text = escape(unbroken(cell.text))
    if cell.mark:
        text = f'<span aria-hidden="true">{escape(cell.mark)}</span> {text}'
    if len(cell.text) <= _SHORT:
        text = f'<span style="white-space:nowrap">{text}</span>'
    if cell.strong:
        text = f"<strong>{text}</strong>"
    small = "".join(
        f'<br><small style="font-weight:normal">{escape(unbroken(part))}</small>'
        for part in (cell.note, cell.tag)
        if part
    )
    end = tag.partition(" ")[0]
    return f'<{tag} data-label="{escape(label)}" style="{style}">{text}{small}</{end}>'
