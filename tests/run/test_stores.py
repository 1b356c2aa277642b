"""Cases and records in stores: in memory, behind file://, and in a real S3 server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.load import find_cases
from mlpdm_kit.errors import InputError
from mlpdm_kit.run.batch import decide_all
from mlpdm_kit.run.notebooks import Executed, Task
from mlpdm_kit.run.result import CaseResult, Settings
from mlpdm_kit.run.stores import Store, fetched

from .conftest import walk_in_process

fsspec = pytest.importorskip("fsspec")
Write = Callable[..., Path]
MOTO = Path(__file__).resolve().parents[2] / ".venv-stores" / "bin" / "moto_server"


@pytest.fixture
def memory() -> Iterator[Any]:
    found = fsspec.filesystem("memory")
    found.store.clear()
    yield found
    found.store.clear()
    found.pseudo_dirs[:] = [""]


@pytest.fixture
def decide(five_notebooks: Path) -> Callable[..., list[CaseResult]]:
    def run(*cases: Path, out: str, **more: Any) -> list[CaseResult]:
        execute = more.pop("execute", walk_in_process)
        settings = Settings(notebooks=five_notebooks, execute=execute, draws=1024)
        return decide_all(cases, out=out, jobs=2, settings=settings, **more)

    return run


Decide = Callable[..., list[CaseResult]]


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a bucket in a server of its own."""
    pytest.importorskip("obstore.fsspec").register("s3")  # for what these tests ask by themselves
    if not MOTO.is_file():
        if os.environ.get("CI"):
            raise AssertionError(f"{MOTO} is not there")
        pytest.skip("no .venv-stores with moto[server], see .ci/run")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with (tmp_path_factory.mktemp("s3") / "log").open("wb") as log:
        server = subprocess.Popen([str(MOTO), "-H", "127.0.0.1", "-p", str(port)],
                                  stdout=log, stderr=log)  # fmt: skip
    known = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ACCESS_KEY_ID": "a",
             "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1",
             "AWS_ALLOW_HTTP": "true"}  # fmt: skip
    before = {name: os.environ.get(name) for name in known}
    os.environ.update(known)
    bucket = urllib.request.Request(f"http://127.0.0.1:{port}/bucket", method="PUT")
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(bucket).close()
            break
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)
    yield "s3://bucket"
    server.kill()
    server.wait()
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture(params=["memory", "s3"])
def store(request: pytest.FixtureRequest) -> str:
    request.getfixturevalue("memory")
    return "memory://here" if request.param == "memory" else request.getfixturevalue("s3")


def test_records_go_to_a_store_and_are_kept_there(
    store: str, decide: Decide, write_case: Write, tmp_path: Path
) -> None:
    url = f"{store}/all records"
    cases = [write_case(name) for name in ("a", "b")]
    bad = write_case("bad", "colour: red\n")
    results = decide(*cases, bad, out=url)
    assert [(one.state, one.found_at) for one in results] == [
        ("done", f"{url}/a"), ("done", f"{url}/b"), ("failed", f"{url}/bad")
    ]  # fmt: skip
    fs, root = fsspec.core.url_to_fs(url)
    there = {str(path).partition("all records/")[2]: path for path in fs.find(root)}
    assert {"index.html", "index.csv", "index.json", "assets/plotly.min.js", "a/record.json",
            "a/manifest.json", "a/record.html", "bad/failure.json"} <= set(there)  # fmt: skip
    assert not [name for name in there if name.startswith(".")]
    here = tmp_path / "here"
    decide(*cases, out=str(here))
    assert fs.cat_file(there["a/record.json"]) == (here / "a" / "record.json").read_bytes()
    again = decide(*cases, write_case("c"), out=url, resume=True)
    assert [one.state for one in again] == ["kept", "kept", "done"]
    rows = json.loads(fs.cat_file(there["index.json"]))["cases"]
    assert {row["id"]: row["status"] for row in rows} == {
        "a": "done", "b": "done", "bad": "failed", "c": "done"
    }  # fmt: skip
    fs.pipe_file(there["b/record.md"], b"torn")
    assert [one.state for one in decide(*cases, out=url, resume=True)] == ["kept", "done"]


def test_what_an_older_record_left_goes(store: str, decide: Decide, write_case: Write) -> None:
    case, url = write_case("a"), f"{store}/older"
    decide(case, out=url)
    (case / "case.yaml").write_text("title: broken\n")
    assert [one.state for one in decide(case, out=url)] == ["failed"]
    fs, root = fsspec.core.url_to_fs(url)
    names = {str(path).partition("older/")[2] for path in fs.find(f"{root}/a")}
    assert names == {"a/failure.json", "a/manifest.json"}


