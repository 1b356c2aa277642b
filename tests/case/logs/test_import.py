"""``mlpdm import``: a log of another tool as the kit's own table; and hostile files."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from mlpdm_kit import cli
from mlpdm_kit.case.logs.formats import read_log
from mlpdm_kit.case.logs.importing import as_csv, imported
from mlpdm_kit.case.tables import NOTHING
from mlpdm_kit.errors import InputError

MADE = Path(__file__).parent / "made"
NAMES = ("receipts.json", "models.json", "attacks.json", "attacks.jsonl",
         "receipts.inspect.json", "receipts.eval", "older.eval")  # fmt: skip


def say(*arguments: str | Path) -> str:
    result = CliRunner().invoke(cli.app, ["import", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Equal but for where each answer stands in its file."""
    columns = [name for name in one if name != "row" and one[name].notna().any()]
    assert sorted(name for name in other if name != "row") == sorted(columns)
    pd.testing.assert_frame_equal(one[columns], other[columns])


@pytest.mark.parametrize("name", NAMES)
def test_the_table_says_what_the_log_says(name: str, tmp_path: Path) -> None:
    out = tmp_path / "answers.csv"
    assert str(out) in say(MADE / name, "--out", out)
    same(read_log(MADE, name), read_log(tmp_path, "answers.csv"))


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_what_is_in_it(lang: str) -> None:
    said = say(MADE / "receipts.json", "--lang", lang)
    for figure in ("24", "8", "503 Service Unavailable", "USD", "--out answers.csv"):
        assert figure in said
    assert "big-model" in say(MADE / "models.json", "--lang", lang)
    attacks = say(MADE / "receipts.eval", "--lang", lang)
    assert "direct, indirect" in attacks


def test_counts_of_the_summary() -> None:
    said = say(MADE / "attacks.json").splitlines()
    assert said[0] == "promptfoo's results: 2 answers, items: 1, answers to one item: up to 2."
    assert "tried 6 times, succeeded 3 times" in said[1]


def test_one_model_in_the_money_of_the_case(tmp_path: Path) -> None:
    out = tmp_path / "answers.csv"
    say(MADE / "models.json", "--only", "Big Model", "--rate", "150", "--out", out)
    log = read_log(tmp_path, "answers.csv")
    assert "option" not in log
    assert list(log["answer"]) == ["1,200", "980", "980"]
    assert list(log["cost"]) == pytest.approx([0.063] * 3)  # 0.00042 USD at 150 yen


def test_answers_that_are_scores(tmp_path: Path) -> None:
    log = imported(MADE / "receipts.json", said_as="score")
    assert "answer" not in log
    assert "grade" not in log
    assert log["score"][0] == "1,200"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"only": "gpt"}, "log-no-options"),
        ({"rate": 0.0}, "log-rate"),
        ({"rate": float("nan")}, "log-rate"),
    ],
)
def test_calls_that_make_no_sense(arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as caught:
        imported(MADE / "receipts.json", **arguments)
    assert [fault.code for fault in caught.value.faults] == [code]


def test_an_unknown_option_names_those_there() -> None:
    with pytest.raises(InputError) as caught:
        imported(MADE / "models.json", only="gpt")
    assert "echo, big-model" in caught.value.faults[0].sentence("en")


@pytest.mark.parametrize("out", ["answers.xlsx", "same"])
def test_places_that_cannot_be_written(out: str, tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("id,answer\na,yes\n")
    place = file if out == "same" else tmp_path / out
    result = CliRunner().invoke(cli.app, ["import", str(file), "--out", str(place)])
    assert isinstance(result.exception, InputError)
    assert [fault.code for fault in result.exception.faults] == ["log-out"]
    assert file.read_text() == "id,answer\na,yes\n"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["r-01", "usable", "yes", 10**400, -1, "\ud800", "\x00", "1e999"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "label", "answer", "value", "output", "x"]), inner, max_size=3
    ),
    max_leaves=6,
)  # fmt: skip
HOSTILE = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(
        value[:2] if isinstance(value, list) else ())  # fmt: skip
    for key, one in inner:
        found += places(one, (*path, key))
    return found


def read_or_refuse(name: str, content: bytes) -> pd.DataFrame | None:
    """The log; None where it was refused with faults that can be said."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(content)
        try:
            return read_log(Path(folder), name)
        except InputError as error:
            faults = error.faults
    said = [fault.sentence(lang) for fault in faults for lang in ("en", "ja")]
    assert said
    assert all(said)
    return None


@pytest.mark.parametrize("name", ["attacks.json", "models.json", "receipts.inspect.json"])
@HOSTILE
@given(data=st.data())
def test_any_value_anywhere_is_read_or_refused(name: str, data: st.DataObject) -> None:
    content = json.loads((MADE / name).read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(places(content)))
        at = content
        for key in way:
            at = at[key]
        if data.draw(st.booleans()):
            at[last] = data.draw(JSON)
        elif isinstance(at, dict):
            at.pop(last, None)
    found = read_or_refuse(name, json.dumps(content).encode())
    assert found is None or "repeat" in found  # without its signs it is JSON lines like any


@pytest.mark.parametrize("name", ["receipts.eval", "older.eval", "attacks.jsonl", "models.json"])
@HOSTILE
@given(data=st.data())
def test_any_broken_bytes_are_read_or_refused(name: str, data: st.DataObject) -> None:
    content = bytearray((MADE / name).read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    read_or_refuse(name, bytes(content[:end]))


@pytest.mark.parametrize(
    "content",
    [
        b'{"evalId": ' + b"[" * 200_000,
        b'{"evalId": "x", "results": [' + b'{"vars": ' * 900 + b"1" + b"}" * 900 + b"]}",
        b'{"evalId": "x", "results": {"results": [{"latencyMs": ' + b"9" * 5000 + b"}]}}",
        b'{"version": 2, "eval": {"eval_id": "x"}, "samples": ' + b"[" * 200_000,
        b'{"evalId": "x", "results": null}',
        b'{"evalId": "x"} trailing',
    ],
)  # fmt: skip
def test_files_made_to_harm(content: bytes) -> None:
    found = read_or_refuse("hostile.json", content)
    assert found is None or len(found) == 1


@HOSTILE
@given(
    answers=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
        | st.sampled_from(['say "no"', "a,b;c|d\te", "two\nlines", "1,200", "2026/01/02", "  x "]),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_any_answer_comes_back_from_the_table(answers: list[str]) -> None:
    log = pd.DataFrame({"id": [f"r{n}" for n in range(len(answers))], "repeat": 1,
                        "answer": pd.Series(answers, dtype=object)})  # fmt: skip
    found = read_or_refuse("answers.csv", as_csv(log))
    assert found is not None
    plain = [None if text in NOTHING else re.sub("\r\n?", "\n", re.sub(r"(?<=\d)\.0$", "", text))
             for text in answers]  # fmt: skip
    assert list(found["answer"]) == plain
