"""What one percentage point of recall is worth in money, and what one of precision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array

POINT = 0.01


@dataclass(frozen=True, kw_only=True)
class Points:
    """Money a month for one point more of each, by draw."""

    recall: Array
    precision: Array


def precision(prevalence: Array, recall: Array, false_positive_rate: Array) -> Array:
    """Share of what is flagged that is rightly flagged, at a base rate.

    Examples
    --------
    >>> flagged = precision(np.array([0.1]), np.array([0.8]), np.array([0.05]))
    >>> round(float(flagged[0]), 4)
    0.64
    """
    right = prevalence * recall
    return np.asarray(right / np.maximum(right + (1 - prevalence) * false_positive_rate, 1e-300))


def points_in_money(
    prevalence: Array,
    recall: Array,
    false_positive_rate: Array,
    *,
    worth: Mapping[str, Array],
    volume_per_month: Array,
) -> Points:
    """What one more percentage point is worth, of recall and of precision.

    With N cases a month, base rate q, recall r, precision p and the worth u of each outcome
    (costs negative), one more point of recall with as many false alarms is

        N q 0.01 (u_TP - u_FN),

    and one more of precision with as many found is as many false alarms fewer as that takes:

        N q r (1/p - 1/(p + 0.01)) (u_TN - u_FP).

    Where precision is above 99% there is no point more, and the last one is taken instead.

    Parameters
    ----------
    prevalence, recall, false_positive_rate : array
        Shares in [0, 1], by draw.
    worth : mapping
        What one ``true_positive``, ``false_positive``, ``false_negative`` and
        ``true_negative`` is worth, in money.
    volume_per_month : array
        Cases a month.

    Examples
    --------
    1,000 cases a month, a tenth positive, 80 found and 45 false alarms; a miss costs 100, a
    false alarm 10. One more found saves 100. For a precision of 65% instead of 64% there may
    be 80 * 35 / 65 = 43.08 false alarms, 1.92 fewer.

    >>> one = lambda value: np.array([value])
    >>> worth = {"true_positive": one(0.0), "false_positive": one(-10.0),
    ...          "false_negative": one(-100.0), "true_negative": one(0.0)}
    >>> found = points_in_money(one(0.1), one(0.8), one(0.05), worth=worth,
    ...                         volume_per_month=one(1000.0))
    >>> found.recall.round(2).tolist(), found.precision.round(2).tolist()
    ([100.0], [19.23])
    """
    hit = worth["true_positive"] - worth["false_negative"]
    spared = worth["true_negative"] - worth["false_positive"]
    now = precision(prevalence, recall, false_positive_rate)
    low = np.where(now > 1 - POINT, now - POINT, now)
    found = volume_per_month * prevalence * recall
    fewer = found * (1 / np.maximum(low, 1e-300) - 1 / (low + POINT))
    return Points(
        recall=np.asarray(volume_per_month * prevalence * POINT * hit),
        precision=np.asarray(np.where(found > 0, fewer * spared, 0.0)),
    )
