"""JupyterLab as a process of its own, with settings of its own, ended with us.

Nothing of the user's own Jupyter is read or changed. A folder may come from somebody else, so
nothing in it runs because it is opened: what Jupyter would run (configuration, kernels) stands
in a folder made for this one run; inside the folder that is served, in `OWN`, stand only the
layout and the settings that somebody chose. Pages fill themselves if their code is the kit's.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from mlpdm_kit import shipped
from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.errors import InputError, refuse
from mlpdm_kit.record.assets import FILES
from mlpdm_kit.record.notebook_copy import say_nothing_to_edit, source
from mlpdm_kit.run.kernels import environment
from mlpdm_kit.run.stopping import ended_by_signals
from mlpdm_kit.text import Text

OWN = ".jupyter"
EXTENSIONS = Path(__file__).parent / "labextensions"
"""JupyterLab's extension that fills a page of a workshop when it is opened."""

FIRST_PORT, PORTS = 8888, 10
PATIENCE = 120  # seconds until JupyterLab has to answer
GRACE = 15  # seconds until it has to have ended
_SAID = {
    "starting": "start.starting",
    "byHand": "start.by-hand",
    "otherCode": "start.other-code",
}  # what our extension says on a page
_COMMAND_MODE = ".jp-mod-commandMode"
_PACKS = {"ja": "ja_JP"}
SETTINGS: dict[str, dict[str, Any]] = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none", "scrollPastEnd": False},
}

Say = Callable[[str], None]


class Lab:
    """JupyterLab as a child process.

    Parameters
    ----------
    folder : path
        The working folder; nothing outside of it is served.
    lang : {"en", "ja"}
    port : int
    first : str
        The notebook that is opened.
    filled : sequence of str
        The notebooks that fill themselves when they are opened.
    """

    def __init__(
        self, folder: Path, lang: str, port: int, *, first: str, filled: Sequence[str]
    ) -> None:
        self.folder, self.lang, self.port = folder, lang, port
        self.first, self.filled = first, tuple(filled)
        self.token = secrets.token_urlsafe(24)
        self._run = Path(tempfile.gettempdir()) / f"mlpdm-jupyter-{secrets.token_hex(8)}"
        self.log = self._run / "log.txt"
        self._process: subprocess.Popen[bytes] | None = None
        self._failed = False

    @property
    def address(self) -> str:
        """The page that is opened first."""
        return f"http://127.0.0.1:{self.port}/lab/tree/{self.first}?token={self.token}"

    def start(self) -> None:
        """Start it; it is not ready yet."""
        app = self._run / "app"
        try:
            self._run.mkdir(mode=0o700, exist_ok=self._process is not None)
            write_atomically(app / "overrides.json", json.dumps(settings(self.lang)))
            write_atomically(app / "page_config.json", json.dumps(told(self.lang, self.filled)))
            keys = self.folder / OWN / "settings" / "@jupyterlab" / "shortcuts-extension"
            write_atomically(keys / "shortcuts.jupyterlab-settings", json.dumps(quiet_keys()))
            log = open(self.log, "wb")  # noqa: SIM115 (the child keeps it)
        except OSError as error:
            raise refuse("workshop-folder", "--dir", self.folder,
                         reason=error.strerror or "") from error  # fmt: skip
        with log:
            self._process = subprocess.Popen(
                self._command(), cwd=self._run, env=self._environment(),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                **_apart(),
            )  # fmt: skip

    def wait_until_ready(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self._process is None or self._process.poll() is not None:
                break
            with suppress(OSError):
                self._ask("/api/status").close()
                self._failed = False
                return
            time.sleep(0.2)
        self._failed = True
        raise refuse("jupyterlab-ended", "workshop", _last_line(self.log), log=self.log)

    @property
    def met_another(self) -> bool:
        """Whether it ended because another program had the port, perhaps for a moment only."""
        last = _last_line(self.log)
        said = any(words in last for words in ("no available port", "is not available"))
        return said or not _is_free(self.port)

    def wait(self) -> None:
        """Wait until somebody ends it, here or on its own page."""
        if self._process is not None:
            while self._process.poll() is None:
                time.sleep(0.3)

    def end(self) -> None:
        """End it and every kernel; by force where asking does not help."""
        process = self._process
        if process is not None and process.poll() is None:
            with suppress(OSError):
                self._ask("/api/shutdown", method="POST").close()
            if not _gone(process, GRACE):
                process.terminate()
                if not _gone(process, GRACE):
                    process.kill()
                    process.wait()
        if not self._failed:  # else its log says why
            shutil.rmtree(self._run, ignore_errors=True)

    def _ask(self, path: str, method: str = "GET") -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method,
            headers={"Authorization": f"token {self.token}"},
        )  # fmt: skip
        plain = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return plain.open(request, timeout=5)

    def _command(self) -> list[str]:
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": self.port,
            "ServerApp.port_retries": 0,
            "ServerApp.root_dir": self.folder,
            "ContentsManager.files_handler_class": "mlpdm_kit.run.served.Files",
            "LabApp.app_settings_dir": self._run / "app",
            "LabApp.extra_labextensions_path": EXTENSIONS,
            "LabApp.news_url": "",
        }
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        return [
            sys.executable, "-P", "-m", "jupyterlab", "--no-browser",
            *(["--allow-root"] if root else []),
            *(f"--{name}={value}" for name, value in options.items()),
        ]  # fmt: skip

    def _environment(self) -> dict[str, str]:
        own = self.folder / OWN
        folders = {
            "JUPYTER_CONFIG_DIR": self._run / "config",
            "JUPYTER_DATA_DIR": self._run / "data",
            "JUPYTER_RUNTIME_DIR": self._run / "runtime",
            "IPYTHONDIR": self._run / "ipython",
            "JUPYTERLAB_SETTINGS_DIR": own / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": own / "workspaces",
        }
        # the token stands in the environment: a command line can be read by everybody
        return {**environment(), **{name: str(place) for name, place in folders.items()},
                FILES: f"http://127.0.0.1:{self.port}/files/", "JUPYTER_TOKEN": self.token,
                "PYTHONUNBUFFERED": "1"}  # fmt: skip


