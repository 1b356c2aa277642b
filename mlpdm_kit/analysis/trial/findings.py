"""What is odd about the data, before anything is fitted on it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from mlpdm_kit.analysis.uncertainty.distributions import Array

LEAK_STRENGTH = 0.99
ALONE_STRENGTH = 0.95  # where no other column comes near
NEAR = 0.6  # of the strongest column's pull
LEAST_OTHERS = 2
TOO_GOOD = 0.9999  # a model that hardly ever errs on rows it has not seen
HALF_EMPTY = 0.5
ODD_WORDS = 0.1  # of a column that is numbers but for these
MIN_LEVEL = 5
MIN_ROWS_FOR_LEAK = 50


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One oddity: a code and its figures."""

    code: str
    figures: dict[str, Any]


def separation(target: Array, score: Array) -> float:
    """How well one number tells the classes apart: AUC, folded to [0.5, 1].

    Examples
    --------
    >>> separation(np.array([0, 0, 1, 1.0]), np.array([5, 4, 2, 1.0]))
    1.0
    """
    positives = target == 1
    n1, n0 = int(positives.sum()), int((~positives).sum())
    if not n1 or not n0:
        return 0.5
    ranks = pd.Series(score).rank().to_numpy()
    auc = (ranks[positives].sum() - n1 * (n1 + 1) / 2) / (n1 * n0)
    return float(max(auc, 1 - auc))


def _strength(column: pd.Series, target: Array, task: str) -> float:
    """How much one column says about the target by itself, in [0, 1]."""
    missing = column.isna().to_numpy()
    number = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
    if number:
        score = column.to_numpy(dtype=float, na_value=np.nan)
    elif pd.api.types.is_datetime64_any_dtype(column):
        score = column.to_numpy().astype("datetime64[s]").astype(float)
        score[missing] = np.nan
    else:
        codes = pd.factorize(column.astype(str).where(~missing, ""))[0]
        counts = np.bincount(codes)
        if (counts[codes] < MIN_LEVEL).mean() > 0.5:  # free text or an id: rare words say nothing
            return 0.0
        codes = np.where(counts[codes] < MIN_LEVEL, len(counts), codes)
        counts = np.bincount(codes)
        score = (np.bincount(codes, weights=target) / np.maximum(counts, 1))[codes]
    filled = np.where(np.isfinite(score), score, np.nanmin(score) - 1 if (~missing).any() else 0)
    if task == "binary":
        gaps = separation(target, missing.astype(float)) if missing.any() else 0.5
        return max(separation(target, filled), gaps)
    if np.ptp(filled) == 0:
        return 0.0
    return abs(float(np.corrcoef(pd.Series(filled).rank(), pd.Series(target).rank())[0, 1]))


def leaks(
    features: pd.DataFrame, target: Array, task: str, *, known_then: Collection[str] = ()
) -> list[Finding]:
    """Columns that give the answer away all by themselves.

    A column whose values, or whose gaps, rank the target almost without error (AUC, or
    rank correlation for amounts, of at least `LEAK_STRENGTH`) is rarely known when the
    prediction is made. Nor is one that does nearly as well (`ALONE_STRENGTH`) where no other
    column comes near it: real measurements of one thing are seldom alone. Columns in
    ``known_then`` are vouched for by the case, and count among the others.
    """
    classes_small = task == "binary" and min((target == 1).sum(), (target == 0).sum()) < 10
    if len(target) < MIN_ROWS_FOR_LEAK or classes_small:
        return []
    strengths = {name: _strength(features[name], target, task) for name in features.columns}
    found = []
    for name, strength in strengths.items():
        rest = [other for column, other in strengths.items() if column != name]
        others = [other for other in rest if other < LEAK_STRENGTH]
        alone = strength >= ALONE_STRENGTH and len(others) >= LEAST_OTHERS and (
            _pull(max(others), task) <= NEAR * _pull(strength, task)
        )  # fmt: skip
        if name not in known_then and (strength >= LEAK_STRENGTH or alone):
            found.append(Finding(code="leak", figures={"column": name, "strength": strength}))
    return found


def _pull(strength: float, task: str) -> float:
    """How far apart a column holds the classes, in standard deviations (d', Green & Swets
    1966, from the AUC); Fisher's z of a rank correlation."""
    if task == "binary":
        return float(np.sqrt(2) * special.ndtri(min(strength, 1 - 1e-12)))
    return float(np.arctanh(min(strength, 1 - 1e-12)))


def oddities(features: pd.DataFrame) -> list[Finding]:
    """Columns half empty, constant, or of numbers with a few words among them."""
    found = []
    for name in features.columns:
        column = features[name]
        found += _words_among_numbers(column, name)
        empty = float(column.isna().mean())
        if empty > HALF_EMPTY:
            found.append(Finding(code="empty-column", figures={"column": name, "share": empty}))
        elif not empty and bool((column == column.iloc[0]).all()):
            found.append(Finding(code="constant-column", figures={"column": name}))
    return found


def _words_among_numbers(column: pd.Series, name: str) -> list[Finding]:
    """One typing error makes a text of a whole column of numbers, and a model blind to it."""
    if not pd.api.types.is_string_dtype(column):
        return []
    filled = column.dropna()
    odd = filled[pd.to_numeric(filled, errors="coerce").isna()]
    if not 0 < len(odd) <= ODD_WORDS * len(filled):
        return []
    figures = {"column": name, "n": len(odd), "first": str(odd.iloc[0])}
    return [Finding(code="numbers-and-words", figures=figures)]


def base_rate_differs(positives: int, rows: int, low: float, high: float) -> bool:
    """Whether the file's base rate lies clear of the stated production range.

    The file's 95% interval is the exact one of Clopper & Pearson (1934).

    Examples
    --------
    >>> base_rate_differs(490, 1000, 0.008, 0.012)
    True
    """
    least = special.betaincinv(positives, rows - positives + 1, 0.025) if positives else 0.0
    most = special.betaincinv(positives + 1, rows - positives, 0.975) if positives < rows else 1.0
    return bool(least > high or most < low)
