"""Pieces of a lesson as HTML: a task, how it was answered, how far somebody is."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from mlpdm_kit.course.checking import Checked, Judged
from mlpdm_kit.course.exercise import Exercise
from mlpdm_kit.course.flaws import case_text
from mlpdm_kit.course.words import choice_label, exercise_text, field_label, task, title, worked
from mlpdm_kit.record.tables import Cell, Head, Table
from mlpdm_kit.text import Text
from mlpdm_kit.view import html
from mlpdm_kit.view.palette import CHOSEN, ML

MARKS = {"right": "✓", "wrong": "✕", "missing": "○", "unreadable": "?"}
_TONES = {"right": CHOSEN, "wrong": ML, "unreadable": ML, "missing": "#8a8f98"}


def statement(exercise: Exercise, lang: str) -> str:
    """What is asked, with its table."""
    text = exercise_text(lang)
    said = "".join(f"<p>{html.said(part)}</p>" for part in task(exercise, lang))
    grid = exercise.grid
    table = ""
    if grid is not None:
        heads = tuple(
            Head(text=text.say(f"{exercise.code}.head.{name}"), number=not shown.startswith("say"))
            for name, shown in grid.heads.items()
        )
        rows = tuple(
            tuple(
                Cell(text=text.format_field(value, shown), number=not shown.startswith("say"))
                for value, shown in zip(row, grid.heads.values(), strict=True)
            )
            for row in grid.rows
        )
        table = html.table(Table(caption="", heads=heads, rows=rows, title=0), lang=lang)
    head = f'<h4 style="margin:0.3em 0;font-size:1.2em">{escape(title(exercise, lang))}</h4>'
    return _block("task", f"{head}{said}{table}{_case(exercise, lang)}", lang)


def _case(exercise: Exercise, lang: str) -> str:
    """The file of a flawed case, folded."""
    if exercise.lesson != "flaws":
        return ""
    lead = escape(Text(lang).say("course.flaw.case"))
    return (
        f"<details><summary>{lead}</summary>"
        f'<pre style="white-space:pre-wrap;overflow-wrap:anywhere">'
        f"{escape(case_text(exercise.id, lang))}</pre></details>"
    )


def asked(exercise: Exercise, lang: str) -> str:
    """The fields, for a reader who has no form: what is asked, and what there is to choose."""
    rows = []
    for field in exercise.fields:
        said = escape(field_label(exercise, field, lang))
        if field.choices:
            choices = [choice_label(exercise, field, one, lang) for one in field.choices]
            said += f"<br><small>{escape(' · '.join(choices))}</small>"
        rows.append(f"<li>{said}</li>")
    return _block("asked", f"<ul>{''.join(rows)}</ul>", lang)


def feedback(checked: Checked, lang: str, *, written: bool = False) -> str:
    """How each field was answered, and what may be behind what is wrong.

    ``written`` shows the answers too, where no form does. Under a flawed case that is all right
    stands the worked answer: why it was wrong, which the mend alone does not tell.
    """
    text = exercise_text(lang)
    rows = "".join(_row(checked, one, lang, written=written) for one in checked.fields)
    points = text.say("course.points", n=checked.points, of=checked.exercise.points)
    lead = text.say(f"course.state.{checked.state}")
    head = f'<p style="margin:0.3em 0"><strong>{escape(lead)}</strong> {escape(points)}</p>'
    said = _block("feedback", f'<div role="status">{head}<ul style="list-style:none;'
                  f'padding:0;margin:0">{rows}</ul></div>', lang)  # fmt: skip
    if checked.exercise.lesson != "flaws" or checked.state != "pass":
        return said
    return said + worked_answer(worked(checked.exercise, lang), lang)


def _row(checked: Checked, one: Judged, lang: str, *, written: bool) -> str:
    label = field_label(checked.exercise, one.field, lang)
    said = " ".join(checked.sentences(one, lang))
    answer = ""
    if written and one.written:
        shown = one.written
        if one.field.kind == "choice" and shown in one.field.choices:
            shown = choice_label(checked.exercise, one.field, shown, lang)
        answer = f" <q>{escape(shown)}</q>"
    return (
        f'<li style="border-left:5px solid {_TONES[one.state]};padding:0.25em 0.8em;'
        f'margin:0.3em 0"><span aria-hidden="true">{MARKS[one.state]}</span> '
        f"<strong>{escape(label)}</strong>{answer}<br>{html.said(said)}</li>"
    )


def worked_answer(paragraphs: Iterable[str], lang: str) -> str:
    """The worked answer."""
    said = "".join(f"<p>{html.said(part)}</p>" for part in paragraphs)
    lead = escape(Text(lang).say("course.worked"))
    return _block("worked", f'<p style="margin:0.3em 0"><strong>{lead}</strong></p>{said}', lang)


def progress_table(results: Iterable[Checked], tries: dict[str, int], lang: str) -> Table:
    """How far somebody is, exercise by exercise."""
    text = exercise_text(lang)
    rows = tuple(
        (
            Cell(text=title(one.exercise, lang)),
            Cell(text=text.say(f"course.state.{one.state}"), mark=_MARK[one.state]),
            Cell(text=text.say("course.points", n=one.points, of=one.exercise.points), number=True),
            Cell(text=text.count(tries.get(one.exercise.id, 0)), number=True),
        )
        for one in results
    )
    heads = ("exercise", "state", "points", "tries")
    return Table(
        caption=text.say("course.progress.caption"),
        heads=tuple(
            Head(text=text.say(f"course.progress.{name}"), number=name in ("points", "tries"))
            for name in heads
        ),
        rows=rows,
        title=0,
    )


_MARK = {"pass": "✓", "partial": "◐", "hint": "✕", "empty": "○"}


def _block(kind: str, inside: str, lang: str) -> str:
    return f'<div class="mlpdm-{kind} mathjax_ignore" lang="{escape(lang)}">{inside}</div>'
