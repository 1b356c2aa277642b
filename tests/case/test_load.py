"""A case file is a case, or every fault that is in it, each with its place."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mlpdm_kit.case.load import check_case, find_cases, load_case
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.rules import named_inputs
from mlpdm_kit.errors import Fault, InputError

Write = Callable[..., Path]


def told(faults: list[Fault]) -> list[tuple[str, str, int | None]]:
    return [(fault.code, fault.field, fault.line) for fault in faults]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_case_of_the_design_loads(write: Write) -> None:
    folder = write()
    case = load_case(folder)
    assert check_case(folder) == []
    assert case.name == "hold-claims"
    assert case.folder == folder.resolve()
    assert case.checks["decision-changes"].answer == "yes"
    assert case.volume is not None
    assert (case.volume.low, case.volume.high, case.volume.evidence) == (8000, 12000, "measured")
    assert case.prevalence is not None
    assert case.prevalence.note == "in production, not in the file"
    assert case.outcomes["false_negative"].input.owner == "Controlling"
    assert case.options["model-with-review"].capacity is not None
    assert case.framing.goal is not None
    assert case.framing.goal.now == "40..60"
    assert dict(named_inputs(case))["options.llm.cost_per_case"].high == 4


def test_the_file_and_its_folder_are_the_same_case(write: Write) -> None:
    folder = write()
    assert load_case(folder) == load_case(str(folder / "case.yaml"))


def test_the_digest_is_that_of_what_is_said(write: Write, claims: str) -> None:
    first = load_case(write()).digest
    assert load_case(write("# a comment\n" + claims)).digest == first
    assert load_case(write(claims.replace("8000..12000", "8000..12001"))).digest != first


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("8000..12000 per month", "8000..12000", "unit-missing", "volume.value"),
        ("8000..12000 per month", "12000..8000 per month", "range-reversed", "volume.value"),
        ("200..600 JPY per claim", "200..600 JPY per day", "unit-wrong",
         "outcomes.false_positive.cost"),
        ("3000..12000 JPY", "3000..12000 USD", "currency-other", "outcomes.false_negative.cost"),
        ("evidence: assumed, owner", "evidence: guessed, owner", "not-one-of",
         "outcomes.false_negative.evidence"),
        ("owner: Controlling", "ownr: Controlling", "unknown-key", "outcomes.false_negative.ownr"),
        ("consulted:", "consulting:", "unknown-key", "people.consulting"),
        ("volume: {value", "volume: {low: 1, value", "unknown-key-here", "volume.low"),
        ("horizon: 24 months", "horizon: 12..24 months", "point-needed", "horizon"),
        ("horizon: 24 months", "horizon: 9000 months", "horizon", "horizon"),
        ("8% per year", "8%", "unit-missing", "discount"),
        ("2027-06-01", "1 June 2027", "date", "review_on"),
        ("2027-06-01", "20270601", "date", "review_on"),
        ("2027-06-01", "2027-02-30", "date", "review_on"),
        ("2027-06-01", "0027-06-01", "year-unlikely", "review_on"),
        ("2027-06-01", "2201-06-01", "year-unlikely", "review_on"),
        ("kind: llm,", "kind: gpt,", "not-one-of", "options.llm.kind"),
        ("of: model,", "of: modell,", "option-missing", "options.model-with-review.of"),
        ("  purpose:", "  purpos:", "check-unknown", "checks.purpos"),
        ("answer: yes, evidence: quoted", "answer: sure, evidence: quoted", "not-one-of",
         "checks.purpose.answer"),
        ("false_negative:", "false_negativ:", "outcome-unknown", "outcomes.false_negativ"),
        ("currency: JPY", "currency: jpy", "currency", "currency"),
        ("currency: JPY", "currency: yen", "currency", "currency"),
        ("unit: claim", "unit: ''", "text-empty", "unit"),
        ("title: Hold expense claims that look like duplicates?", "title:", "field-empty", "title"),
        ("title: Hold expense claims that look like duplicates?", "name: Hold?", "missing",
         "title"),
        ("  status_quo: Random audit of 2%\n", "", "missing", "framing.status_quo"),
        ("consulted: [Legal]", "consulted: {a: b}", "text", "people.consulted"),
        ("leave_out: [audit_note]", "leave_out: [[audit_note]]", "text", "data.leave_out.0"),
        ("discount: 8% per year", "discount: [8%]", "quantity-number", "discount"),
        ("currency: JPY", "currency: JPY\nsimulated: perhaps", "yes-no", "simulated"),
        ("currency: JPY", "currency: JPY\nid: ../up", "id", "id"),
        ("evidence: quoted, source", "evidence: quoted, threshold: nan, source", "number",
         "checks.purpose.threshold"),
    ],
)  # fmt: skip
def test_each_fault_has_its_line_field_rule_and_remedy(
    write: Write, claims: str, old: str, new: str, code: str, field: str
) -> None:
    assert claims.count(old) == 1
    text = claims.replace(old, new)
    folder = write(text)
    faults = check_case(folder)
    found = {(fault.code, fault.field): fault for fault in faults}
    assert (code, field) in found, told(faults)
    fault = found[code, field]
    lines = text.splitlines()
    if code == "missing":
        line = 1 if field == "title" else line_of(text, "framing:")
    else:
        line = next(n for n, said in enumerate(lines, 1) if said not in claims.splitlines())
    if field in ("id", "simulated"):
        line = line_of(text, f"\n{field}:") + 1
    assert fault.line == line, told(faults)
    assert fault.file == str(folder / "case.yaml")
    assert fault.sentence().startswith(f"{folder / 'case.yaml'}:{line}: ")
    assert fault.remedy()


def test_one_slip_is_told_once(write: Write, claims: str) -> None:
    for old, new in [
        ("8000..12000 per month", "8000..12000"),
        ("kind: rule,", "kind: rul,"),
        ("currency: JPY", "currency: jpy"),
        ("{cost: 3000", "{cots: 3000"),
        ("target: is_duplicate, ", ""),
        ("  problem:", "  problm:"),
    ]:
        faults = check_case(write(claims.replace(old, new)))
        assert len({fault.line for fault in faults}) == 1, told(faults)
        assert len(faults) <= 2, told(faults)


def test_faults_of_all_kinds_come_in_one_go(write: Write, claims: str) -> None:
    text = (
        claims.replace("8000..12000 per month", "8000..12000")  # the model's own
        .replace("value: 0.4%..1.1%, evidence: measured", "value: 2%..1%, evidence: maybe, by: me")
        .replace("of: model,", "of: modle,")  # a rule over two fields
        .replace("segment: office", "segment: offices")  # the data
        .replace("amount > 50000", "amonut > 50000")
    )
    folder = write(text)
    faults = check_case(folder)
    assert told(faults) == [
        ("unit-missing", "volume.value", 15),
        ("range-reversed", "prevalence.value", 16),
        ("not-one-of", "prevalence.evidence", 16),
        ("unknown-key-here", "prevalence.by", 16),
        ("column-missing", "data.segment", 17),
        ("column-missing", "options.rule.when", 22),
        ("option-missing", "options.model-with-review.of", 25),
    ]
    with pytest.raises(InputError) as caught:
        load_case(folder)
    assert told(list(caught.value.faults)) == [told(faults)[i] for i in (0, 1, 2, 3, 6)]


def test_two_hundred_faults_each_with_its_line(write: Write, bare: str) -> None:
    head = bare.replace("options:\n", "")
    before, after = head.split("  rule:\n")[0], "  rule:\n" + head.split("  rule:\n")[1]
    wrong = "".join(
        f"  rule-{n}:\n    kind: rule\n    build: {n} JPY per month\n"
        "    rates: {recall: 50%..70%, false_positive_rate: 1%..3%}\n"
        for n in range(1, 201)
    )
    text = f"{before}options:\n{wrong}{after}"
    faults = check_case(write(text))
    at = {match[1]: line_of(text, match[0]) for match in re.finditer(r"build: (\d+) JPY", text)}
    assert told(faults) == [
        ("unit-wrong", f"options.rule-{n}.build", at[str(n)]) for n in range(1, 201)
    ]
    assert faults[57].value == "58 JPY per month"


def test_more_faults_than_anyone_reads_are_counted(write: Write, bare: str) -> None:
    faults = check_case(write(bare + "".join(f"x{n}: 1\n" for n in range(1500))))
    assert len(faults) == 1001
    assert "500 more faults" in faults[-1].sentence()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file-empty"),
        (b"# only a comment\n", "file-empty"),
        (b"- a\n- b\n", "file-mapping"),
        (b"just words\n", "file-mapping"),
        (bytes(range(256)), "file-binary"),
        (b"\x89PNG\r\n\x1a\n\x00", "file-binary"),
        (b"\xff\xfe\xfd", "file-encoding"),
    ],
)
def test_a_file_that_is_no_case(write: Write, raw: bytes, code: str) -> None:
    (fault,) = check_case(write(raw))
    assert fault.code == code
    assert fault.file
    assert fault.file.endswith("case.yaml")


def test_a_missing_file(tmp_path: Path) -> None:
    (fault,) = check_case(tmp_path / "nowhere")
    assert fault.code == "file-missing"
    with pytest.raises(InputError):
        load_case(tmp_path)


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000])
def test_a_path_that_can_be_no_case(path: str) -> None:
    assert [fault.code for fault in check_case(path)] in (
        ["file-unreadable"], ["path-missing"], ["file-missing"],
    )  # fmt: skip


def test_overrides_replace_what_the_file_says(write: Write, bare: str) -> None:
    folder = write(bare)
    case = load_case(folder, {"volume": "500 per day", "options.rule.label": "Two columns"})
    assert case.volume is not None
    assert case.volume.low == pytest.approx(500 * 365 / 12)
    assert case.options["rule"].label == "Two columns"
    case = load_case(folder, {"outcomes.false_positive": "5 JPY per claim"})
    assert case.outcomes["false_positive"].input.low == 5


def test_a_fault_in_an_override_is_not_laid_to_the_file(write: Write, bare: str) -> None:
    (fault,) = check_case(write(bare), {"volume": "500"})
    assert (fault.code, fault.file, fault.line) == ("unit-missing", None, None)


@pytest.mark.parametrize("name", ["", "title.x", "options", "options.rule.kind.x", "."])
def test_an_override_that_leads_nowhere(write: Write, bare: str, name: str) -> None:
    assert check_case(write(bare), {name: "1"})


def test_find_cases(write: Write, tmp_path: Path) -> None:
    folder = write()
    assert find_cases([tmp_path, folder, folder / "case.yaml"]) == [folder]
    for wrong in (tmp_path / "none", folder / "claims.csv" / "x"):
        with pytest.raises(InputError):
            find_cases([wrong])


def test_a_case_without_data_needs_no_data_library(write: Write, bare: str) -> None:
    code = (
        "import sys; from mlpdm_kit.case.load import check_case;"
        "assert check_case(sys.argv[1]) == [];"
        "print([m for m in ('pandas', 'duckdb', 'numpy', 'sklearn') if m in sys.modules])"
    )
    folder = write(bare, {})
    ran = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_a_range_cannot_be_slipped_past_the_units(write: Write, bare: str) -> None:
    text = bare.replace(
        "volume: 8000..12000 per month", "volume: {low: 1, high: 2, dimension: cases/month}"
    )
    assert {fault.code for fault in check_case(write(text))} >= {"missing"}


def test_messages_hold_no_words_of_the_machinery(write: Write, claims: str) -> None:
    words = re.compile(r"None|NoneType|Error\b|Traceback|pydantic|\bdict\b|\bstr\b|Exception|null")
    for number, line in enumerate(claims.splitlines()):
        for new in ("", "- x", line.partition(":")[0] + ":", line.partition(":")[0] + ": {a: [1]}",
                    line.partition(":")[0] + ": []"):  # fmt: skip
            lines = claims.splitlines()
            lines[number] = new
            for fault in check_case(write("\n".join(lines), {})):
                assert not words.search(fault.sentence().replace('{"a"', "")), fault.sentence()


QUIET = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
WORDS = st.sampled_from(
    ["title", "framing", "user", "options", "rule", "kind", "when", "rates", "recall", "value",
     "evidence", "outcomes", "cost", "volume", "checks", "data", "file", "target", "2%..5%",
     "3 JPY", "yes", "binary", "regression", "task", "claims.csv", "..", "low", "high", "unit"]
)  # fmt: skip
TREES = st.recursive(
    WORDS | st.text(max_size=12) | st.none() | st.integers() | st.floats() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(WORDS | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=16,
)


def a_case_or_faults(folder: Path, overrides: Any = None) -> None:
    faults: list[Fault] = []
    try:
        case = load_case(folder, overrides)
    except InputError as error:
        faults += error.faults
    assert faults or isinstance(case, Case)
    assert all(fault.to_dict()["remedy"] for fault in faults)
    assert all(fault.sentence() for fault in check_case(folder, overrides))


@QUIET
@given(raw=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_a_case_or_faults(write: Write, raw: bytes) -> None:
    a_case_or_faults(write(raw, {}))


@QUIET
@given(tree=TREES)
def test_any_tree_is_a_case_or_faults(write: Write, tree: Any) -> None:
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(tree, stream)
    a_case_or_faults(write(stream.getvalue(), {}))


@QUIET
@given(data=st.data())
def test_any_change_of_a_sound_case_is_a_case_or_faults(
    write: Write, claims: str, data: st.DataObject
) -> None:
    value = YAML(typ="safe", pure=True).load(claims)
    value["review_on"] = "2027-06-01"
    for _ in range(data.draw(st.integers(1, 3))):
        here = value
        while True:
            key = data.draw(st.sampled_from([*here, "new"]))
            if not isinstance(here.get(key), dict) or data.draw(st.booleans()):
                here[key] = data.draw(TREES)
                break
            here = here[key] or {"x": 1}
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(value, stream)
    a_case_or_faults(write(stream.getvalue(), {}))


@QUIET
@given(name=st.lists(WORDS, max_size=3).map(".".join), value=TREES)
def test_any_override_is_a_case_or_faults(write: Write, bare: str, name: str, value: Any) -> None:
    a_case_or_faults(write(bare, {}), {name: value})


def test_a_bad_currency_hides_no_other_unit(make_case: Any) -> None:
    folder = make_case(currency="XXQ", volume="5 per banana")
    found = {(fault.field, fault.code) for fault in check_case(folder)}
    assert found == {("currency", "currency"), ("volume", "unit-wrong")}


@pytest.mark.parametrize(
    "name",
    [
        "case.yml",
        "Case.yaml",
        "CASE.YML",
        "case.yaml.txt",
        "case (1).yaml",
        "cases.yaml",
        "case copy.yaml",
        "case.json",
    ],
)
def test_a_case_that_is_misnamed_is_told_not_passed_over(
    write: Write, bare: str, tmp_path: Path, name: str
) -> None:
    good = write(bare)
    other = tmp_path / "all" / "forgot"
    other.mkdir(parents=True)
    good.rename(tmp_path / "all" / "good")
    (other / name).write_text(bare, encoding="utf-8")
    (tmp_path / "all" / "notes").mkdir()
    found = find_cases([tmp_path / "all"])
    assert [place.name for place in found] == ["forgot", "good"]
    (fault,) = check_case(other)
    assert fault.code == "case-misnamed"
    assert "Rename it to case.yaml" in fault.sentence("en")


def test_a_folder_that_nobody_may_look_into_is_told(
    monkeypatch: pytest.MonkeyPatch, write: Write, bare: str
) -> None:
    folder = write(bare)
    listed = os.listdir

    def refused(path: Any) -> list[str]:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "listdir", refused)
    assert find_cases([folder.parent]) == [folder]
    with pytest.raises(InputError) as raised:
        find_cases([folder])
    assert raised.value.faults[0].code == "path-unreadable"


def test_what_is_put_in_place_is_known_and_faults_of_it_blame_no_file(
    write: Write, bare: str
) -> None:
    folder = write(bare)
    assert load_case(folder, {"volume": "500 per day"}).overridden == {"volume": "500 per day"}
    assert load_case(folder).overridden == {}
    (fault, *_) = check_case(folder, {"optoins.rule.label": "x"})
    assert (fault.field, fault.file, fault.line) == ("optoins", None, None)


def test_more_options_than_anybody_weighs_are_refused(write: Write, bare: str) -> None:
    many = "".join(f"  r{n}: {{kind: process}}\n" for n in range(61))
    head, sign, tail = bare.partition("options:\n")
    assert sign
    faults = check_case(write(head + sign + many + tail))
    assert [(fault.field, fault.value) for fault in faults if fault.code == "options-many"] == [
        ("options", len(re.findall("^  [a-z0-9]+:", many + tail, re.MULTILINE)))]  # fmt: skip
