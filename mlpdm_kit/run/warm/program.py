"""The warm program: imports what notebooks need, then forks a child for each of them.

It is a program of its own, so that the caller's threads, locks and main module stay out.
It runs nothing of a notebook, starts no thread, fits no model and opens no database: what a
fork cannot take over is never there. It ends when its caller does, and its children with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import re
import resource
import select
import signal
import socket
import sys
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from mlpdm_kit.run.warm.wire import Gone, Wire

_PR_SET_PDEATHSIG = 1
_STANDARD = ("SIGINT", "SIGTERM", "SIGPIPE", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCHLD")


def main() -> None:
    """Serve the caller at the other end of the socket whose number is given."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is the caller's to deal with
    with tempfile.TemporaryDirectory(prefix="mlpdm-") as folder:
        kernel = _warmed(folder)
        control.sendall(b"1")  # warm
        _serve(control, kernel)


def _warmed(folder: str) -> Any:
    """Import, and touch once, what every notebook of the kit uses."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    import numpy
    import pandas
    import plotly.graph_objects as go
    import scipy.stats  # noqa: F401

    from mlpdm_kit.run.warm.kernel import made, rehearse

    kernel: Any = made(folder)
    frame = pandas.DataFrame({"a": numpy.arange(2)})
    frame._repr_html_()
    go.Figure(go.Scatter(x=frame["a"], y=frame["a"])).to_plotly_json()
    _walk(Path(folder))
    rehearse(kernel)
    _freeze()
    return kernel


def _walk(folder: Path) -> None:
    """Walk a case of ranges alone by the kit's own notebooks, then say it in every language.

    Templates, tables, parsers and the bases of regressions are then there. The kernel is not
    connected yet, so that nobody sees what is shown.
    """
    from mlpdm_kit import shipped
    from mlpdm_kit.case.template import new_case
    from mlpdm_kit.record.model import DecisionRecord
    from mlpdm_kit.record.render import render_html, render_markdown
    from mlpdm_kit.text import LANGUAGES

    case, out = str(new_case(folder / "case")), folder / "record"
    for notebook in sorted(shipped.notebooks().glob("0*.ipynb")):
        names: dict[str, Any] = {}
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)
            if "parameters" in cell["metadata"].get("tags", ()):
                names |= {"case": case, "out": str(out)}
    record = DecisionRecord.model_validate_json((out / "record.json").read_bytes())
    for lang in LANGUAGES:
        render_html(record, {}, lang=lang)
        render_markdown(record, lang=lang)


def _freeze() -> None:
    gc.collect()
    gc.freeze()


def _import(names: list[str]) -> None:
    """Import what a child has had to import, so that the next one finds it there."""
    for name in names:
        if name.partition(".")[0] in known_packages() and name not in sys.modules:
            with contextlib.suppress(Exception):  # whoever needs it will say so
                importlib.import_module(name)
    if names:
        _freeze()


def _read(case: str) -> None:
    """Parse a case file that its caller has found sound: five notebooks are to open it."""
    from mlpdm_kit.case.yaml_text import parse_yaml, text_of

    with contextlib.suppress(Exception):  # they will say so
        if case:
            parse_yaml(text_of(Path(case)))


@cache
def known_packages() -> frozenset[str]:
    """The packages that may be imported ahead: the kit, what it declares that it needs."""
    needs = metadata.requires("mlpdm_kit") or ()
    wanted = {re.split(r"[^\w-]", need, maxsplit=1)[0] for need in needs if "extra ==" not in need}
    modules = {name for name, owners in metadata.packages_distributions().items()
               if wanted & set(owners)}  # fmt: skip
    return frozenset({"mlpdm_kit", *modules, *sys.stdlib_module_names})


def _serve(control: socket.socket, kernel: Any) -> None:
    """Fork on request; tell of each child's end."""
    alive: set[int] = set()
    wake, woken = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(wake, select.POLLIN)
    while True:
        ready = {file for file, _ in poll.poll()}
        if wake in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(wake, 4096)
            _bury(alive)
        if control.fileno() in ready:
            said, files, _, _ = socket.recv_fds(control, 1 << 16, 1)
            if not said:
                break
            if files:
                alive.add(_forked(kernel, files[0], control, (wake, woken)))
                continue
            asked = json.loads(said)
            _import(asked.get("modules", []))
            _read(asked.get("case", ""))
    for pid in alive:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _bury(alive: set[int]) -> None:
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        alive.discard(pid)


def _forked(kernel: Any, file: int, control: socket.socket, pipe: tuple[int, int]) -> int:
    pid = os.fork()
    if pid:
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        os.close(file)
        return pid
    status, trouble = 1, os.dup(2)  # a notebook's own output goes elsewhere
    try:
        os.setpgid(0, 0)
        control.close()
        for end in pipe:
            os.close(end)
        _child(kernel, Wire(socket.socket(fileno=file)))
        status = 0
    except (Gone, KeyboardInterrupt):
        status = 0
    except BaseException:
        import traceback

        with open(trouble, "w", encoding="utf-8") as file_:
            traceback.print_exc(file=file_)
    finally:
        os._exit(status)


def _child(kernel: Any, wire: Wire) -> None:
    """Become the kernel of one notebook."""
    signal.set_wakeup_fd(-1)
    for name in _STANDARD:
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _end_with_the_parent()
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    asked = wire.read()
    os.chdir(asked["folder"])
    os.environ.update(asked["environment"])
    _seed(asked["seed"])
    if asked["memory"]:
        limit = _used() + asked["memory"]
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    from mlpdm_kit.run.warm.kernel import serve

    serve(kernel, wire)


def _end_with_the_parent() -> None:
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it has ended meanwhile
        os._exit(0)


def _seed(seed: int) -> None:
    """Forks share the state of the global generators: each notebook has its own."""
    import numpy

    random.seed(seed)
    numpy.random.seed(seed % 2**32)


def _used() -> int:
    """Bytes of address space that the process has already."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    main()
