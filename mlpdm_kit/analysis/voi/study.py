"""What a study is worth before it is made, and which one to make: EVSI and ENBS."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.voi.information import checked, evpi
from mlpdm_kit.analysis.voi.observing import KINDS, Sample
from mlpdm_kit.analysis.voi.partial import PERMUTATIONS, named, single
from mlpdm_kit.analysis.voi.preposterior import One, Together, simulated
from mlpdm_kit.analysis.voi.regressions import Regressions, regressions
from mlpdm_kit.analysis.voi.splines import gains, worth
from mlpdm_kit.analysis.voi.surfaces import THIN, Surface, floor_of, luck_of, surface
from mlpdm_kit.errors import refuse

LARGEST = 100_000
_COLUMNS = ("value", "noise_floor", "standard_error")


def evsi(
    net_benefit: ArrayLike,
    inputs: pd.DataFrame,
    samples: Mapping[str, Sample],
    n: int | Sequence[int],
    *,
    seed: int = 0,
    fits: Regressions | None = None,
) -> pd.DataFrame:
    """Expected value of sample information of one study, by its size.

    Parameters
    ----------
    net_benefit : array, shape (draws, options)
        In money, on the same draws as the inputs.
    inputs : DataFrame, shape (draws, inputs)
        A column for each input.
    samples : mapping of str to Sample
        What the study observes, by the input's name.
    n : int or sequence of int
        Sizes of the study in cases, each at least 1.
    seed : int
        Of the simulated outcomes and the noise floor.
    fits : Regressions, optional
        What `regressions` made of the same net benefit and inputs, to save time.

    Returns
    -------
    DataFrame
        Indexed by ``n``, ascending: ``value`` in money, between 0 and the EVPPI of the
        inputs observed; ``noise_floor``, what inputs that say nothing show by chance in 19
        of 20 tries at most; ``standard_error`` of the value, from the regression.

    Raises
    ------
    InputError
        What `evppi` refuses; no sample, one of an unknown input or kind, a rate of an
        input outside [0, 1], a mean without a standard deviation, a size below 1.

    Notes
    -----
    max_d E[NB_d | outcome], averaged over the outcomes that the draws foresee, less
    max_d E[NB_d]. For one input E[NB_d | input] is a spline (`evppi`), and the outcomes are
    summed with their probabilities (binomial or normal) over bins of its draws. Several
    independent inputs have independent posteriors, from which the products of the group's
    regression are expected. Where inputs hang together, the outcomes are simulated, and
    E[NB_d | inputs] is regressed on them (Strong, Oakley, Brennan & Breeze, Med Decis
    Making 2015). For several the luck of the fit is taken off as for groups.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = pd.DataFrame({"share": rng.beta(2, 3, size=4096)})
    >>> nb = np.column_stack([100 * x["share"] - 50, np.zeros(4096)])
    >>> found = evsi(nb, x, {"share": Sample(kind="rate")}, [5, 10])["value"]
    >>> [bool(abs(v - w) < 0.25) for v, w in zip(found, [2.143, 3.077])]
    [True, True]
    """
    fits = fits or regressions(net_benefit, inputs)
    sizes = _sizes(n)
    observed = _observed(fits, samples)
    if len(observed) == 1:
        ((name, sample),) = observed.items()
        rows = _of_one(fits, name, sample, sizes, seed)
    elif observed:
        rows = _of_several(fits, observed, sizes, seed)
    else:
        rows = [(0.0, 0.0, 0.0)] * len(sizes)
    return pd.DataFrame(rows, columns=list(_COLUMNS), index=pd.Index(sizes, name="n"))


def _sizes(n: int | Sequence[int]) -> list[int]:
    sizes = np.atleast_1d(np.asarray(n))
    if sizes.ndim != 1 or not len(sizes):
        raise refuse("number-range", "n", n, range="[1, ...)")
    for size in sizes.tolist():
        if not (math.isfinite(size) and size >= 1 and size == int(size)):
            raise refuse("number-range", "n", size, range="[1, ...)")
    return sorted({int(size) for size in sizes})


def _observed(fits: Regressions, samples: Mapping[str, Sample]) -> dict[str, Sample]:
    """The samples of inputs that move, each checked."""
    moving = named(fits, samples, "samples")
    for name, sample in samples.items():
        if sample.kind not in KINDS:
            raise refuse("not-one-of", f"samples.{name}.kind", sample.kind, known=list(KINDS))
        if sample.kind == "mean" and not (math.isfinite(sample.sd) and sample.sd > 0):
            raise refuse("number-range", f"samples.{name}.sd", sample.sd, range="(0, ...)")
        if not 0 < sample.share <= 1:
            raise refuse("share-range", f"samples.{name}.share", sample.share)
        column = fits.column(name)
        if sample.kind == "rate" and not (column.min() >= 0 and column.max() <= 1):
            beyond = column.min() if column.min() < 0 else column.max()
            raise refuse("share-range", f"inputs.{name}", f"{beyond:g}")
    return {name: samples[name] for name in moving}


_Row = tuple[float, float, float]


def _of_one(
    fits: Regressions, name: str, sample: Sample, sizes: list[int], seed: int
) -> list[_Row]:
    """Rows of a study of one input, by sums over its outcomes."""
    known, most = One.of(fits, name), single(fits, name)
    rng = np.random.default_rng(seed)
    silent = known.silent(fits.values, rng, PERMUTATIONS)
    errors = known.errors(rng, PERMUTATIONS)

    def row(size: int) -> _Row:
        cases = sample.cases(size)
        if not cases and sample.kind != "exact":
            return 0.0, 0.0, 0.0
        joint = known.joint(sample, cases)
        found = gains(joint, [known.slopes, *silent, *(known.slopes + one for one in errors)])
        value = most if sample.kind == "exact" else min(float(found[0]), most)
        low, noisy = found[1 : 1 + len(silent)], found[1 + len(silent) :]
        return value, float(np.quantile(low, 0.95)), float(np.std(noisy))

    return [row(size) for size in sizes]


def _of_several(
    fits: Regressions, observed: Mapping[str, Sample], sizes: list[int], seed: int
) -> list[_Row]:
    """Rows of a study of several inputs: by their own posteriors where they are independent."""
    rng, names = np.random.default_rng(seed), list(observed)
    fit = surface(fits.cleared(names), [fits.column(name) for name in names])
    most = fits.most
    if len(names) < len(fits.moving):
        most = min(fit.worth(rng).value, most)
    apart = fits.independent.loc[names, names].to_numpy() | np.eye(len(names), dtype=bool)
    if not apart.all():
        return _by_regression(fits, observed, sizes, fit, most, seed)
    known, samples = Together.of(fits, names, fit, seed), list(observed.values())
    silent, errors = fit.silent(rng, PERMUTATIONS), fit.errors(rng)

    def row(size: int) -> _Row:
        joint = known.joint(samples, size)
        some = joint[::THIN] * THIN
        luck, error = luck_of(some, fit.slopes, errors)
        value = min(max(float(gains(joint, [fit.slopes])[0]) - luck, 0.0), most)
        return value, floor_of(some, silent), error

    return [row(size) for size in sizes]


def _by_regression(
    fits: Regressions,
    observed: Mapping[str, Sample],
    sizes: list[int],
    known: Surface,
    most: float,
    seed: int,
) -> list[_Row]:
    """The same by regression on simulated outcomes, for inputs that hang together."""
    rng = np.random.default_rng(seed)
    plain, floor = worth(known.fitted), known.floor(rng, PERMUTATIONS)
    error = known.worth(rng).standard_error
    everything = len(observed) == len(fits.moving)
    expected = fits.values if everything else known.fitted
    # luck in what is expected of the inputs passes on to what is expected of outcomes
    kept = 1.0 if everything or plain <= 0 else min(most / plain, 1.0)
    rows: list[_Row] = []
    for outcomes in simulated(fits, observed, sizes, seed):
        if not outcomes:
            rows.append((0.0, 0.0, 0.0))
            continue
        found = surface(expected, outcomes).worth(rng)
        rows.append((min(found.value * kept, most), floor, math.hypot(found.standard_error, error)))
    return rows


def cost_of_delay(net_benefit: ArrayLike, delayed: ArrayLike) -> float:
    """What deciding later costs by itself, if the study were to say nothing.

    Parameters
    ----------
    net_benefit, delayed : array, shape (draws, options)
        In money: decided now, and with everything later by the study's time.

    Returns
    -------
    float
        max_d E[NB_d] - max_d E[NB'_d].

    Examples
    --------
    >>> cost_of_delay([[10.0, 0.0]], [[8.0, 0.0]])
    2.0
    """
    now, later = checked(net_benefit), checked(delayed)
    if now.shape != later.shape:
        raise refuse("array", "delayed", f"shape {later.shape}", shape=str(now.shape))
    return float(now.mean(axis=0).max() - later.mean(axis=0).max())


def enbs(
    found: pd.DataFrame, *, price: float = 0.0, price_per_case: float = 0.0, delay: float = 0.0
) -> pd.DataFrame:
    """Expected net benefit of sampling by size of the study.

    Parameters
    ----------
    found : DataFrame
        What `evsi` gives, of net benefit with everything later by the study's time.
    price, price_per_case : float
        Of the study, in money: whatever its size, and for each case.
    delay : float
        Cost of the delay (`cost_of_delay`), in money.

    Returns
    -------
    DataFrame
        Indexed by ``n``: ``evsi``, ``noise_floor``, ``price`` (of the whole study),
        ``delay``, and ``enbs`` = evsi - price - delay.

    Notes
    -----
    With the delay inside: E[max_d E[NB'_d | outcome]] - price - max_d E[NB_d].

    Examples
    --------
    >>> table = pd.DataFrame({"value": [9.0], "noise_floor": [0.0]}, index=[10])
    >>> enbs(table, price=1, price_per_case=0.5, delay=1)["enbs"].tolist()
    [2.0]
    """
    _check_prices(price, price_per_case, delay)
    prices = price + price_per_case * found.index.to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "evsi": found["value"],
            "noise_floor": found["noise_floor"],
            "price": prices,
            "delay": delay,
            "enbs": found["value"] - prices - delay,
        },
        index=found.index,
    )


def _check_prices(price: float, price_per_case: float, delay: float) -> None:
    for name, value in (("price", price), ("price_per_case", price_per_case)):
        if not (math.isfinite(value) and value >= 0):
            raise refuse("number-range", name, value, range="[0, ...)")
    if not math.isfinite(delay):
        raise refuse("number-range", "delay", delay, range="(-inf, inf)")


@dataclass(frozen=True, kw_only=True)
class Study:
    """A study that pays: its size, and in money what it is worth, costs and nets.

    Attributes
    ----------
    n : int
        Cases.
    evsi, noise_floor, price, delay, enbs : float
        As in `enbs`.
    """

    n: int
    evsi: float
    noise_floor: float
    price: float
    delay: float
    enbs: float


def best_study(
    net_benefit: ArrayLike,
    delayed: ArrayLike,
    inputs: pd.DataFrame,
    samples: Mapping[str, Sample],
    *,
    sizes: Sequence[int] | None = None,
    population: int | None = None,
    price: float = 0.0,
    price_per_case: float = 0.0,
    seed: int = 0,
    fits: Regressions | None = None,
) -> Study | None:
    """The size of a study with the highest ENBS; None if it is better to decide now.

    Parameters
    ----------
    net_benefit, delayed : array, shape (draws, options)
        In money: decided now, and with everything later by the study's time.
    inputs : DataFrame, shape (draws, inputs)
    samples : mapping of str to Sample
        What the study observes, by the input's name.
    sizes : sequence of int, optional
        By default 10, 20, 50, 100, ... as far as the population, and the price, allow.
    population : int, optional
        Cases that there are to study.
    price, price_per_case : float
        Of the study, in money.
    seed : int
    fits : Regressions, optional
        What `regressions` made of ``delayed`` and the inputs.

    Returns
    -------
    Study or None
        None where no size nets more than 0, or where what it is worth may be chance.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = pd.DataFrame({"share": rng.beta(2, 3, size=4096)})
    >>> nb = np.column_stack([1000 * x["share"] - 500, np.zeros(4096)])
    >>> rate = {"share": Sample(kind="rate")}
    >>> best_study(nb, 0.98 * nb, x, rate, price_per_case=0.1).n in (20, 50)
    True
    >>> best_study(nb, 0.98 * nb, x, rate, price=100) is None
    True
    """
    delay = cost_of_delay(net_benefit, delayed)
    _check_prices(price, price_per_case, delay)
    most = evpi(delayed)
    if sizes is not None:
        tried = _sizes(sizes)
    elif samples and all(sample.kind == "exact" for sample in samples.values()):
        tried = [1]
    else:
        tried = default_sizes(population)
    # no study is worth more than perfect information
    tried = [n for n in tried if price + price_per_case * n + delay < most]
    if not tried:
        return None
    table = enbs(
        evsi(delayed, inputs, samples, tried, seed=seed, fits=fits),
        price=price,
        price_per_case=price_per_case,
        delay=delay,
    )
    paying = table[(table["enbs"] > 0) & (table["evsi"] > table["noise_floor"])]
    if not len(paying):
        return None
    row = paying.loc[[paying["enbs"].idxmax()]]
    figures = {str(name): float(column.iloc[0]) for name, column in row.items()}
    return Study(n=int(row.index[0]), **figures)


def default_sizes(population: int | None = None) -> list[int]:
    """Sizes 10, 20, 50, 100, ... up to the population, itself among them.

    Parameters
    ----------
    population : int, optional
        Cases that there are; by default 100,000 is the largest size.

    Examples
    --------
    >>> default_sizes(120)
    [10, 20, 50, 100, 120]
    """
    most = LARGEST if population is None else population
    if most < 1:
        raise refuse("number-range", "population", population, range="[1, ...)")
    steps = [10**power * lead for power in range(1, 6) for lead in (1, 2, 5)]
    return [*(n for n in steps if n < most and n < LARGEST), min(most, LARGEST)]
