"""Lesson 2: what could be done instead, and the strongest of it without ML."""

from __future__ import annotations

from collections.abc import Mapping

from mlpdm_kit.course.exercise import Exercise, Field, Grid, Mistake, Values, likely

_ALTERNATIVES = ("rule", "process", "none", "bought", "llm", "model")
_BRIEFS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # accepted, and likely wrong
    "overload": (("rule",), ("process", "llm", "model")),
    "missing-date": (("process", "rule"), ("bought", "llm", "model")),
    "newsletter": (("none",), ("rule", "process", "llm")),
    "invoices": (("bought",), ("rule", "process", "llm", "model")),
    "complaints": (("llm",), ("rule", "process", "bought", "model")),
    "pumps": (("model",), ("rule", "process", "bought", "llm")),
    "approvals": (("process",), ("rule", "none", "llm", "model")),
    "spare-parts": (("rule", "process"), ("bought", "llm", "model")),
}
_WAYS = {  # misses and false alarms in a month, and what a month of it costs to run
    "none": (200, 0, 0.0),
    "process": (30, 100, 900_000.0),
    "rule": (90, 300, 20_000.0),
    "bought": (60, 250, 300_000.0),
}


def _brief(name: str) -> Field:
    accepted, likely = _BRIEFS[name]
    return Field(
        name=name,
        kind="choice",
        choices=_ALTERNATIVES,
        right=accepted,
        mistakes=tuple(Mistake(code=f"{name}-{choice}", leads_to=choice) for choice in likely),
    )


def _cost_of_way(way: str) -> Field:
    misses, alarms, running = _WAYS[way]
    mistakes = [
        Mistake(
            code="swapped",
            leads_to=lambda v: misses * v["false_alarm"] + alarms * v["miss"] + running,
        ),
        Mistake(code="how-many", leads_to=lambda v: float(misses + alarms)),
    ]
    if way == "none":
        mistakes += [Mistake(code="free", leads_to=lambda v: 0.0)]
    else:
        mistakes += [
            Mistake(
                code="no-running", leads_to=lambda v: misses * v["miss"] + alarms * v["false_alarm"]
            ),
            Mistake(code="no-alarms", leads_to=lambda v: misses * v["miss"] + running),
            Mistake(code="no-misses", leads_to=lambda v: alarms * v["false_alarm"] + running),
        ]
    return Field(
        name=way,
        kind="money/month",
        right=lambda v: misses * v["miss"] + alarms * v["false_alarm"] + running,
        mistakes=tuple(mistakes),
    )


def _more_caught(v: Values) -> float:
    return float(v["cases"] * v["share"] * (v["ml"] - v["rule"]))


def _cost_of_alarms(v: Values) -> float:
    """False alarms on the cases that are none of those that are looked for."""
    return float(v["cases"] * (1 - v["share"]) * v["alarms"] * v["alarm"])


def _worth_of_catches(v: Values) -> float:
    return float(v["cases"] * v["share"] * v["recall"] * v["worth"])


def _built(v: Values) -> float:
    """A month of what was built, before its cases."""
    return float(v["build"] / v["months"] + v["run"])


def _step(v: Values) -> float:
    """A month's work on the step."""
    return float(v["cases"] * v["minutes"] / 60 * v["wage"])


def _gone_wrong(v: Values) -> float:
    return float(v["cases"] * v["share"] * v["price"])


def _llm(v: Values) -> float:
    """A month of the LLM."""
    return float(v["cases"] * v["case_price"] + v["running"])


