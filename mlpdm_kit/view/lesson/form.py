"""The form of one exercise: a field for each thing that is asked, and a button that checks.

What is written is kept in the learner's file at every check; nothing else is sent anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import ipywidgets as widgets

from mlpdm_kit.course.checking import Checked, check
from mlpdm_kit.course.exercise import Exercise, Field
from mlpdm_kit.course.words import choice_label, field_label
from mlpdm_kit.errors import InputError
from mlpdm_kit.text import Text
from mlpdm_kit.view import html
from mlpdm_kit.view.forms.base import stacked
from mlpdm_kit.view.forms.style import STYLE
from mlpdm_kit.view.lesson import parts
from mlpdm_kit.view.lesson.look import Look

PLACEHOLDERS = {
    "share": "course.example.share",
    "money": "course.example.money",
    "money/month": "course.example.money",
    "money/case": "course.example.money",
    "count": "course.example.count",
    "months": "course.example.months",
}


class ExerciseForm:
    """The form.

    Parameters
    ----------
    exercise : Exercise
    answers : mapping
        What was written before, by field.
    lang : {"en", "ja"}
    keep : callable
        Keeps answers and judges them.
    """

    def __init__(
        self,
        exercise: Exercise,
        answers: Mapping[str, str],
        lang: str,
        keep: Callable[[Mapping[str, str]], Checked],
    ) -> None:
        self.exercise, self.lang, self._keep, self.text = exercise, lang, keep, Text(lang)
        self.fields = {one.name: self._field(one, answers) for one in exercise.fields}
        self.button = widgets.Button(description=self.text.say("course.check"),
                                     button_style="primary")  # fmt: skip
        self.button.on_click(self._go)
        self.said = widgets.HTML()
        if any(answers.values()):
            self._tell(lambda: check(exercise, answers))
        for field in self.fields.values():
            field.observe(self._changed, "value")
        bar = widgets.HBox([self.button])
        bar.add_class("mlpdm-bar")
        statement = widgets.HTML(parts.statement(exercise, lang))
        self.look = Look(exercise.id, lang, self._take) if exercise.lesson == "flaws" else None
        asked = list(self.fields.values())
        if self.look:
            asked = [self.look.above, *asked[:-1], self.look.list, *asked[-1:]]
        self.widget = widgets.VBox([widgets.HTML(STYLE), statement, *asked, bar, self.said])
        self.widget.add_class("mlpdm-form")
        self.widget.add_class("mlpdm-exercise")

    def _field(self, field: Field, answers: Mapping[str, str]) -> Any:
        label = field_label(self.exercise, field, self.lang)
        value = answers.get(field.name, "")
        if field.kind == "choice":
            named = [(choice_label(self.exercise, field, one, self.lang), one)
                     for one in field.choices]  # fmt: skip
            options = [(self.text.say("course.choose"), ""), *named]
            known = value if value in field.choices else ""
            return stacked(widgets.Dropdown(description=escape(label), options=options, value=known,
                                            description_allow_html=True))  # fmt: skip
        if field.kind == "words":
            return stacked(widgets.Textarea(description=escape(label), value=value,
                                            description_allow_html=True))  # fmt: skip
        placeholder = self.text.say(PLACEHOLDERS[field.kind])
        line = widgets.Text(description=escape(label), value=value, placeholder=placeholder,
                            description_allow_html=True)  # fmt: skip
        return stacked(line)

    def _take(self, line: str) -> None:
        """One more line of a mend, under those that stand there."""
        mend = self.fields["mend"]
        mend.value = f"{mend.value.rstrip()}\n{line}".lstrip()

    @property
    def written(self) -> dict[str, str]:
        """What stands in the fields."""
        return {name: str(widget.value) for name, widget in self.fields.items()}

    def _changed(self, _: Any) -> None:
        """Take back what was said of other answers than those that stand here now."""
        if self.said.value:
            self.said.value = f'<p role="status">{escape(self.text.say("course.changed"))}</p>'

    def _go(self, _: Any) -> None:
        self.button.disabled = True
        self.said.value = f'<p role="status">{escape(self.text.say("course.checking"))}</p>'
        self._tell(lambda: self._keep(self.written))
        self.button.disabled = False

    def _tell(self, judged: Callable[[], Checked]) -> None:
        """Say how the answers did."""
        try:
            self.said.value = parts.feedback(judged(), self.lang)
        except Exception as error:  # whatever it was, it is said, and the form goes on
            told = error.sentences(self.lang) if isinstance(error, InputError) else [str(error)]
            self.said.value = html.faults(self.text.say("course.not-kept"), told, lang=self.lang)
