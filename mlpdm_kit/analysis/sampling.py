"""Joint draws of the named inputs: scrambled Sobol points, one column an input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from mlpdm_kit.analysis.distributions import Array, Distribution
from mlpdm_kit.errors import refuse

if TYPE_CHECKING:
    import pandas as pd

MAX_DRAWS = 2**20


def draw(
    inputs: Mapping[str, Distribution],
    *,
    draws: int = 16_384,
    seed: int = 0,
    correlation: pd.DataFrame | None = None,
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
        on both axes; the others are independent.

    Raises
    ------
    InputError
        ``draws`` is no power of two; the correlation is not positive semi-definite.

    Examples
    --------
    >>> theta = draw({"x": Distribution("normal", (1, 2))}, draws=1024)
    >>> bool(abs(theta["x"].mean() - 1) < 0.01)
    True
    """
    from scipy.stats import qmc

    if draws < 2 or draws > MAX_DRAWS or draws & (draws - 1):
        raise refuse("draws", "draws", draws, limit=MAX_DRAWS)
    moving = sorted(name for name, dist in inputs.items() if not dist.is_point)
    found = {name: np.array([dist.parameters[0]]) for name, dist in inputs.items() if dist.is_point}
    if not moving:
        return found
    points = qmc.Sobol(len(moving), scramble=True, rng=seed).random_base2(draws.bit_length() - 1)
    points = points + 2.0**-32  # Sobol points may be 0, where a quantile is infinite
    if correlation is not None:
        points = _correlated(points, moving, correlation)
    for index, name in enumerate(moving):
        found[name] = np.asarray(inputs[name].quantile(points[:, index]), dtype=float)
    return found


def _correlated(points: Array, names: list[str], correlation: pd.DataFrame) -> Array:
    own = [name for name in names if name in correlation.index]
    if len(own) < 2:
        return points
    matrix = correlation.loc[own, own].to_numpy(dtype=float)
    values, vectors = np.linalg.eigh(matrix)
    if values.min() < -1e-8 or not np.allclose(matrix, matrix.T):
        raise refuse("correlation", "correlation", float(values.min()))
    root = vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T
    root /= np.linalg.norm(root, axis=1, keepdims=True)
    columns = [names.index(name) for name in own]
    scores = special.ndtri(points[:, columns]) @ root.T
    mixed = points.copy()
    mixed[:, columns] = np.clip(special.ndtr(scores), 2.0**-53, 1 - 2.0**-53)
    return mixed
