from __future__ import annotations

import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from mlpdm_kit import shipped
from tests.cases.by_hand import cost, middle, months, record, worth

GRADES = ["usable", "needs_editing", "wrong", "harmful"]
WORTH = pd.Series([middle(350, 650), middle(100, 200), -middle(1000, 3000), -middle(4000, 20000)],
                  index=GRADES)  # fmt: skip
FOLDER = shipped.cases() / "report-summaries"
PEOPLE = pd.read_csv(FOLDER / "grades.csv")


def by_people(option: str) -> pd.Series:
    """Shares of grades as people would give them: their grades by what the machine said."""
    machine = pd.read_csv(FOLDER / f"{option}.csv")
    checked = PEOPLE[PEOPLE["option"] == option]
    first = machine if "repeat" not in machine else machine[machine["repeat"] == 1]
    both = checked.merge(first, left_on="item", right_on="id", suffixes=("", "_machine"))
    of = pd.crosstab(both["grade_machine"], both["grade"], normalize="index")
    said = machine["grade"].value_counts(normalize=True)
    return (of.mul(said, axis=0)).sum().reindex(GRADES, fill_value=0.0)


def test_the_llm_s_summaries_would_be_worth_their_price_were_they_steady():
    llm = by_people("llm")
    assert cost("report-summaries", "llm") == pytest.approx(-(llm * WORTH).sum(), rel=0.35)
    lead = by_people("lead")
    assert cost("report-summaries", "lead") == pytest.approx(-(lead * WORTH).sum(), rel=0.25)
    live, late = months(36, 0.05), months(36, 0.05, middle(2, 3))
    reports = middle(4000, 5000)
    price = middle(1.5e6, 3.5e6) * 1.3 + middle(80e3, 150e3) * late
    by_hand = (llm * WORTH).sum() * reports * late - price
    # people called none of 160 answers harmful; the kit reckons with some all the same
    assert 0 < worth("report-summaries", "llm") < by_hand
    assert worth("report-summaries", "lead") < -middle(100e3, 300e3) - 5e3 * live
    found = record("report-summaries")
    assert (found.verdict.outcome, found.verdict.option) == ("find_out_first", "llm")
    assert found.verdict.meanwhile == "unread"


def test_the_same_report_is_graded_differently_too_often():
    """Two of ten grades of one report, drawn by lot, differ in far more than a twentieth."""
    log = pd.read_csv(FOLDER / "llm.csv")
    counts = log.groupby(["id", "grade"]).size().unstack(fill_value=0)
    differ = 1 - ((counts * (counts - 1)).sum(axis=1) / 90).mean()
    assert differ > 0.25
    gate = next(one for one in record("report-summaries").gates if one.id == "spread")
    assert gate.status == "failed"
    assert gate.finding is not None
    assert gate.finding.figures["rate"] == pytest.approx(differ, abs=0.005)


def test_people_agree_as_scikit_learn_says():
    pairs = PEOPLE.pivot(index=["option", "item"], columns="grader", values="grade").dropna()
    codes = [pairs[grader].map(GRADES.index) for grader in pairs]
    graded = record("report-summaries").baseline.graded
    assert graded is not None
    agreement = graded.agreement
    assert agreement is not None
    weighted = cohen_kappa_score(*codes, weights="linear")
    assert agreement.weighted is not None
    assert agreement.weighted.mean == pytest.approx(weighted, abs=1e-6)
