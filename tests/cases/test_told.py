"""Cases that are told in another language too: other words, the same case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlpdm_kit import shipped
from mlpdm_kit.case.load import CASE_FILE, TOLD, check_case, load_case
from mlpdm_kit.case.template import new_case
from mlpdm_kit.case.yaml_text import read_yaml
from mlpdm_kit.course.flaws import case_text, copy_case, flaws
from mlpdm_kit.record.steps import decide

PROSE = {
    "title", "note", "label", "user", "problem", "decision", "status_quo", "metric", "okr",
    "source", "decider", "consulted", "informed", "confirmation", "owner", "seen", "recovery",
    "at", "by", "to", "basis", "purpose", "reaches", "licence", "what", "how",
}  # fmt: skip
ELSEWHERE = sorted(shipped.cases().glob(f"*/{TOLD}"))


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, (*path, str(key)))
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, path)
    else:
        yield path, str(value)


def in_units(values: Any) -> Any:
    """A case's values with its own word for a unit as ``unit``."""
    if isinstance(values, dict) and "unit" in values:
        word = str(values["unit"])
        return in_words({**values, "unit": "unit"}, f" per {word}")
    return values


def in_words(value: Any, word: str) -> Any:
    if isinstance(value, dict):
        return {key: in_words(one, word) for key, one in value.items()}
    if isinstance(value, list):
        return [in_words(one, word) for one in value]
    return value.replace(word, " per unit") if isinstance(value, str) else value


def test_the_course_can_be_taken_in_japanese() -> None:
    """Its stories and its flawed cases are told in Japanese, there or in the case itself."""
    told = {file.parent.name for file in ELSEWHERE}
    for name in (*(flaw.case for flaw in flaws().values()), "churn", "screening"):
        text = (shipped.cases() / name / CASE_FILE).read_text(encoding="utf-8")
        assert name in told or not load_case(shipped.cases() / name).title.isascii(), text[:80]


@pytest.mark.parametrize("file", ELSEWHERE, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_only_the_words_are_others(file: Path) -> None:
    assert check_case(file) == []
    own, told = (list(leaves(in_units(read_yaml(one)[0])))
                 for one in (file.parent / CASE_FILE, file))  # fmt: skip
    assert [path for path, _ in own] == [path for path, _ in told]
    other = {path[-1] for (path, one), (_, two) in zip(own, told, strict=True) if one != two}
    assert other <= PROSE
    assert {"title", "problem"} <= other
    assert not load_case(file).title.isascii()


@pytest.mark.parametrize("file", ELSEWHERE, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_it_is_decided_as_the_other(file: Path) -> None:
    one, two = (decide(load_case(place), draws=256) for place in (file.parent, file))
    assert (one.verdict.outcome, one.verdict.option) == (two.verdict.outcome, two.verdict.option)
    assert one.value_of_information.evpi == two.value_of_information.evpi


def test_a_copy_is_in_the_readers_language(tmp_path: Path) -> None:
    new = new_case(tmp_path / "new", like="churn", lang="ja").parent
    copy = copy_case("leaving-customers", tmp_path / "copy", "ja")
    assert (copy / CASE_FILE).read_text(encoding="utf-8") == case_text("leaving-customers", "ja")
    for folder in (new, copy):
        assert not load_case(folder).title.isascii()
        assert list(folder.glob(TOLD)) == []
    assert load_case(copy_case("leaving-customers", tmp_path / "en")).title.isascii()
