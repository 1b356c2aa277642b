"""Break-even values against a fine grid, and how few evaluations they take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpdm_kit.analysis.uncertainty.distributions import from_interval
from mlpdm_kit.analysis.worth.breakeven import Crossing, crossings

Option = Callable[[Any], Any]

NOW = from_interval(40, 60)
REACHED = (NOW.mean / 100, NOW.mean * 100)


def expected(options: list[Option]) -> Any:
    return lambda value: np.array([option(value) + 0.0 * value for option in options])


def leads(found: Any, best: int, points: Any) -> Any:
    """By how much the option is better than the best other one."""
    table = found(points)
    return table[best] - np.delete(table, best, axis=0).max(axis=0)


@pytest.mark.parametrize(
    ("options", "below", "above"),
    [
        ([lambda x: x, lambda x: 20.0], (20, 1), None),
        ([lambda x: 100 - x, lambda x: 20.0], None, (80, 1)),
        ([lambda x: 3.0 - abs(x - 49) / 10, lambda x: 0.0], (19, 1), (79, 1)),  # a tent
        ([lambda x: 10.0, lambda x: x - 100, lambda x: 2 * x - 190], None, (100, 2)),
        ([lambda x: min(x, 60.0), lambda x: x / 2], None, (120, 1)),  # no more than can be done
        ([lambda x: 1.0, lambda x: 0.0], None, None),
    ],
)
def test_worked_by_hand(
    options: list[Option], below: tuple[float, int] | None, above: tuple[float, int] | None
) -> None:
    found = crossings(expected(options), 0, NOW, "money", 12)
    for crossing, wanted in zip(found, (below, above), strict=True):
        assert (crossing is None) == (wanted is None)
        if crossing is not None and wanted is not None:
            assert crossing.value == pytest.approx(wanted[0], rel=1e-5)
            assert crossing.option == wanted[1]


lines = st.tuples(st.floats(-3, 3), st.floats(-150, 150))
bends = st.tuples(lines, st.floats(0.5, 200), st.sampled_from(["min", "max", "smooth"]))


def bent(spec: tuple[tuple[float, float], float, str]) -> Option:
    (slope, start), turn, kind = spec

    def worth(value: Any) -> Any:
        if kind == "smooth":
            return start + slope * turn * np.log1p(value / turn)
        return start + slope * (np.minimum if kind == "min" else np.maximum)(value, turn)

    return worth


@given(specs=st.lists(bends, min_size=2, max_size=4))
def test_no_change_on_a_fine_grid_comes_before(
    specs: list[tuple[tuple[float, float], float, str]],
) -> None:
    options = expected([bent(spec) for spec in specs])
    best = int(np.argmax(options(NOW.mean)))
    found = crossings(options, best, NOW, "money", 12)
    for crossing, end in zip(found, REACHED, strict=True):
        points = np.geomspace(NOW.mean, end if crossing is None else crossing.value, 100_001)
        small = 1e-4 * max(1.0, float(np.abs(options(points)).max()))
        behind = leads(options, best, points) < -small
        assert longest(points, behind) <= 100 ** (1 / 24)  # between two points of its own grid
        if crossing is not None:
            assert abs(float(leads(options, best, np.array([crossing.value]))[0])) <= small
            table = np.asarray(options(crossing.value))
            assert table[crossing.option] >= np.delete(table, best).max() - small


def longest(points: Any, behind: Any) -> float:
    """How many times its beginning the longest stretch is on which the option is not best."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], behind.astype(int), [0]])))
    starts, ends = points[edges[::2]], points[edges[1::2] - 1]
    ratios = np.maximum(starts, ends) / np.minimum(starts, ends)
    return float(ratios.max(initial=1.0))


def test_a_straight_way_takes_few_evaluations() -> None:
    asked = []

    def worth(value: float) -> np.ndarray:
        asked.append(value)
        return np.array([value, 20.0])

    crossings(worth, 0, NOW, "money", 12)
    assert len(asked) == len(set(asked)) <= 10


def test_a_tie_at_the_end_of_the_way() -> None:
    share = from_interval(0.2, 0.4)
    options = expected([lambda x: 0.0, lambda x: 1.0 - x])
    assert crossings(options, 1, share, "share", 12) == (None, Crossing(value=1.0, option=0))


def test_level_options_change_at_no_value_of_their_own() -> None:
    options = expected([lambda x: 1.0 * (x > 0.5), lambda x: 1.0, lambda x: 0.0])
    below, above = crossings(options, 1, from_interval(0.2, 0.4), "share", 12)
    assert below is None
    assert above is not None
    assert above.value >= 0.5


def test_an_option_that_is_best_beside_the_mean_only() -> None:
    options = expected([lambda x: 5.0 - abs(x - 300) / 10, lambda x: 0.0])
    below, above = crossings(options, 0, NOW, "money", 12)
    assert below is not None
    assert below.value == pytest.approx(250, rel=1e-5)
    assert above is not None
    assert above.value == pytest.approx(350, rel=1e-5)


def test_where_the_mean_is_not_finite_nothing_is_said() -> None:
    class Endless:
        mean = float("inf")

    assert crossings(lambda x: np.zeros(2), 0, Endless(), "money", 12) == (None, None)  # type: ignore[arg-type]
