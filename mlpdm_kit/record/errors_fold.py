"""The folded part on errors: what they cost, thresholds, whether probabilities hold."""

from __future__ import annotations

from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.record.measured import Curve, ErrorCost, Reliability
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.parts import Range
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import (
    Cell,
    Fold,
    Head,
    Table,
    figure,
    heads,
    money_beside,
    option_cell,
    price_beside,
)


def errors_fold(record: DecisionRecord, says: Sentences) -> Fold:
    """What each kind of error costs, where to begin to act, and how sure that is."""
    costs = record.error_costs
    curves = _tuned(record)
    notes = []
    if costs.threshold is not None:
        notes.append(says.sentence("record.errors.threshold", value=costs.threshold))
    if costs.quantile is not None:
        notes.append(says.sentence("record.errors.quantile", value=costs.quantile))
    notes += [_tuning_said(curve, says) for curve in curves]
    if any(option.source == "measured" for option in record.baseline.options):
        notes.append(says.sentence("record.errors.allowance"))
    made = (_thresholds(curves, record, says), _prices(record, says), _per_case(record, says))
    tables = tuple(table for table in made if table.rows)
    if not notes and not tables:
        notes.append(says.sentence("record.errors.none"))
    return Fold(
        key="errors",
        heading=errors_heading(record.task, says),
        notes=tuple(notes),
        pictures=("cost_by_outcome", "threshold"),
        tables=tables,
        parts=_reliability(record, says),
    )


def errors_heading(task: str, says: Sentences) -> str:
    """What the part is called: a threshold is in it only where the task has one."""
    has = "threshold" in TASK_KINDS[task].has
    return says.say("record.heading.errors" if has else "record.heading.errors.plain")


# --- thresholds -----------------------------------------------------------------------


def _tuned(record: DecisionRecord) -> list[Curve]:
    """Curves over thresholds whose tuned one can be held against the one from the costs."""
    if record.error_costs.threshold is None:
        return []
    return [c for c in record.error_costs.curves if c.tuned is not None and c.difference]


def _tuning_said(curve: Curve, says: Sentences) -> str:
    """Where tuning puts the threshold, and whether that matters."""
    assert curve.tuned is not None
    assert curve.difference is not None
    code = "errors.tuned" if curve.tuned_low is None else "errors.tuned.band"
    first = says.sentence(
        code,
        option=curve.option,
        tuned=curve.tuned,
        low=curve.tuned_low,
        high=curve.tuned_high,
    )
    amount = curve.difference
    clear = "more" if amount.p5 > 0 else "less" if amount.p95 < 0 else "unclear"
    low, high = (-amount.p95, -amount.p5) if clear == "less" else (amount.p5, amount.p95)
    second = says.sentence(f"errors.tuned.{clear}", value=abs(amount.mean), low=low, high=high)
    return says.together(first, second)


def _thresholds(curves: list[Curve], record: DecisionRecord, says: Sentences) -> Table:
    return Table(
        caption=says.say("errors.tuned.caption"),
        heads=heads(says, "errors.tuned.head", "option", "used", "tuned", "difference", numbers=3),
        rows=tuple(_threshold_row(curve, record, says) for curve in curves),
        foot=says.sentence("errors.tuned.foot"),
    )


def _threshold_row(curve: Curve, record: DecisionRecord, says: Sentences) -> tuple[Cell, ...]:
    point = next((o.operating_point for o in record.baseline.options if o.id == curve.option), None)
    kind = "" if point is None else says.say(f"errors.tuned.used.{point.kind}")
    band = (
        says.range(curve.tuned_low, curve.tuned_high, "share")
        if curve.tuned_low is not None and curve.tuned_high is not None
        else ""
    )
    return (
        Cell(text=says.name("option", curve.option)),
        figure("" if curve.chosen is None else says.share(curve.chosen), note=kind),
        figure("" if curve.tuned is None else says.share(curve.tuned), note=band),
        _price(curve.difference, says),
    )


def _price(amount: Range | None, says: Sentences) -> Cell:
    return (
        figure("")
        if amount is None
        else figure(says.price(amount.mean), note=price_beside(amount, says))
    )


# --- prices ---------------------------------------------------------------------------


def _prices(record: DecisionRecord, says: Sentences) -> Table:
    rows = tuple(
        (Cell(text=says.name("outcome", name)), _worth(name, price, record, says))
        for name, price in record.error_costs.prices.items()
    )
    return Table(
        caption=says.say("record.errors.prices.caption"),
        heads=heads(says, "record.errors", "outcome", "price", numbers=1),
        rows=rows,
    )


