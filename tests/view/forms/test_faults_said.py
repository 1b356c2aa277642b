"""On a page with fields, what is wrong is said by their labels, not by paths of the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("ipywidgets")

from mlpdm_kit.case.editing.file import read_state
from mlpdm_kit.case.load import load_case
from mlpdm_kit.case.template import new_case
from mlpdm_kit.errors import InputError
from mlpdm_kit.text import LANGUAGES, Text
from mlpdm_kit.view.forms.faults_said import said_of_all

_PROGRAMMERS = re.compile(
    r"options\.|outcomes|framing\.|predictions|\brates\b|recall|when:|volume|field_|file\b.*line"
)


def told(folder: Path, lang: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        load_case(folder)
    return said_of_all(refused.value.faults, read_state(folder / "case.yaml"), Text(lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_case_is_told_in_the_words_of_its_forms(tmp_path: Path, lang: str) -> None:
    new_case(tmp_path / "new", lang=lang, empty=True)
    said = told(tmp_path / "new", lang)
    assert len(said) > 8
    assert [line for line in said if _PROGRAMMERS.search(line)] == []
    assert Text(lang).say("form.lacking.options") in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_option_is_called_as_people_call_it(make_case: Callable[..., Path], lang: str) -> None:
    folder = make_case(
        options={"ring-all": {"kind": "bought", "label": "Ring them all", "build": "3 EUR"}}
    )
    said = told(folder, lang)
    assert any("Ring them all" in line for line in said)
    assert [line for line in said if "ring-all" in line or _PROGRAMMERS.search(line)] == []


def test_labels_stand_in_quotation_marks_and_name_their_part(
    make_case: Callable[..., Path],
) -> None:
    folder = make_case(options={"tool": {"kind": "bought", "label": "The tool", "build": "3 EUR",
                                         "rates": {"recall": "2"}}})  # fmt: skip
    said = " ".join(told(folder, "en"))
    assert "“Option: The tool: Cost to build it, once” is in EUR" in said
