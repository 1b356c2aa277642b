"""What outcomes that the rows hardly hold leave open in a cost: the prior of the rates."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import gamma

from mlpdm_kit.analysis.errors.costs import BOOTSTRAPS, design_effect
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.worth.tasks import Binary, Shares
from mlpdm_kit.case.dataset import Dataset


def prior_draws(one: Tried, data: Dataset, rows: Any, setting: Setting, seed: int = 0) -> Array:
    """Draws of what a case costs more than on the rows, of outcomes that they need not hold.

    Parameters
    ----------
    one : Tried
    data, rows, setting
        The tested rows and the prices.
    seed : int
        Of the draws; another for each option, as what one has not shown is not another's.

    Returns
    -------
    array, shape (`BOOTSTRAPS`,)
        In money; 0 where amounts are chosen, or all is known of how an option errs.

    Notes
    -----
    A bootstrap never draws what was never seen. Beside the rows stands one case of each
    class, as with the rates: of the K outcomes that such a case can come to each has 1 / K of
    it (Perks' Dirichlet; J Inst Actuaries 1947). The weight of an outcome is gamma with that
    shape beside rows of weight 1, as in the Bayesian bootstrap (Rubin, Ann Stat 1981). Where
    a person looks at answers, what they find comes to the best outcome.
    """
    total = np.zeros(BOOTSTRAPS)
    if not isinstance(setting.of_task, (Shares, Binary)) or setting.of_task.known_rates(
        one.rung.kind
    ):
        return total
    rng, lost = np.random.default_rng(seed), setting.losses_of(one, data, rows)
    look = setting.looks.get(one.rung.id)
    left = 1.0 if look is None else 1 - look.share * look.finds.mean
    for here, share, names in _classes(data, rows, setting):
        if share <= 0 or not here.any():
            continue
        size = _rows_worth(lost, here, data, rows, setting)
        each = gamma.ppf((np.arange(BOOTSTRAPS) + 0.5) / BOOTSTRAPS, 1 / len(names))
        weights = np.column_stack([rng.permutation(each) for _ in names])
        costs = np.array([_cost(name, data, rows, here, setting) for name in names])
        best = costs.min()  # what a person who looks makes of the others
        costs = best + left * (costs - best)
        more = weights @ (costs - float(lost[here].mean()))
        total += share * more / (size + weights.sum(axis=1))
    return total


def _classes(data: Dataset, rows: Any, setting: Setting) -> list[tuple[Any, float, list[str]]]:
    """Of each class its rows, its share in production, and the outcomes it can come to."""
    target = data.target[rows]
    if isinstance(setting.of_task, Shares):
        return [(np.ones(len(target), bool), 1.0, list(setting.of_task.kind.outcomes))]
    positive = target == 1
    share = float(positive.mean()) if setting.prevalence is None else setting.prevalence
    return [(positive, share, ["true_positive", "false_negative"]),
            (~positive, 1 - share, ["false_positive", "true_negative"])]  # fmt: skip


def _rows_worth(lost: Array, here: Any, data: Dataset, rows: Any, setting: Setting) -> float:
    """How many independent rows the rows of a class say as much as, as production mixes."""
    groups = None if data.group is None else data.group[rows][here]
    size = float(here.sum()) / design_effect(lost[here], groups)
    if not setting.mix or data.segment is None:
        return size
    names, codes = np.unique(data.segment[rows][here].astype(str), return_inverse=True)
    mixed = {str(name): share for name, share in setting.mix.items()}
    share = np.array([mixed.get(str(name), 0.0) for name in names])
    weights = (share / np.bincount(codes))[codes]
    most = float((weights**2).sum())
    return size / here.sum() * float(weights.sum()) ** 2 / most if most > 0 else size


def _cost(name: str, data: Dataset, rows: Any, here: Any, setting: Setting) -> float:
    """What a case of an outcome costs; by a column the mean of the rows."""
    amount = float(data.columns[name][rows][here].mean()) if name in data.columns else 1.0
    return -setting.worth.get(name, 0.0) * amount