def _worth(name: str, price: Range, record: DecisionRecord, says: Sentences) -> Cell:
    """What an outcome costs or gains: money, or a share of what stands in a column."""
    costs = record.error_costs
    code = "record.errors.gain" if name in costs.gains else "record.errors.cost"
    column = costs.columns.get(name)
    if column is not None:
        shown = says.say("record.errors.of-column", share=price.mean, column=column)
        note = says.range(price.p5, price.p95, "share")
    else:
        dimension = "money/target" if record.task == "regression" else "money/case"
        shown, note = says.quantity(price.mean, dimension), price_beside(price, says)
    return figure(says.say(code, shown=shown), note="" if price.p5 == price.p95 else note)


def _per_case(record: DecisionRecord, says: Sentences) -> Table:
    options = record.error_costs.options
    outcomes = list(
        dict.fromkeys(
            name for option in options for name, cost in option.by_outcome.items() if cost != 0
        )
    )
    if record.task == "formula":
        outcomes = []  # one value and no outcomes: it is the first column already
    columns = [Head(text=says.say("record.data.option"))]
    columns.append(Head(text=says.say("record.errors.per-case"), number=True))
    columns += [Head(text=says.name("outcome", name), number=True) for name in outcomes]
    columns.append(Head(text=says.say("record.errors.running"), number=True))
    seen = {o.id: o.cost_per_case.mean for o in record.baseline.options if o.cost_per_case}
    if seen:
        columns.append(Head(text=says.say("record.errors.seen"), number=True))
    columns.append(Head(text=says.say("record.errors.per-month"), number=True))
    gains = any(option.per_case.mean < 0 for option in options)
    return Table(
        caption=says.say("record.errors.caption"),
        heads=tuple(columns),
        rows=tuple(_cost_row(option, outcomes, seen, says) for option in options),
        foot=says.together(
            says.sentence("record.errors.gains") if gains else "",
            says.sentence("record.errors.apart"),
        ),
    )


def _cost_row(
    option: ErrorCost, outcomes: list[str], seen: dict[str, float], says: Sentences
) -> tuple[Cell, ...]:
    per_case, per_month = option.per_case, option.per_month
    parts = [
        figure(says.price(option.by_outcome[name]) if name in option.by_outcome else "")
        for name in outcomes
    ]
    return (
        option_cell(option.id, option.kind, says),
        figure(says.price(per_case.mean), note=price_beside(per_case, says)),
        *parts,
        figure(says.price(option.running_per_case)),
        *([figure(says.price(seen[option.id]) if option.id in seen else "")] if seen else []),
        figure(says.money(per_month.mean), note=money_beside(per_month, says)),
    )


# --- probabilities --------------------------------------------------------------------


def _reliability(record: DecisionRecord, says: Sentences) -> tuple[Fold, ...]:
    found = record.error_costs.reliability
    if not found:
        return ()
    verdicts = [
        says.say(f"reliability.short.{one.verdict}", option=says.name("option", one.option))
        for one in found
    ]
    fold = Fold(
        key="reliability",
        heading=says.say("record.heading.reliability"),
        summary=says.listed(verdicts),
        notes=tuple(_reliability_said(one, says) for one in found),
        pictures=("reliability",),
        tables=tuple(_bins(one, says) for one in found),
    )
    return (fold,)


def _reliability_said(one: Reliability, says: Sentences) -> str:
    verdict = says.sentence(
        f"reliability.{one.verdict}",
        option=one.option,
        predicted=one.predicted,
        observed=one.observed,
    )
    slope = ""
    if one.slope is not None:
        slope = says.sentence(
            "reliability.slope", slope=one.slope.mean, low=one.slope.p5, high=one.slope.p95
        )
    error = says.sentence(
        "reliability.error", value=one.expected_error, chance=one.by_chance, brier=one.brier
    )
    return says.together(verdict, slope, error)


def _bins(one: Reliability, says: Sentences) -> Table:
    rows = tuple(
        (
            Cell(text=says.share(row.predicted)),
            figure(
                says.share(row.observed.mean),
                note=says.range(row.observed.p5, row.observed.p95, "share"),
            ),
            figure(says.count(row.rows)),
        )
        for row in one.bins
    )
    return Table(
        caption=says.sentence("reliability.caption", option=one.option),
        heads=heads(says, "reliability.head", "predicted", "observed", "rows", numbers=2),
        rows=rows,
        long=True,
    )
