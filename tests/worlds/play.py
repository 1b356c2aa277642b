"""One world played: everybody chooses, and the truth says what each choice was worth."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mlpdm_kit import decide, load_case
from tests.worlds import money
from tests.worlds.deploy import deployed, naive
from tests.worlds.flaws import FAMILIES
from tests.worlds.kinds import SHARES, World, make_world
from tests.worlds.money import Offer
from tests.worlds.signals import Deployed
from tests.worlds.studies import found_out

DRAWS = 4_096
IDEAL_DRAWS = 8_192
RULES = ("always ML", "never ML", "highest accuracy", "best point estimate")


def record_of(world: World, draws: int, **changes: Any) -> Any:
    """The kit's decision record of what the world hands over."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in world.files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        content = {**world.case(), **changes}
        (Path(folder) / "case.yaml").write_text(json.dumps(content), encoding="utf-8")
        return decide(load_case(folder), draws=draws)


def worth(
    world: World, theta: Mapping[str, Any], options: Mapping[str, Deployed], params: Any
) -> np.ndarray:
    """Net benefit of every offer, shape (draws, offers)."""
    rates = rates_of(world, theta, options, params)
    return money.net_benefit(
        world.offers, world.status_quo, theta, rates, world.per_case, world.months
    )


def rates_of(
    world: World, theta: Mapping[str, Any], options: Mapping[str, Deployed], params: Any
) -> dict[str, Any]:
    """How good every option is: by the table's law, as stated, or known of itself."""
    if world.signals is not None:
        return {name: world.signals.rates(one, params) for name, one in options.items()}
    found: dict[str, Any] = {}
    for offer in world.offers:
        if offer.kind in ("none", "all"):
            found[offer.id] = dict.fromkeys(world.rate_names, float(offer.kind == "all"))
            # where nothing is done there is no answer
            silent = {"unanswered", "missing"} & set(world.rate_names)
            found[offer.id] |= dict.fromkeys(silent, 1.0)
        elif offer.kind != "review":
            found[offer.id] = {
                name: theta[f"options.{offer.id}.{name}"] for name in world.rate_names
            }
    return found


def play(family: str, seed: int, index: int, draws: int = DRAWS) -> dict[str, Any]:
    """Play one world, the same each time for the same numbers."""
    rng = np.random.default_rng([seed, list(FAMILIES).index(family), index])
    world = make_world(family, rng)
    started = time.perf_counter()
    record = record_of(world, draws)
    seconds = time.perf_counter() - started
    options = deployed(world, record)
    truth_params = world.signals.truth if world.signals else None
    theta = {name: np.array([value]) for name, value in world.truth.items()}
    true = worth(world, theta, options, truth_params)[0]
    believed = world.believed(rng, IDEAL_DRAWS)
    params = world.signals.posterior(rng, IDEAL_DRAWS) if world.signals else None
    benefit = worth(world, believed, options, params)
    expected = benefit.mean(axis=0)
    ids = [offer.id for offer in world.offers]
    kit, study = _kit(world, record, draws, dict(zip(ids, true.tolist(), strict=True)))
    chosen = {
        "ideal": float(true[int(expected.argmax())]),
        "kit": kit["worth"],
    }
    picks, put = _rules(world, record, options)
    picked, guessed = {}, benefit
    if put is not options:
        values = worth(world, theta, put, truth_params)[0]
        guessed = worth(world, believed, put, params)
    else:
        values = true
    picked = {name: (float(values[index]), ids[index]) for name, index in picks.items()}
    low = min(true.min(), *(value for value, _ in picked.values()))
    chosen["oracle"] = max(true.max(), kit["worth"], *(value for value, _ in picked.values()))
    best = int(true.argmax())
    columns = {
        "ideal": benefit[:, int(expected.argmax())],
        "kit": benefit[:, ids.index(kit["option"])],
    }
    columns |= {name: guessed[:, index] for name, index in picks.items()}
    regret = _expected_regret(benefit, columns)
    if study is not None:  # what a study shows is not in the ideal decider's law
        regret["kit"] = (chosen["oracle"] - kit["worth"]) / (chosen["oracle"] - low)
    ml = np.array([offer.is_ml for offer in world.offers])
    return {
        "family": family,
        "index": index,
        "kind": world.kind,
        "flaws": sorted(_flaws(world)),
        "seconds": seconds,
        "spread": chosen["oracle"] - low,
        "regret": regret,
        "chance_ml": float(ml[benefit.argmax(axis=1)].mean()),
        "worth": {**chosen, **{name: value for name, (value, _) in picked.items()}},
        "choice": {
            "oracle": ids[best],
            "ideal": ids[int(expected.argmax())],
            "kit": kit["option"],
            **{name: option for name, (_, option) in picked.items()},
        },
        "type": {
            "oracle": type_of(world, ids[best]),
            "ideal": type_of(world, ids[int(expected.argmax())]),
            "kit": type_of(world, kit["option"]),
        },
        "verdict": record.verdict.outcome,
        "study": study,
        "true": dict(zip(ids, true.tolist(), strict=True)),
        "expected": dict(zip(ids, expected.tolist(), strict=True)),
        "ranges": _ranges(record, world),
        "gates": {o.id: [*o.failed_gates, *o.open_gates, *o.to_fix] for o in record.options},
    }


