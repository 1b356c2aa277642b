"""The file on disk: refused, undone, changed from outside, by two at once, and in a crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mlpdm_kit.case.editing import file as file_module
from mlpdm_kit.case.editing.file import MOST_VERSIONS, VERSIONS, CaseFile, Change, lacks
from mlpdm_kit.case.template import new_case
from mlpdm_kit.errors import Fault

SMALL = """\
title: Rain?   # a question
framing: {user: Baker, problem: Bread, decision: How much, status_quo: By feeling}
volume: 900..1400 per month
horizon: 24 months
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A small case file."""
    path = tmp_path / "case.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def put(path: str, value: str) -> Change:
    """A change by its dotted path."""
    return Change(path=tuple(path.split(".")), value=value)


def test_what_is_wrong_in_itself_is_refused(case: Path) -> None:
    file = CaseFile(case)
    done = file.commit(put("volume", "900 apples"))
    assert not done.saved
    assert [fault.code for fault in done.faults] == ["unit-wrong"]
    assert case.read_text(encoding="utf-8") == SMALL


def test_all_changes_are_made_or_none(case: Path) -> None:
    file = CaseFile(case)
    assert not file.commit(put("title", "Snow?"), put("volume", "900 apples")).saved
    assert case.read_text(encoding="utf-8") == SMALL
    assert file.commit(put("title", "Snow?"), put("volume", "900 per week")).saved
    assert file.undo()
    assert case.read_text(encoding="utf-8") == SMALL


def test_undo_and_redo_walk_through_the_versions(case: Path) -> None:
    file = CaseFile(case)
    texts = [SMALL]
    for title in ("One?", "Two?", "Three?"):
        assert file.commit(put("title", title)).saved
        texts.append(case.read_text(encoding="utf-8"))
    for text in texts[-2::-1]:
        assert file.undo()
        assert case.read_text(encoding="utf-8") == text
    assert not file.undo()
    assert not file.can_undo
    assert file.redo()
    assert case.read_text(encoding="utf-8") == texts[1]
    assert file.commit(put("title", "Other?")).saved
    assert not file.can_redo


def test_a_new_window_can_undo_what_an_older_one_did(case: Path) -> None:
    assert CaseFile(case).commit(put("title", "Snow?")).saved
    later = CaseFile(case)
    assert later.can_undo
    assert later.undo()
    assert case.read_text(encoding="utf-8") == SMALL


def test_a_change_by_hand_shows_and_can_be_undone(case: Path) -> None:
    file = CaseFile(case)
    case.write_text(SMALL.replace("24 months", "36 months"), encoding="utf-8")
    assert file.reread()
    assert not file.reread()
    assert file.state.document.at(("horizon",)) == "36 months"
    assert file.undo()
    assert case.read_text(encoding="utf-8") == SMALL


def test_two_windows_at_different_fields_both_stand(case: Path) -> None:
    one, other = CaseFile(case), CaseFile(case)
    assert one.commit(put("title", "Snow?")).saved
    done = other.commit(put("volume", "900 per week"))
    assert done.saved
    assert done.overwrote is None
    assert one.reread()
    for file in (one, other):
        assert file.state.document.at(("title",)) == "Snow?"
        assert file.state.document.at(("volume",)) == "900 per week"


def test_two_windows_at_one_field_the_later_wins_and_is_told(case: Path) -> None:
    one, other = CaseFile(case), CaseFile(case)
    assert one.commit(put("title", "Snow?")).saved
    done = other.commit(put("title", "Hail?"))
    assert done.saved
    assert done.overwrote == "Snow?"
    assert one.reread()
    assert one.state.document.at(("title",)) == "Hail?"
    assert one.undo()
    assert other.reread()
    assert other.state.document.at(("title",)) == "Snow?"


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a bracket", b"title: [Rain?\nvolume: 3\n"),
        ("a tab", b"title: Rain?\nframing:\n\tuser: x\n"),
        ("no text", b"title: \xff\xfe\xfa\n"),
        ("a sign", b"title: a\x00b\n"),
        ("twice", b"title: a\ntitle: b\n"),
    ],
)
def test_nothing_is_written_over_what_cannot_be_read(case: Path, name: str, raw: bytes) -> None:
    file = CaseFile(case)
    case.write_bytes(raw)
    done = file.commit(put("title", "Snow?"))
    assert not done.saved, name
    assert done.faults
    assert case.read_bytes() == raw
    assert file.state.broken
    assert file.undo()
    assert case.read_text(encoding="utf-8") == SMALL
    assert not file.state.broken


@pytest.mark.parametrize("raw", [b"title: [Rain?\n", b"title: \xff\n"])
def test_a_file_that_cannot_be_read_can_be_opened(case: Path, raw: bytes) -> None:
    case.write_bytes(raw)
    file = CaseFile(case)
    assert file.state.broken
    assert not file.commit(put("title", "x")).saved
    assert case.read_bytes() == raw
    case.write_text(SMALL, encoding="utf-8")
    assert file.reread()
    assert file.commit(put("title", "x")).saved


def test_line_ends_and_the_mark_of_byte_order_stay(case: Path) -> None:
    raw = b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()
    case.write_bytes(raw)
    file = CaseFile(case)
    assert file.commit(put("framing.user", "A baker: 12 shops\nand a mill")).saved
    assert file.commit(put("title", "Snow?")).saved
    after = case.read_bytes()
    assert after.startswith(b"\xef\xbb\xbf")
    assert after.count(b"\n") == after.count(b"\r\n")
    assert file.undo()
    assert file.undo()
    assert case.read_bytes() == raw


def test_a_crash_before_the_file_is_replaced_loses_nothing(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = CaseFile(case)

    def crash(*_: object) -> None:
        raise OSError("the power is gone")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", crash)
        with pytest.raises(OSError, match="power"):
            file.commit(put("title", "Snow?"))
    assert case.read_text(encoding="utf-8") == SMALL
    assert sorted(p.name for p in case.parent.iterdir()) == [VERSIONS, "case.yaml"]
    assert CaseFile(case).commit(put("title", "Snow?")).saved


def test_a_kill_at_any_moment_leaves_a_whole_file(case: Path) -> None:
    script = textwrap.dedent(f"""
        from pathlib import Path
        from mlpdm_kit.case.editing.file import CaseFile, Change
        file = CaseFile(Path({str(case)!r}))
        print("ready", flush=True)
        for number in range(10_000):
            file.commit(Change(path=("title",), value=f"Number {{number}}?" + "x" * number))
    """)
    for wait in (0.05, 0.3):
        child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        try:
            child.wait(wait)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        file = CaseFile(case)
        assert file.state.faults == CaseFile(case).state.faults
        assert not file.state.broken
        assert file.state.document.at(("volume",)) == "900..1400 per month"
        assert file.undo()
        assert not file.state.broken


def test_only_so_many_versions_are_kept(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_module, "MOST_VERSIONS", 5)
    file = CaseFile(case)
    for number in range(12):
        assert file.commit(put("title", f"Number {number}?")).saved
    kept = sorted((case.parent / VERSIONS).glob("*.txt"))
    assert len(kept) == 5
    assert sum(file.undo() for _ in range(12)) == 4
    assert MOST_VERSIONS >= 100


def test_what_is_only_lacking_is_no_reason_to_refuse(tmp_path: Path) -> None:
    file = CaseFile(new_case(tmp_path / "case", empty=True))
    assert file.state.case is not None
    assert file.state.faults
    assert [fault for fault in file.state.faults if not lacks(fault)] == []
    done = file.commit(Change(path=("options", "rule"), value={"kind": "rule", "label": "Rule"}))
    assert done.saved
    assert {fault.code for fault in done.state.faults_at(("options", "rule"))} == {"source-none"}
    assert lacks(Fault(code="field-empty"))
    assert not lacks(Fault(code="quantity-number"))


def test_a_name_is_opened_changed_and_filled(tmp_path: Path) -> None:
    file = CaseFile(new_case(tmp_path / "case"))
    path = ("data", "mix", "north")
    assert file.commit(Change(path=path, opened=True)).saved
    assert file.commit(Change(path=path, name="south")).saved
    assert file.commit(Change(path=("data", "mix", "south"), value="100%")).saved
    assert file.state.document.at(("data", "mix")) == {"south": "100%"}
