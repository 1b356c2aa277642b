"""What happens at every operating point of an option, worked out for the comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mlpdm_kit.analysis.errors.operating import table_of_cuts, table_of_offsets
from mlpdm_kit.analysis.trial.compare import Comparison
from mlpdm_kit.analysis.trial.folds import Split
from mlpdm_kit.analysis.trial.mix import class_shares, codes_of
from mlpdm_kit.analysis.trial.setting import Setting, Tried
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.dataset import Dataset
from mlpdm_kit.case.model import Case
from mlpdm_kit.record.cuts import CutTable, OffsetTable, ReviewTerms

SECONDS_PER_HOUR = 3600.0


def cut_tables(
    case: Case, data: Dataset, split: Split, setting: Setting, result: Comparison
) -> tuple[CutTable, ...]:
    """Of every option that acts from a score on."""
    if setting.task != "binary":
        return ()
    return tuple(_cuts(case, result.tried[name], data, split, setting, result)
                 for name in result.curves)  # fmt: skip


def offset_tables(
    data: Dataset, split: Split, setting: Setting, result: Comparison
) -> tuple[OffsetTable, ...]:
    """Of every option that adds an amount to what it predicts."""
    if setting.task != "regression":
        return ()
    return tuple(_offsets(result.tried[name], data, split, setting) for name in result.curves)


def _cuts(
    case: Case, one: Tried, data: Dataset, split: Split, setting: Setting, result: Comparison
) -> CutTable:
    rows, by_chance = split.tested, one.point_kind == "from_costs" and one.chances is not None
    reviews = tuple(_reviews(case, one, setting, result)) if by_chance else ()
    chances = one.chances if one.each_chances is None else one.each_chances
    said = chances if by_chance and chances is not None else one.score
    own = setting.point if by_chance else one.tuned
    assert said is not None
    score = said[rows]
    there = ~np.isnan(score)
    of_row = np.broadcast_to(
        np.arange(len(rows)).reshape(-1, *[1] * (score.ndim - 1)), score.shape
    )[there]
    answers = np.bincount(of_row, minlength=len(rows))
    counts = 1.0 / answers[of_row]
    weights = production_weights(data, rows, setting)
    truth = data.target[rows]
    also = [cut for cut in (own, *(x for r in reviews for x in (r.low, r.high))) if cut is not None]
    found = table_of_cuts(
        truth[of_row], score[there], counts=counts, weights=counts * weights[of_row], also=also
    )
    return CutTable(
        option=one.rung.id,
        scale="chance" if by_chance else "score",
        cuts=_plain(found.cuts[:-1]),
        negatives=_plain(found.negatives),
        positives=_plain(found.positives),
        spared=_plain(found.spared),
        missed=_plain(found.missed),
        costs={name: -value for name, value in setting.worth.items()},
        prevalence=float(weights @ truth / weights.sum()),
        own=None if own is None or not np.isfinite(own) else float(own),
        exact=by_chance,
        reviews=reviews,
    )


def _reviews(case: Case, one: Tried, setting: Setting, result: Comparison) -> Iterator[ReviewTerms]:
    """Reviews of an option, with what is known of the reviewers."""
    from mlpdm_kit.analysis.uncertainty.stated import distribution

    for name, terms in setting.reviews.items():
        tried = result.tried.get(name)
        if tried is None or tried.review is None or case.options[name].of != one.rung.id:
            continue
        option, policy = case.options[name], tried.review
        cases = distribution(case.volume).mean if case.volume else 0.0
        cases *= distribution(option.adoption).mean if option.adoption else 1.0
        time = option.review_time
        share = setting.prevalence
        classes = policy.counts.sum(axis=1)
        held = classes / classes.sum() if share is None else np.array([1 - share, share])
        shares = (policy.counts / classes[:, None] * held[:, None]).sum(axis=0)
        yield ReviewTerms(
            option=name,
            price=terms.cost,
            error=terms.error,
            cases=cases,
            capacity=distribution(option.capacity).mean if option.capacity else None,
            hours=None if time is None else distribution(time).mean / SECONDS_PER_HOUR,
            low=float(policy.low),
            high=float(policy.high),
            left=float(shares[0]),
            reviewed=policy.share,
            acted=float(shares[2]),
            cost=policy.cost,
        )


def production_weights(data: Dataset, rows: Any, setting: Setting) -> Array:
    """Share of production that each of some rows stands for; they sum to 1.

    By the production base rate within each class, and by the mix of segments within each
    segment, where these are stated.
    """
    target = data.target[rows].astype(int)
    stated = setting.task == "binary" and setting.prevalence is not None
    classes = target if stated else np.zeros(len(target), int)
    share = setting.prevalence if stated and setting.prevalence is not None else 0.0
    wanted = np.array([1 - share, share] if stated else [1.0])
    codes, mix = np.zeros(len(target), int), np.ones(1)
    if setting.mix:
        names = list(setting.mix)
        assert data.segment is not None
        codes = codes_of(data.segment[rows], names)
        mix = np.array([setting.mix[name] for name in names])
    inside = class_shares(codes, classes, mix, np.arange(len(wanted)))
    cells = inside / np.maximum(inside.sum(axis=0), 1e-300) * wanted
    cell = codes * len(wanted) + classes
    held = np.bincount(cell, minlength=cells.size)
    return np.asarray(cells.ravel()[cell] / held[cell], dtype=float)


def _offsets(one: Tried, data: Dataset, split: Split, setting: Setting) -> OffsetTable:
    rows, own = split.tested, one.tuned
    assert one.score is not None
    under, over = setting.under_over
    found = table_of_offsets(data.target[rows], one.score[rows],
                             also=[] if own is None else [own])  # fmt: skip
    return OffsetTable(
        option=one.rung.id,
        offsets=_plain(found.offsets),
        under=_plain(found.under),
        over=_plain(found.over),
        enough=_plain(found.enough),
        cost_under=under,
        cost_over=over,
        own=own,
    )


def _plain(values: Array) -> tuple[float, ...]:
    return tuple(float(f"{value:.12g}") for value in values)
