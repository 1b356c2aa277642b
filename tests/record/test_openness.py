"""What is open is counted once: the same number in the same words wherever it is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit import decide, load_case
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.editing.file import CaseFile
from mlpdm_kit.record.folds import folds
from mlpdm_kit.record.openness import counted, gates_open, tallied
from mlpdm_kit.record.page import top_of_page
from mlpdm_kit.record.parts import CheckResult
from mlpdm_kit.record.sections import FramingSection, ValueSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.stages import STEPS, stages
from mlpdm_kit.record.steps import Walk
from mlpdm_kit.text import LANGUAGES
from mlpdm_kit.view.charts import sections_of
from mlpdm_kit.view.gate_chart import gates_sentence
from mlpdm_kit.view.information_charts import evpi_shown
from mlpdm_kit.view.lines import framing_line, record_line
from mlpdm_kit.view.stage_bar import stage_bar
from tests.conftest import GATES

MakeCase = Callable[..., Path]
RATES = {"recall": {"value": "80%", "evidence": "measured"},
         "false_positive_rate": {"value": "5%", "evidence": "measured"}}  # fmt: skip
OPTIONS = {"rule": {"kind": "rule", "rates": RATES}, "llm": {"kind": "llm", "rates": RATES}}
SOME = {  # two that nobody has answered, one that is only assumed
    **{name: said for name, said in GATES.items() if name not in ("terms", "purpose")},
    "catastrophe": {"answer": "no"},
}


def result(name: str, status: Any, **more: Any) -> CheckResult:
    check = CHECKS[name]
    return CheckResult(id=name, area=check.area, kind=check.kind, scope=check.scope,
                       status=status, **more)  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("checks", "options", "n"),
    [
        ({}, OPTIONS, 13),  # all but the three about what is trained
        (SOME, OPTIONS, 4),  # and its budget
        (GATES, {"rule": OPTIONS["rule"]}, 0),
        ({}, {"rule": OPTIONS["rule"]}, 3),  # those about the whole case
    ],
)
def test_one_number_in_the_same_words_everywhere(
    make_case: MakeCase, lang: str, checks: Any, options: Any, n: int
) -> None:
    folder = make_case(checks=checks, options=options)
    case = load_case(folder)
    walk, says = Walk(case, draws=256), Sentences.of_case(case, lang)
    record = decide(case, draws=256)
    found = counted(walk.framing().checks)
    assert len(found.gates.open) == n
    assert counted(record.gates).gates.open == found.gates.open

    words, (gates, *_) = gates_open(n, says), tallied(found, says)
    stage = stages(CaseFile(folder).state)[0]
    assert (stage.step, stage.gates) == (STEPS[0], n)
    assert words in stage_bar([stage], text=says)["text/plain"]
    if n:  # what is not open is not counted in a sentence about what is
        assert words in gates_sentence(walk.framing(), says)
    assert gates in framing_line(walk.framing(), says=says)[1]
    assert gates in record_line(record, says=says)[1]
    fold = next(
        one for one in folds(record, Sentences.of_record(record, lang)) if one.key == "gates"
    )
    assert words in fold.summary
    assert gates in fold.notes
    for option in record.options:
        own = set(option.open_gates) - set(counted(record.gates).worked_out.open)
        assert own <= set(found.gates.open)
        assert not own or option.is_ml
        if option.id == "llm":
            concerned = {g.id for g in record.gates if option.id in g.options}
            assert own == set(found.gates.open) & concerned


def test_each_is_counted_once_and_gates_apart_from_questions() -> None:
    found = counted(
        [
            result("terms", "open", holds=True, options=("a",)),
            result("terms", "passed", options=("b",)),
            result("purpose", "passed"),
            result("decider", "open"),
            result("owner", "failed"),
            result("beats-baseline", "open", holds=True, measured=True),
            result("gain-pays", "open", holds=False, measured=True),
            result("review", "open", measured=True),
        ]
    )
    assert (found.gates.open, found.gates.passed) == (("terms",), ("purpose",))
    assert (found.worked_out.open, found.worked_out.left) == (("beats-baseline",), ("gain-pays",))
    assert (found.questions.open, found.questions.failed) == (("decider",), ("owner",))
    assert found.checked.open == ("review",)


def test_a_gate_that_figures_fail_is_said_over_the_chart(make_case: MakeCase) -> None:
    """The record draws it black; “no gate fails” would stand above it."""
    bad = {"recall": "30%", "false_positive_rate": "60%"}
    rates = {name: {"value": share, "evidence": "measured"} for name, share in bad.items()}
    worse = {"kind": "llm", "rates": rates}
    record = decide(load_case(make_case(checks={}, options=OPTIONS | {"llm": worse})), draws=256)
    assert counted(record.gates).worked_out.failed
    said = gates_sentence(FramingSection(checks=record.gates), Sentences.of_record(record))
    assert re.match(r"(One gate fails|\d gates fail) and", said)
    assert "13 gates are open" in said


def test_no_gate_fails_never_stands_alone_above_open_ones(make_case: MakeCase) -> None:
    case = load_case(make_case(checks=SOME, options=OPTIONS))
    said = gates_sentence(Walk(case, draws=256).framing(), Sentences.of_case(case))
    others = len(counted(Walk(case, draws=256).framing().checks).questions.open)
    assert said == f"No gate fails, but 4 gates are open, {others} other questions are open"


def test_the_record_says_on_its_first_screen_what_is_unanswered(make_case: MakeCase) -> None:
    record = decide(load_case(make_case(checks={}, options=OPTIONS)), draws=256)
    top = top_of_page(record, Sentences.of_record(record))
    assert record.verdict.outcome == "use_non_ml"
    assert "13 gates are open" in str(top)


def test_the_bar_and_the_record_say_which_options_wait_for_open_gates(make_case: MakeCase) -> None:
    """One that is bought has no gates about what is trained; the other waits for them."""
    good = {"recall": {"value": "95%", "evidence": "measured"},
            "false_positive_rate": {"value": "1%", "evidence": "measured"}}  # fmt: skip
    options = {
        "rule": OPTIONS["rule"],
        "vendor": {"kind": "model", "label": "Vendor tool", "rates": good},
        "score": {"kind": "llm", "label": "Fraud score", "rates": RATES},
    }
    checks = {name: said for name, said in GATES.items() if CHECKS[name].scope != "llm"}
    folder = make_case(checks=checks, options=options)
    case = load_case(folder)
    stage = stages(CaseFile(folder).state)[0]
    assert stage.gates
    assert (stage.waits, stage.free) == (("score",), ("vendor",))
    said = stage_bar([stage], text=Sentences.of_case(case))["text/plain"]
    assert "until then these cannot be chosen: Fraud score." in said
    assert "No open gate holds back Vendor tool." in said
    assert "ML can" not in said
    record = decide(case, draws=256)
    assert (record.verdict.outcome, record.verdict.option) == ("use_ml", "vendor")
    top = str(top_of_page(record, Sentences.of_record(record)))
    assert "Open gates hold back the LLM only, not the model." in top


def test_with_every_ml_option_waiting_the_bar_names_them_all(make_case: MakeCase) -> None:
    folder = make_case(checks={}, options=OPTIONS)
    stage = stages(CaseFile(folder).state)[0]
    assert (stage.waits, stage.free) == (("llm",), ())
    said = stage_bar([stage], text=Sentences.of_case(load_case(folder)))
    assert "no option with ML can be chosen: LLM." in said["text/plain"]


def test_a_gate_that_waits_for_a_figure_says_which(make_case: MakeCase) -> None:
    """The share caught was quoted, the false alarms were not: only these are named."""
    good = {"recall": {"value": "95%", "evidence": "quoted", "source": "a vendor"},
            "false_positive_rate": "1%"}  # fmt: skip
    options = {"rule": OPTIONS["rule"],
               "vendor": {"kind": "model", "label": "Vendor tool", "rates": good}}  # fmt: skip
    record = decide(load_case(make_case(options=options)), draws=256)
    (gate,) = [one for one in record.gates if one.id == "beats-baseline"]
    assert (gate.status, gate.holds) == ("open", True)
    assert gate.finding is not None
    assert gate.finding.figures["inputs"] == ["options.vendor.false_positive_rate"]
    for lang in LANGUAGES:
        says = Sentences.of_record(record, lang)
        said = says.finding(gate.finding)
        assert says.the_input("options.vendor.false_positive_rate") in said
        assert "02" in said
        assert says.the_input("options.vendor.recall") not in said


def test_with_no_ml_option_yet_it_is_said_that_each_brings_more(make_case: MakeCase) -> None:
    """“Nothing is left” came before eleven gates that two options with ML brought."""
    case = load_case(make_case(checks=GATES, options={"rule": OPTIONS["rule"]}))
    framing = Walk(case, draws=256).framing()
    passed = [check.model_copy(update={"status": "passed"}) for check in framing.checks]
    done = framing.model_copy(update={"checks": tuple(passed)})
    large, small = framing_line(done, says=Sentences.of_case(case))
    assert large == (
        "Every gate that people answer so far is passed; each option with ML will bring more."
    )
    assert small[-1].startswith("There is no option with ML yet.")
    both = load_case(make_case("both", checks=GATES, options=OPTIONS))
    said = framing_line(Walk(both, draws=256).framing(), says=Sentences.of_case(both))
    assert "no option with ML" not in str(said)


def test_what_knowing_everything_is_worth_is_one_figure_in_text_and_picture(
    make_case: MakeCase,
) -> None:
    """The record said at most €2,100, the picture under it €2,000."""
    record = decide(load_case(make_case(options=OPTIONS)), draws=256)
    section = sections_of(record)["expected_value"]
    assert isinstance(section, ValueSection)
    coarse = [o.model_copy(update={"standard_error": 900.0}) for o in section.options]
    found = section.model_copy(update={"evpi": 2_100.0, "options": tuple(coarse)})
    assert evpi_shown(found) == 2_100.0


def test_an_open_question_is_to_be_fixed_first_only_if_it_fails() -> None:
    says = Sentences()
    assert says.weight(result("owner", "open")) == "To fix first if it fails"
    assert says.weight(result("owner", "failed")) == "To fix first"
    assert says.weight(result("terms", "failed")) == says.name("weight", "N")
