"""A person who looks at all answers of an option without steps, calculated by hand."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from mlpdm_kit import InputError, load_case
from mlpdm_kit.analysis.ladder import ladder
from mlpdm_kit.analysis.uncertainty.stated import means, stated_inputs
from mlpdm_kit.analysis.worth.per_case import per_case
from mlpdm_kit.record.answers_fold import answers_fold
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.steps import Walk
from mlpdm_kit.text import LANGUAGES
from mlpdm_kit.view.canvas import wide_twin
from mlpdm_kit.view.charts import CHARTS
from mlpdm_kit.view.lines import comparison_line
from mlpdm_kit.view.tables import compared
from mlpdm_kit.view.wrap import inert
from tests.kinds import calls, decided, extraction, generation, multiclass, said, worth

# of 40 texts 24 are usable, 16 wrong; a text costs 1, a look 2, mending 5, and it finds half
ITEMS, USABLE = 40, 24
LOOK = {"price": "2 JPY per claim", "finds": "50%", "mend": "5 JPY per claim"}


def graded(**look: str) -> dict[str, Any]:
    case = generation()
    log = [{"id": str(i), "grade": "usable" if i < USABLE else "wrong", "cost": 1}
           for i in range(ITEMS)]  # fmt: skip
    case["files"]["g.jsonl"] = "".join(json.dumps(row) + "\n" for row in log)
    case["options"]["llm"] = {"kind": "llm", "predictions": "g.jsonl", "check": LOOK | look}
    case["options"]["template"] = {"kind": "process", "predictions": "t.jsonl"}
    template = [{"id": str(i), "grade": "wrong" if i < 12 else "needs editing"}
                for i in range(ITEMS)]  # fmt: skip
    case["files"]["t.jsonl"] = "".join(json.dumps(row) + "\n" for row in template)
    return case


def reviewed(record: DecisionRecord) -> Any:
    (found,) = next(a.reviewed for a in record.baseline.answers if a.option == "llm")
    return found


def test_the_price_of_a_good_answer_holds_the_looks(make_case: Any) -> None:
    record = decided(make_case, **graded())
    found = reviewed(record)
    assert (found.option, found.looked) == ("llm", 1)
    assert found.accepted == pytest.approx(0.6 + 0.5 * 0.4)
    assert found.price == pytest.approx((1 + 2 + 0.2 * 5) / 0.8, rel=1e-5)
    for lang in ("en", "ja"):
        fold = answers_fold(record, Sentences.of_record(record, lang))
        assert fold is not None
        (row,) = [r for r in fold.tables[0].rows if "80%" in r[1].note]
        assert "5" in row[1].text


def test_where_time_is_short_fewer_are_looked_at(make_case: Any) -> None:
    found = reviewed(decided(make_case, **graded(capacity="250 per month")))  # of 1,000
    assert found.looked == pytest.approx(0.25)
    mended = 0.25 * 0.5 * 0.4
    assert found.price == pytest.approx((1 + 0.25 * 2 + mended * 5) / (0.6 + mended), rel=1e-5)


def test_it_is_in_the_comparison_and_in_the_worth(make_case: Any) -> None:
    record = decided(make_case, **graded())
    (one,) = [one for one in record.baseline.options if one.id == "llm"]
    # a usable text gains 100, a wrong one loses 20; the template's gain 40 and lose 20
    gained = 0.8 * 100 - 0.2 * 20 - 0.2 * 5
    assert one.cost_per_case.mean == pytest.approx(-gained, rel=1e-5)
    # as it answers; each of the five outcomes has a fifth of one prior case
    assert one.rates["wrong"].mean == pytest.approx(16.2 / 41)
    assert one.difference.mean == pytest.approx(-(gained - 3) + (0.7 * 40 - 0.3 * 20), rel=1e-5)
    wrong = 16.2 / 41
    few = 0.2 / 41  # of a kind that was never seen
    left = 1 - wrong - 2 * few - few  # no answer at all is the fourth
    shares = {"usable": left + 0.5 * (1 - left), "wrong": wrong / 2, "needs_editing": few / 2,
              "harmful": few / 2}  # fmt: skip
    prices = {"usable": 100, "wrong": -20, "needs_editing": 40, "harmful": -1000}
    per_case = sum(shares[n] * prices[n] for n in shares) - 3 - 0.5 * (1 - left) * 5
    assert worth(record, "llm") == pytest.approx(1000 * 24 * per_case, rel=0.01)


@pytest.mark.parametrize(("task", "good", "errors"), [
    (multiclass, 0, {"wrong": -50, "unanswered": -20}),
    (extraction, 0, {"wrong": -300, "missing": -30}),
])  # fmt: skip
def test_stated_rates_are_looked_at_as_well(
    make_case: Any, task: Any, good: float, errors: dict[str, float]
) -> None:
    rates = said(**dict.fromkeys(errors, "10%"))
    options = {"bare": {"kind": "llm", "rates": rates},
               "read": {"kind": "llm", "rates": rates, "check": LOOK}}  # fmt: skip
    case = load_case(make_case(**task() | {"options": options}, prevalence=None))
    theta, rungs = means(stated_inputs(case)), ladder(case)
    bare, read = (
        per_case(case, rungs, rung, theta).worth
        for rung in sorted(rungs, key=lambda rung: rung.id)
        if rung.id in options
    )
    saved = sum(0.1 * 0.5 * (good - price) for price in errors.values())
    assert read - bare == pytest.approx(saved - 2 - 0.1 * 5)  # ten of a hundred are mended


@pytest.mark.parametrize(("wrong", "left"), [(False, 12.5), (True, 0.5)])
def test_inventions_are_found_by_a_look_and_paid_for_once(
    make_case: Any, wrong: bool, left: float
) -> None:
    """12 of 240 answers invent something; where they are graded wrong, that is their price."""
    case, grades = graded(finds="90%"), ["wrong" if wrong else "usable"] * 12 + ["usable"] * 228
    case["files"]["d.csv"] = "id,prompt\n" + "".join(f"{i},prompt\n" for i in range(240))
    for name in "gt":
        rows = [{"id": str(i), "grade": grade, "cost": 1, "invented": i < 12}
                for i, grade in enumerate(grades)]  # fmt: skip
        case["files"][f"{name}.jsonl"] = "".join(json.dumps(row) + "\n" for row in rows)
    case["incidents"] = {"invention": {"cost": "60 JPY"}}
    record = decided(make_case, **case)
    costs = next(one for one in record.error_costs.options if one.id == "llm").by_outcome
    assert costs["invention"] == pytest.approx(0.1 * left / 241 * 60, rel=0.02)


@pytest.mark.parametrize(("after", "left"), [(["summary"], 0.5), (["speakers"], 1.0)])
def test_only_a_look_at_the_answer_finds_what_it_invents(
    make_case: Any, after: list[str], left: float
) -> None:
    case = {"prevalence": None, **copy.deepcopy(calls())}
    case["options"]["llm"]["check"] |= {"after": after, "finds": "50%"}
    case["options"]["llm"]["incidents"] = {"invention": {"value": "4%", "evidence": "measured"}}
    case["incidents"] = {"invention": {"cost": "60 USD"}}
    found = load_case(make_case(**case))
    theta, rungs = means(stated_inputs(found)), ladder(found)
    (rung,) = [one for one in rungs if one.id == "llm"]
    errors = per_case(found, rungs, rung, theta).errors
    assert errors["invention"] == pytest.approx(-0.04 * 60 * left)


def test_who_reviews_an_answer_sees_what_it_invents(make_case: Any) -> None:
    # 10% are positive, of which 80% are flagged, and 10% of the others: 17% come to a person
    llm = {"kind": "llm", "rates": said(recall="80%", false_positive_rate="10%"),
           "incidents": {"invention": {"value": "4%", "evidence": "measured"}}}  # fmt: skip
    review = {"kind": "review", "of": "llm", "review": "2 JPY per claim", "reviewer_error": "20%"}
    found = load_case(make_case(
        prevalence={"value": "10%", "evidence": "measured"},
        options={"llm": llm, "read": review},
        incidents={"invention": {"cost": "60 JPY"}},
    ))  # fmt: skip
    theta, rungs = means(stated_inputs(found)), ladder(found)
    lost = {rung.id: per_case(found, rungs, rung, theta).errors["invention"]
            for rung in rungs if rung.id in ("llm", "read")}  # fmt: skip
    assert lost["llm"] == pytest.approx(-0.04 * 60)
    assert lost["read"] == pytest.approx(-0.04 * 60 * (1 - 0.17 * 0.8))


@pytest.mark.parametrize("change", [
    {"options": {"llm": {"kind": "llm", "check": LOOK,
                         "rates": said(recall="80%", false_positive_rate="10%")}}},
    {**generation(), "options": {"nothing": {"kind": "none", "check": LOOK}}},
])  # fmt: skip
def test_a_look_needs_answers_that_are_right_or_wrong(make_case: Any, change: Any) -> None:
    with pytest.raises(InputError) as caught:
        load_case(make_case(**change))
    assert "check-alone" in [fault.code for fault in caught.value.faults]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("on_data", [True, False])
def test_figures_before_anybody_looks_say_so_where_they_stand(
    make_case: Any, lang: str, on_data: bool
) -> None:
    """Notebook 02 shows how right the answers are before the look; what a look does comes later."""
    changes = extraction()
    llm = {"kind": "llm", "check": {"price": "10 JPY per claim", "finds": "90%"}}
    llm |= {"predictions": "a.csv"} if on_data else {"rates": said(missing="2%", wrong="3%")}
    options = {"typing": changes["options"]["typing"], "llm": llm}
    case = load_case(make_case(**{**changes, "prevalence": None, "options": options}))
    walk, says = Walk(case, draws=256), Sentences.of_case(case, lang)
    before, after = (says.say(f"look.{when}") for when in ("before", "after"))
    table = compared(walk.comparison(), says=says)
    notes = {row[0].text: row[0].note for row in table.rows}
    assert [name for name, note in notes.items() if before in note] == [says.name("option", "llm")]
    _, small = comparison_line(walk.comparison(), walk.errors(), says=says)
    assert says.sentence("line.comparison.look", options=["llm"]) in small
    sections = {"baseline_comparison": walk.comparison(), "cost_of_errors": walk.errors()}
    figure = CHARTS["cost_per_case"].draw(sections, says)
    assert figure is not None
    drawn = " ".join(a["text"] for a in wide_twin(figure)["layout"]["annotations"])
    assert (inert(before) in drawn, inert(after) in drawn) == (on_data, not on_data)
