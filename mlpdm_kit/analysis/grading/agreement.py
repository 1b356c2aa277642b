"""Whether people who grade the same answers agree."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from mlpdm_kit.analysis.errors.costs import BOOTSTRAPS, Estimate
from mlpdm_kit.analysis.errors.resampling import multinomial
from mlpdm_kit.analysis.uncertainty.distributions import Array

HALF = 0.5  # of a disagreement is added to what was seen
LEVEL = 0.95  # as of all intervals that gates are held against
# Landis & Koch (1977), table 4: mere words, and their bounds are the authors' own choice
WORDS = ((0.8, "almost-perfect"), (0.6, "substantial"), (0.4, "moderate"), (0.2, "fair"),
         (0.0, "slight"))  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far people agree, over all pairs of graders.

    ``kappa`` is Cohen's, the mean over the pairs, with its 95% bootstrap interval over the
    items, and NaN where each pair gave one and the same grade throughout; ``weighted`` the
    same with a disagreement by so many grades counted so many times, where grades have an
    order; ``same`` the plain share of equal grades. ``counts`` has a row for the grade of
    one grader of a pair and a column for the other's, both ways round where there are more
    than two graders. ``items`` were graded by more than one, and on ``rarer`` of them somebody
    gave another grade than the one that is given most.
    """

    graders: tuple[str, ...]
    items: int
    rarer: int
    kappa: Estimate
    weighted: Estimate | None
    same: float
    counts: Array

    @property
    def word(self) -> str:
        """What Landis & Koch call so much agreement; empty where kappa is undefined."""
        if np.isnan(self.kappa.mean):
            return ""
        return next((name for least, name in WORDS if self.kappa.mean > least), "poor")


def kappa_of(counts: Any, weights: Any = None) -> Array:
    """Cohen's kappa of tables of counts; NaN where all is one grade and equal.

    Parameters
    ----------
    counts : array, shape (..., grades, grades)
        How often one said the row and the other the column.
    weights : array, shape (grades, grades), optional
        How much each disagreement weighs; by default all alike.

    Notes
    -----
    1 less the weighted disagreement over that of the margins (Cohen 1960, 1968). Where both
    gave one and the same grade throughout, none is expected by chance: 0 over 0.

    Examples
    --------
    >>> round(float(kappa_of([[20, 5], [10, 15]])), 6)
    0.4
    """
    table = np.asarray(counts, dtype=float)
    size = table.shape[-1]
    weigh = 1.0 - np.eye(size) if weights is None else np.asarray(weights, dtype=float)
    total = table.sum(axis=(-2, -1))
    by_chance = table.sum(axis=-1)[..., :, None] * table.sum(axis=-2)[..., None, :]
    seen = (table * weigh).sum(axis=(-2, -1)) * total
    expected = (by_chance * weigh).sum(axis=(-2, -1))
    there = expected > 0
    return np.asarray(np.where(there, 1 - seen / np.where(there, expected, 1), np.nan))


