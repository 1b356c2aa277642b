"""Chart of 04: whether the choice survives that one thing is otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from mlpdm_kit.record.sections import ValueSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.valued import Stress
from mlpdm_kit.view.axis import Axis
from mlpdm_kit.view.canvas import Canvas, Figure
from mlpdm_kit.view.palette import STATUS_MARKS, flip_fill

_STANDS, _FLIPS = STATUS_MARKS["passed"], STATUS_MARKS["failed"]


def stress(value: ValueSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """One row a stress: still best, or what is best instead, from where on and by how much."""
    if not value.stress:
        return None
    rows, quiet = _rows(value.stress)
    most = max((row.gain for row in rows), default=0.0)
    canvas = Canvas(
        Axis.over(0.0, most, says.money, title=says.say("chart.stress.axis"))
        if most > 0
        else Axis(low=0.0, high=1.0),
        zero=0.0,
    )
    ml = {option.id for option in value.options if option.is_ml}
    for row in rows:
        _row(canvas, row, row.option in ml, says)
    if quiet:
        text = says.say("chart.stress.groups", n=quiet)
        canvas.row(text, f"{_STANDS} {says.say('chart.stress.stands')}")
        canvas.gap(10)
    canvas.foot(says.say("chart.stress.key"))
    canvas.foot(says.say("chart.simulated") if simulated else "")
    return canvas.figure(
        title=stress_sentence(value, says), reading=says.say("chart.stress.reading")
    )


def stress_sentence(value: ValueSection, says: Sentences) -> str:
    """Whether the choice survives them all."""
    flips = sum(row.flips for row in value.stress)
    chosen = next((row.option for row in value.stress if not row.flips), value.best)
    code = "robust" if not flips else "one" if flips == 1 else "many"
    figures = {"option": chosen, "n": len(value.stress), "flips": flips}
    if flips == 1:
        figures["name"] = stress_name(next(row for row in value.stress if row.flips), says)
    return says.sentence(f"chart.stress.{code}", **figures)


def stress_name(row: Stress, says: Sentences) -> str:
    """What is otherwise, in words."""
    value = 0.0 if row.value is None else row.value
    return says.say(f"chart.stress.name.{row.code}", value=value, shown=_shown(value, row, says),
                    segment=says.segment(row.segment))  # fmt: skip


def _shown(value: float, row: Stress, says: Sentences) -> str:
    return says.quantity(value, row.dimension)


def _rows(found: Sequence[Stress]) -> tuple[list[Stress], int]:
    """Those that flip first; groups that change nothing are one row where they are many."""
    quiet = [row for row in found if row.segment and not row.flips]
    alone = quiet if len(quiet) == 1 else []
    rows = [row for row in found if row.flips or not row.segment or row in alone]
    return sorted(rows, key=lambda row: not row.flips), 0 if alone else len(quiet)


def _row(canvas: Canvas, row: Stress, is_ml: bool, says: Sentences) -> None:
    name = stress_name(row, says)
    if not row.flips:
        canvas.row(name, f"{_STANDS} {says.say('chart.stress.stands')}")
        canvas.gap(10)
        return
    canvas.row(name, f"{_FLIPS} {says.say('chart.stress.flips')}", strong=True)
    said = says.say("chart.stress.instead", option=row.option, amount=row.gain)
    if row.at is not None:
        first = row.at_option or row.option
        code = "chart.stress.from" if first == row.option else "chart.stress.first"
        said = says.say(code, said=said, at=_shown(row.at, row, says), first=first)
    middle = canvas.track(14)
    canvas.bar(middle, start=0.0, end=row.gain, fill=flip_fill(is_ml=is_ml),
               hover=f"{name}\n{said}", height=14)  # fmt: skip
    canvas.gap(3)
    canvas.note(said)
    canvas.gap(10)
