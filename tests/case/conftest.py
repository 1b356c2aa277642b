"""Case folders for the tests: the claims case, changed at will, with its simulated data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

CLAIMS = """\
title: Hold expense claims that look like duplicates?
people: {decider: Head of accounting, consulted: [Legal], informed: [Sales operations]}
review_on: 2027-06-01
currency: JPY
unit: claim
framing:
  user: Accounting reviewer at a 300-person company
  problem: Two receipts for one taxi ride are paid twice, and found at year end, if at all
  decision: Which claims wait for a person before they are paid
  status_quo: Random audit of 2%
  goal: {metric: wrong payouts per month, now: 40..60, target: 10, okr: Close the books in 3 days}
checks:
  decision-changes: {answer: yes, evidence: measured, note: reviewers hold claims today}
  purpose: {answer: yes, evidence: quoted, source: privacy notice 4.2}
volume: {value: 8000..12000 per month, evidence: measured}
prevalence: {value: 0.4%..1.1%, evidence: measured, note: in production, not in the file}
data: {file: claims.csv, target: is_duplicate, segment: office, time: submitted_at, \
leave_out: [audit_note]}
outcomes:
  false_positive: {cost: 200..600 JPY per claim, evidence: measured}
  false_negative: {cost: 3000..12000 JPY per claim, evidence: assumed, owner: Controlling}
options:
  rule: {kind: rule, when: amount > 50000 AND same_vendor_within_7_days}
  model: {kind: model, build: 2M..5M JPY, run: 100k..300k JPY per month, delay: 2..4 months}
  llm: {kind: llm, predictions: llm_answers.csv, cost_per_case: 2..4 JPY, build: 1M..2M JPY}
  model-with-review: {kind: review, of: model, review: 150..300 JPY per claim, \
capacity: 1500 per month, reviewer_error: 2%..6%}
horizon: 24 months
discount: 8% per year
"""

BARE = """\
title: Hold claims?
currency: JPY
unit: claim
framing: {user: a reviewer, problem: paid twice, decision: which wait, status_quo: audits}
volume: 8000..12000 per month
prevalence: 0.4%..1.1%
outcomes:
  false_positive: {cost: 200..600 JPY per claim}
  false_negative: {cost: 3000..12000 JPY per claim}
options:
  rule:
    kind: rule
    rates: {recall: 50%..70%, false_positive_rate: 1%..3%}
  model:
    kind: model
    rates: {recall: 70%..90%, false_positive_rate: 1%..2%}
    build: 2M..5M JPY
horizon: 24 months
"""

Write = Callable[..., Path]


def claims_files(rows: int = 200) -> dict[str, str]:
    """The data of the claims case and an LLM's answers to it, made up."""
    rng = np.random.default_rng(7)
    amount = rng.lognormal(10, 1, rows).round()
    same = rng.random(rows) < 0.3
    duplicate = rng.random(rows) < np.where((amount > 30_000) & same, 0.8, 0.05)
    lines = ["amount,same_vendor_within_7_days,office,submitted_at,audit_note,is_duplicate"]
    for row in range(rows):
        lines.append(
            f"{amount[row]},{same[row]},{'東京' if row % 3 else '大阪'},2026-03-{1 + row % 28:02d},"
            f"seen,{'yes' if duplicate[row] else 'no'}"
        )
    answers = ["id,score"] + [f"{row + 1},{rng.random():.3f}" for row in range(rows)]
    return {"claims.csv": "\n".join(lines) + "\n", "llm_answers.csv": "\n".join(answers) + "\n"}


@pytest.fixture
def claims() -> str:
    """The case file that the design shows, with data and every kind of field."""
    return CLAIMS


@pytest.fixture
def bare() -> str:
    """A small sound case without data."""
    return BARE


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a case folder: its text, and what else lies in it."""

    def make(text: str | bytes = CLAIMS, files: Mapping[str, str | bytes] | None = None) -> Path:
        folder = tmp_path / "hold-claims"
        folder.mkdir(exist_ok=True)
        found = {"case.yaml": text, **(claims_files() if files is None else files)}
        for name, content in found.items():
            raw = content if isinstance(content, bytes) else content.encode()
            (folder / name).write_bytes(raw)
        return folder

    return make