def agreement(
    item: Any, grader: Any, grade: Any, grades: int, *, ordered: bool = False, seed: int = 0
) -> Agreement | None:
    """How far graders agree on the items that they have in common.

    Parameters
    ----------
    item, grader : array, shape (gradings,)
        What was graded, and by whom; nobody grades an item twice.
    grade : array of int, shape (gradings,)
        Place of each grade on the scale.
    grades : int
        How many there are.
    ordered : bool
        Whether their order says how far apart they are.
    seed : int

    Returns
    -------
    Agreement, or None where no two people graded the same item.

    Notes
    -----
    The kappas are those of scikit-learn. For the interval items are drawn again, with all
    their grades (1,000 times), and each pair's sample has half a disagreement more, spread
    alike over all pairs of different grades that the two gave (as `HALF` in a table with empty
    cells; Haldane, Ann Hum Genet 1956): those who never differed on few items may do so on
    the next, and without it their interval would be [1, 1]. It reaches at least to kappa as
    seen. A pair that is left without items in a sample does not count in it, nor one that
    gave one grade throughout, and a sample in which no pair counts is left out.

    Examples
    --------
    >>> found = agreement([1, 1, 2, 2, 3, 3], list("ababab"), [0, 0, 1, 1, 0, 1], 2)
    >>> round(found.kappa.mean, 3), round(found.same, 3), found.items
    (0.4, 0.667, 3)
    """
    from sklearn.metrics import cohen_kappa_score

    items, place = np.unique(np.asarray(item).astype(str), return_inverse=True)
    names, who = np.unique(np.asarray(grader).astype(str), return_inverse=True)
    sheet = np.full((len(items), len(names)), -1)
    sheet[place, who] = np.asarray(grade, dtype=int)
    pairs = [
        (one, other, both)
        for one, other in combinations(range(len(names)), 2)
        if (both := np.flatnonzero((sheet[:, [one, other]] >= 0).all(axis=1))).size
    ]
    if not pairs:
        return None
    steps = np.abs(np.subtract.outer(np.arange(grades), np.arange(grades))).astype(float)
    kinds: dict[str, Any] = {"kappa": None, **({"weighted": steps} if ordered else {})}
    tables = [_cells(sheet[both, one], sheet[both, other], grades) for one, other, both in pairs]
    drawn = multinomial(np.ones(len(items)), BOOTSTRAPS, np.random.default_rng(seed))
    spread = [
        _with_half(drawn[:, both] @ cells, cells.sum(axis=0).reshape(grades, grades))
        for cells, (*_, both) in zip(tables, pairs, strict=True)
    ]
    found = {}
    for name, weigh in kinds.items():
        said = []
        for (one, other, both), cells in zip(pairs, tables, strict=True):
            if np.count_nonzero(cells.sum(axis=0)) == 1:  # scikit-learn gives nan, with a warning
                said.append(float(kappa_of(cells.sum(axis=0).reshape(grades, grades), weigh)))
                continue
            said.append(float(cohen_kappa_score(
                sheet[both, one], sheet[both, other], labels=np.arange(grades),
                weights="linear" if weigh is not None else None)))  # fmt: skip
        found[name] = _estimate(np.array(said), spread, grades, weigh)
    total = sum(cells.sum(axis=0) for cells in tables).reshape(grades, grades)
    shared = sheet[(sheet >= 0).sum(axis=1) > 1]
    most = np.bincount(shared[shared >= 0], minlength=grades).argmax()
    return Agreement(
        graders=tuple(names),
        items=len(shared),
        rarer=int(((shared >= 0) & (shared != most)).any(axis=1).sum()),
        kappa=found["kappa"],
        weighted=found.get("weighted"),
        same=float(np.trace(total) / total.sum()),
        counts=total if len(names) == 2 else total + total.T,
    )


def _cells(one: Any, other: Any, grades: int) -> Array:
    """A row for each item with 1 in the cell of its two grades."""
    cells = np.zeros((len(one), grades * grades))
    cells[np.arange(len(one)), one * grades + other] = 1.0
    return cells


def _with_half(drawn: Array, seen: Array) -> Array:
    """Sampled tables with half a disagreement more, among the grades that were given; a
    sample without items stays empty."""
    given = (seen.sum(axis=0) + seen.sum(axis=1)) > 0
    apart = np.outer(given, given) & ~np.eye(len(seen), dtype=bool)
    half = HALF * apart.ravel() / max(apart.sum(), 1)
    return np.asarray(np.where(drawn.sum(axis=1, keepdims=True) > 0, drawn + half, 0.0))


def _estimate(said: Array, spread: list[Array], grades: int, weigh: Any) -> Estimate:
    """Mean over the pairs of which kappa is defined, with its interval."""
    drawn = np.array([kappa_of(counts.reshape(-1, grades, grades), weigh) for counts in spread])
    known = ~np.isnan(drawn)
    times = known.sum(axis=0)
    means = np.where(known, drawn, 0.0).sum(axis=0)[times > 0] / times[times > 0]
    if np.isnan(said).all() or not len(means):
        return Estimate(mean=np.nan, low=np.nan, high=np.nan)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    mean = float(np.nanmean(said))
    return Estimate(mean=mean, low=min(float(low), mean), high=max(float(high), mean))
