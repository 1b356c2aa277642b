"""Rare and dear: ML does not pass on outcomes that too few rows could have shown."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.parts import CheckResult
from mlpdm_kit.record.render import render_markdown
from tests.kinds import decided, generation

HARM = 300


def case(rows: int, harmful: int = 0, editing: bool = True) -> dict[str, Any]:
    """An LLM whose texts are usable but for some that do harm; what is done without it needs
    editing, which costs 1 more, or never errs."""
    found = generation()
    texts = {"m": ["harmful"] * harmful + ["usable"] * (rows - harmful),
             "b": ["needs editing" if editing else "usable"] * rows}  # fmt: skip
    found["files"] = {"d.csv": "id,prompt\n" + "".join(
        f"{i},prompt\n" for i in range(rows))}  # fmt: skip
    for name, grades in texts.items():
        found["files"][f"{name}.jsonl"] = "".join(
            json.dumps({"id": str(i), "grade": grade, "cost": 0}) + "\n"
            for i, grade in enumerate(grades)
        )
    found["outcomes"] = {"needs_editing": {"cost": "1 JPY per claim"},
                         "wrong": {"cost": "2 JPY per claim"},
                         "unanswered": {"cost": "5 JPY per claim"},
                         "harmful": {"cost": f"{HARM} JPY per claim"}}  # fmt: skip
    found["options"] = {"template": {"kind": "process", "predictions": "b.jsonl"},
                        "llm": {"kind": "llm", "predictions": "m.jsonl"}}  # fmt: skip
    return found


def gate(record: DecisionRecord) -> CheckResult:
    (found,) = [one for one in record.gates if one.id == "beats-baseline"]
    return found


def by_hand(rows: int) -> float:
    """95% point of what the LLM costs more: of the five outcomes each has a fifth of a
    case beside the rows, which all cost 1 less."""
    rng, draws = np.random.default_rng(8), 400_000
    prices, sides = np.array([0.0, 1.0, 2.0, float(HARM), 5.0]), []
    for mean in (0.0, 1.0):
        weights = rng.gamma(1 / len(prices), size=(draws, len(prices)))
        sides.append(weights @ (prices - mean) / (rows + weights.sum(axis=1)))
    return float(np.quantile(sides[0] - sides[1] - 1.0, 0.95))


@pytest.mark.parametrize(("rows", "status", "code"), [
    (80, "open", "baseline-unseen"),  # one harm in a hundred would make it 2 dearer
    (200, "open", "baseline-unseen"),
    (800, "passed", "baseline-won"),
])  # fmt: skip
def test_ml_passes_only_where_rare_harm_would_have_shown(
    make_case: Any, rows: int, status: str, code: str
) -> None:
    record = decided(make_case, **case(rows))
    found = gate(record)
    assert found.finding is not None
    assert (found.status, found.finding.code) == (status, code)
    assert (by_hand(rows) >= 0) == (status == "open")
    if status == "open":
        assert found.finding.figures["most"] + 1 == pytest.approx(by_hand(rows) + 1, rel=0.1)
        assert (found.finding.figures["low"], found.finding.figures["n"]) == (1, rows)
        for lang in ("en", "ja"):
            assert str(rows) in render_markdown(record, lang=lang)


@pytest.mark.parametrize(("harmful", "status", "code"), [
    (12, "failed", "baseline-lost"),  # 12 harms against none: that ML is dearer is clear
    (9, "open", "baseline-few"),
])  # fmt: skip
def test_a_baseline_that_never_errs_is_not_ignorance(
    make_case: Any, harmful: int, status: str, code: str
) -> None:
    found = gate(decided(make_case, **case(80, harmful=harmful, editing=False)))
    assert found.finding is not None
    assert (found.status, found.finding.code) == (status, code)
