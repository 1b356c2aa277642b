"""The calibration drill: banks, hits, the interval score, and ranges that should be wider."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from scipy import stats

from mlpdm_kit.case.editing.file import read_state
from mlpdm_kit.case.quantity import Malformed
from mlpdm_kit.case.template import new_case
from mlpdm_kit.course.calibration import (
    QUESTIONS,
    at_most,
    bank,
    questions_for,
    read_range,
    scored,
    wider_by,
)
from mlpdm_kit.course.learner import Learner, Round
from mlpdm_kit.course.widening import widen, wider_ranges

BANKS = ("en", "ja")


def played(hits: int, *, name: str = "en", width: float = 1.2) -> Round:
    """A round with so many hits, each range so many times as high as it is low."""
    ranges = {}
    for place, one in enumerate(list(bank(name).values())[:QUESTIONS]):
        years = one.scale == "years"
        low = one.truth - 5 if years else one.truth / math.sqrt(width)
        high = one.truth + 5 if years else one.truth * math.sqrt(width)
        if place >= hits:
            low, high = (high + 20, high + 40) if years else (high * 2, high * 3)
        ranges[one.id] = f"{low!r}..{high!r}"
    return Round(bank=name, ranges=ranges)


@pytest.mark.parametrize("name", BANKS)
def test_questions_have_a_source_and_a_truth(name: str) -> None:
    found = bank(name)
    assert len(found) >= 2 * QUESTIONS
    for one in found.values():
        assert one.ask.strip().endswith(("?", "？", "。", "."))
        assert len(one.source) >= 8
        assert one.scale in ("ratio", "years")
        assert math.isfinite(one.truth)
        assert one.truth > 0 or one.scale == "years"
    assert len({one.ask for one in found.values()}) == len(found)


def test_no_question_comes_twice_and_the_next_round_stays() -> None:
    learner = Learner(name="Aki")
    first = questions_for(learner, "en")
    assert first == questions_for(learner, "en")
    assert len({one.id for one in first}) == QUESTIONS
    done = learner.with_round(Round(bank="en", ranges={one.id: "1..2" for one in first}))
    second = questions_for(done, "en")
    assert not {one.id for one in first} & {one.id for one in second}
    assert questions_for(replace(learner, name="Ken"), "en") != first


@pytest.mark.parametrize("hits", range(QUESTIONS + 1))
def test_chances_are_those_of_the_binomial(hits: int) -> None:
    assert at_most(hits, 10) == pytest.approx(stats.binom(10, 0.9).cdf(hits))


@pytest.mark.parametrize(
    ("hits", "reading"),
    [(0, "overconfident"), (6, "overconfident"), (7, "unclear"), (8, "calibrated"),
     (10, "calibrated")],
)  # fmt: skip
def test_what_hits_say(hits: int, reading: str) -> None:
    found = scored(played(hits))
    assert (found.hits, found.reading) == (hits, reading)


def test_absurdly_wide_ranges_are_no_skill() -> None:
    wide, careful = scored(played(10, width=1e9)), scored(played(9, width=3.0))
    assert wide.hits > careful.hits
    assert wide.score > careful.score
    assert (wide.reading, careful.reading) == ("wide", "calibrated")


def test_the_interval_score_is_best_for_who_says_what_they_believe() -> None:
    """Of ranges about the truth with a known error, the 90% one has the smallest mean score."""
    sd, draws = 0.2, stats.norm.ppf(range_ := [(k + 0.5) / 4_000 for k in range(4_000)])
    assert len(range_) == 4_000
    means = {}
    for level in (0.5, 0.8, 0.9, 0.95, 0.99):
        half = stats.norm.ppf((1 + level) / 2) * sd
        miss = [max(abs(sd * z) - half, 0.0) for z in draws]
        means[level] = 2 * half + 20 * sum(miss) / len(miss)
    assert min(means, key=lambda level: means[level]) == 0.9


def test_wider_ranges_would_hold_nine_in_ten() -> None:
    assert wider_by([]) == 1.0
    assert wider_by([scored(played(9))]) == 1.0
    assert wider_by([scored(played(2)), scored(played(9))]) == 1.0  # the last round counts
    factors = [wider_by([scored(played(hits))]) for hits in (0, 3, 5, 6)]
    assert factors == sorted(factors, reverse=True)
    assert factors[0] == 3.0
    share = 6.5 / 11
    z = stats.norm.ppf
    assert factors[-1] == pytest.approx(z(0.95) / z((1 + share) / 2))


@pytest.mark.parametrize("written", ["", "x", "9..1", "-5..3", "0..3"])
def test_ranges_that_cannot_be_read(written: str) -> None:
    question = next(one for one in bank("en").values() if one.scale == "ratio")
    with pytest.raises(Malformed):
        read_range(written or "-", question)
    found = scored(Round(bank="en", ranges={question.id: written}))
    assert (found.unread, found.rows, found.reading) == ((question.id,), (), "few")


def test_a_case_is_widened_only_where_it_is_assumed_and_can_be_taken_back(tmp_path: Path) -> None:
    case = new_case(tmp_path / "case")
    before = case.read_text(encoding="utf-8")
    state = read_state(case)
    assert wider_ranges(state, 1.0) == ()
    found = wider_ranges(state, 2.0)
    assert found
    assert state.case is not None
    for one in found:
        assert one.wider_low < one.low or one.low == 0
        assert one.wider_high > one.high
    assert case.read_text(encoding="utf-8") == before  # looking writes nothing
    file = widen(case, found)
    again = {one.input: (one.low, one.high) for one in wider_ranges(read_state(case), 2.0)}
    assert set(again) == {one.input for one in found}
    for one in found:
        assert again[one.input] == pytest.approx((one.wider_low, one.wider_high), rel=1e-3)
    assert file.undo()
    assert case.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    "written",
    ["１８００ー1８５０", "1800から1850", "1800〜1850", "1800 to 1850", "1800年から1850年まで",
     "1800から1850くらいまで", "1825±25", "1,825 +/- 25", "1800から1850の間"],
)  # fmt: skip
def test_ranges_are_read_as_keyboards_write_them(written: str) -> None:
    question = next(one for one in bank("ja").values() if one.scale == "years")
    assert read_range(written, question) == (1800, 1850)
