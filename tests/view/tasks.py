"""Cases of every kind of task, and one with everything in it, as files for tests to draw."""

from __future__ import annotations

import random
from typing import Any

from tests.graded import summaries
from tests.kinds import KINDS, calls, said


def _pairs() -> tuple[str, str]:
    kinds = ("refund", "spam", "praise")
    rows = [(i, kinds[i % 3]) for i in range(90)]
    answers = [(i, kinds[(i + (i % 4 == 0)) % 3] if i % 9 else "") for i, _ in rows]
    return (
        "id,kind,x\n" + "".join(f"{i},{kind},{i % 7}\n" for i, kind in rows),
        "id,answer\n" + "".join(f"{i},{answer}\n" for i, answer in answers),
    )


def _rich() -> str:
    """Rows on which everything that can be looked at closely can be."""
    rng = random.Random(11)
    lines = ["id,a,b,region,late"]
    for i in range(420):
        a, b = rng.gauss(0, 1), rng.gauss(0, 1)
        chance = 1 / (1 + 2.718281828 ** (1.6 - 1.5 * a - b))
        region = rng.choices(["north", "south", "east", "isles"], [5, 4, 3, 0.4])[0]
        lines.append(f"{i},{a:.4f},{b:.4f},{region},{int(rng.random() < chance)}")
    return "\n".join(lines) + "\n"


_CLASSES, _ANSWERS = _pairs()
# every outcome of a kind with its price, so that each is drawn
_PRICES: dict[str, dict[str, Any]] = {
    "search": {"miss": {"cost": "3 JPY per claim"}},
    "documents": {},
    "extraction": {"right": {"gain": "1 JPY per claim"}},
    "generation": {
        "needs_editing": {"cost": "40 JPY per claim"},
        "unanswered": {"cost": "7 JPY per claim"},
    },
    "formula": {},
    "column": {},
}


def _small(name: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Files and case of one kind, as the record's tests have it, with all its prices."""
    case = KINDS[name]()
    files = case.pop("files", {})
    prices = {**(case["outcomes"] or {}), **_PRICES[name]}
    return files, {**case, "outcomes": prices or None}


_GRADED = summaries(3, strict=True)
_SMALL = {name: _small(name) for name in _PRICES}
FILES: dict[str, dict[str, str]] = {
    "classes": {"d.csv": _CLASSES, "a.csv": _ANSWERS},
    **{name: files for name, (files, _) in _SMALL.items() if files},
    "graded": _GRADED.pop("files"),
    "rich": {"d.csv": _rich()},
}
CASES: dict[str, dict[str, Any]] = {
    "classes": {
        "task": "multiclass",
        "data": {"file": "d.csv", "target": "kind"},
        "outcomes": {
            "wrong": {"cost": "5 JPY per claim"},
            "unanswered": {"cost": "2 JPY per claim"},
            **{
                pair: {"cost": f"{n}0 JPY per claim"}
                for n, pair in enumerate(
                    ("refund > spam", "spam > refund", "praise > refund", "refund > praise",
                     "spam > praise"), 2)
            },
        },
        "options": {
            "clerk": {"kind": "process", "rates": said(wrong="1%", unanswered="2%")},
            "llm": {"kind": "llm", "predictions": "a.csv", "cost_per_case": "0.1 JPY"},
        },
    },
    **{name: case for name, (_, case) in _SMALL.items()},
    "calls": calls(),
    "graded": _GRADED,
    "rich": {
        "prevalence": "15%..35%",
        "simulated": True,
        "data": {"file": "d.csv", "target": "late", "id": "id", "segment": "region",
                 "simulated": True},
        "outcomes": {
            "false_positive": {"cost": "80..140 JPY per claim"},
            "false_negative": {"cost": "200..700 JPY per claim"},
        },
        "options": {
            "rule": {"kind": "rule", "when": "a > 0.5", "run": "1k..2k JPY per month"},
            "model": {"kind": "model", "build": "200k..400k JPY", "run": "2k..9k JPY per month"},
            "model-with-review": {
                "kind": "review", "of": "model", "review": "8..15 JPY per claim",
                "capacity": "60..90 per month", "reviewer_error": "3%..8%",
                "review_time": "2..4 minutes",
            },
        },
        "studies": {
            "label-more": {
                "of": ["options.model.recall", "options.model.false_positive_rate"],
                "price": "1k JPY", "price_per_case": "5 JPY", "time": "1 month", "most": 2000,
            },
            "ask-controlling": {
                "of": "outcomes.false_negative", "price": "200 JPY", "note": "A week",
            },
        },
    },
}  # fmt: skip
