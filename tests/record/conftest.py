"""Five records made by hand, one for each verdict, and charts to show with them."""

from __future__ import annotations

from typing import Any

import pytest

from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.record.measured import Compared, DataProfile, ErrorCost, OperatingPoint, Rate
from mlpdm_kit.record.model import DecisionRecord, InformationValue, Provenance, Verdict
from mlpdm_kit.record.parts import CheckResult, Range, Said
from mlpdm_kit.record.sections import ComparisonSection, ErrorsSection
from mlpdm_kit.record.valued import BreakEven, Flip, InputRow, Valued


def span(mean: float, p5: float, p95: float) -> Range:
    return Range(mean=mean, p5=p5, p95=p95)


def said(code: str, **figures: Any) -> Said:
    return Said(code=code, figures=figures)


def check(name: str, status: str = "passed", **more: Any) -> CheckResult:
    entry = CHECKS[name]
    values = {"answer": "yes", "evidence": "quoted", **more}
    return CheckResult(
        id=name, area=entry.area, kind=entry.kind, status=status, scope=entry.scope, **values
    )


PROVENANCE = Provenance(
    case_digest="3f0c" * 16,
    data_digest="9ab1" * 16,
    kit="0.1.0",
    packages={"numpy": "2.4.0", "pandas": "3.1.0", "scikit-learn": "1.8.0", "plotly": "7.1.0"},
    seed=0,
    draws=16384,
)
FRAMING = {
    "user": "Accounting reviewer at a 300-person company",
    "problem": "Two receipts for one taxi ride are paid twice, and found at year end, if at all",
    "decision": "Which claims wait for a person before they are paid",
    "status_quo": "Random audit of 2%",
    "goal": {
        "metric": "wrong payouts per month",
        "now": "40..60",
        "target": "10",
        "okr": "Close the books in 3 days",
    },
}

CLAIMS_OPTIONS = (
    Valued(id="none", kind="none", is_ml=False, status_quo=True, feasible=True,
           expected_net_benefit=span(0, 0, 0), p_best=0.01, expected_regret=5.1e6, p_loss=0.0,
           cvar5=0.0),
    Valued(id="all", kind="all", is_ml=False, label="Hold every claim", feasible=True,
           expected_net_benefit=span(-1.9e6, -2.6e6, -1.2e6), p_best=0.0, expected_regret=7.0e6,
           p_loss=1.0, cvar5=-2.8e6),
    Valued(id="rule", kind="rule", is_ml=False, label="Amount and vendor", feasible=True,
           expected_net_benefit=span(5.0e6, 3.4e6, 6.9e6), p_best=0.86, expected_regret=120_000,
           p_loss=0.001, cvar5=3.0e6),
    Valued(id="model", kind="model", is_ml=True, feasible=True, open_gates=("representative",),
           expected_net_benefit=span(3.1e6, -0.6e6, 6.7e6), p_best=0.13, expected_regret=2.0e6,
           p_loss=0.08, cvar5=-1.1e6),
    Valued(id="llm", kind="llm", is_ml=True, feasible=False, failed_gates=("purpose",)),
)  # fmt: skip

