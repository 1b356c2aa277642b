"""Graded answers as outcomes, and corrections across options."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlpdm_kit.analysis.grading.graded import agreed, corrections, graded, outcome_places
from mlpdm_kit.analysis.trial.luck import Luck
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.grades import Gradings
from mlpdm_kit.case.grading import Grading
from mlpdm_kit.case.predictions import OTHER, UNANSWERED, Predictions

NAMES = ("usable", "needs_editing", "wrong", "unanswered")


def people(row: list[int], grade: list[int], grader: Any = "a", repeat: Any = 0) -> Gradings:
    size = (len(row),)
    return Gradings(
        row=np.array(row, dtype=int),
        repeat=np.broadcast_to(repeat, size).astype(int),
        grader=np.broadcast_to(np.array(grader, dtype=object), size),
        grade=np.array(grade, dtype=int),
    )


def texts(*rows: list[Any]) -> np.ndarray:
    found = np.empty((len(rows), len(rows[0])), dtype=object)
    for at, row in enumerate(rows):
        found[at, :] = row
    return found


def data_of(answers: np.ndarray, references: list[Any], **said: Any) -> Dataset:
    score = np.where(pd.isna(answers) & np.full(answers.shape, True), UNANSWERED, 0.0)
    target = np.arange(len(references), dtype=float)
    held = np.empty(len(references), dtype=object)
    held[:] = references
    given = Predictions(score=score, is_answer=True, texts=answers, said=said)
    classes = tuple(str(one) for one in references)
    return Dataset(features=pd.DataFrame(index=range(len(references))), target=target,
                   predictions={"llm": given}, references=held, classes=classes)  # fmt: skip


def test_answers_become_codes_by_row_and_repeat() -> None:
    data = data_of(texts(["100", "１００円"], ["300", ""], ["n/a", "about 7"]), ["100", "200", "7"])
    after, marks = graded(data, Grading(grader="numeric"), "extraction")
    expected = [[0, 0], [OTHER, UNANSWERED], [UNANSWERED, 2]]
    assert after.predictions["llm"].score.tolist() == expected
    assert marks["llm"].answers == 6


def test_a_class_taken_for_another_keeps_its_code() -> None:
    data = data_of(texts(["SPAM "], ["spam"], ["ham"]), ["refund", "spam", "praise"])
    after, _ = graded(data, Grading(grader="normalised"), "multiclass")
    assert after.predictions["llm"].score[:, 0].tolist() == [1, 1, OTHER]


def test_refused_and_missing_repeats_stay_what_they_are() -> None:
    answers = texts([None, "x"], ["y", None])
    data = data_of(answers, ["n/a", "y"], refused=np.array([[1.0, 0], [0, np.nan]]))
    score = data.predictions["llm"].score.copy()
    score[1, 1] = np.nan
    data = replace(data, predictions={"llm": replace(data.predictions["llm"], score=score)})
    after, marks = graded(data, Grading(grader="exact"), "generation")
    assert after.predictions["llm"].score[0].tolist() == [UNANSWERED, 2]
    assert after.predictions["llm"].score[1, 0] == 0
    assert np.isnan(after.predictions["llm"].score[1, 1])
    assert marks["llm"].answers == 3


def test_without_a_grader_nothing_is_touched() -> None:
    data = data_of(texts(["a"], ["b"]), ["a", "c"])
    assert graded(data, None, "extraction") == (data, {})


def test_what_people_are_to_grade_is_answered_or_not() -> None:
    data = data_of(texts(["some text"], [""]), ["", ""])
    after, _ = graded(data, Grading(grader="people"), "generation")
    assert after.predictions["llm"].score[:, 0].tolist() == [0, UNANSWERED]


def test_places_of_outcomes() -> None:
    def outcomes(answer: np.ndarray) -> dict[str, np.ndarray]:
        return {name: (answer == i).astype(float) for i, name in enumerate(NAMES)}

    answer = np.array([[0, 2], [1, np.nan], [3, 0]])
    assert outcome_places(outcomes, answer, NAMES).tolist() == [[0, 2], [1, -1], [3, 0]]


def test_an_option_that_nobody_checked_keeps_its_grades() -> None:
    auto = {"one": np.zeros((8, 1), int), "other": np.zeros((6, 1), int)}
    seen = {"one": people([0, 1, 2, 3], [0, 0, 1, 1])}
    for by_people in (False, True):
        found = corrections(auto, seen, NAMES, silent="unanswered", by_people=by_people)
        assert set(found) == {"one"}
        assert found["one"].outcomes[0, 0] == 1
    assert corrections(auto, {}, NAMES, silent="unanswered") == {}


def test_a_pair_with_its_own_price_stays_one_where_people_say_wrong() -> None:
    names = ("right", "wrong", "unanswered", "refund > spam")
    auto = {"llm": np.array([[3], [3], [0]])}
    found = corrections(auto, {"llm": people([0, 1], [1, 0])}, names, silent="unanswered")
    assert found["llm"].outcomes[:2].tolist() == [[0, 0, 0, 1], [1, 0, 0, 0]]


def test_people_of_all_options_agree_together() -> None:
    told = {
        "one": people([0, 0, 1, 1], [0, 0, 1, 1], ["a", "b", "a", "b"]),
        "other": people([0, 0], [0, 1], ["a", "b"]),
    }
    found = agreed(told, NAMES, ordered=True)
    assert found is not None
    assert (found.items, found.same) == (3, pytest.approx(2 / 3))
    assert agreed({}, NAMES, ordered=True) is None


def test_lucks_add_up() -> None:
    both = Luck(rates={"a": 1.0}, cost=2.0) + Luck(rates={"a": 0.5, "b": 1.0}, cost=1.0)
    assert both == Luck(rates={"a": 1.5, "b": 1.0}, cost=3.0)
