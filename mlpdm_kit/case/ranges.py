"""Whether a written range can be what its family says: two points or three, and where."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mlpdm_kit.case.inputs import BETWEEN_ENDS, SIGNED, THREE_POINTS, USUAL_LEVEL, Input
from mlpdm_kit.case.quantity import Units
from mlpdm_kit.case.shapes import MIDDLES, NARROW, logit
from mlpdm_kit.errors import Fault


def range_faults(field: str, item: Input, units: Units) -> Iterator[Fault]:
    """Faults of one range, with what would do instead."""
    if item.family in THREE_POINTS and item.middle is None:
        half = (item.low + item.high) / 2
        example = units.write(item.low, half, item.high, dimension=item.dimension)
        yield Fault(code="middle-needed", field=field, value=item.family,
                    figures={"family": item.family, "example": example})  # fmt: skip
    elif item.middle is not None and item.family not in (None, *THREE_POINTS):
        yield Fault(code="middle-not-for", field=field, value=item.family,
                    figures={"family": item.family})  # fmt: skip
    elif item.family in BETWEEN_ENDS and item.level != USUAL_LEVEL:
        yield Fault(code="level-not-for", field=f"{field}.level", value=f"{100 * item.level:g}%",
                    figures={"family": item.family})  # fmt: skip
    elif item.shape in MIDDLES:
        yield from _middle(field, item, units)
    elif _beyond(item):
        yield Fault(code="family", field=field, value=item.family,
                    figures={"low": item.low, "high": item.high})  # fmt: skip
    elif _too_narrow(item):
        shown = units.write(item.low, item.high, dimension=item.dimension)
        yield Fault(code="interval-narrow", field=field, value=shown)


def _too_narrow(item: Input) -> bool:
    inside = item.shape == "beta" and item.low > 0 and item.high < 1
    return inside and logit(item.high) - logit(item.low) < NARROW


def _beyond(item: Input) -> bool:
    """Whether a named family of two points would leave what there can be."""
    share, width = item.dimension == "share", (item.high - item.low) / item.level
    beyond = width * (1 - item.level) / 2
    if item.family == "normal":
        return item.dimension not in SIGNED
    if item.family == "uniform" and item.dimension not in SIGNED:
        return item.low - beyond < 0 or (share and item.high + beyond > 1)
    if item.family in ("lognormal", "gamma"):
        return item.low <= 0 or share
    return item.family == "beta" and not share


def _middle(field: str, item: Input, units: Units) -> Iterator[Fault]:
    """Faults of the middle of a metalog."""
    assert item.middle is not None
    written = units.write(item.low, item.middle, item.high, dimension=item.dimension)
    share = item.shape == "logit-metalog"
    if item.shape != "metalog" and (item.low <= 0 or (share and item.high >= 1)):
        yield Fault(code="middle-end", field=field, value=written)
        return
    least, most = MIDDLES[item.shape](item.low, item.high, item.level)
    if least < item.middle < most:
        return
    if least >= most:
        yield Fault(code="middle-none", field=field, value=written)
        return
    ends = (units.write(end, dimension=item.dimension) for end in _inwards(least, most))
    yield Fault(code="middle-infeasible", field=field, value=written,
                figures=dict(zip(("least", "most"), ends, strict=True)))  # fmt: skip


def _inwards(least: float, most: float) -> tuple[float, float]:
    """Both rounded to what a person would write, and still between the two."""
    step = 10.0 ** (math.floor(math.log10(most - least)) - 2)
    return math.ceil(least / step) * step, math.floor(most / step) * step


__all__ = ["range_faults"]
