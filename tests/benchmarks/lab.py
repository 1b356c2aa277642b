"""A JupyterLab of its own, and a page of Chromium on one of its notebooks."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat

TOKEN = "benchmark"
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking",
            "--disable-component-update", "--no-first-run")  # fmt: skip
QUIET = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}
}
READY = """() => {
  const app = window.jupyterapp;
  if (!app) return false;
  if (!window.asked) { window.asked = true; app.restored.then(() => { window.restored = true }) }
  const context = app.shell.currentWidget && app.shell.currentWidget.context;
  if (!window.restored || !context || !context.isReady) return false;
  const session = context.sessionContext.session, kernel = session && session.kernel;
  return !!kernel && kernel.status === 'idle' && kernel.connectionStatus === 'connected';
}"""
MINUTE = 60_000


def notebook(path: Path, cells: Sequence[str]) -> None:
    """Write a notebook of code cells."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, path)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def lab(root: Path, kit: Path) -> Iterator[str]:
    """JupyterLab over a folder, with nothing of its user's settings; gives its address."""
    own, port = root / ".lab", free_port()
    places = {f"JUPYTER_{name}_DIR": own / name.lower() for name in ("CONFIG", "DATA", "RUNTIME")}
    places |= {f"JUPYTERLAB_{name}_DIR": own / name.lower() for name in ("SETTINGS", "WORKSPACES")}
    for folder in places.values():
        folder.mkdir(parents=True, exist_ok=True)
    (own / "settings" / "overrides.json").write_text(json.dumps(QUIET), encoding="utf-8")
    data = Path(sys.prefix) / "share" / "jupyter"
    env = {**os.environ, **{name: str(folder) for name, folder in places.items()}}
    env |= {"JUPYTER_PATH": str(data), "PYTHONPATH": str(kit)}
    with (own / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", "--ip=127.0.0.1",
             f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}",
             f"--ServerApp.root_dir={root}", "--expose-app-in-browser"],
            cwd=root, env=env, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            yield _answered(f"http://127.0.0.1:{port}", own / "log", server)
        finally:
            server.terminate()
            server.wait()


def _answered(address: str, log: Path, server: subprocess.Popen[bytes]) -> str:
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=1).close()
            return address
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.5)
    raise RuntimeError(log.read_text(encoding="utf-8"))


@contextmanager
def page_on(address: str, name: str, *, width: int = 1440, height: int = 1800) -> Iterator[Any]:
    """A notebook open in Chromium, all its cells run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(f"{address}/lab/tree/{name}?token={TOKEN}&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=2 * MINUTE)
        page.wait_for_function(READY, timeout=2 * MINUTE)
        page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        try:
            yield page
        finally:
            page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll()")
            browser.close()
