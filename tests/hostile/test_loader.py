"""Whatever a case file or an override is: a case, or what is wrong with it, in bounded time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlpdm_kit.case.editing.file import read_state
from mlpdm_kit.case.load import check_case, load_case
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.yaml_text import MAX_BYTES, parse_yaml
from mlpdm_kit.errors import Fault, InputError
from mlpdm_kit.text import LANGUAGES
from tests.hostile.trees import LEAVES, PLAIN, WORDS, as_yaml, changed, library, paths, trees

FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(FEW, max_examples=3_000)
SECONDS = 20.0  # for any file and value; a sound case takes a hundredth of it
SOUND = list(library().values())
# open places in which a parser must remember, and names that must be compared
BOMBS = {
    "deep": "a: " + "[" * 100_000,
    "deep-map": "{a: " * 50_000,
    "deep-block": "".join("  " * depth + "a:\n" for depth in range(400)),
    "dashes": "- " * 100_000,
    "questions": "? " * 100_000,
    "laughs": "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
    "itself": "a: &a [*a]\n",
    "merge": "x: &x {a: 1}\ny:\n  <<: *x\n",
    "merge-many": "".join(f"<<: {{a{place}: 1}}\n" for place in range(9_000)),
    "twice": "title: a\n" * 20_000,
    "names": "".join(f"k{place}: 1\n" for place in range(20_000)),
    "long-name": "k" * 200_000 + ": 1\n",
    "long-quoted-name": '"' + "k" * 200_000 + '": 1\n',
    "anchors": "a: [" + "&a x," * 45_000 + "]",
    "wide": "a: [" + "1," * 110_000 + "]",
    "rest": "{a: b" + ", c" * 80_000 + "}",
    "colons": "a: " + ": " * 100_000,
    "escapes": 'a: "' + "\\u0041" * 40_000 + '"',
    "documents": "---\n" * 60_000,
    "folded": "a: >\n" + " x\n" * 80_000,
    "signs": "%" * 240_000,
    "quotes": "'" * 240_000,
    "binary": "title: !!binary aGk=\n",
    "object": "title: !!python/object/apply:os.system [id]\n",
    "set": "title: !!set {a, b}\n",
    "own-tag": "%TAG ! tag:x,2000:\n---\ntitle: !y z\n",
}
SLOW_BOMBS = {"names", "wide", "rest", "anchors"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for one case file, written again and again."""
    place = tmp_path / "case"
    place.mkdir()
    return place


def judge(folder: Path, overrides: Any = None) -> list[Fault]:
    """What both loaders say; they give a case or faults that both languages can say."""
    begun = time.monotonic()
    faults: list[Fault] = []
    case = None
    try:
        case = load_case(folder, overrides)
    except InputError as error:
        faults += error.faults
    assert isinstance(case, Case) != bool(faults)
    faults += check_case(folder, overrides)
    for fault in faults:
        said = [fault.sentence(lang) for lang in LANGUAGES]
        assert all(said)
        json.dumps([said, fault.to_dict()]).encode()
    assert time.monotonic() - begun < SECONDS
    return faults


def tried(folder: Path, raw: bytes) -> None:
    (folder / "case.yaml").write_bytes(raw)
    judge(folder)


def written(folder: Path, tree: Any) -> None:
    tried(folder, as_yaml(tree).encode("utf-8", "surrogatepass"))


def _names() -> st.SearchStrategy[str]:
    own = sorted({".".join(map(str, path)) for case in SOUND for path in paths(case)})
    made = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=5).map(".".join)
    return made | st.sampled_from(own)


BYTES = st.binary(max_size=300) | st.text(
    "abc:{}[],'\"\n -?&*!|>%#\\x0\t@`日\u2028\x85\ufeff1", max_size=80
).map(str.encode)


@FEW
@given(tree=changed(SOUND))
def test_a_changed_case(folder: Path, tree: Any) -> None:
    written(folder, tree)


@FEW
@given(tree=trees(LEAVES))
def test_a_tree_of_the_models_words(folder: Path, tree: Any) -> None:
    written(folder, tree)


@FEW
@given(raw=BYTES)
def test_bytes(folder: Path, raw: bytes) -> None:
    tried(folder, raw)


@FEW
@given(sound=st.sampled_from(SOUND), name=_names(), value=trees(PLAIN, 4))
def test_an_override(folder: Path, sound: Any, name: str, value: Any) -> None:
    (folder / "case.yaml").write_text(as_yaml(sound), encoding="utf-8")
    judge(folder, {name: value})


@pytest.mark.slow
@MANY
@given(tree=changed(SOUND) | trees(LEAVES))
def test_many_trees(folder: Path, tree: Any) -> None:
    written(folder, tree)


