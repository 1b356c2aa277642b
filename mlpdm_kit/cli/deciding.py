"""``decide``: the five notebooks for many cases, and what became of each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mlpdm_kit.cli.app import FAILED, MOST_SHOWN, STOPPED, AsJson, Lang, app, print_json
from mlpdm_kit.cli.cases import still_copied
from mlpdm_kit.errors import refuse
from mlpdm_kit.text import Text, inert

if TYPE_CHECKING:
    from mlpdm_kit.run.result import CaseResult, Settings

FEW = 5  # cases whose examples are looked at, so that nobody waits for it


@app.command()
def decide(
    cases: Annotated[
        list[str],
        typer.Argument(
            metavar="CASE",
            help="Case folders, case.yaml files, or folders of cases; s3://… and the like, too.",
        ),
    ],
    out: Annotated[
        str, typer.Option(metavar="DIR", help="Folder for the records, or s3://… and the like.")
    ] = "records",
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Cases at a time; one a processor if not given.")
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A value instead of the file's."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulation.")] = 0,
    draws: Annotated[int, typer.Option(help="Draws of the simulation, a power of two.")] = 16_384,
    date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Date of the records."),
    ] = None,
    lang: Lang = "en",
    mode: Annotated[
        Literal["report"], typer.Option(help="How the notebooks show themselves.")
    ] = "report",
    engine: Annotated[
        Literal["mlpdm", "papermill"],
        typer.Option(help="Notebooks in children of one warm process, or as papermill has them."),
    ] = "mlpdm",
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Keep records that are whole and would be made the same."),
    ] = False,
    scheduler: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Let a Dask scheduler's workers decide: tcp://…, tls://…"
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Run the five notebooks for each case and write the decision records."""
    from mlpdm_kit.case.load import find_cases
    from mlpdm_kit.run.batch import decide_all
    from mlpdm_kit.run.progress import watching
    from mlpdm_kit.run.result import IndexUnwritten, Settings
    from mlpdm_kit.run.stopping import ended_by_signals
    from mlpdm_kit.run.stores import fetched

    _check_draws(draws)
    settings = Settings(
        seed=seed,
        draws=draws,
        day=date.date() if date else None,
        lang=lang,
        mode=mode,
        overrides=_overrides(overrides or []),
        engine=engine,
    )
    with ended_by_signals(once=True):
        with fetched(cases) as (places, sources):
            found = find_cases(places)
            unwritten = []
            with watching(len(found), settings.lang) as report:
                try:
                    results = decide_all(
                        found, out=out, jobs=jobs, settings=settings, report=report,
                        resume=resume, scheduler=scheduler, sources=sources,
                    )  # fmt: skip
                except IndexUnwritten as error:
                    results, unwritten = error.results, error.sentences(lang)
        if as_json:
            print_json(_summary(results, out, settings))
        else:
            _print_results(results, "" if unwritten else out, settings)
        for said in unwritten:
            typer.echo(said, err=True)
        states = {result.state for result in results}
        if "stopped" in states:
            _say_how_to_go_on(cases, results, out, settings, scheduler, jobs)
            raise typer.Exit(STOPPED)
    if "failed" in states or unwritten:
        raise typer.Exit(FAILED)


def as_given(settings: Settings) -> list[str]:
    """The options by which the records would be the same again."""
    from mlpdm_kit.run.result import Settings

    usual = Settings()
    found = [item for name in settings.overrides
             for item in ("--set", f"{name}={settings.overrides[name]}")]  # fmt: skip
    for name in ("seed", "draws", "lang", "engine"):
        if getattr(settings, name) != getattr(usual, name):
            found += [f"--{name}", str(getattr(settings, name))]
    return found + (["--date", settings.day.isoformat()] if settings.day else [])


def _overrides(written: Sequence[str]) -> dict[str, Any]:
    found = {}
    for item in written:
        name, sign, value = item.partition("=")
        if not sign or not name.strip():
            raise refuse("override-form", "--set", item)
        found[name.strip()] = value.strip()
    return found


