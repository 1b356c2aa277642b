"""The one checking function: behind the form of a notebook, the command line and nbgrader.

Each field is right, wrong, missing or unreadable. A wrong answer is compared with those that
the likely mistakes lead to, and the hint names the one that fits. One slip is not punished
twice: what builds on an earlier value is judged by the learner's own, and figures side by
side that the same mistake has led to lose one point together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from mlpdm_kit.case.quantity import Malformed
from mlpdm_kit.course.exercise import Exercise, Field, Hint, Values
from mlpdm_kit.course.kinds import KINDS, same
from mlpdm_kit.course.words import chosen, exercise_text, numbered
from mlpdm_kit.errors import Fault
from mlpdm_kit.text import LANGUAGES, Text
from mlpdm_kit.text.figures import significant

FieldState = Literal["right", "wrong", "missing", "unreadable"]
State = Literal["pass", "partial", "hint", "empty"]

COMMON = (  # what goes wrong with any figure: how many times too large, and where it can be
    ("sign", -1.0, ("money", "money/month", "money/case")),
    ("per-year", 12.0, ("money/month",)),
    ("per-month", 1 / 12, ("money/month",)),
    ("thousandfold", 1_000.0, ("money", "money/month", "money/case", "count")),
    ("ten-thousandfold", 10_000.0, ("money", "money/month", "money/case", "count")),
    ("ten-thousandth", 1e-4, ("money", "money/month", "money/case")),
    ("hundredfold", 100.0, ("share",)),
    ("hundredth", 0.01, ("share",)),
)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """How one field was answered.

    ``follows`` means that it is right for an earlier value of the learner's own that was
    wrong; ``repeats``, that the mistake behind it has been counted already. ``hints`` say
    what may be behind a wrong answer.
    """

    field: Field
    written: str
    state: FieldState
    follows: bool = False
    repeats: bool = False
    hints: tuple[Hint | Fault, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Checked:
    """How an exercise was answered."""

    exercise: Exercise
    fields: tuple[Judged, ...]

    @property
    def points(self) -> int:
        """Fields that are right, or wrong by a slip that has been counted already."""
        return sum(one.state == "right" or one.repeats for one in self.fields)

    @property
    def state(self) -> State:
        """All right, some, none, or nothing written."""
        if all(one.state == "missing" for one in self.fields):
            return "empty"
        if all(one.state == "right" for one in self.fields):
            return "pass"
        return "partial" if self.points else "hint"

    def sentences(self, one: Judged, lang: str) -> list[str]:
        """What is to be said of a field."""
        text = exercise_text(lang)
        if one.state == "right":
            own = f"{self.exercise.code}.{one.field.name}.right"
            if text.knows(own):
                return [text.say(own, **self.exercise.given)]
            return [text.say("course.right.follows" if one.follows else "course.right")]
        if one.state == "missing":
            return [text.say("course.missing")]
        more = {"example": text.say(f"course.figure.{one.field.kind}")
                if text.knows(f"course.figure.{one.field.kind}") else "",
                "known": ", ".join(numbered(self.exercise, one.field, lang))}  # fmt: skip
        said = [
            hint.sentence(lang) if isinstance(hint, Fault)
            else text.say(hint.code, **{**more, **hint.figures})
            for hint in one.hints
        ]  # fmt: skip
        return [*said, text.say("course.repeats")] if one.repeats else said

    def to_dict(self, lang: str = "en") -> dict[str, Any]:
        """For machines."""
        return {
            "exercise": self.exercise.id,
            "lesson": self.exercise.lesson,
            "state": self.state,
            "points": self.points,
            "of": self.exercise.points,
            "fields": {
                one.field.name: {
                    "written": one.written,
                    "state": one.state,
                    "follows": one.follows,
                    "repeats": one.repeats,
                    "hints": [hint.code for hint in one.hints],
                    "sentences": self.sentences(one, lang),
                }
                for one in self.fields
            },
        }


def check(exercise: Exercise, answers: Mapping[str, Any]) -> Checked:
    """Judge the answers to an exercise.

    Parameters
    ----------
    exercise : Exercise
    answers : mapping
        What was written, by the name of the field; what is lacking is missing.

    Examples
    --------
    >>> from mlpdm_kit.course.lessons import EXERCISES
    >>> check(EXERCISES["threshold"], {"threshold": "10%"}).state
    'pass'
    >>> wrong = check(EXERCISES["threshold"], {"threshold": "0.9"})
    >>> wrong.state, wrong.fields[0].hints[0].code
    ('hint', 'exercise.threshold.mistake.swapped')
    """
    true, own = dict(exercise.given), dict(exercise.given)
    judged: list[Judged] = []
    slips: set[str | None] = set()
    for field in exercise.fields:
        written = str(answers.get(field.name) or "").strip()
        one, value = _judge(exercise, field, written, true, own)
        if one.follows and all(earlier.state != "wrong" for earlier in judged):
            one = replace(one, follows=False)  # rounding alone tells them apart
        slip = _slip(one)
        judged.append(replace(one, repeats=slip in slips))
        slips |= {slip} - {None}
        true[field.name] = field.answer(true)
        own[field.name] = true[field.name] if value is None else value
    return Checked(exercise=exercise, fields=tuple(judged))


def _slip(one: Judged) -> str | None:
    """The code of the mistake that led to a wrong figure, if it is known."""
    if one.state != "wrong" or one.field.kind in ("choice", "words"):
        return None
    return next((hint.code for hint in one.hints if ".mistake." in hint.code), None)


def _judge(
    exercise: Exercise, field: Field, written: str, true: Values, own: Values
) -> tuple[Judged, Any]:
    """How a field was answered, and the value that it has for the learner."""
    if not written:
        return Judged(field=field, written="", state="missing"), None
    if field.judge is not None:
        wrong = tuple(field.judge(written))
        state: FieldState = "wrong" if wrong else "right"
        return Judged(field=field, written=written, state=state, hints=wrong), written
    if field.kind == "words":
        return _judge_words(exercise, field, written), written
    if field.kind == "choice":
        return _judge_choice(exercise, field, written, true, own)
    try:
        value = KINDS[field.kind].read(written)
    except Malformed as error:
        return Judged(field=field, written=written, state="unreadable",
                      hints=(_unreadable(error, written, field),)), None  # fmt: skip
    right = [same(value, _figure(field, values), field.tolerance) for values in (true, own)]
    if any(right):
        follows = not right[0]
        return Judged(field=field, written=written, state="right", follows=follows), value
    hint = next(_mistakes(exercise, field, value, own), None) or _plain_hint(exercise, field)
    return Judged(field=field, written=written, state="wrong", hints=(hint,)), value


def _figure(field: Field, values: Values) -> float:
    """The right figure; none where the learner's own earlier values allow of none."""
    try:
        return float(field.answer(values))
    except (ArithmeticError, ValueError):
        return math.nan


