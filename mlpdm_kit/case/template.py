"""A new case folder: commented, to fill in, or a copy of one from the library."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

from mlpdm_kit.case.checks import AREAS, CHECKS
from mlpdm_kit.case.editing.document import Document
from mlpdm_kit.case.example import marked, name_of_example
from mlpdm_kit.case.load import CASE_FILE, TOLD, file_in
from mlpdm_kit.case.yaml_text import read_yaml
from mlpdm_kit.errors import refuse
from mlpdm_kit.shipped import cases
from mlpdm_kit.text import Text

FLAW_FILE = "flaw.yaml"  # the teacher's answer beside a case with a planted flaw
_HIDDEN = (".*", "__pycache__", FLAW_FILE, TOLD)


_EXAMPLE = (  # what of the template is an example, and is left open in an empty case
    ("title",), ("unit",),
    ("framing", "user"), ("framing", "problem"), ("framing", "decision"), ("framing", "status_quo"),
    ("framing", "goal", "metric"), ("framing", "goal", "now"), ("framing", "goal", "target"),
    ("volume",), ("prevalence",), ("outcomes",), ("options",), ("horizon",), ("discount",),
)  # fmt: skip
_UNSAID = {("discount",)}  # may be left out, so that nobody has to fill it in


def new_case(
    folder: str | Path,
    like: str | Path | None = None,
    lang: str = "en",
    *,
    empty: bool = False,
) -> Path:
    """Write a case folder that passes the check as it is, or an empty one to fill in.

    Parameters
    ----------
    folder : str or path
        Where; must not be there yet, or be empty.
    like : str or path, optional
        A case of the library by its id, or any case folder: it is copied, data and all, and
        marked as a copy (`mlpdm_kit.case.example.marked`).
    lang : {"en", "ja"}
        Language of the comments.
    empty : bool
        Whether the example's values are taken out of the commented case; what is then
        lacking is named by the check, and filled in by the forms of a workshop.

    Returns
    -------
    path
        The new ``case.yaml``.

    Raises
    ------
    InputError
        The folder is taken, or there is no such case to start from, or it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> new_case(Path(tempfile.mkdtemp()) / "urgent-mails").name
    'case.yaml'
    """
    place = Path(folder)
    if (place.exists() or place.is_symlink()) and not _is_empty(place):
        raise refuse("folder-taken", "DIR", place)
    source = None if like is None else _library_case(like)
    copy = None if source is None else _marked(source, place, lang)
    place.mkdir(parents=True, exist_ok=True)
    if source is None or copy is None:
        text = empty_text(place, lang) if empty else case_text(place, lang)
        (place / CASE_FILE).write_text(text, encoding="utf-8", newline="\n")
    else:
        hidden = shutil.ignore_patterns(*_HIDDEN, CASE_FILE)
        shutil.copytree(source, place, dirs_exist_ok=True, ignore=hidden)
        (place / CASE_FILE).write_bytes(copy.encode())
    return place / CASE_FILE


def _marked(source: Path, place: Path, lang: str) -> str:
    """The example's text, marked as a copy of it."""
    told = file_in(source, lang)
    read_yaml(told)  # refuses what is no text, or too large
    text = told.read_bytes().decode("utf-8-sig")
    names = [file.name for file in sorted(source.iterdir()) if file.name != CASE_FILE]
    hidden = shutil.ignore_patterns(*_HIDDEN)(str(source), names)
    files = [name for name in names if name not in hidden]
    return marked(text, name_of_example(source, place), files, lang)


def case_text(folder: Path, lang: str = "en", *, empty: bool = False) -> str:
    """The commented case file; its questions are those of the registry.

    ``empty`` only says so in its first lines; see `empty_text`.
    """
    from jinja2 import Environment, StrictUndefined

    text = Text(lang)
    source = files("mlpdm_kit.text") / "templates" / lang / f"{CASE_FILE}.j2"
    yaml = Environment(  # YAML, not HTML: nothing to escape, and no foreign text goes in
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return yaml.from_string(source.read_text(encoding="utf-8")).render(
        empty=empty,
        folder=" ".join(folder.as_posix().split()),
        areas=[{"name": text.say(f"area.{area}"), "checks": _checks(area, text)} for area in AREAS],
    )


def empty_text(folder: Path, lang: str = "en") -> str:
    """The commented case file without the values of its example; comments and names stay."""
    document = Document(case_text(folder, lang, empty=True))
    for path in _EXAMPLE:
        document = document.drop(path) if path in _UNSAID else document.put(path, None)
    return document.text


def _checks(area: str, text: Text) -> list[dict[str, Any]]:
    return [
        {
            "id": check.id,
            "question": text.say(f"check.{check.id}.question"),
            "passes": check.passes,
            "kind": check.kind,
            "hard": check.hard,
            "asked": check.asked,
            "threshold": check.threshold,
        }
        for check in CHECKS.values()
        if check.area == area
    ]


def _is_empty(place: Path) -> bool:
    return place.is_dir() and not any(place.iterdir())


def _library_case(like: str | Path) -> Path:
    library = cases()
    names = sorted(file.parent.name for file in library.glob(f"*/{CASE_FILE}"))
    if str(like) in names:
        return library / str(like)
    place = Path(like)
    if (place / CASE_FILE).is_file():
        return place
    raise refuse("like-missing", "--like", like, known=", ".join(names) or "-")
