"""Chart of 04: what a chain of steps is worth by where a person looks."""

from __future__ import annotations

from mlpdm_kit.record.chain_fold import listed_places, look_said, places_said
from mlpdm_kit.record.sections import ValueSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.valued import Chain, Places
from mlpdm_kit.view.axis import Axis
from mlpdm_kit.view.canvas import Canvas, Figure
from mlpdm_kit.view.palette import option_style

MOST_CHAINS = 3


def looks(value: ValueSection, *, says: Sentences, simulated: bool) -> Figure | None:
    """One row a set of places: net benefit with its range, and against looking nowhere."""
    found = [chain for chain in value.chains if chain.places][:MOST_CHAINS]
    if not found:
        return None
    spans = [row.expected_net_benefit for chain in found for row in listed_places(chain)]
    low, high = min(one.p5 for one in spans), max(one.p95 for one in spans)
    title = says.say("chart.looks.axis", months=value.months)
    axis = Axis.over(min(low, 0.0), max(high, 0.0), says.money, title=title)
    canvas = Canvas(axis, zero=0.0)
    ml = {option.id for option in value.options if option.is_ml}
    for chain in found:
        if len(found) > 1:
            canvas.row(says.name("option", chain.option), strong=True)
        for row in listed_places(chain):
            _row(canvas, row, chain, chain.option in ml, says)
        rest = len(chain.places) - len(listed_places(chain))
        if rest:
            canvas.note(says.say("chart.looks.more", n=rest))
            canvas.gap()
    canvas.foot(says.say("chart.simulated") if simulated else "")
    return canvas.figure(
        title=look_said(found[0], value.months, says, "chart.looks"),
        reading=says.say("chart.looks.reading", months=value.months),
    )


def _row(canvas: Canvas, row: Places, chain: Chain, is_ml: bool, says: Sentences) -> None:
    chosen, worth = row.after == chain.after, row.expected_net_benefit
    name = says.sentence("chain.places.row", places=places_said(row.after, says))
    canvas.row(name, says.money(worth.mean), strong=chosen)
    against = ""
    if row.after:
        against = says.say(
            "chart.looks.against", amount=row.difference.mean,
            range=says.money_range(row.difference),
        )  # fmt: skip
        canvas.note(against)
    hover = "\n".join(
        line
        for line in (
            name,
            says.say("chart.hover.worth", amount=worth.mean, range=says.money_range(worth)),
            against,
        )
        if line
    )
    canvas.spread(
        canvas.track(), low=worth.p5, mean=worth.mean, high=worth.p95,
        style=option_style(is_ml=is_ml, chosen=chosen), hover=hover,
    )  # fmt: skip
    canvas.gap()
