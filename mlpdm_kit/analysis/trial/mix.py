"""Segments as production mixes them: rates and costs pooled from each segment's own.

A file may hold segments in other shares than production does. Each segment's rate has its
own posterior, and what is expected in production is their mean by the shares there; for a
rate among one class, by the shares of that class.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution, lognormal_from_moments


def text_of(name: Any) -> str:
    """A segment's name as the case file writes it; empty where there is none."""
    missing = name is None or name != name
    return "" if missing else str(name).removesuffix(".0") if isinstance(name, float) else str(name)


def codes_of(segment: Any, names: list[str]) -> Any:
    """Place of each row's segment among the names."""
    place = {name: index for index, name in enumerate(names)}
    return np.array([place[text_of(name)] for name in segment], dtype=int)


def pooled(parts: list[tuple[Distribution, float]]) -> Distribution:
    """Mean of independent rates by their shares, as one distribution with its moments.

    Parameters
    ----------
    parts : list of (Distribution, float)
        Posterior of each segment's rate, and its share; the shares sum to 1.

    Examples
    --------
    >>> halves = [(Distribution("beta", (30, 70)), 0.5), (Distribution("beta", (10, 90)), 0.5)]
    >>> round(pooled(halves).mean, 9), round(pooled(halves).sd, 4)
    (0.2, 0.0273)
    """
    mean = sum(share * rate.mean for rate, share in parts)
    variance = sum((share * rate.sd) ** 2 for rate, share in parts)
    if all(rate.is_point for rate, _ in parts) or variance <= 0:
        return Distribution("point", (float(mean),))
    if any(rate.family == "lognormal" for rate, _ in parts):
        return lognormal_from_moments(float(mean), float(np.sqrt(variance)))
    size = max(mean * (1 - mean) / variance - 1, 1e-6)
    return Distribution("beta", (float(mean * size), float((1 - mean) * size)))


def class_shares(codes: Any, target: Any, mix: Array, classes: Any) -> Array:
    """Share of each segment and class in production, shape (segments, classes).

    Within a segment the classes are as in its rows.
    """
    found = np.zeros((len(mix), len(classes)))
    for index, share in enumerate(mix):
        inside = target[codes == index]
        for place, kind in enumerate(classes):
            found[index, place] = share * float((inside == kind).mean()) if len(inside) else 0.0
    return found
