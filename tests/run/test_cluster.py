"""Cases decided by workers of a real scheduler: the same bytes, and a worker may die."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlpdm_kit import shipped
from mlpdm_kit.case.load import load_case
from mlpdm_kit.case.template import new_case
from mlpdm_kit.errors import InputError
from mlpdm_kit.run import cluster
from mlpdm_kit.run.batch import decide_all
from mlpdm_kit.run.kernels import Kernels
from mlpdm_kit.run.parcel import NotOurKit, opened, packed, put_down
from mlpdm_kit.run.places import Place
from mlpdm_kit.run.result import CaseResult, Settings
from mlpdm_kit.text import Text

pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore::Warning")  # Dask's own, as a process ends

SETTINGS = Settings(draws=256)


class Cluster:
    """A scheduler and workers, each a process."""

    def __init__(self, folder: Path, tls: tuple[str, ...] = ()) -> None:
        self.folder, self.tls = folder, tls
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        protocol = ["--protocol", "tls"] if tls else []
        self.scheduler = self._started("scheduler", "--host", "127.0.0.1", "--port", "0",
                                       "--scheduler-file", str(self.file), *protocol)  # fmt: skip
        until = time.monotonic() + 60
        while not self.file.exists() and time.monotonic() < until:
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]

    def worker(self) -> subprocess.Popen[bytes]:
        return self._started("worker", self.address, "--nthreads", "1", "--no-nanny",
                             "--local-directory", str(self.folder / "work"))  # fmt: skip

    def _started(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *words, "--no-dashboard", *self.tls]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def end(self) -> None:
        for process in self.processes[::-1]:
            process.kill()
            process.wait()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Cluster]:
    found = Cluster(tmp_path)
    found.worker()
    found.worker()
    yield found
    found.end()


def few(folder: Path, number: int) -> list[Path]:
    return [new_case(folder / f"case-{n}").parent for n in range(number)]


def records(out: Path) -> dict[str, bytes]:
    return {str(file.relative_to(out)): file.read_bytes()
            for file in [*out.glob("*/record.*"), *out.glob("index.*")]}  # fmt: skip


def states(results: list[CaseResult]) -> list[str]:
    return [result.state for result in results]


def test_the_same_bytes_though_a_worker_dies(two: Cluster, tmp_path: Path) -> None:
    cases = few(tmp_path / "cases", 6)
    shutil.copytree(shipped.cases() / "churn", tmp_path / "cases" / "churn")
    (tmp_path / "cases" / "bad").mkdir()
    (tmp_path / "cases" / "bad" / "case.yaml").write_text("title: nothing else\n")
    cases += [tmp_path / "cases" / name for name in ("churn", "bad")]
    here, far = tmp_path / "here", tmp_path / "far"
    wanted = states(decide_all(cases, out=here, jobs=2, settings=SETTINGS))
    assert wanted == [*["done"] * 7, "failed"]
    done = []

    def told(progress: Any) -> None:
        if progress.result is not None:
            done.append(progress.case)
            if len(done) == 2:
                two.processes[1].kill()  # a worker, in the middle

    results = decide_all(cases, out=far, settings=SETTINGS, scheduler=two.address, report=told)
    assert states(results) == wanted
    assert sorted(done) == sorted(case.name for case in cases)
    assert records(far) == records(here)
    manifest = json.loads((far / "churn" / "manifest.json").read_text())
    assert manifest["case"] == str(tmp_path / "cases" / "churn")
    for book in sorted((far / "churn" / "notebooks").glob("*.ipynb")):  # and no worker's folder
        kept = nbformat.read(book, as_version=4)
        given = next(cell for cell in kept.cells if cell.id == "injected-parameters")
        assert f'case = "{manifest["case"]}"' in given.source
        assert kept.metadata.papermill.parameters.case == manifest["case"]
    again = decide_all(cases, out=far, settings=SETTINGS, scheduler=two.address, resume=True)
    assert states(again) == [*["kept"] * 7, "failed"]


def test_a_scheduler_that_goes_leaves_what_is_done(two: Cluster, tmp_path: Path) -> None:
    cases, out = few(tmp_path / "cases", 8), tmp_path / "out"

    def told(progress: Any) -> None:
        if progress.result is not None:
            two.scheduler.kill()

    results = decide_all(cases, out=out, settings=SETTINGS, scheduler=two.address, report=told)
    assert "done" in states(results)
    assert "stopped" in states(results)
    stopped = next(result for result in results if result.state == "stopped")
    assert "scheduler" in stopped.reasons()[0]
    here = decide_all(cases, out=out, jobs=2, settings=SETTINGS, resume=True)
    assert set(states(here)) == {"kept", "done"}


def test_ctrl_c_calls_the_rest_off(two: Cluster, tmp_path: Path) -> None:
    few(tmp_path / "cases", 8)
    command = [sys.executable, "-m", "mlpdm_kit", "decide", str(tmp_path / "cases"), "--out",
               str(tmp_path / "out"), "--draws", "256", "--scheduler", two.address]  # fmt: skip
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))  # fmt: skip # noqa: E501
    assert run.stderr is not None
    lines = [run.stderr.readline()]
    run.send_signal(signal.SIGINT)
    lines += run.stderr.read().splitlines()
    assert run.wait(timeout=60) == 130
    assert f"--scheduler {two.address}" in lines[-1]
    assert "--resume" in lines[-1]


def test_nobody_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "START", 1)
    case = few(tmp_path / "cases", 1)
    with pytest.raises(InputError) as caught:
        decide_all(case, out=tmp_path / "out", settings=SETTINGS, scheduler="tcp://127.0.0.1:9")
    assert caught.value.faults[0].code == "scheduler"
    with pytest.raises(InputError) as caught:
        decide_all(case, out=tmp_path / "out", settings=SETTINGS, scheduler="not an address")
    assert caught.value.faults[0].code == "scheduler"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make keys with")
def test_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, cert = str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key,
                    "-out", cert, "-days", "2", "-subj", "/CN=localhost"],
                   check=True, capture_output=True)  # fmt: skip
    words = ("--tls-ca-file", cert, "--tls-cert", cert, "--tls-key", key)
    found = Cluster(tmp_path, tls=words)
    try:
        assert found.address.startswith("tls://")
        found.worker()
        comm = "DASK_DISTRIBUTED__COMM__TLS__"
        env = {**os.environ, f"{comm}CA_FILE": cert, f"{comm}CLIENT__CERT": cert,
               f"{comm}CLIENT__KEY": key}  # fmt: skip
        command = [sys.executable, "-m", "mlpdm_kit", "decide", str(few(tmp_path / "cases", 1)[0]),
                   "--out", str(tmp_path / "out"), "--draws", "256",
                   "--scheduler", found.address]  # fmt: skip
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "out" / "case-0" / "record.json").is_file()
    finally:
        found.end()


def test_a_parcel_holds_all_that_a_case_reads(tmp_path: Path) -> None:
    shutil.copytree(shipped.cases() / "churn", tmp_path / "churn")
    (tmp_path / "churn" / "secret.txt").write_text("not named by the case")
    place = Place(id="churn", case=tmp_path / "churn", out=tmp_path / "out")
    parcel = packed(place, load_case(place.case), SETTINGS)
    assert set(parcel.files) == {"case.yaml", "customers.csv", "answers.csv", "scores.csv"}
    other = packed(place, load_case(place.case), replace(SETTINGS, seed=1))
    assert parcel.key != other.key


def test_another_kit_is_refused(tmp_path: Path) -> None:
    case = few(tmp_path / "cases", 1)[0]
    place = Place(id="case-0", case=case, out=tmp_path / "out")
    parcel = packed(place, load_case(case), SETTINGS)
    other = replace(parcel, kit={**parcel.kit, "kit": "0.0.9"})
    with pytest.raises(NotOurKit) as caught:
        opened(other, tmp_path / "work", Kernels())
    assert "same version" in cluster.reason(caught.value, Text("en"))


def test_nothing_is_written_outside(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="escaped"):
        put_down({"../escaped": b"x"}, tmp_path / "work")
    assert not (tmp_path / "escaped").exists()


def test_killed_workers_are_said() -> None:
    class KilledWorker(Exception):
        pass

    assert "3 workers" in cluster.reason(KilledWorker("x"), Text("en"))
