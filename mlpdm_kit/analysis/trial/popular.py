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
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.errors import refuse

_DAYS_IN_MONTH = 365.25 / 12


def places(items: Array, weights: Array, segments: Any, wanted: Array, asked: Any) -> Array:
    """Place of each wanted item in the list of its segment.

    Parameters
    ----------
    items, weights, segments : array
        What was wanted before, with how much each counts, and whose it was.
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
    >>> places(before, np.ones(6), whose, np.array([0.0, 0.0, 1.0, 9.0]), np.array(list("abab")))
    array([1., 3., 2., 0.])
    """
    known, codes = np.unique(items, return_inverse=True)
    overall = np.bincount(codes, weights, minlength=len(known))
    groups, of_row = np.unique(segments, return_inverse=True)
    found = np.zeros(len(wanted))
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    there = known[at] == wanted
    for group in np.unique(asked):
        here = of_row == np.searchsorted(groups, group) if group in groups else slice(0)
        own = np.bincount(codes[here], weights[here], minlength=len(known))
        place = np.empty(len(known))
        place[np.lexsort((known, -overall, -own))] = np.arange(1, len(known) + 1)
        rows = (asked == group) & there
        found[rows] = place[at[rows]]
    return found


def recency(time: Any, half_life: float) -> Array:
    """How much each day counts, seen from the last one: half after so many months.

    Examples
    --------
    >>> days = np.array(["2026-01-01", "2026-01-31", "2026-03-02"], dtype="datetime64[D]")
    >>> recency(days, 30 / 30.4375).round(3)
    array([0.25, 0.5 , 1.  ])
    """
    days = (time.max() - time) / np.timedelta64(1, "D")
    return np.asarray(0.5 ** (days / (half_life * _DAYS_IN_MONTH)))


def popular(rung: Rung, data: Dataset, split: Split, setting: Setting) -> Tried:
    """The list of each segment, made from the rows to fit on only.

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
    for train, test in split.folds:
        weights = np.ones(len(train))
        if half_life is not None and time is not None:
            weights = recency(time[train], half_life.low)
        found[test] = places(
            data.target[train], weights, whose[train], data.target[test], whose[test]
        )
    return Tried(rung=rung, outcome=found)


def _words(values: Any, rows: int) -> Any:
    """Segments as words; one for all where there is none."""
    return np.zeros(rows) if values is None else np.array([str(value) for value in values])
