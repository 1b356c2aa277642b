"""A share that was counted in a log, with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution
from mlpdm_kit.analysis.uncertainty.shares import row_means, share_of

LEVEL = 0.95  # of the intervals that gates are held against


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A share as it was seen, and between what it lies at the level `LEVEL`.

    ``rows`` are the items that it was seen on, ``answers`` all answers to them.
    """

    mean: float
    rows: int
    answers: int
    posterior: Distribution

    @property
    def low(self) -> float:
        """Lower end; 0 where it was never seen, as with Jeffreys' interval."""
        return 0.0 if self.mean == 0 else self.posterior.quantile((1 - LEVEL) / 2)

    @property
    def high(self) -> float:
        """Upper end; 1 where it was always seen."""
        return 1.0 if self.mean == 1 else self.posterior.quantile((1 + LEVEL) / 2)


def seen(values: ArrayLike) -> Seen | None:
    """The share of yes among answers; None where nothing is known.

    Parameters
    ----------
    values : array, shape (rows,) or (rows, repeats)
        1 for yes and 0 for no; NaN where an answer is missing or says nothing.

    Examples
    --------
    >>> found = seen([[1, 1], [0, 1], [0, 0], [0, np.nan]])
    >>> found.mean, found.rows, found.answers
    (0.375, 4, 7)
    """
    x = np.asarray(values, dtype=float)
    answers = (~np.isnan(x)).reshape(len(x), -1).sum(axis=1)
    return seen_on(row_means(x), answers)


def seen_on(means: Array, answers: Array) -> Seen | None:
    """The same from each row's own share, and how many answers that is of."""
    there = (answers > 0) & ~np.isnan(means)
    if not there.any():
        return None
    means, answers = means[there], answers[there]
    return Seen(
        mean=float(means.mean()),
        rows=len(means),
        answers=int(answers.sum()),
        posterior=share_of(means, answers),
    )
