"""``mlpdm collect``: what it writes, what it says, and how it ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlpdm_kit.cli import FAILED, WRONG_CALL, app, main

MakeCase = Callable[..., Path]


@pytest.fixture
def room(make_case: MakeCase, tmp_path: Path) -> Path:
    for name, volume in (("yak", "900..1100 per month"), ("zebra", "9000..11000 per month")):
        case = make_case(name, volume=volume)
        (tmp_path / "room" / name).mkdir(parents=True)
        shutil.move(case, tmp_path / "room" / name / "case")
    return tmp_path / "room"


def call(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(map(str, words)))
    return done.exit_code, done.stdout, done.stderr


def test_groups_are_put_side_by_side(room: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said, _ = call("collect", room, "--out", out)
    assert code == 0
    assert said.strip() == f"Groups: 2. Cases: 1. Open {out / 'comparison.html'}"
    page = (out / "comparison.html").read_text(encoding="utf-8")
    assert "Group A" in page
    assert "zebra" not in page
    code, said, _ = call("collect", room, "--out", out, "--names", "--lang", "ja")
    assert code == 0
    assert "zebra" in (out / "comparison.html").read_text(encoding="utf-8")
    assert said.startswith("1案件、2グループ")


def test_a_broken_file_is_named_and_the_rest_is_done(room: Path, tmp_path: Path) -> None:
    (room / "bad").mkdir()
    (room / "bad" / "case.yaml").write_text("title: [\n")
    code, said, wrong = call("collect", room, "--out", tmp_path / "out")
    assert code == FAILED
    assert said.startswith("Groups: 2")
    assert "3 of 3 cases read" in wrong
    assert wrong.splitlines()[3].startswith("bad/case.yaml:")


def test_an_empty_folder_is_a_wrong_call(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["mlpdm", "collect", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == WRONG_CALL
    assert "No group has a case" in capsys.readouterr().err
