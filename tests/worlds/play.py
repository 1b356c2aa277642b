"""One world played: everybody chooses, and the truth says what each choice was worth."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from mlpdm_kit import decide, load_case
from tests.worlds import money
from tests.worlds.deploy import deployed, naive
from tests.worlds.flaws import FAMILIES
from tests.worlds.kinds import make_world
from tests.worlds.money import Offer
from tests.worlds.shares import SHARES
from tests.worlds.signals import Deployed
from tests.worlds.studies import After, found_out
from tests.worlds.world import World

DRAWS = 4_096
IDEAL_DRAWS = 8_192
REPEATS = 2  # more truths on which a study is tried, to know what it gains
AFTER_DRAWS = 2_048
AT_ONCE = "kit at once"  # without the studies that it asks for
RULES = ("always ML", "never ML", "highest accuracy", "best point estimate")


ASIDE = {  # what a record shows beside its verdict, and leaves it as it is
    "mlpdm_kit.record.worth.Valuation._break_even": (),
    "mlpdm_kit.record.worth.stresses": (),
    "mlpdm_kit.record.worth.Valuation._evppi": (),
    "mlpdm_kit.record.worth.Valuation._groups": (),
    "mlpdm_kit.analysis.trial.closer._learnt": None,
}


def record_of(world: World, draws: int, *, whole: bool = False) -> Any:
    """The kit's decision record of what the world hands over; or of it what decides."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for name, text in world.files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        (Path(folder) / "case.yaml").write_text(json.dumps(world.case()), encoding="utf-8")
        for name, nothing in () if whole else ASIDE.items():
            stack.enter_context(patch(name, return_value=nothing))
        return decide(load_case(folder), draws=draws)


