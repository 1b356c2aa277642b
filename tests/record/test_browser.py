"""Records and index in a real browser, opened from the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.record.assets import write_assets
from mlpdm_kit.record.index import IndexRow, write_index
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.render import render_html
from tests.chromium import launched

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def out(
    tmp_path_factory: pytest.TempPathFactory,
    records: dict[str, DecisionRecord],
    pictures: dict[str, Any],
) -> Path:
    """A folder of records with its index."""
    folder = tmp_path_factory.mktemp("records")
    write_assets(folder)
    for outcome, record in records.items():
        write_atomically(folder / outcome / "record.html", render_html(record, pictures))
    write_atomically(folder / "mail.html", render_html(records["use_ml"], pictures, embed=True))
    write_atomically(folder / "lost" / "a" / "record.html", render_html(records["stop"], pictures))
    failed = IndexRow(id="z", title="Broken", status="failed", error="case.yaml:12: no share")
    write_index(folder, [*(IndexRow.of_record(record) for record in records.values()), failed])
    return folder


def _open(browser: Browser, place: Path, width: int = 1280, **more: Any) -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 900}, **more)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request", lambda r: None if r.url.startswith(("file:", "data:")) else said.append(r.url)
    )
    page.goto(place.as_uri())
    return page, said


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", ["use_non_ml/record.html", "stop/record.html", "mail.html"])
def test_a_record_draws_and_fits(browser: Browser, out: Path, name: str, width: int) -> None:
    page, said = _open(browser, out / name, width)
    page.wait_for_selector(".main-svg")
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.wait_for_selector("#data .main-svg")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    page.close()


def test_dark_words_are_light(browser: Browser, out: Path) -> None:
    page, said = _open(browser, out / "use_ml" / "record.html", color_scheme="dark")
    fill = page.eval_on_selector(".xtick text", "(label) => getComputedStyle(label).fill")
    assert fill == "rgb(233, 237, 242)"
    assert said == []
    page.close()


def test_without_assets_the_page_says_so(browser: Browser, out: Path) -> None:
    page, _ = _open(browser, out / "lost" / "a" / "record.html")
    assert page.locator(".no-chart").first.is_visible()
    assert not page.locator(".chart").first.is_visible()
    page.close()


def test_paper_shows_everything(browser: Browser, out: Path) -> None:
    page, _ = _open(browser, out / "use_non_ml" / "record.html", color_scheme="dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("[...document.querySelectorAll('details')].every((d) => d.open)")
    page.wait_for_selector("#data .main-svg")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate("[...document.querySelectorAll('details')].some((d) => d.open)")
    page.close()


def test_a_long_index_shows_a_thousand_rows_at_a_time(
    browser: Browser, tmp_path: Path, records: dict[str, DecisionRecord]
) -> None:
    row = IndexRow.of_record(records["use_ml"])
    last = IndexRow(id="z", title="Last of all", status="failed", error="no share")
    write_index(tmp_path, [*(row.model_copy(update={"id": str(n)}) for n in range(2_500)), last])
    page, said = _open(browser, tmp_path / "index.html")
    visible = page.locator("tbody tr:visible")
    assert visible.count() == 1_000
    assert page.locator("#shown").text_content() == "1000 of 2501 shown"
    page.get_by_role("button", name="Show 1,000 more").click()
    assert visible.count() == 2_000
    page.locator("#words").fill("last of")
    assert visible.all_text_contents()[0].strip().startswith("Last of all")
    assert not page.locator("#more").is_visible()
    page.locator("#words").fill("")
    assert visible.count() == 1_000
    page.get_by_role("button", name="Verdict").click()
    page.get_by_role("button", name="Verdict").click()  # the last first
    assert visible.first.get_attribute("data-outcome") == "failed"
    assert visible.count() == 1_000
    assert said == []


def test_index_sorts_and_filters_by_keyboard(browser: Browser, out: Path) -> None:
    page, said = _open(browser, out / "index.html")
    gains = "[...document.querySelectorAll('tbody tr')].map((r) => r.cells[3].dataset.sort)"
    page.get_by_role("button", name="Worth more than today", exact=True).focus()
    page.keyboard.press("Enter")
    upwards = [float(gain) for gain in page.evaluate(gains) if gain]
    assert upwards == sorted(upwards)
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Worth more than today")
    shown = page.evaluate(gains)
    downwards = [float(gain) for gain in shown if gain]
    assert downwards == sorted(downwards, reverse=True)
    assert shown[len(downwards) :] == [""] * 2
    page.select_option("#verdict", "failed")
    assert page.locator("tbody tr:visible").count() == 1
    assert "case.yaml:12: no share" in page.locator("tbody tr:visible").inner_text()
    page.select_option("#verdict", "")
    page.fill("#words", "weekly LEADS")
    assert page.locator("tbody tr:visible").count() == 1
    page.fill("#words", "no such thing")
    assert page.locator("#nothing").is_visible()
    assert said == []
    page.close()
