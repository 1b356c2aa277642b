"""The notebooks' tables by name, as plain values made from what the steps left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mlpdm_kit.case.areas import FOUR_AREAS
from mlpdm_kit.case.checks import AREAS
from mlpdm_kit.record.area_folds import sure_of
from mlpdm_kit.record.area_money import points_table
from mlpdm_kit.record.areas import area_of
from mlpdm_kit.record.data_fold import source_said, tested_said
from mlpdm_kit.record.folds import option_cell
from mlpdm_kit.record.grading_fold import options_graded
from mlpdm_kit.record.measured import Compared
from mlpdm_kit.record.parts import CheckResult, Range, Section
from mlpdm_kit.record.sections import ComparisonSection, ErrorsSection, FramingSection, ValueSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import NONE, Cell, Head, Table, input_cells
from mlpdm_kit.record.valued import Valued
from mlpdm_kit.view.outcomes import rate_name, rate_shown
from mlpdm_kit.view.palette import STATUS_MARKS


@dataclass(frozen=True, kw_only=True)
class TableOf:
    """One table: the sections that it is made from, and how."""

    needs: tuple[str, ...]
    function: Callable[..., Table]

    def make(self, sections: Mapping[str, Section], says: Sentences) -> Table:
        """The table; it has no rows where there is nothing to show."""
        return self.function(*(sections[name] for name in self.needs), says=says)


def checks(framing: FramingSection, *, says: Sentences) -> Table:
    """The checks that none of the four areas shows, with their answer and evidence."""
    order = list(STATUS_MARKS)
    found = sorted(
        (check for check in framing.checks if area_of(check.id) not in FOUR_AREAS),
        key=lambda check: (AREAS.index(check.area), order.index(check.status)),
    )
    return Table(
        caption=says.say("page.table.checks"),
        heads=_heads(says, "record.gates", ("check", "result", "what", "evidence")),
        rows=tuple(_check_row(check, says) for check in found),
    )


def _heads(
    says: Sentences, prefix: str, names: Sequence[str], numbers: Sequence[str] = ()
) -> tuple[Head, ...]:
    return tuple(Head(text=says.say(f"{prefix}.{n}"), number=n in numbers) for n in names)


def _check_row(check: CheckResult, says: Sentences) -> tuple[Cell, ...]:
    answered = check.answer != "unknown"
    known = [check.note] if check.note else []
    if check.finding is not None:
        known.append(says.finding(check.finding))
    beside = [
        says.say(f"record.gates.{name}", text=text)
        for name, text in (("source", check.source), ("owner", check.owner))
        if text
    ]
    answer = says.say(f"record.gates.answer.{check.answer}") if answered else ""
    return (
        Cell(
            text=says.say(f"check.{check.id}.question"),
            note=f"{says.name('area', check.area)} · {says.weight(check)}",
        ),
        Cell(
            text=says.say(f"record.gates.{check.status}"),
            mark=STATUS_MARKS[check.status],
            strong=check.status == "failed",
        ),
        Cell(
            text=" · ".join(part for part in (answer, *known) if part) or NONE,
            note=" · ".join(beside),
        ),
        sure_of([check], says),
    )


def data(comparison: ComparisonSection, *, says: Sentences) -> Table:
    """What the data is, and what was found in it."""
    found, rows = comparison.data, []
    if found is not None:
        tested = tested_said(comparison, found, says)
        facts = [("file", found.file), ("rows", says.count(found.rows)), ("tested", tested)]
        if found.positives is not None and found.base_rate is not None:
            shown = says.say(
                "record.data.positives.shown", n=found.positives, share=found.base_rate
            )
            facts.append(("positives", shown))
        if found.production_low is not None and found.production_high is not None:
            shown = says.range(found.production_low, found.production_high, "share")
            facts.append(("production", shown))
        facts += [("source", found.source), ("licence", found.licence), ("note", found.note)]
        rows = [(Cell(text=says.say(f"record.data.{k}")), Cell(text=t)) for k, t in facts if t]
    finding = says.say("page.table.data.finding")
    rows += [(Cell(text=finding), Cell(text=says.finding(said))) for said in comparison.findings]
    return Table(
        caption=says.say("page.table.data"),
        heads=_heads(says, "page.table.data", ("what", "shown")),
        rows=tuple(rows),
    )


def graded(comparison: ComparisonSection, *, says: Sentences) -> Table:
    """How the answers of each option were graded."""
    found = comparison.graded
    if found is None or not found.options:
        return Table(caption="", heads=(), rows=())
    return options_graded(found, says)


def compared(comparison: ComparisonSection, *, says: Sentences) -> Table:
    """Every option with its rates and the cost of its errors."""
    rates = list(dict.fromkeys(name for option in comparison.options for name in option.rates))
    figures = ("cost", "against")
    return Table(
        caption=says.say("page.table.compared"),
        heads=(
            Head(text=says.say("record.data.option")),
            *(Head(text=rate_name(name, says), number=True) for name in rates),
            *_heads(says, "record.data", figures, figures),
        ),
        rows=tuple(_compared_row(option, rates, comparison, says) for option in comparison.options),
    )


def _compared_row(
    option: Compared, rates: Sequence[str], comparison: ComparisonSection, says: Sentences
) -> tuple[Cell, ...]:
    cells = [Cell(text=says.name("option", option.id), note=source_said(option, says))]
    for name in rates:
        rate = option.rates.get(name)
        if rate is None:
            cells.append(Cell(text=NONE, number=True))
            continue
        shown, spread = rate_shown(name, rate, says)
        cells.append(
            Cell(text=shown, note=spread if rate.low != rate.high else "", number=True)
        )  # fmt: skip
    best = option.id == comparison.best_without_ml
    against = _money(option.difference, says)
    if best:
        against = Cell(text=says.say("record.data.best"), number=True, strong=True)
    return (*cells, _money(option.cost_per_case, says), against)


def _money(spread: Range | None, says: Sentences) -> Cell:
    if spread is None:
        return Cell(text=NONE, number=True)
    return Cell(text=says.price(spread.mean), note=says.price_range(spread), number=True)


def prices(errors: ErrorsSection, *, says: Sentences) -> Table:
    """What each outcome costs or gains: money, or a share of what stands in a column."""
    dimension = "money/case" if errors.quantile is None else "money/target"
    rows = []
    for name, spread in errors.prices.items():
        kind = "gain" if name in errors.gains else "cost"
        column = errors.columns.get(name)
        if column is None:
            shown, note = says.quantity(spread.mean, dimension), says.price_range(spread)
        else:
            shown = says.say("record.errors.of-column", share=spread.mean, column=column)
            note = says.range(spread.p5, spread.p95, "share")
        told = says.say(f"record.errors.{kind}", shown=shown)
        rows.append((Cell(text=says.name("outcome", name)), Cell(text=told, note=note)))
    return Table(
        caption=says.say("record.errors.prices.caption"),
        heads=_heads(says, "record.errors", ("outcome", "price")),
        rows=tuple(rows),
    )


def points(errors: ErrorsSection, *, says: Sentences) -> Table:
    """What one more point of recall is worth, and what one of precision."""
    return points_table(errors.points, says)


def valued(value: ValueSection, *, says: Sentences) -> Table:
    """Every option with its worth, its chances, and what stands in its way."""
    heads = ("option", "worth", "p-best", "regret", "p-loss", "stands")
    return Table(
        caption=says.say(
            "record.options.caption", months=value.months, discount=value.discount
        ),
        heads=_heads(says, "record.options", heads, heads[1:-1]),
        rows=tuple(_valued_row(option, value, says) for option in value.options),
        foot=says.sentence("record.options.words"),
    )  # fmt: skip


def _valued_row(option: Valued, value: ValueSection, says: Sentences) -> tuple[Cell, ...]:
    worth = option.expected_net_benefit

    def share(chance: float | None) -> Cell:
        return Cell(text=NONE if chance is None else says.share(chance), number=True)

    regret = option.expected_regret
    return (
        option_cell(option.id, option.kind, says),
        Cell(
            text=says.money(worth.mean) if worth else NONE,
            note=says.money_range(worth) if worth else "",
            number=True,
            strong=option.id == value.best,
        ),
        share(option.p_best),
        Cell(text=NONE if regret is None else says.money(regret), number=True),
        share(option.p_loss),
        Cell(text=says.parts(_standing(option, says))),
    )


def _standing(option: Valued, says: Sentences) -> list[str]:
    told = [says.say("record.options.today")] if option.status_quo else []
    told += [
        says.say(f"record.options.{code}", checks=list(found))
        for code, found in (
            ("out", option.failed_gates),
            ("open", option.open_gates),
            ("to-fix", option.to_fix),
        )
        if found
    ]
    if not option.priced:
        told.append(says.say("record.options.unpriced"))
    return told or [says.say("record.options.possible")]


def inputs(value: ValueSection, *, says: Sentences) -> Table:
    """Every input with its range, how the range is read, and where it comes from."""
    heads = ("input", "range", "read", "evidence", "note")
    return Table(
        caption=says.say("record.inputs.caption"),
        heads=_heads(says, "record.inputs", heads),
        rows=tuple(input_cells(row, says) for row in value.inputs),
    )


TABLES = {
    "checks": TableOf(needs=("problem_framing",), function=checks),
    "data": TableOf(needs=("baseline_comparison",), function=data),
    "compared": TableOf(needs=("baseline_comparison",), function=compared),
    "graded": TableOf(needs=("baseline_comparison",), function=graded),
    "prices": TableOf(needs=("cost_of_errors",), function=prices),
    "points": TableOf(needs=("cost_of_errors",), function=points),
    "options": TableOf(needs=("expected_value",), function=valued),
    "inputs": TableOf(needs=("expected_value",), function=inputs),
}
