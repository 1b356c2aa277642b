"""Learning curves in money: nested parts, the same tested rows, honest foretelling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import curve_fit

from mlpdm_kit import InputError
from mlpdm_kit.analysis.errors.costs import Costs
from mlpdm_kit.analysis.errors.losses import losses
from mlpdm_kit.analysis.trial.folds import Split, prior_shift, split
from mlpdm_kit.analysis.trial.learning import encoded_scores, learning_curve, looked_at
from mlpdm_kit.analysis.trial.models import predict_fold
from mlpdm_kit.analysis.trial.power_law import PowerLaw, crossing, fit_power_law
from mlpdm_kit.case.dataset import Dataset

COSTS = Costs(false_positive=1, false_negative=5)


def table(rows: int, columns: int, seed: int = 0) -> Dataset:
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(rows, columns - 1)))
    x.columns = [f"c{name}" for name in x.columns]
    x["kind"] = rng.choice(list("abcde"), rows)
    lean = 1.5 * x["c0"] + x["c1"] + (x["kind"] == "a") - 1.5
    y = (rng.random(rows) < 1 / (1 + np.exp(-lean))).astype(float).to_numpy()
    return Dataset(features=x, target=y)


def losses_of(data: Dataset, score: Callable) -> Callable[[Split], np.ndarray]:
    """What the lead's comparison does: fit on each fold, threshold from costs, price."""
    share = float(data.target.mean())

    def row_losses(parts: Split) -> np.ndarray:
        act = np.full(len(data), np.nan)
        for train, test in parts.folds:
            cut = prior_shift(COSTS.threshold, float(data.target[train].mean()), share)
            act[test] = score(train, test) >= cut
        return losses(data.target[parts.tested], act[parts.tested], COSTS)

    return row_losses


class Seen:
    """Row losses that follow a law of the rows learnt from, and keep what was asked."""

    def __init__(self, law: Callable[[float], float], noise: float = 0.0, seed: int = 0):
        self.law, self.noise, self.asked = law, noise, []
        self.rng = np.random.default_rng(seed)
        self.hard = self.rng.exponential(size=100_000)

    def __call__(self, parts: Split) -> np.ndarray:
        self.asked.append(parts)
        size = float(np.mean([len(train) for train, _ in parts.folds]))
        drawn = 1 + self.noise * self.rng.normal() / np.sqrt(size)
        return self.law(size) * drawn * self.hard[parts.tested]


# --- which rows -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mixed", "time", "group"])
def test_parts_are_nested_and_only_of_rows_to_learn_from(kind: str):
    data = table(500, 3)
    rng = np.random.default_rng(1)
    groups = rng.integers(0, 60, 500) if kind == "group" else None
    times = rng.permutation(500) if kind == "time" else None
    folds = split(replace(data, group=groups, time=times), "binary", 0)
    seen = Seen(lambda n: 1 + 10 / n)
    curve = learning_curve(
        folds, seen, strata=data.target, clusters=groups, fractions=(0.5, 0.3), repeats=2
    )
    assert len(seen.asked) == 2 * 2 + 1
    small, large = seen.asked[:2], seen.asked[2:4]
    for repeat in range(2):
        for k, (train, test) in enumerate(folds.folds):
            less, more = small[repeat].folds[k][0], large[repeat].folds[k][0]
            assert set(less) < set(more) < set(train)
            assert (small[repeat].folds[k][1] == test).all()
            assert abs(len(more) - len(train) / 2) <= (30 if kind == "group" else 1)
            if groups is not None:  # groups are whole
                assert not set(groups[less]) & set(groups[np.setdiff1d(train, less)])
            else:
                share = data.target[train].mean()
                assert data.target[less].mean() == pytest.approx(share, abs=1.5 / len(less))
    # another repeat, other rows
    assert set(small[0].folds[0][0]) != set(small[1].folds[0][0])
    assert curve.sizes[-1] == pytest.approx(np.mean([len(a) for a, _ in folds.folds]))


def test_parts_with_too_few_of_a_class_are_left_out():
    y = np.zeros(1_000)
    y[:40] = 1
    folds = split(Dataset(features=pd.DataFrame({"a": y}), target=y), "binary", 0)
    curve = learning_curve(folds, Seen(lambda n: 1 + 10 / n), strata=y)
    assert curve.sizes.min() >= 5 / 0.04 - 20
    assert len(curve.sizes) >= 2


