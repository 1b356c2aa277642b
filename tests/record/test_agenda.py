"""The agenda: boxes of time out of the notebooks, scaled, printed, and the clock beside it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit import shipped
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.agenda import plan, roles, scaled
from mlpdm_kit.record.agenda_page import render_agenda, render_clock, write_agenda
from mlpdm_kit.record.stages import STEPS
from mlpdm_kit.text import LANGUAGES, Text

NOTEBOOKS = {
    file.name: json.loads(file.read_text(encoding="utf-8"))["metadata"]["mlpdm"]
    for file in shipped.notebooks().rglob("*.ipynb")
    if file.name != "start.ipynb" and file.parent.name != "lessons"
}


def test_three_hours_are_the_plan_as_it_is_written() -> None:
    agenda = plan()
    assert [(box.id, box.minutes) for box in agenda.boxes] == [
        ("start", 10), ("problem_framing", 25), ("estimates", 10), ("baseline_comparison", 30),
        ("break", 10), ("cost_of_errors", 25), ("expected_value", 30), ("decision_record", 20),
        ("comparison", 15), ("buffer", 5),
    ]  # fmt: skip
    assert agenda.minutes == 180


def test_the_steps_have_the_time_and_the_circle_of_their_notebooks() -> None:
    boxes = [box for box in plan().boxes if box.notebook]
    assert [box.id for box in boxes if box.id in STEPS] == list(STEPS)
    assert [box.id for box in boxes if box.id not in STEPS] == ["estimates", "comparison"]
    for box in boxes:
        own = NOTEBOOKS[box.notebook]
        assert (box.minutes, box.mode, box.if_late) == (own["minutes"], own["mode"], own["if_late"])


def test_the_english_sentence_for_when_it_is_late_is_the_notebooks_own() -> None:
    text = Text("en")
    for box in plan().boxes:
        if box.notebook:
            said = text.say(f"agenda.{box.id}.if-late")
            assert said == NOTEBOOKS[box.notebook]["if_late"]


@given(st.integers(60, 480))
def test_every_box_keeps_some_of_the_minutes_there_are(minutes: int) -> None:
    agenda = plan(minutes)
    assert agenda.minutes == minutes
    assert all(box.minutes >= 1 for box in agenda.boxes)
    begins = [box.begins for box in agenda.boxes]
    assert begins == [sum(box.minutes for box in agenda.boxes[:n]) for n in range(len(begins))]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.integers(12, 600))
def test_scaled_lengths_add_up(minutes: list[int], total: int) -> None:
    if total >= 120 and total % 5 == 0 and total // 5 < len(minutes):
        return
    found = scaled(minutes, total)
    assert sum(found) == total
    assert min(found) >= 1


def test_times_of_day() -> None:
    assert [plan(start="23:30").clock(n) for n in (0, 15, 45)] == ["23:30", "23:45", "0:15"]
    assert plan().clock(85) == "1:25"


@pytest.mark.parametrize("start", ["24:00", "9", "9.30", "9:60", "", "noon"])
def test_a_start_that_is_no_time_is_refused(start: str) -> None:
    with pytest.raises(InputError, match="--start must be a time of day"):
        plan(start=start)


@pytest.mark.parametrize("minutes", [0, 59, 481])
def test_too_few_and_too_many_minutes_are_refused(minutes: int) -> None:
    with pytest.raises(InputError, match=f"between 60 and 480 minutes, got {minutes}"):
        plan(minutes)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_has_boxes_roles_preparation_and_the_next_meeting(lang: str) -> None:
    page, text = render_agenda(plan(start="13:30"), lang=lang), Text(lang)
    wanted = [text.say("agenda.leave"), "13:30", "16:25"]
    wanted += [
        text.say(f"role.{role}{end}") for role in roles() for end in ("", ".does", ".brings")
    ]
    wanted += [text.say(f"agenda.{box.id}.{end}") for box in plan().boxes
               for end in ("does", "if-late")]  # fmt: skip
    assert [said for said in wanted if said not in page] == []
    assert roles()[0] == "decider"


def test_pages_load_nothing_and_run_only_their_own_script() -> None:
    agenda, clock = render_agenda(plan()), render_clock(plan())
    assert "<script" not in agenda
    policy = unescape(re.findall(r'Content-Security-Policy" content="(.+?)"', clock)[0])
    script = re.findall(r"<script>(.+?)</script>", clock, re.DOTALL)[0]
    assert b64encode(sha256(script.encode()).digest()).decode() in policy
    assert "default-src 'none'" in policy
    for page in (agenda, clock):
        assert not re.search(r"(src|href)=\"(https?:)?//", page)
        assert not re.search(r"<[^>]+ on\w+=", page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_clock_has_every_box_and_every_word_its_script_asks_for(lang: str) -> None:
    page = render_clock(plan(120), lang=lang)
    boxes, said = (json.loads(found) for found in
                   re.findall(r'application/json" id="\w+">(.+?)</script>', page))  # fmt: skip
    assert [box["minutes"] for box in boxes] == [box.minutes for box in plan(120).boxes]
    script = re.findall(r"<script>(.+?)</script>", page, re.DOTALL)[0]
    asked = set(re.findall(r'said\.(\w+)|said\["([\w-]+)"\]|fill\("(\w+)"', script))
    assert {next(filter(None, names)) for names in asked} == set(said)


def test_both_are_written_side_by_side(tmp_path: Path) -> None:
    file = write_agenda(tmp_path / "new", plan(), name="a.html")
    assert sorted(f.name for f in file.parent.iterdir()) == ["a.html", "clock.html"]
    assert 'href="clock.html"' in file.read_text(encoding="utf-8")