def _mistakes(exercise: Exercise, field: Field, value: float, own: Values) -> Iterator[Hint]:
    """The likely mistakes that lead to this figure, those of the field first."""
    for one in field.mistakes:
        assert callable(one.leads_to)
        try:
            found = float(one.leads_to(own))
        except (ArithmeticError, ValueError):
            continue
        if same(value, found, field.tolerance):
            yield _said(exercise, one.code, own)
    right = _figure(field, own)
    rounded = [significant(right, digits) for digits in (1, 2)] if math.isfinite(right) else []
    if right and any(same(value, one, 1e-9) for one in rounded):
        yield Hint(code="course.mistake.rounded", figures={})
    for code, times, kinds in COMMON:
        if right and field.kind in kinds and same(value, times * right, field.tolerance):
            yield Hint(code=f"course.mistake.{code}", figures={})


def _judge_choice(
    exercise: Exercise, field: Field, written: str, true: Values, own: Values
) -> tuple[Judged, Any]:
    choice = chosen(exercise, field, written)
    if choice is None:
        hint = Hint(code="course.no-choice", figures={"written": written})
        return Judged(field=field, written=written, state="unreadable", hints=(hint,)), None
    right = [choice in _accepted(field, values) for values in (true, own)]
    if any(right):
        return Judged(field=field, written=written, state="right", follows=not right[0]), choice
    fits = [one.code for one in field.mistakes if one.leads_to == choice]
    own_hint = [_said(exercise, code, own) for code in fits]
    hints = tuple(own_hint) or (_plain_hint(exercise, field),)
    return Judged(field=field, written=written, state="wrong", hints=hints), choice


def _accepted(field: Field, values: Values) -> tuple[str, ...]:
    found = field.answer(values)
    return (found,) if isinstance(found, str) else tuple(found)


def _judge_words(exercise: Exercise, field: Field, written: str) -> Judged:
    broken = [rule.code for rule in field.rules if not rule.holds(written)]
    hints = tuple(_said(exercise, code, {}) for code in broken)
    state: FieldState = "wrong" if broken else "right"
    return Judged(field=field, written=written, state=state, hints=hints)


def _said(exercise: Exercise, code: str, values: Values) -> Hint:
    """A mistake's sentence: the exercise's own, else one that exercises share."""
    own = f"{exercise.code}.mistake.{code}"
    known = Text().knows(own)
    figures = {**exercise.given, **{k: v for k, v in values.items() if k in exercise.given}}
    return Hint(code=own if known else f"course.words.{code}", figures=figures if known else {})


def _plain_hint(exercise: Exercise, field: Field) -> Hint:
    code = f"{exercise.code}.{field.name}.hint"
    if Text().knows(code):
        return Hint(code=code, figures=dict(exercise.given))
    return Hint(code="course.hint", figures={})


def _unreadable(error: Malformed, written: str, field: Field) -> Hint:
    codes = {"share-range": "course.share-sign", "answer-range": "course.one-figure",
             "range-scale": "course.one-figure"}  # fmt: skip
    code = codes.get(error.code, "course.unreadable")
    return Hint(code=code, figures={"written": written, "kind": field.kind})


def totals(results: Sequence[Checked]) -> tuple[int, int]:
    """Points, and how many there could be."""
    return sum(one.points for one in results), sum(one.exercise.points for one in results)


__all__ = ["LANGUAGES", "Checked", "Judged", "check", "totals"]