def test_large_data_is_looked_at_in_part():
    y = np.tile([0.0, 1.0], 60_000)
    folds = split(Dataset(features=pd.DataFrame({"a": y}), target=y), "binary", 0)
    seen = Seen(lambda n: 1.0)
    seen.hard = np.ones(120_000)
    curve = learning_curve(folds, seen, strata=y, full=np.full(120_000, 0.5), repeats=1)
    rows = set(looked_at(folds))
    assert len(rows) == 50_000
    for parts in seen.asked:
        assert len(parts.tested) == 20_000
        assert max(len(train) for train, _ in parts.folds) <= 20_000
        assert all(set(a) | set(b) <= rows for a, b in parts.folds)
    assert curve.sizes[-1] == 96_000
    assert curve.cost == pytest.approx([1.0] * (len(curve.sizes) - 1) + [0.5])


# --- the curve ------------------------------------------------------------------------


def test_a_curve_by_hand():
    """Four rows a fold; losses are given, so means and errors can be worked out."""
    folds = Split(
        kind="shuffled",
        folds=((np.arange(100, 200), np.arange(0, 100)), (np.arange(0, 100), np.arange(100, 200))),
    )
    lost = np.tile([0.0, 2.0], 100)
    curve = learning_curve(
        folds,
        lambda parts: lost + (parts.folds[0][0].size < 100),
        fractions=(0.5,),
        baseline=lost * 0.5,
        draws=20_000,
    )
    assert curve.sizes.tolist() == [50, 100]
    assert curve.cost == pytest.approx([2, 1])
    error = lost.std(ddof=1) / np.sqrt(200)
    assert curve.error == pytest.approx([error, error], rel=1e-9)
    assert curve.level == pytest.approx(0.5)
    assert curve.low[0] == pytest.approx(2 - 1.6449 * error, abs=1e-4)
    # all are tested on the same rows: they move together
    assert np.std(curve.draws[:, 0] - curve.draws[:, 1]) < 1e-6
    assert np.std(curve.draws[:, 0]) == pytest.approx(error, rel=0.03)
    assert np.corrcoef(curve.draws[:, 0], curve.level_draws)[0, 1] == pytest.approx(1)


def test_weights_put_the_base_rate_right():
    y = np.array([0.0] * 150 + [1.0] * 150)
    folds = split(Dataset(features=pd.DataFrame({"a": y}), target=y), "binary", 0)
    curve = learning_curve(
        folds,
        lambda parts: y[parts.tested],
        strata=y,
        weights=np.where(y == 1, 0.1 / 0.5, 0.9 / 0.5),
    )
    assert curve.cost == pytest.approx([0.1] * len(curve.cost))


def test_copies_of_a_row_say_no_more_than_one():
    y = np.tile([0.0, 1.0], 200)
    names = np.repeat(np.arange(40), 10)
    lost = np.repeat(np.random.default_rng(0).exponential(size=40), 10)
    folds = split(Dataset(features=pd.DataFrame({"a": y}), target=y), "binary", 0)
    apart = learning_curve(folds, lambda parts: lost[parts.tested])
    grouped = learning_curve(folds, lambda parts: lost[parts.tested], clusters=names)
    assert grouped.error[-1] == pytest.approx(apart.error[-1] * np.sqrt(10), rel=0.05)


def test_repeats_that_differ_show_in_the_error():
    data = table(600, 3)
    folds = split(data, "binary", 0)
    still = learning_curve(folds, Seen(lambda n: 1 + 10 / n), strata=data.target)
    loose = learning_curve(folds, Seen(lambda n: 1 + 10 / n, noise=5.0), strata=data.target)
    assert (loose.error > still.error).all()
    assert loose.error[0] > 2 * still.error[0]
    # the whole is fitted once, and that would come out otherwise on other rows too
    assert loose.error[-1] > still.error[-1]
    # where rows do not differ there is only that, falling with the root of rows and repeats
    even = Seen(lambda n: 1.0, noise=5.0)
    even.hard = np.ones(600)
    alone = learning_curve(folds, even, strata=data.target, repeats=4, weights=np.ones(600))
    told = alone.error * np.sqrt(alone.sizes * ([4] * (len(alone.sizes) - 1) + [1]))
    assert told == pytest.approx([told[0]] * len(told), rel=0.02)


def test_more_rows_cost_less_and_the_last_is_the_comparisons():
    data = table(1_000, 12)
    folds = split(data, "binary", 0)

    def by_fold(train, test):
        return predict_fold("binary", data.features, data.target, train, test, 0, "model")

    full = losses_of(data, by_fold)(folds)
    score = encoded_scores("binary", data.features, data.target)
    curve = learning_curve(folds, losses_of(data, score), strata=data.target, full=full, repeats=6)
    assert curve.cost[-1] == pytest.approx(full.mean())
    assert curve.cost[0] > curve.cost[-1] + 2 * (curve.error[0] - curve.error[-1])
    again = learning_curve(folds, losses_of(data, score), strata=data.target, repeats=6)
    assert again.cost[-1] == pytest.approx(full.mean(), abs=0.03)
    assert (again.cost[:-1] == curve.cost[:-1]).all()


