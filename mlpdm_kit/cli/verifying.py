"""``verify``: whether records still hold."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlpdm_kit.cli.app import FAILED, MOST_SHOWN, AsJson, Lang, app, print_json
from mlpdm_kit.errors import refuse
from mlpdm_kit.text import Text, inert

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
    from mlpdm_kit.run.progress import counted

    found = _found(records)
    if case and len(found) > 1:
        raise refuse("verify-one", "--case", case, n=len(found))
    results = []
    with counted("cli.verify.doing", lang) as report:
        for n, place in enumerate(found, 1):
            with _case_of(case) as here:
                results.append(_verified(place, here))
            if len(found) > 1:
                report(n, len(found))
    if as_json:
        print_json({"records": [_plain(one) for one in results]})
    else:
        failed = sum(len(list(place.glob("*/failure.json"))) for place in records)
        _say(results, failed, Text(lang))
    if any(one.state != "holds" for one in results):
        raise typer.Exit(FAILED)


def _verified(place: Path, case: Path | None) -> Verified:
    """What was found of one record; whatever goes wrong with it, the others are looked at."""
    from mlpdm_kit.record.verify import broken
    from mlpdm_kit.record.verify import verify as verify_one

    try:
        return verify_one(place, case=case, pages=_pages)
    except Exception as error:
        return broken(place, f"{type(error).__name__}: {error}")


@contextmanager
def _case_of(given: str) -> Iterator[Path | None]:
    """Where the case is, if it was given: an address is fetched only at somebody's word."""
    from mlpdm_kit.run.stores import fetched, is_elsewhere

    if not is_elsewhere(given):
        yield Path(given) if given else None
        return
    with fetched([given]) as (places, _):
        yield places[0]


def _pages(record: DecisionRecord, lang: str) -> dict[str, tuple[str, ...]]:
    """What the pages may say: with the charts' script beside them, or inside."""
    from mlpdm_kit.view.record_pages import record_pages

    both = [record_pages(record, lang, embed=embed) for embed in (False, True)]
    return {name: tuple(pages[name] for pages in both) for name in both[0]}


def _found(places: Sequence[Path]) -> list[Path]:
    """The records in these places, each once."""
    from mlpdm_kit.record.manifest import MANIFEST, RECORD_FILES

    found: list[Path] = []
    for place in places:
        if place.is_file() or (place / "record.json").is_file():
            found.append(place)
            continue
        inside = sorted({file.parent for name in (*RECORD_FILES, MANIFEST)
                         for file in place.glob(f"*/{name}")
                         if name != MANIFEST or _was_done(file.parent)})  # fmt: skip
        if not inside:
            raise refuse("no-record", "RECORD", place)
        found += inside
    return list(dict.fromkeys(found))


def _was_done(folder: Path) -> bool:
    """Whether a run put a record there, though it may be gone."""
    from mlpdm_kit.record.manifest import read_manifest

    manifest = read_manifest(folder)
    return manifest is not None and manifest.state == "done"


def _plain(one: Verified) -> dict[str, Any]:
    return {
        "record": str(one.record),
        "id": one.id,
        "state": one.state,
        "findings": [finding.model_dump(mode="json") for finding in one.findings],
        "moved": [vars(moved) for moved in one.moved],
    }


def _say(results: Sequence[Verified], failed: int, text: Text) -> None:
    for one in results:
        name = inert(one.id or str(one.record))
        for finding in one.findings:
            said = text.say(f"cli.verify.{finding.code}", **_named(finding.figures, text))
            typer.echo(f"{name}: {said}")
        for moved in one.moved[:FEW]:
            typer.echo("  " + text.say("cli.verify.moved", **_short(moved, text)))
        if len(one.moved) > FEW:
            typer.echo("  " + text.say("cli.verify.more", n=len(one.moved) - FEW))
        command = _deciding_again(one)
        if command:
            typer.echo("  " + text.say("cli.verify.next", command=command))
    if len(results) > 1 or failed:
        hold = sum(one.state == "holds" for one in results)
        code = "cli.verify.count.failed" if failed else "cli.verify.count"
        typer.echo(text.say(code, n=hold, of=len(results), failed=failed))


def _deciding_again(one: Verified) -> str:
    """The command that makes a record anew whose case, data or kit has changed."""
    from datetime import date as Date

    from mlpdm_kit.cli.deciding import as_given
    from mlpdm_kit.record.manifest import read_manifest
    from mlpdm_kit.run.result import Settings

    manifest = read_manifest(one.record.parent)
    if manifest is None or not manifest.case or not one.state.endswith("-changed"):
        return ""
    known = manifest.settings
    try:
        day = Date.fromisoformat(known["day"]) if known.get("day") else None
        settings = Settings(
            seed=int(known["seed"]),
            draws=int(known["draws"]),
            day=day,
            lang=str(known["lang"]),
            overrides=dict(known["overrides"]),
        )
    except (KeyError, TypeError, ValueError):
        settings = Settings()
    words = ["mlpdm", "decide", manifest.case, "--out", str(one.record.parent.parent)]
    command = shlex.join([*words, *as_given(settings)])
    return command if command.isprintable() else ""  # the manifest may be a stranger's


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
