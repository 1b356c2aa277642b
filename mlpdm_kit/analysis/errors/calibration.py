"""Whether a predicted probability is one: of 100 cases at 20%, do about 20 happen?

Asked before any threshold is taken from costs, which is right only on probabilities.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special, stats

from mlpdm_kit.analysis.errors.costs import design_effect, truth_and_score
from mlpdm_kit.analysis.errors.logistic import EDGE, fit_lift, fit_logistic, is_separated, log_odds
from mlpdm_kit.analysis.errors.thresholds import quantile_bins
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.errors import refuse

# off by this factor at most is no matter, known within that one is good enough
NO_MATTER, GOOD_ENOUGH = 1.1, 1.5
# intervals that a verdict needs: two are looked at, and a false alarm costs more than a doubt
CLEARLY, LIKELY = 0.98, 0.90


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Cases of about the same probability: what was predicted and what happened."""

    predicted: float
    observed: float
    low: float
    high: float
    rows: int


@dataclass(frozen=True, kw_only=True)
class Coefficient:
    """A fitted number with its standard error and interval."""

    value: float
    error: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How far predicted probabilities can be taken at their word.

    Parameters
    ----------
    verdict : str
        ``calibrated``; ``too-sure`` (too near to 0 and 1: slope below 1) or
        ``too-unsure``; ``too-high`` or ``too-low`` on the whole; ``unclear``: too few cases
        to say.
    table : tuple of Bin
        From low to high probability.
    slope, intercept : Coefficient or None
        Of the log-odds of what happened on the log-odds predicted; 1 and 0 where
        calibrated. None where all predictions are the same.
    in_the_large : Coefficient
        Log-odds to add to every prediction, slope left at 1; 0 where calibrated.
    predicted, observed : float
        Mean probability and share of positives.
    brier : float
        Mean squared difference of outcome and probability.
    expected_error : float
        Expected calibration error: mean distance of ``predicted`` and ``observed`` over the
        bins, by their share of cases.
    expected_error_by_chance : float
        The same if every probability were right, on as many cases: it is never 0.
    separated : bool
        One cut tells all positives from all negatives; slope and intercept are then
        penalised, as their likelihood has no maximum.
    at_ends : int
        Rows predicted at 0 or 1 (within a millionth, which they count as).
    """

    verdict: str
    table: tuple[Bin, ...]
    slope: Coefficient | None
    intercept: Coefficient | None
    in_the_large: Coefficient
    predicted: float
    observed: float
    brier: float
    expected_error: float
    expected_error_by_chance: float
    separated: bool
    at_ends: int


def calibration(
    y: ArrayLike,
    probability: ArrayLike,
    *,
    prevalence: float | None = None,
    clusters: ArrayLike | None = None,
    bins: int = 10,
    level: float = 0.9,
) -> Calibration:
    """Hold predicted probabilities against what happened.

    Parameters
    ----------
    y, probability : array, shape (rows,)
        Truth in {0, 1}; predicted probability in [0, 1], on rows that were not fitted on.
    prevalence : float, optional
        Share of positives in production, where the probabilities are meant for that and
        the rows hold another share. By default both are as in the rows.
    clusters : array, shape (rows,), optional
        Group of each row: rows of one group are alike, and say less.
    bins : int
        Of the table, of about equal count; equal probabilities share one.
    level : float
        Of all intervals, in (0, 1).

    Raises
    ------
    InputError
        A probability outside [0, 1], a truth of one class, a number out of range.

    Notes
    -----
    Cox, Two Further Applications of a Model for Binary Regression, Biometrika 1958; Van
    Calster et al., A Calibration Hierarchy for Risk Models Was Defined, J Clin Epidemiol
    2016. Standard errors are those of the likelihood, or between groups (Huber's sandwich).
    At another base rate the rows' log-odds are shifted (King & Zeng, Logistic Regression in
    Rare Events Data, 2001) and the table reweighted. Intervals of the table: Jeffreys.

    ``too-...`` needs a 98% interval that leaves out 1 (of the slope) or 0 and that reaches
    beyond a factor of 1.1, which does not matter; where both are off, the one that moves
    log-odds more is named. ``calibrated`` needs 90% intervals within a factor of 1.5.
    Anything else is ``unclear``.

    Examples
    --------
    >>> y = [0] * 80 + [1] * 20 + [0] * 20 + [1] * 80
    >>> found = calibration(y, [0.05] * 100 + [0.95] * 100)
    >>> found.verdict, round(found.slope.value, 3), [b.observed for b in found.table]
    ('too-sure', 0.471, [0.2, 0.8])
    """
    truth, p = _checked(y, probability, prevalence, level)
    if bins < 1:
        raise refuse("number-range", "bins", bins, range="[1, ...)")
    here = float(truth.mean())
    share = here if prevalence is None else prevalence
    weights = np.where(truth == 1, share / here, (1 - share) / (1 - here))
    shift = float(special.logit(share) - special.logit(here))
    groups = None if clusters is None else _codes(clusters, len(truth))
    logits = log_odds(p)
    z = float(special.ndtri((1 + level) / 2))
    separated = is_separated(truth, logits)
    slope = intercept = None
    if np.ptp(logits) > 1e-9:
        beta, errors = fit_logistic(truth, logits, groups=groups, penalised=separated)
        slope = _coefficient(beta[1], errors[1], z)
        intercept = _coefficient(beta[0] + shift, errors[0], z)
    lift, error = fit_lift(truth, logits - shift, groups)
    in_the_large = _coefficient(lift, error, z)
    table, off, by_chance = _table(truth, p, weights, shift, groups, bins, level)
    mean = float((weights * p).mean())
    level_off = abs(float(special.logit(share) - log_odds(np.array(mean))))
    return Calibration(
        verdict=_verdict(slope, in_the_large, float(logits.std()), level_off),
        table=table,
        slope=slope,
        intercept=intercept,
        in_the_large=in_the_large,
        predicted=mean,
        observed=float(share),
        brier=float((weights * (truth - p) ** 2).mean()),
        expected_error=off,
        expected_error_by_chance=by_chance,
        separated=separated,
        at_ends=int(((p < EDGE) | (p > 1 - EDGE)).sum()),
    )


def recalibrated(train_y: ArrayLike, train_probability: ArrayLike) -> Callable[[ArrayLike], Array]:
    """Probabilities put right, as fitted on some rows, to be used on others.

    Parameters
    ----------
    train_y, train_probability : array, shape (rows,)
        Truth in {0, 1}; probabilities predicted without these rows.

    Returns
    -------
    function
        From probabilities to probabilities, at the base rate of ``train_y``; it never turns
        their order round. Where the predictions say nothing, all are the base rate.

    Notes
    -----
    Logistic recalibration (Cox 1958; Platt 1999), penalised where one cut separates the
    classes (Firth, Bias Reduction of Maximum Likelihood Estimates, Biometrika 1993).

    Examples
    --------
    >>> put_right = recalibrated([0, 0, 0, 1, 0, 1, 1, 1], [0.01] * 4 + [0.99] * 4)
    >>> put_right([0.01, 0.5, 0.99]).round(6)
    array([0.25, 0.5 , 0.75])
    """
    truth, p = _checked(train_y, train_probability, None, 0.5)
    logits = log_odds(p)
    slope, intercept = 0.0, float(special.logit(truth.mean()))
    if np.ptp(logits) > 1e-9:
        beta, _ = fit_logistic(truth, logits, penalised=is_separated(truth, logits))
        if beta[1] > 0:
            intercept, slope = beta

    def put_right(probability: ArrayLike) -> Array:
        given = np.asarray(probability, dtype=float)
        if not ((given >= 0) & (given <= 1)).all():
            raise refuse("number-range", "probability", probability, range="[0, 1]")
        return np.asarray(special.expit(intercept + slope * log_odds(given)))

    return put_right


def at_base_rate(probability: ArrayLike, fitted: float, production: float) -> Array:
    """Probabilities of one base rate as they are at another.

    Parameters
    ----------
    probability : array
        In [0, 1], at the base rate ``fitted``.
    fitted, production : float
        In (0, 1).

    Notes
    -----
    All odds move by the ratio of the odds of the base rates (Elkan 2001, theorem 2).

    Examples
    --------
    >>> at_base_rate([0, 0.5, 1], fitted=0.5, production=0.1)
    array([0. , 0.1, 1. ])
    """
    p = np.asarray(probability, dtype=float)
    if not ((p >= 0) & (p <= 1)).all():
        raise refuse("number-range", "probability", probability, range="[0, 1]")
    for name, value in (("fitted", fitted), ("production", production)):
        if not 0 < value < 1:
            raise refuse("number-range", name, value, range="(0, 1)")
    up, down = p * production / fitted, (1 - p) * (1 - production) / (1 - fitted)
    return np.asarray(up / (up + down))


def _checked(
    y: ArrayLike, probability: ArrayLike, prevalence: float | None, level: float
) -> tuple[Array, Array]:
    truth, p = truth_and_score(y, probability)
    if not ((p >= 0) & (p <= 1)).all():
        raise refuse("number-range", "probability", probability, range="[0, 1]")
    if truth.min() == truth.max():
        raise refuse("target-classes", "y", "y", count=1, found=str(int(truth[0])))
    if prevalence is not None and not 0 < prevalence < 1:
        raise refuse("number-range", "prevalence", prevalence, range="(0, 1)")
    if not 0 < level < 1:
        raise refuse("number-range", "level", level, range="(0, 1)")
    return truth, p


def _codes(clusters: ArrayLike, rows: int) -> Any:
    found = pd.factorize(pd.Series(np.asarray(clusters)).astype(str))[0]
    if len(found) != rows:
        raise refuse("array", "clusters", len(found), shape="(rows,)")
    return found


def _coefficient(value: float, error: float, z: float) -> Coefficient:
    return Coefficient(
        value=float(value),
        error=float(error),
        low=float(value - z * error),
        high=float(value + z * error),
    )


def _table(
    truth: Array,
    p: Array,
    weights: Array,
    shift: float,
    groups: Any,
    bins: int,
    level: float,
) -> tuple[tuple[Bin, ...], float, float]:
    """Reliability by bin; the expected calibration error, and what chance makes of it."""
    place, lows, _ = quantile_bins(p, bins)
    tail = (1 - level) / 2
    found, off, by_chance = [], 0.0, 0.0
    for number in range(len(lows)):
        here = place == number
        rows, heavy = int(here.sum()), float(weights[here].sum())
        predicted = float((weights[here] * p[here]).sum() / heavy)
        own = None if groups is None else groups[here]
        effect = design_effect(truth[here] - p[here], own)
        yes, no = truth[here].sum() / effect, (1 - truth[here]).sum() / effect
        low = 0.0 if yes == 0 else float(stats.beta.ppf(tail, yes + 0.5, no + 0.5))
        high = 1.0 if no == 0 else float(stats.beta.ppf(1 - tail, yes + 0.5, no + 0.5))
        observed, low, high = _moved(np.array([truth[here].mean(), low, high]), shift)
        found.append(Bin(predicted=predicted, observed=observed, low=low, high=high, rows=rows))
        off += heavy / weights.sum() * abs(observed - predicted)
        by_chance += heavy / weights.sum() * _by_chance(predicted, rows, shift)
    return tuple(found), float(off), float(by_chance)


def _moved(shares: Array, shift: float) -> tuple[float, float, float]:
    first, low, high = special.expit(special.logit(shares) + shift)
    return float(first), float(low), float(high)


def _by_chance(predicted: float, rows: int, shift: float) -> float:
    """Mean distance of observed and predicted in a bin whose probability is right."""
    among = float(special.expit(log_odds(np.array(predicted)) - shift))
    hits = np.arange(rows + 1)
    shares = special.expit(special.logit(hits / rows) + shift)
    return float(stats.binom.pmf(hits, rows, among) @ np.abs(shares - predicted))


def _verdict(slope: Coefficient | None, large: Coefficient, width: float, level: float) -> str:
    """What is clearly off, the larger of the two in log-odds; else if all is near enough.

    ``width`` is the standard deviation of the predicted log-odds, what a slope acts on;
    ``level`` how far the log-odds of the mean prediction are from those of the share.
    """
    sizes = {}
    if slope is not None:
        low, high = _within(slope, CLEARLY)
        if high < 1 and low < 1 / NO_MATTER:
            sizes["too-sure"] = (1 - slope.value) * width
        if low > 1 and high > NO_MATTER:
            sizes["too-unsure"] = (slope.value - 1) * width
    low, high = _within(large, CLEARLY)
    if high < 0 and low < -np.log(NO_MATTER):
        sizes["too-high"] = level
    if low > 0 and high > np.log(NO_MATTER):
        sizes["too-low"] = level
    if sizes:
        return max(sizes, key=lambda code: sizes[code])
    low, high = _within(large, LIKELY)
    fair = max(-low, high) < np.log(GOOD_ENOUGH)
    if slope is not None:
        low, high = _within(slope, LIKELY)
        fair = fair and low > 1 / GOOD_ENOUGH and high < GOOD_ENOUGH
    return "calibrated" if fair else "unclear"


def _within(of: Coefficient, level: float) -> tuple[float, float]:
    reach = float(special.ndtri((1 + level) / 2)) * of.error
    return of.value - reach, of.value + reach
