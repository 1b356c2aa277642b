"""A lesson as a notebook shows it: the story's page, exercises, and how far somebody is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.load import file_in
from mlpdm_kit.course.checking import Checked, totals
from mlpdm_kit.course.exercise import Exercise
from mlpdm_kit.course.learner import Learner, file_of, read_or_begin, write_learner
from mlpdm_kit.course.lessons import LESSONS, exercise_of
from mlpdm_kit.course.words import exercise_text, right_answers, worked
from mlpdm_kit.errors import refuse
from mlpdm_kit.record.lock import locked
from mlpdm_kit.record.steps import DEFAULT_DRAWS
from mlpdm_kit.text import LANGUAGES, Text
from mlpdm_kit.view import html
from mlpdm_kit.view.bundles import as_html
from mlpdm_kit.view.lesson import parts
from mlpdm_kit.view.page import find_case, open_page
from mlpdm_kit.view.step_page import Page
from mlpdm_kit.view.telling import MODES, Show, faults_said, in_notebook, refuse_unknown

if TYPE_CHECKING:
    from mlpdm_kit.view.lesson.drill import Drill

STEPS = {
    "framing": "problem_framing",
    "alternatives": "baseline_comparison",
    "errors": "cost_of_errors",
    "value": "expected_value",
    "operation": "expected_value",
    "decision": "decision_record",
}  # the page of the five on which the lesson's picture stands
NOBODY = "me"
PATIENCE = 5  # seconds until another window has to have written the learner's file


def open_lesson(
    lesson: str,
    *,
    case: str = "",
    learner: str = "",
    folder: str = "learners",
    mode: str = "workshop",
    lang: str = "en",
    show: Show | None = None,
) -> Lesson:
    """Open a lesson.

    Parameters
    ----------
    lesson : str
        One of `mlpdm_kit.course.lessons.LESSONS`, ``flaws`` or ``calibration``.
    case : str
        Its story: a case of the library, or a case folder.
    learner : str
        Whose answers are kept.
    folder : str
        Where the files of learners lie.
    mode : {"workshop", "report"}
        Whether anybody is there to fill in forms.
    lang : {"en", "ja"}
    show : callable, optional
        What takes each thing that is shown, as a MIME bundle; by default the notebook.

    Raises
    ------
    InputError
        After its faults are shown as sentences.
    """
    show = show or in_notebook
    with faults_said(lang if lang in LANGUAGES else "en", show):
        refuse_unknown("lesson", lesson, (*LESSONS, "flaws", "calibration"))
        refuse_unknown("mode", mode, MODES)
        refuse_unknown("lang", lang, LANGUAGES)
        file = file_of(Path(folder), learner or NOBODY)
        return Lesson(lesson, case=case, file=file, name=learner or NOBODY, mode=mode, lang=lang,
                      show=show)  # fmt: skip


class Lesson:
    """One lesson of one learner."""

    def __init__(
        self, lesson: str, *, case: str, file: Path, name: str, mode: str, lang: str, show: Show
    ) -> None:
        self.lesson, self.case, self.file, self.name = lesson, case, file, name
        self.mode, self.lang, self.show, self.text = mode, lang, show, Text(lang)
        self.learner = read_or_begin(file, name)
        self._live: Any = None  # how far the learner is, where the page shows it

    def __repr__(self) -> str:
        return f"<Lesson {self.lesson} of {self.name}>"

    # --- the story ----------------------------------------------------------------------

    @cached_property
    def _page(self) -> Page:
        story = find_case(self.case)
        case = file_in(story, self.lang) if story.is_dir() else story
        page = open_page(STEPS[self.lesson], case=str(case), lang=self.lang, draws=DEFAULT_DRAWS,
                         show=self.show)  # fmt: skip
        assert isinstance(page, Page)
        return page

    def bottom_line(self) -> None:
        """Show what the kit says of the story's case."""
        self._page.bottom_line()

    def picture(self, name: str) -> None:
        """Show a chart of the story's case."""
        self._page.picture(name)

    def reading(self, name: str) -> None:
        """Show how to read it."""
        self._page.reading(name)

    # --- exercises ----------------------------------------------------------------------

    def exercise(self, name: str) -> None:
        """Ask: with a form in a workshop; in a report with what was answered, if anything."""
        with faults_said(self.lang, self.show):
            exercise = exercise_of(name)
            if self.mode == "workshop":
                self._form(exercise)
                return
            checked = self.learner.checked(name)
            said = parts.statement(exercise, self.lang)
            said += parts.asked(exercise, self.lang) if checked.state == "empty" else (
                parts.feedback(checked, self.lang, written=True))  # fmt: skip
            self._say(said, exercise)

    def answer(self, exercise: str, answers: Mapping[str, str]) -> None:
        """Answer by hand: keep the answers, judge them, and say how they did."""
        with faults_said(self.lang, self.show):
            checked = self._kept(exercise, answers)
            said = parts.feedback(checked, self.lang, written=True)
            self._say(said, checked.exercise)

    def solution(self, exercise: str) -> None:
        """Show the worked answer, and answer with it."""
        with faults_said(self.lang, self.show):
            found = exercise_of(exercise)
            self._say(parts.worked_answer(worked(found, self.lang), self.lang), found)
            self._kept(exercise, right_answers(found, self.lang))

    def grade(self, exercise: str) -> float:
        """Points of an exercise as it was answered, for a grader."""
        return float(self.learner.checked(exercise).points)

    def progress(self) -> None:
        """Show how far the learner is with the lesson's exercises; in a workshop it goes on."""
        with faults_said(self.lang, self.show):
            shown, plain = self._progress()
            if self.mode == "workshop":
                import ipywidgets as widgets

                self._live = widgets.HTML(shown)
                _display(self._live)
            else:
                self.show(as_html(shown, plain))

    def _progress(self) -> tuple[str, str]:
        results = list(self.learner.results(self.lesson))
        table = parts.progress_table(results, dict(self.learner.tries), self.lang)
        points, most = totals(results)
        foot = exercise_text(self.lang).say("course.progress.sum", n=points, of=most,
                                            file=self.file.as_posix())  # fmt: skip
        shown = html.table(table, lang=self.lang) + html.words(foot, lang=self.lang)
        return shown, f"{table.caption} {foot}"

    # --- the calibration drill ----------------------------------------------------------

    def drill(self, bank: str = "") -> None:
        """The next round of the calibration drill; a report shows the rounds there were."""
        with faults_said(self.lang, self.show):
            self._drill(bank or self.lang).shown()

    def _drill(self, bank: str) -> Drill:
        from mlpdm_kit.view.lesson.drill import Drill

        return Drill(self, bank)

    def change(self, how: Callable[[Learner], Learner]) -> None:
        """Change what the learner's file holds now: another lesson may be open beside this one.

        Raises
        ------
        InputError
            The file cannot be read or written, or could not be read again; it is as it was.
        """
        folder, lock = self.file.parent, f".{self.file.name}.lock"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with locked(folder, lock, "learner-locked", patience=PATIENCE):
                learner = how(read_or_begin(self.file, self.name))
                write_learner(learner, self.file)
        except OSError as error:
            raise refuse("out-folder", "folder", folder,
                         reason=error.strerror or str(error)) from error  # fmt: skip
        self.learner = learner

    # --- inside -------------------------------------------------------------------------

    def _kept(self, exercise: str, answers: Mapping[str, str]) -> Checked:
        fields = {field.name for field in exercise_of(exercise).fields}
        for name in answers:
            if name not in fields:
                raise refuse("not-one-of", name, name, known=sorted(fields))
        tried = any(answers.values())
        self.change(lambda learner: learner.answering(exercise, answers, tried=tried))
        if self._live is not None:
            self._live.value = self._progress()[0]
        return self.learner.checked(exercise)

    def _form(self, exercise: Exercise) -> None:
        from mlpdm_kit.view.lesson.form import ExerciseForm

        given = self.learner.answers.get(exercise.id, {})
        form = ExerciseForm(exercise, given, self.lang, lambda said: self._kept(exercise.id, said))
        _display(form.widget)

    def _say(self, shown: str, exercise: Exercise) -> None:
        self.show(as_html(shown, exercise.id))


def _display(widget: Any) -> None:
    """Show a widget in the notebook that is running."""
    import IPython.display

    display: Callable[[Any], None] = IPython.display.display
    display(widget)
