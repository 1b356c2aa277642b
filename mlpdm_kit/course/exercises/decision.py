"""Lesson 6: facts and assumptions, the verdict, what flips it, and the record in own words."""

from __future__ import annotations

import numpy as np

from mlpdm_kit.analysis.uncertainty.distributions import Distribution
from mlpdm_kit.analysis.worth.breakeven import crossings
from mlpdm_kit.course import record_words
from mlpdm_kit.course.exercise import Exercise, Field, Rule, Values, likely
from mlpdm_kit.course.statements import long_enough

_EVIDENCE = ("measured", "quoted", "assumed")
_STATEMENTS = {
    "logged": ("measured", {"log-is-measured": "quoted", "log-is-no-guess": "assumed"}),
    "offer": ("quoted", {"offer-not-measured": "measured", "offer-in-writing": "assumed"}),
    "trial": ("measured", {"own-count": "quoted", "small-is-measured": "assumed"}),
    "vendor": ("quoted", {"measured-elsewhere": "measured", "in-writing": "assumed"}),
    "head": ("assumed", {"said-is-not-quoted": "quoted", "experience": "measured"}),
    "rival": ("assumed", {"true-of-others": "quoted", "others-measured": "measured"}),
}  # what it is, and what people take it for
_VERDICTS = ("use_ml", "use_non_ml", "find_out_first", "do_nothing", "stop")
_SITUATIONS = {
    "returns": (
        "use_non_ml",
        {"more-than-nothing": "use_ml", "study-too-dear": "find_out_first",
         "rule-forgotten": "do_nothing"},
    ),
    "invoices": (
        "use_ml",
        {"no-as-password": "use_non_ml", "sure-enough": "find_out_first",
         "no-as-habit": "do_nothing"},
    ),
    "mails": (
        "find_out_first",
        {"mean-only": "use_ml", "range-only": "use_non_ml", "shut-too-early": "do_nothing"},
    ),
    "applicants": (
        "stop",
        {"gate-is-no-price": "use_ml", "other-means": "use_non_ml",
         "no-study-allows": "find_out_first", "gate-unnamed": "do_nothing"},
    ),
    "rooms": (
        "do_nothing",
        {"least-bad": "use_non_ml", "worst-of-all": "use_ml", "nothing-to-find": "find_out_first",
         "no-gate": "stop"},
    ),
}  # fmt: skip
_LINES = {
    "first": ("no-date", {"waits-for-ever": "good", "head-is-named": "no-owner"}),
    "second": (
        "not-measurable",
        {"noticeably": "good", "date-stands": "no-date", "lawyer-is-named": "no-owner"},
    ),
    "third": ("good", {"log-can-say": "not-measurable", "date-stands-too": "no-date"}),
    "fourth": ("no-owner", {"we-is-nobody": "good", "figure-stands": "not-measurable"}),
}
_OWNER_CHOICES = ("good", "no-owner", "no-date", "not-measurable")
_LONG = Rule(code="short", holds=long_enough(30))


def _flips_at(v: Values) -> float:
    """Cases a month from which the model is worth more than the rule."""

    def worth(cases: float) -> np.ndarray:
        return np.array([cases * v["rule_saves"], cases * v["model_saves"] - v["running"]])

    now = Distribution("point", (v["today"],))
    above = crossings(worth, 0, now, "cases/month", 12)[1]
    assert above is not None
    return above.value


def _ml(v: Values) -> float:
    return float(v["ml_gain"] - v["ml_cost"])


def _rule(v: Values) -> float:
    return float(v["rule_gain"] - v["rule_cost"])


