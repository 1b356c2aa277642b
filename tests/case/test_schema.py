"""The JSON Schema says what the loader says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from mlpdm_kit.case.load import load_case
from mlpdm_kit.case.schema import case_schema

Write = Callable[..., Path]
VERSIONS = [(1, 1), (1, 2)]


def plain(value: Any) -> Any:
    """A YAML value as JSON has it."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def errors(text: str, version: tuple[int, int] = (1, 2)) -> list[str]:
    yaml = YAML(typ="safe", pure=True)
    yaml.version = version
    value = plain(yaml.load(text))
    found = jsonschema.Draft202012Validator(case_schema()).iter_errors(value)
    return [".".join(map(str, error.path)) for error in found]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(case_schema())
    assert json.dumps(case_schema()) == json.dumps(case_schema())


def test_every_field_is_described_for_people() -> None:
    schema = case_schema()
    parts = [schema, *(part for part in schema["$defs"].values() if "properties" in part)]
    for part in parts:
        for name, field in part["properties"].items():
            assert field["description"].endswith((".", ":")), name
            assert "`" not in field["description"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_sound_case_validates(
    write: Write, claims: str, bare: str, version: tuple[int, int]
) -> None:
    for text in (claims, bare):
        assert load_case(write(text))
        assert errors(text, version) == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Hold claims?", "title: 2027"),
        ("title: Hold claims?", "title: Hold claims?\nsimulated: yes"),
        ("title: Hold claims?", "title: Hold claims?\nsimulated: true"),
        ("title: Hold claims?", "title: Hold claims?\nid: 7"),
        ("title: Hold claims?", "title: Hold claims?\nchecks: {purpose: {answer: yes, note: 5}}"),
        ("title: Hold claims?", "title: Hold claims?\nchecks: {purpose: {answer: n/a}}"),
        ("title: Hold claims?", "title: Hold claims?\npeople: {consulted: Legal}"),
        ("title: Hold claims?", "title: Hold claims?\naction_success: 0.8"),
        ("title: Hold claims?", "title: Hold claims?\ndiscount: 0"),
        ("build: 2M..5M JPY", "build: 2M..5M JPY\n    note: one, two"),
        ("build: 2M..5M JPY", "build: {value: 2M..3M..5M JPY, family: pert}"),
        ("build: 2M..5M JPY", "build: {value: 2M..5M JPY, level: 80%, family: gamma}"),
        ("build: 2M..5M JPY", "build: {value: 2M..5M JPY, level: 0.8}"),
        (
            "horizon: 24 months",
            "horizon: 24 months\ncorrelations:\n  - {between: [volume, prevalence], rank: 0.4}",
        ),
    ],
)
def test_what_editors_make_of_a_sound_case_validates(
    write: Write, bare: str, version: tuple[int, int], old: str, new: str
) -> None:
    text = bare.replace(old, new)
    assert text != bare
    assert load_case(write(text, {}))
    assert errors(text, version) == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("unit: claim", "unit: claim\ncolour: red", "colour"),
        ("kind: model", "kind: model\n    colour: red", "options.model.colour"),
        ("kind: model", "kind: gpt", "options.model.kind"),
        ("title: Hold claims?\n", "", ""),
        ("framing: {user: a reviewer, ", "framing: {", "framing"),
        ("{cost: 200..600 JPY per claim}", "{cost: 2 JPY per claim, gain: 3 JPY per claim}",
         "outcomes.false_positive"),
        ("{cost: 200..600 JPY per claim}", "{cots: 2 JPY per claim}", "outcomes.false_positive"),
        ("unit: claim", "unit: claim\ncorrelations: volume", "correlations"),
        ("unit: claim", "unit: claim\ncorrelations: [{between: [volume, prevalence]}]",
         "correlations.0"),
        ("volume: 8000..12000 per month", "volume: {value: 1..2 per month, family: cauchy}",
         "volume"),
        ("unit: claim", "unit: claim\nchecks: {purpos: {answer: yes}}", "checks.purpos"),
        ("unit: claim", "unit: claim\nchecks: {purpose: {answer: maybe}}", "checks.purpose.answer"),
    ],
)  # fmt: skip
def test_what_the_loader_refuses_is_refused(bare: str, old: str, new: str, place: str) -> None:
    text = bare.replace(old, new)
    assert text != bare
    assert place in errors(text)
