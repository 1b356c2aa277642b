"""A change touches what it changes and nothing else, on every file there is."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mlpdm_kit import shipped
from mlpdm_kit.case.editing.document import Document
from mlpdm_kit.case.template import case_text
from mlpdm_kit.case.yaml_text import parse_yaml
from mlpdm_kit.errors import InputError

FEW = settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
FILES = sorted(shipped.cases().glob("*/case.yaml"))
HOSTILE = [
    "", " ", "a: b", "# no comment", "it's", 'say "no"', "a\tb", "{x}", "[x", "- x", "? x", "null",
    "~", "yes", "010", "12:30", "1..2", "%", "@", "`", "!tag", "&a", "*a", "a #b", "a, b", "x: ",
    "日本語：全角", "12万〜15万円/件", "🙂 and 👩🏽\u200d🚀", "a\nb", "a\n\n  b\n", " \n x",
    "a\r\nb", "a\u2028b", "a\x85b", "\ufeff", "w" * 3_000, "x" * 200 + ": " + "y" * 200,
    "|", ">", "---", "...", "<<", "=",
]  # fmt: skip


@cache
def texts() -> dict[str, str]:
    """Every library case, and the template in both languages."""
    found = {f.parent.name: f.read_text(encoding="utf-8") for f in FILES}
    return found | {f"template {lang}": case_text(Path("x"), lang) for lang in ("en", "ja")}


def comments(text: str) -> list[str]:
    """The lines of comment, outside texts of several lines."""
    return [line.strip() for line in text.splitlines() if re.match(r"\s*#", line)]


def paths(values: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of everything in a file."""
    items = enumerate(values) if isinstance(values, list) else values.items()
    for name, value in items:
        yield (*path, str(name))
        if isinstance(value, (dict, list)):
            yield from paths(value, (*path, str(name)))


def changed(values: Any, path: tuple[str, ...], value: Any) -> Any:
    """Values with another at a path, worked out without the kit."""
    whole = copy.deepcopy(values)
    here = whole
    for name in path[:-1]:
        here = here[int(name) if isinstance(here, list) else name]
    here[int(path[-1]) if isinstance(here, list) else path[-1]] = value
    return whole


def without(values: Any, path: tuple[str, ...]) -> Any:
    """Values without what stands at a path, and without what is empty by that."""
    whole = copy.deepcopy(values)
    for depth in range(len(path), 0, -1):
        here = whole
        for name in path[: depth - 1]:
            here = here[int(name) if isinstance(here, list) else name]
        del here[int(path[depth - 1]) if isinstance(here, list) else path[depth - 1]]
        if here:
            break
    return whole


def read(text: str) -> Any:
    """The values of a text."""
    return parse_yaml(text)[0]


anywhere = st.tuples(
    st.sampled_from(sorted(texts())), st.integers(min_value=0, max_value=10_000)
).map(lambda chosen: _pick(*chosen))


def _pick(name: str, number: int) -> tuple[str, tuple[str, ...]]:
    text = texts()[name]
    found = list(paths(read(text)))
    return text, found[number % len(found)]


VALUES = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
    st.dictionaries(st.sampled_from(["value", "note", "source"]), st.sampled_from(HOSTILE),
                    min_size=1),
    st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4),
)  # fmt: skip


@FEW
@given(place=anywhere, value=VALUES)
def test_a_value_is_put_and_all_else_stays(place: tuple[str, tuple[str, ...]], value: Any) -> None:
    text, path = place
    after = Document(text).put(path, value)
    assert read(after.text) == changed(read(text), path, value)
    assert [line for line in comments(text) if line not in comments(after.text)] == []


@FEW
@given(place=anywhere)
def test_a_value_is_dropped_and_all_else_stays(place: tuple[str, tuple[str, ...]]) -> None:
    text, path = place
    after = Document(text).drop(path)
    assert (read(after.text) or {}) == without(read(text), path)
    assert [line for line in comments(text) if line not in comments(after.text)] == []


@FEW
@given(place=anywhere, name=st.sampled_from(["other", "名前", "a b", "x > y", "yes"]))
def test_a_name_is_changed_and_all_else_stays(
    place: tuple[str, tuple[str, ...]], name: str
) -> None:
    text, path = place
    values = read(text)
    here = values
    for part in path[:-1]:
        here = here[int(part) if isinstance(here, list) else part]
    if isinstance(here, list) or name in here:
        return
    expected = changed(values, path, None) if len(path) == 0 else values
    after = Document(text).rename(path, name)
    renamed = {name if key == path[-1] else key: value for key, value in here.items()}
    expected = changed(values, path[:-1], renamed) if path[:-1] else renamed
    assert read(after.text) == expected
    assert comments(after.text) == comments(text)


