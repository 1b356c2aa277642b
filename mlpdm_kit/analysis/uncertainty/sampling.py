"""Joint draws of the named inputs: scrambled Sobol points, one column an input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution
from mlpdm_kit.analysis.uncertainty.metalog import log
from mlpdm_kit.case.correlations import clash, said_pairs, score_correlation
from mlpdm_kit.errors import refuse

if TYPE_CHECKING:
    import pandas as pd

MAX_DRAWS = 2**20
NODES = 513
_SMOOTH: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "beta": (special.logit, special.expit),
    "gamma": (log, np.exp),
    "pert": (np.asarray, np.asarray),
}


def draw(
    inputs: Mapping[str, Distribution],
    *,
    draws: int = 16_384,
    seed: int = 0,
    correlation: pd.DataFrame | None = None,
    ranks: Mapping[tuple[str, str], float] | None = None,
) -> dict[str, Array]:
    """One array of draws for each input, the same for every option.

    Parameters
    ----------
    inputs : mapping of str to Distribution
        By name; points are given back as arrays of length 1.
    draws : int
        A power of two, as Sobol points need.
    seed : int
        Scrambles the points.
    correlation : DataFrame, optional
        Correlation of the normal scores (Gaussian copula) of some of the inputs, by name
        on both axes, as measured; the others are independent.
    ranks : mapping of (str, str) to float, optional
        Spearman's rank correlation of pairs of inputs, as people state it. What is said of
        a pair here goes before what ``correlation`` says of it.

    Raises
    ------
    InputError
        ``draws`` is no power of two; a pair names an input that isn't there, is a point or
        is the other one; a rank correlation is outside [-1, 1]; all of them together are
        not positive semi-definite.

    Notes
    -----
    Under the Gaussian copula a rank correlation rho belongs to the correlation
    2 sin(pi rho/6) of the normal scores (Pearson 1907); all go into one matrix.

    Examples
    --------
    >>> theta = draw({"x": Distribution("normal", (1, 2))}, draws=1024)
    >>> bool(abs(theta["x"].mean() - 1) < 0.01)
    True
    >>> both = {name: Distribution("normal", (0, 1)) for name in ("x", "y")}
    >>> theta = draw(both, draws=1024, ranks={("x", "y"): 1.0})
    >>> bool(np.allclose(theta["x"], theta["y"]))
    True
    """
    moving = joint_points(inputs, draws=draws, seed=seed, correlation=correlation, ranks=ranks)
    return drawn_at(moving, inputs)


def joint_points(
    inputs: Mapping[str, Distribution],
    *,
    draws: int,
    seed: int,
    correlation: pd.DataFrame | None = None,
    ranks: Mapping[tuple[str, str], float] | None = None,
) -> dict[str, Array]:
    """The shares at which `draw` takes quantiles, by input that moves; parameters as there.

    They hang on the names of the inputs and on their ties, not on their distributions: with
    another range of one input only its own draws change.

    Examples
    --------
    >>> points = joint_points({"x": Distribution("normal", (1, 2))}, draws=4, seed=0)
    >>> sorted((points["x"] * 4).astype(int).tolist())
    [0, 1, 2, 3]
    """
    from scipy.stats import qmc

    if draws < 2 or draws > MAX_DRAWS or draws & (draws - 1):
        raise refuse("draws", "draws", draws, limit=MAX_DRAWS)
    moving = sorted(name for name, dist in inputs.items() if not dist.is_point)
    _refuse_pairs(inputs, ranks or {})
    if not moving:
        return {}
    points = qmc.Sobol(len(moving), scramble=True, rng=seed).random_base2(draws.bit_length() - 1)
    points = points + 2.0**-32  # Sobol points may be 0, where a quantile is infinite
    own, matrix = _joint(moving, correlation, ranks or {})
    if own:
        columns = [moving.index(name) for name in own]
        points[:, columns] = _correlated(points[:, columns], own, matrix)
    return {name: points[:, index] for index, name in enumerate(moving)}


def drawn_at(points: Mapping[str, Array], inputs: Mapping[str, Distribution]) -> dict[str, Array]:
    """Draws of inputs at their points; those that do not move as arrays of length 1."""
    found = {name: np.array([dist.parameters[0]]) for name, dist in inputs.items() if dist.is_point}
    return found | {name: quantiles(inputs[name], values) for name, values in points.items()}


def quantiles(distribution: Distribution, p: Array) -> Array:
    """Quantiles of many shares at once, to eight figures of the spread.

    Where the quantile function is slow it is worked out at `NODES` normal scores, on the
    scale of logits or logarithms, and a cubic spline runs through them: it is smooth there.

    Examples
    --------
    >>> d = Distribution("beta", (2, 3))
    >>> p = (np.arange(4096) + 0.5) / 4096
    >>> bool(np.abs(quantiles(d, p) - d.quantile(p)).max() < 1e-9)
    True
    """
    inwards, outwards = _SMOOTH.get(distribution.family, (None, None))
    if inwards is None or outwards is None or len(p) < 2 * NODES:
        return np.asarray(distribution.quantile(p), dtype=float)
    from scipy.interpolate import CubicSpline

    scores = special.ndtri(p)
    nodes = np.linspace(scores.min(), scores.max(), NODES)
    values = inwards(distribution.quantile(special.ndtr(nodes)))
    if not np.isfinite(values).all():  # beyond what a float can tell from the end
        return np.asarray(distribution.quantile(p), dtype=float)
    # nodes are evenly spaced: each score's piece needs no search
    pieces = CubicSpline(nodes, values).c
    at = ((scores - nodes[0]) * ((NODES - 1) / (nodes[-1] - nodes[0]))).astype(np.intp)
    at = np.minimum(at, NODES - 2)
    away, (third, second, first, level) = scores - nodes.take(at), pieces.take(at, axis=1)
    found = ((third * away + second) * away + first) * away + level
    return np.asarray(outwards(found), dtype=float)


def _refuse_pairs(
    inputs: Mapping[str, Distribution], ranks: Mapping[tuple[str, str], float]
) -> None:
    for pair, rank in ranks.items():
        for name in pair:
            if name not in inputs:
                near = get_close_matches(name, inputs, n=3, cutoff=0.4)
                raise refuse("correlation-unknown", "ranks", name, known=", ".join(near or inputs))
            if inputs[name].is_point:
                raise refuse("correlation-point", "ranks", name)
        if pair[0] == pair[1]:
            raise refuse("correlation-two", "ranks", ", ".join(pair))
        if not -1 <= rank <= 1:
            raise refuse("correlation-range", "ranks", rank)


def _joint(
    names: list[str], correlation: pd.DataFrame | None, ranks: Mapping[tuple[str, str], float]
) -> tuple[list[str], Array]:
    """Names that are correlated with any other, and their matrix of normal scores."""
    matrix = np.eye(len(names))
    if correlation is not None:
        own = [name for name in names if name in correlation.index]
        rows = [names.index(name) for name in own]
        matrix[np.ix_(rows, rows)] = correlation.loc[own, own].to_numpy(dtype=float)
    for (one, other), rank in ranks.items():
        row, column = names.index(one), names.index(other)
        matrix[row, column] = matrix[column, row] = score_correlation(rank)
    linked = np.flatnonzero((matrix != np.eye(len(names))).any(axis=1))
    return [names[index] for index in linked], matrix[np.ix_(linked, linked)]


def _correlated(points: Array, names: list[str], matrix: Array) -> Array:
    """Uniform points made to follow the correlation of their normal scores."""
    if not np.allclose(matrix, matrix.T) or not np.allclose(np.diag(matrix), 1):
        raise refuse("correlation-matrix", "correlation", ", ".join(names))
    apart = clash(names, matrix)
    if apart is not None:
        raise refuse("correlation", "correlation", said_pairs(apart[0]), share=apart[1])
    values, vectors = np.linalg.eigh(matrix)
    root = vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T
    root /= np.linalg.norm(root, axis=1, keepdims=True)
    scores = special.ndtri(points) @ root.T
    return np.asarray(np.clip(special.ndtr(scores), 2.0**-53, 1 - 2.0**-53))
