"""Decide all cases of the library and write the README's table: ``python -m tests.cases``."""

from __future__ import annotations

from pathlib import Path

from tests.cases.by_hand import record
from tests.cases.library import shown, table, written

README = Path(__file__).parents[2] / "README.md"

if __name__ == "__main__":
    text = table([record(name) for name in shown()])
    README.write_text(written(README.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
