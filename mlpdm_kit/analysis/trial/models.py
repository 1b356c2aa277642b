"""What is fitted on the training folds: the simple model, and the rule on one measurement.

scikit-learn and skrub are imported where they are used; one thread each.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlpdm_kit.analysis.errors.cuts import between
from mlpdm_kit.analysis.trial.folds import fitted_rows
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.errors import refuse

MAX_FIT_ROWS = 100_000


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread for linear algebra, and no chatter of converging solvers."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def simple_model(task: str, seed: int = 0) -> Any:
    """A linear model on an untidy table: columns made numeric, gaps filled, scaled.

    Logistic regression for classes, ridge regression for amounts. Free text goes by
    its letters; the seed fixes how they are condensed.
    """
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from mlpdm_kit.analysis.trial.encoding import TableEncoder

    last = Ridge() if task == "regression" else LogisticRegression(max_iter=1000)
    gaps = SimpleImputer(add_indicator=True)
    return make_pipeline(TableEncoder(seed), gaps, StandardScaler(), last)


def predict_fold(
    task: str,
    features: pd.DataFrame,
    target: Array,
    train: Any,
    test: Any,
    seed: int,
    option: str,
) -> Array:
    """Scores of the test rows by the simple model fitted on the training rows.

    Above `MAX_FIT_ROWS` it is fitted on a sample of them that holds the base rate. Columns
    that are empty in the training rows say nothing and are left out.

    Raises
    ------
    InputError
        No column says anything, or the numbers are beyond what can be fitted.
    """
    train = fitted_rows(train, target, MAX_FIT_ROWS, seed, classes=task != "regression")
    fitted = features.iloc[train]
    told = fitted.notna().any().to_numpy()
    fitted, tested = fitted.loc[:, told], features.iloc[test].loc[:, told]
    if not told.any():
        raise refuse("no-features", f"options.{option}", option)
    model = simple_model(task, seed)
    with one_thread():
        try:
            model.fit(fitted, target[train])
            binary = task == "binary"
            found = model.predict_proba(tested)[:, 1] if binary else model.predict(tested)
        except ValueError as error:
            reason = str(error).splitlines()[0]
            raise refuse("model-fails", f"options.{option}", option, reason=reason) from error
    scores = np.asarray(found, dtype=float)
    if not np.isfinite(scores).all():
        raise refuse("model-fails", f"options.{option}", option, reason="")
    return scores


def classify_fold(
    features: pd.DataFrame,
    target: Array,
    train: Any,
    test: Any,
    prices: Array,
    *,
    seed: int,
    option: str,
    single: bool,
) -> tuple[Array, str]:
    """The class of each test row that is expected to cost least, and the column it hangs on.

    Parameters
    ----------
    features, target : DataFrame, array
        The target holds the codes of classes.
    train, test : array
        Row numbers.
    prices : array, shape (classes, classes)
        What it costs to say a class (column) of a case of another (row).
    seed, option : int, str
    single : bool
        Whether to look at one measurement only, by a small tree; the best one, and its name.
    """
    present = np.unique(target[train]).astype(int)
    if len(present) == 1:
        return np.full(len(test), float(present[0])), ""
    if single:
        chances, column = _best_tree(features, target, train, test, prices, seed)
    else:
        chances, column = _class_chances(features, target, train, test, seed, option), ""
    if chances is None:
        return np.full(len(test), float(_cheapest(prices, target[train]))), ""
    return np.argmin(chances @ prices[present], axis=1).astype(float), column


def _cheapest(prices: Array, target: Array) -> int:
    counts = np.bincount(target.astype(int), minlength=len(prices))
    return int(np.argmin(counts @ prices))


def _class_chances(
    features: pd.DataFrame, target: Array, train: Any, test: Any, seed: int, option: str
) -> Array:
    """Probability of each class that the training rows hold."""
    told = features.iloc[train].notna().any().to_numpy()
    model = simple_model("multiclass", seed)
    train = fitted_rows(train, target, MAX_FIT_ROWS, seed, classes=True)
    with one_thread():
        try:
            model.fit(features.iloc[train].loc[:, told], target[train])
            return np.asarray(model.predict_proba(features.iloc[test].loc[:, told]), dtype=float)
        except ValueError as error:
            reason = str(error).splitlines()[0]
            raise refuse("model-fails", f"options.{option}", option, reason=reason) from error


def _best_tree(
    features: pd.DataFrame, target: Array, train: Any, test: Any, prices: Array, seed: int
) -> tuple[Array | None, str]:
    """Chances of the classes by the one measurement that costs least on the training rows."""
    from sklearn.tree import DecisionTreeClassifier

    present = np.unique(target[train]).astype(int)
    best, found, name = float("inf"), None, ""
    for column, values in measurements(features).items():
        known = np.where(np.isfinite(values), values, -1e300)[:, np.newaxis]
        tree = DecisionTreeClassifier(
            max_leaf_nodes=2 * len(present), min_samples_leaf=5, random_state=seed
        ).fit(known[train], target[train])
        said = np.argmin(tree.predict_proba(known[train]) @ prices[present], axis=1)
        cost = float(prices[target[train].astype(int), said].mean())
        if cost < best:
            best, found, name = cost, tree.predict_proba(known[test]), column
    return found, name


def measurements(features: pd.DataFrame) -> dict[str, Array]:
    """Columns that one can measure: numbers, and yes or no."""
    found = {}
    for name in features.columns:
        column = features[name]
        if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
            found[str(name)] = column.to_numpy(dtype=float, na_value=np.nan)
    return found


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Act where one measurement is at least, or at most, a value."""

    column: str
    direction: str
    value: float

    def acts(self, values: dict[str, Array]) -> Array:
        """0 and 1 by row; a missing measurement is no reason to act."""
        column = values.get(self.column)
        if column is None:
            return np.zeros(len(next(iter(values.values()))) if values else 0)
        known = np.isfinite(column)
        beyond = column >= self.value if self.direction == "at_least" else column <= self.value
        return np.asarray(known & beyond, dtype=float)


