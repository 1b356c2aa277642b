"""Section 05: everything that was found, put together as the decision record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.areas import areas
from mlpdm_kit.record.chains import rounded_chain
from mlpdm_kit.record.gates import FROM_CASE, computed, merged
from mlpdm_kit.record.model import DecisionRecord, InformationValue, Provenance, Verdict
from mlpdm_kit.record.parts import CheckResult, Said, Status
from mlpdm_kit.record.rounding import least_error, rounded, rounded_partial, significant, to_error
from mlpdm_kit.record.sections import ComparisonSection, ErrorsSection, FramingSection, ValueSection
from mlpdm_kit.record.valued import BreakEven, Stress, StudySize, StudyValue
from mlpdm_kit.record.verdict import verdict

MOST_FLIPS = 4
PACKAGES = ("numpy", "scipy", "pandas", "scikit-learn", "skrub", "duckdb")


@cache
def kit_version() -> str:
    """Version of the kit that is installed."""
    try:
        return version("mlpdm_kit")
    except PackageNotFoundError:
        return "0"


def packages() -> dict[str, str]:
    """Versions of the packages on which figures stand."""
    return dict(_packages())


@cache
def _packages() -> tuple[tuple[str, str], ...]:
    return tuple((name, version(name)) for name in PACKAGES)


def assemble(
    case: Case,
    rungs: Sequence[Rung],
    framing: FramingSection,
    comparison: ComparisonSection,
    errors: ErrorsSection,
    value: ValueSection,
    *,
    day: Date,
    data_digest: str,
    seed: int,
    draws: int,
) -> DecisionRecord:
    """The decision record of a case, rounded to what its figures allow."""
    gates = merged(framing.checks, comparison.checks, value.checks)
    found = verdict(gates, framing.stopped_by, comparison, errors, value)
    gates = merged(gates, _about_record(case, rungs, found))
    value = _rounded_value(value)
    found = _rounded_verdict(found, value)
    record = DecisionRecord(
        id=case.name,
        title=case.title,
        note=case.note,
        status=case.status,
        date=day,
        decision_makers=(case.people.decider,) if case.people.decider else (),
        consulted=case.people.consulted,
        informed=case.people.informed,
        review_on=case.review_on,
        reopen_when=_reopen(case, found, gates, value, errors),
        supersedes=case.supersedes,
        confirmation=case.confirmation,
        currency=case.currency,
        unit=case.unit,
        target_unit=case.target_unit,
        task=case.task,
        simulated=case.simulated or bool(comparison.data and comparison.data.simulated),
        framing=case.framing.model_dump(mode="json"),
        verdict=found,
        options=value.options,
        gates=gates,
        areas=areas(gates, framing.written, framing.labels),
        baseline=comparison.model_copy(update={"checks": (), "cuts": (), "offsets": ()}),
        error_costs=errors,
        inputs=value.inputs,
        correlations=value.correlations,
        input_findings=value.findings,
        months=value.months,
        discount=value.discount,
        value_of_information=InformationValue(
            evpi=value.evpi,
            evppi=value.evppi,
            groups=value.groups,
            studies=value.studies,
            study=_study(found, value),
        ),
        chains=value.chains,
        stress=value.stress,
        break_even=value.break_even,
        provenance=Provenance(
            case_digest=case.digest,
            data_digest=data_digest,
            kit=kit_version(),
            packages=packages(),
            seed=seed,
            draws=draws,
            overrides=dict(case.overridden),
        ),
    )
    plain = rounded(record.model_dump(mode="json", by_alias=True))
    return DecisionRecord.model_validate(plain)


def _about_record(case: Case, rungs: Sequence[Rung], found: Verdict) -> list[CheckResult]:
    """Checks on the record itself; they concern the case, not single options."""

    def on_case(name: str, good: bool, code: str, **figures: Any) -> CheckResult:
        status: Status = "passed" if good else "open"
        return computed(
            name, rungs, status, code if good else "missing", figures, (), stands_on=FROM_CASE
        )

    return [
        on_case("gate-named", bool(found.reasons), "decided-by-reason"),
        on_case("confirmation", bool(case.confirmation), "confirmation-set"),
        on_case(
            "review",
            case.review_on is not None,
            "review-set",
            **({"day": case.review_on.isoformat()} if case.review_on else {}),
        ),
    ]


def _study(found: Verdict, value: ValueSection) -> dict[str, Any] | None:
    """What to find out first: open gates before anything that is priced."""
    checks: list[str] = []
    for reason in found.reasons:
        if reason.code in ("gates-open", "to-fix"):
            checks += reason.figures["checks"]
    if checks:
        return {"kind": "gates", "checks": checks, "option": found.option}
    best = next((one for one in value.studies if one.pays), None)
    if best is None:
        return None
    return {
        "kind": "study",
        "name": best.name,
        "of": list(best.of),
        "n": best.best.n,
        "evsi": best.best.evsi,
        "price": best.best.price,
        "delay": best.delay,
        "months": best.months,
        "enbs": best.best.enbs,
        "meanwhile": best.meanwhile,
    }


def _reopen(
    case: Case,
    found: Verdict,
    gates: Sequence[CheckResult],
    value: ValueSection,
    errors: ErrorsSection,
) -> tuple[Said, ...]:
    """What re-opens the decision: a gate, an input that moves, a day."""
    said = []
    if found.outcome == "stop":
        said += [Said(code="gate-passes", figures={"check": r.figures["check"]})
                 for r in found.reasons if r.code == "gate-failed"]  # fmt: skip
    for reason in found.reasons:
        if reason.code == "options-removed" and reason.figures["check"] != "beats-baseline":
            said.append(Said(code="gate-passes", figures={"check": reason.figures["check"]}))
        if reason.code in ("gates-open", "to-fix"):
            figures = {"checks": reason.figures["checks"]}
            said.append(Said(code="gates-answered", figures=figures))
    said += _beaten(gates, value, errors)
    said += _flips(found, value)
    if case.review_on is not None:
        said.append(Said(code="date", figures={"day": case.review_on.isoformat()}))
    return tuple(said)


def _beaten(gates: Sequence[CheckResult], value: ValueSection, errors: ErrorsSection) -> list[Said]:
    """The mark that ML which lost on the data would have to get below: one, the nearest."""
    costs = {one.id: one.per_case.mean for one in errors.options}
    lost = [
        result.finding.figures
        for result in gates
        if result.id == "beats-baseline" and result.status == "failed" and result.finding
    ]
    lost.sort(key=lambda figures: float(figures["low"]))
    return [
        _mark(figures["option"], costs[figures["against"]])
        for figures in lost[:1]
        if figures["against"] in costs
    ]


def _mark(option: str, cost: float) -> Said:
    """Below which cost, or where a case brings something, above which worth."""
    if cost < 0:
        return Said(code="baseline-beaten-worth", figures={"option": option, "worth": -cost})
    return Said(code="baseline-beaten", figures={"option": option, "cost": cost})


def _flips(found: Verdict, value: ValueSection) -> list[Said]:
    """Inputs that may well move so far that another option is best.

    Those that would turn no into yes, or yes into no, come first.
    """
    is_ml = {option.id: option.is_ml for option in value.options}
    said = []
    for row in nearest(value.break_even):
        for flip, code in ((row.above, "input-above"), (row.below, "input-below")):
            if flip is not None and _reachable(row, flip.value):
                figures = {
                    "input": row.input,
                    "value": {"value": flip.value, "unit": row.dimension},
                    "option": flip.option,
                }
                said.append(Said(code=code, figures=figures))
    chosen = is_ml.get(found.option or "", False)
    said.sort(key=lambda one: is_ml.get(one.figures["option"], False) == chosen)
    return said[:MOST_FLIPS]


def _distance(row: BreakEven) -> float:
    """How far the nearest flip lies from the mean, in widths of what is believed."""
    width = max(row.high - row.low, 1e-9 * max(abs(row.mean), 1.0))
    flips = [flip.value for flip in (row.below, row.above) if flip is not None]
    return min((abs(value - row.mean) / width for value in flips), default=float("inf"))


def nearest(rows: Sequence[BreakEven]) -> list[BreakEven]:
    """Break-evens that there are, the nearest to what is believed first.

    An input without a range has no width to be near by; it comes last.
    """
    found = [row for row in rows if row.below is not None or row.above is not None]
    return sorted(found, key=lambda row: (row.low == row.high, _distance(row)))


def _reachable(row: BreakEven, value: float) -> bool:
    """Within three times the range on either side: something that may happen."""
    width = row.high - row.low
    return row.low - 3 * width <= value <= row.high + 3 * width or row.low == row.high


def _rounded_value(value: ValueSection) -> ValueSection:
    options = []
    # regrets and what knowing more is worth are differences: one precision for them all
    least = least_error(
        (option.standard_error for option in value.options),
        (difference.standard_error for difference in value.differences),
    )
    for option in value.options:
        enb, error = option.expected_net_benefit, option.standard_error
        if enb is None or error is None:
            options.append(option)
            continue
        money = {
            name: to_error(getattr(option, name), error) for name in ("cvar5", "price", "unused")
        }
        money["expected_regret"] = to_error(option.expected_regret or 0.0, least)
        shares = {name: round(getattr(option, name), 3) + 0.0 for name in ("p_best", "p_loss")}
        options.append(
            option.model_copy(
                update={
                    **money,
                    **shares,
                    "expected_net_benefit": _to_error(enb, error),
                    "standard_error": significant(error, 1),
                }
            )
        )
    flips = [_rounded_flips(row) for row in value.break_even]
    return value.model_copy(
        update={
            "options": tuple(options),
            "differences": tuple(
                row.model_copy(update={"amount": _to_error(row.amount, row.standard_error)})
                for row in value.differences
            ),
            "evpi": None if value.evpi is None else to_error(value.evpi, least),
            "evppi": tuple(rounded_partial(row, least) for row in value.evppi),
            "groups": tuple(rounded_partial(row, least) for row in value.groups),
            "studies": tuple(_rounded_study(one, least) for one in value.studies),
            "chains": tuple(rounded_chain(one) for one in value.chains),
            "stress": tuple(_rounded_stress(one, least) for one in value.stress),
            "break_even": tuple(flips),
        }
    )


def _rounded_study(study: StudyValue, error: float) -> StudyValue:
    sizes = tuple(_rounded_size(one, error) for one in study.sizes)
    return study.model_copy(
        update={
            "sizes": sizes,
            "best": next(one for one in sizes if one.n == study.best.n),
            "delay": to_error(study.delay, error),
        }
    )


def _rounded_size(size: StudySize, error: float) -> StudySize:
    money = {name: to_error(getattr(size, name), error) for name in ("evsi", "enbs")}
    return size.model_copy(update=money)


def _rounded_stress(stress: Stress, error: float) -> Stress:
    at = None if stress.at is None else significant(stress.at, 2)
    return stress.model_copy(update={"gain": to_error(stress.gain, error), "at": at})


def _to_error(amount: Any, error: float) -> Any:
    return amount.model_copy(
        update={name: to_error(getattr(amount, name), error) for name in ("mean", "p5", "p95")}
    )


def _rounded_flips(row: BreakEven) -> BreakEven:
    return row.model_copy(
        update={
            name: flip.model_copy(update={"value": significant(flip.value, 3)})
            for name in ("below", "above")
            if (flip := getattr(row, name)) is not None
        }
    )


def _rounded_reason(reason: Said, error: float, value: ValueSection) -> Said:
    """A reason's amounts; those of a study are the ones that stand beside the study."""
    figures = dict(reason.figures)
    if reason.code == "study-pays":
        study = next(one for one in value.studies if one.name == figures["study"])
        figures |= {
            "amount": study.best.enbs,
            "worth": study.best.evsi,
            "price": study.best.price,
            "delay": study.delay,
        }
    else:
        for name in ("amount", "low", "high", "gain", "price", "lost"):
            if isinstance(figures.get(name), float):
                figures[name] = to_error(figures[name], error)
    return reason.model_copy(update={"figures": figures})


def _rounded_verdict(found: Verdict, value: ValueSection) -> Verdict:
    """The verdict's amounts at the precision of the difference they are."""
    if found.gain is None:
        return found
    pair = {found.option, found.against}
    error = next(
        (d.standard_error for d in value.differences if {d.option, d.against} == pair), 0.0
    )
    reasons = tuple(_rounded_reason(reason, error, value) for reason in found.reasons)
    return found.model_copy(update={"gain": _to_error(found.gain, error), "reasons": reasons})
