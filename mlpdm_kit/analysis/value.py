"""Net benefit over the horizon: the decision model, on common draws for all options.

With N cases a month, v the worth of a case, k its running cost, A the adoption, F the
monthly running cost and B the price of building (with its overrun), all uncertain:

    NB = A N (v - k - v0) * U - F * M - B - R,

where v0 is what a case is worth under the status quo, M the discounted months that are left
after the delay, U the same weighted by the ramp of adoption and the growth of the volume,
and R what retraining costs (`mlpdm_kit.analysis.schedule`). v is taken at the errors that
an option makes in use: those measured or stated, times what is lost on the way to real
users, times their growth between two trainings. Until an option is at work, and where it
is not adopted, the status quo goes on. Money flows at the end of each month; running costs
begin with use. An option that must pass trials first is built if it passes; if it fails,
what was spent is lost and the best option without ML takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mlpdm_kit.analysis.discounting import MONTHS_PER_YEAR
from mlpdm_kit.analysis.distributions import Array, Distribution, from_interval
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.schedule import RETRAINING, Months, Pace, over
from mlpdm_kit.analysis.tasks import all_missed, amount_rate, task_of
from mlpdm_kit.case.formula import evaluate
from mlpdm_kit.case.model import Case, Input
from mlpdm_kit.case.rules import named_inputs

Draws = Mapping[str, Array]
STAGES = ("offline", "pilot")
_ZERO = np.zeros(1)
_ONE = np.ones(1)
_FIXED = ("horizon",)


def distribution(item: Input) -> Distribution:
    """The distribution of what a person wrote; the family follows from the support."""
    if item.is_point:
        return Distribution("point", (item.low,))
    return from_interval(item.low, item.high, item.level, item.shape, middle=item.middle)


def stated_inputs(case: Case) -> dict[str, Distribution]:
    """Distributions of every input that the case states, by name.

    A stated rate ``options.x.rates.recall`` goes by the name of a measured one,
    ``options.x.recall``. Whether an option passes a trial is an input as well.
    """
    found = {
        name.replace(".rates.", "."): distribution(item)
        for name, item in named_inputs(case)
        if name not in _FIXED
    }
    for name, option in case.options.items():
        for stage in STAGES:
            if getattr(option.stages, stage) is not None:
                found[luck(name, stage)] = Distribution("uniform", (0.0, 1.0))
    return found


def luck(option: str, stage: str) -> str:
    """Name of the input that says how a trial goes: passed where it is below its chance."""
    return f"options.{option}.stages.{stage}.luck"


def signs(case: Case) -> dict[str, int]:
    """-1 for outcomes that cost, +1 for those that gain."""
    return {name: outcome.sign for name, outcome in case.outcomes.items()}


def means(inputs: Mapping[str, Distribution]) -> dict[str, Array]:
    """Every input at its mean, as draws of length one."""
    return {name: np.array([dist.mean]) for name, dist in inputs.items()}


@dataclass(frozen=True, kw_only=True)
class PerCase:
    """What one case is worth under one option, by draw.

    ``errors`` by outcome (costs negative), ``running`` the cost of handling a case.
    """

    errors: dict[str, Array]
    running: Array

    @property
    def worth(self) -> Array:
        """All of it."""
        return np.asarray(sum(self.errors.values(), _ZERO) - self.running)


def per_case(
    case: Case, rungs: Sequence[Rung], rung: Rung, theta: Draws, errors: Array = _ONE
) -> PerCase:
    """Worth of a case under an option that makes so many times its errors."""
    task = task_of(case)
    rates, running = _rates(case, rungs, rung, theta, errors)
    amounts = task.amounts(rates, theta)
    worth = task.worth(theta, signs(case))
    return PerCase(
        errors={name: np.asarray(amount * worth[name]) for name, amount in amounts.items()},
        running=running,
    )


def _rates(
    case: Case, rungs: Sequence[Rung], rung: Rung, theta: Draws, errors: Array
) -> tuple[dict[str, Array], Array]:
    """How good an option is, and what a case costs to run, by draw."""
    running = theta.get(f"options.{rung.id}.cost_per_case", _ZERO)
    if rung.kind == "review":
        return _reviewed(case, rungs, rung, theta, running, errors)
    task = task_of(case)
    if rung.option.value is not None:
        return {"value": _formula(case, rung, theta)}, running
    known = task.known_rates(rung.kind)
    names = [*known, *(name for name in task.measures if name not in known)]
    rates = {
        name: np.array([known[name]]) if name in known else _rate(case, rung, name, theta)
        for name in names
    }
    times = errors * theta.get(f"options.{rung.id}.online", _ONE)
    return (task.worsened(rates, times) if np.any(times != 1) else rates), running


def _rate(case: Case, rung: Rung, name: str, theta: Draws) -> Array:
    full = f"options.{rung.id}.{name}"
    return theta.get(full, _ZERO) if name in case.of_task.may_miss else theta[full]


def _formula(case: Case, rung: Rung, theta: Draws) -> Array:
    """The case's own formula on its named inputs; an option's own go before the case's."""
    assert rung.option.value is not None
    named = {name: theta[f"inputs.{name}"] for name in case.inputs}
    named |= {name: theta[f"options.{rung.id}.inputs.{name}"] for name in rung.option.inputs}
    return evaluate(rung.option.value, named, f"options.{rung.id}.value")


