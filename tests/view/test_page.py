"""The notebooks' page: each call shows one thing, and what is wrong is said and raised."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.areas import FOUR_AREAS
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.steps import STEPS
from mlpdm_kit.record.tables import Cell, Head, Table
from mlpdm_kit.view import html
from mlpdm_kit.view.bundles import PLOTLY_MIME
from mlpdm_kit.view.charts import CHARTS
from mlpdm_kit.view.only import ONLY
from mlpdm_kit.view.page import find_case, open_page
from mlpdm_kit.view.panels.registry import PANELS
from mlpdm_kit.view.step_page import Page
from mlpdm_kit.view.tables import TABLES

PLAIN = {
    "a", "br", "caption", "div", "h3", "li", "p", "small", "span", "strong", "style", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
Folder = Callable[[str], Path]


class Tags(HTMLParser):
    """Names of all elements, and of attributes that hold script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words += data


class Shown(list[Any]):
    """A page, and what it has shown since it was last looked at."""

    page: Page

    def by(self, method: str, *args: str) -> list[dict[str, Any]]:
        self.clear()
        getattr(self.page, method)(*args)
        return list(self)


def opened(case: Path, step: str, out: Path | str, **more: Any) -> Shown:
    shown = Shown()
    shown.page = open_page(
        step, case=str(case), out=str(out), draws=256, show=shown.append, **more
    )  # fmt: skip
    return shown


@pytest.mark.parametrize(
    "name",
    [
        "stated",
        "measured",
        "amounts",
        "stopped",
        "named",
        "search",
        "generation",
        "formula",
        "rich",
    ],
)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_shows_everything_for_every_kind_of_case(
    case_folder: Folder, tmp_path: Path, name: str, step: str
) -> None:
    page = opened(case_folder(name), step, tmp_path / "out")
    shown = page.by("bottom_line")
    for table in TABLES:
        shown += page.by("table", table)
    for chart in CHARTS:
        shown += page.by("picture", chart) + page.by("reading", chart)
    for area in FOUR_AREAS:
        shown += page.by("area", area)
    shown += page.by("save")
    assert len(shown) >= 1 + len(TABLES) + len(CHARTS) + len(FOUR_AREAS) + 1
    for bundle in shown:
        assert bundle["text/plain"]
        tags = Tags(bundle.get("text/html", ""))
        assert tags.names <= PLAIN


def test_a_picture_is_a_heading_and_a_figure_of_plotly(case_folder: Folder, tmp_path: Path) -> None:
    page = opened(case_folder("stated"), "expected_value", tmp_path)
    heading, figure = page.by("picture", "net_benefit")
    assert set(figure) == {PLOTLY_MIME, "text/plain"}
    assert figure[PLOTLY_MIME]["config"]["displayModeBar"] is False
    title = figure[PLOTLY_MIME]["layout"]["meta"]["title"]
    assert title in Tags(heading["text/html"]).words


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_an_area_shows_what_nobody_has_answered(
    case_folder: Folder, tmp_path: Path, lang: str
) -> None:
    page = opened(case_folder("stated"), "problem_framing", tmp_path, lang=lang)
    (shown,) = page.by("area", "output")
    words = Tags(shown["text/html"]).words
    says = page.page.says
    assert words.count(says.say("areas.state.unanswered")) > 2
    assert says.say("check.rollback.question") in words
    assert says.say("need.rollback") in words
    with pytest.raises(InputError):
        page.by("area", "weather")


def test_dollars_are_not_taken_for_formulas(case_folder: Folder, tmp_path: Path) -> None:
    page = opened(case_folder("stated"), "expected_value", tmp_path)
    shown = [*page.by("bottom_line"), *page.by("table", "options")]
    assert all("mathjax_ignore" in bundle["text/html"] for bundle in shown)


