"""A world: what is handed over, and the truth behind it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlpdm_kit.case.checks import CHECKS
from tests.worlds.flaws import Plan
from tests.worlds.laws import OVERCONFIDENCE, Law
from tests.worlds.money import Offer, Task
from tests.worlds.signals import Amounts, Binary

UNITS = {
    "volume": "per month", "prevalence": "", "action_success": "", "discount": "per year",
    "outcomes": "USD per case", "build": "USD", "run": "USD per month", "delay": "months",
    "adoption": "", "cost_per_case": "USD per case", "review": "USD per case",
    "capacity": "per month", "reviewer_error": "", "growth": "per year", "drift": "per year",
    "ramp": "months", "price": "USD", "time": "months", "recall": "", "false_positive_rate": "",
    "under_per_case": "unit per case", "over_per_case": "unit per case",
    **dict.fromkeys(
        ("hit", "missing", "wrong", "unanswered", "needs_editing", "harmful", "overrun", "online",
         "passes"), ""
    ),
}  # fmt: skip
BASE_RATE = (2.0, 6.0)  # beta prior of the base rate where only the table tells it


@dataclass(kw_only=True)
class World:
    """What is handed over, and the truth behind it."""

    kind: str
    task: Task
    plan: Plan
    months: int
    offers: list[Offer]
    status_quo: str
    stated: dict[str, Law]
    truth: dict[str, float]
    extra: dict[str, dict[str, Any]] = field(default_factory=dict)
    signals: Binary | Amounts | None = None
    files: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] | None = None
    overconfident: bool = False
    studies: dict[str, dict[str, Any]] = field(default_factory=dict)

    def believed(self, rng: np.random.Generator, size: int) -> dict[str, np.ndarray]:
        """Draws by one who knows how often ranges are too narrow, and how much."""
        wide = rng.random(size) < self.plan.overconfident_chance
        found = {}
        for name, law in sorted(self.stated.items()):
            found[name] = law.draw(rng, size)
            if wide.any():
                found[name] = np.where(
                    wide, law.narrowed(1 / OVERCONFIDENCE).draw(rng, size), found[name]
                )
        if "prevalence" not in self.stated and self.kind == "binary":
            assert self.signals is not None
            target = self.signals.target
            found["prevalence"] = rng.beta(
                BASE_RATE[0] + target.sum(), BASE_RATE[1] + (1 - target).sum(), size
            )
        return found

    def case(self) -> dict[str, Any]:
        """The case file's content."""
        case: dict[str, Any] = {
            "title": "A world",
            "currency": "USD",
            "unit": "case",
            "task": self.kind,
            "date": "2026-11-24",
            "framing": {
                "user": "A clerk",
                "problem": "Some go wrong",
                "decision": "What to do with each",
                "status_quo": "As today",
            },
            "checks": {
                check.id: {"answer": check.passes, "evidence": "measured"}
                for check in CHECKS.values()
                if check.asked
            },
            "outcomes": {},
            "options": self._options(),
            "horizon": f"{self.months} months",
        }
        if self.data:
            case["data"] = self.data
        if self.studies:
            case["studies"] = {name: _study_said(one) for name, one in self.studies.items()}
        for name, law in self.stated.items():
            if law.family != "uniform":  # luck goes without saying
                self._say(case, name, law)
        return case

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {}
        for offer in self.offers:
            if offer.kind in ("none", "all", "constant", "one_measurement"):
                continue
            told: dict[str, Any] = {"kind": offer.kind, **self.extra.get(offer.id, {})}
            if offer.of:
                told["of"] = offer.of
            if offer.id == self.status_quo:
                told["status_quo"] = True
            options[offer.id] = told
        return options

    def _say(self, case: dict[str, Any], name: str, law: Law) -> None:
        """Put one input where a case file has it."""
        parts = name.split(".")
        said = {"value": law.said(UNITS.get(parts[-1], "")), "evidence": "measured"}
        if parts[0] == "outcomes":
            per = "unit" if self.kind == "regression" else "case"
            word = "gain" if parts[1] == "true_positive" else "cost"
            amount = law.said(f"USD per {per}")
            case["outcomes"][parts[1]] = {word: amount, "evidence": "measured"}
            return
        place = case
        if parts[0] == "options" and parts[2] in self.task.rates:
            parts.insert(2, "rates")
        for part in parts[:-1]:
            place = place.setdefault(part, {})
        place[parts[-1]] = said


STUDY_UNITS = {"price": "USD", "price_per_case": "USD per case", "time": "months"}


def _study_said(study: Mapping[str, Any]) -> dict[str, Any]:
    """A study as a case file says it."""
    units = {name: unit for name, unit in STUDY_UNITS.items() if name in study}
    return {
        **{key: study[key] for key in ("of", "most") if key in study},
        **{name: study[name].said(unit) for name, unit in units.items()},
    }


def tables(signals: Binary | Amounts) -> dict[str, str]:
    """The table and the files of answers, as CSV."""
    rows, columns = signals.features.shape
    names = [f"x{j + 1}" for j in range(columns)]
    lines = [
        [f"r{i}", *(f"{x:.5f}" for x in signals.features[i]), f"{signals.target[i]:g}"]
        for i in range(rows)
    ]
    files = {"past.csv": _csv(["id", *names, "y"], lines)}
    if isinstance(signals, Binary):
        for name, acts in signals.answers.items():
            body = [[f"r{i}", "yes" if act else "no"] for i, act in enumerate(acts)]
            files[f"{name}.csv"] = _csv(["id", "answer"], body)
        for name, score in signals.scores.items():
            scored = [[f"r{i}", f"{x:.5f}"] for i, x in enumerate(score)]
            files[f"{name}.csv"] = _csv(["id", "score"], scored)
    return files


def _csv(head: list[str], lines: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *lines])
    return text.getvalue()
