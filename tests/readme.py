"""Tables of the README that commands write, each between two marks of its own."""

from __future__ import annotations

from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def shown(name: str, readme: Path = README) -> str:
    """What stands between the marks of a table."""
    begin, end = _marks(name)
    return readme.read_text(encoding="utf-8").split(begin, 1)[1].split(end, 1)[0].strip()


def into_readme(name: str, text: str, readme: Path = README) -> None:
    """Put a table between its marks."""
    begin, end = _marks(name)
    head, found, rest = readme.read_text(encoding="utf-8").partition(begin)
    _, ended, tail = rest.partition(end)
    if not (found and ended):
        raise SystemExit(f"{readme} has no {begin} and {end}")
    readme.write_text(f"{head}{begin}\n{text}\n{end}{tail}", encoding="utf-8")


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
