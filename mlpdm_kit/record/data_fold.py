"""The folded part on data and baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from mlpdm_kit.case.kinds import OPTION_KINDS, TASK_KINDS
from mlpdm_kit.record.areas import EVIDENCE
from mlpdm_kit.record.errors_fold import errors_heading
from mlpdm_kit.record.gates import least_sure
from mlpdm_kit.record.measured import Compared, DataProfile, OperatingPoint
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.parts import Range
from mlpdm_kit.record.sections import ComparisonSection
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import (
    NONE,
    Cell,
    Fold,
    Head,
    Table,
    counted,
    price_beside,
)

_COUNTED = ("true_positive", "false_negative", "false_positive", "under", "over")
_REVIEWED = ("reviewed_positive", "reviewed_negative")


def data_fold(record: DecisionRecord, says: Sentences) -> Fold:
    """What the data is, what is odd about it, and how the options do on it."""
    section = record.baseline
    data = section.data
    table = _options(record, says)
    none = "record.data.none.stated" if table.rows else "record.data.none"
    return Fold(
        key="data",
        heading=says.say("record.heading.data"),
        summary=_summary(section, says),
        notes=() if data else (says.sentence(none),),
        facts=_facts(section, data, says) if data else (),
        items_heading=says.say("record.data.findings") if section.findings else "",
        items=_findings(section, says),
        pictures=("cost_per_case",),
        tables=(table,) if table.rows else (),
    )


def _summary(section: ComparisonSection, says: Sentences) -> str:
    data = section.data
    if data is None:
        return ""
    if not fitted_on(section):
        return says.say("record.data.counts.only", rows=data.rows)
    split = says.say(f"record.data.split.{data.split}")
    return says.say("record.data.counts", rows=data.rows, split=split)


def fitted_on(section: ComparisonSection) -> list[str]:
    """Options of which something was fitted on the rows: a model, a line, a cut, an order.

    A rule, a search and what others answered were made without them.
    """
    tuned = ("tuned", "cut", "offset")
    return [
        one.id
        for one in section.options
        if one.source == "measured"
        and (
            (OPTION_KINDS[one.kind].fitted and not OPTION_KINDS[one.kind].searches)
            or (one.operating_point is not None and one.operating_point.kind in tuned)
        )
    ]


def source_said(option: Compared, says: Sentences) -> str:
    """Where an option's figures come from; what people gave is as sure as the least sure of it.

    Where a person is to look at its answers, that the figures are those before.
    """
    if option.look and option.source != "chain":
        return says.parts([_origin_said(option, says), says.say("look.before")])
    return _origin_said(option, says)


def _origin_said(option: Compared, says: Sentences) -> str:
    if option.source == "derived" and option.kind != "review":
        return says.say("source.formula")
    if option.source == "stated":
        return says.name("source.stated", stated_evidence([option])[0])
    return says.name("source", option.source)


def stated_evidence(options: Iterable[Compared]) -> list[str]:
    """Of each option that stands by what people gave, the least sure evidence; surest first."""
    found = {
        least_sure(rate.evidence for rate in option.rates.values())
        for option in options
        if option.source == "stated"
    }
    return sorted(found, key=EVIDENCE.index, reverse=True)


def tested_said(section: ComparisonSection, data: DataProfile, says: Sentences) -> str:
    """On how many rows the options were tested, and which of them on others than they were
    fitted on."""
    fitted = fitted_on(section)
    if not fitted:
        return says.say("record.data.tested.none", n=data.tested_rows)
    split = says.say(f"record.data.split.{data.split}")
    return says.say("record.data.tested.folds", n=data.tested_rows, folds=data.folds,
                    split=split, options=fitted)  # fmt: skip


def _findings(section: ComparisonSection, says: Sentences) -> tuple[str, ...]:
    """What is odd about the data; options with few errors in one sentence."""
    few = [one for one in section.findings if one.code.startswith("few-errors")]
    rest = [one for one in section.findings if len(few) < 2 or one not in few]
    said = [says.finding(finding) for finding in rest]
    if len(few) > 1:
        each = [
            says.say("data.few-errors.one", option=one.figures["option"],
                     shown=counted(one.figures["n"], says))
            for one in few
        ]  # fmt: skip
        said.append(says.sentence("data.few-errors", each=says.listed(each)))
    return tuple(said)


def _facts(
    section: ComparisonSection, data: DataProfile, says: Sentences
) -> tuple[tuple[str, str], ...]:
    rows = says.count(data.rows)
    if data.rows_without_target:
        rows = says.say("record.data.rows.without", rows=data.rows, n=data.rows_without_target)
    tested = tested_said(section, data, says)
    facts = [("file", data.file), ("rows", rows), ("tested", tested)]
    if data.positives is not None and data.base_rate is not None:
        shown = says.say("record.data.positives.shown", n=data.positives, share=data.base_rate)
        facts.append(("positives", shown))
    if data.production_low is not None and data.production_high is not None:
        facts.append(("production", says.range(data.production_low, data.production_high, "share")))
    if data.documents is not None:
        shown = says.say("record.data.documents.shown", n=data.documents, file=data.documents_file)
        facts.append(("documents", shown))
    facts += [("source", data.source), ("licence", data.licence), ("note", data.note)]
    return tuple((says.say(f"record.data.{key}"), text) for key, text in facts if text)


def _options(record: DecisionRecord, says: Sentences) -> Table:
    """The options side by side; a column in which nothing stands is left out."""
    section = record.baseline
    columns = [column for column in _columns(record, says) if column.cells]
    code = "record.data.caption" if section.data else "record.data.caption.stated"
    if section.data and record.task == "binary":
        code = "record.data.caption.binary"
    option = Head(text=says.say("record.data.option"))
    kinds = [
        Cell(text=says.name("option", one.id), note=source_said(one, says))
        for one in section.options
    ]
    rows = tuple(
        (kind, *(column.cells.get(one.id, Cell(text=NONE, number=True)) for column in columns))
        for kind, one in zip(kinds, section.options, strict=True)
    )
    return Table(
        caption=says.say(code),
        heads=(option, *(column.head for column in columns)),
        rows=rows if columns else (),
        foot=_foot(record, says),
    )


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A heading, and what stands under it by option; nothing where nothing is known."""

    head: Head
    cells: dict[str, Cell]


