"""Figures of a log: by hand, as properties, and on simulated answers whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlpdm_kit.analysis.answers.attacks import (
    deciding,
    rate_of_attacks,
    success_rates,
    untried,
    worst,
)
from mlpdm_kit.analysis.answers.flips import by_repeat, flip_rate, saved_by_voting, voted
from mlpdm_kit.analysis.answers.mixed import Cells, one_cell
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


def priced(**kinds: tuple[int, int]) -> float:
    """Mean rate for money, of each kind so many attacks that got through, and that did not."""
    kind = [name for name, pair in kinds.items() for _ in range(sum(pair))]
    through = [x for yes, no in kinds.values() for x in [1.0] * yes + [0.0] * no]
    ids = np.arange(len(kind)).astype(str)
    found = rate_of_attacks(Attacks(kind=np.array(kind), id=ids, succeeded=np.array(through)))
    assert found is not None
    return found.mean


def test_one_attack_that_failed_is_not_a_quarter_open() -> None:
    assert priced(direct=(0, 300)) == pytest.approx(0.5 / 301)
    assert priced(direct=(0, 300), indirect=(0, 1)) == pytest.approx(0.5 / 302)
    # one of three got through: with one case beforehand, as open as the others were
    assert priced(direct=(0, 300), indirect=(1, 2)) == pytest.approx((1 + 0.5 / 301) / 4)
    assert priced(direct=(1, 0)) == pytest.approx(1.5 / 2)


TRIES = st.tuples(st.integers(0, 4), st.integers(0, 40)).filter(any)


@given(TRIES, TRIES, st.integers(1, 30))
def test_what_nobody_tried_is_never_cheaper_than_what_resisted(
    first: tuple[int, int], second: tuple[int, int], resisted: int
) -> None:
    assert priced(direct=first) >= priced(direct=first, indirect=(0, resisted)) - 1e-12
    worse = (second[0] + 1, max(second[1] - 1, 0))
    assert priced(direct=first, indirect=worse) >= priced(direct=first, indirect=second) - 1e-12


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
    assert worth_of_repeats([0.5, 0.5], [10, 10]) == pytest.approx(2 / (1 * 0.1 + 1))


@given(st.data(), st.integers(1, 12), st.sampled_from(["rows", "cells", "groups"]))
def test_one_more_yes_never_makes_a_share_look_lower(
    data: st.DataObject, repeats: int, kind: str
) -> None:
    """The mean never; the upper end of cells and groups from the first one on, as later it may
    show that they are less alike. Of four rows of 11 answers with 0, 7, 7, 7 yes, one more in
    the first shows that they are more alike: more of them count, and the upper end falls by
    0.0003. Rows may do that much and no more."""
    most = data.draw(st.sampled_from([0, repeats]))
    yes = np.array(data.draw(st.lists(st.integers(0, most), min_size=4, max_size=30)))
    place = data.draw(st.integers(0, len(yes) - 1))
    yes[place] = min(yes[place], repeats - 1)
    more = yes.copy()
    more[place] += 1
    cells, shares, groups = None, None, None
    if kind == "cells":
        cells, shares = (np.arange(len(yes)) >= len(yes) // 2).astype(int), np.array([0.5, 0.5])
    if kind == "groups":
        groups = np.arange(len(yes)) // 2
    before, after = (
        share_of(x / repeats, np.full(len(x), repeats), cells=cells, shares=shares, groups=groups)
        for x in (yes, more)
    )
    assert after.mean >= before.mean - 1e-9
    alike = 5e-4 if repeats > 1 and yes.any() else 1e-6
    for point in (0.95, 0.975) if kind == "rows" or not yes.any() else ():
        assert after.quantile(point) >= before.quantile(point) - alike


@pytest.mark.parametrize("yes", [(0, 7, 7, 7), (6, 0, 7, 7)])
def test_rows_that_are_more_alike_count_for_more(yes: tuple[int, ...]) -> None:
    one_more = [max(1, n) for n in yes]
    before, after = (share_of(np.array(x) / 11, np.full(4, 11)) for x in (yes, one_more))
    assert after.mean > before.mean
    assert 0 < before.quantile(0.975) - after.quantile(0.975) < 5e-4


def test_one_invention_in_800_answers_is_no_better_than_none() -> None:
    answers = np.zeros((80, 10))
    none = seen(answers)
    answers[5, 1] = 1
    one = seen(answers)
    assert none is not None
    assert one is not None
    assert 0.03 < none.high < one.high  # 3.08% as of 80 items: not within a limit of 3%


@pytest.mark.parametrize(("cells", "rows"), [(1, 240), (8, 30), (12, 20)])
def test_segments_have_one_prior_case_between_them(cells: int, rows: int) -> None:
    """Where the mix is the file's own it says what the file says without it."""
    mixed = Cells(codes=np.repeat(np.arange(cells), rows), shares=np.full(cells, 1 / cells))
    found = mixed.share(np.zeros(240), np.ones(240), 0.2)
    assert found.mean == pytest.approx(0.2 / 241)  # (0.2 / S) / (n / S + 1 / S)
    assert found.sd == pytest.approx(0.00185, rel=0.05)
    gate = mixed.seen(np.zeros(240))
    assert gate is not None
    assert gate.high == pytest.approx(0.0104, rel=0.05)


