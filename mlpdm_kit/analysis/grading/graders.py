"""Graders of answers that are texts, one entry each.

A grader holds one answer against one reference and gives a verdict; `verdicts_as` says which
outcome of a task that is. To add one: a function, an entry in `GRADERS`, its word in
`mlpdm_kit.case.grading`, and its name ``grader.<name>`` in the catalogues.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlpdm_kit.analysis.grading.overlap import rouge_l
from mlpdm_kit.case.grading import GradedField, Grading, Tolerance
from mlpdm_kit.case.values import Amount, as_object, bare, is_silent, read_amount, read_day

RIGHT, NEAR, WRONG, SEVERE, MISSING = "right", "near", "wrong", "severe", "missing"
_WORST_FIRST = (SEVERE, WRONG, NEAR, MISSING)
_OUTCOMES = {  # by task: the outcome that each verdict is
    "extraction": {RIGHT: "right", NEAR: "missing", WRONG: "wrong", SEVERE: "wrong",
                   MISSING: "missing"},
    "generation": {RIGHT: "usable", NEAR: "needs_editing", WRONG: "wrong", SEVERE: "harmful",
                   MISSING: "unanswered"},
    "multiclass": {RIGHT: "right", NEAR: "wrong", WRONG: "wrong", SEVERE: "wrong",
                   MISSING: "unanswered"},
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Graded:
    """A verdict on one answer: ``right``, ``near``, ``wrong``, ``severe`` or ``missing``.

    ``fields`` says the same of each field, where the answer has some.
    """

    verdict: str
    fields: Mapping[str, str] = field(default_factory=dict)


def verdicts_as(task: str) -> Mapping[str, str]:
    """The outcome of a task that each verdict is.

    Examples
    --------
    >>> verdicts_as("generation")["near"]
    'needs_editing'
    """
    return _OUTCOMES[task]


def never_given(rules: Grading, task: str) -> tuple[str, ...]:
    """Outcomes of a task that a grader cannot give, whatever the answer.

    Examples
    --------
    >>> never_given(Grading(grader="exact"), "generation")
    ('needs_editing', 'harmful')
    >>> never_given(Grading(grader="exact"), "extraction")
    ()
    """
    if rules.grader not in GRADERS:  # people
        return ()
    gives = _GIVES.get(rules.grader)
    verdicts = {RIGHT, WRONG, MISSING} if gives is None else gives(rules)
    given = {_OUTCOMES[task][one] for one in verdicts}
    return tuple(name for name in dict.fromkeys(_OUTCOMES[task].values()) if name not in given)


def grade(answer: Any, reference: Any, rules: Grading) -> Graded:
    """One answer against its reference.

    Parameters
    ----------
    answer, reference : str or None
        For the grader ``fields`` JSON objects, or mappings of fields.
    rules : Grading
        The grader's name, and what it needs to know.

    Examples
    --------
    >>> rules = Grading(grader="numeric", tolerance="1%")
    >>> grade("約１０．１万円", "100,000", rules).verdict
    'right'
    """
    return GRADERS[rules.grader](answer, reference, rules)


def _exact(answer: Any, reference: Any, rules: Grading) -> Graded:
    """The same signs, but for spaces around them."""
    return Graded(verdict=_compared(answer, reference, lambda a, r: a.strip() == r.strip()))


def _normalised(answer: Any, reference: Any, rules: Grading) -> Graded:
    """The same letters and figures, however wide, capital, spaced or punctuated."""
    return Graded(verdict=_compared(answer, reference, _same_text))


def _numeric(answer: Any, reference: Any, rules: Grading) -> Graded:
    """The same number, within the tolerance, in no other unit."""
    return Graded(verdict=_amount(answer, reference, rules.tolerance))


def _overlap(answer: Any, reference: Any, rules: Grading) -> Graded:
    """How much two texts have in common, cut into grades."""
    if _is_nothing(answer):
        return Graded(verdict=RIGHT if _is_nothing(reference) else MISSING)
    shared = rouge_l(answer, reference)
    cutoffs = rules.cutoffs
    if shared >= cutoffs.get("usable", cutoffs.get("right", 1.0)):
        return Graded(verdict=RIGHT)
    return Graded(verdict=NEAR if shared >= cutoffs.get("needs_editing", 2.0) else WRONG)


def _fields(answer: Any, reference: Any, rules: Grading) -> Graded:
    """Field by field; the worst of them is the verdict on the answer.

    A field marked as severe is ``severe`` where it is wrong; one marked as not severe is no
    worse wrong than missing. A missing field leaves an answer ``near``, one in which nothing
    is found ``missing``.
    """
    said, true = as_object(answer), as_object(reference) or {}
    if said is None:
        return Graded(verdict=MISSING, fields=dict.fromkeys(rules.fields, MISSING))
    found = {
        name: FIELD_KINDS[one.kind](said.get(name), true.get(name), one)
        for name, one in rules.fields.items()
    }
    if all(verdict == MISSING for verdict in found.values()):
        return Graded(verdict=MISSING, fields=found)
    weighed = {_weighed(verdict, rules.fields[name]) for name, verdict in found.items()}
    return Graded(verdict=next((v for v in _WORST_FIRST if v in weighed), RIGHT), fields=found)


def _weighed(verdict: str, rules: GradedField) -> str:
    if verdict == MISSING:
        return NEAR
    if verdict == WRONG and rules.severe is not None:
        return SEVERE if rules.severe else NEAR
    return verdict


def _compared(answer: Any, reference: Any, same: Callable[[str, str], bool]) -> str:
    if _is_nothing(answer):
        return RIGHT if _is_nothing(reference) else MISSING
    if _is_nothing(reference):
        return WRONG  # it says something where there is nothing to say
    return RIGHT if same(str(answer), str(reference)) else WRONG


def _is_nothing(text: Any) -> bool:
    return text is None or text != text or not str(text).strip()


def _same_text(answer: str, reference: str) -> bool:
    one, other = bare(answer), bare(reference)
    return one == other if one or other else answer.strip() == reference.strip()


def _silent(answer: Any, reference: Any) -> str:
    """The verdict where one of both says that there is nothing; empty where none does."""
    if is_silent(answer):
        return RIGHT if is_silent(reference) else MISSING
    return WRONG if is_silent(reference) else ""


def _amount(answer: Any, reference: Any, tolerance: Tolerance) -> str:
    said, true = read_amount(answer), read_amount(reference)
    return _silent(answer, reference) or (
        RIGHT if said and true and _near_enough(said, true, tolerance) else WRONG
    )


def _near_enough(said: Amount, true: Amount, tolerance: Tolerance) -> bool:
    if said.unit and true.unit and said.unit != true.unit:
        return False
    allowed = max(tolerance.absolute, tolerance.relative * abs(true.value))
    # 0.1 + 0.2 is as good as 0.3
    return abs(said.value - true.value) <= allowed + 1e-9 * max(abs(true.value), allowed)


def _date_field(answer: Any, reference: Any, rules: GradedField) -> str:
    said = read_day(answer)
    return _silent(answer, reference) or (
        RIGHT if said is not None and said == read_day(reference) else WRONG
    )


def _text_field(answer: Any, reference: Any, rules: GradedField) -> str:
    return _silent(answer, reference) or (
        RIGHT if _same_text(str(answer), str(reference)) else WRONG
    )


FIELD_KINDS: dict[str, Callable[[Any, Any, GradedField], str]] = {
    "text": _text_field,
    "exact": lambda answer, reference, rules: _compared(
        answer, reference, lambda a, r: a.strip() == r.strip()
    ),
    "amount": lambda answer, reference, rules: _amount(answer, reference, rules.tolerance),
    "date": _date_field,
}
GRADERS: dict[str, Callable[[Any, Any, Grading], Graded]] = {
    "exact": _exact,
    "normalised": _normalised,
    "numeric": _numeric,
    "fields": _fields,
    "overlap": _overlap,
}


def _by_overlap(rules: Grading) -> set[str]:
    return {RIGHT, WRONG, MISSING, *([NEAR] if "needs_editing" in rules.cutoffs else [])}


def _by_fields(rules: Grading) -> set[str]:
    return {RIGHT, NEAR, MISSING, *(_weighed(WRONG, one) for one in rules.fields.values())}


_GIVES: dict[str, Callable[[Grading], set[str]]] = {  # more than right, wrong and missing
    "overlap": _by_overlap,
    "fields": _by_fields,
}
