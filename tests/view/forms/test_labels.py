"""Every field of every form has a label of its own, and every input says whose it is."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pytest

from mlpdm_kit.case.areas import ERROR_KINDS
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.editing.file import CaseFile, Change
from mlpdm_kit.case.kinds import OPTION_KINDS, TASK_KINDS
from mlpdm_kit.case.schema import case_schema
from mlpdm_kit.case.template import new_case
from mlpdm_kit.text import LANGUAGES, Text, catalogue
from mlpdm_kit.view.forms.blocks import BESIDE, FORMS
from mlpdm_kit.view.forms.form import Form
from mlpdm_kit.view.forms.parts import Block
from mlpdm_kit.view.forms.said import choice_name, unit_name

SHARED = {"form.about"}  # labels that are the name of what they are about


def full(folder: Path, task: str) -> CaseFile:
    """A case of a task with everything in it that can be named or added."""
    file = CaseFile(new_case(folder))
    kinds = [kind for kind in OPTION_KINDS if kind not in ("none", "all", "constant")]
    options: dict[str, Any] = {f"an-{kind.replace('_', '-')}": {"kind": kind} for kind in kinds}
    options["an-llm"] |= {"steps": {"one": {}, "two": {}}}
    changes = [
        Change(path=("task",), value=task),
        Change(path=("options",), value=options),
        Change(path=("studies",), value={"ask": {"note": "ask"}}),
        Change(path=("inputs", "clicks"), value="3..5"),
        Change(path=("options", "an-llm", "inputs", "margin"), value="3..5"),
        Change(path=("data",), value={"file": "t.csv", "mix": {"north": "100%"}}),
        Change(path=("design", "errors", "of our own"), value={"seen": "x"}),
        Change(path=("collection", "log"), value=[{"what": "clicks"}]),
        Change(path=("correlations",), value=[{"between": ["volume", "growth"], "rank": "0.3"}]),
        Change(path=("incidents",), value={"injection": {"cost": "5 USD"},
                                           "invention": {"cost": "5 USD"}}),
        Change(path=("grading",), value={"grader": "fields", "fields": {"total": {}}}),
    ]  # fmt: skip
    for change in changes:
        file.path.write_text(change.made(file.state.document).text, encoding="utf-8")
        file.reread()
    return file


@pytest.fixture(scope="module", params=list(TASK_KINDS))
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CaseFile:
    """The full case of each task."""
    return full(tmp_path_factory.mktemp("full") / "case", request.param)


def blocks_of(blocks: Any) -> Iterator[Block]:
    """Blocks and those within them."""
    for block in blocks:
        yield block
        yield from blocks_of(block.blocks)


def everything(file: CaseFile) -> Iterator[tuple[str, Block]]:
    """All blocks of all forms."""
    for name, make in FORMS.items():
        for block in blocks_of(make(file.state)):
            yield name, block


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_field_has_a_label_of_its_own(file: CaseFile, lang: str) -> None:
    text, missing = Text(lang), []
    for form, block in everything(file):
        labels = []
        for field in block.fields:
            own = field.called or f"label.{field.place}"
            if field.kind == "origin":
                own = "form.origin"
            if own not in catalogue(lang):
                missing.append(f"{form}: {own}")
            labels.append(field.label(text) if field.kind != "origin" else text.say(own))
            if field.about[0]:
                code = ".".join(field.about)
                if code not in catalogue(lang) and ">" not in code:
                    missing.append(f"{form}: {code}")
        assert len(set(labels)) == len(labels), (form, labels)
        assert block.title(text) or not block.folded
    assert missing == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_choice_and_every_unit_has_words(file: CaseFile, lang: str) -> None:
    from mlpdm_kit.case.editing.quantities import units_of

    text, missing = Text(lang), []
    for form, block in everything(file):
        for field in block.fields:
            if field.kind == "answer":
                continue
            for word in field.choices:
                codes = (f"choice.{field.place}.{word}", f"choice.{field.path[-1]}.{word}",
                         f"kind.{word}" if field.path[-1] == "kind" else "")  # fmt: skip
                known = [code for code in codes if code in catalogue(lang)]
                if not known or choice_name(field, word, text) != text.say(known[0]):
                    missing.append(f"{form}: {field.name} {word}")
            if field.dimension:
                for unit in units_of(field.dimension, file.state.units):
                    assert unit_name(unit, text), (form, field.name)
                    if lang == "ja":
                        assert " per " not in unit_name(unit, text), unit
    assert missing == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_help_says_more_than_its_label(file: CaseFile, lang: str) -> None:
    text = Text(lang)
    helped = {field.place: field for _, block in everything(file) for field in block.fields}
    for field in helped.values():
        said, label = field.help(text), field.label(text)
        assert said.rstrip(".。").lower() != label.lower(), field.place
    assert helped["framing.status_quo"].help(text)
    assert helped["collection.log.what"].help(text)


def inputs(widget: Any) -> Iterator[Any]:
    """All inputs within a widget."""
    if isinstance(widget, widgets.Box):
        for child in widget.children:
            yield from inputs(child)
    elif not isinstance(widget, widgets.HTML):
        yield widget


BUTTONS = (widgets.Button, widgets.ToggleButton)


def spoken(one: Any) -> str:
    """The name of a field as a screen reader says it."""
    return html.unescape(re.sub("<[^>]*>", "", one.description))


def test_every_input_has_a_name_of_its_own_that_names_its_field(file: CaseFile) -> None:
    place = list(TASK_KINDS).index(str(file.state.document.at(("task",))))
    lang = LANGUAGES[place % len(LANGUAGES)]
    for name in FORMS:
        form = Form(name, file, Text(lang), lambda: None)
        while closed := [fold for fold in form.folds.values() if not fold.opened]:
            for fold in closed:
                fold.open()
        for control in form.controls.values():
            found = list(inputs(control.box))
            assert found, control.field.name
            own = f"{control.lead}: {control.label}" if control.lead else control.label
            assert all(spoken(one).startswith(own) for one in found), control.field.name
            own_names = [spoken(one) for one in found]
            assert len(set(own_names)) == len(own_names), own_names
        assert all(one.description.strip() for one in inputs(form.widget))
        fields = [one for one in inputs(form.widget) if not isinstance(one, BUTTONS)]
        spoken_twice = [name for name, n in Counter(map(spoken, fields)).items() if n > 1]
        assert spoken_twice == [], name


def test_the_four_areas_have_their_forms_beside_them() -> None:
    for area in ("output", "evaluation", "collection", "governance"):
        assert BESIDE["area", area] in FORMS


def test_every_way_of_being_wrong_has_a_block(file: CaseFile) -> None:
    paths = {block.fields[0].path for name, block in everything(file)
             if name == "output" and block.fields}  # fmt: skip
    task = file.state.document.at(("task",))
    for kind in ERROR_KINDS.values():
        wanted = not kind.tasks or task in kind.tasks
        assert (("design", "errors", kind.id, "applies") in paths) == wanted, kind.id


def test_everything_of_the_model_can_be_filled_in(tmp_path: Path) -> None:
    """Each field of the case model stands in some form of some task."""
    from mlpdm_kit.case.editing.fields import PLACES

    places = set()
    for task in TASK_KINDS:
        file = full(tmp_path / task, task)
        for _, block in everything(file):
            places |= {field.place for field in block.fields}
    left_out = {"id", "note", "simulated", "grading.tolerance.absolute",
                "grading.tolerance.relative", "checks.answer", "checks.options",
                "checks.threshold"}  # fmt: skip
    wanted = {code.removeprefix("label.") for code in catalogue("en") if code.startswith("label.")}
    wanted = {w for w in wanted if not w.startswith("input.")}
    assert wanted - places - left_out == set()
    assert len(PLACES) > 30


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_of_task_is_explained_with_an_example(tmp_path: Path, lang: str) -> None:
    (tmp_path / "case.yaml").write_text("title: Something?\n")
    form = Form("framing", CaseFile(tmp_path), Text(lang), lambda: None)
    text, shown = Text(lang), form.controls["task",].said.value
    for name in TASK_KINDS:
        line = text.say(f"choice.task.{name}.help")
        assert {"en": "Example: ", "ja": "例："}[lang] in line or name == "formula"
        assert html.escape(line) in shown
        assert line in case_schema(lang)["properties"]["task"]["description"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_question_says_where_no_is_the_good_answer(tmp_path: Path, lang: str) -> None:
    (tmp_path / "case.yaml").write_text("title: Something?\n")
    form = Form("checks", CaseFile(tmp_path), Text(lang), lambda: None)
    for fold in form.folds.values():
        fold.open()
    good, neutral = (Text(lang).say(f"form.answer.no-is-{how}") for how in ("good", "neutral"))
    asked = {path[1]: control.help() for path, control in form.controls.items()}
    assert {name for name, told in asked.items() if good in told} == {
        check.id for check in CHECKS.values() if check.asked and check.passes == "no"
    }
    assert [name for name, told in asked.items() if neutral in told] == ["rules-grown"]


def test_fields_of_chances_and_positives_are_shown_to_tasks_that_have_them(file: CaseFile) -> None:
    has = TASK_KINDS[str(file.state.document.at(("task",)))].has
    shown = {field.place for _, block in everything(file) for field in block.fields}
    assert ("options.probability" in shown) == ("chances" in has)
    for place in ("prevalence", "action_success", "data.positive"):
        assert (place in shown) == ("positives" in has)


@pytest.mark.parametrize("name", ["output", "evaluation", "collection", "governance"])
def test_no_title_of_a_part_begins_small(tmp_path: Path, name: str) -> None:
    """“rollback”, “groups” and “plan to label” stood as titles."""
    new_case(tmp_path / "new", empty=True)
    state = CaseFile(tmp_path / "new").state
    titles = [block.title(Text("en")) for block in FORMS[name](state)]
    assert any(titles)
    assert [title for title in titles if title[:1].islower()] == []