def orders(values: dict[str, Array]) -> dict[str, Any]:
    """Row numbers of each measurement from its least value to its most, missing ones left out.

    Examples
    --------
    >>> orders({"a": np.array([3.0, np.nan, 1.0])})["a"].tolist()
    [2, 0]
    """
    found = {}
    for name, column in values.items():
        known = np.flatnonzero(np.isfinite(column))
        found[name] = known[np.argsort(column[known], kind="stable")]
    return found


def best_cut(
    values: dict[str, Array], gain: Array, order: dict[str, Any] | None = None, among: Any = None
) -> Cut | None:
    """The cut on one measurement that gains most on these rows.

    Parameters
    ----------
    values : mapping of column to array, shape (rows,)
    gain : array, shape (rows,)
        What acting on a row gains against leaving it, in money.
    order : mapping of column to array, optional
        As `orders` gives it, where several cuts are looked for on parts of the same rows.
    among : array of bool, shape (rows,), optional
        The rows that count; by default all.

    Returns
    -------
    Cut or None
        None where no measurement gains anything over the better of acting on all or none.
    """
    best, found = max(0.0, float(gain.sum() if among is None else gain[among].sum())), None
    for name, rows in (orders(values) if order is None else order).items():
        if among is not None:
            rows = rows[among[rows]]
        if len(rows) < 2:
            continue
        ranked, gains = values[name][rows], gain[rows]
        edges = np.flatnonzero(np.diff(ranked)) + 1
        if not len(edges):
            continue
        upto = np.concatenate([[0.0], np.cumsum(gains)])
        for direction, totals in (
            ("at_least", upto[-1] - upto[edges]),
            ("at_most", upto[edges]),
        ):
            index = int(np.argmax(totals))
            if totals[index] > best + 1e-12:
                low, high = float(ranked[edges[index] - 1]), float(ranked[edges[index]])
                middle = between(low, high)
                if direction == "at_most" and middle == high:
                    middle = low
                best, found = (
                    float(totals[index]),
                    Cut(column=name, direction=direction, value=middle),
                )
    return found


@dataclass(frozen=True, kw_only=True)
class Line:
    """An amount from one measurement: intercept + slope * value."""

    column: str
    intercept: float
    slope: float
    typical: float

    def amounts(self, values: dict[str, Array], rows: int) -> Array:
        """Amount by row; a missing measurement counts as the typical one."""
        if not self.column:
            return np.full(rows, self.intercept)
        column = values[self.column]
        known = np.where(np.isfinite(column), column, self.typical)
        return np.asarray(self.intercept + self.slope * known)


def best_line(values: dict[str, Array], target: Array, under: float, over: float) -> Line:
    """Straight line on one measurement, raised to the quantile that the costs ask for."""
    share = under / (under + over)
    found = Line(column="", intercept=float(np.quantile(target, share)), slope=0.0, typical=0.0)
    best = pinball(target, found.amounts(values, len(target)), under, over).mean()
    for name, column in values.items():
        known = np.isfinite(column)
        spread = column[known].std() if known.any() else 0.0
        if known.sum() < 3 or not spread > 0:
            continue
        typical = float(np.median(column[known]))
        x = np.where(known, column, typical)
        slope = float(np.cov(x, target, ddof=0)[0, 1] / x.var())
        lift = float(np.quantile(target - slope * x, share))
        line = Line(column=name, intercept=lift, slope=slope, typical=typical)
        cost = pinball(target, line.amounts(values, len(target)), under, over).mean()
        if cost < best - 1e-12:
            best, found = cost, line
    return found


def pinball(target: Array, amount: Array, under: float, over: float) -> Array:
    """Cost of each row: ``under`` a unit too few, ``over`` a unit too many."""
    miss = target - amount
    return np.asarray(under * np.maximum(miss, 0) + over * np.maximum(-miss, 0))
