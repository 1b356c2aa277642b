"""Logs that Inspect wrote (see made/make.sh), and what people do to such files."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mlpdm_kit.case.logs import eval_zip
from mlpdm_kit.case.logs.formats import format_of, read_log
from mlpdm_kit.errors import InputError

MADE = Path(__file__).parent / "made"

Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Change], Path]:
    """A real log with a change made to it."""

    def make(change: Change) -> Path:
        content = json.loads((MADE / "receipts.inspect.json").read_text(encoding="utf-8"))
        change(content)
        path = tmp_path / "log.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return make


def first(path: Path, *columns: str) -> tuple[Any, ...]:
    log = read_log(path.parent, path.name)
    return tuple(log[list(columns)].iloc[0])


def codes(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_log(path.parent, path.name)
    return [fault.code for fault in caught.value.faults]


def test_epochs_with_errors_refusals_failures_and_attacks() -> None:
    log = read_log(MADE, "receipts.inspect.json")
    assert log.attrs["format"] == "inspect"
    at = log.set_index(["id", "repeat"]).sort_index()
    assert list(at.loc["r-02", "answer"]) == ["980", "89"]
    assert list(at.loc["r-02", "grade"]) == ["usable", "wrong"]
    assert list(at.loc["r-03", "refused"]) == [1, 0]  # it stopped for its content filter
    assert at.loc["r-04", "error"].str.contains("503 Service Unavailable").all()
    assert at.loc["r-04", ["answer", "grade", "cost", "latency"]].isna().all(axis=None)
    assert list(at.loc["a-1", "attack"]) == ["direct", "direct"]
    assert list(at.loc["a-2", "attack"]) == ["indirect", "indirect"]
    assert list(at.loc[["a-1", "a-2"], "succeeded"]) == [1, 0, 1, 0]
    # "Taxi 1,200円" has 11 characters, and 40 come on top
    assert tuple(at.loc[("r-01", 1), ["tokens_in", "tokens_out", "cost"]]) == (51, 6, 0.00042)


def test_the_zip_says_what_the_json_says() -> None:
    """Inspect wrote both from one run, the zip with zstd."""
    as_json, as_zip = read_log(MADE, "receipts.inspect.json"), read_log(MADE, "receipts.eval")
    with zipfile.ZipFile(MADE / "receipts.eval") as packed:
        assert {info.compress_type for info in packed.infolist()} == {eval_zip.ZSTD}
    keys = ["id", "repeat"]
    by_key = [log.drop(columns="row").sort_values(keys, ignore_index=True)
              for log in (as_json, as_zip)]  # fmt: skip
    pd.testing.assert_frame_equal(*by_key)


def test_an_older_zip() -> None:
    log = read_log(MADE, "older.eval")
    with zipfile.ZipFile(MADE / "older.eval") as packed:
        assert {info.compress_type for info in packed.infolist()} == {zipfile.ZIP_DEFLATED}
    found = list(log[["id", "repeat", "answer", "grade"]].itertuples(index=False, name=None))
    assert found == [
        ("1", 1, "1,200", "usable"), ("2", 1, "980", "usable"),
        ("1", 2, "1,200", "usable"), ("2", 2, "89", "wrong"),
    ]  # fmt: skip
    assert "cost" not in log  # it was told no prices


def test_a_run_that_was_stopped_has_no_header(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(MADE / "older.eval") as whole,
        zipfile.ZipFile(tmp_path / "part.eval", "w", zipfile.ZIP_DEFLATED) as part,
    ):
        for name in ("_journal/start.json", "samples/1_epoch_1.json"):
            part.writestr(name, whole.read(name))
    assert first(tmp_path / "part.eval", "id", "answer", "tokens_in") == ("1", "1,200", 51)


@pytest.mark.parametrize(
    ("value", "grade"),
    [("C", "usable"), ("P", "needs_editing"), ("I", "wrong"), ("N", None), (1, "usable"),
     (0.5, "needs_editing"), (0, "wrong"), (True, "usable"), (False, "wrong"),
     ("harmful", "harmful"), ("", None), (None, None), ([1], None), ({"a": 1}, None)],
)  # fmt: skip
def test_values_of_a_scorer_as_grades(
    changed: Callable[[Change], Path], value: Any, grade: str | None
) -> None:
    def change(log: dict[str, Any]) -> None:
        log["samples"] = [s for s in log["samples"] if s["id"] == "r-01"]
        log["samples"][0]["scores"]["match"]["value"] = value

    assert first(changed(change), "grade") == (grade,)


def test_the_answer_as_the_scorer_read_it(changed: Callable[[Change], Path]) -> None:
    def change(log: dict[str, Any], answer: Any = "B") -> None:
        sample = log["samples"][2]
        sample["scores"]["match"]["answer"] = answer
        sample["output"]["completion"] = "I think it is B"
        log["samples"] = [sample]

    assert first(changed(change), "answer") == ("B",)
    assert first(changed(lambda log: change(log, None)), "answer") == ("I think it is B",)


def test_parts_of_a_message_and_attachments(changed: Callable[[Change], Path]) -> None:
    def change(log: dict[str, Any], content: Any = None) -> None:
        sample = log["samples"][2]
        del sample["scores"], sample["output"]["completion"]
        parts = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "1,2"},
                 {"type": "text", "text": "00"}]  # fmt: skip
        sample["output"]["choices"][0]["message"]["content"] = content or parts
        sample["attachments"] = {"abc": "a long one"}
        log["samples"] = [sample]

    assert first(changed(change), "answer") == ("1,200",)
    attached = changed(lambda log: change(log, "attachment://abc"))
    assert first(attached, "answer") == ("a long one",)


def test_what_was_called_again_and_what_a_grader_used(changed: Callable[[Change], Path]) -> None:
    def change(log: dict[str, Any]) -> None:
        sample = log["samples"][2]
        sample["error_retries"] = [{"message": "503"}]
        next(e for e in sample["events"] if e["event"] == "model")["retries"] = 2
        own = {"input_tokens": 10, "input_tokens_cache_read": 5, "output_tokens": 7}
        sample["model_usage"] = {"grader/model": {"input_tokens": 900}, "mockllm/model": own}
        sample["turn_count"] = 3
        sample["working_time"] = 2.5
        log["samples"] = [sample]

    found = first(changed(change), "attempts", "tokens_in", "tokens_out", "latency")
    assert found == (4, 15, 7, 2.5)


def test_invalid_samples_are_left_out(changed: Callable[[Change], Path]) -> None:
    path = changed(lambda log: log["samples"][0].update(invalidation={"author": "x"}))
    log = read_log(path.parent, path.name)
    assert (len(log), log.attrs["left_out"]) == (11, {"invalid": 1})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda log: log.pop("samples"), "log-nothing"),
        (lambda log: log["samples"].clear(), "log-nothing"),
        (lambda log: log["samples"].insert(0, 7), "log-inspect-shape"),
        (lambda log: log["samples"][2].update(epoch="first"), "log-repeat"),
        (lambda log: log["samples"][2]["model_usage"]["mockllm/model"].update(total_cost="x"),
         "log-number"),
        (lambda log: log["samples"][2]["metadata"].update(invented="perhaps"), "log-yes-no"),
    ],
)  # fmt: skip
def test_logs_that_cannot_be_used(
    changed: Callable[[Change], Path], change: Change, code: str
) -> None:
    assert codes(changed(change)) == [code]


def test_zips_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.eval"
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("xl/workbook.xml", "<a/>")
    assert codes(path) == ["log-eval-other"]
    with zipfile.ZipFile(path, "w") as empty:
        empty.writestr("header.json", "{}")
    assert codes(path) == ["log-nothing"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as packed:
        packed.writestr("header.json", "{}")
    assert codes(path) == ["log-eval-packed"]
    whole = (MADE / "receipts.eval").read_bytes()
    for content in (whole[:-200], whole[:3000], b"PK\x03\x04", whole[:2000] + whole[2100:]):
        path.write_bytes(content)
        assert codes(path) == ["log-eval-broken"]
    monkeypatch.setattr(eval_zip, "MAX_MEMBER", 5000)
    path.write_bytes(whole)
    assert codes(path) == ["log-large"]


def test_a_workbook_of_excel_is_told_what_it_is(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "answers.csv", "w") as book:
        book.writestr("[Content_Types].xml", "<a/>")
    assert format_of(tmp_path, "answers.csv").name == "table"
    assert codes(tmp_path / "answers.csv") == ["data-binary"]
