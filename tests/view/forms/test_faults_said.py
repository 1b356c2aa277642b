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


RANGES = {"recall": "60%..80%", "false_positive_rate": "2%..5%"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_said_twice_is_named_by_its_option_and_its_fields(
    make_case: Callable[..., Path], lang: str
) -> None:
    rule = {"kind": "rule", "label": "Ring the large ones", "when": "x > 1", "rates": RANGES}
    data = {"file": "t.csv", "target": "y"}
    said = [line for line in told(make_case(options={"ring": rule}, data=data), lang)
            if "Ring the large ones" in line]  # fmt: skip
    assert len(said) == 1
    assert Text(lang).say("label.options.when") in said[0]
    assert Text(lang).say("form.place.rates") in said[0]
    assert not _PROGRAMMERS.search(said[0])


def test_without_data_a_condition_beside_ranges_is_a_description(
    make_case: Callable[..., Path],
) -> None:
    rule = {"kind": "rule", "label": "Ring", "when": "the amount is above 500", "rates": RANGES}
    assert load_case(make_case(options={"ring": rule})).options["ring"].rates
    rule.pop("rates")
    said = told(make_case("bare", options={"ring": rule}), "en")
    assert any("Act when this holds” needs data to run on" in line for line in said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_tick_of_a_code_stands_on_a_page(make_case: Callable[..., Path], lang: str) -> None:
    said = told(make_case(volume="800", horizon="24", budget={"latency": "3"}), lang)
    assert len(said) > 1
    assert [line for line in said if "`" in line] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_shares_beyond_the_whole_are_a_percentage(
    make_case: Callable[..., Path], lang: str
) -> None:
    rates = {"needs_editing": "70%", "wrong": "42%", "harmful": "0%"}
    llm = {"kind": "llm", "label": "The drafts", "rates": rates}
    prices = {name: {"cost": "3 EUR per case"} for name in (*rates, "unusable")}
    folder = make_case(task="generation", options={"llm": llm}, outcomes=prices)
    (said,) = [line for line in told(folder, lang) if "112%" in line]
    assert "The drafts" in said
