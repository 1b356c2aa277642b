"""How far a case is: every way from not started to complete, and back to stale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.editing.file import CaseFile, Change
from mlpdm_kit.case.load import load_case
from mlpdm_kit.case.template import new_case
from mlpdm_kit.record import stages as asked_module
from mlpdm_kit.record.openness import gates_open
from mlpdm_kit.record.stages import (
    FRAMED,
    STEPS,
    Left,
    Stage,
    Status,
    asks,
    fingerprints,
    left_in,
    stages,
)
from mlpdm_kit.record.steps import Walk
from mlpdm_kit.text import LANGUAGES, Text
from mlpdm_kit.view.stage_bar import stage_bar

FRAMING, BASELINE, ERRORS, VALUE, RECORD = STEPS
BARE = "title: Something?\nframing: {user: '', problem: '', decision: '', status_quo: ''}\n"
DATA = "amount,target\n" + "".join(f"{n},{int(n > 30)}\n" for n in range(60))

Make = Callable[..., Path]


def of(file: CaseFile, left: Left | None = None) -> dict[str, Stage]:
    return {stage.step: stage for stage in stages(file.state, left)}


def statuses(file: CaseFile, left: Left | None = None) -> list[Status]:
    return [stage.status for stage in stages(file.state, left)]


def put(file: CaseFile, path: str, value: Any) -> None:
    assert file.commit(Change(path=tuple(path.split(".")), value=value)).saved


def walked(folder: Path, out: Path) -> Left:
    """What is left when all steps have been taken."""
    walk = Walk(load_case(folder), draws=256, out=out)
    for section in (walk.framing(), walk.comparison(), walk.errors(), walk.value()):
        walk.save(section)
    (out / "record.json").write_text(walk.record().to_json())
    return left_in(out)


@pytest.fixture
def whole(make_case: Make) -> Path:
    """A case with all its answers."""
    return make_case(
        people={"decider": "Head of accounting"}, review_on="2027-06-01",
        confirmation="The audit of July",
        framing={"user": "A", "problem": "B", "decision": "C", "status_quo": "D",
                 "goal": {"metric": "E"}},
    )  # fmt: skip


def test_a_file_that_is_no_case_yet_has_not_been_started(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(BARE)
    file = CaseFile(tmp_path)
    assert file.state.faults
    assert statuses(file, Left()) == ["untouched"] * 5
    assert [stage.answered for stage in stages(file.state, Left())] == [0] * 5
    assert all(stage.asked for stage in stages(file.state, Left()))


def test_a_file_that_cannot_be_read_at_all_has_not_been_started(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("title: Something?\nframing: nothing like it\n")
    assert statuses(CaseFile(tmp_path), Left()) == ["untouched"] * 5


def test_one_answer_makes_a_step_partial(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(BARE)
    file = CaseFile(tmp_path)
    put(file, "framing.user", "A reviewer")
    put(file, "outcomes.false_positive", {"cost": "3 USD per case"})
    put(file, "review_on", "2027-06-01")
    assert statuses(file, Left()) == ["partial", "untouched", "partial", "untouched", "partial"]
    assert of(file)[FRAMING].answered == 1
    assert of(file)[ERRORS].answered == 1
    assert of(file)[ERRORS].asked == 2


def test_all_answered_is_partial_until_somebody_has_looked(whole: Path, tmp_path: Path) -> None:
    file = CaseFile(whole)
    assert statuses(file, Left()) == ["partial"] * 5
    assert all(stage.answered == stage.asked for stage in stages(file.state, Left()))
    assert statuses(file, walked(whole, tmp_path / "out")) == ["complete"] * 5
    assert statuses(file) == ["complete"] * 5  # a report counts answers only


def test_a_looked_at_step_with_an_answer_too_few_is_partial(make_case: Make) -> None:
    file = CaseFile(make_case())  # nobody decides
    left = Left(stands_on={FRAMING: fingerprints(load_case(file.path))})
    assert of(file, left)[FRAMING].status == "partial"
    assert of(file, left)[FRAMING].seen


@pytest.mark.parametrize(
    ("path", "value", "stale"),
    [
        ("framing.decision", "Another", {BASELINE, ERRORS, VALUE, RECORD}),
        ("checks.purpose", {"answer": "n/a", "evidence": "quoted"},
         {BASELINE, ERRORS, VALUE, RECORD}),
        ("options.rule.rates.recall", "50%", {ERRORS, VALUE, RECORD}),
        ("outcomes.false_positive.cost", "7 JPY per claim", {VALUE, RECORD}),
        ("options.model.build", "5 JPY", {RECORD}),
        ("volume", "5 per month", {RECORD}),
        ("review_on", "2027-07-01", {RECORD}),
        ("title", "Called otherwise?", {RECORD}),
    ],
)  # fmt: skip
def test_a_changed_answer_makes_what_comes_after_it_stale(
    whole: Path, tmp_path: Path, path: str, value: Any, stale: set[str]
) -> None:
    file = CaseFile(whole)
    left = walked(whole, tmp_path / "out")
    put(file, path, value)
    found = of(file, left)
    assert {step for step, stage in found.items() if stage.status == "stale"} == stale
    assert {stage.status for step, stage in found.items() if step not in stale} <= {"complete"}


def test_a_stale_step_names_what_changed_and_is_whole_again_when_taken_again(
    whole: Path, tmp_path: Path
) -> None:
    file = CaseFile(whole)
    left = walked(whole, tmp_path / "out")
    put(file, "options.rule.rates.recall", "50%")
    put(file, "outcomes.false_positive.cost", "7 JPY per claim")
    assert of(file, left)[ERRORS].changed == (BASELINE,)
    assert of(file, left)[VALUE].changed == (BASELINE, ERRORS)
    assert statuses(file, walked(whole, tmp_path / "out")) == ["complete"] * 5


def test_changed_data_makes_what_stands_on_it_stale(make_case: Make, tmp_path: Path) -> None:
    folder = make_case(
        files={"rows.csv": DATA}, data={"file": "rows.csv", "target": "target"},
        options={"rule": {"kind": "rule", "when": "amount > 30"}},
    )  # fmt: skip
    left = walked(folder, tmp_path / "out")
    state = CaseFile(folder).state
    same = Walk(load_case(folder)).data_digest
    status = {s.step: s.status for s in stages(state, left, data_digest=same)}
    assert status[ERRORS] == "complete"
    found = {s.step: s for s in stages(state, left, data_digest="other")}
    assert (found[ERRORS].status, found[ERRORS].changed) == ("stale", (BASELINE,))
    assert found[BASELINE].status == "complete"


def test_a_gate_that_stops_the_case_spares_the_middle(make_case: Make, tmp_path: Path) -> None:
    stopped = {"forbidden": {"answer": "yes", "evidence": "quoted"}}
    folder = make_case(checks=stopped, volume=None, prevalence=None, outcomes={}, options={},
                       horizon=None)  # fmt: skip
    found = of(CaseFile(folder), walked(folder, tmp_path / "out"))
    assert [found[step].status for step in STEPS[1:4]] == ["spared"] * 3
    assert found[FRAMING].asked == 7  # what is framed, and the gate that stopped it
    assert (found[FRAMING].stopped, found[RECORD].stopped) == (True, False)


def test_a_gate_that_stops_a_new_case_asks_for_no_price_or_option(tmp_path: Path) -> None:
    """The bar said “not needed” of the steps for which a box asked nevertheless."""
    new_case(tmp_path / "new", empty=True)
    file = CaseFile(tmp_path / "new")
    for name in FRAMED:
        put(file, name, "Anything")
    put(file, "title", "Anything?")
    put(file, "unit", "case")
    put(file, "framing.goal", None)
    assert {fault.field for fault in file.state.faults} >= {"outcomes", "options"}
    put(file, "checks.forbidden", {"answer": "yes", "evidence": "quoted", "source": "the law"})
    assert file.state.faults == ()
    assert load_case(tmp_path / "new").options == {}
    (framing, *middle, _) = stages(file.state, Left())
    assert [one.status for one in middle] == ["spared"] * 3
    for lang in LANGUAGES:
        text = Text(lang)
        said = stage_bar([framing], text=text)["text/plain"]
        assert text.say("stage.stopped") in said
        assert gates_open(0, text) not in said


def test_a_new_case_has_nothing_to_put_right(tmp_path: Path) -> None:
    new_case(tmp_path / "new", empty=True)
    found = stages(CaseFile(tmp_path / "new").state, Left())
    assert {one.status for one in found} == {"untouched"}
    assert {one.faults for one in found} == {0}


def test_an_answer_with_a_fault_in_it_is_none(make_case: Make) -> None:
    file = CaseFile(make_case())
    text = file.path.read_text().replace('"5%"', '"one in twenty"', 1)
    file.path.write_text(text)
    assert file.reread()
    ask = next(ask for ask in asks(file.state)[VALUE] if ask.name == "prevalence")
    assert not ask.answered


def test_what_is_only_assumed_is_counted_apart(whole: Path) -> None:
    file = CaseFile(whole)
    assert of(file)[ERRORS].assumed == 2
    put(file, "outcomes.false_positive", {"cost": "3 JPY per claim", "evidence": "measured"})
    assert of(file)[ERRORS].assumed == 1
    assert of(file)[FRAMING].assumed == 0


def test_gates_are_those_that_a_person_answers_and_that_concern_the_options(
    make_case: Make,
) -> None:
    def gates(folder: Path) -> set[str]:
        names = {ask.name for ask in asks(CaseFile(folder).state)[FRAMING]}
        return {name.removeprefix("checks.") for name in names if name.startswith("checks.")}

    plain = gates(make_case("plain", options={"rule": {"kind": "rule"}}))
    both = gates(make_case("both", options={"m": {"kind": "model"}, "l": {"kind": "llm"}}))
    assert {CHECKS[name].scope for name in plain} == {"case"}  # no question about ML concerns it
    assert {CHECKS[name].scope for name in both} == {"case", "ml", "unreviewed", "learns", "llm"}
    assert "beats-baseline" not in both


def test_a_real_option_without_ml_is_asked_for(make_case: Make) -> None:
    model = {"kind": "model", "rates": {"recall": "80%", "false_positive_rate": "10%"}}
    review = {"kind": "review", "of": "model", "review": "3 JPY per claim"}
    found = of(CaseFile(make_case(options={"model": model, "seen": review})))[BASELINE]
    assert (found.answered, found.asked) == (2, 3)


def test_an_option_that_does_not_say_how_good_it_is_is_not_answered(make_case: Make) -> None:
    found = of(CaseFile(make_case(options={"rule": {"kind": "rule"}})))[BASELINE]
    assert (found.answered, found.asked) == (1, 2)


def test_what_lies_there_broken_or_from_an_older_kit_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "sections").mkdir()
    (tmp_path / "sections" / f"{BASELINE}.json").write_text('{"name": "x", "made_from": "y"}')
    (tmp_path / "sections" / f"{ERRORS}.json").write_text("{")
    (tmp_path / "record.json").write_text('["a"]')
    assert left_in(tmp_path) == Left()
    assert left_in(tmp_path / "nowhere") == Left()


def test_the_steps_are_told_in_the_docstring() -> None:
    said = asked_module.__doc__ or ""
    assert [step for step in STEPS if f"``{step}``" not in said] == []
