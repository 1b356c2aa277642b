"""What another currency, unit or task does to the rest of a case file.

The figures stay as they are; the words behind them are the new ones, in the same change. A
price in another money is another price, so whoever changes it is told to look again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mlpdm_kit.case.conversion import symbols_of
from mlpdm_kit.case.editing.document import Document, Path_
from mlpdm_kit.case.editing.file import Change, State
from mlpdm_kit.case.load import read_text
from mlpdm_kit.errors import Fault

WORDS = ("currency", "unit", "target_unit")
_BY_WORD = {  # the faults of a quantity that only has the old word
    "currency": ("currency-other",),
    "unit": ("unit-wrong",),
    "target_unit": ("unit-wrong",),
}
_NO_LONGER = ("outcome-unknown", "rate-unknown", "not-for-task", "kind-not-for-task", "steps-task")


def carried_on(state: State, word: str, new: str) -> list[Change]:
    """The changes that give every quantity of a file the new currency or unit.

    Parameters
    ----------
    state : State
        Of the file with the old word.
    word : {"currency", "unit", "target_unit"}
    new : str

    Returns
    -------
    list of Change
        One for each quantity that would otherwise be a fault; the word itself is not among
        them.
    """
    old = str(state.document.at((word,)) or getattr(state.units, word))
    after = state.document.put((word,), new)
    found = []
    for fault in _faults(after):
        path = tuple(fault.field.split("."))
        written = after.at(path)
        if fault.code in _BY_WORD[word] and isinstance(written, str):
            other = _reworded(written, word, old, new)
            if other != written:
                found.append(Change(path=path, value=other))
    return found


def no_longer(state: State) -> list[Path_]:
    """The outcomes, rates and other parts of a file that its task has no use for."""
    paths = [tuple(f.field.split(".")) for f in state.faults if f.code in _NO_LONGER]
    return [path for path in paths if state.document.at(path) is not None and path[0] != "task"]


def _faults(document: Document) -> Iterator[Fault]:
    yield from read_text(document.text, Path("case.yaml"))[1]


def _reworded(text: str, word: str, old: str, new: str) -> str:
    if word != "currency":
        plain = re.compile(rf"(?<!\w){re.escape(old)}(?:e?s)?(?!\w)", re.IGNORECASE)
        return plain.sub(new.replace("\\", "\\\\"), text)
    signs = [*map(re.escape, symbols_of(old)), rf"(?<![A-Za-z]){re.escape(old)}(?![A-Za-z])"]
    money = re.compile(rf"(?P<before>\d?\s*)(?:{'|'.join(signs)})(?P<after>\s*\d?)")

    def other(match: re.Match[str]) -> str:
        before, after = match["before"], match["after"]
        if after[-1:].isdigit():  # in front of the figure
            return f"{before}{new} {after.strip()}"
        return f"{before.rstrip()} {new}{after}" if before.strip() else f"{before}{new}{after}"

    return money.sub(other, text)


__all__ = ["WORDS", "carried_on", "no_longer"]
