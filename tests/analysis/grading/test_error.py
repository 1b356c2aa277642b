"""The grader's own error: by hand, and that intervals hold the truth as often as they say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from scipy.stats import norm

from mlpdm_kit.analysis.grading.error import believed, confusion, corrected, panel
from mlpdm_kit.analysis.trial.luck import with_luck
from mlpdm_kit.analysis.uncertainty.distributions import Distribution
from mlpdm_kit.case.grades import Gradings

# what people say (column) where the grader says so (row), and how often it does
SAYS = np.array([0.7, 0.2, 0.1])
MEANS = np.array([[0.90, 0.08, 0.02], [0.15, 0.70, 0.15], [0.05, 0.25, 0.70]])
WORTH = np.array([0.0, 1.0, 5.0])


def by(row: Any, grade: Any, grader: Any = "a", repeat: Any = 0) -> Gradings:
    row = np.asarray(row, dtype=int)
    fill = [np.broadcast_to(np.asarray(x, dtype=object), row.shape) for x in (repeat, grader)]
    return Gradings(row=row, repeat=fill[0].astype(int), grader=fill[1],
                    grade=np.asarray(grade, dtype=int))  # fmt: skip


def rate(found: Any, place: int, size: int = len(SAYS)) -> Distribution:
    """Posterior of a rate, as the comparison has it."""
    total, rows = float(found.outcomes[:, place].sum()), len(found.outcomes)
    plain = Distribution("beta", (total + 0.5, rows - total + 0.5))
    return with_luck(plain, found.variance(np.eye(size)[place], counted=True))


def test_by_hand() -> None:
    # 6 answers called right, 4 wrong; people saw 3 and 2 of them
    auto = np.array([[0]] * 6 + [[1]] * 4)
    found = corrected(auto, by([0, 1, 2, 6, 7], [0, 0, 1, 1, 1]), 2)
    assert found.counts.tolist() == [[2, 1], [0, 2]]
    # beforehand half a case of both alike, and half by Bayes' rule: the grader was right of
    # 5 answers in 4, with half a case in 4.5 / 6; people's shares are 2.5 and 3.5 of 6
    agrees, right_share, wrong_share = 4.5 / 6, 2.5 / 6, 3.5 / 6
    if_right = right_share * agrees / (right_share * agrees + wrong_share * (1 - agrees))
    if_wrong = wrong_share * agrees / (wrong_share * agrees + right_share * (1 - agrees))
    right, wrong = (2 + (0.5 + if_right) / 2) / 4, (2 + (0.5 + if_wrong) / 2) / 3
    assert found.mean == pytest.approx(np.array([[right, 1 - right], [1 - wrong, wrong]]))
    assert found.outcomes[:3].tolist() == [[1, 0], [1, 0], [0, 1]]  # people have the last word
    assert found.outcomes[3:6] == pytest.approx(np.tile([right, 1 - right], (3, 1)))
    assert found.outcomes[8:] == pytest.approx(np.tile([1 - wrong, wrong], (2, 1)))
    spread = np.array([right * (1 - right), wrong * (1 - wrong)])
    unsure = float((np.array([0.6, 0.4]) ** 2 * spread / np.array([5, 4])).sum())
    known = float((np.array([0.6, 0.4]) * spread).sum()) / 10
    share = 0.6 * (1 - right) + 0.4 * wrong
    person = share * (1 - share) / 20  # one person's grades are worth 20 others' at most
    second = np.array([0.0, 1.0])
    assert found.variance(second, counted=True) == pytest.approx(unsure - known + person)
    half = float((np.array([0.6, 0.4]) * spread * 0.5).sum()) / 10
    assert found.variance(second, counted=False) == pytest.approx(unsure - half + person)


def test_a_grade_that_nobody_could_give_is_not_invented() -> None:
    alpha = believed(np.array([[10.0, 2, 0], [1, 5, 0], [0, 0, 0]]))
    assert alpha[:, 2].tolist() == [0, 0, 0]
    assert (alpha[:2, :2] > 0).all()
    assert alpha.sum(axis=1) == pytest.approx([13, 7, 1])


def test_a_grade_never_seen_has_its_part_of_one_case() -> None:
    # of 18 gradings none is the third of three grades: 1/3 of a case, by the rows' shares
    own = np.array([[10.0, 2, 0], [1, 5, 0], [0, 0, 0]])
    alpha = believed(own, shares=np.array([0.7, 0.3, 0]), unseen=[0, 1, 2])
    assert alpha[:, 2] == pytest.approx([0.7 / 3, 0.3 / 3, 0])
    assert alpha.sum(axis=1) == pytest.approx([13, 7, 1])
    ten_right = corrected(np.zeros((300, 1), int), by(np.arange(10), np.zeros(10)), 2)
    assert ten_right.mean[0] == pytest.approx([10.5 / 11, 0.5 / 11])  # not 10 of 10 for sure


def test_what_people_said_of_others_weighs_one_case() -> None:
    own, all_ = np.array([[3.0, 1.0], [0.0, 2.0]]), np.array([[83.0, 1.0], [0.0, 2.0]])
    assert believed(own, all_).sum() == pytest.approx(own.sum() + 2)
    assert believed(own, all_)[0, 0] > believed(own)[0, 0]


def test_silence_needs_nobody() -> None:
    auto = np.array([[0], [0], [2], [2]])
    found = corrected(auto, by([0, 1], [0, 1]), 3, certain=(2,))
    assert found.outcomes[2:].tolist() == [[0, 0, 1], [0, 0, 1]]
    assert corrected(auto, by([0, 2], [0, 1]), 3, certain=(2,)).outcomes[3, 1] > 0


def test_repeats_and_graders_of_one_row_are_one_case() -> None:
    people = by([0, 0, 0, 0, 1], [0, 1, 0, 0, 1], ["a", "b", "a", "b", "a"], [0, 0, 1, 1, 0])
    auto = np.array([[0, 0], [1, -1]])
    counts = confusion(auto[people.row, people.repeat], people, 2, 2)
    assert counts.tolist() == [[0.75, 0.25], [0, 1]]
    found = corrected(auto, people, 2)
    assert found.outcomes.tolist() == [[0.75, 0.25], [0, 1]]


def test_where_people_graded_everything_nothing_is_added() -> None:
    rng = np.random.default_rng(0)
    auto = rng.integers(0, 2, (100, 1))
    people = by(np.arange(100), rng.integers(0, 2, 100))
    found = corrected(auto, people, 2)
    assert found.outcomes[:, 1].tolist() == people.grade.tolist()
    person = found.between[1, 1]
    assert found.variance(np.array([0.0, 1.0]), counted=True) == pytest.approx(person, abs=2e-5)


def test_weights_of_rows_are_those_of_production() -> None:
    auto = np.array([[0]] * 8 + [[1]] * 2)
    people = by([0, 1, 8, 9], [0, 1, 1, 0])
    found = corrected(auto, people, 2, weights=np.array([1.0] * 8 + [4.0] * 2))
    assert found.shares == pytest.approx([0.5, 0.5])


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_outcomes_are_shares_and_variances_none_negative(seed: int) -> None:
    rng = np.random.default_rng(seed)
    auto = rng.integers(0, 4, (30, 2))
    auto[rng.random(30) < 0.3, 1] = -1
    row = rng.choice(30, 12, replace=False)
    people = by(np.repeat(row, 2), rng.integers(0, 4, 24), np.tile(["a", "b"], 12))
    found = corrected(auto, people, 4)
    assert found.outcomes.sum(axis=1) == pytest.approx(np.ones(30))
    assert found.shares.sum() == pytest.approx(1)
    assert found.variance(rng.normal(size=4), counted=False) >= 0
    assert np.linalg.eigvalsh(found.between).min() >= -1e-12


def test_one_grader_is_worth_twenty_cases() -> None:
    found, compared = panel(by([0, 1, 2], [0, 1, 0]), np.array([0.7, 0.3]))
    assert compared == 0
    assert found == pytest.approx(np.array([[1, -1], [-1, 1]]) * 0.21 / 20)
    # a tenth needs no person: the others are nine tenths of what counts
    part, _ = panel(by([0, 1, 2], [0, 1, 0]), np.array([0.63, 0.27]))
    assert part == pytest.approx(found * 0.81)


def test_graders_who_share_too_few_answers() -> None:
    def pair(shared: int) -> Any:
        rows = np.concatenate([np.arange(20), np.arange(20 - shared, 40 - shared)])
        grades = np.concatenate([np.zeros(20), np.ones(20)])
        return by(rows, grades, np.repeat(["a", "b"], 20))

    assumed, compared = panel(pair(9), np.array([0.5, 0.5]))
    assert compared == 0
    assert assumed[0, 0] == pytest.approx(0.25 / 20 / 2)  # two of them
    measured, compared = panel(pair(10), np.array([0.5, 0.5]))
    assert compared == 2
    assert measured[0, 0] == pytest.approx((0.25 / 20 + 1 / 2) / 2 / 2)


def test_graders_who_differ_alike_everywhere() -> None:
    # b calls wrong whatever a calls right, on half of the items: d = 0.5, s^2 = 0.25 / n
    items = np.arange(400)
    a, b = np.zeros(400, int), (items % 2).astype(int)
    people = by(np.tile(items, 2), np.concatenate([a, b]), np.repeat(["a", "b"], 400))
    between = (0.25 - 0.25 / 399) / 2
    assumed = 0.75 * 0.25 / 20  # weighs as the one degree of freedom of two graders does
    found, compared = panel(people, np.array([0.75, 0.25]))
    assert compared == 2
    assert found[1, 1] == pytest.approx((between + assumed) / 2 / 2)


def test_who_never_differs_on_an_answer_is_alike_on_all() -> None:
    rows = np.arange(200)
    people = by(np.tile(rows, 2), np.tile(rows % 2, 2), np.repeat(["a", "b"], 200))
    found, _ = panel(people, np.array([0.5, 0.5]))
    most = 0.5 / 201  # two shares move together: half of it each
    assert found[0, 0] == pytest.approx(most / 2 / 2 / 2)


def play(rng: np.random.Generator, rows: int, graded: int) -> tuple[Any, Any, Any]:
    auto = rng.choice(3, rows, p=SAYS)
    truth = (rng.random(rows)[:, None] > MEANS[auto].cumsum(axis=1)).sum(axis=1)
    seen = rng.choice(rows, graded, replace=False)
    return auto, truth, seen


def by_the_one_who_knows(auto: Any, people: Gradings) -> Any:
    """Corrected by somebody whose grade is the truth: nothing hangs on who graded."""
    found = corrected(auto[:, None], people, 3)
    return replace(found, between=np.zeros((3, 3)))


def covered(runs: int, rows: int, graded: int, seed: int) -> tuple[Any, Any, float, Any]:
    """How often 90% intervals hold the truth: corrected, not, of the cost; and widths."""
    rng, true = np.random.default_rng(seed), SAYS @ MEANS
    hits, naive, cost, width = np.zeros(3), np.zeros(3), 0, []
    for _ in range(runs):
        auto, truth, seen = play(rng, rows, graded)
        found = by_the_one_who_knows(auto, by(seen, truth[seen]))
        for place in range(3):
            one = rate(found, place)
            low, high = one.quantile(0.05), one.quantile(0.95)
            hits[place] += low <= true[place] <= high
            width.append((place, high - low))
            said = float((auto == place).sum())
            plain = Distribution("beta", (said + 0.5, rows - said + 0.5))
            naive[place] += plain.quantile(0.05) <= true[place] <= plain.quantile(0.95)
        lost = found.outcomes @ WORTH
        error = np.sqrt(lost.var() / rows + found.variance(WORTH, counted=False))
        cost += abs(lost.mean() - true @ WORTH) <= 1.645 * error
    widths = np.array([np.mean([w for p, w in width if p == place]) for place in range(3)])
    return hits / runs, naive / runs, cost / runs, widths


def test_the_correction_covers_and_none_does_not() -> None:
    hits, naive, cost, _ = covered(120, 800, 150, seed=5)
    assert (hits > 0.8).all()
    assert cost > 0.8
    assert naive.min() < 0.6


@pytest.mark.parametrize(
    ("right", "says_right", "says_wrong", "rows", "graded"),
    [(0.97, 0.95, 0.7, 300, 30), (0.95, 0.9, 0.9, 1000, 20)],
)
def test_few_grades_of_a_good_option(
    right: float, says_right: float, says_wrong: float, rows: int, graded: int
) -> None:
    rng, hits, runs = np.random.default_rng(1), 0, 200
    for _ in range(runs):
        good = rng.random(rows) < right
        same = rng.random(rows) < np.where(good, says_right, says_wrong)
        auto, truth = np.where(same, ~good, good).astype(int), (~good).astype(int)
        seen = rng.choice(rows, graded, replace=False)
        found = rate(corrected(auto[:, None], by(seen, truth[seen]), 2), 0, 2)
        hits += found.quantile(0.025) <= right <= found.quantile(0.975)
    assert hits / runs > 0.92


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "graded"), [(800, 150), (300, 100), (300, 300), (2000, 80)])
def test_a_nominal_ninety_percent(rows: int, graded: int) -> None:
    hits, naive, cost, _ = covered(1000, rows, graded, seed=rows + graded)
    assert ((hits > 0.85) & (hits < 0.94)).all(), hits
    assert 0.84 < cost < 0.94
    assert naive.min() < 0.75


@pytest.mark.slow
def test_as_prediction_powered_inference_has_it() -> None:
    """Its estimate, tuned for each rate as PPI++ does, has the same mean and width."""
    rng, true, rows, graded = np.random.default_rng(8), SAYS @ MEANS, 1000, 200
    ours, theirs, off = [], [], []
    for _ in range(200):
        auto, truth, seen = play(rng, rows, graded)
        found = by_the_one_who_knows(auto, by(seen, truth[seen]))
        one = rate(found, 1)
        f, y = (auto == 1).astype(float), (truth[seen] == 1).astype(float)
        weight = np.cov(f[seen], y)[0, 1] / (f.var() * (1 + graded / rows))
        mean = y.mean() + weight * (f.mean() - f[seen].mean())
        error = np.sqrt((y - weight * f[seen]).var(ddof=1) / graded + weight**2 * f.var() / rows)
        ours.append(one.quantile(0.95) - one.quantile(0.05))
        theirs.append(2 * 1.645 * error)
        off.append((one.mean - true[1], mean - true[1]))
    assert np.mean(ours) == pytest.approx(np.mean(theirs), rel=0.12)
    assert np.mean(ours) <= np.mean(theirs) * 1.02  # it knows all grades, not just one
    assert np.abs(np.mean(off, axis=0)).max() < 0.005


def graded_by(
    rng: np.random.Generator,
    rows: int,
    seen: int,
    good: float,
    right: float | None,
    graders: int,
    apart: float,
) -> Any:
    """Answers, some share of them good to people in the middle, who differ by strictness.

    A person calls an answer wrong that lies below their own cut, with noise; ``apart`` is the
    spread of cuts on the scale on which people's grades are spread by 1. The automatic grader
    is right as often as ``right`` about the answer as it is; without one people alone grade.
    """
    noise = 0.5
    width = np.sqrt(1 + noise**2)
    cuts = apart * width * rng.normal(size=graders)
    cut = norm.isf(good) * width * np.sqrt(1 + apart**2)
    worth = rng.normal(size=rows)
    truly = worth > norm.isf(good)
    same = rng.random(rows) < (1.0 if right is None else right)
    auto = np.zeros(rows, int) if right is None else np.where(same, ~truly, truly).astype(int)
    row = rng.choice(rows, seen, replace=False)
    felt = worth[row][:, None] + cuts + noise * rng.normal(size=(seen, graders))
    who = np.tile(np.arange(graders), seen)
    return auto, by(np.repeat(row, graders), (felt <= cut).astype(int).ravel(), who)


def of_nominal(runs: int, rows: int, seen: int, good: float, *rest: Any) -> tuple[float, float]:
    """How often 95% intervals of the share of wrong ones hold it, and how wide they are."""
    rng, sizes = np.random.default_rng(seen), []
    for _ in range(runs):
        auto, people = graded_by(rng, rows, seen, good, *rest)
        sizes.append(rate(corrected(auto[:, None], people, 2), 1, 2).parameters)
    yes, no = np.array(sizes).T
    low, high = special.betaincinv(yes, no, 0.025), special.betaincinv(yes, no, 0.975)
    return float(((low <= 1 - good) & (1 - good <= high)).mean()), float((high - low).mean())


@pytest.mark.parametrize(
    ("seen", "good", "right", "graders", "apart"),
    [(10, 0.97, 0.95, 1, 0.0), (10, 0.97, None, 1, 0.3), (20, 0.9, 0.95, 1, 0.3),
     (50, 0.8, 0.8, 1, 0.3), (50, 0.5, 0.8, 2, 0.3), (20, 0.8, 0.6, 3, 0.3)],
)  # fmt: skip
def test_few_grades_by_few_people(
    seen: int, good: float, right: float | None, graders: int, apart: float
) -> None:
    assert of_nominal(150, 300, seen, good, right, graders, apart)[0] > 0.9


# widths before one person's grades were held for no more than 20 cases, of 300 or 100 rows
WIDTHS = {  # rows, graded, graders, spread of their cuts: width at a good share of 90%
    (100, 100, 2, 0.0): 0.168, (100, 100, 2, 0.3): 0.348, (100, 100, 3, 0.0): 0.125,
    (100, 100, 3, 0.3): 0.194, (100, 100, 6, 0.0): 0.119, (100, 100, 6, 0.3): 0.147,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("graders", [1, 2, 3])
@pytest.mark.parametrize("seen", [10, 20, 50, 100])
def test_a_nominal_ninety_five_percent_of_few_grades(seen: int, graders: int) -> None:
    """At least 92% wherever ten rows are graded, less three standard errors of 400 plays."""
    for good in (0.5, 0.8, 0.97):
        for right in (0.95, 0.6, None):
            for apart in (0.0, 0.3):
                hits, _ = of_nominal(400, 300, seen, good, right, graders, apart)
                assert hits > 0.92 - 3 * np.sqrt(0.92 * 0.08 / 400), (good, right, apart)


@pytest.mark.slow
@pytest.mark.parametrize("place", WIDTHS)
def test_many_graders_of_everything_widen_little(place: tuple[int, int, int, float]) -> None:
    rows, seen, graders, apart = place
    hits, width = of_nominal(300, rows, seen, 0.9, 0.8, graders, apart)
    assert hits > 0.92
    assert width < 1.2 * WIDTHS[place]


@pytest.mark.slow
@pytest.mark.parametrize("graders", [2, 3, 6])
def test_graders_are_a_sample_too(graders: int) -> None:
    rng, hits, alone, runs, rows = np.random.default_rng(graders), 0, 0, 400, 200
    true = norm.sf(0.8 / np.sqrt(1 + 0.4**2 + 0.5**2))
    for _ in range(runs):
        strict = 0.4 * rng.normal(size=graders)
        seen = rng.normal(size=rows)[:, None] + strict + 0.5 * rng.normal(size=(rows, graders))
        row, who = np.indices(seen.shape).reshape(2, -1)
        people = by(row, (seen > 0.8).ravel(), who)
        found = corrected(np.zeros((rows, 1), int), people, 2)
        total = float(found.outcomes[:, 1].sum())
        plain = Distribution("beta", (total + 0.5, rows - total + 0.5))
        wide = with_luck(plain, found.variance(np.array([0.0, 1.0]), counted=True))
        hits += wide.quantile(0.05) <= true <= wide.quantile(0.95)
        alone += plain.quantile(0.05) <= true <= plain.quantile(0.95)
    assert hits / runs > 0.86
    assert alone / runs < 0.75
