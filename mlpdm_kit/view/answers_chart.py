"""Chart of 02: how often an LLM's answers flip, invent, give way to attacks, or are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlpdm_kit.record.answers_fold import attack_name
from mlpdm_kit.record.logged import Answers, SeenShare
from mlpdm_kit.record.sections import ComparisonSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import Axis, labelled
from mlpdm_kit.view.canvas import Canvas, Figure
from mlpdm_kit.view.palette import option_style

_PLAIN = ("refused", "failed")  # rates without a bound
_ROOM = 0.015  # of the axis below 0, so that a mark there is whole


@dataclass(frozen=True, kw_only=True)
class _Rate:
    """One rate of one option; ``attack`` where it is that of a kind of attack."""

    option: str
    kind: str
    seen: SeenShare
    attack: str = ""

    @property
    def status(self) -> str:
        """Whether it is over its bound, may be, or is within it."""
        limit = self.seen.limit
        if limit is None:
            return "free"
        if self.seen.mean > limit:
            return "over"
        return "perhaps" if self.seen.high > limit else "within"

    @property
    def times(self) -> float:
        """How many times its bound it is."""
        limit = self.seen.limit
        return -1.0 if limit is None else self.seen.mean / max(limit, 1e-9)


def answers(comparison: ComparisonSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """The rates of every log with their 95% intervals, and what is allowed of each."""
    found = [rate for one in comparison.answers for rate in _rates(one)]
    if not found:
        return None
    high = min(1.0, 1.05 * max(max(r.seen.high, r.seen.limit or 0.0) for r in found) or 1.0)
    axis = Axis(low=-_ROOM * high, high=high, ticks=labelled(0.0, high, says.share),
                title=says.say("chart.answers.axis"))  # fmt: skip
    canvas = Canvas(axis)
    options = list(dict.fromkeys(rate.option for rate in found))
    is_ml = {option.id: option.is_ml for option in comparison.options}
    for option in options:
        if len(options) > 1:
            canvas.row(says.name("option", option), strong=True)
        for rate in found:
            if rate.option == option:
                _row(canvas, rate, is_ml.get(option, True), says)
    canvas.note(says.say("chart.answers.key"))
    canvas.foot(says.say("chart.simulated") if simulated else "")
    return canvas.figure(
        title=answers_sentence(comparison, says), reading=says.say("chart.answers.reading")
    )


def answers_sentence(comparison: ComparisonSection, says: Sentences) -> str:
    """The rate that is furthest beyond what is allowed, or nearest to it."""
    found = [rate for one in comparison.answers for rate in _rates(one)]
    worst = max(found, key=lambda rate: (rate.times, rate.seen.mean))
    held = "" if worst.status == "free" else says.say(
        f"chart.answers.{worst.status}", limit=worst.seen.limit)  # fmt: skip
    said = says.sentence(
        f"chart.answers.said.{worst.kind}", option=worst.option, rate=worst.seen.mean,
        attack=attack_name(worst.attack, says) if worst.attack else "",
    )  # fmt: skip
    return says.say("chart.answers.both", said=said, held=held) if held else said


def _rates(one: Answers) -> Iterator[_Rate]:
    for kind in ("flips", "invented"):
        seen = getattr(one, kind)
        if seen is not None:
            yield _Rate(option=one.option, kind=kind, seen=seen)
    for attack in one.attacks:
        yield _Rate(option=one.option, kind="attack", seen=attack.rate, attack=attack.kind)
    for kind in _PLAIN:
        seen = getattr(one, kind)
        if seen is not None:
            yield _Rate(option=one.option, kind=kind, seen=seen)


def _row(canvas: Canvas, rate: _Rate, is_ml: bool, says: Sentences) -> None:
    seen = rate.seen
    name = says.say(f"chart.answers.row.{rate.kind}",
                    attack=attack_name(rate.attack, says) if rate.attack else "")  # fmt: skip
    mark = "" if rate.status == "free" else says.say(f"chart.answers.mark.{rate.status}")
    canvas.row(name, f"{says.share(seen.mean)} {mark}".strip())
    middle = canvas.track()
    if seen.limit is not None:
        canvas.stop(seen.limit, middle, 18, palette.FAILED)
    canvas.spread(
        middle, low=seen.low, mean=seen.mean, high=seen.high, style=option_style(is_ml=is_ml),
        hover=_hover(name, rate, says),
    )  # fmt: skip
    canvas.gap()


def _hover(name: str, rate: _Rate, says: Sentences) -> str:
    seen = rate.seen
    told = [name, says.say("chart.answers.hover", rate=seen.mean, rows=seen.rows,
                           range=says.range(seen.low, seen.high, "share"))]  # fmt: skip
    if seen.limit is not None:
        told.append(says.say("answers.limit", shown=says.share(seen.limit)))
    return "\n".join(told)
