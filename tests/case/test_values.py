"""Texts as values: spellings, amounts and days, in English and in Japanese."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit.case.values import (
    Amount,
    as_object,
    bare,
    is_silent,
    plain,
    read_amount,
    read_day,
)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,234", 1234, ""),
        ("1234.50", 1234.5, ""),
        ("¥1,234", 1234, "JPY"),
        ("￥１，２３４", 1234, "JPY"),
        ("１２３４円", 1234, "JPY"),
        ("1,234 JPY", 1234, "JPY"),
        ("$12.50", 12.5, "USD"),
        ("US$1.2M", 1_200_000, "USD"),
        ("1.2 million dollars", 1_200_000, "USD"),
        ("EUR 1,234,567.89", 1_234_567.89, "EUR"),
        ("3万5千円", 35_000, "JPY"),
        ("三万五千円", 35_000, "JPY"),
        ("百二十三", 123, ""),
        ("1億2,000万円", 120_000_000, "JPY"),
        ("1.2億円", 120_000_000, "JPY"),
        ("12万3,456円", 123_456, "JPY"),
        ("1,234千円", 1_234_000, "JPY"),
        ("２兆円", 2e12, "JPY"),
        ("12.5%", 0.125, ""),
        ("１２．５％", 0.125, ""),
        ("12.5 percent", 0.125, ""),
        ("-5", -5, ""),
        ("▲1,234", -1234, ""),
        ("△500円", -500, "JPY"),
        ("(1,234)", -1234, ""),
        ("-¥500", -500, "JPY"),
        ("5kg", 5, "kg"),
        ("5 m", 5, "m"),
        ("The total is ¥1,234.", 1234, "JPY"),
        ("合計は１，２３４円です。", 1234, "JPY"),
        ("約3万円", 30_000, "JPY"),
    ],
)
def test_an_amount_is_read(text: str, value: float, unit: str) -> None:
    read = read_amount(text)
    assert read is not None
    assert (read.value, read.unit) == (pytest.approx(value), unit)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "3 to 5", "3円か5円", "2026-11-24", "A4", "No.5", "1.2.3", "1,23", "1.234,56",
     "12 34", "万", "1千2万3億", None, float("nan"), "$5 or €5"],
)  # fmt: skip
def test_what_is_no_single_amount_is_none(text: object) -> None:
    assert read_amount(text) is None


@pytest.mark.parametrize(
    "text",
    ["2026-11-24", "2026/11/24", "2026.11.24", "20261124", "2026年11月24日",
     "２０２６年１１月２４日", "2026年 11月 24日（火曜日）", "令和8年11月24日",
     "令和８年１１月２４日", "R8.11.24", "R8/11/24", "24 November 2026",
     "24th of Nov 2026", "24-Nov-2026", "Nov 24, 2026", "Tue, 24 Nov 2026", "11/24/2026",
     "24/11/2026", "2026-11-24T10:00:00Z"],
)  # fmt: skip
def test_a_day_is_read(text: str) -> None:
    assert read_day(text) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("大正15年12月24日", date(1926, 12, 24)),
        ("明治45年7月29日", date(1912, 7, 29)),
        ("02/02/2026", date(2026, 2, 2)),
    ],
)
def test_eras_count_from_one(text: str, day: date) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    "text", ["", "01/02/2026", "2026-02-30", "2026-13-01", "24 Foo 2026", "November", "8年11月24日"]
)
def test_what_is_no_single_day_is_none(text: str) -> None:
    assert read_day(text) is None


def test_spellings_of_the_same_text() -> None:
    assert plain("ＡＢＣ　ｶﾌﾞｼｷ") == plain("abc カブシキ") == "abc カブシキ"
    assert bare("株式会社　サンプル（東京）。") == bare("株式会社サンプル 東京")
    assert bare("１．５") != bare("15")
    assert bare("-5") != bare("5")
    assert bare("10%") != bare("10")


@pytest.mark.parametrize(
    "text", ["", " ", None, "N/A", "ｎ／ａ", "不明", "記載なし。", "-", "null"]
)
def test_silence(text: object) -> None:
    assert is_silent(text)
    assert not is_silent("0")


def test_an_object_is_found_between_words() -> None:
    assert as_object('```json\n{"a": 1}\n```') == {"a": 1}
    assert as_object('結果：{"合計": "1,234円"}') == {"合計": "1,234円"}
    assert as_object("[1, 2]") is None
    assert as_object('{"a": 1') is None
    assert as_object(None) is None


@given(st.text(max_size=60))
def test_one_spelling_is_its_own(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert bare(bare(text)) == bare(text)


@given(st.text(max_size=40))
def test_nothing_makes_a_reader_fall(text: str) -> None:
    assert read_amount(text) is None or isinstance(read_amount(text), Amount)
    assert read_day(text) is None or isinstance(read_day(text), date)


@given(st.integers(-(10**12), 10**12))
def test_an_amount_is_the_same_however_wide(value: int) -> None:
    wide = f"{value:,}円".translate(str.maketrans("0123456789,-", "０１２３４５６７８９，－"))
    assert read_amount(wide) == Amount(float(value), "JPY")


@given(st.dates(date(1930, 1, 1), date(2100, 1, 1)))
def test_a_day_is_the_same_in_every_form(day: date) -> None:
    for form in ("%Y-%m-%d", "%Y年%m月%d日", "%d %B %Y", "%B %d, %Y"):
        assert read_day(day.strftime(form)) == day
    if day >= date(2019, 5, 1):
        assert read_day(f"令和{day.year - 2018}年{day.month}月{day.day}日") == day
