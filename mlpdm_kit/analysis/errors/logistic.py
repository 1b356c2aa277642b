"""Logistic regression on one column, by Newton's method: what calibration is fitted with."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from mlpdm_kit.analysis.uncertainty.distributions import Array

EDGE = 1e-6  # from 0 and 1, where the log-odds have no value
_STEPS, _FAR = 100, 5.0


def log_odds(p: Array) -> Array:
    """Of probabilities, those nearer than a millionth to 0 or 1 as if they lay there."""
    return np.asarray(special.logit(np.clip(p, EDGE, 1 - EDGE)))


def is_separated(truth: Array, logits: Array) -> bool:
    """Whether one cut tells the classes apart, so that the likelihood has no maximum."""
    yes, no = logits[truth == 1], logits[truth == 0]
    if np.ptp(logits) <= 1e-9:
        return False
    return bool(no.max() <= yes.min() or yes.max() <= no.min())


def fit_logistic(
    truth: Array, logits: Array, *, groups: Any = None, penalised: bool = False
) -> tuple[Array, Array]:
    """Intercept and slope by Newton's method, with standard errors.

    ``penalised`` adds Firth's term, half a case each way at every point's leverage.
    """
    middle, scale = float(logits.mean()), float(logits.std())
    x = np.column_stack([np.ones(len(truth)), (logits - middle) / scale])
    beta = np.array([float(special.logit(truth.mean())), 0.0])
    for _ in range(_STEPS):
        p = special.expit(x @ beta)
        inverse = np.linalg.pinv(x.T @ (x * (p * (1 - p))[:, None]))
        missed = truth - p
        if penalised:
            missed = missed + (p * (1 - p)) * np.einsum("ij,jk,ik->i", x, inverse, x) * (0.5 - p)
        step = inverse @ (x.T @ missed)
        beta = beta + step * min(1.0, _FAR / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < 1e-10:
            break
    p = special.expit(x @ beta)
    covariance = _covariance(x, truth - p, p * (1 - p), groups)
    back = np.array([[1.0, -middle / scale], [0.0, 1 / scale]])
    return back @ beta, np.sqrt(np.diag(back @ covariance @ back.T))


def _covariance(x: Array, missed: Array, weight: Array, groups: Any) -> Array:
    """Of the likelihood; with groups, Huber's sandwich of their scores."""
    inverse = np.linalg.pinv(x.T @ (x * weight[:, None]))
    if groups is None:
        return np.asarray(inverse, dtype=float)
    count = int(groups.max()) + 1
    scores = np.column_stack(
        [np.bincount(groups, weights=missed * column, minlength=count) for column in x.T]
    )
    return np.asarray(inverse @ (scores.T @ scores) @ inverse * count / max(count - 1, 1))


def fit_lift(truth: Array, logits: Array, groups: Any) -> tuple[float, float]:
    """Log-odds that bring the mean prediction to the share observed, and their error.

    The root lies where all predictions would be below or above that share.
    """
    ends = float(special.logit(truth.mean())) - np.array([logits.max(), logits.min()])
    low, high = float(ends[0]), float(ends[1])
    lift, wanted = (low + high) / 2, truth.sum()
    for _ in range(_STEPS):
        p = special.expit(logits + lift)
        missed = float(wanted - p.sum())
        low, high = (lift, high) if missed > 0 else (low, lift)
        weight = float((p * (1 - p)).sum())
        near = lift + missed / weight if weight > 0 else high
        step = (near if low <= near <= high else (low + high) / 2) - lift
        lift += step
        if abs(step) < 1e-12:
            break
    p = special.expit(logits + lift)
    one = np.ones((len(truth), 1))
    return lift, float(np.sqrt(_covariance(one, truth - p, p * (1 - p), groups)[0, 0]))
