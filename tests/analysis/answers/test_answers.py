"""Figures of a log: by hand, as properties, and on simulated answers whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlpdm_kit.analysis.answers.attacks import deciding, success_rates, untried, worst
from mlpdm_kit.analysis.answers.flips import by_repeat, flip_rate, saved_by_voting, voted
from mlpdm_kit.analysis.answers.prices import mean_of, per_accepted, percentiles, reviewed_price
from mlpdm_kit.analysis.answers.seen import seen
from mlpdm_kit.analysis.uncertainty.shares import row_means, share_of, worth_of_repeats
from mlpdm_kit.case.predictions import Attacks

NAN = float("nan")
CODES = arrays(float, st.tuples(st.integers(1, 6), st.integers(2, 6)),
               elements=st.sampled_from([0.0, 1.0, 2.0, NAN]))  # fmt: skip


def test_a_flip_is_two_answers_that_differ() -> None:
    # pairs that differ: 2 of 3, 0 of 1, 1 of 1; the last item has one answer and no pair
    answers = [[1, 1, 2], [3, 3, NAN], [1, NAN, 2], [1, NAN, NAN]]
    found = flip_rate(answers)
    assert found is not None
    assert found.mean == pytest.approx((2 / 3 + 0 + 1) / 3)
    assert (found.rows, found.answers) == (3, 3)
    assert flip_rate([[1], [2]]) is None


@given(CODES)
def test_flips_are_the_share_of_pairs_that_differ(answers: np.ndarray) -> None:
    each = []
    for row in answers:
        known = row[~np.isnan(row)]
        if len(known) > 1:
            each.append(np.mean([a != b for a, b in combinations(known, 2)]))
    found = flip_rate(answers)
    assert (found is None) == (not each)
    if found is not None:
        assert found.mean == pytest.approx(np.mean(each), abs=1e-12)
        assert 0 <= found.low <= found.mean + 1e-9
        assert found.mean - 1e-9 <= found.high <= 1


def test_a_vote_takes_what_was_said_most_often_and_first() -> None:
    answers = [[2, 1, 1], [1, 2, NAN], [NAN, 3, 3]]
    assert voted(answers).tolist() == [1, 0, 1]
    assert voted([[4, 9, 1, 2]], amounts=True).tolist() == [3]  # of 2 and 4 the lower
    lost = [[6, 0, 0], [0, 4, NAN], [NAN, 5, 5]]
    assert saved_by_voting(lost, answers).tolist() == [2, 2, 0]


def test_good_answers_by_repeat_count_by_weight() -> None:
    good = [[1, 0], [1, NAN], [0, 1]]
    assert by_repeat(good).tolist() == pytest.approx([2 / 3, 1 / 2])
    assert by_repeat(good, [1, 1, 2]).tolist() == pytest.approx([2 / 4, 2 / 3])
    assert by_repeat([[1, np.nan], [0, np.nan]]).tolist() == [0.5]  # a repeat of other rows


def test_what_was_never_seen_may_still_be() -> None:
    found = seen([[0, 0, 0]] * 60)
    assert found is not None
    assert (found.mean, found.low, found.rows, found.answers) == (0, 0, 60, 180)
    assert found.high == pytest.approx(0.0408, abs=1e-4)  # Jeffreys' for 0 of 60, not of 180
    assert seen([[NAN, NAN]]) is None


def test_attacks_count_once_however_often_they_were_tried() -> None:
    kinds, ids = ["direct"] * 4 + ["indirect"] * 2, ["a", "a", "a", "b", "c", "d"]
    found = success_rates(Attacks(
        kind=np.array(kinds), id=np.array(ids), succeeded=np.array([1.0, 1, 0, 0, 0, 0])
    ))  # fmt: skip
    assert found["direct"].mean == pytest.approx((2 / 3 + 0) / 2)
    assert (found["direct"].rows, found["direct"].answers) == (2, 4)
    assert (worst(found), untried(found)) == ("direct", ())
    assert untried({"direct": found["direct"]}) == ("indirect",)
    assert worst({}) is None


def test_a_kind_that_was_hardly_tried_decides() -> None:
    kinds = np.array(["direct"] * 140 + ["indirect"] * 2)
    through = np.zeros(142)
    through[0] = 1
    found = success_rates(Attacks(kind=kinds, id=np.arange(142).astype(str), succeeded=through))
    assert found["direct"].mean > found["indirect"].mean == 0
    assert found["indirect"].high > 0.5
    assert (worst(found), deciding(found, 0.05)) == ("indirect", "indirect")
    assert deciding(found, 0.005) == "direct"  # the one that is above
    assert deciding({}, 0.05) is None


def test_prices_of_answers_by_hand() -> None:
    cost = [[2, 4], [3, 3], [6, NAN]]
    good = [[1, 1], [1, 0], [0, NAN]]
    found = per_accepted(cost, good)
    assert found is not None
    assert found.mean == pytest.approx((3 + 3 + 6) / (1 + 0.5 + 0))
    assert found.low < found.mean < found.high
    assert per_accepted([1, 2], [0, 0]) is None
    mean = mean_of(cost)
    assert mean is not None
    assert mean.mean == pytest.approx(4)
    assert mean.sd == pytest.approx(np.std([3, 3, 6], ddof=1) / np.sqrt(3))
    assert mean_of([2.0, 2.0]).parameters == (2.0,)  # type: ignore[union-attr]
    assert percentiles([NAN]) is None


def test_a_review_adds_its_price_and_takes_out_false_alarms() -> None:
    # of 100: 20 positives, 16 flagged; 80 others, 8 flagged; time for 12 of the 24
    found = reviewed_price(1, 0.8, 0.1, 0.2, review=5, error=0.25, capacity_share=0.12)
    kept, left = 1 - 0.5 * 0.25, 1 - 0.5 * 0.75
    accepted = 0.16 * kept + 0.8 - 0.08 * left
    assert (found.looked, found.accepted) == pytest.approx((0.12, accepted))
    assert found.price == pytest.approx((1 + 0.12 * 5) / accepted)


@given(arrays(float, st.integers(1, 30), elements=st.sampled_from([0.0, 1.0])),
       st.integers(1, 12))  # fmt: skip
def test_repeats_that_never_differ_say_what_one_says(once: np.ndarray, repeats: int) -> None:
    many = np.repeat(once[:, None], repeats, axis=1)
    assert row_means(many).tolist() == once.tolist()
    answers = np.full(len(once), repeats)
    assert share_of(row_means(many), answers).parameters == share_of(once).parameters


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(1, 12))
def test_a_row_is_worth_one_case_at_least_and_its_answers_at_most(
    means: list[float], repeats: int
) -> None:
    worth = worth_of_repeats(means, [repeats] * len(means))
    assert 1 - 1e-12 <= worth <= repeats + 1e-12


def test_few_rows_are_not_worth_all_their_answers() -> None:
    assert worth_of_repeats([0.5, 0.5], [10, 10]) == pytest.approx(4 / (2 * 0.1 + 2))


Make = Callable[[np.random.Generator, int], np.ndarray]
WORLDS: dict[str, Make] = {
    "alike": lambda rng, n: np.full(n, 0.1),
    "apart": lambda rng, n: rng.beta(0.2, 1.8, n),
    "settled": lambda rng, n: (rng.random(n) < 0.1).astype(float),
}


@pytest.mark.slow
@pytest.mark.parametrize("items", [20, 100])
@pytest.mark.parametrize("world", WORLDS)
def test_intervals_hold_the_truth_as_often_as_they_say(
    rng: np.random.Generator, world: str, items: int
) -> None:
    """A share of 10%, of items that flip always alike, differently, or never."""
    held, runs = 0, 2000
    for _ in range(runs):
        chance = WORLDS[world](rng, items)
        found = seen((rng.random((items, 5)) < chance[:, None]).astype(float))
        assert found is not None
        held += found.low <= 0.1 <= found.high
    assert 0.92 <= held / runs <= 1.0


@pytest.mark.slow
def test_the_flip_rate_is_unbiased(rng: np.random.Generator) -> None:
    chance = rng.beta(2, 1, 200)
    truth = float(np.mean(2 * chance * (1 - chance)))
    found = [flip_rate((rng.random((200, 4)) < chance[:, None]).astype(float)) for _ in range(400)]
    means = [one.mean for one in found if one is not None]
    assert np.mean(means) == pytest.approx(truth, abs=4 * np.std(means) / np.sqrt(len(means)))
