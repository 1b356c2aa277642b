"""The grader's own error: by hand, and that intervals hold the truth as often as they say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    # beforehand half agreement and half people's shares, 2 and 3 with a half each
    right, wrong = (2 + (1 + 2.5 / 6) / 2) / 4, (2 + (1 + 3.5 / 6) / 2) / 3
    assert found.mean == pytest.approx(np.array([[right, 1 - right], [1 - wrong, wrong]]))
    assert found.outcomes[:3].tolist() == [[1, 0], [1, 0], [0, 1]]  # people have the last word
    assert found.outcomes[3:6] == pytest.approx(np.tile([right, 1 - right], (3, 1)))
    assert found.outcomes[8:] == pytest.approx(np.tile([1 - wrong, wrong], (2, 1)))
    spread = np.array([right * (1 - right), wrong * (1 - wrong)])
    unsure = float((np.array([0.6, 0.4]) ** 2 * spread / np.array([5, 4])).sum())
    known = float((np.array([0.6, 0.4]) * spread).sum()) / 10
    assert found.variance(np.array([0.0, 1.0]), counted=True) == pytest.approx(unsure - known)
    half = float((np.array([0.6, 0.4]) * spread * 0.5).sum()) / 10
    assert found.variance(np.array([0.0, 1.0]), counted=False) == pytest.approx(unsure - half)


def test_a_grade_never_seen_is_not_invented() -> None:
    alpha = believed(np.array([[10.0, 2, 0], [1, 5, 0], [0, 0, 0]]))
    assert alpha[:, 2].tolist() == [0, 0, 0]
    assert (alpha[:2, :2] > 0).all()
    assert alpha.sum(axis=1) == pytest.approx([13, 7, 0])


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
    assert found.variance(np.array([0.0, 1.0]), counted=True) == pytest.approx(0, abs=2e-5)


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


def test_one_grader_says_nothing_about_others() -> None:
    assert panel(by([0, 1, 2], [0, 1, 0]), 2).tolist() == [[0, 0], [0, 0]]


def test_graders_who_differ_alike_everywhere() -> None:
    # b calls wrong whatever a calls right, on half of the items: d = 0.5, s^2 = 0.25 / n
    items = np.arange(400)
    a, b = np.zeros(400, int), (items % 2).astype(int)
    people = by(np.tile(items, 2), np.concatenate([a, b]), np.repeat(["a", "b"], 400))
    of_mean = (0.25 - 0.25 / 399) / 2 / 2
    t = 6.313751514675043 / 1.6448536269514722
    assert panel(people, 2)[1, 1] == pytest.approx(of_mean * t**2)


def play(rng: np.random.Generator, rows: int, graded: int) -> tuple[Any, Any, Any]:
    auto = rng.choice(3, rows, p=SAYS)
    truth = (rng.random(rows)[:, None] > MEANS[auto].cumsum(axis=1)).sum(axis=1)
    seen = rng.choice(rows, graded, replace=False)
    return auto, truth, seen


def covered(runs: int, rows: int, graded: int, seed: int) -> tuple[Any, Any, float, Any]:
    """How often 90% intervals hold the truth: corrected, not, of the cost; and widths."""
    rng, true = np.random.default_rng(seed), SAYS @ MEANS
    hits, naive, cost, width = np.zeros(3), np.zeros(3), 0, []
    for _ in range(runs):
        auto, truth, seen = play(rng, rows, graded)
        found = corrected(auto[:, None], by(seen, truth[seen]), 3)
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
    """Short of its 95%, but nearer than with a rare grade believed as right as all others."""
    rng, hits, runs = np.random.default_rng(1), 0, 200
    for _ in range(runs):
        good = rng.random(rows) < right
        same = rng.random(rows) < np.where(good, says_right, says_wrong)
        auto, truth = np.where(same, ~good, good).astype(int), (~good).astype(int)
        seen = rng.choice(rows, graded, replace=False)
        found = rate(corrected(auto[:, None], by(seen, truth[seen]), 2), 0, 2)
        hits += found.quantile(0.025) <= right <= found.quantile(0.975)
    assert hits / runs > 0.8


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
        found = corrected(auto[:, None], by(seen, truth[seen]), 3)
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


@pytest.mark.slow
@pytest.mark.parametrize("graders", [3, 6])
def test_graders_are_a_sample_too(graders: int) -> None:
    from scipy.stats import norm

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
