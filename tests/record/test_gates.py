"""What the record says of its gates: what failed, what each stands on, what would settle it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit import decide, load_case
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.record.area_folds import sure_of, to_do
from mlpdm_kit.record.folds import folds, standing
from mlpdm_kit.record.index import IndexRow, index_html
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.page import top_of_page
from mlpdm_kit.record.parts import CheckResult
from mlpdm_kit.record.render import render_markdown
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.steps import Walk
from mlpdm_kit.record.tables import Fold
from mlpdm_kit.record.valued import Valued
from mlpdm_kit.text import LANGUAGES, Text
from tests.conftest import GATES

MakeCase = Callable[..., Path]


def decided(folder: Path) -> DecisionRecord:
    return decide(load_case(folder), draws=512)


def gate(found: DecisionRecord, name: str, option: str = "") -> CheckResult:
    return next(g for g in found.gates if g.id == name and (not option or option in g.options))


def option(found: DecisionRecord, name: str) -> Valued:
    return next(one for one in found.options if one.id == name)


def fold(found: DecisionRecord, key: str, lang: str = "en") -> Fold:
    whole = folds(found, Sentences.of_record(found, lang))
    return next(one for one in whole if one.key == key)


def with_model(rates: Any, build: str, **more: Any) -> dict[str, Any]:
    """The small case with a model at another price: ranges, so that its worth has a range."""
    said = {"kind": "model", "rates": rates("75%..85%", "8%..12%"), "build": build, **more}
    return {"rule": {"kind": "rule", "rates": rates("40%", "5%")}, "model": said}


# --- the gain pays ------------------------------------------------------------------------


def test_ml_that_cannot_pay_is_out_and_its_price_stays_to_be_seen(
    make_case: MakeCase, rates: Any
) -> None:
    """It saves 30,500 a month at most a little more, 24 months: 5M to 6M cannot come back."""
    found = decided(make_case(options=with_model(rates, "5M..6M JPY")))
    model = option(found, "model")
    assert gate(found, "gain-pays").status == "failed"
    assert (model.failed_gates, model.feasible) == (("gain-pays",), False)
    assert model.expected_net_benefit is not None
    assert model.expected_net_benefit.p95 < 0
    assert standing(model, found, Sentences.of_record(found)) == ["stopped by: The gain pays"]
    assert all(said.code != "options-removed" for said in found.verdict.reasons)


def test_ml_that_may_still_pay_is_left_to_the_net_benefit(make_case: MakeCase, rates: Any) -> None:
    found = decided(make_case(options=with_model(rates, "100k..3M JPY")))
    model = option(found, "model")
    assert model.expected_net_benefit is not None
    assert model.expected_net_benefit.mean < 0 < model.expected_net_benefit.p95
    result = gate(found, "gain-pays")
    assert (result.status, result.holds, model.failed_gates) == ("open", False, ())
    assert "so the expected net benefit decides" in render_markdown(found)


def test_every_ml_option_is_asked_whether_it_pays(make_case: MakeCase, rates: Any) -> None:
    options = with_model(rates, "5M..6M JPY")
    options["cheap"] = {**options["model"], "build": "1k JPY"}
    found = decided(make_case(options=options))
    stand = {name: gate(found, "gain-pays", name).status for name in ("model", "cheap")}
    assert stand == {"model": "failed", "cheap": "passed"}


# --- what it stands on ----------------------------------------------------------------------


@pytest.mark.parametrize("sure", ["assumed", "quoted"])
def test_what_is_worked_out_is_as_sure_as_the_least_sure_of_it(
    make_case: MakeCase, rates: Any, sure: str
) -> None:
    def range_(value: str, evidence: str = "quoted") -> dict[str, str]:
        return {"value": value, "evidence": evidence}

    found = decided(make_case(
        volume=range_("1000 per month"), prevalence=range_("5%"),
        outcomes={"false_positive": {"cost": "100 JPY per claim", "evidence": "quoted"},
                  "false_negative": {"cost": "1000 JPY per claim", "evidence": "measured"}},
        options=with_model(rates, "100k JPY") | {"model": {
            "kind": "model", "rates": rates("80%", "10%"), "build": range_("100k JPY", sure)}},
    ))  # fmt: skip
    result = gate(found, "gain-pays")
    assert (result.evidence, result.basis, result.measured) == (sure, "ranges", True)
    shown = sure_of([result], Sentences.of_record(found))
    assert (shown.text, shown.note) == (
        "worked out by the kit", f"from stated ranges, the least sure of them {sure}",
    )  # fmt: skip
    assert gate(found, "cost-first").evidence == "quoted"
    assert gate(found, "review").basis == "case"


def test_nothing_worked_out_is_called_measured(make_case: MakeCase) -> None:
    found = decided(make_case())
    for lang, by_kit in (("en", "worked out by the kit"), ("ja", "このツールで計算")):
        says = Sentences.of_record(found, lang)
        texts = {sure_of([g], says).text for g in found.gates if g.measured}
        assert texts == {by_kit}
    assert {g.basis for g in found.gates if g.measured} == {"ranges", "case"}
    assert {g.basis for g in found.gates if not g.measured} == {""}


# --- what would settle it -------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", CHECKS)
def test_every_check_that_can_be_open_says_what_would_settle_it(
    records: dict[str, DecisionRecord], name: str, lang: str
) -> None:
    record = records["use_ml"]
    says, entry = Sentences.of_record(record, lang), CHECKS[name]
    said = {"id": name, "area": entry.area, "kind": entry.kind, "status": "open",
            "scope": entry.scope}  # fmt: skip
    need = says.say(f"need.{name}")
    assert need
    if entry.asked:
        for answer in ("unknown", "yes"):
            assert need in to_do(CheckResult(**said, answer=answer), record, says)
    if entry.measured:
        computed = to_do(CheckResult(**said, measured=True), record, says)
        special = f"need.{name}.computed"
        assert (says.say(special) if says.knows(special) else need) in computed


def test_an_open_check_stands_with_its_remedy(make_case: MakeCase) -> None:
    found = decided(make_case())
    (opened,) = (part for part in fold(found, "gates").parts if part.key == "gates-open")
    rows = [row for table in opened.tables for row in table.rows]
    assert len(rows) > 10
    assert all(len(row[-1].text) > 20 for row in rows)
    row = next(row for row in rows if row[0].text == "A rule was tried")
    assert "which simple rule was tried" in row[-1].text


# --- against today --------------------------------------------------------------------------


def test_the_first_screen_has_the_figure_against_today(records: dict[str, DecisionRecord]) -> None:
    record = records["use_non_ml"]
    says = Sentences.of_record(record)
    figure = top_of_page(record, says).figure
    assert "more than the model" in figure
    assert "Against what is done today it is worth ¥5M more (90% range ¥3.4M to ¥6.9M)." in figure
    named = record.verdict.model_copy(update={"against": "none"})
    told = top_of_page(record.model_copy(update={"verdict": named}), says).figure
    assert "That is against what is done today." in told
    assert "Against what is done today" not in told
    today = top_of_page(records["do_nothing"], Sentences.of_record(records["do_nothing"]))
    assert "done today" not in today.figure


def test_the_index_holds_every_case_against_today(records: dict[str, DecisionRecord]) -> None:
    row = IndexRow.of_record(records["use_non_ml"])
    assert (row.gain_today, row.gain_today_p5, row.gain_today_p95) == (5.0e6, 3.4e6, 6.9e6)
    page = index_html([row])
    assert "Worth more than today" in page
    assert 'data-sort="5000000.0"' in page
    assert "¥1.9M more than Model" in page
    assert "現状と比べた純便益" in index_html([row], lang="ja")


# --- what the trial says --------------------------------------------------------------------


def test_counts_that_are_means_are_said_as_such(records: dict[str, DecisionRecord]) -> None:
    record = records["use_non_ml"]
    model = next(one for one in record.baseline.options if one.id == "model")
    mean = model.model_copy(
        update={
            "costly_errors": 0.3,
            "few_errors": True,
            "cells": {**model.cells, "false_negative": 1 / 3},
        }
    )
    options = [mean if one is model else one for one in record.baseline.options]
    baseline = record.baseline.model_copy(update={"options": tuple(options)})
    (table,) = fold(record.model_copy(update={"baseline": baseline}), "data").tables
    shown = {row[0].text: [cell.text for cell in row] for row in table.rows}["Model"]
    assert shown.count("0.3") == 2
    assert "with several answers to a case" in table.foot
    assert "with several answers to a case" not in fold(record, "data").tables[0].foot


def test_what_was_fitted_is_named_and_nothing_else(records: dict[str, DecisionRecord]) -> None:
    record = records["use_non_ml"]
    told = dict(fold(record, "data").facts)["Rows tested on"]
    assert told.startswith("9,101, in 5 parts; tested on later rows than learned from: the model")
    assert "rule" not in told
    rest = tuple(one for one in record.baseline.options if one.kind in ("none", "rule"))
    baseline = record.baseline.model_copy(update={"options": rest})
    plain = fold(record.model_copy(update={"baseline": baseline}), "data")
    assert dict(plain.facts)["Rows tested on"] == "9,101; nothing was fitted on them"
    assert plain.summary == "18,204 rows"


def test_few_errors_of_many_options_are_one_sentence(records: dict[str, DecisionRecord]) -> None:
    from mlpdm_kit.record.parts import few_errors

    record = records["use_non_ml"]
    findings = (few_errors("rule", 6), few_errors("model", 0.3))
    baseline = record.baseline.model_copy(update={"findings": findings})
    items = fold(record.model_copy(update={"baseline": baseline}), "data").items
    assert items == (
        "Too few errors of the dearest kind for their intervals to be trusted (10 are wanted): "
        "the rule 6, the model 0.3.",
    )
    says = Sentences.of_record(record)
    assert "made only 0.3 errors" in says.reason(findings[1])


def test_one_price_of_errors_stands_in_both_folds(records: dict[str, DecisionRecord]) -> None:
    record = records["use_non_ml"]
    data, costs = fold(record, "data").tables[0], fold(record, "errors").tables[-1]

    def column(table: Any, start: str) -> dict[str, str]:
        at = next(i for i, head in enumerate(table.heads) if head.text.startswith(start))
        return {row[0].text: row[at].text for row in table.rows}

    seen = column(data, "Errors seen")
    beside = column(costs, "errors seen in the trial")
    assert beside == {name: seen[name] for name in beside}
    assert column(costs, "Errors and handling")["Model"] == "¥64"


# --- questions to which "no" is the good answer, or a neutral one -------------------------


@pytest.mark.parametrize("name", [check.id for check in CHECKS.values() if check.no_is_fine])
def test_a_good_no_is_named_the_other_way_round(make_case: MakeCase, name: str) -> None:
    """“✓ Off limits” would say the opposite of what was answered."""
    said = {name: {"answer": "no", "evidence": "measured"}}
    options = {"llm": {"kind": "llm", "rates": {"recall": "80%", "false_positive_rate": "5%"}}}
    case = load_case(make_case(checks=said, options=options))
    walk = Walk(case, draws=256)
    result = next(one for one in walk.framing().checks if one.id == name)
    assert (result.status, CHECKS[name].against("no")) == ("passed", False)
    for lang in LANGUAGES:
        says = Sentences.of_case(case, lang)
        assert says.checked(result) == says.say(f"check.{name}.no") != says.name("check", name)
        unsaid = result.model_copy(update={"status": "open", "answer": "unknown"})
        assert says.checked(unsaid) == says.name("check", name)


@pytest.mark.parametrize(
    ("answer", "called"),
    [("no", "Rules can still be looked after"), ("yes", "Rules have outgrown us")],
)
def test_rules_that_have_not_grown_are_no_fault(
    make_case: MakeCase, answer: str, called: str
) -> None:
    """Nor is it one that they have: that speaks for ML."""
    found = decided(make_case(checks={"rules-grown": {"answer": answer}}))
    assert gate(found, "rules-grown").status == "passed"
    passed = next(part for part in fold(found, "gates").parts if part.key == "gates-passed")
    assert called in [row[0].text for row in passed.tables[0].rows]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_gate_passed_without_a_source_says_so_and_still_passes(
    make_case: MakeCase, lang: str
) -> None:
    def known(folder: str, **said: Any) -> tuple[CheckResult, str]:
        checks = {**GATES, "purpose": {"answer": "yes", **said}}
        found = decided(make_case(folder, checks=checks))
        says = Sentences.of_record(found, lang)
        return gate(found, "purpose"), sure_of([gate(found, "purpose")], says).flat(says)

    missing = Text(lang).say("record.gates.no-source")
    bare, said = known("bare", evidence="quoted")
    assert (bare.status, bare.lacks_source) == ("passed", True)
    assert missing in said
    for name in ("source", "note", "owner"):
        whole, said = known(name, evidence="quoted", **{name: "Mori"})
        assert (whole.status, whole.lacks_source) == ("passed", False)
        assert missing not in said
