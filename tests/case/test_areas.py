"""What a case may say of the four areas, and what is wrong with what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlpdm_kit.case.areas import FOUR_AREAS, TOPICS
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.load import check_case, load_case

Write = Callable[..., Path]
LABELS = "items: 800, price: 50..100 JPY per claim"


def faults(folder: Path) -> list[tuple[str, str]]:
    return [(fault.code, fault.field) for fault in check_case(folder)]


def test_every_topic_is_about_a_check_and_a_part_of_the_case(write: Write, bare: str) -> None:
    case = load_case(write(bare, {}))
    for topic in TOPICS:
        section, _, name = topic.path.partition(".")
        assert hasattr(getattr(case, section), name), topic.path
        assert topic.check in CHECKS
    gates = {topic.check for topic in TOPICS if topic.answers and CHECKS[topic.check].hard}
    assert gates == set()  # free text opens no gate
    assert {CHECKS[name].area for name in CHECKS} > set(FOUR_AREAS)


def test_nothing_of_it_has_to_be_said(write: Write, bare: str) -> None:
    case = load_case(write(bare, {}))
    assert case.design.errors == {}
    assert case.collection.annotation is None


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        ("design: {errors: {false-triger: {seen: x}}}", "error-kind", "design.errors.false-triger"),
        ("design: {errors: {too.many: {seen: x}}}", "id", "design.errors.too.many"),
        ("design: {errors: {stale: {applies: no}}}", "applies-reason", "design.errors.stale.note"),
        ("design: {errors: {stale: {sene: x}}}", "unknown-key", "design.errors.stale.sene"),
        ("design: {rollback: {to: nothing}}", "option-missing", "design.rollback.to"),
        ("evaluation: {segments: {bound: 10%}}", "threshold-reason", "evaluation.segments.note"),
        ("evaluation: {segments: {bound: 5%..10%, note: x}}", "one-figure",
         "evaluation.segments.bound"),
        ("checks: {segments: {threshold: 0.2, note: y}}\n"
         "evaluation: {segments: {bound: 10%, note: x}}", "bound-twice",
         "evaluation.segments.bound"),
        ("collection: {log: [{what: x, keep: 12}]}", "unit-missing", "collection.log.0.keep"),
        ("collection: {annotation: {items: 0}}", "value", "collection.annotation.items"),
        (f"collection: {{annotation: {{{LABELS}}}}}", "annotation-counted",
         "collection.annotation.counted"),
        ("collection: {annotation: {price: 5 JPY per claim, counted: apart}}", "missing-key",
         "collection.annotation.items"),
        (f"collection: {{annotation: {{{LABELS}, counted: apart, options: [modle]}}}}",
         "option-missing", "collection.annotation.options"),
        (f"collection: {{annotation: {{{LABELS}, counted: twice}}}}", "not-one-of",
         "collection.annotation.counted"),
        (f"collection: {{annotation: {{{LABELS}, counted: apart, repeat: 3..6 months}}}}",
         "one-figure", "collection.annotation.repeat"),
        (f"collection: {{annotation: {{{LABELS}, counted: apart, agreement: 70%..80%}}}}",
         "one-figure", "collection.annotation.agreement"),
        ("collection: {annotation: {items: 800, price: 50..100 USD per claim, counted: apart}}",
         "currency-other", "collection.annotation.price"),
        ("governance: {deletion: {within: soon}}", "quantity-number",
         "governance.deletion.within"),
        ("governance: {consent: {answer: yes}}", "unknown-key-here", "governance.consent.answer"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(write: Write, bare: str, words: str, code: str, field: str) -> None:
    found = check_case(write(f"{bare}{words}\n", {}))
    assert len(found) == 1, [str(fault) for fault in found]
    assert (found[0].code, found[0].field) == (code, field)
    assert found[0].line is not None
    assert found[0].remedy("ja")


def test_labels_that_nobody_needs_are_refused(write: Write, bare: str) -> None:
    words = f"collection: {{annotation: {{{LABELS}, counted: apart}}}}\n"
    only_rule = bare[: bare.index("  model:")] + "horizon: 24 months\n"
    assert faults(write(only_rule + words, {})) == [
        ("annotation-nobody", "collection.annotation.options")
    ]


def test_what_is_done_today_buys_no_labels(write: Write, bare: str) -> None:
    words = f"collection: {{annotation: {{{LABELS}, counted: apart, options: [rule]}}}}\n"
    text = bare.replace("kind: rule", "kind: rule\n    status_quo: true") + words
    assert faults(write(text, {})) == [("not-for-status-quo", "collection.annotation.options")]
