from __future__ import annotations

import pandas as pd
import pytest
from scipy.stats import beta

from mlpdm_kit import shipped
from tests.cases.by_hand import cost, middle, middle_share, months, record, worth


def test_expense_claims_are_right_for_a_rule():
    """The three conditions row by row, over the claims after the first 400 (the folds by time)."""
    claims = pd.read_csv(shipped.cases() / "expense-claims" / "claims.csv")
    bad = claims["規程違反"] == "はい"
    over = (claims["金額"] > claims["上限額"]) & (claims["事前承認"] == "なし")
    limits = over | (claims["領収書"] == "なし")
    both = limits | (claims["同額一週間以内"] == "はい")
    held, kept, later = middle(500, 900), middle(0.8, 1.0), claims.index >= 400
    share = middle_share(0.055, 0.075)

    def per_claim(stop: pd.Series, rows: pd.Series) -> float:
        wrong, right = rows & bad, rows & ~bad
        missed = claims["損失額"].where(~stop, 0)[wrong].mean() * kept
        caught = stop[wrong].mean() * held
        return share * (missed + caught) + (1 - share) * stop[right].mean() * middle(900, 1800)

    lottery, rows = claims["監査くじ"] == 1, pd.Series(later)
    never = pd.Series(False, index=claims.index)
    for option, stop in {
        "none": never, "lottery": lottery, "limits": limits, "limits-and-duplicates": both,
    }.items():  # fmt: skip
        assert cost("expense-claims", option) == pytest.approx(per_claim(stop, rows), rel=0.002)
    live = months(36, 0.03, middle(0.5, 1.5))
    net = (per_claim(lottery, rows) - per_claim(both, rows)) * middle(8000, 12000) * live
    net -= middle(10e3, 20e3) * live + middle(0.5e6, 1.2e6)
    assert worth("expense-claims", "limits-and-duplicates") == pytest.approx(net, rel=0.03)
    found = record("expense-claims")
    assert (found.verdict.outcome, found.verdict.option) == ("use_non_ml", "limits-and-duplicates")
    # ML loses less per claim by its errors, and not so much that its price and its delay pay
    assert cost("expense-claims", "model") < cost("expense-claims", "limits-and-duplicates")
    saved = cost("expense-claims", "limits-and-duplicates") - cost("expense-claims", "model")
    assert saved * middle(8000, 12000) < middle(150e3, 300e3)


def test_the_llm_may_change_its_mind_too_often():
    """Of three answers that are not all alike, two of the three pairs differ."""
    claims = pd.read_csv(shipped.cases() / "expense-claims" / "claims.csv")
    said = pd.read_csv(shipped.cases() / "expense-claims" / "llm_answers.csv")
    later = said[said["id"].isin(claims["申請番号"][400:])].groupby("id")["answer"]
    three = later.nunique()[later.size() == 3]
    (found,) = record("expense-claims").baseline.answers
    assert found.flips is not None
    assert found.flips.mean == pytest.approx((three > 1).mean() * 2 / 3)
    gates = {gate.id: gate for gate in record("expense-claims").gates}
    # more than the 5% allowed, but its 95% interval (Jeffreys', a claim one case) reaches below
    differ, n = (three > 1).sum() * 2 / 3, len(three)
    assert beta.ppf(0.025, differ + 0.5, n - differ + 0.5) < 0.05 < differ / n
    assert (gates["spread"].status, gates["spread"].holds) == ("open", True)


def test_the_simulated_claims_hold_the_published_figures():
    claims = pd.read_csv(shipped.cases() / "expense-claims" / "claims.csv")
    bad = claims["規程違反"] == "はい"
    fraud = bad & (claims["損失額"] == claims["金額"])
    error = (0.063 * 0.937 / len(claims)) ** 0.5
    assert bad.mean() == pytest.approx(0.063, abs=2 * error)
    assert fraud.sum() / bad.sum() == pytest.approx(0.19, abs=0.06)
    assert claims["金額"].mean() == pytest.approx(115 * 105, rel=0.03)  # dollars at yen of 2014
