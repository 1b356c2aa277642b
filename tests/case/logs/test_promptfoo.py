"""Results that promptfoo wrote (see made/make.sh), and what people do to such files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.logs.formats import format_of, read_log
from mlpdm_kit.errors import InputError

MADE = Path(__file__).parent / "made"

Results = list[dict[str, Any]]
Changed = Callable[[str, Callable[[dict[str, Any], Results], None]], Path]


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """A real file with a change made to it: to all that it says, and to its results."""

    def make(name: str, change: Callable[[dict[str, Any], Results], None]) -> Path:
        content = json.loads((MADE / name).read_text(encoding="utf-8"))
        change(content, content["results"]["results"])
        path = tmp_path / name
        path.write_text(json.dumps(content, indent=2), encoding="utf-8")
        return path

    return make


def rows(path: Path, *columns: str) -> list[tuple[Any, ...]]:
    log = read_log(path.parent, path.name)
    return [tuple(None if value != value else value for value in row)
            for row in log[list(columns)].itertuples(index=False)]  # fmt: skip


def codes(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_log(path.parent, path.name)
    return [fault.code for fault in caught.value.faults]


def test_three_repeats_with_errors_refusals_failures_and_a_cache() -> None:
    log = read_log(MADE, "receipts.json")
    assert log.attrs["format"] == "promptfoo"
    assert "option" not in log
    assert "score" not in log  # promptfoo's is that of its assertions
    at = log.set_index(["id", "repeat"])
    assert sorted(set(log["repeat"])) == [1, 2, 3]
    assert list(at.loc["r-03", "answer"]) == ["14,300", "1,234", "14,300"]
    assert list(at.loc["r-03", "grade"]) == ["usable", "wrong", "usable"]
    assert list(at.loc["r-05", "refused"]) == [1, 1, 1]
    assert list(at.loc["r-01", "refused"]) == [0, 0, 0]
    assert at.loc["r-06", "error"].str.startswith("503 Service Unavailable").all()
    assert at.loc["r-07", "error"].str.contains("timed out").all()
    assert at.loc[["r-06", "r-07"], ["answer", "grade", "cost", "latency"]].isna().all(axis=None)
    assert at.loc["r-04", "latency"].between(0.29, 1.4).all()  # it waits 300 ms
    # of a cached answer nobody knows how long it took or what it would cost
    assert at.loc["r-08", ["latency", "cost", "tokens_in"]].isna().all(axis=None)
    assert log.attrs["left_out"] == {"cached": 3}
    # "What is the total …? …alone. Taxi 1,200円" has 76 characters, and 40 come on top
    assert tuple(at.loc[("r-01", 1), ["tokens_in", "tokens_out", "cost"]]) == (116, 6, 0.00042)


def test_several_models_are_options_and_tests_without_id_are_numbered() -> None:
    assert rows(MADE / "models.json", "option", "id", "repeat", "answer") == [
        ("echo", "1", 1, "Taxi 1,200 yen"),
        ("big-model", "1", 1, "1,200"),
        ("echo", "2", 1, "Lunch 980 yen"),
        ("big-model", "2", 1, "980"),
        ("echo", "3", 1, "Lunch 980 yen"),  # the same test again is a test of its own
        ("big-model", "3", 1, "980"),
    ]


@pytest.mark.parametrize("name", ["attacks.json", "attacks.jsonl"])
def test_attacks_succeed_where_their_assertions_fail(name: str) -> None:
    assert format_of(MADE, name).name == "promptfoo"
    assert rows(MADE / name, "id", "repeat", "attack", "succeeded") == [
        ("r-01", 1, None, None),
        ("r-01", 2, None, None),
        ("attack-1", 1, "jailbreak", 1),
        ("attack-1", 2, "jailbreak", 0),
        ("attack-2", 1, "indirect-prompt-injection", 1),  # its strategy, basic, says nothing
        ("attack-2", 2, "indirect-prompt-injection", 0),
        ("attack-3", 1, "direct", 1),
        ("attack-3", 2, "direct", 0),
    ]


def test_repeats_are_found_where_the_file_does_not_say_how_often(changed: Changed) -> None:
    def forget(content: dict[str, Any], results: Results) -> None:
        del content["runtimeOptions"]
        for result in results:
            del result["vars"]["id"], result["testCase"]["vars"]["id"]

    log = rows(changed("receipts.json", forget), "id", "repeat")
    assert log == [(str(item), repeat) for item in range(1, 9) for repeat in (1, 2, 3)]


def test_repeats_one_after_the_other_as_older_versions_run_them(changed: Changed) -> None:
    def reorder(content: dict[str, Any], results: Results) -> None:
        for place, result in enumerate(results):
            result["testIdx"] = place // 3 + 8 * (place % 3)
            del result["vars"]["id"], result["testCase"]["vars"]["id"]

    log = rows(changed("receipts.json", reorder), "id", "repeat")
    assert log == [(str(item), repeat) for repeat in (1, 2, 3) for item in range(1, 9)]


def test_results_in_the_order_in_which_they_ended(changed: Changed) -> None:
    asked = rows(MADE / "receipts.json", "id", "repeat", "answer")
    path = changed("receipts.json", lambda content, results: results.reverse())
    assert rows(path, "id", "repeat", "answer") == asked


@pytest.mark.parametrize(
    ("names", "options"),
    [
        ({"label": "a"}, {"a / short", "a / 2"}),  # the second prompt's label is the prompt
        ({"label": ""}, {"echo / short", "file://model.js"}),
    ],
)
def test_options_of_several_prompts(
    changed: Changed, names: dict[str, str], options: set[str]
) -> None:
    def change(content: dict[str, Any], results: Results) -> None:
        for result in results:
            result["provider"] |= names
            result["prompt"]["label"] = "x" * 50 if result["promptIdx"] else "short"
        if not names["label"]:
            extra = dict(results[0], promptIdx=2)
            extra["prompt"] = dict(extra["prompt"], label="y" * 50)
            results.append(extra)

    found = {option for (option,) in rows(changed("models.json", change), "option")}
    assert found >= options


def test_what_provider_and_test_say_of_themselves(changed: Changed) -> None:
    said = {"grade": "needs editing", "invented": "yes", "rank": 3, "score": 0.25}

    def change(content: dict[str, Any], results: Results) -> None:
        results[:] = results[:1]
        results[0]["metadata"] = said
        results[0]["response"]["output"] = {"total": "1,200円"}

    (row,) = rows(changed("receipts.json", change), "grade", "invented", "rank", "score", "answer")
    assert row == ("needs editing", 1, "3", "0.25", '{"total": "1,200円"}')


def test_shape_of_the_package_and_of_older_files(changed: Changed, tmp_path: Path) -> None:
    asked = rows(MADE / "receipts.json", "id", "repeat", "answer")
    content = json.loads((MADE / "receipts.json").read_text(encoding="utf-8"))["results"]
    for result in content["results"]:
        del result["failureReason"], result["promptIdx"], result["testIdx"]
    path = tmp_path / "summary.json"
    path.write_text(json.dumps(content), encoding="utf-8-sig")
    assert rows(path, "id", "repeat", "answer") == asked
    failed = [id for id, error in rows(path, "id", "error") if error]
    assert failed == ["r-06"] * 3 + ["r-07"] * 3


def _id_for_two(content: dict[str, Any], results: Results) -> None:
    for result in results[:6]:
        result["vars"]["id"] = result["testCase"]["vars"]["id"] = "same"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_id_for_two, "log-promptfoo-id"),
        (lambda content, results: results.clear(), "log-nothing"),
        (lambda content, results: results.insert(2, 7), "log-promptfoo-row"),
        (lambda content, results: content.update(results=7), "log-promptfoo-shape"),
        (lambda content, results: results[0].update(latencyMs="soon"), "log-number"),
        (lambda content, results: results[0].update(cost=-1), "log-negative"),
        (lambda content, results: results[0].update(latencyMs=10**400), "log-number"),
        (lambda content, results: results[0]["response"].update(isRefusal="?"), "log-yes-no"),
    ],
)
def test_files_that_cannot_be_used(
    changed: Changed, change: Callable[[dict[str, Any], Results], None], code: str
) -> None:
    assert codes(changed("receipts.json", change)) == [code]


def test_a_file_that_was_cut_off_or_edited(tmp_path: Path) -> None:
    text = (MADE / "receipts.json").read_bytes()
    path = tmp_path / "receipts.json"
    for end in range(2000, len(text) - 10, 4999):
        path.write_bytes(text[:end])
        assert codes(path) in (["log-json-cut"], ["log-encoding"]), end
    path.write_bytes(text.replace(b'"r-02",', b'"r-02"', 1))
    with pytest.raises(InputError) as caught:
        read_log(tmp_path, path.name)
    (fault,) = caught.value.faults
    assert fault.code == "log-json"
    assert text.splitlines()[(fault.line or 0) - 2].strip() == b'"id": "r-02",'
    lines = (MADE / "attacks.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "cut.jsonl").write_bytes(b"".join(lines[:2]) + lines[2][:-200])
    with pytest.raises(InputError) as caught:
        read_log(tmp_path, "cut.jsonl")
    assert [(fault.code, fault.line) for fault in caught.value.faults] == [("log-json", 3)]


def test_half_a_character_and_a_null_can_be_kept_in_a_table(changed: Changed) -> None:
    def change(content: dict[str, Any], results: Results) -> None:
        results[0]["response"]["output"] = "cut \ud83d off\x00"

    (answer, *_) = rows(changed("receipts.json", change), "answer")
    assert answer == ("cut \ufffd off\ufffd",)
