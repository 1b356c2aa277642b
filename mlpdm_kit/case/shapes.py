"""What three points can be: which middles a metalog has between two ends.

Plain arithmetic, so that a case file is checked without any library for arrays.

The metalog of three terms has M(y) = a1 + a2 s + a3 (y - 1/2) s for its quantile function,
where s = ln(y/(1-y)). Three points at the probabilities (1-level)/2, 1/2 and (1+level)/2
fix it: with L = ln((1+level)/(1-level)), a1 = middle, a2 = (high - low)/(2L) and
a3 = (high + low - 2 middle)/(level L). Its density is positive wherever
a2 + a3 [(y - 1/2) + y(1-y) s] > 0. The bracket is greatest where t artanh(t) = 1 with
y = (1+t)/2, and is 1/(2t) there; so a3 must stay within 2t times a2, which is to say that
the middle's place r = (middle - low)/(high - low) must lie between k and 1 - k,
k = (1 - t level)/2. Keelin (2016, "The metalog distributions", Decision Analysis 13(4),
equation 16) gives 2t as 1.66711.
"""

from __future__ import annotations

import math
from collections.abc import Callable

STEEPEST = 0.8335565596009647  # t artanh(t) = 1

NARROW = 1e-5  # in logits: a beta any narrower is beyond the accuracy of its own functions


def log_odds(level: float) -> float:
    """ln(y/(1-y)) at y = (1 + level)/2."""
    return 2 * math.atanh(level)


def coefficients(
    low: float, middle: float, high: float, level: float
) -> tuple[float, float, float]:
    """a1, a2, a3 of the metalog through three points, on its own scale.

    Examples
    --------
    >>> [round(a, 4) for a in coefficients(-1, 0, 1, 0.9)]
    [0, 0.3396, 0.0]
    """
    span = log_odds(level)
    return middle, (high - low) / (2 * span), ((high - middle) - (middle - low)) / (level * span)


def plain_middles(low: float, high: float, level: float) -> tuple[float, float]:
    """The middles between which an unbounded metalog has a density everywhere.

    Examples
    --------
    >>> [round(end, 4) for end in plain_middles(0, 1, 0.8)]  # k = (1 - t 0.8)/2
    [0.1666, 0.8334]
    """
    centre, reach = low + (high - low) / 2, STEEPEST * level * (high - low) / 2
    return centre - reach, centre + reach


def log_middles(low: float, high: float, level: float) -> tuple[float, float]:
    """The middles of a metalog on logarithms: also with an expectation that is finite.

    Its upper tail falls as a power, x to the -1/(a2 + a3/2); from 1 on that sum leaves no
    expectation. The first end is not below the second where no middle will do.

    Examples
    --------
    >>> [round(end, 3) for end in log_middles(5, 12, 0.9)]
    [5.578, 10.757]
    """
    ends = math.log(low), math.log(high)
    least, most = plain_middles(*ends, level)
    half = (ends[1] - ends[0]) / 2
    least = max(least, ends[0] + half + level * (half - log_odds(level)))
    return math.exp(least), math.exp(most)


def logit(share: float) -> float:
    """Logarithm of the odds of a share inside (0, 1)."""
    return math.log(share) - math.log1p(-share)


def logit_middles(low: float, high: float, level: float) -> tuple[float, float]:
    """The middles of a metalog on logits, which stays between 0 and 1.

    Examples
    --------
    >>> [round(end, 3) for end in logit_middles(0.1, 0.3, 0.9)]
    [0.116, 0.266]
    """
    least, most = plain_middles(logit(low), logit(high), level)
    return 1 / (1 + math.exp(-least)), 1 / (1 + math.exp(-most))


MIDDLES: dict[str, Callable[[float, float, float], tuple[float, float]]] = {
    "metalog": plain_middles,
    "log-metalog": log_middles,
    "logit-metalog": logit_middles,
}
