"""An executed notebook as a file: a cell a line, so that it is written fast and can be compared."""

from __future__ import annotations

import json
from typing import Any


def as_text(notebook: Any) -> str:
    """A notebook of version 4 as JSON, each cell in a line of its own.

    Parameters
    ----------
    notebook : mapping
        As ``nbformat`` has it in memory; left as it is, but for what no file keeps.

    Examples
    --------
    >>> import nbformat
    >>> cells = [nbformat.v4.new_markdown_cell(text, id=text) for text in ("a", "b")]
    >>> print(as_text(nbformat.v4.new_notebook(cells=cells)), end="")
    {"cells":[
    {"cell_type":"markdown","id":"a","metadata":{},"source":"a"},
    {"cell_type":"markdown","id":"b","metadata":{},"source":"b"}
    ],"metadata":{},"nbformat":4,"nbformat_minor":5}
    """
    from nbformat.v4 import rwbase

    files: Any = rwbase
    kept = files.strip_transient(notebook)
    cells = ",\n".join(map(_line, kept["cells"]))
    rest = _line({key: value for key, value in kept.items() if key != "cells"})
    return f'{{"cells":[\n{cells}\n],{rest[1:]}\n'


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
