"""``verify``: whether records still hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlpdm_kit.cli.app import FAILED, MOST_SHOWN, AsJson, Lang, app, print_json
from mlpdm_kit.errors import refuse
from mlpdm_kit.text import Text

if TYPE_CHECKING:
    from mlpdm_kit.record.model import DecisionRecord
    from mlpdm_kit.record.verify import Moved, Verified

FEW = 12  # of the figures that moved


@app.command()
def verify(
    records: Annotated[
        list[Path],
        typer.Argument(
            metavar="RECORD", help="Record folders, record.json files, or folders of records."
        ),
    ],
    case: Annotated[
        str,
        typer.Option(metavar="CASE", help="Where the case is now, if not where it was decided."),
    ] = "",
    as_json: AsJson = False,
    lang: Lang = "en",
) -> None:
    """Make records again from their cases, and say whether they hold."""
    from mlpdm_kit.record.verify import verify as verify_one
    from mlpdm_kit.run.progress import counted

    found = _found(records)
    if case and len(found) > 1:
        raise refuse("verify-one", "--case", case, n=len(found))
    results = []
    with counted("cli.verify.doing", lang) as report:
        for n, place in enumerate(found, 1):
            with _case_of(place, case) as here:
                results.append(verify_one(place, case=here, pages=_pages))
            if len(found) > 1:
                report(n, len(found))
    if as_json:
        print_json({"records": [_plain(one) for one in results]})
    else:
        _say(results, Text(lang))
    if any(one.state != "holds" for one in results):
        raise typer.Exit(FAILED)


@contextmanager
def _case_of(place: Path, given: str) -> Iterator[Path | None]:
    """Where the case is: as given, or fetched from where its manifest says that it lay."""
    from mlpdm_kit.record.manifest import read_manifest
    from mlpdm_kit.run.stores import fetched, is_elsewhere

    manifest = read_manifest(place if place.is_dir() else place.parent)
    known = given or (manifest.case if manifest is not None else "")
    if not is_elsewhere(known):
        yield Path(given) if given else None
        return
    with fetched([known]) as (places, _):
        yield places[0]


def _pages(record: DecisionRecord, lang: str) -> dict[str, tuple[str, ...]]:
    """What the pages may say: with the charts' script beside them, or inside."""
    from mlpdm_kit.view.record_pages import record_pages

    both = [record_pages(record, lang, embed=embed) for embed in (False, True)]
    return {name: tuple(pages[name] for pages in both) for name in both[0]}


def _found(places: Sequence[Path]) -> list[Path]:
    """The records in these places, each once."""
    found: list[Path] = []
    for place in places:
        if place.is_file() or (place / "record.json").is_file():
            found.append(place)
            continue
        inside = sorted(file.parent for file in place.glob("*/record.json"))
        if not inside:
            raise refuse("no-record", "RECORD", place)
        found += inside
    return list(dict.fromkeys(found))


def _plain(one: Verified) -> dict[str, Any]:
    return {
        "record": str(one.record),
        "id": one.id,
        "state": one.state,
        "findings": [finding.model_dump(mode="json") for finding in one.findings],
        "moved": [vars(moved) for moved in one.moved],
    }


def _say(results: Sequence[Verified], text: Text) -> None:
    for one in results:
        name = one.id or str(one.record)
        for finding in one.findings:
            said = text.say(f"cli.verify.{finding.code}", **_named(finding.figures, text))
            typer.echo(f"{name}: {said}")
        for moved in one.moved[:FEW]:
            typer.echo("  " + text.say("cli.verify.moved", **_short(moved, text)))
        if len(one.moved) > FEW:
            typer.echo("  " + text.say("cli.verify.more", n=len(one.moved) - FEW))
    if len(results) > 1:
        hold = sum(one.state == "holds" for one in results)
        typer.echo(text.say("cli.verify.count", n=hold, of=len(results)))


def _named(figures: dict[str, Any], text: Text) -> dict[str, Any]:
    """Verdicts by the words that people know."""
    outcomes = {key: text.say(f"outcome-short.{value}") for key, value in figures.items()
                if key in ("was", "now") and text.knows(f"outcome-short.{value}")}  # fmt: skip
    return {**figures, **outcomes}


def _short(moved: Moved, text: Text) -> dict[str, str]:
    def said(value: Any) -> str:
        if value is None:
            return text.say("cli.verify.nothing")
        return str(value) if len(str(value)) <= MOST_SHOWN else f"{str(value)[:MOST_SHOWN]}…"

    return {"where": moved.where, "was": said(moved.was), "now": said(moved.now)}
