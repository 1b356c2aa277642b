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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mlpdm_kit.text import Text


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

    def _figures(self, text: Text) -> dict[str, Any]:
        shown = "" if self.value is None else str(self.value)
        if len(shown) > 120:
            shown = shown[:117] + "..."
        field = self.field or text.say("said.fault.case")
        return {"field": field, "value": shown, **self.figures}

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
        """Place, rule and remedy in one line."""
        text, place = Text(lang), self.place()
        said = text.say("said.fault", rule=self.rule(lang), remedy=self.remedy(lang))
        return text.say("said.fault.placed", place=place, said=said) if place else said

    def to_dict(self, lang: str = "en") -> dict[str, Any]:
        """Plain form for machines."""
        return {
            "file": self.file,
            "line": self.line,
            "field": self.field,
            "rule": self.code,
            "value": None if self.value is None else str(self.value),
            "message": self.rule(lang),
            "remedy": self.remedy(lang),
        }

    def at(self, *, file: str | None = None, line: int | None = None) -> Fault:
        """The same fault with its place filled in."""
        return replace(self, file=file or self.file, line=line or self.line)

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


class StaleSection(KitError):
    """A section on disk was computed from another case, data, seed or kit."""


class RunError(KitError):
    """A notebook did not run to its end; ``notebook`` and ``cell`` say where."""

    def __init__(self, notebook: str, cell: str, reason: str) -> None:
        self.notebook, self.cell, self.reason = notebook, cell, reason
        super().__init__(f"{notebook}, cell {cell}: {reason}")
