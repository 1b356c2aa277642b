"""What a study is worth before it is made, and which one to make: EVSI and ENBS."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mlpdm_kit.analysis.information import evpi
from mlpdm_kit.analysis.observing import KINDS, Sample
from mlpdm_kit.analysis.partial import PERMUTATIONS, named, single
from mlpdm_kit.analysis.preposterior import One, Together, simulated
from mlpdm_kit.analysis.regressions import Regressions, regressions
from mlpdm_kit.analysis.splines import gains, worth
from mlpdm_kit.analysis.surfaces import THIN, Surface, floor_of, luck_of, surface
from mlpdm_kit.errors import refuse

SMALLEST = 10
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
    most = evpi(fits.values)
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