@pytest.mark.slow
@MANY
@given(raw=BYTES)
def test_many_bytes(folder: Path, raw: bytes) -> None:
    tried(folder, raw)


@pytest.mark.slow
@MANY
@given(sound=st.sampled_from(SOUND), name=_names(), value=trees(PLAIN, 4))
def test_many_overrides(folder: Path, sound: Any, name: str, value: Any) -> None:
    (folder / "case.yaml").write_text(as_yaml(sound), encoding="utf-8")
    judge(folder, {name: value})


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW_BOMBS)) for name in BOMBS],
)
def test_a_bomb_does_not_go_off(folder: Path, name: str) -> None:
    (folder / "case.yaml").write_text(BOMBS[name][:MAX_BYTES], encoding="utf-8")
    assert judge(folder)
    try:
        faults: tuple[Fault, ...] = read_state(folder).faults  # as a workshop reads it
    except InputError as error:
        faults = error.faults
    assert faults


def test_a_text_nested_too_deep_is_not_read_to_its_end() -> None:
    """Ten thousand open brackets once took the parser 40 seconds before any limit was seen."""
    begun = time.monotonic()
    with pytest.raises(InputError) as caught:
        parse_yaml("a: " + "[" * 10_000)
    assert [fault.code for fault in caught.value.faults] == ["yaml-depth"]
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-32", "cp932", "euc-jp", "iso2022_jp", "utf-7"]
)
def test_another_encoding_is_told_apart_from_text(folder: Path, encoding: str) -> None:
    tried(folder, "title: 請求を止める？\nnote: 二重払い\n".encode(encoding))


def _circle() -> Iterator[tuple[str, Any]]:
    loop: dict[str, Any] = {}
    loop["value"] = loop
    yield "loop", loop
    listed: list[Any] = []
    listed.append(listed)
    yield "list-loop", listed
    deep: Any = "x"
    for _ in range(50_000):
        deep = {"value": deep}
    yield "deep", deep
    wide: Any = ["x"]
    for _ in range(8):  # a few lists, each ten times in the next: a hundred million texts
        wide = [wide] * 10
    yield "laughs", wide


@pytest.mark.parametrize("field", ["note", "volume", "options", "people.consulted", "checks"])
@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("override-sign", "\ud800"),
        ("override-sign", "a\x00b"),
        ("override-sign", {"\x1b[2J": "x"}),
        ("override-sign", ["x", {"note": "\uffff"}]),
        ("override-plain", b"raw"),
        ("override-plain", {1: "x"}),
        ("override-plain", {"x", "y"}),
        ("override-plain", Path("x")),
        ("override-large", 10**5_000),
        ("override-large", -(10**5_000)),
        ("override-large", "x" * (MAX_BYTES + 1)),
        *(pytest.param("override-large", value, id=name) for name, value in _circle()),
    ],
    ids=lambda value: None if isinstance(value, str) and value.startswith("over") else "value",
)
def test_an_override_is_what_a_file_could_hold(
    make_case: Any, field: str, code: str, value: Any
) -> None:
    faults = judge(make_case(), {field: value})
    assert {(fault.code, fault.field) for fault in faults} == {(code, field)}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("\ud800", "override-sign"),
        ("title\x00", "override-sign"),
        ("options.\x1b[31m.kind", "override-sign"),
        ("a." * 5_000 + "b", "override-path"),
        ("options." + "a." * 40 + "b", "override-path"),
        ("x" * 100_000, "override-path"),
    ],
)
def test_a_name_of_an_override_is_a_name(make_case: Any, name: str, code: str) -> None:
    assert {fault.code for fault in judge(make_case(), {name: "1"})} == {code}


@pytest.mark.parametrize("field", ["folder", "digest"])
def test_what_the_kit_notes_of_a_case_is_not_the_files_to_say(make_case: Any, field: str) -> None:
    for faults in (judge(make_case("a", **{field: "/etc"})), judge(make_case("b"), {field: "x"})):
        assert {fault.field for fault in faults} == {field}
        assert {fault.code for fault in faults} <= {"unknown-key", "unknown-key-here"}
        assert field not in faults[0].figures["known"]


def test_a_sound_case_is_sound(make_case: Any) -> None:
    assert judge(make_case()) == []


@pytest.mark.parametrize("name", ["[key]", "function-before", "checks.[key]", "options.[key].kind"])
@pytest.mark.parametrize("value", [None, "x", {}])
def test_names_that_pydantic_uses_itself(folder: Path, name: str, value: Any) -> None:
    (folder / "case.yaml").write_text(as_yaml(SOUND[0]), encoding="utf-8")
    judge(folder, {name: value})
    with pytest.raises(InputError) as caught:
        load_case(folder, {name: value})
    assert all(fault.sentence("ja") for fault in caught.value.faults)
