"""Lists of what is wanted most: the same for all, by segment, or with more weight on the latest.

What a neural recommender has to beat: of seven that could be reproduced, six did no better
than such simple methods, well tuned (Ferrari Dacrema, Cremonesi & Jannach, Are we really
making much progress?, RecSys 2019).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.trial.folds import Split
from mlpdm_kit.analysis.trial.points import on_tested
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.errors import refuse

_DAYS_IN_MONTH = 365.25 / 12


def places(items: Array, segments: Any, wanted: Array, asked: Any) -> Array:
    """Place of each wanted item in the list of its segment.

    Parameters
    ----------
    items, segments : array
        What was wanted before, and by whom.
    wanted, asked : array
        What is wanted now, and by whom.

    Returns
    -------
    array
        From 1; 0 for an item that nobody has wanted before. What a segment has not wanted
        follows in the order of all; of two that are wanted as much the lower code goes first.

    Examples
    --------
    >>> before = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 2.0])
    >>> whose = np.array(["a", "a", "b", "b", "b", "b"])
    >>> places(before, whose, np.array([0.0, 0.0, 1.0, 9.0]), np.array(list("abab")))
    array([1., 3., 2., 0.])
    """
    known, codes = np.unique(items, return_inverse=True)
    overall = np.bincount(codes, minlength=len(known))
    groups, of_row = np.unique(segments, return_inverse=True)
    found = np.zeros(len(wanted))
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    there = known[at] == wanted
    for group in np.unique(asked):
        here = of_row == np.searchsorted(groups, group) if group in groups else of_row < 0
        own = np.bincount(codes[here], minlength=len(known))
        place = np.empty(len(known))
        place[np.lexsort((known, -overall, -own))] = np.arange(1, len(known) + 1)
        rows = (asked == group) & there
        found[rows] = place[at[rows]]
    return found


def latest(items: Array, days: Any, segments: Any, half_life: float) -> Array:
    """Place of each item in the list of its segment as of its day, the latest counting most.

    Parameters
    ----------
    items, days, segments : array
        What was wanted, when (datetime64), and by whom.
    half_life : float
        Days after which a choice counts half.

    Returns
    -------
    array
        As of `places`, from the choices of all days before: such a list is made anew every
        day, so what came between the rows to fit on and a row to test on is known by then.

    Examples
    --------
    >>> days = np.array(["2026-01-01", "2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"],
    ...                 dtype="datetime64[D]")
    >>> latest(np.array([0.0, 1.0, 1.0, 2.0, 1.0]), days, np.zeros(5), 1.0)
    array([0., 0., 2., 0., 2.])
    """
    known, codes = np.unique(items, return_inverse=True)
    groups, of_row = np.unique(segments, return_inverse=True)
    day = days.astype("datetime64[D]")
    weights, before = np.zeros((len(groups), len(known))), day.min()
    found = np.zeros(len(items))
    for now in np.unique(day):
        weights *= 0.5 ** ((now - before).astype(float) / half_life)
        before, rows = now, np.flatnonzero(day == now)
        overall = weights.sum(axis=0)
        for group in np.unique(of_row[rows]):
            listed = np.lexsort((known, -overall, -weights[group]))
            place = np.zeros(len(known))
            place[listed] = np.where(overall[listed] > 0, np.arange(1, len(known) + 1), 0)
            own = rows[of_row[rows] == group]
            found[own] = place[codes[own]]
        np.add.at(weights, (of_row[rows], codes[rows]), 1.0)
    return found


def popular(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
    """The list of each segment, from the rows to fit on; the latest, from all days before.

    Raises
    ------
    InputError
        A half-life is asked for, and the time is a number.
    """
    found = np.full(len(data), np.nan)
    half_life, time = rung.option.half_life, data.time
    if half_life is not None and (time is None or time.dtype.kind != "M"):
        raise refuse("half-life-days", f"options.{rung.id}.half_life", half_life.low)
    whose = _words(data.by.get(rung.id, data.segment), len(data))
    if half_life is not None:
        listed = latest(data.target, time, whose, half_life.low * _DAYS_IN_MONTH)
        return Tried(rung=rung, outcome=on_tested(listed, split))
    for train, test in split.folds:
        found[test] = places(data.target[train], whose[train], data.target[test], whose[test])
    return Tried(rung=rung, outcome=found)


def _words(values: Any, rows: int) -> Any:
    """Segments as words; one for all where there is none."""
    return np.zeros(rows) if values is None else np.array([str(value) for value in values])
