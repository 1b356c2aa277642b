"""Tables of past cases whose law is known, with the posterior of that law in closed form.

The ideal decider needs no simulation of data: priors are mixtures of Gaussians (no
signal, one strong measurement, signal spread over all, a column that leaks), the table is
Gaussian given them, and so the posterior given the very table is such a mixture too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
from scipy import special

SIGMA = 10.0  # noise of an amount, and the generator's scale of it
Params = Mapping[str, Any]


@dataclass(frozen=True)
class Component:
    """One of the ways that a table can be made: prior mean and variance by column."""

    name: str
    weight: float
    mean: np.ndarray
    variance: np.ndarray
    leak: int = -1


@dataclass(frozen=True)
class Drift:
    """Chance that production is not what the table was, and by how much signal shrinks."""

    chance: float = 0.0
    low: float = 0.3
    high: float = 0.9

    def draw(self, rng: np.random.Generator, size: int) -> np.ndarray:
        drifts = rng.random(size) < self.chance
        return np.where(drifts, rng.uniform(self.low, self.high, size), 1.0)


def components(
    columns: int, scale: Mapping[str, tuple[float, float]], leak_chance: float
) -> tuple[Component, ...]:
    """No signal, one strong column, all a little, and one that gives the answer away."""

    def flat(name: str) -> tuple[np.ndarray, np.ndarray]:
        mean, sd = scale[name]
        return np.full(columns, mean), np.full(columns, sd**2)

    def at(base: str, top: str, index: int) -> tuple[np.ndarray, np.ndarray]:
        mean, variance = flat(base)
        mean[index], variance[index] = scale[top][0], scale[top][1] ** 2
        return mean, variance

    plain = [Component("none", 0.1, *flat("none")), Component("spread", 0.7, *flat("spread"))]
    plain += [Component("single", 0.2 / columns, *at("rest", "single", j)) for j in range(columns)]
    kept = [Component(c.name, c.weight * (1 - leak_chance), c.mean, c.variance) for c in plain]
    if leak_chance:
        last = columns - 1
        for name, weight in (("spread", 0.7), ("none", 0.3)):
            mean, variance = at(name, "leak", last)
            kept.append(Component("leak", weight * leak_chance, mean, variance, leak=last))
    return tuple(kept)


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What would be put to work: constant, linear on the columns, answers or a score."""

    kind: str
    bias: float = 0.0
    weights: np.ndarray = field(default_factory=lambda: np.zeros(0))
    cut: float = 0.0
    name: str = ""


