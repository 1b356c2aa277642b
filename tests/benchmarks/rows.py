"""What is measured, against what, and the goals: one entry in `GOALS` and `ROWS` a row."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from mlpdm_kit import load_case
from mlpdm_kit.analysis.errors.costs import Costs, best_threshold, bootstrap_cost, net_benefit_curve
from mlpdm_kit.analysis.ladder import ladder
from mlpdm_kit.analysis.uncertainty.distributions import Distribution, from_interval
from mlpdm_kit.analysis.uncertainty.sampling import draw
from mlpdm_kit.analysis.voi.information import evpi, expected_regret
from mlpdm_kit.analysis.voi.partial import evppi
from mlpdm_kit.record.comparison import compare_section
from mlpdm_kit.record.inputs import Inputs
from mlpdm_kit.record.worth import Valuation
from tests.benchmarks.measure import in_a_process, medians
from tests.benchmarks.tables import make_case, make_decision

DRAWS = 16_384
KNOTS = 8  # inside, as the kit has them


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What a row must reach: at least so many times, or at most so many seconds or GB."""

    what: str
    against: str
    limit: float
    unit: str = "times"

    @property
    def said(self) -> str:
        """The goal in words."""
        if self.unit == "times":
            return f"at least {self.limit:,.0f} times"
        return f"below {self.limit:g} {self.unit}"

    def met(self, value: float, share: float = 1.0) -> bool:
        """Whether a figure reaches it, or a share of it: a fifth is five times the seconds."""
        return value >= self.limit * share if self.unit == "times" else value < self.limit / share


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measurement: its figure, what it stems from, and what did not agree."""

    name: str
    value: float
    detail: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is measured."""

    draws: int = DRAWS
    rows: int = 100_000
    cut_rows: int = 100_000
    short_table: int = 100_000
    long_table: int = 1_000_000
    worlds: int = 64
    rounds: int = 5


FULL = Size()
QUICK = Size(rows=20_000, cut_rows=20_000, short_table=10_000, long_table=20_000, worlds=16,
             rounds=3)  # fmt: skip

GOALS = {
    "decision": Goal(
        what="Whole decision maths: draws, net benefit, EVPI, regrets, EVPPI"
        " (16,384 draws, 20 inputs, 5 options)",
        against="the clock", limit=0.25, unit="s",
    ),
    "evppi": Goal(
        what="EVPPI of 20 inputs with its noise floor (16,384 draws, 4 options)",
        against="scikit-learn's SplineTransformer and Ridge, input by input", limit=6,
    ),
    "net-benefit": Goal(
        what="Net benefit at 99 thresholds (100,000 rows)", against="dcurves", limit=150,
    ),
    "best-cut": Goal(
        what="Cheapest of all cuts on a model's scores (100,000 rows)",
        against="scikit-learn's TunedThresholdClassifierCV, 100 cuts", limit=100,
    ),
    "bootstrap": Goal(
        what="1,000 bootstraps of a cost (100,000 rows)",
        against="scipy.stats.bootstrap", limit=1_000,
    ),
    "short-table": Goal(
        what="Case folder to comparison, 5 folds (CSV, 100,000 × 20)",
        against="the clock", limit=10, unit="s",
    ),
    "long-table": Goal(
        what="Case folder to comparison, 5 folds (CSV, 1,000,000 × 20)",
        against="the clock", limit=60, unit="s",
    ),
    "memory": Goal(
        what="Peak memory of the same (1,000,000 × 20)", against="the machine", limit=4,
        unit="GB",
    ),
    "sobol-mean": Goal(
        what="Error of a mean on Sobol draws (16,384)", against="pseudo-random draws", limit=10,
    ),
    "sobol-evpi": Goal(
        what="Error of EVPI on Sobol draws (16,384)", against="pseudo-random draws", limit=3,
    ),
}  # fmt: skip


def _faults(**agreed: bool) -> tuple[str, ...]:
    return tuple(name.replace("_", " ") for name, fine in agreed.items() if not fine)


def _ratio(name: str, ours: float, theirs: float, **agreed: bool) -> Row:
    detail = f"{_short(ours)} against {_short(theirs)}"
    return Row(name=name, value=theirs / ours, detail=detail, faults=_faults(**agreed))


