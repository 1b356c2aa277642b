"""A log of sales calls in three steps, from the case file to the record."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit import InputError, decide, load_case
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.record.chain_fold import listed_places, places_said
from mlpdm_kit.record.chains import wrong_before
from mlpdm_kit.record.folds import folds
from mlpdm_kit.record.inputs import Inputs
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.page import top_of_page
from mlpdm_kit.record.render import render_html, render_markdown
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.steps import Walk
from mlpdm_kit.record.tables import Fold
from mlpdm_kit.record.worth import Valuation
from mlpdm_kit.text import LANGUAGES
from tests.kinds import calls

MakeCase = Callable[..., Path]


def changed(change: Callable[[dict[str, Any]], object] | None = None) -> dict[str, Any]:
    """The case of calls, its chain changed."""
    case = {"prevalence": None, "discount": "5% per year", **copy.deepcopy(calls())}
    if change is not None:
        change(case["options"]["llm"])
    return case


def record_of(make_case: MakeCase, name: str = "calls", **changes: Any) -> DecisionRecord:
    return decide(load_case(make_case(name, **{**changed(), **changes})), draws=1024)


def chain_fold(record: DecisionRecord, lang: str = "en") -> Fold:
    return next(f for f in folds(record, Sentences.of_record(record, lang)) if f.key == "chain")


def settled(*after: str) -> dict[str, Any]:
    def change(llm: dict[str, Any]) -> None:
        llm["check"]["after"] = list(after)

    return changed(change)


def test_the_record_says_how_errors_add_up_and_where_to_look(make_case: MakeCase):
    record = record_of(make_case)
    (chain,) = record.chains
    assert (chain.option, chain.after, chain.settled) == ("llm", ("summary",), False)
    steps, rows = chain_fold(record).tables
    assert [row[0].text for row in steps.rows] == ["Transcription", "Speakers", "Summary"]
    good = [one.alone.mean for one in chain.steps]
    assert good == sorted(good, reverse=True)
    assert chain.steps[-1].good.mean > good[-1]  # the look takes errors out
    assert chain.steps[0].good == chain.steps[0].alone  # and none before it
    assert [row[0].tag for row in rows.rows] == ["best"] + [""] * 7
    worth = [one.expected_net_benefit.mean for one in chain.places]
    assert worth == sorted(worth, reverse=True)
    chosen = next(one for one in record.options if one.id == "llm").expected_net_benefit
    assert chosen is not None
    assert worth[0] == pytest.approx(chosen.mean)
    nowhere = next(one for one in chain.places if not one.after)
    assert nowhere.difference.mean == nowhere.looks == 0
    for one in chain.places:
        expected = one.expected_net_benefit.mean - nowhere.expected_net_benefit.mean
        assert one.difference.mean == pytest.approx(expected, abs=4000)
        assert one.looks == pytest.approx(1134 * len(one.after), rel=0.02)
        assert one.hours == pytest.approx(one.looks * 87.5 / 3600, rel=0.05)
    told = chain_fold(record).notes[0]
    assert "are good at the end" in told
    assert "if people look after summary." in told
    assert "It is worth most to look after summary:" in told


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_record_reads_in_words(make_case: MakeCase, lang: str):
    record = record_of(make_case)
    says = Sentences.of_record(record, lang)
    whole = render_html(record, {}, lang=lang) + render_markdown(record, lang=lang)
    names = [row.name for row in record.inputs]
    assert "options.llm.steps.transcription.wrong" in names
    for code in ("needs_editing", "options.", "steps.", "check.", *names[5:]):
        assert code not in whole
    assert places_said(record.chains[0].after, says) in whole
    assert any(
        places_said(("summary",), says) in line for line in (top_of_page(record, says).figure,)
    )


def test_places_in_words():
    says = Sentences("en", unit="call")
    assert places_said((), says) == "look nowhere"
    assert places_said(("ocr",), says) == "look after ocr"
    assert places_said(("speaker-split", "ASR", "c"), says) == "look after speaker split, ASR and c"


def test_what_is_settled_is_held_against_the_best(make_case: MakeCase):
    record = record_of(make_case, **settled("transcription"))
    (chain,) = record.chains
    assert chain.after == ("transcription",)
    assert chain.settled
    assert chain.places[0].after == ("summary",)
    assert (
        "settled to look after transcription; to look after summary would be worth"
        in (chain_fold(record).notes[0])
    )
    best = record_of(make_case, "best", **settled("summary"))
    assert "settled to look after summary, and nothing is worth more" in chain_fold(best).notes[0]


def test_only_a_settled_look_after_the_last_step_counts_as_reviewed(make_case: MakeCase):
    def scopes(name: str, case: dict[str, Any]) -> set[str]:
        record = record_of(make_case, name, **case)
        return {option for one in record.gates if one.id == "catastrophe" for option in one.options}

    assert scopes("free", changed()) == {"llm"}
    assert scopes("early", settled("transcription", "speakers")) == {"llm"}
    assert scopes("last", settled("summary")) == set()


def test_a_chain_that_is_only_assumed_passes_no_gate(make_case: MakeCase):
    def assume(llm: dict[str, Any]) -> None:
        llm["steps"]["speakers"]["wrong"] = "2%..5%"

    def gate(name: str, case: dict[str, Any]) -> Any:
        found = record_of(make_case, name, **case).gates
        return next(one for one in found if one.id == "beats-baseline")

    assert gate("measured", changed()).finding.code != "assumed-rates"
    found = gate("assumed", changed(assume)).finding
    assert found.code == "assumed-rates"
    assert found.figures["inputs"] == ["options.llm.steps.speakers.wrong"]


def test_inputs_of_a_chain_are_inputs_like_any_other(make_case: MakeCase):
    """They are correlated, found out by studies, and have break-evens and a worth of knowing."""
    wrong = "options.llm.steps.{}.wrong"
    llm = changed()["options"]["llm"]
    tied = [wrong.format("summary"), wrong.format("speakers")]
    record = record_of(
        make_case,
        correlations=[{"between": tied, "rank": 0.5}],
        studies={
            "label": {"of": [wrong.format("summary"), "options.llm.check.finds"],
                      "price": "1 USD", "price_per_case": "0.1 USD per call"},
        },
        options={**changed()["options"], "quick": {**llm, "build": "0 USD"}},
    )  # fmt: skip
    assert [one.between for one in record.correlations] == [
        ("options.llm.steps.summary.wrong", "options.llm.steps.speakers.wrong")
    ]
    (study,) = record.value_of_information.studies
    assert study.of == ("options.llm.steps.summary.wrong", "options.llm.check.finds")
    assert {wrong.format("summary"), "options.llm.check.finds"} <= {
        row.input for row in record.value_of_information.evppi
    }
    flips = {row.input: row for row in record.break_even}
    assert flips["options.quick.steps.summary.wrong"].above is not None
    says = Sentences.of_record(record)
    assert says.name("input", wrong.format("summary")) == (
        "Share of calls that summary makes “wrong”, “Transcribed, parted by speaker, summed up”"
    )


def test_a_look_is_learned_of_from_wrong_cases_only(make_case: MakeCase):
    walk = Walk(load_case(make_case(**changed())), draws=256)
    inputs = Inputs(walk.case, walk.comparison())
    stand = Valuation(walk.case, walk.rungs, inputs, (), 256, 0).stands()
    at_end = wrong_before(stand, "options.llm.check.finds")
    before = wrong_before(stand, "options.llm.steps.summary.mends")
    assert 0.15 < before < at_end < 0.25
    assert wrong_before(stand, "options.llm.steps.transcription.mends") == 0


def test_the_order_of_the_steps_is_part_of_the_case(make_case: MakeCase):
    def turn(llm: dict[str, Any]) -> None:
        llm["steps"] = dict(reversed(llm["steps"].items()))

    one, other = (
        load_case(make_case("calls", **changed())),
        load_case(make_case("turned", id="calls", **changed(turn))),
    )
    assert list(one.options["llm"].steps) == ["transcription", "speakers", "summary"]
    assert one.digest != other.digest


def test_a_chain_of_today_has_its_places_from_the_case(make_case: MakeCase):
    """The status quo is what all is held against: nothing is found for it."""

    def quo(llm: dict[str, Any]) -> None:
        llm.update(kind="process", status_quo=True)
        for name in ("build", "run"):
            llm.pop(name)

    def quo_settled(llm: dict[str, Any]) -> None:
        quo(llm)
        llm.pop("build", None)
        llm["check"]["after"] = ["summary"]

    with pytest.raises(InputError) as caught:
        load_case(make_case("free", **changed(quo)))
    assert [(f.code, f.field) for f in caught.value.faults] == [
        ("missing-key", "options.llm.check.after")
    ]
    record = record_of(make_case, "fixed", **changed(quo_settled))
    (chain,) = record.chains
    assert chain.places == ()
    assert [one.better for one in chain.steps] == [None] * 3
    assert len(chain_fold(record).tables) == 1


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        (lambda llm: llm.update(steps={}, check=None), "steps-none", "steps"),
        (lambda llm: llm.update(steps=["summary"]), "mapping", "steps"),
        (lambda llm: llm["steps"].update(summary="3%"), "mapping", "steps.summary"),
        (lambda llm: llm["steps"].update(summary={"mends": "3%"}), "step-empty", "steps.summary"),
        (lambda llm: llm["steps"]["summary"].update(miss="3%"), "rate-unknown",
         "steps.summary.miss"),
        (lambda llm: llm["steps"]["summary"].update(wrong="3 USD"), "unit-wrong",
         "steps.summary.wrong"),
        (lambda llm: llm["steps"]["summary"].update(wrong="70%", harmful="40%"), "rates-sum",
         "steps.summary"),
        (lambda llm: llm["steps"].update({f"s{i}": {"wrong": "1%"} for i in range(5)}),
         "steps-many", "steps"),
        (lambda llm: llm["steps"].update({"a.b": {"wrong": "1%"}}), "id", "steps.a.b"),
        (lambda llm: llm["check"].update(after=["translation"]), "check-step", "check.after"),
        (lambda llm: llm["check"].update(after=["summary", "summary"]), "check-twice",
         "check.after"),
        (lambda llm: llm["check"].pop("finds"), "missing", "check.finds"),
        (lambda llm: llm["check"].update(finds="120%"), "share-percent", "check.finds"),
        (lambda llm: llm.update(rates={"needs_editing": "1%", "wrong": "1%", "harmful": "0%"}),
         "source-twice", "steps"),
        (lambda llm: (llm.pop("steps"), llm["check"].update(after=["summary"]), llm.update(
            rates={"needs_editing": "1%", "wrong": "1%", "harmful": "0%"})), "check-step",
         "check.after"),
    ],
)  # fmt: skip
def test_each_fault_of_a_chain_is_named(
    make_case: MakeCase, change: Callable[[dict[str, Any]], object], code: str, field: str
):
    with pytest.raises(InputError) as caught:
        load_case(make_case(**changed(change)))
    assert [(fault.code, fault.field) for fault in caught.value.faults] == [
        (code, f"options.llm.{field}")
    ]


@pytest.mark.parametrize("task", [n for n, kind in TASK_KINDS.items() if not kind.severity])
def test_tasks_without_one_outcome_a_case_refuse_steps(make_case: MakeCase, task: str):
    options = {"llm": {"kind": "llm", "steps": {"a": {"wrong": "1%"}}}}
    with pytest.raises(InputError) as caught:
        load_case(make_case(task=task, options=options))
    assert ("steps-task", "options.llm.steps") in [(f.code, f.field) for f in caught.value.faults]


def test_rates_beyond_the_whole_are_refused(make_case: MakeCase):
    rates = {"needs_editing": "60%", "wrong": "50%", "harmful": "0%"}

    def plain(llm: dict[str, Any]) -> None:
        del llm["steps"], llm["check"]
        llm["rates"] = rates

    with pytest.raises(InputError) as caught:
        load_case(make_case(**changed(plain)))
    assert [f.code for f in caught.value.faults] == ["rates-sum"]
    assert str(caught.value.faults[0].value).endswith("%")  # not 1.12


def test_a_search_of_two_steps_misses_what_either_misses(make_case: MakeCase):
    case = {
        "task": "search", "prevalence": None,
        "outcomes": {"miss": {"cost": "10 JPY per claim"}},
        "options": {
            "browse": {"kind": "process", "rates": {"hit": "50%"}},
            "two": {"kind": "bought", "steps": {"find": {"miss": "10%"}, "order": {"miss": "20%"}}},
        },
    }  # fmt: skip
    record = record_of(make_case, "search", **{**case, "currency": "JPY", "unit": "claim",
                                               "volume": "1000 per month",
                                               "discount": "0% per year"})  # fmt: skip
    found = next(one for one in record.options if one.id == "two").expected_net_benefit
    assert found is not None
    assert found.mean == pytest.approx(24_000 * 10 * 0.72)
    compared = next(one for one in record.baseline.options if one.id == "two")
    assert compared.source == "chain"
    assert compared.rates["hit"].mean == pytest.approx(0.72)


def test_many_places_are_cut_to_those_that_matter(make_case: MakeCase):
    """Six steps have 64 sets: the best eight are listed, what is in force, and nowhere."""

    def long(llm: dict[str, Any]) -> None:
        llm["steps"] |= {f"extra-{i}": {"wrong": "1%..2%"} for i in range(3)}
        llm["check"]["after"] = ["transcription"]

    record = record_of(make_case, "long", **changed(long))
    (chain,) = record.chains
    assert len(chain.places) == 64
    shown = listed_places(chain)
    assert len(shown) <= 10
    assert {(), ("transcription",)} <= {one.after for one in shown}
    assert shown[:8] == list(chain.places[:8])
    assert "54 further sets" in chain_fold(record).tables[1].foot


def test_steps_that_bring_in_nothing(make_case: MakeCase):
    """No error, no loss, no point to be better by: nothing is divided by it."""

    def none(llm: dict[str, Any]) -> None:
        llm["steps"] = {"a": {"wrong": "0%"}, "b": {"wrong": "0%"}}

    record = record_of(make_case, "none", **changed(none))
    (chain,) = record.chains
    assert chain.after == ()
    assert [(one.lost, one.better) for one in chain.steps] == [(0.0, 0.0)] * 2
    notes = chain_fold(record).notes[0]
    assert "Most of what is lost" not in notes
    assert "It is worth most to look nowhere" in notes
