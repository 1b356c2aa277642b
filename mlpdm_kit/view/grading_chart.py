"""Chart of 02: what people say where the grader says so, or where another person does."""

from __future__ import annotations

from dataclasses import dataclass

from mlpdm_kit.record.graded import GradedOption, HowGraded
from mlpdm_kit.record.grading_fold import PEOPLE
from mlpdm_kit.record.sections import ComparisonSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view.axis import Axis
from mlpdm_kit.view.canvas import Canvas, Figure
from mlpdm_kit.view.outcomes import fills


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """A table of counts: of which option, or of people among each other (``option`` empty)."""

    counts: tuple[tuple[float, ...], ...]
    option: str

    @property
    def same(self) -> float:
        """Share of cases on the diagonal."""
        total = sum(map(sum, self.counts))
        return sum(row[i] for i, row in enumerate(self.counts)) / total

    @property
    def cases(self) -> float:
        """How many there are."""
        return sum(map(sum, self.counts))


def grading(comparison: ComparisonSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """For each grade given, what people say of the same answers."""
    shown = _shown(comparison.graded)
    if shown is None or comparison.graded is None:
        return None
    names = comparison.graded.outcomes
    used = {names[j]: 1.0 for row in shown.counts for j, count in enumerate(row) if count}
    looks = {name: fill for (name, _), fill in fills({"": used}).items()}
    axis = Axis.over(0.0, 1.0, says.share, title=says.say("chart.grading.axis"))
    canvas = Canvas(axis, zero=0.0)
    canvas.key([(looks[name], says.name("outcome", name)) for name in names if name in looks])
    kind = "grader" if shown.option else "people"
    for name, row in zip(names, shown.counts, strict=True):
        if not sum(row):
            continue
        said = says.say(f"chart.grading.row.{kind}", outcome=name)
        canvas.row(said, says.say("chart.grading.cases", n=says.number(sum(row))))
        middle, start = canvas.track(20), 0.0
        for other, count in zip(names, row, strict=True):
            end = start + count / sum(row)
            told = says.say("chart.grading.hover", outcome=other, share=count / sum(row))
            if count:
                canvas.bar(middle, start=start, end=end, fill=looks[other], height=20,
                           hover=f"{said}\n{told}")  # fmt: skip
            start = end
        canvas.gap()
    canvas.foot(says.say("chart.simulated") if simulated else "")
    return canvas.figure(
        title=grading_sentence(comparison.graded, says),
        reading=says.say(f"chart.grading.reading.{kind}"),
    )


def grading_sentence(found: HowGraded, says: Sentences) -> str:
    """How often people say the same as the grader, or as each other."""
    shown = _shown(found)
    assert shown is not None
    figures = {"same": shown.same, "n": says.number(shown.cases)}
    if shown.option:
        return says.sentence("chart.grading.grader", option=shown.option, **figures)
    return says.sentence("chart.grading.people", **figures)


def _shown(found: HowGraded | None) -> _Shown | None:
    """The option most of whose answers people checked; else people among each other."""
    if found is None:
        return None
    checked = [one for one in found.options if one.counts and found.grader != PEOPLE]
    if checked:
        most: GradedOption = max(checked, key=lambda one: one.checked)
        return _Shown(counts=most.counts, option=most.option)
    if found.agreement is None:
        return None
    return _Shown(counts=found.agreement.counts, option="")
