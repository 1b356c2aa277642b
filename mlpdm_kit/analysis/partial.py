"""Value of knowing one input: EVPPI by regression on a shared spline basis.

The net benefit of each option is regressed on one input; the fitted values are what one
would expect of the options if that input alone were known (Strong, Oakley & Brennan,
Med Decis Making 2014). The regression is a cubic B-spline on the normal scores of the
input's ranks. Every input without ties has the same ranks, so the basis is made and
factored once and serves them all.

What the other inputs do by themselves is noise to the regression on one of them. It is
taken off first, as far as they are independent of it: the same regression on each gives
their parts, and the second regression is on what these leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special
from scipy.interpolate import BSpline

from mlpdm_kit.analysis.distributions import Array
from mlpdm_kit.analysis.information import checked, evpi
from mlpdm_kit.errors import refuse

KNOTS = 8
PERMUTATIONS = 20
MIN_DRAWS = 64


def evppi(net_benefit: ArrayLike, inputs: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """Expected value of perfect partial information of each input.

    Parameters
    ----------
    net_benefit : array, shape (draws, options)
        In money, on the same draws as the inputs.
    inputs : DataFrame, shape (draws, inputs)
        A column for each input.
    seed : int
        Of the permutations behind the noise floor.

    Returns
    -------
    DataFrame
        Indexed by input: ``value``, in money, between 0 and the EVPI; ``noise_floor``, what
        an input that says nothing shows by chance in 19 of 20 permutations at most.

    Raises
    ------
    InputError
        Too few draws, lengths that differ, or numbers that are not finite.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = pd.DataFrame(rng.normal(size=(4096, 2)), columns=["gain", "other"])
    >>> found = evppi(np.column_stack([x["gain"], np.zeros(4096)]), x)
    >>> bool(abs(found.loc["gain", "value"] - 0.399) < 0.02)
    True
    >>> bool(found.loc["other", "value"] <= 2 * found.loc["other", "noise_floor"])
    True
    """
    values = checked(net_benefit)
    draws = len(values)
    table = inputs.to_numpy(dtype=float)
    if draws < MIN_DRAWS:
        raise refuse("number-range", "draws", draws, range=f"[{MIN_DRAWS}, ...)")
    if table.shape[0] != draws or not np.isfinite(table).all():
        raise refuse("array", "inputs", f"shape {table.shape}", shape=f"({draws}, inputs)")
    most = evpi(values)
    shared = _basis((np.arange(draws) + 0.5) / draws)
    rng = np.random.default_rng(seed)
    by_chance = [_worth(shared, values[rng.permutation(draws)]) for _ in range(PERMUTATIONS)]
    found = [min(worth, most) for worth in _all_worths(values, table, shared)]
    return pd.DataFrame(
        {"value": found, "noise_floor": float(np.quantile(by_chance, 0.95))},
        index=pd.Index(inputs.columns, name="input"),
    )


@dataclass(frozen=True, kw_only=True)
class _Ranked:
    """One input: its order, the basis on its ranks, and what it does by itself, by draw."""

    order: Any
    basis: Array
    part: Array
    score: Array


def _ranked(column: Array, centred: Array, shared: Array) -> _Ranked | None:
    """None for an input that never moves."""
    draws = len(column)
    order = np.argsort(column, kind="stable")
    ranked = column[order]
    if ranked[0] == ranked[-1]:
        return None
    untied = bool((np.diff(ranked) > 0).all())
    shares = (_middle_ranks(ranked) - 0.5) / draws
    basis = shared if untied else _basis(shares)
    part, score = np.empty_like(centred), np.empty(draws)
    part[order] = basis @ (basis.T @ centred[order])
    score[order] = shares - 0.5
    return _Ranked(order=order, basis=basis, part=part, score=score)


def _all_worths(values: Array, table: Array, shared: Array) -> list[float]:
    """What knowing each column is worth, the others' own parts taken off first."""
    centred = values - values.mean(axis=0)
    found = [_ranked(column, centred, shared) for column in table.T]
    moving = [one for one in found if one is not None]
    if not moving:
        return [0.0] * len(found)
    alone = _independent(np.column_stack([one.score for one in moving]))
    together = np.sum([one.part for one in moving], axis=0)
    worths = []
    for one, independent in zip(moving, alone, strict=True):
        kept = [other.part for other, so in zip(moving, independent, strict=True) if not so]
        others = together - np.sum(kept, axis=0)  # itself is never independent of itself
        worths.append(_worth(one.basis, (values - others)[one.order]))
    in_turn = iter(worths)
    return [0.0 if one is None else next(in_turn) for one in found]


def _independent(scores: Array) -> np.ndarray:
    """Which inputs show no more rank correlation than independent draws would."""
    sizes = np.linalg.norm(scores, axis=0)
    scaled = scores / np.where(sizes > 0, sizes, 1.0)
    return np.asarray(np.abs(scaled.T @ scaled) < 4 / np.sqrt(len(scores)))


def _middle_ranks(ranked: Array) -> Array:
    """Ranks from 1 of sorted values, equal values at the middle of theirs."""
    return np.asarray(pd.Series(ranked).rank(), dtype=float)


def _basis(shares: Array) -> Array:
    """Orthonormal columns that span the splines on the normal scores of sorted shares."""
    scores = special.ndtri(shares)
    inner = np.unique(np.quantile(scores, np.arange(1, KNOTS + 1) / (KNOTS + 1)))
    inner = inner[(inner > scores[0]) & (inner < scores[-1])]
    knots = np.concatenate([[scores[0]] * 4, inner, [scores[-1]] * 4])
    splines = BSpline.design_matrix(scores, knots, 3).toarray()
    left, sizes, _ = np.linalg.svd(splines, full_matrices=False)
    # ties can leave splines with no point under them
    return np.asarray(left[:, sizes > 1e-10 * sizes[0]])


def _worth(basis: Array, ordered: Array) -> float:
    """Gain of choosing by the fitted values over choosing once."""
    fitted = basis @ (basis.T @ ordered)
    return max(float(fitted.max(axis=1).mean() - ordered.mean(axis=0).max()), 0.0)
