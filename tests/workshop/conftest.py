from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from mlpdm_kit.shipped import import_root
from tests.chromium import launched

Start = Callable[..., "contextmanager[str]"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def workshop(folder: Path, *words: str) -> Iterator[str]:
    """``mlpdm workshop`` in a process of its own; gives the address that it says."""
    with served(folder.parent, "workshop", *words, "--dir", str(folder)) as address:
        yield address


@contextmanager
def served(where: Path, *words: str) -> Iterator[str]:
    """A command that serves, in a process of its own; gives the address that it says."""
    paths = [str(import_root() or ""), os.environ.get("PYTHONPATH", "")]
    command = [sys.executable, "-m", "mlpdm_kit", *words, "--port", str(free_port()),
               "--no-browser"]  # fmt: skip
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        cwd=where, start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path),
             "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    said: list[str] = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            found = re.search(r"http://\S+", line)
            if found:
                yield found[0].rstrip(".")
                break
        else:
            pytest.fail("".join(said))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