def test_scores_look_at_no_target_of_tested_rows():
    data = table(200, 4)
    train, test = np.arange(150), np.arange(150, 200)
    turned = data.target.copy()
    turned[test] = 1 - turned[test]
    first = encoded_scores("binary", data.features, data.target)(train, test)
    assert (first == encoded_scores("binary", data.features, turned)(train, test)).all()
    some = encoded_scores("binary", data.features, data.target, rows=np.arange(100, 200))
    assert np.corrcoef(some(np.arange(100, 150), test), first)[0, 1] > 0.8
    amounts = encoded_scores("regression", data.features, data.features["c0"].to_numpy())
    assert np.corrcoef(amounts(train, test), data.features["c0"][test])[0, 1] > 0.95


@pytest.mark.parametrize(
    ("change", "told"),
    [({"fractions": (0.5, 1.0)}, "fractions"), ({"fractions": ()}, "fractions"),
     ({"repeats": 0}, "repeats"), ({"full": [1.0]}, "full"), ({"baseline": [1.0]}, "baseline"),
     ({"row_losses": lambda parts: np.zeros(3)}, "row_losses"),
     ({"row_losses": lambda parts: np.full(len(parts.tested), np.nan)}, "row_losses"),
     ({"fractions": (0.001,)}, "rows")],
)  # fmt: skip
def test_bad_calls_are_refused(change: dict, told: str):
    data = table(200, 3)
    folds = split(data, "binary", 0)
    with pytest.raises(InputError, match=told):
        learning_curve(**{"split": folds, "row_losses": Seen(lambda n: 1.0), **change})


# --- the power law --------------------------------------------------------------------

SIZES = np.array([50.0, 110, 240, 500, 800])


@given(st.floats(0, 10), st.floats(1, 100), st.sampled_from([0.2, 0.5, 0.75, 1.0, 1.5]))
def test_a_law_without_noise_is_found_again(a: float, b: float, c: float):
    law = fit_power_law(SIZES, a + b * SIZES**-c, np.full(5, 1e-3))
    assert (law.a, law.b, law.c) == pytest.approx((a, b, c), abs=1e-5)
    assert law.at(10_000) == pytest.approx(a + b * 10_000**-c)


def test_a_fit_against_scipy(rng: np.random.Generator):
    """curve_fit is free in c; on its exponent's grid neither may fit better."""
    for _ in range(20):
        error = rng.uniform(0.02, 0.1, 5)
        points = 1 + 20 * SIZES**-0.7 + error * rng.normal(size=5)
        law = fit_power_law(SIZES, points, error)
        free, _ = curve_fit(
            lambda n, a, b, c: a + b * n**-c, SIZES, points, p0=(law.a, law.b + 1, law.c),
            sigma=error, bounds=([0, 0, 0.1], [np.inf, np.inf, 2]),
        )  # fmt: skip
        ours = (((law.at(SIZES) - points) / error) ** 2).sum()
        theirs = (((free[0] + free[1] * SIZES ** -free[2] - points) / error) ** 2).sum()
        assert ours <= theirs + 0.1


def test_bounds_are_kept():
    rising = fit_power_law(SIZES, np.log(SIZES), np.full(5, 0.1))
    assert rising.b == 0
    assert (rising.b_draws >= 0).all()
    steep = fit_power_law(SIZES, 100 / SIZES - 0.5, np.full(5, 0.1), floor=0.0)
    assert steep.a == 0
    gains = fit_power_law(SIZES, 100 / SIZES - 0.5, np.full(5, 0.1), floor=-2.0)
    assert -2 <= gains.a < 0
    assert (gains.a_draws >= -2).all()


def test_the_ensemble_spreads_as_the_points_do():
    error = np.full(5, 0.05)
    law = fit_power_law(SIZES, 1 + 50 / SIZES, error, bootstraps=2_000)
    inside, beyond = np.std(law.draws_at([240]), axis=0), np.std(law.draws_at([80_000]), axis=0)
    assert 0.015 < inside[0] < 0.05  # five points know a mean better than one
    assert beyond[0] > 1.5 * inside[0]
    again = fit_power_law(SIZES, 1 + 50 / SIZES, error, bootstraps=2_000)
    assert (again.a_draws == law.a_draws).all()


@pytest.mark.parametrize(
    ("change", "told"),
    [({"sizes": [50.0]}, "cost"), ({"sizes": [50.0] * 5}, "sizes"),
     ({"error": np.zeros(5)}, "error"), ({"cost": [1, 2, 3, 4, np.nan]}, "cost"),
     ({"sizes": [0, 1, 2, 3, 4]}, "sizes")],
)  # fmt: skip
def test_bad_points_are_refused(change: dict, told: str):
    with pytest.raises(InputError, match=told):
        fit_power_law(**{"sizes": SIZES, "cost": np.ones(5), "error": np.ones(5), **change})


