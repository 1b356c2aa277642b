"""Panels: as a report shows them, and as they follow the hand."""

from __future__ import annotations

import asyncio
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.editing.file import CaseFile
from mlpdm_kit.text import Text
from mlpdm_kit.view.page import open_page
from mlpdm_kit.view.panels.desk import Nothing, Refused, own_values
from mlpdm_kit.view.panels.registry import PANELS
from mlpdm_kit.view.panels.svg import Picture, swatch
from mlpdm_kit.view.step_page import SVG_MIME, Page

Folder = Callable[[str], Path]
RANGES: dict[str, Any] = {
    "volume": {"value": "800..1500 per month", "evidence": "quoted", "source": "the log"},
    "outcomes": {
        "false_positive": {"cost": "60..160 JPY per claim"},
        "false_negative": {"cost": "500..2000 JPY per claim", "evidence": "assumed"},
    },
}


def opened(folder: Path, name: str, lang: str = "en", draws: int = 1_024) -> tuple[Page, list[Any]]:
    shown: list[Any] = []
    page = open_page(PANELS[name].step, case=str(folder), out=str(folder / "out"), lang=lang,
                     draws=draws, show=shown.append)  # fmt: skip
    assert isinstance(page, Page)
    return page, shown


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", PANELS)
@pytest.mark.parametrize("case", ["measured", "amounts", "stated", "stopped", "named"])
def test_a_report_shows_a_picture_or_says_why_not(
    case_folder: Folder, case: str, name: str, lang: str
) -> None:
    page, shown = opened(case_folder(case), name, lang)
    page.panel(name)
    pictures = [bundle[SVG_MIME] for bundle in shown if SVG_MIME in bundle]
    if not pictures:
        assert len(shown) == 1
        assert len(shown[0]["text/plain"]) > 10
        return
    (picture,) = pictures
    root = ET.fromstring(picture)
    assert root.get("role") == "img"
    title = next(iter(root))
    assert title.get("id") == root.get("aria-labelledby")
    assert title.text == shown[0]["text/plain"]
    assert "<script" not in "".join(str(bundle.get("text/html", "")) for bundle in shown)
    assert "nan" not in picture


def test_words_in_a_picture_do_not_share_a_row_and_a_place(case_folder: Folder) -> None:
    page, _ = opened(case_folder("named"), "whatif")
    desk = page.desk("whatif")
    assert not isinstance(desk, Nothing)
    picture = desk.shown("", own_values(desk.rows(""))).picture
    texts = re.findall(r'<text x="([\d.]+)%" y="([\d.]+)" text-anchor="(\w+)"', picture.svg())
    assert len(texts) == len(set(texts))


def test_what_people_wrote_is_inert() -> None:
    picture = Picture("<b>&", "en")
    picture.text(10, 10, "<script>")
    picture.badge(10, 10, "&", "#000")
    assert "<script>" not in picture.svg()
    ET.fromstring(picture.svg(alone=True))
    assert "aria-hidden" in swatch("#000", dash="dot", sign="1")


def test_a_threshold_moves_the_counts(case_folder: Folder) -> None:
    page, _ = opened(case_folder("measured"), "threshold")
    desk = page.desk("threshold")
    assert not isinstance(desk, Nothing)
    picked = desk.pick.first if desk.pick else ""
    counts = []
    for at in (0.0, 0.4, 1.0):
        table = desk.shown(picked, {"at": at}).beside.table
        assert table is not None
        counts.append([int(row[1].text) for row in table.rows])
    assert counts[0][1] == counts[0][3] == 0  # from 0 on everything is acted on
    assert counts[2][0] <= counts[1][0] <= counts[0][0]
    assert {sum(row) for row in counts} == {sum(counts[0])}


def test_units_are_in_the_readers_language(make_case: Callable[..., Path]) -> None:
    page, _ = opened(make_case(**RANGES), "whatif", "ja")
    desk = page.desk("whatif")
    assert not isinstance(desk, Nothing)
    labels = [knob.label for row in desk.rows("") for knob in row.knobs]
    assert not any("per " in label or "month" in label for label in labels)


def test_the_range_of_a_share_is_in_percent(make_case: Callable[..., Path]) -> None:
    """“lowest (0.05 to 0.15 )” stood beside others in percent."""
    page, _ = opened(make_case(**RANGES | {"prevalence": "0.05..0.15"}), "whatif")
    desk = page.desk("whatif")
    assert not isinstance(desk, Nothing)
    labels = [knob.label for row in desk.rows("") for knob in row.knobs
              if knob.name.startswith("prevalence|")]  # fmt: skip
    assert labels
    assert all(label.count("%") >= 1 and " )" not in label for label in labels)
    assert not any("0.05" in label for label in labels)


