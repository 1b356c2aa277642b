"""What an exercise says, and how a choice that somebody wrote is understood."""

from __future__ import annotations

import re
import unicodedata

from mlpdm_kit.course.exercise import Exercise, Field
from mlpdm_kit.course.kinds import CURRENCY, KINDS
from mlpdm_kit.text import LANGUAGES, Text


def exercise_text(lang: str) -> Text:
    """Sentences of exercises: money in yen."""
    return Text(lang, currency=CURRENCY)


def title(exercise: Exercise, lang: str) -> str:
    """What an exercise is called."""
    return exercise_text(lang).say(f"{exercise.code}.title", **exercise.given)


def task(exercise: Exercise, lang: str) -> list[str]:
    """What is asked, by paragraph."""
    said = exercise_text(lang).say(f"{exercise.code}.task", **exercise.given)
    return said.split("\n\n")


def worked(exercise: Exercise, lang: str) -> list[str]:
    """The worked answer, by paragraph."""
    said = exercise_text(lang).say(f"{exercise.code}.worked", **exercise.worked())
    return said.split("\n\n")


def field_label(exercise: Exercise, field: Field, lang: str) -> str:
    """What a field is called."""
    return exercise_text(lang).say(f"{exercise.code}.{field.name}", **exercise.given)


def choice_label(exercise: Exercise, field: Field, choice: str, lang: str) -> str:
    """What a choice says: its own words, those that the fields share, or the kit's."""
    text = exercise_text(lang)
    for code in (
        f"{exercise.code}.{field.name}.{choice}",
        f"{exercise.code}.choice.{choice}",
        f"course.choice.{choice}",
    ):
        if text.knows(code):
            return text.say(code, **exercise.given)
    return choice


def chosen(exercise: Exercise, field: Field, written: str) -> str | None:
    """The choice that was written: its id, its number from 1, or its words in any language.

    Of the words a part is enough that fits no other choice.

    Examples
    --------
    >>> from mlpdm_kit.course.lessons import EXERCISES
    >>> sort = EXERCISES["sort-briefs"]
    >>> [chosen(sort, sort.fields[0], said) for said in ("rule", "A RULE ", "2", "magic")]
    ['rule', 'rule', 'process', None]
    """
    wanted, found = _plain(written), []
    if not wanted:
        return None
    for number, choice in enumerate(field.choices, 1):
        labels = [_plain(choice_label(exercise, field, choice, lang)) for lang in LANGUAGES]
        if wanted in (_plain(choice), str(number), *labels):
            return choice
        if any(wanted in label for label in labels):
            found.append(choice)
    return found[0] if len(found) == 1 and len(wanted) > 1 else None


def numbered(exercise: Exercise, field: Field, lang: str) -> list[str]:
    """The choices with their numbers, as they can be written."""
    labels = [choice_label(exercise, field, choice, lang) for choice in field.choices]
    return [f"{number} {label}" for number, label in enumerate(labels, 1)]


def right_label(exercise: Exercise, field: Field, lang: str) -> str:
    """The right answer as a learner would write it."""
    values = dict(exercise.worked())
    right = values[field.name]
    if field.kind == "choice":
        return choice_label(exercise, field, right if isinstance(right, str) else right[0], lang)
    if field.kind == "words":
        model = f"{exercise.code}.{field.name}.model"
        text = exercise_text(lang)
        return text.say(model, **exercise.given) if text.knows(model) else str(right)
    return KINDS[field.kind].say(right, exercise_text(lang))


def _plain(words: str) -> str:
    plain = re.sub(r"[「」『』“”\"]|\([^()]*\)", "", unicodedata.normalize("NFKC", words))
    plain = re.sub(r"\s+", " ", plain)
    return plain.strip().casefold().rstrip(".。")


def right_answers(exercise: Exercise, lang: str) -> dict[str, str]:
    """Every right answer as a learner would write it."""
    return {field.name: right_label(exercise, field, lang) for field in exercise.fields}


def grid_lines(exercise: Exercise, lang: str) -> list[str]:
    """The table of a task as lines of text, its columns apart by bars."""
    if exercise.grid is None:
        return []
    text, heads = exercise_text(lang), exercise.grid.heads
    lines = [" | ".join(text.say(f"{exercise.code}.head.{name}") for name in heads)]
    for row in exercise.grid.rows:
        cells = zip(row, heads.values(), strict=True)
        lines.append(" | ".join(text.format_field(value, shown) for value, shown in cells))
    return lines
