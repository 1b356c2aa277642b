"""Value of knowing inputs: EVPPI of each and of named groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.voi.cells import plain_cells
from mlpdm_kit.analysis.voi.regressions import MIN_DRAWS, Regressions, regressions
from mlpdm_kit.analysis.voi.splines import plain_basis
from mlpdm_kit.analysis.voi.surfaces import surface
from mlpdm_kit.errors import refuse

__all__ = ["MIN_DRAWS", "evppi", "named"]

PERMUTATIONS = 20
ROUNDING = 1e-12  # of the largest net benefit, below which a worth is none


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
        permutations at most. A group's floor is its own, as its basis is wider; 0 for a
        group of all that moves, as nothing is fitted there.

    Raises
    ------
    InputError
        Too few draws, lengths that differ, numbers that are not finite, or a group that
        names nothing, an unknown input, or itself as an input is named.

    Notes
    -----
    max_d E[NB_d | inputs known], averaged, less max_d E[NB_d]. One input: regression on a
    cubic B-spline of its normal scores. Several: the same for each, and the products that
    show (`mlpdm_kit.analysis.voi.surfaces`), less the luck of the fit by the wild bootstrap.
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
    dust = ROUNDING * float(np.abs(fits.values).max())  # means of so many terms differ by that
    clean = [(name, *(one if one > dust else 0.0 for one in pair)) for name, *pair in rows]
    return pd.DataFrame(
        {"value": [value for _, value, _ in clean], "noise_floor": [low for _, _, low in clean]},
        index=pd.Index([name for name, _, _ in clean], name="input"),
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

    Draws are mixed once, and then sorted by 16 random bits each, which is fast: draws whose
    bits are equal stand in the order that they were mixed to.
    """
    rng, draws = np.random.default_rng(seed), len(values)
    mixed, basis, plain = values[rng.permutation(draws)], plain_basis(draws), plain_cells(draws)

    def shown() -> float:
        bits = rng.integers(0, 2**16, draws, dtype=np.uint16)
        return plain.worth(basis, plain.slopes(mixed, np.argsort(bits, kind="stable")))

    return float(np.quantile([shown() for _ in range(PERMUTATIONS)], 0.95))


def _group(fits: Regressions, names: list[str], floor: float, seed: int) -> tuple[float, float]:
    """Value and noise floor of a group."""
    if len(names) < 2:
        return (single(fits, names[0]) if names else 0.0), floor
    if len(names) == len(fits.moving):
        return fits.most, 0.0
    values, rng = fits.cleared(names), np.random.default_rng(seed)
    fit = surface(values, [fits.column(name) for name in names])
    return min(fit.worth(rng).value, fits.most), fit.floor(rng, PERMUTATIONS)