def test_a_number_is_read_as_the_case_file_is(make_case: Callable[..., Path]) -> None:
    page, _ = opened(make_case(**RANGES), "whatif")
    desk = page.desk("whatif")
    assert not isinstance(desk, Nothing)
    knobs = {knob.name: knob for row in desk.rows("") for knob in row.knobs}
    knob = knobs["outcomes.false_negative|high"]
    assert knob.read("１.２万", desk.units, "ja") == 12_000
    assert knob.read("2000.", desk.units, "en") == 2_000
    assert knob.read(knob.text, desk.units, "en") == knob.value
    for wrong in ("", "about ten", "5..9"):
        with pytest.raises(Refused) as refused:
            knob.read(wrong, desk.units, "en")
        assert refused.value.said
    values = own_values(desk.rows("")) | {"volume|low": 9_000.0}
    with pytest.raises(Refused):
        desk.shown("", values)


# --- in a workshop -----------------------------------------------------------------------


def boxed(folder: Path, name: str, saved: Callable[[], None] = lambda: None) -> Any:
    from mlpdm_kit.view.panels.alive import PanelBox

    page, _ = opened(folder, name)
    box = PanelBox(name, CaseFile(folder), Text("en"), saved, lambda _: None)
    box.take(page.desk(name))
    return box


def test_a_field_moves_the_slider_and_the_picture(case_folder: Folder) -> None:
    box = boxed(case_folder("measured"), "threshold")
    before, told = box.picture.value, box.beside.value
    knob = box.knobs["at"]
    knob.field.value = "15"
    assert box.beside.value != told
    assert knob.slider.value == pytest.approx(0.15, abs=0.005)
    assert box.picture.value != before
    knob.slider.value = 0.2
    assert float(knob.field.value) == pytest.approx(20, abs=0.5)
    knob.field.value = "nonsense"
    assert 'role="alert"' in knob.said.value
    knob.field.value = "25"
    assert knob.said.value == ""


def test_a_slider_that_settles_on_its_step_is_no_hand(make_case: Callable[..., Path]) -> None:
    box = boxed(make_case(**RANGES), "whatif")
    for knob in box.knobs.values():
        knob.slider.value += knob.slider.step / 3
    assert all(knob.field.value == knob.knob.text for knob in box.knobs.values())


def test_put_into_the_case_file_evidence_stays(make_case: Callable[..., Path]) -> None:
    folder, saved = make_case(**RANGES), []
    values = json.loads((folder / "case.yaml").read_text(encoding="utf-8"))
    lines = [f"{name}: {json.dumps(value)}  # kept\n" for name, value in values.items()]
    (folder / "case.yaml").write_text("".join(lines), encoding="utf-8")
    box = boxed(folder, "whatif", lambda: saved.append(1))
    box.knobs["volume|low"].field.value = "900"
    box.put.click()
    assert saved == [1]
    document = CaseFile(folder).state.document
    assert document.at(("volume",)) == {
        "value": "900..1500 per month", "evidence": "quoted", "source": "the log",
    }  # fmt: skip
    assert CaseFile(folder).undo()


def test_back_to_the_cases_own(make_case: Callable[..., Path]) -> None:
    box = boxed(make_case(**RANGES), "whatif")
    own = {name: knob.field.value for name, knob in box.knobs.items()}
    box.knobs["volume|high"].field.value = "5000"
    assert "Difference" in box.beside.value
    box.back.click()
    assert {name: knob.field.value for name, knob in box.knobs.items()} == own


def test_what_is_set_stays_set_when_the_case_changes(make_case: Callable[..., Path]) -> None:
    folder = make_case(**RANGES)
    box = boxed(folder, "whatif")
    box.knobs["volume|high"].field.value = "1800"
    page, _ = opened(folder, "whatif")
    box.take(page.desk("whatif"))
    assert box.knobs["volume|high"].field.value == "1800"
    box.take(Nothing(said="Not now"))
    assert "Not now" in box.widget.children[0].value


def test_a_bar_is_a_button_that_chooses(make_case: Callable[..., Path]) -> None:
    from mlpdm_kit.view.panels.alive import PanelBox
    from mlpdm_kit.view.panels.tornado import TornadoDesk

    folder, chosen = make_case(**RANGES), []
    page, _ = opened(folder, "tornado")
    desk = page.desk("tornado")
    if isinstance(desk, Nothing):
        pytest.skip(desk.said)
    assert isinstance(desk, TornadoDesk)
    box = PanelBox("tornado", CaseFile(folder), Text("en"), lambda: None, chosen.append)
    box.take(desk)
    button = next(one for one in box.widget.children if hasattr(one, "click"))
    button.click()
    assert chosen == [desk.bars[0].name]
    assert button.description.startswith("▶")
    other = boxed(folder, "reach")
    other.choose(desk.bars[-1].name)
    assert other.picked == desk.bars[-1].name


def test_of_many_calls_only_the_latest_is_answered() -> None:
    from mlpdm_kit.view.panels.alive import Latest

    seen: list[int] = []
    state = {"n": 0}
    latest = Latest(lambda: seen.append(state["n"]), 0.002)

    async def drag() -> None:
        for n in range(1, 31):
            state["n"] = n
            latest.ask()
        await asyncio.sleep(0.05)

    asyncio.run(drag())
    assert seen == [30]
    latest.ask()  # where nothing else can happen meanwhile
    assert seen == [30, 30]
