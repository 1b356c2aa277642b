from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from mlpdm_kit import shipped
from mlpdm_kit.analysis.ladder import ladder
from mlpdm_kit.case import areas
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.example import still_as_in_example
from mlpdm_kit.case.kinds import OPTION_KINDS, TASK_KINDS
from mlpdm_kit.case.load import check_case, load_case
from mlpdm_kit.case.model import (
    Answer,
    Ask,
    Budget,
    Case,
    Data,
    Framing,
    Goal,
    Incident,
    Option,
    People,
    Stage,
    Study,
    Tokens,
)
from mlpdm_kit.case.option import Look
from mlpdm_kit.case.schema import case_schema
from mlpdm_kit.case.template import new_case
from mlpdm_kit.case.yaml_text import read_yaml
from mlpdm_kit.errors import InputError
from mlpdm_kit.record.areas import written
from mlpdm_kit.text import LANGUAGES, Text

PARTS = (
    areas.Design, areas.ErrorCase, areas.Rollback, areas.Evaluation, areas.KpiLink,
    areas.SegmentsPlan, areas.Explanation, areas.LiveTest, areas.Collection, areas.Logged,
    areas.Annotation, areas.Governance, areas.Policy, areas.Deletion,
)  # fmt: skip
in_every_language = pytest.mark.parametrize("lang", LANGUAGES)


@in_every_language
def test_a_new_case_passes_as_it_is(tmp_path: Path, lang: str) -> None:
    file = new_case(tmp_path / "urgent-mails", lang=lang)
    assert check_case(file.parent) == []
    case = load_case(file)
    assert case.name == "urgent-mails"
    assert {answer.answer for answer in case.checks.values()} == {"unknown"}
    assert not any(option.of_kind.name == "none" for option in case.options.values())
    assert any(not option.of_kind.is_ml for option in case.options.values())


@in_every_language
def test_every_check_stands_in_it_with_its_question(tmp_path: Path, lang: str) -> None:
    text = new_case(tmp_path / "a", lang=lang).read_text(encoding="utf-8")
    for name, check in CHECKS.items():
        assert f"  # {Text(lang).say(f'check.{name}.question')}\n" in text
        assert (f"\n  {name}: {{answer: unknown}}\n" in text) == check.asked, name


@in_every_language
@pytest.mark.parametrize(
    "model",
    [
        Case,
        People,
        Framing,
        Goal,
        Answer,
        Data,
        Option,
        Look,
        Budget,
        Stage,
        Study,
        Tokens,
        Ask,
        Incident,
        *PARTS,
    ],
    ids=lambda m: m.__name__,
)
def test_every_field_is_explained(tmp_path: Path, model: type[BaseModel], lang: str) -> None:
    text = new_case(tmp_path / "a", lang=lang).read_text(encoding="utf-8")
    fields = set(model.model_fields) - {"folder", "digest", "overridden"}
    assert {name for name in fields if not re.search(rf"\b{name}:", text)} == set()


@in_every_language
def test_every_kind_outcome_and_rate_is_named(tmp_path: Path, lang: str) -> None:
    text = new_case(tmp_path / "a", lang=lang).read_text(encoding="utf-8")
    binary = TASK_KINDS["binary"]
    words = {*OPTION_KINDS, *TASK_KINDS, *binary.outcomes, *binary.rates}
    words |= set(TASK_KINDS["regression"].outcomes)
    assert {word for word in words if not re.search(rf"\b{word}\b", text)} == set()


@in_every_language
def test_what_is_commented_out_can_be_written_too(tmp_path: Path, lang: str) -> None:
    """The examples in comments are right: those of the top and of the outcomes, uncommented."""
    text = new_case(tmp_path / "a", lang=lang).read_text(encoding="utf-8")
    keys = "id|date|supersedes|review_on|simulated|action_success|budget|true_positive"
    keys += "|true_negative|note|cost_per_case|correlations"
    opened = re.sub(rf"^( *)# ({keys}):", r"\1\2:", text, flags=re.MULTILINE)
    opened = re.sub(r"^  #   (gain|cost):", r"    \1:", opened, flags=re.MULTILINE)
    opened = re.sub(r"^#   (latency|cost):", r"  \1:", opened, flags=re.MULTILINE)
    assert opened.count("\n#") < text.count("\n#") - 9
    (tmp_path / "a" / "case.yaml").write_text(opened, encoding="utf-8")
    assert [str(fault) for fault in check_case(tmp_path / "a")] == []


@in_every_language
def test_the_words_on_the_four_areas_can_be_written_too(tmp_path: Path, lang: str) -> None:
    """Their commented example is a sound one, and leaves nothing unsaid."""
    file = new_case(tmp_path / "a", lang=lang)
    lines = file.read_text(encoding="utf-8").splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("# design:"))
    last = next(n for n, line in enumerate(lines) if line.startswith("#   deletion:"))
    opened = [line.removeprefix("#").removeprefix(" ") for line in lines[first : last + 1]]
    file.write_text("\n".join([*lines[:first], *opened, *lines[last + 1 :]]), encoding="utf-8")
    assert [str(fault) for fault in check_case(file)] == []
    case = load_case(file)
    found = {part.path: part for part in written(case, ladder(case))}
    assert set(found) == {topic.path for topic in areas.TOPICS}
    assert [one.name for part in found.values() for one in part.told if one.missing] == []
    assert case.collection.annotation is not None
    assert case.collection.annotation.labels == 1600


