"""The folded part of a record's page: each part's facts, sentences and tables."""

from __future__ import annotations

from mlpdm_kit.record.answers_fold import answers_fold
from mlpdm_kit.record.area_folds import areas_fold
from mlpdm_kit.record.chain_fold import chain_fold, plan_said
from mlpdm_kit.record.closer_folds import learning_fold, review_fold, segments_fold
from mlpdm_kit.record.data_fold import data_fold
from mlpdm_kit.record.errors_fold import errors_fold
from mlpdm_kit.record.gate_fold import gates_fold
from mlpdm_kit.record.grading_fold import grading_fold
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.sentences import Sentences
from mlpdm_kit.record.stress_fold import stress_fold
from mlpdm_kit.record.tables import (
    NONE,
    Cell,
    Fold,
    Head,
    Table,
    input_cells,
    money_beside,
    option_cell,
)
from mlpdm_kit.record.valued import InputRow, Valued
from mlpdm_kit.record.worth_fold import worth_fold

__all__ = ["folds", "option_cell", "standing"]

STAGES = ("offline", "pilot")


def folds(record: DecisionRecord, says: Sentences) -> tuple[Fold, ...]:
    """All folded parts, in their order; what nothing is known of is left out."""
    found = (
        _question(record, says),
        gates_fold(record, says),
        areas_fold(record, says),
        data_fold(record, says),
        grading_fold(record, says),
        errors_fold(record, says),
        review_fold(record, says),
        segments_fold(record, says),
        learning_fold(record, says),
        answers_fold(record, says),
        _inputs(record, says),
        _options(record, says),
        chain_fold(record, says),
        worth_fold(record, says),
        stress_fold(record, says),
        _provenance(record, says),
    )
    return tuple(fold for fold in found if fold is not None)


def _question(record: DecisionRecord, says: Sentences) -> Fold:
    framing = record.framing
    facts = [
        (says.say(f"record.framing.{key}"), str(framing[key]))
        for key in ("user", "problem", "decision", "status_quo")
        if framing.get(key)
    ]
    goal = framing.get("goal") or {}
    facts += [
        (says.say(f"record.framing.{key}"), str(goal[key]))
        for key in ("metric", "now", "target", "okr")
        if goal.get(key)
    ]
    if record.note:
        facts.append((says.say("record.data.note"), record.note))
    return Fold(key="question", heading=says.say("record.heading.question"), facts=tuple(facts))


def _inputs(record: DecisionRecord, says: Sentences) -> Fold:
    heading, rows = says.say("record.heading.inputs"), record.inputs
    if not rows:
        return Fold(key="inputs", heading=heading, notes=(says.sentence("record.inputs.none"),))
    numbers = {
        kind: sum(row.evidence == kind for row in rows)
        for kind in ("measured", "quoted", "assumed")
    }
    heads = ("input", "range", "read", "flips", "evidence", "note")
    table = Table(
        caption=says.say("record.inputs.caption"),
        heads=tuple(Head(text=says.say(f"record.inputs.{head}")) for head in heads),
        rows=tuple(_input_row(row, record, says) for row in rows),
    )
    summary = says.say("record.inputs.counts", n=len(rows), **numbers)
    notes = [says.finding(finding) for finding in record.input_findings]
    if record.correlations:
        notes.append(_together(record, says))
    return Fold(key="inputs", heading=heading, summary=summary, notes=tuple(notes), tables=(table,))


def _together(record: DecisionRecord, says: Sentences) -> str:
    """Which inputs move together, and how closely."""
    pairs = [
        says.say("record.inputs.pair", one=one.between[0], other=one.between[1], rank=one.rank)
        for one in record.correlations
    ]
    joined = says.say("record.inputs.pair.join").join(pairs)
    return says.sentence("record.inputs.together", pairs=joined)


def _input_row(row: InputRow, record: DecisionRecord, says: Sentences) -> tuple[Cell, ...]:
    found = next((b for b in record.break_even if b.input == row.name), None)
    flips = []
    for side in ("below", "above"):
        flip = getattr(found, side, None)
        if flip is not None:
            shown = says.quantity(flip.value, row.dimension)
            flips.append(says.say(f"record.inputs.{side}", shown=shown))
    name, spread, family, *rest = input_cells(row, says)
    return name, spread, family, Cell(text=says.listed(flips) or NONE), *rest