def worth(
    world: World,
    theta: Mapping[str, Any],
    options: Mapping[str, Deployed],
    params: Any,
    **more: Any,
) -> np.ndarray:
    """Net benefit of every offer, shape (draws, offers)."""
    rates = rates_of(world, theta, options, params)
    months = more.pop("months", world.months)
    return money.net_benefit(
        world.offers, world.status_quo, theta, rates, world.task, months, **more
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
            found[offer.id] = dict.fromkeys(world.task.rates, float(offer.kind == "all"))
            # where nothing is done there is no answer
            silent = {"unanswered", "missing"} & set(world.task.rates)
            found[offer.id] |= dict.fromkeys(silent, 1.0)
        elif offer.kind != "review":
            found[offer.id] = {
                name: theta[f"options.{offer.id}.{name}"] for name in world.task.rates
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
    believed = world.believed(rng, IDEAL_DRAWS)
    params = world.signals.posterior(rng, IDEAL_DRAWS) if world.signals else None
    instead = _instead(world, believed, options, params)
    table = Table(world, record, options, draws, instead)
    true = table.worth()
    benefit = worth(world, believed, options, params, instead=instead)
    expected = benefit.mean(axis=0)
    ids, ideal = table.ids, int(expected.argmax())
    kit, study = table.kit(rng, true, ideal)
    once = ids.index(table.at_once())
    picks, put = _rules(world, record, options, instead)
    if put is options:
        values, guessed = true, benefit
    else:
        values = replace(table, options=put).worth()
        guessed = worth(world, believed, put, params, instead=instead)
    picked = {name: float(values[index]) for name, index in picks.items()}
    low = min(true.min(), *picked.values())
    oracle = max(true.max(), kit["worth"], *picked.values())
    best = int(true.argmax())
    columns = {"ideal": benefit[:, ideal], "kit": benefit[:, ids.index(kit["option"])],
               AT_ONCE: benefit[:, once]}  # fmt: skip
    columns |= {name: guessed[:, index] for name, index in picks.items()}
    regret = _expected_regret(benefit, columns)
    if study is not None:  # what a study shows is not in the ideal decider's law
        study["again"] = _again(rng, table, ideal, believed, params)
        more = np.mean([one["more"] for one in (study, *study["again"])])
        regret["kit"] = regret["ideal"] + float(more)
    ml = np.array([offer.is_ml for offer in world.offers])
    chosen = {"oracle": best, "ideal": ideal, "kit": ids.index(kit["option"]), AT_ONCE: once}
    return {
        "family": family,
        "index": index,
        "kind": world.kind,
        "flaws": sorted(_flaws(world)),
        "seconds": seconds,
        "spread": oracle - low,
        "regret": regret,
        "chance_ml": float(ml[benefit.argmax(axis=1)].mean()),
        "worth": {
            "oracle": oracle,
            "ideal": float(true[ideal]),
            "kit": kit["worth"],
            AT_ONCE: float(true[once]),
            **picked,
        },
        "choice": {name: ids[index] for name, index in {**chosen, **picks}.items()},
        "type": {name: type_of(world, ids[index]) for name, index in chosen.items()},
        "verdict": record.verdict.outcome,
        "offered": bool(world.studies),
        "study": study,
        "true": dict(zip(ids, true.tolist(), strict=True)),
        "expected": dict(zip(ids, expected.tolist(), strict=True)),
        "ranges": _ranges(record, world),
        "gates": {o.id: [*o.failed_gates, *o.open_gates, *o.to_fix] for o in record.options},
    }


def _instead(
    world: World, believed: Mapping[str, Any], options: Mapping[str, Deployed], params: Any
) -> str | None:
    rates = rates_of(world, believed, options, params)
    return money.Money(offers=world.offers, status_quo=world.status_quo, task=world.task,
                       months=world.months, theta=believed, rates=rates).fallback()  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A world with what the kit said of it, at which one may choose."""

    world: World
    record: Any
    options: Mapping[str, Deployed]
    draws: int
    instead: str | None

    @property
    def ids(self) -> list[str]:
        """The offers' names."""
        return [offer.id for offer in self.world.offers]

    def worth(self) -> np.ndarray:
        """What every offer is truly worth."""
        return self.matrix(*_truth(self.world))[0]

    def at_once(self) -> str:
        """What the kit would do now: the best by its figures, unless a gate is in the way."""
        found, quo = self.record.verdict, self.world.status_quo
        study = self.record.value_of_information.study or {}
        gated = found.outcome == "find_out_first" and study.get("kind") != "study"
        return (found.meanwhile if gated else found.option) or quo

    def matrix(self, theta: Mapping[str, Any], params: Any, **more: Any) -> np.ndarray:
        """Worth of every offer by draw, as this record would have it put to work."""
        return worth(self.world, theta, self.options, params, instead=self.instead, **more)

    def kit(
        self, rng: np.random.Generator, true: np.ndarray, ideal: int
    ) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """What the kit chooses, after the study it asks for where it asks for one."""
        found, ids, quo = self.record.verdict, self.ids, self.world.status_quo
        if found.outcome != "find_out_first":
            option = found.option or quo
            return {"option": option, "worth": float(true[ids.index(option)])}, None
        meanwhile = found.meanwhile or quo
        after = found_out(rng, self.world, self.record)
        if after is None:
            return {"option": meanwhile, "worth": float(true[ids.index(meanwhile)])}, None
        again = record_of(after.world, self.draws)
        option = again.verdict.option or quo
        if again.verdict.outcome == "find_out_first":
            option = again.verdict.meanwhile or quo
        then = replace(self, world=after.world, options=deployed(after.world, again))
        picks = ids.index(option), ids.index(meanwhile)
        value, _ = self._after(then, picks, after, *_truth(self.world))
        now = self.at_once()
        study = {"name": after.name, "changed": option != now,
                 "promised": self.record.value_of_information.study.get("enbs", 0.0),
                 "paid": bool(value[0] > true[ids.index(now)])}  # fmt: skip
        values, all_now = self._after(then, picks, after, *_believed_after(rng, after.world))
        gain = values - all_now[:, ids.index(now)]
        size = np.maximum(all_now.max(axis=1), values) - np.minimum(all_now.min(axis=1), values)
        study |= {"gain": float(gain.mean()), "share": float((gain / size).mean()),
                  "more": float(((all_now[:, ideal] - values) / size).mean())}  # fmt: skip
        return {"option": option, "worth": float(value[0])}, study

    def _after(
        self, then: Table, picks: tuple[int, int], after: After, theta: Any, params: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        """By draw: worth of a choice made when the study is done, with another option at work
        till then, less its price; and worth of each option begun now."""
        chosen, meanwhile = picks
        if chosen == meanwhile or after.wait <= 0:
            value = then.matrix(theta, params)[:, chosen]
        else:
            months = min(after.wait, float(self.world.months))
            value = then.matrix(theta, params, later=after.wait)[:, chosen]
            value = value + self.matrix(theta, params, months=months)[:, meanwhile]
        return value - after.price, self.matrix(theta, params)


def _truth(world: World) -> tuple[dict[str, Any], Any]:
    theta = {name: np.array([value]) for name, value in world.truth.items()}
    return theta, world.signals.truth if world.signals else None


def _believed_after(rng: np.random.Generator, world: World) -> tuple[dict[str, Any], Any]:
    """What one believes who has seen a study's outcome; or, where ranges may be too narrow and
    that is not in closed form, the truth, which is a draw of it."""
    if world.plan.naive:
        return _truth(world)
    theta = world.believed(rng, AFTER_DRAWS)
    return theta, world.signals.posterior(rng, AFTER_DRAWS) if world.signals else None


def _again(
    rng: np.random.Generator,
    table: Table,
    ideal: int,
    believed: Mapping[str, Any],
    params: Any,
) -> list[dict[str, Any]]:
    """The study on other truths that fit what is handed over, to have less noise."""
    found = []
    for at in range(REPEATS):
        truth = {name: float(values[at]) for name, values in believed.items()}
        world = replace(table.world, truth=truth)
        if world.signals is not None:
            own = {name: tuple(v[at : at + 1] for v in values) if isinstance(values, tuple)
                   else values[at : at + 1] for name, values in params.items()}  # fmt: skip
            world = replace(world, signals=replace(world.signals, truth=own))
        other = replace(table, world=world)
        study = other.kit(rng, other.worth(), ideal)[1]
        if study is not None:
            found.append({name: study[name] for name in ("gain", "share", "more")})
    return found


def _expected_regret(benefit: np.ndarray, columns: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Regret of each decider as a share of the spread, over all truths that fit the world.

    The truth is a draw from the ideal decider's posterior, so that this has the same mean
    as the regret that came true, and far less noise.
    """
    top = np.maximum(benefit.max(axis=1), np.max(list(columns.values()), axis=0))
    low = np.minimum(benefit.min(axis=1), np.min(list(columns.values()), axis=0))
    return {name: float(((top - column) / (top - low)).mean()) for name, column in columns.items()}


def type_of(world: World, option: str) -> str:
    """What kind of answer an option is."""
    offer = next(offer for offer in world.offers if offer.id == option)
    if option == world.status_quo:
        return "status quo"
    return "ML" if offer.is_ml else "all" if offer.kind == "all" else "rule"


def _flaws(world: World) -> list[str]:
    plan = world.plan
    found = [
        name for name in ("few_rows", "few_errors", "other_base_rate", "seldom_works",
                     "drift_said")
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
    world: World, record: Any, options: Mapping[str, Deployed], instead: str | None
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
        world.offers, world.status_quo, theta, rates, world.task, world.months, instead=instead
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
