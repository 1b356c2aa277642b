"""Lesson 5: review, fallback and other controls of an LLM, and what an accepted answer costs."""

from __future__ import annotations

import numpy as np

from mlpdm_kit.analysis.answers.prices import Reviewed, looked_price, tokens_price
from mlpdm_kit.analysis.errors.costs import Costs
from mlpdm_kit.course.exercise import Exercise, Field, Values, likely


def _review_pays_from(v: Values) -> float:
    """Share of bad drafts from which a review of each pays; it costs the same on any draft."""
    price = v["review"]
    return Costs(false_positive=price, true_positive=price, false_negative=v["harm"]).threshold


def _reviewed(v: Values, **other: float) -> Reviewed:
    """Answers that somebody looks at and mends, with some figures otherwise."""
    f = {**v, **other}
    return looked_price(f["cost"], f["good"], price=f["look"], finds=f["finds"], mend=f["mend"])


def _spent(v: Values) -> float:
    """What is paid for an answer with its look and its mending, accepted or not."""
    found = _reviewed(v)
    return found.price * found.accepted


def _call(v: Values, ask_in: str = "ask_in", ask_out: str = "ask_out") -> float:
    """Price of one call; prices are for a million tokens."""
    tokens_in, tokens_out = (np.array([v[name]]) for name in ("tokens_in", "tokens_out"))
    priced = tokens_price(tokens_in, tokens_out, v[ask_in] / 1e6, v[ask_out] / 1e6)
    assert priced is not None
    return float(priced[0])


def _prompt(v: Values) -> float:
    """What the prompt of one call costs."""
    return float(v["tokens_in"] * v["ask_in"] / 1e6)


def _prompts(v: Values) -> float:
    """What the prompts of a month cost, those of second calls too."""
    return float(v["cases"] * (1 + v["retries"]) * v["tokens_in"] * v["ask_in"] / 1e6)


_LEVERS = {
    "cheaper": lambda v: _reviewed(v, cost=v["cost"] / 2).price,
    "better": lambda v: _reviewed(v, good=v["more"]).price,
    "quicker": lambda v: _reviewed(v, look=v["quick"]).price,
}
_CONTROLS = (
    "no-action-rights",
    "mask",
    "fallback",
    "check-against-source",
    "fixed-version-and-tests",
    "policy",
)
_INCIDENTS: dict[str, tuple[str | tuple[str, ...], dict[str, str]]] = {
    "injection": (
        "no-action-rights",
        {"rule-for-strangers": "policy", "hides-only": "mask", "too-late": "check-against-source"},
    ),
    "personal": ("mask", {"program-sends": "policy", "sent-already": "no-action-rights"}),
    "down": ("fallback", {"version-down": "fixed-version-and-tests"}),
    "invented": (
        "check-against-source",
        {"version-invents": "fixed-version-and-tests", "looks-good": "fallback"},
    ),
    "drift": (
        "fixed-version-and-tests",
        {"facts-not-tone": "check-against-source", "nothing-failed": "fallback"},
    ),
    "secrets": (
        ("policy", "mask"),
        {"out-already": "no-action-rights", "answer-only": "check-against-source"},
    ),
}  # what meets it first, and what people take instead

