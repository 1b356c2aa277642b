"""``workshop``, ``agenda``, ``collect``: people around a table, and several tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlpdm_kit.cli.app import FAILED, MOST_SHOWN, Lang, app
from mlpdm_kit.errors import refuse
from mlpdm_kit.text import Text


@app.command()
def workshop(
    case: Annotated[
        str, typer.Argument(metavar="[CASE]", help="A case folder, or a case of the library.")
    ] = "",
    folder: Annotated[
        Path | None,
        typer.Option("--dir", metavar="DIR", help="Working folder; made, or gone on with."),
    ] = None,
    lang: Lang = "en",
    port: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="Port; a free one if not given.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether to open the start page.")
    ] = True,
) -> None:
    """Walk a case through the five notebooks with others, in JupyterLab."""
    from mlpdm_kit.run.workshop import Wish
    from mlpdm_kit.run.workshop import workshop as run_workshop

    wish = Wish(case=case, folder=folder, lang=lang, port=port, browser=browser)
    run_workshop(wish, typer.echo)


@app.command()
def agenda(
    start: Annotated[
        str | None, typer.Option(metavar="HH:MM", help="When the workshop begins.")
    ] = None,
    minutes: Annotated[int, typer.Option(help="How long it may take.")] = 180,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Where; the clock is written beside it.")
    ] = Path("agenda.html"),
    lang: Lang = "en",
) -> None:
    """Write the agenda of a workshop, to print, and a clock to project."""
    from mlpdm_kit.record.agenda import plan
    from mlpdm_kit.record.agenda_page import CLOCK, write_agenda
    from mlpdm_kit.record.workplace import keep_agenda

    planned = plan(minutes, start)
    try:
        file = write_agenda(out.parent, planned, lang=lang, name=out.name)
        keep_agenda(out.parent, minutes, start or "")
    except OSError as error:
        raise refuse("out-folder", "--out", out, reason=error.strerror or "") from error
    typer.echo(Text(lang).say("cli.agenda.made", file=file, clock=out.parent / CLOCK))


@app.command()
def collect(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder that holds the groups' folders.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the comparison.")] = Path(
        "comparison"
    ),
    names: Annotated[
        bool, typer.Option("--names", help="Call groups by their folders, not by letters.")
    ] = False,
    lang: Lang = "en",
) -> None:
    """Put groups side by side: where they differ, and what each one's choice hangs on."""
    from mlpdm_kit.record.rollup import collect as rolled_up
    from mlpdm_kit.record.rollup_page import write_rollup
    from mlpdm_kit.record.rollup_said import called
    from mlpdm_kit.run.progress import counted
    from mlpdm_kit.view.interval_chart import rollup_pictures

    text = Text(lang)
    with counted("cli.collect.reading", lang) as seen:
        found = rolled_up(folder, names=names, label="{name}" if names else called(text), seen=seen)
    try:
        page, *_ = write_rollup(out, found, rollup_pictures(found, lang), lang=lang)
    except OSError as error:
        raise refuse("out-folder", "--out", out, reason=error.strerror or "") from error
    for group, fault in found.found.faults[:MOST_SHOWN]:
        said = fault.sentence(lang)
        typer.echo(
            text.say("cli.collect.fault", group=group, said=said) if group else said, err=True
        )
    n, cases = len(found.found.groups), len(found.blocks)
    typer.echo(text.say("cli.collect.done", n=n, cases=cases, file=page))
    if found.found.broken:
        raise typer.Exit(FAILED)
