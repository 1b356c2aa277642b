"""The index of many records: a page, a table for spreadsheets, JSON for machines."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import date as Date
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.record.model import DecisionRecord, Outcome
from mlpdm_kit.record.page import against_today, is_simulated
from mlpdm_kit.record.pages import pages, policy, source
from mlpdm_kit.record.parts import Part
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.text import Text

SCHEMA = "mlpdm-index/1"
OUTCOMES: tuple[Outcome, ...] = ("use_ml", "use_non_ml", "find_out_first", "do_nothing", "stop")
STEP = 1_000  # rows that a page shows at a time
_FORMULA = re.compile("[\\s\ufeff\u200b]*[-=+@＝＋－＠−]|[\t\r\n]")
# a program that splits at another sign than the comma, as in much of Europe, or that knows no
# line breaks inside quotes, sees the beginning of a cell after each of these
_LATER = re.compile('(?<!^)([;\r\n]"*)(?=[-=+@＝＋－＠−])')
_COLUMNS = ("case", "verdict", "option", "gain", "review", "decider", "evpi", "date")
_NUMBERS = ("gain", "evpi")


class IndexRow(Part):
    """One case in the index; a failed one has an ``error`` and no verdict.

    ``option`` is the name of the chosen option as people read it; ``gain_today`` is what it
    is worth more than what is done today, ``gain`` what it is worth more than ``against``,
    which the verdict holds it against (``meanwhile`` is what to do until what is to be found
    out is known), and ``evpi`` what knowing everything would be worth, all in ``currency``
    over the horizon, with their 5% and 95% points. ``link`` is the path of the record, seen
    from the index.
    """

    id: str
    title: str
    status: Literal["done", "failed"]
    outcome: Outcome | None = None
    option: str = ""
    against: str = ""
    meanwhile: str = ""
    gain_today: float | None = None
    gain_today_p5: float | None = None
    gain_today_p95: float | None = None
    gain: float | None = None
    gain_p5: float | None = None
    gain_p95: float | None = None
    currency: str = "USD"
    review_on: Date | None = None
    decider: str = ""
    evpi: float | None = None
    date: Date | None = None
    simulated: bool = False
    error: str = ""
    link: str = ""

    @classmethod
    def of_record(
        cls, record: DecisionRecord, *, link: str | None = None, lang: str = "en"
    ) -> IndexRow:
        """The row of a record; its page is ``<id>/record.html`` unless ``link`` says other."""
        verdict = record.verdict
        gain, today = verdict.gain, against_today(record)
        says = Sentences.of_record(record, lang)
        return cls(
            id=record.id,
            title=record.title,
            status="done",
            outcome=verdict.outcome,
            option=says.name("option", verdict.option) if verdict.option else "",
            against=says.name("option", verdict.against) if verdict.against else "",
            meanwhile=says.name("option", verdict.meanwhile) if verdict.meanwhile else "",
            gain_today=today.mean if today else None,
            gain_today_p5=today.p5 if today else None,
            gain_today_p95=today.p95 if today else None,
            gain=gain.mean if gain else None,
            gain_p5=gain.p5 if gain else None,
            gain_p95=gain.p95 if gain else None,
            currency=record.currency,
            review_on=record.review_on,
            decider=says.listed(record.decision_makers),
            evpi=record.value_of_information.evpi,
            date=record.date,
            simulated=is_simulated(record),
            link=f"{record.id}/record.html" if link is None else link,
        )


def write_index(out: Path, rows: Iterable[IndexRow], *, lang: str = "en", left: int = 0) -> None:
    """Write ``index.html``, ``index.csv`` and ``index.json``, each in one move.

    Parameters
    ----------
    out : Path
        The folder of all records.
    rows : iterable of IndexRow
        In the order in which they are to stand.
    lang : {"en", "ja"}
        The reader's language.
    left : int
        Cases that the run had not gone through when it was stopped; the page says so.
    """
    cases = tuple(rows)
    write_atomically(out / "index.json", index_json(cases))
    write_atomically(out / "index.csv", index_csv(cases))
    write_atomically(out / "index.html", index_html(cases, lang=lang, left=left))


def index_json(rows: Sequence[IndexRow]) -> str:
    """The rows for machines: ``{"schema": ..., "cases": [...]}``."""
    plain = {"schema": SCHEMA, "cases": [row.model_dump(mode="json") for row in rows]}
    return json.dumps(plain, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def index_csv(rows: Sequence[IndexRow]) -> bytes:
    """The rows for spreadsheets, with the mark by which Excel knows UTF-8.

    Text that a spreadsheet would run as a formula has an apostrophe before it.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(IndexRow.model_fields)
    for row in rows:
        writer.writerow(inert(value) for value in row.model_dump(mode="python").values())
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def inert(value: object) -> object:
    """A value as a spreadsheet shows it, never runs it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return value
    return ("'" if _FORMULA.match(value) else "") + _LATER.sub(r"\1'", value)


def index_html(rows: Sequence[IndexRow], *, lang: str = "en", left: int = 0) -> str:
    """The rows as a page that sorts and filters by itself."""
    text = Text(lang)
    script = source("index.js")
    failed = sum(row.status == "failed" for row in rows)
    lead = "index.lead.failed" if failed else "index.lead"
    lead += ".one" if len(rows) == 1 and not failed else ""
    return pages().get_template("index.html.j2").render(
        lang=lang,
        text=text,
        lead=text.say(lead, n=len(rows), failed=failed),
        stopped=text.say("index.stopped", n=left) if left else "",
        step=STEP,
        columns=[
            (name, text.say(f"index.col.{name}"), name in _NUMBERS) for name in _COLUMNS
        ],
        rows=[_shown(row, text) for row in rows],
        outcomes=[
            (outcome, text.say(f"outcome-short.{outcome}"))
            for outcome in OUTCOMES
            if any(row.outcome == outcome for row in rows)
        ],
        failed=failed,
        css=source("shared.css") + source("index.css"),
        script=script,
        policy=policy(script),
    )  # fmt: skip


def _shown(row: IndexRow, text: Text) -> dict[str, object]:
    """What the page shows of a row, and by what each column sorts."""
    money = Text(text.lang, currency=row.currency).money
    outcome = row.outcome or "failed"
    spread, against = "", ""
    if row.gain_today_p5 is not None and row.gain_today_p95 is not None:
        ends = {"low": money(row.gain_today_p5), "high": money(row.gain_today_p95)}
        if ends["low"] != ends["high"]:  # doing nothing is worth what it is worth
            spread = text.say("range.said", **ends)
    if row.gain is not None and row.against and row.gain != row.gain_today:
        code = "index.against" if row.gain >= 0 else "index.against.less"
        against = text.say(code, option=row.against, amount=money(abs(row.gain)))
    return {
        "row": row,
        "outcome": outcome,
        "verdict": text.say(f"outcome-short.{outcome}" if row.outcome else "index.failed"),
        "rank": (*OUTCOMES, "failed").index(outcome),
        "gain": "" if row.gain_today is None else money(row.gain_today),
        "spread": spread,
        "against": against,
        "evpi": "" if row.evpi is None else money(row.evpi),
        "review": text.day(row.review_on) if row.review_on else "",
        "date": text.day(row.date) if row.date else "",
        "href": quote(row.link, safe="/"),
    }
