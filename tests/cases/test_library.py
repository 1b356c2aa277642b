"""The case library: each verdict is the one that a careful analyst would give.

The analyst's calculation is done by hand in ``test_<case>.py``, from the data and the case's
ranges, with none of the kit's arithmetic.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from mlpdm_kit import decide, load_case, shipped
from mlpdm_kit.case.load import check_case
from mlpdm_kit.case.template import new_case
from tests import readme
from tests.cases.by_hand import record
from tests.cases.library import ENGLISH, shown, table

LIBRARY = sorted(path.parent.name for path in shipped.cases().glob("*/case.yaml"))
HERE = Path(__file__).parent


@pytest.mark.parametrize("name", LIBRARY)
def test_every_case_is_sound(name: str):
    assert check_case(shipped.cases() / name) == []


@pytest.mark.parametrize("name", LIBRARY)
def test_a_new_case_can_start_from_it(name: str, tmp_path: Path):
    folder = new_case(tmp_path / "mine", like=name).parent
    there = {
        path.name: path.read_bytes()
        for path in (shipped.cases() / name).iterdir()
        if path.name != "flaw.yaml" and path.suffixes != [".ja", ".yaml"]  # the teacher's answer
    }
    copy = {path.name: path.read_bytes() for path in folder.iterdir()}
    marked, example = copy.pop("case.yaml"), there.pop("case.yaml")
    assert copy == there
    assert marked != example  # it says whose figures these are
    assert f"example {name}" in marked.decode().splitlines()[0]
    assert check_case(folder) == []
    assert load_case(folder).title != load_case(shipped.cases() / name).title


def test_the_readme_shows_the_library_as_it_is():
    """Where this fails: ``python -m tests.cases``."""
    assert readme.shown("library") == table([record(name) for name in shown()])


def test_the_readme_asks_every_question_in_english():
    other = {name for name in shown() if not load_case(shipped.cases() / name).title.isascii()}
    assert other == set(ENGLISH)
    assert len(other) == 6  # the table says so


def test_a_japanese_case_names_its_steps_in_japanese():
    for name in ENGLISH:
        case = load_case(shipped.cases() / name)
        steps = [step for option in case.options.values() for step in option.steps]
        assert not any(step.isascii() for step in steps), name


def test_the_verdicts_differ():
    found = {name: record(name).verdict.outcome for name in LIBRARY}
    assert set(found.values()) == {
        "use_ml", "use_non_ml", "find_out_first", "do_nothing", "stop",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["rain-alert", "screening", "progression"])
def test_real_data_says_where_it_comes_from(name: str):
    data = record(name).baseline.data
    assert data is not None
    assert data.source
    assert data.licence


def test_the_record_is_the_same_bytes():
    case = load_case(shipped.cases() / "screening")
    assert decide(case).to_json() == record("screening").to_json()


@pytest.mark.parametrize("name", [name for name in LIBRARY if not name.startswith("flaw-")])
def test_every_case_is_calculated_by_hand(name: str):
    assert (HERE / f"test_{name.replace('-', '_')}.py").is_file()


def test_every_data_file_is_made_again_to_the_byte(tmp_path: Path):
    maker = HERE.parents[1] / "data" / "make_cases.py"
    spec = importlib.util.spec_from_file_location("make_cases", maker)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = set(module.main(tmp_path))
    there = {
        path.relative_to(shipped.cases()).as_posix()
        for path in shipped.cases().glob("*/*")
        if path.suffix != ".yaml"
    }
    assert made == there
    for name in made:
        assert (tmp_path / name).read_bytes() == (shipped.cases() / name).read_bytes()
