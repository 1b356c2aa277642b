"""Lesson 4: ranges, worth against the best alternative, what knowing is worth, sensitivity."""

from __future__ import annotations

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array
from mlpdm_kit.analysis.voi.information import evpi
from mlpdm_kit.analysis.worth.discounting import MONTHS_PER_YEAR, discounted_months
from mlpdm_kit.course.exercise import Exercise, Field, Grid, Values, likely
from mlpdm_kit.course.exercises.ranges import BREAK_EVEN_VOLUME, MEAN_OF_A_RANGE


def _futures(v: Values) -> Array:
    """A hundred equally likely futures: net benefit of building, and of leaving it."""
    good = round(100 * v["chance"])
    build = np.repeat([v["gain"] - v["cost"], -v["cost"]], [good, 100 - good])
    return np.column_stack([build, np.zeros(100)])


def _with_knowledge(v: Values) -> float:
    futures = _futures(v)
    return float(futures.mean(axis=0).max()) + evpi(futures)


# saved a month, cost of a month, cost to build
_WAYS = {
    "e_invoices": (250_000.0, 50_000.0, 1_000_000.0),
    "templates": (400_000.0, 50_000.0, 1_600_000.0),
    "llm": (550_000.0, 150_000.0, 4_200_000.0),
}
_WITHOUT_LLM = ("e_invoices", "templates")


def _way(name: str) -> Field:
    """What a way is worth against today."""
    saved, run, build = _WAYS[name]
    return Field(
        name=name,
        kind="money",
        right=lambda v: v["months"] * (saved - run) - build,
        mistakes=likely(
            {
                "run-forgotten": lambda v: v["months"] * saved - build,
                "build-forgotten": lambda v: v["months"] * (saved - run),
                "saving-only": lambda v: v["months"] * saved,
            }
        ),
    )


def _saved_more(v: Values) -> float:
    return float(v["months"] * (_WAYS["llm"][0] - _WAYS["templates"][0]))


def _counted(v: Values) -> float:
    """What the months at work count for, those beyond the horizon too if they were taken in."""
    end = max(v["horizon"], v["at_work"])
    return float(discounted_months(v["rate"], end, end - v["at_work"]))


_MONTHS = (3, 12, 21, 24, 27)
_RATE, _HORIZON, _DELAY = 0.08, 24.0, 3.0

# what it is worth to know, and what it costs to find out
_STUDIES = {
    "volume": (150_000.0, 20_000.0),
    "misread": (900_000.0, 300_000.0),
    "payment": (1_100_000.0, 800_000.0),
    "suppliers": (350_000.0, 500_000.0),
}


def _study(name: str) -> Field:
    """What is left of the worth of knowing after its price."""
    known, price = _STUDIES[name]
    return Field(
        name=name,
        kind="money",
        right=lambda v: known - price,
        mistakes=likely(
            {
                "price-forgotten": lambda v: known,
                "price-only": lambda v: price,
                "added": lambda v: known + price,
            }
        ),
    )