@in_every_language
def test_the_example_of_what_a_model_is_asked_can_be_written(tmp_path: Path, lang: str) -> None:
    text = new_case(tmp_path / "a", lang=lang).read_text(encoding="utf-8")
    lines = text.splitlines()
    start = lines.index("#     ask:")
    ask = [line[1:] for line in lines[start : start + 9]]
    tokens = next(line for line in lines if line.startswith("#   tokens:")).replace("#", " ", 1)
    llm = ["  llm:", "     kind: llm", f" {tokens}", *ask]
    at = lines.index("options:") + 1
    data = ["data: {file: mails.csv, target: was_urgent}"]
    (tmp_path / "a" / "case.yaml").write_text("\n".join([*data, *lines[:at], *llm, *lines[at:]]))
    mails = "\n".join(f"text {row},{'yes' if row % 3 else 'no'}" for row in range(30))
    (tmp_path / "a" / "mails.csv").write_text(f"body,was_urgent\n{mails}\n")
    assert [fault.code for fault in check_case(tmp_path / "a")] == ["answers-none"]
    asked = load_case(tmp_path / "a").options["llm"].ask
    assert asked is not None
    assert (asked.repeats, asked.untrusted, asked.temperature) == (3, "body", 0)


def test_both_languages_ask_for_the_same(tmp_path: Path) -> None:
    def keys(value: Any) -> Any:
        return {k: keys(v) for k, v in value.items()} if isinstance(value, dict) else None

    first, *others = (
        keys(read_yaml(new_case(tmp_path / lang, lang=lang))[0]) for lang in LANGUAGES
    )
    assert all(other == first for other in others)


@pytest.mark.parametrize("taken", ["file", "full", "link"])
def test_nothing_is_written_over(tmp_path: Path, taken: str) -> None:
    place = tmp_path / "a"
    if taken == "file":
        place.write_text("mine")
    elif taken == "full":
        place.mkdir()
        (place / "mine.txt").write_text("mine")
    else:
        place.symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError) as caught:
        new_case(place)
    assert caught.value.faults[0].code == "folder-taken"
    assert [path.name for path in tmp_path.rglob("*")] == (
        ["a", "mine.txt"] if taken == "full" else ["a"]
    )


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    assert new_case(tmp_path) == tmp_path / "case.yaml"
    assert check_case(tmp_path) == []


def test_a_name_with_a_line_break_stays_in_its_comment(tmp_path: Path) -> None:
    file = new_case(tmp_path / "a\ntitle: b")
    assert load_case(file, {"id": "a"}).title == "Flag urgent support mails?"


@pytest.fixture
def library_case(tmp_path: Path) -> Path:
    folder = new_case(tmp_path / "library" / "mails").parent
    (folder / "mails.csv").write_text("mail_id,was_urgent\n1,yes\n")
    (folder / ".git").mkdir()
    return folder


def test_like_copies_a_case_with_its_data(tmp_path: Path, library_case: Path) -> None:
    file = new_case(tmp_path / "mine", like=library_case)
    assert sorted(path.name for path in file.parent.iterdir()) == ["case.yaml", "mails.csv"]
    case = load_case(file)
    assert case.title == "Copy of Flag urgent support mails?"
    assert case.like == "../library/mails"
    note = file.read_text(encoding="utf-8").partition("\n\n")[0]
    assert note.startswith("# COPY of the example ../library/mails: what stands here is about")
    assert "# The files beside this one are the example’s too: mails.csv.\n" in note


def test_like_takes_a_name_of_the_library(tmp_path: Path) -> None:
    names = sorted(path.parent.name for path in shipped.cases().glob("*/case.yaml"))
    assert names
    for name in names:
        file = new_case(tmp_path / name, like=name)
        assert check_case(file.parent) == []
        case, example = load_case(file), load_case(shipped.cases() / name)
        assert (case.like, case.name, case.status) == (
            name,
            name,
            "draft" if "status:" in file.read_text("utf-8") else "proposed",
        )
        assert case.title == f"Copy of {example.title}"
        assert (case.people, case.review_on, case.date) == (People(), None, None)
        assert len(case.options) == len(example.options)
        assert re.findall(r"evidence: (?:measured|quoted)", file.read_text("utf-8")) == []


def test_a_copy_keeps_order_comments_and_everything_else(tmp_path: Path) -> None:
    """Only the lines that are marked differ, and they only where they are."""
    name = "urgent-mail"
    theirs = (shipped.cases() / name / "case.yaml").read_text(encoding="utf-8")
    mine = new_case(tmp_path / "mine", like=name, lang="ja").read_text(encoding="utf-8")
    note, mine = mine.split("# No data at all", 1)
    assert note.startswith("# 手本「urgent-mail」の写しです。")
    assert all(line.startswith("# ") for line in note.splitlines())
    lines = [line for line in ("# No data at all" + mine).splitlines() if line != f"like: {name}"]
    assert len(lines) == len(theirs.splitlines())
    for own, their in zip(lines, theirs.splitlines(), strict=True):
        kept = re.sub(r"evidence: (measured|quoted)", "evidence: assumed", their)
        left_open = re.match(r" *(title|decider|consulted|informed|review_on):", own)
        assert own == kept or left_open, own


