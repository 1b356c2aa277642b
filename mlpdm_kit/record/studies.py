"""What the case could find out first: each study by its size, against its price and delay.

While a study runs, the best option without ML can be at work; when it is done, the others
begin so much later, and that option may simply go on. The expected net benefit of sampling
is what this plan is worth with the study's outcome known, less its price, and less what
deciding now is worth.
"""

from __future__ import annotations

import pandas as pd

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.uncertainty.stated import distribution
from mlpdm_kit.analysis.voi.information import evpi
from mlpdm_kit.analysis.voi.observing import Sample
from mlpdm_kit.analysis.voi.partial import MIN_DRAWS
from mlpdm_kit.analysis.voi.study import evsi
from mlpdm_kit.analysis.worth.value import Columns
from mlpdm_kit.case.correlations import drawn_name
from mlpdm_kit.case.model import Study
from mlpdm_kit.record.chains import wrong_before
from mlpdm_kit.record.stand import Stand
from mlpdm_kit.record.valued import StudySize, StudyValue

SIZES = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
SPREAD = 1.0  # of single observations about an amount, as a share of it, where not said
CLEAR = 3.0  # standard errors that a gain must have to count


def studies(stand: Stand) -> tuple[StudyValue, ...]:
    """Every study of the case, the one that brings most first."""
    if len(stand.among) < 2 or len(stand.benefit) < MIN_DRAWS:
        return ()
    found = [_study(stand, name, study) for name, study in stand.case.studies.items()]
    kept = [one for one in found if one is not None]
    return tuple(sorted(kept, key=lambda one: (-one.best.enbs, one.name)))


def _study(stand: Stand, name: str, study: Study) -> StudyValue | None:
    samples = _samples(stand, study)
    if not samples:
        return None
    price = 0.0 if study.price is None else distribution(study.price).mean
    each = 0.0 if study.price_per_case is None else distribution(study.price_per_case).mean
    months = 0.0 if study.time is None else distribution(study.time).mean
    plan, meanwhile = _plan(stand, months)
    now = float(stand.benefit.mean(axis=0).max())
    then = float(plan.mean(axis=0).max())
    sizes = _sizes(stand, study, price)
    if evpi(plan) + then <= now + price:
        worth = dict.fromkeys(sizes[:1], 0.0)  # not even the whole truth would pay
        error = 0.0
    else:
        moving = {n: v for n, v in stand.theta.items() if len(v) > 1}
        table = evsi(plan, pd.DataFrame(moving), samples, sizes, seed=stand.seed)
        worth = {int(n): float(v) for n, v in table["value"].items()}
        error = float(table["standard_error"].max())
    rows = [
        StudySize(
            n=n, evsi=value, price=price + each * n, enbs=value + then - now - price - each * n
        )
        for n, value in worth.items()
    ]  # fmt: skip
    best = max(rows, key=lambda row: row.enbs)
    return StudyValue(
        name=name,
        of=tuple(samples),
        sizes=tuple(rows),
        best=best,
        delay=now - then,
        months=months,
        meanwhile=meanwhile,
        pays=best.enbs > CLEAR * error and best.enbs > 1e-9 * abs(now),
        note=study.note,
    )


def _sizes(stand: Stand, study: Study, price: float) -> list[int]:
    """Sizes worth trying: one where it is found out at once, else up to what there is."""
    if study.price_per_case is None:
        return [1]
    volume = float(stand.theta["volume"].mean())
    assert stand.case.horizon is not None
    most = study.most or max(int(volume * stand.case.horizon.low), SIZES[0])
    kept = [n for n in SIZES if n < most]
    return [*kept, most] if len(kept) < len(SIZES) else kept


def _samples(stand: Stand, study: Study) -> dict[str, Sample]:
    """What the study observes of each input that still moves."""
    found = {}
    for written in study.of:
        name = drawn_name(written)
        draws = stand.theta.get(name)
        if draws is None or len(draws) < 2:
            continue
        if study.price_per_case is None:
            found[name] = Sample(kind="exact")
        elif stand.inputs.dimension(name) == "share":
            found[name] = Sample(kind="rate", share=_bears_on(stand, name))
        else:
            spread = SPREAD if study.spread is None else study.spread
            sd = max(spread * abs(float(draws.mean())), 1e-12)
            found[name] = Sample(kind="mean", sd=sd)
    return found


def _bears_on(stand: Stand, name: str) -> float:
    """Share of the cases looked at that say something about a rate."""
    last = name.rpartition(".")[2]
    if name.endswith((".check.finds", ".mends")):  # only a wrong case shows whether it is found
        return max(wrong_before(stand, name), 1e-6)
    if stand.case.task != "binary" or last not in ("recall", "false_positive_rate"):
        return 1.0
    base = float(stand.theta["prevalence"].mean())
    return base if last == "recall" else 1 - base


def _plan(stand: Stand, months: float) -> tuple[Array, str]:
    """Net benefit by what is chosen when the study is done, and what to do meanwhile."""
    status_quo = next(rung.id for rung in stand.rungs if rung.status_quo)
    if months <= 0:
        return stand.benefit, status_quo
    assert stand.case.horizon is not None
    ids = [rung.id for rung in stand.among]
    later = Columns(stand.case, stand.rungs, stand.theta, stand.among, later=months).matrix
    short = Columns(
        stand.case, stand.rungs, stand.theta, stand.among,
        months=min(months, stand.case.horizon.low),
    ).matrix  # fmt: skip
    best: tuple[float, Array, str] | None = None
    for index, rung in enumerate(stand.among):
        if rung.is_ml or (rung.id not in stand.feasible and not rung.status_quo):
            continue
        plan = later + short[:, [index]]
        plan[:, index] = stand.benefit[:, index]  # it simply goes on
        if rung.status_quo:
            plan = later
        worth = float(plan.mean(axis=0).max())
        if best is None or worth > best[0]:
            best = (worth, plan, ids[index])
    if best is None:
        return later, status_quo
    return best[1], best[2]
