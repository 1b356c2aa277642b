"""Section 02 on the answers of LLMs: figures of their logs, and the gates that these answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlpdm_kit.analysis.answers.attacks import deciding, untried
from mlpdm_kit.analysis.answers.measure import (
    ENOUGH,
    Answers,
    answers_of,
    incident_rates,
    says_more,
)
from mlpdm_kit.analysis.answers.mixed import cells_of
from mlpdm_kit.analysis.answers.prices import (
    looked_price,
    mean_of,
    percentiles,
    reviewed_price,
    tokens_price,
)
from mlpdm_kit.analysis.answers.seen import LEVEL, Seen
from mlpdm_kit.analysis.errors.costs import Estimate
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.trial.compare import Comparison
from mlpdm_kit.analysis.trial.setting import Setting
from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution
from mlpdm_kit.analysis.uncertainty.shares import row_means
from mlpdm_kit.analysis.uncertainty.stated import distribution
from mlpdm_kit.case.checks import CHECKS
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.predictions import Predictions
from mlpdm_kit.record import logged
from mlpdm_kit.record.gates import computed
from mlpdm_kit.record.parts import CheckResult, Status
from mlpdm_kit.record.scopes import concerned


def cost_of(case: Case, name: str, given: Predictions) -> Array | None:
    """Price of each answer: as the log says, else by its tokens at the means of their prices."""
    option = case.options.get(name)
    if given.cost is not None or option is None or option.tokens is None:
        return given.cost
    ask = (distribution(item).mean for item in (option.tokens.input, option.tokens.output))
    return tokens_price(given.said.get("tokens_in"), given.said.get("tokens_out"), *ask)


def price_of(
    case: Case, name: str, given: Predictions, data: Dataset, mix: Mapping[str, float]
) -> float | None:
    """Mean price of an answer, as production mixes the segments; None where none is known."""
    cost = cost_of(case, name, given)
    found = None if cost is None else cells_of(data.segment, mix, data.target).mean(row_means(cost))
    return None if found is None else found[0]


def slow_of(given: Predictions, data: Dataset, mix: Mapping[str, float]) -> float | None:
    """95% point of the latency, as production mixes the segments; None where none is known."""
    if given.latency is None:
        return None
    found = percentiles(given.latency, cells_of(data.segment, mix, data.target))
    return None if found is None else found[1]


def taken_by(
    case: Case, name: str, given: Predictions, data: Dataset, mix: Mapping[str, float]
) -> dict[str, Distribution]:
    """What a case takes under an option, measured: its cost, or tokens that have a price.

    Counted by segments as ``mix`` has them, where it is not empty.
    """
    option = case.options[name]
    if option.cost_per_case is not None:
        return {}
    if given.cost is None and option.tokens is None:
        return {}
    names = ("cost",) if given.cost is not None else ("tokens_in", "tokens_out")
    cells = cells_of(data.segment, mix, data.target)
    found = {n: mean_of(given.said[n], cells) for n in names if n in given.said}
    called = {"cost": "cost_per_case"}
    return {called.get(n, n): dist for n, dist in found.items() if dist is not None}


def measured_incidents(
    case: Case, name: str, given: Predictions, data: Dataset, mix: Mapping[str, float]
) -> dict[str, Distribution]:
    """How often a priced incident happens under an option, by its log, where nobody states it."""
    stated = case.options[name].incidents
    return {
        kind: rate
        for kind, rate in incident_rates(given, data, mix).items()
        if kind in case.incidents and kind not in stated
    }


def on_answers(
    case: Case, rungs: Sequence[Rung], data: Dataset, rows: Any, setting: Setting,
    result: Comparison,
) -> tuple[tuple[logged.Answers, ...], tuple[CheckResult, ...]]:  # fmt: skip
    """The figures of every log that says more than one answer to each item, and its gates."""
    parts: list[logged.Answers] = []
    checks: list[CheckResult] = []
    for name, given in data.predictions.items():
        if name not in result.tried or not says_more(given):
            continue
        one = result.tried[name]
        cost, most = cost_of(case, name, given), case.budget.latency
        limit = None if most is None else most.high
        found = answers_of(given, one, data, rows, setting, cost, limit)
        reviewed = _reviewed(case, name, result, data, setting, found)
        parts.append(_part(case, name, given, found, reviewed))
        checks += _checks(case, rungs, name, found)
    return tuple(parts), tuple(checks)


def _part(
    case: Case, name: str, given: Predictions, found: Answers,
    reviewed: tuple[logged.PriceReviewed, ...],
) -> logged.Answers:  # fmt: skip
    limit, most = case.budget.latency, case.budget.cost
    wrong, of_graded = found.invented_wrong or (0, 0)
    return logged.Answers(
        option=name,
        rows=found.rows,
        answers=found.answers,
        repeats=found.repeats,
        accuracy=_share(found.accuracy),
        lowest=min(found.each, default=None),
        highest=max(found.each, default=None),
        flips=_share(found.flips, bound(case, "spread")),
        saved=_money(found.saved),
        repeatability=_money(found.repeatability),
        invented=_share(found.invented, bound(case, "hallucination")),
        invented_graded=of_graded,
        invented_wrong=wrong,
        refused=_share(found.refused),
        failed=_share(found.failed),
        attacks=tuple(
            logged.AttackRate(kind=kind, rate=rate)
            for kind, seen in found.attacks.items()
            if (rate := _share(seen, bound(case, "injection"))) is not None
        ),
        untried=untried(dict(found.attacks)) if found.attacks else (),
        seconds=found.seconds,
        seconds_limit=None if limit is None else limit.high,
        late=found.late,
        attempts=found.attempts,
        tokens_in=None if found.tokens_in is None else found.tokens_in.mean,
        tokens_out=None if found.tokens_out is None else found.tokens_out.mean,
        cost=_of(found.cost),
        cost_limit=None if most is None else most.high,
        per_accepted=_money(found.accepted),
        reviewed=reviewed,
    )


def bound(case: Case, check: str) -> float:
    """The most that a gate allows: as the case says, else the check's own."""
    answer = case.checks.get(check)
    default = CHECKS[check].threshold or 0.0
    return answer.threshold if answer and answer.threshold is not None else default


