"""Decide all cases of the library and write the README's table: ``python -m tests.cases``."""

from __future__ import annotations

from tests.cases.by_hand import record
from tests.cases.library import shown, table
from tests.readme import into_readme

if __name__ == "__main__":
    text = table([record(name) for name in shown()])
    into_readme("library", text)
    print(text)
