"""Cases of every kind of task, and one with everything in it, as files for tests to draw."""

from __future__ import annotations

import random
from typing import Any


def said(**shares: str) -> dict[str, Any]:
    return {name: {"value": value, "evidence": "measured"} for name, value in shares.items()}


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
FILES: dict[str, dict[str, str]] = {
    "classes": {"d.csv": _CLASSES, "a.csv": _ANSWERS},
    "search": {
        "d.csv": "id,doc\n" + "".join(f"{i},{'ab'[i % 3 == 0]}\n" for i in range(60)),
        "a.csv": "id,rank\n" + "".join(f"{i},{1 if i % 3 else ''}\n" for i in range(60)),
    },
    "extraction": {
        "d.csv": "id,total,text\n" + "".join(f"{i},{1000 + i},x\n" for i in range(40)),
        "a.csv": "id,answer\n"
        + "".join(f"{i},{'' if i < 6 else 'no' if i < 10 else 1000 + i}\n" for i in range(40)),
    },
    "generation": {
        "d.csv": "id,prompt\n" + "".join(f"{i},prompt {i}\n" for i in range(40)),
        "a.csv": "id,grade\n"
        + "".join(
            f"{i},{('usable', 'needs editing', 'wrong', 'harmful', '')[i % 5]}\n" for i in range(40)
        ),
    },
    "column": {
        "d.csv": "id,bad,amount\n"
        + "".join(f"{i},{int(i % 4 == 0)},{1000 if i % 8 == 0 else 10}\n" for i in range(80))
    },
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
    "search": {
        "task": "search",
        "hit_at": 2,
        "data": {"file": "d.csv", "target": "doc"},
        "outcomes": {"hit": {"gain": "10 JPY per claim"}, "miss": {"cost": "3 JPY per claim"}},
        "options": {
            "browse": {"kind": "process", "rates": said(hit="30%")},
            "bm25": {"kind": "bought", "predictions": "a.csv"},
        },
    },
    "extraction": {
        "task": "extraction",
        "data": {"file": "d.csv", "target": "total"},
        "outcomes": {
            "right": {"gain": "1 JPY per claim"},
            "missing": {"cost": "30 JPY per claim"},
            "wrong": {"cost": "300 JPY per claim"},
        },
        "options": {
            "typing": {"kind": "process", "rates": said(missing="1%", wrong="1%")},
            "llm": {"kind": "llm", "predictions": "a.csv"},
        },
    },
    "generation": {
        "task": "generation",
        "data": {"file": "d.csv"},
        "outcomes": {
            "usable": {"gain": "100 JPY per claim"},
            "needs_editing": {"cost": "40 JPY per claim"},
            "wrong": {"cost": "20 JPY per claim"},
            "harmful": {"cost": "1000 JPY per claim"},
            "unanswered": {"cost": "7 JPY per claim"},
        },
        "options": {
            "template": {
                "kind": "process",
                "rates": said(needs_editing="90%", wrong="5%", harmful="0%"),
            },
            "llm": {"kind": "llm", "predictions": "a.csv"},
        },
    },
    "formula": {
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
    },
    "column": {
        "data": {"file": "d.csv", "target": "bad", "known_then": ["amount"]},
        "outcomes": {
            "false_positive": {"cost": "1 JPY per claim"},
            "false_negative": {"cost": "80%", "column": "amount"},
        },
        "options": {
            "rule": {"kind": "rule", "when": "amount > 500"},
            "model": {"kind": "model", "build": "1000 JPY"},
        },
    },
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
