"""What all commands share: the words that they take alike, and how one ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

FAILED, WRONG_CALL, STOPPED = 1, 2, 130
MOST_SHOWN = 50

app = typer.Typer(
    name="mlpdm",
    help="Should we use ML, or an LLM, here at all? From a case file to a decision record.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Cases = Annotated[
    list[Path],
    typer.Argument(metavar="CASE", help="Case folders, case.yaml files, or folders of cases."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Nothing but JSON on standard output.")]
Lang = Annotated[Literal["en", "ja"], typer.Option(help="Language of all that is written.")]


def _version(wanted: bool) -> None:
    if wanted:
        from mlpdm_kit.record.assemble import kit_version

        typer.echo(kit_version())
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def print_json(content: Any) -> None:
    """Print for machines."""
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))
