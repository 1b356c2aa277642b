"""How a class did, on one page: a table of learners, of mistakes, and a chart of calibration."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from markupsafe import Markup

from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.course.calibration import QUESTIONS, RoundScore, narrow_by_chance
from mlpdm_kit.course.checking import totals
from mlpdm_kit.course.lessons import all_exercises, exercise_of
from mlpdm_kit.course.results import ClassResults, Row, Stumble
from mlpdm_kit.course.words import exercise_text, title
from mlpdm_kit.record.assets import plotly_script
from mlpdm_kit.record.pages import pages, policy, source
from mlpdm_kit.record.render import picture
from mlpdm_kit.record.tables import NONE, Cell, Head, Table
from mlpdm_kit.text import Text
from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import Axis
from mlpdm_kit.view.canvas import Canvas, Figure, in_both_rooms
from mlpdm_kit.view.palette import Fill

LEAST_HITS = 8  # of ten, from which hits fit ranges that hold nine in ten
FITS, NARROW = Fill(colour=palette.CHOSEN), Fill(colour=palette.ML, pattern="/")


def write_class_page(found: ClassResults, file: Path, lang: str) -> Path:
    """Write the page; it needs no other file and loads nothing from the network."""
    return write_atomically(file, class_html(found, lang))


def class_html(found: ClassResults, lang: str) -> str:
    """The page."""
    text, script = Text(lang), source("record.js")
    chart = in_both_rooms(lambda: calibration_chart(found, text))
    plotly = plotly_script().decode().replace("\r\n", "\n") if chart else ""
    return pages().get_template("class.html.j2").render(
        lang=lang,
        says=text,
        lead=text.say("class.lead", n=len(found.rows), begun=len(found.stumbles)),
        learners=learners_table(found, text),
        stumbles=stumbles_table(found, lang),
        picture=picture("calibration", chart) if chart else None,
        faults=[fault.sentence(lang) for fault in found.faults],
        css=source("shared.css") + source("record.css"),
        script=script,
        plotly=Markup(plotly),
        policy=policy(script, *([plotly] if plotly else [])),
    )  # fmt: skip


def learners_table(found: ClassResults, text: Text) -> Table:
    """Who did what: points by lesson, of all, and the hits of the drill's rounds."""
    lessons = tuple(dict.fromkeys(one.lesson for one in all_exercises().values()))
    rows = tuple(
        (
            Cell(text=row.name),
            *(_of_lesson(row, lesson, text) for lesson in lessons),
            Cell(text=text.say("course.points", n=row.points, of=row.of), number=True),
            Cell(text=text.count(row.tries), number=True),
            Cell(text=", ".join(text.say("class.hits.of", n=one.hits, of=len(one.rows))
                                for one in row.rounds) or NONE, number=True),
        )
        for row in found.rows
    )  # fmt: skip
    heads = [Head(text=text.say(f"course.lesson.{lesson}"), number=True) for lesson in lessons]
    last = [Head(text=text.say(f"class.{one}"), number=True) for one in ("points", "tries", "hits")]
    return Table(
        caption=text.say("class.who.caption"),
        heads=(Head(text=text.say("class.learner")), *heads, *last),
        rows=rows,
        title=0,
    )


def _of_lesson(row: Row, lesson: str, text: Text) -> Cell:
    results = [one for one in row.results if one.exercise.lesson == lesson]
    if all(one.state == "empty" for one in results):
        return Cell(text=NONE, number=True)
    points, most = totals(results)
    return Cell(text=f"{text.count(points)}/{text.count(most)}", number=True)


def stumbles_table(found: ClassResults, lang: str) -> Table:
    """Where the class went wrong, the exercise with the fewest right first."""
    text = Text(lang)
    heads = ("exercise", "begun", "at-once", "right", "mistakes")
    ordered = sorted(found.stumbles,
                     key=lambda one: (one.passed / one.begun, one.at_once / one.begun))  # fmt: skip
    return Table(
        caption=text.say("class.where.caption"),
        heads=tuple(Head(text=text.say(f"class.{one}"), number=one in heads[1:4]) for one in heads),
        rows=tuple(
            (
                Cell(text=title(exercise_of(one.exercise), lang)),
                Cell(text=text.count(one.begun), number=True),
                Cell(text=text.count(one.at_once), number=True),
                Cell(text=text.count(one.passed), number=True),
                Cell(text=_mistakes(one, lang)),
            )
            for one in ordered
        ),
        title=0,
    )


def _mistakes(one: Stumble, lang: str) -> str:
    text, given = exercise_text(lang), exercise_of(one.exercise).given

    def made(code: str) -> str:
        own = f"class.{code}"  # of a hint that tells one learner's own words or verdict
        return text.say(own) if text.knows(own) else text.say(code, **given)

    said = [text.say("class.mistake", text=made(code), n=n) for code, n in one.mistakes]
    return " ".join(said) or text.say("class.none")


def calibration_chart(found: ClassResults, text: Text) -> Figure | None:
    """Learners by the hits of their last round, of ten questions."""
    last = [row.rounds[-1] for row in found.rows if row.rounds]
    last = [one for one in last if len(one.rows) == QUESTIONS]
    if not last:
        return None
    counts = Counter(one.hits for one in last)
    most = max(counts.values())
    marks = tuple((float(n), text.count(n)) for n in range(0, most + 1, max(1, most // 5)))
    canvas = Canvas(Axis(low=0.0, high=most + 0.5, ticks=marks,
                         title=text.say("class.calibration.learners")), zero=0.0)  # fmt: skip
    canvas.key([(FITS, text.say("class.calibration.fits")),
                (NARROW, text.say("class.calibration.narrow"))])  # fmt: skip
    canvas.note(text.say("class.calibration.axis"))
    for hits in range(QUESTIONS, min(counts) - 1, -1):
        number = counts.get(hits, 0)
        shown = text.say("class.hits.of", n=hits, of=QUESTIONS)
        canvas.row(shown, text.count(number))
        fill = FITS if hits >= LEAST_HITS else NARROW
        canvas.bar(canvas.track(14), start=0.0, end=float(number), fill=fill,
                   hover=f"{shown}: {text.count(number)}", height=14)  # fmt: skip
        canvas.gap(4)
    code = "class.calibration.reading" + (".one" if len(last) == 1 else "")
    reading = text.say(code, of=len(last), by_chance=somebody_narrow(len(last)))
    return canvas.figure(title=_sentence(last, text), reading=reading)


def somebody_narrow(learners: int) -> float:
    """Chance that a drill calls somebody too narrow where everybody is calibrated.

    Examples
    --------
    >>> round(somebody_narrow(16), 3)
    0.186
    """
    return 1 - (1 - narrow_by_chance()) ** learners


def _sentence(last: list[RoundScore], text: Text) -> str:
    narrow = sum(one.reading == "overconfident" for one in last)
    if not narrow:
        return text.say("class.calibration.title.none")
    return text.say("class.calibration.title", n=narrow, of=len(last))
