"""Groups side by side: read, ranked, told apart, and written without saying who is who."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit import decide, load_case
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.groups import read_groups
from mlpdm_kit.record.rollup import Rollup, collect
from mlpdm_kit.record.rollup_page import write_rollup
from mlpdm_kit.record.rollup_said import block_said, lead
from mlpdm_kit.text import Text
from mlpdm_kit.view.interval_chart import rollup_pictures

MakeCase = Callable[..., Path]
DRAWS = 256
RANGES: dict[str, Any] = {
    "title": "Look into it?",
    "people": {"decider": "Head of accounting"},
    "volume": "900..1100 per month",
    "outcomes": {"false_positive": {"cost": "90..110 JPY per claim"},
                 "false_negative": {"cost": "900..1300 JPY per claim"}},
}  # fmt: skip


def miss(cost: str) -> dict[str, Any]:
    return {"outcomes": {**RANGES["outcomes"], "false_negative": {"cost": cost}}}


@pytest.fixture
def room(make_case: MakeCase, tmp_path: Path) -> Callable[..., Path]:
    """Writes groups' working folders, each from a small case with changes."""

    def made(**groups: dict[str, Any]) -> Path:
        folder = tmp_path / "room"
        for name, changes in groups.items():
            case = make_case(name, **{**RANGES, **changes})
            (folder / name).mkdir(parents=True)
            shutil.move(case, folder / name / "case")
        return folder

    return made


def groups_of(folder: Path, **more: Any) -> Rollup:
    return collect(folder, draws=DRAWS, **more)


def test_what_would_change_a_choice_comes_first(room: Callable[..., Path]) -> None:
    folder = room(
        sales=miss("3000..4000 JPY per claim"),
        ops={**miss("200..300 JPY per claim"), "volume": "900..1101 per month"},
    )
    found = groups_of(folder, names=True)
    (block,) = found.blocks
    assert {row.group for row in block.groups} == {"sales/case", "ops/case"}
    first = block.fields[0]
    assert first.input == "outcomes.false_negative"
    assert first.apart == (("ops/case", "sales/case"),)
    assert set(first.turns) == {("ops/case", "sales/case"), ("sales/case", "ops/case")}
    assert first.no_fact
    later = next(one for one in block.fields if one.input == "volume")
    assert later.turns == ()
    assert later.gap < 0
    assert "outcomes.false_positive" in block.alike
    assert block.sign_differs
    assert len(block.verdicts) == 2


def test_the_second_ones_view_changes_the_first_ones_choice(room: Callable[..., Path]) -> None:
    """A pair stands there exactly where the first one, with the second one's range, decides
    otherwise."""
    costs = {"a": "9000..13000 JPY per claim", "b": "10..20 JPY per claim",
             "c": "8000..9000 JPY per claim"}  # fmt: skip
    folder = room(**{name: miss(cost) for name, cost in costs.items()})
    (block,) = groups_of(folder, names=True).blocks
    field = next(one for one in block.fields if one.input == "outcomes.false_negative")
    chosen = {
        (one, other): decide(
            load_case(folder / one / "case", {"outcomes.false_negative": costs[other]}), draws=DRAWS
        ).verdict.option
        for one in costs
        for other in costs
    }
    wanted = {
        (f"{one}/case", f"{other}/case")
        for one, other in chosen
        if chosen[one, other] != chosen[one, one]
    }
    assert wanted
    assert set(field.turns) == wanted


def test_groups_that_agree_have_nothing_to_argue_about(room: Callable[..., Path]) -> None:
    found = groups_of(room(one={}, two={}, three={}))
    (block,) = found.blocks
    assert block.fields == ()
    assert len(block.verdicts) == 1
    said = block_said(block, found.of_blocks[0], "en")
    assert said.large.startswith("All 3 groups come to the same")
    assert said.fields.rows == ()


def test_the_input_that_flips_each_group_is_the_nearest_break_even(
    room: Callable[..., Path],
) -> None:
    found = groups_of(room(one={}))
    (row,) = found.blocks[0].groups
    record = found.found.groups[0].record
    assert record is not None
    turning = [one for one in record.break_even if one.below or one.above]
    assert row.turns_on in turning


def test_different_cases_are_told_apart(room: Callable[..., Path]) -> None:
    folder = room(
        one={}, two={}, other={"title": "Something else?"}, own={"id": "x-1", "title": "A"},
        same={"id": "X-1", "title": "B"}, dollars={"currency": "JPY", "task": "binary"},
    )  # fmt: skip
    found = groups_of(folder, names=True)
    assert [len(block.groups) for block in found.blocks] == [3, 2, 1]
    assert lead(found, Text("en")).startswith("6 groups on 3 different cases")


