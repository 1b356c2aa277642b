"""Which parts of a case file a form shows, and in which order: one entry for each form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mlpdm_kit.case.areas import (
    ERROR_KINDS,
    Annotation,
    Deletion,
    ErrorCase,
    Explanation,
    KpiLink,
    LiveTest,
    Logged,
    Policy,
    Rollback,
    SegmentsPlan,
)
from mlpdm_kit.case.checks import AREAS, CHECKS
from mlpdm_kit.case.editing.fields import Field, fields_of, order_of
from mlpdm_kit.case.editing.file import State
from mlpdm_kit.case.editing.rewording import no_longer
from mlpdm_kit.case.editing.today import today_unmarked
from mlpdm_kit.case.framing import Framing, Goal, People
from mlpdm_kit.case.grading import GRADED_TASKS, GradedField
from mlpdm_kit.case.incidents import INCIDENTS, Incident
from mlpdm_kit.case.kinds import PAIR, TaskKind
from mlpdm_kit.case.model import Budget, Case, Data, Documents, Grading, Related, Study
from mlpdm_kit.view.forms.option_blocks import option_blocks
from mlpdm_kit.view.forms.parts import Adds, Block, Blocks, mapping, part, some, task_of


def _case(state: State) -> Iterator[Block]:
    names = ["title", "task", "unit", "currency"]
    names += {"regression": ["target_unit"], "search": ["hit_at"]}.get(task_of(state).name, [])
    yield Block(fields=some(Case, names), order=order_of(Case))
    yield from _left_over(state)


def _left_over(state: State) -> Iterator[Block]:
    left = tuple(no_longer(state))
    if left:
        yield Block(code="form.block.left", leaves=left)


def _framing(state: State) -> Iterator[Block]:
    yield from _case(state)
    yield Block(
        code="form.block.framing",
        fields=tuple(fields_of(Framing, ("framing",))),
        order=order_of(Framing),
    )
    goal = ("framing", "goal")
    yield Block(code="form.block.goal", fields=tuple(fields_of(Goal, goal)), order=order_of(Goal))
    yield _persons()


def _persons() -> Block:
    return Block(code="form.block.people", fields=some(People, order_of(People), ("people",)),
                 order=order_of(People))  # fmt: skip


def _checks(state: State) -> Iterator[Block]:
    for area in AREAS:
        fields = tuple(
            Field(path=("checks", check.id), kind="answer", place="checks",
                  called=f"check.{check.id}.question",
                  choices=("unknown", "yes", "no", "n/a"))
            for check in CHECKS.values()
            if check.area == area and check.asked
        )  # fmt: skip
        if fields:
            yield Block(code=f"area.{area}", fields=fields, order=tuple(CHECKS), folded=True)


def _amounts(state: State) -> Iterator[Block]:
    names = ["volume", "growth"]
    names += ["prevalence", "action_success"] if "positives" in task_of(state).has else []
    yield Block(fields=some(Case, [*names, "horizon", "discount"]), order=order_of(Case))
    if task_of(state).name == "formula":
        yield from mapping(state, ("inputs",), "inputs", dimension="number")
    yield from _related(state)


def _related(state: State) -> Iterator[Block]:
    pairs = []
    for place, _ in enumerate(_items(state.document.at(("correlations",)))):
        path = ("correlations", str(place))
        pairs.append(part(Related, path, "form.block.correlation", name=str(place + 1),
                          removes=path))  # fmt: skip
    pairs.append(Block(adds=Adds(what="correlations", path=("correlations",), asks="related")))
    yield Block(code="form.block.correlations", folded=True, blocks=tuple(pairs))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _outcomes(state: State) -> Iterator[Block]:
    task = task_of(state)
    written = state.document.at(("outcomes",)) or {}
    prices, columns = [], []
    known = [*task.outcomes, *task.finer]
    for name in [*known, *(n for n in written if PAIR in n and task.pairs)]:
        said = written.get(name)
        said = said if isinstance(said, dict) else {}
        word = "gain" if "gain" in said else "cost" if "cost" in said else _usual(task, name)
        prices.append(
            Field(path=("outcomes", name), kind="quantity", place="outcomes",
                  dimension="ratio" if said.get("column") else task.outcome_dimension,
                  value_at=word, called=f"form.price.{word}", about=("outcome", name))
        )  # fmt: skip
        columns.append(
            Field(path=("outcomes", name, "column"), kind="column", place="outcomes.column",
                  called="form.price.column", about=("outcome", name))
        )  # fmt: skip
    yield Block(fields=tuple(prices), order=tuple(known))
    yield from _left_over(state)
    if task.pairs:
        yield Block(adds=Adds(what="pairs", path=("outcomes",), asks="pair", entry={"cost": None}))
    if task.name == "binary" and state.document.at(("data",)):
        yield Block(code="form.block.by-column", fields=tuple(columns), folded=True)
    yield from _incidents(state)
    yield part(Budget, ("budget",), "form.block.budget", folded=True)


def _incidents(state: State) -> Iterator[Block]:
    options = state.document.at(("options",)) or {}
    kinds = [one.get("kind") for one in options.values() if isinstance(one, dict)]
    written = state.document.at(("incidents",)) or {}
    for name in INCIDENTS:
        if name in written or "llm" in kinds:
            yield part(Incident, ("incidents", name), "form.block.incident",
                       about=("outcome", name), folded=True)  # fmt: skip


def _usual(task: TaskKind, outcome: str) -> str:
    """Whether an outcome is a cost or a gain where nobody has said."""
    good = ("true_positive", "hit", task.good)
    return "gain" if outcome in good else "cost"


def _quality(state: State) -> Iterator[Block]:
    if said := today_unmarked(state):
        yield Block(asks="form.today", said=said)
    yield from option_blocks(state, "quality")
    yield from _left_over(state)
    yield Block(adds=Adds(what="options", path=("options",), asks="option", slugged=True))


def _worth(state: State) -> Iterator[Block]:
    yield from option_blocks(state, "worth")


_FIRST_OF_DATA = ("file", "target", "positive", "id", "time")


def _data(state: State) -> Iterator[Block]:
    fields = {field.path[-1]: field for field in fields_of(Data, ("data",))}
    task = task_of(state)
    graded = task.name in GRADED_TASKS
    unused: tuple[str, ...] = () if task.answers == "rank" else ("query",)
    unused += () if graded else ("grades",)
    first = [n for n in (*_FIRST_OF_DATA, "query") if n not in unused]
    first = [n for n in first if n != "positive" or "positives" in task.has]
    rest = [n for n in fields if n not in (*first, *unused, "positive")]
    blocks = [Block(code="form.block.more", fields=tuple(fields[n] for n in rest), folded=True,
                    order=order_of(Data))]  # fmt: skip
    mixed = tuple(mapping(state, ("data", "mix"), "mix", dimension="share"))
    blocks.append(Block(code="form.block.mix", blocks=mixed, folded=True))
    if task.answers == "rank":
        blocks.insert(0, part(Documents, ("data", "documents"), "form.block.documents"))
    yield Block(fields=tuple(fields[n] for n in first), order=order_of(Data),
                blocks=tuple(blocks))  # fmt: skip
    if graded:
        yield _grading(state, task)


_CUTOFFS = {"generation": ("usable", "needs_editing")}


def _grading(state: State, task: TaskKind) -> Block:
    path = ("grading",)
    fields = list(fields_of(Grading, path))
    if state.document.at((*path, "grader")) == "overlap":
        fields += [
            Field(path=(*path, "cutoffs", name), kind="count", place="grading.cutoffs",
                  called="form.cutoff", about=("outcome", name))
            for name in _CUTOFFS.get(task.name, ("right",))
        ]  # fmt: skip
    blocks: list[Block] = []
    if state.document.at((*path, "grader")) == "fields":
        for name in state.document.at((*path, "fields")) or {}:
            own = (*path, "fields", name)
            blocks.append(part(GradedField, own, "form.block.graded-field", name=name, removes=own,
                               renames=True, folded=True))  # fmt: skip
        blocks.append(Block(adds=Adds(what="fields", path=(*path, "fields"), entry={})))
    return Block(code="form.block.grading", fields=tuple(fields), order=order_of(Grading),
                 folded=True, blocks=tuple(blocks))  # fmt: skip


def _studies(state: State) -> Iterator[Block]:
    for name in state.document.at(("studies",)) or {}:
        path = ("studies", name)
        yield part(Study, path, "form.block.study", name=name, folded=True, removes=path,
                   renames=True, slugged=True, opens=True)  # fmt: skip
    yield Block(adds=Adds(what="studies", path=("studies",), slugged=True, label_at="note"))


def _people(state: State) -> Iterator[Block]:
    yield replace(_persons(), code="")


def _record(state: State) -> Iterator[Block]:
    yield _persons()
    names = ("status", "date", "review_on", "confirmation", "supersedes")
    yield Block(fields=some(Case, names), order=order_of(Case))


def _output(state: State) -> Iterator[Block]:
    path = ("design", "errors")
    task = task_of(state)
    options = state.document.at(("options",)) or {}
    generates = any(isinstance(o, dict) and o.get("kind") == "llm" for o in options.values())
    written = state.document.at(path) or {}
    asked = [
        kind.id
        for kind in ERROR_KINDS.values()
        if (not kind.tasks or task.name in kind.tasks) and (kind.scope != "llm" or generates)
    ]
    for name in [*asked, *(n for n in written if n not in asked)]:
        known, own = name in ERROR_KINDS, (*path, name)
        yield part(ErrorCase, own, "form.block.error", folded=True, order=tuple(ERROR_KINDS),
                   name="" if known else name, renames=not known, slugged=True,
                   about=("words.design.errors", name) if known else ("", ""),
                   removes=() if known else own)  # fmt: skip
    yield Block(adds=Adds(what="errors", path=path, entry={}, slugged=True))
    yield part(Rollback, ("design", "rollback"), "words.design.rollback", folded=True)


def _evaluation(state: State) -> Iterator[Block]:
    for name, model in (("kpi", KpiLink), ("segments", SegmentsPlan),
                        ("explanation", Explanation), ("live_test", LiveTest)):  # fmt: skip
        yield part(model, ("evaluation", name), f"words.evaluation.{name}", folded=True)


def _collection(state: State) -> Iterator[Block]:
    path = ("collection", "log")
    for place, item in enumerate(_items(state.document.at(path))):
        own = (*path, str(place))
        what = str(item.get("what") or place + 1) if isinstance(item, dict) else str(place + 1)
        yield part(Logged, own, "form.block.logged", name=what, folded=True, removes=own)
    yield Block(adds=Adds(what="log", path=path, in_list=True, label_at="what"))
    yield part(Annotation, ("collection", "annotation"), "words.collection.annotation",
               folded=True)  # fmt: skip


def _governance(state: State) -> Iterator[Block]:
    for name in ("consent", "purpose", "training", "crosstalk"):
        yield part(Policy, ("governance", name), f"words.governance.{name}", folded=True)
    yield part(Deletion, ("governance", "deletion"), "words.governance.deletion", folded=True)


FORMS: dict[str, Blocks] = {
    "framing": _framing,
    "checks": _checks,
    "output": _output,
    "evaluation": _evaluation,
    "collection": _collection,
    "governance": _governance,
    "data": _data,
    "options": _quality,
    "outcomes": _outcomes,
    "amounts": _amounts,
    "worth": _worth,
    "studies": _studies,
    "people": _people,
    "record": _record,
}

BESIDE = {  # the form that a workshop shows above what a notebook shows
    ("table", "checks"): "checks",
    ("area", "output"): "output",
    ("area", "evaluation"): "evaluation",
    ("area", "collection"): "collection",
    ("area", "governance"): "governance",
    ("table", "prices"): "outcomes",
    ("picture", "studies"): "studies",
}
