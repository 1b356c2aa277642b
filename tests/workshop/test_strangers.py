"""Opening a working folder that somebody else made runs nothing of theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from mlpdm_kit.record.workplace import START, open_place
from mlpdm_kit.run.lab import OWN
from tests.workshop.conftest import workshop
from tests.workshop.lab import PAGE, Lab, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # of the driver's own pipes
]
WAITS = "This page has code in it that is not the kit's own"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stranger") / "room"
    open_place(folder, "urgent-mail")
    return folder


def code(name: str, room: Path) -> str:
    return f"open({str(room.parent / f'ran-{name}')!r}, 'w').close()"


def plant(room: Path) -> None:
    """Everything in a folder that Jupyter, IPython or Python would run."""
    own = room / OWN
    files = {
        "jupyter_server_config.py": "folder", "jupyter_lab_config.py": "lab", "pandas.py": "module",
        f"{OWN}/config/jupyter_server_config.py": "config", f"{OWN}/jupyter_config.py": "own",
        ".ipython/profile_default/startup/a.py": "startup", "sitecustomize.py": "site",
        "ipython_kernel_config.py": "kernel-config",
    }  # fmt: skip
    for path, name in files.items():
        file = room / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code(name, room), encoding="utf-8")
    kernel = own / "data" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps({"argv": ["touch", str(room.parent / "ran-kernel")],
                                  "display_name": "Python 3", "language": "python"}))  # fmt: skip
    page = room / START
    notebook = json.loads(page.read_text(encoding="utf-8"))
    notebook["cells"].append({"cell_type": "code", "id": "mine", "metadata": {}, "outputs": [],
                              "execution_count": None, "source": code("page", room)})  # fmt: skip
    page.write_text(json.dumps(notebook), encoding="utf-8")


def ran(room: Path) -> set[str]:
    return {file.name.removeprefix("ran-") for file in room.parent.glob("ran-*")}


@pytest.fixture(scope="module")
def lab(chromium: Browser, room: Path) -> Iterator[Lab]:
    plant(room)
    with workshop(room) as address:
        lab = Lab(chromium.new_page(viewport={"width": 1440, "height": 900}), address)
        yield lab
        lab.shut()
        lab.page.close()


def test_pages_of_the_kit_fill_themselves_and_run_nothing_else(lab: Lab, room: Path) -> None:
    lab.open("01_problem_framing.ipynb")
    lab.field("Whose problem it is").wait_for()
    assert ran(room) == set()


def test_a_page_with_other_code_waits_until_somebody_says_run(lab: Lab, room: Path) -> None:
    lab.page.goto(f"{lab.address}/lab/tree/{START}?token={lab.token}&reset")
    lab.page.wait_for_selector(f"{PAGE}[data-mlpdm=waiting]")
    lab.said(WAITS)
    assert ran(room) == set()
    lab.run_all()
    until(lambda: ran(room) == {"page"})  # a busy machine says that the page is there before it is


def test_parameters_may_be_changed_to_values_but_not_to_code(lab: Lab, room: Path) -> None:
    page = room / "02_baseline_comparison.ipynb"
    notebook = json.loads(page.read_text(encoding="utf-8"))
    given = next(
        cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", ())
    )
    before = "".join(given["source"])
    for changed, state in (
        (before.replace("seed = 0", "seed = 1"), "there"),
        (before.replace("overrides = {}", 'overrides = {"value.growth": 0}'), "there"),
        (before.replace("seed = 0", f"seed = {code('given', room)}"), "waiting"),
    ):
        assert changed != before
        given["source"] = changed
        page.write_text(json.dumps(notebook), encoding="utf-8")
        lab.page.goto(f"{lab.address}/lab/tree/{page.name}?token={lab.token}&reset")
        lab.page.wait_for_selector(f"{PAGE}[data-mlpdm={state}]")
    assert "given" not in ran(room)
