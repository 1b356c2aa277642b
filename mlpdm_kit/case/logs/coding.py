"""Answers as codes: what each way of answering is worth writing down as, one number each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.columns import NO, YES, class_codes, word
from mlpdm_kit.case.kinds import TaskKind
from mlpdm_kit.case.logs.columns import Odd, is_nothing, number

if TYPE_CHECKING:
    import numpy as np

UNANSWERED, OTHER = -1.0, -2.0  # codes of no answer, and of one that is no class
NOWHERE = 0.0  # rank of what is not in the list


@dataclass(frozen=True, kw_only=True)
class Scale:
    """What answers are read by: the task, its classes by code, and whether scores are chances."""

    kind: TaskKind
    classes: Mapping[str, float] = field(default_factory=dict)
    probability: bool = False


def scale_of(kind: TaskKind, classes: tuple[str, ...] = (), *, probability: bool = False) -> Scale:
    """The scale of a task with these classes."""
    codes = class_codes(classes) if classes else {}
    return Scale(kind=kind, classes=codes, probability=probability)


def answer_codes(values: Any, classes: tuple[str, ...]) -> np.ndarray[Any, Any]:
    """Code of each answer among the classes; none given is -1, any other -2."""
    import numpy as np

    codes = class_codes(classes)
    return np.array([_class(value, codes) for value in values])


def _class(value: Any, codes: Mapping[str, float]) -> float:
    if is_nothing(value) or not word(value):
        return UNANSWERED
    return float(codes.get(re.sub(r"(?<=\d)\.0$", "", word(value)), OTHER))


def _score(value: Any, scale: Scale) -> float:
    found = number(value)
    if scale.probability and (found < 0 or found > 1):
        raise Odd("predictions-probability")
    return found


def _answer(value: Any, scale: Scale) -> float:
    """Yes or no, an amount, or the code of a class or text."""
    if scale.kind.answers == "amount":
        return number(value)
    if scale.kind.answers != "act":
        return _class(value, scale.classes)
    if is_nothing(value):
        return float("nan")
    if word(value) not in YES | NO:
        raise Odd("predictions-answer")
    return float(word(value) in YES)


def _rank(value: Any, scale: Scale) -> float:
    """Place of the right one in the list, from 1; 0 where it is not in it."""
    found = number(value)
    if found < 0 or found % 1 > 0:
        raise Odd("predictions-rank")
    return NOWHERE if found != found else found


def _grade(value: Any, scale: Scale) -> float:
    """Code of a grade; none given is unanswered."""
    if is_nothing(value) or not word(value):
        return UNANSWERED
    said, known = word(value).replace(" ", "_").replace("-", "_"), scale.kind.outcomes
    if said not in known:
        raise Odd("predictions-grade", known=", ".join(known))
    return float(known.index(said))


READERS: dict[str, Callable[[Any, Scale], float]] = {
    "score": _score,
    "answer": _answer,
    "rank": _rank,
    "grade": _grade,
}

# an answer that was refused, or never came; an amount that is none can be no answer
SILENCE = {
    "act": 0.0,
    "class": UNANSWERED,
    "text": UNANSWERED,
    "grade": UNANSWERED,
    "rank": NOWHERE,
}
