"""A learner's file: read and written, by people and by the kit, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpdm_kit.course.learner import (
    Learner,
    Round,
    file_of,
    learners_in,
    read_learner,
    read_or_begin,
    write_learner,
)
from mlpdm_kit.errors import InputError

WRITTEN = """\
# mine
learner: 山田 Aki
answers:
  threshold: {threshold: 10%}
  who-bears:
    held-payment: 2
"""


def test_a_file_written_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "aki.yaml"
    file.write_text(WRITTEN, encoding="utf-8")
    learner = read_learner(file)
    assert learner.name == "山田 Aki"
    assert learner.checked("threshold").state == "pass"
    assert learner.checked("who-bears").state == "partial"
    assert learner.checked("base-rate").state == "empty"


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    learner = Learner(name="A: [b] #c")
    learner = learner.answering("threshold", {"threshold": " 10% "}, tried=True)
    learner = learner.answering("who-bears", {"held-payment": "a: b\n- c"}, tried=False)
    learner = learner.with_round(
        Round(bank="en", ranges={"everest": "8000..9000"}, bets={"everest": "wheel"})
    )
    file = write_learner(learner, tmp_path / "a.yaml")
    again = read_learner(file)
    assert again == learner
    assert again.tries == {"threshold": 1}
    assert "threshold: 10%" in file.read_text(encoding="utf-8")  # as people would write it


def test_answers_that_are_not_given_stay() -> None:
    learner = Learner(name="a").answering("base-rate", {"caught": "90"}, tried=True)
    learner = learner.answering("base-rate", {"false": "495"}, tried=True)
    assert learner.answers["base-rate"] == {"caught": "90", "false": "495"}
    assert learner.tries == {"base-rate": 2}


def test_the_first_answer_that_was_checked_stays_on_record(tmp_path: Path) -> None:
    learner = Learner(name="a").answering("base-rate", {"caught": "50"}, tried=False)
    assert learner.first == {}
    learner = learner.answering("base-rate", {"caught": "90", "false": ""}, tried=True)
    learner = learner.answering("base-rate", {"caught": "9", "false": "5"}, tried=True)
    learner = learner.answering("base-rate", {"false": "495", "caught": "90"}, tried=True)
    assert learner.first == {"base-rate": {"caught": "90", "false": "5"}}
    assert read_learner(write_learner(learner, tmp_path / "a.yaml")) == learner
    states = {one.field.name: one.state for one in learner.checked_first("base-rate").fields}
    assert (states["caught"], states["false"]) == ("right", "wrong")
    assert learner.checked("base-rate").points == 2


def test_of_a_file_without_first_answers_those_that_stand_count() -> None:
    learner = Learner(name="a", answers={"threshold": {"threshold": "90%"}})
    assert learner.checked_first("threshold").state == "hint"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", ""),
        ("- a\n", ""),
        ("learner: a\ncolour: red\n", ":2:"),
        ("learner: a\nanswers:\n  nothing: {a: b}\n", ":3:"),
        ("learner: a\nanswers:\n  threshold: {other: 1}\n", ":3:"),
        ("learner: a\nanswers:\n  threshold: {threshold: [1]}\n", ":3:"),
        ("learner: a\nanswers: [1]\n", ":2:"),
        ("learner: a\nfirst: {nothing: {a: b}}\n", ":2:"),
        ("learner: a\nfirst: {threshold: {threshold: [1]}}\n", ":2:"),
        ("learner: a\ntries: {threshold: many}\n", ":2:"),
        ("learner: a\ncalibration: soon\n", ":2:"),
        ("learner: a\ncalibration: [{ranges: {a: [1]}}]\n", ":"),
        ("answers: {}\n", ""),
        ("learner: {a: b}\n", ":1:"),
        ("learner: [x\n", ":1:"),
        ("learner: !!python/object:os.system a\n", ":1:"),
        (f"learner: a\nanswers:\n  threshold: {{threshold: {'9' * 3_000}}}\n", ":3:"),
    ],
)
def test_faults_name_their_place(text: str, place: str, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as told:
        read_learner(file)
    for lang in ("en", "ja"):
        said = told.value.sentences(lang)
        assert said
        assert all(str(file) in line for line in said)
        assert any(place in line for line in said)


@settings(max_examples=200, deadline=None)
@given(raw=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_any_bytes_give_a_learner_or_faults(raw: bytes, tmp_path_factory: pytest.TempPathFactory):
    file = tmp_path_factory.mktemp("any") / "a.yaml"
    file.write_bytes(raw)
    told: list[str] = []
    try:
        told.append(read_learner(file).name)
    except InputError as error:
        told += error.sentences("ja")
    assert told


@pytest.mark.parametrize("name", ["", " ", "../x", "a/b", "a\0b", "x" * 300, "CON:"])
def test_a_name_that_no_file_can_have(name: str) -> None:
    with pytest.raises(InputError):
        file_of(Path("learners"), name)


def test_broken_files_are_named_and_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("learner: a\n")
    (tmp_path / "b.yaml").write_text("learner: [\n")
    (tmp_path / "c.txt").write_text("nothing")
    (tmp_path / "d.yaml").mkdir()
    found, faults = learners_in(tmp_path)
    assert [learner.name for _, learner in found] == ["a"]
    assert {Path(fault.file or "").name for fault in faults} == {"b.yaml", "d.yaml"}


@pytest.mark.parametrize("written", ["a\x0bb", "a\x1bb", "a\ud800b", "9" * 2_001])
def test_what_could_not_be_read_again_is_not_written(written: str, tmp_path: Path) -> None:
    file = write_learner(Learner(name="a"), tmp_path / "a.yaml")
    before = file.read_bytes()
    with pytest.raises(InputError):
        write_learner(
            Learner(name="a").answering("threshold", {"threshold": written}, tried=True), file
        )
    assert file.read_bytes() == before
    assert read_learner(file).name == "a"


@pytest.mark.parametrize("name", ["a\\nb", "a\\x9bb", "a\\u202eb"])
def test_a_name_that_would_write_on_somebodys_terminal(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f'learner: "{name}"\n', encoding="utf-8")
    with pytest.raises(InputError):
        read_learner(tmp_path / "a.yaml")


def test_a_bank_that_is_none_is_a_fault_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("learner: a\ncalibration: [{bank: zz, ranges: {}}]\n")
    found, faults = learners_in(tmp_path)
    assert (found, [Path(fault.file or "").name for fault in faults]) == ([], ["a.yaml"])


def test_the_file_of_somebody_else_is_not_taken_for_ones_own(tmp_path: Path) -> None:
    file = write_learner(Learner(name="A B"), file_of(tmp_path, "A B"))
    assert file == file_of(tmp_path, "A-B")
    assert read_or_begin(file, "a  b").name == "A B"
    with pytest.raises(InputError, match="A B"):
        read_or_begin(file, "A-B")
