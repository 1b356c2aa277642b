"""Every example that a help gives is read by the kit, and stands in the empty fields too."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("ipywidgets")

from mlpdm_kit.case import areas, grading, incidents, model, option
from mlpdm_kit.case.editing.fields import PLACES, Field, fields_of
from mlpdm_kit.case.editing.file import CaseFile
from mlpdm_kit.case.quantity import EXAMPLES, Units, parse, points
from mlpdm_kit.text import LANGUAGES, Text
from mlpdm_kit.view.forms.blocks import FORMS
from mlpdm_kit.view.forms.form import Form
from mlpdm_kit.view.forms.quantities import _EXAMPLE, Quantity, _own_example

_MODULES = (model, option, areas, grading, incidents)
_PER = re.compile(r"(?:per |/)(?!month|year|1M|100万|月|年)(\S+)$")


def quantities() -> Iterator[Field]:
    for name in PLACES:
        part = next((vars(one)[name] for one in _MODULES if name in vars(one)), None)
        if part is not None:
            yield from (field for field in fields_of(part) if field.kind == "quantity")


def units_of(example: str) -> Units:
    """The words of a case that the example would stand in."""
    currency = re.search(r"[A-Z]{3}\b", example)
    unit = _PER.search(example)
    return Units(currency=currency[0] if currency else "USD", unit=unit[1] if unit else "case")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_example_of_a_help_is_read(lang: str) -> None:
    fields = [(field, _own_example(field.help(Text(lang)))) for field in quantities()]
    given = [(field, example) for field, example in fields if example]
    assert len(given) > 20
    for field, example in given:
        assert points(example, field.dimension, units_of(example)), field.name


def test_japanese_examples_have_japanese_units() -> None:
    text = Text("ja")
    some = [_own_example(field.help(text)) for field in quantities()]
    some += [Units(unit="請求").example(one).said("ja") for one in EXAMPLES]
    english = r"\bper\b|months?|years?|seconds?|minutes?|tokens?|\d[Mk]\b"
    assert [one for one in some if re.search(english, one)] == []


@pytest.mark.parametrize("dimension", EXAMPLES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_usual_example_means_the_same_in_each_language(dimension: str, lang: str) -> None:
    units = Units(currency="JPY", unit="請求", target_unit="個")
    example = units.example(dimension)
    assert parse(example.said(lang), dimension, units) == parse(example, dimension, units)
    assert example.said("en") == example
    assert pickle.loads(pickle.dumps(example)).said(lang) == example.said(lang)
    assert copy.deepcopy(example).said(lang) == example.said(lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_empty_fields_show_the_example_of_the_help(
    make_case: Callable[..., Path], lang: str
) -> None:
    file = CaseFile(make_case())
    seen = 0
    for name in FORMS:
        form = Form(name, file, Text(lang), lambda: None)
        for fold in list(form.folds.values()):
            fold.open()
        for control in form.controls.values():
            example = control.example if isinstance(control, Quantity) else ""
            if not isinstance(control, Quantity) or not control.low.placeholder:
                continue
            said = _EXAMPLE.search(control.help())
            if said or "money" in control.field.dimension:
                assert example in control.help(), control.field.name
                assert example.startswith(control.low.placeholder), control.field.name
                seen += 1
    assert seen > 10
