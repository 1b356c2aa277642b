"""Three points, levels, families and correlations in a case file: read, or one clear fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mlpdm_kit.analysis.uncertainty.stated import distribution, stated_inputs
from mlpdm_kit.case.load import check_case, load_case
from mlpdm_kit.case.quantity import EXAMPLES, Malformed, Units, parse, points
from mlpdm_kit.case.rules import named_inputs

Write = Callable[..., Path]
UNITS = Units(currency="JPY", unit="claim", target_unit="kg")
COST = "false_negative: {cost: 3000..12000 JPY per claim}"
PLAIN = "volume: 8000..12000 per month"


@pytest.mark.parametrize(
    ("text", "dimension", "found"),
    [
        ("5..7..12 JPY per claim", "money/case", (5, 7, 12)),
        ("¥5..¥7..¥12 per claim", "money/case", (5, 7, 12)),
        ("¥5..7..12 per claim", "money/case", (5, 7, 12)),
        ("5 JPY..7 JPY..12 JPY", "money", (5, 7, 12)),
        ("JPY 5..7..12", "money", (5, 7, 12)),
        ("５〜７〜１２円", "money", (5, 7, 12)),
        ("５～７～１２円", "money", (5, 7, 12)),
        ("5．．7．．12円", "money", (5, 7, 12)),
        ("50万..80万..200万円", "money", (5e5, 8e5, 2e6)),
        ("500k..0.8M..2M JPY", "money", (5e5, 8e5, 2e6)),
        ("0..1%..5%", "share", (0, 0.01, 0.05)),
        ("2%..3%..5% per year", "rate/year", (0.02, 0.03, 0.05)),
        ("1..2..4 weeks", "months", (84 / 365, 168 / 365, 336 / 365)),
        ("5..5..12 JPY", "money", (5, 5, 12)),
        ("0..0..0", "money", (0, None, 0)),
    ],
)
def test_three_points_are_read(text: str, dimension: str, found: tuple[float, ...]) -> None:
    low, middle, high = points(text, dimension, UNITS)
    assert (low, high) == pytest.approx((found[0], found[2]))
    assert middle == pytest.approx(found[1]) if middle is not None else found[1] is None
    assert parse(text, dimension, UNITS) == (low, high)


@pytest.mark.parametrize(
    ("text", "dimension", "code"),
    [
        ("5..13..12 JPY", "money", "points-order"),
        ("5..4..12 JPY", "money", "points-order"),
        ("12..7..5 JPY", "money", "points-order"),
        ("5..7..12..13 JPY", "money", "quantity-number"),
        ("5....12 JPY", "money", "unit-wrong"),
        ("5.. ..12 JPY", "money", "quantity-number"),
        ("5..7 USD..12 JPY", "money", "unit-mixed"),
        ("2..3M..5M JPY", "money", "range-scale"),
        ("2M..3..5M JPY", "money", "range-scale"),
        ("2..3..5%", "share", "range-scale"),
        ("5..7..12", "money", "unit-missing"),
        ("50%..60%..120%", "share", "share-percent"),
    ],
)
def test_three_points_that_cannot_be(text: str, dimension: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        points(text, dimension, UNITS)
    assert caught.value.code == code


@pytest.mark.parametrize("dimension", [name for name in EXAMPLES if "," not in name])
def test_what_is_written_is_read_back(dimension: str) -> None:
    values = (0.0234, 0.3, 0.5678)
    text = UNITS.write(*values, dimension=dimension)
    assert points(text, dimension, UNITS) == pytest.approx(values)


def read(write: Write, bare: str, old: str, new: str) -> Path:
    assert bare.count(old) == 1
    return write(bare.replace(old, new), {})


def test_the_family_follows_from_the_support(write: Write, bare: str) -> None:
    text = bare.replace(PLAIN, "volume: 8000..9000..12000 per month")
    text = text.replace("prevalence: 0.4%..1.1%", "prevalence: 0.4%..0.6%..1.1%")
    text = text.replace("recall: 50%..70%", "recall: {value: 50%..70%, level: 50%}")
    text = text.replace("build: 2M..5M JPY", "build: {value: 2M..3M..5M JPY, family: pert}")
    text += "discount: -2%..3%..8% per year\n"
    found = stated_inputs(load_case(write(text, {})))
    families = {name: dist.family for name, dist in found.items()}
    assert families["volume"] == "log-metalog"
    assert families["prevalence"] == "logit-metalog"
    assert families["discount"] == "metalog"
    assert families["options.model.build"] == "pert"
    assert families["options.rule.recall"] == "beta"
    assert found["volume"].quantile([0.05, 0.5, 0.95]) == pytest.approx([8000, 9000, 12_000])
    assert found["options.rule.recall"].quantile([0.25, 0.75]) == pytest.approx([0.5, 0.7])
    assert found["options.model.build"].quantile([0, 1]) == pytest.approx([2e6, 5e6])


@pytest.mark.parametrize("level", ["80%", "0.8", "80 percent", "８０％"])
def test_a_level_is_a_share(write: Write, bare: str, level: str) -> None:
    new = f"volume: {{value: 8000..12000 per month, level: {level}}}"
    case = load_case(read(write, bare, PLAIN, new))
    assert case.volume is not None
    assert case.volume.level == 0.8
    assert distribution(case.volume).quantile(0.9) == pytest.approx(12_000)


@pytest.mark.parametrize("family", ["lognormal", "gamma", "uniform"])
def test_a_family_is_taken_by_name(write: Write, bare: str, family: str) -> None:
    new = f"volume: {{value: 8000..12000 per month, family: {family}}}"
    case = load_case(read(write, bare, PLAIN, new))
    assert distribution(dict(named_inputs(case))["volume"]).family == family


def test_one_figure_stays_a_point(write: Write, bare: str) -> None:
    new = "volume: {value: 9000 per month, level: 80%, family: gamma}"
    case = load_case(read(write, bare, PLAIN, new))
    assert case.volume is not None
    assert distribution(case.volume).is_point


RANGES = [
    ("value: 8000..13000..12000 per month", "points-order", "volume.value", "8000..13000..12000"),
    ("value: 8000..12000 per month, family: pert", "middle-needed", "volume",
     "8000..10000..12000 per month"),
    ("value: 8000..12000 per month, family: metalog", "middle-needed", "volume", "metalog"),
    ("value: 8000..9000..12000 per month, family: gamma", "middle-not-for", "volume", "gamma"),
    ("value: 8000..8100..12000 per month", "middle-infeasible", "volume",
     "A middle from 8420 per month to 11400 per month would do"),
    ("value: 0..9000..12000 per month", "middle-end", "volume", "pert"),
    ("value: 8000..12000 per month, level: 90", "level", "volume.level", "got 90"),
    ("value: 8000..12000 per month, level: 0", "level", "volume.level", "got 0"),
    ("value: 8000..12000 per month, level: 100%", "level", "volume.level", "got 100%"),
    ("value: 8000..12000 per month, level: 70%..80%", "level", "volume.level", "80%"),
    ("value: 8000..12000 per month, level: high", "level", "volume.level", "got high"),
    ("value: 8000..9000..12000 per month, family: pert, level: 80%", "level-not-for",
     "volume.level", "least and the most"),
    ("value: 8000..12000 per month, family: cauchy", "not-one-of", "volume.family", "cauchy"),
    ("value: 0..12000 per month, family: gamma", "family", "volume", "gamma"),
    ("value: 8000..12000 per month, family: normal", "family", "volume", "normal"),
    ("value: 8000..12000 per month, middle: 9000", "unknown-key-here", "volume.middle", "level"),
    ("value: 1..5..900000000000000 per month", "middle-infeasible", "volume", "average"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "code", "field", "shown"), RANGES)
def test_a_range_that_cannot_be_is_one_clear_fault(
    write: Write, bare: str, said: str, code: str, field: str, shown: str
) -> None:
    folder = read(write, bare, PLAIN, f"volume: {{{said}}}")
    (fault,) = check_case(folder)
    assert (fault.code, fault.field, fault.line) == (code, field, 5)
    assert fault.file == str(folder / "case.yaml")
    assert shown in fault.sentence()
    assert fault.remedy("ja")


def test_the_middle_that_is_proposed_will_do(write: Write, bare: str) -> None:
    new = "false_negative: {cost: 3000..3100..12000 JPY per claim, level: 80%}"
    (fault,) = check_case(read(write, bare, COST, new))
    ends = re.findall(r"(\d+) JPY per claim", fault.remedy())
    assert len(ends) == 2
    for middle in ends:
        assert check_case(write(bare.replace(COST, new.replace("3100", middle)), {})) == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0%..5%..9%", "middle-end"),
        ("50%..99%..100%", "middle-end"),
        ("10%..10.1%..30%", "middle-infeasible"),
        ("10%..10.00001%", "interval-narrow"),
    ],
)
def test_a_share_that_cannot_be(write: Write, bare: str, value: str, code: str) -> None:
    (fault,) = check_case(read(write, bare, "recall: 50%..70%", f"recall: {value}"))
    assert (fault.code, fault.field) == (code, "options.rule.rates.recall")


def test_the_horizon_takes_no_three_points(write: Write, bare: str) -> None:
    (fault,) = check_case(read(write, bare, "horizon: 24 months", "horizon: 12..18..24 months"))
    assert fault.code == "point-needed"


# --- correlations ---------------------------------------------------------------------


def with_pairs(bare: str, *pairs: str) -> str:
    return bare + "correlations:\n" + "".join(f"  - {pair}\n" for pair in pairs)


TIE = "{between: [volume, outcomes.false_negative], rank: 0.4}"


def test_correlations_are_read(write: Write, bare: str) -> None:
    recall = "{between: [options.rule.rates.recall, options.model.recall], rank: -0.2}"
    case = load_case(write(with_pairs(bare, TIE, recall), {}))
    assert [(one.between, one.rank) for one in case.correlations] == [
        (("volume", "outcomes.false_negative"), 0.4),
        (("options.rule.rates.recall", "options.model.recall"), -0.2),
    ]


@pytest.mark.parametrize(
    ("pair", "code", "field", "shown"),
    [
        (TIE.replace("0.4", "1.3"), "correlation-range", "0.rank", "1.3"),
        (TIE.replace("0.4", "nan"), "number", "0.rank", "nan"),
        (TIE.replace("0.4", "strong"), "number", "0.rank", "strong"),
        (TIE.replace("volume", "volum"), "correlation-unknown", "0.between", "volume"),
        (TIE.replace("volume", "horizon"), "correlation-unknown", "0.between", "horizon"),
        (TIE.replace("volume", "discount"), "correlation-point", "0.between", "discount"),
        (TIE.replace("volume, ", ""), "correlation-two", "0.between", "two different"),
        (TIE.replace("outcomes.false_negative", "volume"), "correlation-two", "0.between",
         "volume, volume"),
        ("{between: [options.rule.recall, options.rule.rates.recall], rank: 1}",
         "correlation-two", "0.between", "two different"),
        ("{between: [volume, prevalence]}", "missing", "0.rank", "rank"),
        (TIE.replace("rank", "rho"), "missing", "0.rank", "rank"),
    ],
)  # fmt: skip
def test_a_wrong_pair_is_a_clear_fault(
    write: Write, bare: str, pair: str, code: str, field: str, shown: str
) -> None:
    text = with_pairs(bare, pair)
    folder = write(text, {})
    found = {(fault.code, fault.field): fault for fault in check_case(folder)}
    assert (code, f"correlations.{field}") in found, found
    fault = found[code, f"correlations.{field}"]
    assert (fault.file, fault.line) == (str(folder / "case.yaml"), text.count("\n"))
    assert shown in fault.sentence()
    assert fault.remedy("ja")


def test_a_pair_stands_once(write: Write, bare: str) -> None:
    back = "{between: [outcomes.false_negative, volume], rank: 0.1}"
    (fault,) = check_case(write(with_pairs(bare, TIE, back), {}))
    assert (fault.code, fault.field) == ("correlation-twice", "correlations.1.between")


def test_pairs_that_cannot_hold_together_are_named(write: Write, bare: str) -> None:
    pairs = (
        "{between: [volume, prevalence], rank: 0.9}",
        "{between: [prevalence, options.model.build], rank: 0.9}",
        "{between: [volume, options.model.build], rank: -0.9}",
    )
    (fault,) = check_case(write(with_pairs(bare, *pairs), {}))
    assert (fault.code, fault.field) == ("correlation", "correlations")
    for name in ("volume", "prevalence", "options.model.build"):
        assert name in fault.sentence()
    eased = [re.sub(r"0\.9", "0.45", pair) for pair in pairs]
    assert check_case(write(with_pairs(bare, *eased), {})) == []


@pytest.mark.parametrize("said", ["volume", "{between: [volume, prevalence], rank: 0.4}"])
def test_what_is_no_list(write: Write, bare: str, said: str) -> None:
    (fault,) = check_case(write(bare + f"correlations: {said}\n", {}))
    assert (fault.code, fault.field) == ("correlation-list", "correlations")


def test_an_input_that_is_itself_at_fault_is_not_unknown(write: Write, bare: str) -> None:
    text = with_pairs(bare.replace(PLAIN, "volume: 8000..12000"), TIE)
    assert [fault.code for fault in check_case(write(text, {}))] == ["unit-missing"]
