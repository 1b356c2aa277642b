"""The command line: ``mlpdm new``, ``check``, ``decide``, ``workshop``, ``agenda`` and others.

Nothing heavy is imported before a command needs it: ``--help`` and ``check`` answer at
once. Exit status: 0 all is well; 1 some case failed; 2 the call itself is wrong; 130 it was
stopped by Ctrl-C.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mlpdm_kit.errors import InputError, refuse
from mlpdm_kit.text import Text

if TYPE_CHECKING:
    from mlpdm_kit.run.batch import CaseResult, Settings

FAILED, WRONG_CALL, STOPPED = 1, 2, 130
MOST_SHOWN = 50
FEW_FIELDS = 12  # of those that are still the example's

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


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    like: Annotated[
        str | None, typer.Option(metavar="CASE", help="Copy this case of the library instead.")
    ] = None,
    lang: Lang = "en",
) -> None:
    """Make a commented case folder to fill in."""
    from mlpdm_kit.case.template import new_case

    text = Text(lang)
    file = new_case(folder, like, lang)
    typer.echo(text.say("cli.new.made", file=file))
    if like is not None:
        typer.echo(text.say("cli.new.like"))
        files = sorted(one.name for one in file.parent.iterdir() if one != file)
        if files:
            typer.echo(text.say("cli.new.like.files", files=files))
    typer.echo(text.say("cli.new.next", folder=folder))


@app.command()
def check(cases: Cases, as_json: AsJson = False, lang: Lang = "en") -> None:
    """Say everything that is wrong with cases, line by line."""
    from mlpdm_kit.case.example import still_as_in_example
    from mlpdm_kit.case.load import check_case, find_cases

    text = Text(lang)
    faults = {case: check_case(case) for case in find_cases(cases)}
    number = sum(map(len, faults.values()))
    faulty = sum(map(bool, faults.values()))
    if as_json:
        found = [
            {"case": str(case), "faults": [fault.to_dict(lang) for fault in some],
             "as_in_example": (still_as_in_example(case) or ("", []))[1]}
            for case, some in faults.items()
        ]  # fmt: skip
        _print_json({"cases": found, "faults": number, "faulty_cases": faulty})
    else:
        for some in faults.values():
            for fault in some:
                typer.echo(fault.sentence(lang))
        if number:
            said = "cli.check.faults.one" if number == 1 else "cli.check.faults"
            typer.echo(text.say(said, faults=number, faulty=faulty, n=len(faults)))
        else:
            said = "cli.check.sound.one" if len(faults) == 1 else "cli.check.sound"
            typer.echo(text.say(said, n=len(faults)))
            for line in _unready(list(faults), text):
                typer.echo(line)
        for line in _copied(list(faults), text):
            typer.echo(line)
    if number:
        raise typer.Exit(FAILED)


def _unready(cases: Sequence[Path], text: Text) -> list[str]:
    """What a sound case still lacks, so that nobody takes its verdict for the last word."""
    from mlpdm_kit.analysis.ladder import ladder
    from mlpdm_kit.case.load import load_case
    from mlpdm_kit.record.gates import answered

    lines = []
    for place in cases[:MOST_SHOWN]:
        case = load_case(place)
        silent = sum(check.status == "open" for check in answered(case, ladder(case)))
        lacking = [name for name, there in (("decider", case.people.decider),
                                            ("review", case.review_on)) if not there]  # fmt: skip
        if silent or lacking:
            people = "".join(text.say(f"cli.check.no-{name}") for name in lacking)
            lines.append(text.say("cli.check.unready", case=place, n=silent, people=people))
    return lines


def _copied(cases: Sequence[Path], text: Text) -> list[str]:
    """What cases that began as copies still have from their examples."""
    from mlpdm_kit.case.example import still_as_in_example

    lines = []
    for place in cases[:MOST_SHOWN]:
        like, fields = still_as_in_example(place) or ("", [])
        if fields:
            more = len(fields) - FEW_FIELDS
            shown = fields[:FEW_FIELDS]
            shown += [text.say("cli.check.like.more", n=more)] if more > 0 else []
            lines.append(text.say("cli.check.like", case=place, like=like, fields=shown))
    return lines


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


@app.command()
def decide(
    cases: Cases,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the records.")] = Path(
        "records"
    ),
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
    as_json: AsJson = False,
) -> None:
    """Run the five notebooks for each case and write the decision records."""
    from mlpdm_kit.case.load import find_cases
    from mlpdm_kit.run.batch import Settings, decide_all
    from mlpdm_kit.run.progress import watching

    _check_draws(draws)
    found = find_cases(cases)
    settings = Settings(
        seed=seed,
        draws=draws,
        day=date.date() if date else None,
        lang=lang,
        mode=mode,
        overrides=_overrides(overrides or []),
    )
    with watching(len(found), settings.lang) as report:
        results = decide_all(found, out=out, jobs=jobs, settings=settings, report=report)
    if as_json:
        _print_json(_summary(results, out, settings))
    else:
        _print_results(results, out, settings)
    states = {result.state for result in results}
    if "stopped" in states:
        _say_how_to_go_on(results, out, settings)
        raise typer.Exit(STOPPED)
    if "failed" in states:
        raise typer.Exit(FAILED)


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
    from mlpdm_kit.view.interval_chart import rollup_pictures

    text = Text(lang)
    found = rolled_up(folder, names=names, label="{name}" if names else called(text))
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


@app.command()
def schema(
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it here, not to the screen.")
    ] = None,
    lang: Lang = "en",
) -> None:
    """Write the JSON Schema of case.yaml, for editors."""
    from mlpdm_kit.case.schema import case_schema

    content = json.dumps(case_schema(lang), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        typer.echo(content, nl=False)
        return
    from mlpdm_kit.case.files import write_atomically

    try:
        write_atomically(out, content)
    except OSError as error:
        raise refuse("out-folder", "--out", out, reason=error.strerror or "") from error
    typer.echo(Text(lang).say("cli.schema.made", file=out))


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


def _as_given(settings: Settings) -> list[str]:
    """The options by which the records would be the same again."""
    from mlpdm_kit.run.batch import Settings

    usual = Settings()
    found = [item for name in settings.overrides
             for item in ("--set", f"{name}={settings.overrides[name]}")]  # fmt: skip
    for name in ("seed", "draws", "lang"):
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


def _print_json(content: Any) -> None:
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))


def _summary(results: Sequence[CaseResult], out: Path, settings: Settings) -> dict[str, Any]:
    """What became of each case, for machines."""
    cases = [
        {
            "id": result.id,
            "case": str(result.case),
            "state": result.state,
            "outcome": result.outcome or None,
            "verdict": result.verdict or None,
            "folder": None if result.folder is None else str(result.folder),
            "faults": [fault.to_dict(settings.lang) for fault in result.faults],
            "failure": None if result.failure is None else vars(result.failure),
        }
        for result in results
    ]
    counts = {state: sum(result.state == state for result in results)
              for state in ("done", "failed", "stopped")}  # fmt: skip
    return {"cases": cases, **counts, "index": str(out / "index.html")}


def _print_results(results: Sequence[CaseResult], out: Path, settings: Settings) -> None:
    """A short table, or lines where nobody watches, and where to look next."""
    text = Text(settings.lang)
    shown = [_row(result, settings.lang) for result in results if result.state != "stopped"]
    rows = shown[:MOST_SHOWN]
    if sys.stdout.isatty():
        _print_table(rows, text)
    else:
        for row in rows:
            typer.echo("  ".join(part for part in row if part))
    if len(shown) > len(rows):
        typer.echo(text.say("cli.decide.more", n=len(shown) - len(rows)))
    failed = sum(result.state == "failed" for result in results)
    if failed:
        typer.echo(text.say("cli.decide.failed", n=failed, of=len(results)))
    typer.echo(text.say("cli.decide.open", file=out / "index.html"))


def _row(result: CaseResult, lang: str) -> tuple[str, str, str]:
    if result.state == "done":
        return result.id, result.verdict, str((result.folder or Path()) / "record.html")
    reasons = result.reasons(lang)
    code = "cli.decide.case-failed" if len(reasons) == 1 else "cli.decide.case-failed.more"
    said = Text(lang).say(code, reason=reasons[0].partition("\n")[0], n=len(reasons))
    return result.id, said, "" if result.folder is None else str(result.folder)


def _print_table(rows: Sequence[tuple[str, str, str]], text: Text) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("case", "verdict", "record"):
        table.add_column(text.say(f"cli.decide.column.{column}"), overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(markup=False, highlight=False, emoji=False).print(table)


def _say_how_to_go_on(results: Sequence[CaseResult], out: Path, settings: Settings) -> None:
    import shlex

    left = [str(result.case) for result in results if result.state == "stopped"]
    text = Text(settings.lang)
    typer.echo(
        text.say("cli.decide.stopped", n=len(results) - len(left), of=len(results)), err=True
    )
    command = shlex.join(
        ["mlpdm", "decide", *left[:MOST_SHOWN], "--out", str(out), *_as_given(settings)]
    )
    code = "cli.decide.go-on" if len(left) <= MOST_SHOWN else "cli.decide.go-on.many"
    typer.echo(text.say(code, command=command), err=True)


if __name__ == "__main__":
    main()
