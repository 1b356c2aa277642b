"""A case file as a text in which one value at a time is changed; all else stays as it is.

Comments, order, blank lines and the way people wrote their figures are theirs. A change
touches the lines of the value it changes: where that value stands inside braces or
brackets, what they hold is written anew.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mlpdm_kit.case.yaml_text import parse_yaml

Path_ = tuple[str, ...]
Value = str | Sequence[Any] | Mapping[str, Any]

_LONGEST_FLOW = 100  # letters of braces on one line
_STEP = 2


@dataclass(frozen=True)
class Document:
    """The text of a case file.

    Examples
    --------
    >>> text = "title: Rain?   # a question\\nframing:\\n  user: Baker\\n"
    >>> print(Document(text).put(("framing", "problem"), "Bread: too much").text, end="")
    title: Rain?   # a question
    framing:
      user: Baker
      problem: 'Bread: too much'
    >>> Document(text).drop(("framing", "user")).text
    'title: Rain?   # a question\\n'
    """

    text: str

    @cached_property
    def values(self) -> dict[str, Any]:
        """What it says, as plain texts.

        Raises
        ------
        InputError
            It is no YAML as a case file has it.
        """
        found, _ = parse_yaml(self.text)
        return found if isinstance(found, dict) else {}

    def at(self, path: Path_) -> Any:
        """The value at a path; None where nothing stands."""
        here: Any = self.values
        for name in path:
            if isinstance(here, dict):
                here = here.get(name)
            elif isinstance(here, list) and name.isdigit() and int(name) < len(here):
                here = here[int(name)]
            else:
                return None
        return here

    def put(self, path: Path_, value: Value, *, order: Sequence[str] = ()) -> Document:
        """The document with a value at a path, whether or not something stands there.

        Parameters
        ----------
        path : tuple of str
            Names of mappings from the outside in.
        value : str, sequence or mapping
        order : sequence of str
            The names of the innermost mapping in the order in which a new one takes its
            place; without it, or where it is not among them, at the end.
        """
        if self.at(path) == value:
            return self
        outer = self._in_braces(path)
        if outer is not None:
            return self._put_whole(outer, _with(self.at(outer), path[len(outer) :], value))
        if self._node(path) is not None:
            return self._put_whole(path, value)
        known = max((n for n in range(len(path)) if _is_mapping(self._node(path[:n]))), default=0)
        new: Any = value
        for name in reversed(path[known + 1 :]):
            new = {name: new}
        if known and self._node(path[:known]) is None:
            return self._put_whole(path[:known], {path[known]: new})
        last = order if known == len(path) - 1 else ()
        return self._insert(path[:known], path[known], new, last)

    def drop(self, path: Path_) -> Document:
        """The document without a value; what is left empty by that goes too."""
        if self._node(path) is None and self.at(path) is None and not self._names(path):
            return self
        outer = self._in_braces(path)
        if outer is not None:
            left = _without(self.at(outer), path[len(outer) :])
            return self._put_whole(outer, left) if left or not outer else self.drop(outer)
        parent = self.at(path[:-1])
        if len(path) > 1 and isinstance(parent, dict) and len(parent) == 1:
            return self.drop(path[:-1])
        key, node = self._pair(path)
        first, last = key.start_mark.line, self._last_line(key, node)
        lines = self.text.splitlines(keepends=True)
        return Document("".join(lines[:first] + lines[last + 1 :]))

    def rename(self, path: Path_, name: str) -> Document:
        """The document with another name for what stands at a path."""
        outer = self._in_braces(path)
        if outer is not None:
            return self._put_whole(outer, _renamed(self.at(outer), path[len(outer) :], name))
        key, _ = self._pair(path)
        start, end = key.start_mark.index, key.end_mark.index
        return Document(self.text[:start] + _scalar(name, flow=False) + self.text[end:])

    @cached_property
    def _root(self) -> Any:
        from ruamel.yaml import YAML

        return YAML(typ="rt", pure=True).compose(self.text)

    def _names(self, path: Path_) -> bool:
        here = self.at(path[:-1])
        return isinstance(here, dict) and path[-1] in here

    def _walk(self, path: Path_) -> Iterator[tuple[Path_, Any, Any]]:
        """Path, key and value of everything on the way, as far as it goes."""
        key, node = None, self._root
        yield (), key, node
        for depth, name in enumerate(path):
            if not _is_mapping(node):
                return
            pair = next((p for p in node.value if p[0].value == name), None)
            if pair is None:
                return
            key, node = pair
            yield path[: depth + 1], key, node

    def _pair(self, path: Path_) -> tuple[Any, Any]:
        *_, (_, key, node) = self._walk(path)
        return key, node

    def _node(self, path: Path_) -> Any:
        *_, (found, _, node) = self._walk(path)
        return node if found == path and not _is_nothing(node) else None

    def _in_braces(self, path: Path_) -> Path_ | None:
        """The outermost part in braces or brackets that a path leads into, if there is one."""
        for found, _, node in self._walk(path):
            if found != path and _in_flow(node):
                return found
        return None

    def _put_whole(self, path: Path_, value: Any) -> Document:
        """Write a value in place of what stands at a path, in the style that stood there."""
        key, node = self._pair(path)
        if key is None:  # a file that is JSON all in all: from now on a line a value
            return Document(_dumped(value, flow=False) + "\n")
        indent = key.start_mark.column
        flow = _in_flow(node) and bool(getattr(node, "value", None))
        written = _written(value, indent, flow=flow)
        before = self.text[: key.end_mark.index]
        after = self.text[key.end_mark.index :]
        colon = after.index(":") + 1
        start = len(before) + colon
        if _is_nothing(node):
            return Document(self.text[:start] + written + self.text[start:])
        if _on_one_line(node) and "\n" not in written:  # a comment behind it stays
            end = node.end_mark.index
            return Document(self.text[:start] + written + self.text[end:])
        lines = self.text.splitlines(keepends=True)
        rest = "".join(lines[self._last_line(key, node) + 1 :])
        return Document(self.text[:start] + written + "\n" + rest)

    def _insert(self, path: Path_, name: str, value: Any, order: Sequence[str]) -> Document:
        """Write a new name into a mapping in block style."""
        node = self._node(path)
        lines = self.text.splitlines(keepends=True)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        pairs = node.value if _is_mapping(node) else []
        indent = pairs[0][0].start_mark.column if pairs else 0
        where = _place([key.value for key, _ in pairs], name, order)
        start = self._last_line(*pairs[where - 1]) + 1 if where else None
        if start is None:
            start = pairs[0][0].start_mark.line if pairs else len(lines)
        end = pairs[where][0].start_mark.line if where < len(pairs) else len(lines)
        shown = _example_line(lines, start, end, name, indent)
        start = start if shown < 0 else shown
        key = _scalar(name, flow=False)
        new = f"{' ' * indent}{key}:{_written(value, indent, flow=False)}\n"
        return Document("".join([*lines[:start], new, *lines[start:]]))

    def _last_line(self, key: Any, node: Any) -> int:
        """The last line on which something of a value stands, no comment and no blank."""
        if _is_nothing(node):
            return int(key.end_mark.line)
        if _in_flow(node) or (node.id == "scalar" and node.style not in ("|", ">")):
            return int(node.end_mark.line)
        if node.id == "mapping":
            return max(self._last_line(*pair) for pair in node.value)
        if node.id == "sequence":
            return max(self._last_line(item, item) for item in node.value)
        lines = self.text.splitlines()
        last = start = int(node.start_mark.line)
        for place in range(start + 1, len(lines)):
            line = lines[place]
            if line.strip():
                if len(line) - len(line.lstrip(" ")) <= key.start_mark.column:
                    break
                last = place
        return last


def _is_mapping(node: Any) -> bool:
    return node is not None and node.id == "mapping"


def _in_flow(node: Any) -> bool:
    return node is not None and node.id != "scalar" and bool(node.flow_style)


def _is_nothing(node: Any) -> bool:
    """Whether no value is written: ``key:`` and the end of the line."""
    return node is None or (node.id == "scalar" and node.start_mark.index == node.end_mark.index)


def _on_one_line(node: Any) -> bool:
    """Whether a comment may stand behind the value."""
    one_line = node.start_mark.line == node.end_mark.line
    return one_line and (node.id == "scalar" or bool(node.flow_style))


def _place(names: Sequence[str], name: str, order: Sequence[str]) -> int:
    """Before which of the names a new one belongs."""
    if name not in order:
        return len(names)
    earlier = set(order[: order.index(name)])
    return max((place + 1 for place, one in enumerate(names) if one in earlier), default=0)


def _example_line(lines: Sequence[str], start: int, end: int, name: str, indent: int) -> int:
    """The comment line that shows how a name is written, between two others; else -1."""
    shown = re.compile(rf"\s{{{indent}}}#\s?{re.escape(name)}:")
    return next((n for n in range(start, end) if shown.match(lines[n])), -1)


def _with(values: Any, path: Path_, value: Any) -> Any:
    if not path:
        return value
    here = dict(values) if isinstance(values, Mapping) else {}
    here[path[0]] = _with(here.get(path[0]), path[1:], value)
    return here


def _without(values: Any, path: Path_) -> Any:
    here = dict(values)
    if len(path) == 1:
        here.pop(path[0], None)
        return here
    left = _without(here[path[0]], path[1:])
    if left:
        here[path[0]] = left
    else:
        here.pop(path[0])
    return here


def _renamed(values: Any, path: Path_, name: str) -> Any:
    if len(path) == 1:
        return {name if key == path[0] else key: value for key, value in values.items()}
    return {
        key: _renamed(value, path[1:], name) if key == path[0] else value
        for key, value in values.items()
    }


def _written(value: Any, indent: int, *, flow: bool) -> str:
    """What stands behind the colon, from the space or the line's end on."""
    if isinstance(value, str):
        if "\n" in value.strip():
            return _literal(value, indent)
        return " " + _scalar(value, flow=flow)
    braces = _dumped(value, flow=True)
    fits = len(braces) + indent <= _LONGEST_FLOW
    if flow or not value or (fits and not any(map(_is_group, _inside(value)))):
        return " " + braces
    inner = " " * (indent + _STEP)
    lines = _dumped(value, flow=False).splitlines()
    return "".join(f"\n{inner}{line}" if line else "\n" for line in lines)


def _is_group(value: Any) -> bool:
    return not isinstance(value, str) and value is not None


def _inside(value: Any) -> Sequence[Any]:
    return list(value.values()) if isinstance(value, Mapping) else list(value)


def _literal(value: str, indent: int) -> str:
    """A text of several lines, as it is."""
    inner = " " * (indent + _STEP)
    lines = value.strip("\n").split("\n")
    sign = "|2-" if lines[0].startswith(" ") else "|-"
    return f" {sign}" + "".join(
        f"\n{inner}{line.rstrip()}" if line.strip() else "\n" for line in lines
    )


def _scalar(value: str, *, flow: bool) -> str:
    """A text as a plain or a quoted scalar, on one line."""
    braces = _dumped([value], flow=True)
    if flow:
        return braces[1:-1]
    return _dumped({"a": value}, flow=False).rstrip("\n").removeprefix("a:").lstrip(" ")


def _dumped(value: Any, *, flow: bool) -> str:
    from ruamel.yaml import YAML

    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = flow
    writer.width = 1_000_000
    writer.allow_unicode = True
    writer.sort_base_mapping_type_on_output = False
    stream = io.StringIO()
    writer.dump(value, stream)
    return stream.getvalue().removesuffix("...\n").rstrip("\n")
