"""Lesson 3: what errors cost, where to act, what a base rate does, and who bears it."""

from __future__ import annotations

import numpy as np

from mlpdm_kit.analysis.errors.costs import Costs
from mlpdm_kit.analysis.errors.points import precision
from mlpdm_kit.course.exercise import Exercise, Field, Grid, Values, likely


def _precision(v: Values) -> float:
    return float(precision(*(np.array([v[name]]) for name in ("share", "recall", "alarms"))))


def _cost(v: Values, cut: str) -> float:
    alarms, misses = _CUTS[cut]
    return float(alarms * v["false_alarm"] + misses * v["miss"])


def _cut(cut: str) -> Field:
    """What the errors of a cut cost."""
    alarms, misses = _CUTS[cut]
    return Field(
        name=cut,
        kind="money/month",
        right=lambda v: _cost(v, cut),
        mistakes=likely(
            {
                "prices-swapped": lambda v: alarms * v["miss"] + misses * v["false_alarm"],
                "alarms-alone": lambda v: alarms * v["false_alarm"],
                "misses-alone": lambda v: misses * v["miss"],
            }
        ),
    )


_CUTS = {"low": (620, 4), "middle": (240, 12), "high": (60, 35)}  # false alarms and misses

EXERCISES = (
    Exercise(
        id="threshold",
        lesson="errors",
        given={"false_alarm": 10.0, "miss": 90.0},
        fields=(
            Field(
                name="threshold",
                kind="share",
                right=lambda v: (
                    Costs(false_positive=v["false_alarm"], false_negative=v["miss"]).threshold
                ),
                mistakes=likely(
                    {
                        "swapped": lambda v: v["miss"] / (v["false_alarm"] + v["miss"]),
                        "ratio": lambda v: v["false_alarm"] / v["miss"],
                        "half": lambda v: 0.5,
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="base-rate",
        lesson="errors",
        given={"share": 0.01, "recall": 0.9, "alarms": 0.05, "cases": 10_000.0},
        fields=(
            Field(
                name="caught",
                kind="count",
                right=lambda v: v["cases"] * v["share"] * v["recall"],
                mistakes=likely(
                    {
                        "all-cases": lambda v: v["cases"] * v["recall"],
                        "all-caught": lambda v: v["cases"] * v["share"],
                    }
                ),
            ),
            Field(
                name="false",
                kind="count",
                right=lambda v: v["cases"] * (1 - v["share"]) * v["alarms"],
                mistakes=likely(
                    {
                        "alarms-of-positives": lambda v: v["cases"] * v["share"] * v["alarms"],
                        "alarms-of-all": lambda v: v["cases"] * v["alarms"],
                    }
                ),
                tolerance=0.005,
            ),
            Field(
                name="precision",
                kind="share",
                tolerance=0.03,  # a whole per cent will do
                right=lambda v: (
                    v["caught"] / (v["caught"] + v["false"]) if "caught" in v else _precision(v)
                ),
                mistakes=likely(
                    {
                        "recall": lambda v: v["recall"],
                        "specificity": lambda v: 1 - v["alarms"],
                        "odds": lambda v: v["caught"] / v["false"],
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="price-errors",
        lesson="errors",
        given={"minutes": 6.0, "wage": 3_000.0, "lost": 12_000.0, "saved": 0.75},
        fields=(
            Field(
                name="false_alarm",
                kind="money/case",
                right=lambda v: v["minutes"] / 60 * v["wage"],
                mistakes=likely(
                    {
                        "hour": lambda v: v["wage"],
                        "minutes": lambda v: v["minutes"] * v["wage"],
                    }
                ),
            ),
            Field(
                name="miss",
                kind="money/case",
                right=lambda v: v["lost"] * v["saved"] - v["false_alarm"],
                tolerance=0.01,
                mistakes=likely(
                    {
                        "whole-loss": lambda v: v["lost"],
                        "review-free": lambda v: v["lost"] * v["saved"],
                        "not-saved": lambda v: v["lost"] * (1 - v["saved"]),
                        "free": lambda v: 0.0,
                        "review-added": lambda v: v["lost"] * v["saved"] + v["false_alarm"],
                    }
                ),
            ),
            Field(
                name="threshold",
                kind="share",
                right=lambda v: (
                    Costs(false_positive=v["false_alarm"], false_negative=v["miss"]).threshold
                ),
                mistakes=likely(
                    {
                        "swapped": lambda v: v["miss"] / (v["false_alarm"] + v["miss"]),
                        "ratio": lambda v: v["false_alarm"] / v["miss"],
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="choose-cut",
        lesson="errors",
        given={"false_alarm": 400.0, "miss": 6_000.0},
        grid=Grid(
            heads={"cut": "say:exercise.choose-cut.choice", "alarms": "count", "misses": "count"},
            rows=tuple((cut, *counts) for cut, counts in _CUTS.items()),
        ),
        fields=(
            *(_cut(name) for name in _CUTS),
            Field(
                name="best",
                kind="choice",
                choices=tuple(_CUTS),
                right=lambda v: min(_CUTS, key=lambda cut: float(v[cut])),
                mistakes=likely(
                    {
                        "fewest-misses": "low",
                        "fewest-alarms": "high",
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="alarms-a-day",
        lesson="errors",
        given={"cases": 2_000.0, "share": 0.05, "recall": 0.8, "alarms": 0.04, "room": 60.0},
        fields=(
            Field(
                name="flagged",
                kind="count",
                right=lambda v: (
                    v["cases"] * (v["share"] * v["recall"] + (1 - v["share"]) * v["alarms"])
                ),
                mistakes=likely(
                    {
                        "of-all-cases": lambda v: (
                            v["cases"] * (v["share"] * v["recall"] + v["alarms"])
                        ),
                        "only-right": lambda v: v["cases"] * v["share"] * v["recall"],
                        "only-false": lambda v: v["cases"] * (1 - v["share"]) * v["alarms"],
                    }
                ),
            ),
            Field(
                name="looked",
                kind="share",
                right=lambda v: min(1.0, v["room"] / v["flagged"]),
                mistakes=likely(
                    {
                        "upside-down": lambda v: v["flagged"] / v["room"],
                        "of-all": lambda v: v["room"] / v["cases"],
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="who-bears",
        lesson="errors",
        fields=tuple(
            Field(
                name=name,
                kind="choice",
                choices=("us", "customer", "third", "nobody"),
                right=right,
            )
            for name, right in {
                "held-payment": "customer",
                "missed-duplicate": "us",
                "wrong-dose": "customer",
                "spam-let-through": "customer",
                "refused-tenant": "customer",
                "false-accusation": "third",
            }.items()
        ),
    ),
)