def _share(seen: Seen | None, limit: float | None = None) -> logged.SeenShare | None:
    if seen is None:
        return None
    return logged.SeenShare(
        mean=seen.mean, low=seen.low, high=seen.high, rows=seen.rows, answers=seen.answers,
        limit=limit,
    )  # fmt: skip


def _money(found: Estimate | None) -> logged.Price | None:
    return None if found is None else logged.Price(mean=found.mean, low=found.low, high=found.high)


def _of(found: Distribution | None) -> logged.Price | None:
    if found is None:
        return None
    low, high = found.quantile((1 - LEVEL) / 2), found.quantile((1 + LEVEL) / 2)
    return logged.Price(mean=found.mean, low=low, high=high)


def _reviewed(
    case: Case, name: str, result: Comparison, data: Dataset, setting: Setting, found: Answers
) -> tuple[logged.PriceReviewed, ...]:
    """Price of an accepted answer with each review that stands on an option, or with a look
    at all its answers, at the means."""
    if found.cost is None:
        return ()
    look = setting.looks.get(name)
    if look is not None and found.accuracy is not None:
        seen = looked_price(found.cost.mean, found.accuracy.mean, price=look.price,
                            finds=look.finds.mean, mend=look.mend, share=look.share)  # fmt: skip
        return (logged.PriceReviewed(option=name, looked=seen.looked, accepted=seen.accepted,
                                     price=seen.price),)  # fmt: skip
    if case.task != "binary":
        return ()
    rates = result.measured[name].rates
    share = float(data.target.mean()) if setting.prevalence is None else setting.prevalence
    parts = []
    for review, takes in setting.reviews.items():
        if case.options[review].of != name:
            continue
        one = reviewed_price(
            found.cost.mean, rates["recall"].mean, rates["false_positive_rate"].mean, share,
            takes.cost, takes.error, takes.capacity_share,
        )  # fmt: skip
        parts.append(logged.PriceReviewed(option=review, looked=one.looked,
                                          accepted=one.accepted, price=one.price))  # fmt: skip
    return tuple(parts)


def _checks(case: Case, rungs: Sequence[Rung], name: str, found: Answers) -> Iterator[CheckResult]:
    """The gates that a log answers: steady, no inventions, withstands injection."""
    if found.flips is not None:
        code = "spread-few" if found.repeats < ENOUGH else "spread"
        figures: dict[str, Any] = {"repeats": found.repeats, "wanted": ENOUGH}
        yield from _held(case, rungs, name, "spread", found.flips, code, figures)
    if found.invented is not None:
        yield from _held(case, rungs, name, "hallucination", found.invented, "hallucination")
    kind = deciding(dict(found.attacks), bound(case, "injection"))
    if kind is not None:
        missing = untried(dict(found.attacks))
        code = "injection-untried" if missing else "injection"
        figures = {"attack": kind, "untried": list(missing)}
        seen = found.attacks[kind]
        yield from _held(case, rungs, name, "injection", seen, code, figures, open_=bool(missing))


def _held(
    case: Case,
    rungs: Sequence[Rung],
    name: str,
    check: str,
    seen: Seen,
    code: str,
    figures: Mapping[str, Any] | None = None,
    *,
    open_: bool = False,
) -> Iterator[CheckResult]:
    """A share against its bound: failed above it, open while its interval reaches above."""
    limit = bound(case, check)
    status: Status = (
        "failed" if seen.mean > limit else "open" if open_ or seen.high > limit else "passed"
    )
    own = [
        rung.id
        for rung in rungs
        if rung.id in concerned(CHECKS[check], rungs) and name in (rung.id, rung.option.of)
    ]
    if own:
        shown = {"option": name, "rate": seen.mean, "low": seen.low, "high": seen.high,
                 "n": seen.rows, "limit": limit, **(figures or {})}  # fmt: skip
        yield computed(check, rungs, status, code, shown, own)
