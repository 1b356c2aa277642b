"""Each sign fires where it should, and is silent on the sound cases of the library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit import decide, load_case, shipped
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.patterns import PATTERNS, patterns
from mlpdm_kit.record.rollup_said import patterns_table
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.text import catalogue

MakeCase = Callable[..., Path]
SOUND: dict[str, Any] = {
    "people": {"decider": "Head of accounting"},
    "review_on": "2027-06-01",
    "framing": {
        "user": "Four reviewers in accounting", "problem": "Some are paid twice",
        "decision": "Which wait", "status_quo": "None does",
        "goal": {"metric": "paid twice", "now": "40 a month"},
    },
    "volume": {"value": "800..1200 per month", "evidence": "measured"},
}  # fmt: skip


def framing(**changes: Any) -> dict[str, Any]:
    return {"framing": {**SOUND["framing"], **changes}}


def narrow(evidence: str) -> dict[str, Any]:
    return {"volume": {"value": "1000..1100 per month", "evidence": evidence}}


def priced(gain: str, cost: str) -> dict[str, Any]:
    return {"outcomes": {"true_positive": {"gain": f"{gain} JPY per claim"},
                         "false_negative": {"cost": f"{cost} JPY per claim"},
                         "false_positive": {"cost": "50..100 JPY per claim"}}}  # fmt: skip


STRAW = {
    "rule": {"kind": "rule", "build": "900k JPY", "rates": {
        "recall": "40%..60%", "false_positive_rate": "5%..9%"}},
    "model": {"kind": "model", "build": "100k..200k JPY", "rates": {
        "recall": "70%..90%", "false_positive_rate": "5%..9%"}},
}  # fmt: skip
TODAY: dict[str, Any] = {
    "options": {"phone": {"kind": "rule", "status_quo": True, "label": "Phone all above 500",
                          "rates": STRAW["rule"]["rates"]}, "model": STRAW["model"]}
}  # fmt: skip
RATES = {"recall": "70%..90%", "false_positive_rate": "5%..9%"}
ASSUMED = {
    "volume": "800..1200 per month", "prevalence": "3%..6%",
    "outcomes": {"false_positive": {"cost": "50..100 JPY per claim"},
                 "false_negative": {"cost": "900..2000 JPY per claim"}},
    "options": {"rule": {"kind": "rule", "rates": RATES},
                "model": {"kind": "model", "rates": RATES}},
}  # fmt: skip
ONE = {"evidence": "quoted", "source": "that one deck"}
COPIED = {
    "volume": {"value": "800..1200 per month", **ONE}, "prevalence": {"value": "3%..6%", **ONE},
    "outcomes": {"false_positive": {"cost": "50..100 JPY per claim", **ONE},
                 "false_negative": {"cost": "900..2000 JPY per claim", **ONE}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("no-decider", {"people": {"decider": "TBD"}}),
        ("no-decider", {"people": None}),
        ("no-user", framing(user="Everyone")),
        ("no-user", framing(user="全員")),
        ("no-user", framing(user="All users")),
        ("no-user", framing(user="?")),
        ("no-figure-now", framing(goal=None)),
        ("no-figure-now", framing(goal={"metric": "paid twice", "now": "too many"})),
        ("no-review", {"review_on": None}),
        ("narrow", narrow("assumed")),
        ("narrow", {"prevalence": "5%..5.5%"}),
        ("all-assumed", ASSUMED),
        ("copied", COPIED),
        ("no-plain-option", {"options": {"model": STRAW["model"]}}),
        ("plain-option-dear", {"options": STRAW}),
        ("twice", priced("80..250", "80..250")),
        ("twice", priced("100", "100")),
        ("twice", priced("80..250", "90..240")),
    ],
)
def test_a_sign_fires_and_only_that_one(
    make_case: MakeCase, code: str, changes: dict[str, Any]
) -> None:
    case = load_case(make_case("small", **{**SOUND, **changes}))
    assert [said.code for said in patterns(case)] == [code]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        narrow("measured"),
        priced("80..250", "600..2000"),
        priced("80..250", "200..400"),
        TODAY,  # what is done today needs no ML
        {"prevalence": "95%..99%"},  # close in shares, far apart in odds
        framing(user="All users of the night desk, eleven people"),
        framing(goal={"metric": "二重払い", "now": "月四十件"}),
    ],
)
def test_a_sound_case_shows_no_sign(make_case: MakeCase, changes: dict[str, Any]) -> None:
    case = load_case(make_case("small", **{**SOUND, **changes}))
    assert patterns(case) == ()


def decided(make_case: MakeCase, **changes: Any) -> tuple[Case, DecisionRecord]:
    case = load_case(make_case("small", **{**SOUND, **changes}))
    return case, decide(case, draws=256)


def test_an_option_far_worse_than_nothing_is_a_straw_man(make_case: MakeCase) -> None:
    rates = {"recall": "1%..2%", "false_positive_rate": "95%..97%"}
    options = {"rule": {"kind": "rule", "rates": rates}, "model": STRAW["model"]}
    case, record = decided(make_case, options=options)
    assert [said.code for said in patterns(case, record)] == ["plain-option-bad"]
    assert patterns(case) == ()


def test_a_value_above_what_somebody_already_counts_is_a_sign(make_case: MakeCase) -> None:
    goal = {"metric": "paid twice", "now": "5000 JPY per month"}
    case, record = decided(make_case, **framing(goal=goal))
    (said,) = patterns(case, record)
    assert said.code == "above-goal"
    assert said.figures["most"] == 5000
    assert said.figures["amount"] / 5000 == pytest.approx(said.figures["times"])
    assert said.figures["times"] > 1


def test_a_value_above_all_errors_of_today_is_a_sign(make_case: MakeCase) -> None:
    outcomes = {"false_positive": {"cost": "100 JPY per claim"},
                "true_positive": {"gain": "50000 JPY per claim"},
                "false_negative": {"cost": "1000 JPY per claim"}}  # fmt: skip
    case, record = decided(make_case, outcomes=outcomes)
    (said,) = patterns(case, record)
    assert said.code == "above-problem"
    # 1000 claims a month, 5% positive, each missed one costs 1000 today
    assert said.figures["most"] == pytest.approx(1000 * 0.05 * 1000, rel=0.02)


SIGNS = {"flaw-no-baseline": ["no-plain-option"]}  # the flaw that is planted there


def test_the_library_shows_no_sign_but_the_one_that_is_planted() -> None:
    found = {
        place.name: [said.code for said in patterns(load_case(place))]
        for place in sorted(shipped.cases().iterdir())
        if place.is_dir()
    }
    assert {name: codes for name, codes in found.items() if codes} == SIGNS
    assert len(found) > 15


@pytest.mark.slow
def test_the_library_shows_no_sign_in_its_figures() -> None:
    for place in sorted(shipped.cases().iterdir()):
        if place.is_dir():
            case = load_case(place)
            found = [said.code for said in patterns(case, decide(case, draws=1024))]
            assert found == SIGNS.get(place.name, []), place.name


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_sign_says_what_it_is_and_what_to_do(make_case: MakeCase, lang: str) -> None:
    known = [code for code in catalogue(lang) if code.startswith("pattern.")]
    assert len(known) == 2 * 14
    assert {code.removesuffix(".remedy") for code in known} <= set(known)
    case = load_case(make_case("small", people=None, review_on=None, **framing(user="?")))
    table = patterns_table([(said, "") for said in patterns(case)], Sentences.of_case(case, lang))
    assert [len(row) for row in table.rows] == [2] * 3
    assert all(cell.text for row in table.rows for cell in row)
    assert len(PATTERNS) == 10
