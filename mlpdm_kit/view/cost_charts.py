"""Chart of 02: what the errors of each option cost per case, without ML and with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlpdm_kit.record.data_fold import source_said
from mlpdm_kit.record.measured import Compared, ErrorCost
from mlpdm_kit.record.parts import Range
from mlpdm_kit.record.sections import ComparisonSection, ErrorsSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import counted
from mlpdm_kit.view.axis import Axis, window
from mlpdm_kit.view.canvas import Canvas, Figure
from mlpdm_kit.view.outcomes import rate_name, rate_shown
from mlpdm_kit.view.palette import option_style


@dataclass(frozen=True, kw_only=True)
class Priced:
    """An option with what its errors cost per case, and how that is known."""

    id: str
    kind: str
    is_ml: bool
    source: str
    cost: Range


def priced(comparison: ComparisonSection, errors: ErrorsSection) -> list[Priced]:
    """Every option whose errors have a price: as measured, else as stated."""
    stated = {option.id: option for option in errors.options}
    found = []
    for option in comparison.options:
        cost = option.cost_per_case or _stated(stated.get(option.id))
        if cost is not None:
            found.append(
                Priced(id=option.id, kind=option.kind, is_ml=option.is_ml,
                       source=option.source, cost=cost)
            )  # fmt: skip
    return found


def _stated(option: ErrorCost | None) -> Range | None:
    """Errors alone, without what a case costs to run."""
    if option is None:
        return None
    running = option.running_per_case
    return Range(
        mean=sum(option.by_outcome.values()),
        p5=option.per_case.p5 - running,
        p95=option.per_case.p95 - running,
    )


def best_of(options: Sequence[Priced], *, is_ml: bool) -> Priced | None:
    """The cheapest option with or without ML; what was measured goes before what was stated."""
    mine = [option for option in options if option.is_ml == is_ml]
    known = [option for option in mine if option.source in ("measured", "reference")]
    measured = any(option.source == "measured" for option in mine)
    return min(known if measured else mine, key=lambda option: option.cost.mean, default=None)


def cost_per_case(
    comparison: ComparisonSection, errors: ErrorsSection, *, says: Sentences, simulated: bool
) -> Figure | None:
    """Cost per case of every option with its 90% interval."""
    options = priced(comparison, errors)
    if not options:
        return None
    best = _best_plain(comparison, options)
    spans = {option.id: (option.cost.p5, option.cost.p95) for option in options}
    core = [spans[o.id] for o in (best, best_of(options, is_ml=True)) if o is not None]
    low, high = window([*core, (0.0, 0.0)], spans.values(), reach=1.0)
    title = says.say("chart.cost_per_case.axis", currency=says.currency)
    canvas = Canvas(Axis.over(low, high, says.price, title=title), zero=0.0)
    for option in options:
        _cost_row(canvas, option, comparison, option is best, says)
    canvas.foot(says.say("chart.key.options"))
    canvas.foot(source(comparison, says, simulated))
    return canvas.figure(
        title=cost_sentence(comparison, errors, says),
        reading=says.say("chart.cost_per_case.reading" + ("" if comparison.data else ".stated")),
    )


def _best_plain(comparison: ComparisonSection, options: Sequence[Priced]) -> Priced | None:
    named = next((o for o in options if o.id == comparison.best_without_ml), None)
    return named or best_of(options, is_ml=False)


def cost_sentence(comparison: ComparisonSection, errors: ErrorsSection, says: Sentences) -> str:
    """Which is cheaper, the best without ML or the best with it, and how sure that is."""
    options = priced(comparison, errors)
    plain, ml = _best_plain(comparison, options), best_of(options, is_ml=True)
    if plain is None or ml is None:
        only = plain or ml
        assert only is not None
        return _said(says, "one", option=only.id, cost=only.cost.mean)
    difference = next((o.difference for o in comparison.options if o.id == ml.id), None)
    figures = {"ml": ml.id, "plain": plain.id, "cost": ml.cost.mean, "other": plain.cost.mean}
    if difference is None:
        code = "stated.ml" if ml.cost.mean < plain.cost.mean else "stated.plain"
    elif difference.p95 < 0:
        code = "ml"
    elif difference.p5 > 0:
        code = "plain"
    else:
        code = "undecided"
    return _said(says, code, **figures)


def _said(says: Sentences, code: str, **figures: Any) -> str:
    """The sentence of a code; where an amount is a gain, it is said of all what they bring."""
    amounts = {name: figures[name] for name in ("cost", "other") if name in figures}
    if any(amount < 0 for amount in amounts.values()):
        gains = {name: -amount for name, amount in amounts.items()}
        return says.sentence(f"chart.cost_per_case.gain.{code}", **(figures | gains))
    return says.sentence(f"chart.cost_per_case.{code}", **figures)


def _cost_row(
    canvas: Canvas, option: Priced, comparison: ComparisonSection, best: bool, says: Sentences
) -> None:
    canvas.row(says.name("option", option.id), says.price(option.cost.mean), strong=best)
    told = [says.say("chart.best-plain")] if best else []
    measured = option.source in ("measured", "reference")
    compared = next(o for o in comparison.options if o.id == option.id)
    if compared.look and compared.cost_per_case is None:
        told.append(says.say("look.after"))
    elif option.source == "derived" or compared.look or (comparison.data and not measured):
        told.append(source_said(compared, says))
    if compared.few_errors and compared.costly_errors is not None:
        told.append(says.say("chart.few", shown=counted(compared.costly_errors, says)))
    if told:
        canvas.note(says.parts(told))
    middle = canvas.track()
    canvas.spread(
        middle, low=option.cost.p5, mean=option.cost.mean, high=option.cost.p95,
        style=option_style(is_ml=option.is_ml, chosen=best, possible=measured),
        hover=_cost_hover(option, compared, says),
    )  # fmt: skip
    canvas.gap()


def _cost_hover(option: Priced, compared: Compared, says: Sentences) -> str:
    told = [
        says.name("option", option.id),
        says.say("chart.hover.cost", cost=option.cost.mean, range=says.price_range(option.cost)),
        source_said(compared, says),
    ]
    told += [
        says.say("chart.hover.rate", name=rate_name(name, says),
                 shown=rate_shown(name, rate, says)[0])
        for name, rate in compared.rates.items()
    ]  # fmt: skip
    if compared.difference is not None:
        told.append(says.say("chart.hover.difference", range=says.price_range(compared.difference)))
    return "\n".join(told)


def source(comparison: ComparisonSection, says: Sentences, simulated: bool) -> str:
    """Where the figures come from, and that they are made up where they are."""
    data = comparison.data
    told = says.say("chart.source.case")
    if data is not None:
        told = says.say("chart.source.data", file=data.file, rows=data.tested_rows)
    return says.say("chart.source.simulated", source=told) if simulated else told
