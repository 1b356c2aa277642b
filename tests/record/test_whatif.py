"""What if: the record's own figures where nothing is changed, and where something is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlpdm_kit.analysis.errors.operating import cost_of_cuts, three_ways
from mlpdm_kit.analysis.uncertainty.distributions import from_interval
from mlpdm_kit.case.load import load_case
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.steps import Walk
from mlpdm_kit.record.whatif import QUICK_DRAWS, WhatIf

DRAWS = 8_192
RANGES: dict[str, Any] = {
    "volume": "800..1500 per month",
    "prevalence": "2%..8%",
    "outcomes": {
        "false_positive": {"cost": "60..160 JPY per claim"},
        "false_negative": {"cost": "500..2000 JPY per claim"},
    },
}


def walked(folder: Path, draws: int = DRAWS, **overrides: Any) -> Walk:
    return Walk(load_case(folder, overrides), draws=draws)


def opened(walk: Walk) -> WhatIf:
    answers = walk.framing().checks
    return WhatIf(walk.case, walk.rungs, walk.comparison(), answers, walk.draws, walk.seed)


def worths(walk: Walk) -> dict[str, Any]:
    found = {one.id: one.expected_net_benefit for one in walk.value().options}
    return {name: worth for name, worth in found.items() if worth is not None}


def test_with_nothing_changed_it_is_the_record(make_case: Callable[..., Path]) -> None:
    walk = walked(make_case(**RANGES))
    now = opened(walk).now
    record = walk.record()
    assert now.worth == worths(walk)
    assert (now.best, now.outcome) == (record.verdict.option, record.verdict.outcome)
    assert now.meanwhile == record.verdict.meanwhile
    assert now.whole


@pytest.mark.parametrize(
    ("name", "written", "ends"),
    [
        ("volume", "100..200 per month", (100, 200)),
        ("prevalence", "1%..3%", (0.01, 0.03)),
        ("outcomes.false_negative", "50..150 JPY per claim", (50, 150)),
        ("volume", "1000 per month", (1000, 1000)),
    ],
)
def test_another_range_gives_what_the_record_would_have(
    make_case: Callable[..., Path], name: str, written: str, ends: tuple[float, float]
) -> None:
    folder = make_case(**RANGES)
    path = f"{name}.cost" if name.startswith("outcomes") else name
    other = walked(folder, **{path: written})
    family = "beta" if name == "prevalence" else None
    changes = {name: from_interval(*ends, family=family if ends[0] < ends[1] else None)}
    found = opened(walked(folder)).at(changes)
    record = other.record()
    assert found.worth == worths(other)
    assert (found.best, found.outcome) == (record.verdict.option, record.verdict.outcome)


def test_quickly_it_is_nearly_the_same(make_case: Callable[..., Path]) -> None:
    what = opened(walked(make_case(**RANGES), draws=16_384))
    changes = {
        "volume": from_interval(100, 200),
        "outcomes.false_negative": from_interval(900, 990),
    }
    quick, whole = what.quickly(changes), what.at(changes)
    assert (quick.draws, quick.whole, whole.draws) == (QUICK_DRAWS, False, 16_384)
    assert quick.best == whole.best
    for name, worth in whole.worth.items():
        wide = max(worth.p95 - worth.p5, 1.0)
        assert abs(quick.worth[name].mean - worth.mean) < 0.01 * wide
    assert what.quickly({}) == what.now


def test_across_an_input_it_is_each_value_by_itself(make_case: Callable[..., Path]) -> None:
    walk = walked(make_case(**RANGES), draws=2_048)
    found = opened(walk).across("volume", np.array([500.0, 900.0]))
    for value, line in zip((500, 900), found, strict=True):
        fixed = walked(walk.case.folder, draws=2_048, volume=f"{value} per month")
        expected = [worth.mean for worth in worths(fixed).values()]
        assert line == pytest.approx(expected, rel=0.02, abs=2_000)


def test_a_tie_to_a_point_is_refused_in_words(make_case: Callable[..., Path]) -> None:
    tied = [{"between": ["volume", "prevalence"], "rank": 0.5}]
    what = opened(walked(make_case(correlations=tied, **RANGES)))
    with pytest.raises(InputError) as refused:
        what.at({"volume": from_interval(9, 9)})
    assert refused.value.faults[0].code == "correlation-point"


def test_a_study_that_pays_is_the_verdict(make_case: Callable[..., Path]) -> None:
    study = {"pilot": {"of": ["outcomes.false_negative"], "price": "1 JPY", "time": "0 months"}}
    walk = walked(make_case(studies=study, **RANGES))
    record = walk.record()
    assert opened(walk).now.outcome == record.verdict.outcome


# --- operating points on data ------------------------------------------------------------


def rows(tilt: float = 0.0) -> str:
    rng = np.random.default_rng(3)
    x = rng.normal(size=400)
    hit = rng.random(400) < 1 / (1 + np.exp(-(2 * x - 1)))
    lines = [
        f"{a:.3f},{'A' if b < 0.5 + tilt else 'B'},{int(c)}"
        for a, b, c in zip(x, rng.random(400), hit, strict=True)
    ]
    return "x,office,target\n" + "\n".join(lines) + "\n"


MEASURED: dict[str, Any] = {
    "prevalence": "10%..20%",
    "outcomes": {
        "false_positive": {"cost": "90..120 JPY per claim"},
        "false_negative": {"cost": "300..500 JPY per claim"},
    },
    "options": {
        "model": {"kind": "model", "build": "1k JPY", "run": "1 JPY per month"},
        "reviewed": {"kind": "review", "of": "model", "review": "10..20 JPY per claim",
                     "reviewer_error": "1%..3%", "capacity": "100 per month",
                     "review_time": "5..9 minutes"},
    },
}  # fmt: skip


@pytest.mark.parametrize("mix", [{}, {"A": "20%", "B": "80%"}])
def test_at_its_own_threshold_it_is_the_record(
    make_case: Callable[..., Path], mix: dict[str, str]
) -> None:
    data = {"file": "rows.csv", "target": "target", "simulated": True}
    data |= {"segment": "office", "mix": mix} if mix else {}
    folder = make_case(files={"rows.csv": rows()}, data=data, **MEASURED)
    comparison = walked(folder, draws=256).comparison()
    cuts = next(one for one in comparison.cuts if one.option == "model")
    option = next(one for one in comparison.options if one.id == "model")
    assert cuts.own is not None
    assert cuts.exact
    table = cuts.table
    at = table.place(cuts.own)
    assert {
        "true_positive": table.positives[-1] - table.positives[at],
        "false_negative": table.positives[at],
        "false_positive": table.negatives[-1] - table.negatives[at],
        "true_negative": table.negatives[at],
    } == option.cells
    assert option.cost_per_case is not None
    cost = cost_of_cuts(table, cuts.prices, cuts.prevalence)[at]
    assert cost == pytest.approx(option.cost_per_case.mean, rel=1e-4)


def test_the_band_in_force_is_the_record(make_case: Callable[..., Path]) -> None:
    data = {"file": "rows.csv", "target": "target", "simulated": True}
    folder = make_case(files={"rows.csv": rows()}, data=data, **MEASURED)
    comparison = walked(folder, draws=256).comparison()
    cuts = next(one for one in comparison.cuts if one.reviews)
    terms, ways = cuts.reviews[0], comparison.reviews[0]
    assert (terms.low, terms.high, terms.cost) == (ways.low, ways.high, ways.cost)
    assert (terms.left, terms.reviewed, terms.acted) == (ways.left, ways.share, ways.acted)
    table = cuts.table
    found = three_ways(
        table, table.place(terms.low), table.place(terms.high), costs=cuts.prices,
        prevalence=cuts.prevalence, review_cost=terms.price, reviewer_error=terms.error,
    )  # fmt: skip
    one_row = 1.0 / 400 * 6  # those at the edge are looked at in part
    assert found.reviewed == pytest.approx(ways.share, abs=one_row)
    assert found.cost == pytest.approx(ways.cost, rel=0.02)


def test_the_record_holds_no_tables_of_cuts(make_case: Callable[..., Path]) -> None:
    data = {"file": "rows.csv", "target": "target", "simulated": True}
    folder = make_case(files={"rows.csv": rows()}, data=data, **MEASURED)
    record = walked(folder, draws=256).record()
    assert record.baseline.cuts == ()
