"""Answers of a case graded: texts become outcomes, and people's grades correct them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mlpdm_kit.analysis.grading.agreement import Agreement, agreement
from mlpdm_kit.analysis.grading.error import Corrected, confusion, corrected
from mlpdm_kit.analysis.grading.graders import MISSING, grade, verdicts_as
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.grades import Gradings
from mlpdm_kit.case.grading import Grading
from mlpdm_kit.case.kinds import PAIR, TASK_KINDS, TaskKind
from mlpdm_kit.case.logs.coding import OTHER, UNANSWERED, answer_codes
from mlpdm_kit.case.values import as_object, is_silent

PEOPLE = "people"


@dataclass(frozen=True, kw_only=True)
class Marks:
    """How the answers of one option were graded.

    ``answers`` were graded; ``fields`` counts right, missing and wrong by field;
    ``unreadable`` answers were no JSON object where one was wanted.
    """

    answers: int
    fields: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    unreadable: int = 0


def graded(data: Dataset, grading: Grading | None, task: str) -> tuple[Dataset, dict[str, Marks]]:
    """The same data with every answer that is a text graded, and how that went by option.

    Parameters
    ----------
    data : Dataset
        With the texts of the answers in its predictions, and references.
    grading : Grading or None
        Without one a text is right where it is the reference, as the task has it.
    task : str

    Returns
    -------
    Dataset, dict of Marks
        Scores of predictions are codes as the task has them, shape (rows, repeats); answers
        that people are to grade count as right, or usable, until `corrections` looks.
    """
    if grading is None:
        return data, {}
    predictions, acts, marks = dict(data.predictions), dict(data.acts), {}
    for name, one in data.predictions.items():
        if one.texts is None:
            continue
        quiet = _quiet(one.said, one.texts.shape)
        codes, marks[name] = _codes(one.texts, data, grading, task, quiet)
        codes = np.where(np.isnan(one.score).reshape(codes.shape), np.nan, codes)
        predictions[name] = replace(one, score=codes.reshape(one.score.shape))
    for name, texts in data.said.items():
        column = np.asarray(texts, dtype=object).reshape(-1, 1)
        codes, marks[name] = _codes(column, data, grading, task, np.full(column.shape, False))
        acts[name] = codes[:, 0]
    return replace(data, predictions=predictions, acts=acts), marks


def _quiet(said: Mapping[str, Array], shape: tuple[int, ...]) -> Any:
    """Where an answer was refused, or the call failed."""
    found = np.full(shape, False)
    for name in ("refused", "failed"):
        if name in said:
            found |= said[name].reshape(shape) == 1
    return found


def _codes(
    texts: Array, data: Dataset, grading: Grading, task: str, quiet: Any
) -> tuple[Array, Marks]:
    """Codes of answers, shape (rows, repeats), and how they were graded."""
    kind, known = TASK_KINDS[task], verdicts_as(task)
    fields: dict[str, Counter[str]] = {name: Counter() for name in grading.fields}
    found, unreadable = np.full(texts.shape, UNANSWERED), 0
    classes = answer_codes(texts.ravel(), data.classes).reshape(texts.shape)
    for at in zip(*np.nonzero(~quiet), strict=True):
        row, text = at[0], texts[at]
        if grading.grader == PEOPLE or data.references is None:
            outcome = kind.silent if _is_empty(text) else kind.good
        else:
            verdict = grade(text, data.references[row], grading)
            outcome = known[verdict.verdict]
            for name, one in verdict.fields.items():
                fields[name][one] += 1
            told = grading.fields and not _is_empty(text)
            unreadable += bool(told and verdict.verdict == MISSING and as_object(text) is None)
        found[at] = _code(outcome, kind, float(data.target[row]), float(classes[at]))
    counts = {name: dict(one) for name, one in fields.items()}
    return found, Marks(answers=int((~quiet).sum()), fields=counts, unreadable=unreadable)


def _is_empty(text: Any) -> bool:
    return text is None or text != text or is_silent(text)


def _code(outcome: str, kind: TaskKind, target: float, said: float) -> float:
    """The code by which a task knows an outcome."""
    if outcome == kind.silent:
        return UNANSWERED
    if kind.answers == "grade":
        return float(kind.outcomes.index(outcome))
    if outcome == kind.good:
        return target
    return said if said >= 0 and said != target else OTHER


def outcome_places(
    outcomes: Callable[[Array], Mapping[str, Array]], answer: Array, names: tuple[str, ...]
) -> Array:
    """Place of each answer's outcome, shape (rows, repeats); -1 where there is no answer.

    Parameters
    ----------
    outcomes : callable
        One answer a row gives how much of each outcome every row comes to.
    answer : array, shape (rows,) or (rows, repeats)
    names : tuple of str
        The outcomes in their order.
    """
    columns = answer.reshape(len(answer), -1)
    found = np.full(columns.shape, -1)
    for repeat in range(columns.shape[1]):
        told = outcomes(columns[:, repeat])
        place = np.column_stack([told[name] for name in names]).argmax(axis=1)
        found[:, repeat] = np.where(np.isnan(columns[:, repeat]), -1, place)
    return found


def corrections(
    auto: Mapping[str, Array],
    people: Mapping[str, Gradings],
    names: tuple[str, ...],
    *,
    silent: str,
    weights: Array | None = None,
    by_people: bool = False,
) -> dict[str, Corrected]:
    """Every option's outcomes as people would have graded them.

    Parameters
    ----------
    auto : mapping of array, shape (rows, repeats)
        By option, the place of each answer's outcome among ``names``; -1 where there is none.
    people : mapping of Gradings
        People's grades of some answers, by option; rows as in ``auto``.
    names : tuple of str
    silent : str
        The outcome where there is no answer: that needs no person to see.
    weights : array, shape (rows,), optional
        How much each row weighs in production.
    by_people : bool
        Whether people are the only graders; what they say of one option then says nothing
        of another.

    Returns
    -------
    dict
        Nothing of an option that nobody graded: its grades stay as the grader gave them, as
        what people say of another's depends on how good that one is.
    """
    own = {name: _pairs_kept(one, auto[name], names) for name, one in people.items()}
    own = {name: one for name, one in own.items() if len(one)}
    if not own:
        return {}
    size = len(names)
    told = {
        name: confusion(auto[name][one.row, one.repeat], one, size, len(auto[name]))
        for name, one in own.items()
    }
    everything = np.sum(list(told.values()), axis=0)
    found = {}
    for name, graded_ in own.items():
        one = corrected(
            auto[name],
            graded_,
            size,
            others=told[name] if by_people else everything,
            certain=(names.index(silent),),
            unseen=[i for i, one in enumerate(names) if one != silent and PAIR not in one],
            weights=weights,
        )
        found[name] = replace(one, names=names)
    return found


def _pairs_kept(people: Gradings, auto: Array, names: tuple[str, ...]) -> Gradings:
    """Without gradings of no answer; a mix-up with a price of its own stays that if wrong."""
    said = auto[people.row, people.repeat]
    kept = said >= 0
    is_pair = np.array([PAIR in name for name in names])
    wrong = names.index("wrong") if "wrong" in names else -1
    grade_ = np.where(is_pair[said] & (people.grade == wrong), said, people.grade)
    return Gradings(
        row=people.row[kept],
        repeat=people.repeat[kept],
        grader=people.grader[kept],
        grade=grade_[kept],
    )


def agreed(
    people: Mapping[str, Gradings], names: Iterable[str], *, ordered: bool, seed: int = 0
) -> Agreement | None:
    """How far people agree on whatever they graded, of all options together."""
    answers = [
        f"{option}\n{row}\n{repeat}"
        for option, one in people.items()
        for row, repeat in zip(one.row, one.repeat, strict=True)
    ]
    if not answers:
        return None
    return agreement(
        answers,
        np.concatenate([one.grader for one in people.values()]),
        np.concatenate([one.grade for one in people.values()]),
        len(tuple(names)),
        ordered=ordered,
        seed=seed,
    )