EXERCISES = (
    Exercise(id="sort-briefs", lesson="alternatives", fields=tuple(map(_brief, _BRIEFS))),
    Exercise(
        id="ml-loses",
        lesson="alternatives",
        given={
            "cases": 10_000.0,
            "share": 0.02,
            "rule": 0.6,
            "ml": 0.8,
            "worth": 5_000.0,
            "alarms": 300.0,
            "alarm": 500.0,
            "running": 150_000.0,
        },
        fields=(
            Field(
                name="more_caught",
                kind="count",
                right=_more_caught,
                mistakes=likely(
                    {
                        "all-of-ml": lambda v: v["cases"] * v["share"] * v["ml"],
                        "of-all-cases": lambda v: v["cases"] * (v["ml"] - v["rule"]),
                        "points": lambda v: 100 * (v["ml"] - v["rule"]),
                        "ratio": lambda v: v["cases"] * v["share"] * (v["ml"] / v["rule"] - 1),
                    }
                ),
            ),
            Field(
                name="more_gained",
                kind="money/month",
                right=lambda v: v["more_caught"] * v["worth"],
                mistakes=likely(
                    {
                        "gain-of-all": lambda v: v["cases"] * v["share"] * v["ml"] * v["worth"],
                        "gain-of-rule": lambda v: v["cases"] * v["share"] * v["rule"] * v["worth"],
                        "one-catch": lambda v: v["worth"],
                    }
                ),
            ),
            Field(
                name="more_cost",
                kind="money/month",
                right=lambda v: v["alarms"] * v["alarm"] + v["running"],
                mistakes=likely(
                    {
                        "half-the-cost": lambda v: v["running"],
                        "alarms-as-catches": lambda v: v["alarms"] * v["worth"] + v["running"],
                    }
                ),
            ),
            Field(
                name="difference",
                kind="money/month",
                right=lambda v: v["more_gained"] - v["more_cost"],
                mistakes=likely(
                    {
                        "turned": lambda v: v["more_cost"] - v["more_gained"],
                        "only-gain": lambda v: v["more_gained"],
                        "half-taken-off": lambda v: v["more_gained"] - v["running"],
                        "summed": lambda v: v["more_gained"] + v["more_cost"],
                    }
                ),
            ),
            Field(
                name="decision",
                kind="choice",
                choices=("rule", "ml"),
                right=lambda v: "ml" if v["difference"] > 0 else "rule",
                mistakes=likely(
                    {
                        "catches-more": "ml",
                        "own-gain": "rule",
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="accuracy-trap",
        lesson="alternatives",
        given={
            "cases": 10_000.0,
            "share": 0.02,
            "recall": 0.75,
            "alarms": 0.05,
            "worth": 4_000.0,
            "alarm": 300.0,
        },
        fields=(
            Field(
                name="accuracy_nothing",
                kind="share",
                tolerance=0.005,
                right=lambda v: 1 - v["share"],
                mistakes=likely(
                    {
                        "never-right": lambda v: 0.0,
                        "the-base-rate": lambda v: v["share"],
                        "coin": lambda v: 0.5,
                    }
                ),
            ),
            Field(
                name="caught_nothing",
                kind="count",
                right=lambda v: 0.0,
                mistakes=likely(
                    {
                        "left-alone": lambda v: v["cases"] * v["accuracy_nothing"],
                        "all-fraud": lambda v: v["cases"] * v["share"],
                        "by-the-model": lambda v: v["cases"] * v["share"] * v["recall"],
                    }
                ),
            ),
            Field(
                name="accuracy_model",
                kind="share",
                tolerance=0.005,
                right=lambda v: v["share"] * v["recall"] + (1 - v["share"]) * (1 - v["alarms"]),
                mistakes=likely(
                    {
                        "the-recall": lambda v: v["recall"],
                        "mean": lambda v: (v["recall"] + 1 - v["alarms"]) / 2,
                        "of-the-fraud": lambda v: v["share"] * v["recall"],
                    }
                ),
            ),
            Field(
                name="worth_model",
                kind="money/month",
                tolerance=0.005,
                right=lambda v: _worth_of_catches(v) - _cost_of_alarms(v),
                mistakes=likely(
                    {
                        "alarms-free": _worth_of_catches,
                        "all-found": lambda v: (
                            v["cases"] * v["share"] * v["worth"] - _cost_of_alarms(v)
                        ),
                        "alarms-added": lambda v: _worth_of_catches(v) + _cost_of_alarms(v),
                    }
                ),
            ),
            Field(
                name="better",
                kind="choice",
                choices=("nothing", "model"),
                right=lambda v: "model" if v["worth_model"] > 0 else "nothing",
                mistakes=likely(
                    {
                        "more-often-right": "nothing",
                        "own-loss": "model",
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="strongest-baseline",
        lesson="alternatives",
        given={"miss": 6_000.0, "false_alarm": 400.0},
        grid=Grid(
            heads={
                "way": "say:exercise.strongest-baseline.choice",
                "misses": "count",
                "alarms": "count",
                "running": "price",
            },
            rows=tuple((way, *figures) for way, figures in _WAYS.items()),
        ),
        fields=(
            *map(_cost_of_way, _WAYS),
            Field(
                name="strongest",
                kind="choice",
                choices=tuple(_WAYS),
                right=lambda v: min(_WAYS, key=lambda way: float(v[way])),
                mistakes=likely(
                    {
                        "nothing-to-run": "none",
                        "fewest-misses": "process",
                        "a-product": "bought",
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="bought-or-built",
        lesson="alternatives",
        given={
            "price": 40.0,
            "build": 3_600_000.0,
            "run": 60_000.0,
            "own": 8.0,
            "months": 36.0,
            "volume": 3_500.0,
        },
        fields=(
            Field(
                name="volume_from",
                kind="count",
                right=lambda v: _built(v) / (v["price"] - v["own"]),
                mistakes=likely(
                    {
                        "no-run": lambda v: v["build"] / v["months"] / (v["price"] - v["own"]),
                        "no-build": lambda v: v["run"] / (v["price"] - v["own"]),
                        "own-free": lambda v: _built(v) / v["price"],
                        "own-added": lambda v: _built(v) / (v["price"] + v["own"]),
                        "build-each-month": lambda v: (
                            (v["build"] + v["run"]) / (v["price"] - v["own"])
                        ),
                        "all-months": lambda v: v["months"] * _built(v) / (v["price"] - v["own"]),
                        "a-month-of-cost": _built,
                    }
                ),
            ),
            Field(
                name="decision",
                kind="choice",
                choices=("bought", "built"),
                right=lambda v: "built" if v["volume"] >= v["volume_from"] else "bought",
                mistakes=likely(
                    {
                        "too-few": "built",
                        "enough": "bought",
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="fewer-steps",
        lesson="alternatives",
        given={
            "cases": 1_500.0,
            "minutes": 12.0,
            "wage": 3_000.0,
            "share": 0.01,
            "price": 8_000.0,
            "faster": 0.7,
            "case_price": 20.0,
            "running": 100_000.0,
        },
        fields=(
            Field(
                name="left_out",
                kind="money/month",
                right=lambda v: _step(v) - _gone_wrong(v),
                mistakes=likely(
                    {
                        "nothing-goes-wrong": _step,
                        "errors-added": lambda v: _step(v) + _gone_wrong(v),
                        "all-go-wrong": lambda v: _step(v) - v["cases"] * v["price"],
                        "minutes-as-hours": lambda v: 60 * _step(v) - _gone_wrong(v),
                    }
                ),
            ),
            Field(
                name="sped_up",
                kind="money/month",
                right=lambda v: v["faster"] * _step(v) - _llm(v),
                mistakes=likely(
                    {
                        "llm-free": lambda v: v["faster"] * _step(v),
                        "no-running": lambda v: (
                            v["faster"] * _step(v) - v["cases"] * v["case_price"]
                        ),
                        "no-case-price": lambda v: v["faster"] * _step(v) - v["running"],
                        "time-left": lambda v: (1 - v["faster"]) * _step(v) - _llm(v),
                        "whole-step": lambda v: _step(v) - _llm(v),
                    }
                ),
            ),
            Field(
                name="difference",
                kind="money/month",
                right=lambda v: v["left_out"] - v["sped_up"],
                mistakes=likely(
                    {
                        "turned": lambda v: v["sped_up"] - v["left_out"],
                        "summed": lambda v: v["left_out"] + v["sped_up"],
                    }
                ),
            ),
            Field(
                name="decision",
                kind="choice",
                choices=("leave-out", "speed-up"),
                right=lambda v: "leave-out" if v["difference"] >= 0 else "speed-up",
                mistakes=likely(
                    {
                        "the-newer": "speed-up",
                        "the-shorter": "leave-out",
                    }
                ),
            ),
        ),
    ),
)
