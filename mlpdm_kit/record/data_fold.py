"""The folded part on data and baseline."""

from __future__ import annotations

from mlpdm_kit.record.model import (
    Compared,
    DataProfile,
    DecisionRecord,
    OperatingPoint,
    Range,
    Rate,
)
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import NONE, Cell, Fold, Head, Table

_COUNTED = ("true_positive", "false_negative", "false_positive", "under", "over")


def data_fold(record: DecisionRecord, says: Sentences) -> Fold:
    """What the data is, what is odd about it, and how the options do on it."""
    section = record.baseline
    data = section.data
    table = _options(record, says)
    none = "record.data.none.stated" if table.rows else "record.data.none"
    return Fold(
        key="data",
        heading=says.say("record.heading.data"),
        summary=_summary(data, says),
        notes=() if data else (says.sentence(none),),
        facts=_facts(data, says) if data else (),
        items_heading=says.say("record.data.findings") if section.findings else "",
        items=tuple(says.finding(finding) for finding in section.findings),
        pictures=("cost_per_case",),
        tables=(table,) if table.rows else (),
    )


def _summary(data: DataProfile | None, says: Sentences) -> str:
    if data is None:
        return ""
    split = says.say(f"record.data.split.{data.split}")
    return says.say("record.data.counts", rows=data.rows, split=split)


def _facts(data: DataProfile, says: Sentences) -> tuple[tuple[str, str], ...]:
    rows = says.count(data.rows)
    if data.rows_without_target:
        rows = says.say("record.data.rows.without", rows=data.rows, n=data.rows_without_target)
    split = says.say(f"record.data.split.{data.split}")
    facts = [
        ("file", data.file),
        ("rows", rows),
        (
            "tested",
            says.say("record.data.tested.folds", n=data.tested_rows, folds=data.folds, split=split),
        ),
    ]
    if data.positives is not None and data.base_rate is not None:
        shown = says.say("record.data.positives.shown", n=data.positives, share=data.base_rate)
        facts.append(("positives", shown))
    if data.production_low is not None and data.production_high is not None:
        facts.append(("production", says.range(data.production_low, data.production_high, "share")))
    facts += [("source", data.source), ("licence", data.licence), ("note", data.note)]
    return tuple((says.say(f"record.data.{key}"), text) for key, text in facts if text)


def _options(record: DecisionRecord, says: Sentences) -> Table:
    section = record.baseline
    options = section.options
    counts = [name for name in _COUNTED if any(name in o.cells for o in options)]
    without_cells = [option for option in options if not option.cells]
    rates = list(dict.fromkeys(name for option in without_cells for name in option.rates))
    number = ["cost", "against", "costly"] if any(o.difference for o in options) else ["cost"]
    heads = [Head(text=says.say("record.data.option"))]
    heads += [Head(text=says.name("outcome", name), number=True) for name in counts]
    heads += [Head(text=says.name("rate", name), number=True) for name in rates]
    heads += [Head(text=says.say(f"record.data.{name}"), number=True) for name in number]
    heads.append(Head(text=says.say("record.data.operating")))
    code = "record.data.caption" if section.data else "record.data.caption.stated"
    if section.data and record.task == "binary":
        code = "record.data.caption.binary"
    return Table(
        caption=says.say(code),
        heads=tuple(heads),
        rows=tuple(_row(option, record, counts, rates, number, says) for option in options),
        foot=_foot(counts, says),
    )


def _foot(counts: list[str], says: Sentences) -> str:
    if not counts:
        return ""
    return says.sentence("record.data.caption." + ("amounts" if "under" in counts else "counts"))


def _row(
    option: Compared,
    record: DecisionRecord,
    counts: list[str],
    rates: list[str],
    number: list[str],
    says: Sentences,
) -> tuple[Cell, ...]:
    kind = says.name("source", option.source)
    few = says.say("record.data.few") if option.few_errors else ""
    costly = NONE if option.costly_errors is None else says.count(option.costly_errors)
    figures = {
        "cost": _price(option.cost_per_case, says),
        "against": _difference(option, record, says),
        "costly": Cell(text=costly, note=few, number=True),
    }
    return (
        Cell(text=says.name("option", option.id), note=kind),
        *(_counted(option, name, says) for name in counts),
        *(_rate(option.rates.get(name), name, says) for name in rates),
        *(figures[name] for name in number),
        Cell(text=_operating(option.operating_point, says) or NONE),
    )


def _price(spread: Range | None, says: Sentences) -> Cell:
    if spread is None:
        return Cell(text=NONE, number=True)
    return Cell(text=says.price(spread.mean), note=says.price_range(spread), number=True)


def _difference(option: Compared, record: DecisionRecord, says: Sentences) -> Cell:
    if option.id == record.baseline.best_without_ml:
        return Cell(text=says.say("record.data.best"), number=True, strong=True)
    return _price(option.difference, says)


def _counted(option: Compared, name: str, says: Sentences) -> Cell:
    if name not in option.cells:
        return Cell(text=NONE, number=True)
    value = option.cells[name]
    shown = says.number(value) if name in ("under", "over") else says.count(value)
    return Cell(text=shown, number=True)


def _rate(rate: Rate | None, name: str, says: Sentences) -> Cell:
    if rate is None:
        return Cell(text=NONE, number=True)
    dimension = "target" if name in ("under_per_case", "over_per_case") else "share"
    shown = says.number(rate.mean) if dimension == "target" else says.share(rate.mean)
    return Cell(text=shown, note=says.range(rate.low, rate.high, dimension), number=True)


def _operating(point: OperatingPoint | None, says: Sentences) -> str:
    if point is None or point.value is None:
        return ""
    code = point.direction if point.kind == "cut" else point.kind
    return says.say(f"record.data.operating.{code}", value=point.value, column=point.column)