EXERCISES = (
    Exercise(
        id="pilot-ceiling",
        lesson="value",
        given={"cost": 6e6, "chance": 0.4, "gain": 20e6, "pilot_price": 1.2e6},
        fields=(
            Field(
                name="expected",
                kind="money",
                right=lambda v: float(_futures(v)[:, 0].mean()),
                mistakes=likely(
                    {
                        "sure": lambda v: v["gain"] - v["cost"],
                        "cost-forgotten": lambda v: v["chance"] * v["gain"],
                        "cost-sometimes": lambda v: v["chance"] * (v["gain"] - v["cost"]),
                        "even-odds": lambda v: v["gain"] / 2 - v["cost"],
                    }
                ),
            ),
            Field(
                name="with_knowledge",
                kind="money",
                right=_with_knowledge,
                mistakes=likely(
                    {
                        "builds-anyway": lambda v: v["chance"] * v["gain"] - v["cost"],
                        "cost-never": lambda v: v["chance"] * v["gain"],
                        "knowing-helps": lambda v: v["gain"] - v["cost"],
                    }
                ),
            ),
            Field(
                name="evpi",
                kind="money",
                right=lambda v: v["with_knowledge"] - max(v["expected"], 0.0),
                mistakes=likely(
                    {
                        "not-the-difference": lambda v: v["with_knowledge"],
                        "worth-now": lambda v: v["expected"],
                        "whole-cost": lambda v: v["cost"],
                        "wrong-chance": lambda v: v["chance"] * v["cost"],
                        "added": lambda v: v["with_knowledge"] + v["expected"],
                    }
                ),
            ),
            Field(
                name="pilot",
                kind="choice",
                choices=("run", "too-dear", "needless"),
                right=lambda v: "run" if v["evpi"] > v["pilot_price"] else "too-dear",
                mistakes=likely(
                    {
                        "above-ceiling": "run",
                        "below-ceiling": "too-dear",
                        "positive-already": "needless",
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="incremental",
        lesson="value",
        given={"months": 24.0},
        grid=Grid(
            heads={
                "way": "say:exercise.incremental.choice",
                "saved": "money",
                "run": "money",
                "build": "money",
            },
            rows=tuple((way, *amounts) for way, amounts in _WAYS.items()),
        ),
        fields=(
            *(_way(name) for name in _WAYS),
            Field(
                name="extra",
                kind="money",
                right=lambda v: v["llm"] - max(0.0, *(float(v[name]) for name in _WITHOUT_LLM)),
                mistakes=likely(
                    {
                        "against-today": lambda v: v["llm"],
                        "not-the-best": lambda v: v["llm"] - v["e_invoices"],
                        "all-others": lambda v: v["llm"] - v["templates"] - v["e_invoices"],
                        "savings-only": _saved_more,
                        "turned-round": lambda v: v["templates"] - v["llm"],
                    }
                ),
            ),
            Field(
                name="best",
                kind="choice",
                choices=("today", *_WAYS),
                right=lambda v: max(
                    ("today", *_WAYS), key=lambda way: float(v[way]) if way in v else 0.0
                ),
                mistakes=likely(
                    {
                        "nothing-done": "today",
                        "cheapest": "e_invoices",
                        "saves-most": "llm",
                    }
                ),
            ),
        ),
    ),
    MEAN_OF_A_RANGE,
    BREAK_EVEN_VOLUME,
    Exercise(
        id="discounted",
        lesson="value",
        given={
            "gain": 400_000.0,
            "horizon": _HORIZON,
            "delay": _DELAY,
            "rate": _RATE,
            "build": 8.2e6,
        },
        grid=Grid(
            heads={"month": "count", "sum": "number"},
            rows=tuple((month, float(discounted_months(_RATE, month))) for month in _MONTHS),
        ),
        fields=(
            Field(
                name="at_work",
                kind="months",
                right=lambda v: v["horizon"] - v["delay"],
                mistakes=likely(
                    {
                        "whole-horizon": lambda v: v["horizon"],
                        "delay-added": lambda v: v["horizon"] + v["delay"],
                    }
                ),
            ),
            Field(
                name="counted",
                kind="count",
                tolerance=0.01,
                right=_counted,
                mistakes=likely(
                    {
                        "not-discounted": lambda v: v["at_work"],
                        "delay-forgotten": lambda v: float(
                            discounted_months(v["rate"], v["horizon"])
                        ),
                        "first-months": lambda v: float(discounted_months(v["rate"], v["at_work"])),
                        "all-at-the-end": lambda v: (
                            v["at_work"] * (1 + v["rate"]) ** (-v["horizon"] / MONTHS_PER_YEAR)
                        ),
                        "rate-a-month": lambda v: float(
                            discounted_months(
                                (1 + v["rate"]) ** MONTHS_PER_YEAR - 1, v["horizon"], v["delay"]
                            )
                        ),
                        "beyond-horizon": lambda v: float(
                            discounted_months(v["rate"], v["horizon"] + v["delay"], v["delay"])
                        ),
                    }
                ),
            ),
            Field(
                name="worth",
                kind="money",
                right=lambda v: v["gain"] * v["counted"],
                mistakes=likely(
                    {
                        "not-discounted": lambda v: v["gain"] * v["at_work"],
                        "nothing-counted": lambda v: v["gain"] * v["horizon"],
                        "delay-forgotten": lambda v: (
                            v["gain"] * float(discounted_months(v["rate"], v["horizon"]))
                        ),
                    }
                ),
            ),
            Field(
                name="net",
                kind="money",
                tolerance=0.05,
                right=lambda v: v["worth"] - v["build"],
                mistakes=likely(
                    {
                        "build-forgotten": lambda v: v["worth"],
                        "build-added": lambda v: v["worth"] + v["build"],
                        "net-not-discounted": lambda v: v["gain"] * v["at_work"] - v["build"],
                    }
                ),
            ),
            Field(
                name="built",
                kind="choice",
                choices=("build", "leave"),
                right=lambda v: "build" if v["net"] > 0 else "leave",
                mistakes=likely(
                    {
                        "loses": "build",
                        "gains": "leave",
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="which-to-find-out",
        lesson="value",
        grid=Grid(
            heads={
                "input": "say:exercise.which-to-find-out.choice",
                "known": "money",
                "price": "money",
            },
            rows=tuple((name, *amounts) for name, amounts in _STUDIES.items()),
        ),
        fields=(
            *(_study(name) for name in _STUDIES),
            Field(
                name="first",
                kind="choice",
                choices=(*_STUDIES, "none"),
                right=lambda v: max(
                    ("none", *_STUDIES), key=lambda name: float(v[name]) if name in v else 0.0
                ),
                mistakes=likely(
                    {
                        "cheapest": "volume",
                        "worth-most": "payment",
                        "loses": "suppliers",
                        "none-pays": "none",
                    }
                ),
            ),
        ),
    ),
)
