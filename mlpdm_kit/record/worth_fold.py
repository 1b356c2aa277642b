"""The folded part on what knowing more is worth: all, each input, and each study."""

from __future__ import annotations

from mlpdm_kit.record.model import DecisionRecord, InformationValue
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.tables import Cell, Fold, Table, figure, heads
from mlpdm_kit.record.valued import PartialValue, StudySize, StudyValue

MOST_INPUTS = 10


def worth_fold(record: DecisionRecord, says: Sentences) -> Fold | None:
    """What knowing every input, or one, is worth, and what the studies would bring."""
    known = record.value_of_information
    if known.evpi is None:
        return None
    above = _above(known.evppi)
    notes = [says.sentence("worth.evpi" if known.evpi > 0 else "worth.nothing", evpi=known.evpi)]
    if known.evpi > 0 and known.evppi:
        notes.append(
            says.sentence("worth.top", input=above[0].input, value=above[0].value)
            if above
            else says.sentence("worth.no-single", n=len(known.evppi))
        )
    tables = [_inputs(known, above, says)] if above else []
    if _above(known.groups):
        tables.append(_groups(known, says))
    return Fold(
        key="worth",
        heading=says.say("record.heading.worth"),
        summary=says.say("worth.counts", evpi=known.evpi) if known.evpi > 0 else "",
        notes=tuple(notes),
        pictures=("evppi",),
        tables=tuple(tables),
        parts=_studies(known, says),
    )


def _above(rows: tuple[PartialValue, ...]) -> list[PartialValue]:
    """Rows that are worth more than chance alone would show."""
    return [row for row in rows if row.value > max(row.noise_floor, 0.0)]


def _inputs(known: InformationValue, above: list[PartialValue], says: Sentences) -> Table:
    named = above[:MOST_INPUTS]
    rows = [_row(says.name("input", row.input), row, says) for row in named]
    rest = len(known.evppi) - len(named)
    if rest:
        floor = max(row.noise_floor for row in known.evppi)
        low = figure(says.say("worth.at-floor" if len(named) == len(above) else "worth.less"))
        rows.append((Cell(text=says.say("worth.others", n=rest)), low, figure(says.money(floor))))
    return Table(
        caption=says.say("worth.caption"),
        heads=heads(says, "worth.head", "input", "value", "floor", numbers=2),
        rows=tuple(rows),
    )


def _row(name: str, row: PartialValue, says: Sentences) -> tuple[Cell, ...]:
    return Cell(text=name), figure(says.money(row.value)), figure(says.money(row.noise_floor))


def _groups(known: InformationValue, says: Sentences) -> Table:
    return Table(
        caption=says.say("worth.groups.caption"),
        heads=heads(says, "worth.head", "group", "value", "floor", numbers=2),
        rows=tuple(_row(says.name("input", row.input), row, says) for row in _above(known.groups)),
    )


# --- studies --------------------------------------------------------------------------


def _studies(known: InformationValue, says: Sentences) -> tuple[Fold, ...]:
    if not known.studies:
        return ()
    table = Table(
        caption=says.say("studies.caption"),
        heads=heads(
            says, "studies.head", "study", "n", "evsi", "price", "delay", "enbs", numbers=5
        ),
        rows=tuple(_study_row(one, says) for one in known.studies),
    )
    pays = sum(one.pays for one in known.studies)
    best = known.studies[0]
    code = "studies.pays" if best.pays else "studies.none"
    note = says.sentence(code, study=_name(best, says), n=best.best.n, enbs=best.best.enbs)
    by_size = [_sizes(one, says) for one in known.studies if _varies(one)]
    fold = Fold(
        key="studies",
        heading=says.say("record.heading.studies"),
        summary=says.say("studies.counts", n=len(known.studies), k=pays),
        notes=(note,),
        pictures=("studies",),
        tables=(table, *by_size),
    )
    return (fold,)


def _name(study: StudyValue, says: Sentences) -> str:
    return says.name("study", study.name)


def _study_row(study: StudyValue, says: Sentences) -> tuple[Cell, ...]:
    best = study.best
    what = says.listed(says.name("input", name) for name in study.of)
    waits = says.quantity(study.months, "months") if study.months > 0 else ""
    return (
        Cell(text=_name(study, says), note=says.parts([what, study.note])),
        figure(_n(best, says)),
        figure(says.money(best.evsi)),
        figure(says.money(best.price)),
        figure(says.money(study.delay), note=waits),
        figure(says.money(best.enbs), strong=study.pays),
    )


def _n(size: StudySize, says: Sentences) -> str:
    return says.say("studies.once") if size.n == 1 else says.count(size.n)


def _varies(study: StudyValue) -> bool:
    """Whether its sizes tell anything: one that cannot pay is not shown by size."""
    return len(study.sizes) > 1 and any(size.evsi > 0 for size in study.sizes)


def _sizes(study: StudyValue, says: Sentences) -> Table:
    rows = tuple(
        (
            Cell(text=_n(size, says)),
            figure(says.money(size.evsi)),
            figure(says.money(size.price)),
            figure(says.money(size.enbs), strong=size.n == study.best.n),
        )
        for size in study.sizes
    )
    return Table(
        caption=says.say("studies.sizes.caption", study=_name(study, says)),
        heads=heads(says, "studies.head", "n", "evsi", "price", "enbs", numbers=3),
        rows=rows,
        long=True,
    )
