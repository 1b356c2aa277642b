"""Answers beside a case: read, or named and passed over; written whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlpdm_kit import shipped
from mlpdm_kit.case.answers import (
    ANSWERS,
    ASKED,
    Asked,
    Given,
    faults_of,
    read_answers,
    read_asked,
    safe_initials,
    write_answers,
    write_asked,
    written_answers,
)
from mlpdm_kit.case.askable import Askable, askable, pooled_change
from mlpdm_kit.case.editing.file import CaseFile, read_state
from mlpdm_kit.case.units import Units
from mlpdm_kit.errors import InputError

JPY = Units(currency="JPY", unit="mail")
KNOWN = {
    "volume": Askable(name="volume", dimension="cases/month"),
    "prevalence": Askable(name="prevalence", dimension="share"),
    "outcomes.miss": Askable(name="outcomes.miss", dimension="money/case", value_at="cost"),
}


def put(folder: Path, name: str, text: str | bytes) -> Path:
    file = folder / ANSWERS / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def read(folder: Path) -> Given:
    return read_answers(folder, KNOWN, JPY)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    said = {"volume": {"value": "８千〜1.2万 per month", "bet": "too-narrow"},
            "outcomes.miss": {"value": "3,000..12,000 JPY per mail",
                              "after_reveal": "yes"}}  # fmt: skip
    path = write_answers(tmp_path, " k.t. ", said)
    assert path.name == "K-T.yaml"
    found = read(tmp_path)
    assert found.faults == ()
    (one,) = found.answers
    assert one.by == "K-T"
    volume, miss = one.estimates["volume"], one.estimates["outcomes.miss"]
    assert (volume.value.low, volume.value.high, volume.bet) == (8000, 12000, "too-narrow")
    assert (miss.value.low, miss.value.high, miss.after_reveal) == (3000, 12000, True)
    assert written_answers(tmp_path, "k.t.") == said
    assert found.of("prevalence") == {}


def test_a_plain_range_will_do_and_the_file_names_its_writer(tmp_path: Path) -> None:
    put(tmp_path, "AS.yaml", "estimates:\n  prevalence: 2%..5%\n")
    (one,) = read(tmp_path).answers
    assert one.by == "AS"
    assert one.estimates["prevalence"].value.high == 0.05


@pytest.mark.parametrize(
    ("text", "code", "line", "field"),
    [
        ("by: [\n", "yaml-bracket", 2, ""),
        ("", "answers-empty", 1, "answers"),
        ("- 1\n", "answers-mapping", 1, "answers"),
        ("by: KT\nestimats: {}\n", "unknown-key", 2, "estimats"),
        ("by: KT\nestimates: none at all\n", "mapping", 2, "estimates"),
    ],
)
def test_a_broken_file_is_named_and_passed_over(
    tmp_path: Path, text: str, code: str, line: int, field: str
) -> None:
    file = put(tmp_path, "KT.yaml", text)
    put(tmp_path, "MH.yaml", "estimates: {volume: 5..9 per month}\n")
    found = read(tmp_path)
    assert [one.by for one in found.answers] == ["MH"]
    (fault,) = found.faults
    assert (fault.code, fault.file, fault.field) == (code, str(file), field)
    if code != "yaml-bracket":
        assert fault.line == line
    for lang in ("en", "ja"):
        assert str(file) in fault.sentence(lang)


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ("5", "share-range", "value"),
        ("2%", "estimate-point", ""),
        ("5%..2%", "range-reversed", "value"),
        ("2..5 JPY", "unit-wrong", "value"),
        ("{value: 2%..5%, bet: maybe}", "not-one-of", "bet"),
        ("{bet: too-wide}", "missing", "value"),
        ("{value: 2%..5%, valeu: 1}", "unknown-key", "valeu"),
        ("{value: 2%..2.00000001%}", "interval-narrow", ""),
    ],
)
def test_a_wrong_range_is_passed_over_and_the_others_count(
    tmp_path: Path, said: str, code: str, field: str
) -> None:
    put(
        tmp_path, "KT.yaml", f"by: KT\nestimates:\n  volume: 5..9 per month\n  prevalence: {said}\n"
    )
    found = read(tmp_path)
    assert [list(one.estimates) for one in found.answers] == [["volume"]]
    (fault,) = found.faults
    assert (fault.code, fault.line) == (code, 4)
    assert fault.field == f"estimates.prevalence{'.' if field else ''}{field}"
    assert fault.rule("ja") != fault.rule("en")


def test_an_input_that_nobody_is_asked_for_is_named(tmp_path: Path) -> None:
    put(tmp_path, "KT.yaml", "estimates: {colour: 1..2, volume: 5..9 per month}\n")
    found = read(tmp_path)
    assert list(found.answers[0].estimates) == ["volume"]
    assert [fault.code for fault in found.faults] == ["estimate-unknown"]


def test_two_files_of_one_member_count_once(tmp_path: Path) -> None:
    put(tmp_path, "A.yaml", "by: KT\nestimates: {volume: 5..9 per month}\n")
    put(tmp_path, "B.yaml", "by: KT\nestimates: {volume: 50..90 per month}\n")
    found = read(tmp_path)
    assert [one.estimates["volume"].value.low for one in found.answers] == [5]
    assert [fault.code for fault in found.faults] == ["answers-twice"]


def test_no_answers_are_none_and_what_is_asked_is_none(tmp_path: Path) -> None:
    assert read(tmp_path) == Given()
    assert read_asked(tmp_path) == (None, ())


def test_what_is_asked_is_kept_and_is_no_answer(tmp_path: Path) -> None:
    asked = Asked(asked=("volume",), chosen_by="evppi", members=("KT", "AS"), revealed=True)
    write_asked(tmp_path, asked)
    assert read_asked(tmp_path) == (asked, ())
    assert read(tmp_path) == Given()
    put(tmp_path, ASKED, "asked: volume\nrevealed: perhaps\n")
    found, (fault,) = read_asked(tmp_path)
    assert found is None
    assert (fault.code, fault.line) == ("yes-no", 2)


def test_ranges_are_checked_before_they_are_saved() -> None:
    typed = {"volume": {"value": "5..9 per month"}, "prevalence": {"value": "9%..5%"}}
    found = faults_of(typed, KNOWN, JPY)
    assert {name: [f.code for f in some] for name, some in found.items()} == {
        "prevalence": ["range-reversed"]
    }


@given(st.text(max_size=40))
def test_initials_name_a_file_on_any_machine(text: str) -> None:
    try:
        name = safe_initials(text)
    except InputError:  # nothing is left of it
        assert not any(sign.isalnum() for sign in text)
        return
    assert 0 < len(name) <= 21
    assert not set(name) & set('/\\:*?"<>|._ \0\n')
    assert name.rstrip(" .") == name
    assert safe_initials(name) == name


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_give_answers_or_faults(tmp_path: Path, content: bytes) -> None:
    put(tmp_path, "KT.yaml", content)
    put(tmp_path, ASKED, content)
    found = read(tmp_path)
    assert len(found.answers) <= 1
    assert found.answers or found.faults
    asked, faults = read_asked(tmp_path)
    assert (asked is None) == bool(faults)
    for fault in (*found.faults, *faults):
        assert fault.sentence("en")
        assert fault.sentence("ja")


written = st.one_of(
    st.text(max_size=12), st.none(), st.integers(),
    st.lists(st.text(max_size=4), max_size=2),
    st.dictionaries(st.sampled_from(["value", "bet", "after_reveal", "x"]), st.text(max_size=8),
                    max_size=3),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([*KNOWN, "x"]), written, max_size=4))
def test_any_estimates_give_answers_or_faults(tmp_path: Path, said: dict[str, Any]) -> None:
    from mlpdm_kit.case.answers import _as_yaml

    put(tmp_path, "KT.yaml", _as_yaml({"by": "KT", "estimates": said}))
    found = read(tmp_path)
    kept = sum(len(one.estimates) for one in found.answers)
    assert kept <= len(said)
    assert kept == len(said) or found.faults


MakeCase = Callable[..., Path]


def test_what_can_be_asked_is_what_the_case_says_and_what_its_task_needs(
    make_case: MakeCase,
) -> None:
    state = read_state(make_case("small"))
    known = askable(state)
    assert list(known)[:4] == ["volume", "prevalence", "outcomes.false_positive",
                               "outcomes.false_negative"]  # fmt: skip
    assert known["outcomes.false_negative"].value_at == "cost"
    assert "horizon" not in known
    for name, one in known.items():
        assert one.item is None or state.document.at(one.path) is not None, name


def test_a_case_in_the_making_can_be_asked_for_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("title: Rain?\ncurrency: JPY\n")
    known = askable(read_state(tmp_path))
    assert list(known) == ["volume", "prevalence", "outcomes.false_positive",
                           "outcomes.false_negative"]  # fmt: skip


def test_a_pooled_range_goes_into_the_file_and_back_out(tmp_path: Path) -> None:
    shutil.copytree(shipped.cases() / "urgent-mail", tmp_path / "case")
    file = CaseFile(tmp_path / "case")
    before = file.state.document.text
    one = askable(file.state)["outcomes.false_negative"]
    change = pooled_change(one, file.state, "20..90 JPY per mail", owner="KT", note="Pooled.")
    assert change is not None
    assert file.commit(change).saved
    assert file.state.case is not None
    item = file.state.case.outcomes["false_negative"].input
    assert (item.low, item.high, item.evidence) == (20, 90, "assumed")
    assert (item.owner, item.note) == ("KT", "Pooled.")
    assert file.undo()
    assert file.state.document.text == before
    assert pooled_change(one, file.state, "1..2 JPY per mail", owner="", note="") is not None
    model = askable(file.state)["volume"]  # nobody answers for it yet
    assert pooled_change(model, file.state, "1..2 per month", owner="", note="") is None
