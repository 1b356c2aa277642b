from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# in CI the same examples each time: a rare one found there would stop work that is not its own
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one process, and those that share the library's records."""
    for item in items:
        folder = "cases/" if item.path.parent.name == "cases" else ""
        item.add_marker(pytest.mark.xdist_group(folder or str(item.path)))


PASSED = {"answer": "yes", "evidence": "measured"}
DENIED = {"answer": "no", "evidence": "measured"}
GATES = {
    **dict.fromkeys(
        ("decision-changes", "positive-reason", "explanation", "answer-in-data", "available-then",
         "representative", "purpose", "terms"), PASSED),
    **dict.fromkeys(
        ("plain-solution", "predictability", "perfection", "no-task", "catastrophe", "forbidden",
         "crosstalk"), DENIED),
}  # fmt: skip


def rates(recall: str, alarms: str, evidence: str = "measured") -> dict[str, Any]:
    """How good an option is, and where that comes from."""
    return {
        "recall": {"value": recall, "evidence": evidence},
        "false_positive_rate": {"value": alarms, "evidence": evidence},
    }


MakeCase = Callable[..., Path]


@pytest.fixture(name="rates")
def rates_fixture() -> Callable[..., dict[str, Any]]:
    """Rates of an option with their evidence."""
    return rates


@pytest.fixture
def gates() -> dict[str, Any]:
    """Answers that pass every gate."""
    return dict(GATES)


@pytest.fixture
def make_case(tmp_path: Path) -> MakeCase:
    """Writes a small sound case, changed as the test asks; extra files beside it.

    All gates pass; with ``checks={}`` none is answered. A value of None removes a field.
    """

    def make(name: str = "small", files: dict[str, str] | None = None, **changes: Any) -> Path:
        values: dict[str, Any] = {
            "title": "Look into it?",
            "currency": "JPY",
            "unit": "claim",
            "date": "2026-11-24",
            "framing": {
                "user": "A reviewer",
                "problem": "Some are paid twice",
                "decision": "Which wait",
                "status_quo": "None does",
            },
            "checks": GATES,
            "volume": "1000 per month",
            "prevalence": "5%",
            "outcomes": {
                "false_positive": {"cost": "100 JPY per claim"},
                "false_negative": {"cost": "1000 JPY per claim"},
            },
            "options": {
                "rule": {
                    "kind": "rule",
                    "rates": rates("40%", "5%"),
                },
                "model": {
                    "kind": "model",
                    "rates": rates("80%", "10%"),
                    "build": "100k JPY",
                    "run": "5k JPY per month",
                },
            },
            "horizon": "24 months",
            **changes,
        }
        folder = tmp_path / name
        folder.mkdir()
        kept = {key: value for key, value in values.items() if value is not None}
        (folder / "case.yaml").write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        for file, text in (files or {}).items():
            (folder / file).write_text(text, encoding="utf-8")
        return folder

    return make
