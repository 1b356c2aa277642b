"""Chains of steps: by hand, by what must hold of any, and case by case with plain numpy."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit import load_case
from mlpdm_kit.analysis.ladder import ladder
from mlpdm_kit.analysis.worth.chain import Course, Step, compound, places
from mlpdm_kit.analysis.worth.tasks import Shares
from mlpdm_kit.analysis.worth.value import net_benefit
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.record.inputs import Inputs
from mlpdm_kit.record.steps import Walk

MakeCase = Callable[..., Path]
NOTHING = np.zeros(1)


def step(name: str, *brings: float, mends: float = 0.0) -> Step:
    return Step(name=name, brings=np.array(brings)[:, None], mends=np.array([mends]))


def looks(**finds: float) -> dict[str, np.ndarray]:
    return {name: np.array([share]) for name, share in finds.items()}


def shares(course: Course) -> np.ndarray:
    return course.shares.ravel()


# --- by hand --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "finds", "ends", "expected", "mended"),
    [
        # good, editing, wrong; wrong hides editing, and editing never hides wrong
        ([step("a", 0.1, 0.2), step("b", 0.3, 0.4)], {}, False,
         [0.7 * 0.3, 0.8 * 0.6 - 0.7 * 0.3, 1 - 0.8 * 0.6], 0.0),
        # half of the 0.3 that a spoils is found: 0.85 good before b
        ([step("a", 0.1, 0.2), step("b", 0.0, 0.5)], {"a": 0.5}, False,
         [0.85 * 0.5, 0.05 * 0.5, 0.1 + 0.9 * 0.5], 0.15),
        # b repairs a quarter of what a spoiled, then spoils a tenth of the good
        ([step("a", 0.0, 0.4), step("b", 0.1, 0.0, mends=0.25)], {}, False,
         [0.7 * 0.9, 0.7 * 0.1, 0.3], 0.0),
        # no answer stays that, whatever a step repairs; a person can still give one
        ([step("a", 0.0, 0.4), step("b", 0.0, 0.0, mends=1.0)], {}, True, [0.6, 0.0, 0.4], 0.0),
        ([step("a", 0.0, 0.4), step("b", 0.0, 0.0)], {"a": 0.5, "b": 0.5}, True,
         [0.9, 0.0, 0.1], 0.3),
        # what was repaired may be spoiled anew; an error of a is not counted as one of b
        ([step("a", 0.5), step("b", 0.5, mends=0.5)], {}, False, [0.375, 0.625], 0.0),
    ],
)  # fmt: skip
def test_a_table_by_hand(
    steps: list[Step], finds: dict[str, float], ends: bool, expected: list[float], mended: float
):
    course = compound(steps, looks(**finds), ends=ends)
    assert shares(course) == pytest.approx(expected)
    assert course.mended == pytest.approx(mended)


def test_what_each_step_has_brought_in():
    """0.3 of a stay unless b makes them wrong; b spoils 0.4 of the 0.7 and of a's editing."""
    course = compound([step("a", 0.1, 0.2), step("b", 0.0, 0.4)], looks(b=0.5))
    assert course.brought[0].ravel() == pytest.approx([0.1 * 0.6 / 2, 0.2 / 2])
    assert course.brought[1].ravel() == pytest.approx([0.0, 0.8 * 0.4 / 2])
    assert [float(one[0]) for one in course.good] == pytest.approx([0.7, 0.42 + 0.58 / 2])


def test_severity_puts_no_answer_last():
    assert TASK_KINDS["generation"].severity[-1] == "unanswered"
    assert TASK_KINDS["extraction"].severity == ("right", "missing", "wrong")
    assert TASK_KINDS["search"].severity == ("hit", "miss")
    assert [TASK_KINDS[name].severity for name in ("binary", "regression", "formula")] == [()] * 3


def test_every_set_of_places_once():
    assert len(places("abcdef")) == 64
    assert len(set(places("abcdef"))) == 64


# --- what must hold of any chain --------------------------------------------------------------

