"""Ranges side by side, what is asked, and how far they lie apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit.case.answers import Answers, Asked, Estimate, Given
from mlpdm_kit.case.askable import Askable, askable
from mlpdm_kit.case.editing.file import read_state
from mlpdm_kit.case.inputs import Input
from mlpdm_kit.record.estimates import missing, spreads, to_ask
from mlpdm_kit.record.sections import ValueSection
from mlpdm_kit.record.spread import short_ends, spread
from mlpdm_kit.record.valued import PartialValue


def money(low: float, high: float) -> Input:
    return Input(low=low, high=high, dimension="money")


def test_ranges_that_overlap_have_no_gap() -> None:
    found = spread("x", {"A": money(10, 20), "B": money(15, 40)})
    assert found.apart == ()
    assert found.gap < 0
    assert not found.is_one


def test_the_gap_is_that_of_the_pair_furthest_apart() -> None:
    found = spread("x", {"A": money(10, 20), "B": money(15, 40), "C": money(60, 80)})
    assert found.apart == (("A", "C"), ("B", "C"))
    assert found.gap == pytest.approx((60 - 20) / (found.high - found.low))
    assert [one.middle for one in found.held] == pytest.approx([200**0.5, 600**0.5, 4800**0.5])


def test_ranges_from_zero_and_shares_up_to_one_stay_at_their_bound() -> None:
    found = spread("x", {"A": money(0, 5), "B": money(0, 50)})
    assert found.low == 0
    shares = {by: Input(low=low, high=1, dimension="share") for by, low in (("A", 0.8), ("B", 0.5))}
    assert spread("x", shares).high == 1
    assert spread("x", {"A": money(0, 5), "B": money(1, 50)}).low > 0


def test_figures_without_a_range_can_be_compared() -> None:
    same = spread("x", {"A": money(5, 5), "B": money(5, 5)})
    assert (same.low, same.high, same.gap, same.is_one) == (5, 5, 0, True)
    other = spread("x", {"A": money(5, 5), "B": money(9, 9)})
    assert (other.low, other.high, other.gap, other.apart) == (5, 9, 1, (("A", "B"),))


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9))
def test_short_ends_stay_near(low: float, width: float) -> None:
    high = low + width
    if high == low:
        return
    short = short_ends(low, high)
    assert short[0] == pytest.approx(low, abs=0.051 * (high - low))
    assert short[1] == pytest.approx(high, abs=0.051 * (high - low))
    assert short[0] < short[1]


KNOWN = {
    "volume": Askable(name="volume", dimension="cases/month", usual=True),
    "prevalence": Askable(name="prevalence", dimension="share", usual=True),
    "outcomes.miss": Askable(name="outcomes.miss", dimension="money/case", usual=True),
    **{
        f"options.{o}.rates.recall": Askable(
            name=f"options.{o}.rates.recall", dimension="share",
            item=Input(low=0.1, high=0.2, dimension="share"))
        for o in "abcdef"
    },
}  # fmt: skip


def worth(**values: float) -> ValueSection:
    evppi = tuple(
        PartialValue(input=name.replace("__", "."), value=value, noise_floor=1.0)
        for name, value in values.items()
    )
    return ValueSection(evppi=evppi)


def test_asked_is_what_is_worth_most_to_know() -> None:
    value = worth(options__b__recall=5, volume=90, options__a__recall=40, prevalence=0.5)
    found = to_ask(KNOWN, value)
    assert found.asked == ("volume", "options.a.rates.recall", "options.b.rates.recall")
    assert found.chosen_by == "evppi"


def test_no_more_than_five_are_asked_and_no_fewer_than_three() -> None:
    value = worth(**{f"options__{o}__recall": 10.0 for o in "abcdef"})
    assert len(to_ask(KNOWN, value).asked) == 5
    few = to_ask(KNOWN, worth(options__f__recall=10))
    assert few.asked == ("options.f.rates.recall", "volume", "prevalence")


def test_the_usual_ones_are_asked_where_nothing_can_be_priced() -> None:
    found = to_ask(KNOWN, None)
    assert (found.asked, found.chosen_by) == (("volume", "prevalence", "outcomes.miss"), "usual")


def test_an_empty_case_is_asked_for_what_its_task_needs(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("title: Rain?\n")
    found = to_ask(askable(read_state(tmp_path)), None)
    assert found.asked == ("volume", "prevalence", "outcomes.false_positive",
                           "outcomes.false_negative")  # fmt: skip


def test_the_spread_follows_what_is_asked() -> None:
    def said(by: str, low: float) -> Answers:
        item = Input(low=low, high=2 * low, dimension="cases/month")
        return Answers(by=by, estimates={"volume": Estimate(value=item)})

    asked = Asked(asked=("prevalence", "volume"), members=("KT", "AS", "MH"))
    given_ = Given(answers=(said("KT", 10), said("AS", 100)))
    (found,) = spreads(asked, given_)
    assert [one.by for one in found.held] == ["KT", "AS"]
    assert missing(asked, ["KT", "AS"]) == ("MH",)


def test_what_the_model_names_is_what_is_drawn(make_case: Callable[..., Path]) -> None:
    known = askable(read_state(make_case("small")))
    assert "options.model.rates.recall" in known
