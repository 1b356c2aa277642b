"""What a study would observe of one input, as a channel from its values to outcomes.

The draws of the input are cut into narrow bins of its normal score, each with its mean and
its share of the draws. For every bin a channel holds the probability of each outcome of
the study; its rows sum to 1, so that no approximation in it can make a study worth more
than the truth that it looks at, or less than nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import special

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.voi.regressions import Ranked

KINDS = ("rate", "mean", "exact")
BIN = 0.02  # width of a bin in normal scores
STEP = 0.4  # between counts that are looked at, in standard deviations of sampling
ALL = 300  # counts up to which each is looked at
APART = 0.05  # between means that are looked at, in normal scores
MOST = 2000  # outcomes that are looked at
REACH = 5.0  # normal scores that the outcomes reach out to


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a study observes of one input.

    Parameters
    ----------
    kind : {"rate", "mean", "exact"}
        ``rate``: the input is a share, seen in independent cases (binomial). ``mean``: the
        mean of observations about the input (normal). ``exact``: the input is found out.
    sd : float
        Of one observation, in the input's unit; for ``mean`` alone.
    share : float
        Share of the study's cases that bear on the input, in (0, 1]: a recall is seen on
        positives only.

    Examples
    --------
    >>> Sample(kind="rate", share=0.5).cases(31)
    16
    """

    kind: Literal["rate", "mean", "exact"]
    sd: float = 0.0
    share: float = 1.0

    def cases(self, n: int) -> int:
        """How many of ``n`` cases bear on the input, on average."""
        return math.floor(self.share * n + 0.5)


@dataclass(frozen=True, kw_only=True)
class Bins:
    """Draws of one input in narrow bins.

    Attributes
    ----------
    starts : array of int, shape (bins,)
        First draw of each, in the order of the input.
    weights, values, steps : array, shape (bins,)
        Share of the draws, mean of the input, and width in the input's unit.
    """

    starts: Any
    weights: Array
    values: Array
    steps: Array

    def means(self, ordered: Array) -> Array:
        """Mean in each bin of what stands in the order of the input."""
        draws = len(ordered)
        return np.asarray(
            np.add.reduceat(ordered, self.starts, axis=0) / (self.weights * draws)[:, None]
        )


def binned(one: Ranked) -> Bins:
    """Cut the draws of an input."""
    draws = len(one.values)
    scores = special.ndtri((np.arange(draws) + 0.5) / draws)
    starts = np.flatnonzero(np.diff(np.floor(scores / BIN), prepend=-np.inf))
    counts = np.diff(starts, append=draws)
    values = np.add.reduceat(one.values, starts) / counts
    middles = np.add.reduceat(scores, starts) / counts
    steps = np.abs(np.gradient(values, middles)) * BIN
    return Bins(starts=starts, weights=counts / draws, values=values, steps=steps)


def channel(sample: Sample, bins: Bins, n: int) -> Array:
    """Probability of each outcome of ``n`` observations, by bin; shape (bins, outcomes).

    Where sampling is so exact that its spread falls between two outcomes, a bin goes to
    the nearest: the study then finds the input out, to the width of a step.
    """
    if sample.kind == "rate":
        logs = _rate_logs(bins, n)
    else:
        logs = _mean_logs(bins, sample.sd / math.sqrt(n))
    logs -= logs.max(axis=1, keepdims=True)
    likely = np.exp(logs, out=logs)
    likely /= likely.sum(axis=1, keepdims=True)
    return np.asarray(likely)


def _rate_logs(bins: Bins, n: int) -> Array:
    """Binomial, at all numbers of cases or at some, each standing for those about it."""
    found = _counts(bins, n)
    ends = np.concatenate([[found[0] - 0.5], (found[1:] + found[:-1]) / 2, [found[-1] + 0.5]])
    choose = special.gammaln(n + 1) - special.gammaln(found + 1) - special.gammaln(n - found + 1)
    yes = np.log(np.maximum(bins.values, 1e-300))
    no = np.log(np.maximum(1 - bins.values, 1e-300))
    once = np.column_stack([yes, no, np.ones(len(yes))])
    return np.asarray(once @ np.stack([found, n - found, choose + np.log(np.diff(ends))]))


def _counts(bins: Bins, n: int) -> Array:
    """Numbers of cases to look at: all that may come up if few, else a part of them."""
    low, high = (float(np.clip(p, 0, 1)) for p in (bins.values.min(), bins.values.max()))
    first = max(math.floor(n * low - 6 * math.sqrt(n * low * (1 - low)) - 6), 0)
    last = min(math.ceil(n * high + 6 * math.sqrt(n * high * (1 - high)) + 6), n)
    # on the scale of the arcsine of the root every count has the same spread
    ends = np.arcsin(np.sqrt(np.array([first, last]) / n))
    steps = min(math.ceil(2 * math.sqrt(n) * float(ends[1] - ends[0]) / STEP) + 1, MOST)
    if last - first <= max(steps, ALL):
        return np.arange(first, last + 1, dtype=float)
    thin = np.round(n * np.sin(np.linspace(ends[0], ends[1], steps + 1)) ** 2)
    return np.unique(np.clip(thin, first, last))


def _mean_logs(bins: Bins, sd: float) -> Array:
    """Normal, at outcomes as far apart as the wider of sampling and bins asks."""
    scores = np.arange(-REACH, REACH + APART / 2, APART)
    at = special.ndtr(scores)
    heights = np.cumsum(bins.weights) - bins.weights / 2
    slopes = np.interp(at, heights, bins.steps / BIN)
    rises = np.hypot(slopes, sd) * (APART)
    outcomes = np.concatenate([[0.0], np.cumsum((rises[1:] + rises[:-1]) / 2)])
    middle = float(np.interp(0.5, heights, bins.values))
    outcomes += middle - float(np.interp(0.0, scores, outcomes))
    away = (outcomes - bins.values[:, None]) / sd
    return np.asarray(-(away**2) / 2 + np.log(rises))