_SHARE = st.floats(0, 1)
_ERRORS = st.lists(_SHARE, min_size=4, max_size=4).map(
    lambda drawn: [share / max(sum(drawn), 1.0) / 1.001 for share in drawn]
)


def _chain(errors: list[list[float]], mends: list[float] | None = None) -> list[Step]:
    kept = mends or [0.0] * len(errors)
    return [
        step("abc"[i], *own, mends=share)
        for i, (own, share) in enumerate(zip(errors, kept, strict=False))
    ]


_CHAINS = st.lists(_ERRORS, min_size=3, max_size=3)
_MENDS = st.lists(_SHARE, min_size=3, max_size=3)
_FINDS = st.dictionaries(st.sampled_from("abc"), _SHARE)


@given(_CHAINS)
def test_without_looks_the_order_of_steps_does_not_matter(errors: list[list[float]]):
    found = [shares(compound(_chain(list(order)))) for order in permutations(errors)]
    for other in found[1:]:
        assert other == pytest.approx(found[0])


@given(_CHAINS, _MENDS, _FINDS, st.booleans())
def test_shares_are_those_of_all_cases_and_of_all_steps(
    errors: list[list[float]], mends: list[float], finds: dict[str, float], ends: bool
):
    course = compound(_chain(errors, mends), looks(**finds), ends=ends)
    found = shares(course)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1)
    by_step = sum(one.ravel() for one in course.brought)
    assert by_step == pytest.approx(found[1:], abs=1e-9)
    assert course.good[-1] == pytest.approx(found[0], abs=1e-12)


@given(_CHAINS, _MENDS, st.booleans())
def test_a_look_that_finds_nothing_changes_nothing(
    errors: list[list[float]], mends: list[float], ends: bool
):
    steps = _chain(errors, mends)
    looked = compound(steps, looks(a=0.0, b=0.0, c=0.0), ends=ends)
    assert np.array_equal(looked.shares, compound(steps, ends=ends).shares)
    assert looked.mended == 0


@given(_CHAINS, _MENDS, _FINDS, st.booleans())
def test_a_perfect_look_after_the_last_step_leaves_only_good(
    errors: list[list[float]], mends: list[float], finds: dict[str, float], ends: bool
):
    course = compound(_chain(errors, mends), looks(**{**finds, "c": 1.0}), ends=ends)
    assert shares(course) == pytest.approx([1, 0, 0, 0, 0], abs=1e-12)


@given(
    _CHAINS, _MENDS, _FINDS, st.booleans(), st.integers(0, 2), st.integers(0, 3), _SHARE,
    st.lists(st.floats(0, 100), min_size=5, max_size=5), st.floats(0, 10),
)  # fmt: skip
def test_more_errors_never_raise_the_worth_of_a_case(
    errors: list[list[float]], mends: list[float], finds: dict[str, float], ends: bool,
    at: int, which: int, more: float, prices: list[float], mend: float,
):  # fmt: skip
    worth = -np.sort(np.array(prices))  # the worse, the dearer

    def value(chain: list[list[float]]) -> float:
        course = compound(_chain(chain, mends), looks(**finds), ends=ends)
        return float(worth @ shares(course) - mend * course.mended[0])

    worse = [list(own) for own in errors]
    worse[at][which] += more * (1 - sum(worse[at]))
    assert value(worse) <= value(errors) + 1e-9


@given(_ERRORS, st.floats(0, 5))
def test_one_step_is_the_same_as_rates(errors: list[float], times: float):
    task = Shares(TASK_KINDS["generation"])
    rates = {n: np.array([v]) for n, v in zip(task.kind.severity[1:], errors, strict=True)}
    worse = task.worsened(rates, np.array([times]))
    expected = task.amounts(worse, {})
    found = shares(compound([step("a", *(float(worse[n][0]) for n in task.kind.severity[1:]))]))
    assert found == pytest.approx([float(expected[n][0]) for n in task.kind.severity], abs=1e-9)


# --- the whole decision model ------------------------------------------------------------------

PRICES = {"usable": 8.0, "needs_editing": 3.0, "wrong": -40.0, "harmful": -500.0,
          "unanswered": -1.5}  # fmt: skip
