"""Every sentence is in the catalogue, and both languages have the same figures in it."""

from __future__ import annotations

import ast
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mlpdm_kit
from mlpdm_kit import shipped
from mlpdm_kit.case.checks import AREAS, CHECKS
from mlpdm_kit.case.quantity import Malformed
from mlpdm_kit.errors import Fault
from mlpdm_kit.text import LANGUAGES, Text, catalogue

PACKAGE = Path(mlpdm_kit.__file__).parent
LOCALES = PACKAGE / "text" / "locales"
SAYS = {"say", "tell", "sentence"}  # the first argument is a code
FAULTS = {"refuse", "Malformed", "PydanticCustomError"}  # it is that of a fault
CODED = {"Fault", "Said", "Finding", "Hint"}  # the keyword code is
PREFIXES = {  # what a call puts before its code
    **dict.fromkeys((*FAULTS, "Fault"), ("fault.",)),
    "_said": ("reason.",),
    "Finding": ("finding.",),
    "computed": ("finding.",),
    "Said": ("reason.", "reopen.", "finding.", "pattern."),
}


def _codes(node: ast.expr) -> Iterator[str]:
    """Codes that an expression can be; a code made of parts stands in other tests."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _codes(node.body)
        yield from _codes(node.orelse)


def _used() -> Iterator[tuple[str, set[str]]]:
    """Where, and which codes it may be, for every code that stands in the source."""
    for file in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            place = f"{file.relative_to(PACKAGE).as_posix()}:{node.lineno}"
            first = node.args[:1] if name in SAYS | FAULTS | {"_said"} else []
            first += node.args[3:4] if name == "computed" else []
            named = [word.value for word in node.keywords if word.arg == "code"]
            for given in [*first, *(named if name in CODED else [])]:
                for code in _codes(given):
                    yield place, {prefix + code for prefix in PREFIXES.get(name, ("",))}


def figures(message: str) -> set[str]:
    """Names of the figures of a message."""
    fields = [(name, spec) for _, name, spec, _ in string.Formatter().parse(message) if name]
    inner = [figures(spec) for _, spec in fields if spec]
    return {re.split(r"[.\[]", name)[0] for name, _ in fields}.union(*inner)


def test_every_code_in_the_source_has_its_sentence() -> None:
    used = list(_used())
    known = catalogue("en")
    assert [f"{place} {codes}" for place, codes in used if not codes & set(known)] == []
    assert len(used) > 100


def test_every_fault_says_what_to_do() -> None:
    rules = [code for code in catalogue("en") if code.startswith("fault.")]
    plain = [code for code in rules if not code.endswith(".remedy")]
    assert [code for code in plain if f"{code}.remedy" not in rules] == []
    assert len(plain) * 2 == len(rules)


def test_every_check_and_area_has_its_words() -> None:
    known = catalogue("en")
    wanted = [f"area.{area}" for area in AREAS]
    wanted += [f"check.{name}{end}" for name in CHECKS for end in ("", ".question")]
    assert [code for code in wanted if code not in known] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_code_stands_twice(lang: str) -> None:
    from babel.messages.pofile import read_po

    found: dict[str, str] = {}
    twice = []
    for file in sorted((LOCALES / lang).glob("*.po")):
        codes = re.findall(r'^msgid "(.+)"$', file.read_text(encoding="utf-8"), re.MULTILINE)
        with file.open("rb") as stream:
            read = [message.id for message in read_po(stream, locale=lang) if message.id]
        assert len(codes) == len(read), file.name
        twice += [f"{code}: {found[code]}, {file.name}" for code in codes if code in found]
        found |= dict.fromkeys(codes, file.name)
    assert twice == []


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_a_translation_has_the_figures_of_the_english(lang: str) -> None:
    english = catalogue("en")
    other = catalogue(lang)
    foreign = [code for code in other if code not in english and not code.startswith("notebook.")]
    assert foreign == []
    differing = [
        code for code in other
        if code in english and figures(other[code]) != figures(english[code])
    ]  # fmt: skip
    assert differing == []


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_every_message_is_translated(lang: str) -> None:
    assert [code for code in catalogue("en") if code not in catalogue(lang)] == []


def _prose() -> dict[str, str]:
    """The words of every notebook, by the code of their translation."""
    return {
        f"notebook.{file.stem}.{cell['id']}": "".join(cell["source"])
        for file in shipped.notebooks().rglob("*.ipynb")
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    }


def _form(prose: str) -> tuple[list[str], list[str], int]:
    """What a translation keeps: links, levels of headings, number of paragraphs."""
    links = re.findall(r"\]\((.+?)\)", prose)
    return links, re.findall(r"^#+ ", prose, re.MULTILINE), len(prose.split("\n\n"))


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_the_prose_of_every_notebook_is_translated(lang: str) -> None:
    prose, known = _prose(), catalogue(lang)
    assert len(prose) > 20
    assert sorted(code for code in known if code.startswith("notebook.")) == sorted(prose)
    assert [code for code in prose if _form(known[code]) != _form(prose[code])] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_message_can_be_read_and_none_is_empty(lang: str) -> None:
    empty = [code for code, message in catalogue(lang).items() if not message.strip()]
    assert empty == []
    for code, message in catalogue(lang).items():
        assert figures(message) is not None, code


def test_figures_of_a_message() -> None:
    said: Any = figures("{option:option} is worth {x[0]:money}, {a.b:list:share} {{no}}")
    assert said == {"option", "x", "a"}
    assert Malformed("unit-wrong").code == "unit-wrong"


def test_a_fault_is_put_together_in_the_readers_language() -> None:
    known = {"known": ["draft", "proposed", "accepted"]}
    fault = Fault(code="not-one-of", field="status", value="done", figures=known)
    assert fault.sentence() == (
        "status must be one of draft, proposed or accepted, got done. Choose one of them."
    )
    said = fault.at(file="case.yaml", line=2).sentence("ja")
    assert said.startswith("case.yaml:2: 「status」に書けるのは draft、proposed、accepted の")
    assert "。 " not in said
    assert Fault(code="missing").rule("ja") == "「案件」がありません。"
    assert Text("en").format_field(["one"], "any") == "one"


def test_no_word_of_the_file_stands_bare_in_what_a_japanese_reader_is_told() -> None:
    """「note に書きます」「owner は」: beside the label of the field, as メモ（note）, it may."""
    bare = re.compile(r"(?<![（`])\b(?:note|owner|included|apart)\b(?![）`:])")
    found = {
        code: text for code, text in catalogue("ja").items()
        if not code.startswith("notebook.") and bare.search(re.sub(r"\{[^}]*\}|`[^`]*`", "", text))
    }  # fmt: skip
    assert found == {}
    for lang in LANGUAGES:
        paths = [c for c, text in catalogue(lang).items()
                 if c.startswith("need.") and re.search(r"\((?:data\.|action_)", text)]  # fmt: skip
        assert paths == []
    assert catalogue("ja")["agenda.estimates"] == catalogue("ja")["stage.alone"]