def _columns(record: DecisionRecord, says: Sentences) -> list[_Column]:
    section = record.baseline
    compared = any(one.difference for one in section.options)

    def column(text: str, make: Callable[[Compared], Cell | None], number: bool = True) -> _Column:
        made = {one.id: cell for one in section.options if (cell := make(one)) is not None}
        return _Column(head=Head(text=text, number=number), cells=made)

    found = [column(text, make) for text, make in _how_good(record, says)]
    found.append(column(says.say("record.data.cost"), lambda one: _price(one.cost_per_case, says)))
    if compared:
        against = says.say("record.data.against")
        found.append(column(against, lambda one: _difference(one, record, says)))
        found.append(column(says.say("record.data.costly"), lambda one: _costly(one, says)))
    operating = says.say("record.data.operating")
    found.append(column(operating, lambda one: _operating(one.operating_point, says), number=False))
    return found


_Maker = tuple[str, "Callable[[Compared], Cell | None]"]


def _how_good(record: DecisionRecord, says: Sentences) -> list[_Maker]:
    """How good the options are: counts or amounts, and rates where there are no rows.

    Where an answer has exactly one outcome the shares of these say it all.
    """
    options, task = record.baseline.options, TASK_KINDS[record.task]
    counts = [] if task.rest else [n for n in _COUNTED if any(n in o.cells for o in options)]
    told = options if task.rest else [option for option in options if not option.cells]
    stated = dict.fromkeys(name for option in told for name in option.rates)
    rates = [name for name in task.rates if name in stated]
    rates += [name for name in stated if ">" in name or name in task.finer]
    made: list[_Maker] = [
        (says.name("outcome", name), partial(_counted, name=name, says=says)) for name in counts
    ]
    if any(name in option.cells for name in _REVIEWED for option in options):
        made.append((says.name("outcome", "reviewed"), partial(_reviewed, says=says)))
    made += [(says.name("rate", name), partial(_rate, name=name, says=says)) for name in rates]
    return made


def _foot(record: DecisionRecord, says: Sentences) -> str:
    task, options = TASK_KINDS[record.task], record.baseline.options
    if not any(one.cells for one in options):
        return ""
    kind = "shares" if task.rest else "amounts" if task.answers == "amount" else "counts"
    shown = [one.costly_errors or 0 for one in options]
    if kind == "counts":
        shown += [value for one in options for value in one.cells.values()]
    mean = any(counted(value, says) != says.count(value) for value in shown)
    means = says.sentence("record.data.caption.means") if mean else ""
    seen = says.sentence("record.data.seen", errors=errors_heading(record.task, says))
    return says.together(says.sentence(f"record.data.caption.{kind}"), seen, means)


def _costly(option: Compared, says: Sentences) -> Cell | None:
    if option.costly_errors is None:
        return None
    few = says.say("record.data.few") if option.few_errors else ""
    return Cell(text=counted(option.costly_errors, says), note=few, number=True)


def _price(spread: Range | None, says: Sentences) -> Cell | None:
    if spread is None:
        return None
    return Cell(text=says.price(spread.mean), note=price_beside(spread, says), number=True)


def _difference(option: Compared, record: DecisionRecord, says: Sentences) -> Cell | None:
    if option.id == record.baseline.best_without_ml:
        return Cell(text=says.say("record.data.best"), number=True, strong=True)
    return _price(option.difference, says)


def _counted(option: Compared, *, name: str, says: Sentences) -> Cell | None:
    if name not in option.cells:
        return None
    value = option.cells[name]
    shown = says.number(value) if name in ("under", "over") else counted(value, says)
    return Cell(text=shown, number=True)


def _reviewed(option: Compared, *, says: Sentences) -> Cell | None:
    counts = [option.cells[name] for name in _REVIEWED if name in option.cells]
    return Cell(text=counted(sum(counts), says), number=True) if counts else None


def _rate(option: Compared, *, name: str, says: Sentences) -> Cell | None:
    """A rate with its range."""
    rate = option.rates.get(name)
    if rate is None:
        return None
    dimension = "target" if name in ("under_per_case", "over_per_case") else "share"
    shown = says.number(rate.mean) if dimension == "target" else says.share(rate.mean)
    note = "" if rate.low == rate.high else says.range(rate.low, rate.high, dimension)
    return Cell(text=shown, note=note, number=True)


def _operating(point: OperatingPoint | None, says: Sentences) -> Cell | None:
    if point is None or point.value is None:
        return None
    code = point.direction if point.kind == "cut" else point.kind
    shown = says.say(f"record.data.operating.{code}", value=point.value, column=point.column)
    return Cell(text=shown)
