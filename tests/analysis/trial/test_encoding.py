"""A table as numbers, the same as skrub makes of it value by value."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mlpdm_kit.analysis.trial import encoding
from mlpdm_kit.analysis.trial.encoding import TableEncoder
from mlpdm_kit.analysis.trial.folds import fitted_rows
from mlpdm_kit.analysis.trial.models import best_cut, orders, predict_fold

ROWS = 400


@pytest.fixture
def untidy(rng: np.random.Generator) -> pd.DataFrame:
    """Numbers, words, free text, days, yes and no, each with gaps."""
    towns = rng.choice(["Nara", "Otsu", "Tsu", "N/A", "  "], ROWS)
    names = [f"Vendor {number} of {town}" for number, town in enumerate(rng.permutation(towns))]
    days = pd.Series(np.datetime64("2026-01-01", "s") + rng.integers(0, 200, ROWS) * 86_400)
    table = pd.DataFrame(
        {
            "amount": rng.normal(size=ROWS) * 1e5,
            "count": rng.integers(0, 9, ROWS),
            "known": rng.random(ROWS) < 0.5,
            "town": towns,
            "name": rng.choice(names[:90], ROWS),
            "text": names,
            "day": days,
            "written": days.dt.strftime("%d/%m/%Y"),
            "number": rng.integers(0, 300, ROWS).astype(str),
            "maybe": np.where(rng.random(ROWS) < 0.5, True, None),
        }
    )
    for column in ("amount", "town", "name", "text", "day"):
        table.loc[rng.random(ROWS) < 0.1, column] = None
    return table


def test_numbers_are_those_of_skrub(untidy: pd.DataFrame):
    from skrub import DatetimeEncoder, StringEncoder, TableVectorizer

    days = DatetimeEncoder(add_weekday=True, add_total_seconds=False)
    theirs = TableVectorizer(datetime=days, high_cardinality=StringEncoder(random_state=3))
    fitted, tested = untidy[:300], untidy[300:]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of categories not seen before
        expected = theirs.fit(fitted).transform(tested).to_numpy(dtype=np.float32)
        found = TableEncoder(3).fit(fitted).transform(tested)
    assert found.shape[1] > 70
    np.testing.assert_array_equal(found, expected)


def test_many_rows_go_by_their_distinct_values(
    untidy: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
):
    """Days and few words come out the same; only the letters of texts weigh otherwise."""
    plain = untidy[["amount", "town", "day"]]
    counted = TableEncoder().fit(plain).transform(plain)
    words = TableEncoder().fit(untidy[["name"]]).transform(untidy[["name"]])
    monkeypatch.setattr(encoding, "ROWS_COUNT_UP_TO", 50)
    np.testing.assert_array_equal(TableEncoder().fit(plain).transform(plain), counted)
    again = TableEncoder().fit(untidy[["name"]]).transform(untidy[["name"]])
    assert again.shape == words.shape
    assert not np.array_equal(again, words)


def test_a_sample_to_fit_on_holds_the_base_rate(rng: np.random.Generator):
    target = (rng.random(20_000) < 0.013).astype(float)
    train = np.flatnonzero(rng.random(20_000) < 0.8)
    rows = fitted_rows(train, target, 4_000, 0, classes=True)
    assert len(rows) == len(set(rows)) == 4_000
    assert set(rows) <= set(train)
    assert (np.diff(rows) > 0).all()
    assert abs(target[rows].sum() - 4_000 * target[train].mean()) < 1
    assert fitted_rows(train, target, len(train), 0, classes=True) is train
    amounts = fitted_rows(train, rng.normal(size=20_000), 500, 0, classes=False)
    assert len(set(amounts)) == 500


def test_a_rare_class_is_not_lost():
    target = np.array([0.0] * 9_998 + [1.0] * 2)
    rows = fitted_rows(np.arange(10_000), target, 1_000, 0, classes=True)
    assert (len(rows), target[rows].sum()) == (1_000, 1)


def test_the_model_is_scikit_learns(rng: np.random.Generator):
    """On plain numbers: nothing but scaling and the regression."""
    x = rng.normal(size=(300, 3))
    y = (rng.random(300) < 1 / (1 + np.exp(-x[:, 0]))).astype(float)
    train, test = np.arange(200), np.arange(200, 300)
    found = predict_fold("binary", pd.DataFrame(x), y, train, test, 0, "model")
    scaled = (x - x[train].mean(axis=0)) / x[train].std(axis=0)
    theirs = LogisticRegression().fit(scaled[train], y[train]).predict_proba(scaled[test])
    assert found == pytest.approx(theirs[:, 1], abs=1e-4)


@pytest.mark.parametrize("seed", range(20))
def test_one_order_serves_the_cuts_of_all_folds(seed: int):
    rng = np.random.default_rng(seed)
    values = {"a": np.round(rng.normal(size=120), 1), "b": rng.normal(size=120)}
    values["b"][rng.random(120) < 0.2] = np.nan
    gain, among = rng.normal(size=120) + values["a"], rng.random(120) < 0.7
    alone = best_cut({name: column[among] for name, column in values.items()}, gain[among])
    assert alone is not None
    assert best_cut(values, gain, orders(values), among) == alone


def test_neighbouring_numbers_are_told_apart():
    low = 1.0
    high = np.nextafter(low, 2.0)
    values = {"x": np.array([low, high])}
    for gain in (np.array([-3.0, 2.0]), np.array([2.0, -3.0])):
        cut = best_cut(values, gain)
        assert cut is not None
        assert cut.acts(values).tolist() == (gain > 0).tolist()
