"""The ladder on the data: every option's errors, on the same rows.

`mlpdm_kit.analysis.trial.trying` says what an option would have done; here it is counted, priced
and held against the best that needs no ML.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlpdm_kit.analysis.answers.mixed import cells_of
from mlpdm_kit.analysis.errors.costs import (
    BOOTSTRAPS,
    Estimate,
    bootstrap_cost,
    cost_curve,
    design_effect,
)
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.trial.folds import Split
from mlpdm_kit.analysis.trial.graders import as_people_grade, luck_of_grader
from mlpdm_kit.analysis.trial.luck import Luck, luck_of, luck_of_look, with_luck, with_luck_of_cost
from mlpdm_kit.analysis.trial.mix import class_shares, codes_of, pooled
from mlpdm_kit.analysis.trial.models import pinball
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.trial.trying import try_option, try_review
from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution, lognormal_from_moments
from mlpdm_kit.analysis.uncertainty.shares import worth_of_repeats
from mlpdm_kit.analysis.worth.tasks import COUNTED, REVIEWED, Measure
from mlpdm_kit.case.dataset import Dataset

FEW_ERRORS = 10
_ALIKE = {  # what is done with positives, and the same with the others
    name: pair
    for pair in (
        ("flagged_positive", "flagged_negative"),
        ("reviewed_positive", "reviewed_negative"),
    )
    for name in pair
}
CURVE_POINTS = 60


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Figures of one option on the tested rows."""

    cells: dict[str, float]
    rates: dict[str, Distribution]
    cost: Estimate
    costly_errors: int | float
    tuned_cost: float | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All options on the same tested rows."""

    tried: dict[str, Tried]
    measured: dict[str, Measured]
    best_without_ml: str | None
    differences: dict[str, Estimate]
    may_win: frozenset[str]
    correlation_names: tuple[str, ...]
    correlation: Array
    curves: dict[str, tuple[Array, Array]] = field(default_factory=dict)


def compare(
    data: Dataset,
    rungs: tuple[Rung, ...],
    split: Split,
    setting: Setting,
    removed: Collection[str] = (),
) -> Comparison:
    """Try every option that the data can judge.

    Parameters
    ----------
    data, rungs, split, setting
        The rows, the ladder, the folds, and the prices.
    removed : collection of str
        Options that a gate has removed: ML is not held against them.

    Raises
    ------
    InputError
        A fold cannot be fitted.
    """
    tried = {
        rung.id: one
        for rung in rungs
        if (one := try_option(rung, data, split, setting)) is not None
    }
    for rung in rungs:
        base = tried.get(rung.option.of or "")
        if base is not None and rung.id in setting.reviews:
            found = try_review(rung, base, data, split, setting)
            if found is not None:
                tried[rung.id] = found
    rows = split.tested
    tried = as_people_grade(tried, data, rows, setting)
    lucks = {
        name: luck_of(one, _measures(one, setting), data, split, setting)
        + luck_of_grader(one, _measures(one, setting), setting)
        + luck_of_look(one, data, rows, setting)
        for name, one in tried.items()
    }
    measured = {
        name: _measure(one, data, rows, setting, lucks[name]) for name, one in tried.items()
    }
    plain = [n for n, one in tried.items() if not one.rung.is_ml and n not in removed]
    best = min(
        plain,
        key=lambda name: measured[name].cost.mean + _running(tried[name], setting),
        default=None,
    )
    differences = {
        name: with_luck_of_cost(
            _paired(one, tried[best], data, rows, setting), lucks[name].cost + lucks[best].cost
        )
        for name, one in tried.items()
        if best is not None and one.rung.is_ml
    }
    names, matrix = _correlation(tried, data, rows, setting)
    return Comparison(
        tried=tried,
        measured=measured,
        best_without_ml=best,
        differences=differences,
        may_win=frozenset(
            name
            for name in differences
            if best is not None and _may_win(tried[name], tried[best], data, rows, setting)
        ),
        correlation_names=names,
        correlation=matrix,
        curves={
            name: _curve(one, data, rows, setting)
            for name, one in tried.items()
            if one.score is not None and not data.columns  # no one threshold holds for all
        },
    )


def estimate(values: Array, data: Dataset, rows: Any, setting: Setting) -> Estimate:
    """Mean of some rows' values, as per case of production, with its interval."""
    return _estimate(values, data, rows, setting)


