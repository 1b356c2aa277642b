"""The course on a learner's machine: their copies of the lessons, and JupyterLab in them."""

from __future__ import annotations

import shlex
from pathlib import Path

from mlpdm_kit.course.copies import build, lessons, made_for
from mlpdm_kit.course.lessons import LESSONS
from mlpdm_kit.errors import refuse
from mlpdm_kit.run.lab import (
    Lab,
    Say,
    free_port,
    open_in_browser,
    refuse_without_jupyterlab,
    serve,
)
from mlpdm_kit.text import Text

FIRST = f"{next(iter(LESSONS.values())).notebook}.ipynb"


def open_lessons(
    folder: Path, say: Say, *, learner: str = "", lang: str = "en", port: int | None = None,
    browser: bool = True,
) -> None:  # fmt: skip
    """Make a learner's folder, or go on with it, and run JupyterLab in it until it is ended.

    Copies that are there already stay as they are.

    Raises
    ------
    InputError
        The name is none; the copies there are somebody else's, or in another language; the
        port is taken; JupyterLab is missing or does not start.
    """
    text = Text(lang)
    refuse_without_jupyterlab()
    free = free_port(port)
    there = made_for(folder)
    if there is not None and (there[1] != lang or learner not in ("", there[0])):
        raise refuse("copies-other", "DIR", folder, learner=there[0] or "–", lang=there[1])
    try:
        made = build("learner", folder, lang, learner=learner, keep=True)
    except OSError as error:
        raise refuse("out-folder", "DIR", folder, reason=error.strerror or "") from error
    say(text.say("cli.workshop.made" if made else "cli.workshop.again", folder=folder))
    command = shlex.join(["mlpdm", "course", "open", str(folder),
                          *(["--lang", lang] if lang != "en" else [])])  # fmt: skip
    filled = [f"{file.stem}.ipynb" for file in lessons()]
    lab = Lab(folder.resolve(), lang, free, first=FIRST, filled=filled)

    def ready() -> None:
        say(text.say("cli.course.open", address=lab.address))
        say(text.say("cli.workshop.stop.unchosen"))
        if browser:
            open_in_browser(lab.address)

    serve(lab, port, say, ready)
    say(text.say("cli.workshop.ended", command=command))
