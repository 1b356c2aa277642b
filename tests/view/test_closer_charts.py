"""Charts of the closer looks: what each title says, and what is drawn for it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from mlpdm_kit.analysis.trial.segments import OTHERS
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.record.measured import (
    Compared,
    Curve,
    ErrorCost,
    Learning,
    LearningPoint,
    Reliability,
    ReliabilityBin,
    Segment,
    SegmentGap,
    ThreeWays,
)
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.parts import Range
from mlpdm_kit.record.sections import ComparisonSection, ErrorsSection, ValueSection
from mlpdm_kit.record.sentences import Named, Sentences
from mlpdm_kit.record.valued import Difference, PartialValue, Stress, StudySize, StudyValue, Valued
from mlpdm_kit.text import LANGUAGES
from mlpdm_kit.view.charts import CHARTS, pictures, sections_of
from mlpdm_kit.view.information_charts import evppi
from mlpdm_kit.view.outcomes import MOST_PAIRS, fills, grouped, part_name, rate_name
from mlpdm_kit.view.palette import CHOSEN, FAILED, ML, OUTCOME_FILLS, PAIR_FILLS, PLAIN
from mlpdm_kit.view.plane import Log
from mlpdm_kit.view.tables import TABLES

Record = Callable[[str], DecisionRecord]
Figure = dict[str, Any]
TASKS = ("classes", "search", "documents", "extraction", "generation", "formula", "column", "rich")

OPTIONS = [
    Named(id="none", kind="none"),
    Named(id="rule", kind="rule"),
    Named(id="model", kind="model"),
    Named(id="looked", kind="review"),
]


def spread(mean: float, room: float = 0.1) -> Range:
    return Range(mean=mean, p5=mean - room, p95=mean + room)


def draw(name: str, section: Any, lang: str = "en") -> Figure | None:
    chart = CHARTS[name]
    says = Sentences(lang, options=OPTIONS)
    return chart.draw(dict.fromkeys(chart.needs, section), says)


def figure(name: str, section: Any, lang: str = "en") -> Figure:
    found = draw(name, section, lang)
    assert found is not None
    return found


def title(name: str, section: Any, lang: str = "en") -> str:
    said: str = figure(name, section, lang)["layout"]["meta"]["title"]
    return said


def words(found: Figure) -> str:
    """All words on a chart, in one line."""
    said = " ".join(a["text"] for a in found["layout"]["annotations"])
    plain = re.sub(r"&#(\d+);", lambda sign: chr(int(sign[1])), said)
    return re.sub(r"<br>|</?b>", " ", plain)


def marks(found: Figure, colour: str) -> list[dict[str, Any]]:
    return [
        trace["marker"]
        for trace in found["data"]
        if trace.get("mode") == "markers" and trace["marker"]["color"] == colour
    ]


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("reliability", ErrorsSection()),
        ("review", ErrorsSection()),
        ("threshold", ErrorsSection()),
        ("segments", ComparisonSection()),
        ("learning", ComparisonSection()),
        ("evppi", ValueSection()),
        ("studies", ValueSection()),
        ("stress", ValueSection()),
    ],
)
def test_nothing_is_drawn_from_nothing(name: str, section: Any) -> None:
    assert draw(name, section) is None


# --- whether probabilities can be taken at their word -----------------------------------------


def errors_with(verdict: str, *, threshold: float | None = 0.3) -> ErrorsSection:
    bins = tuple(
        ReliabilityBin(predicted=p, observed=spread(p, 0.05), rows=rows)
        for p, rows in ((0.1, 40), (0.3, 40), (0.5, 38))
    )
    return ErrorsSection(
        threshold=threshold,
        reliability=(
            Reliability(option="model", verdict=verdict, bins=bins, predicted=0.31, observed=0.2,
                        brier=0.1, expected_error=0.02, by_chance=0.02),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("calibrated", "The probabilities of the model can be taken at their word"),
        ("too-sure", "too sure"),
        ("too-unsure", "too cautious"),
        ("too-high", "too high: 31% on average, where 20% came true"),
        ("too-low", "too low: 31% on average, where 20% came true"),
        ("unclear", "cannot be told on so few cases"),
    ],
)
def test_the_title_is_the_verdict_on_probabilities(verdict: str, said: str) -> None:
    assert said in title("reliability", errors_with(verdict))
    assert len(title("reliability", errors_with(verdict), "ja")) > 10


def test_each_bin_has_its_interval_and_the_counts_are_said() -> None:
    found = figure("reliability", errors_with("calibrated"))
    assert len(marks(found, ML)) == 3
    uprights = [t for t in found["data"] if t["mode"] == "lines" and t["x"][0] == t["x"][1]]
    assert [t["y"] for t in uprights] == [
        pytest.approx([p - 0.05, p + 0.05]) for p in (0.1, 0.3, 0.5)
    ]
    assert "3 groups of 38 to 40 cases" in words(found)


def test_a_threshold_far_beyond_is_said_and_not_drawn() -> None:
    near, far = (figure("reliability", errors_with("calibrated", threshold=t)) for t in (0.3, 0.95))
    drawn = [s for s in near["layout"]["shapes"] if s["line"].get("color") == CHOSEN]
    assert [s["x0"] for s in drawn] == [0.3]
    assert [s for s in far["layout"].get("shapes", ()) if s["line"].get("color") == CHOSEN] == []
    assert "95%" in words(far)


def test_the_cheapest_option_is_drawn_and_the_others_are_named() -> None:
    one = errors_with("calibrated").reliability[0]
    costs = [
        ErrorCost(id=name, kind="model", is_ml=True, per_case=spread(cost), by_outcome={},
                  running_per_case=0, per_month=spread(cost))
        for name, cost in (("model", 2.0), ("looked", 1.0))
    ]  # fmt: skip
    other = one.model_copy(update={"option": "looked", "verdict": "too-high"})
    found = figure("reliability", ErrorsSection(reliability=(one, other), options=tuple(costs)))
    assert "too high" in found["layout"]["meta"]["title"]
    assert "Model: Can be taken at their word" in words(found)


# --- threshold --------------------------------------------------------------------------------


def curve(difference: Range | None) -> ErrorsSection:
    return ErrorsSection(
        threshold=0.3,
        curves=(
            Curve(option="model", points=(0.0, 0.25, 0.5, 1.0), cost=(4, 2, 1, 3), chosen=0.3,
                  tuned=0.5, chosen_cost=1.8, tuned_cost=1.1, tuned_low=0.4, tuned_high=0.6,
                  difference=difference),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        (
            Range(mean=0.7, p5=0.2, p95=1.2),
            "$0.700 per case more than the tuned one, clear of zero",
        ),
        (Range(mean=-0.7, p5=-1.2, p95=-0.2), "$0.700 per case less than the tuned one, clear"),
        (Range(mean=0.1, p5=-0.2, p95=0.4), "cannot be told"),
    ],
)
def test_the_cost_of_the_difference_is_said_and_whether_it_is_clear(
    difference: Range, said: str
) -> None:
    assert said in words(figure("threshold", curve(difference)))


def test_where_the_tuned_threshold_may_lie_is_shaded() -> None:
    found = figure("threshold", curve(None))
    bands = [s for s in found["layout"]["shapes"] if s["type"] == "rect"]
    assert [(s["x0"], s["x1"]) for s in bands] == [(0.4, 0.6)]
    assert "40% to 60%" in words(found)
    assert "more than the tuned" not in words(found)


# --- review -----------------------------------------------------------------------------------


def three_ways(**changes: Any) -> ErrorsSection:
    values = {
        "option": "looked", "base": "model", "low": 0.1, "high": 0.4, "share": 0.2, "wanted": 0.5,
        "left": 0.5, "acted": 0.3, "cost": 1.0, "cost_without": 1.4, "cost_all": 2.0,
        "shadow_price": 0.5, "per_hour": 10.0,
    }  # fmt: skip
    return ErrorsSection(reviews=(ThreeWays(**{**values, **changes}),))


def test_three_zones_over_the_probability_and_over_the_cases() -> None:
    found = figure("review", three_ways())
    bars = [(t["base"][0], t["base"][0] + t["x"][0]) for t in found["data"] if t["type"] == "bar"]
    top = found["layout"]["xaxis"]["range"][1]
    chances, cases = bars[-6:-3], bars[-3:]
    assert chances == [pytest.approx(ends) for ends in ((0, 0.1), (0.1, 0.4), (0.4, top))]
    shares = [pytest.approx((a * top, b * top)) for a, b in ((0, 0.5), (0.5, 0.7), (0.7, 1.0))]
    assert cases == shares
    assert "10% to 40%: 20% of all cases" in found["layout"]["meta"]["title"]


def test_the_shadow_price_is_said_where_time_is_short() -> None:
    short = words(figure("review", three_ways()))
    assert "look at 50%" in short
    assert "One more review would save $0.500." in short
    assert "One more hour of a reviewer would save $10." in short
    enough = words(figure("review", three_ways(wanted=0.2, shadow_price=0.0, per_hour=None)))
    assert "time for every review that pays" in enough
    assert "would save" not in enough


def test_where_no_review_pays_the_title_says_so() -> None:
    found = three_ways(low=0.3, high=0.3, share=0.0, wanted=0.0, left=0.6, acted=0.4)
    assert "look at no case at all" in title("review", found)


# --- segments ---------------------------------------------------------------------------------


def grouped_by(*rows: tuple[str, int, float], gap: SegmentGap | None = None) -> ComparisonSection:
    parts = tuple(
        Segment(option=option, segment=name, rows=10 * cases, cases=cases,
                quality=Range(mean=q, p5=max(q - 0.1, 0), p95=min(q + 0.1, 1)), cost=spread(1),
                ranked=cases >= 10)
        for option in ("rule", "model")
        for name, cases, q in rows
    )  # fmt: skip
    options = tuple(
        Compared(id=name, kind=name, is_ml=name == "model", priced=True, source="measured",
                 cells={"true_positive": 1.0}, cost_per_case=spread(1))
        for name in ("rule", "model")
    )  # fmt: skip
    return ComparisonSection(
        options=options, best_without_ml="rule", segments=parts, gaps=(gap,) if gap else ()
    )


ROWS = (("north", 80, 0.8), ("south", 40, 0.5), ("isles", 3, 0.2))


def behind(amount: float, low: float) -> SegmentGap:
    return SegmentGap(option="model", segment="south", amount=amount, low=low, bound=0.1)


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (behind(0.05, -0.1), "furthest behind is “south”, by 5%"),
        (behind(0.3, 0.15), "surely more than the 10% allowed"),
        (behind(0.3, -0.05), "that may be chance"),
        (None, "Too few cases in the groups"),
    ],
)
def test_the_title_says_whether_a_group_is_served_worse(gap: SegmentGap | None, said: str) -> None:
    assert said in title("segments", grouped_by(*ROWS, gap=gap))


def test_the_worst_served_come_first_and_the_small_last_and_hollow() -> None:
    found = figure("segments", grouped_by(*ROWS, gap=behind(0.3, 0.15)))
    names = [a["text"] for a in found["layout"]["annotations"] if a["xref"] == "paper"]
    places = [names.index(name) for name in ("south", "north", "isles")]
    assert places == sorted(places)
    symbols = [m["symbol"] for m in marks(found, ML) if "triangle" not in m["symbol"]]
    assert symbols == ["diamond", "diamond", "diamond-open"]
    assert "40 of 400" in words(found)
    assert "hollow: too few cases" in words(found)


def test_the_bound_is_drawn_against_the_other_groups() -> None:
    found = figure("segments", grouped_by(*ROWS, gap=behind(0.3, 0.15)))
    posts = [s["x0"] for s in found["layout"]["shapes"] if s["line"].get("color") == FAILED]
    assert posts == [pytest.approx(0.8 - 0.1), pytest.approx(0.5 - 0.1)]  # that of the other


def test_groups_without_a_name_and_the_rest_are_named() -> None:
    said = words(figure("segments", grouped_by(("", 50, 0.7), (OTHERS, 30, 0.6))))
    assert "No segment stated" in said
    assert "All smaller segments" in said


def test_many_groups_are_not_all_drawn() -> None:
    found = figure("segments", grouped_by(*((f"g{n}", 50, 0.5 + n / 100) for n in range(20))))
    assert "very small: 8" in words(found)


# --- how much data ----------------------------------------------------------------------------


def learnt(code: str, **more: Any) -> ComparisonSection:
    points = tuple(
        LearningPoint(rows=n, cost=spread(2 + 10 / n, 0.2)) for n in (50.0, 200.0, 800.0)
    )
    line = tuple(
        LearningPoint(rows=n, cost=spread(2 + 10 / n, 0.3)) for n in (50.0, 800.0, 3000.0, 8000.0)
    )
    found = Learning(option="model", against="rule", points=points, line=line, level=spread(1.9),
                     code=code, **more)  # fmt: skip
    return ComparisonSection(learning=found)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        (learnt("already", low=10.0, median=20.0, high=40.0), "already, with the data there is"),
        (learnt("later", low=1234.0, median=2000.0, high=5678.0), "from about 1,200 to 5,700"),
        (learnt("never", never=0.99), "Even with a hundred times the data"),
        (learnt("unclear", low=900.0, never=0.4), "cannot be told"),
    ],
)
def test_the_title_says_how_much_data(section: ComparisonSection, said: str) -> None:
    assert said in title("learning", section)


def test_the_fan_begins_where_the_data_ends_and_the_crossing_is_a_bar() -> None:
    log = Log(low=1, high=10).at
    found = figure("learning", learnt("later", low=1000.0, median=2000.0, high=5000.0))
    fan = next(t for t in found["data"] if t.get("fill") == "toself")
    assert min(fan["x"]) == pytest.approx(log(800))
    bars = [t for t in found["data"] if t.get("line", {}).get("width") == 7]
    assert [t["x"] for t in bars] == [pytest.approx([log(1000), log(5000)])]
    assert len(marks(found, CHOSEN)) == 1
    never = figure("learning", learnt("never"))
    assert [t for t in never["data"] if t.get("line", {}).get("width") == 7] == []


def test_a_crossing_without_an_end_goes_on() -> None:
    found = figure("learning", learnt("unclear", low=1000.0))
    assert [m["symbol"] for m in marks(found, CHOSEN)] == ["triangle-right"]


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [(50, 8000, [100, 1000]), (20, 80, [20, 50]), (1, 1e9, None), (70, 70, None)],
)
def test_counts_on_a_log_axis_are_few_and_round(
    low: float, high: float, shown: list[float] | None
) -> None:
    found = [n for n, _ in Log(low=low, high=high).ticks()]
    assert len(found) <= 5
    assert all(low <= n <= high for n in found)
    assert shown is None or set(shown) <= set(found)


# --- what is worth finding out ----------------------------------------------------------------


def known(*values: float, floor: float = 1.0) -> ValueSection:
    rows = tuple(
        PartialValue(input=f"inputs.x{n}", value=value, noise_floor=floor)
        for n, value in enumerate(values)
    )
    return ValueSection(evpi=5000.0, evppi=rows)


def test_at_most_six_inputs_and_the_rest_in_words() -> None:
    found = figure("evppi", known(*(100.0 * n for n in range(1, 10)), 0.5, 0.0))
    assert len([t for t in found["data"] if t["type"] == "bar"]) == 6
    assert "3 more inputs are worth less, $300 or below each" in words(found)
    assert "2 other inputs are worth no more than chance" in words(found)
    assert "X8" in found["layout"]["meta"]["title"]


def test_what_a_group_is_worth_together_is_said() -> None:
    groups = (
        PartialValue(input="group.outcomes", value=700.0, noise_floor=1.0),
        PartialValue(input="group.options.model", value=0.5, noise_floor=1.0),
    )
    section = known(100.0, 40.0).model_copy(update={"groups": groups})
    said = words(figure("evppi", section))
    assert "together: What errors cost, all of it, $700" in said
    assert "about the model" not in said


def test_knowing_everything_is_a_line() -> None:
    found = figure("evppi", known(1000.0, 3.0))
    posts = [s["x0"] for s in found["layout"]["shapes"] if s["line"].get("color") == CHOSEN]
    assert posts == [5000.0] * 2


def test_what_chance_alone_would_show_is_no_bar() -> None:
    assert draw("evppi", known(0.9, 0.2)) is None


def study(name: str, sizes: dict[int, float], *, pays: bool = True) -> StudyValue:
    rows = tuple(StudySize(n=n, evsi=e + 10, price=10, enbs=e) for n, e in sizes.items())
    return StudyValue(name=name, of=("volume",), sizes=rows, delay=0, months=1, meanwhile="none",
                      best=max(rows, key=lambda row: row.enbs), pays=pays)  # fmt: skip


ONCE = study("ask-them", {1: 40.0})
SIZED = study("label-more", {10: -5.0, 100: 70.0, 1000: 20.0})
LOST = study("label-more", {10: -5.0, 100: -70.0}, pays=False)


@pytest.mark.parametrize(
    ("studies", "said"),
    [
        ((ONCE,), "“Ask them” brings $40 more than it costs"),
        ((ONCE, SIZED), "“Label more” on 100 brings $70 more than it costs"),
        ((LOST,), "Decide now: no study is worth what it costs"),
        ((study("ask-them", {1: 2.0}, pays=False),), "too little to be sure of"),
        ((SIZED.model_copy(update={"pays": False}), ONCE), "“Ask them” brings $40"),
    ],
)
def test_the_title_is_the_best_study_or_to_decide_now(
    studies: tuple[StudyValue, ...], said: str
) -> None:
    assert said in title("studies", ValueSection(studies=studies))


def test_a_study_is_a_line_with_its_best_marked_and_one_without_sizes_a_dot() -> None:
    found = figure("studies", ValueSection(studies=(ONCE, SIZED)))
    lines = [t for t in found["data"] if t["mode"] == "lines"]
    assert [t["y"] for t in lines] == [[-5.0, 70.0, 20.0]]
    points = [(t["x"][0], t["y"][0]) for t in found["data"] if t["mode"] == "markers"]
    assert points[0] == (2.0, 70.0)
    assert points[1][0] < 1.0
    assert "at once" in found["layout"]["xaxis"]["ticktext"]


def test_a_study_that_does_not_pay_is_hollow_and_grey() -> None:
    found = figure("studies", ValueSection(studies=(LOST,)))
    assert [m["symbol"] for m in marks(found, PLAIN)] == ["diamond-open"]


# --- stresses ---------------------------------------------------------------------------------


def stressed(*rows: Stress) -> ValueSection:
    options = tuple(
        Valued(id=name, kind=name, is_ml=name == "model", feasible=True)
        for name in ("rule", "model")
    )
    return ValueSection(stress=rows, options=options, best="rule")


STANDS = Stress(code="horizon", value=12.0, dimension="months", option="rule", flips=False)
FLIPS = Stress(code="base-rate", value=0.2, dimension="share", option="model", flips=True,
               at=0.12, gain=500.0)  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((STANDS, STANDS), "The rule stays best under all 2 stresses"),
        ((STANDS, FLIPS), "all but one of 2 stresses: Positives at 20%"),
        ((FLIPS, FLIPS, STANDS), "The rule is no longer best under 2 of 3 stresses"),
    ],
)
def test_the_title_says_what_the_choice_survives(rows: tuple[Stress, ...], said: str) -> None:
    assert said in title("stress", stressed(*rows))


def test_each_stress_has_its_sign_and_word_and_where_it_flips() -> None:
    found = figure("stress", stressed(STANDS, FLIPS))
    said = words(found)
    assert "✓ still best" in said
    assert "✕ flips" in said
    assert "the model is worth $500 more; the choice flips at 12%" in said
    assert [t["marker"]["color"] for t in found["data"] if t["type"] == "bar"] == [ML]


def test_a_choice_that_flips_to_another_first_names_both() -> None:
    said = words(figure("stress", stressed(FLIPS.model_copy(update={"at_option": "looked"}))))
    assert "the model is worth $500 more; the choice flips at 12%, there to “Looked”" in said


def test_groups_that_change_nothing_are_one_row() -> None:
    groups = [
        Stress(code="segment", segment=name, option="rule", flips=False) for name in "abc"
    ]  # fmt: skip
    assert "Without any one of 3 groups" in words(figure("stress", stressed(STANDS, *groups)))
    assert "Without the group “a”" in words(figure("stress", stressed(STANDS, groups[0])))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "code",
    ["overconfidence", "no-correlation", "horizon", "discount", "base-rate", "action-success",
     "segment"],
)  # fmt: skip
def test_every_stress_has_its_words(code: str, lang: str) -> None:
    row = STANDS.model_copy(update={"code": code, "segment": "north" if code == "segment" else ""})
    assert len(words(figure("stress", stressed(row), lang))) > 20


# --- outcomes of every kind of task -----------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_outcome_has_a_look_and_words(lang: str) -> None:
    says = Sentences(lang)
    outcomes = {name for kind in TASK_KINDS.values() for name in kind.outcomes}
    outcomes |= {"reviewed_positive", "reviewed_negative", "running", "other_pairs"}
    assert outcomes <= set(OUTCOME_FILLS)
    assert all("_" not in part_name(name, says) for name in outcomes)
    assert len({part_name(name, says) for name in outcomes}) == len(outcomes)
    rates = {name for kind in TASK_KINDS.values() for name in kind.rates}
    assert all("_" not in rate_name(name, says) for name in rates)


def test_parts_of_one_kind_of_task_are_told_apart_without_colour() -> None:
    for kind in TASK_KINDS.values():
        patterns = [OUTCOME_FILLS[name].pattern for name in (*kind.outcomes, "running")]
        looks = [OUTCOME_FILLS[name] for name in (*kind.outcomes, "running")]
        assert len(set(looks)) == len(looks)
        assert len(set(patterns)) >= len(patterns) - 1, kind.name


def test_the_dearest_pairs_stand_alone_and_the_rest_together() -> None:
    pairs = {f"a > {name}": amount for name, amount in zip("bcdef", (5, 4, 3, 2, 1), strict=True)}
    parts = grouped({"model": {"wrong": 1.0, **pairs}})["model"]
    assert len(parts) == MOST_PAIRS + 2
    assert parts["other_pairs"] == 3.0
    looks = fills({"model": parts})
    assert [looks[f"a > {name}", False] for name in "bcd"] == list(PAIR_FILLS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", TASKS)
def test_no_chart_and_no_table_shows_a_code(record: Record, name: str, lang: str) -> None:
    found = record(name)
    says = Sentences.of_record(found, lang)
    said = [words(one) for one in pictures(found, says).values()]
    sections = sections_of(found)
    for entry in TABLES.values():
        table = entry.make(sections, says)
        said += [head.text for head in table.heads]
        said += [cell.text for row in table.rows for cell in row]
    assert [text for text in said if re.search(r"[a-z]_[a-z]|\w > \w", text)] == []


def test_the_chart_before_the_record_counts_the_inputs_that_the_record_counts() -> None:
    """What the record rounds down to chance stood above chance in the notebook before it."""
    near = PartialValue(input="volume", value=104.0, noise_floor=96.0)
    far = PartialValue(input="prevalence", value=900.0, noise_floor=96.0)
    amount = Range(mean=1.0, p5=0.0, p95=2.0)
    apart = Difference(option="a", against="b", amount=amount, standard_error=100.0)
    raw = ValueSection(months=24, evpi=1_000.0, evppi=(far, near), differences=(apart,))
    figure = evppi(raw, says=Sentences(), simulated=False)
    assert figure is not None
    words = json.dumps(figure, ensure_ascii=False)
    said = Sentences().say("chart.evppi.quiet.one", n=1)
    assert " ".join(said.split()[:3]) in words
