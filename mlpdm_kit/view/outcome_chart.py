"""Chart of 03: what a case costs with each option, part by part."""

from __future__ import annotations

from collections.abc import Mapping

from mlpdm_kit.record.measured import ErrorCost
from mlpdm_kit.record.sections import ErrorsSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.view.axis import Axis, window
from mlpdm_kit.view.canvas import Canvas, Figure
from mlpdm_kit.view.outcomes import fills, grouped, part_name
from mlpdm_kit.view.palette import Fill

_REFERENCES = frozenset({"none", "all", "constant"})


def cost_by_outcome(errors: ErrorsSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """What the errors of each option cost, by outcome, and what a case costs to run."""
    if not errors.options:
        return None
    best = cheapest(errors)
    parts = grouped({option.id: _parts(option) for option in errors.options})
    looks = fills(parts)
    spans = {name: _ends(found) for name, found in parts.items()}
    core = [spans[option.id] for option in errors.options if option.kind not in _REFERENCES]
    low, high = window([*core, spans[best.id], (0.0, 0.0)], spans.values(), reach=0.5)
    title = says.say("chart.cost_by_outcome.axis", currency=says.currency)
    canvas = Canvas(Axis.over(low, high, says.price, title=title), zero=0.0)
    canvas.key(_key(looks, says))
    for option in errors.options:
        _stack(canvas, option, parts[option.id], looks, option is best, says)
    canvas.foot(says.say("chart.simulated") if simulated else "")
    return canvas.figure(
        title=outcome_sentence(errors, says), reading=says.say("chart.cost_by_outcome.reading")
    )


def cheapest(errors: ErrorsSection) -> ErrorCost:
    """The option with the least cost per case."""
    return min(errors.options, key=lambda option: option.per_case.mean)


def outcome_sentence(errors: ErrorsSection, says: Sentences) -> str:
    """Which option costs least, and what most of its cost is."""
    best = cheapest(errors)
    parts = _parts(best)
    figures = {"option": best.id, "cost": best.per_case.mean}
    costs = {name: amount for name, amount in parts.items() if amount > 0}
    if best.per_case.mean < 0:
        return says.sentence("chart.cost_by_outcome.gain", option=best.id, gain=-best.per_case.mean)
    if not costs:
        return says.sentence("chart.cost_by_outcome.free", **figures)
    largest = max(costs, key=lambda name: costs[name])
    share, part = costs[largest] / sum(costs.values()), part_name(largest, says)
    most = "chart.cost_by_outcome.most"
    own = f"{most}.{largest}"  # of an outcome that is right: what it still costs is said too
    return says.sentence(own if says.knows(own) else most, part=part, share=share, **figures)


def _parts(option: ErrorCost) -> dict[str, float]:
    found = {name: amount for name, amount in option.by_outcome.items() if amount}
    return {**found, "running": option.running_per_case} if option.running_per_case else found


def _ends(parts: Mapping[str, float]) -> tuple[float, float]:
    return (
        sum(amount for amount in parts.values() if amount < 0),
        sum(amount for amount in parts.values() if amount > 0),
    )


def _stack(
    canvas: Canvas,
    option: ErrorCost,
    parts: Mapping[str, float],
    looks: Mapping[tuple[str, bool], Fill],
    best: bool,
    says: Sentences,
) -> None:
    name = says.name("option", option.id)
    canvas.row(name, says.price(option.per_case.mean), strong=best)
    middle = canvas.track(20)
    ends = {False: 0.0, True: 0.0}
    lines = [name]
    for part, amount in parts.items():
        gains = amount < 0
        told = says.say("chart.hover.part", part=part_name(part, says), amount=amount)
        lines.append(told)
        start = ends[gains]
        ends[gains] = start + amount
        canvas.bar(middle, start=start, end=start + amount, fill=looks[part, gains],
                   hover=f"{name}\n{told}", height=20)  # fmt: skip
    hover = "\n".join(lines)
    if ends[False] > canvas.axis.high:
        canvas.cut(middle, hover)
    if ends[True] < canvas.axis.low:
        canvas.cut(middle, hover, left=True)
    canvas.gap()


def _key(looks: Mapping[tuple[str, bool], Fill], says: Sentences) -> list[tuple[Fill, str]]:
    """Every part that occurs, as it is drawn; gains share one look and one name."""
    found = {
        "gain" if gains else part: (
            fill,
            says.say("chart.part.gain") if gains else part_name(part, says),
        )
        for (part, gains), fill in looks.items()
    }
    return list(found.values())
