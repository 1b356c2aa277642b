"""Cuts on a score: how many rows lie on either side, and which cuts could cost least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array

if TYPE_CHECKING:
    from mlpdm_kit.analysis.errors.costs import Costs

TABLE = 4_096
SORT_ALL = 5_000


def between(low: float, high: float) -> float:
    """The middle of two values: above the lower, at most the higher one.

    Examples
    --------
    >>> between(1.0, 2.0), between(0.0, 5e-324)
    (1.5, 5e-324)
    """
    middle = float((low + high) / 2)
    return middle if low < middle <= high else float(high)  # neighbours have no middle


def reached_by(cuts: Array, scores: Array) -> np.ndarray:
    """How many of the ascending cuts each score reaches.

    Guessed from a table over [0, 1], and put right by comparison: rows need no sort.
    """
    first = np.searchsorted(cuts, np.arange(TABLE + 1) / TABLE, side="right")
    if np.diff(first).max() > 4:  # many cuts close together
        return np.searchsorted(cuts, scores, side="right")
    found = first[np.clip(scores * TABLE, 0, TABLE).astype(np.int32)]
    for ends, step in ((np.append(cuts, np.inf), 1), (np.insert(cuts, 0, -np.inf), -1)):
        while (off := ends[found] <= scores if step > 0 else scores < ends[found]).any():
            found[off] += step
    return found


@dataclass(frozen=True, kw_only=True)
class Classes:
    """How many rows there are of each class, and what to price them at."""

    positives: float
    negatives: float
    share: float
    costs: Costs

    def priced(self, below: Array, missed: Array) -> tuple[Array, Array, Array]:
        """Recall, false-positive rate and cost of leaving so many rows and positives."""
        costs = self.costs
        recall = 1 - missed / self.positives
        alarm = 1 - (below - missed) / self.negatives
        cost = self.share * (recall * costs.true_positive + (1 - recall) * costs.false_negative) + (
            1 - self.share
        ) * (alarm * costs.false_positive + (1 - alarm) * costs.true_negative)
        return recall, alarm, cost

    @property
    def steps(self) -> tuple[float, float]:
        """What leaving one more positive, and one more negative, saves at most."""
        costs = self.costs
        hit = self.share / self.positives * (costs.true_positive - costs.false_negative)
        miss = (1 - self.share) / self.negatives * (costs.false_positive - costs.true_negative)
        return max(hit, 0.0), max(miss, 0.0)


def cuts_of(truth: Array, scores: Array) -> tuple[Array, Array, Array]:
    """Scores that differ and infinity; rows, and positives, that lie below each."""
    order = np.argsort(scores)  # rows of one score are counted together: their order is all one
    ranked, hit = scores[order], truth[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(ranked)) + 1, [len(ranked)]])
    missed = np.concatenate([[0.0], np.cumsum(hit)])[starts]
    return np.concatenate([ranked[starts[:-1]], [np.inf]]), starts, missed


def cuts_near_the_best(truth: Array, scores: Array, at: Classes) -> tuple[Array, Array, Array]:
    """Of `cuts_of` a stretch that holds all of the least cost, and the cut before them.

    Rows are counted in bins of scores. Within a bin no cut can save more than all of its
    rows of the dearer kind, and only bins that could reach the least cost are sorted.
    """
    low, high = float(scores.min()), float(scores.max())
    width = high - low  # of Python's floats: what is beyond any float is infinite, and no warning
    if len(scores) < SORT_ALL or not 1e-200 < width < 1e200:
        return cuts_of(truth, scores)
    place = ((scores - low) * (TABLE / width)).astype(np.int32)
    rows, hits = np.bincount(place), np.bincount(place, weights=truth)
    below, missed = (np.concatenate([[0], np.cumsum(each)]) for each in (rows, hits))
    cost = at.priced(below, missed)[2]
    for_hit, for_miss = at.steps
    least = cost[:-1] - hits * for_hit - (rows - hits) * for_miss
    slack = 1e-9 * max(1.0, abs(cost.min()))
    able = np.flatnonzero((least <= cost.min() + slack) & (rows > 0))
    if cost[-1] <= cost.min() + slack or not len(able):
        return cuts_of(truth, scores)
    before = np.flatnonzero(rows[: able[0]])
    first, last = before[-1] if len(before) else 0, able[-1]
    near = (place >= first) & (place <= last)
    cuts, inside, hit = cuts_of(truth[near], scores[near])
    return cuts[:-1], inside[:-1] + below[first], hit[:-1] + missed[first]
