"""All that is wrong with the files of a case, at one call."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.load import check_case
from mlpdm_kit.errors import Fault, Row

ROWS = 24
DATA = "id,x,y,paid\n" + "".join(
    f"{n},{n % 5},{'right' if n % 3 else 'other'},5\n" for n in range(ROWS)
)
CASE: dict[str, Any] = {
    "title": "Sort mails?", "currency": "JPY", "unit": "mail", "task": "multiclass",
    "framing": {"user": "a clerk", "problem": "slow", "decision": "who answers",
                "status_quo": "by hand"},
    "volume": "900..1100 per month",
    "data": {"file": "d.csv", "target": "y", "grades": "grades.csv"},
    "grading": {"grader": "people"},
    "outcomes": {"wrong": {"cost": "5..9 JPY per mail"},
                 "unanswered": {"cost": "1..2 JPY per mail"}},
    "options": {"rule": {"kind": "rule",
                         "predict": "CASE WHEN x > 2 THEN 'right' ELSE 'other' END"},
                "llm": {"kind": "llm", "predictions": "llm.jsonl", "cost_per_case": "1 JPY"},
                "vendor": {"kind": "bought_ml", "predictions": "vendor.csv",
                           "cost_per_case": "1 JPY"}},
    "horizon": "12 months",
}  # fmt: skip


def answers() -> list[dict[str, Any]]:
    return [{"id": str(n), "answer": "right", "cost": 1} for n in range(ROWS)]


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def vendor(odd: str = "right") -> str:
    return "id,answer,cost\n" + "".join(f"{n},right,1\n" for n in range(ROWS)).replace("right", odd)


GRADES = "item,option,grader,grade\n" + "".join(
    f"{n},{option},{who},right\n" for option in ("llm", "vendor") for n in range(6) for who in "ab"
)


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    """Write the case with some files or words changed."""

    def write(files: dict[str, str | bytes] | None = None, **changed: Any) -> Path:
        found = {"case.yaml": json.dumps({**CASE, **changed}), "d.csv": DATA,
                 "grades.csv": GRADES, "llm.jsonl": lines(answers()), "vendor.csv": vendor(),
                 **(files or {})}  # fmt: skip
        for name, content in found.items():
            raw = content if isinstance(content, bytes) else content.encode()
            (tmp_path / name).write_bytes(raw)
        return tmp_path

    return write


def told(faults: list[Fault]) -> set[tuple[str, str, int | None]]:
    rows = [(fault, fault.figures.get("row")) for fault in faults]
    return {(f.code, f.field, None if row is None else int(row)) for f, row in rows}


def test_the_case_is_sound(folder: Any) -> None:
    assert check_case(folder()) == []


def test_five_faults_in_five_places_at_one_call(folder: Any) -> None:
    spoilt = answers()
    spoilt[4]["cost"] = -3
    del spoilt[9]
    spoilt[14]["id"] = "15x"
    files = {
        "d.csv": DATA.replace("7,2,right,5", "7,2,right,"),
        "llm.jsonl": lines(spoilt),
        "vendor.csv": vendor().replace("\n3,right,1", "\n3,right,soon"),
        "grades.csv": GRADES.replace("2,llm,b,right", "2,llm,b,superb"),
    }
    outcomes = {**CASE["outcomes"]}
    options = {**CASE["options"], "rule": {"kind": "rule", "predict": "CASE WHEN z > 2 THEN 1 END"}}
    data = {**CASE["data"], "time": "paid"}
    found = check_case(folder(files, options=options, outcomes=outcomes, data=data, horizon="x"))
    assert told(found) == {
        ("column-gaps", "data.time", 9),
        ("log-negative", "options.llm.predictions", 5),
        ("log-unknown", "options.llm.predictions", 15),
        ("predictions-missing", "options.llm.predictions", None),
        ("log-number", "options.vendor.predictions", 5),
        ("grades-grade", "data.grades", 7),
        ("column-missing", "options.rule.predict", None),
        ("quantity-number", "horizon", None),
    }
    for fault in found:
        assert fault.place()
        for lang in ("en", "ja"):
            assert fault.rule(lang)
            assert fault.remedy(lang)
            assert str(fault.value) in fault.rule(lang)


def test_a_table_that_cannot_be_read_hides_only_what_needs_it(folder: Any) -> None:
    spoilt = answers()
    spoilt[4]["cost"] = -3
    files = {
        "d.csv": "id,x,y\n1,2\n",
        "llm.jsonl": lines(spoilt),
        "vendor.csv": vendor().replace("\n3,right,1", "\n3,right,soon"),
        "grades.csv": GRADES.replace("2,llm,b,right", "2,llm,b,superb"),
    }
    found = check_case(folder(files))
    assert {fault.code for fault in found} == {
        "data-ragged", "log-negative", "log-number", "grades-grade",
    }  # fmt: skip
    (ragged,) = (fault for fault in found if fault.code == "data-ragged")
    assert set(ragged.hides) == {
        "data.target", "data.grades", "options.rule.predict", "options.llm.predictions",
        "options.vendor.predictions",
    }  # fmt: skip
    assert "Not looked at, or only in part, until this is mended: data.target" in str(ragged)
    assert "これを直すまで" in ragged.sentence("ja")
    assert ragged.to_dict()["not_looked_at"] == list(ragged.hides)


def test_an_id_twice_is_told_once_and_the_rest_looked_at(folder: Any) -> None:
    files = {"d.csv": DATA.replace("\n5,0,", "\n4,0,"),
             "vendor.csv": vendor().replace("\n3,right,1", "\n3,right,soon")}  # fmt: skip
    found = check_case(folder(files))
    assert told(found) == {("id-twice", "data.id", 7),
                           ("log-number", "options.vendor.predictions", 5)}  # fmt: skip
    twice = next(fault for fault in found if fault.code == "id-twice")
    assert twice.figures["first"] == 6
    assert set(twice.hides) == {"options.llm.predictions", "options.vendor.predictions",
                                "data.grades"}  # fmt: skip


def test_a_log_that_cannot_be_read_leaves_the_grades_to_be_looked_at(folder: Any) -> None:
    files = {"llm.jsonl": "{}\n{", "grades.csv": GRADES.replace("2,llm,b,right", "2,llm,b,superb")}
    found = check_case(folder(files))
    assert told(found) == {("log-line", "options.llm.predictions", 2),
                           ("grades-grade", "data.grades", 7)}  # fmt: skip
    assert next(f for f in found if f.code == "log-line").hides == ("data.grades",)


def test_all_rows_of_one_kind_are_counted(folder: Any) -> None:
    spoilt = [{**row, "cost": -1, "answer": "right"} for row in answers()]
    grades = GRADES.replace("vendor,a,right", "vendor,a,superb")
    found = check_case(folder({"llm.jsonl": lines(spoilt), "grades.csv": grades}))
    log = [fault for fault in found if fault.code == "log-negative"]
    assert [fault.figures["row"] for fault in log] == [1, 2, 3, 4, 5]
    assert [fault.more for fault in log] == [0, 0, 0, 0, ROWS - 5]
    assert log[-1].sentence().endswith("The same is so in 19 further rows.")
    assert log[-1].to_dict()["more_rows"] == 19
    people = [fault for fault in found if fault.code == "grades-grade"]
    assert (len(people), people[-1].more) == (5, 1)
    assert people[-1].sentence().endswith("The same is so in one further row.")


def test_a_fault_of_an_option_in_the_case_does_not_hide_its_file(folder: Any) -> None:
    options = {**CASE["options"], "llm": {**CASE["options"]["llm"], "of": "rule"}}
    spoilt = answers()
    spoilt[0]["cost"] = -1
    found = check_case(folder({"llm.jsonl": lines(spoilt)}, options=options))
    assert {fault.code for fault in found} == {"only-for-review", "log-negative"}


# --- rows as a spreadsheet shows them -------------------------------------------------------


def test_a_row_is_counted_as_people_see_it(folder: Any) -> None:
    long = vendor().replace("\n1,right,1", '\n1,"ri\nght",1\n').replace("\n3,right,1", "\n3,x,-1")
    (fault,) = check_case(folder({"vendor.csv": long}))
    # header, item 0, item 1 on two lines but one row, an empty row, item 2, item 3
    assert (fault.code, fault.figures["row"]) == ("log-negative", 6)
    assert "cost in row 6 (with the header) of vendor.csv is -1" in str(fault)
    assert "「vendor.csv」の6行目（見出し行を含む）の cost" in fault.sentence("ja")
    assert fault.to_dict()["row"] == 6


def test_lines_are_counted_as_lines_and_parquet_without_a_header(folder: Any) -> None:
    import duckdb

    place = folder()
    duckdb.sql(f"COPY (SELECT id, answer, CASE id WHEN '3' THEN -1 ELSE 1 END AS cost FROM"
               f" read_csv('{place / 'vendor.csv'}', all_varchar=true)) TO"
               f" '{place / 'v.parquet'}' (FORMAT parquet)")  # fmt: skip
    spoilt = answers()
    spoilt[4]["cost"] = -3
    options = {**CASE["options"], "vendor": {**CASE["options"]["vendor"],
                                             "predictions": "v.parquet"}}  # fmt: skip
    found = check_case(folder({"llm.jsonl": lines(spoilt)}, options=options))
    assert "cost in line 5 of llm.jsonl" in str(found[0])
    assert "cost in row 4 of v.parquet" in str(found[1])


def test_a_row_goes_to_another_process_as_it_is() -> None:
    row = pickle.loads(pickle.dumps(Row(7, "sheet")))
    assert (row, row.counted, row.said("en")) == (7, "sheet", "row 7 (with the header)")


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_mixed_line_ends_are_read(folder: Any, end: str) -> None:
    """As after two programs: some rows end in one way, some in another."""
    mixed = vendor().replace("\n2,", f"{end}2,").replace("\n9,", f"{end}9,")
    mixed = mixed.replace("\n5,right", '\n5,"ri\r\nght"')
    data = DATA.replace("\n11,", f"{end}11,")
    assert check_case(folder({"vendor.csv": mixed.encode(), "d.csv": data.encode()})) == []
    spoilt = mixed.replace("\n13,right,1", "\n13,right,-1")
    (fault,) = check_case(folder({"vendor.csv": spoilt.encode()}))
    assert (fault.code, fault.figures["row"]) == ("log-negative", 15)


@pytest.mark.parametrize(
    ("how", "code"),
    [("folder", "file-folder"), ("circle", "data-missing"), ("pipe", "data-missing")],
)
def test_what_lies_in_the_place_of_a_file(folder: Any, how: str, code: str) -> None:
    place = folder() / "vendor.csv"
    place.unlink()
    if how == "folder":
        place.mkdir()
    elif how == "circle":
        place.symlink_to("other.csv")
        (place.parent / "other.csv").symlink_to(place)
    else:
        os.mkfifo(place)
    (fault,) = check_case(place.parent)
    assert (fault.code, fault.field) == (code, "options.vendor.predictions")
    assert "vendor.csv" in fault.rule()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is locked to root")
def test_a_file_that_may_not_be_read(folder: Any) -> None:
    place = folder()
    (place / "vendor.csv").chmod(0)
    (fault,) = check_case(place)
    assert (fault.code, fault.field) == ("file-locked", "options.vendor.predictions")


def test_blanks_around_a_name_are_not_part_of_it(folder: Any) -> None:
    blank = {"d.csv": DATA.replace("id,x,y", "id ,x,\u3000y", 1),
             "vendor.csv": vendor().replace("id,answer", " id,answer\u00a0", 1)}  # fmt: skip
    assert check_case(folder(blank)) == []


def test_empty_lines_before_the_header_are_passed_over(folder: Any) -> None:
    late = {
        "d.csv": "\n\r\n" + DATA,
        "vendor.csv": "\n" + vendor().replace("\n3,right,1", "\n3,,-1"),
    }
    (fault,) = check_case(folder(late))
    assert (fault.code, fault.figures["row"]) == ("log-negative", 6)
