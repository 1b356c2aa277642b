"""YAML 1.2 as plain text values, with the line of everything; nothing executes.

Scalars stay text (``null`` is None): what ``12:30``, ``010`` or ``yes`` means is the case
model's to say, not YAML's. Tags, anchors, aliases, merge keys, directives and duplicate
keys are refused; so are files that are too large or too deep. The file is read once, as
the events of a parser, so that a hostile file never becomes more than its own size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mlpdm_kit.errors import Fault, InputError, raise_all

MAX_BYTES = 250_000
MAX_DEPTH = 12
FOLD = "\a"
MAX_FAULTS = 1_000
_OPENS = {"MappingStartEvent": 1, "SequenceStartEvent": 1, "MappingEndEvent": -1,
          "SequenceEndEvent": -1}  # fmt: skip

Path_ = tuple[str | int, ...]
Lines = dict[Path_, int]
Spans = dict[Path_, tuple[int, int]]  # where a value begins and ends in the text
_NULLS = {"", "null", "~", "Null", "NULL"}
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# how a parser says it: what it is for a person
_SYNTAX = (
    ("'\\t'", "yaml-tab"),
    ("quoted scalar", "yaml-quote"),
    ("mapping values are not allowed", "yaml-colon"),
    ("cannot start any token", "yaml-start"),
    ("flow ", "yaml-bracket"),
    ("could not find expected ':'", "yaml-no-colon"),
    ("<block end>", "yaml-indent"),
)


def read_yaml(path: Path) -> tuple[Any, Lines]:
    """Content of a YAML file, and the line (from 1) of each value by its path.

    Raises
    ------
    InputError
        With every fault found: no such file, too large, not UTF-8 text, no YAML, a tag,
        an alias, a key twice.
    """
    return parse_yaml(text_of(path), str(path))


def text_of(path: Path) -> str:
    """The text of a case file, if it is one: no folder, pipe or device, and not too large.

    Raises
    ------
    InputError
        There is no file, it cannot be read, is too large, or no text in UTF-8.
    """

    def fault(code: str, value: Any = path.name, line: int | None = None) -> InputError:
        figures = {"limit": MAX_BYTES}
        return InputError(
            Fault(code=code, field="case", value=value, figures=figures, file=str(path), line=line)
        )

    try:
        if not path.is_file():  # a pipe would be waited for, a device has no end
            raise fault("file-missing")
        if not path.resolve().is_relative_to(path.parent.resolve()):
            raise fault("file-outside")
        size = path.stat().st_size
        raw = path.read_bytes() if size <= MAX_BYTES else None
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise fault("file-unreadable") from error
    if raw is None:
        raise fault("file-large", f"{size:,}")
    if b"\x00" in raw and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise fault("file-binary")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise fault("file-encoding", line=raw[: error.start].count(b"\n") + 1) from error


def parse_yaml(text: str, name: str = "case.yaml") -> tuple[Any, Lines]:
    """`read_yaml` for a text that is already here.

    Examples
    --------
    >>> parse_yaml("title: Rain?\\nat: 12:30\\n")
    ({'title': 'Rain?', 'at': '12:30'}, {(): 1, ('title',): 1, ('at',): 2})
    """
    from ruamel.yaml.error import YAMLError

    if (sign := unreadable(text)) is not None:
        line = text[: text.index(sign)].count("\n") + 1
        raise InputError(Fault(code="yaml-sign", value=code_of(sign), file=name, line=line))
    reader = _Reader(text, name)
    try:
        value = reader.read(_told_again(text))
    except YAMLError as error:
        reader.faults.append(_syntax(error, text, name))
    except (ValueError, RecursionError, IndexError, AttributeError, AssertionError):
        # the parser's own slips on malformed text, such as an escape beyond Unicode
        reader.faults.append(Fault(code="yaml-syntax", file=name))
    raise_all(reader.faults)
    return value, reader.lines


def spans(text: str, name: str = "case.yaml") -> Spans:
    """Where each value of a sound YAML text begins and ends, by its path.

    With them single values can be put in place of others, and all else stays as it was
    written: order, comments, quotes. The whole is the path ``()``; a mapping in a block begins
    at its first key.

    Raises
    ------
    InputError
        As `parse_yaml` does.

    Examples
    --------
    >>> text = "title: Rain?  # mine\\npeople: {informed: [a, b]}\\n"
    >>> {path: text[slice(*span)] for path, span in spans(text).items() if len(path) == 1}
    {('title',): 'Rain?', ('people',): '{informed: [a, b]}'}
    """
    from ruamel.yaml import YAML

    parse_yaml(text, name)
    reader = _Reader(text, name)
    reader.read(iter(YAML(typ="rt", pure=True).parse(text)))
    return reader.spans


@lru_cache(maxsize=4)
def _parsed(text: str) -> tuple[tuple[Any, ...], Exception | None]:
    """The events of a parser, as far as it came, and what ended it: the slow part, done once.

    Nothing reads on where a text is nested too deep, and the parser takes minutes to: each
    of ten thousand open brackets makes every sign after it dearer.
    """
    from ruamel.yaml import YAML

    events: list[Any] = []
    depth = 0
    try:
        for event in YAML(typ="rt", pure=True).parse(text):
            events.append(event)
            depth += _OPENS.get(type(event).__name__, 0)
            if depth > MAX_DEPTH + 1:
                raise RecursionError
    except Exception as error:  # raised again where the text is read
        return tuple(events), error
    return tuple(events), None


def _told_again(text: str) -> Iterator[Any]:
    events, error = _parsed(text)
    yield from events
    if error is not None:
        raise error.with_traceback(None)


@dataclass(frozen=True)
class Node:
    """A value and where it stands in the text.

    Parameters
    ----------
    id : {"scalar", "mapping", "sequence"}
    value : str, or tuple of Node, or tuple of pairs of Node
    start_mark, end_mark : marks of the parser
    style : str or None
        Of a scalar: its quotes, or ``|`` or ``>``.
    flow_style : bool
        Whether it is written in braces or brackets.
    """

    id: str
    value: Any
    start_mark: Any
    end_mark: Any
    style: str | None = None
    flow_style: bool = False


def nodes(text: str) -> Node | None:
    """The values of a text that can be read, with their places; None for an empty text.

    Examples
    --------
    >>> key, value = nodes("a: [b, c]").value[0]
    >>> key.value, value.flow_style, [item.value for item in value.value]
    ('a', True, ['b', 'c'])
    """
    events = _told_again(text)
    for event in events:
        if type(event).__name__ in ("ScalarEvent", "MappingStartEvent", "SequenceStartEvent"):
            return _node(event, events)
    return None


def _node(event: Any, events: Iterator[Any]) -> Node:
    if type(event).__name__ == "ScalarEvent":
        return Node("scalar", event.value, event.start_mark, event.end_mark, event.style)
    kind = type(event).__name__.removesuffix("StartEvent")
    inside: list[Node] = []
    for inner in events:
        if type(inner).__name__ == f"{kind}EndEvent":
            break
        inside.append(_node(inner, events))
    value: Any = tuple(inside)
    if kind == "Mapping":
        value = tuple(zip(inside[::2], inside[1::2], strict=True))
    return Node(kind.lower(), value, event.start_mark, inner.end_mark,
                flow_style=bool(event.flow_style))  # fmt: skip


def _syntax(error: Exception, text: str, name: str) -> Fault:
    problem = str(getattr(error, "problem", None) or "")
    said = f"{problem} {getattr(error, 'context', None) or ''}"
    code = next((code for part, code in _SYNTAX if part in said), "yaml-syntax")
    mark = getattr(error, "problem_mark", None)
    if code in ("yaml-quote", "yaml-bracket"):  # where it was opened, not where the file ends
        mark = getattr(error, "context_mark", None) or mark
    if code == "yaml-colon" and mark and ": " not in text[: mark.index].rpartition("\n")[2]:
        code = "yaml-indent"  # the first colon of its line, under a name that has its value
    sign = re.search(r"character '(.{1,2})'", problem)
    value = sign[1] if code == "yaml-start" and sign else problem
    return Fault(code=code, value=value, file=name, line=mark.line + 1 if mark else None)


def unreadable(text: str) -> str | None:
    """The first sign of a text that no text should hold, or None.

    Examples
    --------
    >>> unreadable("a\\tb"), unreadable("a\\0b")
    (None, '\\x00')
    """
    odd = _UNREADABLE.search(text)
    return None if odd is None else odd[0]


def code_of(sign: str) -> str:
    """How a sign that cannot be shown is named.

    Examples
    --------
    >>> code_of("\\0")
    'U+0000'
    """
    return f"U+{ord(sign):04X}"


class _Stop(Exception):
    """Nothing after this can be read sensibly."""


class _Reader:
    """Turns a parser's events into plain values, and notes lines and faults."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self.lines: Lines = {}
        self.spans: Spans = {}
        self.faults: list[Fault] = []
        self.end = 0  # of what was read last

    def read(self, events: Iterator[Any]) -> Any:
        self.events = events
        value, documents = None, 0
        try:
            for event in events:
                kind = type(event).__name__
                if kind == "DocumentStartEvent":
                    documents += 1
                    self._document(event, documents)
                elif kind not in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"):
                    found = self._value(event, ())
                    value = found if documents == 1 else value
        except _Stop:
            pass
        self.lines.setdefault((), 1)
        return value

    def _document(self, event: Any, number: int) -> None:
        line = event.start_mark.line + 1
        if number > 1:
            self._fault("yaml-documents", "", None, line)
            raise _Stop
        if event.tags or event.version not in (None, (1, 2)):
            self._fault("yaml-directive", "", None, line)

    def _value(self, event: Any, path: Path_) -> Any:
        self.lines[path] = line = event.start_mark.line + 1
        where = ".".join(map(str, path))
        kind = type(event).__name__
        if kind == "AliasEvent" or event.anchor:
            self._fault("yaml-alias", where, event.anchor, line)
        if kind == "AliasEvent":
            return None
        if event.tag:
            self._fault("yaml-tag", where, event.tag, line)
        begin = event.start_mark.index
        self.spans[path] = begin, event.end_mark.index
        if kind == "ScalarEvent":
            return self._scalar(event, where, line)
        if len(path) >= MAX_DEPTH:
            self._fault("yaml-depth", where, None, line, limit=MAX_DEPTH)
            raise _Stop
        is_list = kind == "SequenceStartEvent"
        found = self._sequence(path) if is_list else self._mapping(event, path)
        self.spans[path] = begin, self.end
        return found

    def _scalar(self, event: Any, where: str, line: int) -> str | None:
        value = str(event.value)
        if event.style == ">":  # the parser marks where it folded, to write it back alike
            value = value.replace(FOLD, "")
        self.end = event.end_mark.index
        if (sign := unreadable(value)) is not None:  # written as an escape, as in "\0"
            self._fault("yaml-sign", where, code_of(sign), line)
            return ""
        plain = event.style not in ("'", '"', "|", ">")
        return None if plain and value in _NULLS else value

    def _sequence(self, path: Path_) -> list[Any]:
        found: list[Any] = []
        for event in self.events:
            if type(event).__name__ == "SequenceEndEvent":
                self._ends(event)
                break
            found.append(self._value(event, (*path, len(found))))
        return found

    def _mapping(self, start: Any, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        last, end = "", 0
        for event in self.events:
            if type(event).__name__ == "MappingEndEvent":
                self._ends(event)
                break
            line, where = event.start_mark.line + 1, ".".join(map(str, path))
            if type(event).__name__ != "ScalarEvent":
                self._fault("yaml-key", where, None, line)
                self._value(event, (*path, ""))
                self._value(next(self.events), (*path, ""))
                continue
            key = self._scalar(event, where, line) or ""
            field = f"{where}.{key}" if where else key
            gap = self.text[end : event.start_mark.index]
            if start.flow_style and isinstance(found.get(last), str) and self._is_rest(event):
                # {note: seen in May, not in June}: the comma belongs to the text
                found[last] += re.sub(r"\s+", " ", gap) + key
                end = event.end_mark.index
                next(self.events)
                continue
            if start.flow_style and gap.endswith("?"):
                # {?0: a}: the parser takes for an indicator what is none without a space
                key = self.text[event.start_mark.index - 1 : event.end_mark.index]
                field = f"{where}.{key}" if where else key
            if event.tag or event.anchor:
                self._fault("yaml-tag" if event.tag else "yaml-alias", field, key, line)
            if key in found:
                self._fault("yaml-duplicate", field, key, line, first=self.lines[(*path, key)])
                self._value(next(self.events), (*path, key, "again"))
                continue
            if key == "<<":
                self._fault("yaml-alias", field, key, line)
            event = next(self.events)
            found[key] = self._value(event, (*path, key))
            self.lines[(*path, key)] = line
            last, end = key, event.end_mark.index
        return found

    def _ends(self, event: Any) -> None:
        """Note where a list or mapping ends: a block has no sign there, its last value has."""
        if self.text[event.start_mark.index : event.end_mark.index] in ("]", "}"):
            self.end = event.end_mark.index

    def _is_rest(self, event: Any) -> bool:
        """Whether a key inside braces has no colon after it, and so is no key."""
        after = re.compile(r"\s*:").match(self.text, event.end_mark.index)
        return event.style is None and after is None

    def _fault(self, code: str, field: str, value: Any, line: int, **figures: Any) -> None:
        self.faults.append(
            Fault(code=code, field=field, value=value, figures=figures, file=self.name, line=line)
        )
        if len(self.faults) >= MAX_FAULTS:
            raise _Stop