CLAIMS_BASELINE = ComparisonSection(
    data=DataProfile(
        file="claims.csv", rows=18204, rows_without_target=12, columns=14, split="time", folds=5,
        tested_rows=9101, positives=747, base_rate=0.041, production_low=0.004,
        production_high=0.011, duplicates=31, simulated=True, source="Made by data/simulate.py",
        licence="CC0 1.0", note="Offices in Tokyo and Osaka only",
    ),
    findings=(
        said("base-rate", data=0.041, low=0.004, high=0.011),
        said("duplicates", n=31, rows=18204),
        said("leak", column="audit_note", strength=0.998),
    ),
    best_without_ml="rule",
    options=(
        Compared(id="none", kind="none", is_ml=False, priced=True, source="reference", rows=9101,
                 cells={"true_positive": 0, "false_positive": 0, "false_negative": 373,
                        "true_negative": 8728},
                 cost_per_case=span(48, 21, 90), difference=span(28, 10, 52), costly_errors=373),
        Compared(id="rule", kind="rule", is_ml=False, priced=True, source="measured", rows=9101,
                 cells={"true_positive": 265, "false_positive": 151, "false_negative": 108,
                        "true_negative": 8577},
                 rates={"recall": Rate(mean=0.71, low=0.67, high=0.75, family="beta",
                                       parameters=(265, 108), evidence="measured")},
                 cost_per_case=span(20, 9, 38), costly_errors=108),
        Compared(id="model", kind="model", is_ml=True, priced=True, source="measured", rows=9101,
                 cells={"true_positive": 291, "false_positive": 744, "false_negative": 82,
                        "true_negative": 7984},
                 cost_per_case=span(44, 24, 71), difference=span(24, 3, 47), costly_errors=8,
                 few_errors=True, precision=0.28,
                 operating_point=OperatingPoint(kind="from_costs", value=0.051, tuned=0.044)),
        Compared(id="one-measurement", kind="one_measurement", is_ml=False, priced=True,
                 source="measured", rows=9101,
                 cells={"true_positive": 201, "false_positive": 401, "false_negative": 172,
                        "true_negative": 8327},
                 cost_per_case=span(35, 16, 60), difference=span(15, 4, 29), costly_errors=172,
                 operating_point=OperatingPoint(kind="cut", value=48500, column="amount",
                                                direction="at_least")),
    ),
)  # fmt: skip

CLAIMS_GATES = (
    check("decision-changes", evidence="measured", note="Reviewers hold claims today"),
    check("real-user", note="Mori, accounting", owner="Product"),
    check("purpose", "failed", answer="no", options=("llm",), source="privacy notice 4.2",
          note="The vendor's terms allow training on receipts"),
    check("representative", "open", answer="unknown", evidence="assumed", options=("model",)),
    check("metric-gaming", answer="no", evidence="assumed", note="Payouts are audited"),
    check("base-rate", evidence="measured", answer="unknown", measured=True,
          finding=said("base-rate", data=0.041, low=0.004, high=0.011)),
    check("beats-baseline", "failed", evidence="measured", answer="unknown", measured=True,
          options=("model",),
          finding=said("beats-baseline", option="model", against="rule", low=3, high=47)),
)  # fmt: skip

CLAIMS_INPUTS = (
    InputRow(name="volume", dimension="cases/month", low=8000, high=12000, mean=9890,
             family="lognormal", evidence="measured", note="Ledger, last 12 months"),
    InputRow(name="prevalence", dimension="share", low=0.004, high=0.011, mean=0.0071,
             family="beta", evidence="measured", note="In production, not in the file"),
    InputRow(name="outcomes.false_negative", dimension="money/case", low=3000, high=12000,
             mean=6900, family="lognormal", evidence="assumed", owner="Controlling"),
    InputRow(name="outcomes.false_positive", dimension="money/case", low=200, high=600, mean=367,
             family="lognormal", evidence="measured"),
    InputRow(name="options.model.build", dimension="money", low=2e6, high=5e6, mean=3.27e6,
             family="lognormal", evidence="quoted", source="Offer of 3 March"),
    InputRow(name="options.model.recall", dimension="share", low=0.74, high=0.82, mean=0.78,
             family="beta", evidence="measured"),
    InputRow(name="discount", dimension="rate/year", low=0.08, high=0.08, mean=0.08,
             family="point", evidence="quoted", note="Group finance"),
)  # fmt: skip

CLAIMS_COSTS = ErrorsSection(
    prices={"false_positive": span(367, 200, 600), "false_negative": span(6900, 3000, 12000)},
    threshold=0.051,
    options=(
        ErrorCost(id="none", kind="none", is_ml=False, per_case=span(48, 21, 90),
                  by_outcome={"false_negative": 48, "false_positive": 0}, running_per_case=0,
                  per_month=span(475_000, 200_000, 900_000)),
        ErrorCost(id="rule", kind="rule", is_ml=False, per_case=span(20, 9, 38),
                  by_outcome={"false_negative": 14, "false_positive": 6}, running_per_case=0,
                  per_month=span(198_000, 88_000, 380_000)),
        ErrorCost(id="model", kind="model", is_ml=True, per_case=span(64, 41, 95),
                  by_outcome={"false_negative": 11, "false_positive": 33}, running_per_case=20.2,
                  per_month=span(633_000, 400_000, 950_000)),
    ),
)  # fmt: skip

