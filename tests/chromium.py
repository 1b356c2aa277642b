"""The browser of the tests: the machine's own Chromium; named where it is missing, a must in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

MISSING = "no Chromium here: apt-get install chromium fonts-noto-cjk"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless Chromium; without one a test is skipped by name, and in CI it fails."""
    where = shutil.which("chromium")
    if where is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=where, args=list(FLAGS))
        yield found
        found.close()
