"""``exercise`` and ``course``: for learners, and for those who teach them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mlpdm_kit.cli.app import FAILED, AsJson, Lang, app, print_json
from mlpdm_kit.errors import InputError, refuse
from mlpdm_kit.text import Text

if TYPE_CHECKING:
    from mlpdm_kit.course.checking import Checked

exercises = typer.Typer(help="Exercises of the course: see them, and check answers.",
                        no_args_is_help=True)  # fmt: skip
course = typer.Typer(help="The course for those who teach: copies, results.", no_args_is_help=True)
app.add_typer(exercises, name="exercise")
app.add_typer(course, name="course")

MARKS = {"right": "+", "wrong": "-", "missing": "o", "unreadable": "?"}


@exercises.command("list")
def list_exercises(lang: Lang = "en") -> None:
    """List the exercises by lesson."""
    from mlpdm_kit.course.lessons import all_exercises
    from mlpdm_kit.course.words import title

    lesson = ""
    for name, one in all_exercises().items():
        if one.lesson != lesson:
            lesson = one.lesson
            typer.echo(Text(lang).say(f"course.lesson.{lesson}"))
        typer.echo(f"  {name}: {title(one, lang)}")


@exercises.command("show")
def show_exercise(
    name: Annotated[str, typer.Argument(metavar="EXERCISE", help="Its name.")], lang: Lang = "en"
) -> None:
    """Show an exercise, and how its answers are written into a file."""
    from mlpdm_kit.course.lessons import exercise_of
    from mlpdm_kit.course.words import field_label, grid_lines, numbered, task, title

    one, text = exercise_of(name), Text(lang)
    typer.echo(title(one, lang))
    for part in task(one, lang):
        typer.echo(f"\n{part}")
    for line in grid_lines(one, lang):
        typer.echo(line)
    flag = "" if lang == "en" else f" --lang {lang}"
    typer.echo("\n" + text.say("cli.exercise.write", flag=flag))
    typer.echo(f"learner: {text.say('cli.exercise.you')}\nanswers:\n  {name}:")
    told: tuple[str, ...] = ()
    for field in one.fields:
        typer.echo(f"    # {field_label(one, field, lang)}")
        if field.choices != told:
            for said in numbered(one, field, lang):
                typer.echo(f"    #   {said}")
            told = field.choices or told
        typer.echo(f"    {field.name}:" + (" |" if field.judge else ""))


@exercises.command("copy")
def copy_flawed(
    name: Annotated[str, typer.Argument(metavar="EXERCISE", help="A flawed case.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where; must not be there yet.")],
    lang: Lang = "en",
) -> None:
    """Copy a flawed case with its data, to look at it closely; the answer stays behind."""
    from mlpdm_kit.course.flaws import copy_case

    try:
        copied = copy_case(name, folder, lang)
    except OSError as error:
        raise refuse("out-folder", "DIR", folder, reason=error.strerror or str(error)) from error
    typer.echo(Text(lang).say("cli.exercise.copied", folder=copied))


@exercises.command("check")
def check_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A learner's file.")],
    only: Annotated[
        str, typer.Option("--exercise", metavar="NAME", help="This exercise only.")
    ] = "",
    as_json: AsJson = False,
    lang: Lang = "en",
) -> None:
    """Check the answers of a learner's file; exit status 1 while something is not right yet."""
    from mlpdm_kit.course.learner import read_learner
    from mlpdm_kit.course.lessons import exercise_of

    learner = read_learner(file)
    names = [exercise_of(only).id] if only else list(learner.answers)
    results = [learner.checked(name) for name in names]
    if as_json:
        print_json({"learner": learner.name, "exercises": [one.to_dict(lang) for one in results]})
    else:
        _say(results, lang)
    if not results or any(one.state != "pass" for one in results):
        raise typer.Exit(FAILED)


def _say(results: Sequence[Checked], lang: str) -> None:
    from mlpdm_kit.course.checking import totals
    from mlpdm_kit.course.words import choice_label, field_label, title

    text = Text(lang)
    if not results:
        flag = "" if lang == "en" else f" --lang {lang}"
        typer.echo(text.say("cli.exercise.nothing", flag=flag))
        return
    for one in results:
        points = text.say("course.points", n=one.points, of=one.exercise.points)
        state = text.say(f"course.state.{one.state}")
        typer.echo(f"{one.exercise.id}: {title(one.exercise, lang)} {state} {points}")
        for field in one.fields:
            said = " ".join(one.sentences(field, lang))
            written = field.written
            if written in field.field.choices:
                written = choice_label(one.exercise, field.field, written, lang)
            typer.echo(f"  {MARKS[field.state]} {field_label(one.exercise, field.field, lang)}"
                       f" [{written}] {said}")  # fmt: skip
    reached, most = totals(results)
    typer.echo(text.say("cli.exercise.sum", n=reached, of=most))