@FEW
@given(place=anywhere)
def test_a_name_is_left_open_and_filled_again(place: tuple[str, tuple[str, ...]]) -> None:
    text, path = place
    opened = Document(text).put(path, None)
    assert read(opened.text) == changed(read(text), path, None)
    filled = opened.put(path, "again")
    assert read(filled.text) == changed(read(text), path, "again")
    assert [line for line in comments(text) if line not in comments(filled.text)] == []


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_can_be_written_and_read(value: str) -> None:
    for text in ("title: Rain?  # so\nframing:\n  user: Baker\n", "framing: {user: Baker, a: b}\n",
                 "framing:\n  - user: Baker\n"):  # fmt: skip
        path = ("framing", "0", "user") if "- " in text else ("framing", "user")
        after = Document(text).put(path, value)
        assert after.at(path) == value
        back = after.put(path, "Baker")
        assert read(back.text) == read(text)


def test_a_range_gets_its_evidence_and_keeps_its_comment() -> None:
    text = "volume: 900 per month    # how many\nhorizon: 1 year\n"
    said = {"value": "900 per month", "evidence": "measured",
            "source": "the ticket system, all of May, June and July, without spam"}  # fmt: skip
    after = Document(text).put(("volume",), said).text
    assert after.splitlines()[:2] == ["volume:    # how many", "  value: 900 per month"]
    assert read(after) == {"volume": said, "horizon": "1 year"}


def test_lists_grow_change_and_shrink() -> None:
    text = (
        "collection:\n  log:  # what\n    - what: a\n      keep: 1 month\n"
        "    # more\n    - {what: b}\n"
    )
    grown = Document(text).put(("collection", "log", "2"), {"what": "c"})
    assert grown.at(("collection", "log"))[2] == {"what": "c"}
    other = grown.put(("collection", "log", "1", "keep"), "2 months")
    assert other.at(("collection", "log", "1")) == {"what": "b", "keep": "2 months"}
    less = other.drop(("collection", "log", "0", "what")).drop(("collection", "log", "1"))
    assert less.at(("collection", "log")) == [{"keep": "1 month"}, {"what": "c"}]
    assert "# more" in less.text
    assert "# what" in less.text
    none = less.drop(("collection", "log", "0")).drop(("collection", "log", "0"))
    assert none.values == {}
    assert "# more" in none.text


def test_texts_are_rewritten_all_at_once() -> None:
    text = "a: 1 USD  # one\nb: {c: 2 USD, d: [3 USD]}\n"
    after = Document(text).rewritten(
        {("a",): "1 JPY", ("b", "c"): "2 JPY", ("b", "d", "0"): "3: x"}
    )
    assert after.text == "a: 1 JPY  # one\nb: {c: 2 JPY, d: ['3: x']}\n"


def test_what_cannot_be_a_case_file_is_refused_when_it_is_read() -> None:
    after = Document("title: a\n").put(("title",), "nul \x00 here")
    with pytest.raises(InputError):
        after.put(("note",), "x")


def test_braces_are_opened_once_they_no_longer_read_well() -> None:
    document = Document("options:\n  by-hand: {kind: rule, label: By hand}  # ours\n")
    path = ("options", "by-hand")
    document = document.put((*path, "when"), "amount > 5")
    assert "  by-hand: {kind: rule, label: By hand, when: amount > 5}  # ours\n" in document.text
    document = document.put((*path, "rates", "recall"), "35%..55%")
    assert document.text == (
        "options:\n  by-hand:  # ours\n    kind: rule\n    label: By hand\n    when: amount > 5\n"
        "    rates: {recall: 35%..55%}\n"
    )
    own = "a: {b: {c: x}}\n"  # who wrote it in braces keeps them
    assert Document(own).put(("a", "b", "d"), "y").text == "a: {b: {c: x, d: y}}\n"


def test_a_name_goes_into_its_own_part_wherever_its_example_stands() -> None:
    text = (
        "options:\n  one:\n    kind: rule\n  two:\n    kind: llm\n"
        "    # cost_per_case: 2..4 JPY per mail\n    # build: 2M..5M JPY\nhorizon: 1 year\n"
    )
    for option in ("one", "two"):
        document = Document(text).put(("options", option, "cost_per_case"), "3 JPY per mail")
        other = {"one": "two", "two": "one"}[option]
        assert document.at(("options", option, "cost_per_case")) == "3 JPY per mail"
        assert document.at(("options", other, "cost_per_case")) is None
        assert document.at(("horizon",)) == "1 year"
    both = Document(text).put(("options", "one", "build"), "1 JPY")
    both = both.put(("options", "two", "build"), "2 JPY")
    assert [both.at(("options", one, "build")) for one in ("one", "two")] == ["1 JPY", "2 JPY"]
