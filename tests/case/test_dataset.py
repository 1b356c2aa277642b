"""The data of a case: what is known, what happened, what was predicted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlpdm_kit.case.dataset import data_digest, load_data
from mlpdm_kit.case.load import check_case, load_case
from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import Fault, InputError

Write = Callable[..., Path]

CASE = """\
title: Hold?
currency: JPY
unit: claim
task: TASK
framing: {user: a, problem: b, decision: c, status_quo: d}
volume: 100 per month
data:
  file: t.csv
  target: y
DATA
outcomes: OUTCOMES
options:
OPTIONS
horizon: 12 months
"""
BINARY = "{false_positive: {cost: 1 JPY per claim}, false_negative: {cost: 9 JPY per claim}}"
AMOUNT = "{under: {cost: 1 JPY per day}, over: {cost: 9 JPY per day}}\ntarget_unit: day"
ROWS = "id,x,y\na,1,no\nb,2,yes\nc,3,\nd,4,yes\n"


def case_text(data: str = "", options: str = "r: {kind: rule, when: x > 1}", task: str = "") -> str:
    said = CASE.replace("TASK", task or "binary").replace("DATA\n", data and f"  {data}\n")
    said = said.replace("OPTIONS", f"  {options}")
    return said.replace("OUTCOMES", AMOUNT if task == "regression" else BINARY)


def check(folder: Path) -> list[Fault]:
    """What check says, but for the few rows that these tables hold."""
    return [fault for fault in check_case(folder) if fault.code != "data-few"]


def faults(folder: Path) -> list[Fault]:
    """What check says, and that loading the data says the same."""
    found = check(folder)
    case = load_case(folder)
    if not found:
        load_data(case)
    else:
        with pytest.raises(InputError) as caught:
            load_data(case)
        assert caught.value.faults[0].code in {fault.code for fault in found}
    return found


def test_the_data_of_the_design(write: Write) -> None:
    data = load_data(load_case(write()))
    assert data is not None
    assert len(data) == 200
    assert set(np.unique(data.target)) == {0, 1}
    assert {"amount", "office"} <= set(data.features)
    assert not {"is_duplicate", "audit_note"} & set(data.features)
    assert set(data.acts) == {"rule"}
    assert data.acts["rule"].sum() > 0
    assert len(data.predictions["llm"].score) == 200
    assert data.segment is not None
    assert set(data.segment) == {"東京", "大阪"}
    assert data.time is not None
    assert str(data.time[0]).startswith("2026-03-01")


def test_rows_without_an_answer_are_left_out_and_counted(write: Write) -> None:
    data = load_data(load_case(write(case_text(), {"t.csv": ROWS})))
    assert data is not None
    assert (data.target.tolist(), data.rows_without_target) == ([0, 1, 1], 1)
    assert data.features["x"].tolist() == [1, 2, 4]
    assert list(data.features) == ["x"]
    assert data.acts["r"].tolist() == [0, 1, 1]


def test_the_digest_follows_every_file(write: Write) -> None:
    folder = write()
    first = data_digest(load_case(folder))
    with (folder / "llm_answers.csv").open("a") as stream:
        stream.write("900,0.5\n")
    assert data_digest(load_case(folder)) != first


@pytest.mark.parametrize(
    ("values", "positive", "target"),
    [
        (["yes", "no", "no"], "", [1, 0, 0]),
        (["TRUE", "FALSE", ""], "", [1, 0, None]),
        (["TRUE", "FALSE", ""], "yes", [1, 0, None]),
        (["1", "0", ""], "", [1, 0, None]),
        (["1", "0", ""], "0", [0, 1, None]),
        (["1.0", "0.0", ""], "1", [1, 0, None]),
        (["はい", "いいえ", "はい"], "", [1, 0, 1]),
        (["bad", "good", " Bad "], "BAD", [1, 0, 1]),
        (["2", "1", "1"], "2", [1, 0, 0]),
    ],
)
def test_what_the_positive_class_is(
    write: Write, values: list[str], positive: str, target: list[float | None]
) -> None:
    text = "x,y\n" + "".join(f"{n},{value}\n" for n, value in enumerate(values))
    folder = write(case_text(f"positive: {positive}" if positive else ""), {"t.csv": text})
    data = load_data(load_case(folder))
    assert data is not None
    assert data.target.tolist() == [value for value in target if value is not None]


@pytest.mark.parametrize(
    ("values", "data", "code", "line"),
    [
        (["yes", "yes", "yes"], "", "target-classes", 9),
        (["", "", ""], "", "target-empty", 9),
        (["a", "b", "c"], "", "target-classes", 9),
        (["bad", "good", "bad"], "", "target-positive", 7),
        (["bad", "good", "bad"], "positive: ugly", "target-positive-other", 10),
        (["1", "2", "1"], "", "target-positive", 7),
        (["yes", "no", "no"], "segment: office", "column-missing", 10),
        (["yes", "no", "no"], "leave_out: [a, x]", "column-missing", 10),
        (["yes", "no", "no"], "time: word", "column-time", 10),
        (["yes", "no", "no"], "time: gap", "column-gaps", 10),
        (["yes", "no", "no"], "group: gap", "column-gaps", 10),
    ],
)
def test_columns_that_do_not_serve(
    write: Write, values: list[str], data: str, code: str, line: int
) -> None:
    text = "x,word,gap,y\n" + "".join(
        f"{n},w{n},{n if n else ''},{value}\n" for n, value in enumerate(values)
    )
    (fault,) = faults(write(case_text(data), {"t.csv": text}))
    assert (fault.code, fault.line) == (code, line)


def test_a_target_that_is_not_there(write: Write) -> None:
    said = case_text().replace("target: y", "target: outcome")
    (fault,) = faults(write(said, {"t.csv": ROWS}))
    assert (fault.code, fault.line, fault.figures["known"]) == ("column-missing", 9, "id, x, y")


def test_numbers_without_end_are_refused_unless_left_out(write: Write) -> None:
    text = "x,z,y\n1,inf,no\n2,5,yes\nnan,NaN,yes\n"
    (fault,) = faults(write(case_text(), {"t.csv": text}))
    assert (fault.code, fault.value, fault.figures["count"]) == ("column-infinite", "z", 1)
    assert faults(write(case_text("leave_out: z"), {"t.csv": text})) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (["1", "2.5", ""], None),
        (["1", "x", "2"], "column-numbers"),
        (["1,5", "2", "3"], "column-numbers"),
        (["5", "5", "5"], "target-constant"),
        (["", "", ""], "target-constant"),
        (["inf", "1", "2"], "column-infinite"),
    ],
)
def test_the_amount_to_predict(write: Write, values: list[str], code: str | None) -> None:
    text = "x;y\n" + "".join(f"{n};{value}\n" for n, value in enumerate(values))
    option = "r: {kind: rule, predict: 2 * x + 1}"
    found = check(write(case_text("", option, "regression"), {"t.csv": text}))
    assert {fault.code for fault in found} == ({code} if code else set())


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("x > 1", None),
        ("x > 1 AND NULL", None),
        ("y = 'yes'", "rule-target"),
        ("data.Y = 'yes'", "rule-target"),
        ("x", "rule-boolean"),
        ("x > 1; SELECT 1", "rule-syntax"),
        ("avg(x) > 1", "rule-aggregate"),
        ("z > 1", "column-missing"),
    ],
)
def test_rules_stand_at_their_line(write: Write, rule: str, code: str | None) -> None:
    folder = write(case_text("", f"r:\n    kind: rule\n    when: {rule}"), {"t.csv": ROWS})
    found = faults(folder)
    assert [(fault.code, fault.field, fault.line) for fault in found] == (
        [(code, "options.r.when", 14)] if code else []
    )


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("2 * x", None),
        ("x > 1", "rule-number"),
        ("w", "rule-number"),
        ("x / 0", "rule-unknown"),
        ("z", "rule-unknown"),
        ("coalesce(z, 2)", None),
    ],
)
def test_formulas(write: Write, formula: str, code: str | None) -> None:
    text = "x,z,w,y\n1,,a,3\n2,1,b,5\n"
    option = "r: {kind: rule, predict: '" + formula + "'}"
    found = faults(write(case_text("", option, "regression"), {"t.csv": text}))
    assert [fault.code for fault in found] == ([code] if code else [])


LLM = "l: {kind: llm, predictions: p.csv}"


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        ("id,score\na,0.1\nb,0.9\nd,0.8\n", [0.1, 0.9, 0.8]),  # c has no outcome and needs none
        ("id,score\nd,0.8\nb,0.9\na,0.1\n", [0.1, 0.9, 0.8]),
        ("id,answer\na,no\nb,YES\nc,0\nd,true\n", [0, 1, 1]),
        ("id,answer\na,False\nb,True\nd,True\n", [0, 1, 1]),
        ("id;option;score\na;l;0.1\na;m;9\nb;l;0.9\nd;l;0.8\n", [0.1, 0.9, 0.8]),
    ],
)
def test_predictions_are_put_in_the_order_of_the_rows(
    write: Write, answers: str, score: list[float]
) -> None:
    folder = write(case_text("", LLM), {"t.csv": ROWS, "p.csv": answers})
    assert faults(folder) == []
    data = load_data(load_case(folder))
    assert data is not None
    assert data.predictions["l"].score.tolist() == score


def test_costs_and_latencies_come_along(write: Write) -> None:
    answers = "id,score,cost,latency\nb,1,2,3\na,4,5,6\nd,7,8,\n"
    data = load_data(load_case(write(case_text("", LLM), {"t.csv": ROWS, "p.csv": answers})))
    assert data is not None
    found = data.predictions["l"]
    assert found.cost is not None
    assert found.latency is not None
    assert (found.score.tolist(), found.cost.tolist()) == ([4, 1, 7], [5, 2, 8])
    assert found.latency.tolist()[:2] == [6, 3]
    assert np.isnan(found.latency[2])


def test_rows_without_an_id_are_counted_from_one(write: Write) -> None:
    files: dict[str, Any] = {
        "t.csv": "x,y\n1,no\n2,yes\n3,no\n", "p.csv": "id,score\n3,0.3\n1,0.1\n2,0.2\n"
    }  # fmt: skip
    data = load_data(load_case(write(case_text("", LLM), files)))
    assert data is not None
    assert data.predictions["l"].score.tolist() == [0.1, 0.2, 0.3]


def test_numbers_as_ids_match_however_they_were_read(write: Write) -> None:
    files = {"t.csv": "id,x,y\n1,1,no\n2,2,yes\n", "p.csv": "id,score\n1.0,0.1\n2.0,0.2\n"}
    assert faults(write(case_text("", LLM), files)) == []


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ("id,score\na,0.1\nb,0.9\n", "predictions-missing"),
        ("id,score\na,0.1\nb,\nd,0.4\n", "predictions-missing"),
        ("id,option,score\na,m,0.1\nb,m,0.9\nd,m,1\n", "log-option"),
        ("id,score\na,0.1\nb,0.9\nd,0.4\nb,0.1\n", "log-twice"),
        ("id,score\na,0.1\n,0.9\nd,0.4\n", "id-empty"),
        ("id,answer\na,no\nb,maybe\nd,yes\n", "predictions-answer"),
        ("id,score\na,low\nb,0.9\nd,0.4\n", "log-number"),
        ("id,score\na,inf\nb,0.9\nd,0.4\n", "log-number"),
        ("id,score,cost\na,1,-2\nb,0.9,1\nd,0.4,1\n", "log-negative"),
        ("id,score\na,0.1\nz,0\nb,0.9\nd,0.4\n", "log-unknown"),
        ("id,points\na,1\n", "predictions-columns"),
        ("key,score\na,1\n", "predictions-columns"),
        ("id,score,answer\na,1,yes\n", "predictions-columns"),
        ("id,score\n", "data-empty"),
        ("id,score\na,1,2\n", "data-ragged"),
        ("", "data-empty"),
    ],
)
def test_predictions_that_do_not_serve(write: Write, answers: str, code: str) -> None:
    (fault,) = faults(write(case_text("", LLM), {"t.csv": ROWS, "p.csv": answers}))
    assert (fault.code, fault.field) == (code, "options.l.predictions")


def test_a_probability_lies_between_0_and_1(write: Write) -> None:
    files = {"t.csv": ROWS, "p.csv": "id,score\na,1\nb,9\nd,0.4\n"}
    option = "l: {kind: llm, predictions: p.csv, probability: yes}"
    (fault,) = faults(write(case_text("", option), files))
    assert (fault.code, fault.value) == ("predictions-probability", "9")
    assert (fault.figures["file"], fault.figures["row"]) == ("p.csv", 3)  # with the header


@pytest.mark.parametrize("name", ["../p.csv", "/etc/hosts", "none.csv"])
def test_predictions_lie_beside_the_case(write: Write, name: str) -> None:
    (fault,) = faults(write(case_text("", LLM.replace("p.csv", name)), {"t.csv": ROWS}))
    assert fault.code in ("file-outside", "data-missing")
    assert fault.field == "options.l.predictions"


def test_few_rows_are_said_by_check_where_nothing_else_is_at_fault(write: Write) -> None:
    folder = write(case_text(), {"t.csv": ROWS})
    (fault,) = check_case(folder)
    assert (fault.code, fault.field, fault.figures["limit"]) == ("data-few", "data.file", 20)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (["1,722", "950", "-1,000,000.5"], "DOUBLE"),
        (["1,5", "2,25", "3"], "VARCHAR"),
        (["17,72", "1,000", "3"], "VARCHAR"),
        (["1,000", "x", "3"], "VARCHAR"),
    ],
)
def test_amounts_as_a_spreadsheet_writes_them(
    tmp_path: Path, written: list[str], kind: str
) -> None:
    lines = "".join(f'{n},"{value}"\n' for n, value in enumerate(written))
    (tmp_path / "t.csv").write_text("id,amount\n" + lines)
    with Table(tmp_path, "t.csv") as table:
        assert table.types["amount"] == kind
        if kind == "DOUBLE":
            assert table.values("amount > 1000").tolist() == [True, False, False]
