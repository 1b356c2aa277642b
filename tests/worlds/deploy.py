"""What would be put to work of each option that is found on the table.

The model is fitted on all rows, with the operating point that the kit's record names; the
rule on one measurement likewise. ``naive`` is what people do who do not look: every
column, and the cut that was best on the very rows it is judged by.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mlpdm_kit import best_threshold
from mlpdm_kit.analysis.trial.models import best_line, one_thread, simple_model
from tests.worlds.money import Theta
from tests.worlds.signals import Amounts, Binary, Deployed
from tests.worlds.world import World


def deployed(world: World, record: Any) -> dict[str, Deployed]:
    """Every option that stands on the table, as the record would have it put to work."""
    signals = world.signals
    if signals is None:
        return {}
    leaking = {f.figures["column"] for f in record.baseline.findings if f.code == "leak"}
    leaking |= set((world.data or {}).get("leave_out", ()))
    told = {option.id: option for option in record.baseline.options}
    kept = [j for j in range(signals.features.shape[1]) if f"x{j + 1}" not in leaking]
    maker = _binary if isinstance(signals, Binary) else _amounts
    return maker(world, signals, told, kept)  # type: ignore[operator]


def _binary(world: World, signals: Binary, told: Any, kept: list[int]) -> dict[str, Deployed]:
    found = {
        "none": Deployed(kind="constant", bias=0.0),
        "all": Deployed(kind="constant", bias=1.0),
    }
    column, _, value = world.extra["rule"]["when"].split()
    found["rule"] = _one(signals, int(column[1:]) - 1, 1.0, float(value))
    cut = told["one-measurement"].operating_point
    if cut is None or not cut.column or cut.value is None:
        cells = told["one-measurement"].cells
        acts = cells["true_positive"] + cells["false_positive"]
        found["one-measurement"] = Deployed(
            kind="constant", bias=float(acts > sum(cells.values()) / 2)
        )
    else:
        sign = 1.0 if cut.direction == "at_least" else -1.0
        found["one-measurement"] = _one(signals, int(cut.column[1:]) - 1, sign, cut.value)
    for name in signals.answers:
        found[name] = Deployed(kind="answers", name=name)
    for name in signals.scores:
        value = told[name].operating_point.value
        found[name] = Deployed(kind="score", name=name, cut=np.inf if value is None else value)
    if "model" in told:
        share = told["model"].operating_point.value
        with np.errstate(divide="ignore"):
            cut_at = np.inf if share is None else float(np.log(share) - np.log1p(-share))
        bias, weights = _fitted(world, signals, kept)
        found["model"] = Deployed(kind="linear", bias=bias, weights=weights, cut=cut_at)
    return found


def _one(signals: Binary, column: int, sign: float, value: float) -> Deployed:
    weights = np.zeros(signals.features.shape[1])
    weights[column] = sign
    return Deployed(kind="linear", weights=weights, cut=sign * value)


def _fitted(world: World, signals: Binary | Amounts, kept: list[int]) -> tuple[float, np.ndarray]:
    """Intercept and weights of the kit's model on all rows: it is linear, so probed."""
    width = signals.features.shape[1]
    names = [f"x{j + 1}" for j in kept]
    weights = np.zeros(width)
    model = simple_model(world.kind, 0)
    probes = pd.DataFrame(np.vstack([np.zeros(len(kept)), np.eye(len(kept))]), columns=names)
    with one_thread():
        model.fit(pd.DataFrame(signals.features[:, kept], columns=names), signals.target)
        at = model.decision_function(probes) if world.kind == "binary" else model.predict(probes)
    weights[kept] = at[1:] - at[0]
    return float(at[0]), weights


def _amounts(world: World, signals: Amounts, told: Any, kept: list[int]) -> dict[str, Deployed]:
    width = signals.features.shape[1]
    under, over = (world.stated[f"outcomes.{name}"].mean for name in ("under", "over"))
    rule = world.extra["rule"]["predict"].split()
    slope = np.zeros(width)
    slope[int(rule[4][1:]) - 1] = float(rule[2])
    columns = {f"x{j + 1}": signals.features[:, j] for j in range(width)}
    line = best_line(columns, signals.target.astype(float), under, over)
    on_one = np.zeros(width)
    if line.column:
        on_one[int(line.column[1:]) - 1] = line.slope
    bias, weights = _fitted(world, signals, kept)
    return {
        "none": Deployed(kind="linear", bias=float(signals.target.mean())),
        "constant": Deployed(
            kind="linear", bias=float(np.quantile(signals.target, under / (under + over)))
        ),
        "rule": Deployed(kind="linear", bias=float(rule[0]), weights=slope),
        "one-measurement": Deployed(kind="linear", bias=line.intercept, weights=on_one),
        "model": Deployed(
            kind="linear", bias=bias + told["model"].operating_point.value, weights=weights
        ),
    }


def naive(world: World, theta: Theta) -> dict[str, tuple[dict[str, float], Deployed]]:
    """What people measure who choose the cut on the rows that they judge it by."""
    signals = world.signals
    assert isinstance(signals, Binary)
    miss, works = theta.get("outcomes.false_negative", 0.0), theta.get("action_success", 1.0)
    hit = works * theta.get("outcomes.true_positive", 0.0) - (1 - works) * miss
    costs = {
        "false_positive": theta["outcomes.false_positive"],
        "false_negative": miss,
        "true_positive": -hit,
    }
    stated = theta["prevalence"] if "prevalence" in world.stated else None

    def judged(score: np.ndarray) -> tuple[dict[str, float], float, float]:
        cut = best_threshold(signals.target, score, costs, stated)
        rates = measured(score >= cut, signals.target)
        share = theta["prevalence"]
        gain = share * rates["recall"] * (hit + miss)
        gain -= (1 - share) * rates["false_positive_rate"] * costs["false_positive"]
        return rates, cut, gain

    found = {}
    width = signals.features.shape[1]
    options = [
        (judged(sign * signals.features[:, j]), j, sign) for j in range(width) for sign in (1, -1)
    ]
    (rates, cut, _), column, sign = max(options, key=lambda option: option[0][2])
    weights = np.zeros(width)
    weights[column] = sign
    found["one-measurement"] = (rates, Deployed(kind="linear", weights=weights, cut=cut))
    bias, weights = _fitted(world, signals, list(range(width)))
    rates, cut, _ = judged(bias + signals.features @ weights)
    found["model"] = (rates, Deployed(kind="linear", bias=bias, weights=weights, cut=cut))
    for name, score in signals.scores.items():
        rates, cut, _ = judged(score)
        found[name] = (rates, Deployed(kind="score", name=name, cut=cut))
    return found


def measured(acts: np.ndarray, target: np.ndarray) -> dict[str, float]:
    """Rates as counted."""
    return {
        "recall": float(acts[target == 1].mean()),
        "false_positive_rate": float(acts[target == 0].mean()),
    }
