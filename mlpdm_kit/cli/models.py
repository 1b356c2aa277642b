"""``ask`` and ``import``: where the answers of a model come from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from mlpdm_kit.cli.app import FAILED, STOPPED, Lang, app
from mlpdm_kit.errors import refuse
from mlpdm_kit.text import Text


@app.command()
def ask(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="A case folder or its case.yaml.")],
    option: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Ask for this option only.")
    ] = None,
    repeats: Annotated[
        int | None, typer.Option(min=1, max=100, help="How often each question is put.")
    ] = None,
    budget: Annotated[
        str | None, typer.Option(metavar="MONEY", help='The most that this run may spend: "5 USD".')
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="Calls at a time.")] = 4,
    limit: Annotated[
        int | None, typer.Option(min=1, help="A trial: so many rows, and no attacks.")
    ] = None,
    lang: Lang = "en",
) -> None:
    """Ask a model what the case asks, and keep the answers beside it."""
    from mlpdm_kit.live.command import Wish, run

    wish = Wish(place=case, options=tuple(option or ()), repeats=repeats, budget=budget,
                jobs=jobs, limit=limit, lang=lang)  # fmt: skip
    try:
        ended = run(wish, os.environ)
    except KeyboardInterrupt:
        typer.echo(Text(lang).say("cli.ask.go-on", command=wish.again()), err=True)
        raise typer.Exit(STOPPED) from None
    for fault in ended.faults:
        typer.echo(fault.sentence(lang), err=True)
    for line in ended.lines:
        typer.echo(line)
    if ended.stopped:
        raise typer.Exit(STOPPED)
    if not ended.complete:
        raise typer.Exit(FAILED)


@app.command(name="import")
def import_log(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Results of promptfoo, or a log of Inspect.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write the answers here.")
    ] = None,
    only: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this provider or model of several.")
    ] = None,
    said_as: Annotated[
        Literal["answer", "score", "rank", "grade"],
        typer.Option("--as", help="What the answers are: a score is a number, as a chance."),
    ] = "answer",
    rate: Annotated[
        float | None,
        typer.Option(help="What one US dollar is in the case's currency, for costs."),
    ] = None,
    lang: Lang = "en",
) -> None:
    """Read answers that another tool logged, and write them as a table for `predictions:`."""
    import shlex

    from mlpdm_kit.case.files import write_atomically
    from mlpdm_kit.case.logs.importing import as_csv, imported, told

    text = Text(lang)
    log = imported(file, only=only, said_as=said_as, rate=rate)
    for line in told(log, lang):
        typer.echo(line)
    if out is None:
        command = shlex.join(["mlpdm", "import", str(file), "--out", "answers.csv"])
        typer.echo(text.say("cli.import.unwritten", command=command))
        return
    if out.suffix.lower() != ".csv" or out.resolve() == file.resolve():
        raise refuse("log-out", "--out", out)
    try:
        write_atomically(out, as_csv(log))
    except OSError as error:
        raise refuse("out-folder", "--out", out, reason=error.strerror or "") from error
    typer.echo(text.say("cli.import.written", file=out, name=out.name))
