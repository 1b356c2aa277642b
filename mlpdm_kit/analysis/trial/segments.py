"""Segments: who is served how well, with counts, and how far the worst is behind.

How well an option serves a segment is the share of cases that go well: of the positives
those it catches, of answers those that are right; for amounts it is the cost of the errors
against the cost over all. A segment with few cases is shown and not ranked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from mlpdm_kit.analysis.errors.costs import Estimate, bootstrap_cost
from mlpdm_kit.analysis.trial.compare import rates_of
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution
from mlpdm_kit.analysis.uncertainty.shares import worth_of_repeats
from mlpdm_kit.analysis.worth.tasks import losses
from mlpdm_kit.case.dataset import Dataset

LEAST_CASES = 10  # that say how well a segment is served, for it to be ranked
LEVEL = 0.9
MOST_SEGMENTS = 30  # the largest; the others together are one
OTHERS = "\0others"


@dataclass(frozen=True, kw_only=True)
class Served:
    """How one option serves one segment.

    ``rows`` are its cases, ``cases`` those that say how well it is served (the positives of
    a binary task); ``quality`` the share of these that goes well with its interval, or the
    cost against that over all; ``cost`` per case with its interval.
    """

    segment: str
    rows: int
    cases: int
    quality: Estimate
    cost: Estimate


@dataclass(frozen=True, kw_only=True)
class Gap:
    """How far the worst served segment is behind all others together.

    ``low`` is the least that the gap may be, at a level that allows for having looked at
    every segment.
    """

    segment: str
    amount: float
    low: float


def names_of(data: Dataset) -> Array | None:
    """Segment of every row, the smallest ones put together; none where there are none."""
    if data.segment is None:
        return None
    said = pd.Series(data.segment).astype("string").fillna("").to_numpy(dtype=object)
    counts = pd.Series(said).value_counts()
    if len(counts) > MOST_SEGMENTS:
        kept = set(counts.index[: MOST_SEGMENTS - 1])
        said = np.array([name if name in kept else OTHERS for name in said], dtype=object)
    return np.asarray(said)


def served(one: Tried, data: Dataset, rows: Any, setting: Setting) -> list[Served]:
    """How an option serves each segment on the tested rows, the largest first."""
    names = names_of(data)
    assert names is not None
    names = names[rows]
    outcomes, answers = setting.outcomes_of(one, data, rows), one.looks(rows)
    lost = losses(outcomes, setting.worth)
    if one.rung.id in setting.looks:  # quality is the answers' own, the cost that of what is left
        lost = setting.losses_of(one, data, rows)
    good, about = _quality(outcomes, data.target[rows], lost, setting)
    found = []
    for name, count in pd.Series(names).value_counts().items():
        inside = names == name
        told = inside & about
        found.append(
            Served(
                segment=str(name),
                rows=int(count),
                cases=int(told.sum()),
                quality=_estimate(good[told], answers[told], setting),
                cost=bootstrap_cost(lost[inside], level=LEVEL, seed=setting.seed),
            )
        )
    return found


def _quality(
    outcomes: dict[str, Array], target: Array, lost: Array, setting: Setting
) -> tuple[Array, Any]:
    """What says how well each row is served, and on which rows it does."""
    if setting.task == "binary":
        return outcomes["flagged_positive"], target == 1
    everything = np.ones(len(target), bool)
    if setting.task == "regression":
        return lost / max(float(lost.mean()), 1e-300), everything
    return outcomes[setting.good], everything


def _estimate(values: Array, answers: Array, setting: Setting) -> Estimate:
    """Share with Jeffreys' interval, or mean with its bootstrap interval."""
    if setting.task == "regression":
        return bootstrap_cost(values, level=LEVEL, seed=setting.seed)
    worth = worth_of_repeats(values, answers)
    yes, no = float(values.sum()) * worth, float(len(values) - values.sum()) * worth
    mean = float(values.sum()) / len(values) if len(values) else 0.5
    tail = (1 - LEVEL) / 2
    low = special.betaincinv(yes + 0.5, no + 0.5, tail) if yes > 0 else 0.0
    high = special.betaincinv(yes + 0.5, no + 0.5, 1 - tail) if no > 0 else 1.0
    return Estimate(mean=mean, low=float(low), high=float(high))


def worst_gap(found: list[Served], task: str) -> Gap | None:
    """The segment furthest behind the others; None where fewer than two can be ranked.

    Notes
    -----
    Against all others together, so that its own cases do not count on both sides. The lower
    end takes the standard error of the difference at a level split over the segments
    (Bonferroni), as the worst of many looks bad by luck.
    """
    ranked = [one for one in found if one.cases >= LEAST_CASES]
    if len(ranked) < 2:
        return None
    sign = -1.0 if task == "regression" else 1.0
    z = special.ndtri(1 - (1 - LEVEL) / 2 / len(ranked))
    gaps = []
    for one in ranked:
        others = [other for other in ranked if other is not one]
        cases = sum(other.cases for other in others)
        mean = sum(other.quality.mean * other.cases for other in others) / cases
        error = np.hypot(_error(one), np.sqrt(sum(
            (_error(other) * other.cases / cases) ** 2 for other in others)))  # fmt: skip
        amount = sign * (mean - one.quality.mean)
        gaps.append(Gap(segment=one.segment, amount=amount, low=float(amount - z * error)))
    return max(gaps, key=lambda gap: gap.amount)


def _error(one: Served) -> float:
    """Standard error of a segment's quality, from its interval."""
    z = float(special.ndtri((1 + LEVEL) / 2))
    return (one.quality.high - one.quality.low) / (2 * z)


@dataclass(frozen=True, kw_only=True)
class Without:
    """The rates of every option if one segment were not there.

    ``share`` of the rows that are left, ``base_rate`` among them (counts of positives and
    rows of a binary task).
    """

    segment: str
    share: float
    rates: dict[str, dict[str, Distribution]]
    base_rate: tuple[float, float] | None = None


def without_each(
    tried: Mapping[str, Tried], data: Dataset, rows: Any, setting: Setting
) -> list[Without]:
    """What would be left of the comparison without each segment, where enough is left."""
    names = names_of(data)
    if names is None:
        return []
    found = []
    for name in pd.unique(pd.Series(names[rows])):
        kept = rows[names[rows] != name]
        target = data.target[kept]
        if len(kept) < LEAST_CASES or (setting.task == "binary" and len(np.unique(target)) < 2):
            continue
        found.append(
            Without(
                segment=str(name),
                share=len(kept) / len(rows),
                rates={key: rates_of(one, data, kept, setting) for key, one in tried.items()},
                base_rate=(float(target.sum()), float(len(kept)))
                if setting.task == "binary"
                else None,
            )
        )
    return found
