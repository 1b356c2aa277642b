"""Texts that would do something in a page, a notebook, a template or a spreadsheet; and cases
in which every text that people may write is such a text.

Each calls ``pwned``, which a page under test defines, or asks for something from an address at
which nobody listens.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from mlpdm_kit.case.inputs import Input
from mlpdm_kit.case.load import CASE_FILE, check_case
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.yaml_text import parse_yaml
from mlpdm_kit.errors import Fault
from mlpdm_kit.shipped import cases

SHORT = "<svg onload=pwned()>{{7*7}}"
_HELD = json.loads((Path(__file__).parent / "texts.json").read_text(encoding="utf-8"))
TEXTS: list[str] = _HELD["pages"]
FORMULAS: list[str] = _HELD["formulas"]
MIDDLE = "</script><script>pwned()</script><img src=x onerror=pwned()>{{7*7}}{%x%}%s{0}"
# texts that are no free ones: they name a thing, or are read as a value
NAMED = {
    "Case": {"id", "date", "review_on", "currency", "task", "status", "like", "folder", "digest"},
    "Data": {"file", "target", "positive", "id", "time", "group", "segment", "query", "grades"},
    "Documents": {"file", "id"},
    "Option": {"kind", "when", "predict", "predictions", "by", "of", "value", "synonyms", "pinned"},
    "Ask": {"model", "prompt", "system", "untrusted"},
    "GradedField": {"kind", "column"},
    "Outcome": {"column"},
    "Input": {"dimension", "family"},
    "Tokens": {"as_of"},
    "Annotation": {"counted"},
    "Rollback": {"to"},
}
BASES = (
    "chatbot",
    "churn",
    "sales-call-log",
    "invoice-extraction",
    "small-one-first",
    "agent-moods",
)
Path_ = tuple[str, ...]


@cache
def text_fields() -> set[tuple[str, str]]:
    """Model and name of every field that may be any text, as the model itself has them."""
    schema = Case.model_json_schema()
    models = {"Case": schema, **schema["$defs"]}
    return {
        (model, name)
        for model, said in models.items()
        for name, field in said.get("properties", {}).items()
        if field.get("type") == "string" and not {"enum", "const", "format"} & set(field)
        if name not in NAMED.get(model, set())
    }


def _inner(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = [_inner(part) for part in getattr(annotation, "__args__", ())]
    return next((part for part in found if part is not None), None)


def _mappings(tree: Any, model: Any = Case, here: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Place and model of each mapping in a case that has one."""
    yield here, model
    for name, value in tree.items():
        field = model.model_fields.get(name)
        inner = None if field is None else _inner(field.annotation)
        if inner is not None and isinstance(value, list):
            for place, one in enumerate(value):
                if isinstance(one, dict):
                    yield from _mappings(one, inner, (*here, name, str(place)))
        if inner is None or not isinstance(value, dict):
            continue
        own = {"value", "cost", "gain", *inner.model_fields}
        if set(value) & own:
            yield from _mappings(value, inner, (*here, name))
        else:  # by names of their own, as options are
            for key, one in value.items():
                if isinstance(one, dict):
                    yield from _mappings(one, inner, (*here, name, key))


def _choice(place: int) -> list[str]:
    """Texts for one field, each shorter than the one before: a part of all, in turn."""
    two = f"{TEXTS[place % len(TEXTS)]} {TEXTS[(place + 11) % len(TEXTS)]}"
    return [f"{two} {MIDDLE}", MIDDLE, SHORT]


def _at(tree: Any, path: Path_) -> Any:
    for name in path:
        tree = tree[int(name)] if isinstance(tree, list) else tree[name]
    return tree


def fill(folder: Path) -> set[tuple[str, str]]:
    """Put a hostile text into every field of a case that takes one; which fields those are.

    A text that is too long for a field gives way to a shorter one; a field that takes none
    at its place is left as it was.
    """
    file = folder / CASE_FILE
    sound = parse_yaml(file.read_text(encoding="utf-8"))[0]
    tree, filled = deepcopy(sound), {}
    for path, model in list(_mappings(tree)):
        for name in model.model_fields:
            known = (model.__name__, name)
            evidence = model.__name__ in ("Outcome", "Incident") and {"note", "source", "owner"}
            if known in text_fields() or (evidence and name in evidence):
                filled[*path, name] = (known, _choice(len(filled)))
        if model is Input or model.__name__ == "Outcome":
            for name in ("note", "source", "owner"):
                filled[*path, name] = (("Input", name), _choice(len(filled)))
    for path, (_, choice) in filled.items():
        _at(tree, path[:-1])[path[-1]] = choice[0]
    for name in ("consulted", "informed"):
        tree.setdefault("people", {})[name] = [*TEXTS]
    for _ in range(40):
        file.write_text(json.dumps(tree, ensure_ascii=False), encoding="utf-8")
        faults = check_case(folder)
        if not faults:
            return {known for known, _ in filled.values()}
        others: list[Fault] = []
        for fault in faults:
            path = tuple(fault.field.split("."))
            if path not in filled and fault.code == "unit-wrong":  # written in the case's own
                path = next((one for one in (("unit",), ("target_unit",)) if one in filled), ())
            if path not in filled:
                others.append(fault)
                continue
            left = filled[path][1]
            left.pop(0)
            if left:
                _at(tree, path[:-1])[path[-1]] = left[0]
                continue
            del filled[path]
            before = _at(sound, path[:-1])
            if path[-1] in before:
                _at(tree, path[:-1])[path[-1]] = before[path[-1]]
            else:
                del _at(tree, path[:-1])[path[-1]]
    raise AssertionError([fault.sentence() for fault in others])


def hostile_cases(place: Path) -> set[tuple[str, str]]:
    """Library cases with hostile texts in every field; which fields are filled in any."""
    found: set[tuple[str, str]] = set()
    for name in BASES:
        shutil.copytree(cases() / name, place / name)
        found |= fill(place / name)
    return found
