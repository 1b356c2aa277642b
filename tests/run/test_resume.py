"""A run that was killed, and taken up again: nothing lost, nothing done twice, nothing else."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date as Date
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.template import new_case
from mlpdm_kit.record.manifest import MANIFEST, read_manifest
from mlpdm_kit.run.batch import decide_all
from mlpdm_kit.run.engine import can_fork
from mlpdm_kit.run.notebooks import Executed, Task
from mlpdm_kit.run.result import CaseResult, Settings
from mlpdm_kit.run.taken import RUN_FILE

from .conftest import walk_in_process

Write = Callable[..., Path]


class Walks:
    """Decides in this process, and counts the notebooks."""

    def __init__(self, notebooks: Path, out: Path) -> None:
        self.settings = Settings(notebooks=notebooks, execute=self.execute, draws=1024)
        self.out, self.notebooks = out, 0

    def execute(self, task: Task) -> Executed:
        self.notebooks += 1
        return walk_in_process(task)

    def __call__(self, *cases: Path, **more: Any) -> tuple[list[CaseResult], int]:
        before = self.notebooks
        resume = more.pop("resume", True)
        settings = replace(self.settings, **more)
        found = decide_all(cases, out=self.out, jobs=2, settings=settings, resume=resume)
        return found, self.notebooks - before


@pytest.fixture
def walks(tmp_path: Path, five_notebooks: Path) -> Walks:
    return Walks(five_notebooks, tmp_path / "records")


def states(found: tuple[list[CaseResult], int]) -> list[str]:
    return [result.state for result in found[0]]


def test_what_is_whole_is_kept_and_only_then(walks: Walks, write_case: Write) -> None:
    cases = [write_case(name) for name in "abcde"]
    walks(*cases, resume=False)
    records = {case.name: walks.out / case.name for case in cases}
    (cases[1] / "case.yaml").write_text((cases[1] / "case.yaml").read_text() + "note: new\n")
    (records["c"] / "record.html").write_text("<p>torn")
    (records["d"] / "sections" / "problem_framing.json").unlink()
    (records["e"] / MANIFEST).unlink()
    found = walks(*cases)
    assert states(found) == ["kept", "done", "done", "done", "done"]
    assert found[1] == 20
    assert found[0][0].verdict
    assert states(walks(*cases)) == ["kept"] * 5
    assert states(walks(*cases, resume=False)) == ["done"] * 5


@pytest.mark.parametrize(
    "other", [{"seed": 1}, {"draws": 2048}, {"lang": "ja"}, {"day": Date(2030, 1, 2)},
              {"overrides": {"title": "Another?"}}]
)  # fmt: skip
def test_other_settings_make_it_anew(walks: Walks, write_case: Write, other: Any) -> None:
    case = write_case("a")
    walks(case)
    assert states(walks(case, **other)) == ["done"]
    assert states(walks(case, **other)) == ["kept"]


def test_the_next_day_a_record_still_holds(walks: Walks, write_case: Write) -> None:
    case = write_case("a")
    walks(case, today=Date(2030, 1, 2))
    assert states(walks(case, today=Date(2030, 1, 3))) == ["kept"]


def test_a_run_that_kept_nothing_goes_on_so(walks: Walks, write_case: Write) -> None:
    """An earlier night's records are not kept by a later night that was killed."""
    cases = [write_case("a"), write_case("b")]
    walks(*cases, resume=False, today=Date(2030, 1, 1))
    plain = replace(walks.settings, today=Date(2030, 1, 2)).as_plain()
    note = {"settings": plain, "today": "2030-01-02", "anew": True}
    (walks.out / RUN_FILE).write_text(json.dumps(note))  # it was killed before its first case
    assert states(walks(*cases, today=Date(2030, 1, 3))) == ["done", "done"]
    dates = {json.loads((walks.out / case.name / "record.json").read_text())["date"]
             for case in cases}  # fmt: skip
    assert dates == {"2030-01-02"}
    (walks.out / RUN_FILE).write_text(json.dumps({**note, "anew": False, "today": "2030-01-03"}))
    assert states(walks(*cases, today=Date(2030, 1, 4))) == ["kept", "kept"]


def test_of_a_case_that_was_moved_the_manifest_says_where_it_is(
    walks: Walks, write_case: Write, tmp_path: Path
) -> None:
    walks(case := write_case("a"))
    elsewhere = case.rename(tmp_path / "a")
    assert states(walks(elsewhere)) == ["kept"]
    manifest = read_manifest(walks.out / "a")
    assert manifest is not None
    assert manifest.case == str(elsewhere)
    assert manifest.holds(walks.out / "a")
    assert states(walks(elsewhere)) == ["kept"]


def test_a_record_with_a_failure_beside_it_is_made_anew(walks: Walks, write_case: Write) -> None:
    walks(case := write_case("a"))
    (walks.out / "a" / "failure.json").write_text('{"id": "a", "message": "no"}')
    assert states(walks(case)) == ["done"]
    assert not (walks.out / "a" / "failure.json").exists()


def test_a_case_that_failed_is_tried_again(walks: Walks, write_case: Write) -> None:
    case = write_case("a")

    def broken(task: Task) -> Executed:
        return Executed(notebook=task.notebook, error=RuntimeError("no memory"), cell="cell-1")

    assert states(walks(case, execute=broken)) == ["failed"]
    manifest = read_manifest(walks.out / "a")
    assert manifest is not None
    assert manifest.state == "failed"
    assert states(walks(case)) == ["done"]