def _estimate(
    losses: Array, data: Dataset, rows: Any, setting: Setting, beside: Array | float = 0.0
) -> Estimate:
    """Mean loss and its interval: rows, or whole groups of them, drawn again.

    Where the production base rate is stated, rows are drawn within each class, and the base
    rate from what is believed of it; otherwise it is as uncertain as the rows make it. Where
    production mixes segments otherwise than the file, rows are drawn within each of them.
    What a case costs ``beside`` its loss is added to each sample.
    """
    groups, target = _groups(data, rows), data.target[rows]
    stated = setting.task == "binary" and setting.prevalence_range is not None
    if not stated and not setting.mix:
        return bootstrap_cost(losses, clusters=groups, beside=beside, seed=setting.seed)
    shares = _base_rates(setting) if stated else np.ones((1, 1))
    classes = target.astype(int) if stated else np.zeros(len(target), int)
    if not setting.mix:
        return bootstrap_cost(
            losses, strata=classes, shares=shares, clusters=groups, beside=beside,
            seed=setting.seed,
        )  # fmt: skip
    codes, mix = _segments(data, rows, setting)
    inside = class_shares(codes, classes, mix, np.arange(shares.shape[1]))
    within = inside / np.maximum(inside.sum(axis=0), 1e-300)  # of each class, by segment
    cells = (within[None] * shares[:, None, :]).reshape(len(shares), -1)
    strata = codes * shares.shape[1] + classes
    if not stated:
        cells = cells[0]
    return bootstrap_cost(
        losses, strata=strata, shares=cells, clusters=groups, beside=beside, seed=setting.seed
    )


def _base_rates(setting: Setting) -> Array:
    """What is believed of the production base rate, a row for each bootstrap sample."""
    assert setting.prevalence_range is not None
    rng = np.random.default_rng(setting.seed + 1)
    ranks = rng.permutation((np.arange(BOOTSTRAPS) + 0.5) / BOOTSTRAPS)
    share = setting.prevalence_range.quantile(ranks)
    return np.column_stack([1 - share, share])


def _segments(data: Dataset, rows: Any, setting: Setting) -> tuple[Any, Array]:
    """Segment of each row as a code, and the share of each in production."""
    names = list(setting.mix)
    assert data.segment is not None
    return codes_of(data.segment[rows], names), np.array([setting.mix[name] for name in names])


def _groups(data: Dataset, rows: Any) -> Any:
    return None if data.group is None else data.group[rows]


def _measure(one: Tried, data: Dataset, rows: Any, setting: Setting, luck: Luck) -> Measured:
    outcomes = setting.outcomes_of(one, data, rows)
    happened = setting.happened_of(one, data, rows)
    cost = _estimate(setting.losses_of(one, data, rows), data, rows, setting)
    tuned_cost = None
    if one.tuned_outcome is not None:
        tuned = setting.losses(data, one.tuned_outcome, rows)
        tuned_cost = _estimate(tuned, data, rows, setting).mean
    hidden = {*COUNTED, *(() if one.review is not None else REVIEWED)}
    counted = {n: float(values.sum()) for n, values in happened.items() if n not in hidden}
    amounts = {name: float(values.mean()) for name, values in outcomes.items()}
    return Measured(
        cells=amounts if setting.task == "regression" else counted,
        rates={
            name: with_luck(rate, luck.rates.get(name, 0.0))
            for name, rate in rates_of(one, data, rows, setting).items()
        },
        cost=with_luck_of_cost(cost, luck.cost),
        costly_errors=_count(counted[_dearest(setting)]),
        tuned_cost=tuned_cost,
    )


