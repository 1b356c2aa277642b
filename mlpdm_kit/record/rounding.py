"""Figures rounded to what their Monte Carlo error allows, so that they are the same anywhere."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from mlpdm_kit.record.valued import PartialValue

FIGURES = 6


def significant(value: float, figures: int = FIGURES) -> float:
    """Value to so many significant figures."""
    if value == 0 or not math.isfinite(value):
        return value
    return float(f"{value:.{figures - 1}e}")


def to_error(value: float, error: float) -> float:
    """Value to the decimal place of the first figure of its standard error.

    Examples
    --------
    >>> to_error(5_012_345.6, 3_210.0), to_error(0.123456, 0.002), to_error(7.25, 0.0)
    (5012000.0, 0.123, 7.25)
    """
    if error <= 0 or not math.isfinite(error):
        return significant(value)
    place = math.floor(math.log10(error))
    rounded = round(value / 10.0**place) * 10.0**place
    return significant(rounded, 15) + 0.0


def least_error(*errors: Iterable[float | None]) -> float:
    """The smallest standard error: one precision for all that is a difference.

    Examples
    --------
    >>> least_error([3.0, None], [0.5]), least_error([])
    (0.5, 0.0)
    """
    return min((one for some in errors for one in some if one), default=0.0)


def rounded_partial(row: PartialValue, error: float) -> PartialValue:
    """What knowing one input is worth, and what chance would show, to a standard error."""
    money = {name: to_error(getattr(row, name), error) for name in ("value", "noise_floor")}
    return row.model_copy(update=money)


def rounded(part: Any, figures: int = FIGURES) -> Any:
    """All numbers in nested lists and mappings to so many significant figures."""
    if isinstance(part, bool):
        return part
    if isinstance(part, float):
        return significant(part, figures) + 0.0
    if isinstance(part, dict):
        return {key: rounded(value, figures) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [rounded(value, figures) for value in part]
    return part
