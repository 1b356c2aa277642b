from __future__ import annotations

import pandas as pd
import pytest

from mlpdm_kit import shipped
from tests.cases.by_hand import cost, middle, record, worth

FOLDER = shipped.cases() / "invoice-extraction"


def counts() -> dict[str, tuple[float, float]]:
    """Shares of missing and wrong answers by option, text against text, over all repeats."""
    right = pd.read_csv(FOLDER / "invoices.csv").set_index("請求書")["正解"]
    found = {}
    for file in ("without_ml.csv", "with_ml.csv"):
        for option, said in pd.read_csv(FOLDER / file).groupby("option"):
            missing = said["answer"].isna()
            wrong = ~missing & (said["answer"] != said["id"].map(right))
            each = said.assign(missing=missing, wrong=wrong).groupby("id")
            found[str(option)] = each["missing"].mean().mean(), each["wrong"].mean().mean()
    return found


def test_invoices_need_templates_not_an_llm():
    rates, missing, wrong = counts(), middle(560, 720), middle(7000, 24000)
    errors = {name: m * missing + w * wrong for name, (m, w) in rates.items()}
    for name, amount in errors.items():
        assert cost("invoice-extraction", name) == pytest.approx(amount, rel=1e-4)
    handling = {"keying": middle(280, 360), "templates": middle(10, 20),
                "e-invoice-templates-llm": middle(8, 15)}  # fmt: skip
    # fewer invoices every year: 12.5% by the mean of the range; two months, or four, until it runs
    mails = [middle(1500, 2200) * 0.875 ** (t / 12) * 1.03 ** (-t / 12) for t in range(1, 37)]

    def net(option: str, delay: float, build: float, run: float) -> float:
        used = [min(max(t - delay, 0), 1) for t in range(1, 37)]
        saved = errors["keying"] + handling["keying"] - errors[option] - handling[option]
        running = sum(u * 1.03 ** (-t / 12) for t, u in enumerate(used, start=1)) * run
        return saved * sum(u * n for u, n in zip(used, mails, strict=True)) - running - build

    templates = net("templates", middle(1, 2), middle(80e4, 160e4), middle(3e4, 6e4))
    with_llm = net(
        "e-invoice-templates-llm", middle(3, 5), middle(400e4, 750e4), middle(14e4, 27e4)
    )
    assert worth("invoice-extraction", "templates") == pytest.approx(templates, rel=0.05)
    assert worth("invoice-extraction", "e-invoice-templates-llm") == pytest.approx(
        with_llm, rel=0.05
    )
    assert templates > with_llm > 0
    assert errors["e-invoice-templates-llm"] < errors["templates"]  # the price decides
    found = record("invoice-extraction")
    assert (found.verdict.outcome, found.verdict.option) == ("use_non_ml", "templates")


def test_a_structured_invoice_takes_the_task_away_for_a_share_of_suppliers():
    """The gate is for the whole task; what it takes away in part is an option."""
    table = pd.read_csv(FOLDER / "invoices.csv")
    share = (table["電子請求に同意"] == "はい").mean()
    missing, wrong = counts()["e-invoice"]
    assert (missing, wrong) == (pytest.approx(1 - share), 0)
    gates = {gate.id: gate for gate in record("invoice-extraction").gates}
    assert gates["no-task"].status == "passed"
    assert gates["no-task"].note


def test_numbers_carry_their_check_digit():
    """The rule of the Japanese corporate number, digit by digit from the right."""
    numbers = pd.read_csv(FOLDER / "invoices.csv")["正解"].str[1:14]
    for number in numbers:
        weighted = [int(d) * (1, 2)[n % 2] for n, d in enumerate(reversed(number[1:]))]
        assert int(number[0]) == 9 - sum(weighted) % 9
