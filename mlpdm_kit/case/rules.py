"""Rules that need more than one field, or the data: they complete the model's own.

Each rule yields faults and never raises, so that all are reported in one go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.columns import column_faults, is_known, target_values, try_faults
from mlpdm_kit.case.correlations import correlation_faults, drawn_name
from mlpdm_kit.case.dataset import act_values, predicted_values
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.case.model import Case, Data, Input, Option, slug
from mlpdm_kit.case.predictions import read_predictions
from mlpdm_kit.case.ranges import range_faults
from mlpdm_kit.case.tables import Table
from mlpdm_kit.errors import Fault, InputError

MAX_HORIZON_MONTHS = 600
MIN_ROWS = 20
MIN_CLASS = 2


def stopping_checks(case: Case) -> list[str]:
    """Ids of answered checks that stop the whole case."""
    return [
        name
        for name, answer in case.checks.items()
        if name in CHECKS
        and CHECKS[name].hard
        and CHECKS[name].scope == "case"
        and answer.answer in {"yes", "no"} - {CHECKS[name].passes}
    ]


def rule_faults(case: Case) -> list[Fault]:
    """Faults of a case that its fields alone do not show."""
    rules = (_identity, _answers, _economics, _outcomes, _options, _ranges, _correlations)
    return [fault for rule in rules for fault in rule(case)]


def _identity(case: Case) -> Iterator[Fault]:
    if not slug(case.name):
        yield Fault(code="id", field="id", value=case.name)


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
                yield _no_option(case, f"{field}.options", option)


def _no_option(case: Case, field: str, name: str) -> Fault:
    known = ", ".join(case.options) or "-"
    return Fault(code="option-missing", field=field, value=name, figures={"known": known})


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
    for name in task.needed:
        if name not in case.outcomes:
            yield Fault(
                code="outcome-missing", field=f"outcomes.{name}", figures={"example": example}
            )
    if case.task == "regression":
        for name, outcome in case.outcomes.items():
            if outcome.gain is not None or outcome.input.low <= 0:
                yield Fault(
                    code="price-zero",
                    field=f"outcomes.{name}",
                    value=outcome.input.low,
                    figures={"example": example},
                )
    if case.task == "binary" and not {"false_negative", "true_positive"} & set(case.outcomes):
        yield Fault(
            code="outcome-missing", field="outcomes.false_negative", figures={"example": example}
        )


def _options(case: Case) -> Iterator[Fault]:
    kept = [name for name, option in case.options.items() if option.status_quo]
    if case.task == "regression" and case.data is None and not stopping_checks(case):
        known = [o for o in case.options.values() if o.rates and (o.status_quo or o.kind == "none")]
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
        for fault in _one_option(case, option):
            yield Fault(
                code=fault.code,
                field=f"{field}.{fault.field}" if fault.field else field,
                value=fault.value,
                figures=fault.figures,
            )


def _one_option(case: Case, option: Option) -> Iterator[Fault]:
    task = case.of_task
    yield from _sources(case, option)
    if option.kind in ("none", "all", "constant") and option.kind not in task.references:
        yield Fault(code="kind-not-for-task", field="kind", value=option.kind,
                    figures={"task": case.task})  # fmt: skip
    if option.rates:
        for rate in task.rates:
            if rate not in option.rates:
                yield Fault(
                    code="missing-input",
                    field=f"rates.{rate}",
                    figures={"example": case.units.example(task.rates[rate])},
                )
    if option.kind == "review":
        yield from _review(case, option)
    elif option.of is not None:
        yield Fault(code="only-for-review", field="of", value=option.of)
    if option.adoption is not None and option.kind == "none":
        yield Fault(code="not-for-kind", field="adoption", value="none")


def _review(case: Case, option: Option) -> Iterator[Fault]:
    if case.task != "binary":
        yield Fault(code="kind-not-for-task", field="kind", value="review",
                    figures={"task": case.task})  # fmt: skip
    if option.of is None:
        yield Fault(code="missing-key", field="of", figures={"example": "of: model"})
    elif option.of not in case.options:
        yield _no_option(case, "of", option.of)
    elif case.options[option.of].kind in ("review", "none"):
        yield Fault(code="review-of", field="of", value=option.of)
    if option.review is None:
        example = case.units.example("money/case")
        yield Fault(code="missing-input", field="review", figures={"example": example})


def _sources(case: Case, option: Option) -> Iterator[Fault]:
    """How good an option is must come from exactly one place."""
    said = [name for name in ("when", "predict", "predictions", "rates") if getattr(option, name)]
    if len(said) > 1:
        yield Fault(code="source-twice", field=said[1], value=" + ".join(said))
    for name in ("when", "predict", "predictions"):
        if name in said and case.data is None:
            yield Fault(code="source-needs-data", field=name, value=getattr(option, name))
    if option.kind in ("none", "all", "constant", "review"):
        # without data nobody knows how far off a constant is, unless it is said
        stated = said == ["rates"] and option.kind in ("none", "constant") and case.data is None
        if said and not (stated and case.task == "regression"):
            yield Fault(code="not-for-kind", field=said[0], value=option.kind)
        return
    right = "when" if case.task == "binary" else "predict"
    for name in {"when", "predict"} & set(said):
        if name != right or option.kind not in ("rule", "lookup", "process"):
            yield Fault(code="not-for-kind", field=name, value=option.kind)
    fitted = option.of_kind.fitted and case.data is not None
    if not said and not fitted and not stopping_checks(case):
        yield Fault(
            code="source-none",
            value=option.kind,
            figures={"rates": ", ".join(case.of_task.rates), "right": right},
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
    for field in ("volume", "prevalence", "action_success", "discount", "horizon"):
        item = getattr(case, field)
        if item is not None:
            yield field, item
    for name, outcome in case.outcomes.items():
        yield f"outcomes.{name}", outcome.input
    for name, option in case.options.items():
        for rate, item in option.rates.items():
            yield f"options.{name}.rates.{rate}", item
        for field, value in option:
            if isinstance(value, Input):
                yield f"options.{name}.{field}", value


def _few(target: Any, data: Data, task: str) -> Iterator[Fault]:
    """Too few rows, or too few of one class, to hold anything against anything."""
    if len(target) < MIN_ROWS:
        yield Fault(code="data-few", field="data.file", value=len(target),
                    figures={"limit": MIN_ROWS})  # fmt: skip
    elif task == "binary" and min(target.sum(), (1 - target).sum()) < MIN_CLASS:
        least = int(min(target.sum(), (1 - target).sum()))
        yield Fault(code="data-few", field="data.target", value=least,
                    figures={"limit": MIN_CLASS})  # fmt: skip


def data_faults(
    folder: Path, data: Data | None, options: Mapping[str, Option], task: str
) -> list[Fault]:
    """Faults that only the data shows: files, columns, classes, rules, predictions."""
    if data is None:
        return []
    try:
        table = Table(folder, data.file)
    except InputError as error:
        return list(error.faults)
    with table:
        faults = column_faults(table, data)
        sound = not any(fault.code == "column-missing" for fault in faults)
        known = None
        if data.target in table.types:
            try:
                target = target_values(table, data, task)
                known = is_known(target)
            except InputError as error:
                faults += error.faults
        for name, option in options.items():
            field = f"options.{name}"
            if option.when:
                faults += try_faults(act_values, table, data, option.when, f"{field}.when")
            if option.predict:
                faults += try_faults(predicted_values, table, data, option.predict,
                                     f"{field}.predict")  # fmt: skip
            if option.predictions and sound:
                faults += try_faults(
                    read_predictions, folder, table, data, name, option, task, known
                )
    if not faults and known is not None:
        faults += _few(target[known], data, task)
    return faults


__all__ = ["TASK_KINDS", "data_faults", "named_inputs", "rule_faults", "stopping_checks"]
