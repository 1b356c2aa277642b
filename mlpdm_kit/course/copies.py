"""Copies of the lessons: for learners, with solutions, and for nbgrader, out of one source.

A lesson's notebook holds everything; tags say what a cell is. ``solution`` and
``instructor`` are left out of what learners get. For nbgrader each exercise becomes three
cells: the task, a cell to answer in, and a locked one that gives the points.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from mlpdm_kit import shipped
from mlpdm_kit.case.files import write_atomically
from mlpdm_kit.course.exercise import Exercise
from mlpdm_kit.course.learner import file_of
from mlpdm_kit.course.lessons import LESSONS as SIX
from mlpdm_kit.course.lessons import exercise_of
from mlpdm_kit.course.words import choice_label, field_label, right_answers
from mlpdm_kit.errors import refuse
from mlpdm_kit.record.notebook_copy import say_nothing_to_edit, source, translate
from mlpdm_kit.text import Text

LESSONS = "lessons"
GUIDE = "instructor_guide"
ORDER = (*(one.notebook for one in SIX.values()), "find_the_flaw", "calibration")
HIDDEN = frozenset({"solution", "instructor"})  # tags of what no learner gets
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_ASKS = re.compile(r'^lesson\.exercise\("([\w-]+)"\)$', re.MULTILINE)
_CONFIG = """\
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "mlpdm"
c.ClearSolutions.code_stub = {{"python": "# {stub}"}}
c.ExecutePreprocessor.timeout = 600
"""

Notebook = dict[str, Any]


def lessons() -> list[Path]:
    """The notebooks of the course, as they lie in the kit.

    Examples
    --------
    >>> lessons()[0].stem
    'calibration'
    """
    return sorted((shipped.notebooks() / LESSONS).glob("*.ipynb"))


def build(
    reader: str,
    out: Path,
    lang: str = "en",
    *,
    learner: str = "",
    keep: bool = False,
    replace: bool = False,
) -> list[Path]:
    """Write copies of the lessons.

    Parameters
    ----------
    reader : {"learner", "solution", "nbgrader"}
        For whom.
    out : path
        Folder; made if it is not there. For nbgrader it is a course folder, each lesson an
        assignment under ``source``.
    lang : {"en", "ja"}
    learner : str
        Whose copies they are.
    keep : bool
        Leave copies as they are that are there already.
    replace : bool
        Write over those that are there and are otherwise.

    Returns
    -------
    list of path
        The notebooks that were written.

    Raises
    ------
    InputError
        The learner's name is none that a file can have; or something is there already that
        somebody has changed, or that was made for another reader: nothing is written then.
    """
    copy = COPIES[reader]
    if learner:
        file_of(out, learner)
    wanted: dict[Path, str] = {}
    for file in lessons():
        notebook = _told(file, lang)
        say_nothing_to_edit(notebook, Text(lang))
        _set(notebook, "lang", lang)
        _set(notebook, "learner", learner)
        _say_parameters(notebook, Text(lang))
        place = copy(notebook, file.stem, lang)
        if place is not None and not (keep and (out / place).exists()):
            wanted[out / place] = as_json(notebook)
    other = [file.name for file, text in wanted.items() if _is_otherwise(file, text)]
    if other and not replace:
        raise refuse("copies-there", "DIR", out, names=", ".join(other))
    config = out / "nbgrader_config.py"
    if reader == "nbgrader" and not config.exists():
        stub = Text(lang).say("course.nbgrader.stub")
        write_atomically(config, _CONFIG.format(stub=stub))
    return [write_atomically(file, text) for file, text in wanted.items()]


def _told(file: Path, lang: str) -> Notebook:
    """A notebook of the course in a reader's language."""
    notebook: Notebook = json.loads(file.read_text(encoding="utf-8"))
    translate(file.stem, notebook, Text(lang))
    return notebook


def made_for(folder: Path) -> tuple[str, str] | None:
    """The learner and the language of the copies in a folder; None where there are none."""
    for file in lessons():
        copy = folder / file.name
        if copy.exists():
            notebook = json.loads(copy.read_text(encoding="utf-8"))
            given = "\n".join(source(one) for one in notebook["cells"] if "parameters" in tags(one))
            said = dict(re.findall(r'^(learner|lang) = "([^"\n]*)"', given, re.MULTILINE))
            return said.get("learner", ""), said.get("lang", "en")
    return None


