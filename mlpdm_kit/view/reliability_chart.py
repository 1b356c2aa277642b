"""Chart of 03: whether the probabilities of an option can be taken at their word."""

from __future__ import annotations

from mlpdm_kit.record.measured import Reliability
from mlpdm_kit.record.sections import ErrorsSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view import palette
from mlpdm_kit.view.axis import Axis, labelled
from mlpdm_kit.view.canvas import Figure
from mlpdm_kit.view.plane import PLOT_WIDTH, Plane

_FAR = 1.5  # as much as the probabilities reach, the threshold is still drawn


def reliability(errors: ErrorsSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """Predicted against observed share of the option that costs least, bin by bin."""
    found = [one for one in errors.reliability if one.bins]
    if not found:
        return None
    costs = {option.id: option.per_case.mean for option in errors.options}
    found.sort(key=lambda one: costs.get(one.option, float("inf")))
    shown, others = found[0], found[1:]
    threshold = _threshold(errors, shown.option)
    axis = _axis(shown, threshold, says)
    plane = Plane(axis, _up(axis, says))
    plane.line([0, axis.high], [0, axis.high], colour=palette.PLAIN, dash="dash", width=2)
    for one in shown.bins:
        plane.upright(one.predicted, one.observed, palette.ML)
        hover = says.say("chart.reliability.hover", predicted=one.predicted,
                         observed=one.observed.mean, low=one.observed.p5, high=one.observed.p95,
                         rows=one.rows)  # fmt: skip
        plane.mark(one.predicted, one.observed.mean, symbol="diamond", colour=palette.ML,
                   hover=hover, size=10)  # fmt: skip
    _key(plane, shown, says)
    _post(plane, threshold, says)
    for other in others:
        said = says.sentence(f"chart.reliability.short.{other.verdict}")
        plane.foot(says.say("chart.reliability.other", option=other.option, said=said))
    plane.foot(says.say("chart.simulated") if simulated else "")
    return plane.figure(
        title=reliability_sentence(shown, says), reading=says.say("chart.reliability.reading")
    )


def reliability_sentence(found: Reliability, says: Sentences) -> str:
    """Whether the probabilities can be taken at their word."""
    return says.sentence(
        f"chart.reliability.{found.verdict}",
        option=found.option, predicted=found.predicted, observed=found.observed,
    )  # fmt: skip


def _threshold(errors: ErrorsSection, option: str) -> float | None:
    """From where the option acts on this data; else what the costs say."""
    chosen = next((curve.chosen for curve in errors.curves if curve.option == option), None)
    return errors.threshold if chosen is None else chosen


def _axis(found: Reliability, threshold: float | None, says: Sentences) -> Axis:
    """From 0 as far as anything lies; both axes are the same."""
    reach = max(max(one.predicted, one.observed.p95) for one in found.bins)
    if threshold is not None and threshold <= _FAR * reach:
        reach = max(reach, threshold)
    high = min(1.02, reach * 1.05)
    return Axis(
        low=0.0,
        high=high,
        ticks=labelled(0.0, high, says.share, width=PLOT_WIDTH),
        title=says.say("chart.reliability.axis"),
    )


def _up(axis: Axis, says: Sentences) -> Axis:
    return Axis(
        low=axis.low, high=axis.high, ticks=axis.ticks, title=says.say("chart.reliability.up")
    )


def _key(plane: Plane, found: Reliability, says: Sentences) -> None:
    rows = sorted(one.rows for one in found.bins)
    code = "same" if rows[0] == rows[-1] else "between"
    plane.say(says.say(f"chart.reliability.bins.{code}", n=len(rows), least=rows[0], most=rows[-1]))
    plane.say(says.say("chart.reliability.diagonal"))


def _post(plane: Plane, threshold: float | None, says: Sentences) -> None:
    """The probability from which acting pays, drawn or, where it lies beyond, said."""
    if threshold is None:
        return
    if plane.across.holds(threshold):
        plane.post(threshold, colour=palette.CHOSEN, dash="dot", width=3)
        plane.say(says.say("chart.reliability.threshold", value=threshold))
    else:
        plane.say(says.say("chart.reliability.threshold.beyond", value=threshold))
