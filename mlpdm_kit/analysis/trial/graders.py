"""What people's grades make of what was tried: outcomes corrected, and the error of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from mlpdm_kit.analysis.grading.error import Corrected, in_common
from mlpdm_kit.analysis.grading.graded import PEOPLE, corrections, outcome_places
from mlpdm_kit.analysis.trial.luck import NONE, Luck
from mlpdm_kit.analysis.trial.mix import codes_of
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.worth.tasks import Measure, Shares
from mlpdm_kit.case.dataset import Dataset


def as_people_grade(
    tried: Mapping[str, Tried], data: Dataset, rows: Any, setting: Setting
) -> dict[str, Tried]:
    """What was tried, with outcomes as people grade them wherever answers were graded."""
    task = setting.of_task
    if not data.gradings or not isinstance(task, Shares):
        return dict(tried)
    names, here = task.kind.outcomes, setting.rows(data).at(rows)
    auto = {
        name: outcome_places(lambda said: task.outcomes(here, said), one.outcome[rows], names)
        for name, one in tried.items()
        if name in data.predictions or name in data.acts
    }
    people = {name: one.at(rows) for name, one in data.gradings.items() if name in auto}
    found = corrections(
        auto,
        people,
        names,
        silent=task.kind.silent,
        **_mixed(data, rows, setting),
        by_people=setting.grader == PEOPLE,
    )
    return {
        name: replace(one, graded=_spread(found[name], len(data), rows)) if name in found else one
        for name, one in tried.items()
    }


def _spread(found: Corrected, size: int, rows: Any) -> Corrected:
    """Outcomes of all rows; nothing is known of those that are not tested."""
    outcomes = np.full((size, len(found.names)), np.nan)
    outcomes[rows] = found.outcomes
    return replace(found, outcomes=outcomes)


def _mixed(data: Dataset, rows: Any, setting: Setting) -> dict[str, Array]:
    """Segment of each row, and of each its share, where production mixes them."""
    if not setting.mix or data.segment is None:
        return {}
    codes = codes_of(data.segment[rows], list(setting.mix))
    return {"segments": codes, "mix": np.array(list(setting.mix.values()))}


def luck_of_grader(one: Tried, measures: Mapping[str, Measure], setting: Setting) -> Luck:
    """What the grader's error adds to the variance of the rates and of the cost."""
    found = one.graded
    if found is None:
        return NONE
    names = found.names
    return Luck(
        rates={
            name: found.variance(np.array([float(n == m.outcome) for n in names]), counted=True)
            for name, m in measures.items()
        },
        cost=found.variance(_worth(found, setting), counted=False),
    )


def _worth(found: Corrected, setting: Setting) -> Array:
    return np.array([setting.worth.get(name, 0.0) for name in found.names])


def luck_in_common(one: Tried, other: Tried, setting: Setting) -> float:
    """What of two options' costs people who graded both have in common, as a covariance."""
    if one.graded is None or other.graded is None:
        return 0.0
    return in_common(one.graded, other.graded, _worth(one.graded, setting))