def test_a_store_is_locked(store: str, decide: Decide, write_case: Write) -> None:
    url, case = f"{store}/locked", write_case("a")
    fs, root = fsspec.core.url_to_fs(url)
    other = {"run": "x", "host": "elsewhere", "pid": 1}
    fs.pipe_file(f"{root}/.lock", json.dumps(other).encode())
    with pytest.raises(InputError) as caught:
        decide(case, out=url)
    assert caught.value.faults[0].code == "store-locked"
    assert "elsewhere" in str(caught.value)
    assert f"{url}/.lock" in str(caught.value)
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True).stdout  # fmt: skip
    ended = {"run": "x", "host": socket.gethostname(), "pid": int(gone)}
    fs.pipe_file(f"{root}/.lock", json.dumps(ended).encode())
    assert [one.state for one in decide(case, out=url)] == ["done"]
    assert not fs.exists(f"{root}/.lock")


def test_cases_come_from_a_store(store: str, write_case: Write, tmp_path: Path) -> None:
    fs, root = fsspec.core.url_to_fs(f"{store}/cases")
    for name in ("a", "b"):
        folder = write_case(name)
        fs.pipe_file(f"{root}/{name}/case.yaml", (folder / "case.yaml").read_bytes())
        fs.pipe_file(f"{root}/{name}/more/x.csv", b"id\n1\n")
    for url, names in ((f"{store}/cases", ["a", "b"]), (f"{store}/cases/a/", ["a"]),
                       (f"{store}/cases/b/case.yaml", [""])):  # fmt: skip
        with fetched([url]) as (places, sources):
            found = find_cases(places)
            assert [case.name if names[0] else "" for case in found] == names
            assert all(url.rstrip("/") == said for said in sources.values())
            assert all((case / "more" / "x.csv").is_file() for case in found if names[0])
        assert not any(case.exists() for case in found)


def test_the_command_goes_from_store_to_store(s3: str, write_case: Write, tmp_path: Path) -> None:
    fs, _ = fsspec.core.url_to_fs(s3)
    fs.pipe_file("bucket/in/mood/case.yaml", (write_case("mood") / "case.yaml").read_bytes())
    command = [sys.executable, "-m", "mlpdm_kit", "decide", f"{s3}/in", "--out", f"{s3}/out",
               "--draws", "256"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"{s3}/out/mood/record.html" in done.stdout
    record = json.loads(fs.cat_file("bucket/out/mood/record.json"))
    assert record["id"] == "mood"
    assert json.loads(fs.cat_file("bucket/out/mood/manifest.json"))["case"] == f"{s3}/in/mood"
    for name in fs.find("bucket/out/mood"):
        file = tmp_path / "here" / Path(name).relative_to("bucket/out")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(fs.cat_file(name))
    command = [sys.executable, "-m", "mlpdm_kit", "verify", str(tmp_path / "here")]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert asked.returncode == 1
    assert f"give it: --case {s3}/in/mood" in asked.stdout  # nothing is fetched unasked
    command += ["--case", f"{s3}/in/mood"]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_file_addresses_are_paths(decide: Decide, write_case: Write, tmp_path: Path) -> None:
    out = tmp_path / "with space"
    with fetched([write_case("a").as_uri()]) as (places, sources):
        assert [one.state for one in decide(*find_cases(places), out=out.as_uri())] == ["done"]
    assert sources == {}
    assert (out / "a" / "record.json").is_file()


@pytest.mark.parametrize("url", ["memory://nothing/here", "s3x://bucket/x", "memory://"])
def test_nothing_there(memory: Any, url: str) -> None:
    with pytest.raises(InputError) as caught, fetched([url]):
        pass
    assert caught.value.faults[0].code in ("path-missing", "store")


def test_a_store_that_says_no_fails_the_case(
    memory: Any, decide: Decide, write_case: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Store, name: str) -> None:
        raise PermissionError("not yours")

    monkeypatch.setattr(Store, "send", refused)
    results = decide(write_case("a"), out="memory://here")
    assert [one.state for one in results] == ["failed"]
    assert "not yours" in results[0].reasons()[0]


def test_a_record_that_cannot_be_brought_is_made_anew(
    memory: Any, decide: Decide, write_case: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(self: Store, name: str) -> None:
        raise ConnectionError("gone")

    cases = [write_case(name) for name in "ab"]
    decide(*cases, out="memory://here")
    monkeypatch.setattr(Store, "bring", lost)
    results = decide(*cases, out="memory://here", resume=True)
    assert [one.state for one in results] == ["done", "done"]


def test_names_that_lead_out_are_refused(memory: Any, tmp_path: Path) -> None:
    memory.store["/in/../../escaped.txt"] = memory.open("/x", "wb")
    with pytest.raises(InputError), fetched(["memory://in"]):
        pass
    assert not list(tmp_path.parent.glob("**/escaped.txt"))


def test_a_killed_run_leaves_nothing_that_looks_whole(
    memory: Any, decide: Decide, write_case: Write
) -> None:
    case = write_case("a")
    decide(case, out="memory://here")

    def dies(task: Task) -> Executed:
        raise SystemExit

    (case / "case.yaml").write_text((case / "case.yaml").read_text() + "note: new\n")
    with pytest.raises(SystemExit):
        decide(case, out="memory://here", execute=dies)
    assert memory.exists("/here/a/record.json")  # the older one, whole
