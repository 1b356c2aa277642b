"""What lies where a file should: pipes, devices, links, folders, and names that lead away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.editing.file import read_state
from mlpdm_kit.case.load import check_case, load_case
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.groups import read_groups
from mlpdm_kit.run.places import case_id
from mlpdm_kit.shipped import import_root
from mlpdm_kit.view.start import read_state as read_at_start

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
ROWS = "id,x,y\n" + "".join(f"{row},{row % 7},{row % 2}\n" for row in range(60))
ANSWERS = "id,answer\n" + "".join(f"{row},{row % 2}\n" for row in range(60))
OUTSIDE = ["../secret.csv", "sub/../../secret.csv", "{secret}", "link.csv", "way/secret.csv",
           "/dev/zero", "/proc/self/environ", "file://{secret}", "http://127.0.0.1:9/x.csv",
           "s3://bucket/x.csv", "*.csv", "d.csv\x00.parquet", "..\\secret.csv", "~/secret.csv",
           "d.csv/x", "x" * 5_000 + ".csv", "COM1", "", " ", "."]  # fmt: skip


def pipe(place: Path) -> None:
    os.mkfifo(place)


def device(place: Path) -> None:
    place.symlink_to("/dev/zero")


def folder_there(place: Path) -> None:
    place.mkdir()


def circle(place: Path) -> None:
    place.symlink_to(place.name)


def away(place: Path) -> None:
    secret = place.parent.parent / f"secret{place.suffix}"
    secret.write_text("title: A secret\n" if place.suffix == ".yaml" else ROWS)
    place.symlink_to(secret)


def sparse(place: Path) -> None:
    with place.open("wb") as stream:
        stream.truncate(1 << 40)


PUT = [pipe, device, folder_there, circle, away, sparse]


@pytest.fixture
def case(make_case: Callable[..., Path]) -> Callable[..., Path]:
    """A sound case with data and answers in files."""

    def make(name: str = "small", **changes: Any) -> Path:
        options = {
            "rule": {"kind": "rule", "when": "x > 3"},
            "llm": {"kind": "llm", "predictions": "a.csv", "cost_per_case": "1 JPY"},
        }
        whole = {"data": {"file": "d.csv", "target": "y"}, "prevalence": None, "options": options}
        return make_case(name, files={"d.csv": ROWS, "a.csv": ANSWERS}, **{**whole, **changes})

    return make


@pytest.mark.parametrize("put", PUT)
def test_what_lies_in_the_place_of_a_case_file(tmp_path: Path, put: Callable[[Path], None]) -> None:
    """In a process of its own, which a pipe would once hold for good, a device fill up."""
    (tmp_path / "cases" / "a").mkdir(parents=True)
    put(tmp_path / "cases" / "a" / "case.yaml")
    code = (
        "import resource, sys; from pathlib import Path\n"
        "resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))\n"
        "from mlpdm_kit.case.load import check_case\n"
        "from mlpdm_kit.run.places import case_id, case_title\n"
        "case = Path(sys.argv[1]) / 'a'\n"
        "print(case_id(case, {}), case_title(case), *(f.code for f in check_case(case)))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "cases")], capture_output=True, text=True,
        env={"PYTHONPATH": str(import_root() or "")}, timeout=30, check=True,
    )  # fmt: skip
    name, fault = ran.stdout.split()
    assert name == "a"
    wanted = {sparse: {"file-large"}, away: {"file-outside"}}
    assert fault in wanted.get(put, {"file-missing", "file-unreadable"})


@pytest.mark.parametrize("put", [pipe, folder_there, circle, away, sparse])
def test_a_workshop_and_a_room_read_no_such_case_file(
    tmp_path: Path, put: Callable[[Path], None]
) -> None:
    (tmp_path / "room" / "a").mkdir(parents=True)
    put(tmp_path / "room" / "a" / "case.yaml")
    for read in (read_state, read_at_start):
        with pytest.raises(InputError):
            read(tmp_path / "room" / "a")
    if put is not folder_there:  # a folder of that name is no case file to look at
        groups = read_groups(tmp_path / "room")
        assert (len(groups.groups), len(groups.broken)) == (0, 1)


@pytest.mark.parametrize("put", PUT)
@pytest.mark.parametrize("name", ["d.csv", "a.csv"])
def test_what_lies_in_the_place_of_data(
    case: Callable[..., Path], name: str, put: Callable[[Path], None]
) -> None:
    folder = case()
    (folder / name).unlink()
    put(folder / name)
    faults = check_case(folder)
    assert {fault.field for fault in faults} == {
        "data.file" if name == "d.csv" else "options.llm.predictions"
    }
    assert all("secret" not in fault.remedy() for fault in faults)


def _placed(changes: dict[str, Any], path: tuple[str, ...], name: str) -> dict[str, Any]:
    *parents, last = path
    here = changes
    for key in parents:
        here = here.setdefault(key, {})
    here[last] = name
    return changes


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize(
    "path",
    [("data", "file"), ("data", "grades"), ("data", "documents", "file"),
     ("options", "llm", "predictions"), ("options", "llm", "ask", "prompt"),
     ("options", "llm", "ask", "system"), ("options", "llm", "ask", "attacks"),
     ("options", "rule", "synonyms"), ("options", "rule", "pinned")],
    ids=".".join,
)  # fmt: skip
def test_a_name_leads_to_no_other_file(
    case: Callable[..., Path], path: tuple[str, ...], name: str
) -> None:
    folder = case()
    secret = folder.parent / "secret.csv"
    secret.write_text(ROWS.replace("x,y", "password,y"))
    (folder / "sub").mkdir()
    (folder / "link.csv").symlink_to(secret)
    (folder / "way").symlink_to(folder.parent)
    file = folder / "case.yaml"
    values = json.loads(file.read_text(encoding="utf-8"))
    _placed(values, path, name.replace("{secret}", str(secret)))
    if path[1] == "documents":
        values["data"]["documents"] |= {"id": "id", "text": "x"}
    file.write_text(json.dumps(values), encoding="utf-8")
    faults = check_case(folder)
    said = path[-1] in ("prompt", "system")  # which may be any text
    left_out = path[-1] in ("synonyms", "pinned") and not name.strip()  # as if it were not there
    assert faults or said or left_out
    assert "password" not in "".join(fault.sentence() for fault in faults)


@pytest.mark.parametrize(
    "name",
    ["../up", "..", ".", "/tmp/x", "a/b", "a\\b", "a\x00b", "a\nb", "-a", ".a", "a..b",
     "<script>", "$(id)", "%2e%2e", "a" * 300, "e\u0301", "a\u202eb", "a:b", "a|b", "a*", "`id`",
     "{0}", "{{7*7}}", "%s", "~", "a;b", "'a'", '"a"'],
)  # fmt: skip
def test_an_id_is_the_name_of_a_folder_and_nothing_else(
    case: Callable[..., Path], name: str
) -> None:
    options = {name: {"kind": "rule", "when": "x > 3"}, "rule": {"kind": "rule", "when": "x > 2"}}
    for place, changes in enumerate(({"id": name}, {"options": options})):
        folder = case(f"case-{place}", **changes)
        field = "id" if "id" in changes else f"options.{name}"
        codes = {fault.code for fault in check_case(folder)}
        assert codes & {"id", "yaml-sign"}, field
    folder = case("set")
    assert {fault.code for fault in check_case(folder, {"id": name})} & {"id", "override-sign"}
    assert case_id(folder, {}) == "set"


def test_a_link_inside_the_folder_is_followed(case: Callable[..., Path]) -> None:
    folder = case()
    for name in ("d.csv", "case.yaml"):
        (folder / name).rename(folder / f"kept-{name}")
        (folder / name).symlink_to(f"kept-{name}")
    assert check_case(folder) == []
    (folder.parent / "other").symlink_to(folder, target_is_directory=True)
    assert load_case(folder.parent / "other").folder == folder.resolve()
