"""What a case states, as distributions by name; whether its outcomes cost or gain."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution, from_interval
from mlpdm_kit.case.model import Case, Input
from mlpdm_kit.case.rules import named_inputs

STAGES = ("offline", "pilot")


_FIXED = ("horizon",)


def distribution(item: Input) -> Distribution:
    """The distribution of what a person wrote; the family follows from the support."""
    if item.is_point:
        return Distribution("point", (item.low,))
    return from_interval(item.low, item.high, item.level, item.shape, middle=item.middle)


def stated_inputs(case: Case) -> dict[str, Distribution]:
    """Distributions of every input that the case states, by name.

    A stated rate ``options.x.rates.recall`` goes by the name of a measured one,
    ``options.x.recall``. Whether an option passes a trial is an input as well.
    """
    found = {
        name.replace(".rates.", "."): distribution(item)
        for name, item in named_inputs(case)
        if name not in _FIXED
    }
    for name, option in case.options.items():
        for stage in STAGES:
            if getattr(option.stages, stage) is not None:
                found[trial_luck(name, stage)] = Distribution("uniform", (0.0, 1.0))
    return found


def trial_luck(option: str, stage: str) -> str:
    """Name of the input that says how a trial goes: passed where it is below its chance."""
    return f"options.{option}.stages.{stage}.luck"


def signs(case: Case) -> dict[str, int]:
    """-1 for outcomes that cost, +1 for those that gain."""
    return {name: outcome.sign for name, outcome in case.outcomes.items()}


def means(inputs: Mapping[str, Distribution]) -> dict[str, Array]:
    """Every input at its mean, as draws of length one."""
    return {name: np.array([dist.mean]) for name, dist in inputs.items()}
