"""The JSON Schema of ``case.yaml``, so that an editor can help while a case is written."""

from __future__ import annotations

from typing import Any, get_args

from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.editing.fields import PLACES, choices_told
from mlpdm_kit.case.model import Case, Evidence, Family
from mlpdm_kit.case.quantity import Units
from mlpdm_kit.text import Text

_TEXT = ["string", "number", "boolean"]  # to the kit, 10 and true are text as they stand
_NOT_WRITTEN = ("folder", "digest", "overridden")


def case_schema(lang: str = "en") -> dict[str, Any]:
    """What a case file may say, as JSON Schema 2020-12.

    The model knows what was read; the schema says what is written, as ``2%..5%``. What each
    field means is said by the catalogue, as ``field.options.build``.

    Examples
    --------
    >>> schema = case_schema()
    >>> schema["properties"]["horizon"]["anyOf"][0]["anyOf"][0]["examples"]
    ['2..4 months']
    """
    schema = Case.model_json_schema()
    for name in _NOT_WRITTEN:
        del schema["properties"][name]
    parts = schema["$defs"]
    text = Text(lang)
    parts["Input"] = {"anyOf": [_quantity(), _with_evidence("value", text)]}
    prices = [_with_evidence(word, text, column=True) for word in ("cost", "gain")]
    parts["Outcome"] = {"oneOf": prices}
    parts["Answer"]["properties"]["answer"] = _answer(parts["Answer"]["properties"]["answer"])
    _describe(schema, "", text)
    for name, place in PLACES.items():
        if name != "Case":
            _describe(parts[name], place, text)
    schema["properties"]["discount"]["default"] = "0% per year"
    schema["properties"]["checks"] = {
        "type": "object",
        "description": text.say("field.checks"),
        "additionalProperties": False,
        "properties": {
            name: {"$ref": "#/$defs/Answer", "description": text.say(f"check.{name}.question")}
            for name in CHECKS
        },
    }
    said: dict[str, Any] = _as_written(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **said}


def _quantity() -> dict[str, Any]:
    return {"type": ["string", "number"]}


def _answer(written: dict[str, Any]) -> dict[str, Any]:
    """An answer, and what an editor that takes yes for a truth value makes of it."""
    return {**written, "enum": [*written["enum"], True, False], "type": ["string", "boolean"]}


def _describe(part: dict[str, Any], place: str, text: Text) -> None:
    """Say what a part's fields mean, in people's words instead of the code's."""
    part.pop("description", None)
    for name, field in part["properties"].items():
        own = f"field.{place}{name}"  # evidence, source, note, owner are the same everywhere
        said = text.say(own if text.knows(own) else f"field.input.{name}")
        told = choices_told(f"{place}{name}", field.get("enum", ()), text)
        field["description"] = "\n".join([said, *told])


def _with_evidence(value: str, text: Text, *, column: bool = False) -> dict[str, Any]:
    said: dict[str, Any] = {name: {"type": "string"} for name in ("note", "owner", "source")}
    said["evidence"] = {"enum": list(get_args(Evidence))}
    said["family"] = {"enum": list(get_args(Family))}
    said["level"] = {"type": ["string", "number"]}
    fields = {value: _quantity(), **said, **({"column": {"type": "string"}} if column else {})}
    for name, field in fields.items():
        field["description"] = text.say(f"field.input.{name}")
    return {
        "type": "object",
        "properties": fields,
        "required": [value],
        "additionalProperties": False,
    }


def _as_written(node: Any) -> Any:
    """The schema with texts, lists of names and quantities as YAML has them."""
    if isinstance(node, list):
        return [_as_written(item) for item in node]
    if not isinstance(node, dict):
        return node
    dimension = node.get("dimension")
    found = {
        key: _as_written(value)
        for key, value in node.items()
        if key != "dimension" or not isinstance(dimension, str)
    }
    if isinstance(dimension, str) and found.get("type") == ["string", "number"]:
        found["examples"] = [Units().example(dimension)]
    if found.get("additionalProperties") is False:
        # {note: in May, not in June}: plain YAML takes the rest of the text for an empty field
        found["additionalProperties"] = {"type": "null"}
    if found.get("type") == "number":
        found["type"] = ["number", "string"]
    if found.get("type") == "boolean":
        found |= {"enum": [True, False, "yes", "no"], "type": ["boolean", "string"]}
    if found.get("type") == "string" and not {"enum", "format"} & set(found):
        found["type"] = _TEXT
    names = "$ref" not in found.get("items", {})
    if found.get("type") == "array" and "default" in found and names:  # one name needs no brackets
        bare = {key: found.pop(key) for key in ("type", "items")}
        found["anyOf"] = [bare, {"type": _TEXT}]
    return found
