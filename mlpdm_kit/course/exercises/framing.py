"""Lesson 1: user, decision, present cost and outcome, before anybody names a solution."""

from __future__ import annotations

from collections.abc import Mapping

from mlpdm_kit.analysis.worth.discounting import MONTHS_PER_YEAR
from mlpdm_kit.course.exercise import Exercise, Field, Mistake, Rule, likely
from mlpdm_kit.course.statements import (
    holds_a_figure,
    long_enough,
    names_an_action,
    names_no_lack,
    names_no_ml,
)


def _sorted(choices: tuple[str, ...], right: Mapping[str, str]) -> tuple[Field, ...]:
    """A field for each thing that is sorted; every wrong choice has its own sentence."""
    return tuple(
        Field(
            name=name,
            kind="choice",
            choices=choices,
            right=answer,
            mistakes=tuple(
                Mistake(code=f"{name}-{choice}", leads_to=choice)
                for choice in choices
                if choice != answer
            ),
        )
        for name, answer in right.items()
    )


_NO_ML = Rule(code="names-ml", holds=names_no_ml)

EXERCISES = (
    Exercise(
        id="solution-or-problem",
        lesson="framing",
        fields=_sorted(
            ("problem", "solution"),
            {
                "no-writer": "solution",
                "wrong-parts": "problem",
                "no-dashboard": "solution",
                "all-released": "problem",
                "travel-bot": "solution",
                "slow-reply": "problem",
            },
        ),
    ),
    Exercise(
        id="outcome-or-proxy",
        lesson="framing",
        fields=_sorted(
            ("outcome", "proxy", "activity"),
            {
                "repaired": "outcome",
                "correct-replies": "proxy",
                "trained": "activity",
                "paid-back": "outcome",
                "first-reply": "proxy",
            },
        ),
    ),
    Exercise(
        id="present-cost",
        lesson="framing",
        given={"cases": 1_200.0, "minutes": 15.0, "wage": 3_000.0, "share": 0.03, "price": 5_000.0},
        fields=(
            Field(
                name="labour",
                kind="money/month",
                right=lambda v: v["cases"] * v["minutes"] / 60 * v["wage"],
                mistakes=likely(
                    {
                        "minutes": lambda v: v["cases"] * v["minutes"] * v["wage"],
                        "whole-hour": lambda v: v["cases"] * v["wage"],
                        "one-case": lambda v: v["minutes"] / 60 * v["wage"],
                        "hours": lambda v: v["cases"] * v["minutes"] / 60,
                    }
                ),
            ),
            Field(
                name="errors",
                kind="money/month",
                right=lambda v: v["cases"] * v["share"] * v["price"],
                mistakes=likely(
                    {
                        "all-wrong": lambda v: v["cases"] * v["price"],
                        "how-many": lambda v: v["cases"] * v["share"],
                        "one-error": lambda v: v["price"],
                        "share-of-one": lambda v: v["share"] * v["price"],
                    }
                ),
            ),
            Field(
                name="total",
                kind="money/month",
                right=lambda v: v["labour"] + v["errors"],
                mistakes=likely(
                    {
                        "only-labour": lambda v: v["labour"],
                        "only-errors": lambda v: v["errors"],
                        "taken-off": lambda v: v["labour"] - v["errors"],
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="who-decides",
        lesson="framing",
        fields=_sorted(
            ("changes", "nobody-acts", "already-known"),
            {
                "freezers": "changes",
                "shifts": "nobody-acts",
                "parcels": "already-known",
                "leavers": "nobody-acts",
            },
        ),
    ),
    Exercise(
        id="ceiling",
        lesson="framing",
        given={"present": 250_000.0, "offer": 4_500_000.0, "limit": 12.0},
        fields=(
            Field(
                name="saved",
                kind="money",
                right=lambda v: MONTHS_PER_YEAR * v["present"],
                mistakes=likely(
                    {
                        "one-month": lambda v: v["present"],
                        "offer-taken-off": lambda v: MONTHS_PER_YEAR * v["present"] - v["offer"],
                        "the-offer": lambda v: v["offer"],
                    }
                ),
            ),
            Field(
                name="payback",
                kind="months",
                right=lambda v: v["offer"] / (v["saved"] / MONTHS_PER_YEAR),
                mistakes=likely(
                    {
                        "years": lambda v: v["offer"] / v["saved"],
                        "upside-down": (
                            lambda v: v["saved"] / MONTHS_PER_YEAR / v["offer"],
                            lambda v: v["saved"] / v["offer"] * MONTHS_PER_YEAR,
                        ),
                        "the-limit": lambda v: v["limit"],
                    }
                ),
            ),
            Field(
                name="look",
                kind="choice",
                choices=("yes", "no"),
                right=lambda v: "yes" if v["payback"] <= v["limit"] else "no",
                mistakes=likely(
                    {
                        "too-late": "yes",
                        "in-time": "no",
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="state-it",
        lesson="framing",
        fields=(
            Field(
                name="user",
                kind="words",
                rules=(Rule(code="user-short", holds=long_enough(15)), _NO_ML),
            ),
            Field(
                name="problem",
                kind="words",
                rules=(
                    Rule(code="problem-short", holds=long_enough(35)),
                    _NO_ML,
                    Rule(code="problem-lack", holds=names_no_lack),
                ),
            ),
            Field(
                name="decision",
                kind="words",
                rules=(
                    Rule(code="decision-short", holds=long_enough(25)),
                    _NO_ML,
                    Rule(code="decision-no-action", holds=names_an_action),
                ),
            ),
            Field(
                name="measure",
                kind="words",
                rules=(
                    Rule(code="measure-short", holds=long_enough(15)),
                    _NO_ML,
                    Rule(code="measure-no-figure", holds=holds_a_figure),
                ),
            ),
        ),
    ),
)