def test_other_notebooks_make_it_anew(
    walks: Walks, write_case: Write, write_notebook: Write, tmp_path: Path
) -> None:
    case = write_case("a")
    walks(case)
    other = tmp_path / "other"
    shutil.copytree(walks.settings.notebooks, other)
    for file in other.glob("*.ipynb"):
        file.write_text(file.read_text().replace("The problem", "Another problem"))
    assert states(walks(case, notebooks=other)) == ["done"]


def test_a_run_that_goes_on_has_the_day_of_its_beginning(walks: Walks, write_case: Write) -> None:
    cases = [write_case(name) for name in "ab"]
    walks(cases[0], today=Date(2030, 1, 2))
    assert not (walks.out / RUN_FILE).exists()
    said = {"settings": walks.settings.as_plain(), "today": "2030-01-02"}
    (walks.out / RUN_FILE).write_text(json.dumps(said))  # as a kill leaves it
    walks(*cases, today=Date(2030, 1, 3))
    days = [json.loads((walks.out / name / "record.json").read_text())["date"] for name in "ab"]
    assert days == ["2030-01-02", "2030-01-02"]
    assert not (walks.out / RUN_FILE).exists()


def run(cases: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "mlpdm_kit", "decide", str(cases), "--out", str(out),
               "--draws", "256", "--jobs", "2", *more]  # fmt: skip
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def records(out: Path) -> dict[str, bytes]:
    """Every record and index as bytes."""
    found = [*out.glob("*/record.*"), *out.glob("index.*")]
    return {str(file.relative_to(out)): file.read_bytes() for file in found}


def few_cases(folder: Path, number: int) -> Path:
    for n in range(number):
        new_case(folder / f"case-{n}")
    return folder


def killed_and_resumed(tmp_path: Path, number: int, moments: list[float]) -> None:
    """After kill -9 at each of the moments (shares of a run's time) the folder is the same."""
    cases, whole = few_cases(tmp_path / "cases", number), tmp_path / "whole"
    began = time.monotonic()
    done = run(cases, whole)
    output = done.communicate(timeout=600)[0]
    assert done.returncode == 0, output
    took, wanted = time.monotonic() - began, records(whole)
    assert len(wanted) == 3 * number + 3
    for moment in moments:
        out = tmp_path / "killed"
        shutil.rmtree(out, ignore_errors=True)
        first = run(cases, out)
        time.sleep(moment * took)
        os.kill(first.pid, signal.SIGKILL)
        first.communicate(timeout=60)
        for folder in out.glob("[!.]*/"):  # what is in place is whole
            manifest = read_manifest(folder)
            assert folder.name == "assets" or (manifest is not None and manifest.holds(folder))
        again = run(cases, out, "--resume")
        output = again.communicate(timeout=600)[0]
        assert again.returncode == 0, output
        assert records(out) == wanted, moment
        assert not list(out.glob(".[!l]*")), moment


@pytest.mark.skipif(not can_fork(), reason="no fork here")
def test_a_killed_run_is_taken_up_again(tmp_path: Path) -> None:
    killed_and_resumed(tmp_path, 3, [0.8])


@pytest.mark.slow
@pytest.mark.skipif(not can_fork(), reason="no fork here")
def test_killed_at_fifty_moments(tmp_path: Path) -> None:
    rng = random.Random(6)
    killed_and_resumed(tmp_path, 4, [rng.uniform(0.2, 1.05) for _ in range(50)])


def may_mount() -> bool:
    if shutil.which("mount") is None or os.geteuid() != 0:
        return False
    tried = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    return tried.returncode == 0


@pytest.mark.skipif(sys.platform != "linux" or not may_mount(), reason="no mount allowed here")
def test_a_full_disk_leaves_what_is_there_readable(tmp_path: Path, write_case: Write) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    cases = few_cases(tmp_path / "cases", 6)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=7m", "tmpfs", str(disk)], check=True)
    try:
        first = run(cases, disk / "out")
        said = first.communicate(timeout=600)[0].decode()
        assert first.returncode == 1, said
        assert "No space left" in said
        found = (disk / "out").glob("case-*")
        whole = [folder for folder in found if (folder / "record.json").is_file()]
        assert 0 < len(whole) < 6
        for folder in whole:
            manifest = read_manifest(folder)
            assert manifest is not None
            assert manifest.holds(folder)
            assert json.loads((folder / "record.json").read_bytes())["id"] == folder.name
        subprocess.run(["mount", "-o", "remount,size=60m", str(disk)], check=True)
        again = run(cases, disk / "out", "--resume")
        said = again.communicate(timeout=600)[0].decode()
        assert again.returncode == 0, said
        assert said.count("kept") == len(whole)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_two_runs_into_one_folder(tmp_path: Path) -> None:
    cases, out = few_cases(tmp_path / "cases", 1), tmp_path / "out"
    first = run(cases, out)
    until = time.monotonic() + 60
    while not (out / ".lock").exists() and time.monotonic() < until:
        time.sleep(0.02)
    second = run(cases, out)
    said = second.communicate(timeout=120)[0].decode()
    assert second.returncode == 2
    assert f"process {first.pid}" in said
    first.communicate(timeout=300)
    assert first.returncode == 0
