"""Another currency, unit or task: the quantities go along, in one change that can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlpdm_kit.case.editing.file import CaseFile, Change
from mlpdm_kit.case.editing.rewording import carried_on, no_longer
from mlpdm_kit.case.template import new_case


def change(file: CaseFile, word: str, new: str) -> None:
    """As a form does it."""
    changes = carried_on(file.state, word, new)
    done = file.commit(Change(path=(word,), value=new), *changes)
    assert done.saved, done.faults


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(("word", "new"), [("currency", "EUR"), ("unit", "電話"), ("unit", "call")])
def test_all_quantities_get_the_new_word(tmp_path: Path, lang: str, word: str, new: str) -> None:
    file = CaseFile(new_case(tmp_path / "mails", lang=lang))
    before, text = file.state, file.state.document.text
    assert before.case is not None
    change(file, word, new)
    after = file.state.case
    assert file.state.faults == ()
    assert after is not None
    assert after.options["model"].build == before.case.options["model"].build
    assert after.outcomes == before.case.outcomes
    assert getattr(after, word) == new
    assert file.undo()
    assert file.state.document.text == text


def test_signs_of_money_are_replaced_too(tmp_path: Path) -> None:
    file = CaseFile(new_case(tmp_path / "mails", lang="ja"))
    assert file.commit(Change(path=("options", "model", "build"), value="¥200万..¥600万")).saved
    change(file, "currency", "USD")
    assert file.state.document.at(("options", "model", "build")) == "USD 200万..USD 600万"
    assert file.state.document.at(("outcomes", "false_positive", "cost")) == "200..600 USD/件"
    assert file.state.faults == ()


def test_plurals_and_evidence_go_along(tmp_path: Path) -> None:
    file = CaseFile(new_case(tmp_path / "mails"))
    said = {"value": "900..1400 mails per month", "evidence": "measured", "note": "all mails"}
    assert file.commit(Change(path=("volume",), value=said)).saved
    change(file, "unit", "call")
    assert file.state.document.at(("volume",)) == {**said, "value": "900..1400 call per month"}
    assert file.state.faults == ()


def test_what_another_task_has_no_use_for_is_named(tmp_path: Path) -> None:
    file = CaseFile(new_case(tmp_path / "mails"))
    assert no_longer(file.state) == []
    assert file.commit(Change(path=("task",), value="extraction")).saved
    left = {".".join(path) for path in no_longer(file.state)}
    assert {"outcomes.false_positive", "outcomes.false_negative", "prevalence",
            "options.model.rates.recall", "options.model-with-review"} <= left | {
                ".".join(p[:2]) for p in no_longer(file.state)}  # fmt: skip
    assert file.commit(*(Change(path=path) for path in no_longer(file.state))).saved
    assert no_longer(file.state) == []
    assert "model" in (file.state.document.at(("options",)) or {})
    assert file.undo()
    assert file.undo()
    assert file.state.faults == ()