STEPS = {
    "transcription": {"needs_editing": 0.11, "wrong": 0.045, "unanswered": 0.02, "cost": 0.15},
    "speakers": {"wrong": 0.035, "cost": 0.05},
    "summary": {"needs_editing": 0.05, "wrong": 0.03, "harmful": 0.006, "mends": 0.15,
                "cost": 0.4},
}  # fmt: skip
CHECK = {"price": 0.75, "finds": 0.7, "mend": 1.5}


def written(**check: Any) -> dict[str, Any]:
    """The case with single figures, looked at as said."""
    steps = {
        name: {
            ("cost_per_case" if key == "cost" else key): (
                f"{value} USD per call" if key == "cost" else f"{100 * value}%"
            )
            for key, value in said.items()
        }
        for name, said in STEPS.items()
    }
    looked = {"price": "0.75 USD per call", "finds": "70%", "mend": "1.5 USD per call", **check}
    return {
        "task": "generation",
        "currency": "USD",
        "unit": "call",
        "prevalence": None,
        "outcomes": {
            name: {"cost" if price < 0 else "gain": f"{abs(price)} USD per call"}
            for name, price in PRICES.items()
        },
        "options": {"llm": {"kind": "llm", "steps": steps, **({"check": looked} if check else {})}},
    }


def simulated(after: tuple[str, ...], looked: float = 1.0, n: int = 1_000_000) -> np.ndarray:
    """Every case by itself: its outcome by rank, and what it cost to run; shape (2, n)."""
    rng = np.random.default_rng(20261124)
    order = list(PRICES)
    state, spent = np.zeros(n, int), np.zeros(n)
    for name, said in STEPS.items():
        spent += said["cost"]
        repaired = (rng.random(n) < said.get("mends", 0.0)) & (state < order.index("unanswered"))
        state[repaired] = 0
        shares = [said.get(outcome, 0.0) for outcome in order[1:]]
        drawn = rng.choice(len(order), size=n, p=[1 - sum(shares), *shares])
        state = np.maximum(state, drawn)
        if name in after:
            seen = rng.random(n) < looked
            spent += CHECK["price"] * seen
            found = seen & (state > 0) & (rng.random(n) < CHECK["finds"])
            spent += CHECK["mend"] * found
            state[found] = 0
    return np.stack([state, spent])


@pytest.mark.parametrize(
    "after", [(), ("transcription",), ("summary",), ("transcription", "summary")]
)
def test_a_million_cases_one_by_one(make_case: MakeCase, after: tuple[str, ...]):
    """Rates and money of the kit lie within four standard errors of the simulated ones."""
    check = {"after": list(after)} if after else {}
    walk = Walk(load_case(make_case(**written(**check))), draws=64)
    section = walk.value()
    state, spent = simulated(after)
    worth = np.array(list(PRICES.values()))[state.astype(int)] - spent
    unanswered = PRICES["unanswered"]  # a call left alone has no answer
    option = next(one for one in section.options if one.id == "llm").expected_net_benefit
    assert option is not None
    error = worth.std() / np.sqrt(len(worth))
    assert option.mean / 24_000 == pytest.approx(worth.mean() - unanswered, abs=4 * error)

    costs = next(one for one in walk.errors().options if one.id == "llm")
    for rank, (name, price) in enumerate(PRICES.items()):
        share = (state == rank).mean()
        band = 4 * np.sqrt(share * (1 - share) / len(state)) + 1e-6
        assert costs.by_outcome[name] / -price == pytest.approx(share, abs=band)
    assert costs.running_per_case == pytest.approx(
        spent.mean(), abs=4 * spent.std() / np.sqrt(len(spent)) + 1e-9
    )
    good = section.chains[0].steps[-1].good.mean
    assert good == pytest.approx((state == 0).mean(), abs=0.002)