def test_check_names_what_is_still_the_examples(tmp_path: Path) -> None:
    file = new_case(tmp_path / "mine", like="churn")
    like, fields = still_as_in_example(file.parent) or ("", [])
    assert like == "churn"
    assert {"title", "framing.user", "framing.problem", "volume.value"} <= set(fields)
    assert [name for name in fields if name.endswith(".csv")]
    assert not [name for name in fields if name.endswith((".kind", ".evidence"))]
    text = file.read_text(encoding="utf-8")
    example = load_case(shipped.cases() / "churn")
    text = text.replace(example.framing.problem, "Subscribers of ours leave")
    text = text.replace("Copy of ", "Ours: ")
    file.write_text(text, encoding="utf-8")
    _, left = still_as_in_example(file) or ("", [])
    assert set(fields) - set(left) == {"title", "framing.problem"}
    file.write_text(text.replace("like: churn\n", ""), encoding="utf-8")
    assert still_as_in_example(file) is None


def test_a_copy_of_a_case_in_braces(tmp_path: Path) -> None:
    source = new_case(tmp_path / "source")
    values = read_yaml(source)[0]
    source.write_text(json.dumps({**values, "id": "theirs", "people": {"decider": "Head"}}))
    file = new_case(tmp_path / "mine", like=source.parent)
    assert check_case(file.parent) == []
    assert (load_case(file).name, load_case(file).people.decider) == ("mine", "")
    assert still_as_in_example(file) is not None


def test_like_a_case_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "case.yaml").write_text('title: "open\n')
    with pytest.raises(InputError) as caught:
        new_case(tmp_path / "mine", like=tmp_path / "broken")
    assert caught.value.faults[0].code == "yaml-quote"
    assert not (tmp_path / "mine").exists()


def test_like_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        new_case(tmp_path / "a", like="no-such-case")
    assert caught.value.faults[0].code == "like-missing"
    assert not (tmp_path / "a").exists()


def faults_by_schema(values: Any) -> list[str]:
    import jsonschema

    jsonschema.Draft202012Validator.check_schema(case_schema())
    validator = jsonschema.Draft202012Validator(case_schema())
    return [f"{error.json_path}: {error.message[:120]}" for error in validator.iter_errors(values)]


def as_an_editor_reads(value: Any) -> Any:
    """Numbers and booleans of YAML, which the kit itself leaves as text."""
    if isinstance(value, dict):
        return {key: as_an_editor_reads(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_an_editor_reads(item) for item in value]
    if value in ("true", "false"):
        return value == "true"
    number = isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value)
    return float(value) if number else value


def test_the_schema_takes_what_the_kit_takes(tmp_path: Path) -> None:
    for folder in (new_case(tmp_path / "a").parent, *shipped.cases().iterdir()):
        if (folder / "case.yaml").is_file():
            values = as_an_editor_reads(read_yaml(folder / "case.yaml")[0])
            assert faults_by_schema(values) == [], folder.name


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("colour", "red", "$"),
        ("volume", ["1", "2"], "$.volume"),
        ("checks", {"no-such-check": {"answer": "yes"}}, "$.checks"),
        ("outcomes", {"false_positive": {"cost": "1 USD", "gain": "1 USD"}}, "$.outcomes"),
        ("options", {"rule": {"kind": "magic"}}, "$.options.rule.kind"),
        ("low", {"low": 1, "high": 2}, "$"),
        ("digest", "abc", "$"),
    ],
)
def test_the_schema_refuses_what_the_kit_refuses(
    tmp_path: Path, field: str, value: Any, where: str
) -> None:
    values = read_yaml(new_case(tmp_path / "a"))[0]
    found = faults_by_schema({**values, field: value})
    assert len(found) == 1
    assert found[0].startswith(where)


@in_every_language
def test_the_example_of_the_template_is_known_for_one(tmp_path: Path, lang: str) -> None:
    file = new_case(tmp_path / "a", lang=lang)
    like, fields = still_as_in_example(file) or (None, [])
    assert like == ""
    assert {"title", "volume", "framing.user"} <= set(fields)
    text = file.read_text(encoding="utf-8")
    title = load_case(file).title
    file.write_text(text.replace(title, "Another question?"), encoding="utf-8")
    assert still_as_in_example(file) is None
    empty = new_case(tmp_path / "b", lang=lang, empty=True)
    assert still_as_in_example(empty) is None


def test_a_copy_told_in_japanese_is_known_for_one(tmp_path: Path) -> None:
    like, fields = still_as_in_example(new_case(tmp_path / "a", like="churn", lang="ja")) or (
        "",
        [],
    )
    assert like == "churn"
    assert {"title", "framing.user", "volume.value"} <= set(fields)
