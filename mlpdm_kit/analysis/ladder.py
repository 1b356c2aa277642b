"""The ladder of options of a case: what it states, and what is always shown beside it."""

from __future__ import annotations

from dataclasses import dataclass

from mlpdm_kit.case.kinds import ONE_MEASUREMENT_ID, REFERENCE_IDS
from mlpdm_kit.case.model import Case, Option

SIMPLE_MODEL_ID = "simple-model"


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One option as the analysis sees it.

    ``is_ml`` of a reviewed option is that of what is reviewed. An option that is not
    ``priced`` was added by the kit to be measured, and has no costs to be compared by.
    ``retrain_every`` are the months between two trainings that the kit has found best,
    ``look_after`` the steps of its chain after which a person looks, as stated or found best.
    ``labels`` are bought for it on top of its build, and ``later_labels`` a month after it.
    """

    id: str
    option: Option
    is_ml: bool = False
    priced: bool = True
    status_quo: bool = False
    retrain_every: float | None = None
    labels: int = 0
    later_labels: float = 0.0
    look_after: tuple[str, ...] = ()

    @property
    def looks(self) -> int:
        """How often a person looks at a case: after steps of a chain, or once at its answer."""
        alone = self.option.check is not None and not self.option.steps
        return 1 if alone else len(self.look_after)

    @property
    def kind(self) -> str:
        """Name of its option kind."""
        return self.option.kind


def ladder(case: Case) -> tuple[Rung, ...]:
    """Options from doing nothing upwards: references, without ML, with ML, as stated.

    Added where the case does not state them: the references of its task; where there is
    data, a rule on one measurement (taken as free to build) and a simple model (measured,
    but not priced).
    """
    options = dict(case.options)
    kinds = {option.kind for option in options.values()}
    task = case.of_task
    for kind in task.references:
        if kind not in kinds and (case.data is not None or kind in task.known):
            options.setdefault(REFERENCE_IDS[kind], Option(kind=kind))
    added = set()
    if case.data is not None:
        if "one_measurement" in task.fitted and "one_measurement" not in kinds:
            options.setdefault(ONE_MEASUREMENT_ID, Option(kind="one_measurement"))
        if "model" in task.fitted and "model" not in kinds:
            options.setdefault(SIMPLE_MODEL_ID, Option(kind="model"))
            added.add(SIMPLE_MODEL_ID)
    stated = [name for name, option in options.items() if option.status_quo]
    first = next((name for name, option in options.items() if option.kind == "none"), None)
    status_quo = stated[0] if stated else first
    plan = case.collection.annotation
    labelled = labelled_options(case)
    rungs = [
        Rung(
            id=name,
            option=option,
            is_ml=_is_ml(options, option),
            priced=name not in added,
            status_quo=name == status_quo,
            labels=plan.labels if plan is not None and name in labelled else 0,
            later_labels=_later_labels(case) if name in labelled else 0.0,
            look_after=_stated_looks(option),
        )
        for name, option in options.items()
    ]
    return tuple(sorted(rungs, key=lambda rung: _height(case, rung)))


def labelled_options(case: Case) -> tuple[str, ...]:
    """Options for which labels are bought on top of what their build is said to cost.

    A reviewed option has those of what it reviews, and none of its own beside them.
    """
    plan = case.collection.annotation
    if plan is None or plan.counted != "apart" or plan.price is None:
        return ()
    found = plan.needed_by(case.options)
    return tuple(name for name in found if case.options[name].of not in found)


def _later_labels(case: Case) -> float:
    """Labels a month that pay for the rounds after the first, within the horizon."""
    plan, horizon = case.collection.annotation, case.horizon
    if plan is None or horizon is None:
        return 0.0
    return plan.labels * (plan.rounds(horizon.low) - 1) / horizon.low


def _stated_looks(option: Option) -> tuple[str, ...]:
    """Steps after which the case says that a person looks, in the order of the chain."""
    after = () if option.check is None else option.check.after or ()
    return tuple(step for step in option.steps if step in after)


def _is_ml(options: dict[str, Option], option: Option) -> bool:
    if option.kind == "review" and option.of in options:
        return options[option.of].of_kind.is_ml
    return option.of_kind.is_ml


def _height(case: Case, rung: Rung) -> tuple[bool, bool, int]:
    references = case.of_task.references
    step = references.index(rung.kind) if rung.kind in references else len(references)
    return rung.is_ml, rung.kind == "review", step
