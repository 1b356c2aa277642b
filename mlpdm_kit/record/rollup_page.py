"""A comparison of groups on disk: a page, a table for spreadsheets, JSON for machines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.record.assets import PLOTLY, write_assets
from mlpdm_kit.record.index import inert
from mlpdm_kit.record.pages import pages, policy, source
from mlpdm_kit.record.render import picture
from mlpdm_kit.record.rollup import SCHEMA, Rollup
from mlpdm_kit.record.rollup_said import block_said, faults_table, lead, pattern_said
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.text import Text

FILES = ("comparison.html", "comparison.csv", "comparison.json")
Pictures = Mapping[tuple[int, str], Mapping[str, Any]]

_COLUMNS = ("case", "group", "verdict", "input", "dimension", "low", "middle", "high", "mean",
            "evidence", "pooled_low", "pooled_high", "gap", "turns")  # fmt: skip


def write_rollup(out: Path, found: Rollup, pictures: Pictures, *, lang: str = "en") -> list[Path]:
    """Write the three files, each in one move, and plotly's script beside them.

    Parameters
    ----------
    out : path
        The folder for them.
    found : Rollup
    pictures : mapping
        Plotly figures by the number of the block and the input they are about.
    lang : {"en", "ja"}
        The reader's language.
    """
    write_assets(out)
    page, table, plain = FILES
    return [
        write_atomically(out / page, rollup_html(found, pictures, lang=lang)),
        write_atomically(out / table, rollup_csv(found)),
        write_atomically(out / plain, rollup_json(found, lang=lang)),
    ]


def rollup_html(found: Rollup, pictures: Pictures, *, lang: str = "en") -> str:
    """The comparison as one page that loads nothing from the network."""
    text, script = Text(lang), source("record.js")
    shown = [block_said(*pair, lang) for pair in zip(found.blocks, found.of_blocks, strict=True)]
    drawn = [
        [replace(picture(f"{place}-{n}", pictures[place, row.input]), reading="")
         for n, row in enumerate(said.pictured) if (place, row.input) in pictures]
        for place, said in enumerate(shown)
    ]  # fmt: skip
    return pages().get_template("comparison.html.j2").render(
        lang=lang,
        says=Sentences(lang),
        lead=lead(found, text),
        blocks=list(zip(shown, drawn, strict=True)),
        faults=faults_table(found.found.faults, text),
        css=source("shared.css") + source("record.css") + source("comparison.css"),
        script=script,
        plotly_at=f"assets/{PLOTLY}" if any(drawn) else "",
        policy=policy(script),
    )  # fmt: skip


def rollup_json(found: Rollup, *, lang: str = "en") -> str:
    """Everything for machines: ``{"schema": ..., "cases": [...], "faults": [...]}``."""
    cases = [block.model_dump(mode="json") for block in found.blocks]
    for place, groups in enumerate(found.of_blocks):
        says = block_said(found.blocks[place], groups, lang).says
        for row, plain in zip(found.blocks[place].groups, cases[place]["groups"], strict=True):
            for said, one in zip(row.patterns, plain["patterns"], strict=True):
                one["message"] = pattern_said(said, says)
    faults = [{"group": group, **fault.to_dict(lang)} for group, fault in found.found.faults]
    whole = {"schema": SCHEMA, "cases": cases, "faults": faults}
    return json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def rollup_csv(found: Rollup) -> bytes:
    """A line for each range of each group, with the mark by which Excel knows UTF-8."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(_COLUMNS)
    for block in found.blocks:
        outcomes = {row.group: row.outcome or "" for row in block.groups}
        for field in block.fields:
            for held in field.held:
                turns = ", ".join(other for one, other in field.turns if one == held.by)
                line = (block.title, held.by, outcomes[held.by], field.input, field.dimension,
                        held.low, held.middle, held.high, held.mean, held.evidence, field.low,
                        field.high, field.gap, turns)  # fmt: skip
                writer.writerow(map(inert, line))
    return b"\xef\xbb\xbf" + stream.getvalue().encode()
