"""Logs of answers: every format gives the same table, every fault its file and row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlpdm_kit import InputError, load_case
from mlpdm_kit.case.dataset import Dataset, load_data
from mlpdm_kit.case.load import check_case
from mlpdm_kit.case.logs.formats import format_of, read_log
from mlpdm_kit.errors import Fault

ROWS = [
    {"id": "a", "repeat": 1, "answer": "yes", "cost": 0.5, "refused": "no"},
    {"id": "a", "repeat": 2, "answer": "no", "cost": 0.25, "refused": "no"},
    {"id": "b", "repeat": 1, "answer": None, "cost": None, "refused": "yes"},
]


def as_csv(rows: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join("" if row.get(n) is None else str(row[n]) for n in names) for row in rows]
    return "\n".join([",".join(names), *lines]) + "\n"


def as_lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def plain(frame: Any) -> list[list[Any]]:
    """Values by row, with None where there is none."""
    wanted = frame[["id", "repeat", "cost", "refused"]].astype(object)
    return [[None if one != one else one for one in row] for row in wanted.to_numpy().tolist()]


@pytest.mark.parametrize(("name", "kind", "text"), [
    ("log.csv", "table", as_csv(ROWS)),
    ("log.jsonl", "lines", as_lines(ROWS)),
    ("log.txt", "lines", "\n" + as_lines(ROWS)),  # by what is in it, not by its name
])  # fmt: skip
def test_every_format_gives_the_same(tmp_path: Path, name: str, kind: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert format_of(tmp_path, name).name == kind
    found = read_log(tmp_path, name)
    assert plain(found) == [["a", 1, 0.5, 0.0], ["a", 2, 0.25, 0.0], ["b", 1, None, 1.0]]
    first = 1 if name == "log.jsonl" else 2  # after the header, or an empty line
    assert found["row"].tolist() == [first, first + 1, first + 2]


def test_a_parquet_log_is_a_table(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "log.parquet"
    duckdb.sql(f"COPY (SELECT 'a' AS item, 2 AS repeat, 0.5 AS price) TO '{path}' (FORMAT parquet)")
    found = read_log(tmp_path, "log.parquet")
    assert found[["id", "repeat", "cost"]].to_numpy().tolist() == [["a", 2, 0.5]]


def test_other_names_and_values_of_json(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"item": 7, "answer": {"sum": 5}, "price": 1, "refused": False, "more": "x"},
        {"item": 8.0, "answer": True, "grade": None, "invented": True},
    ]
    (tmp_path / "log.jsonl").write_text(as_lines(rows))
    found = read_log(tmp_path, "log.jsonl")
    assert found["id"].tolist() == ["7", "8"]
    assert found["answer"].tolist() == ['{"sum": 5}', "true"]
    assert found["repeat"].tolist() == [1, 1]
    assert "grade" not in found
    assert "more" not in found


@pytest.mark.parametrize(("name", "text", "code", "row"), [
    ("l.csv", "id,answer,latency\na,yes,1\nb,no,-1\n", "log-negative", 3),
    ("l.csv", "id,answer,tokens_in\na,yes,x\n", "log-number", 2),
    ("l.csv", "id,repeat,answer\na,1,yes\nb,1.5,no\n", "log-repeat", 3),
    ("l.csv", "id,repeat,answer\na,1,yes\nb,,no\n", "log-repeat", 3),
    ("l.csv", "id,repeat,answer\na,0,yes\n", "log-repeat", 2),
    ("l.csv", "id,refused,answer\na,yes,yes\nb,maybe,no\n", "log-yes-no", 3),
    ("l.jsonl", '{"id": 1, "answer": "yes"}\n{"id": 2, "ans', "log-line", 2),
    ("l.jsonl", '{"id": 1}\n\n[1]\n', "log-line", 3),
    ("l.jsonl", '{"id": 1, "cost": true}\n', "log-number", 1),
    ("l.jsonl", '{"id": 1, "cost": Infinity}\n', "log-number", 1),
    ("l.jsonl", "[" * 50_000, "log-format", None),
    ("l.json", '{\n "id": 1}\n', "log-format", None),
    ("l.csv", "", "data-empty", None),
])  # fmt: skip
def test_what_cannot_be_is_named_with_its_row(
    tmp_path: Path, name: str, text: str, code: str, row: int | None
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as error:
        read_log(tmp_path, name, "options.l.predictions")
    (fault,) = error.value.faults
    assert (fault.code, fault.field) == (code, "options.l.predictions")
    if row is not None:
        assert (fault.figures["file"], fault.figures["row"]) == (name, row)
        assert name in fault.rule()
        assert fault.remedy() != fault.rule()


def test_a_line_in_another_encoding_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "l.jsonl").write_bytes(b'{"id": 1}\n{"id": "\x82\xa0"}\n')
    with pytest.raises(InputError) as error:
        read_log(tmp_path, "l.jsonl")
    (fault,) = error.value.faults
    assert (fault.code, fault.line) == ("data-encoding", 2)


def test_a_slip_on_every_line_is_not_told_on_every_line(tmp_path: Path) -> None:
    rows = [{"id": str(n), "answer": "yes", "cost": -1} for n in range(50)]
    (tmp_path / "l.jsonl").write_text(as_lines(rows))
    with pytest.raises(InputError) as error:
        read_log(tmp_path, "l.jsonl")
    assert len(error.value.faults) == 5


# --- in the order of the data's rows ------------------------------------------------------

DATA = "id,x,y\n" + "".join(f"{n},{n % 5},{'yes' if n % 3 else 'no'}\n" for n in range(24))
AMOUNTS = "id,x,y\n" + "".join(f"{n},{n % 5},{n % 7}\n" for n in range(24))
TASKS: dict[str, dict[str, Any]] = {
    "binary": {},
    "multiclass": {"outcomes": {"wrong": {"cost": "5 JPY per claim"},
                                "unanswered": {"cost": "2 JPY per claim"}}},
    "regression": {"outcomes": {"under": {"cost": "5 JPY per unit"},
                                "over": {"cost": "2 JPY per unit"}}},
    "search": {"outcomes": {"hit": {"gain": "5 JPY per claim"}}},
    "generation": {"outcomes": {name: {"cost": "5 JPY per claim"} for name in
                                ("needs_editing", "wrong", "harmful")}},
}  # fmt: skip


def written(make_case: Any, rows: list[dict[str, Any]], task: str = "binary", **llm: Any) -> Path:
    said = {"task": task, **TASKS[task]}
    return Path(make_case(
        files={"d.csv": AMOUNTS if task == "regression" else DATA, "l.jsonl": as_lines(rows)},
        prevalence=None, data={"file": "d.csv", "target": "y"},
        options={"l": {"kind": "llm", "predictions": "l.jsonl", "cost_per_case": "1 JPY", **llm}},
        **said,
    ))  # fmt: skip


def all_rows(column: str, value: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"id": str(n), "repeat": r, column: value, **more} for n in range(24) for r in (1, 2)]


def loaded(folder: Path) -> Dataset:
    assert check_case(folder) == []
    data = load_data(load_case(folder))
    assert data is not None
    return data


def test_repeats_are_columns_and_a_missing_one_is_nothing(make_case: Any) -> None:
    rows = all_rows("answer", "yes", cost=2)
    del rows[3]  # of item 1 the second
    rows[0]["answer"] = "no"
    given = loaded(written(make_case, rows)).predictions["l"]
    assert given.score.shape == (24, 2)
    assert given.repeats == 2
    assert given.score[0].tolist() == [0, 1]
    assert np.isnan(given.score[1, 1])
    assert given.cost is not None
    assert np.nansum(given.cost) == 2 * 47


def test_one_repeat_is_as_none_said(make_case: Any) -> None:
    rows = [{**row, "repeat": 3} for row in all_rows("answer", "yes")[::2]]
    given = loaded(written(make_case, rows)).predictions["l"]
    assert given.score.shape == (24,)


@pytest.mark.parametrize(("task", "column", "answer", "silent"), [
    ("binary", "answer", "yes", 0.0), ("multiclass", "answer", "yes", -1.0),
    ("search", "rank", 1, 0.0), ("generation", "grade", "usable", -1.0),
])  # fmt: skip
@pytest.mark.parametrize("how", [{"refused": "yes"}, {"error": "timed out"}])
def test_refused_or_failed_is_unanswered(
    make_case: Any, task: str, column: str, answer: Any, silent: float, how: dict[str, str]
) -> None:
    rows = all_rows(column, answer)
    rows[0] |= how
    score = loaded(written(make_case, rows, task)).predictions["l"].score
    assert score[0, 0] == silent
    assert score[0, 1] not in (silent, None)


def test_a_refused_score_does_nothing(make_case: Any) -> None:
    rows = all_rows("score", 0.5)
    rows[0] |= {"refused": True, "score": None}
    given = loaded(written(make_case, rows)).predictions["l"]
    assert given.silent is not None
    assert given.silent.sum() == 1
    assert np.isnan(given.score[0, 0])


def one_fault(folder: Path) -> Fault:
    (fault,) = check_case(folder)
    assert fault.field == "options.l.predictions"
    with pytest.raises(InputError):
        load_data(load_case(folder))
    return fault


def test_an_amount_cannot_be_refused(make_case: Any) -> None:
    rows = all_rows("answer", 3)
    rows[4]["refused"] = "yes"
    fault = one_fault(written(make_case, rows, "regression"))
    assert (fault.code, fault.figures["row"]) == ("log-no-amount", 5)


@pytest.mark.parametrize(("task", "column", "good", "bad", "code"), [
    ("binary", "answer", "yes", "perhaps", "predictions-answer"),
    ("search", "rank", 1, -1, "predictions-rank"),
    ("search", "rank", 1, 1.5, "predictions-rank"),
    ("generation", "grade", "usable", "superb", "predictions-grade"),
    ("regression", "answer", 3, "many", "log-number"),
])  # fmt: skip
def test_an_answer_out_of_its_scale(
    make_case: Any, task: str, column: str, good: Any, bad: Any, code: str
) -> None:
    rows = all_rows(column, good)
    rows[7][column] = bad
    fault = one_fault(written(make_case, rows, task))
    assert (fault.code, fault.figures["row"], fault.figures["file"]) == (code, 8, "l.jsonl")


def test_a_score_that_is_no_probability(make_case: Any) -> None:
    rows = all_rows("score", 0.5)
    rows[9]["score"] = 1.2
    fault = one_fault(written(make_case, rows, probability="yes"))
    assert (fault.code, fault.figures["row"]) == ("predictions-probability", 10)


def test_an_answer_twice_or_to_nothing_or_missing(make_case: Any) -> None:
    rows = all_rows("answer", "yes")
    twice = one_fault(written(make_case, [*rows, rows[0]]))
    assert (twice.code, twice.figures["row"], twice.figures["first"]) == ("log-twice", 49, 1)


def test_an_item_that_the_data_does_not_know(make_case: Any) -> None:
    rows = [*all_rows("answer", "yes"), {"id": "zz", "repeat": 1, "answer": "yes"}]
    fault = one_fault(written(make_case, rows))
    assert (fault.code, fault.value, fault.figures["row"]) == ("log-unknown", "zz", 49)


def test_an_item_without_an_answer(make_case: Any) -> None:
    fault = one_fault(written(make_case, all_rows("answer", "yes")[2:]))
    assert (fault.code, fault.figures["first"]) == ("predictions-missing", "0")


ATTACK = {"id": "x", "repeat": 1, "attack": "direct"}


@pytest.mark.parametrize(("how", "succeeded"), [
    ({"succeeded": "yes"}, [1.0]), ({"succeeded": False}, [0.0]), ({"refused": True}, [0.0]),
    ({"error": "cut off"}, []),
])  # fmt: skip
def test_attacks_are_no_items(make_case: Any, how: dict[str, Any], succeeded: list[float]) -> None:
    given = loaded(written(make_case, [*all_rows("answer", "yes"), ATTACK | how])).predictions["l"]
    assert given.score.shape == (24, 2)
    assert given.attacks is not None
    assert given.attacks.succeeded.tolist() == succeeded


def test_an_attack_says_how_it_went(make_case: Any) -> None:
    fault = one_fault(written(make_case, [*all_rows("answer", "yes"), ATTACK]))
    assert (fault.code, fault.value, fault.figures["row"]) == ("log-attack", "direct", 49)


def test_a_log_of_several_options_gives_each_its_own(make_case: Any) -> None:
    rows = [row | {"option": name} for name in ("l", "m") for row in all_rows("answer", "yes")]
    assert loaded(written(make_case, rows)).predictions["l"].score.shape == (24, 2)


# --- incidents ----------------------------------------------------------------------------


@pytest.mark.parametrize(("incidents", "option", "code"), [
    ({"leak": {"cost": "5 JPY"}}, {}, "incident-unknown"),
    ({}, {"injection": "5%"}, "incident-unpriced"),
    ({"invention": {"cost": "5 JPY"}}, {}, "incident-rate"),
    ({"invention": {"cost": "5 JPY"}}, {"invention": "5%"}, None),
])  # fmt: skip
def test_incidents_have_a_price_and_a_rate(
    make_case: Any, incidents: dict[str, Any], option: dict[str, str], code: str | None
) -> None:
    llm = {"kind": "llm", "rates": {"recall": "40%", "false_positive_rate": "5%"},
           "incidents": option}  # fmt: skip
    folder = make_case(incidents=incidents, options={"l": llm})
    assert [fault.code for fault in check_case(folder)] == ([code] if code else [])


def test_a_log_that_says_nothing_of_a_priced_incident(make_case: Any) -> None:
    folder = written(make_case, all_rows("answer", "yes"))
    text = (folder / "case.yaml").read_text()
    priced = json.loads(text) | {"incidents": {"injection": {"cost": "5 JPY"}}}
    (folder / "case.yaml").write_text(json.dumps(priced))
    (fault,) = check_case(folder)
    assert fault.code == "incident-rate"
