"""The blocks of one option: the few fields that matter first, the rest under a fold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mlpdm_kit.case.ask import ASKED_TASKS
from mlpdm_kit.case.editing.fields import Field, fields_of, order_of
from mlpdm_kit.case.editing.file import State
from mlpdm_kit.case.editing.option_fields import concerns, kinds_within
from mlpdm_kit.case.kinds import PAIR, TaskKind
from mlpdm_kit.case.model import Ask, Option, Stage, Tokens
from mlpdm_kit.case.option import MENDS, STEP_COST, Look
from mlpdm_kit.view.forms.parts import Adds, Block, Path_, mapping, part, task_of

FIRST = frozenset(
    {"kind", "label", "when", "predict", "predictions", "of", "review", "reviewer_error",
     "capacity", "value", "build", "run", "delay", "cost_per_case", "adoption",
     "status_quo"}
)  # fmt: skip


_BESIDE = (MENDS, STEP_COST)  # what a step says beside its errors


def option_blocks(state: State, about: str) -> Iterator[Block]:
    """One block for each option of a case.

    Parameters
    ----------
    state : State
    about : {"quality", "worth"}
        How good it is, or what it takes.
    """
    options = state.document.at(("options",))
    for name, said in (options if isinstance(options, dict) else {}).items():
        yield _option(state, name, said if isinstance(said, dict) else {}, about)


def _option(state: State, name: str, said: Mapping[str, Any], about: str) -> Block:
    task, kind, path = task_of(state), str(said.get("kind")), ("options", name)
    own = [f for f in fields_of(Option, path) if concerns(f.path[-1], kind, task, about)]
    kinds = tuple(kinds_within(task))
    own = [replace(f, choices=kinds) if f.path[-1] == "kind" else f for f in own]
    first = [field for field in own if field.path[-1] in FIRST]
    inner: list[Block] = []
    if about == "quality":
        first += _rates(state, path, kind, task)
        inner += _quality(state, path, said, task)
    else:
        inner += _worth(path, kind)
    more = tuple(field for field in own if field.path[-1] not in FIRST)
    if more:
        inner.insert(0, Block(code="form.block.more-option", fields=more, folded=True,
                              order=order_of(Option)))  # fmt: skip
    return Block(
        code="form.block.option", name=str(said.get("label") or name), fields=tuple(first),
        order=order_of(Option), folded=True, blocks=tuple(inner),
        removes=path if about == "quality" else (),
    )  # fmt: skip


def _rates(state: State, path: Path_, kind: str, task: TaskKind) -> Iterator[Field]:
    if not concerns("rates", kind, task, "quality") or state.document.at((*path, "steps")):
        return
    for rate, dimension in task.with_pairs(state.document.at(("outcomes",)) or {}).rates.items():
        yield Field(path=(*path, "rates", rate), kind="quantity", place="options.rates",
                    dimension=dimension, called="form.about", about=("rate", rate))  # fmt: skip


def _quality(state: State, path: Path_, said: Mapping[str, Any], task: TaskKind) -> Iterator[Block]:
    kind = str(said.get("kind"))
    if kind == "llm" and task.name in ASKED_TASKS:
        yield part(Ask, (*path, "ask"), "form.block.ask", folded=True)
    if task.name == "formula":
        own = tuple(mapping(state, (*path, "inputs"), "inputs", dimension="number",
                            place="options.inputs"))  # fmt: skip
        yield Block(code="form.block.inputs", folded=True, blocks=own)
    priced = state.document.at(("incidents",)) or {}
    if kind == "llm" and priced:
        fields = tuple(
            Field(path=(*path, "incidents", name), kind="quantity", place="options.incidents",
                  dimension="share", called="form.about", about=("outcome", name))
            for name in priced
        )  # fmt: skip
        yield Block(code="form.block.incidents-of", fields=fields, folded=True)
    if task.severity and kind != "review":
        yield Block(code="form.block.steps", folded=True,
                    blocks=tuple(_steps(state, (*path, "steps"), task)))  # fmt: skip
        look = part(Look, (*path, "check"), "form.block.check", folded=True)
        if not said.get("steps"):  # then every answer is looked at
            look = replace(
                look, code="form.block.check.all",
                fields=tuple(field for field in look.fields if field.kind != "steps"),
            )  # fmt: skip
        yield look


def _steps(state: State, path: Path_, task: TaskKind) -> Iterator[Block]:
    errors = task.with_pairs(state.document.at(("outcomes",)) or {}).severity[1:]
    known = {**dict.fromkeys(errors, "share"), MENDS: "share", STEP_COST: "money/case, said"}
    for name in state.document.at(path) or {}:
        own = (*path, name)
        fields = tuple(
            Field(path=(*own, word), kind="quantity", place="options.steps", dimension=dimension,
                  called=f"form.step.{word}" if word in _BESIDE else "form.step.error",
                  about=("", "") if word in _BESIDE else ("outcome" if PAIR not in word else "",
                                                          word))
            for word, dimension in known.items()
        )  # fmt: skip
        yield Block(
            code="form.block.step",
            name=name,
            fields=fields,
            removes=own,
            renames=True,
            slugged=True,
        )
    yield Block(adds=Adds(what="steps", path=path, entry={}, slugged=True))


def _worth(path: Path_, kind: str) -> Iterator[Block]:
    if kind == "llm":
        yield part(Tokens, (*path, "tokens"), "form.block.tokens", folded=True)
    if kind not in ("none", "review"):
        stages = tuple(
            part(Stage, (*path, "stages", stage), f"form.block.stage.{stage}")
            for stage in ("offline", "pilot")
        )
        yield Block(code="form.block.stages", folded=True, blocks=stages)
