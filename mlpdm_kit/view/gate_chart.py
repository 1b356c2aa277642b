"""Chart of 01: how the checks stand, area by area, each check a cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlpdm_kit.case.checks import AREAS, HARD
from mlpdm_kit.record.openness import counted, open_said
from mlpdm_kit.record.parts import CheckResult
from mlpdm_kit.record.sections import FramingSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view.axis import Axis
from mlpdm_kit.view.canvas import Canvas, Figure
from mlpdm_kit.view.palette import FAILED, HOVER_TEXT, STATUS_FILLS, STATUS_MARKS

_CELL = 24


def gates(framing: FramingSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """Passed, failed and open checks by area, the failed ones by name."""
    if not framing.checks:
        return None
    by_area = {area: _sorted(framing.checks, area) for area in AREAS}
    widest = max(len(checks) for checks in by_area.values())
    canvas = Canvas(Axis(low=0, high=max(widest, 6)))
    for area, checks in by_area.items():
        if checks:
            _area(canvas, area, checks, says)
    canvas.foot(says.say("chart.gates.key"))
    return canvas.figure(
        title=gates_sentence(framing, says), reading=says.say("chart.gates.reading")
    )


def gates_sentence(framing: FramingSection, says: Sentences) -> str:
    """How the gates stand, in one sentence."""
    if framing.stopped_by:
        return says.sentence("chart.gates.stopped", checks=list(framing.stopped_by))
    found = counted(framing.checks)
    failed = found.gates.failed + found.worked_out.failed
    to_fix, still = found.questions.failed + found.checked.failed, open_said(found, says)
    if failed:
        many = "many" if len(failed) > 1 else "one"
        return says.sentence(f"chart.gates.failed.{many}", checks=failed, n=len(failed), open=still)
    if found.gates.open or found.worked_out.open:
        return says.sentence("chart.gates.open", open=still)
    if to_fix:
        return says.sentence("chart.gates.to-fix", checks=to_fix, open=still)
    if found.questions.open or found.checked.open:
        return says.sentence("chart.gates.rest", open=still)
    return says.sentence("chart.gates.passed" + (".bare" if bare(framing) else ""))


def bare(framing: FramingSection) -> bool:
    """Whether no option with ML is there, which alone brings questions beside the case's own."""
    return all(check.scope == "case" for check in framing.checks)


def counts(checks: Iterable[CheckResult]) -> str:
    """How many failed, are open, passed; what there is none of is not said."""
    found = list(checks)
    numbers = {mark: sum(c.status == name for c in found) for name, mark in STATUS_MARKS.items()}
    return " · ".join(f"{n} {mark}" for mark, n in numbers.items() if n)


def _sorted(checks: Sequence[CheckResult], area: str) -> list[CheckResult]:
    """Failed, open, passed; of each the gates first."""
    order = list(STATUS_MARKS)
    mine = [check for check in checks if check.area == area]
    return sorted(mine, key=lambda c: (order.index(c.status), c.kind not in HARD))


def _area(canvas: Canvas, area: str, checks: Sequence[CheckResult], says: Sentences) -> None:
    canvas.row(says.name("area", area), counts(checks))
    middle = canvas.track(_CELL)
    for place, check in enumerate(checks):
        fill = STATUS_FILLS[check.status]
        canvas.bar(middle, start=place, end=place + 1, fill=fill, height=_CELL, gap=True,
                   hover=_hover(check, says))  # fmt: skip
        colour = FAILED if check.status == "open" else HOVER_TEXT
        canvas.at_value(place + 0.5, STATUS_MARKS[check.status], middle, inside=colour)
    canvas.gap(4)
    for check in checks:
        if check.status == "failed":
            kind = "gate" if check.kind in HARD else "fix"
            canvas.note(says.say(f"chart.gates.named.{kind}", check=check.id))
    canvas.gap()


def _hover(check: CheckResult, says: Sentences) -> str:
    told = [
        says.say(f"chart.gates.hover{'.hard' if check.kind in HARD else ''}",
                 check=says.checked(check), status=check.status),
        says.say(f"check.{check.id}.question"),
    ]  # fmt: skip
    if check.finding is not None:
        told.append(says.finding(check.finding))
    if check.note:
        told.append(check.note)
    if check.answer != "unknown":
        told.append(says.say("chart.gates.evidence", evidence=check.evidence))
    if check.lacks_source:
        told.append(says.say("record.gates.no-source"))
    return "\n".join(told)
