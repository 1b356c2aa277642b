"""A chain of steps: how their errors compound, and what a person's looks in between take out.

A case starts good. Each step either keeps it or brings in one of the outcomes that are errors,
and a case stays at the worst so far. With outcomes 0 (good) to m in order of severity, let

    G(o) = 1 - sum of the shares of errors worse than o that a step brings in,
    F(o) = share of cases that are no worse than o.

As steps fall on cases independently, given their rates, the worst so far is a maximum and F is
multiplied by G with each step. What a step happens to repair, and what a person finds and
mends, moves that share of the cases that are worse than o to good before the next step:

    F <- F + share (1 - F).

After the last outcome of tasks that have one (no answer) there is nothing left to work on: no
later step repairs it, though a person can. This is a Markov chain on the outcomes of a case
whose transitions are all of these two forms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.case.model import Case
from mlpdm_kit.case.option import MENDS

Draws = Mapping[str, Array]

_ZERO = np.zeros(1)
_ONE = np.ones(1)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a chain.

    Parameters
    ----------
    name : str
    brings : array, shape (errors, draws)
        Shares of good cases to which the step brings each outcome that is an error, in order
        of severity; together at most 1.
    mends : array, shape (draws,)
        Share of the errors of earlier steps that it happens to repair.
    """

    name: str
    brings: Array
    mends: Array


@dataclass(frozen=True, kw_only=True)
class Course:
    """What becomes of cases along a chain, as shares of all cases.

    Parameters
    ----------
    shares : array, shape (outcomes, draws)
        At the end, in order of severity, the good outcome first.
    good : tuple of array, each of shape (draws,)
        Share that is good after each step, and after the look there if there is one.
    mended : array, shape (draws,)
        What people mend, at all places together.
    brought : tuple of array, each of shape (errors, draws)
        Share that ends in each outcome by what each step has brought in; with those that are
        good they are all cases.
    """

    shares: Array
    good: tuple[Array, ...]
    mended: Array
    brought: tuple[Array, ...]


def compound(
    steps: Sequence[Step], finds: Mapping[str, Array] | None = None, *, ends: bool = False
) -> Course:
    """Follow all cases through the steps.

    Parameters
    ----------
    steps : sequence of Step
        In their order, at least one.
    finds : mapping of str to array
        Share of wrong cases that a person finds after a step, by its name; where nobody looks
        there is no entry.
    ends : bool
        Whether the last outcome is that there is no answer, so that no later step repairs it.

    Examples
    --------
    Two steps that spoil a tenth and a fifth; a look after the first finds half.

    >>> tenth = Step(name="a", brings=np.array([[0.1]]), mends=np.zeros(1))
    >>> fifth = Step(name="b", brings=np.array([[0.2]]), mends=np.zeros(1))
    >>> compound([tenth, fifth]).shares.ravel().round(3)
    array([0.72, 0.28])
    >>> found = compound([tenth, fifth], {"a": np.array([0.5])})
    >>> found.shares.ravel().round(3), float(found.mended[0].round(3))
    (array([0.76, 0.24]), 0.05)
    """
    finds = finds or {}
    no_worse = np.ones((len(steps[0].brings) + 1, 1))
    good, mended = [], _ZERO
    brought: list[Array] = []
    for step in steps:
        within = no_worse[-2] if ends else _ONE  # what a step can still work on
        before = no_worse
        no_worse = before + step.mends * np.maximum(within - before, 0.0)
        stays = _stays(step, ends=ends)
        brought = [kept * stays for kept in brought]
        brought.append(np.asarray(step.brings * no_worse[:-1]))
        no_worse = no_worse * _kept(step.brings)
        if step.name in finds:
            found = finds[step.name]
            mended = mended + found * (1 - no_worse[0])
            no_worse = no_worse + found * (1 - no_worse)
            brought = [kept * (1 - found) for kept in brought]
        good.append(np.asarray(no_worse[0]))
    shares = np.diff(no_worse, axis=0, prepend=0.0)
    return Course(
        shares=np.asarray(np.maximum(shares, 0.0)),
        good=tuple(good),
        mended=np.asarray(mended),
        brought=tuple(brought),
    )


def _worse(brings: Array) -> Array:
    """Share that a step makes worse than each outcome, the good one first."""
    from_worst = np.cumsum(brings[::-1], axis=0)[::-1]
    return np.concatenate([from_worst, np.zeros((1, brings.shape[1]))])


def _kept(brings: Array) -> Array:
    """Share that a step leaves no worse than each outcome: G."""
    return np.asarray(1 - _worse(brings))


def _stays(step: Step, *, ends: bool) -> Array:
    """Share of the cases in each error that a step leaves as they are."""
    mends = np.broadcast_to(step.mends, step.brings.shape).copy()
    if ends:
        mends[-1] = 0.0
    return np.asarray((1 - mends) * _kept(step.brings)[1:])


def steps_of(case: Case, rung: Rung, theta: Draws, times: Array = _ONE) -> list[Step]:
    """The steps of an option from the draws, each making so many times its errors.

    Shares of a step that pass 1 together, as drawn or as worsened, are brought to it in
    proportion, as those of any other option.
    """
    errors, found = case.of_task.severity[1:], []
    for name in rung.option.steps:
        own = f"options.{rung.id}.steps.{name}"
        shares = [theta.get(f"{own}.{one}", _ZERO) for one in errors]
        mends = theta.get(f"{own}.{MENDS}", _ZERO)
        found.append(Step(name=name, brings=_worsened(shares, times), mends=mends))
    return found


def _worsened(shares: Sequence[Array], times: Array) -> Array:
    *drawn, times = np.broadcast_arrays(*shares, times)
    stacked = np.stack(drawn)
    stacked = stacked / np.maximum(stacked.sum(axis=0), 1.0)
    whole = np.maximum(stacked.sum(axis=0), 1e-300)
    return np.asarray(stacked * np.minimum(times, 1 / whole))


def places(steps: Iterable[str]) -> list[tuple[str, ...]]:
    """Every set of steps after which a person can look: nowhere first, then one by one.

    Examples
    --------
    >>> places(["a", "b"])
    [(), ('a',), ('b',), ('a', 'b')]
    """
    names = list(steps)
    return [found for size in range(len(names) + 1) for found in combinations(names, size)]
