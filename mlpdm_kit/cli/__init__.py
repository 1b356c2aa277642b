"""The command line: ``mlpdm new``, ``check``, ``decide``, ``workshop``, ``agenda`` and others.

Nothing heavy is imported before a command needs it: ``--help`` and ``check`` answer at
once. Exit status: 0 all is well; 1 some case failed; 2 the call itself is wrong; 130 it was
stopped by Ctrl-C.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from mlpdm_kit.cli import cases, deciding, models, rooms, teaching, verifying
from mlpdm_kit.cli.app import FAILED, STOPPED, WRONG_CALL, app
from mlpdm_kit.errors import InputError

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
    try:
        app()
    except InputError as error:
        for line in error.sentences(_asked_language(sys.argv)):
            typer.echo(line, err=True)
        sys.exit(WRONG_CALL)


def _asked_language(words: Sequence[str]) -> str:
    """The language of a call that went wrong before it was understood."""
    ja = ("--lang=ja", "--lang ja")
    return "ja" if any(form in " ".join(words) for form in ja) else "en"
