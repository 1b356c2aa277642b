"""The kit's errors, one tree.

::

    KitError
    ├── InputError      what came in is at fault: it carries every fault that was found
    ├── StaleSection    a section was computed from something else than what is there now
    └── RunError        a notebook did not run to its end

A fault is a code and its figures. The sentence is made from the catalogue in
``mlpdm_kit.text`` when somebody reads it, in the reader's language.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, TypeVar

from mlpdm_kit.text import Text

FEW = 5  # faults of one kind that are told one by one
Given = ParamSpec("Given")
Found = TypeVar("Found")


class Row(int):
    """Where something stands in a file, and how that is counted.

    ``counted`` is ``sheet`` (a row as a spreadsheet shows it: the header is row 1), ``line``
    (of a text), ``row`` (of a table without a header, from 1), ``result`` or ``sample`` (of
    what another tool logged, from 1).

    Examples
    --------
    >>> row = Row(7, "sheet")
    >>> row == 7, row.said("en")
    (True, 'row 7 (with the header)')
    """

    counted: str

    def __new__(cls, number: int, counted: str) -> Row:
        """The place with this number."""
        row = super().__new__(cls, number)
        row.counted = counted
        return row

    def __reduce__(self) -> tuple[type[Row], tuple[int, str]]:
        """How it is made again in another process."""
        return Row, (int(self), self.counted)

    def said(self, lang: str) -> str:
        """As a person reads it."""
        return Text(lang).say(f"said.row.{self.counted}", row=int(self))


class Example(str):
    """How a quantity is written; to a reader of another language, as people write it there.

    Parameters
    ----------
    written : str
        As it stands in a case file.
    dimension : str
    words : str
        The case's own: its currency, its unit, its target's unit.
    """

    words: Mapping[str, str]
    dimension: str

    def __new__(cls, written: str, dimension: str, **words: str) -> Example:
        """Make it."""
        made = super().__new__(cls, written)
        made.dimension, made.words = dimension, words
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """What makes it again in another process."""
        return _example_again, (str(self), self.dimension, dict(self.words))

    def said(self, lang: str) -> str:
        """In the reader's language; the kit reads that as well."""
        return Text(lang).say(f"example.{self.dimension}", **self.words)


def _example_again(written: str, dimension: str, words: Mapping[str, str]) -> Example:
    return Example(written, dimension, **words)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong with what came in.

    Parameters
    ----------
    code : str
        The rule that was broken; ``fault.<code>`` is its sentence in the catalogue and
        ``fault.<code>.remedy`` says what to do.
    field : str
        Where: a dotted path such as ``options.model.build``, or an argument's name.
    value : object
        What was found there.
    figures : mapping
        What else the sentence needs.
    file, line
        Place in a file, where there is one.
    more : int
        How many further rows of the file break the same rule and are not told one by one.
    hides : tuple of str
        Fields that could not be looked at, or only in part, because of it.

    Examples
    --------
    >>> print(Fault(code="share-range", field="prevalence", value="3"))
    prevalence must be a share in [0, 1], got 3. For a percentage write the sign, as in 3%.
    """

    code: str
    field: str = ""
    value: Any = None
    figures: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    file: str | None = None
    line: int | None = None
    more: int = 0
    hides: tuple[str, ...] = ()

    def _figures(self, text: Text) -> dict[str, Any]:
        figures = {
            name: figure.said(text.lang) if isinstance(figure, (Row, Example)) else figure
            for name, figure in self.figures.items()
        }
        shown = "" if self.value is None else str(self.value)
        if len(shown) > 120:
            shown = shown[:117] + "..."
        field = self.field or text.say("said.fault.case")
        return {"field": field, "value": shown, **figures}

    def rule(self, lang: str = "en") -> str:
        """Sentence that names field, rule and value."""
        text = Text(lang)
        return text.say(f"fault.{self.code}", **self._figures(text))

    def remedy(self, lang: str = "en") -> str:
        """Sentence that says what to do next."""
        text = Text(lang)
        return text.say(f"fault.{self.code}.remedy", **self._figures(text))

    def place(self) -> str:
        """``file:line``, as far as it is known."""
        if self.file is None:
            return ""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def sentence(self, lang: str = "en") -> str:
        """Place, rule and remedy in one line, and what else they stand for."""
        text, place = Text(lang), self.place()
        said = text.say("said.fault", rule=self.rule(lang), remedy=self.remedy(lang))
        if self.more:
            code = "said.fault.more.one" if self.more == 1 else "said.fault.more"
            said = text.say("said.fault.and", said=said, more=text.say(code, n=self.more))
        if self.hides:
            more = text.say("said.fault.hides", fields=self.hides)
            said = text.say("said.fault.and", said=said, more=more)
        return text.say("said.fault.placed", place=place, said=said) if place else said

    def to_dict(self, lang: str = "en") -> dict[str, Any]:
        """Plain form for machines."""
        row = self.figures.get("row")
        return {
            "file": self.file,
            "line": self.line,
            "row": int(row) if isinstance(row, Row) else None,
            "field": self.field,
            "rule": self.code,
            "value": None if self.value is None else str(self.value),
            "message": self.rule(lang),
            "remedy": self.remedy(lang),
            "more_rows": self.more,
            "not_looked_at": list(self.hides),
        }

    def at(self, *, file: str | None = None, line: int | None = None) -> Fault:
        """The same fault with its place filled in."""
        return replace(self, file=file or self.file, line=line or self.line)

    def placeless(self) -> Fault:
        """The same fault without its place, where a file's name would give something away."""
        return replace(self, file=None, line=None)

    def __str__(self) -> str:
        return self.sentence()


