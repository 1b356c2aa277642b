"""Which rows are fitted on and which are tested on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.rules import MIN_CLASS, MIN_ROWS
from mlpdm_kit.errors import refuse

FOLDS = 5


@dataclass(frozen=True, kw_only=True)
class Split:
    """Folds as pairs of row numbers (fitted on, tested on), and how they were made."""

    kind: str
    folds: tuple[tuple[Any, Any], ...]

    @property
    def tested(self) -> Any:
        """Row numbers that are tested on, each once, in order."""
        return np.sort(np.concatenate([test for _, test in self.folds]))


def split(data: Dataset, task: str, seed: int) -> Split:
    """Folds by time where there is a time, by group where there is a group, else mixed.

    By time every fold is tested on what comes after all that it was fitted on, so the
    first block is never tested on. Mixed folds of a binary task hold the base rate.

    Raises
    ------
    InputError
        Too few rows, or a class too small to stand on both sides.
    """
    if len(data) < MIN_ROWS:
        raise refuse("data-few", "data.file", len(data), limit=MIN_ROWS)
    count = FOLDS
    if task == "binary":
        least = int(min((data.target == 1).sum(), (data.target == 0).sum()))
        if least < MIN_CLASS:
            raise refuse("data-few", "data.target", least, limit=MIN_CLASS)
        count = min(FOLDS, least)
    maker = _by_time if data.time is not None else _by_group if data.group is not None else _mixed
    found = maker(data, task, seed, count)
    if task == "binary":
        kept = tuple(f for f in found.folds if len(np.unique(data.target[f[0]])) == 2)
        if not kept:
            raise refuse("folds-one-class", f"data.{found.kind}", found.kind)
        found = Split(kind=found.kind, folds=kept)
    return found


def _mixed(data: Dataset, task: str, seed: int, count: int) -> Split:
    from sklearn.model_selection import KFold, StratifiedKFold

    even = task == "binary"
    if task == "multiclass":
        even = int(np.unique(data.target, return_counts=True)[1].min()) >= count
    maker = StratifiedKFold if even else KFold
    folds = maker(count, shuffle=True, random_state=seed).split(np.zeros(len(data)), data.target)
    kind = "stratified" if even else "shuffled"
    return Split(kind=kind, folds=tuple(folds))


def _by_time(data: Dataset, task: str, seed: int, count: int) -> Split:
    import pandas as pd
    from sklearn.model_selection import TimeSeriesSplit

    assert data.time is not None
    order = pd.Series(data.time).argsort(kind="stable").to_numpy()
    folds = TimeSeriesSplit(count).split(order)
    return Split(kind="time", folds=tuple((order[a], order[b]) for a, b in folds))


def _by_group(data: Dataset, task: str, seed: int, count: int) -> Split:
    import pandas as pd
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    groups = pd.factorize(pd.Series(data.group).astype(str))[0]
    count = min(count, len(np.unique(groups)))
    if count < 2:
        raise refuse("data-few", "data.group", count, limit=2)
    maker = (
        StratifiedGroupKFold(count, shuffle=True, random_state=seed)
        if task == "binary"
        else GroupKFold(count)
    )
    folds = maker.split(np.zeros(len(data)), data.target, groups)
    return Split(kind="group", folds=tuple(folds))


def fitted_rows(train: Any, target: Array, limit: int, seed: int, *, classes: bool) -> Any:
    """At most so many of the rows to fit on, in their order; every class in its share.

    Parameters
    ----------
    train, target : array
        Row numbers, and what happened on all rows.
    limit : int
        Rows at most.
    classes : bool
        Whether the target holds classes: each is drawn from by itself, and none is lost.

    Examples
    --------
    >>> target = np.repeat([0.0, 1.0], [900, 100])
    >>> rows = fitted_rows(np.arange(1000), target, 100, 0, classes=True)
    >>> len(rows), target[rows].sum()
    (100, np.float64(10.0))
    """
    if len(train) <= limit:
        return train
    rng = np.random.default_rng(seed)
    if not classes:
        return train[np.sort(rng.choice(len(train), limit, replace=False))]
    _, codes, counts = np.unique(target[train], return_inverse=True, return_counts=True)
    wanted = np.maximum(np.floor(counts * (limit / len(train))), 1).astype(int)
    wanted[np.argmax(counts)] += limit - wanted.sum()  # what rounding leaves
    drawn = [
        rng.choice(np.flatnonzero(codes == code), size, replace=False)
        for code, size in enumerate(wanted)
    ]
    return train[np.sort(np.concatenate(drawn))]


def prior_shift(threshold: Any, fitted: float, production: float) -> Any:
    """Threshold for scores fitted at one base rate that is right at another.

    Parameters
    ----------
    threshold : float or array
        Probability from which acting pays, at the production base rate; by row where a
        cost is a column.
    fitted, production : float
        Base rates; the odds of a score move by the ratio of their odds.

    Examples
    --------
    >>> round(prior_shift(0.5, fitted=0.5, production=0.1), 3)
    0.9
    """
    if not (0 < fitted < 1 and 0 < production < 1):
        return threshold
    point = np.asarray(threshold, dtype=float)
    inside = (point > 0) & (point < 1)
    safe = np.where(inside, point, 0.5)
    odds = safe / (1 - safe) * (fitted / (1 - fitted)) / (production / (1 - production))
    found = np.where(inside, odds / (1 + odds), point)
    return float(found) if found.ndim == 0 else found


def rows_of_others(split_: Split, index: int) -> Any:
    """Tested rows of the other folds; by time, of the earlier ones."""
    others = [
        test
        for other, (_, test) in enumerate(split_.folds)
        if (other < index if split_.kind == "time" else other != index)
    ]
    return np.concatenate(others) if others else np.array([], dtype=int)