def serve(lab: Lab, wanted: int | None, say: Say, ready: Callable[[], None]) -> None:
    """Run it until it is ended, here or on its own page; ``ready`` is called when it answers.

    Parameters
    ----------
    lab : Lab
    wanted : int, optional
        The port that was asked for; another one is taken only where none was.

    Raises
    ------
    InputError
        It does not start.
    """
    text = Text(lab.lang)
    with ended_by_signals():
        try:
            lab.start()
            say(text.say("cli.workshop.starting"))
            try:
                lab.wait_until_ready()
            except InputError:
                if wanted is not None or not lab.met_another:
                    raise
                lab.port = _any_port()  # another program has taken it meanwhile
                lab.start()
                lab.wait_until_ready()
            ready()
            lab.wait()
        except KeyboardInterrupt:
            say(text.say("cli.workshop.stopping"))
        finally:
            lab.end()


def refuse_without_jupyterlab() -> None:
    """Refuse where there is none."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise refuse("jupyterlab-missing", "workshop")


def open_in_browser(address: str) -> None:
    """Open a page in the user's browser."""
    import webbrowser

    webbrowser.open(address)


def settings(lang: str, packs: frozenset[str] | None = None) -> dict[str, dict[str, Any]]:
    """JupyterLab's settings for a workshop, in the reader's language where that is installed.

    Examples
    --------
    >>> settings("ja", frozenset({"ja_JP"}))["@jupyterlab/translation-extension:plugin"]
    {'locale': 'ja_JP'}
    >>> settings("ja", frozenset()).keys() == settings("en").keys()
    True
    """
    if packs is None:
        found = importlib.metadata.entry_points(group="jupyterlab.languagepack")
        packs = frozenset(entry.name for entry in found)
    pack = _PACKS.get(lang)
    if pack not in packs:
        return SETTINGS
    return {**SETTINGS, "@jupyterlab/translation-extension:plugin": {"locale": pack}}


def told(lang: str, filled: Sequence[str]) -> dict[str, str]:
    """Which pages fill themselves, and what they say meanwhile, for our own extension.

    Examples
    --------
    >>> json.loads(told("en", ["start.ipynb"])["mlpdm"])["pages"]
    ['start.ipynb']
    """
    text = Text(lang)
    said = {name: text.say(code) for name, code in _SAID.items()}
    known = {"pages": list(filled), "code": sorted(known_code(text))}
    # as one text: of a mapping, JupyterLab hands on no more than its keys
    return {"mlpdm": json.dumps({**known, **said})}


def known_code(text: Text) -> set[str]:
    """The code of the kit's own notebooks, a source a cell, as copies of them have it.

    Examples
    --------
    >>> "page.bottom_line()" in "".join(known_code(Text("en")))
    True
    """
    found = set()
    for file in shipped.notebooks().rglob("*.ipynb"):
        notebook = json.loads(file.read_text(encoding="utf-8"))
        say_nothing_to_edit(notebook, text)
        found |= {source(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"}
    return found


def quiet_keys() -> dict[str, list[dict[str, Any]]]:
    """JupyterLab's commands on single keys, switched off.

    In a list of a form, or beside a field, a letter would delete, cut or change a cell.
    """
    found: list[dict[str, Any]] = []
    for file in (file for place in _schemas() for file in sorted(place.glob("*/*/*.json"))):
        with suppress(OSError, ValueError):
            known = json.loads(file.read_text(encoding="utf-8"))
            found += [
                {**one, "disabled": True}
                for one in known.get("jupyter.lab.shortcuts", ())
                if _COMMAND_MODE in one.get("selector", "") and not _held(one.get("keys", ()))
            ]
    return {"shortcuts": found}


def _schemas() -> list[Path]:
    """Where JupyterLab's plugins say what they have, keys among it."""
    from jupyter_core.paths import jupyter_path

    return [Path(place) for place in jupyter_path("lab", "schemas")]


def _held(keys: Sequence[str]) -> bool:
    """Whether another key is held down with it, as no letter that somebody types."""
    return any(held in key for key in keys for held in ("Accel", "Ctrl", "Alt", "Cmd", "Enter"))


def free_port(wanted: int | None = None) -> int:
    """The port that is wanted, else the first free one.

    Raises
    ------
    InputError
        The one that is wanted is taken.
    """
    if wanted is not None:
        if not _is_free(wanted):
            raise refuse("port-taken", "--port", wanted)
        return wanted
    some = range(FIRST_PORT, FIRST_PORT + PORTS)
    found = next((port for port in some if _is_free(port)), None)
    return _any_port() if found is None else found


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        if os.name != "nt":  # a port that was used a moment ago is free
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def _any_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _apart() -> Mapping[str, Any]:
    """A Ctrl-C is ours: the server would ask whether it is meant."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _gone(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _last_line(log: Path) -> str:
    with suppress(OSError):
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        if lines:
            return lines[-1][:200]
    return "-"
