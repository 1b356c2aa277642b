"""A product manager walks a case of their own from an empty page to a written record."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from mlpdm_kit import load_case
from mlpdm_kit.case.editing.file import CaseFile, Change
from tests.workshop.conftest import workshop
from tests.workshop.lab import Lab, picture, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # of the driver's own pipes
]

SHOTS = os.environ.get("MLPDM_PICTURES")  # a folder to keep pictures of every stage in
NOTEBOOKS = ("01_problem_framing", "02_baseline_comparison", "03_cost_of_errors",
             "04_expected_value", "05_decision_record")  # fmt: skip


PLOTS_FIT = """() => [...document.querySelectorAll('.js-plotly-plot')].every(plot => {
  const drawn = plot.querySelector('svg');
  return !drawn || drawn.getBoundingClientRect().width <= plot.getBoundingClientRect().width + 2;
})"""
RULE, MODEL = "Ring all with two misses", "Model on past trips"


def shot(lab: Lab, name: str) -> None:
    """Keep pictures of what is shown, on a wide and on a narrower window, if wanted."""
    if SHOTS is None:
        return
    for width in (1440, 1024):
        lab.page.set_viewport_size({"width": width, "height": 900})
        lab.page.evaluate("() => document.activeElement.blur()")
        lab.page.wait_for_function(PLOTS_FIT)
        picture(lab.page, Path(SHOTS) / f"{name}-{width}.png")
    lab.page.set_viewport_size({"width": 1440, "height": 900})


def range_(lab: Lab, label: str, low: str, high: str = "", unit: str = "") -> None:
    """Fill in a quantity, the unit first."""
    if unit:
        lab.choose(f"{label}: unit", unit)
    lab.type(f"{label}: low", low)
    if high:
        lab.type(f"{label}: high", high)


def test_from_an_empty_page_to_a_record(chromium: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "room" / "parcels"
    folder.parent.mkdir()
    case = folder / "late-parcels" / "case.yaml"

    def says(text: str) -> bool:
        return case.is_file() and text in case.read_text(encoding="utf-8")

    with workshop(folder) as address:
        lab = Lab(chromium.new_page(viewport={"width": 1440, "height": 900}), address)
        lab.open("start.ipynb")
        shot(lab, "0-start")
        lab.type("A name for the new case, as in late-parcels", "late-parcels")
        lab.press("Take this case")
        until(lambda: "late-parcels" in (folder / "workshop.json").read_text(encoding="utf-8"))
        lab.shut()

        lab.open(f"{NOTEBOOKS[0]}.ipynb")
        lab.type("The decision as a question", "Ring before a parcel comes late?")
        lab.type("What one case is called", "parcel")
        lab.type("Currency of all prices", "JPY")
        until(lambda: says("currency: JPY"))
        lab.type("Whose problem it is", "Depot lead")
        lab.type("What goes wrong today, without a word about ML", "Nobody is at home: 再配達")
        lab.type("Which decision or action changes", "Which customers are rung before")
        lab.type("How it is done today", "Nobody is rung")
        lab.type("What is measured", "second trips a month")
        lab.type("Where it stands now", "900")
        lab.type("Where it should be", "500")
        lab.type("Who decides", "Head of deliveries")
        until(lambda: says("decider: Head of deliveries"))
        lab.unfold("What is allowed")
        forbidden = "What is allowed: Does a law or a policy forbid this use?"
        lab.choose(f"{forbidden}: where from", "quoted")
        lab.choose(f"{forbidden}: answer", "no")
        lab.type(f"{forbidden}: source", "Legal, 12 November")
        until(lambda: says("Legal, 12 November"))
        assert lab.nameless() == []
        shot(lab, "1-framing")
        # a reload in the middle loses nothing
        lab.open(f"{NOTEBOOKS[0]}.ipynb")
        assert lab.field("Whose problem it is").input_value() == "Depot lead"
        lab.shut()

        lab.open(f"{NOTEBOOKS[1]}.ipynb")
        lab.type("A new option: what do you call it?", RULE)
        lab.choose("Kind", "Rule")
        lab.press("Add this option")
        until(lambda: says(RULE))
        lab.unfold(f"Option: {RULE}")
        range_(lab, f"{RULE}: Share caught", "３５", "５５")  # full width, as some keyboards write
        range_(lab, f"{RULE}: Share of false alarms", "5", "12")
        until(lambda: says("5%..12%"))
        lab.type("A new option: what do you call it?", MODEL)
        lab.field("Kind").last.select_option(label="ML model")
        lab.press("Add this option")
        until(lambda: says(MODEL))
        lab.said(f"▸ Option: {MODEL}")
        lab.unfold(f"Option: {MODEL}")  # both stand open, and their fields have names of their own
        range_(lab, f"{MODEL}: Share caught", "60", "80")
        range_(lab, f"{MODEL}: Share of false alarms", "4", "9")
        until(lambda: says("4%..9%"))
        assert lab.nameless() == []
        shot(lab, "2-options")
        lab.shut()

        lab.open(f"{NOTEBOOKS[2]}.ipynb")
        range_(lab, "False alarms: what one costs", "４０", "lots")
        lab.field("False alarms: what one costs: unit").focus()
        for key in ("d", "d", "x", "m", "ArrowDown", "ArrowUp"):  # no key is a command here
            lab.page.keyboard.press(key)
        assert lab.focused() == "False alarms: what one costs: unit"
        lab.said("is no quantity")  # what was typed stands, and the file keeps what it had
        assert not says("lots")
        lab.type("False alarms: what one costs: high", "100")
        range_(lab, "Missed: what one costs", "３００", "６００")
        until(lambda: says("false_negative"))
        shot(lab, "3-errors")
        lab.shut()

        lab.open(f"{NOTEBOOKS[3]}.ipynb")
        range_(lab, "How many cases there are", "1万", "1.4万")
        range_(lab, "Share that are really the ones to act on", "6", "12")
        range_(lab, "How far ahead to look", "24")
        until(lambda: says("horizon: 24 months"))
        lab.unfold(f"Option: {MODEL}")
        range_(lab, f"{MODEL}: Cost to build it, once", "3M", "8M")
        range_(lab, f"{MODEL}: Cost to run it", "100k", "300k")
        until(lambda: says("100k..300k JPY per month"))
        lab.said("All is up to date.")
        lab.said(re.compile("is worth most|looks worth most|worth most"))
        shot(lab, "4-value")
        lab.shut()

        lab.open("silent_estimates.ipynb")
        for by, low, high in (("KT", "10", "20"), ("MS", "15", "40")):
            lab.type("Your initials", by)
            for label in lab.labels(": low"):
                lab.type(label, low)
                lab.type(label.removesuffix("low") + "high", high)
            shot(lab, f"6-estimates-{by}")
            lab.press("Save my ranges")
            until(lambda by=by: (case.parent / "answers" / f"{by}.yaml").is_file())
            lab.said("One person has answered." if by == "KT" else "2 people have answered.")
        lab.press("Show all ranges")
        lab.said("All ranges are shown.")
        lab.type("Your initials", "KT")  # who answers for what goes into the case
        own = case.read_text(encoding="utf-8")
        lab.page.get_by_role("button", name=re.compile("into the case")).first.click()
        lab.said("Saved in the case:")
        assert case.read_text(encoding="utf-8") != own
        shot(lab, "6-shown")
        lab.press("Undo")
        until(lambda: case.read_text(encoding="utf-8") == own)
        lab.shut()

        lab.open(f"{NOTEBOOKS[4]}.ipynb")
        lab.type("Who is asked before", "Legal, Night shift")
        lab.field("Look at it again on").fill("2027-11-01")
        lab.field("Look at it again on").press("Tab")
        until(lambda: says("2027-11-01"))
        record = folder / "records" / "late-parcels" / "record.json"
        until(lambda: record.is_file() and "2027-11-01" in record.read_text(encoding="utf-8"))
        with lab.page.expect_popup() as opened:  # a page of its own, in which pictures are drawn
            lab.page.get_by_role("link", name=re.compile(r"record\.html$")).first.click()
        opened.value.locator(".js-plotly-plot svg.main-svg").first.wait_for()
        assert "Ring before a parcel comes late?" in opened.value.content()
        opened.value.close()
        shot(lab, "5-record")
        lab.shut()

        other = folder.parent / "second"  # another group, at another table
        shutil.copytree(folder, other)
        theirs = CaseFile(other / "late-parcels")
        assert theirs.commit(Change(path=("volume",), value="100..150 per month")).saved
        lab.open("comparison.ipynb")
        lab.said("Group B")
        page = folder.parent / "comparison" / "comparison.html"
        until(page.is_file)
        for name in ("bottom", "fields", "end"):
            shot(lab, f"7-comparison-{name}")
            lab.page.keyboard.press("PageDown")
        lab.shut()
        assert lab.errors == []
    found = json.loads(record.read_text(encoding="utf-8"))
    rolled_up = page.read_text(encoding="utf-8")
    assert "Group A" in rolled_up
    assert "late-parcels" not in rolled_up  # groups have no names
    assert found["title"] == "Ring before a parcel comes late?"
    assert found["decision_makers"] == ["Head of deliveries"]
    assert found["verdict"]["outcome"] in ("use_non_ml", "find_out_first")  # no gate is answered
    case_ = load_case(case.parent)
    assert (case_.volume.low, case_.volume.high) == (10_000, 14_000)
    assert case_.options["ring-all-with-two-misses"].rates["recall"].low == pytest.approx(0.35)
    assert "# 3. How many, how often" in case.read_text(encoding="utf-8")  # comments stay
