"""YAML 1.2 as plain text values, with the line of everything; nothing executes.

Scalars stay text (``null`` is None): what ``12:30``, ``010`` or ``yes`` means is the case
model's to say, not YAML's. Tags, anchors, aliases, merge keys and duplicate keys are
refused; so are files that are too large or too deep.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlpdm_kit.errors import Fault, InputError, raise_all

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_FAULTS = 1_000

Lines = dict[tuple[str | int, ...], int]
_NULLS = {"", "null", "~", "Null", "NULL"}


def read_yaml(path: Path) -> tuple[Any, Lines]:
    """Content of a YAML file, and the line (from 1) of each value by its path.

    Raises
    ------
    InputError
        With every fault found: no such file, too large, not UTF-8 text, no YAML, a tag,
        an alias, a key twice.
    """
    name = str(path)
    try:
        raw = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise InputError(
            Fault(code="file-missing", field="case", value=path.name, file=name)
        ) from error
    if raw is None:
        raise InputError(
            Fault(code="file-large", field="case", value=path.stat().st_size, file=name)
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(
            Fault(code="file-encoding", field="case", value=path.name, file=name, line=line)
        ) from error
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str = "case.yaml") -> tuple[Any, Lines]:
    """`read_yaml` for a text that is already here.

    Examples
    --------
    >>> parse_yaml("title: Rain?\\nat: 12:30\\n")
    ({'title': 'Rain?', 'at': '12:30'}, {(): 1, ('title',): 1, ('at',): 2})
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml = YAML(typ="rt", pure=True)
    try:
        _refuse_unsafe(text, name)
        root = yaml.compose(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            Fault(
                code="yaml-syntax",
                field="case",
                value=getattr(error, "problem", None) or type(error).__name__,
                file=name,
                line=mark.line + 1 if mark else None,
            )
        ) from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            Fault(code="yaml-syntax", field="case", value=str(error)[:80], file=name)
        ) from error
    lines: Lines = {}
    faults: list[Fault] = []
    value = _Reader(text, name, lines, faults).plain(root, ())
    raise_all(faults[:MAX_FAULTS])
    return value, lines


def _refuse_unsafe(text: str, name: str) -> None:
    from ruamel.yaml import YAML
    from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

    faults, depth, documents = [], 0, 0
    for event in YAML(typ="rt", pure=True).parse(text):
        line = event.start_mark.line + 1
        tag = str(event.tag) if getattr(event, "tag", None) else ""
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            faults.append(Fault(code="yaml-alias", value=event.anchor, file=name, line=line))
        if tag:
            faults.append(Fault(code="yaml-tag", value=tag, file=name, line=line))
        if isinstance(event, CollectionStartEvent):
            depth += 1
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        if type(event).__name__ == "DocumentStartEvent":
            documents += 1
            if documents > 1:
                faults.append(Fault(code="yaml-documents", file=name, line=line))
        if depth > MAX_DEPTH:
            faults.append(Fault(code="yaml-depth", value=depth, file=name, line=line))
            break
        if len(faults) >= MAX_FAULTS:
            break
    raise_all(faults)


class _Reader:
    """Turns YAML nodes into plain values and notes the line of each."""

    def __init__(self, text: str, name: str, lines: Lines, faults: list[Fault]) -> None:
        self.text, self.name, self.lines, self.faults = text, name, lines, faults

    def plain(self, node: Any, path: tuple[str | int, ...]) -> Any:
        if node is None:
            self.lines[path] = 1
            return None
        self.lines[path] = node.start_mark.line + 1
        if node.id == "scalar":
            plain = node.style not in ("'", '"', "|", ">")
            return None if plain and node.value in _NULLS else node.value
        if node.id == "sequence":
            return [self.plain(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: Any, path: tuple[str | int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        last: str | None = None
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            where = ".".join(map(str, path))
            if key_node.id != "scalar":
                self._fault("yaml-key", where, None, line)
                continue
            key = str(key_node.value)
            field = f"{where}.{key}" if where else key
            if last and isinstance(found.get(last), str) and self._is_rest(node, key_node):
                # {note: seen in May, not in June}: the comma belongs to the text
                found[last] = f"{found[last]}, {key}"
            elif key == "<<":
                self._fault("yaml-alias", field, key, line)
            elif key in found:
                self._fault("yaml-duplicate", field, key, line, first=self.lines[(*path, key)])
            else:
                found[key] = self.plain(value_node, (*path, key))
                self.lines[(*path, key)] = line
                last = key
        return found

    def _is_rest(self, node: Any, key_node: Any) -> bool:
        """Whether a key inside braces has no colon after it, and so is no key."""
        if not node.flow_style:
            return False
        return not self.text[key_node.end_mark.index :].lstrip().startswith(":")

    def _fault(self, code: str, field: str, value: Any, line: int, **figures: Any) -> None:
        self.faults.append(
            Fault(code=code, field=field, value=value, figures=figures, file=self.name, line=line)
        )
