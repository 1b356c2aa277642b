"""What an exercise is: what is given, what is asked, and which mistakes are likely.

An exercise holds no sentence: its words stand in the catalogue under ``exercise.<id>.``,

=======================  =================================================================
``title``, ``task``      what it is called, and what is asked, with the figures given
``<field>``              what a field is called; ``<field>.hint`` where nothing else is known
``choice.<choice>``      a choice that fields share; ``<field>.<choice>`` one of its own
``mistake.<code>``       the likely mistake behind an answer
``worked``               the worked answer, with the figures given and those found
``head.<name>``          a column of its table
=======================  =================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlpdm_kit.errors import Fault

Values = Mapping[str, Any]
Worked = Callable[[Values], Any]


@dataclass(frozen=True, kw_only=True)
class Hint:
    """What may be behind a wrong answer: the code of its sentence, and its figures."""

    code: str
    figures: Values = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A likely mistake: the answer that it leads to.

    Parameters
    ----------
    code : str
        Its sentence is ``exercise.<id>.mistake.<code>``.
    leads_to : callable or str
        From what is given and the earlier values to the answer; for a choice, the choice.
    """

    code: str
    leads_to: Worked | str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What an answer in words must do.

    Parameters
    ----------
    code : str
        Its sentence, where it is broken, is ``exercise.<id>.mistake.<code>`` or
        ``course.words.<code>``.
    holds : callable
        From the text to whether it does.
    """

    code: str
    holds: Callable[[str], bool]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that is asked.

    Parameters
    ----------
    name : str
    kind : str
        One of `mlpdm_kit.course.kinds.KINDS`.
    right : callable, str or tuple of str
        From what is given and the learner's own earlier values to the answer; for a choice,
        the choice or those that are accepted.
    tolerance : float
        Relative, of a figure.
    choices : tuple of str
    mistakes : tuple of Mistake
    rules : tuple of Rule
        Of an answer in words.
    judge : callable, optional
        From what was written to what is wrong with it, where no rule or figure says it.
    """

    name: str
    kind: str
    right: Worked | str | tuple[str, ...] = ()
    tolerance: float = 0.02
    choices: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    rules: tuple[Rule, ...] = ()
    judge: Callable[[str], Sequence[Hint | Fault]] | None = None

    def answer(self, values: Values) -> Any:
        """The right answer from what is given and what was found before."""
        return self.right(values) if callable(self.right) else self.right


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table that belongs to the task.

    Parameters
    ----------
    heads : mapping
        Format of each column by its name; ``say:PREFIX`` for a word of the catalogue.
    rows : tuple of tuple
    """

    heads: Mapping[str, str]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One exercise of a lesson.

    Parameters
    ----------
    id, lesson : str
    given : mapping
        Figures of the task by name, in the kit's own units: money in yen, shares from 0 to 1.
    fields : tuple of Field
        What is asked, in order; a later one may build on an earlier.
    grid : Grid, optional
    words : str
        Under which its sentences stand, where exercises share them; by default its id.
    """

    id: str
    lesson: str
    given: Values = field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    grid: Grid | None = None
    words: str = ""

    @property
    def code(self) -> str:
        """What its codes in the catalogue begin with."""
        return f"exercise.{self.words or self.id}"

    @property
    def points(self) -> int:
        """One for each thing that is asked."""
        return len(self.fields)

    def worked(self) -> dict[str, Any]:
        """What is given and every right answer, by name."""
        found = dict(self.given)
        for one in self.fields:
            found[one.name] = one.answer(found)
        return found


def likely(answers: Mapping[str, Worked | str | tuple[Worked, ...]]) -> tuple[Mistake, ...]:
    """Likely mistakes from the answers that they lead to, by code; one may lead to several."""
    return tuple(
        Mistake(code=code, leads_to=one)
        for code, found in answers.items()
        for one in (found if isinstance(found, tuple) else (found,))
    )
