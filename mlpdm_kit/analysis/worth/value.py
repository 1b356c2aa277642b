"""Net benefit over the horizon: the decision model, on common draws for all options.

With N cases a month, v the worth of a case, k its running cost, A the adoption, F the
monthly running cost and B the price of building (with its overrun), all uncertain:

    NB = A N (v - k - v0) * U - F * M - B - R,

where v0 is what a case is worth under the status quo, M the discounted months that are left
after the delay, U the same weighted by the ramp of adoption and the growth of the volume,
and R what retraining costs (`mlpdm_kit.analysis.worth.schedule`). v is taken at the errors that
an option makes in use: those measured or stated, times what is lost on the way to real
users, times their growth between two trainings. Until an option is at work, and where it
is not adopted, the status quo goes on; where it is, what that takes to run is saved. Money
flows at the end of each month; running costs begin with use. An option that must pass
trials first is built if it passes; if it fails, what was spent is lost and the best option
without ML takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.uncertainty.stated import trial_luck
from mlpdm_kit.analysis.worth.chain import places
from mlpdm_kit.analysis.worth.discounting import MONTHS_PER_YEAR
from mlpdm_kit.analysis.worth.per_case import per_case
from mlpdm_kit.analysis.worth.schedule import RETRAINING, Months, Pace, over
from mlpdm_kit.analysis.worth.terms import Terms, terms, trials
from mlpdm_kit.case.model import Case

_ONE = np.ones(1)

_ZERO = np.zeros(1)

Draws = Mapping[str, Array]


class Columns:
    """Net benefit of each option on the same draws, and what happens if one input moves.

    Each option's column remembers which inputs it looks at, so that only those that an
    input concerns are computed anew.

    Parameters
    ----------
    case : Case
    rungs : sequence of Rung
        The whole ladder, the status quo among them.
    theta : mapping of str to array
        Draws of every named input, each of length ``draws`` or 1.
    among : sequence of Rung, optional
        The options wanted, a column each; by default the whole ladder.
    months : float, optional
        Horizon; by default the case's.
    later : float
        Months by which everything begins later.
    """

    def __init__(
        self,
        case: Case,
        rungs: Sequence[Rung],
        theta: Draws,
        among: Sequence[Rung] | None = None,
        *,
        months: float | None = None,
        later: Array | float = 0.0,
    ) -> None:
        assert case.horizon is not None
        self.case, self.rungs = case, rungs
        self.among = list(rungs if among is None else among)
        self.months = case.horizon.low if months is None else months
        self.later = np.atleast_1d(np.asarray(later, dtype=float))
        self.theta = theta
        self.size = max(len(values) for values in theta.values())
        self._known: dict[Any, tuple[Any, Months]] = {}
        self._instead: Rung | None = None
        self._quo: tuple[Draws, tuple[Array, Array]] | None = None
        found = [self._column(rung, theta) for rung in self.among]
        self.columns = [column for column, _ in found]
        self.reads = [names for _, names in found]
        self.means = [column.mean() for column in self.columns]

    @property
    def matrix(self) -> Array:
        """Shape (draws, options)."""
        return self._stacked(self.columns)

    def at(self, name: str, value: float) -> Array:
        """The same with one input fixed at a value."""
        theta = {**self.theta, name: np.array([value])}
        return self._stacked(
            [
                self._column(rung, theta)[0] if name in reads else column
                for rung, column, reads in zip(self.among, self.columns, self.reads, strict=True)
            ]
        )

    def expected_at(self, name: str, value: float) -> Array:
        """Expected net benefit of each option with one input fixed at a value."""
        theta = {**self.theta, name: np.array([value])}
        return np.array(
            [
                self._column(rung, theta)[0].mean() if name in reads else mean
                for rung, mean, reads in zip(self.among, self.means, self.reads, strict=True)
            ]
        )

    def _stacked(self, columns: Sequence[Array]) -> Array:
        size = max(self.size, *(len(column) for column in columns))
        return np.column_stack([np.broadcast_to(column, size) for column in columns])

    def _column(self, rung: Rung, theta: Draws) -> tuple[Array, frozenset[str]]:
        watched = Watched(theta)
        if rung.status_quo:
            return _ZERO, frozenset()
        staged = bool(trials(self.rungs, rung))
        found = self._staged(rung, watched) if staged else self._plain(rung, watched)
        return np.atleast_1d(found), frozenset(watched.names)

    def _plain(self, rung: Rung, theta: Draws, waits: tuple[str, ...] = ()) -> Array:
        """Worth of an option that is built when the trials before it have taken their time."""
        late = self._late(theta, waits)
        gain, takes, months = self._gain(rung, theta, waits)
        spent = takes.run * months.at_work + takes.retrain * months.trainings
        shift = _discounted(theta["discount"], late)
        monthly = takes.adoption * theta["volume"] * gain * months.used
        saved = takes.adoption * self._today(theta)[1] * months.at_work
        return np.asarray(monthly + saved - spent - takes.build * shift)

    def _late(self, theta: Draws, waits: tuple[str, ...]) -> Array:
        return np.asarray(sum((theta[name] for name in waits), self.later))

    def _gain(
        self, rung: Rung, theta: Draws, waits: tuple[str, ...]
    ) -> tuple[Array, Terms, Months]:
        takes = terms(self.rungs, rung, theta)
        months = self._over(rung, takes, theta, waits)
        load = _ONE
        if rung.kind == "review" or rung.looks:  # what comes to a person, as it grows
            load = months.used / np.maximum(months.at_work, 1e-300)
        worth = per_case(self.case, self.rungs, rung, theta, months.errors, load).worth
        return worth - self._today(theta)[0], takes, months

    def _today(self, theta: Draws) -> tuple[Array, Array]:
        """What a case is worth under the status quo, and what that takes to run a month.

        Kept as it is on the draws as they are; another input must not have it worked out again.
        """
        if self._quo is not None:
            values, found = self._quo
            same = [theta.get(name) is kept for name, kept in values.items()]  # all are looked at
            if all(same):
                return found
        watched = Watched(theta)
        base = next(other for other in self.rungs if other.status_quo)
        worth = per_case(self.case, self.rungs, base, watched).worth
        found = worth, terms(self.rungs, base, watched).run
        if self._quo is None:
            self._quo = {name: theta[name] for name in watched.names}, found
        return found

    def _over(self, rung: Rung, takes: Terms, theta: Draws, waits: tuple[str, ...]) -> Months:
        """The sums over the horizon; kept while what they hang on is the same."""
        names = [*waits, "discount", "growth"]
        for one in (rung.id, rung.option.of):
            names += [f"options.{one}.{what}" for what in ("delay", "ramp", "drift")]
        kept = [theta[name] for name in names if name in theta]
        key = (rung.id, waits, rung.retrain_every, tuple(id(values) for values in kept))
        if key not in self._known:
            late = self._late(theta, waits)
            pace = replace(takes.pace, delay=takes.pace.delay + late)
            self._known[key] = (kept, over(self.months, pace))
        return self._known[key][1]

    def _staged(self, rung: Rung, theta: Draws) -> Array:
        """Trials first: passed, it is built; failed, the best without ML takes its place."""
        spent, found, going = _ZERO, _ZERO, _ONE
        waits: tuple[str, ...] = ()
        for owner, stage in trials(self.rungs, rung):
            name = f"options.{owner}.stages.{stage}"
            today = _discounted(theta["discount"], self._late(theta, waits))
            spent = spent + theta.get(f"{name}.price", _ZERO) * today
            waits = (*waits, f"{name}.time") if f"{name}.time" in theta else waits
            passed = theta[trial_luck(owner, stage)] < theta[f"{name}.passes"]
            failed = going * ~passed
            if failed.any():
                found = found + failed * (self._fallback(theta, waits) - spent)
            going = going * passed
        return np.asarray(found + going * (self._plain(rung, theta, waits) - spent))

    def _fallback(self, theta: Draws, waits: tuple[str, ...]) -> Array:
        """What takes the place of an option that fails its trial, begun when it has failed.

        The option without ML that is best on the draws as they are.
        """
        if self._instead is None:
            plain = [one for one in self.among if not one.is_ml and not trials(self.rungs, one)]
            worths = [
                0.0 if one.status_quo else float(self._plain(one, self.theta, waits).mean())
                for one in plain
            ]
            quo = next(one for one in self.rungs if one.status_quo)
            best = max(range(len(plain)), key=lambda i: worths[i], default=None)
            self._instead = quo if best is None or worths[best] <= 0 else plain[best]
        if self._instead.status_quo:
            return _ZERO
        return self._plain(self._instead, theta, waits)


class Watched(Mapping[str, Array]):
    """Draws that remember which of them were looked at."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Array:
        found = self._draws[name]
        self.names.add(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._draws)

    def __len__(self) -> int:
        return len(self._draws)


