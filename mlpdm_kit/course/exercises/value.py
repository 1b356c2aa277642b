"""Lesson 4: ranges, worth against the best alternative, what knowing is worth, sensitivity."""

from __future__ import annotations

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Array, Distribution, from_interval
from mlpdm_kit.analysis.voi.information import evpi
from mlpdm_kit.analysis.worth.discounting import MONTHS_PER_YEAR, discounted_months
from mlpdm_kit.course.exercise import Exercise, Field, Grid, Mistake, Values


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
        mistakes=(
            Mistake(code="run-forgotten", leads_to=lambda v: v["months"] * saved - build),
            Mistake(code="build-forgotten", leads_to=lambda v: v["months"] * (saved - run)),
            Mistake(code="saving-only", leads_to=lambda v: v["months"] * saved),
        ),
    )


def _saved_more(v: Values) -> float:
    return float(v["months"] * (_WAYS["llm"][0] - _WAYS["templates"][0]))


def _range(v: Values) -> Distribution:
    return from_interval(v["low"], v["high"], v["level"])


def _raised(ratio: float) -> float:
    """By how much the mean of a positive range lies above its median."""
    found = from_interval(1.0, ratio)
    return float(found.mean / found.quantile(0.5) - 1)


def _midpoint(v: Values) -> float:
    return float(v["low"] + v["high"]) / 2


def _exceeded(v: Values) -> str:
    """How often the mean is exceeded, by which side of the median it lies on."""
    if v["mean"] == v["middle"]:
        return "half"
    return "seldom" if v["mean"] > v["middle"] else "often"


