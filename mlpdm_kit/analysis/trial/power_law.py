"""A power law through a learning curve, and where it goes below a level.

Both with an ensemble of what the points might have been: a curve foretells little of what
lies far beyond its last point, and how little is part of the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.errors import refuse

DRAWS = 500
# exponents of learning curves that have been met lie between; half and one are theory's
EXPONENTS = np.arange(10, 201) / 100
REACH = 100.0  # further than this many times the rows nothing is foretold
_TAIL = 0.05


@dataclass(frozen=True, kw_only=True, eq=False)
class PowerLaw:
    """Cost a + b n^-c; the best fit, and an ensemble of fits, each shape (draws,)."""

    a: float
    b: float
    c: float
    a_draws: Array
    b_draws: Array
    c_draws: Array

    def at(self, rows: ArrayLike) -> Array:
        """Cost of the best fit at some numbers of rows."""
        return np.asarray(self.a + self.b * np.asarray(rows, dtype=float) ** -self.c)

    def draws_at(self, rows: ArrayLike) -> Array:
        """Cost of every fit, shape (draws, numbers)."""
        n = np.atleast_1d(np.asarray(rows, dtype=float))
        power = n[None, :] ** -self.c_draws[:, None]
        return np.asarray(self.a_draws[:, None] + self.b_draws[:, None] * power)


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """From how many rows a model costs less than a level.

    Parameters
    ----------
    code : str
        ``already``: it does on the rows that are there, in 95% of the ensemble; ``never``:
        in 95% it does not on 100 times as many; ``later``: the 90% interval lies within
        that reach; ``unclear``: it cannot be told.
    low, median, high : float
        Rows, 5%, 50% and 95% of the ensemble; infinity beyond the reach.
    never, already : float
        Shares of the ensemble that do not cross within reach, and that have crossed.
    rows : float
        Rows that are there.
    """

    code: str
    low: float
    median: float
    high: float
    never: float
    already: float
    rows: float


def fit_power_law(
    sizes: ArrayLike,
    cost: ArrayLike,
    error: ArrayLike,
    *,
    draws: ArrayLike | None = None,
    floor: float = 0.0,
    bootstraps: int = DRAWS,
    seed: int = 0,
) -> PowerLaw:
    """Fit cost(n) = a + b n^-c, and an ensemble of fits to what the points might have been.

    Parameters
    ----------
    sizes, cost, error : array, shape (sizes,)
        Rows learnt from, cost per case, its standard error.
    draws : array, shape (draws, sizes), optional
        What the costs might have been, as of a `LearningCurve`; by default normal and
        independent with ``error``.
    floor : float
        Least cost that any model can have: ``a`` is not below it.
    bootstraps, seed : int

    Raises
    ------
    InputError
        Fewer than two sizes, numbers that are not finite, an error of 0 or less.

    Notes
    -----
    b is at least 0 (more rows never cost more) and c from 0.1 to 2 in steps of 0.01: for
    each c, a and b are weighted least squares; the c that fits best is kept. Power laws:
    Cortes et al., Learning Curves: Asymptotic Values and Rate of Convergence, NIPS 1993;
    Viering & Loog, The Shape of Learning Curves: A Review, IEEE TPAMI 2023, on when they
    fail.

    Examples
    --------
    >>> n = np.array([50, 100, 200, 400, 800])
    >>> law = fit_power_law(n, 2 + 30 * n ** -1.0, np.full(5, 0.01))
    >>> bool(abs(law.at(5_000) - 2.006) < 0.02)
    True
    """
    n, points, spread = (np.asarray(values, dtype=float) for values in (sizes, cost, error))
    for name, values in (("sizes", n), ("cost", points), ("error", spread)):
        if values.ndim != 1 or values.shape != n.shape or not np.isfinite(values).all():
            raise refuse("array", name, f"shape {values.shape}", shape="(sizes,)")
    if len(np.unique(n)) < 2:
        raise refuse("array", "sizes", f"shape {n.shape}", shape="(sizes,), two at least")
    if not (n > 0).all() or not (spread > 0).all():
        raise refuse("number-range", "sizes, error", f"{n.min()}, {spread.min()}", range="(0, ...)")
    if draws is None:
        rng = np.random.default_rng(seed)
        samples = points + spread * rng.normal(size=(bootstraps, len(n)))
    else:
        samples = np.asarray(draws, dtype=float)
    found = _fits(n, np.vstack([points, samples]), 1 / spread**2, floor)
    a, b, c = found
    return PowerLaw(
        a=float(a[0]), b=float(b[0]), c=float(c[0]), a_draws=a[1:], b_draws=b[1:], c_draws=c[1:]
    )


def crossing(law: PowerLaw, level: ArrayLike, rows: float, *, reach: float = REACH) -> Crossing:
    """From how many rows the curve lies below a level, with how sure that is.

    Parameters
    ----------
    law : PowerLaw
    level : float or array, shape (draws,)
        Cost per case of the best option without ML, or draws of it with those of the law.
    rows : float
        Rows that are there to learn from.
    reach : float
        How many times as many rows are looked at; the law says nothing of what lies beyond.

    Notes
    -----
    n = (b / (level - a))^(1/c) where a is below the level.

    Examples
    --------
    >>> n = np.array([50, 100, 200, 400, 800])
    >>> law = fit_power_law(n, 2 + 30 * n ** -1.0, np.full(5, 1e-6))
    >>> found = crossing(law, 2.02, rows=800)
    >>> found.code, round(found.median, -2)
    ('later', 1500.0)
    """
    margin = np.broadcast_to(np.asarray(level, dtype=float), law.a_draws.shape) - law.a_draws
    if not np.isfinite(margin).all() or not rows > 0:
        raise refuse("array", "level, rows", level, shape="() or (draws,)")
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        needed = np.where(
            margin > 0,
            (law.b_draws / np.where(margin > 0, margin, 1.0)) ** (1 / law.c_draws),
            np.inf,
        )
    needed = np.where(needed > reach * rows, np.inf, np.maximum(needed, 1.0))
    ranked = np.sort(needed)
    low, median, high = (
        float(ranked[int(np.ceil(p * len(ranked))) - 1]) for p in (_TAIL, 0.5, 1 - _TAIL)
    )
    never, already = float(np.isinf(needed).mean()), float((needed <= rows).mean())
    if already >= 1 - _TAIL:
        code = "already"
    elif never >= 1 - _TAIL:
        code = "never"
    else:
        code = "later" if np.isfinite(high) else "unclear"
    return Crossing(
        code=code, low=low, median=median, high=high, never=never, already=already, rows=float(rows)
    )


def _fits(n: Array, samples: Array, weight: Array, floor: float) -> tuple[Array, Array, Array]:
    """Best a, b, c of each row of samples; a >= floor, b >= 0."""
    scale = float(np.exp(np.log(n).mean()))
    best = np.full(len(samples), np.inf)
    a, b, c = (np.zeros(len(samples)) for _ in range(3))
    total = weight.sum()
    means = samples @ weight / total
    for power in EXPONENTS:
        x = (n / scale) ** -power
        middle = float(weight @ x / total)
        slope = (samples - means[:, None]) @ (weight * (x - middle)) / (weight @ (x - middle) ** 2)
        tied = np.maximum((samples - floor) @ (weight * x) / (weight @ x**2), 0.0)
        start = means - slope * middle
        flat = slope < 0
        start, slope = np.where(flat, means, start), np.where(flat, 0.0, slope)
        under = start < floor
        start, slope = np.where(under, floor, start), np.where(under, tied, slope)
        off = ((samples - start[:, None] - slope[:, None] * x) ** 2) @ weight
        better = off < best - 1e-12 * np.abs(best, where=np.isfinite(best), out=np.ones_like(best))
        best = np.where(better, off, best)
        a, b = np.where(better, start, a), np.where(better, slope * scale**power, b)
        c = np.where(better, power, c)
    return a, b, c