def _short(value: float) -> str:
    return f"{value * 1e3:,.3g} ms" if value < 1 else f"{value:,.2f} s"


def decision(size: Size) -> Iterator[Row]:
    """A generated case, from its ranges to the value of knowing each."""
    with tempfile.TemporaryDirectory() as folder:
        case = load_case(make_decision(Path(folder) / "decision"))
    rungs = ladder(case)
    inputs = Inputs(case, compare_section(case, None, rungs, 0))
    found: dict[str, Any] = {}

    def whole() -> None:
        valuation = Valuation(case, rungs, inputs, (), size.draws, 0)
        moving = {name: values for name, values in valuation.theta.items() if len(values) > 1}
        found["shape"] = valuation.benefit.shape[1], len(moving)
        found["evpi"] = evpi(valuation.benefit)
        found["regret"] = expected_regret(valuation.benefit)
        found["evppi"] = evppi(valuation.benefit, pd.DataFrame(moving))

    (took,) = medians(whole, rounds=size.rounds)
    yield Row(
        name="decision",
        value=took,
        detail=_short(took),
        faults=_faults(
            five_options_and_twenty_inputs=found["shape"] == (5, 20),
            regret_is_evpi=bool(np.isclose(found["regret"].min(), found["evpi"])),
            something_is_worth_knowing=found["evppi"]["value"].max() > 0,
        ),
    )


