"""Folded part on grading: how answers were graded, who agrees, how far the grader errs."""

from __future__ import annotations

from mlpdm_kit.analysis.grading.error import SHARED, SPREAD
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.record.graded import GradedOption, HowGraded, PeopleAgree
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import NONE, Cell, Fold, Head, Table, counted, figure, heads

PEOPLE = "people"


def grading_fold(record: DecisionRecord, says: Sentences) -> Fold | None:
    """Nothing where the task grades by itself and no person looked."""
    found = record.baseline.graded
    if found is None:
        return None
    return Fold(
        key="grading",
        heading=says.say("record.heading.grading"),
        summary=_summary(found, says),
        notes=grading_said(found, record.task, says),
        pictures=("grading",),
        tables=tables(found, says),
    )


def _summary(found: HowGraded, says: Sentences) -> str:
    checked = sum(one.checked for one in found.options)
    if checked:
        return says.say("grading.counts", grader=found.grader, checked=checked)
    return says.say("grading.unchecked", grader=found.grader)


def grading_said(found: HowGraded, task: str, says: Sentences) -> tuple[str, ...]:
    """What is to be known about the grades, a sentence or two each."""
    good = TASK_KINDS[task].good
    notes = [note for one in found.options for note in _of_option(one, found, good, says)]
    notes.append(_panel(found, says))
    if found.agreement is not None:
        notes.append(_agree(found.agreement, says))
    return tuple(notes)


def _panel(found: HowGraded, says: Sentences) -> str:
    """Whether people graded, and where their spread is from."""
    checked = [one for one in found.options if one.graders]
    if not checked:
        return says.sentence("grading.said.unchecked")
    graders = max(one.graders for one in checked)
    measured = all(one.compared for one in checked)
    code = "one" if graders == 1 else "panel" if measured else "apart"
    return says.sentence(
        f"grading.said.{code}", graders=graders, spread=SPREAD, worth=round(1 / SPREAD),
        shared=SHARED,
    )  # fmt: skip


def _of_option(one: GradedOption, found: HowGraded, good: str, says: Sentences) -> list[str]:
    notes = []
    if one.answers and not one.after and any(other.after for other in found.options):
        notes.append(says.sentence("grading.said.as-given", option=one.option))
    elif one.after:
        code = "people" if found.grader == PEOPLE else "corrected"
        notes.append(
            says.sentence(
                f"grading.said.{code}",
                option=one.option,
                checked=one.checked,
                good=good,
                before=one.before.get(good, 0.0),
                after=one.after.get(good, 0.0),
            )
        )
    if one.unreadable:
        notes.append(says.sentence("grading.said.unreadable", option=one.option, n=one.unreadable))
    return notes


def _agree(found: PeopleAgree, says: Sentences) -> str:
    if found.kappa is None:
        return says.sentence("grading.said.undefined", items=found.items, same=found.same)
    first = says.sentence(
        "grading.said.agree", items=found.items, same=found.same, kappa=found.kappa.mean,
        low=found.kappa.low, high=found.kappa.high,
    )  # fmt: skip
    weighted = ""
    if found.weighted is not None:
        weighted = says.sentence(
            "grading.said.weighted", kappa=found.weighted.mean, low=found.weighted.low,
            high=found.weighted.high,
        )  # fmt: skip
    limit = says.sentence("grading.said.limit", limit=found.limit, word=found.word)
    return says.together(first, weighted, limit)


def tables(found: HowGraded, says: Sentences) -> tuple[Table, ...]:
    """The options, the fields, grader against people, and people against each other."""
    made = [options_graded(found, says)] if found.options else []
    if found.fields:
        made.append(_fields(found, says))
    people = found.grader == PEOPLE
    for one in found.options:
        if one.counts and not people:
            caption = says.say("grading.confusion.caption", option=one.option)
            made.append(_square(found, one.counts, caption, "confusion", says))
    if found.agreement is not None:
        caption = says.say("grading.pairs.caption")
        made.append(_square(found, found.agreement.counts, caption, "pairs", says))
    return tuple(made)


def options_graded(found: HowGraded, says: Sentences) -> Table:
    """Shares of outcomes by option, as graded and as people would."""
    names = [
        name
        for name in found.outcomes
        if any(one.before.get(name, 0) + one.after.get(name, 0) > 0 for one in found.options)
    ]
    first = heads(says, "grading.options", "option", "answers", "checked", numbers=2)
    rows = []
    for one in found.options:
        cells = [
            Cell(text=says.name("option", one.option)),
            figure(says.count(one.answers)),
            figure(says.count(one.checked)),
        ]
        for name in names:
            before, after = one.before.get(name, 0.0), one.after.get(name)
            if after is None or found.grader == PEOPLE:
                cells.append(figure(says.share(before if after is None else after)))
            else:
                note = says.say("grading.before", share=before)
                cells.append(figure(says.share(after), note=note))
        rows.append(tuple(cells))
    return Table(
        caption=says.say("grading.options.caption"),
        heads=(*first, *(Head(text=says.name("outcome", name), number=True) for name in names)),
        rows=tuple(rows),
    )


def _fields(found: HowGraded, says: Sentences) -> Table:
    rows = tuple(
        (
            Cell(
                text=one.field,
                tag=says.say(f"grading.fields.severe.{one.severe}") if one.severe else "",
            ),
            Cell(text=says.name("option", one.option)),
            figure(says.count(one.right)),
            figure(says.count(one.missing)),
            figure(says.count(one.wrong)),
        )
        for one in found.fields
    )
    return Table(
        caption=says.say("grading.fields.caption"),
        heads=heads(says, "grading.fields", "field", "option", "right", "missing", "wrong",
                    numbers=3),
        rows=rows,
    )  # fmt: skip


def _square(
    found: HowGraded,
    counts: tuple[tuple[float, ...], ...],
    caption: str,
    kind: str,
    says: Sentences,
) -> Table:
    """A table of counts, without grades that nobody gave."""
    size = range(len(found.outcomes))
    used = [i for i in size if sum(counts[i]) + sum(row[i] for row in counts) > 0]
    names = [says.name("outcome", found.outcomes[i]) for i in used]
    rows = tuple(
        (
            Cell(text=name),
            *(
                figure(counted(counts[i][j], says) if counts[i][j] else NONE, strong=i == j)
                for j in used
            ),
        )
        for name, i in zip(names, used, strict=True)
    )
    head = Head(text=says.say(f"grading.{kind}.grader"))
    parts = any(counted(x, says) != says.count(x) for row in counts for x in row)
    return Table(
        caption=caption,
        heads=(head, *(Head(text=name, number=True) for name in names)),
        rows=rows,
        foot=says.sentence(f"grading.{kind}.parts") if parts else "",
    )
