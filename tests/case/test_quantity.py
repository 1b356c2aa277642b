"""Written quantities: what is read, what is refused, and that nothing is assumed."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit.case.quantity import EXAMPLES, Malformed, Units, parse

UNITS = Units(currency="JPY", unit="claim", target_unit="kg")

READ = [
    ("8000..12000 per month", "cases/month", 8000, 12000),
    ("300 per day", "cases/month", 9125, 9125),
    ("120k per year", "cases/month", 10_000, 10_000),
    ("3 thousand claims per month", "cases/month", 3000, 3000),
    ("3千件/月", "cases/month", 3000, 3000),
    ("8,000..12,000 / month", "cases/month", 8000, 12000),
    ("200..600 JPY per claim", "money/case", 200, 600),
    ("¥200..¥600 per claim", "money/case", 200, 600),
    ("¥200..600 per claim", "money/case", 200, 600),
    ("JPY 200..600 per claim", "money/case", 200, 600),
    ("¥200 per claim..¥600 per claim", "money/case", 200, 600),
    ("5 JPY per 1,000 claims", "money/case", 0.005, 0.005),
    ("200k JPY per thousand claims", "money/case", 200, 200),
    ("2..4 JPY", "money/case, said", 2, 4),
    ("2M..5M JPY", "money", 2e6, 5e6),
    ("500k..2M JPY", "money", 5e5, 2e6),
    ("0..5M JPY", "money", 0, 5e6),
    ("２００万〜５００万円", "money", 2e6, 5e6),
    ("0", "money", 0, 0),
    ("1.2M JPY per year", "money/month", 1e5, 1e5),
    ("5 JPY a month", "money/month", 5, 5),
    ("2%..5%", "share", 0.02, 0.05),
    ("0..5%", "share", 0, 0.05),
    ("0.02", "share", 0.02, 0.02),
    ("2 percent", "share", 0.02, 0.02),
    ("3 per 1000 claims", "share", 0.003, 0.003),
    ("8% per year", "rate/year", 0.08, 0.08),
    ("0.5% per month", "rate/year", 1.005**12 - 1, 1.005**12 - 1),
    ("2 years", "months", 24, 24),
    ("90 days", "months", 90 * 12 / 365, 90 * 12 / 365),
    ("24か月", "months", 24, 24),
    ("300 ms", "seconds", 0.3, 0.3),
    ("1..3 seconds", "seconds", 1, 3),
    ("3..5 JPY per kg", "money/target", 3, 5),
    ("0.4 JPY per 1M", "money/token", 4e-7, 4e-7),
    ("0.4..0.6 JPY per 1M tokens", "money/token", 4e-7, 6e-7),
    ("¥3 / MTok", "money/token", 3e-6, 3e-6),
    ("2 JPY per 1k", "money/token", 0.002, 0.002),
    ("2 JPY per 1,000 tokens", "money/token", 0.002, 0.002),
    ("2 JPY per thousand tokens", "money/token", 0.002, 0.002),
    ("0.01 JPY per token", "money/token", 0.01, 0.01),
    ("0.01 JPY a token", "money/token", 0.01, 0.01),
    ("60〜90円／100万トークン", "money/token", 6e-5, 9e-5),
    ("60円毎百万トークン", "money/token", 6e-5, 6e-5),
    ("2..5 kg per claim", "target/case", 2, 5),
    ("9 000..11,000 per month", "cases/month", 9000, 11_000),
    ("9\u2009000..11\u202f000 per month", "cases/month", 9000, 11_000),
    ("9'000..1’200’000 per month", "cases/month", 9000, 1_200_000),
    ("JPY 9 000..12 000.5", "money", 9000, 12_000.5),
    ("¥1 200 per 1 000 claims", "money/case", 1.2, 1.2),
    ("1 200k JPY", "money", 1_200_000, 1_200_000),
]

REFUSED = [
    ("8000..12000", "cases/month", "unit-missing"),
    ("100 receipts per day", "cases/month", "unit-wrong"),
    ("12..8 per month", "cases/month", "range-reversed"),
    ("8-12 per month", "cases/month", "range-form"),
    ("8 to 12 per month", "cases/month", "range-form"),
    ("8 – 12 per month", "cases/month", "range-form"),
    ("200..600 per claim", "money/case", "currency-missing"),
    ("200..600 JPY", "money/case", "per-missing"),
    ("200..600 JPY per day", "money/case", "unit-wrong"),
    ("5 USD per claim", "money/case", "currency-other"),
    ("$3..5 per claim", "money/case", "currency-other"),
    ("JPY 5..USD 6", "money", "unit-mixed"),
    ("1 week..2 months", "months", "unit-mixed"),
    ("2M JPY per month", "money", "unit-wrong"),
    ("0.4 JPY", "money/token", "per-missing"),
    ("0.4 per 1M tokens", "money/token", "currency-missing"),
    ("0.4 USD per 1M tokens", "money/token", "currency-other"),
    ("0.4 JPY per 1M words", "money/token", "unit-wrong"),
    ("0.4 JPY per 1Mt", "money/token", "unit-wrong"),
    ("0.4 JPY per 0 tokens", "money/token", "unit-wrong"),
    ("0.4 JPY per claim", "money/token", "unit-wrong"),
    ("0.4 JPY per", "money/token", "unit-wrong"),
    ("2..5M JPY", "money", "range-scale"),
    ("2..5%", "share", "range-scale"),
    ("-5 JPY", "money", "quantity-negative"),
    ("nan JPY", "money", "quantity-number"),
    ("inf JPY", "money", "quantity-number"),
    ("1e400 JPY", "money", "quantity-huge"),
    ("1,00 JPY", "money", "unit-wrong"),
    ("1....2 JPY", "money", "unit-wrong"),
    ("5²  JPY", "money", "quantity-number"),
    ("½ JPY", "money", "quantity-number"),
    ("..5 JPY", "money", "quantity-number"),
    ("5.. JPY", "money", "quantity-number"),
    ("JPY", "money", "quantity-number"),
    ("", "share", "quantity-number"),
    ("3", "share", "share-range"),
    ("120%", "share", "share-percent"),
    ("3% per month", "share", "unit-wrong"),
    ("5 per 0 claims", "share", "unit-wrong"),
    ("5 JPY per 0 claims", "money/case", "unit-wrong"),
    ("8%", "rate/year", "unit-missing"),
    ("-200% per month", "rate/year", "rate-range"),
    ("100000% per day", "rate/year", "rate-range"),
    ("24", "months", "unit-missing"),
    ("5", "seconds", "unit-missing"),
    ("9 00 per month", "cases/month", "number-broken"),
    ("9 0000 per month", "cases/month", "number-broken"),
    ("0 900 per month", "cases/month", "number-broken"),
    ("9000 000 per month", "cases/month", "number-broken"),
    ("1 200'000 per month", "cases/month", "number-broken"),
    ("1 200 00 per month", "cases/month", "number-broken"),
    ("9 000 cases 000 per month", "cases/month", "unit-wrong"),
]


@pytest.mark.parametrize(("text", "dimension", "low", "high"), READ)
def test_read(text: str, dimension: str, low: float, high: float) -> None:
    assert parse(text, dimension, UNITS) == pytest.approx((low, high))


@pytest.mark.parametrize(("text", "dimension", "code"), REFUSED)
def test_refused(text: str, dimension: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(text, dimension, UNITS)
    assert caught.value.code == code


@pytest.mark.parametrize("dimension", EXAMPLES)
def test_every_example_in_an_error_is_itself_sound(dimension: str) -> None:
    low, high = parse(UNITS.example(dimension), dimension, UNITS)
    assert 0 < low <= high


@given(
    low=st.floats(0.01, 1e6), width=st.floats(0, 1e6), unit=st.sampled_from(["day", "week", "year"])
)
def test_a_time_converts_to_months_and_back(low: float, width: float, unit: str) -> None:
    per = {"day": 365 / 12, "week": 365 / 84, "year": 1 / 12}[unit]
    read = parse(f"{low!r}..{low + width!r} per {unit}", "cases/month", UNITS)
    assert read == pytest.approx((low * per, (low + width) * per))


ALPHABET = st.sampled_from("0123456789.,-+ %kMeE¥$円万億pJPYrclaimonthdysx/~…²")


@given(text=st.text() | st.text(ALPHABET, max_size=30), dimension=st.sampled_from(list(EXAMPLES)))
def test_any_text_is_a_finite_range_or_refused(text: str, dimension: str) -> None:
    low, high = 0.0, 0.0
    with contextlib.suppress(Malformed):
        low, high = parse(text, dimension, UNITS)
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low <= high
