"""Charts of 04 and 05: what each option is worth, and what would change the choice."""

from __future__ import annotations

from dataclasses import dataclass

from mlpdm_kit.record.assemble import nearest
from mlpdm_kit.record.sections import ValueSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.valued import BreakEven, Flip, Valued
from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import Axis, window
from mlpdm_kit.view.canvas import Canvas, Figure
from mlpdm_kit.view.palette import option_style

MOST_INPUTS = 6


def net_benefit(value: ValueSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """Expected net benefit of every option with its 5-95% range, against today."""
    best = _option(value, value.best)
    if best is None:
        return None
    spans = {
        option.id: (option.expected_net_benefit.p5, option.expected_net_benefit.p95)
        for option in value.options
        if option.expected_net_benefit is not None
    }
    leaders = [value.best, value.best_ml, value.best_without_ml]
    core = [spans[name] for name in leaders if name is not None]
    low, high = window([*core, (0.0, 0.0)], spans.values(), reach=0.8)
    title = says.say("chart.net_benefit.axis", months=value.months)
    canvas = Canvas(Axis.over(low, high, says.money, title=title), zero=0.0)
    for option in value.options:
        _worth_row(canvas, option, best, says)
    canvas.foot(says.say("chart.key.options"))
    canvas.foot(says.say("chart.simulated") if simulated else "")
    return canvas.figure(
        title=worth_sentence(value, says),
        reading=says.say("chart.net_benefit.reading", months=value.months),
    )


def worth_sentence(value: ValueSection, says: Sentences) -> str:
    """Which option is worth most, and whether it can be chosen."""
    best = _option(value, value.best)
    assert best is not None
    assert best.expected_net_benefit is not None
    figures = {"option": best.id, "amount": best.expected_net_benefit.mean, "months": value.months}
    if best.status_quo:
        return says.sentence("chart.net_benefit.today")
    code = "best" if best.feasible else "open" if best.open_gates else "to-fix"
    return says.sentence(f"chart.net_benefit.{code}", **figures)


def _option(value: ValueSection, name: str | None) -> Valued | None:
    return next((option for option in value.options if option.id == name), None)


def _worth_row(canvas: Canvas, option: Valued, best: Valued, says: Sentences) -> None:
    worth, is_best = option.expected_net_benefit, option is best
    figure = "" if worth is None else says.money(worth.mean)
    if option.status_quo:
        figure = says.say("chart.today")
    canvas.row(says.name("option", option.id), figure, strong=is_best)
    for note in _notes(option, says):
        canvas.note(note)
    if worth is not None:
        possible = option.feasible or option.status_quo
        style = option_style(is_ml=option.is_ml, chosen=is_best and possible, possible=possible)
        canvas.spread(
            canvas.track(), low=worth.p5, mean=worth.mean, high=worth.p95, style=style,
            hover=_worth_hover(option, says),
        )  # fmt: skip
    canvas.gap()


def _notes(option: Valued, says: Sentences) -> list[str]:
    """What stands in the way of an option."""
    if option.failed_gates:
        return [says.say("chart.out", checks=list(option.failed_gates))]
    told = []
    if option.open_gates:
        many = "one" if len(option.open_gates) == 1 else "many"
        told.append(says.say(f"chart.open.{many}", n=len(option.open_gates),
                             checks=list(option.open_gates)))  # fmt: skip
    if option.to_fix:
        told.append(says.say("chart.to-fix", checks=list(option.to_fix)))
    if not option.priced:
        told.append(says.say("chart.unpriced"))
    return told


def _worth_hover(option: Valued, says: Sentences) -> str:
    worth = option.expected_net_benefit
    assert worth is not None
    told = [
        says.name("option", option.id),
        says.say("chart.hover.worth", amount=worth.mean, range=says.money_range(worth)),
    ]
    if option.p_best is not None and option.p_loss is not None:
        told.append(says.say("chart.hover.chances", best=option.p_best, loss=option.p_loss))
    if option.expected_regret is not None:
        told.append(says.say("chart.hover.regret", amount=option.expected_regret))
    return "\n".join(told)


# --- break-even -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Scale:
    """Places on a track that runs from 0 to 1; what lies beyond is cut."""

    low: float
    high: float

    def at(self, value: float) -> float:
        span = self.high - self.low
        return min(max((value - self.low) / span, 0.0), 1.0)

    def beyond(self, value: float) -> bool:
        return not self.low <= value <= self.high


def break_even(value: ValueSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """For each of the nearest inputs, where it stands and where the choice changes."""
    rows = nearest(value.break_even)[:MOST_INPUTS]
    if not rows:
        return None
    kinds = {option.id: option.is_ml for option in value.options}
    canvas = Canvas(Axis(low=0.0, high=1.0))
    for row in rows:
        _input_row(canvas, row, kinds, says)
    canvas.foot(says.say("chart.break_even.key"))
    canvas.foot(says.say("chart.simulated") if simulated else "")
    return canvas.figure(
        title=break_even_sentence(value, says), reading=says.say("chart.break_even.reading")
    )


def break_even_sentence(value: ValueSection, says: Sentences) -> str:
    """The input that comes nearest to changing the choice."""
    row = nearest(value.break_even)[0]
    side, flip = _nearest_flip(row)
    within = row.low <= flip.value <= row.high
    code = "within" if within else "beyond"
    return says.sentence(
        f"chart.break_even.{code}.{side}",
        input=row.input, shown=says.quantity(flip.value, row.dimension), option=flip.option,
    )  # fmt: skip


def _nearest_flip(row: BreakEven) -> tuple[str, Flip]:
    flips = [(side, flip) for side, flip in (("below", row.below), ("above", row.above)) if flip]
    return min(flips, key=lambda pair: abs(pair[1].value - row.mean))


def _scale(row: BreakEven) -> _Scale:
    """From end to end of what is believed and the flips, as far as they are near."""
    flips = [flip.value for flip in (row.below, row.above) if flip is not None]
    spans = [(value, value) for value in flips]
    low, high = window([(row.low, row.high), (row.mean, row.mean)], spans, reach=1.5)
    room = 0.15 * ((high - low) or abs(high) or 1.0)
    bottom = 0.0 if row.low >= 0 and low - room < 0 else low - room
    return _Scale(low=bottom, high=high + room)


def _input_row(canvas: Canvas, row: BreakEven, kinds: dict[str, bool], says: Sentences) -> None:
    scale = _scale(row)
    now = says.say("chart.break_even.now", shown=says.quantity(row.mean, row.dimension))
    canvas.row(says.name("input", row.input), "")
    middle = canvas.track(22)
    hover = _input_hover(row, says)
    told = [(side, flip) for side, flip in (("below", row.below), ("above", row.above)) if flip]
    for side, flip in told:
        place = scale.at(flip.value)
        fill = palette.flip_fill(is_ml=kinds.get(flip.option, False))
        end = 0.0 if side == "below" else 1.0
        if scale.beyond(flip.value):
            place = 0.012 if side == "below" else 0.988
        canvas.bar(middle, start=place, end=end, fill=fill, hover=hover, height=22)
        canvas.stop(place, middle, 30, fill.colour)
    style = palette.option_style(is_ml=False, chosen=True)
    canvas.spread(middle, low=scale.at(row.low), mean=scale.at(row.mean), high=scale.at(row.high),
                  style=style, hover=hover)  # fmt: skip
    canvas.gap(3)
    canvas.note(now)
    for side, flip in told:
        text = says.say(f"chart.break_even.{side}", shown=says.quantity(flip.value, row.dimension),
                        option=flip.option)  # fmt: skip
        canvas.note(text, right=side == "above")
    canvas.gap()


def _input_hover(row: BreakEven, says: Sentences) -> str:
    told = [
        says.name("input", row.input),
        says.say("chart.hover.input", shown=says.quantity(row.mean, row.dimension),
                 range=says.range(row.low, row.high, row.dimension)),
    ]  # fmt: skip
    for side, flip in (("below", row.below), ("above", row.above)):
        if flip is not None:
            shown = says.quantity(flip.value, row.dimension)
            told.append(says.say(f"chart.break_even.{side}", shown=shown, option=flip.option))
    return "\n".join(told)