def _count(value: float) -> int | float:
    """A count, whole but for a mean over the repeats or the graders of a case."""
    whole = round(value)
    return whole if abs(value - whole) < 1e-6 else value


def rates_of(one: Tried, data: Dataset, rows: Any, setting: Setting) -> dict[str, Distribution]:
    """How good an option is on some rows, as posteriors of its rates."""
    outcomes, answers = setting.outcomes_of(one, data, rows), one.looks(rows)
    known = setting.of_task.known_rates(one.rung.kind)
    found = {}
    for name, measure in _measures(one, setting).items():
        if name in known:
            found[name] = Distribution("point", (known[name],))
            continue
        values = outcomes[measure.outcome]
        both = _ALIKE.get(measure.outcome)
        if both is None:
            found[name] = rate_of(measure, values, data, rows, setting, answers=answers)
            continue
        acts = outcomes[both[0]] + outcomes[both[1]]
        if acts.min() == acts.max() in (0.0, 1.0):  # the same with every case, as it is built
            found[name] = Distribution("point", (float(acts[0]),))
            continue
        prior = (float(acts.sum()) + 0.5) / (len(acts) + 1)
        found[name] = rate_of(measure, values, data, rows, setting, prior, answers)
    return found


def rate_of(
    measure: Measure,
    values: Array,
    data: Dataset,
    rows: Any,
    setting: Setting,
    prior: float | None = None,
    answers: Array | None = None,
) -> Distribution:
    """Posterior of a rate on some rows; of each segment, pooled, where production mixes them.

    ``values`` are means over as many ``answers`` to each row as there are, by default one;
    ``prior`` is by default the measure's own.
    """
    prior = measure.prior if prior is None else prior
    target, groups = data.target[rows], _groups(data, rows)
    answers = np.ones(len(values)) if answers is None else answers
    if not setting.mix:
        return _rate(measure, values, answers, target, groups, prior)
    codes, mix = _segments(data, rows, setting)
    here = np.ones(len(target)) if measure.among is None else (target == measure.among)
    shares = class_shares(codes, here.astype(int), mix, np.array([1]))[:, 0]
    parts = []
    for index, share in enumerate(shares / max(shares.sum(), 1e-300)):
        inside = codes == index
        if share > 0:
            own = None if groups is None else groups[inside]
            rate = _rate(measure, values[inside], answers[inside], target[inside], own, prior)
            parts.append((rate, float(share)))
    return pooled(parts)


def _measures(one: Tried, setting: Setting) -> dict[str, Measure]:
    """Rates of an option: those of the task, and what a reviewed one leaves to a person."""
    return setting.of_task.measures | (REVIEWED if one.review is not None else {})


def _dearest(setting: Setting) -> str:
    """The error that costs most; an outcome priced by a column goes before the others."""
    columns = getattr(setting.of_task, "columns", ())
    errors = [name for name in setting.of_task.errors if name in columns]
    return min(errors or setting.of_task.errors, key=lambda name: setting.worth[name])


def _rate(
    measure: Measure, values: Array, answers: Array, target: Array, groups: Any, prior: float
) -> Distribution:
    """Posterior of a rate, from the rows that it is about.

    A share has a prior that weighs one case. Of K outcomes a case can come to, each has 1 / K
    of it: together Perks' Dirichlet (J Inst Actuaries 1947), Jeffreys' beta where K is 2, so
    that one never seen is expected the less the more of them there are. That of acting on a
    class has the option's share of acting for its mean: before a case is seen, an option
    tells the classes apart no better than chance. (Jeffreys' by class would give one that
    never acts a half hit for nothing.) An amount is lognormal with the standard error of its
    mean. Rows of groups count for as many as they say (Kish's design effect), and rows
    answered several times for no more than their answers say (`worth_of_repeats`).
    """
    here = np.ones(len(target), bool) if measure.among is None else target == measure.among
    values, own = values[here], None if groups is None else groups[here]
    effect = design_effect(values, own)
    if measure.is_share:
        effect /= worth_of_repeats(values, answers[here])
        yes, no = float(values.sum()) / effect, float((1 - values).sum()) / effect
        return Distribution("beta", (yes + prior, no + 1 - prior))
    error = values.std(ddof=1) / np.sqrt(len(values) / effect)
    return lognormal_from_moments(float(values.mean()), float(error))


