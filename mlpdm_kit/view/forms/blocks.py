"""Which parts of a case file a form shows, and in which order: one entry for each form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mlpdm_kit.case.checks import AREAS, CHECKS
from mlpdm_kit.case.editing.fields import Field, fields_of, order_of
from mlpdm_kit.case.editing.file import State
from mlpdm_kit.case.editing.option_fields import concerns
from mlpdm_kit.case.framing import Framing, Goal, People
from mlpdm_kit.case.kinds import TASK_KINDS, TaskKind
from mlpdm_kit.case.model import Case, Data, Study
from mlpdm_kit.case.option import Option


@dataclass(frozen=True, kw_only=True)
class Block:
    """Fields under one heading.

    Parameters
    ----------
    code : str
        Of its heading in the catalogues; empty for none.
    fields : tuple of Field
    order : tuple of str
        The names of the mapping that the fields stand in, in the order of the model.
    name : str
        What the heading is about, where that is a name that people gave.
    folded : bool
        Whether it is opened only by who wants it.
    adds : str
        What can be added here, as ``options``.
    removes : tuple of str
        The path that can be taken away with all in it.
    """

    code: str
    fields: tuple[Field, ...] = ()
    order: tuple[str, ...] = ()
    name: str = ""
    folded: bool = False
    adds: str = ""
    removes: tuple[str, ...] = ()


Blocks = Callable[[State], Iterator[Block]]


def task_of(state: State) -> TaskKind:
    """The task of a case, as far as it is written."""
    return TASK_KINDS.get(str(state.document.at(("task",))), TASK_KINDS["binary"])


def _only(part: type, names: Sequence[str], path: tuple[str, ...] = ()) -> tuple[Field, ...]:
    found = {field.path[-1]: field for field in fields_of(part, path)}
    return tuple(found[name] for name in names if name in found)


def _case(state: State) -> Iterator[Block]:
    names = ["title", "task", "unit", "currency"]
    names += {"regression": ["target_unit"], "search": ["hit_at"]}.get(task_of(state).name, [])
    yield Block(code="", fields=_only(Case, names), order=order_of(Case))


def _framing(state: State) -> Iterator[Block]:
    yield from _case(state)
    yield Block(
        code="form.block.framing",
        fields=tuple(fields_of(Framing, ("framing",))),
        order=order_of(Framing),
    )
    goal = ("framing", "goal")
    yield Block(code="form.block.goal", fields=tuple(fields_of(Goal, goal)), order=order_of(Goal))
    yield Block(code="form.block.people", fields=_only(People, order_of(People), ("people",)),
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
    names += ["prevalence", "action_success"] if task_of(state).name == "binary" else []
    yield Block(code="", fields=_only(Case, [*names, "horizon", "discount"]), order=order_of(Case))


def _outcomes(state: State) -> Iterator[Block]:
    task = task_of(state)
    written = state.document.at(("outcomes",)) or {}
    names = [*task.outcomes, *(n for n in written if n not in task.outcomes)]
    fields = []
    for name in names:
        said = written.get(name)
        word = "gain" if isinstance(said, dict) and "gain" in said else _usual(task, name)
        fields.append(
            Field(path=("outcomes", name), kind="quantity", place="outcomes",
                  dimension=task.outcome_dimension, value_at=word, called=f"form.price.{word}",
                  about=("outcome", name))
        )  # fmt: skip
    yield Block(code="", fields=tuple(fields), order=tuple(names))


def _usual(task: TaskKind, outcome: str) -> str:
    """Whether an outcome is a cost or a gain where nobody has said."""
    good = ("true_positive", "hit", task.good)
    return "gain" if outcome in good else "cost"


def _options(state: State, about: str) -> Iterator[Block]:
    task = task_of(state)
    options = state.document.at(("options",)) or {}
    for name, said in options.items():
        said = said if isinstance(said, dict) else {}
        path = ("options", name)
        known = fields_of(Option, path)
        own = [f for f in known if concerns(f.path[-1], str(said.get("kind")), task, about)]
        if about == "quality":
            own += [
                Field(path=(*path, "rates", rate), kind="quantity", place="options.rates",
                      dimension=dimension, called="form.about", about=("rate", rate))
                for rate, dimension in task.rates.items()
                if concerns("rates", str(said.get("kind")), task, about)
            ]  # fmt: skip
        yield Block(
            code="form.block.option", name=str(said.get("label") or name), fields=tuple(own),
            order=order_of(Option), folded=True, removes=path if about == "quality" else (),
        )  # fmt: skip
    if about == "quality":
        yield Block(code="", adds="options")


def _quality(state: State) -> Iterator[Block]:
    yield from _options(state, "quality")


def _worth(state: State) -> Iterator[Block]:
    yield from _options(state, "worth")


def _data(state: State) -> Iterator[Block]:
    yield Block(code="", fields=tuple(fields_of(Data, ("data",))), order=order_of(Data))


def _studies(state: State) -> Iterator[Block]:
    for name in state.document.at(("studies",)) or {}:
        path = ("studies", name)
        yield Block(code="form.block.study", name=name, fields=tuple(fields_of(Study, path)),
                    order=order_of(Study), folded=True, removes=path)  # fmt: skip
    yield Block(code="", adds="studies")


def _people(state: State) -> Iterator[Block]:
    fields = tuple(fields_of(People, ("people",)))
    yield Block(code="", fields=fields, order=order_of(People))


def _record(state: State) -> Iterator[Block]:
    yield Block(code="form.block.people", fields=_only(People, order_of(People), ("people",)),
                order=order_of(People))  # fmt: skip
    names = ("status", "date", "review_on", "confirmation", "supersedes")
    yield Block(code="", fields=_only(Case, names), order=order_of(Case))


FORMS: dict[str, Blocks] = {
    "framing": _framing,
    "checks": _checks,
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
    ("table", "prices"): "outcomes",
    ("picture", "studies"): "studies",
}
