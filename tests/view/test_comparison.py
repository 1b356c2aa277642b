"""Groups side by side in a notebook, and what a page shows of a group."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.answers import Asked, write_answers, write_asked
from mlpdm_kit.case.inputs import Input
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.spread import spread
from mlpdm_kit.view.comparison import open_comparison
from mlpdm_kit.view.interval_chart import intervals
from mlpdm_kit.view.page import open_page
from mlpdm_kit.view.step_page import Page

MakeCase = Callable[..., Path]
Shown = list[Mapping[str, Any]]


def plain(shown: Shown) -> str:
    return "\n".join(str(one["text/plain"]) for one in shown)


@pytest.fixture
def room(make_case: MakeCase, tmp_path: Path) -> Path:
    volumes = {"one": "900..1100 per month", "two": "9000..11000 per month"}
    for name, volume in volumes.items():
        case = make_case(name, volume=volume)
        (tmp_path / "room" / name).mkdir(parents=True)
        shutil.move(case, tmp_path / "room" / name / "case")
    return tmp_path / "room"


@pytest.mark.parametrize(("lang", "said"), [("en", "Group A"), ("ja", "グループA")])
def test_every_cell_shows_its_thing(room: Path, lang: str, said: str) -> None:
    shown: Shown = []
    page = open_comparison(folder=str(room), lang=lang, draws=256, show=shown.append)
    for name in ("bottom_line", "verdicts", "fields", "pictures", "facts", "patterns", "broken"):
        before = len(shown)
        getattr(page, name)()
        assert len(shown) > before, name
    assert said in "".join(str(one.get("text/html")) for one in shown)
    page.save()
    assert sorted(p.name for p in (room / "comparison").iterdir()) == [
        "assets", "comparison.csv", "comparison.html", "comparison.json"]  # fmt: skip
    again = open_comparison(folder=str(room), lang=lang, draws=256, show=shown.append)
    assert again.found is not None
    assert len(again.found.found.groups) == 2  # what was saved is no group


def test_no_folder_yet_is_said(tmp_path: Path) -> None:
    shown: Shown = []
    page = open_comparison(folder=" ", show=shown.append)
    for name in ("bottom_line", "verdicts", "fields", "pictures", "facts", "patterns", "broken",
                 "save"):  # fmt: skip
        getattr(page, name)()
    assert plain(shown).startswith("No working folder")
    assert len(shown) == 1


def test_a_folder_without_groups_is_said_and_raised(tmp_path: Path) -> None:
    shown: Shown = []
    with pytest.raises(InputError):
        open_comparison(folder=str(tmp_path), lang="ja", show=shown.append)
    assert "グループがありません" in plain(shown)
    with pytest.raises(InputError):
        open_comparison(folder=str(tmp_path), mode="widgets", show=shown.append)


def opened(case: Path, step: str, shown: Shown) -> Page:
    page = open_page(step, case=str(case), out=str(case / "out"), draws=256, show=shown.append)
    assert isinstance(page, Page)
    return page


def test_a_report_shows_ranges_only_after_they_were_shown_to_all(make_case: MakeCase) -> None:
    case, shown = make_case("small"), []
    page = opened(case, "expected_value", shown)
    page.estimates()
    assert plain(shown).startswith("Nobody has given")
    for by, value in (("KT", "12..34 per month"), ("AS", "560..780 per month")):
        write_answers(case, by, {"volume": {"value": value}})
    write_asked(case, Asked(asked=("volume",)))
    shown.clear()
    page.estimates()
    assert "2 people" in plain(shown)
    assert "12" not in str(shown)
    write_asked(case, Asked(asked=("volume",), revealed=True))
    shown.clear()
    page.estimates()
    assert "Range 1 and Range 2 do not overlap" in plain(shown)
    assert "KT" not in str(shown)


def test_signs_are_shown_with_what_to_do(make_case: MakeCase) -> None:
    shown: Shown = []
    opened(make_case("small"), "problem_framing", shown).patterns()
    assert "Name one person" in str(shown[0]["text/html"])
    shown.clear()
    framing = {"user": "Four reviewers", "problem": "p", "decision": "d", "status_quo": "s",
               "goal": {"metric": "m", "now": "4"}}  # fmt: skip
    case = make_case("sound", framing=framing, people={"decider": "B"}, review_on="2027-01-01")
    opened(case, "decision_record", shown).patterns()
    assert plain(shown).startswith("No sign was found")


@pytest.mark.parametrize(("high", "logs"), [(40.0, False), (40_000.0, True)])
def test_far_apart_ranges_stand_on_logarithms(high: float, logs: bool) -> None:
    items = {"A": Input(low=10, high=20, dimension="money"),
             "B": Input(low=high / 2, high=high, dimension="money")}  # fmt: skip
    says = Sentences("en", currency="JPY")
    figure = intervals(spread("volume", items), says=says, names={"A": "A", "B": "B"})
    low, high_ = figure["layout"]["xaxis"]["range"]
    assert (high_ < 10) == logs
    dots = [t for t in figure["data"] if t.get("mode") == "markers"]
    assert {t["marker"]["symbol"] for t in dots} == {"circle-open", "square"}
    assert all(low <= t["x"][0] <= high_ for t in dots)
    assert all(label.startswith("¥") for label in figure["layout"]["xaxis"]["ticktext"])
