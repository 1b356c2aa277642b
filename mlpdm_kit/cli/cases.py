"""``new``, ``check``, ``schema``: a case file before anybody decides."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from mlpdm_kit.cli.app import FAILED, MOST_SHOWN, AsJson, Cases, Lang, app, print_json
from mlpdm_kit.errors import refuse
from mlpdm_kit.text import Text

FEW_FIELDS = 12  # of those that are still the example's


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
        print_json({"cases": found, "faults": number, "faulty_cases": faulty})
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
        for line in _unready([case for case, some in faults.items() if not some], text):
            typer.echo(line)
        for line in still_copied(list(faults), text):
            typer.echo(line)
    if number:
        raise typer.Exit(FAILED)


def _unready(cases: Sequence[Path], text: Text) -> list[str]:
    """What a sound case still lacks, so that nobody takes its verdict for the last word."""
    from mlpdm_kit.analysis.ladder import ladder
    from mlpdm_kit.case.load import load_case
    from mlpdm_kit.record.gates import answered
    from mlpdm_kit.record.openness import counted, open_said

    lines = []
    for place in cases[:MOST_SHOWN]:
        case = load_case(place)
        still = counted(answered(case, ladder(case)))
        silent = still.gates.open + still.questions.open
        lacking = [name for name, there in (("decider", case.people.decider),
                                            ("review", case.review_on)) if not there]  # fmt: skip
        if silent or lacking:
            people = "".join(text.say(f"cli.check.no-{name}") for name in lacking)
            lines.append(
                text.say(
                    "cli.check.unready", case=place, open=open_said(still, text), people=people
                )
            )
    return lines


def still_copied(cases: Sequence[Path], text: Text) -> list[str]:
    """What cases that began as copies still have from their examples."""
    from mlpdm_kit.case.example import still_as_in_example

    lines = []
    for place in cases[:MOST_SHOWN]:
        like, fields = still_as_in_example(place) or ("", [])
        if fields:
            more = len(fields) - FEW_FIELDS
            shown = fields[:FEW_FIELDS]
            shown += [text.say("cli.check.like.more", n=more)] if more > 0 else []
            code = "cli.check.like" if like else "cli.check.template"
            lines.append(text.say(code, case=place, like=like, fields=shown))
    return lines


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