CLAIMS = DecisionRecord(
    id="0014-expense-claims",
    title="Hold expense claims that look like duplicates?",
    status="accepted",
    date="2026-11-20",
    decision_makers=("Head of accounting",),
    consulted=("Legal",),
    informed=("Sales operations",),
    review_on="2027-06-01",
    confirmation="Wrong payouts fall below 15 a month within a quarter of the start.",
    reopen_when=(
        said("date", day="2027-06-01"),
        said("input-above", input="outcomes.false_negative", value=11400,
             dimension="money/case", option="model"),
        said("input-above", input="volume", value=17500, dimension="cases/month",
             option="model"),
        said("gate-passes", check="purpose"),
    ),
    currency="JPY",
    unit="claim",
    task="binary",
    framing=FRAMING,
    verdict=Verdict(
        outcome="use_non_ml",
        option="rule",
        against="model",
        gain=span(1.9e6, -0.4e6, 4.1e6),
        reasons=(
            said("ml-worth-less", option="rule", against="model", amount=1.9e6, low=-0.4e6,
                 high=4.1e6),
            said("cost-per-case", option="rule", cost=20, against="model", other=64),
            said("few-errors", option="model", n=8),
            said("options-removed", check="purpose", options=["llm"],
                 note="The vendor's terms allow training on receipts."),
        ),
    ),
    options=CLAIMS_OPTIONS,
    gates=CLAIMS_GATES,
    baseline=CLAIMS_BASELINE,
    error_costs=CLAIMS_COSTS,
    inputs=CLAIMS_INPUTS,
    months=24,
    discount=0.08,
    value_of_information=InformationValue(evpi=120_000),
    break_even=(
        BreakEven(input="options.model.build", dimension="money", mean=3.27e6, low=2e6, high=5e6,
                  below=Flip(value=1.1e6, option="model")),
        BreakEven(input="outcomes.false_negative", dimension="money/case", mean=6900, low=3000,
                  high=12000, above=Flip(value=11400, option="model")),
        BreakEven(input="volume", dimension="cases/month", mean=9890, low=8000, high=12000,
                  above=Flip(value=17500, option="model")),
        BreakEven(input="prevalence", dimension="share", mean=0.0071, low=0.004, high=0.011),
        BreakEven(input="options.model.recall", dimension="share", mean=0.78, low=0.74, high=0.82,
                  above=Flip(value=0.86, option="model")),
    ),
    provenance=PROVENANCE,
)  # fmt: skip

EMPTY: dict[str, Any] = {
    "baseline": ComparisonSection(),
    "error_costs": ErrorsSection(),
    "options": (),
    "inputs": (),
    "break_even": (),
    "value_of_information": InformationValue(),
}


def _use_ml() -> DecisionRecord:
    options = tuple(
        option.model_copy(
            update={"open_gates": (), "expected_net_benefit": span(8.2e6, 4.4e6, 12.7e6)}
        )
        if option.id == "model"
        else option
        for option in CLAIMS_OPTIONS
    )
    verdict = Verdict(
        outcome="use_ml", option="model", against="rule", gain=span(3.2e6, 0.8e6, 6.3e6),
        robust=True,
        reasons=(
            said("worth-more", option="model", against="rule", amount=3.2e6, low=0.8e6,
                 high=6.3e6),
            said("price-paid", option="model", gain=9.8e6, price=4.1e6),
            said("chance-of-loss", option="model", share=0.02),
        ),
    )  # fmt: skip
    return CLAIMS.model_copy(
        update={"id": "0015-use-ml", "verdict": verdict, "options": options, "break_even": (
            BreakEven(input="prevalence", dimension="share", mean=0.0071, low=0.004, high=0.011),
        )}
    )  # fmt: skip


def _find_out_first() -> DecisionRecord:
    verdict = Verdict(
        outcome="find_out_first", option="model", against="rule",
        gain=span(0.7e6, -1.4e6, 2.3e6), meanwhile="rule",
        reasons=(
            said("gates-open", checks=["representative", "terms"], option="model"),
            said("to-fix", checks=["rollback"], option="model"),
        ),
    )  # fmt: skip
    reopen = (said("gates-answered", checks=["representative", "terms"]),)
    return CLAIMS.model_copy(
        update={"id": "0016-find-out", "verdict": verdict, "reopen_when": reopen}
    )


