"""The metalog of three terms (Keelin 2016): its quantiles, shares and moments.

On its own scale M(y) = a1 + a2 s + a3 (y - 1/2) s with s = ln(y/(1-y)). For positive
amounts the scale is that of logarithms, for shares that of logits. Everything is worked
out in s, where both tails keep their digits. A metalog that is wider by a factor ``g`` has
its quantile at g times the log odds; without it g is 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
STEP = 0.02  # of the trapezoid rule in s: its error is below 1e-30 for analytic integrands
REACH = 50.0  # beyond it both tails are pure exponentials, to the last digit
ROUNDS = 200


def at(s: Any, a1: float, a2: float, a3: float, g: float = 1.0) -> Any:
    """M at log odds ``s``."""
    s = g * s
    return a1 + s * (a2 + a3 / 2 * np.tanh(s / 2))


def log_odds_of(x: Any, a1: float, a2: float, a3: float, g: float = 1.0) -> Any:
    """The log odds ``s`` at which M is ``x``.

    Newton's method, kept within a bracket that halves where a step would leave it. Divided
    by s, M - a1 lies between a2 and a2 + sign(s) a3/2, which gives the bracket.
    """
    distance = np.asarray(x, dtype=float) - a1
    finite = np.isfinite(distance)
    ends = np.stack([distance / a2, distance / (a2 + np.sign(distance) * a3 / 2)])
    low, high = (np.where(finite, end, 0.0) for end in (ends.min(axis=0), ends.max(axis=0)))
    target = np.where(finite, distance, 0.0)
    s = (low + high) / 2
    for _ in range(ROUNDS):
        half = np.tanh(s / 2)
        miss = s * (a2 + a3 / 2 * half) - target
        low, high = np.where(miss < 0, s, low), np.where(miss >= 0, s, high)
        slope = a2 + a3 / 2 * half + a3 / 4 * s * (1 - half**2)
        step = s - miss / slope
        moved = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        still = np.abs(moved - s) <= 4e-16 * np.abs(s)
        s = moved
        if np.all(still):
            break
    return np.where(finite, s / g, distance)


def _grid() -> tuple[Array, Array]:
    """Nodes in s, and the logarithm of the density of s there."""
    s: Array = np.arange(-round(REACH / STEP), round(REACH / STEP) + 1, dtype=float) * STEP
    return s, -np.abs(s) - 2 * np.log1p(np.exp(-np.abs(s)))


def _bounded_mean(of: Callable[[Any], Any], parameters: tuple[float, ...]) -> float:
    """Expectation of a function of M that grows slower than any exponential."""
    s, weight = _grid()
    return STEP * float((of(at(s, *parameters)) * np.exp(weight)).sum())


def plain_mean(*parameters: float) -> float:
    """Expectation of the unbounded metalog: a1 + a3/2 where g is 1."""
    return _bounded_mean(np.asarray, parameters)


def plain_sd(*parameters: float) -> float:
    """Standard deviation of the unbounded metalog."""
    mean = plain_mean(*parameters)
    return math.sqrt(_bounded_mean(lambda value: (value - mean) ** 2, parameters))


def logit_mean(*parameters: float) -> float:
    """Expectation of the metalog on logits."""
    return _bounded_mean(special.expit, parameters)


def logit_sd(*parameters: float) -> float:
    """Standard deviation of the metalog on logits."""
    mean = logit_mean(*parameters)
    return math.sqrt(_bounded_mean(lambda value: (special.expit(value) - mean) ** 2, parameters))


def _rest(power: float, a2: float, a3: float, g: float) -> float:
    """What the trapezoid rule adds beyond `REACH` for exp(power (M - a1))."""
    fall = 1 - power * g * (a2 + a3 / 2)
    if fall <= 0:
        return math.inf
    return STEP * math.exp(-fall * REACH) / math.expm1(fall * STEP)


def log_mean(a1: float, a2: float, a3: float, g: float = 1.0) -> float:
    """Expectation of the metalog on logarithms; infinite where its tail is too long."""
    rest = _rest(1, a2, a3, g)
    if math.isinf(rest):
        return math.inf
    s, weight = _grid()
    inner = STEP * np.exp(at(s, 0.0, a2, a3, g) + weight).sum()
    return math.exp(a1) * float(inner + rest)


def log_sd(a1: float, a2: float, a3: float, g: float = 1.0) -> float:
    """Standard deviation of the metalog on logarithms; infinite where its tail is long."""
    rest = _rest(2, a2, a3, g)
    if math.isinf(rest):
        return math.inf
    s, weight = _grid()
    mean = log_mean(0.0, a2, a3, g)
    # exp(M) alone may be beyond what a float holds where its weight is next to nothing
    root = np.exp(at(s, 0.0, a2, a3, g) + weight / 2) - mean * np.exp(weight / 2)
    inner = STEP * float((root**2).sum())
    beyond = rest - 2 * mean * _rest(1, a2, a3, g) + mean**2 * _rest(0, a2, a3, g)
    return math.exp(a1) * math.sqrt(inner + max(beyond, 0.0))


def log(x: Any) -> Any:
    """Logarithm, minus infinity for what is not positive."""
    positive = np.maximum(x, 0.0)
    return np.log(positive, out=np.full(np.shape(positive), -np.inf), where=positive > 0)


def logit(x: Any) -> Any:
    """Logit, infinite beyond 0 and 1."""
    return special.logit(np.clip(x, 0.0, 1.0))


LINKS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "metalog": (np.asarray, np.asarray),
    "log-metalog": (np.exp, log),
    "logit-metalog": (special.expit, logit),
}
