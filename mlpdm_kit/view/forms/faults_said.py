"""What is wrong with a case, as a page with fields says it: by their labels, not by paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from mlpdm_kit.case.editing.file import State, lacks
from mlpdm_kit.errors import Fault
from mlpdm_kit.text import Text
from mlpdm_kit.view.forms.blocks import FORMS
from mlpdm_kit.view.forms.parts import Block

_TICKED = re.compile(r"`([^`]+)`")


def said_on_page(fault: Fault, text: Text, label: str = "") -> str:
    """Rule and remedy, without file and line; the remedy in the words of the forms.

    Parameters
    ----------
    fault : Fault
    text : Text
    label : str
        What people call the field; by default its path stays.
    """
    bare = replace(fault, file=None, line=None, field=label or fault.field)
    own, lacking = f"form.remedy.{fault.code}", f"form.lacking.{fault.field}"
    if text.knows(lacking) and lacks(fault):
        return text.say(lacking)
    if "fields" in fault.figures:
        named = [_place_said(name, text) for name in fault.figures["fields"]]
        bare = replace(bare, value=text.say("list.join").join(named))
    if not text.knows(own):
        return without_ticks(bare.sentence(text.lang), text)
    return without_ticks(
        text.say("said.fault", rule=bare.rule(text.lang), remedy=text.say(own)), text
    )


def without_ticks(said: str, text: Text) -> str:
    """What is to be typed in quotation marks: a page shows the ticks of a code as they stand.

    Examples
    --------
    >>> without_ticks("Write it as in `2..4 months`.", Text("en"))
    'Write it as in “2..4 months”.'
    """
    return _TICKED.sub(lambda found: text.say("form.fault.field", label=found[1]), said)


def _place_said(name: str, text: Text) -> str:
    """What people call a place where it can be said how good an option is."""
    for code in (f"label.options.{name}", f"form.place.{name}", f"form.block.{name}"):
        if text.knows(code):
            return text.say("form.fault.field", label=text.say(code))
    return name


def labels_of(state: State, text: Text) -> Mapping[str, str]:
    """What people call each field and each part of a case, by its path in the file."""
    found: dict[str, str] = {}
    for form in FORMS.values():
        for block in form(state):
            _note(found, block, (), text)
    return found


def label_of(fault: Fault, labels: Mapping[str, str], text: Text) -> str:
    """What a fault is about, or the part that it stands in, by its label; else nothing."""
    path = fault.field.split(".")
    ways = (".".join(path[:n]) for n in range(len(path), 0, -1))
    label = next((labels[way] for way in ways if way in labels), "")
    return text.say("form.fault.field", label=label) if label else ""


def said_of_all(faults: Iterable[Fault], state: State, text: Text) -> list[str]:
    """Each fault once, by the labels of the fields."""
    labels = labels_of(state, text)
    told = [said_on_page(fault, text, label_of(fault, labels, text)) for fault in faults]
    return list(dict.fromkeys(told))


def _note(found: dict[str, str], block: Block, outer: tuple[str, ...], text: Text) -> None:
    title = block.title(text)
    whole = (*outer, title) if title else outer
    for field in block.fields:
        if field.kind == "origin":
            found.setdefault(field.name, ": ".join(whole))
        else:
            found.setdefault(field.name, ": ".join((*whole, field.label(text))))
    if block.removes and title:
        found.setdefault(".".join(block.removes), ": ".join(whole))
    elif title and len(parents := {field.path[:-1] for field in block.fields}) == 1:
        path = ".".join(parents.pop())
        if path:
            found.setdefault(path, ": ".join(whole))
    for inner in block.blocks:
        _note(found, inner, whole, text)