def _side(v: Values) -> str:
    """On which side of the range the break-even lies."""
    if v["volume"] < v["low"]:
        return "under"
    return "over" if v["volume"] > v["high"] else "inside"


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
        mistakes=(
            Mistake(code="price-forgotten", leads_to=lambda v: known),
            Mistake(code="price-only", leads_to=lambda v: price),
            Mistake(code="added", leads_to=lambda v: known + price),
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
                mistakes=(
                    Mistake(code="sure", leads_to=lambda v: v["gain"] - v["cost"]),
                    Mistake(code="cost-forgotten", leads_to=lambda v: v["chance"] * v["gain"]),
                    Mistake(
                        code="cost-sometimes",
                        leads_to=lambda v: v["chance"] * (v["gain"] - v["cost"]),
                    ),
                    Mistake(code="even-odds", leads_to=lambda v: v["gain"] / 2 - v["cost"]),
                ),
            ),
            Field(
                name="with_knowledge",
                kind="money",
                right=_with_knowledge,
                mistakes=(
                    Mistake(
                        code="builds-anyway",
                        leads_to=lambda v: v["chance"] * v["gain"] - v["cost"],
                    ),
                    Mistake(
                        code="cost-never",
                        leads_to=lambda v: v["chance"] * v["gain"],
                    ),
                    Mistake(code="knowing-helps", leads_to=lambda v: v["gain"] - v["cost"]),
                ),
            ),
            Field(
                name="evpi",
                kind="money",
                right=lambda v: v["with_knowledge"] - max(v["expected"], 0.0),
                mistakes=(
                    Mistake(code="not-the-difference", leads_to=lambda v: v["with_knowledge"]),
                    Mistake(code="worth-now", leads_to=lambda v: v["expected"]),
                    Mistake(code="whole-cost", leads_to=lambda v: v["cost"]),
                    Mistake(code="wrong-chance", leads_to=lambda v: v["chance"] * v["cost"]),
                    Mistake(code="added", leads_to=lambda v: v["with_knowledge"] + v["expected"]),
                ),
            ),
            Field(
                name="pilot",
                kind="choice",
                choices=("run", "too-dear", "needless"),
                right=lambda v: "run" if v["evpi"] > v["pilot_price"] else "too-dear",
                mistakes=(
                    Mistake(code="above-ceiling", leads_to="run"),
                    Mistake(code="below-ceiling", leads_to="too-dear"),
                    Mistake(code="positive-already", leads_to="needless"),
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
                mistakes=(
                    Mistake(code="against-today", leads_to=lambda v: v["llm"]),
                    Mistake(code="not-the-best", leads_to=lambda v: v["llm"] - v["e_invoices"]),
                    Mistake(
                        code="all-others",
                        leads_to=lambda v: v["llm"] - v["templates"] - v["e_invoices"],
                    ),
                    Mistake(code="savings-only", leads_to=_saved_more),
                    Mistake(code="turned-round", leads_to=lambda v: v["templates"] - v["llm"]),
                ),
            ),
            Field(
                name="best",
                kind="choice",
                choices=("today", *_WAYS),
                right=lambda v: max(
                    ("today", *_WAYS), key=lambda way: float(v[way]) if way in v else 0.0
                ),
                mistakes=(
                    Mistake(code="nothing-done", leads_to="today"),
                    Mistake(code="cheapest", leads_to="e_invoices"),
                    Mistake(code="saves-most", leads_to="llm"),
                ),
            ),
        ),
    ),
    Exercise(
        id="mean-of-a-range",
        lesson="value",
        given={"low": 2e6, "high": 8e6, "level": 0.9, "projects": 20.0},
        grid=Grid(
            heads={"ratio": "number", "raised": "share"},
            rows=tuple((ratio, _raised(ratio)) for ratio in (2.0, 4.0, 10.0, 30.0)),
        ),
        fields=(
            Field(
                name="outside",
                kind="count",
                right=lambda v: v["projects"] * (1 - v["level"]),
                mistakes=(
                    Mistake(code="never-outside", leads_to=lambda v: 0.0),
                    Mistake(
                        code="one-end", leads_to=lambda v: v["projects"] * (1 - v["level"]) / 2
                    ),
                    Mistake(code="inside", leads_to=lambda v: v["projects"] * v["level"]),
                ),
            ),
            Field(
                name="middle",
                kind="money",
                right=lambda v: _range(v).quantile(0.5),
                mistakes=(
                    Mistake(code="halfway", leads_to=_midpoint),
                    Mistake(code="root-forgotten", leads_to=lambda v: v["low"] * v["high"]),
                    Mistake(code="width", leads_to=lambda v: v["high"] - v["low"]),
                ),
            ),
            Field(
                name="mean",
                kind="money",
                tolerance=0.03,
                right=lambda v: v["middle"] * (1 + _raised(v["high"] / v["low"])),
                mistakes=(
                    Mistake(code="midpoint", leads_to=_midpoint),
                    Mistake(code="median", leads_to=lambda v: v["middle"]),
                    Mistake(
                        code="midpoint-raised",
                        leads_to=lambda v: _midpoint(v) * (1 + _raised(v["high"] / v["low"])),
                    ),
                    Mistake(code="worst", leads_to=lambda v: v["high"]),
                    Mistake(
                        code="raise-alone",
                        leads_to=lambda v: v["middle"] * _raised(v["high"] / v["low"]),
                    ),
                ),
            ),
            Field(
                name="exceeded",
                kind="choice",
                choices=("seldom", "half", "often"),
                right=_exceeded,
                mistakes=(
                    Mistake(code="mean-is-median", leads_to="half"),
                    Mistake(code="long-tail", leads_to="often"),
                ),
            ),
            Field(
                name="budget",
                kind="choice",
                choices=("median", "mean", "midpoint", "high"),
                right="mean",
                mistakes=(
                    Mistake(code="budget-median", leads_to="median"),
                    Mistake(code="budget-midpoint", leads_to="midpoint"),
                    Mistake(code="budget-high", leads_to="high"),
                ),
            ),
        ),
    ),
    Exercise(
        id="break-even-volume",
        lesson="value",
        given={
            "templates_month": 100_000.0,
            "templates_each": 160.0,
            "llm_month": 280_000.0,
            "llm_each": 60.0,
            "level": 0.9,
            "low": 1_500.0,
            "high": 2_200.0,
        },
        fields=(
            Field(
                name="month_gap",
                kind="money/month",
                right=lambda v: v["llm_month"] - v["templates_month"],
                mistakes=(
                    Mistake(code="one-side", leads_to=lambda v: v["llm_month"]),
                    Mistake(code="added", leads_to=lambda v: v["llm_month"] + v["templates_month"]),
                ),
            ),
            Field(
                name="each_gap",
                kind="money/case",
                right=lambda v: v["templates_each"] - v["llm_each"],
                mistakes=(
                    Mistake(code="one-side", leads_to=lambda v: v["templates_each"]),
                    Mistake(code="added", leads_to=lambda v: v["templates_each"] + v["llm_each"]),
                ),
            ),
            Field(
                name="volume",
                kind="count",
                right=lambda v: v["month_gap"] / v["each_gap"],
                mistakes=(
                    Mistake(
                        code="month-not-compared", leads_to=lambda v: v["llm_month"] / v["each_gap"]
                    ),
                    Mistake(
                        code="each-not-compared", leads_to=lambda v: v["month_gap"] / v["llm_each"]
                    ),
                    Mistake(
                        code="each-not-compared",
                        leads_to=lambda v: v["month_gap"] / v["templates_each"],
                    ),
                    Mistake(code="llm-alone", leads_to=lambda v: v["llm_month"] / v["llm_each"]),
                    Mistake(code="upside-down", leads_to=lambda v: v["each_gap"] / v["month_gap"]),
                    Mistake(code="middle", leads_to=_midpoint),
                ),
            ),
            Field(
                name="holds",
                kind="choice",
                choices=("inside", "under", "over"),
                right=_side,
            ),
            Field(
                name="follows",
                kind="choice",
                choices=("templates", "llm", "count", "never-mind"),
                right=lambda v: {"under": "llm", "over": "templates"}.get(v["holds"], "count"),
                mistakes=(
                    Mistake(code="low-end", leads_to="templates"),
                    Mistake(code="high-end", leads_to="llm"),
                    Mistake(code="no-matter", leads_to="never-mind"),
                    Mistake(code="same-throughout", leads_to="count"),
                ),
            ),
        ),
    ),
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
                mistakes=(
                    Mistake(code="whole-horizon", leads_to=lambda v: v["horizon"]),
                    Mistake(code="delay-added", leads_to=lambda v: v["horizon"] + v["delay"]),
                ),
            ),
            Field(
                name="counted",
                kind="count",
                tolerance=0.01,
                right=lambda v: float(
                    discounted_months(v["rate"], v["horizon"], v["horizon"] - v["at_work"])
                ),
                mistakes=(
                    Mistake(code="not-discounted", leads_to=lambda v: v["at_work"]),
                    Mistake(
                        code="delay-forgotten",
                        leads_to=lambda v: float(discounted_months(v["rate"], v["horizon"])),
                    ),
                    Mistake(
                        code="first-months",
                        leads_to=lambda v: float(discounted_months(v["rate"], v["at_work"])),
                    ),
                    Mistake(
                        code="all-at-the-end",
                        leads_to=lambda v: (
                            v["at_work"] * (1 + v["rate"]) ** (-v["horizon"] / MONTHS_PER_YEAR)
                        ),
                    ),
                    Mistake(
                        code="rate-a-month",
                        leads_to=lambda v: float(
                            discounted_months(
                                (1 + v["rate"]) ** MONTHS_PER_YEAR - 1, v["horizon"], v["delay"]
                            )
                        ),
                    ),
                    Mistake(
                        code="beyond-horizon",
                        leads_to=lambda v: float(
                            discounted_months(v["rate"], v["horizon"] + v["delay"], v["delay"])
                        ),
                    ),
                ),
            ),
            Field(
                name="worth",
                kind="money",
                right=lambda v: v["gain"] * v["counted"],
                mistakes=(
                    Mistake(code="not-discounted", leads_to=lambda v: v["gain"] * v["at_work"]),
                    Mistake(code="nothing-counted", leads_to=lambda v: v["gain"] * v["horizon"]),
                    Mistake(
                        code="delay-forgotten",
                        leads_to=lambda v: (
                            v["gain"] * float(discounted_months(v["rate"], v["horizon"]))
                        ),
                    ),
                ),
            ),
            Field(
                name="net",
                kind="money",
                tolerance=0.05,
                right=lambda v: v["worth"] - v["build"],
                mistakes=(
                    Mistake(code="build-forgotten", leads_to=lambda v: v["worth"]),
                    Mistake(code="build-added", leads_to=lambda v: v["worth"] + v["build"]),
                    Mistake(
                        code="net-not-discounted",
                        leads_to=lambda v: v["gain"] * v["at_work"] - v["build"],
                    ),
                ),
            ),
            Field(
                name="built",
                kind="choice",
                choices=("build", "leave"),
                right=lambda v: "build" if v["net"] > 0 else "leave",
                mistakes=(
                    Mistake(code="loses", leads_to="build"),
                    Mistake(code="gains", leads_to="leave"),
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
                mistakes=(
                    Mistake(code="cheapest", leads_to="volume"),
                    Mistake(code="worth-most", leads_to="payment"),
                    Mistake(code="loses", leads_to="suppliers"),
                    Mistake(code="none-pays", leads_to="none"),
                ),
            ),
        ),
    ),
)
