"""The README's table of the case library, from the records and in the kit's own sentences."""

from __future__ import annotations

import re

from mlpdm_kit import DecisionRecord, shipped
from mlpdm_kit.record.page import is_simulated, top_of_page
from mlpdm_kit.record.parts import Said
from mlpdm_kit.record.sentences import Sentences

_HEAD = (
    "| case | question | verdict | reason | looked at again when |",
    "|---|---|---|---|---|",
)


# the question of each case that is not written in English
ENGLISH = {
    "document-search": "Search company rules and procedures by embeddings (vector search)?",
    "expense-claims": "Let ML choose which expense claims to hold before they are paid?",
    "invoice-extraction": "Let an LLM read invoices?",
    "prompt-or-fine-tune": "Sort support mail by a prompt, by examples, or by fine-tuning?",
    "report-summaries": "Let an LLM summarise reports of accidents and defects?",
    "sales-call-log": "Let an LLM write the log of sales calls from their recordings?",
}


def shown() -> list[str]:
    """Cases that the table shows: those with a planted flaw are for whoever looks for it."""
    folders = (path.parent for path in shipped.cases().glob("*/case.yaml"))
    return sorted(one.name for one in folders if not (one / "flaw.yaml").is_file())


def row(record: DecisionRecord) -> str:
    """One case: what it asks, what is decided and why, and what would change it."""
    asked = _plain(record.title)
    if record.id in ENGLISH:
        asked = f"{ENGLISH[record.id]} ({asked})"
        record = _by_ids(record)
    says = Sentences.of_record(record)
    top = top_of_page(record, says)
    again = [says.reopening(said) for said in _again(record)]
    made = " (simulated)" if is_simulated(record) else ""
    cells = (
        f"[{record.id}](data/cases/{record.id}/case.yaml){made}",
        asked,
        f"`{record.verdict.outcome}` {_plain(top.verdict)}",
        _plain(next(iter(top.reasons), top.figure)),
        _plain(next(iter(again), "")) or "–",
    )
    return f"| {' | '.join(cells)} |"


def _by_ids(record: DecisionRecord) -> DecisionRecord:
    """A record whose options are called by their kinds or ids, and what it counts a case."""
    options = tuple(one.model_copy(update={"label": ""}) for one in record.options)
    return record.model_copy(update={"options": options, "unit": "case"})


def _again(record: DecisionRecord) -> list[Said]:
    """What re-opens it, days left out; what turns a yes into a no, or a no into a yes, first."""
    found = [said for said in record.reopen_when if said.code != "date"]
    is_ml = {option.id: option.is_ml for option in record.options}
    chosen = is_ml.get(record.verdict.option or "")
    if record.verdict.outcome == "find_out_first":
        return found
    turns = [
        said
        for said in found
        if said.code.startswith("input-") and is_ml.get(said.figures["option"]) != chosen
    ]
    return turns + [said for said in found if said not in turns]


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is, within one cell."""
    return re.sub(r"([|<>*_`\[\]\\])", r"\\\1", " ".join(text.split()))


def table(records: list[DecisionRecord]) -> str:
    """All cases by name."""
    rows = [row(record) for record in sorted(records, key=lambda record: record.id)]
    how = (
        "Six cases are written in Japanese; their options are called by their ids here. "
        "Eight more, `flaw-*`, each carry one planted flaw, for courses. "
        "`python -m tests.cases` makes this table."
    )
    return "\n".join([*_HEAD, *rows, "", how])
