"""YAML as plain text: lines, and everything that a case file may not hold."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mlpdm_kit.case.yaml_text import MAX_BYTES, parse_yaml, read_yaml
from mlpdm_kit.errors import Fault, InputError


def refused(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(InputError) as caught:
        parse_yaml(text)
    return [(fault.code, fault.line) for fault in caught.value.faults]


def test_values_stay_as_they_are_written() -> None:
    value, _ = parse_yaml("a: 010\nb: 12:30\nc: yes\nd: 1e3\ne: ~\nf: '~'\ng: 2027-06-01\n")
    assert value == {
        "a": "010", "b": "12:30", "c": "yes", "d": "1e3", "e": None, "f": "~", "g": "2027-06-01",
    }  # fmt: skip


def test_every_value_knows_its_line() -> None:
    text = (
        "# a comment\n\na: 1\nb:\n  c: {d: 2,\n      e: 3}\n  f:\n    - 4\n    - g: 5\n"
        "h: |\n  6\n  7\ni: 8\n"
    )
    _, lines = parse_yaml(text)
    assert lines == {
        (): 3, ("a",): 3, ("b",): 4, ("b", "c"): 5, ("b", "c", "d"): 5, ("b", "c", "e"): 6,
        ("b", "f"): 7, ("b", "f", 0): 8, ("b", "f", 1): 9, ("b", "f", 1, "g"): 9, ("h",): 10,
        ("i",): 13,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{note: in May, not in June}", {"note": "in May, not in June"}),
        (
            "{note: 8,000..12,000 per month, by: me}",
            {"note": "8,000..12,000 per month", "by": "me"},
        ),
        ("{note: 'said', and written, by: me}", {"note": "said, and written", "by": "me"}),
        ("{note: one,\n  two, by: me}", {"note": "one, two", "by": "me"}),
        ("{list: [1, 2], bare}", {"list": ["1", "2"], "bare": None}),
    ],
)
def test_a_comma_in_braces_belongs_to_the_text(text: str, value: dict[str, Any]) -> None:
    assert parse_yaml(text)[0] == value


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a: 1\nb: !!python/object:os.system x\n", [("yaml-tag", 2)]),
        ("a: 1\nb: !own 2\n", [("yaml-tag", 2)]),
        ("!x {a: 1}\n", [("yaml-tag", 1)]),
        ("a: &x 1\nb: *x\n", [("yaml-alias", 1), ("yaml-alias", 2)]),
        ("a: 1\n<<: {b: 2}\n", [("yaml-alias", 2)]),
        ("a: 1\nb: 2\na: 3\n", [("yaml-duplicate", 3)]),
        ("a:\n  b: 1\n  c: 2\n  b: {d: 3}\n", [("yaml-duplicate", 4)]),
        ("a: 1\n---\nb: 2\n", [("yaml-documents", 2)]),
        ("%YAML 1.1\n---\na: yes\n", [("yaml-directive", 2)]),
        ("%TAG ! tag:x,2000:\n---\na: 1\n", [("yaml-directive", 2)]),
        ("a: 1\n? [b]\n: 2\n", [("yaml-key", 2)]),
        ("a: 1\nb: \x07\n", [("yaml-sign", 2)]),
        ('a: 1\nb: "\\0"\n', [("yaml-sign", 2)]),
        ('a: 1\nb: "\\ud800"\n', [("yaml-sign", 2)]),
        ("a: 1\n\tb: 2\n", [("yaml-tab", 2)]),
        ("a: 1\nb: 'two\nc: 3\n", [("yaml-quote", 2)]),
        ("a: 1\nb: Hold: claims\n", [("yaml-colon", 2)]),
        ("a: 1\n  b: 2\n", [("yaml-indent", 2)]),
        ("a: 1\nb:\n  c: 1\n d: 2\n", [("yaml-indent", 4)]),
        ("a: 1\nb: [1, 2\nc: 3\n", [("yaml-bracket", 2)]),
        ("a: 1\nb: `c`\n", [("yaml-start", 2)]),
        ("a: 1\nb\nc: 3\n", [("yaml-no-colon", 3)]),
        ("a: " + "[" * 40, [("yaml-depth", 1)]),
        ("a: &x !t 1\nb: 2\nb: 3\nc: *x\n",
         [("yaml-alias", 1), ("yaml-tag", 1), ("yaml-duplicate", 3), ("yaml-alias", 4)]),
    ],
)  # fmt: skip
def test_refused_with_its_line(text: str, faults: list[tuple[str, int]]) -> None:
    assert refused(text) == faults


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{?0: a}", {"?0": "a"}),
        ("{x: 1,?0: a}", {"x": "1", "?0": "a"}),
        ("{a: {?~: b, ?1: c}}", {"a": {"?~": "b", "?1": "c"}}),
        ("{?'b': c}", {"?'b'": "c"}),
        ("?0: a", {"?0": "a"}),
        ("{? 0: a}", {"0": "a"}),
        ("{note: in May, ?x}", {"note": "in May, ?x"}),
    ],
)
def test_a_question_mark_is_an_indicator_only_before_a_space(
    text: str, value: dict[str, Any]
) -> None:
    """YAML 1.2.2, 7.3.3: a plain scalar may begin with "?" if no space follows."""
    assert parse_yaml(text)[0] == value


def test_a_hostile_file_costs_no_more_than_its_size() -> None:
    laughs = "a: &a [x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )
    assert len(refused(laughs)) == 61


@pytest.mark.parametrize(
    ("raw", "code", "line"),
    [
        (None, "file-missing", None),
        (b"a: \x00\x01\x02", "file-binary", None),
        ("題: 請求\n".encode("cp932"), "file-encoding", 1),
        ("title: x\nnote: 請求\n".encode("cp932"), "file-encoding", 2),
        ("title: x\n".encode("utf-16"), "file-encoding", 1),
        (b"# " + b"x" * MAX_BYTES, "file-large", None),
    ],
)
def test_files_that_are_no_case(
    tmp_path: Path, raw: bytes | None, code: str, line: int | None
) -> None:
    if raw is not None:
        (tmp_path / "case.yaml").write_bytes(raw)
    with pytest.raises(InputError) as caught:
        read_yaml(tmp_path / "case.yaml")
    (fault,) = caught.value.faults
    assert (fault.code, fault.line) == (code, line)
    assert fault.file == str(tmp_path / "case.yaml")


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "."])
def test_a_path_that_can_be_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError) as caught:
        read_yaml(tmp_path / name)
    assert caught.value.faults[0].code in ("file-missing", "file-unreadable")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_bytes("title: 請求\n".encode("utf-8-sig"))
    assert read_yaml(tmp_path / "case.yaml")[0] == {"title": "請求"}


TREES = st.recursive(
    st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(tree=st.dictionaries(st.text(max_size=8), TREES, max_size=5))
@example(tree={"?0": ""})
@example(tree={"?~": "a", '?""': "b"})
def test_what_another_writer_wrote_is_read_or_refused(tree: dict[str, Any]) -> None:
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(tree, stream)
    assume("\x85" not in stream.getvalue())  # this writer breaks lines there, and loses it
    # it also writes {? a: b} for the name "? a", without quotes: to YAML, and to itself, an "a"
    assume(not any(name.startswith("? ") for name in tree))
    faults: tuple[Fault, ...] = ()
    try:
        value, lines = parse_yaml(stream.getvalue())
    except InputError as error:
        faults = error.faults
    else:
        assert set(value or {}) == set(tree)
        assert all(1 <= line <= stream.getvalue().count("\n") + 1 for line in lines.values())
    assert all(fault.sentence() for fault in faults)


@given(text=st.text(max_size=80) | st.text("ab:{}[],'\"\n -?&*!|>%#\\x0", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    faults: tuple[Fault, ...] = ()
    lines = {(): 1}
    try:
        _, lines = parse_yaml(text)
    except InputError as error:
        faults = error.faults
    assert lines[()] >= 1
    assert all(fault.sentence() for fault in faults)


def test_a_folded_text_is_one_line():
    text = "note: >-\n  Two lines,\n  one text.\n\n  And a second.\nat: 1\n"
    assert parse_yaml(text)[0] == {"note": "Two lines, one text.\nAnd a second.", "at": "1"}