def _expected_regret(benefit: np.ndarray, columns: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Regret of each decider as a share of the spread, over all truths that fit the world.

    The truth is a draw from the ideal decider's posterior, so that this has the same mean
    as the regret that came true, and far less noise.
    """
    top = np.maximum(benefit.max(axis=1), np.max(list(columns.values()), axis=0))
    low = np.minimum(benefit.min(axis=1), np.min(list(columns.values()), axis=0))
    return {name: float(((top - column) / (top - low)).mean()) for name, column in columns.items()}


def _kit(
    world: World, record: Any, draws: int, true: Mapping[str, float]
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """What the kit chooses, after the study it asks for where it asks for one."""
    found = record.verdict
    if found.outcome != "find_out_first":
        option = found.option or world.status_quo
        return {"option": option, "worth": true[option]}, None
    meanwhile = found.meanwhile or world.status_quo
    after = found_out(world, record)
    if after is None:
        return {"option": meanwhile, "worth": true[meanwhile]}, None
    again = record_of(after.world, draws)
    option = again.verdict.option or world.status_quo
    if again.verdict.outcome == "find_out_first":
        option = again.verdict.meanwhile or world.status_quo
    theta = {name: np.array([value]) for name, value in world.truth.items()}
    params = world.signals.truth if world.signals else None
    values = worth(after.world, theta, deployed(after.world, again), params)[0]
    value = float(values[[offer.id for offer in world.offers].index(option)])
    value -= after.price + after.wait / world.months * max(value - true[meanwhile], 0.0)
    # held against what would be done now: the best by the figures, unless a gate forbids it
    now = meanwhile if after.name == "gates" else (found.option or world.status_quo)
    study = {"name": after.name, "now": true[now], "after": value}
    return {"option": option, "worth": value}, study


def type_of(world: World, option: str) -> str:
    """What kind of answer an option is."""
    offer = next(offer for offer in world.offers if offer.id == option)
    if option == world.status_quo:
        return "status quo"
    return "ML" if offer.is_ml else "all" if offer.kind == "all" else "rule"


def _flaws(world: World) -> list[str]:
    plan = world.plan
    found = [
        name for name in ("few_rows", "few_errors", "other_base_rate", "seldom_works")
        if getattr(plan, name)
    ]  # fmt: skip
    if world.signals is not None:
        truth = world.signals.truth
        found += ["leak"] if truth.get("leak", [-1])[0] >= 0 else []
        found += ["drift"] if truth["rho"][0] < 1 else []
    return found + (["overconfident"] if world.overconfident else [])


def _ranges(record: Any, world: World) -> dict[str, list[float]]:
    return {
        option.id: [
            option.expected_net_benefit.mean,
            option.expected_net_benefit.p5,
            option.expected_net_benefit.p95,
        ]
        for option in record.options
        if option.expected_net_benefit is not None and option.id != world.status_quo
    }


# --- rules of thumb -------------------------------------------------------------------


def _rules(
    world: World, record: Any, options: Mapping[str, Deployed]
) -> tuple[dict[str, int], Mapping[str, Deployed]]:
    """Which offer each rule of thumb chooses, and what they would put to work."""
    theta = {name: law.middle for name, law in world.stated.items()}
    if "prevalence" not in theta and world.kind == "binary":
        assert world.signals is not None
        theta["prevalence"] = float(world.signals.target.mean())
    rates, put = _point_rates(world, record, theta), options
    if world.plan.naive and world.kind == "binary":
        guessed = naive(world, theta)
        rates |= {name: rate for name, (rate, _) in guessed.items()}
        put = {**options, **{name: one for name, (_, one) in guessed.items()}}
    points = money.net_benefit(
        world.offers, world.status_quo, theta, rates, world.per_case, world.months
    )[0]
    ml = np.array([offer.is_ml for offer in world.offers])
    right = np.array([_accuracy(world, offer, theta, rates) for offer in world.offers])
    scores = {
        "always ML": np.where(ml, points, -np.inf),
        "never ML": np.where(ml, -np.inf, points),
        "highest accuracy": right,
        "best point estimate": points,
    }
    return {name: int(np.argmax(score)) for name, score in scores.items()}, put


def _point_rates(world: World, record: Any, theta: Mapping[str, float]) -> dict[str, Any]:
    """Rates as points: the middle of their ranges, or as counted on the table."""
    if world.signals is None:
        return rates_of(world, theta, {}, None)
    found = {}
    for option in record.baseline.options:
        cells = option.cells
        if not cells:
            continue
        if world.kind == "regression":
            found[option.id] = {f"{name}_per_case": value for name, value in cells.items()}
            continue
        hits, alarms = cells["true_positive"], cells["false_positive"]
        found[option.id] = {
            "recall": hits / (hits + cells["false_negative"]),
            "false_positive_rate": alarms / (alarms + cells["true_negative"]),
        }
    return found


def _accuracy(
    world: World, offer: Offer, theta: Mapping[str, float], rates: Mapping[str, Any]
) -> float:
    """Share of right answers, or the negative of the mean error."""
    if offer.kind == "review":
        return -np.inf
    own = rates[offer.id]
    if world.kind == "search":
        return float(own["hit"])
    if world.kind in SHARES:
        return -float(sum(own.values()))
    if world.kind == "regression":
        return -float(own["under_per_case"] + own["over_per_case"])
    share = theta["prevalence"] if world.signals is None else float(np.mean(world.signals.target))
    return float(share * own["recall"] + (1 - share) * (1 - own["false_positive_rate"]))