def test_where_there_is_nothing_to_show_the_page_says_why(
    case_folder: Folder, tmp_path: Path
) -> None:
    stopped = opened(case_folder("stopped"), "expected_value", tmp_path / "a")
    assert "a gate has stopped the case" in stopped.by("picture", "net_benefit")[0]["text/plain"]
    assert "a gate has stopped the case" in stopped.by("bottom_line")[0]["text/plain"]
    stated = opened(case_folder("stated"), "cost_of_errors", tmp_path / "b")
    assert "no threshold" in stated.by("picture", "threshold")[0]["text/plain"]
    assert stated.by("reading", "threshold") == []
    assert stated.by("table", "data")[0]["text/plain"].startswith("There is no data")


def test_each_step_saves_its_section_and_the_last_the_record(
    case_folder: Folder, tmp_path: Path
) -> None:
    case, out = case_folder("measured"), tmp_path / "records" / "measured"
    for step in STEPS[:-1]:
        opened(case, step, out).by("save")
    assert sorted(file.stem for file in (out / "sections").iterdir()) == sorted(STEPS[:-1])
    shown = opened(case, STEPS[-1], out).by("save")[0]["text/html"]
    record = DecisionRecord.model_validate_json((out / "record.json").read_text(encoding="utf-8"))
    page = (out / "record.html").read_text(encoding="utf-8")
    assert record.id == "measured"
    assert re.findall(r'data-chart="(\w+)"', page)
    assert "simulated" in page
    assert (out / "record.md").read_text(encoding="utf-8").startswith("---")
    assert (out.parent / "assets" / "plotly.min.js").is_file()
    assert "record.html" in shown


def test_the_record_is_the_same_with_and_without_earlier_sections(
    case_folder: Folder, tmp_path: Path
) -> None:
    case, walked, alone = case_folder("measured"), tmp_path / "walked", tmp_path / "alone"
    for step in STEPS:
        opened(case, step, walked).by("save")
    opened(case, STEPS[-1], alone).by("save")
    for file in ("record.json", "record.md", "record.html"):
        assert (walked / file).read_bytes() == (alone / file).read_bytes()


def test_what_comes_in_wrong_is_said_and_raised(case_folder: Folder, tmp_path: Path) -> None:
    file = case_folder("stated") / "case.yaml"
    file.write_text(
        json.dumps({**json.loads(file.read_text()), "volume": "<b>many</b>"}), encoding="utf-8"
    )
    shown: list[Any] = []
    with pytest.raises(InputError):
        open_page("problem_framing", case=str(file.parent), show=shown.append)
    said = shown[0]["text/html"]
    assert "&lt;b&gt;many&lt;/b&gt;" in said
    assert 'role="alert"' in said
    assert Tags(said).names == {"div", "p", "ul", "li", "code"}  # no b: what is hostile is text


def test_data_that_is_wrong_is_said_where_it_is_read(case_folder: Folder, tmp_path: Path) -> None:
    case = case_folder("measured")
    (case / "rows.csv").write_text("amount,office,target\n1,A,maybe\n", encoding="utf-8")
    page = opened(case, "baseline_comparison", tmp_path)
    with pytest.raises(InputError):
        page.by("bottom_line")
    assert page[0]["text/plain"].startswith("Something in the case")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"mode": "party"}, "mode"),
        ({"lang": "xx"}, "lang"),
        ({"day": "tomorrow"}, "day"),
        ({"step": "dreaming"}, "step"),
    ],
)
def test_parameters_are_refused_by_name(
    case_folder: Folder, tmp_path: Path, wrong: dict[str, str], field: str
) -> None:
    step = wrong.pop("step", STEPS[0])
    with pytest.raises(InputError) as caught:
        opened(case_folder("stated"), step, tmp_path, **wrong)
    assert [fault.field for fault in caught.value.faults] == [field]


