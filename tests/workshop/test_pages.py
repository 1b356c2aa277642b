"""Pages of a workshop come back by themselves, and nothing on them is scrolled sideways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.workshop.conftest import workshop
from tests.workshop.lab import LONG, PAGE, TOO_WIDE, Lab

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # of the driver's own pipes
]


NOTEBOOKS = (
    "start.ipynb",
    "01_problem_framing.ipynb",
    "02_baseline_comparison.ipynb",
    "03_cost_of_errors.ipynb",
    "04_expected_value.ipynb",
    "05_decision_record.ipynb",
    "silent_estimates.ipynb",
)


@pytest.fixture(scope="module")
def lab(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with workshop(tmp_path_factory.mktemp("room") / "churn", "churn") as address:
        lab = Lab(chromium.new_page(viewport={"width": 1440, "height": 900}), address)
        yield lab
        lab.shut()
        lab.page.close()
    assert lab.errors == []


def test_a_page_says_that_it_starts_and_comes_back_by_itself(lab: Lab) -> None:
    page = lab.page
    page.goto(f"{lab.address}/lab/tree/01_problem_framing.ipynb?token={lab.token}&reset")
    line = page.get_by_role("status").filter(has_text="about 10 seconds")
    line.wait_for()
    lab.filled()
    expect(line).to_have_count(0)
    label = "Whose problem it is"
    lab.type(label, "Customer care")
    lab.said("Saved.")
    lab.reload()  # the kernel is alive
    assert lab.field(label).input_value() == "Customer care"
    lab.shut()
    lab.reload()  # the kernel is gone
    assert lab.field(label).input_value() == "Customer care"
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name="Restart Kernel", exact=False).first.click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    line.wait_for()
    lab.filled()
    assert lab.field(label).input_value() == "Customer care"


def test_the_reader_stands_at_the_top_unless_they_go_on_meanwhile(lab: Lab) -> None:
    lab.open("01_problem_framing.ipynb")
    assert lab.scrolled == 0
    lab.run_all()
    expect(lab.page.locator(f"{PAGE} .jp-Cell").first).to_contain_class("jp-mod-active")
    assert lab.scrolled == 0


def test_a_page_that_no_kernel_fills_says_what_to_press(chromium: Browser, lab: Lab) -> None:
    lab.shut()
    page = chromium.new_page()
    page.route("**/api/sessions*", lambda route: route.abort())
    page.goto(f"{lab.address}/lab/tree/01_problem_framing.ipynb?token={lab.token}&reset")
    page.get_by_text("Choose Run, then Run All Cells").wait_for(timeout=2 * LONG)
    page.close()


BOXES = f"""() => [...document.querySelectorAll('{PAGE} .mlpdm-stages > div > div')]
  .map(box => {{ const at = box.getBoundingClientRect();
                 return [Math.round(at.top), Math.round(at.width), Math.round(at.height)] }})"""
LISTS = """() => [...document.querySelectorAll('.mlpdm-form select[multiple]')]
  .filter(one => one.offsetParent)
  .map(one => [one.options.length, one.clientHeight / parseFloat(getComputedStyle(one).fontSize)])
"""
UNFOLD = """() => document.querySelectorAll('button.mlpdm-fold').forEach(one => {
  if (one.offsetParent && one.textContent.startsWith('▸')) one.click() })"""


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_nothing_is_scrolled_sideways_and_lists_show_what_they_hold(lab: Lab, name: str) -> None:
    lab.shut()
    lab.open(name)
    lab.page.evaluate(UNFOLD)
    folds = lab.page.locator("button.mlpdm-fold").filter(visible=True, has_text="▸")
    for _ in range(3):  # folds within folds
        lab.page.evaluate(UNFOLD)
        if not folds.count():
            break
    for width in (1440, 1024):
        lab.page.set_viewport_size({"width": width, "height": 900})
        lab.page.wait_for_function(f"() => ({TOO_WIDE})().length === 0")
        boxes = lab.page.evaluate(BOXES)
        if "silent" not in name:
            assert len(boxes) == 5
            assert len({tuple(box) for box in boxes}) == 1  # one line, of one size
    for options, height in lab.page.evaluate(LISTS):
        assert height >= 1.1 * min(options, 12)
    lab.page.set_viewport_size({"width": 1440, "height": 900})


FRAMES = """() => [...document.querySelectorAll('.mlpdm-form :is(input, select, textarea)')]
  .filter(one => one.offsetParent && one.type !== 'range')
  .map(one => {
    one.focus({focusVisible: true});
    const look = getComputedStyle(one), at = one.getBoundingClientRect();
    const reach = parseFloat(look.outlineWidth) + parseFloat(look.outlineOffset);
    const label = one.type === 'checkbox' ? null : one.labels[0];
    const over = label && getComputedStyle(label).display !== 'none'
      ? label.getBoundingClientRect().bottom - (at.top - reach) : 0;
    const box = one.parentElement, cut = getComputedStyle(box).overflow !== 'visible'
      && at.right + reach - box.getBoundingClientRect().right > 1;
    const bar = one.type === 'checkbox' && at.height > 1.5 * at.width;
    return {name: one.outerHTML.slice(0, 80), bad: reach <= 0 || over > 0 || cut || bar};
  })"""


def test_the_frame_of_what_has_the_focus_is_whole_and_crosses_no_label(lab: Lab) -> None:
    lab.shut()
    lab.open("02_baseline_comparison.ipynb")
    lab.page.locator("button.mlpdm-fold").filter(visible=True, has_text="▸").first.wait_for()
    lab.page.evaluate(UNFOLD)
    lab.page.locator(".mlpdm-form input[type=checkbox]").filter(visible=True).first.wait_for()
    found = lab.page.evaluate(FRAMES)
    assert len(found) > 10
    assert [one["name"] for one in found if one["bad"]] == []
