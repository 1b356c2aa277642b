"""Loan applications and a weak score, cut branch by branch on the same rows: simulated.

Assumptions: 40 branches with 12 applications each, one in four paid late, and a score that puts a
late one above another in 58 of 100 pairs. The cuts are those that cost least on these very rows.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

BRANCHES, EACH, LATE, APART, LOOK, LOSS = 40, 12, 0.25, 0.29, 50, 150


@cache
def _all() -> pd.DataFrame:
    rng = np.random.default_rng(20_241_102)
    rows = BRANCHES * EACH
    late = rng.random(rows) < LATE
    score = rng.normal(APART * late, 1)
    return pd.DataFrame(
        {
            "application": [f"A{number:04d}" for number in range(1, rows + 1)],
            "branch": np.repeat(np.arange(1, BRANCHES + 1), EACH),
            "amount": rng.lognormal(8.4, 0.5, rows).round(-2).astype(int),
            "years_as_member": rng.gamma(2, 4, rows).round().astype(int),
            "late": np.where(late, "yes", "no"),
            "score": (1 / (1 + np.exp(-score))).round(4),
        }
    )


def applications() -> pd.DataFrame:
    """What stands on the form, and whether the loan was paid late."""
    return _all().drop(columns="score")


def scores() -> pd.DataFrame:
    """The vendor's score."""
    return _all()[["application", "score"]].rename(columns={"application": "id"})


def answers() -> pd.DataFrame:
    """The same as yes and no, by the cut that costs least in each branch on these rows."""
    said = []
    for _, rows in _all().groupby("branch", sort=False):
        late, score = rows["late"].eq("yes"), rows["score"]
        cuts = [*sorted(score), 2.0]
        costs = [LOOK * (score >= c).sum() + LOSS * (late & (score < c)).sum() for c in cuts]
        said += list(np.where(score >= cuts[int(np.argmin(costs))], "yes", "no"))
    return pd.DataFrame({"id": _all()["application"], "answer": said})


CASE = "flaw-threshold-on-test"
FILES = {"applications.csv": applications, "scores.csv": scores, "answers.csv": answers}
