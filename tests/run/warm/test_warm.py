"""Notebooks in children of a warm process: as papermill has them, and every end is a named one."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlpdm_kit import shipped
from mlpdm_kit.run.batch import Settings, decide_all
from mlpdm_kit.run.engine import can_fork
from mlpdm_kit.run.kernels import Kernels, environment
from mlpdm_kit.run.notebooks import (
    NOTEBOOKS,
    Executed,
    Limits,
    Task,
    declared,
    run_notebook,
    with_papermill,
)
from mlpdm_kit.run.warm.process import Warm

LIMITS = Limits(start=60, cell=60)

pytestmark = [
    pytest.mark.filterwarnings("ignore::Warning"),  # kernels warn of their own parts
    pytest.mark.skipif(not can_fork(), reason="no fork here"),
]

PROBES = {  # by name: cells that are run one after another in one notebook
    "streams": ["import sys\nfor n in range(3):\n    print(n)\n    print(-n, file=sys.stderr)"],
    "carriage": ["print('a\\rb'); print('x', end='', flush=True); print('y')"],
    "results": ["1 + 1", "_ + 1", "x = 5; x", "None", "'件' * 3", "1;"],
    "html": ["from IPython.display import HTML, display", "display(HTML('<b>x</b>'))", "HTML('y')"],
    "frame": ["import pandas as pd\npd.DataFrame({'a': [1, None], '件': ['x', 'y']})"],
    "plotly": ["import plotly.graph_objects as go\ngo.Figure(go.Bar(x=[1, 2], y=[3, 4]))"],
    "display-ids": [
        "from IPython.display import display, update_display",
        "h = display('one', display_id='k')\nprint('x')",
        "h.update('two')",
        "update_display('three', display_id='k')",
    ],
    "clear": [
        "from IPython.display import clear_output\nprint('a')\nclear_output()\nprint('b')",
        "print('c')\nclear_output(wait=True)\nprint('d')",
    ],
    "inline": [
        "import matplotlib.pyplot as plt",
        "fig, ax = plt.subplots(figsize=(1, 1))\nax.plot([1, 2])\nprint(1)",
    ],
    "processes": [
        "import subprocess\nprint('before', flush=True)\n_ = subprocess.run(['echo', 'outside'])\n"
        "import time; time.sleep(0.5)",  # a kernel may show it only in the next cell else
        "!echo by the shell",
    ],
    "widgets": [
        "import ipywidgets as w\nw.IntSlider(value=3)",
        "out = w.Output()\nout",
        "with out:\n    print('inside')",
    ],
    "await": [
        "import asyncio\nawait asyncio.sleep(0.01)\nprint('slept')",
        "task = asyncio.create_task(asyncio.sleep(0.01, 7))",
        "await task",
    ],
    "tqdm": ["from tqdm import tqdm\nfor _ in tqdm(range(2), disable=True): print('x')"],
    "magics": [
        "%env MLPDM_X=1",
        "import os\nos.environ['MLPDM_X']",
        "%%writefile y.txt\nhello",
        "%cat y.txt",
        "%whos",
    ],
    "names": ["__name__", "class A: pass\nA", "def f(): pass\nf.__module__", "In[1], Out[1]"],
    "logging": ["import logging, warnings\nlogging.warning('careful')\nwarnings.warn('mind')"],
    "pickle": ["import pickle\nclass P:\n    x = 1\npickle.loads(pickle.dumps(P())).x"],
    "threads": [
        "import threading\nt = threading.Thread(target=print, args=('from a thread',))",
        "t.start()\nt.join()",
    ],
    "kinds": [
        "from IPython.display import Latex, Markdown, JSON, display",
        "display(Markdown('**x**'), JSON({'a': 1}))\nLatex('$x$')",
    ],
    "input": ["input('?')"],
    "error": ["def f(x):\n    return 1 / x\nf(0)"],
    "raises": ["1 / 0", "print('goes on')"],
    "syntax": ["x ="],
    "exit": ["import sys\nprint('a')\nsys.exit(0)", "print('never')"],
}
_CHANGING = re.compile(
    r"0x[0-9a-f]+|(?<=ipykernel_)\d+|\d{9,}|[0-9a-f]{32}|\d+\.\d+it/s|\[\d\d:\d\d<[^\]]*\]"
)


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    found = Warm(environment(), memory=LIMITS.memory)
    yield found
    found.end()


def book(cells: list[str], *, raises: bool = False) -> Any:
    new = nbformat.v4
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    code = [new.new_code_cell(source, id=f"c{n}") for n, source in enumerate(cells)]
    if raises:
        code[0].metadata["tags"] = ["raises-exception"]
    return new.new_notebook(cells=code, metadata={"kernelspec": kernel})


def run(notebook: Any, folder: Path, warm: Warm | None, seconds: int = 60) -> Executed:
    limits = Limits(start=60, cell=seconds)
    task = Task(notebook=notebook, parameters={}, folder=folder, limits=limits,
                kernels=Kernels(warm))  # fmt: skip
    return with_papermill(task)


def seen(executed: Executed) -> Any:
    """What a notebook holds, without what differs at each run."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(item) for name, item in value.items() if name != "model_id"}
        if isinstance(value, list):
            return list(map(plain, value))
        return _CHANGING.sub("~", value) if isinstance(value, str) else value

    cells = [
        (
            cell.execution_count,
            cell.metadata.get("papermill", {}).get("status"),
            plain(joined(cell.outputs)),
        )
        for cell in executed.notebook.cells
        if cell.cell_type == "code"
    ]
    return cells, type(executed.error).__name__, executed.notebook.metadata.get("language_info")


