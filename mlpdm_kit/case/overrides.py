"""Values that replace those of a case file, by dotted path: held to what a file may hold.

YAML gives texts of a bounded file. What comes from a command line, a record or a program
passes here first, so that what is behind it never sees anything but plain values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlpdm_kit.case.yaml_text import MAX_BYTES, MAX_DEPTH, code_of, unreadable
from mlpdm_kit.errors import Fault, InputError, raise_all, refuse

MAX_NAME = 300
MAX_DIGITS = 300  # of a whole number; a larger one is no finite number either
_SHOWN = 60


def override(values: dict[str, Any], overrides: Mapping[str, Any]) -> None:
    """Put each value in its place; what stood there before is gone.

    Raises
    ------
    InputError
        A name leads nowhere, or a value is none that a case file could hold.

    Examples
    --------
    >>> case = {"volume": {"value": "8 per day", "note": "till"}}
    >>> override(case, {"volume": "9 per day", "people.decider": "Mori"})
    >>> case
    {'volume': {'value': '9 per day', 'note': 'till'}, 'people': {'decider': 'Mori'}}
    """
    faults: list[Fault] = []
    for name, value in overrides.items():
        try:
            _refuse_name(name)
            _Room().refuse_value(name, value)
        except InputError as error:
            faults += error.faults
    raise_all(faults)
    for name, value in overrides.items():
        _put(values, name, value)


def _put(values: dict[str, Any], name: str, value: Any) -> None:
    """Set one value by its dotted path; option ids may hold no dot."""
    *parents, last = name.split(".")
    here: Any = values
    for key in parents:
        if not isinstance(here, dict):
            break
        if here.get(key) is None:
            here[key] = {}
        here = here[key]
    if not isinstance(here, dict) or not last:
        raise refuse("override-path", name, value)
    old = here.get(last)
    if isinstance(old, dict) and not isinstance(value, Mapping):
        word = next((k for k in ("cost", "gain", "value", "answer") if k in old), None)
        if word is None:
            raise refuse("override-path", name, value)
        here[last] = {**old, word: value}
    else:
        here[last] = value


def _refuse_name(name: str) -> None:
    if (sign := unreadable(name)) is not None:
        raise refuse("override-sign", ascii(name[:_SHOWN]), code_of(sign))
    if len(name) > MAX_NAME or name.count(".") >= MAX_DEPTH:
        raise refuse("override-path", f"{name[:_SHOWN]}...")


class _Room:
    """How much one value may be; a list that holds itself has none left soon."""

    def __init__(self) -> None:
        self.left = MAX_BYTES

    def refuse_value(self, name: str, value: Any, depth: int = 0) -> None:
        self._take(name, 1)
        if depth + name.count(".") > MAX_DEPTH:
            raise refuse("override-large", name, limit=MAX_BYTES)
        if isinstance(value, str):
            self._text(name, value)
        elif isinstance(value, dict):
            for key, inner in value.items():
                if not isinstance(key, str):
                    raise refuse("override-plain", name, _shown(key))
                self._text(name, key)
                self.refuse_value(name, inner, depth + 1)
        elif isinstance(value, list | tuple):
            for inner in value:
                self.refuse_value(name, inner, depth + 1)
        elif isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
            raise refuse("override-large", name, limit=MAX_BYTES)
        elif not (value is None or isinstance(value, int | float)):
            raise refuse("override-plain", name, _shown(value))

    def _text(self, name: str, text: str) -> None:
        self._take(name, len(text))
        if (sign := unreadable(text)) is not None:
            raise refuse("override-sign", name, code_of(sign))

    def _take(self, name: str, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise refuse("override-large", name, limit=MAX_BYTES)


def _shown(value: Any) -> str:
    return type(value).__name__
