"""Rules on one option: where its quality comes from, how it comes into use, what it reviews."""

from __future__ import annotations

from collections.abc import Iterator

from mlpdm_kit.case.ask import ASKED_TASKS
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.formula import formula_faults
from mlpdm_kit.case.model import Case, Option
from mlpdm_kit.case.option import MENDS, STEP_COST
from mlpdm_kit.case.words import slug
from mlpdm_kit.errors import Fault


def stopping_checks(case: Case) -> list[str]:
    """Ids of answered checks that stop the whole case."""
    return [
        name
        for name, answer in case.checks.items()
        if name in CHECKS
        and CHECKS[name].hard
        and CHECKS[name].scope == "case"
        and CHECKS[name].against(answer.answer)
    ]


def no_option(case: Case, field: str, name: str) -> Fault:
    """The case has no option of this name."""
    known = ", ".join(case.options) or "-"
    return Fault(code="option-missing", field=field, value=name, figures={"known": known})


def option_faults(case: Case, option: Option) -> Iterator[Fault]:
    """Faults of one option, their fields named from within it."""
    task = case.of_task
    yield from _sources(case, option)
    yield from _searching(case, option)
    if option.kind in ("none", "all", "constant") and option.kind not in task.references:
        yield Fault(code="kind-not-for-task", field="kind", value=option.kind,
                    figures={"task": case.task})  # fmt: skip
    if option.rates:
        for rate in set(option.rates) - set(task.rates):  # of an outcome without a price
            yield Fault(code="rate-unknown", field=f"rates.{rate}", value=rate,
                        figures={"known": ", ".join(task.rates)})  # fmt: skip
        for rate in task.rates:
            if rate not in option.rates and rate not in task.may_miss:
                yield Fault(
                    code="missing-input",
                    field=f"rates.{rate}",
                    figures={"example": case.units.example(task.rates[rate])},
                )
    yield from _chain(case, option)
    if option.kind == "review":
        yield from _review(case, option)
    elif option.of is not None:
        yield Fault(code="only-for-review", field="of", value=option.of)
    over = sum(item.low for item in option.rates.values())
    if task.rest and over > 1:
        yield Fault(code="rates-sum", field="rates", value=f"{100 * over:.3g}%")
    if option.tokens is not None and option.kind not in ("llm", "bought_ml"):
        yield Fault(code="not-for-kind", field="tokens", value=option.kind)
    if option.adoption is not None and option.kind == "none":
        yield Fault(code="not-for-kind", field="adoption", value="none")
    yield from _pace(option)


def _searching(case: Case, option: Option) -> Iterator[Fault]:
    """What a search looks through, and what a list of what is popular goes by."""
    if option.kind in ("popular", "tfidf", "bm25") and case.of_task.answers != "rank":
        yield Fault(code="kind-not-for-task", field="kind", value=option.kind,
                    figures={"task": case.task})  # fmt: skip
        return
    for name, meant in _FOR_KINDS.items():
        if getattr(option, name) and option.kind not in meant:
            yield Fault(code="not-for-kind", field=name, value=option.kind)
    data = case.data
    if data is None or option.predictions or option.rates:
        return
    if option.of_kind.searches:
        for name, example in _SEARCHED.items():
            if getattr(data, name) is None:
                yield Fault(code="searched-missing", field="kind", value=option.kind,
                            figures={"needed": f"data.{name}", "example": example})  # fmt: skip
    if option.half_life is not None:
        if data.time is None:
            yield Fault(code="searched-missing", field="half_life", value="half_life",
                        figures={"needed": "data.time", "example": "time: bought_on"})  # fmt: skip
        if not option.half_life.is_point or option.half_life.low <= 0:
            yield Fault(code="half-life-point", field="half_life",
                        value=f"{option.half_life.low:g}")  # fmt: skip


_SEARCH = ("tfidf", "bm25")
_FOR_KINDS = {  # fields that only some kinds have
    "text": _SEARCH,
    "synonyms": _SEARCH,
    "pinned": _SEARCH,
    "by": ("popular",),
    "half_life": ("popular",),
}
_SEARCHED = {
    "documents": "documents: {file: documents.csv, id: document, text: [title, body]}",
    "query": "query: question",
}


MOST_STEPS = 6  # the sets of places to look are all tried, and double with each step


def _chain(case: Case, option: Option) -> Iterator[Fault]:
    """A chain of steps, and after which of them a person looks."""
    if option.steps and not case.of_task.severity:
        yield Fault(code="steps-task", field="steps", value=case.task)
        return
    if len(option.steps) > MOST_STEPS:
        yield Fault(code="steps-many", field="steps", value=len(option.steps),
                    figures={"limit": MOST_STEPS})  # fmt: skip
    for name, step in option.steps.items():
        field = f"steps.{name}"
        if not slug(name) or "." in name:
            yield Fault(code="id", field=field, value=name)
        errors = [item for own, item in step.items() if own not in (MENDS, STEP_COST)]
        if not errors:
            example = f"{case.of_task.severity[1]}: 1%..4%"
            yield Fault(code="step-empty", field=field, value=name, figures={"example": example})
        elif sum(item.low for item in errors) > 1:
            over = sum(item.low for item in errors)
            yield Fault(code="rates-sum", field=field, value=f"{100 * over:.3g}%")
    if option.check is None:
        return
    after = option.check.after or ()
    today = bool(option.steps) and option.status_quo  # a person looks where they look
    if today and option.check.after is None:
        example = f"after: [{next(reversed(option.steps), '')}]"
        yield Fault(code="missing-key", field="check.after", figures={"example": example})
    if not option.steps and (not case.of_task.severity or option.kind in _NEVER_LOOKED_AT):
        yield Fault(code="check-alone", field="check", value="check")
        return
    for name in after:
        if name not in option.steps:
            figures = {"known": ", ".join(option.steps)}
            yield Fault(code="check-step", field="check.after", value=name, figures=figures)
    if len(set(after)) < len(after):
        yield Fault(code="check-twice", field="check.after", value=", ".join(after))