@course.command("open")
def open_course(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Your folder; made, or gone on with.")
    ] = Path("lessons"),
    learner: Annotated[
        str, typer.Option(metavar="NAME", help="Your name, for the file of your answers.")
    ] = "",
    lang: Lang = "en",
    port: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="Port; a free one if not given.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether to open the first lesson.")
    ] = True,
) -> None:
    """Take the lessons in JupyterLab."""
    from mlpdm_kit.run.lessons import open_lessons

    open_lessons(folder, typer.echo, learner=learner, lang=lang, port=port, browser=browser)


@course.command("build")
def build(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="Where; made if it is not there.")],
    reader: Annotated[
        Literal["learner", "solution", "nbgrader"], typer.Option("--for", help="For whom.")
    ] = "learner",
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over copies that were changed.")
    ] = False,
    lang: Lang = "en",
) -> None:
    """Write the lessons as notebooks for learners, with solutions, or for nbgrader."""
    from mlpdm_kit.course.copies import build as build_copies

    try:
        made = build_copies(reader, out, lang, replace=replace)
    except OSError as error:
        raise refuse("out-folder", "DIR", out, reason=error.strerror or "") from error
    typer.echo(Text(lang).say(f"cli.course.built.{reader}", n=len(made), folder=out))
    if reader == "learner":
        flag = "" if lang == "en" else f" --lang {lang}"
        typer.echo(Text(lang).say("cli.course.built.next", folder=out, flag=flag))


@course.command("report")
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of learners' files.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The page; by default in the folder.")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = "en",
) -> None:
    """Say how a class did: who did what, where it went wrong, how well it is calibrated."""
    from mlpdm_kit.course.results import class_results
    from mlpdm_kit.run.progress import counted
    from mlpdm_kit.view.class_page import write_class_page

    if not folder.is_dir():
        raise refuse("no-folder", "DIR", folder)
    with counted("cli.course.reading", lang) as tell:
        found = class_results(folder, tell)
    for fault in found.faults:
        typer.echo(fault.sentence(lang), err=True)
    text = Text(lang)
    if as_json:
        print_json(found.to_dict(lang))
    elif not found.rows:
        typer.echo(text.say("cli.course.nobody", folder=folder))
    else:
        for row in found.rows:
            typer.echo(text.say("cli.course.row", name=row.name, n=row.points, of=row.of,
                                passed=row.passed, exercises=len(row.results)))  # fmt: skip
    if found.rows:
        try:
            page = write_class_page(found, out or folder / "class.html", lang)
        except OSError as error:
            raise refuse("out-folder", "--out", out, reason=error.strerror or "") from error
        typer.echo(text.say("cli.course.page", file=page), err=as_json)
    if found.faults or not found.rows:
        raise typer.Exit(FAILED)


@course.command("widen")
def widen(
    learner: Annotated[Path, typer.Argument(metavar="FILE", help="A learner's file.")],
    case: Annotated[Path, typer.Argument(metavar="CASE", help="A case folder, or its case.yaml.")],
    write: Annotated[bool, typer.Option("--write", help="Write them into the case.")] = False,
    lang: Lang = "en",
) -> None:
    """Show a case's assumed ranges as wide as a learner's calibration says; --write keeps them."""
    from mlpdm_kit.case.editing.file import read_state
    from mlpdm_kit.course.calibration import scored, wider_by
    from mlpdm_kit.course.learner import read_learner, write_learner
    from mlpdm_kit.course.widening import case_name, wider_ranges
    from mlpdm_kit.course.widening import widen as write_wider

    text, known = Text(lang), read_learner(learner)
    factor = wider_by([scored(one) for one in known.rounds])
    if known.has_widened(case_name(case)):
        typer.echo(text.say("drill.offer.already", case=case))
        return
    state = read_state(case)
    if state.faults:
        raise InputError(*state.faults)
    found = wider_ranges(state, factor)
    if factor <= 1:
        typer.echo(text.say("cli.course.wide-enough"))
        return
    typer.echo(text.say("cli.course.factor", factor=factor))
    for one in found:
        both = ((one.low, one.high), (one.wider_low, one.wider_high))
        now, wider = (state.units.write(*ends, dimension=one.dimension) for ends in both)
        typer.echo(f"  {one.input}: {now} -> {wider}")
    if not found:
        typer.echo(text.say("drill.offer.none"))
    elif write:
        write_learner(known.widening(case_name(case)), learner)
        write_wider(case, found)
        typer.echo(text.say("drill.offer.written", n=len(found), file=case))
    else:
        typer.echo(text.say("cli.course.write"))
