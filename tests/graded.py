"""Cases whose answers are texts that a grader looks at, and people too."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from tests.kinds import said

ROWS = 200


def invoices() -> dict[str, Any]:
    """Fields of Japanese invoices: 160 right, 20 without a date, 10 wrong totals, 10 notes."""
    data, answers = ["id,payee,issued,total,note"], []
    for i in range(ROWS):
        day, total = 1 + i % 28, 10_000 + 7 * i
        data.append(f"{i},株式会社{i % 9}商店,2026-11-{day:02},{total},備考{i % 5}")
        said_ = {
            "payee": f"（株式会社）{i % 9}商店",
            "issued": f"令和8年11月{day}日",
            "total": f"￥{total:,}",
            "note": f"備考{i % 5}",
        }
        if 160 <= i < 180:
            said_["issued"] = ""
        if 180 <= i < 190:
            said_["total"] = f"{total + 90}円"
        if i >= 190:
            said_["note"] = "なにか"
        answers.append({"id": str(i), "answer": said_ if i else "読めません"})
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in answers)
    return {
        "files": {"d.csv": "\n".join(data) + "\n", "a.jsonl": lines + "\n"},
        "task": "extraction",
        "data": {"file": "d.csv"},
        "grading": {
            "grader": "fields",
            "fields": {
                "payee": {"severe": "yes"},
                "issued": {"kind": "date"},
                "total": {"kind": "amount", "severe": "yes"},
                "note": {"severe": "no"},
            },
        },
        "outcomes": {
            "missing": {"cost": "30 JPY per claim"},
            "wrong": {"cost": "300 JPY per claim"},
        },
        "options": {
            "typing": {"kind": "process", "rates": said(missing="1%", wrong="1%")},
            "llm": {"kind": "llm", "predictions": "a.jsonl"},
        },
    }


def summaries(graders: int = 2, checked: int = 80, *, strict: bool = False) -> dict[str, Any]:
    """Summaries by overlap; people find a third of what overlap calls usable to need edits."""
    words = "the customer asks for a refund of the late parcel and a call back today"
    data, answers, grades = ["id,text"], ["id,answer"], ["item,option,grader,grade"]
    rng = np.random.default_rng(4)
    for i in range(ROWS):
        data.append(f"{i},{words} {i}")
        usable = i % 4 > 0
        answers.append(f"{i},{words if usable else words[:34]} {i}")
        for who in range(graders if i < checked else 0):
            fine = usable and i % 3 > 0
            flip = strict and rng.random() < 0.5
            grade = "usable" if fine != flip else "needs editing"
            grades.append(f"{i},llm,{'abc'[who]},{grade}")
    return {
        "files": {
            "d.csv": "\n".join(data) + "\n",
            "a.csv": "\n".join(answers) + "\n",
            "g.csv": "\n".join(grades) + "\n",
        },
        "task": "generation",
        "data": {"file": "d.csv", "target": "text", "grades": "g.csv"},
        "grading": {"grader": "overlap", "cutoffs": {"usable": 0.9, "needs_editing": 0.3}},
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
            "llm": {"kind": "llm", "predictions": "a.csv"},
        },
    }
