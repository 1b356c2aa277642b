"""`mlpdm workshop`: JupyterLab as a child, with settings of its own, ended with its kernels."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.errors import InputError
from mlpdm_kit.record.workplace import START, open_place
from mlpdm_kit.run import lab as lab_module
from mlpdm_kit.run.lab import OWN, Lab, free_port, quiet_keys, settings
from mlpdm_kit.run.workshop import Wish, workshop
from mlpdm_kit.shipped import import_root


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield one.getsockname()[1]


def any_port() -> int:
    """One that nobody else looks at, as those do who want the first free one."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def ask(address: str, path: str, method: str = "GET", body: Any = None) -> Any:
    base, token = re.findall(r"(http://[^/]+)/.+token=(.+)", address)[0]
    request = urllib.request.Request(
        base + path, method=method, headers={"Authorization": f"token {token}"},
        data=None if body is None else json.dumps(body).encode(),
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")


def alive(folder: Path) -> list[str]:
    """Every process that works in a folder, and the one that serves it."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            said = (place / "cmdline").read_text().replace("\0", " ")
            inside = Path(os.readlink(place / "cwd")).is_relative_to(folder)
            if inside or f"root_dir={folder}" in said:
                found.append(said)
        except OSError:
            continue
    return found


def used(process: subprocess.Popen[str], end: int, folder: Path) -> str:
    """Use what is served, end it, and give what it says at last."""
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(5)]
    address = re.findall(r"http://\S+", lines[2])[0]
    assert "/lab/tree/start.ipynb?token=" in address
    assert str(folder / "urgent-mail" / "case.yaml") in lines[3]
    assert f"mlpdm workshop --dir {folder}" in lines[4]
    kernel = ask(address, "/api/kernels", "POST", {"name": "python3", "path": START})
    assert ask(address, "/api/contents/start.ipynb?content=0")["type"] == "notebook"
    found = ask(address, "/lab/api/settings/@jupyterlab/notebook-extension:tracker")
    assert found["schema"]["properties"]["windowingMode"]["default"] == "none"
    assert [k["id"] for k in ask(address, "/api/kernels")] == [kernel["id"]]
    assert len(alive(folder)) >= 2
    process.send_signal(end)
    rest = process.stdout.read()
    assert process.wait(60) == 0
    return rest


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_the_start_page_and_ends_with_its_kernels(tmp_path: Path, end: int) -> None:
    folder = tmp_path / "w"
    command = [sys.executable, "-m", "mlpdm_kit", "workshop", "urgent-mail", "--no-browser",
               "--dir", str(folder)]  # fmt: skip
    root = {"PYTHONPATH": str(import_root())} if import_root() else {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, **root}) as process:  # fmt: skip
        try:
            rest = used(process, end, folder)
        finally:
            process.terminate()  # where something was found wrong
    assert "Ended." in rest
    until = time.monotonic() + 10
    while alive(folder) and time.monotonic() < until:
        time.sleep(0.2)
    assert alive(folder) == []


def test_nothing_of_the_users_own_jupyter_is_touched(tmp_path: Path) -> None:
    place, _ = open_place(tmp_path, "urgent-mail")
    lab = Lab(tmp_path, place.lang, 1, first=START, filled=())
    environment = lab._environment()
    inside = {name: Path(environment[name]).is_relative_to(tmp_path / OWN) for name in (
        "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
        "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")}  # fmt: skip
    assert {name for name, there in inside.items() if there} == {
        "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"}  # fmt: skip
    own = [Path.home(), *map(Path, filter(None, (os.environ.get(name) for name in inside)))]
    assert not {environment[name] for name in inside} & {str(place) for place in own}
    assert lab.token not in " ".join(lab._command())
    assert lab.token in lab.address
    if import_root() is not None:
        assert environment["PYTHONPATH"].split(os.pathsep)[0] == str(import_root())


TYPED = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def status(address: str, **heads: str) -> int:
    request = urllib.request.Request(address, headers=heads)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status) if "/login" not in answer.url else 302
    except urllib.error.HTTPError as error:
        return error.code


def test_a_record_opens_by_its_address_for_who_is_logged_in(tmp_path: Path) -> None:
    place, _ = open_place(tmp_path, "urgent-mail")
    (tmp_path / "record.html").write_text("<p>Use ML.</p>", encoding="utf-8")
    lab = Lab(tmp_path, place.lang, any_port(), first=START, filled=())
    lab.start()
    try:
        lab.wait_until_ready()
        base = lab.address.partition("/lab")[0]
        jar = urllib.request.HTTPCookieProcessor()
        urllib.request.build_opener(jar).open(lab.address, timeout=30).close()
        cookie = "; ".join(f"{one.name}={one.value}" for one in jar.cookiejar)
        page = f"{base}/files/record.html"
        assert status(page, Cookie=cookie, **TYPED) == 200
        assert status(page, **TYPED) == 302  # nobody is logged in
        for other in ({}, {**TYPED, "Sec-Fetch-Site": "cross-site"},
                      {**TYPED, "Sec-Fetch-Dest": "script"},
                      {**TYPED, "Sec-Fetch-Mode": "no-cors"}):  # fmt: skip
            assert status(page, Cookie=cookie, **other) == 403
    finally:
        lab.end()


def test_settings_keep_news_away_and_know_only_packs_that_are_there() -> None:
    plain = settings("ja", frozenset())
    assert plain["@jupyterlab/apputils-extension:notification"]["checkForUpdates"] is False
    assert plain["@jupyterlab/notebook-extension:tracker"]["scrollPastEnd"] is False
    assert not any("translation" in name for name in plain)
    assert any("translation" in name for name in settings("ja", frozenset({"ja_JP"})))


def test_a_port_that_is_taken_is_refused_before_anything_is_made(
    tmp_path: Path, taken: int
) -> None:
    with pytest.raises(InputError, match=f"--port {taken} is taken by another program"):
        workshop(Wish(case="urgent-mail", folder=tmp_path / "w", port=taken), print)
    assert not (tmp_path / "w").exists()


def test_without_a_wish_a_free_port_is_found(monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    monkeypatch.setattr(lab_module, "FIRST_PORT", taken)
    monkeypatch.setattr(lab_module, "PORTS", 1)
    found = free_port()
    assert found != taken
    assert free_port(found) == found


def test_a_missing_jupyterlab_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="JupyterLab is not installed where mlpdm is"):
        workshop(Wish(folder=tmp_path / "w"), print)
    assert not (tmp_path / "w").exists()


def test_a_jupyterlab_that_does_not_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = [sys.executable, "-c", "import sys; sys.exit('no such thing')"]
    monkeypatch.setattr(Lab, "_command", lambda self: failing)
    with pytest.raises(InputError, match="ended before it could be used: no such thing"):
        workshop(Wish(case="urgent-mail", folder=tmp_path / "w"), lambda line: None)


def test_no_single_key_is_a_command() -> None:
    off = {one["command"]: one for one in quiet_keys()["shortcuts"]}
    assert {"notebook:delete-cell", "notebook:cut-cell", "notebook:change-cell-to-raw",
            "notebook:insert-cell-below", "notebook:move-cursor-down"} <= set(off)  # fmt: skip
    assert all(one["disabled"] for one in off.values())
    assert "notebook:run-cell-and-select-next" not in off
