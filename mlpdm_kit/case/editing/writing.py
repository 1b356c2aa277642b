"""How a value is written in a case file: plain where that reads back the same, else quoted."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

Value = str | Sequence[Any] | Mapping[str, Any]

STEP = 2
_LONGEST_FLOW = 100  # letters of braces on one line
_BREAKS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029",
                         "\ufeff": "\\ufeff", "\x7f": "\\u007f"})  # fmt: skip
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


def written(value: Any, indent: int, *, flow: bool) -> str:
    """What stands behind the colon, from the space or the line's end on.

    Parameters
    ----------
    value : str, sequence, mapping or None
        None is a name with nothing behind it.
    indent : int
        Of the name.
    flow : bool
        Whether it is to stay in braces.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return _literal(value, indent) if _as_lines(value) and not flow else " " + scalar(value)
    if flow or fits_on_a_line(value, indent):
        return " " + in_flow(value)
    inner = " " * (indent + STEP)
    return "".join(f"\n{inner}{line}" if line else "\n" for line in in_block(value))


def fits_on_a_line(value: Any, indent: int) -> bool:
    """Whether a mapping or a sequence reads well in braces: short, and no groups within.

    Examples
    --------
    >>> fits_on_a_line({"kind": "rule"}, 2), fits_on_a_line({"rates": {"recall": "5%"}}, 2)
    (True, False)
    """
    if isinstance(value, str) or not value:
        return True
    braces = in_flow(value)
    short = len(braces) + indent <= _LONGEST_FLOW and "\n" not in braces
    return short and not any(map(_is_group, _inside(value)))


def in_block(value: Any) -> list[str]:
    """The lines of a mapping or a sequence in block style."""
    if isinstance(value, Mapping):
        found: list[str] = []
        for name, item in value.items():
            found += f"{scalar(str(name))}:{written(item, 0, flow=False)}".split("\n")
        return found
    found = []
    for item in value:
        lines = (
            in_block(item)
            if isinstance(item, Mapping) and item and any(map(_is_group, item.values()))
            else [in_flow(item)]
        )
        found += [f"- {lines[0]}", *(f"  {line}" for line in lines[1:])]
    return found


def in_flow(value: Any) -> str:
    """A value inside braces or brackets, on one line."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return scalar(value, flow=True)
    if isinstance(value, Mapping):
        inside = (f"{scalar(str(n), flow=True)}: {in_flow(v)}" for n, v in value.items())
        return "{" + ", ".join(inside) + "}"
    return "[" + ", ".join(map(in_flow, value)) + "]"


def scalar(value: str, *, flow: bool = False) -> str:
    """A text as a plain or a quoted scalar, on one line.

    Examples
    --------
    >>> scalar("3000..12000 JPY"), scalar("no: nothing"), scalar("a\\tb"), scalar("null")
    ('3000..12000 JPY', "'no: nothing'", '"a\\\\tb"', "'null'")
    """
    if _ODD.search(value) or (flow and value[:1] in ("?", ":", "-")):
        return json.dumps(value, ensure_ascii=False).translate(_BREAKS)
    if flow:
        return _dumped([value], flow=True)[1:-1]
    return _dumped({"a": value}, flow=False).removeprefix("a:").lstrip(" ")


def _as_lines(value: str) -> bool:
    """Whether a text of several lines can be written as it is."""
    lines = value.split("\n")
    return (
        len(lines) > 1
        and not any(map(_ODD.search, lines))
        and not any(line != line.rstrip() for line in lines)
        and bool(lines[0].strip() and lines[-1].strip())
    )


def _literal(value: str, indent: int) -> str:
    inner = " " * (indent + STEP)
    lines = value.split("\n")
    sign = f"|{STEP}-" if lines[0].startswith(" ") else "|-"
    return f" {sign}" + "".join(f"\n{inner}{line}" if line else "\n" for line in lines)


def _is_group(value: Any) -> bool:
    return not isinstance(value, str) and value is not None


def _inside(value: Any) -> Sequence[Any]:
    return list(value.values()) if isinstance(value, Mapping) else list(value)


def _dumped(value: Any, *, flow: bool) -> str:
    from ruamel.yaml import YAML

    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = flow
    writer.width = 1_000_000
    writer.allow_unicode = True
    stream = io.StringIO()
    writer.dump(value, stream)
    return stream.getvalue().removesuffix("...\n").rstrip("\n")
