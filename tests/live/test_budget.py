"""The cap holds whatever the calls cost and however they overlap."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpdm_kit.case.inputs import Input
from mlpdm_kit.case.option import Tokens
from mlpdm_kit.live.budget import Ledger, Prices


def price(low: float, high: float, middle: float | None = None) -> Input:
    return Input(low=low, high=high, middle=middle, dimension="money/token")


def test_prices_by_hand() -> None:
    tokens = Tokens(input=price(1e-6, 3e-6), output=price(4e-6, 8e-6, 5e-6), as_of="2026-10-01")
    prices = Prices.of(tokens)
    assert prices.cost(1000, 100) == pytest.approx(1000 * 2e-6 + 100 * 5e-6)
    assert prices.cost_most(1000, 100) == pytest.approx(1000 * 3e-6 + 100 * 8e-6)
    # はい is six bytes; 64 tokens around it and around all
    most = prices.most([{"role": "user", "content": "はい"}], 10)
    assert most == pytest.approx((6 + 128) * 3e-6 + 10 * 8e-6)


@given(text=st.text(max_size=50))
def test_a_call_reserves_a_token_for_each_byte_at_least(text: str) -> None:
    prices = Prices(read=0, wrote=0, read_most=1, wrote_most=1)
    assert prices.most([{"role": "user", "content": text}], 7) >= len(text.encode()) + 7


@settings(deadline=None, max_examples=60)
@given(
    cap=st.floats(0, 20),
    calls=st.lists(st.tuples(st.floats(0.01, 5), st.floats(0, 1)), max_size=30),
    jobs=st.integers(1, 6),
    seed=st.integers(0, 1000),
)
def test_spent_and_reserved_are_never_above_the_cap(
    cap: float, calls: list[tuple[float, float]], jobs: int, seed: int
) -> None:
    rng, todo, seen = random.Random(seed), list(calls), [0.0]
    ledger = Ledger(cap)

    async def work() -> None:
        while todo:
            most, share = todo.pop()
            token = await ledger.reserve(most)
            seen.append(ledger.spent + ledger.reserved)
            if token is None:
                todo.append((most, share))
                return
            for _ in range(rng.randrange(4)):
                await asyncio.sleep(0)
            ledger.book(token, most * share)
            seen.append(ledger.spent + ledger.reserved)

    async def run() -> None:
        await asyncio.gather(*(work() for _ in range(jobs)))

    asyncio.run(run())
    assert max(seen) <= cap
    assert ledger.reserved == 0
    if todo:  # it stopped only because some call could have passed the cap
        assert ledger.spent + max(most for most, _ in todo) > cap


def test_a_call_waits_for_another_to_be_booked_before_it_gives_up() -> None:
    async def run() -> list[bool]:
        ledger = Ledger(10)
        first = await ledger.reserve(8)
        second = asyncio.create_task(ledger.reserve(5))
        await asyncio.sleep(0)
        assert not second.done()
        ledger.book(first, 1)
        booked = await second
        ledger.book(booked, 5)
        return [first is not None, booked is not None, await ledger.reserve(4.5) is None]

    assert asyncio.run(run()) == [True, True, True]


def test_without_a_cap_all_is_counted_and_nothing_refused() -> None:
    async def run() -> float:
        ledger = Ledger()
        ledger.book(await ledger.reserve(1e9), 5)
        return ledger.spent

    assert asyncio.run(run()) == 5
