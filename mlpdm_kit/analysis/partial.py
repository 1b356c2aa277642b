"""Value of knowing inputs: EVPPI of each and of named groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.distributions import Array
from mlpdm_kit.analysis.regressions import MIN_DRAWS, Regressions, regressions
from mlpdm_kit.analysis.splines import plain_basis, worth
from mlpdm_kit.analysis.surfaces import surface
from mlpdm_kit.errors import refuse

__all__ = ["MIN_DRAWS", "evppi", "named"]

PERMUTATIONS = 20
FLOOR_ROWS = 2_048  # means of a few draws each, that permutations are made of


def evppi(
    net_benefit: ArrayLike,
    inputs: pd.DataFrame,
    *,
    groups: Mapping[str, Iterable[str]] | None = None,
    seed: int = 0,
    fits: Regressions | None = None,
) -> pd.DataFrame:
    """Expected value of perfect partial information of each input and of groups.

    Parameters
    ----------
    net_benefit : array, shape (draws, options)
        In money, on the same draws as the inputs.
    inputs : DataFrame, shape (draws, inputs)
        A column for each input; all that move, as a group of all of them is worth the EVPI.
    groups : mapping of str to iterable of str, optional
        Names of the inputs that are learnt of together, by the group's name.
    seed : int
        Of the permutations behind the noise floor.
    fits : Regressions, optional
        What `regressions` made of the same net benefit and inputs, to save time.

    Returns
    -------
    DataFrame
        Indexed by input and then by group: ``value``, in money, between 0 and the EVPI;
        ``noise_floor``, what inputs that say nothing show by chance in 19 of 20
        permutations at most. A group's floor is its own, as its basis is wider.

    Raises
    ------
    InputError
        Too few draws, lengths that differ, numbers that are not finite, or a group that
        names nothing, an unknown input, or itself as an input is named.

    Notes
    -----
    max_d E[NB_d | inputs known], averaged, less max_d E[NB_d]. One input: regression on a
    cubic B-spline of its normal scores. Several: the same for each, and the products that
    show (`mlpdm_kit.analysis.surfaces`), less the luck of the fit by the wild bootstrap.
    Strong, Oakley & Brennan, Med Decis Making 2014.

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
    fits = fits or regressions(net_benefit, inputs)
    members = {name: named(fits, some, f"groups.{name}") for name, some in (groups or {}).items()}
    for name in members:
        if name in fits.table.columns:
            raise refuse("name-taken", f"groups.{name}", name)
    floor = _floor(fits.values, seed)
    rows = [(name, single(fits, name), floor) for name in fits.table.columns]
    rows += [(name, *_group(fits, some, floor, seed)) for name, some in members.items()]
    return pd.DataFrame(
        {"value": [value for _, value, _ in rows], "noise_floor": [low for _, _, low in rows]},
        index=pd.Index([name for name, _, _ in rows], name="input"),
    )


def named(fits: Regressions, names: Iterable[str], field: str) -> list[str]:
    """Those of the inputs named that move, in the order of the table; refused if unknown."""
    wanted, known = list(names), list(fits.table.columns)
    if not wanted:
        raise refuse("not-one-of", field, "[]", known=known)
    for name in wanted:
        if name not in known:
            raise refuse("not-one-of", field, name, known=known)
    return [name for name in fits.moving if name in wanted]


def single(fits: Regressions, name: str) -> float:
    """What knowing one input is worth."""
    if name not in fits.ranked:
        return 0.0
    return fits.worth(name)


def _floor(values: Array, seed: int) -> float:
    """What one input shows by chance.

    Draws are mixed once and put together by a few, which leaves what slopes vary by as it
    is; then the few are permuted.
    """
    rng, few = np.random.default_rng(seed), max(len(values) // FLOOR_ROWS, 1)
    rows = len(values) // few
    mixed = values.take(rng.permutation(len(values))[: rows * few], axis=0)
    means = np.add.reduceat(mixed, np.arange(0, rows * few, few), axis=0) / few
    basis = plain_basis(rows)
    found = [
        worth(basis @ (basis.T @ means.take(rng.permutation(rows), axis=0)))
        for _ in range(PERMUTATIONS)
    ]
    return float(np.quantile(found, 0.95))


def _group(fits: Regressions, names: list[str], floor: float, seed: int) -> tuple[float, float]:
    """Value and noise floor of a group."""
    if len(names) < 2:
        return (single(fits, names[0]) if names else 0.0), floor
    values, rng = fits.cleared(names), np.random.default_rng(seed)
    fit, most = surface(values, [fits.column(name) for name in names]), fits.most
    everything = len(names) == len(fits.moving)
    value = most if everything else min(fit.worth(rng).value, most)
    return value, fit.floor(rng, PERMUTATIONS)
