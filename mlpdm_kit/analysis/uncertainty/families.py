"""The families of distributions: moments, quantiles and shares of each, from its parameters.

Each tail is worked out from its own end, so that what is rare keeps its digits. Adding a
family is adding an entry to `FAMILIES`, its fit to
``mlpdm_kit.analysis.uncertainty.fitting`` and its name to the catalogues.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from mlpdm_kit.analysis.uncertainty import metalog
from mlpdm_kit.analysis.uncertainty.metalog import Array, log

_TINY = 1e-290


@dataclass(frozen=True, kw_only=True)
class Family:
    """What a distribution family can do; every function takes its parameters last.

    ``quantile(p)`` has the share p below it, ``upper(q)`` the share q above it; ``cdf(x)``
    is the share below x, ``above(x)`` that above.
    """

    mean: Callable[..., float]
    sd: Callable[..., float]
    quantile: Callable[..., Any]
    upper: Callable[..., Any]
    cdf: Callable[..., Any]
    above: Callable[..., Any]


def _exp(value: float) -> float:
    """Exponential; infinite where it is beyond any float."""
    return math.exp(value) if value < 709 else math.inf


def _lognormal_sd(mu: float, sigma: float) -> float:
    spread = math.expm1(sigma**2) if sigma < 26 else math.inf
    return _exp(mu + sigma**2 / 2) * math.sqrt(spread)


def _beta_sd(a: float, b: float) -> float:
    return math.sqrt(a * b / (a + b + 1)) / (a + b)


def _gamma_quantile(p: Any, shape: float, scale: float) -> Any:
    """Inverse of the incomplete gamma function, in logarithms where that underflows."""
    x = special.gammaincinv(shape, p)
    return np.where(x < _TINY, np.exp(math.log(scale) + gamma_log_quantile(p, shape)), scale * x)


def gamma_log_quantile(p: Any, shape: float) -> Any:
    """Logarithm of the quantile of a gamma with scale 1: by its first term where tiny."""
    x = special.gammaincinv(shape, p)
    first = (log(np.asarray(p, dtype=float)) + special.gammaln(shape + 1)) / shape
    return np.where(x < _TINY, first, log(x))


def _gamma_upper(q: Any, shape: float, scale: float) -> Any:
    x = special.gammainccinv(shape, q)
    return np.where(x < _TINY, _gamma_quantile(1 - q, shape, scale), scale * x)


def _inside(x: Any) -> Any:
    """What of x lies in [0, 1], where the whole probability is."""
    return np.clip(x, 0.0, 1.0)


def pert_shapes(low: float, mode: float, high: float) -> tuple[float, float]:
    """The two parameters of the beta that a PERT distribution is, scaled to its ends."""
    return 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)


def _pert_sd(low: float, mode: float, high: float) -> float:
    return (high - low) * _beta_sd(*pert_shapes(low, mode, high))


def _pert_quantile(p: Any, low: float, mode: float, high: float) -> Any:
    return low + (high - low) * special.betaincinv(*pert_shapes(low, mode, high), p)


def _pert_cdf(x: Any, low: float, mode: float, high: float) -> Any:
    share = _inside((np.asarray(x) - low) / (high - low))
    return special.betainc(*pert_shapes(low, mode, high), share)


def _triangular_sd(low: float, mode: float, high: float) -> float:
    left, right = mode - low, high - mode
    return math.sqrt((left**2 + left * right + right**2) / 18)


def _triangular_quantile(p: Any, low: float, mode: float, high: float) -> Any:
    width, p = high - low, np.asarray(p, dtype=float)
    left, right = mode - low, high - mode
    return np.where(
        p * width < left, low + np.sqrt(p * width * left), high - np.sqrt((1 - p) * width * right)
    )


def _triangular_cdf(x: Any, low: float, mode: float, high: float) -> Any:
    width, x = high - low, np.clip(x, low, high)
    left, right = max(mode - low, _TINY), max(high - mode, _TINY)
    rising = (np.minimum(x, mode) - low) ** 2 / (width * left)
    falling = (high - np.maximum(x, mode)) ** 2 / (width * right)
    return np.where(x < mode, rising, 1 - falling)


def _mirrored(of: Callable[..., Any], *, gives_value: bool) -> Callable[..., Any]:
    """The other tail of a family that is its own mirror image, with its ends turned round."""

    def mirrored(given: Any, low: float, mode: float, high: float) -> Any:
        turned = (-high, -mode, -low)
        return -of(given, *turned) if gives_value else of(-np.asarray(given), *turned)

    return mirrored


def _metalog(name: str, mean: Callable[..., float], sd: Callable[..., float]) -> Family:
    outwards, inwards = metalog.LINKS[name]
    return Family(
        mean=mean,
        sd=sd,
        quantile=lambda p, *a: outwards(metalog.at(special.logit(p), *a)),
        upper=lambda q, *a: outwards(metalog.at(-special.logit(q), *a)),
        cdf=lambda x, *a: special.expit(metalog.log_odds_of(inwards(x), *a)),
        above=lambda x, *a: special.expit(-metalog.log_odds_of(inwards(x), *a)),
    )


FAMILIES = {
    "lognormal": Family(
        mean=lambda mu, sigma: _exp(mu + sigma**2 / 2),
        sd=_lognormal_sd,
        quantile=lambda p, mu, sigma: np.exp(mu + sigma * special.ndtri(p)),
        upper=lambda q, mu, sigma: np.exp(mu - sigma * special.ndtri(q)),
        cdf=lambda x, mu, sigma: special.ndtr((log(x) - mu) / sigma),
        above=lambda x, mu, sigma: special.ndtr((mu - log(x)) / sigma),
    ),
    "normal": Family(
        mean=lambda mean, sd: mean,
        sd=lambda mean, sd: sd,
        quantile=lambda p, mean, sd: mean + sd * special.ndtri(p),
        upper=lambda q, mean, sd: mean - sd * special.ndtri(q),
        cdf=lambda x, mean, sd: special.ndtr((x - mean) / sd),
        above=lambda x, mean, sd: special.ndtr((mean - x) / sd),
    ),
    "beta": Family(
        mean=lambda a, b: a / (a + b),
        sd=_beta_sd,
        quantile=lambda p, a, b: special.betaincinv(a, b, p),
        upper=lambda q, a, b: special.betainccinv(a, b, q),
        cdf=lambda x, a, b: special.betainc(a, b, _inside(x)),
        above=lambda x, a, b: special.betaincc(a, b, _inside(x)),
    ),
    "gamma": Family(
        mean=lambda shape, scale: shape * scale,
        sd=lambda shape, scale: math.sqrt(shape) * scale,
        quantile=_gamma_quantile,
        upper=_gamma_upper,
        cdf=lambda x, shape, scale: special.gammainc(shape, np.maximum(x, 0.0) / scale),
        above=lambda x, shape, scale: special.gammaincc(shape, np.maximum(x, 0.0) / scale),
    ),
    "pert": Family(
        mean=lambda low, mode, high: low + ((high - low) + 4 * (mode - low)) / 6,
        sd=_pert_sd,
        quantile=_pert_quantile,
        upper=_mirrored(_pert_quantile, gives_value=True),
        cdf=_pert_cdf,
        above=_mirrored(_pert_cdf, gives_value=False),
    ),
    "triangular": Family(
        mean=lambda low, mode, high: low + ((high - low) + (mode - low)) / 3,
        sd=_triangular_sd,
        quantile=_triangular_quantile,
        upper=_mirrored(_triangular_quantile, gives_value=True),
        cdf=_triangular_cdf,
        above=_mirrored(_triangular_cdf, gives_value=False),
    ),
    "metalog": _metalog("metalog", metalog.plain_mean, metalog.plain_sd),
    "log-metalog": _metalog("log-metalog", metalog.log_mean, metalog.log_sd),
    "logit-metalog": _metalog("logit-metalog", metalog.logit_mean, metalog.logit_sd),
    "uniform": Family(
        mean=lambda low, high: low + (high - low) / 2,
        sd=lambda low, high: (high - low) / math.sqrt(12),
        quantile=lambda p, low, high: low + (high - low) * p,
        upper=lambda q, low, high: high - (high - low) * q,
        cdf=lambda x, low, high: _inside((x - low) / (high - low)),
        above=lambda x, low, high: _inside((high - x) / (high - low)),
    ),
    "exponential": Family(
        mean=lambda mean: mean,
        sd=lambda mean: mean,
        quantile=lambda p, mean: -mean * special.xlog1py(1.0, -np.asarray(p)),
        upper=lambda q, mean: -mean * log(q),
        cdf=lambda x, mean: -np.expm1(-np.maximum(x, 0.0) / mean),
        above=lambda x, mean: np.exp(-np.maximum(x, 0.0) / mean),
    ),
    "point": Family(
        mean=lambda value: value,
        sd=lambda value: 0.0,
        quantile=lambda p, value: np.full(np.shape(p), value),
        upper=lambda q, value: np.full(np.shape(q), value),
        cdf=lambda x, value: np.where(np.asarray(x) >= value, 1.0, 0.0),
        above=lambda x, value: np.where(np.asarray(x) >= value, 0.0, 1.0),
    ),
}

__all__ = ["FAMILIES", "Array", "Family", "gamma_log_quantile", "pert_shapes"]
