"""Studies whose value is known in closed form or as an exact sum."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg, special

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.errors import refuse

NODES = 64


def unit_normal_loss(u: float) -> float:
    """E[max(Z - u, 0)] of a standard normal Z: phi(u) - u (1 - Phi(u)).

    Examples
    --------
    >>> round(unit_normal_loss(0.5), 10)
    0.1977965574
    """
    return float(math.exp(-(u**2) / 2) / math.sqrt(2 * math.pi) - u * special.ndtr(-u))


def evsi_normal(
    mean: float, sd: float, n: int, *, sampling_sd: float, gain: float = 0.0, slope: float = 1.0
) -> float:
    """EVSI of the mean of ``n`` observations, for two options and a normal prior.

    Parameters
    ----------
    mean, sd : float
        Of the input before the study.
    n : int
        Observations, at least 1.
    sampling_sd : float
        Standard deviation of one observation about the input.
    gain, slope : float
        One option is worth ``gain + slope * input`` more than the other, in money.

    Returns
    -------
    float
        In money.

    Notes
    -----
    s L(|m| / s) with m = gain + slope * mean, L the unit normal loss, and s = |slope| times
    the standard deviation of the posterior mean, sd^2 / sqrt(sd^2 + sampling_sd^2 / n)
    (Raiffa & Schlaifer 1961).

    Examples
    --------
    >>> round(evsi_normal(1, 1, 10, sampling_sd=1), 10)
    0.0723251203
    """
    if n < 1:
        raise refuse("number-range", "n", n, range="[1, ...)")
    if not (sd >= 0 and sampling_sd >= 0):
        raise refuse("number-range", "sd, sampling_sd", f"{sd}, {sampling_sd}", range="[0, ...)")
    spread = math.sqrt(sd**2 + sampling_sd**2 / n)
    moves = abs(slope) * (sd**2 / spread if spread else 0.0)
    return moves * unit_normal_loss(abs(gain + slope * mean) / moves) if moves else 0.0


def evsi_rate(a: float, b: float, worth: ArrayLike | Callable[[Array], ArrayLike], n: int) -> float:
    """EVSI of ``n`` independent cases for a rate whose prior is Beta(a, b).

    Parameters
    ----------
    a, b : float
        Parameters of the prior, above 0.
    worth : array of shape (options, powers), or callable
        Worth of each option as a polynomial in the rate, the constant first; or a function
        that takes rates of shape (k,) and returns worth of shape (k, options).
    n : int
        Cases, at least 1.

    Returns
    -------
    float
        In money: sum over the cases found, each with its beta-binomial probability, of the
        best option's posterior expectation, less the best expectation before.

    Notes
    -----
    Polynomials by the posterior's moments, exactly. A function by Gauss quadrature on the
    prior, exact with it where the function is a polynomial.

    Examples
    --------
    >>> round(evsi_rate(2, 3, [[-50, 100], [0, 0]], 5), 9)
    2.142857143
    """
    if not (a > 0 and b > 0):
        raise refuse("number-range", "a, b", f"{a}, {b}", range="(0, ...)")
    if n < 1:
        raise refuse("number-range", "n", n, range="[1, ...)")
    found = np.arange(n + 1, dtype=float)
    weights = np.exp(_log_beta_binomial(found, n, a, b))
    if callable(worth):
        expected, before = _by_quadrature(a, b, worth, n)
    else:
        powers = np.atleast_2d(np.asarray(worth, dtype=float))
        expected = (
            _moments(np.asarray(a + found), np.asarray(b + n - found), powers.shape[1]) @ powers.T
        )
        before = _moments(np.array([a]), np.array([b]), powers.shape[1]) @ powers.T
    if not np.isfinite(expected).all():
        raise refuse("array", "worth", "NaN", shape="(options, powers)")
    return max(float(weights @ expected.max(axis=1) - before.max()), 0.0)


def _log_beta_binomial(found: Array, n: int, a: float, b: float) -> Array:
    choose = -math.log1p(n) - special.betaln(n - found + 1, found + 1)
    return np.asarray(choose + special.betaln(found + a, n - found + b) - special.betaln(a, b))


def _moments(a: Array, b: Array, powers: int) -> Array:
    """E[rate^p] under Beta(a, b) for p = 0, 1, ..., a column each."""
    columns = [np.ones(len(a))]
    for power in range(powers - 1):
        columns.append(columns[-1] * (a + power) / (a + b + power))
    return np.column_stack(columns)


def _by_quadrature(
    a: float, b: float, worth: Callable[[Array], ArrayLike], n: int
) -> tuple[Array, Array]:
    """Expected worth after each number of cases found, and before the study."""
    rates, weights = _gauss(a, b, NODES + n // 2)
    values = np.asarray(worth(rates), dtype=float)
    if values.ndim != 2 or len(values) != len(rates):
        raise refuse("array", "worth", f"shape {values.shape}", shape=f"({len(rates)}, options)")
    found = np.arange(n + 1)[:, None]
    logs = np.log(weights) + special.xlogy(found, rates) + special.xlog1py(n - found, -rates)
    likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))
    expected = likelihood @ values / likelihood.sum(axis=1, keepdims=True)
    return expected, (weights @ values)[None, :]


def _gauss(a: float, b: float, nodes: int) -> tuple[Array, Array]:
    """Nodes in (0, 1) and weights, sum 1, for a Beta(a, b) (Golub & Welsch 1969)."""
    k = np.arange(1, nodes, dtype=float)
    alpha, beta = b - 1, a - 1  # powers of (1 - x) and (1 + x) on [-1, 1]
    total = alpha + beta
    first = (beta - alpha) / (total + 2)
    rest = (beta**2 - alpha**2) / ((2 * k + total) * (2 * k + total + 2))
    # k = 1 apart: by the formula of the rest it is 0/0 where a + b = 1
    one = 4 * (1 + alpha) * (1 + beta) / ((2 + total) ** 2 * (3 + total))
    k = k[1:]
    squares = 4 * k * (k + alpha) * (k + beta) * (k + total)
    squares /= (2 * k + total) ** 2 * ((2 * k + total) ** 2 - 1)
    squares = np.append(one, squares)
    points, vectors = linalg.eigh_tridiagonal(np.append(first, rest), np.sqrt(squares))
    weights = np.maximum(vectors[0] ** 2, 1e-300)
    return np.clip((points + 1) / 2, 0, 1), np.asarray(weights / weights.sum())