def _is_otherwise(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") != text


def as_json(notebook: Mapping[str, Any]) -> str:
    """A notebook as its file holds it."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def tags(cell: Mapping[str, Any]) -> set[str]:
    """What a cell is."""
    return set(cell["metadata"].get("tags", ()))


def asked_in(cell: Mapping[str, Any]) -> str | None:
    """The exercise that a cell asks, if it asks one."""
    found = _ASKS.search("".join(cell["source"])) if cell["cell_type"] == "code" else None
    return found[1] if found else None


def _for_learner(notebook: Notebook, name: str, lang: str) -> str | None:
    if name == GUIDE:
        return None
    notebook["cells"] = [cell for cell in notebook["cells"] if not tags(cell) & HIDDEN]
    first = notebook["cells"][0]
    first["source"] = f"{source(first)}\n\n{Text(lang).say('course.begin')}"
    _say_place(notebook, name, lang)
    return f"{name}.ipynb"


def _with_solution(notebook: Notebook, name: str, lang: str) -> str:
    _set(notebook, "learner", "solution")  # nobody's own answers are written over
    _say_place(notebook, name, lang)
    return f"{name}.ipynb"


def _for_nbgrader(notebook: Notebook, name: str, lang: str) -> str | None:
    kept = [cell for cell in notebook["cells"] if not tags(cell) & HIDDEN]
    if not any(asked_in(cell) for cell in kept):
        return None
    notebook["cells"] = [graded for cell in kept for graded in _graded(cell, lang)]
    _set(notebook, "mode", "report")
    return f"source/{name}/{name}.ipynb"


def _say_place(notebook: Notebook, name: str, lang: str) -> None:
    """Above a lesson which of how many it is, below it a link to what comes next."""
    text, lesson = Text(lang), next((one for one in SIX.values() if one.notebook == name), None)
    if lesson is not None:
        head, _, rest = source(notebook["cells"][0]).partition("\n")
        place = text.say("course.place", n=lesson.number, of=len(SIX), minutes=lesson.minutes)
        notebook["cells"][0]["source"] = f"{head}\n\n*{place}*\n{rest}"
    after = dict(pairwise(ORDER)).get(name)
    if after is not None:
        there = _told(shipped.notebooks() / LESSONS / f"{after}.ipynb", lang)
        title = source(there["cells"][0]).partition("\n")[0].removeprefix("# ")
        said = text.say("course.next", title=title, file=f"{after}.ipynb")
        notebook["cells"].append(
            {"cell_type": "markdown", "id": "next", "metadata": {}, "source": said}
        )


COPIES: Mapping[str, Callable[[Notebook, str, str], str | None]] = {
    "learner": _for_learner,
    "solution": _with_solution,
    "nbgrader": _for_nbgrader,
}


def _graded(cell: dict[str, Any], lang: str) -> Iterator[dict[str, Any]]:
    """The cell itself, and for an exercise the two that follow it."""
    exercise = asked_in(cell)
    yield cell
    if exercise is None:
        return
    found = exercise_of(exercise)
    _mark(cell, f"{exercise}-task", locked=True)
    answer = _cell(f"{exercise}-answer", _answer_source(found, lang))
    _mark(answer, f"{exercise}-answer", solution=True)
    points = _cell(f"{exercise}-points", f'lesson.grade("{exercise}")')
    _mark(points, f"{exercise}-points", grade=True, locked=True)
    points["metadata"]["nbgrader"]["points"] = found.points
    yield answer
    yield points


def _answer_source(exercise: Exercise, lang: str) -> str:
    """A line for each field with nothing in it, then all right answers between the marks."""
    right = right_answers(exercise, lang)
    filled = [f"    {_quoted(name)}: {_quoted(value)}," for name, value in right.items()]
    return "\n".join([
        f"# {Text(lang).say('course.nbgrader.answer')}",
        "answers = {", *_empty_lines(exercise, lang), "}",
        BEGIN, "answers = {", *filled, "}", END,
        f"lesson.answer({_quoted(exercise.id)}, answers)",
    ])  # fmt: skip


def _empty_lines(exercise: Exercise, lang: str) -> Iterator[str]:
    """Each field under what it asks; choices that fields share are told once."""
    told: tuple[str, ...] = ()
    for field in exercise.fields:
        yield f"    # {_one_line(field_label(exercise, field, lang))}"
        if field.choices != told:
            for choice in field.choices:
                label = choice_label(exercise, field, choice, lang)
                yield f"    #   {choice}: {_one_line(label)}"
            told = field.choices or told
        yield f'    {_quoted(field.name)}: "",'


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _cell(name: str, source: str) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "id": name, "metadata": {},
            "outputs": [], "source": source}  # fmt: skip


def _mark(
    cell: dict[str, Any], name: str, *, grade: bool = False, solution: bool = False,
    locked: bool = False,
) -> None:  # fmt: skip
    """nbgrader's own words for what a cell is, version 3 of its schema."""
    cell["metadata"]["nbgrader"] = {
        "schema_version": 3, "grade_id": name, "grade": grade, "solution": solution,
        "locked": locked, "task": False, "cell_type": cell["cell_type"],
    }  # fmt: skip


def _say_parameters(notebook: Notebook, text: Text) -> None:
    """What stands behind each parameter, in the reader's language."""
    for cell in notebook["cells"]:
        if "parameters" in tags(cell):
            cell["source"] = "\n".join(
                f"{line.partition('  # ')[0]}  # {text.say(f'course.parameter.{name}')}"
                for line in source(cell).splitlines()
                if (name := line.partition(" = ")[0])
            )


def _set(notebook: Notebook, name: str, value: str) -> None:
    """Another value for a parameter, its comment as it is."""
    for cell in notebook["cells"]:
        if "parameters" in tags(cell):
            source = "".join(cell["source"])
            line = re.compile(rf'^({name} = )"[^"\n]*"', re.MULTILINE)
            cell["source"] = line.sub(lambda found: f"{found[1]}{_quoted(value)}", source)
