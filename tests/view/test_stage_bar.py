"""The bar over the notebooks: a sign and words for each step, with its link."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.editing.file import CaseFile, Change
from mlpdm_kit.case.load import load_case
from mlpdm_kit.record.stages import STEPS, Stage, Status
from mlpdm_kit.record.steps import Walk
from mlpdm_kit.text import LANGUAGES, Text
from mlpdm_kit.view.stage_bar import SIGNS, StageSpot, notebook_of, stage_bar

BARE = "title: Something?\nframing: {user: '', problem: '', decision: '', status_quo: ''}\n"


def stage(status: Status, **more: Any) -> Stage:
    return Stage(**{"step": STEPS[2], "status": status, "answered": 1, "asked": 2, **more})


def words(bundle: dict[str, str]) -> str:
    return re.sub(r"<[^>]+>", " ", bundle["text/html"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_status_has_a_sign_and_words_of_its_own(lang: str) -> None:
    text = Text(lang)
    said = [words(stage_bar([stage(status, changed=(STEPS[0],) if status == "stale" else ())],
                            text=text)) for status in SIGNS]  # fmt: skip
    assert len(set(said)) == len(SIGNS) == len(set(SIGNS.values()))
    assert all(sign in words_of for sign, words_of in zip(SIGNS.values(), said, strict=True))


def test_it_says_how_many_are_answered_what_changed_and_what_holds_meanwhile() -> None:
    text = Text("en")
    assert "1 of 2 answered, 1 of them only assumed" in words(
        stage_bar([stage("partial", assumed=1)], text=text)
    )
    assert "nothing can be told in money" in words(stage_bar([stage("partial")], text=text))
    assert "nothing can be told" not in words(stage_bar([stage("complete", answered=2)], text=text))
    stale = stage("stale", answered=2, changed=(STEPS[0], STEPS[1]))
    assert "changed since in Problem and gates, Options and data" in words(
        stage_bar([stale], text=text)
    )
    record = stage("stale", step=STEPS[4], answered=2)
    assert "since the record was written" in words(stage_bar([record], text=text))
    done = stage("partial", answered=2)
    assert "all answered, no result yet" in words(stage_bar([done], text=text))
    here = words(stage_bar([done], text=text, here=done.step))
    assert "all answered" in here  # whoever reads it has it open
    assert "yet" not in here
    assert "a gate stops the case" in words(stage_bar([stage("spared", asked=0)], text=text))


def test_it_links_to_all_steps_but_the_one_that_is_open() -> None:
    found = [stage("partial", step=step) for step in STEPS]
    html = stage_bar(found, text=Text("en"), here=STEPS[1], home="start.ipynb")["text/html"]
    links = re.findall(r'href="(.+?)"', html)
    assert links == ["start.ipynb", *(notebook_of(step) for step in STEPS if step != STEPS[1])]
    assert html.count("you are here") == 1
    html = stage_bar(found, text=Text("en"), alone="silent_estimates.ipynb")["text/html"]
    assert '<a href="silent_estimates.ipynb">Silent estimates</a>' in html


def test_its_place_follows_the_file_and_what_others_leave(
    make_case: Callable[..., Path], tmp_path: Path
) -> None:
    pytest.importorskip("ipywidgets")
    folder, out = make_case(), tmp_path / "out"
    file, spot = CaseFile(folder), StageSpot(STEPS[0], out)
    spot.fill(file, Text("en"))

    def shown() -> str:
        return str(spot.place.outputs[0]["data"]["text/html"])

    assert not spot.moved()
    before = shown()
    walk = Walk(load_case(folder), draws=256, out=out)
    walk.save(walk.errors())
    assert spot.moved()
    spot.fill(file, Text("en"))
    assert shown() != before
    assert not spot.moved()
    assert file.commit(Change(path=("framing", "decision"), value="Another")).saved
    spot.fill(file, Text("en"))
    assert "changed since in Problem and gates" in shown()


def test_a_case_that_cannot_be_worked_out_yet_has_its_bar(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(BARE)
    spot = StageSpot("", tmp_path / "out")
    spot.fill(CaseFile(tmp_path), Text("ja"))
    assert "未着手" in str(spot.place.outputs)


def test_the_way_back_is_shown_where_there_is_a_start_page(
    make_case: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = CaseFile(make_case())
    monkeypatch.chdir(tmp_path)
    for there in (False, True):
        if there:
            Path("start.ipynb").touch()
            Path("silent_estimates.ipynb").touch()
        spot = StageSpot(STEPS[0], tmp_path / "out")
        spot.fill(file, Text("en"))
        assert ("start.ipynb" in str(spot.place.outputs)) == there
        assert ("silent_estimates.ipynb" in str(spot.place.outputs)) == there
    assert os.getcwd() == str(tmp_path)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_says_what_has_to_be_put_right_and_how_many_gates_are_open(lang: str) -> None:
    text = Text(lang)
    faulty = stage("partial", step=STEPS[3], answered=2, faults=1)
    assert text.say("stage.status.faulty", n=1) in words(stage_bar([faulty], text=text))
    both = words(stage_bar([stage("partial", step=STEPS[3], faults=1)], text=text))
    name = text.say(f"stage.{STEPS[3]}")
    assert text.say("stage.meanwhile.faults", name=name, n=1) in both
    assert text.say(f"stage.meanwhile.{STEPS[3]}", name=name, n=1) in both
    gates = words(stage_bar([stage("partial", step=STEPS[0], gates=3)], text=text))
    assert gates.count(text.say("open.gates.many", n=3)) == 2  # in its box, and in the note below