class KitError(Exception):
    """Root of everything the kit raises on purpose."""


class InputError(KitError, ValueError):
    """What came in is at fault; ``faults`` holds every fault found.

    Examples
    --------
    >>> raise InputError(Fault(code="share-range", field="prevalence", value=3))
    Traceback (most recent call last):
        ...
    mlpdm_kit.errors.InputError: prevalence must be a share in [0, 1], got 3. For a ...
    """

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("\n".join(fault.sentence() for fault in faults))

    def sentences(self, lang: str = "en") -> list[str]:
        """One line a fault, in the reader's language."""
        return [fault.sentence(lang) for fault in self.faults]


def refuse(code: str, field: str, value: Any = None, **figures: Any) -> InputError:
    """An `InputError` with one fault, ready to raise."""
    return InputError(Fault(code=code, field=field, value=value, figures=figures))


def raise_all(faults: Iterable[Fault]) -> None:
    """Raise one `InputError` with all faults, if there are any."""
    found = tuple(faults)
    if found:
        raise InputError(*found)


class Faults(list[Fault]):
    """Faults of parts that do not hang on one another, gathered in one pass.

    Examples
    --------
    >>> def share(value):
    ...     if value > 1:
    ...         raise refuse("share-range", "prevalence", value)
    ...     return value
    >>> found = Faults()
    >>> found.tried(share, 0.5), found.tried(share, 3), [fault.code for fault in found]
    (0.5, None, ['share-range'])
    """

    def tried(
        self, call: Callable[Given, Found], *args: Given.args, **kwargs: Given.kwargs
    ) -> Found | None:
        """What a call gives; None where it refuses, and its faults are noted."""
        try:
            return call(*args, **kwargs)
        except InputError as error:
            self += error.faults
            return None

    def hiding(self, start: int, fields: Iterable[str]) -> None:
        """Note at the first fault from ``start`` on what could not be looked at for it."""
        if start < len(self):
            self[start] = replace(self[start], hides=(*self[start].hides, *fields))


def few(faults: Iterable[Fault], limit: int = FEW) -> list[Fault]:
    """The first faults of each kind; the last of them says how many rows more there are.

    What is wrong with a file is seldom wrong once. A kind is a rule broken in one column.

    Examples
    --------
    >>> each = [Fault(code="log-negative", figures={"column": "cost"}) for _ in range(50)]
    >>> found = few(each)
    >>> len(found), found[-1].more
    (5, 45)
    """
    kinds: dict[tuple[str, str, str], list[int]] = {}  # places of those told, and how many more
    found: list[Fault] = []
    more: dict[int, int] = {}
    for fault in faults:
        told = kinds.setdefault((fault.code, fault.field, fault.figures.get("column", "")), [])
        if len(told) < limit:
            told.append(len(found))
            found.append(fault)
        else:
            more[told[-1]] = more.get(told[-1], 0) + 1 + fault.more
    return [replace(fault, more=fault.more + more.get(place, 0))
            for place, fault in enumerate(found)]  # fmt: skip


class StaleSection(KitError):
    """A section on disk was computed from another case, data, seed or kit."""


class RunError(KitError):
    """A notebook did not run to its end; ``notebook`` and ``cell`` say where."""

    def __init__(self, notebook: str, cell: str, reason: str) -> None:
        self.notebook, self.cell, self.reason = notebook, cell, reason
        super().__init__(f"{notebook}, cell {cell}: {reason}")
