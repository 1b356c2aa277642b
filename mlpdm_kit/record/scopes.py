"""Which options a check concerns."""

from __future__ import annotations

from collections.abc import Sequence

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.case.checks import Check
from mlpdm_kit.case.model import Answer


def concerned(check: Check, rungs: Sequence[Rung], answer: Answer | None = None) -> list[str]:
    """Ids of the options in a check's scope, narrowed to those an answer names."""
    found = [rung.id for rung in rungs if rung.priced and check.scope in _scopes(rungs, rung)]
    if answer is not None and answer.options and check.scope != "case":
        return [name for name in found if name in answer.options]
    return found


def _scopes(rungs: Sequence[Rung], rung: Rung) -> set[str]:
    """Every scope of checks that an option is in."""
    base = _base(rungs, rung).option.of_kind
    inside = {
        "ml": rung.is_ml,
        "unreviewed": rung.is_ml and not rung.option.reviewed,
        "learns": base.learns,
        "llm": base.generates,
    }
    return {"case"} | {scope for scope, so in inside.items() if so}


def _base(rungs: Sequence[Rung], rung: Rung) -> Rung:
    if rung.kind != "review":
        return rung
    return next((other for other in rungs if other.id == rung.option.of), rung)
