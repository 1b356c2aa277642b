"""Recommendation: which recipe a household cooks next, in a grocer's app. Simulated.

Assumptions, and where they come from:

- A household chooses by how good a recipe is, its kind of household's taste, its own taste,
  the season, and whether the recipe is new; in what shares is assumed (`TASTE`).
- The rows are choices on screens that were shuffled (one in twenty), so that what was shown
  first does not make what is chosen: choices on ordinary screens favour the list in use
  (feedback loop; Chaney, Stewart & Engelhardt, RecSys 2018).
- The editors pick ten recipes a week, the same for all. They know the season and what is new,
  and how good a recipe is but for an error as large as the differences between recipes
  (assumed).
- Ranks of the neural recommender are simulated: it knows all that the choices come from, but
  for an error that makes it hit 0.98 times as often as the best simple list here. Of seven
  neural methods that could be reproduced, six hit less often than simple ones that were well
  tuned, most of them by a few percent (Ferrari Dacrema, Cremonesi & Jannach, RecSys 2019). No
  network was trained.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

SEED = 20261124
ROWS, HOUSEHOLDS, RECIPES, DAYS, AT_ONCE = 4000, 700, 150, 364, 10
KINDS = {"single": 0.35, "family": 0.45, "senior": 0.20}
TASTE = {"quality": 0.7, "kind": 0.9, "own": 0.5, "season": 0.8, "new": 1.6}
NEW_HALVES_AFTER = 21  # days
NEURAL_ERROR = 1.05  # such that it hits 0.98 times as often; a test holds the ratio
FIRST_DAY = np.datetime64("2025-10-06")
DISHES = ("soup", "curry", "salad", "stew", "pasta", "gratin", "pie", "rice bowl", "stir-fry",
          "sandwich", "omelette", "noodles", "casserole", "risotto", "tart")  # fmt: skip
WITH = ("leek", "pumpkin", "chickpea", "salmon", "chicken", "tomato", "mushroom", "spinach",
        "beef", "aubergine")  # fmt: skip


@cache
def _world() -> dict[str, np.ndarray]:
    """Recipes, households, choices, and what the choices come from."""
    rng = np.random.default_rng(SEED)
    out = np.where(rng.random(RECIPES) < 0.45, 0, rng.integers(1, DAYS - 20, RECIPES))
    quality, peak = rng.normal(0, TASTE["quality"], RECIPES), rng.uniform(0, DAYS, RECIPES)
    kinds = rng.normal(0, TASTE["kind"], (len(KINDS), RECIPES))
    traits = rng.normal(0, 1, (RECIPES, 4))
    likes = rng.normal(0, TASTE["own"] / 2, (HOUSEHOLDS, 4))
    kind = rng.choice(len(KINDS), HOUSEHOLDS, p=list(KINDS.values()))
    day = np.sort(rng.integers(0, DAYS, ROWS))
    household = rng.integers(0, HOUSEHOLDS, ROWS)
    age = day[:, None] - out[None, :]
    common = quality + _moment(day, peak, age)
    known = common + kinds[kind[household]] + likes[household] @ traits.T
    utility = np.where(age >= 0, known, -np.inf)
    chosen = np.argmax(utility + rng.gumbel(size=utility.shape), axis=1)
    return {"out": out, "quality": quality, "peak": peak, "kind": kind[household], "day": day,
            "household": household, "utility": utility, "chosen": chosen}  # fmt: skip


def _moment(day: np.ndarray, peak: np.ndarray, age: np.ndarray) -> np.ndarray:
    """What season and novelty add, by day and recipe."""
    season = TASTE["season"] * np.cos(2 * np.pi * (day[:, None] - peak) / DAYS)
    return season + TASTE["new"] * 0.5 ** (np.maximum(age, 0) / NEW_HALVES_AFTER)


def _name(number: int) -> str:
    return f"{WITH[number % len(WITH)]} {DISHES[number // len(WITH)]}"


def choices() -> pd.DataFrame:
    """What was cooked next, by whom and when, on screens that were shuffled."""
    world = _world()
    return pd.DataFrame(
        {
            "screen": np.arange(1, ROWS + 1),
            "day": (FIRST_DAY + world["day"]).astype(str),
            "household": [f"H{number:03d}" for number in world["household"]],
            "kind": np.array(list(KINDS))[world["kind"]],
            "recipe": [_name(number) for number in world["chosen"]],
        }
    )


def editors() -> pd.DataFrame:
    """Place of what was cooked in the editors' list of the week; empty where it is not in it."""
    world, rng = _world(), np.random.default_rng(SEED + 1)
    weeks = np.arange(0, DAYS, 7)
    age = weeks[:, None] - world["out"][None, :]
    error = rng.normal(0, TASTE["quality"], RECIPES)
    seen = world["quality"] + error + _moment(weeks, world["peak"], age)
    return _places(np.where(age >= 0, seen, -np.inf)[world["day"] // 7], AT_ONCE)


def neural() -> pd.DataFrame:
    """Simulated places in the neural recommender's list, as of the assumptions above."""
    world, rng = _world(), np.random.default_rng(SEED + 2)
    return _places(world["utility"] + rng.normal(0, NEURAL_ERROR, world["utility"].shape), 100)


def _places(scores: np.ndarray, most: int) -> pd.DataFrame:
    own = scores[np.arange(ROWS), _world()["chosen"]]
    ranks = 1 + (scores > own[:, None]).sum(axis=1)
    shown = ["" if rank > most or lost else int(rank)
             for rank, lost in zip(ranks, np.isneginf(own), strict=True)]  # fmt: skip
    return pd.DataFrame({"id": np.arange(1, ROWS + 1), "rank": shown})


FILES = {"choices.csv": choices, "editors.csv": editors, "neural.csv": neural}
