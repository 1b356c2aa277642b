from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date as Date
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.load import find_cases
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.lock import LOCK_FILE, locked
from mlpdm_kit.record.steps import STEPS
from mlpdm_kit.run.batch import CaseResult, Progress, Settings, decide_all
from mlpdm_kit.run.notebooks import NOTEBOOKS, Execute, Executed, Task, with_papermill
from mlpdm_kit.run.places import case_id, recover, remove
from mlpdm_kit.run.result import IndexUnwritten
from mlpdm_kit.run.rows import write_rows
from mlpdm_kit.run.unfinished import RUN_FILE
from tests.benchmarks.batches import STOPPED_CASE

from .conftest import STEP_CELLS, walk_in_process

Write = Callable[..., Path]


@pytest.fixture
def decide(tmp_path: Path, five_notebooks: Path) -> Callable[..., list[CaseResult]]:
    def run(
        *cases: Path, execute: Execute = walk_in_process, jobs: int = 2, **more: Any
    ) -> list[CaseResult]:
        how = {name: more.pop(name) for name in ("report", "resume", "out") if name in more}
        settings = Settings(notebooks=five_notebooks, execute=execute, draws=1024, **more)
        return decide_all(cases, **{"out": tmp_path / "records", "jobs": jobs, **how},
                          settings=settings)  # fmt: skip

    return run


Decide = Callable[..., list[CaseResult]]


