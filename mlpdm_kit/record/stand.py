"""The choice as it stands: what stresses shake at, and what studies are weighed on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.worth.value import Columns
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.inputs import Inputs

Draws = dict[str, Array]


@dataclass(frozen=True, kw_only=True)
class Stand:
    """The options that the gates leave, on their draws, and which is best.

    Parameters
    ----------
    case, rungs, among
        The case, its ladder, and the options that are left of it.
    inputs, theta
        The uncertain inputs, and their draws.
    benefit : array, shape (draws, options)
        Net benefit of what is left, in money.
    best : int
        Index of the choice.
    noise : array, shape (options,)
        Monte Carlo error of each option's lead over the choice.
    feasible : frozenset of str
        Ids of options that nothing holds back.
    draws, seed : int
    """

    case: Case
    rungs: tuple[Rung, ...]
    among: list[Rung]
    inputs: Inputs
    theta: Draws
    benefit: Array
    best: int
    noise: Array
    feasible: frozenset[str]
    draws: int
    seed: int

    def expected(self, theta: Draws, months: float | None = None) -> Array:
        """Expected net benefit of each option under other draws, or another horizon."""
        columns = Columns(self.case, self.rungs, theta, self.among, months=months)
        return np.asarray(columns.matrix.mean(axis=0))

    def draw(self, spread: float = 1.0, *, correlated: bool = True) -> Draws:
        """The inputs again, their stated ranges wider or their ties cut."""
        return self.inputs.draw(self.draws, self.seed, spread=spread, correlated=correlated)
