"""Rules on what is written of the four areas."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mlpdm_kit.case.areas import ERROR_KINDS, Annotation
from mlpdm_kit.case.option_rules import no_option, stopping_checks
from mlpdm_kit.case.ranges import range_faults
from mlpdm_kit.case.words import slug
from mlpdm_kit.errors import Fault

if TYPE_CHECKING:
    from mlpdm_kit.case.model import Case

SLIP = 0.8  # a name of one's own that is as near to one of the kit's is a slip


def area_faults(case: Case) -> Iterator[Fault]:
    """Faults of the words on the four areas that a field alone does not show."""
    yield from _errors(case)
    rollback = case.design.rollback
    if rollback is not None and rollback.to and rollback.to not in (*case.options, "none", "all"):
        yield no_option(case, "design.rollback.to", rollback.to)
    yield from _bound(case)
    if case.collection.annotation is not None:
        for fault in _annotation(case, case.collection.annotation):
            yield Fault(
                code=fault.code,
                field=f"collection.annotation.{fault.field}",
                value=fault.value,
                figures=fault.figures,
            )


def _errors(case: Case) -> Iterator[Fault]:
    for name, error in case.design.errors.items():
        field = f"design.errors.{name}"
        near = [] if name in ERROR_KINDS else get_close_matches(name, ERROR_KINDS, 1, SLIP)
        if near:
            yield Fault(code="error-kind", field=field, value=name, figures={"known": near[0]})
        elif not slug(name) or "." in name:
            yield Fault(code="id", field=field, value=name)
        if not error.applies and not error.note:
            yield Fault(code="applies-reason", field=f"{field}.note", value=name)


def _bound(case: Case) -> Iterator[Fault]:
    plan, answer = case.evaluation.segments, case.checks.get("segments")
    if plan is None or plan.bound is None:
        return
    field = "evaluation.segments"
    shown = f"{100 * plan.bound.low:g}%"
    if not plan.bound.is_point:
        yield Fault(code="one-figure", field=f"{field}.bound", figures={"example": "10%"})
    elif not plan.note:
        yield Fault(code="threshold-reason", field=f"{field}.note", value=shown)
    if answer is not None and answer.threshold not in (None, plan.bound.low):
        yield Fault(
            code="bound-twice",
            field=f"{field}.bound",
            value=shown,
            figures={"other": f"{100 * answer.threshold:g}%"},
        )


def _annotation(case: Case, plan: Annotation) -> Iterator[Fault]:
    if plan.repeat is not None and (not plan.repeat.is_point or plan.repeat.low < 0.25):
        yield Fault(code="one-figure", field="repeat", figures={"example": "6 months"})
    if plan.agreement is not None and not plan.agreement.is_point:
        yield Fault(code="one-figure", field="agreement", figures={"example": "80%"})
    for name in plan.options:
        if name not in case.options:
            yield no_option(case, "options", name)
        elif case.options[name].status_quo:
            yield Fault(code="not-for-status-quo", field="options", value=name)
    if plan.price is None:
        return
    if plan.counted != "apart" and not plan.price.is_point:  # else it is one of the inputs
        yield from range_faults("price", plan.price, case.units)
    if plan.items is None:
        yield Fault(code="missing-key", field="items", figures={"example": "items: 800"})
    if plan.counted is None and not stopping_checks(case):
        yield Fault(code="annotation-counted", field="counted")
    if plan.counted is not None and not plan.needed_by(case.options):
        known = ", ".join(case.options) or "-"
        yield Fault(code="annotation-nobody", field="options", figures={"known": known})
