"""Cases to draw: measured, stated, amounts instead of yes and no, stopped, and hostile."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.case.load import load_case
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.steps import decide

from . import tasks

HOSTILE = "<script>alert(1)</script><b>x</b> & ${y} $z$ %{meta.title} {{7*7}} \\(q\\)"
LONG = "過去三年分の申請と監査の結果から学習した重複申請を見つけるための機械学習モデル第二版"
RULE = {"kind": "rule", "when": "amount > 60"}
MODEL = {"kind": "model", "build": "50k..90k JPY", "run": "1k..3k JPY per month"}


def rows(*, amounts: bool = False) -> str:
    rng = random.Random(7)
    lines = ["amount,office,target"]
    for _ in range(160):
        amount = rng.randint(1, 100)
        wrong = rng.random() < (0.7 if amount > 55 else 0.1)
        answer = f"{2 + amount / 20 + rng.random():.2f}" if amounts else str(int(wrong))
        lines.append(f"{amount},{rng.choice('AB')},{answer}")
    return "\n".join(lines) + "\n"


DATA = {"file": "rows.csv", "target": "target", "simulated": True}
AMOUNTS = {
    "task": "regression",
    "target_unit": "day",
    "prevalence": None,
    "outcomes": {"under": {"cost": "200..400 JPY per day"}, "over": {"cost": "90 JPY per day"}},
    "options": {"rule": {"kind": "rule", "predict": "2 + amount / 25"}, "model": MODEL},
}
CASES: dict[str, dict[str, Any]] = {
    "stated": {},
    "measured": {"data": DATA, "options": {"rule": RULE, "model": MODEL}},
    "amounts": {"data": DATA, **AMOUNTS},
    "stopped": {
        "checks": {"forbidden": {"answer": "yes", "evidence": "quoted"}},
        "volume": None, "prevalence": None, "outcomes": {}, "options": {}, "horizon": None,
    },
    "named": {
        "unit": "経費精算",
        "volume": "1000 per month",
        "outcomes": {
            "false_positive": {"cost": "100 JPY per 経費精算"},
            "false_negative": {"cost": "1000 JPY per 経費精算"},
        },
        "data": DATA,
        "options": {"rule": {**RULE, "label": LONG}, "model": {**MODEL, "label": HOSTILE}},
    },
}  # fmt: skip
CASES |= tasks.CASES
MEASURED = {"measured", "amounts", "named"}
TASKS = tuple(tasks.CASES)
DRAWS = {"rich": 1024}  # what each input is worth needs as many

Record = Callable[[str], DecisionRecord]


@pytest.fixture
def case_folder(make_case: Callable[..., Path]) -> Callable[[str], Path]:
    def made(name: str) -> Path:
        files = {"rows.csv": rows(amounts=name == "amounts")} if name in MEASURED else None
        changes = {"prevalence": None, **CASES[name]} if name in TASKS else CASES[name]
        return make_case(name, files or tasks.FILES.get(name), **changes)

    return made


_RECORDS: dict[str, DecisionRecord] = {}


@pytest.fixture
def record(case_folder: Callable[[str], Path]) -> Record:
    """Records by name, each made once."""

    def made(name: str) -> DecisionRecord:
        if name not in _RECORDS:
            _RECORDS[name] = decide(load_case(case_folder(name)), draws=DRAWS.get(name, 256))
        return _RECORDS[name]

    return made


@pytest.fixture
def labels() -> tuple[str, str]:
    """A label of more than 40 full-width signs, and one that is an attack."""
    return LONG, HOSTILE