EXERCISES = (
    Exercise(
        id="review-drafts",
        lesson="operation",
        given={"bad": 0.04, "harm": 3_000.0, "review": 80.0, "finds": 0.8},
        fields=(
            Field(
                name="without",
                kind="money/case",
                right=lambda v: v["bad"] * v["harm"],
                mistakes=likely(
                    {
                        "each-is-bad": lambda v: v["harm"],
                        "good-drafts": lambda v: (1 - v["bad"]) * v["harm"],
                        "review-taken-off": lambda v: v["bad"] * v["harm"] - v["review"],
                        "review-added": lambda v: v["bad"] * v["harm"] + v["review"],
                        "share-of-review": lambda v: v["bad"] * v["review"],
                    }
                ),
            ),
            Field(
                name="decision",
                kind="choice",
                choices=("review", "send"),
                right=lambda v: "review" if v["review"] < v["without"] else "send",
                mistakes=likely({"few-are-bad": "send", "safe-at-any-price": "review"}),
            ),
            Field(
                name="break_even",
                kind="share",
                right=_review_pays_from,
                mistakes=likely(
                    {
                        "threshold": lambda v: v["review"] / (v["review"] + v["harm"]),
                        "today": lambda v: v["bad"],
                        "part-of-cost": lambda v: v["review"] / v["without"],
                        "partial-first": lambda v: v["review"] / (v["finds"] * v["harm"]),
                    }
                ),
            ),
            Field(
                name="break_even_partial",
                kind="share",
                right=lambda v: v["break_even"] / v["finds"],
                mistakes=likely(
                    {
                        "same": lambda v: v["break_even"],
                        "times": lambda v: v["break_even"] * v["finds"],
                        "added": lambda v: v["break_even"] * (2 - v["finds"]),
                        "overlooked": lambda v: v["break_even"] / (1 - v["finds"]),
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="accepted-answer",
        lesson="operation",
        given={
            "cost": 6.0,
            "good": 0.75,
            "look": 40.0,
            "finds": 0.8,
            "mend": 180.0,
            "more": 0.85,
            "quick": 30.0,
        },
        fields=(
            Field(
                name="plain",
                kind="money/case",
                right=lambda v: looked_price(v["cost"], v["good"], price=0, finds=0, share=0).price,
                mistakes=likely(
                    {
                        "price-of-any": lambda v: v["cost"],
                        "times-share": lambda v: v["cost"] * v["good"],
                        "over-unusable": lambda v: v["cost"] / (1 - v["good"]),
                        "look-too-early": lambda v: (v["cost"] + v["look"]) / v["good"],
                    }
                ),
            ),
            Field(
                name="looked",
                kind="money/case",
                right=lambda v: _reviewed(v).price,
                mistakes=likely(
                    {
                        "not-shared-out": _spent,
                        "over-good": lambda v: _spent(v) / v["good"],
                        "mends-all": lambda v: v["cost"] + v["look"] + v["mend"],
                        "finds-all": lambda v: _reviewed(v, finds=1.0).price,
                        "no-mending": lambda v: (v["cost"] + v["look"]) / _reviewed(v).accepted,
                        "no-looking": lambda v: (_spent(v) - v["look"]) / _reviewed(v).accepted,
                        "looks-at-bad": lambda v: (
                            (_spent(v) - v["look"] * v["good"]) / _reviewed(v).accepted
                        ),
                    }
                ),
            ),
            Field(
                name="lever",
                kind="choice",
                choices=tuple(_LEVERS),
                right=lambda v: min(_LEVERS, key=lambda lever: _LEVERS[lever](v)),
                mistakes=likely({"tokens-first": "cheaper", "look-first": "quicker"}),
            ),
        ),
    ),
    Exercise(
        id="tokens",
        lesson="operation",
        given={
            "cases": 40_000.0,
            "tokens_in": 6_000.0,
            "tokens_out": 500.0,
            "ask_in": 400.0,
            "ask_out": 1_600.0,
            "retries": 0.25,
        },
        fields=(
            Field(
                name="call",
                kind="money/case",
                right=_call,
                mistakes=likely(
                    {
                        "prices-swapped": lambda v: _call(v, "ask_out", "ask_in"),
                        "prompt-only": lambda v: v["tokens_in"] * v["ask_in"] / 1e6,
                        "answer-only": lambda v: v["tokens_out"] * v["ask_out"] / 1e6,
                        "one-price": lambda v: _call(v, "ask_in", "ask_in"),
                        "per-thousand": lambda v: 1_000 * _call(v),
                    }
                ),
            ),
            Field(
                name="bill",
                kind="money/month",
                right=lambda v: v["cases"] * (1 + v["retries"]) * v["call"],
                mistakes=likely(
                    {
                        "no-retries": lambda v: v["cases"] * v["call"],
                        "only-retries": lambda v: v["cases"] * v["retries"] * v["call"],
                        "fewer-calls": lambda v: v["cases"] * (1 - v["retries"]) * v["call"],
                        "one-case": lambda v: (1 + v["retries"]) * v["call"],
                    }
                ),
            ),
            Field(
                name="doubled",
                kind="money/month",
                right=lambda v: v["bill"] * (1 + _prompt(v) / v["call"]),
                mistakes=likely(
                    {
                        "all-twice": lambda v: 2 * v["bill"],
                        "only-more": _prompts,
                        "unchanged": lambda v: v["bill"],
                        "answer-doubled": lambda v: 2 * v["bill"] - _prompts(v),
                        "retries-lost": lambda v: (v["bill"] + _prompts(v)) / (1 + v["retries"]),
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="controls",
        lesson="operation",
        fields=tuple(
            Field(
                name=name,
                kind="choice",
                choices=_CONTROLS,
                right=right,
                mistakes=likely(instead),
            )
            for name, (right, instead) in _INCIDENTS.items()
        ),
    ),
    Exercise(
        id="outage",
        lesson="operation",
        given={
            "down": 0.004,
            "cases": 40_000.0,
            "wait": 600.0,
            "by_hand": 250.0,
            "price": 70_000.0,
        },
        fields=(
            Field(
                name="without",
                kind="money/month",
                right=lambda v: v["down"] * v["cases"] * v["wait"],
                mistakes=likely(
                    {
                        "whole-month": lambda v: v["cases"] * v["wait"],
                        "hand-price": lambda v: v["down"] * v["cases"] * v["by_hand"],
                        "difference": lambda v: v["down"] * v["cases"] * (v["wait"] - v["by_hand"]),
                    }
                ),
            ),
            Field(
                name="fallback",
                kind="money/month",
                right=lambda v: v["without"] * v["by_hand"] / v["wait"] + v["price"],
                mistakes=likely(
                    {
                        "no-price": lambda v: v["without"] * v["by_hand"] / v["wait"],
                        "only-price": lambda v: v["price"],
                        "still-waits": lambda v: v["without"] + v["price"],
                        "all-by-hand": lambda v: v["cases"] * v["by_hand"] + v["price"],
                    }
                ),
            ),
            Field(
                name="decision",
                kind="choice",
                choices=("build", "wait"),
                right=lambda v: "build" if v["fallback"] < v["without"] else "wait",
                mistakes=likely({"any-fallback": "build", "seldom-down": "wait"}),
            ),
            Field(
                name="break_even",
                kind="share",
                right=lambda v: v["price"] / (v["cases"] * (v["wait"] - v["by_hand"])),
                mistakes=likely(
                    {
                        "hand-free": lambda v: v["price"] / (v["cases"] * v["wait"]),
                        "only-hand": lambda v: v["price"] / (v["cases"] * v["by_hand"]),
                        "today": lambda v: v["down"],
                    }
                ),
            ),
        ),
    ),
    Exercise(
        id="capacity",
        lesson="operation",
        given={
            "drafts": 600.0,
            "people": 2.0,
            "hours": 5.0,
            "minutes": 3.0,
            "bad": 0.04,
            "harm": 3_000.0,
            "review": 80.0,
        },
        fields=(
            Field(
                name="reviewed",
                kind="count",
                right=lambda v: v["people"] * v["hours"] * 60 / v["minutes"],
                mistakes=likely(
                    {
                        "one-person": lambda v: v["hours"] * 60 / v["minutes"],
                        "one-hour": lambda v: v["people"] * 60 / v["minutes"],
                        "hours-over-minutes": lambda v: v["people"] * v["hours"] / v["minutes"],
                        "times-minutes": lambda v: v["people"] * v["hours"] * v["minutes"],
                        "wished": lambda v: v["drafts"],
                    }
                ),
            ),
            Field(
                name="looked",
                kind="share",
                right=lambda v: min(1.0, v["reviewed"] / v["drafts"]),
                mistakes=likely(
                    {
                        "not-looked": lambda v: 1 - v["reviewed"] / v["drafts"],
                        "bad-share": lambda v: v["bad"],
                    }
                ),
            ),
            Field(
                name="out",
                kind="count",
                right=lambda v: v["drafts"] * v["bad"] * (1 - v["looked"]),
                mistakes=likely(
                    {
                        "all-bad": lambda v: v["drafts"] * v["bad"],
                        "caught": lambda v: v["drafts"] * v["bad"] * v["looked"],
                        "all-unread": lambda v: v["drafts"] * (1 - v["looked"]),
                    }
                ),
            ),
            Field(
                name="next",
                kind="choice",
                choices=("more-hours", "fewer-drafts", "hurry", "sample", "send"),
                right="more-hours",
                mistakes=likely(
                    {
                        "worth-unknown": "fewer-drafts",
                        "hurried": "hurry",
                        "only-counts": "sample",
                        "unread": "send",
                    }
                ),
            ),
        ),
    ),
)
