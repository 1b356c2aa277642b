"""Stresses: whether the choice survives that one thing is otherwise, and where it flips.

Each entry of `STRESSES` gives the settings that it tries: a code, how far, and the options'
net benefit under it. The choice is robust only where it survives them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution
from mlpdm_kit.record.measured import SegmentDropped
from mlpdm_kit.record.stand import Stand
from mlpdm_kit.record.valued import Stress

OVERCONFIDENT = 2.177  # what makes a range that holds 55% of truths one that holds 90%
HALF, DOUBLE = 0.5, 2.0
MORE_DISCOUNT = 0.1  # a year, where money is not discounted much
STEPS = 12  # halvings between where a choice stands and where it has flipped
TOLERANCE = 1e-9
FEW = 2_048  # draws that a place is looked for on


@dataclass(frozen=True, kw_only=True)
class Shake:
    """One setting: from ``now``, where the choice stands, to ``value``.

    ``quick`` is the same as ``worth`` on fewer draws, to look for a place.
    """

    code: str
    worth: Callable[[float], Array]
    value: float
    now: float
    dimension: str = ""
    segment: str = ""
    quick: Callable[[float], Array] | None = None


def stresses(stand: Stand) -> tuple[Stress, ...]:
    """All stresses that concern the case."""
    if len(stand.among) < 2:
        return ()
    return tuple(_tried(stand, shake) for stress in STRESSES for shake in stress(stand))


def _tried(stand: Stand, shake: Shake) -> Stress:
    worth = shake.worth(shake.value)
    best = int(np.argmax(worth))
    gain = float(worth[best] - worth[stand.best])
    flips = gain > TOLERANCE * max(1.0, float(np.abs(worth).max())) + stand.noise[best]
    named = not shake.segment and shake.code != "no-correlation"
    at, then = _flip(stand, shake, best) if flips and named else (None, best)
    return Stress(
        code=shake.code,
        value=shake.value if named else None,
        dimension=shake.dimension,
        segment=shake.segment,
        option=stand.among[best if flips else stand.best].id,
        flips=flips,
        at=at,
        at_option=stand.among[then].id if flips else None,
        gain=gain if flips else 0.0,
    )


def _flip(stand: Stand, shake: Shake, then: int) -> tuple[float, int]:
    """Where on the way to ``then`` the choice flips, by halving, and to which option.

    It is the value nearest to now at which it has.
    """
    stands, flipped = shake.now, shake.value
    for _ in range(STEPS):
        middle = (stands + flipped) / 2
        best = int(np.argmax((shake.quick or shake.worth)(middle)))
        if best == stand.best:
            stands = middle
        else:
            flipped, then = middle, best
    return flipped, then


def _overconfidence(stand: Stand) -> Iterator[Shake]:
    def worth(factor: float) -> Array:
        return stand.expected(stand.draw(factor))

    few = replace(stand, draws=min(stand.draws, FEW))

    def quick(factor: float) -> Array:
        return few.expected(few.draw(factor))

    if any(not stand.inputs.distributions[name].is_point for name in stand.inputs.stated):
        yield Shake(code="overconfidence", worth=worth, value=OVERCONFIDENT, now=1.0,
                    dimension="times", quick=quick)  # fmt: skip


def _no_correlation(stand: Stand) -> Iterator[Shake]:
    if stand.inputs.correlations or stand.inputs.comparison.correlation.names:
        yield Shake(
            code="no-correlation",
            worth=lambda _: stand.expected(stand.draw(correlated=False)),
            value=0.0,
            now=1.0,
        )


def _horizon(stand: Stand) -> Iterator[Shake]:
    assert stand.case.horizon is not None
    months = stand.case.horizon.low
    for factor in (HALF, DOUBLE):
        yield Shake(
            code="horizon",
            worth=partial(stand.expected, stand.theta),
            value=months * factor,
            now=months,
            dimension="months",
        )


def _discount(stand: Stand) -> Iterator[Shake]:
    now = stand.inputs.distributions["discount"].mean

    def worth(rate: float) -> Array:
        return stand.expected({**stand.theta, "discount": np.array([rate])})

    for rate in {0.0, max(DOUBLE * now, now + MORE_DISCOUNT)} - {now}:
        yield Shake(code="discount", worth=worth, value=rate, now=now, dimension="rate/year")


def _base_rate(stand: Stand) -> Iterator[Shake]:
    if "prevalence" not in stand.theta:
        return
    now = float(stand.theta["prevalence"].mean())
    if not 0 < now < 1:
        return

    def worth(share: float) -> Array:
        drawn = np.minimum(stand.theta["prevalence"] * (share / now), 1.0)
        return stand.expected({**stand.theta, "prevalence": drawn})

    for factor in (HALF, DOUBLE):
        yield Shake(
            code="base-rate",
            worth=worth,
            value=min(now * factor, 1.0),
            now=now,
            dimension="share",
        )


def _action_success(stand: Stand) -> Iterator[Shake]:
    """Right actions that work half as often; always, where nothing is said of it."""
    if stand.case.task != "binary":
        return
    drawn = stand.theta.get("action_success", np.ones(1))
    now = float(drawn.mean())
    if now <= 0:
        return

    def worth(share: float) -> Array:
        return stand.expected({**stand.theta, "action_success": drawn * (share / now)})

    yield Shake(code="action-success", worth=worth, value=now * HALF, now=now, dimension="share")


def _segments(stand: Stand) -> Iterator[Shake]:
    for dropped in stand.inputs.comparison.dropped:
        yield Shake(
            code="segment",
            worth=partial(_without, stand, dropped),
            value=0.0,
            now=1.0,
            segment=dropped.segment,
        )


def _without(stand: Stand, dropped: SegmentDropped, _: float) -> Array:
    """The options on the other segments: their rates at the same ranks, and fewer cases."""
    theta = {**stand.theta, "volume": stand.theta["volume"] * dropped.share}
    rates = {
        f"options.{option}.{rate}": found
        for option, rates in dropped.rates.items()
        for rate, found in rates.items()
    }
    if dropped.base_rate is not None:
        rates["prevalence"] = dropped.base_rate
    for name, (family, parameters) in rates.items():
        now = stand.inputs.measured.get(name)
        if now is None or name not in theta:
            continue
        other = Distribution(family, tuple(parameters))
        theta[name] = (
            np.array([other.mean])
            if now.is_point or other.is_point
            else np.asarray(other.quantile(np.clip(now.cdf(theta[name]), 1e-12, 1 - 1e-12)))
        )
    return stand.expected(theta)


STRESSES: tuple[Callable[[Stand], Iterator[Shake]], ...] = (
    _overconfidence,
    _no_correlation,
    _horizon,
    _discount,
    _base_rate,
    _action_success,
    _segments,
)