def joined(outputs: list[Any]) -> list[Any]:
    """Outputs with a stream's parts put together: how many there are is a matter of time."""
    found: list[Any] = []
    for output in outputs:
        last = found[-1] if found else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            found.append(dict(output))
    return found


@pytest.mark.parametrize("name", PROBES)
def test_a_child_shows_what_papermill_shows(
    name: str, warm: Warm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # ipykernel shows no other program's words in tests
    shown = []
    for place, engine in (("warm", warm), ("cold", None)):
        (tmp_path / place).mkdir()
        made = book(PROBES[name], raises=name == "raises")
        shown.append(seen(run(made, tmp_path / place, engine)))
    assert shown[0] == shown[1]


ENDS = {  # a cell, and what is then said
    "segfault": "import ctypes\nctypes.string_at(0)",
    "killed": "import os\nos.kill(os.getpid(), 9)",
    "exit-at-once": "import os\nos._exit(0)",
    "endless": "while True: pass",
    "stubborn": "while True:\n    try:\n        while True: pass\n"
                "    except KeyboardInterrupt: pass",
    "talkative": "print('x' * 30_000_000)",
    "memory": "x = bytearray(20_000_000_000)",
    "kills-the-warm-process": "import os\nos.kill(os.getppid(), 9)\nimport time; time.sleep(30)",
    "rubbish": "import gc, socket\n"
               "[s.send(b'rubbish\\n') for s in gc.get_objects() if isinstance(s, socket.socket)]\n"
               "import time; time.sleep(30)",
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_every_end_is_bounded_and_the_next_one_runs(name: str, warm: Warm, tmp_path: Path) -> None:
    began = time.monotonic()
    done = run(book(["print('a')", ENDS[name], "print('never')"]), tmp_path, warm, seconds=2)
    assert time.monotonic() - began < 40
    assert done.error is not None
    assert done.cell == "c1"
    first, last = (c for c in done.notebook.cells if c.get("id") in ("c0", "c2"))
    assert first.outputs[0].text == "a\n"
    assert last.execution_count is None
    after = run(book(["6 * 7"]), tmp_path, warm)
    assert after.error is None
    assert after.notebook.cells[0].outputs[0].data["text/plain"] == "42"


def test_children_share_nothing(warm: Warm, tmp_path: Path) -> None:
    first = ["import sys, os\nsys.leaked = 1\nos.environ['LEAKED'] = '1'\nx = 1\nimport pandas\n"
             "pandas.set_option('display.max_rows', 3)"]  # fmt: skip
    assert run(book(first), tmp_path, warm).error is None
    cells = ["import sys, os, pandas", "hasattr(sys, 'leaked'), 'LEAKED' in os.environ, 'x' in "
             "globals(), pandas.get_option('display.max_rows')"]  # fmt: skip
    then = run(book(cells), tmp_path, warm)
    assert then.notebook.cells[1].outputs[0].data["text/plain"] == "(False, False, False, 60)"


def test_the_same_notebook_draws_the_same_and_another_does_not(warm: Warm, tmp_path: Path) -> None:
    source = "import random, numpy\nrandom.random(), numpy.random.random()"
    shown = [run(book([cell]), tmp_path, warm).notebook.cells[0].outputs[0].data["text/plain"]
             for cell in (source, source, source + "  # other")]  # fmt: skip
    assert shown[0] == shown[1] != shown[2]


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    warm = Warm(environment())
    done = run(book(["import subprocess\np = subprocess.Popen(['sleep', '300'])\np.pid"]),
               tmp_path, warm)  # fmt: skip
    sleeper = int(done.notebook.cells[0].outputs[0].data["text/plain"])
    pid = warm.pid
    warm.end()
    assert pid is not None
    for one in (sleeper, pid):
        until = time.monotonic() + 10
        while _is_alive(one) and time.monotonic() < until:
            time.sleep(0.05)
        assert not _is_alive(one)


def test_a_process_that_is_dying_gives_a_child_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it held open is closed a moment before the system says that it has ended."""
    warm = Warm(environment())
    try:
        with warm.child(tmp_path, 0):
            process = warm._process
            assert process is not None
            process.kill()
            process.wait()
        unaware = iter([None])
        monkeypatch.setattr(process, "poll", lambda: next(unaware, process.returncode))
        with warm.child(tmp_path, 0) as child:
            assert child.pid
            assert warm.pid != process.pid
    finally:
        warm.end()


def test_whose_child_died_is_known(tmp_path: Path) -> None:
    warm = Warm(environment())
    try:
        with warm.child(tmp_path, 0) as first:
            with warm.child(tmp_path, 0) as other:
                other.kill()
                assert not warm.has_orphaned(other)
            os.kill(warm.pid or 0, signal.SIGKILL)
            assert warm.has_orphaned(first)
            with warm.child(tmp_path, 0) as later:  # of another process by now
                assert warm.has_orphaned(first)
                assert not warm.has_orphaned(later)
    finally:
        warm.end()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"


def test_the_five_are_the_same_by_both(make_case: Callable[..., Path], tmp_path: Path) -> None:
    case = make_case("small")
    shown: dict[str, list[Any]] = {}
    for engine in ("mlpdm", "papermill"):
        out = tmp_path / engine
        results = decide_all([case], out=out, jobs=1, settings=Settings(engine=engine, draws=256))
        assert [result.state for result in results] == ["done"]
        books = [nbformat.read(out / "small" / "notebooks" / f"{name}.ipynb", 4)
                 for name in NOTEBOOKS]  # fmt: skip
        shown[engine] = [seen(Executed(notebook=one))[0] for one in books]
        shown[engine].append((out / "small" / "record.json").read_bytes())
        shutil.rmtree(out)
    assert shown["mlpdm"] == shown["papermill"]


OTHERS = sorted({*shipped.notebooks().rglob("*.ipynb")} - {*shipped.notebooks().glob("*.ipynb")})


@pytest.mark.slow
@pytest.mark.parametrize("file", OTHERS, ids=lambda file: file.stem)
def test_all_other_notebooks_are_the_same_by_both(file: Path, tmp_path: Path, warm: Warm) -> None:
    """Those of a workshop and of the course, as reports."""
    shown = {}
    for name, engine in (("warm", warm), ("cold", None)):
        folder = tmp_path / name / "same"
        folder.mkdir(parents=True)
        read = nbformat.read(file, as_version=4)
        given = {"mode": "report"} if "mode" in declared(read) else {}
        task = Task(notebook=read, parameters=given, folder=folder, limits=Limits(cell=300),
                    kernels=Kernels(engine))  # fmt: skip
        shown[name] = seen(with_papermill(task))
    assert shown["warm"] == shown["cold"]


def test_workshop_mode_ends_too(make_case: Callable[..., Path], warm: Warm, tmp_path: Path) -> None:
    given: dict[str, Any] = {"case": str(make_case("small")), "mode": "workshop", "draws": 256}
    out = tmp_path / "out"
    for name in NOTEBOOKS:
        run_notebook(shipped.notebooks() / f"{name}.ipynb", out=out, parameters=given,
                     limits=LIMITS, kernels=Kernels(warm))  # fmt: skip
    assert (out / "record.json").is_file()


def test_a_child_finds_what_notebooks_use_and_no_thread(warm: Warm, tmp_path: Path) -> None:
    cells = ["import sys\nfrom mlpdm_kit.record.pages import pages\n"
             "sorted({'ruamel.yaml', 'jinja2', 'scipy.stats'} - set(sys.modules)), "
             "len(pages().cache), 'duckdb' in sys.modules"]  # fmt: skip
    done = run(book(cells), tmp_path, warm)
    shown = done.notebook.cells[0].outputs[0].data["text/plain"]
    assert shown.startswith("([], ")
    assert shown.endswith("False)")
    assert int(shown.split(", ")[1]) > 0
    assert len(os.listdir(f"/proc/{warm.pid}/task")) == 1


def test_files_where_the_caller_stands_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("grp", "random", "pandas", "mlpdm_kit"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a stranger')\n")
    monkeypatch.chdir(tmp_path)
    own = Warm(environment())
    try:
        (tmp_path / "work").mkdir()
        done = run(book(["6 * 7"]), tmp_path / "work", own)
        assert done.error is None
        assert done.notebook.cells[0].outputs[0].data["text/plain"] == "42"
    finally:
        own.end()
