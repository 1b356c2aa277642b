"""Which inputs of a case people can be asked for, each with where it stands in the file.

Those that the case states already, and the few that every case of its task needs, so that
people can be asked before anybody has written a figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlpdm_kit.case.editing.file import Change, State
from mlpdm_kit.case.inputs import Input
from mlpdm_kit.case.kinds import TASK_KINDS, TaskKind
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.rules import named_inputs

NOT_ASKED = ("horizon", "discount")  # choices of method, not what somebody could know


@dataclass(frozen=True, kw_only=True)
class Askable:
    """An input that people can give a range for.

    Parameters
    ----------
    name : str
        Its dotted path in the case file.
    dimension : str
        In what it is written.
    value_at : str
        The name under which the figures stand where more is said of it.
    item : Input, optional
        What the case says now.
    usual : bool
        Whether every case of its task needs it.
    """

    name: str
    dimension: str
    value_at: str = "value"
    item: Input | None = None
    usual: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        """Where it stands in the file."""
        return tuple(self.name.split("."))


def askable(state: State) -> dict[str, Askable]:
    """Every input that people can be asked for, by name, the usual ones first.

    Parameters
    ----------
    state : State
        A case file, whole or in the making.
    """
    task = TASK_KINDS.get(str(state.document.at(("task",))), TASK_KINDS["binary"])
    found = {one.name: one for one in _usual(task, state)}
    if state.case is not None:
        for name, item in named_inputs(state.case):
            if name in NOT_ASKED or state.document.at(tuple(name.split("."))) is None:
                continue
            word = found[name].value_at if name in found else "value"
            if name.startswith("outcomes."):
                word = _word(state.document.at(tuple(name.split("."))), word)
            usual = name in found
            found[name] = Askable(name=name, dimension=item.dimension, value_at=word, item=item,
                                  usual=usual)  # fmt: skip
    return found


def _usual(task: TaskKind, state: State) -> Iterator[Askable]:
    """What every case of a task needs."""
    yield Askable(name="volume", dimension="cases/month", usual=True)
    if "positives" in task.has:
        yield Askable(name="prevalence", dimension="share", usual=True)
    outcomes = state.document.at(("outcomes",))
    written: Mapping[str, Any] = outcomes if isinstance(outcomes, Mapping) else {}
    needed = [[n for n in some if n in written] or list(some[:1]) for some in task.needed]
    for name in dict.fromkeys(outcome for some in needed for outcome in some):
        said = written.get(name)
        if isinstance(said, Mapping) and said.get("column"):
            continue  # a share of what stands in a column: known once the case can be read
        usual = "gain" if name in ("true_positive", "hit", task.good) else "cost"
        yield Askable(name=f"outcomes.{name}", dimension=task.outcome_dimension,
                      value_at=_word(said, usual), usual=True)  # fmt: skip


def _word(said: Any, usual: str) -> str:
    """Whether an outcome is written as a cost or as a gain."""
    some = said if isinstance(said, Mapping) else {}
    return next((word for word in ("cost", "gain") if word in some), usual)


def pooled_change(
    one: Askable, state: State, written: str, *, owner: str, note: str
) -> Change | None:
    """The change that puts a pooled range into the file, as assumed.

    What stood there goes, but for the column that an outcome is priced by. The owner who
    stood there stays where none is given; None where nobody would answer for it.
    """
    stood = state.document.at(one.path)
    said = stood if isinstance(stood, Mapping) else {}
    who = owner or str(said.get("owner") or "")
    if not who:
        return None
    kept = {"column": said["column"]} if said.get("column") else {}
    value = {one.value_at: written, **kept, "evidence": "assumed", "owner": who, "note": note}
    order = tuple(Case.model_fields) if len(one.path) == 1 else ()
    return Change(path=one.path, value=value, order=order)


__all__ = ["NOT_ASKED", "Askable", "askable", "pooled_change"]