_NEVER_LOOKED_AT = ("none", "all", "constant", "review")


def _pace(option: Option) -> Iterator[Fault]:
    """How an option comes into use: what goes together, and what is one figure."""
    every = option.retrain_every
    if option.status_quo:
        for name in (
            "build", "overrun", "delay", "ramp", "adoption", "drift", "retrain", "retrain_every",
        ):  # fmt: skip
            if getattr(option, name) is not None:
                yield Fault(code="not-for-status-quo", field=name, value=name)
        if option.stages.offline or option.stages.pilot:
            yield Fault(code="not-for-status-quo", field="stages", value="stages")
    if every is not None and (not every.is_point or every.low < 0.25):
        yield Fault(code="retrain-point", field="retrain_every", value=f"{every.low:g}")
    if option.retrain is not None and option.drift is None and every is None:
        yield Fault(code="retrain-alone", field="retrain", value="retrain")
    if option.kind == "review":
        for name in ("online", "drift", "retrain", "retrain_every"):
            if getattr(option, name) is not None:
                yield Fault(code="not-for-kind", field=name, value="review")
    if option.drift is not None and option.drift.low < 0:
        yield Fault(code="drift-negative", field="drift", value=option.drift.low)


def _review(case: Case, option: Option) -> Iterator[Fault]:
    if case.task != "binary":
        yield Fault(code="kind-not-for-task", field="kind", value="review",
                    figures={"task": case.task})  # fmt: skip
    if option.of is None:
        yield Fault(code="missing-key", field="of", figures={"example": "of: model"})
    elif option.of not in case.options:
        yield no_option(case, "of", option.of)
    elif case.options[option.of].kind in ("review", "none"):
        yield Fault(code="review-of", field="of", value=option.of)
    if option.review is None:
        example = case.units.example("money/case")
        yield Fault(code="missing-input", field="review", figures={"example": example})


_TRIED = ("when", "predict")
SOURCES = ("when", "predict", "predictions", "ask", "rates", "steps")


def _sources(case: Case, option: Option) -> Iterator[Fault]:
    """How good an option is must come from exactly one place.

    Without data a condition or a formula can't be tried: beside ranges it only describes.
    """
    if case.task == "formula":
        yield from _formula(case, option)
        return
    if option.value is not None:
        yield Fault(code="not-for-task", field="value", value=case.task)
    source = "ask" if option.ask is not None else "predictions"
    unsaid = {"ask", "predictions"} - {source}
    written = [name for name in _TRIED if getattr(option, name)]
    if case.data is None and (option.rates or option.steps):
        unsaid |= set(_TRIED)
    said = [name for name in SOURCES if name not in unsaid and getattr(option, name)]
    if len(said) > 1:
        yield Fault(code="source-twice", field=said[1], value=" + ".join(said),
                    figures={"fields": said})  # fmt: skip
    for name in ("when", "predict", source):
        if name in said and case.data is None:
            yield Fault(code="source-needs-data", field=name, value=getattr(option, name))
    yield from _ask(case, option)
    if option.kind in ("none", "all", "constant", "review"):
        # without data nobody knows how far off a constant is, unless it is said
        stated = said == ["rates"] and option.kind in ("none", "constant") and case.data is None
        said = [*written, *(name for name in said if name not in written)]
        if said and not (stated and not written and option.kind not in case.of_task.known):
            yield Fault(code="not-for-kind", field=said[0], value=option.kind)
        return
    right = {"act": "when", "grade": "predictions", "rank": "predictions"}.get(
        case.of_task.answers, "predict"
    )
    for name in written:
        if name != right or option.kind not in ("rule", "lookup", "process"):
            yield Fault(code="not-for-kind", field=name, value=option.kind)
    fitted = option.kind in case.of_task.fitted and case.data is not None
    if not said and not fitted and not stopping_checks(case):
        yield Fault(
            code="source-none",
            value=option.kind,
            figures={"rates": ", ".join(case.of_task.rates), "right": right},
        )


def _ask(case: Case, option: Option) -> Iterator[Fault]:
    if option.ask is None:
        return
    if option.kind != "llm":
        yield Fault(code="not-for-kind", field="ask", value=option.kind)
    if case.task not in ASKED_TASKS:
        yield Fault(code="ask-task", field="ask", value=case.task,
                    figures={"known": list(ASKED_TASKS)})  # fmt: skip


def _formula(case: Case, option: Option) -> Iterator[Fault]:
    """The value of an option as a formula over the case's and its own inputs."""
    for name in (
        "when", "predict", "predictions", "ask", "rates", "online", "drift", "retrain",
    ):  # fmt: skip
        if getattr(option, name):
            yield Fault(code="not-for-task", field=name, value=case.task)
    if option.kind == "review":
        return
    if option.value is None:
        if option.kind != "none":
            yield Fault(code="missing-key", field="value", figures={"example": "value: a * b"})
        return
    for fault in formula_faults(option.value, {**case.inputs, **option.inputs}, "value"):
        yield Fault(code=fault.code, field="value", value=fault.value, figures=fault.figures)