def test_a_case_is_a_path_or_a_name_of_the_library(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (find_case("rain-alert") / "case.yaml").is_file()
    assert find_case("../rain-alert") == Path("../rain-alert")
    (tmp_path / "rain-alert").mkdir()
    assert find_case("rain-alert") == Path("rain-alert")


def test_without_out_the_record_goes_where_the_notebook_is(
    case_folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_folder("stated")
    monkeypatch.chdir(tmp_path)
    page = opened(case, "problem_framing", "", overrides={"id": "other"})
    shown = page.by("save")[0]["text/plain"]
    assert shown.endswith("records/other/sections/problem_framing.json")
    assert (tmp_path / "records/other/sections/problem_framing.json").is_file()


def test_the_day_is_that_of_the_record(case_folder: Folder, tmp_path: Path) -> None:
    page = opened(case_folder("stated"), STEPS[-1], tmp_path, day="2027-01-31")
    assert page.page.record.date.isoformat() == "2027-01-31"


def test_paths_count_from_beside_the_notebooks(
    make_case: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JupyterLab runs a notebook in its own folder; people name a case from above it."""
    make_case(name="my-case")
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    (notebooks / "01_problem_framing.ipynb").write_text("{}")
    monkeypatch.chdir(notebooks)
    shown: list[Any] = []
    page = open_page("problem_framing", case="my-case", show=shown.append)
    page.save()
    assert (tmp_path / "records" / "my-case" / "sections" / "problem_framing.json").is_file()


STRANGE = re.compile(r"threshold|positives|probabilit|recall|precision|calibrat", re.I)


@pytest.mark.parametrize("name", ["extraction", "generation", "search", "classes", "formula"])
@pytest.mark.parametrize("step", STEPS)
def test_a_task_hears_nothing_of_what_it_does_not_have(
    case_folder: Folder, tmp_path: Path, name: str, step: str
) -> None:
    page = opened(case_folder(name), step, tmp_path / "out")
    task = page.page.case.of_task
    for (method, part), needed in ONLY.items():
        shown = page.by(method, part)
        gone = [bundle for bundle in shown if "mlpdm-not-here" in bundle["text/html"]]
        assert len(gone) == (needed not in task.has)
        assert not gone or shown == gone
    calls = [("bottom_line",), *(("table", table) for table in TABLES)]
    calls += [("picture", chart) for chart in CHARTS] + [("reading", chart) for chart in CHARTS]
    calls += [("area", area) for area in FOUR_AREAS] + [("panel", panel) for panel in PANELS]
    told = [bundle["text/plain"] for call in calls for bundle in page.by(*call)]
    told += [Tags(b.get("text/html", "")).words for call in calls for b in page.by(*call)]
    assert [line for line in told if STRANGE.search(re.sub("<style.*?/style>", "", line))] == []


@pytest.mark.parametrize("name", ["stated", "measured", "amounts"])
def test_a_task_that_has_a_threshold_is_shown_it(
    case_folder: Folder, tmp_path: Path, name: str
) -> None:
    page = opened(case_folder(name), "cost_of_errors", tmp_path / "out")
    shown = [*page.by("picture", "threshold"), *page.by("panel", "threshold")]
    assert shown
    assert not any("mlpdm-not-here" in bundle.get("text/html", "") for bundle in shown)


def test_a_page_that_was_opened_anew_is_not_worked_out_twice(
    case_folder: Folder, tmp_path: Path
) -> None:
    """A reload opens a page again in the same kernel; the old one would do all work too."""
    pytest.importorskip("ipywidgets")
    case = case_folder("stated")

    async def reloaded() -> tuple[Any, Any]:
        old, new = (
            open_page("problem_framing", case=str(case), out=str(tmp_path), mode="workshop")
            for _ in range(2)
        )
        file = case / "case.yaml"
        file.write_text(file.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
        while "# by hand" not in new.file.state.document.text:
            await asyncio.sleep(0.05)
        return old, new

    old, _new = asyncio.run(reloaded())
    assert "# by hand" not in old.file.state.document.text


def test_a_minus_stays_with_its_amount() -> None:
    found = Table(caption="", heads=(Head(text="Worth"),),
                  rows=((Cell(text="from −€91.8K to −€12K a month", note="−€5"),),))  # fmt: skip
    said = html.table(found, lang="en") + html.bottom_line("It is −€91.8K.", [], lang="en")
    assert said.count("−") == said.count("−\u2060€") == 4
