"""The file of answers: resumed, mended, and never mixed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.errors import InputError
from mlpdm_kit.live.journal import Journal, Line, open_journal

ASKED = {("a", 1, ""): "d1", ("b", 1, ""): "d2", ("x", 1, "direct"): "d3"}


def line(name: str, asked: str, repeat: int = 1, **more: Any) -> Line:
    return {"id": name, "repeat": repeat, "asked": asked, "answer": "yes", **more}


def put(path: Path, *lines: Line, end: str = "\n") -> Path:
    text = "\n".join(json.dumps(one, ensure_ascii=False) for one in lines)
    path.write_text(text + end, encoding="utf-8")
    return path


def lines(path: Path) -> list[Line]:
    return [json.loads(one) for one in path.read_text(encoding="utf-8").splitlines()]


def opened(path: Path, **asked: Any) -> Journal:
    return open_journal(path, asked or ASKED, "llm", "predictions")


def test_a_file_that_is_not_there_is_begun(tmp_path: Path) -> None:
    journal = opened(tmp_path / "a.jsonl")
    assert (journal.answered, journal.aside) == (set(), 0)
    journal.close()
    assert not (tmp_path / "a.jsonl").exists()  # nothing was said
    journal.append(line("a", "d1", answer="はい\n二行目"))
    journal.append(line("b", "d2"))
    assert [one["answer"] for one in lines(tmp_path / "a.jsonl")] == ["はい\n二行目", "yes"]
    journal.close()
    assert opened(tmp_path / "a.jsonl").answered == {("a", 1, ""), ("b", 1, "")}


def test_answers_to_something_else_go_to_a_file_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    put(path, line("a", "d1"), line("b", "old"), line("a", "d1", repeat=7), line("z", "d1"),
        line("x", "d3", attack="direct", succeeded=True),
        line("x", "d3", attack="indirect"))  # fmt: skip
    for number in (1, 2):
        journal = opened(path)
        aside = f"a.old-{number}.jsonl"
        assert (journal.aside, journal.aside_file) == (3, aside)
        assert [one["id"] for one in lines(tmp_path / aside)] == ["b", "z", "x"]
        assert [one["id"] for one in lines(path)] == ["a", "a", "x"]
        assert journal.answered == {("a", 1, ""), ("a", 7, ""), ("x", 1, "direct")}
        assert (journal.attacks, journal.succeeded) == (1, 1)
        again = opened(path)
        assert (again.aside, again.aside_file, again.mended) == (0, "", False)
        put(path, *lines(path), *lines(tmp_path / aside))  # and once more


@pytest.mark.parametrize("size", range(1, 40, 3))
def test_a_torn_last_line_is_taken_out(tmp_path: Path, size: int) -> None:
    path = put(tmp_path / "a.jsonl", line("a", "d1"))
    whole = json.dumps(line("b", "d2", text="日本語"), ensure_ascii=False).encode()
    with path.open("ab") as stream:
        stream.write(whole[:size])
    journal = opened(path)
    assert journal.mended
    assert journal.answered == {("a", 1, "")}
    assert lines(path) == [line("a", "d1")]
    journal.append(line("b", "d2"))
    journal.close()
    assert len(lines(path)) == 2


def test_a_last_line_that_only_lacks_its_end_is_kept(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", line("a", "d1"), end="")
    journal = opened(path)
    journal.append(line("b", "d2"))
    journal.close()
    assert [one["id"] for one in lines(path)] == ["a", "b"]


def test_a_failure_is_asked_again_and_gives_way_to_its_answer(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", line("a", "d1", error="timeout", attempts=6), line("b", "d2"))
    journal = opened(path)
    assert journal.answered == {("b", 1, "")}
    assert journal.failed[("a", 1, "")]["attempts"] == 6
    assert len(lines(path)) == 2  # it counts as unanswered until there is an answer
    journal.append(line("a", "d1"))
    journal.close()
    assert [(one["id"], "error" in one) for one in lines(path)] == [("a", False), ("b", False)]


def test_a_failure_is_not_put_twice_after_a_crash(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", line("a", "d1", error="x"), line("a", "d1", error="y"),
               line("a", "d1"), line("b", "d2", error="z"), line("b", "d2", error="w"))  # fmt: skip
    journal = opened(path)
    assert (journal.answered, journal.mended) == ({("a", 1, "")}, False)
    assert [one.get("error") for one in lines(path)] == [None, "w"]


def test_another_option_s_lines_are_left_alone(tmp_path: Path) -> None:
    other = line("a", "other", option="large")
    path = put(tmp_path / "a.jsonl", other, line("a", "d1", option="llm"))
    journal = opened(path)
    assert (journal.aside, len(journal.answered)) == (0, 1)
    assert other in lines(path)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.csv", "id,answer\na,yes\n", "answers-suffix"),
        ("a.jsonl", '{"id": "a", "repeat": 1, "answer": "yes"}\n', "answers-foreign"),
    ],
)
def test_what_the_kit_did_not_write_is_not_touched(
    tmp_path: Path, name: str, text: str, code: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as caught:
        opened(tmp_path / name)
    assert caught.value.faults[0].code == code
    assert (tmp_path / name).read_text() == text