def _discounted(discount: Array, later: Array) -> Array:
    """What money that is spent so many months later is worth today."""
    return np.asarray(np.exp(-np.log1p(discount) / MONTHS_PER_YEAR * later))


def net_benefit(
    case: Case, rungs: Sequence[Rung], theta: Draws, among: Sequence[Rung] | None = None
) -> Array:
    """Net benefit of each option against the status quo, shape (draws, options).

    Parameters
    ----------
    case : Case
    rungs : sequence of Rung
        The whole ladder, the status quo among them.
    theta : mapping of str to array
        Draws of every named input, each of length ``draws`` or 1.
    among : sequence of Rung, optional
        The options wanted, a column each; by default the whole ladder.
    """
    return Columns(case, rungs, theta, among).matrix


def unused(case: Case, rungs: Sequence[Rung], rung: Rung, months: float, theta: Draws) -> Array:
    """What an option gains less than if it were at work at once and on every case."""
    base = next(other for other in rungs if other.status_quo)
    takes = terms(rungs, rung, theta)
    now = over(months, takes.pace)
    at_once = over(months, Pace(discount=takes.pace.discount, growth=takes.pace.growth))
    worth = per_case(case, rungs, rung, theta, now.errors).worth
    gain = worth - per_case(case, rungs, base, theta).worth
    return np.asarray(theta["volume"] * gain * (at_once.used - takes.adoption * now.used))