def partial_information(size: Size) -> Iterator[Row]:
    """The same splines with the same knots, fitted one input after the other."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import SplineTransformer

    normal = Distribution("normal", (0.0, 1.0))
    table = pd.DataFrame(draw({f"x{n:02}": normal for n in range(20)}, draws=size.draws))
    x, weights = table.to_numpy(), np.random.default_rng(0).normal(size=(20, 4))
    benefit = x @ weights + 0.3 * (x**2) @ weights[::-1]
    scores = special.ndtri((table.rank().to_numpy() - 0.5) / len(x))
    inner = np.quantile(scores[:, 0], np.linspace(0, 1, KNOTS + 2))[:, np.newaxis]

    def theirs() -> list[float]:
        found = []
        for column in scores.T:
            spline = SplineTransformer(knots=inner, degree=3, include_bias=False)
            model = make_pipeline(spline, Ridge(alpha=1e-6))
            fitted = model.fit(column[:, np.newaxis], benefit).predict(column[:, np.newaxis])
            found.append(float(fitted.max(axis=1).mean() - fitted.mean(axis=0).max()))
        return found

    ours = evppi(benefit, table)
    own, other = medians(lambda: evppi(benefit, table), theirs, rounds=size.rounds)
    apart = np.abs(ours["value"].to_numpy() - np.array(theirs())).max()
    agree = apart <= 2 * ours["noise_floor"].iloc[0]
    yield _ratio("evppi", own, other, values_agree_within_noise=bool(agree))


def _scored(rows: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    rng = np.random.default_rng(0)
    score = rng.beta(1, 6, rows)
    return (rng.random(rows) < score).astype(int), score


def net_benefit(size: Size) -> Iterator[Row]:
    """One sort against a pass over the rows for each threshold."""
    import dcurves

    y, score = _scored(size.rows)
    cuts = np.round(np.arange(0.01, 1, 0.01), 2)
    frame = pd.DataFrame({"y": y, "score": score})

    def theirs() -> pd.DataFrame:
        return dcurves.dca(data=frame, outcome="y", modelnames=["score"], thresholds=cuts)

    ours = net_benefit_curve(y, score, cuts)["net_benefit"].to_numpy()
    curve = theirs()
    curve = curve[curve["model"] == "score"].sort_values("threshold")["net_benefit"].to_numpy()
    own, other = medians(lambda: net_benefit_curve(y, score, cuts), theirs, rounds=size.rounds)
    same = np.abs(ours - curve).max() < 1e-12
    yield _ratio("net-benefit", own, other, same_numbers=bool(same))


def best_cut(size: Size) -> Iterator[Row]:
    """Every cut that differs, against a hundred of them, on the scores of one model."""
    from sklearn.frozen import FrozenEstimator
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import confusion_matrix, make_scorer
    from sklearn.model_selection import TunedThresholdClassifierCV

    rng = np.random.default_rng(0)
    x = rng.normal(size=(size.cut_rows, 5))
    y = (x[:, 0] + rng.logistic(size=size.cut_rows) > 2.5).astype(int)
    model = LogisticRegression().fit(x, y)
    score = model.predict_proba(x)[:, 1]
    costs = Costs(false_positive=1, false_negative=10)

    def gain(truth: Any, act: Any) -> float:
        (_, alarms), (misses, _) = confusion_matrix(truth, act)
        return float(-(alarms * costs.false_positive + misses * costs.false_negative))

    def theirs() -> float:
        tuned = TunedThresholdClassifierCV(
            FrozenEstimator(model), scoring=make_scorer(gain), cv="prefit", refit=False
        )
        return float(tuned.fit(x, y).best_threshold_)

    ours = best_threshold(y, score, costs)
    own, other = medians(lambda: best_threshold(y, score, costs), theirs, rounds=size.rounds)
    cheaper = gain(y, score >= ours) >= gain(y, score >= theirs())
    yield _ratio("best-cut", own, other, at_no_higher_cost=cheaper)


def bootstrap(size: Size) -> Iterator[Row]:
    """A multinomial on the cells of the table of errors, against rows drawn anew."""
    y, score = _scored(size.rows)
    act = score >= 1 / 11
    losses = np.where(y == 1, np.where(act, 0.0, 10.0), np.where(act, 1.0, 0.0))

    def theirs() -> Any:
        return stats.bootstrap(
            (losses,), np.mean, n_resamples=1_000, batch=50, confidence_level=0.9,
            method="percentile", rng=np.random.default_rng(0),
        ).confidence_interval  # fmt: skip

    ours, there = bootstrap_cost(losses), theirs()
    own, other = medians(lambda: bootstrap_cost(losses), theirs, rounds=min(size.rounds, 3))
    off = max(abs(ours.low - there.low), abs(ours.high - there.high))
    # an end of a 90% interval is known to about a tenth of its width from 1,000 bootstraps
    agree = off < 0.15 * (ours.high - ours.low)
    yield _ratio("bootstrap", own, other, intervals_agree=bool(agree))


def tables(size: Size) -> Iterator[Row]:
    """Whole comparisons, each in a fresh process, imports included."""
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in (("short-table", size.short_table), ("long-table", size.long_table)):
            case = make_case(Path(folder) / name, rows)
            took = in_a_process("tests.benchmarks.comparison", str(case))
            yield Row(name=name, value=took.seconds, detail=_short(took.seconds))
        yield Row(name="memory", value=took.peak_gb, detail=f"{took.peak_gb:.2f} GB")


def sobol(size: Size) -> Iterator[Row]:
    """Root mean square errors on two lognormals, whose mean and EVPI are known."""
    mean, worth = -11_135.0498, 51_860.3507  # closed forms
    inputs = {"volume": from_interval(1e5, 4e5), "rate": from_interval(0.5, 2)}

    def errors(points: Callable[[int], dict[str, Any]]) -> np.ndarray[Any, Any]:
        found = []
        for seed in range(size.worlds):
            theta = points(seed)
            gain = theta["volume"] * theta["rate"] - 250_000
            benefit = np.column_stack([gain, np.zeros(len(gain))])
            found.append((gain.mean() - mean, evpi(benefit) - worth))
        return np.sqrt(np.mean(np.square(found), axis=0))

    def pseudo(seed: int) -> dict[str, Any]:
        rng = np.random.default_rng(seed)
        return {name: dist.quantile(rng.random(size.draws)) for name, dist in inputs.items()}

    ours = errors(lambda seed: draw(inputs, draws=size.draws, seed=seed))
    theirs = errors(pseudo)
    for name, own, other in zip(("sobol-mean", "sobol-evpi"), ours, theirs, strict=True):
        yield Row(name=name, value=other / own, detail=f"{own:,.0f} against {other:,.0f}")


ROWS: tuple[Callable[[Size], Iterator[Row]], ...] = (
    decision, partial_information, net_benefit, best_cut, bootstrap, tables, sobol,
)  # fmt: skip


def measured(size: Size) -> Iterator[Row]:
    """All rows, one after the other."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the peers' own making
        for row in ROWS:
            yield from row(size)
