"""The grader's own error: what people's grades say about the outcomes of an option.

An automatic grader errs; on the rows that people graded as well it shows how often. Its
grades are then corrected by what people say where it says so, and the interval grows by how
little is known of that. People are a sample too: another panel would grade otherwise.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.grades import Gradings

PRIOR = 1.0  # cases that what is believed beforehand of one grade weighs
SPREAD = 0.05  # of a grade's variance lies between graders: assumed, see `panel`
ASSUMED = 1.0  # graders whom that assumption weighs beside measured ones
SHARED = 10  # answers that two people graded both, below which they say nothing of each other


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


def believed(
    own: Array,
    others: Array | None = None,
    *,
    shares: Array | None = None,
    unseen: Collection[int] = (),
) -> Array:
    """Dirichlet of people's grade by automatic grade, row by row.

    Parameters
    ----------
    own : array, shape (outcomes, outcomes)
        As `confusion` gives it, of this option.
    others : array, optional
        The same of all options that the grader graded.
    shares : array, shape (outcomes,), optional
        How often the grader gives each grade; by default as often as people saw it.
    unseen : collection of int
        Grades that people could give, though perhaps nobody did.

    Returns
    -------
    array, shape (outcomes, outcomes)
        Parameters of each row's Dirichlet: what was counted, and what is believed
        beforehand, which weighs one case. Half of it has every grade alike (Jeffreys' prior
        of two grades, Perks' of more), half what Bayes' rule says of a grader who is right
        as often as this one, where each grade is as frequent as people say it is: a rare
        grade may seldom be right. A grade that people could give and nobody did has of this
        one case its equal part, spread over the rows by their shares.

    Notes
    -----
    From other options it takes how often the grader is right and no more: the chance that
    people call right what the grader does depends on how many of an option's answers are
    right, so that it does not carry over (Rogan & Gladen, Am J Epidemiol 1978).

    Examples
    --------
    >>> believed(np.array([[45.0, 5.0], [0.0, 0.0]])).round(2)
    array([[45.74,  5.26],
           [ 0.5 ,  0.5 ]])
    >>> believed(np.array([[10.0, 0.0], [0.0, 0.0]]), unseen=[0, 1])[0].round(2)
    array([10.5,  0.5])
    """
    pool = own if others is None else others
    size = len(own)
    seen = (pool.sum(axis=0) + pool.sum(axis=1)) > 0
    if shares is None:
        shares = own.sum(axis=1) / max(own.sum(), 1.0)
    possible = np.isin(np.arange(size), list(unseen))
    hidden = np.outer(shares, possible & ~seen) / max((possible | seen).sum(), 1)
    known = (_alike(seen) + _by_bayes(own, pool, seen)) / 2
    return np.asarray(own + PRIOR * (hidden + (1 - hidden.sum(axis=1, keepdims=True)) * known))


def _alike(seen: Array) -> Array:
    return np.asarray(seen / max(seen.sum(), 1))


def _by_bayes(own: Array, pool: Array, seen: Array) -> Array:
    """Chance of what people say, given what a grader says who errs alike everywhere."""
    size, kinds = len(own), int(seen.sum())
    if kinds < 2:
        return np.tile(seen.astype(float), (size, 1))
    right = (float(np.trace(pool)) + 0.5) / (float(pool.sum()) + 1)
    says = np.full((size, size), (1 - right) / (kinds - 1))
    np.fill_diagonal(says, right)
    found = says * np.where(seen, own.sum(axis=0) + 1 / kinds, 0.0)
    return np.asarray(found / found.sum(axis=1, keepdims=True))


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """The outcomes of an option as people would have graded them.

    ``outcomes`` has a row for each case and a column for each outcome, how much of it is to
    be expected; ``mean`` is what people say (column) where the grader says so (row);
    ``names`` are those of the outcomes and ``counts`` as `confusion`; ``compared`` people
    graded enough of the same answers to show how far they differ. `variance` is what the
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
    compared: int
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
    unseen: Collection[int] | None = None,
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
    unseen : collection of int, optional
        Grades that people could give, though perhaps nobody did; by default all the others.
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
    there = auto >= 0
    weigh = 1.0 / np.maximum(there.sum(axis=1), 1)
    heavy = np.ones(rows) if weights is None else weights / weights.mean()
    of_grade = (auto[:, :, None] == np.arange(outcomes)) * (weigh * heavy)[:, None, None]
    shares = of_grade.sum(axis=(0, 1)) / max(rows, 1)
    if unseen is None:
        unseen = [one for one in range(outcomes) if one not in certain]
    alpha = believed(counts, others, shares=shares, unseen=unseen)
    needless = [one for one in certain if counts[one].sum() <= 0]
    alpha[needless] = 0.0
    size = alpha.sum(axis=1)
    mean = np.where(size[:, None] > 0, alpha / np.where(size, size, 1.0)[:, None], np.eye(outcomes))
    shown = np.where(there[:, :, None], mean[np.maximum(auto, 0)], 0.0)
    given, times = np.zeros(shown.shape), np.zeros(auto.shape)
    np.add.at(given, (people.row, people.repeat, people.grade), 1.0)
    np.add.at(times, (people.row, people.repeat), 1.0)
    by_people = times > 0
    shown[by_people] = given[by_people] / times[by_people][:, None]
    graded = (of_grade * by_people[:, :, None]).sum(axis=(0, 1)) / max(rows, 1)
    judged = np.where(size > 0, shares, 0.0)
    between, compared = panel(people, judged @ mean)
    return Corrected(
        names=tuple(str(place) for place in range(outcomes)),
        outcomes=(shown * there[:, :, None]).sum(axis=1) * weigh[:, None],
        auto=auto,
        counts=counts,
        mean=mean,
        size=np.where(size > 0, size, np.inf),
        shares=shares,
        graded=np.where(shares > 0, graded / np.where(shares > 0, shares, 1.0), 0.0),
        between=between,
        compared=compared,
        rows=rows,
    )


def panel(people: Gradings, mean: Array) -> tuple[Array, int]:
    """Covariance of the mean outcome that comes from who graded, and how many showed it.

    Parameters
    ----------
    people : Gradings
    mean : array, shape (outcomes,)
        How often each outcome is what people say, of all cases; it sums to the share of
        cases that need a person.

    Returns
    -------
    array, shape (outcomes, outcomes), and int
        The covariance, and the number of graders who graded at least `SHARED` of the same
        answers as another: 0 where the spread between graders is only assumed.

    Notes
    -----
    Graders and items cross: the two-way random-effects layout (Brennan, Generalizability
    Theory, 2001, ch. 3), by pairs of graders, as not everybody grades everything. How far two
    graders differ on the items that both graded, less what the items' own spread explains, is
    twice the variance between graders; the mean over pairs is taken, and each grader weighs
    as much as they graded.

    Few graders say little about their spread, and one says nothing. So beside what is
    measured stands an assumption of the kit, which weighs as `ASSUMED` grader more: `SPREAD`
    of the variance of a single grade lies between graders, p (1 - p) of it for an outcome of
    share p. One person's grades, however many, then say of people no more than 1 / `SPREAD`
    independent ones, and two people's shares about a half differ by 11 points as often as not.
    Where people hardly ever differ on an answer it is no more than that leaves room for. It
    is no finding. For scale: of ten radiologists with the same 150 mammograms each asked
    for more at once in 74 to 96% of those with cancer, and in 11 to 65% of those without
    (Elmore et al., N Engl J Med 1994): by these ranges some 4 and 13%.

    Examples
    --------
    >>> one = Gradings(row=np.arange(4), repeat=np.zeros(4, int), grader=np.array(["a"] * 4),
    ...                grade=np.array([0, 0, 0, 1]))
    >>> panel(one, np.array([0.8, 0.2]))[0].round(6).tolist()
    [[0.008, -0.008], [-0.008, 0.008]]
    """
    outcomes, judged = len(mean), float(mean.sum())
    part = mean / max(judged, 1e-300)
    assumed = SPREAD * (np.diag(part) - np.outer(part, part))
    names, who = np.unique(np.asarray(people.grader).astype(str), return_inverse=True)
    _, answer = np.unique(np.stack([people.row, people.repeat]), axis=1, return_inverse=True)
    given = np.full((int(answer.max(initial=-1)) + 1, len(names)), -1)
    given[answer.ravel(), who] = people.grade
    total, pairs, compared = np.zeros((outcomes, outcomes)), 0, set()
    shared, differ = 0, 0
    for one, other in combinations(range(len(names)), 2):
        both = (given[:, one] >= 0) & (given[:, other] >= 0)
        if both.sum() < SHARED:
            continue
        off = np.eye(outcomes)[given[both, one]] - np.eye(outcomes)[given[both, other]]
        apart = off.mean(axis=0)
        total += (np.outer(apart, apart) - np.cov(off.T) / both.sum()) / 2
        pairs += 1
        compared |= {one, other}
        shared, differ = shared + int(both.sum()), differ + int(off.any(axis=1).sum())
    known = max(len(compared) - 1, 0)
    most = (differ + 0.5) / (shared + 1)  # who never differs on one answer is alike on all
    assumed *= min(1.0, most / max(float(np.trace(assumed)), 1e-300)) if pairs else 1.0
    spread = (ASSUMED * assumed + known * total / max(pairs, 1)) / (ASSUMED + known)
    share = np.bincount(who) / max(len(who), 1)
    found = judged**2 * float((share**2).sum()) * spread
    values, vectors = np.linalg.eigh((found + found.T) / 2)
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T), len(compared)