def best_plans(case: Case, rungs: Sequence[Rung], theta: Draws) -> tuple[Rung, ...]:
    """The ladder with what is free in how an option is run as it is worth most.

    An option that drifts, and whose retraining has a price, is retrained as often as its
    expected net benefit is highest, or never; a person looks after those steps of a chain
    where that is worth most, or nowhere; unless the case says.
    """
    found = list(rungs)
    for index, rung in enumerate(rungs):
        tried = [
            replace(rung, retrain_every=every, look_after=after)
            for every in _retrainings(case, rung)
            for after in free_places(rung)
        ]
        if len(tried) == 1:
            continue
        worths = []
        for one in tried:
            ladder = [*found[:index], one, *found[index + 1 :]]
            worths.append(float(net_benefit(case, ladder, theta, [one]).mean()))
        found[index] = tried[int(np.argmax(worths))]
    return tuple(found)


def _retrainings(case: Case, rung: Rung) -> tuple[float | None, ...]:
    """Months between two trainings that are tried."""
    option = rung.option
    if option.drift is None or option.retrain is None or option.retrain_every is not None:
        return (rung.retrain_every,)
    months = case.horizon.low if case.horizon else 0.0
    return (None, *(every for every in RETRAINING if every < months))


def free_places(rung: Rung) -> list[tuple[str, ...]]:
    """Sets of steps of a chain after which a person may look, where the case leaves that open."""
    check = rung.option.check
    if check is None or check.after is not None:
        return [rung.look_after]
    return places(rung.option.steps)