def _check_draws(draws: int) -> None:
    from mlpdm_kit.analysis.uncertainty.sampling import MAX_DRAWS

    if not 2 <= draws <= MAX_DRAWS or draws & (draws - 1):
        raise refuse("draws", "--draws", draws, limit=MAX_DRAWS)


def _summary(results: Sequence[CaseResult], out: str, settings: Settings) -> dict[str, Any]:
    """What became of each case, for machines."""
    cases = [
        {
            "id": result.id,
            "case": str(result.case),
            "state": result.state,
            "outcome": result.outcome or None,
            "verdict": result.verdict or None,
            "folder": result.found_at or None,
            "faults": [fault.to_dict(settings.lang) for fault in result.faults],
            "failure": None if result.failure is None else vars(result.failure),
        }
        for result in results
    ]
    counts = {state: sum(result.state == state for result in results)
              for state in ("done", "kept", "failed", "stopped")}  # fmt: skip
    return {"cases": cases, **counts, "index": f"{out}/index.html"}


def _print_results(results: Sequence[CaseResult], out: str, settings: Settings) -> None:
    """A short table, or lines where nobody watches, and where to look next, if there is."""
    text = Text(settings.lang)
    shown = [_row(result, settings.lang) for result in results if result.state != "stopped"]
    rows = shown[:MOST_SHOWN]
    if rows and sys.stdout.isatty():
        _print_table(rows, text)
    else:
        for row in rows:
            typer.echo("  ".join(part for part in row if part))
    if len(shown) > len(rows):
        typer.echo(text.say("cli.decide.more", n=len(shown) - len(rows)))
    failed = sum(result.state == "failed" for result in results)
    if failed and out:
        typer.echo(text.say("cli.decide.failed", n=failed, of=len(results)))
    if len(results) <= FEW:
        for line in still_copied([one.case for one in results if one.outcome], text):
            typer.echo(line)
    if shown and out:
        typer.echo(text.say("cli.decide.open", file=f"{out}/index.html"))


def _row(result: CaseResult, lang: str) -> tuple[str, str, str]:
    name = inert(result.id)
    if result.state in ("done", "kept"):
        return name, inert(result.verdict), f"{result.found_at}/record.html"
    reasons = result.reasons(lang)
    code = "cli.decide.case-failed" if len(reasons) == 1 else "cli.decide.case-failed.more"
    said = Text(lang).say(code, reason=reasons[0].partition("\n")[0], n=len(reasons))
    return name, said, result.found_at


def _print_table(rows: Sequence[tuple[str, str, str]], text: Text) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("case", "verdict", "record"):
        table.add_column(text.say(f"cli.decide.column.{column}"), overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(markup=False, highlight=False, emoji=False).print(table)


def _say_how_to_go_on(
    cases: Sequence[str],
    results: Sequence[CaseResult],
    out: str,
    settings: Settings,
    scheduler: str,
    jobs: int | None,
) -> None:
    import shlex

    text = Text(settings.lang)
    left = sum(result.state == "stopped" for result in results)
    typer.echo(text.say("cli.decide.stopped", n=len(results) - left, of=len(results)), err=True)
    for said in dict.fromkeys(why for one in results if one.state == "stopped"
                              for why in one.reasons(settings.lang)):  # fmt: skip
        typer.echo(said, err=True)
    given = [str(case) for case in cases]
    where = ["--scheduler", scheduler] if scheduler else []
    where += ["--jobs", str(jobs)] if jobs else []
    command = shlex.join(
        ["mlpdm", "decide", *given, "--out", str(out), *where, *as_given(settings), "--resume"]
    )
    code = "cli.decide.go-on" if len(given) <= MOST_SHOWN else "cli.decide.go-on.many"
    typer.echo(text.say(code, command=command), err=True)
