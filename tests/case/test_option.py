"""What one option may say: prices per token, and what is asked of an LLM."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlpdm_kit.case.load import check_case, load_case
from mlpdm_kit.case.rules import named_inputs

Write = Callable[..., Path]
TOKENS = "tokens: {input: 60..90 JPY per 1M, output: 240 JPY per 1M tokens, as_of: 2026-10-01}"


def llm(bare: str, *words: str) -> str:
    """The bare case with an LLM among its options, which says this too."""
    rates = "rates: {recall: 50%..70%, false_positive_rate: 1%..3%}"
    lines = "".join(f"    {word}\n" for word in ("kind: llm", rates, *words))
    return bare.replace("options:\n", f"options:\n  llm:\n{lines}")


def test_prices_per_token_are_inputs_in_money_per_token(write: Write, bare: str) -> None:
    case = load_case(write(llm(bare, TOKENS), {}))
    tokens = case.options["llm"].tokens
    assert tokens is not None
    assert (tokens.input.low, tokens.input.high) == pytest.approx((6e-5, 9e-5))
    assert (tokens.output.low, tokens.output.dimension) == pytest.approx((2.4e-4, "money/token"))
    assert str(tokens.as_of) == "2026-10-01"
    named = dict(named_inputs(case))
    assert named["options.llm.tokens.input"] == tokens.input
    assert named["options.llm.tokens.output"] == tokens.output


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("tokens: {input: 60 JPY per 1M, output: 240 JPY per 1M}",
         "options.llm.tokens.as_of is missing. Add it, as in `as_of: 2026-10-01`."),
        ("tokens: {input: 60 JPY per 1M, output: 240 JPY per 1M, as_of: last week}",
         "options.llm.tokens.as_of must be a day, got last week. "
         "Write year-month-day, as in 2027-06-01."),
        ("tokens: {output: 240 JPY per 1M, as_of: 2026-10-01}",
         "options.llm.tokens.input is missing. Add it, as in `input: 0.4 USD per 1M tokens`."),
        ("tokens: {input: 60 JPY, output: 240 JPY per 1M, as_of: 2026-10-01}",
         "options.llm.tokens.input doesn't say per what: 60 JPY. "
         "Write it as in `0.4..0.6 JPY per 1M tokens`."),
        ("tokens: 60 JPY per 1M",
         "options.llm.tokens"),
    ],
)  # fmt: skip
def test_a_price_without_its_day_or_unit_is_refused(
    write: Write, bare: str, written: str, said: str
) -> None:
    found = [fault.sentence() for fault in check_case(write(llm(bare, written), {}))]
    assert len(found) == 1
    assert said in found[0]


def test_a_rule_has_no_prices_per_token(write: Write, bare: str) -> None:
    text = bare.replace("kind: rule", f"kind: rule\n    {TOKENS}")
    found = check_case(write(text, {}))
    assert [(fault.code, fault.field) for fault in found] == [
        ("not-for-kind", "options.rule.tokens")
    ]
