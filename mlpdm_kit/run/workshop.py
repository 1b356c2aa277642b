"""A workshop: its working folder, and JupyterLab in it until it is ended."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from mlpdm_kit.case.load import CASE_FILE
from mlpdm_kit.record.workplace import START, Workplace, folder_for, open_place, pages
from mlpdm_kit.run.lab import (
    Lab,
    Say,
    free_port,
    open_in_browser,
    refuse_without_jupyterlab,
    serve,
)
from mlpdm_kit.text import Text


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks for: a case or none, a folder or none, and how."""

    case: str = ""
    folder: Path | None = None
    lang: str = "en"
    port: int | None = None
    browser: bool = True


def workshop(wish: Wish, say: Say) -> None:
    """Make the working folder or go on with it, and run JupyterLab in it until it is ended.

    Parameters
    ----------
    wish : Wish
    say : callable
        What takes each line that is said.

    Raises
    ------
    InputError
        As `open_place`; the port is taken, or JupyterLab is missing or does not start.
    """
    text = Text(wish.lang)
    refuse_without_jupyterlab()
    port = free_port(wish.port)
    folder = wish.folder or folder_for(wish.case)
    place, there = open_place(folder, wish.case, wish.lang)
    say(text.say("cli.workshop.again" if there else "cli.workshop.made", folder=folder))
    if place.lang != wish.lang:
        say(text.say("cli.workshop.lang"))
    command = shlex.join(["mlpdm", "workshop", "--dir", str(folder),
                          *(["--lang", place.lang] if place.lang != "en" else [])])  # fmt: skip
    lab = Lab(folder.resolve(), place.lang, port, first=START, filled=list(pages()))

    def ready() -> None:
        _say_how(say, text, lab, folder, place, command)
        if wish.browser:
            open_in_browser(lab.address)

    serve(lab, wish.port, say, ready)
    say(text.say("cli.workshop.ended", command=command))


def _say_how(say: Say, text: Text, lab: Lab, folder: Path, place: Workplace, command: str) -> None:
    say(text.say("cli.workshop.open", address=lab.address))
    if place.case:
        case = Path(os.path.normpath(folder / place.case)) / CASE_FILE
        say(text.say("cli.workshop.stop", case=case))
    else:
        say(text.say("cli.workshop.stop.unchosen"))
    say(text.say("cli.workshop.next", command=command))
