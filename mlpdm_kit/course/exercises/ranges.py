"""Of lesson 4: what a range says of its mean, and whether a break-even lies inside one."""

from __future__ import annotations

from mlpdm_kit.analysis.uncertainty.distributions import Distribution, from_interval
from mlpdm_kit.course.exercise import Exercise, Field, Grid, Values, likely


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


MEAN_OF_A_RANGE = Exercise(
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
            mistakes=likely(
                {
                    "never-outside": lambda v: 0.0,
                    "one-end": lambda v: v["projects"] * (1 - v["level"]) / 2,
                    "inside": lambda v: v["projects"] * v["level"],
                }
            ),
        ),
        Field(
            name="middle",
            kind="money",
            right=lambda v: _range(v).quantile(0.5),
            mistakes=likely(
                {
                    "halfway": _midpoint,
                    "root-forgotten": lambda v: v["low"] * v["high"],
                    "width": lambda v: v["high"] - v["low"],
                }
            ),
        ),
        Field(
            name="mean",
            kind="money",
            tolerance=0.03,
            right=lambda v: v["middle"] * (1 + _raised(v["high"] / v["low"])),
            mistakes=likely(
                {
                    "midpoint": _midpoint,
                    "median": lambda v: v["middle"],
                    "midpoint-raised": lambda v: _midpoint(v) * (1 + _raised(v["high"] / v["low"])),
                    "worst": lambda v: v["high"],
                    "raise-alone": lambda v: v["middle"] * _raised(v["high"] / v["low"]),
                }
            ),
        ),
        Field(
            name="exceeded",
            kind="choice",
            choices=("seldom", "half", "often"),
            right=_exceeded,
            mistakes=likely(
                {
                    "mean-is-median": "half",
                    "long-tail": "often",
                }
            ),
        ),
        Field(
            name="budget",
            kind="choice",
            choices=("median", "mean", "midpoint", "high"),
            right="mean",
            mistakes=likely(
                {
                    "budget-median": "median",
                    "budget-midpoint": "midpoint",
                    "budget-high": "high",
                }
            ),
        ),
    ),
)

BREAK_EVEN_VOLUME = Exercise(
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
            mistakes=likely(
                {
                    "one-side": lambda v: v["llm_month"],
                    "added": lambda v: v["llm_month"] + v["templates_month"],
                }
            ),
        ),
        Field(
            name="each_gap",
            kind="money/case",
            right=lambda v: v["templates_each"] - v["llm_each"],
            mistakes=likely(
                {
                    "one-side": lambda v: v["templates_each"],
                    "added": lambda v: v["templates_each"] + v["llm_each"],
                }
            ),
        ),
        Field(
            name="volume",
            kind="count",
            right=lambda v: v["month_gap"] / v["each_gap"],
            mistakes=likely(
                {
                    "month-not-compared": lambda v: v["llm_month"] / v["each_gap"],
                    "each-not-compared": (
                        lambda v: v["month_gap"] / v["llm_each"],
                        lambda v: v["month_gap"] / v["templates_each"],
                    ),
                    "llm-alone": lambda v: v["llm_month"] / v["llm_each"],
                    "upside-down": lambda v: v["each_gap"] / v["month_gap"],
                    "middle": _midpoint,
                }
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
            mistakes=likely(
                {
                    "low-end": "templates",
                    "high-end": "llm",
                    "no-matter": "never-mind",
                    "same-throughout": "count",
                }
            ),
        ),
    ),
)
