"""The command line: ``mlpdm new``, ``check``, ``decide``, ``workshop``, ``agenda`` and others.

Nothing heavy is imported before a command needs it: ``--help`` and ``check`` answer at
once. Exit status: 0 all is well; 1 some case failed; 2 the call itself is wrong; 130 it was
stopped by Ctrl-C.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import typer

from mlpdm_kit.cli import cases, deciding, models, rooms, teaching, verifying
from mlpdm_kit.cli.app import FAILED, STOPPED, WRONG_CALL, app
from mlpdm_kit.errors import InputError, refuse
from mlpdm_kit.text import Text

__all__ = ["FAILED", "STOPPED", "WRONG_CALL", "app", "main"]
COMMANDS = (
    cases,
    deciding,
    verifying,
    models,
    rooms,
    teaching,
)  # each module adds its own to the app


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file name may hold what is no text
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except InputError as error:
        for line in error.sentences(_asked_language(sys.argv)):
            typer.echo(line, err=True)
        sys.exit(WRONG_CALL)
    except KeyboardInterrupt:
        typer.echo(Text(_asked_language(sys.argv)).say("cli.stopped"), err=True)
        sys.stdout.flush()
        os._exit(STOPPED)  # a thread that is deep in somebody's rule would hold us up
    except OSError as error:  # a right that is lacking, a disk that is full
        if error.filename is None or not error.strerror:
            raise
        said = refuse("os-error", "path", str(error.filename), reason=error.strerror)
        typer.echo(said.sentences(_asked_language(sys.argv))[0], err=True)
        sys.exit(WRONG_CALL)


def _asked_language(words: Sequence[str]) -> str:
    """The language of a call that went wrong before it was understood."""
    ja = ("--lang=ja", "--lang ja")
    return "ja" if any(form in " ".join(words) for form in ja) else "en"