def _paired(one: Tried, base: Tried, data: Dataset, rows: Any, setting: Setting) -> Estimate:
    """What an option costs more than another, paired by row, running and its doubt included."""
    more = setting.losses_of(one, data, rows) - setting.losses_of(base, data, rows)
    return _estimate(more, data, rows, setting, setting.more_to_run(one.rung.id, base.rung.id))


def _may_win(one: Tried, base: Tried, data: Dataset, rows: Any, setting: Setting) -> bool:
    """Whether an option is cheaper than another at some prices within their ranges, and
    with what it takes to run at the end of its own that speaks for it."""
    mine, other = setting.left_of(one, data, rows), setting.left_of(base, data, rows)
    segment = None if data.segment is None else data.segment[rows]
    weigh = cells_of(segment, setting.mix, data.target[rows], setting.prevalence).weights()
    least = float(np.quantile(setting.more_to_run(one.rung.id, base.rung.id), 0.05))
    mending = setting.mending(one, data, rows) - setting.mending(base, data, rows)
    least += float(np.average(np.broadcast_to(mending, len(weigh)), weights=weigh))
    for name, ends in setting.price_ends.items():
        more = float(np.average(mine[name] - other[name], weights=weigh))
        least += min(-end * more for end in ends)
    return least < 0


def _running(one: Tried, setting: Setting) -> float:
    return setting.running.get(one.rung.id, 0.0)


def _correlation(
    tried: Mapping[str, Tried], data: Dataset, rows: Any, setting: Setting
) -> tuple[tuple[str, ...], Array]:
    """Correlation of the options' error rates: they stem from the same rows."""
    target = data.target[rows]
    everything = np.ones(len(target), bool)
    blocks: dict[str, tuple[Array, Any]] = {}
    for name, one in tried.items():
        outcomes = setting.outcomes_of(one, data, rows)
        known = setting.of_task.known_rates(one.rung.kind)
        for rate, measure in _measures(one, setting).items():
            if rate not in known:
                here = everything if measure.among is None else target == measure.among
                blocks[f"options.{name}.{rate}"] = (outcomes[measure.outcome], here)
    names = tuple(blocks)
    matrix = np.eye(len(names))
    for i, first in enumerate(names):
        for j in range(i):
            (x, here), (z, there) = blocks[first], blocks[names[j]]
            if here is there or bool((here == there).all()):
                matrix[i, j] = matrix[j, i] = _pearson(x[here], z[here])
    return names, matrix


def _pearson(x: Array, z: Array) -> float:
    if len(x) < 2 or x.std() == 0 or z.std() == 0:
        return 0.0
    return float(np.clip(np.corrcoef(x, z)[0, 1], -1, 1))


def _curve(one: Tried, data: Dataset, rows: Any, setting: Setting) -> tuple[Array, Array]:
    """Cost per case over the operating points, on scores of rows not fitted on."""
    assert one.score is not None
    target, score = data.target[rows], one.score[rows]
    if setting.task == "binary":
        curve = cost_curve(target, score, setting.costs, setting.prevalence)
        finite = curve[np.isfinite(curve["threshold"])]
        points, costs = finite["threshold"].to_numpy(), finite["cost"].to_numpy()
        keep = np.unique(np.linspace(0, len(points) - 1, CURVE_POINTS).round().astype(int))
        keep = np.union1d(keep, [int(np.argmin(costs))])
        return points[keep], costs[keep]
    residual = target - score
    points = np.unique(np.quantile(residual, np.linspace(0.02, 0.98, CURVE_POINTS)))
    under, over = setting.under_over
    return points, np.array([pinball(residual, p, under, over).mean() for p in points])