def _reviewed(
    case: Case,
    rungs: Sequence[Rung],
    rung: Rung,
    theta: Draws,
    running: Array,
    errors: Array,
) -> tuple[dict[str, Array], Array]:
    """A person looks at what the base option flags, as far as capacity reaches.

    The reviewer errs either way with the same rate; what nobody looks at is acted on as
    flagged. Only cases on which the option is used come to the reviewer.
    """
    base = base_of(rungs, rung)
    if f"options.{rung.id}.reviewed_positive" in theta:
        return _three_ways(case, rungs, rung, base, theta, running, errors)
    rates, base_running = _rates(case, rungs, base, theta, errors)
    share = theta["prevalence"]
    flagged = share * rates["recall"] + (1 - share) * rates["false_positive_rate"]
    capacity = theta.get(f"options.{rung.id}.capacity")
    looked = _ONE
    if capacity is not None:
        adoption = terms(rungs, rung, theta).adoption
        asked = np.maximum(theta["volume"] * adoption * flagged, 1e-300)
        looked = np.minimum(1.0, capacity / asked)
    error = theta.get(f"options.{rung.id}.reviewer_error", _ZERO)
    review = theta[f"options.{rung.id}.review"]
    kept, caught = 1 - looked * error, 1 - looked * (1 - error)
    found = {
        **rates,
        "recall": rates["recall"] * kept,
        "false_positive_rate": rates["false_positive_rate"] * caught,
    }
    missed, false = amount_rate("false_negative"), amount_rate("false_positive")
    if missed in rates:
        found[missed] = rates[missed] + (1 - kept) * (all_missed(theta) - rates[missed])
    if false in rates:
        found[false] = rates[false] * caught
    return found, base_running + running + looked * flagged * review


