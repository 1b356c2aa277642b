"""A case file as a text in which one value at a time is changed; all else stays as it is.

Comments, order, blank lines and the way people wrote their figures are theirs. A change
touches the lines of the value it changes: where that value stands inside braces or
brackets, what they hold is written anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mlpdm_kit.case.editing.writing import Value, fits_on_a_line, in_block, in_flow, scalar, written
from mlpdm_kit.case.yaml_text import nodes, parse_yaml

Path_ = tuple[str, ...]


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

    def put(self, path: Path_, value: Value | None, *, order: Sequence[str] = ()) -> Document:
        """The document with a value at a path, whether or not something stands there.

        Parameters
        ----------
        path : tuple of str
            Names of mappings, and places in lists (from 0), from the outside in; one more
            than the last place adds to a list.
        value : str, sequence, mapping or None
            None leaves the name with nothing behind it, to be filled in.
        order : sequence of str
            The names of the innermost mapping in the order in which a new one takes its
            place; without it, or where it is not among them, at the end.
        """
        if self.at(path) == value and self._names(path):
            return self
        outer = self._in_braces(path)
        if outer is not None:
            return self._put_whole(outer, _with(self.at(outer), path[len(outer) :], value))
        *_, (found, _, node) = self._walk(path)
        if found == path:
            if isinstance(value, Mapping) and value and _is_mapping(node) and not _in_flow(node):
                return self._put_each(path, value)
            return self._put_whole(path, value)
        new: Any = value
        for name in reversed(path[len(found) + 1 :]):
            new = {name: new}
        if node is not None and node.id == "sequence":
            return self._append(found, new)
        if found and not _is_mapping(node):
            return self._put_whole(found, {path[len(found)]: new})
        last = order if len(found) == len(path) - 1 else ()
        return self._insert(found, path[len(found)], new, last)

    def drop(self, path: Path_) -> Document:
        """The document without a value; what is left empty by that goes too.

        Comments on lines of their own stay.
        """
        if not self._names(path):
            return self
        outer = self._in_braces(path)
        if outer is not None:
            left = _without(self.at(outer), path[len(outer) :])
            return self._put_whole(outer, left) if left or not outer else self.drop(outer)
        parent = self.at(path[:-1])
        if len(path) > 1 and len(parent) == 1:
            return self.drop(path[:-1])
        key, node = self._pair(path)
        first, last = (key or node).start_mark.line, self._last_line(key or node, node)
        lines = self.text.splitlines(keepends=True)
        before = lines[first][: (key or node).start_mark.column]
        if before.strip() and (key is not None or before.strip() != "-"):
            return self._put_whole(path[:-1], _without(parent, path[-1:]))  # behind a dash
        kept = [lines[line] for line in self._comments(key or node, node)]
        return Document("".join(lines[:first] + kept + lines[last + 1 :]))

    def rename(self, path: Path_, name: str) -> Document:
        """The document with another name for what stands at a path."""
        outer = self._in_braces(path)
        if outer is not None:
            return self._put_whole(outer, _renamed(self.at(outer), path[len(outer) :], name))
        key, _ = self._pair(path)
        start, end = key.start_mark.index, key.end_mark.index
        return Document(self.text[:start] + scalar(name) + self.text[end:])

    def rewritten(self, texts: Mapping[Path_, str]) -> Document:
        """The document with other texts in place of texts, all at once."""
        spans = []
        for path, value in texts.items():
            outer = self._in_braces(path)
            *_, (found, _, node) = self._walk(path)
            if found == path and node.id == "scalar" and _on_one_line(node):
                spans.append((node.start_mark.index, node.end_mark.index,
                              scalar(value, flow=outer is not None)))  # fmt: skip
        text = self.text
        for start, end, new in sorted(spans, reverse=True):
            text = text[:start] + new + text[end:]
        return Document(text)

    @cached_property
    def _root(self) -> Any:
        return nodes(self.text)

    def _names(self, path: Path_) -> bool:
        here = self.at(path[:-1])
        if isinstance(here, list):
            return path[-1].isdigit() and int(path[-1]) < len(here)
        return isinstance(here, dict) and path[-1] in here

    def _walk(self, path: Path_) -> Iterator[tuple[Path_, Any, Any]]:
        """Path, key and value of everything on the way, as far as it goes; items have no key."""
        key, node = None, self._root
        yield (), key, node
        for depth, name in enumerate(path):
            if _is_mapping(node):
                pair = next((p for p in node.value if p[0].value == name), None)
            elif node is not None and node.id == "sequence" and name.isdigit():
                pair = (None, node.value[int(name)]) if int(name) < len(node.value) else None
            else:
                return
            if pair is None:
                return
            key, node = pair
            yield path[: depth + 1], key, node

    def _pair(self, path: Path_) -> tuple[Any, Any]:
        *_, (_, key, node) = self._walk(path)
        return key, node

    def _in_braces(self, path: Path_) -> Path_ | None:
        """The outermost part in braces or brackets that a path leads into, if there is one."""
        for found, _, node in self._walk(path):
            if found != path and _in_flow(node):
                return found
        return None

    def _put_each(self, path: Path_, value: Mapping[str, Any]) -> Document:
        """Write the names of a mapping one by one, so that what stands between them stays."""
        document, names = self, list(self.at(path))
        for name, item in value.items():
            document = document.put((*path, name), item, order=tuple(value))
        for name in names:
            if name not in value:
                document = document.drop((*path, name))
        return document

    def _put_whole(self, path: Path_, value: Any) -> Document:
        """Write a value in place of what stands at a path, in the style that stood there.

        Braces that fitted on one line, and no longer do, are opened.
        """
        key, node = self._pair(path)
        if key is None:
            return self._put_item(path, node, value)
        indent = key.start_mark.column
        flow = _in_flow(node) and bool(getattr(node, "value", None))
        if flow and fits_on_a_line(self.at(path), indent):
            flow = fits_on_a_line(value, indent)
        head, line, body = written(value, indent, flow=flow).partition("\n")
        start = self.text.index(":", key.end_mark.index) + 1
        stop = start if _is_nothing(node) else node.end_mark.index
        if _is_nothing(node) or _on_one_line(node):  # a comment behind it stays
            end = self.text.find("\n", stop)
            end = len(self.text) if end < 0 else end
            tail = self.text[stop:end]
            tail = tail if tail.lstrip().startswith("#") else ""
            new = head + tail + line + body
            return Document(self.text[:start] + new + self.text[end:])
        lines = self.text.splitlines(keepends=True)
        own = [lines[number] for number in self._comments(key, node)]
        if head.startswith(" |"):  # what is further in would be part of the text
            own = [" " * indent + comment.lstrip() for comment in own]
        rest = "".join([*own, *lines[self._last_line(key, node) + 1 :]])
        return Document(self.text[:start] + head + line + body + "\n" + rest)

    def _put_item(self, path: Path_, node: Any, value: Any) -> Document:
        """Write one item of a list anew; without a path, the whole file."""
        if not path:
            return Document("\n".join(in_block(value)) + "\n")
        start, indent = node.start_mark.index, node.start_mark.column
        if _on_one_line(node):
            new = in_flow(value)
            return Document(self.text[:start] + new + self.text[node.end_mark.index :])
        new = f"\n{' ' * indent}".join(in_block(value)) if value else "{}"
        lines = self.text.splitlines(keepends=True)
        rest = "".join(lines[self._last_line(node, node) + 1 :])
        return Document(self.text[:start] + new + "\n" + rest)

    def _append(self, path: Path_, value: Any) -> Document:
        """Write one more item at the end of a list in block style."""
        node = self._pair(path)[1]
        lines = self.text.splitlines(keepends=True)
        last = node.value[-1]
        place = self._last_line(last, last) + 1
        if not lines[place - 1].endswith("\n"):
            lines[place - 1] += "\n"
        indent = " " * node.start_mark.column
        new = "".join(f"{indent}{line}\n" for line in in_block([value]))
        return Document("".join([*lines[:place], new, *lines[place:]]))

    def _insert(self, path: Path_, name: str, value: Any, order: Sequence[str]) -> Document:
        """Write a new name into a mapping in block style."""
        node = self._pair(path)[1] if path else self._root
        lines = self.text.splitlines(keepends=True)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        pairs = node.value if _is_mapping(node) else []
        indent = pairs[0][0].start_mark.column if pairs else 0
        where = _place([key.value for key, _ in pairs], name, order)
        if pairs and lines[pairs[0][0].start_mark.line][:indent].strip():
            where = max(where, 1)  # the first stands behind a dash
        start = self._last_line(*pairs[where - 1]) + 1 if where else None
        if start is None:
            start = pairs[0][0].start_mark.line if pairs else len(lines)
        end = pairs[where][0].start_mark.line if where < len(pairs) else _unwritten(lines, start)
        shown = _example_line(lines, start, end, name, indent)
        start = start if shown < 0 else shown
        new = f"{' ' * indent}{scalar(name)}:{written(value, indent, flow=False)}\n"
        return Document("".join([*lines[:start], new, *lines[start:]]))

    def _comments(self, key: Any, node: Any) -> list[int]:
        """The lines within a value that hold a comment and nothing else."""
        lines = self.text.splitlines()
        inside = {
            number
            for one in _scalars(node)
            for number in range(one.start_mark.line, self._last_line(key, one) + 1)
        }
        return [
            number
            for number in range(key.start_mark.line, self._last_line(key, node) + 1)
            if number not in inside and lines[number].lstrip().startswith("#")
        ]

    def _last_line(self, key: Any, node: Any) -> int:
        """The last line on which something of a value stands, no comment and no blank."""
        if _is_nothing(node):
            return int(max(key.end_mark.line, node.end_mark.line if key is node else 0))
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


def _scalars(node: Any) -> Iterator[Any]:
    """The texts within a value."""
    if node.id == "scalar":
        if not _is_nothing(node):
            yield node
        return
    for item in node.value:
        for one in item if node.id == "mapping" else (item,):
            yield from _scalars(one)


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


def _unwritten(lines: Sequence[str], start: int) -> int:
    """The first line from there on that holds more than a comment: another part begins."""
    written = (n for n in range(start, len(lines)) if lines[n].split("#")[0].strip())
    return next(written, len(lines))


def _example_line(lines: Sequence[str], start: int, end: int, name: str, indent: int) -> int:
    """The comment line that shows how a name is written, between two others; else -1."""
    shown = re.compile(rf"\s{{{indent}}}#\s?{re.escape(name)}:")
    return next((n for n in range(start, end) if shown.match(lines[n])), -1)


def _with(values: Any, path: Path_, value: Any) -> Any:
    if not path:
        return value
    if isinstance(values, list) and path[0].isdigit() and int(path[0]) <= len(values):
        place = int(path[0])
        item = _with(values[place] if place < len(values) else None, path[1:], value)
        return [*values[:place], item, *values[place + 1 :]]
    here = dict(values) if isinstance(values, Mapping) else {}
    here[path[0]] = _with(here.get(path[0]), path[1:], value)
    return here


def _without(values: Any, path: Path_) -> Any:
    is_list = isinstance(values, list)
    name: Any = int(path[0]) if is_list else path[0]
    here: Any = list(values) if is_list else dict(values)
    left = _without(here[name], path[1:]) if len(path) > 1 else None
    if left:
        here[name] = left
    else:
        del here[name]
    return here


def _renamed(values: Any, path: Path_, name: str) -> Any:
    if len(path) == 1:
        return {name if key == path[0] else key: value for key, value in values.items()}
    return {
        key: _renamed(value, path[1:], name) if key == path[0] else value
        for key, value in values.items()
    }