def test_a_broken_file_is_named_and_the_others_count(room: Callable[..., Path]) -> None:
    folder = room(one={}, two={})
    (folder / "three").mkdir()
    (folder / "three" / "case.yaml").write_text("title: [\n")
    (folder / "four").mkdir()
    (folder / "four" / "case.yaml").write_bytes(b"\xff\xfe\x00bad")
    (folder / "one" / "case" / "answers").mkdir()
    (folder / "one" / "case" / "answers" / "KT.yaml").write_text("- 1\n")
    found = groups_of(folder)
    assert len(found.blocks[0].groups) == 2
    files = {fault.file for fault in found.found.broken}
    assert files == {"three/case.yaml", "four/case.yaml"}
    own = {fault.file for name, fault in found.found.faults if name}
    assert own == {"answers/KT.yaml"}


def test_a_case_in_the_making_is_compared_as_far_as_it_goes(room: Callable[..., Path]) -> None:
    found = groups_of(room(one={}, two={"horizon": None, "volume": "10..20 per month"}), names=True)
    two = next(row for row in found.blocks[0].groups if row.group == "two/case")
    assert two.outcome is None
    assert two.faults > 0
    volume = next(one for one in found.blocks[0].fields if one.input == "volume")
    assert {held.by for held in volume.held} == {"one/case", "two/case"}


def test_an_empty_folder_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_groups(tmp_path)
    assert caught.value.faults[0].code == "no-groups"
    with pytest.raises(InputError) as caught:
        read_groups(tmp_path / "nowhere")
    assert caught.value.faults[0].code == "path-missing"


def test_a_record_of_the_case_as_it_stands_is_read_and_an_old_one_is_not(
    room: Callable[..., Path],
) -> None:
    folder = room(one={})
    case = load_case(folder / "one" / "case")
    record = decide(case, draws=512)
    place = folder / "one" / "records" / "case" / "record.json"
    place.parent.mkdir(parents=True)
    place.write_text(record.to_json(), encoding="utf-8")
    (group,) = read_groups(folder, draws=DRAWS).groups
    assert group.record is not None
    assert group.record.provenance.draws == 512
    file = folder / "one" / "case" / "case.yaml"
    file.write_text(file.read_text().replace("24 months", "36 months"))
    (group,) = read_groups(folder, draws=DRAWS).groups
    assert group.record is not None
    assert (group.record.provenance.draws, group.record.months) == (DRAWS, 36)


def written(found: Rollup, out: Path, lang: str = "en") -> list[str]:
    paths = write_rollup(out, found, rollup_pictures(found, lang), lang=lang)
    assert (out / "assets" / "plotly.min.js").is_file()
    return [path.read_text(encoding="utf-8-sig") for path in paths]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_nothing_that_is_written_says_who_is_who(
    room: Callable[..., Path], tmp_path: Path, lang: str
) -> None:
    changes = miss("10..20 JPY per claim")
    folder = room(zebra={**changes, "people": {"decider": "Ms Secret"}}, yak={}, xenia={})
    (folder / "zebra" / "case" / "answers").mkdir()
    (folder / "zebra" / "case" / "answers" / "KT.yaml").write_text(
        "estimates: {volume: 800..900 per month}\n"
    )
    found = groups_of(folder, label=Text(lang).say("rollup.group", name="{name}"))
    for text in written(found, tmp_path / "out", lang):
        for word in ("zebra", "yak", "xenia", "Secret", str(tmp_path)):
            assert word not in text
    said = Text(lang).say("rollup.group", name="A")
    assert said in (tmp_path / "out" / "comparison.html").read_text()
    named = written(groups_of(folder, names=True), tmp_path / "named", lang)
    assert all("zebra" in text for text in named)


def test_the_page_loads_nothing_and_runs_only_its_own_script(
    room: Callable[..., Path], tmp_path: Path
) -> None:
    hostile = "<script>alert(1)</script>"
    folder = room(one={"title": hostile}, two={"title": hostile, **miss("10..20 JPY per claim")})
    page, table, plain = written(groups_of(folder), tmp_path / "out")
    assert hostile not in page
    assert re.findall(r'<script src="(.+?)"', page) == ["assets/plotly.min.js"]
    assert "default-src 'none'; script-src 'self' file: 'sha256-" in unescape(page)
    assert not re.search(r"https?://", page)
    assert json.loads(plain)["schema"] == "mlpdm-comparison/1"
    lines = list(csv.DictReader(io.StringIO(table)))
    assert {line["group"] for line in lines} == {"A", "B"}
    assert all(float(line["low"]) <= float(line["high"]) for line in lines)


def test_a_spreadsheet_runs_nothing(room: Callable[..., Path], tmp_path: Path) -> None:
    folder = room(one={"title": "=1+1"}, two={"title": "=1+1", **miss("10..20 JPY per claim")})
    _, table, _ = written(groups_of(folder), tmp_path / "out")
    assert all(line["case"] == "'=1+1" for line in csv.DictReader(io.StringIO(table)))


def test_the_same_folders_give_the_same_bytes(room: Callable[..., Path], tmp_path: Path) -> None:
    folder = room(one={}, two=miss("10..20 JPY per claim"))
    first = written(groups_of(folder), tmp_path / "a")
    assert written(groups_of(folder), tmp_path / "b") == first