def _three_ways(
    case: Case,
    rungs: Sequence[Rung],
    rung: Rung,
    base: Rung,
    theta: Draws,
    running: Array,
    errors: Array,
) -> tuple[dict[str, Array], Array]:
    """Acted on, left, or reviewed as far as capacity reaches; beyond it the base decides.

    What the base flags includes all that is acted on without a review.
    """
    fresh, base_running = _rates(case, rungs, base, theta, _ONE)
    share = theta["prevalence"]
    own = f"options.{rung.id}"
    looks = {"recall": theta[f"{own}.reviewed_positive"],
             "false_positive_rate": theta[f"{own}.reviewed_negative"]}  # fmt: skip
    asked = share * looks["recall"] + (1 - share) * looks["false_positive_rate"]
    capacity, looked = theta.get(f"{own}.capacity"), _ONE
    if capacity is not None:
        adoption = terms(rungs, rung, theta).adoption
        looked = np.minimum(1.0, capacity / np.maximum(theta["volume"] * adoption * asked, 1e-300))
    error = theta.get(f"{own}.reviewer_error", _ZERO)
    rates = {}
    for name, sees in (("recall", 1 - error), ("false_positive_rate", error)):
        acted = theta[f"{own}.{name}"]
        else_flagged = np.maximum(fresh[name] - acted, 0.0)
        after = acted + looked * looks[name] * sees + (1 - looked) * else_flagged
        rates[name] = np.clip(after, 0.0, 1.0)
    spent = looked * asked * theta[f"{own}.review"]
    worse = task_of(case).worsened(rates, errors) if np.any(errors != 1) else rates
    return worse, base_running + running + spent


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
        found = [self._column(rung, theta) for rung in self.among]
        self.columns = [column for column, _ in found]
        self.reads = [names for _, names in found]

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
                (self._column(rung, theta)[0] if name in reads else column).mean()
                for rung, column, reads in zip(self.among, self.columns, self.reads, strict=True)
            ]
        )

    def _stacked(self, columns: Sequence[Array]) -> Array:
        size = max(self.size, *(len(column) for column in columns))
        return np.column_stack([np.broadcast_to(column, size) for column in columns])

    def _column(self, rung: Rung, theta: Draws) -> tuple[Array, frozenset[str]]:
        watched = Watched(theta)
        if rung.status_quo:
            return _ZERO, frozenset()
        found = self._staged(rung, watched) if stages(rung) else self._plain(rung, watched)
        return np.atleast_1d(found), frozenset(watched.names)

    def _plain(self, rung: Rung, theta: Draws, later: Array | None = None) -> Array:
        """Worth of an option that is simply built, all of it so many months later."""
        late = self.later if later is None else later + self.later
        gain, takes, months = self._gain(rung, theta, late)
        spent = takes.run * months.at_work + takes.retrain * months.trainings
        shift = _discounted(theta["discount"], late)
        monthly = takes.adoption * theta["volume"] * gain * months.used
        return np.asarray(monthly - spent - takes.build * shift)

    def _gain(self, rung: Rung, theta: Draws, later: Array) -> tuple[Array, Terms, Months]:
        takes = terms(self.rungs, rung, theta)
        pace = replace(takes.pace, delay=takes.pace.delay + later)
        months = over(self.months, pace)
        base = next(other for other in self.rungs if other.status_quo)
        worth = per_case(self.case, self.rungs, rung, theta, months.errors).worth
        standing = per_case(self.case, self.rungs, base, theta).worth
        return worth - standing, takes, months

    def _staged(self, rung: Rung, theta: Draws) -> Array:
        """Trials first: passed, it is built; failed, the best without ML takes its place."""
        spent, later, found, going = _ZERO, _ZERO, _ZERO, _ONE
        for stage in stages(rung):
            name = f"options.{rung.id}.stages.{stage}"
            spent = spent + theta.get(f"{name}.price", _ZERO) * _discounted(
                theta["discount"], later + self.later
            )
            later = later + theta.get(f"{name}.time", _ZERO)
            passed = theta[luck(rung.id, stage)] < theta[f"{name}.passes"]
            failed = going * ~passed
            if failed.any():
                found = found + failed * (self._fallback(theta, later) - spent)
            going = going * passed
        return np.asarray(found + going * (self._plain(rung, theta, later) - spent))

    def _fallback(self, theta: Draws, later: Array) -> Array:
        """The best option without ML, begun when the trial has failed."""
        plain = [one for one in self.among if not one.is_ml and not one.status_quo]
        worths = [self._plain(one, theta, later) for one in plain]
        return max((_ZERO, *worths), key=lambda worth: float(worth.mean()))


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