@pytest.fixture
def heeds_ctrl_c() -> Iterator[None]:
    """What a shell starts in the background ignores Ctrl-C, this test run too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def listed(out: Path) -> dict[str, str]:
    """Status of each case in the index."""
    rows = json.loads((out / "index.json").read_text(encoding="utf-8"))["cases"]
    return {row["id"]: row["status"] for row in rows}


def visible(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_record_for_each_case(tmp_path: Path, decide: Decide, write_case: Write) -> None:
    told: list[Progress] = []
    results = decide(write_case("b"), write_case("a"), report=told.append)
    out = tmp_path / "records"
    assert [(result.id, result.state, result.outcome) for result in results] == [
        ("b", "done", "stop"),
        ("a", "done", "stop"),
    ]
    assert listed(out) == {"a": "done", "b": "done"}
    assert visible(out / "a") == sorted(
        [f"notebooks/{name}.ipynb" for name in NOTEBOOKS]
        + ["manifest.json", "record.html", "record.json", "record.md"]
        + [f"sections/{name[3:]}.json" for name in NOTEBOOKS[:-1]]
    )
    assert sorted(path.name for path in out.iterdir()) == [
        "a", "assets", "b", "index.csv", "index.html", "index.json"
    ]  # fmt: skip
    assert [step.notebook for step in told if step.case == "a"] == [*NOTEBOOKS, ""]


def test_the_number_of_jobs_changes_no_byte(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    cases = [write_case(name) for name in "abc"]
    records = []
    for jobs in (1, 3):
        decide(*cases, jobs=jobs)
        found = sorted((tmp_path / "records").glob("*/record.json"))
        records.append([path.read_bytes() for path in found])
    assert len(records[0]) == 3
    assert records[0] == records[1]


@pytest.mark.slow
def test_kernels_of_several_cases_run_side_by_side(
    tmp_path: Path, decide: Decide, write_case: Write, write_notebook: Write
) -> None:
    for name, cell in zip(NOTEBOOKS, STEP_CELLS, strict=True):
        write_notebook(cell, name=name)
    cases = [write_case(name) for name in "ab"]
    results = decide(*cases, execute=with_papermill)
    assert [result.reasons() for result in results] == [[], []]
    by_kernel = [(tmp_path / "records" / name / "record.json").read_bytes() for name in "ab"]
    decide(*cases)
    in_process = [(tmp_path / "records" / name / "record.json").read_bytes() for name in "ab"]
    assert by_kernel == in_process


def failing(case: str, notebook: str, error: Exception) -> Execute:
    """An execution that fails for one case at one notebook."""

    def execute(task: Task) -> Executed:
        at = task.folder.parent.name.startswith(f".work-{case}.")
        done = len(list(task.folder.glob("*.ipynb")))
        if at and NOTEBOOKS[done] == notebook:
            return Executed(notebook=task.notebook, error=error, cell="cell-1")
        return walk_in_process(task)

    return execute


def test_a_case_that_fails_does_not_stop_the_others(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    cases = [write_case(name) for name in "abc"]
    decide(*cases)  # what lies there from before no longer holds
    execute = failing("b", NOTEBOOKS[2], RuntimeError("no memory"))
    results = decide(*cases, execute=execute)
    out = tmp_path / "records"
    assert listed(out) == {"a": "done", "b": "failed", "c": "done"}
    failed = results[1]
    assert failed.failure is not None
    assert (failed.failure.notebook, failed.failure.cell) == (NOTEBOOKS[2], "cell-1")
    assert "no memory" in failed.reasons()[0]
    assert visible(out / "b") == [
        "failure.json",
        "last/record.html",
        "last/record.json",
        "last/record.md",
        "manifest.json",
        *(f"notebooks/{name}.ipynb" for name in NOTEBOOKS[:3]),
        "sections/baseline_comparison.json",
        "sections/problem_framing.json",
    ]
    said = json.loads((out / "b" / "failure.json").read_text())
    assert (said["id"], said["title"]) == ("b", "Read moods from faces?")
    decide(cases[1])
    assert listed(out) == {"a": "done", "b": "done", "c": "done"}
    assert not (out / "b" / "failure.json").exists()


def test_a_record_that_could_not_be_finished_is_none(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    def spoils(task: Task) -> Executed:
        executed = walk_in_process(task)
        (task.folder.parent / "record.md").unlink(missing_ok=True)
        return executed

    [result] = decide(write_case("a"), execute=spoils)
    assert result.state == "failed"
    assert not list((tmp_path / "records" / "a").glob("record.*"))


def test_a_failure_that_cannot_be_written_is_listed_all_the_same(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    def execute(task: Task) -> Executed:
        if task.folder.parent.name.startswith(".work-a."):
            (task.folder.parent / "failure.json").mkdir(exist_ok=True)  # as a disk that says no
            return Executed(notebook=task.notebook, error=RuntimeError("no memory"), cell="c")
        return walk_in_process(task)

    results = decide(write_case("a"), write_case("b"), execute=execute)
    out = tmp_path / "records"
    assert [(result.state, result.folder is None) for result in results] == [
        ("failed", True), ("done", False)
    ]  # fmt: skip
    assert listed(out) == {"a": "failed", "b": "done"}
    assert not (out / "a").exists()
    assert not list(out.glob(".work-*"))


def test_every_fault_of_a_case_is_reported(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    bad = write_case("bad", "volume: 8 per moon\nprevalence: 3\ncolour: red\n")
    results = decide(bad, write_case("good"))
    assert [result.state for result in results] == ["failed", "done"]
    assert {fault.field for fault in results[0].faults} == {"volume", "prevalence", "colour"}
    assert all(f"{bad / 'case.yaml'}:" in reason for reason in results[0].reasons())
    out = tmp_path / "records"
    assert listed(out) == {"bad": "failed", "good": "done"}
    assert visible(out / "bad") == ["failure.json", "manifest.json"]
    assert len(json.loads((out / "bad" / "failure.json").read_text())["faults"]) == 3


@pytest.mark.parametrize("name", ["assets", "Assets", "index.html", "a b", "..", "a/b"])
def test_an_id_that_is_no_folder_name_fails_and_is_listed(
    tmp_path: Path, decide: Decide, write_case: Write, name: str
) -> None:
    [result] = decide(write_case("x", f"id: {name!r}\n"))
    out = tmp_path / "records"
    assert (result.state, result.folder) == ("failed", None)
    assert listed(out) == {name: "failed"}
    assert sorted(path.name for path in out.iterdir()) == [
        "assets", "index.csv", "index.html", "index.json"
    ]  # fmt: skip


def test_two_cases_with_one_id_fail_and_the_others_are_done(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    first = write_case("a")
    decide(first)
    before = (tmp_path / "records" / "a" / "record.json").read_bytes()
    cases = [first, write_case("b"), write_case("A", under="more"),
             write_case("a", under="third")]  # fmt: skip
    results = decide(*cases)
    assert [one.case for one in results] == cases
    assert [one.state for one in results] == ["failed", "done", "failed", "failed"]
    for n in (0, 2, 3):
        assert [fault.code for fault in results[n].faults] == ["id-clash"]
        assert str(cases[n]) in str(results[n].faults[0])
        assert str(cases[2 if n == 0 else 0]) in str(results[n].faults[0])
        assert results[n].folder is None
    assert (tmp_path / "records" / "a" / "record.json").read_bytes() == before
    rows = json.loads((tmp_path / "records" / "index.json").read_text(encoding="utf-8"))["cases"]
    assert sorted((row["id"], row["status"]) for row in rows) == [
        ("A", "failed"), ("a", "failed"), ("a", "failed"), ("b", "done")]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (STOPPED_CASE, "folder"),
        (STOPPED_CASE + "id: own\n", "own"),
        (STOPPED_CASE + '"id" : own\n', "own"),
        (STOPPED_CASE + "data: {file: x.csv, target: y, id: row}\n", "folder"),
        (STOPPED_CASE + "data:\n  file: x.csv\n  id: row\n", "folder"),
        ("{title: x, id: own}", "own"),
        ("id: [1, 2]", "folder"),
        ("id: a\nid: b", "folder"),
        ("", "folder"),
    ],
)
def test_the_id_of_a_case_sound_or_not(tmp_path: Path, text: str, name: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "case.yaml").write_text(text)
    assert case_id(folder, {}) == name
    assert case_id(folder, {"id": "set"}) == "set"


def test_the_index_keeps_what_lay_there_before(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    decide(write_case("a"), write_case("b", "colour: red\n"))
    (tmp_path / "records" / "notes").mkdir()
    decide(write_case("c"))
    assert listed(tmp_path / "records") == {"a": "done", "b": "failed", "c": "done"}


def test_the_output_folder_is_locked(tmp_path: Path, decide: Decide, write_case: Write) -> None:
    out = tmp_path / "records"
    out.mkdir()
    with locked(out), pytest.raises(InputError) as caught:
        decide(write_case("a"))
    assert caught.value.faults[0].code == "locked"
    assert str(os.getpid()) in str(caught.value)
    assert not (out / LOCK_FILE).exists()


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    source = (
        "import pathlib, time, sys; from mlpdm_kit.record.lock import locked\n"
        "with locked(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", source, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(InputError, match=f"process {holder.pid}"), locked(tmp_path):
            pass
        holder.kill()
    with locked(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text() == str(os.getpid())


def test_what_a_killed_run_left_is_cleared_up(tmp_path: Path) -> None:
    mine = (".work-notes", ".old-photos", ".old-b.c", "photos")
    for name in (".work-a.12", ".old-a.12", ".old-b.12", "b", *mine):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text(name)
    (tmp_path / ".work-x.1").write_text("mine")
    recover(tmp_path)
    there = sorted(one.name for one in tmp_path.iterdir())
    assert there == sorted(["a", "b", ".work-x.1", *mine])
    assert (tmp_path / "a" / "x").read_text() == ".old-a.12"
    assert (tmp_path / "b" / "x").read_text() == "b"


def test_out_that_is_a_file_is_refused(tmp_path: Path, decide: Decide, write_case: Write) -> None:
    (tmp_path / "records").write_text("mine")
    with pytest.raises(InputError) as caught:
        decide(write_case("a"))
    assert caught.value.faults[0].code == "out-folder"
    assert (tmp_path / "records").read_text() == "mine"


@pytest.mark.parametrize("more", ["", "volume: nonsense\n"])
def test_no_record_takes_the_place_of_a_case(
    tmp_path: Path, decide: Decide, write_case: Write, more: str
) -> None:
    case = write_case("a", more)
    (case / "notes.txt").write_text("mine")
    (result,) = decide(case, out=case.parent)
    assert [fault.code for fault in result.faults][:1] == ["place-case"]
    assert result.folder is None
    assert sorted(file.name for file in case.iterdir()) == ["case.yaml", "notes.txt"]
    rows = json.loads((case.parent / "index.json").read_text())["cases"]
    assert [(row["id"], row["status"]) for row in rows] == [("a", "failed")]
    inside = decide(case, out=case / "records")  # beside the case there is room
    assert [one.state for one in inside] == (["failed"] if more else ["done"])


@pytest.mark.parametrize("name", ["notebooks", "sections", "last"])
def test_a_folder_called_as_one_of_ours_is_no_record(
    tmp_path: Path, decide: Decide, write_case: Write, name: str
) -> None:
    mine = tmp_path / "records" / "a" / name / "mine.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    (result,) = decide(write_case("a"))
    assert [fault.code for fault in result.faults] == ["place-taken"]
    assert mine.read_text() == "mine"


def test_what_the_steps_have_left_alone_makes_room(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    left = tmp_path / "records" / "a" / "sections" / f"{STEPS[0]}.json"
    left.parent.mkdir(parents=True)
    left.write_text("{}")
    assert [one.state for one in decide(write_case("a"))] == ["done"]


def test_files_of_others_are_not_taken_out_of_the_way(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    thesis = tmp_path / "records" / "a" / "thesis.txt"
    thesis.parent.mkdir(parents=True)
    thesis.write_text("mine")
    (result,) = decide(write_case("a"))
    (fault,) = result.faults
    assert (fault.code, fault.figures["names"]) == ("place-taken", ["thesis.txt"])
    assert "thesis.txt" in fault.sentence("en")
    assert visible(tmp_path / "records" / "a") == ["thesis.txt"]


def test_what_people_put_beside_a_record_stays(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    case, out = write_case("a"), tmp_path / "records" / "a"
    decide(case)
    (out / "comment.txt").write_text("mine")
    (out / "more").mkdir()
    (out / "more" / "b.txt").write_text("mine too")
    for _ in range(2):
        assert [one.state for one in decide(case)] == ["done"]
        assert {"comment.txt", "more/b.txt", "record.json"} <= set(visible(out))
    manifest = json.loads((out / "manifest.json").read_text())
    assert not {"comment.txt", "more/b.txt"} & set(manifest["files"])


def test_a_case_that_fails_keeps_its_last_record(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    case, out = write_case("a"), tmp_path / "records"
    decide(case)
    good = (out / "a" / "record.json").read_bytes()
    text = (case / "case.yaml").read_text()
    (case / "case.yaml").write_text(text + "volume: nonsense\n")
    for _ in range(2):  # also the second night
        assert [one.state for one in decide(case)] == ["failed"]
        assert not (out / "a" / "record.json").exists()
        assert (out / "a" / "last" / "record.json").read_bytes() == good
    (row,) = json.loads((out / "index.json").read_text())["cases"]
    assert row["error"].endswith("Its last record is kept beside, in a/last.")
    (case / "case.yaml").write_text(text)
    decide(case)
    assert (out / "a" / "record.json").read_bytes() == good
    assert not (out / "a" / "last").exists()


def test_a_case_that_changes_while_it_is_decided_fails(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    case = write_case("a")
    text = (case / "case.yaml").read_text()

    def execute(task: Task) -> Executed:
        (case / "case.yaml").write_text(text.replace("moods", "minds"))
        try:
            return walk_in_process(task)
        finally:
            (case / "case.yaml").write_text(text)

    (result,) = decide(case, execute=execute)
    assert result.state == "failed"
    assert "changed while it was being decided" in result.reasons()[0]
    assert not (tmp_path / "records" / "a" / "record.json").exists()


@pytest.mark.parametrize("name", ["manifest.json", "record.json", "failure.json"])
def test_a_pipe_where_a_file_should_be_stops_nobody(
    tmp_path: Path, decide: Decide, write_case: Write, name: str
) -> None:
    planted = tmp_path / "records" / "b"
    planted.mkdir(parents=True)
    os.mkfifo(planted / name)
    assert [one.state for one in decide(write_case("a"), resume=True)] == ["done"]
    assert listed(tmp_path / "records") == {"a": "done"}


@pytest.mark.parametrize(
    "name", ["index.html", "index.csv", "index.json", "assets/mine.js", ".run.json", ".lock"]
)
def test_files_of_others_under_our_names_are_left_alone(
    tmp_path: Path, decide: Decide, write_case: Write, name: str
) -> None:
    file = tmp_path / "records" / name
    file.parent.mkdir(parents=True)
    file.write_text('{"mine": true}')
    with pytest.raises(InputError) as caught:
        decide(write_case("a"))
    assert caught.value.faults[0].code == "out-taken"
    assert name.partition("/")[0] in str(caught.value)
    assert visible(tmp_path / "records") == [name]
    assert file.read_text() == '{"mine": true}'


@pytest.mark.parametrize("name", [".lock", ".run.json", "assets", "index.json"])
def test_a_planted_link_harms_nothing_elsewhere(
    tmp_path: Path, decide: Decide, write_case: Write, name: str
) -> None:
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "records"
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("mine")
    out.mkdir()
    target = elsewhere if name == "assets" else elsewhere / "mine"
    (out / name).symlink_to(target, target_is_directory=name == "assets")
    with pytest.raises(InputError, match="put there"):
        decide(write_case("a"))
    assert visible(elsewhere) == ["mine"]
    assert (elsewhere / "mine").read_text() == "mine"


def test_a_link_planted_where_a_run_has_written_gets_no_assets(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "records"
    elsewhere.mkdir()
    decide(case := write_case("a"))
    remove(out / "assets")
    (out / "assets").symlink_to(elsewhere, target_is_directory=True)
    decide(case)
    assert list(elsewhere.iterdir()) == []
    assert (out / "assets").is_dir()


@pytest.mark.parametrize("name", ["index.html", "index.csv", "index.json", "assets"])
def test_what_is_in_the_way_of_the_index_is_said_before_the_work(
    tmp_path: Path, decide: Decide, write_case: Write, name: str
) -> None:
    out = tmp_path / "records"
    decide(write_case("a"))
    remove(out / name)
    (out / name).write_text("file") if name == "assets" else (out / name).mkdir()
    done: list[Any] = []
    with pytest.raises(InputError) as caught:
        decide(write_case("b"), report=done.append)
    assert caught.value.faults[0].code == "out-taken"
    assert done == []


def test_an_index_that_cannot_be_written_loses_no_result(
    tmp_path: Path, decide: Decide, write_case: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    case = write_case("a")
    with monkeypatch.context() as patch:
        patch.setattr("mlpdm_kit.record.index.write_atomically", full)
        with pytest.raises(IndexUnwritten, match="No space left") as caught:
            decide(case)
    assert [result.state for result in caught.value.results] == ["done"]
    assert [result.state for result in decide(case, resume=True)] == ["kept"]
    assert listed(tmp_path / "records") == {"a": "done"}


def test_a_case_under_another_name_is_told_what_to_do(decide: Decide, write_case: Write) -> None:
    file = write_case("a") / "case.yaml"
    (result,) = decide(file.rename(file.with_name("loose.yaml")))
    assert [fault.code for fault in result.faults] == ["case-misnamed"]
    assert "loose.yaml" in str(result.faults[0])


def test_a_dead_link_has_its_own_name(tmp_path: Path, decide: Decide, write_case: Write) -> None:
    write_case("a")
    for name in ("b", "c"):
        (tmp_path / "cases" / name).symlink_to("/nowhere", target_is_directory=True)
    results = decide(*find_cases([tmp_path / "cases"]))
    assert [(one.id, one.state) for one in results] == [
        ("a", "done"), ("b", "failed"), ("c", "failed")]  # fmt: skip
    assert all("/nowhere" in str(one.faults[0]) or one.id in str(one.faults[0])
               for one in results[1:])  # fmt: skip


def test_a_case_s_own_folder_is_no_place_for_records(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    case = write_case("a")
    (case / "index.csv").write_text("my,data\n1,2\n")
    before = visible(case)
    with pytest.raises(InputError) as caught:
        decide(case, out=case)
    assert caught.value.faults[0].code == "out-case"
    assert visible(case) == before
    (result,) = decide(case, out=case / "records")  # inside it, they are in nobody's way
    assert result.state == "done"


def test_a_file_that_is_only_called_a_record_is_not_replaced(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    place = tmp_path / "records" / "a"
    (place / "notebooks").mkdir(parents=True)
    (place / "record.json").write_text('{"my": "record"}')
    (place / "notebooks" / "mine.ipynb").write_text("mine")
    before = visible(place)
    (result,) = decide(write_case("a"))
    assert [fault.code for fault in result.faults] == ["place-taken"]
    assert visible(place) == before


def test_what_people_put_inside_a_record_outlives_it(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    decide(case := write_case("a"))
    place = tmp_path / "records" / "a"
    mine = {"notebooks/mine.ipynb", "notebooks/.deep/er/x", "sections/s.txt", "n.txt", "d/e/f"}
    for name in mine:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(name)
    os.mkfifo(place / "pipe")
    (place / "sections" / "link").symlink_to("/nowhere")
    for _ in range(2):
        (result,) = decide(case)
        assert result.state == "done"
        for name in mine:
            assert (place / name).read_text() == name
        assert (place / "pipe").is_fifo()
        assert (place / "sections" / "link").is_symlink()


def test_a_run_goes_on_with_no_day_that_cannot_be(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    out, case = tmp_path / "records", write_case("a")
    decide(case)
    plain = json.loads((out / "a" / "manifest.json").read_text())["settings"]
    for today in ("0001-01-01", "9999-12-31", "yesterday"):
        (out / ".run.json").write_text(json.dumps({"settings": plain, "today": today}))
        (result,) = decide(write_case(f"b{today}"), resume=True)
        record = json.loads((out / result.id / "record.json").read_text())
        assert record["date"] == Date.today().isoformat()


def test_a_stopped_run_says_so_in_the_index(tmp_path: Path) -> None:
    write_rows(tmp_path, [], "en", left=3)
    assert "3 more have not been gone through" in (tmp_path / "index.html").read_text()
    write_rows(tmp_path, [], "en")
    assert "stopped" not in (tmp_path / "index.html").read_text().partition("<main>")[2]


@pytest.mark.parametrize("broken", ["", "{", "[]", "half", '{"verdict": 1}'])
def test_a_record_that_cannot_be_read_is_said_in_the_index(
    tmp_path: Path, decide: Decide, write_case: Write, broken: str
) -> None:
    decide(write_case("a"), write_case("b"))
    out = tmp_path / "records"
    file = out / "a" / "record.json"
    text = file.read_text(encoding="utf-8")
    half = text[: len(text) // 2]
    file.write_text(half if broken == "half" else broken, encoding="utf-8")
    (out / "notes").mkdir()
    write_rows(out, [], "en")
    assert listed(out) == {"a": "failed", "b": "done"}
    assert "a/record.json cannot be read" in (out / "index.html").read_text(encoding="utf-8")


def test_a_link_in_the_way_is_replaced_not_followed(
    tmp_path: Path, decide: Decide, write_case: Write
) -> None:
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "records"
    for folder in (elsewhere, out):
        folder.mkdir()
    (elsewhere / "mine.txt").write_text("mine")
    (out / "a").symlink_to(elsewhere, target_is_directory=True)
    decide(write_case("a"))
    assert not (out / "a").is_symlink()
    assert visible(elsewhere) == ["mine.txt"]


def test_overrides_reach_the_notebooks(tmp_path: Path, decide: Decide, write_case: Write) -> None:
    decide(write_case("a"), overrides={"title": "Another question?"})
    record = json.loads((tmp_path / "records" / "a" / "record.json").read_text())
    assert record["title"] == "Another question?"


def test_ctrl_c_stops_cleanly_and_lists_what_is_done(
    tmp_path: Path, decide: Decide, write_case: Write, heeds_ctrl_c: None
) -> None:
    at_work = threading.Event()

    def execute(task: Task) -> Executed:
        if not task.folder.parent.name.startswith(".work-b."):
            return walk_in_process(task)
        at_work.set()
        deadline = time.monotonic() + 30
        while not task.kernels.ended and time.monotonic() < deadline:
            time.sleep(0.01)
        return Executed(notebook=task.notebook, error=RuntimeError("killed"), cell="cell-1")

    def interrupt() -> None:
        at_work.wait(30)
        os.kill(os.getpid(), signal.SIGINT)

    cases = [write_case(name) for name in "abc"]
    decide(cases[1])  # the record of b that is there stays as it was
    before = (tmp_path / "records" / "b" / "record.json").read_bytes()
    sender = threading.Thread(target=interrupt)
    sender.start()
    results = decide(*cases, execute=execute, jobs=1)
    sender.join()
    assert [result.state for result in results] == ["done", "stopped", "stopped"]
    out = tmp_path / "records"
    assert listed(out) == {"a": "done", "b": "done"}
    assert (out / "b" / "record.json").read_bytes() == before
    assert [path.name for path in out.iterdir() if path.name.startswith(".")] == [RUN_FILE]


def test_a_report_that_fails_fails_the_batch(decide: Decide, write_case: Write) -> None:
    def report(progress: Progress) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        decide(write_case("a"), write_case("b"), report=report)