@dataclass(kw_only=True)
class Binary:
    """Columns are Gaussian in each class, ``s`` apart; answers and scores come from files."""

    parts: tuple[Component, ...]
    drift: Drift
    truth: dict[str, Any]
    features: np.ndarray
    target: np.ndarray
    answers: dict[str, np.ndarray]
    scores: dict[str, np.ndarray]

    ANSWERS = ((9.0, 2.5), (1.5, 13.0))  # beta priors of recall and false-positive rate
    SCORE = (1.6, 0.6)
    SCALES: ClassVar[dict[str, tuple[float, float]]] = {
        "none": (0.0, 0.1), "rest": (0.0, 0.15), "single": (1.9, 0.5), "spread": (0.75, 0.25),
        "leak": (3.6, 0.9),
    }  # fmt: skip

    @classmethod
    def make(
        cls,
        rng: np.random.Generator,
        target: np.ndarray,
        columns: int,
        others: Mapping[str, str],
        leak: float,
        drift: Drift,
    ) -> Binary:
        """A table for the given classes. ``others`` are options that came as files."""
        parts = components(columns, cls.SCALES, leak)
        weights = np.array([part.weight for part in parts])
        part = parts[int(rng.choice(len(parts), p=weights / weights.sum()))]
        s = part.mean + np.sqrt(part.variance) * rng.standard_normal(columns)
        side = (target - 0.5)[:, np.newaxis]
        features = np.round(s * side + rng.standard_normal((len(target), columns)), 5)
        truth = {
            "s": s[np.newaxis],
            "leak": np.array([part.leak]),
            "rho": drift.draw(rng, 1),
            "part": part.name,
        }
        answers, scores = {}, {}
        for name, kind in others.items():
            if kind == "answers":
                recall, alarm = (rng.beta(*prior) for prior in cls.ANSWERS)
                truth[name] = (np.array([recall]), np.array([alarm]))
                rate = np.where(target == 1, recall, alarm)
                answers[name] = (rng.random(len(target)) < rate).astype(int)
            else:
                apart = rng.normal(*cls.SCORE)
                truth[name] = np.array([apart])
                noise = rng.standard_normal(len(target))
                scores[name] = np.round(apart * (target - 0.5) + noise, 5)
        return cls(parts=parts, drift=drift, truth=truth, features=features, target=target,
                   answers=answers, scores=scores)  # fmt: skip

    def longer(self, rng: np.random.Generator, n: int, share: float) -> Binary:
        """The same with so many more past cases, as they come: this share are positive."""
        target = (rng.random(n) < share).astype(int)
        side = target - 0.5
        noise = rng.standard_normal((n, self.features.shape[1]))
        more = np.round(self.truth["s"] * side[:, np.newaxis] + noise, 5)
        answers, scores = dict(self.answers), dict(self.scores)
        for name, old in self.answers.items():
            recall, alarm = self.truth[name]
            acts = rng.random(n) < np.where(target == 1, recall, alarm)
            answers[name] = np.concatenate([old, acts.astype(int)])
        for name, score in self.scores.items():
            found = np.round(self.truth[name] * side + rng.standard_normal(n), 5)
            scores[name] = np.concatenate([score, found])
        return replace(self, features=np.vstack([self.features, more]), answers=answers,
                       target=np.concatenate([self.target, target]), scores=scores)  # fmt: skip

    def posterior(self, rng: np.random.Generator, size: int) -> dict[str, Any]:
        """Draws of what is not known, given the table."""
        n, side = len(self.target), self.target - 0.5
        seen = 4 / n * (self.features * side[:, np.newaxis]).sum(axis=0)
        means, variances, logs = [], [], []
        for part in self.parts:
            spread = part.variance + 4 / n
            logs.append(
                math.log(part.weight)
                - 0.5 * float((np.log(spread) + (seen - part.mean) ** 2 / spread).sum())
            )
            pull = part.variance / spread
            means.append(part.mean + pull * (seen - part.mean))
            variances.append(pull * 4 / n)
        weights = np.exp(np.array(logs) - max(logs))
        which = rng.choice(len(self.parts), size=size, p=weights / weights.sum())
        noise = rng.standard_normal((size, self.features.shape[1]))
        found: dict[str, Any] = {
            "s": np.array(means)[which] + np.sqrt(np.array(variances)[which]) * noise,
            "leak": np.array([part.leak for part in self.parts])[which],
            "rho": self.drift.draw(rng, size),
        }
        for name, acts in self.answers.items():
            found[name] = tuple(
                rng.beta(a + acts[here].sum(), b + (1 - acts[here]).sum(), size)
                for (a, b), here in zip(
                    self.ANSWERS, (self.target == 1, self.target == 0), strict=True
                )
            )
        for name, score in self.scores.items():
            mean, sd = self.SCORE
            spread = sd**2 + 4 / n
            pull = sd**2 / spread
            middle = mean + pull * (4 / n * float((score * side).sum()) - mean)
            found[name] = rng.normal(middle, math.sqrt(pull * 4 / n), size)
        return found

    def rates(self, deployed: Deployed, params: Params) -> dict[str, Any]:
        """Recall and false-positive rate in production, exactly."""
        if deployed.kind == "constant":
            return {"recall": deployed.bias, "false_positive_rate": deployed.bias}
        if deployed.kind == "answers":
            recall, alarm = params[deployed.name]
            return {"recall": recall, "false_positive_rate": alarm}
        if deployed.kind == "score":
            apart = params[deployed.name] / 2
            return {
                "recall": special.ndtr(apart - deployed.cut),
                "false_positive_rate": special.ndtr(-apart - deployed.cut),
            }
        size = math.sqrt(float(deployed.weights @ deployed.weights))
        if size == 0:
            acts = float(deployed.bias >= deployed.cut)
            return {"recall": acts, "false_positive_rate": acts}
        half = 0.5 * params["s"] * params["rho"][:, np.newaxis]
        index = np.arange(half.shape[1])
        leaking = params["leak"][:, np.newaxis] == index
        # before the outcome a leaking column looks as it does where nothing happened
        blank = -0.5 * params["s"]
        found = {}
        for rate, sign in (("recall", 1.0), ("false_positive_rate", -1.0)):
            mean = np.where(leaking, blank, sign * half)
            found[rate] = special.ndtr(
                (deployed.bias + mean @ deployed.weights - deployed.cut) / size
            )
        return found


