"""A lesson in a real browser, as a learner takes it: answer, be told, mend, come back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from mlpdm_kit.course.learner import read_learner
from mlpdm_kit.course.lessons import LESSONS, exercise_of
from mlpdm_kit.course.words import choice_label, field_label, right_answers
from tests.workshop.conftest import served
from tests.workshop.lab import LONG, TOO_WIDE, Lab

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # of the driver's own pipes
]
LESSON = LESSONS["framing"]
NOTEBOOK = f"{LESSON.notebook}.ipynb"
BEYOND = """one => {
  const edge = one.getBoundingClientRect().right + 1
  return [...one.querySelectorAll('.mlpdm-look *')]
    .filter(part => part.getBoundingClientRect().right > edge)
    .map(part => `${part.tagName} ${part.textContent.trim().slice(0, 60)}`)
}"""  # what a reader would have to scroll to


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("course") / "lessons"


@pytest.fixture(scope="module")
def lab(chromium: Browser, room: Path) -> Iterator[Lab]:
    words = ("course", "open", str(room), "--learner", "Aki")
    with served(room.parent, *words) as address:
        lab = Lab(chromium.new_page(viewport={"width": 1440, "height": 900}), address)
        yield lab
        lab.shut()
        lab.page.close()
    assert lab.errors == []


def fill(lab: Lab, exercise: str, answers: dict[str, str]) -> None:
    one = exercise_of(exercise)
    for field in one.fields:
        if field.name in answers:
            label = field_label(one, field, "en")
            if field.choices:
                choice = answers[field.name]
                known = choice if choice not in field.choices else (
                    choice_label(one, field, choice, "en"))  # fmt: skip
                lab.choose(label, known)
            else:
                lab.type(label, answers[field.name])


def check(lab: Lab, number: int) -> None:
    lab.page.locator(".mlpdm-exercise").nth(number).get_by_role("button", name="Check").click()


def test_a_learner_takes_a_lesson(lab: Lab, room: Path) -> None:
    file = room / "learners" / "Aki.yaml"
    lab.open(NOTEBOOK)
    assert lab.page.locator(".mlpdm-exercise").count() == len(LESSON.exercises)
    assert lab.nameless() == []
    assert lab.page.evaluate(TOO_WIDE) == []

    cost = LESSON.exercises[2]
    right = right_answers(cost, "en")
    first = cost.fields[0].name
    slip = cost.fields[0].mistakes[0]
    wrong = f"{slip.leads_to(cost.worked()):.6g}"  # type: ignore[operator]
    fill(lab, cost.id, {**right, first: wrong})
    check(lab, 2)
    lab.said("Partly right.")
    assert read_learner(file).checked(cost.id).state == "partial"
    fill(lab, cost.id, right)
    check(lab, 2)
    lab.said("All right.")

    words = LESSON.exercises[-1]
    fill(lab, words.id, right_answers(words, "en"))
    check(lab, len(LESSON.exercises) - 1)
    table = lab.page.locator(".mlpdm-table").filter(has_text="How far you are")
    expect(table.get_by_text("All right.")).to_have_count(2, timeout=LONG)
    learner = read_learner(file)
    assert [learner.checked(one.id).state for one in (cost, words)] == ["pass", "pass"]

    lab.shut()
    lab.reload()  # another day: what was written is there
    label = field_label(cost, cost.fields[-1], "en")
    assert lab.field(label).input_value() == right[cost.fields[-1].name]


def test_on_a_small_window_nothing_is_scrolled_sideways(lab: Lab) -> None:
    lab.page.set_viewport_size({"width": 1024, "height": 768})
    for name in (NOTEBOOK, "calibration.ipynb", "find_the_flaw.ipynb"):
        lab.open(name)
        assert lab.page.evaluate(TOO_WIDE) == [], name
        assert lab.nameless() == [], name


@pytest.mark.parametrize("size", [(1024, 768), (1440, 900)], ids=["small", "usual"])
def test_a_case_that_is_looked_into_fits_the_window(lab: Lab, size: tuple[int, int]) -> None:
    lab.page.set_viewport_size({"width": size[0], "height": size[1]})
    lab.open("find_the_flaw.ipynb")
    one = lab.page.locator(".mlpdm-exercise").filter(has_text="“leaving-customers”")
    one.get_by_role("button", name="Show the case, and what the kit says of it").click()
    expect(one.get_by_role("table")).not_to_have_count(0, timeout=LONG)
    one.locator(".mlpdm-look summary").click()
    expect(
        one.locator(".mlpdm-look").get_by_text("all columns come from the monthly extract")
    ).to_be_visible()
    assert lab.page.evaluate(TOO_WIDE) == []
    assert one.evaluate(BEYOND) == []


def test_a_flaw_is_found_and_mended_without_yaml(lab: Lab, room: Path) -> None:
    lab.page.set_viewport_size({"width": 1440, "height": 900})
    lab.open("find_the_flaw.ipynb")
    one = lab.page.locator(".mlpdm-exercise").filter(has_text="“bakery”")
    one.get_by_role("button", name="Show the case, and what the kit says of it").click()
    expect(one.get_by_role("table")).not_to_have_count(0, timeout=LONG)
    assert lab.page.evaluate(TOO_WIDE) == []
    listed = one.get_by_label("Take a value into your mend, then change it")
    line = one.locator("option").filter(has_text="(options.model.run")
    listed.select_option(label=line.inner_text())
    mend = one.get_by_label("The values that mend it")
    expect(mend).to_have_value(re.compile(r"^options\.model\.run"))
    mend.fill(f"{mend.input_value().partition(':')[0]}: 1200..1800 EUR per month")
    mend.press("Tab")
    one.get_by_label("Which flaw is it?").select_option(
        label="A price for a month is entered for a day"
    )
    one.get_by_role("button", name="Check").click()
    expect(one.get_by_text("All right.")).to_be_visible(timeout=LONG)
    assert read_learner(room / "learners" / "Aki.yaml").checked("bakery").state == "pass"
    lab.page.get_by_role("link", name=re.compile("^Does a range")).click()
    lab.page.get_by_role("tab", name="calibration.ipynb").wait_for()