# --- the crossing ---------------------------------------------------------------------


def law_of(a: object, b: object, c: object, draws: int = 200) -> PowerLaw:
    each = [np.broadcast_to(np.asarray(v, dtype=float), (draws,)) for v in (a, b, c)]
    return PowerLaw(
        a=float(each[0].mean()), b=float(each[1].mean()), c=float(each[2].mean()),
        a_draws=each[0], b_draws=each[1], c_draws=each[2],
    )  # fmt: skip


def test_a_crossing_by_hand():
    """1 + 100 / n is below 1.1 from a thousand on."""
    law = law_of(1, 100, 1)
    later = crossing(law, 1.1, rows=800)
    assert later.code == "later"
    assert (later.low, later.median, later.high) == pytest.approx((1_000,) * 3)
    assert (later.never, later.already) == (0, 0)
    assert crossing(law, 1.1, rows=1_001).code == "already"
    assert crossing(law, 0.9, rows=800).code == "never"
    far = crossing(law, 1.001, rows=800)  # 100,000 rows are more than a hundred times 800
    assert (far.code, far.never) == ("never", 1.0)
    assert crossing(law, 1.001, rows=1_001).median == pytest.approx(100_000)


def test_what_cannot_be_told_is_not_told():
    law = law_of(np.linspace(0.9, 1.1, 200), 100, 1)
    found = crossing(law, 1.05, rows=800)
    assert found.code == "unclear"
    assert found.high == np.inf
    assert 0.2 < found.never < 0.3
    flat = law_of(np.tile([0.9, 1.1], 100), 0, 0.5)
    assert crossing(flat, 1.0, rows=800).code == "unclear"
    assert crossing(flat, 1.0, rows=800).already == 0.5


def test_the_level_moves_with_the_curve():
    """A hard sample is hard for both; the difference is what counts."""
    shift = np.random.default_rng(0).normal(size=200)
    law = law_of(5 + shift, 100, 1)
    assert crossing(law, 5.1 + shift, rows=2_000).code == "already"
    assert crossing(law, 5.1, rows=2_000).code == "unclear"


def test_a_level_of_another_length_is_refused():
    with pytest.raises(InputError, match="level"):
        crossing(law_of(1, 100, 1), np.nan, rows=800)
    with pytest.raises(InputError, match="level"):
        crossing(law_of(1, 100, 1), 1.0, rows=0)


def foretold(law: Callable[[float], float], level: float, seed: int, rows: int = 600):
    """A world in which the law is known, seen through rows that cost more or less."""
    rng = np.random.default_rng(seed)
    folds = Split(
        kind="shuffled",
        folds=tuple(
            (np.setdiff1d(np.arange(rows), part), part)
            for part in np.array_split(rng.permutation(rows), 5)
        ),
    )
    plain = level * rng.exponential(size=rows)
    seen = Seen(law, noise=1.0, seed=seed)
    seen.hard = 0.7 * plain / level + 0.3 * rng.exponential(size=rows)
    curve = learning_curve(folds, seen, baseline=plain[np.arange(rows)], seed=seed)
    fit = fit_power_law(curve.sizes, curve.cost, curve.error, draws=curve.draws)
    return crossing(fit, curve.level_draws, rows=float(curve.sizes[-1]))


def test_worlds_that_are_plain_are_told_plainly():
    assert foretold(lambda n: 0.5 + 20 / n, 1.0, 0).code == "already"
    assert foretold(lambda n: 2.0 + 20 / n, 1.0, 0).code == "never"


@pytest.mark.slow
@pytest.mark.parametrize("needed", [240, 960, 4_800])
def test_what_is_foretold_comes_true(needed: int):
    """The law crosses the level at a known number of rows: the 90% interval holds it, and
    a plain answer is seldom wrong."""
    wrong = held = 0
    for seed in range(200):
        found = foretold(lambda n: 0.9 + 0.1 * needed**0.6 * n**-0.6, 1.0, seed)
        held += found.low <= needed <= found.high
        wrong += found.code == "never" or (found.code == "already" and needed > 480)
    assert held / 200 >= 0.84
    assert wrong / 200 <= 0.06


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "columns", "seconds"), [(1_000, 30, 3.0), (100_000, 20, 8.0)])
def test_a_curve_takes_seconds(rows: int, columns: int, seconds: float):
    data = table(rows, columns)
    folds = split(data, "binary", 0)
    encoded_scores("binary", data.features[:100], data.target[:100])  # imports
    start = perf_counter()
    score = encoded_scores("binary", data.features, data.target, rows=looked_at(folds))
    full = np.full(rows, 0.4)
    curve = learning_curve(folds, losses_of(data, score), strata=data.target, full=full)
    fit_power_law(curve.sizes, curve.cost, curve.error, draws=curve.draws)
    assert perf_counter() - start < seconds
