"""The comparison on data: no row is judged by what was chosen on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpdm_kit import InputError
from mlpdm_kit.analysis.errors.costs import Costs, best_threshold, bootstrap_cost, design_effect
from mlpdm_kit.analysis.ladder import Rung
from mlpdm_kit.analysis.trial.compare import compare, rate_of
from mlpdm_kit.analysis.trial.findings import base_rate_differs, leaks, oddities
from mlpdm_kit.analysis.trial.folds import prior_shift, split
from mlpdm_kit.analysis.trial.models import best_cut
from mlpdm_kit.analysis.trial.setting import Setting
from mlpdm_kit.analysis.uncertainty.distributions import Distribution
from mlpdm_kit.analysis.worth.tasks import Amounts, Binary, Shares
from mlpdm_kit.case.dataset import Dataset, Predictions
from mlpdm_kit.case.kinds import TASK_KINDS
from mlpdm_kit.case.model import Option

COSTS = {"true_positive": 0.0, "false_positive": -1.0, "false_negative": -5.0,
         "true_negative": 0.0}  # fmt: skip
SETTING = Setting(
    task="binary", of_task=Binary(), worth=COSTS, point=1 / 6, prevalence=None, seed=0
)
MODEL = Rung(id="model", option=Option(kind="model"), is_ml=True)
CUT = Rung(id="cut", option=Option(kind="one_measurement"))
SCORED = Rung(id="scored", option=Option(kind="llm", predictions="p.csv"), is_ml=True)
NONE = Rung(id="none", option=Option(kind="none"), status_quo=True)


@pytest.fixture
def data(rng: np.random.Generator) -> Dataset:
    x = rng.normal(size=(300, 3))
    y = (rng.random(300) < 1 / (1 + np.exp(-(1.5 * x[:, 0] - 1)))).astype(float)
    return Dataset(features=pd.DataFrame(x, columns=["a", "b", "c"]), target=y)


def test_every_row_is_tested_once(data: Dataset):
    found = split(data, "binary", 0)
    assert found.kind == "stratified"
    assert (np.sort(np.concatenate([test for _, test in found.folds])) == np.arange(300)).all()
    for train, test in found.folds:
        assert not set(train) & set(test)


def test_by_time_nothing_is_fitted_on_what_comes_later(data: Dataset, rng: np.random.Generator):
    days = rng.permutation(300)
    found = split(replace(data, time=days), "binary", 0)
    assert found.kind == "time"
    for train, test in found.folds:
        assert days[train].max() < days[test].min()


def test_a_group_is_never_on_both_sides(data: Dataset, rng: np.random.Generator):
    groups = rng.integers(0, 40, 300).astype(str)
    found = split(replace(data, group=groups), "binary", 0)
    assert found.kind == "group"
    for train, test in found.folds:
        assert not set(groups[train]) & set(groups[test])


def test_the_threshold_of_a_fold_is_chosen_on_other_rows(data: Dataset, rng: np.random.Generator):
    """Turning a fold's own labels round changes nothing of what is done on its rows."""
    scores = Predictions(score=data.target * 0.3 + rng.random(300), is_answer=False)
    data = replace(data, predictions={"scored": scores})
    folds = split(data, "binary", 0)
    first = compare(data, (NONE, SCORED), folds, SETTING)
    _, own = folds.folds[2]
    turned = data.target.copy()
    turned[own] = 1 - turned[own]
    again = compare(replace(data, target=turned), (NONE, SCORED), folds, SETTING)
    assert (first.tried["scored"].outcome[own] == again.tried["scored"].outcome[own]).all()
    # and the labels of other folds do matter, so the test can fail
    other = np.concatenate([test for k, (_, test) in enumerate(folds.folds) if k != 2])
    swapped = data.target.copy()
    swapped[other] = 1 - swapped[other]
    third = compare(replace(data, target=swapped), (NONE, SCORED), folds, SETTING)
    assert (first.tried["scored"].outcome[own] != third.tried["scored"].outcome[own]).any()


def test_the_cut_of_a_fold_is_found_on_other_rows(data: Dataset):
    folds = split(data, "binary", 0)
    first = compare(data, (NONE, CUT), folds, SETTING)
    _, own = folds.folds[0]
    turned = data.target.copy()
    turned[own] = 1 - turned[own]
    again = compare(replace(data, target=turned), (NONE, CUT), folds, SETTING)
    assert (first.tried["cut"].outcome[own] == again.tried["cut"].outcome[own]).all()


