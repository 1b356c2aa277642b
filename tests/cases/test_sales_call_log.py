from __future__ import annotations

from itertools import combinations

from tests.cases.by_hand import middle, months, record, worth

# means of the ranges: money is lognormal; of a share the middle of its range is near enough
GAIN = {
    "usable": middle(900, 1800),
    "needs_editing": middle(500, 1000),
    "wrong": -middle(1500, 5000),
    "harmful": -middle(20000, 80000),
    "unanswered": 0.0,
}
CALLS = middle(3000, 4000)
MEMO = {"needs_editing": 0.15, "wrong": 0.10, "harmful": 0.0029, "unanswered": 0.30}
FORM = {"needs_editing": 0.12, "wrong": 0.034, "harmful": 0.0019, "unanswered": 0.068}
SEVERITY = ("usable", "needs_editing", "wrong", "harmful")
STEPS = (
    {"wrong": 0.115, "harmful": 0.0055},
    {"wrong": 0.077},
    {"needs_editing": 0.222, "wrong": 0.053, "harmful": 0.0204},
)


def per_call(shares: dict[str, float]) -> float:
    known = {"usable": 1 - sum(shares.values()), **shares}
    return sum(share * GAIN[name] for name, share in known.items())


def chained(looks: tuple[int, ...] = ()) -> tuple[dict[str, float], float]:
    """How calls come out, and what the looks after some steps take; a call is as good as
    its worst step. A look finds seven wrong calls in ten, and mends them."""
    now, spent = dict.fromkeys(SEVERITY, 0.0) | {"usable": 1.0}, 0.0
    for number, step in enumerate(STEPS):
        brought = {"usable": 1 - sum(step.values()), **step}
        after = dict.fromkeys(SEVERITY, 0.0)
        for was, share in now.items():
            for comes, chance in brought.items():
                after[max(was, comes, key=SEVERITY.index)] += share * chance
        now = after
        if number in looks:
            found = {name: share * 0.705 for name, share in now.items() if name != "usable"}
            now = {name: share - found.get(name, 0.0) for name, share in now.items()}
            now["usable"] += sum(found.values())
            spent += middle(100, 200) + sum(found.values()) * middle(60, 140)
    return {name: now[name] for name in SEVERITY[1:]}, spent


def test_the_form_is_worth_more_than_the_chain():
    memo = per_call(MEMO) - middle(130, 220)
    form = per_call(FORM) - middle(220, 340)
    live = months(24, 0.05, middle(0.5, 1.5))
    by_hand = (form - memo) * CALLS * live - middle(300e3, 800e3) - middle(20e3, 40e3) * live
    assert abs(worth("sales-call-log", "form") - by_hand) < 0.08 * by_hand
    found = record("sales-call-log")
    assert (found.verdict.outcome, found.verdict.option) == ("use_non_ml", "form")


def test_even_looks_where_they_pay_most_leave_the_chain_behind():
    steps = middle(12, 25) + middle(3, 8) + middle(2, 6)
    cases = {}
    for looks in (n for size in range(4) for n in combinations(range(3), size)):
        shares, spent = chained(looks)
        cases[looks] = per_call(shares) - spent - steps
    memo = per_call(MEMO) - middle(130, 220)
    live = months(24, 0.05, middle(2, 4))
    price = middle(3.5e6, 8e6) * 1.32 + middle(150e3, 300e3) * live
    by_hand = (max(cases.values()) - memo) * CALLS * live - price
    assert abs(worth("sales-call-log", "chain-with-look") - by_hand) < 0.1 * by_hand
    assert by_hand < worth("sales-call-log", "form")
    assert cases[()] < memo  # as it comes, the chain is worse than the memo
    chain = next(o for o in record("sales-call-log").options if o.id == "chain")
    assert chain.failed_gates == ("beats-baseline",)
