"""From what the case model refuses to faults in the kit's own words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel

from mlpdm_kit.case.model import Case, Input, Outcome
from mlpdm_kit.errors import Fault
from mlpdm_kit.text import Text

HIDDEN = frozenset({"folder", "digest", "overridden", "low", "middle", "high", "dimension"})

_EXAMPLES = {  # what to write for a key that has one way to be written
    ("ask", "prompt"): 'prompt: "Is this urgent? Answer yes or no. {body}"',
    ("tokens", "input"): "input: 0.4 USD per 1M tokens",
    ("tokens", "output"): "output: 1.6 USD per 1M tokens",
    ("tokens", "as_of"): "as_of: 2026-10-01",
}

_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown-key",
    "literal_error": "not-one-of",
    "string_too_long": "text-long",
    "string_too_short": "text-empty",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "dict_type": "mapping",
    "string_type": "text",
    "tuple_type": "text",
    "bool_type": "yes-no",
    "bool_parsing": "yes-no",
    "float_type": "number",
    "float_parsing": "number",
    "finite_number": "number",
}


_NO_PLACES = ("function-before", "[key]")


def location(item: Mapping[str, Any]) -> list[str]:
    """Path of an error as the case file writes it, without pydantic's own words in it."""
    *inside, last = item["loc"] or ("",)
    found = [str(part) for part in inside if part not in _NO_PLACES]
    if last in _NO_PLACES and item["type"] != "extra_forbidden":  # else somebody called it so
        return found
    return [*found, str(last)]


def fault_of(item: Mapping[str, Any], model: type[BaseModel] = Case) -> Fault:
    """One error of the case model, or of another one, as a fault."""
    loc, kind, value = location(item), str(item["type"]), item["input"]
    field, figures = ".".join(loc), dict(item.get("ctx") or {})
    code = _CODES.get(kind, "date" if kind.startswith("date") else kind)
    if code == "missing":
        example = _EXAMPLES.get((loc[-2], loc[-1])) if len(loc) > 1 else None
        if example is not None:
            return Fault(code="missing-key", field=field, figures={"example": example})
        key = figures.get("key")
        return Fault(code="missing", field=f"{field}.{key}" if key else field)
    if value is None:
        return Fault(code="field-empty", field=field)
    if code == "unknown-key":
        return _unknown_key(loc, model)
    if code == "not-one-of":
        known = re.findall("'([^']*)'", str(figures["expected"]))
        return Fault(code=code, field=field, value=plain(value), figures={"known": known})
    if code == "text-long":
        return Fault(code=code, field=field, value=value, figures={"limit": figures["max_length"]})
    if not Text("en").knows(f"fault.{code}"):
        code = "value"
    written = figures.pop("value", None)
    return Fault(
        code=code,
        field=field,
        value=plain(value if written is None else written),
        figures={name: str(figure) for name, figure in figures.items()},
    )


def _unknown_key(loc: list[str], whole: type[BaseModel]) -> Fault:
    known = _known_keys(loc[:-1], whole)
    near = get_close_matches(loc[-1], known, n=1)
    return Fault(
        code="unknown-key" if near else "unknown-key-here",
        field=".".join(loc),
        value=loc[-1],
        figures={"known": near[0] if near else ", ".join(known)},
    )


def plain(value: Any) -> str:
    """A value as the file would show it."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _known_keys(loc: list[str], whole: type[BaseModel]) -> list[str]:
    """Keys that may stand at a path: those of its model, or of a quantity."""
    model: Any = whole
    for name in loc:
        field = model.model_fields.get(name)
        if field is None:
            continue  # an option's, a check's or an outcome's own id
        model = _model_in(field.annotation) or model
    keys = [key for key in model.model_fields if key not in HIDDEN]
    if model is Input:
        return ["value", *keys]
    return keys + [key for key in Input.model_fields if key not in HIDDEN] * (model is Outcome)


def _model_in(annotation: Any) -> Any:
    """The model that an annotation such as ``dict[str, Option]`` is about."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = [_model_in(part) for part in getattr(annotation, "__args__", ())]
    return next((part for part in inner if part is not None), None)


__all__ = ["HIDDEN", "fault_of", "location", "plain"]
