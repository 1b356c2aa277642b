"""What the record says of studies, stresses, thresholds, reviews, segments and learning."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit.analysis.trial import segments as in_segments
from mlpdm_kit.record import sentences
from mlpdm_kit.record.folds import folds
from mlpdm_kit.record.logged import Answers, AttackRate, Price, PriceReviewed, SeenShare
from mlpdm_kit.record.measured import (
    Curve,
    Learning,
    LearningPoint,
    Reliability,
    ReliabilityBin,
    Segment,
    SegmentGap,
    ThreeWays,
)
from mlpdm_kit.record.model import DecisionRecord, InformationValue, Verdict
from mlpdm_kit.record.page import top_of_page
from mlpdm_kit.record.parts import Range, Said
from mlpdm_kit.record.render import PICTURES, render_html, render_markdown
from mlpdm_kit.record.sections import ErrorsSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import Fold, Table
from mlpdm_kit.record.valued import (
    Chain,
    ChainStep,
    InputRow,
    PartialValue,
    Places,
    Stress,
    StudySize,
    StudyValue,
)

GOLDEN = Path(__file__).parent / "golden"


def span(mean: float, p5: float, p95: float) -> Range:
    return Range(mean=mean, p5=p5, p95=p95)


def study(**changes: Any) -> StudyValue:
    sizes = tuple(
        StudySize(n=n, evsi=evsi, price=50_000 + 100 * n, enbs=evsi - 50_000 - 100 * n - 10_000)
        for n, evsi in ((100, 60_000), (400, 140_000), (1_000, 160_000))
    )
    values = {
        "name": "label-more",
        "of": ("options.model.recall",),
        "sizes": sizes,
        "best": sizes[1],
        "delay": 10_000.0,
        "months": 2.0,
        "meanwhile": "rule",
        "pays": True,
        "note": "Two weeks of accounting",
    }
    return StudyValue(**{**values, **changes})


ASKED = study(
    name="ask-controlling",
    of=("outcomes.false_negative",),
    sizes=(StudySize(n=1, evsi=3_000, price=20_000, enbs=-17_000),),
    best=StudySize(n=1, evsi=3_000, price=20_000, enbs=-17_000),
    delay=0.0,
    months=0.0,
    pays=False,
    note="",
)


def first(one: StudyValue) -> dict[str, Any]:
    """What the record keeps of the study to make first."""
    return {
        "kind": "study", "name": one.name, "of": list(one.of), "n": one.best.n,
        "evsi": one.best.evsi, "price": one.best.price, "delay": one.delay,
        "months": one.months, "enbs": one.best.enbs, "meanwhile": one.meanwhile,
    }  # fmt: skip


STRESS = (
    Stress(code="overconfidence", value=2.177, dimension="times", option="rule", flips=False),
    Stress(code="no-correlation", option="rule", flips=False),
    Stress(code="horizon", value=48, dimension="months", option="model", flips=True, at=41,
           at_option="model", gain=900_000),
    Stress(code="discount", value=0.18, dimension="rate/year", option="rule", flips=False),
    Stress(code="base-rate", value=0.0036, dimension="share", option="none", flips=True, at=0.005,
           at_option="none", gain=120_000),
    Stress(code="action-success", value=0.5, dimension="share", option="rule", flips=False),
    Stress(code="segment", segment="Osaka", option="rule", flips=False),
    Stress(code="segment", segment=sentences.OTHERS, option="rule", flips=False),
)  # fmt: skip


CHAIN = Chain(
    option="model", after=("scan",), settled=True,
    steps=(
        ChainStep(step="scan", brings=span(0.1, 0.08, 0.12), alone=span(0.9, 0.88, 0.92),
                  good=span(0.97, 0.96, 0.98), lost=20_000, better=40_000, better_error=90),
        ChainStep(step="match", brings=span(0.008, 0.006, 0.01), alone=span(0.893, 0.87, 0.91),
                  good=span(0.962, 0.95, 0.97), lost=31_000, better=52_000, better_error=90),
    ),
    places=tuple(
        Places(after=after, expected_net_benefit=span(worth, worth - 1e6, worth + 1e6),
               standard_error=4_000, difference=span(worth - 2.8e6, 1e5, 1e6),
               difference_error=300, looks=looks, hours=hours)
        for after, worth, looks, hours in (
            (("match",), 3.4e6, 9_890, 82.4), (("scan",), 3.1e6, 9_890, 82.4),
            ((), 2.8e6, 0, None), (("scan", "match"), 2.6e6, 19_780, 165),
        )
    ),
)  # fmt: skip


def segment(option: str, name: str, cases: int, good: float) -> Segment:
    return Segment(
        option=option, segment=name, rows=cases * 25, cases=cases, ranked=cases >= 10,
        quality=span(good, good - 0.1, good + 0.1), cost=span(20, 9, 38),
    )  # fmt: skip


@pytest.fixture(scope="module")
def full(records: dict[str, DecisionRecord]) -> DecisionRecord:
    """A record in which all that can be known is known, and a study pays."""
    claims = records["use_non_ml"]
    curve = Curve(
        option="model", points=(0.02, 0.05, 0.1), cost=(50, 44, 47), chosen=0.051, tuned=0.062,
        chosen_cost=44, tuned_cost=43, tuned_low=0.04, tuned_high=0.09,
        difference=span(1.2, -0.5, 3),
    )  # fmt: skip
    reliability = Reliability(
        option="model", verdict="too-sure", predicted=0.044, observed=0.041, brier=0.031,
        slope=span(0.7, 0.6, 0.81), expected_error=0.02, by_chance=0.004,
        bins=(
            ReliabilityBin(predicted=0.01, observed=span(0.02, 0.015, 0.027), rows=4550),
            ReliabilityBin(predicted=0.4, observed=span(0.28, 0.22, 0.35), rows=210),
        ),
    )  # fmt: skip
    review = ThreeWays(
        option="model-with-review", base="model", low=0.02, high=0.2, share=0.04, wanted=0.1,
        left=0.93, acted=0.03, cost=31, cost_without=44, cost_all=190, shadow_price=80,
        per_hour=1600,
    )  # fmt: skip
    learning = Learning(
        option="model", against="rule", code="later", low=4_000, median=9_000, high=22_000,
        never=0.1, level=span(20, 9, 38),
        points=(
            LearningPoint(rows=900, cost=span(70, 50, 95)),
            LearningPoint(rows=2_800, cost=span(44, 24, 71)),
        ),
    )  # fmt: skip
    seen = SeenShare(mean=0.04, low=0.02, high=0.07, rows=300, answers=900, limit=0.05)
    price = Price(mean=1.2, low=1.1, high=1.3)
    answers = Answers(
        option="llm", rows=300, answers=900, repeats=3, accuracy=seen, lowest=0.9, highest=0.94,
        flips=seen, saved=price, invented=seen, refused=seen, failed=seen,
        attacks=(AttackRate(kind="direct", rate=seen),), untried=("indirect",),
        seconds=(0.8, 2.1, 4.2), seconds_limit=3.0, late=0.02, attempts=1.1, tokens_in=900,
        tokens_out=60, cost=price, cost_limit=4.0, per_accepted=price,
        reviewed=(PriceReviewed(option="model-with-review", looked=0.1, accepted=0.97, price=9.0),),
    )  # fmt: skip
    baseline = claims.baseline.model_copy(
        update={
            "segments": (
                segment("rule", "Tokyo", 250, 0.74), segment("rule", "Osaka", 110, 0.62),
                segment("rule", sentences.OTHERS, 4, 0.5), segment("model", "Tokyo", 250, 0.8),
                segment("model", "Osaka", 110, 0.72), segment("model", sentences.OTHERS, 4, 0.75),
            ),
            "gaps": (
                SegmentGap(option="rule", segment="Osaka", amount=0.12, low=0.01, bound=0.1),
                SegmentGap(option="model", segment="Osaka", amount=0.08, low=-0.02, bound=0.1),
            ),
            "learning": learning,
            "answers": (answers,),
        }
    )  # fmt: skip
    costs = claims.error_costs.model_copy(
        update={"curves": (curve,), "reliability": (reliability,), "reviews": (review,)}
    )
    known = InformationValue(
        evpi=190_000,
        evppi=(
            PartialValue(input="options.model.recall", value=150_000, noise_floor=2_000),
            PartialValue(input="outcomes.false_negative", value=4_000, noise_floor=2_000),
            PartialValue(input="prevalence", value=1_500, noise_floor=2_000),
            PartialValue(input="volume", value=0, noise_floor=2_000),
        ),
        studies=(study(), ASKED),
        study=first(study()),
    )
    best = study().best
    verdict = Verdict(
        outcome="find_out_first", option="rule", against="model", gain=span(1.9e6, -0.4e6, 4.1e6),
        meanwhile="rule", robust=False,
        reasons=(
            Said(code="study-pays", figures={
                "study": "label-more", "inputs": ["options.model.recall"], "n": 400,
                "amount": best.enbs, "worth": best.evsi, "price": best.price, "delay": 10_000.0,
            }),
        ),
    )  # fmt: skip
    options = tuple(
        one.model_copy(update={"retrain_every": 6.0}) if one.id == "model" else one
        for one in claims.options
    )
    trials = tuple(
        InputRow(name=f"options.model.stages.pilot.{name}", dimension=dimension, low=value,
                 high=value, mean=value, family="point", evidence="assumed")
        for name, dimension, value in (
            ("price", "money", 400_000), ("time", "months", 1), ("passes", "share", 0.7),
        )
    )  # fmt: skip
    return claims.model_copy(
        update={
            "id": "0019-full", "verdict": verdict, "options": options, "baseline": baseline,
            "error_costs": costs, "stress": STRESS, "value_of_information": known,
            "inputs": (*claims.inputs, *trials), "chains": (CHAIN,),
        }
    )  # fmt: skip


def words_of(table: Table) -> str:
    cells = [cell for row in table.rows for cell in row]
    return " | ".join(" ".join((cell.text, cell.note, cell.tag)).strip() for cell in cells)


def fold_of(record: DecisionRecord, key: str, lang: str = "en") -> Fold:
    found = folds(record, Sentences.of_record(record, lang))
    every = [*found, *(part for fold in found for part in fold.parts)]
    return next(fold for fold in every if fold.key == key)


def decided(record: DecisionRecord, **verdict: Any) -> DecisionRecord:
    return record.model_copy(update={"verdict": record.verdict.model_copy(update=verdict)})


def informed(record: DecisionRecord, **known: Any) -> DecisionRecord:
    value = record.value_of_information.model_copy(update=known)
    return record.model_copy(update={"value_of_information": value})


@pytest.mark.parametrize(("lang", "ending"), [("en", ".md"), ("ja", ".ja.md")])
def test_golden(full: DecisionRecord, lang: str, ending: str) -> None:
    """Run with ``MLPDM_GOLDEN=write`` to accept what is rendered now."""
    place, text = GOLDEN / ("full" + ending), render_markdown(full, lang=lang)
    if os.environ.get("MLPDM_GOLDEN") == "write":
        place.write_text(text, encoding="utf-8")
    assert text == place.read_text(encoding="utf-8")


# --- the top ----------------------------------------------------------------------------


def test_a_study_first(full: DecisionRecord) -> None:
    top = top_of_page(full, Sentences.of_record(full))
    assert top.verdict == "Not yet. Until more is known, use the rule “Amount and vendor”."
    assert "but it pays to find out more first" in top.figure
    card = top.cards[0]
    assert card.large == "First find out the share caught by the model"
    assert card.text == (
        "Look at 400 claims; it costs ¥90K. It takes 2 months. What it tells is worth ¥140K, "
        "so it is expected to bring ¥40K more than it takes. "
        "Meanwhile, use the rule “Amount and vendor”."
    )


@pytest.mark.parametrize(
    ("meanwhile", "headline", "card"),
    [
        ("none", "Not yet. Until more is known, leave things as they are.",
         "Meanwhile, leave things as they are."),
        ("all", "Not yet. Until more is known, act on every claim.",
         "Meanwhile, act on every claim."),
    ],
)  # fmt: skip
def test_meanwhile(full: DecisionRecord, meanwhile: str, headline: str, card: str) -> None:
    one = study(meanwhile=meanwhile)
    record = informed(decided(full, meanwhile=meanwhile), studies=(one,), study=first(one))
    top = top_of_page(record, Sentences.of_record(record))
    assert top.verdict == headline
    assert top.cards[0].text.endswith(card)


def test_what_is_asked_once_has_no_meanwhile(full: DecisionRecord) -> None:
    names = ("options.model.recall", "volume", "prevalence")
    one = ASKED.model_copy(update={"of": names, "pays": True})
    record = informed(decided(full, meanwhile=None), studies=(one,), study=first(one))
    top = top_of_page(record, Sentences.of_record(record))
    assert top.verdict == "Not yet. Find out more first."
    assert top.cards[0].large == "First find out 3 things"
    assert top.cards[0].items[1] == "Volume"
    assert top.cards[0].text.startswith("Ask once; it costs")
    assert "Meanwhile" not in top.cards[0].text


def test_no_study_pays(full: DecisionRecord) -> None:
    record = informed(full, studies=(ASKED,), study=None)
    card = top_of_page(record, Sentences.of_record(record)).cards[0]
    assert card.large == "Decide now"
    assert "to ask once for the cost of a miss" in card.text
    assert "¥3,000" in card.text
    assert card.text.endswith("It would bring less than it takes.")
    close = study(pays=False)
    record = informed(full, studies=(close,), study=None)
    assert "it may be chance" in top_of_page(record, Sentences.of_record(record)).cards[0].text


def test_no_study_is_stated(full: DecisionRecord) -> None:
    record = informed(full, studies=(), study=None)
    card = top_of_page(record, Sentences.of_record(record)).cards[0]
    assert card.large == "Worth at most ¥190K"
    assert "Most of it lies in the share caught by the model." in card.text
    assert "add one in notebook 04" in card.text


def test_what_flips_the_choice(full: DecisionRecord) -> None:
    says = Sentences.of_record(full)
    assert top_of_page(full, says).robust == (
        "Not robust: the rule is not the best under 2 of 8 stresses. "
        "Over 41 months instead of 24 months, the model would be best."
    )
    chosen = decided(full, outcome="use_non_ml")
    assert "the choice changes under 2 of 8" in top_of_page(chosen, says).robust
    calm = chosen.model_copy(update={"stress": STRESS[:2]})
    assert top_of_page(decided(calm, robust=True), says).robust == (
        "Robust: the choice stays the same under all 2 stresses."
    )
    assert top_of_page(decided(full, robust=None), says).robust == ""


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("outcome", ["use_non_ml", "find_out_first"])
@pytest.mark.parametrize("flips", [True, False])
def test_every_stress_is_told(full: DecisionRecord, lang: str, outcome: str, flips: bool) -> None:
    more = STRESS[4].model_copy(update={"at": 0.02, "value": 0.03})
    for one in (*STRESS, more):
        changed = one.model_copy(update={"flips": flips, "at": one.at or one.value})
        record = decided(full, outcome=outcome).model_copy(update={"stress": (changed,)})
        fold = fold_of(record, "stress", lang)
        for said in (*fold.notes, words_of(fold.tables[0])):
            assert "-" not in one.code or one.code not in said
            assert "\0" not in said


def test_the_smallest_segments_have_a_name() -> None:
    assert sentences.OTHERS == in_segments.OTHERS
    says = Sentences("en")
    assert says.segment(sentences.OTHERS) == "all smaller segments"
    assert says.segment("") == "no segment stated"
    assert says.segment("Osaka") == "“Osaka”"


# --- folds ------------------------------------------------------------------------------


def test_thresholds(full: DecisionRecord) -> None:
    fold = fold_of(full, "errors")
    assert any("6.2% (4% to 9% on other samples like this)" in note for note in fold.notes)
    assert any("not clear of zero" in note for note in fold.notes)
    curve = full.error_costs.curves[0]
    cases = (
        (span(2, 1, 3), "the tuned one is better"),
        (span(-2, -3, -1), "costs ¥2 less per claim (90% range ¥1 to ¥3)"),
    )
    for spread, told in cases:
        curves = (curve.model_copy(update={"difference": spread}),)
        costs = full.error_costs.model_copy(update={"curves": curves})
        changed = full.model_copy(update={"error_costs": costs})
        assert any(told in note for note in fold_of(changed, "errors").notes)


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(
    "verdict", ["calibrated", "too-sure", "too-unsure", "too-high", "too-low", "unclear"]
)
def test_reliability(full: DecisionRecord, lang: str, verdict: str) -> None:
    found = full.error_costs.reliability[0].model_copy(update={"verdict": verdict})
    costs = full.error_costs.model_copy(update={"reliability": (found,)})
    fold = fold_of(full.model_copy(update={"error_costs": costs}), "reliability", lang)
    assert "0.7" in fold.notes[0]
    assert "2%" in fold.notes[0]
    assert len(fold.tables[0].rows) == 2
    assert "Happened" not in render_markdown(full)  # the bins are only on the page


def test_reviews(full: DecisionRecord) -> None:
    fold = fold_of(full, "review")
    note = fold.notes[0]
    for told in ("2% to 20%", "4% of the cases", "10% would be worth a look", "¥1,600"):
        assert told in note
    free = full.error_costs.reviews[0].model_copy(update={"share": 0.0})
    costs = full.error_costs.model_copy(update={"reviews": (free,)})
    changed = full.model_copy(update={"error_costs": costs})
    assert "no case is worth a look" in fold_of(changed, "review").notes[0]


def test_segments(full: DecisionRecord) -> None:
    fold = fold_of(full, "segments")
    assert len(fold.notes) == 2
    assert "may be chance" in fold.notes[0]
    told = words_of(fold.tables[0])
    assert "All smaller segments  too few to rank" in told
    assert "12% Osaka" in told
    assert "at most 10% allowed" in told


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "4,000 to 22,000 labelled cases"),
        ({"high": None}, "4,000 labelled cases or more"),
        ({"low": None, "high": None}, "how many cannot be said"),
        ({"code": "already"}, "already costs less"),
        ({"code": "never"}, "a hundred times the 2,800"),
        ({"code": "unclear"}, "cannot be told from these 2,800"),
    ],
)
def test_learning(full: DecisionRecord, lang: str, changes: dict[str, Any], told: str) -> None:
    assert full.baseline.learning is not None
    learning = full.baseline.learning.model_copy(update=changes)
    baseline = full.baseline.model_copy(update={"learning": learning})
    note = fold_of(full.model_copy(update={"baseline": baseline}), "learning", lang).notes[0]
    assert told in note or lang == "ja"
    assert ("10%" in note) == (learning.code == "later")


def test_inputs_at_the_floor_are_not_named(full: DecisionRecord) -> None:
    fold = fold_of(full, "worth")
    told = words_of(fold.tables[0])
    assert "Share caught by the model" in told
    assert "The other 2" in told
    assert "Volume" not in told
    evppi = tuple(row.model_copy(update={"value": 0.0}) for row in full.value_of_information.evppi)
    quiet = fold_of(informed(full, evppi=evppi), "worth")
    assert quiet.tables == ()
    assert "None of the 4 inputs" in quiet.notes[1]
    groups = (PartialValue(input="group.outcomes", value=9_000, noise_floor=10),)
    assert "What errors cost" in words_of(fold_of(informed(full, groups=groups), "worth").tables[1])


def test_studies_by_size(full: DecisionRecord) -> None:
    fold = fold_of(full, "studies")
    assert fold.summary == "2 priced, 1 worth making"
    assert "“Label more” pays best" in fold.notes[0]
    assert len(fold.tables) == 2  # the one that is asked once has no sizes
    assert "asked once" in words_of(fold.tables[0])


def test_what_an_option_plans(full: DecisionRecord) -> None:
    told = words_of(fold_of(full, "options").tables[0])
    assert "a trial with a few users comes first: ¥400,000, 1 month, passed with a chance" in told
    assert "best retrained every 6 months" in told


def test_nothing_known_is_no_fold(records: dict[str, DecisionRecord]) -> None:
    stopped = records["stop"]
    keys = [fold.key for fold in folds(stopped, Sentences.of_record(stopped))]
    assert keys == ["question", "gates", "data", "errors", "inputs", "options", "provenance"]
    for fold in folds(stopped, Sentences.of_record(stopped)):
        assert all(table.rows for table in fold.tables)


def test_every_picture_has_its_fold(full: DecisionRecord, pictures: dict[str, Any]) -> None:
    drawn = dict.fromkeys(PICTURES, pictures["cost_per_case"])
    page = render_html(full, drawn)
    assert sorted(re.findall(r'data-chart="([a-z_]+)"', page)) == sorted(PICTURES)


def test_an_outcome_by_column(full: DecisionRecord) -> None:
    costs = ErrorsSection(
        prices={"false_negative": span(0.8, 0.7, 0.9)}, columns={"false_negative": "amount"}
    )
    record = full.model_copy(update={"error_costs": costs})
    assert "costs 80% of what stands in “amount”" in words_of(fold_of(record, "errors").tables[0])
    says = Sentences.of_record(record)
    assert says.name("input", "outcomes.false_negative") == "Cost of a miss, as a share of “amount”"