@dataclass(kw_only=True)
class Amounts:
    """An amount is linear in the columns, with Gaussian noise."""

    parts: tuple[Component, ...]
    drift: Drift
    truth: dict[str, Any]
    features: np.ndarray
    target: np.ndarray

    CENTRE = (100.0, 10.0)
    SCALES: ClassVar[dict[str, tuple[float, float]]] = {
        "none": (0.0, 0.7), "rest": (0.0, 1.0), "single": (10.0, 3.0), "spread": (5.0, 1.5),
    }  # fmt: skip

    @classmethod
    def make(cls, rng: np.random.Generator, rows: int, columns: int, drift: Drift) -> Amounts:
        parts = components(columns, cls.SCALES, 0.0)
        weights = np.array([part.weight for part in parts])
        part = parts[int(rng.choice(len(parts), p=weights / weights.sum()))]
        slopes = part.mean + np.sqrt(part.variance) * rng.standard_normal(columns)
        centre = rng.normal(*cls.CENTRE)
        features = np.round(rng.standard_normal((rows, columns)), 5)
        target = np.round(centre + features @ slopes + SIGMA * rng.standard_normal(rows), 4)
        truth = {
            "centre": np.array([centre]),
            "slopes": slopes[np.newaxis],
            "rho": drift.draw(rng, 1),
            "part": part.name,
        }
        return cls(parts=parts, drift=drift, truth=truth, features=features, target=target)

    def longer(self, rng: np.random.Generator, n: int, share: float) -> Amounts:
        """The same with so many more past cases."""
        more = np.round(rng.standard_normal((n, self.features.shape[1])), 5)
        noise = SIGMA * rng.standard_normal(n)
        target = np.round(self.truth["centre"] + more @ self.truth["slopes"][0] + noise, 4)
        return replace(self, features=np.vstack([self.features, more]),
                       target=np.concatenate([self.target, target]))  # fmt: skip

    def posterior(self, rng: np.random.Generator, size: int) -> dict[str, Any]:
        design = np.column_stack([np.ones(len(self.target)), self.features])
        gram, moment = design.T @ design / SIGMA**2, design.T @ self.target / SIGMA**2
        logs, means, roots = [], [], []
        for part in self.parts:
            prior_mean = np.concatenate([[self.CENTRE[0]], part.mean])
            precision = np.diag(1 / np.concatenate([[self.CENTRE[1] ** 2], part.variance]))
            after = precision + gram
            mean = np.linalg.solve(after, precision @ prior_mean + moment)
            logs.append(
                math.log(part.weight)
                + 0.5 * (np.linalg.slogdet(precision)[1] - np.linalg.slogdet(after)[1])
                - 0.5 * float(prior_mean @ precision @ prior_mean - mean @ after @ mean)
            )
            means.append(mean)
            roots.append(np.linalg.cholesky(np.linalg.inv(after)))
        weights = np.exp(np.array(logs) - max(logs))
        which = rng.choice(len(self.parts), size=size, p=weights / weights.sum())
        noise = rng.standard_normal((size, design.shape[1]))
        drawn = np.array(means)[which] + np.einsum("nij,nj->ni", np.array(roots)[which], noise)
        return {"centre": drawn[:, 0], "slopes": drawn[:, 1:], "rho": self.drift.draw(rng, size)}

    def rates(self, deployed: Deployed, params: Params) -> dict[str, Any]:
        """Units too few and too many per case in production, exactly."""
        slopes = params["slopes"] * params["rho"][:, np.newaxis]
        weights = deployed.weights if len(deployed.weights) else np.zeros(slopes.shape[1])
        off = slopes - weights
        sd = np.sqrt((off**2).sum(axis=1) + SIGMA**2)
        mean = params["centre"] - deployed.bias
        density = np.exp(-0.5 * (mean / sd) ** 2) / math.sqrt(2 * math.pi)
        under = sd * density + mean * special.ndtr(mean / sd)
        return {"under_per_case": under, "over_per_case": under - mean}
