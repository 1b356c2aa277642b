"""The form for silent estimates, as people use it, without a browser."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pytest

from mlpdm_kit import shipped
from mlpdm_kit.case.answers import ANSWERS, read_asked, written_answers
from mlpdm_kit.case.editing.file import CaseFile
from mlpdm_kit.record.sections import ValueSection
from mlpdm_kit.record.valued import PartialValue
from mlpdm_kit.text import Text
from mlpdm_kit.view.forms.estimates import SilentEstimates

WORTH = ValueSection(
    evppi=tuple(
        PartialValue(input=name, value=value, noise_floor=1)
        for name, value in (("outcomes.false_negative", 9.0), ("volume", 5.0), ("prevalence", 4.0))
    )
)
MISS = "outcomes.false_negative"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped.cases() / "urgent-mail", tmp_path / "case"))


def form(folder: Path, lang: str = "en", value: ValueSection | None = WORTH) -> SilentEstimates:
    changes: list[int] = []
    made = SilentEstimates(
        CaseFile(folder), Text(lang), lambda: changes.append(1), value=lambda: value,
        output=lambda figure: widgets.HTML(figure["layout"]["meta"]["title"]),
    )  # fmt: skip
    made.changes = changes  # type: ignore[attr-defined]
    return made


def give(one: SilentEstimates, by: str, **ranges: tuple[str, str]) -> None:
    one.by.value = by
    for name, (low, high) in ranges.items():
        row = one.rows[MISS if name == "miss" else name]
        row.low.value, row.high.value = low, high
    one.save.click()


def words(widget: Any) -> str:
    """All that a widget and what is in it says."""
    own = f"{getattr(widget, 'value', '')} {getattr(widget, 'description', '')}"
    return " ".join([own, *map(words, getattr(widget, "children", ()))])


def button(one: SilentEstimates, text: str) -> Any:
    def all_of(widget: Any) -> list[Any]:
        own = [widget] if isinstance(widget, widgets.Button) else []
        return own + [b for child in getattr(widget, "children", ()) for b in all_of(child)]

    return next(b for b in all_of(one.widget) if text in b.description)


def test_what_is_asked_is_what_is_worth_most_and_stays_so(folder: Path) -> None:
    one = form(folder)
    assert list(one.rows) == [MISS, "volume", "prevalence"]
    assert read_asked(folder) == (None, ())
    give(one, "KT", volume=("200", "300"))
    later = form(folder, value=None)
    assert list(later.rows) == [MISS, "volume", "prevalence"]


def test_a_single_range_is_not_said_to_overlap_with_all(folder: Path) -> None:
    one = form(folder)
    give(one, "KT", volume=("200", "300"), prevalence=("1", "2"))
    give(one, "MS", volume=("250", "400"))
    one.reveal.click()
    said = words(one.shown)
    assert "Volume: all ranges overlap" in said
    assert said.count(": one range only") == said.count("all ranges overlap") > 0


def test_figures_are_echoed_as_they_are_read(folder: Path) -> None:
    one = form(folder)
    row = one.rows[MISS]
    row.low.value, row.high.value = "５，０００", "1.2万"
    assert "Read as ¥5,000 per mail to ¥12,000 per mail." in row.said_.value
    row.bet.value = "too-narrow"
    assert "Widen it" in row.said_.value


def test_nobody_sees_what_another_one_has_saved(folder: Path) -> None:
    one, other = form(folder), form(folder)
    give(one, "kt", miss=("4321", "8765"), volume=("200", "300"))
    assert "KT.yaml" in one.status.value
    other.refresh()
    other.by.value = "KT"
    for shown in (one, other):
        said = words(shown.widget)
        for figure in ("4321", "4,321", "8765", "8,765"):
            assert figure not in said
        assert shown.rows[MISS].is_empty
    assert "KT has answered 2 of 3" in other.known.value
    assert "One person has answered" in other.counted.value


def test_saving_again_keeps_what_was_not_typed_again(folder: Path) -> None:
    one = form(folder)
    give(one, "KT", miss=("1000", "2000"), volume=("200", "300"))
    give(one, "K T", volume=("250", "350"))
    give(one, "KT", volume=("250", "350"))
    one.again.click()  # the same person
    said = written_answers(folder, "KT")
    assert said[MISS]["value"] == "1000..2000 JPY per mail"
    assert said["volume"]["value"] == "250..350 per month"
    assert sorted(f.name for f in (folder / ANSWERS).iterdir()) == [
        "K-T.yaml", "KT.yaml", "_asked.yaml"]  # fmt: skip


@pytest.mark.parametrize(
    ("ranges", "said"),
    [
        ({"volume": ("300", "200")}, "runs from high to low"),
        ({"volume": ("300", "300")}, "is one figure and no range"),
        ({"volume": ("300", "")}, "both ends"),
        ({"prevalence": ("2", "x")}, "Share that is positive"),
        ({"prevalence": ("50", "150")}, "Share that is positive"),
    ],
)
def test_what_is_wrong_is_said_under_its_field_and_nothing_is_saved(
    folder: Path, ranges: dict[str, tuple[str, str]], said: str
) -> None:
    one = form(folder)
    give(one, "KT", miss=("1000", "2000"), **ranges)
    (name,) = ranges
    assert said in one.rows[name].said_.value
    assert 'role="alert"' in one.rows[name].said_.value
    assert 'role="alert"' not in one.rows[MISS].said_.value
    assert not (folder / ANSWERS).exists()
    assert one.rows[MISS].low.value == "1000"


def test_who_has_no_initials_or_nothing_to_say_is_told_so(folder: Path) -> None:
    one = form(folder)
    give(one, " ", volume=("200", "300"))
    assert "initials" in one.status.value
    one.rows["volume"].clear()
    give(one, "KT")
    assert "at least one range" in one.status.value
    give(one, "?!", volume=("200", "300"))
    assert 'role="alert"' in one.status.value
    assert not (folder / ANSWERS).exists()


def test_ranges_are_shown_when_two_have_answered_and_who_is_missing_is_said(folder: Path) -> None:
    one = form(folder)
    one.members.value = "kt、as, MH"
    give(one, "KT", volume=("200", "300"))
    one.reveal.click()
    assert "At least two" in one.status.value
    assert "Still missing: AS, MH." in one.counted.value
    give(one, "AS", volume=("900", "1200"))
    one.reveal.click()
    assert "Still missing: MH." in one.status.value
    assert one.shown.children == ()
    one.without.click()
    assert "Volume: Range 1 and Range 2 do not overlap" in words(one.shown)
    asked, _ = read_asked(folder)
    assert asked is not None
    assert asked.revealed
    assert "do not overlap" in words(form(folder).shown)  # after a restart too


def revealed(folder: Path, lang: str = "en") -> SilentEstimates:
    one = form(folder, lang)
    give(one, "KT", volume=("200", "300"))
    give(one, "AS", volume=("400", "600"))
    one.reveal.click()
    return one


def test_whose_range_it_is_is_shown_only_on_request(folder: Path) -> None:
    one = revealed(folder)
    assert "KT" not in words(one.shown)
    one.names.value = True
    assert "KT and AS" in words(one.shown) or "AS and KT" in words(one.shown)


def test_what_is_saved_after_ranges_were_seen_is_marked(folder: Path) -> None:
    one = revealed(folder)
    give(one, "MH", volume=("300", "500"))
    assert written_answers(folder, "MH")["volume"]["after_reveal"] == "yes"
    assert "after all had been seen: 1" in words(one.shown)


def test_a_pooled_range_is_accepted_and_taken_back(folder: Path) -> None:
    one = revealed(folder)
    before = (folder / "case.yaml").read_text()
    accept = button(one, "into the case")
    accept.click()
    assert "Write your initials" in words(one.shown)  # nobody answers for the volume yet
    assert (folder / "case.yaml").read_text() == before
    one.by.value = "KT"
    button(one, "into the case").click()
    said = CaseFile(folder).state.document.at(("volume",))
    assert said["evidence"] == "assumed"
    assert said["owner"] == "KT"
    assert said["note"] == "Pooled from 2 silent estimates (equal weights)."
    assert "source" not in said
    assert "Saved in the case: Volume" in words(one.shown)
    assert one.changes == [1]  # type: ignore[attr-defined]
    one.undo.click()
    assert (folder / "case.yaml").read_text() == before


def test_a_broken_file_is_named_and_stops_nobody(folder: Path) -> None:
    one = revealed(folder)
    (folder / ANSWERS / "XX.yaml").write_text("by: [\n")
    one.refresh()
    assert "XX.yaml" in one.broken.value
    assert "overlap" in words(one.shown)


def test_an_empty_case_can_be_asked_for(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("title: Rain?\ncurrency: JPY\n", encoding="utf-8")
    one = form(tmp_path, value=None)
    assert list(one.rows) == ["volume", "prevalence", "outcomes.false_positive", MISS]
    give(one, "KT", volume=("200", "300"))
    give(one, "AS", volume=("400", "600"))
    one.reveal.click()
    one.by.value = "KT"
    button(one, "into the case").click()
    assert CaseFile(tmp_path).state.document.at(("volume", "owner")) == "KT"


def test_every_field_has_a_name_of_its_own(folder: Path) -> None:
    one = form(folder)
    names = [
        w.description for row in one.rows.values() for w in (row.low, row.high, row.unit, row.bet)
    ]
    assert len(set(names)) == len(names)
    assert all("Volume" in name for name in names[4:8])


def test_thousands_are_read_as_people_write_them(folder: Path) -> None:
    one = form(folder)
    row = one.rows["volume"]
    row.low.value, row.high.value = "10 000", "11.000"
    assert "Read as 10,000 a month" not in row.said_.value  # 11 is less
    row.low.value = "9.000"
    assert "9.000 is read with a decimal point" in row.said_.value
    row.low.value, row.high.value = "10 000", "12’000"
    assert "10,000" in row.said_.value
    assert "12,000" in row.said_.value
    give(one, "KT")
    assert written_answers(folder, "KT")["volume"]["value"] == "10 000..12’000 per month"


def test_a_range_that_is_none_is_refused_in_plain_words(folder: Path) -> None:
    one = form(folder)
    give(one, "KT", volume=("10 000", "10000"))
    said = one.rows["volume"].said_.value
    assert 'role="alert"' in said
    assert "got 10 000..10000 per month" in said
    give(one, "KT", volume=("10 EUR", "20 USD"))
    assert "`" not in one.rows["volume"].said_.value
    assert "{" not in one.rows["volume"].said_.value


def test_two_units_are_refused_in_the_words_of_the_fields(folder: Path) -> None:
    one = form(folder)
    give(one, "KT", miss=("10 per month", "20 per year"))
    said = one.rows[MISS].said_.value
    assert "at the end" not in said
    assert "choose the unit beside them" in said


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_same_initials_write_over_nothing_without_a_word(folder: Path, lang: str) -> None:
    one = form(folder, lang)
    give(one, "JW", volume=("200", "300"))
    assert one.again.layout.display == "none"
    give(one, "jw", volume=("400", "500"))
    assert written_answers(folder, "JW")["volume"]["value"] == "200..300 per month"
    assert Text(lang).say("estimates.taken", by="JW") in one.status.value
    assert (one.again.layout.display, one.rows["volume"].low.value) == (None, "400")
    one.by.value = "JW2"
    assert one.again.layout.display == "none"
    one.save.click()
    assert written_answers(folder, "JW2")["volume"]["value"] == "400..500 per month"
    give(one, "JW", volume=("250", "350"))
    one.again.click()
    assert written_answers(folder, "JW")["volume"]["value"] == "250..350 per month"
    assert one.again.layout.display == "none"
