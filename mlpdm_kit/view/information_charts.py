"""Charts of 04: what each input is worth knowing, and what each study would bring."""

from __future__ import annotations

from collections.abc import Sequence

from mlpdm_kit.record.rounding import least_error, rounded_partial, to_error
from mlpdm_kit.record.sections import ValueSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.valued import PartialValue, StudyValue
from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import Axis, window
from mlpdm_kit.view.canvas import Canvas, Figure
from mlpdm_kit.view.palette import KNOWING, Fill
from mlpdm_kit.view.plane import DASH_SIGNS, DASHES, Log, Plane, upright_axis

MOST_INPUTS, MOST_GROUPS = 6, 2
MOST_STUDIES = 4
_SYMBOLS = (("diamond", "◆"), ("square", "■"), ("triangle-up", "▲"), ("circle", "●"))
_ONCE = 0.6  # of a power of ten: room of a study that has no sizes


# --- what each input is worth knowing ---------------------------------------------------------


def evppi(value: ValueSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """What knowing each input would be worth, where it is more than chance would show."""
    every = _as_said(value)
    found = worth_knowing(every)
    if not found:
        return None
    shown = found[:MOST_INPUTS]
    total = None if value.evpi is None else evpi_shown(value)
    most = max([one.value for one in shown] + ([] if total is None else [total]))
    title = says.say("chart.evppi.axis")
    canvas = Canvas(Axis.over(0.0, most, says.money, title=title), zero=0.0)
    for one in shown:
        _bar(canvas, one, total, says)
    together = [
        says.say("chart.evppi.together", input=one.input, amount=one.value)
        for one in worth_knowing(value.groups)[:MOST_GROUPS]
    ]
    for line in [*_rest(every, found, says), *together]:
        canvas.note(line)
    if total is not None:
        canvas.foot(says.say("chart.evppi.key", evpi=total))
    canvas.foot(says.say("chart.evppi.noise"))
    canvas.foot(says.say("chart.simulated") if simulated else "")
    return canvas.figure(title=evppi_sentence(found, says), reading=says.say("chart.evppi.reading"))


def worth_knowing(found: Sequence[PartialValue]) -> list[PartialValue]:
    """Inputs worth more than chance alone would show, the dearest first."""
    kept = [one for one in found if one.value > max(one.noise_floor, 0.0)]
    return sorted(kept, key=lambda one: -one.value)


def evppi_sentence(found: Sequence[PartialValue], says: Sentences) -> str:
    """The input that it is worth most to know."""
    code = "one" if len(found) == 1 else "most"
    return says.sentence(f"chart.evppi.{code}", input=found[0].input, amount=found[0].value)


def evpi_shown(value: ValueSection) -> float:
    """What knowing everything is worth, to what its Monte Carlo error allows.

    A record holds it rounded already, and no differences: it is not rounded once more.
    """
    return to_error(value.evpi or 0.0, _least(value)) if value.differences else value.evpi or 0.0


def _least(value: ValueSection) -> float:
    return least_error(
        (option.standard_error for option in value.options),
        (difference.standard_error for difference in value.differences),
    )


def _as_said(value: ValueSection) -> list[PartialValue]:
    """What each input is worth as a record rounds it, so that both count the same ones."""
    if not value.differences:
        return list(value.evppi)
    return [rounded_partial(one, _least(value)) for one in value.evppi]


def _bar(canvas: Canvas, one: PartialValue, total: float | None, says: Sentences) -> None:
    canvas.row(says.name("input", one.input), says.money(one.value))
    middle = canvas.track(18)
    hover = says.say("chart.evppi.hover", amount=one.value, floor=one.noise_floor)
    canvas.bar(middle, start=0.0, end=one.value, fill=Fill(colour=KNOWING, pattern="/"),
               hover=f"{says.name('input', one.input)}\n{hover}")  # fmt: skip
    if one.noise_floor > 0:
        canvas.stop(one.noise_floor, middle, 12, palette.FAILED)
    if total is not None:
        canvas.stop(total, middle, 26, palette.CHOSEN)
    canvas.gap(10)


def _rest(
    every: Sequence[PartialValue], found: Sequence[PartialValue], says: Sentences
) -> list[str]:
    """What is not drawn, in words."""
    told = []
    more = found[MOST_INPUTS:]
    if more:
        many = "one" if len(more) == 1 else "many"
        told.append(says.say(f"chart.evppi.more.{many}", n=len(more), amount=more[0].value))
    quiet = len(every) - len(found)
    if quiet:
        told.append(says.say(f"chart.evppi.quiet.{'one' if quiet == 1 else 'many'}", n=quiet))
    return told


# --- what each study would bring --------------------------------------------------------------


def studies(value: ValueSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """Net gain of every study by its size."""
    found = sorted(value.studies, key=lambda one: -one.best.enbs)
    if not found:
        return None
    shown = found[:MOST_STUDIES]
    log = _log(shown)
    plane = Plane(_across(shown, log, says), _up(shown, says))
    plane.level(0.0, colour=palette.ZERO)
    for place, one in enumerate(shown):
        _study(plane, one, place, _once(shown, one, log), says)
    if len(found) > MOST_STUDIES:
        plane.foot(says.say("chart.studies.more", n=len(found) - MOST_STUDIES))
    plane.foot(says.say("chart.simulated") if simulated else "")
    return plane.figure(
        title=studies_sentence(found, says), reading=says.say("chart.studies.reading")
    )


def studies_sentence(found: Sequence[StudyValue], says: Sentences) -> str:
    """The study that brings most, or that it is better to decide now."""
    paying = [one for one in found if one.pays]
    best = max(paying or found, key=lambda one: one.best.enbs)
    figures = {"study": says.name("study", best.name), "amount": abs(best.best.enbs)}
    if not paying:
        return says.sentence(
            f"chart.studies.{'now' if best.best.enbs <= 0 else 'doubt'}", **figures
        )
    return says.sentence(
        f"chart.studies.{'once' if _single(best) else 'sized'}", n=best.best.n, **figures
    )


def _single(one: StudyValue) -> bool:
    return len(one.sizes) == 1 and one.best.n == 1


def _log(shown: Sequence[StudyValue]) -> Log | None:
    """The sizes of all studies that have any."""
    sizes = [size.n for one in shown if not _single(one) for size in one.sizes]
    return Log(low=min(sizes), high=max(sizes)) if sizes else None


def _once(shown: Sequence[StudyValue], one: StudyValue, log: Log | None) -> float | None:
    """Place of a study that finds out once and for all: left of the sizes, one beside another."""
    if not _single(one):
        return None
    singles = [other for other in shown if _single(other)]
    first = 0.0 if log is None else log.at(log.low)
    return first - _ONCE * (len(singles) - singles.index(one))


def _across(shown: Sequence[StudyValue], log: Log | None, says: Sentences) -> Axis:
    singles = sum(_single(one) for one in shown)
    first, last = (0.0, 0.0) if log is None else (log.at(log.low), log.at(log.high))
    marks = [] if log is None else [(place, says.count(n)) for n, place in log.ticks()]
    if singles:
        middle = first - _ONCE * (singles + 1) / 2
        marks.insert(0, (middle, says.say("chart.studies.at-once")))
    title = "" if log is None else says.say("chart.studies.axis")
    low = first - _ONCE * (singles + 0.75 if singles else 0.35)
    high = last + (0.35 * _ONCE if log is not None else -_ONCE * 0.25)
    return Axis(low=low, high=high, ticks=tuple(marks), title=title)


def _up(shown: Sequence[StudyValue], says: Sentences) -> Axis:
    """So that the best sizes and zero can be told apart; what loses far more is cut off."""
    core = [(one.best.enbs, one.best.enbs) for one in shown]
    spans = [(size.enbs, size.enbs) for one in shown for size in one.sizes]
    low, high = window([*core, (0.0, 0.0)], spans, reach=1.0)
    room = 0.12 * ((high - low) or abs(high) or 1.0)
    return upright_axis(low - room, high + room, says.money, says.say("chart.studies.up"))


def _study(plane: Plane, one: StudyValue, place: int, once: float | None, says: Sentences) -> None:
    symbol, sign = _SYMBOLS[place]
    colour = palette.CHOSEN if one.pays else palette.PLAIN
    name = says.name("study", one.name)
    if once is None:
        kept = [size for size in one.sizes if size.enbs >= plane.up.low] or [one.best]
        hover = [_hover(name, one, size.n, says) for size in kept]
        log_at = Log(low=1, high=1).at
        plane.line([log_at(size.n) for size in kept], [size.enbs for size in kept], colour=colour,
                   dash=DASHES[place], hover=hover)  # fmt: skip
        once, drawn = log_at(one.best.n), f"{sign}{DASH_SIGNS[place]}"
    else:
        drawn = sign
    plane.mark(once, one.best.enbs, symbol=symbol if one.pays else f"{symbol}-open", colour=colour,
               hover=_hover(name, one, one.best.n, says))  # fmt: skip
    code = f"chart.studies.key.{'once' if _single(one) else 'sized'}"
    told = says.say(code, study=name, n=one.best.n, amount=one.best.enbs)
    plane.say(f"{drawn} {told}")


def _hover(name: str, one: StudyValue, n: int, says: Sentences) -> str:
    size = next(size for size in one.sizes if size.n == n)
    told = [name]
    if not _single(one):
        told.append(says.say("chart.studies.hover.size", n=n))
    told.append(
        says.say("chart.studies.hover", evsi=size.evsi, price=size.price, delay=one.delay,
                 enbs=size.enbs)
    )  # fmt: skip
    return "\n".join([*told, *([one.note] if one.note else [])])
