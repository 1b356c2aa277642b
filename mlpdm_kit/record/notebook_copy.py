"""A copy of a notebook for its reader: prose in another language, parameters filled in.

A notebook is what its file holds as JSON, or the same as ``nbformat`` reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from mlpdm_kit.text import Text

_ASSIGNED = re.compile(r"^(\w+) = ")
_BREAKS = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # that JSON leaves, and may end a line


def translate(name: str, notebook: Any, text: Text) -> None:
    """Prose cells in the reader's language, where the catalogue has them."""
    for cell in notebook["cells"]:
        code = f"notebook.{name}.{cell['id']}"
        if cell["cell_type"] == "markdown" and text.lang != "en" and text.knows(code):
            cell["source"] = text.say(code)


def fill_in(notebook: Any, values: Mapping[str, str | int], text: Text) -> None:
    """Set parameters in their own cell, and fold it: nobody has to write there any more.

    Every other line of the cell stays, with its comment.

    Parameters
    ----------
    notebook : mapping
    values : mapping
        By name; a name that the cell does not assign is left out.
    text : Text
        Of the comment that stands in the cell's first line, all that a folded cell shows.
    """
    for cell in notebook["cells"]:
        if "parameters" not in cell["metadata"].get("tags", ()):
            continue
        lines = [line for line in source(cell).splitlines() if not line.startswith("#")]
        filled = [_filled(line, values) for line in lines]
        cell["source"] = "\n".join([f"# {text.say('start.code')}", *filled])
        cell["metadata"]["jupyter"] = {"source_hidden": True}


def say_how_to_begin(notebook: Any, text: Text) -> None:
    """Put in the first cell how a workshop begins, in place of how a reader does."""
    first = notebook["cells"][0]
    *kept, _ = source(first).split("\n\n")
    first["source"] = "\n\n".join([*kept, text.say("start.begin")])


def say_at_last(notebook: Any, said: str) -> None:
    """Put a paragraph at the end of the last cell."""
    last = notebook["cells"][-1]
    last["source"] = "\n\n".join([source(last), said])


def say_nothing_to_edit(notebook: Any, text: Text) -> None:
    """Put the first line of folded code, all that is seen of it, into the reader's language."""
    for cell in notebook["cells"]:
        if text.lang != "en" and cell["cell_type"] == "code":
            first, *rest = source(cell).splitlines()
            if first.startswith("# Nothing to edit here"):
                cell["source"] = "\n".join([f"# {text.say('start.nothing')}", *rest])


def source(cell: Any) -> str:
    """The source of a cell, however its file has it.

    Examples
    --------
    >>> source({"source": ["a = 1\\n", "b = 2"]})
    'a = 1\\nb = 2'
    """
    found = cell["source"]
    return found if isinstance(found, str) else "".join(found)


def _filled(line: str, values: Mapping[str, str | int]) -> str:
    match = _ASSIGNED.match(line)
    if match is None or match[1] not in values:
        return line
    comment = line.partition("  # ")[2]
    literal = json.dumps(values[match[1]], ensure_ascii=False)
    literal = _BREAKS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", literal)
    written = f"{match[1]} = {literal}"
    return f"{written}  # {comment}" if comment else written
