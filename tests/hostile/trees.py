"""Case files that nobody would write: sound ones, changed by the model's own words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import date as Date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.case.load import CASE_FILE
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.yaml_text import parse_yaml
from mlpdm_kit.shipped import cases

Path_ = tuple[str | int, ...]


def _words(schema: Any) -> Iterator[str]:
    """Names of fields, and the words that a field may be, as the model's schema has them."""
    if isinstance(schema, dict):
        yield from schema.get("properties", ())
        yield from (word for word in schema.get("enum", ()) if isinstance(word, str))
        for inner in schema.values():
            yield from _words(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _words(inner)


WORDS = sorted({
    *_words(Case.model_json_schema()), *CHECKS,
    *(rate for task in TASK_KINDS.values() for rate in (*task.rates, *task.outcomes)),
    "value", "low", "high", "<<", "d.csv", "a.csv", "id", "answer", "..", ".", "none", "all",
})  # fmt: skip
AMOUNTS = [
    "1e308..1e309 JPY", "-0", "0..0", "1..1e-320", "nan", ".inf", "-inf JPY per claim", "1e999%",
    "9" * 400, "9" * 5_000 + " JPY", "0x10", "1_000", "１２３万円", "-5..-1", "1 .. 2 .. 3",
    "5..4", "1/0", "∞", "100%..101%", "0%..100%", "0%", "100%", "1e-300%..1e-299%", "٣", "Ⅻ", "²",
    "2M JPY per month per month", "1 JPY per JPY", "per", "..", "0..1e308 per day", "1k..2kk",
    "0.1 + 0.2", "1e5 months", "1..2 claims per claim", "10000-01-01", "0000-00-00",
    "2027-02-30", "令和8年11月24日",
]  # fmt: skip
ODD_TEXTS = [
    "", " ", "\n", "\u3000", "日本語", "\u202e", "\u2028", "\ufeff", "e\u0301" * 40, "👩‍👩‍👧‍👦",
    "a" * 10_000, "%s%n{0}{}", "{{7*7}}", "../x", "/etc/passwd", "a\tb", "\x85", "\\", "'", '"',
    "İ", "ß", "ﬃ", "~", "null", "true", "yes", "<<", "&a", "*a", "!!int", "{", "[", "data.x",
    "options.model.build", "inputs.x", "x.y.z", "NULL", "1; DROP TABLE data", "(SELECT 1)",
]  # fmt: skip
TEXTS = st.sampled_from(ODD_TEXTS) | st.sampled_from(AMOUNTS) | st.text(max_size=30)
LEAVES = st.sampled_from(WORDS) | TEXTS | st.none()
# what only an override can be: YAML has texts alone. By their place: hypothesis would print them
ODD_VALUES: list[Any] = [
    10**400, 10**5_000, -(10**400), "\ud800", "a\x00b", "\udcff", float("nan"), b"raw", b"\xff", (),
    ("a",), {1: 2}, {None: None}, {"a", "b"}, object(), 1j, "x" * 300_000, range(3), Path("x"),
    Date(2027, 1, 1), Decimal("NaN"), {"value": {"value": {"value": "1"}}}, {"\ud800": "1"},
]  # fmt: skip
PLAIN = (
    LEAVES | st.booleans() | st.integers() | st.floats()
    | st.integers(0, len(ODD_VALUES) - 1).map(lambda place: ODD_VALUES[place])
)  # fmt: skip


def trees(leaves: st.SearchStrategy[Any], most: int = 12) -> st.SearchStrategy[Any]:
    """Lists and mappings, under names of the model or any other, of these leaves."""
    names = st.sampled_from(WORDS) | st.text(max_size=8)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
        max_leaves=most,
    )


def library() -> dict[str, Any]:
    """The library's cases as plain values, by name."""
    return {
        folder.name: parse_yaml((folder / CASE_FILE).read_text(encoding="utf-8"))[0]
        for folder in sorted(cases().iterdir())
        if (folder / CASE_FILE).is_file()
    }


def paths(tree: Any, here: Path_ = ()) -> Iterator[Path_]:
    """Where everything in a tree stands."""
    if here:
        yield here
    if isinstance(tree, dict):
        for key, inner in tree.items():
            yield from paths(inner, (*here, key))
    elif isinstance(tree, list):
        for place, inner in enumerate(tree):
            yield from paths(inner, (*here, place))


@st.composite
def changed(draw: st.DrawFn, sound: list[Any], leaves: st.SearchStrategy[Any] = LEAVES) -> Any:
    """A sound case with a few of its values replaced, added, taken away or renamed."""
    tree = deepcopy(draw(st.sampled_from(sound)))
    for _ in range(draw(st.integers(1, 4))):
        there = list(paths(tree))
        if not there:
            break
        *parents, last = draw(st.sampled_from(there))
        here = tree
        for key in parents:
            here = here[key]
        how = draw(st.sampled_from(["replace", "add", "drop", "rename", "deepen"]))
        if how == "replace":
            here[last] = draw(trees(leaves, 4))
        elif how == "deepen":
            for _ in range(draw(st.integers(1, 14))):
                here[last] = {draw(st.sampled_from(WORDS)): here[last]}
        elif how == "drop":
            del here[last]
        elif how == "add" and isinstance(here, dict):
            here[draw(st.sampled_from(WORDS))] = draw(trees(leaves, 4))
        elif how == "rename" and isinstance(here, dict):
            here[draw(st.sampled_from(WORDS) | TEXTS)] = here.pop(last)
    return tree


def as_yaml(tree: Any) -> str:
    """A tree as JSON, which is YAML too."""
    return json.dumps(tree, ensure_ascii=False, default=repr)
