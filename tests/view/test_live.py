"""A page of a workshop while its case is in the making: what can be shown already is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.editing.file import CaseFile, Change
from mlpdm_kit.record.stages import STEPS
from mlpdm_kit.view.bundles import PLOTLY_MIME
from mlpdm_kit.view.live import LivePage
from mlpdm_kit.view.page import open_page

pytest.importorskip("ipywidgets")

FRAMING, _, _, VALUE, _ = STEPS
LLM = {"kind": "llm"}
MakeCase = Callable[..., Path]


def opened(folder: Path, step: str, tmp_path: Path, lang: str = "en") -> LivePage:
    page = open_page(step, case=str(folder), out=str(tmp_path / "out"), mode="workshop", lang=lang,
                     draws=256)  # fmt: skip
    assert isinstance(page, LivePage)
    return page


def shown(page: LivePage) -> list[list[str]]:
    """What stands in each spot: words without marks, or the name of a picture's format."""
    return [[_one(child) for child in spot.place.children] for spot in page._spots]


def _one(child: Any) -> str:
    if hasattr(child, "value"):
        return re.sub(r"<style.*?</style>|<[^>]+>", " ", child.value)
    data = child.outputs[0]["data"]
    return PLOTLY_MIME if PLOTLY_MIME in data else re.sub(r"<[^>]+>", " ", data["text/html"])


def put(folder: Path, path: str, value: Any, **more: Any) -> None:
    change = Change(path=tuple(path.split(".")), value=value, **more)
    assert CaseFile(folder).commit(change).saved


def test_gates_are_drawn_as_soon_as_there_are_options(make_case: MakeCase, tmp_path: Path) -> None:
    """They hang on no price, volume or horizon."""
    folder = make_case(checks={}, options={"llm": LLM}, outcomes={}, volume=None, horizon=None,
                       prevalence=None)  # fmt: skip
    page = opened(folder, FRAMING, tmp_path)
    page.bottom_line()
    page.picture("gates")
    page.reading("gates")
    page.table("checks")
    page.area("governance")
    page.save()
    line, picture, reading, table, area, saved = shown(page)
    assert "Still to be filled in" in line[0]
    assert "How many cases there are" in line[0]
    assert "No gate fails, but 13 gates are open" in line[1]
    assert PLOTLY_MIME in picture
    assert "Every box in a row is one question" in reading[0]
    assert "Does a law" not in table[0]  # it stands in its own area
    assert "Does a law" in area[0]
    assert saved == []


@pytest.fixture
def studied(make_case: MakeCase) -> Path:
    """A sound case to which somebody adds a study."""
    return make_case(
        outcomes={
            "false_positive": {"cost": "100..300 JPY per claim"},
            "false_negative": {"cost": "1000..9000 JPY per claim"},
        }
    )


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_study_that_is_not_complete_leaves_the_page_standing(
    studied: Path, tmp_path: Path, lang: str
) -> None:
    page = opened(studied, VALUE, tmp_path, lang)
    page.bottom_line()
    page.picture("net_benefit")
    page.picture("studies")
    page.table("inputs")
    page.save()
    page.reading("studies")
    whole = shown(page)
    assert (tmp_path / "out" / "sections" / f"{VALUE}.json").is_file()
    assert page.bar.place.outputs[0]["data"]["text/plain"].splitlines()[4].startswith("✓")

    put(studied, "studies.ask", {"note": "Ask two vendors"})
    page.file.reread()
    page.refresh()
    line, picture, studies, table, saved, reading = shown(page)
    told = page.text.say("page.left-out", studies=["Ask two vendors"])
    assert (line[0].strip(), line[1:]) == (told, whole[0])
    assert [part.strip() for part in studies] == [told]  # not that the case names none
    assert reading == []
    assert (picture, table) == (whole[1], whole[3])
    assert saved[0].strip() == page.text.say("page.left-out.save")
    bar = page.bar.place.outputs[0]["data"]["text/plain"].splitlines()
    assert bar[4].startswith("◐")
    assert page.text.say("stage.status.faulty", n=1) in bar[4]

    form = next(one for one in page._forms if one.name == "studies")
    (key,) = [key for key in form.folds if any(path[:2] == ("studies", "ask") for path in key[-1])]
    assert form.folds[key].opened
    of = form.controls["studies", "ask", "of"]
    assert page.text.say("form.lacking") in of.said.value

    put(studied, "studies.ask.of", ["outcomes.false_negative"])
    put(studied, "studies.ask.price", "1000 JPY")
    page.file.reread()
    page.refresh()
    assert told not in " ".join(part for spot in shown(page) for part in spot)


def test_what_else_is_missing_still_comes_first(studied: Path, tmp_path: Path) -> None:
    put(studied, "studies.ask", {"note": "Ask two vendors"})
    put(studied, "volume", None)
    page = opened(studied, VALUE, tmp_path)
    page.bottom_line()
    page.picture("net_benefit")
    line, picture = shown(page)
    assert "Still to be filled in" in line[0]
    assert picture == []


def test_sections_of_another_kind_of_task_go_and_come_back(studied: Path, tmp_path: Path) -> None:
    page = opened(studied, STEPS[2], tmp_path)
    page.bottom_line()
    page.picture("threshold")
    page.panel("threshold")
    gone = page.text.say("page.not-here")
    assert gone not in shown(page)[1][0]
    put(studied, "task", "generation")
    page.file.reread()
    page.refresh()
    assert gone in shown(page)[1][0]
    assert gone in page._panels[0].widget.children[0].value
    put(studied, "task", "binary")
    page.file.reread()
    page.refresh()
    assert gone not in shown(page)[1][0]
