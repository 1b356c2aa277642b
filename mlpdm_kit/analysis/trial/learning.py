"""How much data ML would need: what a model costs as it learns from more rows.

A learning curve in money: `mlpdm_kit.analysis.trial.power_law` carries it on, to where it goes
below the best option that needs no ML.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.trial.folds import Split
from mlpdm_kit.analysis.trial.models import one_thread, simple_model
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.errors import refuse

POINTS, WIDTH, MOST = 4, 30.0, 0.6  # sizes below all rows: how many, over which range
MAX_ROWS, MAX_FIT_ROWS, MAX_TESTED = 50_000, 20_000, 20_000
LEAST, MIN_FIT_ROWS, MIN_CLASS = 50, 20, 5
DRAWS = 500

RowLosses = Callable[[Split], Array]


@dataclass(frozen=True, kw_only=True, eq=False)
class LearningCurve:
    """Cost per case by the number of rows learnt from, always on the same tested rows.

    Parameters
    ----------
    sizes : array, shape (sizes,)
        Rows learnt from, mean over the folds, rising; the last is all that there are.
    cost, error : array, shape (sizes,)
        Mean and its standard error: of tested rows, and of which rows were learnt from.
    low, high : array, shape (sizes,)
        90% interval.
    draws : array, shape (draws, sizes)
        The costs together: sizes are tested on the same rows, so they err alike.
    level : float or None
        Cost per case of what the curve is held against.
    level_draws : array, shape (draws,), or None
        The same, together with ``draws``.
    """

    sizes: Array
    cost: Array
    error: Array
    low: Array
    high: Array
    draws: Array
    level: float | None = None
    level_draws: Array | None = None


def learning_curve(
    split: Split,
    row_losses: RowLosses,
    *,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    baseline: ArrayLike | None = None,
    full: ArrayLike | None = None,
    fractions: Sequence[float] | None = None,
    repeats: int = 4,
    draws: int = DRAWS,
    seed: int = 0,
) -> LearningCurve:
    """Cost per case of a model that learns from some of the rows, then from more.

    Parameters
    ----------
    split : Split
        The folds of the comparison; their rows to learn from are made fewer.
    row_losses : function
        From a split to the losses of its tested rows, in their order: fits on each fold,
        puts the threshold where it belongs from other rows than the tested, and prices what
        is done. `encoded_scores` makes the fits fast.
    strata : array of int, shape (all rows,), optional
        Class of each row; parts hold the classes in the shares of the whole.
    clusters : array, shape (all rows,), optional
        Group of each row: parts are made of whole groups, and errors are between groups.
    weights : array, shape (all rows,), optional
        What each tested row counts for, as at the production base rate.
    baseline, full : array, shape (tested rows,), optional
        Losses of the best option without ML, and of the model on all rows to learn from, as
        they were in the comparison.
    fractions : sequence of float, optional
        Of each fold's rows to learn from, in (0, 1); each part holds the smaller ones. By
        default four, evenly spaced in logarithms. Those of fewer than 20 rows, or 5 of a
        class, or of more than 20,000 rows, are left out.
    repeats : int
        How often rows are drawn anew for each fraction.
    draws, seed : int

    Raises
    ------
    InputError
        A fraction out of range, losses of another length, too few rows for two sizes.

    Notes
    -----
    With many rows, only those of `looked_at` are learnt from and 20,000 of them tested, but
    for what is given as ``full``. Errors: the means of the tested rows
    (or groups) are jointly normal; to that comes what the choice of rows to learn from
    does, taken as falling with 1/n from what the repeats show.
    """
    rows = looked_at(split, seed)
    pool = _only(split, rows)
    chosen = _spaced(split) if fractions is None else sorted(set(fractions))
    parts = _parts(split, pool, chosen, strata, clusters, repeats, seed)
    small = _tested(pool, seed)
    own = np.searchsorted(split.tested, small.tested)
    told = [[_losses_of(row_losses, _fewer(small, one)) for one in group] for group in parts]
    sizes = [np.mean([len(train) for train in group[0]]) for group in parts]
    if full is None:
        sizes.append(np.mean([len(train) for train, _ in small.folds]))
        told.append([_losses_of(row_losses, small)])
    else:
        sizes.append(np.mean([len(train) for train, _ in split.folds]))
        told.append([_long(full, len(split.tested), "full")[own]])
    if len(sizes) < 2:
        raise refuse("data-few", "split", int(sizes[-1]), limit=2 * LEAST)
    return _summed(
        np.array(sizes),
        told,
        None if baseline is None else _long(baseline, len(split.tested), "baseline")[own],
        None if weights is None else np.asarray(weights, dtype=float)[small.tested],
        None if clusters is None else np.asarray(clusters)[small.tested],
        draws,
        np.random.default_rng(seed),
    )


def looked_at(split: Split, seed: int = 0) -> Any:
    """Row numbers that a learning curve looks at: all, or 50,000 of them, in order."""
    rows = np.unique(np.concatenate([part for fold in split.folds for part in fold]))
    if len(rows) <= MAX_ROWS:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, MAX_ROWS, replace=False))


def encoded_scores(
    task: str, features: pd.DataFrame, target: Array, seed: int = 0, rows: Any = None
) -> Callable[[Any, Any], Array]:
    """The simple model for many fits: columns are made numbers once, for all of them.

    Parameters
    ----------
    task : str
        ``binary`` for probabilities, else amounts.
    features : DataFrame
    target : array, shape (rows,)
        Only the rows that are fitted on are looked at.
    seed : int
    rows : array of int, optional
        The rows that will be asked for, in order, as `looked_at` says; by default all.

    Returns
    -------
    function
        From row numbers to fit on and to test on to the scores of the latter. Columns are
        encoded knowing all rows, though never their target; the rest is fitted on the
        former alone.

    Examples
    --------
    >>> x = pd.DataFrame({"a": [0.0, 1.0] * 20})
    >>> score = encoded_scores("binary", x, np.array([0.0, 1.0] * 20))
    >>> (score(range(20), [20, 21]) > 0.5).tolist()
    [False, True]
    """
    from sklearn.base import clone

    model = simple_model(task, seed)
    known = np.arange(len(features)) if rows is None else np.asarray(rows)
    with one_thread():
        numbers = model[0].fit_transform(features.iloc[known])
    table = np.asarray(numbers, dtype=float)

    def scores(train: Any, test: Any) -> Array:
        rest = clone(model[1:])
        fitted, tested = (table[np.searchsorted(known, part)] for part in (train, test))
        with one_thread():
            rest.fit(fitted, target[train])
            found = rest.predict_proba(tested)[:, 1] if task == "binary" else rest.predict(tested)
        return np.asarray(found, dtype=float)

    return scores


Parts = list[list[list[Any]]]


def _spaced(split: Split) -> list[float]:
    """Fractions evenly spaced in logarithms, as far as rows and time allow."""
    rows = float(np.mean([len(train) for train, _ in split.folds]))
    most = min(MOST * rows, float(MAX_FIT_ROWS))
    least = min(max(float(LEAST), most / WIDTH), most)
    return sorted({float(n) for n in np.geomspace(least, most, POINTS) / rows})


def _parts(
    split: Split,
    pool: Split,
    shares: Sequence[float],
    strata: ArrayLike | None,
    clusters: ArrayLike | None,
    repeats: int,
    seed: int,
) -> Parts:
    """Rows to learn from by fraction, repeat and fold; small parts lie in the larger."""
    if not shares or not (shares[0] > 0 and shares[-1] < 1):
        raise refuse("number-range", "fractions", shares, range="(0, 1)")
    if repeats < 1:
        raise refuse("number-range", "repeats", repeats, range="[1, ...)")
    rng = np.random.default_rng(seed)
    kinds = None if strata is None else np.asarray(strata)
    groups = (
        None if clusters is None else pd.factorize(pd.Series(np.asarray(clusters)).astype(str))[0]
    )
    orders = [
        [_order(train, kinds, groups, rng) for train, _ in pool.folds] for _ in range(repeats)
    ]
    lengths = [len(train) for train, _ in split.folds]
    found = []
    for share in shares:
        wide = [
            [_first(o, share * n, groups) for o, n in zip(folds, lengths, strict=True)]
            for folds in orders
        ]
        if all(_enough(part, kinds) for folds in wide for part in folds):
            found.append(wide)
    return found


def _order(train: Any, kinds: Any, groups: Any, rng: np.random.Generator) -> Any:
    """Rows in random order, classes evenly mixed, groups together."""
    mixed = rng.permutation(train)
    if groups is not None:
        place = rng.permutation(int(groups.max()) + 1)
        return mixed[np.argsort(place[groups[mixed]], kind="stable")]
    if kinds is None:
        return mixed
    key = np.empty(len(mixed))
    for kind in np.unique(kinds[mixed]):
        here = kinds[mixed] == kind
        key[here] = (np.arange(here.sum()) + 0.5) / here.sum()
    return mixed[np.argsort(key, kind="stable")]


def _first(order: Any, wanted: float, groups: Any) -> Any:
    count = min(max(1, round(wanted)), len(order))
    if groups is not None:  # to the end of the group that the cut falls into
        ends = np.flatnonzero(np.diff(groups[order])) + 1
        after = ends[ends >= count]
        count = int(after[0]) if len(after) else len(order)
    return np.sort(order[:count])


def _enough(part: Any, kinds: Any) -> bool:
    if not MIN_FIT_ROWS <= len(part) <= MAX_FIT_ROWS:
        return False
    if kinds is None:
        return True
    counts = np.unique(kinds[part], return_counts=True)[1]
    return len(counts) > 1 and bool(counts.min() >= MIN_CLASS)


def _only(split: Split, rows: Any) -> Split:
    """The split without other rows than these."""
    folds = tuple(tuple(part[np.isin(part, rows)] for part in fold) for fold in split.folds)
    return replace(split, folds=folds)


def _tested(split: Split, seed: int) -> Split:
    """The split with fewer tested rows, where they are many."""
    tested = split.tested
    if len(tested) <= MAX_TESTED:
        return split
    kept = np.random.default_rng(seed + 1).choice(tested, MAX_TESTED, replace=False)
    return replace(split, folds=tuple((a, b[np.isin(b, kept)]) for a, b in split.folds))


def _fewer(split: Split, trains: Sequence[Any]) -> Split:
    pairs = zip(trains, split.folds, strict=True)
    return replace(split, folds=tuple((train, test) for train, (_, test) in pairs))


def _losses_of(row_losses: RowLosses, split: Split) -> Array:
    return _long(row_losses(split), len(split.tested), "row_losses")


def _long(values: ArrayLike, rows: int, name: str) -> Array:
    found = np.asarray(values, dtype=float)
    if found.shape != (rows,) or not np.isfinite(found).all():
        raise refuse("array", name, f"shape {found.shape}", shape=f"({rows},)")
    return found


def _summed(
    sizes: Array,
    told: Sequence[Sequence[Array]],
    level: Array | None,
    weights: Array | None,
    clusters: Any,
    draws: int,
    rng: np.random.Generator,
) -> LearningCurve:
    """Means of the row losses, and how they might have come out together."""
    columns = [np.mean(group, axis=0) for group in told]
    if level is not None:
        columns.append(level)
    table = np.column_stack(columns)
    w = np.ones(len(table)) if weights is None else weights
    w = w / w.sum()
    means = w @ table
    covariance = _covariance(table, w, clusters)
    chosen = np.zeros(len(means))
    chosen[: len(sizes)] = _chosen(sizes, told, w)
    covariance[np.diag_indices(len(means))] += chosen
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    together = means + rng.normal(size=(draws, len(means))) @ root.T
    error = np.sqrt(np.diag(covariance))
    k = len(sizes)
    tiny = 1e-9 * max(float(np.abs(means).max()), 1e-300)
    return LearningCurve(
        sizes=sizes,
        cost=means[:k],
        error=np.maximum(error[:k], tiny),
        low=means[:k] - 1.6448536269514722 * error[:k],
        high=means[:k] + 1.6448536269514722 * error[:k],
        draws=together[:, :k],
        level=None if level is None else float(means[k]),
        level_draws=None if level is None else together[:, k],
    )


def _covariance(table: Array, w: Array, clusters: Any) -> Array:
    """Of the weighted means, over rows or over whole groups."""
    off = w[:, None] * (table - w @ table)
    if clusters is None:
        return np.asarray(off.T @ off * len(table) / max(len(table) - 1, 1))
    groups = pd.factorize(pd.Series(clusters).astype(str))[0]
    count = int(groups.max()) + 1
    sums = np.column_stack(
        [np.bincount(groups, weights=column, minlength=count) for column in off.T]
    )
    return np.asarray(sums.T @ sums * count / max(count - 1, 1))


def _chosen(sizes: Array, told: Sequence[Sequence[Array]], w: Array) -> Array:
    """Variance of each mean that comes from which rows were learnt from."""
    repeats = np.array([len(group) for group in told])
    scaled = [
        np.var([w @ one for one in group], ddof=1) * size
        for group, size in zip(told, sizes, strict=True)
        if len(group) > 1
    ]
    return np.asarray((np.mean(scaled) if scaled else 0.0) / sizes / repeats)
