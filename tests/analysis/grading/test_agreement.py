"""Agreement of graders: against scikit-learn and published tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from mlpdm_kit.analysis.grading.agreement import agreement, kappa_of

# they agree on 0.70, and would by chance on 0.6 * 0.5 + 0.3 * 0.3 + 0.1 * 0.2 = 0.41
TABLE = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]], dtype=float)


def sheet(table: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Items, graders and grades that come to a table of counts."""
    one, other = (np.repeat(place.ravel(), table.astype(int).ravel())
                  for place in np.indices(table.shape))  # fmt: skip
    items = np.arange(len(one))
    return (np.concatenate([items, items]), np.repeat(["a", "b"], len(one)),
            np.concatenate([one, other]))  # fmt: skip


def test_kappa_by_hand() -> None:
    assert float(kappa_of(TABLE)) == pytest.approx((0.70 - 0.41) / (1 - 0.41))


def test_kappa_of_a_published_table() -> None:
    # a printout of SAS, kept in statsmodels' tests of inter-rater agreement
    table = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]
    assert float(kappa_of(table)) == pytest.approx(0.4842, abs=5e-5)
    steps = np.abs(np.subtract.outer(np.arange(3), np.arange(3)))
    assert float(kappa_of(table, steps)) == pytest.approx(0.4701, abs=5e-5)


def test_two_graders_as_scikit_learn_has_it() -> None:
    items, graders, grades = sheet(TABLE)
    found = agreement(items, graders, grades, 3, ordered=True)
    assert found is not None
    one, other = grades[: len(grades) // 2], grades[len(grades) // 2 :]
    assert found.kappa.mean == pytest.approx(cohen_kappa_score(one, other))
    assert found.weighted is not None
    assert found.weighted.mean == pytest.approx(cohen_kappa_score(one, other, weights="linear"))
    assert found.same == pytest.approx(140 / 200)
    assert np.array_equal(found.counts, TABLE)
    assert (found.items, found.graders, found.word) == (200, ("a", "b"), "moderate")
    error = (found.kappa.high - found.kappa.low) / 2 / 1.96
    assert error == pytest.approx(cohens_kappa(TABLE).std_kappa, rel=0.06)


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_any_table_as_scikit_learn_has_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, 4, 50), rng.integers(0, 4, 50)
    table = np.zeros((4, 4))
    np.add.at(table, (one, other), 1.0)
    steps = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    for weights, named in ((None, None), (steps, "linear"), (steps**2, "quadratic")):
        expected = cohen_kappa_score(one, other, labels=range(4), weights=named)
        assert float(kappa_of(table, weights)) == pytest.approx(expected, abs=1e-12)


def test_more_than_two_is_the_mean_over_pairs() -> None:
    rng = np.random.default_rng(1)
    grades = rng.integers(0, 2, (3, 40))
    found = agreement(np.tile(np.arange(40), 3), np.repeat(["a", "b", "c"], 40), grades.ravel(), 2)
    assert found is not None
    pairs = [cohen_kappa_score(grades[i], grades[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert found.kappa.mean == pytest.approx(np.mean(pairs))
    assert found.weighted is None
    assert np.array_equal(found.counts, found.counts.T)
    assert found.counts.sum() == 2 * 3 * 40


def test_only_items_in_common_count() -> None:
    found = agreement([1, 2, 3, 2, 3, 4], list("aaabbb"), [0, 0, 1, 0, 1, 1], 2)
    assert found is not None
    assert (found.items, found.kappa.mean, found.same) == (2, 1.0, 1.0)


def test_nobody_in_common() -> None:
    assert agreement([1, 2], ["a", "b"], [0, 0], 2) is None
    assert agreement([1, 2], ["a", "a"], [0, 0], 2) is None


def test_all_the_same_grade_says_nothing() -> None:
    found = agreement([1, 1, 2, 2], list("abab"), [0, 0, 0, 0], 3, ordered=True)
    assert found is not None
    assert found.weighted is not None
    for one in (found.kappa, found.weighted):
        assert np.isnan([one.mean, one.low, one.high]).all()
    assert (found.same, found.word) == (1.0, "")


def with_half(right: int, alike: int, apart: int) -> float:
    """Kappa of so many items on which both say one grade, both the other, and one of each,
    with half a disagreement more, a quarter either way."""
    n = right + alike + apart + 0.5
    first = (right + apart + 0.25, alike + 0.25)
    second = (right + 0.25, alike + apart + 0.25)
    expected = first[0] * second[1] + first[1] * second[0]
    return 1 - (apart + 0.5) * n / expected


def test_who_never_differed_on_few_items_may_differ_yet() -> None:
    # one item of 20 is graded otherwise, by both or by one: a third of the samples lack it
    other = agreement(*sheet(np.array([[19, 0], [0, 1]])), 2)
    assert other is not None
    assert (other.kappa.mean, other.kappa.high, other.rarer) == (1.0, 1.0, 1)
    assert other.kappa.low == pytest.approx(with_half(20, 0, 0))  # about nothing
    apart = agreement(*sheet(np.array([[19, 1], [0, 0]])), 2)
    assert apart is not None
    assert (apart.kappa.mean, apart.kappa.high, apart.rarer) == (0.0, 0.0, 1)
    assert apart.kappa.low == pytest.approx(with_half(17, 0, 3), abs=0.01)
    half = agreement(*sheet(np.array([[5, 0], [0, 5]])), 2)
    assert half is not None
    assert (half.kappa.mean, half.kappa.high, half.rarer) == (1.0, 1.0, 5)
    assert with_half(9, 1, 0) <= half.kappa.low <= with_half(8, 2, 0)  # 0.77 to 0.86


def test_a_pair_of_one_grade_leaves_the_others() -> None:
    grades = [0, 0, 0, 0, 0, 0, 0, 1, 0, 1]  # a and b on 3 items, b and c on 2 others
    found = agreement([1, 2, 3, 1, 2, 3, 4, 5, 4, 5], list("aaabbbbbcc"), grades, 2)
    assert found is not None
    assert (found.items, found.kappa.mean) == (5, 1.0)


def test_a_word_is_only_a_word() -> None:
    tables = {"almost-perfect": [[50, 1], [1, 48]], "poor": [[10, 20], [20, 10]]}
    for name, table in tables.items():
        found = agreement(*sheet(np.array(table)), 2)
        assert found is not None
        assert found.word == name


@pytest.mark.slow
def test_the_interval_covers() -> None:
    rng, hits, runs = np.random.default_rng(3), 0, 300
    chances = TABLE / TABLE.sum()
    true = float(kappa_of(chances))
    for seed in range(runs):
        table = rng.multinomial(120, chances.ravel()).reshape(3, 3)
        found = agreement(*sheet(table), 3, seed=seed)
        assert found is not None
        hits += found.kappa.low <= true <= found.kappa.high
    assert 0.9 <= hits / runs <= 0.98