def stages(rung: Rung) -> list[str]:
    """Trials that an option must pass, in their order."""
    return [name for name in STAGES if getattr(rung.option.stages, name) is not None]


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


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What an option takes, by draw: money to build (overrun included), to run a month and
    to retrain once, the share of cases that it is used on, and how it comes into use."""

    build: Array
    run: Array
    retrain: Array
    adoption: Array
    pace: Pace


def terms(rungs: Sequence[Rung], rung: Rung, theta: Draws) -> Terms:
    """Terms of an option; a reviewed option takes what its base takes, and its own on top."""
    name = f"options.{rung.id}"
    every = rung.option.retrain_every
    own = Terms(
        build=theta.get(f"{name}.build", _ZERO) * (1 + theta.get(f"{name}.overrun", _ZERO)),
        run=theta.get(f"{name}.run", _ZERO),
        retrain=theta.get(f"{name}.retrain", _ZERO),
        adoption=theta.get(f"{name}.adoption", _ONE),
        pace=Pace(
            discount=theta["discount"],
            growth=theta.get("growth", _ZERO),
            delay=theta.get(f"{name}.delay", _ZERO),
            ramp=theta.get(f"{name}.ramp", _ZERO),
            drift=theta.get(f"{name}.drift", _ZERO),
            retrain_every=rung.retrain_every if every is None else every.low,
        ),
    )
    if rung.kind != "review":
        return own
    base = terms(rungs, base_of(rungs, rung), theta)
    return Terms(
        build=own.build + base.build,
        run=own.run + base.run,
        retrain=own.retrain + base.retrain,
        adoption=theta.get(f"{name}.adoption", base.adoption),
        pace=replace(
            base.pace,
            delay=np.maximum(own.pace.delay, base.pace.delay),
            ramp=theta.get(f"{name}.ramp", base.pace.ramp),
        ),
    )


def base_of(rungs: Sequence[Rung], rung: Rung) -> Rung:
    """What a reviewed option reviews."""
    return next(other for other in rungs if other.id == rung.option.of)


def price(rungs: Sequence[Rung], rung: Rung, months: float, theta: Draws) -> Array:
    """What building, trying, running and retraining an option costs, discounted."""
    takes = terms(rungs, rung, theta)
    sums = over(months, takes.pace)
    trials = [theta.get(f"options.{rung.id}.stages.{stage}.price", _ZERO) for stage in stages(rung)]
    running = takes.run * sums.at_work + takes.retrain * sums.trainings
    return np.asarray(takes.build + running + sum(trials, _ZERO))


def unused(case: Case, rungs: Sequence[Rung], rung: Rung, months: float, theta: Draws) -> Array:
    """What an option gains less than if it were at work at once and on every case."""
    base = next(other for other in rungs if other.status_quo)
    takes = terms(rungs, rung, theta)
    now = over(months, takes.pace)
    at_once = over(months, Pace(discount=takes.pace.discount, growth=takes.pace.growth))
    worth = per_case(case, rungs, rung, theta, now.errors).worth
    gain = worth - per_case(case, rungs, base, theta).worth
    return np.asarray(theta["volume"] * gain * (at_once.used - takes.adoption * now.used))


def best_retraining(case: Case, rungs: Sequence[Rung], theta: Draws) -> tuple[Rung, ...]:
    """The ladder with the months between two trainings that are worth most.

    An option that drifts, and whose retraining has a price, is retrained as often as its
    expected net benefit is highest, or never; unless the case says how often.
    """
    found = list(rungs)
    for index, rung in enumerate(rungs):
        option = rung.option
        if option.drift is None or option.retrain is None or option.retrain_every is not None:
            continue
        months = case.horizon.low if case.horizon else 0.0
        tried = [replace(rung, retrain_every=every)
                 for every in (None, *(e for e in RETRAINING if e < months))]  # fmt: skip
        worths = []
        for one in tried:
            ladder = [*found[:index], one, *found[index + 1 :]]
            worths.append(float(net_benefit(case, ladder, theta, [one]).mean()))
        found[index] = tried[int(np.argmax(worths))]
    return tuple(found)
