"""The agenda as a page to print, and the clock to project beside it; neither needs a kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.record.agenda import Agenda, Box, if_late, roles
from mlpdm_kit.record.pages import json_for_page, pages, policy, source
from mlpdm_kit.record.stages import STEPS
from mlpdm_kit.text import Text

AGENDA, CLOCK = "agenda.html", "clock.html"
_SAID_BY_CLOCK = (
    "pause",
    "paused",
    "ready",
    "start",
    "go-on",
    "over",
    "left",
    "next",
    "last",
    "ends",
    "box",
)


def render_agenda(agenda: Agenda, *, lang: str = "en", clock: str = CLOCK) -> str:
    """The agenda as one page of paper.

    Parameters
    ----------
    agenda : Agenda
    lang : {"en", "ja"}
    clock : str
        Where the clock is, seen from the page.
    """
    text = Text(lang)
    return pages().get_template("agenda.html.j2").render(
        lang=lang,
        text=text,
        agenda=agenda,
        rows=rows(agenda, text),
        roles=roles(),
        clock=clock,
        css=source("shared.css") + source("agenda.css"),
        policy=policy(),
    )  # fmt: skip


def render_clock(agenda: Agenda, *, lang: str = "en") -> str:
    """The clock: it counts down the present box by the computer's own clock."""
    text = Text(lang)
    script = source("clock.js")
    boxes = [{"title": row["title"], "does": row["does"], "late": row["late"],
              "minutes": row["minutes"]} for row in rows(agenda, text)]  # fmt: skip
    blank = {name: "{" + name + "}" for name in ("n", "of", "time", "title")}
    return pages().get_template("clock.html.j2").render(
        lang=lang,
        text=text,
        boxes=json_for_page(boxes),
        said=json_for_page({n: text.say(f"clock.{n}", **blank) for n in _SAID_BY_CLOCK}),
        css=source("shared.css") + source("clock.css"),
        script=script,
        policy=policy(script),
    )  # fmt: skip


def write_agenda(folder: Path, agenda: Agenda, *, lang: str = "en", name: str = AGENDA) -> Path:
    """Write the agenda, and the clock beside it."""
    write_atomically(folder / CLOCK, render_clock(agenda, lang=lang))
    return write_atomically(folder / name, render_agenda(agenda, lang=lang))


def rows(agenda: Agenda, text: Text) -> list[dict[str, Any]]:
    """What is said of each box."""
    return [_row(agenda, box, text) for box in agenda.boxes]


def _row(agenda: Agenda, box: Box, text: Text) -> dict[str, Any]:
    title = text.say(f"stage.{box.id}" if box.id in STEPS else f"agenda.{box.id}")
    return {
        "time": agenda.clock(box.begins),
        "minutes": box.minutes,
        "title": title,
        "does": text.say(f"agenda.{box.id}.does"),
        "mode": text.say(f"agenda.mode.{box.mode}"),
        "late": if_late(box, text),
        "notebook": box.notebook,
    }