def test_noise_is_no_better_than_none():
    """Fifteen columns of noise: judged on the rows they were chosen on they would look good."""
    worth = {**COSTS, "false_negative": -4.0}
    even = Setting(task="binary", of_task=Binary(), worth=worth, point=0.2, prevalence=None, seed=0)
    fair, fooled = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        x = pd.DataFrame(rng.normal(size=(150, 15)), columns=[f"x{i}" for i in range(15)])
        data = Dataset(features=x, target=(rng.random(150) < 0.2).astype(float))
        found = compare(data, (NONE, CUT), split(data, "binary", 0), even)
        base = found.measured["none"].cost.mean
        fair.append(found.measured["cut"].cost.mean / base)
        gain = np.where(data.target == 1, 4.0, -1.0)
        cut = best_cut({name: x[name].to_numpy() for name in x}, gain)
        assert cut is not None
        acts = cut.acts({name: x[name].to_numpy() for name in x})
        fooled.append(1 - gain[acts == 1].sum() / 150 / base)
    assert np.mean(fair) > 0.99
    assert np.mean(fooled) < 0.9


def test_best_cut_against_all_cuts(rng: np.random.Generator):
    values = {"a": np.round(rng.normal(size=80), 1), "b": rng.integers(0, 3, 80).astype(float)}
    values["a"][:5] = np.nan
    gain = rng.normal(size=80)
    tried = [max(0.0, gain.sum())]
    for column in values.values():
        for cut in np.unique(column[np.isfinite(column)]):
            tried += [gain[column >= cut].sum(), gain[column <= cut].sum()]
    found = best_cut(values, gain)
    assert found is not None
    assert gain[found.acts(values) == 1].sum() == pytest.approx(max(tried))


def test_costs_at_the_production_base_rate(data: Dataset):
    """None misses every positive: its cost is the miss times the production base rate."""
    rare = replace(SETTING, prevalence=0.02, prevalence_range=Distribution("point", (0.02,)))
    found = compare(data, (NONE, MODEL), split(data, "binary", 0), rare)
    assert found.measured["none"].cost.mean == pytest.approx(5 * 0.02)
    # scores fitted at the file's base rate are held against a threshold moved to it
    common = compare(data, (NONE, MODEL), split(data, "binary", 0), SETTING)
    acts = [np.nansum(c.tried["model"].outcome) for c in (rare_ for rare_ in (found, common))]
    assert acts[0] < acts[1]


def test_prior_shift_by_bayes():
    """A score s at base rate 1/2 is s / (s + 9 (1 - s)) at 1/10."""
    score = prior_shift(0.3, fitted=0.5, production=0.1)
    assert score / (score + 9 * (1 - score)) == pytest.approx(0.3)


def test_leaks_are_found(data: Dataset):
    y = data.target
    table = data.features.assign(
        closed=np.where(y == 1, 5.0, np.nan),
        code=np.where(y == 1, "x", "y"),
        almost=y + np.linspace(0, 0.5, len(y)),
        fair=y + np.linspace(0, 3, len(y)),
    )
    found = {f.figures["column"] for f in leaks(table, y, "binary")}
    assert found == {"closed", "code", "almost"}
    assert {f.figures["column"] for f in leaks(table, y, "binary", known_then=["code"])} == {
        "closed", "almost",
    }  # fmt: skip


def test_leak_of_an_amount(rng: np.random.Generator):
    amount = rng.lognormal(size=200)
    table = pd.DataFrame({"paid": amount * 1.1, "size": amount + rng.lognormal(size=200)})
    assert [f.figures["column"] for f in leaks(table, amount, "regression")] == ["paid"]


def test_oddities_are_found():
    table = pd.DataFrame({"same": [1] * 10, "empty": [None] * 6 + [1.0] * 4, "x": range(10)})
    found = {(f.code, f.figures.get("column")) for f in oddities(table)}
    assert found == {("constant-column", "same"), ("empty-column", "empty")}


def test_a_typing_error_among_numbers_is_named():
    numbers = [str(i) for i in range(40)]
    table = pd.DataFrame({
        "mistyped": [*numbers[:38], "1O", None],  # the letter for the digit
        "code": [f"A{i}" if i % 2 else str(i) for i in range(40)],
        "digits": numbers,
    })  # fmt: skip
    found = [f.figures for f in oddities(table) if f.code == "numbers-and-words"]
    assert found == [{"column": "mistyped", "n": 1, "first": "1O"}]