def _do_nothing() -> DecisionRecord:
    verdict = Verdict(
        outcome="do_nothing", option="none", against="model", gain=span(0.9e6, 0.1e6, 1.8e6),
        reasons=(
            said("nothing-pays", option="model", amount=0.9e6, low=-1.8e6, high=-0.1e6),
            said("price-not-paid", option="model", gain=2.2e6, price=3.1e6),
            said("unpriced", option="llm"),
            said("no-ml-option"),
        ),
    )  # fmt: skip
    return CLAIMS.model_copy(
        update={"id": "0017-nothing", "verdict": verdict, "review_on": None,
                "baseline": ComparisonSection(), "break_even": (), "reopen_when": (),
                "value_of_information": InformationValue(evpi=0.0)}
    )  # fmt: skip


def _stop() -> DecisionRecord:
    note = "The report goes to no one."
    gate = check("decision-changes", "failed", answer="no", note=note)
    verdict = Verdict(
        outcome="stop",
        reasons=(said("gate-failed", check="decision-changes", note=note, evidence="quoted"),),
    )
    reopen = (said("gate-passes", check="decision-changes"),)
    return CLAIMS.model_copy(
        update={**EMPTY, "id": "0018-stop", "title": "Score leads for a weekly report?",
                "status": "rejected", "gates": (gate,), "verdict": verdict, "reopen_when": reopen,
                "decision_makers": (), "months": 0.0}
    )  # fmt: skip


@pytest.fixture(scope="session")
def records() -> dict[str, DecisionRecord]:
    """A record for each verdict."""
    return {
        "use_non_ml": CLAIMS,
        "use_ml": _use_ml(),
        "find_out_first": _find_out_first(),
        "do_nothing": _do_nothing(),
        "stop": _stop(),
    }


GREY, BLUE, ORANGE = "#6b7280", "#0072B2", "#D55E00"


def _row(name: str, low: float, mean: float, high: float, colour: str, shown: str) -> list[Any]:
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": [low, high],
        "y": [name, name],
        "line": {"color": colour, "width": 5},
        "hoverinfo": "skip",
    }
    dot = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [mean],
        "y": [name],
        "text": [shown],
        "textposition": "top center",
        "marker": {"color": colour, "size": 13},
        "textfont": {"color": "#374151"},
        "hovertemplate": f"{shown}<extra></extra>",
    }
    return [line, dot]  # fmt: skip


@pytest.fixture(scope="session")
def pictures() -> dict[str, dict[str, Any]]:
    """Charts drawn by hand, as the view hands them over."""
    axis = {"gridcolor": "#e5e7eb", "zerolinecolor": "#6b7280", "tickprefix": "¥",
            "automargin": True, "fixedrange": True}  # fmt: skip
    worth = {
        "data": [
            *_row("Amount and vendor", 3.4e6, 5.0e6, 6.9e6, BLUE, "+¥5.0M"),
            *_row("Model", -0.6e6, 3.1e6, 6.7e6, ORANGE, "+¥3.1M"),
            *_row("Hold every claim", -2.6e6, -1.9e6, -1.2e6, GREY, "−¥1.9M"),
            *_row("Do nothing", 0, 0, 0, GREY, "¥0"),
        ],
        "layout": {"title": {"text": "<b>The rule is worth most</b>, and is the surest"},
                   "height": 330, "showlegend": False,
                   "margin": {"l": 10, "r": 30, "t": 30, "b": 40},
                   "xaxis": axis, "yaxis": {"automargin": True, "range": [3.5, -0.7]}},
    }  # fmt: skip
    plain = {"data": [{"type": "bar", "orientation": "h", "x": [20, 64, 48],
                       "y": ["Amount and vendor", "Model", "Do nothing"],
                       "marker": {"color": [BLUE, ORANGE, GREY]}}],
             "layout": {"title": {"text": "A claim costs least with the rule"}, "height": 260,
                        "margin": {"l": 10, "r": 20, "t": 10, "b": 40},
                        "xaxis": axis, "yaxis": {"automargin": True}}}  # fmt: skip
    return {"net_benefit": worth, "cost_per_case": plain}
