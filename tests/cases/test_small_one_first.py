from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from tests.cases.by_hand import middle, middle_share, months, record, worth

PRICE, EACH, WAIT = 4_000, 3, 1.5


def beta(low: float, high: float) -> tuple[float, float]:
    def off(logs: list[float]) -> list[float]:
        return list(stats.beta(*np.exp(logs)).ppf([0.05, 0.95]) - [low, high])

    a, b = np.exp(optimize.fsolve(off, [1.0, 1.0]))
    return float(a), float(b)


def test_a_small_one_pays_for_itself():
    """Preposterior by hand: betas and counts, all else at its mean, 200,000 imagined studies."""
    rng = np.random.default_rng(1)
    share, works = middle_share(0.03, 0.06), middle_share(0.6, 0.85)
    harm, call_out, reports = middle(500, 1100), middle(90, 140), middle(600, 800)
    live, late = months(36, 0.04), months(36, 0.04, middle(3, 6))
    later = months(36, 0.04, middle(3, 6) + WAIT)

    def per_month(recall, alarm):
        return reports * (
            share * recall * (works * harm - call_out) - (1 - share) * alarm * call_out
        )

    keyword_month = per_month(middle_share(0.35, 0.55), middle_share(0.02, 0.04))
    keyword_month -= middle(100, 250)
    keywords = keyword_month * live - middle(3e3, 8e3)
    assert worth("small-one-first", "keywords") == pytest.approx(keywords, rel=0.03)
    running, build = middle(1200, 2200) + middle(0.02, 0.06) * reports, middle(55e3, 95e3)
    llm = (per_month(middle_share(0.5, 0.95), middle_share(0.01, 0.09)) - running) * late - build
    assert worth("small-one-first", "llm") == pytest.approx(llm, rel=0.05)
    assert keywords > llm > 0

    found = record("small-one-first")
    assert (found.verdict.outcome, found.verdict.meanwhile) == ("find_out_first", "keywords")
    study = found.value_of_information.studies[0].best
    bursts = rng.binomial(study.n, share, 200_000)
    after = {}
    for name, (low, high), seen in (
        ("recall", (0.5, 0.95), bursts), ("alarm", (0.01, 0.09), study.n - bursts),
    ):  # fmt: skip
        a, b = beta(low, high)
        counted = rng.binomial(seen, rng.beta(a, b, 200_000))
        after[name] = (a + counted) / (a + b + seen)
    # keywords work until the study is done, and go on unless the LLM looks better
    first = keyword_month * (live - months(36, 0.04, WAIT)) - middle(3e3, 8e3)
    then = (per_month(after["recall"], after["alarm"]) - running) * later - build + first
    evsi = np.maximum(then, keywords).mean() - max(then.mean(), keywords)
    assert study.evsi == pytest.approx(evsi, rel=0.15)
    assert study.price == PRICE + EACH * study.n
    assert study.enbs == pytest.approx(evsi - study.price, abs=0.25 * evsi)
    assert study.enbs > 0
