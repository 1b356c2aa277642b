"""Rules that need more than one field: they complete the model's own.

Each rule yields faults and never raises, so that all are reported in one go.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from mlpdm_kit.case.area_rules import area_faults
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.correlations import correlation_faults, drawn_name
from mlpdm_kit.case.grading import grading_faults
from mlpdm_kit.case.incidents import incident_faults, incident_inputs
from mlpdm_kit.case.kinds import PAIR
from mlpdm_kit.case.model import Case, Data, Input, slug
from mlpdm_kit.case.option_rules import no_option, option_faults, stopping_checks
from mlpdm_kit.case.ranges import range_faults
from mlpdm_kit.errors import Fault

MAX_HORIZON_MONTHS = 600
MOST_OPTIONS = 60  # each is held against each other one: sixty take a minute
MIN_ROWS = 20  # of data, and of one class: with fewer nothing can be held against anything
MIN_CLASS = 2


def rule_faults(case: Case) -> list[Fault]:
    """Faults of a case that its fields alone do not show."""
    rules = (_identity, _answers, _economics, _data, grading_faults, _outcomes, _incidents,
             _options, _ranges, _correlations, _studies, area_faults)  # fmt: skip
    return [fault for rule in rules for fault in rule(case)]


def _identity(case: Case) -> Iterator[Fault]:
    if not slug(case.name):
        yield Fault(code="id", field="id", value=case.name)
    if len(case.options) > MOST_OPTIONS:
        yield Fault(code="options-many", field="options", value=len(case.options),
                    figures={"limit": MOST_OPTIONS})  # fmt: skip


def _answers(case: Case) -> Iterator[Fault]:
    for name, answer in case.checks.items():
        field = f"checks.{name}"
        check = CHECKS.get(name)
        if check is None:
            near = get_close_matches(name, CHECKS, n=3, cutoff=0.4)
            yield Fault(
                code="check-unknown",
                field=field,
                value=name,
                figures={"known": ", ".join(near) or ", ".join(CHECKS)},
            )
            continue
        if answer.threshold is not None and check.threshold is None:
            yield Fault(code="threshold-none", field=f"{field}.threshold", value=answer.threshold)
        if answer.threshold is not None and not answer.note:
            yield Fault(code="threshold-reason", field=f"{field}.note", value=answer.threshold)
        for option in answer.options:
            if option not in case.options:
                yield no_option(case, f"{field}.options", option)


def _economics(case: Case) -> Iterator[Fault]:
    if stopping_checks(case):
        return
    for field, dimension in (("volume", "cases/month"), ("horizon", "months")):
        if getattr(case, field) is None:
            example = case.units.example(dimension)
            yield Fault(code="missing-input", field=field, figures={"example": example})
    if case.task == "binary" and case.prevalence is None and case.data is None:
        yield Fault(
            code="missing-input",
            field="prevalence",
            figures={"example": case.units.example("share")},
        )
    share = case.prevalence
    if share is not None and share.is_point and share.low in (0.0, 1.0):
        yield Fault(code="prevalence-edge", field="prevalence", value=f"{100 * share.low:g}%")
    if case.task != "binary":
        for field in ("prevalence", "action_success"):
            if getattr(case, field) is not None:
                yield Fault(code="not-for-task", field=field, value=case.task)
    if case.horizon is not None:
        if not case.horizon.is_point:
            yield Fault(code="point-needed", field="horizon")
        elif not 1 <= case.horizon.low <= MAX_HORIZON_MONTHS:
            figures = {"limit": MAX_HORIZON_MONTHS}
            yield Fault(
                code="horizon", field="horizon", value=f"{case.horizon.low:g}", figures=figures
            )


def _outcomes(case: Case) -> Iterator[Fault]:
    if stopping_checks(case) and not case.outcomes:
        return
    task = case.of_task
    known = ", ".join(task.outcomes)
    for name in case.outcomes:
        if name not in task.outcomes:
            yield Fault(
                code="outcome-unknown",
                field=f"outcomes.{name}",
                value=name,
                figures={"known": known},
            )
    example = case.units.example(task.outcome_dimension)
    for names in task.needed:
        if not set(names) & set(case.outcomes):
            yield Fault(
                code="outcome-missing", field=f"outcomes.{names[0]}", figures={"example": example}
            )
    for name, outcome in case.outcomes.items():
        field = f"outcomes.{name}"
        if PAIR in name and "." in name:
            yield Fault(code="outcome-pair", field=field, value=name)
        if outcome.column and (case.task != "binary" or case.data is None):
            yield Fault(code="column-not-here", field=f"{field}.column", value=outcome.column)
        if case.task == "regression" and (outcome.gain is not None or outcome.input.low <= 0):
            yield Fault(
                code="price-zero",
                field=field,
                value=outcome.input.low,
                figures={"example": example},
            )


def _incidents(case: Case) -> Iterator[Fault]:
    if not stopping_checks(case):
        yield from incident_faults(case)


def _data(case: Case) -> Iterator[Fault]:
    """What the task asks of the data before it is read."""
    if case.data is None:
        return
    answers = case.of_task.answers
    if answers == "nothing":
        yield Fault(code="not-for-task", field="data", value=case.task)
    yield from _mix(case.data)
    for name in ("documents", "query"):
        if getattr(case.data, name) is not None and answers != "rank":
            yield Fault(code="not-for-task", field=f"data.{name}", value=case.task)
    by_fields = case.grading is not None and case.grading.fields and answers == "text"
    if case.data.target is None and answers not in ("grade", "nothing") and not by_fields:
        yield Fault(code="missing-key", field="data.target", figures={"example": "target: paid"})


def _mix(data: Data) -> Iterator[Fault]:
    """Shares of the segments in production: single figures that make a whole."""
    if not data.mix:
        return
    if data.segment is None:
        yield Fault(
            code="missing-key", field="data.segment", figures={"example": "segment: region"}
        )
    for name, share in data.mix.items():
        if not share.is_point:
            yield Fault(code="mix-point", field=f"data.mix.{name}", value=name)
    total = sum(share.low for share in data.mix.values())
    if abs(total - 1) > 0.005:
        yield Fault(code="mix-sum", field="data.mix", value=f"{100 * total:.3g}%")


def _studies(case: Case) -> Iterator[Fault]:
    """What a study looks at must be an input that is not known for sure."""
    if stopping_checks(case):
        return
    known = list(study_inputs(case))
    for name, study in case.studies.items():
        field = f"studies.{name}"
        if not slug(name) or "." in name:
            yield Fault(code="id", field=field, value=name)
        for of in study.of:
            if of.replace(".rates.", ".") not in known:
                near = get_close_matches(of, known, n=3, cutoff=0.3) or known[:6]
                yield Fault(code="study-input", field=f"{field}.of", value=of,
                            figures={"known": ", ".join(near) or "-"})  # fmt: skip


def study_inputs(case: Case) -> Iterator[str]:
    """Names of what can be found out: what is stated, and what is measured on data."""
    for name, item in named_inputs(case):
        if name != "horizon" and not item.is_point:
            yield name.replace(".rates.", ".")
    if case.data is None:
        return
    if case.task == "binary" and case.prevalence is None:
        yield "prevalence"
    for name, option in case.options.items():
        if not option.quality and option.kind != "review":
            yield from (f"options.{name}.{rate}" for rate in case.of_task.rates)


def _options(case: Case) -> Iterator[Fault]:
    kept = [name for name, option in case.options.items() if option.status_quo]
    task = case.of_task
    if "none" not in task.known and case.data is None and not stopping_checks(case):
        today = [o for o in case.options.values() if o.status_quo or o.kind == "none"]
        known = [o for o in today if o.rates or o.steps]
        if not known:
            yield Fault(
                code="status-quo-rates",
                field="options",
                figures={"rates": ", ".join(case.of_task.rates)},
            )
    for name in kept[1:]:
        yield Fault(code="status-quo-twice", field=f"options.{name}.status_quo", value=name)
    for name, option in case.options.items():
        field = f"options.{name}"
        if not slug(name) or "." in name:
            yield Fault(code="id", field=field, value=name)
        for fault in option_faults(case, option):
            yield Fault(
                code=fault.code,
                field=f"{field}.{fault.field}" if fault.field else field,
                value=fault.value,
                figures=fault.figures,
            )


def _ranges(case: Case) -> Iterator[Fault]:
    """Ranges that their family cannot hold."""
    for field, item in named_inputs(case):
        if not item.is_point and field != "horizon":
            yield from range_faults(field, item, case.units)


def _correlations(case: Case) -> Iterator[Fault]:
    inputs = {drawn_name(name): item for name, item in named_inputs(case) if name != "horizon"}
    yield from correlation_faults(case.correlations, inputs)


def named_inputs(case: Case) -> Iterator[tuple[str, Input]]:
    """Every input that the case states, under its dotted path."""
    for field in ("volume", "growth", "prevalence", "action_success", "discount", "horizon"):
        item = getattr(case, field)
        if item is not None:
            yield field, item
    for name, item in case.inputs.items():
        yield f"inputs.{name}", item
    plan = case.collection.annotation
    if plan is not None and plan.price is not None and plan.items and plan.counted == "apart":
        yield "collection.annotation.price", plan.price
    for name, outcome in case.outcomes.items():
        yield f"outcomes.{name}", outcome.input
    yield from incident_inputs(case)
    for name, option in case.options.items():
        for rate, item in option.rates.items():
            yield f"options.{name}.rates.{rate}", item
        for step, said in option.steps.items():
            for own, item in said.items():
                yield f"options.{name}.steps.{step}.{own}", item
        for field, value in option.check or ():
            if isinstance(value, Input):
                yield f"options.{name}.check.{field}", value
        for own, item in option.inputs.items():
            yield f"options.{name}.inputs.{own}", item
        for field, value in option:
            if isinstance(value, Input) and field not in ("retrain_every", "half_life"):
                yield f"options.{name}.{field}", value
        for side, item in option.tokens or ():
            if isinstance(item, Input):
                yield f"options.{name}.tokens.{side}", item
        for stage in ("offline", "pilot"):
            trial = getattr(option.stages, stage)
            for field, value in trial or ():
                if isinstance(value, Input):
                    yield f"options.{name}.stages.{stage}.{field}", value
