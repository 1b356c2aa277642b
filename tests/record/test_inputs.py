"""The record's input rows: what was written, how it was read, what moves together."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlpdm_kit import decide, load_case
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.render import render_html, render_markdown
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import input_cells
from mlpdm_kit.record.valued import InputRow


@pytest.fixture
def record(make_case: Any, rates: Any) -> DecisionRecord:
    folder = make_case(
        volume={"value": "800..1300 per month", "level": "80%"},
        prevalence="3%..4%..8%",
        outcomes={
            "false_positive": {"cost": "50..200 JPY per claim", "family": "gamma"},
            "false_negative": {"cost": "500..1000..2000 JPY per claim", "family": "triangular"},
        },
        options={
            "rule": {"kind": "rule", "rates": rates("30%..50%", "5%")},
            "model": {"kind": "model", "rates": rates("60%..80%", "10%"), "build": "100k JPY"},
        },
        correlations=[
            {"between": ["volume", "outcomes.false_negative"], "rank": 0.4},
            {"between": ["options.rule.rates.recall", "options.model.recall"], "rank": -0.25},
        ],
    )
    return decide(load_case(folder), draws=4096)


def row(record: DecisionRecord, name: str) -> InputRow:
    return next(row for row in record.inputs if row.name == name)


def test_low_and_high_are_the_5_and_95_percent_points(record: DecisionRecord) -> None:
    volume = row(record, "volume")
    assert (volume.family, volume.level, volume.written) == ("lognormal", 0.8, (800, 1300))
    assert volume.low < 800 < 1300 < volume.high
    share = row(record, "prevalence")
    assert (share.family, share.low, share.middle, share.high, share.written) == (
        "logit-metalog", 0.03, 0.04, 0.08, None,
    )  # fmt: skip
    miss = row(record, "outcomes.false_negative")
    assert (miss.family, miss.middle, miss.written) == ("triangular", 1000, (500, 2000))
    assert 500 < miss.low < miss.high < 2000
    alarm = row(record, "outcomes.false_positive")
    assert (alarm.family, alarm.low, alarm.high, alarm.written) == ("gamma", 50, 200, None)


def test_the_record_holds_the_correlations_by_the_names_of_the_draws(
    record: DecisionRecord,
) -> None:
    found = [(one.between, one.rank) for one in record.correlations]
    assert found == [
        (("volume", "outcomes.false_negative"), 0.4),
        (("options.rule.recall", "options.model.recall"), -0.25),
    ]
    assert DecisionRecord.model_validate(json.loads(record.to_json())) == record


def test_what_was_written_stands_below_the_range(record: DecisionRecord) -> None:
    says = Sentences.of_record(record)
    notes = {one.name: input_cells(one, says)[1].note for one in record.inputs}
    assert notes["volume"] == "written: 800 to 1,300 a month, 80% sure"
    assert notes["prevalence"] == "middle 4%"
    assert notes["outcomes.false_negative"] == (
        "from ¥500 per claim to ¥2,000 per claim at most, most likely ¥1,000 per claim"
    )
    assert notes["outcomes.false_positive"] == ""
    for one in record.inputs:
        assert says.knows(f"family.{one.family}")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Some inputs move together in the draws, by rank correlation: the volume "
               "and the cost of a miss (0.4); "),
        ("ja", "（0.4）"),
    ],
)  # fmt: skip
def test_the_page_says_what_moves_together(record: DecisionRecord, lang: str, said: str) -> None:
    assert said in render_markdown(record, lang=lang).replace("\u2060", "")
    says = Sentences.of_record(record, lang)
    assert says.name("family", "triangular") in render_html(record, {}, lang=lang)


def test_without_correlations_nothing_is_said(make_case: Any) -> None:
    record = decide(load_case(make_case()), draws=256)
    assert record.correlations == ()
    assert "move together" not in render_markdown(record)


def test_correlated_errors_widen_the_range_of_the_worth(make_case: Any) -> None:
    """Two inputs that multiply: together they spread the product, against each other less."""
    spans = {}
    for rank in (-0.9, 0.0, 0.9):
        folder = make_case(
            name=f"case{rank}",
            volume="500..2000 per month",
            outcomes={
                "false_positive": {"cost": "100 JPY per claim"},
                "false_negative": {"cost": "1000..4000 JPY per claim"},
            },
            correlations=[{"between": ["volume", "outcomes.false_negative"], "rank": rank}],
        )
        options = decide(load_case(folder), draws=4096).options
        worth = next(one for one in options if one.id == "rule").expected_net_benefit
        assert worth is not None
        spans[rank] = worth.p95 - worth.p5
    assert spans[-0.9] < 0.8 * spans[0.0] < 0.8 * 0.9 * spans[0.9]
