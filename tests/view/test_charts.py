"""Charts: what they show, that they fit a narrow screen, and that labels stay words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit.record.measured import Compared, ErrorCost
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.parts import Range
from mlpdm_kit.record.sections import ComparisonSection, ErrorsSection, ValueSection
from mlpdm_kit.record.sentences import Named, Sentences
from mlpdm_kit.record.valued import BreakEven, Flip, Valued
from mlpdm_kit.text import catalogue
from mlpdm_kit.view.axis import Axis, ticks, window
from mlpdm_kit.view.bundles import for_notebook
from mlpdm_kit.view.canvas import NARROW, WIDE, Canvas, in_both_rooms, wide_twin
from mlpdm_kit.view.charts import CHARTS, pictures
from mlpdm_kit.view.cost_charts import cost_sentence
from mlpdm_kit.view.outcome_chart import outcome_sentence
from mlpdm_kit.view.palette import CHOSEN, ML, TEXT, option_style
from mlpdm_kit.view.worth_charts import break_even, net_benefit
from mlpdm_kit.view.wrap import columns, inert, lines

Record = Callable[[str], DecisionRecord]
Figure = dict[str, Any]
TASKS = (
    "classes",
    "search",
    "documents",
    "extraction",
    "generation",
    "formula",
    "column",
    "graded",
    "rich",
)
ALL = ("stated", "measured", "amounts", "stopped", "named", *TASKS)
CLOSER = {
    "reliability",
    "review",
    "segments",
    "learning",
    "grading",
    "answers",
}  # drawn from a closer look at data
OURS = re.compile(r"<br>|</?b>")


def drawn(record: DecisionRecord, lang: str = "en") -> dict[str, Figure]:
    return pictures(record, Sentences.of_record(record, lang))


def texts(figure: Figure) -> Iterator[str]:
    """Every text that plotly reads as its own markup."""
    layout = figure["layout"]
    yield from (annotation["text"] for annotation in layout["annotations"])
    for axis in ("xaxis", "yaxis"):
        yield from layout[axis].get("ticktext", ())
        yield layout[axis].get("title", {}).get("text", "")
    for trace in figure["data"]:
        yield from trace.get("hovertext", ())


def read(text: str) -> str:
    """What a reader sees of it, in one line and without spaces."""
    plain = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), OURS.sub("", text))
    return "".join(plain.split())


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        ("stated", {"looks", "threshold", "evppi", "studies"} | CLOSER),
        ("measured", {"looks", "answers", "grading", "evppi", "studies", "review", "segments"}),
        (
            "amounts",
            {
                "looks",
                "answers",
                "grading",
                "studies",
                "evppi",
                "reliability",
                "review",
                "segments",
            },
        ),
        ("stopped", set(CHARTS) - {"gates"}),
        ("named", {"looks", "answers", "grading", "evppi", "studies", "review", "segments"}),
        ("classes", {"looks", "threshold", "evppi", "studies"} | CLOSER),
        ("formula", {"looks", "threshold", "studies"} | CLOSER),
        ("calls", {"threshold", "evppi", "studies"} | CLOSER),
        ("graded", {"looks", "threshold", "studies"} | CLOSER - {"grading"}),
        ("rich", {"looks", "answers", "grading"}),
    ],
)
def test_a_chart_is_drawn_where_there_is_something(
    record: Record, name: str, absent: set[str]
) -> None:
    assert set(CHARTS) - set(drawn(record(name))) == absent


@pytest.mark.parametrize("name", ALL)
def test_every_chart_says_what_it_shows_and_how_to_read_it(record: Record, name: str) -> None:
    for lang, end, least in (("en", ".", 20), ("ja", "。", 10)):
        for figure in drawn(record(name), lang).values():
            said = figure["layout"]["meta"]
            assert len(said["title"]) > least
            assert said["reading"].endswith(end)
            assert "title" not in figure["layout"]


@pytest.mark.parametrize("name", ALL)
def test_plotly_takes_every_chart_as_it_is(record: Record, name: str) -> None:
    """Its schema, which is too slow to be asked each time a chart is drawn."""
    for figure in drawn(record(name)).values():
        again = json.loads(go.Figure(**figure).to_json())
        layout = {**figure["layout"], "template": again["layout"]["template"]}
        kept = {key: value for key, value in layout.items() if value != []}
        assert (again["data"], again["layout"]) == (figure["data"], kept)


@pytest.mark.parametrize("name", ALL)
def test_a_chart_is_plain_json_and_as_wide_as_there_is_room(record: Record, name: str) -> None:
    for figure in drawn(record(name)).values():
        assert json.loads(json.dumps(figure, allow_nan=False)) == figure
        assert set(figure) == {"data", "layout"}
        assert "width" not in figure["layout"]
        assert figure["layout"]["autosize"] is True
        assert figure["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"


@pytest.mark.parametrize("name", ALL)
def test_no_text_holds_markup_a_template_or_a_formula(record: Record, name: str) -> None:
    found = [text for figure in drawn(record(name)).values() for text in texts(figure)]
    assert len(found) > 20
    assert [text for text in found if re.search(r"[<>{}$%\\]", OURS.sub("", text))] == []


@pytest.mark.parametrize("chart", ["cost_per_case", "cost_by_outcome", "net_benefit"])
def test_labels_are_shown_whole(record: Record, labels: tuple[str, str], chart: str) -> None:
    said = [read(a["text"]) for a in drawn(record("named"))[chart]["layout"]["annotations"]]
    for label in labels:
        assert "".join(label.split()) in said


@pytest.mark.parametrize("name", ALL)
def test_every_line_fits_its_room(record: Record, name: str) -> None:
    for figure in [*drawn(record(name)).values(), *drawn(record(name), "ja").values()]:
        for room, shown in ((NARROW, figure), (WIDE, wide_twin(figure))):
            for annotation in shown["layout"]["annotations"]:
                limit = room.line if annotation["font"]["size"] == TEXT else room.small
                lines_of = annotation["text"].split("<br>")
                assert all(columns(read(line)) <= limit for line in lines_of)


@pytest.mark.parametrize("name", ALL)
def test_a_wide_page_breaks_no_line_that_it_has_room_for(record: Record, name: str) -> None:
    """It says the same as the narrow one, in fewer lines; a notebook shows it."""
    shorter = 0
    for figure in [*drawn(record(name)).values(), *drawn(record(name), "ja").values()]:
        wide = wide_twin(figure)
        told = [list(map(read, texts(one))) for one in (figure, wide)]
        whole = [text for text in told[0] if "…" not in text]
        assert all(text in told[1] for text in whole)
        pairs = zip(figure["layout"]["annotations"], wide["layout"]["annotations"], strict=True)
        assert all(b["text"].count("<br>") <= a["text"].count("<br>") for a, b in pairs)
        shorter += figure["layout"]["height"] > wide["layout"]["height"]
        shown = for_notebook(figure)
        assert shown["data"] == wide["data"]
        assert "wide" not in shown["layout"]["meta"]
    assert shorter or name == "stopped"


def test_a_note_uses_the_width_that_the_chart_has() -> None:
    said = "cannot be chosen yet: 7 gates are open, and somebody has to answer them first"

    def draw() -> Figure:
        canvas = Canvas(Axis(low=0, high=1))
        canvas.note(said)
        canvas.foot(said)
        return canvas.figure(title="", reading="")

    both = in_both_rooms(draw)
    assert both is not None
    assert [a["text"].count("<br>") for a in both["layout"]["annotations"]] == [1, 1]
    assert [a["text"] for a in wide_twin(both)["layout"]["annotations"]] == [said, said]


@pytest.mark.parametrize("name", ALL)
def test_words_from_the_left_edge_do_not_meet(record: Record, name: str) -> None:
    for figure in [*drawn(record(name)).values(), *drawn(record(name), "ja").values()]:
        words = [
            (a["y"], a["y"] + (a["text"].count("<br>") + 1) * 1.3 * a["font"]["size"])
            for a in figure["layout"]["annotations"]
            if (a["xref"], a["yref"], a["x"]) == ("paper", "y", 0.0)
        ]
        assert all(end <= start + 1 for (_, end), (start, _) in pairwise(words))


@pytest.mark.parametrize("case", ["measured", "rich"])
def test_simulated_data_is_said_on_every_chart_of_figures(record: Record, case: str) -> None:
    for name, figure in drawn(record(case)).items():
        said = " ".join(texts(figure)).replace("<br>", " ")
        assert ("Simulated data" in said) == (name != "gates")


# --- single charts --------------------------------------------------------------------------


def option(name: str, mean: float, *, ml: bool = False, **more: Any) -> Valued:
    worth = Range(mean=mean, p5=mean - 10, p95=mean + 10)
    values = {"feasible": True, "expected_net_benefit": worth, **more}
    return Valued(id=name, kind="model" if ml else "rule", is_ml=ml, **values)


TODAY = Valued(
    id="none", kind="none", is_ml=False, status_quo=True, feasible=True,
    expected_net_benefit=Range(mean=0, p5=0, p95=0),
)  # fmt: skip


def worth(*options: Valued, best: str, **more: Any) -> tuple[Figure, list[str]]:
    value = ValueSection(months=24, options=(TODAY, *options), best=best, **more)
    says = Sentences("en", options=[Named(id=o.id, kind=o.kind) for o in value.options])
    figure = net_benefit(value, says=says, simulated=False)
    assert figure is not None
    return figure, [text.replace("<br>", " ") for text in texts(figure)]


def test_a_removed_option_is_named_with_its_gate_and_has_no_dot() -> None:
    out = option("model", 0, ml=True, feasible=False, expected_net_benefit=None,
                 failed_gates=("purpose",))  # fmt: skip
    figure, said = worth(option("rule", 50), out, best="rule")
    assert "✕ ruled out by: Covered by the purpose" in said
    assert [t for t in figure["data"] if t.get("marker", {}).get("color") == ML] == []


def test_an_option_nobody_priced_says_so() -> None:
    free = option("model", 0, ml=True, priced=False, feasible=False, expected_net_benefit=None)
    assert "not priced: nobody has said what it costs" in worth(free, best="none")[1]


def test_an_option_that_cannot_be_chosen_yet_is_hollow_and_says_why() -> None:
    ahead = option("model", 90, ml=True, feasible=False, open_gates=("purpose", "terms"))
    figure, said = worth(option("rule", 50), ahead, best="model")
    assert "cannot be chosen yet: 2 gates that concern it are open" in said
    symbols = {t["marker"]["symbol"] for t in figure["data"] if t["mode"] == "markers"}
    assert symbols == {"circle", "diamond-open"}
    assert "no sure answer yet" in figure["layout"]["meta"]["title"]


@pytest.mark.parametrize(
    ("best", "title"),
    [
        ("rule", "The rule is worth most: $50 over 24 months, against today"),
        ("none", "Nothing is worth more than what is done today"),
    ],
)
def test_the_title_is_the_answer(best: str, title: str) -> None:
    rule = option("rule", 50 if best == "rule" else -50)
    assert worth(rule, best=best)[0]["layout"]["meta"]["title"] == title


def test_one_far_away_option_does_not_flatten_the_others() -> None:
    far = option("all", -1e6)
    figure, said = worth(option("rule", 50), far, best="rule", best_without_ml="rule")
    low, high = figure["layout"]["xaxis"]["range"]
    assert high - low < 1000
    assert "−&#36;1M" in said
    symbols = [t["marker"]["symbol"] for t in figure["data"] if t["mode"] == "markers"]
    assert symbols.count("triangle-left") == 1


def test_chosen_and_kind_are_told_apart_without_colour() -> None:
    styles = [
        option_style(is_ml=ml, chosen=chosen, possible=possible)
        for ml in (False, True)
        for chosen, possible in ((True, True), (False, True), (False, False))
    ]
    assert len({(s.symbol, s.width) for s in styles}) == len(styles)
    assert [s.colour == CHOSEN for s in styles] == [True, False, False] * 2


def flips(low: float, high: float, *, below: float | None, above: float | None) -> BreakEven:
    return BreakEven(
        input="volume", dimension="cases/month", mean=(low + high) / 2, low=low, high=high,
        below=None if below is None else Flip(value=below, option="none"),
        above=None if above is None else Flip(value=above, option="model"),
    )  # fmt: skip


def breaks(*rows: BreakEven) -> Figure | None:
    value = ValueSection(options=(TODAY, option("model", 1, ml=True)), break_even=rows)
    says = Sentences("en", options=[Named(id="none", kind="none"), Named(id="model", kind="model")])
    return break_even(value, says=says, simulated=False)


def test_nothing_is_drawn_where_nothing_changes_the_choice() -> None:
    assert breaks(flips(8, 12, below=None, above=None)) is None


@pytest.mark.parametrize("other", [0.3, -0.5])
def test_a_cost_below_zero_is_said_as_what_it_brings(other: float) -> None:
    """“Cheaper errors: −€1.23” is hard to read."""
    found = ComparisonSection(options=tuple(
        Compared(id=name, kind=name, is_ml=name == "model", priced=True, look=False,
                 source="stated", cost_per_case=Range(mean=mean, p5=mean - 1, p95=mean + 1))
        for name, mean in (("rule", other), ("model", -1.23))
    ))  # fmt: skip
    said = cost_sentence(found, ErrorsSection(), Sentences("en", currency="EUR"))
    assert "brings more than" in said
    assert "€1.23 against" in said
    assert "cheaper" not in said


def test_at_most_six_inputs_the_nearest_first() -> None:
    rows = [flips(800, 1200, below=None, above=1200.0 + 100 * n) for n in range(9, 0, -1)]
    figure = breaks(*rows)
    assert figure is not None
    found = [text for text in texts(figure) if text.startswith("above")]
    assert [text[6:11] for text in found[:6]] == [f"1,{n}00" for n in range(3, 9)]
    assert len([a for a in figure["layout"]["annotations"] if a["text"].startswith("above")]) == 6


def test_where_the_choice_changes_within_the_range_the_title_says_so() -> None:
    inside = breaks(flips(800, 1200, below=900, above=None))
    outside = breaks(flips(800, 1200, below=700, above=None))
    assert inside is not None
    assert outside is not None
    assert "which is thought possible" in inside["layout"]["meta"]["title"]
    assert outside["layout"]["meta"]["title"].startswith("No single input changes the choice")


def test_every_part_lies_on_the_track() -> None:
    figure = breaks(flips(800, 1200, below=1, above=1e6), flips(5, 5, below=4, above=None))
    assert figure is not None
    spans = [(t["base"][0], t["base"][0] + t["x"][0]) for t in figure["data"] if t["type"] == "bar"]
    assert len(spans) == 3
    assert all(0 <= start < end <= 1 for start, end in spans)


# --- parts ----------------------------------------------------------------------------------

NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)


@given(NUMBERS, st.floats(1e-6, 1e12))
def test_ticks_are_few_and_lie_inside(low: float, span: float) -> None:
    high = low + span
    found = ticks(low, high)
    assert 1 <= len(found) <= 5 or span < 1e-6 * abs(low)
    assert all(low <= value <= high for value in found)


@given(st.lists(st.tuples(NUMBERS, NUMBERS).map(lambda p: (min(p), max(p))), min_size=1))
def test_a_window_holds_its_core(spans: list[tuple[float, float]]) -> None:
    low, high = window(spans[:1], spans, reach=1.0)
    assert low <= spans[0][0]
    assert spans[0][1] <= high


@given(st.text(max_size=200), st.integers(4, 50))
def test_lines_keep_every_sign_and_fit(text: str, width: int) -> None:
    found = lines(text, width)
    kept = "".join("".join(found).split())
    assert all(columns(line) <= width + 1 for line in found)
    assert kept.rstrip("…") == "".join(text.split())[: len(kept.rstrip("…"))]


@given(st.text(alphabet="<>&{}$%\\ab;#", max_size=40))
def test_inert_text_holds_no_sign_that_means_anything(text: str) -> None:
    found = inert(text)
    assert not re.search(r"[<>{}$%\\]", found)
    assert read(found) == "".join(text.split())


def test_every_chart_has_its_sentences() -> None:
    known = catalogue("en")
    assert [name for name in CHARTS if f"chart.{name}.none" not in known] == []


@pytest.mark.parametrize(
    ("lang", "told"), [("en", "what acting costs"), ("ja", "対応そのものの費用")]
)
def test_most_of_a_cost_that_a_right_action_makes_is_explained(lang: str, told: str) -> None:
    """“93% of that is acting rightly” reads as nonsense where nothing says what it costs."""
    spread = Range(p5=9.0, p95=11.0, mean=10.0)
    for largest in ("true_positive", "false_negative"):
        by_outcome = {"true_positive": 1.0, "false_negative": 1.0, largest: 9.0}
        cost = ErrorCost(id="rule", kind="rule", is_ml=False, per_case=spread, per_month=spread,
                         by_outcome=by_outcome, running_per_case=0.0)  # fmt: skip
        says = Sentences(lang, currency="EUR", unit="case")
        said = outcome_sentence(ErrorsSection(options=(cost,)), says)
        assert (told in said) is (largest == "true_positive")
