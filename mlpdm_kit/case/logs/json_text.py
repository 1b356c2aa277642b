"""JSON that other tools wrote, read without trust: any value may be of any type or missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mlpdm_kit.errors import Fault, InputError, refuse

_WORD = len("false")  # the longest that a cut can leave half of
MAX_BYTES = 256 << 20  # about 2 GB of memory while it is read


def read_json(path: Path, field: str, name: str) -> Any:
    """All that a JSON file says.

    Parameters
    ----------
    path : Path
        The file.
    field, name : str
        Where the case names it, and how.

    Raises
    ------
    InputError
        It is too large, no text in UTF-8, or broken; with the line, where there is one.
    """
    refuse_large(path, field, name)
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _at("log-encoding", path, line, field, name) from error
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        cut = error.msg.startswith("Unterminated") or error.pos > len(text.rstrip()) - _WORD
        code = "log-json-cut" if cut else "log-json"
        raise _at(code, path, error.lineno, field, name) from error
    except (ValueError, RecursionError) as error:  # an endless number, nested without end
        raise _at("log-json", path, None, field, name) from error


def refuse_large(path: Path, field: str, name: str) -> None:
    """Refuse a file that would take too much memory.

    Raises
    ------
    InputError
        It is larger than `MAX_BYTES`.
    """
    if path.stat().st_size > MAX_BYTES:
        raise refuse("log-large", field, name, limit=MAX_BYTES >> 20)


def _at(code: str, path: Path, line: int | None, field: str, name: str) -> InputError:
    return InputError(Fault(code=code, field=field, value=name, file=str(path), line=line))


def within(value: Any, *keys: str | int) -> Any:
    """What stands at a place of a JSON value; None where there is nothing.

    Examples
    --------
    >>> within({"response": {"output": "yes"}}, "response", "output")
    'yes'
    >>> within({"response": [1, 2]}, "response", "output") is None
    True
    >>> within([{"a": 1}], 0, "a"), within([], 0, "a")
    (1, None)
    """
    for key in keys:
        if isinstance(value, dict) and isinstance(key, str):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def text_of(value: Any) -> str | None:
    """A value as text: structure as JSON, half a character (as when cut in the middle) as �.

    Examples
    --------
    >>> text_of("ok"), text_of(7), text_of({"total": "1,200円"}), text_of("\\ud83d")
    ('ok', '7', '{"total": "1,200円"}', '�')
    >>> text_of(None) is None
    True
    """
    if value is None:
        return None
    found = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    whole = found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "\ufffd")  # which no table can hold


def name_of(value: Any) -> str | None:
    """A text or number as a name, without blanks around it; None for anything else or nothing.

    Examples
    --------
    >>> name_of(" r-01 "), name_of(7), name_of(7.0), name_of(""), name_of(["r-01"])
    ('r-01', '7', '7', None, None)
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = text_of(value)
    return (found or "").strip() or None


def first_line(value: Any) -> str:
    """What failed, without the trace of how.

    Examples
    --------
    >>> first_line("503 Overloaded\\n  at call"), first_line({"code": 503}), first_line("")
    ('503 Overloaded', '{"code": 503}', 'error')
    """
    return (text_of(value) or "").strip().partition("\n")[0].strip() or "error"


def scaled(value: Any, factor: float) -> Any:
    """A number times a factor; anything else as it is, to be refused with its row.

    Examples
    --------
    >>> scaled(1500, 0.001), scaled("soon", 0.001), scaled(None, 0.001)
    (1.5, 'soon', None)
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    try:
        return value * factor
    except OverflowError:  # more digits than a number can have
        return value


def known(value: Any) -> Any:
    """A number that is not zero; None for zero, by which tools say that they do not know.

    Examples
    --------
    >>> known(0), known(0.0), known(3), known("x")
    (None, None, 3, 'x')
    """
    return None if isinstance(value, (int, float)) and value == 0 else value


def parsed(raw: bytes | str) -> Any:
    """What a piece of JSON says; None where it is none.

    Examples
    --------
    >>> parsed('{"a": 1}'), parsed("{"), parsed("")
    ({'a': 1}, None, None)
    """
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def read_lines(path: Path, field: str, name: str) -> list[Any]:
    """What each line of a file of JSON lines says; empty lines are none.

    Raises
    ------
    InputError
        A line is broken; with its number.
    """
    found = []
    with path.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            line = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
            if line:
                found.append(parsed(line))
                if found[-1] is None:
                    raise _at("log-json", path, number, field, name)
    return found