def _options(record: DecisionRecord, says: Sentences) -> Fold:
    heading = says.say("record.heading.options")
    if not record.options:
        return Fold(key="options", heading=heading, notes=(says.sentence("record.options.none"),))
    heads = ("worth", "p-best", "regret", "p-loss", "cvar")
    table = Table(
        caption=says.say("record.options.caption", months=record.months, discount=record.discount),
        heads=(
            Head(text=says.say("record.options.option")),
            *(Head(text=says.say(f"record.options.{head}"), number=True) for head in heads),
            Head(text=says.say("record.options.stands")),
        ),
        rows=tuple(_option_row(option, record, says) for option in record.options),
    )
    free = [o.id for o in record.options if o.price == 0 and not o.status_quo]
    notes = [says.sentence("record.options.words")]
    if free:
        notes.append(says.sentence("record.options.free", options=free))
    return Fold(key="options", heading=heading, notes=tuple(notes), tables=(table,))


def _option_row(
    option: Valued, record: DecisionRecord, says: Sentences
) -> tuple[Cell, ...]:  # fmt: skip
    worth = option.expected_net_benefit

    def shown(value: float | None, kind: str) -> Cell:
        text = (
            NONE if value is None else says.money(value) if kind == "money" else says.share(value)
        )
        return Cell(text=text, number=True)

    return (
        option_cell(option.id, option.kind, says),
        Cell(
            text=says.money(worth.mean) if worth else NONE,
            note=money_beside(worth, says) if worth else "",
            number=True,
        ),
        shown(option.p_best, "share"),
        shown(option.expected_regret, "money"),
        shown(option.p_loss, "share"),
        shown(option.cvar5, "money"),
        Cell(
            text=says.parts(standing(option, record, says)),
            note=says.parts(_plans(option, record, says)),
            strong=_chosen(option, record),
        ),
    )


def _plans(option: Valued, record: DecisionRecord, says: Sentences) -> list[str]:
    """How often an option is trained again, and the trials that it has to pass."""
    own = f"options.{option.id}."
    rows = {row.name: row for row in record.inputs if row.name.startswith(own)}
    words = []
    for stage in STAGES:
        found = {key: rows.get(f"{own}stages.{stage}.{key}") for key in ("price", "time", "passes")}
        shown = [
            says.say(f"plan.{key}", shown=says.quantity(row.mean, row.dimension))
            for key, row in found.items()
            if row is not None
        ]
        if shown:
            words.append(says.say("plan.stage", stage=stage, parts=says.listed(shown)))
    chain = next((one for one in record.chains if one.option == option.id), None)
    if chain is not None and chain.places:
        words.append(plan_said(chain, says))
    if option.retrain_every is not None:
        code = "plan.retrain.monthly" if option.retrain_every == 1 else "plan.retrain"
        words.append(says.say(code, months=option.retrain_every))
    elif f"{own}retrain" in rows and option.priced and option.expected_net_benefit:
        words.append(says.say("plan.never"))
    return words


def _chosen(option: Valued, record: DecisionRecord) -> bool:
    return option.id == record.verdict.option and record.verdict.outcome in (
        "use_ml", "use_non_ml", "do_nothing",
    )  # fmt: skip


def standing(option: Valued, record: DecisionRecord, says: Sentences) -> list[str]:
    """How an option stands: chosen, out by which gate, open, to fix, possible."""
    words = []
    if _chosen(option, record):
        words.append(says.say("record.options.chosen"))
    if option.id == record.verdict.meanwhile:
        words.append(says.say("record.options.meanwhile"))
    if option.status_quo:
        words.append(says.say("record.options.today"))
    for code, checks in (
        ("out", option.failed_gates),
        ("open", option.open_gates),
        ("to-fix", option.to_fix),
    ):
        if checks:
            words.append(says.say(f"record.options.{code}", checks=list(checks)))
    if not option.priced:
        words.append(says.say("record.options.unpriced"))
    return words or [says.say("record.options.possible")]


def _provenance(record: DecisionRecord, says: Sentences) -> Fold:
    made = record.provenance
    packages = ", ".join(f"{name} {version}" for name, version in sorted(made.packages.items()))
    facts = (
        ("case", made.case_digest),
        ("data", made.data_digest or says.say("record.made.none")),
        ("kit", made.kit),
        ("packages", packages),
        ("seed", str(made.seed)),
        ("draws", says.count(made.draws)),
        *(("overrides", f"{name} = {value}") for name, value in made.overrides.items()),
    )
    shown = tuple((says.say(f"record.made.{key}"), text) for key, text in facts)
    put = len(made.overrides)
    return Fold(key="provenance", heading=says.say("record.heading.provenance"), facts=shown,
                summary=says.say("record.made.overridden", n=put) if put else "")  # fmt: skip
