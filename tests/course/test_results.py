"""The results of a class: who did what, where it went wrong, and the page that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from mlpdm_kit.course.checking import Checked
from mlpdm_kit.course.learner import Learner, Round, write_learner
from mlpdm_kit.course.lessons import exercise_of
from mlpdm_kit.course.results import REFUSED, class_results
from mlpdm_kit.text import Text
from mlpdm_kit.view.class_page import (
    calibration_chart,
    class_html,
    stumbles_table,
    write_class_page,
)
from tests.course.test_calibration import played


def a_class(folder: Path) -> Path:
    """Three learners and two files that are none."""
    aki = Learner(name="Aki").answering("threshold", {"threshold": "10%"}, tried=True)
    ken = Learner(name="<b>Ken</b>").answering("threshold", {"threshold": "90%"}, tried=True)
    ken = ken.answering("who-bears", {"held-payment": "us"}, tried=True)
    mio = Learner(name="美緒").answering("threshold", {"threshold": "0.9"}, tried=True)
    for place, (one, hits) in enumerate(((aki, 9), (ken, 4), (mio, 7))):
        write_learner(one.with_round(played(hits)), folder / f"{place}.yaml")
    (folder / "broken.yaml").write_text("learner: [", encoding="utf-8")
    (folder / "other.yaml").write_text("title: a case\n", encoding="utf-8")
    return folder


def test_who_did_what_and_where_it_went_wrong(tmp_path: Path) -> None:
    found = class_results(a_class(tmp_path))
    assert [row.name for row in found.rows] == ["Aki", "<b>Ken</b>", "美緒"]
    assert [row.points for row in found.rows] == [1, 0, 0]
    assert [row.passed for row in found.rows] == [1, 0, 0]
    first = found.stumbles[0]
    assert (first.exercise, first.begun, first.passed) == ("threshold", 3, 1)
    assert first.mistakes == (("exercise.threshold.mistake.swapped", 2),)
    assert {Path(fault.file or "").name for fault in found.faults} == {"broken.yaml", "other.yaml"}
    plain = found.to_dict("ja")
    assert [one["calibration"][0]["hits"] for one in plain["learners"]] == [9, 4, 7]
    assert len(plain["faults"]) >= 2


def test_a_mistake_that_was_mended_is_still_what_the_class_stumbled_over(tmp_path: Path) -> None:
    for name, tries in (("a", ("90%", "10%")), ("b", ("10%",)), ("c", ("90%",))):
        learner = Learner(name=name)
        for written in tries:
            learner = learner.answering("threshold", {"threshold": written}, tried=True)
        write_learner(learner, tmp_path / f"{name}.yaml")
    found = class_results(tmp_path)
    (one,) = found.stumbles
    assert (one.begun, one.passed, one.at_once) == (3, 2, 1)
    assert one.mistakes == (("exercise.threshold.mistake.swapped", 2),)
    assert found.to_dict()["exercises"][0]["at_once"] == 1


def test_the_page_tells_slips_of_writing_without_anybodys_words(tmp_path: Path) -> None:
    asked = {"threshold": "lots", "base-rate": "90..95"}
    learner = Learner(name="a")
    for name, written in asked.items():
        first = exercise_of(name).fields[0].name
        learner = learner.answering(name, {first: written}, tried=True)
    learner = learner.answering("who-bears", {"held-payment": "the moon"}, tried=True)
    write_learner(learner, tmp_path / "a.yaml")
    for lang in ("en", "ja"):
        page = class_html(class_results(tmp_path), lang)
        for code in ("unreadable", "one-figure", "no-choice"):
            assert Text(lang).say(f"class.course.{code}") in unescape(page)
        assert "the moon" not in page


@pytest.mark.parametrize(
    ("name", "mend", "code"),
    [
        ("bakery", "[]", "no-values"),
        ("bakery", "volume: 300000 per month", "elsewhere"),
        ("bakery", "options.model.run: 44000 EUR per month", "same-verdict"),
        ("small-operator", "prevalence: 20%..30%", "other-verdict"),
        ("bakery", "options.model.run: 0 EUR per month", "too-far"),
    ],
)
def test_the_page_tells_mistakes_of_a_mend_without_a_verdict(
    tmp_path: Path, name: str, mend: str, code: str
) -> None:
    learner = Learner(name="a").answering(name, {"mend": mend}, tried=True)
    write_learner(learner, tmp_path / "a.yaml")
    found = class_results(tmp_path)
    assert [one for one, _ in found.stumbles[0].mistakes] == [f"exercise.flaw.mistake.{code}"]
    for lang in ("en", "ja"):
        text = Text(lang)
        (row,) = stumbles_table(found, lang).rows
        assert row[-1].text.startswith(text.say(f"class.exercise.flaw.mistake.{code}")[:-1])
        for verdict in ("use_ml", "use_non_ml", "do_nothing", "find_out_first", "stop"):
            assert text.say(f"outcome-short.{verdict}") not in row[-1].text


def test_a_mend_that_the_case_cannot_hold_is_a_mistake(tmp_path: Path) -> None:
    for name, mend in (("a", "options.model.run: much"), ("b", "title: ["), ("c", "colour: red")):
        learner = Learner(name=name).answering("bakery", {"mend": mend}, tried=True)
        write_learner(learner, tmp_path / f"{name}.yaml")
    found = class_results(tmp_path)
    assert found.stumbles[0].mistakes == ((REFUSED, 3),)
    for lang in ("en", "ja"):
        text = Text(lang)
        (row,) = stumbles_table(found, lang).rows
        wanted = text.say("class.mistake", text=text.say(f"class.{REFUSED}"), n=3)
        assert row[-1].text == wanted
        assert text.say("class.none") not in row[-1].text


def test_a_folder_of_nobody(tmp_path: Path) -> None:
    found = class_results(tmp_path)
    assert (found.rows, found.stumbles, found.faults) == ((), (), ())


def test_the_page_says_it_all_and_lets_nobody_in(tmp_path: Path) -> None:
    found = class_results(a_class(tmp_path))
    for lang in ("en", "ja"):
        page = write_class_page(found, tmp_path / f"{lang}.html", lang).read_text(encoding="utf-8")
        assert "<b>Ken</b>" not in page
        assert "&lt;b&gt;Ken&lt;/b&gt;" in page
        assert "broken.yaml" in page
        assert "default-src 'none'" in unescape(page)
        assert "://" not in page.partition("<script>")[0]
    assert "二つの費用が入れ替わっています" in page


def test_the_chart_counts_learners_by_their_last_round(tmp_path: Path) -> None:
    found = class_results(a_class(tmp_path))
    figure = calibration_chart(found, Text("en"))
    assert figure is not None
    assert figure["layout"]["meta"]["title"].startswith("1 of 3 learners")
    bars = [trace for trace in figure["data"] if trace["type"] == "bar"]
    assert sum(bar["x"][0] for bar in bars if bar["width"][0] == 14 and bar["base"][0] == 0) >= 3
    again = Learner(name="Aki").with_round(played(3)).with_round(played(9))
    write_learner(again, tmp_path / "1.yaml")
    assert calibration_chart(class_results(tmp_path), Text("en"))["layout"]["meta"]["title"] == (
        "Nobody's ranges are clearly too narrow")  # fmt: skip


def test_without_a_round_there_is_no_chart(tmp_path: Path) -> None:
    write_learner(Learner(name="a").answering("threshold", {"threshold": "1"}, tried=True),
                  tmp_path / "a.yaml")  # fmt: skip
    write_learner(Learner(name="b").with_round(Round(bank="en", ranges={})), tmp_path / "b.yaml")
    found = class_results(tmp_path)
    assert calibration_chart(found, Text("ja")) is None
    assert "<script>" in class_html(found, "ja")


def test_one_learners_answers_never_end_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = Learner.results

    def failing(learner: Learner, lesson: str = "") -> Iterator[Checked]:
        if learner.name == "Aki":
            raise ZeroDivisionError("of nothing")
        return results(learner, lesson)

    monkeypatch.setattr(Learner, "results", failing)
    found = class_results(a_class(tmp_path))
    assert [row.name for row in found.rows] == ["<b>Ken</b>", "美緒"]
    said = found.faults[-1].sentence("en")
    assert "of nothing" in said
    assert "0.yaml" in said
