"""How far people's ranges of one input lie apart, and what they say together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations

from mlpdm_kit.analysis.uncertainty.pooling import Pool, pooled
from mlpdm_kit.analysis.uncertainty.stated import distribution
from mlpdm_kit.case.inputs import Input
from mlpdm_kit.record.inputs import usual_ends
from mlpdm_kit.record.parts import Part


class Held(Part):
    """One range that somebody holds to be true: its 5%, 50% and 95% points, its mean."""

    by: str
    low: float
    middle: float
    high: float
    mean: float
    evidence: str = "assumed"


class Spread(Part):
    """All ranges of one input side by side.

    ``low`` to ``high`` is the pooled range and ``middle`` the median of the pool, see
    `mlpdm_kit.analysis.uncertainty.pooling`.
    ``gap`` is the widest gap between two ranges in widths of the pooled one; below zero
    where all of them overlap. ``apart`` are the pairs that do not overlap.
    """

    input: str
    dimension: str
    held: tuple[Held, ...]
    low: float
    middle: float
    high: float
    gap: float
    apart: tuple[tuple[str, str], ...] = ()

    @property
    def is_one(self) -> bool:
        """Whether all say the same."""
        return len({(one.low, one.middle, one.high) for one in self.held}) <= 1


def spread(name: str, items: Mapping[str, Input]) -> Spread:
    """The ranges of one input by whose they are, and what they come to.

    Parameters
    ----------
    name : str
        Of the input.
    items : mapping
        What each of them says, at least one.

    Examples
    --------
    >>> said = {"A": Input(low=10, high=20, dimension="money"),
    ...         "B": Input(low=30, high=60, dimension="money")}
    >>> found = spread("options.model.build", said)
    >>> found.apart, round(found.gap, 2)
    ((('A', 'B'),), 0.22)
    """
    laws = {by: distribution(item) for by, item in items.items()}
    ends = {by: usual_ends(item) for by, item in items.items()}
    first = next(iter(items.values()))
    zero = 0.0 if all(low == 0 for low, _ in ends.values()) else None
    whole = first.dimension == "share" and all(high == 1 for _, high in ends.values())
    low, high = pooled(tuple(laws.values()), least=zero, most=1.0 if whole else None)
    gap = max(one for one, _ in ends.values()) - min(other for _, other in ends.values())
    width = high - low
    return Spread(
        input=name,
        dimension=first.dimension,
        held=tuple(
            Held(by=by, low=ends[by][0], high=ends[by][1], middle=laws[by].quantile(0.5),
                 mean=laws[by].mean, evidence=item.evidence)
            for by, item in items.items()
        ),
        low=low,
        middle=Pool(tuple(laws.values())).quantile(0.5),
        high=high,
        gap=gap / width if width > 0 else 0.0,
        apart=tuple(
            (one, other)
            for one, other in combinations(items, 2)
            if ends[one][1] < ends[other][0] or ends[other][1] < ends[one][0]
        ),
    )  # fmt: skip


def short_ends(low: float, high: float) -> tuple[float, float]:
    """A range in as few figures as leave it what it is: three, or two of its width.

    Examples
    --------
    >>> short_ends(8123.4, 11987.6), short_ends(1000.4, 1003.6), short_ends(0, 0.04567)
    ((8120.0, 12000.0), (1000.4, 1003.6), (0.0, 0.0457))
    """
    width = high - low
    if width <= 0:
        return low, high
    fine = math.floor(math.log10(width)) - 1
    return _rounded(low, fine), _rounded(high, fine)


def _rounded(value: float, fine: int) -> float:
    if value == 0:
        return 0.0
    three = math.floor(math.log10(abs(value))) - 2
    return float(round(value, -min(three, fine)))
