"""The grader's own error: what people's grades say about the outcomes of an option.

An automatic grader errs; on the rows that people graded as well it shows how often. Its
grades are then corrected by what people say where it says so, and the interval grows by how
little is known of that. People are a sample too: another panel would grade otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import special

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.grades import Gradings

PRIOR = 1.0  # cases that what is believed beforehand of one grade weighs
_Z = 1.6448536269514722  # of a 90% interval


def confusion(auto: Array, people: Gradings, outcomes: int, rows: int) -> Array:
    """What people said (column) where the grader said so (row), in cases.

    Parameters
    ----------
    auto : array of int, shape (gradings,)
        The automatic grade of the answer that each grading is about.
    people : Gradings
    outcomes, rows : int

    Returns
    -------
    array, shape (outcomes, outcomes)
        All gradings of one row, whoever's and of whichever repeat, count as one case: they
        are alike.

    Examples
    --------
    >>> two = Gradings(row=np.array([0, 0, 1]), repeat=np.zeros(3, int),
    ...                grader=np.array(["a", "b", "a"]), grade=np.array([0, 1, 1]))
    >>> confusion(np.array([0, 0, 1]), two, 2, 2).tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    """
    times = np.bincount(people.row, minlength=rows)
    cells = auto.astype(int) * outcomes + people.grade
    weights = 1.0 / times[people.row]
    found = np.bincount(cells, weights, minlength=outcomes**2).reshape(outcomes, outcomes)
    return np.asarray(found, dtype=float)


def believed(own: Array, others: Array | None = None) -> Array:
    """Dirichlet of people's grade by automatic grade, row by row.

    Parameters
    ----------
    own : array, shape (outcomes, outcomes)
        As `confusion` gives it, of this option.
    others : array, optional
        The same of all options that the grader graded.

    Returns
    -------
    array, shape (outcomes, outcomes)
        Parameters of each row's Dirichlet: what was counted, and what is believed
        beforehand, which weighs one case: half that people agree, half that they say what
        they do of all answers, as few of a rare grade may be right. A grade that nobody gave,
        and neither did the grader, has no mass at all.

    Notes
    -----
    What people said of other options weighs one case and no more: the chance that they call
    right what the grader does depends on how many of an option's answers are right, so that
    it does not carry over (Rogan & Gladen, Am J Epidemiol 1978).

    Examples
    --------
    >>> believed(np.array([[45.0, 5.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])).round(2)
    array([[45.95,  5.05,  0.  ],
           [ 0.45,  0.55,  0.  ],
           [ 0.  ,  0.  ,  0.  ]])
    """
    pool = own if others is None else others
    size = len(own)
    seen = (pool.sum(axis=0) + pool.sum(axis=1)) > 0
    shares = np.where(seen, own.sum(axis=0) + 0.5, 0.0)
    found = (np.eye(size) + shares / max(shares.sum(), 0.5)) * seen[:, None] / 2
    elsewhere = pool - own + found * PRIOR
    weight = elsewhere.sum(axis=1, keepdims=True)
    return np.asarray(own + PRIOR * elsewhere / np.where(weight > 0, weight, 1.0))


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """The outcomes of an option as people would have graded them.

    ``outcomes`` has a row for each case and a column for each outcome, how much of it is to
    be expected; ``mean`` is what people say (column) where the grader says so (row);
    ``names`` are those of the outcomes and ``counts`` as `confusion`. `variance` is what the
    grader's error adds.
    """

    outcomes: Array
    names: tuple[str, ...]
    auto: Array
    counts: Array
    mean: Array
    size: Array
    shares: Array
    graded: Array
    between: Array
    rows: int

    def variance(self, worth: Array, *, counted: bool) -> float:
        """Variance that the grader's error adds to a mean over the cases.

        Parameters
        ----------
        worth : array, shape (outcomes,)
            What one of each outcome counts: 1 and 0 for the rate of one, money for a cost.
        counted : bool
            Whether what is added to treats expected outcomes as if each were 0 or 1, as the
            posterior of a rate does; a bootstrap over the cases' own figures does not.

        Notes
        -----
        The grades of one kind are a stratum: the mean is that of the strata by their shares,
        its variance the sum of share squared times that of the Dirichlet's mean, over what
        the cases' own spread already says. It is the post-stratified estimate that
        prediction-powered inference comes to where predictions are grades (Angelopoulos,
        Bates, Fannjiang, Jordan & Zrnic, Science 2023); for right and wrong that of Rogan &
        Gladen, Am J Epidemiol 1978, with predictive values. `panel` adds what hangs on who
        graded.
        """
        mean = self.mean @ worth
        within = np.maximum(self.mean @ worth**2 - mean**2, 0.0)
        unsure = float((self.shares**2 * within / (self.size + 1.0)).sum())
        share = np.ones(len(self.graded)) if counted else self.graded
        known = float((self.shares * within * share).sum()) / max(self.rows, 1)
        return max(unsure - known, 0.0) + float(worth @ self.between @ worth)


def corrected(
    auto: Array,
    people: Gradings,
    outcomes: int,
    *,
    others: Array | None = None,
    certain: tuple[int, ...] = (),
    weights: Array | None = None,
) -> Corrected:
    """An option's outcomes, corrected by what people say.

    Parameters
    ----------
    auto : array of int, shape (rows, repeats)
        The automatic grade of each answer; -1 where there is none.
    people : Gradings
        People's grades of some of them.
    outcomes : int
        How many there are.
    others : array, optional
        `confusion` of all options together, where it adds to this one's.
    certain : tuple of int
        Grades that need no person where none gave another: no answer is no answer.
    weights : array, shape (rows,), optional
        How much each row weighs in production; by default all alike.

    Returns
    -------
    Corrected
        A graded answer counts as people graded it (their mean), any other as people would
        grade one with its automatic grade.

    Notes
    -----
    It takes the graded rows to be drawn by chance among those of one automatic grade.
    """
    rows = len(auto)
    counts = confusion(auto[people.row, people.repeat], people, outcomes, rows)
    alpha = believed(counts, others)
    for one in certain:
        if counts[one].sum() <= 0:
            alpha[one] = 0.0
    size = alpha.sum(axis=1)
    mean = np.where(size[:, None] > 0, alpha / np.where(size, size, 1.0)[:, None], np.eye(outcomes))
    there = auto >= 0
    shown = np.where(there[:, :, None], mean[np.maximum(auto, 0)], 0.0)
    given, times = np.zeros(shown.shape), np.zeros(auto.shape)
    np.add.at(given, (people.row, people.repeat, people.grade), 1.0)
    np.add.at(times, (people.row, people.repeat), 1.0)
    by_people = times > 0
    shown[by_people] = given[by_people] / times[by_people][:, None]
    weigh = 1.0 / np.maximum(there.sum(axis=1), 1)
    heavy = np.ones(rows) if weights is None else weights / weights.mean()
    of_grade = (auto[:, :, None] == np.arange(outcomes)) * (weigh * heavy)[:, None, None]
    shares = of_grade.sum(axis=(0, 1))
    graded = (of_grade * by_people[:, :, None]).sum(axis=(0, 1))
    return Corrected(
        names=tuple(str(place) for place in range(outcomes)),
        outcomes=(shown * there[:, :, None]).sum(axis=1) * weigh[:, None],
        auto=auto,
        counts=counts,
        mean=mean,
        size=np.where(size > 0, size, np.inf),
        shares=shares / max(rows, 1),
        graded=np.where(shares > 0, graded / np.where(shares > 0, shares, 1.0), 0.0),
        between=panel(people, outcomes),
        rows=rows,
    )


def panel(people: Gradings, outcomes: int) -> Array:
    """Covariance of the mean outcome that comes from who graded, shape (outcomes, outcomes).

    Graders and items cross. How far two graders differ on the items that both graded, less
    what the items' own spread explains, is twice the variance between graders; the mean
    over pairs is taken, and each grader weighs as much as they graded. One grader alone
    says nothing about others, and adds nothing.

    Notes
    -----
    The two-way random-effects layout (Brennan, Generalizability Theory, 2001, ch. 3), by
    pairs of graders, as not everybody grades everything. Few graders say little about their
    spread: the variance is that of the t distribution's interval with one degree of freedom
    less than graders.
    """
    names, who = np.unique(np.asarray(people.grader).astype(str), return_inverse=True)
    if len(names) < 2:
        return np.zeros((outcomes, outcomes))
    answers: dict[tuple[int, int], dict[int, int]] = {}
    given = zip(people.row, people.repeat, who, people.grade, strict=True)
    for row, repeat, one, grade in given:
        answers.setdefault((int(row), int(repeat)), {})[int(one)] = int(grade)
    one_hot, total, pairs = np.eye(outcomes), np.zeros((outcomes, outcomes)), 0
    for one, other in combinations(range(len(names)), 2):
        both = [g for g in answers.values() if one in g and other in g]
        if len(both) < 2:
            continue
        off = np.array([one_hot[g[one]] - one_hot[g[other]] for g in both])
        mean = off.mean(axis=0)
        total += np.outer(mean, mean) - np.cov(off.T) / len(both)
        pairs += 1
    if not pairs:
        return np.zeros((outcomes, outcomes))
    share = np.bincount(who) / len(who)
    few = float(special.stdtrit(len(names) - 1, 0.95)) / _Z
    found = total / pairs / 2 * float((share**2).sum()) * few**2
    values, vectors = np.linalg.eigh((found + found.T) / 2)
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)