def test_base_rate_of_the_file_against_production():
    assert base_rate_differs(40, 1000, 0.004, 0.011)
    assert not base_rate_differs(8, 1000, 0.004, 0.011)
    assert not base_rate_differs(1, 10, 0.004, 0.011)  # ten rows say little
    assert base_rate_differs(0, 1000, 0.05, 0.1)


def test_too_few_rows_are_refused(data: Dataset):
    few = Dataset(features=data.features[:10], target=data.target[:10])
    with pytest.raises(InputError, match="10 rows"):
        split(few, "binary", 0)


def test_rates_of_two_options_move_together(data: Dataset):
    """An option correlates with itself fully, with none not at all."""
    answers = Predictions(score=(data.features["a"] > 0).to_numpy(float), is_answer=True)
    twin = Rung(id="twin", option=Option(kind="llm", predictions="q.csv"), is_ml=True)
    data = replace(data, predictions={"scored": answers, "twin": answers})
    found = compare(data, (NONE, SCORED, twin), split(data, "binary", 0), SETTING)
    names = list(found.correlation_names)
    i, j = names.index("options.scored.recall"), names.index("options.twin.recall")
    assert found.correlation[i, j] == pytest.approx(1)
    k = names.index("options.twin.false_positive_rate")
    assert found.correlation[i, k] == 0


def test_amounts_by_time_get_their_offset_in_every_fold(rng: np.random.Generator):
    """A linear world: the model comes close to the noise's own newsvendor cost."""
    x = rng.normal(size=(600, 2))
    y = 100 + 10 * x[:, 0] + 8 * x[:, 1] + rng.normal(0, 10, 600)
    data = Dataset(features=pd.DataFrame(x, columns=["a", "b"]), target=y, time=np.arange(600))
    amounts = Setting(
        task="regression",
        of_task=Amounts(),
        worth={"under": -20.0, "over": -1.0},
        point=20 / 21,
        prevalence=None,
        seed=0,
    )
    found = compare(data, (NONE, MODEL), split(data, "regression", 0), amounts)
    best = 10 * 21 * np.exp(-(1.668391**2) / 2) / np.sqrt(2 * np.pi)  # sd (u + o) phi(z)
    assert found.measured["model"].cost.mean < 1.15 * best


def test_the_base_rate_is_as_uncertain_as_the_rows_make_it(data: Dataset):
    found = compare(data, (NONE,), split(data, "binary", 0), SETTING).measured["none"].cost
    share = data.target.mean()
    error = 5 * np.sqrt(share * (1 - share) / 300)
    assert found.high - found.low == pytest.approx(2 * 1.645 * error, rel=0.1)


def test_groups_are_drawn_whole(rng: np.random.Generator):
    """Forty copies of fifteen cases say as much as fifteen."""
    few = rng.choice([0.0, 10.0], 15)
    alone = bootstrap_cost(few)
    copied = bootstrap_cost(np.repeat(few, 40), clusters=np.repeat(np.arange(15), 40))
    assert (copied.low, copied.high) == pytest.approx((alone.low, alone.high), abs=0.7)
    assert design_effect(np.repeat(few, 40), np.repeat(np.arange(15), 40)) == pytest.approx(40)


@pytest.mark.slow
def test_coverage_of_a_difference():
    """A nominal 90% interval, 5% positives, base rate not stated: 400 worlds."""
    hits = 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        y = (rng.random(1000) < 0.05).astype(float)
        act = np.where(rng.random(1000) < np.where(y == 1, 0.6, 0.1), 1.0, 0.0)
        lost = np.where(y == 1, np.where(act == 1, 0, 10), act) - 10 * y
        truth = 0.05 * 0.4 * 10 + 0.95 * 0.1 - 0.5
        found = bootstrap_cost(lost, seed=seed)
        hits += found.low <= truth <= found.high
    assert 0.86 <= hits / 400 <= 0.94


