"""Ranges of several people as one: the linear opinion pool.

Each range becomes the distribution that it would be in a case file; the pool is their
mixture with equal weights (Stone 1961), and its 5% and 95% points are the pooled range.
Equal weights are what is left where nobody's earlier ranges can be scored against the
truth, which is what Cooke's weights ask for (Cooke 1991, "Experts in Uncertainty",
chapters 11 and 12; O'Hagan et al. 2006, "Uncertain Judgements", chapter 9). A mixture
keeps disagreement: where two people's ranges lie apart the pool covers both and the gap
between them. The mean of the ends, or a product of the densities, would hide it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlpdm_kit.analysis.uncertainty.distributions import Distribution
from mlpdm_kit.errors import refuse

LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True)
class Pool:
    """The mixture of distributions, each with the same weight.

    Parameters
    ----------
    members : sequence of Distribution
        At least one.

    Raises
    ------
    InputError
        There are none.

    Examples
    --------
    >>> pool = Pool((Distribution("uniform", (0, 1)), Distribution("uniform", (2, 3))))
    >>> pool.cdf(1.5), pool.quantile(0.25), pool.quantile(0.75)
    (0.5, 0.5, 2.5)
    """

    members: tuple[Distribution, ...]

    def __post_init__(self) -> None:
        if not self.members:
            raise refuse("number-range", "members", 0, range="[1, inf)")

    def cdf(self, x: float) -> float:
        """Share of the probability that lies at ``x`` or below."""
        return math.fsum(float(one.cdf(x)) for one in self.members) / len(self.members)

    def quantile(self, p: float) -> float:
        """The least value at or below which a share ``p`` of the probability lies.

        It lies between the members' own quantiles, and is found there by halving, which
        needs no density and meets the steps that single figures make.

        Raises
        ------
        InputError
            p is no share.
        """
        if not 0 <= p <= 1:
            raise refuse("number-range", "p", p, range="[0, 1]")
        ends = [float(one.quantile(p)) for one in self.members]
        low, high = min(ends), max(ends)
        if self.cdf(low) >= p * (1 - 1e-12):
            return low
        while low < (middle := low + (high - low) / 2) < high:
            if self.cdf(middle) < p:
                low = middle
            else:
                high = middle
        return high


def pooled(
    members: Sequence[Distribution], *, least: float | None = None, most: float | None = None
) -> tuple[float, float]:
    """The pooled range: the 5% and 95% points of the mixture.

    Parameters
    ----------
    members : sequence of Distribution
        One for each person, of the same input.
    least, most : float, optional
        The bound at which every one of their ranges begins or ends, as 0 of an amount or 1
        of a share; such a range is one-sided, and so is the pool.

    Returns
    -------
    low, high : float
        People who say the same get back what they said.

    Examples
    --------
    >>> from mlpdm_kit.analysis.uncertainty.distributions import from_interval
    >>> one, other = from_interval(10, 20), from_interval(40, 80)
    >>> [round(end, 2) for end in pooled([one, other])]
    [10.8, 74.1]
    >>> [round(end, 9) for end in pooled([one, one, one])]
    [10.0, 20.0]
    """
    pool = Pool(tuple(members))
    low = pool.quantile(LOW) if least is None else least
    high = pool.quantile(HIGH) if most is None else most
    return low, high


__all__ = ["Pool", "pooled"]
