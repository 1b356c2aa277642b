"""From what a model writes to an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit.live.answers import Wanted, answer_of, holds

TWO = Wanted.of_two("Urgent", "other")
CLASSES = Wanted.of_classes(["refund", "spam", "spam mail", "問い合わせ"])
TEXT, AMOUNT, GRADE = (Wanted(answers=kind) for kind in ("text", "amount", "grade"))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", "yes"), (" Yes.\n", "yes"), ("NO", "no"), ("ｙｅｓ", "yes"), ("はい。", "yes"),
        ("いいえ、急ぎではありません", "no"), ("urgent", "yes"), ("**Urgent**", "yes"),
        ("Other!", "no"), ("Yes, because it says now", "yes"), ("No - it can wait", "no"),
        ('{"answer": "yes"}', "yes"), ('{"answer": true}', "yes"), ('{"answer": null}', None),
        ('{"Answer": "other", "why": "no"}', "no"), ('{"urgent": "no"}', "no"),
        ('```json\n{"answer": "no"}\n```', "no"), ('Here it is: {"answer": "no"} Bye', "no"),
        ("It says now.\nAnswer: yes", "yes"), ("**Answer:** No", "no"), ("答え：はい", "yes"),
        ("Answer: yes\nOn reflection:\nAnswer: no", "no"),
        ("I looked at it.\n\nYes.", "yes"), ("<think>no, no</think>\nyes", "yes"),
        # neither: nobody could act on it
        ("maybe", None), ("not urgent", None), ("no idea", None), ("noon", None),
        ("1. It is late", None), ("yes and no", None), ('{"why": "a", "what": "b"}', None),
        ("", None), (" \n", None),
    ],
)  # fmt: skip
def test_yes_or_no(text: str, answer: str | None) -> None:
    assert answer_of(text, TWO) == answer


def test_the_data_s_own_words_go_before_the_usual_ones() -> None:
    kept = Wanted.of_two("no", "yes")  # the column says whether a mail is fine; act where not
    assert (answer_of("No.", kept), answer_of("yes", kept)) == ("yes", "no")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Spam", "spam"), ("Spam mail.", "spam mail"), ("「問い合わせ」", "問い合わせ"),
        ("問い合わせ。返品の件", "問い合わせ"), ("refund: the customer is angry", "refund"),
        ('{"class": "refund"}', "refund"), ("spam or refund", "spam or refund"),
        ("The class is\nrefund", "refund"), ("other", "other"),
    ],
)  # fmt: skip
def test_one_of_several_classes(text: str, answer: str) -> None:
    assert answer_of(text, CLASSES) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("2026-10-01", "2026-10-01"), ('{"answer": "東京"}', "東京"), ('{"answer": 1200}', "1200"),
        ('{"total": 1200}', '{"total": 1200}'), ("Answer: 1,200 JPY", "1,200 JPY"),
        ('```\n{"a": 1, "b": 2}\n```', '{"a": 1, "b": 2}'), ("東京", "東京"),
    ],
)  # fmt: skip
def test_a_text_that_is_read_out(text: str, answer: str) -> None:
    assert answer_of(text, TEXT) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [("17,722 JPY", "17722"), ("約１２．５日", "12.5"), ("−3", "-3"), ('{"days": 4}', "4"),
     ("4 to 6", None), ("none", None)],
)  # fmt: skip
def test_an_amount_is_the_one_number(text: str, answer: str | None) -> None:
    assert answer_of(text, AMOUNT) == answer


def test_a_text_to_be_graded_stays_whole() -> None:
    text = 'Answer: see below.\n{"answer": 1}'
    assert answer_of(f"<think>x</think>{text}\n", GRADE) == text


@given(text=st.text(), wanted=st.sampled_from([TWO, CLASSES, TEXT, AMOUNT, GRADE]))
def test_any_text_gives_an_answer_or_none(text: str, wanted: Wanted) -> None:
    found = answer_of(text, wanted)
    assert found is None or found.strip() == found != ""


@given(
    name=st.sampled_from(["refund", "spam", "spam mail", "問い合わせ"]),
    before=st.sampled_from(["", "**", "「", " "]),
    after=st.sampled_from(["", ".", "。", "\n", "**"]),
)
def test_a_class_is_known_in_whatever_marks(name: str, before: str, after: str) -> None:
    assert answer_of(f"{before}{name.upper()}{after}", CLASSES) == name


def test_a_canary_is_seen_in_any_width_and_case() -> None:
    assert holds("はい、ｚｅｂｒａ－１です", "ZEBRA-1")
    assert holds("合言葉は翡翠-88。", "翡翠-88")
    assert not holds("ZEBRA 1", "ZEBRA-1")
