"""Segments as production mixes them: the segment of each row, and what production holds of it.

A file may hold segments in other shares than production does. What is expected in production
is the mean of the segments by their shares there; for a rate among one class, by the shares
of that class.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array


def text_of(name: Any) -> str:
    """A segment's name as the case file writes it; empty where there is none."""
    missing = name is None or name != name
    return "" if missing else str(name).removesuffix(".0") if isinstance(name, float) else str(name)


def codes_of(segment: Any, names: list[str]) -> Any:
    """Place of each row's segment among the names."""
    place = {name: index for index, name in enumerate(names)}
    return np.array([place[text_of(name)] for name in segment], dtype=int)


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
