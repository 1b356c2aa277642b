"""Imports point down: read from the source, those inside functions and for types too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import mlpdm_kit

PACKAGE = Path(mlpdm_kit.__file__).parent
# what stands on one line may not import what stands further down; see NOT_EACH_OTHER
LAYERS = (
    ("text", "errors", "shipped"),
    ("case",),
    ("analysis",),
    ("record",),
    ("course",),
    ("run", "view", "live"),
    ("__init__",),
    ("cli",),
    ("__main__",),
)
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
NOT_EACH_OTHER = ({"run", "view"}, {"run", "live"}, {"view", "live"})
NOT_READ = {"_shipped"}


def part_of(module: str, package: Path) -> str | None:
    """The layer's part that a dotted name lies in; None for what isn't ours."""
    first, _, rest = module.partition(".")
    if first != package.name:
        return None
    part = rest.partition(".")[0]
    there = (package / part).is_dir() or (package / f"{part}.py").is_file()
    return part if part and there else "__init__"


def imported(file: Path, package: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that a file imports, wherever in it."""
    here = [package.name, *file.relative_to(package).parent.parts]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else []
            base += node.module.split(".") if node.module else []
            for alias in node.names:
                yield node.lineno, ".".join([*base, alias.name])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            for value in node.args[:1]:
                if isinstance(value, ast.Constant):
                    yield node.lineno, str(value.value)


def upward(package: Path) -> list[str]:
    """Every import that points up or sideways, as file, line and name."""
    found = []
    for file in sorted(package.rglob("*.py")):
        parts = file.relative_to(package).parts
        own = parts[0] if len(parts) > 1 else file.stem
        if own in NOT_READ:
            continue
        for line, name in imported(file, package):
            other = part_of(name, package)
            if other is None or other == own:
                continue
            apart = any({own, other} <= pair for pair in NOT_EACH_OTHER)
            if own not in RANK or other not in RANK or RANK[other] > RANK[own] or apart:
                found.append(f"{'/'.join(parts)}:{line} {name}")
    return found


def test_imports_point_down() -> None:
    assert upward(PACKAGE) == []


def test_every_part_of_the_kit_has_its_layer() -> None:
    parts = {
        path.stem
        for path in PACKAGE.iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").is_file()) and path.name not in NOT_READ
    }
    assert parts == set(RANK)


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("case/a.py", "from kit.record import model"),
        ("case/a.py", "import kit.analysis.costs"),
        ("case/a.py", "def f():\n    from kit.run.batch import decide_all"),
        ("case/a.py", "if TYPE_CHECKING:\n    from kit.view import charts"),
        ("case/a.py", "from ..cli import app"),
        ("case/a.py", "from .. import record"),
        ("case/a.py", "from kit import decide"),
        ("case/a.py", "importlib.import_module('kit.record.model')"),
        ("view/a.py", "from kit.run import batch"),
        ("run/a.py", "from kit.view import charts"),
        ("other/a.py", "from kit.text import Text"),
    ],
)
def test_an_import_that_points_up_is_found(tmp_path: Path, file: str, source: str) -> None:
    package = tmp_path / "kit"
    for part in ("case", "record", "analysis", "run", "view", "text", "other"):
        (package / part).mkdir(parents=True)
        (package / part / "__init__.py").touch()
    for name in ("cli.py", "__init__.py"):
        (package / name).touch()
    (package / file).write_text(source)
    assert [line.partition(":")[0] for line in upward(package)] == [file]


@pytest.mark.parametrize(
    "source",
    ["from kit.case.load import x", "from . import a", "import numpy", "from kit import text",
     "def f():\n    from kit.analysis import costs"],
)  # fmt: skip
def test_an_import_that_points_down_is_not(tmp_path: Path, source: str) -> None:
    package = tmp_path / "kit"
    for part in ("case", "record", "analysis", "text"):
        (package / part).mkdir(parents=True)
    (package / "record" / "a.py").write_text(source)
    assert upward(package) == []