def test_words_are_as_strong_as_the_share_of_their_rows(rng: np.random.Generator):
    """A word that foretells, a rare one that does not count by itself, and gaps."""
    word = rng.choice(["a", "b", "c"], 400).astype(object)
    target = ((word == "a") & (rng.random(400) < 0.995)).astype(float)
    word[:3] = ["only", "these", "few"]
    word[3:9] = None
    found = leaks(pd.DataFrame({"word": word}), target, "binary")
    assert [f.code for f in found] == ["leak"]
    shares = (
        pd.Series(target)
        .groupby(
            pd.Series(word)
            .fillna("")
            .where(~pd.Series(word).isin(["only", "these", "few"]), "rare")
            .to_numpy()
        )
        .transform("mean")
    )
    pairs = shares[target == 1].to_numpy()[:, None] - shares[target == 0].to_numpy()
    auc = ((pairs > 0) + 0.5 * (pairs == 0)).mean()
    assert found[0].figures["strength"] == pytest.approx(auc)
    names = pd.DataFrame({"name": [f"name {number}" for number in range(400)]})
    assert leaks(names, target, "binary") == []


@pytest.mark.parametrize("seed", range(40))
def test_the_best_cut_of_many_rows_is_that_of_the_whole_curve(
    seed: int, monkeypatch: pytest.MonkeyPatch
):
    """Only a stretch of the scores is sorted; the same cut comes out, ties included."""
    rng = np.random.default_rng(seed)
    score = rng.beta(1, 4, 3_000)
    if seed % 2:
        score = np.round(score, 2)
    y = (rng.random(3_000) < (score if seed % 3 else 0.2)).astype(float)
    costs = Costs(
        false_positive=float(rng.integers(-1, 4)),
        false_negative=float(rng.integers(1, 9)),
        true_positive=-float(seed % 4),
    )
    whole = best_threshold(y, score, costs, 0.1 if seed % 5 else None)
    monkeypatch.setattr("mlpdm_kit.analysis.errors.cuts.SORT_ALL", 10)
    assert best_threshold(y, score, costs, 0.1 if seed % 5 else None) == whole


def test_a_column_that_stands_alone_leaks_sooner(rng: np.random.Generator):
    """AUC about 0.97: a leak beside noise, an honest measurement beside others like it."""
    y = (rng.random(600) < 0.3).astype(float)
    noise = {f"n{i}": rng.normal(size=600) for i in range(3)}
    strong = {name: y * 2.7 + rng.normal(size=600) for name in ("a", "b")}
    alone = pd.DataFrame({"a": strong["a"], **noise})
    assert [f.figures["column"] for f in leaks(alone, y, "binary")] == ["a"]
    assert leaks(alone, y, "binary", known_then=["a"]) == []
    assert leaks(pd.DataFrame({**strong, **noise}), y, "binary") == []


def test_ml_is_not_held_against_what_a_gate_has_removed(data: Dataset):
    folds = split(data, "binary", 0)
    free = compare(data, (NONE, CUT, MODEL), folds, SETTING)
    assert free.best_without_ml == "cut"
    assert compare(data, (NONE, CUT, MODEL), folds, SETTING, ["cut"]).best_without_ml == "none"


@pytest.mark.parametrize("pairs", [0, 3, 8])
@pytest.mark.parametrize("task", [name for name, kind in TASK_KINDS.items() if kind.rest])
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 60))
@settings(max_examples=20, deadline=None)
def test_outcomes_together_weigh_one_case_beforehand(
    task: str, pairs: int, seed: int, rows: int
) -> None:
    """The rates of all outcomes sum to 1 in the mean, and one never seen has 1 / K of a case."""
    kind = TASK_KINDS[task].with_pairs([f"a{i} > b" for i in range(pairs)])
    size = len(kind.outcomes)
    place = np.random.default_rng(seed).integers(0, size, rows)
    some = Dataset(features=pd.DataFrame(index=range(rows)), target=np.zeros(rows))
    measures = Shares(kind).measures
    here = replace(SETTING, task=task, of_task=Shares(kind))
    means = {
        name: rate_of(one, (place == kind.outcomes.index(name)).astype(float), some,
                      np.arange(rows), here).mean
        for name, one in measures.items()
    }  # fmt: skip
    known = (place == kind.outcomes.index(kind.rest)).sum()
    assert 1 - sum(means.values()) == pytest.approx((known + 1 / size) / (rows + 1))
    for name, mean in means.items():
        if not (place == kind.outcomes.index(name)).any():
            assert mean == pytest.approx(1 / size / (rows + 1))
    if size == 2:
        assert {one.prior for one in measures.values()} == {0.5}  # Jeffreys'