def test_a_segment_without_rows_is_left_out() -> None:
    held = Cells(codes=np.zeros(9, int), shares=np.array([0.4, 0.6]))
    assert held.share(np.zeros(9), np.ones(9), 0.2).parameters == pytest.approx((0.2, 9.8))


def test_segments_do_not_cost_coverage(rng: np.random.Generator) -> None:
    """Nominal 90% at a true 0.2%, of 240 rows."""
    for cells in (1, 4, 12):
        mixed = Cells(codes=np.repeat(np.arange(cells), 240 // cells),
                      shares=np.full(cells, 1 / cells))  # fmt: skip
        held = 0
        for _ in range(200):
            found = mixed.share((rng.random(240) < 0.002).astype(float), np.ones(240), 0.2)
            held += found.quantile(0.05) <= 0.002 <= found.quantile(0.95)
        assert held / 200 >= 0.88


def alike(rng: np.random.Generator, mean: float, groups: int, rows: int) -> np.ndarray:
    """Rows of groups, correlated by 0.3 within them."""
    odds = 1 / 0.3 - 1
    chance = rng.beta(mean * odds, (1 - mean) * odds, groups)
    return (rng.random((groups, rows)) < chance[:, None]).astype(float).ravel()


def test_rows_of_groups_count_for_less(rng: np.random.Generator) -> None:
    """Nominal 95% at a true 3%, 20 documents of 20 rows; of rows alone it would be 53%."""
    held, runs = 0, 200
    for _ in range(runs):
        found = one_cell(400, np.repeat(np.arange(20), 20)).seen(alike(rng, 0.03, 20, 20))
        assert found is not None
        held += found.low <= 0.03 <= found.high
    assert held / runs >= 0.92


def test_what_no_group_showed_counts_by_what_groups_usually_are() -> None:
    groups = np.repeat(np.arange(20), 20)
    found = one_cell(400, groups).seen(np.zeros(400))
    assert found is not None
    cases = 400 / (1 + 0.3 * 19)  # Kish, with a correlation of 0.3
    assert found.posterior.parameters == pytest.approx((0.5, cases + 0.5))
    alone = one_cell(400, np.arange(400)).seen(np.zeros(400))
    assert alone is not None
    assert alone.posterior.parameters == pytest.approx((0.5, 400.5))  # each its own group


def test_groups_that_span_segments_are_not_independent(rng: np.random.Generator) -> None:
    """Nominal 90%; each segment by itself would give 64%."""
    segment, groups = np.tile(np.arange(10) % 5, 40), np.repeat(np.arange(40), 10)
    cells = Cells(codes=segment, shares=np.full(5, 0.2), groups=groups)
    held, runs = 0, 200
    for _ in range(runs):
        found = cells.share(alike(rng, 0.2, 40, 10), np.ones(400), 0.5)
        held += found.quantile(0.05) <= 0.2 <= found.quantile(0.95)
    assert held / runs >= 0.83


def test_a_mean_of_groups_by_hand() -> None:
    """Two groups, 1 and 3: their rows say what two rows say, and two groups little of that."""
    groups, x = np.array([0, 0, 1, 1]), np.array([1.0, 1.0, 3.0, 3.0])
    found = one_cell(4, groups).mean(x)
    assert found is not None
    rows = np.sqrt(4 / 3 / 4)
    assert found == pytest.approx((2.0, rows * np.sqrt((2 + 1.3) / 2)))


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
