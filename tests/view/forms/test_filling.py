"""An empty case is filled in by controls alone, as a person would, until it can be decided."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mlpdm_kit
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.editing.file import CaseFile
from mlpdm_kit.case.template import new_case
from mlpdm_kit.text import Text
from mlpdm_kit.view.forms.controls import Control
from mlpdm_kit.view.forms.form import Form

Path_ = tuple[str, ...]


class Person:
    """Somebody who types into forms.

    Parameters
    ----------
    folder : Path
        Where the case is made.
    lang : str
    """

    def __init__(self, folder: Path, lang: str) -> None:
        self.file = CaseFile(new_case(folder, lang=lang, empty=True))
        self.text = Text(lang)
        self.form: Any = None

    def opens(self, name: str) -> None:
        """Opens a form and all that is folded in it."""
        self.form = Form(name, self.file, self.text, lambda: None)
        self.unfolds()

    def unfolds(self) -> None:
        """Opens what is folded."""
        while closed := [f for f in self.form.folds.values() if not f.opened]:
            for fold in closed:
                fold.open()

    def field(self, name: str) -> Control:
        """The control of a path, its parts parted by a slash or by dots."""
        found: Control = self.form.controls[tuple(name.split("/" if "/" in name else "."))]
        return found

    def types(self, name: str, value: Any) -> None:
        """Types into the one input of a field."""
        self.field(name).input.value = value  # type: ignore[attr-defined]

    def ranges(self, name: str, low: str, high: str = "", unit: str | None = None) -> None:
        """Types a range, the higher end first, so that no half of it stands alone for long."""
        control: Any = self.field(name)
        if unit is not None:
            control.unit.value = unit
        control.high.value = high
        control.low.value = low

    def adds(self, path: str, called: str, **more: Any) -> None:
        """Presses the button that adds."""
        adding = self.form.adding[tuple(path.split("."))]
        adding.called.value = called
        for name, value in more.items():
            getattr(adding, name).value = value
        adding.button.click()
        self.unfolds()

    def says(self, name: str) -> str:
        """What stands under a field."""
        return str(self.field(name).said.value)

    def wrong(self, name: str, low: str, high: str = "") -> None:
        """Types what cannot be; it stands there with its fault, and the file keeps what it had."""
        path, control = tuple(name.split(".")), self.field(name)
        self.ranges(name, control.low.value, high)  # type: ignore[attr-defined]
        before = self.file.state.document.at(path)
        control.low.value = low  # type: ignore[attr-defined]
        for _ in range(2):
            assert 'role="alert"' in self.says(name), name
            assert control.low.value == low  # type: ignore[attr-defined]
            assert self.file.state.document.at(path) == before
            self.form.refresh()

    def answers_all(self) -> None:
        """Answers the gates so that nothing stops the case, with evidence."""
        self.opens("checks")
        for name, check in CHECKS.items():
            if ("checks", name) in self.form.controls and check.hard:
                control: Any = self.field(f"checks.{name}")
                control.origin.evidence.value = "quoted"
                control.input.value = check.passes
        assert self.file.state.document.at(("checks", "forbidden"))["evidence"] == "quoted"

    def frames(self, title: str, unit: str, currency: str) -> None:
        """Fills in the first form."""
        self.opens("framing")
        for name, value in {
            "title": title, "unit": unit, "currency": currency,
            "framing.user": "A baker: 12 shops",
            "framing.problem": "Bread is thrown away\nor sold out",
            "framing.decision": "How much is baked", "framing.status_quo": "By feeling # mostly",
            "framing.goal.metric": "loaves thrown away", "framing.goal.now": "30",
            "framing.goal.target": "10", "people.decider": "Head of baking",
            "people.consulted": "Legal、Shops",
        }.items():  # fmt: skip
            self.types(name, value)


def decided(person: Person) -> dict[str, Any]:
    """The record of the case as it stands."""
    assert [fault.sentence() for fault in person.file.state.faults] == []
    case = mlpdm_kit.load_case(person.file.path)
    record: dict[str, Any] = json.loads(mlpdm_kit.decide(case, draws=1024).to_json())
    return record


@pytest.fixture(params=["en", "ja"])
def person(request: pytest.FixtureRequest, tmp_path: Path) -> Person:
    """Somebody in front of an empty case."""
    return Person(tmp_path / "case", request.param)


def test_an_empty_case_is_calm(person: Person) -> None:
    for name in ("framing", "outcomes", "options", "amounts", "worth", "record"):
        person.opens(name)
        said = "".join(control.said.value for control in person.form.controls.values())
        said += person.form.rest.value
        assert 'role="alert"' not in said, name
    assert "mlpdm-lack" in said or name == "record"
    person.opens("options")
    assert person.text.say("form.lacking.options") in person.form.rest.value


def test_a_binary_case(person: Person) -> None:
    person.frames("Bake more when rain is near?", "day", "JPY")
    person.types("currency", "shells")
    assert 'role="alert"' in person.says("currency")
    assert person.file.state.document.at(("currency",)) == "JPY"
    person.types("currency", "EUR")
    person.answers_all()
    person.opens("outcomes")
    person.ranges("outcomes.false_positive", "０.０２千", "０.１千")
    echo = person.says("outcomes.false_positive")
    assert ("€20 per day to €100 per day" if person.text.lang == "en" else "100ユーロ") in echo
    person.wrong("outcomes.false_negative", "9", "2")
    person.ranges("outcomes.false_negative", "400", "9000")
    person.ranges("outcomes.true_positive", "")
    person.opens("amounts")
    person.wrong("prevalence", "300")
    person.ranges("prevalence", "3", "8")
    person.ranges("volume", "0.9千", "1400")
    person.ranges("horizon", "24")
    person.wrong("volume", "many")
    person.ranges("volume", "900", "1400")
    person.opens("options")
    person.adds("options", "Long queue & rain", kind="rule")
    person.adds("options", "A model: trained", kind="model")
    rule, model = person.file.state.document.at(("options",))
    person.ranges(f"options.{rule}.rates.recall", "30", "55")
    person.ranges(f"options.{rule}.rates.false_positive_rate", "4", "10")
    person.wrong(f"options.{model}.rates.recall", "60", "185")
    person.ranges(f"options.{model}.rates.recall", "60", "85")
    person.ranges(f"options.{model}.rates.false_positive_rate", "2", "8")
    person.opens("worth")
    person.ranges(f"options.{model}.build", "20k", "60k")
    person.ranges(f"options.{model}.run", "800", "2,500")
    person.ranges(f"options.{model}.stages.pilot.passes", "50", "80")
    person.opens("record")
    person.types("confirmation", "Loaves are counted: each day")
    record = decided(person)
    assert {option["id"] for option in record["options"]} >= {rule, model}
    assert record["decision_makers"] == ["Head of baking"] or "Head of baking" in str(record)


def test_an_extraction_case_with_a_chain(person: Person) -> None:
    person.frames("Read amounts off invoices?", "invoice", "USD")
    person.types("task", "extraction")
    person.answers_all()
    person.opens("outcomes")
    person.ranges("outcomes.missing", "1", "2")
    person.ranges("outcomes.wrong", "10", "30")
    person.opens("amounts")
    person.ranges("volume", "9000", "14000")
    person.ranges("horizon", "24")
    person.opens("options")
    person.adds("options", "Typed by hand", kind="process")
    person.adds("options", "LLM in two steps", kind="llm")
    hand, llm = person.file.state.document.at(("options",))
    person.ranges(f"options.{hand}.rates.missing", "1", "2")
    person.ranges(f"options.{hand}.rates.wrong", "1", "3")
    person.types(f"options.{hand}.status_quo", True)
    person.adds(f"options.{llm}.steps", "scan")
    person.adds(f"options.{llm}.steps", "読み取り")
    for step in ("scan", "読み取り"):
        person.ranges(f"options.{llm}.steps.{step}.wrong", "1", "3")
    person.ranges(f"options.{llm}.steps.scan.missing", "0.5", "1")
    person.ranges(f"options.{llm}.check.price", "0.5", "1")
    person.ranges(f"options.{llm}.check.finds", "60", "80")
    person.opens("worth")
    person.ranges(f"options.{hand}.cost_per_case", "1", "2")
    person.ranges(f"options.{llm}.cost_per_case", "0.01", "0.02")
    person.ranges(f"options.{llm}.build", "10k", "20k")
    record = decided(person)
    assert llm in {option["id"] for option in record["options"]}


def test_a_regression_case(person: Person) -> None:
    person.frames("Predict how much is sold?", "day", "USD")
    person.types("task", "regression")
    person.types("target_unit", "loaf")
    person.answers_all()
    person.opens("outcomes")
    person.wrong("outcomes.under", "-3", "5")
    person.ranges("outcomes.under", "3", "5")
    person.ranges("outcomes.over", "1", "2")
    person.opens("amounts")
    person.ranges("volume", "300", "400")
    person.ranges("horizon", "24")
    person.opens("options")
    for label, kind, low in (("By feeling", "process", "8"), ("Mean of weeks", "rule", "6"),
                             ("Model", "model", "4")):  # fmt: skip
        person.adds("options", label, kind=kind)
        name = list(person.file.state.document.at(("options",)))[-1]
        person.ranges(f"options.{name}.rates.under_per_case", low, "9")
        person.ranges(f"options.{name}.rates.over_per_case", low, "9")
    first = next(iter(person.file.state.document.at(("options",))))
    person.types(f"options.{first}.status_quo", True)
    record = decided(person)
    assert len(record["options"]) >= 3