EXERCISES = (
    Exercise(
        id="fact-or-assumption",
        lesson="decision",
        given={"claims": 6_120.0, "fee": 240_000.0, "loss": 8_000.0, "saved": 0.3},
        fields=tuple(
            Field(
                name=name, kind="choice", choices=_EVIDENCE, right=right, mistakes=likely(instead)
            )
            for name, (right, instead) in _STATEMENTS.items()
        ),
    ),
    Exercise(
        id="verdict",
        lesson="decision",
        given={
            "returns_ml": 3_000_000.0,
            "returns_rule": 4_000_000.0,
            "returns_known": 80_000.0,
            "returns_study": 500_000.0,
            "invoices_ml": 9_000_000.0,
            "invoices_rule": 5_000_000.0,
            "invoices_low": 1_500_000.0,
            "invoices_high": 6_500_000.0,
            "invoices_known": 2_000.0,
            "invoices_study": 800_000.0,
            "mails_lead": 2_000_000.0,
            "mails_low": -10_000_000.0,
            "mails_high": 14_000_000.0,
            "mails_saves": 1_500_000.0,
            "mails_study": 600_000.0,
            "applicants_ml": 30_000_000.0,
            "rooms_ml": -2_000_000.0,
            "rooms_rule": -500_000.0,
            "rooms_known": 30_000.0,
            "rooms_study": 300_000.0,
        },
        fields=tuple(
            Field(
                name=name, kind="choice", choices=_VERDICTS, right=right, mistakes=likely(instead)
            )
            for name, (right, instead) in _SITUATIONS.items()
        ),
    ),
    Exercise(
        id="flip-condition",
        lesson="decision",
        given={
            "today": 6_000.0,
            "rule_saves": 40.0,
            "model_saves": 90.0,
            "running": 400_000.0,
        },
        fields=(
            Field(
                name="volume",
                kind="count",
                right=_flips_at,
                mistakes=likely(
                    {
                        "against-nothing": lambda v: v["running"] / v["model_saves"],
                        "rule-pays": lambda v: v["running"] / v["rule_saves"],
                        "both-added": lambda v: v["running"] / (v["model_saves"] + v["rule_saves"]),
                        "as-today": lambda v: v["today"],
                    }
                ),
            ),
            Field(
                name="distance",
                kind="share",
                right=lambda v: v["volume"] / v["today"] - 1,
                mistakes=likely(
                    {
                        "of-flip": lambda v: 1 - v["today"] / v["volume"],
                        "today-of-flip": lambda v: v["today"] / v["volume"],
                    }
                ),
            ),
            Field(
                name="sentence",
                kind="choice",
                choices=("grown", "counted", "mature", "next-year"),
                right="counted",
                mistakes=likely(
                    {"how-much": "grown", "who-says": "mature", "date-alone": "next-year"}
                ),
            ),
        ),
    ),
    Exercise(
        id="do-and-defend",
        lesson="decision",
        given={
            "ml_gain": 26_000_000.0,
            "ml_cost": 8_000_000.0,
            "rule_gain": 14_000_000.0,
            "rule_cost": 1_500_000.0,
            "swing": 4_200_000.0,
            "known": 15_000.0,
            "study": 900_000.0,
            "miss": 8_000.0,
            "flip": 3_000.0,
        },
        fields=(
            Field(
                name="difference",
                kind="money",
                right=lambda v: _ml(v) - _rule(v),
                mistakes=likely(
                    {
                        "gains-only": lambda v: v["ml_gain"] - v["rule_gain"],
                        "against-today": _ml,
                        "rule-only": _rule,
                        "rule-free": lambda v: _ml(v) - v["rule_gain"],
                        "costs-only": lambda v: v["ml_cost"] - v["rule_cost"],
                    }
                ),
            ),
            Field(
                name="low_end",
                kind="money",
                right=lambda v: v["difference"] - v["swing"],
                mistakes=likely(
                    {
                        "high-end": lambda v: v["difference"] + v["swing"],
                        "swing-itself": lambda v: v["swing"],
                        "half-swing": lambda v: v["difference"] - v["swing"] / 2,
                        "of-ml-alone": lambda v: _ml(v) - v["swing"],
                    }
                ),
            ),
            Field(
                name="decision",
                kind="choice",
                choices=("use_ml", "use_non_ml", "find_out_first"),
                right=lambda v: "use_ml" if v["difference"] > 0 else "use_non_ml",
                mistakes=likely(
                    {
                        "no-as-password": "use_non_ml",
                        "study-too-dear": "find_out_first",
                        "own-figure": "use_ml",
                    }
                ),
            ),
            Field(
                name="objection",
                kind="choice",
                choices=("others-fail", "miss-assumed", "costs-more", "black-box", "errs"),
                right="miss-assumed",
                mistakes=likely(
                    {
                        "not-this-case": "others-fail",
                        "counted-already": "costs-more",
                        "shown-already": "black-box",
                        "priced-already": "errs",
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="owner-and-date",
        lesson="decision",
        given={"claims": 8_000.0, "wrong": 0.03, "sample": 200.0},
        fields=tuple(
            Field(
                name=name,
                kind="choice",
                choices=_OWNER_CHOICES,
                right=right,
                mistakes=likely(instead),
            )
            for name, (right, instead) in _LINES.items()
        ),
    ),
    Exercise(
        id="write-the-record",
        lesson="decision",
        given={
            "held": 50_000.0,
            "rule_finds": 0.6,
            "model_finds": 0.8,
            "today": 6_000.0,
            "flips_at": 8_000.0,
            "loss": 9_000.0,
        },
        fields=(
            Field(
                name="baseline",
                kind="words",
                rules=(
                    _LONG,
                    Rule(code="no-baseline", holds=record_words.names_an_alternative),
                    Rule(code="no-figure", holds=record_words.has_figure),
                ),
            ),
            Field(
                name="assumption",
                kind="words",
                rules=(
                    _LONG,
                    Rule(code="not-assumed", holds=record_words.says_assumed),
                    Rule(code="no-way-to-know", holds=record_words.says_how_to_find_out),
                ),
            ),
            Field(
                name="flip",
                kind="words",
                rules=(
                    _LONG,
                    Rule(code="no-number", holds=record_words.has_figure),
                    Rule(code="no-comparison", holds=record_words.compares),
                ),
            ),
            Field(
                name="owner",
                kind="words",
                rules=(
                    _LONG,
                    Rule(code="no-owner", holds=record_words.names_somebody),
                    Rule(code="no-date", holds=record_words.has_date),
                ),
            ),
        ),
    ),
)