def test_too_little_time_leaves_cases_unseen(make_case: MakeCase):
    """1,000 calls at two places and 500 looks: a quarter of the cases at each place."""
    check = {"after": ["transcription", "summary"], "capacity": "500 per month"}
    section = Walk(load_case(make_case(**written(**check))), draws=64).value()
    state, spent = simulated(("transcription", "summary"), looked=0.25)
    worth = np.array(list(PRICES.values()))[state.astype(int)] - spent
    option = next(one for one in section.options if one.id == "llm").expected_net_benefit
    assert option is not None
    error = worth.std() / np.sqrt(len(worth))
    assert option.mean / 24_000 == pytest.approx(worth.mean() + 1.5, abs=4 * error)
    settled = next(one for one in section.chains[0].places if one.after == section.chains[0].after)
    assert settled.looks == pytest.approx(500)


def test_the_kit_looks_where_brute_force_would(make_case: MakeCase):
    """Of all eight sets the one with the highest simulated worth is taken, and listed first."""
    section = Walk(load_case(make_case(**written(finds="70%"))), draws=64).value()
    chain = section.chains[0]
    worth = {}
    for after in places(STEPS):
        state, spent = simulated(after, n=200_000)
        worth[after] = (np.array(list(PRICES.values()))[state.astype(int)] - spent).mean()
    assert chain.after == max(worth, key=lambda after: worth[after])
    assert not chain.settled
    assert chain.places[0].after == chain.after
    assert len(chain.places) == 8
    for row in chain.places:
        gain = 24_000 * (worth[row.after] - worth[()])
        assert row.difference.mean == pytest.approx(gain, abs=24_000 * 0.75)


@pytest.mark.parametrize(
    ("price", "after"), [("0.75 USD per call", ("summary",)), ("90 USD per call", ())]
)
def test_a_look_that_is_too_dear_is_not_taken(
    make_case: MakeCase, price: str, after: tuple[str, ...]
):
    section = Walk(load_case(make_case(**written(price=price))), draws=64).value()
    assert section.chains[0].after == after


def test_one_step_without_a_look_is_an_option_with_rates(make_case: MakeCase):
    """On the same draws, drifting and worse online, the net benefit is the same in each."""
    shares = {"needs_editing": "8%..14%", "wrong": "3%..6%", "harmful": "0.5%..1%"}
    beside = {"kind": "llm", "drift": "20% per year", "online": "1..1.4", "build": "1k USD"}
    plain, chain = (
        load_case(make_case(name, **{**written(), "options": {"llm": {**beside, **own}}}))
        for name, own in (("plain", {"rates": shares}), ("chain", {"steps": {"all": shares}}))
    )
    theta = Inputs(plain, Walk(plain).comparison()).draw(256, 0)
    named = {f"options.llm.steps.all.{name}": theta[f"options.llm.{name}"] for name in shares}
    expected = net_benefit(plain, ladder(plain), theta)
    assert expected.std(axis=0).max() > 0
    found = net_benefit(chain, ladder(chain), {**theta, **named})
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_one_point_better_by_hand(make_case: MakeCase):
    """Two steps that spoil 10% and 20%, ¥100 an error, 1,000 a month, 24 months.

    One point off the first saves .01 * .8, off the second .01 * .9 errors a case; what the
    first brings in ends in .1 of the cases, the second in .9 * .2.
    """
    case = {
        "task": "multiclass",
        "prevalence": None,
        "outcomes": {
            "wrong": {"cost": "100 JPY per claim"},
            "unanswered": {"cost": "90 JPY per claim"},
        },
        "options": {
            "llm": {"kind": "llm", "steps": {"a": {"wrong": "10%"}, "b": {"wrong": "20%"}}}
        },
    }
    (chain,) = Walk(load_case(make_case(**case)), draws=64).value().chains
    assert [one.better for one in chain.steps] == pytest.approx(
        [24_000 * 100 * 0.008, 24_000 * 100 * 0.009]
    )
    assert [one.lost for one in chain.steps] == pytest.approx([1000 * 100 * 0.1, 1000 * 100 * 0.18])
    assert [one.alone.mean for one in chain.steps] == pytest.approx([0.9, 0.72])
    assert chain.places == ()
