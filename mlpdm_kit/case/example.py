"""A copy of another case: marked as one, and what in it is still the example's."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mlpdm_kit.case.yaml_text import parse_yaml, read_yaml, spans
from mlpdm_kit.errors import InputError
from mlpdm_kit.shipped import cases
from mlpdm_kit.text import LANGUAGES, Text

CASE_FILE = "case.yaml"
_EMPTY = {  # what is another's to say, and how it is left open
    "id": "", "date": "", "review_on": "", "supersedes": '""', "status": "draft",
    "people.decider": '""', "people.consulted": "[]", "people.informed": "[]",
}  # fmt: skip
_FORM = {"kind", "evidence", "answer", "applies", "task", "currency", "unit",
         "simulated", "like", "target_unit", "hit_at", "status", "probability"}  # fmt: skip
_NAMES = {"file", "target", "id", "time", "group", "segment", "query", "positive", "grades",
          "predictions", "column", "text", "licence"}  # fmt: skip


def marked(text: str, like: str, files: list[str], lang: str = "en") -> str:
    """The text of an example as the start of a case that is not mistaken for one's own.

    The title says that it is a copy, nobody decides yet, no date and no id is taken over, and
    all evidence is ``assumed``, as it is another's. Everything else, its order and its
    comments stay as they are; what is to be replaced stands at the top.

    Parameters
    ----------
    text : str
        The example's ``case.yaml``.
    like : str
        Its name, or the way to it from the new folder.
    files : list of str
        What lies beside it and is copied too.
    lang : {"en", "ja"}
        Language of the words that are put in.

    Raises
    ------
    InputError
        It cannot be read.

    Examples
    --------
    >>> found = marked("title: Rain?\\nvolume: {value: 3, evidence: measured}\\n", "rain", [])
    >>> print(*found.splitlines()[-3:], sep="\\n")
    like: rain
    title: "Copy of Rain?"
    volume: {value: 3, evidence: assumed}
    """
    values, _ = parse_yaml(text)
    where, say = spans(text), Text(lang)
    changes: dict[tuple[int, int], str] = {}
    for path, span in where.items():
        name = ".".join(map(str, path))
        if path and path[-1] == "evidence" and text[slice(*span)] in ("measured", "quoted"):
            changes[span] = "assumed"
        elif name in _EMPTY and text[slice(*span)].strip():
            changes[span] = _EMPTY[name]
    if isinstance(values, dict) and isinstance(values.get("title"), str):
        title = say.say("template.like.title", title=values["title"])[:300]
        changes[where["title",]] = json.dumps(title, ensure_ascii=False)
    own = like if like.replace("-", "").isalnum() else json.dumps(like, ensure_ascii=False)
    if ("like",) in where:
        changes[where["like",]] = own
    else:
        place = where[()][0]
        in_braces = text[place] == "{"
        changes[place + in_braces, place + in_braces] = f"like: {own}" + (
            ", " if in_braces else "\n"
        )
    for (begin, end), new in sorted(changes.items(), reverse=True):
        text = text[:begin] + new + text[end:]
    return _note(say, like, files) + text


def _note(say: Text, like: str, files: list[str]) -> str:
    told = [say.say("template.like.note", like=like)]
    if files:
        told.append(say.say("template.like.files", files=files))
    lines = [line for part in told for line in part.splitlines()]
    return "".join(f"# {' '.join(line.split())}\n" for line in lines)


def name_of_example(source: Path, place: Path) -> str:
    """What ``like:`` says of a case: its name in the library, else the way to it."""
    if source.parent.resolve() == cases().resolve():
        return source.name
    return Path(os.path.relpath(source.resolve(), place.resolve())).as_posix()


def still_as_in_example(place: str | Path) -> tuple[str, list[str]] | None:
    """What a case that began as a copy, or as the template, still has from there.

    Parameters
    ----------
    place : str or path
        A case folder, or its ``case.yaml``.

    Returns
    -------
    tuple or None
        The example's name, empty for the template, and the fields and files that are as
        they are there; None where the case is nobody's copy, or its example is not there
        any more.
    """
    file = Path(place)
    file = file / CASE_FILE if file.is_dir() else file
    try:
        values, _ = read_yaml(file)
        like = values.get("like") if isinstance(values, dict) else None
        if not isinstance(like, str) or not like.strip():
            return _as_in_template(values, file)
        there = cases() / like if "/" not in like else file.parent / like
        told = [there / CASE_FILE, *sorted(there.glob("case.*.yaml"))]  # in other languages
        examples = [read_yaml(one)[0] for one in told]
    except InputError:
        return None
    if not isinstance(examples[0], dict) or there.resolve() == file.parent.resolve():
        return None
    return like, _as_there(values, examples) + _same_files(file.parent, there)


def _as_there(values: Any, examples: Sequence[Any]) -> list[str]:
    """The fields that are as one of the examples has them, the title of a copy too."""
    titles = [one.get("title") for one in examples if isinstance(one, dict)]
    titles += [Text(lang).say("template.like.title", title=title)
               for lang in LANGUAGES for title in titles]  # fmt: skip
    found = ["title"] if values.get("title") in titles else []
    theirs = {said for one in examples for said in _said(one)}
    return found + [name for name, value in _said(values)
                    if name != "title" and (name, value) in theirs]  # fmt: skip


def _as_in_template(values: Any, file: Path) -> tuple[str, list[str]] | None:
    """What a case still has from the example that a new one begins with; None if it has a title."""
    from mlpdm_kit.case.template import case_text

    if not isinstance(values, dict):
        return None
    templates = [parse_yaml(case_text(file.parent, lang))[0] for lang in LANGUAGES]
    found = _as_there(values, templates)
    return ("", found) if "title" in found else None


def _said(values: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """What a case says in words and figures, by dotted path; not the form it says it in."""
    if isinstance(values, dict):
        for key, value in values.items():
            if key not in _FORM and not (key in _NAMES and not isinstance(value, dict)):
                yield from _said(value, f"{path}.{key}" if path else key)
    elif isinstance(values, list):
        for place, value in enumerate(values):
            yield from _said(value, f"{path}.{place}")
    elif values is not None and values not in ("yes", "no"):
        yield path, str(values)


def _same_files(own: Path, example: Path) -> list[str]:
    """Files of the case that are the example's, byte by byte."""
    found = []
    for file in sorted(own.iterdir()):
        other = example / file.name
        if file.name != CASE_FILE and file.is_file() and other.is_file():
            same = file.stat().st_size == other.stat().st_size
            if same and file.read_bytes() == other.read_bytes():
                found.append(file.name)
    return found
