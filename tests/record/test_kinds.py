"""A small case of each kind of task: its figures by hand, and its record in words."""

from __future__ import annotations

import re
from collections.abc import Callable
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


def said(**shares: str) -> dict[str, Any]:
    """Rates with their evidence."""
    return {name: {"value": value, "evidence": "measured"} for name, value in shares.items()}


def multiclass() -> dict[str, Any]:
    """Classes by stated shares."""
    return {
        "task": "multiclass",
        "outcomes": {
            "wrong": {"cost": "50 JPY per claim"},
            "unanswered": {"cost": "20 JPY per claim"},
        },
        "options": {
            "desk": {"kind": "process", "rates": said(wrong="2%"), "cost_per_case": "15 JPY"},
            "model": {
                "kind": "model",
                "rates": said(wrong="6%", unanswered="10%"),
                "build": "100k JPY",
            },
        },
    }


def pairs() -> dict[str, Any]:
    """Classes in a file, and a pair of them with a price of its own."""
    rows = "\n".join(f"{i},{'refund' if i % 2 else 'spam'},{i % 7}" for i in range(60))
    answers = "\n".join(
        f"{i},{'spam' if i < 10 else ('refund' if i % 2 else 'spam')}" for i in range(60)
    )
    return {
        "files": {"d.csv": f"id,kind,x\n{rows}\n", "a.csv": f"id,answer\n{answers}\n"},
        "task": "multiclass",
        "data": {"file": "d.csv", "target": "kind"},
        "outcomes": {
            "wrong": {"cost": "1 JPY per claim"},
            "unanswered": {"cost": "2 JPY per claim"},
            "refund > spam": {"cost": "30 JPY per claim"},
        },
        "options": {
            "clerk": {"kind": "process", "rates": said(wrong="1%")},
            "llm": {"kind": "llm", "predictions": "a.csv", "cost_per_case": "0.1 JPY"},
        },
    }


def search() -> dict[str, Any]:
    """A search with its list of what is asked for most."""
    wanted = ["a"] * 30 + ["b"] * 20 + [f"z{i}" for i in range(10)]
    rows = "\n".join(f"{i},{doc}" for i, doc in enumerate(wanted))
    ranks = "\n".join(f"{i},{1 if i % 3 else ''}" for i in range(60))
    return {
        "files": {"d.csv": f"id,doc\n{rows}\n", "r.csv": f"id,rank\n{ranks}\n"},
        "task": "search",
        "hit_at": 2,
        "data": {"file": "d.csv", "target": "doc"},
        "outcomes": {"hit": {"gain": "10 JPY per claim"}},
        "options": {
            "browse": {"kind": "process", "rates": said(hit="30%")},
            "bm25": {"kind": "bought", "predictions": "r.csv"},
        },
    }


def extraction() -> dict[str, Any]:
    """Texts taken out of documents: right, missing or wrong."""
    rows = "\n".join(f"{i},{1000 + i},x" for i in range(40))
    answers = "\n".join(f"{i},{'' if i < 6 else 'no' if i < 10 else 1000 + i}" for i in range(40))
    return {
        "files": {"d.csv": f"id,total,text\n{rows}\n", "a.csv": f"id,answer\n{answers}\n"},
        "task": "extraction",
        "data": {"file": "d.csv", "target": "total"},
        "outcomes": {
            "missing": {"cost": "30 JPY per claim"},
            "wrong": {"cost": "300 JPY per claim"},
        },
        "options": {
            "typing": {"kind": "process", "rates": said(missing="1%", wrong="1%")},
            "llm": {"kind": "llm", "predictions": "a.csv"},
        },
    }


def generation() -> dict[str, Any]:
    """Grades of generated texts."""
    grades = ["usable"] * 20 + ["needs editing"] * 12 + ["wrong"] * 6 + ["harmful"] + [""]
    rows = "\n".join(f"{i},prompt {i}" for i in range(40))
    given = "\n".join(f"{i},{grade}" for i, grade in enumerate(grades))
    return {
        "files": {"d.csv": f"id,prompt\n{rows}\n", "g.csv": f"id,grade\n{given}\n"},
        "task": "generation",
        "data": {"file": "d.csv"},
        "outcomes": {
            "usable": {"gain": "100 JPY per claim"},
            "needs_editing": {"gain": "40 JPY per claim"},
            "wrong": {"cost": "20 JPY per claim"},
            "harmful": {"cost": "1000 JPY per claim"},
        },
        "options": {
            "template": {
                "kind": "process",
                "rates": said(needs_editing="90%", wrong="5%", harmful="0%"),
            },
            "llm": {"kind": "llm", "predictions": "g.csv"},
        },
    }


def formula() -> dict[str, Any]:
    """A value that the case writes itself."""
    return {
        "task": "formula",
        "outcomes": None,
        "inputs": {"margin": "2", "clicks": "1..3"},
        "options": {
            "popular": {"kind": "process", "value": "clicks * margin"},
            "model": {
                "kind": "model",
                "value": "clicks * margin + lift",
                "inputs": {"lift": "-1..2"},
                "build": "1000 JPY",
            },
        },
    }


def column() -> dict[str, Any]:
    """A miss costs a share of what stands in a column."""
    rows = [(i, int(i % 4 == 0), 1000 if i % 8 == 0 else 10) for i in range(80)]
    text = "\n".join(f"{i},{bad},{amount}" for i, bad, amount in rows)
    return {
        "files": {"d.csv": f"id,bad,amount\n{text}\n"},
        "data": {"file": "d.csv", "target": "bad", "known_then": ["amount"]},
        "outcomes": {
            "false_positive": {"cost": "1 JPY per claim"},
            "false_negative": {"cost": "80%", "column": "amount"},
        },
        "options": {
            "rule": {"kind": "rule", "when": "amount > 500"},
            "model": {"kind": "model", "build": "1000 JPY"},
        },
    }


KINDS: dict[str, Callable[[], dict[str, Any]]] = {
    kind.__name__: kind
    for kind in (multiclass, pairs, search, extraction, generation, formula, column)
}


def decided(make_case: Any, **changes: Any) -> DecisionRecord:
    folder = make_case(prevalence=None, **{"discount": "0% per year", **changes})
    return decide(load_case(folder), draws=1024)


def worth(record: DecisionRecord, option: str) -> float:
    found = next(one for one in record.options if one.id == option).expected_net_benefit
    assert found is not None
    return found.mean


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
    assert "Wrong | Unanswered | Refund taken for spam | Errors, per claim" in told
    assert "9% (3.9% to 15.7%)" in told
    assert "Clerk (stated, not measured) | 1% () | – ()" in told
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
        "Option", "Per claim", "of that, running", "A month",
    ]  # fmt: skip
    assert costs[0].foot == "A minus is a gain."


def test_a_column_is_named_where_it_prices(make_case: Any):
    record = decided(make_case, **column())
    assert record.error_costs.columns == {"false_negative": "amount"}
    assert record.error_costs.threshold is None
    assert not any(gate.id == "precision-recall" and gate.measured for gate in record.gates)
    text = render_markdown(record)
    assert "costs 80% of what stands in “amount”" in text
    assert "Cost of a miss, as a share of “amount”" in text
