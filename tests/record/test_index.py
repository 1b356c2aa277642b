"""The index: as page, for spreadsheets, for machines."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.record.index import IndexRow, index_csv, index_html, write_index
from mlpdm_kit.record.model import DecisionRecord

HOSTILE = '=HYPERLINK("http://x.example")<script>alert(1)</script>'
FAILED = IndexRow(
    id="broken", title="Broken", status="failed", error="case.yaml:12: prevalence must be a share."
)


@pytest.fixture
def rows(records: dict[str, DecisionRecord]) -> list[IndexRow]:
    """A row for each verdict, and one that failed."""
    return [*(IndexRow.of_record(record) for record in records.values()), FAILED]


def _csv(rows: list[IndexRow]) -> list[dict[str, str]]:
    return list(csv.DictReader(index_csv(rows).decode("utf-8-sig").splitlines()))


def test_row_of_a_record(records: dict[str, DecisionRecord]) -> None:
    row = IndexRow.of_record(records["use_non_ml"])
    assert (row.outcome, row.option, row.gain) == ("use_non_ml", "Amount and vendor", 1.9e6)
    assert row.link == "0014-expense-claims/record.html"
    assert row.simulated


def test_all_three_say_the_same(tmp_path: Path, rows: list[IndexRow]) -> None:
    write_index(tmp_path, rows)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "index.csv", "index.html", "index.json",
    ]  # fmt: skip
    plain = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    assert [case["id"] for case in plain["cases"]] == [row.id for row in rows]
    assert [line["id"] for line in _csv(rows)] == [row.id for row in rows]
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert all(row.title in page for row in rows)
    assert "6 cases, 1 of them failed" in page
    assert FAILED.error in page


def test_spreadsheets_read_japanese_and_run_nothing() -> None:
    starts = ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1"]
    rows = [IndexRow(id=str(i), title=t, status="done", gain=-5.0) for i, t in enumerate(starts)]
    assert index_csv(rows).startswith(b"\xef\xbb\xbf")
    text = index_csv(rows).decode("utf-8-sig")
    lines = list(csv.reader(text.splitlines(keepends=True)))[1:]
    assert [line[1] for line in lines] == ["'" + start for start in starts]
    assert {line[list(IndexRow.model_fields).index("gain")] for line in lines} == {"-5.0"}
    japanese = IndexRow(id="a", title="経費の二重払い", status="done")
    assert _csv([japanese])[0]["title"] == "経費の二重払い"


def test_hostile_text_is_inert() -> None:
    row = IndexRow(
        id=HOSTILE, title=HOSTILE, status="failed", option=HOSTILE, decider=HOSTILE,
        error=HOSTILE, link="javascript:alert(1)",
    )  # fmt: skip
    page = index_html([row])
    assert page.count("<script") == 1
    assert 'href="javascript%3Aalert%281%29"' in page


def test_links_to_folders_with_japanese_names() -> None:
    page = index_html([IndexRow(id="経費", title="t", status="done", link="経費/record.html")])
    assert 'href="%E7%B5%8C%E8%B2%BB/record.html"' in page


def test_no_case_yet(tmp_path: Path) -> None:
    write_index(tmp_path, [])
    assert "No case has been decided yet." in (tmp_path / "index.html").read_text("utf-8")


def test_a_file_is_whole_or_as_before(tmp_path: Path) -> None:
    place = write_atomically(tmp_path / "deep" / "a.txt", "before")
    with pytest.raises(TypeError):
        write_atomically(place, 5)  # type: ignore[arg-type]
    assert place.read_text() == "before"
    assert write_atomically(place, b"after").read_bytes() == b"after"
    assert write_atomically(place, "a\udcff").read_bytes() == b"a\\udcff"  # of a file name
    assert [file.name for file in place.parent.iterdir()] == ["a.txt"]
