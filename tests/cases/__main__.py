"""Decide all cases of the library and write the README's table: ``python -m tests.cases``."""

from __future__ import annotations

from pathlib import Path

from mlpdm_kit import shipped
from tests.cases.by_hand import record
from tests.cases.library import table, written

README = Path(__file__).parents[2] / "README.md"

if __name__ == "__main__":
    names = sorted(path.parent.name for path in shipped.cases().glob("*/case.yaml"))
    text = table([record(name) for name in names])
    README.write_text(written(README.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
