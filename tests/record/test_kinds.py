"""A small case of each kind of task: its figures by hand, and its record in words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mlpdm_kit import decide, load_case
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.record.folds import folds
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.render import render_html, render_markdown
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.steps import Walk
from mlpdm_kit.record.tables import NONE
from mlpdm_kit.text import LANGUAGES
from mlpdm_kit.view.lines import comparison_line
from tests.kinds import (
    KINDS,
    column,
    decided,
    documents,
    extraction,
    formula,
    generation,
    multiclass,
    pairs,
    search,
    worth,
)


def test_classes_by_stated_shares(make_case: Any):
    record = decided(make_case, **multiclass())
    # a claim left alone costs 20; at the desk 1 + 15; with the model 3 + 2
    assert worth(record, "desk") == pytest.approx(24_000 * (20 - 16), rel=1e-6)
    assert worth(record, "model") == pytest.approx(24_000 * (20 - 5) - 100_000, rel=1e-6)
    assert record.verdict.outcome == "use_ml"


def test_a_pair_of_classes_with_a_price_of_its_own(make_case: Any):
    record = decided(make_case, **pairs())
    llm = next(one for one in record.baseline.options if one.id == "llm")
    assert llm.cells == {"right": 55, "wrong": 0, "unanswered": 0, "refund > spam": 5}
    assert llm.cost_per_case is not None
    assert llm.cost_per_case.mean == pytest.approx(5 * 30 / 60)
    constant = next(one for one in record.baseline.options if one.id == "constant")
    assert constant.cells["wrong"] == 30  # always refund: 30 spam are only wrong, at 1 each
    assert constant.cells["refund > spam"] == 0


def test_a_search_with_its_popular_list(make_case: Any):
    record = decided(make_case, **search())
    found = {one.id: one for one in record.baseline.options}
    assert found["bm25"].cells == {"hit": 40, "miss": 20}
    assert found["constant"].cells == {"hit": 50, "miss": 10}
    assert worth(record, "constant") == pytest.approx(240_000 * 50.5 / 61, rel=0.02)


def test_documents_that_are_really_searched(make_case: Any):
    """A synonym finds the last of thirty, which all say leave, in the thirtieth place."""
    record = decided(make_case, **documents())
    found = {one.id: one for one in record.baseline.options}
    assert found["plain"].cells == {"hit": 40, "miss": 20, "wrong_top": 0}
    assert found["more"].cells == {"hit": 40, "miss": 0, "wrong_top": 20}
    assert found["more"].cost_per_case is not None
    assert found["more"].cost_per_case.mean == pytest.approx(20 * 30 / 60)
    # today 30% are found and 20% not first: 0.2 x 30 + 0.5 x 90 a claim
    today = 0.2 * 30 + 0.5 * 90
    priced = {"hit": 40.5 / 61, "wrong_top": 0.5 / 61}  # Jeffreys, with the rest as misses
    after = priced["wrong_top"] * 30 + (1 - sum(priced.values())) * 90
    assert worth(record, "plain") == pytest.approx((today - after) * 24_000, rel=0.02)
    says = Sentences.of_record(record)
    facts = dict(next(fold for fold in folds(record, says) if fold.key == "data").facts)
    assert facts["Documents searched"].startswith("30, in docs.csv")
    told = data_table(record)
    assert told.splitlines()[0].startswith("Option | Found | Found, but not first | ")


def test_extraction_tells_missing_from_wrong(make_case: Any):
    record = decided(make_case, **extraction())
    llm = next(one for one in record.baseline.options if one.id == "llm")
    assert llm.cells == {"right": 30, "missing": 6, "wrong": 4}
    assert llm.cost_per_case is not None
    assert llm.cost_per_case.mean == pytest.approx((6 * 30 + 4 * 300) / 40)


def test_grades_of_generated_texts(make_case: Any):
    record = decided(make_case, **generation())
    llm = next(one for one in record.baseline.options if one.id == "llm")
    assert llm.cells["harmful"] == 1
    assert llm.cells["unanswered"] == 1
    assert llm.cost_per_case is not None
    assert llm.cost_per_case.mean == pytest.approx(-(2000 + 480 - 120 - 1000) / 40)


def test_a_formula_of_the_cases_own(make_case: Any):
    record = decided(make_case, **formula())
    clicks = next(row for row in record.inputs if row.name == "inputs.clicks")
    assert worth(record, "popular") == pytest.approx(24_000 * 2 * clicks.mean, rel=0.01)
    gain = worth(record, "model") - worth(record, "popular")
    assert gain == pytest.approx(24_000 * 0.5 - 1000, rel=0.05)


def test_a_column_as_the_cost(make_case: Any):
    """The rule catches the large ones: recall by money is far above recall by count."""
    folder = make_case(**{"prevalence": None, "discount": "0% per year", **column()})
    walk = Walk(load_case(folder), draws=1024)
    rule = next(one for one in walk.comparison().options if one.id == "rule")
    assert rule.cells["true_positive"] == 10
    assert rule.cells["false_negative"] == 10
    assert rule.cost_per_case is not None
    assert rule.cost_per_case.mean == pytest.approx(10 * 0.8 * 10 / 80)
    priced = next(one for one in walk.errors().options if one.id == "rule")
    assert priced.per_case.mean == pytest.approx(1.0, rel=0.1)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_record_of_each_kind_reads_in_words(make_case: Any, kind: str):
    """No bare code stands on the page, and no table is empty or full of dashes."""
    record = decided(make_case, **KINDS[kind]())
    for lang in LANGUAGES:
        _reads_in_words(record, lang)


def _reads_in_words(record: DecisionRecord, lang: str) -> None:
    says = Sentences.of_record(record, lang)
    html, plain = render_html(record, {}, lang=lang), render_markdown(record, lang=lang)
    task = TASK_KINDS[record.task]
    codes = {*task.outcomes, *task.rates, *(f"{name}_amount" for name in task.outcomes)}
    bare = {code for code in codes if "_" in code}
    text = re.sub(r"<(style|script).*?</\1>", "", html, flags=re.S)
    for code in (*bare, "refund > spam", "refund &gt; spam", "outcomes.", "options."):
        assert code not in text
        assert code not in plain
    for fold in folds(record, says):
        for table in fold.tables:
            assert table.rows
            columns = list(zip(*table.rows, strict=True))
            told = [column for column in columns if any(cell.text != NONE for cell in column)]
            assert len(told) > 1 or fold.key in ("gates", "inputs")


def data_table(record: DecisionRecord) -> str:
    """The table of options on the data in one line a row."""
    found = next(f for f in folds(record, Sentences.of_record(record)) if f.key == "data")
    heads = " | ".join(head.text for head in found.tables[0].heads)
    rows = [" | ".join(f"{c.text} ({c.note})" for c in row) for row in found.tables[0].rows]
    return "\n".join([heads, *rows])


def test_shares_of_answers_are_side_by_side(make_case: Any):
    told = data_table(decided(make_case, **pairs()))
    assert "Wrong | Unanswered | Refund taken for spam | Errors seen, per claim" in told
    assert "8.6% (3.6% to 15.1%)" in told  # 5.25 of 61: a quarter of one prior case
    assert "Clerk (measured elsewhere, not on this case's own data) | 1% () | – ()" in told
    told = data_table(decided(make_case, name="search", **search()))
    assert told.splitlines()[0].startswith("Option | Found | ")
    told = data_table(decided(make_case, name="generation", **generation()))
    assert "Needs editing | Wrong | Harmful | Unanswered" in told


def test_a_formula_has_no_table_of_outcomes(make_case: Any):
    record = decided(make_case, **formula())
    found = {fold.key: fold for fold in folds(record, Sentences.of_record(record))}
    assert found["data"].tables == ()
    costs = found["errors"].tables
    assert [head.text for head in costs[0].heads] == [
        "Option", "Errors and handling, per claim", "of that, handling",
        "A month, all claims together",
    ]  # fmt: skip
    assert costs[0].foot.startswith("A minus is a gain. ")


def test_costs_per_case_say_that_what_is_paid_a_month_is_not_in_them(make_case: Any):
    record = decided(make_case, **formula())
    for lang, said in (("en", "a month to run"), ("ja", "毎月の運用")):
        found = {fold.key: fold for fold in folds(record, Sentences.of_record(record, lang))}
        assert said in found["errors"].tables[0].foot


def test_a_column_is_named_where_it_prices(make_case: Any):
    record = decided(make_case, **column())
    assert record.error_costs.columns == {"false_negative": "amount"}
    assert record.error_costs.threshold is None
    assert not any(gate.id == "precision-recall" and gate.measured for gate in record.gates)
    text = render_markdown(record)
    assert "costs 80% of what stands in “amount”" in text
    assert "Cost of a miss, as a share of “amount”" in text


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        (("measured", "measured"), "measured elsewhere, not on this case's own data"),
        (("measured", "quoted"), "quoted, not measured on this case's own data"),
        (("quoted", "assumed"), "assumed, not measured"),
    ],
)
def test_what_people_gave_is_called_as_sure_as_they_said(
    make_case: Any, evidence: tuple[str, str], told: str
) -> None:
    """A rate that was marked as measured is not called unmeasured, here or in the notebook."""
    rates = {
        name: {"value": share, "evidence": sure}
        for (name, share), sure in zip(
            (("recall", "40%"), ("false_positive_rate", "5%")), evidence, strict=True
        )
    }
    case = load_case(make_case(options={"rule": {"kind": "rule", "rates": rates}}))
    record = decide(case, draws=256)
    assert f"({told})" in data_table(record)
    kept = next(one for one in record.baseline.options if one.id == "rule").rates
    assert tuple(rate.evidence for rate in kept.values()) == evidence
    walk = Walk(case, draws=256)
    _, small = comparison_line(walk.comparison(), walk.errors(), says=Sentences.of_case(case))
    assert told in small[0]
